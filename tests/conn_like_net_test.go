package tests

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// A likeNet is a kind of connection in two implementations: package net's, and csock's of the same
// kind.
type likeNet struct {
	name    string
	network string // the network's name for net.Dial
	stream  bool
}

var likeNets = []likeNet{{"tcp", "tcp", true}, {"udp", "udp", false}, {"unix", "unix", true}, {"unixpacket", "unixpacket", false}, {"unixgram", "unixgram", false}}

// A likeConn is the common interface of both.
type likeConn interface {
	net.Conn
	syscall.Conn
	SetReadBuffer(int) error
	File() (*os.File, error)
}

// likeSocket returns the csock.Socket for a network of package net.
func likeSocket(t *testing.T, network string) *csock.Socket {
	t.Helper()
	domain, typ := csock.AF_UNIX, csock.SOCK_STREAM
	switch network {
	case "tcp":
		domain = csock.AF_INET
	case "udp":
		domain, typ = csock.AF_INET, csock.SOCK_DGRAM
	case "unixgram":
		typ = csock.SOCK_DGRAM
	case "unixpacket":
		typ = csock.SOCK_SEQPACKET
	}
	s, err := csock.New(domain, typ, 0)
	check(t, err)
	return s
}

// likeKind makes a Conn the type of its kind.
func likeKind(network string, c *csock.Conn) likeConn {
	switch network {
	case "tcp":
		return &csock.TCPConn{Conn: c}
	case "udp":
		return &csock.UDPConn{Conn: c}
	}
	return &csock.UnixConn{Conn: c}
}

// dial connects to a peer that package net has made, with package net or with csock.
func (k likeNet) dial(t *testing.T, to net.Addr, ours bool) likeConn {
	t.Helper()
	if !ours {
		c, err := net.Dial(k.network, to.String())
		check(t, err)
		return c.(likeConn)
	}
	s := likeSocket(t, k.network)
	var addr csock.SockAddr
	var err error
	switch to := to.(type) {
	case *net.TCPAddr:
		addr = csock.InetAddr(to.AddrPort())
	case *net.UDPAddr:
		addr = csock.InetAddr(to.AddrPort())
	case *net.UnixAddr:
		addr, err = csock.UnixAddr(to.Name)
		check(t, err)
	}
	c, err := s.IntoConn()
	check(t, err, c.Connect(t.Context(), addr))
	return likeKind(k.network, c)
}

// peer makes a peer to dial. Its accept returns the other end of a connection; for datagrams, the
// peer itself.
func (k likeNet) peer(t *testing.T, dir string) (addr net.Addr, accept func() net.Conn, stop func()) {
	t.Helper()
	at := filepath.Join(dir, "peer")
	if k.network == "tcp" || k.network == "udp" {
		at = "127.0.0.1:0"
	}
	if k.network == "udp" || k.network == "unixgram" {
		c, err := net.ListenPacket(k.network, at)
		check(t, err)
		return c.LocalAddr(), func() net.Conn { return c.(net.Conn) }, func() { c.Close(); os.Remove(at) }
	}
	l, err := net.Listen(k.network, at)
	check(t, err)
	return l.Addr(), func() net.Conn {
		c, err := l.Accept()
		check(t, err)
		return c
	}, func() { l.Close() }
}

// likeError is everything that code inspects in an error, except the ports and paths.
func likeError(err error) string {
	var said strings.Builder
	fmt.Fprintf(&said, "%v", err)
	for e := err; e != nil; e = errors.Unwrap(e) {
		fmt.Fprintf(&said, "; %T", e)
		if o, ok := e.(*net.OpError); ok {
			fmt.Fprintf(&said, "{%s %s %T %T}", o.Op, o.Net, o.Source, o.Addr)
		}
	}
	var n net.Error
	if errors.As(err, &n) {
		//lint:ignore SA1019 programs call it, so it is compared
		fmt.Fprintf(&said, "; timeout %v, temporary %v", n.Timeout(), n.Temporary())
	}
	fmt.Fprintf(&said, "; closed %v, deadline %v, EOF %v", errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded), err == io.EOF)
	text := strings.ReplaceAll(said.String(), "csock.addrPort", "net.addrPortUDPAddr") // which is not exported
	return likePorts.ReplaceAllString(text, "$1:port")
}

var likePorts = regexp.MustCompile(`(127\.0\.0\.1|0\.0\.0\.0):\d+`)

