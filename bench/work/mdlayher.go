//go:build linux

package work

import (
	"context"

	"github.com/mdlayher/socket"
	"golang.org/x/sys/unix"
)

// mdlayher is github.com/mdlayher/socket: x/sys's calls on sockets of Go's poller.
func mdlayher() Contender {
	rw := "write(2) and read(2) in place of sendto(2) and recvfrom(2)"
	opens := Extra{map[string]int{"fcntl": 2, "getsockopt": 1, "epoll_ctl": 2}, "reads the socket's flags and type, and registers with the poller"}
	return Contender{
		Name:   "mdlayher",
		About:  "github.com/mdlayher/socket: x/sys's calls, driven by the poller",
		Poller: true,
		Setups: func() map[string]Setup {
			s := only(loops(openMdlayher), "SendRecv", "SendToRecvFrom", "SendmsgRecvmsg", "GSO", "Wakeups", "PingPong", "Contention")
			s["Deadlines"] = deadlines(openMdlayher)
			s["Getsockopt"] = mdlayherGetsockopt
			s["Setsockopt"] = mdlayherSetsockopt
			s["Socket"] = mdlayherSocketClose
			s["Bind"] = mdlayherBind
			s["Accept"] = mdlayherAccept
			s["Memory"] = memory("mdlayher")
			return s
		}(),
		Missing: map[string]string{
			"Crossing":   "no call of this package does nothing",
			"Socketpair": "no pairs",
			"Vectored":   "Conn's Sendmsg and Recvmsg take one buffer each",
			"Batch":      "no batches",
			"Sendfile":   "no sendfile",
		},
		Notes: map[string]string{
			"SendRecv":   rw,
			"Wakeups":    rw,
			"PingPong":   rw,
			"Contention": rw,
			"Deadlines":  rw,
		},
		Differs: map[string]Extra{
			"SendToRecvFrom/net=udp4": decodes,
			"SendToRecvFrom/net=udp6": decodes,
			"SendmsgRecvmsg":          decodes,
			"GSO":                     decodes,
			"Socket":                  opens,
			"Bind":                    opens,
			"Accept/net=unix":         {map[string]int{"fcntl": 4, "getsockopt": 2, "epoll_ctl": 4}, "reads both ends' flags and types, and registers with the poller"},
			"Accept/net=tcp": {map[string]int{"fcntl": 4, "getsockopt": 5, "getpeername": 1, "epoll_ctl": 4},
				"reads both ends' flags and types, the connection's error and address, and the protocol where it decodes an address; registers with the poller"},
		},
	}
}

func mdlayherGetsockopt(_ Row, k *Case) error {
	c, err := mdlayherSocket4(k)
	k.Run = func(n int) error {
		for range n {
			if _, err := c.GetsockoptInt(unix.SOL_SOCKET, unix.SO_PRIORITY); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func mdlayherSetsockopt(_ Row, k *Case) error {
	c, err := mdlayherSocket4(k)
	k.Run = func(n int) error {
		for range n {
			if err := c.SetsockoptInt(unix.SOL_SOCKET, unix.SO_PRIORITY, 0); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func mdlayherSocket4(k *Case) (*socket.Conn, error) {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	if err != nil {
		return nil, err
	}
	return newMdlayher(k, fd)
}

func newMdlayher(k *Case, fd int) (*socket.Conn, error) {
	own, err := dup(fd)
	if err != nil {
		return nil, err
	}
	c, err := socket.New(own, "bench")
	if err != nil {
		return nil, err
	}
	guard(k, c)
	return c, nil
}

func mdlayherSocketClose(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			c, err := socket.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0, "bench", nil)
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

func mdlayherBind(_ Row, k *Case) error {
	addr, err := freeUDPPort()
	k.Run = func(n int) error {
		for range n {
			c, err := socket.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0, "bench", nil)
			if err != nil {
				return err
			}
			if err := c.Bind(addr); err != nil {
				c.Close()
				return err
			}
			if err := c.Close(); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func mdlayherAccept(r Row, k *Case) error {
	fd, addr, err := listener(k, r.Get("net"))
	if err != nil {
		return err
	}
	l, err := newMdlayher(k, fd)
	ctx := context.Background()
	domain := kinds[r.Get("net")].domain
	k.Run = func(n int) error {
		for range n {
			client, err := socket.Socket(domain, unix.SOCK_STREAM, 0, "bench", nil)
			if err != nil {
				return err
			}
			if _, err := client.Connect(ctx, addr); err != nil {
				client.Close()
				return err
			}
			server, _, err := l.Accept(ctx, 0)
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
	return err
}

type mdlayherSocket struct {
	*socket.Conn
	ctx         context.Context
	local, peer unix.Sockaddr
	oob         []byte
}

func openMdlayher(k *Case, fd int, local, peer unix.Sockaddr) (any, error) {
	c, err := newMdlayher(k, fd)
	if err != nil {
		return nil, err
	}
	return &mdlayherSocket{Conn: c, ctx: context.Background(), local: local, peer: peer, oob: make([]byte, 128)}, nil
}

func (s *mdlayherSocket) send(p []byte) (int, error) { return s.Write(p) }
func (s *mdlayherSocket) recv(p []byte) (int, error) { return s.Read(p) }

func (s *mdlayherSocket) sendTo(p []byte) (int, error) {
	return len(p), s.Sendto(s.ctx, p, 0, s.peer)
}

func (s *mdlayherSocket) recvFrom(p []byte) (int, error) {
	n, _, err := s.Recvfrom(s.ctx, p, 0)
	return n, err
}

func (s *mdlayherSocket) sendMsg(p []byte) (int, error) {
	return s.Sendmsg(s.ctx, p, unixInfo(s.oob, s.local), s.peer, 0)
}

func (s *mdlayherSocket) recvMsg(p []byte) (n, bits int, err error) {
	n, oobn, _, _, err := s.Recvmsg(s.ctx, p, s.oob, 0)
	if err != nil {
		return n, 0, err
	}
	bits, err = unixECN(s.oob[:oobn])
	return n, bits, err
}

func (s *mdlayherSocket) sendSegs(p []byte, seg int) (int, error) {
	return s.Sendmsg(s.ctx, p, unixSegment(s.oob, seg), s.peer, 0)
}

func (s *mdlayherSocket) recvSegs(p []byte) (n, seg int, err error) {
	n, oobn, _, _, err := s.Recvmsg(s.ctx, p, s.oob, 0)
	if err != nil {
		return n, 0, err
	}
	seg, err = unixGRO(s.oob[:oobn])
	return n, seg, err
}
