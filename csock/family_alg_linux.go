//go:build cgo

package csock

import (
	"strings"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	algAddrs.encode = func(sa SockaddrALG) (a SockAddr, ok bool) {
		n := makeAddr[struct_sockaddr_alg](&a, sys.AF_ALG)
		start := unsafe.Offsetof(n.salg_name)
		name := a.bytes()[start:]
		if len(sa.Type) >= len(n.salg_type) || len(sa.Name) >= len(name) ||
			strings.IndexByte(sa.Type+sa.Name, 0) >= 0 {
			return a, false
		}
		copy(bytesOf(&n.salg_type), sa.Type)
		n.salg_feat, n.salg_mask = __u32(sa.Feat), __u32(sa.Mask)
		copy(name, sa.Name)
		// A name longer than the struct's field continues behind it: struct sockaddr_alg_new.
		a.len = max(a.len, socklen_t(int(start)+len(sa.Name)+1))
		return a, true
	}
	algAddrs.decode = func(a SockAddr) (sa SockaddrALG, ok bool) {
		n := addrAs[struct_sockaddr_alg](&a, sys.AF_ALG)
		if n == nil {
			return sa, false
		}
		name := a.bytes()[unsafe.Offsetof(n.salg_name):a.len]
		return SockaddrALG{cString(bytesOf(&n.salg_type)), uint32(n.salg_feat), uint32(n.salg_mask),
			cString(name)}, true
	}
}
