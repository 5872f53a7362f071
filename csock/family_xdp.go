//go:build cgo

package csock

import (
	"fmt"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_XDP: frames that an XDP program redirects to a socket's rings. See the kernel's
// Documentation/networking/af_xdp.rst and linux/if_xdp.h.

// SOL_XDP is the level of the options of AF_XDP sockets.
const SOL_XDP Level = sys.SOL_XDP

// SockaddrXDP is struct sockaddr_xdp: a queue of a network interface.
type SockaddrXDP struct {
	Flags        XDPFlags
	Ifindex      int
	QueueID      uint32
	SharedUmemFD int // with XDP_SHARED_UMEM: the socket with the memory to share
}

var xdpAddrs = newAddrForm(AF_XDP, func(sa SockaddrXDP) string {
	return fmt.Sprintf("xdp:%s:%d", interfaceText(sa.Ifindex), sa.QueueID)
})

// XDPAddr returns the address of a queue of a network interface, for Bind. It is not valid where
// the platform has no AF_XDP, or if a number does not fit.
func XDPAddr(sa SockaddrXDP) SockAddr { return xdpAddrs.make(sa) }

// XDP returns the values of an AF_XDP address.
func (a SockAddr) XDP() (SockaddrXDP, bool) { return xdpAddrs.read(a) }

// XDPFlags select how a socket is bound to a queue.
type XDPFlags uint16

// See sxdp_flags in the kernel's af_xdp.rst.
const (
	XDP_SHARED_UMEM     XDPFlags = sys.XDP_SHARED_UMEM     // share another socket's memory
	XDP_COPY            XDPFlags = sys.XDP_COPY            // copy frames
	XDP_ZEROCOPY        XDPFlags = sys.XDP_ZEROCOPY        // fail if the driver cannot do without copying
	XDP_USE_NEED_WAKEUP XDPFlags = sys.XDP_USE_NEED_WAKEUP // the rings report whether the kernel needs a call
	XDP_USE_SG          XDPFlags = sys.XDP_USE_SG          // packets may take several descriptors, since Linux 6.6
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPFlags) String() string { return flagNames(f, namesXDPFlags) }

var (
	xdpMmapOffsetsCodec = platformCodec[XDPMmapOffsets]("struct xdp_mmap_offsets")
	xdpUmemRegCodec     = platformCodec[XDPUmemReg]("struct xdp_umem_reg")
	xdpStatisticsCodec  = platformCodec[XDPStatistics]("struct xdp_statistics")
)

// XDP_MMAP_OFFSETS returns the offsets of the parts of each mapped ring.
var XDP_MMAP_OFFSETS Option[XDPMmapOffsets] = declare(xdpMmapOffsetsCodec, canGet,
	"XDP_MMAP_OFFSETS", sys.SOL_XDP, sys.XDP_MMAP_OFFSETS)

// XDP_RX_RING makes the ring of received descriptors. Its size is a power of 2.
var XDP_RX_RING Option[int] = declare(intCodec, canSet, "XDP_RX_RING", sys.SOL_XDP, sys.XDP_RX_RING)

// XDP_TX_RING makes the ring of descriptors to send. Its size is a power of 2.
var XDP_TX_RING Option[int] = declare(intCodec, canSet, "XDP_TX_RING", sys.SOL_XDP, sys.XDP_TX_RING)

// XDP_UMEM_REG registers the memory for frames.
var XDP_UMEM_REG Option[XDPUmemReg] = declare(xdpUmemRegCodec, canSet,
	"XDP_UMEM_REG", sys.SOL_XDP, sys.XDP_UMEM_REG)

// XDP_UMEM_FILL_RING makes the ring by which the socket gives the kernel frames to receive into.
// Its size is a power of 2.
var XDP_UMEM_FILL_RING Option[int] = declare(intCodec, canSet,
	"XDP_UMEM_FILL_RING", sys.SOL_XDP, sys.XDP_UMEM_FILL_RING)

// XDP_UMEM_COMPLETION_RING makes the ring by which the kernel returns frames that are sent. Its
// size is a power of 2.
var XDP_UMEM_COMPLETION_RING Option[int] = declare(intCodec, canSet,
	"XDP_UMEM_COMPLETION_RING", sys.SOL_XDP, sys.XDP_UMEM_COMPLETION_RING)

// XDP_STATISTICS counts the frames and descriptors that the socket dropped, by reason.
var XDP_STATISTICS Option[XDPStatistics] = declare(xdpStatisticsCodec, canGet,
	"XDP_STATISTICS", sys.SOL_XDP, sys.XDP_STATISTICS)

// XDP_OPTIONS reports how the socket is bound: whether without copying.
var XDP_OPTIONS Option[XDPOptions] = declare(newUint32Codec[XDPOptions]("struct xdp_options"),
	canGet,
	"XDP_OPTIONS", sys.SOL_XDP, sys.XDP_OPTIONS)

// XDP_MAX_TX_SKB_BUDGET is the most descriptors that one call sends in copy mode, since Linux 6.18.
// The default is 32.
var XDP_MAX_TX_SKB_BUDGET Option[int] = declare(intCodec, canSet,
	"XDP_MAX_TX_SKB_BUDGET", sys.SOL_XDP, sys.XDP_MAX_TX_SKB_BUDGET)

// XDPRingOffset is struct xdp_ring_offset: the offsets of the parts of one mapped ring, in bytes.
type XDPRingOffset struct {
	Producer uint64 // a uint32
	Consumer uint64 // a uint32
	Desc     uint64 // the first descriptor
	Flags    uint64 // a uint32 of XDPRingFlags; 0 before Linux 5.4
}

// XDPMmapOffsets is struct xdp_mmap_offsets.
type XDPMmapOffsets struct {
	Rx XDPRingOffset
	Tx XDPRingOffset
	Fr XDPRingOffset // the fill ring
	Cr XDPRingOffset // the completion ring
}

// XDPUmemReg is struct xdp_umem_reg: memory for frames, cut in chunks.
type XDPUmemReg struct {
	// Umem begins at a page boundary and is outside Go's heap. The kernel writes to it until the
	// socket is closed, which the garbage collector does not know. Map it with mmap(2).
	Umem          []byte
	ChunkSize     uint32 // of a frame, in bytes: 2,048 up to the size of a page
	Headroom      uint32 // bytes to leave free before each frame received
	Flags         XDPUmemFlags
	TxMetadataLen uint32 // bytes of struct xsk_tx_metadata before frames to send, since Linux 6.8
}

// XDPUmemFlags select how memory for frames is used.
type XDPUmemFlags uint32

// See the kernel's af_xdp.rst and xsk-tx-metadata.rst.
const (
	// chunks at any place
	XDP_UMEM_UNALIGNED_CHUNK_FLAG XDPUmemFlags = sys.XDP_UMEM_UNALIGNED_CHUNK_FLAG
	// checksums without hardware, since Linux 6.8
	XDP_UMEM_TX_SW_CSUM XDPUmemFlags = sys.XDP_UMEM_TX_SW_CSUM
	// TxMetadataLen counts, since Linux 6.11
	XDP_UMEM_TX_METADATA_LEN XDPUmemFlags = sys.XDP_UMEM_TX_METADATA_LEN
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPUmemFlags) String() string { return flagNames(f, namesXDPUmemFlags) }

// XDPStatistics is struct xdp_statistics. Before Linux 5.9 the last three are 0.
type XDPStatistics struct {
	RxDropped            uint64 // for other reasons
	RxInvalidDescs       uint64 // for an invalid descriptor in the fill ring
	TxInvalidDescs       uint64 // for an invalid descriptor in the TX ring
	RxRingFull           uint64 // no room in the RX ring
	RxFillRingEmptyDescs uint64 // how often the fill ring was empty
	TxRingEmptyDescs     uint64 // how often the TX ring was empty
}

// XDPOptions are the flags of struct xdp_options.
type XDPOptions uint32

// XDP_OPTIONS_ZEROCOPY is set if the driver does not copy.
const XDP_OPTIONS_ZEROCOPY XDPOptions = sys.XDP_OPTIONS_ZEROCOPY

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPOptions) String() string { return flagNames(f, namesXDPOptions) }

