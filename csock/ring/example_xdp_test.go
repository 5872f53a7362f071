//go:build linux

package ring_test

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
)

// Sending needs no program.
func ExampleXDP() {
	lo, err := net.InterfaceByName("lo")
	check(err)
	peer, err := csock.New(csock.AF_PACKET, csock.SOCK_RAW, 0)
	check(err)
	defer peer.Close()
	check(csock.PACKET_IGNORE_OUTGOING.Set(peer, true))
	check(peer.Bind(csock.PacketAddr(0x88b5, lo.Index, nil)))

	s, err := csock.New(csock.AF_XDP, csock.SOCK_RAW, 0)
	check(err)
	defer s.Close()
	x, err := ring.NewXDP(s, ring.XDPConfig{Ifindex: lo.Index, Flags: csock.XDP_COPY | csock.XDP_USE_NEED_WAKEUP, Tx: 64})
	check(err)
	defer x.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	buf, err := x.Buffer(ctx)
	check(err)
	check(x.Queue(copy(buf, hello)))
	check(x.Flush(ctx))

	p := make([]byte, 2048)
	n, err := peer.Recv(p, 0)
	check(err)
	fmt.Printf("%s\n", p[14:n])
	// Output: hello
}

// To receive, a program redirects the frames of the interface's queue to the socket. The rest of
// the system no longer gets them.
func ExampleXSKMap() {
	eth, err := net.InterfaceByName("eth0")
	check(err)
	s, err := csock.New(csock.AF_XDP, csock.SOCK_RAW, 0)
	check(err)
	defer s.Close()
	x, err := ring.NewXDP(s, ring.XDPConfig{Ifindex: eth.Index, Flags: csock.XDP_USE_NEED_WAKEUP, Rx: 2048})
	check(err)
	defer x.Close()

	m, err := ring.NewXSKMap(1)
	check(err)
	defer m.Close()
	check(m.Insert(0, x))
	check(m.Attach(eth.Index, 0))

	for range 10 {
		b, err := x.Next(context.Background())
		check(err)
		for _, data := range b.Frames() {
			fmt.Println(len(data), "bytes")
		}
		b.Release()
	}
}
