package portable

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// How calls of a Conn park, and what ends them.

// conns makes two connected Conns of TCP.
func (k kind) conns(t testing.TB) (client, server *csock.Conn) {
	t.Helper()
	a, b := k.connected(t)
	client, err := a.IntoConn()
	need.OK(t, err)
	t.Cleanup(func() { client.Close() })
	server, err = b.IntoConn()
	need.OK(t, err)
	t.Cleanup(func() { server.Close() })
	return client, server
}

// later runs f in a goroutine, and returns its error when it has one.
func later(f func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return done
}

// waits fails the test if the call of done ends by itself.
func waits(t testing.TB, done <-chan error) {
	t.Helper()
	select {
	case err := <-done:
		t.Fatalf("the call did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
}

// result returns the error of the call of done.
func result(t testing.TB, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(soon):
		t.Fatal("the call did not end")
		return nil
	}
}

func TestConnAcceptConnect(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, addr := k.bound(t, csock.SOCK_STREAM)
		need.OK(t, s.Listen(8))
		l, err := s.IntoConn()
		need.OK(t, err)
		defer l.Close()
		var server *csock.Conn
		accepted := later(func() (err error) {
			server, _, err = l.Accept(t.Context())
			return err
		})
		waits(t, accepted)
		client, err := k.socket(t, csock.SOCK_STREAM).IntoConn()
		need.OK(t, err)
		defer client.Close()
		need.OK(t, client.Connect(t.Context(), addr))
		need.OK(t, result(t, accepted))
		defer server.Close()

		p := make([]byte, 16)
		n := 0
		read := later(func() (err error) {
			n, err = server.Read(p)
			return err
		})
		waits(t, read)
		_, err = client.Write([]byte("woken"))
		need.OK(t, err)
		need.OK(t, result(t, read))
		need.Same(t, "read", string(p[:n]), "woken")
		need.OK(t, client.CloseWrite())
		_, err = server.Read(p)
		need.Same(t, "at the end", err, io.EOF)

		refused, err := k.socket(t, csock.SOCK_STREAM).IntoConn()
		need.OK(t, err)
		defer refused.Close()
		_, free := k.bound(t, csock.SOCK_STREAM)
		need.Is(t, "Connect to a port without a listener", refused.Connect(t.Context(), free), syscall.ECONNREFUSED)
	})
}

func TestConnWriteWaits(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.conns(t)
		sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<19) // 8 MiB, more than the buffers hold
		written := later(func() error {
			_, err := client.Write(sent)
			return errors.Join(err, client.Close())
		})
		waits(t, written)
		got, err := io.ReadAll(server)
		need.OK(t, err)
		need.OK(t, result(t, written))
		need.Same(t, "all arrived", bytes.Equal(got, sent), true)
	})
}

func TestConnEnds(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.conns(t)
		p := make([]byte, 16)
		read := func() error {
			_, err := server.Read(p)
			return err
		}
		// A deadline, set before and while a call waits.
		need.OK(t, server.SetReadDeadline(time.Now().Add(30*time.Millisecond)))
		need.Is(t, "Read with a deadline", result(t, later(read)), os.ErrDeadlineExceeded)
		need.Is(t, "Read after it", read(), os.ErrDeadlineExceeded)
		need.OK(t, server.SetReadDeadline(time.Time{}))
		waiting := later(read)
		waits(t, waiting)
		need.OK(t, server.SetReadDeadline(time.Now().Add(30*time.Millisecond)))
		need.Is(t, "Read that waits", result(t, waiting), os.ErrDeadlineExceeded)
		need.OK(t, server.SetReadDeadline(time.Time{}))

		// A context, which leaves the Conn as it was.
		ctx, cancel := context.WithCancel(t.Context())
		waiting = later(func() error {
			_, err := server.WithContext(ctx).Recv(p, 0)
			return err
		})
		other := later(read)
		waits(t, waiting)
		cancel()
		need.Is(t, "Recv with a context", result(t, waiting), context.Canceled)
		waits(t, other)
		_, err := client.Write([]byte("x"))
		need.OK(t, err, result(t, other))

		// Close.
		waiting = later(read)
		waits(t, waiting)
		need.OK(t, server.Close())
		need.Is(t, "Read while Close", result(t, waiting), net.ErrClosed)
		need.Is(t, "Read after Close", read(), net.ErrClosed)
		need.Is(t, "Close again", server.Close(), net.ErrClosed)
	})
}

