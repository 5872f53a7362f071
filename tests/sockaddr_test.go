//go:build linux

package tests

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/tests/need"
	"github.com/google/go-cmp/cmp"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/netns"
)

// Each address is, byte for byte, the one that C makes, and returns the values it was made of.
func TestInetAddr(t *testing.T) {
	lo := need.Interface(t, "lo")
	loIndex := uint32(lo.Index)
	for _, c := range []struct {
		ap     string
		native []byte
		str    string // "" if as ap
		scope  uint32
	}{
		{ap: "127.0.0.1:80", native: cref.Inet4("127.0.0.1", 80)},
		{ap: "0.0.0.0:0", native: cref.Inet4("0.0.0.0", 0)},
		{ap: "255.255.255.255:65535", native: cref.Inet4("255.255.255.255", 65535)},
		{ap: "[::]:0", native: cref.Inet6("::", 0, 0, 0)},
		{ap: "[::1]:258", native: cref.Inet6("::1", 258, 0, 0)},
		{ap: "[2001:db8:1:2:3:4:5:6]:65535", native: cref.Inet6("2001:db8:1:2:3:4:5:6", 65535, 0, 0)},
		{ap: "[::ffff:1.2.3.4]:80", native: cref.Inet6("::ffff:1.2.3.4", 80, 0, 0)},
		{ap: "[fe80::1%lo]:80", native: cref.Inet6("fe80::1", 80, 0, loIndex), scope: loIndex},
		{ap: "[fe80::1%1]:80", native: cref.Inet6("fe80::1", 80, 0, 1), str: "[fe80::1%lo]:80", scope: 1},
		{ap: "[fe80::1%0]:80", native: cref.Inet6("fe80::1", 80, 0, 0), str: "[fe80::1]:80"},
		{ap: "[fe80::1%4294967295]:80", native: cref.Inet6("fe80::1", 80, 0, 1<<32-1), scope: 1<<32 - 1},
	} {
		t.Run(c.ap, func(t *testing.T) {
			ap := netip.MustParseAddrPort(c.ap)
			if c.str != "" {
				c.ap = c.str
			}
			a := csock.InetAddr(ap)
			if diff := cmp.Diff(c.native, a.Bytes()); diff != "" {
				t.Errorf("C's bytes and csock's:\n%s", diff)
			}
			same(t, "Len", a.Len(), len(c.native))
			same(t, "String", a.String(), c.ap)
			same(t, "scope id", a.ScopeID(), c.scope)
			same(t, "IsIPv4", a.IsIPv4(), ap.Addr().Is4())
			same(t, "IsIPv6", a.IsIPv6(), ap.Addr().Is6())
			same(t, "IsUnix", a.IsUnix(), false)
			got, ok := a.AddrPort()
			same(t, "is an IP address", ok, true)
			same(t, "AddrPort", got, netip.MustParseAddrPort(c.ap))
			raw, err := csock.RawSockAddr(c.native)
			check(t, err)
			same(t, "of C's bytes", raw, a)
			if !ap.Addr().Is4In6() { // which package net's IP cannot distinguish from IPv4
				same(t, "String, and package net's", a.String(), net.TCPAddrFromAddrPort(got).String())
				same(t, "String, and package net's", a.String(), net.UDPAddrFromAddrPort(got).String())
			}
		})
	}
}

// Values that are no address of this system give an invalid SockAddr.
func TestInetAddrInvalid(t *testing.T) {
	for _, zone := range []string{"no such", "lo\x00", "lo\x00x", "\x00", "4294967296", "-1", strings.Repeat("x", 15), strings.Repeat("x", 16), strings.Repeat("x", 10000)} {
		ap := netip.AddrPortFrom(netip.MustParseAddr("fe80::1").WithZone(zone), 1)
		if a := csock.InetAddr(ap); a.IsValid() {
			t.Errorf("zone %.20q: %x", zone, a.Bytes())
		}
	}
	same(t, "no address is valid", csock.InetAddr(netip.AddrPort{}).IsValid(), false)
}

