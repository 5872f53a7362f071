//go:build cgo

package csock

import (
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	// The flags were zeros until Linux 5.11, and have no name in older headers.
	const flags = unsafe.Offsetof(struct_sockaddr_vm{}.svm_cid) + unsafe.Sizeof(struct_sockaddr_vm{}.svm_cid)
	useAddr(vsockAddrs, sys.AF_VSOCK, func(sa SockaddrVM) (n struct_sockaddr_vm, ok bool) {
		n.svm_cid, n.svm_port = c_uint(sa.CID), c_uint(sa.Port)
		bytesOf(&n)[flags] = byte(sa.Flags)
		return n, true
	}, func(n struct_sockaddr_vm) (SockaddrVM, bool) {
		return SockaddrVM{uint32(n.svm_cid), uint32(n.svm_port), VsockFlags(bytesOf(&n)[flags])},
			true
	})
}
