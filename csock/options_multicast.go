//go:build cgo

package csock

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of IPv4 multicast, at level IPPROTO_IP. See ip(7) and RFC 3678.

// IP_MULTICAST_IF is the address of the interface that sends multicast; 0.0.0.0 leaves the choice
// to routing. On Linux Get returns 0.0.0.0 if the interface was set by index.
var IP_MULTICAST_IF Option[netip.Addr] = declare(in4Codec, canBoth, "IP_MULTICAST_IF",
	sys.IPPROTO_IP,
	sys.IP_MULTICAST_IF)

// IP_MULTICAST_TTL is the time-to-live of sent multicast, 0 to 255; -1 selects the default, which
// is 1.
var IP_MULTICAST_TTL Option[int] = declare(multicastCodec(intCodec), canBoth, "IP_MULTICAST_TTL",
	sys.IPPROTO_IP,
	sys.IP_MULTICAST_TTL)

// IP_MULTICAST_LOOP delivers multicast sent by this socket to receivers on this host. On by
// default.
var IP_MULTICAST_LOOP Option[bool] = declare(multicastCodec(boolCodec), canBoth,
	"IP_MULTICAST_LOOP", sys.IPPROTO_IP,
	sys.IP_MULTICAST_LOOP)

// IP_MULTICAST_ALL delivers multicast to the socket for every group that any socket of this system
// has joined. On by default. If it is off, the socket receives only the groups that it has joined
// itself.
var IP_MULTICAST_ALL Option[bool] = declare(boolCodec, canBoth, "IP_MULTICAST_ALL", sys.IPPROTO_IP,
	sys.IP_MULTICAST_ALL)

// IP_ADD_MEMBERSHIP joins a group.
var IP_ADD_MEMBERSHIP Option[IPMreqn] = declare(ipMreqnCodec, canSet, "IP_ADD_MEMBERSHIP",
	sys.IPPROTO_IP, sys.IP_ADD_MEMBERSHIP)

// IP_DROP_MEMBERSHIP leaves a group.
var IP_DROP_MEMBERSHIP Option[IPMreqn] = declare(ipMreqnCodec, canSet, "IP_DROP_MEMBERSHIP",
	sys.IPPROTO_IP, sys.IP_DROP_MEMBERSHIP)

// IP_BLOCK_SOURCE discards the packets of a source to a joined group.
var IP_BLOCK_SOURCE Option[IPMreqSource] = declare(ipMreqSourceCodec, canSet, "IP_BLOCK_SOURCE",
	sys.IPPROTO_IP, sys.IP_BLOCK_SOURCE)

// IP_UNBLOCK_SOURCE undoes IP_BLOCK_SOURCE.
var IP_UNBLOCK_SOURCE Option[IPMreqSource] = declare(ipMreqSourceCodec, canSet, "IP_UNBLOCK_SOURCE",
	sys.IPPROTO_IP, sys.IP_UNBLOCK_SOURCE)

// IP_ADD_SOURCE_MEMBERSHIP joins a group for the packets of one source. Further calls add sources.
var IP_ADD_SOURCE_MEMBERSHIP Option[IPMreqSource] = declare(ipMreqSourceCodec, canSet,
	"IP_ADD_SOURCE_MEMBERSHIP", sys.IPPROTO_IP, sys.IP_ADD_SOURCE_MEMBERSHIP)

// IP_DROP_SOURCE_MEMBERSHIP leaves a group for one source. With the last source it leaves the
// group.
var IP_DROP_SOURCE_MEMBERSHIP Option[IPMreqSource] = declare(ipMreqSourceCodec, canSet,
	"IP_DROP_SOURCE_MEMBERSHIP", sys.IPPROTO_IP, sys.IP_DROP_SOURCE_MEMBERSHIP)

var ipMsfilterCodec = platformCodec[IPMsfilter]("struct ip_msfilter")

// IP_MSFILTER sets the whole list of a group's sources. [Socket.SourceFilter] returns the list; Get
// cannot.
var IP_MSFILTER Option[IPMsfilter] = declare(ipMsfilterCodec, canSet, "IP_MSFILTER", sys.IPPROTO_IP,
	sys.IP_MSFILTER)

// Options of multicast of either protocol, at level IPPROTO_IP, or for an IPv6 group at level
// IPPROTO_IPV6, where they have the same names and numbers. See RFC 3678.

