//go:build cgo

package csock

import (
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of IPv6, at level IPPROTO_IPV6. Multicast options have a block of their own. See ipv6(7),
// RFC 3493 and RFC 3542.

// IPV6_V6ONLY restricts the socket to IPv6, without IPv4-mapped addresses.
var IPV6_V6ONLY Option[bool] = declare(boolCodec, canBoth, "IPV6_V6ONLY", sys.IPPROTO_IPV6,
	sys.IPV6_V6ONLY)

// IPV6_UNICAST_HOPS is the hop limit of sent packets, 0 to 255; -1 selects the system's default.
var IPV6_UNICAST_HOPS Option[int] = declare(intCodec, canBoth, "IPV6_UNICAST_HOPS",
	sys.IPPROTO_IPV6,
	sys.IPV6_UNICAST_HOPS)

// IPV6_TCLASS is the traffic class of sent packets, DSCP and ECN as in IP_TOS; 0 is the default.
var IPV6_TCLASS Option[TrafficClass] = declare(trafficClassCodec, canBoth, "IPV6_TCLASS",
	sys.IPPROTO_IPV6,
	sys.IPV6_TCLASS)

// IPV6_ECN is IP_ECN for IPv6.
var IPV6_ECN Option[bool] = declare(boolCodec, canBoth, "IPV6_ECN", sys.IPPROTO_IPV6, sys.IPV6_ECN)

// IPV6_ADDRFORM set to AF_INET turns a connected socket whose peer has an IPv4-mapped address
// into an IPv4 socket.
var IPV6_ADDRFORM Option[Domain] = declare(domainCodec, canBoth, "IPV6_ADDRFORM", sys.IPPROTO_IPV6,
	sys.IPV6_ADDRFORM)

// IPV6_2292PKTINFO is RFC 2292's form of IPV6_RECVPKTINFO.
var IPV6_2292PKTINFO Option[bool] = declare(boolCodec, canBoth, "IPV6_2292PKTINFO",
	sys.IPPROTO_IPV6,
	sys.IPV6_2292PKTINFO)

// IPV6_2292HOPOPTS is RFC 2292's form of IPV6_RECVHOPOPTS.
var IPV6_2292HOPOPTS Option[bool] = declare(boolCodec, canBoth, "IPV6_2292HOPOPTS",
	sys.IPPROTO_IPV6,
	sys.IPV6_2292HOPOPTS)

// IPV6_2292DSTOPTS is RFC 2292's form of IPV6_RECVDSTOPTS.
var IPV6_2292DSTOPTS Option[bool] = declare(boolCodec, canBoth, "IPV6_2292DSTOPTS",
	sys.IPPROTO_IPV6,
	sys.IPV6_2292DSTOPTS)

// IPV6_2292RTHDR is RFC 2292's form of IPV6_RECVRTHDR.
var IPV6_2292RTHDR Option[bool] = declare(boolCodec, canBoth, "IPV6_2292RTHDR", sys.IPPROTO_IPV6,
	sys.IPV6_2292RTHDR)

// IPV6_2292PKTOPTIONS holds control messages to send with every packet, in control buffer format.
// Get returns those of a TCP connection's last segment.
var IPV6_2292PKTOPTIONS Option[[]byte] = declare(bytesCodec, canBoth, "IPV6_2292PKTOPTIONS",
	sys.IPPROTO_IPV6, sys.IPV6_2292PKTOPTIONS)

// IPV6_2292HOPLIMIT is RFC 2292's form of IPV6_RECVHOPLIMIT.
var IPV6_2292HOPLIMIT Option[bool] = declare(boolCodec, canBoth, "IPV6_2292HOPLIMIT",
	sys.IPPROTO_IPV6, sys.IPV6_2292HOPLIMIT)

// IPV6_CHECKSUM is the offset at which the system keeps the checksum in a raw socket's data, an
// even number of bytes; -1 disables it. On an ICMPv6 socket, Linux takes it only at level SOL_RAW:
// NewOption makes an option of that.
var IPV6_CHECKSUM Option[int] = declare(intCodec, canBoth, "IPV6_CHECKSUM", sys.IPPROTO_IPV6,
	sys.IPV6_CHECKSUM)

// SOL_RAW_IPV6_CHECKSUM is IPV6_CHECKSUM at level SOL_RAW, the only level at which ICMPv6 sockets
// of Linux accept it. [Options] does not list it: it has no C name of its own.
var SOL_RAW_IPV6_CHECKSUM = newOption(intCodec, canBoth, "IPV6_CHECKSUM", sys.SOL_RAW,
	sys.IPV6_CHECKSUM)

// IPV6_FLOWINFO delivers the flow label and traffic class of a datagram as a control message.
var IPV6_FLOWINFO Option[bool] = declare(boolCodec, canBoth, "IPV6_FLOWINFO", sys.IPPROTO_IPV6,
	sys.IPV6_FLOWINFO)

// IPV6_ROUTER_ALERT delivers forwarded packets with the router alert option of this value to a
// socket of IPPROTO_RAW; -1 disables it. Get returns only whether the last value was not 0.
var IPV6_ROUTER_ALERT Option[int] = declare(intCodec, canBoth, "IPV6_ROUTER_ALERT",
	sys.IPPROTO_IPV6,
	sys.IPV6_ROUTER_ALERT)

// IPV6_ROUTER_ALERT_ISOLATE limits IPV6_ROUTER_ALERT to packets of the socket's own network
// namespace.
var IPV6_ROUTER_ALERT_ISOLATE Option[bool] = declare(boolCodec, canBoth,
	"IPV6_ROUTER_ALERT_ISOLATE", sys.IPPROTO_IPV6, sys.IPV6_ROUTER_ALERT_ISOLATE)

// IPV6_MTU_DISCOVER selects the mode of path MTU discovery: [IPV6_PMTUDISC_DO] and the like.
var IPV6_MTU_DISCOVER Option[PMTUDisc] = declare(pmtudiscCodec, canBoth, "IPV6_MTU_DISCOVER",
	sys.IPPROTO_IPV6, sys.IPV6_MTU_DISCOVER)

// IPV6_MTU is the path MTU of a connected socket, in bytes; Set limits it.
var IPV6_MTU Option[int] = declare(intCodec, canBoth, "IPV6_MTU", sys.IPPROTO_IPV6, sys.IPV6_MTU)

// IPV6_RECVERR queues detailed errors, which a receive with MSG_ERRQUEUE returns.
var IPV6_RECVERR Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVERR", sys.IPPROTO_IPV6,
	sys.IPV6_RECVERR)

