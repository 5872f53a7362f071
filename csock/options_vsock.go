//go:build cgo

package csock

import (
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of vsock sockets, at level AF_VSOCK. See vsock(7) and linux/vm_sockets.h.
//
// SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD and SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW are left out:
// SO_VM_SOCKETS_CONNECT_TIMEOUT is the one that fits the C library's time_t.

// SO_VM_SOCKETS_BUFFER_SIZE is the size of a stream's buffer, in bytes, within the two limits.
var SO_VM_SOCKETS_BUFFER_SIZE Option[uint64] = declare(uint64Codec, canBoth,
	"SO_VM_SOCKETS_BUFFER_SIZE", sys.AF_VSOCK, sys.SO_VM_SOCKETS_BUFFER_SIZE)

// SO_VM_SOCKETS_BUFFER_MIN_SIZE is the minimum of SO_VM_SOCKETS_BUFFER_SIZE.
var SO_VM_SOCKETS_BUFFER_MIN_SIZE Option[uint64] = declare(uint64Codec, canBoth,
	"SO_VM_SOCKETS_BUFFER_MIN_SIZE", sys.AF_VSOCK, sys.SO_VM_SOCKETS_BUFFER_MIN_SIZE)

// SO_VM_SOCKETS_BUFFER_MAX_SIZE is the maximum of SO_VM_SOCKETS_BUFFER_SIZE.
var SO_VM_SOCKETS_BUFFER_MAX_SIZE Option[uint64] = declare(uint64Codec, canBoth,
	"SO_VM_SOCKETS_BUFFER_MAX_SIZE", sys.AF_VSOCK, sys.SO_VM_SOCKETS_BUFFER_MAX_SIZE)

// SO_VM_SOCKETS_CONNECT_TIMEOUT is how long Connect waits; 0 selects the default, 2 s. The kernel
// counts in clock ticks.
var SO_VM_SOCKETS_CONNECT_TIMEOUT Option[time.Duration] = declare(timevalCodec, canBoth,
	"SO_VM_SOCKETS_CONNECT_TIMEOUT", sys.AF_VSOCK, sys.SO_VM_SOCKETS_CONNECT_TIMEOUT)
