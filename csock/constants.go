package csock

// #include "cgo_helpers.h"
import "C"

import "net/netip"

// The constants have their C names and the values of the platform's headers. Each name exists on every
// platform; the comments say where a name comes from if not from all of them. What this platform
// lacks is negative, and a call that is given it fails with an error for which
// errors.Is(err, errors.ErrUnsupported) holds.

// Domain is a socket's address family: AF_INET, AF_INET6, AF_UNIX and so on. It is an int,
// so that a family without a name here converts.
type Domain int

// The families that most programs use. See socket(2) and address_families(7).
const (
	AF_UNSPEC    Domain = C.AF_UNSPEC    // no family: any, or none
	AF_UNIX      Domain = C.AF_UNIX      // sockets on one machine, unix(7)
	AF_LOCAL     Domain = C.AF_LOCAL     // another name of AF_UNIX
	AF_FILE      Domain = C.AF_FILE      // another name of AF_UNIX (glibc, illumos)
	AF_INET      Domain = C.AF_INET      // IPv4, ip(7)
	AF_INET6     Domain = C.AF_INET6     // IPv6, ipv6(7)
	AF_NETLINK   Domain = C.AF_NETLINK   // messages to and from the kernel, netlink(7)
	AF_ROUTE     Domain = C.AF_ROUTE     // routing messages, route(4); on Linux another name of AF_NETLINK
	AF_PACKET    Domain = C.AF_PACKET    // frames of a network device, packet(7)
	AF_VSOCK     Domain = C.AF_VSOCK     // between virtual machines and their host, vsock(7)
	AF_BLUETOOTH Domain = C.AF_BLUETOOTH // Bluetooth (Linux, BSDs)
	AF_KEY       Domain = C.AF_KEY       // keys of IPsec, RFC 2367 (Linux, OpenBSD, illumos)
	AF_MPLS      Domain = C.AF_MPLS      // MPLS; on Linux in netlink messages only
)

// More families of Linux.
const (
	AF_ALG        Domain = C.AF_ALG        // the kernel's ciphers and hashes
	AF_CAN        Domain = C.AF_CAN        // the CAN bus, also on NetBSD
	AF_XDP        Domain = C.AF_XDP        // frames that XDP redirects, past most of the kernel
	AF_TIPC       Domain = C.AF_TIPC       // TIPC, messages in a cluster
	AF_RDS        Domain = C.AF_RDS        // RDS, reliable datagrams
	AF_SMC        Domain = C.AF_SMC        // SMC, streams over RDMA
	AF_KCM        Domain = C.AF_KCM        // KCM, messages over TCP
	AF_QIPCRTR    Domain = C.AF_QIPCRTR    // Qualcomm's router between processors
	AF_RXRPC      Domain = C.AF_RXRPC      // RxRPC, as AFS uses it
	AF_PPPOX      Domain = C.AF_PPPOX      // PPP over Ethernet and other carriers
	AF_LLC        Domain = C.AF_LLC        // IEEE 802.2 logical link control
	AF_MCTP       Domain = C.AF_MCTP       // MCTP, between the controllers of one machine, since 5.15
	AF_IB         Domain = C.AF_IB         // InfiniBand addresses; no sockets
	AF_BRIDGE     Domain = C.AF_BRIDGE     // bridging, in netlink messages; no sockets
	AF_X25        Domain = C.AF_X25        // X.25, also on illumos
	AF_AX25       Domain = C.AF_AX25       // amateur radio AX.25
	AF_NETROM     Domain = C.AF_NETROM     // amateur radio NET/ROM
	AF_ROSE       Domain = C.AF_ROSE       // amateur radio ROSE
	AF_ATMPVC     Domain = C.AF_ATMPVC     // ATM, permanent circuits
	AF_ATMSVC     Domain = C.AF_ATMSVC     // ATM, switched circuits
	AF_IUCV       Domain = C.AF_IUCV       // IUCV of IBM z/VM
	AF_ISDN       Domain = C.AF_ISDN       // ISDN
	AF_PHONET     Domain = C.AF_PHONET     // Nokia's modem protocol Phonet
	AF_IEEE802154 Domain = C.AF_IEEE802154 // low-rate wireless networks of IEEE 802.15.4
	AF_CAIF       Domain = C.AF_CAIF       // ST-Ericsson's modem protocol CAIF
	AF_NFC        Domain = C.AF_NFC        // near-field communication
)

