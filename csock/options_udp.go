//go:build cgo

package csock

import "github.com/csock/go-csock/csock/internal/sys"

// Options of UDP sockets, at level IPPROTO_UDP. See udp(7).

// UDP_CORK collects sent data into one datagram, until it is turned off.
var UDP_CORK Option[bool] = declare(boolCodec, canBoth, "UDP_CORK", sys.IPPROTO_UDP, sys.UDP_CORK)

// UDP_ENCAP passes datagrams of a protocol that is carried over UDP to the kernel.
var UDP_ENCAP Option[UDPEncap] = declare(newIntCodec[UDPEncap]("int"), canBoth, "UDP_ENCAP",
	sys.IPPROTO_UDP, sys.UDP_ENCAP)

// UDP_NO_CHECK6_TX sends over IPv6 without a checksum, as tunnels may (RFC 6936).
var UDP_NO_CHECK6_TX Option[bool] = declare(boolCodec, canBoth, "UDP_NO_CHECK6_TX", sys.IPPROTO_UDP,
	sys.UDP_NO_CHECK6_TX)

// UDP_NO_CHECK6_RX accepts datagrams over IPv6 without a checksum, as tunnels may (RFC 6936).
var UDP_NO_CHECK6_RX Option[bool] = declare(boolCodec, canBoth, "UDP_NO_CHECK6_RX", sys.IPPROTO_UDP,
	sys.UDP_NO_CHECK6_RX)

// UDP_SEGMENT splits sent data into datagrams of this many bytes, the last one shorter; 0 disables
// it. A control message of the same name does so for one call.
var UDP_SEGMENT Option[int] = declare(intCodec, canBoth, "UDP_SEGMENT", sys.IPPROTO_UDP,
	sys.UDP_SEGMENT)

// UDP_GRO lets Recvmsg return several datagrams of one sender at once, with their size in a control
// message of the same name. Before Linux 5.12, Get fails.
var UDP_GRO Option[bool] = declare(boolCodec, canBoth, "UDP_GRO", sys.IPPROTO_UDP, sys.UDP_GRO)

// UDP_SEND_MSG_SIZE splits sent data into datagrams of this many bytes, the last one shorter; 0
// disables it. It is Windows' UDP_SEGMENT.
var UDP_SEND_MSG_SIZE Option[int] = declare(intCodec, canBoth, "UDP_SEND_MSG_SIZE", sys.IPPROTO_UDP,
	sys.UDP_SEND_MSG_SIZE)

// UDP_RECV_MAX_COALESCED_SIZE lets Recvmsg return several datagrams of one sender at once, up to
// this many bytes; 0 disables it. It is Windows' UDP_GRO.
var UDP_RECV_MAX_COALESCED_SIZE Option[int] = declare(intCodec, canBoth,
	"UDP_RECV_MAX_COALESCED_SIZE", sys.IPPROTO_UDP, sys.UDP_RECV_MAX_COALESCED_SIZE)

// A UDPEncap is a protocol that is carried over UDP.
type UDPEncap int

// The protocols that [UDP_ENCAP] supports.
const (
	UDP_ENCAP_ESPINUDP_NON_IKE UDPEncap = sys.UDP_ENCAP_ESPINUDP_NON_IKE // ESP, as in drafts; removed in Linux 6.10
	UDP_ENCAP_ESPINUDP         UDPEncap = sys.UDP_ENCAP_ESPINUDP         // ESP, RFC 3948
	UDP_ENCAP_L2TPINUDP        UDPEncap = sys.UDP_ENCAP_L2TPINUDP        // L2TP, RFC 2661
	UDP_ENCAP_GTP0             UDPEncap = sys.UDP_ENCAP_GTP0             // for the kernel's own use
	UDP_ENCAP_GTP1U            UDPEncap = sys.UDP_ENCAP_GTP1U            // for the kernel's own use
	UDP_ENCAP_RXRPC            UDPEncap = sys.UDP_ENCAP_RXRPC            // for the kernel's own use
)

// String returns the C name of e, or its number.
func (e UDPEncap) String() string { return nameOf(e, namesUDPEncap) }

// Options of UDP-Lite sockets, at level IPPROTO_UDPLITE. See udplite(7).

// UDPLITE_SEND_CSCOV is the number of bytes of sent datagrams that the checksum covers, including
// the header's 8; 0 means all. The kernel raises 1 to 7 to 8.
var UDPLITE_SEND_CSCOV Option[int] = declare(intCodec, canBoth, "UDPLITE_SEND_CSCOV",
	sys.IPPROTO_UDPLITE, sys.UDPLITE_SEND_CSCOV)

// UDPLITE_RECV_CSCOV is the least coverage of received datagrams, as in UDPLITE_SEND_CSCOV.
// Datagrams with less are discarded.
var UDPLITE_RECV_CSCOV Option[int] = declare(intCodec, canBoth, "UDPLITE_RECV_CSCOV",
	sys.IPPROTO_UDPLITE, sys.UDPLITE_RECV_CSCOV)
