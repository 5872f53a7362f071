//go:build linux

package tests

import (
	"context"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/vhci"
)

// rfcomm makes an RFCOMM socket that is bound to a channel of a controller; 0 is none.
func rfcomm(t *testing.T, at *vhci.Controller, channel uint8) *csock.Socket {
	t.Helper()
	s := familySocket(t, nil, csock.AF_BLUETOOTH, csock.SOCK_STREAM, csock.BTPROTO_RFCOMM)
	check(t, s.Bind(csock.RCAddr(csock.SockaddrRC{BDAddr: at.Addr, Channel: channel})))
	return s
}

// A connect that has to wait is one connect(2): RFCOMM returns EBADFD to a second one, although the
// connection stands.
func TestRFCOMMConnects(t *testing.T) {
	a, b := vhci.Pair(t)
	const rounds = 20
	// A channel has one connection between two devices, and is free only after the peer's
	// acknowledgment: each connection has a channel of its own. The first connection stays, for the
	// others to be those of its session.
	var listeners [1 + rounds]*csock.Socket
	to := func(i int) csock.SockAddr {
		return csock.RCAddr(csock.SockaddrRC{BDAddr: b.Addr, Channel: uint8(1 + i)})
	}
	for i := range listeners {
		listeners[i] = rfcomm(t, b, uint8(1+i))
		check(t, listeners[i].Listen(1))
	}
	check(t, rfcomm(t, a, 0).Connect(to(0)))

	for _, way := range []struct {
		name    string
		rounds  int
		connect func(s *csock.Socket, to csock.SockAddr) (io.ReadWriteCloser, error)
	}{
		{"ConnectTimeout", rounds, func(s *csock.Socket, to csock.SockAddr) (io.ReadWriteCloser, error) {
			return s, s.ConnectTimeout(to, connPatience)
		}},
		{"Conn.Connect", rounds, func(s *csock.Socket, to csock.SockAddr) (io.ReadWriteCloser, error) {
			c, err := s.IntoConn()
			check(t, err, c.SetDeadline(time.Now().Add(connPatience)))
			return c, c.Connect(context.Background(), to)
		}},
		{"a second connect(2)", 1, func(s *csock.Socket, to csock.SockAddr) (io.ReadWriteCloser, error) {
			check(t, s.SetNonblocking(true))
			if err := s.Connect(to); err != nil {
				connIs(t, "the first connect(2)", err, syscall.EINPROGRESS)
			}
			events, err := s.Poll(csock.POLLOUT, connPatience)
			check(t, err)
			same(t, "events", events, csock.POLLOUT)
			pending, err := s.TakeError()
			check(t, err, pending, s.SetNonblocking(false))
			connIs(t, "the second connect(2)", s.Connect(to), syscall.EBADFD)
			return s, nil
		}},
	} {
		for i := 1; i <= way.rounds; i++ {
			c, err := way.connect(rfcomm(t, a, 0), to(i))
			if err != nil {
				t.Fatalf("%s, connection %d: %v", way.name, i, err)
			}
			server, from, err := listeners[i].Accept()
			check(t, err)
			peer, ok := from.RC()
			same(t, "RC", ok, true)
			same(t, "the client", peer.BDAddr, a.Addr)
			_, err = c.Write([]byte("hello"))
			check(t, err)
			same(t, "what the server received", recv(t, limited(t, server), 5), "hello")
			check(t, c.Close())
			_, err = server.Recv(make([]byte, 5), 0)
			connIs(t, "after the client's Close", err, syscall.ECONNRESET)
			check(t, server.Close())
		}
	}
}

// Streams and packets pass between two controllers, on Sockets and on Conns.
func TestBluetoothConn(t *testing.T) {
	a, b := vhci.Pair(t)
	for _, k := range []struct {
		name     string
		typ      csock.Type
		protocol csock.Protocol
		addr     func(csock.BDAddr, int) csock.SockAddr
		service  int
	}{
		{"L2CAP", csock.SOCK_SEQPACKET, csock.BTPROTO_L2CAP, func(a csock.BDAddr, psm int) csock.SockAddr {
			return csock.L2Addr(csock.SockaddrL2{BDAddr: a, PSM: uint16(psm)})
		}, 0x1001},
		{"RFCOMM", csock.SOCK_STREAM, csock.BTPROTO_RFCOMM, func(a csock.BDAddr, channel int) csock.SockAddr {
			return csock.RCAddr(csock.SockaddrRC{BDAddr: a, Channel: uint8(channel)})
		}, 9},
	} {
		open := func(at csock.BDAddr, service int) *csock.Socket {
			s := familySocket(t, nil, csock.AF_BLUETOOTH, k.typ, k.protocol)
			check(t, s.Bind(k.addr(at, service)))
			return s
		}
		listening := open(b.Addr, k.service)
		check(t, listening.Listen(1))
		// The family does not know SO_ACCEPTCONN.
		l, err := listening.IntoListener()
		check(t, err)
		defer l.Close()
		c := connOf(t)(open(a.Addr, 0), nil)
		ctx, cancel := context.WithTimeout(context.Background(), connPatience)
		defer cancel()
		check(t, c.Connect(ctx, k.addr(b.Addr, k.service)))
		check(t, l.SetDeadline(time.Now().Add(connPatience)))
		server, err := l.AcceptConn()
		check(t, err)
		defer server.Close()
		if from := server.RemoteAddr().String(); !strings.Contains(from, a.Addr.String()) {
			t.Errorf("%s: the client is %s, want %s", k.name, from, a.Addr)
		}
		end := time.Now().Add(connPatience)
		check(t, c.SetDeadline(end), server.SetDeadline(end))
		for _, pair := range [][2]net.Conn{{c, server}, {server, c}} {
			sent(t, 5)(pair[0].Write([]byte("hello")))
			p := make([]byte, 100)
			n, err := pair[1].Read(p)
			check(t, err)
			same(t, k.name, string(p[:n]), "hello")
		}
	}
}