// Families that Linux has a number for but implements no longer, or never did.
const (
	AF_IPX      Domain = C.AF_IPX      // Novell IPX; removed from Linux in 5.15
	AF_DECnet   Domain = C.AF_DECnet   // DECnet; removed from Linux in 6.1
	AF_IRDA     Domain = C.AF_IRDA     // infrared; removed from Linux in 4.17; also Windows
	AF_ECONET   Domain = C.AF_ECONET   // Acorn Econet; removed in 3.5
	AF_WANPIPE  Domain = C.AF_WANPIPE  // Sangoma WANPIPE; removed in 2.6.21
	AF_NETBEUI  Domain = C.AF_NETBEUI  // NetBEUI; never implemented
	AF_SECURITY Domain = C.AF_SECURITY // security callbacks; never implemented
	AF_ASH      Domain = C.AF_ASH      // Ash; never implemented
	AF_SNA      Domain = C.AF_SNA      // IBM SNA; never implemented on Linux
)

// Families of macOS, the BSDs and illumos.
const (
	AF_APPLETALK    Domain = C.AF_APPLETALK    // AppleTalk; Linux and Windows have it too
	AF_LINK         Domain = C.AF_LINK         // addresses of the link layer
	AF_SYSTEM       Domain = C.AF_SYSTEM       // kernel controls and kernel events (macOS)
	AF_NDRV         Domain = C.AF_NDRV         // raw frames of a network driver (macOS)
	AF_UTUN         Domain = C.AF_UTUN         // user-space tunnels (macOS)
	AF_PPP          Domain = C.AF_PPP          // PPP (macOS)
	AF_NETGRAPH     Domain = C.AF_NETGRAPH     // netgraph nodes, ng_socket(4) (FreeBSD, DragonFly)
	AF_DIVERT       Domain = C.AF_DIVERT       // packets diverted by a firewall, divert(4) (FreeBSD since 14)
	AF_INET_SDP     Domain = C.AF_INET_SDP     // Sockets Direct Protocol over IPv4 (FreeBSD)
	AF_INET6_SDP    Domain = C.AF_INET6_SDP    // Sockets Direct Protocol over IPv6 (FreeBSD)
	AF_SLOW         Domain = C.AF_SLOW         // slow protocols of IEEE 802.3ad (FreeBSD)
	AF_SCLUSTER     Domain = C.AF_SCLUSTER     // Sitara clusters (FreeBSD)
	AF_ARP          Domain = C.AF_ARP          // ARP (FreeBSD, NetBSD)
	AF_IEEE80211    Domain = C.AF_IEEE80211    // wireless networks of IEEE 802.11
	AF_NETBIOS      Domain = C.AF_NETBIOS      // NetBIOS (macOS, FreeBSD, DragonFly, Windows)
	AF_NATM         Domain = C.AF_NATM         // native ATM
	AF_ATM          Domain = C.AF_ATM          // ATM (FreeBSD, DragonFly, Windows)
	AF_ENCAP        Domain = C.AF_ENCAP        // flows of IPsec in the routing table (OpenBSD)
	AF_FRAME        Domain = C.AF_FRAME        // Ethernet frames (OpenBSD)
	AF_ETHER        Domain = C.AF_ETHER        // Ethernet addresses (NetBSD)
	AF_OROUTE       Domain = C.AF_OROUTE       // routing messages in an older form (NetBSD)
	AF_SIP          Domain = C.AF_SIP          // Simple Internet Protocol, a forerunner of IPv6
	AF_ISO          Domain = C.AF_ISO          // ISO protocols
	AF_OSI          Domain = C.AF_OSI          // OSI protocols; on the BSDs another name of AF_ISO
	AF_E164         Domain = C.AF_E164         // another name of AF_ISDN
	AF_CCITT        Domain = C.AF_CCITT        // CCITT protocols
	AF_CNT          Domain = C.AF_CNT          // Computer Network Technology
	AF_COIP         Domain = C.AF_COIP         // connection-oriented IP, also called ST-II
	AF_IMPLINK      Domain = C.AF_IMPLINK      // the ARPANET's IMPs
	AF_PUP          Domain = C.AF_PUP          // Xerox PUP
	AF_CHAOS        Domain = C.AF_CHAOS        // MIT Chaosnet
	AF_NS           Domain = C.AF_NS           // Xerox NS
	AF_ECMA         Domain = C.AF_ECMA         // ECMA protocols
	AF_DATAKIT      Domain = C.AF_DATAKIT      // AT&T Datakit
	AF_DLI          Domain = C.AF_DLI          // DEC direct data link
	AF_LAT          Domain = C.AF_LAT          // DEC LAT
	AF_HYLINK       Domain = C.AF_HYLINK       // NSC Hyperchannel
	AF_NBS          Domain = C.AF_NBS          // NBS protocols (illumos)
	AF_NIT          Domain = C.AF_NIT          // network interface tap (illumos)
	AF_802          Domain = C.AF_802          // IEEE 802.2 (illumos)
	AF_OSINET       Domain = C.AF_OSINET       // OSI network addresses (illumos)
	AF_GOSIP        Domain = C.AF_GOSIP        // the US government's OSI (illumos)
	AF_NCA          Domain = C.AF_NCA          // the network cache and accelerator (illumos)
	AF_POLICY       Domain = C.AF_POLICY       // policies of IPsec (illumos)
	AF_INET_OFFLOAD Domain = C.AF_INET_OFFLOAD // offloaded IPv4 (illumos)
	AF_TRILL        Domain = C.AF_TRILL        // TRILL (illumos)
)

