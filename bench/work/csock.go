//go:build linux

package work

import (
	"net"
	"net/netip"
	"os"

	"github.com/csock/go-csock/csock"
	"golang.org/x/sys/unix"
)

// csockDirect is this library's Socket: a blocking call of a method is one system call.
func csockDirect() Contender {
	return Contender{
		Name:  "csock",
		About: "csock.Socket, in blocking mode; in the Batch rows, with a csock.Batch",
		Setups: func() map[string]Setup {
			s := only(loops(openCsock), "SendRecv", "SendToRecvFrom", "Vectored", "Sendfile", "PingPong", "Contention")
			s["Getsockopt"] = csockGetsockopt
			s["Setsockopt"] = csockSetsockopt
			s["Socket"] = csockSocketClose
			s["Socketpair"] = csockSocketpair
			s["Bind"] = csockBind
			s["Accept"] = csockAccept
			s["Memory"] = memory("csock")
			return s
		}(),
		Missing: map[string]string{"Crossing": "no call of csock does nothing: cgo is its crossing"},
	}
}

// priority is the int option of the Getsockopt and Setsockopt rows.
var priority = csock.NewOption[int]("SO_PRIORITY", unix.SOL_SOCKET, unix.SO_PRIORITY)

// newCsock makes a Socket of a descriptor that stays the caller's.
func newCsock(k *Case, fd int) (*csock.Socket, error) {
	own, err := dup(fd)
	if err != nil {
		return nil, err
	}
	s, err := csock.FromFD(uintptr(own))
	if err != nil {
		unix.Close(own)
		return nil, err
	}
	k.onClose(func() { s.Close() })
	return s, nil
}

// csockAddr is an address in csock's own type.
func csockAddr(sa unix.Sockaddr) (csock.SockAddr, error) {
	if name, ok := unixName(sa); ok {
		return csock.UnixAddr(name)
	}
	if ap := addrPort(sa); ap.IsValid() {
		return csock.InetAddr(ap), nil
	}
	return csock.SockAddr{}, nil
}

func csockGetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	if err != nil {
		return err
	}
	s, err := newCsock(k, fd)
	k.Run = func(n int) error {
		for range n {
			if _, err := priority.Get(s); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func csockSetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	if err != nil {
		return err
	}
	s, err := newCsock(k, fd)
	k.Run = func(n int) error {
		for range n {
			if err := priority.Set(s, 0); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func csockSocketClose(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
			if err != nil {
				return err
			}
			if err := s.Close(); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func csockSocketpair(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
			if err != nil {
				return err
			}
			if err := a.Close(); err != nil {
				return err
			}
			if err := b.Close(); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func csockBind(_ Row, k *Case) error {
	sa, err := freeUDPPort()
	if err != nil {
		return err
	}
	addr := csock.InetAddr(addrPort(sa))
	k.Run = func(n int) error {
		for range n {
			s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
			if err != nil {
				return err
			}
			if err := s.Bind(addr); err != nil {
				s.Close()
				return err
			}
			if err := s.Close(); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func csockAccept(r Row, k *Case) error {
	fd, sa, err := listener(k, r.Get("net"))
	if err != nil {
		return err
	}
	l, err := newCsock(k, fd)
	if err != nil {
		return err
	}
	addr, err := csockAddr(sa)
	if err != nil {
		return err
	}
	domain := csock.Domain(kinds[r.Get("net")].domain)
	k.Run = func(n int) error {
		for range n {
			client, err := csock.New(domain, csock.SOCK_STREAM, 0)
			if err != nil {
				return err
			}
			if err := client.Connect(addr); err != nil {
				client.Close()
				return err
			}
			server, _, err := l.Accept()
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

type csockSocket struct {
	s    *csock.Socket
	peer csock.SockAddr
}

func openCsock(k *Case, fd int, _, peer unix.Sockaddr) (any, error) {
	s, err := newCsock(k, fd)
	if err != nil {
		return nil, err
	}
	to, err := csockAddr(peer)
	return &csockSocket{s: s, peer: to}, err
}

func (s *csockSocket) send(p []byte) (int, error)   { return s.s.Send(p, 0) }
func (s *csockSocket) recv(p []byte) (int, error)   { return s.s.Recv(p, 0) }
func (s *csockSocket) sendTo(p []byte) (int, error) { return s.s.SendTo(p, s.peer, 0) }

func (s *csockSocket) recvFrom(p []byte) (int, error) {
	n, _, err := s.s.RecvFrom(p, 0)
	return n, err
}

func (s *csockSocket) sendVec(bufs [][]byte) (int, error) { return s.s.SendVectored(bufs, 0) }

func (s *csockSocket) recvVec(bufs [][]byte) (int, error) {
	n, _, err := s.s.RecvVectored(bufs, 0)
	return n, err
}

func (s *csockSocket) sendFile(f *os.File, n int) (int, error) { return s.s.Sendfile(f, 0, n) }

func init() {
	makers["csock"] = func() (any, func(), error) {
		s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
		return s, func() { s.Recv(make([]byte, 64), 0) }, err
	}
}

func csockConn() Contender {
	return Contender{Name: "csock-conn", Poller: true, About: "csock.Conn, driven by the poller"}
}

var _ net.Conn
var _ netip.Addr
