//go:build cgo

package csock

// What a Conn copies from and to readers, writers and buffers.

import (
	"io"
	"io/fs"
	"net"
	"os"
	"reflect"
	"syscall"
)

// WriteBuffers sends the bytes of bufs, by writev: on a stream all of them, with nothing of another
// Write in between, else as one message. It returns how many bytes went, and leaves in bufs what did
// not, as [net.Buffers.WriteTo] does. That method knows only package net's own connections and makes a
// Write of each buffer to any other, as does io.Copy from a net.Buffers.
func (c *Conn) WriteBuffers(bufs *net.Buffers) (int64, error) {
	if bufs == nil {
		return 0, c.opError("write", os.ErrInvalid)
	}
	if err := c.check(); err != nil {
		return 0, c.opError("write", err)
	}
	n, err := c.writeBuffers(bufs)
	return n, c.opError("write", callWritev.instead(err))
}

func (c *Conn) writeBuffers(bufs *net.Buffers) (sent int64, err error) {
	if c.typ() != SOCK_STREAM {
		n, err := c.SendVectored(*bufs, 0)
		if err == nil {
			clear(*bufs)
			*bufs = nil
		}
		return int64(n), err
	}
	c.whole.Lock()
	defer c.whole.Unlock()
	for {
		next := nextBuffers(*bufs)
		if len(next) == 0 {
			consumeBuffers(bufs, 0) // empty ones
			return sent, nil
		}
		n, err := 0, error(nil)
		direct := c.inTime(writing)
		if direct {
			n, err = c.s.SendVectored(next, 0)
		}
		if !direct || waits(err) {
			o := otherOp((*op).sendVectored)
			o.bufs = next
			err = c.wait(o, writing)
			n = o.end()
		}
		sent += int64(n)
		consumeBuffers(bufs, n)
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF // which would go on for ever
		}
		if err != nil {
			return sent, err
		}
	}
}

// vectorMax is how many buffers are sent at once: as many as need not be pinned.
const vectorMax = 64

// nextBuffers are those of the first buffers that are sent at once, none if all are empty.
func nextBuffers(bufs [][]byte) [][]byte {
	total := 0
	for i, b := range bufs[:min(len(bufs), vectorMax)] {
		if total += len(b); total > maxWrite {
			if i == 0 {
				return [][]byte{b[:maxWrite]}
			}
			return bufs[:i]
		}
	}
	if total == 0 && len(bufs) > vectorMax {
		return nextBuffers(bufs[vectorMax:])
	}
	if total == 0 {
		return nil
	}
	return bufs[:min(len(bufs), vectorMax)]
}

// consumeBuffers takes away the first n bytes, and buffers that are empty then.
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

// ReadFrom sends what r has to read, until its end. It is [io.ReaderFrom]: for an *os.File of a regular
// file, or an *io.LimitedReader of one, the kernel copies the data (sendfile(2)), with nothing of
// another Write in between; a *net.Buffers goes by [Conn.WriteBuffers].
func (c *Conn) ReadFrom(r io.Reader) (int64, error) {
	if c == nil {
		return 0, os.ErrInvalid
	}
	if bufs, ok := r.(*net.Buffers); ok {
		n, err := c.WriteBuffers(bufs)
		return n, c.opError("readfrom", err)
	}
	n, err, handled := c.sendFile(r)
	if !handled {
		n, err = io.Copy(struct{ io.Writer }{c}, r)
	}
	return n, c.opError("readfrom", err)
}

// sendFile is ReadFrom for files.
func (c *Conn) sendFile(r io.Reader) (sent int64, err error, handled bool) {
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
	if !ok || !isOf(r, "os") || c.typ() != SOCK_STREAM {
		return 0, nil, false
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return 0, nil, false
	}
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, nil, false
	}
	file, err := f.SyscallConn()
	if err != nil {
		return 0, nil, false
	}
	closed := file.Control(func(fd uintptr) { sent, err = c.sendFileFrom(fd, start, left) })
	if closed != nil {
		return 0, closed, true
	}
	if sent == 0 {
		switch errnoOf(err) {
		case syscall.EINVAL, syscall.ENOSYS, syscall.EOPNOTSUPP: // a file system or socket that cannot
			return 0, nil, false
		}
	}
	if limited != nil {
		limited.N -= sent
	}
	if _, seekErr := f.Seek(start+sent, io.SeekStart); err == nil {
		err = seekErr
	}
	return sent, err, true
}

// isOf reports whether v's type is a package's own. io.Copy passes types of os and net that hide a
// method of the file or connection; a type of another package may embed one and read or write in its
// own way, which the kernel would pass by.
func isOf(v any, pkg string) bool {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() == pkg
}

// sendFileFrom sends up to left bytes of a file from start on, with nothing of another call in between.
func (c *Conn) sendFileFrom(fd uintptr, start, left int64) (sent int64, err error) {
	c.whole.Lock()
	defer c.whole.Unlock()
	for sent < left {
		o := sendfileOp(fd, start+sent, int(min(left-sent, maxWrite)))
		err = c.wait(o, writing)
		n := o.end()
		sent += int64(n)
		if err != nil || n == 0 {
			break
		}
	}
	return sent, err
}

// WriteTo receives until the end of the stream, and writes that to w. It is [io.WriterTo]: to an
// *os.File, a Conn, a *net.TCPConn or a *net.UnixConn the kernel moves the data (splice(2), on Linux).
func (c *Conn) WriteTo(w io.Writer) (int64, error) {
	if c == nil {
		return 0, os.ErrInvalid
	}
	n, err, handled := c.splice(w)
	if !handled {
		var rest int64
		rest, err = io.Copy(w, struct{ io.Reader }{c})
		n += rest
	}
	return n, c.opError("writeto", err)
}

// File returns a duplicate of the descriptor as a file, which the caller closes; neither is closed by
// closing the other. They share the rest, the non-blocking mode too. What the file's Fd returns is non-blocking.
func (c *Conn) File() (*os.File, error) {
	f, err := c.dupFile(c.LocalAddr(), c.RemoteAddr())
	return f, c.opError("file", err)
}

func (c *Conn) dupFile(local, remote net.Addr) (*os.File, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	s, err := c.s.TryClone()
	if err != nil {
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