// Families of Windows. See socket in Winsock's reference.
const (
	AF_HYPERV     Domain = C.AF_HYPERV     // Hyper-V virtual machines and their host; also FreeBSD
	AF_BTH        Domain = C.AF_BTH        // Bluetooth
	AF_CLUSTER    Domain = C.AF_CLUSTER    // Microsoft's clusters
	AF_12844      Domain = C.AF_12844      // IEEE 1284.4
	AF_NETDES     Domain = C.AF_NETDES     // network designers' OSI gateway
	AF_FIREFOX    Domain = C.AF_FIREFOX    // Firefox protocols
	AF_VOICEVIEW  Domain = C.AF_VOICEVIEW  // VoiceView
	AF_BAN        Domain = C.AF_BAN        // Banyan
	AF_ICLFXBM    Domain = C.AF_ICLFXBM    // ICL FX, broadcast and multicast
	AF_TCNPROCESS Domain = C.AF_TCNPROCESS // TCN process
	AF_TCNMESSAGE Domain = C.AF_TCNMESSAGE // TCN message
	AF_UNKNOWN1   Domain = C.AF_UNKNOWN1   // a protocol that Winsock does not name
)

// Type is what a socket does with data: SOCK_STREAM, SOCK_DGRAM and so on, with flags such
// as SOCK_CLOEXEC ORed to it where a new socket is made.
type Type int

// The types. See socket(2).
const (
	SOCK_STREAM     Type = C.SOCK_STREAM     // a reliable stream of bytes over a connection
	SOCK_DGRAM      Type = C.SOCK_DGRAM      // datagrams, each on its own
	SOCK_RAW        Type = C.SOCK_RAW        // direct access to the network protocol, raw(7)
	SOCK_RDM        Type = C.SOCK_RDM        // datagrams that arrive reliably
	SOCK_SEQPACKET  Type = C.SOCK_SEQPACKET  // a reliable sequence of records over a connection
	SOCK_DCCP       Type = C.SOCK_DCCP       // DCCP; removed from Linux in 6.16
	SOCK_CONN_DGRAM Type = C.SOCK_CONN_DGRAM // NetBSD's name of its SOCK_DCCP
	SOCK_PACKET     Type = C.SOCK_PACKET     // obsolete: frames of a device; use AF_PACKET
)

// Flags that New, Pair and Accept4 take with a type. See socket(2) and accept4(2).
const (
	SOCK_NONBLOCK  Type = C.SOCK_NONBLOCK  // the new socket does not block
	SOCK_CLOEXEC   Type = C.SOCK_CLOEXEC   // the new descriptor closes at exec
	SOCK_CLOFORK   Type = C.SOCK_CLOFORK   // the new descriptor closes at fork (newer BSDs, illumos)
	SOCK_NOSIGPIPE Type = C.SOCK_NOSIGPIPE // a broken pipe raises no SIGPIPE (NetBSD)
	SOCK_NDELAY    Type = C.SOCK_NDELAY    // the new socket has O_NDELAY (illumos)
	SOCK_DNS       Type = C.SOCK_DNS       // the socket is for DNS only, for pledge(2) (OpenBSD)
)

// Flags of WSASocket, which Windows takes apart from the type.
const (
	WSA_FLAG_NO_HANDLE_INHERIT Type = C.WSA_FLAG_NO_HANDLE_INHERIT // child processes do not inherit the socket
	WSA_FLAG_REGISTERED_IO     Type = C.WSA_FLAG_REGISTERED_IO     // the socket can do registered I/O
)

