//go:build cgo

package csock

import (
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// A TCPConn is a [Conn] of a TCP or MPTCP socket with the methods of [net.TCPConn], for libraries
// that need them. TCP listeners make TCPConns, and &TCPConn{c} makes one of a Conn.
type TCPConn struct {
	*Conn
}

var _ net.Conn = (*TCPConn)(nil)

// IntoTCPConn transfers ownership of the descriptor of a TCP or MPTCP socket to a TCPConn. See
// [Socket.IntoConn]. For other sockets it returns EPROTOTYPE.
func (s *Socket) IntoTCPConn() (*TCPConn, error) {
	c, err := s.into(kindTCP)
	if err != nil {
		return nil, err
	}
	return &TCPConn{c}, nil
}

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (c *TCPConn) String() string { return c.socket().String() }

// conn returns the underlying Conn, or nil for a nil TCPConn.
func (c *TCPConn) conn() *Conn {
	if c == nil {
		return nil
	}
	return c.Conn
}

func (c *TCPConn) set(settings ...Setting) error {
	return c.conn().opError("set", setError(c.conn().Set(settings...)))
}

// SetNoDelay controls whether small segments are sent at once. It sets [TCP_NODELAY].
func (c *TCPConn) SetNoDelay(noDelay bool) error { return c.set(TCP_NODELAY.To(noDelay)) }

// SetLinger sets what Close does with data that is not yet sent or acknowledged. With a negative
// sec, the default, the system sends the data in the background. With 0 it discards the data. With
// a positive sec it tries for that many seconds, and Close may wait for it. It sets [SO_LINGER].
func (c *TCPConn) SetLinger(sec int) error {
	d := LingerOff
	if sec >= 0 {
		d = duration(int64(sec), time.Second)
	}
	return c.set(lingerOption.To(d))
}

// SetKeepAlive controls whether an idle connection is probed. It sets [SO_KEEPALIVE].
func (c *TCPConn) SetKeepAlive(keepalive bool) error { return c.set(SO_KEEPALIVE.To(keepalive)) }

// Package net's defaults for zeros in a KeepAliveConfig.
const (
	keepAliveTime  = 15 * time.Second
	keepAliveCount = 9
)

// SetKeepAlivePeriod sets how long a connection is idle before it is probed, rounded up to whole
// seconds. 0 means 15 seconds, and a negative d changes nothing. It sets [TCP_KEEPIDLE].
func (c *TCPConn) SetKeepAlivePeriod(d time.Duration) error {
	if d < 0 && c.conn() != nil {
		return nil
	}
	return c.set(TCP_KEEPIDLE.To(orDefault(d, keepAliveTime)))
}

// SetKeepAliveConfig sets whether and how an idle connection is probed. It has package net's
// defaults: 15 seconds for an Idle or Interval of 0, 9 for a Count of 0. A negative value leaves
// its option unchanged. It sets [SO_KEEPALIVE], [TCP_KEEPIDLE], [TCP_KEEPINTVL] and [TCP_KEEPCNT].
func (c *TCPConn) SetKeepAliveConfig(config net.KeepAliveConfig) error {
	settings := []Setting{SO_KEEPALIVE.To(config.Enable)}
	if d := config.Idle; d >= 0 {
		settings = append(settings, TCP_KEEPIDLE.To(orDefault(d, keepAliveTime)))
	}
	if d := config.Interval; d >= 0 {
		settings = append(settings, TCP_KEEPINTVL.To(orDefault(d, keepAliveTime)))
	}
	if n := config.Count; n >= 0 {
		settings = append(settings, TCP_KEEPCNT.To(orDefault(n, keepAliveCount)))
	}
	return c.set(settings...)
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// MultipathTCP reports whether the connection uses MPTCP: its socket is an MPTCP socket, and the
// connection has not fallen back to TCP. The error is nil, except for a nil TCPConn: a closed one
// does not use MPTCP.
func (c *TCPConn) MultipathTCP() (bool, error) {
	if c.conn() == nil {
		return false, os.ErrInvalid
	}
	if p, err := c.s.Protocol(); err != nil || p != IPPROTO_MPTCP {
		return false, nil
	}
	_, err := MPTCP_INFO.Get(&c.s)
	return !errors.Is(err, syscall.EOPNOTSUPP) && !errors.Is(err, syscall.ENOPROTOOPT), nil
}

func (c *TCPConn) socket() *Socket { return c.conn().socket() }
