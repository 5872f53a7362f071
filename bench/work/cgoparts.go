//go:build linux

package work

// #include "c_linux.h"
// #cgo noescape bench_cgo_getsockopt
// #cgo nocallback bench_cgo_getsockopt
// #cgo noescape bench_cgo_setsockopt
// #cgo nocallback bench_cgo_setsockopt
// #cgo noescape bench_cgo_send
// #cgo nocallback bench_cgo_send
// #cgo noescape bench_cgo_recv
// #cgo nocallback bench_cgo_recv
// #cgo noescape bench_cgo_syscall_send_to
// #cgo nocallback bench_cgo_syscall_send_to
// #cgo noescape bench_cgo_syscall_recv_to
// #cgo nocallback bench_cgo_syscall_recv_to
import "C"

import (
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Each contender below is another one with one thing changed. The difference is the cost of that
// thing.

// guardedCgo is bareCgo with the guard that keeps csock's descriptors from being closed during a
// call.
func guardedCgo() Contender {
	return Contender{
		Name:       "cgo-guard",
		About:      "cgo with two atomic additions around each call, as csock's guard against a Close at the same time makes them. What it costs beyond cgo is the guard.",
		Experiment: true,
		Setups: map[string]Setup{
			"Getsockopt": guardedGetsockopt,
			"Setsockopt": guardedSetsockopt,
			"SendRecv": sendRecv(func(_ *Case, fd int, _, _ unix.Sockaddr) (any, error) {
				return &guardedSocket{fd: C.int(fd)}, nil
			}),
		},
		Missing: make(map[string]string),
	}
}

func guardedGetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	var calls atomic.Int64
	k.Run = func(n int) error {
		for range n {
			calls.Add(1)
			rc := bareGetsockopt(C.int(fd))
			calls.Add(-1)
			if rc < 0 {
				return cErr(rc)
			}
		}
		return nil
	}
	return err
}

func guardedSetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	var calls atomic.Int64
	k.Run = func(n int) error {
		for range n {
			calls.Add(1)
			rc := bareSetsockopt(C.int(fd))
			calls.Add(-1)
			if rc < 0 {
				return cErr(rc)
			}
		}
		return nil
	}
	return err
}

type guardedSocket struct {
	fd    C.int
	calls atomic.Int64
}

func (s *guardedSocket) send(p []byte) (int, error) {
	s.calls.Add(1)
	n := bareSend(s.fd, p)
	s.calls.Add(-1)
	return cgoResult(n)
}

func (s *guardedSocket) recv(p []byte) (int, error) {
	s.calls.Add(1)
	n := bareRecv(s.fd, p)
	s.calls.Add(-1)
	return cgoResult(n)
}

// syscallCgo is bareCgo without libc's work for threads that may be cancelled.
func syscallCgo() Contender {
	return Contender{
		Name: "cgo-syscall",
		About: "cgo with syscall(2) in place of libc's send and recv. Those are cancellation points, which takes two atomic operations a call in a process with threads: " +
			"what cgo costs beyond this is that.",
		Experiment: true,
		Setups: map[string]Setup{
			"SendRecv": sendRecv(func(_ *Case, fd int, _, _ unix.Sockaddr) (any, error) { return syscallCgoSocket(fd), nil }),
		},
		Missing: make(map[string]string),
	}
}

type syscallCgoSocket C.int

func (s syscallCgoSocket) send(p []byte) (int, error) {
	var r C.long
	C.bench_cgo_syscall_send_to(C.int(s), cstr(p), C.size_t(len(p)), &r)
	return cgoResult(r)
}

func (s syscallCgoSocket) recv(p []byte) (int, error) {
	var r C.long
	C.bench_cgo_syscall_recv_to(C.int(s), cstr(p), C.size_t(len(p)), &r)
	return cgoResult(r)
}

// resultCgo is bareCgo with C functions that have a result.
func resultCgo() Contender {
	return Contender{
		Name: "cgo-result",
		About: "cgo, but the C function returns its result and does not store it in memory. cgo's wrapper then asks Go's runtime twice where the goroutine's stack is: " +
			"what this costs beyond cgo is that.",
		Experiment: true,
		Setups: map[string]Setup{
			"Getsockopt": resultGetsockopt,
			"Setsockopt": resultSetsockopt,
			"SendRecv":   sendRecv(func(_ *Case, fd int, _, _ unix.Sockaddr) (any, error) { return resultCgoSocket(fd), nil }),
		},
		Missing: make(map[string]string),
	}
}

func resultGetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			var value C.int
			if rc := C.bench_cgo_getsockopt(C.int(fd), &value); rc < 0 {
				return cErr(rc)
			}
		}
		return nil
	}
	return err
}

func resultSetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			if rc := C.bench_cgo_setsockopt(C.int(fd), 0); rc < 0 {
				return cErr(rc)
			}
		}
		return nil
	}
	return err
}

type resultCgoSocket C.int

func (s resultCgoSocket) send(p []byte) (int, error) {
	return cgoResult(C.bench_cgo_send(C.int(s), cstr(p), C.size_t(len(p))))
}

func (s resultCgoSocket) recv(p []byte) (int, error) {
	return cgoResult(C.bench_cgo_recv(C.int(s), cstr(p), C.size_t(len(p))))
}

// syscallLoop is the C loop without that work.
func syscallLoop() Contender {
	return Contender{
		Name:       "c-syscall",
		About:      "the C loop with syscall(2) in place of libc's send and recv. What c costs beyond it are libc's cancellation points, with no Go in between.",
		Experiment: true,
		Setups: map[string]Setup{
			"SendRecv": cSendRecv(func(a, b C.int, out, in *C.char, size C.size_t, n C.long) C.int {
				return C.bench_c_syscall_sendrecv(a, b, out, in, size, n)
			}),
		},
		Missing: make(map[string]string),
	}
}