// IPV6_RECVERR_RFC4884 includes the extensions of ICMPv6 errors in the errors that IPV6_RECVERR
// queues. See RFC 4884.
var IPV6_RECVERR_RFC4884 Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVERR_RFC4884",
	sys.IPPROTO_IPV6, sys.IPV6_RECVERR_RFC4884)

var in6FlowlabelReqCodec = platformCodec[In6FlowlabelReq]("struct in6_flowlabel_req")

// IPV6_FLOWLABEL_MGR leases flow labels. Set makes, renews or releases a lease;
// [Socket.LeaseFlowLabel] also returns the label that the system chose. Get returns the lease of
// the label of the connection, or ENOENT. GetWith with IPV6_FL_F_REMOTE returns the label that the
// peer uses.
var IPV6_FLOWLABEL_MGR Option[In6FlowlabelReq] = declare(in6FlowlabelReqCodec, canBoth,
	"IPV6_FLOWLABEL_MGR", sys.IPPROTO_IPV6, sys.IPV6_FLOWLABEL_MGR)

// IPV6_FLOWINFO_SEND sends with the flow label of the address.
var IPV6_FLOWINFO_SEND Option[bool] = declare(boolCodec, canBoth, "IPV6_FLOWINFO_SEND",
	sys.IPPROTO_IPV6, sys.IPV6_FLOWINFO_SEND)

// IPV6_IPSEC_POLICY is IP_IPSEC_POLICY for IPv6.
var IPV6_IPSEC_POLICY Option[[]byte] = declare(bytesCodec, canSet, "IPV6_IPSEC_POLICY",
	sys.IPPROTO_IPV6, sys.IPV6_IPSEC_POLICY)

