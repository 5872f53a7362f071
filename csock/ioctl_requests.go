//go:build cgo

package csock

import (
	"os"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The requests about a socket.

// FIONREAD is the number of bytes that can be received without waiting. On a datagram socket it is
// the length of the next datagram. See tcp(7), udp(7), unix(7).
var FIONREAD Ioctl[int] = newIoctl("FIONREAD", sys.FIONREAD, getIntIoctl[int], nil)

// SIOCINQ is Linux's other name for FIONREAD. See tcp(7).
var SIOCINQ Ioctl[int] = newIoctl("SIOCINQ", sys.SIOCINQ, getIntIoctl[int], nil)

// SIOCOUTQ is the number of bytes in the send queue that the peer has not yet acknowledged. On a
// datagram socket it is the number that the system has not yet sent. See tcp(7), udp(7).
var SIOCOUTQ Ioctl[int] = newIoctl("SIOCOUTQ", sys.SIOCOUTQ, getIntIoctl[int], nil)

// SIOCOUTQNSD is the number of bytes in TCP's send queue that have not been sent yet. See
// <linux/sockios.h>.
var SIOCOUTQNSD Ioctl[int] = newIoctl("SIOCOUTQNSD", sys.SIOCOUTQNSD, getIntIoctl[int], nil)

// SIOCATMARK reports whether the next byte to receive is the out-of-band byte. On Windows it is
// also true while no such byte waits. See sockatmark(3), tcp(7).
var SIOCATMARK Ioctl[bool] = newIoctl("SIOCATMARK", sys.SIOCATMARK, getBoolIoctl, nil)

// SockAtMark reports whether the next byte to receive is the out-of-band byte. On Windows it is
// also true while no such byte waits. It reads [SIOCATMARK]. See sockatmark(3).
func (s *Socket) SockAtMark() (bool, error) { return SIOCATMARK.Get(s) }

// SIO_UDP_CONNRESET chooses whether a UDP socket's calls fail with ECONNRESET after an ICMP message
// says that an earlier datagram found its port closed. It is on by default. Only Windows has it.
// See Winsock's reference.
var SIO_UDP_CONNRESET Ioctl[bool] = newIoctl("SIO_UDP_CONNRESET", sys.SIO_UDP_CONNRESET, nil,
	setBoolIoctl)

// SIOCGSTAMP is the arrival time of the last packet that the program received, in microseconds. The
// first call turns timestamps on. Before a packet has arrived it returns ENOENT. See socket(7).
var SIOCGSTAMP Ioctl[time.Time] = newIoctl("SIOCGSTAMP", sys.SIOCGSTAMP, getTimevalIoctl, nil)

// SIOCGSTAMPNS is SIOCGSTAMP in nanoseconds. See socket(7).
var SIOCGSTAMPNS Ioctl[time.Time] = newIoctl("SIOCGSTAMPNS", sys.SIOCGSTAMPNS, getTimespecIoctl,
	nil)

// FIOSETOWN sets the process (positive) or process group (negative) that gets SIGIO and SIGURG. See
// socket(7).
var FIOSETOWN Ioctl[int] = newIoctl("FIOSETOWN", sys.FIOSETOWN, nil, setIntIoctl[int])

// SIOCSPGRP is another name for FIOSETOWN. See socket(7).
var SIOCSPGRP Ioctl[int] = newIoctl("SIOCSPGRP", sys.SIOCSPGRP, nil, setIntIoctl[int])

// FIOGETOWN is the process (positive) or process group (negative) that gets SIGIO and SIGURG, 0 for
// none. See socket(7).
var FIOGETOWN Ioctl[int] = newIoctl("FIOGETOWN", sys.FIOGETOWN, getIntIoctl[int], nil)

// SIOCGPGRP is another name for FIOGETOWN. See socket(7).
var SIOCGPGRP Ioctl[int] = newIoctl("SIOCGPGRP", sys.SIOCGPGRP, getIntIoctl[int], nil)

// SIOCGSKNS is the socket's network namespace, as a file that the caller closes. It needs
// CAP_NET_ADMIN. See <linux/sockios.h>, setns(2).
var SIOCGSKNS Ioctl[*os.File] = newIoctl("SIOCGSKNS", sys.SIOCGSKNS, getFileIoctl, nil)

// SIOCUNIXFILE is the file that a Unix socket is bound to, opened with O_PATH. The caller closes
// it. It needs CAP_NET_ADMIN. See <linux/un.h>.
var SIOCUNIXFILE Ioctl[*os.File] = newIoctl("SIOCUNIXFILE", sys.SIOCUNIXFILE, getFileIoctl, nil)

// The requests about interfaces.

// SIOCGIFCONF lists the interfaces' IPv4 addresses. See netdevice(7).
var SIOCGIFCONF Ioctl[[]Ifreq] = newIoctl("SIOCGIFCONF", sys.SIOCGIFCONF, getIfconf, nil)

// SIOCGIFINDEX is the index of an interface. See netdevice(7).
var SIOCGIFINDEX IoctlOf[string, int] = newIfIoctl[int]("SIOCGIFINDEX", sys.SIOCGIFINDEX, getIfInt,
	nil)

// SIOCGIFNAME is the name of the interface with an index. See netdevice(7).
var SIOCGIFNAME IoctlOf[int, string] = newIfnameIoctl("SIOCGIFNAME", sys.SIOCGIFNAME)

// SIOCSIFNAME sets the name of an interface, which must be down. It needs CAP_NET_ADMIN. See
// netdevice(7).
var SIOCSIFNAME IoctlOf[string, string] = newIfIoctl("SIOCSIFNAME", sys.SIOCSIFNAME, nil, putIfName)

// SIOCGIFFLAGS is the set of flags of an interface. See netdevice(7).
var SIOCGIFFLAGS IoctlOf[string, IfFlags] = newIfIoctl[IfFlags]("SIOCGIFFLAGS", sys.SIOCGIFFLAGS,
	getIfFlags, nil)

// SIOCSIFFLAGS sets the flags of an interface. It needs CAP_NET_ADMIN. See netdevice(7).
var SIOCSIFFLAGS IoctlOf[string, IfFlags] = newIfIoctl("SIOCSIFFLAGS", sys.SIOCSIFFLAGS, nil,
	putIfFlags)

// SIOCGIFADDR is the IPv4 address of an interface. See netdevice(7).
var SIOCGIFADDR IoctlOf[string, SockAddr] = newIfIoctl[SockAddr]("SIOCGIFADDR", sys.SIOCGIFADDR,
	getIfAddr, nil)

// SIOCSIFADDR sets the IPv4 address of an interface. It needs CAP_NET_ADMIN. See netdevice(7).
var SIOCSIFADDR IoctlOf[string, SockAddr] = newIfIoctl("SIOCSIFADDR", sys.SIOCSIFADDR, nil,
	putIfAddr)

// SIOCGIFDSTADDR is the IPv4 address of a point-to-point interface's peer. See netdevice(7).
var SIOCGIFDSTADDR IoctlOf[string, SockAddr] = newIfIoctl[SockAddr]("SIOCGIFDSTADDR",
	sys.SIOCGIFDSTADDR, getIfAddr, nil)

// SIOCSIFDSTADDR sets the IPv4 address of a point-to-point interface's peer. It needs
// CAP_NET_ADMIN. See netdevice(7).
var SIOCSIFDSTADDR IoctlOf[string, SockAddr] = newIfIoctl("SIOCSIFDSTADDR", sys.SIOCSIFDSTADDR, nil,
	putIfAddr)

// SIOCGIFBRDADDR is the IPv4 broadcast address of an interface. See netdevice(7).
var SIOCGIFBRDADDR IoctlOf[string, SockAddr] = newIfIoctl[SockAddr]("SIOCGIFBRDADDR",
	sys.SIOCGIFBRDADDR, getIfAddr, nil)

// SIOCSIFBRDADDR sets the IPv4 broadcast address of an interface. It needs CAP_NET_ADMIN. See
// netdevice(7).
var SIOCSIFBRDADDR IoctlOf[string, SockAddr] = newIfIoctl("SIOCSIFBRDADDR", sys.SIOCSIFBRDADDR, nil,
	putIfAddr)

// SIOCGIFNETMASK is the IPv4 network mask of an interface, as an address. See netdevice(7).
var SIOCGIFNETMASK IoctlOf[string, SockAddr] = newIfIoctl[SockAddr]("SIOCGIFNETMASK",
	sys.SIOCGIFNETMASK, getIfAddr, nil)

// SIOCSIFNETMASK sets the IPv4 network mask of an interface, as an address. It needs CAP_NET_ADMIN.
// See netdevice(7).
var SIOCSIFNETMASK IoctlOf[string, SockAddr] = newIfIoctl("SIOCSIFNETMASK", sys.SIOCSIFNETMASK, nil,
	putIfAddr)

// SIOCGIFMETRIC is the metric of an interface, which Linux does not use. See netdevice(7).
var SIOCGIFMETRIC IoctlOf[string, int] = newIfIoctl[int]("SIOCGIFMETRIC", sys.SIOCGIFMETRIC,
	getIfInt, nil)

// SIOCGIFMTU is the MTU of an interface in bytes. See netdevice(7).
var SIOCGIFMTU IoctlOf[string, int] = newIfIoctl[int]("SIOCGIFMTU", sys.SIOCGIFMTU, getIfInt, nil)

// SIOCSIFMTU sets the MTU of an interface in bytes. It needs CAP_NET_ADMIN. See netdevice(7).
var SIOCSIFMTU IoctlOf[string, int] = newIfIoctl("SIOCSIFMTU", sys.SIOCSIFMTU, nil, putIfInt)

// SIOCGIFHWADDR is the hardware address of an interface. See netdevice(7).
var SIOCGIFHWADDR IoctlOf[string, IfHwaddr] = newIfIoctl[IfHwaddr]("SIOCGIFHWADDR",
	sys.SIOCGIFHWADDR, getIfHwaddr, nil)

// SIOCSIFHWADDR sets the hardware address of an interface. It needs CAP_NET_ADMIN. See
// netdevice(7).
var SIOCSIFHWADDR IoctlOf[string, IfHwaddr] = newIfIoctl("SIOCSIFHWADDR", sys.SIOCSIFHWADDR, nil,
	putIfHwaddr)

// SIOCGIFTXQLEN is the length in packets of an interface's transmit queue. See netdevice(7).
var SIOCGIFTXQLEN IoctlOf[string, int] = newIfIoctl[int]("SIOCGIFTXQLEN", sys.SIOCGIFTXQLEN,
	getIfInt, nil)

// SIOCSIFTXQLEN sets the length in packets of an interface's transmit queue. It needs
// CAP_NET_ADMIN. See netdevice(7).
var SIOCSIFTXQLEN IoctlOf[string, int] = newIfIoctl("SIOCSIFTXQLEN", sys.SIOCSIFTXQLEN, nil,
	putIfInt)

// SIOCGHWTSTAMP reports which packets an interface timestamps. See the kernel's
// Documentation/networking/timestamping.rst.
var SIOCGHWTSTAMP IoctlOf[string, HwtstampConfig] = newIfDataIoctl("SIOCGHWTSTAMP",
	sys.SIOCGHWTSTAMP, HwtstampConfig.native, hwtstampConfigOf, canGet)

// SIOCSHWTSTAMP sets which packets an interface timestamps. It needs CAP_NET_ADMIN. Read
// SIOCGHWTSTAMP afterwards: the driver may timestamp more. See the kernel's
// Documentation/networking/timestamping.rst.
var SIOCSHWTSTAMP IoctlOf[string, HwtstampConfig] = newIfDataIoctl("SIOCSHWTSTAMP",
	sys.SIOCSHWTSTAMP, HwtstampConfig.native, hwtstampConfigOf, canSet)

// ETHTOOL_GET_TS_INFO reports the timestamps that an interface supports. It is a command of
// SIOCETHTOOL. See the kernel's Documentation/networking/timestamping.rst.
var ETHTOOL_GET_TS_INFO IoctlOf[string, EthtoolTsInfo] = newIfDataIoctl("SIOCETHTOOL",
	sys.SIOCETHTOOL, EthtoolTsInfo.native, ethtoolTsInfoOf, canGet)

// IfFlags are the flags of an interface: IFF_UP and so on.
type IfFlags int

// See netdevice(7).
const (
	IFF_UP          IfFlags = sys.IFF_UP          // it is up
	IFF_BROADCAST   IfFlags = sys.IFF_BROADCAST   // its broadcast address is valid
	IFF_DEBUG       IfFlags = sys.IFF_DEBUG       // debugging is on
	IFF_LOOPBACK    IfFlags = sys.IFF_LOOPBACK    // it is a loopback interface
	IFF_POINTOPOINT IfFlags = sys.IFF_POINTOPOINT // it is a point-to-point link
	IFF_NOTRAILERS  IfFlags = sys.IFF_NOTRAILERS  // it avoids trailers
	IFF_RUNNING     IfFlags = sys.IFF_RUNNING     // it is operational: it has a carrier
	IFF_NOARP       IfFlags = sys.IFF_NOARP       // it has no ARP
	IFF_PROMISC     IfFlags = sys.IFF_PROMISC     // it receives all packets
	IFF_ALLMULTI    IfFlags = sys.IFF_ALLMULTI    // it receives all multicast packets
	IFF_MASTER      IfFlags = sys.IFF_MASTER      // it is the master of others
	IFF_SLAVE       IfFlags = sys.IFF_SLAVE       // it is the slave of a master
	IFF_MULTICAST   IfFlags = sys.IFF_MULTICAST   // it can multicast
	IFF_PORTSEL     IfFlags = sys.IFF_PORTSEL     // it can select its medium
	IFF_AUTOMEDIA   IfFlags = sys.IFF_AUTOMEDIA   // it selects its medium by itself
	IFF_DYNAMIC     IfFlags = sys.IFF_DYNAMIC     // it loses its addresses when it goes down
)

// String returns the C names of the flags: "IFF_UP|IFF_LOOPBACK".
func (f IfFlags) String() string { return flagNames(f, namesIfFlags) }

func getIfFlags(v []byte) IfFlags              { return getIfNumber[uint16, IfFlags](v) }
func putIfFlags(v []byte, flags IfFlags) error { return putIfNumber[uint16](v, flags) }

// HwtstampTx selects the sent packets that an interface timestamps.
type HwtstampTx int

// See the kernel's Documentation/networking/timestamping.rst.
const (
	// none
	HWTSTAMP_TX_OFF HwtstampTx = sys.HWTSTAMP_TX_OFF
	// packets that request a timestamp
	HWTSTAMP_TX_ON HwtstampTx = sys.HWTSTAMP_TX_ON
	// also inserts timestamps into PTP sync packets
	HWTSTAMP_TX_ONESTEP_SYNC HwtstampTx = sys.HWTSTAMP_TX_ONESTEP_SYNC
	// also inserts timestamps into PTP delay responses
	HWTSTAMP_TX_ONESTEP_P2P HwtstampTx = sys.HWTSTAMP_TX_ONESTEP_P2P
)

// String returns the C name of t, or its number.
func (t HwtstampTx) String() string { return nameOf(t, namesHwtstampTx) }

// HwtstampFilter selects the received packets that an interface timestamps.
type HwtstampFilter int

// See the kernel's Documentation/networking/timestamping.rst.
const (
	// none
	HWTSTAMP_FILTER_NONE HwtstampFilter = sys.HWTSTAMP_FILTER_NONE
	// all
	HWTSTAMP_FILTER_ALL HwtstampFilter = sys.HWTSTAMP_FILTER_ALL
	// some: the driver chooses
	HWTSTAMP_FILTER_SOME HwtstampFilter = sys.HWTSTAMP_FILTER_SOME
	// PTP v1, UDP, events
	HWTSTAMP_FILTER_PTP_V1_L4_EVENT HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V1_L4_EVENT
	// PTP v1, UDP, sync packets
	HWTSTAMP_FILTER_PTP_V1_L4_SYNC HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V1_L4_SYNC
	// PTP v1, UDP, delay requests
	HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ
	// PTP v2, UDP, events
	HWTSTAMP_FILTER_PTP_V2_L4_EVENT HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V2_L4_EVENT
	// PTP v2, UDP, sync packets
	HWTSTAMP_FILTER_PTP_V2_L4_SYNC HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V2_L4_SYNC
	// PTP v2, UDP, delay requests
	HWTSTAMP_FILTER_PTP_V2_L4_DELAY_REQ HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V2_L4_DELAY_REQ
	// PTP v2, Ethernet, events
	HWTSTAMP_FILTER_PTP_V2_L2_EVENT HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V2_L2_EVENT
	// PTP v2, Ethernet, sync packets
	HWTSTAMP_FILTER_PTP_V2_L2_SYNC HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V2_L2_SYNC
	// PTP v2, Ethernet, delay requests
	HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ
	// PTP v2, any layer, events
	HWTSTAMP_FILTER_PTP_V2_EVENT HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V2_EVENT
	// PTP v2, any layer, sync packets
	HWTSTAMP_FILTER_PTP_V2_SYNC HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V2_SYNC
	// PTP v2, any layer, delay requests
	HWTSTAMP_FILTER_PTP_V2_DELAY_REQ HwtstampFilter = sys.HWTSTAMP_FILTER_PTP_V2_DELAY_REQ
	// NTP
	HWTSTAMP_FILTER_NTP_ALL HwtstampFilter = sys.HWTSTAMP_FILTER_NTP_ALL
)

// String returns the C name of f, or its number.
func (f HwtstampFilter) String() string { return nameOf(f, namesHwtstampFilter) }

// HwtstampFlags are flags of a HwtstampConfig.
type HwtstampFlags int

// HWTSTAMP_FLAG_BONDED_PHC_INDEX lets a bond accept the configuration, since Linux 5.18. The clock
// is that of the bond's active interface, and can change with it.
const HWTSTAMP_FLAG_BONDED_PHC_INDEX HwtstampFlags = sys.HWTSTAMP_FLAG_BONDED_PHC_INDEX

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f HwtstampFlags) String() string { return flagNames(f, namesHwtstampFlags) }

