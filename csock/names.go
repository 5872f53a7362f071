//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"

import (
	"fmt"
	"strconv"
	"strings"
)

// A name is a constant and how C spells it.
type name[T integer] struct {
	value T
	name  string
}

type integer interface {
	~int | ~uint8 | ~uint16 | ~uint32
}

// The names of each type, in the order of the constants: of two with one value the first is told.

var domainNames = []name[Domain]{
	{AF_UNSPEC, "AF_UNSPEC"},
	{AF_UNIX, "AF_UNIX"},
	{AF_LOCAL, "AF_LOCAL"},
	{AF_FILE, "AF_FILE"},
	{AF_INET, "AF_INET"},
	{AF_INET6, "AF_INET6"},
	{AF_NETLINK, "AF_NETLINK"},
	{AF_ROUTE, "AF_ROUTE"},
	{AF_PACKET, "AF_PACKET"},
	{AF_VSOCK, "AF_VSOCK"},
	{AF_BLUETOOTH, "AF_BLUETOOTH"},
	{AF_KEY, "AF_KEY"},
	{AF_MPLS, "AF_MPLS"},
	{AF_ALG, "AF_ALG"},
	{AF_CAN, "AF_CAN"},
	{AF_XDP, "AF_XDP"},
	{AF_TIPC, "AF_TIPC"},
	{AF_RDS, "AF_RDS"},
	{AF_SMC, "AF_SMC"},
	{AF_KCM, "AF_KCM"},
	{AF_QIPCRTR, "AF_QIPCRTR"},
	{AF_RXRPC, "AF_RXRPC"},
	{AF_PPPOX, "AF_PPPOX"},
	{AF_LLC, "AF_LLC"},
	{AF_MCTP, "AF_MCTP"},
	{AF_IB, "AF_IB"},
	{AF_BRIDGE, "AF_BRIDGE"},
	{AF_X25, "AF_X25"},
	{AF_AX25, "AF_AX25"},
	{AF_NETROM, "AF_NETROM"},
	{AF_ROSE, "AF_ROSE"},
	{AF_ATMPVC, "AF_ATMPVC"},
	{AF_ATMSVC, "AF_ATMSVC"},
	{AF_IUCV, "AF_IUCV"},
	{AF_ISDN, "AF_ISDN"},
	{AF_PHONET, "AF_PHONET"},
	{AF_IEEE802154, "AF_IEEE802154"},
	{AF_CAIF, "AF_CAIF"},
	{AF_NFC, "AF_NFC"},
	{AF_IPX, "AF_IPX"},
	{AF_DECnet, "AF_DECnet"},
	{AF_IRDA, "AF_IRDA"},
	{AF_ECONET, "AF_ECONET"},
	{AF_WANPIPE, "AF_WANPIPE"},
	{AF_NETBEUI, "AF_NETBEUI"},
	{AF_SECURITY, "AF_SECURITY"},
	{AF_ASH, "AF_ASH"},
	{AF_SNA, "AF_SNA"},
	{AF_APPLETALK, "AF_APPLETALK"},
	{AF_LINK, "AF_LINK"},
	{AF_SYSTEM, "AF_SYSTEM"},
	{AF_NDRV, "AF_NDRV"},
	{AF_UTUN, "AF_UTUN"},
	{AF_PPP, "AF_PPP"},
	{AF_NETGRAPH, "AF_NETGRAPH"},
	{AF_DIVERT, "AF_DIVERT"},
	{AF_INET_SDP, "AF_INET_SDP"},
	{AF_INET6_SDP, "AF_INET6_SDP"},
	{AF_SLOW, "AF_SLOW"},
	{AF_SCLUSTER, "AF_SCLUSTER"},
	{AF_ARP, "AF_ARP"},
	{AF_IEEE80211, "AF_IEEE80211"},
	{AF_NETBIOS, "AF_NETBIOS"},
	{AF_NATM, "AF_NATM"},
	{AF_ATM, "AF_ATM"},
	{AF_ENCAP, "AF_ENCAP"},
	{AF_FRAME, "AF_FRAME"},
	{AF_ETHER, "AF_ETHER"},
	{AF_OROUTE, "AF_OROUTE"},
	{AF_SIP, "AF_SIP"},
	{AF_ISO, "AF_ISO"},
	{AF_OSI, "AF_OSI"},
	{AF_E164, "AF_E164"},
	{AF_CCITT, "AF_CCITT"},
	{AF_CNT, "AF_CNT"},
	{AF_COIP, "AF_COIP"},
	{AF_IMPLINK, "AF_IMPLINK"},
	{AF_PUP, "AF_PUP"},
	{AF_CHAOS, "AF_CHAOS"},
	{AF_NS, "AF_NS"},
	{AF_ECMA, "AF_ECMA"},
	{AF_DATAKIT, "AF_DATAKIT"},
	{AF_DLI, "AF_DLI"},
	{AF_LAT, "AF_LAT"},
	{AF_HYLINK, "AF_HYLINK"},
	{AF_NBS, "AF_NBS"},
	{AF_NIT, "AF_NIT"},
	{AF_802, "AF_802"},
	{AF_OSINET, "AF_OSINET"},
	{AF_GOSIP, "AF_GOSIP"},
	{AF_NCA, "AF_NCA"},
	{AF_POLICY, "AF_POLICY"},
	{AF_INET_OFFLOAD, "AF_INET_OFFLOAD"},
	{AF_TRILL, "AF_TRILL"},
	{AF_HYPERV, "AF_HYPERV"},
	{AF_BTH, "AF_BTH"},
	{AF_CLUSTER, "AF_CLUSTER"},
	{AF_12844, "AF_12844"},
	{AF_NETDES, "AF_NETDES"},
	{AF_FIREFOX, "AF_FIREFOX"},
	{AF_VOICEVIEW, "AF_VOICEVIEW"},
	{AF_BAN, "AF_BAN"},
	{AF_ICLFXBM, "AF_ICLFXBM"},
	{AF_TCNPROCESS, "AF_TCNPROCESS"},
	{AF_TCNMESSAGE, "AF_TCNMESSAGE"},
	{AF_UNKNOWN1, "AF_UNKNOWN1"},
}

