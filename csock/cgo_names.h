// The names that this platform lacks, so that Go code which uses them compiles
// everywhere. Included by cgo_helpers.h alone, after the platform's headers.

#ifndef CSOCK_CGO_NAMES_H
#define CSOCK_CGO_NAMES_H

// Names of Linux that a C library's headers may be too old for, or leave to the kernel's. These are the
// only numbers for constants in this package, and a header that has the name goes first.
#ifdef __linux__
#include <linux/sctp.h> // MSG_NOTIFICATION
#ifndef AF_KCM
#define AF_KCM 41 // since Linux 4.6
#endif
#ifndef AF_QIPCRTR
#define AF_QIPCRTR 42 // since Linux 4.7
#endif
#ifndef AF_SMC
#define AF_SMC 43 // since Linux 4.11
#endif
#ifndef AF_XDP
#define AF_XDP 44 // since Linux 4.18
#endif
#ifndef AF_MCTP
#define AF_MCTP 45 // since Linux 5.15
#endif
#ifndef IPPROTO_L2TP
#define IPPROTO_L2TP 115 // since Linux 2.6.35
#endif
#ifndef IPPROTO_ETHERNET
#define IPPROTO_ETHERNET 143 // since Linux 5.6
#endif
#ifndef IPPROTO_AGGFRAG
#define IPPROTO_AGGFRAG 144 // since Linux 6.14
#endif
#ifndef IPPROTO_SMC
#define IPPROTO_SMC 256 // since Linux 6.11
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262 // since Linux 5.6
#endif
#ifndef MSG_SOCK_DEVMEM
#define MSG_SOCK_DEVMEM 0x2000000 // since Linux 6.12
#endif
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000 // since Linux 4.14
#endif
#ifndef MSG_TRYHARD
#define MSG_TRYHARD MSG_DONTROUTE // glibc has it, musl has not
#endif
#ifndef MSG_PROBE
#define MSG_PROBE MSG_PROXY // the kernel's name of it
#endif
#endif

#ifdef _WIN32
#ifndef SHUT_RD
#define SHUT_RD SD_RECEIVE
#define SHUT_WR SD_SEND
#define SHUT_RDWR SD_BOTH
#endif
#ifndef AF_HYPERV
#define AF_HYPERV 34 // since Windows 10; MinGW's headers had it later
#endif
#ifndef IPPROTO_RM
#define IPPROTO_RM IPPROTO_PGM // as in <wsrm.h>
#endif
#endif

