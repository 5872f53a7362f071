//go:build linux

package tests

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// A refusal that arrives while Connect waits: the listener, whose backlog was full, is gone when
// the kernel retries.
func TestConnConnectRefusedLate(t *testing.T) {
	l, full := connKinds[0].listen(t, 0)
	fill := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	check(t, fill.Connect(context.Background(), full))
	c := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	got := make(chan error, 1)
	go func() { got <- c.Connect(context.Background(), full) }()
	connParked(t, "(*Conn).Connect", 1)
	check(t, l.Close())
	connIs(t, "the listener is gone", <-got, syscall.ECONNREFUSED)

	// The Conn is fully usable again.
	l, addr := connKinds[0].listen(t, 1)
	check(t, c.Connect(context.Background(), addr))
	peer, _, err := l.Accept(context.Background())
	check(t, err, peer.Close())
}

// refusedAddr returns an address that refuses connections, since its only socket is bound and does
// not listen.
func refusedAddr(t testing.TB) csock.SockAddr { return connAddr(t, connKinds[0].open(t)) }

// The error of a refused connection is reported once. Connect also returns if another call has
// taken it.
func TestConnConnectErrorTaken(t *testing.T) {
	refused := refusedAddr(t)
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	for what, take := range map[string]func(*csock.Conn) error{
		"Read": func(c *csock.Conn) error {
			_, err := c.Read(make([]byte, 1))
			return err
		},
		"TakeError": func(c *csock.Conn) error {
			return csock.Borrow(c, func(s *csock.Socket) error {
				pending, err := s.TakeError()
				return errors.Join(pending, err)
			})
		},
	} {
		t.Run(what, func(t *testing.T) {
			taken := 0
			for range rounds {
				c := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
				other := make(chan error, 1)
				stop := make(chan struct{})
				go func() {
					for {
						err := take(c)
						if errors.Is(err, syscall.ECONNREFUSED) {
							other <- err
							return
						}
						select {
						case <-stop:
							other <- nil
							return
						default:
						}
					}
				}()
				ctx, cancel := context.WithTimeout(context.Background(), connPatience)
				err := c.Connect(ctx, refused)
				cancel()
				close(stop)
				check(t, c.SetReadDeadline(time.Now())) // for a Read that waits
				if <-other != nil {
					taken++
				} else {
					connIs(t, "connect", err, syscall.ECONNREFUSED)
				}
				if err == nil || errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("connect: %v", err)
				}
				check(t, c.Close())
			}
			t.Logf("the error went elsewhere in %d of %d rounds", taken, rounds)
		})
	}
}

// Connect waits for an attempt that a call on the Socket has begun.
func TestConnConnectBegun(t *testing.T) {
	l, full := connKinds[0].listen(t, 0)
	fill := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	check(t, fill.Connect(context.Background(), full))
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM|csock.SOCK_NONBLOCK, 0)
	check(t, err)
	connIs(t, "direct connect", s.Connect(full), syscall.EINPROGRESS)
	c := connOf(t)(s, nil)
	got := make(chan error, 1)
	go func() { got <- c.Connect(context.Background(), full) }()
	connParked(t, "(*Conn).Connect", 1)
	for range 2 { // the one that filled the backlog, and this test's
		peer, _, err := l.Accept(context.Background())
		check(t, err)
		defer peer.Close()
	}
	check(t, <-got)
}

// Connect to no address removes the peer of a datagram socket.
func TestConnConnectNowhere(t *testing.T) {
	a, b := connKinds[4].pair(t)
	check(t, a.Connect(context.Background(), unspecified(t)))
	if addr := a.RemoteAddr(); addr != nil {
		t.Errorf("the peer of a socket without one: %v", addr)
	}
	_, err := a.SendTo([]byte("x"), connAddr(t, b), 0)
	check(t, err)
}

// Data for a peer without a TCP Fast Open cookie is sent once the connection is established, as on
// a blocking socket.
func TestConnFastOpen(t *testing.T) {
	for what, send := range map[string]func(c *csock.Conn, to csock.SockAddr) (int, error){
		"SendTo": func(c *csock.Conn, to csock.SockAddr) (int, error) {
			return c.SendTo([]byte("hello"), to, csock.MSG_FASTOPEN)
		},
		"Sendmsg": func(c *csock.Conn, to csock.SockAddr) (int, error) {
			return c.Sendmsg(&csock.MsgHdr{Addr: to, Buffers: [][]byte{[]byte("hello")}}, csock.MSG_FASTOPEN)
		},
	} {
		t.Run(what, func(t *testing.T) {
			l, addr := connKinds[0].listen(t, 1)
			c := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
			n, err := send(c, addr)
			if err != nil {
				need.Feature(t, "net.ipv4.tcp_fastopen", err)
			}
			if n != 5 || err != nil {
				t.Fatalf("sent %d bytes, %v", n, err)
			}
			acceptsHello(t, l)
		})
	}
}