// IPV6_XFRM_POLICY is IP_XFRM_POLICY for IPv6.
var IPV6_XFRM_POLICY Option[[]byte] = declare(bytesCodec, canSet, "IPV6_XFRM_POLICY",
	sys.IPPROTO_IPV6, sys.IPV6_XFRM_POLICY)

// IPV6_HDRINCL declares that sent data starts with the IPv6 header. For raw sockets.
var IPV6_HDRINCL Option[bool] = declare(boolCodec, canBoth, "IPV6_HDRINCL", sys.IPPROTO_IPV6,
	sys.IPV6_HDRINCL)

// IPV6_RECVPKTINFO delivers the interface and the destination address of a datagram as a control
// message.
var IPV6_RECVPKTINFO Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVPKTINFO",
	sys.IPPROTO_IPV6,
	sys.IPV6_RECVPKTINFO)

// IPV6_PKTINFO is the source address and the interface of sent packets. Linux uses only the
// interface; use Bind or a control message for the address.
var IPV6_PKTINFO Option[In6Pktinfo] = declare(in6PktinfoCodec, canSet, "IPV6_PKTINFO",
	sys.IPPROTO_IPV6, sys.IPV6_PKTINFO)

// IPV6_RECVHOPLIMIT delivers the hop limit of a datagram as a control message.
var IPV6_RECVHOPLIMIT Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVHOPLIMIT",
	sys.IPPROTO_IPV6, sys.IPV6_RECVHOPLIMIT)

// IPV6_RECVHOPOPTS delivers the hop-by-hop options of a datagram as a control message.
var IPV6_RECVHOPOPTS Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVHOPOPTS",
	sys.IPPROTO_IPV6,
	sys.IPV6_RECVHOPOPTS)

// IPV6_HOPOPTS is the hop-by-hop options header of sent packets. It needs CAP_NET_RAW.
var IPV6_HOPOPTS Option[[]byte] = declare(extHeaderCodec, canBoth, "IPV6_HOPOPTS", sys.IPPROTO_IPV6,
	sys.IPV6_HOPOPTS)

// IPV6_RTHDRDSTOPTS is the destination options header before the routing header of sent packets. It
// needs CAP_NET_RAW.
var IPV6_RTHDRDSTOPTS Option[[]byte] = declare(extHeaderCodec, canBoth, "IPV6_RTHDRDSTOPTS",
	sys.IPPROTO_IPV6, sys.IPV6_RTHDRDSTOPTS)

// IPV6_RECVRTHDR delivers the routing header of a datagram as a control message.
var IPV6_RECVRTHDR Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVRTHDR", sys.IPPROTO_IPV6,
	sys.IPV6_RECVRTHDR)

// IPV6_RTHDR is the routing header of sent packets.
var IPV6_RTHDR Option[[]byte] = declare(extHeaderCodec, canBoth, "IPV6_RTHDR", sys.IPPROTO_IPV6,
	sys.IPV6_RTHDR)

// IPV6_RECVDSTOPTS delivers the destination options of a datagram as a control message.
var IPV6_RECVDSTOPTS Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVDSTOPTS",
	sys.IPPROTO_IPV6,
	sys.IPV6_RECVDSTOPTS)

// IPV6_DSTOPTS is the destination options header of sent packets. It needs CAP_NET_RAW.
var IPV6_DSTOPTS Option[[]byte] = declare(extHeaderCodec, canBoth, "IPV6_DSTOPTS", sys.IPPROTO_IPV6,
	sys.IPV6_DSTOPTS)

// IPV6_RECVPATHMTU delivers the path MTU as a control message when a datagram exceeded it.
var IPV6_RECVPATHMTU Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVPATHMTU",
	sys.IPPROTO_IPV6,
	sys.IPV6_RECVPATHMTU)

// IPV6_PATHMTU is the path MTU of a connected socket.
var IPV6_PATHMTU Option[IP6Mtuinfo] = declare(ip6MtuinfoCodec, canGet, "IPV6_PATHMTU",
	sys.IPPROTO_IPV6, sys.IPV6_PATHMTU)

