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

// Numbers of what is newer than the headers of a C library or a kernel may be. At SOL_SOCKET
// they hold for the architectures that use asm-generic/socket.h; the others have numbers of their own.
#ifdef __linux__
#if !defined(__alpha__) && !defined(__hppa__) && !defined(__mips__) && !defined(__powerpc__) && !defined(__sparc__)
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif
#ifndef SO_RESERVE_MEM
#define SO_RESERVE_MEM 73
#endif
#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#ifndef SO_DEVMEM_DONTNEED
#define SO_DEVMEM_DONTNEED 80
#endif
#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY 82
#endif
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif
#ifndef SO_INQ
#define SO_INQ 84
#endif
#ifndef SO_TIMESTAMP_OLD
#define SO_TIMESTAMP_OLD 29
#endif
#ifndef SO_TIMESTAMPNS_OLD
#define SO_TIMESTAMPNS_OLD 35
#endif
#ifndef SO_TIMESTAMPING_OLD
#define SO_TIMESTAMPING_OLD 37
#endif
#ifndef SO_TIMESTAMP_NEW
#define SO_TIMESTAMP_NEW 63
#endif
#ifndef SO_TIMESTAMPNS_NEW
#define SO_TIMESTAMPNS_NEW 64
#endif
#ifndef SO_TIMESTAMPING_NEW
#define SO_TIMESTAMPING_NEW 65
#endif
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#ifndef IP_PROTOCOL
#define IP_PROTOCOL 52
#endif
#ifndef ICMPV6_FILTER // <linux/icmpv6.h> has it, and cannot be included with <netinet/icmp6.h>
#define ICMPV6_FILTER ICMP6_FILTER
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define SOF_TIMESTAMPING_OPT_ID_TCP (1 << 16)
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define SOF_TIMESTAMPING_OPT_RX_FILTER (1 << 17)
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define SOF_TIMESTAMPING_TX_COMPLETION (1 << 18)
#endif
#endif

