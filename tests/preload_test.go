//go:build linux

package tests

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// A library that is preloaded before libc's socket calls gets csock's calls too: those of a Socket
// and of a Conn.
func TestPreload(t *testing.T) {
	if os.Getenv("CSOCK_TEST_PRELOAD") != "" {
		preloadChild(t)
		return
	}
	need.Preload(t)
	need.Dynamic(t)
	cc := need.CC(t)
	library := filepath.Join(t.TempDir(), "preload.so")
	build := need.Command(t, cc[0], append(cc[1:], "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, "testdata/preload/preload.c", "-ldl")...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
	self, args := need.Self("-test.run=^TestPreload$", "-test.timeout=2m")
	child := need.Command(t, self, args...)
	child.Env = append(os.Environ(), "CSOCK_TEST_PRELOAD=1", "LD_PRELOAD="+library)
	var calls bytes.Buffer
	child.Stderr = &calls
	out, err := child.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, &calls)
	}
	const each = "send\nrecv\nsendmsg\nrecvmsg\n"
	if want := "socketpair\n" + each + each + "socketpair\n"; calls.String() != want {
		t.Errorf("calls that came by:\n%s\nwant:\n%s", &calls, want)
	}
}

func preloadChild(t *testing.T) {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
	check(t, err)
	p := make([]byte, 1)
	m := csock.MsgHdr{Buffers: [][]byte{p}}
	all := func(send, recv func([]byte, csock.MsgFlags) (int, error), sendmsg, recvmsg func(*csock.MsgHdr, csock.MsgFlags) (int, error)) {
		sent(t, 1)(send(p, 0))
		sent(t, 1)(recv(p, 0))
		sent(t, 1)(sendmsg(&m, 0))
		sent(t, 1)(recvmsg(&m, 0))
	}
	all(a.Send, b.Recv, a.Sendmsg, b.Recvmsg)
	ca, cb := connOf(t)(a, nil), connOf(t)(b, nil)
	all(ca.Send, cb.Recv, ca.Sendmsg, cb.Recvmsg)

	// A Write that makes no progress returns, and so does an Accept that finds no
	// connection.
	ends := func(what string, want error, call func() error) {
		t.Helper()
		got := make(chan error, 1)
		go func() { got <- call() }()
		select {
		case err := <-got:
			connIs(t, what, err, want)
		case <-time.After(connPatience):
			t.Fatal(what, " does not end")
		}
	}
	x, _ := unixPair(t, csock.SOCK_STREAM)
	stream := connOf(t)(x, nil)
	ends("Write", io.ErrUnexpectedEOF, func() error { _, err := stream.Write(make([]byte, 2)); return err })
	l, _ := connKinds[0].listen(t, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	accept := func(ctx context.Context) func() error {
		return func() error { _, _, err := l.Accept(ctx); return err }
	}
	ends("Accept with a context", context.DeadlineExceeded, accept(ctx))
	check(t, l.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
	ends("Accept with a deadline", os.ErrDeadlineExceeded, accept(context.Background()))
	check(t, l.SetReadDeadline(time.Time{}))
	time.AfterFunc(10*time.Millisecond, func() { l.Close() })
	ends("Accept that Close ends", net.ErrClosed, accept(context.Background()))
}
