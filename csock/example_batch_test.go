//go:build linux && cgo

package csock_test

import (
	"fmt"
	"log"
	"net/netip"

	"github.com/csock/go-csock/csock"
)

// An echo server: each batch received in one call is sent back in one call, to each sender.
func ExampleBatch() {
	server, client := udp(), udp()
	defer server.Close()
	defer client.Close()
	to, err := server.LocalAddr()
	if err != nil {
		log.Fatal(err)
	}

	requests, err := csock.NewBatch(3, csock.BatchRoom{Payload: 1500})
	if err != nil {
		log.Fatal(err)
	}
	defer requests.Close()
	for i, word := range []string{"many", "at", "once"} {
		requests.SetBytes(i, []byte(word))
		requests.SetAddr(i, to)
	}
	sent, err := client.SendBatch(requests, 0)
	fmt.Println("sent", sent, err)

	batch, err := csock.NewBatch(64, csock.BatchRoom{Payload: 1500})
	if err != nil {
		log.Fatal(err)
	}
	defer batch.Close()
	n, err := server.RecvBatch(batch, csock.MSG_WAITFORONE)
	if err != nil {
		log.Fatal(err)
	}
	batch.SetRange(0, n)
	echoed, err := server.SendBatch(batch, 0)
	fmt.Println("echoed", echoed, err)
	batch.SetRange(0, batch.Count()) // all of them again, for the next RecvBatch

	replies, err := client.RecvBatch(requests, 0)
	for i := range replies {
		fmt.Printf("%s from the server: %v\n", requests.Bytes(i), requests.Addr(i) == to)
	}
	// Output:
	// sent 3 <nil>
	// echoed 3 <nil>
	// many from the server: true
	// at from the server: true
	// once from the server: true
}

// All of a batch is sent, whatever part of it one call sends; a message that cannot be sent is left
// out.
func ExampleBatch_SetRange() {
	server, client := udp(), udp()
	defer server.Close()
	defer client.Close()
	to, err := server.LocalAddr()
	if err != nil {
		log.Fatal(err)
	}
	if err := client.Connect(to); err != nil {
		log.Fatal(err)
	}
	batch, err := csock.NewBatch(3, csock.BatchRoom{Payload: 70_000})
	if err != nil {
		log.Fatal(err)
	}
	defer batch.Close()
	batch.SetLen(0, 100)
	batch.SetLen(1, 70_000) // more than a datagram can have
	batch.SetLen(2, 300)

	for at := 0; at < batch.Count(); {
		batch.SetRange(at, batch.Count())
		n, err := client.SendBatch(batch, 0)
		if err != nil {
			fmt.Printf("message %d: %v\n", at, err)
			n = 1
		} else {
			fmt.Printf("sent %d from message %d on\n", n, at)
		}
		at += n
	}
	// Output:
	// sent 1 from message 0 on
	// message 1: sendmmsg: message too long
	// sent 1 from message 2 on
}

// A server with UDP_GRO receives several datagrams of one sender as one payload.
func ExampleDatagrams() {
	server, client := udp(), udp()
	defer server.Close()
	defer client.Close()
	to, err := server.LocalAddr()
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Set(csock.UDP_GRO.To(true)); err != nil {
		log.Fatal(err)
	}
	message := csock.MsgHdr{
		Addr:    to,
		Buffers: [][]byte{[]byte("onetwosix!")},
		Control: csock.AppendSegmentSize(nil, 3),
	}
	if _, err := client.Sendmsg(&message, 0); err != nil {
		log.Fatal(err)
	}

	batch, err := csock.NewBatch(8, csock.BatchRoom{Payload: 65_535, Control: csock.ControlSpace(4)})
	if err != nil {
		log.Fatal(err)
	}
	defer batch.Close()
	n, err := server.RecvBatch(batch, csock.MSG_WAITFORONE)
	if err != nil {
		log.Fatal(err)
	}
	for i := range n {
		size := 0
		for m := range csock.ControlMessages(batch.Control(i)) {
			if s, ok := m.SegmentSize(); ok {
				size = s
			}
		}
		for datagram := range csock.Datagrams(batch.Bytes(i), size) {
			fmt.Printf("%s\n", datagram)
		}
	}
	// Output:
	// one
	// two
	// six
	// !
}

// udp makes a UDP socket on the loopback interface.
func udp() *csock.Socket {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	if err != nil {
		log.Fatal(err)
	}
	if err := s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))); err != nil {
		log.Fatal(err)
	}
	return s
}
