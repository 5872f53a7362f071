//go:build cgo

package csock

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The constants have their C names and the values of the platform's headers. Each name exists on
// every platform; the comments say where a name comes from if not from all of them. A constant that
// this platform lacks is negative. A call with it returns an error for which
// errors.Is(err, errors.ErrUnsupported) holds.

// Domain is a socket's address family: AF_INET, AF_INET6, AF_UNIX and so on. It is an int,
// so that a family without a name here converts.
type Domain int

// The families that most programs use. See socket(2) and address_families(7).
const (
	AF_UNSPEC    Domain = sys.AF_UNSPEC    // no family: any, or none
	AF_UNIX      Domain = sys.AF_UNIX      // sockets on one machine, unix(7)
	AF_LOCAL     Domain = sys.AF_LOCAL     // another name of AF_UNIX
	AF_FILE      Domain = sys.AF_FILE      // another name of AF_UNIX (glibc, illumos)
	AF_INET      Domain = sys.AF_INET      // IPv4, ip(7)
	AF_INET6     Domain = sys.AF_INET6     // IPv6, ipv6(7)
	AF_NETLINK   Domain = sys.AF_NETLINK   // messages to and from the kernel, netlink(7)
	AF_ROUTE     Domain = sys.AF_ROUTE     // routing messages, route(4); on Linux another name of AF_NETLINK
	AF_PACKET    Domain = sys.AF_PACKET    // frames of a network device, packet(7)
	AF_VSOCK     Domain = sys.AF_VSOCK     // between virtual machines and their host, vsock(7)
	AF_BLUETOOTH Domain = sys.AF_BLUETOOTH // Bluetooth (Linux, BSDs)
	AF_KEY       Domain = sys.AF_KEY       // keys of IPsec, RFC 2367 (Linux, OpenBSD, illumos)
	AF_MPLS      Domain = sys.AF_MPLS      // MPLS; on Linux in netlink messages only
)

// String returns the C name of d, or its number.
func (d Domain) String() string { return nameOf(d, namesDomain) }

// More families of Linux.
const (
	AF_ALG        Domain = sys.AF_ALG        // the kernel's ciphers and hashes
	AF_CAN        Domain = sys.AF_CAN        // the CAN bus, also on NetBSD
	AF_XDP        Domain = sys.AF_XDP        // frames that XDP redirects, past most of the kernel
	AF_TIPC       Domain = sys.AF_TIPC       // TIPC, messages in a cluster
	AF_RDS        Domain = sys.AF_RDS        // RDS, reliable datagrams
	AF_SMC        Domain = sys.AF_SMC        // SMC, streams over RDMA
	AF_KCM        Domain = sys.AF_KCM        // KCM, messages over TCP
	AF_QIPCRTR    Domain = sys.AF_QIPCRTR    // Qualcomm's router between processors
	AF_RXRPC      Domain = sys.AF_RXRPC      // RxRPC, as AFS uses it
	AF_PPPOX      Domain = sys.AF_PPPOX      // PPP over Ethernet and other carriers
	AF_LLC        Domain = sys.AF_LLC        // IEEE 802.2 logical link control
	AF_MCTP       Domain = sys.AF_MCTP       // MCTP, between the controllers of one machine, since 5.15
	AF_IB         Domain = sys.AF_IB         // InfiniBand addresses; no sockets
	AF_BRIDGE     Domain = sys.AF_BRIDGE     // bridging, in netlink messages; no sockets
	AF_X25        Domain = sys.AF_X25        // X.25, also on illumos
	AF_AX25       Domain = sys.AF_AX25       // amateur radio AX.25
	AF_NETROM     Domain = sys.AF_NETROM     // amateur radio NET/ROM
	AF_ROSE       Domain = sys.AF_ROSE       // amateur radio ROSE
	AF_ATMPVC     Domain = sys.AF_ATMPVC     // ATM, permanent circuits
	AF_ATMSVC     Domain = sys.AF_ATMSVC     // ATM, switched circuits
	AF_IUCV       Domain = sys.AF_IUCV       // IUCV of IBM z/VM
	AF_ISDN       Domain = sys.AF_ISDN       // ISDN
	AF_PHONET     Domain = sys.AF_PHONET     // Nokia's modem protocol Phonet
	AF_IEEE802154 Domain = sys.AF_IEEE802154 // low-rate wireless networks of IEEE 802.15.4
	AF_CAIF       Domain = sys.AF_CAIF       // ST-Ericsson's modem protocol CAIF
	AF_NFC        Domain = sys.AF_NFC        // near-field communication
)

// Families that Linux has a number for but implements no longer, or never did.
const (
	AF_IPX      Domain = sys.AF_IPX      // Novell IPX; removed from Linux in 5.15
	AF_DECnet   Domain = sys.AF_DECnet   // DECnet; removed from Linux in 6.1
	AF_IRDA     Domain = sys.AF_IRDA     // infrared; removed from Linux in 4.17; also Windows
	AF_ECONET   Domain = sys.AF_ECONET   // Acorn Econet; removed in 3.5
	AF_WANPIPE  Domain = sys.AF_WANPIPE  // Sangoma WANPIPE; removed in 2.6.21
	AF_NETBEUI  Domain = sys.AF_NETBEUI  // NetBEUI; never implemented
	AF_SECURITY Domain = sys.AF_SECURITY // security callbacks; never implemented
	AF_ASH      Domain = sys.AF_ASH      // Ash; never implemented
	AF_SNA      Domain = sys.AF_SNA      // IBM SNA; never implemented on Linux
)