// MCAST_JOIN_GROUP joins a group.
var MCAST_JOIN_GROUP Option[GroupReq] = declare(groupReqCodec, canSet, "MCAST_JOIN_GROUP",
	sys.IPPROTO_IP, sys.MCAST_JOIN_GROUP)

// MCAST_LEAVE_GROUP leaves a group.
var MCAST_LEAVE_GROUP Option[GroupReq] = declare(groupReqCodec, canSet, "MCAST_LEAVE_GROUP",
	sys.IPPROTO_IP, sys.MCAST_LEAVE_GROUP)

// MCAST_BLOCK_SOURCE discards the packets of a source to a joined group.
var MCAST_BLOCK_SOURCE Option[GroupSourceReq] = declare(groupSourceReqCodec, canSet,
	"MCAST_BLOCK_SOURCE", sys.IPPROTO_IP, sys.MCAST_BLOCK_SOURCE)

// MCAST_UNBLOCK_SOURCE undoes MCAST_BLOCK_SOURCE.
var MCAST_UNBLOCK_SOURCE Option[GroupSourceReq] = declare(groupSourceReqCodec, canSet,
	"MCAST_UNBLOCK_SOURCE", sys.IPPROTO_IP, sys.MCAST_UNBLOCK_SOURCE)

// MCAST_JOIN_SOURCE_GROUP joins a group for the packets of one source. Further calls add sources.
var MCAST_JOIN_SOURCE_GROUP Option[GroupSourceReq] = declare(groupSourceReqCodec, canSet,
	"MCAST_JOIN_SOURCE_GROUP", sys.IPPROTO_IP, sys.MCAST_JOIN_SOURCE_GROUP)

// MCAST_LEAVE_SOURCE_GROUP leaves a group for one source. With the last source it leaves the group.
var MCAST_LEAVE_SOURCE_GROUP Option[GroupSourceReq] = declare(groupSourceReqCodec, canSet,
	"MCAST_LEAVE_SOURCE_GROUP", sys.IPPROTO_IP, sys.MCAST_LEAVE_SOURCE_GROUP)

var groupFilterCodec = platformCodec[GroupFilter]("struct group_filter")

// MCAST_MSFILTER sets the whole list of a group's sources. [Socket.SourceFilter] returns the list;
// Get cannot.
var MCAST_MSFILTER Option[GroupFilter] = declare(groupFilterCodec, canSet, "MCAST_MSFILTER",
	sys.IPPROTO_IP, sys.MCAST_MSFILTER)

// Options of IPv6 multicast, at level IPPROTO_IPV6. See ipv6(7) and RFC 3493.

// IPV6_MULTICAST_IF is the index of the interface that sends multicast; 0 leaves the choice to
// routing.
var IPV6_MULTICAST_IF Option[int] = declare(intCodec, canBoth, "IPV6_MULTICAST_IF",
	sys.IPPROTO_IPV6,
	sys.IPV6_MULTICAST_IF)

// IPV6_MULTICAST_HOPS is the hop limit of sent multicast, 0 to 255; -1 selects the default, which
// is 1.
var IPV6_MULTICAST_HOPS Option[int] = declare(intCodec, canBoth, "IPV6_MULTICAST_HOPS",
	sys.IPPROTO_IPV6, sys.IPV6_MULTICAST_HOPS)

// IPV6_MULTICAST_LOOP delivers multicast sent by this socket to receivers on this host. On by
// default.
var IPV6_MULTICAST_LOOP Option[bool] = declare(boolCodec, canBoth, "IPV6_MULTICAST_LOOP",
	sys.IPPROTO_IPV6, sys.IPV6_MULTICAST_LOOP)

// IPV6_MULTICAST_ALL is IP_MULTICAST_ALL for IPv6.
var IPV6_MULTICAST_ALL Option[bool] = declare(boolCodec, canBoth, "IPV6_MULTICAST_ALL",
	sys.IPPROTO_IPV6, sys.IPV6_MULTICAST_ALL)

// IPV6_JOIN_GROUP joins a group.
var IPV6_JOIN_GROUP Option[IPv6Mreq] = declare(ipv6MreqCodec, canSet, "IPV6_JOIN_GROUP",
	sys.IPPROTO_IPV6, sys.IPV6_JOIN_GROUP)