// IPV6_DONTFRAG disables fragmentation: a datagram that is too long returns EMSGSIZE.
var IPV6_DONTFRAG Option[bool] = declare(boolCodec, canBoth, "IPV6_DONTFRAG", sys.IPPROTO_IPV6,
	sys.IPV6_DONTFRAG)

// IPV6_RECVTCLASS delivers the traffic class of a datagram as a control message.
var IPV6_RECVTCLASS Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVTCLASS", sys.IPPROTO_IPV6,
	sys.IPV6_RECVTCLASS)

// IPV6_AUTOFLOWLABEL gives sent packets a flow label that is made from their addresses and ports.
var IPV6_AUTOFLOWLABEL Option[bool] = declare(boolCodec, canBoth, "IPV6_AUTOFLOWLABEL",
	sys.IPPROTO_IPV6, sys.IPV6_AUTOFLOWLABEL)

// IPV6_ADDR_PREFERENCES selects the kinds of source address to prefer: [IPV6_PREFER_SRC_TMP] and
// the like. See RFC 5014.
var IPV6_ADDR_PREFERENCES Option[AddrPreferences] = declare(newIntCodec[AddrPreferences]("int"),
	canBoth,
	"IPV6_ADDR_PREFERENCES", sys.IPPROTO_IPV6, sys.IPV6_ADDR_PREFERENCES)

// IPV6_MINHOPCOUNT discards packets with a lower hop limit. See RFC 5082.
var IPV6_MINHOPCOUNT Option[int] = declare(intCodec, canBoth, "IPV6_MINHOPCOUNT", sys.IPPROTO_IPV6,
	sys.IPV6_MINHOPCOUNT)

// IPV6_RECVORIGDSTADDR delivers the original destination address of a datagram as a control
// message.
var IPV6_RECVORIGDSTADDR Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVORIGDSTADDR",
	sys.IPPROTO_IPV6, sys.IPV6_RECVORIGDSTADDR)

// IPV6_TRANSPARENT lets Bind use any address, for a transparent proxy. It needs CAP_NET_ADMIN or
// CAP_NET_RAW.
var IPV6_TRANSPARENT Option[bool] = declare(boolCodec, canBoth, "IPV6_TRANSPARENT",
	sys.IPPROTO_IPV6,
	sys.IPV6_TRANSPARENT)

// IPV6_UNICAST_IF is the index of the interface that sends; 0 leaves the choice to routing.
var IPV6_UNICAST_IF Option[int] = declare(unicastIfCodec, canBoth, "IPV6_UNICAST_IF",
	sys.IPPROTO_IPV6, sys.IPV6_UNICAST_IF)

// IPV6_RECVFRAGSIZE delivers the size of the largest fragment of a datagram as a control message.
var IPV6_RECVFRAGSIZE Option[bool] = declare(boolCodec, canBoth, "IPV6_RECVFRAGSIZE",
	sys.IPPROTO_IPV6, sys.IPV6_RECVFRAGSIZE)

// IPV6_FREEBIND lets Bind use an address that no interface has yet.
var IPV6_FREEBIND Option[bool] = declare(boolCodec, canBoth, "IPV6_FREEBIND", sys.IPPROTO_IPV6,
	sys.IPV6_FREEBIND)

// IP6T_SO_ORIGINAL_DST is the address to which the peer connected before netfilter redirected it.
// Without a redirect, it is the socket's own address, or ENOENT if connections are not tracked.
// Windows has it for what its filtering platform redirects.
var IP6T_SO_ORIGINAL_DST Option[SockAddr] = declare(sockAddrCodec, canGet, "IP6T_SO_ORIGINAL_DST",
	sys.IPPROTO_IPV6, sys.IP6T_SO_ORIGINAL_DST)

// IPV6_BOUND_IF is the index of the interface to which the socket is bound; 0 means none. macOS,
// illumos and Solaris have it; Linux has SO_BINDTOIFINDEX.
var IPV6_BOUND_IF Option[int] = declare(intCodec, canBoth, "IPV6_BOUND_IF", sys.IPPROTO_IPV6,
	sys.IPV6_BOUND_IF)

