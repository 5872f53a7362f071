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

// pipes holds empty ones for reuse. A cleanup closes those that are collected.
var pipes sync.Pool

func newPipe() (*struct_csock_pipe, error) {
	if p, ok := pipes.Get().(*struct_csock_pipe); ok {
		return p, nil
	}
	p := new(struct_csock_pipe)
	if r := csock_pipe(p); r < 0 {
		return nil, callPipe.error(int(r))
	}
	runtime.AddCleanup(p, func(fds [2]c_int) {
		csock_close(csock_fd(fds[0]))
		csock_close(csock_fd(fds[1]))
	}, [2]c_int{p.r, p.w})
	return p, nil
}

// A relay is a copy from a Conn through a pipe.
type relay struct {
	pipe  *struct_csock_pipe
	raw   c_int               // SIGPIPE need not be blocked
	to    *Conn               // the destination, if it is a Conn
	drain func() (int, error) // moves bytes from the pipe to the destination, and waits for that
	moved int64               // bytes that have arrived
	err   error               // the destination's, from pass
}

// spliceAll is WriteTo through a pipe. Even if handled is false, n bytes have been written.
func (v ContextConn) spliceAll(w io.Writer) (n int64, err error, handled bool) {
	if v.c.typ() != SOCK_STREAM {
		return 0, nil, false
	}
	t := new(relay)
	if !t.into(w) {
		return 0, nil, false
	}
	t.pipe, err = newPipe()
	if err != nil {
		return 0, nil, false
	}
	defer func() {
		if t.pipe.held == 0 {
			pipes.Put(t.pipe)
		}
		runtime.KeepAlive(t.pipe)
	}()
	o := v.otherOp(t.pass)
	defer o.end()
	for {
		// The pipe is empty, so that EAGAIN concerns the socket.
		o.waited = false
		if err := v.c.wait(o, reading); err != nil {
			return t.moved, intoError(w, err), t.moved > 0 || !lacksCopy(err)
		}
		if o.n == 0 {
			return t.moved, nil, true
		}
		for t.pipe.held > 0 {
			k, err := 0, t.err
			if err == nil {
				k, err = t.drain()
			}
			t.moved += int64(k)
			if k == 0 && err == nil {
				err = io.ErrUnexpectedEOF // a retry would never end
			}
			if errnoOf(err) == syscall.EINVAL {
				// The destination cannot splice: a file in append mode, for
				// example. WriteTo writes what the pipe holds, and the rest.
				k, err := t.empty(w)
				return t.moved + k, err, err != nil
			}
			if err != nil {
				return t.moved, intoError(w, err), true
			}
		}
	}
}

// pass moves bytes into the pipe, and on to a Conn as long as neither has to wait. A source that
// has ended leaves o.n 0.
func (t *relay) pass(o *op) error {
	var r ssize_t
	if t.to != nil && t.to.beginWhole() {
		var moved size_t
		r = csock_pipe_relay(t.pipe, o.s.fd, t.to.s.fd, t.raw, &moved)
		t.to.endWhole()
		t.moved += int64(moved)
	} else {
		r = csock_pipe_fill(t.pipe, o.s.fd)
	}
	if t.pipe.held > 0 { // r is of the destination
		o.n, t.err = 1, callSplice.result(int(min(r, 0)))
		if waits(t.err) {
			t.err = nil
		}
		return nil
	}
	o.n = int(r)
	return callSplice.result(int(r))
}

// beginWhole begins a call that sends and does not wait, if no other call is sending and there is
// no deadline. The caller must then call endWhole.
func (c *Conn) beginWhole() bool {
	if c.dirs[writing].timed.Load() || !c.whole.TryLock() {
		return false
	}
	if c.s.enter() != nil {
		c.whole.Unlock()
		return false
	}
	return true
}

func (c *Conn) endWhole() {
	c.s.leave()
	c.whole.Unlock()
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

// into sets the relay's destination, and reports whether the kernel can move bytes there.
func (t *relay) into(w io.Writer) bool {
	t.raw = cBool(goHandlesSIGPIPE())
	if t.to = connOf(w); t.to != nil {
		t.raw = cBool(t.to.s.leavesSIGPIPE())
		t.drain = t.to.drainer(t)
		return t.to.typ() == SOCK_STREAM
	}
	var rc syscall.RawConn
	var err error
	switch w := w.(type) {
	case *os.File:
		if info, err := w.Stat(); err == nil && info.Mode().IsRegular() {
			t.raw = 1 // only pipes and sockets raise SIGPIPE
		}
		rc, err = w.SyscallConn()
	case *net.TCPConn:
		rc, err = w.SyscallConn()
	case *net.UnixConn:
		rc, err = w.SyscallConn()
	default:
		return false
	}
	if err != nil {
		return false
	}
	var r ssize_t
	try := func(fd uintptr) bool { // made once: RawConn lets it escape
		r = -sys.EINTR
		for r == -sys.EINTR {
			r = csock_pipe_drain(t.pipe, csock_fd(fd), t.raw)
		}
		return r != -sys.EAGAIN
	}
	t.drain = func() (n int, err error) {
		closed := rc.Write(try)
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
	return true
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

// drainer returns the drain of a relay to c.
func (c *Conn) drainer(t *relay) func() (int, error) {
	try := func(o *op) error {
		r := csock_pipe_drain(t.pipe, o.s.fd, t.raw)
		o.n = int(max(r, 0))
		return callSplice.result(int(r))
	}
	return func() (int, error) {
		c.whole.Lock()
		defer c.whole.Unlock()
		o := otherOp(try)
		err := c.wait(o, writing)
		return o.end(), err
	}
}

// empty writes what the pipe holds to w.
func (t *relay) empty(w io.Writer) (n int64, err error) {
	buf := make([]byte, 32<<10)
	for t.pipe.held > 0 && err == nil {
		r := csock_pipe_read(t.pipe, bytesPtr(buf), size_t(len(buf)))
		if r <= 0 {
			return n, errors.Join(callRead.result(int(r)), io.ErrUnexpectedEOF)
		}
		var k int
		k, err = w.Write(buf[:r])
		n += int64(k)
	}
	return n, err
}
