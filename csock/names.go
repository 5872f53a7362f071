//go:build cgo

package csock

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// String returns the C name of d, or its number.
func (d Domain) String() string { return nameOf(d, namesDomain) }

// String returns the C name of p, or its number.
func (p Protocol) String() string { return nameOf(p, namesProtocol) }

// String returns the C name of how, or its number.
func (how Shutdown) String() string { return nameOf(how, namesShutdown) }

// The flags of a Type follow the types themselves.
var (
	typeFlagsStart = slices.IndexFunc(namesType,
		func(n name[Type]) bool { return n.name == "SOCK_NONBLOCK" })
	typeNames     = namesType[:typeFlagsStart]
	typeFlagNames = namesType[typeFlagsStart:]
)

// String returns the C name of t, or its number, and the names of the flags ORed to it:
// "SOCK_STREAM|SOCK_CLOEXEC".
func (t Type) String() string {
	if t < 0 {
		lacked, rest := splitLacked(t)
		s := lookup(lacked, namesType)
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
func (f MsgFlags) String() string { return flagNames(f, namesMsgFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f SpliceFlags) String() string { return flagNames(f, namesSpliceFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f RecvFlags) String() string { return flagNames(MsgFlags(f), recvNames, namesMsgFlags) }

// What a bit means on receiving where it means something else on sending.
var recvNames = []name[MsgFlags]{
	{MSG_NOTIFICATION, "MSG_NOTIFICATION"}, // on Linux the bit of MSG_MORE
}

// The names of values in options and control messages.

// String returns the C name of o, or its number.
func (o ErrorOrigin) String() string { return nameOf(o, namesErrorOrigin) }

// String returns the C name of p, or its number.
func (p TimestampPoint) String() string { return nameOf(p, namesTimestampPoint) }

// String returns the C name of e, or its number.
func (e ECN) String() string { return nameOf(e, namesECN) }

// String returns the C name of p, or its number.
func (p PMTUDisc) String() string { return nameOf(p, namesPMTUDisc) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f AddrPreferences) String() string { return flagNames(f, namesAddrPreferences) }

// String returns the C name of m, or its number.
func (m FilterMode) String() string { return nameOf(m, namesFilterMode) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f BufLock) String() string { return flagNames(f, namesBufLock) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TimestampingFlags) String() string { return flagNames(f, namesTimestampingFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TxtimeFlags) String() string { return flagNames(f, namesTxtimeFlags) }

// String returns the C name of s, or its number.
func (s TCPState) String() string { return nameOf(s, namesTCPState) }

// String returns the C name of s, or its number.
func (s TCPCAState) String() string { return nameOf(s, namesTCPCAState) }

// String returns the C name of r, or its number.
func (r TCPRepair) String() string { return nameOf(r, namesTCPRepair) }

// String returns the C name of q, or its number.
func (q TCPQueue) String() string { return nameOf(q, namesTCPQueue) }

// String returns the C name of e, or its number.
func (e UDPEncap) String() string { return nameOf(e, namesUDPEncap) }

// String returns the C name of m, or its number.
func (m PacketMembership) String() string { return nameOf(m, namesPacketMembership) }

// String returns the C name of v, or its number.
func (v TpacketVersion) String() string { return nameOf(v, namesTpacketVersion) }

// String returns the C name of m, or its number.
func (m FanoutMode) String() string { return nameOf(m, namesFanoutMode) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f FanoutFlags) String() string { return flagNames(f, namesFanoutFlags) }

// String returns the C name of v, or its number.
func (v TLSVersion) String() string { return nameOf(v, namesTLSVersion) }

// String returns the C name of c, or its number.
func (c TLSCipher) String() string { return nameOf(c, namesTLSCipher) }

// String returns the C name of n, or its number.
func (n SCTPNotification) String() string { return nameOf(n, namesSCTPNotification) }

// String returns the C name of s, or its number.
func (s SCTPState) String() string { return nameOf(s, namesSCTPState) }

// String returns the C name of s, or its number.
func (s SCTPPaddrState) String() string { return nameOf(s, namesSCTPPaddrState) }

// String returns the C name of p, or its number.
func (p SCTPPRPolicy) String() string { return nameOf(p, namesSCTPPRPolicy) }

// String returns the C name of p, or its number.
func (p DCCPQPolicy) String() string { return nameOf(p, namesDCCPQPolicy) }

// String returns the C names of the features in f, as MsgFlags.String does.
func (f TpacketFeatures) String() string { return flagNames(f, namesTpacketFeatures) }

// String returns the C name of c, or its number.
func (c DCCPCCID) String() string { return nameOf(c, namesDCCPCCID) }

// String returns the C name of s, or its number.
func (s SCTPStreamScheduler) String() string { return nameOf(s, namesSCTPStreamScheduler) }

// String returns the C names of the bits in r, as MsgFlags.String does.
func (r SCTPStreamReset) String() string { return flagNames(r, namesSCTPStreamReset) }

// String returns the C name of e, or its number, such as "0x88cc".
func (e EtherType) String() string {
	if s := lookup(e, namesEtherType); s != "" {
		return s
	}
	return fmt.Sprintf("%#04x", uint16(e))
}

// String returns the C name of t, or its number.
func (t PacketType) String() string { return nameOf(t, namesPacketType) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f SCTPFlags) String() string { return flagNames(f, namesSCTPFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f SPPFlags) String() string { return flagNames(f, namesSPPFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f SCTPStreamResetFlags) String() string { return flagNames(f, namesSCTPStreamResetFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f FlowlabelFlags) String() string { return flagNames(f, namesFlowlabelFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f MPTCPInfoFlags) String() string { return flagNames(f, namesMPTCPInfoFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f MRTFlush) String() string { return flagNames(f, namesMRTFlush) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f MRT6Flush) String() string { return flagNames(f, namesMRT6Flush) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f VifFlags) String() string { return flagNames(f, namesVifFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f MifFlags) String() string { return flagNames(f, namesMifFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TCPAOKeyFlags) String() string { return flagNames(f, namesTCPAOKeyFlags) }

// String returns the C names of the flags in o, as MsgFlags.String does.
func (o TCPIOptions) String() string { return flagNames(o, namesTCPIOptions) }

// String returns the C name of i, or its number.
func (i SCTPHMACID) String() string { return nameOf(i, namesSCTPHMACID) }

// String returns the C name of a, or its number.
func (a FlowlabelAction) String() string { return nameOf(a, namesFlowlabelAction) }

// String returns the C name of s, or its number.
func (s FlowlabelShare) String() string { return nameOf(s, namesFlowlabelShare) }

// String returns the C names of the events: "POLLIN|POLLHUP".
func (e PollEvents) String() string { return flagNames(e, namesPollEvents) }

// String returns the C names of the flags: "IFF_UP|IFF_LOOPBACK".
func (f IfFlags) String() string { return flagNames(f, namesIfFlags) }

// String returns the C name of l, or its number.
func (l RDSMessageRxpathLatency) String() string { return nameOf(l, namesRDSMessageRxpathLatency) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPTxmdFlags) String() string { return flagNames(f, namesXDPTxmdFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TCPMD5SigFlags) String() string { return flagNames(f, namesTCPMD5SigFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f HwtstampFlags) String() string { return flagNames(f, namesHwtstampFlags) }

// String returns the C name of t, or its number.
func (t HwtstampTx) String() string { return nameOf(t, namesHwtstampTx) }

// String returns the C name of f, or its number.
func (f HwtstampFilter) String() string { return nameOf(f, namesHwtstampFilter) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPFlags) String() string { return flagNames(f, namesXDPFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPUmemFlags) String() string { return flagNames(f, namesXDPUmemFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPOptions) String() string { return flagNames(f, namesXDPOptions) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPRingFlags) String() string { return flagNames(f, namesXDPRingFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f XDPDescOptions) String() string { return flagNames(f, namesXDPDescOptions) }

// String returns the C name of o, or its number.
func (o ALGOp) String() string { return nameOf(o, namesALGOp) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f CANFDFlags) String() string { return flagNames(f, namesCANFDFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f CANXLFlags) String() string { return flagNames(f, namesCANXLFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f CANRawVCIDFlags) String() string { return flagNames(f, namesCANRawVCIDFlags) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f CANISOTPFlags) String() string { return flagNames(f, namesCANISOTPFlags) }

// String returns the C name of n, or its number.
func (n J1939NLA) String() string { return nameOf(n, namesJ1939NLA) }

// String returns the C name of i, or its number.
func (i J1939EEInfo) String() string { return nameOf(i, namesJ1939EEInfo) }

// String returns the C name of o with CAN_BCM_ before it, or its number.
func (o BCMOpcode) String() string { return nameOf(o, namesBCMOpcode) }

// String returns the C names of the flags in f with CAN_BCM_ before each.
func (f BCMFlags) String() string { return flagNames(f, namesBCMFlags) }

// String returns the C names of the classes in e, as MsgFlags.String does.
func (e CANErr) String() string { return flagNames(e, namesCANErr) }

// String returns the C names of the flags in e, as MsgFlags.String does.
func (e CANErrCrtl) String() string { return flagNames(e, namesCANErrCrtl) }

// String returns the C names of the flags in e, as MsgFlags.String does.
func (e CANErrProt) String() string { return flagNames(e, namesCANErrProt) }

// String returns the C name of l, or its number.
func (l CANErrProtLoc) String() string { return nameOf(l, namesCANErrProtLoc) }

// String returns the C name of e, or its number.
func (e CANErrTrx) String() string { return nameOf(e, namesCANErrTrx) }

// String returns the C name of s, or its number.
func (s CANState) String() string { return nameOf(s, namesCANState) }

// String returns the C names of the modes in m, as MsgFlags.String does.
func (m CANCtrlMode) String() string { return flagNames(m, namesCANCtrlMode) }

// String returns the C name of t, or its number.
func (t QRTRPktType) String() string { return nameOf(t, namesQRTRPktType) }

// String returns the C name of t, or its number.
func (t RDSTransport) String() string { return nameOf(t, namesRDSTransport) }

// String returns the C name of l, or its number.
func (l RXRPCSecurityLevel) String() string { return nameOf(l, namesRXRPCSecurityLevel) }

// String returns the C name, or the number.
func (t BDAddrType) String() string { return nameOf(t, namesBDAddrType) }

// String returns the C name, or the number.
func (c HCIChannel) String() string { return nameOf(c, namesHCIChannel) }

// String returns the C name, or the number.
func (l BTSecurityLevel) String() string { return nameOf(l, namesBTSecurityLevel) }

// String returns the C name, or the number.
func (v BTVoice) String() string { return nameOf(v, namesBTVoice) }

// String returns the C names of the flags in p, as MsgFlags.String does.
func (p BTPhy) String() string { return flagNames(p, namesBTPhy) }

// String returns the C name, or the number.
func (m L2CAPMode) String() string { return nameOf(m, namesL2CAPMode) }

// String returns the C name of t, or its number.
func (t TIPCAddrType) String() string { return nameOf(t, namesTIPCAddrType) }

// String returns the C name of s, or its number.
func (s TIPCScope) String() string { return nameOf(s, namesTIPCScope) }

// String returns the C name of i, or its number.
func (i TIPCImportance) String() string { return nameOf(i, namesTIPCImportance) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TIPCGroupFlags) String() string { return flagNames(f, namesTIPCGroupFlags) }

// String returns the C name of e, or its number.
func (e TIPCError) String() string { return nameOf(e, namesTIPCError) }

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TIPCSubFlags) String() string { return flagNames(f, namesTIPCSubFlags) }

// String returns the C name of t, or its number.
func (t TIPCEventType) String() string { return nameOf(t, namesTIPCEventType) }

// String returns the C name of h, or its number.
func (h HardwareType) String() string { return nameOf(h, namesHardwareType) }

// String returns the C name of i, or its number.
func (i ICMPType) String() string { return nameOf(i, namesICMPType) }

// String returns the C name of i, or its number.
func (i ICMPv6Type) String() string { return nameOf(i, namesICMPv6Type) }

// String returns the C name of n, or its number.
func (n NetlinkType) String() string { return nameOf(n, namesNetlinkType) }

// String returns the C names of the flags in u, as MsgFlags.String does.
func (u UnixDiagShow) String() string { return flagNames(u, namesUnixDiagShow) }

// String returns the C names of the flags in v, as MsgFlags.String does.
func (v VsockFlags) String() string { return flagNames(v, namesVsockFlags) }

// levelNames holds the levels of the declared options, in the order of [Options].
var levelNames = []name[Level]{
	{SOL_SOCKET, "SOL_SOCKET"},
	{Level(IPPROTO_IP), "IPPROTO_IP"},
	{Level(IPPROTO_IPV6), "IPPROTO_IPV6"},
	{Level(IPPROTO_ICMPV6), "IPPROTO_ICMPV6"},
	{SOL_RAW, "SOL_RAW"},
	{Level(IPPROTO_TCP), "IPPROTO_TCP"},
	{Level(IPPROTO_UDP), "IPPROTO_UDP"},
	{Level(IPPROTO_UDPLITE), "IPPROTO_UDPLITE"},
	{Level(IPPROTO_SCTP), "IPPROTO_SCTP"},
	{SOL_DCCP, "SOL_DCCP"},
	{SOL_MPTCP, "SOL_MPTCP"},
	{SOL_TLS, "SOL_TLS"},
	{Level(AF_VSOCK), "AF_VSOCK"},
	{SOL_NETLINK, "SOL_NETLINK"},
	{SOL_PACKET, "SOL_PACKET"},
	{SOL_XDP, "SOL_XDP"},
	{SOL_ALG, "SOL_ALG"},
	{SOL_BLUETOOTH, "SOL_BLUETOOTH"},
	{SOL_L2CAP, "SOL_L2CAP"}, // prints IPPROTO_TCP, which has its number
	{SOL_RFCOMM, "SOL_RFCOMM"},
	{SOL_SCO, "SOL_SCO"}, // prints IPPROTO_UDP
	{SOL_HCI, "SOL_HCI"}, // prints IPPROTO_IP
	{SOL_CAN_BASE, "SOL_CAN_BASE"},
	{SOL_CAN_RAW, "SOL_CAN_RAW"},
	{SOL_CAN_ISOTP, "SOL_CAN_ISOTP"},
	{SOL_CAN_J1939, "SOL_CAN_J1939"},
	{SOL_KCM, "SOL_KCM"},
	{SOL_MCTP, "SOL_MCTP"},
	{SOL_PPPOL2TP, "SOL_PPPOL2TP"},
	{SOL_RDS, "SOL_RDS"},
	{SOL_RXRPC, "SOL_RXRPC"},
	{SOL_TIPC, "SOL_TIPC"},
	{SOL_VSOCK, "SOL_VSOCK"},
}

// String returns the C name of l, such as "IPPROTO_TCP", or its number.
func (l Level) String() string { return nameOf(l, levelNames) }

var controlNames = []struct {
	t    ControlType
	name string
}{
	{SCM_RIGHTS, "SCM_RIGHTS"},
	{SCM_CREDENTIALS, "SCM_CREDENTIALS"},
	{SCM_SECURITY, "SCM_SECURITY"},
	{SCM_PIDFD, "SCM_PIDFD"},
	{SCM_TIMESTAMP, "SCM_TIMESTAMP"},
	{SCM_TIMESTAMPNS, "SCM_TIMESTAMPNS"},
	{SCM_TIMESTAMPING, "SCM_TIMESTAMPING"},
	{SCM_TIMESTAMPING_OPT_STATS, "SCM_TIMESTAMPING_OPT_STATS"},
	{SCM_TIMESTAMPING_PKTINFO, "SCM_TIMESTAMPING_PKTINFO"},
	{SCM_TS_OPT_ID, "SCM_TS_OPT_ID"},
	{SCM_TXTIME, "SCM_TXTIME"},
	{SCM_INQ, "SCM_INQ"},
	{SCM_DEVMEM_LINEAR, "SCM_DEVMEM_LINEAR"},
	{SCM_DEVMEM_DMABUF, "SCM_DEVMEM_DMABUF"},
	{SCM_WIFI_STATUS, "SCM_WIFI_STATUS"},
	{IP_ORIGDSTADDR, "IP_ORIGDSTADDR"},
	{IPV6_HOPLIMIT, "IPV6_HOPLIMIT"},
	{IPV6_ORIGDSTADDR, "IPV6_ORIGDSTADDR"},
	{TCP_CM_INQ, "TCP_CM_INQ"},
	{TLS_SET_RECORD_TYPE, "TLS_SET_RECORD_TYPE"},
	{TLS_GET_RECORD_TYPE, "TLS_GET_RECORD_TYPE"},
	{PACKET_TX_TIMESTAMP, "PACKET_TX_TIMESTAMP"},
	{VSOCK_RECVERR, "VSOCK_RECVERR"},
	{DCCP_SCM_PRIORITY, "DCCP_SCM_PRIORITY"},
	{SCTP_INIT, "SCTP_INIT"},
	{SCTP_SNDRCV, "SCTP_SNDRCV"},
	{SCTP_SNDINFO, "SCTP_SNDINFO"},
	{SCTP_RCVINFO, "SCTP_RCVINFO"},
	{SCTP_NXTINFO, "SCTP_NXTINFO"},
	{SCTP_PRINFO, "SCTP_PRINFO"},
	{SCTP_AUTHINFO, "SCTP_AUTHINFO"},
	{SCTP_DSTADDRV4, "SCTP_DSTADDRV4"},
	{SCTP_DSTADDRV6, "SCTP_DSTADDRV6"},
	{SCM_CAN_RAW_ERRQUEUE, "SCM_CAN_RAW_ERRQUEUE"},
	{SCM_J1939_DEST_ADDR, "SCM_J1939_DEST_ADDR"},
	{SCM_J1939_DEST_NAME, "SCM_J1939_DEST_NAME"},
	{SCM_J1939_PRIO, "SCM_J1939_PRIO"},
	{SCM_J1939_ERRQUEUE, "SCM_J1939_ERRQUEUE"},
	{ALG_SET_IV, "ALG_SET_IV"},
	{ALG_SET_OP, "ALG_SET_OP"},
	{ALG_SET_AEAD_ASSOCLEN, "ALG_SET_AEAD_ASSOCLEN"},
	{TIPC_ERRINFO, "TIPC_ERRINFO"},
	{TIPC_RETDATA, "TIPC_RETDATA"},
	{TIPC_DESTNAME, "TIPC_DESTNAME"},
	{RDS_CMSG_RDMA_ARGS, "RDS_CMSG_RDMA_ARGS"},
	{RDS_CMSG_RDMA_DEST, "RDS_CMSG_RDMA_DEST"},
	{RDS_CMSG_RDMA_MAP, "RDS_CMSG_RDMA_MAP"},
	{RDS_CMSG_RDMA_STATUS, "RDS_CMSG_RDMA_STATUS"},
	{RDS_CMSG_CONG_UPDATE, "RDS_CMSG_CONG_UPDATE"},
	{RDS_CMSG_ATOMIC_FADD, "RDS_CMSG_ATOMIC_FADD"},
	{RDS_CMSG_ATOMIC_CSWP, "RDS_CMSG_ATOMIC_CSWP"},
	{RDS_CMSG_MASKED_ATOMIC_FADD, "RDS_CMSG_MASKED_ATOMIC_FADD"},
	{RDS_CMSG_MASKED_ATOMIC_CSWP, "RDS_CMSG_MASKED_ATOMIC_CSWP"},
	{RDS_CMSG_RXPATH_LATENCY, "RDS_CMSG_RXPATH_LATENCY"},
	{RDS_CMSG_ZCOPY_COOKIE, "RDS_CMSG_ZCOPY_COOKIE"},
	{RDS_CMSG_ZCOPY_COMPLETION, "RDS_CMSG_ZCOPY_COMPLETION"},
	{RXRPC_USER_CALL_ID, "RXRPC_USER_CALL_ID"},
	{RXRPC_ABORT, "RXRPC_ABORT"},
	{RXRPC_ACK, "RXRPC_ACK"},
	{RXRPC_NET_ERROR, "RXRPC_NET_ERROR"},
	{RXRPC_BUSY, "RXRPC_BUSY"},
	{RXRPC_LOCAL_ERROR, "RXRPC_LOCAL_ERROR"},
	{RXRPC_NEW_CALL, "RXRPC_NEW_CALL"},
	{RXRPC_EXCLUSIVE_CALL, "RXRPC_EXCLUSIVE_CALL"},
	{RXRPC_UPGRADE_SERVICE, "RXRPC_UPGRADE_SERVICE"},
	{RXRPC_TX_LENGTH, "RXRPC_TX_LENGTH"},
	{RXRPC_SET_CALL_TIMEOUT, "RXRPC_SET_CALL_TIMEOUT"},
	{RXRPC_CHARGE_ACCEPT, "RXRPC_CHARGE_ACCEPT"},
}

// String returns the C name of t, that of the option with the same numbers, or the two numbers.
func (t ControlType) String() string {
	for _, n := range controlNames {
		if n.t == t {
			return n.name
		}
	}
	// The levels of Bluetooth have the numbers of IP's protocols, whose options come first.
	text := fmt.Sprintf("%v/%d", t.Level(), t.Number())
	for _, o := range options {
		if o.Level() != t.Level() || o.Number() != t.Number() {
			continue
		}
		if text = o.String(); !bluetoothOption(text) {
			break
		}
	}
	return text
}

func bluetoothOption(name string) bool {
	protocol, _, _ := strings.Cut(name, "_")
	return slices.Contains([]string{"HCI", "L2CAP", "SCO"}, protocol)
}