// Families of macOS, the BSDs and illumos.
const (
	AF_APPLETALK    Domain = sys.AF_APPLETALK    // AppleTalk; Linux and Windows have it too
	AF_LINK         Domain = sys.AF_LINK         // addresses of the link layer
	AF_SYSTEM       Domain = sys.AF_SYSTEM       // kernel controls and kernel events (macOS)
	AF_NDRV         Domain = sys.AF_NDRV         // raw frames of a network driver (macOS)
	AF_UTUN         Domain = sys.AF_UTUN         // user-space tunnels (macOS)
	AF_PPP          Domain = sys.AF_PPP          // PPP (macOS)
	AF_NETGRAPH     Domain = sys.AF_NETGRAPH     // netgraph nodes, ng_socket(4) (FreeBSD, DragonFly)
	AF_DIVERT       Domain = sys.AF_DIVERT       // packets diverted by a firewall, divert(4) (FreeBSD since 14)
	AF_INET_SDP     Domain = sys.AF_INET_SDP     // Sockets Direct Protocol over IPv4 (FreeBSD)
	AF_INET6_SDP    Domain = sys.AF_INET6_SDP    // Sockets Direct Protocol over IPv6 (FreeBSD)
	AF_SLOW         Domain = sys.AF_SLOW         // slow protocols of IEEE 802.3ad (FreeBSD)
	AF_SCLUSTER     Domain = sys.AF_SCLUSTER     // Sitara clusters (FreeBSD)
	AF_ARP          Domain = sys.AF_ARP          // ARP (FreeBSD, NetBSD)
	AF_IEEE80211    Domain = sys.AF_IEEE80211    // wireless networks of IEEE 802.11
	AF_NETBIOS      Domain = sys.AF_NETBIOS      // NetBIOS (macOS, FreeBSD, DragonFly, Windows)
	AF_NATM         Domain = sys.AF_NATM         // native ATM
	AF_ATM          Domain = sys.AF_ATM          // ATM (FreeBSD, DragonFly, Windows)
	AF_ENCAP        Domain = sys.AF_ENCAP        // flows of IPsec in the routing table (OpenBSD)
	AF_FRAME        Domain = sys.AF_FRAME        // Ethernet frames (OpenBSD)
	AF_ETHER        Domain = sys.AF_ETHER        // Ethernet addresses (NetBSD)
	AF_OROUTE       Domain = sys.AF_OROUTE       // routing messages in an older form (NetBSD)
	AF_SIP          Domain = sys.AF_SIP          // Simple Internet Protocol, a forerunner of IPv6
	AF_ISO          Domain = sys.AF_ISO          // ISO protocols
	AF_OSI          Domain = sys.AF_OSI          // OSI protocols; on the BSDs another name of AF_ISO
	AF_E164         Domain = sys.AF_E164         // another name of AF_ISDN
	AF_CCITT        Domain = sys.AF_CCITT        // CCITT protocols
	AF_CNT          Domain = sys.AF_CNT          // Computer Network Technology
	AF_COIP         Domain = sys.AF_COIP         // connection-oriented IP, also called ST-II
	AF_IMPLINK      Domain = sys.AF_IMPLINK      // the ARPANET's IMPs
	AF_PUP          Domain = sys.AF_PUP          // Xerox PUP
	AF_CHAOS        Domain = sys.AF_CHAOS        // MIT Chaosnet
	AF_NS           Domain = sys.AF_NS           // Xerox NS
	AF_ECMA         Domain = sys.AF_ECMA         // ECMA protocols
	AF_DATAKIT      Domain = sys.AF_DATAKIT      // AT&T Datakit
	AF_DLI          Domain = sys.AF_DLI          // DEC direct data link
	AF_LAT          Domain = sys.AF_LAT          // DEC LAT
	AF_HYLINK       Domain = sys.AF_HYLINK       // NSC Hyperchannel
	AF_NBS          Domain = sys.AF_NBS          // NBS protocols (illumos)
	AF_NIT          Domain = sys.AF_NIT          // network interface tap (illumos)
	AF_802          Domain = sys.AF_802          // IEEE 802.2 (illumos)
	AF_OSINET       Domain = sys.AF_OSINET       // OSI network addresses (illumos)
	AF_GOSIP        Domain = sys.AF_GOSIP        // the US government's OSI (illumos)
	AF_NCA          Domain = sys.AF_NCA          // the network cache and accelerator (illumos)
	AF_POLICY       Domain = sys.AF_POLICY       // policies of IPsec (illumos)
	AF_INET_OFFLOAD Domain = sys.AF_INET_OFFLOAD // offloaded IPv4 (illumos)
	AF_TRILL        Domain = sys.AF_TRILL        // TRILL (illumos)
)