// A name that the platform lacks is an enumerator here. Its value is negative, which no
// real constant is, and unlike every other: calls refuse it with an error
// that errors.ErrUnsupported matches, and a switch over such names compiles.
// Flags come first, each in bits of CSOCK_LACKS_MASK of its own, so that what is
// ORed to one can mostly be told from it: constants.go prints the names of both.
#define CSOCK_LACKS_MASK 0x0ff00000
#define CSOCK_LACKS_FLAG (CSOCK_LACKS + (__LINE__ - CSOCK_LACKS_LINE) * 0x00100000)
enum csock_lacks_flag {
	CSOCK_LACKS = -0x40000000,
	CSOCK_LACKS_LINE = __LINE__,

#ifndef SOCK_DCCP
	SOCK_DCCP = CSOCK_LACKS_FLAG,
#endif
#ifndef SOCK_CONN_DGRAM
	SOCK_CONN_DGRAM = CSOCK_LACKS_FLAG,
#endif
#ifndef SOCK_PACKET
	SOCK_PACKET = CSOCK_LACKS_FLAG,
#endif
#ifndef SOCK_NONBLOCK
	SOCK_NONBLOCK = CSOCK_LACKS_FLAG,
#endif
#ifndef SOCK_CLOEXEC
	SOCK_CLOEXEC = CSOCK_LACKS_FLAG,
#endif
#ifndef SOCK_CLOFORK
	SOCK_CLOFORK = CSOCK_LACKS_FLAG,
#endif
#ifndef SOCK_NOSIGPIPE
	SOCK_NOSIGPIPE = CSOCK_LACKS_FLAG,
#endif
#ifndef SOCK_NDELAY
	SOCK_NDELAY = CSOCK_LACKS_FLAG,
#endif
#ifndef SOCK_DNS
	SOCK_DNS = CSOCK_LACKS_FLAG,
#endif
#ifndef WSA_FLAG_NO_HANDLE_INHERIT
	WSA_FLAG_NO_HANDLE_INHERIT = CSOCK_LACKS_FLAG,
#endif
#ifndef WSA_FLAG_REGISTERED_IO
	WSA_FLAG_REGISTERED_IO = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_CTRUNC
	MSG_CTRUNC = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_TRUNC
	MSG_TRUNC = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_DONTWAIT
	MSG_DONTWAIT = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_EOR
	MSG_EOR = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_NOSIGNAL
	MSG_NOSIGNAL = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_CMSG_CLOEXEC
	MSG_CMSG_CLOEXEC = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_CMSG_CLOFORK
	MSG_CMSG_CLOFORK = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_WAITFORONE
	MSG_WAITFORONE = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_MORE
	MSG_MORE = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_CONFIRM
	MSG_CONFIRM = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_ERRQUEUE
	MSG_ERRQUEUE = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_ZEROCOPY
	MSG_ZEROCOPY = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_FASTOPEN
	MSG_FASTOPEN = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_SOCK_DEVMEM
	MSG_SOCK_DEVMEM = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_PROXY
	MSG_PROXY = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_PROBE
	MSG_PROBE = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_TRYHARD
	MSG_TRYHARD = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_FIN
	MSG_FIN = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_SYN
	MSG_SYN = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_RST
	MSG_RST = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_NOTIFICATION
	MSG_NOTIFICATION = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_EOF
	MSG_EOF = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_NBIO
	MSG_NBIO = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_BCAST
	MSG_BCAST = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_MCAST
	MSG_MCAST = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_FBLOCKING
	MSG_FBLOCKING = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_FNONBLOCKING
	MSG_FNONBLOCKING = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_SYNC
	MSG_SYNC = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_WAITSTREAM
	MSG_WAITSTREAM = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_FLUSH
	MSG_FLUSH = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_HOLD
	MSG_HOLD = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_SEND
	MSG_SEND = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_HAVEMORE
	MSG_HAVEMORE = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_RCVMORE
	MSG_RCVMORE = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_NEEDSA
	MSG_NEEDSA = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_PARTIAL
	MSG_PARTIAL = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_INTERRUPT
	MSG_INTERRUPT = CSOCK_LACKS_FLAG,
#endif
#ifndef MSG_PUSH_IMMEDIATE
	MSG_PUSH_IMMEDIATE = CSOCK_LACKS_FLAG,
#endif
};
_Static_assert(__LINE__ - CSOCK_LACKS_LINE < 256, "CSOCK_LACKS_MASK has no room for more lines");