// Protocol is the protocol of a socket within its domain: IPPROTO_TCP and so on. Zero is
// the usual one. A packet socket's is an [EtherType] in network byte order, as in ETH_P_ALL.Protocol().
type Protocol int

// The protocols that most programs use, and headers of IPv6. See ip(7), ipv6(7) and raw(7).
const (
	IPPROTO_IP        Protocol = C.IPPROTO_IP        // the family's usual protocol; also the level of IPv4's options
	IPPROTO_HOPOPTS   Protocol = C.IPPROTO_HOPOPTS   // IPv6 hop-by-hop options, RFC 8200
	IPPROTO_ICMP      Protocol = C.IPPROTO_ICMP      // ICMP, icmp(7)
	IPPROTO_IGMP      Protocol = C.IPPROTO_IGMP      // IGMP, membership of IPv4 multicast groups
	IPPROTO_IPIP      Protocol = C.IPPROTO_IPIP      // IPv4 in IP
	IPPROTO_IPV4      Protocol = C.IPPROTO_IPV4      // another name of IPPROTO_IPIP (macOS, BSDs, Windows)
	IPPROTO_TCP       Protocol = C.IPPROTO_TCP       // TCP, tcp(7)
	IPPROTO_UDP       Protocol = C.IPPROTO_UDP       // UDP, udp(7)
	IPPROTO_IPV6      Protocol = C.IPPROTO_IPV6      // IPv6; also the level of its options
	IPPROTO_ROUTING   Protocol = C.IPPROTO_ROUTING   // IPv6 routing header, RFC 8200
	IPPROTO_FRAGMENT  Protocol = C.IPPROTO_FRAGMENT  // IPv6 fragment header, RFC 8200
	IPPROTO_RSVP      Protocol = C.IPPROTO_RSVP      // RSVP, RFC 2205
	IPPROTO_GRE       Protocol = C.IPPROTO_GRE       // GRE tunnels, RFC 2784
	IPPROTO_ESP       Protocol = C.IPPROTO_ESP       // IPsec's encrypted payload, RFC 4303
	IPPROTO_AH        Protocol = C.IPPROTO_AH        // IPsec's authentication header, RFC 4302
	IPPROTO_ICMPV6    Protocol = C.IPPROTO_ICMPV6    // ICMP of IPv6, RFC 4443
	IPPROTO_IPV6_ICMP Protocol = C.IPPROTO_IPV6_ICMP // NetBSD's other name of IPPROTO_ICMPV6
	IPPROTO_NONE      Protocol = C.IPPROTO_NONE      // IPv6: no next header
	IPPROTO_DSTOPTS   Protocol = C.IPPROTO_DSTOPTS   // IPv6 destination options, RFC 8200
	IPPROTO_PIM       Protocol = C.IPPROTO_PIM       // PIM, multicast routing
	IPPROTO_COMP      Protocol = C.IPPROTO_COMP      // IP payload compression, RFC 3173, under Linux's name
	IPPROTO_IPCOMP    Protocol = C.IPPROTO_IPCOMP    // IP payload compression, RFC 3173, under the BSDs' name
	IPPROTO_L2TP      Protocol = C.IPPROTO_L2TP      // L2TP straight over IP, RFC 3931
	IPPROTO_SCTP      Protocol = C.IPPROTO_SCTP      // SCTP, sctp(7)
	IPPROTO_MH        Protocol = C.IPPROTO_MH        // Mobile IPv6's header, RFC 6275
	IPPROTO_UDPLITE   Protocol = C.IPPROTO_UDPLITE   // UDP-Lite, udplite(7)
	IPPROTO_DCCP      Protocol = C.IPPROTO_DCCP      // DCCP; removed from Linux in 6.16
	IPPROTO_MPLS      Protocol = C.IPPROTO_MPLS      // MPLS in IP, RFC 4023
	IPPROTO_ETHERNET  Protocol = C.IPPROTO_ETHERNET  // Ethernet in IP, as SRv6 carries it, RFC 8986
	IPPROTO_AGGFRAG   Protocol = C.IPPROTO_AGGFRAG   // aggregated and fragmented IP in ESP, RFC 9347, in Linux since 6.14
	IPPROTO_RAW       Protocol = C.IPPROTO_RAW       // raw packets whose IP header the program writes, raw(7)
	IPPROTO_SMC       Protocol = C.IPPROTO_SMC       // SMC through AF_INET, in Linux since 6.11
	IPPROTO_MPTCP     Protocol = C.IPPROTO_MPTCP     // Multipath TCP, in Linux since 5.6
)

