//go:build linux

package selftests

import (
	"net/netip"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// in makes a socket in a namespace, and closes it at the test's end.
func in(t *testing.T, ns *netns.NS, domain csock.Domain, typ csock.Type, protocol csock.Protocol) *csock.Socket {
	t.Helper()
	var s *csock.Socket
	var err error
	ns.Do(func() { s, err = csock.New(domain, typ, protocol) })
	need.OK(t, err)
	t.Cleanup(func() { s.Close() })
	need.OK(t, s.Set(csock.SO_RCVTIMEO.To(30*time.Second))) // instead of a wait without end
	return s
}

// inet returns the address with the given text and port.
func inet(ip string, port int) csock.SockAddr {
	return csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(ip), uint16(port)))
}

// local returns a socket's own address, and its port.
func local(t *testing.T, s *csock.Socket) (csock.SockAddr, int) {
	t.Helper()
	a := need.Value[csock.SockAddr](t)(s.LocalAddr())
	ap, _ := a.AddrPort()
	return a, int(ap.Port())
}

// tcpPair returns two connected sockets of TCP on a namespace's loopback.
func tcpPair(t *testing.T, ns *netns.NS) (a, b *csock.Socket) {
	t.Helper()
	l := in(t, ns, csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	need.OK(t, l.Bind(inet("127.0.0.1", 0)), l.Listen(1))
	addr, _ := local(t, l)
	a = in(t, ns, csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	need.OK(t, a.Connect(addr))
	b, _, err := l.Accept()
	need.OK(t, err)
	t.Cleanup(func() { b.Close() })
	need.OK(t, b.Set(csock.SO_RCVTIMEO.To(30*time.Second)))
	return a, b
}

// received returns what comes next on a socket.
func received(t *testing.T, s *csock.Socket, flags csock.MsgFlags) string {
	t.Helper()
	p := make([]byte, 1000)
	n, err := s.Recv(p, flags)
	need.OK(t, err)
	return string(p[:n])
}