// The same for a connection deferred until the first data (TCP_FASTOPEN_CONNECT), if the cookie is
// gone by then or there is no data.
func TestConnFastOpenConnect(t *testing.T) {
	for what, send := range map[string]func(c *csock.Conn) error{
		"Write": func(c *csock.Conn) error { _, err := c.Write([]byte("hello")); return err },
		"Write, nothing first": func(c *csock.Conn) error {
			if _, err := c.Write(nil); err != nil {
				return err
			}
			_, err := c.Write([]byte("hello"))
			return err
		},
		"Sendmsg": func(c *csock.Conn) error {
			_, err := c.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte("hello")}}, 0)
			return err
		},
		"ReadFrom": func(c *csock.Conn) error { _, err := c.ReadFrom(strings.NewReader("hello")); return err },
	} {
		t.Run(what, func(t *testing.T) {
			ns := netns.New(t)
			const cookies = "ipv4/tcp_fastopen"
			ns.Sysctl(t, cookies, "5") // a client's, that needs none
			s := in(t, ns, csock.AF_INET, csock.SOCK_STREAM)
			check(t, s.Bind(loopback4), s.Listen(1))
			addr, err := s.LocalAddr()
			check(t, err)
			l := connOf(t)(s, nil)
			c := connOf(t)(in(t, ns, csock.AF_INET, csock.SOCK_STREAM), nil)
			check(t, c.Set(csock.TCP_FASTOPEN_CONNECT.To(true)), c.Connect(context.Background(), addr))
			ns.Sysctl(t, cookies, "1") // and now needs one
			check(t, send(c))
			acceptsHello(t, l)
		})
	}
}

// A sender waits for room in the queue of another process's netlink socket, although no event
// reports it.
func TestConnNetlinkQueue(t *testing.T) {
	const usersock = 2 // NETLINK_USERSOCK, for communication between processes
	open := func() *csock.Conn {
		s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, usersock)
		check(t, err)
		check(t, s.Bind(csock.NetlinkAddr(0, 0)))
		return connOf(t)(s, nil)
	}
	from, to := open(), open()
	check(t, to.Set(csock.SO_RCVBUF.To(4096)))
	p, addr := make([]byte, 512), connAddr(t, to)
	sent := 0
	for ; ; sent++ {
		if _, err := from.SendTo(p, addr, csock.MSG_DONTWAIT); err != nil {
			connIs(t, "a full queue", err, syscall.EAGAIN)
			break
		}
	}
	got := make(chan error, 1)
	go func() {
		_, err := from.SendTo(p, addr, 0)
		got <- err
	}()
	connParked(t, "(*Conn).SendTo", 1)
	for range sent + 1 {
		_, err := to.Recv(p, 0)
		check(t, err)
	}
	check(t, <-got)
}

// PeekSender returns the sender of the next datagram, waits for it, and leaves it.
func TestConnPeekSender(t *testing.T) {
	a, b := connKinds[4].open(t), connKinds[4].open(t)
	got := make(chan csock.SockAddr, 1)
	go func() {
		from, _ := b.PeekSender()
		got <- from
	}()
	connParked(t, "(*Conn).PeekSender", 1)
	_, err := a.SendTo([]byte("hello"), connAddr(t, b), 0)
	check(t, err)
	if from, want := <-got, connAddr(t, a); from != want {
		t.Errorf("from %v, want %v", from, want)
	}
	p := make([]byte, 8)
	if n, err := b.Read(p); err != nil || string(p[:n]) != "hello" {
		t.Errorf("%q, %v", p[:n], err)
	}
}

// A Batch is in use while a call on it waits: no other call may use it until then, and Close takes
// effect after it.
func TestConnBatchWaiting(t *testing.T) {
	a, b := connKinds[4].pair(t)
	batch, err := csock.NewBatch(2, csock.BatchRoom{Payload: 8})
	check(t, err)
	type result struct {
		n   int
		err error
	}
	got := make(chan result, 1)
	go func() {
		n, err := b.RecvBatch(batch, 0)
		got <- result{n, err}
	}()
	connParked(t, "(*Conn).RecvBatch", 1)
	connIs(t, "SetLen of a Batch in use", batch.SetLen(0, 1), syscall.EBUSY)
	_, err = a.SendBatch(batch, 0)
	connIs(t, "SendBatch of a Batch in use", err, syscall.EBUSY)
	check(t, batch.Close())
	_, err = a.Write([]byte("hello"))
	check(t, err)
	if r := <-got; r.n != 1 || r.err != nil || string(batch.Bytes(0)) != "hello" {
		t.Errorf("%d messages, %v, %q", r.n, r.err, batch.Bytes(0))
	}
	_, err = b.RecvBatch(batch, 0)
	connIs(t, "RecvBatch of a closed Batch", err, net.ErrClosed)
}