enum {
	CSOCK_LACKS_IP_OPTIONS = CSOCK_LACKS + 0x10000,
	// Of other systems, and of Linux's but not on every architecture.
#ifndef SO_NOSIGPIPE
	SO_NOSIGPIPE,
#endif
#ifndef SO_REUSEPORT_LB
	SO_REUSEPORT_LB,
#endif
#ifndef SO_SETFIB
	SO_SETFIB,
#endif
#ifndef SO_LINGER_SEC
	SO_LINGER_SEC,
#endif
#ifndef SO_USELOOPBACK
	SO_USELOOPBACK,
#endif
#ifndef IP_BOUND_IF
	IP_BOUND_IF,
#endif
#ifndef IPV6_BOUND_IF
	IPV6_BOUND_IF,
#endif
#ifndef SO_NETNS_COOKIE
	SO_NETNS_COOKIE,
#endif
#ifndef SO_BUF_LOCK
	SO_BUF_LOCK,
#endif
#ifndef SO_RESERVE_MEM
	SO_RESERVE_MEM,
#endif
#ifndef SO_TXREHASH
	SO_TXREHASH,
#endif
#ifndef SO_RCVMARK
	SO_RCVMARK,
#endif
#ifndef SO_PASSPIDFD
	SO_PASSPIDFD,
#endif
#ifndef SO_PEERPIDFD
	SO_PEERPIDFD,
#endif
#ifndef SO_DEVMEM_DONTNEED
	SO_DEVMEM_DONTNEED,
#endif
#ifndef SO_RCVPRIORITY
	SO_RCVPRIORITY,
#endif
#ifndef SO_PASSRIGHTS
	SO_PASSRIGHTS,
#endif
#ifndef SO_INQ
	SO_INQ,
#endif
#ifndef SO_TIMESTAMP_OLD
	SO_TIMESTAMP_OLD,
#endif
#ifndef SO_TIMESTAMPNS_OLD
	SO_TIMESTAMPNS_OLD,
#endif
#ifndef SO_TIMESTAMPING_OLD
	SO_TIMESTAMPING_OLD,
#endif
#ifndef SO_TIMESTAMP_NEW
	SO_TIMESTAMP_NEW,
#endif
#ifndef SO_TIMESTAMPNS_NEW
	SO_TIMESTAMPNS_NEW,
#endif
#ifndef SO_TIMESTAMPING_NEW
	SO_TIMESTAMPING_NEW,
#endif
#ifndef __linux__
	// Of Linux and some others.
#ifndef SO_REUSEPORT
	SO_REUSEPORT,
#endif
#ifndef SO_DOMAIN
	SO_DOMAIN,
#endif
#ifndef SO_PROTOCOL
	SO_PROTOCOL,
#endif
#ifndef SO_TIMESTAMP
	SO_TIMESTAMP,
#endif
#ifndef SO_PEERCRED
	SO_PEERCRED,
#endif
#ifndef SO_MAX_PACING_RATE
	SO_MAX_PACING_RATE,
#endif
#ifndef SOL_RAW
	SOL_RAW,
#endif
#ifndef IP_RECVRETOPTS
	IP_RECVRETOPTS,
#endif
#ifndef IP_PKTINFO
	IP_PKTINFO,
#endif
#ifndef IP_RECVTTL
	IP_RECVTTL,
#endif
#ifndef IP_RECVTOS
	IP_RECVTOS,
#endif
#ifndef IP_MINTTL
	IP_MINTTL,
#endif
#ifndef IP_RECVORIGDSTADDR
	IP_RECVORIGDSTADDR,
#endif
#ifndef IP_MTU
	IP_MTU,
#endif
#ifndef IP_MTU_DISCOVER
	IP_MTU_DISCOVER,
#endif
#ifndef IP_UNICAST_IF
	IP_UNICAST_IF,
#endif
#ifndef IP_BLOCK_SOURCE
	IP_BLOCK_SOURCE,
#endif
#ifndef IP_UNBLOCK_SOURCE
	IP_UNBLOCK_SOURCE,
#endif
#ifndef IP_ADD_SOURCE_MEMBERSHIP
	IP_ADD_SOURCE_MEMBERSHIP,
#endif
#ifndef IP_DROP_SOURCE_MEMBERSHIP
	IP_DROP_SOURCE_MEMBERSHIP,
#endif
#ifndef IP_MSFILTER
	IP_MSFILTER,
#endif
#ifndef MCAST_JOIN_GROUP
	MCAST_JOIN_GROUP,
#endif
#ifndef MCAST_LEAVE_GROUP
	MCAST_LEAVE_GROUP,
#endif
#ifndef MCAST_BLOCK_SOURCE
	MCAST_BLOCK_SOURCE,
#endif
#ifndef MCAST_UNBLOCK_SOURCE
	MCAST_UNBLOCK_SOURCE,
#endif
#ifndef MCAST_JOIN_SOURCE_GROUP
	MCAST_JOIN_SOURCE_GROUP,
#endif
#ifndef MCAST_LEAVE_SOURCE_GROUP
	MCAST_LEAVE_SOURCE_GROUP,
#endif
#ifndef MCAST_INCLUDE
	MCAST_INCLUDE,
#endif
#ifndef MCAST_EXCLUDE
	MCAST_EXCLUDE,
#endif
#ifndef IPV6_2292PKTINFO
	IPV6_2292PKTINFO,
#endif
#ifndef IPV6_2292HOPOPTS
	IPV6_2292HOPOPTS,
#endif
#ifndef IPV6_2292DSTOPTS
	IPV6_2292DSTOPTS,
#endif
#ifndef IPV6_2292RTHDR
	IPV6_2292RTHDR,
#endif
#ifndef IPV6_2292PKTOPTIONS
	IPV6_2292PKTOPTIONS,
#endif
#ifndef IPV6_2292HOPLIMIT
	IPV6_2292HOPLIMIT,
#endif
#ifndef IPV6_CHECKSUM
	IPV6_CHECKSUM,
#endif
#ifndef IPV6_ADD_MEMBERSHIP
	IPV6_ADD_MEMBERSHIP,
#endif
#ifndef IPV6_DROP_MEMBERSHIP
	IPV6_DROP_MEMBERSHIP,
#endif
#ifndef IPV6_MTU
	IPV6_MTU,
#endif
#ifndef IPV6_MTU_DISCOVER
	IPV6_MTU_DISCOVER,
#endif
#ifndef IPV6_HDRINCL
	IPV6_HDRINCL,
#endif
#ifndef IPV6_RECVPKTINFO
	IPV6_RECVPKTINFO,
#endif
#ifndef IPV6_RECVHOPLIMIT
	IPV6_RECVHOPLIMIT,
#endif
#ifndef IPV6_RECVHOPOPTS
	IPV6_RECVHOPOPTS,
#endif
#ifndef IPV6_HOPOPTS
	IPV6_HOPOPTS,
#endif
#ifndef IPV6_RTHDRDSTOPTS
	IPV6_RTHDRDSTOPTS,
#endif
#ifndef IPV6_RECVRTHDR
	IPV6_RECVRTHDR,
#endif
#ifndef IPV6_RTHDR
	IPV6_RTHDR,
#endif
#ifndef IPV6_RECVDSTOPTS
	IPV6_RECVDSTOPTS,
#endif
#ifndef IPV6_DSTOPTS
	IPV6_DSTOPTS,
#endif
#ifndef IPV6_PKTINFO
	IPV6_PKTINFO,
#endif
#ifndef IPV6_RECVPATHMTU
	IPV6_RECVPATHMTU,
#endif
#ifndef IPV6_PATHMTU
	IPV6_PATHMTU,
#endif
#ifndef IPV6_DONTFRAG
	IPV6_DONTFRAG,
#endif
#ifndef IPV6_RECVTCLASS
	IPV6_RECVTCLASS,
#endif
#ifndef IPV6_TCLASS
	IPV6_TCLASS,
#endif
#ifndef IPV6_AUTOFLOWLABEL
	IPV6_AUTOFLOWLABEL,
#endif
#ifndef IPV6_MINHOPCOUNT
	IPV6_MINHOPCOUNT,
#endif
#ifndef IPV6_RECVORIGDSTADDR
	IPV6_RECVORIGDSTADDR,
#endif
#ifndef IPV6_UNICAST_IF
	IPV6_UNICAST_IF,
#endif
	// Of Linux alone.
	SO_SNDBUFFORCE, SO_RCVBUFFORCE, SO_PRIORITY, SO_BINDTODEVICE, SO_ATTACH_FILTER, SO_DETACH_FILTER,
	SO_GET_FILTER, SO_LOCK_FILTER, SO_ATTACH_BPF, SO_DETACH_BPF, SO_ATTACH_REUSEPORT_CBPF,
	SO_ATTACH_REUSEPORT_EBPF, SO_DETACH_REUSEPORT_BPF, SO_TIMESTAMPNS, SO_TIMESTAMPING, SO_MARK, SO_RXQ_OVFL,
	SO_PEEK_OFF, SO_SELECT_ERR_QUEUE, SO_BUSY_POLL, SO_PREFER_BUSY_POLL, SO_BUSY_POLL_BUDGET, SO_INCOMING_CPU,
	SO_INCOMING_NAPI_ID, SO_COOKIE, SO_ZEROCOPY, SO_TXTIME, SO_BINDTOIFINDEX, SO_NO_CHECK, SO_MEMINFO,
	SO_BPF_EXTENSIONS, SO_CNX_ADVICE, SO_WIFI_STATUS, SO_NOFCS, SO_PASSCRED, SO_PASSSEC, SO_PEERSEC,
	SO_PEERGROUPS, SOCK_SNDBUF_LOCK, SOCK_RCVBUF_LOCK, IP_ROUTER_ALERT, IP_PKTOPTIONS, IP_RECVERR, IP_FREEBIND,
	IP_IPSEC_POLICY, IP_XFRM_POLICY, IP_PASSSEC, IP_TRANSPARENT, IP_NODEFRAG, IP_CHECKSUM,
	IP_BIND_ADDRESS_NO_PORT, IP_RECVFRAGSIZE, IP_RECVERR_RFC4884, MCAST_MSFILTER, IP_MULTICAST_ALL,
	IP_LOCAL_PORT_RANGE, IP_PROTOCOL, SO_ORIGINAL_DST, IP_PMTUDISC_DONT, IP_PMTUDISC_WANT, IP_PMTUDISC_DO,
	IP_PMTUDISC_PROBE, IP_PMTUDISC_INTERFACE, IP_PMTUDISC_OMIT, IPV6_PMTUDISC_DONT, IPV6_PMTUDISC_WANT,
	IPV6_PMTUDISC_DO, IPV6_PMTUDISC_PROBE, IPV6_PMTUDISC_INTERFACE, IPV6_PMTUDISC_OMIT, MRT_INIT, MRT_DONE,
	MRT_ADD_VIF, MRT_DEL_VIF, MRT_ADD_MFC, MRT_DEL_MFC, MRT_VERSION, MRT_ASSERT, MRT_PIM, MRT_TABLE,
	MRT_ADD_MFC_PROXY, MRT_DEL_MFC_PROXY, MRT_FLUSH, IPV6_ADDRFORM, IPV6_FLOWINFO, IPV6_ROUTER_ALERT,
	IPV6_ROUTER_ALERT_ISOLATE, IPV6_RECVERR, IPV6_RECVERR_RFC4884, IPV6_JOIN_ANYCAST, IPV6_LEAVE_ANYCAST,
	IPV6_MULTICAST_ALL, IPV6_FLOWLABEL_MGR, IPV6_FLOWINFO_SEND, IPV6_IPSEC_POLICY, IPV6_XFRM_POLICY,
	IPV6_ADDR_PREFERENCES, IPV6_TRANSPARENT, IPV6_RECVFRAGSIZE, IPV6_FREEBIND, IP6T_SO_ORIGINAL_DST,
	IPV6_PREFER_SRC_TMP, IPV6_PREFER_SRC_PUBLIC, IPV6_PREFER_SRC_PUBTMP_DEFAULT, IPV6_PREFER_SRC_COA,
	IPV6_PREFER_SRC_HOME, IPV6_PREFER_SRC_CGA, IPV6_PREFER_SRC_NONCGA, IPV6_FL_A_GET, IPV6_FL_A_PUT,
	IPV6_FL_A_RENEW, IPV6_FL_F_CREATE, IPV6_FL_F_EXCL, IPV6_FL_F_REFLECT, IPV6_FL_F_REMOTE, IPV6_FL_S_NONE,
	IPV6_FL_S_EXCL, IPV6_FL_S_PROCESS, IPV6_FL_S_USER, IPV6_FL_S_ANY, MRT6_INIT, MRT6_DONE, MRT6_ADD_MIF,
	MRT6_DEL_MIF, MRT6_ADD_MFC, MRT6_DEL_MFC, MRT6_VERSION, MRT6_ASSERT, MRT6_PIM, MRT6_TABLE, MRT6_ADD_MFC_PROXY,
	MRT6_DEL_MFC_PROXY, MRT6_FLUSH, ICMP_FILTER, ICMPV6_FILTER, SOF_TIMESTAMPING_TX_HARDWARE,
	SOF_TIMESTAMPING_TX_SOFTWARE, SOF_TIMESTAMPING_RX_HARDWARE, SOF_TIMESTAMPING_RX_SOFTWARE,
	SOF_TIMESTAMPING_SOFTWARE, SOF_TIMESTAMPING_SYS_HARDWARE, SOF_TIMESTAMPING_RAW_HARDWARE,
	SOF_TIMESTAMPING_OPT_ID, SOF_TIMESTAMPING_TX_SCHED, SOF_TIMESTAMPING_TX_ACK, SOF_TIMESTAMPING_OPT_CMSG,
	SOF_TIMESTAMPING_OPT_TSONLY, SOF_TIMESTAMPING_OPT_STATS, SOF_TIMESTAMPING_OPT_PKTINFO,
	SOF_TIMESTAMPING_OPT_TX_SWHW, SOF_TIMESTAMPING_BIND_PHC, SOF_TIMESTAMPING_OPT_ID_TCP,
	SOF_TIMESTAMPING_OPT_RX_FILTER, SOF_TIMESTAMPING_TX_COMPLETION, SOF_TXTIME_DEADLINE_MODE,
	SOF_TXTIME_REPORT_ERRORS, MRT_FLUSH_MFC, MRT_FLUSH_MFC_STATIC, MRT_FLUSH_VIFS, MRT_FLUSH_VIFS_STATIC,
	MRT6_FLUSH_MFC, MRT6_FLUSH_MFC_STATIC, MRT6_FLUSH_MIFS, MRT6_FLUSH_MIFS_STATIC, VIFF_TUNNEL, VIFF_REGISTER,
	VIFF_USE_IFINDEX, MIFF_REGISTER,
#endif
};

