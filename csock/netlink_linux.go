//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	useAddr(netlinkAddrs, sys.AF_NETLINK, func(sa sockaddrNL) (n struct_sockaddr_nl, ok bool) {
		n.nl_pid, n.nl_groups = __u32(sa.pid), __u32(sa.groups)
		return n, true
	}, func(n struct_sockaddr_nl) (sockaddrNL, bool) {
		return sockaddrNL{uint32(n.nl_pid), uint32(n.nl_groups)}, true
	})

	usePlain(nlMsghdrCodec, func(h NlMsghdr, n *struct_nlmsghdr) error {
		n.nlmsg_type, n.nlmsg_flags, n.nlmsg_seq, n.nlmsg_pid = __u16(h.Type), __u16(h.Flags),
			__u32(h.Seq), __u32(h.Pid)
		return putNumber(&n.nlmsg_len, "Len", h.Len)
	}, func(n *struct_nlmsghdr) NlMsghdr {
		return NlMsghdr{int(n.nlmsg_len), NetlinkType(n.nlmsg_type), NetlinkFlags(n.nlmsg_flags),
			uint32(n.nlmsg_seq), uint32(n.nlmsg_pid)}
	})
	usePlain(nlattrCodec, func(a nlattr, n *struct_nlattr) error {
		n.nla_len, n.nla_type = __u16(a.len), __u16(a.typ)
		return nil
	}, func(n *struct_nlattr) nlattr { return nlattr{int(n.nla_len), NlattrType(n.nla_type)} })

	usePlain(inetDiagReqCodec, func(r InetDiagReqV2, n *struct_inet_diag_req_v2) error {
		n.sdiag_family, n.idiag_ext, n.idiag_states = __u8(r.Family), __u8(r.Ext), __u32(r.States)
		return errors.Join(putNumber(&n.sdiag_protocol, "Protocol", int(r.Protocol)),
			putDiagID(&n.id, r.Family, r.ID))
	}, nil)
	usePlain(inetDiagMsgCodec, nil, func(n *struct_inet_diag_msg) InetDiagMsg {
		return InetDiagMsg{Domain(n.idiag_family), TCPState(n.idiag_state), uint8(n.idiag_timer),
			uint8(n.idiag_retrans),
			diagID(&n.id, Domain(n.idiag_family)), ms(n.idiag_expires), uint32(n.idiag_rqueue),
			uint32(n.idiag_wqueue), uint32(n.idiag_uid), uint32(n.idiag_inode)}
	})
	usePlain(unixDiagReqCodec, func(r UnixDiagReq, n *struct_unix_diag_req) error {
		n.sdiag_family, n.udiag_states, n.udiag_ino, n.udiag_show = sys.AF_UNIX, __u32(r.States),
			__u32(r.Inode), __u32(r.Show)
		n.udiag_cookie = diagCookie(r.Cookie)
		return nil
	}, nil)
	usePlain(unixDiagMsgCodec, nil, func(n *struct_unix_diag_msg) UnixDiagMsg {
		return UnixDiagMsg{Type(n.udiag_type), TCPState(n.udiag_state), uint32(n.udiag_ino),
			cookieOf(n.udiag_cookie)}
	})
}

func putDiagID(n *struct_inet_diag_sockid, family Domain, id InetDiagSockID) error {
	put := func(addr *[4]__be32, port *__be16, from netip.AddrPort) error {
		putBE16(port, from.Port())
		switch a := from.Addr(); {
		case !a.IsValid():
		case family == AF_INET && a.Is4():
			copy(bytesOf(addr), a.AsSlice())
		case family == AF_INET6 && a.Is6():
			copy(bytesOf(addr), a.AsSlice())
		default:
			return fmt.Errorf("%v is not an address of %v: %w", a, family, syscall.EAFNOSUPPORT)
		}
		return nil
	}
	n.idiag_cookie = diagCookie(id.Cookie)
	return errors.Join(put(&n.idiag_src, &n.idiag_sport, id.Src),
		put(&n.idiag_dst, &n.idiag_dport, id.Dst),
		putNumber(&n.idiag_if, "Ifindex", id.Ifindex))
}

func diagID(n *struct_inet_diag_sockid, family Domain) InetDiagSockID {
	get := func(addr *[4]__be32, port *__be16) netip.AddrPort {
		length := net.IPv6len
		if family == AF_INET {
			length = net.IPv4len
		}
		a, _ := netip.AddrFromSlice(bytesOf(addr)[:length])
		return netip.AddrPortFrom(a, getBE16(port))
	}
	return InetDiagSockID{get(&n.idiag_src, &n.idiag_sport), get(&n.idiag_dst, &n.idiag_dport),
		int(n.idiag_if), cookieOf(n.idiag_cookie)}
}

// A cookie is in two halves, the lower one first.
func diagCookie(c uint64) [2]__u32 { return [2]__u32{__u32(c), __u32(c >> 32)} }
func cookieOf(c [2]__u32) uint64   { return uint64(c[0]) | uint64(c[1])<<32 }
