package portable

import (
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Datagrams in parts, peeked and received.
func TestVectoredDatagrams(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, to := k.bound(t, csock.SOCK_DGRAM)
		b, from := k.bound(t, csock.SOCK_DGRAM)
		n, err := b.SendToVectored([][]byte{[]byte("in "), {}, []byte("parts")}, to, 0)
		need.OK(t, err)
		need.Same(t, "sent", n, 8)
		sender, err := a.PeekSender()
		need.OK(t, err)
		need.Same(t, "PeekSender", sender, from)
		p := make([]byte, 16)
		n, sender, err = a.PeekFrom(p)
		need.OK(t, err)
		need.Same(t, "peeked", string(p[:n]), "in parts")
		need.Same(t, "the sender by PeekFrom", sender, from)
		n, err = a.Recv(p, csock.MSG_PEEK)
		need.OK(t, err)
		need.Same(t, "peeked by its flag", string(p[:n]), "in parts")
		x, y := make([]byte, 2), make([]byte, 16)
		n, flags, sender, err := a.RecvFromVectored([][]byte{x, y}, 0)
		need.OK(t, err)
		need.Same(t, "received", string(x)+string(y[:n-len(x)]), "in parts")
		need.Same(t, "its sender", sender, from)
		need.Same(t, "IsTruncated", flags.IsTruncated(), false)
		need.Same(t, "IsEndOfRecord", flags.IsEndOfRecord(), false)
		need.Same(t, "IsOutOfBand", flags.IsOutOfBand(), false)
		need.OK(t, a.SetNonblocking(true))
		_, _, _, err = a.RecvFromVectored([][]byte{x}, 0)
		need.Is(t, "receiving again", err, syscall.EAGAIN)

		_, err = b.SendTo([]byte("too long"), to, 0)
		need.OK(t, err)
		_, err = a.Poll(csock.POLLIN, soon)
		need.OK(t, err)
		n, flags, _, err = a.RecvFromVectored([][]byte{x[:1], y[:2]}, 0)
		need.OK(t, err)
		need.Same(t, "cut", string(x[:1])+string(y[:n-1]), "too")
		need.Same(t, "IsTruncated", flags.IsTruncated(), true)
	})
}

// A datagram longer than the protocol allows is refused, and the socket works on.
func TestTooLong(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, to := k.bound(t, csock.SOCK_DGRAM)
		_, err := a.SendTo(make([]byte, 70000), to, 0)
		need.Is(t, "70000 bytes by UDP", err, syscall.EMSGSIZE)
		_, err = a.SendTo([]byte("x"), to, 0)
		need.OK(t, err)
		n, err := a.Recv(make([]byte, 8), 0)
		need.OK(t, err)
		need.Same(t, "received", n, 1)
	})
}

// MSG_WAITALL waits until the buffer is full, or for the end.
func TestWaitAll(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.connected(t)
		p := make([]byte, 6)
		n := 0
		done := later(func() (err error) {
			for {
				got := 0
				got, err = server.Recv(p[n:], csock.MSG_WAITALL)
				// A signal, as Go's runtime sends them, ends the call with what has come.
				if n += got; err != nil || got == 0 || n == len(p) || runtime.GOOS == "windows" {
					return err
				}
			}
		})
		for _, part := range []string{"ab", "cd", "ef"} {
			_, err := client.Send([]byte(part), 0)
			need.OK(t, err)
			time.Sleep(20 * time.Millisecond)
		}
		need.OK(t, result(t, done))
		if runtime.GOOS == "windows" && n < len(p) {
			t.Skipf("needs MSG_WAITALL, which Wine lacks: %d bytes came", n)
		}
		need.Same(t, "received", string(p[:n]), "abcdef")
	})
}

