package portable

import (
	"errors"
	"io"
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

// Conns with the methods of package net's types.

// lacks reports whether the system lacks what a call needs, and says so by a name for which
// .ci/wine/probes.c has a line.
func lacks(t *testing.T, what string, err error) bool {
	t.Helper()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOPROTOOPT) || errors.Is(err, syscall.EINVAL) {
		t.Logf("%s: this system lacks it: %v", what, err)
		return true
	}
	need.OK(t, err)
	return false
}

// described fails the test unless a String method says something.
func described(t *testing.T, s interface{ String() string }) {
	t.Helper()
	if got := s.String(); got == "" || strings.Contains(got, "%!") {
		t.Errorf("String of a %T returns %q", s, got)
	}
}

func TestTCPConn(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, b := k.connected(t)
		c, err := a.IntoTCPConn()
		need.OK(t, err)
		defer c.Close()
		for _, on := range []bool{true, false} {
			need.OK(t, c.SetNoDelay(on), c.SetKeepAlive(on))
			need.Same(t, "SetNoDelay", need.Value[bool](t)(csock.TCP_NODELAY.Get(c)), on)
			need.Same(t, "SetKeepAlive", need.Value[bool](t)(csock.SO_KEEPALIVE.Get(c)), on)
		}
		need.OK(t, c.SetLinger(3))
		need.Same(t, "SetLinger", need.Value[time.Duration](t)(csock.SO_LINGER.Get(c)), 3*time.Second)
		need.OK(t, c.SetLinger(-1))
		if err := c.SetKeepAlivePeriod(20 * time.Second); !lacks(t, "TCP_KEEPIDLE", err) {
			need.Same(t, "SetKeepAlivePeriod", need.Value[time.Duration](t)(csock.TCP_KEEPIDLE.Get(c)), 20*time.Second)
		}
		config := net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 5 * time.Second, Count: 4}
		if err := c.SetKeepAliveConfig(config); !lacks(t, "TCP_KEEPIDLE", err) {
			need.Same(t, "Idle", need.Value[time.Duration](t)(csock.TCP_KEEPIDLE.Get(c)), 30*time.Second)
			need.Same(t, "Count", need.Value[int](t)(csock.TCP_KEEPCNT.Get(c)), 4)
		}
		multipath, err := c.MultipathTCP()
		need.OK(t, err)
		need.Same(t, "MultipathTCP", multipath, false)
		described(t, c)
		_, err = c.Write([]byte("typed"))
		need.OK(t, err)
		p := make([]byte, 5)
		_, err = io.ReadFull(b, p)
		need.OK(t, err)
		need.Same(t, "received", string(p), "typed")
		_, err = k.socket(t, csock.SOCK_DGRAM).IntoTCPConn()
		need.Is(t, "IntoTCPConn of UDP", err, syscall.EPROTOTYPE)
	})
}

func TestUDPConn(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		open := func() (*csock.UDPConn, netip.AddrPort) {
			s, addr := k.bound(t, csock.SOCK_DGRAM)
			c, err := s.IntoUDPConn()
			need.OK(t, err)
			t.Cleanup(func() { c.Close() })
			ap, _ := addr.AddrPort()
			return c, ap
		}
		a, to := open()
		b, from := open()
		udp := net.UDPAddrFromAddrPort(to)
		p := make([]byte, 16)
		receives := []struct {
			name string
			call func() (int, string, error)
		}{
			{"ReadFrom", func() (int, string, error) {
				n, addr, err := a.ReadFrom(p)
				return n, addr.String(), err
			}},
			{"ReadFromUDP", func() (int, string, error) {
				n, addr, err := a.ReadFromUDP(p)
				return n, addr.String(), err
			}},
			{"ReadFromUDPAddrPort", func() (int, string, error) {
				n, addr, err := a.ReadFromUDPAddrPort(p)
				return n, addr.String(), err
			}},
			{"ReadMsgUDP", func() (int, string, error) {
				n, _, _, addr, err := a.ReadMsgUDP(p, nil)
				return n, addr.String(), err
			}},
			{"ReadMsgUDPAddrPort", func() (int, string, error) {
				n, _, _, addr, err := a.ReadMsgUDPAddrPort(p, make([]byte, 64))
				return n, addr.String(), err
			}},
		}
		for i, send := range []struct {
			name string
			call func(p []byte) (int, error)
		}{
			{"WriteTo", func(p []byte) (int, error) { return b.WriteTo(p, udp) }},
			{"WriteToUDP", func(p []byte) (int, error) { return b.WriteToUDP(p, udp) }},
			{"WriteToUDPAddrPort", func(p []byte) (int, error) { return b.WriteToUDPAddrPort(p, to) }},
			{"WriteMsgUDP", func(p []byte) (int, error) {
				n, _, err := b.WriteMsgUDP(p, nil, udp)
				return n, err
			}},
			{"WriteMsgUDPAddrPort", func(p []byte) (int, error) {
				n, _, err := b.WriteMsgUDPAddrPort(p, nil, to)
				return n, err
			}},
		} {
			receive := receives[i]
			var n int
			var sender string
			waiting := later(func() (err error) { n, sender, err = receive.call(); return err })
			waits(t, waiting)
			sent, err := send.call([]byte("typed"))
			need.OK(t, err, result(t, waiting))
			need.Same(t, send.name, sent, 5)
			need.Same(t, receive.name, string(p[:n]), "typed")
			need.Same(t, receive.name+"'s sender", sender, from.String())
		}
		described(t, a)
		other, err := k.socket(t, csock.SOCK_DGRAM).IntoPacketConn()
		need.OK(t, err)
		described(t, other)
		need.OK(t, other.Close())
	})
}

