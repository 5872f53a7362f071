//go:build cgo && !linux && !netbsd && !windows

package csock

// #include "cgo_helpers.h"
import "C"

// What the package uses of C on macOS and the BSDs but NetBSD: see cgo.go.

type struct_ip_mreqn = C.struct_ip_mreqn
