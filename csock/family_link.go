//go:build cgo

package csock

import (
	"fmt"
	"net"
	"strings"
)

// The addresses AF_LINK of macOS and the BSDs: interfaces, as routing sockets and control messages
// have them. There are no sockets of this family. Linux has AF_PACKET.

// A SockaddrDL is a struct sockaddr_dl: a link-layer address. See link_addr(3).
type SockaddrDL struct {
	Ifindex  int              // the interface, or 0
	Type     uint8            // of the interface: IFT_ETHER and others, of net/if_types.h
	Name     string           // of the interface
	Addr     net.HardwareAddr // of the interface
	Selector []byte           // the link-layer selector
}

var linkAddrs = newAddrForm(AF_LINK, func(sa SockaddrDL) string {
	name := sa.Name
	if name == "" {
		name = interfaceText(sa.Ifindex)
	}
	return strings.TrimSuffix(fmt.Sprintf("link:%s:%s", name, sa.Addr), ":")
})

func init() {
	if csock_SDL_SIZE == 0 {
		return
	}
	linkAddrs.encode = func(sa SockaddrDL) (a SockAddr, ok bool) {
		family, p := AF_LINK, a.bytes()[:]
		data := append(append([]byte(sa.Name), sa.Addr...), sa.Selector...)
		n := csock_SDL_DATA + len(data)
		if n > len(p) || sa.Ifindex < 0 || sa.Ifindex > 1<<16-1 {
			return a, false // which is more than each length holds
		}
		a.storage.ss_family = sa_family_t(family)
		put(p, csock_SDL_INDEX, uint16_t(sa.Ifindex))
		p[csock_SDL_TYPE] = sa.Type
		p[csock_SDL_NLEN] = byte(len(sa.Name))
		p[csock_SDL_ALEN] = byte(len(sa.Addr))
		p[csock_SDL_SLEN] = byte(len(sa.Selector))
		copy(p[csock_SDL_DATA:], data)
		a.len = socklen_t(max(n, csock_SDL_SIZE))
		p[max(csock_SA_LEN, 0)] = byte(a.len)
		return a, true
	}
	linkAddrs.decode = func(a SockAddr) (sa SockaddrDL, ok bool) {
		p := a.native()
		if a.Domain() != AF_LINK || len(p) < csock_SDL_DATA {
			return sa, false
		}
		index, _ := load[uint16_t](p[csock_SDL_INDEX:])
		sa.Ifindex, sa.Type = int(index), p[csock_SDL_TYPE]
		name, addr, selector := int(p[csock_SDL_NLEN]), int(p[csock_SDL_ALEN]),
			int(p[csock_SDL_SLEN])
		data := p[csock_SDL_DATA:]
		if name+addr+selector > len(data) {
			return SockaddrDL{}, false
		}
		sa.Name, data = string(data[:name]), data[name:]
		sa.Addr = append(sa.Addr, data[:addr]...)
		sa.Selector = append(sa.Selector, data[addr:][:selector]...)
		return sa, true
	}
}

// LinkAddr returns the link-layer address sa. It is not valid if the platform has no AF_LINK, or if
// a number or a text does not fit: see [SockAddr.IsValid].
func LinkAddr(sa SockaddrDL) SockAddr { return linkAddrs.make(sa) }

// Link returns what an AF_LINK address holds.
func (a SockAddr) Link() (SockaddrDL, bool) { return linkAddrs.read(a) }
