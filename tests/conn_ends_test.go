//go:build linux

package tests

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// Every descriptor that csock makes for itself is close-on-exec, and those of Conns are
// non-blocking.
func TestConnDescriptors(t *testing.T) {
	before := kernel.Descriptors(t)
	news := func(what string, want int) {
		t.Helper()
		n := 0
		for fd, is := range kernel.Descriptors(t) {
			if before[fd] == is {
				continue
			}
			n++
			same(t, fmt.Sprintf("%s: %s is close-on-exec", what, is), kernel.Flags(t, fd)&syscall.O_CLOEXEC != 0, true)
			same(t, fmt.Sprintf("%s: %s does not block", what, is), kernel.Flags(t, fd)&syscall.O_NONBLOCK != 0, true)
		}
		same(t, what+": new descriptors", n, want)
	}
	for _, k := range connKinds[:4] { // those of streams
		t.Run(k.name, func(t *testing.T) {
			need.Family(t, k.domain)
			l, addr := k.listen(t, 4)
			news("a listener", 1)
			client := connOf(t)(k.new(t), nil)
			check(t, client.Connect(t.Context(), addr))
			a, _, err := l.Accept(t.Context())
			check(t, err)
			news("Accept", 3)
			done := make(chan error, 1)
			go func() { _, err := a.Recvmsg(&csock.MsgHdr{}, csock.MSG_ERRQUEUE); done <- err }()
			connParked(t, "(*Conn).Recvmsg", 1)
			news("a wait for the error queue", 4)
			check(t, a.Close(), client.Close(), l.Close())
			connIs(t, "the wait", <-done, net.ErrClosed)
			news("nothing", 0)
		})
	}
}

// If the poller has no room for an accepted connection, Accept returns the system's error and leaks
// no descriptor.
func TestConnAcceptPollerFull(t *testing.T) {
	if os.Getenv(structChild) == "" {
		straced(t, "ENOSPC", "-e", "trace=epoll_ctl", "-e", "inject=epoll_ctl:error=ENOSPC:when=20+")
		return
	}
	runtime.LockOSThread() // strace counts the calls of a thread
	s, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	addr := unixAddr(t, filepath.Join(t.TempDir(), "s"))
	check(t, err, s.Bind(addr), s.Listen(4))
	l, err := s.IntoConn()
	check(t, err)
	for range 20 { // until calls fail
		one, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
		check(t, err)
		if _, err := one.IntoConn(); err != nil {
			check(t, one.Close())
			break
		}
	}
	client, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	check(t, err, client.Connect(addr))
	open, err := os.ReadDir("/proc/self/fd")
	check(t, err)
	_, err = l.Recvmsg(&csock.MsgHdr{Control: make([]byte, 64)}, csock.MSG_ERRQUEUE)
	connIs(t, "the wait for the error queue", err, syscall.ENOSPC)
	_, _, err = l.Accept(t.Context())
	connIs(t, "Accept", err, syscall.ENOSPC)
	left, err := os.ReadDir("/proc/self/fd")
	check(t, err)
	same(t, "open descriptors", len(left), len(open))
	_, err = client.Recv(make([]byte, 1), 0) // the end of the stream: the other side is closed
	check(t, err)
}

