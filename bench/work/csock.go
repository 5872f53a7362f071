//go:build linux

package work

import (
	"net/netip"
	"os"

	"github.com/csock/go-csock/csock"
	"golang.org/x/sys/unix"
)

// csockDirect is this library's Socket: each call of a method is one blocking system call.
func csockDirect() Contender {
	return Contender{
		Name:  "csock",
		About: "csock.Socket, in blocking mode; in the Batch rows, with a csock.Batch",
		Setups: func() map[string]Setup {
			s := loops(openCsock)
			s["Getsockopt"] = csockGetsockopt
			s["Setsockopt"] = csockSetsockopt
			s["Socket"] = csockSocketClose
			s["Socketpair"] = csockSocketpair
			s["Bind"] = csockBind
			s["Accept"] = csockAccept
			s["Memory"] = memory("csock")
			return s
		}(),
		Missing: map[string]string{"Crossing": "no call of csock does nothing: cgo is its crossing", "Deadlines": noDeadline},
		Notes:   map[string]string{"SendToRecvFrom": comparesName},
	}
}

// comparesName holds for SendToRecvFrom over Unix sockets.
const comparesName = "on a Unix socket, identifies the sender by comparing its address; the peers' calls make a string of its name"

// newCsock makes a Socket of a descriptor that stays owned by the caller.
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
			if _, err := csock.SO_PRIORITY.Get(s); err != nil {
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
			if err := csock.SO_PRIORITY.Set(s, 0); err != nil {
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

// csockMsg holds the state of a csock socket of either kind for the rows of messages and batches.
type csockMsg struct {
	peer    csock.SockAddr
	local   netip.Addr
	msg     csock.MsgHdr
	one     [1][]byte
	control []byte
	from    netip.AddrPort // the senders of the last messages, decoded
	known   bool           // of a Unix socket: the sender was the peer
	csockBatch
}

// decode reads from an address what the other contenders' calls return, too. A Unix socket's
// address is comparable as it is; its name as a string would be allocated.
func (m *csockMsg) decode(a *csock.SockAddr) {
	var ok bool
	if m.from, ok = a.AddrPort(); !ok {
		m.known = *a == m.peer
	}
}

func newCsockMsg(local, peer unix.Sockaddr) (csockMsg, error) {
	to, err := csockAddr(peer)
	return csockMsg{peer: to, local: addrPort(local).Addr(), control: make([]byte, 0, 128), msg: csock.MsgHdr{Addr: to}}, err
}

// message makes the header of a message to the peer.
func (m *csockMsg) message(p, control []byte) *csock.MsgHdr {
	m.one[0] = p
	m.msg.Buffers, m.msg.Control = m.one[:], control
	return &m.msg
}

// room makes the header for a message to receive.
func (m *csockMsg) room(p []byte) *csock.MsgHdr {
	m.one[0] = p
	m.msg.Buffers, m.msg.Control = m.one[:], m.control[:cap(m.control)]
	return &m.msg
}

// info builds the source address and ECN of an outgoing datagram.
func (m *csockMsg) info() []byte {
	c := csock.AppendPacketInfo(m.control[:0], csock.PacketInfo{Local: m.local})
	if m.local.Is4() {
		return csock.AppendTOS(c, csock.MakeTrafficClass(0, ecn))
	}
	return csock.AppendTrafficClass(c, csock.MakeTrafficClass(0, ecn))
}

// arrivedECN reads packet info and ECN of the received datagram, or returns -1 if either is
// missing.
func (m *csockMsg) arrivedECN() int {
	bits, seen := -1, false
	for c := range m.msg.ControlMessages() {
		if class, ok := c.TOS(); ok {
			bits = int(class.ECN())
		} else if class, ok := c.TrafficClass(); ok {
			bits = int(class.ECN())
		} else if info, ok := c.PacketInfo(); ok {
			seen = info.Ifindex > 0
		}
	}
	if !seen {
		return -1
	}
	return bits
}

// arrivedSegment reads the segment size of the received datagrams, 0 if there is none.
func (m *csockMsg) arrivedSegment() int {
	for c := range m.msg.ControlMessages() {
		if size, ok := c.SegmentSize(); ok {
			return size
		}
	}
	return 0
}

type csockSocket struct {
	s *csock.Socket
	csockMsg
}

func openCsock(k *Case, fd int, local, peer unix.Sockaddr) (any, error) {
	s, err := newCsock(k, fd)
	if err != nil {
		return nil, err
	}
	m, err := newCsockMsg(local, peer)
	return &csockSocket{s, m}, err
}

func (s *csockSocket) send(p []byte) (int, error)   { return s.s.Send(p, 0) }
func (s *csockSocket) recv(p []byte) (int, error)   { return s.s.Recv(p, 0) }
func (s *csockSocket) sendTo(p []byte) (int, error) { return s.s.SendTo(p, s.peer, 0) }

func (s *csockSocket) recvFrom(p []byte) (int, error) {
	n, from, err := s.s.RecvFrom(p, 0)
	s.decode(&from)
	return n, err
}

func (s *csockSocket) sendVec(bufs [][]byte) (int, error) { return s.s.SendVectored(bufs, 0) }

func (s *csockSocket) recvVec(bufs [][]byte) (int, error) {
	n, _, err := s.s.RecvVectored(bufs, 0)
	return n, err
}

func (s *csockSocket) sendFile(f *os.File, n int) (int, error) { return s.s.Sendfile(f, 0, n) }

func (s *csockSocket) sendMsg(p []byte) (int, error) { return s.s.Sendmsg(s.message(p, s.info()), 0) }

func (s *csockSocket) recvMsg(p []byte) (n, bits int, err error) {
	n, err = s.s.Recvmsg(s.room(p), 0)
	s.decode(&s.msg.Addr)
	return n, s.arrivedECN(), err
}

func (s *csockSocket) sendSegs(p []byte, seg int) (int, error) {
	return s.s.Sendmsg(s.message(p, csock.AppendSegmentSize(s.control[:0], uint16(seg))), 0)
}

func (s *csockSocket) recvSegs(p []byte) (n, seg int, err error) {
	n, err = s.s.Recvmsg(s.room(p), 0)
	s.decode(&s.msg.Addr)
	return n, s.arrivedSegment(), err
}

func init() {
	makers["csock"] = func() (any, func(), error) {
		s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
		return s, func() { s.Recv(make([]byte, 64), 0) }, err
	}
}
