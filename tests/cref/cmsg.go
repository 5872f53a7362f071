//go:build linux && cgo

package cref

// #include "cmsg.h"
import "C"

import (
	"syscall"
	"unsafe"
)

// A CmsgKind is a kind of control message that Cmsg can make.
type CmsgKind int

const (
	CmsgRights        CmsgKind = C.CREF_RIGHTS // numbers: how many, then up to 9 descriptors
	CmsgCredentials   CmsgKind = C.CREF_CREDENTIALS
	CmsgPktinfo4      CmsgKind = C.CREF_PKTINFO4
	CmsgPktinfo6      CmsgKind = C.CREF_PKTINFO6
	CmsgTTL           CmsgKind = C.CREF_TTL
	CmsgHopLimit      CmsgKind = C.CREF_HOPLIMIT
	CmsgTOS           CmsgKind = C.CREF_TOS
	CmsgTclass        CmsgKind = C.CREF_TCLASS
	CmsgDontfrag      CmsgKind = C.CREF_DONTFRAG
	CmsgFlowinfo      CmsgKind = C.CREF_FLOWINFO
	CmsgSegment       CmsgKind = C.CREF_SEGMENT
	CmsgTxtime        CmsgKind = C.CREF_TXTIME
	CmsgMark          CmsgKind = C.CREF_MARK
	CmsgPriority      CmsgKind = C.CREF_PRIORITY
	CmsgTimestamping  CmsgKind = C.CREF_TIMESTAMPING
	CmsgTsOptID       CmsgKind = C.CREF_TS_OPT_ID
	CmsgTLSRecord     CmsgKind = C.CREF_TLS_RECORD
	CmsgHopopts       CmsgKind = C.CREF_HOPOPTS // number: how many bytes; likewise to CmsgRetopts
	CmsgDstopts       CmsgKind = C.CREF_DSTOPTS
	CmsgRthdr         CmsgKind = C.CREF_RTHDR
	CmsgRetopts       CmsgKind = C.CREF_RETOPTS
	CmsgSCTPInit      CmsgKind = C.CREF_SCTP_INIT
	CmsgSCTPSndrcv    CmsgKind = C.CREF_SCTP_SNDRCV
	CmsgSCTPSndinfo   CmsgKind = C.CREF_SCTP_SNDINFO
	CmsgSCTPPrinfo    CmsgKind = C.CREF_SCTP_PRINFO
	CmsgSCTPAuthinfo  CmsgKind = C.CREF_SCTP_AUTHINFO
	CmsgSCTPDstaddrv4 CmsgKind = C.CREF_SCTP_DSTADDRV4
	CmsgSCTPDstaddrv6 CmsgKind = C.CREF_SCTP_DSTADDRV6
)

// A Cmsg holds the values of a control message: up to 10 numbers, and up to 64 bytes.
type Cmsg struct {
	Kind CmsgKind
	Args []int64
	Data []byte
}

// Cmsgs makes control messages with C's macros, one after the other.
func Cmsgs(specs ...Cmsg) []byte {
	kinds := make([]C.int, len(specs))
	args := make([]C.int64_t, 10*len(specs))
	data := make([]byte, 64*len(specs))
	for i, s := range specs {
		kinds[i] = C.int(s.Kind)
		for k, a := range s.Args {
			args[10*i+k] = C.int64_t(a)
		}
		copy(data[64*i:64*(i+1)], s.Data)
	}
	buf := make([]byte, 4096)
	n := C.cmsg_build(&kinds[0], &args[0], (*C.uint8_t)(&data[0]), C.size_t(len(specs)), (*C.uint8_t)(&buf[0]), C.size_t(len(buf)))
	if n < 0 {
		panic(syscall.Errno(-n))
	}
	return buf[:n]
}

// CmsgText walks a control buffer with C's macros, and describes its contents, one line for each
// message.
func CmsgText(control []byte) string {
	out := make([]byte, 4096+32*len(control))
	n := C.cmsg_text((*C.uint8_t)(unsafe.SliceData(control)), C.size_t(len(control)), (*C.char)(unsafe.Pointer(&out[0])), C.size_t(len(out)))
	return string(out[:n])
}

// CmsgSend sends p with control messages, to addr if it is not empty, by sendmsg(2).
func CmsgSend(fd uintptr, p, addr, control []byte, flags int) (int, error) {
	n := C.cmsg_send(C.int(fd), (*C.uint8_t)(unsafe.SliceData(p)), C.size_t(len(p)), (*C.uint8_t)(unsafe.SliceData(addr)), C.size_t(len(addr)),
		(*C.uint8_t)(unsafe.SliceData(control)), C.size_t(len(control)), C.int(flags))
	if n < 0 {
		return 0, syscall.Errno(-n)
	}
	return int(n), nil
}

// CmsgRecv receives up to n bytes with up to room bytes of control messages by recvmsg(2).
func CmsgRecv(fd uintptr, n, room, flags int) (p, control []byte, msgFlags int, err error) {
	p, control = make([]byte, n), make([]byte, room)
	length, f := C.size_t(room), C.int(flags)
	r := C.cmsg_recv(C.int(fd), (*C.uint8_t)(unsafe.SliceData(p)), C.size_t(n), (*C.uint8_t)(unsafe.SliceData(control)), &length, &f)
	if r < 0 {
		return nil, nil, 0, syscall.Errno(-r)
	}
	return p[:min(int(r), n)], control[:length], int(f), nil
}
