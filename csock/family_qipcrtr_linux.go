//go:build cgo

package csock

import "github.com/csock/go-csock/csock/internal/sys"

func init() {
	useAddr(qrtrAddrs, sys.AF_QIPCRTR, func(sa SockaddrQRTR) (n struct_sockaddr_qrtr, ok bool) {
		n.sq_node, n.sq_port = __u32(sa.Node), __u32(sa.Port)
		return n, true
	}, func(n struct_sockaddr_qrtr) (SockaddrQRTR, bool) {
		return SockaddrQRTR{uint32(n.sq_node), uint32(n.sq_port)}, true
	})
}
