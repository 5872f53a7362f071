//go:build linux

package tests

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Readers of a Conn whose WriterTo io.Copy does not see.
var connReaders = map[string]func(c *csock.Conn, n int64) io.Reader{
	"a UnixConn":  func(c *csock.Conn, _ int64) io.Reader { return &csock.UnixConn{Conn: c} },
	"part":        func(c *csock.Conn, n int64) io.Reader { return io.LimitReader(c, n) },
	"a TCPConn's": func(c *csock.Conn, n int64) io.Reader { return io.LimitReader(&csock.TCPConn{Conn: c}, n) },
	"a UnixConn's": func(c *csock.Conn, n int64) io.Reader {
		return io.LimitReader(&csock.UnixConn{Conn: c}, n)
	},
	"with a context": func(c *csock.Conn, n int64) io.Reader {
		return io.LimitReader(c.WithContext(context.Background()), n)
	},
}

// A copy from a stream moves all bytes, and those of a LimitedReader no more than its limit.
func TestConnReadFromConn(t *testing.T) {
	content := randomBytes(5<<20 + 123) // more than the pipe between has room for
	for name, reader := range connReaders {
		for i, k := range connKinds[:3] {
			t.Run(k.name+" from "+name, func(t *testing.T) {
				a, b := k.pair(t)
				c, d := connKinds[(i+1)%3].pair(t)
				go func() {
					a.Write(content)
					a.CloseWrite()
				}()
				got := make(chan []byte, 1)
				go func() {
					p, _ := io.ReadAll(d)
					got <- p
				}()
				r := reader(b, int64(len(content)-10))
				n, err := io.Copy(c, r)
				check(t, err, c.CloseWrite())
				rest, err := io.ReadAll(b)
				check(t, err)
				if limited, ok := r.(*io.LimitedReader); ok {
					same(t, "N", limited.N, 0)
					same(t, "bytes left at the source", len(rest), 10)
				}
				same(t, "bytes", int(n)+len(rest), len(content))
				if !bytes.Equal(append(<-got, rest...), content) {
					t.Error("other bytes arrived")
				}
			})
		}
	}
	t.Run("a limit past the end", func(t *testing.T) {
		a, b := connKinds[0].pair(t)
		c, _ := connKinds[0].pair(t)
		_, err := a.Write([]byte("all"))
		check(t, err, a.CloseWrite())
		n, err := io.CopyN(c, b, 10)
		connIs(t, "CopyN", err, io.EOF)
		same(t, "bytes", n, 3)
	})
	t.Run("a limit of nothing", func(t *testing.T) {
		_, b := connKinds[0].pair(t)
		c, _ := connKinds[0].pair(t)
		for _, limit := range []int64{0, -1} {
			r := &io.LimitedReader{R: b, N: limit}
			n, err := c.ReadFrom(r)
			check(t, err)
			same(t, "bytes", n, 0)
			same(t, "N", r.N, limit)
		}
	})
	t.Run("a limit does not wait for more", func(t *testing.T) {
		a, b := connKinds[0].pair(t)
		c, d := connKinds[0].pair(t)
		check(t, b.SetReadDeadline(time.Now().Add(connPatience)))
		_, err := a.Write([]byte("012345"))
		check(t, err)
		for range 2 {
			n, err := io.CopyN(c, b, 3)
			check(t, err)
			same(t, "bytes", n, 3)
		}
		p := make([]byte, 6)
		_, err = io.ReadFull(d, p)
		check(t, err)
		same(t, "text", string(p), "012345")
	})
	t.Run("N after an error", func(t *testing.T) {
		a, b := connKinds[2].pair(t)
		c, d := connKinds[2].pair(t)
		_, err := a.Write([]byte("012345"))
		check(t, err, d.Close())
		r := &io.LimitedReader{R: b, N: 4}
		n, err := c.ReadFrom(r)
		connIs(t, "ReadFrom", err, syscall.EPIPE)
		same(t, "bytes", n, 0)
		same(t, "N", r.N, 0) // as after Read
		p := make([]byte, 8)
		m, err := b.Read(p)
		check(t, err)
		same(t, "the rest", string(p[:m]), "45")
	})
	t.Run("to itself", func(t *testing.T) {
		a, b := connKinds[2].pair(t)
		go io.Copy(b, &csock.UnixConn{Conn: b})
		echoes(t, a)
	})
	t.Run("messages", func(t *testing.T) {
		for _, k := range connKinds[3:7] {
			a, b := k.pair(t)
			c, d := connKinds[2].pair(t)
			for range 2 {
				_, err := a.Write([]byte("message "))
				check(t, err)
			}
			check(t, b.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
			n, err := c.ReadFrom(b)
			connIs(t, k.name, err, os.ErrDeadlineExceeded)
			same(t, "bytes", n, 16)
			p := make([]byte, 16)
			_, err = io.ReadFull(d, p)
			check(t, err)
			same(t, "text", string(p), "message message ")
		}
	})
	t.Run("no connection", func(t *testing.T) {
		c, _ := connKinds[2].pair(t)
		for _, r := range []io.Reader{(*csock.Conn)(nil), &csock.TCPConn{}, &csock.UnixConn{}, csock.ContextConn{}} {
			_, err := c.ReadFrom(r)
			connIs(t, fmt.Sprintf("%T", r), err, os.ErrInvalid)
		}
		_, err := c.ReadFrom(new(csock.Conn))
		connIs(t, "zero", err, net.ErrClosed)
	})
}

// The kernel moves the data of each source: strace sees splices, and no call that receives or sends
// it.
func TestConnReadFromSplices(t *testing.T) {
	need.IPv4(t)
	if os.Getenv(structChild) == "" {
		onlySplices(t, 2*len(connReaders)+1)
		return
	}
	const size = 1 << 16
	copies := func(w io.Writer, a *csock.Conn, r io.Reader, arrived io.Reader) {
		_, err := a.Write(make([]byte, size))
		check(t, err, a.CloseWrite())
		markedCopy(t, "bytes", w, r, size)
		_, err = io.ReadFull(arrived, make([]byte, size))
		check(t, err)
	}
	for _, reader := range connReaders {
		a, b := connKinds[2].pair(t)
		c, d := connKinds[0].pair(t)
		copies(&csock.TCPConn{Conn: c}, a, reader(b, size), d)
		a, b = connKinds[2].pair(t)
		copies(c.WithContext(t.Context()), a, reader(b, size), d)
	}
	a, b := connKinds[2].pair(t)
	c, d := connKinds[0].pair(t)
	copies(c.WithContext(t.Context()), a, b, d) // by WriteTo
}

// Such a copy allocates nothing for each piece.
func TestConnReadFromAllocs(t *testing.T) {
	need.ExactAllocations(t)
	a, b := connKinds[2].pair(t)
	c, d := connKinds[0].pair(t)
	copied := make(chan error, 1)
	go func() {
		_, err := c.ReadFrom(&csock.UnixConn{Conn: b})
		copied <- err
	}()
	p := make([]byte, 1000)
	piece := func() {
		_, err := a.Write(p)
		check(t, err)
		_, err = io.ReadFull(d, p)
		check(t, err)
	}
	piece()
	same(t, "allocations", testing.AllocsPerRun(100, piece), 0)
	check(t, a.Close(), <-copied)
}
