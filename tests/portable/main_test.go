// Package portable has the tests of what every system has. They run on Linux, and under Wine as a
// Windows program.
package portable

import (
	"net/netip"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

// soon is longer than anything on the loopback takes.
const soon = 20 * time.Second

// A kind is a family of IP that a test goes through.
type kind struct {
	name     string
	domain   csock.Domain
	loopback csock.SockAddr
}

func kinds() []kind {
	return []kind{
		{"IPv4", csock.AF_INET, csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))},
		{"IPv6", csock.AF_INET6, csock.InetAddr(netip.MustParseAddrPort("[::1]:0"))},
	}
}

// eachKind runs a test for IPv4 and IPv6.
func eachKind(t *testing.T, test func(*testing.T, kind)) {
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			if k.domain == csock.AF_INET {
				need.IPv4(t)
			} else {
				need.IPv6(t)
			}
			test(t, k)
		})
	}
}

// socket makes a socket that is closed when the test ends.
func (k kind) socket(t testing.TB, typ csock.Type) *csock.Socket {
	t.Helper()
	s, err := csock.New(k.domain, typ, 0)
	need.OK(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// bound makes a socket with an address of the loopback.
func (k kind) bound(t testing.TB, typ csock.Type) (*csock.Socket, csock.SockAddr) {
	t.Helper()
	s := k.socket(t, typ)
	need.OK(t, s.Bind(k.loopback))
	return s, need.Value[csock.SockAddr](t)(s.LocalAddr())
}

// connected makes two connected TCP sockets.
func (k kind) connected(t testing.TB) (client, server *csock.Socket) {
	t.Helper()
	l, addr := k.bound(t, csock.SOCK_STREAM)
	need.OK(t, l.Listen(8))
	client = k.socket(t, csock.SOCK_STREAM)
	need.OK(t, client.ConnectTimeout(addr, soon))
	server, _, err := l.Accept()
	need.OK(t, err)
	t.Cleanup(func() { server.Close() })
	return client, server
}
