//go:build cgo

package csock

// Copying between a Conn and readers, writers and buffers.

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"reflect"
	"runtime"
	"slices"
	"syscall"
)

// WriteBuffers sends the bytes of bufs with writev. On a stream it sends all of them, and no other
// Write comes in between; otherwise it sends them as one message. Buffers without a byte send
// nothing. WriteBuffers returns the number of bytes sent, and leaves in bufs what was not sent, as
// [net.Buffers.WriteTo] does. That method knows only package net's own connections: for any other
// it writes each buffer separately, and so does io.Copy from a net.Buffers.
//
// A message takes up to 1,024 buffers that have bytes, more return EMSGSIZE. Package net sends
// several messages.
func (c *Conn) WriteBuffers(bufs *net.Buffers) (int64, error) {
	return c.always().WriteBuffers(bufs)
}

// WriteBuffers is [Conn.WriteBuffers], bounded by the context.
func (v ContextConn) WriteBuffers(bufs *net.Buffers) (int64, error) {
	if bufs == nil {
		return 0, v.c.opError("writev", os.ErrInvalid)
	}
	if err := v.c.check(); err != nil {
		return 0, v.c.opError("writev", err)
	}
	n, err := v.writeBuffers(bufs)
	return n, v.c.opError("writev", callWritev.renamed(err))
}

func (v ContextConn) writeBuffers(bufs *net.Buffers) (sent int64, err error) {
	c := v.c
	if c.typ() != SOCK_STREAM {
		if len(nextBuffers(*bufs)) == 0 {
			return 0, v.late(writing)
		}
		message := [][]byte(*bufs)
		if len(message) > vectorMax { // those without a byte do not count
			message = slices.DeleteFunc(slices.Clone(message), func(b []byte) bool {
				return len(b) == 0
			})
		}
		n, err := v.SendVectored(message, 0)
		if err == nil {
			clear(*bufs)
			*bufs = nil
		}
		return int64(n), err
	}
	if err := c.lockWhole(v.ctx); err != nil {
		return 0, err
	}
	defer c.whole.Unlock()
	for {
		next := nextBuffers(*bufs)
		if len(next) == 0 && sent > 0 {
			return sent, nil
		}
		if len(next) == 0 {
			return 0, v.late(writing)
		}
		n, err := 0, error(nil)
		direct := v.inTime(writing)
		if direct {
			n, err = c.s.SendVectored(next, 0)
		}
		if !direct || waits(err) {
			o := v.otherOp((*op).sendVectored)
			o.bufs = next
			err = c.wait(o, writing)
			n = o.end()
		}
		sent += int64(n)
		consumeBuffers(bufs, n)
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF // a retry would never end
		}
		if err != nil {
			return sent, err
		}
	}
}

// late returns the error of a call that has nothing to do: it may come after a deadline.
func (v ContextConn) late(dir direction) error {
	o := v.otherOp(func(*op) error { return nil })
	err := v.c.wait(o, dir)
	o.end()
	return err
}

// vectorMax is the number of buffers that one call sends: as many as sendmsg(2) takes.
const vectorMax = len(struct_csock_buffers_max{}.v)

// nextBuffers returns the first buffers, as many as are sent at once, or none if all are empty.
func nextBuffers(bufs [][]byte) [][]byte {
	total := 0
	for i, b := range bufs[:min(len(bufs), vectorMax)] {
		if len(b) > maxWrite-total { // total+len(b) may overflow
			if total == 0 {
				return [][]byte{b[:maxWrite]}
			}
			return bufs[:i]
		}
		total += len(b)
	}
	if total == 0 && len(bufs) > vectorMax {
		return nextBuffers(bufs[vectorMax:])
	}
	if total == 0 {
		return nil
	}
	return bufs[:min(len(bufs), vectorMax)]
}

// consumeBuffers removes the first n bytes and the buffers that are then empty.
func consumeBuffers(bufs *net.Buffers, n int) {
	b := *bufs
	for len(b) > 0 && n >= len(b[0]) {
		n -= len(b[0])
		b[0] = nil
		b = b[1:]
	}
	if n > 0 {
		b[0] = b[0][n:]
	}
	*bufs = b
}

// ReadFrom sends the data of r until its end. It implements [io.ReaderFrom]. For an *os.File of a
// regular file, or an *io.LimitedReader of one, the kernel copies the data (sendfile(2)), and no
// other Write comes in between. For a Conn, *TCPConn or *UnixConn that is a stream, or an
// *io.LimitedReader of one, the kernel moves the data (splice(2), on Linux). A *net.Buffers is sent
// with [Conn.WriteBuffers].
func (c *Conn) ReadFrom(r io.Reader) (int64, error) { return c.always().ReadFrom(r) }

