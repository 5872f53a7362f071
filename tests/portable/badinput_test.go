package portable

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Bad input is an error, and never a panic.

func TestNew(t *testing.T) {
	for _, c := range []struct {
		domain   csock.Domain
		typ      csock.Type
		protocol csock.Protocol
	}{
		{12345, csock.SOCK_STREAM, 0},
		{-1, csock.SOCK_STREAM, 0},
		{csock.AF_INET, 12, 0},
		{csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_UDP},
	} {
		if s, err := csock.New(c.domain, c.typ, c.protocol); err == nil {
			t.Errorf("New(%v, %v, %v) works", c.domain, c.typ, c.protocol)
			s.Close()
		}
		if a, b, err := csock.Pair(c.domain, c.typ, c.protocol); err == nil {
			t.Errorf("Pair(%v, %v, %v) works", c.domain, c.typ, c.protocol)
			a.Close()
			b.Close()
		}
	}
	_, err := csock.New(12345, csock.SOCK_STREAM, 0)
	need.Is(t, "New with an unknown family", err, syscall.EAFNOSUPPORT)
	for _, fd := range []uintptr{^uintptr(0), 1 << 20} {
		if _, err := csock.FromFD(fd); !errors.Is(err, syscall.EBADF) && !errors.Is(err, syscall.ENOTSOCK) {
			t.Errorf("FromFD of no descriptor: %v", err)
		}
	}
	f, err := os.CreateTemp("", "csock-*")
	need.OK(t, err)
	defer os.Remove(f.Name())
	defer f.Close()
	_, err = csock.FromFD(f.Fd())
	need.Is(t, "FromFD of a file", err, syscall.ENOTSOCK)
	_, err = f.WriteString("still open")
	need.OK(t, err)
}

// Every call on a closed Socket returns net.ErrClosed.
func TestClosed(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s := k.socket(t, csock.SOCK_STREAM)
		addr := k.loopback
		need.OK(t, s.Close())
		p := make([]byte, 1)
		vec := [][]byte{p}
		for what, call := range map[string]func() error{
			"Bind":        func() error { return s.Bind(addr) },
			"Connect":     func() error { return s.Connect(addr) },
			"Listen":      func() error { return s.Listen(1) },
			"Accept":      func() error { _, _, err := s.Accept(); return err },
			"AcceptRaw":   func() error { _, _, err := s.AcceptRaw(); return err },
			"LocalAddr":   func() error { _, err := s.LocalAddr(); return err },
			"PeerAddr":    func() error { _, err := s.PeerAddr(); return err },
			"Type":        func() error { _, err := s.Type(); return err },
			"Domain":      func() error { _, err := s.Domain(); return err },
			"TryClone":    func() error { _, err := s.TryClone(); return err },
			"Shutdown":    func() error { return s.Shutdown(csock.SHUT_RD) },
			"Send":        func() error { _, err := s.Send(p, 0); return err },
			"SendTo":      func() error { _, err := s.SendTo(p, addr, 0); return err },
			"Sendmsg":     func() error { _, err := s.Sendmsg(&csock.MsgHdr{Buffers: vec}, 0); return err },
			"Recv":        func() error { _, err := s.Recv(p, 0); return err },
			"RecvFrom":    func() error { _, _, err := s.RecvFrom(p, 0); return err },
			"Recvmsg":     func() error { _, err := s.Recvmsg(&csock.MsgHdr{Buffers: vec}, 0); return err },
			"Read":        func() error { _, err := s.Read(p); return err },
			"Write":       func() error { _, err := s.Write(p); return err },
			"TakeError":   func() error { _, err := s.TakeError(); return err },
			"Poll":        func() error { _, err := s.Poll(csock.POLLIN, 0); return err },
			"SetTTLV4":    func() error { return s.SetTTLV4(1) },
			"Linger":      func() error { _, err := s.Linger(); return err },
			"Detach":      func() error { _, err := s.Detach(); return err },
			"IntoConn":    func() error { _, err := s.IntoConn(); return err },
			"IntoNetConn": func() error { _, err := s.IntoNetConn(); return err },
			"Close":       func() error { return s.Close() },
		} {
			if err := call(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s on a closed Socket: %v", what, err)
			}
		}
	})
}

// No bytes, no buffers, and negative lengths.
func TestNoBytes(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.connected(t)
		for _, p := range [][]byte{nil, {}} {
			n, err := client.Send(p, 0)
			need.OK(t, err)
			need.Same(t, "sent", n, 0)
			n, err = client.SendVectored([][]byte{p, p}, 0)
			need.OK(t, err)
			need.Same(t, "sent in parts", n, 0)
		}
		n, err := client.SendVectored(nil, 0)
		need.OK(t, err)
		need.Same(t, "sent of no parts", n, 0)
		_, err = client.Send([]byte("x"), 0)
		need.OK(t, err)
		_, err = server.Poll(csock.POLLIN, soon)
		need.OK(t, err)
		n, err = server.Read(nil)
		need.OK(t, err)
		need.Same(t, "read", n, 0)
		_, err = client.Sendfile(nil, 0, 1)
		if err == nil {
			t.Error("Sendfile of no file works")
		}
		_, err = client.Poll(csock.POLLIN, time.Millisecond)
		need.OK(t, err)
		need.Is(t, "Shutdown in no known way", client.Shutdown(77), syscall.EINVAL)
		need.Is(t, "Listen on a connection", listenAgain(client), syscall.EINVAL)
		other := k.socket(t, csock.SOCK_STREAM)
		_, err = other.PeerAddr()
		need.Is(t, "PeerAddr without a peer", err, syscall.ENOTCONN)
		_, err = other.Recv(make([]byte, 1), 0)
		need.Is(t, "Recv without a peer", err, syscall.ENOTCONN)
		_, _, err = k.socket(t, csock.SOCK_DGRAM).Accept()
		need.Is(t, "Accept on a datagram socket", err, errors.ErrUnsupported)
	})
}