// The filter of a raw ICMPv6 socket. See RFC 3542, section 3.2.

// ICMP6_FILTER selects the messages that a raw ICMPv6 socket receives.
var ICMP6_FILTER Option[ICMP6Filter] = declare(icmp6FilterCodec, canBoth, "ICMP6_FILTER",
	sys.IPPROTO_ICMPV6, sys.ICMP6_FILTER)

// ICMPV6_FILTER is the Linux kernel's name of ICMP6_FILTER.
var ICMPV6_FILTER Option[ICMP6Filter] = declare(icmp6FilterCodec, canBoth, "ICMPV6_FILTER",
	sys.IPPROTO_ICMPV6, sys.ICMPV6_FILTER)

// The values of [IPV6_MTU_DISCOVER]. Each has the effect of the IP_PMTUDISC_ constant of its name,
// and prints as it.
const (
	IPV6_PMTUDISC_DONT      PMTUDisc = sys.IPV6_PMTUDISC_DONT
	IPV6_PMTUDISC_WANT      PMTUDisc = sys.IPV6_PMTUDISC_WANT
	IPV6_PMTUDISC_DO        PMTUDisc = sys.IPV6_PMTUDISC_DO
	IPV6_PMTUDISC_PROBE     PMTUDisc = sys.IPV6_PMTUDISC_PROBE
	IPV6_PMTUDISC_INTERFACE PMTUDisc = sys.IPV6_PMTUDISC_INTERFACE
	IPV6_PMTUDISC_OMIT      PMTUDisc = sys.IPV6_PMTUDISC_OMIT
)

// An AddrPreferences is a set of flags of [IPV6_ADDR_PREFERENCES].
type AddrPreferences int

// The source addresses to prefer. See RFC 5014.
const (
	// temporary addresses
	IPV6_PREFER_SRC_TMP AddrPreferences = sys.IPV6_PREFER_SRC_TMP
	// public addresses
	IPV6_PREFER_SRC_PUBLIC AddrPreferences = sys.IPV6_PREFER_SRC_PUBLIC
	// the system's choice of these two
	IPV6_PREFER_SRC_PUBTMP_DEFAULT AddrPreferences = sys.IPV6_PREFER_SRC_PUBTMP_DEFAULT
	// care-of addresses (Mobile IPv6)
	IPV6_PREFER_SRC_COA AddrPreferences = sys.IPV6_PREFER_SRC_COA
	// home addresses (Mobile IPv6)
	IPV6_PREFER_SRC_HOME AddrPreferences = sys.IPV6_PREFER_SRC_HOME
	// cryptographically generated addresses (RFC 3972)
	IPV6_PREFER_SRC_CGA AddrPreferences = sys.IPV6_PREFER_SRC_CGA
	// other than cryptographically generated ones
	IPV6_PREFER_SRC_NONCGA AddrPreferences = sys.IPV6_PREFER_SRC_NONCGA
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f AddrPreferences) String() string { return flagNames(f, namesAddrPreferences) }

// An In6Pktinfo is the value of IPV6_PKTINFO: a struct in6_pktinfo. It is the default for packets
// to send; a [PacketInfo] is of one packet, which has a destination too, and may be IPv4.
type In6Pktinfo struct {
	Addr    netip.Addr // the source; zero or "::" leaves the choice to the system
	Ifindex int        // the interface; 0 selects the address's zone, or else the system's choice
}

// An IP6Mtuinfo is the value of IPV6_PATHMTU: a struct ip6_mtuinfo.
type IP6Mtuinfo struct {
	Addr SockAddr // the destination; the zero SockAddr on Linux, which reports it only in control messages
	MTU  uint32   // of the path, in bytes
}

// An In6FlowlabelReq is a request of IPV6_FLOWLABEL_MGR: a struct in6_flowlabel_req.
type In6FlowlabelReq struct {
	Dst     netip.Addr // the destination
	Label   uint32     // 20 bits; 0 with IPV6_FL_F_CREATE leaves the choice to the system
	Action  FlowlabelAction
	Share   FlowlabelShare // who may use the label
	Flags   FlowlabelFlags
	Expires time.Duration // until the lease ends, rounded up to whole seconds
	Linger  time.Duration // until the label may be leased again, rounded up to whole seconds
}

