//go:build linux

// Package kernel reads the kernel's view of this process's descriptors and of the sockets of the
// machine.
package kernel

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// poller makes Go's network poller open its own descriptors, which it does for the first file that
// it can wait for.
var poller = sync.OnceValue(func() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	return errors.Join(r.Close(), w.Close())
})

// Descriptors returns this process's open descriptors and what each is, such as "socket:[4711]".
// Those of Go's network poller are always among them.
func Descriptors(t testing.TB) map[uintptr]string {
	t.Helper()
	if err := poller(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	open := map[uintptr]string{}
	for _, e := range entries {
		fd, err := strconv.ParseUint(e.Name(), 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		// The one by which the directory was read is closed by now.
		if what, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name())); err == nil {
			open[uintptr(fd)] = what
		}
	}
	return open
}

// NoneLeft fails the test if descriptors are open that were not before. Some of those may be
// closed: the garbage collector closes an earlier test's lost sockets at any time.
func NoneLeft(t testing.TB, before map[uintptr]string) {
	t.Helper()
	for fd, what := range Descriptors(t) {
		if before[fd] != what {
			t.Errorf("left open: %d, %s", fd, what)
		}
	}
}

// AtLimit runs f in a process that may make only as many descriptors as given.
func AtLimit(t testing.TB, left int, f func()) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	most := uintptr(0)
	for fd := range Descriptors(t) {
		most = max(most, fd)
	}
	var fill []int // the gaps
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			t.Error(err)
		}
		for _, fd := range fill {
			syscall.Close(fd)
		}
	}()
	for len(fill) == 0 || uintptr(fill[len(fill)-1]) <= most {
		fd, err := syscall.Dup(0)
		if err != nil {
			t.Fatal(err)
		}
		fill = append(fill, fd)
	}
	reached := syscall.Rlimit{Cur: uint64(fill[len(fill)-1] + 1 + left), Max: limit.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &reached); err != nil {
		t.Fatal(err)
	}
	f()
}

// Status returns a number of /proc/self/status, such as VmRSS, which is in KiB.
func Status(t testing.TB, name string) int64 {
	t.Helper()
	return int64(status(t, "self", name, 10))
}

// HasSignal reports whether a process or thread of /proc, such as "thread-self", has a signal in
// one of its sets: SigBlk are those blocked, SigPnd those pending, SigCgt those with a handler.
func HasSignal(t testing.TB, of, set string, signal syscall.Signal) bool {
	t.Helper()
	return status(t, of, set, 16)&(1<<(signal-1)) != 0
}

func status(t testing.TB, of, name string, base int) uint64 {
	t.Helper()
	path := "/proc/" + of + "/status"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.ParseUint(strings.Fields(rest)[0], base, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("%s has no %s", path, name)
	return 0
}

// What returns what a descriptor refers to, such as "socket:[4711]", or "" if it is not open.
func What(fd uintptr) string {
	what, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		return ""
	}
	return what
}

// Flags returns the flags of an open descriptor as open(2) has them, O_CLOEXEC among them.
func Flags(t testing.TB, fd uintptr) int {
	t.Helper()
	info, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", fd))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(info)) {
		if value, ok := strings.CutPrefix(line, "flags:"); ok {
			flags, err := strconv.ParseInt(strings.TrimSpace(value), 8, 64)
			if err != nil {
				t.Fatal(err)
			}
			return int(flags)
		}
	}
	t.Fatalf("fdinfo of %d has no flags:\n%s", fd, info)
	return 0
}

// Inode returns the number of a socket in /proc/net.
func Inode(t testing.TB, fd uintptr) string {
	t.Helper()
	inode, ok := strings.CutPrefix(What(fd), "socket:[")
	if !ok {
		t.Fatalf("descriptor %d is no socket: %q", fd, What(fd))
	}
	return strings.TrimSuffix(inode, "]")
}

// Net returns the fields of a socket's line in /proc/net: table is "tcp", "udp6", "unix" or the
// like, and column the number of its inode column. It is nil if the table has no such line.
func Net(t testing.TB, table string, column int, fd uintptr) []string {
	t.Helper()
	inode := Inode(t, fd)
	for range 5 { // a reader may miss a line while sockets of others come and go
		if fields := lineOf(t, table, column, inode); fields != nil {
			return fields
		}
	}
	return nil
}

func lineOf(t testing.TB, table string, column int, inode string) []string {
	t.Helper()
	f, err := os.Open("/proc/thread-self/net/" + table)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > column && fields[column] == inode {
			return fields
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return nil
}

// TCPState returns the state of a TCP socket as /proc/net/tcp has it, in hex: "01" established,
// "0A" listening.
func TCPState(t testing.TB, table string, fd uintptr) string {
	t.Helper()
	if fields := Net(t, table, 9, fd); fields != nil {
		return fields[3]
	}
	return ""
}

// Asleep reports whether a thread of this process waits in the kernel for something other than
// another of Go's threads, as a thread does whose goroutine has yet to run.
func Asleep(tid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/stat", tid))
	if err != nil {
		return false
	}
	// The name before the state may contain anything, and ends at the last parenthesis.
	_, after, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')'):]), " ")
	// The kernel's function in which it waits, if this process may read that.
	where, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/wchan", tid))
	return strings.HasPrefix(after, "S") && !strings.Contains(string(where), "futex")
}

// Eventually waits until ok returns true, and fails the test if that takes more than half a minute.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	end, pause := time.Now().Add(30*time.Second), time.Millisecond
	for ; !ok(); time.Sleep(pause) {
		if time.Now().After(end) {
			t.Fatal("waited in vain: ", what)
		}
		pause = min(2*pause, 20*time.Millisecond)
	}
}
