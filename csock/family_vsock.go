//go:build cgo

package csock

import (
	"fmt"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_VSOCK: between virtual machines and their host. See vsock(7) and
// linux/vm_sockets.h.

// Special context ids and ports. They have no type of their own, since programs get ids and ports
// as plain numbers, such as from a hypervisor's configuration.
const (
	VMADDR_CID_ANY        uint32 = sys.VMADDR_CID_ANY        // in Bind: any
	VMADDR_CID_HYPERVISOR uint32 = sys.VMADDR_CID_HYPERVISOR // services of the hypervisor
	VMADDR_CID_LOCAL      uint32 = sys.VMADDR_CID_LOCAL      // this machine, by loopback
	VMADDR_CID_HOST       uint32 = sys.VMADDR_CID_HOST       // the host of this guest
	VMADDR_PORT_ANY       uint32 = sys.VMADDR_PORT_ANY       // in Bind: a port that the kernel chooses
)

// A SockaddrVM is a struct sockaddr_vm: a port on a host or guest.
type SockaddrVM struct {
	CID, Port uint32
	Flags     VsockFlags
}

// VsockFlags are flags of a vsock address.
type VsockFlags uint8

// VMADDR_FLAG_TO_HOST makes Connect reach a context ID through the host: for a guest's siblings,
// which are not guests of its own. Since Linux 5.11.
const VMADDR_FLAG_TO_HOST VsockFlags = sys.VMADDR_FLAG_TO_HOST

// String returns the C names of the flags in v, as MsgFlags.String does.
func (v VsockFlags) String() string { return flagNames(v, namesVsockFlags) }

var vsockAddrs = newAddrForm(AF_VSOCK, func(sa SockaddrVM) string {
	return fmt.Sprintf("vsock:%d:%d", sa.CID, sa.Port)
})

// VsockAddr returns the address of a port on the host or guest with context id cid. It is not valid
// if the platform has no AF_VSOCK: see [SockAddr.IsValid].
func VsockAddr(cid, port uint32) SockAddr {
	return vsockAddrs.make(SockaddrVM{CID: cid, Port: port})
}

// VMAddr returns a vsock address with flags. It is not valid if the platform has no AF_VSOCK: see
// [SockAddr.IsValid].
func VMAddr(sa SockaddrVM) SockAddr { return vsockAddrs.make(sa) }

// Vsock returns the context id and port of an AF_VSOCK address.
func (a SockAddr) Vsock() (cid, port uint32, ok bool) {
	sa, ok := vsockAddrs.read(a)
	return sa.CID, sa.Port, ok
}

// VM returns what an AF_VSOCK address holds.
func (a SockAddr) VM() (SockaddrVM, bool) { return vsockAddrs.read(a) }

// Options of vsock sockets, at level AF_VSOCK. See vsock(7).
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