// A zone that is a name and also reads as a number is the name, as for getaddrinfo(3) and package
// net.
func TestZoneNamedByNumber(t *testing.T) {
	ns := netns.New(t)
	ns.IP(t, "link add 77 index 5000 type veth peer name x")
	var a csock.SockAddr
	var str string
	ns.Do(func() {
		a = csock.InetAddr(netip.MustParseAddrPort("[fe80::1%77]:1"))
		str = a.String()
	})
	same(t, "scope id", a.ScopeID(), 5000)
	same(t, "String", str, "[fe80::1%77]:1")
}

func TestFlowInfoAndScopeID(t *testing.T) {
	a := csock.InetAddr(netip.MustParseAddrPort("[fe80::1]:80"))
	same(t, "flow info", a.FlowInfo(), 0)
	b := a.WithFlowInfo(0x12345).WithScopeID(7)
	same(t, "flow info", b.FlowInfo(), 0x12345)
	same(t, "scope id", b.ScopeID(), 7)
	if diff := cmp.Diff(cref.Inet6("fe80::1", 80, 0x12345, 7), b.Bytes()); diff != "" {
		t.Errorf("C's bytes and csock's:\n%s", diff)
	}
	same(t, "back to nothing", b.WithFlowInfo(0).WithScopeID(0), a)
	for _, other := range []csock.SockAddr{{}, loopback4, unixAddr(t, "x"), csock.VsockAddr(1, 2)} {
		same(t, "flow info of another family", other.WithFlowInfo(1), other)
		same(t, "scope id of another family", other.WithScopeID(1), other)
		same(t, "flow info of another family", other.FlowInfo(), 0)
		same(t, "scope id of another family", other.ScopeID(), 0)
	}
}

