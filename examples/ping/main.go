//go:build linux

// Ping sends ICMP echo requests and prints the replies, with times from the kernel's clock.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `ping [flags] HOST

Ping sends ICMP echo requests to HOST and prints the replies. The kernel takes the time of a reply
when the packet arrives. Ping uses a datagram socket, which needs no privilege where the sysctl
net.ipv4.ping_group_range includes the user's group, and otherwise a raw socket.`

var (
	network  = flag.String("net", "ip", "the protocol: ip4, ip6, or ip for either one")
	raw      = flag.Bool("raw", false, "use a raw socket (needs CAP_NET_RAW)")
	count    = flag.Int("c", 0, "stop after this many requests; 0: at Ctrl-C")
	interval = flag.Duration("i", time.Second, "the time between requests")
	wait     = flag.Duration("W", time.Second, "how long to wait for the last replies")
	size     = flag.Int("s", 56, "the bytes of data in a request, 8 or more")
	ttl      = flag.Int("t", 64, "the time to live of a request")
)

func main() { program.Run(usage, run) }

type pinger struct {
	conn    *csock.Conn
	out     io.Writer
	v6, raw bool
	to      csock.SockAddr
	sent    int
	got     map[uint16]bool
	rtts    []float64 // in milliseconds
}

func run(ctx context.Context, out io.Writer) error {
	if flag.NArg() != 1 || *size < 8 || *size > 65000 || *ttl < 1 || *ttl > 255 {
		return program.UsageError("want one host, 8 to 65000 bytes, and a time to live of 1 to 255")
	}
	to, err := program.Resolve(ctx, *network, flag.Arg(0))
	if err != nil {
		return err
	}
	p := &pinger{out: out, v6: to.Is6(), raw: *raw, got: map[uint16]bool{}}
	p.to = csock.InetAddr(netip.AddrPortFrom(to, 0))
	if err := p.open(); err != nil {
		return err
	}
	defer p.conn.Close()
	defer context.AfterFunc(ctx, func() { p.conn.Close() })()
	fmt.Fprintf(out, "PING %s (%v): %d bytes of data; raw socket: %t\n", flag.Arg(0), to, *size, p.raw)
	for ctx.Err() == nil && (*count == 0 || p.sent < *count) {
		if err := p.send(); err != nil && ctx.Err() == nil {
			fmt.Fprintln(out, "send:", err)
		}
		pause := map[bool]time.Duration{false: *interval, true: *wait}[p.sent == *count]
		p.receive(time.Now().Add(pause))
	}
	fmt.Fprintf(out, "\n%d sent, %d received, %.1f%% lost\n",
		p.sent, len(p.got), 100-100*float64(len(p.got))/float64(max(p.sent, 1)))
	if len(p.rtts) == 0 { // a failure at Ctrl-C too, as that of ping(8): scripts read the status
		return errors.New("no reply: does the host, or a firewall, discard ICMP?")
	}
	sum := 0.0
	for _, ms := range p.rtts {
		sum += ms
	}
	_, err = fmt.Fprintf(out, "rtt min/avg/max = %.3f/%.3f/%.3f ms\n",
		slices.Min(p.rtts), sum/float64(len(p.rtts)), slices.Max(p.rtts))
	return err
}

// open opens a datagram socket where the system allows it to this user, or else a raw socket.
func (p *pinger) open() error {
	domain, protocol := csock.AF_INET, csock.IPPROTO_ICMP
	settings := []csock.Setting{
		csock.IP_TTL.To(*ttl), csock.IP_RECVTTL.To(true), csock.IP_RECVERR.To(true)}
	// A set bit of the filter discards the type. 0 is an echo reply.
	filter := csock.ICMP_FILTER.To(^csock.ICMPFilter(1 << 0))
	if p.v6 {
		domain, protocol = csock.AF_INET6, csock.IPPROTO_ICMPV6
		settings = []csock.Setting{
			csock.IPV6_UNICAST_HOPS.To(*ttl), csock.IPV6_RECVHOPLIMIT.To(true), csock.IPV6_RECVERR.To(true)}
		filter = csock.ICMP6_FILTER.To(csock.ICMP6BlockAll().Pass(csock.ICMP6_ECHO_REPLY))
	}
	var s *csock.Socket
	err := error(syscall.EACCES)
	if !p.raw {
		s, err = csock.New(domain, csock.SOCK_DGRAM, protocol)
		p.raw = errors.Is(err, syscall.EACCES)
	}
	if p.raw {
		s, err = csock.New(domain, csock.SOCK_RAW, protocol)
		settings = append(settings, filter)
	}
	if err != nil {
		return err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	if err := s.Set(append(settings, csock.SO_TIMESTAMPNS.To(true))...); err != nil {
		return err
	}
	p.conn, err = s.IntoConn()
	return err
}

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
			for err = nil; err == nil; _, err = p.conn.Recvmsg(m, csock.MSG_ERRQUEUE|csock.MSG_DONTWAIT) {
				for c := range m.ControlMessages() {
					if e, ok := c.ExtendedError(); ok {
						fmt.Fprintln(p.out, e)
					}
				}
			}
		}
	}
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
