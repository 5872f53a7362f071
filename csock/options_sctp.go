//go:build cgo

package csock

import (
	"fmt"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of SCTP sockets, at level IPPROTO_SCTP. See sctp(7) and RFC 6458.
//
// The value of an option of an association contains the association's identifier. A one-to-one
// socket has one association and ignores the identifier. Get uses association 0: on a one-to-many
// socket, the values for new associations.
//
// SCTP_SOCKOPT_CONNECTX_OLD and SCTP_SOCKOPT_CONNECTX3 are left out: SCTP_SOCKOPT_CONNECTX does
// what they do.

var sctpRTOInfoCodec = platformCodec[SCTPRTOInfo]("struct sctp_rtoinfo")

// SCTP_RTOINFO holds the bounds of the retransmission timeout, of an association or of new ones.
var SCTP_RTOINFO Option[SCTPRTOInfo] = declare(sctpRTOInfoCodec, canBoth, "SCTP_RTOINFO",
	sys.IPPROTO_SCTP, sys.SCTP_RTOINFO)

var sctpAssocParamsCodec = platformCodec[SCTPAssocParams]("struct sctp_assocparams")

// SCTP_ASSOCINFO holds further parameters of an association, or of new ones.
var SCTP_ASSOCINFO Option[SCTPAssocParams] = declare(sctpAssocParamsCodec, canBoth,
	"SCTP_ASSOCINFO", sys.IPPROTO_SCTP, sys.SCTP_ASSOCINFO)

var sctpInitMsgCodec = platformCodec[SCTPInitMsg]("struct sctp_initmsg")

// SCTP_INITMSG holds the parameters that the socket proposes for a new association.
var SCTP_INITMSG Option[SCTPInitMsg] = declare(sctpInitMsgCodec, canBoth, "SCTP_INITMSG",
	sys.IPPROTO_SCTP, sys.SCTP_INITMSG)

// SCTP_NODELAY sends data at once instead of waiting to fill a packet.
var SCTP_NODELAY Option[bool] = declare(boolCodec, canBoth, "SCTP_NODELAY", sys.IPPROTO_SCTP,
	sys.SCTP_NODELAY)

// SCTP_AUTOCLOSE is the time after which a one-to-many socket closes an idle association,
// rounded up to whole seconds; 0 means never.
var SCTP_AUTOCLOSE Option[time.Duration] = declare(secondsCodec, canBoth, "SCTP_AUTOCLOSE",
	sys.IPPROTO_SCTP, sys.SCTP_AUTOCLOSE)

var sctpSetPeerPrimCodec = platformCodec[SCTPPrim]("struct sctp_setpeerprim")

// SCTP_SET_PEER_PRIMARY_ADDR requests that the peer send to one of our addresses.
var SCTP_SET_PEER_PRIMARY_ADDR Option[SCTPPrim] = declare(sctpSetPeerPrimCodec, canSet,
	"SCTP_SET_PEER_PRIMARY_ADDR", sys.IPPROTO_SCTP, sys.SCTP_SET_PEER_PRIMARY_ADDR)

var sctpPrimCodec = platformCodec[SCTPPrim]("struct sctp_prim")

// SCTP_PRIMARY_ADDR is the peer's address to send to. GetWith takes the association.
var SCTP_PRIMARY_ADDR Option[SCTPPrim] = declare(sctpPrimCodec, canBoth, "SCTP_PRIMARY_ADDR",
	sys.IPPROTO_SCTP, sys.SCTP_PRIMARY_ADDR)

var sctpAdaptationCodec = platformCodec[uint32]("struct sctp_setadaptation")

// SCTP_ADAPTATION_LAYER is the number that identifies the upper-layer protocol to the peer (RFC
// 5061).
var SCTP_ADAPTATION_LAYER Option[uint32] = declare(sctpAdaptationCodec, canBoth,
	"SCTP_ADAPTATION_LAYER", sys.IPPROTO_SCTP, sys.SCTP_ADAPTATION_LAYER)

// SCTP_DISABLE_FRAGMENTS refuses messages that are too large for a packet, with EMSGSIZE.
var SCTP_DISABLE_FRAGMENTS Option[bool] = declare(boolCodec, canBoth, "SCTP_DISABLE_FRAGMENTS",
	sys.IPPROTO_SCTP, sys.SCTP_DISABLE_FRAGMENTS)

var sctpPaddrParamsCodec = platformCodec[SCTPPaddrParams]("struct sctp_paddrparams")

// SCTP_PEER_ADDR_PARAMS holds the heartbeat, path MTU and delayed acknowledgement of a peer's
// address, of an association or of new ones. GetWith takes association and address.
var SCTP_PEER_ADDR_PARAMS Option[SCTPPaddrParams] = declare(sctpPaddrParamsCodec, canBoth,
	"SCTP_PEER_ADDR_PARAMS", sys.IPPROTO_SCTP, sys.SCTP_PEER_ADDR_PARAMS)

var sctpSndRcvInfoCodec = platformCodec[SCTPSndRcvInfo]("struct sctp_sndrcvinfo")

// SCTP_DEFAULT_SEND_PARAM holds the default parameters of sent messages; SCTP_DEFAULT_SNDINFO is
// newer. GetWith takes the association.
var SCTP_DEFAULT_SEND_PARAM Option[SCTPSndRcvInfo] = declare(sctpSndRcvInfoCodec, canBoth,
	"SCTP_DEFAULT_SEND_PARAM", sys.IPPROTO_SCTP, sys.SCTP_DEFAULT_SEND_PARAM)

var sctpEventsCodec = platformCodec[SCTPEventSubscribe]("struct sctp_event_subscribe")

// SCTP_EVENTS selects all notifications for Recvmsg at once; SCTP_EVENT is newer.
var SCTP_EVENTS Option[SCTPEventSubscribe] = declare(sctpEventsCodec, canBoth, "SCTP_EVENTS",
	sys.IPPROTO_SCTP, sys.SCTP_EVENTS)

// SCTP_I_WANT_MAPPED_V4_ADDR reports IPv4 addresses to an IPv6 socket as IPv4-mapped ones.
var SCTP_I_WANT_MAPPED_V4_ADDR Option[bool] = declare(boolCodec, canBoth,
	"SCTP_I_WANT_MAPPED_V4_ADDR", sys.IPPROTO_SCTP, sys.SCTP_I_WANT_MAPPED_V4_ADDR)

var sctpAssocValueCodec = platformCodec[SCTPAssocValue]("struct sctp_assoc_value")

// SCTP_MAXSEG is the maximum number of a message's bytes per chunk; 0 uses the path's limit.
// GetWith takes the association.
var SCTP_MAXSEG Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth, "SCTP_MAXSEG",
	sys.IPPROTO_SCTP, sys.SCTP_MAXSEG)

var sctpStatusCodec = platformCodec[SCTPStatus]("struct sctp_status")

