//go:build cgo

package csock

import (
	"math"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	useAddr(rxrpcAddrs, sys.AF_RXRPC, func(sa SockaddrRXRPC) (n struct_sockaddr_rxrpc, ok bool) {
		transport := sa.Transport.native()
		if !sa.Transport.isIPv4() && !sa.Transport.isIPv6() ||
			len(transport) > int(unsafe.Sizeof(n.transport)) ||
			sa.TransportType < 0 || sa.TransportType > math.MaxUint16 {
			return n, false
		}
		n.srx_service, n.transport_type, n.transport_len = __u16(sa.Service),
			__u16(sa.TransportType), __u16(len(transport))
		copy(bytesOf(&n.transport), transport)
		return n, true
	}, func(n struct_sockaddr_rxrpc) (SockaddrRXRPC, bool) {
		if uintptr(n.transport_len) > unsafe.Sizeof(n.transport) {
			return SockaddrRXRPC{}, false
		}
		transport, err := RawSockAddr(bytesOf(&n.transport)[:n.transport_len])
		return SockaddrRXRPC{uint16(n.srx_service), Type(n.transport_type), transport}, err == nil
	})
}