// A FlowlabelAction is an action of [IPV6_FLOWLABEL_MGR].
type FlowlabelAction int

// The actions on a flow label. See ipv6(7).
const (
	IPV6_FL_A_GET   FlowlabelAction = sys.IPV6_FL_A_GET   // lease a label
	IPV6_FL_A_PUT   FlowlabelAction = sys.IPV6_FL_A_PUT   // release it
	IPV6_FL_A_RENEW FlowlabelAction = sys.IPV6_FL_A_RENEW // renew the lease
)

// String returns the C name of a, or its number.
func (a FlowlabelAction) String() string { return nameOf(a, namesFlowlabelAction) }

// FlowlabelFlags are flags of [IPV6_FLOWLABEL_MGR].
type FlowlabelFlags int

// The flags of a request for a flow label. See ipv6(7).
const (
	IPV6_FL_F_CREATE  FlowlabelFlags = sys.IPV6_FL_F_CREATE  // make the label if it does not exist
	IPV6_FL_F_EXCL    FlowlabelFlags = sys.IPV6_FL_F_EXCL    // fail with EEXIST if it exists
	IPV6_FL_F_REFLECT FlowlabelFlags = sys.IPV6_FL_F_REFLECT // a TCP server replies with the label that it received
	IPV6_FL_F_REMOTE  FlowlabelFlags = sys.IPV6_FL_F_REMOTE  // GetWith: the label received from the peer
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f FlowlabelFlags) String() string { return flagNames(f, namesFlowlabelFlags) }

// A FlowlabelShare says who may use a flow label.
type FlowlabelShare int

// Who may use a flow label. See ipv6(7).
const (
	IPV6_FL_S_NONE    FlowlabelShare = sys.IPV6_FL_S_NONE    // no one
	IPV6_FL_S_EXCL    FlowlabelShare = sys.IPV6_FL_S_EXCL    // this socket
	IPV6_FL_S_PROCESS FlowlabelShare = sys.IPV6_FL_S_PROCESS // this process
	IPV6_FL_S_USER    FlowlabelShare = sys.IPV6_FL_S_USER    // this user
	IPV6_FL_S_ANY     FlowlabelShare = sys.IPV6_FL_S_ANY     // everyone
)

// String returns the C name of s, or its number.
func (s FlowlabelShare) String() string { return nameOf(s, namesFlowlabelShare) }

// LeaseFlowLabel makes the request of [IPV6_FLOWLABEL_MGR]. If request.Label is 0, it sets it to
// the label that the system chose.
func (s *Socket) LeaseFlowLabel(request *In6FlowlabelReq) error {
	if request == nil {
		return os.ErrInvalid
	}
	o := IPV6_FLOWLABEL_MGR
	v, err := o.c.encode(*request)
	if err != nil {
		return o.o.refuse(err)
	}
	if err := s.setNative(o.o, v); err != nil {
		return err
	}
	// The kernel writes the label into the memory of the request.
	done, err := o.c.decode(v)
	request.Label = done.Label
	return err
}

// An ICMP6Filter is the value of ICMP6_FILTER: a struct icmp6_filter. [ICMP6PassAll] and
// [ICMP6BlockAll] return one. The meaning of its bits depends on the system.
type ICMP6Filter struct {
	filter struct_icmp6_filter
}

// ICMP6PassAll returns a filter that passes messages of every type (ICMP6_FILTER_SETPASSALL).
func ICMP6PassAll() ICMP6Filter {
	var f ICMP6Filter
	f.set(-1, true)
	return f
}

// ICMP6BlockAll returns a filter that passes no message (ICMP6_FILTER_SETBLOCKALL).
func ICMP6BlockAll() ICMP6Filter {
	var f ICMP6Filter
	f.set(-1, false)
	return f
}

