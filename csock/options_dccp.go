//go:build cgo

package csock

import (
	"encoding/binary"
	"fmt"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of DCCP sockets, at level SOL_DCCP. DCCP was part of Linux from 2.6.14 to 6.15. See
// linux/dccp.h and RFC 4340.
//
// DCCP_SOCKOPT_PACKET_SIZE, DCCP_SOCKOPT_CHANGE_L and DCCP_SOCKOPT_CHANGE_R have no effect, and are
// left out.

// DCCP_SOCKOPT_SERVICE is the service codes (RFC 5595): the one that a client asks for, or up to 32
// that a server has. They are numbers here, and in network order for the kernel.
var DCCP_SOCKOPT_SERVICE Option[[]uint32] = declare(dccpServiceCodec, canBoth,
	"DCCP_SOCKOPT_SERVICE", sys.SOL_DCCP, sys.DCCP_SOCKOPT_SERVICE)

// DCCP_SOCKOPT_GET_CUR_MPS is the largest packet that can be sent now, in bytes.
var DCCP_SOCKOPT_GET_CUR_MPS Option[int] = declare(intCodec, canGet, "DCCP_SOCKOPT_GET_CUR_MPS",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_GET_CUR_MPS)

// DCCP_SOCKOPT_SERVER_TIMEWAIT lets the server, not the client, hold the state TIMEWAIT.
var DCCP_SOCKOPT_SERVER_TIMEWAIT Option[bool] = declare(boolCodec, canBoth,
	"DCCP_SOCKOPT_SERVER_TIMEWAIT", sys.SOL_DCCP, sys.DCCP_SOCKOPT_SERVER_TIMEWAIT)

// DCCP_SOCKOPT_SEND_CSCOV is how much of what is sent the checksum covers: 0 all, 1 the header, n
// the header and 4*(n-1) bytes, up to 15. It is offered before Connect or Listen, and 0 until the
// connection stands.
var DCCP_SOCKOPT_SEND_CSCOV Option[int] = declare(intCodec, canBoth, "DCCP_SOCKOPT_SEND_CSCOV",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_SEND_CSCOV)

// DCCP_SOCKOPT_RECV_CSCOV is the least coverage of what is received, as in DCCP_SOCKOPT_SEND_CSCOV.
var DCCP_SOCKOPT_RECV_CSCOV Option[int] = declare(intCodec, canBoth, "DCCP_SOCKOPT_RECV_CSCOV",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_RECV_CSCOV)

// DCCP_SOCKOPT_AVAILABLE_CCIDS is the congestion controls that the kernel has.
var DCCP_SOCKOPT_AVAILABLE_CCIDS Option[[]byte] = declare(newBytesCodec(256), canGet,
	"DCCP_SOCKOPT_AVAILABLE_CCIDS", sys.SOL_DCCP, sys.DCCP_SOCKOPT_AVAILABLE_CCIDS)

// DCCP_SOCKOPT_CCID is the congestion controls that are wanted both ways, the best first.
var DCCP_SOCKOPT_CCID Option[[]byte] = declare(newBytesCodec(256), canSet, "DCCP_SOCKOPT_CCID",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_CCID)

// DCCP_SOCKOPT_TX_CCID is the congestion controls that are wanted for what is sent, the best first.
// Got, it is the one in use.
var DCCP_SOCKOPT_TX_CCID Option[[]byte] = declare(dccpCCIDCodec, canBoth, "DCCP_SOCKOPT_TX_CCID",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_TX_CCID)

// DCCP_SOCKOPT_RX_CCID is the congestion controls for what is received, as DCCP_SOCKOPT_TX_CCID.
var DCCP_SOCKOPT_RX_CCID Option[[]byte] = declare(dccpCCIDCodec, canBoth, "DCCP_SOCKOPT_RX_CCID",
	sys.SOL_DCCP, sys.DCCP_SOCKOPT_RX_CCID)

// DCCP_SOCKOPT_QPOLICY_ID is the order in which packets leave the queue.
var DCCP_SOCKOPT_QPOLICY_ID Option[DCCPQPolicy] = declare(newIntCodec[DCCPQPolicy]("int"), canBoth,
	"DCCP_SOCKOPT_QPOLICY_ID", sys.SOL_DCCP, sys.DCCP_SOCKOPT_QPOLICY_ID)

// DCCP_SOCKOPT_QPOLICY_TXQLEN is how many packets may wait to be sent; 0: any number.
var DCCP_SOCKOPT_QPOLICY_TXQLEN Option[int] = declare(intCodec, canBoth,
	"DCCP_SOCKOPT_QPOLICY_TXQLEN", sys.SOL_DCCP, sys.DCCP_SOCKOPT_QPOLICY_TXQLEN)

// DCCP_SOCKOPT_CCID_RX_INFO is what the receiver's congestion control tells, as native memory.
var DCCP_SOCKOPT_CCID_RX_INFO Option[[]byte] = declare(bytesCodec, canGet,
	"DCCP_SOCKOPT_CCID_RX_INFO", sys.SOL_DCCP, sys.DCCP_SOCKOPT_CCID_RX_INFO)

// DCCP_SOCKOPT_CCID_TX_INFO is what the sender's congestion control tells, as native memory.
var DCCP_SOCKOPT_CCID_TX_INFO Option[[]byte] = declare(bytesCodec, canGet,
	"DCCP_SOCKOPT_CCID_TX_INFO", sys.SOL_DCCP, sys.DCCP_SOCKOPT_CCID_TX_INFO)

// A DCCPQPolicy is a value of DCCP_SOCKOPT_QPOLICY_ID.
type DCCPQPolicy int

// In what order packets are sent.
const (
	DCCPQ_POLICY_SIMPLE DCCPQPolicy = sys.DCCPQ_POLICY_SIMPLE // the first first
	DCCPQ_POLICY_PRIO   DCCPQPolicy = sys.DCCPQ_POLICY_PRIO   // by priority
)

// Congestion controls.
const (
	DCCPC_CCID2 uint8 = sys.DCCPC_CCID2 & 0xff // like TCP's, RFC 4341
	DCCPC_CCID3 uint8 = sys.DCCPC_CCID3 & 0xff // TCP-friendly rate control, RFC 4342
)

var (
	dccpServiceCodec = useList(platformCodec[[]uint32]("be32[]"), 33, func(code uint32, n *uint32_t) error {
		binary.BigEndian.PutUint32(bytesOf(n), code)
		return nil
	}, func(n *uint32_t) uint32 { return binary.BigEndian.Uint32(bytesOf(n)) })

	// Bytes to set, an int to get.
	dccpCCIDCodec = &codec[[]uint8]{
		form:   form{kind: "bytes", shape: shapeBytes, size: sizeof_int},
		encode: func(ccids []uint8) (native, error) { return native{mem: ccids}, nil },
		decode: func(v native) ([]uint8, error) {
			var ccid c_int
			if copy(bytesOf(&ccid), v.mem) < sizeof_int || ccid < 0 || ccid > 255 {
				return nil, fmt.Errorf("answer %x: %w", v.mem, syscall.EPROTO)
			}
			return []uint8{uint8(ccid)}, nil
		},
	}
)

// SetDCCPService sets DCCP_SOCKOPT_SERVICE to one code, which is a number here and in network order for the kernel.
func (s *Socket) SetDCCPService(code uint32) error {
	return DCCP_SOCKOPT_SERVICE.Set(s, []uint32{code})
}

// DCCPService returns the first code of DCCP_SOCKOPT_SERVICE.
func (s *Socket) DCCPService() (uint32, error) {
	return first(DCCP_SOCKOPT_SERVICE.Get(s))
}

// SetDCCPCCID sets DCCP_SOCKOPT_CCID to one congestion control.
func (s *Socket) SetDCCPCCID(ccid uint8) error { return DCCP_SOCKOPT_CCID.Set(s, []byte{ccid}) }

// DCCPTxCCID returns DCCP_SOCKOPT_TX_CCID.
func (s *Socket) DCCPTxCCID() (uint8, error) { return first(DCCP_SOCKOPT_TX_CCID.Get(s)) }

// DCCPRxCCID returns DCCP_SOCKOPT_RX_CCID.
func (s *Socket) DCCPRxCCID() (uint8, error) { return first(DCCP_SOCKOPT_RX_CCID.Get(s)) }

// first is a list's first element, zero if there is none.
func first[T any](list []T, err error) (t T, _ error) {
	if len(list) > 0 {
		t = list[0]
	}
	return t, err
}

// SetDCCPServerTimewait sets DCCP_SOCKOPT_SERVER_TIMEWAIT.
func (s *Socket) SetDCCPServerTimewait(on bool) error { return DCCP_SOCKOPT_SERVER_TIMEWAIT.Set(s, on) }

// DCCPServerTimewait returns DCCP_SOCKOPT_SERVER_TIMEWAIT.
func (s *Socket) DCCPServerTimewait() (bool, error) { return DCCP_SOCKOPT_SERVER_TIMEWAIT.Get(s) }

// SetDCCPSendCscov sets DCCP_SOCKOPT_SEND_CSCOV.
func (s *Socket) SetDCCPSendCscov(coverage int) error {
	return DCCP_SOCKOPT_SEND_CSCOV.Set(s, coverage)
}

// DCCPSendCscov returns DCCP_SOCKOPT_SEND_CSCOV.
func (s *Socket) DCCPSendCscov() (int, error) { return DCCP_SOCKOPT_SEND_CSCOV.Get(s) }

// SetDCCPRecvCscov sets DCCP_SOCKOPT_RECV_CSCOV.
func (s *Socket) SetDCCPRecvCscov(coverage int) error {
	return DCCP_SOCKOPT_RECV_CSCOV.Set(s, coverage)
}

// DCCPRecvCscov returns DCCP_SOCKOPT_RECV_CSCOV.
func (s *Socket) DCCPRecvCscov() (int, error) { return DCCP_SOCKOPT_RECV_CSCOV.Get(s) }

// SetDCCPQpolicyTxqlen sets DCCP_SOCKOPT_QPOLICY_TXQLEN.
func (s *Socket) SetDCCPQpolicyTxqlen(packets int) error {
	return DCCP_SOCKOPT_QPOLICY_TXQLEN.Set(s, packets)
}

// DCCPQpolicyTxqlen returns DCCP_SOCKOPT_QPOLICY_TXQLEN.
func (s *Socket) DCCPQpolicyTxqlen() (int, error) { return DCCP_SOCKOPT_QPOLICY_TXQLEN.Get(s) }

// DCCPAvailableCCIDs returns DCCP_SOCKOPT_AVAILABLE_CCIDS.
func (s *Socket) DCCPAvailableCCIDs() ([]uint8, error) { return DCCP_SOCKOPT_AVAILABLE_CCIDS.Get(s) }

// DCCPCurMPS returns DCCP_SOCKOPT_GET_CUR_MPS.
func (s *Socket) DCCPCurMPS() (int, error) { return DCCP_SOCKOPT_GET_CUR_MPS.Get(s) }
