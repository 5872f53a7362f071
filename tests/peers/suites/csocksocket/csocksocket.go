//go:build linux

// Package csocksocket has the parts of github.com/mdlayher/socket that its netlink module uses,
// over csock.
package csocksocket

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"

	"github.com/csock/go-csock/csock"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// A Config is mdlayher/socket's.
type Config struct{ NetNS int }

// A Conn is mdlayher/socket's, of a netlink socket.
type Conn struct {
	*csock.Conn
	s      *csock.Socket // a second descriptor, for Bind and Getsockname
	closed atomic.Bool
}

func Socket(domain, typ, proto int, name string, config *Config) (c *Conn, err error) {
	err = in(config, func() error {
		c, err = open(domain, typ, proto)
		return err
	})
	return c, err
}

func open(domain, typ, proto int) (*Conn, error) {
	s, err := csock.New(csock.Domain(domain), csock.Type(typ)|csock.SOCK_NONBLOCK, csock.Protocol(proto))
	if err != nil {
		return nil, err
	}
	own, err := s.TryClone()
	if err != nil {
		s.Close()
		return nil, err
	}
	c, err := s.IntoConn()
	if err != nil {
		s.Close()
		own.Close()
		return nil, err
	}
	countSocket()
	return &Conn{Conn: c, s: own}, nil
}

// in runs f in a network namespace.
func in(config *Config, f func() error) error {
	if config == nil || config.NetNS == 0 {
		return f()
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // the thread ends with this goroutine
		err := unix.Setns(config.NetNS, unix.CLONE_NEWNET)
		if err == nil {
			err = f()
		}
		done <- err
	}()
	return <-done
}

// do makes a call with mdlayher/socket's error of a closed socket, EBADF.
func (c *Conn) do(call string, f func() error) error {
	if c.closed.Load() {
		return os.NewSyscallError(call, unix.EBADF)
	}
	return f()
}

func addr(sa unix.Sockaddr) (csock.SockAddr, error) {
	switch a := sa.(type) {
	case nil:
		return csock.SockAddr{}, nil
	case *unix.SockaddrNetlink:
		return csock.NetlinkAddr(a.Pid, a.Groups), nil
	}
	return csock.SockAddr{}, unix.EAFNOSUPPORT
}

func sockaddr(a csock.SockAddr) unix.Sockaddr {
	pid, groups, ok := a.Netlink()
	if !ok {
		return nil
	}
	return &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Pid: pid, Groups: groups}
}

func (c *Conn) Bind(sa unix.Sockaddr) error {
	a, err := addr(sa)
	if err != nil {
		return err
	}
	return c.s.Bind(a)
}

func (c *Conn) Getsockname() (unix.Sockaddr, error) {
	a, err := c.s.LocalAddr()
	return sockaddr(a), err
}

// Close may be called again, unlike csock's.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	return errors.Join(c.s.Close(), c.Conn.Close())
}

func (c *Conn) Sendmsg(ctx context.Context, p, oob []byte, to unix.Sockaddr, flags int) (n int, err error) {
	a, err := addr(to)
	if err != nil {
		return 0, err
	}
	m := csock.MsgHdr{Addr: a, Buffers: [][]byte{p}, Control: oob}
	err = c.do("sendmsg", func() error {
		n, err = c.WithContext(ctx).Sendmsg(&m, csock.MsgFlags(flags))
		return err
	})
	return n, err
}

func (c *Conn) Recvmsg(ctx context.Context, p, oob []byte, flags int) (n, oobn, recvflags int, from unix.Sockaddr, err error) {
	m := csock.MsgHdr{Buffers: [][]byte{p}, Control: oob}
	err = c.do("recvmsg", func() error {
		n, err = c.WithContext(ctx).Recvmsg(&m, csock.MsgFlags(flags))
		return err
	})
	if err != nil {
		return 0, 0, 0, nil, err
	}
	return n, m.ControlLen, int(m.Flags), sockaddr(m.Addr), nil
}

func (c *Conn) SetsockoptInt(level, opt, value int) error {
	return c.do("setsockopt", func() error {
		return csock.NewOption[int]("an option", csock.Level(level), opt).Set(c.Conn, value)
	})
}

func (c *Conn) SyscallConn() (rc syscall.RawConn, err error) {
	err = c.do("syscallconn", func() error {
		rc, err = c.Conn.SyscallConn()
		return err
	})
	return rc, err
}

func (c *Conn) SetBPF(filter []bpf.RawInstruction) error {
	if len(filter) == 0 {
		return os.NewSyscallError("setsockopt", unix.EINVAL)
	}
	var program []csock.SockFilter
	for _, r := range filter {
		program = append(program, csock.SockFilter{Code: csock.BPFCode(r.Op), JT: r.Jt, JF: r.Jf, K: r.K})
	}
	return csock.SO_ATTACH_FILTER.Set(c.Conn, program)
}

func (c *Conn) RemoveBPF() error { return c.SetsockoptInt(unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0) }

func (c *Conn) SetReadBuffer(bytes int) error {
	if c.SetsockoptInt(unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, bytes) == nil {
		return nil
	}
	return c.Conn.SetReadBuffer(bytes)
}

func (c *Conn) SetWriteBuffer(bytes int) error {
	if c.SetsockoptInt(unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, bytes) == nil {
		return nil
	}
	return c.Conn.SetWriteBuffer(bytes)
}

func (c *Conn) ReadBuffer() (int, error)  { return csock.SO_RCVBUF.Get(c.Conn) }
func (c *Conn) WriteBuffer() (int, error) { return csock.SO_SNDBUF.Get(c.Conn) }

// countSocket has the file of package csocknet grow.
func countSocket() {
	if f, err := os.OpenFile(os.Getenv("CSOCK_SUITE_SOCKETS"), os.O_WRONLY|os.O_APPEND, 0); err == nil {
		f.Write([]byte{'.'})
		f.Close()
	}
}