// SCTP_STATUS is the state of an association. GetWith takes the association.
var SCTP_STATUS Option[SCTPStatus] = declare(sctpStatusCodec, canGet, "SCTP_STATUS",
	sys.IPPROTO_SCTP,
	sys.SCTP_STATUS)

var sctpPaddrInfoCodec = platformCodec[SCTPPaddrInfo]("struct sctp_paddrinfo")

// SCTP_GET_PEER_ADDR_INFO is the state of a peer's address. GetWith takes association and address.
var SCTP_GET_PEER_ADDR_INFO Option[SCTPPaddrInfo] = declare(sctpPaddrInfoCodec, canGet,
	"SCTP_GET_PEER_ADDR_INFO", sys.IPPROTO_SCTP, sys.SCTP_GET_PEER_ADDR_INFO)

var sctpSackInfoCodec = platformCodec[SCTPSackInfo]("struct sctp_sack_info")

// SCTP_DELAYED_ACK_TIME holds the delay of acknowledgements. GetWith takes the association. It is
// the same option as SCTP_DELAYED_SACK.
var SCTP_DELAYED_ACK_TIME Option[SCTPSackInfo] = declare(sctpSackInfoCodec, canBoth,
	"SCTP_DELAYED_ACK_TIME", sys.IPPROTO_SCTP, sys.SCTP_DELAYED_ACK_TIME)

// SCTP_DELAYED_ACK is another name of SCTP_DELAYED_SACK.
var SCTP_DELAYED_ACK Option[SCTPSackInfo] = declare(sctpSackInfoCodec, canBoth, "SCTP_DELAYED_ACK",
	sys.IPPROTO_SCTP, sys.SCTP_DELAYED_ACK)

// SCTP_DELAYED_SACK holds the delay of acknowledgements. GetWith takes the association.
var SCTP_DELAYED_SACK Option[SCTPSackInfo] = declare(sctpSackInfoCodec, canBoth,
	"SCTP_DELAYED_SACK", sys.IPPROTO_SCTP, sys.SCTP_DELAYED_SACK)

// SCTP_CONTEXT is the number that comes with messages received from an association. GetWith takes
// the association.
var SCTP_CONTEXT Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth, "SCTP_CONTEXT",
	sys.IPPROTO_SCTP, sys.SCTP_CONTEXT)

// SCTP_FRAGMENT_INTERLEAVE lets parts of messages of several associations interleave: 0 no, 1 yes.
// Linux turns higher values into 1. Interleaving of several streams needs 1 and
// SCTP_INTERLEAVING_SUPPORTED.
var SCTP_FRAGMENT_INTERLEAVE Option[int] = declare(intCodec, canBoth, "SCTP_FRAGMENT_INTERLEAVE",
	sys.IPPROTO_SCTP, sys.SCTP_FRAGMENT_INTERLEAVE)

// SCTP_PARTIAL_DELIVERY_POINT is the size in bytes from which a message is delivered in parts.
var SCTP_PARTIAL_DELIVERY_POINT Option[uint32] = declare(uint32Codec, canBoth,
	"SCTP_PARTIAL_DELIVERY_POINT", sys.IPPROTO_SCTP, sys.SCTP_PARTIAL_DELIVERY_POINT)

// SCTP_MAX_BURST is the maximum number of packets sent at once. GetWith takes the association.
var SCTP_MAX_BURST Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth, "SCTP_MAX_BURST",
	sys.IPPROTO_SCTP, sys.SCTP_MAX_BURST)

var sctpAuthChunkCodec = platformCodec[uint8]("struct sctp_authchunk")

// SCTP_AUTH_CHUNK requires authentication of chunks of a type (RFC 4895), in new associations.
var SCTP_AUTH_CHUNK Option[uint8] = declare(sctpAuthChunkCodec, canSet, "SCTP_AUTH_CHUNK",
	sys.IPPROTO_SCTP, sys.SCTP_AUTH_CHUNK)

var sctpHMACAlgoCodec = platformCodec[[]SCTPHMACID]("struct sctp_hmacalgo")

// SCTP_HMAC_IDENT lists the algorithms by which the peer may authenticate, the best first.
var SCTP_HMAC_IDENT Option[[]SCTPHMACID] = declare(sctpHMACAlgoCodec, canBoth, "SCTP_HMAC_IDENT",
	sys.IPPROTO_SCTP, sys.SCTP_HMAC_IDENT)

var sctpAuthKeyCodec = platformCodec[SCTPAuthKey]("struct sctp_authkey")

// SCTP_AUTH_KEY sets a shared key of an association, or of new ones.
var SCTP_AUTH_KEY Option[SCTPAuthKey] = declare(sctpAuthKeyCodec, canSet, "SCTP_AUTH_KEY",
	sys.IPPROTO_SCTP, sys.SCTP_AUTH_KEY)

var sctpAuthKeyIDCodec = platformCodec[SCTPAuthKeyID]("struct sctp_authkeyid")

// SCTP_AUTH_ACTIVE_KEY is the key that authenticates. GetWith takes the association.
var SCTP_AUTH_ACTIVE_KEY Option[SCTPAuthKeyID] = declare(sctpAuthKeyIDCodec, canBoth,
	"SCTP_AUTH_ACTIVE_KEY", sys.IPPROTO_SCTP, sys.SCTP_AUTH_ACTIVE_KEY)

// SCTP_AUTH_DELETE_KEY deletes a key that is not in use.
var SCTP_AUTH_DELETE_KEY Option[SCTPAuthKeyID] = declare(sctpAuthKeyIDCodec, canSet,
	"SCTP_AUTH_DELETE_KEY", sys.IPPROTO_SCTP, sys.SCTP_AUTH_DELETE_KEY)

var sctpAuthChunksCodec = platformCodec[SCTPAuthChunks]("struct sctp_authchunks")

// SCTP_PEER_AUTH_CHUNKS lists the types of chunks that the peer requires to be authenticated.
// GetWith takes the association.
var SCTP_PEER_AUTH_CHUNKS Option[SCTPAuthChunks] = declare(sctpAuthChunksCodec, canGet,
	"SCTP_PEER_AUTH_CHUNKS", sys.IPPROTO_SCTP, sys.SCTP_PEER_AUTH_CHUNKS)

// SCTP_LOCAL_AUTH_CHUNKS lists the types of chunks that we require to be authenticated. GetWith
// takes the association.
var SCTP_LOCAL_AUTH_CHUNKS Option[SCTPAuthChunks] = declare(sctpAuthChunksCodec, canGet,
	"SCTP_LOCAL_AUTH_CHUNKS", sys.IPPROTO_SCTP, sys.SCTP_LOCAL_AUTH_CHUNKS)

// SCTP_GET_ASSOC_NUMBER is the number of associations of a one-to-many socket.
var SCTP_GET_ASSOC_NUMBER Option[uint32] = declare(uint32Codec, canGet, "SCTP_GET_ASSOC_NUMBER",
	sys.IPPROTO_SCTP, sys.SCTP_GET_ASSOC_NUMBER)

