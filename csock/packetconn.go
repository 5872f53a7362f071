//go:build cgo

package csock

import (
	"fmt"
	"net"
	"runtime"
	"syscall"
)

// A connKind is the type of package net for a kind of socket. Libraries assert a type, or a method
// of one, to find out what they were given.
type connKind int

const (
	kindOther connKind = iota
	kindTCP
	kindUDP // datagrams over IP
	kindIP  // raw IP
	kindUnix
)

// connKind returns the type of package net for sockets like s, whose domain and type are given.
func (s *Socket) connKind(domain Domain, typ Type) connKind {
	switch domain {
	case AF_UNIX:
		return kindUnix
	case AF_INET, AF_INET6:
		switch typ {
		case SOCK_STREAM:
			p, err := s.Protocol()
			if err != nil || p == IPPROTO_TCP || p == IPPROTO_MPTCP { // some systems do not report it
				return kindTCP
			}
		case SOCK_DGRAM:
			return kindUDP
		case SOCK_RAW:
			return kindIP
		}
	}
	return kindOther
}

// into makes a Conn of a socket, which must be of kind want.
func (s *Socket) into(want connKind) (*Conn, error) {
	domain, typ, err := s.kind()
	if err != nil {
		return nil, err
	}
	if s.connKind(domain, typ) != want {
		return nil, s.kindError(domain, typ)
	}
	return s.conn(domain, typ)
}

func (s *Socket) kindError(domain Domain, typ Type) error {
	if err := s.enter(); err != nil {
		return err
	}
	s.leave()
	return fmt.Errorf("csock: wrong kind of socket (%v, %v): %w", domain, typ, syscall.EPROTOTYPE)
}

// A PacketConn is a [Conn] of a datagram or raw socket of any family that implements
// [net.PacketConn]. [UDPConn], [IPConn] and [UnixConn] are PacketConns of one kind, with the
// methods of package net's types.
//
// Its ReadFrom and WriteTo are net.PacketConn's; Conn's are io.ReaderFrom's and io.WriterTo's. A
// write to an address on a connected socket does what the system does; package net refuses it. The
// end of a connection is io.EOF. The names of IPv6 zones are cached for a minute, as in package
// net.
type PacketConn struct {
	notHalf
	*Conn
}

var _ net.PacketConn = (*PacketConn)(nil)

// IntoPacketConn transfers ownership of the descriptor of a datagram or raw socket to a PacketConn.
// See [Socket.IntoConn]. For a stream socket it returns EPROTOTYPE.
func (s *Socket) IntoPacketConn() (*PacketConn, error) {
	domain, typ, err := s.kind()
	if err != nil {
		return nil, err
	}
	if typ == SOCK_STREAM {
		return nil, s.kindError(domain, typ)
	}
	c, err := s.conn(domain, typ)
	if err != nil {
		return nil, err
	}
	return &PacketConn{notHalf{}, c}, nil
}

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (c *PacketConn) String() string { return c.socket().String() }

// conn returns the underlying Conn, or nil for a nil PacketConn. Each type of Conn has its own
// conn, socket and String, so that a nil pointer of the type has them too.
func (c *PacketConn) conn() *Conn {
	if c == nil {
		return nil
	}
	return c.Conn
}

// ReadFrom receives a datagram and returns its sender, or nil if the sender has no name. On a raw
// IPv4 socket it omits the IP header, as net.IPConn's does; the other methods receive the header
// too.
func (c *PacketConn) ReadFrom(p []byte) (int, net.Addr, error) { return c.conn().readFrom(p) }

// WriteTo sends p to addr, which is a *net.UDPAddr, *net.IPAddr, *net.UnixAddr or [SockAddr].
func (c *PacketConn) WriteTo(p []byte, addr net.Addr) (int, error) {
	return c.conn().writeTo(p, addr)
}

func (c *Conn) readFrom(p []byte) (int, net.Addr, error) {
	n, from, err := c.RecvFrom(p, 0)
	if err != nil {
		return n, nil, c.opError("read", err)
	}
	if from.isIPv4() && c.typ() == SOCK_RAW {
		n = cutIPv4Header(p[:n])
	}
	return n, netAddr(from, c.typ(), &c.zones), c.packetEOF(n)
}

