//go:build cgo

package csock

import (
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A TCPState is a state of a TCP connection, as RFC 9293 names them.
type TCPState int

// See RFC 9293, section 3.3.2.
const (
	TCP_ESTABLISHED    TCPState = sys.TCP_ESTABLISHED    // connected: data goes both ways
	TCP_SYN_SENT       TCPState = sys.TCP_SYN_SENT       // Connect sent a SYN, no answer came
	TCP_SYN_RECV       TCPState = sys.TCP_SYN_RECV       // a SYN came and was answered; the answer's acknowledgement has not come
	TCP_FIN_WAIT1      TCPState = sys.TCP_FIN_WAIT1      // closed here; our FIN is not acknowledged
	TCP_FIN_WAIT2      TCPState = sys.TCP_FIN_WAIT2      // our FIN is acknowledged; the peer's has not come
	TCP_TIME_WAIT      TCPState = sys.TCP_TIME_WAIT      // closed by both; late segments may still come
	TCP_CLOSE          TCPState = sys.TCP_CLOSE          // no connection: RFC 9293's CLOSED
	TCP_CLOSE_WAIT     TCPState = sys.TCP_CLOSE_WAIT     // the peer's FIN came; not closed here
	TCP_LAST_ACK       TCPState = sys.TCP_LAST_ACK       // closed here after the peer; our FIN is not acknowledged
	TCP_LISTEN         TCPState = sys.TCP_LISTEN         // waits for connections
	TCP_CLOSING        TCPState = sys.TCP_CLOSING        // closed by both at once; our FIN is not acknowledged
	TCP_NEW_SYN_RECV   TCPState = sys.TCP_NEW_SYN_RECV   // a request that has no socket yet
	TCP_BOUND_INACTIVE TCPState = sys.TCP_BOUND_INACTIVE // bound and no more, since Linux 6.8
)

// A TCPCAState is what the sender makes of the last losses and reorderings.
type TCPCAState int

// See <linux/tcp.h>.
const (
	TCP_CA_Open     TCPCAState = sys.TCP_CA_Open     // nothing is wrong
	TCP_CA_Disorder TCPCAState = sys.TCP_CA_Disorder // duplicate acknowledgements or SACKs: loss or reordering
	TCP_CA_CWR      TCPCAState = sys.TCP_CA_CWR      // the window shrinks after an ECN mark or a local drop
	TCP_CA_Recovery TCPCAState = sys.TCP_CA_Recovery // fast retransmit
	TCP_CA_Loss     TCPCAState = sys.TCP_CA_Loss     // after a retransmission timeout
)

// TCPIOptions are the options that the two sides of a connection negotiated.
type TCPIOptions int

// See <linux/tcp.h>.
const (
	TCPI_OPT_TIMESTAMPS TCPIOptions = sys.TCPI_OPT_TIMESTAMPS // timestamps are in use
	TCPI_OPT_SACK       TCPIOptions = sys.TCPI_OPT_SACK       // selective acknowledgements are in use
	TCPI_OPT_WSCALE     TCPIOptions = sys.TCPI_OPT_WSCALE     // window scaling is in use
	TCPI_OPT_ECN        TCPIOptions = sys.TCPI_OPT_ECN        // ECN was negotiated
	TCPI_OPT_ECN_SEEN   TCPIOptions = sys.TCPI_OPT_ECN_SEEN   // a packet with an ECN codepoint has come
	TCPI_OPT_SYN_DATA   TCPIOptions = sys.TCPI_OPT_SYN_DATA   // data of the SYN was acknowledged (TCP Fast Open)
	TCPI_OPT_USEC_TS    TCPIOptions = sys.TCPI_OPT_USEC_TS    // timestamps count microseconds, since Linux 6.7
	TCPI_OPT_TFO_CHILD  TCPIOptions = sys.TCPI_OPT_TFO_CHILD  // accepted by way of TCP Fast Open, since Linux 6.16
)

// TCPInfo is struct tcp_info, what the kernel tells of a connection. Windows and segment sizes are in bytes,
// congestion windows and thresholds in segments, rates in bytes a second. Fields that the running kernel has not are zero; Has tells them
// from others. See tcp(7) and, for the names of RFC 4898, its objects tcpEStats….
type TCPInfo struct {
	State       TCPState
	CAState     TCPCAState
	Retransmits uint8 // timeouts of the oldest segment in a row
	Probes      uint8 // probes of a closed window, or of keepalive, without an answer
	Backoff     uint8 // how often the timeout has doubled
	Options     TCPIOptions
	SndWscale   uint8 // window scale of the peer
	RcvWscale   uint8 // our window scale

	DeliveryRateAppLimited bool  // DeliveryRate was limited by the application, since Linux 4.9
	FastopenClientFail     uint8 // why the client's Fast Open failed: 1 no cookie, 2 data not acknowledged, 3 SYN retransmitted, since Linux 5.5

	RTO    time.Duration // retransmission timeout
	ATO    time.Duration // delayed acknowledgement timeout
	SndMSS uint32
	RcvMSS uint32

	Unacked uint32 // segments sent and not acknowledged; of a listener, connections that wait for Accept
	Sacked  uint32 // segments acknowledged selectively; of a listener, its backlog
	Lost    uint32 // segments deemed lost
	Retrans uint32 // segments retransmitted and not acknowledged
	Fackets uint32 // 0 since Linux 4.15

	LastDataSent time.Duration // since data was sent
	LastAckSent  time.Duration // not remembered by Linux: 0
	LastDataRecv time.Duration // since data came
	LastAckRecv  time.Duration // since an acknowledgement came

	PMTU        uint32 // path MTU
	RcvSsthresh uint32
	RTT         time.Duration // smoothed round-trip time
	RTTVar      time.Duration // its mean deviation
	SndSsthresh uint32
	SndCwnd     uint32
	AdvMSS      uint32 // the segment size that we advertise
	Reordering  uint32 // segments

	RcvRTT       time.Duration // round-trip time as the receiver estimates it
	RcvSpace     uint32        // receive buffer that tuning aims at
	TotalRetrans uint32        // segments retransmitted

	PacingRate    uint64 // since Linux 3.15
	MaxPacingRate uint64 // since Linux 3.15
	BytesAcked    uint64 // since Linux 4.1
	BytesReceived uint64 // since Linux 4.1
	SegsOut       uint32 // since Linux 4.2
	SegsIn        uint32 // since Linux 4.2

	NotsentBytes uint32        // since Linux 4.6
	MinRTT       time.Duration // the largest duration of 32 bits: no sample yet; since Linux 4.6
	DataSegsIn   uint32        // since Linux 4.6
	DataSegsOut  uint32        // since Linux 4.6

	DeliveryRate  uint64        // since Linux 4.9
	BusyTime      time.Duration // with data to send, since Linux 4.10
	RwndLimited   time.Duration // held up by the peer's window, since Linux 4.10
	SndbufLimited time.Duration // held up by the send buffer, since Linux 4.10

	Delivered    uint32 // segments delivered, retransmitted ones included, since Linux 4.18
	DeliveredCE  uint32 // those of them with an ECN mark, since Linux 4.18
	BytesSent    uint64 // retransmitted ones included, since Linux 4.19
	BytesRetrans uint64 // since Linux 4.19
	DSACKDups    uint32 // duplicates that the peer told of, since Linux 4.19
	ReordSeen    uint32 // reorderings, since Linux 4.19

	RcvOoopack uint32 // segments that came out of order, since Linux 5.4
	SndWnd     uint32 // the peer's window, since Linux 5.4
	RcvWnd     uint32 // our window as the peer sees it, since Linux 6.2
	Rehash     uint32 // changes of the flow's hash after timeouts, since Linux 6.2

	TotalRTO           uint16        // retransmission timeouts, since Linux 6.7
	TotalRTORecoveries uint16        // recoveries from them, since Linux 6.7
	TotalRTOTime       time.Duration // time spent in these recoveries, since Linux 6.7

	// Accurate ECN, since Linux 6.18.
	ReceivedCE       uint32 // segments with a CE mark that came
	DeliveredE1Bytes uint32 // bytes the peer received with codepoint ECT(1)
	DeliveredE0Bytes uint32 // with ECT(0)
	DeliveredCEBytes uint32 // with CE
	ReceivedE1Bytes  uint32 // bytes that came with ECT(1)
	ReceivedE0Bytes  uint32 // with ECT(0)
	ReceivedCEBytes  uint32 // with CE
	AccECN           uint32 // how negotiation went, as the kernel packs it: Linux 6.18 and 7.0 differ

	filled int
}

// Len returns how many bytes of struct tcp_info the kernel filled.
func (i *TCPInfo) Len() int { return i.filled }

// Has reports whether the kernel filled a field, given by its address: info.Has(&info.RcvWnd).
func (i *TCPInfo) Has(field any) bool {
	return isFilled(tcpInfoCodec, i, i.filled, field)
}