// Families of Windows. See socket in Winsock's reference.
const (
	AF_HYPERV     Domain = sys.AF_HYPERV     // Hyper-V virtual machines and their host; also FreeBSD
	AF_BTH        Domain = sys.AF_BTH        // Bluetooth
	AF_CLUSTER    Domain = sys.AF_CLUSTER    // Microsoft's clusters
	AF_12844      Domain = sys.AF_12844      // IEEE 1284.4
	AF_NETDES     Domain = sys.AF_NETDES     // network designers' OSI gateway
	AF_FIREFOX    Domain = sys.AF_FIREFOX    // Firefox protocols
	AF_VOICEVIEW  Domain = sys.AF_VOICEVIEW  // VoiceView
	AF_BAN        Domain = sys.AF_BAN        // Banyan
	AF_ICLFXBM    Domain = sys.AF_ICLFXBM    // ICL FX, broadcast and multicast
	AF_TCNPROCESS Domain = sys.AF_TCNPROCESS // TCN process
	AF_TCNMESSAGE Domain = sys.AF_TCNMESSAGE // TCN message
	AF_UNKNOWN1   Domain = sys.AF_UNKNOWN1   // a protocol that Winsock does not name
)

// Type is what a socket does with data: SOCK_STREAM, SOCK_DGRAM and so on. Where a new socket is
// made, flags such as SOCK_CLOEXEC can be ORed to it.
type Type int

// The types. See socket(2).
const (
	SOCK_STREAM     Type = sys.SOCK_STREAM     // a reliable stream of bytes over a connection
	SOCK_DGRAM      Type = sys.SOCK_DGRAM      // datagrams, each on its own
	SOCK_RAW        Type = sys.SOCK_RAW        // direct access to the network protocol, raw(7)
	SOCK_RDM        Type = sys.SOCK_RDM        // datagrams that arrive reliably
	SOCK_SEQPACKET  Type = sys.SOCK_SEQPACKET  // a reliable sequence of records over a connection
	SOCK_DCCP       Type = sys.SOCK_DCCP       // DCCP; removed from Linux in 6.16
	SOCK_CONN_DGRAM Type = sys.SOCK_CONN_DGRAM // NetBSD's name of its SOCK_DCCP
	SOCK_PACKET     Type = sys.SOCK_PACKET     // obsolete: frames of a device; use AF_PACKET
)

// The flags of a Type follow the types themselves.
var (
	typeFlagsStart = slices.IndexFunc(namesType,
		func(n name) bool { return n.name == "SOCK_NONBLOCK" })
	typeNames     = namesType[:typeFlagsStart]
	typeFlagNames = namesType[typeFlagsStart:]
)

// String returns the C name of t, or its number, and the names of the flags ORed to it:
// "SOCK_STREAM|SOCK_CLOEXEC".
func (t Type) String() string {
	if t < 0 {
		lacked, rest := splitLacked(int64(t))
		s := lookup(lacked, namesType)
		switch {
		case s == "":
			return strconv.Itoa(int(t))
		case rest == 0:
			return s
		}
		return Type(rest).String() + "|" + s
	}
	var flags strings.Builder
	for _, n := range typeFlagNames {
		if n.value > 0 && int64(t)&n.value != 0 {
			flags.WriteByte('|')
			flags.WriteString(n.name)
			t &^= Type(n.value)
		}
	}
	if t == 0 && flags.Len() > 0 {
		return flags.String()[1:]
	}
	return nameOf(t, typeNames) + flags.String()
}

// Flags that New, Pair and Accept4 take with a type. See socket(2) and accept4(2).
const (
	SOCK_NONBLOCK  Type = sys.SOCK_NONBLOCK  // the new socket does not block
	SOCK_CLOEXEC   Type = sys.SOCK_CLOEXEC   // the new descriptor closes at exec
	SOCK_CLOFORK   Type = sys.SOCK_CLOFORK   // the new descriptor closes at fork (newer BSDs, illumos)
	SOCK_NOSIGPIPE Type = sys.SOCK_NOSIGPIPE // a broken pipe raises no SIGPIPE (NetBSD)
	SOCK_NDELAY    Type = sys.SOCK_NDELAY    // the new socket has O_NDELAY (illumos)
	SOCK_DNS       Type = sys.SOCK_DNS       // the socket is for DNS only, for pledge(2) (OpenBSD)
)

// Flags of WSASocket, which Windows takes apart from the type.
const (
	WSA_FLAG_NO_HANDLE_INHERIT Type = sys.WSA_FLAG_NO_HANDLE_INHERIT // child processes do not inherit the socket
	WSA_FLAG_REGISTERED_IO     Type = sys.WSA_FLAG_REGISTERED_IO     // the socket can do registered I/O
)

// Protocol is the protocol of a socket within its domain: IPPROTO_TCP and so on. Zero is the usual
// one. A packet socket's is an [EtherType] in network byte order, as in ETH_P_ALL.Protocol().
type Protocol int

