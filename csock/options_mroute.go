//go:build cgo

package csock

import (
	"net/netip"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of an IPv4 multicast routing daemon, at level IPPROTO_IP, on a raw IGMP socket. They need
// CAP_NET_ADMIN. See <linux/mroute.h>.

// MRT_INIT set to 1 makes the socket the multicast routing socket.
var MRT_INIT Option[int] = declare(intCodec, canSet, "MRT_INIT", sys.IPPROTO_IP, sys.MRT_INIT)

// MRT_DONE undoes MRT_INIT.
var MRT_DONE Option[struct{}] = declare(noneCodec, canSet, "MRT_DONE", sys.IPPROTO_IP, sys.MRT_DONE)

var vifctlCodec = platformCodec[Vifctl]("struct vifctl")

// MRT_ADD_VIF adds an interface to multicast routing.
var MRT_ADD_VIF Option[Vifctl] = declare(vifctlCodec, canSet, "MRT_ADD_VIF", sys.IPPROTO_IP,
	sys.MRT_ADD_VIF)

// MRT_DEL_VIF removes the interface with the Vifctl's number.
var MRT_DEL_VIF Option[Vifctl] = declare(vifctlCodec, canSet, "MRT_DEL_VIF", sys.IPPROTO_IP,
	sys.MRT_DEL_VIF)

var mfcctlCodec = platformCodec[Mfcctl]("struct mfcctl")

// MRT_ADD_MFC adds a route.
var MRT_ADD_MFC Option[Mfcctl] = declare(mfcctlCodec, canSet, "MRT_ADD_MFC", sys.IPPROTO_IP,
	sys.MRT_ADD_MFC)

// MRT_DEL_MFC removes a route.
var MRT_DEL_MFC Option[Mfcctl] = declare(mfcctlCodec, canSet, "MRT_DEL_MFC", sys.IPPROTO_IP,
	sys.MRT_DEL_MFC)

// MRT_VERSION is the version of the kernel's interface, 0x0305.
var MRT_VERSION Option[int] = declare(intCodec, canGet, "MRT_VERSION", sys.IPPROTO_IP,
	sys.MRT_VERSION)

// MRT_ASSERT reports packets that arrive on the wrong interface to the daemon.
var MRT_ASSERT Option[bool] = declare(boolCodec, canBoth, "MRT_ASSERT", sys.IPPROTO_IP,
	sys.MRT_ASSERT)

// MRT_PIM enables PIM's register messages.
var MRT_PIM Option[bool] = declare(boolCodec, canBoth, "MRT_PIM", sys.IPPROTO_IP, sys.MRT_PIM)

// MRT_TABLE selects the routing table, before MRT_INIT.
var MRT_TABLE Option[uint32] = declare(uint32Codec, canSet, "MRT_TABLE", sys.IPPROTO_IP,
	sys.MRT_TABLE)

// MRT_ADD_MFC_PROXY adds a route for any source.
var MRT_ADD_MFC_PROXY Option[Mfcctl] = declare(mfcctlCodec, canSet, "MRT_ADD_MFC_PROXY",
	sys.IPPROTO_IP, sys.MRT_ADD_MFC_PROXY)

// MRT_DEL_MFC_PROXY removes a route for any source.
var MRT_DEL_MFC_PROXY Option[Mfcctl] = declare(mfcctlCodec, canSet, "MRT_DEL_MFC_PROXY",
	sys.IPPROTO_IP, sys.MRT_DEL_MFC_PROXY)

// MRT_FLUSH removes all routes or interfaces of the given kinds: [MRT_FLUSH_MFC] and the like.
var MRT_FLUSH Option[MRTFlush] = declare(newIntCodec[MRTFlush]("int"), canSet, "MRT_FLUSH",
	sys.IPPROTO_IP, sys.MRT_FLUSH)

// Options of an IPv6 multicast routing daemon, at level IPPROTO_IPV6, on a raw ICMPv6 socket. They
// need CAP_NET_ADMIN. See <linux/mroute6.h>.

// MRT6_INIT set to 1 makes the socket the multicast routing socket.
var MRT6_INIT Option[int] = declare(intCodec, canSet, "MRT6_INIT", sys.IPPROTO_IPV6, sys.MRT6_INIT)

// MRT6_DONE undoes MRT6_INIT.
var MRT6_DONE Option[struct{}] = declare(noneCodec, canSet, "MRT6_DONE", sys.IPPROTO_IPV6,
	sys.MRT6_DONE)

var mif6ctlCodec = platformCodec[Mif6ctl]("struct mif6ctl")

// MRT6_ADD_MIF adds an interface to multicast routing.
var MRT6_ADD_MIF Option[Mif6ctl] = declare(mif6ctlCodec, canSet, "MRT6_ADD_MIF", sys.IPPROTO_IPV6,
	sys.MRT6_ADD_MIF)

var mifCodec = platformCodec[uint16]("mifi_t")

// MRT6_DEL_MIF removes an interface by number.
var MRT6_DEL_MIF Option[uint16] = declare(mifCodec, canSet, "MRT6_DEL_MIF", sys.IPPROTO_IPV6,
	sys.MRT6_DEL_MIF)

var mf6cctlCodec = platformCodec[Mf6cctl]("struct mf6cctl")

// MRT6_ADD_MFC adds a route.
var MRT6_ADD_MFC Option[Mf6cctl] = declare(mf6cctlCodec, canSet, "MRT6_ADD_MFC", sys.IPPROTO_IPV6,
	sys.MRT6_ADD_MFC)

// MRT6_DEL_MFC removes a route.
var MRT6_DEL_MFC Option[Mf6cctl] = declare(mf6cctlCodec, canSet, "MRT6_DEL_MFC", sys.IPPROTO_IPV6,
	sys.MRT6_DEL_MFC)

// MRT6_VERSION is the version of the kernel's interface, 0x0305.
var MRT6_VERSION Option[int] = declare(intCodec, canGet, "MRT6_VERSION", sys.IPPROTO_IPV6,
	sys.MRT6_VERSION)

// MRT6_ASSERT reports packets that arrive on the wrong interface to the daemon.
var MRT6_ASSERT Option[bool] = declare(boolCodec, canBoth, "MRT6_ASSERT", sys.IPPROTO_IPV6,
	sys.MRT6_ASSERT)

// MRT6_PIM enables PIM's register messages.
var MRT6_PIM Option[bool] = declare(boolCodec, canBoth, "MRT6_PIM", sys.IPPROTO_IPV6, sys.MRT6_PIM)

// MRT6_TABLE selects the routing table, before MRT6_INIT.
var MRT6_TABLE Option[uint32] = declare(uint32Codec, canSet, "MRT6_TABLE", sys.IPPROTO_IPV6,
	sys.MRT6_TABLE)

// MRT6_ADD_MFC_PROXY adds a route for any source.
var MRT6_ADD_MFC_PROXY Option[Mf6cctl] = declare(mf6cctlCodec, canSet, "MRT6_ADD_MFC_PROXY",
	sys.IPPROTO_IPV6, sys.MRT6_ADD_MFC_PROXY)

// MRT6_DEL_MFC_PROXY removes a route for any source.
var MRT6_DEL_MFC_PROXY Option[Mf6cctl] = declare(mf6cctlCodec, canSet, "MRT6_DEL_MFC_PROXY",
	sys.IPPROTO_IPV6, sys.MRT6_DEL_MFC_PROXY)

// MRT6_FLUSH removes all routes or interfaces of the given kinds: [MRT6_FLUSH_MFC] and the like.
var MRT6_FLUSH Option[MRT6Flush] = declare(newIntCodec[MRT6Flush]("int"), canSet, "MRT6_FLUSH",
	sys.IPPROTO_IPV6, sys.MRT6_FLUSH)

// An MRTFlush says what [MRT_FLUSH] removes.
type MRTFlush int

// What to remove. See <linux/mroute.h>.
const (
	MRT_FLUSH_MFC         MRTFlush = sys.MRT_FLUSH_MFC         // routes
	MRT_FLUSH_MFC_STATIC  MRTFlush = sys.MRT_FLUSH_MFC_STATIC  // routes that the daemon did not add
	MRT_FLUSH_VIFS        MRTFlush = sys.MRT_FLUSH_VIFS        // interfaces
	MRT_FLUSH_VIFS_STATIC MRTFlush = sys.MRT_FLUSH_VIFS_STATIC // interfaces that the daemon did not add
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f MRTFlush) String() string { return flagNames(f, namesMRTFlush) }

// An MRT6Flush says what [MRT6_FLUSH] removes.
type MRT6Flush int

// What to remove. See <linux/mroute6.h>.
const (
	MRT6_FLUSH_MFC         MRT6Flush = sys.MRT6_FLUSH_MFC         // routes
	MRT6_FLUSH_MFC_STATIC  MRT6Flush = sys.MRT6_FLUSH_MFC_STATIC  // routes that the daemon did not add
	MRT6_FLUSH_MIFS        MRT6Flush = sys.MRT6_FLUSH_MIFS        // interfaces
	MRT6_FLUSH_MIFS_STATIC MRT6Flush = sys.MRT6_FLUSH_MIFS_STATIC // interfaces that the daemon did not add
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f MRT6Flush) String() string { return flagNames(f, namesMRT6Flush) }

// VifFlags are the flags of a Vifctl.
type VifFlags int

// The flags of an interface. See <linux/mroute.h>.
const (
	VIFF_TUNNEL      VifFlags = sys.VIFF_TUNNEL      // an IPIP tunnel to RmtAddr
	VIFF_REGISTER    VifFlags = sys.VIFF_REGISTER    // PIM's register interface
	VIFF_USE_IFINDEX VifFlags = sys.VIFF_USE_IFINDEX // LclIfindex selects the interface instead of LclAddr
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f VifFlags) String() string { return flagNames(f, namesVifFlags) }

// MifFlags are the flags of a Mif6ctl.
type MifFlags int

// The flags of an interface. See <linux/mroute6.h>.
const (
	MIFF_REGISTER MifFlags = sys.MIFF_REGISTER // PIM's register interface
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f MifFlags) String() string { return flagNames(f, namesMifFlags) }

// A Vifctl is an interface of multicast routing: a struct vifctl.
type Vifctl struct {
	Vif        uint16 // its number, which routes use
	Flags      VifFlags
	Threshold  uint8  // packets that leave by it must have a higher time-to-live
	RateLimit  uint32 // not implemented by the kernel
	LclAddr    netip.Addr
	LclIfindex int        // with VIFF_USE_IFINDEX, instead of LclAddr
	RmtAddr    netip.Addr // of a tunnel
}

// An Mfcctl is a multicast route: a struct mfcctl.
type Mfcctl struct {
	Origin   netip.Addr // the source
	Mcastgrp netip.Addr // the group
	Parent   uint16     // the Vif on which packets arrive
	TTLs     []uint8    // for each Vif: 0 or 255 send nothing, other values send packets with a higher time-to-live
}

// A Mif6ctl is an interface of IPv6 multicast routing: a struct mif6ctl.
type Mif6ctl struct {
	Mif       uint16 // its number, which routes use
	Flags     MifFlags
	Threshold uint8  // packets that leave by it must have a higher hop limit
	Pifi      int    // the index of the interface, up to 65,535
	RateLimit uint32 // not implemented by the kernel
}

// An Mf6cctl is an IPv6 multicast route: a struct mf6cctl.
type Mf6cctl struct {
	Origin   netip.Addr // the source
	Mcastgrp netip.Addr // the group
	Parent   uint16     // the Mif on which packets arrive
	Ifset    []uint16   // the Mifs that forward them
}
