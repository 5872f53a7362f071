//go:build cgo

package csock

import (
	"context"
	"net"
	"syscall"
	"time"
)

var _ net.Listener = (*Listener)(nil)

// A Listener is a [net.Listener] whose connections are Conns, so that http.Server and tls.NewListener serve
// over it.
//
// A connection has the options that the system has it inherit from the socket that listens, on Linux most
// of them. Nothing else is set: who wants what net.ListenConfig does sets TCP_NODELAY and SO_KEEPALIVE on the
// socket that listens.
type Listener struct {
	c *Conn
}

// IntoListener hands the descriptor of a socket that has been told to Listen over to a Listener. See [Socket.IntoConn].
func (s *Socket) IntoListener() (*Listener, error) {
	listens, err := s.IsListener()
	if err != nil {
		return nil, err
	}
	if !listens {
		return nil, errNotListening
	}
	c, err := s.IntoConn()
	if err != nil {
		return nil, err
	}
	return &Listener{c}, nil
}

// conn is the Conn that listens, nil of a nil Listener, which its methods answer for.
func (l *Listener) conn() *Conn {
	if l == nil {
		return nil
	}
	return l.c
}

// Accept returns the next connection, a [*Conn].
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.AcceptConn()
	if err != nil {
		return nil, err
	}
	return c, nil
}

// AcceptConn is Accept with the type that it returns.
func (l *Listener) AcceptConn() (*Conn, error) {
	c, _, err := l.conn().Accept(context.Background())
	if err != nil {
		return nil, l.conn().opError("accept", err)
	}
	return c, nil
}

// Set sets options, as [Socket.Set] does.
func (l *Listener) Set(settings ...Setting) error { return l.conn().Set(settings...) }

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (l *Listener) String() string { return l.socket().String() }

// Close closes the socket. Accept wakes with [net.ErrClosed]. The file of a Unix socket stays.
func (l *Listener) Close() error { return l.conn().Close() }

// Addr returns the address at which the socket listens.
func (l *Listener) Addr() net.Addr { return l.conn().LocalAddr() }

// SetDeadline sets when Accept gives up. Zero is never.
func (l *Listener) SetDeadline(t time.Time) error { return l.conn().SetReadDeadline(t) }

// SyscallConn returns a raw connection, for [Borrow] and the like.
func (l *Listener) SyscallConn() (syscall.RawConn, error) { return l.conn().SyscallConn() }