// IPV6_LEAVE_GROUP leaves a group.
var IPV6_LEAVE_GROUP Option[IPv6Mreq] = declare(ipv6MreqCodec, canSet, "IPV6_LEAVE_GROUP",
	sys.IPPROTO_IPV6, sys.IPV6_LEAVE_GROUP)

// IPV6_ADD_MEMBERSHIP is the Linux kernel's name of IPV6_JOIN_GROUP.
var IPV6_ADD_MEMBERSHIP Option[IPv6Mreq] = declare(ipv6MreqCodec, canSet, "IPV6_ADD_MEMBERSHIP",
	sys.IPPROTO_IPV6, sys.IPV6_ADD_MEMBERSHIP)

// IPV6_DROP_MEMBERSHIP is the Linux kernel's name of IPV6_LEAVE_GROUP.
var IPV6_DROP_MEMBERSHIP Option[IPv6Mreq] = declare(ipv6MreqCodec, canSet, "IPV6_DROP_MEMBERSHIP",
	sys.IPPROTO_IPV6, sys.IPV6_DROP_MEMBERSHIP)

// IPV6_JOIN_ANYCAST makes Multiaddr an anycast address of this system while the socket holds it. It
// needs CAP_NET_ADMIN.
var IPV6_JOIN_ANYCAST Option[IPv6Mreq] = declare(ipv6MreqCodec, canSet, "IPV6_JOIN_ANYCAST",
	sys.IPPROTO_IPV6, sys.IPV6_JOIN_ANYCAST)

// IPV6_LEAVE_ANYCAST undoes IPV6_JOIN_ANYCAST.
var IPV6_LEAVE_ANYCAST Option[IPv6Mreq] = declare(ipv6MreqCodec, canSet, "IPV6_LEAVE_ANYCAST",
	sys.IPPROTO_IPV6, sys.IPV6_LEAVE_ANYCAST)

// An IPMreqn is a group and the interface on which to join or leave it: a struct ip_mreqn.
type IPMreqn struct {
	Multiaddr netip.Addr // the group
	Address   netip.Addr // an address of the interface; zero or 0.0.0.0 means any
	Ifindex   int        // the interface's index; 0 selects the interface with Address
}

// An IPMreqSource is a group, the interface, and a source: a struct ip_mreq_source.
type IPMreqSource struct {
	Multiaddr  netip.Addr // the group
	Interface  netip.Addr // an address of the interface; zero or 0.0.0.0 means any
	Sourceaddr netip.Addr
}

// An IPMsfilter is the whole list of a group's sources: a struct ip_msfilter.
type IPMsfilter struct {
	Multiaddr netip.Addr // the group
	Interface netip.Addr // an address of the interface; zero or 0.0.0.0 means any
	Fmode     FilterMode
	Slist     []netip.Addr // the sources
}

// An IPv6Mreq is an IPv6 group and the interface on which to join or leave it: a struct ipv6_mreq.
type IPv6Mreq struct {
	Multiaddr netip.Addr // the group
	Interface int        // the interface's index; 0 selects Multiaddr's zone, or else the system's choice
}

// A GroupReq is a group of either protocol, and the interface on which to join or leave it: a
// struct group_req.
type GroupReq struct {
	Interface int // the interface's index; 0 selects Group's zone, or else the system's choice
	Group     netip.Addr
}

// A GroupSourceReq is a group, the interface, and a source: a struct group_source_req.
type GroupSourceReq struct {
	Interface int // as in GroupReq
	Group     netip.Addr
	Source    netip.Addr
}

// A GroupFilter is the whole list of a group's sources: a struct group_filter.
type GroupFilter struct {
	Interface int // as in GroupReq, except that the system does not choose one for IPv6
	Group     netip.Addr
	Fmode     FilterMode
	Slist     []netip.Addr // the sources
}

// A FilterMode says whether a list includes or excludes sources.
type FilterMode int

// The modes of a filter. See RFC 3678.
const (
	MCAST_INCLUDE FilterMode = sys.MCAST_INCLUDE // receive from the sources only; an empty list leaves the group
	MCAST_EXCLUDE FilterMode = sys.MCAST_EXCLUDE // receive from all but the sources
)

// String returns the C name of m, or its number.
func (m FilterMode) String() string { return nameOf(m, namesFilterMode) }

