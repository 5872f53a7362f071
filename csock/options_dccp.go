//go:build cgo

package csock

import (
	"fmt"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of DCCP sockets, at level SOL_DCCP. DCCP was part of Linux from 2.6.14 to 6.15. See
// linux/dccp.h and RFC 4340.
//
// DCCP_SOCKOPT_PACKET_SIZE, DCCP_SOCKOPT_CHANGE_L and DCCP_SOCKOPT_CHANGE_R have no effect, and are
// left out.

// DCCP_SOCKOPT_SERVICE holds the service codes (RFC 5595): one that a client requests, or up to 32
// that a server offers. They are numbers here, and in network order for the kernel.
var DCCP_SOCKOPT_SERVICE Option[[]uint32] = declare(dccpServiceCodec, canBoth,
	"DCCP_SOCKOPT_SERVICE", sys.SOL_DCCP, sys.DCCP_SOCKOPT_SERVICE)

// DCCP_SOCKOPT_GET_CUR_MPS is the largest packet that can be sent now, in bytes.
var DCCP_SOCKOPT_GET_CUR_MPS Option[int] = declare(intCodec, canGet, "DCCP_SOCKOPT_GET_CUR_MPS",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_GET_CUR_MPS)

// DCCP_SOCKOPT_SERVER_TIMEWAIT makes the server, not the client, hold state TIMEWAIT.
var DCCP_SOCKOPT_SERVER_TIMEWAIT Option[bool] = declare(boolCodec, canBoth,
	"DCCP_SOCKOPT_SERVER_TIMEWAIT", sys.SOL_DCCP, sys.DCCP_SOCKOPT_SERVER_TIMEWAIT)

// DCCP_SOCKOPT_SEND_CSCOV is the checksum coverage of sent packets: 0 all, 1 the header, n the
// header and 4*(n-1) bytes, up to 15. It is offered before Connect or Listen, and reads as 0 until
// the connection is established.
var DCCP_SOCKOPT_SEND_CSCOV Option[int] = declare(intCodec, canBoth, "DCCP_SOCKOPT_SEND_CSCOV",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_SEND_CSCOV)

// DCCP_SOCKOPT_RECV_CSCOV is the least checksum coverage of received packets, as in
// DCCP_SOCKOPT_SEND_CSCOV.
var DCCP_SOCKOPT_RECV_CSCOV Option[int] = declare(intCodec, canBoth, "DCCP_SOCKOPT_RECV_CSCOV",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_RECV_CSCOV)

// DCCP_SOCKOPT_AVAILABLE_CCIDS lists the congestion controls of the kernel.
var DCCP_SOCKOPT_AVAILABLE_CCIDS Option[[]DCCPCCID] = declare(dccpCCIDsCodec, canGet,
	"DCCP_SOCKOPT_AVAILABLE_CCIDS", sys.SOL_DCCP, sys.DCCP_SOCKOPT_AVAILABLE_CCIDS)

// DCCP_SOCKOPT_CCID lists the preferred congestion controls for both directions, the best first.
var DCCP_SOCKOPT_CCID Option[[]DCCPCCID] = declare(dccpCCIDsCodec, canSet, "DCCP_SOCKOPT_CCID",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_CCID)

// DCCP_SOCKOPT_TX_CCID lists the preferred congestion controls for sent packets, the best first.
// Get returns the one in use.
var DCCP_SOCKOPT_TX_CCID Option[[]DCCPCCID] = declare(dccpCCIDCodec, canBoth,
	"DCCP_SOCKOPT_TX_CCID",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_TX_CCID)

// DCCP_SOCKOPT_RX_CCID lists the congestion controls for received packets, as DCCP_SOCKOPT_TX_CCID.
var DCCP_SOCKOPT_RX_CCID Option[[]DCCPCCID] = declare(dccpCCIDCodec, canBoth,
	"DCCP_SOCKOPT_RX_CCID",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_RX_CCID)

// DCCP_SOCKOPT_QPOLICY_ID is the order in which packets leave the queue.
var DCCP_SOCKOPT_QPOLICY_ID Option[DCCPQPolicy] = declare(newIntCodec[DCCPQPolicy]("int"), canBoth,
	"DCCP_SOCKOPT_QPOLICY_ID", sys.SOL_DCCP, sys.DCCP_SOCKOPT_QPOLICY_ID)

// DCCP_SOCKOPT_QPOLICY_TXQLEN is the maximum number of packets that wait to be sent; 0 means no
// limit.
var DCCP_SOCKOPT_QPOLICY_TXQLEN Option[int] = declare(intCodec, canBoth,
	"DCCP_SOCKOPT_QPOLICY_TXQLEN", sys.SOL_DCCP, sys.DCCP_SOCKOPT_QPOLICY_TXQLEN)

// DCCP_SOCKOPT_CCID_RX_INFO is the information of the receiver's congestion control, as native
// memory.
var DCCP_SOCKOPT_CCID_RX_INFO Option[[]byte] = declare(bytesCodec, canGet,
	"DCCP_SOCKOPT_CCID_RX_INFO", sys.SOL_DCCP, sys.DCCP_SOCKOPT_CCID_RX_INFO)

// DCCP_SOCKOPT_CCID_TX_INFO is the information of the sender's congestion control, as native
// memory.
var DCCP_SOCKOPT_CCID_TX_INFO Option[[]byte] = declare(bytesCodec, canGet,
	"DCCP_SOCKOPT_CCID_TX_INFO", sys.SOL_DCCP, sys.DCCP_SOCKOPT_CCID_TX_INFO)

// A DCCPQPolicy is a value of DCCP_SOCKOPT_QPOLICY_ID.
type DCCPQPolicy int

// The order in which packets are sent.
const (
	DCCPQ_POLICY_SIMPLE DCCPQPolicy = sys.DCCPQ_POLICY_SIMPLE // first in, first out
	DCCPQ_POLICY_PRIO   DCCPQPolicy = sys.DCCPQ_POLICY_PRIO   // by priority
)

// String returns the C name of p, or its number.
func (p DCCPQPolicy) String() string { return nameOf(p, namesDCCPQPolicy) }

// A DCCPCCID is a congestion control of DCCP.
type DCCPCCID uint8

// See RFC 4340, section 10.
const (
	DCCPC_CCID2 DCCPCCID = sys.DCCPC_CCID2 & 0xff // like TCP's, RFC 4341
	DCCPC_CCID3 DCCPCCID = sys.DCCPC_CCID3 & 0xff // TCP-friendly rate control, RFC 4342
)

// String returns the C name of c, or its number.
func (c DCCPCCID) String() string { return nameOf(c, namesDCCPCCID) }

var (
	dccpServiceCodec = useList(platformCodec[[]uint32]("be32[]"), 33,
		func(code uint32, n *uint32_t) error {
			putBE32(n, code)
			return nil
		}, func(n *uint32_t) uint32 { return getBE32(n) })

	dccpCCIDsCodec = useList(platformCodec[[]DCCPCCID]("uint8_t[]"), 256,
		func(ccid DCCPCCID, n *uint8_t) error {
			*n = uint8_t(ccid)
			return nil
		}, func(n *uint8_t) DCCPCCID { return DCCPCCID(*n) })

	// Set takes bytes, Get reads an int.
	dccpCCIDCodec = &codec[[]DCCPCCID]{
		form:   form{kind: "uint8_t[]", shape: shapeBytes, size: sizeof_int},
		encode: dccpCCIDsCodec.encode,
		decode: func(v native) ([]DCCPCCID, error) {
			var ccid c_int
			if copy(bytesOf(&ccid), v.mem) < sizeof_int || ccid < 0 || ccid > 255 {
				return nil, fmt.Errorf("value %x: %w", v.mem, syscall.EPROTO)
			}
			return []DCCPCCID{DCCPCCID(ccid)}, nil
		},
	}
)

// SetDCCPService sets the service code, a number here and in network order for the kernel
// ([DCCP_SOCKOPT_SERVICE]).
func (s *Socket) SetDCCPService(code uint32) error {
	return DCCP_SOCKOPT_SERVICE.Set(s, []uint32{code})
}

// DCCPService returns the first service code ([DCCP_SOCKOPT_SERVICE]).
func (s *Socket) DCCPService() (uint32, error) {
	return first(DCCP_SOCKOPT_SERVICE.Get(s))
}

// SetDCCPCCID selects one congestion control for both directions ([DCCP_SOCKOPT_CCID]).
func (s *Socket) SetDCCPCCID(ccid DCCPCCID) error {
	return DCCP_SOCKOPT_CCID.Set(s, []DCCPCCID{ccid})
}

// DCCPTxCCID returns the congestion control for sent packets ([DCCP_SOCKOPT_TX_CCID]).
func (s *Socket) DCCPTxCCID() (DCCPCCID, error) { return first(DCCP_SOCKOPT_TX_CCID.Get(s)) }

// DCCPRxCCID returns the congestion control for received packets ([DCCP_SOCKOPT_RX_CCID]).
func (s *Socket) DCCPRxCCID() (DCCPCCID, error) { return first(DCCP_SOCKOPT_RX_CCID.Get(s)) }

// first returns the first element of list, or zero.
func first[T any](list []T, err error) (t T, _ error) {
	if len(list) > 0 {
		t = list[0]
	}
	return t, err
}

// SetDCCPServerTimewait makes the server hold state TIMEWAIT ([DCCP_SOCKOPT_SERVER_TIMEWAIT]).
func (s *Socket) SetDCCPServerTimewait(on bool) error {
	return DCCP_SOCKOPT_SERVER_TIMEWAIT.Set(s, on)
}

// DCCPServerTimewait reports whether the server holds state TIMEWAIT
// ([DCCP_SOCKOPT_SERVER_TIMEWAIT]).
func (s *Socket) DCCPServerTimewait() (bool, error) { return DCCP_SOCKOPT_SERVER_TIMEWAIT.Get(s) }

// SetDCCPSendCscov sets the checksum coverage of sent packets ([DCCP_SOCKOPT_SEND_CSCOV]).
func (s *Socket) SetDCCPSendCscov(coverage int) error {
	return DCCP_SOCKOPT_SEND_CSCOV.Set(s, coverage)
}

// DCCPSendCscov returns the checksum coverage of sent packets ([DCCP_SOCKOPT_SEND_CSCOV]).
func (s *Socket) DCCPSendCscov() (int, error) { return DCCP_SOCKOPT_SEND_CSCOV.Get(s) }

// SetDCCPRecvCscov sets the least checksum coverage of received packets
// ([DCCP_SOCKOPT_RECV_CSCOV]).
func (s *Socket) SetDCCPRecvCscov(coverage int) error {
	return DCCP_SOCKOPT_RECV_CSCOV.Set(s, coverage)
}

// DCCPRecvCscov returns the least checksum coverage of received packets
// ([DCCP_SOCKOPT_RECV_CSCOV]).
func (s *Socket) DCCPRecvCscov() (int, error) { return DCCP_SOCKOPT_RECV_CSCOV.Get(s) }

// SetDCCPQpolicyTxqlen sets the maximum number of packets that wait to be sent
// ([DCCP_SOCKOPT_QPOLICY_TXQLEN]). 0 means no limit.
func (s *Socket) SetDCCPQpolicyTxqlen(packets int) error {
	return DCCP_SOCKOPT_QPOLICY_TXQLEN.Set(s, packets)
}

// DCCPQpolicyTxqlen returns the maximum number of packets that wait to be sent
// ([DCCP_SOCKOPT_QPOLICY_TXQLEN]).
func (s *Socket) DCCPQpolicyTxqlen() (int, error) { return DCCP_SOCKOPT_QPOLICY_TXQLEN.Get(s) }

// DCCPAvailableCCIDs returns the congestion controls of the kernel
// ([DCCP_SOCKOPT_AVAILABLE_CCIDS]).
func (s *Socket) DCCPAvailableCCIDs() ([]DCCPCCID, error) {
	return DCCP_SOCKOPT_AVAILABLE_CCIDS.Get(s)
}

// DCCPCurMPS returns the largest packet that can be sent now, in bytes
// ([DCCP_SOCKOPT_GET_CUR_MPS]).
func (s *Socket) DCCPCurMPS() (int, error) { return DCCP_SOCKOPT_GET_CUR_MPS.Get(s) }