// Every error that a connection over loopback can return has the text, the type and the properties
// of package net's.
func TestLikeNetErrors(t *testing.T) {
	need.IPv4(t)
	past := time.Unix(1, 0)
	p := make([]byte, 10)
	for _, k := range likeNets {
		scenes := []struct {
			name string
			run  func(c likeConn, peer func() net.Conn, stop func()) error
		}{
			{"read deadline", func(c likeConn, _ func() net.Conn, _ func()) error {
				c.SetReadDeadline(past)
				_, err := c.Read(p)
				return err
			}},
			{"write deadline", func(c likeConn, _ func() net.Conn, _ func()) error {
				c.SetDeadline(past)
				_, err := c.Write(p)
				return err
			}},
			{"read closed", func(c likeConn, _ func() net.Conn, _ func()) error { c.Close(); _, err := c.Read(p); return err }},
			{"write closed", func(c likeConn, _ func() net.Conn, _ func()) error { c.Close(); _, err := c.Write(p); return err }},
			{"close closed", func(c likeConn, _ func() net.Conn, _ func()) error { c.Close(); return c.Close() }},
			{"deadline closed", func(c likeConn, _ func() net.Conn, _ func()) error { c.Close(); return c.SetDeadline(past) }},
			{"buffer closed", func(c likeConn, _ func() net.Conn, _ func()) error { c.Close(); return c.SetReadBuffer(1000) }},
			{"file closed", func(c likeConn, _ func() net.Conn, _ func()) error { c.Close(); _, err := c.File(); return err }},
			{"raw closed", func(c likeConn, _ func() net.Conn, _ func()) error {
				rc, err := c.SyscallConn()
				check(t, err)
				c.Close()
				return rc.Control(func(uintptr) {})
			}},
			{"raw read closed", func(c likeConn, _ func() net.Conn, _ func()) error {
				rc, err := c.SyscallConn()
				check(t, err)
				c.Close()
				return rc.Read(func(uintptr) bool { return true })
			}},
			{"raw write deadline", func(c likeConn, _ func() net.Conn, _ func()) error {
				rc, err := c.SyscallConn()
				check(t, err)
				c.SetDeadline(past)
				return rc.Write(func(uintptr) bool { return false })
			}},
			{"close while reading", func(c likeConn, _ func() net.Conn, _ func()) error {
				time.AfterFunc(10*time.Millisecond, func() { c.Close() })
				_, err := c.Read(p)
				return err
			}},
			{"end", func(c likeConn, peer func() net.Conn, _ func()) error {
				if k.network == "udp" || k.network == "unixgram" {
					return nil
				}
				peer().Close()
				_, err := c.Read(p)
				return err
			}},
			{"broken pipe", func(c likeConn, peer func() net.Conn, stop func()) error {
				if k.network == "udp" {
					return nil
				}
				peer().Close()
				stop()
				var err error
				for range 1000 {
					if _, err = c.Write(p); err != nil {
						break
					}
					time.Sleep(time.Millisecond)
				}
				if errors.Is(err, syscall.ECONNRESET) { // the system decides which is first
					_, err = c.Write(p)
				}
				return err
			}},
			{"reset", func(c likeConn, peer func() net.Conn, _ func()) error {
				if k.network != "tcp" {
					return nil
				}
				q := peer()
				q.(*net.TCPConn).SetLinger(0)
				q.Close()
				_, err := c.Read(p)
				return err
			}},
			{"refused", func(c likeConn, peer func() net.Conn, _ func()) error {
				if k.network != "udp" {
					return nil
				}
				peer().Close()
				c.Write(p)
				c.SetReadDeadline(time.Now().Add(connPatience))
				_, err := c.Read(p)
				return err
			}},
			{"too long", func(c likeConn, _ func() net.Conn, _ func()) error {
				if k.stream {
					return nil
				}
				_, err := c.Write(make([]byte, 4<<20))
				return err
			}},
			{"after CloseWrite", func(c likeConn, _ func() net.Conn, _ func()) error {
				if h, ok := c.(interface{ CloseWrite() error }); ok && k.network != "udp" {
					h.CloseWrite()
					_, err := c.Write(p)
					return err
				}
				return nil
			}},
			{"ReadFrom", func(c likeConn, peer func() net.Conn, _ func()) error {
				r, ok := c.(io.ReaderFrom)
				if !ok {
					return nil
				}
				c.Close()
				_, err := r.ReadFrom(strings.NewReader("x"))
				return err
			}},
			{"ReadFrom that fails", func(c likeConn, peer func() net.Conn, _ func()) error {
				r, ok := c.(io.ReaderFrom)
				if !ok {
					return nil
				}
				_, err := r.ReadFrom(failingReader{})
				return err
			}},
			{"WriteTo", func(c likeConn, peer func() net.Conn, _ func()) error {
				w, ok := c.(io.WriterTo)
				if !ok {
					return nil
				}
				c.Close()
				_, err := w.WriteTo(io.Discard)
				return err
			}},
		}
		for _, scene := range scenes {
			t.Run(k.name+" "+scene.name, func(t *testing.T) {
				dir := t.TempDir()
				play := func(ours bool) string {
					addr, accept, stop := k.peer(t, dir)
					defer stop()
					c := k.dial(t, addr, ours)
					defer c.Close()
					return likeError(scene.run(c, accept, stop))
				}
				if got, want := play(true), play(false); got != want {
					t.Errorf("\n%s\nnet:\n%s", got, want)
				}
			})
		}
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("no more") }

// mappedPort returns an address as package net's WriteToUDPAddrPort takes it on an IPv4 socket.
func mappedPort(a *net.UDPAddr) netip.AddrPort {
	ap := a.AddrPort()
	if need.OldGo {
		ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	return ap
}

// The same for the calls of a UDPConn that name an address. Their effect on a connected socket
// depends on the system; package net refuses them there.
func TestLikeNetUDPErrors(t *testing.T) {
	p := make([]byte, 10)
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}
	type udpConn interface {
		net.PacketConn
		ReadFromUDP([]byte) (int, *net.UDPAddr, error)
		ReadFromUDPAddrPort([]byte) (int, netip.AddrPort, error)
		WriteToUDP([]byte, *net.UDPAddr) (int, error)
		WriteToUDPAddrPort([]byte, netip.AddrPort) (int, error)
		ReadMsgUDP(b, oob []byte) (n, oobn, flags int, addr *net.UDPAddr, err error)
		WriteMsgUDP(b, oob []byte, addr *net.UDPAddr) (n, oobn int, err error)
		WriteMsgUDPAddrPort(b, oob []byte, addr netip.AddrPort) (n, oobn int, err error)
	}
	writes := map[string]func(c udpConn, p []byte, to *net.UDPAddr) error{
		"WriteTo":    func(c udpConn, p []byte, to *net.UDPAddr) error { _, err := c.WriteTo(p, to); return err },
		"WriteToUDP": func(c udpConn, p []byte, to *net.UDPAddr) error { _, err := c.WriteToUDP(p, to); return err },
		"WriteToUDPAddrPort": func(c udpConn, p []byte, to *net.UDPAddr) error {
			_, err := c.WriteToUDPAddrPort(p, mappedPort(to))
			return err
		},
		"WriteMsgUDP": func(c udpConn, p []byte, to *net.UDPAddr) error { _, _, err := c.WriteMsgUDP(p, nil, to); return err },
		"WriteMsgUDPAddrPort": func(c udpConn, p []byte, to *net.UDPAddr) error {
			_, _, err := c.WriteMsgUDPAddrPort(p, nil, mappedPort(to))
			return err
		},
	}
	scenes := map[string]func(c udpConn) error{
		"ReadFrom deadline":    func(c udpConn) error { c.SetDeadline(time.Unix(1, 0)); _, _, err := c.ReadFrom(p); return err },
		"ReadFromUDP deadline": func(c udpConn) error { c.SetDeadline(time.Unix(1, 0)); _, _, err := c.ReadFromUDP(p); return err },
		"ReadFromUDPAddrPort deadline": func(c udpConn) error {
			c.SetDeadline(time.Unix(1, 0))
			_, _, err := c.ReadFromUDPAddrPort(p)
			return err
		},
		"ReadMsgUDP deadline": func(c udpConn) error {
			c.SetDeadline(time.Unix(1, 0))
			_, _, _, _, err := c.ReadMsgUDP(p, nil)
			return err
		},
		"ReadMsgUDP closed":       func(c udpConn) error { c.Close(); _, _, _, _, err := c.ReadMsgUDP(p, nil); return err },
		"WriteTo wrong type":      func(c udpConn) error { _, err := c.WriteTo(p, &net.TCPAddr{}); return err },
		"WriteTo Unix":            func(c udpConn) error { _, err := c.WriteTo(p, &net.UnixAddr{Name: "x", Net: "unixgram"}); return err },
		"WriteToUDP nil":          func(c udpConn) error { _, err := c.WriteToUDP(p, nil); return err },
		"WriteToUDPAddrPort none": func(c udpConn) error { _, err := c.WriteToUDPAddrPort(p, netip.AddrPort{}); return err },
	}
	for name, write := range writes {
		scenes[name+" closed"] = func(c udpConn) error { c.Close(); return write(c, p, to) }
		scenes[name+" deadline"] = func(c udpConn) error { c.SetDeadline(time.Unix(1, 0)); return write(c, p, to) }
		scenes[name+" too long"] = func(c udpConn) error { return write(c, make([]byte, 70000), to) }
		scenes[name+" broadcast"] = func(c udpConn) error {
			// Package net allows it from the start.
			check(t, csock.Apply(c.(syscall.Conn), csock.SO_BROADCAST.To(false)))
			return write(c, p, &net.UDPAddr{IP: net.IPv4bcast, Port: 9})
		}
		scenes[name+" IPv6"] = func(c udpConn) error { return write(c, p, &net.UDPAddr{IP: net.IPv6loopback, Port: 9}) }
	}
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			theirs, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
			check(t, err)
			defer theirs.Close()
			s := likeSocket(t, "udp")
			check(t, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
			ours, err := s.IntoUDPConn()
			check(t, err)
			defer ours.Close()
			if got, want := likeError(scene(ours)), likeError(scene(theirs)); got != want {
				t.Errorf("\n%s\nnet:\n%s", got, want)
			}
		})
	}
}

