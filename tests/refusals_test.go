//go:build linux

package tests

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

// Every call sends to a family that refuses MSG_NOSIGNAL without it, after one refusal for each
// socket. A connection whose peer has no name is accepted.
func TestRefusals(t *testing.T) {
	if os.Getenv("CSOCK_TEST_REFUSALS") != "" {
		refusalsChild(t)
		return
	}
	need.Full(t, "builds a C library")
	need.Preload(t)
	need.Dynamic(t)
	cc := need.CC(t)
	library := filepath.Join(t.TempDir(), "preload.so")
	build := need.Command(t, cc[0], append(cc[1:], "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, "testdata/refusals/preload.c", "-ldl")...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
	self, args := need.Self("-test.run=^TestRefusals$", "-test.timeout=2m")
	child := need.Command(t, self, args...)
	child.Env = append(os.Environ(), "CSOCK_TEST_REFUSALS=1", "LD_PRELOAD="+library)
	var refused bytes.Buffer
	child.Stderr = &refused
	out, err := child.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, &refused)
	}
	want := "send\nsend\nsendto\nsendmsg\nsendmsg\nsendmsg\nsendmmsg\nsend\nsend\nsendto\nsendmsg\nsendmsg\nsendmmsg\nsend\nsendto\nsendmsg\nsend\nsend\n"
	same(t, "calls that were refused", refused.String(), want)
}

func refusalsChild(t *testing.T) {
	p := []byte("x")
	batch := newBatch(t, 1, csock.BatchRoom{Payload: 8})
	check(t, batch.SetBytes(0, p))
	m := csock.MsgHdr{Buffers: [][]byte{p}}
	many := make([][]byte, 100)
	many[0] = p
	pairOf := func(typ int, from func(uintptr) (*csock.Socket, error)) (a, b *csock.Socket) {
		fds, err := syscall.Socketpair(syscall.AF_UNIX, typ|syscall.SOCK_CLOEXEC, 0)
		check(t, err)
		a, err = from(uintptr(fds[0]))
		check(t, err)
		b, err = csock.FromFD(uintptr(fds[1]))
		check(t, err)
		return a, b
	}
	pair := func(from func(uintptr) (*csock.Socket, error)) (a, b *csock.Socket) {
		return pairOf(syscall.SOCK_DGRAM, from)
	}
	var none csock.SockAddr
	calls := []func(*csock.Socket) (int, error){
		func(s *csock.Socket) (int, error) { return s.Send(p, 0) },
		func(s *csock.Socket) (int, error) { return s.Write(p) },
		func(s *csock.Socket) (int, error) { return s.SendTo(p, none, 0) },
		func(s *csock.Socket) (int, error) { return s.Sendmsg(&m, 0) },
		func(s *csock.Socket) (int, error) { return s.SendVectored([][]byte{p, nil}, 0) },
		func(s *csock.Socket) (int, error) { return s.SendVectored(many, 0) },
		func(s *csock.Socket) (int, error) { return s.SendBatch(batch, 0) },
	}
	for _, call := range calls {
		a, b := pair(csock.FromFD)
		sent(t, 1)(call(a)) // refused once
		sent(t, 1)(call(a))
		recv(t, b, 1)
		recv(t, b, 1)
		raw, b := pair(csock.FromFDRaw)
		sent(t, 1)(call(raw)) // nothing to refuse
		recv(t, b, 1)
		check(t, csock.Borrow(connOf(t)(raw, nil), func(s *csock.Socket) error {
			sent(t, 1)(call(s)) // nor here
			return nil
		}))
		recv(t, b, 1)
	}
	for _, call := range []func(*csock.Conn) (int, error){
		func(c *csock.Conn) (int, error) { return c.Send(p, 0) },
		func(c *csock.Conn) (int, error) { return c.Write(p) },
		func(c *csock.Conn) (int, error) { return c.SendTo(p, none, 0) },
		func(c *csock.Conn) (int, error) { return c.Sendmsg(&m, 0) },
		func(c *csock.Conn) (int, error) { return c.SendVectored(many, 0) },
		func(c *csock.Conn) (int, error) { return c.SendBatch(batch, 0) },
		// With a flag a call uses the poller at once.
		func(c *csock.Conn) (int, error) { return c.Send(p, csock.MSG_MORE) },
		func(c *csock.Conn) (int, error) { return c.SendTo(p, none, csock.MSG_MORE) },
		func(c *csock.Conn) (int, error) { return c.Sendmsg(&m, csock.MSG_MORE) },
	} {
		a, b := pair(csock.FromFD)
		c := connOf(t)(a, nil)
		sent(t, 1)(call(c))
		sent(t, 1)(call(c))
		recv(t, b, 1)
		recv(t, b, 1)
	}

	// If the family is unknown, so is the cause: the error is returned, and the flag stays.
	a, _ := pairOf(syscall.SOCK_SEQPACKET, csock.FromFD)
	for range 2 {
		_, err := a.Send(p, 0)
		connIs(t, "of an unknown family", err, syscall.EINVAL)
	}

	// Accept.
	l := kindOf("unix").open(t)
	addr := unixAddr(t, "@csock families "+strings.ReplaceAll(t.TempDir(), "/", " "))
	check(t, l.Bind(addr))
	check(t, l.Listen(9))
	connect := func() {
		for range 2 { // the first is dropped: unlike with AF_ALG, it was a waiting connection
			check(t, kindOf("unix").open(t).Connect(addr))
		}
	}
	connect()
	s, from, err := l.Accept()
	check(t, err)
	same(t, "the peer's address", from, none)
	check(t, s.Close())
	lc := connOf(t)(l, nil)
	connect()
	c, from, err := lc.Accept(context.Background())
	check(t, err)
	same(t, "the address of a Conn's peer", from, none)
	check(t, c.Close())
}

