//go:build linux

package work

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// ioTimeout ends a blocking call on any socket: a row may fail, but never hangs.
	ioTimeout = 10 * time.Second
	// bufBytes is the size requested for send and receive buffers, so that no row of up to 64 KiB
	// waits for room.
	bufBytes = 1 << 20
)

// caseTimeout is the time after which the sockets of Go's poller, which ignore ioTimeout, are
// closed. A test's is shorter.
var caseTimeout = time.Minute

// configure sets the options that all contenders' sockets have.
func configure(fd int) error {
	tv := unix.NsecToTimeval(int64(ioTimeout))
	for _, opt := range []int{unix.SO_RCVTIMEO, unix.SO_SNDTIMEO} {
		if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, opt, &tv); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	for _, opt := range []int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, opt, bufBytes); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	return nil
}

// guard closes a socket of Go's poller with its case, or when the case hangs. A deadline would do
// so too, but each call would check it.
func guard(k *Case, c io.Closer) {
	hung := time.AfterFunc(caseTimeout, func() { c.Close() })
	k.guards = append(k.guards, hung)
	k.onClose(func() {
		hung.Stop()
		c.Close()
	})
}

// newSocket creates a configured socket, which lives as long as the case.
func newSocket(k *Case, domain, typ int) (int, error) {
	fd, err := unix.Socket(domain, typ|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	k.onClose(func() { unix.Close(fd) })
	return fd, configure(fd)
}

// loopback is the address that UDP and TCP rows bind, with the port left to the kernel.
func loopback(domain int) unix.Sockaddr {
	if domain == unix.AF_INET6 {
		return &unix.SockaddrInet6{Addr: [16]byte{15: 1}}
	}
	return &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
}

// kinds are the networks of rows whose sockets are not connected.
var kinds = map[string]struct{ domain, typ int }{
	"udp":        {unix.AF_INET, unix.SOCK_DGRAM},
	"udp4":       {unix.AF_INET, unix.SOCK_DGRAM},
	"udp6":       {unix.AF_INET6, unix.SOCK_DGRAM},
	"tcp":        {unix.AF_INET, unix.SOCK_STREAM},
	"unix":       {unix.AF_UNIX, unix.SOCK_STREAM},
	"unixgram":   {unix.AF_UNIX, unix.SOCK_DGRAM},
	"unixpacket": {unix.AF_UNIX, unix.SOCK_SEQPACKET},
}

// boundSocket creates a socket with an address of its own.
func boundSocket(k *Case, network string) (fd int, local unix.Sockaddr, err error) {
	kind, ok := kinds[network]
	if !ok {
		return -1, nil, fmt.Errorf("unknown network %q", network)
	}
	if fd, err = newSocket(k, kind.domain, kind.typ); err != nil {
		return -1, nil, err
	}
	addr := loopback(kind.domain)
	if kind.domain == unix.AF_UNIX {
		addr = &unix.SockaddrUnix{Name: fmt.Sprintf("@csock-bench-%d-%d", os.Getpid(), fd)}
	}
	if err = unix.Bind(fd, addr); err != nil {
		return -1, nil, os.NewSyscallError("bind", err)
	}
	local, err = unix.Getsockname(fd)
	return fd, local, os.NewSyscallError("getsockname", err)
}

// boundPair creates two datagram sockets, each with an address of its own.
func boundPair(k *Case, network string) (a, b int, addrA, addrB unix.Sockaddr, err error) {
	if a, addrA, err = boundSocket(k, network); err != nil {
		return
	}
	b, addrB, err = boundSocket(k, network)
	return
}

// connectedPair creates two sockets connected to each other.
func connectedPair(k *Case, network string) (a, b int, err error) {
	switch kind := kinds[network]; {
	case network == "tcp":
		return tcpPair(k)
	case kind.domain == unix.AF_UNIX:
		fds, err := unix.Socketpair(kind.domain, kind.typ|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return -1, -1, os.NewSyscallError("socketpair", err)
		}
		for _, fd := range fds {
			k.onClose(func() { unix.Close(fd) })
		}
		for _, fd := range fds {
			if err := configure(fd); err != nil {
				return -1, -1, err
			}
		}
		return fds[0], fds[1], nil
	}
	a, b, addrA, addrB, err := boundPair(k, network)
	if err == nil {
		err = os.NewSyscallError("connect", unix.Connect(a, addrB))
	}
	if err == nil {
		err = os.NewSyscallError("connect", unix.Connect(b, addrA))
	}
	return a, b, err
}

func tcpPair(k *Case) (client, server int, err error) {
	l, addr, err := listener(k, "tcp")
	if err != nil {
		return -1, -1, err
	}
	if client, err = newSocket(k, unix.AF_INET, unix.SOCK_STREAM); err != nil {
		return -1, -1, err
	}
	// On the loopback the handshake completes before an interrupted connect returns.
	if err = unix.Connect(client, addr); err != nil && !interrupted(err) {
		return -1, -1, os.NewSyscallError("connect", err)
	}
	for server, err = -1, unix.EINTR; interrupted(err); {
		server, _, err = unix.Accept4(l, unix.SOCK_CLOEXEC)
	}
	if err != nil {
		return -1, -1, os.NewSyscallError("accept4", err)
	}
	k.onClose(func() { unix.Close(server) })
	if err = configure(server); err != nil {
		return -1, -1, err
	}
	for _, fd := range []int{client, server} {
		if err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
			return -1, -1, os.NewSyscallError("setsockopt", err)
		}
	}
	return client, server, nil
}

