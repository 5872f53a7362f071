//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"reflect"
	"strings"
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
// net are non-blocking. The Socket sends with MSG_NOSIGNAL, as one of [FromFD] does.
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

// network returns the family's name, such as "netlink".
func (d Domain) network() string { return strings.ToLower(strings.TrimPrefix(d.String(), "AF_")) }

// fromNetAddr is the reverse of netAddr for c's family, with package net's errors.
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
	case *net.TCPAddr: // for sequenced packets, such as SCTP's
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
	// Package net's unspecified addresses, which may mean either protocol.
	if len(ip) == 0 || ip.Equal(net.IPv4zero) {
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

// familyError returns package net's error for an IP address outside c's family.
func (c *Conn) familyError(ip fmt.Stringer) error {
	what := "non-IPv4 address"
	if c.domain() == AF_INET6 {
		what = "non-IPv6 address"
	}
	return &net.AddrError{Err: what, Addr: ip.String()}
}

// inetAddr is InetAddr for c's family. An IPv6 socket gets an IPv4 address in its IPv4-mapped form,
// and an IPv4 socket gets the mapped form as IPv4.
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
