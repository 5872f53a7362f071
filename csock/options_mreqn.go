//go:build cgo && !netbsd && !windows

package csock

// The native struct of an IPMreqn, on systems other than NetBSD and Windows.

var ipMreqnCodec = newStructCodec("struct ip_mreqn",
	func(m IPMreqn, n *struct_ip_mreqn) error {
		n.imr_ifindex = c_int(m.Ifindex)
		if int(n.imr_ifindex) != m.Ifindex {
			return notInt32("interface index", m.Ifindex)
		}
		if err := putInterface(ip4Bytes(&n.imr_address), m.Address); err != nil {
			return err
		}
		return putIP4(ip4Bytes(&n.imr_multiaddr), m.Multiaddr)
	}, nil)

// multicastIfN is IP_MULTICAST_IF with the other struct that the kernel accepts.
var multicastIfN = otherForm(IP_MULTICAST_IF, ipMreqnCodec)
