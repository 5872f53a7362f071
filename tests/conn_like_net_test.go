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
	at      string // where a peer listens, or empty for a path
	stream  bool
}

var likeNets = []likeNet{
	{"tcp", "tcp", "127.0.0.1:0", true}, {"tcp6", "tcp", "[::1]:0", true},
	{"udp", "udp", "127.0.0.1:0", false}, {"udp6", "udp", "[::1]:0", false},
	{"unix", "unix", "", true}, {"unixpacket", "unixpacket", "", false}, {"unixgram", "unixgram", "", false},
}

// Raw sockets have a test of their own: they need a privilege, and some systems lack them.
var likeRaw = []likeNet{{"ip", "ip:254", "127.0.0.1", false}, {"ip6", "ip:254", "::1", false}}

// A likeConn is the common interface of both.
type likeConn interface {
	net.Conn
	syscall.Conn
	SetReadBuffer(int) error
	SetWriteBuffer(int) error
	File() (*os.File, error)
}

// need skips a test that this machine cannot run for the kind.
func (k likeNet) need(t *testing.T) {
	t.Helper()
	switch {
	case k.is6():
		need.IPv6(t)
	case k.at != "":
		need.IPv4(t)
	}
	if k.isIP() {
		need.NetRaw(t)
	}
}

func (k likeNet) is6() bool { return strings.Count(k.at, ":") > 1 }

// isIP reports whether the kind is that of raw sockets.
func (k likeNet) isIP() bool { return strings.HasPrefix(k.network, "ip:") }

// isPackets reports whether the kind has no connections.
func (k likeNet) isPackets() bool {
	return k.network == "udp" || k.network == "unixgram" || k.isIP()
}

// socket returns a csock.Socket of the kind.
func (k likeNet) socket(t *testing.T) *csock.Socket {
	t.Helper()
	domain, typ, protocol := csock.AF_UNIX, csock.SOCK_STREAM, csock.Protocol(0)
	switch {
	case k.is6():
		domain = csock.AF_INET6
	case k.at != "":
		domain = csock.AF_INET
	}
	switch {
	case k.isIP():
		typ, protocol = csock.SOCK_RAW, 254
	case k.isPackets():
		typ = csock.SOCK_DGRAM
	case k.network == "unixpacket":
		typ = csock.SOCK_SEQPACKET
	}
	s, err := csock.New(domain, typ, protocol)
	check(t, err)
	return s
}

// conn makes a Conn the type of the kind.
func (k likeNet) conn(c *csock.Conn) likeConn {
	switch {
	case k.network == "tcp":
		return &csock.TCPConn{Conn: c}
	case k.network == "udp":
		return &csock.UDPConn{Conn: c}
	case k.isIP():
		return &csock.IPConn{Conn: c}
	}
	return &csock.UnixConn{Conn: c}
}

// sockAddr returns an address of package net for csock.
func (k likeNet) sockAddr(t *testing.T, a net.Addr) csock.SockAddr {
	t.Helper()
	var addr csock.SockAddr
	var err error
	switch a := a.(type) {
	case *net.TCPAddr:
		addr = csock.InetAddr(a.AddrPort())
	case *net.UDPAddr:
		addr = csock.InetAddr(a.AddrPort())
	case *net.IPAddr:
		ip, _ := netip.AddrFromSlice(a.IP)
		addr = csock.InetAddr(netip.AddrPortFrom(ip.Unmap().WithZone(a.Zone), 0))
	case *net.UnixAddr:
		addr, err = csock.UnixAddr(a.Name)
		check(t, err)
	}
	return addr
}

// dial connects to a peer that package net has made, with package net or with csock.
func (k likeNet) dial(t *testing.T, to net.Addr, ours bool) likeConn {
	t.Helper()
	if !ours {
		c, err := net.Dial(k.network, to.String())
		check(t, err)
		return c.(likeConn)
	}
	c, err := k.socket(t).IntoConn()
	check(t, err, c.Connect(t.Context(), k.sockAddr(t, to)))
	return k.conn(c)
}