// The flag that makes one call non-blocking.
func TestDontWait(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, _ := k.bound(t, csock.SOCK_DGRAM)
		_, err := s.Recv(make([]byte, 1), csock.MSG_DONTWAIT)
		if errors.Is(err, errors.ErrUnsupported) && runtime.GOOS == "windows" {
			t.Skipf("needs MSG_DONTWAIT, which Windows lacks: %v", err)
		}
		need.Is(t, "Recv of nothing", err, syscall.EAGAIN)
		_, err = s.Recvmsg(&csock.MsgHdr{Buffers: [][]byte{make([]byte, 1)}}, csock.MSG_DONTWAIT)
		need.Is(t, "Recvmsg of nothing", err, syscall.EAGAIN)
		_, _, err = s.RecvFrom(make([]byte, 1), csock.MSG_DONTWAIT)
		need.Is(t, "RecvFrom of nothing", err, syscall.EAGAIN)
	})
}

// The TTL that a datagram arrives with.
func TestRecvTTL(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, to := k.bound(t, csock.SOCK_DGRAM)
		b := k.socket(t, csock.SOCK_DGRAM)
		if k.domain == csock.AF_INET {
			need.Feature(t, "IP_RECVTTL", csock.IP_RECVTTL.Set(a, true))
			need.OK(t, b.SetTTLV4(33))
		} else {
			need.Feature(t, "IPV6_RECVHOPLIMIT", a.SetRecvHoplimitV6(true))
			need.OK(t, b.SetUnicastHopsV6(33))
		}
		_, err := b.SendTo([]byte("x"), to, 0)
		need.OK(t, err)
		m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 8)}, Control: make([]byte, 256)}
		_, err = a.Recvmsg(&m, 0)
		need.OK(t, err)
		var got []int
		for c := range m.ControlMessages() {
			if ttl, ok := c.TTL(); ok {
				got = append(got, ttl)
			}
			if hops, ok := c.HopLimit(); ok {
				got = append(got, hops)
			}
		}
		if len(got) != 1 || got[0] != 33 {
			t.Errorf("the TTLs that came: %v, want [33]", got)
		}

		// No room for control messages: the data arrives all the same.
		_, err = b.SendTo([]byte("y"), to, 0)
		need.OK(t, err)
		m = csock.MsgHdr{Buffers: [][]byte{make([]byte, 8)}}
		n, err := a.Recvmsg(&m, 0)
		need.OK(t, err)
		need.Same(t, "received", string(m.Buffers[0][:n]), "y")
		need.Same(t, "ControlLen", m.ControlLen, 0)
	})
}

// A MsgHdr without an address goes to the peer, and one on a stream comes without an address.
func TestMsgHdrOfConnection(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.connected(t)
		n, err := client.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte("to the "), []byte("peer")}}, 0)
		need.OK(t, err)
		need.Same(t, "sent", n, 11)
		m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 4), make([]byte, 16)}}
		n, err = server.Recvmsg(&m, 0)
		need.OK(t, err)
		need.Same(t, "received", string(m.Buffers[0])+string(m.Buffers[1][:n-4]), "to the peer")
		need.Same(t, "its sender", m.Addr.Len(), 0)
		need.OK(t, client.Close())
		n, err = server.Recvmsg(&m, 0)
		need.OK(t, err)
		need.Same(t, "bytes at the end", n, 0)
	})
}

func TestBatchTimeout(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, to := k.bound(t, csock.SOCK_DGRAM)
		b, err := csock.NewBatch(4, csock.BatchRoom{Payload: 8})
		need.OK(t, err)
		defer b.Close()
		need.OK(t, s.SetNonblocking(true))
		_, err = s.RecvBatch(b, 0)
		need.Is(t, "RecvBatch of nothing", err, syscall.EAGAIN)
		for range 2 {
			_, err = s.SendTo([]byte("x"), to, 0)
			need.OK(t, err)
		}
		_, err = s.Poll(csock.POLLIN, soon)
		need.OK(t, err)
		got := 0
		for got < 2 {
			n, err := s.RecvBatchTimeout(b, 0, 50*time.Millisecond)
			need.OK(t, err)
			got += n
		}
		need.Same(t, "received", got, 2)
		need.OK(t, b.SetAddr(0, to), b.SetAddr(1, to))
		need.Is(t, "SetBytes outside", b.SetBytes(4, nil), syscall.EINVAL)
		need.Is(t, "SetRange outside", b.SetRange(0, 5), syscall.EINVAL)
		need.OK(t, b.Close())
		if _, err := s.SendBatch(b, 0); err == nil {
			t.Error("a closed Batch was sent")
		}
	})
}

