//go:build linux

package tests

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
)

// pipe makes a pipe, and closes it at the test's end. Both ends are non-blocking.
func pipe(t testing.TB) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	check(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// fdOf returns the descriptor of a file, which the caller keeps open.
func fdOf(t testing.TB, f *os.File) (fd uintptr) {
	t.Helper()
	raw, err := f.SyscallConn()
	check(t, err)
	check(t, raw.Control(func(n uintptr) { fd = n }))
	return fd
}

// Bytes go from a socket into a pipe, into a second pipe, and out of both into another socket, as
// in C.
func TestSplice(t *testing.T) {
	for _, kind := range []string{"tcp4", "tcp6", "unix"} {
		for _, inC := range []bool{false, true} {
			a, b := kindOf(kind).connected(t)
			c, d := kindOf(kind).connected(t)
			r, w := pipe(t)
			teeR, teeW := pipe(t)
			to := func(s *csock.Socket, p *os.File, n int) (int, error) { return s.SpliceTo(p, n, csock.SPLICE_F_MOVE) }
			from := func(s *csock.Socket, p *os.File, n int) (int, error) { return s.SpliceFrom(p, n, csock.SPLICE_F_MORE) }
			tee := func(n int) (int, error) { return csock.Tee(r, teeW, n, 0) }
			if inC {
				to = func(s *csock.Socket, p *os.File, n int) (int, error) {
					return cref.Splice(s.FD(), fdOf(t, p), n, int(csock.SPLICE_F_MOVE))
				}
				from = func(s *csock.Socket, p *os.File, n int) (int, error) {
					return cref.Splice(fdOf(t, p), s.FD(), n, int(csock.SPLICE_F_MORE))
				}
				tee = func(n int) (int, error) { return cref.Tee(fdOf(t, r), fdOf(t, teeW), n, 0) }
			}
			sent(t, 11)(a.Send([]byte("hello world"), 0))
			sent(t, 5)(to(b, w, 5))
			sent(t, 3)(tee(3))
			sent(t, 5)(tee(100))
			sent(t, 5)(from(c, r, 100))
			sent(t, 8)(from(c, teeR, 100))
			if kind != "unix" {
				check(t, csock.TCP_NODELAY.Set(c, true)) // sends what SPLICE_F_MORE has held back
			}
			got := make([]byte, 13)
			_, err := io.ReadFull(d, got)
			check(t, err)
			same(t, "bytes", string(got), "hellohelhello")
			sent(t, 6)(to(b, w, math.MaxInt32))
			check(t, a.Shutdown(csock.SHUT_WR))
			sent(t, 0)(to(b, w, 10)) // the end
			sent(t, 6)(from(c, r, 6))
			check(t, c.Shutdown(csock.SHUT_WR))
			rest, err := io.ReadAll(d)
			check(t, err)
			same(t, "rest", string(rest), " world")
			check(t, w.Close())
			sent(t, 0)(from(c, r, 10)) // nobody writes to the pipe
		}
	}
}

// What cannot be spliced fails as in C.
func TestSpliceErrors(t *testing.T) {
	r, w := pipe(t)
	a, b := unixPair(t, csock.SOCK_STREAM)
	u, _ := kindOf("udp4").connected(t)
	check(t, u.SetNonblocking(true)) // kernels that splice datagrams would wait
	f, err := os.Open("/proc/self/exe")
	check(t, err)
	defer f.Close()
	many := make([]byte, 1<<20)
	lacked := csock.SpliceFlags(csock.AF_SYSTEM) // a name that Linux lacks
	_, errSplice := a.SpliceTo(w, 1, lacked)
	_, errTee := csock.Tee(r, w, 1, lacked)
	for _, err := range []error{errSplice, errTee} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("flags that the platform lacks: %v", err)
		}
	}
	_, err = b.Send([]byte("x"), 0)
	check(t, err)
	for name, c := range map[string]struct{ ours, inC func() (int, error) }{
		"into a file": {
			func() (int, error) { return a.SpliceTo(f, 1, 0) },
			func() (int, error) { return cref.Splice(a.FD(), fdOf(t, f), 1, 0) },
		},
		"into the wrong end": {
			func() (int, error) { return a.SpliceTo(r, 1, 0) },
			func() (int, error) { return cref.Splice(a.FD(), fdOf(t, r), 1, 0) },
		},
		"from an empty pipe": {
			func() (int, error) { return a.SpliceFrom(r, 1, 0) },
			func() (int, error) { return cref.Splice(fdOf(t, r), a.FD(), 1, 0) },
		},
		"a datagram socket": {
			func() (int, error) { return u.SpliceTo(w, 1, csock.SPLICE_F_NONBLOCK) },
			func() (int, error) { return cref.Splice(u.FD(), fdOf(t, w), 1, int(csock.SPLICE_F_NONBLOCK)) },
		},
		"unknown flags": {
			func() (int, error) { return a.SpliceTo(w, 1, 1<<20) },
			func() (int, error) { return cref.Splice(a.FD(), fdOf(t, w), 1, 1<<20) },
		},
		"tee into itself": {
			func() (int, error) { return csock.Tee(r, w, 1, 0) },
			func() (int, error) { return cref.Tee(fdOf(t, r), fdOf(t, w), 1, 0) },
		},
		"tee of a file": {
			func() (int, error) { return csock.Tee(f, w, 1, 0) },
			func() (int, error) { return cref.Tee(fdOf(t, f), fdOf(t, w), 1, 0) },
		},
	} {
		n, err := c.ours()
		wantN, want := c.inC()
		if n != wantN || !errors.Is(err, want) || want == nil {
			t.Errorf("%s: %d, %v; in C %d, %v", name, n, err, wantN, want)
		}
	}
	fill(t, w, many)
	if n, err := a.SpliceTo(w, 1, 0); n != 0 || !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("into a full pipe: %d, %v", n, err)
	}
	for name, call := range map[string]func() (int, error){
		"SpliceTo":   func() (int, error) { return a.SpliceTo(w, -1, 0) },
		"SpliceFrom": func() (int, error) { return a.SpliceFrom(r, -1, 0) },
		"Tee":        func() (int, error) { return csock.Tee(r, w, -1, 0) },
	} {
		if n, err := call(); n != 0 || !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s of -1: %d, %v", name, n, err)
		}
	}
	check(t, a.Close())
	for name, c := range map[string]struct {
		call func() (int, error)
		want error
	}{
		"SpliceTo":          {func() (int, error) { return a.SpliceTo(w, 1, 0) }, net.ErrClosed},
		"SpliceFrom":        {func() (int, error) { return a.SpliceFrom(r, 1, 0) }, net.ErrClosed},
		"SpliceTo nothing":  {func() (int, error) { return b.SpliceTo(nil, 1, 0) }, os.ErrInvalid},
		"SpliceFrom nobody": {func() (int, error) { return b.SpliceFrom(nil, 1, 0) }, os.ErrInvalid},
		"Tee from nothing":  {func() (int, error) { return csock.Tee(nil, w, 1, 0) }, os.ErrInvalid},
		"Tee to nothing":    {func() (int, error) { return csock.Tee(r, nil, 1, 0) }, os.ErrInvalid},
	} {
		if n, err := c.call(); n != 0 || !errors.Is(err, c.want) {
			t.Errorf("%s: %d, %v; want %v", name, n, err, c.want)
		}
	}
}