var sctpAssocIDsCodec = platformCodec[[]SCTPAssocID]("struct sctp_assoc_ids")

// SCTP_GET_ASSOC_ID_LIST lists the associations of a one-to-many socket.
var SCTP_GET_ASSOC_ID_LIST Option[[]SCTPAssocID] = declare(sctpAssocIDsCodec, canGet,
	"SCTP_GET_ASSOC_ID_LIST", sys.IPPROTO_SCTP, sys.SCTP_GET_ASSOC_ID_LIST)

// SCTP_AUTO_ASCONF reports added and removed local addresses to the peer, for a socket bound to the
// unspecified address.
var SCTP_AUTO_ASCONF Option[bool] = declare(boolCodec, canBoth, "SCTP_AUTO_ASCONF",
	sys.IPPROTO_SCTP,
	sys.SCTP_AUTO_ASCONF)

var sctpPaddrThldsCodec = platformCodec[SCTPPaddrThlds]("struct sctp_paddrthlds")

// SCTP_PEER_ADDR_THLDS holds the thresholds at which a peer's address counts as failed (RFC 7829).
// GetWith takes association and address.
var SCTP_PEER_ADDR_THLDS Option[SCTPPaddrThlds] = declare(sctpPaddrThldsCodec, canBoth,
	"SCTP_PEER_ADDR_THLDS", sys.IPPROTO_SCTP, sys.SCTP_PEER_ADDR_THLDS)

// SCTP_RECVRCVINFO gives Recvmsg a control message SCTP_RCVINFO about the message.
var SCTP_RECVRCVINFO Option[bool] = declare(boolCodec, canBoth, "SCTP_RECVRCVINFO",
	sys.IPPROTO_SCTP,
	sys.SCTP_RECVRCVINFO)

// SCTP_RECVNXTINFO gives Recvmsg a control message SCTP_NXTINFO about the next message.
var SCTP_RECVNXTINFO Option[bool] = declare(boolCodec, canBoth, "SCTP_RECVNXTINFO",
	sys.IPPROTO_SCTP,
	sys.SCTP_RECVNXTINFO)

var sctpSndInfoCodec = platformCodec[SCTPSndInfo]("struct sctp_sndinfo")

// SCTP_DEFAULT_SNDINFO holds the default parameters of sent messages. GetWith takes the
// association.
var SCTP_DEFAULT_SNDINFO Option[SCTPSndInfo] = declare(sctpSndInfoCodec, canBoth,
	"SCTP_DEFAULT_SNDINFO", sys.IPPROTO_SCTP, sys.SCTP_DEFAULT_SNDINFO)

// SCTP_AUTH_DEACTIVATE_KEY stops the use of a key, so that SCTP_AUTH_DELETE_KEY can delete it.
var SCTP_AUTH_DEACTIVATE_KEY Option[SCTPAuthKeyID] = declare(sctpAuthKeyIDCodec, canSet,
	"SCTP_AUTH_DEACTIVATE_KEY", sys.IPPROTO_SCTP, sys.SCTP_AUTH_DEACTIVATE_KEY)

// SCTP_REUSE_PORT lets one-to-one sockets share a port.
var SCTP_REUSE_PORT Option[bool] = declare(boolCodec, canBoth, "SCTP_REUSE_PORT", sys.IPPROTO_SCTP,
	sys.SCTP_REUSE_PORT)

var sctpPaddrThldsV2Codec = platformCodec[SCTPPaddrThlds]("struct sctp_paddrthlds_v2")

// SCTP_PEER_ADDR_THLDS_V2 is SCTP_PEER_ADDR_THLDS with the threshold for changing the primary path.
var SCTP_PEER_ADDR_THLDS_V2 Option[SCTPPaddrThlds] = declare(sctpPaddrThldsV2Codec, canBoth,
	"SCTP_PEER_ADDR_THLDS_V2", sys.IPPROTO_SCTP, sys.SCTP_PEER_ADDR_THLDS_V2)

// sctpAddrsCodec is for consecutive addresses, each of its family's length.
var sctpAddrsCodec = &codec[[]SockAddr]{
	form: form{kind: "struct sockaddr[]", shape: shapeBytes},
	encode: func(addrs []SockAddr) (native, error) {
		var mem []byte
		for i := range addrs {
			if !addrs[i].IsValid() {
				return native{}, fmt.Errorf("%v: %w", addrs[i], syscall.EINVAL)
			}
			if !addrs[i].isIPv4() && !addrs[i].isIPv6() {
				return native{}, fmt.Errorf("address %v: %w", addrs[i], syscall.EAFNOSUPPORT)
			}
			mem = append(mem, addrs[i].Bytes()...)
		}
		return native{mem: mem}, nil
	},
	decode: func(native) ([]SockAddr, error) { return nil, nil },
}

// SCTP_SOCKOPT_BINDX_ADD binds the socket to further addresses with the same port. See
// sctp_bindx(3).
var SCTP_SOCKOPT_BINDX_ADD Option[[]SockAddr] = declare(sctpAddrsCodec, canSet,
	"SCTP_SOCKOPT_BINDX_ADD", sys.IPPROTO_SCTP, sys.SCTP_SOCKOPT_BINDX_ADD)

// SCTP_SOCKOPT_BINDX_REM removes addresses. See sctp_bindx(3).
var SCTP_SOCKOPT_BINDX_REM Option[[]SockAddr] = declare(sctpAddrsCodec, canSet,
	"SCTP_SOCKOPT_BINDX_REM", sys.IPPROTO_SCTP, sys.SCTP_SOCKOPT_BINDX_REM)

var sctpPeeloffCodec = platformCodec[SCTPPeeloffArg]("sctp_peeloff_arg_t")

// SCTP_SOCKOPT_PEELOFF moves an association to a new socket. GetWith takes the association. The
// file descriptor belongs to the caller, for FromFD. See sctp_peeloff(3).
var SCTP_SOCKOPT_PEELOFF Option[SCTPPeeloffArg] = declare(sctpPeeloffCodec, canGet,
	"SCTP_SOCKOPT_PEELOFF", sys.IPPROTO_SCTP, sys.SCTP_SOCKOPT_PEELOFF)

var sctpGetAddrsCodec = platformCodec[SCTPGetAddrs]("struct sctp_getaddrs")

// SCTP_GET_PEER_ADDRS lists the peer's addresses. GetWith takes the association. See
// sctp_getpaddrs(3).
var SCTP_GET_PEER_ADDRS Option[SCTPGetAddrs] = declare(sctpGetAddrsCodec, canGet,
	"SCTP_GET_PEER_ADDRS", sys.IPPROTO_SCTP, sys.SCTP_GET_PEER_ADDRS)

// SCTP_GET_LOCAL_ADDRS lists our addresses. GetWith takes the association. See sctp_getladdrs(3).
var SCTP_GET_LOCAL_ADDRS Option[SCTPGetAddrs] = declare(sctpGetAddrsCodec, canGet,
	"SCTP_GET_LOCAL_ADDRS", sys.IPPROTO_SCTP, sys.SCTP_GET_LOCAL_ADDRS)

