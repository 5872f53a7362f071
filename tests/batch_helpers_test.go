package tests

import (
	"net/netip"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// What the tests of Batch share.

func newBatch(t testing.TB, n int, room csock.BatchRoom) *csock.Batch {
	t.Helper()
	b, err := csock.NewBatch(n, room)
	check(t, err)
	t.Cleanup(func() { b.Close() })
	return b
}

// batchSocket takes a new socket, and closes it at the test's end.
func batchSocket(t testing.TB, s *csock.Socket, err error) *csock.Socket {
	t.Helper()
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return limited(t, s)
}

func batchPair(t testing.TB, typ csock.Type) (a, b *csock.Socket) {
	t.Helper()
	a, b, err := csock.Pair(csock.AF_UNIX, typ, 0)
	return batchSocket(t, a, err), batchSocket(t, b, err)
}

// batchUDP makes a UDP socket on an address of the loopback interface, with its address.
func batchUDP(t testing.TB, ip string) (*csock.Socket, csock.SockAddr) {
	t.Helper()
	addr := csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(ip), 0))
	need.Family(t, addr.Domain())
	s, err := csock.New(addr.Domain(), csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	s = batchSocket(t, s, err)
	check(t, s.Bind(addr))
	return s, need.Value[csock.SockAddr](t)(s.LocalAddr())
}

// batchOK fails the test unless a call worked on want messages.
func batchOK(t testing.TB, what string, n int, err error, want int) {
	t.Helper()
	if n != want || err != nil {
		t.Fatalf("%s: %d, %v; want %d messages", what, n, err, want)
	}
}
