//go:build linux

package work

// #include "c_linux.h"
// #include <sys/socket.h>
// #cgo CFLAGS: -O2 -Wall
// #cgo LDFLAGS: -pthread
import "C"

import (
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// cLoop is the floor: one call from Go runs all iterations, so that only C and the kernel are
// measured.
func cLoop() Contender {
	sendRecv := cSendRecv(func(a, b C.int, out, in *C.char, size C.size_t, n C.long) C.int {
		return C.bench_c_sendrecv(a, b, out, in, size, n)
	})
	return Contender{
		Name:  Floor,
		About: "a pure C loop: one call from Go for all iterations, so nothing but C and the kernel. The floor.",
		Setups: map[string]Setup{
			"Crossing":       cCrossing,
			"Frames":         cFrames,
			"Getsockopt":     cOption(func(fd C.int, n C.long) C.int { return C.bench_c_getsockopt(fd, n) }),
			"Setsockopt":     cOption(func(fd C.int, n C.long) C.int { return C.bench_c_setsockopt(fd, n) }),
			"Socket":         cPlain(func(n C.long) C.int { return C.bench_c_socket(n) }),
			"Socketpair":     cPlain(func(n C.long) C.int { return C.bench_c_socketpair(n) }),
			"Bind":           cBind,
			"Accept":         cAccept,
			"SendRecv":       sendRecv,
			"SendToRecvFrom": cSendToRecvFrom,
			"SendmsgRecvmsg": cSendmsgRecvmsg,
			"Vectored":       cVectored,
			"Batch":          cBatch,
			"GSO":            cGSO,
			"Sendfile":       cSendfile,
			"Wakeups":        sendRecv,
			"PingPong":       cPingPong,
			"Contention":     cContention,
			"Memory":         memory(Floor),
		},
		Missing: map[string]string{"Deadlines": noDeadline},
	}
}

// Compiler returns the C compiler that built this program.
func Compiler() string { return C.GoString(C.bench_cgo_compiler()) }

// Libc returns the C library that this program runs on, or "" if it reports no version.
func Libc() string { return C.GoString(C.bench_cgo_libc()) }

// cErr returns the error for minus errno, nil for 0 and more.
func cErr(rc C.int) error {
	if rc < 0 {
		return syscall.Errno(-rc)
	}
	return nil
}

func ptr(b []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(b)) }
func cstr(b []byte) *C.char       { return (*C.char)(ptr(b)) }

// cHold creates sockets that stay open for good. With reading set, each has a thread that waits in
// a read.
func cHold(sockets int, reading bool) error {
	threads := C.int(0)
	if reading {
		threads = 1
	}
	return cErr(C.bench_c_hold(C.int(sockets), threads))
}

// nativeAddr returns the address that a socket is bound to, in the kernel's form.
func nativeAddr(fd int) ([]byte, error) {
	b := make([]byte, C.sizeof_struct_sockaddr_storage)
	n := C.socklen_t(len(b))
	if rc, err := C.getsockname(C.int(fd), (*C.struct_sockaddr)(ptr(b)), &n); rc < 0 {
		return nil, os.NewSyscallError("getsockname", err)
	}
	return b[:n], nil
}

func cPlain(f func(C.long) C.int) Setup {
	return func(_ Row, k *Case) error {
		k.Run = func(n int) error { return cErr(f(C.long(n))) }
		return nil
	}
}

func cCrossing(r Row, k *Case) error {
	if r.Get("call") == "empty" {
		return cPlain(func(n C.long) C.int { return C.bench_c_empty(n) })(r, k)
	}
	return cPlain(func(n C.long) C.int { return C.bench_c_getppid(n) })(r, k)
}

const (
	frameDepth = 8
	framesTime = 30 * time.Millisecond
)

