//go:build cgo

package csock

import (
	"cmp"
	"net/netip"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of TCP sockets, at level IPPROTO_TCP. See tcp(7).

// TCP_NODELAY sends data at once instead of waiting to fill a segment (Nagle's algorithm, RFC 896).
var TCP_NODELAY Option[bool] = declare(boolCodec, canBoth, "TCP_NODELAY", sys.IPPROTO_TCP,
	sys.TCP_NODELAY)

// TCP_MAXSEG is the largest segment to send and to announce, in bytes without headers. Once
// connected, Linux returns the connection's own.
var TCP_MAXSEG Option[int] = declare(intCodec, canBoth, "TCP_MAXSEG", sys.IPPROTO_TCP,
	sys.TCP_MAXSEG)

// TCP_CORK holds back partial segments, for up to 200 ms or until it is turned off.
var TCP_CORK Option[bool] = declare(boolCodec, canBoth, "TCP_CORK", sys.IPPROTO_TCP, sys.TCP_CORK)

// TCP_KEEPIDLE is how long a connection is idle before the first keepalive probe, rounded up to
// whole seconds. It needs SO_KEEPALIVE.
var TCP_KEEPIDLE Option[time.Duration] = declare(secondsCodec, canBoth, "TCP_KEEPIDLE",
	sys.IPPROTO_TCP, sys.TCP_KEEPIDLE)

// TCP_KEEPINTVL is the time between keepalive probes, rounded up to whole seconds.
var TCP_KEEPINTVL Option[time.Duration] = declare(secondsCodec, canBoth, "TCP_KEEPINTVL",
	sys.IPPROTO_TCP, sys.TCP_KEEPINTVL)

// TCP_KEEPCNT is the number of unacknowledged keepalive probes after which the connection fails.
var TCP_KEEPCNT Option[int] = declare(intCodec, canBoth, "TCP_KEEPCNT", sys.IPPROTO_TCP,
	sys.TCP_KEEPCNT)

// TCP_SYNCNT is how many times Connect retransmits the SYN before it fails, 1 to 127.
var TCP_SYNCNT Option[int] = declare(intCodec, canBoth, "TCP_SYNCNT", sys.IPPROTO_TCP,
	sys.TCP_SYNCNT)

// TCP_LINGER2 is how long a closed socket stays in state TCP_FIN_WAIT2, rounded up to whole
// seconds; a negative duration skips the state.
var TCP_LINGER2 Option[time.Duration] = declare(secondsCodec, canBoth, "TCP_LINGER2",
	sys.IPPROTO_TCP,
	sys.TCP_LINGER2)

// TCP_DEFER_ACCEPT delays Accept of a connection until data arrives on it, for at most this long,
// rounded up to whole seconds. The kernel counts in retransmissions of the SYN-ACK, so Get returns
// more than was set.
var TCP_DEFER_ACCEPT Option[time.Duration] = declare(secondsCodec, canBoth, "TCP_DEFER_ACCEPT",
	sys.IPPROTO_TCP, sys.TCP_DEFER_ACCEPT)

// TCP_WINDOW_CLAMP is the largest window to announce, in bytes.
var TCP_WINDOW_CLAMP Option[int] = declare(intCodec, canBoth, "TCP_WINDOW_CLAMP", sys.IPPROTO_TCP,
	sys.TCP_WINDOW_CLAMP)

// TCP_INFO is the kernel's information about the connection.
var TCP_INFO Option[TCPInfo] = declare(tcpInfoCodec, canGet, "TCP_INFO", sys.IPPROTO_TCP,
	sys.TCP_INFO)

// TCP_QUICKACK acknowledges at once. The kernel turns it off again as the connection proceeds.
var TCP_QUICKACK Option[bool] = declare(boolCodec, canBoth, "TCP_QUICKACK", sys.IPPROTO_TCP,
	sys.TCP_QUICKACK)

// TCP_CONGESTION is the name of the congestion control: "cubic", "reno", "bbr" and so on. Set
// returns ENOENT if the kernel lacks it, and EPERM if the user may not choose it.
var TCP_CONGESTION Option[string] = declare(newStringCodec(sys.TCP_CA_NAME_MAX), canBoth,
	"TCP_CONGESTION", sys.IPPROTO_TCP, sys.TCP_CONGESTION)

var tcpMD5SigCodec = platformCodec[TCPMD5Sig]("struct tcp_md5sig")

// TCP_MD5SIG signs the segments to and from a peer (RFC 2385). An empty key removes the peer's key.
var TCP_MD5SIG Option[TCPMD5Sig] = declare(tcpMD5SigCodec, canSet, "TCP_MD5SIG", sys.IPPROTO_TCP,
	sys.TCP_MD5SIG)

var tcpMD5SigExtCodec = platformCodec[TCPMD5Sig]("struct tcp_md5sig")

// TCP_MD5SIG_EXT is TCP_MD5SIG for all peers of a prefix or of an interface, or for any peer.
var TCP_MD5SIG_EXT Option[TCPMD5Sig] = declare(tcpMD5SigExtCodec, canSet, "TCP_MD5SIG_EXT",
	sys.IPPROTO_TCP, sys.TCP_MD5SIG_EXT)

// TCP_THIN_LINEAR_TIMEOUTS keeps the retransmission timeout of a thin stream constant for six
// attempts instead of doubling it.
var TCP_THIN_LINEAR_TIMEOUTS Option[bool] = declare(boolCodec, canBoth, "TCP_THIN_LINEAR_TIMEOUTS",
	sys.IPPROTO_TCP, sys.TCP_THIN_LINEAR_TIMEOUTS)

// TCP_THIN_DUPACK retransmitted a thin stream after one duplicate acknowledgement. Since Linux 4.11
// it has no effect.
var TCP_THIN_DUPACK Option[bool] = declare(boolCodec, canBoth, "TCP_THIN_DUPACK", sys.IPPROTO_TCP,
	sys.TCP_THIN_DUPACK)

// TCP_USER_TIMEOUT is how long sent data may stay unacknowledged before the connection fails with
// ETIMEDOUT, rounded up to whole milliseconds; 0 selects the system's default. See RFC 5482.
var TCP_USER_TIMEOUT Option[time.Duration] = declare(millisecondsCodec, canBoth, "TCP_USER_TIMEOUT",
	sys.IPPROTO_TCP, sys.TCP_USER_TIMEOUT)

// TCP_REPAIR gives access to the connection's internal state, for checkpoint and restore. It needs
// CAP_NET_ADMIN in the user namespace of the network namespace.
var TCP_REPAIR Option[TCPRepair] = declare(newIntCodec[TCPRepair]("int"), canBoth, "TCP_REPAIR",
	sys.IPPROTO_TCP, sys.TCP_REPAIR)

// TCP_REPAIR_QUEUE selects the queue that Send, Recv and TCP_QUEUE_SEQ use under TCP_REPAIR.
var TCP_REPAIR_QUEUE Option[TCPQueue] = declare(newIntCodec[TCPQueue]("int"), canBoth,
	"TCP_REPAIR_QUEUE", sys.IPPROTO_TCP, sys.TCP_REPAIR_QUEUE)

// TCP_QUEUE_SEQ is the sequence number of the queue that TCP_REPAIR_QUEUE selects.
var TCP_QUEUE_SEQ Option[uint32] = declare(uint32Codec, canBoth, "TCP_QUEUE_SEQ", sys.IPPROTO_TCP,
	sys.TCP_QUEUE_SEQ)

var tcpRepairOptionsCodec = platformCodec[[]TCPRepairOpt]("struct tcp_repair_opt[]")

// TCP_REPAIR_OPTIONS sets the options that the two sides negotiated, under TCP_REPAIR.
var TCP_REPAIR_OPTIONS Option[[]TCPRepairOpt] = declare(tcpRepairOptionsCodec, canSet,
	"TCP_REPAIR_OPTIONS", sys.IPPROTO_TCP, sys.TCP_REPAIR_OPTIONS)

var tcpRepairWindowCodec = platformCodec[TCPRepairWindow]("struct tcp_repair_window")

// TCP_REPAIR_WINDOW is the state of the windows, under TCP_REPAIR.
var TCP_REPAIR_WINDOW Option[TCPRepairWindow] = declare(tcpRepairWindowCodec, canBoth,
	"TCP_REPAIR_WINDOW", sys.IPPROTO_TCP, sys.TCP_REPAIR_WINDOW)

// TCP_TIMESTAMP is the clock of the sent timestamps, in milliseconds, or in microseconds if the
// connection uses these. Setting it needs TCP_REPAIR. Since Linux 6.7 the lowest bit returns the
// unit, and sets it: 1 for microseconds.
var TCP_TIMESTAMP Option[uint32] = declare(uint32Codec, canBoth, "TCP_TIMESTAMP", sys.IPPROTO_TCP,
	sys.TCP_TIMESTAMP)

// TCP_FASTOPEN lets a listener accept data in the SYN (RFC 7413). Its value is the maximum number
// of such connections that are not yet complete.
var TCP_FASTOPEN Option[int] = declare(intCodec, canBoth, "TCP_FASTOPEN", sys.IPPROTO_TCP,
	sys.TCP_FASTOPEN)

// TCP_NOTSENT_LOWAT is the amount of unsent data below which the socket is writable, in bytes; 0
// selects the system's default.
var TCP_NOTSENT_LOWAT Option[uint32] = declare(uint32Codec, canBoth, "TCP_NOTSENT_LOWAT",
	sys.IPPROTO_TCP, sys.TCP_NOTSENT_LOWAT)

var tcpCCInfoCodec = platformCodec[TCPCCInfo]("union tcp_cc_info")

// TCP_CC_INFO is the congestion control's information about the connection. It is empty if the
// congestion control provides none.
var TCP_CC_INFO Option[TCPCCInfo] = declare(tcpCCInfoCodec, canGet, "TCP_CC_INFO", sys.IPPROTO_TCP,
	sys.TCP_CC_INFO)

// TCP_SAVE_SYN makes a listener keep the headers of each SYN for TCP_SAVED_SYN: 0 none, 1 from the
// network header, 2 from the link header.
var TCP_SAVE_SYN Option[int] = declare(intCodec, canBoth, "TCP_SAVE_SYN", sys.IPPROTO_TCP,
	sys.TCP_SAVE_SYN)

// TCP_SAVED_SYN holds the headers of the SYN of an accepted connection. Get returns them once.
// Afterwards, or if none were saved, it returns nothing.
var TCP_SAVED_SYN Option[[]byte] = declare(savedSynCodec, canGet, "TCP_SAVED_SYN", sys.IPPROTO_TCP,
	sys.TCP_SAVED_SYN)

// TCP_FASTOPEN_CONNECT makes Connect return at once and the first Send send its data with the SYN
// (RFC 7413).
var TCP_FASTOPEN_CONNECT Option[bool] = declare(boolCodec, canBoth, "TCP_FASTOPEN_CONNECT",
	sys.IPPROTO_TCP, sys.TCP_FASTOPEN_CONNECT)

// TCP_ULP is the name of the upper-layer protocol that the kernel handles on the connection, "tls".
// It cannot be removed. A protocol that the kernel lacks returns ENOENT.
var TCP_ULP Option[string] = declare(newStringCodec(sys.TCP_ULP_NAME_MAX), canBoth, "TCP_ULP",
	sys.IPPROTO_TCP, sys.TCP_ULP)

var tcpFastopenKeyCodec = platformCodec[[][16]byte]("bytes")

// TCP_FASTOPEN_KEY holds the keys from which a listener makes its cookies: one or two, of 16 bytes.
// The first makes new cookies; cookies of the second stay valid.
var TCP_FASTOPEN_KEY Option[[][16]byte] = declare(tcpFastopenKeyCodec, canBoth, "TCP_FASTOPEN_KEY",
	sys.IPPROTO_TCP, sys.TCP_FASTOPEN_KEY)

// TCP_FASTOPEN_NO_COOKIE accepts and sends data in the SYN without a cookie.
var TCP_FASTOPEN_NO_COOKIE Option[bool] = declare(boolCodec, canBoth, "TCP_FASTOPEN_NO_COOKIE",
	sys.IPPROTO_TCP, sys.TCP_FASTOPEN_NO_COOKIE)

var tcpZerocopyReceiveCodec = platformCodec[TCPZerocopyReceive]("struct tcp_zerocopy_receive")

// TCP_ZEROCOPY_RECEIVE maps received data into memory. Use GetWith. Get returns the number of bytes
// in the queue if that is less than a page, and otherwise EINVAL. At the end of the stream, both
// return EIO.
var TCP_ZEROCOPY_RECEIVE Option[TCPZerocopyReceive] = declare(tcpZerocopyReceiveCodec, canGet,
	"TCP_ZEROCOPY_RECEIVE", sys.IPPROTO_TCP, sys.TCP_ZEROCOPY_RECEIVE)

// TCP_INQ gives Recvmsg a control message TCP_CM_INQ with the number of bytes left to read.
var TCP_INQ Option[bool] = declare(boolCodec, canBoth, "TCP_INQ", sys.IPPROTO_TCP, sys.TCP_INQ)

// TCP_TX_DELAY delays sent data, to emulate a network, rounded up to whole microseconds.
var TCP_TX_DELAY Option[time.Duration] = declare(microsecondsCodec, canBoth, "TCP_TX_DELAY",
	sys.IPPROTO_TCP, sys.TCP_TX_DELAY)

var tcpAOAddCodec = platformCodec[TCPAOAdd]("struct tcp_ao_add")

// TCP_AO_ADD_KEY adds a key of the TCP authentication option (RFC 5925), since Linux 6.7.
var TCP_AO_ADD_KEY Option[TCPAOAdd] = declare(tcpAOAddCodec, canSet, "TCP_AO_ADD_KEY",
	sys.IPPROTO_TCP, sys.TCP_AO_ADD_KEY)

var tcpAODelCodec = platformCodec[TCPAODel]("struct tcp_ao_del")

// TCP_AO_DEL_KEY deletes a key of the TCP authentication option, since Linux 6.7.
var TCP_AO_DEL_KEY Option[TCPAODel] = declare(tcpAODelCodec, canSet, "TCP_AO_DEL_KEY",
	sys.IPPROTO_TCP, sys.TCP_AO_DEL_KEY)

var tcpAOInfoCodec = platformCodec[TCPAOInfoOpt]("struct tcp_ao_info_opt")

// TCP_AO_INFO is the state of the TCP authentication option, since Linux 6.7. Without a key it
// returns ENOENT.
var TCP_AO_INFO Option[TCPAOInfoOpt] = declare(tcpAOInfoCodec, canBoth, "TCP_AO_INFO",
	sys.IPPROTO_TCP,
	sys.TCP_AO_INFO)

var tcpAOKeysCodec = platformCodec[[]TCPAOGetsockopt]("struct tcp_ao_getsockopt[]")

// TCP_AO_GET_KEYS holds the keys of the TCP authentication option, since Linux 6.7. Get returns all
// keys. GetWith takes one or more elements: the first selects the keys, and the number of elements
// limits the result.
var TCP_AO_GET_KEYS Option[[]TCPAOGetsockopt] = declare(tcpAOKeysCodec, canGet, "TCP_AO_GET_KEYS",
	sys.IPPROTO_TCP, sys.TCP_AO_GET_KEYS)

var tcpAORepairCodec = platformCodec[TCPAORepair]("struct tcp_ao_repair")

// TCP_AO_REPAIR holds the sequence number extensions of the TCP authentication option, under
// TCP_REPAIR, since Linux 6.7.
var TCP_AO_REPAIR Option[TCPAORepair] = declare(tcpAORepairCodec, canBoth, "TCP_AO_REPAIR",
	sys.IPPROTO_TCP, sys.TCP_AO_REPAIR)

// TCP_IS_MPTCP reports whether the connection uses MPTCP, since Linux 6.10.
var TCP_IS_MPTCP Option[bool] = declare(boolCodec, canGet, "TCP_IS_MPTCP", sys.IPPROTO_TCP,
	sys.TCP_IS_MPTCP)

// TCP_RTO_MAX_MS is the largest retransmission timeout, 1 to 120 s, rounded up to whole
// milliseconds, since Linux 6.15.
var TCP_RTO_MAX_MS Option[time.Duration] = declare(millisecondsCodec, canBoth, "TCP_RTO_MAX_MS",
	sys.IPPROTO_TCP, sys.TCP_RTO_MAX_MS)

// TCP_RTO_MIN_US is the smallest retransmission timeout, rounded up to whole microseconds, since
// Linux 6.15.
var TCP_RTO_MIN_US Option[time.Duration] = declare(microsecondsCodec, canBoth, "TCP_RTO_MIN_US",
	sys.IPPROTO_TCP, sys.TCP_RTO_MIN_US)

// TCP_DELACK_MAX_US is the longest delay of an acknowledgement, rounded up to whole microseconds,
// since Linux 6.15.
var TCP_DELACK_MAX_US Option[time.Duration] = declare(microsecondsCodec, canBoth,
	"TCP_DELACK_MAX_US", sys.IPPROTO_TCP, sys.TCP_DELACK_MAX_US)

// savedSynCodec has room for most SYNs. A SYN over IPv6 can be larger, and the kernel does not
// truncate it.
var savedSynCodec = orMore(newBytesCodec(1024), syscall.EINVAL)

// A TCPRepair is a value of TCP_REPAIR.
type TCPRepair int

// The values of [TCP_REPAIR].
const (
	TCP_REPAIR_ON        TCPRepair = sys.TCP_REPAIR_ON        // the internal state is accessible
	TCP_REPAIR_OFF       TCPRepair = sys.TCP_REPAIR_OFF       // a window probe restarts the connection
	TCP_REPAIR_OFF_NO_WP TCPRepair = sys.TCP_REPAIR_OFF_NO_WP // without a window probe
)

// String returns the C name of r, or its number.
func (r TCPRepair) String() string { return nameOf(r, namesTCPRepair) }

// A TCPQueue is a value of TCP_REPAIR_QUEUE.
type TCPQueue int

// The values of [TCP_REPAIR_QUEUE].
const (
	TCP_NO_QUEUE   TCPQueue = sys.TCP_NO_QUEUE   // neither
	TCP_RECV_QUEUE TCPQueue = sys.TCP_RECV_QUEUE // the receive queue
	TCP_SEND_QUEUE TCPQueue = sys.TCP_SEND_QUEUE // the send queue
)

// String returns the C name of q, or its number.
func (q TCPQueue) String() string { return nameOf(q, namesTCPQueue) }

// TCPMD5Sig is struct tcp_md5sig: the key that signs segments to and from a peer.
type TCPMD5Sig struct {
	// Addr is the peer. An IPv6 socket takes an IPv4 peer as an IPv4-mapped IPv6 address.
	Addr netip.Addr
	// PrefixLen is the number of significant bits of Addr, for TCP_MD5SIG_EXT. For an IPv4-mapped
	// address, it counts the bits of the IPv4 address. 0 means all bits, but none for the
	// unspecified address, which stands for any peer.
	PrefixLen uint8
	// Ifindex is the interface, a VRF, to which the key is bound, for TCP_MD5SIG_EXT; 0 means none.
	Ifindex int
	// Key has up to 80 bytes. An empty one removes the peer's key.
	Key []byte
}

// TCPMD5SigFlags are the flags of a struct tcp_md5sig. TCP_MD5SIG_EXT sets those that its value
// needs.
type TCPMD5SigFlags uint8

// See linux/tcp.h.
const (
	TCP_MD5SIG_FLAG_PREFIX  TCPMD5SigFlags = sys.TCP_MD5SIG_FLAG_PREFIX  // PrefixLen counts
	TCP_MD5SIG_FLAG_IFINDEX TCPMD5SigFlags = sys.TCP_MD5SIG_FLAG_IFINDEX // Ifindex counts
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TCPMD5SigFlags) String() string { return flagNames(f, namesTCPMD5SigFlags) }

// TCP_AO_MAXKEYLEN is the length in bytes of the longest key of TCP-AO.
const TCP_AO_MAXKEYLEN int = sys.TCP_AO_MAXKEYLEN

// TCPRepairOpt is struct tcp_repair_opt: an option that the two sides negotiated.
type TCPRepairOpt struct {
	Code  uint32 // kind of the option: 2 segment size, 3 window scale, 4 SACK, 8 timestamps
	Value uint32 // for the window scale: the peer's in the low 16 bits, ours in the high ones
}

// TCPRepairWindow is struct tcp_repair_window. Windows are in bytes; the other fields are sequence
// numbers.
type TCPRepairWindow struct {
	SndWl1    uint32 // of the segment that last updated the peer's window
	SndWnd    uint32 // the peer's window
	MaxWindow uint32 // the largest window that the peer has announced
	RcvWnd    uint32 // our window
	RcvWup    uint32 // the sequence number at which ours was last announced
}

// TCPZerocopyReceive is struct tcp_zerocopy_receive.
type TCPZerocopyReceive struct {
	// Mapping is where pages may appear: memory of mmap(2) on the socket's file descriptor, or nil.
	Mapping []byte
	// Copybuf receives bytes that do not fill a page, since Linux 5.11; it may be nil.
	Copybuf []byte
	// CleanHint says that Mapping holds no pages of earlier calls, since Linux 5.11.
	CleanHint bool

	Mapped       uint32 // result: mapped bytes
	RecvSkipHint uint32 // result: bytes to read in another way before more can be mapped
	Inq          uint32 // result: bytes in the receive queue
	Err          error  // result: the socket's pending error
	Copied       int32  // result: bytes in Copybuf, or minus an errno
}

// TCPAOAdd is struct tcp_ao_add: a key of the TCP authentication option, and the peers to use it
// for.
type TCPAOAdd struct {
	Addr       SockAddr // the peer: the socket's family, port 0; the unspecified address with Prefix 0 means any peer
	Prefix     uint8    // number of significant bits of Addr
	Algorithm  string   // a hash of the kernel: "hmac(sha1)", "cmac(aes128)", up to 63 bytes
	Ifindex    int      // the VRF, with TCP_AO_KEYF_IFINDEX
	SetCurrent bool     // sign with the key from now on
	SetRNext   bool     // request that the peer sign with it
	SndID      uint8
	RcvID      uint8
	MacLen     uint8 // length of the signature in bytes; 0: 12
	KeyFlags   TCPAOKeyFlags
	Key        []byte
}

// TCPAOKeyFlags are the flags of a key of the TCP authentication option.
type TCPAOKeyFlags int

// The flags of a key. See the kernel's Documentation/networking/tcp_ao.rst.
const (
	TCP_AO_KEYF_IFINDEX     TCPAOKeyFlags = sys.TCP_AO_KEYF_IFINDEX     // the key is for one VRF
	TCP_AO_KEYF_EXCLUDE_OPT TCPAOKeyFlags = sys.TCP_AO_KEYF_EXCLUDE_OPT // TCP options are not signed
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TCPAOKeyFlags) String() string { return flagNames(f, namesTCPAOKeyFlags) }

// TCPAODel is struct tcp_ao_del: the key to delete, and the keys to use instead.
type TCPAODel struct {
	Addr       SockAddr // as the key was added
	Prefix     uint8
	Ifindex    int
	SetCurrent bool  // CurrentKey is valid
	SetRNext   bool  // RNext is valid
	Async      bool  // do not wait until the key is unused; for listeners
	SndID      uint8 // of the key
	RcvID      uint8
	CurrentKey uint8 // SndID of the key to sign with from now on
	RNext      uint8 // RcvID of the key to request from the peer
	KeyFlags   TCPAOKeyFlags
}

// TCPAOInfoOpt is struct tcp_ao_info_opt.
type TCPAOInfoOpt struct {
	SetCurrent  bool   // CurrentKey is valid
	SetRNext    bool   // RNext is valid
	Required    bool   // refuse connections that are not signed
	SetCounters bool   // set the counters; false in results
	AcceptICMPs bool   // do not ignore ICMP messages
	CurrentKey  uint8  // SndID of the key that signs
	RNext       uint8  // RcvID of the key that the peer is asked to use
	Good        uint64 // segments verified
	Bad         uint64 // segments whose verification failed
	KeyNotFound uint64 // segments with an unknown key
	AORequired  uint64 // segments without a signature
	DroppedICMP uint64 // ICMP messages ignored
}

// TCPAOGetsockopt is struct tcp_ao_getsockopt: a key of the kernel. In a request, All, IsCurrent,
// IsRNext, or the key's Addr, Prefix, SndID and RcvID select the keys.
type TCPAOGetsockopt struct {
	Addr      SockAddr
	Prefix    uint8
	Algorithm string
	Key       []byte
	All       bool // in a request: every key
	IsCurrent bool
	IsRNext   bool
	SndID     uint8
	RcvID     uint8
	MacLen    uint8
	KeyFlags  TCPAOKeyFlags
	Ifindex   int
	Good      uint64 // segments verified
	Bad       uint64 // segments whose verification failed
}

// TCPAORepair is struct tcp_ao_repair.
type TCPAORepair struct {
	SntISN uint32 // initial sequence number, ours
	RcvISN uint32 // and the peer's
	SndSNE uint32 // how often our sequence number has wrapped
	RcvSNE uint32 // how often the peer's has
}

// TCPCCInfo is union tcp_cc_info. Its meaning depends on the congestion control, TCP_CONGESTION.
type TCPCCInfo []byte

// Vegas reads the union for "vegas". ok is false if it is too short.
func (i TCPCCInfo) Vegas() (info TCPVegasInfo, ok bool) { return read(tcpVegasInfoCodec, i) }

// DCTCP reads the union for "dctcp". ok is false if it is too short.
func (i TCPCCInfo) DCTCP() (info TCPDCTCPInfo, ok bool) { return read(tcpDCTCPInfoCodec, i) }

// BBR reads the union for "bbr". ok is false if it is too short.
func (i TCPCCInfo) BBR() (info TCPBBRInfo, ok bool) { return read(tcpBBRInfoCodec, i) }

var (
	tcpVegasInfoCodec = platformCodec[TCPVegasInfo]("struct tcpvegas_info")
	tcpDCTCPInfoCodec = platformCodec[TCPDCTCPInfo]("struct tcp_dctcp_info")
	tcpBBRInfoCodec   = platformCodec[TCPBBRInfo]("struct tcp_bbr_info")
)

// read decodes mem if it has at least the codec's size.
func read[T any](c *codec[T], mem []byte) (t T, ok bool) {
	if len(mem) < c.size {
		return t, false
	}
	t, err := c.decode(native{mem: mem})
	return t, err == nil
}

// TCPVegasInfo is struct tcpvegas_info, of "vegas".
type TCPVegasInfo struct {
	Enabled bool
	RTTCnt  uint32 // samples in the last round trip
	RTT     time.Duration
	MinRTT  time.Duration
}

// TCPDCTCPInfo is struct tcp_dctcp_info, of "dctcp".
type TCPDCTCPInfo struct {
	Enabled bool
	CEState uint16 // 1 if the last segment had a mark
	Alpha   uint32 // share of marked bytes, in 1/1024
	ABECN   uint32 // bytes acknowledged with a mark
	ABTotal uint32 // bytes acknowledged
}

// TCPBBRInfo is struct tcp_bbr_info, of "bbr".
type TCPBBRInfo struct {
	Bandwidth  uint64 // estimate, in bytes a second
	MinRTT     time.Duration
	PacingGain uint32 // in 1/256
	CwndGain   uint32 // in 1/256
}

// TCPKeepalive holds the parameters of SetTCPKeepalive. Zero fields are left unchanged.
type TCPKeepalive struct {
	Time     time.Duration // idle time before the first probe, rounded up to whole seconds (TCP_KEEPIDLE)
	Interval time.Duration // between probes, rounded up to whole seconds (TCP_KEEPINTVL)
	Retries  int           // unacknowledged probes after which the connection fails (TCP_KEEPCNT)
}

// SetTCPKeepalive turns [SO_KEEPALIVE] on and then sets the fields that are not zero. Each is a
// system call; the first failure ends SetTCPKeepalive. Before Windows 10 1709 only Time and
// Interval can be set: SIO_KEEPALIVE_VALS sets both, and a zero field to Windows' default.
func (s *Socket) SetTCPKeepalive(k TCPKeepalive) error {
	if err := SO_KEEPALIVE.Set(s, true); err != nil {
		return err
	}
	if k.Time != 0 {
		if err := TCP_KEEPIDLE.Set(s, k.Time); err != nil {
			return s.setKeepalive(k, err)
		}
	}
	if k.Interval != 0 {
		if err := TCP_KEEPINTVL.Set(s, k.Interval); err != nil {
			return s.setKeepalive(k, err)
		}
	}
	if k.Retries != 0 {
		return TCP_KEEPCNT.Set(s, k.Retries)
	}
	return nil
}

// setKeepalive sets k on a Windows that refused an option with err. Elsewhere it returns err.
func (s *Socket) setKeepalive(k TCPKeepalive, err error) error {
	if errnoOf(err) != syscall.ENOPROTOOPT || k.Retries != 0 {
		return err
	}
	if enterErr := s.enter(); enterErr != nil {
		return enterErr
	}
	idle, interval := cmp.Or(k.Time, 2*time.Hour), cmp.Or(k.Interval, time.Second)
	r := csock_set_keepalive(s.fd, int64_t(units(idle, time.Millisecond)),
		int64_t(units(interval, time.Millisecond)))
	s.leave()
	if r == -csock_ELACKS {
		return err
	}
	return callIoctl.result(int(r))
}

// TCPKeepaliveTime returns the idle time before the first keepalive probe ([TCP_KEEPIDLE]).
func (s *Socket) TCPKeepaliveTime() (time.Duration, error) { return TCP_KEEPIDLE.Get(s) }

// TCPKeepaliveInterval returns the time between keepalive probes ([TCP_KEEPINTVL]).
func (s *Socket) TCPKeepaliveInterval() (time.Duration, error) { return TCP_KEEPINTVL.Get(s) }

// TCPKeepaliveRetries returns the number of unacknowledged probes after which the connection fails
// ([TCP_KEEPCNT]).
func (s *Socket) TCPKeepaliveRetries() (int, error) { return TCP_KEEPCNT.Get(s) }

// SetTCPNodelay sends data at once instead of waiting to fill a segment ([TCP_NODELAY]).
func (s *Socket) SetTCPNodelay(on bool) error { return TCP_NODELAY.Set(s, on) }

// TCPNodelay reports whether data is sent at once ([TCP_NODELAY]).
func (s *Socket) TCPNodelay() (bool, error) { return TCP_NODELAY.Get(s) }

// SetTCPMSS sets the largest segment, in bytes without headers ([TCP_MAXSEG]).
func (s *Socket) SetTCPMSS(bytes int) error { return TCP_MAXSEG.Set(s, bytes) }

// TCPMSS returns the largest segment, in bytes without headers ([TCP_MAXSEG]).
func (s *Socket) TCPMSS() (int, error) { return TCP_MAXSEG.Get(s) }

// SetTCPCork holds back partial segments until it is turned off ([TCP_CORK]).
func (s *Socket) SetTCPCork(on bool) error { return TCP_CORK.Set(s, on) }

// TCPCork reports whether partial segments are held back ([TCP_CORK]).
func (s *Socket) TCPCork() (bool, error) { return TCP_CORK.Get(s) }

// SetTCPQuickack acknowledges at once, until the kernel turns it off again ([TCP_QUICKACK]).
func (s *Socket) SetTCPQuickack(on bool) error { return TCP_QUICKACK.Set(s, on) }

// TCPQuickack reports whether the kernel acknowledges at once ([TCP_QUICKACK]).
func (s *Socket) TCPQuickack() (bool, error) { return TCP_QUICKACK.Get(s) }

// SetTCPThinLinearTimeouts keeps the retransmission timeout of a thin stream constant for six
// attempts ([TCP_THIN_LINEAR_TIMEOUTS]).
func (s *Socket) SetTCPThinLinearTimeouts(on bool) error {
	return TCP_THIN_LINEAR_TIMEOUTS.Set(s, on)
}

// TCPThinLinearTimeouts reports whether a thin stream's timeout stays constant
// ([TCP_THIN_LINEAR_TIMEOUTS]).
func (s *Socket) TCPThinLinearTimeouts() (bool, error) { return TCP_THIN_LINEAR_TIMEOUTS.Get(s) }

// SetTCPNotsentLowat sets the amount of unsent data below which the socket is writable, in bytes
// ([TCP_NOTSENT_LOWAT]). 0 selects the system's default.
func (s *Socket) SetTCPNotsentLowat(bytes uint32) error { return TCP_NOTSENT_LOWAT.Set(s, bytes) }

// TCPNotsentLowat returns the amount of unsent data below which the socket is writable, in bytes
// ([TCP_NOTSENT_LOWAT]).
func (s *Socket) TCPNotsentLowat() (uint32, error) { return TCP_NOTSENT_LOWAT.Get(s) }

// SetTCPUserTimeout sets how long sent data may stay unacknowledged, rounded up to whole
// milliseconds ([TCP_USER_TIMEOUT]). 0 selects the system's default.
func (s *Socket) SetTCPUserTimeout(d time.Duration) error { return TCP_USER_TIMEOUT.Set(s, d) }

// TCPUserTimeout returns how long sent data may stay unacknowledged ([TCP_USER_TIMEOUT]).
func (s *Socket) TCPUserTimeout() (time.Duration, error) { return TCP_USER_TIMEOUT.Get(s) }

// SetTCPCongestion selects the congestion control by name, such as "cubic" ([TCP_CONGESTION]).
func (s *Socket) SetTCPCongestion(name string) error { return TCP_CONGESTION.Set(s, name) }

// TCPCongestion returns the name of the congestion control ([TCP_CONGESTION]).
func (s *Socket) TCPCongestion() (string, error) { return TCP_CONGESTION.Get(s) }

// SetTCPAckFrequency sets the number of segments after which one is acknowledged at once
// (SIO_TCP_SET_ACK_FREQUENCY). Only Windows has it.
func (s *Socket) SetTCPAckFrequency(segments uint8) error {
	if err := s.enter(); err != nil {
		return err
	}
	r := csock_tcp_ack_frequency(s.fd, c_int(segments))
	s.leave()
	return callIoctl.result(int(r))
}
