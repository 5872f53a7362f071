//go:build cgo

package csock

import (
	"fmt"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// An ErrorOrigin is the source of a message in a socket's error queue.
type ErrorOrigin int

// See ip(7), recv(2) and <linux/errqueue.h>.
const (
	SO_EE_ORIGIN_NONE         ErrorOrigin = sys.SO_EE_ORIGIN_NONE         // no source is reported
	SO_EE_ORIGIN_LOCAL        ErrorOrigin = sys.SO_EE_ORIGIN_LOCAL        // this host refused to send
	SO_EE_ORIGIN_ICMP         ErrorOrigin = sys.SO_EE_ORIGIN_ICMP         // an ICMP message arrived
	SO_EE_ORIGIN_ICMP6        ErrorOrigin = sys.SO_EE_ORIGIN_ICMP6        // an ICMPv6 message arrived
	SO_EE_ORIGIN_ZEROCOPY     ErrorOrigin = sys.SO_EE_ORIGIN_ZEROCOPY     // the kernel released memory sent with MSG_ZEROCOPY
	SO_EE_ORIGIN_TXTIME       ErrorOrigin = sys.SO_EE_ORIGIN_TXTIME       // a packet with SCM_TXTIME was dropped
	SO_EE_ORIGIN_TIMESTAMPING ErrorOrigin = sys.SO_EE_ORIGIN_TIMESTAMPING // a packet was sent: its timestamp
	SO_EE_ORIGIN_TXSTATUS     ErrorOrigin = sys.SO_EE_ORIGIN_TXSTATUS     // another name for SO_EE_ORIGIN_TIMESTAMPING
)

// String returns the C name of o, or its number.
func (o ErrorOrigin) String() string { return nameOf(o, namesErrorOrigin) }

// An ErrorCode is a detail of an [ErrorOrigin]. For ICMP it is the message's code.
type ErrorCode int

// Codes of SO_EE_ORIGIN_ZEROCOPY and SO_EE_ORIGIN_TXTIME.
const (
	// the kernel copied the memory after all
	SO_EE_CODE_ZEROCOPY_COPIED ErrorCode = sys.SO_EE_CODE_ZEROCOPY_COPIED
	// the queue does not accept such a time
	SO_EE_CODE_TXTIME_INVALID_PARAM ErrorCode = sys.SO_EE_CODE_TXTIME_INVALID_PARAM
	// the time had passed
	SO_EE_CODE_TXTIME_MISSED ErrorCode = sys.SO_EE_CODE_TXTIME_MISSED
)

// A TimestampPoint is the point on a packet's way at which a timestamp was taken.
type TimestampPoint int

// See timestamping.rst of the kernel's documentation.
const (
	SCM_TSTAMP_SND   TimestampPoint = sys.SCM_TSTAMP_SND   // passed to the network card
	SCM_TSTAMP_SCHED TimestampPoint = sys.SCM_TSTAMP_SCHED // entered the packet scheduler
	SCM_TSTAMP_ACK   TimestampPoint = sys.SCM_TSTAMP_ACK   // acknowledged by the peer
)

// String returns the C name of p, or its number.
func (p TimestampPoint) String() string { return nameOf(p, namesTimestampPoint) }

// A SockExtendedErr is a message of a socket's error queue, a struct sock_extended_err. Recvmsg
// with MSG_ERRQUEUE receives it as a control message, and [ControlMessage.ExtendedError] reads it.
// As an error, it is its Errno.
//
// [IP_RECVERR], [IPV6_RECVERR], [SO_TIMESTAMPING], [SO_ZEROCOPY], [SO_TXTIME] and
// [PACKET_TX_TIMESTAMP] enable the queue. The poller reports messages in it as an error (POLLERR).
// See ip(7), recv(2).
type SockExtendedErr struct {
	Errno    syscall.Errno // 0 or ENOMSG if nothing failed
	Origin   ErrorOrigin
	Type     int       // of ICMP
	Code     ErrorCode // of ICMP, or by Origin
	Info     uint32    // by Origin: see the methods
	Data     uint32    // by Origin: see the methods
	Offender SockAddr  // the host that caused the error, or the zero SockAddr
}

// ExtendedError returns a message from the error queue ([IP_RECVERR], [IPV6_RECVERR],
// [PACKET_TX_TIMESTAMP], [VSOCK_RECVERR], [SCM_CAN_RAW_ERRQUEUE], [SCM_J1939_ERRQUEUE]).
func (m ControlMessage) ExtendedError() (SockExtendedErr, bool) {
	if !m.is(sys.IPPROTO_IP, sys.IP_RECVERR) && !m.is(sys.IPPROTO_IPV6, sys.IPV6_RECVERR) &&
		!m.is(sys.SOL_PACKET, sys.PACKET_TX_TIMESTAMP) && !m.is(sys.SOL_VSOCK, sys.VSOCK_RECVERR) &&
		!m.is(sys.SOL_CAN_RAW, sys.SCM_CAN_RAW_ERRQUEUE) &&
		!m.is(sys.SOL_CAN_J1939, sys.SCM_J1939_ERRQUEUE) {
		return SockExtendedErr{}, false
	}
	v, ok := load[csock_extended_err](m.Data)
	if !ok {
		return SockExtendedErr{}, false
	}
	data, _ := load[uint32](m.Data[csock_EE_DATA:])
	e := SockExtendedErr{
		Errno:  syscall.Errno(v.ee_errno),
		Origin: ErrorOrigin(v.ee_origin),
		Type:   int(v.ee_type),
		Code:   ErrorCode(v.ee_code),
		Info:   uint32(v.ee_info),
		Data:   data,
	}
	// The address that SO_EE_OFFENDER of <linux/errqueue.h> points to.
	e.Offender, _ = loadSockAddr(m.Data[sizeof_csock_extended_err:])
	return e, true
}

// WaitError waits until the socket's error queue has a message, or an error is pending on the
// socket, and reports whether that is so. It also returns false when the peer hangs up. It waits at
// most for timeout, rounded up to whole milliseconds; a negative timeout is no limit. Signals do
// not end the wait. It is Poll without events. See poll(2), POLLERR.
func (s *Socket) WaitError(timeout time.Duration) (bool, error) {
	events, err := s.Poll(0, timeout)
	return events&POLLERR != 0, err
}

// Error describes the error.
func (e SockExtendedErr) Error() string {
	s := e.Errno.Error()
	switch e.Origin {
	case SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6:
		s = fmt.Sprintf("%s (%v type %d, code %d)", s, e.Origin, e.Type, e.Code)
	default:
		s = fmt.Sprintf("%s (%v)", s, e.Origin)
	}
	if ap, ok := e.Offender.AddrPort(); ok {
		s += " from " + ap.Addr().String()
	}
	return s
}

// Unwrap returns Errno, or nil if Errno is 0.
func (e SockExtendedErr) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// MTU returns the path MTU in bytes from the error of a packet that was too large (EMSGSIZE).
func (e SockExtendedErr) MTU() (int, bool) {
	switch e.Origin {
	case SO_EE_ORIGIN_LOCAL, SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6:
		return int(e.Info), e.Errno == syscall.EMSGSIZE
	}
	return 0, false
}

// ZeroCopy returns which sends with MSG_ZEROCOPY the kernel has finished, so that their memory may
// be written again. They are the sends from first to last, counted from 0 in the order of the
// sends, modulo 2^32. copied reports that the kernel copied the memory of at least one of them. See
// the kernel's Documentation/networking/msg_zerocopy.rst.
func (e SockExtendedErr) ZeroCopy() (first, last uint32, copied, ok bool) {
	if e.Origin != SO_EE_ORIGIN_ZEROCOPY || e.Errno != 0 {
		return 0, 0, false, false
	}
	return e.Info, e.Data, e.Code&SO_EE_CODE_ZEROCOPY_COPIED != 0, true
}

// Timestamp returns which packet the timestamp in the same message ([ControlMessage.Timestamping])
// belongs to, and where the packet was then.
//
// With SOF_TIMESTAMPING_OPT_ID, id counts a datagram socket's packets that requested a timestamp,
// from 0. On a stream it is the offset of the last byte. Both are modulo 2^32. If AppendTimestampID
// chose an id, it is that one. See the kernel's Documentation/networking/timestamping.rst.
func (e SockExtendedErr) Timestamp() (id uint32, at TimestampPoint, ok bool) {
	if e.Origin != SO_EE_ORIGIN_TIMESTAMPING || e.Errno != syscall.ENOMSG {
		return 0, 0, false
	}
	return e.Data, TimestampPoint(e.Info), true
}

// Txtime returns the time set by AppendTxtime of a packet that was dropped because of it. Code is
// the reason.
func (e SockExtendedErr) Txtime() (at time.Duration, ok bool) {
	if e.Origin != SO_EE_ORIGIN_TXTIME {
		return 0, false
	}
	return time.Duration(uint64(e.Data)<<32 | uint64(e.Info)), true
}
