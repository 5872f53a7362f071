//go:build linux

// Ping sends ICMP echo requests and prints the replies, with times from the kernel's clock.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
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
	failure error     // the last of a send, or the last ICMP error
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
	fmt.Fprintf(out, "PING %s (%v): %d bytes of data; raw socket: %t\n",
		flag.Arg(0), to, *size, p.raw)
	for ctx.Err() == nil && (*count == 0 || p.sent < *count) {
		if err := p.send(); err != nil && ctx.Err() == nil {
			fmt.Fprintln(out, "send:", err)
			p.failure = err
		}
		pause := map[bool]time.Duration{false: *interval, true: *wait}[p.sent == *count]
		p.receive(time.Now().Add(pause))
	}
	fmt.Fprintf(out, "\n%d sent, %d received, %.1f%% lost\n",
		p.sent, len(p.got), 100-100*float64(len(p.got))/float64(max(p.sent, 1)))
	if len(p.rtts) == 0 { // a failure at Ctrl-C too, as that of ping(8): scripts read the status
		silence := errors.New("does the host, or a firewall, discard ICMP?")
		return fmt.Errorf("no reply: %w", cmp.Or(p.failure, silence))
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
			csock.IPV6_UNICAST_HOPS.To(*ttl), csock.IPV6_RECVHOPLIMIT.To(true),
			csock.IPV6_RECVERR.To(true)}
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
	if errors.Is(err, syscall.EPERM) && !*raw {
		return program.Advise(err, "Allow datagram sockets to all groups, "+
			`sysctl net.ipv4.ping_group_range="0 2147483647", or run ping as root.`)
	} else if err != nil {
		return err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	if err := s.Set(append(settings, csock.SO_TIMESTAMPNS.To(true))...); err != nil {
		return err
	}
	p.conn, err = s.IntoConn()
	return err
}
