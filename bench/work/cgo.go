//go:build linux

package work

// #include "c_linux.h"
// #cgo noescape bench_cgo_empty
// #cgo nocallback bench_cgo_empty
// #cgo noescape bench_cgo_getppid
// #cgo nocallback bench_cgo_getppid
// #cgo noescape bench_cgo_getsockopt_to
// #cgo nocallback bench_cgo_getsockopt_to
// #cgo noescape bench_cgo_setsockopt_to
// #cgo nocallback bench_cgo_setsockopt_to
// #cgo noescape bench_cgo_socket
// #cgo nocallback bench_cgo_socket
// #cgo noescape bench_cgo_socketpair
// #cgo nocallback bench_cgo_socketpair
// #cgo noescape bench_cgo_bind
// #cgo nocallback bench_cgo_bind
// #cgo noescape bench_cgo_close
// #cgo nocallback bench_cgo_close
// #cgo noescape bench_cgo_send_to
// #cgo nocallback bench_cgo_send_to
// #cgo noescape bench_cgo_recv_to
// #cgo nocallback bench_cgo_recv_to
// #cgo noescape bench_cgo_sendfile
// #cgo nocallback bench_cgo_sendfile
import "C"

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// bareCgo crosses to C for each call and does nothing else: csock without its library.
func bareCgo() Contender {
	return Contender{
		Name:       "cgo",
		About:      "the bare cgo call of the same C function for each system call, no library around it. What csock costs beyond it is csock's own.",
		Experiment: true,
		Setups: map[string]Setup{
			"Crossing":   cgoCrossing,
			"Getsockopt": cgoGetsockopt,
			"Setsockopt": cgoSetsockopt,
			"Socket":     cgoSocketClose,
			"Socketpair": cgoSocketpair,
			"Bind":       cgoBind,
			"SendRecv":   sendRecv(openCgo),
			"Sendfile":   sendfile(openCgo),
		},
		Missing: make(map[string]string),
	}
}

func cgoCrossing(r Row, k *Case) error {
	// Two loops: a call through a variable would be one more function to return from.
	k.Run = func(n int) error {
		for range n {
			C.bench_cgo_getppid()
		}
		return nil
	}
	if r.Get("call") == "empty" {
		k.Run = func(n int) error {
			for range n {
				C.bench_cgo_empty()
			}
			return nil
		}
	}
	return nil
}

func cgoGetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			if rc := bareGetsockopt(C.int(fd)); rc < 0 {
				return cErr(rc)
			}
		}
		return nil
	}
	return err
}

func cgoSetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			if rc := bareSetsockopt(C.int(fd)); rc < 0 {
				return cErr(rc)
			}
		}
		return nil
	}
	return err
}

func bareGetsockopt(fd C.int) (r C.int) {
	var value C.int
	C.bench_cgo_getsockopt_to(fd, &value, &r)
	return r
}

func bareSetsockopt(fd C.int) (r C.int) {
	C.bench_cgo_setsockopt_to(fd, 0, &r)
	return r
}

func bareSend(fd C.int, p []byte) (r C.long) {
	C.bench_cgo_send_to(fd, cstr(p), C.size_t(len(p)), &r)
	return r
}

func bareRecv(fd C.int, p []byte) (r C.long) {
	C.bench_cgo_recv_to(fd, cstr(p), C.size_t(len(p)), &r)
	return r
}

func cgoSocketClose(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			fd := C.bench_cgo_socket()
			if fd < 0 {
				return cErr(fd)
			}
			if rc := C.bench_cgo_close(fd); rc < 0 {
				return cErr(rc)
			}
		}
		return nil
	}
	return nil
}

func cgoSocketpair(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			var a, b C.int
			if rc := C.bench_cgo_socketpair(&a, &b); rc < 0 {
				return cErr(rc)
			}
			for _, fd := range [...]C.int{a, b} {
				if rc := C.bench_cgo_close(fd); rc < 0 {
					return cErr(rc)
				}
			}
		}
		return nil
	}
	return nil
}

func cgoBind(_ Row, k *Case) error {
	probe := new(Case)
	defer probe.Close()
	bound, _, err := boundSocket(probe, "udp")
	if err != nil {
		return err
	}
	addr, err := nativeAddr(bound)
	if err != nil {
		return err
	}
	k.Run = func(n int) error {
		for range n {
			fd := C.bench_cgo_socket()
			if fd < 0 {
				return cErr(fd)
			}
			rc := C.bench_cgo_bind(fd, cstr(addr), C.uint(len(addr)))
			if closed := C.bench_cgo_close(fd); rc == 0 {
				rc = closed
			}
			if rc < 0 {
				return cErr(rc)
			}
		}
		return nil
	}
	return nil
}

type cgoSocket struct {
	fd   C.int
	file C.int // the descriptor of sendFile's file, read once
}

func openCgo(_ *Case, fd int, _, _ unix.Sockaddr) (any, error) { return &cgoSocket{fd: C.int(fd)}, nil }

func (s *cgoSocket) send(p []byte) (int, error) {
	return cgoResult(bareSend(s.fd, p))
}

func (s *cgoSocket) recv(p []byte) (int, error) {
	return cgoResult(bareRecv(s.fd, p))
}

func (s *cgoSocket) sendFile(f *os.File, size int) (int, error) {
	if s.file == 0 {
		s.file = C.int(f.Fd())
	}
	return cgoResult(C.bench_cgo_sendfile(s.fd, s.file, C.size_t(size)))
}

// cgoResult turns a count or minus errno into Go's two results.
func cgoResult(n C.long) (int, error) {
	if n < 0 {
		return 0, syscall.Errno(-n)
	}
	return int(n), nil
}

// polledCgo is bareCgo under the poller: the least that a library over cgo can do there.
func polledCgo() Contender {
	return Contender{
		Name: "cgo-poller",
		About: "the bare cgo call in the RawConn of package os, no library around it. What csock-conn costs beyond it is its own, " +
			"and what this costs beyond net is the crossing.",
		Experiment: true,
		Poller:     true,
		Setups:     only(loops(openPolledCgo), "SendRecv", "Wakeups", "PingPong", "Contention"),
		Missing:    make(map[string]string),
	}
}

// A polledSocket sends and receives in functions that are made once, as a library can do, too.
type polledSocket struct {
	rc  syscall.RawConn
	out cgoOp
	in  cgoOp
}

type cgoOp struct {
	try func(uintptr) bool
	p   []byte
	n   C.long
}

func openPolledCgo(k *Case, fd int, _, _ unix.Sockaddr) (any, error) {
	own, err := dup(fd)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(own, true); err != nil {
		unix.Close(own)
		return nil, err
	}
	f := os.NewFile(uintptr(own), "bench")
	guard(k, f)
	rc, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &polledSocket{rc: rc}
	s.out.try = func(fd uintptr) bool {
		s.out.n = bareSend(C.int(fd), s.out.p)
		return s.out.n != -C.long(unix.EAGAIN)
	}
	s.in.try = func(fd uintptr) bool {
		s.in.n = bareRecv(C.int(fd), s.in.p)
		return s.in.n != -C.long(unix.EAGAIN)
	}
	return s, nil
}

func (s *polledSocket) send(p []byte) (int, error) {
	s.out.p = p
	return s.out.result(s.rc.Write(s.out.try))
}

func (s *polledSocket) recv(p []byte) (int, error) {
	s.in.p = p
	return s.in.result(s.rc.Read(s.in.try))
}

func (o *cgoOp) result(err error) (int, error) {
	if err != nil {
		return 0, err
	}
	return cgoResult(o.n)
}
