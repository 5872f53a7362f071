//go:build linux

package tests

import (
	"bytes"
	"errors"
	"fmt"
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

// The types of a kind, as libraries assert them.
var (
	_ interface {
		net.PacketConn
		net.Conn
		ReadMsgUDP(p, oob []byte) (n, oobn, flags int, addr *net.UDPAddr, err error)
	} = (*csock.UDPConn)(nil)
	_ interface {
		net.PacketConn
		net.Conn
		ReadMsgIP(p, oob []byte) (n, oobn, flags int, addr *net.IPAddr, err error)
	} = (*csock.IPConn)(nil)
	_ interface {
		net.PacketConn
		net.Conn
		ReadMsgUnix(p, oob []byte) (n, oobn, flags int, addr *net.UnixAddr, err error)
	} = (*csock.UnixConn)(nil)
	_ interface {
		net.Conn
		io.ReaderFrom
		io.WriterTo
		SetNoDelay(bool) error
		SetLinger(int) error
		SetKeepAliveConfig(net.KeepAliveConfig) error
		File() (*os.File, error)
	} = (*csock.TCPConn)(nil)
)

// kindCallAll makes the calls of one of the types: the one that is not nil, or all of them nil.
func kindCallAll(p *csock.PacketConn, u *csock.UDPConn, c *csock.TCPConn) map[string]error {
	errs := make(map[string]error)
	if p != nil || u == nil && c == nil {
		_, _, errs["PacketConn.ReadFrom"] = p.ReadFrom(nil)
		_, errs["PacketConn.WriteTo"] = p.WriteTo(nil, &net.UDPAddr{})
	}
	if u != nil || p == nil && c == nil {
		ap := netip.MustParseAddrPort("127.0.0.1:1")
		_, _, errs["UDPConn.ReadFrom"] = u.ReadFrom(nil)
		_, _, errs["ReadFromUDP"] = u.ReadFromUDP(nil)
		_, _, errs["ReadFromUDPAddrPort"] = u.ReadFromUDPAddrPort(nil)
		_, _, _, _, errs["ReadMsgUDP"] = u.ReadMsgUDP(nil, nil)
		_, _, _, _, errs["ReadMsgUDPAddrPort"] = u.ReadMsgUDPAddrPort(nil, nil)
		_, errs["UDPConn.WriteTo"] = u.WriteTo(nil, &net.UDPAddr{})
		_, errs["WriteToUDP"] = u.WriteToUDP(nil, nil)
		_, errs["WriteToUDPAddrPort"] = u.WriteToUDPAddrPort(nil, ap)
		_, _, errs["WriteMsgUDP"] = u.WriteMsgUDP(nil, nil, nil)
		_, _, errs["WriteMsgUDP to"] = u.WriteMsgUDP(nil, nil, &net.UDPAddr{})
		_, _, errs["WriteMsgUDPAddrPort"] = u.WriteMsgUDPAddrPort(nil, nil, netip.AddrPort{})
		_, _, errs["WriteMsgUDPAddrPort to"] = u.WriteMsgUDPAddrPort(nil, nil, ap)
	}
	if c != nil || p == nil && u == nil {
		errs["SetNoDelay"] = c.SetNoDelay(true)
		errs["SetLinger"] = c.SetLinger(1)
		errs["SetKeepAlive"] = c.SetKeepAlive(true)
		errs["SetKeepAlivePeriod"] = c.SetKeepAlivePeriod(1)
		errs["SetKeepAliveConfig"] = c.SetKeepAliveConfig(net.KeepAliveConfig{})
		_, errs["MultipathTCP"] = c.MultipathTCP()
	}
	if p == nil && u == nil && c == nil {
		var i *csock.IPConn
		var x *csock.UnixConn
		_, _, errs["IPConn.ReadFrom"] = i.ReadFrom(nil)
		_, _, _, _, errs["ReadMsgIP"] = i.ReadMsgIP(nil, nil)
		_, errs["IPConn.WriteTo"] = i.WriteTo(nil, nil)
		_, _, errs["WriteMsgIP"] = i.WriteMsgIP(nil, nil, nil)
		_, _, errs["UnixConn.ReadFrom"] = x.ReadFrom(nil)
		_, _, _, _, errs["ReadMsgUnix"] = x.ReadMsgUnix(nil, nil)
		_, errs["UnixConn.WriteTo"] = x.WriteTo(nil, nil)
		_, _, errs["WriteMsgUnix"] = x.WriteMsgUnix(nil, nil, nil)
	}
	return errs
}

// Each kind of socket becomes the type of its kind and no other.
func TestKindInto(t *testing.T) {
	into := map[string]func(*csock.Socket) error{
		"TCPConn": func(s *csock.Socket) error { c, err := s.IntoTCPConn(); closeOr(err, func() { c.Close() }); return err },
		"UDPConn": func(s *csock.Socket) error { c, err := s.IntoUDPConn(); closeOr(err, func() { c.Close() }); return err },
		"IPConn":  func(s *csock.Socket) error { c, err := s.IntoIPConn(); closeOr(err, func() { c.Close() }); return err },
		"UnixConn": func(s *csock.Socket) error {
			c, err := s.IntoUnixConn()
			closeOr(err, func() { c.Close() })
			return err
		},
		"PacketConn": func(s *csock.Socket) error {
			c, err := s.IntoPacketConn()
			closeOr(err, func() { c.Close() })
			return err
		},
	}
	for _, k := range append(connKinds, connKind{"raw", csock.AF_INET, csock.SOCK_RAW, 253}, connKind{"netlink", csock.AF_NETLINK, csock.SOCK_RAW, 0}) {
		want := map[string]string{"tcp4": "TCPConn", "tcp6": "TCPConn", "mptcp": "TCPConn", "unix": "UnixConn", "unixpacket": "UnixConn", "unixgram": "UnixConn",
			"udp4": "UDPConn", "udp6": "UDPConn", "raw": "IPConn"}[k.name]
		for typ, f := range into {
			t.Run(k.name+" "+typ, func(t *testing.T) {
				if k.typ == csock.SOCK_RAW && k.domain != csock.AF_NETLINK {
					need.NetRaw(t)
				}
				s := k.new(t)
				defer s.Close()
				if typ == want || typ == "PacketConn" && k.typ != csock.SOCK_STREAM {
					check(t, f(s))
					return
				}
				connIs(t, typ, f(s), syscall.EPROTOTYPE)
				if _, err := s.LocalAddr(); err != nil {
					t.Error("the Socket is not what it was: ", err)
				}
			})
		}
	}
}

func closeOr(err error, close func()) {
	if err == nil {
		close()
	}
}

// kindListener returns a Listener of a kind.
func kindListener(t *testing.T, k connKind) *csock.Listener {
	t.Helper()
	c := k.open(t)
	var l *csock.Listener
	s, err := csock.FromNet(c)
	check(t, err, s.Listen(8))
	l, err = s.IntoListener()
	check(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

// A Listener's connections are of the type of their kind.
func TestKindAccept(t *testing.T) {
	for _, k := range connKinds {
		if k.typ == csock.SOCK_DGRAM {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			l := kindListener(t, k)
			var to csock.SockAddr
			check(t, csock.Borrow(l, func(s *csock.Socket) (err error) { to, err = s.LocalAddr(); return err }))
			c := connOf(t)(k.new(t), nil)
			check(t, c.SetWriteDeadline(time.Now().Add(connPatience)), c.Connect(t.Context(), to), l.SetDeadline(time.Now().Add(connPatience)))
			a, err := l.Accept()
			check(t, err)
			defer a.Close()
			want := "*csock.Conn"
			switch {
			case k.domain == csock.AF_UNIX:
				want = "*csock.UnixConn"
			case k.typ == csock.SOCK_STREAM && (k.protocol == csock.IPPROTO_TCP || k.protocol == csock.IPPROTO_MPTCP):
				want = "*csock.TCPConn"
			}
			same(t, "type", fmt.Sprintf("%T", a), want)
			same(t, "local", a.LocalAddr().String(), l.Addr().String())
			same(t, "peer's peer", a.LocalAddr().String(), c.RemoteAddr().String())
			if tcp, ok := a.(*csock.TCPConn); ok {
				used, err := tcp.MultipathTCP()
				check(t, err)
				same(t, "MPTCP", used, k.protocol == csock.IPPROTO_MPTCP)
			}
		})
	}
}

// The setters of a TCPConn have the same effect as those of package net.
func TestKindTCPConn(t *testing.T) {
	need.IPv4(t)
	setAll := []struct {
		name string
		set  func(c interface {
			SetNoDelay(bool) error
			SetLinger(int) error
			SetKeepAlive(bool) error
			SetKeepAlivePeriod(time.Duration) error
			SetKeepAliveConfig(net.KeepAliveConfig) error
			SetReadBuffer(int) error
			SetWriteBuffer(int) error
		}) error
	}{}
	type setter = interface {
		SetNoDelay(bool) error
		SetLinger(int) error
		SetKeepAlive(bool) error
		SetKeepAlivePeriod(time.Duration) error
		SetKeepAliveConfig(net.KeepAliveConfig) error
		SetReadBuffer(int) error
		SetWriteBuffer(int) error
	}
	add := func(name string, set func(c setter) error) {
		setAll = append(setAll, struct {
			name string
			set  func(c setter) error
		}{name, set})
	}
	add("NoDelay", func(c setter) error { return c.SetNoDelay(true) })
	add("NoDelay off", func(c setter) error { return c.SetNoDelay(false) })
	add("Linger", func(c setter) error { return c.SetLinger(7) })
	add("Linger 0", func(c setter) error { return c.SetLinger(0) })
	add("Linger off", func(c setter) error { return c.SetLinger(-1) })
	add("KeepAlive", func(c setter) error { return c.SetKeepAlive(true) })
	add("KeepAlive off", func(c setter) error { return c.SetKeepAlive(false) })
	for _, d := range []time.Duration{-1, 0, 1, time.Second, 2500 * time.Millisecond, time.Hour} {
		add(fmt.Sprint("KeepAlivePeriod ", d), func(c setter) error { return c.SetKeepAlivePeriod(d) })
	}
	for _, k := range []net.KeepAliveConfig{
		{}, {Enable: true}, {Enable: true, Idle: 20 * time.Second, Interval: 3 * time.Second, Count: 5},
		{Enable: true, Idle: -1, Interval: -1, Count: -1}, {Enable: true, Idle: 1, Interval: 1, Count: 1}, {Idle: time.Minute},
	} {
		add(fmt.Sprintf("KeepAliveConfig %+v", k), func(c setter) error { return c.SetKeepAliveConfig(k) })
	}
	add("buffers", func(c setter) error { return errors.Join(c.SetReadBuffer(50000), c.SetWriteBuffer(60000)) })

	state := func(c syscall.Conn) string {
		t.Helper()
		var results strings.Builder
		record := func(name string, v any, err error) { fmt.Fprintln(&results, name, v, err) }
		check(t, csock.Borrow(c, func(s *csock.Socket) error {
			for _, o := range []csock.Option[bool]{csock.TCP_NODELAY, csock.SO_KEEPALIVE} {
				v, err := o.Get(s)
				record(o.String(), v, err)
			}
			for _, o := range []csock.Option[time.Duration]{csock.TCP_KEEPIDLE, csock.TCP_KEEPINTVL, csock.SO_LINGER} {
				v, err := o.Get(s)
				record(o.String(), v, err)
			}
			for _, o := range []csock.Option[int]{csock.TCP_KEEPCNT, csock.SO_RCVBUF, csock.SO_SNDBUF} {
				v, err := o.Get(s)
				record(o.String(), v, err)
			}
			return nil
		}))
		return results.String()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	theirs, err := net.Dial("tcp", l.Addr().String())
	check(t, err)
	defer theirs.Close()
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	check(t, err)
	ours, err := s.IntoTCPConn()
	check(t, err)
	defer ours.Close()
	ap := l.Addr().(*net.TCPAddr).AddrPort()
	check(t, ours.Connect(t.Context(), csock.InetAddr(ap)), ours.SetNoDelay(true), ours.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true}))
	for _, test := range setAll {
		check(t, test.set(theirs.(*net.TCPConn)), test.set(ours))
		if got, want := state(ours), state(theirs.(*net.TCPConn)); got != want {
			t.Errorf("after %s:\n%s\nnet.TCPConn:\n%s", test.name, got, want)
		}
	}
}

// File returns a duplicate: each works on when the other is closed, and the Conn waits as before.
func TestKindFile(t *testing.T) {
	a, b := connKinds[0].pair(t)
	f, err := b.File()
	check(t, err)
	defer f.Close()
	if want := "tcp:" + b.LocalAddr().String() + "->" + b.RemoteAddr().String(); f.Name() != want {
		t.Errorf("the file's name is %q, want %q", f.Name(), want)
	}
	f.Fd() // for a file of package net's it would make the socket blocking
	go func() {
		time.Sleep(10 * time.Millisecond)
		a.Write([]byte("one"))
	}()
	p := make([]byte, 3)
	_, err = io.ReadFull(b, p)
	check(t, err, b.Close())
	_, err = f.Write([]byte("two"))
	check(t, err)
	_, err = io.ReadFull(a, p)
	check(t, err)
	same(t, "from the file", string(p), "two")

	c := connKinds[4].open(t)
	u := &csock.UDPConn{Conn: c}
	g, err := u.File()
	check(t, err, g.Close())
	_, err = u.WriteTo([]byte("x"), u.LocalAddr())
	check(t, err)

	l := kindListener(t, connKinds[2])
	h, err := l.File()
	check(t, err)
	defer h.Close()
	n, err := net.FileListener(h)
	check(t, err)
	defer n.Close()
	same(t, "the listener's address", n.Addr().String(), l.Addr().String())
	check(t, l.Close())
	_, err = l.File()
	connIs(t, "File of a closed Listener", err, net.ErrClosed)
	_, err = b.File()
	connIs(t, "File of a closed Conn", err, net.ErrClosed)
	_, err = (*csock.Conn)(nil).File()
	connIs(t, "File of nil", err, os.ErrInvalid)
}

// A UnixConn passes descriptors and names like a net.UnixConn.
func TestKindUnixConn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	check(t, os.WriteFile(path+"f", []byte("in the file"), 0o600))
	type unixConn interface {
		net.PacketConn
		ReadMsgUnix(p, oob []byte) (n, oobn, flags int, addr *net.UnixAddr, err error)
		WriteMsgUnix(p, oob []byte, addr *net.UnixAddr) (n, oobn int, err error)
		ReadFromUnix(p []byte) (int, *net.UnixAddr, error)
		WriteToUnix(p []byte, addr *net.UnixAddr) (int, error)
	}
	exchange := func(c unixConn, own string) string {
		var results strings.Builder
		record := func(what string, args ...any) {
			fmt.Fprintln(&results, strings.ReplaceAll(fmt.Sprint(what, ": ", fmt.Sprint(args...)), own, "own"))
		}
		me := &net.UnixAddr{Name: own, Net: "unixgram"}
		f, err := os.Open(path + "f")
		check(t, err)
		defer f.Close()
		n, m, err := c.WriteMsgUnix([]byte("msg"), syscall.UnixRights(int(f.Fd())), me)
		record("WriteMsgUnix", n, m, err)
		n, err = c.WriteToUnix([]byte("to"), me)
		record("WriteToUnix", n, err)
		n, err = c.WriteTo([]byte("net"), me)
		record("WriteTo", n, err)
		p, oob := make([]byte, 16), make([]byte, 64)
		n, m, flags, addr, err := c.ReadMsgUnix(p, oob)
		flags &^= syscall.MSG_CMSG_CLOEXEC // which package net passes on from the kernel
		record("ReadMsgUnix", string(p[:n]), m, flags, addr, err)
		messages, err := syscall.ParseSocketControlMessage(oob[:m])
		check(t, err)
		fds, err := syscall.ParseUnixRights(&messages[0])
		check(t, err)
		got := os.NewFile(uintptr(fds[0]), "")
		content, err := io.ReadAll(got)
		record("file", string(content), err)
		check(t, got.Close())
		n, addr, err = c.ReadFromUnix(p)
		record("ReadFromUnix", string(p[:n]), addr, err)
		n, from, err := c.ReadFrom(p)
		record("ReadFrom", string(p[:n]), from, from.Network(), err)
		// From a socket without a name.
		s, err := csock.New(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
		check(t, err)
		defer s.Close()
		to, err := csock.UnixAddr(own)
		check(t, err)
		for range 3 {
			_, err = s.SendTo([]byte("anonymous"), to, 0)
			check(t, err)
		}
		n, from, err = c.ReadFrom(p)
		record("nameless ReadFrom", n, from == nil, err)
		n, addr, err = c.ReadFromUnix(p)
		record("nameless ReadFromUnix", n, addr == nil, err)
		n, _, _, addr, err = c.ReadMsgUnix(p, nil)
		record("nameless ReadMsgUnix", n, addr == nil, err)
		_, err = c.WriteTo(nil, &net.UDPAddr{})
		record("wrong type", err)
		_, err = c.WriteToUnix(nil, nil)
		record("nil", err)
		return results.String()
	}
	theirs, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path + "t", Net: "unixgram"})
	check(t, err)
	defer theirs.Close()
	s, err := csock.New(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
	check(t, err)
	addr, err := csock.UnixAddr(path + "o")
	check(t, err, s.Bind(addr))
	ours, err := s.IntoUnixConn()
	check(t, err)
	defer ours.Close()
	if got, want := exchange(ours, path+"o"), exchange(theirs, path+"t"); got != want {
		t.Errorf("ours:\n%s\nnet.UnixConn:\n%s", got, want)
	}
}