// SCTP_SOCKOPT_CONNECTX connects to a peer with several addresses. [Socket.SCTPConnectx] also
// returns the association. See sctp_connectx(3).
var SCTP_SOCKOPT_CONNECTX Option[[]SockAddr] = declare(sctpAddrsCodec, canSet,
	"SCTP_SOCKOPT_CONNECTX", sys.IPPROTO_SCTP, sys.SCTP_SOCKOPT_CONNECTX)

var sctpAssocStatsCodec = platformCodec[SCTPAssocStats]("struct sctp_assoc_stats")

// SCTP_GET_ASSOC_STATS counts what an association has sent and received. GetWith takes the
// association.
var SCTP_GET_ASSOC_STATS Option[SCTPAssocStats] = declare(sctpAssocStatsCodec, canGet,
	"SCTP_GET_ASSOC_STATS", sys.IPPROTO_SCTP, sys.SCTP_GET_ASSOC_STATS)

// SCTP_PR_SUPPORTED offers partial reliability (RFC 3758) to new associations. GetWith takes the
// association.
var SCTP_PR_SUPPORTED Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth,
	"SCTP_PR_SUPPORTED", sys.IPPROTO_SCTP, sys.SCTP_PR_SUPPORTED)

var sctpDefaultPRInfoCodec = platformCodec[SCTPDefaultPRInfo]("struct sctp_default_prinfo")

// SCTP_DEFAULT_PRINFO is the default reliability of sent messages. GetWith takes the association.
var SCTP_DEFAULT_PRINFO Option[SCTPDefaultPRInfo] = declare(sctpDefaultPRInfoCodec, canBoth,
	"SCTP_DEFAULT_PRINFO", sys.IPPROTO_SCTP, sys.SCTP_DEFAULT_PRINFO)

var sctpPRStatusCodec = platformCodec[SCTPPRStatus]("struct sctp_prstatus")

// SCTP_PR_ASSOC_STATUS counts the abandoned messages of a policy. GetWith takes association and
// policy.
var SCTP_PR_ASSOC_STATUS Option[SCTPPRStatus] = declare(sctpPRStatusCodec, canGet,
	"SCTP_PR_ASSOC_STATUS", sys.IPPROTO_SCTP, sys.SCTP_PR_ASSOC_STATUS)

// SCTP_PR_STREAM_STATUS counts the abandoned messages of a policy on a stream. GetWith takes
// association, stream and policy.
var SCTP_PR_STREAM_STATUS Option[SCTPPRStatus] = declare(sctpPRStatusCodec, canGet,
	"SCTP_PR_STREAM_STATUS", sys.IPPROTO_SCTP, sys.SCTP_PR_STREAM_STATUS)

// SCTP_RECONFIG_SUPPORTED offers resets of streams (RFC 6525) to new associations. GetWith takes
// the association.
var SCTP_RECONFIG_SUPPORTED Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth,
	"SCTP_RECONFIG_SUPPORTED", sys.IPPROTO_SCTP, sys.SCTP_RECONFIG_SUPPORTED)

// SCTP_ENABLE_STREAM_RESET selects what the peer may request: SCTP_ENABLE_ bits. GetWith takes the
// association.
var SCTP_ENABLE_STREAM_RESET Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth,
	"SCTP_ENABLE_STREAM_RESET", sys.IPPROTO_SCTP, sys.SCTP_ENABLE_STREAM_RESET)

var sctpResetStreamsCodec = platformCodec[SCTPResetStreams]("struct sctp_reset_streams")

// SCTP_RESET_STREAMS restarts the sequence numbers of streams.
var SCTP_RESET_STREAMS Option[SCTPResetStreams] = declare(sctpResetStreamsCodec, canSet,
	"SCTP_RESET_STREAMS", sys.IPPROTO_SCTP, sys.SCTP_RESET_STREAMS)

var sctpAssocIDCodec = platformCodec[SCTPAssocID]("sctp_assoc_t")

// SCTP_RESET_ASSOC restarts all sequence numbers of an association.
var SCTP_RESET_ASSOC Option[SCTPAssocID] = declare(sctpAssocIDCodec, canSet, "SCTP_RESET_ASSOC",
	sys.IPPROTO_SCTP, sys.SCTP_RESET_ASSOC)

var sctpAddStreamsCodec = platformCodec[SCTPAddStreams]("struct sctp_add_streams")

// SCTP_ADD_STREAMS requests more streams.
var SCTP_ADD_STREAMS Option[SCTPAddStreams] = declare(sctpAddStreamsCodec, canSet,
	"SCTP_ADD_STREAMS", sys.IPPROTO_SCTP, sys.SCTP_ADD_STREAMS)

var sctpPeeloffFlagsCodec = platformCodec[SCTPPeeloffArg]("sctp_peeloff_flags_arg_t")

// SCTP_SOCKOPT_PEELOFF_FLAGS is SCTP_SOCKOPT_PEELOFF with the flags SOCK_CLOEXEC and SOCK_NONBLOCK.
var SCTP_SOCKOPT_PEELOFF_FLAGS Option[SCTPPeeloffArg] = declare(sctpPeeloffFlagsCodec, canGet,
	"SCTP_SOCKOPT_PEELOFF_FLAGS", sys.IPPROTO_SCTP, sys.SCTP_SOCKOPT_PEELOFF_FLAGS)

// SCTP_STREAM_SCHEDULER is the order in which streams are sent: a
// [SCTPStreamScheduler]. GetWith takes the association.
var SCTP_STREAM_SCHEDULER Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth,
	"SCTP_STREAM_SCHEDULER", sys.IPPROTO_SCTP, sys.SCTP_STREAM_SCHEDULER)

var sctpStreamValueCodec = platformCodec[SCTPStreamValue]("struct sctp_stream_value")

// SCTP_STREAM_SCHEDULER_VALUE is the scheduler's parameter for a stream: for SCTP_SS_PRIO, its
// priority. GetWith takes association and stream.
var SCTP_STREAM_SCHEDULER_VALUE Option[SCTPStreamValue] = declare(sctpStreamValueCodec, canBoth,
	"SCTP_STREAM_SCHEDULER_VALUE", sys.IPPROTO_SCTP, sys.SCTP_STREAM_SCHEDULER_VALUE)

// SCTP_INTERLEAVING_SUPPORTED offers interleaving of messages of several streams (RFC 8260) to new
// associations. GetWith takes the association.
var SCTP_INTERLEAVING_SUPPORTED Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth,
	"SCTP_INTERLEAVING_SUPPORTED", sys.IPPROTO_SCTP, sys.SCTP_INTERLEAVING_SUPPORTED)

var sctpEventCodec = platformCodec[SCTPEvent]("struct sctp_event")

// SCTP_EVENT turns a notification on or off. GetWith takes association and type.
var SCTP_EVENT Option[SCTPEvent] = declare(sctpEventCodec, canBoth, "SCTP_EVENT", sys.IPPROTO_SCTP,
	sys.SCTP_EVENT)