// A Listener's errors are package net's.
func TestLikeNetListenerErrors(t *testing.T) {
	type listener interface {
		net.Listener
		SetDeadline(time.Time) error
		File() (*os.File, error)
	}
	scenes := map[string]func(l listener) error{
		"accept closed":   func(l listener) error { l.Close(); _, err := l.Accept(); return err },
		"accept deadline": func(l listener) error { l.SetDeadline(time.Unix(1, 0)); _, err := l.Accept(); return err },
		"close closed":    func(l listener) error { l.Close(); return l.Close() },
		"file closed":     func(l listener) error { l.Close(); _, err := l.File(); return err },
		"close while accepting": func(l listener) error {
			time.AfterFunc(10*time.Millisecond, func() { l.Close() })
			_, err := l.Accept()
			return err
		},
	}
	for _, network := range []string{"tcp", "unix", "unixpacket"} {
		for name, scene := range scenes {
			t.Run(network+" "+name, func(t *testing.T) {
				at := "127.0.0.1:0"
				path := filepath.Join(t.TempDir(), "s")
				addr := csock.InetAddr(netip.MustParseAddrPort(at))
				if network != "tcp" {
					var err error
					at = path
					addr, err = csock.UnixAddr(path)
					check(t, err)
				}
				theirs, err := net.Listen(network, at)
				check(t, err)
				want := likeError(scene(theirs.(listener)))
				theirs.Close()
				s := likeSocket(t, network)
				check(t, s.Bind(addr), s.Listen(8))
				ours, err := s.IntoListener()
				check(t, err)
				defer ours.Close()
				if got := likeError(scene(ours)); got != want {
					t.Errorf("\n%s\nnet:\n%s", got, want)
				}
			})
		}
	}
}