// A Unix address is C's, and the address of a socket bound to it is the same value.
func TestUnixAddr(t *testing.T) {
	t.Chdir(t.TempDir())
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		name     string
		path     string
		native   []byte // nil: an error
		abstract string
		err      error
	}{
		{name: "path", path: "socket", native: cref.Unix("socket")},
		{name: "107 bytes", path: long(107), native: cref.Unix(long(107))},
		{name: "108 bytes", path: long(108), native: cref.Unix(long(108))},
		{name: "109 bytes", path: long(109), err: syscall.ENAMETOOLONG},
		{name: "a megabyte", path: long(1 << 20), err: syscall.ENAMETOOLONG},
		{name: "NUL inside", path: "a\x00b", err: syscall.EINVAL},
		{name: "NUL at the end", path: "a\x00", err: syscall.EINVAL},
		{name: "107 bytes and a NUL", path: long(107) + "\x00", err: syscall.EINVAL},
		{name: "abstract", path: "@csock", native: cref.Unix("\x00csock"), abstract: "csock"},
		{name: "abstract by a NUL", path: "\x00csock", native: cref.Unix("\x00csock"), abstract: "csock"},
		{name: "abstract, NULs inside", path: "@\x00a\x00\x00b\x00", native: cref.Unix("\x00\x00a\x00\x00b\x00"), abstract: "\x00a\x00\x00b\x00"},
		{name: "abstract, no name", path: "@", native: cref.Unix("\x00"), abstract: ""},
		{name: "abstract, 107 bytes", path: "@" + long(106), native: cref.Unix("\x00" + long(106)), abstract: long(106)},
		{name: "abstract, 108 bytes", path: "@" + long(107), native: cref.Unix("\x00" + long(107)), abstract: long(107)},
		{name: "abstract, 109 bytes", path: "@" + long(108), err: syscall.ENAMETOOLONG},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := csock.UnixAddr(c.path)
			if c.err != nil {
				if !errors.Is(err, c.err) || a.IsValid() {
					t.Fatalf("%v, %v; want %v", a, err, c.err)
				}
				return
			}
			check(t, err)
			if diff := cmp.Diff(c.native, a.Bytes()); diff != "" {
				t.Errorf("C's bytes and csock's:\n%s", diff)
			}
			isAbstract := c.path[0] == '@' || c.path[0] == 0
			path, ok := a.Pathname()
			same(t, "is a path", ok, !isAbstract)
			name, ok := a.AbstractNamespace()
			same(t, "is abstract", ok, isAbstract)
			same(t, "is unnamed", a.IsUnnamed(), false)
			same(t, "is Unix", a.IsUnix(), true)
			same(t, "family", a.Domain(), csock.AF_UNIX)
			if isAbstract {
				same(t, "abstract name", name, c.abstract)
				same(t, "String", a.String(), "@"+c.abstract)
			} else {
				same(t, "path", path, c.path)
				same(t, "String, and package net's", a.String(), (&net.UnixAddr{Name: c.path, Net: "unix"}).String())
			}
			for _, kind := range []string{"unix", "unixgram", "unixpacket"} {
				s := kindOf(kind).open(t)
				check(t, s.Bind(a))
				got, err := s.LocalAddr()
				check(t, err)
				same(t, "LocalAddr", got, a)
				native, err := cref.Getsockname(s.FD())
				check(t, err)
				// The kernel adds a zero byte to a path that fills sun_path.
				if !bytes.Equal(native[:min(len(native), syscall.SizeofSockaddrUnix)], a.Bytes()) {
					t.Errorf("getsockname in C: %x, want %x", native, a.Bytes())
				}
				check(t, s.Close())
				if !isAbstract {
					check(t, os.Remove(c.path))
				}
			}
		})
	}

	t.Run("unnamed", func(t *testing.T) {
		a := unixAddr(t, "")
		same(t, "bytes", string(a.Bytes()), string(cref.Unix("")))
		same(t, "is unnamed", a.IsUnnamed(), true)
		same(t, "String", a.String(), "")
		_, ok := a.Pathname()
		same(t, "is a path", ok, false)
		_, ok = a.AbstractNamespace()
		same(t, "is abstract", ok, false)
		s, peer := unixPair(t, csock.SOCK_STREAM)
		for _, s := range []*csock.Socket{s, peer, kindOf("unixgram").open(t)} {
			got, err := s.LocalAddr()
			check(t, err)
			same(t, "LocalAddr of an unbound socket", got, a)
		}
		// The kernel gives a name to a socket that is bound to no name: unix(7), autobind.
		u := kindOf("unixgram").open(t)
		check(t, u.Bind(a))
		got, err := u.LocalAddr()
		check(t, err)
		if name, ok := got.AbstractNamespace(); !ok || len(name) != 5 {
			t.Errorf("LocalAddr after autobind: %q", got)
		}
	})

	// The kernel takes a path that fills sun_path, without a zero byte to end it. It returns the
	// path with one, at a length that it does not take.
	t.Run("108 raw bytes", func(t *testing.T) {
		raw := func(letter string) csock.SockAddr {
			return need.Value[csock.SockAddr](t)(csock.RawSockAddr(append(cref.Unix("")[:2], strings.Repeat(letter, 108)...)))
		}
		a, b := raw("a"), raw("b")
		got, _ := a.Pathname()
		same(t, "path", got, strings.Repeat("a", 108))
		from, to := kindOf("unixgram").open(t), kindOf("unixgram").open(t)
		check(t, from.Bind(a))
		check(t, to.Bind(b))
		check(t, from.Connect(need.Value[csock.SockAddr](t)(to.LocalAddr())))
		same(t, "LocalAddr", need.Value[csock.SockAddr](t)(from.LocalAddr()), a)
		same(t, "PeerAddr", need.Value[csock.SockAddr](t)(from.PeerAddr()), b)
		batch := newBatch(t, 1, csock.BatchRoom{Payload: 1})
		p := []byte("x")
		for name, recv := range map[string]func() (csock.SockAddr, error){
			"RecvFrom": func() (csock.SockAddr, error) { _, from, err := to.RecvFrom(p, 0); return from, err },
			"RecvFromVectored": func() (csock.SockAddr, error) {
				_, _, from, err := to.RecvFromVectored([][]byte{p}, 0)
				return from, err
			},
			"Recvmsg":   func() (csock.SockAddr, error) { m := csock.MsgHdr{}; _, err := to.Recvmsg(&m, 0); return m.Addr, err },
			"RecvBatch": func() (csock.SockAddr, error) { _, err := to.RecvBatch(batch, 0); return batch.Addr(0), err },
		} {
			sent(t, 1)(from.Send(p, 0))
			sender, err := recv()
			check(t, err)
			same(t, name, sender, a)
			sent(t, 1)(to.SendTo(p, sender, 0))
		}
		for _, path := range []csock.SockAddr{a, b} {
			name, _ := path.Pathname()
			check(t, os.Remove(name))
		}

		l, c := kindOf("unix").open(t), kindOf("unix").open(t)
		check(t, l.Bind(b))
		check(t, l.Listen(1))
		check(t, c.Bind(a))
		check(t, c.Connect(b))
		server, peer, err := l.Accept()
		check(t, err)
		check(t, server.Close())
		same(t, "Accept", peer, a)
	})
}

