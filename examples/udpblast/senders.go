//go:build linux

package main

import (
	"io"
	"net"
	"net/netip"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/meter"
)

// A sender sends up to n datagrams of a run in one call, numbered from first on.
type sender func(run, first uint64, n int) (int, error)

// newSender returns a way to send, and what it sends on.
func newSender(way string, to netip.AddrPort) (sender, io.Closer, error) {
	if way == "net" {
		conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
		return writer(conn), conn, err
	}
	conn, err := udp(to, false)
	if err != nil {
		return nil, nil, err
	}
	switch way {
	case "one":
		return writer(conn), conn, nil
	case "batch":
		b, err := csock.NewBatch(*batch, csock.BatchRoom{Payload: *size})
		return func(run, first uint64, n int) (int, error) {
			b.SetRange(0, n)
			for i := range n {
				b.SetLen(i, *size)
				meter.Mark(b.Bytes(i), run, first+uint64(i))
			}
			return conn.SendBatch(b, 0)
		}, conn, err
	default: // gso
		// The kernel cuts a send of up to 65,507 bytes into up to 64 datagrams.
		p := make([]byte, min(*batch, 64, 65507 / *size)**size)
		control := csock.AppendSegmentSize(nil, uint16(*size))
		m := &csock.MsgHdr{Buffers: [][]byte{nil}, Control: control}
		return func(run, first uint64, n int) (int, error) {
			m.Buffers[0] = p[:min(n**size, len(p))]
			for i := 0; i < len(m.Buffers[0]); i += *size {
				meter.Mark(p[i:], run, first+uint64(i / *size))
			}
			sent, err := conn.Sendmsg(m, 0)
			return sent / *size, err
		}, conn, nil
	}
}

func writer(conn io.Writer) sender {
	p := make([]byte, *size)
	return func(run, first uint64, _ int) (int, error) {
		meter.Mark(p, run, first)
		n, err := conn.Write(p)
		return min(n, 1), err
	}
}
