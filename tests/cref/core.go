//go:build linux && cgo

// Package cref is the C API in plain C, one call a function: the reference for csock's behaviour.
package cref

// #include <stdlib.h>
// #include "core.h"
import "C"

import (
	"syscall"
	"unsafe"
)

type coreAddr [C.CREF_ADDR_MAX]byte

func (a *coreAddr) ptr() *C.uint8_t { return (*C.uint8_t)(&a[0]) }

// made returns the first n bytes of an address that C made, or panics: tests request only addresses
// that C can make.
func (a *coreAddr) made(n C.int) []byte {
	if n < 0 {
		panic(syscall.Errno(-n))
	}
	return a[:n]
}

// Inet4 returns the bytes of a sockaddr_in.
func Inet4(ip string, port uint16) []byte {
	s := C.CString(ip)
	defer C.free(unsafe.Pointer(s))
	var a coreAddr
	return a.made(C.core_inet4(s, C.unsigned(port), a.ptr()))
}

// Inet6 returns the bytes of a sockaddr_in6.
func Inet6(ip string, port uint16, flow, scope uint32) []byte {
	s := C.CString(ip)
	defer C.free(unsafe.Pointer(s))
	var a coreAddr
	return a.made(C.core_inet6(s, C.unsigned(port), C.uint32_t(flow), C.uint32_t(scope), a.ptr()))
}

// Unix returns the bytes of a sockaddr_un: abstract if path begins with a zero byte.
func Unix(path string) []byte {
	s := C.CBytes([]byte(path))
	defer C.free(s)
	var a coreAddr
	return a.made(C.core_unix((*C.char)(s), C.size_t(len(path)), a.ptr()))
}

// Vsock returns the bytes of a sockaddr_vm.
func Vsock(cid, port uint32) []byte {
	var a coreAddr
	return a.made(C.core_vsock(C.unsigned(cid), C.unsigned(port), a.ptr()))
}

// Packet returns the bytes of a sockaddr_ll.
func Packet(protocol uint16, ifindex int, hw []byte) []byte {
	var a coreAddr
	return a.made(C.core_packet(C.unsigned(protocol), C.int(ifindex), coreBytes(hw), C.size_t(len(hw)), a.ptr()))
}

// Netlink returns the bytes of a sockaddr_nl.
func Netlink(pid, groups uint32) []byte {
	var a coreAddr
	return a.made(C.core_netlink(C.unsigned(pid), C.unsigned(groups), a.ptr()))
}

// Getsockname returns the address of getsockname(2).
func Getsockname(fd uintptr) ([]byte, error) {
	var a coreAddr
	return a.got(C.core_getsockname(C.int(fd), a.ptr()))
}

// Getpeername returns the address of getpeername(2).
func Getpeername(fd uintptr) ([]byte, error) {
	var a coreAddr
	return a.got(C.core_getpeername(C.int(fd), a.ptr()))
}

func (a *coreAddr) got(n C.int) ([]byte, error) {
	if n < 0 {
		return nil, syscall.Errno(-n)
	}
	return a[:min(int(n), len(a))], nil
}

// Bind calls bind(2).
func Bind(fd uintptr, sa []byte) error {
	return coreResult(int(C.core_bind(C.int(fd), coreBytes(sa), C.int(len(sa)))))
}

// Connect calls connect(2).
func Connect(fd uintptr, sa []byte) error {
	return coreResult(int(C.core_connect(C.int(fd), coreBytes(sa), C.int(len(sa)))))
}

// Sendto calls sendto(2).
func Sendto(fd uintptr, p []byte, flags int, sa []byte) (int, error) {
	return coreCount(C.core_sendto(C.int(fd), coreBytes(p), C.size_t(len(p)), C.int(flags), coreBytes(sa), C.int(len(sa))))
}

// Sendmsg calls sendmsg(2) with one buffer.
func Sendmsg(fd uintptr, p []byte, flags int, sa []byte) (int, error) {
	return coreCount(C.core_sendmsg(C.int(fd), coreBytes(p), C.size_t(len(p)), C.int(flags), coreBytes(sa), C.int(len(sa))))
}

// Recvmsg calls recvmsg(2) with one buffer. It also returns msg_flags and the sender's address.
func Recvmsg(fd uintptr, p []byte, flags int) (n, msgFlags int, from []byte, err error) {
	var a coreAddr
	f, length := C.int(flags), C.int(0)
	n, err = coreCount(C.core_recvmsg(C.int(fd), coreBytes(p), C.size_t(len(p)), &f, a.ptr(), &length))
	if err != nil {
		return 0, 0, nil, err
	}
	return n, int(f), a[:min(int(length), len(a))], nil
}

// Sendfile calls sendfile(2) with an offset.
func Sendfile(fd, file uintptr, offset int64, n int) (int, error) {
	return coreCount(C.core_sendfile(C.int(fd), C.int(file), C.int64_t(offset), C.size_t(n)))
}

// SendfileNext calls sendfile(2) without an offset.
func SendfileNext(fd, file uintptr, n int) (int, error) {
	return coreCount(C.core_sendfile_next(C.int(fd), C.int(file), C.size_t(n)))
}

// Discard calls recv(2) with MSG_TRUNC and no buffer.
func Discard(fd uintptr, n, flags int) (int, error) {
	return coreCount(C.core_discard(C.int(fd), C.size_t(n), C.int(flags)))
}

// Splice calls splice(2) without offsets.
func Splice(from, to uintptr, n, flags int) (int, error) {
	return coreCount(C.core_splice(C.int(from), C.int(to), C.size_t(n), C.uint(flags)))
}

// Tee calls tee(2).
func Tee(from, to uintptr, n, flags int) (int, error) {
	return coreCount(C.core_tee(C.int(from), C.int(to), C.size_t(n), C.uint(flags)))
}

func coreBytes(p []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.SliceData(p)) }

func coreResult(r int) error {
	if r < 0 {
		return syscall.Errno(-r)
	}
	return nil
}

func coreCount(n C.ssize_t) (int, error) {
	if n < 0 {
		return 0, syscall.Errno(-n)
	}
	return int(n), nil
}
