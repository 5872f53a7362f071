//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"

// Options of vsock sockets, at level AF_VSOCK. See vsock(7) and linux/vm_sockets.h.
var (
	// SO_VM_SOCKETS_BUFFER_SIZE is the size of a stream's buffer, in bytes, within the two limits.
	SO_VM_SOCKETS_BUFFER_SIZE = declare(uint64Codec, canBoth, "SO_VM_SOCKETS_BUFFER_SIZE", C.AF_VSOCK, C.SO_VM_SOCKETS_BUFFER_SIZE)
	// SO_VM_SOCKETS_BUFFER_MIN_SIZE is the least that SO_VM_SOCKETS_BUFFER_SIZE may be.
	SO_VM_SOCKETS_BUFFER_MIN_SIZE = declare(uint64Codec, canBoth, "SO_VM_SOCKETS_BUFFER_MIN_SIZE", C.AF_VSOCK, C.SO_VM_SOCKETS_BUFFER_MIN_SIZE)
	// SO_VM_SOCKETS_BUFFER_MAX_SIZE is the most that SO_VM_SOCKETS_BUFFER_SIZE may be.
	SO_VM_SOCKETS_BUFFER_MAX_SIZE = declare(uint64Codec, canBoth, "SO_VM_SOCKETS_BUFFER_MAX_SIZE", C.AF_VSOCK, C.SO_VM_SOCKETS_BUFFER_MAX_SIZE)
	// SO_VM_SOCKETS_CONNECT_TIMEOUT is how long Connect waits. The kernel counts in ticks of its clock.
	SO_VM_SOCKETS_CONNECT_TIMEOUT = declare(timevalCodec, canBoth, "SO_VM_SOCKETS_CONNECT_TIMEOUT", C.AF_VSOCK, C.SO_VM_SOCKETS_CONNECT_TIMEOUT)
	// SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD is SO_VM_SOCKETS_CONNECT_TIMEOUT with the seconds of a C long.
	SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD = declare(oldTimevalCodec, canBoth, "SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD", C.AF_VSOCK, C.SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD)
	// SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW is SO_VM_SOCKETS_CONNECT_TIMEOUT with seconds of 64 bits, since Linux 5.17.
	SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW = declare(newTimevalCodec, canBoth, "SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW", C.AF_VSOCK, C.SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW)
)
