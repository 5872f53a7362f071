//go:build cgo

package csock

import (
	"context"
	"net"
	"os"
	"syscall"
	"time"
)

// A Listener is a [net.Listener] whose connections are Conns: http.Server and tls.NewListener work
// with it.
//
// A connection inherits options from the listening socket, on Linux most of them. Nothing else is
// set: for the options that net.ListenConfig sets, set TCP_NODELAY and SO_KEEPALIVE on the
// listening socket.
type Listener struct {
	c    *Conn
	kind connKind // of its connections
}

var _ net.Listener = (*Listener)(nil)

// IntoListener transfers ownership of the descriptor of a listening socket to a Listener. See
// [Socket.IntoConn].
func (s *Socket) IntoListener() (*Listener, error) {
	if err := s.checkListens(); err != nil {
		return nil, err
	}
	domain, typ, err := s.kind()
	if err != nil {
		return nil, err
	}
	kind := s.connKind(domain, typ)
	c, err := s.conn(domain, typ)
	if err != nil {
		return nil, err
	}
	return &Listener{c, kind}, nil
}

// conn returns the listening Conn, or nil for a nil Listener.
func (l *Listener) conn() *Conn {
	if l == nil {
		return nil
	}
	return l.c
}

// Accept returns the next connection: a [*TCPConn], a [*UnixConn], or a [*Conn] for other families.
func (l *Listener) Accept() (net.Conn, error) { return l.AcceptContext(context.Background()) }

// AcceptContext is [Listener.Accept], bounded by ctx: if ctx ends first, it returns ctx's cause in
// a [*net.OpError]. The Listener stays usable.
func (l *Listener) AcceptContext(ctx context.Context) (net.Conn, error) {
	c, err := l.accept(ctx)
	if err != nil {
		return nil, err
	}
	switch l.kind {
	case kindTCP:
		return &TCPConn{c}, nil
	case kindUnix:
		return &UnixConn{c}, nil
	}
	return c, nil
}

// AcceptConn returns the next connection as a Conn, whatever its family.
func (l *Listener) AcceptConn() (*Conn, error) { return l.accept(context.Background()) }

func (l *Listener) accept(ctx context.Context) (*Conn, error) {
	c, _, err := l.conn().Accept(ctx)
	if err != nil {
		if e, ok := err.(*os.SyscallError); ok && e.Syscall == callAccept.name &&
			SOCK_CLOEXEC >= 0 {
			err = callAccept4.renamed(err) // package net's name for it on systems that have it
		}
		return nil, l.conn().ownError("accept", err)
	}
	return c, nil
}

// Set sets options, as [Socket.Set] does.
func (l *Listener) Set(settings ...Setting) error { return l.conn().Set(settings...) }

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (l *Listener) String() string { return l.socket().String() }

// Close closes the socket and wakes Accept with [net.ErrClosed]. The file of a Unix socket remains.
func (l *Listener) Close() error { return l.conn().ownError("close", l.conn().close()) }

// Addr returns the address at which the socket listens.
func (l *Listener) Addr() net.Addr {
	c := l.conn()
	if c != nil {
		if addr := c.local.now.Load(); addr != nil { // without a call: some servers ask all the time
			return *addr
		}
	}
	return c.LocalAddr()
}

// SetDeadline sets when Accept times out. The zero time means never.
func (l *Listener) SetDeadline(t time.Time) error {
	c := l.conn()
	if err := c.check(); err != nil {
		return err // not an OpError, as in package net
	}
	return c.SetReadDeadline(t)
}

// SyscallConn returns a raw connection, for [Borrow] and similar functions.
func (l *Listener) SyscallConn() (syscall.RawConn, error) { return l.conn().SyscallConn() }

// File returns a duplicate of the descriptor as a file. See [Conn.File].
func (l *Listener) File() (*os.File, error) {
	f, err := l.conn().dupFile(l.Addr(), nil)
	return f, l.conn().ownError("file", err)
}

func (l *Listener) socket() *Socket { return l.conn().socket() }
