//go:build cgo

package csock

import (
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	mctpAddrs.encode = func(sa SockaddrMCTP) (a SockAddr, ok bool) {
		n := makeAddr[struct_csock_sockaddr_mctp](&a, sys.AF_MCTP)
		n.smctp_network, n.smctp_addr.s_addr = c_uint(sa.Network), __u8(sa.Addr)
		n.smctp_type, n.smctp_tag = __u8(sa.Type), __u8(sa.Tag)
		if sa.HardwareAddr == "" {
			return a, sa.Ifindex == 0
		}
		ext := makeAddr[struct_csock_sockaddr_mctp_ext](&a, sys.AF_MCTP) // which begins with n
		ext.smctp_ifindex = c_int(sa.Ifindex)
		ext.smctp_halen = __u8(copy(bytesOf(&ext.smctp_haddr), sa.HardwareAddr))
		return a, int(ext.smctp_halen) == len(sa.HardwareAddr) &&
			int(ext.smctp_ifindex) == sa.Ifindex
	}
	mctpAddrs.decode = func(a SockAddr) (sa SockaddrMCTP, ok bool) {
		n := addrAs[struct_csock_sockaddr_mctp](&a, sys.AF_MCTP)
		if n == nil {
			return sa, false
		}
		sa = SockaddrMCTP{Network: uint32(n.smctp_network), Addr: MCTPEID(n.smctp_addr.s_addr),
			Type: uint8(n.smctp_type),
			Tag:  MCTPTag(n.smctp_tag)}
		if ext := addrAs[struct_csock_sockaddr_mctp_ext](&a, sys.AF_MCTP); ext != nil {
			if uintptr(ext.smctp_halen) > unsafe.Sizeof(ext.smctp_haddr) {
				return SockaddrMCTP{}, false
			}
			sa.Ifindex, sa.HardwareAddr = int(ext.smctp_ifindex),
				string(bytesOf(&ext.smctp_haddr)[:ext.smctp_halen])
		}
		return sa, true
	}
}
