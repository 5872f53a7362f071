//go:build linux

// Traceroute prints the routers on the way to a host. It needs no privilege: it reads the ICMP
// errors from the error queue of a UDP socket (IP_RECVERR).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `traceroute [flags] HOST

Traceroute sends UDP datagrams to HOST with a time to live of 1, 2, 3 and so on, and prints the
router that reports each one as expired. It needs no privilege: it reads the reports from the
socket's error queue (IP_RECVERR, IPV6_RECVERR). A star is a probe without a report.`

var (
	network = flag.String("net", "ip", "the protocol: ip4, ip6, or ip for either")
	maxHops = flag.Int("m", 30, "the highest time to live")
	probes  = flag.Int("q", 3, "how many probes to send for each")
	port    = flag.Int("p", 33434, "the port of the first probe; each takes the next")
	wait    = flag.Duration("w", 2*time.Second, "how long to wait for a report")
	size    = flag.Int("s", 32, "the bytes of data in a probe")
)

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	last := *port + *maxHops**probes
	if flag.NArg() != 1 || *maxHops < 1 || *maxHops > 255 || *probes < 1 ||
		*port < 1 || last > 65535 || *size > 65000 {
		return program.UsageError(
			"want one host, 1 to 255 hops, ports up to 65535, and 0 to 65000 bytes")
	}
	to, err := program.Resolve(ctx, *network, flag.Arg(0))
	if err != nil {
		return err
	}
	conn, err := open(to)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	fmt.Fprintf(out, "traceroute to %s (%v), %d hops at most\n", flag.Arg(0), to, *maxHops)
	next := *port
	for hop := 1; hop <= *maxHops; hop++ {
		fmt.Fprintf(out, "%2d ", hop)
		var shown netip.Addr
		arrived := false
		for range *probes {
			r, err := probe(conn, netip.AddrPortFrom(to, uint16(next)), hop)
			next++
			switch {
			case ctx.Err() != nil:
				fmt.Fprintln(out)
				return nil
			case errors.Is(err, os.ErrDeadlineExceeded):
				fmt.Fprint(out, " *")
				continue
			case err != nil:
				fmt.Fprintln(out)
				return err
			}
			if r.from != shown {
				fmt.Fprintf(out, " %v", r.from)
				shown = r.from
			}
			fmt.Fprintf(out, "  %.3f ms%s", float64(r.delay.Nanoseconds())/1e6, r.note)
			arrived = arrived || r.last
		}
		fmt.Fprintln(out)
		if arrived {
			return nil
		}
	}
	return fmt.Errorf("%v was not reached in %d hops (-m sets the limit)", to, *maxHops)
}

func open(to netip.Addr) (*csock.Conn, error) {
	settings := []csock.Setting{
		csock.IP_RECVERR.To(true), csock.IP_MTU_DISCOVER.To(csock.IP_PMTUDISC_PROBE)}
	if to.Is6() {
		settings = []csock.Setting{
			csock.IPV6_RECVERR.To(true), csock.IPV6_MTU_DISCOVER.To(csock.IPV6_PMTUDISC_PROBE)}
	}
	domain := csock.DomainFor(netip.AddrPortFrom(to, 0))
	s, err := csock.New(domain, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	if err != nil {
		return nil, err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	if err := s.Set(append(settings, csock.SO_TIMESTAMPNS.To(true))...); err != nil {
		return nil, err
	}
	return s.IntoConn()
}

// A report is the ICMP error that a probe caused.
type report struct {
	from  netip.Addr
	delay time.Duration
	last  bool   // no router is farther away
	note  string // the reason, unless it is the destination
}

// probe sends one datagram and waits for the report about it.
func probe(conn *csock.Conn, to netip.AddrPort, hop int) (report, error) {
	ttl := csock.IP_TTL.To(hop)
	if to.Addr().Is6() {
		ttl = csock.IPV6_UNICAST_HOPS.To(hop)
	}
	if err := conn.Set(ttl); err != nil {
		return report{}, err
	}
	sent := time.Now()
	if _, err := conn.SendTo(make([]byte, *size), csock.InetAddr(to), 0); err != nil {
		return report{}, err
	}
	conn.SetReadDeadline(sent.Add(*wait))
	m := &csock.MsgHdr{Control: make([]byte, 512)}
	for {
		if _, err := conn.Recvmsg(m, csock.MSG_ERRQUEUE); err != nil {
			return report{}, err
		}
		// The address of the message is the destination of the probe. Its port identifies the
		// probe.
		if probed, ok := m.Addr.AddrPort(); !ok || probed.Port() != to.Port() {
			continue // a late report about an earlier one
		}
		arrived := time.Now()
		var e csock.SockExtendedErr
		for c := range m.ControlMessages() {
			if t, ok := c.Timestamp(); ok {
				arrived = t
			} else if got, ok := c.ExtendedError(); ok {
				e = got
			}
		}
		if e.Origin == csock.SO_EE_ORIGIN_LOCAL {
			return report{}, fmt.Errorf("sending to %v: %w", to, e)
		}
		from, _ := e.Offender.AddrPort()
		r := report{from: from.Addr().Unmap(), delay: arrived.Sub(sent)}
		r.last, r.note = meaning(e)
		return r, nil
	}
}

// meaning reports whether an ICMP error ends the trace, and returns the mark that traceroute(8)
// prints for it.
func meaning(e csock.SockExtendedErr) (last bool, note string) {
	const timeExceeded4, unreachable4, port4, prohibited4 = 11, 3, 3, 13
	const unreachable6, timeExceeded6, port6, prohibited6 = 1, 3, 4, 1
	v4 := e.Origin == csock.SO_EE_ORIGIN_ICMP
	switch {
	case v4 && e.Type == timeExceeded4, !v4 && e.Type == timeExceeded6:
		return false, ""
	case v4 && e.Type == unreachable4 && e.Code == port4,
		!v4 && e.Type == unreachable6 && e.Code == port6:
		return true, "" // from the destination itself: nothing listens at the port
	case v4 && e.Type == unreachable4 && e.Code == prohibited4,
		!v4 && e.Type == unreachable6 && e.Code == prohibited6:
		return true, " !X"
	}
	if mtu, ok := e.MTU(); ok {
		return true, fmt.Sprintf(" !F-%d", mtu)
	}
	for errno, mark := range map[syscall.Errno]string{
		syscall.ENETUNREACH: " !N", syscall.EHOSTUNREACH: " !H", syscall.ENOPROTOOPT: " !P",
	} {
		if e.Errno == errno {
			return true, mark
		}
	}
	return true, fmt.Sprintf(" !%d", e.Code)
}