// The protocols that most programs use, and headers of IPv6. See ip(7), ipv6(7) and raw(7).
const (
	IPPROTO_IP        Protocol = sys.IPPROTO_IP        // the family's usual protocol; also the level of IPv4's options
	IPPROTO_HOPOPTS   Protocol = sys.IPPROTO_HOPOPTS   // IPv6 hop-by-hop options, RFC 8200
	IPPROTO_ICMP      Protocol = sys.IPPROTO_ICMP      // ICMP, icmp(7)
	IPPROTO_IGMP      Protocol = sys.IPPROTO_IGMP      // IGMP, membership of IPv4 multicast groups
	IPPROTO_IPIP      Protocol = sys.IPPROTO_IPIP      // IPv4 in IP
	IPPROTO_IPV4      Protocol = sys.IPPROTO_IPV4      // another name of IPPROTO_IPIP (macOS, BSDs, Windows)
	IPPROTO_TCP       Protocol = sys.IPPROTO_TCP       // TCP, tcp(7)
	IPPROTO_UDP       Protocol = sys.IPPROTO_UDP       // UDP, udp(7)
	IPPROTO_IPV6      Protocol = sys.IPPROTO_IPV6      // IPv6; also the level of its options
	IPPROTO_ROUTING   Protocol = sys.IPPROTO_ROUTING   // IPv6 routing header, RFC 8200
	IPPROTO_FRAGMENT  Protocol = sys.IPPROTO_FRAGMENT  // IPv6 fragment header, RFC 8200
	IPPROTO_RSVP      Protocol = sys.IPPROTO_RSVP      // RSVP, RFC 2205
	IPPROTO_GRE       Protocol = sys.IPPROTO_GRE       // GRE tunnels, RFC 2784
	IPPROTO_ESP       Protocol = sys.IPPROTO_ESP       // IPsec's encrypted payload, RFC 4303
	IPPROTO_AH        Protocol = sys.IPPROTO_AH        // IPsec's authentication header, RFC 4302
	IPPROTO_ICMPV6    Protocol = sys.IPPROTO_ICMPV6    // ICMP of IPv6, RFC 4443
	IPPROTO_IPV6_ICMP Protocol = sys.IPPROTO_IPV6_ICMP // NetBSD's other name of IPPROTO_ICMPV6
	IPPROTO_NONE      Protocol = sys.IPPROTO_NONE      // IPv6: no next header
	IPPROTO_DSTOPTS   Protocol = sys.IPPROTO_DSTOPTS   // IPv6 destination options, RFC 8200
	IPPROTO_PIM       Protocol = sys.IPPROTO_PIM       // PIM, multicast routing
	IPPROTO_COMP      Protocol = sys.IPPROTO_COMP      // IP payload compression, RFC 3173, under Linux's name
	IPPROTO_IPCOMP    Protocol = sys.IPPROTO_IPCOMP    // IP payload compression, RFC 3173, under the BSDs' name
	IPPROTO_L2TP      Protocol = sys.IPPROTO_L2TP      // L2TP straight over IP, RFC 3931
	IPPROTO_SCTP      Protocol = sys.IPPROTO_SCTP      // SCTP, sctp(7)
	IPPROTO_MH        Protocol = sys.IPPROTO_MH        // Mobile IPv6's header, RFC 6275
	IPPROTO_UDPLITE   Protocol = sys.IPPROTO_UDPLITE   // UDP-Lite, udplite(7)
	IPPROTO_DCCP      Protocol = sys.IPPROTO_DCCP      // DCCP; removed from Linux in 6.16
	IPPROTO_MPLS      Protocol = sys.IPPROTO_MPLS      // MPLS in IP, RFC 4023
	IPPROTO_ETHERNET  Protocol = sys.IPPROTO_ETHERNET  // Ethernet in IP, as SRv6 carries it, RFC 8986
	IPPROTO_AGGFRAG   Protocol = sys.IPPROTO_AGGFRAG   // aggregated and fragmented IP in ESP, RFC 9347, in Linux since 6.14
	IPPROTO_RAW       Protocol = sys.IPPROTO_RAW       // raw packets whose IP header the program writes, raw(7)
	IPPROTO_SMC       Protocol = sys.IPPROTO_SMC       // SMC through AF_INET, in Linux since 6.11
	IPPROTO_MPTCP     Protocol = sys.IPPROTO_MPTCP     // Multipath TCP, in Linux since 5.6
)

// String returns the C name of p, or its number.
func (p Protocol) String() string { return nameOf(p, namesProtocol) }

// Protocols in use that Linux's headers do not name.
const (
	IPPROTO_DIVERT  Protocol = sys.IPPROTO_DIVERT  // packets diverted by a firewall, divert(4) (macOS, BSDs)
	IPPROTO_CARP    Protocol = sys.IPPROTO_CARP    // CARP, a shared address, carp(4) (BSDs)
	IPPROTO_VRRP    Protocol = sys.IPPROTO_VRRP    // VRRP, a shared address (NetBSD)
	IPPROTO_PFSYNC  Protocol = sys.IPPROTO_PFSYNC  // states of pf, pfsync(4) (BSDs)
	IPPROTO_SEND    Protocol = sys.IPPROTO_SEND    // secure neighbor discovery, send(4) (FreeBSD)
	IPPROTO_ETHERIP Protocol = sys.IPPROTO_ETHERIP // Ethernet in IP, RFC 3378 (macOS, BSDs)
	IPPROTO_MOBILE  Protocol = sys.IPPROTO_MOBILE  // minimal encapsulation of mobile IPv4, RFC 2004 (BSDs)
	IPPROTO_OSPFIGP Protocol = sys.IPPROTO_OSPFIGP // OSPF (macOS, FreeBSD, DragonFly)
	IPPROTO_OSPF    Protocol = sys.IPPROTO_OSPF    // OSPF (illumos)
	IPPROTO_PGM     Protocol = sys.IPPROTO_PGM     // PGM, reliable multicast (macOS, FreeBSD, DragonFly, Windows)
	IPPROTO_RM      Protocol = sys.IPPROTO_RM      // Windows' reliable multicast: PGM
	IPPROTO_HIP     Protocol = sys.IPPROTO_HIP     // Host Identity Protocol (FreeBSD)
	IPPROTO_SHIM6   Protocol = sys.IPPROTO_SHIM6   // Shim6, RFC 5533 (FreeBSD)
	IPPROTO_AX25    Protocol = sys.IPPROTO_AX25    // AX.25 frames
)