// fill fills a pipe.
func fill(t testing.TB, w *os.File, with []byte) {
	t.Helper()
	check(t, w.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
	_, err := w.Write(with)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the pipe is not full:", err)
	}
}

// A Conn waits for its socket, and not for the pipe.
func TestConnSplice(t *testing.T) {
	a, b := connKinds[0].pair(t)
	r, w := pipe(t)
	got := make(chan error, 1)
	go func() {
		n, err := b.SpliceTo(w, 100, 0)
		if err == nil && n != 5 {
			err = errors.New("not 5 bytes")
		}
		got <- err
	}()
	connParked(t, "(*Conn).SpliceTo", 1)
	_, err := a.Write([]byte("hello"))
	check(t, err, <-got)
	sent(t, 5)(b.SpliceFrom(r, 100, 0))
	p := make([]byte, 5)
	_, err = io.ReadFull(a, p)
	check(t, err)
	same(t, "bytes", string(p), "hello")
	if n, err := b.SpliceFrom(r, 1, 0); n != 0 || !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("from an empty pipe: %d, %v", n, err)
	}

	var blocking [2]int
	check(t, syscall.Pipe2(blocking[:], syscall.O_CLOEXEC))
	for i, fd := range blocking {
		f := os.NewFile(uintptr(fd), "pipe")
		defer f.Close()
		if n, err := b.SpliceFrom(f, 1, 0); i == 0 && (n != 0 || !errors.Is(err, syscall.EAGAIN)) {
			t.Errorf("from an empty pipe that blocks: %d, %v", n, err)
		}
	}

	check(t, b.SetReadDeadline(time.Now().Add(time.Millisecond)))
	if n, err := b.SpliceTo(w, 1, 0); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the deadline: %d, %v", n, err)
	}
	check(t, b.SetReadDeadline(time.Time{}))
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if n, err := b.WithContext(ctx).SpliceTo(w, 1, 0); n != 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after the context: %d, %v", n, err)
	}

	fill(t, w, make([]byte, 1<<20))
	_, err = a.Write([]byte("more"))
	check(t, err)
	if n, err := b.SpliceTo(w, 4, 0); n != 0 || !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("into a full pipe: %d, %v", n, err)
	}
	// A full socket is waited for.
	check(t, a.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
	for err = error(nil); err == nil; {
		_, err = a.SpliceFrom(r, 1<<20, 0)
		if errors.Is(err, syscall.EAGAIN) {
			w.SetWriteDeadline(time.Time{})
			_, err = w.Write(make([]byte, 4096))
		}
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("into a full socket: %v", err)
	}
	check(t, b.Close())
	if n, err := b.SpliceTo(w, 1, 0); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %d, %v", n, err)
	}
}

