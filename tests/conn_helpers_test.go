package tests

import (
	"context"
	"net/netip"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// What the tests of Conn share.

// connPatience is the time that a test waits for a condition.
const connPatience = 30 * time.Second

// connIs checks that an error is one of the given ones.
var connIs = need.Is

// connOf makes a Conn of the result of a function of package csock.
func connOf(t testing.TB) func(*csock.Socket, error) *csock.Conn {
	return func(s *csock.Socket, err error) *csock.Conn {
		t.Helper()
		check(t, err)
		c, err := s.IntoConn()
		if err != nil {
			s.Close()
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
}

// A connKind is a kind of socket that can be connected.
type connKind struct {
	name     string
	domain   csock.Domain
	typ      csock.Type
	protocol csock.Protocol
}

var connKinds = []connKind{
	{"tcp4", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP},
	{"tcp6", csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_TCP},
	{"unix", csock.AF_UNIX, csock.SOCK_STREAM, 0},
	{"unixpacket", csock.AF_UNIX, csock.SOCK_SEQPACKET, 0},
	{"udp4", csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP},
	{"udp6", csock.AF_INET6, csock.SOCK_DGRAM, csock.IPPROTO_UDP},
	{"unixgram", csock.AF_UNIX, csock.SOCK_DGRAM, 0},
	// Many kernels lack these.
	{"vsock", csock.AF_VSOCK, csock.SOCK_STREAM, 0},
	{"vsock seqpacket", csock.AF_VSOCK, csock.SOCK_SEQPACKET, 0},
	{"mptcp", csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_MPTCP},
	{"sctp", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_SCTP},
	{"dccp", csock.AF_INET6, csock.SOCK_DCCP, csock.IPPROTO_DCCP},
}

// new makes a socket. The test is skipped if the kernel lacks the kind.
func (k connKind) new(t testing.TB) *csock.Socket {
	t.Helper()
	s, err := csock.New(k.domain, k.typ, k.protocol)
	if err == nil && k.protocol == csock.IPPROTO_DCCP {
		err = s.SetDCCPService(1)
	}
	var refused []error
	if k.protocol == csock.IPPROTO_MPTCP || k.protocol == csock.IPPROTO_SCTP {
		refused = append(refused, syscall.EINVAL) // gVisor's error for an unknown protocol
	}
	need.Feature(t, k.name, err, refused...)
	return s
}

// open makes a Conn that is bound to an address of its own.
func (k connKind) open(t testing.TB) *csock.Conn {
	t.Helper()
	need.Family(t, k.domain)
	s := k.new(t)
	var addr csock.SockAddr
	var err error
	switch k.domain {
	case csock.AF_INET:
		addr = csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))
	case csock.AF_INET6:
		addr = csock.InetAddr(netip.MustParseAddrPort("[::1]:0"))
	case csock.AF_VSOCK:
		addr = csock.VsockAddr(csock.VMADDR_CID_LOCAL, csock.VMADDR_PORT_ANY)
	default:
		addr, err = csock.UnixAddr(filepath.Join(t.TempDir(), "s"))
		check(t, err)
	}
	if err := s.Bind(addr); err != nil {
		if k.domain == csock.AF_VSOCK {
			t.Skipf("needs vsock's loopback: bind: %v", err)
		}
		t.Fatal(err)
	}
	return connOf(t)(s, nil)
}

func (k connKind) datagrams() bool { return k.typ == csock.SOCK_DGRAM }

// listen makes a Conn that listens.
func (k connKind) listen(t testing.TB, backlog int) (*csock.Conn, csock.SockAddr) {
	t.Helper()
	l := k.open(t)
	var addr csock.SockAddr
	check(t, csock.Borrow(l, func(s *csock.Socket) (err error) {
		if err := s.Listen(backlog); err != nil {
			return err
		}
		addr, err = s.LocalAddr()
		return err
	}))
	return l, addr
}

// pair makes two Conns that are connected by Connect and, unless they carry datagrams, Accept.
func (k connKind) pair(t testing.TB) (a, b *csock.Conn) {
	t.Helper()
	ctx := context.Background()
	if k.datagrams() {
		a, b = k.open(t), k.open(t)
		check(t, a.Connect(ctx, connAddr(t, b)), b.Connect(ctx, connAddr(t, a)))
		return a, b
	}
	l, addr := k.listen(t, 1)
	a = connOf(t)(k.new(t), nil)
	check(t, a.Connect(ctx, addr))
	b, _, err := l.Accept(ctx)
	check(t, err, l.Close())
	t.Cleanup(func() { b.Close() })
	return a, b
}

func connAddr(t testing.TB, c *csock.Conn) (addr csock.SockAddr) {
	t.Helper()
	check(t, csock.Borrow(c, func(s *csock.Socket) (err error) {
		addr, err = s.LocalAddr()
		return err
	}))
	return addr
}
