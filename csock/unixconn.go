//go:build cgo

package csock

import "net"

// A UnixConn is a [Conn] of a Unix socket of any type with the methods of [net.UnixConn]. Unix
// listeners make UnixConns, and &UnixConn{c} makes one of a Conn. For a write to an address on a
// connected socket, see [UDPConn].
//
// Its ReadFrom and WriteTo are [net.PacketConn]'s, as net.UnixConn's are. For io.Copy, use c.Conn:
// its own ReadFrom and WriteTo have the kernel copy files and streams. A copy from a UnixConn to a
// Conn or TCPConn needs no such care.
type UnixConn struct {
	*Conn
}

var _ net.PacketConn = (*UnixConn)(nil)

// IntoUnixConn transfers ownership of the descriptor of a Unix socket to a UnixConn. See
// [Socket.IntoConn]. For other sockets it returns EPROTOTYPE.
func (s *Socket) IntoUnixConn() (*UnixConn, error) {
	c, err := s.into(kindUnix)
	if err != nil {
		return nil, err
	}
	return &UnixConn{c}, nil
}

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (c *UnixConn) String() string { return c.socket().String() }

// conn returns the underlying Conn, or nil for a nil UnixConn.
func (c *UnixConn) conn() *Conn {
	if c == nil {
		return nil
	}
	return c.Conn
}

// ReadFrom receives a message and returns its sender, or nil if the sender has no name.
func (c *UnixConn) ReadFrom(p []byte) (int, net.Addr, error) { return c.conn().readFrom(p) }

// WriteTo sends p to addr, which is a [SockAddr] or a *net.UnixAddr. The UnixAddr's Net must be the
// socket's, such as "unixgram", as in package net.
func (c *UnixConn) WriteTo(p []byte, addr net.Addr) (int, error) {
	return c.conn().writeTo(p, addr)
}

// ReadFromUnix is ReadFrom with a typed address.
func (c *UnixConn) ReadFromUnix(p []byte) (int, *net.UnixAddr, error) {
	return readFromAs[*net.UnixAddr](c.conn(), p)
}

// WriteToUnix is WriteTo with a typed address.
func (c *UnixConn) WriteToUnix(p []byte, addr *net.UnixAddr) (int, error) {
	return c.conn().writeTo(p, addr)
}

// ReadMsgUnix receives a message into p and its control messages into oob. It returns the number of
// bytes of each, the flags that recvmsg(2) sets, and the sender, or nil if the sender has no name.
// Received descriptors are close-on-exec. As in package net, if only p is empty, it receives one
// byte of a stream or sequence of packets, drops it and returns 1. On macOS and the BSDs it does so
// for datagrams too.
func (c *UnixConn) ReadMsgUnix(p, oob []byte) (n, oobn, flags int, addr *net.UnixAddr, err error) {
	return readMsgAs[*net.UnixAddr](c.conn(), p, oob)
}

// WriteMsgUnix sends p with the control messages in oob to addr, or to the peer if addr is nil. It
// returns the number of bytes sent of each. As in package net, if only p is empty, it sends one
// byte of 0 on a stream or sequence of packets. Control messages need one. On macOS and the BSDs it
// does so on datagrams too.
func (c *UnixConn) WriteMsgUnix(p, oob []byte, addr *net.UnixAddr) (n, oobn int, err error) {
	return writeMsgAs(c.conn(), p, oob, addr)
}

func (c *UnixConn) socket() *Socket { return c.conn().socket() }