// A HwtstampConfig selects the packets that an interface timestamps: a struct hwtstamp_config.
type HwtstampConfig struct {
	Flags    HwtstampFlags
	TxType   HwtstampTx
	RxFilter HwtstampFilter
}

func (c HwtstampConfig) native() [3]int32 {
	return [3]int32{int32(c.Flags), int32(c.TxType), int32(c.RxFilter)}
}

func hwtstampConfigOf(n [3]int32) HwtstampConfig {
	return HwtstampConfig{HwtstampFlags(n[0]), HwtstampTx(n[1]), HwtstampFilter(n[2])}
}

// An EthtoolTsInfo describes the timestamps that an interface supports: a struct ethtool_ts_info.
type EthtoolTsInfo struct {
	SoTimestamping TimestampingFlags
	PHCIndex       int    // index of the interface's clock, -1 for none
	TxTypes        uint32 // a bit for each supported HwtstampTx: 1<<HWTSTAMP_TX_ON
	RxFilters      uint32 // a bit for each supported HwtstampFilter
}

// Allows reports whether the interface supports a configuration.
func (i EthtoolTsInfo) Allows(c HwtstampConfig) bool {
	return c.TxType >= 0 && c.RxFilter >= 0 && i.TxTypes>>uint(c.TxType)&1 != 0 &&
		i.RxFilters>>uint(c.RxFilter)&1 != 0
}

func (i EthtoolTsInfo) native() (n struct_csock_ts_info) {
	n.cmd = sys.ETHTOOL_GET_TS_INFO & 0xffffffff
	return n
}

func ethtoolTsInfoOf(n struct_csock_ts_info) EthtoolTsInfo {
	return EthtoolTsInfo{TimestampingFlags(n.so_timestamping), int(n.phc_index), uint32(n.tx_types),
		uint32(n.rx_filters)}
}
