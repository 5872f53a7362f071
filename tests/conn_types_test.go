//go:build linux

package tests

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Each type has the methods of package net's type of its name, and none that only package net's
// other types have: libraries ask for CloseWrite, for example, to find streams.
func TestConnTypesHaveMethodsOfNet(t *testing.T) {
	types := []struct{ csock, net reflect.Type }{
		{reflect.TypeFor[*csock.TCPConn](), reflect.TypeFor[*net.TCPConn]()},
		{reflect.TypeFor[*csock.UDPConn](), reflect.TypeFor[*net.UDPConn]()},
		{reflect.TypeFor[*csock.IPConn](), reflect.TypeFor[*net.IPConn]()},
		{reflect.TypeFor[*csock.UnixConn](), reflect.TypeFor[*net.UnixConn]()},
	}
	for _, typ := range types {
		for _, other := range types {
			for i := range other.net.NumMethod() {
				name := other.net.Method(i).Name
				_, has := typ.csock.MethodByName(name)
				if _, want := typ.net.MethodByName(name); has != want {
					t.Errorf("%v has %s: %v, want %v", typ.csock, name, has, want)
				}
			}
		}
	}
	for _, name := range []string{"CloseRead", "CloseWrite"} {
		if _, has := reflect.TypeFor[*csock.PacketConn]().MethodByName(name); has {
			t.Errorf("a PacketConn has %s", name)
		}
	}
}

// Each type that has a Conn is a socket for options, and its text is that of a Socket.
func TestConnTypesAreSockets(t *testing.T) {
	type socket interface {
		csock.AnySocket
		String() string
		Close() error
	}
	tcp := kindOf("tcp4").open(t)
	check(t, tcp.Bind(loopback4), tcp.Listen(1))
	for name, c := range map[string]struct {
		into func() (socket, error)
		typ  csock.Type
	}{
		"TCPConn":    {func() (socket, error) { return kindOf("tcp4").open(t).IntoTCPConn() }, csock.SOCK_STREAM},
		"UDPConn":    {func() (socket, error) { return kindOf("udp4").open(t).IntoUDPConn() }, csock.SOCK_DGRAM},
		"UnixConn":   {func() (socket, error) { return kindOf("unix").open(t).IntoUnixConn() }, csock.SOCK_STREAM},
		"PacketConn": {func() (socket, error) { return kindOf("udp4").open(t).IntoPacketConn() }, csock.SOCK_DGRAM},
		"Listener":   {func() (socket, error) { return tcp.IntoListener() }, csock.SOCK_STREAM},
		"Conn":       {func() (socket, error) { return kindOf("udp4").open(t).IntoConn() }, csock.SOCK_DGRAM},
		"IPConn": {func() (socket, error) {
			s, err := csock.New(csock.AF_INET, csock.SOCK_RAW, 253)
			if err != nil {
				return nil, err
			}
			return s.IntoIPConn()
		}, csock.SOCK_RAW},
	} {
		t.Run(name, func(t *testing.T) {
			if c.typ == csock.SOCK_RAW {
				need.NetRaw(t)
			}
			s, err := c.into()
			check(t, err)
			defer s.Close()
			same(t, "SO_TYPE", need.Value[csock.Type](t)(csock.SO_TYPE.Get(s)), c.typ)
			check(t, csock.SO_RCVBUF.Set(s, 1<<14))
			if text := s.String(); !strings.Contains(text, c.typ.String()) {
				t.Errorf("its text is %s", text)
			}
			if l, ok := s.(*csock.Listener); ok {
				check(t, l.Set(csock.SO_REUSEADDR.To(true)))
			}
		})
	}
}

