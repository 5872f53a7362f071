package tests

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/tests/kernel"
)

// onItsThread runs f on a thread of its own, and returns the thread's id. done is closed when f
// ends.
func onItsThread(f func()) (tid int, done <-chan struct{}) {
	id, ended := make(chan int), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		id <- syscall.Gettid()
		f()
	}()
	return <-id, ended
}

// asleep runs f on a thread of its own and returns when f waits in the kernel. The test waits for f
// by the channel, which is closed when f ends.
func asleep(t testing.TB, f func()) <-chan struct{} {
	t.Helper()
	tid, done := onItsThread(f)
	kernel.Eventually(t, "a call that waits in the kernel", func() bool {
		select {
		case <-done:
			t.Fatal("the call did not wait")
		default:
		}
		return kernel.Asleep(tid)
	})
	return done
}

// signalled runs f on a thread of its own, and keeps sending it the runtime's own signal for
// preemption, which may arrive at any time. It returns the number of signals.
func signalled(f func()) (n int) {
	tid, done := onItsThread(f)
	for ; ; n++ {
		select {
		case <-done:
			return n
		case <-time.After(200 * time.Microsecond):
			syscall.Syscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(tid), uintptr(syscall.SIGURG))
		}
	}
}
