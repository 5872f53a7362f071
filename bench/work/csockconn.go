//go:build linux

package work

import (
	"context"
	"net"
	"os"
	"time"

	"github.com/csock/go-csock/csock"
	"golang.org/x/sys/unix"
)

// csockConn is this library's Conn: the same calls, driven by Go's poller.
func csockConn() Contender {
	opens := Extra{map[string]int{"fcntl": 1, "getsockname": 1, "epoll_ctl": 2}, "reads the socket's flags and address, and registers with the poller"}
	return Contender{
		Name:   "csock-conn",
		About:  "csock.Conn, driven by the poller; in the Batch rows, with a csock.Batch",
		Poller: true,
		Setups: func() map[string]Setup {
			s := connLike(loops(openCsockConn), openCsockConn, csockListener)
			s["Deadlines"] = deadlines(openCsockConn)
			s["Getsockopt"] = csockConnGetsockopt
			s["Setsockopt"] = csockConnSetsockopt
			s["Socket"] = csockConnSocketClose
			s["Bind"] = csockConnBind
			s["Accept"] = csockConnAccept
			s["Memory"] = memory("csock-conn")
			return s
		}(),
		Missing: map[string]string{
			"Crossing":   "no call of csock does nothing",
			"Socketpair": "pairs are made as Sockets: see csock",
		},
		Differs: map[string]Extra{
			"Socket":          opens,
			"Bind":            opens,
			"Accept/net=unix": {map[string]int{"fcntl": 2, "epoll_ctl": 4}, "reads flags and registers with the poller"},
			"Accept/net=tcp": {map[string]int{"fcntl": 2, "getsockname": 2, "poll": 1, "getsockopt": 1, "epoll_ctl": 4},
				"reads flags, addresses, and whether the connection stands (poll, SO_ERROR), and registers with the poller"},
		},
		Notes: map[string]string{"SendToRecvFrom": comparesName},
	}
}

// newCsockConn makes a Conn of a descriptor that stays owned by the caller.
func newCsockConn(k *Case, fd int) (*csock.Conn, error) {
	s, err := newCsock(k, fd)
	if err != nil {
		return nil, err
	}
	c, err := s.IntoConn()
	if err != nil {
		return nil, err
	}
	guard(k, c)
	return c, nil
}

// csockListener makes a Listener of a descriptor that stays owned by the caller.
func csockListener(k *Case, fd int) (net.Listener, error) {
	s, err := newCsock(k, fd)
	if err != nil {
		return nil, err
	}
	l, err := s.IntoListener()
	if err != nil {
		return nil, err
	}
	guard(k, l)
	return l, nil
}

func csockConnGetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	if err != nil {
		return err
	}
	c, err := newCsockConn(k, fd)
	k.Run = func(n int) error {
		for range n {
			if _, err := csock.SO_PRIORITY.Get(c); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func csockConnSetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	if err != nil {
		return err
	}
	c, err := newCsockConn(k, fd)
	k.Run = func(n int) error {
		for range n {
			if err := csock.SO_PRIORITY.Set(c, 0); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func newUDPConn() (*csock.Conn, error) {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM|csock.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return toConn(s)
}

// toConn makes a Conn of a Socket, and closes the Socket in any case.
func toConn(s *csock.Socket) (*csock.Conn, error) {
	c, err := s.IntoConn()
	if err != nil {
		s.Close()
	}
	return c, err
}

func csockConnSocketClose(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			c, err := newUDPConn()
			if err != nil {
				return err
			}
			if err := c.Close(); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func csockConnBind(_ Row, k *Case) error {
	sa, err := freeUDPPort()
	if err != nil {
		return err
	}
	addr := csock.InetAddr(addrPort(sa))
	k.Run = func(n int) error {
		for range n {
			s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM|csock.SOCK_NONBLOCK, 0)
			if err != nil {
				return err
			}
			if err := s.Bind(addr); err != nil {
				s.Close()
				return err
			}
			c, err := toConn(s)
			if err != nil {
				return err
			}
			if err := c.Close(); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func csockConnAccept(r Row, k *Case) error {
	fd, sa, err := listener(k, r.Get("net"))
	if err != nil {
		return err
	}
	l, err := newCsockConn(k, fd)
	if err != nil {
		return err
	}
	addr, err := csockAddr(sa)
	if err != nil {
		return err
	}
	ctx := context.Background()
	domain := csock.Domain(kinds[r.Get("net")].domain)
	k.Run = func(n int) error {
		for range n {
			s, err := csock.New(domain, csock.SOCK_STREAM|csock.SOCK_NONBLOCK, 0)
			if err != nil {
				return err
			}
			client, err := toConn(s)
			if err != nil {
				return err
			}
			if err := client.Connect(ctx, addr); err != nil {
				client.Close()
				return err
			}
			server, _, err := l.Accept(ctx)
			if err != nil {
				client.Close()
				return err
			}
			if err := server.Close(); err != nil {
				return err
			}
			if err := client.Close(); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

type csockConnSocket struct {
	c *csock.Conn
	csockMsg
}

func openCsockConn(k *Case, fd int, local, peer unix.Sockaddr) (any, error) {
	c, err := newCsockConn(k, fd)
	if err != nil {
		return nil, err
	}
	m, err := newCsockMsg(local, peer)
	return &csockConnSocket{c, m}, err
}

func (c *csockConnSocket) send(p []byte) (int, error)           { return c.c.Send(p, 0) }
func (c *csockConnSocket) recv(p []byte) (int, error)           { return c.c.Recv(p, 0) }
func (c *csockConnSocket) conn() net.Conn                       { return c.c }
func (c *csockConnSocket) addrs() (local, remote net.Addr)      { return c.c.LocalAddr(), c.c.RemoteAddr() }
func (c *csockConnSocket) writev(b *net.Buffers) (int64, error) { return c.c.WriteBuffers(b) }
func (c *csockConnSocket) SetReadDeadline(t time.Time) error    { return c.c.SetReadDeadline(t) }
func (c *csockConnSocket) SetWriteDeadline(t time.Time) error   { return c.c.SetWriteDeadline(t) }

func (c *csockConnSocket) sendTo(p []byte) (int, error) { return c.c.SendTo(p, c.peer, 0) }

func (c *csockConnSocket) recvFrom(p []byte) (int, error) {
	n, from, err := c.c.RecvFrom(p, 0)
	c.decode(&from)
	return n, err
}

func (c *csockConnSocket) sendMsg(p []byte) (int, error) {
	return c.c.Sendmsg(c.message(p, c.info()), 0)
}

func (c *csockConnSocket) recvMsg(p []byte) (n, bits int, err error) {
	n, err = c.c.Recvmsg(c.room(p), 0)
	c.decode(&c.msg.Addr)
	return n, c.arrivedECN(), err
}

func (c *csockConnSocket) sendVec(bufs [][]byte) (int, error) { return c.c.SendVectored(bufs, 0) }

func (c *csockConnSocket) recvVec(bufs [][]byte) (int, error) {
	n, _, err := c.c.RecvVectored(bufs, 0)
	return n, err
}

func (c *csockConnSocket) sendSegs(p []byte, seg int) (int, error) {
	return c.c.Sendmsg(c.message(p, csock.AppendSegmentSize(c.control[:0], uint16(seg))), 0)
}

func (c *csockConnSocket) recvSegs(p []byte) (n, seg int, err error) {
	n, err = c.c.Recvmsg(c.room(p), 0)
	c.decode(&c.msg.Addr)
	return n, c.arrivedSegment(), err
}

func (c *csockConnSocket) sendFile(f *os.File, n int) (int, error) { return c.c.Sendfile(f, 0, n) }

func init() {
	makers["csock-conn"] = func() (any, func(), error) {
		c, err := newUDPConn()
		return c, func() { c.Recv(make([]byte, 64), 0) }, err
	}
}
