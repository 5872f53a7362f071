//go:build cgo

package csock

import (
	"fmt"
	"math"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_BLUETOOTH: L2CAP, RFCOMM, SCO and HCI sockets. The kernel publishes no header for
// it: <bluetooth/bluetooth.h>, l2cap.h, rfcomm.h, sco.h and hci.h are BlueZ's.

// Protocols of AF_BLUETOOTH sockets, the third argument of New.
const (
	BTPROTO_L2CAP  Protocol = sys.BTPROTO_L2CAP  // logical links: SOCK_SEQPACKET, SOCK_STREAM, SOCK_DGRAM
	BTPROTO_HCI    Protocol = sys.BTPROTO_HCI    // a controller's commands and events: SOCK_RAW
	BTPROTO_SCO    Protocol = sys.BTPROTO_SCO    // voice: SOCK_SEQPACKET
	BTPROTO_RFCOMM Protocol = sys.BTPROTO_RFCOMM // serial lines: SOCK_STREAM
	BTPROTO_BNEP   Protocol = sys.BTPROTO_BNEP   // control of network interfaces over L2CAP
	BTPROTO_CMTP   Protocol = sys.BTPROTO_CMTP   // control of CAPI over L2CAP
	BTPROTO_HIDP   Protocol = sys.BTPROTO_HIDP   // control of input devices over L2CAP
	BTPROTO_AVDTP  Protocol = sys.BTPROTO_AVDTP  // audio and video; Linux has only its number
	BTPROTO_ISO    Protocol = sys.BTPROTO_ISO    // isochronous channels, since Linux 6.0
)

// Levels of options.
const (
	SOL_HCI       Level = sys.SOL_HCI       // HCI sockets
	SOL_L2CAP     Level = sys.SOL_L2CAP     // L2CAP sockets
	SOL_SCO       Level = sys.SOL_SCO       // SCO sockets
	SOL_RFCOMM    Level = sys.SOL_RFCOMM    // RFCOMM sockets
	SOL_BLUETOOTH Level = sys.SOL_BLUETOOTH // all of them
)

// A BDAddr is the address of a Bluetooth device, in the order in which people write it; the native
// bdaddr_t is reversed. The zero BDAddr is C's BDADDR_ANY. A net.HardwareAddr of six bytes converts
// to it: BDAddr(hw).
type BDAddr [6]byte

// String returns the address as six hexadecimal numbers with colons.
func (a BDAddr) String() string {
	return fmt.Sprintf("%02X:%02X:%02X:%02X:%02X:%02X", a[0], a[1], a[2], a[3], a[4], a[5])
}

// A BDAddrType is the kind of a device's address.
type BDAddrType uint8

// See <bluetooth/bluetooth.h>.
const (
	BDADDR_BREDR     BDAddrType = sys.BDADDR_BREDR     // of the classic radio
	BDADDR_LE_PUBLIC BDAddrType = sys.BDADDR_LE_PUBLIC // Bluetooth Low Energy, assigned
	BDADDR_LE_RANDOM BDAddrType = sys.BDADDR_LE_RANDOM // Bluetooth Low Energy, random
)

// String returns the C name, or the number.
func (t BDAddrType) String() string { return nameOf(t, namesBDAddrType) }

// A SockaddrL2 is a struct sockaddr_l2, the address of an L2CAP socket.
type SockaddrL2 struct {
	PSM        uint16 // the service, odd; 0 in Bind: the kernel chooses, or the socket uses CID
	BDAddr     BDAddr
	CID        uint16 // a fixed channel, if PSM is 0
	BDAddrType BDAddrType
}

// A SockaddrRC is a struct sockaddr_rc, the address of an RFCOMM socket.
type SockaddrRC struct {
	BDAddr  BDAddr
	Channel uint8 // 1 to 30
}

// A SockaddrSCO is a struct sockaddr_sco, the address of an SCO socket.
type SockaddrSCO struct {
	BDAddr BDAddr
}

// A SockaddrHCI is a struct sockaddr_hci, the address of an HCI socket.
type SockaddrHCI struct {
	Dev     uint16 // the controller's number, or HCI_DEV_NONE
	Channel HCIChannel
}

// HCI_DEV_NONE is the Dev of a socket that uses no controller.
const HCI_DEV_NONE uint16 = sys.HCI_DEV_NONE

// An HCIChannel is what an HCI socket exchanges.
type HCIChannel uint16

// See <bluetooth/hci.h>.
const (
	HCI_CHANNEL_RAW     HCIChannel = sys.HCI_CHANNEL_RAW     // packets of a controller, beside the kernel
	HCI_CHANNEL_USER    HCIChannel = sys.HCI_CHANNEL_USER    // packets of a controller, instead of the kernel
	HCI_CHANNEL_MONITOR HCIChannel = sys.HCI_CHANNEL_MONITOR // a copy of all packets
	HCI_CHANNEL_CONTROL HCIChannel = sys.HCI_CHANNEL_CONTROL // the kernel's management interface
	HCI_CHANNEL_LOGGING HCIChannel = sys.HCI_CHANNEL_LOGGING // messages for monitors
)

// String returns the C name, or the number.
func (c HCIChannel) String() string { return nameOf(c, namesHCIChannel) }

var (
	l2Addrs = newAddrForm(AF_BLUETOOTH, func(sa SockaddrL2) string {
		if sa.PSM == 0 {
			return fmt.Sprintf("l2cap:%v:cid %d", sa.BDAddr, sa.CID)
		}
		return fmt.Sprintf("l2cap:%v:%d", sa.BDAddr, sa.PSM)
	})
	rcAddrs = newAddrForm(AF_BLUETOOTH, func(sa SockaddrRC) string {
		return fmt.Sprintf("rfcomm:%v:%d", sa.BDAddr, sa.Channel)
	})
	scoAddrs = newAddrForm(AF_BLUETOOTH,
		func(sa SockaddrSCO) string { return "sco:" + sa.BDAddr.String() })
	hciAddrs = newAddrForm(AF_BLUETOOTH, func(sa SockaddrHCI) string {
		return fmt.Sprintf("hci:%d:%d", sa.Dev, sa.Channel)
	})
)

// L2Addr returns the address of an L2CAP service. It is not valid where the platform is not Linux,
// and so are those of the other three.
func L2Addr(sa SockaddrL2) SockAddr { return l2Addrs.make(sa) }

// RCAddr returns the address of an RFCOMM channel.
func RCAddr(sa SockaddrRC) SockAddr { return rcAddrs.make(sa) }

// SCOAddr returns the address of a device, for an SCO socket.
func SCOAddr(sa SockaddrSCO) SockAddr { return scoAddrs.make(sa) }

// HCIAddr returns the address of a channel of a controller.
func HCIAddr(sa SockaddrHCI) SockAddr { return hciAddrs.make(sa) }

// L2 returns the values of an AF_BLUETOOTH address of an L2CAP socket. The addresses of the four
// protocols differ in length.
func (a SockAddr) L2() (SockaddrL2, bool) { return l2Addrs.read(a) }

// RC returns the values of an AF_BLUETOOTH address of an RFCOMM socket.
func (a SockAddr) RC() (SockaddrRC, bool) { return rcAddrs.read(a) }

// SCO returns the values of an AF_BLUETOOTH address of an SCO socket.
func (a SockAddr) SCO() (SockaddrSCO, bool) { return scoAddrs.read(a) }

// HCI returns the values of an AF_BLUETOOTH address of an HCI socket.
func (a SockAddr) HCI() (SockaddrHCI, bool) { return hciAddrs.read(a) }

// Options of L2CAP, RFCOMM and SCO sockets. See BlueZ's l2cap(7), rfcomm(7) and sco(7).

// BT_SECURITY is the protection that a connection of an L2CAP or RFCOMM socket needs.
var BT_SECURITY Option[BTSecurity] = declare(btSecurityCodec, canBoth,
	"BT_SECURITY", sys.SOL_BLUETOOTH, sys.BT_SECURITY)

// BT_DEFER_SETUP lets the program accept or refuse a connection after Accept: the first receive
// accepts it. It is set before Listen.
var BT_DEFER_SETUP Option[bool] = declare(boolCodec, canBoth,
	"BT_DEFER_SETUP", sys.SOL_BLUETOOTH, sys.BT_DEFER_SETUP)

// BT_FLUSHABLE lets the controller discard data that it could not send in time.
var BT_FLUSHABLE Option[bool] = declare(boolCodec, canBoth,
	"BT_FLUSHABLE", sys.SOL_BLUETOOTH, sys.BT_FLUSHABLE)

// BT_VOICE is the form of an SCO socket's voice. It is set before Connect. See sco(7).
var BT_VOICE Option[BTVoice] = declare(btVoiceCodec, canBoth,
	"BT_VOICE", sys.SOL_BLUETOOTH, sys.BT_VOICE)

// BT_SNDMTU is the longest message that a connection sends, in bytes.
var BT_SNDMTU Option[uint16] = declare(btUint16Codec, canGet,
	"BT_SNDMTU", sys.SOL_BLUETOOTH, sys.BT_SNDMTU)

// BT_RCVMTU is the longest message that the socket receives, in bytes. Of an L2CAP socket it is
// set before Connect or Listen.
var BT_RCVMTU Option[uint16] = declare(btUint16Codec, canBoth,
	"BT_RCVMTU", sys.SOL_BLUETOOTH, sys.BT_RCVMTU)

// BT_PHY is the set of radio modes of a connection.
var BT_PHY Option[BTPhy] = declare(newUint32Codec[BTPhy]("uint32"), canGet,
	"BT_PHY", sys.SOL_BLUETOOTH, sys.BT_PHY)

// BT_PKT_STATUS makes an SCO socket's receives report BT_SCM_PKT_STATUS, since Linux 5.9.
var BT_PKT_STATUS Option[bool] = declare(boolCodec, canBoth,
	"BT_PKT_STATUS", sys.SOL_BLUETOOTH, sys.BT_PKT_STATUS)

// BTPktStatus returns the state of a received SCO packet, 0 for correct data (BT_SCM_PKT_STATUS).
// BT_PKT_STATUS enables it.
func (m ControlMessage) BTPktStatus() (uint8, bool) {
	return loadIf[uint8](&m, sys.SOL_BLUETOOTH, sys.BT_SCM_PKT_STATUS)
}

// BT_SCM_PKT_STATUS is the state of a received SCO packet: a byte, 0 for correct data.
const BT_SCM_PKT_STATUS ControlType = sys.SOL_BLUETOOTH<<32 | sys.BT_SCM_PKT_STATUS

// L2CAP_OPTIONS are the parameters that an L2CAP connection negotiates.
var L2CAP_OPTIONS Option[L2CAPOptions] = declare(l2capOptionsCodec, canBoth,
	"L2CAP_OPTIONS", sys.SOL_L2CAP, sys.L2CAP_OPTIONS)

// L2CAP_CONNINFO describes the connection of an L2CAP socket. It returns ENOTCONN without one.
var L2CAP_CONNINFO Option[BTConnInfo] = declare(btConnInfoCodec, canGet,
	"L2CAP_CONNINFO", sys.SOL_L2CAP, sys.L2CAP_CONNINFO)

// RFCOMM_CONNINFO describes the connection of an RFCOMM socket. It returns ENOTCONN without one.
// See rfcomm(7).
var RFCOMM_CONNINFO Option[BTConnInfo] = declare(btConnInfoCodec, canGet,
	"RFCOMM_CONNINFO", sys.SOL_RFCOMM, sys.RFCOMM_CONNINFO)

// SCO_OPTIONS holds the length of an SCO connection's packets. It returns ENOTCONN without one. See
// sco(7).
var SCO_OPTIONS Option[SCOOptions] = declare(scoOptionsCodec, canGet,
	"SCO_OPTIONS", sys.SOL_SCO, sys.SCO_OPTIONS)

// SCO_CONNINFO describes the connection of an SCO socket. It returns ENOTCONN without one. See
// sco(7).
var SCO_CONNINFO Option[BTConnInfo] = declare(btConnInfoCodec, canGet,
	"SCO_CONNINFO", sys.SOL_SCO, sys.SCO_CONNINFO)

// HCI_DATA_DIR makes an HCI socket's receives report HCI_CMSG_DIR. See hci(7).
var HCI_DATA_DIR Option[bool] = declare(boolCodec, canBoth, "HCI_DATA_DIR", sys.SOL_HCI,
	sys.HCI_DATA_DIR)

// HCI_TIME_STAMP makes an HCI socket's receives report HCI_CMSG_TSTAMP. See hci(7).
var HCI_TIME_STAMP Option[bool] = declare(boolCodec, canBoth, "HCI_TIME_STAMP", sys.SOL_HCI,
	sys.HCI_TIME_STAMP)

// HCI_FILTER chooses the packets that a raw HCI socket receives. See hci(7).
var HCI_FILTER Option[HCIFilter] = declare(hciFilterCodec, canBoth, "HCI_FILTER", sys.SOL_HCI,
	sys.HCI_FILTER)

// Control messages of HCI sockets.
const (
	// HCI_CMSG_DIR is the direction of a packet: an int, 1 for one that was received.
	HCI_CMSG_DIR ControlType = sys.SOL_HCI<<32 | sys.HCI_CMSG_DIR
	// HCI_CMSG_TSTAMP is the time of a packet: a struct timeval.
	HCI_CMSG_TSTAMP ControlType = sys.SOL_HCI<<32 | sys.HCI_CMSG_TSTAMP
)

// HCIIncoming reports whether a packet came from the controller (HCI_CMSG_DIR). HCI_DATA_DIR
// enables it. SOL_HCI has the number of SOL_IP: call HCIIncoming and HCITimestamp for messages of
// HCI sockets only.
func (m ControlMessage) HCIIncoming() (incoming, ok bool) {
	n, ok := m.intIf(sys.SOL_HCI, sys.HCI_CMSG_DIR)
	return n != 0, ok
}

// HCITimestamp returns the time of a packet (HCI_CMSG_TSTAMP). HCI_TIME_STAMP enables it.
func (m ControlMessage) HCITimestamp() (time.Time, bool) {
	if !m.is(sys.SOL_HCI, sys.HCI_CMSG_TSTAMP) {
		return time.Time{}, false
	}
	return loadTime[struct_timeval](m.Data, false, time.Microsecond)
}

// A BTSecurity is the value of BT_SECURITY.
type BTSecurity struct {
	Level   BTSecurityLevel
	KeySize uint8 // of the connection's key, in bytes; only Get has it
}

// A BTSecurityLevel is the protection of a connection.
type BTSecurityLevel uint8

// See <bluetooth/bluetooth.h>.
const (
	BT_SECURITY_SDP    BTSecurityLevel = sys.BT_SECURITY_SDP    // none, for service discovery
	BT_SECURITY_LOW    BTSecurityLevel = sys.BT_SECURITY_LOW    // no authentication
	BT_SECURITY_MEDIUM BTSecurityLevel = sys.BT_SECURITY_MEDIUM // encryption
	BT_SECURITY_HIGH   BTSecurityLevel = sys.BT_SECURITY_HIGH   // encryption with an authenticated key
	BT_SECURITY_FIPS   BTSecurityLevel = sys.BT_SECURITY_FIPS   // secure connections with an authenticated key
)

// String returns the C name, or the number.
func (l BTSecurityLevel) String() string { return nameOf(l, namesBTSecurityLevel) }

// A BTVoice is the form of voice.
type BTVoice uint16

// See <bluetooth/bluetooth.h>.
const (
	BT_VOICE_TRANSPARENT BTVoice = sys.BT_VOICE_TRANSPARENT // coded by the program
	BT_VOICE_CVSD_16BIT  BTVoice = sys.BT_VOICE_CVSD_16BIT  // 16-bit samples, which the controller codes
)

// String returns the C name, or the number.
func (v BTVoice) String() string { return nameOf(v, namesBTVoice) }

// BTPhy is a set of radio modes.
type BTPhy uint32

// See <bluetooth/bluetooth.h>.
const (
	BT_PHY_BR_1M_1SLOT  BTPhy = sys.BT_PHY_BR_1M_1SLOT  // basic rate, one slot
	BT_PHY_BR_1M_3SLOT  BTPhy = sys.BT_PHY_BR_1M_3SLOT  // basic rate, three slots
	BT_PHY_BR_1M_5SLOT  BTPhy = sys.BT_PHY_BR_1M_5SLOT  // basic rate, five slots
	BT_PHY_EDR_2M_1SLOT BTPhy = sys.BT_PHY_EDR_2M_1SLOT // enhanced rate of 2 Mbit/s, one slot
	BT_PHY_EDR_2M_3SLOT BTPhy = sys.BT_PHY_EDR_2M_3SLOT // enhanced rate of 2 Mbit/s, three slots
	BT_PHY_EDR_2M_5SLOT BTPhy = sys.BT_PHY_EDR_2M_5SLOT // enhanced rate of 2 Mbit/s, five slots
	BT_PHY_EDR_3M_1SLOT BTPhy = sys.BT_PHY_EDR_3M_1SLOT // enhanced rate of 3 Mbit/s, one slot
	BT_PHY_EDR_3M_3SLOT BTPhy = sys.BT_PHY_EDR_3M_3SLOT // enhanced rate of 3 Mbit/s, three slots
	BT_PHY_EDR_3M_5SLOT BTPhy = sys.BT_PHY_EDR_3M_5SLOT // enhanced rate of 3 Mbit/s, five slots
	BT_PHY_LE_1M_TX     BTPhy = sys.BT_PHY_LE_1M_TX     // Low Energy, 1 Mbit/s, to send
	BT_PHY_LE_1M_RX     BTPhy = sys.BT_PHY_LE_1M_RX     // Low Energy, 1 Mbit/s, to receive
	BT_PHY_LE_2M_TX     BTPhy = sys.BT_PHY_LE_2M_TX     // Low Energy, 2 Mbit/s, to send
	BT_PHY_LE_2M_RX     BTPhy = sys.BT_PHY_LE_2M_RX     // Low Energy, 2 Mbit/s, to receive
	BT_PHY_LE_CODED_TX  BTPhy = sys.BT_PHY_LE_CODED_TX  // Low Energy, long range, to send
	BT_PHY_LE_CODED_RX  BTPhy = sys.BT_PHY_LE_CODED_RX  // Low Energy, long range, to receive
)

// String returns the C names of the flags in p, as MsgFlags.String does.
func (p BTPhy) String() string { return flagNames(p, namesBTPhy) }

// L2CAPOptions is struct l2cap_options, the value of L2CAP_OPTIONS.
type L2CAPOptions struct {
	OMTU      uint16        // the longest message to send, in bytes; Set ignores it
	IMTU      uint16        // the longest message to receive, in bytes
	FlushTo   time.Duration // the flush timeout, 65.535 s for none; Set ignores it
	Mode      L2CAPMode
	FCS       uint8  // 1: packets have a checksum
	MaxTx     uint8  // how often a packet is sent before the connection ends
	TxwinSize uint16 // how many packets are sent before an acknowledgment
}

// An L2CAPMode is the reliability of an L2CAP connection.
type L2CAPMode uint8

// See <bluetooth/l2cap.h>.
const (
	L2CAP_MODE_BASIC     L2CAPMode = sys.L2CAP_MODE_BASIC     // as the link is
	L2CAP_MODE_RETRANS   L2CAPMode = sys.L2CAP_MODE_RETRANS   // retransmission; Linux lacks it
	L2CAP_MODE_FLOWCTL   L2CAPMode = sys.L2CAP_MODE_FLOWCTL   // flow control; Linux lacks it
	L2CAP_MODE_ERTM      L2CAPMode = sys.L2CAP_MODE_ERTM      // enhanced retransmission
	L2CAP_MODE_STREAMING L2CAPMode = sys.L2CAP_MODE_STREAMING // old packets are discarded
)

// String returns the C name, or the number.
func (m L2CAPMode) String() string { return nameOf(m, namesL2CAPMode) }

// A BTConnInfo is struct l2cap_conninfo, rfcomm_conninfo or sco_conninfo, which are alike.
type BTConnInfo struct {
	HCIHandle uint16   // the controller's number for the connection
	DevClass  [3]uint8 // of the peer, the lowest byte first
}

// SCOOptions is struct sco_options, the value of SCO_OPTIONS.
type SCOOptions struct {
	MTU uint16 // in bytes
}

// An HCIFilter is struct hci_filter, the value of HCI_FILTER.
type HCIFilter struct {
	TypeMask  uint32    // bit n: packets of type n
	EventMask [2]uint32 // bit n of both: events of number n
	Opcode    uint16    // only events about this command, in the order of the wire; 0: about all
}

// The values of options are mostly the native structs: the types of their fields place them alike.
var (
	btSecurityCodec   = btCodec[BTSecurity]("struct bt_security")
	btVoiceCodec      = btCodec[BTVoice]("struct bt_voice")
	btUint16Codec     = btCodec[uint16]("uint16")
	l2capOptionsCodec = newPlainCodec("struct l2cap_options",
		func(o L2CAPOptions, n *l2capOptions) error {
			*n = l2capOptions{o.OMTU, o.IMTU, uint16(clampedMS(o.FlushTo, math.MaxUint16)), o.Mode,
				o.FCS, o.MaxTx, 0, o.TxwinSize}
			return nil
		}, func(n *l2capOptions) L2CAPOptions {
			return L2CAPOptions{n.omtu, n.imtu, ms(n.flushTo), n.mode, n.fcs, n.maxTx, n.txwinSize}
		})
	btConnInfoCodec = btCodec[BTConnInfo]("struct l2cap_conninfo, rfcomm_conninfo, sco_conninfo")
	scoOptionsCodec = btCodec[SCOOptions]("struct sco_options")
	hciFilterCodec  = newPlainCodec("struct hci_filter", func(f HCIFilter, n *hciFilter) error {
		*n = hciFilter{f.TypeMask, f.EventMask, f.Opcode, 0}
		return nil
	}, func(n *hciFilter) HCIFilter { return HCIFilter{n.typeMask, n.eventMask, n.opcode} })
)

// Native structs whose padding Go would leave as it was.
type (
	l2capOptions struct {
		omtu, imtu, flushTo uint16
		mode                L2CAPMode
		fcs, maxTx, pad     uint8
		txwinSize           uint16
	}
	hciFilter struct {
		typeMask    uint32
		eventMask   [2]uint32
		opcode, pad uint16
	}
)

// btCodec returns a codec whose native values are Ts.
func btCodec[T any](kind string) *codec[T] {
	return newPlainCodec(kind, func(t T, n *T) error {
		*n = t
		return nil
	}, func(n *T) T { return *n })
}
