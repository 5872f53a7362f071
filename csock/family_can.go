//go:build cgo

package csock

import (
	"encoding/hex"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_CAN: the CAN bus. See the kernel's Documentation/networking/can.rst, iso15765-2.rst
// and j1939.rst, and linux/can.h.

// Protocols of AF_CAN, the third argument of New. The broadcast manager sends cyclically, and
// filters by content, in the kernel.
const (
	CAN_RAW    Protocol = sys.CAN_RAW    // frames, with SOCK_RAW
	CAN_BCM    Protocol = sys.CAN_BCM    // the broadcast manager, with SOCK_DGRAM
	CAN_TP16   Protocol = sys.CAN_TP16   // VAG transport protocol 1.6; never implemented
	CAN_TP20   Protocol = sys.CAN_TP20   // VAG transport protocol 2.0; never implemented
	CAN_MCNET  Protocol = sys.CAN_MCNET  // Bosch MCNet; never implemented
	CAN_ISOTP  Protocol = sys.CAN_ISOTP  // ISO 15765-2, with SOCK_DGRAM, since Linux 5.10
	CAN_J1939  Protocol = sys.CAN_J1939  // SAE J1939, with SOCK_DGRAM, since Linux 5.4
	CAN_NPROTO Protocol = sys.CAN_NPROTO // higher than any of them
)

// Levels of AF_CAN's options.
const (
	SOL_CAN_BASE  Level = sys.SOL_CAN_BASE  // a protocol's level is this plus its number
	SOL_CAN_RAW   Level = sys.SOL_CAN_RAW   // CAN_RAW
	SOL_CAN_ISOTP Level = sys.SOL_CAN_ISOTP // CAN_ISOTP
	SOL_CAN_J1939 Level = sys.SOL_CAN_J1939 // CAN_J1939
)

// SockaddrCAN is struct sockaddr_can of CAN_RAW and CAN_BCM.
type SockaddrCAN struct {
	Ifindex int // the interface; 0: all
}

// SockaddrISOTP is struct sockaddr_can of CAN_ISOTP: a channel, which is a pair of identifiers.
type SockaddrISOTP struct {
	Ifindex int   // the interface
	RxID    CANID // of frames that the socket receives
	TxID    CANID // of frames that the socket sends
}

// SockaddrJ1939 is struct sockaddr_can of CAN_J1939.
type SockaddrJ1939 struct {
	Ifindex int          // the interface; 0: all
	Name    J1939Name    // of a controller; J1939_NO_NAME: it is named by its address
	PGN     J1939PGN     // the parameter group, of a message or a filter; J1939_NO_PGN: none
	Addr    J1939Address // of a controller; J1939_NO_ADDR: all, or named by Name
}

var (
	canAddrs   = new(addrForm[SockaddrCAN])
	isotpAddrs = new(addrForm[SockaddrISOTP])
	j1939Addrs = new(addrForm[SockaddrJ1939])
)

func init() {
	addrTexts[AF_CAN] = append(addrTexts[AF_CAN], func(a SockAddr) string {
		sa, ok := canAddrs.read(a)
		if !ok {
			return ""
		}
		text := "can:" + interfaceText(sa.Ifindex)
		// The address does not have its protocol: the part after the interface stays a number.
		if union := canUnion(a); len(union) > 0 {
			text += ":" + hex.EncodeToString(union)
		}
		return text
	})
}

// canUnion returns the bytes of an AF_CAN address after its interface, without zeros at the end. It
// is nil where the platform has no AF_CAN.
var canUnion func(SockAddr) []byte

// CANAddr returns the address of CAN_RAW and CAN_BCM sockets. It is not valid where the platform
// has no AF_CAN, or if a number does not fit.
func CANAddr(sa SockaddrCAN) SockAddr { return canAddrs.make(sa) }

// ISOTPAddr returns the address of a CAN_ISOTP socket. It is not valid where the platform has no
// AF_CAN, or if a number does not fit.
func ISOTPAddr(sa SockaddrISOTP) SockAddr { return isotpAddrs.make(sa) }

// J1939Addr returns the address of a CAN_J1939 socket. It is not valid where the platform has no
// AF_CAN, or if a number does not fit.
func J1939Addr(sa SockaddrJ1939) SockAddr { return j1939Addrs.make(sa) }

// CAN returns the values that an AF_CAN address has in every protocol.
func (a SockAddr) CAN() (SockaddrCAN, bool) { return canAddrs.read(a) }

// ISOTP returns the values of an AF_CAN address of a CAN_ISOTP socket. The address does not have
// its protocol.
func (a SockAddr) ISOTP() (SockaddrISOTP, bool) { return isotpAddrs.read(a) }

// J1939 returns the values of an AF_CAN address of a CAN_J1939 socket. The address does not have
// its protocol.
func (a SockAddr) J1939() (SockaddrJ1939, bool) { return j1939Addrs.read(a) }

// Options of CAN_RAW sockets. See can.rst in the kernel's documentation.

// CAN_RAW_FILTER sets the filters: a frame must match at least one. An empty list receives
// nothing. The default is one filter that matches all.
var CAN_RAW_FILTER Option[[]CANFilter] = declare(canFilterCodec, canBoth,
	"CAN_RAW_FILTER", sys.SOL_CAN_RAW, sys.CAN_RAW_FILTER)

// CAN_RAW_ERR_FILTER sets the classes of errors that the socket receives as frames.
var CAN_RAW_ERR_FILTER Option[CANErr] = declare(newUint32Codec[CANErr]("uint32"), canBoth,
	"CAN_RAW_ERR_FILTER", sys.SOL_CAN_RAW, sys.CAN_RAW_ERR_FILTER)

// CAN_RAW_LOOPBACK delivers sent frames to other sockets of this host. On by default.
var CAN_RAW_LOOPBACK Option[bool] = declare(boolCodec, canBoth,
	"CAN_RAW_LOOPBACK", sys.SOL_CAN_RAW, sys.CAN_RAW_LOOPBACK)

// CAN_RAW_RECV_OWN_MSGS delivers sent frames to the socket itself too, with RecvFlags.IsConfirm.
var CAN_RAW_RECV_OWN_MSGS Option[bool] = declare(boolCodec, canBoth,
	"CAN_RAW_RECV_OWN_MSGS", sys.SOL_CAN_RAW, sys.CAN_RAW_RECV_OWN_MSGS)

// CAN_RAW_FD_FRAMES lets the socket send and receive CAN FD frames, a CANFDFrame, too.
var CAN_RAW_FD_FRAMES Option[bool] = declare(boolCodec, canBoth,
	"CAN_RAW_FD_FRAMES", sys.SOL_CAN_RAW, sys.CAN_RAW_FD_FRAMES)

// CAN_RAW_JOIN_FILTERS delivers only frames that match all filters, not any of them.
var CAN_RAW_JOIN_FILTERS Option[bool] = declare(boolCodec, canBoth,
	"CAN_RAW_JOIN_FILTERS", sys.SOL_CAN_RAW, sys.CAN_RAW_JOIN_FILTERS)

// CAN_RAW_XL_FRAMES lets the socket send and receive CAN XL frames, a CANXLFrame, too, since Linux
// 6.2.
var CAN_RAW_XL_FRAMES Option[bool] = declare(boolCodec, canBoth,
	"CAN_RAW_XL_FRAMES", sys.SOL_CAN_RAW, sys.CAN_RAW_XL_FRAMES)

// CAN_RAW_XL_VCID_OPTS sets the handling of the network id of CAN XL frames, since Linux 6.9.
var CAN_RAW_XL_VCID_OPTS Option[CANRawVCIDOptions] = declare(canRawVCIDOptionsCodec, canBoth,
	"CAN_RAW_XL_VCID_OPTS", sys.SOL_CAN_RAW, sys.CAN_RAW_XL_VCID_OPTS)

// Options of CAN_ISOTP sockets. They are set before Bind: EISCONN is the error afterwards. See
// iso15765-2.rst in the kernel's documentation.

// CAN_ISOTP_OPTS sets the behaviour of the protocol.
var CAN_ISOTP_OPTS Option[CANISOTPOptions] = declare(canISOTPOptionsCodec, canBoth,
	"CAN_ISOTP_OPTS", sys.SOL_CAN_ISOTP, sys.CAN_ISOTP_OPTS)

// CAN_ISOTP_RECV_FC sets the flow control that the socket requests from senders.
var CAN_ISOTP_RECV_FC Option[CANISOTPFCOptions] = declare(canISOTPFCOptionsCodec, canBoth,
	"CAN_ISOTP_RECV_FC", sys.SOL_CAN_ISOTP, sys.CAN_ISOTP_RECV_FC)

// CAN_ISOTP_TX_STMIN is the time between sent frames, instead of the receiver's, with
// CAN_ISOTP_FORCE_TXSTMIN. It is rounded up to whole nanoseconds.
var CAN_ISOTP_TX_STMIN Option[time.Duration] = declare(nanosecondsCodec, canBoth,
	"CAN_ISOTP_TX_STMIN", sys.SOL_CAN_ISOTP, sys.CAN_ISOTP_TX_STMIN)

// CAN_ISOTP_RX_STMIN ignores received frames that follow faster, with CAN_ISOTP_FORCE_RXSTMIN.
var CAN_ISOTP_RX_STMIN Option[time.Duration] = declare(nanosecondsCodec, canBoth,
	"CAN_ISOTP_RX_STMIN", sys.SOL_CAN_ISOTP, sys.CAN_ISOTP_RX_STMIN)

// CAN_ISOTP_LL_OPTS sets the frames of the link layer.
var CAN_ISOTP_LL_OPTS Option[CANISOTPLLOptions] = declare(canISOTPLLOptionsCodec, canBoth,
	"CAN_ISOTP_LL_OPTS", sys.SOL_CAN_ISOTP, sys.CAN_ISOTP_LL_OPTS)

// Options of CAN_J1939 sockets. See j1939.rst in the kernel's documentation.

// SO_J1939_FILTER sets the filters: a message must match at least one. An empty list
// receives all.
var SO_J1939_FILTER Option[[]J1939Filter] = declare(j1939FilterCodec, canSet,
	"SO_J1939_FILTER", sys.SOL_CAN_J1939, sys.SO_J1939_FILTER)

// SO_J1939_PROMISC receives messages for other addresses too.
var SO_J1939_PROMISC Option[bool] = declare(boolCodec, canBoth,
	"SO_J1939_PROMISC", sys.SOL_CAN_J1939, sys.SO_J1939_PROMISC)

// SO_J1939_SEND_PRIO is the priority of sent messages, 0 (highest) to 7. The default is 6.
var SO_J1939_SEND_PRIO Option[int] = declare(intCodec, canBoth,
	"SO_J1939_SEND_PRIO", sys.SOL_CAN_J1939, sys.SO_J1939_SEND_PRIO)

// SO_J1939_ERRQUEUE makes the error queue report the progress of sessions.
var SO_J1939_ERRQUEUE Option[bool] = declare(boolCodec, canBoth,
	"SO_J1939_ERRQUEUE", sys.SOL_CAN_J1939, sys.SO_J1939_ERRQUEUE)

var (
	nanosecondsCodec       = durationCodec(time.Nanosecond)
	canFilterCodec         = platformCodec[[]CANFilter]("struct can_filter[]")
	canRawVCIDOptionsCodec = newPlainCodec("struct can_raw_vcid_options",
		func(o CANRawVCIDOptions, n *[4]uint8) error {
			*n = [4]uint8{uint8(o.Flags), o.TxVCID, o.RxVCID, o.RxVCIDMask}
			return nil
		}, func(n *[4]uint8) CANRawVCIDOptions {
			return CANRawVCIDOptions{CANRawVCIDFlags(n[0]), n[1], n[2], n[3]}
		})
	canISOTPOptionsCodec   = platformCodec[CANISOTPOptions]("struct can_isotp_options")
	canISOTPFCOptionsCodec = platformCodec[CANISOTPFCOptions]("struct can_isotp_fc_options")
	canISOTPLLOptionsCodec = platformCodec[CANISOTPLLOptions]("struct can_isotp_ll_options")
	j1939FilterCodec       = platformCodec[[]J1939Filter]("struct j1939_filter[]")
)

// Control messages of AF_CAN.
const (
	// SCM_CAN_RAW_ERRQUEUE is the kind of the reports in the error queue of a CAN_RAW socket, for
	// ExtendedError: a struct sock_extended_err.
	SCM_CAN_RAW_ERRQUEUE ControlType = sys.SOL_CAN_RAW<<32 | sys.SCM_CAN_RAW_ERRQUEUE
	// SCM_J1939_DEST_ADDR is the destination address of a received message: a uint8.
	SCM_J1939_DEST_ADDR ControlType = sys.SOL_CAN_J1939<<32 | sys.SCM_J1939_DEST_ADDR
	// SCM_J1939_DEST_NAME is the destination name of a received message: a uint64.
	SCM_J1939_DEST_NAME ControlType = sys.SOL_CAN_J1939<<32 | sys.SCM_J1939_DEST_NAME
	// SCM_J1939_PRIO is the priority of a received message: a uint8.
	SCM_J1939_PRIO ControlType = sys.SOL_CAN_J1939<<32 | sys.SCM_J1939_PRIO
	// SCM_J1939_ERRQUEUE is the error queue's report of a session, for ExtendedError: a struct
	// sock_extended_err. Its Info is a J1939EEInfo, or with the origin SO_EE_ORIGIN_TIMESTAMPING a
	// TimestampPoint. The session's OptStats are in the same message.
	SCM_J1939_ERRQUEUE ControlType = sys.SOL_CAN_J1939<<32 | sys.SCM_J1939_ERRQUEUE
)

// J1939DestAddr returns the destination address of a message (SCM_J1939_DEST_ADDR).
func (m ControlMessage) J1939DestAddr() (J1939Address, bool) {
	return loadIf[J1939Address](&m, sys.SOL_CAN_J1939, sys.SCM_J1939_DEST_ADDR)
}

// J1939DestName returns the destination name of a message (SCM_J1939_DEST_NAME).
func (m ControlMessage) J1939DestName() (J1939Name, bool) {
	return loadIf[J1939Name](&m, sys.SOL_CAN_J1939, sys.SCM_J1939_DEST_NAME)
}

// J1939Priority returns the priority of a message, 0 (highest) to 7 (SCM_J1939_PRIO).
func (m ControlMessage) J1939Priority() (uint8, bool) {
	return loadIf[uint8](&m, sys.SOL_CAN_J1939, sys.SCM_J1939_PRIO)
}

// A CANID is the identifier of a frame, canid_t: 11 bits, or 29 with CAN_EFF_FLAG.
type CANID uint32

// Flags and masks of a CANID.
const (
	CAN_EFF_FLAG    CANID = sys.CAN_EFF_FLAG    // an extended frame: the identifier has 29 bits
	CAN_RTR_FLAG    CANID = sys.CAN_RTR_FLAG    // a request for transmission
	CAN_ERR_FLAG    CANID = sys.CAN_ERR_FLAG    // an error: the identifier is a CANErr
	CAN_INV_FILTER  CANID = sys.CAN_INV_FILTER  // in CANFilter.ID: match all others
	CAN_SFF_MASK    CANID = sys.CAN_SFF_MASK    // the identifier of a standard frame
	CAN_EFF_MASK    CANID = sys.CAN_EFF_MASK    // the identifier of an extended frame
	CAN_ERR_MASK    CANID = sys.CAN_ERR_MASK    // the classes of an error
	CANXL_PRIO_MASK CANID = sys.CANXL_PRIO_MASK // the priority of a CAN XL frame
	CANXL_VCID_MASK CANID = sys.CANXL_VCID_MASK // the network id of a CAN XL frame, since Linux 6.9
)

// Sizes of identifiers and frames, of frames in bytes.
const (
	CAN_SFF_ID_BITS     int = sys.CAN_SFF_ID_BITS     // bits of a standard identifier
	CAN_EFF_ID_BITS     int = sys.CAN_EFF_ID_BITS     // bits of an extended identifier
	CANXL_PRIO_BITS     int = sys.CANXL_PRIO_BITS     // bits of CAN XL's priority
	CANXL_VCID_OFFSET   int = sys.CANXL_VCID_OFFSET   // the lowest bit of the network id in CANXLFrame.Prio
	CANXL_VCID_VAL_MASK int = sys.CANXL_VCID_VAL_MASK // the highest network id
	CAN_MAX_DLC         int = sys.CAN_MAX_DLC         // the highest length code of a frame
	CAN_MAX_RAW_DLC     int = sys.CAN_MAX_RAW_DLC     // the highest length code on the wire
	CAN_MAX_DLEN        int = sys.CAN_MAX_DLEN        // bytes of payload of a frame at most
	CANFD_MAX_DLC       int = sys.CANFD_MAX_DLC       // the highest length code of a CAN FD frame
	CANFD_MAX_DLEN      int = sys.CANFD_MAX_DLEN      // bytes of payload of a CAN FD frame at most
	CANXL_MIN_DLC       int = sys.CANXL_MIN_DLC       // the lowest length code of a CAN XL frame
	CANXL_MAX_DLC       int = sys.CANXL_MAX_DLC       // the highest length code of a CAN XL frame
	CANXL_MAX_DLC_MASK  int = sys.CANXL_MAX_DLC_MASK  // the bits of a length code of a CAN XL frame
	CANXL_MIN_DLEN      int = sys.CANXL_MIN_DLEN      // bytes of payload of a CAN XL frame at least
	CANXL_MAX_DLEN      int = sys.CANXL_MAX_DLEN      // bytes of payload of a CAN XL frame at most
	CAN_MTU             int = sys.CAN_MTU             // a CANFrame
	CANFD_MTU           int = sys.CANFD_MTU           // a CANFDFrame
	CANXL_MTU           int = sys.CANXL_MTU           // a CANXLFrame
	CANXL_HDR_SIZE      int = sys.CANXL_HDR_SIZE      // a CANXLFrame without its payload
	CANXL_MIN_MTU       int = sys.CANXL_MIN_MTU       // the least MTU of an interface for CAN XL
	CANXL_MAX_MTU       int = sys.CANXL_MAX_MTU       // the highest MTU of an interface for CAN XL
	CAN_RAW_FILTER_MAX  int = sys.CAN_RAW_FILTER_MAX  // filters of CAN_RAW_FILTER at most
	CAN_ERR_DLC         int = sys.CAN_ERR_DLC         // bytes of payload of an error's frame
)

// A CANFrame is a frame of classical CAN, struct can_frame, in the kernel's layout.
type CANFrame struct {
	ID      CANID
	Len     uint8 // of Data, up to CAN_MAX_DLEN
	_       [2]uint8
	Len8DLC uint8 // the length code on the wire where Len is 8 and the code is 9 to 15
	Data    [8]uint8
}

// Bytes returns the frame's memory: send it, or receive into it.
func (f *CANFrame) Bytes() []byte { return bytesOf(f) }

// CANFDFlags are flags of a CANFDFrame.
type CANFDFlags uint8

// See linux/can.h.
const (
	CANFD_BRS CANFDFlags = sys.CANFD_BRS // the payload has the second bit rate
	CANFD_ESI CANFDFlags = sys.CANFD_ESI // the sender is error passive
	CANFD_FDF CANFDFlags = sys.CANFD_FDF // the frame is CAN FD, even if it is short
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f CANFDFlags) String() string { return flagNames(f, namesCANFDFlags) }

// A CANFDFrame is a frame of CAN FD, struct canfd_frame, in the kernel's layout. A socket with
// CAN_RAW_FD_FRAMES receives classical frames into it too: CAN_MTU bytes.
type CANFDFrame struct {
	ID    CANID
	Len   uint8 // of Data, up to CANFD_MAX_DLEN
	Flags CANFDFlags
	_     [2]uint8
	Data  [64]uint8
}

// Bytes returns the frame's memory: send it, or receive into it.
func (f *CANFDFrame) Bytes() []byte { return bytesOf(f) }

// CANXLFlags are flags of a CANXLFrame.
type CANXLFlags uint8

// See linux/can.h.
const (
	CANXL_XLF CANXLFlags = sys.CANXL_XLF // always set
	CANXL_SEC CANXLFlags = sys.CANXL_SEC // simple extended content: security or segmentation
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f CANXLFlags) String() string { return flagNames(f, namesCANXLFlags) }

// A CANXLFrame is a frame of CAN XL, struct canxl_frame, in the kernel's layout. Its first
// CANXL_HDR_SIZE bytes and Len more are sent.
type CANXLFrame struct {
	Prio  CANID // 11 bits of priority; the network id
	Flags CANXLFlags
	SDT   uint8  // the type of the payload
	Len   uint16 // of Data, 1 to CANXL_MAX_DLEN
	AF    uint32 // the acceptance field
	Data  [2048]uint8
}

// Bytes returns the frame's memory: receive into it, or send CANXL_HDR_SIZE bytes and Len more.
func (f *CANXLFrame) Bytes() []byte { return bytesOf(f) }

// CANFilter is struct can_filter: a frame matches if its identifier and ID are equal in the bits of
// Mask.
type CANFilter struct{ ID, Mask CANID }

// CANRawVCIDOptions is struct can_raw_vcid_options.
type CANRawVCIDOptions struct {
	Flags      CANRawVCIDFlags
	TxVCID     uint8 // of frames sent
	RxVCID     uint8 // of frames received, compared in the bits of RxVCIDMask
	RxVCIDMask uint8
}

// CANRawVCIDFlags are flags of CANRawVCIDOptions.
type CANRawVCIDFlags uint8

// See the kernel's can.rst.
const (
	CAN_RAW_XL_VCID_TX_SET    CANRawVCIDFlags = sys.CAN_RAW_XL_VCID_TX_SET    // frames sent have TxVCID
	CAN_RAW_XL_VCID_TX_PASS   CANRawVCIDFlags = sys.CAN_RAW_XL_VCID_TX_PASS   // sent frames keep theirs
	CAN_RAW_XL_VCID_RX_FILTER CANRawVCIDFlags = sys.CAN_RAW_XL_VCID_RX_FILTER // receive only frames with RxVCID
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f CANRawVCIDFlags) String() string { return flagNames(f, namesCANRawVCIDFlags) }

// CANISOTPOptions is struct can_isotp_options.
type CANISOTPOptions struct {
	Flags        CANISOTPFlags
	FrameTxtime  time.Duration // between frames; 0: unchanged; CAN_ISOTP_FRAME_TXTIME_ZERO: none
	ExtAddress   uint8         // extended address, with CAN_ISOTP_EXTEND_ADDR
	TxpadContent uint8         // the fill byte of sent frames, with CAN_ISOTP_TX_PADDING
	RxpadContent uint8         // the fill byte of received frames, with CAN_ISOTP_CHK_PAD_DATA
	RxExtAddress uint8         // extended address of received frames, with CAN_ISOTP_RX_EXT_ADDR
}

// CANISOTPFlags are flags of CANISOTPOptions.
type CANISOTPFlags uint32

// See linux/can/isotp.h. In parentheses are the versions of Linux that brought a flag. Frames one
// to many have no flow control. With CAN_ISOTP_DYN_FC_PARMS it may change within a message.
const (
	CAN_ISOTP_LISTEN_MODE   CANISOTPFlags = sys.CAN_ISOTP_LISTEN_MODE   // send no flow control
	CAN_ISOTP_EXTEND_ADDR   CANISOTPFlags = sys.CAN_ISOTP_EXTEND_ADDR   // extended addressing
	CAN_ISOTP_TX_PADDING    CANISOTPFlags = sys.CAN_ISOTP_TX_PADDING    // fill sent frames
	CAN_ISOTP_RX_PADDING    CANISOTPFlags = sys.CAN_ISOTP_RX_PADDING    // received frames are filled
	CAN_ISOTP_CHK_PAD_LEN   CANISOTPFlags = sys.CAN_ISOTP_CHK_PAD_LEN   // check received frames' length
	CAN_ISOTP_CHK_PAD_DATA  CANISOTPFlags = sys.CAN_ISOTP_CHK_PAD_DATA  // check received frames' fill bytes
	CAN_ISOTP_HALF_DUPLEX   CANISOTPFlags = sys.CAN_ISOTP_HALF_DUPLEX   // never send and receive at once
	CAN_ISOTP_FORCE_TXSTMIN CANISOTPFlags = sys.CAN_ISOTP_FORCE_TXSTMIN // CAN_ISOTP_TX_STMIN counts
	CAN_ISOTP_FORCE_RXSTMIN CANISOTPFlags = sys.CAN_ISOTP_FORCE_RXSTMIN // CAN_ISOTP_RX_STMIN counts
	CAN_ISOTP_RX_EXT_ADDR   CANISOTPFlags = sys.CAN_ISOTP_RX_EXT_ADDR   // RxExtAddress is not ExtAddress
	CAN_ISOTP_WAIT_TX_DONE  CANISOTPFlags = sys.CAN_ISOTP_WAIT_TX_DONE  // sending waits until all is sent
	CAN_ISOTP_SF_BROADCAST  CANISOTPFlags = sys.CAN_ISOTP_SF_BROADCAST  // one to many, single frames
	CAN_ISOTP_CF_BROADCAST  CANISOTPFlags = sys.CAN_ISOTP_CF_BROADCAST  // one to many, many frames (5.19)
	CAN_ISOTP_DYN_FC_PARMS  CANISOTPFlags = sys.CAN_ISOTP_DYN_FC_PARMS  // flow control may change (6.6)
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f CANISOTPFlags) String() string { return flagNames(f, namesCANISOTPFlags) }

// CANISOTPFCOptions is struct can_isotp_fc_options.
type CANISOTPFCOptions struct {
	BS     uint8 // frames between flow controls; 0: any number
	Stmin  uint8 // time between frames: up to 0x7f milliseconds, or 0xf1 to 0xf9 for 100 to 900 µs
	Wftmax uint8 // wait frames at most; 0: none
}

// CANISOTPLLOptions is struct can_isotp_ll_options.
type CANISOTPLLOptions struct {
	MTU     int // CAN_MTU or CANFD_MTU
	TxDL    int // bytes of payload of sent frames: 8, 12, 16, 20, 24, 32, 48 or 64
	TxFlags CANFDFlags
}

// The defaults of CAN_ISOTP sockets.
const (
	CAN_ISOTP_DEFAULT_FLAGS        CANISOTPFlags = sys.CAN_ISOTP_DEFAULT_FLAGS        // Flags
	CAN_ISOTP_DEFAULT_EXT_ADDRESS  uint8         = sys.CAN_ISOTP_DEFAULT_EXT_ADDRESS  // ExtAddress
	CAN_ISOTP_DEFAULT_PAD_CONTENT  uint8         = sys.CAN_ISOTP_DEFAULT_PAD_CONTENT  // TxpadContent and RxpadContent
	CAN_ISOTP_DEFAULT_FRAME_TXTIME time.Duration = sys.CAN_ISOTP_DEFAULT_FRAME_TXTIME // FrameTxtime
	CAN_ISOTP_DEFAULT_RECV_BS      uint8         = sys.CAN_ISOTP_DEFAULT_RECV_BS      // BS
	CAN_ISOTP_DEFAULT_RECV_STMIN   uint8         = sys.CAN_ISOTP_DEFAULT_RECV_STMIN   // Stmin
	CAN_ISOTP_DEFAULT_RECV_WFTMAX  uint8         = sys.CAN_ISOTP_DEFAULT_RECV_WFTMAX  // Wftmax
	CAN_ISOTP_DEFAULT_LL_MTU       int           = sys.CAN_ISOTP_DEFAULT_LL_MTU       // MTU
	CAN_ISOTP_DEFAULT_LL_TX_DL     int           = sys.CAN_ISOTP_DEFAULT_LL_TX_DL     // TxDL
	CAN_ISOTP_DEFAULT_LL_TX_FLAGS  CANFDFlags    = sys.CAN_ISOTP_DEFAULT_LL_TX_FLAGS  // TxFlags
	CAN_ISOTP_FRAME_TXTIME_ZERO    time.Duration = sys.CAN_ISOTP_FRAME_TXTIME_ZERO    // FrameTxtime, for none
)

// J1939Filter is struct j1939_filter: a message matches if each of its values is equal in the bits
// of the mask.
type J1939Filter struct {
	Name, NameMask J1939Name
	PGN, PGNMask   J1939PGN
	Addr, AddrMask J1939Address
}

// A J1939PGN is the number of a parameter group, a J1939Address the address of a controller, and a
// J1939Name its name.
type (
	J1939PGN     uint32
	J1939Address uint8
	J1939Name    uint64
)

// Special addresses, names and parameter groups of J1939.
const (
	J1939_MAX_UNICAST_ADDR      J1939Address = sys.J1939_MAX_UNICAST_ADDR      // a controller's highest address
	J1939_IDLE_ADDR             J1939Address = sys.J1939_IDLE_ADDR             // a controller without an address
	J1939_NO_ADDR               J1939Address = sys.J1939_NO_ADDR               // none, or all
	J1939_NO_NAME               J1939Name    = sys.J1939_NO_NAME               // none
	J1939_NO_PGN                J1939PGN     = sys.J1939_NO_PGN                // none
	J1939_PGN_REQUEST           J1939PGN     = sys.J1939_PGN_REQUEST           // requests a parameter group
	J1939_PGN_ADDRESS_CLAIMED   J1939PGN     = sys.J1939_PGN_ADDRESS_CLAIMED   // claims an address
	J1939_PGN_ADDRESS_COMMANDED J1939PGN     = sys.J1939_PGN_ADDRESS_COMMANDED // orders to take an address
	J1939_PGN_PDU1_MAX          J1939PGN     = sys.J1939_PGN_PDU1_MAX          // the highest with a destination
	J1939_PGN_MAX               J1939PGN     = sys.J1939_PGN_MAX               // the highest
	J1939_FILTER_MAX            int          = sys.J1939_FILTER_MAX            // most filters of SO_J1939_FILTER
)

// A J1939NLA is a kind of netlink attribute in the OptStats beside an SCM_J1939_ERRQUEUE.
type J1939NLA int

// See linux/can/j1939.h. All but the first two exist since Linux 5.14.
const (
	J1939_NLA_PAD         J1939NLA = sys.J1939_NLA_PAD         // nothing
	J1939_NLA_BYTES_ACKED J1939NLA = sys.J1939_NLA_BYTES_ACKED // bytes acknowledged, uint32
	J1939_NLA_TOTAL_SIZE  J1939NLA = sys.J1939_NLA_TOTAL_SIZE  // bytes of the message, uint32
	J1939_NLA_PGN         J1939NLA = sys.J1939_NLA_PGN         // parameter group, uint32
	J1939_NLA_SRC_NAME    J1939NLA = sys.J1939_NLA_SRC_NAME    // sender's name, uint64
	J1939_NLA_DEST_NAME   J1939NLA = sys.J1939_NLA_DEST_NAME   // receiver's name, uint64
	J1939_NLA_SRC_ADDR    J1939NLA = sys.J1939_NLA_SRC_ADDR    // sender's address, uint8
	J1939_NLA_DEST_ADDR   J1939NLA = sys.J1939_NLA_DEST_ADDR   // receiver's address, uint8
)

// String returns the C name of n, or its number.
func (n J1939NLA) String() string { return nameOf(n, namesJ1939NLA) }

// A J1939EEInfo is SockExtendedErr.Info of a J1939 socket's error queue, of any origin but
// SO_EE_ORIGIN_TIMESTAMPING.
type J1939EEInfo uint32

// See linux/can/j1939.h. Those of receiving exist since Linux 5.14.
const (
	J1939_EE_INFO_NONE     J1939EEInfo = sys.J1939_EE_INFO_NONE     // nothing more
	J1939_EE_INFO_TX_ABORT J1939EEInfo = sys.J1939_EE_INFO_TX_ABORT // sending was aborted
	J1939_EE_INFO_RX_RTS   J1939EEInfo = sys.J1939_EE_INFO_RX_RTS   // a request to send arrived
	J1939_EE_INFO_RX_DPO   J1939EEInfo = sys.J1939_EE_INFO_RX_DPO   // data arrived
	J1939_EE_INFO_RX_ABORT J1939EEInfo = sys.J1939_EE_INFO_RX_ABORT // receiving was aborted
)

// String returns the C name of i, or its number.
func (i J1939EEInfo) String() string { return nameOf(i, namesJ1939EEInfo) }

// A BCMMsgHead is the head before the frames that CAN_BCM sockets send and receive: struct
// bcm_msg_head. C's constants lack the CAN_BCM_ prefix.
type BCMMsgHead struct {
	Opcode  BCMOpcode
	Flags   BCMFlags
	Count   uint32        // how often to send after Ival1, before Ival2
	Ival1   time.Duration // rounded up to whole microseconds; the kernel refuses a negative one
	Ival2   time.Duration // likewise
	ID      CANID
	NFrames uint32 // frames that follow: a CANFrame each, with CAN_BCM_CAN_FD_FRAME a CANFDFrame
}

var bcmMsgHeadCodec = platformCodec[BCMMsgHead]("struct bcm_msg_head")

// Append appends the native struct to b; frames follow, by their Bytes.
func (h BCMMsgHead) Append(b []byte) []byte {
	b, _ = appendEncoded(b, bcmMsgHeadCodec, h)
	return b
}

// ParseBCM returns the head of what a CAN_BCM socket received, and the frames' bytes.
func ParseBCM(b []byte) (h BCMMsgHead, frames []byte, ok bool) {
	return parsePayload(bcmMsgHeadCodec, b)
}

// A BCMOpcode is the request or the report of a BCMMsgHead.
type BCMOpcode uint32

// See the kernel's can.rst.
const (
	CAN_BCM_TX_SETUP   BCMOpcode = sys.TX_SETUP   // send frames, once or repeatedly
	CAN_BCM_TX_DELETE  BCMOpcode = sys.TX_DELETE  // stop that
	CAN_BCM_TX_READ    BCMOpcode = sys.TX_READ    // report it
	CAN_BCM_TX_SEND    BCMOpcode = sys.TX_SEND    // send one frame
	CAN_BCM_RX_SETUP   BCMOpcode = sys.RX_SETUP   // receive frames that match
	CAN_BCM_RX_DELETE  BCMOpcode = sys.RX_DELETE  // stop that
	CAN_BCM_RX_READ    BCMOpcode = sys.RX_READ    // report it
	CAN_BCM_TX_STATUS  BCMOpcode = sys.TX_STATUS  // the report of CAN_BCM_TX_READ
	CAN_BCM_TX_EXPIRED BCMOpcode = sys.TX_EXPIRED // Count frames were sent
	CAN_BCM_RX_STATUS  BCMOpcode = sys.RX_STATUS  // the report of CAN_BCM_RX_READ
	CAN_BCM_RX_TIMEOUT BCMOpcode = sys.RX_TIMEOUT // no frame arrived within Ival1
	CAN_BCM_RX_CHANGED BCMOpcode = sys.RX_CHANGED // a frame with new content arrived
)

// String returns the C name of o with CAN_BCM_ before it, or its number.
func (o BCMOpcode) String() string { return nameOf(o, namesBCMOpcode) }

// BCMFlags are flags of a BCMMsgHead.
type BCMFlags uint32

// See the kernel's can.rst.
const (
	CAN_BCM_SETTIMER           BCMFlags = sys.SETTIMER           // set Count, Ival1 and Ival2
	CAN_BCM_STARTTIMER         BCMFlags = sys.STARTTIMER         // start the timer
	CAN_BCM_TX_COUNTEVT        BCMFlags = sys.TX_COUNTEVT        // report the end of Count
	CAN_BCM_TX_ANNOUNCE        BCMFlags = sys.TX_ANNOUNCE        // send changed content at once
	CAN_BCM_TX_CP_CAN_ID       BCMFlags = sys.TX_CP_CAN_ID       // frames have ID
	CAN_BCM_RX_FILTER_ID       BCMFlags = sys.RX_FILTER_ID       // match only the identifier
	CAN_BCM_RX_CHECK_DLC       BCMFlags = sys.RX_CHECK_DLC       // a changed length is new content
	CAN_BCM_RX_NO_AUTOTIMER    BCMFlags = sys.RX_NO_AUTOTIMER    // do not start the timer by a frame
	CAN_BCM_RX_ANNOUNCE_RESUME BCMFlags = sys.RX_ANNOUNCE_RESUME // report the frame after a timeout
	CAN_BCM_TX_RESET_MULTI_IDX BCMFlags = sys.TX_RESET_MULTI_IDX // begin with the first frame
	CAN_BCM_RX_RTR_FRAME       BCMFlags = sys.RX_RTR_FRAME       // reply to a request for transmission
	CAN_BCM_CAN_FD_FRAME       BCMFlags = sys.CAN_FD_FRAME       // frames are CANFDFrames
	CAN_FD_FRAME               BCMFlags = sys.CAN_FD_FRAME       // C's name of CAN_BCM_CAN_FD_FRAME
)

// String returns the C names of the flags in f with CAN_BCM_ before each.
func (f BCMFlags) String() string { return flagNames(f, namesBCMFlags) }

// A CANErr is the class of an error: the identifier of a frame with CAN_ERR_FLAG, and the mask of
// CAN_RAW_ERR_FILTER.
type CANErr uint32

// See linux/can/error.h. Data is that of the frame. CAN_ERR_PROT puts a CANErrProt in Data[2] and a
// CANErrProtLoc in Data[3], CAN_ERR_CNT the counts of errors of sending and receiving in Data[6]
// and Data[7].
const (
	CAN_ERR_TX_TIMEOUT CANErr = sys.CAN_ERR_TX_TIMEOUT // sending took too long
	CAN_ERR_LOSTARB    CANErr = sys.CAN_ERR_LOSTARB    // arbitration was lost, at bit Data[0]
	CAN_ERR_CRTL       CANErr = sys.CAN_ERR_CRTL       // the controller's problem is in Data[1]: CANErrCrtl
	CAN_ERR_PROT       CANErr = sys.CAN_ERR_PROT       // a violation: CANErrProt and CANErrProtLoc
	CAN_ERR_TRX        CANErr = sys.CAN_ERR_TRX        // the transceiver's state is in Data[4]: CANErrTrx
	CAN_ERR_ACK        CANErr = sys.CAN_ERR_ACK        // no acknowledgement
	CAN_ERR_BUSOFF     CANErr = sys.CAN_ERR_BUSOFF     // the controller left the bus
	CAN_ERR_BUSERROR   CANErr = sys.CAN_ERR_BUSERROR   // an error on the bus
	CAN_ERR_RESTARTED  CANErr = sys.CAN_ERR_RESTARTED  // the controller was restarted
	CAN_ERR_CNT        CANErr = sys.CAN_ERR_CNT        // counts of errors are in Data, since Linux 6.0
)

// String returns the C names of the classes in e, as MsgFlags.String does.
func (e CANErr) String() string { return flagNames(e, namesCANErr) }

// CAN_ERR_LOSTARB_UNSPEC in Data[0]: no bit is known.
const CAN_ERR_LOSTARB_UNSPEC uint8 = sys.CAN_ERR_LOSTARB_UNSPEC

// CANErrCrtl are a controller's problems.
type CANErrCrtl uint8

// See linux/can/error.h.
const (
	CAN_ERR_CRTL_UNSPEC      CANErrCrtl = sys.CAN_ERR_CRTL_UNSPEC      // not known
	CAN_ERR_CRTL_RX_OVERFLOW CANErrCrtl = sys.CAN_ERR_CRTL_RX_OVERFLOW // a received frame was lost
	CAN_ERR_CRTL_TX_OVERFLOW CANErrCrtl = sys.CAN_ERR_CRTL_TX_OVERFLOW // a frame to send was lost
	CAN_ERR_CRTL_RX_WARNING  CANErrCrtl = sys.CAN_ERR_CRTL_RX_WARNING  // many errors of receiving
	CAN_ERR_CRTL_TX_WARNING  CANErrCrtl = sys.CAN_ERR_CRTL_TX_WARNING  // many errors of sending
	CAN_ERR_CRTL_RX_PASSIVE  CANErrCrtl = sys.CAN_ERR_CRTL_RX_PASSIVE  // error passive by receiving
	CAN_ERR_CRTL_TX_PASSIVE  CANErrCrtl = sys.CAN_ERR_CRTL_TX_PASSIVE  // error passive by sending
	CAN_ERR_CRTL_ACTIVE      CANErrCrtl = sys.CAN_ERR_CRTL_ACTIVE      // error active again
)

// String returns the C names of the flags in e, as MsgFlags.String does.
func (e CANErrCrtl) String() string { return flagNames(e, namesCANErrCrtl) }

// CANErrProt are violations of the protocol.
type CANErrProt uint8

// See linux/can/error.h.
const (
	CAN_ERR_PROT_UNSPEC   CANErrProt = sys.CAN_ERR_PROT_UNSPEC   // not known
	CAN_ERR_PROT_BIT      CANErrProt = sys.CAN_ERR_PROT_BIT      // a bit
	CAN_ERR_PROT_FORM     CANErrProt = sys.CAN_ERR_PROT_FORM     // the form of a frame
	CAN_ERR_PROT_STUFF    CANErrProt = sys.CAN_ERR_PROT_STUFF    // bit stuffing
	CAN_ERR_PROT_BIT0     CANErrProt = sys.CAN_ERR_PROT_BIT0     // a dominant bit was not sent
	CAN_ERR_PROT_BIT1     CANErrProt = sys.CAN_ERR_PROT_BIT1     // a recessive bit was not sent
	CAN_ERR_PROT_OVERLOAD CANErrProt = sys.CAN_ERR_PROT_OVERLOAD // the bus is overloaded
	CAN_ERR_PROT_ACTIVE   CANErrProt = sys.CAN_ERR_PROT_ACTIVE   // an active error was announced
	CAN_ERR_PROT_TX       CANErrProt = sys.CAN_ERR_PROT_TX       // it happened while sending
)

// String returns the C names of the flags in e, as MsgFlags.String does.
func (e CANErrProt) String() string { return flagNames(e, namesCANErrProt) }

// A CANErrProtLoc is the part of a frame in which the protocol was violated.
type CANErrProtLoc uint8

// See linux/can/error.h.
const (
	CAN_ERR_PROT_LOC_UNSPEC  CANErrProtLoc = sys.CAN_ERR_PROT_LOC_UNSPEC  // not known
	CAN_ERR_PROT_LOC_SOF     CANErrProtLoc = sys.CAN_ERR_PROT_LOC_SOF     // its start
	CAN_ERR_PROT_LOC_ID28_21 CANErrProtLoc = sys.CAN_ERR_PROT_LOC_ID28_21 // bits 28 to 21 of the identifier
	CAN_ERR_PROT_LOC_ID20_18 CANErrProtLoc = sys.CAN_ERR_PROT_LOC_ID20_18 // bits 20 to 18
	CAN_ERR_PROT_LOC_SRTR    CANErrProtLoc = sys.CAN_ERR_PROT_LOC_SRTR    // substitute of the request bit
	CAN_ERR_PROT_LOC_IDE     CANErrProtLoc = sys.CAN_ERR_PROT_LOC_IDE     // the extension bit
	CAN_ERR_PROT_LOC_ID17_13 CANErrProtLoc = sys.CAN_ERR_PROT_LOC_ID17_13 // bits 17 to 13 of the identifier
	CAN_ERR_PROT_LOC_ID12_05 CANErrProtLoc = sys.CAN_ERR_PROT_LOC_ID12_05 // bits 12 to 5
	CAN_ERR_PROT_LOC_ID04_00 CANErrProtLoc = sys.CAN_ERR_PROT_LOC_ID04_00 // bits 4 to 0
	CAN_ERR_PROT_LOC_RTR     CANErrProtLoc = sys.CAN_ERR_PROT_LOC_RTR     // the request bit
	CAN_ERR_PROT_LOC_RES1    CANErrProtLoc = sys.CAN_ERR_PROT_LOC_RES1    // reserved bit 1
	CAN_ERR_PROT_LOC_RES0    CANErrProtLoc = sys.CAN_ERR_PROT_LOC_RES0    // reserved bit 0
	CAN_ERR_PROT_LOC_DLC     CANErrProtLoc = sys.CAN_ERR_PROT_LOC_DLC     // the length code
	CAN_ERR_PROT_LOC_DATA    CANErrProtLoc = sys.CAN_ERR_PROT_LOC_DATA    // the payload
	CAN_ERR_PROT_LOC_CRC_SEQ CANErrProtLoc = sys.CAN_ERR_PROT_LOC_CRC_SEQ // the checksum
	CAN_ERR_PROT_LOC_CRC_DEL CANErrProtLoc = sys.CAN_ERR_PROT_LOC_CRC_DEL // the checksum's delimiter
	CAN_ERR_PROT_LOC_ACK     CANErrProtLoc = sys.CAN_ERR_PROT_LOC_ACK     // the acknowledgement
	CAN_ERR_PROT_LOC_ACK_DEL CANErrProtLoc = sys.CAN_ERR_PROT_LOC_ACK_DEL // the acknowledgement's delimiter
	CAN_ERR_PROT_LOC_EOF     CANErrProtLoc = sys.CAN_ERR_PROT_LOC_EOF     // its end
	CAN_ERR_PROT_LOC_INTERM  CANErrProtLoc = sys.CAN_ERR_PROT_LOC_INTERM  // the intermission
)

// String returns the C name of l, or its number.
func (l CANErrProtLoc) String() string { return nameOf(l, namesCANErrProtLoc) }

// A CANErrTrx is a transceiver's state.
type CANErrTrx uint8

// See linux/can/error.h.
const (
	CAN_ERR_TRX_UNSPEC             CANErrTrx = sys.CAN_ERR_TRX_UNSPEC             // not known
	CAN_ERR_TRX_CANH_NO_WIRE       CANErrTrx = sys.CAN_ERR_TRX_CANH_NO_WIRE       // CANH is cut
	CAN_ERR_TRX_CANH_SHORT_TO_BAT  CANErrTrx = sys.CAN_ERR_TRX_CANH_SHORT_TO_BAT  // CANH touches the battery
	CAN_ERR_TRX_CANH_SHORT_TO_VCC  CANErrTrx = sys.CAN_ERR_TRX_CANH_SHORT_TO_VCC  // CANH touches the supply
	CAN_ERR_TRX_CANH_SHORT_TO_GND  CANErrTrx = sys.CAN_ERR_TRX_CANH_SHORT_TO_GND  // CANH touches ground
	CAN_ERR_TRX_CANL_NO_WIRE       CANErrTrx = sys.CAN_ERR_TRX_CANL_NO_WIRE       // CANL is cut
	CAN_ERR_TRX_CANL_SHORT_TO_BAT  CANErrTrx = sys.CAN_ERR_TRX_CANL_SHORT_TO_BAT  // CANL touches the battery
	CAN_ERR_TRX_CANL_SHORT_TO_VCC  CANErrTrx = sys.CAN_ERR_TRX_CANL_SHORT_TO_VCC  // CANL touches the supply
	CAN_ERR_TRX_CANL_SHORT_TO_GND  CANErrTrx = sys.CAN_ERR_TRX_CANL_SHORT_TO_GND  // CANL touches ground
	CAN_ERR_TRX_CANL_SHORT_TO_CANH CANErrTrx = sys.CAN_ERR_TRX_CANL_SHORT_TO_CANH // CANL touches CANH
)

// String returns the C name of e, or its number.
func (e CANErrTrx) String() string { return nameOf(e, namesCANErrTrx) }

// The numbers of errors that change a controller's state.
const (
	CAN_ERROR_WARNING_THRESHOLD int = sys.CAN_ERROR_WARNING_THRESHOLD // CAN_STATE_ERROR_WARNING from here on
	CAN_ERROR_PASSIVE_THRESHOLD int = sys.CAN_ERROR_PASSIVE_THRESHOLD // CAN_STATE_ERROR_PASSIVE from here on
	CAN_BUS_OFF_THRESHOLD       int = sys.CAN_BUS_OFF_THRESHOLD       // CAN_STATE_BUS_OFF from here on
)

// A CANState is the state of a controller, which netlink reports.
type CANState uint32

// See linux/can/netlink.h.
const (
	CAN_STATE_ERROR_ACTIVE  CANState = sys.CAN_STATE_ERROR_ACTIVE  // few errors
	CAN_STATE_ERROR_WARNING CANState = sys.CAN_STATE_ERROR_WARNING // many errors
	CAN_STATE_ERROR_PASSIVE CANState = sys.CAN_STATE_ERROR_PASSIVE // too many to announce errors
	CAN_STATE_BUS_OFF       CANState = sys.CAN_STATE_BUS_OFF       // too many to take part
	CAN_STATE_STOPPED       CANState = sys.CAN_STATE_STOPPED       // the interface is down
	CAN_STATE_SLEEPING      CANState = sys.CAN_STATE_SLEEPING      // the controller sleeps
	CAN_STATE_MAX           CANState = sys.CAN_STATE_MAX           // higher than any of them
)

// String returns the C name of s, or its number.
func (s CANState) String() string { return nameOf(s, namesCANState) }

// CANCtrlMode are the modes of a controller, which netlink sets.
type CANCtrlMode uint32

// See linux/can/netlink.h. The delay is the transceiver's. In parentheses are the versions of Linux
// that brought a mode.
const (
	CAN_CTRLMODE_LOOPBACK       CANCtrlMode = sys.CAN_CTRLMODE_LOOPBACK       // loop back in the controller
	CAN_CTRLMODE_LISTENONLY     CANCtrlMode = sys.CAN_CTRLMODE_LISTENONLY     // send nothing
	CAN_CTRLMODE_3_SAMPLES      CANCtrlMode = sys.CAN_CTRLMODE_3_SAMPLES      // sample three times
	CAN_CTRLMODE_ONE_SHOT       CANCtrlMode = sys.CAN_CTRLMODE_ONE_SHOT       // do not send again
	CAN_CTRLMODE_BERR_REPORTING CANCtrlMode = sys.CAN_CTRLMODE_BERR_REPORTING // report errors of the bus
	CAN_CTRLMODE_FD             CANCtrlMode = sys.CAN_CTRLMODE_FD             // CAN FD
	CAN_CTRLMODE_PRESUME_ACK    CANCtrlMode = sys.CAN_CTRLMODE_PRESUME_ACK    // need no acknowledgement
	CAN_CTRLMODE_FD_NON_ISO     CANCtrlMode = sys.CAN_CTRLMODE_FD_NON_ISO     // CAN FD as before ISO 11898
	CAN_CTRLMODE_CC_LEN8_DLC    CANCtrlMode = sys.CAN_CTRLMODE_CC_LEN8_DLC    // length codes above 8
	CAN_CTRLMODE_TDC_AUTO       CANCtrlMode = sys.CAN_CTRLMODE_TDC_AUTO       // measure the delay (5.16)
	CAN_CTRLMODE_TDC_MANUAL     CANCtrlMode = sys.CAN_CTRLMODE_TDC_MANUAL     // the delay is set (5.16)
)

// String returns the C names of the modes in m, as MsgFlags.String does.
func (m CANCtrlMode) String() string { return flagNames(m, namesCANCtrlMode) }

// CAN_TERMINATION_DISABLED is the resistance of an interface's termination that is switched off.
const CAN_TERMINATION_DISABLED uint16 = sys.CAN_TERMINATION_DISABLED

// The frames have the kernel's layout.
var (
	_ [unsafe.Sizeof(CANFrame{})]struct{}   = [16]struct{}{}
	_ [unsafe.Sizeof(CANFDFrame{})]struct{} = [72]struct{}{}
	_ [unsafe.Sizeof(CANXLFrame{})]struct{} = [12 + 2048]struct{}{}
)

// String returns the identifier as candump(1) prints it: "123", "00000123" with CAN_EFF_FLAG.
func (id CANID) String() string {
	const hex = "0123456789ABCDEF"
	n := 3
	if id&CAN_EFF_FLAG != 0 || id&CAN_ERR_FLAG != 0 {
		n = 8
	}
	var b [8]byte
	v := uint32(id) &^ uint32(CAN_EFF_FLAG|CAN_RTR_FLAG)
	for i := n - 1; i >= 0; i-- {
		b[i] = hex[v&15]
		v >>= 4
	}
	return string(b[:n])
}
