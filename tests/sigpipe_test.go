//go:build linux

package tests

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
)

// raised checks that a call has raised one signal, or none.
func raised(t *testing.T, signals <-chan os.Signal, what string, want bool) {
	t.Helper()
	if want {
		select {
		case <-signals:
		case <-time.After(connPatience):
			t.Errorf("%s: no signal", what)
		}
	}
	select {
	case <-signals:
		t.Errorf("%s: a signal too many", what)
	case <-time.After(time.Millisecond):
	}
}

// Sends to a peer that is gone return EPIPE. They raise no signal, except on a raw socket, and in a
// Go program those that have no flag against it. csock's TestSIGPIPEHeld has a C program's.
func TestNoSIGPIPE(t *testing.T) {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGPIPE)
	defer signal.Stop(signals)
	p := []byte("x")
	f, err := os.Open("/proc/self/exe")
	check(t, err)
	defer f.Close()
	calls := map[string]func(*csock.Socket) (int, error){
		"Send":         func(s *csock.Socket) (int, error) { return s.Send(p, 0) },
		"Write":        func(s *csock.Socket) (int, error) { return s.Write(p) },
		"SendTo":       func(s *csock.Socket) (int, error) { return s.SendTo(p, csock.SockAddr{}, 0) },
		"SendVectored": func(s *csock.Socket) (int, error) { return s.SendVectored([][]byte{p, p}, 0) },
		"long vector":  func(s *csock.Socket) (int, error) { return s.SendVectored(split(make([]byte, 100), 20), 0) },
		"Sendfile":     func(s *csock.Socket) (int, error) { return s.Sendfile(f, 0, 10) },
		"SpliceFrom": func(s *csock.Socket) (int, error) {
			r, w := pipe(t)
			_, err := w.Write(p)
			check(t, err)
			return s.SpliceFrom(r, 1, 0)
		},
		"Sendmsg": func(s *csock.Socket) (int, error) {
			return s.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{p}}, 0)
		},
	}
	for name, call := range calls {
		for _, k := range []string{"new", "accepted", "clone", "from descriptor"} {
			a, b := kindOf("unix").connected(t)
			check(t, a.Close())
			switch k {
			case "new":
				a, b = unixPair(t, csock.SOCK_STREAM)
				check(t, a.Close())
			case "clone":
				clone, err := b.TryClone()
				check(t, err)
				defer clone.Close()
				b = clone
			case "from descriptor":
				fd, err := b.Detach()
				check(t, err)
				b, err = csock.FromFD(fd)
				check(t, err)
				defer b.Close()
			}
			if n, err := call(b); n != 0 || !errors.Is(err, syscall.EPIPE) {
				t.Errorf("%s, %s: %d, %v", k, name, n, err)
			}
			raised(t, signals, k+", "+name, name == "Sendfile" || name == "SpliceFrom")
		}
	}

	for name, call := range calls {
		a, b, err := csock.PairRaw(csock.AF_UNIX, csock.SOCK_STREAM, 0)
		check(t, err)
		check(t, a.Close())
		if n, err := call(b); n != 0 || !errors.Is(err, syscall.EPIPE) {
			t.Errorf("raw, %s: %d, %v", name, n, err)
		}
		raised(t, signals, "raw, "+name, true)
		// A clone of a raw socket is raw.
		clone, err := b.TryClone()
		check(t, err)
		call(clone)
		raised(t, signals, "raw clone, "+name, true)
		check(t, clone.Close())
		check(t, b.Close())
	}
}
