//go:build linux

package tests

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
)

// Sends to a peer that is gone return EPIPE and raise no signal, except on a raw socket.
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
		}
	}
	select {
	case s := <-signals:
		t.Errorf("raised %v", s)
	default:
	}

	for name, call := range calls {
		a, b, err := csock.PairRaw(csock.AF_UNIX, csock.SOCK_STREAM, 0)
		check(t, err)
		check(t, a.Close())
		if n, err := call(b); n != 0 || !errors.Is(err, syscall.EPIPE) {
			t.Errorf("raw, %s: %d, %v", name, n, err)
		}
		select {
		case <-signals:
		case <-time.After(30 * time.Second):
			t.Errorf("raw, %s: no SIGPIPE", name)
		}
		// A clone of a raw socket is raw.
		clone, err := b.TryClone()
		check(t, err)
		call(clone)
		select {
		case <-signals:
		case <-time.After(30 * time.Second):
			t.Errorf("raw clone, %s: no SIGPIPE", name)
		}
		check(t, clone.Close())
		check(t, b.Close())
	}
}

// A Sendfile that is cut off in the middle of a file returns the number of bytes sent before, and
// raises no signal either.
func TestNoSIGPIPEMidway(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGPIPE)
	defer signal.Stop(signals)
	const size = 64 << 20
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	check(t, err)
	defer f.Close()
	check(t, f.Truncate(size))
	a, _ := kindOf("tcp4").connected(t)
	var n int
	done := asleep(t, func() { n, err = a.Sendfile(f, 0, size) })
	check(t, a.Shutdown(csock.SHUT_WR))
	<-done
	if n <= 0 || n >= size || err != nil {
		t.Errorf("Sendfile: %d, %v", n, err)
	}
	select {
	case s := <-signals:
		t.Errorf("raised %v", s)
	case <-time.After(50 * time.Millisecond):
	}
}