// SCTP_ASCONF_SUPPORTED offers changes of addresses (RFC 5061) to new associations. GetWith takes
// the association.
var SCTP_ASCONF_SUPPORTED Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth,
	"SCTP_ASCONF_SUPPORTED", sys.IPPROTO_SCTP, sys.SCTP_ASCONF_SUPPORTED)

// SCTP_AUTH_SUPPORTED offers authentication (RFC 4895) to new associations. GetWith takes the
// association.
var SCTP_AUTH_SUPPORTED Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth,
	"SCTP_AUTH_SUPPORTED", sys.IPPROTO_SCTP, sys.SCTP_AUTH_SUPPORTED)

// SCTP_ECN_SUPPORTED offers ECN to new associations. GetWith takes the association.
var SCTP_ECN_SUPPORTED Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth,
	"SCTP_ECN_SUPPORTED", sys.IPPROTO_SCTP, sys.SCTP_ECN_SUPPORTED)

// SCTP_EXPOSE_POTENTIALLY_FAILED_STATE reports addresses in state SCTP_PF (RFC 7829): 0 no, 1 as
// the system does, 2 yes. GetWith takes the association.
var SCTP_EXPOSE_POTENTIALLY_FAILED_STATE Option[SCTPAssocValue] = declare(sctpAssocValueCodec,
	canBoth,
	"SCTP_EXPOSE_POTENTIALLY_FAILED_STATE", sys.IPPROTO_SCTP,
	sys.SCTP_EXPOSE_POTENTIALLY_FAILED_STATE)

// SCTP_EXPOSE_PF_STATE is another name of SCTP_EXPOSE_POTENTIALLY_FAILED_STATE.
var SCTP_EXPOSE_PF_STATE Option[SCTPAssocValue] = declare(sctpAssocValueCodec, canBoth,
	"SCTP_EXPOSE_PF_STATE", sys.IPPROTO_SCTP, sys.SCTP_EXPOSE_PF_STATE)

var sctpUDPEncapsCodec = platformCodec[SCTPUDPEncaps]("struct sctp_udpencaps")

// SCTP_REMOTE_UDP_ENCAPS_PORT is the peer's UDP port that carries SCTP (RFC 6951). GetWith takes
// association and address.
var SCTP_REMOTE_UDP_ENCAPS_PORT Option[SCTPUDPEncaps] = declare(sctpUDPEncapsCodec, canBoth,
	"SCTP_REMOTE_UDP_ENCAPS_PORT", sys.IPPROTO_SCTP, sys.SCTP_REMOTE_UDP_ENCAPS_PORT)

var sctpProbeIntervalCodec = platformCodec[SCTPProbeInterval]("struct sctp_probeinterval")

// SCTP_PLPMTUD_PROBE_INTERVAL is the interval at which the path MTU is probed (RFC 8899). GetWith
// takes association and address.
var SCTP_PLPMTUD_PROBE_INTERVAL Option[SCTPProbeInterval] = declare(sctpProbeIntervalCodec, canBoth,
	"SCTP_PLPMTUD_PROBE_INTERVAL", sys.IPPROTO_SCTP, sys.SCTP_PLPMTUD_PROBE_INTERVAL)

// An SCTPAssocID is the identifier of an association: sctp_assoc_t.
type SCTPAssocID = int32

// Associations in options of one-to-many sockets.
const (
	SCTP_FUTURE_ASSOC  SCTPAssocID = sys.SCTP_FUTURE_ASSOC  // new associations
	SCTP_CURRENT_ASSOC SCTPAssocID = sys.SCTP_CURRENT_ASSOC // existing associations
	SCTP_ALL_ASSOC     SCTPAssocID = sys.SCTP_ALL_ASSOC     // both
)

// SCTPConnectx connects to a peer with several addresses ([SCTP_SOCKOPT_CONNECTX]) and returns the
// association's identifier, as sctp_connectx(3) does. Like Connect it waits for the association. On
// a nonblocking socket it returns EINPROGRESS and no identifier; [SCTP_GET_ASSOC_ID_LIST] then
// returns the identifier.
func (s *Socket) SCTPConnectx(addrs ...SockAddr) (SCTPAssocID, error) {
	o := SCTP_SOCKOPT_CONNECTX
	if err := s.enterFor(o.o); err != nil {
		return 0, err
	}
	v, err := o.c.encode(addrs)
	if err != nil {
		s.leave()
		return 0, o.o.refuse(err)
	}
	r := csock_set_bytes(s.fd, o.o.level, o.o.number, bytesPtr(v.mem), size_t(len(v.mem)))
	s.leave()
	if r < 0 {
		return 0, o.o.error("setsockopt", int(r))
	}
	return SCTPAssocID(r), nil
}

// SCTPRTOInfo is struct sctp_rtoinfo. Durations are rounded up to whole milliseconds. Zero fields
// are left unchanged.
type SCTPRTOInfo struct {
	AssocID           SCTPAssocID
	Initial, Max, Min time.Duration
}

// SCTPAssocParams is struct sctp_assocparams. Zero fields are left unchanged.
type SCTPAssocParams struct {
	AssocID              SCTPAssocID
	MaxRetrans           uint16        // retransmissions before the association fails
	NumberOfDestinations uint16        // result: the number of the peer's addresses
	PeerRwnd             uint32        // result: the peer's window, in bytes
	LocalRwnd            uint32        // result: our window, in bytes
	CookieLife           time.Duration // how long the cookie of a handshake is valid, rounded up to whole milliseconds
}

// SCTPPrim is struct sctp_prim and struct sctp_setpeerprim.
type SCTPPrim struct {
	AssocID SCTPAssocID
	Addr    SockAddr
}

// SCTPPaddrParams is struct sctp_paddrparams. Zero fields are left unchanged.
type SCTPPaddrParams struct {
	AssocID       SCTPAssocID
	Address       SockAddr      // the zero SockAddr means all addresses
	HBInterval    time.Duration // between heartbeats, rounded up to whole milliseconds
	PathMaxRxt    uint16        // retransmissions before the address counts as failed
	PathMTU       uint32        // in bytes, with SPP_PMTUD_DISABLE
	SackDelay     time.Duration // with SPP_SACKDELAY_ENABLE, rounded up to whole milliseconds
	Flags         SPPFlags
	IPv6Flowlabel uint32       // with SPP_IPV6_FLOWLABEL
	DSCP          TrafficClass // with SPP_DSCP; its ECN is ignored
}

// SPPFlags say which fields of SCTPPaddrParams apply.
type SPPFlags int

