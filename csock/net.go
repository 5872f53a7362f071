//go:build cgo

package csock

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"syscall"
)

// Borrow calls f with a Socket of c's descriptor, which remains c's: any connection or listener of package net, as a
// *net.TCPConn or conn.(syscall.Conn), an os.File or a [Conn]. A TLS connection lends its NetConn. Borrow returns f's error.
//
// The Socket is dead once f has returned, and answers net.ErrClosed; Borrow returns after the last call in
// flight on it. Its Close closes the Socket and not the descriptor, and Detach and what else hands the descriptor
// over fail with EBUSY; TryClone makes a Socket to keep. c is not closed meanwhile, so f must not wait for c.Close.
// The descriptors of package net are non-blocking. The Socket sends with MSG_NOSIGNAL, as one of [FromFD] does.
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
		return errClosed // which a file's RawConn says in words of its own
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
			failed = callGetsockopt.error(-int(syscall.EBADF))
			return
		}
		s := &Socket{fd: csock_fd(fd)}
		s.lend()
		defer s.recall()
		failed = f(s)
	})
	if err != nil {
		return lent, err
	}
	return lent, failed
}

// Apply makes settings on c's socket, as [Socket.Set] does. See [Borrow].
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

// ControlFunc returns a function for the Control field of [net.Dialer] and [net.ListenConfig], which makes settings
// before the socket is bound or connected.
func ControlFunc(settings ...Setting) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		_, err := borrow(c, func(s *Socket) error { return s.Set(settings...) })
		return err
	}
}

// FromNet returns a Socket of its own for c's open socket: a duplicate of the descriptor, as TryClone makes it.
// Each is closed by its owner. They share the rest, the non-blocking mode too. See [Borrow].
func FromNet(c syscall.Conn) (*Socket, error) {
	var own *Socket
	err := Borrow(c, func(s *Socket) (err error) {
		if _, err = s.Type(); err == nil { // ENOTSOCK of a file that is none
			own, err = s.TryClone()
		}
		return err
	})
	return own, err
}

// IntoFile hands the descriptor over to a file. The Socket is closed from then on; on an error it stays as it was. The
// file waits on Go's poller if the socket is non-blocking, else it holds a thread while it waits.
func (s *Socket) IntoFile() (f *os.File, err error) {
	err = s.handOver(func() error {
		f = os.NewFile(uintptr(s.fd), "socket")
		return nil
	})
	return f, err
}

// IntoNetConn hands the socket over to package net, which sets it non-blocking. The Socket is closed from then on; on an
// error it stays as it was. Package net knows TCP, UDP, raw IP and Unix sockets.
func (s *Socket) IntoNetConn() (net.Conn, error) { return toNet(s, net.FileConn) }

// IntoNetListener hands a socket that has been told to Listen over to package net, as IntoNetConn does. The file of a Unix
// socket stays when the listener is closed.
func (s *Socket) IntoNetListener() (net.Listener, error) {
	if err := s.checkListens(); err != nil {
		return nil, err
	}
	return toNet(s, net.FileListener)
}

// IntoNetPacketConn hands a datagram or raw socket over to package net, as IntoNetConn does.
func (s *Socket) IntoNetPacketConn() (net.PacketConn, error) { return toNet(s, net.FilePacketConn) }

func toNet[T any](s *Socket, from func(*os.File) (T, error)) (t T, err error) {
	nonblocking, err := s.Nonblocking()
	if err != nil {
		return t, err
	}
	err = s.handOver(func() error {
		// Package net makes a duplicate of the file's descriptor; the file gets one to own, too.
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

// Network returns the family's name, such as "netlink": a SockAddr is a [net.Addr], which is
// how a [Conn] tells addresses that package net has no type for.
func (a SockAddr) Network() string { return a.Domain().network() }

// network is the family's name, such as "netlink".
func (d Domain) network() string { return strings.ToLower(strings.TrimPrefix(d.String(), "AF_")) }

// fromNetAddr is the reverse of netAddr, for c's family, with package net's errors.
func (c *Conn) fromNetAddr(a net.Addr) (SockAddr, error) {
	if err := c.check(); err != nil {
		return SockAddr{}, err
	}
	if v := reflect.ValueOf(a); a == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return SockAddr{}, errMissingAddress
	}
	ip := c.domain() == AF_INET || c.domain() == AF_INET6
	switch a := a.(type) {
	case *net.UDPAddr:
		if ip && c.typ() != SOCK_RAW {
			return c.ipAddr(a.IP, a.Port, a.Zone)
		}
	case *net.TCPAddr: // of sequences of packets, as SCTP has them
		if ip && c.typ() != SOCK_RAW && c.typ() != SOCK_DGRAM {
			return c.ipAddr(a.IP, a.Port, a.Zone)
		}
	case *net.IPAddr:
		if ip && c.typ() == SOCK_RAW {
			return c.ipAddr(a.IP, 0, a.Zone)
		}
	case *net.UnixAddr:
		if c.domain() == AF_UNIX {
			return UnixAddr(a.Name)
		}
	case SockAddr:
		return a, nil
	}
	return SockAddr{}, syscall.EINVAL
}

func (c *Conn) ipAddr(ip net.IP, port int, zone string) (SockAddr, error) {
	addr, ok := netip.AddrFromSlice(ip)
	if len(ip) == 0 || ip.Equal(net.IPv4zero) { // package net's ways to say any, of either protocol
		addr, ok = netip.IPv6Unspecified(), true
		if c.domain() == AF_INET {
			addr = netip.IPv4Unspecified()
		}
	}
	if !ok {
		return SockAddr{}, c.familyError(ip)
	}
	if port < 0 || port > 0xffff {
		return SockAddr{}, callSendto.error(-int(syscall.EINVAL))
	}
	return c.inetAddr(netip.AddrPortFrom(addr.WithZone(zone), uint16(port)))
}

// familyError is package net's error of an IP address that is not of c's family.
func (c *Conn) familyError(ip fmt.Stringer) error {
	what := "non-IPv4 address"
	if c.domain() == AF_INET6 {
		what = "non-IPv6 address"
	}
	return &net.AddrError{Err: what, Addr: ip.String()}
}

// inetAddr is InetAddr for c's family: IPv4 goes to an IPv6 socket in its IPv4-mapped form, which is IPv4 to an
// IPv4 socket.
func (c *Conn) inetAddr(ap netip.AddrPort) (addr SockAddr, err error) {
	if err := c.check(); err != nil {
		return SockAddr{}, err
	}
	if !ap.IsValid() {
		return SockAddr{}, errMissingAddress
	}
	switch ip := ap.Addr(); {
	case c.domain() == AF_INET6 && ip.Is4():
		ap = netip.AddrPortFrom(netip.AddrFrom16(ip.As16()), ap.Port())
	case c.domain() == AF_INET && ip.Is4In6():
		ap = netip.AddrPortFrom(ip.Unmap(), ap.Port())
	}
	errno := addr.setInet(ap, &c.zones)
	if errno != 0 && errno != syscall.ENODEV && errno != syscall.EINVAL {
		return SockAddr{}, &os.SyscallError{Syscall: "if_nametoindex", Err: errno}
	}
	if addr.len == 0 || addr.Domain() != c.domain() {
		return SockAddr{}, c.familyError(ap.Addr())
	}
	return addr, nil
}
