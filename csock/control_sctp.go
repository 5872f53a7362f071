//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"
import (
	"net/netip"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The control messages of SCTP: RFC 6458, section 5.3. Fields are as there; a payload protocol id
// goes as it is, in whatever byte order its users agree on.

// Flags of SCTPSndInfo, SCTPSndRcv and SCTPRcvInfo. See RFC 6458, sections 5.3.2 and 5.3.4.
const (
	SCTP_UNORDERED        = sys.SCTP_UNORDERED        // the message may overtake others; received: it might
	SCTP_ADDR_OVER        = sys.SCTP_ADDR_OVER        // to the address of the call, not to the primary one
	SCTP_ABORT            = sys.SCTP_ABORT            // abort the association; the message tells why
	SCTP_SACK_IMMEDIATELY = sys.SCTP_SACK_IMMEDIATELY // the peer is to acknowledge at once
	SCTP_SENDALL          = sys.SCTP_SENDALL          // to all associations of a one-to-many socket
	SCTP_EOF              = sys.SCTP_EOF              // end the association when all has been sent
)

// SCTPInit says how an association is to be made: a struct sctp_initmsg. A field that is 0 leaves the socket's value.
type SCTPInit struct {
	NumOstreams  uint16 // how many streams to send on
	MaxInstreams uint16 // how many streams to receive on
	MaxAttempts  uint16 // how often to try
	MaxInitTimeo uint16 // the longest wait between tries, in milliseconds
}

// SCTPSndRcv says how to send a message, or how one came: a struct sctp_sndrcvinfo, which RFC 6458
// replaces by [SCTPSndInfo], [SCTPRcvInfo] and [SCTPPRInfo].
type SCTPSndRcv struct {
	Stream     uint16
	SSN        uint16
	Flags      uint16
	PPID       uint32
	Context    uint32
	TimeToLive uint32 // milliseconds, 0 for ever
	TSN        uint32
	CumTSN     uint32
	AssocID    SCTPAssocID
}

// SCTPSndInfo says how to send a message: a struct sctp_sndinfo.
type SCTPSndInfo struct {
	SID     uint16 // the stream
	Flags   uint16
	PPID    uint32
	Context uint32
	AssocID SCTPAssocID
}

// SCTPRcvInfo tells how a message came: a struct sctp_rcvinfo.
type SCTPRcvInfo struct {
	SID     uint16 // the stream
	SSN     uint16
	Flags   uint16
	PPID    uint32
	TSN     uint32
	CumTSN  uint32
	Context uint32
	AssocID SCTPAssocID
}

// SCTPNxtInfo tells of the message after the one that came: a struct sctp_nxtinfo.
type SCTPNxtInfo struct {
	SID     uint16 // the stream
	Flags   uint16
	PPID    uint32
	Length  uint32 // of what is there of it, in bytes
	AssocID SCTPAssocID
}

// SCTPPRInfo says how long to try to send a message: a struct sctp_prinfo.
type SCTPPRInfo struct {
	Policy SCTPPRPolicy
	Value  uint32 // by the policy: milliseconds, retransmissions, priority
}

// AppendSCTPInit appends how an association is to be made (SCTP_INIT).
func AppendSCTPInit(b []byte, i SCTPInit) []byte {
	var v C.csock_sctp_initmsg
	clear(memory(&v))
	v.sinit_num_ostreams = C.uint16_t(i.NumOstreams)
	v.sinit_max_instreams = C.uint16_t(i.MaxInstreams)
	v.sinit_max_attempts = C.uint16_t(i.MaxAttempts)
	v.sinit_max_init_timeo = C.uint16_t(i.MaxInitTimeo)
	return appendStruct(b, sys.IPPROTO_SCTP, sys.SCTP_INIT, &v)
}

// AppendSCTPSndRcv appends how to send (SCTP_SNDRCV).
func AppendSCTPSndRcv(b []byte, i SCTPSndRcv) []byte {
	var v C.csock_sctp_sndrcvinfo
	clear(memory(&v))
	v.sinfo_stream = C.uint16_t(i.Stream)
	v.sinfo_ssn = C.uint16_t(i.SSN)
	v.sinfo_flags = C.uint16_t(i.Flags)
	v.sinfo_ppid = C.uint32_t(i.PPID)
	v.sinfo_context = C.uint32_t(i.Context)
	v.sinfo_timetolive = C.uint32_t(i.TimeToLive)
	v.sinfo_tsn = C.uint32_t(i.TSN)
	v.sinfo_cumtsn = C.uint32_t(i.CumTSN)
	setInteger(&v.sinfo_assoc_id, int(i.AssocID))
	return appendStruct(b, sys.IPPROTO_SCTP, sys.SCTP_SNDRCV, &v)
}

// AppendSCTPSndInfo appends how to send (SCTP_SNDINFO).
func AppendSCTPSndInfo(b []byte, i SCTPSndInfo) []byte {
	var v C.csock_sctp_sndinfo
	clear(memory(&v))
	v.snd_sid = C.uint16_t(i.SID)
	v.snd_flags = C.uint16_t(i.Flags)
	v.snd_ppid = C.uint32_t(i.PPID)
	v.snd_context = C.uint32_t(i.Context)
	setInteger(&v.snd_assoc_id, int(i.AssocID))
	return appendStruct(b, sys.IPPROTO_SCTP, sys.SCTP_SNDINFO, &v)
}

// AppendSCTPPRInfo appends how long to try (SCTP_PRINFO).
func AppendSCTPPRInfo(b []byte, i SCTPPRInfo) []byte {
	var v C.csock_sctp_prinfo
	clear(memory(&v))
	v.pr_policy = C.uint16_t(i.Policy)
	v.pr_value = C.uint32_t(i.Value)
	return appendStruct(b, sys.IPPROTO_SCTP, sys.SCTP_PRINFO, &v)
}

// AppendSCTPAuthInfo appends the number of the key that authenticates (SCTP_AUTHINFO).
func AppendSCTPAuthInfo(b []byte, key uint16) []byte {
	// All that a struct sctp_authinfo has.
	return appendValue(b, sys.IPPROTO_SCTP, sys.SCTP_AUTHINFO, key)
}

// AppendSCTPDstAddr appends a further address of the peer (SCTP_DSTADDRV4, SCTP_DSTADDRV6). An addr that is not valid
// appends nothing.
func AppendSCTPDstAddr(b []byte, addr netip.Addr) []byte {
	switch {
	case addr.Is4():
		return appendValue(b, sys.IPPROTO_SCTP, sys.SCTP_DSTADDRV4, addr.As4())
	case addr.Is6():
		return appendValue(b, sys.IPPROTO_SCTP, sys.SCTP_DSTADDRV6, addr.As16())
	}
	return b
}

// SCTPSndRcv returns how a message came (SCTP_SNDRCV). The data_io_event of SCTP_EVENTS asks for it.
func (m ControlMessage) SCTPSndRcv() (SCTPSndRcv, bool) {
	v, ok := loadIf[C.csock_sctp_sndrcvinfo](&m, sys.IPPROTO_SCTP, sys.SCTP_SNDRCV)
	return SCTPSndRcv{
		Stream:     uint16(v.sinfo_stream),
		SSN:        uint16(v.sinfo_ssn),
		Flags:      uint16(v.sinfo_flags),
		PPID:       uint32(v.sinfo_ppid),
		Context:    uint32(v.sinfo_context),
		TimeToLive: uint32(v.sinfo_timetolive),
		TSN:        uint32(v.sinfo_tsn),
		CumTSN:     uint32(v.sinfo_cumtsn),
		AssocID:    SCTPAssocID(v.sinfo_assoc_id),
	}, ok
}

// SCTPRcvInfo returns how a message came (SCTP_RCVINFO). SCTP_RECVRCVINFO asks for it.
func (m ControlMessage) SCTPRcvInfo() (SCTPRcvInfo, bool) {
	v, ok := loadIf[C.csock_sctp_rcvinfo](&m, sys.IPPROTO_SCTP, sys.SCTP_RCVINFO)
	return SCTPRcvInfo{
		SID:     uint16(v.rcv_sid),
		SSN:     uint16(v.rcv_ssn),
		Flags:   uint16(v.rcv_flags),
		PPID:    uint32(v.rcv_ppid),
		TSN:     uint32(v.rcv_tsn),
		CumTSN:  uint32(v.rcv_cumtsn),
		Context: uint32(v.rcv_context),
		AssocID: SCTPAssocID(v.rcv_assoc_id),
	}, ok
}

// SCTPNxtInfo returns what is known of the message after this one (SCTP_NXTINFO). SCTP_RECVNXTINFO asks for it.
func (m ControlMessage) SCTPNxtInfo() (SCTPNxtInfo, bool) {
	v, ok := loadIf[C.csock_sctp_nxtinfo](&m, sys.IPPROTO_SCTP, sys.SCTP_NXTINFO)
	return SCTPNxtInfo{
		SID:     uint16(v.nxt_sid),
		Flags:   uint16(v.nxt_flags),
		PPID:    uint32(v.nxt_ppid),
		Length:  uint32(v.nxt_length),
		AssocID: SCTPAssocID(v.nxt_assoc_id),
	}, ok
}