// The addresses of both ends, of every kind, before and after they connect, are package net's to
// the letter.
func TestLikeNetAddrs(t *testing.T) {
	need.IPv4(t)
	show := func(c interface {
		LocalAddr() net.Addr
		RemoteAddr() net.Addr
	}) string {
		var said strings.Builder
		for _, a := range []net.Addr{c.LocalAddr(), c.RemoteAddr()} {
			if a == nil {
				said.WriteString("nil\n")
				continue
			}
			fmt.Fprintf(&said, "%T %s %q %+v\n", a, a.Network(), a.String(), a)
		}
		return likePorts.ReplaceAllString(regexp.MustCompile(`Port:\d+`).ReplaceAllString(said.String(), "Port:port"), "$1:port")
	}
	for _, k := range likeNets {
		t.Run(k.name, func(t *testing.T) {
			dir := t.TempDir()
			var said [2]string
			for i, ours := range []bool{true, false} {
				addr, accept, stop := k.peer(t, dir)
				c := k.dial(t, addr, ours)
				said[i] += "dialed:\n" + show(c)
				accept()
				check(t, c.Close())
				said[i] += "closed:\n" + show(c)
				stop()
			}
			same(t, "both", said[0], said[1])
		})
		t.Run(k.name+" accepted, or bound", func(t *testing.T) {
			at := "127.0.0.1:0"
			if strings.HasPrefix(k.network, "unix") {
				at = filepath.Join(t.TempDir(), "s")
			}
			var said [2]string
			for i, ours := range []bool{true, false} {
				if k.network == "udp" || k.network == "unixgram" {
					c, err := net.ListenPacket(k.network, at)
					check(t, err)
					if ours {
						s, err := csock.FromNet(c.(syscall.Conn))
						check(t, err, c.Close())
						o, err := s.IntoPacketConn()
						check(t, err)
						said[i] = show(o)
						check(t, o.Close())
						said[i] += show(o)
					} else {
						said[i] = show(c.(net.Conn))
						check(t, c.Close())
						said[i] += show(c.(net.Conn))
					}
					os.Remove(at)
					continue
				}
				l, err := net.Listen(k.network, at)
				check(t, err)
				listen := l
				if ours {
					s, err := csock.FromNet(l.(syscall.Conn))
					check(t, err)
					o, err := s.IntoListener()
					check(t, err)
					defer o.Close()
					listen = o
				}
				c, err := net.Dial(k.network, l.Addr().String())
				check(t, err)
				a, err := listen.Accept()
				check(t, err)
				said[i] = listen.Addr().String() + "\n" + show(a)
				check(t, a.Close())
				said[i] += show(a)
				c.Close()
				l.Close()
			}
			same(t, "both", likePorts.ReplaceAllString(said[0], "$1:port"), likePorts.ReplaceAllString(said[1], "$1:port"))
		})
		t.Run(k.name+" pair", func(t *testing.T) {
			if !strings.HasPrefix(k.network, "unix") {
				t.Skip("there are pairs of Unix sockets")
			}
			_, b := connKinds[map[string]int{"unix": 2, "unixpacket": 3, "unixgram": 6}[k.network]].pair(t)
			a, err := csock.FromNet(b)
			check(t, err)
			n, err := a.IntoNetConn()
			check(t, err)
			defer n.Close()
			same(t, "both", show(b), show(n))
		})
	}
}

