package tests

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// The calls of a UDPConn, IPConn or UnixConn that name an address have package net's errors. Their
// effect on a connected socket depends on the system; package net refuses them there.

// likeScenes are scenes by name. Each causes an error of a socket.
type likeScenes[C net.PacketConn] map[string]func(C) error

// add adds a call, and the same on a closed socket and after the deadline.
func (s likeScenes[C]) add(name string, call func(C) error) {
	s[name] = call
	s.addEnds(name, call)
}

// addEnds is add for a call that would wait on an open socket.
func (s likeScenes[C]) addEnds(name string, call func(C) error) {
	s[name+" closed"] = func(c C) error { c.Close(); return call(c) }
	s[name+" deadline"] = func(c C) error { c.SetDeadline(time.Unix(1, 0)); return call(c) }
}

// likeBoth plays scenes with package net's socket and with csock's.
func likeBoth[C net.PacketConn](t *testing.T, k likeNet, open func(t *testing.T, ours bool) C, scenes likeScenes[C]) {
	for name, scene := range scenes {
		t.Run(k.name+" "+name, func(t *testing.T) {
			k.need(t)
			var said [2]string
			for i, ours := range []bool{true, false} {
				c := open(t, ours)
				said[i] = likeError(scene(c))
				c.Close()
			}
			if said[0] != said[1] {
				t.Errorf("\n%s\nnet:\n%s", said[0], said[1])
			}
		})
	}
}

