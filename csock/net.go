//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// Borrow calls f with a Socket over c's descriptor, and returns f's error. c keeps ownership of the
// descriptor. c is any connection or listener of package net, such as a *net.TCPConn or
// conn.(syscall.Conn), an os.File or a [Conn]. For a TLS connection, pass its NetConn.
//
// The Socket is valid until f returns; its methods then return net.ErrClosed. Borrow returns after
// the last call in flight on it. The Socket's Close closes the Socket and not the descriptor.
// Detach and other methods that transfer ownership fail with EBUSY; TryClone makes a Socket to
// keep. c stays open until f returns, so f must not wait for c.Close. The descriptors of package
// net are non-blocking. The Socket sends with MSG_NOSIGNAL, as one of [FromFD] does, unless c is a
// Conn made from a raw Socket ([NewRaw], [FromFDRaw]).
func Borrow(c syscall.Conn, f func(*Socket) error) error {
	if c == nil || f == nil {
		return os.ErrInvalid
	}
	rc, err := c.SyscallConn()
	if err != nil {
		return err
	}
	lent, err := borrow(rc, f)
	if _, ok := c.(*os.File); ok && !lent {
		return errClosed // a file's RawConn has an error of its own
	}
	return err
}

func borrow(rc syscall.RawConn, f func(*Socket) error) (lent bool, err error) {
	if rc == nil {
		return false, os.ErrInvalid
	}
	var failed error
	err = rc.Control(func(fd uintptr) {
		lent = true
		if fd > maxFD {
			failed = errBadFD
			return
		}
		s := &Socket{fd: csock_fd(fd)}
		if conn, ok := rc.(rawConn); ok {
			s.raw = conn.c.s.raw
		}
		s.lend()
		defer s.recall()
		failed = f(s)
	})
	if err != nil {
		return lent, err
	}
	return lent, failed
}

// Apply sets options of c's socket, as [Socket.Set] does. See [Borrow].
func Apply(c syscall.Conn, settings ...Setting) error {
	return Borrow(c, func(s *Socket) error { return s.Set(settings...) })
}

// Get returns the value of an option of c's socket. See [Borrow].
func Get[T any](c syscall.Conn, o Option[T]) (value T, err error) {
	err = Borrow(c, func(s *Socket) error {
		value, err = o.Get(s)
		return err
	})
	return value, err
}

// ControlFunc returns a function for the Control field of [net.Dialer] and [net.ListenConfig]. It
// applies settings before the socket is bound or connected.
func ControlFunc(settings ...Setting) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		_, err := borrow(c, func(s *Socket) error { return s.Set(settings...) })
		return err
	}
}

// FromNet returns a separate Socket for c's open socket: a duplicate of the descriptor, as TryClone
// makes it. Each owner closes its own. They share everything else, including the non-blocking mode.
// See [Borrow].
func FromNet(c syscall.Conn) (*Socket, error) {
	var own *Socket
	err := Borrow(c, func(s *Socket) (err error) {
		if _, err = s.Type(); err == nil { // ENOTSOCK for a file that is not a socket
			own, err = s.TryClone()
		}
		return err
	})
	return own, err
}

// IntoFile transfers ownership of the descriptor to a file. The Socket is then closed; if IntoFile
// fails, the Socket stays as it was. The file waits on Go's poller if the socket is non-blocking;
// otherwise a waiting call holds a thread.
func (s *Socket) IntoFile() (f *os.File, err error) {
	err = s.handOver(func() error {
		f = os.NewFile(uintptr(s.fd), "socket")
		return nil
	})
	return f, err
}

// IntoNetConn transfers ownership of the socket to package net, which makes it non-blocking. The
// Socket is then closed; if IntoNetConn fails, the Socket stays as it was. Package net supports
// TCP, UDP, raw IP and Unix sockets.
func (s *Socket) IntoNetConn() (net.Conn, error) { return toNet(s, net.FileConn) }

// IntoNetListener transfers ownership of a listening socket to package net, as IntoNetConn does.
// The file of a Unix socket remains when the listener is closed.
func (s *Socket) IntoNetListener() (net.Listener, error) {
	if err := s.checkListens(); err != nil {
		return nil, err
	}
	return toNet(s, net.FileListener)
}

// IntoNetPacketConn transfers ownership of a datagram or raw socket to package net, as IntoNetConn
// does.
func (s *Socket) IntoNetPacketConn() (net.PacketConn, error) { return toNet(s, net.FilePacketConn) }

func toNet[T any](s *Socket, from func(*os.File) (T, error)) (t T, err error) {
	nonblocking, err := s.Nonblocking()
	if err != nil && !errors.Is(err, errors.ErrUnsupported) { // Windows does not say
		return t, err
	}
	err = s.handOver(func() error {
		// Package net duplicates the file's descriptor. The file owns a duplicate too.
		fd := csock_dup(s.fd)
		if fd < 0 {
			return callDup.error(int(fd))
		}
		f := os.NewFile(uintptr(fd), "socket")
		defer f.Close()
		var err error
		if t, err = from(f); err != nil {
			csock_set_nonblocking(s.fd, cBool(nonblocking))
			return err
		}
		csock_close(s.fd)
		return nil
	})
	return t, err
}