// Protocols in use that Linux's headers do not name.
const (
	IPPROTO_DIVERT  Protocol = C.IPPROTO_DIVERT  // packets diverted by a firewall, divert(4) (macOS, BSDs)
	IPPROTO_CARP    Protocol = C.IPPROTO_CARP    // CARP, a shared address, carp(4) (BSDs)
	IPPROTO_VRRP    Protocol = C.IPPROTO_VRRP    // VRRP, a shared address (NetBSD)
	IPPROTO_PFSYNC  Protocol = C.IPPROTO_PFSYNC  // states of pf, pfsync(4) (BSDs)
	IPPROTO_SEND    Protocol = C.IPPROTO_SEND    // secure neighbor discovery, send(4) (FreeBSD)
	IPPROTO_ETHERIP Protocol = C.IPPROTO_ETHERIP // Ethernet in IP, RFC 3378 (macOS, BSDs)
	IPPROTO_MOBILE  Protocol = C.IPPROTO_MOBILE  // minimal encapsulation of mobile IPv4, RFC 2004 (BSDs)
	IPPROTO_OSPFIGP Protocol = C.IPPROTO_OSPFIGP // OSPF (macOS, FreeBSD, DragonFly)
	IPPROTO_OSPF    Protocol = C.IPPROTO_OSPF    // OSPF (illumos)
	IPPROTO_PGM     Protocol = C.IPPROTO_PGM     // PGM, reliable multicast (macOS, FreeBSD, DragonFly, Windows)
	IPPROTO_RM      Protocol = C.IPPROTO_RM      // Windows' reliable multicast: PGM
	IPPROTO_HIP     Protocol = C.IPPROTO_HIP     // Host Identity Protocol (FreeBSD)
	IPPROTO_SHIM6   Protocol = C.IPPROTO_SHIM6   // Shim6, RFC 5533 (FreeBSD)
	IPPROTO_AX25    Protocol = C.IPPROTO_AX25    // AX.25 frames
)