var typeNames = []name[Type]{
	{SOCK_STREAM, "SOCK_STREAM"},
	{SOCK_DGRAM, "SOCK_DGRAM"},
	{SOCK_RAW, "SOCK_RAW"},
	{SOCK_RDM, "SOCK_RDM"},
	{SOCK_SEQPACKET, "SOCK_SEQPACKET"},
	{SOCK_DCCP, "SOCK_DCCP"},
	{SOCK_CONN_DGRAM, "SOCK_CONN_DGRAM"},
	{SOCK_PACKET, "SOCK_PACKET"},
}

var typeFlagNames = []name[Type]{
	{SOCK_NONBLOCK, "SOCK_NONBLOCK"},
	{SOCK_CLOEXEC, "SOCK_CLOEXEC"},
	{SOCK_CLOFORK, "SOCK_CLOFORK"},
	{SOCK_NOSIGPIPE, "SOCK_NOSIGPIPE"},
	{SOCK_NDELAY, "SOCK_NDELAY"},
	{SOCK_DNS, "SOCK_DNS"},
	{WSA_FLAG_NO_HANDLE_INHERIT, "WSA_FLAG_NO_HANDLE_INHERIT"},
	{WSA_FLAG_REGISTERED_IO, "WSA_FLAG_REGISTERED_IO"},
}

