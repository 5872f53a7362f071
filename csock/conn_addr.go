//go:build cgo

package csock

// The addresses and the errors of a Conn, as package net has them.

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
)

// A knownAddr is one end of a Conn, remembered: libraries ask for it in every operation.
type knownAddr struct {
	now  atomic.Pointer[net.Addr] // nil: the system is to be asked
	last atomic.Pointer[net.Addr] // the last that was known, for a socket that cannot say any more
}

func (a *knownAddr) set(addr net.Addr) {
	a.now.Store(&addr)
	if addr != nil {
		a.last.Store(&addr)
	}
}

// forget has the system asked next time.
func (a *knownAddr) forget() { a.now.Store(nil) }

// LocalAddr returns the socket's own address, as package net has it: a *net.TCPAddr, *net.UDPAddr,
// *net.IPAddr or *net.UnixAddr, for other families a [SockAddr]. For a closed Conn it is the last that
// was known.
//
// It is remembered: asking again takes no system call. Connect, Borrow and a RawConn's Control have it
// asked for anew, and so has a socket that has no port or name yet.
func (c *Conn) LocalAddr() net.Addr {
	if c == nil {
		return nil
	}
	if p := c.local.now.Load(); p != nil {
		return *p
	}
	return c.askLocal()
}

// RemoteAddr returns the address of the peer, as LocalAddr does, nil if there is none. For a peer that
// has gone it is the last that was known.
func (c *Conn) RemoteAddr() net.Addr {
	if c == nil {
		return nil
	}
	if p := c.remote.now.Load(); p != nil {
		return *p
	}
	return c.askRemote()
}

func (c *Conn) askLocal() net.Addr {
	// Held while the system is asked, so that what it said before a Connect does not outlive that.
	c.mu.Lock()
	defer c.mu.Unlock()
	sa, err := c.s.LocalAddr()
	if err != nil {
		return c.lastAddr(&c.local)
	}
	addr := netAddr(sa, c.typ(), &c.zones)
	c.local.set(addr)
	if !c.keeps(&sa) {
		c.local.forget()
	}
	return addr
}

func (c *Conn) askRemote() net.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	sa, err := c.s.PeerAddr()
	if err == nil {
		c.remote.set(netAddr(sa, c.typ(), &c.zones))
		return *c.remote.now.Load()
	}
	// A connection may yet be on its way.
	if errnoOf(err) == syscall.ENOTCONN && c.remote.last.Load() == nil && !hasConnections(c.domain(), c.typ()) {
		c.remote.set(nil)
	}
	return c.lastAddr(&c.remote)
}

func (c *Conn) lastAddr(a *knownAddr) net.Addr {
	if p := a.last.Load(); p != nil {
		if !c.open.Load() {
			a.now.Store(p)
		}
		return *p
	}
	return nil
}

// keeps reports whether a local address changes by Connect and Bind alone. A socket without a port or a
// name may get one by its first send.
func (c *Conn) keeps(addr *SockAddr) bool {
	if ap, ok := addr.addrPort(nil); ok {
		return ap.Port() != 0 || c.typ() == SOCK_RAW
	}
	if pid, _, ok := addr.Netlink(); ok {
		return pid != 0
	}
	return hasConnections(c.domain(), c.typ()) || addr.isUnix() && !addr.IsUnnamed()
}

// forgetAddrs has the system asked for both addresses when they are needed next.
func (c *Conn) forgetAddrs() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open.Load() { // Close has asked for the last time
		c.local.forget()
		c.remote.forget()
	}
}

// hasConnections reports whether the sockets of a kind have connections, which end: to receive 0 bytes
// is then the end, and else an empty message.
func hasConnections(domain Domain, typ Type) bool {
	switch typ {
	case SOCK_STREAM, SOCK_DCCP:
		return true
	case SOCK_SEQPACKET:
		return domain != AF_RDS // whose packets are in sequence, from any peer
	}
	return false
}

// eof is io.EOF if that n bytes were received is the end of a stream or of a connection.
func (c *Conn) eof(n int) error {
	if n == 0 && hasConnections(c.domain(), c.typ()) {
		return io.EOF
	}
	return nil
}

// netAddr is addr as package net has it, for a socket of type typ.
func netAddr(addr SockAddr, typ Type, z *zones) net.Addr {
	if ap, ok := addr.addrPort(z); ok {
		ip, zone := ap.Addr().AsSlice(), ap.Addr().Zone()
		switch typ {
		case SOCK_STREAM:
			return &net.TCPAddr{IP: ip, Port: int(ap.Port()), Zone: zone}
		case SOCK_DGRAM:
			return &net.UDPAddr{IP: ip, Port: int(ap.Port()), Zone: zone}
		case SOCK_RAW:
			return &net.IPAddr{IP: ip, Zone: zone}
		}
	}
	if addr.isUnix() {
		return &net.UnixAddr{Name: addr.unixName(), Net: network(AF_UNIX, typ)}
	}
	if addr.len == 0 || addr.Domain() == AF_UNSPEC {
		return nil
	}
	return addr
}

// network is package net's name of a kind of socket. Of other kinds it is the family's, as SockAddr
// has it.
func network(domain Domain, typ Type) string {
	switch domain {
	case AF_INET, AF_INET6:
		switch typ {
		case SOCK_STREAM:
			return "tcp"
		case SOCK_DGRAM:
			return "udp"
		case SOCK_RAW:
			return "ip"
		}
	case AF_UNIX:
		switch typ {
		case SOCK_DGRAM:
			return "unixgram"
		case SOCK_SEQPACKET:
			return "unixpacket"
		}
		return "unix"
	}
	return domain.network()
}

// An addrPort is a destination as package net's errors have it.
type addrPort struct{ netip.AddrPort }

func (addrPort) Network() string { return "udp" }

// opError is err as the methods of package net's types return it.
func (c *Conn) opError(op string, err error) error {
	if err == nil || c == nil {
		return err
	}
	return c.netError(op, c.LocalAddr(), c.RemoteAddr(), err)
}

// sendError is opError of what was to be sent to an address, nil for none.
func (c *Conn) sendError(to net.Addr, err error) error {
	if err == nil || c == nil {
		return err
	}
	return c.netError("write", c.LocalAddr(), to, err)
}

// ownError is opError of what does not concern the peer.
func (c *Conn) ownError(op string, err error) error {
	if err == nil || c == nil {
		return err
	}
	return c.netError(op, nil, c.LocalAddr(), err)
}

func (c *Conn) netError(op string, source, addr net.Addr, err error) error {
	return &net.OpError{Op: op, Net: network(c.domain(), c.typ()), Source: source, Addr: addr, Err: err}
}

// setError is the error of an option that package net's types set, as they name it.
func setError(err error) error {
	if errno := errnoOf(err); errno != 0 {
		return callSetsockopt.error(-int(errno))
	}
	return err
}

// instead is err by the name of another call.
func (c *call) instead(err error) error {
	if e, ok := err.(*os.SyscallError); ok {
		if errno, ok := e.Err.(syscall.Errno); ok {
			return c.error(-int(errno))
		}
	}
	return err
}
