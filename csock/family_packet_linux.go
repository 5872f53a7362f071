//go:build cgo

package csock

import (
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	const start = unsafe.Offsetof(struct_sockaddr_ll{}.sll_addr)
	// A hardware address may be longer than the struct's field. The kernel's own have up to 32
	// bytes (MAX_ADDR_LEN), and the storage has room for them.
	packetAddrs.encode = func(sa SockaddrLL) (a SockAddr, ok bool) {
		n := makeAddr[struct_sockaddr_ll](&a, sys.AF_PACKET)
		putBE16(&n.sll_protocol, uint16(sa.Protocol))
		n.sll_ifindex, n.sll_hatype = c_int(sa.Ifindex), c_ushort(sa.HardwareType)
		n.sll_pkttype, n.sll_halen = c_uchar(sa.PacketType), c_uchar(len(sa.Addr))
		if copy(a.bytes()[start:], sa.Addr) < len(sa.Addr) || int(n.sll_ifindex) != sa.Ifindex {
			return a, false
		}
		a.len = max(a.len, socklen_t(int(start)+len(sa.Addr)))
		return a, true
	}
	packetAddrs.decode = func(a SockAddr) (sa SockaddrLL, ok bool) {
		if a.storage.ss_family != sys.AF_PACKET || a.len == invalidLen || a.len < socklen_t(start) {
			return sa, false
		}
		n := storageAs[struct_sockaddr_ll](&a)
		sa = SockaddrLL{Protocol: EtherType(getBE16(&n.sll_protocol)), Ifindex: int(n.sll_ifindex),
			HardwareType: HardwareType(n.sll_hatype), PacketType: PacketType(n.sll_pkttype)}
		hw := a.native()[start:]
		if hw = hw[:min(int(n.sll_halen), len(hw))]; len(hw) > 0 {
			sa.Addr = append(sa.Addr, hw...)
		}
		return sa, true
	}
}
