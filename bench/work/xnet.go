//go:build linux

package work

import (
	"net"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"
)

// xnet is golang.org/x/net/ipv4 and ipv6: for batches, which package net lacks, and for what a
// message of a batch can carry.
func xnet() Contender {
	s := only(loops(openXnet), "SendmsgRecvmsg", "Vectored", "Batch", "GSO")
	m := make(map[string]string)
	for _, op := range Ops() {
		if s[op] == nil {
			m[op] = "x/net adds nothing to package net here"
		}
	}
	one := "WriteBatch and ReadBatch of one message, which are sendmmsg(2) and recvmmsg(2) in place of sendmsg(2) and recvmsg(2)"
	return Contender{
		Name:    "x-net",
		About:   "golang.org/x/net/ipv4 and ipv6, over package net",
		Poller:  true,
		Setups:  s,
		Missing: m,
		Notes: map[string]string{
			"SendmsgRecvmsg": one + "; ipv4.ControlMessage has no ECN bits, so control messages are built and read with x/sys",
			"Vectored":       one,
			"GSO":            one + "; control messages are built and read with x/sys",
		},
	}
}

// A batcher is a PacketConn of ipv4 or ipv6; both have the same type of messages.
type batcher interface {
	ReadBatch(ms []ipv4.Message, flags int) (int, error)
	WriteBatch(ms []ipv4.Message, flags int) (int, error)
}

type xnetSocket struct {
	c     batcher
	msgs  []ipv4.Message
	one   [1]ipv4.Message
	buf   [1][]byte
	oob   []byte
	local unix.Sockaddr
	peer  net.Addr
}

func openXnet(k *Case, fd int, local, peer unix.Sockaddr) (any, error) {
	f, err := file(fd)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := net.FilePacketConn(f)
	if err != nil {
		return nil, err
	}
	guard(k, c)
	s := &xnetSocket{c: ipv4.NewPacketConn(c), oob: make([]byte, 128), local: local}
	if peer != nil {
		s.peer = net.UDPAddrFromAddrPort(addrPort(peer))
	}
	if _, ok := local.(*unix.SockaddrInet6); ok {
		s.c = ipv6.NewPacketConn(c)
	}
	return s, nil
}

func (s *xnetSocket) makeBatch(n, size int) error {
	bufs := buffers(n, size)
	s.msgs = make([]ipv4.Message, n)
	for i := range s.msgs {
		s.msgs[i] = ipv4.Message{Buffers: bufs[i : i+1], Addr: s.peer}
	}
	return nil
}

func (s *xnetSocket) sendBatch(from int) (int, error) { return s.c.WriteBatch(s.msgs[from:], 0) }
func (s *xnetSocket) recvBatch(from int) (int, error) { return s.c.ReadBatch(s.msgs[from:], 0) }

// sendOne and recvOne use a batch of one message.
func (s *xnetSocket) sendOne(bufs [][]byte, oob []byte) (int, error) {
	s.one[0] = ipv4.Message{Buffers: bufs, OOB: oob, Addr: s.peer}
	_, err := s.c.WriteBatch(s.one[:], 0)
	return s.one[0].N, err
}

func (s *xnetSocket) recvOne(bufs [][]byte, oob []byte) (n, oobn int, err error) {
	s.one[0] = ipv4.Message{Buffers: bufs, OOB: oob}
	_, err = s.c.ReadBatch(s.one[:], 0)
	return s.one[0].N, s.one[0].NN, err
}

func (s *xnetSocket) single(p []byte) [][]byte {
	s.buf[0] = p
	return s.buf[:]
}

func (s *xnetSocket) sendVec(bufs [][]byte) (int, error) { return s.sendOne(bufs, nil) }

func (s *xnetSocket) recvVec(bufs [][]byte) (int, error) {
	n, _, err := s.recvOne(bufs, nil)
	return n, err
}

func (s *xnetSocket) sendMsg(p []byte) (int, error) {
	return s.sendOne(s.single(p), unixInfo(s.oob, s.local))
}

func (s *xnetSocket) recvMsg(p []byte) (n, bits int, err error) {
	n, oobn, err := s.recvOne(s.single(p), s.oob)
	if err != nil {
		return n, 0, err
	}
	bits, err = unixECN(s.oob[:oobn])
	return n, bits, err
}

func (s *xnetSocket) sendSegs(p []byte, seg int) (int, error) {
	return s.sendOne(s.single(p), unixSegment(s.oob, seg))
}

func (s *xnetSocket) recvSegs(p []byte) (n, seg int, err error) {
	n, oobn, err := s.recvOne(s.single(p), s.oob)
	if err != nil {
		return n, 0, err
	}
	seg, err = unixGRO(s.oob[:oobn])
	return n, seg, err
}