var protocolNames = []name[Protocol]{
	{IPPROTO_IP, "IPPROTO_IP"},
	{IPPROTO_HOPOPTS, "IPPROTO_HOPOPTS"},
	{IPPROTO_ICMP, "IPPROTO_ICMP"},
	{IPPROTO_IGMP, "IPPROTO_IGMP"},
	{IPPROTO_IPIP, "IPPROTO_IPIP"},
	{IPPROTO_IPV4, "IPPROTO_IPV4"},
	{IPPROTO_TCP, "IPPROTO_TCP"},
	{IPPROTO_UDP, "IPPROTO_UDP"},
	{IPPROTO_IPV6, "IPPROTO_IPV6"},
	{IPPROTO_ROUTING, "IPPROTO_ROUTING"},
	{IPPROTO_FRAGMENT, "IPPROTO_FRAGMENT"},
	{IPPROTO_RSVP, "IPPROTO_RSVP"},
	{IPPROTO_GRE, "IPPROTO_GRE"},
	{IPPROTO_ESP, "IPPROTO_ESP"},
	{IPPROTO_AH, "IPPROTO_AH"},
	{IPPROTO_ICMPV6, "IPPROTO_ICMPV6"},
	{IPPROTO_IPV6_ICMP, "IPPROTO_IPV6_ICMP"},
	{IPPROTO_NONE, "IPPROTO_NONE"},
	{IPPROTO_DSTOPTS, "IPPROTO_DSTOPTS"},
	{IPPROTO_PIM, "IPPROTO_PIM"},
	{IPPROTO_COMP, "IPPROTO_COMP"},
	{IPPROTO_IPCOMP, "IPPROTO_IPCOMP"},
	{IPPROTO_L2TP, "IPPROTO_L2TP"},
	{IPPROTO_SCTP, "IPPROTO_SCTP"},
	{IPPROTO_MH, "IPPROTO_MH"},
	{IPPROTO_UDPLITE, "IPPROTO_UDPLITE"},
	{IPPROTO_DCCP, "IPPROTO_DCCP"},
	{IPPROTO_MPLS, "IPPROTO_MPLS"},
	{IPPROTO_ETHERNET, "IPPROTO_ETHERNET"},
	{IPPROTO_AGGFRAG, "IPPROTO_AGGFRAG"},
	{IPPROTO_RAW, "IPPROTO_RAW"},
	{IPPROTO_SMC, "IPPROTO_SMC"},
	{IPPROTO_MPTCP, "IPPROTO_MPTCP"},
	{IPPROTO_DIVERT, "IPPROTO_DIVERT"},
	{IPPROTO_CARP, "IPPROTO_CARP"},
	{IPPROTO_VRRP, "IPPROTO_VRRP"},
	{IPPROTO_PFSYNC, "IPPROTO_PFSYNC"},
	{IPPROTO_SEND, "IPPROTO_SEND"},
	{IPPROTO_ETHERIP, "IPPROTO_ETHERIP"},
	{IPPROTO_MOBILE, "IPPROTO_MOBILE"},
	{IPPROTO_OSPFIGP, "IPPROTO_OSPFIGP"},
	{IPPROTO_OSPF, "IPPROTO_OSPF"},
	{IPPROTO_PGM, "IPPROTO_PGM"},
	{IPPROTO_RM, "IPPROTO_RM"},
	{IPPROTO_HIP, "IPPROTO_HIP"},
	{IPPROTO_SHIM6, "IPPROTO_SHIM6"},
	{IPPROTO_AX25, "IPPROTO_AX25"},
	{IPPROTO_GGP, "IPPROTO_GGP"},
	{IPPROTO_ST, "IPPROTO_ST"},
	{IPPROTO_CBT, "IPPROTO_CBT"},
	{IPPROTO_EGP, "IPPROTO_EGP"},
	{IPPROTO_PIGP, "IPPROTO_PIGP"},
	{IPPROTO_IGP, "IPPROTO_IGP"},
	{IPPROTO_RCCMON, "IPPROTO_RCCMON"},
	{IPPROTO_NVPII, "IPPROTO_NVPII"},
	{IPPROTO_PUP, "IPPROTO_PUP"},
	{IPPROTO_ARGUS, "IPPROTO_ARGUS"},
	{IPPROTO_EMCON, "IPPROTO_EMCON"},
	{IPPROTO_XNET, "IPPROTO_XNET"},
	{IPPROTO_CHAOS, "IPPROTO_CHAOS"},
	{IPPROTO_MUX, "IPPROTO_MUX"},
	{IPPROTO_MEAS, "IPPROTO_MEAS"},
	{IPPROTO_HMP, "IPPROTO_HMP"},
	{IPPROTO_PRM, "IPPROTO_PRM"},
	{IPPROTO_IDP, "IPPROTO_IDP"},
	{IPPROTO_TRUNK1, "IPPROTO_TRUNK1"},
	{IPPROTO_TRUNK2, "IPPROTO_TRUNK2"},
	{IPPROTO_LEAF1, "IPPROTO_LEAF1"},
	{IPPROTO_LEAF2, "IPPROTO_LEAF2"},
	{IPPROTO_RDP, "IPPROTO_RDP"},
	{IPPROTO_IRTP, "IPPROTO_IRTP"},
	{IPPROTO_TP, "IPPROTO_TP"},
	{IPPROTO_BLT, "IPPROTO_BLT"},
	{IPPROTO_NSP, "IPPROTO_NSP"},
	{IPPROTO_INP, "IPPROTO_INP"},
	{IPPROTO_SEP, "IPPROTO_SEP"},
	{IPPROTO_3PC, "IPPROTO_3PC"},
	{IPPROTO_IDPR, "IPPROTO_IDPR"},
	{IPPROTO_XTP, "IPPROTO_XTP"},
	{IPPROTO_DDP, "IPPROTO_DDP"},
	{IPPROTO_CMTP, "IPPROTO_CMTP"},
	{IPPROTO_TPXX, "IPPROTO_TPXX"},
	{IPPROTO_IL, "IPPROTO_IL"},
	{IPPROTO_SDRP, "IPPROTO_SDRP"},
	{IPPROTO_IDRP, "IPPROTO_IDRP"},
	{IPPROTO_MHRP, "IPPROTO_MHRP"},
	{IPPROTO_BHA, "IPPROTO_BHA"},
	{IPPROTO_INLSP, "IPPROTO_INLSP"},
	{IPPROTO_SWIPE, "IPPROTO_SWIPE"},
	{IPPROTO_NHRP, "IPPROTO_NHRP"},
	{IPPROTO_TLSP, "IPPROTO_TLSP"},
	{IPPROTO_SKIP, "IPPROTO_SKIP"},
	{IPPROTO_AHIP, "IPPROTO_AHIP"},
	{IPPROTO_CFTP, "IPPROTO_CFTP"},
	{IPPROTO_HELLO, "IPPROTO_HELLO"},
	{IPPROTO_SATEXPAK, "IPPROTO_SATEXPAK"},
	{IPPROTO_KRYPTOLAN, "IPPROTO_KRYPTOLAN"},
	{IPPROTO_RVD, "IPPROTO_RVD"},
	{IPPROTO_IPPC, "IPPROTO_IPPC"},
	{IPPROTO_ADFS, "IPPROTO_ADFS"},
	{IPPROTO_SATMON, "IPPROTO_SATMON"},
	{IPPROTO_VISA, "IPPROTO_VISA"},
	{IPPROTO_IPCV, "IPPROTO_IPCV"},
	{IPPROTO_CPNX, "IPPROTO_CPNX"},
	{IPPROTO_CPHB, "IPPROTO_CPHB"},
	{IPPROTO_WSN, "IPPROTO_WSN"},
	{IPPROTO_PVP, "IPPROTO_PVP"},
	{IPPROTO_BRSATMON, "IPPROTO_BRSATMON"},
	{IPPROTO_ND, "IPPROTO_ND"},
	{IPPROTO_ICLFXBM, "IPPROTO_ICLFXBM"},
	{IPPROTO_WBMON, "IPPROTO_WBMON"},
	{IPPROTO_WBEXPAK, "IPPROTO_WBEXPAK"},
	{IPPROTO_EON, "IPPROTO_EON"},
	{IPPROTO_VMTP, "IPPROTO_VMTP"},
	{IPPROTO_SVMTP, "IPPROTO_SVMTP"},
	{IPPROTO_VINES, "IPPROTO_VINES"},
	{IPPROTO_TTP, "IPPROTO_TTP"},
	{IPPROTO_DGP, "IPPROTO_DGP"},
	{IPPROTO_TCF, "IPPROTO_TCF"},
	{IPPROTO_IGRP, "IPPROTO_IGRP"},
	{IPPROTO_SRPC, "IPPROTO_SRPC"},
	{IPPROTO_LARP, "IPPROTO_LARP"},
	{IPPROTO_MTP, "IPPROTO_MTP"},
	{IPPROTO_BEETPH, "IPPROTO_BEETPH"},
	{IPPROTO_IPEIP, "IPPROTO_IPEIP"},
	{IPPROTO_MICP, "IPPROTO_MICP"},
	{IPPROTO_SCCSP, "IPPROTO_SCCSP"},
	{IPPROTO_ENCAP, "IPPROTO_ENCAP"},
	{IPPROTO_APES, "IPPROTO_APES"},
	{IPPROTO_GMTP, "IPPROTO_GMTP"},
}

