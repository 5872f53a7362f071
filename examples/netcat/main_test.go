package main

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Package net's end of the connection sends back what it receives.
func TestNetcat(t *testing.T) {
	need.IPv4(t)
	sent := bytes.Repeat([]byte("what is sent comes back\n"), 1<<14)
	check := func(t *testing.T, conn *csock.Conn, err error) {
		need.OK(t, err, conn.SetDeadline(time.Now().Add(time.Minute)))
		var received bytes.Buffer
		need.OK(t, talk(t.Context(), conn, bytes.NewReader(sent), &received))
		if !bytes.Equal(received.Bytes(), sent) {
			t.Errorf("sent %d bytes, %d others came back", len(sent), received.Len())
		}
	}
	t.Run("connect", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		need.OK(t, err)
		defer l.Close()
		go func() {
			if c, err := l.Accept(); err == nil {
				echo(c)
			}
		}()
		conn, err := connect(t.Context(), address(l))
		check(t, conn, err)
	})
	t.Run("accept", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0") // for a port that is free
		need.OK(t, err)
		need.OK(t, err, l.Close())
		go func() {
			for range 100 {
				if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
					echo(c)
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		}()
		conn, err := accept(t.Context(), address(l))
		check(t, conn, err)
	})
}

func address(l net.Listener) csock.SockAddr {
	return csock.InetAddr(l.Addr().(*net.TCPAddr).AddrPort())
}

func echo(c net.Conn) {
	io.Copy(c, c)
	c.Close()
}
