//go:build linux

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/csock/go-csock/csock"
)

// send sends the next request. Its data begins with the time, which the reply returns.
func (p *pinger) send() error {
	m := make([]byte, 8+*size)
	m[0] = map[bool]byte{false: 8, true: 128}[p.v6] // an echo request
	binary.BigEndian.PutUint16(m[4:], uint16(os.Getpid()))
	binary.BigEndian.PutUint16(m[6:], uint16(p.sent))
	binary.BigEndian.PutUint64(m[8:], uint64(time.Now().UnixNano()))
	if !p.v6 { // of IPv6 the kernel fills it in
		binary.BigEndian.PutUint16(m[2:], checksum(m))
	}
	p.sent++
	_, err := p.conn.SendTo(m, p.to, 0)
	return err
}

// receive prints what arrives until the deadline, or until no reply is missing.
func (p *pinger) receive(deadline time.Time) {
	p.conn.SetReadDeadline(deadline)
	m := &csock.MsgHdr{Buffers: [][]byte{make([]byte, 1<<16)}, Control: make([]byte, 512)}
	for p.sent != *count || len(p.got) < p.sent {
		n, err := p.conn.Recvmsg(m, 0)
		switch {
		case err == nil:
			p.reply(m, m.Buffers[0][:n])
		case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed):
			return
		default: // an ICMP error, which the error queue has in full
			flags := csock.MSG_ERRQUEUE | csock.MSG_DONTWAIT
			for err = nil; err == nil; _, err = p.conn.Recvmsg(m, flags) {
				for c := range m.ControlMessages() {
					if e, ok := c.ExtendedError(); ok && p.mine(m.Addr) {
						fmt.Fprintln(p.out, e)
						p.failure = e
					}
				}
			}
		}
	}
}

// mine reports whether a request went to addr. A raw socket receives the errors of all programs.
func (p *pinger) mine(addr csock.SockAddr) bool {
	to, _ := p.to.AddrPort()
	about, _ := addr.AddrPort()
	return about.Addr().WithZone("") == to.Addr().WithZone("")
}

func (p *pinger) reply(m *csock.MsgHdr, packet []byte) {
	if p.raw && !p.v6 && len(packet) > 0 { // a raw IPv4 socket receives the IP header too
		packet = packet[min(len(packet), int(packet[0]&0xf)*4):]
	}
	if len(packet) < 16 || p.raw && binary.BigEndian.Uint16(packet[4:]) != uint16(os.Getpid()) {
		return // a reply to another program
	}
	arrived, hops := time.Now(), 0
	for c := range m.ControlMessages() {
		if t, ok := c.Timestamp(); ok {
			arrived = t
		}
		ttl, _ := c.TTL()
		limit, _ := c.HopLimit()
		hops += ttl + limit
	}
	seq, note := binary.BigEndian.Uint16(packet[6:]), ""
	ms := float64(arrived.UnixNano()-int64(binary.BigEndian.Uint64(packet[8:]))) / 1e6
	if p.got[seq] {
		note = " (duplicate)"
	}
	p.got[seq], p.rtts = true, append(p.rtts, ms)
	from, _ := m.Addr.AddrPort()
	fmt.Fprintf(p.out, "%d bytes from %v: seq=%d ttl=%d time=%.3f ms%s\n",
		len(packet), from.Addr(), seq, hops, ms, note)
}

// checksum is the Internet checksum, RFC 1071, of a message whose checksum is 0.
func checksum(m []byte) uint16 {
	sum := uint32(0)
	for i, b := range m {
		sum += uint32(b) << (8 * uint(1-i%2))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
