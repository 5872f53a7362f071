//go:build cgo && !netbsd

package csock

// #include "cgo_helpers.h"
import "C"

// The structs of IPMreqn, apart from those of NetBSD.

var ipMreqnCodec = newStructCodec("struct ip_mreqn",
	func(m IPMreqn, n *C.struct_ip_mreqn) error {
		n.imr_ifindex = C.int(m.Ifindex)
		if int(n.imr_ifindex) != m.Ifindex {
			return notInt32("interface index", m.Ifindex)
		}
		if err := putInterface(ip4Bytes(&n.imr_address), m.Address); err != nil {
			return err
		}
		return putIP4(ip4Bytes(&n.imr_multiaddr), m.Multiaddr)
	}, nil)

// multicastIfN is IP_MULTICAST_IF with the other struct that the kernel takes.
var multicastIfN = Option[IPMreqn]{IP_MULTICAST_IF.o, ipMreqnCodec}