// Assigned numbers that headers name and that hardly any network carries now.
const (
	IPPROTO_GGP       Protocol = C.IPPROTO_GGP       // Gateway-to-Gateway Protocol
	IPPROTO_ST        Protocol = C.IPPROTO_ST        // Stream Protocol
	IPPROTO_CBT       Protocol = C.IPPROTO_CBT       // Core Based Trees (Windows)
	IPPROTO_EGP       Protocol = C.IPPROTO_EGP       // Exterior Gateway Protocol
	IPPROTO_PIGP      Protocol = C.IPPROTO_PIGP      // a private interior gateway protocol
	IPPROTO_IGP       Protocol = C.IPPROTO_IGP       // an interior gateway protocol
	IPPROTO_RCCMON    Protocol = C.IPPROTO_RCCMON    // BBN RCC monitoring
	IPPROTO_NVPII     Protocol = C.IPPROTO_NVPII     // Network Voice Protocol
	IPPROTO_PUP       Protocol = C.IPPROTO_PUP       // Xerox PUP
	IPPROTO_ARGUS     Protocol = C.IPPROTO_ARGUS     // Argus
	IPPROTO_EMCON     Protocol = C.IPPROTO_EMCON     // EMCON
	IPPROTO_XNET      Protocol = C.IPPROTO_XNET      // Cross Net Debugger
	IPPROTO_CHAOS     Protocol = C.IPPROTO_CHAOS     // Chaos
	IPPROTO_MUX       Protocol = C.IPPROTO_MUX       // Multiplexing
	IPPROTO_MEAS      Protocol = C.IPPROTO_MEAS      // DCN measurement
	IPPROTO_HMP       Protocol = C.IPPROTO_HMP       // Host Monitoring Protocol
	IPPROTO_PRM       Protocol = C.IPPROTO_PRM       // packet radio measurement
	IPPROTO_IDP       Protocol = C.IPPROTO_IDP       // Xerox NS IDP
	IPPROTO_TRUNK1    Protocol = C.IPPROTO_TRUNK1    // Trunk-1
	IPPROTO_TRUNK2    Protocol = C.IPPROTO_TRUNK2    // Trunk-2
	IPPROTO_LEAF1     Protocol = C.IPPROTO_LEAF1     // Leaf-1
	IPPROTO_LEAF2     Protocol = C.IPPROTO_LEAF2     // Leaf-2
	IPPROTO_RDP       Protocol = C.IPPROTO_RDP       // Reliable Data Protocol
	IPPROTO_IRTP      Protocol = C.IPPROTO_IRTP      // Internet Reliable Transaction Protocol
	IPPROTO_TP        Protocol = C.IPPROTO_TP        // ISO transport protocol, class 4
	IPPROTO_BLT       Protocol = C.IPPROTO_BLT       // bulk data transfer
	IPPROTO_NSP       Protocol = C.IPPROTO_NSP       // network services
	IPPROTO_INP       Protocol = C.IPPROTO_INP       // Merit internodal protocol
	IPPROTO_SEP       Protocol = C.IPPROTO_SEP       // Sequential Exchange Protocol
	IPPROTO_3PC       Protocol = C.IPPROTO_3PC       // Third Party Connect
	IPPROTO_IDPR      Protocol = C.IPPROTO_IDPR      // Inter-Domain Policy Routing
	IPPROTO_XTP       Protocol = C.IPPROTO_XTP       // Xpress Transport Protocol
	IPPROTO_DDP       Protocol = C.IPPROTO_DDP       // Datagram Delivery Protocol
	IPPROTO_CMTP      Protocol = C.IPPROTO_CMTP      // control message transport
	IPPROTO_TPXX      Protocol = C.IPPROTO_TPXX      // TP++ transport
	IPPROTO_IL        Protocol = C.IPPROTO_IL        // IL, Plan 9's transport
	IPPROTO_SDRP      Protocol = C.IPPROTO_SDRP      // Source Demand Routing Protocol
	IPPROTO_IDRP      Protocol = C.IPPROTO_IDRP      // Inter-Domain Routing Protocol
	IPPROTO_MHRP      Protocol = C.IPPROTO_MHRP      // mobile host routing
	IPPROTO_BHA       Protocol = C.IPPROTO_BHA       // BHA
	IPPROTO_INLSP     Protocol = C.IPPROTO_INLSP     // Integrated Net Layer Security
	IPPROTO_SWIPE     Protocol = C.IPPROTO_SWIPE     // IP with encryption
	IPPROTO_NHRP      Protocol = C.IPPROTO_NHRP      // Next Hop Resolution Protocol
	IPPROTO_TLSP      Protocol = C.IPPROTO_TLSP      // Transport Layer Security Protocol of Kryptonet
	IPPROTO_SKIP      Protocol = C.IPPROTO_SKIP      // SKIP, key management
	IPPROTO_AHIP      Protocol = C.IPPROTO_AHIP      // any host-internal protocol
	IPPROTO_CFTP      Protocol = C.IPPROTO_CFTP      // CFTP
	IPPROTO_HELLO     Protocol = C.IPPROTO_HELLO     // the hello routing protocol
	IPPROTO_SATEXPAK  Protocol = C.IPPROTO_SATEXPAK  // SATNET and Backroom EXPAK
	IPPROTO_KRYPTOLAN Protocol = C.IPPROTO_KRYPTOLAN // Kryptolan
	IPPROTO_RVD       Protocol = C.IPPROTO_RVD       // Remote Virtual Disk
	IPPROTO_IPPC      Protocol = C.IPPROTO_IPPC      // Internet Pluribus Packet Core
	IPPROTO_ADFS      Protocol = C.IPPROTO_ADFS      // any distributed file system
	IPPROTO_SATMON    Protocol = C.IPPROTO_SATMON    // SATNET monitoring
	IPPROTO_VISA      Protocol = C.IPPROTO_VISA      // VISA
	IPPROTO_IPCV      Protocol = C.IPPROTO_IPCV      // Internet Packet Core Utility
	IPPROTO_CPNX      Protocol = C.IPPROTO_CPNX      // Computer Protocol Network Executive
	IPPROTO_CPHB      Protocol = C.IPPROTO_CPHB      // Computer Protocol Heart Beat
	IPPROTO_WSN       Protocol = C.IPPROTO_WSN       // Wang Span Network
	IPPROTO_PVP       Protocol = C.IPPROTO_PVP       // Packet Video Protocol
	IPPROTO_BRSATMON  Protocol = C.IPPROTO_BRSATMON  // Backroom SATNET monitoring
	IPPROTO_ND        Protocol = C.IPPROTO_ND        // Sun's net disk protocol
	IPPROTO_ICLFXBM   Protocol = C.IPPROTO_ICLFXBM   // ICL FX, broadcast and multicast (Windows)
	IPPROTO_WBMON     Protocol = C.IPPROTO_WBMON     // wideband monitoring
	IPPROTO_WBEXPAK   Protocol = C.IPPROTO_WBEXPAK   // wideband EXPAK
	IPPROTO_EON       Protocol = C.IPPROTO_EON       // ISO CLNP over IP
	IPPROTO_VMTP      Protocol = C.IPPROTO_VMTP      // VMTP
	IPPROTO_SVMTP     Protocol = C.IPPROTO_SVMTP     // secure VMTP
	IPPROTO_VINES     Protocol = C.IPPROTO_VINES     // Banyan VINES
	IPPROTO_TTP       Protocol = C.IPPROTO_TTP       // TTP
	IPPROTO_DGP       Protocol = C.IPPROTO_DGP       // Dissimilar Gateway Protocol
	IPPROTO_TCF       Protocol = C.IPPROTO_TCF       // TCF
	IPPROTO_IGRP      Protocol = C.IPPROTO_IGRP      // Cisco IGRP
	IPPROTO_SRPC      Protocol = C.IPPROTO_SRPC      // Sprite RPC
	IPPROTO_LARP      Protocol = C.IPPROTO_LARP      // Locus Address Resolution Protocol
	IPPROTO_MTP       Protocol = C.IPPROTO_MTP       // Multicast Transport Protocol
	IPPROTO_BEETPH    Protocol = C.IPPROTO_BEETPH    // the pseudo-header of IPsec's BEET mode (Linux)
	IPPROTO_IPEIP     Protocol = C.IPPROTO_IPEIP     // IP in IP, an earlier form
	IPPROTO_MICP      Protocol = C.IPPROTO_MICP      // Mobile Internetworking Control Protocol
	IPPROTO_SCCSP     Protocol = C.IPPROTO_SCCSP     // Semaphore Communications' security protocol
	IPPROTO_ENCAP     Protocol = C.IPPROTO_ENCAP     // an encapsulation header; on illumos IPv4 in IP
	IPPROTO_APES      Protocol = C.IPPROTO_APES      // any private encryption scheme
	IPPROTO_GMTP      Protocol = C.IPPROTO_GMTP      // GMTP
)