// What to change. See RFC 6458, section 8.1.12.
const (
	SPP_HB_ENABLE         SPPFlags = sys.SPP_HB_ENABLE         // heartbeats on
	SPP_HB_DISABLE        SPPFlags = sys.SPP_HB_DISABLE        // heartbeats off
	SPP_HB_DEMAND         SPPFlags = sys.SPP_HB_DEMAND         // send a heartbeat now
	SPP_PMTUD_ENABLE      SPPFlags = sys.SPP_PMTUD_ENABLE      // path MTU discovery on
	SPP_PMTUD_DISABLE     SPPFlags = sys.SPP_PMTUD_DISABLE     // path MTU discovery off: PathMTU applies
	SPP_SACKDELAY_ENABLE  SPPFlags = sys.SPP_SACKDELAY_ENABLE  // acknowledgements are delayed, by SackDelay
	SPP_SACKDELAY_DISABLE SPPFlags = sys.SPP_SACKDELAY_DISABLE // acknowledgements are not delayed
	SPP_HB_TIME_IS_ZERO   SPPFlags = sys.SPP_HB_TIME_IS_ZERO   // HBInterval 0 applies
	SPP_IPV6_FLOWLABEL    SPPFlags = sys.SPP_IPV6_FLOWLABEL    // IPv6Flowlabel applies
	SPP_DSCP              SPPFlags = sys.SPP_DSCP              // DSCP applies
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f SPPFlags) String() string { return flagNames(f, namesSPPFlags) }

// SCTPEventSubscribe is struct sctp_event_subscribe: the notifications to receive.
type SCTPEventSubscribe struct {
	DataIO, Association, Address, SendFailure, PeerError, Shutdown, PartialDelivery,
	AdaptationLayer bool
	Authentication, SenderDry, StreamReset, AssocReset, StreamChange,
	SendFailureEvent bool
}

// SCTPEvent is struct sctp_event: whether to receive notifications of a type.
type SCTPEvent struct {
	AssocID SCTPAssocID
	Type    SCTPNotification
	On      bool
}

// An SCTPNotification is a type of notification.
type SCTPNotification int

// The types of notifications. See RFC 6458, section 6.1.
const (
	// not a notification: SCTP_SNDRCV with each message
	SCTP_DATA_IO_EVENT SCTPNotification = sys.SCTP_DATA_IO_EVENT
	// an association was established or restarted, failed or ended
	SCTP_ASSOC_CHANGE SCTPNotification = sys.SCTP_ASSOC_CHANGE
	// a peer's address changed its state
	SCTP_PEER_ADDR_CHANGE SCTPNotification = sys.SCTP_PEER_ADDR_CHANGE
	// a message was not delivered; SCTP_SEND_FAILED_EVENT is newer
	SCTP_SEND_FAILED SCTPNotification = sys.SCTP_SEND_FAILED
	// the peer sent an ERROR chunk
	SCTP_REMOTE_ERROR SCTPNotification = sys.SCTP_REMOTE_ERROR
	// the peer is shutting down: send no more
	SCTP_SHUTDOWN_EVENT SCTPNotification = sys.SCTP_SHUTDOWN_EVENT
	// the rest of a message received in parts will not arrive
	SCTP_PARTIAL_DELIVERY_EVENT SCTPNotification = sys.SCTP_PARTIAL_DELIVERY_EVENT
	// the peer's SCTP_ADAPTATION_LAYER
	SCTP_ADAPTATION_INDICATION SCTPNotification = sys.SCTP_ADAPTATION_INDICATION
	// a key was activated or is free, or the peer does not authenticate
	SCTP_AUTHENTICATION_EVENT SCTPNotification = sys.SCTP_AUTHENTICATION_EVENT
	// all that was sent is acknowledged
	SCTP_SENDER_DRY_EVENT SCTPNotification = sys.SCTP_SENDER_DRY_EVENT
	// streams were reset, or the reset was refused (RFC 6525)
	SCTP_STREAM_RESET_EVENT SCTPNotification = sys.SCTP_STREAM_RESET_EVENT
	// the association was reset, or the reset was refused (RFC 6525)
	SCTP_ASSOC_RESET_EVENT SCTPNotification = sys.SCTP_ASSOC_RESET_EVENT
	// streams were added, or the request was refused (RFC 6525)
	SCTP_STREAM_CHANGE_EVENT SCTPNotification = sys.SCTP_STREAM_CHANGE_EVENT
	// a message was not delivered, with its SCTP_SNDINFO
	SCTP_SEND_FAILED_EVENT SCTPNotification = sys.SCTP_SEND_FAILED_EVENT
)

// String returns the C name of n, or its number.
func (n SCTPNotification) String() string { return nameOf(n, namesSCTPNotification) }

// SCTPAssocValue is struct sctp_assoc_value.
type SCTPAssocValue struct {
	AssocID SCTPAssocID
	Value   uint32
}

// SCTPStreamReset are bits of SCTP_ENABLE_STREAM_RESET, for SCTPAssocValue.Value.
type SCTPStreamReset uint32

// See RFC 6525, section 6.3.1.
const (
	// the peer may reset streams
	SCTP_ENABLE_RESET_STREAM_REQ SCTPStreamReset = sys.SCTP_ENABLE_RESET_STREAM_REQ & 0xffffffff
	// the peer may reset the association
	SCTP_ENABLE_RESET_ASSOC_REQ SCTPStreamReset = sys.SCTP_ENABLE_RESET_ASSOC_REQ & 0xffffffff
	// the peer may add streams
	SCTP_ENABLE_CHANGE_ASSOC_REQ SCTPStreamReset = sys.SCTP_ENABLE_CHANGE_ASSOC_REQ & 0xffffffff
)

// String returns the C names of the bits in r, as MsgFlags.String does.
func (r SCTPStreamReset) String() string { return flagNames(r, namesSCTPStreamReset) }

// A SCTPStreamScheduler is a value of SCTP_STREAM_SCHEDULER, for SCTPAssocValue.Value.
type SCTPStreamScheduler uint32

// See RFC 8260, section 3.
const (
	SCTP_SS_FCFS SCTPStreamScheduler = sys.SCTP_SS_FCFS & 0xffffffff // first come, first served
	SCTP_SS_PRIO SCTPStreamScheduler = sys.SCTP_SS_PRIO & 0xffffffff // by the stream's priority
	SCTP_SS_RR   SCTPStreamScheduler = sys.SCTP_SS_RR & 0xffffffff   // in turn
)

// String returns the C name of s, or its number.
func (s SCTPStreamScheduler) String() string { return nameOf(s, namesSCTPStreamScheduler) }

// SCTPStreamValue is struct sctp_stream_value.
type SCTPStreamValue struct {
	AssocID SCTPAssocID
	Stream  uint16
	Value   uint16
}

// SCTPSackInfo is struct sctp_sack_info. Zero fields are left unchanged.
type SCTPSackInfo struct {
	AssocID SCTPAssocID
	Delay   time.Duration // up to 500 ms, rounded up to whole milliseconds
	Freq    uint32        // packets after which one is acknowledged at once; 1 means no delay
}

// SCTPStatus is struct sctp_status.
type SCTPStatus struct {
	AssocID            SCTPAssocID
	State              SCTPState
	Rwnd               uint32 // the peer's window, in bytes
	UnackData          uint16 // chunks not acknowledged
	PendData           uint16 // chunks to be received
	InStreams          uint16
	OutStreams         uint16
	FragmentationPoint uint32 // the largest message that is not fragmented, in bytes
	Primary            SCTPPaddrInfo
}