// Flags reach the kernel like a C program's: bit 31, as the sign or not, and numbers below 0.
func TestFlagsReachTheKernel(t *testing.T) {
	a, b := kindOf("udp4").connected(t)
	to, err := b.LocalAddr()
	check(t, err)
	for _, flags := range []int64{1 << 31, -1 << 31, 1<<31 | 0x40, -1, -2, 0x10, 1 << 28} {
		f := int32(uint32(flags))
		_, errC := sendInC(a, int(f), to)
		_, err := a.SendTo([]byte("x"), to, csock.MsgFlags(flags))
		if !sameErrno(err, errC) {
			t.Errorf("flags %#x: %v; in C %v", flags, err, errC)
		}
	}
	top := uint32(1 << 31) // no constant: it overflows the int of 32 bits
	if _, err := a.Send([]byte("x"), csock.MsgFlags(top)); err != nil {
		t.Errorf("bit 31: %v", err)
	}
	for _, flags := range []int64{1 << 32, -1<<31 - 1, 1 << 40} {
		if int64(int(flags)) != flags {
			continue // MsgFlags has 32 bits here
		}
		if _, err := a.Send([]byte("x"), csock.MsgFlags(flags)); err == nil {
			t.Errorf("flags %#x, which are no int, are taken", flags)
		}
	}
}

// The address after an error is the zero SockAddr.
func TestAddressAfterError(t *testing.T) {
	a, _ := kindOf("udp4").connected(t)
	bufs := [][]byte{make([]byte, 1)}
	_, from, err := a.RecvFrom(bufs[0], csock.MSG_DONTWAIT)
	_, _, fromVectored, errVectored := a.RecvFromVectored(bufs, csock.MSG_DONTWAIT)
	var none csock.SockAddr
	if err == nil || errVectored == nil || from != none || fromVectored != none {
		t.Errorf("%v, %v of %d and %d bytes", err, errVectored, from.Len(), fromVectored.Len())
	}
}

// A raw accept passes on flags and adds none.
func TestAccept4Raw(t *testing.T) {
	for _, c := range []struct {
		flags           csock.Type
		cloexec, blocks bool
	}{{0, false, true}, {csock.SOCK_CLOEXEC, true, true}, {csock.SOCK_NONBLOCK, false, false}} {
		l, addr := kindOf("tcp4").bound(t)
		check(t, l.Listen(1))
		client := kindOf("tcp4").open(t)
		check(t, client.Connect(addr))
		s, _, err := l.Accept4Raw(c.flags)
		check(t, err)
		fdFlags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, s.FD(), syscall.F_GETFD, 0)
		if errno != 0 {
			t.Fatal(errno)
		}
		same(t, "close-on-exec", fdFlags&syscall.FD_CLOEXEC != 0, c.cloexec)
		blocking(t, s, c.blocks)
		check(t, s.Close())
	}
}

// sendInC is sendto(2) in C.
func sendInC(s *csock.Socket, flags int, to csock.SockAddr) (int, error) {
	return cref.Sendto(s.FD(), []byte("x"), flags, to.Bytes())
}
