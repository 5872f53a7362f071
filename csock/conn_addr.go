//go:build cgo

package csock

// The addresses and the errors of a Conn, in package net's form.

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
)

// A knownAddr caches the address of one end of a Conn: libraries read it in every operation.
type knownAddr struct {
	now  atomic.Pointer[net.Addr] // nil: not cached
	last atomic.Pointer[net.Addr] // the last known before, for a socket that no longer has one
}

func (a *knownAddr) set(addr *net.Addr) { a.now.Store(addr) }

// forget makes the next use read the address from the system.
func (a *knownAddr) forget() {
	if p := a.now.Swap(nil); p != nil && *p != nil {
		a.last.Store(p)
	}
}

// LocalAddr returns the socket's own address in package net's form: a *net.TCPAddr, *net.UDPAddr,
// *net.IPAddr or *net.UnixAddr, or a [SockAddr] for other families. A closed Conn returns the last
// address known.
//
// The address is cached, so that a second call makes no system call. Connect, Borrow, sends with
// MSG_FASTOPEN, and a RawConn's Control and Write drop it from the cache. What the owner of a
// duplicate changes is not seen (File, [FromNet]). The address of a socket without a port or name
// is not cached.
func (c *Conn) LocalAddr() net.Addr {
	if c == nil {
		return nil
	}
	if p := c.local.now.Load(); p != nil {
		return *p
	}
	return c.queryLocal()
}

// RemoteAddr returns the address of the peer, in LocalAddr's form, or nil if there is none. For a
// peer that has gone it returns the last address known, which may be the one that Connect had.
func (c *Conn) RemoteAddr() net.Addr {
	if c == nil {
		return nil
	}
	if p := c.remote.now.Load(); p != nil {
		return *p
	}
	return c.queryRemote()
}

func (c *Conn) queryLocal() net.Addr {
	// mu is held during the system call, so that the result does not outlive a Connect.
	c.mu.Lock()
	defer c.mu.Unlock()
	sa, err := c.s.LocalAddr()
	if err != nil {
		if last := c.lastAddr(&c.local); last != nil || !c.nameless {
			return last
		}
		sa, _ = UnixAddr("") // Close found that it had no name, and nobody had asked before
	}
	addr := boxAddr(sa, c.typ(), &c.zones)
	c.local.set(addr)
	if !c.keeps(&sa) {
		c.local.forget()
	}
	return *addr
}

func (c *Conn) queryRemote() net.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	sa, err := c.s.PeerAddr()
	if err == nil {
		c.remote.set(boxAddr(sa, c.typ(), &c.zones))
		return *c.remote.now.Load()
	}
	// A connection may still be in progress.
	if errnoOf(err) == syscall.ENOTCONN && !hasConnections(c.domain(), c.typ()) &&
		(c.remote.last.Load() == nil || c.reportsPeer()) {
		c.remote.last.Store(nil)
		c.remote.set(&noAddr)
	}
	return c.lastAddr(&c.remote)
}

// reportsPeer reports whether getpeername(2) returns the last known peer as long as it is the peer.
// It does for a UDP socket, unless the peer's port is 0.
func (c *Conn) reportsPeer() bool {
	last, ok := (*c.remote.last.Load()).(*net.UDPAddr)
	return ok && last.Port != 0
}

// hasNoName reports whether the Conn is known to be a Unix socket without a name.
func (c *Conn) hasNoName() bool { return c.nameless && !c.s.named.Load() }

func (c *Conn) lastAddr(a *knownAddr) net.Addr {
	if p := a.last.Load(); p != nil {
		if !c.open.Load() {
			a.now.Store(p)
		}
		return *p
	}
	return nil
}

// keeps reports whether only Connect and Bind can change a local address. A socket without a port
// or a name may get one at its first send.
func (c *Conn) keeps(addr *SockAddr) bool {
	if ap, ok := addr.addrPort(nil); ok {
		return ap.Port() != 0 || c.typ() == SOCK_RAW
	}
	if pid, _, ok := addr.Netlink(); ok {
		return pid != 0
	}
	return hasConnections(c.domain(), c.typ()) || addr.isUnix() && !addr.IsUnnamed()
}

// forgetAddrs drops both addresses from the cache.
func (c *Conn) forgetAddrs() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open.Load() { // Close has read the addresses for the last time
		c.local.forget()
		c.remote.forget()
	}
}

// noPeer records that there is no peer any more. now is what is cached.
func (c *Conn) noPeer(now *net.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open.Load() {
		c.remote.last.Store(nil)
		c.remote.now.Store(now)
	}
}

