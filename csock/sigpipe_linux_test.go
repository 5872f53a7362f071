//go:build linux && cgo

package csock

import (
	"errors"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// asInCProgram makes calls block SIGPIPE, as they do in a C program that hosts Go.
func asInCProgram(t *testing.T) {
	was := goHandlesSIGPIPE
	goHandlesSIGPIPE = func() bool { return false }
	t.Cleanup(func() { goHandlesSIGPIPE = was })
}

// sigpipes returns a function that fails the test if the process has got SIGPIPE.
func sigpipes(t *testing.T) (none func(what string)) {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGPIPE)
	t.Cleanup(func() { signal.Stop(signals) })
	return func(what string) {
		t.Helper()
		select {
		case <-signals:
			t.Errorf("%s: a SIGPIPE", what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func openSelf(t *testing.T) *os.File {
	f, err := os.Open("/proc/self/exe")
	need.OK(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func pipeWith(t *testing.T, p string) (r, w *os.File) {
	r, w, err := os.Pipe()
	need.OK(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	_, err = w.WriteString(p)
	need.OK(t, err)
	return r, w
}

func pairOf(t *testing.T) (a, b *Socket) {
	a, b, err := Pair(AF_UNIX, SOCK_STREAM, 0)
	need.OK(t, err)
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

// tcpClient returns a connected socket whose peer does not read.
func tcpClient(t *testing.T) *Socket {
	need.IPv4(t)
	l := need.Value[*Socket](t)(New(AF_INET, SOCK_STREAM, 0))
	t.Cleanup(func() { l.Close() })
	need.OK(t, l.Bind(InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))), l.Listen(1))
	s := need.Value[*Socket](t)(New(AF_INET, SOCK_STREAM, 0))
	t.Cleanup(func() { s.Close() })
	need.OK(t, s.Connect(need.Value[SockAddr](t)(l.LocalAddr())))
	return s
}

// In a C program, calls without MSG_NOSIGNAL return EPIPE and raise no signal. TestNoSIGPIPE has a
// Go program's, and TestNoSIGPIPEInCProgram runs a C program.
func TestSIGPIPEHeld(t *testing.T) {
	asInCProgram(t)
	none := sigpipes(t)
	f := openSelf(t)
	for name, call := range map[string]func(s *Socket) (int, error){
		"Sendfile":     func(s *Socket) (int, error) { return s.Sendfile(f, 0, 10) },
		"SendfileNext": func(s *Socket) (int, error) { return s.SendfileNext(f, 10) },
		"SpliceFrom": func(s *Socket) (int, error) {
			r, _ := pipeWith(t, "x")
			return s.SpliceFrom(r, 1, 0)
		},
		"Sendfile of a Conn": func(s *Socket) (int, error) {
			c := need.Value[*Conn](t)(s.IntoConn())
			defer c.Close()
			return c.Sendfile(f, 0, 10)
		},
	} {
		a, b := pairOf(t)
		need.OK(t, b.Close())
		if n, err := call(a); n != 0 || !errors.Is(err, syscall.EPIPE) {
			t.Errorf("%s: %d, %v", name, n, err)
		}
		none(name)
	}

	a, b := pairOf(t)
	_, err := b.Send([]byte("x"), 0)
	need.OK(t, err)
	r, w := pipeWith(t, "")
	need.OK(t, r.Close())
	if n, err := a.SpliceTo(w, 1, 0); n != 0 || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("SpliceTo: %d, %v", n, err)
	}
	none("SpliceTo")
}

// A Sendfile that is cut off in the middle of a file returns the number of bytes sent before, and
// raises no signal either.
func TestSIGPIPEHeldMidway(t *testing.T) {
	asInCProgram(t)
	none := sigpipes(t)
	const size = 64 << 20
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	need.OK(t, err)
	defer f.Close()
	need.OK(t, f.Truncate(size))
	a := tcpClient(t)
	cut := make(chan error)
	go func() {
		for {
			if n, err := SIOCOUTQ.Get(a); n > 0 || err != nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		cut <- a.Shutdown(SHUT_WR)
	}()
	n, err := a.Sendfile(f, 0, size)
	if n <= 0 || n >= size || err != nil {
		t.Errorf("Sendfile: %d, %v", n, err)
	}
	need.OK(t, <-cut)
	none("Sendfile")
}

// In a process that began with SIGPIPE blocked, a call that raises it leaves none pending, but does
// not take one that was pending before.
func TestSIGPIPEBlockedBefore(t *testing.T) {
	const child = "CSOCK_SIGPIPE_CHILD"
	if os.Getenv(child) == "" {
		exe, err := os.Executable()
		need.OK(t, err)
		if err := need.Command(t, need.Tool(t, "env"), "--block-signal=PIPE", "true").Run(); err != nil {
			t.Skipf("needs env --block-signal: %v", err)
		}
		cmd := need.Command(t, "env", "--block-signal=PIPE", exe, "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), child+"=1", need.NoLeakCheck)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	asInCProgram(t)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	has := func(set string) bool { return kernel.HasSignal(t, "thread-self", set, syscall.SIGPIPE) }
	f := openSelf(t)
	a, b := pairOf(t)
	need.OK(t, b.Close())
	for _, before := range []bool{false, true} {
		if before {
			need.OK(t, syscall.Tgkill(os.Getpid(), syscall.Gettid(), syscall.SIGPIPE))
		}
		if blocked, was := has("SigBlk"), has("SigPnd"); !blocked || was != before {
			t.Fatalf("SIGPIPE is blocked: %v, pending: %v, want %v", blocked, was, before)
		}
		if _, err := a.Sendfile(f, 0, 10); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("Sendfile: %v", err)
		}
		if is := has("SigPnd"); is != before {
			t.Errorf("pending after the call: %v, before: %v", is, before)
		}
	}
}
