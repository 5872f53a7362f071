//go:build cgo

package csock

import "net"

// Methods of the typed Conns, generic over package net's types of addresses.

// A notHalf, embedded beside a Conn, takes CloseRead and CloseWrite from the method set. Of two
// embedded types that both have a method, neither promotes it. Libraries take a connection with
// these methods for a stream.
type notHalf struct{}

func (notHalf) CloseRead()  {}
func (notHalf) CloseWrite() {}

var _ interface {
	CloseRead()
	CloseWrite()
} = notHalf{}

// An addrType is one of package net's types of addresses.
type addrType interface {
	net.Addr
	*net.IPAddr | *net.UDPAddr | *net.UnixAddr
}

func readFromAs[A addrType](c *Conn, p []byte) (int, A, error) {
	n, addr, err := c.readFrom(p)
	from, _ := addr.(A)
	return n, from, err
}

func readMsgAs[A addrType](c *Conn, p, oob []byte) (n, oobn, flags int, addr A, err error) {
	var from SockAddr
	n, oobn, flags, err = c.readMsg(p, oob, &from)
	if err == nil {
		addr, _ = netAddr(from, c.typ(), &c.zones).(A)
	}
	return n, oobn, flags, addr, err
}

// writeMsgAs sends to the peer if addr is nil.
func writeMsgAs[A addrType](c *Conn, p, oob []byte, addr A) (n, oobn int, err error) {
	if addr == nil {
		return c.writeMsg(p, oob, new(SockAddr), nil)
	}
	to, err := c.fromNetAddr(addr, &callSendmsg)
	if err != nil {
		return 0, 0, c.sendError(addr, err)
	}
	return c.writeMsg(p, oob, &to, addr)
}