// Assigned numbers that headers name and that hardly any network carries now.
const (
	IPPROTO_GGP       Protocol = sys.IPPROTO_GGP       // Gateway-to-Gateway Protocol
	IPPROTO_ST        Protocol = sys.IPPROTO_ST        // Stream Protocol
	IPPROTO_CBT       Protocol = sys.IPPROTO_CBT       // Core Based Trees (Windows)
	IPPROTO_EGP       Protocol = sys.IPPROTO_EGP       // Exterior Gateway Protocol
	IPPROTO_PIGP      Protocol = sys.IPPROTO_PIGP      // a private interior gateway protocol
	IPPROTO_IGP       Protocol = sys.IPPROTO_IGP       // an interior gateway protocol
	IPPROTO_RCCMON    Protocol = sys.IPPROTO_RCCMON    // BBN RCC monitoring
	IPPROTO_NVPII     Protocol = sys.IPPROTO_NVPII     // Network Voice Protocol
	IPPROTO_PUP       Protocol = sys.IPPROTO_PUP       // Xerox PUP
	IPPROTO_ARGUS     Protocol = sys.IPPROTO_ARGUS     // Argus
	IPPROTO_EMCON     Protocol = sys.IPPROTO_EMCON     // EMCON
	IPPROTO_XNET      Protocol = sys.IPPROTO_XNET      // Cross Net Debugger
	IPPROTO_CHAOS     Protocol = sys.IPPROTO_CHAOS     // Chaos
	IPPROTO_MUX       Protocol = sys.IPPROTO_MUX       // Multiplexing
	IPPROTO_MEAS      Protocol = sys.IPPROTO_MEAS      // DCN measurement
	IPPROTO_HMP       Protocol = sys.IPPROTO_HMP       // Host Monitoring Protocol
	IPPROTO_PRM       Protocol = sys.IPPROTO_PRM       // packet radio measurement
	IPPROTO_IDP       Protocol = sys.IPPROTO_IDP       // Xerox NS IDP
	IPPROTO_TRUNK1    Protocol = sys.IPPROTO_TRUNK1    // Trunk-1
	IPPROTO_TRUNK2    Protocol = sys.IPPROTO_TRUNK2    // Trunk-2
	IPPROTO_LEAF1     Protocol = sys.IPPROTO_LEAF1     // Leaf-1
	IPPROTO_LEAF2     Protocol = sys.IPPROTO_LEAF2     // Leaf-2
	IPPROTO_RDP       Protocol = sys.IPPROTO_RDP       // Reliable Data Protocol
	IPPROTO_IRTP      Protocol = sys.IPPROTO_IRTP      // Internet Reliable Transaction Protocol
	IPPROTO_TP        Protocol = sys.IPPROTO_TP        // ISO transport protocol, class 4
	IPPROTO_BLT       Protocol = sys.IPPROTO_BLT       // bulk data transfer
	IPPROTO_NSP       Protocol = sys.IPPROTO_NSP       // network services
	IPPROTO_INP       Protocol = sys.IPPROTO_INP       // Merit internodal protocol
	IPPROTO_SEP       Protocol = sys.IPPROTO_SEP       // Sequential Exchange Protocol
	IPPROTO_3PC       Protocol = sys.IPPROTO_3PC       // Third Party Connect
	IPPROTO_IDPR      Protocol = sys.IPPROTO_IDPR      // Inter-Domain Policy Routing
	IPPROTO_XTP       Protocol = sys.IPPROTO_XTP       // Xpress Transport Protocol
	IPPROTO_DDP       Protocol = sys.IPPROTO_DDP       // Datagram Delivery Protocol
	IPPROTO_CMTP      Protocol = sys.IPPROTO_CMTP      // control message transport
	IPPROTO_TPXX      Protocol = sys.IPPROTO_TPXX      // TP++ transport
	IPPROTO_IL        Protocol = sys.IPPROTO_IL        // IL, Plan 9's transport
	IPPROTO_SDRP      Protocol = sys.IPPROTO_SDRP      // Source Demand Routing Protocol
	IPPROTO_IDRP      Protocol = sys.IPPROTO_IDRP      // Inter-Domain Routing Protocol
	IPPROTO_MHRP      Protocol = sys.IPPROTO_MHRP      // mobile host routing
	IPPROTO_BHA       Protocol = sys.IPPROTO_BHA       // BHA
	IPPROTO_INLSP     Protocol = sys.IPPROTO_INLSP     // Integrated Net Layer Security
	IPPROTO_SWIPE     Protocol = sys.IPPROTO_SWIPE     // IP with encryption
	IPPROTO_NHRP      Protocol = sys.IPPROTO_NHRP      // Next Hop Resolution Protocol
	IPPROTO_TLSP      Protocol = sys.IPPROTO_TLSP      // Transport Layer Security Protocol of Kryptonet
	IPPROTO_SKIP      Protocol = sys.IPPROTO_SKIP      // SKIP, key management
	IPPROTO_AHIP      Protocol = sys.IPPROTO_AHIP      // any host-internal protocol
	IPPROTO_CFTP      Protocol = sys.IPPROTO_CFTP      // CFTP
	IPPROTO_HELLO     Protocol = sys.IPPROTO_HELLO     // the hello routing protocol
	IPPROTO_SATEXPAK  Protocol = sys.IPPROTO_SATEXPAK  // SATNET and Backroom EXPAK
	IPPROTO_KRYPTOLAN Protocol = sys.IPPROTO_KRYPTOLAN // Kryptolan
	IPPROTO_RVD       Protocol = sys.IPPROTO_RVD       // Remote Virtual Disk
	IPPROTO_IPPC      Protocol = sys.IPPROTO_IPPC      // Internet Pluribus Packet Core
	IPPROTO_ADFS      Protocol = sys.IPPROTO_ADFS      // any distributed file system
	IPPROTO_SATMON    Protocol = sys.IPPROTO_SATMON    // SATNET monitoring
	IPPROTO_VISA      Protocol = sys.IPPROTO_VISA      // VISA
	IPPROTO_IPCV      Protocol = sys.IPPROTO_IPCV      // Internet Packet Core Utility
	IPPROTO_CPNX      Protocol = sys.IPPROTO_CPNX      // Computer Protocol Network Executive
	IPPROTO_CPHB      Protocol = sys.IPPROTO_CPHB      // Computer Protocol Heart Beat
	IPPROTO_WSN       Protocol = sys.IPPROTO_WSN       // Wang Span Network
	IPPROTO_PVP       Protocol = sys.IPPROTO_PVP       // Packet Video Protocol
	IPPROTO_BRSATMON  Protocol = sys.IPPROTO_BRSATMON  // Backroom SATNET monitoring
	IPPROTO_ND        Protocol = sys.IPPROTO_ND        // Sun's net disk protocol
	IPPROTO_ICLFXBM   Protocol = sys.IPPROTO_ICLFXBM   // ICL FX, broadcast and multicast (Windows)
	IPPROTO_WBMON     Protocol = sys.IPPROTO_WBMON     // wideband monitoring
	IPPROTO_WBEXPAK   Protocol = sys.IPPROTO_WBEXPAK   // wideband EXPAK
	IPPROTO_EON       Protocol = sys.IPPROTO_EON       // ISO CLNP over IP
	IPPROTO_VMTP      Protocol = sys.IPPROTO_VMTP      // VMTP
	IPPROTO_SVMTP     Protocol = sys.IPPROTO_SVMTP     // secure VMTP
	IPPROTO_VINES     Protocol = sys.IPPROTO_VINES     // Banyan VINES
	IPPROTO_TTP       Protocol = sys.IPPROTO_TTP       // TTP
	IPPROTO_DGP       Protocol = sys.IPPROTO_DGP       // Dissimilar Gateway Protocol
	IPPROTO_TCF       Protocol = sys.IPPROTO_TCF       // TCF
	IPPROTO_IGRP      Protocol = sys.IPPROTO_IGRP      // Cisco IGRP
	IPPROTO_SRPC      Protocol = sys.IPPROTO_SRPC      // Sprite RPC
	IPPROTO_LARP      Protocol = sys.IPPROTO_LARP      // Locus Address Resolution Protocol
	IPPROTO_MTP       Protocol = sys.IPPROTO_MTP       // Multicast Transport Protocol
	IPPROTO_BEETPH    Protocol = sys.IPPROTO_BEETPH    // the pseudo-header of IPsec's BEET mode (Linux)
	IPPROTO_IPEIP     Protocol = sys.IPPROTO_IPEIP     // IP in IP, an earlier form
	IPPROTO_MICP      Protocol = sys.IPPROTO_MICP      // Mobile Internetworking Control Protocol
	IPPROTO_SCCSP     Protocol = sys.IPPROTO_SCCSP     // Semaphore Communications' security protocol
	IPPROTO_ENCAP     Protocol = sys.IPPROTO_ENCAP     // an encapsulation header; on illumos IPv4 in IP
	IPPROTO_APES      Protocol = sys.IPPROTO_APES      // any private encryption scheme
	IPPROTO_GMTP      Protocol = sys.IPPROTO_GMTP      // GMTP
)