// Memory sent without a copy over a Conn is returned, even if the sends had to wait for room.
func TestConnZeroCopy(t *testing.T) {
	a, b := connKinds[0].pair(t)
	z, err := a.ZeroCopy()
	check(t, err)
	const total = 4 << 20
	out := make([]byte, total)
	for i := range out {
		out[i] = byte(i >> 12)
	}
	sent := make(chan error, 1)
	go func() {
		for rest := out; len(rest) > 0; {
			n, err := z.Send(rest, 0)
			if errors.Is(err, syscall.ENOBUFS) { // net.core.optmem_max: the rest by copying
				n, err = a.Send(rest, 0)
			}
			if err != nil {
				sent <- err
				return
			}
			rest = rest[n:]
		}
		sent <- nil
	}()
	connParked(t, "(*ZeroCopy).Send", 1)
	in := make([]byte, total)
	_, err = io.ReadFull(b, in)
	check(t, err, <-sent)
	if !bytes.Equal(in, out) {
		t.Error("the receiver has other bytes")
	}
	// A reader of the error queue passes on each completion.
	var free [][]byte
	check(t, a.SetReadDeadline(time.Now().Add(connPatience)))
	for m := (csock.MsgHdr{Control: make([]byte, 512)}); z.Pending() > 0; {
		_, err := a.Recvmsg(&m, csock.MSG_ERRQUEUE)
		check(t, err)
		for c := range m.ControlMessages() {
			if e, ok := c.ExtendedError(); ok {
				free, _ = z.Release(e, free)
			}
		}
	}
	if len(free) == 0 || &free[0][0] != &out[0] {
		t.Error("the memory did not come back")
	}
	check(t, a.Close())
	_, err = z.Send(out, 0)
	connIs(t, "send on a closed Conn", err, net.ErrClosed)
}

// A context ends sends without a copy that wait. After its end none begins, over a Socket either.
func TestZeroCopyContext(t *testing.T) {
	a, b := connKinds[0].pair(t)
	check(t, smallBuffers(a, b))
	z, err := a.ZeroCopy()
	check(t, err)
	p := make([]byte, 1<<16)
	for name, send := range map[string]func(ctx context.Context, z *csock.ZeroCopy) (int, error){
		"Send": func(ctx context.Context, z *csock.ZeroCopy) (int, error) { return z.SendContext(ctx, p, 0) },
		"Sendmsg": func(ctx context.Context, z *csock.ZeroCopy) (int, error) {
			return z.SendmsgContext(ctx, &csock.MsgHdr{Buffers: [][]byte{p}}, 0)
		},
	} {
		ended, end := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Millisecond, func() { end(errCause) })
		for {
			_, err := send(ended, z)
			if errors.Is(err, syscall.ENOBUFS) { // net.core.optmem_max
				t.Skip("needs room for more sends")
			}
			if err != nil {
				connIs(t, name, err, errCause)
				break
			}
		}
		s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
		check(t, err)
		defer s.Close()
		y, err := csock.NewZeroCopy(s)
		check(t, err)
		_, err = send(ended, y)
		connIs(t, name+" over a Socket", err, errCause)
		_, err = send(nil, y)
		connIs(t, name+" without a context", err, syscall.EPIPE)
	}
	check(t, a.Close())
	ended, end := context.WithCancel(t.Context())
	end()
	_, err = z.SendContext(ended, p, 0)
	connIs(t, "closed", err, net.ErrClosed)
	_, err = (*csock.ZeroCopy)(nil).SendContext(ended, p, 0)
	connIs(t, "nil", err, os.ErrInvalid)
}

// io.Copy of a file into a stream makes the kernel send it, although it hides the *os.File.
func TestConnCopySendfile(t *testing.T) {
	if os.Getenv(structChild) != "" {
		a, b := connKinds[0].pair(t)
		path := filepath.Join(t.TempDir(), "file")
		check(t, os.WriteFile(path, bytes.Repeat([]byte("0123456789abcdef"), 1<<10), 0o600))
		f, err := os.Open(path)
		check(t, err)
		defer f.Close()
		n, err := io.Copy(a, f)
		check(t, err, a.CloseWrite())
		if got, err := io.ReadAll(b); int64(len(got)) != n || n != 16<<10 || err != nil {
			t.Errorf("copied %d bytes, %d came, %v", n, len(got), err)
		}
		return
	}
	need.IPv4(t)
	trace, _ := straced(t, "all", "-e", "trace=/^sendfile") // sendfile64 of 32-bit systems, too
	if !regexp.MustCompile(`sendfile(64)?\(.* = 16384`).MatchString(trace) {
		t.Errorf("no sendfile of all:\n%s", trace)
	}
}

// A stream cannot become a PacketConn, and stays as it was.
func TestConnPacketOfStream(t *testing.T) {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	check(t, err)
	defer a.Close()
	defer b.Close()
	_, err = a.IntoPacketConn()
	connIs(t, "PacketConn of a stream", err, syscall.EPROTOTYPE)
	_, err = a.Write([]byte("x"))
	check(t, err)
}

// acceptsHello accepts a connection whose first bytes are "hello".
func acceptsHello(t *testing.T, l *csock.Conn) {
	t.Helper()
	peer, _, err := l.Accept(context.Background())
	check(t, err)
	defer peer.Close()
	p := make([]byte, 8)
	if n, err := peer.Read(p); err != nil || string(p[:n]) != "hello" {
		t.Fatalf("%q, %v", p[:n], err)
	}
}