// ReadFrom is [Conn.ReadFrom]. The context bounds the sending, not the waiting for r's data.
func (v ContextConn) ReadFrom(r io.Reader) (int64, error) {
	if v.c == nil || r == nil {
		return 0, os.ErrInvalid
	}
	if bufs, ok := r.(*net.Buffers); ok {
		n, err := v.WriteBuffers(bufs)
		return n, v.c.opError("readfrom", err)
	}
	n, err, handled := v.sendFile(r)
	if !handled {
		n, err, handled = v.spliceFrom(r)
	}
	if !handled {
		var rest int64
		rest, err = io.Copy(struct{ io.Writer }{v}, r)
		n += rest
	}
	return n, v.c.opError("readfrom", err)
}

// sendFile is ReadFrom for files.
func (v ContextConn) sendFile(r io.Reader) (sent int64, err error, handled bool) {
	left := int64(1<<63 - 1)
	limited, _ := r.(*io.LimitedReader)
	if limited != nil {
		r, left = limited.R, limited.N
	}
	f, ok := r.(interface {
		fs.File
		io.Seeker
		syscall.Conn
	})
	if !ok || !isOf(r, "os") || v.c.typ() != SOCK_STREAM {
		return 0, nil, false
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return 0, nil, false
	}
	if v.c.check() != nil || v.ctx == nil && !v.inTime(writing) {
		return 0, nil, false // Write returns the error, as in package net
	}
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, nil, false
	}
	file, err := f.SyscallConn()
	if err != nil {
		return 0, nil, false
	}
	closed := file.Control(func(fd uintptr) { sent, err = v.sendFileFrom(fd, start, left) })
	if closed != nil {
		return 0, closed, true
	}
	if sent == 0 && lacksCopy(err) {
		return 0, nil, false
	}
	if limited != nil {
		limited.N -= sent
	}
	if _, seekErr := f.Seek(start+sent, io.SeekStart); err == nil {
		err = seekErr
	}
	return sent, err, true
}

// lacksCopy reports whether the kernel's first copying call failed because the file system, the
// socket's family or the system cannot do it.
func lacksCopy(err error) bool {
	return errnoOf(err) == syscall.EINVAL || errors.Is(err, errors.ErrUnsupported)
}

// isOf reports whether v's type belongs to package pkg. io.Copy passes types of os and net that
// hide a method of the file or connection. A type of another package may embed one and read or
// write differently, which a copy by the kernel would bypass.
func isOf(v any, pkg string) bool {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() == pkg
}

// sendFileFrom sends up to left bytes of a file, beginning at start; no other call's data comes in
// between.
func (v ContextConn) sendFileFrom(fd uintptr, start, left int64) (sent int64, err error) {
	if err := v.c.lockWhole(v.ctx); err != nil {
		return 0, err
	}
	defer v.c.whole.Unlock()
	for sent < left {
		o := v.sendfileOp(fd, start+sent, int(min(left-sent, maxWrite)))
		err = v.c.wait(o, writing)
		n := o.end()
		sent += int64(n)
		if n == 0 { // the end of the file, or an error
			break
		}
	}
	return sent, err
}

// WriteTo receives until the end of the stream and writes the data to w. It implements
// [io.WriterTo]. If w is an *os.File, a Conn, a *net.TCPConn or a *net.UnixConn, the kernel moves
// the data (splice(2), on Linux).
func (c *Conn) WriteTo(w io.Writer) (int64, error) { return c.always().WriteTo(w) }

// WriteTo is [Conn.WriteTo]. The context bounds the receiving and, if the kernel moves the data to
// a Conn, its sending, but not the calls of another w's Write.
func (v ContextConn) WriteTo(w io.Writer) (int64, error) {
	if v.c == nil || w == nil {
		return 0, os.ErrInvalid
	}
	n, err, handled := v.spliceAll(w)
	if !handled {
		var rest int64
		rest, err = io.Copy(w, struct{ io.Reader }{v})
		n += rest
	}
	return n, v.c.opError("writeto", err)
}

// File returns a duplicate of the descriptor as a file. The caller closes it; closing one does not
// close the other. They share everything else, including the non-blocking mode. The descriptor that
// the file's Fd returns is non-blocking.
func (c *Conn) File() (*os.File, error) {
	f, err := c.dupFile(c.LocalAddr(), c.RemoteAddr())
	return f, c.opError("file", err)
}

func (c *Conn) dupFile(local, remote net.Addr) (*os.File, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	c.s.named.Store(true) // the file may
	s, err := c.s.TryClone()
	if err != nil {
		if runtime.GOOS != "windows" {
			err = callFcntl.renamed(err) // package net's name for it
		}
		return nil, err
	}
	fd, err := s.Detach()
	if err != nil {
		return nil, err
	}
	name := network(c.domain(), c.typ()) + ":"
	if local != nil {
		name += local.String()
	}
	name += "->"
	if remote != nil {
		name += remote.String()
	}
	return os.NewFile(fd, name), nil
}