// MsgFlags are the flags of a call that sends or receives, such as MSG_PEEK.
//
// With MSG_ZEROCOPY the kernel reads the memory after the call. By then its stack frame may be
// reused, or the garbage collector may have freed it: use [ZeroCopy], or memory outside Go's heap.
type MsgFlags int

// String returns the C names of the flags in f, "MSG_PEEK|MSG_DONTWAIT"; bits that have
// none as a hexadecimal number; and "0" for none.
func (f MsgFlags) String() string { return flagNames(f, namesMsgFlags) }

// RecvFlags are the flags that a message was received with, such as MSG_TRUNC. Test a flag without
// a method as MsgFlags(f)&MSG_NOTIFICATION != 0, on a system that has it.
type RecvFlags int

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f RecvFlags) String() string { return flagNames(f, recvNames, namesMsgFlags) }

// What a bit means on receiving where it means something else on sending.
var recvNames = []name{
	{sys.MSG_NOTIFICATION, "MSG_NOTIFICATION"}, // on Linux the bit of MSG_MORE
}

// Flags that most systems have. See send(2) and recv(2).
const (
	MSG_OOB          MsgFlags = sys.MSG_OOB          // out-of-band data, sent or received
	MSG_PEEK         MsgFlags = sys.MSG_PEEK         // look at the data and leave it in the queue
	MSG_DONTROUTE    MsgFlags = sys.MSG_DONTROUTE    // send to hosts on attached networks only
	MSG_CTRUNC       MsgFlags = sys.MSG_CTRUNC       // received: control messages were cut, for lack of room
	MSG_TRUNC        MsgFlags = sys.MSG_TRUNC        // received: the datagram was cut; on Linux also requests its real length
	MSG_DONTWAIT     MsgFlags = sys.MSG_DONTWAIT     // this call does not block
	MSG_EOR          MsgFlags = sys.MSG_EOR          // the record ends here
	MSG_WAITALL      MsgFlags = sys.MSG_WAITALL      // receive until the buffer is full
	MSG_NOSIGNAL     MsgFlags = sys.MSG_NOSIGNAL     // a broken pipe raises no SIGPIPE
	MSG_CMSG_CLOEXEC MsgFlags = sys.MSG_CMSG_CLOEXEC // descriptors received by SCM_RIGHTS close at exec
	MSG_CMSG_CLOFORK MsgFlags = sys.MSG_CMSG_CLOFORK // descriptors received by SCM_RIGHTS close at fork (newer BSDs, illumos)
	MSG_WAITFORONE   MsgFlags = sys.MSG_WAITFORONE   // recvmmsg waits for the first message only
)