// ---- Options: IPPROTO_TCP, IPPROTO_UDP, AF_UNIX, and the levels of other families

#ifdef __linux__
#include <linux/dccp.h>
#include <linux/inet_diag.h> // union tcp_cc_info
#include <linux/mptcp.h>
#include <linux/time_types.h>
#include <linux/tls.h>
#ifndef TCP_AO_ADD_KEY
#define TCP_AO_ADD_KEY 38 // since Linux 6.7
#endif
#ifndef TCP_AO_DEL_KEY
#define TCP_AO_DEL_KEY 39 // since Linux 6.7
#endif
#ifndef TCP_AO_INFO
#define TCP_AO_INFO 40 // since Linux 6.7
#endif
#ifndef TCP_AO_GET_KEYS
#define TCP_AO_GET_KEYS 41 // since Linux 6.7
#endif
#ifndef TCP_AO_REPAIR
#define TCP_AO_REPAIR 42 // since Linux 6.7
#endif
#ifndef TCP_IS_MPTCP
#define TCP_IS_MPTCP 43 // since Linux 6.9
#endif
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44 // since Linux 6.15
#endif
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US 45 // since Linux 6.15
#endif
#ifndef TCP_DELACK_MAX_US
#define TCP_DELACK_MAX_US 46 // since Linux 6.15
#endif
#ifndef TCPI_OPT_USEC_TS
#define TCPI_OPT_USEC_TS 64 // since Linux 6.7
#endif
#ifndef TCPI_OPT_TFO_CHILD
#define TCPI_OPT_TFO_CHILD 128 // since Linux 6.16
#endif
#ifndef MPTCP_FULL_INFO
#define MPTCP_FULL_INFO 4 // since Linux 6.5
#endif
#ifndef PACKET_VNET_HDR_SZ
#define PACKET_VNET_HDR_SZ 24 // since Linux 6.6
#endif
#ifndef PACKET_FANOUT_FLAG_IGNORE_OUTGOING
#define PACKET_FANOUT_FLAG_IGNORE_OUTGOING 0x4000 // since Linux 6.0
#endif
#ifndef TLS_RX_EXPECT_NO_PAD
#define TLS_RX_EXPECT_NO_PAD 4 // since Linux 6.0
#endif
#ifndef TLS_TX_ZEROCOPY_RO
#define TLS_TX_ZEROCOPY_RO 3 // since Linux 5.19
#endif
#ifndef TLS_TX_MAX_PAYLOAD_LEN
#define TLS_TX_MAX_PAYLOAD_LEN 5 // since Linux 7.0
#endif
#ifndef SOL_TLS
#define SOL_TLS 282 // since Linux 4.13
#endif
#ifndef SOL_MPTCP
#define SOL_MPTCP 284 // since Linux 5.6
#endif
#ifndef SOL_DCCP
#define SOL_DCCP 269 // since Linux 2.6.14
#endif
#ifndef SOL_PACKET
#define SOL_PACKET 263
#endif
#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif
#ifndef UDPLITE_SEND_CSCOV
#define UDPLITE_SEND_CSCOV 10 // the kernel's <net/udplite.h> alone has them
#endif
#ifndef UDPLITE_RECV_CSCOV
#define UDPLITE_RECV_CSCOV 11
#endif

