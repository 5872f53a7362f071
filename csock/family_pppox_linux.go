//go:build cgo

package csock

import (
	"encoding/binary"
	"net"
	"net/netip"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// struct sockaddr_pppox and its siblings are packed. After the family they have the protocol, which
// cgo cannot show because it is not aligned, and a struct of the protocol's own. In struct
// sockaddr_pppox that is a union, and struct pppoe_addr its longest member.
const (
	pppoxProtocol = unsafe.Sizeof(sa_family_t(0))
	pppoxBody     = pppoxProtocol + unsafe.Sizeof(c_uint(0))
	pppoxSize     = unsafe.Sizeof(struct_sockaddr_pppox{})
)

// makePPPoX makes a an address of a protocol with size bytes, and returns the protocol's own.
func makePPPoX(a *SockAddr, protocol c_uint, size uintptr) []byte {
	a.storage.ss_family, a.len = sys.AF_PPPOX, socklen_t(size)
	b := a.bytes()[:size]
	copy(b[pppoxProtocol:], bytesOf(&protocol))
	return b[pppoxBody:]
}

// readPPPoX returns a protocol's own bytes of an address, nil if that is of another.
func readPPPoX(a *SockAddr, protocol c_uint) []byte {
	if addrAs[[pppoxBody]byte](a, sys.AF_PPPOX) == nil {
		return nil
	}
	b := a.bytes()[:a.len]
	if n, _ := load[c_uint](b[pppoxProtocol:]); n != protocol {
		return nil
	}
	return b[pppoxBody:]
}

func init() {
	pppoeAddrs.encode = func(sa SockaddrPPPoE) (a SockAddr, ok bool) {
		var n struct_pppoe_addr
		putBE16(&n.sid, sa.SID)
		copy(bytesOf(&n.remote), sa.Remote)
		ok = len(sa.Remote) == len(n.remote) && putIfname(bytesOf(&n.dev), sa.Dev)
		copy(makePPPoX(&a, sys.PX_PROTO_OE, pppoxSize), bytesOf(&n))
		return a, ok
	}
	pppoeAddrs.decode = func(a SockAddr) (sa SockaddrPPPoE, ok bool) {
		n, ok := load[struct_pppoe_addr](readPPPoX(&a, sys.PX_PROTO_OE))
		if !ok {
			return sa, false
		}
		return SockaddrPPPoE{getBE16(&n.sid), append(net.HardwareAddr(nil), bytesOf(&n.remote)...),
			cString(bytesOf(&n.dev))}, true
	}

	pptpAddrs.encode = func(sa SockaddrPPTP) (a SockAddr, ok bool) {
		// Field by field: the bytes between them, which a Go struct may leave as they were, stay
		// zero.
		b := makePPPoX(&a, sys.PX_PROTO_PPTP, pppoxSize)
		put(b, unsafe.Offsetof(struct_pptp_addr{}.call_id), __u16(sa.CallID))
		if ok = sa.Addr.Is4(); ok {
			copy(b[unsafe.Offsetof(struct_pptp_addr{}.sin_addr):], sa.Addr.AsSlice())
		}
		return a, ok
	}
	pptpAddrs.decode = func(a SockAddr) (sa SockaddrPPTP, ok bool) {
		n, ok := load[struct_pptp_addr](readPPPoX(&a, sys.PX_PROTO_PPTP))
		if !ok || uintptr(a.len) < pppoxSize {
			return sa, false
		}
		return SockaddrPPTP{uint16(n.call_id), netip.AddrFrom4([4]byte(bytesOf(&n.sin_addr)))}, true
	}

	l2tpAddrs.encode = func(sa SockaddrPPPoL2TP) (a SockAddr, ok bool) {
		peer := InetAddr(sa.Addr)
		ok = peer.IsValid() && peer.len > 0
		for i := range l2tpForms {
			f := &l2tpForms[i]
			if f.v3 != sa.V3 || f.v6 != peer.isIPv6() {
				continue
			}
			b := makePPPoX(&a, sys.PX_PROTO_OL2TP, pppoxBody+f.size)
			pid, fd := c_int(sa.PID), c_int(sa.FD)
			copy(b, bytesOf(&pid))
			copy(b[unsafe.Sizeof(pid):], bytesOf(&fd))
			copy(b[f.addr:], peer.native())
			ok = ok && int(pid) == sa.PID && int(fd) == sa.FD
			for j, n := range []uint32{sa.STunnel, sa.SSession, sa.DTunnel, sa.DSession} {
				if f.v3 {
					binary.NativeEndian.PutUint32(b[f.numbers+4*uintptr(j):], n)
				} else {
					binary.NativeEndian.PutUint16(b[f.numbers+2*uintptr(j):], uint16(n))
					ok = ok && n == uint32(uint16(n))
				}
			}
		}
		return a, ok
	}
	l2tpAddrs.decode = func(a SockAddr) (sa SockaddrPPPoL2TP, ok bool) {
		b := readPPPoX(&a, sys.PX_PROTO_OL2TP)
		for i := range l2tpForms {
			f := &l2tpForms[i]
			if f.size != uintptr(len(b)) {
				continue
			}
			pid, _ := load[c_int](b)
			fd, _ := load[c_int](b[unsafe.Sizeof(pid):])
			sa = SockaddrPPPoL2TP{V3: f.v3, PID: int(pid), FD: int(fd)}
			end := f.addr + unsafe.Sizeof(struct_sockaddr_in{})
			if f.v6 {
				end = f.addr + unsafe.Sizeof(struct_sockaddr_in6{})
			}
			peer, _ := RawSockAddr(b[f.addr:end])
			sa.Addr, ok = peer.AddrPort()
			for j, n := range []*uint32{&sa.STunnel, &sa.SSession, &sa.DTunnel, &sa.DSession} {
				if f.v3 {
					*n = binary.NativeEndian.Uint32(b[f.numbers+4*uintptr(j):])
				} else {
					*n = uint32(binary.NativeEndian.Uint16(b[f.numbers+2*uintptr(j):]))
				}
			}
		}
		return sa, ok
	}
}

// An l2tpForm is one of the four structs with the address of an L2TP session. All begin with the
// process and the descriptor; the four numbers follow each other.
type l2tpForm struct {
	v3, v6              bool
	size, addr, numbers uintptr
}

var l2tpForms = [...]l2tpForm{
	{false, false, unsafe.Sizeof(struct_pppol2tp_addr{}),
		unsafe.Offsetof(struct_pppol2tp_addr{}.addr),
		unsafe.Offsetof(struct_pppol2tp_addr{}.s_tunnel)},
	{false, true, unsafe.Sizeof(struct_pppol2tpin6_addr{}),
		unsafe.Offsetof(struct_pppol2tpin6_addr{}.addr),
		unsafe.Offsetof(struct_pppol2tpin6_addr{}.s_tunnel)},
	{true, false, unsafe.Sizeof(struct_pppol2tpv3_addr{}),
		unsafe.Offsetof(struct_pppol2tpv3_addr{}.addr),
		unsafe.Offsetof(struct_pppol2tpv3_addr{}.s_tunnel)},
	{true, true, unsafe.Sizeof(struct_pppol2tpv3in6_addr{}),
		unsafe.Offsetof(struct_pppol2tpv3in6_addr{}.addr),
		unsafe.Offsetof(struct_pppol2tpv3in6_addr{}.s_tunnel)},
}
