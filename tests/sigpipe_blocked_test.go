//go:build linux

package tests

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// In a process that began with SIGPIPE blocked, a call that raises it leaves none pending, but does
// not take one that was pending before.
func TestBlockedSIGPIPE(t *testing.T) {
	const child = "CSOCK_SIGPIPE_CHILD"
	if os.Getenv(child) == "" {
		exe, err := os.Executable()
		check(t, err)
		if err := need.Command(t, need.Tool(t, "env"), "--block-signal=PIPE", "true").Run(); err != nil {
			t.Skipf("needs env --block-signal: %v", err)
		}
		cmd := need.Command(t, "env", "--block-signal=PIPE", exe, "-test.run=^TestBlockedSIGPIPE$")
		cmd.Env = append(os.Environ(), child+"=1", need.NoLeakCheck)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pending := func() (blocked, pending bool) {
		status, err := os.ReadFile("/proc/thread-self/status")
		check(t, err)
		has := func(field string) bool {
			_, rest, _ := strings.Cut(string(status), "\n"+field+":\t")
			set, err := strconv.ParseUint(strings.Fields(rest)[0], 16, 64)
			check(t, err)
			return set&(1<<(syscall.SIGPIPE-1)) != 0
		}
		return has("SigBlk"), has("SigPnd")
	}
	f, err := os.Open("/proc/self/exe")
	check(t, err)
	defer f.Close()
	a, b := unixPair(t, csock.SOCK_STREAM)
	check(t, b.Close())
	for _, before := range []bool{false, true} {
		if before {
			check(t, syscall.Tgkill(os.Getpid(), syscall.Gettid(), syscall.SIGPIPE))
		}
		if blocked, was := pending(); !blocked || was != before {
			t.Fatalf("SIGPIPE is blocked: %v, pending: %v, want %v", blocked, was, before)
		}
		if _, err := a.Sendfile(f, 0, 10); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("Sendfile: %v", err)
		}
		if _, is := pending(); is != before {
			t.Errorf("pending after the call: %v, before: %v", is, before)
		}
	}
}
