//go:build cgo

package csock

import (
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A ControlMessage is a control message, or ancillary data in the words of sendmsg(2) and
// recvmsg(2). Its accessors, such as [ControlMessage.TTL], report whether it is of their kind and
// has the right length.
type ControlMessage struct {
	Level Level  // the protocol: SOL_SOCKET, Level(IPPROTO_IP), …
	Type  int    // the kind, within the protocol
	Data  []byte // the payload, in native layout; it shares the memory of the control buffer
}

// A ControlKind is a kind of control message: an [Option] if C has one constant for both, such as
// [IP_TTL], or a [ControlType].
type ControlKind interface {
	// ControlType returns the numbers of the kind.
	ControlType() ControlType

	sealed()
}

// ControlType returns the numbers of the option as those of a kind of control message.
func (d declared) ControlType() ControlType { return controlType(d.Level(), d.Number()) }

// ControlType returns t.
func (t ControlType) ControlType() ControlType { return t }

// ControlType returns the message's kind by its numbers.
func (m ControlMessage) ControlType() ControlType { return controlType(m.Level, m.Type) }

// Is reports whether the message is of the given kind. It is inlined, so that kind does not become
// an interface value, which would be allocated.
func (m ControlMessage) Is(kind ControlKind) bool { return kind.ControlType() == m.ControlType() }

// is is Is for the C names of a kind. It and similar functions take a pointer: the compiler copies
// a struct of this size through memory, repeatedly where functions are inlined.
func (m *ControlMessage) is(level, number int) bool {
	return int(m.Level) == level && m.Type == number
}

// String returns the message's kind and the length of its payload.
func (m ControlMessage) String() string {
	return fmt.Sprintf("%v: %d bytes", m.ControlType(), len(m.Data))
}

// A ControlType is a kind of control message whose C constant is not also an option's. The level is
// in the high 32 bits, the number in the low 32 bits. If the platform lacks the kind, one of the
// two is negative.
type ControlType int64

// The kinds of control messages that are not named as an option is.
const (
	// SCM_RIGHTS passes descriptors. See unix(7).
	SCM_RIGHTS ControlType = sys.SOL_SOCKET<<32 | sys.SCM_RIGHTS
	// SCM_CREDENTIALS carries the IDs of the sending process, its user and its group. See unix(7).
	SCM_CREDENTIALS ControlType = sys.SOL_SOCKET<<32 | sys.SCM_CREDENTIALS
	// SCM_SECURITY carries the sender's SELinux context. See unix(7).
	SCM_SECURITY ControlType = sys.SOL_SOCKET<<32 | sys.SCM_SECURITY
	// SCM_PIDFD passes a descriptor of the sending process. See pidfd_open(2).
	SCM_PIDFD ControlType = sys.SOL_SOCKET<<32 | sys.SCM_PIDFD
	// SCM_TIMESTAMP is a packet's time of arrival, in microseconds. See socket(7).
	SCM_TIMESTAMP ControlType = sys.SOL_SOCKET<<32 | sys.SCM_TIMESTAMP
	// SCM_TIMESTAMPNS is a packet's time of arrival, in nanoseconds. See socket(7).
	SCM_TIMESTAMPNS ControlType = sys.SOL_SOCKET<<32 | sys.SCM_TIMESTAMPNS
	// SCM_TIMESTAMPING is the time at which a packet arrived or was sent, by several clocks. See
	// the kernel's Documentation/networking/timestamping.rst.
	SCM_TIMESTAMPING ControlType = sys.SOL_SOCKET<<32 | sys.SCM_TIMESTAMPING
	// SCM_TIMESTAMPING_OPT_STATS carries TCP's statistics with the timestamp of sent bytes.
	SCM_TIMESTAMPING_OPT_STATS ControlType = sys.SOL_SOCKET<<32 | sys.SCM_TIMESTAMPING_OPT_STATS
	// SCM_TIMESTAMPING_PKTINFO is the interface that received a packet, and its length there.
	SCM_TIMESTAMPING_PKTINFO ControlType = sys.SOL_SOCKET<<32 | sys.SCM_TIMESTAMPING_PKTINFO
	// SCM_TS_OPT_ID sets the id in the timestamps of a sent packet.
	SCM_TS_OPT_ID ControlType = sys.SOL_SOCKET<<32 | sys.SCM_TS_OPT_ID
	// SCM_TXTIME is the time at which to send a packet. See tc-etf(8).
	SCM_TXTIME ControlType = sys.SOL_SOCKET<<32 | sys.SCM_TXTIME
	// SCM_INQ is the number of bytes that remain to be received from a Unix stream.
	SCM_INQ ControlType = sys.SOL_SOCKET<<32 | sys.SCM_INQ
	// SCM_DEVMEM_LINEAR describes bytes that arrived outside the device's memory: a struct
	// dmabuf_cmsg. See the kernel's Documentation/networking/devmem.rst.
	SCM_DEVMEM_LINEAR ControlType = sys.SOL_SOCKET<<32 | sys.SCM_DEVMEM_LINEAR
	// SCM_DEVMEM_DMABUF describes where in the device's memory bytes arrived: a struct dmabuf_cmsg.
	SCM_DEVMEM_DMABUF ControlType = sys.SOL_SOCKET<<32 | sys.SCM_DEVMEM_DMABUF
	// SCM_WIFI_STATUS reports whether an 802.11 frame was acknowledged.
	SCM_WIFI_STATUS ControlType = sys.SOL_SOCKET<<32 | sys.SCM_WIFI_STATUS
	// IP_ORIGDSTADDR is the address to which a packet was sent, before it was redirected. See
	// ip(7).
	IP_ORIGDSTADDR ControlType = sys.IPPROTO_IP<<32 | sys.IP_ORIGDSTADDR
	// IPV6_HOPLIMIT is the hop limit of an IPv6 packet. See RFC 3542, section 6.3.
	IPV6_HOPLIMIT ControlType = sys.IPPROTO_IPV6<<32 | sys.IPV6_HOPLIMIT
	// IPV6_ORIGDSTADDR is IP_ORIGDSTADDR for IPv6.
	IPV6_ORIGDSTADDR ControlType = sys.IPPROTO_IPV6<<32 | sys.IPV6_ORIGDSTADDR
	// TCP_CM_INQ is the number of bytes that remain to be received. See tcp(7), TCP_INQ.
	TCP_CM_INQ ControlType = sys.IPPROTO_TCP<<32 | sys.TCP_CM_INQ
	// TLS_SET_RECORD_TYPE is the type of the TLS record to send. See the kernel's
	// Documentation/networking/tls.rst.
	TLS_SET_RECORD_TYPE ControlType = sys.SOL_TLS<<32 | sys.TLS_SET_RECORD_TYPE
	// TLS_GET_RECORD_TYPE is the type of the TLS record received.
	TLS_GET_RECORD_TYPE ControlType = sys.SOL_TLS<<32 | sys.TLS_GET_RECORD_TYPE
	// PACKET_TX_TIMESTAMP reports to which packet a timestamp from a packet socket's error queue
	// belongs.
	PACKET_TX_TIMESTAMP ControlType = sys.SOL_PACKET<<32 | sys.PACKET_TX_TIMESTAMP
	// VSOCK_RECVERR is a message from a vsock socket's error queue. See vsock(7).
	VSOCK_RECVERR ControlType = sys.SOL_VSOCK<<32 | sys.VSOCK_RECVERR
	// DCCP_SCM_PRIORITY is a packet's priority in the queue of DCCPQ_POLICY_PRIO: an int, for
	// AppendControlInt.
	DCCP_SCM_PRIORITY ControlType = sys.SOL_DCCP<<32 | sys.DCCP_SCM_PRIORITY
	// SCTP_INIT sets the parameters of a new association. See RFC 6458, section 5.3.1.
	SCTP_INIT ControlType = sys.IPPROTO_SCTP<<32 | sys.SCTP_INIT
	// SCTP_SNDRCV sets how to send a message, and reports how one was received. See RFC 6458,
	// section 5.3.2.
	SCTP_SNDRCV ControlType = sys.IPPROTO_SCTP<<32 | sys.SCTP_SNDRCV
	// SCTP_SNDINFO sets how to send a message. See RFC 6458, section 5.3.4.
	SCTP_SNDINFO ControlType = sys.IPPROTO_SCTP<<32 | sys.SCTP_SNDINFO
	// SCTP_RCVINFO reports how a message was received. See RFC 6458, section 5.3.5.
	SCTP_RCVINFO ControlType = sys.IPPROTO_SCTP<<32 | sys.SCTP_RCVINFO
	// SCTP_NXTINFO describes the message after this one. See RFC 6458, section 5.3.6.
	SCTP_NXTINFO ControlType = sys.IPPROTO_SCTP<<32 | sys.SCTP_NXTINFO
	// SCTP_PRINFO sets how long to try to send. See RFC 6458, section 5.3.7.
	SCTP_PRINFO ControlType = sys.IPPROTO_SCTP<<32 | sys.SCTP_PRINFO
	// SCTP_AUTHINFO chooses the key that authenticates. See RFC 6458, section 5.3.8.
	SCTP_AUTHINFO ControlType = sys.IPPROTO_SCTP<<32 | sys.SCTP_AUTHINFO
	// SCTP_DSTADDRV4 is a further address of the peer. See RFC 6458, section 5.3.9.
	SCTP_DSTADDRV4 ControlType = sys.IPPROTO_SCTP<<32 | sys.SCTP_DSTADDRV4
	// SCTP_DSTADDRV6 is a further address of the peer. See RFC 6458, section 5.3.10.
	SCTP_DSTADDRV6 ControlType = sys.IPPROTO_SCTP<<32 | sys.SCTP_DSTADDRV6
)

// NewControlType returns a kind that csock has no name for, by the platform's numbers.
func NewControlType(level Level, number int) ControlType {
	return controlType(Level(cInt(level)), int(cInt(number)))
}

// controlType is NewControlType for numbers that fit into C's int.
func controlType(level Level, number int) ControlType {
	return ControlType(level)<<32 | ControlType(uint32(number))
}

// Level returns the protocol, negative if the platform lacks the kind.
func (t ControlType) Level() Level { return Level(t >> 32) }

// Number returns the number of the kind within the protocol, negative if the platform lacks it.
func (t ControlType) Number() int { return int(int32(t)) }

// Supported reports whether the platform has the kind. The running kernel may still lack it.
func (t ControlType) Supported() bool { return t.Level() >= 0 && t.Number() >= 0 }

func (t ControlType) sealed() {}

// String returns the C name of t, that of the option with the same numbers, or the two numbers.
func (t ControlType) String() string {
	if name := lookup(t, namesControlType); name != "" {
		return name
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

// The layout of control messages.
const (
	sizeofCmsghdr = sizeof_struct_cmsghdr
	controlData   = csock_CMSG_DATA
)

// controlAlign returns n rounded up to where the next header may begin.
func controlAlign(n int) int { return (n + csock_CMSG_ALIGN - 1) &^ (csock_CMSG_ALIGN - 1) }

// ControlSpace returns how much of a control buffer a message with a payload of n bytes uses, in
// bytes: C's CMSG_SPACE. Add the values to size a buffer for several messages.
func ControlSpace(n int) int { return controlData + controlAlign(n) }

// ControlMessages iterates over the messages in a control buffer, as C does with CMSG_FIRSTHDR and
// CMSG_NXTHDR. It stops at the first malformed header. If the end of the buffer cuts a message,
// Data is the part that is present. The buffer need not be aligned.
func ControlMessages(control []byte) iter.Seq[ControlMessage] {
	// No more than this, so that the compiler inlines it, and range allocates nothing.
	return func(yield func(ControlMessage) bool) { walkControl(control, yield) }
}

// ControlMessages iterates over the control messages that Recvmsg received.
func (m *MsgHdr) ControlMessages() iter.Seq[ControlMessage] {
	return func(yield func(ControlMessage) bool) { walkControl(m.received(), yield) }
}

// received returns the part of Control that Recvmsg filled.
func (m *MsgHdr) received() []byte {
	if m == nil {
		return nil
	}
	return m.Control[:max(0, min(m.ControlLen, len(m.Control)))]
}

func walkControl(b []byte, yield func(ControlMessage) bool) {
	for {
		h, end, ok := controlHeader(b)
		if !ok || !yield(ControlMessage{Level(h.cmsg_level), int(h.cmsg_type),
			b[min(controlData, end):end:end]}) {
			return
		}
		b = b[min(controlAlign(end), len(b)):]
	}
}

// controlHeader returns the header at the beginning of b, and where in b its message ends. ok is
// false if there is no header or it is malformed.
func controlHeader(b []byte) (h struct_cmsghdr, end int, ok bool) {
	if len(b) < sizeofCmsghdr {
		return h, 0, false
	}
	// By hand: with load, walking takes 5 % longer.
	*(*[sizeofCmsghdr]byte)(unsafe.Pointer(&h)) = [sizeofCmsghdr]byte(b)
	length := uint64(h.cmsg_len) // whatever it says
	return h, int(min(length, uint64(len(b)))), length >= controlData
}

// controlLacks reports whether control has a message of a kind that the platform lacks.
func controlLacks(control []byte) bool {
	for {
		h, end, ok := controlHeader(control)
		if !ok {
			return false
		}
		if lacks(h.cmsg_level) || lacks(h.cmsg_type) {
			return true
		}
		control = control[min(controlAlign(end), len(control)):]
	}
}

// AppendControl appends a control message of any kind to a control buffer for Sendmsg and returns
// the buffer. data is the payload in native layout, and the message is padded as CMSG_SPACE
// requires. AppendControl allocates if the buffer's capacity does not suffice. data may be in the
// same buffer, behind b. All functions whose names begin with Append work like this, each for one
// kind.
//
// A kind that the platform lacks is appended too: Sendmsg then returns an error for which
// errors.Is(err, [errors.ErrUnsupported]) holds.
func AppendControl[K ControlKind](b []byte, kind K, data []byte) []byte {
	t := kind.ControlType()
	all, start := roomForControl(b, len(data))
	payload := start + controlData
	copy(all[payload:], data) // first: data may be at the message's place, if the caller filters a control buffer in place
	clear(all[len(b):payload])
	clear(all[payload+len(data):])
	putControlHeader(all[start:], int(t.Level()), t.Number(), len(data))
	return all
}

// AppendControlInt appends a control message of any kind whose payload is an int, or 32 bits of
// another type.
func AppendControlInt[K ControlKind](b []byte, kind K, value int32) []byte {
	t := kind.ControlType()
	return appendValue(b, int(t.Level()), t.Number(), value)
}

// appendValue appends a message whose payload is the memory of v: a number, or bytes.
func appendValue[T any](b []byte, level, number int, v T) []byte {
	b, payload := growControl(b, level, number, int(unsafe.Sizeof(v)))
	copy(payload, bytesOf(&v))
	return b
}

// appendStruct is for structs with padding, which must not leak the stack: v is cleared in place
// before it is filled.
func appendStruct[T any](b []byte, level, number int, v *T) []byte {
	b, payload := growControl(b, level, number, int(unsafe.Sizeof(*v)))
	copy(payload, bytesOf(v))
	return b
}

// growControl appends a message with a payload of n zero bytes. It also returns the payload.
func growControl(b []byte, level, number, n int) (all, payload []byte) {
	all, start := roomForControl(b, n)
	clear(all[len(b):])
	putControlHeader(all[start:], level, number, n)
	return all, all[start+controlData : start+controlData+n]
}

// roomForControl returns b with room for a message with a payload of n bytes. The message begins at
// start.
func roomForControl(b []byte, n int) (all []byte, start int) {
	start = controlAlign(len(b))
	end := start + ControlSpace(n)
	return slices.Grow(b, end-len(b))[:end], start
}

// putControlHeader writes the header of a message with a payload of n bytes. It copies field by
// field, because one load of all of them would wait for their stores.
func putControlHeader(b []byte, level, number, n int) {
	var h struct_cmsghdr
	setInteger(&h.cmsg_len, controlData+n)
	h.cmsg_level, h.cmsg_type = c_int(level), c_int(number)
	put(b, unsafe.Offsetof(h.cmsg_len), h.cmsg_len)
	put(b, unsafe.Offsetof(h.cmsg_level), h.cmsg_level)
	put(b, unsafe.Offsetof(h.cmsg_type), h.cmsg_type)
}

// AppendRights appends file descriptors; the receiver gets copies of its own ([SCM_RIGHTS]). Linux
// allows up to 253. The caller keeps the descriptors open until Sendmsg has returned. See unix(7).
func AppendRights(b []byte, fds ...int) []byte {
	b, payload := growControl(b, sys.SOL_SOCKET, sys.SCM_RIGHTS, len(fds)*sizeof_int)
	for i, fd := range fds {
		n := cInt(fd)
		copy(payload[i*sizeof_int:], bytesOf(&n))
	}
	return b
}

// AppendCredentials appends the sender's credentials ([SCM_CREDENTIALS]). The kernel checks them:
// only a privileged process may send credentials other than its own.
func AppendCredentials(b []byte, c Ucred) []byte {
	var v csock_ucred
	clear(bytesOf(&v))
	v.pid = pid_t(cInt(c.PID))
	v.uid = uid_t(c.UID)
	v.gid = gid_t(c.GID)
	return appendStruct(b, sys.SOL_SOCKET, sys.SCM_CREDENTIALS, &v)
}

// A PacketInfo holds the local address and the interface on which a packet arrived, or from which
// to send it: a struct in_pktinfo or in6_pktinfo. It is one type for both, because a program
// receives packets of both. The option IPV6_PKTINFO has an [In6Pktinfo]. See ip(7); RFC 3542,
// section 6.
type PacketInfo struct {
	// Ifindex is the interface. In a packet to send, 0 lets the route choose.
	Ifindex int
	// Local is the address of this host. In a packet to send it is the source; an unspecified one
	// (0.0.0.0 or ::) lets the kernel choose. A received PacketInfo can be sent with the reply: if
	// the packet was sent to an IPv6 multicast address, Local is unspecified.
	Local netip.Addr
	// Dst is the destination in the header of a received packet. It is not sent.
	Dst netip.Addr
}

// AppendPacketInfo appends the source address and the interface of a packet: [IP_PKTINFO] if Local
// is an IPv4 address, otherwise [IPV6_PKTINFO]. A dual-stack socket accepts IPV6_PKTINFO with an
// IPv4-mapped address.
func AppendPacketInfo(b []byte, info PacketInfo) []byte {
	if info.Local.Is4() {
		var v csock_in_pktinfo
		clear(bytesOf(&v))
		setInteger(&v.ipi_ifindex, int(cInt(info.Ifindex)))
		put(bytesOf(&v), csock_IPI_SPEC_DST, info.Local.As4())
		return appendStruct(b, sys.IPPROTO_IP, sys.IP_PKTINFO, &v)
	}
	var v struct_in6_pktinfo
	b, payload := growControl(b, sys.IPPROTO_IPV6, sys.IPV6_PKTINFO, sizeof_struct_in6_pktinfo)
	setInteger(&v.ipi6_ifindex, int(cInt(info.Ifindex)))
	put(payload, unsafe.Offsetof(v.ipi6_ifindex), v.ipi6_ifindex)
	if info.Local.Is6() {
		put(payload, unsafe.Offsetof(v.ipi6_addr), info.Local.As16())
	}
	return b
}

// AppendTTL appends the time to live of an IPv4 packet (IP_TTL), 1 to 255.
func AppendTTL(b []byte, ttl int) []byte {
	return appendValue(b, sys.IPPROTO_IP, sys.IP_TTL, cInt(ttl))
}

// AppendHopLimit appends the hop limit of an IPv6 packet ([IPV6_HOPLIMIT]), 0 to 255, or -1 for the
// route's value.
func AppendHopLimit(b []byte, hops int) []byte {
	return appendValue(b, sys.IPPROTO_IPV6, sys.IPV6_HOPLIMIT, cInt(hops))
}

// AppendTOS appends the traffic class of an IPv4 packet (IP_TOS).
func AppendTOS(b []byte, class TrafficClass) []byte {
	if csock_CMSG_TOS_CHAR != 0 {
		return appendValue(b, sys.IPPROTO_IP, sys.IP_TOS, uint8(class))
	}
	return appendValue(b, sys.IPPROTO_IP, sys.IP_TOS, c_int(class))
}

// AppendTrafficClass appends the traffic class of an IPv6 packet (IPV6_TCLASS).
func AppendTrafficClass(b []byte, class TrafficClass) []byte {
	return appendValue(b, sys.IPPROTO_IPV6, sys.IPV6_TCLASS, c_int(class))
}

// AppendDontFrag appends whether to refuse an IPv6 packet that is too large for its path instead of
// fragmenting it ([IPV6_DONTFRAG]).
func AppendDontFrag(b []byte, on bool) []byte {
	return appendValue(b, sys.IPPROTO_IPV6, sys.IPV6_DONTFRAG, cBool(on))
}

// AppendFlowInfo appends the flow label, in the low 20 bits, and the traffic class of an IPv6
// packet (IPV6_FLOWINFO). See ipv6(7).
func AppendFlowInfo(b []byte, flow uint32) []byte {
	b, payload := growControl(b, sys.IPPROTO_IPV6, sys.IPV6_FLOWINFO, 4)
	binary.BigEndian.PutUint32(payload, flow)
	return b
}

// AppendSegmentSize appends the size in bytes of the datagrams into which the kernel splits the
// message ([UDP_SEGMENT]). See udp(7).
func AppendSegmentSize(b []byte, size uint16) []byte {
	return appendValue(b, sys.IPPROTO_UDP, sys.UDP_SEGMENT, size)
}

// AppendTxtime appends the time at which to send a packet ([SCM_TXTIME]), by the clock that
// SO_TXTIME chose. CLOCK_TAI counts from 1970, CLOCK_MONOTONIC from the start of the system.
func AppendTxtime(b []byte, at time.Duration) []byte {
	return appendValue(b, sys.SOL_SOCKET, sys.SCM_TXTIME, uint64(at))
}

// AppendMark appends a packet's mark, for routing and filters (SO_MARK). See socket(7).
func AppendMark(b []byte, mark uint32) []byte {
	return appendValue(b, sys.SOL_SOCKET, sys.SO_MARK, mark)
}

// AppendPriority appends a packet's priority ([SO_PRIORITY]), since Linux 6.14. See socket(7).
func AppendPriority(b []byte, priority uint32) []byte {
	return appendValue(b, sys.SOL_SOCKET, sys.SO_PRIORITY, priority)
}

// AppendTimestamping appends the points on a packet's way at which to take timestamps
// ([SO_TIMESTAMPING]): flags SOF_TIMESTAMPING_TX_*. The socket's SO_TIMESTAMPING selects which of
// them it receives.
func AppendTimestamping(b []byte, flags TimestampingFlags) []byte {
	return appendValue(b, sys.SOL_SOCKET, sys.SO_TIMESTAMPING, uint32(flags))
}

// AppendTimestampID appends the id in the packet's timestamps ([SCM_TS_OPT_ID]), since Linux 6.13.
// The socket must have SOF_TIMESTAMPING_OPT_ID set.
func AppendTimestampID(b []byte, id uint32) []byte {
	return appendValue(b, sys.SOL_SOCKET, sys.SCM_TS_OPT_ID, id)
}

// AppendTLSRecordType appends the type of the TLS record to send (TLS_SET_RECORD_TYPE).
func AppendTLSRecordType(b []byte, typ uint8) []byte {
	return appendValue(b, sys.SOL_TLS, sys.TLS_SET_RECORD_TYPE, typ)
}

// loadIf is load for the payload of a message that is of the given kind.
func loadIf[T any](m *ControlMessage, level, number int) (v T, ok bool) {
	if !m.is(level, number) {
		return v, false
	}
	return load[T](m.Data)
}