// The read end of a connection that was shut down, or reset.
func TestEndsOfStream(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.connected(t)
		need.OK(t, server.Shutdown(csock.SHUT_RD))
		need.OK(t, client.Shutdown(csock.SHUT_RDWR))
		if _, err := client.Send([]byte("x"), 0); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("Send after Shutdown: %v", err)
		}

		client, server = k.connected(t)
		_, err := client.Send([]byte("never read"), 0)
		need.OK(t, err)
		_, err = server.Poll(csock.POLLIN, soon)
		need.OK(t, err)
		need.OK(t, server.SetLinger(0), server.Close()) // a reset
		_, err = client.Poll(csock.POLLIN, soon)
		need.OK(t, err)
		_, err = client.Recv(make([]byte, 8), 0)
		if err == nil && runtime.GOOS == "windows" {
			t.Skip("needs WSAECONNRESET after WSAPoll, which Wine lacks")
		}
		if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.ECONNABORTED) {
			t.Errorf("Recv after a reset: %v", err)
		}
	})
}

// An accepted socket without csock's guard against SIGPIPE, and what io does with a Socket.
func TestRawAndIO(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		l, addr := k.bound(t, csock.SOCK_STREAM)
		need.OK(t, l.Listen(1))
		client := k.socket(t, csock.SOCK_STREAM)
		need.OK(t, client.ConnectTimeout(addr, soon))
		server, from, err := l.AcceptRaw()
		need.OK(t, err)
		defer server.Close()
		need.Same(t, "the peer's address", from, need.Value[csock.SockAddr](t)(client.LocalAddr()))
		n, err := io.WriteString(client, "by io")
		need.OK(t, err)
		need.Same(t, "written", n, 5)
		p := make([]byte, 5)
		_, err = io.ReadFull(server, p)
		need.OK(t, err)
		need.Same(t, "read", string(p), "by io")
		need.OK(t, client.Close())
		rest, err := io.ReadAll(server)
		need.OK(t, err)
		need.Same(t, "the rest", string(rest), "")
	})
}

// A connection of package net, borrowed.
func TestBorrow(t *testing.T) {
	need.IPv4(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	need.OK(t, err)
	defer l.Close()
	var borrowed *csock.Socket
	need.OK(t, csock.Borrow(l.(*net.TCPListener), func(s *csock.Socket) error {
		borrowed = s
		need.Same(t, "IsListener", need.Value[bool](t)(s.IsListener()), true)
		ap, _ := need.Value[csock.SockAddr](t)(s.LocalAddr()).AddrPort()
		need.Same(t, "LocalAddr", ap.String(), l.Addr().String())
		if s.FD() == 0 {
			t.Error("FD is 0")
		}
		_, err := s.Detach()
		need.Is(t, "Detach", err, syscall.EBUSY)
		return nil
	}))
	_, err = borrowed.LocalAddr()
	need.Is(t, "LocalAddr later", err, net.ErrClosed)
	sentinel := errors.New("sentinel")
	need.Is(t, "the function's error", csock.Borrow(l.(*net.TCPListener), func(*csock.Socket) error { return sentinel }), sentinel)
	need.OK(t, l.Close())
	if err := csock.Borrow(l.(*net.TCPListener), func(*csock.Socket) error { return nil }); err == nil {
		t.Error("a closed listener is borrowed")
	}
}

// The number of bytes that wait, by ioctl.
func TestIoctl(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.connected(t)
		_, err := client.Send([]byte("12345"), 0)
		need.OK(t, err)
		_, err = server.Poll(csock.POLLIN, soon)
		need.OK(t, err)
		need.Same(t, "FIONREAD", need.Value[int](t)(csock.FIONREAD.Get(server)), 5)
		if runtime.GOOS == "windows" {
			_, err = server.IoctlInt(0, 0)
			need.Is(t, "a request that Windows lacks", err, errors.ErrUnsupported)
		}
	})
}