// An SCTPState is a state of an association.
type SCTPState int

// The states of an association. See RFC 9260, section 4, and RFC 6458, section 8.2.1.
const (
	SCTP_EMPTY             SCTPState = sys.SCTP_EMPTY             // a name only: Linux does not return it
	SCTP_CLOSED            SCTPState = sys.SCTP_CLOSED            // no association
	SCTP_COOKIE_WAIT       SCTPState = sys.SCTP_COOKIE_WAIT       // sent INIT, waiting for INIT ACK
	SCTP_COOKIE_ECHOED     SCTPState = sys.SCTP_COOKIE_ECHOED     // sent COOKIE ECHO, waiting for COOKIE ACK
	SCTP_ESTABLISHED       SCTPState = sys.SCTP_ESTABLISHED       // data goes both ways
	SCTP_SHUTDOWN_PENDING  SCTPState = sys.SCTP_SHUTDOWN_PENDING  // shut down here; data is not yet acknowledged
	SCTP_SHUTDOWN_SENT     SCTPState = sys.SCTP_SHUTDOWN_SENT     // sent SHUTDOWN, waiting for SHUTDOWN ACK
	SCTP_SHUTDOWN_RECEIVED SCTPState = sys.SCTP_SHUTDOWN_RECEIVED // received the peer's SHUTDOWN; data is not yet acknowledged
	SCTP_SHUTDOWN_ACK_SENT SCTPState = sys.SCTP_SHUTDOWN_ACK_SENT // sent SHUTDOWN ACK, waiting for SHUTDOWN COMPLETE
)

// String returns the C name of s, or its number.
func (s SCTPState) String() string { return nameOf(s, namesSCTPState) }

// SCTPPaddrInfo is struct sctp_paddrinfo: a peer's address.
type SCTPPaddrInfo struct {
	AssocID SCTPAssocID
	Address SockAddr
	State   SCTPPaddrState
	Cwnd    uint32        // congestion window, in bytes
	SRTT    uint32        // smoothed round-trip time, in ticks of the kernel's clock (CONFIG_HZ per second): Linux does not convert it
	RTO     time.Duration // retransmission timeout
	MTU     uint32
}

// An SCTPPaddrState is a state of a peer's address.
type SCTPPaddrState int

// The states of an address. See RFC 6458, section 8.2.2, and RFC 7829.
const (
	SCTP_INACTIVE    SCTPPaddrState = sys.SCTP_INACTIVE    // failed: it does not respond
	SCTP_PF          SCTPPaddrState = sys.SCTP_PF          // potentially failed
	SCTP_ACTIVE      SCTPPaddrState = sys.SCTP_ACTIVE      // in use
	SCTP_UNCONFIRMED SCTPPaddrState = sys.SCTP_UNCONFIRMED // no heartbeat acknowledged yet
	SCTP_UNKNOWN     SCTPPaddrState = sys.SCTP_UNKNOWN     // unknown
)

// String returns the C name of s, or its number.
func (s SCTPPaddrState) String() string { return nameOf(s, namesSCTPPaddrState) }

// SCTPAuthKey is struct sctp_authkey.
type SCTPAuthKey struct {
	AssocID SCTPAssocID
	Number  uint16
	Key     []byte
}

// SCTPAuthKeyID is struct sctp_authkeyid.
type SCTPAuthKeyID struct {
	AssocID SCTPAssocID
	Number  uint16
}

// An SCTPHMACID is an algorithm of SCTP_HMAC_IDENT.
type SCTPHMACID uint16

// The algorithms. See RFC 4895.
const (
	SCTP_AUTH_HMAC_ID_SHA1   SCTPHMACID = sys.SCTP_AUTH_HMAC_ID_SHA1 & 0xffff   // HMAC with SHA-1
	SCTP_AUTH_HMAC_ID_SHA256 SCTPHMACID = sys.SCTP_AUTH_HMAC_ID_SHA256 & 0xffff // HMAC with SHA-256
)

// String returns the C name of i, or its number.
func (i SCTPHMACID) String() string { return nameOf(i, namesSCTPHMACID) }

// SCTPAuthChunks is struct sctp_authchunks.
type SCTPAuthChunks struct {
	AssocID SCTPAssocID
	Chunks  []uint8 // types of chunks
}

// SCTPPaddrThlds is struct sctp_paddrthlds, and struct sctp_paddrthlds_v2 with PathCPThld.
type SCTPPaddrThlds struct {
	AssocID    SCTPAssocID
	Address    SockAddr // the zero SockAddr means all addresses
	PathMaxRxt uint16   // retransmissions before the address counts as failed
	PathPFThld uint16   // before it counts as potentially failed
	PathCPThld uint16   // before another becomes the primary one; SCTP_PEER_ADDR_THLDS_V2 only
}

// SCTPPeeloffArg is sctp_peeloff_flags_arg_t, and sctp_peeloff_arg_t without the flags.
type SCTPPeeloffArg struct {
	AssocID SCTPAssocID
	Flags   Type // SOCK_CLOEXEC, SOCK_NONBLOCK; SCTP_SOCKOPT_PEELOFF_FLAGS only
	FD      int  // result: the new file descriptor, which the caller closes
}

// SCTPGetAddrs is struct sctp_getaddrs.
type SCTPGetAddrs struct {
	AssocID SCTPAssocID
	Addrs   []SockAddr // result
}

// SCTPAssocStats is struct sctp_assoc_stats.
type SCTPAssocStats struct {
	AssocID    SCTPAssocID
	MaxRTOAddr SockAddr // the address at which MaxRTO occurred
	// MaxRTO is the largest retransmission timeout since the last Get, in ticks of the kernel's
	// clock (CONFIG_HZ per second): Linux does not convert it. Each Get resets it to the smallest
	// timeout.
	MaxRTO       uint64
	ISacks       uint64 // acknowledgements received
	OSacks       uint64 // acknowledgements sent
	OPackets     uint64 // packets sent
	IPackets     uint64 // packets received
	RtxChunks    uint64 // chunks retransmitted
	OutOfSeqTSNs uint64 // chunks that arrived too early
	IDupChunks   uint64 // chunks that arrived more than once
	GapCnt       uint64 // gaps that the peer reported
	OUODChunks   uint64 // unordered chunks sent
	IUODChunks   uint64 // unordered chunks received
	OODChunks    uint64 // ordered chunks sent
	IODChunks    uint64 // ordered chunks received
	OCtrlChunks  uint64 // control chunks sent
	ICtrlChunks  uint64 // control chunks received
}

// SCTPDefaultPRInfo is struct sctp_default_prinfo.
type SCTPDefaultPRInfo struct {
	AssocID SCTPAssocID
	Value   uint32 // as the policy says: milliseconds, retransmissions, or a priority
	Policy  SCTPPRPolicy
}

