//go:build cgo

package csock

import (
	"encoding/binary"
	"net/netip"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of IPv4, at level IPPROTO_IP. Most apply to an IPv6 socket too, for its IPv4 traffic.
// Multicast options have a block of their own. See ip(7).

// IP_TOS is the type-of-service byte of sent packets: DSCP in the high 6 bits, ECN in the low 2,
// read-only on stream sockets.
var IP_TOS Option[TrafficClass] = declare(trafficClassCodec, canBoth, "IP_TOS", sys.IPPROTO_IP,
	sys.IP_TOS)

// IP_TTL is the time-to-live of sent packets, 1 to 255; -1 selects the system's default.
var IP_TTL Option[int] = declare(intCodec, canBoth, "IP_TTL", sys.IPPROTO_IP, sys.IP_TTL)

// IP_HDRINCL declares that sent data starts with the IP header. For raw sockets.
var IP_HDRINCL Option[bool] = declare(boolCodec, canBoth, "IP_HDRINCL", sys.IPPROTO_IP,
	sys.IP_HDRINCL)

// IP_OPTIONS holds the IP options of sent packets, as in the header, up to 40 bytes. On a stream
// socket, Get returns the options of the SYN.
var IP_OPTIONS Option[[]byte] = declare(newBytesCodec(40), canBoth, "IP_OPTIONS", sys.IPPROTO_IP,
	sys.IP_OPTIONS)

// IP_ROUTER_ALERT delivers forwarded packets with the router alert option to a raw socket. Turning
// it off when it is not on returns ENOBUFS.
var IP_ROUTER_ALERT Option[bool] = declare(boolCodec, canBoth, "IP_ROUTER_ALERT", sys.IPPROTO_IP,
	sys.IP_ROUTER_ALERT)

// IP_RECVOPTS delivers the IP options of a datagram as a control message.
var IP_RECVOPTS Option[bool] = declare(boolCodec, canBoth, "IP_RECVOPTS", sys.IPPROTO_IP,
	sys.IP_RECVOPTS)

// IP_RETOPTS delivers the IP options of a datagram as a control message, in the form for a reply.
var IP_RETOPTS Option[bool] = declare(boolCodec, canBoth, "IP_RETOPTS", sys.IPPROTO_IP,
	sys.IP_RETOPTS)

// IP_RECVRETOPTS is BSD's name of IP_RETOPTS.
var IP_RECVRETOPTS Option[bool] = declare(boolCodec, canBoth, "IP_RECVRETOPTS", sys.IPPROTO_IP,
	sys.IP_RECVRETOPTS)

// IP_PKTINFO delivers the interface and the destination address of a datagram as a control message.
var IP_PKTINFO Option[bool] = declare(boolCodec, canBoth, "IP_PKTINFO", sys.IPPROTO_IP,
	sys.IP_PKTINFO)

// IP_PKTOPTIONS holds the control messages of the segment that completed the handshake of an
// accepted TCP connection, in control buffer format. On a client its value is meaningless.
var IP_PKTOPTIONS Option[[]byte] = declare(bytesCodec, canGet, "IP_PKTOPTIONS", sys.IPPROTO_IP,
	sys.IP_PKTOPTIONS)

// IP_MTU_DISCOVER selects the mode of path MTU discovery: [IP_PMTUDISC_DO] and the like.
var IP_MTU_DISCOVER Option[PMTUDisc] = declare(pmtudiscCodec, canBoth, "IP_MTU_DISCOVER",
	sys.IPPROTO_IP, sys.IP_MTU_DISCOVER)

// IP_RECVERR queues detailed errors, which a receive with MSG_ERRQUEUE returns.
var IP_RECVERR Option[bool] = declare(boolCodec, canBoth, "IP_RECVERR", sys.IPPROTO_IP,
	sys.IP_RECVERR)

// IP_RECVTTL delivers the time-to-live of a datagram as a control message.
var IP_RECVTTL Option[bool] = declare(boolCodec, canBoth, "IP_RECVTTL", sys.IPPROTO_IP,
	sys.IP_RECVTTL)

// IP_ECN delivers the two bits of explicit congestion notification (RFC 3168) of a datagram as a
// control message of the same name. Only Windows has it. See Winsock's reference.
var IP_ECN Option[bool] = declare(boolCodec, canBoth, "IP_ECN", sys.IPPROTO_IP, sys.IP_ECN)

// IP_RECVTOS delivers the type-of-service byte of a datagram as a control message.
var IP_RECVTOS Option[bool] = declare(boolCodec, canBoth, "IP_RECVTOS", sys.IPPROTO_IP,
	sys.IP_RECVTOS)

// IP_MTU is the path MTU of a connected socket, in bytes.
var IP_MTU Option[int] = declare(intCodec, canGet, "IP_MTU", sys.IPPROTO_IP, sys.IP_MTU)

// IP_FREEBIND lets Bind use an address that no interface has yet.
var IP_FREEBIND Option[bool] = declare(boolCodec, canBoth, "IP_FREEBIND", sys.IPPROTO_IP,
	sys.IP_FREEBIND)

// IP_IPSEC_POLICY is the socket's own IPsec policy: a struct sadb_x_policy of <linux/pfkeyv2.h> and
// the data after it. It needs CAP_NET_ADMIN.
var IP_IPSEC_POLICY Option[[]byte] = declare(bytesCodec, canSet, "IP_IPSEC_POLICY", sys.IPPROTO_IP,
	sys.IP_IPSEC_POLICY)

// IP_XFRM_POLICY is the socket's own IPsec policy: a struct xfrm_userpolicy_info of <linux/xfrm.h>
// and the struct xfrm_user_tmpl after it. It needs CAP_NET_ADMIN.
var IP_XFRM_POLICY Option[[]byte] = declare(bytesCodec, canSet, "IP_XFRM_POLICY", sys.IPPROTO_IP,
	sys.IP_XFRM_POLICY)

// IP_PASSSEC delivers the security label of a datagram's peer as a control message. For UDP.
var IP_PASSSEC Option[bool] = declare(boolCodec, canBoth, "IP_PASSSEC", sys.IPPROTO_IP,
	sys.IP_PASSSEC)

// IP_TRANSPARENT lets Bind use any address, for a transparent proxy. It needs CAP_NET_ADMIN or
// CAP_NET_RAW.
var IP_TRANSPARENT Option[bool] = declare(boolCodec, canBoth, "IP_TRANSPARENT", sys.IPPROTO_IP,
	sys.IP_TRANSPARENT)

// IP_RECVORIGDSTADDR delivers the original destination address of a datagram as a control message.
var IP_RECVORIGDSTADDR Option[bool] = declare(boolCodec, canBoth, "IP_RECVORIGDSTADDR",
	sys.IPPROTO_IP, sys.IP_RECVORIGDSTADDR)

// IP_MINTTL discards packets with a lower time-to-live. See RFC 5082.
var IP_MINTTL Option[int] = declare(intCodec, canBoth, "IP_MINTTL", sys.IPPROTO_IP, sys.IP_MINTTL)

// IP_NODEFRAG delivers fragments to a raw socket without reassembly. It needs IP_HDRINCL.
var IP_NODEFRAG Option[bool] = declare(boolCodec, canBoth, "IP_NODEFRAG", sys.IPPROTO_IP,
	sys.IP_NODEFRAG)

// IP_CHECKSUM delivers the checksum of a datagram's data as a control message.
var IP_CHECKSUM Option[bool] = declare(boolCodec, canBoth, "IP_CHECKSUM", sys.IPPROTO_IP,
	sys.IP_CHECKSUM)

// IP_BIND_ADDRESS_NO_PORT defers the choice of a port for Bind with port 0 to Connect.
var IP_BIND_ADDRESS_NO_PORT Option[bool] = declare(boolCodec, canBoth, "IP_BIND_ADDRESS_NO_PORT",
	sys.IPPROTO_IP, sys.IP_BIND_ADDRESS_NO_PORT)

// IP_RECVFRAGSIZE delivers the size of the largest fragment of a datagram as a control message.
var IP_RECVFRAGSIZE Option[bool] = declare(boolCodec, canBoth, "IP_RECVFRAGSIZE", sys.IPPROTO_IP,
	sys.IP_RECVFRAGSIZE)

// IP_RECVERR_RFC4884 includes the extensions of ICMP errors in the errors that IP_RECVERR queues.
// See RFC 4884.
var IP_RECVERR_RFC4884 Option[bool] = declare(boolCodec, canBoth, "IP_RECVERR_RFC4884",
	sys.IPPROTO_IP, sys.IP_RECVERR_RFC4884)

// IP_UNICAST_IF is the index of the interface that sends; 0 leaves the choice to routing.
var IP_UNICAST_IF Option[int] = declare(netIntCodec, canBoth, "IP_UNICAST_IF", sys.IPPROTO_IP,
	sys.IP_UNICAST_IF)

// IP_LOCAL_PORT_RANGE is the range from which the system chooses a local port. Since Linux 6.3.
var IP_LOCAL_PORT_RANGE Option[PortRange] = declare(portRangeCodec, canBoth, "IP_LOCAL_PORT_RANGE",
	sys.IPPROTO_IP, sys.IP_LOCAL_PORT_RANGE)

// IP_PROTOCOL is the protocol of a raw socket. Since Linux 6.4.
var IP_PROTOCOL Option[Protocol] = declare(newIntCodec[Protocol]("int"), canGet, "IP_PROTOCOL",
	sys.IPPROTO_IP, sys.IP_PROTOCOL)

// SO_ORIGINAL_DST is the address to which the peer connected before netfilter redirected it.
// Without a redirect, it is the socket's own address, or ENOENT if connections are not tracked.
// Windows has it for what its filtering platform redirects.
var SO_ORIGINAL_DST Option[SockAddr] = declare(sockAddrCodec, canGet, "SO_ORIGINAL_DST",
	sys.IPPROTO_IP, sys.SO_ORIGINAL_DST)

// IP_BOUND_IF is the index of the interface to which the socket is bound; 0 means none. macOS,
// illumos and Solaris have it; Linux has SO_BINDTOIFINDEX.
var IP_BOUND_IF Option[int] = declare(intCodec, canBoth, "IP_BOUND_IF", sys.IPPROTO_IP,
	sys.IP_BOUND_IF)

// ICMP_FILTER selects the messages that a raw ICMP socket receives. See raw(7).
var ICMP_FILTER Option[ICMPFilter] = declare(newUint32Codec[ICMPFilter]("struct icmp_filter"),
	canBoth, "ICMP_FILTER", sys.SOL_RAW, sys.ICMP_FILTER)

// An ICMPFilter has a bit for each ICMP type below 32, from the lowest bit up. A set bit discards
// messages of that type. Types of 32 and more always pass.
type ICMPFilter uint32

// A PMTUDisc is a mode of path MTU discovery.
type PMTUDisc int

// The values of [IP_MTU_DISCOVER]. See ip(7).
const (
	IP_PMTUDISC_DONT      PMTUDisc = sys.IP_PMTUDISC_DONT      // never set the don't-fragment flag
	IP_PMTUDISC_WANT      PMTUDisc = sys.IP_PMTUDISC_WANT      // as the route says
	IP_PMTUDISC_DO        PMTUDisc = sys.IP_PMTUDISC_DO        // always set it; a datagram that is too long returns EMSGSIZE
	IP_PMTUDISC_PROBE     PMTUDisc = sys.IP_PMTUDISC_PROBE     // set it, and ignore the path's MTU
	IP_PMTUDISC_INTERFACE PMTUDisc = sys.IP_PMTUDISC_INTERFACE // don't set it, and use the interface's MTU
	IP_PMTUDISC_OMIT      PMTUDisc = sys.IP_PMTUDISC_OMIT      // like INTERFACE, but fragment what is too long
)

// String returns the C name of p, or its number.
func (p PMTUDisc) String() string { return nameOf(p, namesPMTUDisc) }

// A PortRange is the value of IP_LOCAL_PORT_RANGE: the lowest and the highest port. The zero
// PortRange selects sysctl net.ipv4.ip_local_port_range.
type PortRange struct {
	Low, High uint16
}

var (
	pmtudiscCodec = newIntCodec[PMTUDisc]("int")
	// netIntCodec is for an int in network order.
	netIntCodec = withText(&codec[int]{
		form: form{kind: "int (network order)"},
		encode: func(n int) (native, error) {
			v, err := intCodec.encode(n)
			return native{num: uint64(swap32(uint32(v.num)))}, err
		},
		decode: func(v native) (int, error) { return int(int32(swap32(uint32(v.num)))), nil },
	})
	portRangeCodec = withText(&codec[PortRange]{
		form: form{kind: "uint32 (low and high half)"},
		encode: func(r PortRange) (native, error) {
			return native{num: uint64(r.Low) | uint64(r.High)<<16}, nil
		},
		decode: func(v native) (PortRange, error) {
			return PortRange{uint16(v.num), uint16(v.num >> 16)}, nil
		},
	})
	// in4Codec is for a struct in_addr. Its 4 bytes are passed as an int.
	in4Codec = withText(&codec[netip.Addr]{
		form: form{kind: "struct in_addr"},
		encode: func(a netip.Addr) (native, error) {
			var b [4]byte
			err := putIP4(&b, a)
			return native{num: uint64(binary.NativeEndian.Uint32(b[:]))}, err
		},
		decode: func(v native) (netip.Addr, error) {
			var b [4]byte
			binary.NativeEndian.PutUint32(b[:], uint32(v.num))
			return netip.AddrFrom4(b), nil
		},
	})
)

// SetTTLV4 sets the time-to-live of sent packets, 1 to 255 ([IP_TTL]).
func (s *Socket) SetTTLV4(ttl int) error { return IP_TTL.Set(s, ttl) }

// TTLV4 returns the time-to-live of sent packets ([IP_TTL]).
func (s *Socket) TTLV4() (int, error) { return IP_TTL.Get(s) }

// SetTOSV4 sets the type-of-service byte of sent packets ([IP_TOS]).
func (s *Socket) SetTOSV4(tos TrafficClass) error { return IP_TOS.Set(s, tos) }

// TOSV4 returns the type-of-service byte of sent packets ([IP_TOS]).
func (s *Socket) TOSV4() (TrafficClass, error) { return IP_TOS.Get(s) }

// SetRecvTOSV4 delivers a datagram's type-of-service byte as a control message ([IP_RECVTOS]).
func (s *Socket) SetRecvTOSV4(on bool) error { return IP_RECVTOS.Set(s, on) }

// RecvTOSV4 reports whether the type-of-service byte is delivered ([IP_RECVTOS]).
func (s *Socket) RecvTOSV4() (bool, error) { return IP_RECVTOS.Get(s) }

// SetHeaderIncludedV4 declares that data sent on a raw socket starts with the IP header
// ([IP_HDRINCL]).
func (s *Socket) SetHeaderIncludedV4(on bool) error { return IP_HDRINCL.Set(s, on) }

// HeaderIncludedV4 reports whether sent data starts with the IP header ([IP_HDRINCL]).
func (s *Socket) HeaderIncludedV4() (bool, error) { return IP_HDRINCL.Get(s) }

// SetIPTransparentV4 lets Bind use any address, for a transparent proxy ([IP_TRANSPARENT]).
func (s *Socket) SetIPTransparentV4(on bool) error { return IP_TRANSPARENT.Set(s, on) }

// IPTransparentV4 reports whether Bind may use any address ([IP_TRANSPARENT]).
func (s *Socket) IPTransparentV4() (bool, error) { return IP_TRANSPARENT.Get(s) }

// SetFreebindV4 lets Bind use an address that no interface has yet ([IP_FREEBIND]).
func (s *Socket) SetFreebindV4(on bool) error { return IP_FREEBIND.Set(s, on) }

// FreebindV4 reports whether Bind may use an address that no interface has yet ([IP_FREEBIND]).
func (s *Socket) FreebindV4() (bool, error) { return IP_FREEBIND.Get(s) }

// OriginalDstV4 returns the address to which the peer connected before netfilter redirected it
// ([SO_ORIGINAL_DST]).
func (s *Socket) OriginalDstV4() (SockAddr, error) { return SO_ORIGINAL_DST.Get(s) }

// boundIfV4Option is the option to use where systems differ.
var boundIfV4Option = either(SO_BINDTOIFINDEX, IP_BOUND_IF)

// BindDeviceByIndexV4 binds the socket to an interface by index ([SO_BINDTOIFINDEX], or
// [IP_BOUND_IF] on systems that have it instead). 0 unbinds it.
func (s *Socket) BindDeviceByIndexV4(ifindex int) error { return boundIfV4Option.Set(s, ifindex) }

// DeviceIndexV4 returns the index of the interface to which the socket is bound, or 0
// ([SO_BINDTOIFINDEX], or [IP_BOUND_IF] on systems that have it instead).
func (s *Socket) DeviceIndexV4() (int, error) { return boundIfV4Option.Get(s) }

// A TrafficClass is the second byte of an IPv4 header, or the traffic class of an IPv6 one. It has
// a code point of Differentiated Services (RFC 2474) and two bits of congestion notification (RFC
// 3168).
type TrafficClass uint8

// MakeTrafficClass combines a code point, 0 to 63, and a congestion notification.
func MakeTrafficClass(dscp uint8, ecn ECN) TrafficClass {
	return TrafficClass(dscp<<2) | TrafficClass(ecn)&sys.IPTOS_ECN_MASK
}

// DSCP returns the code point of Differentiated Services, 0 to 63.
func (c TrafficClass) DSCP() uint8 { return uint8(c) >> 2 }

// ECN returns the congestion notification.
func (c TrafficClass) ECN() ECN { return ECN(c & sys.IPTOS_ECN_MASK) }

// ECN is explicit congestion notification. See RFC 3168, section 5.
type ECN uint8

// The code points of RFC 3168.
const (
	IPTOS_ECN_NOT_ECT ECN = sys.IPTOS_ECN_NOT_ECT // not capable of ECN
	IPTOS_ECN_ECT1    ECN = sys.IPTOS_ECN_ECT1    // capable, ECT(1)
	IPTOS_ECN_ECT0    ECN = sys.IPTOS_ECN_ECT0    // capable, ECT(0)
	IPTOS_ECN_CE      ECN = sys.IPTOS_ECN_CE      // congestion experienced
)

// String returns the C name of e, or its number.
func (e ECN) String() string { return nameOf(e, namesECN) }

// trafficClassCodec is for a byte that the system stores as an int.
var trafficClassCodec = withText(&codec[TrafficClass]{
	form:   form{kind: "int", plain: plainUint8},
	encode: func(c TrafficClass) (native, error) { return native{num: uint64(c)}, nil },
	decode: func(v native) (TrafficClass, error) { return TrafficClass(v.num), nil },
})
