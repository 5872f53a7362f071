//go:build linux && cgo

package cref

// #include <stdlib.h>
// #include <sys/time.h>
// #include "transport.h"
import "C"

import (
	"syscall"
	"unsafe"
)

// TransportOption returns the level and the number of an option; ok is false if the headers here
// are too old for it.
func TransportOption(name string) (level, number int, ok bool) {
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	var l, n C.int
	r := C.transport_option(s, &l, &n)
	return int(l), int(n), r == 0
}

// TransportValue returns an option's struct as C fills it; ok is false if the headers here are too
// old for it.
func TransportValue(name string) (value []byte, ok bool) {
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	var p [1024]byte
	n := C.transport_value(s, (*C.uint8_t)(&p[0]))
	if n < 0 {
		return nil, false
	}
	return p[:n], true
}

// TransportField returns a struct with all bits of one field set and no others, by a name such as
// "tcp_info.tcpi_rtt". ok is false if the name is unknown.
func TransportField(name string) (value []byte, ok bool) {
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	var p [1024]byte
	n := C.transport_field(s, (*C.uint8_t)(&p[0]))
	if n < 0 {
		return nil, false
	}
	return p[:n], true
}

// TransportSet calls setsockopt.
func TransportSet(fd uintptr, level, number int, value []byte) error {
	return transportError(C.transport_set(C.int(fd), C.int(level), C.int(number), (*C.uint8_t)(unsafe.SliceData(value)), C.unsigned(len(value))))
}

// TransportGet calls getsockopt with room for value, and returns the part that was filled.
func TransportGet(fd uintptr, level, number int, value []byte) ([]byte, error) {
	n := C.unsigned(len(value))
	err := transportError(C.transport_get(C.int(fd), C.int(level), C.int(number), (*C.uint8_t)(unsafe.SliceData(value)), &n))
	return value[:min(int(n), len(value))], err
}

// TransportPoll reports whether one of the events is pending, without waiting.
func TransportPoll(fd uintptr, events int) bool {
	return C.transport_poll(C.int(fd), C.int(events)) != 0
}

func transportError(r C.int) error {
	if r < 0 {
		return syscall.Errno(-r)
	}
	return nil
}

// Timeval returns the seconds and microseconds of a struct timeval.
func Timeval(p []byte) [2]int64 {
	var t C.struct_timeval
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&t)), unsafe.Sizeof(t)), p)
	return [2]int64{int64(t.tv_sec), int64(t.tv_usec)}
}
