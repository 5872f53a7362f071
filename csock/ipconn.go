//go:build cgo

package csock

import "net"

// An IPConn is a [Conn] of a raw IP socket with the methods of [net.IPConn]. For a write to an
// address on a connected socket, see [UDPConn].
type IPConn struct {
	notHalf
	*Conn
}

var _ net.PacketConn = (*IPConn)(nil)

// IntoIPConn transfers ownership of the descriptor of a raw IP socket to an IPConn. See
// [Socket.IntoConn]. For other sockets it returns EPROTOTYPE.
func (s *Socket) IntoIPConn() (*IPConn, error) {
	c, err := s.into(kindIP)
	if err != nil {
		return nil, err
	}
	return &IPConn{notHalf{}, c}, nil
}

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (c *IPConn) String() string { return c.socket().String() }

// conn returns the underlying Conn, or nil for a nil IPConn.
func (c *IPConn) conn() *Conn {
	if c == nil {
		return nil
	}
	return c.Conn
}

// ReadFrom receives a packet and returns its sender. For IPv4 it omits the IP header.
func (c *IPConn) ReadFrom(p []byte) (int, net.Addr, error) { return c.conn().readFrom(p) }

// WriteTo sends p to addr, which is a *net.IPAddr or [SockAddr].
func (c *IPConn) WriteTo(p []byte, addr net.Addr) (int, error) { return c.conn().writeTo(p, addr) }

// ReadFromIP is ReadFrom with a typed address.
func (c *IPConn) ReadFromIP(p []byte) (int, *net.IPAddr, error) {
	return readFromAs[*net.IPAddr](c.conn(), p)
}

// WriteToIP is WriteTo with a typed address.
func (c *IPConn) WriteToIP(p []byte, addr *net.IPAddr) (int, error) {
	return c.conn().writeTo(p, addr)
}

// ReadMsgIP receives a packet into p, for IPv4 with the IP header, and its control messages into
// oob. It returns the number of bytes of each, the flags that recvmsg(2) sets, and the sender.
func (c *IPConn) ReadMsgIP(p, oob []byte) (n, oobn, flags int, addr *net.IPAddr, err error) {
	return readMsgAs[*net.IPAddr](c.conn(), p, oob)
}

// WriteMsgIP sends p with the control messages in oob to addr, or to the peer if addr is nil. It
// returns the number of bytes sent of each. As in package net, if only p is empty, the packet
// has one byte of 0.
func (c *IPConn) WriteMsgIP(p, oob []byte, addr *net.IPAddr) (n, oobn int, err error) {
	return writeMsgAs(c.conn(), p, oob, addr)
}

func (c *IPConn) socket() *Socket { return c.conn().socket() }