// listenAgain returns EINVAL for a socket that is connected, which some systems call EISCONN.
func listenAgain(s *csock.Socket) error {
	err := s.Listen(1)
	if errors.Is(err, syscall.EISCONN) {
		return syscall.EINVAL
	}
	return err
}

// What a Conn refuses, and what its deadlines and contexts end before they begin.
func TestConnBadUse(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.conns(t)
		past := time.Now().Add(-time.Hour)
		p := make([]byte, 4)
		need.OK(t, client.SetDeadline(past))
		_, err := client.Read(p)
		need.Is(t, "Read after the deadline", err, os.ErrDeadlineExceeded)
		_, err = client.Write(p)
		need.Is(t, "Write after the deadline", err, os.ErrDeadlineExceeded)
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("it is no timeout: %v", err)
		}
		need.OK(t, client.SetDeadline(time.Time{}))
		_, err = client.Write([]byte("late"))
		need.OK(t, err)
		_, err = io.ReadFull(server, p)
		need.OK(t, err)
		need.Same(t, "read", string(p), "late")

		over, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = client.WithContext(over).Recv(p, 0)
		need.Is(t, "Recv with a context that is over", err, context.Canceled)
		short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err = client.WithContext(short).Recv(p, 0)
		need.Is(t, "Recv with a context that ends", err, context.DeadlineExceeded)
		c, err := k.socket(t, csock.SOCK_STREAM).IntoConn()
		need.OK(t, err)
		defer c.Close()
		need.Is(t, "Connect with a context that is over", c.Connect(over, k.loopback), context.Canceled)
		_, _, err = client.Accept(t.Context())
		if err == nil {
			t.Error("Accept on a connection works")
		}
		if client.LocalAddr().String() != server.RemoteAddr().String() {
			t.Errorf("LocalAddr %v, RemoteAddr of the other end %v", client.LocalAddr(), server.RemoteAddr())
		}

		need.OK(t, client.Close())
		for what, call := range map[string]func() error{
			"SetDeadline": func() error { return client.SetDeadline(past) },
			"Write":       func() error { _, err := client.Write(p); return err },
			"Shutdown":    func() error { return client.Shutdown(csock.SHUT_WR) },
			"CloseWrite":  func() error { return client.CloseWrite() },
			"WithContext": func() error { _, err := client.WithContext(t.Context()).Recv(p, 0); return err },
			"Connect":     func() error { return client.Connect(t.Context(), k.loopback) },
		} {
			if err := call(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s on a closed Conn: %v", what, err)
			}
		}
	})
}

// A Listener's deadline, and the connection that AcceptConn returns.
func TestListenerDeadline(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, addr := k.bound(t, csock.SOCK_STREAM)
		need.OK(t, s.Listen(4))
		l, err := s.IntoListener()
		need.OK(t, err)
		defer l.Close()
		need.OK(t, l.SetDeadline(time.Now().Add(20*time.Millisecond)))
		_, err = l.Accept()
		need.Is(t, "Accept with a deadline", err, os.ErrDeadlineExceeded)
		need.OK(t, l.SetDeadline(time.Time{}))
		client := k.socket(t, csock.SOCK_STREAM)
		need.OK(t, client.ConnectTimeout(addr, soon))
		c, err := l.AcceptConn()
		need.OK(t, err)
		defer c.Close()
		need.Same(t, "Addr", l.Addr().String(), addr.String())
		_, err = c.Write([]byte("hi"))
		need.OK(t, err)
		p := make([]byte, 4)
		n, err := client.Recv(p, 0)
		need.OK(t, err)
		need.Same(t, "received", string(p[:n]), "hi")
		need.OK(t, l.Close())
		need.Is(t, "Close again", l.Close(), net.ErrClosed)
		need.Is(t, "SetDeadline after Close", l.SetDeadline(time.Time{}), net.ErrClosed)
	})
}

// io.Copy to and from a Conn, and a net.PacketConn's own calls.
func TestConnAsNet(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, b := k.conns(t)
		c, d := k.conns(t)
		copied := later(func() error {
			_, err := io.Copy(c, b)
			return errors.Join(err, c.CloseWrite())
		})
		sent := make([]byte, 1<<20)
		for i := range sent {
			sent[i] = byte(i * 7)
		}
		written := later(func() error {
			_, err := a.Write(sent)
			return errors.Join(err, a.CloseWrite())
		})
		got, err := io.ReadAll(d)
		need.OK(t, err, result(t, written), result(t, copied))
		need.Same(t, "all was copied", string(got) == string(sent), true)

		s, to := k.bound(t, csock.SOCK_DGRAM)
		var in net.PacketConn
		in, err = s.IntoPacketConn()
		need.OK(t, err)
		defer in.Close()
		s, from := k.bound(t, csock.SOCK_DGRAM)
		out, err := s.IntoPacketConn()
		need.OK(t, err)
		defer out.Close()
		_, err = out.WriteTo([]byte("packet"), to)
		need.OK(t, err)
		need.OK(t, in.SetReadDeadline(time.Now().Add(soon)))
		p := make([]byte, 16)
		n, addr, err := in.ReadFrom(p)
		need.OK(t, err)
		need.Same(t, "received", string(p[:n]), "packet")
		need.Same(t, "its sender", addr.String(), from.String())
	})
}
