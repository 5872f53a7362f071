//go:build cgo

package csock

import (
	"encoding/binary"
	"fmt"
	"net"
	"strings"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_PACKET: frames of network interfaces. Its options are in options_packet.go. See
// packet(7).

// A PacketType is the kind of destination of a frame.
type PacketType uint8

// What a frame is, from the view of this host.
const (
	PACKET_HOST      PacketType = sys.PACKET_HOST      // this host
	PACKET_BROADCAST PacketType = sys.PACKET_BROADCAST // all
	PACKET_MULTICAST PacketType = sys.PACKET_MULTICAST // a group
	PACKET_OTHERHOST PacketType = sys.PACKET_OTHERHOST // another host: seen by a promiscuous interface
	PACKET_OUTGOING  PacketType = sys.PACKET_OUTGOING  // sent by this host
	PACKET_LOOPBACK  PacketType = sys.PACKET_LOOPBACK  // multicast or broadcast, sent and looped back
	PACKET_USER      PacketType = sys.PACKET_USER      // to user space; the kernel's own
	PACKET_KERNEL    PacketType = sys.PACKET_KERNEL    // to the kernel; the kernel's own
	PACKET_FASTROUTE PacketType = sys.PACKET_FASTROUTE // no longer used
)

// String returns the C name of t, or its number.
func (t PacketType) String() string { return nameOf(t, namesPacketType) }

// A SockaddrLL is a struct sockaddr_ll: a link-layer address.
type SockaddrLL struct {
	Protocol     EtherType        // of the frame
	Ifindex      int              // the interface
	HardwareType HardwareType     // of the interface; set on receive
	PacketType   PacketType       // set on receive
	Addr         net.HardwareAddr // of the sender or the receiver
}

var packetAddrs = newAddrForm(AF_PACKET, func(sa SockaddrLL) string {
	s := fmt.Sprintf("packet:%s:%#04x:%s", interfaceText(sa.Ifindex), uint16(sa.Protocol), sa.Addr)
	return strings.TrimSuffix(s, ":")
})

// PacketAddr returns the link-layer address of an interface: its index, the protocol, and a
// hardware address, which may be empty. It is not valid if the platform has no AF_PACKET, or if a
// number or hw does not fit: see [SockAddr.IsValid].
func PacketAddr(protocol EtherType, ifindex int, hw net.HardwareAddr) SockAddr {
	return packetAddrs.make(SockaddrLL{Protocol: protocol, Ifindex: ifindex, Addr: hw})
}

// LLAddr returns the link-layer address with all its fields. Bind and SendTo need no more than
// [PacketAddr] sets.
func LLAddr(sa SockaddrLL) SockAddr { return packetAddrs.make(sa) }

// Packet returns what an AF_PACKET address holds.
func (a SockAddr) Packet() (SockaddrLL, bool) { return packetAddrs.read(a) }

// An EtherType is the protocol of a frame in host byte order, such as ETH_P_IP. It is a uint16, so
// protocols without a name here can be converted. A [Protocol] has it in network byte order;
// [EtherType.Protocol] converts. Go's own conversion, Protocol(ETH_P_ALL), compiles but leaves the
// bytes in the wrong order.
type EtherType uint16

// String returns the C name of e, or its number, such as "0x88cc".
func (e EtherType) String() string {
	if s := lookup(e, namesEtherType); s != "" {
		return s
	}
	return fmt.Sprintf("%#04x", uint16(e))
}

// Protocols of frames. Those from ETH_P_802_3_MIN on are numbers in Ethernet frames, the lower ones
// the kernel's own. See packet(7) and linux/if_ether.h.
const (
	ETH_P_LOOP       EtherType = sys.ETH_P_LOOP       // Ethernet loopback, before IEEE 802.3 gave it a number
	ETH_P_PUP        EtherType = sys.ETH_P_PUP        // Xerox PUP
	ETH_P_PUPAT      EtherType = sys.ETH_P_PUPAT      // Xerox PUP address translation
	ETH_P_TSN        EtherType = sys.ETH_P_TSN        // IEEE 1722: audio and video, time-sensitive networking
	ETH_P_ERSPAN2    EtherType = sys.ETH_P_ERSPAN2    // ERSPAN version 2
	ETH_P_IP         EtherType = sys.ETH_P_IP         // IPv4
	ETH_P_X25        EtherType = sys.ETH_P_X25        // CCITT X.25
	ETH_P_ARP        EtherType = sys.ETH_P_ARP        // ARP
	ETH_P_IEEEPUP    EtherType = sys.ETH_P_IEEEPUP    // Xerox PUP over IEEE 802.3
	ETH_P_IEEEPUPAT  EtherType = sys.ETH_P_IEEEPUPAT  // Xerox PUP address translation over IEEE 802.3
	ETH_P_BATMAN     EtherType = sys.ETH_P_BATMAN     // B.A.T.M.A.N. Advanced
	ETH_P_DEC        EtherType = sys.ETH_P_DEC        // DEC, assigned
	ETH_P_DNA_DL     EtherType = sys.ETH_P_DNA_DL     // DECnet dump and load
	ETH_P_DNA_RC     EtherType = sys.ETH_P_DNA_RC     // DECnet remote console
	ETH_P_DNA_RT     EtherType = sys.ETH_P_DNA_RT     // DECnet routing
	ETH_P_LAT        EtherType = sys.ETH_P_LAT        // DEC LAT
	ETH_P_DIAG       EtherType = sys.ETH_P_DIAG       // DEC diagnostics
	ETH_P_CUST       EtherType = sys.ETH_P_CUST       // DEC, for customers
	ETH_P_SCA        EtherType = sys.ETH_P_SCA        // DEC system communication architecture
	ETH_P_TEB        EtherType = sys.ETH_P_TEB        // Ethernet frames in a tunnel
	ETH_P_RARP       EtherType = sys.ETH_P_RARP       // reverse ARP
	ETH_P_ATALK      EtherType = sys.ETH_P_ATALK      // AppleTalk
	ETH_P_AARP       EtherType = sys.ETH_P_AARP       // AppleTalk ARP
	ETH_P_8021Q      EtherType = sys.ETH_P_8021Q      // IEEE 802.1Q VLAN tag
	ETH_P_ERSPAN     EtherType = sys.ETH_P_ERSPAN     // ERSPAN version 1
	ETH_P_IPX        EtherType = sys.ETH_P_IPX        // IPX
	ETH_P_IPV6       EtherType = sys.ETH_P_IPV6       // IPv6
	ETH_P_PAUSE      EtherType = sys.ETH_P_PAUSE      // IEEE 802.3x pause frames
	ETH_P_SLOW       EtherType = sys.ETH_P_SLOW       // IEEE 802.3 slow protocols, such as LACP
	ETH_P_WCCP       EtherType = sys.ETH_P_WCCP       // web cache communication
	ETH_P_MPLS_UC    EtherType = sys.ETH_P_MPLS_UC    // MPLS
	ETH_P_MPLS_MC    EtherType = sys.ETH_P_MPLS_MC    // MPLS multicast
	ETH_P_ATMMPOA    EtherType = sys.ETH_P_ATMMPOA    // multiprotocol over ATM
	ETH_P_PPP_DISC   EtherType = sys.ETH_P_PPP_DISC   // PPPoE discovery
	ETH_P_PPP_SES    EtherType = sys.ETH_P_PPP_SES    // PPPoE session
	ETH_P_LINK_CTL   EtherType = sys.ETH_P_LINK_CTL   // HomePNA and wireless link control
	ETH_P_ATMFATE    EtherType = sys.ETH_P_ATMFATE    // ATM over Ethernet
	ETH_P_PAE        EtherType = sys.ETH_P_PAE        // IEEE 802.1X authentication
	ETH_P_PROFINET   EtherType = sys.ETH_P_PROFINET   // PROFINET
	ETH_P_REALTEK    EtherType = sys.ETH_P_REALTEK    // Realtek's own protocols
	ETH_P_AOE        EtherType = sys.ETH_P_AOE        // ATA over Ethernet
	ETH_P_ETHERCAT   EtherType = sys.ETH_P_ETHERCAT   // EtherCAT
	ETH_P_8021AD     EtherType = sys.ETH_P_8021AD     // IEEE 802.1ad service VLAN tag
	ETH_P_802_EX1    EtherType = sys.ETH_P_802_EX1    // for experiments, IEEE 802
	ETH_P_PREAUTH    EtherType = sys.ETH_P_PREAUTH    // IEEE 802.11 preauthentication
	ETH_P_TIPC       EtherType = sys.ETH_P_TIPC       // TIPC
	ETH_P_LLDP       EtherType = sys.ETH_P_LLDP       // LLDP
	ETH_P_MRP        EtherType = sys.ETH_P_MRP        // IEC 62439-2 media redundancy
	ETH_P_MACSEC     EtherType = sys.ETH_P_MACSEC     // IEEE 802.1AE MACsec
	ETH_P_8021AH     EtherType = sys.ETH_P_8021AH     // IEEE 802.1ah backbone service tag
	ETH_P_MVRP       EtherType = sys.ETH_P_MVRP       // IEEE 802.1Q registration of VLANs
	ETH_P_1588       EtherType = sys.ETH_P_1588       // IEEE 1588 precision time protocol
	ETH_P_NCSI       EtherType = sys.ETH_P_NCSI       // network controller sideband interface
	ETH_P_PRP        EtherType = sys.ETH_P_PRP        // IEC 62439-3 parallel redundancy, and HSR version 0
	ETH_P_CFM        EtherType = sys.ETH_P_CFM        // IEEE 802.1ag connectivity faults
	ETH_P_FCOE       EtherType = sys.ETH_P_FCOE       // Fibre Channel over Ethernet
	ETH_P_IBOE       EtherType = sys.ETH_P_IBOE       // InfiniBand over Ethernet
	ETH_P_TDLS       EtherType = sys.ETH_P_TDLS       // IEEE 802.11 direct links
	ETH_P_FIP        EtherType = sys.ETH_P_FIP        // Fibre Channel over Ethernet, initialization
	ETH_P_80221      EtherType = sys.ETH_P_80221      // IEEE 802.21 media independent handover
	ETH_P_HSR        EtherType = sys.ETH_P_HSR        // IEC 62439-3 high-availability seamless redundancy
	ETH_P_NSH        EtherType = sys.ETH_P_NSH        // network service header, RFC 8300
	ETH_P_LOOPBACK   EtherType = sys.ETH_P_LOOPBACK   // Ethernet loopback, IEEE 802.3
	ETH_P_QINQ1      EtherType = sys.ETH_P_QINQ1      // VLAN tag in a tag, before IEEE 802.1ad
	ETH_P_QINQ2      EtherType = sys.ETH_P_QINQ2      // VLAN tag in a tag, before IEEE 802.1ad
	ETH_P_QINQ3      EtherType = sys.ETH_P_QINQ3      // VLAN tag in a tag, before IEEE 802.1ad
	ETH_P_EDSA       EtherType = sys.ETH_P_EDSA       // tag of Marvell's switches, with a type
	ETH_P_DSA_8021Q  EtherType = sys.ETH_P_DSA_8021Q  // tag of switches that use VLANs for it
	ETH_P_DSA_A5PSW  EtherType = sys.ETH_P_DSA_A5PSW  // tag of Renesas's A5PSW switches
	ETH_P_IFE        EtherType = sys.ETH_P_IFE        // ForCES inter-FE, RFC 8013 and others
	ETH_P_AF_IUCV    EtherType = sys.ETH_P_AF_IUCV    // AF_IUCV of IBM Z
	ETH_P_802_3_MIN  EtherType = sys.ETH_P_802_3_MIN  // the lowest type: a lower number is the length of an IEEE 802.3 frame
	ETH_P_802_3      EtherType = sys.ETH_P_802_3      // IEEE 802.3 frames
	ETH_P_AX25       EtherType = sys.ETH_P_AX25       // AX.25
	ETH_P_ALL        EtherType = sys.ETH_P_ALL        // all protocols, including sent frames; in Bind and New only
	ETH_P_802_2      EtherType = sys.ETH_P_802_2      // IEEE 802.2 frames
	ETH_P_SNAP       EtherType = sys.ETH_P_SNAP       // IEEE 802.2 SNAP, in the kernel alone
	ETH_P_DDCMP      EtherType = sys.ETH_P_DDCMP      // DEC DDCMP, in the kernel alone
	ETH_P_WAN_PPP    EtherType = sys.ETH_P_WAN_PPP    // PPP on a wide area network
	ETH_P_PPP_MP     EtherType = sys.ETH_P_PPP_MP     // multilink PPP
	ETH_P_LOCALTALK  EtherType = sys.ETH_P_LOCALTALK  // LocalTalk
	ETH_P_CAN        EtherType = sys.ETH_P_CAN        // CAN frames
	ETH_P_CANFD      EtherType = sys.ETH_P_CANFD      // CAN FD frames
	ETH_P_CANXL      EtherType = sys.ETH_P_CANXL      // CAN XL frames
	ETH_P_PPPTALK    EtherType = sys.ETH_P_PPPTALK    // AppleTalk over PPP
	ETH_P_TR_802_2   EtherType = sys.ETH_P_TR_802_2   // IEEE 802.2 frames of a token ring
	ETH_P_MOBITEX    EtherType = sys.ETH_P_MOBITEX    // Mobitex
	ETH_P_CONTROL    EtherType = sys.ETH_P_CONTROL    // control frames of a card
	ETH_P_IRDA       EtherType = sys.ETH_P_IRDA       // infrared, IrDA
	ETH_P_ECONET     EtherType = sys.ETH_P_ECONET     // Acorn Econet
	ETH_P_HDLC       EtherType = sys.ETH_P_HDLC       // HDLC
	ETH_P_ARCNET     EtherType = sys.ETH_P_ARCNET     // ARCnet
	ETH_P_DSA        EtherType = sys.ETH_P_DSA        // tag of Marvell's switches
	ETH_P_TRAILER    EtherType = sys.ETH_P_TRAILER    // tag of a switch, at the end of the frame
	ETH_P_PHONET     EtherType = sys.ETH_P_PHONET     // Nokia's Phonet
	ETH_P_IEEE802154 EtherType = sys.ETH_P_IEEE802154 // IEEE 802.15.4 frames
	ETH_P_CAIF       EtherType = sys.ETH_P_CAIF       // ST-Ericsson's CAIF
	ETH_P_XDSA       EtherType = sys.ETH_P_XDSA       // several tags of switches
	ETH_P_MAP        EtherType = sys.ETH_P_MAP        // Qualcomm's multiplexing, rmnet
	ETH_P_MCTP       EtherType = sys.ETH_P_MCTP       // management component transport
)

// Protocol returns e in network byte order, as New takes it for an AF_PACKET socket: htons(3) in C.
func (e EtherType) Protocol() Protocol {
	var p [2]byte
	binary.BigEndian.PutUint16(p[:], uint16(e))
	return Protocol(binary.NativeEndian.Uint16(p[:]))
}

// A HardwareType is the kind of a link layer, such as ARPHRD_ETHER. ARP has the same numbers.
type HardwareType uint16

// Kinds of link layers. See linux/if_arp.h.
const (
	ARPHRD_NETROM             HardwareType = sys.ARPHRD_NETROM             // NET/ROM
	ARPHRD_ETHER              HardwareType = sys.ARPHRD_ETHER              // Ethernet
	ARPHRD_EETHER             HardwareType = sys.ARPHRD_EETHER             // experimental Ethernet
	ARPHRD_AX25               HardwareType = sys.ARPHRD_AX25               // AX.25
	ARPHRD_PRONET             HardwareType = sys.ARPHRD_PRONET             // ProNET token ring
	ARPHRD_CHAOS              HardwareType = sys.ARPHRD_CHAOS              // Chaosnet
	ARPHRD_IEEE802            HardwareType = sys.ARPHRD_IEEE802            // IEEE 802.2 Ethernet and token bus
	ARPHRD_ARCNET             HardwareType = sys.ARPHRD_ARCNET             // ARCnet
	ARPHRD_APPLETLK           HardwareType = sys.ARPHRD_APPLETLK           // AppleTalk
	ARPHRD_DLCI               HardwareType = sys.ARPHRD_DLCI               // frame relay, a circuit
	ARPHRD_ATM                HardwareType = sys.ARPHRD_ATM                // ATM
	ARPHRD_METRICOM           HardwareType = sys.ARPHRD_METRICOM           // Metricom STRIP
	ARPHRD_IEEE1394           HardwareType = sys.ARPHRD_IEEE1394           // IEEE 1394, FireWire
	ARPHRD_EUI64              HardwareType = sys.ARPHRD_EUI64              // EUI-64
	ARPHRD_INFINIBAND         HardwareType = sys.ARPHRD_INFINIBAND         // InfiniBand
	ARPHRD_SLIP               HardwareType = sys.ARPHRD_SLIP               // SLIP
	ARPHRD_CSLIP              HardwareType = sys.ARPHRD_CSLIP              // compressed SLIP
	ARPHRD_SLIP6              HardwareType = sys.ARPHRD_SLIP6              // SLIP of 6 bits
	ARPHRD_CSLIP6             HardwareType = sys.ARPHRD_CSLIP6             // compressed SLIP of 6 bits
	ARPHRD_RSRVD              HardwareType = sys.ARPHRD_RSRVD              // reserved
	ARPHRD_ADAPT              HardwareType = sys.ARPHRD_ADAPT              // adaptive SLIP
	ARPHRD_ROSE               HardwareType = sys.ARPHRD_ROSE               // ROSE
	ARPHRD_X25                HardwareType = sys.ARPHRD_X25                // X.25
	ARPHRD_HWX25              HardwareType = sys.ARPHRD_HWX25              // X.25 cards
	ARPHRD_CAN                HardwareType = sys.ARPHRD_CAN                // CAN
	ARPHRD_MCTP               HardwareType = sys.ARPHRD_MCTP               // MCTP
	ARPHRD_PPP                HardwareType = sys.ARPHRD_PPP                // PPP
	ARPHRD_CISCO              HardwareType = sys.ARPHRD_CISCO              // Cisco's HDLC
	ARPHRD_HDLC               HardwareType = sys.ARPHRD_HDLC               // another name of ARPHRD_CISCO
	ARPHRD_LAPB               HardwareType = sys.ARPHRD_LAPB               // LAPB
	ARPHRD_DDCMP              HardwareType = sys.ARPHRD_DDCMP              // DEC DDCMP
	ARPHRD_RAWHDLC            HardwareType = sys.ARPHRD_RAWHDLC            // HDLC without a protocol
	ARPHRD_RAWIP              HardwareType = sys.ARPHRD_RAWIP              // IP without a link layer
	ARPHRD_TUNNEL             HardwareType = sys.ARPHRD_TUNNEL             // IPv4 in IPv4
	ARPHRD_TUNNEL6            HardwareType = sys.ARPHRD_TUNNEL6            // IPv6 in IPv6
	ARPHRD_FRAD               HardwareType = sys.ARPHRD_FRAD               // frame relay access device
	ARPHRD_SKIP               HardwareType = sys.ARPHRD_SKIP               // SKIP
	ARPHRD_LOOPBACK           HardwareType = sys.ARPHRD_LOOPBACK           // loopback
	ARPHRD_LOCALTLK           HardwareType = sys.ARPHRD_LOCALTLK           // LocalTalk
	ARPHRD_FDDI               HardwareType = sys.ARPHRD_FDDI               // FDDI
	ARPHRD_BIF                HardwareType = sys.ARPHRD_BIF                // AP1000 BIF
	ARPHRD_SIT                HardwareType = sys.ARPHRD_SIT                // IPv6 in IPv4
	ARPHRD_IPDDP              HardwareType = sys.ARPHRD_IPDDP              // IP over AppleTalk
	ARPHRD_IPGRE              HardwareType = sys.ARPHRD_IPGRE              // GRE over IPv4
	ARPHRD_PIMREG             HardwareType = sys.ARPHRD_PIMREG             // PIM register device
	ARPHRD_HIPPI              HardwareType = sys.ARPHRD_HIPPI              // HIPPI
	ARPHRD_ASH                HardwareType = sys.ARPHRD_ASH                // Nexus ASH
	ARPHRD_ECONET             HardwareType = sys.ARPHRD_ECONET             // Acorn Econet
	ARPHRD_IRDA               HardwareType = sys.ARPHRD_IRDA               // infrared, IrDA
	ARPHRD_FCPP               HardwareType = sys.ARPHRD_FCPP               // Fibre Channel, point to point
	ARPHRD_FCAL               HardwareType = sys.ARPHRD_FCAL               // Fibre Channel, arbitrated loop
	ARPHRD_FCPL               HardwareType = sys.ARPHRD_FCPL               // Fibre Channel, public loop
	ARPHRD_FCFABRIC           HardwareType = sys.ARPHRD_FCFABRIC           // Fibre Channel, fabric
	ARPHRD_IEEE802_TR         HardwareType = sys.ARPHRD_IEEE802_TR         // token ring
	ARPHRD_IEEE80211          HardwareType = sys.ARPHRD_IEEE80211          // IEEE 802.11
	ARPHRD_IEEE80211_PRISM    HardwareType = sys.ARPHRD_IEEE80211_PRISM    // IEEE 802.11 with a Prism header
	ARPHRD_IEEE80211_RADIOTAP HardwareType = sys.ARPHRD_IEEE80211_RADIOTAP // IEEE 802.11 with a radiotap header
	ARPHRD_IEEE802154         HardwareType = sys.ARPHRD_IEEE802154         // IEEE 802.15.4
	ARPHRD_IEEE802154_MONITOR HardwareType = sys.ARPHRD_IEEE802154_MONITOR // IEEE 802.15.4, a monitor
	ARPHRD_PHONET             HardwareType = sys.ARPHRD_PHONET             // Phonet
	ARPHRD_PHONET_PIPE        HardwareType = sys.ARPHRD_PHONET_PIPE        // Phonet pipes
	ARPHRD_CAIF               HardwareType = sys.ARPHRD_CAIF               // CAIF
	ARPHRD_IP6GRE             HardwareType = sys.ARPHRD_IP6GRE             // GRE over IPv6
	ARPHRD_NETLINK            HardwareType = sys.ARPHRD_NETLINK            // netlink, nlmon(4)
	ARPHRD_6LOWPAN            HardwareType = sys.ARPHRD_6LOWPAN            // IPv6 over 6LoWPAN
	ARPHRD_VSOCKMON           HardwareType = sys.ARPHRD_VSOCKMON           // vsock, a monitor
	ARPHRD_VOID               HardwareType = sys.ARPHRD_VOID               // no kind at all
	ARPHRD_NONE               HardwareType = sys.ARPHRD_NONE               // no header
)

// String returns the C name of h, or its number.
func (h HardwareType) String() string { return nameOf(h, namesHardwareType) }

// TpacketAuxdata describes a packet that a packet socket received: a struct tpacket_auxdata. See
// packet(7).
type TpacketAuxdata struct {
	Status  TpacketStatus
	Len     uint32    // of the packet, in bytes
	SnapLen uint32    // of the part that a filter kept, in bytes
	MAC     uint16    // where the link-layer header begins
	Net     uint16    // where the network header begins
	VLANTCI uint16    // VLAN tag, if Status has TP_STATUS_VLAN_VALID
	TPID    EtherType // of the VLAN, if Status has TP_STATUS_VLAN_TPID_VALID
}

// A TpacketStatus is the state of a packet: the bits that package ring declares, such as
// ring.TP_STATUS_VLAN_VALID.
type TpacketStatus uint32

// Auxdata returns the description of a packet that a packet socket received. [PACKET_AUXDATA]
// enables it.
func (m ControlMessage) Auxdata() (TpacketAuxdata, bool) {
	v, ok := loadIf[csock_auxdata](&m, sys.SOL_PACKET, sys.PACKET_AUXDATA)
	return TpacketAuxdata{
		Status:  TpacketStatus(v.tp_status),
		Len:     uint32(v.tp_len),
		SnapLen: uint32(v.tp_snaplen),
		MAC:     uint16(v.tp_mac),
		Net:     uint16(v.tp_net),
		VLANTCI: uint16(v.tp_vlan_tci),
		TPID:    EtherType(v.tp_vlan_tpid),
	}, ok
}