// The states that <netinet/tcp.h> has, and <linux/tcp.h> has not.
#ifndef TCP_ESTABLISHED
#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT 2
#define TCP_SYN_RECV 3
#define TCP_FIN_WAIT1 4
#define TCP_FIN_WAIT2 5
#define TCP_TIME_WAIT 6
#define TCP_CLOSE 7
#define TCP_CLOSE_WAIT 8
#define TCP_LAST_ACK 9
#define TCP_LISTEN 10
#define TCP_CLOSING 11
#endif
#ifndef TCP_NEW_SYN_RECV
#define TCP_NEW_SYN_RECV 12
#endif
#ifndef TCP_BOUND_INACTIVE
#define TCP_BOUND_INACTIVE 13 // since Linux 6.8
#endif

// Structs that grow with the kernel, at their end, as the newest kernel has them.
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define csock_tcp_info tcp_info
#else
struct csock_tcp_info {
	__u8 tcpi_state, tcpi_ca_state, tcpi_retransmits, tcpi_probes, tcpi_backoff, tcpi_options;
	__u8 tcpi_snd_wscale : 4, tcpi_rcv_wscale : 4;
	__u8 tcpi_delivery_rate_app_limited : 1, tcpi_fastopen_client_fail : 2;
	__u32 tcpi_rto, tcpi_ato, tcpi_snd_mss, tcpi_rcv_mss;
	__u32 tcpi_unacked, tcpi_sacked, tcpi_lost, tcpi_retrans, tcpi_fackets;
	__u32 tcpi_last_data_sent, tcpi_last_ack_sent, tcpi_last_data_recv, tcpi_last_ack_recv;
	__u32 tcpi_pmtu, tcpi_rcv_ssthresh, tcpi_rtt, tcpi_rttvar, tcpi_snd_ssthresh, tcpi_snd_cwnd, tcpi_advmss, tcpi_reordering;
	__u32 tcpi_rcv_rtt, tcpi_rcv_space, tcpi_total_retrans;
	__u64 tcpi_pacing_rate, tcpi_max_pacing_rate;	   // since Linux 3.15
	__u64 tcpi_bytes_acked, tcpi_bytes_received;	   // since Linux 4.1
	__u32 tcpi_segs_out, tcpi_segs_in;		   // since Linux 4.2
	__u32 tcpi_notsent_bytes, tcpi_min_rtt;		   // since Linux 4.6
	__u32 tcpi_data_segs_in, tcpi_data_segs_out;	   // since Linux 4.6
	__u64 tcpi_delivery_rate;			   // since Linux 4.9
	__u64 tcpi_busy_time, tcpi_rwnd_limited, tcpi_sndbuf_limited; // since Linux 4.10
	__u32 tcpi_delivered, tcpi_delivered_ce;	   // since Linux 4.18
	__u64 tcpi_bytes_sent, tcpi_bytes_retrans;	   // since Linux 4.19
	__u32 tcpi_dsack_dups, tcpi_reord_seen;		   // since Linux 4.19
	__u32 tcpi_rcv_ooopack, tcpi_snd_wnd;		   // since Linux 5.4
	__u32 tcpi_rcv_wnd, tcpi_rehash;		   // since Linux 6.2
	__u16 tcpi_total_rto, tcpi_total_rto_recoveries;   // since Linux 6.7
	__u32 tcpi_total_rto_time;			   // since Linux 6.7
	__u32 tcpi_received_ce;				   // since Linux 6.18
	__u32 tcpi_delivered_e1_bytes, tcpi_delivered_e0_bytes, tcpi_delivered_ce_bytes;
	__u32 tcpi_received_e1_bytes, tcpi_received_e0_bytes, tcpi_received_ce_bytes;
	__u32 tcpi_ecn_mode : 2, tcpi_accecn_opt_seen : 2, tcpi_accecn_fail_mode : 4, tcpi_options2 : 24; // since Linux 7.0
};
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define csock_mptcp_info mptcp_info
#else
struct csock_mptcp_info {
	__u8 mptcpi_subflows, mptcpi_add_addr_signal, mptcpi_add_addr_accepted;
	__u8 mptcpi_subflows_max, mptcpi_add_addr_signal_max, mptcpi_add_addr_accepted_max;
	__u32 mptcpi_flags, mptcpi_token;
	__u64 mptcpi_write_seq, mptcpi_snd_una, mptcpi_rcv_nxt;
	__u8 mptcpi_local_addr_used, mptcpi_local_addr_max, mptcpi_csum_enabled; // since Linux 5.14
	__u32 mptcpi_retransmits;						 // since Linux 6.5
	__u64 mptcpi_bytes_retrans, mptcpi_bytes_sent, mptcpi_bytes_received, mptcpi_bytes_acked;
	__u8 mptcpi_subflows_total; // since Linux 6.7
	__u8 reserved[3];
	__u32 mptcpi_last_data_sent, mptcpi_last_data_recv, mptcpi_last_ack_recv; // since Linux 6.10
};
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define csock_mptcp_full_info mptcp_full_info
#define csock_mptcp_subflow_info mptcp_subflow_info
#else
struct csock_mptcp_subflow_info {
	__u32 id;
	struct mptcp_subflow_addrs addrs;
};
struct csock_mptcp_full_info {
	__u32 size_tcpinfo_kernel, size_tcpinfo_user, size_sfinfo_kernel, size_sfinfo_user;
	__u32 num_subflows, size_arrays_user;
	__aligned_u64 subflow_info, tcp_info;
	struct csock_mptcp_info mptcp_info;
};
#endif