// peer makes a peer to dial. Its accept returns the other end of a connection; for datagrams, the
// peer itself.
func (k likeNet) peer(t *testing.T, dir string) (addr net.Addr, accept func() net.Conn, stop func()) {
	t.Helper()
	at := k.at
	if at == "" {
		at = filepath.Join(dir, "peer")
	}
	if k.isPackets() {
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

var likePorts = regexp.MustCompile(`(127\.0\.0\.1|0\.0\.0\.0|\[(?:::1?|fe80::1%\w+)\]):\d+`)

// A likeScene makes an error of a connection. peer and stop are those of likeNet.peer.
type likeScene struct {
	name string
	run  func(c likeConn, peer func() net.Conn, stop func()) error
}

// Every error that a connection over loopback can return has the text, the type and the properties
// of package net's.
func TestLikeNetErrors(t *testing.T) { likeErrors(t, likeNets) }

func likeErrors(t *testing.T, kinds []likeNet) {
	past := time.Unix(1, 0)
	p := make([]byte, 10)
	for _, k := range kinds {
		scenes := []likeScene{
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
				if k.isPackets() {
					return nil
				}
				peer().Close()
				_, err := c.Read(p)
				return err
			}},
			{"broken pipe", func(c likeConn, peer func() net.Conn, stop func()) error {
				return likeBroken(k, peer, stop, func() error { _, err := c.Write(p); return err })
			}},
			{"buffers, broken pipe", func(c likeConn, peer func() net.Conn, stop func()) error {
				return likeBroken(k, peer, stop, func() error { _, err := likeBuffers(c, p, p); return err })
			}},
			{"buffers closed", func(c likeConn, _ func() net.Conn, _ func()) error {
				c.Close()
				_, err := likeBuffers(c, p, p)
				return err
			}},
			{"buffers deadline", func(c likeConn, _ func() net.Conn, _ func()) error {
				c.SetDeadline(past)
				_, err := likeBuffers(c, p, p)
				return err
			}},
			{"buffers too long", func(c likeConn, _ func() net.Conn, _ func()) error {
				if k.stream {
					return nil
				}
				_, err := likeBuffers(c, p, make([]byte, 4<<20))
				return err
			}},
			{"raw after Close", func(c likeConn, _ func() net.Conn, _ func()) error {
				c.Close()
				rc, err := c.SyscallConn()
				check(t, err)
				return rc.Control(func(uintptr) {})
			}},
			{"raw write after Close", func(c likeConn, _ func() net.Conn, _ func()) error {
				c.Close()
				rc, err := c.SyscallConn()
				check(t, err)
				return rc.Write(func(uintptr) bool { return true })
			}},
			{"write buffer closed", func(c likeConn, _ func() net.Conn, _ func()) error { c.Close(); return c.SetWriteBuffer(1000) }},
			{"read deadline closed", func(c likeConn, _ func() net.Conn, _ func()) error { c.Close(); return c.SetReadDeadline(past) }},
			{"write deadline closed", func(c likeConn, _ func() net.Conn, _ func()) error { c.Close(); return c.SetWriteDeadline(past) }},
			{"CloseRead closed", func(c likeConn, _ func() net.Conn, _ func()) error {
				h, ok := c.(interface{ CloseRead() error })
				if !ok {
					return nil
				}
				c.Close()
				return h.CloseRead()
			}},
			{"CloseWrite closed", func(c likeConn, _ func() net.Conn, _ func()) error {
				h, ok := c.(interface{ CloseWrite() error })
				if !ok {
					return nil
				}
				c.Close()
				return h.CloseWrite()
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
				if h, ok := c.(interface{ CloseWrite() error }); ok {
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
		if k.network == "tcp" {
			scenes = append(scenes, likeTCPScenes(t)...)
		}
		for _, scene := range scenes {
			t.Run(k.name+" "+scene.name, func(t *testing.T) {
				k.need(t)
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

// likeBroken returns the error of a write whose peer is gone.
func likeBroken(k likeNet, peer func() net.Conn, stop func(), write func() error) (err error) {
	if k.network == "udp" || k.isIP() {
		return nil
	}
	peer().Close()
	stop()
	for range 1000 {
		if err = write(); err != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if errors.Is(err, syscall.ECONNRESET) { // the system decides which is first
		err = write()
	}
	return err
}

// likeBuffers writes buffers by one call: of net.Buffers or of a Conn.
func likeBuffers(c likeConn, bufs ...[]byte) (int64, error) {
	b := net.Buffers(bufs)
	if w, ok := c.(interface {
		WriteBuffers(*net.Buffers) (int64, error)
	}); ok {
		return w.WriteBuffers(&b)
	}
	return b.WriteTo(c)
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("no more") }

// A Listener's errors are package net's.
func TestLikeNetListenerErrors(t *testing.T) { likeListenerErrors(t, likeNets) }

func likeListenerErrors(t *testing.T, kinds []likeNet) {
	type listener interface {
		net.Listener
		syscall.Conn
		SetDeadline(time.Time) error
		File() (*os.File, error)
	}
	scenes := map[string]func(l listener) error{
		"accept closed":   func(l listener) error { l.Close(); _, err := l.Accept(); return err },
		"accept deadline": func(l listener) error { l.SetDeadline(time.Unix(1, 0)); _, err := l.Accept(); return err },
		"close closed":    func(l listener) error { l.Close(); return l.Close() },
		"file closed":     func(l listener) error { l.Close(); _, err := l.File(); return err },
		"deadline closed": func(l listener) error { l.Close(); return l.SetDeadline(time.Unix(1, 0)) },
		"raw closed": func(l listener) error {
			rc, err := l.SyscallConn()
			check(t, err)
			l.Close()
			return rc.Control(func(uintptr) {})
		},
		"raw after Close": func(l listener) error {
			l.Close()
			rc, err := l.SyscallConn()
			check(t, err)
			return rc.Control(func(uintptr) {})
		},
		"close while accepting": func(l listener) error {
			time.AfterFunc(10*time.Millisecond, func() { l.Close() })
			_, err := l.Accept()
			return err
		},
	}
	for _, k := range kinds {
		if k.isPackets() {
			continue
		}
		for name, scene := range scenes {
			t.Run(k.name+" "+name, func(t *testing.T) {
				k.need(t)
				at := k.at
				if at == "" {
					at = filepath.Join(t.TempDir(), "s")
				}
				theirs, err := net.Listen(k.network, at)
				check(t, err)
				addr := theirs.Addr()
				if tcp, ok := addr.(*net.TCPAddr); ok {
					addr = &net.TCPAddr{IP: tcp.IP, Zone: tcp.Zone} // any port
				}
				want := likeError(scene(theirs.(listener)))
				theirs.Close()
				s := k.socket(t)
				check(t, s.Bind(k.sockAddr(t, addr)), s.Listen(8))
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
func TestLikeNetAddrs(t *testing.T) { likeAddrs(t, likeNets) }

func likeAddrs(t *testing.T, kinds []likeNet) {
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
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			k.need(t)
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
			k.need(t)
			at := k.at
			if at == "" {
				at = filepath.Join(t.TempDir(), "s")
			}
			var said [2]string
			for i, ours := range []bool{true, false} {
				if k.isPackets() {
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
		if k.at != "" { // only Unix sockets come in pairs
			continue
		}
		t.Run(k.name+" pair", func(t *testing.T) {
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
	check(t, c.Connect(t.Context(), unspecified(t)))
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