// XDPRingFlags are the kernel's flags in a ring.
type XDPRingFlags uint32

// XDP_RING_NEED_WAKEUP is set while the kernel needs a call to continue: poll(2), or sendto(2) for
// the TX ring.
const XDP_RING_NEED_WAKEUP XDPRingFlags = sys.XDP_RING_NEED_WAKEUP

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPRingFlags) String() string { return flagNames(f, namesXDPRingFlags) }

// XDPDesc is struct xdp_desc: a frame, or a part of one, in the RX or TX ring. Its layout is the
// kernel's.
type XDPDesc struct {
	Addr    uint64 // the offset in the umem
	Len     uint32 // in bytes
	Options XDPDescOptions
}

// XDPDescOptions are the flags of a descriptor.
type XDPDescOptions uint32

// See the kernel's af_xdp.rst and xsk-tx-metadata.rst.
const (
	// the packet continues in the next descriptor, since Linux 6.6
	XDP_PKT_CONTD XDPDescOptions = sys.XDP_PKT_CONTD
	// a struct xsk_tx_metadata precedes the frame, since Linux 6.8
	XDP_TX_METADATA XDPDescOptions = sys.XDP_TX_METADATA
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPDescOptions) String() string { return flagNames(f, namesXDPDescOptions) }

// Offsets for mmap(2) of the rings of an AF_XDP socket.
const (
	XDP_PGOFF_RX_RING              int64 = sys.XDP_PGOFF_RX_RING
	XDP_PGOFF_TX_RING              int64 = sys.XDP_PGOFF_TX_RING
	XDP_UMEM_PGOFF_FILL_RING       int64 = sys.XDP_UMEM_PGOFF_FILL_RING
	XDP_UMEM_PGOFF_COMPLETION_RING int64 = sys.XDP_UMEM_PGOFF_COMPLETION_RING
)