// Pass returns a copy of the filter that also passes messages of the given types
// (ICMP6_FILTER_SETPASS).
func (f ICMP6Filter) Pass(types ...ICMPv6Type) ICMP6Filter {
	for _, t := range types {
		f.set(c_int(t), true)
	}
	return f
}

// Block returns a copy of the filter that blocks messages of the given types
// (ICMP6_FILTER_SETBLOCK).
func (f ICMP6Filter) Block(types ...ICMPv6Type) ICMP6Filter {
	for _, t := range types {
		f.set(c_int(t), false)
	}
	return f
}

// Passes reports whether messages of a type pass (ICMP6_FILTER_WILLPASS).
func (f ICMP6Filter) Passes(typ ICMPv6Type) bool {
	return csock_icmp6_filter_passes(&f.filter, c_int(typ)) != 0
}

func (f *ICMP6Filter) set(typ c_int, pass bool) {
	csock_icmp6_filter_set(&f.filter, typ, cBool(pass))
}

var (
	// extHeaderCodec is for an extension header, which has at most 256 times 8 bytes.
	extHeaderCodec = newBytesCodec(2048)

	unicastIfCodec = unicastIf()

	icmp6FilterCodec = newStructCodec("struct icmp6_filter",
		func(f ICMP6Filter, n *struct_icmp6_filter) error { *n = f.filter; return nil },
		func(n *struct_icmp6_filter, _ int) (ICMP6Filter, error) { return ICMP6Filter{*n}, nil })

	in6PktinfoCodec = newStructCodec("struct in6_pktinfo",
		func(p In6Pktinfo, n *struct_in6_pktinfo) error {
			index, err := zoneIndex(p.Addr, p.Ifindex)
			n.ipi6_ifindex = c_uint(index)
			if err == nil && p.Addr.IsValid() {
				err = putIP6(ip6Bytes(&n.ipi6_addr), p.Addr)
			}
			return err
		},
		func(n *struct_in6_pktinfo, _ int) (In6Pktinfo, error) {
			return In6Pktinfo{Addr: netip.AddrFrom16(*ip6Bytes(&n.ipi6_addr)),
				Ifindex: int(n.ipi6_ifindex)}, nil
		})

	ip6MtuinfoCodec = newStructCodec("struct ip6_mtuinfo",
		nil,
		func(n *struct_ip6_mtuinfo, _ int) (IP6Mtuinfo, error) {
			var a SockAddr
			if n.ip6m_addr.sin6_family == sys.AF_INET6 {
				*a.in6() = n.ip6m_addr
				a.len = sizeof_struct_sockaddr_in6
			}
			return IP6Mtuinfo{Addr: a, MTU: uint32(n.ip6m_mtu)}, nil
		})
)

// zoneIndex returns the index of an interface: index, or if that is 0, that of the address's zone.
func zoneIndex(a netip.Addr, index int) (uint32, error) {
	switch {
	case index < 0 || int(int32(index)) != index:
		return 0, notInt32("interface index", index)
	case index == 0 && a.Zone() != "":
		n, errno := (*zones)(nil).index(a.Zone())
		if errno != 0 {
			return 0, fmt.Errorf("interface %q: %w", a.Zone(), errno)
		}
		return n, nil
	}
	return uint32(index), nil
}

// SetOnlyV6 restricts the socket to IPv6 ([IPV6_V6ONLY]).
func (s *Socket) SetOnlyV6(on bool) error { return IPV6_V6ONLY.Set(s, on) }

// OnlyV6 reports whether the socket is restricted to IPv6 ([IPV6_V6ONLY]).
func (s *Socket) OnlyV6() (bool, error) { return IPV6_V6ONLY.Get(s) }

// SetUnicastHopsV6 sets the hop limit of sent packets ([IPV6_UNICAST_HOPS]).
func (s *Socket) SetUnicastHopsV6(hops int) error { return IPV6_UNICAST_HOPS.Set(s, hops) }

// UnicastHopsV6 returns the hop limit of sent packets ([IPV6_UNICAST_HOPS]).
func (s *Socket) UnicastHopsV6() (int, error) { return IPV6_UNICAST_HOPS.Get(s) }

