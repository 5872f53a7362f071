//go:build linux

// Mdns queries the hosts of the local network for names and services by multicast DNS (RFC 6762).
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
	"strings"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/dns"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `mdns [flags] [NAME]

Mdns queries the local network for NAME by multicast DNS (for the kinds of services by default). It
prints each record of the responses, with the sender's address and the interface.
Try: mdns -type A printer.local, or for a kind of service: mdns -type PTR _ipp._tcp.local`

var (
	v6     = flag.Bool("6", false, "use IPv6 (ff02::fb), not IPv4 (224.0.0.251)")
	device = flag.String("i", "", "the interface to ask on; empty: the system's choice")
	kind   = flag.String("type", "PTR", "the type of record: A, AAAA, PTR, SRV, TXT or ANY")
	wait   = flag.Duration("w", 2*time.Second, "how long to wait for responses")
)

var types = map[string]uint16{"A": 1, "PTR": 12, "TXT": 16, "AAAA": 28, "SRV": 33, "ANY": 255}

const port = 5353

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	name := "_services._dns-sd._udp.local"
	if flag.NArg() > 0 {
		name = flag.Arg(0)
	}
	if flag.NArg() > 1 || types[*kind] == 0 {
		return program.UsageError("want one name, and -type A, AAAA, PTR, SRV, TXT or ANY")
	}
	question, err := query(name, types[*kind])
	if err != nil {
		return program.UsageError(err.Error())
	}
	group := netip.MustParseAddr(map[bool]string{false: "224.0.0.251", true: "ff02::fb"}[*v6])
	conn, err := open(group)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	to := csock.InetAddr(netip.AddrPortFrom(group, port))
	if _, err := conn.SendTo(question, to, 0); err != nil {
		return fmt.Errorf("asking %v: %w", group, err)
	}
	conn.SetReadDeadline(time.Now().Add(*wait))
	m := &csock.MsgHdr{Buffers: [][]byte{make([]byte, 9000)}, Control: make([]byte, 512)}
	seen := map[string]bool{}
	for {
		n, err := conn.Recvmsg(m, 0)
		if errors.Is(err, os.ErrDeadlineExceeded) && len(seen) == 0 {
			return fmt.Errorf("no response for %s within %v (-w sets the time, -i the interface)",
				name, *wait)
		} else if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
			return nil
		} else if err != nil {
			return err
		}
		var info csock.PacketInfo
		for c := range m.ControlMessages() {
			if i, ok := c.PacketInfo(); ok {
				info = i
			}
		}
		iface, _ := net.InterfaceByIndex(info.Ifindex)
		from, _ := m.Addr.AddrPort()
		for _, record := range dns.Records(m.Buffers[0][:n]) {
			line := fmt.Sprintf("%-40s from %v on %s", record, from.Addr(), nameOf(iface))
			if !seen[line] {
				fmt.Fprintln(out, line)
			}
			seen[line] = true
		}
	}
}

func nameOf(i *net.Interface) string {
	if i == nil {
		return "?"
	}
	return i.Name
}

// open returns a member of the group. It shares the port with the host's own responder.
func open(group netip.Addr) (*csock.Conn, error) {
	domain := csock.DomainFor(netip.AddrPortFrom(group, 0))
	s, err := csock.New(domain, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	if err != nil {
		return nil, err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	on := csock.InterfaceIndexOrAddress{}
	index := 0
	if *device != "" {
		i, err := program.Interface(*device)
		if err != nil {
			return nil, err
		}
		on, index = csock.InterfaceIndex(i.Index), i.Index
	}
	settings := []csock.Setting{csock.SO_REUSEADDR.To(true), csock.SO_REUSEPORT.To(true)}
	if group.Is6() {
		settings = append(settings, csock.IPV6_V6ONLY.To(true), csock.IPV6_RECVPKTINFO.To(true),
			csock.IPV6_MULTICAST_HOPS.To(255), csock.IPV6_MULTICAST_IF.To(index))
	} else {
		settings = append(settings, csock.IP_PKTINFO.To(true),
			csock.IP_MULTICAST_TTL.To(255), csock.IP_MULTICAST_ALL.To(false))
		if err := s.SetMulticastIfV4N(on); err != nil {
			return nil, err
		}
	}
	if err := s.Set(settings...); err != nil {
		return nil, err
	}
	any := netip.IPv4Unspecified() // receives responses to the group and to this host
	if group.Is6() {
		any = netip.IPv6Unspecified()
	}
	if err := s.Bind(csock.InetAddr(netip.AddrPortFrom(any, port))); err != nil {
		return nil, err
	}
	if err := s.JoinGroup(group, on); err != nil {
		return nil, fmt.Errorf("joining %v (-i chooses an interface): %w", group, err)
	}
	return s.IntoConn()
}

// query returns a DNS query for the records of a name.
func query(name string, typ uint16) ([]byte, error) {
	m := []byte{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0} // one question
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if len(label) == 0 || len(label) > 63 {
			return nil, fmt.Errorf("%q is not a domain name", name)
		}
		m = append(append(m, byte(len(label))), label...)
	}
	m = binary.BigEndian.AppendUint16(append(m, 0), typ)
	return binary.BigEndian.AppendUint16(m, 1), nil // class IN
}