// Flags of Linux. See send(2), recv(2), tcp(7) and the kernel's msg_zerocopy.rst.
const (
	MSG_MORE        MsgFlags = sys.MSG_MORE        // more data follows: hold this back
	MSG_CONFIRM     MsgFlags = sys.MSG_CONFIRM     // the neighbor replied: no need to probe it
	MSG_ERRQUEUE    MsgFlags = sys.MSG_ERRQUEUE    // receive from the error queue
	MSG_ZEROCOPY    MsgFlags = sys.MSG_ZEROCOPY    // send without copying, from memory that must last: see ZeroCopy
	MSG_FASTOPEN    MsgFlags = sys.MSG_FASTOPEN    // send in TCP's SYN, and connect
	MSG_SOCK_DEVMEM MsgFlags = sys.MSG_SOCK_DEVMEM // receive into device memory, since 6.12
	MSG_PROXY       MsgFlags = sys.MSG_PROXY       // glibc's name of MSG_PROBE
	MSG_PROBE       MsgFlags = sys.MSG_PROBE       // do not send; only find the path, for its MTU
	MSG_TRYHARD     MsgFlags = sys.MSG_TRYHARD     // DECnet's name of MSG_DONTROUTE
	MSG_FIN         MsgFlags = sys.MSG_FIN         // a flag inside the kernel that C libraries name
	MSG_SYN         MsgFlags = sys.MSG_SYN         // a flag inside the kernel that C libraries name
	MSG_RST         MsgFlags = sys.MSG_RST         // a flag inside the kernel that C libraries name
)

// Flags of other systems, and of SCTP.
const (
	// received: an SCTP notification, not data; on Linux the bit of MSG_MORE
	MSG_NOTIFICATION MsgFlags = sys.MSG_NOTIFICATION
	// the data ends the connection (macOS, FreeBSD, DragonFly)
	MSG_EOF MsgFlags = sys.MSG_EOF
	// this call does not block, as after FIONBIO (FreeBSD, NetBSD)
	MSG_NBIO MsgFlags = sys.MSG_NBIO
	// received: as a broadcast (NetBSD, OpenBSD, Windows)
	MSG_BCAST MsgFlags = sys.MSG_BCAST
	// received: as a multicast (NetBSD, OpenBSD, Windows)
	MSG_MCAST MsgFlags = sys.MSG_MCAST
	// this call blocks, whatever the socket does (DragonFly)
	MSG_FBLOCKING MsgFlags = sys.MSG_FBLOCKING
	// this call does not block, whatever the socket does (DragonFly)
	MSG_FNONBLOCKING MsgFlags = sys.MSG_FNONBLOCKING
	// send within the call, not asynchronously (DragonFly)
	MSG_SYNC MsgFlags = sys.MSG_SYNC
	// receive until the buffer is full, or less (macOS)
	MSG_WAITSTREAM MsgFlags = sys.MSG_WAITSTREAM
	// start to hold parts of a packet, drop those held before (macOS)
	MSG_FLUSH MsgFlags = sys.MSG_FLUSH
	// hold this part (macOS)
	MSG_HOLD MsgFlags = sys.MSG_HOLD
	// send the packet held (macOS)
	MSG_SEND MsgFlags = sys.MSG_SEND
	// received: more data is ready (macOS)
	MSG_HAVEMORE MsgFlags = sys.MSG_HAVEMORE
	// received: more of this packet is left (macOS)
	MSG_RCVMORE MsgFlags = sys.MSG_RCVMORE
	// receiving fails if there is no memory for the sender's address (macOS)
	MSG_NEEDSA MsgFlags = sys.MSG_NEEDSA
	// a part of a message (Windows)
	MSG_PARTIAL MsgFlags = sys.MSG_PARTIAL
	// the call is made in an interrupt's context (Windows)
	MSG_INTERRUPT MsgFlags = sys.MSG_INTERRUPT
	// deliver the data at once, do not wait for more (Windows)
	MSG_PUSH_IMMEDIATE MsgFlags = sys.MSG_PUSH_IMMEDIATE
)