// SetTclassV6 sets the traffic class of sent packets ([IPV6_TCLASS]).
func (s *Socket) SetTclassV6(tclass TrafficClass) error { return IPV6_TCLASS.Set(s, tclass) }

// TclassV6 returns the traffic class of sent packets ([IPV6_TCLASS]).
func (s *Socket) TclassV6() (TrafficClass, error) { return IPV6_TCLASS.Get(s) }

// SetRecvTclassV6 delivers a datagram's traffic class as a control message ([IPV6_RECVTCLASS]).
func (s *Socket) SetRecvTclassV6(on bool) error { return IPV6_RECVTCLASS.Set(s, on) }

// RecvTclassV6 reports whether the traffic class is delivered ([IPV6_RECVTCLASS]).
func (s *Socket) RecvTclassV6() (bool, error) { return IPV6_RECVTCLASS.Get(s) }

// SetRecvHoplimitV6 delivers a datagram's hop limit as a control message ([IPV6_RECVHOPLIMIT]).
func (s *Socket) SetRecvHoplimitV6(on bool) error { return IPV6_RECVHOPLIMIT.Set(s, on) }

// RecvHoplimitV6 reports whether the hop limit is delivered ([IPV6_RECVHOPLIMIT]).
func (s *Socket) RecvHoplimitV6() (bool, error) { return IPV6_RECVHOPLIMIT.Get(s) }

// SetHeaderIncludedV6 declares that data sent on a raw socket starts with the IPv6 header
// ([IPV6_HDRINCL]).
func (s *Socket) SetHeaderIncludedV6(on bool) error { return IPV6_HDRINCL.Set(s, on) }

// HeaderIncludedV6 reports whether sent data starts with the IPv6 header ([IPV6_HDRINCL]).
func (s *Socket) HeaderIncludedV6() (bool, error) { return IPV6_HDRINCL.Get(s) }

// SetIPTransparentV6 lets Bind use any address, for a transparent proxy ([IPV6_TRANSPARENT]).
func (s *Socket) SetIPTransparentV6(on bool) error { return IPV6_TRANSPARENT.Set(s, on) }

// IPTransparentV6 reports whether Bind may use any address ([IPV6_TRANSPARENT]).
func (s *Socket) IPTransparentV6() (bool, error) { return IPV6_TRANSPARENT.Get(s) }

// SetFreebindV6 lets Bind use an address that no interface has yet ([IPV6_FREEBIND]).
func (s *Socket) SetFreebindV6(on bool) error { return IPV6_FREEBIND.Set(s, on) }

// FreebindV6 reports whether Bind may use an address that no interface has yet ([IPV6_FREEBIND]).
func (s *Socket) FreebindV6() (bool, error) { return IPV6_FREEBIND.Get(s) }

// OriginalDstV6 returns the address to which the peer connected before netfilter redirected it
// ([IP6T_SO_ORIGINAL_DST]).
func (s *Socket) OriginalDstV6() (SockAddr, error) { return IP6T_SO_ORIGINAL_DST.Get(s) }

// boundIfV6Option is the option to use where systems differ.
var boundIfV6Option = either(SO_BINDTOIFINDEX, IPV6_BOUND_IF)

// BindDeviceByIndexV6 binds the socket to an interface by index ([SO_BINDTOIFINDEX], or
// [IPV6_BOUND_IF] on systems that have it instead). 0 unbinds it.
func (s *Socket) BindDeviceByIndexV6(ifindex int) error { return boundIfV6Option.Set(s, ifindex) }

// DeviceIndexV6 returns the index of the interface to which the socket is bound, or 0
// ([SO_BINDTOIFINDEX], or [IPV6_BOUND_IF] on systems that have it instead).
func (s *Socket) DeviceIndexV6() (int, error) { return boundIfV6Option.Get(s) }

// unicastIf returns the codec of IPV6_UNICAST_IF. Windows takes the index in the order of the host,
// unlike that of IP_UNICAST_IF, and Linux in network order.
func unicastIf() *codec[int] {
	if runtime.GOOS == "windows" {
		return intCodec
	}
	return netIntCodec
}