enum csock_lacks {
	CSOCK_LACKS_NAMES = CSOCK_LACKS,
#ifndef AF_LOCAL
	AF_LOCAL,
#endif
#ifndef AF_FILE
	AF_FILE,
#endif
#ifndef AF_NETLINK
	AF_NETLINK,
#endif
#ifndef AF_ROUTE
	AF_ROUTE,
#endif
#ifndef AF_PACKET
	AF_PACKET,
#endif
#ifndef AF_VSOCK
	AF_VSOCK,
#endif
#ifndef AF_BLUETOOTH
	AF_BLUETOOTH,
#endif
#ifndef AF_KEY
	AF_KEY,
#endif
#ifndef AF_MPLS
	AF_MPLS,
#endif
#ifndef AF_ALG
	AF_ALG,
#endif
#ifndef AF_CAN
	AF_CAN,
#endif
#ifndef AF_XDP
	AF_XDP,
#endif
#ifndef AF_TIPC
	AF_TIPC,
#endif
#ifndef AF_RDS
	AF_RDS,
#endif
#ifndef AF_SMC
	AF_SMC,
#endif
#ifndef AF_KCM
	AF_KCM,
#endif
#ifndef AF_QIPCRTR
	AF_QIPCRTR,
#endif
#ifndef AF_RXRPC
	AF_RXRPC,
#endif
#ifndef AF_PPPOX
	AF_PPPOX,
#endif
#ifndef AF_LLC
	AF_LLC,
#endif
#ifndef AF_MCTP
	AF_MCTP,
#endif
#ifndef AF_IB
	AF_IB,
#endif
#ifndef AF_BRIDGE
	AF_BRIDGE,
#endif
#ifndef AF_X25
	AF_X25,
#endif
#ifndef AF_AX25
	AF_AX25,
#endif
#ifndef AF_NETROM
	AF_NETROM,
#endif
#ifndef AF_ROSE
	AF_ROSE,
#endif
#ifndef AF_ATMPVC
	AF_ATMPVC,
#endif
#ifndef AF_ATMSVC
	AF_ATMSVC,
#endif
#ifndef AF_IUCV
	AF_IUCV,
#endif
#ifndef AF_ISDN
	AF_ISDN,
#endif
#ifndef AF_PHONET
	AF_PHONET,
#endif
#ifndef AF_IEEE802154
	AF_IEEE802154,
#endif
#ifndef AF_CAIF
	AF_CAIF,
#endif
#ifndef AF_NFC
	AF_NFC,
#endif
#ifndef AF_IPX
	AF_IPX,
#endif
#ifndef AF_DECnet
	AF_DECnet,
#endif
#ifndef AF_IRDA
	AF_IRDA,
#endif
#ifndef AF_ECONET
	AF_ECONET,
#endif
#ifndef AF_WANPIPE
	AF_WANPIPE,
#endif
#ifndef AF_NETBEUI
	AF_NETBEUI,
#endif
#ifndef AF_SECURITY
	AF_SECURITY,
#endif
#ifndef AF_ASH
	AF_ASH,
#endif
#ifndef AF_SNA
	AF_SNA,
#endif
#ifndef AF_APPLETALK
	AF_APPLETALK,
#endif
#ifndef AF_LINK
	AF_LINK,
#endif
#ifndef AF_SYSTEM
	AF_SYSTEM,
#endif
#ifndef AF_NDRV
	AF_NDRV,
#endif
#ifndef AF_UTUN
	AF_UTUN,
#endif
#ifndef AF_PPP
	AF_PPP,
#endif
#ifndef AF_NETGRAPH
	AF_NETGRAPH,
#endif
#ifndef AF_DIVERT
	AF_DIVERT,
#endif
#ifndef AF_INET_SDP
	AF_INET_SDP,
#endif
#ifndef AF_INET6_SDP
	AF_INET6_SDP,
#endif
#ifndef AF_SLOW
	AF_SLOW,
#endif
#ifndef AF_SCLUSTER
	AF_SCLUSTER,
#endif
#ifndef AF_ARP
	AF_ARP,
#endif
#ifndef AF_IEEE80211
	AF_IEEE80211,
#endif
#ifndef AF_NETBIOS
	AF_NETBIOS,
#endif
#ifndef AF_NATM
	AF_NATM,
#endif
#ifndef AF_ATM
	AF_ATM,
#endif
#ifndef AF_ENCAP
	AF_ENCAP,
#endif
#ifndef AF_FRAME
	AF_FRAME,
#endif
#ifndef AF_ETHER
	AF_ETHER,
#endif
#ifndef AF_OROUTE
	AF_OROUTE,
#endif
#ifndef AF_SIP
	AF_SIP,
#endif
#ifndef AF_ISO
	AF_ISO,
#endif
#ifndef AF_OSI
	AF_OSI,
#endif
#ifndef AF_E164
	AF_E164,
#endif
#ifndef AF_CCITT
	AF_CCITT,
#endif
#ifndef AF_CNT
	AF_CNT,
#endif
#ifndef AF_COIP
	AF_COIP,
#endif
#ifndef AF_IMPLINK
	AF_IMPLINK,
#endif
#ifndef AF_PUP
	AF_PUP,
#endif
#ifndef AF_CHAOS
	AF_CHAOS,
#endif
#ifndef AF_NS
	AF_NS,
#endif
#ifndef AF_ECMA
	AF_ECMA,
#endif
#ifndef AF_DATAKIT
	AF_DATAKIT,
#endif
#ifndef AF_DLI
	AF_DLI,
#endif
#ifndef AF_LAT
	AF_LAT,
#endif
#ifndef AF_HYLINK
	AF_HYLINK,
#endif
#ifndef AF_NBS
	AF_NBS,
#endif
#ifndef AF_NIT
	AF_NIT,
#endif
#ifndef AF_802
	AF_802,
#endif
#ifndef AF_OSINET
	AF_OSINET,
#endif
#ifndef AF_GOSIP
	AF_GOSIP,
#endif
#ifndef AF_NCA
	AF_NCA,
#endif
#ifndef AF_POLICY
	AF_POLICY,
#endif
#ifndef AF_INET_OFFLOAD
	AF_INET_OFFLOAD,
#endif
#ifndef AF_TRILL
	AF_TRILL,
#endif
#ifndef AF_HYPERV
	AF_HYPERV,
#endif
#ifndef AF_BTH
	AF_BTH,
#endif
#ifndef AF_CLUSTER
	AF_CLUSTER,
#endif
#ifndef AF_12844
	AF_12844,
#endif
#ifndef AF_NETDES
	AF_NETDES,
#endif
#ifndef AF_FIREFOX
	AF_FIREFOX,
#endif
#ifndef AF_VOICEVIEW
	AF_VOICEVIEW,
#endif
#ifndef AF_BAN
	AF_BAN,
#endif
#ifndef AF_ICLFXBM
	AF_ICLFXBM,
#endif
#ifndef AF_TCNPROCESS
	AF_TCNPROCESS,
#endif
#ifndef AF_TCNMESSAGE
	AF_TCNMESSAGE,
#endif
#ifndef AF_UNKNOWN1
	AF_UNKNOWN1,
#endif

#ifndef IPPROTO_IPIP
	IPPROTO_IPIP,
#endif
#ifndef IPPROTO_RSVP
	IPPROTO_RSVP,
#endif
#ifndef IPPROTO_GRE
	IPPROTO_GRE,
#endif
#ifndef IPPROTO_IPV6_ICMP
	IPPROTO_IPV6_ICMP,
#endif
#ifndef IPPROTO_COMP
	IPPROTO_COMP,
#endif
#ifndef IPPROTO_IPCOMP
	IPPROTO_IPCOMP,
#endif
#ifndef IPPROTO_MH
	IPPROTO_MH,
#endif
#ifndef IPPROTO_UDPLITE
	IPPROTO_UDPLITE,
#endif
#ifndef IPPROTO_DCCP
	IPPROTO_DCCP,
#endif
#ifndef IPPROTO_MPLS
	IPPROTO_MPLS,
#endif
#ifndef IPPROTO_ETHERNET
	IPPROTO_ETHERNET,
#endif
#ifndef IPPROTO_AGGFRAG
	IPPROTO_AGGFRAG,
#endif
#ifndef IPPROTO_SMC
	IPPROTO_SMC,
#endif
#ifndef IPPROTO_MPTCP
	IPPROTO_MPTCP,
#endif
#ifndef IPPROTO_DIVERT
	IPPROTO_DIVERT,
#endif
#ifndef IPPROTO_CARP
	IPPROTO_CARP,
#endif
#ifndef IPPROTO_VRRP
	IPPROTO_VRRP,
#endif
#ifndef IPPROTO_PFSYNC
	IPPROTO_PFSYNC,
#endif
#ifndef IPPROTO_SEND
	IPPROTO_SEND,
#endif
#ifndef IPPROTO_ETHERIP
	IPPROTO_ETHERIP,
#endif
#ifndef IPPROTO_MOBILE
	IPPROTO_MOBILE,
#endif
#ifndef IPPROTO_OSPFIGP
	IPPROTO_OSPFIGP,
#endif
#ifndef IPPROTO_OSPF
	IPPROTO_OSPF,
#endif
#ifndef IPPROTO_RM
	IPPROTO_RM,
#endif
#ifndef IPPROTO_HIP
	IPPROTO_HIP,
#endif
#ifndef IPPROTO_SHIM6
	IPPROTO_SHIM6,
#endif
#ifndef IPPROTO_AX25
	IPPROTO_AX25,
#endif
#ifndef IPPROTO_ENCAP
	IPPROTO_ENCAP,
#endif
#ifndef IPPROTO_PIGP
	IPPROTO_PIGP,
#endif
#ifndef IPPROTO_RCCMON
	IPPROTO_RCCMON,
#endif
#ifndef IPPROTO_NVPII
	IPPROTO_NVPII,
#endif
#ifndef IPPROTO_ARGUS
	IPPROTO_ARGUS,
#endif
#ifndef IPPROTO_EMCON
	IPPROTO_EMCON,
#endif
#ifndef IPPROTO_XNET
	IPPROTO_XNET,
#endif
#ifndef IPPROTO_CHAOS
	IPPROTO_CHAOS,
#endif
#ifndef IPPROTO_MUX
	IPPROTO_MUX,
#endif
#ifndef IPPROTO_MEAS
	IPPROTO_MEAS,
#endif
#ifndef IPPROTO_HMP
	IPPROTO_HMP,
#endif
#ifndef IPPROTO_PRM
	IPPROTO_PRM,
#endif
#ifndef IPPROTO_TRUNK1
	IPPROTO_TRUNK1,
#endif
#ifndef IPPROTO_TRUNK2
	IPPROTO_TRUNK2,
#endif
#ifndef IPPROTO_LEAF1
	IPPROTO_LEAF1,
#endif
#ifndef IPPROTO_LEAF2
	IPPROTO_LEAF2,
#endif
#ifndef IPPROTO_IRTP
	IPPROTO_IRTP,
#endif
#ifndef IPPROTO_TP
	IPPROTO_TP,
#endif
#ifndef IPPROTO_BLT
	IPPROTO_BLT,
#endif
#ifndef IPPROTO_NSP
	IPPROTO_NSP,
#endif
#ifndef IPPROTO_INP
	IPPROTO_INP,
#endif
#ifndef IPPROTO_SEP
	IPPROTO_SEP,
#endif
#ifndef IPPROTO_3PC
	IPPROTO_3PC,
#endif
#ifndef IPPROTO_IDPR
	IPPROTO_IDPR,
#endif
#ifndef IPPROTO_XTP
	IPPROTO_XTP,
#endif
#ifndef IPPROTO_DDP
	IPPROTO_DDP,
#endif
#ifndef IPPROTO_CMTP
	IPPROTO_CMTP,
#endif
#ifndef IPPROTO_TPXX
	IPPROTO_TPXX,
#endif
#ifndef IPPROTO_IL
	IPPROTO_IL,
#endif
#ifndef IPPROTO_SDRP
	IPPROTO_SDRP,
#endif
#ifndef IPPROTO_IDRP
	IPPROTO_IDRP,
#endif
#ifndef IPPROTO_MHRP
	IPPROTO_MHRP,
#endif
#ifndef IPPROTO_BHA
	IPPROTO_BHA,
#endif
#ifndef IPPROTO_INLSP
	IPPROTO_INLSP,
#endif
#ifndef IPPROTO_SWIPE
	IPPROTO_SWIPE,
#endif
#ifndef IPPROTO_NHRP
	IPPROTO_NHRP,
#endif
#ifndef IPPROTO_TLSP
	IPPROTO_TLSP,
#endif
#ifndef IPPROTO_SKIP
	IPPROTO_SKIP,
#endif
#ifndef IPPROTO_AHIP
	IPPROTO_AHIP,
#endif
#ifndef IPPROTO_CFTP
	IPPROTO_CFTP,
#endif
#ifndef IPPROTO_HELLO
	IPPROTO_HELLO,
#endif
#ifndef IPPROTO_SATEXPAK
	IPPROTO_SATEXPAK,
#endif
#ifndef IPPROTO_KRYPTOLAN
	IPPROTO_KRYPTOLAN,
#endif
#ifndef IPPROTO_RVD
	IPPROTO_RVD,
#endif
#ifndef IPPROTO_IPPC
	IPPROTO_IPPC,
#endif
#ifndef IPPROTO_ADFS
	IPPROTO_ADFS,
#endif
#ifndef IPPROTO_SATMON
	IPPROTO_SATMON,
#endif
#ifndef IPPROTO_VISA
	IPPROTO_VISA,
#endif
#ifndef IPPROTO_IPCV
	IPPROTO_IPCV,
#endif
#ifndef IPPROTO_CPNX
	IPPROTO_CPNX,
#endif
#ifndef IPPROTO_CPHB
	IPPROTO_CPHB,
#endif
#ifndef IPPROTO_WSN
	IPPROTO_WSN,
#endif
#ifndef IPPROTO_PVP
	IPPROTO_PVP,
#endif
#ifndef IPPROTO_BRSATMON
	IPPROTO_BRSATMON,
#endif
#ifndef IPPROTO_WBMON
	IPPROTO_WBMON,
#endif
#ifndef IPPROTO_WBEXPAK
	IPPROTO_WBEXPAK,
#endif
#ifndef IPPROTO_EON
	IPPROTO_EON,
#endif
#ifndef IPPROTO_VMTP
	IPPROTO_VMTP,
#endif
#ifndef IPPROTO_SVMTP
	IPPROTO_SVMTP,
#endif
#ifndef IPPROTO_VINES
	IPPROTO_VINES,
#endif
#ifndef IPPROTO_TTP
	IPPROTO_TTP,
#endif
#ifndef IPPROTO_DGP
	IPPROTO_DGP,
#endif
#ifndef IPPROTO_TCF
	IPPROTO_TCF,
#endif
#ifndef IPPROTO_IGRP
	IPPROTO_IGRP,
#endif
#ifndef IPPROTO_SRPC
	IPPROTO_SRPC,
#endif
#ifndef IPPROTO_LARP
	IPPROTO_LARP,
#endif
#ifndef IPPROTO_MTP
	IPPROTO_MTP,
#endif
#ifndef IPPROTO_BEETPH
	IPPROTO_BEETPH,
#endif
#ifndef IPPROTO_IPEIP
	IPPROTO_IPEIP,
#endif
#ifndef IPPROTO_MICP
	IPPROTO_MICP,
#endif
#ifndef IPPROTO_SCCSP
	IPPROTO_SCCSP,
#endif
#ifndef IPPROTO_APES
	IPPROTO_APES,
#endif
#ifndef IPPROTO_GMTP
	IPPROTO_GMTP,
#endif
#ifndef _WIN32 // where these may be enumerators, which #ifndef does not see
#ifndef IPPROTO_GGP
	IPPROTO_GGP,
#endif
#ifndef IPPROTO_IPV4
	IPPROTO_IPV4,
#endif
#ifndef IPPROTO_ST
	IPPROTO_ST,
#endif
#ifndef IPPROTO_CBT
	IPPROTO_CBT,
#endif
#ifndef IPPROTO_EGP
	IPPROTO_EGP,
#endif
#ifndef IPPROTO_IGP
	IPPROTO_IGP,
#endif
#ifndef IPPROTO_PUP
	IPPROTO_PUP,
#endif
#ifndef IPPROTO_IDP
	IPPROTO_IDP,
#endif
#ifndef IPPROTO_RDP
	IPPROTO_RDP,
#endif
#ifndef IPPROTO_ND
	IPPROTO_ND,
#endif
#ifndef IPPROTO_ICLFXBM
	IPPROTO_ICLFXBM,
#endif
#ifndef IPPROTO_PIM
	IPPROTO_PIM,
#endif
#ifndef IPPROTO_PGM
	IPPROTO_PGM,
#endif
#ifndef IPPROTO_L2TP
	IPPROTO_L2TP,
#endif
#ifndef IPPROTO_SCTP
	IPPROTO_SCTP,
#endif
#endif
};

// ---- Options: SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, SOL_RAW, IPPROTO_ICMPV6

// ---- Options: IPPROTO_TCP, IPPROTO_UDP, AF_UNIX, and the levels of other families

// ---- Messages

#endif
