package tests

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Helpers that the tests of the core share.

var (
	loopback4 = csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))
	loopback6 = csock.InetAddr(netip.MustParseAddrPort("[::1]:0"))
)

// A kind is New's arguments.
type kind struct {
	name     string
	domain   csock.Domain
	typ      csock.Type
	protocol csock.Protocol
}

var kinds = []kind{
	{"tcp4", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP},
	{"tcp6", csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_TCP},
	{"udp4", csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP},
	{"udp6", csock.AF_INET6, csock.SOCK_DGRAM, csock.IPPROTO_UDP},
	{"unix", csock.AF_UNIX, csock.SOCK_STREAM, 0},
	{"unixgram", csock.AF_UNIX, csock.SOCK_DGRAM, 0},
	{"unixpacket", csock.AF_UNIX, csock.SOCK_SEQPACKET, 0},
}

// kindOf returns the kind with that name.
func kindOf(name string) kind {
	for _, k := range kinds {
		if k.name == name {
			return k
		}
	}
	panic(name)
}

// addr returns an address to which a socket of the kind can be bound, and at which it can be
// reached.
func (k kind) addr(t testing.TB) csock.SockAddr {
	t.Helper()
	need.Family(t, k.domain)
	switch k.domain {
	case csock.AF_INET:
		return loopback4
	case csock.AF_INET6:
		return loopback6
	}
	return unixAddr(t, filepath.Join(t.TempDir(), "s"))
}

// stream reports whether sockets of the kind listen and connect.
func (k kind) stream() bool { return k.typ != csock.SOCK_DGRAM }

// open makes a socket, and closes it when the test ends if the test has not.
func (k kind) open(t testing.TB) *csock.Socket {
	t.Helper()
	if k.domain == csock.AF_INET6 {
		need.IPv6Stack(t)
	}
	s, err := csock.New(k.domain, k.typ, k.protocol)
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// bound makes a socket with an address, which listens if it can.
func (k kind) bound(t testing.TB) (*csock.Socket, csock.SockAddr) {
	t.Helper()
	s := k.open(t)
	check(t, s.Bind(k.addr(t)))
	if k.stream() {
		check(t, s.Listen(16))
	}
	addr, err := s.LocalAddr()
	check(t, err)
	return s, addr
}

// connected makes two sockets that are connected to each other.
func (k kind) connected(t testing.TB) (a, b *csock.Socket) {
	t.Helper()
	if k.stream() {
		l, addr := k.bound(t)
		a = k.open(t)
		check(t, a.Connect(addr))
		b, _, err := l.Accept()
		check(t, err)
		t.Cleanup(func() { b.Close() })
		check(t, l.Close())
		return a, b
	}
	a, addrA := k.bound(t)
	b, addrB := k.bound(t)
	check(t, a.Connect(addrB))
	check(t, b.Connect(addrA))
	return a, b
}

// unixPair makes a pair of Unix sockets.
func unixPair(t testing.TB, typ csock.Type) (a, b *csock.Socket) {
	t.Helper()
	a, b, err := csock.Pair(csock.AF_UNIX, typ, 0)
	check(t, err)
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func unixAddr(t testing.TB, path string) csock.SockAddr {
	t.Helper()
	a, err := csock.UnixAddr(path)
	check(t, err)
	return a
}

// check ends the test at the first of errs that is an error.
func check(t testing.TB, errs ...error) {
	t.Helper()
	need.OK(t, errs...)
}

// same fails the test if got is not want.
func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	need.Same(t, what, got, want)
}

// sent and received check the results of calls that return a number of bytes and an error.
func sent(t testing.TB, want int) func(n int, err error) {
	return func(n int, err error) {
		t.Helper()
		if err != nil || n != want {
			t.Fatalf("%d bytes, %v; want %d bytes", n, err, want)
		}
	}
}

// recv receives up to n bytes.
func recv(t testing.TB, s *csock.Socket, n int) string {
	t.Helper()
	p := make([]byte, n)
	n, err := s.Recv(p, 0)
	check(t, err)
	return string(p[:n])
}

// smallBuffers makes the kernel's buffers between two connected sockets small: few bytes from a to
// b fill them.
func smallBuffers(a, b interface{ Set(...csock.Setting) error }) error {
	const size = 1 << 16
	return errors.Join(a.Set(csock.SO_SNDBUF.To(size)), b.Set(csock.SO_RCVBUF.To(size)))
}

// limited ends the calls of s that still wait after a minute, so that a test that gets nothing
// fails. It does so by shutdown(2): any signal interrupts a call with a timeout (signal(7)), and
// Go's runtime sends signals to its threads.
func limited(t testing.TB, s *csock.Socket) *csock.Socket {
	t.Helper()
	timer := time.AfterFunc(time.Minute, func() {
		if err := s.Shutdown(csock.SHUT_RDWR); err != nil && !errors.Is(err, syscall.ENOTCONN) && !errors.Is(err, net.ErrClosed) {
			panic(fmt.Sprintf("%s: nothing has come for a minute, and the socket cannot be shut down: %v", t.Name(), err))
		}
	})
	t.Cleanup(func() { timer.Stop() })
	return s
}

// unspecified returns an address of family AF_UNSPEC: connect(2) to it ends an association.
func unspecified(t testing.TB) csock.SockAddr {
	t.Helper()
	return need.Value[csock.SockAddr](t)(csock.RawSockAddr(make([]byte, 16)))
}

var netipAny6 = netip.MustParseAddrPort("[::]:0")

func loopbackPort(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
}

// The error of a call that returns other values before it.
func second[A any](_ A, err error) error               { return err }
func third[A, B any](_ A, _ B, err error) error        { return err }
func fourth[A, B, C any](_ A, _ B, _ C, e error) error { return e }

// contentFile makes a file with a content.
func contentFile(t testing.TB, content []byte) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	check(t, err)
	t.Cleanup(func() { f.Close() })
	_, err = f.Write(content)
	check(t, err)
	return f
}