// A pending Write or message is not torn apart: other calls' bytes come before it or after it.
func TestConnWholeWrites(t *testing.T) {
	const size = 1 << 20
	part := bytes.Repeat([]byte{9}, 4096)
	f := contentFile(t, part)
	batch := newBatch(t, 1, csock.BatchRoom{Payload: len(part)})
	check(t, batch.SetBytes(0, part))
	var none csock.SockAddr
	for name, send := range map[string]func(*csock.Conn) (int, error){
		"Write":          func(c *csock.Conn) (int, error) { return c.Write(part) },
		"Send":           func(c *csock.Conn) (int, error) { return c.Send(part, 0) },
		"Send, MSG_MORE": func(c *csock.Conn) (int, error) { return c.Send(part, csock.MSG_MORE) },
		"SendTo":         func(c *csock.Conn) (int, error) { return c.SendTo(part, none, 0) },
		"Sendmsg": func(c *csock.Conn) (int, error) {
			return c.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{part}}, 0)
		},
		"SendVectored":   func(c *csock.Conn) (int, error) { return c.SendVectored([][]byte{part[:9], part[9:]}, 0) },
		"SendToVectored": func(c *csock.Conn) (int, error) { return c.SendToVectored([][]byte{part}, none, 0) },
		"SendBatch": func(c *csock.Conn) (int, error) {
			if n, err := c.SendBatch(batch, 0); n == 0 || err != nil {
				return 0, err
			}
			return batch.N(0), nil
		},
		"Sendfile": func(c *csock.Conn) (int, error) { return c.Sendfile(f, 0, 4096) },
	} {
		for _, k := range []connKind{connKinds[0], connKinds[2]} {
			t.Run(name+" "+k.name, func(t *testing.T) {
				need.Family(t, k.domain)
				a, b := k.pair(t)
				check(t, a.SetDeadline(time.Now().Add(connPatience)), b.SetDeadline(time.Now().Add(connPatience)))
				check(t, a.Set(csock.SO_SNDBUF.To(4096)))
				wrote := make(chan error, 1)
				go func() {
					_, err := a.Write(bytes.Repeat([]byte{1}, size))
					wrote <- err
				}()
				connParked(t, "(*Conn).park", 1)
				var other atomic.Int64
				var calls sync.WaitGroup
				for range 3 {
					calls.Go(func() {
						n, err := send(a)
						if err != nil && !errors.Is(err, syscall.EBUSY) { // of the one Batch
							t.Error(err)
						}
						other.Add(int64(n))
					})
				}
				got := make([]byte, size)
				_, err := io.ReadFull(b, got[:size/2])
				check(t, err)
				_, err = io.ReadFull(b, got[size/2:])
				check(t, err, <-wrote)
				same(t, "bytes of the Write among the first", bytes.Count(got, []byte{1}), size)
				rest := make(chan int64, 1)
				go func() {
					n, _ := io.Copy(io.Discard, b)
					rest <- n
				}()
				calls.Wait()
				check(t, a.CloseWrite())
				same(t, "bytes of the others", <-rest, other.Load())
			})
		}
	}
}

// Calls that wait for room in a queue, the peer's or their own, send once there is some: each
// message once, and in order.
func TestConnSendsWait(t *testing.T) {
	p := make([]byte, 1000)
	batch := newBatch(t, 2, csock.BatchRoom{Payload: len(p)})
	for i := range 2 {
		check(t, batch.SetBytes(i, p))
	}
	rights := csock.MsgHdr{Buffers: [][]byte{p}}
	var none csock.SockAddr
	calls := map[string]func(*csock.Conn) (int, error){
		"Write":          func(c *csock.Conn) (int, error) { return c.Write(p) },
		"Send":           func(c *csock.Conn) (int, error) { return c.Send(p, 0) },
		"SendTo":         func(c *csock.Conn) (int, error) { return c.SendTo(p, none, 0) },
		"Sendmsg":        func(c *csock.Conn) (int, error) { return c.Sendmsg(&rights, 0) },
		"SendVectored":   func(c *csock.Conn) (int, error) { return c.SendVectored([][]byte{p}, 0) },
		"SendToVectored": func(c *csock.Conn) (int, error) { return c.SendToVectored([][]byte{p}, none, 0) },
		"WriteMsgUnix": func(c *csock.Conn) (int, error) {
			n, _, err := (&csock.UnixConn{Conn: c}).WriteMsgUnix(p, nil, nil)
			return n, err
		},
		"SendBatch": func(c *csock.Conn) (int, error) {
			n, err := c.SendBatch(batch, 0)
			if n > 0 && batch.N(0) != len(p) {
				return batch.N(0), errors.New("a message was not whole")
			}
			return n * len(p), err
		},
	}
	for _, typ := range []csock.Type{csock.SOCK_DGRAM, csock.SOCK_SEQPACKET} {
		for _, name := range slices.Sorted(maps.Keys(calls)) {
			t.Run(fmt.Sprint(name, " ", typ), func(t *testing.T) {
				x, y := unixPair(t, typ)
				a, b := connOf(t)(x, nil), connOf(t)(y, nil)
				full := 0
				for ; ; full++ {
					if _, err := a.Send(p, csock.MSG_DONTWAIT); err != nil {
						connIs(t, "full", err, syscall.EAGAIN)
						break
					}
				}
				type result struct {
					n   int
					err error
				}
				sent := make(chan result, 1)
				go func() {
					n, err := calls[name](a)
					sent <- result{n, err}
				}()
				select {
				case r := <-sent:
					t.Fatalf("it did not wait: %d, %v", r.n, r.err)
				case <-time.After(5 * time.Millisecond):
				}
				check(t, b.SetReadDeadline(time.Now().Add(connPatience)))
				got := make([]byte, 2000)
				for range full {
					n, err := b.Read(got)
					check(t, err)
					same(t, "bytes of a message before", n, len(p))
				}
				r := <-sent
				check(t, r.err)
				if r.n == 0 || r.n%len(p) != 0 {
					t.Fatalf("sent %d", r.n)
				}
				for range r.n / len(p) {
					n, err := b.Read(got)
					check(t, err)
					same(t, "bytes of the message", n, len(p))
				}
				_, err := b.Recv(got, csock.MSG_DONTWAIT)
				connIs(t, "one more", err, syscall.EAGAIN)
			})
		}
	}
}

