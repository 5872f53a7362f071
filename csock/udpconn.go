//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"

import (
	"net"
	"net/netip"
)

// A PacketConn is a Conn of a datagram or raw socket as a [net.PacketConn], with the methods of
// [net.UDPConn] besides, so that libraries that take such a connection run over it.
//
// Its ReadFrom is net.PacketConn's where Conn's is io.ReaderFrom's. The methods do what their namesakes of net.UDPConn do,
// except that what a write to an address on a connected socket does is up to the system.
type PacketConn struct {
	*Conn
}

// PacketConn hands the descriptor of a datagram or raw socket over to a PacketConn. See [Socket.Conn].
func (s *Socket) PacketConn() (*PacketConn, error) {
	c, err := s.Conn()
	if err != nil {
		return nil, err
	}
	return &PacketConn{c}, nil
}

// ReadFrom receives a datagram and returns its sender.
func (c *PacketConn) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := c.RecvFrom(p, 0)
	if err != nil {
		return n, nil, c.opError("read", err)
	}
	return n, netAddr(from, c.typ), nil
}

// WriteTo sends p to addr: a *net.UDPAddr, *net.IPAddr, *net.UnixAddr or [SockAddr].
func (c *PacketConn) WriteTo(p []byte, addr net.Addr) (int, error) {
	to, err := c.fromNetAddr(addr)
	if err != nil {
		return 0, c.opError("write", err)
	}
	n, err := c.SendTo(p, to, 0)
	return n, c.opError("write", err)
}

// ReadFromUDP is ReadFrom with the address's type.
func (c *PacketConn) ReadFromUDP(p []byte) (int, *net.UDPAddr, error) {
	n, from, err := c.ReadFromUDPAddrPort(p)
	return n, udpAddr(from), err
}

// ReadFromUDPAddrPort receives a datagram and returns its sender. On an IPv6 socket an IPv4 sender has the IPv4-mapped
// form.
func (c *PacketConn) ReadFromUDPAddrPort(p []byte) (int, netip.AddrPort, error) {
	o := newOp((*op).recvFrom)
	o.p = p
	err := c.run(o, reading)
	from, _ := o.addr.addrPort()
	n := o.end()
	return n, from, c.opError("read", err)
}

// WriteToUDP is WriteTo with the address's type.
func (c *PacketConn) WriteToUDP(p []byte, addr *net.UDPAddr) (int, error) { return c.WriteTo(p, addr) }

// WriteToUDPAddrPort sends p to addr.
func (c *PacketConn) WriteToUDPAddrPort(p []byte, addr netip.AddrPort) (int, error) {
	to, err := c.inetAddr(addr)
	if err != nil {
		return 0, c.opError("write", err)
	}
	n, err := c.SendTo(p, to, 0)
	return n, c.opError("write", err)
}

// ReadMsgUDP receives a datagram into p and its control messages into oob, and returns how many bytes came of each, the
// flags that recvmsg(2) sets, and the sender.
func (c *PacketConn) ReadMsgUDP(p, oob []byte) (n, oobn, flags int, addr *net.UDPAddr, err error) {
	n, oobn, flags, from, err := c.ReadMsgUDPAddrPort(p, oob)
	return n, oobn, flags, udpAddr(from), err
}

func udpAddr(ap netip.AddrPort) *net.UDPAddr {
	if !ap.IsValid() {
		return nil
	}
	return net.UDPAddrFromAddrPort(ap)
}

// ReadMsgUDPAddrPort is ReadMsgUDP that allocates no address.
func (c *PacketConn) ReadMsgUDPAddrPort(p, oob []byte) (n, oobn, flags int, addr netip.AddrPort, err error) {
	o := newOp((*op).readMsg)
	o.p, o.oob = p, oob
	err = c.run(o, reading)
	addr, _ = o.addr.addrPort()
	oobn, flags = o.oobn, int(o.got)
	n = o.end()
	return n, oobn, flags, addr, c.opError("read", err)
}

func (o *op) readMsg() error {
	var out C.struct_csock_received
	out.addr_len = C.sizeof_struct_sockaddr_storage
	out.control_len = C.size_t(len(o.oob))
	n, err := o.s.recvmsg([][]byte{o.p}, &o.addr, o.oob, 0, &out)
	if err != nil {
		return err
	}
	o.addr.len = out.addr_len
	o.n, o.oobn, o.got = n, int(out.control_len), RecvFlags(out.flags)
	return nil
}

// WriteMsgUDP sends p with the control messages in oob to addr, nil for the peer, and returns how many bytes went of
// each.
func (c *PacketConn) WriteMsgUDP(p, oob []byte, addr *net.UDPAddr) (n, oobn int, err error) {
	var to SockAddr
	if addr != nil {
		if to, err = c.fromNetAddr(addr); err != nil {
			return 0, 0, c.opError("write", err)
		}
	}
	return c.writeMsg(p, oob, &to)
}

// WriteMsgUDPAddrPort is WriteMsgUDP with another kind of address: the zero AddrPort for the peer.
func (c *PacketConn) WriteMsgUDPAddrPort(p, oob []byte, addr netip.AddrPort) (n, oobn int, err error) {
	var to SockAddr
	if addr.IsValid() {
		if to, err = c.inetAddr(addr); err != nil {
			return 0, 0, c.opError("write", err)
		}
	}
	return c.writeMsg(p, oob, &to)
}

func (c *PacketConn) writeMsg(p, oob []byte, to *SockAddr) (n, oobn int, err error) {
	o := newOp((*op).writeMsg)
	o.p, o.oob, o.addr = p, oob, *to
	err = c.run(o, writing)
	n = o.end()
	if err != nil {
		return n, 0, c.opError("write", err)
	}
	return n, len(oob), nil
}

func (o *op) writeMsg() (err error) {
	o.n, err = o.s.sendmsg([][]byte{o.p}, &o.addr, o.oob, 0)
	return err
}

// SetReadBuffer sets SO_RCVBUF, the size of the system's receive buffer in bytes.
func (c *PacketConn) SetReadBuffer(bytes int) error {
	return c.opError("set", c.Set(SO_RCVBUF.To(bytes)))
}

// SetWriteBuffer sets SO_SNDBUF, the size of the system's send buffer in bytes.
func (c *PacketConn) SetWriteBuffer(bytes int) error {
	return c.opError("set", c.Set(SO_SNDBUF.To(bytes)))
}
