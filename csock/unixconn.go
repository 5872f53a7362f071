//go:build cgo

package csock

import "net"

// A UnixConn is a [Conn] of a Unix socket of any type, with the methods of [net.UnixConn]. Listeners of
// Unix sockets make them, and &UnixConn{c} does of a Conn that is one. What it says of writes to an
// address on a connected socket holds as for [UDPConn].
//
// Its ReadFrom and WriteTo are [net.PacketConn]'s, as net.UnixConn's are: io.Copy finds the Conn's own, by
// which the kernel copies files and streams, in c.Conn.
type UnixConn struct {
	*Conn
}

var _ net.PacketConn = (*UnixConn)(nil)

// IntoUnixConn transfers ownership of the descriptor of a Unix socket to a UnixConn. See
// [Socket.IntoConn]. Another socket is refused, with EPROTOTYPE.
func (s *Socket) IntoUnixConn() (*UnixConn, error) {
	c, err := s.into(kindUnix)
	if err != nil {
		return nil, err
	}
	return &UnixConn{c}, nil
}

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (c *UnixConn) String() string { return c.socket().String() }

// conn is the Conn beneath, nil of a nil UnixConn.
func (c *UnixConn) conn() *Conn {
	if c == nil {
		return nil
	}
	return c.Conn
}

// ReadFrom receives a message and returns its sender, nil if that has no name.
func (c *UnixConn) ReadFrom(p []byte) (int, net.Addr, error) { return c.conn().readFrom(p) }

// WriteTo sends p to addr, a *net.UnixAddr or [SockAddr].
func (c *UnixConn) WriteTo(p []byte, addr net.Addr) (int, error) { return c.conn().writeTo(p, addr) }

// ReadFromUnix is ReadFrom with the address's type.
func (c *UnixConn) ReadFromUnix(p []byte) (int, *net.UnixAddr, error) {
	return readFromAs[*net.UnixAddr](c.conn(), p)
}

// WriteToUnix is WriteTo with the address's type.
func (c *UnixConn) WriteToUnix(p []byte, addr *net.UnixAddr) (int, error) {
	return writeToAs(c.conn(), p, addr)
}

// ReadMsgUnix receives a message into p and its control messages into oob, and returns how many bytes
// came of each, the flags that recvmsg(2) sets, and the sender, nil if that has no name. Descriptors that
// come are close-on-exec.
func (c *UnixConn) ReadMsgUnix(p, oob []byte) (n, oobn, flags int, addr *net.UnixAddr, err error) {
	return readMsgAs[*net.UnixAddr](c.conn(), p, oob)
}

// WriteMsgUnix sends p with the control messages in oob to addr, nil for the peer, and returns how many
// bytes went of each.
func (c *UnixConn) WriteMsgUnix(p, oob []byte, addr *net.UnixAddr) (n, oobn int, err error) {
	return writeMsgAs(c.conn(), p, oob, addr)
}
