//go:build linux

// Package faults makes each call into libc that csock makes fail: the first of an operation, the
// second and so on, with each errno that its manual page lists.
package faults

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/csock/go-csock/tests/need"
)

// errnos are those of the functions' manual pages.
var errnos = map[string][]syscall.Errno{
	"socket":         {syscall.EACCES, syscall.EAFNOSUPPORT, syscall.EINVAL, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EPROTONOSUPPORT},
	"socketpair":     {syscall.EAFNOSUPPORT, syscall.EFAULT, syscall.EMFILE, syscall.ENFILE, syscall.EOPNOTSUPP, syscall.EPROTONOSUPPORT},
	"accept":         acceptErrnos,
	"accept4":        acceptErrnos,
	"close":          {syscall.EBADF, syscall.EINTR, syscall.EIO, syscall.ENOSPC, syscall.EDQUOT},
	"bind":           {syscall.EACCES, syscall.EADDRINUSE, syscall.EBADF, syscall.EINVAL, syscall.ENOTSOCK, syscall.EADDRNOTAVAIL, syscall.EFAULT, syscall.ELOOP, syscall.ENAMETOOLONG, syscall.ENOENT, syscall.ENOMEM, syscall.ENOTDIR, syscall.EROFS},
	"connect":        {syscall.EACCES, syscall.EPERM, syscall.EADDRINUSE, syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT, syscall.EAGAIN, syscall.EALREADY, syscall.EBADF, syscall.ECONNREFUSED, syscall.EFAULT, syscall.EINPROGRESS, syscall.EINTR, syscall.EISCONN, syscall.ENETUNREACH, syscall.ENOTSOCK, syscall.EPROTOTYPE, syscall.ETIMEDOUT},
	"listen":         {syscall.EADDRINUSE, syscall.EBADF, syscall.ENOTSOCK, syscall.EOPNOTSUPP},
	"shutdown":       {syscall.EBADF, syscall.EINVAL, syscall.ENOTCONN, syscall.ENOTSOCK},
	"getsockname":    {syscall.EBADF, syscall.EFAULT, syscall.EINVAL, syscall.ENOBUFS, syscall.ENOTSOCK},
	"getpeername":    {syscall.EBADF, syscall.EFAULT, syscall.EINVAL, syscall.ENOBUFS, syscall.ENOTCONN, syscall.ENOTSOCK},
	"send":           sendErrnos,
	"sendto":         sendErrnos,
	"sendmsg":        sendErrnos,
	"sendmmsg":       sendErrnos,
	"recv":           recvErrnos,
	"recvfrom":       recvErrnos,
	"recvmsg":        recvErrnos,
	"recvmmsg":       recvErrnos,
	"setsockopt":     optErrnos,
	"getsockopt":     optErrnos,
	"fcntl":          {syscall.EACCES, syscall.EAGAIN, syscall.EBADF, syscall.EINTR, syscall.EINVAL, syscall.EMFILE, syscall.EPERM},
	"ioctl":          {syscall.EBADF, syscall.EFAULT, syscall.EINTR, syscall.EINVAL, syscall.ENOTTY},
	"poll":           {syscall.EFAULT, syscall.EINTR, syscall.EINVAL, syscall.ENOMEM},
	"epoll_create1":  {syscall.EINVAL, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM},
	"epoll_ctl":      {syscall.EBADF, syscall.EEXIST, syscall.EINVAL, syscall.ELOOP, syscall.ENOENT, syscall.ENOMEM, syscall.ENOSPC, syscall.EPERM},
	"sendfile":       {syscall.EAGAIN, syscall.EBADF, syscall.EFAULT, syscall.EINTR, syscall.EINVAL, syscall.EIO, syscall.ENOMEM, syscall.EOVERFLOW, syscall.ESPIPE},
	"splice":         {syscall.EAGAIN, syscall.EBADF, syscall.EINTR, syscall.EINVAL, syscall.ENOMEM, syscall.ESPIPE},
	"tee":            {syscall.EAGAIN, syscall.EINVAL, syscall.ENOMEM},
	"pipe2":          {syscall.EFAULT, syscall.EINVAL, syscall.EMFILE, syscall.ENFILE},
	"read":           {syscall.EAGAIN, syscall.EBADF, syscall.EFAULT, syscall.EINVAL, syscall.EIO, syscall.EISDIR},
	"if_nametoindex": {syscall.ENODEV, syscall.EMFILE, syscall.ENOENT},
	"if_indextoname": {syscall.ENXIO},
	"mmap":           {syscall.EACCES, syscall.EAGAIN, syscall.EBADF, syscall.EINVAL, syscall.ENFILE, syscall.ENODEV, syscall.ENOMEM, syscall.EOVERFLOW, syscall.EPERM},
	"bpf":            {syscall.EPERM, syscall.ENOMEM, syscall.EBADF, syscall.EFAULT, syscall.EINVAL, syscall.E2BIG, syscall.EEXIST, syscall.ENOENT, syscall.EACCES, syscall.EAGAIN},
}

