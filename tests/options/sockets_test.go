//go:build linux && cgo

package options

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

var (
	loopback4 = csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))
	loopback6 = csock.InetAddr(netip.MustParseAddrPort("[::1]:0"))
)

// The sockets on which options are tested, by name. A maker runs in a network namespace of the
// test's own and returns the socket, followed by everything that must stay open with it.
var optionSockets = map[string]func() ([]*csock.Socket, error){
	"tcp4":            fresh(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP),
	"tcp6":            fresh(csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_TCP),
	"udp4":            fresh(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP),
	"udp6":            fresh(csock.AF_INET6, csock.SOCK_DGRAM, csock.IPPROTO_UDP),
	"udplite4":        fresh(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDPLITE),
	"raw4":            fresh(csock.AF_INET, csock.SOCK_RAW, csock.IPPROTO_ICMP),
	"raw6":            fresh(csock.AF_INET6, csock.SOCK_RAW, csock.IPPROTO_ICMPV6),
	"rawip4":          fresh(csock.AF_INET, csock.SOCK_RAW, csock.IPPROTO_RAW),
	"rawip6":          fresh(csock.AF_INET6, csock.SOCK_RAW, csock.IPPROTO_RAW),
	"rawudp6":         fresh(csock.AF_INET6, csock.SOCK_RAW, csock.IPPROTO_UDP),
	"igmp":            fresh(csock.AF_INET, csock.SOCK_RAW, csock.IPPROTO_IGMP),
	"unixgram":        fresh(csock.AF_UNIX, csock.SOCK_DGRAM, 0),
	"vsock":           fresh(csock.AF_VSOCK, csock.SOCK_STREAM, 0),
	"netlink":         fresh(csock.AF_NETLINK, csock.SOCK_RAW, 0),
	"packet":          fresh(csock.AF_PACKET, csock.SOCK_RAW, 0),
	"mptcp":           fresh(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_MPTCP),
	"dccp":            fresh(csock.AF_INET, csock.SOCK_DCCP, csock.IPPROTO_DCCP),
	"unix":            pair(csock.SOCK_STREAM),
	"tcp4 connected":  streamPair(csock.AF_INET, csock.IPPROTO_TCP),
	"tcp6 connected":  streamPair(csock.AF_INET6, csock.IPPROTO_TCP),
	"mptcp connected": streamPair(csock.AF_INET, csock.IPPROTO_MPTCP),
	"udp4 connected":  datagramPair(csock.AF_INET),
	"udp6 connected":  datagramPair(csock.AF_INET6),
	"tcp4 listening":  listening(csock.AF_INET, csock.IPPROTO_TCP),
	"udp4 bound":      bound(csock.AF_INET),
	"packet bound": func() ([]*csock.Socket, error) {
		s, err := csock.New(csock.AF_PACKET, csock.SOCK_RAW, 0)
		if err == nil {
			err = s.Bind(csock.PacketAddr(3, 1, nil)) // ETH_P_ALL, lo
		}
		return []*csock.Socket{s}, err
	},
	"dccp accepted": dccpAccepted,
	// An IPv6 socket whose peer is one of IPv4.
	"tcp6 mapped": mapped,
}

func fresh(domain csock.Domain, typ csock.Type, protocol csock.Protocol) func() ([]*csock.Socket, error) {
	return func() ([]*csock.Socket, error) {
		s, err := csock.New(domain, typ, protocol)
		return []*csock.Socket{s}, err
	}
}

func pair(typ csock.Type) func() ([]*csock.Socket, error) {
	return func() ([]*csock.Socket, error) {
		a, b, err := csock.Pair(csock.AF_UNIX, typ, 0)
		return []*csock.Socket{a, b}, err
	}
}

func loopback(domain csock.Domain) csock.SockAddr {
	if domain == csock.AF_INET6 {
		return loopback6
	}
	return loopback4
}