func TestConnDatagrams(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, to := k.bound(t, csock.SOCK_DGRAM)
		a, err := s.IntoConn()
		need.OK(t, err)
		defer a.Close()
		s, from := k.bound(t, csock.SOCK_DGRAM)
		b, err := s.IntoPacketConn()
		need.OK(t, err)
		defer b.Close()
		p := make([]byte, 16)
		for range 3 {
			var got csock.SockAddr
			waiting := later(func() (err error) {
				_, got, err = a.RecvFrom(p, 0)
				return err
			})
			waits(t, waiting)
			_, err = b.SendTo([]byte("x"), to, 0)
			need.OK(t, err, result(t, waiting))
			need.Same(t, "sender", got, from)
		}
		waiting := later(func() error {
			_, _, err := b.ReadFrom(p)
			return err
		})
		waits(t, waiting)
		need.OK(t, b.Close())
		need.Is(t, "ReadFrom while Close", result(t, waiting), net.ErrClosed)
	})
}

func TestListener(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, _ := k.bound(t, csock.SOCK_STREAM)
		need.OK(t, s.Listen(8))
		l, err := s.IntoListener()
		need.OK(t, err)
		waiting := later(func() error {
			c, err := l.Accept()
			if err == nil {
				c.Close()
			}
			return err
		})
		waits(t, waiting)
		c, err := net.DialTimeout("tcp", l.Addr().String(), soon)
		need.OK(t, err, result(t, waiting))
		c.Close()
		waiting = later(func() error { _, err := l.Accept(); return err })
		waits(t, waiting)
		need.OK(t, l.Close())
		need.Is(t, "Accept while Close", result(t, waiting), net.ErrClosed)
	})
}

// Many Conns wait at once, and each gets what is for it.
func TestConnMany(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		const n = 60
		var all sync.WaitGroup
		defer all.Wait()
		for i := range n {
			client, server := k.conns(t)
			all.Go(func() {
				p := make([]byte, 8)
				for {
					got, err := server.Read(p)
					if err == io.EOF {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					server.Write(p[:got])
				}
			})
			all.Go(func() {
				defer client.CloseWrite()
				client.SetDeadline(time.Now().Add(soon))
				p := make([]byte, 8)
				for j := range 20 {
					client.Write([]byte{byte(i), byte(j)})
					if _, err := io.ReadFull(client, p[:2]); err != nil || p[0] != byte(i) || p[1] != byte(j) {
						t.Errorf("%v, %v", p[:2], err)
						return
					}
				}
			})
		}
	})
}

func TestConnAllocations(t *testing.T) {
	need.ExactAllocations(t)
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.conns(t)
		ping, pong := make([]byte, 8), make([]byte, 8)
		done := later(func() error {
			for {
				n, err := server.Recv(pong, 0)
				if n == 0 || err != nil {
					return err
				}
				if _, err := server.Send(pong[:n], 0); err != nil {
					return err
				}
			}
		})
		var failed error
		allocs := testing.AllocsPerRun(200, func() {
			_, err := client.Send(ping, 0)
			_, err2 := client.Recv(ping, 0)
			failed = errors.Join(failed, err, err2)
		})
		need.OK(t, failed, client.Close(), result(t, done))
		if allocs >= 1 {
			t.Errorf("a round trip allocates %v times", allocs)
		}
	})
}
