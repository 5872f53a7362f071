//go:build linux

package work

import (
	"io"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// pkgNet is the standard library's package net, on sockets made from descriptors.
func pkgNet() Contender {
	rw := "write(2) and read(2) in place of sendto(2) and recvfrom(2)"
	return Contender{
		Name:   "net",
		About:  "package net, on the same sockets, driven by the poller",
		Poller: true,
		Setups: func() map[string]Setup {
			s := only(loops(openNet), "SendRecv", "SendToRecvFrom", "SendmsgRecvmsg", "GSO", "Sendfile", "Wakeups", "PingPong", "Contention")
			s["Deadlines"] = deadlines(openNet)
			connLike(s, openNet, netListener)
			s["Bind"] = netBind
			s["Accept"] = netAccept
			s["Memory"] = memory("net")
			return s
		}(),
		Missing: map[string]string{
			"Crossing":   "no call of package net does nothing",
			"Getsockopt": "package net reads no options",
			"Setsockopt": "package net sets a few options, each by a method of its own; the rest goes through x/sys",
			"Socket":     "package net creates no socket without binding or connecting it: see Bind",
			"Socketpair": "package net has no pairs",
			"Vectored":   "net.Buffers gathers on stream sockets only, and nothing scatters",
			"Batch":      "package net has no batches",
		},
		Notes: map[string]string{
			"SendRecv":       rw,
			"Deadlines":      rw,
			"Wakeups":        rw,
			"PingPong":       rw,
			"Contention":     rw,
			"SendmsgRecvmsg": "control messages are built and read with x/sys",
			"GSO":            "control messages are built and read with x/sys",
			"Sendfile":       "read(2) in place of recvfrom(2)",
			"Accept":         "connects in the background; addresses are made in advance, and no timeout is set",
		},
		Differs: map[string]Extra{
			"Sendfile": {map[string]int{"lseek": 1}, "sends from the file's own offset, so seeks back for each message"},
			"Bind":     {map[string]int{"setsockopt": 1, "getsockname": 1, "epoll_ctl": 2}, "sets SO_BROADCAST, reads the socket's address and registers with the poller"},
			"Accept/net=unix": {map[string]int{"getsockname": 2, "getpeername": 1, "epoll_ctl": 4},
				"reads addresses and registers with the poller"},
			"Accept/net=tcp": {map[string]int{"setsockopt": 10, "getsockopt": 1, "getsockname": 2, "getpeername": 1, "epoll_ctl": 4},
				"sets options of both ends, most of them for keepalive, reads addresses and the connection's error, and registers with the poller"},
		},
	}
}

func netBind(_ Row, k *Case) error {
	sa, err := freeUDPPort()
	if err != nil {
		return err
	}
	addr := net.UDPAddrFromAddrPort(addrPort(sa))
	k.Run = func(n int) error {
		for range n {
			c, err := net.ListenUDP("udp4", addr)
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

func netAccept(r Row, k *Case) error {
	fd, sa, err := listener(k, r.Get("net"))
	if err != nil {
		return err
	}
	f, err := file(fd)
	if err != nil {
		return err
	}
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return err
	}
	guard(k, l)
	// With an address as text, or a timeout, a dial would do more than the others' do. The backlog
	// has room for its connection. Only Accept could hang, and guard ends that.
	to := net.TCPAddrFromAddrPort(addrPort(sa))
	dial := func() (net.Conn, error) { return net.DialTCP("tcp", nil, to) }
	if to, ok := unixAddr(sa); ok {
		to.Net = "unix"
		dial = func() (net.Conn, error) { return net.DialUnix("unix", nil, to) }
	}
	k.Run = func(n int) error {
		for range n {
			client, err := dial()
			if err != nil {
				return err
			}
			server, err := l.Accept()
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

// A netSocket has the connection in each of the types that the rows use, so that no row pays for
// type assertions.
type netSocket struct {
	net.Conn
	udp      *net.UDPConn
	tcp      *net.TCPConn
	unix     *net.UnixConn
	local    unix.Sockaddr
	peer     netip.AddrPort
	peerUnix *net.UnixAddr
	oob      []byte
}

func openNet(k *Case, fd int, local, peer unix.Sockaddr) (any, error) {
	f, err := file(fd)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	guard(k, c)
	s := &netSocket{Conn: c, local: local, peer: addrPort(peer), oob: make([]byte, 128)}
	s.udp, _ = c.(*net.UDPConn)
	s.tcp, _ = c.(*net.TCPConn)
	s.unix, _ = c.(*net.UnixConn)
	s.peerUnix, _ = unixAddr(peer)
	return s, nil
}

func (s *netSocket) send(p []byte) (int, error)           { return s.Write(p) }
func (s *netSocket) conn() net.Conn                       { return s.Conn }
func (s *netSocket) addrs() (local, remote net.Addr)      { return s.LocalAddr(), s.RemoteAddr() }
func (s *netSocket) writev(b *net.Buffers) (int64, error) { return b.WriteTo(s.Conn) }

func (s *netSocket) recv(p []byte) (int, error) { return s.Read(p) }

func (s *netSocket) sendTo(p []byte) (int, error) {
	if s.unix != nil {
		return s.unix.WriteToUnix(p, s.peerUnix)
	}
	return s.udp.WriteToUDPAddrPort(p, s.peer)
}

func (s *netSocket) recvFrom(p []byte) (int, error) {
	if s.unix != nil {
		n, _, err := s.unix.ReadFromUnix(p)
		return n, err
	}
	n, _, err := s.udp.ReadFromUDPAddrPort(p)
	return n, err
}

func (s *netSocket) sendMsg(p []byte) (int, error) {
	n, _, err := s.udp.WriteMsgUDPAddrPort(p, unixInfo(s.oob, s.local), s.peer)
	return n, err
}

func (s *netSocket) recvMsg(p []byte) (n, bits int, err error) {
	n, oobn, _, _, err := s.udp.ReadMsgUDPAddrPort(p, s.oob)
	if err != nil {
		return n, 0, err
	}
	bits, err = unixECN(s.oob[:oobn])
	return n, bits, err
}

func (s *netSocket) sendSegs(p []byte, seg int) (int, error) {
	n, _, err := s.udp.WriteMsgUDPAddrPort(p, unixSegment(s.oob, seg), s.peer)
	return n, err
}

func (s *netSocket) recvSegs(p []byte) (n, seg int, err error) {
	n, oobn, _, _, err := s.udp.ReadMsgUDPAddrPort(p, s.oob)
	if err != nil {
		return n, 0, err
	}
	seg, err = unixGRO(s.oob[:oobn])
	return n, seg, err
}

func (s *netSocket) sendFile(f *os.File, n int) (int, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	sent, err := s.tcp.ReadFrom(&io.LimitedReader{R: f, N: int64(n)})
	return int(sent), err
}

// netListener makes a listener of a duplicate.
func netListener(k *Case, fd int) (net.Listener, error) {
	f, err := file(fd)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, err
	}
	guard(k, l)
	return l, nil
}
