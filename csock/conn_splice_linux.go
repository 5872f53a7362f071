//go:build cgo

package csock

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
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
	ctx   context.Context     // bounds the sending to it; nil: never ends
	left  int64               // the most that the source may still give
	drain func() (int, error) // moves bytes from the pipe to the destination, and waits for that
	moved int64               // bytes that have arrived
	err   error               // the destination's, from pass
	wrote bool                // the destination's Write took bytes, or failed
}

// spliceAll is WriteTo through a pipe. Even if handled is false, n bytes have been written.
func (v ContextConn) spliceAll(w io.Writer) (n int64, err error, handled bool) {
	t := &relay{left: math.MaxInt64, ctx: v.ctx}
	if v.c.typ() != SOCK_STREAM || !t.into(w) {
		return 0, nil, false
	}
	n, err, handled = t.run(v, w)
	if err == nil || t.wrote {
		return n, err, handled
	}
	return n, intoError(w, err), handled
}

// spliceFrom is ReadFrom through a pipe, for a stream of this package. Even if handled is false, n
// bytes have been sent.
func (v ContextConn) spliceFrom(r io.Reader) (n int64, err error, handled bool) {
	t := &relay{left: math.MaxInt64}
	limited, _ := r.(*io.LimitedReader)
	if limited != nil {
		r, t.left = limited.R, limited.N
	}
	from := connOf(r)
	if from.c == nil || from.c.typ() != SOCK_STREAM || t.left <= 0 || !t.into(v) {
		return 0, nil, false
	}
	n, err, handled = t.run(from, v)
	if limited != nil {
		limited.N = t.left
	}
	return n, err, handled
}

// run copies from a Conn until its end, or until the limit. Even if handled is false, n bytes have
// been written.
func (t *relay) run(from ContextConn, w io.Writer) (n int64, err error, handled bool) {
	t.pipe, err = newPipe()
	if err != nil {
		return 0, nil, false
	}
	t.pipe.left = uint64_t(t.left)
	defer func() {
		t.left = int64(t.pipe.left)
		if t.pipe.held == 0 {
			pipes.Put(t.pipe)
		}
		runtime.KeepAlive(t.pipe)
	}()
	o := from.otherOp(t.pass)
	defer o.end()
	for t.pipe.left > 0 {
		// The pipe is empty, so that EAGAIN concerns the socket.
		o.waited = false
		if err := from.c.wait(o, reading); err != nil {
			return t.moved, err, t.moved > 0 || !lacksCopy(err)
		}
		if o.n == 0 {
			break
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
				t.wrote = true
				k, err := t.empty(w)
				return t.moved + k, err, err != nil
			}
			if err != nil {
				return t.moved, err, true
			}
		}
	}
	return t.moved, nil, true
}

// pass moves bytes into the pipe, and on to a Conn as long as neither has to wait. A source that
// has ended leaves o.n 0.
func (t *relay) pass(o *op) error {
	if t.ctx != nil && t.ctx.Err() != nil { // the bytes stay at the source
		if t.to != nil && t.to.check() != nil {
			return errClosed // as Write returns it
		}
		return context.Cause(t.ctx)
	}
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
	if to := connOf(w).c; to != nil && to.isIP() {
		return to.opError("readfrom", err)
	}
	return err
}

// into sets the relay's destination, and reports whether the kernel can move bytes there.
func (t *relay) into(w io.Writer) bool {
	t.raw = cBool(goHandlesSIGPIPE())
	if to := connOf(w); to.c != nil {
		if to.ctx != nil {
			if t.ctx != nil { // Write knows one of them, and the source the other
				return false
			}
			t.ctx = to.ctx
		}
		t.to = to.c
		t.raw = cBool(t.to.s.leavesSIGPIPE())
		t.drain = ContextConn{t.to, t.ctx}.drainer(t)
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

// connOf returns v as a Conn with its context. It has no Conn if v is none of this package's.
func connOf(v any) ContextConn {
	switch v := v.(type) {
	case *Conn:
		return v.always()
	case *TCPConn:
		return v.conn().always()
	case *UnixConn:
		return v.conn().always()
	case ContextConn:
		return v
	}
	return ContextConn{}
}

// drainer returns the drain of a relay to v.
func (v ContextConn) drainer(t *relay) func() (int, error) {
	try := func(o *op) error {
		r := csock_pipe_drain(t.pipe, o.s.fd, t.raw)
		o.n = int(max(r, 0))
		return callSplice.result(int(r))
	}
	return func() (int, error) {
		if err := v.c.check(); err != nil { // before the context is checked, as in Write
			return 0, err
		}
		if err := v.c.lockWhole(v.ctx); err != nil {
			return 0, err
		}
		defer v.c.whole.Unlock()
		o := v.otherOp(try)
		err := v.c.wait(o, writing)
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
