//go:build linux

package work

import (
	"net"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// xnet is golang.org/x/net/ipv4, for the batches that package net lacks.
func xnet() Contender {
	m := map[string]string{
		"SendmsgRecvmsg": "ipv4.ControlMessage has no ECN bits",
		"Vectored":       "gathers and scatters only within a batch",
		"GSO":            "x/net knows no UDP_SEGMENT",
	}
	for _, op := range Ops() {
		if m[op] == "" && op != "Batch" {
			m[op] = "x/net adds nothing to package net here"
		}
	}
	return Contender{
		Name:    "x-net",
		About:   "golang.org/x/net/ipv4, over package net",
		Poller:  true,
		Setups:  only(loops(openXnet), "Batch"),
		Missing: m,
	}
}

type xnetSocket struct {
	c    *ipv4.PacketConn
	msgs []ipv4.Message
	peer *net.UDPAddr
}

func openXnet(k *Case, fd int, _, peer unix.Sockaddr) (any, error) {
	f, err := file(fd)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := net.FilePacketConn(f)
	if err != nil {
		return nil, err
	}
	k.onClose(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(caseTimeout)); err != nil {
		return nil, err
	}
	return &xnetSocket{c: ipv4.NewPacketConn(c), peer: net.UDPAddrFromAddrPort(addrPort(peer))}, nil
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