var msgNames = []name[MsgFlags]{
	{MSG_OOB, "MSG_OOB"},
	{MSG_PEEK, "MSG_PEEK"},
	{MSG_DONTROUTE, "MSG_DONTROUTE"},
	{MSG_CTRUNC, "MSG_CTRUNC"},
	{MSG_TRUNC, "MSG_TRUNC"},
	{MSG_DONTWAIT, "MSG_DONTWAIT"},
	{MSG_EOR, "MSG_EOR"},
	{MSG_WAITALL, "MSG_WAITALL"},
	{MSG_NOSIGNAL, "MSG_NOSIGNAL"},
	{MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"},
	{MSG_CMSG_CLOFORK, "MSG_CMSG_CLOFORK"},
	{MSG_WAITFORONE, "MSG_WAITFORONE"},
	{MSG_MORE, "MSG_MORE"},
	{MSG_CONFIRM, "MSG_CONFIRM"},
	{MSG_ERRQUEUE, "MSG_ERRQUEUE"},
	{MSG_ZEROCOPY, "MSG_ZEROCOPY"},
	{MSG_FASTOPEN, "MSG_FASTOPEN"},
	{MSG_SOCK_DEVMEM, "MSG_SOCK_DEVMEM"},
	{MSG_PROXY, "MSG_PROXY"},
	{MSG_PROBE, "MSG_PROBE"},
	{MSG_TRYHARD, "MSG_TRYHARD"},
	{MSG_FIN, "MSG_FIN"},
	{MSG_SYN, "MSG_SYN"},
	{MSG_RST, "MSG_RST"},
	{MSG_NOTIFICATION, "MSG_NOTIFICATION"},
	{MSG_EOF, "MSG_EOF"},
	{MSG_NBIO, "MSG_NBIO"},
	{MSG_BCAST, "MSG_BCAST"},
	{MSG_MCAST, "MSG_MCAST"},
	{MSG_FBLOCKING, "MSG_FBLOCKING"},
	{MSG_FNONBLOCKING, "MSG_FNONBLOCKING"},
	{MSG_SYNC, "MSG_SYNC"},
	{MSG_WAITSTREAM, "MSG_WAITSTREAM"},
	{MSG_FLUSH, "MSG_FLUSH"},
	{MSG_HOLD, "MSG_HOLD"},
	{MSG_SEND, "MSG_SEND"},
	{MSG_HAVEMORE, "MSG_HAVEMORE"},
	{MSG_RCVMORE, "MSG_RCVMORE"},
	{MSG_NEEDSA, "MSG_NEEDSA"},
	{MSG_PARTIAL, "MSG_PARTIAL"},
	{MSG_INTERRUPT, "MSG_INTERRUPT"},
	{MSG_PUSH_IMMEDIATE, "MSG_PUSH_IMMEDIATE"},
}

var shutdownNames = []name[Shutdown]{
	{SHUT_RD, "SHUT_RD"},
	{SHUT_WR, "SHUT_WR"},
	{SHUT_RDWR, "SHUT_RDWR"},
}

// String returns the C name of d, or its number.
func (d Domain) String() string { return nameOf(d, domainNames) }

// String returns the C name of p, or its number.
func (p Protocol) String() string { return nameOf(p, protocolNames) }

// String returns the C name of how, or its number.
func (how Shutdown) String() string { return nameOf(how, shutdownNames) }

// String returns the C name of t, or its number, and the names of the flags ORed to it:
// "SOCK_STREAM|SOCK_CLOEXEC".
func (t Type) String() string {
	if t < 0 {
		lacked, rest := splitLacked(t)
		s := lookup(lacked, typeNames)
		if s == "" {
			s = lookup(lacked, typeFlagNames)
		}
		switch {
		case s == "":
			return strconv.Itoa(int(t))
		case rest == 0:
			return s
		}
		return rest.String() + "|" + s
	}
	var flags strings.Builder
	for _, n := range typeFlagNames {
		if n.value > 0 && t&n.value != 0 {
			flags.WriteByte('|')
			flags.WriteString(n.name)
			t &^= n.value
		}
	}
	if t == 0 && flags.Len() > 0 {
		return flags.String()[1:]
	}
	return nameOf(t, typeNames) + flags.String()
}

// String returns the C names of the flags in f, "MSG_PEEK|MSG_DONTWAIT"; bits that have
// none as a hexadecimal number; and "0" for none.
func (f MsgFlags) String() string { return flagNames(f, msgNames) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f RecvFlags) String() string { return flagNames(MsgFlags(f), recvNames, msgNames) }

// What a bit means on receiving where it means something else on sending.
var recvNames = []name[MsgFlags]{
	{MSG_NOTIFICATION, "MSG_NOTIFICATION"}, // on Linux the bit of MSG_MORE
}

func lookup[T integer](v T, names []name[T]) string {
	for _, n := range names {
		if n.value == v {
			return n.name
		}
	}
	return ""
}

func nameOf[T integer](v T, names []name[T]) string {
	if s := lookup(v, names); s != "" {
		return s
	}
	return strconv.Itoa(int(v))
}

// splitLacked takes v, which is negative, apart into a flag that the platform lacks and what was ORed to it. It
// finds them as long as only one is lacked and none of the rest has a bit of CSOCK_LACKS_MASK.
func splitLacked[T integer](v T) (lacked, rest T) {
	const mask = C.CSOCK_LACKS_MASK
	return T(C.CSOCK_LACKS | int(v)&mask), T(int(v) &^ (C.CSOCK_LACKS | mask))
}

func flagNames[T integer](f T, tables ...[]name[T]) string {
	if f == 0 {
		return "0"
	}
	var s []string
	if f < 0 {
		lacked, rest := splitLacked(f)
		for _, names := range tables {
			if n := lookup(lacked, names); n != "" {
				s = append(s, n)
				break
			}
		}
		if s == nil {
			return strconv.Itoa(int(f))
		}
		f = rest
	}
	for _, names := range tables {
		for _, n := range names {
			if n.value > 0 && f&n.value == n.value {
				s = append(s, n.name)
				f &^= n.value
			}
		}
	}
	if f != 0 {
		s = append(s, "0x"+strconv.FormatInt(int64(f), 16))
	}
	return strings.Join(s, "|")
}

// The names of what options and control messages take and tell.

var errorOriginNames = []name[ErrorOrigin]{
	{SO_EE_ORIGIN_NONE, "SO_EE_ORIGIN_NONE"},
	{SO_EE_ORIGIN_LOCAL, "SO_EE_ORIGIN_LOCAL"},
	{SO_EE_ORIGIN_ICMP, "SO_EE_ORIGIN_ICMP"},
	{SO_EE_ORIGIN_ICMP6, "SO_EE_ORIGIN_ICMP6"},
	{SO_EE_ORIGIN_ZEROCOPY, "SO_EE_ORIGIN_ZEROCOPY"},
	{SO_EE_ORIGIN_TXTIME, "SO_EE_ORIGIN_TXTIME"},
	{SO_EE_ORIGIN_TIMESTAMPING, "SO_EE_ORIGIN_TIMESTAMPING"},
	{SO_EE_ORIGIN_TXSTATUS, "SO_EE_ORIGIN_TXSTATUS"},
}

// String returns the C name of o, or its number.
func (o ErrorOrigin) String() string { return nameOf(o, errorOriginNames) }

var timestampPointNames = []name[TimestampPoint]{
	{SCM_TSTAMP_SND, "SCM_TSTAMP_SND"},
	{SCM_TSTAMP_SCHED, "SCM_TSTAMP_SCHED"},
	{SCM_TSTAMP_ACK, "SCM_TSTAMP_ACK"},
}

// String returns the C name of p, or its number.
func (p TimestampPoint) String() string { return nameOf(p, timestampPointNames) }

var ecnNames = []name[ECN]{
	{IPTOS_ECN_NOT_ECT, "IPTOS_ECN_NOT_ECT"},
	{IPTOS_ECN_ECT1, "IPTOS_ECN_ECT1"},
	{IPTOS_ECN_ECT0, "IPTOS_ECN_ECT0"},
	{IPTOS_ECN_CE, "IPTOS_ECN_CE"},
}

// String returns the C name of e, or its number.
func (e ECN) String() string { return nameOf(e, ecnNames) }

var pmtuDiscNames = []name[PMTUDisc]{
	{IP_PMTUDISC_DONT, "IP_PMTUDISC_DONT"},
	{IP_PMTUDISC_WANT, "IP_PMTUDISC_WANT"},
	{IP_PMTUDISC_DO, "IP_PMTUDISC_DO"},
	{IP_PMTUDISC_PROBE, "IP_PMTUDISC_PROBE"},
	{IP_PMTUDISC_INTERFACE, "IP_PMTUDISC_INTERFACE"},
	{IP_PMTUDISC_OMIT, "IP_PMTUDISC_OMIT"},
	{IPV6_PMTUDISC_DONT, "IPV6_PMTUDISC_DONT"},
	{IPV6_PMTUDISC_WANT, "IPV6_PMTUDISC_WANT"},
	{IPV6_PMTUDISC_DO, "IPV6_PMTUDISC_DO"},
	{IPV6_PMTUDISC_PROBE, "IPV6_PMTUDISC_PROBE"},
	{IPV6_PMTUDISC_INTERFACE, "IPV6_PMTUDISC_INTERFACE"},
	{IPV6_PMTUDISC_OMIT, "IPV6_PMTUDISC_OMIT"},
}

// String returns the C name of p, or its number.
func (p PMTUDisc) String() string { return nameOf(p, pmtuDiscNames) }

var addrPreferencesNames = []name[AddrPreferences]{
	{IPV6_PREFER_SRC_TMP, "IPV6_PREFER_SRC_TMP"},
	{IPV6_PREFER_SRC_PUBLIC, "IPV6_PREFER_SRC_PUBLIC"},
	{IPV6_PREFER_SRC_PUBTMP_DEFAULT, "IPV6_PREFER_SRC_PUBTMP_DEFAULT"},
	{IPV6_PREFER_SRC_COA, "IPV6_PREFER_SRC_COA"},
	{IPV6_PREFER_SRC_HOME, "IPV6_PREFER_SRC_HOME"},
	{IPV6_PREFER_SRC_CGA, "IPV6_PREFER_SRC_CGA"},
	{IPV6_PREFER_SRC_NONCGA, "IPV6_PREFER_SRC_NONCGA"},
}

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f AddrPreferences) String() string { return flagNames(f, addrPreferencesNames) }

