//go:build cgo

package csock

import (
	"math"
	"net/netip"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The control messages of SCTP: RFC 6458, section 5.3. Fields are as there; a payload protocol id
// goes as it is, in whatever byte order its users agree on.

// SCTPRcvInfo reports how a message was received: a struct sctp_rcvinfo.
type SCTPRcvInfo struct {
	SID     uint16 // the stream
	SSN     uint16
	Flags   SCTPFlags
	PPID    uint32
	TSN     uint32
	CumTSN  uint32
	Context uint32
	AssocID SCTPAssocID
}

// SCTPNxtInfo describes the message after the one received: a struct sctp_nxtinfo.
type SCTPNxtInfo struct {
	SID     uint16 // the stream
	Flags   SCTPFlags
	PPID    uint32
	Length  uint32 // of the part that has arrived, in bytes
	AssocID SCTPAssocID
}

// SCTPPRInfo sets how long to try to send a message: a struct sctp_prinfo.
type SCTPPRInfo struct {
	Policy SCTPPRPolicy
	Value  uint32 // by the policy: milliseconds, retransmissions, priority
}

// AppendSCTPInit appends the parameters of a new association ([SCTP_INIT]). MaxInitTimeo is clamped
// to the range of the struct's field.
func AppendSCTPInit(b []byte, i SCTPInitMsg) []byte {
	var v csock_sctp_initmsg
	clear(bytesOf(&v))
	v.sinit_num_ostreams = uint16_t(i.NumOstreams)
	v.sinit_max_instreams = uint16_t(i.MaxInstreams)
	v.sinit_max_attempts = uint16_t(i.MaxAttempts)
	v.sinit_max_init_timeo = uint16_t(clampedMS(i.MaxInitTimeo, math.MaxUint16))
	return appendStruct(b, sys.IPPROTO_SCTP, sys.SCTP_INIT, &v)
}

// AppendSCTPSndRcv appends how to send a message ([SCTP_SNDRCV]). TimeToLive is clamped to the
// range of the struct's field.
func AppendSCTPSndRcv(b []byte, i SCTPSndRcvInfo) []byte {
	var v csock_sctp_sndrcvinfo
	clear(bytesOf(&v))
	putSCTPSndRcvInfo(&v, i, uint32_t(clampedMS(i.TimeToLive, math.MaxUint32)))
	return appendStruct(b, sys.IPPROTO_SCTP, sys.SCTP_SNDRCV, &v)
}

// AppendSCTPSndInfo appends how to send a message ([SCTP_SNDINFO]).
func AppendSCTPSndInfo(b []byte, i SCTPSndInfo) []byte {
	var v csock_sctp_sndinfo
	clear(bytesOf(&v))
	putSCTPSndInfo(&v, i)
	return appendStruct(b, sys.IPPROTO_SCTP, sys.SCTP_SNDINFO, &v)
}

// AppendSCTPPRInfo appends how long to try to send a message ([SCTP_PRINFO]).
func AppendSCTPPRInfo(b []byte, i SCTPPRInfo) []byte {
	var v csock_sctp_prinfo
	clear(bytesOf(&v))
	v.pr_policy = uint16_t(i.Policy)
	v.pr_value = uint32_t(i.Value)
	return appendStruct(b, sys.IPPROTO_SCTP, sys.SCTP_PRINFO, &v)
}

// AppendSCTPAuthInfo appends the number of the key that authenticates (SCTP_AUTHINFO).
func AppendSCTPAuthInfo(b []byte, key uint16) []byte {
	// All that a struct sctp_authinfo has.
	return appendValue(b, sys.IPPROTO_SCTP, sys.SCTP_AUTHINFO, key)
}

// AppendSCTPDstAddr appends a further address of the peer ([SCTP_DSTADDRV4], [SCTP_DSTADDRV6]). It
// appends nothing if addr is not valid.
func AppendSCTPDstAddr(b []byte, addr netip.Addr) []byte {
	switch {
	case addr.Is4():
		return appendValue(b, sys.IPPROTO_SCTP, sys.SCTP_DSTADDRV4, addr.As4())
	case addr.Is6():
		return appendValue(b, sys.IPPROTO_SCTP, sys.SCTP_DSTADDRV6, addr.As16())
	}
	return b
}

// SCTPSndRcvInfo returns how a message was received ([SCTP_SNDRCV]). The data_io_event of
// SCTP_EVENTS enables it.
func (m ControlMessage) SCTPSndRcvInfo() (SCTPSndRcvInfo, bool) {
	v, ok := loadIf[csock_sctp_sndrcvinfo](&m, sys.IPPROTO_SCTP, sys.SCTP_SNDRCV)
	return sctpSndRcvInfoOf(&v), ok
}

// SCTPRcvInfo returns how a message was received ([SCTP_RCVINFO]). SCTP_RECVRCVINFO enables it.
func (m ControlMessage) SCTPRcvInfo() (SCTPRcvInfo, bool) {
	v, ok := loadIf[csock_sctp_rcvinfo](&m, sys.IPPROTO_SCTP, sys.SCTP_RCVINFO)
	return SCTPRcvInfo{
		SID:     uint16(v.rcv_sid),
		SSN:     uint16(v.rcv_ssn),
		Flags:   SCTPFlags(v.rcv_flags),
		PPID:    uint32(v.rcv_ppid),
		TSN:     uint32(v.rcv_tsn),
		CumTSN:  uint32(v.rcv_cumtsn),
		Context: uint32(v.rcv_context),
		AssocID: SCTPAssocID(v.rcv_assoc_id),
	}, ok
}

// SCTPNxtInfo returns a description of the message after this one ([SCTP_NXTINFO]).
// SCTP_RECVNXTINFO enables it.
func (m ControlMessage) SCTPNxtInfo() (SCTPNxtInfo, bool) {
	v, ok := loadIf[csock_sctp_nxtinfo](&m, sys.IPPROTO_SCTP, sys.SCTP_NXTINFO)
	return SCTPNxtInfo{
		SID:     uint16(v.nxt_sid),
		Flags:   SCTPFlags(v.nxt_flags),
		PPID:    uint32(v.nxt_ppid),
		Length:  uint32(v.nxt_length),
		AssocID: SCTPAssocID(v.nxt_assoc_id),
	}, ok
}