// An InterfaceIndexOrAddress identifies an interface. [InterfaceIndex], [InterfaceAddress] and
// [InterfaceName] return one. The zero value leaves the choice to the system.
type InterfaceIndexOrAddress struct {
	index int
	addr  netip.Addr
	name  string
	named bool
}

// InterfaceIndex returns the interface with an index. 0 leaves the choice to the system.
func InterfaceIndex(index int) InterfaceIndexOrAddress {
	return InterfaceIndexOrAddress{index: index}
}

// InterfaceAddress returns the interface with an address. Zero, 0.0.0.0 and "::" leave the choice
// to the system.
func InterfaceAddress(addr netip.Addr) InterfaceIndexOrAddress {
	return InterfaceIndexOrAddress{addr: addr}
}

// InterfaceName returns the interface with a name. Each call that takes it looks up the name, and
// returns ENODEV if no interface has it.
func InterfaceName(name string) InterfaceIndexOrAddress {
	return InterfaceIndexOrAddress{name: name, named: true}
}

// resolve returns the interface's index, or if that is 0 its address. The zero Addr is the system's
// choice.
func (i InterfaceIndexOrAddress) resolve() (int, netip.Addr, error) {
	if i.addr.IsUnspecified() { // of either protocol
		i.addr = netip.Addr{}
	}
	if !i.named {
		return i.index, i.addr, nil
	}
	index, errno := ifindex(i.name)
	if errno != 0 {
		return 0, netip.Addr{}, fmt.Errorf("interface %q: %w", i.name, errno)
	}
	return int(index), netip.Addr{}, nil
}

var (
	ipMreqSourceCodec = newStructCodec("struct ip_mreq_source",
		func(m IPMreqSource, n *struct_ip_mreq_source) error {
			if err := putInterface(ip4Bytes(&n.imr_interface), m.Interface); err != nil {
				return err
			}
			if err := putIP4(ip4Bytes(&n.imr_sourceaddr), m.Sourceaddr); err != nil {
				return err
			}
			return putIP4(ip4Bytes(&n.imr_multiaddr), m.Multiaddr)
		}, nil)

	ipv6MreqCodec = newStructCodec("struct ipv6_mreq",
		func(m IPv6Mreq, n *struct_ipv6_mreq) error {
			index, err := zoneIndex(m.Multiaddr, m.Interface)
			if err != nil {
				return err
			}
			*ip4Bytes(&n.ipv6mr_interface) = nativeBytes(index)
			return putIP6(ip6Bytes(&n.ipv6mr_multiaddr), m.Multiaddr)
		}, nil)

	groupReqCodec = byFamily(newStructCodec("struct group_req",
		func(r GroupReq, n *struct_group_req) (err error) {
			n.gr_interface, err = groupInterface(r.Group, r.Interface)
			if err != nil {
				return err
			}
			return putGroup(bytesOf(n)[csock_GR_GROUP:], r.Group, r.Group)
		}, nil),
		func(r GroupReq) netip.Addr { return r.Group })

	groupSourceReqCodec = byFamily(newStructCodec("struct group_source_req",
		func(r GroupSourceReq, n *struct_group_source_req) (err error) {
			n.gsr_interface, err = groupInterface(r.Group, r.Interface)
			if err != nil {
				return err
			}
			if err := putGroup(bytesOf(n)[csock_GSR_SOURCE:], r.Source, r.Group); err != nil {
				return err
			}
			return putGroup(bytesOf(n)[csock_GSR_GROUP:], r.Group, r.Group)
		}, nil),
		func(r GroupSourceReq) netip.Addr { return r.Group })
)

// groupInterface returns zoneIndex in the type of the native structs.
func groupInterface(group netip.Addr, index int) (csock_group_interface, error) {
	n, err := zoneIndex(group, index)
	return csock_group_interface(n), err
}

