//go:build cgo && !linux

package csock

import (
	"errors"
	"net/netip"
	"time"
)

// Stand-ins for what the files named _linux.go have: where there are no such structs, the options are there and answer that they
// are not supported.

var (
	soTimestampingCodec  = lackingCodec[SoTimestamping]("struct so_timestamping")
	sockTxtimeCodec      = lackingCodec[SockTxtime]("struct sock_txtime")
	meminfoCodec         = lackingCodec[Meminfo]("uint32_t[SK_MEMINFO_VARS]")
	sockFprogCodec       = lackingCodec[[]SockFilter]("struct sock_fprog")
	ipMsfilterCodec      = lackingCodec[IPMsfilter]("struct ip_msfilter")
	groupFilterCodec     = lackingCodec[GroupFilter]("struct group_filter")
	in6FlowlabelReqCodec = lackingCodec[In6FlowlabelReq]("struct in6_flowlabel_req")
	vifctlCodec          = lackingCodec[Vifctl]("struct vifctl")
	mfcctlCodec          = lackingCodec[Mfcctl]("struct mfcctl")
	mif6ctlCodec         = lackingCodec[Mif6ctl]("struct mif6ctl")
	mifCodec             = lackingCodec[uint16]("mifi_t")
	mf6cctlCodec         = lackingCodec[Mf6cctl]("struct mf6cctl")
	oldTimevalCodec      = lackingCodec[time.Duration]("duration (struct __kernel_old_timeval)")
	newTimevalCodec      = lackingCodec[time.Duration]("duration (struct __kernel_sock_timeval)")

	mptcpInfoCodec            = lackingCodec[MPTCPInfo]("struct mptcp_info")
	mptcpTCPInfoCodec         = lackingCodec[[]TCPInfo]("struct mptcp_subflow_data, struct tcp_info[]")
	mptcpSubflowAddrsCodec    = lackingCodec[[]MPTCPSubflowAddrs]("struct mptcp_subflow_data, struct mptcp_subflow_addrs[]")
	mptcpFullInfoCodec        = lackingCodec[MPTCPFullInfo]("struct mptcp_full_info")
	packetMreqCodec           = lackingCodec[PacketMreq]("struct packet_mreq")
	tpacketReqCodec           = lackingCodec[TpacketReq]("struct tpacket_req3")
	tpacketStatsCodec         = lackingCodec[TpacketStats]("struct tpacket_stats_v3")
	tpacketRolloverStatsCodec = lackingCodec[TpacketRolloverStats]("struct tpacket_rollover_stats")
	packetFanoutCodec         = lackingCodec[FanoutArgs]("struct fanout_args")
	sctpRTOInfoCodec          = lackingCodec[SCTPRTOInfo]("struct sctp_rtoinfo")
	sctpAssocParamsCodec      = lackingCodec[SCTPAssocParams]("struct sctp_assocparams")
	sctpInitMsgCodec          = lackingCodec[SCTPInitMsg]("struct sctp_initmsg")
	sctpSetPeerPrimCodec      = lackingCodec[SCTPPrim]("struct sctp_setpeerprim")
	sctpPrimCodec             = lackingCodec[SCTPPrim]("struct sctp_prim")
	sctpAdaptationCodec       = lackingCodec[uint32]("struct sctp_setadaptation")
	sctpPaddrParamsCodec      = lackingCodec[SCTPPaddrParams]("struct sctp_paddrparams")
	sctpSndRcvInfoCodec       = lackingCodec[SCTPSndRcvInfo]("struct sctp_sndrcvinfo")
	sctpSndInfoCodec          = lackingCodec[SCTPSndInfo]("struct sctp_sndinfo")
	sctpAssocIDCodec          = lackingCodec[SCTPAssocID]("sctp_assoc_t")
	sctpEventsCodec           = lackingCodec[SCTPEventSubscribe]("struct sctp_event_subscribe")
	sctpEventCodec            = lackingCodec[SCTPEvent]("struct sctp_event")
	sctpAssocValueCodec       = lackingCodec[SCTPAssocValue]("struct sctp_assoc_value")
	sctpStreamValueCodec      = lackingCodec[SCTPStreamValue]("struct sctp_stream_value")
	sctpSackInfoCodec         = lackingCodec[SCTPSackInfo]("struct sctp_sack_info")
	sctpStatusCodec           = lackingCodec[SCTPStatus]("struct sctp_status")
	sctpPaddrInfoCodec        = lackingCodec[SCTPPaddrInfo]("struct sctp_paddrinfo")
	sctpAuthChunkCodec        = lackingCodec[uint8]("struct sctp_authchunk")
	sctpHMACAlgoCodec         = lackingCodec[[]SCTPHMACID]("struct sctp_hmacalgo")
	sctpAuthKeyCodec          = lackingCodec[SCTPAuthKey]("struct sctp_authkey")
	sctpAuthKeyIDCodec        = lackingCodec[SCTPAuthKeyID]("struct sctp_authkeyid")
	sctpAuthChunksCodec       = lackingCodec[SCTPAuthChunks]("struct sctp_authchunks")
	sctpAssocIDsCodec         = lackingCodec[[]SCTPAssocID]("struct sctp_assoc_ids")
	sctpPaddrThldsCodec       = lackingCodec[SCTPPaddrThlds]("struct sctp_paddrthlds")
	sctpPaddrThldsV2Codec     = lackingCodec[SCTPPaddrThlds]("struct sctp_paddrthlds_v2")
	sctpPeeloffCodec          = lackingCodec[SCTPPeeloffArg]("sctp_peeloff_arg_t")
	sctpPeeloffFlagsCodec     = lackingCodec[SCTPPeeloffArg]("sctp_peeloff_flags_arg_t")
	sctpGetAddrsCodec         = lackingCodec[SCTPGetAddrs]("struct sctp_getaddrs")
	sctpAssocStatsCodec       = lackingCodec[SCTPAssocStats]("struct sctp_assoc_stats")
	sctpDefaultPRInfoCodec    = lackingCodec[SCTPDefaultPRInfo]("struct sctp_default_prinfo")
	sctpPRStatusCodec         = lackingCodec[SCTPPRStatus]("struct sctp_prstatus")
	sctpResetStreamsCodec     = lackingCodec[SCTPResetStreams]("struct sctp_reset_streams")
	sctpAddStreamsCodec       = lackingCodec[SCTPAddStreams]("struct sctp_add_streams")
	sctpUDPEncapsCodec        = lackingCodec[SCTPUDPEncaps]("struct sctp_udpencaps")
	sctpProbeIntervalCodec    = lackingCodec[SCTPProbeInterval]("struct sctp_probeinterval")
	sctpAddrsCodec            = lackingCodec[[]SockAddr]("struct sockaddr[]")
	tcpMD5SigCodec            = lackingCodec[TCPMD5Sig]("struct tcp_md5sig")
	tcpMD5SigExtCodec         = lackingCodec[TCPMD5Sig]("struct tcp_md5sig")
	tcpRepairOptionsCodec     = lackingCodec[[]TCPRepairOpt]("struct tcp_repair_opt[]")
	tcpRepairWindowCodec      = lackingCodec[TCPRepairWindow]("struct tcp_repair_window")
	tcpFastopenKeyCodec       = lackingCodec[[][16]byte]("bytes")
	tcpZerocopyReceiveCodec   = lackingCodec[TCPZerocopyReceive]("struct tcp_zerocopy_receive")
	tcpAOAddCodec             = lackingCodec[TCPAOAdd]("struct tcp_ao_add")
	tcpAODelCodec             = lackingCodec[TCPAODel]("struct tcp_ao_del")
	tcpAOInfoCodec            = lackingCodec[TCPAOInfoOpt]("struct tcp_ao_info_opt")
	tcpAOKeysCodec            = lackingCodec[[]TCPAOGetsockopt]("struct tcp_ao_getsockopt[]")
	tcpAORepairCodec          = lackingCodec[TCPAORepair]("struct tcp_ao_repair")
	tcpCCInfoCodec            = lackingCodec[TCPCCInfo]("union tcp_cc_info")
	tlsMaxPayloadCodec        = lackingCodec[int]("uint16")
	tlsCryptoInfoCodec        = lackingCodec[TLSCryptoInfo]("struct tls_crypto_info")
	tcpInfoCodec              = lackingCodec[TCPInfo]("struct tcp_info")
)

func tcpInfoOnes(int) (i TCPInfo) { return i }

func mptcpInfoOnes(int) (i MPTCPInfo) { return i }

// Vegas reads the union for "vegas". ok is false if there are too few bytes.
func (TCPCCInfo) Vegas() (info TCPVegasInfo, ok bool) { return info, false }

// DCTCP reads the union for "dctcp". ok is false if there are too few bytes.
func (TCPCCInfo) DCTCP() (info TCPDCTCPInfo, ok bool) { return info, false }

// BBR reads the union for "bbr". ok is false if there are too few bytes.
func (TCPCCInfo) BBR() (info TCPBBRInfo, ok bool) { return info, false }

// Size returns how many bytes of initialization vector, key, salt and sequence number a cipher has; ok is false for one
// that this package does not know.
func (TLSCipher) Size() (iv, key, salt, recSeq int, ok bool) { return 0, 0, 0, 0, false }

func (s *Socket) sourceFilter(netip.Addr, int, int) (GroupFilter, int, error) {
	return GroupFilter{}, 0, MCAST_MSFILTER.o.refuse(errors.ErrUnsupported)
}