// TCP-AO (RFC 5925) came with Linux 6.7.
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define TCP_AO_MAXKEYLEN 80
#define TCP_AO_KEYF_IFINDEX (1 << 0)
#define TCP_AO_KEYF_EXCLUDE_OPT (1 << 1)
struct tcp_ao_add {
	struct __kernel_sockaddr_storage addr;
	char alg_name[64];
	__s32 ifindex;
	__u32 set_current : 1, set_rnext : 1, reserved : 30;
	__u16 reserved2;
	__u8 prefix, sndid, rcvid, maclen, keyflags, keylen, key[TCP_AO_MAXKEYLEN];
} __attribute__((aligned(8)));
struct tcp_ao_del {
	struct __kernel_sockaddr_storage addr;
	__s32 ifindex;
	__u32 set_current : 1, set_rnext : 1, del_async : 1, reserved : 29;
	__u16 reserved2;
	__u8 prefix, sndid, rcvid, current_key, rnext, keyflags;
} __attribute__((aligned(8)));
struct tcp_ao_info_opt {
	__u32 set_current : 1, set_rnext : 1, ao_required : 1, set_counters : 1, accept_icmps : 1, reserved : 27;
	__u16 reserved2;
	__u8 current_key, rnext;
	__u64 pkt_good, pkt_bad, pkt_key_not_found, pkt_ao_required, pkt_dropped_icmp;
} __attribute__((aligned(8)));
struct tcp_ao_getsockopt {
	struct __kernel_sockaddr_storage addr;
	char alg_name[64];
	__u8 key[TCP_AO_MAXKEYLEN];
	__u32 nkeys;
	__u16 is_current : 1, is_rnext : 1, get_all : 1, reserved : 13;
	__u8 sndid, rcvid, prefix, maclen, keyflags, keylen;
	__s32 ifindex;
	__u64 pkt_good, pkt_bad;
} __attribute__((aligned(8)));
struct tcp_ao_repair {
	__be32 snt_isn, rcv_isn;
	__u32 snd_sne, rcv_sne;
} __attribute__((aligned(8)));
#endif
#else
// Other systems have these names, with values of another kind.
#undef TCP_INFO
#undef TCP_MD5SIG
#endif

// Room for the names of TCP_CONGESTION and TCP_ULP; the kernel's <net/tcp.h> alone has it.
#ifndef TCP_CA_NAME_MAX
#define TCP_CA_NAME_MAX 16
#endif
#ifndef TCP_ULP_NAME_MAX
#define TCP_ULP_NAME_MAX 16
#endif

#if defined(__APPLE__) && !defined(TCP_KEEPIDLE)
#define TCP_KEEPIDLE TCP_KEEPALIVE // an older name of it
#endif

