//go:build linux && cgo

package cref

// #include <stdlib.h>
// #include "live.h"
import "C"

import (
	"syscall"
	"unsafe"
)

// Live makes a family's calls in C and returns a record of their results; ok is false if the
// headers here are too old for the family. The interface and the devices' addresses are for those
// families that have them.
func Live(family string, ifindex int, near, far [6]byte) (record string, ok bool) {
	s := C.CString(family)
	defer C.free(unsafe.Pointer(s))
	m := C.struct_live_machine{ifindex: C.int(ifindex)}
	for i := range near {
		m.near[i], m.far[i] = C.uint8_t(near[i]), C.uint8_t(far[i])
	}
	out := make([]byte, 1<<16)
	n := C.live_run(s, &m, (*C.char)(unsafe.Pointer(&out[0])), C.size_t(len(out)))
	if n < 0 {
		return "", false
	}
	return string(out[:n]), true
}

// MCTPAddress gives the loopback interface of the calling thread's namespace an MCTP endpoint's
// address.
func MCTPAddress(eid uint8) error {
	if r := C.live_mctp_address(C.unsigned(eid)); r < 0 {
		return syscall.Errno(-r)
	}
	return nil
}
