//go:build linux && cgo

package cref

// #include "decode.h"
import "C"

import "unsafe"

// AddrText describes a native address of any family as C reads it: "" if it is of no known family,
// or too short for it.
func AddrText(p []byte) string {
	out := make([]byte, 1024)
	return string(out[:C.decode_addr(bytesAt(p), C.size_t(len(p)), (*C.char)(unsafe.Pointer(&out[0])), C.size_t(len(out)))])
}

// NetlinkText walks netlink messages with C's macros, and describes them. It reads each payload as
// an error, as attributes, and as each of sock_diag's structs.
func NetlinkText(p []byte) string {
	out := make([]byte, 4096+64*len(p))
	return string(out[:C.decode_netlink(bytesAt(p), C.size_t(len(p)), (*C.char)(unsafe.Pointer(&out[0])), C.size_t(len(out)))])
}

// BCMText describes a struct bcm_msg_head: "" if it is cut.
func BCMText(p []byte) string {
	out := make([]byte, 1024)
	return string(out[:C.decode_bcm(bytesAt(p), C.size_t(len(p)), (*C.char)(unsafe.Pointer(&out[0])), C.size_t(len(out)))])
}

func bytesAt(p []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.SliceData(p)) }