// MsgFlags are the flags of a call that sends or receives: MSG_PEEK and so on.
//
// With MSG_ZEROCOPY the kernel reads the memory after the call, when its stack frame may be in use again, or the garbage collector
// have taken it: use [ZeroCopy], or memory that is not Go's.
type MsgFlags int

// RecvFlags are the flags that a received message came with, MSG_TRUNC and so on. One that has no method here is tested as
// MsgFlags(f)&MSG_NOTIFICATION != 0, on a system that has it.
type RecvFlags int

// Flags that most systems have. See send(2) and recv(2).
const (
	MSG_OOB          MsgFlags = C.MSG_OOB          // out-of-band data, sent or received
	MSG_PEEK         MsgFlags = C.MSG_PEEK         // look at the data and leave it in the queue
	MSG_DONTROUTE    MsgFlags = C.MSG_DONTROUTE    // send to hosts on attached networks only
	MSG_CTRUNC       MsgFlags = C.MSG_CTRUNC       // received: control messages were cut, for lack of room
	MSG_TRUNC        MsgFlags = C.MSG_TRUNC        // received: the datagram was cut; on Linux also asks for its real length
	MSG_DONTWAIT     MsgFlags = C.MSG_DONTWAIT     // this call does not block
	MSG_EOR          MsgFlags = C.MSG_EOR          // the record ends here
	MSG_WAITALL      MsgFlags = C.MSG_WAITALL      // receive until the buffer is full
	MSG_NOSIGNAL     MsgFlags = C.MSG_NOSIGNAL     // a broken pipe raises no SIGPIPE
	MSG_CMSG_CLOEXEC MsgFlags = C.MSG_CMSG_CLOEXEC // descriptors received by SCM_RIGHTS close at exec
	MSG_CMSG_CLOFORK MsgFlags = C.MSG_CMSG_CLOFORK // descriptors received by SCM_RIGHTS close at fork (newer BSDs, illumos)
	MSG_WAITFORONE   MsgFlags = C.MSG_WAITFORONE   // recvmmsg waits for the first message only
)

