//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"

import (
	"net"
	"net/netip"
	"syscall"
)

var (
	_ net.PacketConn = (*PacketConn)(nil)
	_ net.Conn       = (*PacketConn)(nil)
	_ syscall.Conn   = (*PacketConn)(nil)
)

// A PacketConn is a Conn of a datagram or raw socket as a [net.PacketConn], with the methods of
// [net.UDPConn] besides, so that libraries that take such a connection run over it.
//
// Its ReadFrom is net.PacketConn's where Conn's is io.ReaderFrom's. The methods do what their namesakes of net.UDPConn do,
// except that what a write to an address on a connected socket does is up to the system. The end of a sequence of packets is
// io.EOF. The name of an IPv6 zone is remembered for a minute, as package net has it.
type PacketConn struct {
	*Conn
}

// IntoPacketConn hands the descriptor of a datagram or raw socket over to a PacketConn. See [Socket.IntoConn]. A stream socket is
// refused, with EPROTOTYPE.
func (s *Socket) IntoPacketConn() (*PacketConn, error) {
	domain, typ, err := s.kind()
	if err != nil {
		return nil, err
	}
	if typ == SOCK_STREAM {
		return nil, errStream
	}
	c, err := s.conn(domain, typ)
	if err != nil {
		return nil, err
	}
	return &PacketConn{c}, nil
}

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (c *PacketConn) String() string { return c.socket().String() }

// conn is the Conn beneath, nil of a nil PacketConn, which its methods answer for.
func (c *PacketConn) conn() *Conn {
	if c == nil {
		return nil
	}
	return c.Conn
}

// ReadFrom receives a datagram and returns its sender. Of a raw IPv4 socket it leaves out the IP header, as net.IPConn's does; the
// other methods receive that too.
func (c *PacketConn) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := c.conn().RecvFrom(p, 0)
	if err != nil {
		return n, nil, c.conn().opError("read", err)
	}
	if from.isIPv4() && c.conn().typ() == SOCK_RAW {
		n = cutIPv4Header(p[:n])
	}
	return n, netAddr(from, c.conn().typ(), &c.conn().zones), c.conn().eof(n)
}

// cutIPv4Header moves what follows the header to the front of packet, and returns how much that is.
func cutIPv4Header(packet []byte) int {
	header := 0
	if len(packet) >= 20 && packet[0]>>4 == 4 {
		header = int(packet[0]&0xf) * 4
	}
	if header < 20 || header > len(packet) { // the buffer was too short for it
		return len(packet)
	}
	return copy(packet, packet[header:])
}

// WriteTo sends p to addr: a *net.UDPAddr, *net.IPAddr, *net.UnixAddr or [SockAddr].
func (c *PacketConn) WriteTo(p []byte, addr net.Addr) (int, error) {
	to, err := c.conn().fromNetAddr(addr)
	if err != nil {
		return 0, c.conn().opError("write", err)
	}
	n, err := c.conn().sendTo(p, &to, 0)
	if err != nil {
		return n, c.conn().opError("write", err)
	}
	return n, nil
}

// ReadFromUDP is ReadFrom with the address's type.
func (c *PacketConn) ReadFromUDP(p []byte) (int, *net.UDPAddr, error) {
	n, from, err := c.ReadFromUDPAddrPort(p)
	return n, udpAddr(from), err
}

// ReadFromUDPAddrPort receives a datagram and returns its sender. On an IPv6 socket an IPv4 sender has the IPv4-mapped
// form.
func (c *PacketConn) ReadFromUDPAddrPort(p []byte) (int, netip.AddrPort, error) {
	var addr SockAddr
	n, err := c.conn().recvFrom(p, 0, &addr)
	if err != nil {
		return n, netip.AddrPort{}, c.conn().opError("read", err)
	}
	from, _ := addr.addrPort(&c.conn().zones)
	return n, from, c.conn().eof(n)
}