// An XSKTxMetadata is struct xsk_tx_metadata: what the driver does with a frame to send. Its native
// form ends where the frame begins, in the umem's TxMetadataLen bytes, and the descriptor has
// XDP_TX_METADATA. Since Linux 6.8; see the kernel's xsk-tx-metadata.rst.
type XSKTxMetadata struct {
	Flags      XDPTxmdFlags
	CsumStart  uint16        // with XDP_TXMD_FLAGS_CHECKSUM: where in the frame the sum begins
	CsumOffset uint16        // where from there to store it
	LaunchTime time.Duration // with XDP_TXMD_FLAGS_LAUNCH_TIME: when to send, by the card's clock
}

// XDPTxmdFlags are the flags of an XSKTxMetadata. They have 64 bits in C; Linux uses the lowest.
type XDPTxmdFlags uint32

// See the kernel's xsk-tx-metadata.rst.
const (
	// report when the frame was sent
	XDP_TXMD_FLAGS_TIMESTAMP XDPTxmdFlags = sys.XDP_TXMD_FLAGS_TIMESTAMP
	// compute the checksum
	XDP_TXMD_FLAGS_CHECKSUM XDPTxmdFlags = sys.XDP_TXMD_FLAGS_CHECKSUM
	// send at LaunchTime, since Linux 6.15
	XDP_TXMD_FLAGS_LAUNCH_TIME XDPTxmdFlags = sys.XDP_TXMD_FLAGS_LAUNCH_TIME
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPTxmdFlags) String() string { return flagNames(f, namesXDPTxmdFlags) }

var (
	xskTxMetadataCodec  = platformCodec[XSKTxMetadata]("struct xsk_tx_metadata")
	xskTxCompletedCodec = platformCodec[xskTxCompleted]("struct xsk_tx_metadata")
)

type xskTxCompleted struct {
	flags XDPTxmdFlags
	at    time.Duration
}

// Append appends the native struct to b. It appends nothing where the platform has no AF_XDP.
func (m XSKTxMetadata) Append(b []byte) []byte {
	b, _ = appendEncoded(b, xskTxMetadataCodec, m)
	return b
}

// XSKTxTimestamp returns when a frame was sent, by the card's clock. b begins with the frame's
// native XSKTxMetadata, after the completion ring has returned the frame. ok is false if b is too
// short, or the metadata lacks XDP_TXMD_FLAGS_TIMESTAMP.
func XSKTxTimestamp(b []byte) (at time.Duration, ok bool) {
	c, _, ok := parsePayload(xskTxCompletedCodec, b)
	return c.at, ok && c.flags&XDP_TXMD_FLAGS_TIMESTAMP != 0
}