// cFrames alternates between a plain call and the same call within nested functions. The median of
// the differences is the cost.
func cFrames(r Row, k *Case) error {
	a, b, err := connectedPair(k, "udp")
	if err != nil {
		return err
	}
	call := C.char(r.Get("call")[0])
	// Pieces of tens of microseconds, however long the call takes.
	iters := map[string]int{"none": 5000, "getppid": 500, "udp": 50}[r.Get("call")]
	functions := frameDepth * iters
	if call == 'u' {
		functions *= 2 // those of send and those of recv
	}
	piece := func(depth int) (time.Duration, error) {
		start := time.Now()
		rc := C.bench_c_frames(call, C.int(a), C.int(b), C.int(depth), C.long(iters))
		return time.Since(start), cErr(rc)
	}
	k.Measure = func() (float64, error) {
		var costs []float64
		for begin := time.Now(); time.Since(begin) < framesTime; {
			direct, err := piece(0)
			if err != nil {
				return 0, err
			}
			nested, err := piece(frameDepth)
			if err != nil {
				return 0, err
			}
			costs = append(costs, float64(nested-direct)/float64(functions))
		}
		return Tail(costs)[0].Value, nil
	}
	return nil
}

func cOption(f func(C.int, C.long) C.int) Setup {
	return func(_ Row, k *Case) error {
		fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
		if err != nil {
			return err
		}
		k.Run = func(n int) error { return cErr(f(C.int(fd), C.long(n))) }
		return nil
	}
}

func cBind(_ Row, k *Case) error {
	probe := new(Case)
	defer probe.Close()
	fd, _, err := boundSocket(probe, "udp")
	if err != nil {
		return err
	}
	addr, err := nativeAddr(fd)
	if err != nil {
		return err
	}
	k.Run = func(n int) error { return cErr(C.bench_c_bind(ptr(addr), C.uint(len(addr)), C.long(n))) }
	return nil
}

func cAccept(r Row, k *Case) error {
	l, _, err := listener(k, r.Get("net"))
	if err != nil {
		return err
	}
	addr, err := nativeAddr(l)
	if err != nil {
		return err
	}
	k.Run = func(n int) error { return cErr(C.bench_c_accept(C.int(l), ptr(addr), C.uint(len(addr)), C.long(n))) }
	return nil
}

func cSendRecv(f func(a, b C.int, out, in *C.char, size C.size_t, n C.long) C.int) Setup {
	return func(r Row, k *Case) error {
		a, b, err := connectedPair(k, r.Get("net"))
		if err != nil {
			return err
		}
		out, in := make([]byte, r.Int("size")), make([]byte, r.Int("size"))
		k.Run = func(n int) error {
			return cErr(f(C.int(a), C.int(b), cstr(out), cstr(in), C.size_t(len(out)), C.long(n)))
		}
		return nil
	}
}

func cSendToRecvFrom(r Row, k *Case) error {
	a, b, _, _, err := boundPair(k, r.Get("net"))
	if err != nil {
		return err
	}
	addr, err := nativeAddr(b)
	if err != nil {
		return err
	}
	out, in := make([]byte, r.Int("size")), make([]byte, r.Int("size"))
	k.Run = func(n int) error {
		return cErr(C.bench_c_sendto(C.int(a), C.int(b), ptr(addr), C.uint(len(addr)), cstr(out), cstr(in), C.size_t(len(out)), C.long(n)))
	}
	return nil
}

func cSendmsgRecvmsg(r Row, k *Case) error {
	a, b, _, _, err := boundPair(k, r.Get("net"))
	if err != nil {
		return err
	}
	if err := recvInfo(b, r.Get("net")); err != nil {
		return err
	}
	from, err := nativeAddr(a)
	if err != nil {
		return err
	}
	to, err := nativeAddr(b)
	if err != nil {
		return err
	}
	out, in := make([]byte, r.Int("size")), make([]byte, r.Int("size"))
	k.Run = func(n int) error {
		return cErr(C.bench_c_sendmsg(C.int(a), C.int(b), ptr(from), ptr(to), C.uint(len(to)), cstr(out), cstr(in), C.size_t(len(out)), ecn, C.long(n)))
	}
	return nil
}

