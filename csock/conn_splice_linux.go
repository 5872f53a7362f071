//go:build cgo

package csock

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A pipe holds bytes that one splice(2) has moved in and another has yet to move out.
type pipe struct {
	r, w c_int
	held int // bytes
}

// pipeSize is the capacity of a pipe: the most that an unprivileged process may set.
const pipeSize = 1 << 20

// pipes holds empty ones for reuse. A cleanup closes those that are collected.
var pipes sync.Pool

func newPipe() (*pipe, error) {
	if p, ok := pipes.Get().(*pipe); ok {
		return p, nil
	}
	p := new(pipe)
	if r := csock_pipe(&p.r, &p.w, pipeSize); r < 0 {
		return nil, callPipe.error(int(r))
	}
	runtime.AddCleanup(p, func(fds [2]c_int) {
		csock_close(csock_fd(fds[0]))
		csock_close(csock_fd(fds[1]))
	}, [2]c_int{p.r, p.w})
	return p, nil
}

// spliceAll is WriteTo through a pipe. Even if handled is false, n bytes have been written.
func (v ContextConn) spliceAll(w io.Writer) (n int64, err error, handled bool) {
	if v.c.typ() != SOCK_STREAM {
		return 0, nil, false
	}
	put := spliceInto(w)
	if put == nil {
		return 0, nil, false
	}
	p, err := newPipe()
	if err != nil {
		return 0, nil, false
	}
	defer func() {
		if p.held == 0 {
			pipes.Put(p)
		}
		runtime.KeepAlive(p)
	}()
	for {
		// The pipe is empty, so that EAGAIN concerns the socket.
		o := v.otherOp((*op).fillPipe)
		o.file, o.length, o.splice = uintptr(p.w), pipeSize, spliceFlags
		err := v.c.wait(o, reading)
		p.held = o.end()
		if err != nil {
			return n, intoError(w, err), n > 0 || !lacksCopy(err)
		}
		if p.held == 0 {
			return n, nil, true
		}
		for p.held > 0 {
			k, err := put(p)
			n += int64(k)
			p.held -= k
			if k == 0 && err == nil {
				err = io.ErrUnexpectedEOF // a retry would never end
			}
			if errnoOf(err) == syscall.EINVAL {
				// The destination cannot splice: a file in append mode, for
				// example. WriteTo writes what the pipe holds, and the rest.
				k, err := p.drain(w)
				return n + k, err, err != nil
			}
			if err != nil {
				return n, intoError(w, err), true
			}
		}
	}
}

// fillPipe moves what the socket has into a pipe. csock has the pipe's other end open, so SIGPIPE
// cannot come.
func (o *op) fillPipe() (err error) {
	const raw = true
	o.n, err = o.s.splice(reading, o.file, o.length, o.splice, raw)
	return err
}

// intoError returns err as w's own ReadFrom returns it, which package net's WriteTo calls.
func intoError(w io.Writer, err error) error {
	switch w := w.(type) {
	case *os.File:
		return &fs.PathError{Op: "write", Path: w.Name(), Err: err}
	case *net.TCPConn:
		local := w.LocalAddr()
		return &net.OpError{Op: "readfrom", Net: local.Network(), Source: local,
			Addr: w.RemoteAddr(), Err: err}
	}
	if to := connOf(w); to != nil && to.isIP() {
		return to.opError("readfrom", err)
	}
	return err
}

const spliceFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK

// spliceInto returns a function that moves bytes from a pipe to w, or nil if the kernel cannot.
func spliceInto(w io.Writer) func(*pipe) (int, error) {
	if to := connOf(w); to != nil {
		if to.typ() != SOCK_STREAM {
			return nil
		}
		return to.spliceFrom
	}
	var rc syscall.RawConn
	var err error
	raw := c_int(0)
	switch w := w.(type) {
	case *os.File:
		if info, err := w.Stat(); err == nil && info.Mode().IsRegular() {
			raw = 1 // only pipes and sockets raise SIGPIPE
		}
		rc, err = w.SyscallConn()
	case *net.TCPConn:
		rc, err = w.SyscallConn()
	case *net.UnixConn:
		rc, err = w.SyscallConn()
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	var from *pipe
	var r ssize_t
	splice := func(fd uintptr) bool { // made once: RawConn lets it escape
		r = -sys.EINTR
		for r == -sys.EINTR {
			r = csock_splice(csock_fd(from.r), csock_fd(fd), size_t(from.held), c_int(spliceFlags),
				raw)
		}
		return r != -sys.EAGAIN
	}
	return func(p *pipe) (n int, err error) {
		from = p
		closed := rc.Write(splice)
		if closed == nil {
			return max(int(r), 0), callSplice.result(int(min(r, 0)))
		}
		if op, ok := closed.(*net.OpError); ok {
			return 0, op.Err
		}
		if errors.Is(closed, os.ErrDeadlineExceeded) {
			return 0, closed
		}
		return 0, os.ErrClosed // a file's RawConn has an error of its own
	}
}

// connOf returns w as a Conn, or nil if it is none.
func connOf(w any) *Conn {
	switch w := w.(type) {
	case *Conn:
		return w
	case *TCPConn:
		return w.conn()
	case *UnixConn:
		return w.conn()
	}
	return nil
}

// spliceFrom moves bytes from a pipe to c.
func (c *Conn) spliceFrom(p *pipe) (int, error) {
	c.whole.Lock()
	defer c.whole.Unlock()
	o := otherOp((*op).spliceFrom)
	o.file, o.length, o.splice = uintptr(p.r), p.held, spliceFlags
	err := c.wait(o, writing)
	return o.end(), err
}

// drain writes what the pipe holds to w.
func (p *pipe) drain(w io.Writer) (n int64, err error) {
	buf := make([]byte, 32<<10)
	for p.held > 0 && err == nil {
		r := csock_pipe_read(p.r, bytesPtr(buf), size_t(len(buf)))
		if r <= 0 {
			return n, errors.Join(callRead.result(int(r)), io.ErrUnexpectedEOF)
		}
		p.held -= int(r)
		var k int
		k, err = w.Write(buf[:r])
		n += int64(k)
	}
	return n, err
}