enum csock_lacks_transport {
	CSOCK_LACKS_TRANSPORT = CSOCK_LACKS + 0x10000,
#ifndef TCP_MAXSEG
	TCP_MAXSEG,
#endif
#ifndef TCP_CORK
	TCP_CORK,
#endif
#ifndef TCP_KEEPIDLE
	TCP_KEEPIDLE,
#endif
#ifndef TCP_KEEPINTVL
	TCP_KEEPINTVL,
#endif
#ifndef TCP_KEEPCNT
	TCP_KEEPCNT,
#endif
#ifndef TCP_SYNCNT
	TCP_SYNCNT,
#endif
#ifndef TCP_LINGER2
	TCP_LINGER2,
#endif
#ifndef TCP_DEFER_ACCEPT
	TCP_DEFER_ACCEPT,
#endif
#ifndef TCP_WINDOW_CLAMP
	TCP_WINDOW_CLAMP,
#endif
#ifndef TCP_INFO
	TCP_INFO,
#endif
#ifndef TCP_QUICKACK
	TCP_QUICKACK,
#endif
#ifndef TCP_CONGESTION
	TCP_CONGESTION,
#endif
#ifndef TCP_MD5SIG
	TCP_MD5SIG,
#endif
#ifndef TCP_FASTOPEN
	TCP_FASTOPEN,
#endif
#ifndef TCP_NOTSENT_LOWAT
	TCP_NOTSENT_LOWAT,
#endif
#ifndef TCP_USER_TIMEOUT
	TCP_USER_TIMEOUT,
#endif
#ifndef TCPI_OPT_TIMESTAMPS
	TCPI_OPT_TIMESTAMPS,
#endif
#ifndef TCPI_OPT_SACK
	TCPI_OPT_SACK,
#endif
#ifndef TCPI_OPT_WSCALE
	TCPI_OPT_WSCALE,
#endif
#ifndef TCPI_OPT_ECN
	TCPI_OPT_ECN,
#endif
#ifndef TCPI_OPT_ECN_SEEN
	TCPI_OPT_ECN_SEEN,
#endif
#ifndef TCPI_OPT_SYN_DATA
	TCPI_OPT_SYN_DATA,
#endif
#ifndef TCPI_OPT_USEC_TS
	TCPI_OPT_USEC_TS,
#endif
#ifndef TCPI_OPT_TFO_CHILD
	TCPI_OPT_TFO_CHILD,
#endif
#ifndef __linux__
	TCP_MD5SIG_EXT, TCP_THIN_LINEAR_TIMEOUTS, TCP_THIN_DUPACK, TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ,
	TCP_REPAIR_OPTIONS, TCP_REPAIR_WINDOW, TCP_TIMESTAMP, TCP_CC_INFO, TCP_SAVE_SYN, TCP_SAVED_SYN,
	TCP_FASTOPEN_CONNECT, TCP_ULP, TCP_FASTOPEN_KEY, TCP_FASTOPEN_NO_COOKIE, TCP_ZEROCOPY_RECEIVE, TCP_INQ,
	TCP_TX_DELAY, TCP_AO_ADD_KEY, TCP_AO_DEL_KEY, TCP_AO_INFO, TCP_AO_GET_KEYS, TCP_AO_REPAIR, TCP_IS_MPTCP,
	TCP_RTO_MAX_MS, TCP_RTO_MIN_US, TCP_DELACK_MAX_US, TCP_ESTABLISHED, TCP_SYN_SENT, TCP_SYN_RECV, TCP_FIN_WAIT1,
	TCP_FIN_WAIT2, TCP_TIME_WAIT, TCP_CLOSE, TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_LISTEN, TCP_CLOSING,
	TCP_NEW_SYN_RECV, TCP_BOUND_INACTIVE, TCP_CA_Open, TCP_CA_Disorder, TCP_CA_CWR, TCP_CA_Recovery, TCP_CA_Loss,
	TCP_NO_QUEUE, TCP_RECV_QUEUE, TCP_SEND_QUEUE, TCP_REPAIR_ON, TCP_REPAIR_OFF, TCP_REPAIR_OFF_NO_WP,
	TCP_AO_KEYF_IFINDEX, TCP_AO_KEYF_EXCLUDE_OPT,
	UDP_CORK, UDP_ENCAP, UDP_NO_CHECK6_TX, UDP_NO_CHECK6_RX, UDP_SEGMENT, UDP_GRO, UDP_ENCAP_ESPINUDP_NON_IKE,
	UDP_ENCAP_ESPINUDP, UDP_ENCAP_L2TPINUDP, UDP_ENCAP_GTP0, UDP_ENCAP_GTP1U, UDP_ENCAP_RXRPC,
	UDPLITE_SEND_CSCOV, UDPLITE_RECV_CSCOV,
	SO_VM_SOCKETS_BUFFER_SIZE, SO_VM_SOCKETS_BUFFER_MIN_SIZE, SO_VM_SOCKETS_BUFFER_MAX_SIZE,
	SO_VM_SOCKETS_CONNECT_TIMEOUT, SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD, SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW,
	NETLINK_ADD_MEMBERSHIP, NETLINK_DROP_MEMBERSHIP, NETLINK_PKTINFO, NETLINK_BROADCAST_ERROR, NETLINK_NO_ENOBUFS,
	NETLINK_LISTEN_ALL_NSID, NETLINK_LIST_MEMBERSHIPS, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK,
	SOL_NETLINK,
	PACKET_ADD_MEMBERSHIP, PACKET_DROP_MEMBERSHIP, PACKET_RX_RING, PACKET_STATISTICS, PACKET_COPY_THRESH,
	PACKET_AUXDATA, PACKET_ORIGDEV, PACKET_VERSION, PACKET_HDRLEN, PACKET_RESERVE, PACKET_TX_RING, PACKET_LOSS,
	PACKET_VNET_HDR, PACKET_TIMESTAMP, PACKET_FANOUT, PACKET_TX_HAS_OFF, PACKET_QDISC_BYPASS,
	PACKET_ROLLOVER_STATS, PACKET_FANOUT_DATA, PACKET_IGNORE_OUTGOING, PACKET_VNET_HDR_SZ, SOL_PACKET, TPACKET_V1,
	TPACKET_V2, TPACKET_V3, PACKET_MR_MULTICAST, PACKET_MR_PROMISC, PACKET_MR_ALLMULTI, PACKET_MR_UNICAST,
	PACKET_FANOUT_HASH, PACKET_FANOUT_LB, PACKET_FANOUT_CPU, PACKET_FANOUT_ROLLOVER, PACKET_FANOUT_RND,
	PACKET_FANOUT_QM, PACKET_FANOUT_CBPF, PACKET_FANOUT_EBPF, PACKET_FANOUT_FLAG_ROLLOVER,
	PACKET_FANOUT_FLAG_UNIQUEID, PACKET_FANOUT_FLAG_IGNORE_OUTGOING, PACKET_FANOUT_FLAG_DEFRAG,
	MPTCP_INFO, MPTCP_TCPINFO, MPTCP_SUBFLOW_ADDRS, MPTCP_FULL_INFO, SOL_MPTCP, MPTCP_INFO_FLAG_FALLBACK,
	MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED,
	TLS_TX, TLS_RX, TLS_TX_ZEROCOPY_RO, TLS_RX_EXPECT_NO_PAD, TLS_TX_MAX_PAYLOAD_LEN, SOL_TLS, TLS_1_2_VERSION,
	TLS_1_3_VERSION, TLS_CIPHER_AES_GCM_128, TLS_CIPHER_AES_GCM_256, TLS_CIPHER_AES_CCM_128,
	TLS_CIPHER_CHACHA20_POLY1305, TLS_CIPHER_SM4_GCM, TLS_CIPHER_SM4_CCM, TLS_CIPHER_ARIA_GCM_128,
	TLS_CIPHER_ARIA_GCM_256,
	SCTP_RTOINFO, SCTP_ASSOCINFO, SCTP_INITMSG, SCTP_NODELAY, SCTP_AUTOCLOSE, SCTP_SET_PEER_PRIMARY_ADDR,
	SCTP_PRIMARY_ADDR, SCTP_ADAPTATION_LAYER, SCTP_DISABLE_FRAGMENTS, SCTP_PEER_ADDR_PARAMS,
	SCTP_DEFAULT_SEND_PARAM, SCTP_EVENTS, SCTP_I_WANT_MAPPED_V4_ADDR, SCTP_MAXSEG, SCTP_STATUS,
	SCTP_GET_PEER_ADDR_INFO, SCTP_DELAYED_ACK_TIME, SCTP_DELAYED_ACK, SCTP_DELAYED_SACK, SCTP_CONTEXT,
	SCTP_FRAGMENT_INTERLEAVE, SCTP_PARTIAL_DELIVERY_POINT, SCTP_MAX_BURST, SCTP_AUTH_CHUNK, SCTP_HMAC_IDENT,
	SCTP_AUTH_KEY, SCTP_AUTH_ACTIVE_KEY, SCTP_AUTH_DELETE_KEY, SCTP_PEER_AUTH_CHUNKS, SCTP_LOCAL_AUTH_CHUNKS,
	SCTP_GET_ASSOC_NUMBER, SCTP_GET_ASSOC_ID_LIST, SCTP_AUTO_ASCONF, SCTP_PEER_ADDR_THLDS, SCTP_RECVRCVINFO,
	SCTP_RECVNXTINFO, SCTP_DEFAULT_SNDINFO, SCTP_AUTH_DEACTIVATE_KEY, SCTP_REUSE_PORT, SCTP_PEER_ADDR_THLDS_V2,
	SCTP_SOCKOPT_BINDX_ADD, SCTP_SOCKOPT_BINDX_REM, SCTP_SOCKOPT_PEELOFF, SCTP_GET_PEER_ADDRS,
	SCTP_GET_LOCAL_ADDRS, SCTP_SOCKOPT_CONNECTX, SCTP_GET_ASSOC_STATS, SCTP_PR_SUPPORTED, SCTP_DEFAULT_PRINFO,
	SCTP_PR_ASSOC_STATUS, SCTP_PR_STREAM_STATUS, SCTP_RECONFIG_SUPPORTED, SCTP_ENABLE_STREAM_RESET,
	SCTP_RESET_STREAMS, SCTP_RESET_ASSOC, SCTP_ADD_STREAMS, SCTP_SOCKOPT_PEELOFF_FLAGS, SCTP_STREAM_SCHEDULER,
	SCTP_STREAM_SCHEDULER_VALUE, SCTP_INTERLEAVING_SUPPORTED, SCTP_EVENT, SCTP_ASCONF_SUPPORTED,
	SCTP_AUTH_SUPPORTED, SCTP_ECN_SUPPORTED, SCTP_EXPOSE_POTENTIALLY_FAILED_STATE, SCTP_EXPOSE_PF_STATE,
	SCTP_REMOTE_UDP_ENCAPS_PORT, SCTP_PLPMTUD_PROBE_INTERVAL, SCTP_FUTURE_ASSOC, SCTP_CURRENT_ASSOC,
	SCTP_ALL_ASSOC, SCTP_EMPTY, SCTP_CLOSED, SCTP_COOKIE_WAIT, SCTP_COOKIE_ECHOED, SCTP_ESTABLISHED,
	SCTP_SHUTDOWN_PENDING, SCTP_SHUTDOWN_SENT, SCTP_SHUTDOWN_RECEIVED, SCTP_SHUTDOWN_ACK_SENT, SCTP_INACTIVE,
	SCTP_PF, SCTP_ACTIVE, SCTP_UNCONFIRMED, SCTP_UNKNOWN, SPP_HB_ENABLE, SPP_HB_DISABLE, SPP_HB_DEMAND,
	SPP_PMTUD_ENABLE, SPP_PMTUD_DISABLE, SPP_SACKDELAY_ENABLE, SPP_SACKDELAY_DISABLE, SPP_HB_TIME_IS_ZERO,
	SPP_IPV6_FLOWLABEL, SPP_DSCP, SCTP_DATA_IO_EVENT, SCTP_ASSOC_CHANGE, SCTP_PEER_ADDR_CHANGE, SCTP_SEND_FAILED,
	SCTP_REMOTE_ERROR, SCTP_SHUTDOWN_EVENT, SCTP_PARTIAL_DELIVERY_EVENT, SCTP_ADAPTATION_INDICATION,
	SCTP_AUTHENTICATION_EVENT, SCTP_SENDER_DRY_EVENT, SCTP_STREAM_RESET_EVENT, SCTP_ASSOC_RESET_EVENT,
	SCTP_STREAM_CHANGE_EVENT, SCTP_SEND_FAILED_EVENT, SCTP_PR_SCTP_NONE, SCTP_PR_SCTP_TTL, SCTP_PR_SCTP_RTX,
	SCTP_PR_SCTP_PRIO, SCTP_AUTH_HMAC_ID_SHA1, SCTP_AUTH_HMAC_ID_SHA256, SCTP_SS_FCFS, SCTP_SS_PRIO, SCTP_SS_RR,
	SCTP_ENABLE_RESET_STREAM_REQ, SCTP_ENABLE_RESET_ASSOC_REQ, SCTP_ENABLE_CHANGE_ASSOC_REQ,
	SCTP_STREAM_RESET_INCOMING, SCTP_STREAM_RESET_OUTGOING,
	DCCP_SOCKOPT_SERVICE, DCCP_SOCKOPT_GET_CUR_MPS, DCCP_SOCKOPT_SERVER_TIMEWAIT, DCCP_SOCKOPT_SEND_CSCOV,
	DCCP_SOCKOPT_RECV_CSCOV, DCCP_SOCKOPT_AVAILABLE_CCIDS, DCCP_SOCKOPT_CCID, DCCP_SOCKOPT_TX_CCID,
	DCCP_SOCKOPT_RX_CCID, DCCP_SOCKOPT_QPOLICY_ID, DCCP_SOCKOPT_QPOLICY_TXQLEN, DCCP_SOCKOPT_CCID_RX_INFO,
	DCCP_SOCKOPT_CCID_TX_INFO, SOL_DCCP, DCCPC_CCID2, DCCPC_CCID3, DCCPQ_POLICY_SIMPLE, DCCPQ_POLICY_PRIO,
#endif
};