// A watchedContext counts the functions that wait for its end.
type watchedContext struct {
	context.Context
	waits, stopped atomic.Int64
}

// Value hides the context of package context beneath, which that package would find.
func (c *watchedContext) Value(any) any { return nil }

// AfterFunc is the method by which package context watches a context that is not its own.
func (c *watchedContext) AfterFunc(f func()) func() bool {
	c.waits.Add(1)
	stop := context.AfterFunc(c.Context, f)
	return func() bool {
		c.stopped.Add(1)
		return stop()
	}
}

// A call leaves nothing behind on a context that outlives it, and no goroutine.
func TestConnContextForgets(t *testing.T) {
	parent, cancel := context.WithCancel(t.Context())
	defer cancel()
	ctx := &watchedContext{Context: parent}
	p := make([]byte, 8)
	l, addr := connKinds[2].listen(t, 8)
	goroutines := runtime.NumGoroutine()
	a, b := connKinds[2].pair(t)
	full, reader := connKinds[2].pair(t)
	check(t, full.Set(csock.SO_SNDBUF.To(4096)))
	for i := range 20 {
		waited := make(chan error, 1)
		go func() { // two: the second waits until the first has sent its bytes
			_, err := full.WithContext(ctx).Write(make([]byte, 1<<20))
			waited <- err
		}()
		go func() {
			_, err := full.WithContext(ctx).Write(make([]byte, 1<<10))
			waited <- err
		}()
		_, err := io.ReadFull(reader, make([]byte, 1<<20+1<<10))
		check(t, err, <-waited, <-waited)

		time.AfterFunc(time.Millisecond, func() { a.Write(p) })
		_, err = b.WithContext(ctx).Read(p)
		check(t, err)
		c := connOf(t)(connKinds[2].new(t), nil)
		go func() { time.Sleep(time.Millisecond); waited <- c.Connect(ctx, addr) }()
		s, _, err := l.Accept(ctx)
		check(t, err, <-waited, s.Close(), c.Close())
		if i == 0 && ctx.waits.Load() == 0 {
			t.Fatal("nothing waited for the context: the test sees nothing")
		}
	}
	same(t, "what waits for the context's end", ctx.waits.Load()-ctx.stopped.Load(), 0)
	kernel.Eventually(t, "as many goroutines as before", func() bool { return runtime.NumGoroutine() <= goroutines })
}

// Calls whose contexts end do not end concurrent calls whose contexts go on, in either direction.
// Neither does a deadline before its time.
func TestConnInterruptionsApart(t *testing.T) {
	a, b := connKinds[4].pair(t)
	check(t, b.SetReadDeadline(time.Now().Add(time.Hour)))
	stop := make(chan struct{})
	var bystanders, others sync.WaitGroup
	var got atomic.Int64
	for range 2 {
		bystanders.Go(func() {
			for p := make([]byte, 8); ; {
				n, err := b.Recv(p, 0)
				switch {
				case err != nil:
					t.Errorf("a bystander: %v", err)
					return
				case n == 1:
					return
				}
				got.Add(1)
			}
		})
	}
	for i := range 3 {
		others.Go(func() {
			for p := make([]byte, 8); ; {
				select {
				case <-stop:
					return
				default:
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(50*(i+1))*time.Microsecond)
				n, err := b.WithContext(ctx).Recv(p, 0)
				cancel()
				if err == nil && n == 2 {
					got.Add(1)
				} else if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("one whose context ends: %d, %v", n, err)
					return
				}
			}
		})
	}
	const messages = 300
	for range messages {
		sent(t, 2)(a.Send([]byte("hi"), 0))
		time.Sleep(100 * time.Microsecond)
	}
	close(stop)
	others.Wait()
	for range 2 {
		sent(t, 1)(a.Send([]byte("x"), 0))
	}
	bystanders.Wait()
	same(t, "messages", got.Load(), messages)
	// The deadline is the user's again.
	start := time.Now()
	check(t, b.SetReadDeadline(start.Add(20*time.Millisecond)))
	_, err := b.Recv(make([]byte, 1), 0)
	connIs(t, "Recv", err, os.ErrDeadlineExceeded)
	if took := time.Since(start); took < 15*time.Millisecond {
		t.Errorf("it ended after %v", took)
	}
}

