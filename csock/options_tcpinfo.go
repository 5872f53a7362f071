//go:build cgo

package csock

import (
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

var tcpInfoCodec = platformCodec[TCPInfo]("struct tcp_info")

// A TCPState is a state of a TCP connection, named as in RFC 9293.
type TCPState int

// The states of a connection. See RFC 9293, section 3.3.2.
const (
	TCP_ESTABLISHED    TCPState = sys.TCP_ESTABLISHED    // connected: data goes both ways
	TCP_SYN_SENT       TCPState = sys.TCP_SYN_SENT       // Connect has sent a SYN; no reply yet
	TCP_SYN_RECV       TCPState = sys.TCP_SYN_RECV       // received a SYN and replied; the reply is not acknowledged
	TCP_FIN_WAIT1      TCPState = sys.TCP_FIN_WAIT1      // closed here; our FIN is not acknowledged
	TCP_FIN_WAIT2      TCPState = sys.TCP_FIN_WAIT2      // our FIN is acknowledged; the peer's has not arrived
	TCP_TIME_WAIT      TCPState = sys.TCP_TIME_WAIT      // closed by both; late segments may still arrive
	TCP_CLOSE          TCPState = sys.TCP_CLOSE          // no connection: RFC 9293's CLOSED
	TCP_CLOSE_WAIT     TCPState = sys.TCP_CLOSE_WAIT     // received the peer's FIN; not closed here
	TCP_LAST_ACK       TCPState = sys.TCP_LAST_ACK       // closed here after the peer; our FIN is not acknowledged
	TCP_LISTEN         TCPState = sys.TCP_LISTEN         // waits for connections
	TCP_CLOSING        TCPState = sys.TCP_CLOSING        // closed by both at once; our FIN is not acknowledged
	TCP_NEW_SYN_RECV   TCPState = sys.TCP_NEW_SYN_RECV   // a request that has no socket yet
	TCP_BOUND_INACTIVE TCPState = sys.TCP_BOUND_INACTIVE // bound only, since Linux 6.8
)

// String returns the C name of s, or its number.
func (s TCPState) String() string { return nameOf(s, namesTCPState) }

// A TCPCAState is the sender's view of recent losses and reorderings.
type TCPCAState int

// The congestion states. See <linux/tcp.h>.
const (
	TCP_CA_Open     TCPCAState = sys.TCP_CA_Open     // nothing is wrong
	TCP_CA_Disorder TCPCAState = sys.TCP_CA_Disorder // duplicate acknowledgements or SACKs: loss or reordering
	TCP_CA_CWR      TCPCAState = sys.TCP_CA_CWR      // the window shrinks after an ECN mark or a local drop
	TCP_CA_Recovery TCPCAState = sys.TCP_CA_Recovery // fast retransmit
	TCP_CA_Loss     TCPCAState = sys.TCP_CA_Loss     // after a retransmission timeout
)

// String returns the C name of s, or its number.
func (s TCPCAState) String() string { return nameOf(s, namesTCPCAState) }

// TCPIOptions are the options that the two sides of a connection negotiated.
type TCPIOptions int

// The negotiated options. See <linux/tcp.h>.
const (
	TCPI_OPT_TIMESTAMPS TCPIOptions = sys.TCPI_OPT_TIMESTAMPS // timestamps are in use
	TCPI_OPT_SACK       TCPIOptions = sys.TCPI_OPT_SACK       // selective acknowledgements are in use
	TCPI_OPT_WSCALE     TCPIOptions = sys.TCPI_OPT_WSCALE     // window scaling is in use
	TCPI_OPT_ECN        TCPIOptions = sys.TCPI_OPT_ECN        // ECN was negotiated
	TCPI_OPT_ECN_SEEN   TCPIOptions = sys.TCPI_OPT_ECN_SEEN   // a packet with an ECN codepoint has arrived
	TCPI_OPT_SYN_DATA   TCPIOptions = sys.TCPI_OPT_SYN_DATA   // data of the SYN was acknowledged (TCP Fast Open)
	TCPI_OPT_USEC_TS    TCPIOptions = sys.TCPI_OPT_USEC_TS    // timestamps count microseconds, since Linux 6.7
	TCPI_OPT_TFO_CHILD  TCPIOptions = sys.TCPI_OPT_TFO_CHILD  // accepted through TCP Fast Open, since Linux 6.16
)

// String returns the C names of the flags in o, as MsgFlags.String does.
func (o TCPIOptions) String() string { return flagNames(o, namesTCPIOptions) }

// TCPInfo is struct tcp_info: the kernel's information about a connection. Windows and segment
// sizes are in bytes, congestion windows and thresholds in segments, rates in bytes per second.
// Fields that the running kernel lacks are zero; Has distinguishes them. See tcp(7) and, for the
// names of RFC 4898, its objects tcpEStats….
type TCPInfo struct {
	State       TCPState
	CAState     TCPCAState
	Retransmits uint8 // consecutive timeouts of the oldest segment
	Probes      uint8 // unacknowledged probes of a closed window, or of keepalive
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

	Unacked uint32 // segments sent and not acknowledged; on a listener, connections that wait for Accept
	Sacked  uint32 // segments acknowledged selectively; on a listener, its backlog
	Lost    uint32 // segments deemed lost
	Retrans uint32 // segments retransmitted and not acknowledged
	Fackets uint32 // 0 since Linux 4.15

	LastDataSent time.Duration // since data was sent
	LastAckSent  time.Duration // 0: Linux does not record it
	LastDataRecv time.Duration // since data arrived
	LastAckRecv  time.Duration // since an acknowledgement arrived

	PMTU        uint32 // path MTU
	RcvSsthresh uint32
	RTT         time.Duration // smoothed round-trip time
	RTTVar      time.Duration // its mean deviation
	SndSsthresh uint32
	SndCwnd     uint32
	AdvMSS      uint32 // the segment size that we announce
	Reordering  uint32 // segments

	RcvRTT       time.Duration // round-trip time as estimated by the receiver
	RcvSpace     uint32        // receive buffer that autotuning aims at
	TotalRetrans uint32        // segments retransmitted

	PacingRate    uint64 // since Linux 3.15
	MaxPacingRate uint64 // since Linux 3.15
	BytesAcked    uint64 // since Linux 4.1
	BytesReceived uint64 // since Linux 4.1
	SegsOut       uint32 // since Linux 4.2
	SegsIn        uint32 // since Linux 4.2

	NotsentBytes uint32        // since Linux 4.6
	MinRTT       time.Duration // the largest 32-bit duration means no sample yet; since Linux 4.6
	DataSegsIn   uint32        // since Linux 4.6
	DataSegsOut  uint32        // since Linux 4.6

	DeliveryRate  uint64        // since Linux 4.9
	BusyTime      time.Duration // with data to send, since Linux 4.10
	RwndLimited   time.Duration // blocked by the peer's window, since Linux 4.10
	SndbufLimited time.Duration // blocked by the send buffer, since Linux 4.10

	Delivered    uint32 // segments delivered, including retransmissions, since Linux 4.18
	DeliveredCE  uint32 // delivered segments with an ECN mark, since Linux 4.18
	BytesSent    uint64 // including retransmissions, since Linux 4.19
	BytesRetrans uint64 // since Linux 4.19
	DSACKDups    uint32 // duplicates that the peer reported, since Linux 4.19
	ReordSeen    uint32 // reorderings, since Linux 4.19

	RcvOoopack uint32 // segments that arrived out of order, since Linux 5.4
	SndWnd     uint32 // the peer's window, since Linux 5.4
	RcvWnd     uint32 // our window as the peer sees it, since Linux 6.2
	Rehash     uint32 // changes of the flow's hash after timeouts, since Linux 6.2

	TotalRTO           uint16        // retransmission timeouts, since Linux 6.7
	TotalRTORecoveries uint16        // recoveries from them, since Linux 6.7
	TotalRTOTime       time.Duration // time spent in these recoveries, since Linux 6.7

	// Accurate ECN, since Linux 6.18.
	ReceivedCE       uint32 // received segments with a CE mark
	DeliveredE1Bytes uint32 // bytes the peer received with codepoint ECT(1)
	DeliveredE0Bytes uint32 // with ECT(0)
	DeliveredCEBytes uint32 // with CE
	ReceivedE1Bytes  uint32 // bytes received with ECT(1)
	ReceivedE0Bytes  uint32 // with ECT(0)
	ReceivedCEBytes  uint32 // with CE
	AccECN           uint32 // how negotiation went, in the kernel's packed form: Linux 6.18 and 7.0 differ

	filled int
}

// Len returns the number of bytes of struct tcp_info that the kernel filled.
func (i *TCPInfo) Len() int { return i.filled }

// Has reports whether the kernel filled a field, given by its address: info.Has(&info.RcvWnd).
func (i *TCPInfo) Has(field any) bool {
	return isFilled(tcpInfoCodec, i, i.filled, field)
}