func TestVsockAddr(t *testing.T) {
	for _, c := range [][2]uint32{{0, 0}, {1, 2}, {1<<32 - 1, 1<<32 - 1}} {
		a := csock.VsockAddr(c[0], c[1])
		if diff := cmp.Diff(cref.Vsock(c[0], c[1]), a.Bytes()); diff != "" {
			t.Errorf("C's bytes and csock's:\n%s", diff)
		}
		cid, port, ok := a.Vsock()
		same(t, "Vsock", [2]uint32{cid, port}, c)
		same(t, "is vsock", ok, true)
		same(t, "family", a.Domain(), csock.AF_VSOCK)
	}
	same(t, "String", csock.VsockAddr(2, 1024).String(), "vsock:2:1024")
}

func TestPacketAddr(t *testing.T) {
	mac := net.HardwareAddr{2, 0, 0, 0, 0, 1}
	ib := net.HardwareAddr(strings.Repeat("\x01\x02", 10)) // IP over InfiniBand: longer than sll_addr
	for _, c := range []struct {
		hw     net.HardwareAddr
		native []byte
		str    string
	}{
		{nil, cref.Packet(0x0800, 1, nil), "packet:lo:0x0800"},
		{mac, cref.Packet(0x0800, 1, mac), "packet:lo:0x0800:02:00:00:00:00:01"},
		{ib, append(cref.Packet(0x0800, 1, nil)[:12], ib...), "packet:lo:0x0800:" + ib.String()},
	} {
		a := csock.PacketAddr(0x0800, 1, c.hw)
		if len(c.hw) > 8 {
			c.native[11] = byte(len(c.hw)) // sll_halen
		}
		if diff := cmp.Diff(c.native, a.Bytes()); diff != "" {
			t.Errorf("C's bytes and csock's:\n%s", diff)
		}
		got, ok := a.Packet()
		same(t, "is packet", ok, true)
		if diff := cmp.Diff(csock.SockaddrLL{Protocol: 0x0800, Ifindex: 1, Addr: c.hw}, got); diff != "" {
			t.Errorf("values passed and returned:\n%s", diff)
		}
		same(t, "String", a.String(), c.str)
	}
	same(t, "a hardware address that has no room", csock.PacketAddr(1, 1, make(net.HardwareAddr, 117)).IsValid(), false)

	// The length in sll_halen may be wrong.
	native := cref.Packet(1, 1, mac)
	native[11] = 255
	a, err := csock.RawSockAddr(native)
	check(t, err)
	ll, ok := a.Packet()
	same(t, "is packet", ok, true)
	same(t, "hardware address", ll.Addr.String(), "02:00:00:00:00:01:00:00")
}

func TestNetlinkAddr(t *testing.T) {
	a := csock.NetlinkAddr(4711, 0x11)
	if diff := cmp.Diff(cref.Netlink(4711, 0x11), a.Bytes()); diff != "" {
		t.Errorf("C's bytes and csock's:\n%s", diff)
	}
	pid, groups, ok := a.Netlink()
	same(t, "is netlink", ok, true)
	same(t, "pid", pid, 4711)
	same(t, "groups", groups, 0x11)
	same(t, "String", a.String(), "netlink:4711:0x11")
	s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, syscall.NETLINK_ROUTE)
	check(t, err)
	defer s.Close()
	check(t, s.Bind(csock.NetlinkAddr(0, 1)))
	got, err := s.LocalAddr()
	check(t, err)
	pid, groups, _ = got.Netlink()
	same(t, "bound to groups", groups, 1)
	same(t, "bound to a port", pid != 0, true)
}

