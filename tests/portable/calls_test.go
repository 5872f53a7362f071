package portable

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// caller has the calls that a Conn has, and a Conn with a context.
type caller interface {
	io.ReadWriter
	io.ReaderFrom
	io.WriterTo
	Recv(p []byte, flags csock.MsgFlags) (int, error)
	RecvFrom(p []byte, flags csock.MsgFlags) (int, csock.SockAddr, error)
	RecvVectored(bufs [][]byte, flags csock.MsgFlags) (int, csock.RecvFlags, error)
	RecvFromVectored(bufs [][]byte, flags csock.MsgFlags) (int, csock.RecvFlags, csock.SockAddr, error)
	Recvmsg(m *csock.MsgHdr, flags csock.MsgFlags) (int, error)
	RecvBatch(b *csock.Batch, flags csock.MsgFlags) (int, error)
	Peek(p []byte) (int, error)
	PeekFrom(p []byte) (int, csock.SockAddr, error)
	PeekSender() (csock.SockAddr, error)
	Discard(n int, flags csock.MsgFlags) (int, error)
	Send(p []byte, flags csock.MsgFlags) (int, error)
	SendTo(p []byte, addr csock.SockAddr, flags csock.MsgFlags) (int, error)
	SendVectored(bufs [][]byte, flags csock.MsgFlags) (int, error)
	SendToVectored(bufs [][]byte, addr csock.SockAddr, flags csock.MsgFlags) (int, error)
	Sendmsg(m *csock.MsgHdr, flags csock.MsgFlags) (int, error)
	SendBatch(b *csock.Batch, flags csock.MsgFlags) (int, error)
	Sendfile(f *os.File, offset int64, length int) (int, error)
	SendfileNext(f *os.File, length int) (int, error)
	WriteBuffers(bufs *net.Buffers) (int64, error)
}

var (
	_ caller = (*csock.Conn)(nil)
	_ caller = csock.ContextConn{}
)

// eachCaller runs a test with the calls of Conns, and with those of Conns with a context.
func eachCaller(t *testing.T, test func(t *testing.T, k kind, calls func(*csock.Conn) caller)) {
	eachKind(t, func(t *testing.T, k kind) {
		t.Run("Conn", func(t *testing.T) {
			test(t, k, func(c *csock.Conn) caller { return c })
		})
		t.Run("ContextConn", func(t *testing.T) {
			test(t, k, func(c *csock.Conn) caller { return c.WithContext(t.Context()) })
		})
	})
}

// receives are the calls that receive a datagram, or peek at one.
var receives = []struct {
	name  string
	peeks bool
	call  func(c caller, p []byte) (n int, from csock.SockAddr, err error)
}{
	{"Read", false, func(c caller, p []byte) (n int, from csock.SockAddr, err error) {
		n, err = c.Read(p)
		return n, from, err
	}},
	{"Recv", false, func(c caller, p []byte) (n int, from csock.SockAddr, err error) {
		n, err = c.Recv(p, 0)
		return n, from, err
	}},
	{"RecvFrom", false, func(c caller, p []byte) (int, csock.SockAddr, error) { return c.RecvFrom(p, 0) }},
	{"RecvVectored", false, func(c caller, p []byte) (n int, from csock.SockAddr, err error) {
		n, _, err = c.RecvVectored([][]byte{p[:2], p[2:]}, 0)
		return n, from, err
	}},
	{"RecvFromVectored", false, func(c caller, p []byte) (n int, from csock.SockAddr, err error) {
		n, _, from, err = c.RecvFromVectored([][]byte{p[:1], p[1:]}, 0)
		return n, from, err
	}},
	{"Recvmsg", false, func(c caller, p []byte) (int, csock.SockAddr, error) {
		m := csock.MsgHdr{Buffers: [][]byte{p}}
		n, err := c.Recvmsg(&m, 0)
		return n, m.Addr, err
	}},
	{"RecvBatch", false, func(c caller, p []byte) (n int, from csock.SockAddr, err error) {
		b, err := csock.NewBatch(1, csock.BatchRoom{Payload: len(p)})
		if err != nil {
			return 0, from, err
		}
		defer b.Close()
		if _, err = c.RecvBatch(b, 0); err != nil {
			return 0, from, err
		}
		return copy(p, b.Bytes(0)), b.Addr(0), nil
	}},
	{"Peek", true, func(c caller, p []byte) (n int, from csock.SockAddr, err error) {
		n, err = c.Peek(p)
		return n, from, err
	}},
	{"PeekFrom", true, func(c caller, p []byte) (int, csock.SockAddr, error) { return c.PeekFrom(p) }},
	{"PeekSender", true, func(c caller, p []byte) (n int, from csock.SockAddr, err error) {
		from, err = c.PeekSender()
		return copy(p, "datagram"), from, err
	}},
}