func TestUnixConn(t *testing.T) {
	l, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	if errors.Is(err, syscall.EAFNOSUPPORT) {
		t.Skipf("needs AF_UNIX, which Wine lacks: %v", err)
	}
	need.OK(t, err)
	defer l.Close()
	dir, err := os.MkdirTemp("", "csock-*") // a short path
	need.OK(t, err)
	defer os.RemoveAll(dir)
	addr, err := csock.UnixAddr(filepath.Join(dir, "s"))
	need.OK(t, err, l.Bind(addr), l.Listen(1))
	s, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	need.OK(t, err, s.Connect(addr))
	a, err := s.IntoUnixConn()
	need.OK(t, err)
	defer a.Close()
	s, _, err = l.Accept()
	need.OK(t, err)
	b, err := s.IntoUnixConn()
	need.OK(t, err)
	defer b.Close()
	p := make([]byte, 8)
	for name, pass := range map[string]func() (int, error){
		"WriteMsgUnix, ReadMsgUnix": func() (int, error) {
			if _, _, err := a.WriteMsgUnix([]byte("typed"), nil, nil); err != nil {
				return 0, err
			}
			n, _, _, _, err := b.ReadMsgUnix(p, nil)
			return n, err
		},
		"ReadFromUnix": func() (int, error) {
			if _, err := a.Write([]byte("typed")); err != nil {
				return 0, err
			}
			n, _, err := b.ReadFromUnix(p)
			return n, err
		},
		"ReadFrom": func() (int, error) {
			if _, err := a.Write([]byte("typed")); err != nil {
				return 0, err
			}
			n, _, err := b.ReadFrom(p)
			return n, err
		},
	} {
		n, err := pass()
		need.OK(t, err)
		need.Same(t, name, string(p[:n]), "typed")
	}
	for what, write := range map[string]func(*net.UnixAddr) (int, error){
		"WriteTo":     func(to *net.UnixAddr) (int, error) { return a.WriteTo(p, to) },
		"WriteToUnix": func(to *net.UnixAddr) (int, error) { return a.WriteToUnix(p, to) },
	} {
		if _, err := write(&net.UnixAddr{Name: "x", Net: "unixgram"}); err == nil {
			t.Errorf("%s to an address of another network works", what)
		}
	}
	described(t, a)
}

// Raw IP of a protocol that no system uses itself.
func TestIPConn(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		const protocol = csock.Protocol(253) // for experiments: RFC 3692
		open := func() *csock.IPConn {
			s, err := csock.New(k.domain, csock.SOCK_RAW, protocol)
			need.Feature(t, "raw sockets of protocol 253", err, syscall.EPERM, syscall.EACCES, syscall.EPROTONOSUPPORT)
			need.OK(t, s.Bind(k.loopback))
			c, err := s.IntoIPConn()
			need.OK(t, err)
			t.Cleanup(func() { c.Close() })
			return c
		}
		ap, _ := k.loopback.AddrPort()
		to := &net.IPAddr{IP: ap.Addr().AsSlice()}
		a, b := open(), open()
		need.OK(t, a.SetReadDeadline(time.Now().Add(soon)))
		p := make([]byte, 64)
		receives := []func() (int, string, error){
			func() (int, string, error) { n, addr, err := a.ReadFrom(p); return n, addr.String(), err },
			func() (int, string, error) { n, addr, err := a.ReadFromIP(p); return n, addr.String(), err },
			func() (int, string, error) {
				n, _, _, addr, err := a.ReadMsgIP(p, nil)
				return n, addr.String(), err
			},
		}
		for i, send := range []func(p []byte) (int, error){
			func(p []byte) (int, error) { return b.WriteTo(p, to) },
			func(p []byte) (int, error) { return b.WriteToIP(p, to) },
			func(p []byte) (int, error) { n, _, err := b.WriteMsgIP(p, nil, to); return n, err },
		} {
			n, err := send([]byte("typed"))
			need.OK(t, err)
			need.Same(t, "sent", n, 5)
			n, from, err := receives[i]()
			need.OK(t, err)
			if !strings.HasSuffix(string(p[:n]), "typed") { // ReadMsgIP has the header too
				t.Errorf("received %q", p[:n])
			}
			need.Same(t, "sender", from, to.String())
		}
		described(t, a)
	})
}