// Any native bytes are an address and are returned unchanged. Accessors of other families refuse
// it, and none reads past it.
func TestRawSockAddr(t *testing.T) {
	full := bytes.Repeat([]byte{0xee}, 128)
	for n := range 130 {
		native := append([]byte(nil), append(full, full...)[:n]...)
		a, err := csock.RawSockAddr(native)
		if n < 2 || n > 128 {
			if !errors.Is(err, syscall.EINVAL) || a.IsValid() {
				t.Errorf("%d bytes: %v, %v", n, a, err)
			}
			continue
		}
		check(t, err)
		if !bytes.Equal(a.Bytes(), native) || a.Len() != n {
			t.Errorf("%d bytes: %x", n, a.Bytes())
		}
		same(t, "family", a.Domain(), 0xeeee)
	}
	// Addresses that are cut: one belongs to its family only from the length that the family needs.
	for _, c := range []struct {
		name   string
		native []byte
		need   int
		is     func(csock.SockAddr) bool
	}{
		{"IPv4", cref.Inet4("1.2.3.4", 5), 16, func(a csock.SockAddr) bool { _, ok := a.AddrPort(); return ok && a.IsIPv4() }},
		{"IPv6", cref.Inet6("::1", 5, 1, 1), 28, func(a csock.SockAddr) bool { _, ok := a.AddrPort(); return ok && a.IsIPv6() }},
		{"Unix", cref.Unix("abc"), 2, csock.SockAddr.IsUnix},
		{"vsock", cref.Vsock(1, 2), 16, func(a csock.SockAddr) bool { _, _, ok := a.Vsock(); return ok }},
		{"packet", cref.Packet(1, 2, []byte("abcdef")), 12, func(a csock.SockAddr) bool { _, ok := a.Packet(); return ok }},
		{"netlink", cref.Netlink(1, 2), 12, func(a csock.SockAddr) bool { _, _, ok := a.Netlink(); return ok }},
	} {
		for n := 2; n <= len(c.native); n++ {
			a, err := csock.RawSockAddr(c.native[:n])
			check(t, err)
			if got := c.is(a); got != (n >= c.need) {
				t.Errorf("%s of %d bytes: %v", c.name, n, got)
			}
			if a.String() == "" && n > 2 {
				t.Errorf("%s of %d bytes has no string", c.name, n)
			}
			a.FlowInfo()
			a.ScopeID()
			a.Pathname()
			a.AbstractNamespace()
			a.IsUnnamed()
		}
	}
	var zero csock.SockAddr
	same(t, "String of no address", zero.String(), "")
	same(t, "Len of no address", zero.Len(), 0)
	same(t, "Bytes of no address", len(zero.Bytes()), 0)
	same(t, "family of no address", zero.Domain(), csock.AF_UNSPEC)
	same(t, "no address is Unix", zero.IsUnix() || zero.IsUnnamed(), false)
	_, ok := zero.AddrPort()
	same(t, "no address is IP", ok, false)
}

// A received address equals one that was made of the same values: it is the same key of a map.
func TestSockAddrComparable(t *testing.T) {
	names := map[csock.SockAddr]string{}
	for _, name := range []string{"udp4", "udp6", "unixgram"} {
		a, addr := kindOf(name).bound(t)
		b, to := kindOf(name).bound(t)
		made := addr
		if ap, ok := addr.AddrPort(); ok {
			made = csock.InetAddr(ap)
		} else if path, ok := addr.Pathname(); ok {
			made = unixAddr(t, path)
		}
		same(t, "LocalAddr, and made", addr, made)
		names[made] = name
		p := make([]byte, 8)

		// From an address that is longer, with bytes that are not zero.
		full, err := csock.RawSockAddr(bytes.Repeat([]byte{0xee}, 128))
		check(t, err)
		sent(t, 1)(a.SendTo([]byte("x"), to, 0))
		m := csock.MsgHdr{Addr: full, Buffers: [][]byte{p}}
		sent(t, 1)(b.Recvmsg(&m, 0))
		same(t, "Recvmsg", names[m.Addr], name)

		sent(t, 1)(a.SendTo([]byte("x"), to, 0))
		_, from, err := b.RecvFrom(p, 0)
		check(t, err)
		same(t, "RecvFrom", names[from], name)

		sent(t, 1)(a.SendTo([]byte("x"), to, 0))
		_, _, from, err = b.RecvFromVectored([][]byte{p}, 0)
		check(t, err)
		same(t, "RecvFromVectored", names[from], name)
	}
	same(t, "addresses", len(names), 3)
}
