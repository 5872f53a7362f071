//go:build linux && cgo

package csock_test

import (
	"fmt"
	"log"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

// A server replies from the address that the request was sent to, and reads the time to live.
func ExampleMsgHdr_ControlMessages() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	err = s.Set(csock.IP_PKTINFO.To(true), csock.IP_RECVTTL.To(true))
	if err != nil {
		log.Fatal(err)
	}
	if err := s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))); err != nil {
		log.Fatal(err)
	}
	addr, err := s.LocalAddr()
	if err != nil {
		log.Fatal(err)
	}
	if _, err := s.Sendmsg(&csock.MsgHdr{
		Addr:    addr,
		Buffers: [][]byte{[]byte("hello")},
		Control: csock.AppendTTL(nil, 7),
	}, 0); err != nil {
		log.Fatal(err)
	}

	m := &csock.MsgHdr{Buffers: [][]byte{make([]byte, 1500)}, Control: make([]byte, 256)}
	n, err := s.Recvmsg(m, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", m.Buffers[0][:n])
	for c := range m.ControlMessages() {
		if info, ok := c.PacketInfo(); ok {
			fmt.Println("to", info.Dst)
		} else if ttl, ok := c.TTL(); ok {
			fmt.Println("ttl", ttl)
		}
	}
	// Output:
	// hello
	// to 127.0.0.1
	// ttl 7
}

// A file descriptor is passed from one process to another; here, to the same process.
func ExampleAppendRights() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()

	f, err := os.Open("/dev/null")
	if err != nil {
		log.Fatal(err)
	}
	_, err = a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte("x")}, Control: csock.AppendRights(nil, int(f.Fd()))}, 0)
	f.Close() // not before Sendmsg has returned
	if err != nil {
		log.Fatal(err)
	}

	m := &csock.MsgHdr{Control: make([]byte, csock.ControlSpace(4))}
	if _, err := b.Recvmsg(m, 0); err != nil {
		log.Fatal(err)
	}
	for c := range m.ControlMessages() {
		fds, _ := c.Rights(nil)
		for _, fd := range fds {
			name, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
			fmt.Println(name)
			syscall.Close(fd)
		}
	}
	// Output: /dev/null
}

// An ICMP error arrives in the error queue, with its details.
func ExampleControlMessage_ExtendedError() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	if err := s.Set(csock.IP_RECVERR.To(true)); err != nil {
		log.Fatal(err)
	}
	// A port without a listener: it was just closed.
	closed, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	if err != nil {
		log.Fatal(err)
	}
	if err := closed.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))); err != nil {
		log.Fatal(err)
	}
	addr, err := closed.LocalAddr()
	if err != nil {
		log.Fatal(err)
	}
	closed.Close()
	if _, err := s.SendTo([]byte("hello"), addr, 0); err != nil {
		log.Fatal(err)
	}

	if _, err := s.WaitError(-1); err != nil {
		log.Fatal(err)
	}
	m := &csock.MsgHdr{Control: make([]byte, 256)}
	if _, err := s.Recvmsg(m, csock.MSG_ERRQUEUE); err != nil {
		log.Fatal(err)
	}
	for c := range m.ControlMessages() {
		if e, ok := c.ExtendedError(); ok {
			fmt.Println(e)
		}
	}
	// Output: connection refused (SO_EE_ORIGIN_ICMP type 3, code 3) from 127.0.0.1
}

// The time of a datagram's arrival, by the kernel's clock.
func ExampleControlMessage_Timestamp() {
	s := udp()
	defer s.Close()
	check(s.Set(csock.SO_TIMESTAMPNS.To(true)))
	addr, err := s.LocalAddr()
	check(err)
	before := time.Now()
	_, err = s.SendTo([]byte("hello"), addr, 0)
	check(err)

	m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 1500)}, Control: make([]byte, csock.ControlSpace(16))}
	_, err = s.Recvmsg(&m, 0)
	check(err)
	for c := range m.ControlMessages() {
		if arrived, ok := c.Timestamp(); ok {
			fmt.Println(c.ControlType(), "before the call returned:", arrived.Before(time.Now()))
			fmt.Println("after it was sent:", arrived.After(before))
		}
	}
	// Output:
	// SCM_TIMESTAMPNS before the call returned: true
	// after it was sent: true
}

// The times at which datagrams were sent, by the kernel's clock, from the error queue.
func ExampleSockExtendedErr_Timestamp() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	check(err)
	defer s.Close()
	check(s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
	check(s.Set(csock.SO_TIMESTAMPING.To(csock.SoTimestamping{
		Flags: csock.SOF_TIMESTAMPING_TX_SOFTWARE | // take a timestamp as the packet leaves
			csock.SOF_TIMESTAMPING_SOFTWARE | // report it
			csock.SOF_TIMESTAMPING_OPT_ID | // with the number of the packet
			csock.SOF_TIMESTAMPING_OPT_TSONLY, // without the packet's data
	})))
	addr, err := s.LocalAddr()
	check(err)
	before := time.Now()
	for range 2 {
		_, err = s.SendTo([]byte("hello"), addr, 0)
		check(err)
	}

	m := csock.MsgHdr{Control: make([]byte, 256)} // enough for everything that accompanies a timestamp
	for range 2 {
		_, err := s.WaitError(-1)
		check(err)
		_, err = s.Recvmsg(&m, csock.MSG_ERRQUEUE)
		check(err)
		var sent time.Time
		var id uint32
		var at csock.TimestampPoint
		for c := range m.ControlMessages() {
			if t, ok := c.Timestamping(); ok {
				sent = t.Software
			} else if e, ok := c.ExtendedError(); ok {
				id, at, _ = e.Timestamp()
			}
		}
		fmt.Println("packet", id, at, "after it was sent:", sent.After(before) && sent.Before(time.Now()))
	}
	// Output:
	// packet 0 SCM_TSTAMP_SND after it was sent: true
	// packet 1 SCM_TSTAMP_SND after it was sent: true
}
