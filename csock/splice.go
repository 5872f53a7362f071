//go:build cgo

package csock

import (
	"os"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Moving bytes between sockets and pipes in the kernel.

// SpliceTo moves up to n bytes that the socket has received into a pipe, and returns their number;
// 0 means the end of the stream. The bytes do not pass through the process. A stream of TCP, Unix
// or TLS can be spliced, and some other sockets.
//
// EAGAIN means that the socket has no data or the pipe no room, and the call was not to wait for
// it. The pipes of [os.Pipe] are non-blocking. SIGPIPE is as for [Socket.Sendfile]. Only Linux has
// the call. See splice(2).
func (s *Socket) SpliceTo(pipe *os.File, n int, flags SpliceFlags) (int, error) {
	return withFile(pipe,
		func(fd uintptr) (int, error) { return s.splice(reading, fd, n, flags) })
}

// SpliceFrom sends up to n bytes that a pipe holds, and returns their number. 0 means that the pipe
// is empty and nobody writes to it. [Tee] keeps a copy of what a pipe holds. See [Socket.SpliceTo]
// for the rest.
func (s *Socket) SpliceFrom(pipe *os.File, n int, flags SpliceFlags) (int, error) {
	return withFile(pipe,
		func(fd uintptr) (int, error) { return s.splice(writing, fd, n, flags) })
}

// splice moves bytes into a pipe (reading), or out of one (writing). The caller keeps its
// descriptor open.
func (s *Socket) splice(dir direction, pipe uintptr, n int, flags SpliceFlags) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	if n < 0 {
		s.leave()
		return 0, refused("splice", syscall.EINVAL)
	}
	from, to := s.fd, csock_fd(pipe)
	if dir == writing {
		from, to = to, from
	}
	r := csock_splice(from, to, size_t(n), cInt(flags), cBool(s.leavesSIGPIPE()))
	s.leave()
	if r < 0 {
		return 0, callSplice.error(int(r))
	}
	return int(r), nil
}

// Tee copies up to n bytes that one pipe holds into another, and returns their number. The first
// pipe keeps them, to be spliced or read. Only Linux has the call. See tee(2).
func Tee(from, to *os.File, n int, flags SpliceFlags) (int, error) {
	if n < 0 {
		return 0, refused("tee", syscall.EINVAL)
	}
	return withFile(from, func(from uintptr) (int, error) {
		return withFile(to, func(to uintptr) (int, error) {
			r := csock_tee(csock_fd(from), csock_fd(to), size_t(n), cInt(flags))
			if r < 0 {
				return 0, callTee.error(int(r))
			}
			return int(r), nil
		})
	})
}

// SpliceTo moves up to n bytes that the socket has received into a pipe. It waits for the socket
// only: if the pipe has no room, it returns EAGAIN. See [Socket.SpliceTo]; [Conn.WriteTo] moves all
// of a stream.
func (c *Conn) SpliceTo(pipe *os.File, n int, flags SpliceFlags) (int, error) {
	return c.always().SpliceTo(pipe, n, flags)
}

// SpliceTo is [Conn.SpliceTo], bounded by the context.
func (v ContextConn) SpliceTo(pipe *os.File, n int, flags SpliceFlags) (int, error) {
	return v.splice(reading, (*op).spliceToPipe, pipe, n, flags)
}

// SpliceFrom sends up to n bytes that a pipe holds. It waits for the socket only: if the pipe is
// empty, it returns EAGAIN. See [Socket.SpliceFrom].
func (c *Conn) SpliceFrom(pipe *os.File, n int, flags SpliceFlags) (int, error) {
	return c.always().SpliceFrom(pipe, n, flags)
}

// SpliceFrom is [Conn.SpliceFrom], bounded by the context.
func (v ContextConn) SpliceFrom(pipe *os.File, n int, flags SpliceFlags) (int, error) {
	return v.splice(writing, (*op).spliceFromPipe, pipe, n, flags)
}

func (v ContextConn) splice(
	dir direction, call func(*op) error, pipe *os.File, n int, flags SpliceFlags,
) (int, error) {
	return withFile(pipe, func(fd uintptr) (int, error) {
		o := v.otherOp(call)
		o.file, o.length, o.splice = fd, n, flags|SPLICE_F_NONBLOCK
		err := v.c.run(o, dir)
		return o.end(), err
	})
}

func (o *op) spliceTo() (err error) {
	o.n, err = o.s.splice(reading, o.file, o.length, o.splice)
	return err
}

func (o *op) spliceFrom() (err error) {
	o.n, err = o.s.splice(writing, o.file, o.length, o.splice)
	return err
}

func (o *op) spliceToPipe() error { return o.unlessPipe(o.spliceTo(), sys.POLLOUT) }

func (o *op) spliceFromPipe() error { return o.unlessPipe(o.spliceFrom(), sys.POLLIN) }

// unlessPipe makes the call end if it failed because the pipe is not ready.
func (o *op) unlessPipe(err error, ready c_short) error {
	if errnoOf(err) == syscall.EAGAIN {
		p := struct_pollfd{fd: csock_poll_fd(o.file), events: ready}
		o.parks = csock_poll(&p, 1, 0) > 0
	}
	return err
}
