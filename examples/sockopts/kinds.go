package main

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/csock/go-csock/csock"
)

// A kind is a name for the three arguments of socket(2).
type kind struct {
	name     string
	domain   csock.Domain
	typ      csock.Type
	protocol csock.Protocol
	about    string
}

var kinds = []kind{
	{"tcp4", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP, "TCP over IPv4"},
	{"tcp6", csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_TCP, "TCP over IPv6"},
	{"mptcp4", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_MPTCP, "Multipath TCP over IPv4"},
	{"mptcp6", csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_MPTCP, "Multipath TCP over IPv6"},
	{"udp4", csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP, "UDP over IPv4"},
	{"udp6", csock.AF_INET6, csock.SOCK_DGRAM, csock.IPPROTO_UDP, "UDP over IPv6"},
	{"udplite4", csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDPLITE, "UDP-Lite over IPv4"},
	{"udplite6", csock.AF_INET6, csock.SOCK_DGRAM, csock.IPPROTO_UDPLITE, "UDP-Lite over IPv6"},
	{"sctp4", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_SCTP, "SCTP over IPv4"},
	{"sctp6", csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_SCTP, "SCTP over IPv6"},
	{"dccp4", csock.AF_INET, csock.SOCK_DCCP, csock.IPPROTO_DCCP, "DCCP over IPv4"},
	{"dccp6", csock.AF_INET6, csock.SOCK_DCCP, csock.IPPROTO_DCCP, "DCCP over IPv6"},
	{"ping4", csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_ICMP, "ICMP echo, unprivileged"},
	{"ping6", csock.AF_INET6, csock.SOCK_DGRAM, csock.IPPROTO_ICMPV6, "ICMPv6 echo, unprivileged"},
	{"raw4", csock.AF_INET, csock.SOCK_RAW, csock.IPPROTO_ICMP, "raw ICMP, needs CAP_NET_RAW"},
	{"raw6", csock.AF_INET6, csock.SOCK_RAW, csock.IPPROTO_ICMPV6, "raw ICMPv6, needs CAP_NET_RAW"},
	{"unix", csock.AF_UNIX, csock.SOCK_STREAM, 0, "Unix stream"},
	{"unixgram", csock.AF_UNIX, csock.SOCK_DGRAM, 0, "Unix datagram"},
	{"seqpacket", csock.AF_UNIX, csock.SOCK_SEQPACKET, 0, "Unix sequenced packets"},
	{"netlink", csock.AF_NETLINK, csock.SOCK_RAW, 0, "netlink, family NETLINK_ROUTE"},
	{"packet", csock.AF_PACKET, csock.SOCK_RAW, 0, "link layer, needs CAP_NET_RAW"},
	{"vsock", csock.AF_VSOCK, csock.SOCK_STREAM, 0, "between a virtual machine and its host"},
}

// parse reads a number, or the C name of a number from first to last. An empty text changes
// nothing.
func parse[T interface {
	~int
	fmt.Stringer
}](text string, v *T, first, last T) error {
	if text == "" {
		return nil
	}
	if n, err := strconv.ParseInt(text, 0, 32); err == nil {
		*v = T(n)
		return nil
	}
	for n := first; n <= last; n++ {
		if n.String() == text {
			*v = n
			return nil
		}
	}
	return fmt.Errorf("no number or known name: %q", text)
}

// connect connects s to a socket of its kind, which it returns, or to itself.
func connect(s *csock.Socket, k kind) (*csock.Socket, error) {
	var here csock.SockAddr
	switch k.domain {
	case csock.AF_INET:
		here = csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))
	case csock.AF_INET6:
		here = csock.InetAddr(netip.MustParseAddrPort("[::1]:0"))
	case csock.AF_UNIX: // unnamed: the kernel chooses an abstract name
		var err error
		if here, err = csock.UnixAddr(""); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("not for %v", k.domain)
	}
	peer, err := csock.New(k.domain, k.typ, k.protocol)
	if err != nil {
		return nil, err
	}
	if err := peer.Bind(here); err != nil {
		peer.Close()
		return nil, err
	}
	if k.typ == csock.SOCK_STREAM || k.typ == csock.SOCK_SEQPACKET {
		if err := peer.Listen(1); err != nil {
			peer.Close()
			return nil, err
		}
	}
	there, err := peer.LocalAddr()
	if err == nil {
		err = s.Connect(there)
	}
	if err != nil {
		peer.Close()
		return nil, err
	}
	return peer, nil
}