func bound(domain csock.Domain) func() ([]*csock.Socket, error) {
	return func() ([]*csock.Socket, error) {
		s, err := csock.New(domain, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
		if err == nil {
			err = s.Bind(loopback(domain))
		}
		return []*csock.Socket{s}, err
	}
}

func listening(domain csock.Domain, protocol csock.Protocol) func() ([]*csock.Socket, error) {
	return func() ([]*csock.Socket, error) {
		s, err := csock.New(domain, csock.SOCK_STREAM, protocol)
		if err == nil {
			err = s.Bind(loopback(domain))
		}
		if err == nil {
			err = s.Listen(1)
		}
		return []*csock.Socket{s}, err
	}
}

// streamPair returns the connecting end, the accepted end, and the listener.
func streamPair(domain csock.Domain, protocol csock.Protocol) func() ([]*csock.Socket, error) {
	return func() ([]*csock.Socket, error) {
		l, err := listening(domain, protocol)()
		if err != nil {
			return l, err
		}
		addr, err := l[0].LocalAddr()
		if err != nil {
			return l, err
		}
		return connectTo(l[0], addr, domain, protocol)
	}
}

func connectTo(l *csock.Socket, addr csock.SockAddr, domain csock.Domain, protocol csock.Protocol) ([]*csock.Socket, error) {
	s, err := csock.New(domain, csock.SOCK_STREAM, protocol)
	if err != nil {
		return nil, err
	}
	if err := s.Connect(addr); err != nil {
		return nil, err
	}
	peer, _, err := l.Accept()
	return []*csock.Socket{s, peer, l}, err
}

// dccpAccepted returns the accepted end, the connecting end, and the listener.
func dccpAccepted() ([]*csock.Socket, error) {
	var all []*csock.Socket
	for range 2 {
		s, err := csock.New(csock.AF_INET, csock.SOCK_DCCP, csock.IPPROTO_DCCP)
		if err == nil {
			all = append(all, s)
			err = csock.DCCP_SOCKOPT_SERVICE.Set(s, []uint32{7})
		}
		if err != nil {
			return all, err
		}
	}
	l, c := all[0], all[1]
	err := l.Bind(loopback4)
	if err == nil {
		err = l.Listen(1)
	}
	addr, addrErr := l.LocalAddr()
	if err = errors.Join(err, addrErr); err == nil {
		err = c.Connect(addr)
	}
	if err != nil {
		return all, err
	}
	s, _, err := l.Accept()
	return []*csock.Socket{s, c, l}, err
}

func mapped() ([]*csock.Socket, error) {
	l, err := listening(csock.AF_INET, csock.IPPROTO_TCP)()
	if err != nil {
		return l, err
	}
	addr, err := l[0].LocalAddr()
	if err != nil {
		return l, err
	}
	ap, _ := addr.AddrPort()
	return connectTo(l[0], csock.InetAddr(netip.AddrPortFrom(netip.AddrFrom16(ap.Addr().As16()), ap.Port())),
		csock.AF_INET6, csock.IPPROTO_TCP)
}

func datagramPair(domain csock.Domain) func() ([]*csock.Socket, error) {
	return func() ([]*csock.Socket, error) {
		peer, err := bound(domain)()
		if err != nil {
			return peer, err
		}
		addr, err := peer[0].LocalAddr()
		if err != nil {
			return peer, err
		}
		s, err := csock.New(domain, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
		if err == nil {
			err = s.Connect(addr)
		}
		return []*csock.Socket{s, peer[0]}, err
	}
}

// noNamespaces are the sockets that only the first network namespace has.
var noNamespaces = []string{"hci", "l2cap", "l2cap_le", "rfcomm", "sco"}

// optionSocket makes the named socket in ns. It is closed when the returned function is called.
func optionSocket(t testing.TB, ns *netns.NS, name string) (*csock.Socket, func(), error) {
	t.Helper()
	make, ok := optionSockets[name]
	if !ok {
		t.Fatalf("no maker of a socket %q", name)
	}
	var all []*csock.Socket
	var err error
	if slices.Contains(noNamespaces, name) {
		all, err = make()
	} else {
		ns.Do(func() { all, err = make() })
	}
	closeAll := func() {
		for _, s := range all {
			s.Close()
		}
	}
	if err != nil {
		closeAll()
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return all[0], closeAll, nil
}

// plainSocket makes a socket in the namespace of the process.
func plainSocket(t testing.TB, name string) *csock.Socket {
	t.Helper()
	all, err := optionSockets[name]()
	check(t, err)
	t.Cleanup(func() {
		for _, s := range all {
			s.Close()
		}
	})
	return all[0]
}

// check ends the test at the first of errs that is an error.
func check(t testing.TB, errs ...error) {
	t.Helper()
	need.OK(t, errs...)
}

// ambiguous are the levels with the numbers of IPPROTO_IP, IPPROTO_TCP and IPPROTO_UDP, as which
// they print.
var ambiguous = []string{"SOL_HCI", "SOL_L2CAP", "SOL_SCO"}

// levelSocket returns the name of a socket that has a level's options; a plan may name another.
func levelSocket(level string) string {
	switch level {
	case "SOL_SOCKET", "IPPROTO_TCP":
		return "tcp4"
	case "IPPROTO_IP", "IPPROTO_UDP":
		return "udp4"
	case "IPPROTO_IPV6":
		return "udp6"
	case "IPPROTO_SCTP", "SOL_DCCP":
		return "tcp4" // see standIn
	case "SOL_RAW":
		return "raw4"
	case "IPPROTO_ICMPV6":
		return "raw6"
	case "IPPROTO_UDPLITE":
		return "udplite4"
	case "AF_VSOCK":
		return "vsock"
	case "SOL_BLUETOOTH":
		return "l2cap"
	case "SOL_TLS":
		return "tcp4 connected"
	case "SOL_MPTCP":
		return "mptcp connected"
	}
	return strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(level, "SOL_"), "IPPROTO_"))
}

// standIn reports whether the options of a level are tested on a socket that lacks them, and
// returns ENOPROTOOPT: few kernels have the level's protocol, so that only the bytes of the calls
// can be compared.
func standIn(level string) bool { return level == "IPPROTO_SCTP" || level == "SOL_DCCP" }
