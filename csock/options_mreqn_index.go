//go:build cgo && (netbsd || windows)

package csock

// #include "cgo_helpers.h"
import "C"

import (
	"fmt"
	"syscall"
)

// NetBSD and Windows have no struct ip_mreqn. Where they expect an interface's address, they take
// 0.0.0.0 to 0.255.255.255 as an interface's index (RFC 1724, section 3.3).

var ipMreqnCodec = newStructCodec("struct ip_mreq",
	func(m IPMreqn, n *C.struct_ip_mreq) error {
		if err := putMreqnInterface(ip4Bytes(&n.imr_interface), m); err != nil {
			return err
		}
		return putIP4(ip4Bytes(&n.imr_multiaddr), m.Multiaddr)
	}, nil)

// multicastIfN is IP_MULTICAST_IF, by index too.
var multicastIfN = otherForm(IP_MULTICAST_IF, newStructCodec("struct in_addr",
	func(m IPMreqn, n *C.struct_in_addr) error { return putMreqnInterface(ip4Bytes(n), m) }, nil))

// putMreqnInterface writes the interface's index, or if that is 0 its address, to a native field.
func putMreqnInterface(field *[4]byte, m IPMreqn) error {
	if m.Ifindex == 0 {
		return putInterface(field, m.Address)
	}
	if m.Ifindex < 0 || m.Ifindex >= 1<<24 {
		return fmt.Errorf("interface index %d: %w", m.Ifindex, syscall.EINVAL)
	}
	putBE32(field, uint32(m.Ifindex))
	return nil
}