// multicastCodec returns c, a codec for an int, if the system has an int here, and otherwise a
// codec for an unsigned char. OpenBSD accepts nothing else, and none of these systems takes -1 for
// the default.
func multicastCodec[T any](c *codec[T]) *codec[T] {
	if csock_MULTICAST_CHARS == 0 {
		return c
	}
	return &codec[T]{
		form: form{kind: "unsigned char", shape: shapeBytes, size: sizeof_int},
		encode: func(t T) (native, error) {
			v, err := c.encode(t)
			if int32(v.num) == -1 {
				v.num = csock_MULTICAST_TTL
			}
			if v.num > math.MaxUint8 {
				return native{}, fmt.Errorf("%v overflows an unsigned char: %w", t, syscall.EINVAL)
			}
			return native{mem: []byte{byte(v.num)}}, err
		},
		decode: func(v native) (T, error) {
			n, _ := loadInt(v.mem)
			return c.decode(native{num: uint64(n)})
		},
	}
}

// SetMulticastIfV4 sets the address of the interface that sends multicast ([IP_MULTICAST_IF]).
// 0.0.0.0 leaves the choice to routing.
func (s *Socket) SetMulticastIfV4(addr netip.Addr) error { return IP_MULTICAST_IF.Set(s, addr) }

// MulticastIfV4 returns the address of the interface that sends multicast ([IP_MULTICAST_IF]).
func (s *Socket) MulticastIfV4() (netip.Addr, error) { return IP_MULTICAST_IF.Get(s) }

// SetMulticastIfV4N selects the interface that sends multicast, by index, name or address
// ([IP_MULTICAST_IF]).
func (s *Socket) SetMulticastIfV4N(on InterfaceIndexOrAddress) error {
	index, addr, err := on.resolve()
	if err != nil {
		return IP_MULTICAST_IF.o.refuse(err)
	}
	return multicastIfN.Set(s,
		IPMreqn{Multiaddr: netip.IPv4Unspecified(), Address: addr, Ifindex: index})
}

// SetMulticastTTLV4 sets the time-to-live of sent multicast ([IP_MULTICAST_TTL]).
func (s *Socket) SetMulticastTTLV4(ttl int) error { return IP_MULTICAST_TTL.Set(s, ttl) }

// MulticastTTLV4 returns the time-to-live of sent multicast ([IP_MULTICAST_TTL]).
func (s *Socket) MulticastTTLV4() (int, error) { return IP_MULTICAST_TTL.Get(s) }

// SetMulticastLoopV4 delivers sent multicast to receivers on this host ([IP_MULTICAST_LOOP]).
func (s *Socket) SetMulticastLoopV4(on bool) error { return IP_MULTICAST_LOOP.Set(s, on) }

// MulticastLoopV4 reports whether sent multicast reaches receivers on this host
// ([IP_MULTICAST_LOOP]).
func (s *Socket) MulticastLoopV4() (bool, error) { return IP_MULTICAST_LOOP.Get(s) }

// SetMulticastAllV4 delivers the multicast of every group that this system has joined
// ([IP_MULTICAST_ALL]).
func (s *Socket) SetMulticastAllV4(on bool) error { return IP_MULTICAST_ALL.Set(s, on) }

// MulticastAllV4 reports whether the socket receives every group that this system has joined
// ([IP_MULTICAST_ALL]).
func (s *Socket) MulticastAllV4() (bool, error) { return IP_MULTICAST_ALL.Get(s) }

// JoinMulticastV4 joins an IPv4 group on the interface with address iface ([IP_ADD_MEMBERSHIP]).
// 0.0.0.0 leaves the choice to the system.
func (s *Socket) JoinMulticastV4(group, iface netip.Addr) error {
	return s.JoinMulticastV4N(group, InterfaceAddress(iface))
}

// LeaveMulticastV4 undoes JoinMulticastV4 ([IP_DROP_MEMBERSHIP]).
func (s *Socket) LeaveMulticastV4(group, iface netip.Addr) error {
	return s.LeaveMulticastV4N(group, InterfaceAddress(iface))
}

// JoinMulticastV4N joins an IPv4 group on an interface ([IP_ADD_MEMBERSHIP]).
func (s *Socket) JoinMulticastV4N(group netip.Addr, on InterfaceIndexOrAddress) error {
	return s.membership(IP_ADD_MEMBERSHIP, group, on)
}

// LeaveMulticastV4N undoes JoinMulticastV4N ([IP_DROP_MEMBERSHIP]).
func (s *Socket) LeaveMulticastV4N(group netip.Addr, on InterfaceIndexOrAddress) error {
	return s.membership(IP_DROP_MEMBERSHIP, group, on)
}