// mappedPort returns an address as package net's WriteToUDPAddrPort takes it on an IPv4 socket.
func mappedPort(a *net.UDPAddr) netip.AddrPort {
	ap := a.AddrPort()
	if need.OldGo {
		ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	return ap
}

// A likeUDP is the common interface of net.UDPConn and csock.UDPConn.
type likeUDP interface {
	net.PacketConn
	syscall.Conn
	ReadFromUDP([]byte) (int, *net.UDPAddr, error)
	ReadFromUDPAddrPort([]byte) (int, netip.AddrPort, error)
	WriteToUDP([]byte, *net.UDPAddr) (int, error)
	WriteToUDPAddrPort([]byte, netip.AddrPort) (int, error)
	ReadMsgUDP(b, oob []byte) (n, oobn, flags int, addr *net.UDPAddr, err error)
	ReadMsgUDPAddrPort(b, oob []byte) (n, oobn, flags int, addr netip.AddrPort, err error)
	WriteMsgUDP(b, oob []byte, addr *net.UDPAddr) (n, oobn int, err error)
	WriteMsgUDPAddrPort(b, oob []byte, addr netip.AddrPort) (n, oobn int, err error)
}

// openUDP makes a socket at k.at.
func (k likeNet) openUDP(t *testing.T, ours bool) likeUDP {
	t.Helper()
	at := netip.MustParseAddrPort(k.at)
	if !ours {
		c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
		check(t, err)
		return c
	}
	s := k.socket(t)
	check(t, s.Bind(csock.InetAddr(at)))
	c, err := s.IntoUDPConn()
	check(t, err)
	return c
}

func TestLikeNetUDPErrors(t *testing.T) {
	for _, k := range likeNets {
		if k.network == "udp" {
			likeUDPErrors(t, k)
		}
	}
}

func likeUDPErrors(t *testing.T, k likeNet) {
	p := make([]byte, 10)
	at := netip.MustParseAddrPort(k.at).Addr()
	to := &net.UDPAddr{IP: at.AsSlice(), Zone: at.Zone(), Port: 9}
	type udp = likeUDP
	writes := map[string]func(c udp, p []byte, to *net.UDPAddr) error{
		"WriteTo":    func(c udp, p []byte, to *net.UDPAddr) error { _, err := c.WriteTo(p, to); return err },
		"WriteToUDP": func(c udp, p []byte, to *net.UDPAddr) error { _, err := c.WriteToUDP(p, to); return err },
		"WriteToUDPAddrPort": func(c udp, p []byte, to *net.UDPAddr) error {
			_, err := c.WriteToUDPAddrPort(p, mappedPort(to))
			return err
		},
		"WriteMsgUDP": func(c udp, p []byte, to *net.UDPAddr) error { _, _, err := c.WriteMsgUDP(p, nil, to); return err },
		"WriteMsgUDPAddrPort": func(c udp, p []byte, to *net.UDPAddr) error {
			_, _, err := c.WriteMsgUDPAddrPort(p, nil, mappedPort(to))
			return err
		},
	}
	reads := map[string]func(c udp) error{
		"ReadFrom":            func(c udp) error { _, _, err := c.ReadFrom(p); return err },
		"ReadFromUDP":         func(c udp) error { _, _, err := c.ReadFromUDP(p); return err },
		"ReadFromUDPAddrPort": func(c udp) error { _, _, err := c.ReadFromUDPAddrPort(p); return err },
		"ReadMsgUDP":          func(c udp) error { _, _, _, _, err := c.ReadMsgUDP(p, nil); return err },
		"ReadMsgUDPAddrPort":  func(c udp) error { _, _, _, _, err := c.ReadMsgUDPAddrPort(p, nil); return err },
	}
	others := map[string]net.Addr{
		"no address": nil, "another type": &net.TCPAddr{}, "nil of another type": (*net.TCPAddr)(nil), "Unix": &net.UnixAddr{Name: "x", Net: "unixgram"},
	}
	scenes := make(likeScenes[udp])
	for name, read := range reads {
		scenes.addEnds(name, read)
	}
	for name, other := range others {
		scenes.add("WriteTo "+name, func(c udp) error { _, err := c.WriteTo(p, other); return err })
	}
	for name, write := range writes {
		tos := map[string]*net.UDPAddr{
			"": to, "nil": nil, "IPv4": {IP: net.IPv4(127, 0, 0, 1), Port: 9}, "IPv6": {IP: net.IPv6loopback, Port: 9},
			"no IP": {IP: net.IP{1, 2, 3}, Port: 9}, "IPv4 zone": {IP: net.IPv4(127, 0, 0, 1), Port: 9, Zone: "lo"},
		}
		if !k.is6() {
			tos["IPv6 zone"] = &net.UDPAddr{IP: net.ParseIP("fe80::1"), Port: 9, Zone: "lo"}
			tos["unknown zone"] = &net.UDPAddr{IP: net.ParseIP("fe80::1"), Port: 9, Zone: "none of these"}
		}
		if !strings.HasSuffix(name, "AddrPort") { // which has no room for it
			tos["port"] = &net.UDPAddr{IP: to.IP, Zone: to.Zone, Port: 70000}
			tos["negative port"] = &net.UDPAddr{IP: to.IP, Zone: to.Zone, Port: -1}
		}
		if name == "WriteToUDPAddrPort" || name == "WriteMsgUDPAddrPort" {
			delete(tos, "no IP") // a netip.Addr is never that
		}
		for what, to := range tos {
			scenes.add(name+" "+what, func(c udp) error { return write(c, p, to) })
		}
		scenes[name+" too long"] = func(c udp) error { return write(c, make([]byte, 70000), to) }
		scenes[name+" broadcast"] = func(c udp) error {
			// Package net allows it from the start.
			check(t, csock.Apply(c, csock.SO_BROADCAST.To(false)))
			return write(c, p, &net.UDPAddr{IP: net.IPv4bcast, Port: 9})
		}
	}
	likeBoth(t, k, k.openUDP, scenes)
}

// A likeIP is the common interface of net.IPConn and csock.IPConn.
type likeIP interface {
	net.PacketConn
	ReadFromIP([]byte) (int, *net.IPAddr, error)
	WriteToIP([]byte, *net.IPAddr) (int, error)
	ReadMsgIP(b, oob []byte) (n, oobn, flags int, addr *net.IPAddr, err error)
	WriteMsgIP(b, oob []byte, addr *net.IPAddr) (n, oobn int, err error)
}

// openIP makes a socket at k.at.
func (k likeNet) openIP(t *testing.T, ours bool) likeIP {
	t.Helper()
	at := netip.MustParseAddr(k.at)
	if !ours {
		c, err := net.ListenIP(k.network, &net.IPAddr{IP: at.AsSlice(), Zone: at.Zone()})
		check(t, err)
		return c
	}
	s := k.socket(t)
	check(t, s.Bind(csock.InetAddr(netip.AddrPortFrom(at, 0))))
	c, err := s.IntoIPConn()
	check(t, err)
	return c
}

// Raw sockets have package net's addresses and errors.
func TestLikeNetRaw(t *testing.T) {
	likeErrors(t, likeRaw)
	likeAddrs(t, likeRaw)
	for _, k := range likeRaw {
		likeIPErrors(t, k)
	}
}

func likeIPErrors(t *testing.T, k likeNet) {
	p := make([]byte, 10)
	at := netip.MustParseAddr(k.at)
	to := &net.IPAddr{IP: at.AsSlice(), Zone: at.Zone()}
	writes := map[string]func(c likeIP, p []byte, to *net.IPAddr) error{
		"WriteTo":    func(c likeIP, p []byte, to *net.IPAddr) error { _, err := c.WriteTo(p, to); return err },
		"WriteToIP":  func(c likeIP, p []byte, to *net.IPAddr) error { _, err := c.WriteToIP(p, to); return err },
		"WriteMsgIP": func(c likeIP, p []byte, to *net.IPAddr) error { _, _, err := c.WriteMsgIP(p, nil, to); return err },
	}
	reads := map[string]func(c likeIP) error{
		"ReadFrom":   func(c likeIP) error { _, _, err := c.ReadFrom(p); return err },
		"ReadFromIP": func(c likeIP) error { _, _, err := c.ReadFromIP(p); return err },
		"ReadMsgIP":  func(c likeIP) error { _, _, _, _, err := c.ReadMsgIP(p, nil); return err },
	}
	others := map[string]net.Addr{"no address": nil, "another type": &net.UDPAddr{}, "nil of another type": (*net.UDPAddr)(nil)}
	scenes := make(likeScenes[likeIP])
	for name, read := range reads {
		scenes.addEnds(name, read)
	}
	for name, other := range others {
		scenes.add("WriteTo "+name, func(c likeIP) error { _, err := c.WriteTo(p, other); return err })
	}
	for name, write := range writes {
		tos := map[string]*net.IPAddr{
			"": to, "nil": nil, "IPv4": {IP: net.IPv4(127, 0, 0, 1)}, "IPv6": {IP: net.IPv6loopback}, "no IP": {IP: net.IP{1, 2, 3}},
		}
		if !k.is6() {
			tos["IPv6 zone"] = &net.IPAddr{IP: net.ParseIP("fe80::1"), Zone: "lo"}
		}
		for what, to := range tos {
			scenes.add(name+" "+what, func(c likeIP) error { return write(c, p, to) })
		}
		scenes[name+" too long"] = func(c likeIP) error { return write(c, make([]byte, 70000), to) }
	}
	likeBoth(t, k, k.openIP, scenes)
}

// A likeUnix is the common interface of net.UnixConn and csock.UnixConn.
type likeUnix interface {
	net.PacketConn
	ReadFromUnix([]byte) (int, *net.UnixAddr, error)
	WriteToUnix([]byte, *net.UnixAddr) (int, error)
	ReadMsgUnix(b, oob []byte) (n, oobn, flags int, addr *net.UnixAddr, err error)
	WriteMsgUnix(b, oob []byte, addr *net.UnixAddr) (n, oobn int, err error)
}

func TestLikeNetUnixErrors(t *testing.T) {
	k := likeNets[len(likeNets)-1]
	dir := t.TempDir()
	own := &net.UnixAddr{Name: filepath.Join(dir, "own"), Net: k.network}
	open := func(t *testing.T, ours bool) likeUnix {
		os.Remove(own.Name)
		if !ours {
			c, err := net.ListenUnixgram(k.network, own)
			check(t, err)
			return c
		}
		s := k.socket(t)
		check(t, s.Bind(k.sockAddr(t, own)))
		c, err := s.IntoUnixConn()
		check(t, err)
		return c
	}
	p := make([]byte, 10)
	type unix = likeUnix
	writes := map[string]func(c unix, p []byte, to *net.UnixAddr) error{
		"WriteTo":      func(c unix, p []byte, to *net.UnixAddr) error { _, err := c.WriteTo(p, to); return err },
		"WriteToUnix":  func(c unix, p []byte, to *net.UnixAddr) error { _, err := c.WriteToUnix(p, to); return err },
		"WriteMsgUnix": func(c unix, p []byte, to *net.UnixAddr) error { _, _, err := c.WriteMsgUnix(p, nil, to); return err },
	}
	reads := map[string]func(c unix) error{
		"ReadFrom":     func(c unix) error { _, _, err := c.ReadFrom(p); return err },
		"ReadFromUnix": func(c unix) error { _, _, err := c.ReadFromUnix(p); return err },
		"ReadMsgUnix":  func(c unix) error { _, _, _, _, err := c.ReadMsgUnix(p, nil); return err },
	}
	others := map[string]net.Addr{"no address": nil, "another type": &net.UDPAddr{}, "nil of another type": (*net.UDPAddr)(nil)}
	scenes := make(likeScenes[unix])
	for name, read := range reads {
		scenes.addEnds(name, read)
	}
	for name, other := range others {
		scenes.add("WriteTo "+name, func(c unix) error { _, err := c.WriteTo(p, other); return err })
	}
	for name, write := range writes {
		for what, to := range map[string]*net.UnixAddr{
			"": own, "nil": nil, "nobody": {Name: own.Name + "x", Net: k.network}, "another Net": {Name: own.Name, Net: "unix"}, "no Net": {Name: own.Name},
			"long": {Name: strings.Repeat("x", 200), Net: k.network}, "no name": {Net: k.network},
		} {
			scenes.add(name+" "+what, func(c unix) error { return write(c, p, to) })
		}
		scenes[name+" too long"] = func(c unix) error { return write(c, make([]byte, 4<<20), own) }
	}
	likeBoth(t, k, open, scenes)
}
