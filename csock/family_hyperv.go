//go:build cgo

package csock

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_HYPERV of Windows: between virtual machines of Hyper-V and their host. Linux has
// AF_VSOCK for it. See hvsocket.h.

// HV_PROTOCOL_RAW is the protocol of the family. Its sockets have the type SOCK_STREAM.
const HV_PROTOCOL_RAW Protocol = sys.HV_PROTOCOL_RAW

// A GUID is a struct GUID of Windows. Its bytes are in the order of its text.
type GUID [16]byte

// ParseGUID returns the GUID with the given text, in braces or without. A virtual machine's host is
// "a42e7cda-d03f-480c-9cc2-a4de20abb878" (HV_GUID_PARENT). hvsocket.h has others, such as
// HV_GUID_WILDCARD, which is the zero GUID.
func ParseGUID(text string) (g GUID, err error) {
	bare := strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
	digits, err := hex.DecodeString(strings.ReplaceAll(bare, "-", ""))
	if err == nil && len(digits) == len(g) {
		g = GUID(digits)
		if strings.EqualFold(g.String(), bare) {
			return g, nil
		}
	}
	return GUID{}, fmt.Errorf("csock: GUID %q: %w", text, syscall.EINVAL)
}

// String returns the text of g, such as "a42e7cda-d03f-480c-9cc2-a4de20abb878".
func (g GUID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", g[:4], g[4:6], g[6:8], g[8:10], g[10:])
}

// native returns the struct GUID, whose first three numbers are in the order of the processor. So
// it also converts back.
func (g GUID) native() GUID {
	n := g
	binary.NativeEndian.PutUint32(n[:], binary.BigEndian.Uint32(g[:]))
	binary.NativeEndian.PutUint16(n[4:], binary.BigEndian.Uint16(g[4:]))
	binary.NativeEndian.PutUint16(n[6:], binary.BigEndian.Uint16(g[6:]))
	return n
}

// A SockaddrHV is a SOCKADDR_HV: a service on a virtual machine or its host.
type SockaddrHV struct {
	VMID      GUID // the virtual machine
	ServiceID GUID // the service
}

var hypervAddrs = newAddrForm(AF_HYPERV, func(sa SockaddrHV) string {
	return fmt.Sprintf("hyperv:%v:%v", sa.VMID, sa.ServiceID)
})

func init() {
	if csock_HV_SIZE == 0 {
		return
	}
	hypervAddrs.encode = func(sa SockaddrHV) (a SockAddr, ok bool) {
		family := AF_HYPERV
		a.storage.ss_family = sa_family_t(family)
		put(a.bytes()[:], csock_HV_VM_ID, sa.VMID.native())
		put(a.bytes()[:], csock_HV_SERVICE_ID, sa.ServiceID.native())
		a.len = csock_HV_SIZE
		return a, true
	}
	hypervAddrs.decode = func(a SockAddr) (sa SockaddrHV, ok bool) {
		p := a.native()
		if a.Domain() != AF_HYPERV || len(p) < csock_HV_SIZE {
			return sa, false
		}
		copy(sa.VMID[:], p[csock_HV_VM_ID:])
		copy(sa.ServiceID[:], p[csock_HV_SERVICE_ID:])
		return SockaddrHV{sa.VMID.native(), sa.ServiceID.native()}, true
	}
}

// HypervAddr returns the address of a service on a virtual machine or its host. It is not valid if
// the platform is not Windows: see [SockAddr.IsValid].
func HypervAddr(sa SockaddrHV) SockAddr { return hypervAddrs.make(sa) }

// Hyperv returns what an AF_HYPERV address of Windows holds.
func (a SockAddr) Hyperv() (SockaddrHV, bool) { return hypervAddrs.read(a) }