var _ net.Addr = SockAddr{}

// Network returns the family's name, such as "netlink". It makes a SockAddr a [net.Addr]: a [Conn]
// returns one for an address that package net has no type for.
func (a SockAddr) Network() string { return a.Domain().network() }

// fromNetAddr is the reverse of netAddr for c's family. Its errors are those that package net
// returns for a send by the system call by. Most of them come before net finds the Conn closed.
func (c *Conn) fromNetAddr(a net.Addr, by *call) (SockAddr, error) {
	if c == nil {
		return SockAddr{}, os.ErrInvalid
	}
	switch a := a.(type) {
	case *net.UDPAddr:
		if !c.isIP() || c.typ() == SOCK_RAW {
			break
		}
		if a == nil {
			return SockAddr{}, errMissingAddress
		}
		return c.ipAddr(a.IP, a.Port, a.Zone, by)
	case *net.TCPAddr: // for sequenced packets, such as SCTP's
		if !c.isIP() || c.typ() == SOCK_RAW || c.typ() == SOCK_DGRAM {
			break
		}
		if a == nil {
			return SockAddr{}, errMissingAddress
		}
		return c.ipAddr(a.IP, a.Port, a.Zone, by)
	case *net.IPAddr:
		if !c.isIP() || c.typ() != SOCK_RAW {
			break
		}
		if a == nil {
			return SockAddr{}, errMissingAddress
		}
		return c.ipAddr(a.IP, 0, a.Zone, by)
	case *net.UnixAddr:
		if c.domain() != AF_UNIX {
			break
		}
		if a == nil {
			return SockAddr{}, errMissingAddress
		}
		return c.unixAddr(a, by)
	case SockAddr:
		return a, nil
	}
	return SockAddr{}, syscall.EINVAL
}

func (c *Conn) unixAddr(a *net.UnixAddr, by *call) (SockAddr, error) {
	if a.Net != network(AF_UNIX, c.typ()) {
		return SockAddr{}, syscall.EAFNOSUPPORT
	}
	addr, err := UnixAddr(a.Name)
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		err = c.refuse(by)
	}
	return addr, err
}

func (c *Conn) ipAddr(ip net.IP, port int, zone string, by *call) (SockAddr, error) {
	addr, ok := netip.AddrFromSlice(ip)
	// Package net's unspecified addresses, which may mean either protocol.
	if len(ip) == 0 || ip.Equal(net.IPv4zero) {
		addr, ok = netip.IPv6Unspecified(), true
		if c.domain() == AF_INET {
			addr = netip.IPv4Unspecified()
		}
	}
	if !ok || c.domain() == AF_INET && !addr.Unmap().Is4() {
		return SockAddr{}, c.familyError(ip)
	}
	if port < 0 || port > 0xffff {
		return SockAddr{}, c.refuse(by)
	}
	return c.inetAddr(netip.AddrPortFrom(addr.WithZone(zone), uint16(port)))
}

// refuse returns the error for an address that C's struct cannot hold. Package net finds that out
// last of all, when it is about to make the system call by.
func (c *Conn) refuse(by *call) error {
	if err := c.check(); err != nil {
		return err
	}
	if !c.always().inTime(writing) {
		return os.ErrDeadlineExceeded
	}
	return by.error(-int(syscall.EINVAL))
}

// familyError returns package net's error for an IP address outside c's family.
func (c *Conn) familyError(ip fmt.Stringer) error {
	what := "invalid address family"
	switch c.domain() {
	case AF_INET:
		what = "non-IPv4 address"
	case AF_INET6:
		what = "non-IPv6 address"
	}
	return &net.AddrError{Err: what, Addr: ip.String()}
}

// inetAddr is InetAddr for c's family. An IPv6 socket gets an IPv4 address in its IPv4-mapped form,
// and an IPv4 socket gets the mapped form as IPv4. Its errors are package net's, except for an
// unknown zone, which net takes for none.
func (c *Conn) inetAddr(ap netip.AddrPort) (addr SockAddr, err error) {
	if c == nil {
		return SockAddr{}, os.ErrInvalid
	}
	if !ap.IsValid() {
		return SockAddr{}, errMissingAddress
	}
	ip := ap.Addr()
	switch {
	case !c.isIP(), c.domain() == AF_INET && !ip.Unmap().Is4():
		return SockAddr{}, c.familyError(ip)
	case c.domain() == AF_INET6 && ip.Is4():
		ap = netip.AddrPortFrom(netip.AddrFrom16(ip.As16()), ap.Port())
	case c.domain() == AF_INET && ip.Is4In6():
		ap = netip.AddrPortFrom(ip.Unmap(), ap.Port())
	}
	switch errno := addr.setInet(ap, &c.zones); errno {
	case 0:
		return addr, nil
	case syscall.ENODEV:
		return SockAddr{}, &net.AddrError{Err: "unknown IPv6 zone", Addr: ip.String()}
	default:
		return SockAddr{}, &os.SyscallError{Syscall: "if_nametoindex", Err: errno}
	}
}