// Addresses of package net that the socket cannot send to, and calls on what does not exist.
func TestConnTypesRefuse(t *testing.T) {
	p := need.Value[*csock.PacketConn](t)(kindOf("udp4").open(t).IntoPacketConn())
	defer p.Close()
	_, errShort := p.WriteTo([]byte("x"), &net.UDPAddr{IP: net.IP{1, 2, 3}, Port: 1})
	var addrErr *net.AddrError
	if !errors.As(errShort, &addrErr) {
		t.Errorf("an IP address of 3 bytes: %v", errShort)
	}
	for _, port := range []int{-1, 1 << 16} {
		if _, err := p.WriteTo([]byte("x"), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("port %d: %v", port, err)
		}
	}
	u := need.Value[*csock.UDPConn](t)(kindOf("udp4").open(t).IntoUDPConn())
	defer u.Close()
	_, err := u.WriteToUDPAddrPort([]byte("x"), netip.MustParseAddrPort("[::1]:1"))
	var opErr *net.OpError
	if !errors.As(err, &opErr) || opErr.Addr == nil || opErr.Addr.Network() != "udp" {
		t.Errorf("an address of IPv6: %v", err)
	}

	if _, err := (*csock.Conn)(nil).WriteTo(io.Discard); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("WriteTo of a nil Conn: %v", err)
	}
	if _, err := csock.NewZeroCopy(nil); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("NewZeroCopy of nil: %v", err)
	}
	stream, _ := connKinds[2].pair(t)
	if _, err := stream.ZeroCopy(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("ZeroCopy of a Unix socket: %v", err)
	}
	z := need.Value[*csock.ZeroCopy](t)(csock.NewZeroCopy(kindOf("tcp4").open(t)))
	if free, ok := z.Release(csock.SockExtendedErr{Origin: csock.SO_EE_ORIGIN_ICMP}, nil); len(free) != 0 || ok {
		t.Errorf("Release of an ICMP error: %v, %v", free, ok)
	}
	if _, _, err := csock.Pair(csock.AF_SYSTEM, csock.SOCK_STREAM, 0); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a pair of a family that Linux lacks: %v", err)
	}
	f := need.Value[*os.File](t)(os.Open("/proc/self/exe"))
	closed := kindOf("tcp4").open(t)
	check(t, closed.Close())
	if _, err := closed.Sendfile(f, 0, 1); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Sendfile of a closed Socket: %v", err)
	}
	check(t, f.Close())
	if _, err := stream.Sendfile(f, 0, 1); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Sendfile of a closed file: %v", err)
	}
	if _, err := stream.Sendfile(nil, 0, 1); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Sendfile of no file: %v", err)
	}
	if n, err := stream.Read(nil); n != 0 || err != nil {
		t.Errorf("Read into nothing: %d, %v", n, err)
	}
	if n, err := stream.WithContext(t.Context()).Read(nil); n != 0 || err != nil {
		t.Errorf("Read into nothing under a context: %d, %v", n, err)
	}
	s := kindOf("tcp4").open(t)
	check(t, s.Close())
	if err := s.ConnectTimeout(loopback4, time.Second); !errors.Is(err, net.ErrClosed) {
		t.Errorf("ConnectTimeout of a closed Socket: %v", err)
	}
	check(t, stream.Close())
	if n, err := stream.Read(nil); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("Read into nothing of a closed Conn: %d, %v", n, err)
	}
}

// WriteTo moves bytes into every type that has a stream's descriptor, and copies them into others.
func TestConnWriteToTypes(t *testing.T) {
	file := need.Value[*os.File](t)(os.Create(filepath.Join(t.TempDir(), "f")))
	defer file.Close()
	closed := need.Value[*os.File](t)(os.Create(filepath.Join(t.TempDir(), "closed")))
	check(t, closed.Close())
	typed := func(k connKind, into func(*csock.Socket) (net.Conn, error)) (net.Conn, io.Reader) {
		a, b := k.pair(t)
		s := need.Value[*csock.Socket](t)(csock.FromNet(a))
		check(t, a.Close())
		c, err := into(s)
		check(t, err)
		t.Cleanup(func() { c.Close() })
		return c, b
	}
	type target struct {
		w    io.Writer
		peer io.Reader
		bad  bool
	}
	to := map[string]target{"os.File": {w: file}, "a closed os.File": {w: closed, bad: true}}
	add := func(name string, w io.Writer, peer io.Reader) { to[name] = target{w: w, peer: peer} }
	w, r := typed(connKinds[0], (*csock.Socket).IntoNetConn)
	add("net.TCPConn", w, r)
	w, r = typed(connKinds[2], (*csock.Socket).IntoNetConn)
	add("net.UnixConn", w, r)
	w, r = typed(connKinds[0], func(s *csock.Socket) (net.Conn, error) { return s.IntoTCPConn() })
	add("TCPConn", w, r)
	w, r = typed(connKinds[2], func(s *csock.Socket) (net.Conn, error) { return s.IntoUnixConn() })
	add("UnixConn", w, r)
	dgram, dgramPeer := connKinds[6].pair(t)
	add("a Conn of datagrams", dgram, dgramPeer)
	for name, c := range to {
		t.Run(name, func(t *testing.T) {
			from, source := connKinds[2].pair(t)
			sent(t, 5)(source.Write([]byte("bytes")))
			check(t, source.CloseWrite())
			n, err := from.WriteTo(c.w)
			if c.bad {
				if err == nil {
					t.Error("no error")
				}
				return
			}
			check(t, err)
			same(t, "bytes", n, 5)
			if c.peer != nil {
				p := make([]byte, 8)
				n := need.Value[int](t)(c.peer.Read(p))
				same(t, "what arrived", string(p[:n]), "bytes")
			}
		})
	}
}

// The names of Unix addresses are package net's.
func TestConnUnixNames(t *testing.T) {
	name := "@csock-names-" + filepath.Base(t.TempDir())
	path := filepath.Join(t.TempDir(), "s")
	for _, n := range []string{name + "1", path, ""} {
		bind := func(n string) csock.SockAddr { return need.Value[csock.SockAddr](t)(csock.UnixAddr(n)) }
		s := need.Value[*csock.Socket](t)(csock.New(csock.AF_UNIX, csock.SOCK_DGRAM, 0))
		if n != "" {
			check(t, s.Bind(bind(n)))
		}
		clone := need.Value[*csock.Socket](t)(s.TryClone())
		own := need.Value[*csock.Conn](t)(s.IntoConn())
		theirs := need.Value[net.PacketConn](t)(clone.IntoNetPacketConn())
		want := theirs.LocalAddr()
		if got := own.LocalAddr(); got == nil || want == nil || got.String() != want.String() || got.Network() != want.Network() {
			t.Errorf("the address of %q: %v, package net's %v", n, got, want)
		}
		check(t, own.Close(), theirs.Close())
	}
}