// SpliceFlags are the flags of splice(2) and tee(2).
type SpliceFlags int

// See splice(2).
const (
	SPLICE_F_MOVE     SpliceFlags = sys.SPLICE_F_MOVE     // without effect since Linux 2.6.21
	SPLICE_F_NONBLOCK SpliceFlags = sys.SPLICE_F_NONBLOCK // do not wait for the pipe
	SPLICE_F_MORE     SpliceFlags = sys.SPLICE_F_MORE     // more data follows, as with MSG_MORE
	SPLICE_F_GIFT     SpliceFlags = sys.SPLICE_F_GIFT     // of vmsplice(2): without effect here
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f SpliceFlags) String() string { return flagNames(f, namesSpliceFlags) }

// Shutdown says which half of a connection to shut down.
type Shutdown int

// See shutdown(2).
const (
	SHUT_RD   Shutdown = sys.SHUT_RD   // no more receiving
	SHUT_WR   Shutdown = sys.SHUT_WR   // no more sending
	SHUT_RDWR Shutdown = sys.SHUT_RDWR // no more of either
)

// String returns the C name of how, or its number.
func (how Shutdown) String() string { return nameOf(how, namesShutdown) }

// DomainFor returns the domain of an address: AF_INET for IPv4, AF_INET6 for IPv6, and AF_UNSPEC
// for none. An IPv4-mapped IPv6 address counts as IPv6.
func DomainFor(addr netip.AddrPort) Domain {
	switch ip := addr.Addr(); {
	case ip.Is4():
		return AF_INET
	case ip.Is6():
		return AF_INET6
	}
	return AF_UNSPEC
}

// Nonblocking returns t with SOCK_NONBLOCK: the socket made with it does not block.
func (t Type) Nonblocking() Type { return t | SOCK_NONBLOCK }

// Cloexec returns t with SOCK_CLOEXEC: the socket made with it closes at exec.
func (t Type) Cloexec() Type { return t | SOCK_CLOEXEC }

// NoInherit returns t with WSA_FLAG_NO_HANDLE_INHERIT: child processes do not inherit the
// socket made with it. Only Windows has it.
func (t Type) NoInherit() Type { return t | WSA_FLAG_NO_HANDLE_INHERIT }

// RegisteredIO returns t with WSA_FLAG_REGISTERED_IO: the socket made with it can do
// registered I/O. Only Windows has it.
func (t Type) RegisteredIO() Type { return t | WSA_FLAG_REGISTERED_IO }

// has reports whether f has the flag m, which a platform that lacks it never sets.
func (f RecvFlags) has(m MsgFlags) bool { return m > 0 && f&RecvFlags(m) != 0 }

// IsTruncated reports MSG_TRUNC: the datagram was longer than the buffers.
func (f RecvFlags) IsTruncated() bool { return f.has(MSG_TRUNC) }

// IsControlTruncated reports MSG_CTRUNC: there was no room for all control messages.
func (f RecvFlags) IsControlTruncated() bool { return f.has(MSG_CTRUNC) }

// IsEndOfRecord reports MSG_EOR: the data ends a record.
func (f RecvFlags) IsEndOfRecord() bool { return f.has(MSG_EOR) }

// IsOutOfBand reports MSG_OOB: the data is out-of-band.
func (f RecvFlags) IsOutOfBand() bool { return f.has(MSG_OOB) }

// IsConfirm reports MSG_CONFIRM: on a CAN socket, the frame was sent by this very socket.
func (f RecvFlags) IsConfirm() bool { return f.has(MSG_CONFIRM) }

// IsDontRoute reports MSG_DONTROUTE: on a CAN socket, the frame comes from this machine.
func (f RecvFlags) IsDontRoute() bool { return f.has(MSG_DONTROUTE) }

// IsErrQueue reports MSG_ERRQUEUE: the message comes from the error queue.
func (f RecvFlags) IsErrQueue() bool { return f.has(MSG_ERRQUEUE) }

// Numbers of the platform's headers that are not flags or values of options.
const (
	AF_MAX                    int    = sys.AF_MAX                    // higher than any address family
	IP_DEFAULT_MULTICAST_TTL  int    = sys.IP_DEFAULT_MULTICAST_TTL  // of a new socket's IP_MULTICAST_TTL
	IP_DEFAULT_MULTICAST_LOOP int    = sys.IP_DEFAULT_MULTICAST_LOOP // of a new socket's IP_MULTICAST_LOOP
	IP_MAX_MEMBERSHIPS        int    = sys.IP_MAX_MEMBERSHIPS        // groups of a socket, by default
	IPV6_FLOWINFO_FLOWLABEL   uint32 = sys.IPV6_FLOWINFO_FLOWLABEL   // the flow label in a flow info
	IPV6_RTHDR_TYPE_0         uint8  = sys.IPV6_RTHDR_TYPE_0         // a source route, which RFC 5095 forbids
	TPACKET_ALIGNMENT         int    = sys.TPACKET_ALIGNMENT         // of frames in a packet ring
	TPACKET_HDRLEN            int    = sys.TPACKET_HDRLEN            // from a TPACKET_V1 frame to its data, at least
	TPACKET2_HDRLEN           int    = sys.TPACKET2_HDRLEN           // the same of TPACKET_V2
	TPACKET3_HDRLEN           int    = sys.TPACKET3_HDRLEN           // the same of TPACKET_V3
)