var filterModeNames = []name[FilterMode]{
	{MCAST_INCLUDE, "MCAST_INCLUDE"},
	{MCAST_EXCLUDE, "MCAST_EXCLUDE"},
}

// String returns the C name of m, or its number.
func (m FilterMode) String() string { return nameOf(m, filterModeNames) }

var bufLockNames = []name[BufLock]{
	{SOCK_SNDBUF_LOCK, "SOCK_SNDBUF_LOCK"},
	{SOCK_RCVBUF_LOCK, "SOCK_RCVBUF_LOCK"},
}

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f BufLock) String() string { return flagNames(f, bufLockNames) }

var timestampingFlagsNames = []name[TimestampingFlags]{
	{SOF_TIMESTAMPING_RX_HARDWARE, "SOF_TIMESTAMPING_RX_HARDWARE"},
	{SOF_TIMESTAMPING_RX_SOFTWARE, "SOF_TIMESTAMPING_RX_SOFTWARE"},
	{SOF_TIMESTAMPING_TX_HARDWARE, "SOF_TIMESTAMPING_TX_HARDWARE"},
	{SOF_TIMESTAMPING_TX_SOFTWARE, "SOF_TIMESTAMPING_TX_SOFTWARE"},
	{SOF_TIMESTAMPING_TX_SCHED, "SOF_TIMESTAMPING_TX_SCHED"},
	{SOF_TIMESTAMPING_TX_ACK, "SOF_TIMESTAMPING_TX_ACK"},
	{SOF_TIMESTAMPING_TX_COMPLETION, "SOF_TIMESTAMPING_TX_COMPLETION"},
	{SOF_TIMESTAMPING_SOFTWARE, "SOF_TIMESTAMPING_SOFTWARE"},
	{SOF_TIMESTAMPING_SYS_HARDWARE, "SOF_TIMESTAMPING_SYS_HARDWARE"},
	{SOF_TIMESTAMPING_RAW_HARDWARE, "SOF_TIMESTAMPING_RAW_HARDWARE"},
	{SOF_TIMESTAMPING_OPT_ID, "SOF_TIMESTAMPING_OPT_ID"},
	{SOF_TIMESTAMPING_OPT_ID_TCP, "SOF_TIMESTAMPING_OPT_ID_TCP"},
	{SOF_TIMESTAMPING_OPT_CMSG, "SOF_TIMESTAMPING_OPT_CMSG"},
	{SOF_TIMESTAMPING_OPT_TSONLY, "SOF_TIMESTAMPING_OPT_TSONLY"},
	{SOF_TIMESTAMPING_OPT_STATS, "SOF_TIMESTAMPING_OPT_STATS"},
	{SOF_TIMESTAMPING_OPT_PKTINFO, "SOF_TIMESTAMPING_OPT_PKTINFO"},
	{SOF_TIMESTAMPING_OPT_TX_SWHW, "SOF_TIMESTAMPING_OPT_TX_SWHW"},
	{SOF_TIMESTAMPING_BIND_PHC, "SOF_TIMESTAMPING_BIND_PHC"},
	{SOF_TIMESTAMPING_OPT_RX_FILTER, "SOF_TIMESTAMPING_OPT_RX_FILTER"},
}

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TimestampingFlags) String() string { return flagNames(f, timestampingFlagsNames) }

