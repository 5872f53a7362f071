//go:build linux

package tests

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// A Conn waits for data to peek at, and leaves it.
func TestConnPeekFrom(t *testing.T) {
	for _, k := range connKinds {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.pair(t)
			type result struct {
				text string
				from csock.SockAddr
				err  error
			}
			got := make(chan result, 1)
			go func() {
				p := make([]byte, 10)
				n, from, err := b.PeekFrom(p)
				got <- result{string(p[:n]), from, err}
			}()
			connParked(t, "(*Conn).PeekFrom", 1)
			sent(t, 5)(a.Send([]byte("hello"), 0))
			first := <-got
			// Not every connection's data carries an address: compares with C.
			var sender csock.SockAddr
			check(t, csock.Borrow(b, func(s *csock.Socket) error {
				_, _, native, err := cref.Recvmsg(s.FD(), make([]byte, 10), int(csock.MSG_PEEK))
				if len(native) > 0 && err == nil {
					sender, err = csock.RawSockAddr(native)
				}
				return err
			}))
			same(t, "what PeekFrom waited for", first, result{"hello", sender, nil})
			if k.datagrams() {
				same(t, "the sender in C", sender, connAddr(t, a))
			}

			// A second time, and less of it.
			p := make([]byte, 2)
			n, from, err := b.PeekFrom(p)
			check(t, err)
			same(t, "PeekFrom", result{string(p[:n]), from, nil}, result{"he", sender, nil})
			p = make([]byte, 10)
			n, err = b.Peek(p)
			check(t, err)
			same(t, "Peek", string(p[:n]), "hello")
			n, err = b.Read(p)
			check(t, err)
			same(t, "Read", string(p[:n]), "hello")

			check(t, b.SetReadDeadline(time.Now().Add(time.Millisecond)))
			_, _, err = b.PeekFrom(p)
			connIs(t, "PeekFrom of nothing", err, os.ErrDeadlineExceeded)
		})
	}
}

// Urgent data is not waited for.
func TestConnOutOfBand(t *testing.T) {
	a, b := connKinds[0].pair(t)
	p := make([]byte, 10)
	_, err := b.RecvOutOfBand(p)
	connIs(t, "urgent data where there is none", err, syscall.EINVAL)
	sent(t, 3)(a.SendOutOfBand([]byte("ab!")))
	kernel.Eventually(t, "urgent data", func() bool {
		n, err := b.RecvOutOfBand(p)
		if err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(err)
		}
		return err == nil && string(p[:n]) == "!"
	})
	_, err = b.RecvOutOfBand(p)
	connIs(t, "urgent data that was taken", err, syscall.EINVAL)
	n, err := b.Read(p)
	check(t, err)
	same(t, "the rest", string(p[:n]), "ab")

	a, _ = connKinds[4].pair(t)
	_, err = a.SendOutOfBand([]byte("!"))
	connIs(t, "urgent data over UDP", err, syscall.EOPNOTSUPP)
}

// AcceptConn returns what Accept does, with its type.
func TestListenerAcceptConn(t *testing.T) {
	need.IPv4(t)
	s := kindOf("tcp4").open(t)
	check(t, s.Set(csock.TCP_NODELAY.To(true), csock.IP_TTL.To(9)), s.Bind(loopback4), s.Listen(1))
	addr := need.Value[csock.SockAddr](t)(s.LocalAddr())
	l, err := s.IntoListener()
	check(t, err)
	defer l.Close()
	type result struct {
		c   *csock.Conn
		err error
	}
	got := make(chan result, 1)
	go func() {
		c, err := l.AcceptConn()
		got <- result{c, err}
	}()
	connParked(t, "(*Listener).AcceptConn", 1)
	client, err := net.Dial("tcp", addr.String())
	check(t, err)
	defer client.Close()
	a := <-got
	check(t, a.err)
	defer a.c.Close()
	same(t, "the peer", a.c.RemoteAddr().String(), client.LocalAddr().String())
	// The options that the system makes a connection inherit.
	same(t, "TCP_NODELAY", need.Value[bool](t)(csock.Get(a.c, csock.TCP_NODELAY)), true)
	same(t, "IP_TTL", need.Value[int](t)(csock.Get(a.c, csock.IP_TTL)), 9)
	_, err = client.Write([]byte("hello"))
	check(t, err)
	p := make([]byte, 10)
	sent(t, 5)(a.c.Recv(p, 0))
	same(t, "data", string(p[:5]), "hello")

	check(t, l.SetDeadline(time.Now()))
	c, err := l.AcceptConn()
	var op *net.OpError
	if c != nil || !errors.As(err, &op) || op.Op != "accept" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("at the deadline: %v, %v", c, err)
	}
	check(t, l.Close())
	_, err = l.AcceptConn()
	connIs(t, "of a closed Listener", err, net.ErrClosed)
	_, err = (*csock.Listener)(nil).AcceptConn()
	connIs(t, "of a nil Listener", err, os.ErrInvalid)
}
