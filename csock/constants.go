//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"
import "strconv"

type (
	Domain    int
	Type      int
	Protocol  int
	MsgFlags  int
	RecvFlags int
	Shutdown  int
)

func (d Domain) String() string { return strconv.Itoa(int(d)) }

const (
	AF_INET     Domain   = C.AF_INET
	AF_INET6    Domain   = C.AF_INET6
	AF_UNIX     Domain   = C.AF_UNIX
	SOCK_STREAM Type     = C.SOCK_STREAM
	SOCK_DGRAM  Type     = C.SOCK_DGRAM
	SOCK_RAW    Type     = C.SOCK_RAW
	MSG_OOB     MsgFlags = C.MSG_OOB
	MSG_PEEK    MsgFlags = C.MSG_PEEK
	IPPROTO_TCP Protocol = C.IPPROTO_TCP
	IPPROTO_UDP Protocol = C.IPPROTO_UDP
	SHUT_RD     Shutdown = C.SHUT_RD
)