// A context ends a call next to one that waits, with a distant deadline on the Conn.
func TestConnContextWithDeadline(t *testing.T) {
	a, b := connKinds[4].pair(t)
	check(t, b.SetReadDeadline(time.Now().Add(time.Hour)))
	p := make([]byte, 8)
	for range 2 { // data that arrives at once is what the next call hopes for, too
		sent(t, 2)(a.Send([]byte("hi"), 0))
		_, err := b.Recv(p, 0)
		check(t, err)
	}
	waited := make(chan error, 1)
	go func() {
		_, err := b.Recv(make([]byte, 8), 0)
		waited <- err
	}()
	time.Sleep(20 * time.Millisecond)
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		ended := make(chan error, 1)
		go func() {
			_, err := b.WithContext(ctx).Recv(p, 0)
			ended <- err
		}()
		select {
		case err := <-ended:
			connIs(t, "Recv", err, context.DeadlineExceeded)
		case <-time.After(10 * time.Second):
			t.Fatal("Recv goes on after its context has ended")
		}
		cancel()
	}
	sent(t, 2)(a.Send([]byte("hi"), 0))
	check(t, <-waited)
}

// A batch on a packet socket whose family csock does not know is received, although packet sockets
// refuse the flag that csock adds for Unix sockets.
func TestUnknownFamilyBatch(t *testing.T) {
	need.NetRaw(t)
	need.IPv4(t) // for lo to be up
	for _, conn := range []bool{false, true} {
		const ethertype = 0x88b5 // for experiments
		fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, int(htons(ethertype)))
		check(t, err)
		s, err := csock.FromFD(uintptr(fd))
		check(t, err)
		lo := need.Interface(t, "lo")
		batch := newBatch(t, 4, csock.BatchRoom{Payload: 64})
		receive := func() (int, error) { return s.RecvBatch(batch, csock.MSG_WAITFORONE) }
		var c *csock.Conn
		if conn {
			c = connOf(t)(s, nil)
			receive = func() (int, error) { return c.RecvBatch(batch, 0) }
		} else {
			t.Cleanup(func() { s.Close() })
		}
		out, err := csock.New(csock.AF_PACKET, csock.SOCK_DGRAM, 0)
		check(t, err)
		defer out.Close()
		to := csock.PacketAddr(ethertype, lo.Index, []byte{1, 2, 3, 4, 5, 6})
		for range 2 {
			sent(t, 5)(out.SendTo([]byte("hello"), to, 0))
			n, err := receive()
			check(t, err)
			if n == 0 || string(batch.Bytes(0)) != "hello" {
				t.Errorf("%d messages, %q", n, batch.Bytes(0))
			}
		}
	}
}

func htons(n uint16) uint16 { return n<<8 | n>>8 }

// A closed Conn returns net.ErrClosed, even if the context has ended.
func TestConnClosedWithContext(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	for _, k := range []connKind{connKinds[2], connKinds[6]} {
		c, _ := k.pair(t)
		check(t, c.Close())
		v, p := c.WithContext(ended), make([]byte, 8)
		for name, call := range map[string]func() error{
			"Write":   func() error { return second(v.Write(p)) },
			"Send":    func() error { return second(v.Send(p, 0)) },
			"SendTo":  func() error { return second(v.SendTo(p, csock.SockAddr{}, 0)) },
			"Sendmsg": func() error { return second(v.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{p}}, 0)) },
			"Read":    func() error { return second(v.Read(p)) },
			"Recv":    func() error { return second(v.Recv(p, 0)) },
			"Connect": func() error { return c.Connect(ended, csock.SockAddr{}) },
			"Accept":  func() error { return third(c.Accept(ended)) },
		} {
			connIs(t, k.name+" "+name, call(), net.ErrClosed)
		}
	}
}