// packetEOF is eof as a *net.OpError: package net wraps it where a call also returns an address.
func (c *Conn) packetEOF(n int) error { return c.opError("read", c.eof(n)) }

// cutIPv4Header moves what follows the IP header to the front of packet, and returns its length.
func cutIPv4Header(packet []byte) int {
	header := 0
	if len(packet) >= 20 && packet[0]>>4 == 4 {
		header = int(packet[0]&0xf) * 4
	}
	if header < 20 || header > len(packet) { // the buffer was too short for the header
		return len(packet)
	}
	return copy(packet, packet[header:])
}

func (c *Conn) writeTo(p []byte, addr net.Addr) (int, error) {
	to, err := c.fromNetAddr(addr, &callSendto)
	if err == errMissingAddress {
		return 0, c.sendError(nil, err) // not a nil pointer in an interface
	}
	if err != nil {
		return 0, c.sendError(addr, err)
	}
	n, err := c.always().sendTo(p, &to, 0)
	return n, c.sendError(addr, err)
}

// Bytes that accompany control messages whose caller has no data.
var (
	sentByte     [1]byte // 0
	receivedByte [1]byte // any: nothing reads it
)

// needsByte reports whether package net adds a byte of data to these control messages, because the
// socket would send or receive nothing otherwise. On macOS and the BSDs it does so for datagrams
// too.
func (c *Conn) needsByte(p, oob []byte) bool {
	if len(p) > 0 || len(oob) == 0 || c == nil || runtime.GOOS == "windows" {
		return false
	}
	return runtime.GOOS != "linux" && runtime.GOOS != "android" || c.typ() != SOCK_DGRAM
}

// readMsg receives a message, and stores its sender in from.
func (c *Conn) readMsg(p, oob []byte, from *SockAddr) (n, oobn, flags int, err error) {
	if c.needsByte(p, oob) {
		p = receivedByte[:]
	}
	n, oobn, got, err := c.recvMsg(p, oob, from)
	if err != nil {
		return n, 0, 0, c.opError("read", err)
	}
	return n, oobn, int(got), c.packetEOF(n)
}

func (c *Conn) recvMsg(p, oob []byte, from *SockAddr) (n, oobn int, got RecvFlags, err error) {
	if c.always().direct(reading, 0) {
		var out struct_csock_received
		out.addr_len = sizeof_struct_sockaddr_storage
		out.control_len = size_t(len(oob))
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

// writeMsg sends a message to addr, or to the peer if addr is the zero SockAddr. to is the same
// address for errors.
func (c *Conn) writeMsg(p, oob []byte, addr *SockAddr, to net.Addr) (n, oobn int, err error) {
	extra := 0
	if c.needsByte(p, oob) {
		p, extra = sentByte[:], 1
	}
	n, err = c.sendMsg(p, oob, addr)
	if err != nil {
		return n, 0, c.sendError(to, c.withoutPeer(addr, err))
	}
	return n - extra, len(oob), nil
}

// withoutPeer returns the error of a failed send to addr. It is package net's own if addr is the
// zero SockAddr and an IP socket has no peer.
func (c *Conn) withoutPeer(addr *SockAddr, err error) error {
	if addr.len == 0 && c != nil && c.isIP() && c.RemoteAddr() == nil {
		return errMissingAddress
	}
	return err
}

func (c *Conn) sendMsg(p, oob []byte, to *SockAddr) (int, error) {
	if c.always().direct(writing, 0) {
		if n, err := c.s.sendmsg([][]byte{p}, to, oob, 0); !waits(err) {
			return n, err
		}
	}
	o := newOp(opSendMsg)
	o.p, o.oob, o.addr = p, oob, *to
	if c != nil {
		o.silent = c.silent(to)
	}
	err := c.run(o, writing)
	return o.end(), err
}

// SetReadBuffer sets the size of the system's receive buffer in bytes. It sets [SO_RCVBUF].
func (c *Conn) SetReadBuffer(bytes int) error {
	return c.ownError("set", setError(c.Set(SO_RCVBUF.To(bytes))))
}

// SetWriteBuffer sets the size of the system's send buffer in bytes. It sets [SO_SNDBUF].
func (c *Conn) SetWriteBuffer(bytes int) error {
	return c.ownError("set", setError(c.Set(SO_SNDBUF.To(bytes))))
}

func (c *PacketConn) socket() *Socket { return c.conn().socket() }