// Addresses are cached, cost no allocation, and follow the calls that change them.
func TestConnAddrsFollow(t *testing.T) {
	c := &csock.UDPConn{Conn: connOf(t)(csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0))}
	same(t, "before bind", c.LocalAddr().String(), "0.0.0.0:0")
	if c.RemoteAddr() != nil {
		t.Errorf("a peer before there is one: %v", c.RemoteAddr())
	}
	peer := connKinds[4].open(t)
	to := peer.LocalAddr()
	_, err := c.WriteTo([]byte("x"), to) // which binds
	check(t, err)
	local := c.LocalAddr().(*net.UDPAddr)
	if local.Port == 0 {
		t.Error("no port after a send")
	}
	check(t, c.Connect(t.Context(), connAddr(t, peer)))
	same(t, "connected", c.RemoteAddr().String(), to.String())
	same(t, "local when connected", c.LocalAddr().String(), fmt.Sprint("127.0.0.1:", local.Port))
	allocs := testing.AllocsPerRun(100, func() { c.LocalAddr(); c.RemoteAddr() })
	same(t, "allocations", allocs, 0)

	other := connKinds[4].open(t)
	check(t, csock.Borrow(c, func(s *csock.Socket) error { return s.Connect(connAddr(t, other)) }))
	same(t, "connected by Borrow", c.RemoteAddr().String(), other.LocalAddr().String())
	none, err := csock.RawSockAddr(make([]byte, 16))
	check(t, err, c.Connect(t.Context(), none))
	if c.RemoteAddr() != nil {
		t.Errorf("a peer after there is none: %v", c.RemoteAddr())
	}
	u := connOf(t)(csock.New(csock.AF_UNIX, csock.SOCK_DGRAM, 0))
	same(t, "unnamed", u.LocalAddr().String(), "@")
	name, err := csock.UnixAddr(filepath.Join(t.TempDir(), "s"))
	check(t, err, csock.Borrow(u, func(s *csock.Socket) error { return s.Bind(name) }))
	same(t, "named", u.LocalAddr().String(), name.String())
	check(t, u.Close())
	same(t, "closed", u.LocalAddr().String(), name.String())
}