// sends are the calls that send a datagram.
var sends = []struct {
	name string
	call func(c caller, p []byte, to csock.SockAddr) (int, error)
}{
	{"SendTo", func(c caller, p []byte, to csock.SockAddr) (int, error) { return c.SendTo(p, to, 0) }},
	{"SendToVectored", func(c caller, p []byte, to csock.SockAddr) (int, error) {
		return c.SendToVectored([][]byte{p[:3], p[3:]}, to, 0)
	}},
	{"Sendmsg", func(c caller, p []byte, to csock.SockAddr) (int, error) {
		return c.Sendmsg(&csock.MsgHdr{Addr: to, Buffers: [][]byte{p}}, 0)
	}},
	{"SendBatch", func(c caller, p []byte, to csock.SockAddr) (int, error) {
		b, err := csock.NewBatch(1, csock.BatchRoom{Payload: len(p)})
		if err != nil {
			return 0, err
		}
		defer b.Close()
		if err := errors.Join(b.SetBytes(0, p), b.SetAddr(0, to)); err != nil {
			return 0, err
		}
		n, err := c.SendBatch(b, 0)
		return n * len(p), err
	}},
}

// datagramConn makes a Conn of UDP with an address.
func (k kind) datagramConn(t testing.TB) (*csock.Conn, csock.SockAddr) {
	t.Helper()
	s, addr := k.bound(t, csock.SOCK_DGRAM)
	c, err := s.IntoConn()
	need.OK(t, err)
	t.Cleanup(func() { c.Close() })
	return c, addr
}

// Every call that receives waits for a datagram of every call that sends.
func TestConnCalls(t *testing.T) {
	eachCaller(t, func(t *testing.T, k kind, calls func(*csock.Conn) caller) {
		a, to := k.datagramConn(t)
		b, from := k.datagramConn(t)
		for i, receive := range receives {
			send := sends[i%len(sends)]
			p := make([]byte, 16)
			var n int
			var sender csock.SockAddr
			waiting := later(func() (err error) {
				n, sender, err = receive.call(calls(a), p)
				return err
			})
			waits(t, waiting)
			sent, err := send.call(calls(b), []byte("datagram"), to)
			need.OK(t, err)
			need.Same(t, send.name, sent, 8)
			need.OK(t, result(t, waiting))
			need.Same(t, receive.name, string(p[:n]), "datagram")
			if sender.Len() > 0 {
				need.Same(t, "the sender by "+receive.name, sender, from)
			}
			if receive.peeks {
				_, err = a.Recv(p, 0)
				need.OK(t, err)
			}
		}
	})
}

// A deadline or a context ends every call that waits, and the next one works.
func TestConnCallsEnd(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, to := k.datagramConn(t)
		for _, receive := range receives {
			p := make([]byte, 16)
			need.OK(t, a.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
			_, _, err := receive.call(a, p)
			need.Is(t, receive.name+" with a deadline", err, os.ErrDeadlineExceeded)
			need.OK(t, a.SetReadDeadline(time.Time{}))

			ctx, cancel := context.WithCancel(t.Context())
			waiting := later(func() error {
				_, _, err := receive.call(a.WithContext(ctx), p)
				return err
			})
			waits(t, waiting)
			cancel()
			need.Is(t, receive.name+" with a context", result(t, waiting), context.Canceled)

			_, err = a.SendTo([]byte("datagram"), to, 0)
			need.OK(t, err)
			n, _, err := receive.call(a, p)
			need.OK(t, err)
			need.Same(t, receive.name, string(p[:n]), "datagram")
			if receive.peeks {
				_, err = a.Recv(p, 0)
				need.OK(t, err)
			}
		}
	})
}