// An SCTPPRPolicy is a policy of partial reliability: it says when a message is abandoned.
type SCTPPRPolicy int

// The policies. See RFC 3758 and RFC 7496.
const (
	SCTP_PR_SCTP_NONE SCTPPRPolicy = sys.SCTP_PR_SCTP_NONE // never
	SCTP_PR_SCTP_TTL  SCTPPRPolicy = sys.SCTP_PR_SCTP_TTL  // after a time
	SCTP_PR_SCTP_RTX  SCTPPRPolicy = sys.SCTP_PR_SCTP_RTX  // after a number of retransmissions
	SCTP_PR_SCTP_PRIO SCTPPRPolicy = sys.SCTP_PR_SCTP_PRIO // when more important messages need the room
)

// String returns the C name of p, or its number.
func (p SCTPPRPolicy) String() string { return nameOf(p, namesSCTPPRPolicy) }

// SCTPPRStatus is struct sctp_prstatus.
type SCTPPRStatus struct {
	AssocID         SCTPAssocID
	Stream          uint16 // SCTP_PR_STREAM_STATUS only
	Policy          SCTPPRPolicy
	AbandonedUnsent uint64 // messages abandoned before any part was sent
	AbandonedSent   uint64 // messages abandoned later
}

// SCTPResetStreams is struct sctp_reset_streams.
type SCTPResetStreams struct {
	AssocID SCTPAssocID
	Flags   SCTPStreamResetFlags
	Streams []uint16 // empty means all
}

// SCTPStreamResetFlags say which streams to reset.
type SCTPStreamResetFlags int

// Which streams to reset. See RFC 6525, section 6.3.2.
const (
	SCTP_STREAM_RESET_INCOMING SCTPStreamResetFlags = sys.SCTP_STREAM_RESET_INCOMING // receive streams
	SCTP_STREAM_RESET_OUTGOING SCTPStreamResetFlags = sys.SCTP_STREAM_RESET_OUTGOING // send streams
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f SCTPStreamResetFlags) String() string { return flagNames(f, namesSCTPStreamResetFlags) }

// SCTPAddStreams is struct sctp_add_streams.
type SCTPAddStreams struct {
	AssocID    SCTPAssocID
	InStreams  uint16 // number of receive streams to add
	OutStreams uint16 // number of send streams to add
}

// SCTPUDPEncaps is struct sctp_udpencaps.
type SCTPUDPEncaps struct {
	AssocID SCTPAssocID
	Address SockAddr // the zero SockAddr means all addresses
	Port    uint16   // 0 means without UDP
}

// SCTPProbeInterval is struct sctp_probeinterval.
type SCTPProbeInterval struct {
	AssocID  SCTPAssocID
	Address  SockAddr      // the zero SockAddr means all addresses
	Interval time.Duration // 5 s or more, rounded up to whole milliseconds; 0 disables probing
}

// SCTPFlags are the flags with which a message is sent or was received.
type SCTPFlags uint16

// See RFC 6458, sections 5.3.2 and 5.3.4.
const (
	// the message may, or might have, overtaken others
	SCTP_UNORDERED SCTPFlags = sys.SCTP_UNORDERED
	// send to the address of the call, not to the primary one
	SCTP_ADDR_OVER SCTPFlags = sys.SCTP_ADDR_OVER
	// abort the association; the message is the reason
	SCTP_ABORT SCTPFlags = sys.SCTP_ABORT
	// request an immediate acknowledgement
	SCTP_SACK_IMMEDIATELY SCTPFlags = sys.SCTP_SACK_IMMEDIATELY
	// send to all associations of a one-to-many socket
	SCTP_SENDALL SCTPFlags = sys.SCTP_SENDALL
	// end the association once everything is sent
	SCTP_EOF SCTPFlags = sys.SCTP_EOF
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f SCTPFlags) String() string { return flagNames(f, namesSCTPFlags) }

// SCTPInitMsg holds the parameters of a new association, a struct sctp_initmsg. A field that is 0
// leaves the socket's value.
type SCTPInitMsg struct {
	NumOstreams  uint16        // how many streams to send on
	MaxInstreams uint16        // how many streams to receive on
	MaxAttempts  uint16        // how often to try
	MaxInitTimeo time.Duration // the longest wait between tries, rounded up to whole milliseconds, less than 65.536 s
}

// SCTPSndRcvInfo sets how to send a message, or reports how one was received: a struct
// sctp_sndrcvinfo. RFC 6458 replaces it by [SCTPSndInfo], [SCTPRcvInfo] and [SCTPPRInfo].
type SCTPSndRcvInfo struct {
	Stream     uint16
	SSN        uint16
	Flags      SCTPFlags
	PPID       uint32
	Context    uint32
	TimeToLive time.Duration // rounded up to whole milliseconds; 0: no limit
	TSN        uint32
	CumTSN     uint32
	AssocID    SCTPAssocID
}

// SCTPSndInfo sets how to send a message: a struct sctp_sndinfo.
type SCTPSndInfo struct {
	SID     uint16 // the stream
	Flags   SCTPFlags
	PPID    uint32
	Context uint32
	AssocID SCTPAssocID
}

// These structs are values of options and of control messages.

func putSCTPSndRcvInfo(n *csock_sctp_sndrcvinfo, i SCTPSndRcvInfo, timeToLive uint32_t) {
	n.sinfo_stream = uint16_t(i.Stream)
	n.sinfo_ssn = uint16_t(i.SSN)
	n.sinfo_flags = uint16_t(i.Flags)
	n.sinfo_ppid = uint32_t(i.PPID)
	n.sinfo_context = uint32_t(i.Context)
	n.sinfo_timetolive = timeToLive
	n.sinfo_tsn = uint32_t(i.TSN)
	n.sinfo_cumtsn = uint32_t(i.CumTSN)
	setInteger(&n.sinfo_assoc_id, int(i.AssocID))
}

func sctpSndRcvInfoOf(n *csock_sctp_sndrcvinfo) SCTPSndRcvInfo {
	return SCTPSndRcvInfo{
		Stream:     uint16(n.sinfo_stream),
		SSN:        uint16(n.sinfo_ssn),
		Flags:      SCTPFlags(n.sinfo_flags),
		PPID:       uint32(n.sinfo_ppid),
		Context:    uint32(n.sinfo_context),
		TimeToLive: ms(n.sinfo_timetolive),
		TSN:        uint32(n.sinfo_tsn),
		CumTSN:     uint32(n.sinfo_cumtsn),
		AssocID:    SCTPAssocID(n.sinfo_assoc_id),
	}
}

func putSCTPSndInfo(n *csock_sctp_sndinfo, i SCTPSndInfo) {
	n.snd_sid = uint16_t(i.SID)
	n.snd_flags = uint16_t(i.Flags)
	n.snd_ppid = uint32_t(i.PPID)
	n.snd_context = uint32_t(i.Context)
	setInteger(&n.snd_assoc_id, int(i.AssocID))
}