// Discard removes bytes from a TCP stream, as C's recv does with MSG_TRUNC and no buffer.
func TestDiscard(t *testing.T) {
	data := pattern(100_000)
	ways := map[string]func(s *csock.Socket, n int, flags csock.MsgFlags) (int, error){
		"Socket": (*csock.Socket).Discard,
		"C": func(s *csock.Socket, n int, flags csock.MsgFlags) (int, error) {
			return cref.Discard(s.FD(), n, int(flags))
		},
		"Conn": func(s *csock.Socket, n int, flags csock.MsgFlags) (int, error) {
			c := connOf(t)(s.TryClone())
			defer c.Close()
			n, err := c.Discard(n, flags)
			return n, errors.Join(err, s.SetNonblocking(false)) // which the Conn has changed
		},
	}
	for name, discard := range ways {
		for _, kind := range []string{"tcp4", "tcp6"} {
			t.Run(name+" "+kind, func(t *testing.T) {
				a, b := kindOf(kind).connected(t)
				go func() { a.Write(data) }()
				at := 0
				for at < 90_000 {
					n, err := discard(b, 90_000-at, 0)
					if n <= 0 || err != nil {
						t.Fatalf("after %d bytes: %d, %v", at, n, err)
					}
					at += n
				}
				got := make([]byte, 10)
				_, err := io.ReadFull(b, got)
				check(t, err)
				if !bytes.Equal(got, data[90_000:][:10]) {
					t.Error("other bytes were discarded")
				}
				for at += 10; at < len(data); {
					n, err := discard(b, math.MaxInt32, 0)
					check(t, err)
					at += n
				}
				same(t, "bytes in all", at, len(data))
				if n, err := discard(b, 1, csock.MSG_DONTWAIT); n > 0 || !errors.Is(err, syscall.EAGAIN) {
					t.Errorf("of nothing: %d, %v", n, err)
				}
				sent(t, 3)(a.Send([]byte("abc"), 0))
				sent(t, 0)(discard(b, 0, 0))
				sent(t, 2)(discard(b, 2, csock.MSG_PEEK)) // which leaves them
				same(t, "bytes", recv(t, b, 10), "abc")
				check(t, a.Shutdown(csock.SHUT_WR))
				sent(t, 0)(discard(b, 1, 0))
			})
		}
	}
	for _, kind := range []string{"unix", "udp4", "unixgram"} {
		var errs [2]error
		for i, way := range []string{"C", "Socket"} {
			a, b := kindOf(kind).connected(t)
			sent(t, 3)(a.Send([]byte("abc"), 0))
			n, err := ways[way](b, 3, csock.MSG_DONTWAIT)
			same(t, kind+" discarded", n, 0)
			errs[i] = err
		}
		if errs[0] == nil || !errors.Is(errs[1], errs[0]) {
			t.Errorf("%s: %v; in C %v", kind, errs[1], errs[0])
		}
	}
	s := kindOf("tcp4").open(t)
	if n, err := s.Discard(-1, 0); n != 0 || !errors.Is(err, syscall.EINVAL) {
		t.Errorf("-1 bytes: %d, %v", n, err)
	}
	check(t, s.Close())
	if n, err := s.Discard(1, 0); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %d, %v", n, err)
	}
}
