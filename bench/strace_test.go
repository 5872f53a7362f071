//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/bench/work"
)

// callsEnv makes the test binary run some iterations of one row for one contender under strace.
const callsEnv = "CSOCK_BENCH_CALLS"

func callsChild() {
	job := strings.Split(os.Getenv(callsEnv), " ")
	if len(job) != 3 {
		return
	}
	err := func() error {
		n, err := strconv.Atoi(job[2])
		if err != nil {
			return err
		}
		c, _ := contender(job[0])
		for _, r := range work.Rows() {
			if r.Name() == job[1] {
				k, err := c.Open(r)
				if err != nil {
					return err
				}
				defer k.Close()
				// As the runs are: a thread of Go's that another wakes makes calls of its own.
				defer r.Settle()()
				return k.Run(n)
			}
		}
		return errors.New("no such row")
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// sameCallRows are rows of each operation whose calls can be counted. What the poller does for many
// goroutines depends on timing.
var sameCallRows = []string{
	"Crossing/call=getppid", "Getsockopt", "Setsockopt", "Socket", "Socketpair", "Bind", "Accept/net=unix", "Accept/net=tcp",
	"SendRecv/net=tcp/size=64", "SendRecv/net=udp/size=64", "SendRecv/net=unix/size=64", "SendRecv/net=unixgram/size=64", "SendRecv/net=unixpacket/size=64",
	"Deadlines/net=udp/size=64", "Deadlines/net=tcp/size=64",
	"SendToRecvFrom/net=udp4/size=64", "SendToRecvFrom/net=udp6/size=64", "SendToRecvFrom/net=unixgram/size=64",
	"SendmsgRecvmsg/net=udp4/size=64", "SendmsgRecvmsg/net=udp6/size=64",
	"Vectored/bufs=8/size=64", "Vectored/bufs=64/size=64", "Batch/batch=64/size=64", "GSO/segs=16/size=1000", "Sendfile/size=4096",
	"Wakeups/net=udp/size=64", "PingPong/net=udp/size=64", "PingPong/net=tcp/size=64", "PingPong/net=unix/size=64",
	"Contention/goroutines=1/size=64", "Contention/goroutines=16/size=64",
}

// The runtime makes these for itself, in all contenders alike.
var runtimeCalls = map[string]bool{
	"futex": true, "epoll_pwait": true, "nanosleep": true, "sched_yield": true, "mmap": true, "munmap": true, "madvise": true, "mprotect": true,
	"rt_sigreturn": true, "sigaltstack": true, "tgkill": true, "getpid": true, "gettid": true, "clone": true, "clone3": true,
	"rseq": true, "set_robust_list": true, "prctl": true, "restart_syscall": true, "exit": true, "timer_settime": true, "brk": true,
}

// spelling unifies the names of a system call. A batch also counts as one call: a row's batches
// have the same size for all.
var spelling = map[string]string{"read": "recvfrom", "write": "sendto", "accept": "accept4", "recvmmsg": "recvmsg", "sendmmsg": "sendmsg"}

func TestSameCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("short: starts strace some two hundred times")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace:", err)
	}
	if out, err := exec.Command(strace, "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("strace may not trace here: %v %s", err, out)
	}
	for _, name := range sameCallRows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r work.Row
			for _, row := range work.Rows() {
				if row.Name() == name {
					r = row
				}
			}
			if r.Op == "" {
				t.Fatal("no such row")
			}
			// A deadline is set without a system call.
			least := r
			if r.Op == "Deadlines" {
				least.Op = "SendRecv"
			}
			floor, _ := contender(work.Floor)
			if k, err := floor.Open(least); err != nil {
				t.Skip("left out on this machine:", err)
			} else {
				k.Close()
			}
			loop := callsPerIteration(t, strace, work.Floor, least)
			if len(loop) == 0 {
				t.Fatal("the C loop makes no calls")
			}
			for _, c := range work.Contenders() {
				if _, ok := c.Setups[r.Op]; !ok || c.Name == work.Floor {
					continue
				}
				// Where an API leaves no choice, the report lists the difference, call by call.
				want := maps.Clone(loop)
				for call, n := range c.Extra(r).Calls {
					want[call] += float64(n)
				}
				if got := callsPerIteration(t, strace, c.Name, r); !maps.Equal(got, want) {
					t.Errorf("%s makes %v, not %v; the C loop makes %v", c.Name, got, want, loop)
				}
			}
		})
	}
}

// callsPerIteration returns how often an iteration makes each system call: the difference between
// many iterations and none.
func callsPerIteration(t *testing.T, strace, contender string, row work.Row) map[string]float64 {
	t.Helper()
	const n = 200
	none, many := traceCalls(t, strace, contender, row, 0), traceCalls(t, strace, contender, row, n)
	per := make(map[string]float64)
	for call, count := range many {
		// A call here or there is the runtime's, or the kernel's asking to try again.
		if d := float64(count-none[call]) / n; d >= 0.3 {
			per[call] = float64(int(d*10+0.5)) / 10
		}
	}
	return per
}

// callLine is a call's last line, where another thread's line interrupts it, with its result.
var callLine = regexp.MustCompile(`^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed>).* = (.*)`)

func traceCalls(t *testing.T, strace, contender string, row work.Row, n int) map[string]int {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "strace")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, strace, "-f", "-qq", "-o", log, exe)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %d", callsEnv, contender, row.Name(), n), "GOGC=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", contender, err, bytes.TrimSpace(out))
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	calls := make(map[string]int)
	for line := range strings.Lines(string(text)) {
		m := callLine.FindStringSubmatch(line)
		if m == nil || runtimeCalls[m[1]] {
			continue
		}
		// Where both ends wait for each other, the poller's sockets make an attempt before they
		// wait.
		if row.Kind == work.Latency && strings.Contains(m[2], "EAGAIN") {
			continue
		}
		call := m[1]
		if s, ok := spelling[call]; ok {
			call = s
		}
		calls[call]++
	}
	return calls
}
