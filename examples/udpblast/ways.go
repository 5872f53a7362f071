//go:build linux

package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

// A sender sends up to n datagrams of a run in one call, numbered from first on.
type sender func(run, first uint64, n int) (int, error)

// newSender returns a way to send, and what it sends on.
func newSender(way string, to netip.AddrPort) (sender, io.Closer, error) {
	if way == "net" {
		conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
		if err != nil {
			return nil, nil, err
		}
		p := make([]byte, *size)
		return func(run, first uint64, _ int) (int, error) {
			mark(p, run, first)
			n, err := conn.Write(p)
			return min(n, 1), err
		}, conn, nil
	}
	conn, err := dial(to)
	if err != nil {
		return nil, nil, err
	}
	switch way {
	case "one":
		p := make([]byte, *size)
		return func(run, first uint64, _ int) (int, error) {
			mark(p, run, first)
			n, err := conn.Send(p, 0)
			return min(n, 1), err
		}, conn, nil
	case "batch":
		b, err := csock.NewBatch(*batch, csock.BatchRoom{Payload: *size})
		if err != nil {
			conn.Close()
			return nil, nil, err
		}
		return func(run, first uint64, n int) (int, error) {
			b.SetRange(0, n)
			for i := range n {
				b.SetLen(i, *size)
				mark(b.Bytes(i), run, first+uint64(i))
			}
			return conn.SendBatch(b, 0)
		}, conn, nil
	case "gso":
		// The kernel cuts a send of up to 65,507 bytes into up to 64 datagrams.
		most := min(*batch, 64, 65507 / *size)
		p := make([]byte, most**size)
		m := &csock.MsgHdr{
			Buffers: make([][]byte, 1), Control: csock.AppendSegmentSize(nil, uint16(*size))}
		return func(run, first uint64, n int) (int, error) {
			n = min(n, most)
			for i := range n {
				mark(p[i**size:], run, first+uint64(i))
			}
			m.Buffers[0] = p[:n**size]
			sent, err := conn.Sendmsg(m, 0)
			return sent / *size, err
		}, conn, nil
	}
	conn.Close()
	return nil, nil, program.UsageError(fmt.Sprintf("-how takes net, one, batch and gso, not %q", way))
}

// mark writes a datagram's run, and its number in the run, into the datagram.
func mark(p []byte, run, n uint64) {
	binary.BigEndian.PutUint64(p, run)
	binary.BigEndian.PutUint64(p[8:], n)
}

func dial(to netip.AddrPort) (*csock.Conn, error) {
	s, err := csock.New(csock.DomainFor(to), csock.SOCK_DGRAM|csock.SOCK_NONBLOCK, csock.IPPROTO_UDP)
	if err != nil {
		return nil, err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	if err := s.Connect(csock.InetAddr(to)); err != nil {
		return nil, err
	}
	return s.IntoConn()
}

func listen(at netip.AddrPort) (*csock.Conn, error) {
	s, err := csock.New(csock.DomainFor(at), csock.SOCK_DGRAM|csock.SOCK_NONBLOCK, csock.IPPROTO_UDP)
	if err != nil {
		return nil, err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	if err := s.Set(csock.SO_RCVBUF.To(4<<20), csock.UDP_GRO.To(*gro)); err != nil {
		return nil, err
	}
	_ = csock.SO_RCVBUFFORCE.Set(s, 4<<20) // beyond rmem_max, with CAP_NET_ADMIN
	if err := s.Bind(csock.InetAddr(at)); err != nil {
		return nil, err
	}
	return s.IntoConn()
}

// receive counts what arrives until conn is closed.
func receive(conn *csock.Conn, c *counts) error {
	room := csock.BatchRoom{Payload: 1 << 16, Control: csock.ControlSpace(4)}
	b, err := csock.NewBatch(64, room)
	if err != nil {
		return err
	}
	defer b.Close()
	var run uint64
	var before, next int64 // sent in earlier runs, and in this one
	for {
		n, err := conn.RecvBatch(b, 0)
		if err != nil {
			return err
		}
		for i := range n {
			segment := 0
			for m := range csock.ControlMessages(b.Control(i)) {
				segment, _ = m.SegmentSize()
			}
			for p := range csock.Datagrams(b.Bytes(i), segment) {
				c.arrived.Add(1)
				if *sinks && len(p) >= 16 {
					if id := binary.BigEndian.Uint64(p); id != run {
						run, before, next = id, before+next, 0
					}
					next = max(next, int64(binary.BigEndian.Uint64(p[8:]))+1)
					c.sent.Store(before + next)
				}
			}
			c.bytes.Add(int64(b.Len(i)))
		}
	}
}