// ---- Messages

#ifndef _WIN32
#include <netinet/in_systm.h>
#include <netinet/ip.h> // IPTOS_ECN_*
#endif
#ifdef __linux__
#include <linux/net_tstamp.h>
#include <linux/tls.h>
// Numbers of what is newer than the headers of a C library or a kernel may be.
#ifndef SCM_SECURITY
#define SCM_SECURITY 3 // the kernel's own header alone has it
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 4 // since Linux 6.5
#endif
#if !defined(__hppa__) && !defined(__sparc__) // which have numbers of their own
#ifndef SO_TIMESTAMP_OLD
#define SO_TIMESTAMP_OLD 29
#define SO_TIMESTAMPNS_OLD 35
#define SO_TIMESTAMPING_OLD 37
#endif
#ifndef SO_TIMESTAMP_NEW
#define SO_TIMESTAMP_NEW 63 // since Linux 5.1
#define SO_TIMESTAMPNS_NEW 64
#define SO_TIMESTAMPING_NEW 65
#endif
#ifndef SCM_TS_OPT_ID
#define SCM_TS_OPT_ID 81 // since Linux 6.13
#endif
#ifndef SCM_INQ
#define SCM_INQ 84 // since Linux 6.17
#endif
#endif
#ifndef IPV6_FLOWINFO
#define IPV6_FLOWINFO 11
#endif
#ifndef SOL_TLS
#define SOL_TLS 282 // since Linux 4.13
#endif
#ifndef SOL_PACKET
#define SOL_PACKET 263
#endif
#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif
#ifndef SOL_VSOCK
#define SOL_VSOCK 287 // since Linux 6.7
#endif
#ifndef VSOCK_RECVERR
#define VSOCK_RECVERR 1 // since Linux 6.7
#endif
#endif

