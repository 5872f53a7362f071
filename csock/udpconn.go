//go:build cgo

package csock

import (
	"net"
	"net/netip"
)

// A UDPConn is a [Conn] of an IP datagram socket (UDP, UDP-Lite or ICMP) with the methods of
// [net.UDPConn], for libraries that need them.
//
// Its methods do what net.UDPConn's do, with two exceptions. A write to an address on a connected
// socket does what the system does; package net refuses it. A write to an address with an unknown
// IPv6 zone fails; package net takes the zone for none.
type UDPConn struct {
	notHalf
	*Conn
}

var _ net.PacketConn = (*UDPConn)(nil)

// IntoUDPConn transfers ownership of the descriptor of an IP datagram socket to a UDPConn. See
// [Socket.IntoConn]. For other sockets it returns EPROTOTYPE.
func (s *Socket) IntoUDPConn() (*UDPConn, error) {
	c, err := s.into(kindUDP)
	if err != nil {
		return nil, err
	}
	return &UDPConn{notHalf{}, c}, nil
}

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (c *UDPConn) String() string { return c.socket().String() }

// conn returns the underlying Conn, or nil for a nil UDPConn.
func (c *UDPConn) conn() *Conn {
	if c == nil {
		return nil
	}
	return c.Conn
}

// ReadFrom receives a datagram and returns its sender.
func (c *UDPConn) ReadFrom(p []byte) (int, net.Addr, error) { return c.conn().readFrom(p) }

// WriteTo sends p to addr, which is a *net.UDPAddr or [SockAddr].
func (c *UDPConn) WriteTo(p []byte, addr net.Addr) (int, error) { return c.conn().writeTo(p, addr) }

// ReadFromUDP is ReadFrom with a typed address.
func (c *UDPConn) ReadFromUDP(p []byte) (int, *net.UDPAddr, error) {
	n, from, err := c.ReadFromUDPAddrPort(p)
	return n, udpAddr(from), err
}

// ReadFromUDPAddrPort receives a datagram and returns its sender. On an IPv6 socket an IPv4 sender
// has the IPv4-mapped form.
func (c *UDPConn) ReadFromUDPAddrPort(p []byte) (int, netip.AddrPort, error) {
	var addr SockAddr
	n, err := c.conn().always().recvFrom(p, 0, &addr)
	if err != nil {
		return n, netip.AddrPort{}, c.conn().opError("read", err)
	}
	from, _ := addr.addrPort(&c.zones)
	return n, from, nil
}

// WriteToUDP is WriteTo with a typed address.
func (c *UDPConn) WriteToUDP(p []byte, addr *net.UDPAddr) (int, error) {
	return c.conn().writeTo(p, addr)
}

// WriteToUDPAddrPort sends p to addr.
func (c *UDPConn) WriteToUDPAddrPort(p []byte, addr netip.AddrPort) (int, error) {
	to, err := c.conn().inetAddr(addr)
	if err != nil {
		return 0, c.conn().sendError(addrPort{addr}, err)
	}
	n, err := c.conn().always().sendTo(p, &to, 0)
	if err != nil {
		return n, c.conn().sendError(addrPort{addr}, err)
	}
	return n, nil
}

// ReadMsgUDP receives a datagram into p and its control messages into oob. It returns the number of
// bytes of each, the flags that recvmsg(2) sets, and the sender.
func (c *UDPConn) ReadMsgUDP(p, oob []byte) (n, oobn, flags int, addr *net.UDPAddr, err error) {
	n, oobn, flags, from, err := c.ReadMsgUDPAddrPort(p, oob)
	return n, oobn, flags, udpAddr(from), err
}

func udpAddr(ap netip.AddrPort) *net.UDPAddr {
	if !ap.IsValid() {
		return nil
	}
	return net.UDPAddrFromAddrPort(ap)
}

// ReadMsgUDPAddrPort is ReadMsgUDP without the allocation of an address.
func (c *UDPConn) ReadMsgUDPAddrPort(
	p, oob []byte,
) (n, oobn, flags int, addr netip.AddrPort, err error) {
	var from SockAddr
	n, oobn, flags, err = c.conn().readMsg(p, oob, &from)
	if err == nil {
		addr, _ = from.addrPort(&c.zones)
	}
	return n, oobn, flags, addr, err
}

// WriteMsgUDP sends p with the control messages in oob to addr, or to the peer if addr is nil. It
// returns the number of bytes sent of each.
func (c *UDPConn) WriteMsgUDP(p, oob []byte, addr *net.UDPAddr) (n, oobn int, err error) {
	return writeMsgAs(c.conn(), p, oob, addr)
}

// WriteMsgUDPAddrPort is WriteMsgUDP with a netip.AddrPort. The zero AddrPort means the peer.
func (c *UDPConn) WriteMsgUDPAddrPort(p, oob []byte, addr netip.AddrPort) (n, oobn int, err error) {
	var to SockAddr
	if addr.IsValid() {
		if to, err = c.conn().inetAddr(addr); err != nil {
			return 0, 0, c.conn().sendError(addrPort{addr}, err)
		}
	}
	n, err = c.conn().sendMsg(p, oob, &to)
	if err != nil {
		return n, 0, c.conn().sendError(addrPort{addr}, c.conn().withoutPeer(&to, err))
	}
	return n, len(oob), nil
}

func (c *UDPConn) socket() *Socket { return c.conn().socket() }