var txtimeFlagsNames = []name[TxtimeFlags]{
	{SOF_TXTIME_DEADLINE_MODE, "SOF_TXTIME_DEADLINE_MODE"},
	{SOF_TXTIME_REPORT_ERRORS, "SOF_TXTIME_REPORT_ERRORS"},
}

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TxtimeFlags) String() string { return flagNames(f, txtimeFlagsNames) }

var tcpStateNames = []name[TCPState]{
	{TCP_ESTABLISHED, "TCP_ESTABLISHED"},
	{TCP_SYN_SENT, "TCP_SYN_SENT"},
	{TCP_SYN_RECV, "TCP_SYN_RECV"},
	{TCP_FIN_WAIT1, "TCP_FIN_WAIT1"},
	{TCP_FIN_WAIT2, "TCP_FIN_WAIT2"},
	{TCP_TIME_WAIT, "TCP_TIME_WAIT"},
	{TCP_CLOSE, "TCP_CLOSE"},
	{TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT"},
	{TCP_LAST_ACK, "TCP_LAST_ACK"},
	{TCP_LISTEN, "TCP_LISTEN"},
	{TCP_CLOSING, "TCP_CLOSING"},
	{TCP_NEW_SYN_RECV, "TCP_NEW_SYN_RECV"},
	{TCP_BOUND_INACTIVE, "TCP_BOUND_INACTIVE"},
}

// String returns the C name of s, or its number.
func (s TCPState) String() string { return nameOf(s, tcpStateNames) }

var tcpCAStateNames = []name[TCPCAState]{
	{TCP_CA_Open, "TCP_CA_Open"},
	{TCP_CA_Disorder, "TCP_CA_Disorder"},
	{TCP_CA_CWR, "TCP_CA_CWR"},
	{TCP_CA_Recovery, "TCP_CA_Recovery"},
	{TCP_CA_Loss, "TCP_CA_Loss"},
}

// String returns the C name of s, or its number.
func (s TCPCAState) String() string { return nameOf(s, tcpCAStateNames) }

var tcpRepairNames = []name[TCPRepair]{
	{TCP_REPAIR_ON, "TCP_REPAIR_ON"},
	{TCP_REPAIR_OFF, "TCP_REPAIR_OFF"},
	{TCP_REPAIR_OFF_NO_WP, "TCP_REPAIR_OFF_NO_WP"},
}

// String returns the C name of r, or its number.
func (r TCPRepair) String() string { return nameOf(r, tcpRepairNames) }

var tcpQueueNames = []name[TCPQueue]{
	{TCP_NO_QUEUE, "TCP_NO_QUEUE"},
	{TCP_RECV_QUEUE, "TCP_RECV_QUEUE"},
	{TCP_SEND_QUEUE, "TCP_SEND_QUEUE"},
}

// String returns the C name of q, or its number.
func (q TCPQueue) String() string { return nameOf(q, tcpQueueNames) }

var udpEncapNames = []name[UDPEncap]{
	{UDP_ENCAP_ESPINUDP_NON_IKE, "UDP_ENCAP_ESPINUDP_NON_IKE"},
	{UDP_ENCAP_ESPINUDP, "UDP_ENCAP_ESPINUDP"},
	{UDP_ENCAP_L2TPINUDP, "UDP_ENCAP_L2TPINUDP"},
	{UDP_ENCAP_GTP0, "UDP_ENCAP_GTP0"},
	{UDP_ENCAP_GTP1U, "UDP_ENCAP_GTP1U"},
	{UDP_ENCAP_RXRPC, "UDP_ENCAP_RXRPC"},
}

// String returns the C name of e, or its number.
func (e UDPEncap) String() string { return nameOf(e, udpEncapNames) }

var packetMembershipNames = []name[PacketMembership]{
	{PACKET_MR_MULTICAST, "PACKET_MR_MULTICAST"},
	{PACKET_MR_PROMISC, "PACKET_MR_PROMISC"},
	{PACKET_MR_ALLMULTI, "PACKET_MR_ALLMULTI"},
	{PACKET_MR_UNICAST, "PACKET_MR_UNICAST"},
}

// String returns the C name of m, or its number.
func (m PacketMembership) String() string { return nameOf(m, packetMembershipNames) }

var tpacketVersionNames = []name[TpacketVersion]{
	{TPACKET_V1, "TPACKET_V1"},
	{TPACKET_V2, "TPACKET_V2"},
	{TPACKET_V3, "TPACKET_V3"},
}

// String returns the C name of v, or its number.
func (v TpacketVersion) String() string { return nameOf(v, tpacketVersionNames) }

var fanoutModeNames = []name[FanoutMode]{
	{PACKET_FANOUT_HASH, "PACKET_FANOUT_HASH"},
	{PACKET_FANOUT_LB, "PACKET_FANOUT_LB"},
	{PACKET_FANOUT_CPU, "PACKET_FANOUT_CPU"},
	{PACKET_FANOUT_ROLLOVER, "PACKET_FANOUT_ROLLOVER"},
	{PACKET_FANOUT_RND, "PACKET_FANOUT_RND"},
	{PACKET_FANOUT_QM, "PACKET_FANOUT_QM"},
	{PACKET_FANOUT_CBPF, "PACKET_FANOUT_CBPF"},
	{PACKET_FANOUT_EBPF, "PACKET_FANOUT_EBPF"},
}

// String returns the C name of m, or its number.
func (m FanoutMode) String() string { return nameOf(m, fanoutModeNames) }

var fanoutFlagsNames = []name[FanoutFlags]{
	{PACKET_FANOUT_FLAG_ROLLOVER, "PACKET_FANOUT_FLAG_ROLLOVER"},
	{PACKET_FANOUT_FLAG_UNIQUEID, "PACKET_FANOUT_FLAG_UNIQUEID"},
	{PACKET_FANOUT_FLAG_IGNORE_OUTGOING, "PACKET_FANOUT_FLAG_IGNORE_OUTGOING"},
	{PACKET_FANOUT_FLAG_DEFRAG, "PACKET_FANOUT_FLAG_DEFRAG"},
}

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f FanoutFlags) String() string { return flagNames(f, fanoutFlagsNames) }