// ofRings are the functions that only csock/ring calls.
var ofRings = map[string]bool{"mmap": true, "bpf": true}

var (
	acceptErrnos = []syscall.Errno{syscall.EAGAIN, syscall.EBADF, syscall.ECONNABORTED, syscall.EFAULT, syscall.EINTR, syscall.EINVAL, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ENOTSOCK, syscall.EOPNOTSUPP, syscall.EPERM, syscall.EPROTO, syscall.ENETDOWN}
	sendErrnos   = []syscall.Errno{syscall.EACCES, syscall.EAGAIN, syscall.EALREADY, syscall.EBADF, syscall.ECONNRESET, syscall.EDESTADDRREQ, syscall.EFAULT, syscall.EINTR, syscall.EINVAL, syscall.EISCONN, syscall.EMSGSIZE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ENOTCONN, syscall.ENOTSOCK, syscall.EOPNOTSUPP, syscall.EPIPE}
	recvErrnos   = []syscall.Errno{syscall.EAGAIN, syscall.EBADF, syscall.ECONNREFUSED, syscall.EFAULT, syscall.EINTR, syscall.EINVAL, syscall.ENOMEM, syscall.ENOTCONN, syscall.ENOTSOCK}
	optErrnos    = []syscall.Errno{syscall.EBADF, syscall.EFAULT, syscall.EINVAL, syscall.ENOMEM, syscall.ENOPROTOOPT, syscall.ENOTSOCK, syscall.EPERM}
)

// A board is the memory that the preloaded library shares: its struct faults.
type board struct {
	function, nth, errno, fired int32
	functions                   [64]struct {
		name  [24]byte
		calls int32
	}
}

const childEnv = "CSOCK_FAULTS"

func TestFaults(t *testing.T) {
	need.IPv4(t)
	inject(t, "", operations, func(function string) bool {
		// TestConnPollerFull covers failures of epoll: Go's runtime makes its calls by itself, and
		// strace makes them fail.
		return !ofRings[function] && !strings.HasPrefix(function, "epoll")
	})
}