// What calls of a stream send arrives in order, and whole.
func TestConnStreamCalls(t *testing.T) {
	eachCaller(t, func(t *testing.T, k kind, calls func(*csock.Conn) caller) {
		client, server := k.conns(t)
		f, err := os.CreateTemp("", "csock-*") // Wine does not remove a t.TempDir with a file in it
		need.OK(t, err)
		defer os.Remove(f.Name())
		defer f.Close()
		_, err = f.WriteString("from a file")
		need.OK(t, err)
		_, err = f.Seek(5, io.SeekStart)
		need.OK(t, err)

		c := calls(client)
		buffers := net.Buffers{[]byte("buff"), nil, []byte("ers")}
		for _, send := range []struct {
			name, want string
			call       func() (int64, error)
		}{
			{"Write", "written", func() (int64, error) { return wide(c.Write([]byte("written"))) }},
			{"Send", "sent", func() (int64, error) { return wide(c.Send([]byte("sent"), 0)) }},
			{"SendVectored", "in parts", func() (int64, error) {
				return wide(c.SendVectored([][]byte{[]byte("in "), []byte("parts")}, 0))
			}},
			{"Sendmsg", "message", func() (int64, error) {
				return wide(c.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte("message")}}, 0))
			}},
			{"WriteBuffers", "buffers", func() (int64, error) { return c.WriteBuffers(&buffers) }},
			{"ReadFrom", "a reader's", func() (int64, error) { return c.ReadFrom(strings.NewReader("a reader's")) }},
			{"Sendfile", "om a", func() (int64, error) { return wide(c.Sendfile(f, 2, 4)) }},
			{"SendfileNext", "a file", func() (int64, error) { return wide(c.SendfileNext(f, 6)) }},
		} {
			n, err := send.call()
			if errors.Is(err, errors.ErrUnsupported) && strings.HasPrefix(send.name, "Sendfile") {
				t.Logf("%s: this system lacks it: %v", send.name, err)
				continue
			}
			need.OK(t, err)
			need.Same(t, send.name, n, int64(len(send.want)))
			p := make([]byte, len(send.want))
			_, err = io.ReadFull(server, p)
			need.OK(t, err)
			need.Same(t, send.name, string(p), send.want)
		}
		need.Same(t, "buffers left", len(buffers), 0)

		_, err = client.Write([]byte("to the end"))
		need.OK(t, err, client.CloseWrite())
		p := make([]byte, 3)
		n, err := calls(server).Discard(3, 0)
		if errors.Is(err, errors.ErrUnsupported) { // Linux alone discards so
			n, err = server.Read(p)
		}
		need.OK(t, err)
		need.Same(t, "Discard", n, 3)
		var rest bytes.Buffer
		copied, err := calls(server).WriteTo(&rest)
		need.OK(t, err)
		need.Same(t, "WriteTo", rest.String(), "the end")
		need.Same(t, "its number", copied, int64(rest.Len()))
	})
}

// wide turns the results of a call into WriteBuffers's.
func wide(n int, err error) (int64, error) { return int64(n), err }

// After CloseRead a read returns the end, or on Windows an error, and the Conn still sends.
func TestConnCloseRead(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.conns(t)
		waiting := later(func() error {
			_, err := server.Read(make([]byte, 4))
			return err
		})
		waits(t, waiting)
		need.OK(t, server.CloseRead())
		if runtime.GOOS == "windows" { // its shutdown wakes no one
			need.OK(t, server.SetReadDeadline(time.Now()))
			need.Is(t, "Read while CloseRead", result(t, waiting), os.ErrDeadlineExceeded)
			need.OK(t, server.SetReadDeadline(time.Time{}))
		} else {
			need.Is(t, "Read while CloseRead", result(t, waiting), io.EOF)
		}
		if n, err := server.Read(make([]byte, 4)); n != 0 || err == nil {
			t.Errorf("Read after CloseRead: %d, %v", n, err)
		}
		_, err := server.Write([]byte("still"))
		need.OK(t, err)
		p := make([]byte, 5)
		_, err = io.ReadFull(client, p)
		need.OK(t, err)
		need.Same(t, "received", string(p), "still")
		need.OK(t, server.CloseWrite())
		_, err = server.Write([]byte("x"))
		need.Is(t, "Write after CloseWrite", err, syscall.EPIPE)
	})
}

// What a Conn says of itself and sets, and its descriptor in other hands.
func TestConnItself(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.conns(t)
		if got := client.String(); got == "" || strings.Contains(got, "%!") {
			t.Errorf("String returns %q", got)
		}
		need.OK(t, client.Set(csock.TCP_NODELAY.To(true)), client.SetReadBuffer(1<<16), client.SetWriteBuffer(1<<16))
		size, err := csock.SO_SNDBUF.Get(client)
		need.OK(t, err)
		if size < 1<<16 {
			t.Errorf("SetWriteBuffer(%d) sets %d", 1<<16, size)
		}
		size, err = csock.Get(client, csock.SO_RCVBUF)
		need.OK(t, err)
		if size < 1<<16 {
			t.Errorf("SetReadBuffer(%d) sets %d", 1<<16, size)
		}

		raw, err := client.SyscallConn()
		need.OK(t, err)
		var seen uintptr
		need.OK(t, raw.Control(func(fd uintptr) { seen = fd }))
		need.OK(t, csock.Borrow(client, func(s *csock.Socket) error {
			need.Same(t, "the descriptor", s.FD(), seen)
			return nil
		}))
		tries := 0
		waiting := later(func() error {
			return raw.Read(func(uintptr) bool { tries++; return tries > 1 })
		})
		waits(t, waiting)
		_, err = server.Write([]byte("wakes"))
		need.OK(t, err, result(t, waiting))
		need.OK(t, raw.Write(func(uintptr) bool { return true }))

		need.OK(t, client.SetWriteDeadline(time.Now().Add(-time.Second)))
		_, err = client.Write([]byte("late"))
		need.Is(t, "Write after its deadline", err, os.ErrDeadlineExceeded)
		need.OK(t, client.SetWriteDeadline(time.Time{}))
	})
}