func cVectored(r Row, k *Case) error {
	a, b, err := connectedPair(k, "udp")
	if err != nil {
		return err
	}
	out, in := make([]byte, r.Bytes()), make([]byte, r.Bytes())
	k.Run = func(n int) error {
		return cErr(C.bench_c_vectored(C.int(a), C.int(b), cstr(out), cstr(in), C.size_t(r.Int("bufs")), C.size_t(r.Int("size")), C.long(n)))
	}
	return nil
}

func cBatch(r Row, k *Case) error {
	a, b, _, _, err := boundPair(k, "udp")
	if err != nil {
		return err
	}
	if err := needRoom(b, max(bufBytes, r.Int("batch")*skbRoom)); err != nil {
		return err
	}
	addr, err := nativeAddr(b)
	if err != nil {
		return err
	}
	batch := C.bench_c_batch_make(ptr(addr), C.uint(len(addr)), C.uint(r.Int("batch")), C.size_t(r.Int("size")))
	if batch == nil {
		return syscall.ENOMEM
	}
	k.onClose(func() { C.bench_c_batch_free(batch) })
	k.Run = func(n int) error { return cErr(C.bench_c_batch_run(batch, C.int(a), C.int(b), C.long(n))) }
	return nil
}

func cGSO(r Row, k *Case) error {
	a, b, _, _, err := boundPair(k, "udp")
	if err != nil {
		return err
	}
	if err := enable(b, [2]int{unix.IPPROTO_UDP, unix.UDP_GRO}); err != nil {
		return err
	}
	addr, err := nativeAddr(b)
	if err != nil {
		return err
	}
	out, in := make([]byte, r.Bytes()), make([]byte, r.Bytes())
	k.Run = func(n int) error {
		return cErr(C.bench_c_gso(C.int(a), C.int(b), ptr(addr), C.uint(len(addr)), cstr(out), cstr(in), C.size_t(len(out)), C.size_t(r.Int("size")), C.long(n)))
	}
	return nil
}

func cSendfile(r Row, k *Case) error {
	a, b, err := connectedPair(k, "tcp")
	if err != nil {
		return err
	}
	f, err := pageCacheFile(k, r.Int("size"))
	if err != nil {
		return err
	}
	in := make([]byte, r.Int("size"))
	k.Run = func(n int) error {
		return cErr(C.bench_c_sendfile(C.int(a), C.int(b), C.int(f.Fd()), cstr(in), C.size_t(len(in)), C.long(n)))
	}
	return nil
}

func cPingPong(r Row, k *Case) error {
	a, b, err := connectedPair(k, r.Get("net"))
	if err != nil {
		return err
	}
	size := r.Int("size")
	out, in := make([]byte, size), make([]byte, size)
	echo := C.bench_c_echo(C.int(b), C.size_t(size), quit)
	if echo == nil {
		return syscall.EAGAIN
	}
	k.onClose(func() {
		out[0] = quit
		if _, err := unix.Write(a, out); err == nil {
			C.bench_c_echo_join(echo)
		}
	})
	var samples []float64
	trips := func(n int) error {
		ns := make([]float64, n)
		rc := C.bench_c_pingpong(C.int(a), cstr(out), cstr(in), C.size_t(size), C.long(n), (*C.double)(unsafe.SliceData(ns)))
		samples = append(samples, ns...)
		return cErr(rc)
	}
	k.Run = trips
	k.Samples = func() []float64 {
		s := samples
		samples = nil
		return s
	}
	err = trips(warmups)
	k.Samples()
	return err
}

func cContention(r Row, k *Case) error {
	a, b, err := connectedPair(k, "udp")
	if err != nil {
		return err
	}
	crew := C.bench_c_crew(C.int(a), C.int(b), C.size_t(r.Int("size")), C.int(r.Int("goroutines")))
	if crew == nil {
		return syscall.EAGAIN
	}
	k.onClose(func() { C.bench_c_crew_free(crew) })
	k.Run = func(n int) error { return cErr(C.bench_c_crew_run(crew, C.long(n))) }
	return nil
}