func (s *Socket) membership(o Option[IPMreqn], group netip.Addr, on InterfaceIndexOrAddress) error {
	index, addr, err := on.resolve()
	if err != nil {
		return o.o.refuse(err)
	}
	return o.Set(s, IPMreqn{Multiaddr: group, Address: addr, Ifindex: index})
}

// JoinSSMV4 joins an IPv4 group for the packets of one source, on the interface with address iface
// ([IP_ADD_SOURCE_MEMBERSHIP]). 0.0.0.0 leaves the choice to the system.
func (s *Socket) JoinSSMV4(source, group, iface netip.Addr) error {
	return IP_ADD_SOURCE_MEMBERSHIP.Set(s,
		IPMreqSource{Multiaddr: group, Interface: iface, Sourceaddr: source})
}

// LeaveSSMV4 undoes JoinSSMV4 ([IP_DROP_SOURCE_MEMBERSHIP]).
func (s *Socket) LeaveSSMV4(source, group, iface netip.Addr) error {
	return IP_DROP_SOURCE_MEMBERSHIP.Set(s,
		IPMreqSource{Multiaddr: group, Interface: iface, Sourceaddr: source})
}

// SetMulticastIfV6 sets the index of the interface that sends multicast ([IPV6_MULTICAST_IF]). 0
// leaves the choice to routing.
func (s *Socket) SetMulticastIfV6(ifindex int) error { return IPV6_MULTICAST_IF.Set(s, ifindex) }

// MulticastIfV6 returns the index of the interface that sends multicast ([IPV6_MULTICAST_IF]).
func (s *Socket) MulticastIfV6() (int, error) { return IPV6_MULTICAST_IF.Get(s) }

// SetMulticastHopsV6 sets the hop limit of sent multicast ([IPV6_MULTICAST_HOPS]).
func (s *Socket) SetMulticastHopsV6(hops int) error { return IPV6_MULTICAST_HOPS.Set(s, hops) }

// MulticastHopsV6 returns the hop limit of sent multicast ([IPV6_MULTICAST_HOPS]).
func (s *Socket) MulticastHopsV6() (int, error) { return IPV6_MULTICAST_HOPS.Get(s) }

// SetMulticastLoopV6 delivers sent multicast to receivers on this host ([IPV6_MULTICAST_LOOP]).
func (s *Socket) SetMulticastLoopV6(on bool) error { return IPV6_MULTICAST_LOOP.Set(s, on) }

// MulticastLoopV6 reports whether sent multicast reaches receivers on this host
// ([IPV6_MULTICAST_LOOP]).
func (s *Socket) MulticastLoopV6() (bool, error) { return IPV6_MULTICAST_LOOP.Get(s) }

// SetMulticastAllV6 delivers the multicast of every group that this system has joined
// ([IPV6_MULTICAST_ALL]).
func (s *Socket) SetMulticastAllV6(on bool) error { return IPV6_MULTICAST_ALL.Set(s, on) }

// MulticastAllV6 reports whether the socket receives every group that this system has joined
// ([IPV6_MULTICAST_ALL]).
func (s *Socket) MulticastAllV6() (bool, error) { return IPV6_MULTICAST_ALL.Get(s) }

// JoinMulticastV6 joins an IPv6 group on the interface with index ifindex ([IPV6_JOIN_GROUP]). 0
// selects the group's zone, or else the system's choice.
func (s *Socket) JoinMulticastV6(group netip.Addr, ifindex int) error {
	return IPV6_JOIN_GROUP.Set(s, IPv6Mreq{Multiaddr: group, Interface: ifindex})
}

// LeaveMulticastV6 undoes JoinMulticastV6 ([IPV6_LEAVE_GROUP]).
func (s *Socket) LeaveMulticastV6(group netip.Addr, ifindex int) error {
	return IPV6_LEAVE_GROUP.Set(s, IPv6Mreq{Multiaddr: group, Interface: ifindex})
}

// JoinGroup joins a group of either protocol on an interface ([MCAST_JOIN_GROUP]).
func (s *Socket) JoinGroup(group netip.Addr, on InterfaceIndexOrAddress) error {
	return groupOp(s, MCAST_JOIN_GROUP, on,
		func(index int) GroupReq { return GroupReq{index, group} })
}