// eof returns io.EOF if receiving n bytes means the end of a stream or connection.
func (c *Conn) eof(n int) error {
	if n == 0 && hasConnections(c.domain(), c.typ()) {
		return io.EOF
	}
	return nil
}

// A boxed is an address in package net's form together with the memory that it refers to, so that
// it takes one allocation.
type boxed[T any] struct {
	addr net.Addr // &of
	of   T
	mem  [16]byte
}

// ip returns an address in package net's form, in b's memory.
func (b *boxed[T]) ip(a netip.Addr) net.IP {
	if a.Is4() {
		ip := a.As4()
		return b.mem[:copy(b.mem[:], ip[:]):len(ip)]
	}
	b.mem = a.As16()
	return b.mem[:]
}

// netAddr returns addr as package net's type for a socket of type typ, or nil.
func netAddr(addr SockAddr, typ Type, z *zones) net.Addr { return *boxAddr(addr, typ, z) }

// boxAddr is netAddr as a knownAddr stores it.
func boxAddr(addr SockAddr, typ Type, z *zones) *net.Addr {
	if ap, ok := addr.addrPort(z); ok {
		ip, port := ap.Addr(), int(ap.Port())
		switch typ {
		case SOCK_STREAM:
			b := new(boxed[net.TCPAddr])
			b.of = net.TCPAddr{IP: b.ip(ip), Port: port, Zone: ip.Zone()}
			b.addr = &b.of
			return &b.addr
		case SOCK_DGRAM:
			b := new(boxed[net.UDPAddr])
			b.of = net.UDPAddr{IP: b.ip(ip), Port: port, Zone: ip.Zone()}
			b.addr = &b.of
			return &b.addr
		case SOCK_RAW:
			b := new(boxed[net.IPAddr])
			b.of = net.IPAddr{IP: b.ip(ip), Zone: ip.Zone()}
			b.addr = &b.of
			return &b.addr
		}
	}
	if addr.isUnix() {
		b := new(boxed[net.UnixAddr])
		b.of = net.UnixAddr{Name: addr.unixName(), Net: network(AF_UNIX, typ)}
		b.addr = &b.of
		return &b.addr
	}
	if addr.len == 0 || addr.Domain() == AF_UNSPEC {
		return &noAddr
	}
	var other net.Addr = addr
	return &other
}

var noAddr net.Addr // always nil

// network returns package net's name for a kind of socket. For other kinds it is the family's name,
// as SockAddr has it.
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

// An addrPort is a destination in package net's errors.
type addrPort struct{ netip.AddrPort }

func (addrPort) Network() string { return "udp" }

// opError wraps err as the methods of package net's types do.
func (c *Conn) opError(op string, err error) error {
	if err == nil || c == nil {
		return err
	}
	return c.netError(op, c.LocalAddr(), c.RemoteAddr(), err)
}

// sendError is opError for a send to an address, nil for none.
func (c *Conn) sendError(to net.Addr, err error) error {
	if err == nil || c == nil {
		return err
	}
	return c.netError("write", c.LocalAddr(), to, err)
}

// ownError is opError for an operation that does not concern the peer.
func (c *Conn) ownError(op string, err error) error {
	if err == nil || c == nil {
		return err
	}
	return c.netError(op, nil, c.LocalAddr(), err)
}

func (c *Conn) netError(op string, source, addr net.Addr, err error) error {
	return &net.OpError{Op: op, Net: network(c.domain(), c.typ()), Source: source, Addr: addr,
		Err: err}
}

// setError names the system call of a failed option as package net does.
func setError(err error) error {
	if errno := errnoOf(err); errno != 0 {
		return callSetsockopt.error(-int(errno))
	}
	// Package net leaves it to the system to refuse a time that is too long.
	if errors.Is(err, syscall.EDOM) {
		return callSetsockopt.error(-int(syscall.EINVAL))
	}
	return err
}

// renamed returns err under the name of c.
func (c *call) renamed(err error) error {
	if e, ok := err.(*os.SyscallError); ok {
		if errno, ok := e.Err.(syscall.Errno); ok {
			return c.error(-int(errno))
		}
	}
	return err
}

// network returns the family's name, such as "netlink".
func (d Domain) network() string { return strings.ToLower(strings.TrimPrefix(d.String(), "AF_")) }

// isIP reports whether c is a socket of IPv4 or IPv6.
func (c *Conn) isIP() bool { return c.domain() == AF_INET || c.domain() == AF_INET6 }
