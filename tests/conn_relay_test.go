//go:build linux

package tests

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
)

// A copy between two Conns moves all bytes, whatever else goes on at the destination.
func TestConnRelay(t *testing.T) {
	content := randomBytes(20 << 20)
	// relay copies all content over a pair into w.
	relay := func(t *testing.T, k connKind, w io.Writer) (copied chan error) {
		a, b := k.pair(t)
		go func() {
			a.Write(content)
			a.CloseWrite()
		}()
		copied = make(chan error, 1)
		go func() {
			n, err := io.Copy(w, b)
			if err == nil && n != int64(len(content)) {
				err = fmt.Errorf("%d bytes", n)
			}
			copied <- err
		}()
		return copied
	}
	for _, k := range connKinds[:3] {
		t.Run(k.name+", slow reader", func(t *testing.T) {
			c, d := k.pair(t)
			check(t, smallBuffers(c, d))
			copied := relay(t, k, c)
			got := make([]byte, len(content))
			_, err := io.ReadFull(d, got)
			check(t, err, <-copied)
			if !bytes.Equal(got, content) {
				t.Error("other bytes arrived")
			}
		})
		t.Run(k.name+", deadline", func(t *testing.T) {
			c, d := k.pair(t)
			check(t, c.SetWriteDeadline(time.Now().Add(connPatience)))
			copied := relay(t, k, c)
			_, err := io.ReadFull(d, make([]byte, len(content)))
			check(t, err, <-copied)

			check(t, smallBuffers(c, d), c.SetWriteDeadline(time.Now().Add(20*time.Millisecond)))
			connIs(t, "copy past the deadline", <-relay(t, k, c), os.ErrDeadlineExceeded)
		})
		t.Run(k.name+", another sends", func(t *testing.T) {
			c, d := k.pair(t)
			check(t, smallBuffers(c, d))
			other := bytes.Repeat([]byte("-"), 1<<20)
			sent := make(chan error, 1)
			go func() {
				_, err := c.Write(other)
				sent <- err
			}()
			first := make([]byte, 1)
			_, err := io.ReadFull(d, first) // the other call holds c now
			check(t, err)
			copied := relay(t, k, c)
			got := make([]byte, len(other)+len(content)-1)
			_, err = io.ReadFull(d, got)
			check(t, err, <-sent, <-copied)
			if !bytes.Equal(append(first, got...), append(other, content...)) {
				t.Error("the bytes of the two calls are mixed")
			}
		})
	}
	t.Run("to itself", func(t *testing.T) {
		a, b := connKinds[0].pair(t)
		go io.Copy(b, b)
		echoes(t, a)
	})
	t.Run("reset", func(t *testing.T) {
		a, b := connKinds[0].pair(t)
		c, d := connKinds[0].pair(t)
		check(t, d.Set(csock.SO_LINGER.To(0)), d.Close()) // which resets the connection
		awaitHangup(t, c)
		_, err := a.Write([]byte("x"))
		check(t, err)
		_, err = io.Copy(c, b)
		connIs(t, "copy", err, syscall.ECONNRESET)
	})
	t.Run("closed destination", func(t *testing.T) {
		a, b := connKinds[0].pair(t)
		c, _ := connKinds[0].pair(t)
		copied := make(chan error, 1)
		go func() {
			_, err := io.Copy(c, b)
			copied <- err
		}()
		check(t, c.Close())
		_, err := a.Write([]byte("x"))
		check(t, err)
		connIs(t, "copy", <-copied, net.ErrClosed)
	})
	t.Run("closed source", func(t *testing.T) {
		a, b := connKinds[0].pair(t)
		c, d := connKinds[0].pair(t)
		check(t, smallBuffers(c, d))
		go a.Write(content)
		copied := make(chan error, 1)
		go func() {
			_, err := io.Copy(c, b)
			copied <- err
		}()
		_, err := io.ReadFull(d, make([]byte, 1<<16))
		check(t, err, b.Close()) // does not wait for the destination
		go io.Copy(io.Discard, d)
		connIs(t, "copy", <-copied, net.ErrClosed)
	})
}

// awaitHangup waits until the peer's reset has arrived.
func awaitHangup(t *testing.T, c *csock.Conn) {
	t.Helper()
	check(t, csock.Borrow(c, func(s *csock.Socket) error {
		events, err := s.Poll(csock.POLLIN, connPatience)
		if err == nil && events == 0 {
			err = os.ErrDeadlineExceeded
		}
		return err
	}))
}

// In a Go program, a Conn's copies to a peer that is gone return EPIPE. They raise SIGPIPE, as
// package net's do: a program that asks for the signal gets it. Other calls do not raise it.
func TestConnSIGPIPE(t *testing.T) {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGPIPE)
	defer signal.Stop(signals)
	file := contentFile(t, []byte("content"))
	for name, call := range map[string]struct {
		of     func(c *csock.Conn) error
		raises bool
	}{
		"Send":         {func(c *csock.Conn) error { _, err := c.Send([]byte("x"), 0); return err }, false},
		"WriteBuffers": {func(c *csock.Conn) error { _, err := c.WriteBuffers(&net.Buffers{[]byte("x")}); return err }, false},
		"Sendfile":     {func(c *csock.Conn) error { _, err := c.Sendfile(file, 0, 7); return err }, true},
		"ReadFrom": {func(c *csock.Conn) error {
			_, err := file.Seek(0, io.SeekStart)
			check(t, err)
			_, err = c.ReadFrom(file)
			return err
		}, true},
		"SpliceFrom": {func(c *csock.Conn) error {
			r, w := pipe(t)
			_, err := w.Write([]byte("x"))
			check(t, err)
			_, err = c.SpliceFrom(r, 1, 0)
			return err
		}, true},
		"WriteTo": {func(c *csock.Conn) error {
			a, b := connKinds[2].pair(t)
			_, err := a.Write([]byte("x"))
			check(t, err)
			_, err = b.WriteTo(c)
			return err
		}, true},
	} {
		c, d := connKinds[2].pair(t)
		check(t, d.Close())
		connIs(t, name, call.of(c), syscall.EPIPE)
		raised(t, signals, name, call.raises)
	}
}
