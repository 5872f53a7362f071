package portable

import (
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// The forms of an address: what it was made of, its native bytes, and an address made of those.

func TestInetAddr(t *testing.T) {
	for _, text := range []string{"127.0.0.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:80", "[::]:0", "[2001:db8::7]:443",
		"[::ffff:192.0.2.1]:1"} {
		ap := netip.MustParseAddrPort(text)
		a := csock.InetAddr(ap)
		got, ok := a.AddrPort()
		if !ok || got != ap {
			t.Errorf("%s is %v, %v", text, got, ok)
		}
		need.Same(t, "String", a.String(), text)
		need.Same(t, "IsValid", a.IsValid(), true)
		need.Same(t, "IsIPv4", a.IsIPv4(), ap.Addr().Is4())
		need.Same(t, "IsIPv6", a.IsIPv6(), ap.Addr().Is6())
		need.Same(t, "IsUnix", a.IsUnix(), false)
		domain, size := csock.AF_INET, 16 // of C's structs, on every system
		if ap.Addr().Is6() {
			domain, size = csock.AF_INET6, 28
		}
		need.Same(t, "Domain", a.Domain(), domain)
		need.Same(t, "Len", a.Len(), size)
		need.Same(t, "bytes", len(a.Bytes()), size)
		back, err := csock.RawSockAddr(a.Bytes())
		need.OK(t, err)
		need.Same(t, "made of the native bytes", back, a)
	}
	a := csock.InetAddr(netip.MustParseAddrPort("[fe80::1]:7")).WithFlowInfo(0x12345).WithScopeID(9)
	need.Same(t, "FlowInfo", a.FlowInfo(), 0x12345)
	need.Same(t, "ScopeID", a.ScopeID(), 9)
	four := csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:7"))
	need.Same(t, "a scope of IPv4", four.WithScopeID(9), four)
}

func TestUnixAddr(t *testing.T) {
	a, err := csock.UnixAddr("some/path")
	need.OK(t, err)
	path, ok := a.Pathname()
	need.Same(t, "it has a path", ok, true)
	need.Same(t, "Pathname", path, "some/path")
	need.Same(t, "String", a.String(), "some/path")
	need.Same(t, "Domain", a.Domain(), csock.AF_UNIX)
	need.Same(t, "IsUnix", a.IsUnix(), true)
	need.Same(t, "IsUnnamed", a.IsUnnamed(), false)
	need.Same(t, "IsIPv4", a.IsIPv4(), false)
	if name, ok := a.AbstractNamespace(); ok {
		t.Errorf("a path is the abstract name %q", name)
	}
	if _, ok := a.AddrPort(); ok {
		t.Error("a path is an IP address")
	}
	back, err := csock.RawSockAddr(a.Bytes())
	need.OK(t, err)
	path, ok = back.Pathname()
	if !ok || path != "some/path" {
		t.Errorf("made of the native bytes it is %q, %v", path, ok)
	}
	unnamed, err := csock.UnixAddr("")
	need.OK(t, err)
	need.Same(t, "IsUnnamed", unnamed.IsUnnamed(), true)
	_, err = csock.UnixAddr(strings.Repeat("x", 200))
	need.Is(t, "a path of 200 bytes", err, syscall.ENAMETOOLONG)
	_, err = csock.UnixAddr("zero\x00byte")
	need.Is(t, "a zero byte in a path", err, syscall.EINVAL)
}

func TestRawSockAddr(t *testing.T) {
	for _, native := range [][]byte{{}, {1}, make([]byte, 129), make([]byte, 1<<20)} {
		a, err := csock.RawSockAddr(native)
		need.Is(t, "native bytes of a wrong length", err, syscall.EINVAL)
		need.Same(t, "IsValid", a.IsValid(), false)
		need.Same(t, "Len", a.Len(), 0)
	}
	// What is cut off is not read.
	whole := csock.InetAddr(netip.MustParseAddrPort("[2001:db8::7]:443")).Bytes()
	for n := 2; n < len(whole); n++ {
		a, err := csock.RawSockAddr(whole[:n])
		need.OK(t, err)
		need.Same(t, "Len", a.Len(), n)
		if ap, ok := a.AddrPort(); ok && n < 24 {
			t.Errorf("%d bytes of an address are %v", n, ap)
		}
		_ = a.String()
	}
	need.Same(t, "the zero SockAddr", csock.SockAddr{}.IsValid(), true)
}

// Invalid addresses say why, and every call refuses them.
func TestInvalidAddr(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		for _, bad := range []csock.SockAddr{
			csock.InetAddr(netip.AddrPort{}),
			csock.InetAddr(netip.MustParseAddrPort("[fe80::1%nosuch]:7")),
		} {
			need.Same(t, "IsValid", bad.IsValid(), false)
			if !strings.HasPrefix(bad.String(), "invalid address: ") {
				t.Errorf("String is %q", bad)
			}
			s := k.socket(t, csock.SOCK_DGRAM)
			need.Is(t, "Bind", s.Bind(bad), syscall.EINVAL)
			need.Is(t, "Connect", s.Connect(bad), syscall.EINVAL)
			need.Is(t, "ConnectTimeout", s.ConnectTimeout(bad, soon), syscall.EINVAL)
			_, err := s.SendTo([]byte("x"), bad, 0)
			need.Is(t, "SendTo", err, syscall.EINVAL)
			_, err = s.SendToVectored([][]byte{[]byte("x")}, bad, 0)
			need.Is(t, "SendToVectored", err, syscall.EINVAL)
			_, err = s.Sendmsg(&csock.MsgHdr{Addr: bad, Buffers: [][]byte{[]byte("x")}}, 0)
			need.Is(t, "Sendmsg", err, syscall.EINVAL)
			c, err := s.IntoPacketConn()
			need.OK(t, err)
			_, err = c.WriteTo([]byte("x"), bad)
			need.Is(t, "WriteTo", err, syscall.EINVAL)
			need.Is(t, "Conn.Connect", c.Connect(t.Context(), bad), syscall.EINVAL)
			need.OK(t, c.Close())
		}
	})
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{csock.AF_INET.String(), "AF_INET"},
		{csock.AF_INET6.String(), "AF_INET6"},
		{csock.AF_UNIX.String(), "AF_UNIX"},
		{csock.SOCK_STREAM.String(), "SOCK_STREAM"},
		{csock.SOCK_DGRAM.String(), "SOCK_DGRAM"},
		{csock.IPPROTO_TCP.String(), "IPPROTO_TCP"},
		{csock.IPPROTO_ICMP.String(), "IPPROTO_ICMP"},
		{csock.IPPROTO_ICMPV6.String(), "IPPROTO_ICMPV6"},
		{csock.IPPROTO_UDP.String(), "IPPROTO_UDP"},
	} {
		need.Same(t, "name", c.got, c.want)
	}
	for _, text := range []string{csock.Domain(9999).String(), csock.Type(77).String(), csock.Protocol(9999).String()} {
		if !strings.Contains(text, "9999") && !strings.Contains(text, "77") {
			t.Errorf("an unknown number is %q", text)
		}
	}
	var _ net.Addr = csock.SockAddr{}
	need.Same(t, "Network", csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:1")).Network() != "", true)
}