// inject goes through all operations, in a process of its own with the library. It expects that
// they call the functions for which needed reports true. what describes them.
func inject(t *testing.T, what string, operations func(*testing.T) []operation, needed func(function string) bool) {
	if path := os.Getenv(childEnv); path != "" {
		child(t, path, what, operations(t), needed)
		return
	}
	need.Preload(t)
	need.Glibc(t) // whose names of 64-bit calls the library has
	cc := need.CC(t)
	dir := t.TempDir()
	library, shared := filepath.Join(dir, "faults.so"), filepath.Join(dir, "board")
	build := need.Command(t, cc[0], append(cc[1:], "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, "testdata/faults.c", "-ldl")...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
	need.OK(t, os.WriteFile(shared, make([]byte, unsafe.Sizeof(board{})), 0o600))
	self, args := need.Self("-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
	cmd := need.Command(t, self, args...)
	cmd.Env = append(os.Environ(), childEnv+"="+shared, "LD_PRELOAD="+library)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "faults:") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// child goes through all operations.
func child(t *testing.T, path, what string, ops []operation, needed func(function string) bool) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	need.OK(t, err)
	mem, err := syscall.Mmap(int(f.Fd()), 0, int(unsafe.Sizeof(board{})), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	need.OK(t, err, f.Close())
	b := (*board)(unsafe.Pointer(unsafe.SliceData(mem)))
	debug.SetGCPercent(-1) // no descriptor is closed behind the test's back
	faults, returned, retried := 0, 0, 0
	goroutines := runtime.NumGoroutine()
	seen := map[string]bool{}
	for _, o := range ops {
		calls, ok := tally{}, true
		for range o.tries() {
			if calls, ok = succeed(t, b, o); !ok || calls != (tally{}) {
				break
			}
		}
		if ok && calls == (tally{}) {
			t.Errorf("%s makes no call", o.name)
		}
		for function, name := range b.names() {
			for nth := range calls[function] {
				seen[name] = true
				for _, errno := range errnos[name] {
					faults++
					outcome := missed
					for try := o.tries(); outcome == missed; try-- {
						outcome = one(t, b, o, function, int(nth)+1, errno, try == 1)
					}
					switch outcome {
					case reported:
						returned++
					case continued:
						retried++
					}
				}
			}
		}
	}
	for name := range errnos {
		if needed(name) && !seen[name] {
			t.Errorf("nothing calls %s", name)
		}
	}
	// A Pinner that is lost while it pins ends the process when it is collected, by a panic of the
	// runtime's: https://pkg.go.dev/runtime#Pinner.
	debug.SetGCPercent(100)
	collect()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > goroutines+2 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > goroutines+2 {
		t.Errorf("%d goroutines, %d before", n, goroutines)
	}
	fmt.Printf("faults: %d operations%s, %d faults injected: %d returned as errors, %d without one\n", len(ops), what, faults, returned, retried)
}

// A tally is the number of calls of each function of a board.
type tally [64]int32

// succeed makes an operation in which no function is made to fail, and counts the calls. It reports
// whether the operation succeeded.
func succeed(t *testing.T, b *board, o operation) (made tally, ok bool) {
	e := newEnv(t)
	defer e.close()
	call, done := o.make(e)
	if o.pooled {
		collect()
	}
	before := b.calls()
	if err := call(); err != nil {
		t.Errorf("%s: %v", o.name, err)
		return made, false
	}
	for i, n := range b.calls() {
		made[i] = n - before[i]
	}
	if err := done(); err != nil {
		t.Errorf("%s: %v", o.name, err)
	}
	return made, true
}

const (
	reported = iota + 1
	continued
	missed // nothing called the function
)

// one makes a function fail in an operation, and checks the consequences. That nothing calls the
// function is an error on the last try.
func one(t *testing.T, b *board, o operation, function, nth int, errno syscall.Errno, last bool) (outcome int) {
	name := b.name(function)
	what := fmt.Sprintf("%s: %s %d fails with %v", o.name, name, nth, errno)
	e := newEnv(t)
	if errno == syscall.EAGAIN {
		e.patience = 20 * time.Millisecond
	}
	defer e.close()
	call, done := o.make(e)
	if o.pooled {
		collect()
	}
	open := descriptors(t)
	b.function, b.errno, b.fired = int32(function), int32(errno), 0
	b.nth = b.functions[function].calls + int32(nth)
	err := call()
	fired := b.fired
	b.nth = 0
	// On a busy machine the deadline may have passed before the call.
	late := errno == syscall.EAGAIN && errors.Is(err, os.ErrDeadlineExceeded)
	if fired == 0 && !late && !last {
		return missed
	}
	if fired != 1 && !late {
		t.Errorf("%s: it failed %d times", what, fired)
	}
	outcome = reported
	if !errors.Is(err, errno) {
		outcome = continued
		if !o.mayContinue(name, nth, errno, err) {
			t.Errorf("%s: the error is %v", what, err)
		}
	}
	if err != nil {
		if o.pooled {
			collect()
		}
		if n := descriptors(t); n != open && !o.mayKeep(name) {
			t.Errorf("%s: %d descriptors, %d before", what, n, open)
		}
		if !o.once {
			// The socket is as it was, and the call can be repeated.
			if err := call(); err != nil && !o.isUnusable(name, nth, errno) {
				t.Errorf("%s: again: %v", what, err)
				return outcome
			}
		}
	}
	if o.once && err != nil || o.isUnusable(name, nth, errno) {
		return outcome
	}
	if err := done(); err != nil {
		t.Errorf("%s: afterwards: %v", what, err)
	}
	return outcome
}

// collect makes the collector close what was kept for the next call.
func collect() {
	for range 3 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func (b *board) calls() (calls tally) {
	for i := range calls {
		calls[i] = b.functions[i].calls
	}
	return calls
}

func (b *board) name(i int) string {
	name, _, _ := strings.Cut(string(b.functions[i].name[:]), "\x00")
	return name
}

func (b *board) names() (names []string) {
	for i := range b.functions {
		if name := b.name(i); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	need.OK(t, err)
	return len(entries)
}
