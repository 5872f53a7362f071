//go:build linux && cgo

package cref

// #include <stdlib.h>
// #include "values.h"
import "C"

import "unsafe"

// ValueText describes the bytes that getsockopt(2) has returned for an option, as C reads them: the
// fields in the order of csock's type. ok is false if C does not know the option here.
func ValueText(name string, p []byte) (text string, ok bool) {
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	out := make([]byte, 4096+64*len(p))
	n := C.value_text(s, bytesAt(p), C.size_t(len(p)), (*C.char)(unsafe.Pointer(&out[0])), C.size_t(len(out)))
	if n < 0 {
		return "", false
	}
	return string(out[:n]), true
}