// LeaveGroup undoes JoinGroup ([MCAST_LEAVE_GROUP]).
func (s *Socket) LeaveGroup(group netip.Addr, on InterfaceIndexOrAddress) error {
	return groupOp(s, MCAST_LEAVE_GROUP, on,
		func(index int) GroupReq { return GroupReq{index, group} })
}

// JoinSourceGroup joins a group of either protocol for the packets of one source
// ([MCAST_JOIN_SOURCE_GROUP]).
func (s *Socket) JoinSourceGroup(source, group netip.Addr, on InterfaceIndexOrAddress) error {
	return groupOp(s, MCAST_JOIN_SOURCE_GROUP, on,
		func(index int) GroupSourceReq { return GroupSourceReq{index, group, source} })
}

// LeaveSourceGroup undoes JoinSourceGroup ([MCAST_LEAVE_SOURCE_GROUP]).
func (s *Socket) LeaveSourceGroup(source, group netip.Addr, on InterfaceIndexOrAddress) error {
	return groupOp(s, MCAST_LEAVE_SOURCE_GROUP, on,
		func(index int) GroupSourceReq { return GroupSourceReq{index, group, source} })
}

// BlockSource discards the packets of a source to a joined group ([MCAST_BLOCK_SOURCE]).
func (s *Socket) BlockSource(source, group netip.Addr, on InterfaceIndexOrAddress) error {
	return groupOp(s, MCAST_BLOCK_SOURCE, on,
		func(index int) GroupSourceReq { return GroupSourceReq{index, group, source} })
}

// UnblockSource undoes BlockSource ([MCAST_UNBLOCK_SOURCE]).
func (s *Socket) UnblockSource(source, group netip.Addr, on InterfaceIndexOrAddress) error {
	return groupOp(s, MCAST_UNBLOCK_SOURCE, on,
		func(index int) GroupSourceReq { return GroupSourceReq{index, group, source} })
}

// SourceFilter returns the sources of a group that the socket has joined on an interface
// (MCAST_MSFILTER). It returns EADDRNOTAVAIL if the socket has not joined the group there, or if on
// leaves the choice to the system. In the latter case, name the interface that the system chose
// when the group was joined.
func (s *Socket) SourceFilter(group netip.Addr, on InterfaceIndexOrAddress) (GroupFilter, error) {
	index, err := on.groupIndex()
	if err != nil {
		return GroupFilter{}, MCAST_MSFILTER.o.refuse(err)
	}
	// The list may grow in between.
	var l sourceList
	moreRoom(16, func(n int) bool {
		l, err = sourceLists.GetWith(s, sourceList{GroupFilter{Interface: index, Group: group}, n})
		return err == nil && l.sources > n && n < maxSources
	})
	return l.GroupFilter, err
}

// A sourceList is a request or a result of MCAST_MSFILTER. In a request, sources is how many there
// is room for; in a result, how many there are.
type sourceList struct {
	GroupFilter
	sources int
}

var (
	sourceListCodec = platformCodec[sourceList]("struct group_filter")
	sourceLists     = otherForm(MCAST_MSFILTER, sourceListCodec)
)

// maxSources exceeds what fits into the memory that the kernel allows for a socket's options.
const maxSources = 1 << 16

// groupIndex returns the interface's index. The structs of RFC 3678 take nothing else.
func (i InterfaceIndexOrAddress) groupIndex() (int, error) {
	index, addr, err := i.resolve()
	if err == nil && addr.IsValid() {
		return indexOfAddress(addr)
	}
	return index, err
}

// indexOfAddress returns the index of the interface that has an address.
func indexOfAddress(addr netip.Addr) (int, error) {
	ifis, err := net.Interfaces()
	if err != nil {
		return 0, err
	}
	for _, ifi := range ifis {
		addrs, err := ifi.Addrs()
		if err != nil {
			return 0, err
		}
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok && n.IP.Equal(addr.AsSlice()) &&
				(addr.Zone() == "" || addr.Zone() == ifi.Name) {
				return ifi.Index, nil
			}
		}
	}
	return 0, fmt.Errorf("no interface has %v: %w", addr, syscall.EADDRNOTAVAIL)
}

// groupOp sets an option of RFC 3678.
func groupOp[T any](
	s *Socket, o Option[T], on InterfaceIndexOrAddress, request func(index int) T,
) error {
	index, err := on.groupIndex()
	if err != nil {
		return o.o.refuse(err)
	}
	return o.Set(s, request(index))
}