// A byte out of band, by a Conn.
func TestConnOutOfBand(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.conns(t)
		_, err := server.SendOutOfBand([]byte{'!'})
		need.OK(t, err)
		p := make([]byte, 4)
		n := 0
		for range 100 {
			if n, err = client.RecvOutOfBand(p); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		need.OK(t, err)
		need.Same(t, "received", string(p[:n]), "!")
	})
}

// A file of a Conn's socket, which is open after the Conn's end.
func TestConnFile(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.conns(t)
		f, err := client.File()
		need.OK(t, err)
		defer f.Close()
		need.OK(t, client.Close())
		if f.Name() == "" {
			t.Error("the file has no name")
		}
		again, err := csock.FromNet(f)
		need.OK(t, err)
		defer again.Close()
		_, err = again.Send([]byte("by the file's"), 0)
		need.OK(t, err)
		p := make([]byte, 16)
		n, err := server.Read(p)
		need.OK(t, err)
		need.Same(t, "received", string(p[:n]), "by the file's")
		need.OK(t, f.Close(), again.Close())
		_, err = server.Read(p)
		need.Same(t, "after the last Close", err, io.EOF)

		s, addr := k.bound(t, csock.SOCK_STREAM)
		need.OK(t, s.Listen(1))
		l, err := s.IntoListener()
		need.OK(t, err)
		listening, err := l.File()
		need.OK(t, err)
		defer listening.Close()
		need.OK(t, l.Close())
		need.OK(t, k.socket(t, csock.SOCK_STREAM).ConnectTimeout(addr, soon))

		own, err := k.socket(t, csock.SOCK_STREAM).IntoFile()
		need.OK(t, err, own.Close())
	})
}

// A context ends a Listener's wait, and what a Listener says of itself and sets.
func TestListenerContext(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, addr := k.bound(t, csock.SOCK_STREAM)
		need.OK(t, s.Listen(4))
		l, err := s.IntoListener()
		need.OK(t, err)
		defer l.Close()
		ctx, cancel := context.WithCancel(t.Context())
		accept := func() error {
			c, err := l.AcceptContext(ctx)
			if err == nil {
				c.Close()
			}
			return err
		}
		waiting := later(accept)
		waits(t, waiting)
		cancel()
		need.Is(t, "AcceptContext", result(t, waiting), context.Canceled)
		ctx = t.Context()
		waiting = later(accept)
		waits(t, waiting)
		need.OK(t, k.socket(t, csock.SOCK_STREAM).ConnectTimeout(addr, soon), result(t, waiting))

		if l.String() == "" {
			t.Error("String returns nothing")
		}
		need.OK(t, l.Set(csock.SO_KEEPALIVE.To(true)))
		raw, err := l.SyscallConn()
		need.OK(t, err, raw.Control(func(uintptr) {}))
		on, err := csock.SO_KEEPALIVE.Get(l)
		need.OK(t, err)
		need.Same(t, "Set", on, true)
	})
}

// A context ends PollContext, which else returns what Poll does.
func TestPollContext(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, to := k.bound(t, csock.SOCK_DGRAM)
		for what, poll := range map[string]func(ctx context.Context) (csock.PollEvents, error){
			"Socket.PollContext": func(ctx context.Context) (csock.PollEvents, error) { return s.PollContext(ctx, csock.POLLIN) },
			"PollContext": func(ctx context.Context) (csock.PollEvents, error) {
				fds := []csock.PollFD{{Socket: s, Events: csock.POLLIN}}
				_, err := csock.PollContext(ctx, fds)
				return fds[0].Revents, err
			},
		} {
			ctx, cancel := context.WithCancel(t.Context())
			waiting := later(func() error { _, err := poll(ctx); return err })
			waits(t, waiting)
			cancel()
			need.Is(t, what, result(t, waiting), context.Canceled)
			var got csock.PollEvents
			waiting = later(func() (err error) { got, err = poll(t.Context()); return err })
			waits(t, waiting)
			_, err := s.SendTo([]byte("x"), to, 0)
			need.OK(t, err, result(t, waiting))
			if got&csock.POLLIN == 0 {
				t.Errorf("%s returns %v", what, got)
			}
			_, err = s.Recv(make([]byte, 1), 0)
			need.OK(t, err)
		}
	})
}