enum csock_lacks_messages {
	CSOCK_LACKS_MESSAGES = CSOCK_LACKS + 0x30000,
#ifndef SCM_CREDENTIALS
	SCM_CREDENTIALS,
#endif
#ifndef SCM_TIMESTAMP
	SCM_TIMESTAMP,
#endif
#ifndef SCM_TS_OPT_ID
	SCM_TS_OPT_ID,
#endif
#ifndef SCM_INQ
	SCM_INQ,
#endif
#ifndef IPV6_HOPLIMIT
	IPV6_HOPLIMIT,
#endif
#ifndef __linux__
	SCM_SECURITY, SCM_PIDFD, SCM_TIMESTAMPNS, SCM_TIMESTAMPING, SCM_TIMESTAMPING_OPT_STATS,
	SCM_TIMESTAMPING_PKTINFO, SCM_TXTIME, SCM_WIFI_STATUS, SO_TIMESTAMP_OLD, SO_TIMESTAMPNS_OLD,
	SO_TIMESTAMPING_OLD, SO_TIMESTAMP_NEW, SO_TIMESTAMPNS_NEW, SO_TIMESTAMPING_NEW, IP_ORIGDSTADDR,
	IPV6_ORIGDSTADDR, TCP_CM_INQ, TLS_SET_RECORD_TYPE, TLS_GET_RECORD_TYPE, PACKET_TX_TIMESTAMP, SOL_VSOCK,
	VSOCK_RECVERR, SCTP_INIT, SCTP_SNDRCV, SCTP_SNDINFO, SCTP_RCVINFO, SCTP_NXTINFO, SCTP_PRINFO, SCTP_AUTHINFO,
	SCTP_DSTADDRV4, SCTP_DSTADDRV6, SO_EE_ORIGIN_NONE, SO_EE_ORIGIN_LOCAL, SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6,
	SO_EE_ORIGIN_TXSTATUS, SO_EE_ORIGIN_ZEROCOPY, SO_EE_ORIGIN_TXTIME, SO_EE_ORIGIN_TIMESTAMPING,
	SO_EE_CODE_ZEROCOPY_COPIED, SO_EE_CODE_TXTIME_INVALID_PARAM, SO_EE_CODE_TXTIME_MISSED, SCM_TSTAMP_SND,
	SCM_TSTAMP_SCHED, SCM_TSTAMP_ACK,
#endif
};

// The payloads of control messages that Linux alone has. Elsewhere no message of their kinds
// comes, and what stands for them here is there for Go code to compile.
#ifdef __linux__
typedef struct ucred csock_ucred;
typedef struct in_pktinfo csock_in_pktinfo;
typedef struct sock_extended_err csock_extended_err;
typedef struct scm_ts_pktinfo csock_ts_pktinfo;
typedef struct tpacket_auxdata csock_auxdata;
typedef struct sctp_initmsg csock_sctp_initmsg;
typedef struct sctp_sndrcvinfo csock_sctp_sndrcvinfo;
typedef struct sctp_sndinfo csock_sctp_sndinfo;
typedef struct sctp_rcvinfo csock_sctp_rcvinfo;
typedef struct sctp_nxtinfo csock_sctp_nxtinfo;
typedef struct sctp_prinfo csock_sctp_prinfo;
// ee_data is in a union, which has no fields in Go, and in older headers is not.
enum { CSOCK_EE_DATA = offsetof(struct sock_extended_err, ee_data) };
#else
typedef struct { pid_t pid; uid_t uid; gid_t gid; } csock_ucred;
#ifdef IP_PKTINFO
typedef struct in_pktinfo csock_in_pktinfo;
#else
typedef struct { int ipi_ifindex; struct in_addr ipi_spec_dst, ipi_addr; } csock_in_pktinfo;
#endif
typedef struct { uint32_t ee_errno; uint8_t ee_origin, ee_type, ee_code; uint32_t ee_info, ee_data; } csock_extended_err;
typedef struct { uint32_t if_index, pkt_length; } csock_ts_pktinfo;
typedef struct {
	uint32_t tp_status, tp_len, tp_snaplen;
	uint16_t tp_mac, tp_net, tp_vlan_tci, tp_vlan_tpid;
} csock_auxdata;
typedef struct {
	uint16_t sinit_num_ostreams, sinit_max_instreams, sinit_max_attempts, sinit_max_init_timeo;
} csock_sctp_initmsg;
typedef struct {
	uint16_t sinfo_stream, sinfo_ssn, sinfo_flags;
	uint32_t sinfo_ppid, sinfo_context, sinfo_timetolive, sinfo_tsn, sinfo_cumtsn;
	int32_t sinfo_assoc_id;
} csock_sctp_sndrcvinfo;
typedef struct { uint16_t snd_sid, snd_flags; uint32_t snd_ppid, snd_context; int32_t snd_assoc_id; } csock_sctp_sndinfo;
typedef struct {
	uint16_t rcv_sid, rcv_ssn, rcv_flags;
	uint32_t rcv_ppid, rcv_tsn, rcv_cumtsn, rcv_context;
	int32_t rcv_assoc_id;
} csock_sctp_rcvinfo;
typedef struct { uint16_t nxt_sid, nxt_flags; uint32_t nxt_ppid, nxt_length; int32_t nxt_assoc_id; } csock_sctp_nxtinfo;
typedef struct { uint16_t pr_policy; uint32_t pr_value; } csock_sctp_prinfo;
enum { CSOCK_EE_DATA = offsetof(csock_extended_err, ee_data) };
#endif

// Where the payload of a control message begins after its header, and to what headers are aligned,
// from the platform's macros, so that Go can walk without a call into C.
enum {
	CSOCK_CMSG_DATA = CMSG_LEN(0),
	CSOCK_CMSG_ALIGN = CMSG_SPACE(1) - CMSG_SPACE(0),
};
_Static_assert((CSOCK_CMSG_ALIGN & (CSOCK_CMSG_ALIGN - 1)) == 0 && CSOCK_CMSG_DATA % CSOCK_CMSG_ALIGN == 0 &&
		       CMSG_SPACE(0) == CSOCK_CMSG_DATA && CMSG_SPACE(CSOCK_CMSG_ALIGN) == CMSG_SPACE(1) &&
		       CMSG_SPACE(CSOCK_CMSG_ALIGN + 1) == CSOCK_CMSG_DATA + 2 * CSOCK_CMSG_ALIGN,
	       "control messages are laid out as control.go takes them to be");

#endif