// WriteToUDP is WriteTo with the address's type.
func (c *PacketConn) WriteToUDP(p []byte, addr *net.UDPAddr) (int, error) { return c.WriteTo(p, addr) }

// WriteToUDPAddrPort sends p to addr.
func (c *PacketConn) WriteToUDPAddrPort(p []byte, addr netip.AddrPort) (int, error) {
	to, err := c.conn().inetAddr(addr)
	if err != nil {
		return 0, c.conn().opError("write", err)
	}
	n, err := c.conn().sendTo(p, &to, 0)
	if err != nil {
		return n, c.conn().opError("write", err)
	}
	return n, nil
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
	var from SockAddr
	n, oobn, got, err := c.conn().recvMsg(p, oob, &from)
	if err != nil {
		return n, 0, 0, netip.AddrPort{}, c.conn().opError("read", err)
	}
	addr, _ = from.addrPort(&c.conn().zones)
	return n, oobn, int(got), addr, c.conn().eof(n)
}

func (c *Conn) recvMsg(p, oob []byte, from *SockAddr) (n, oobn int, got RecvFlags, err error) {
	if c.direct(reading, 0) {
		var out C.struct_csock_received
		out.addr_len = C.sizeof_struct_sockaddr_storage
		out.control_len = C.size_t(len(oob))
		if n, err := c.s.recvmsg([][]byte{p}, from, oob, 0, &out); !waits(err) {
			from.len = out.addr_len
			return n, int(out.control_len), RecvFlags(out.flags), err
		}
	}
	o := newOp(opRecvMsg)
	o.p, o.oob = p, oob
	err = c.run(o, reading)
	*from, oobn, got = o.addr, o.oobn, o.got
	return o.end(), oobn, got, err
}

// WriteMsgUDP sends p with the control messages in oob to addr, nil for the peer, and returns how many bytes went of
// each.
func (c *PacketConn) WriteMsgUDP(p, oob []byte, addr *net.UDPAddr) (n, oobn int, err error) {
	var to SockAddr
	if addr != nil {
		if to, err = c.conn().fromNetAddr(addr); err != nil {
			return 0, 0, c.conn().opError("write", err)
		}
	}
	return c.writeMsg(p, oob, &to)
}

// WriteMsgUDPAddrPort is WriteMsgUDP with another kind of address: the zero AddrPort for the peer.
func (c *PacketConn) WriteMsgUDPAddrPort(p, oob []byte, addr netip.AddrPort) (n, oobn int, err error) {
	var to SockAddr
	if addr.IsValid() {
		if to, err = c.conn().inetAddr(addr); err != nil {
			return 0, 0, c.conn().opError("write", err)
		}
	}
	return c.writeMsg(p, oob, &to)
}

func (c *PacketConn) writeMsg(p, oob []byte, to *SockAddr) (n, oobn int, err error) {
	n, err = c.conn().sendMsg(p, oob, to)
	if err != nil {
		return n, 0, c.conn().opError("write", err)
	}
	return n, len(oob), nil
}

func (c *Conn) sendMsg(p, oob []byte, to *SockAddr) (int, error) {
	if c.direct(writing, 0) {
		if n, err := c.s.sendmsg([][]byte{p}, to, oob, 0); !waits(err) {
			return n, err
		}
	}
	o := newOp(opSendMsg)
	o.p, o.oob, o.addr = p, oob, *to
	err := c.run(o, writing)
	return o.end(), err
}

// SetReadBuffer sets SO_RCVBUF, the size of the system's receive buffer in bytes.
func (c *PacketConn) SetReadBuffer(bytes int) error {
	return c.conn().opError("set", c.conn().Set(SO_RCVBUF.To(bytes)))
}

// SetWriteBuffer sets SO_SNDBUF, the size of the system's send buffer in bytes.
func (c *PacketConn) SetWriteBuffer(bytes int) error {
	return c.conn().opError("set", c.conn().Set(SO_SNDBUF.To(bytes)))
}