// Flags of Linux. See send(2), recv(2), tcp(7) and the kernel's msg_zerocopy.rst.
const (
	MSG_MORE        MsgFlags = C.MSG_MORE        // more data follows: hold this back
	MSG_CONFIRM     MsgFlags = C.MSG_CONFIRM     // the neighbor answered: no need to probe it
	MSG_ERRQUEUE    MsgFlags = C.MSG_ERRQUEUE    // receive from the error queue
	MSG_ZEROCOPY    MsgFlags = C.MSG_ZEROCOPY    // send without copying, from memory that must last: see ZeroCopy
	MSG_FASTOPEN    MsgFlags = C.MSG_FASTOPEN    // send in TCP's SYN, and connect
	MSG_SOCK_DEVMEM MsgFlags = C.MSG_SOCK_DEVMEM // receive into device memory, since 6.12
	MSG_PROXY       MsgFlags = C.MSG_PROXY       // glibc's name of MSG_PROBE
	MSG_PROBE       MsgFlags = C.MSG_PROBE       // do not send; only find the path, for its MTU
	MSG_TRYHARD     MsgFlags = C.MSG_TRYHARD     // DECnet's name of MSG_DONTROUTE
	MSG_FIN         MsgFlags = C.MSG_FIN         // a flag inside the kernel that C libraries name
	MSG_SYN         MsgFlags = C.MSG_SYN         // a flag inside the kernel that C libraries name
	MSG_RST         MsgFlags = C.MSG_RST         // a flag inside the kernel that C libraries name
)

// Flags of other systems, and of SCTP.
const (
	MSG_NOTIFICATION   MsgFlags = C.MSG_NOTIFICATION   // received: an SCTP notification, not data; on Linux the bit of MSG_MORE
	MSG_EOF            MsgFlags = C.MSG_EOF            // the data ends the connection (macOS, FreeBSD, DragonFly)
	MSG_NBIO           MsgFlags = C.MSG_NBIO           // this call does not block, as after FIONBIO (FreeBSD, NetBSD)
	MSG_BCAST          MsgFlags = C.MSG_BCAST          // received: as a broadcast (NetBSD, OpenBSD, Windows)
	MSG_MCAST          MsgFlags = C.MSG_MCAST          // received: as a multicast (NetBSD, OpenBSD, Windows)
	MSG_FBLOCKING      MsgFlags = C.MSG_FBLOCKING      // this call blocks, whatever the socket does (DragonFly)
	MSG_FNONBLOCKING   MsgFlags = C.MSG_FNONBLOCKING   // this call does not block, whatever the socket does (DragonFly)
	MSG_SYNC           MsgFlags = C.MSG_SYNC           // send within the call, not asynchronously (DragonFly)
	MSG_WAITSTREAM     MsgFlags = C.MSG_WAITSTREAM     // receive until the buffer is full, or less (macOS)
	MSG_FLUSH          MsgFlags = C.MSG_FLUSH          // start to hold parts of a packet, drop those held before (macOS)
	MSG_HOLD           MsgFlags = C.MSG_HOLD           // hold this part (macOS)
	MSG_SEND           MsgFlags = C.MSG_SEND           // send the packet held (macOS)
	MSG_HAVEMORE       MsgFlags = C.MSG_HAVEMORE       // received: more data is ready (macOS)
	MSG_RCVMORE        MsgFlags = C.MSG_RCVMORE        // received: more of this packet is left (macOS)
	MSG_NEEDSA         MsgFlags = C.MSG_NEEDSA         // receiving fails if there is no memory for the sender's address (macOS)
	MSG_PARTIAL        MsgFlags = C.MSG_PARTIAL        // a part of a message (Windows)
	MSG_INTERRUPT      MsgFlags = C.MSG_INTERRUPT      // the call is made in an interrupt's context (Windows)
	MSG_PUSH_IMMEDIATE MsgFlags = C.MSG_PUSH_IMMEDIATE // hand over what is there, do not wait for more (Windows)
)

// Shutdown says which half of a connection to shut down.
type Shutdown int

// See shutdown(2).
const (
	SHUT_RD   Shutdown = C.SHUT_RD   // no more receiving
	SHUT_WR   Shutdown = C.SHUT_WR   // no more sending
	SHUT_RDWR Shutdown = C.SHUT_RDWR // no more of either
)

// DomainFor returns the domain of an address: AF_INET for IPv4, AF_INET6 for IPv6, which an IPv4
// address in IPv6 form is too, and AF_UNSPEC for none.
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
