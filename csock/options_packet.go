//go:build cgo

package csock

import (
	"net"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of packet sockets, at level SOL_PACKET. See packet(7).

var packetMreqCodec = platformCodec[PacketMreq]("struct packet_mreq")

// PACKET_ADD_MEMBERSHIP makes an interface receive more packets than its own.
var PACKET_ADD_MEMBERSHIP Option[PacketMreq] = declare(packetMreqCodec, canSet,
	"PACKET_ADD_MEMBERSHIP", sys.SOL_PACKET, sys.PACKET_ADD_MEMBERSHIP)

// PACKET_DROP_MEMBERSHIP undoes PACKET_ADD_MEMBERSHIP.
var PACKET_DROP_MEMBERSHIP Option[PacketMreq] = declare(packetMreqCodec, canSet,
	"PACKET_DROP_MEMBERSHIP", sys.SOL_PACKET, sys.PACKET_DROP_MEMBERSHIP)

var tpacketReqCodec = platformCodec[TpacketReq3]("struct tpacket_req3")

// PACKET_RX_RING makes the ring of blocks, for mmap(2), that receives frames. Zeros remove it.
var PACKET_RX_RING Option[TpacketReq3] = declare(tpacketReqCodec, canSet, "PACKET_RX_RING",
	sys.SOL_PACKET, sys.PACKET_RX_RING)

var tpacketStatsCodec = platformCodec[TpacketStatsV3]("struct tpacket_stats_v3")

// PACKET_STATISTICS counts the packets received and dropped since the last Get.
var PACKET_STATISTICS Option[TpacketStatsV3] = declare(tpacketStatsCodec, canGet,
	"PACKET_STATISTICS",
	sys.SOL_PACKET, sys.PACKET_STATISTICS)

// PACKET_COPY_THRESH queues a copy of frames that do not fit into the ring.
var PACKET_COPY_THRESH Option[int] = declare(intCodec, canBoth, "PACKET_COPY_THRESH",
	sys.SOL_PACKET,
	sys.PACKET_COPY_THRESH)

// PACKET_AUXDATA gives Recvmsg a control message of the same name: length, VLAN, state of the
// checksum.
var PACKET_AUXDATA Option[bool] = declare(boolCodec, canBoth, "PACKET_AUXDATA", sys.SOL_PACKET,
	sys.PACKET_AUXDATA)

// PACKET_ORIGDEV puts the device on which a frame arrived into the sender's address, instead of the
// bond or bridge above it.
var PACKET_ORIGDEV Option[bool] = declare(boolCodec, canBoth, "PACKET_ORIGDEV", sys.SOL_PACKET,
	sys.PACKET_ORIGDEV)

// PACKET_VERSION is the layout of the ring.
var PACKET_VERSION Option[TpacketVersion] = declare(newIntCodec[TpacketVersion]("int"), canBoth,
	"PACKET_VERSION", sys.SOL_PACKET, sys.PACKET_VERSION)

// PACKET_HDRLEN is the length of a frame's header in the ring, in bytes, for the version given to
// GetWith, as in PACKET_HDRLEN.GetWith(s, int(TPACKET_V3)). Get returns it for TPACKET_V1.
var PACKET_HDRLEN Option[int] = declare(packetHdrlenCodec, canGet, "PACKET_HDRLEN", sys.SOL_PACKET,
	sys.PACKET_HDRLEN)

// PACKET_RESERVE is the room left before the headers of each frame in the ring, in bytes.
var PACKET_RESERVE Option[uint32] = declare(uint32Codec, canBoth, "PACKET_RESERVE", sys.SOL_PACKET,
	sys.PACKET_RESERVE)

// PACKET_TX_RING makes the ring of frames to send, for mmap(2). Zeros remove it.
var PACKET_TX_RING Option[TpacketReq3] = declare(tpacketReqCodec, canSet, "PACKET_TX_RING",
	sys.SOL_PACKET, sys.PACKET_TX_RING)

// PACKET_LOSS skips a malformed frame of the send ring instead of stopping there.
var PACKET_LOSS Option[bool] = declare(boolCodec, canBoth, "PACKET_LOSS", sys.SOL_PACKET,
	sys.PACKET_LOSS)

// PACKET_VNET_HDR puts a struct virtio_net_hdr before each frame, for checksums and segmentation.
var PACKET_VNET_HDR Option[bool] = declare(boolCodec, canBoth, "PACKET_VNET_HDR", sys.SOL_PACKET,
	sys.PACKET_VNET_HDR)

// PACKET_TIMESTAMP is the source of the ring's timestamps: [SOF_TIMESTAMPING_RAW_HARDWARE] or
// SOF_TIMESTAMPING_SOFTWARE; 0 means the system's clock.
var PACKET_TIMESTAMP Option[TimestampingFlags] = declare(newIntCodec[TimestampingFlags]("int"),
	canBoth,
	"PACKET_TIMESTAMP", sys.SOL_PACKET, sys.PACKET_TIMESTAMP)

var packetFanoutCodec = platformCodec[FanoutArgs]("struct fanout_args")

// PACKET_FANOUT joins a group of sockets that share the received packets.
var PACKET_FANOUT Option[FanoutArgs] = declare(packetFanoutCodec, canBoth, "PACKET_FANOUT",
	sys.SOL_PACKET, sys.PACKET_FANOUT)

// PACKET_TX_HAS_OFF lets each frame of the send ring give the offset of its data.
var PACKET_TX_HAS_OFF Option[bool] = declare(boolCodec, canBoth, "PACKET_TX_HAS_OFF",
	sys.SOL_PACKET,
	sys.PACKET_TX_HAS_OFF)

// PACKET_QDISC_BYPASS bypasses the queueing discipline when sending.
var PACKET_QDISC_BYPASS Option[bool] = declare(boolCodec, canBoth, "PACKET_QDISC_BYPASS",
	sys.SOL_PACKET, sys.PACKET_QDISC_BYPASS)

var tpacketRolloverStatsCodec = platformCodec[TpacketRolloverStats]("struct tpacket_rollover_stats")

// PACKET_ROLLOVER_STATS counts the packets that a fanout group passed on to other members.
var PACKET_ROLLOVER_STATS Option[TpacketRolloverStats] = declare(tpacketRolloverStatsCodec, canGet,
	"PACKET_ROLLOVER_STATS", sys.SOL_PACKET, sys.PACKET_ROLLOVER_STATS)

// PACKET_FANOUT_DATA is the program of a group in mode PACKET_FANOUT_CBPF. Its result selects the
// member. For PACKET_FANOUT_EBPF see SetPacketFanoutEBPF.
var PACKET_FANOUT_DATA Option[[]SockFilter] = declare(sockFprogCodec, canSet, "PACKET_FANOUT_DATA",
	sys.SOL_PACKET, sys.PACKET_FANOUT_DATA)

// PACKET_IGNORE_OUTGOING omits the packets that this machine sends.
var PACKET_IGNORE_OUTGOING Option[bool] = declare(boolCodec, canBoth, "PACKET_IGNORE_OUTGOING",
	sys.SOL_PACKET, sys.PACKET_IGNORE_OUTGOING)

// PACKET_VNET_HDR_SZ is PACKET_VNET_HDR with the size of the header in bytes: 0, 10 or 12, since
// Linux 6.4.
var PACKET_VNET_HDR_SZ Option[int] = declare(intCodec, canBoth, "PACKET_VNET_HDR_SZ",
	sys.SOL_PACKET,
	sys.PACKET_VNET_HDR_SZ)

// PacketMreq is struct packet_mreq.
type PacketMreq struct {
	Ifindex int
	Type    PacketMembership
	Address net.HardwareAddr // up to 8 bytes, for PACKET_MR_MULTICAST and PACKET_MR_UNICAST
}

// A PacketMembership says what an interface receives besides its own packets.
type PacketMembership int

// The kinds of membership. See packet(7).
const (
	PACKET_MR_MULTICAST PacketMembership = sys.PACKET_MR_MULTICAST // a group's address
	PACKET_MR_PROMISC   PacketMembership = sys.PACKET_MR_PROMISC   // everything
	PACKET_MR_ALLMULTI  PacketMembership = sys.PACKET_MR_ALLMULTI  // all groups
	PACKET_MR_UNICAST   PacketMembership = sys.PACKET_MR_UNICAST   // one more address
)

// String returns the C name of m, or its number.
func (m PacketMembership) String() string { return nameOf(m, namesPacketMembership) }

// A TpacketVersion is a layout of the ring.
type TpacketVersion int

// The layouts of the ring. See packet_mmap.rst of the kernel's documentation.
const (
	TPACKET_V1 TpacketVersion = sys.TPACKET_V1 // struct tpacket_hdr: times in microseconds, no VLAN
	TPACKET_V2 TpacketVersion = sys.TPACKET_V2 // struct tpacket2_hdr: times in nanoseconds, VLAN
	TPACKET_V3 TpacketVersion = sys.TPACKET_V3 // struct tpacket3_hdr: blocks, with frames of any length
)

// String returns the C name of v, or its number.
func (v TpacketVersion) String() string { return nameOf(v, namesTpacketVersion) }

// TpacketReq3 is struct tpacket_req3. TPACKET_V1 and TPACKET_V2 read only the first four fields,
// their struct tpacket_req. Sizes are in bytes.
type TpacketReq3 struct {
	BlockSize  uint32 // a multiple of the page size
	BlockNr    uint32
	FrameSize  uint32
	FrameNr    uint32        // the number that fits in all blocks
	RetireTime time.Duration // how long to wait for a block to fill, rounded up to whole milliseconds; 0 leaves the choice to the kernel
	PrivSize   uint32        // room for the user in each block
	Features   TpacketFeatures
}

// TpacketFeatures are what a ring of TPACKET_V3 has in addition.
type TpacketFeatures uint32

// TP_FT_REQ_FILL_RXHASH gives each frame its flow's hash.
const TP_FT_REQ_FILL_RXHASH TpacketFeatures = sys.TP_FT_REQ_FILL_RXHASH & 0xffffffff

// String returns the C names of the features in f, as MsgFlags.String does.
func (f TpacketFeatures) String() string { return flagNames(f, namesTpacketFeatures) }

// TpacketStatsV3 is struct tpacket_stats_v3.
type TpacketStatsV3 struct {
	Packets      uint32 // received, including dropped ones
	Drops        uint32 // dropped for lack of room
	FreezeQCount uint32 // how often the ring was full; TPACKET_V3 only
}

// TpacketRolloverStats is struct tpacket_rollover_stats.
type TpacketRolloverStats struct {
	All    uint64 // packets passed on
	Huge   uint64 // packets of large flows
	Failed uint64 // packets that no member had room for
}

// FanoutArgs is struct fanout_args: a group and its mode.
type FanoutArgs struct {
	ID         uint16
	Mode       FanoutMode
	Flags      FanoutFlags
	MaxMembers uint32 // 0 selects 256, the default; always 0 in results; must be 0 before Linux 5.11
}

// A FanoutMode says how a fanout group selects the member that receives a packet.
type FanoutMode int

// The modes of a group. See packet(7).
const (
	PACKET_FANOUT_HASH     FanoutMode = sys.PACKET_FANOUT_HASH     // by flow
	PACKET_FANOUT_LB       FanoutMode = sys.PACKET_FANOUT_LB       // in turn
	PACKET_FANOUT_CPU      FanoutMode = sys.PACKET_FANOUT_CPU      // by processor
	PACKET_FANOUT_ROLLOVER FanoutMode = sys.PACKET_FANOUT_ROLLOVER // one until it is full, then the next
	PACKET_FANOUT_RND      FanoutMode = sys.PACKET_FANOUT_RND      // at random
	PACKET_FANOUT_QM       FanoutMode = sys.PACKET_FANOUT_QM       // by the device's queue
	PACKET_FANOUT_CBPF     FanoutMode = sys.PACKET_FANOUT_CBPF     // by a classic BPF program
	PACKET_FANOUT_EBPF     FanoutMode = sys.PACKET_FANOUT_EBPF     // by an eBPF program
)

// String returns the C name of m, or its number.
func (m FanoutMode) String() string { return nameOf(m, namesFanoutMode) }

// FanoutFlags modify a FanoutMode.
type FanoutFlags int

// The flags of a group. See packet(7).
const (
	// if the member is full, the next
	PACKET_FANOUT_FLAG_ROLLOVER FanoutFlags = sys.PACKET_FANOUT_FLAG_ROLLOVER
	// the kernel chooses a free ID
	PACKET_FANOUT_FLAG_UNIQUEID FanoutFlags = sys.PACKET_FANOUT_FLAG_UNIQUEID
	// omit the packets that this machine sends
	PACKET_FANOUT_FLAG_IGNORE_OUTGOING FanoutFlags = sys.PACKET_FANOUT_FLAG_IGNORE_OUTGOING
	// reassemble fragments first
	PACKET_FANOUT_FLAG_DEFRAG FanoutFlags = sys.PACKET_FANOUT_FLAG_DEFRAG
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f FanoutFlags) String() string { return flagNames(f, namesFanoutFlags) }

// SetPacketFanoutEBPF sets the program of a fanout group in mode PACKET_FANOUT_EBPF, by file
// descriptor ([PACKET_FANOUT_DATA]).
func (s *Socket) SetPacketFanoutEBPF(fd int) error { return packetFanoutEBPF.Set(s, fd) }

var packetFanoutEBPF = otherForm(PACKET_FANOUT_DATA, fdCodec)

// packetHdrlenCodec passes an int and returns one. Get must pass one too, because the kernel
// refuses shorter memory.
var packetHdrlenCodec = withText(&codec[int]{
	form:   form{kind: "int"},
	encode: intCodec.encode,
	decode: intCodec.decode,
	get:    func(s *Socket, o Option[int]) (int, error) { return o.GetWith(s, int(TPACKET_V1)) },
})
