//go:build linux && cgo

package cref

// #include "families.h"
import "C"

import "unsafe"

// address is what fill makes of the memory of a sockaddr_storage.
func address(fill func(unsafe.Pointer) C.int) []byte {
	p := new(C.struct_sockaddr_storage)
	n := fill(unsafe.Pointer(p))
	return C.GoBytes(unsafe.Pointer(p), n)
}

// XDP is a struct sockaddr_xdp.
func XDP(flags uint16, ifindex, queue, fd uint32) []byte {
	return address(func(p unsafe.Pointer) C.int {
		return C.family_xdp(p, C.unsigned(flags), C.unsigned(ifindex), C.unsigned(queue), C.unsigned(fd))
	})
}
