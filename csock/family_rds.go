//go:build cgo

package csock

import (
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_RDS: reliable datagrams over InfiniBand or TCP, between IP addresses: InetAddr
// makes them. See rds(7), rds-rdma(7) and linux/rds.h. The RDS_INFO_* of rds-info(8) are options of
// raw bytes for NewOption.
//
// The structs of remote memory access are raw bytes too. They hold addresses of memory that an
// InfiniBand adapter reads and writes between calls. Such memory must be outside Go's heap, so the
// program that maps it also fills in the structs.

// SOL_RDS is the level of the options of AF_RDS sockets.
const SOL_RDS Level = sys.SOL_RDS

// RDS_CANCEL_SENT_TO discards queued messages for an address, or for all addresses if it is the
// zero SockAddr.
var RDS_CANCEL_SENT_TO Option[SockAddr] = declare(sockAddrCodec, canSet,
	"RDS_CANCEL_SENT_TO", sys.SOL_RDS, sys.RDS_CANCEL_SENT_TO)

// RDS_GET_MR registers memory for remote access: a struct rds_get_mr_args in native layout.
var RDS_GET_MR Option[[]byte] = declare(bytesCodec, canSet, "RDS_GET_MR", sys.SOL_RDS,
	sys.RDS_GET_MR)

// RDS_FREE_MR undoes RDS_GET_MR: a struct rds_free_mr_args in native layout.
var RDS_FREE_MR Option[[]byte] = declare(bytesCodec, canSet, "RDS_FREE_MR", sys.SOL_RDS,
	sys.RDS_FREE_MR)

// RDS_RECVERR makes Recvmsg report the results of remote accesses.
var RDS_RECVERR Option[bool] = declare(boolCodec, canBoth, "RDS_RECVERR", sys.SOL_RDS,
	sys.RDS_RECVERR)

// RDS_CONG_MONITOR makes Recvmsg report the congested destinations that are free again.
var RDS_CONG_MONITOR Option[bool] = declare(boolCodec, canSet,
	"RDS_CONG_MONITOR", sys.SOL_RDS, sys.RDS_CONG_MONITOR)

// RDS_GET_MR_FOR_DEST registers memory for one peer: a struct rds_get_mr_for_dest_args in native
// layout.
var RDS_GET_MR_FOR_DEST Option[[]byte] = declare(bytesCodec, canSet,
	"RDS_GET_MR_FOR_DEST", sys.SOL_RDS, sys.RDS_GET_MR_FOR_DEST)

// SO_RDS_TRANSPORT selects the transport of the socket's messages. Set it before Bind.
var SO_RDS_TRANSPORT Option[RDSTransport] = declare(newIntCodec[RDSTransport]("int"), canBoth,
	"SO_RDS_TRANSPORT", sys.SOL_RDS, sys.SO_RDS_TRANSPORT)

var rdsRxTraceSoCodec = platformCodec[[]RDSMessageRxpathLatency]("struct rds_rx_trace_so")

// SO_RDS_MSG_RXPATH_LATENCY makes Recvmsg report the times that a message spent in these stages, at
// most RDS_MSG_RX_DGRAM_TRACE_MAX.
var SO_RDS_MSG_RXPATH_LATENCY Option[[]RDSMessageRxpathLatency] = declare(rdsRxTraceSoCodec, canSet,
	"SO_RDS_MSG_RXPATH_LATENCY", sys.SOL_RDS, sys.SO_RDS_MSG_RXPATH_LATENCY)

// An RDSMessageRxpathLatency is a stage of a message's way to its receiver: an enum
// rds_message_rxpath_latency.
type RDSMessageRxpathLatency uint8

// See linux/rds.h.
const (
	// from the header to the first fragment
	RDS_MSG_RX_HDR_TO_DGRAM_START RDSMessageRxpathLatency = sys.RDS_MSG_RX_HDR_TO_DGRAM_START
	// from the first fragment to the last
	RDS_MSG_RX_DGRAM_REASSEMBLE RDSMessageRxpathLatency = sys.RDS_MSG_RX_DGRAM_REASSEMBLE
	// from the last fragment to the program
	RDS_MSG_RX_DGRAM_DELIVERED RDSMessageRxpathLatency = sys.RDS_MSG_RX_DGRAM_DELIVERED
	// the number of stages
	RDS_MSG_RX_DGRAM_TRACE_MAX RDSMessageRxpathLatency = sys.RDS_MSG_RX_DGRAM_TRACE_MAX
)

// String returns the C name of l, or its number.
func (l RDSMessageRxpathLatency) String() string { return nameOf(l, namesRDSMessageRxpathLatency) }

// An RDSTransport is a transport for RDS messages.
type RDSTransport int

// See linux/rds.h.
const (
	RDS_TRANS_IB   RDSTransport = sys.RDS_TRANS_IB   // InfiniBand
	RDS_TRANS_GAP  RDSTransport = sys.RDS_TRANS_GAP  // iWARP, which no longer exists
	RDS_TRANS_TCP  RDSTransport = sys.RDS_TRANS_TCP  // TCP
	RDS_TRANS_NONE RDSTransport = sys.RDS_TRANS_NONE // none yet
)

// String returns the C name of t, or its number.
func (t RDSTransport) String() string { return nameOf(t, namesRDSTransport) }

// RDS_MAX_ZCOOKIES is the most cookies in an RDS_CMSG_ZCOPY_COMPLETION.
const RDS_MAX_ZCOOKIES int = sys.RDS_MAX_ZCOOKIES

// Control messages of AF_RDS sockets. Those of remote memory have structs of linux/rds.h.
const (
	// RDS_CMSG_RDMA_ARGS requests a remote access: a struct rds_rdma_args.
	RDS_CMSG_RDMA_ARGS ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_RDMA_ARGS
	// RDS_CMSG_RDMA_DEST is the cookie of remote memory: a uint64.
	RDS_CMSG_RDMA_DEST ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_RDMA_DEST
	// RDS_CMSG_RDMA_MAP registers memory: a struct rds_get_mr_args.
	RDS_CMSG_RDMA_MAP ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_RDMA_MAP
	// RDS_CMSG_RDMA_STATUS is the result of a remote access: a struct rds_rdma_notify.
	RDS_CMSG_RDMA_STATUS ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_RDMA_STATUS
	// RDS_CMSG_CONG_UPDATE has a bit for each port modulo 64 that is free again: a uint64.
	RDS_CMSG_CONG_UPDATE ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_CONG_UPDATE
	// RDS_CMSG_ATOMIC_FADD adds to remote memory: a struct rds_atomic_args.
	RDS_CMSG_ATOMIC_FADD ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_ATOMIC_FADD
	// RDS_CMSG_ATOMIC_CSWP compares and swaps remote memory: a struct rds_atomic_args.
	RDS_CMSG_ATOMIC_CSWP ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_ATOMIC_CSWP
	// RDS_CMSG_MASKED_ATOMIC_FADD is RDS_CMSG_ATOMIC_FADD with a mask.
	RDS_CMSG_MASKED_ATOMIC_FADD ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_MASKED_ATOMIC_FADD
	// RDS_CMSG_MASKED_ATOMIC_CSWP is RDS_CMSG_ATOMIC_CSWP with a mask.
	RDS_CMSG_MASKED_ATOMIC_CSWP ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_MASKED_ATOMIC_CSWP
	// RDS_CMSG_RXPATH_LATENCY is the time that a message spent in each stage: a struct
	// rds_cmsg_rx_trace.
	RDS_CMSG_RXPATH_LATENCY ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_RXPATH_LATENCY
	// RDS_CMSG_ZCOPY_COOKIE is the cookie of a message sent with MSG_ZEROCOPY: a uint32.
	RDS_CMSG_ZCOPY_COOKIE ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_ZCOPY_COOKIE
	// RDS_CMSG_ZCOPY_COMPLETION are the cookies of messages whose memory is free again.
	RDS_CMSG_ZCOPY_COMPLETION ControlType = sys.SOL_RDS<<32 | sys.RDS_CMSG_ZCOPY_COMPLETION
)

// AppendRDSZcopyCookie appends the cookie of a message sent with MSG_ZEROCOPY
// (RDS_CMSG_ZCOPY_COOKIE).
func AppendRDSZcopyCookie(b []byte, cookie uint32) []byte {
	return appendValue(b, sys.SOL_RDS, sys.RDS_CMSG_ZCOPY_COOKIE, cookie)
}

// RDSZcopyCookies appends to cookies those of messages whose memory is free again
// (RDS_CMSG_ZCOPY_COMPLETION).
func (m ControlMessage) RDSZcopyCookies(cookies []uint32) ([]uint32, bool) {
	n, ok := loadIf[uint32](&m, sys.SOL_RDS, sys.RDS_CMSG_ZCOPY_COMPLETION)
	if !ok || int64(n) > int64(RDS_MAX_ZCOOKIES) || len(m.Data) < 4+4*int(n) {
		return cookies, false
	}
	for i := range int(n) {
		cookie, _ := load[uint32](m.Data[4+4*i:])
		cookies = append(cookies, cookie)
	}
	return cookies, true
}

// RDSCongUpdate returns the ports, modulo 64, that are free again (RDS_CMSG_CONG_UPDATE). Bit n is
// set if one of the ports n, n+64 and so on is free. RDS_CONG_MONITOR enables it.
func (m ControlMessage) RDSCongUpdate() (ports uint64, ok bool) {
	return loadIf[uint64](&m, sys.SOL_RDS, sys.RDS_CMSG_CONG_UPDATE)
}

// An RDSRxTrace is an element of a struct rds_cmsg_rx_trace: the time that a message spent in a
// stage of its way.
type RDSRxTrace struct {
	Stage   RDSMessageRxpathLatency
	Latency time.Duration
}

var rdsRxTraceCodec = platformCodec[[]RDSRxTrace]("struct rds_cmsg_rx_trace")

// RDSRxTraces returns the times that a message spent in the stages that SO_RDS_MSG_RXPATH_LATENCY
// chose (RDS_CMSG_RXPATH_LATENCY).
func (m ControlMessage) RDSRxTraces() ([]RDSRxTrace, bool) {
	if !m.is(sys.SOL_RDS, sys.RDS_CMSG_RXPATH_LATENCY) {
		return nil, false
	}
	traces, _, ok := parsePayload(rdsRxTraceCodec, m.Data)
	return traces, ok
}