// IPConn treats raw IP sockets like net.IPConn.
func TestKindIPConn(t *testing.T) {
	need.NetRaw(t)
	need.IPv4(t)
	loopback := &net.IPAddr{IP: net.IPv4(127, 0, 0, 1)}
	type ipConn interface {
		net.PacketConn
		ReadFromIP([]byte) (int, *net.IPAddr, error)
		WriteToIP([]byte, *net.IPAddr) (int, error)
		ReadMsgIP(p, oob []byte) (n, oobn, flags int, addr *net.IPAddr, err error)
		WriteMsgIP(p, oob []byte, addr *net.IPAddr) (n, oobn int, err error)
	}
	exchange := func(c ipConn) string {
		var results strings.Builder
		record := func(args ...any) { fmt.Fprintln(&results, args...) }
		check(t, c.SetDeadline(time.Now().Add(connPatience)))
		n, err := c.WriteToIP([]byte("to"), loopback)
		record("WriteToIP", n, err)
		n, m, err := c.WriteMsgIP([]byte("msg"), nil, loopback)
		record("WriteMsgIP", n, m, err)
		p := make([]byte, 64)
		n, addr, err := c.ReadFromIP(p)
		record("ReadFromIP", string(p[:n]), addr, err)
		n, m, flags, addr, err := c.ReadMsgIP(p, nil)
		record("ReadMsgIP", string(p[min(20, n):n]), m, flags, addr, err)
		_, err = c.WriteTo(nil, &net.UDPAddr{})
		record("wrong type", err)
		_, err = c.WriteTo(nil, &net.IPAddr{IP: net.IPv6loopback})
		record("IPv6", err)
		_, err = c.WriteToIP(nil, nil)
		record("nil", err)
		return results.String()
	}
	theirs, err := net.ListenIP("ip:254", loopback)
	check(t, err)
	want := exchange(theirs)
	check(t, theirs.Close())
	s, err := csock.New(csock.AF_INET, csock.SOCK_RAW, 254)
	check(t, err, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
	ours, err := s.IntoIPConn()
	check(t, err)
	defer ours.Close()
	if got := exchange(ours); got != want {
		t.Errorf("ours:\n%s\nnet.IPConn:\n%s", got, want)
	}
}

// An io.Copy to a type that embeds a file reads with that type's own method.
func TestConnReadFromWrapped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	check(t, os.WriteFile(path, []byte("small letters"), 0o600))
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()
	a, b := connKinds[0].pair(t)
	n, err := io.Copy(a, upper{f})
	same(t, "copied", n, int64(13))
	check(t, err, a.CloseWrite())
	got, err := io.ReadAll(b)
	check(t, err)
	same(t, "content", string(got), "SMALL LETTERS")
}

// An upper is a file that reads as upper case.
type upper struct{ *os.File }

func (u upper) Read(p []byte) (int, error) {
	n, err := u.File.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	return n, err
}

func (u upper) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, struct{ io.Reader }{u}) }

// A connection that a Unix Listener accepts has the Listener's own address, also when it is closed,
// and does not ask the system for it.
func TestAcceptedUnixAddress(t *testing.T) {
	s := need.Value[*csock.Socket](t)(csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0))
	path := filepath.Join(t.TempDir(), "s")
	check(t, s.Bind(need.Value[csock.SockAddr](t)(csock.UnixAddr(path))), s.Listen(1))
	l, err := s.IntoListener()
	check(t, err)
	defer l.Close()
	c := need.Value[net.Conn](t)(net.Dial("unix", path))
	defer c.Close()
	a := need.Value[net.Conn](t)(l.Accept())
	check(t, a.Close())
	if a.LocalAddr() != l.Addr() { // the pointers
		t.Errorf("%p %v, and the Listener has %p %v", a.LocalAddr(), a.LocalAddr(), l.Addr(), l.Addr())
	}
}
