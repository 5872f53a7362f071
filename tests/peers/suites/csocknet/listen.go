package csocknet

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

const backlog = 4096 // package net's on Linux

// A TCPListener is package net's.
type TCPListener struct {
	*csock.Listener
	keepAlive time.Duration
	config    net.KeepAliveConfig
}

func (l *TCPListener) Accept() (net.Conn, error) {
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (l *TCPListener) AcceptTCP() (*TCPConn, error) {
	c, err := l.Listener.AcceptConn()
	if err != nil {
		return nil, err
	}
	countSocket()
	t := &TCPConn{Conn: c}
	fresh(t, l.keepAlive, l.config)
	return t, nil
}

// A UnixListener is package net's: Close removes the file.
type UnixListener struct {
	*csock.Listener
	path string
	keep bool
	once sync.Once
}

func (l *UnixListener) Accept() (net.Conn, error) {
	c, err := l.AcceptUnix()
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (l *UnixListener) AcceptUnix() (*UnixConn, error) {
	c, err := l.Listener.AcceptConn()
	if err != nil {
		return nil, err
	}
	countSocket()
	return &UnixConn{Conn: c}, nil
}

func (l *UnixListener) SetUnlinkOnClose(unlink bool) { l.keep = !unlink }

func (l *UnixListener) Close() error {
	l.once.Do(func() {
		if l.path != "" && !strings.HasPrefix(l.path, "@") && !l.keep {
			os.Remove(l.path)
		}
	})
	return l.Listener.Close()
}

// A ListenConfig is package net's.
type ListenConfig struct {
	Control         func(network, address string, c syscall.RawConn) error
	KeepAlive       time.Duration
	KeepAliveConfig net.KeepAliveConfig
}

func Listen(network, address string) (net.Listener, error) {
	return new(ListenConfig).Listen(context.Background(), network, address)
}

func ListenPacket(network, address string) (net.PacketConn, error) {
	return new(ListenConfig).ListenPacket(context.Background(), network, address)
}

func (lc *ListenConfig) Listen(_ context.Context, network, address string) (net.Listener, error) {
	p, err := resolve(network, address)
	if err == nil && p.typ != csock.SOCK_STREAM && p.typ != csock.SOCK_SEQPACKET {
		err = &net.AddrError{Err: "unexpected address type", Addr: address}
	}
	if err != nil {
		return nil, opError("listen", network, nil, nil, err)
	}
	l, err := lc.listen(network, p)
	if err != nil {
		return nil, err
	}
	if _, ok := p.addr.(*net.UnixAddr); ok {
		return &UnixListener{Listener: l, path: address}, nil
	}
	return &TCPListener{l, lc.KeepAlive, lc.KeepAliveConfig}, nil
}

func (lc *ListenConfig) listen(network string, p *place) (*csock.Listener, error) {
	return at(network, p, lc.Control, func(s *csock.Socket) (*csock.Listener, error) {
		if err := s.Listen(backlog); err != nil {
			return nil, err
		}
		return s.IntoListener()
	})
}

func (lc *ListenConfig) ListenPacket(_ context.Context, network, address string) (net.PacketConn, error) {
	p, err := resolve(network, address)
	if err == nil && (p.typ == csock.SOCK_STREAM || p.typ == csock.SOCK_SEQPACKET) {
		err = &net.AddrError{Err: "unexpected address type", Addr: address}
	}
	if err != nil {
		return nil, opError("listen", network, nil, nil, err)
	}
	c, err := serve(network, p, lc.Control)
	if err != nil {
		return nil, err
	}
	return kind(network, c).(net.PacketConn), nil
}

// serve returns the Conn of a socket without connections.
func serve(network string, p *place, ctl control) (*csock.Conn, error) {
	return at(network, p, ctl, (*csock.Socket).IntoConn)
}

// at makes a socket at a place, and something of it.
func at[T any](network string, p *place, ctl control, into func(*csock.Socket) (T, error)) (t T, err error) {
	s, err := open(network, p, nil, ctl)
	if err == nil {
		if t, err = into(s); err != nil {
			s.Close()
		}
	}
	if err != nil {
		return t, opError("listen", network, nil, p.addr, err)
	}
	return t, nil
}

func ListenTCP(network string, a *net.TCPAddr) (*TCPListener, error) {
	if a == nil {
		a = &net.TCPAddr{}
	}
	l, err := new(ListenConfig).listen(network, tcpPlace(a))
	if err != nil {
		return nil, err
	}
	return &TCPListener{Listener: l}, nil
}

func ListenUDP(network string, a *net.UDPAddr) (*UDPConn, error) {
	if a == nil {
		a = &net.UDPAddr{}
	}
	c, err := serve(network, udpPlace(a), nil)
	if err != nil {
		return nil, err
	}
	return &UDPConn{Conn: c}, nil
}

func ListenIP(network string, a *net.IPAddr) (*IPConn, error) {
	if a == nil {
		a = &net.IPAddr{}
	}
	c, err := serve(network, ipPlace(a), nil)
	if err != nil {
		return nil, err
	}
	return &IPConn{Conn: c}, nil
}

func ListenUnix(network string, a *net.UnixAddr) (*UnixListener, error) {
	l, err := new(ListenConfig).listen(network, unixPlace(network, a))
	if err != nil {
		return nil, err
	}
	return &UnixListener{Listener: l, path: a.Name}, nil
}

func ListenUnixgram(network string, a *net.UnixAddr) (*UnixConn, error) {
	c, err := serve(network, unixPlace(network, a), nil)
	if err != nil {
		return nil, err
	}
	return &UnixConn{Conn: c}, nil
}

// ofFile returns a Socket over a duplicate of a file's descriptor.
func ofFile(f *os.File) (*csock.Socket, error) {
	s, err := csock.FromNet(f)
	if err != nil {
		return nil, opError("file", "file+net", nil, nil, err)
	}
	countSocket()
	return s, nil
}

func FileConn(f *os.File) (net.Conn, error) {
	s, err := ofFile(f)
	if err != nil {
		return nil, err
	}
	for _, into := range []func() (net.Conn, error){
		func() (net.Conn, error) { return s.IntoTCPConn() },
		func() (net.Conn, error) { return s.IntoUDPConn() },
		func() (net.Conn, error) { return s.IntoIPConn() },
		func() (net.Conn, error) { return s.IntoUnixConn() },
	} {
		if c, err := into(); !errors.Is(err, syscall.EPROTOTYPE) {
			return c, err
		}
	}
	return s.IntoConn()
}

func FilePacketConn(f *os.File) (net.PacketConn, error) {
	c, err := FileConn(f)
	if err != nil {
		return nil, err
	}
	p, ok := c.(net.PacketConn)
	if !ok {
		c.Close()
		return nil, opError("file", "file+net", nil, nil, syscall.EINVAL)
	}
	return p, nil
}

func FileListener(f *os.File) (net.Listener, error) {
	s, err := ofFile(f)
	if err != nil {
		return nil, err
	}
	l, err := s.IntoListener()
	if err != nil {
		s.Close()
		return nil, err
	}
	if l.Addr().Network() == "tcp" {
		return &TCPListener{Listener: l}, nil
	}
	return &UnixListener{Listener: l, keep: true}, nil
}