var tlsVersionNames = []name[TLSVersion]{
	{TLS_1_2_VERSION, "TLS_1_2_VERSION"},
	{TLS_1_3_VERSION, "TLS_1_3_VERSION"},
}

// String returns the C name of v, or its number.
func (v TLSVersion) String() string { return nameOf(v, tlsVersionNames) }

var tlsCipherNames = []name[TLSCipher]{
	{TLS_CIPHER_AES_GCM_128, "TLS_CIPHER_AES_GCM_128"},
	{TLS_CIPHER_AES_GCM_256, "TLS_CIPHER_AES_GCM_256"},
	{TLS_CIPHER_AES_CCM_128, "TLS_CIPHER_AES_CCM_128"},
	{TLS_CIPHER_CHACHA20_POLY1305, "TLS_CIPHER_CHACHA20_POLY1305"},
	{TLS_CIPHER_SM4_GCM, "TLS_CIPHER_SM4_GCM"},
	{TLS_CIPHER_SM4_CCM, "TLS_CIPHER_SM4_CCM"},
	{TLS_CIPHER_ARIA_GCM_128, "TLS_CIPHER_ARIA_GCM_128"},
	{TLS_CIPHER_ARIA_GCM_256, "TLS_CIPHER_ARIA_GCM_256"},
}

