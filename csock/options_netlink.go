//go:build cgo

package csock

import (
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Protocols of AF_NETLINK. A [Protocol] prints as a protocol of IP, whatever its family. See
// netlink(7).
const (
	NETLINK_ROUTE          Protocol = sys.NETLINK_ROUTE          // links, addresses, routes, rtnetlink(7)
	NETLINK_USERSOCK       Protocol = sys.NETLINK_USERSOCK       // between processes
	NETLINK_SOCK_DIAG      Protocol = sys.NETLINK_SOCK_DIAG      // information about sockets, sock_diag(7)
	NETLINK_INET_DIAG      Protocol = sys.NETLINK_INET_DIAG      // another name of NETLINK_SOCK_DIAG
	NETLINK_XFRM           Protocol = sys.NETLINK_XFRM           // IPsec
	NETLINK_SELINUX        Protocol = sys.NETLINK_SELINUX        // SELinux's events
	NETLINK_AUDIT          Protocol = sys.NETLINK_AUDIT          // auditing
	NETLINK_CONNECTOR      Protocol = sys.NETLINK_CONNECTOR      // the kernel's connector: process events
	NETLINK_NETFILTER      Protocol = sys.NETLINK_NETFILTER      // netfilter
	NETLINK_KOBJECT_UEVENT Protocol = sys.NETLINK_KOBJECT_UEVENT // device events
	NETLINK_GENERIC        Protocol = sys.NETLINK_GENERIC        // families with names
	NETLINK_RDMA           Protocol = sys.NETLINK_RDMA           // RDMA
	NETLINK_CRYPTO         Protocol = sys.NETLINK_CRYPTO         // the kernel's ciphers
	NETLINK_SMC            Protocol = sys.NETLINK_SMC            // SMC, before it used NETLINK_GENERIC
	NETLINK_ISCSI          Protocol = sys.NETLINK_ISCSI          // iSCSI
	NETLINK_FIB_LOOKUP     Protocol = sys.NETLINK_FIB_LOOKUP     // lookups of routes
	NETLINK_SCSITRANSPORT  Protocol = sys.NETLINK_SCSITRANSPORT  // SCSI transports
	NETLINK_ECRYPTFS       Protocol = sys.NETLINK_ECRYPTFS       // eCryptfs, until Linux 3.2
	NETLINK_NFLOG          Protocol = sys.NETLINK_NFLOG          // netfilter's logs, before NETLINK_NETFILTER
	NETLINK_FIREWALL       Protocol = sys.NETLINK_FIREWALL       // unused, once ip_queue
	NETLINK_IP6_FW         Protocol = sys.NETLINK_IP6_FW         // unused, once ip6_queue
	NETLINK_DNRTMSG        Protocol = sys.NETLINK_DNRTMSG        // DECnet's routes, until Linux 6.1
	NETLINK_UNUSED         Protocol = sys.NETLINK_UNUSED         // unused
)

// Options of netlink sockets, at level SOL_NETLINK. See netlink(7).

// NETLINK_ADD_MEMBERSHIP joins a group, by its number.
var NETLINK_ADD_MEMBERSHIP Option[int] = declare(intCodec, canSet, "NETLINK_ADD_MEMBERSHIP",
	sys.SOL_NETLINK, sys.NETLINK_ADD_MEMBERSHIP)

// NETLINK_DROP_MEMBERSHIP leaves a group, by its number.
var NETLINK_DROP_MEMBERSHIP Option[int] = declare(intCodec, canSet, "NETLINK_DROP_MEMBERSHIP",
	sys.SOL_NETLINK, sys.NETLINK_DROP_MEMBERSHIP)

// NETLINK_PKTINFO gives Recvmsg a control message of the same name with the message's group.
var NETLINK_PKTINFO Option[bool] = declare(boolCodec, canBoth, "NETLINK_PKTINFO", sys.SOL_NETLINK,
	sys.NETLINK_PKTINFO)

// NETLINK_BROADCAST_ERROR reports to the sender of a multicast that not all receivers were reached.
var NETLINK_BROADCAST_ERROR Option[bool] = declare(boolCodec, canBoth, "NETLINK_BROADCAST_ERROR",
	sys.SOL_NETLINK, sys.NETLINK_BROADCAST_ERROR)

// NETLINK_NO_ENOBUFS suppresses the error for messages discarded because the receive buffer was
// full.
var NETLINK_NO_ENOBUFS Option[bool] = declare(boolCodec, canBoth, "NETLINK_NO_ENOBUFS",
	sys.SOL_NETLINK, sys.NETLINK_NO_ENOBUFS)

// NETLINK_LISTEN_ALL_NSID receives from all network namespaces that have an identifier in the
// socket's namespace. It needs CAP_NET_BROADCAST.
var NETLINK_LISTEN_ALL_NSID Option[bool] = declare(boolCodec, canBoth, "NETLINK_LISTEN_ALL_NSID",
	sys.SOL_NETLINK, sys.NETLINK_LISTEN_ALL_NSID)

// NETLINK_LIST_MEMBERSHIPS lists the numbers of the groups that the socket has joined, in order.
var NETLINK_LIST_MEMBERSHIPS Option[[]int] = declare(netlinkGroupsCodec, canGet,
	"NETLINK_LIST_MEMBERSHIPS", sys.SOL_NETLINK, sys.NETLINK_LIST_MEMBERSHIPS)

// NETLINK_CAP_ACK omits the request from its acknowledgement.
var NETLINK_CAP_ACK Option[bool] = declare(boolCodec, canBoth, "NETLINK_CAP_ACK", sys.SOL_NETLINK,
	sys.NETLINK_CAP_ACK)

// NETLINK_EXT_ACK adds attributes to acknowledgements that describe the error in words.
var NETLINK_EXT_ACK Option[bool] = declare(boolCodec, canBoth, "NETLINK_EXT_ACK", sys.SOL_NETLINK,
	sys.NETLINK_EXT_ACK)

// NETLINK_GET_STRICT_CHK checks the headers of dump requests strictly, which lets them filter.
var NETLINK_GET_STRICT_CHK Option[bool] = declare(boolCodec, canBoth, "NETLINK_GET_STRICT_CHK",
	sys.SOL_NETLINK, sys.NETLINK_GET_STRICT_CHK)

// netlinkGroupsCodec is for a mask of uint32s whose bit 0 stands for group 1.
var netlinkGroupsCodec = &codec[[]int]{
	form:   form{kind: "uint32[]", shape: shapeBytes, size: 1024, whole: true}, // kernels before Linux 6.4 return too low a length
	encode: func([]int) (native, error) { return native{}, nil },
	decode: func(v native) ([]int, error) {
		var groups []int
		for i := range len(v.mem) / 4 {
			var mask uint32_t
			copy(bytesOf(&mask), v.mem[4*i:])
			for bit := range 8 * int(unsafe.Sizeof(mask)) {
				if mask&(1<<bit) != 0 {
					groups = append(groups, 32*i+bit+1)
				}
			}
		}
		return groups, nil
	},
	get: getWithZero[[]int],
}