// listener creates a listening socket. Its accepted connections inherit a linger time of zero, so
// that closing one first leaves no TIME_WAIT, which would use up the ports within one run.
func listener(k *Case, network string) (fd int, addr unix.Sockaddr, err error) {
	if fd, addr, err = boundSocket(k, network); err != nil {
		return -1, nil, err
	}
	if err = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}); err != nil {
		return -1, nil, os.NewSyscallError("setsockopt", err)
	}
	return fd, addr, os.NewSyscallError("listen", unix.Listen(fd, 128))
}

// freeUDPPort returns a loopback address that a UDP socket can be bound to repeatedly.
func freeUDPPort() (unix.Sockaddr, error) {
	k := new(Case)
	defer k.Close()
	_, addr, err := boundSocket(k, "udp")
	return addr, err
}

// pageCacheFile creates a file of size bytes and unlinks it at once.
func pageCacheFile(k *Case, size int) (*os.File, error) {
	f, err := os.CreateTemp("", "csock-bench-")
	if err != nil {
		return nil, err
	}
	k.onClose(func() { f.Close() })
	if err := os.Remove(f.Name()); err != nil {
		return nil, err
	}
	_, err = f.Write(make([]byte, size))
	return f, err
}

// file passes a non-blocking duplicate of a descriptor to package os, for contenders that take
// sockets only from there.
func file(fd int) (*os.File, error) {
	dup, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	return os.NewFile(uintptr(dup), "bench"), nil
}

// dup returns a duplicate of the descriptor that a contender may own and close.
func dup(fd int) (int, error) {
	d, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	return d, os.NewSyscallError("fcntl", err)
}

// addrPort returns an address as a netip.AddrPort, or the zero value if it is not an IP address.
func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port))
	}
	return netip.AddrPort{}
}

// unixName returns the name of a Unix socket's address, with a leading "@" if it is abstract.
func unixName(sa unix.Sockaddr) (string, bool) {
	a, ok := sa.(*unix.SockaddrUnix)
	if !ok {
		return "", false
	}
	return a.Name, true
}

// unixAddr returns the address in package net's type.
func unixAddr(sa unix.Sockaddr) (*net.UnixAddr, bool) {
	name, ok := unixName(sa)
	return &net.UnixAddr{Name: name, Net: "unixgram"}, ok
}

// enable turns a socket's boolean options on: pairs of level and name.
func enable(fd int, opts ...[2]int) error {
	for _, o := range opts {
		if err := unix.SetsockoptInt(fd, o[0], o[1], 1); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	return nil
}

// needRoom leaves out a row if the kernel's limit for receive buffers would make it drop messages.
func needRoom(fd, bytes int) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, bytes); err != nil {
		return os.NewSyscallError("setsockopt", err)
	}
	got, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	if err != nil {
		return os.NewSyscallError("getsockopt", err)
	}
	// The kernel doubles the requested size, to have room for its own bookkeeping.
	if got < 2*bytes {
		return fmt.Errorf("needs a receive buffer of %d bytes, and net.core.rmem_max allows %d", bytes, got/2)
	}
	return nil
}