// String returns the C name of c, or its number.
func (c TLSCipher) String() string { return nameOf(c, tlsCipherNames) }

var sctpNotificationNames = []name[SCTPNotification]{
	{SCTP_DATA_IO_EVENT, "SCTP_DATA_IO_EVENT"},
	{SCTP_ASSOC_CHANGE, "SCTP_ASSOC_CHANGE"},
	{SCTP_PEER_ADDR_CHANGE, "SCTP_PEER_ADDR_CHANGE"},
	{SCTP_SEND_FAILED, "SCTP_SEND_FAILED"},
	{SCTP_REMOTE_ERROR, "SCTP_REMOTE_ERROR"},
	{SCTP_SHUTDOWN_EVENT, "SCTP_SHUTDOWN_EVENT"},
	{SCTP_PARTIAL_DELIVERY_EVENT, "SCTP_PARTIAL_DELIVERY_EVENT"},
	{SCTP_ADAPTATION_INDICATION, "SCTP_ADAPTATION_INDICATION"},
	{SCTP_AUTHENTICATION_EVENT, "SCTP_AUTHENTICATION_EVENT"},
	{SCTP_SENDER_DRY_EVENT, "SCTP_SENDER_DRY_EVENT"},
	{SCTP_STREAM_RESET_EVENT, "SCTP_STREAM_RESET_EVENT"},
	{SCTP_ASSOC_RESET_EVENT, "SCTP_ASSOC_RESET_EVENT"},
	{SCTP_STREAM_CHANGE_EVENT, "SCTP_STREAM_CHANGE_EVENT"},
	{SCTP_SEND_FAILED_EVENT, "SCTP_SEND_FAILED_EVENT"},
}

// String returns the C name of n, or its number.
func (n SCTPNotification) String() string { return nameOf(n, sctpNotificationNames) }

var sctpStateNames = []name[SCTPState]{
	{SCTP_EMPTY, "SCTP_EMPTY"},
	{SCTP_CLOSED, "SCTP_CLOSED"},
	{SCTP_COOKIE_WAIT, "SCTP_COOKIE_WAIT"},
	{SCTP_COOKIE_ECHOED, "SCTP_COOKIE_ECHOED"},
	{SCTP_ESTABLISHED, "SCTP_ESTABLISHED"},
	{SCTP_SHUTDOWN_PENDING, "SCTP_SHUTDOWN_PENDING"},
	{SCTP_SHUTDOWN_SENT, "SCTP_SHUTDOWN_SENT"},
	{SCTP_SHUTDOWN_RECEIVED, "SCTP_SHUTDOWN_RECEIVED"},
	{SCTP_SHUTDOWN_ACK_SENT, "SCTP_SHUTDOWN_ACK_SENT"},
}

// String returns the C name of s, or its number.
func (s SCTPState) String() string { return nameOf(s, sctpStateNames) }

var sctpPaddrStateNames = []name[SCTPPaddrState]{
	{SCTP_INACTIVE, "SCTP_INACTIVE"},
	{SCTP_PF, "SCTP_PF"},
	{SCTP_ACTIVE, "SCTP_ACTIVE"},
	{SCTP_UNCONFIRMED, "SCTP_UNCONFIRMED"},
	{SCTP_UNKNOWN, "SCTP_UNKNOWN"},
}

// String returns the C name of s, or its number.
func (s SCTPPaddrState) String() string { return nameOf(s, sctpPaddrStateNames) }

var sctpPRPolicyNames = []name[SCTPPRPolicy]{
	{SCTP_PR_SCTP_NONE, "SCTP_PR_SCTP_NONE"},
	{SCTP_PR_SCTP_TTL, "SCTP_PR_SCTP_TTL"},
	{SCTP_PR_SCTP_RTX, "SCTP_PR_SCTP_RTX"},
	{SCTP_PR_SCTP_PRIO, "SCTP_PR_SCTP_PRIO"},
}

// String returns the C name of p, or its number.
func (p SCTPPRPolicy) String() string { return nameOf(p, sctpPRPolicyNames) }

var dccpQPolicyNames = []name[DCCPQPolicy]{
	{DCCPQ_POLICY_SIMPLE, "DCCPQ_POLICY_SIMPLE"},
	{DCCPQ_POLICY_PRIO, "DCCPQ_POLICY_PRIO"},
}

// String returns the C name of p, or its number.
func (p DCCPQPolicy) String() string { return nameOf(p, dccpQPolicyNames) }

var etherTypeNames = []name[EtherType]{
	{ETH_P_ALL, "ETH_P_ALL"},
	{ETH_P_IP, "ETH_P_IP"},
	{ETH_P_IPV6, "ETH_P_IPV6"},
	{ETH_P_ARP, "ETH_P_ARP"},
}

// String returns the C name of e, or its number, such as "0x88cc".
func (e EtherType) String() string {
	if s := lookup(e, etherTypeNames); s != "" {
		return s
	}
	return fmt.Sprintf("%#04x", uint16(e))
}

var packetTypeNames = []name[PacketType]{
	{PACKET_HOST, "PACKET_HOST"},
	{PACKET_BROADCAST, "PACKET_BROADCAST"},
	{PACKET_MULTICAST, "PACKET_MULTICAST"},
	{PACKET_OTHERHOST, "PACKET_OTHERHOST"},
	{PACKET_OUTGOING, "PACKET_OUTGOING"},
}

// String returns the C name of t, or its number.
func (t PacketType) String() string { return nameOf(t, packetTypeNames) }
