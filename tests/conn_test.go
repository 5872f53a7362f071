//go:build linux

package tests

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// connParked waits until n goroutines wait below f, a method of package csock: in the poller, or
// between attempts where the poller refuses them.
func connParked(t testing.TB, f string, n int) {
	t.Helper()
	below, again := csockFrame(t, f), csockFrame(t, "(*Conn).waitAgain")
	kernel.Eventually(t, fmt.Sprintf("%d parked in %s", n, f), func() bool {
		buf := make([]byte, 1<<20)
		parked := 0
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			waits := strings.Contains(g, "[IO wait") || strings.Contains(g, again)
			if waits && strings.Contains(g, below) {
				parked++
			}
		}
		return parked >= n
	})
}

// csockFrame returns how a stack shows a call of a method of package csock. The test fails if the
// package's source declares no such method, as after a rename.
func csockFrame(t testing.TB, method string) string {
	t.Helper()
	if !csockMethods()[method] {
		t.Fatalf("../csock declares no method %s", method)
	}
	return "/csock." + method + "("
}

// csockMethods are the names of the methods that csock's source declares, as a stack has them.
var csockMethods = sync.OnceValue(func() map[string]bool {
	methods := make(map[string]bool)
	files, _ := filepath.Glob("../csock/*.go")
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			receiver := types.ExprString(f.Recv.List[0].Type)
			if strings.HasPrefix(receiver, "*") {
				receiver = "(" + receiver + ")"
			}
			methods[receiver+"."+f.Name.Name] = true
		}
	}
	return methods
})

// Each way to send works with each way to receive, in both directions at once, and a reader always
// waits before there is something to read.
func TestConnTransfer(t *testing.T) {
	for _, k := range connKinds {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.pair(t)
			send := []func(c *csock.Conn, p []byte) (int, error){
				func(c *csock.Conn, p []byte) (int, error) { return c.Write(p) },
				func(c *csock.Conn, p []byte) (int, error) { return c.Send(p, 0) },
				func(c *csock.Conn, p []byte) (int, error) { return c.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{p}}, 0) },
				func(c *csock.Conn, p []byte) (int, error) { return c.SendVectored([][]byte{p[:3], p[3:]}, 0) },
			}
			recv := []func(c *csock.Conn, p []byte) (int, error){
				func(c *csock.Conn, p []byte) (int, error) { return c.Read(p) },
				func(c *csock.Conn, p []byte) (int, error) { return c.Recv(p, 0) },
				func(c *csock.Conn, p []byte) (int, error) { n, _, err := c.RecvFrom(p, 0); return n, err },
				func(c *csock.Conn, p []byte) (int, error) { return c.Recvmsg(&csock.MsgHdr{Buffers: [][]byte{p}}, 0) },
				func(c *csock.Conn, p []byte) (int, error) {
					n, _, err := c.RecvVectored([][]byte{p[:2], p[2:]}, 0)
					return n, err
				},
				func(c *csock.Conn, p []byte) (int, error) {
					if n, err := c.Peek(p); err != nil {
						return n, err
					}
					return c.Read(p)
				},
			}
			var wg sync.WaitGroup
			for _, c := range [][2]*csock.Conn{{a, b}, {b, a}} {
				turn := make(chan bool)
				wg.Go(func() {
					defer close(turn)
					for i, recv := range recv {
						for j := range send {
							turn <- true
							p := make([]byte, 64)
							n, err := recv(c[1], p)
							if want := fmt.Sprint("message ", i, j); err != nil || string(p[:n]) != want {
								t.Errorf("received %q, %v, want %q", p[:n], err, want)
								return
							}
						}
					}
				})
				wg.Go(func() {
					k := 0
					for range turn {
						p := []byte(fmt.Sprint("message ", k/len(send), k%len(send)))
						if n, err := send[k%len(send)](c[0], p); n != len(p) || err != nil {
							t.Errorf("sent %d, %v", n, err)
						}
						k++
					}
				})
			}
			wg.Wait()
		})
	}
}

// The end of a stream and of a sequence of packets is io.EOF; an empty datagram is no end.
func TestConnEOF(t *testing.T) {
	for _, k := range connKinds {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.pair(t)
			if k.datagrams() {
				_, err := a.Write(nil)
				check(t, err)
			} else {
				_, err := a.Write([]byte("last"))
				check(t, err)
				end := a.CloseWrite
				if k.protocol == csock.IPPROTO_DCCP { // where shutdown(2) does nothing
					end = a.Close
				}
				check(t, end())
				p := make([]byte, 4)
				_, err = io.ReadFull(b, p)
				check(t, err)
			}
			n, err := b.Read(make([]byte, 1))
			if want := map[bool]error{false: io.EOF, true: nil}[k.datagrams()]; n != 0 || err != want {
				t.Fatalf("read %d, %v, want 0, %v", n, err, want)
			}
			if !k.datagrams() && k.protocol != csock.IPPROTO_SCTP && k.protocol != csock.IPPROTO_DCCP {
				// The other direction is still open.
				_, err := b.Write([]byte("x"))
				check(t, err)
				_, err = a.Read(make([]byte, 1))
				check(t, err)
			}
		})
	}
}

// The same for each way to receive that a UnixConn has, whose errors are those of package net.
func TestConnPacketEOF(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_SEQPACKET)
	c, err := b.IntoUnixConn()
	check(t, err, a.Close())
	defer c.Close()
	p := make([]byte, 1)
	for what, read := range map[string]func() (int, error){
		"Read":         func() (int, error) { return c.Read(p) },
		"ReadFrom":     func() (int, error) { n, _, err := c.ReadFrom(p); return n, err },
		"ReadFromUnix": func() (int, error) { n, _, err := c.ReadFromUnix(p); return n, err },
		"ReadMsgUnix":  func() (int, error) { n, _, _, _, err := c.ReadMsgUnix(p, nil); return n, err },
	} {
		if n, err := read(); n != 0 || !errors.Is(err, io.EOF) || what == "Read" && err != io.EOF {
			t.Errorf("%s: %d, %v, want 0, %v", what, n, err, io.EOF)
		}
	}
}

// Bytes of one Write arrive together, no matter how little room there is, with no bytes of another
// Write in between.
func TestConnWriteWhole(t *testing.T) {
	for _, k := range connKinds[:3] {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.pair(t)
			check(t, a.Set(csock.SO_SNDBUF.To(4096)))
			const writers, size = 8, 256 << 10
			var wg sync.WaitGroup
			for i := range writers {
				wg.Go(func() {
					if n, err := a.Write(bytes.Repeat([]byte{byte('a' + i)}, size)); n != size || err != nil {
						t.Errorf("wrote %d, %v", n, err)
					}
				})
			}
			for range writers {
				p := make([]byte, size)
				_, err := io.ReadFull(b, p)
				check(t, err)
				if !bytes.Equal(p, bytes.Repeat(p[:1], size)) {
					t.Fatal("two writes are mixed")
				}
			}
			wg.Wait()
		})
	}
}

// Sockets that are not connected: raw, netlink.
func TestConnOtherFamilies(t *testing.T) {
	need.IPv4(t)
	t.Run("icmp", func(t *testing.T) {
		s, err := csock.New(csock.AF_INET, csock.SOCK_RAW, csock.IPPROTO_ICMP)
		need.Feature(t, "a raw socket", err, syscall.EPERM)
		c := connOf(t)(s, err)
		check(t, c.SetReadDeadline(time.Now().Add(connPatience)))
		echo := []byte{8, 0, 0, 0, 0xca, 0xfe, 0, 1, 'c', 's', 'o', 'c'}
		sum := uint32(0)
		for i := 0; i < len(echo); i += 2 {
			sum += uint32(echo[i])<<8 | uint32(echo[i+1])
		}
		sum = sum>>16 + sum&0xffff
		echo[2], echo[3] = byte(^sum>>8), byte(^sum)
		_, err = c.SendTo(echo, csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0")), 0)
		check(t, err)
		for {
			p := make([]byte, 128)
			n, from, err := c.RecvFrom(p, 0)
			check(t, err)
			if icmp := p[20:n]; icmp[0] == 0 && bytes.Equal(icmp[4:], echo[4:]) { // past the IP header
				if got := from.String(); got != "127.0.0.1:0" {
					t.Fatalf("reply from %s", got)
				}
				break
			}
		}
		if got, ok := c.LocalAddr().(*net.IPAddr); !ok {
			t.Errorf("local address %v, %T", got, c.LocalAddr())
		}
	})
	t.Run("netlink", func(t *testing.T) {
		s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, syscall.NETLINK_ROUTE)
		check(t, err, s.Bind(csock.NetlinkAddr(0, 0)))
		c := connOf(t)(s, nil)
		got := make(chan error, 1)
		go func() {
			p := make([]byte, 1<<16)
			n, from, err := c.RecvFrom(p, 0)
			if pid, _, ok := from.Netlink(); err == nil && (n < 16 || !ok || pid != 0) {
				err = fmt.Errorf("%d bytes from %v", n, from)
			}
			got <- err
		}()
		connParked(t, "(*Conn).RecvFrom", 1)
		// RTM_GETLINK, NLM_F_REQUEST|NLM_F_DUMP, struct rtgenmsg padded.
		req := make([]byte, 20)
		req[0], req[4], req[6], req[7] = 20, syscall.RTM_GETLINK, 1, 3
		_, err = c.SendTo(req, csock.NetlinkAddr(0, 0), 0)
		check(t, err, <-got)
		if a := c.LocalAddr(); a.Network() != "netlink" || !strings.HasPrefix(a.String(), "netlink:") {
			t.Errorf("local address %s %s", a.Network(), a)
		}
	})
}

func TestConnDeadline(t *testing.T) {
	for _, k := range connKinds {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.pair(t)
			p := make([]byte, 1)
			timesOut := func(what string) {
				t.Helper()
				_, err := b.Read(p)
				connIs(t, what, err, os.ErrDeadlineExceeded)
				if e, ok := err.(net.Error); !ok || !e.Timeout() {
					t.Fatalf("%s: %v is no timeout of package net", what, err)
				}
				_, err = b.Recv(p, 0)
				connIs(t, what, err, os.ErrDeadlineExceeded)
			}
			_, err := a.Write([]byte("x"))
			check(t, err)

			check(t, b.SetReadDeadline(time.Now().Add(-time.Hour)))
			timesOut("past, data ready")
			check(t, b.SetDeadline(time.Now()))
			timesOut("now, data ready")
			_, err = b.Write(p)
			connIs(t, "write, now", err, os.ErrDeadlineExceeded)
			check(t, b.SetDeadline(time.Time{}))
			_, err = b.Read(p)
			check(t, err)
			check(t, b.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
			timesOut("soon")

			read := func() <-chan error {
				got := make(chan error, 1)
				go func() { _, err := b.Read(p); got <- err }()
				connParked(t, "(*Conn).Read", 1)
				return got
			}
			// Moved to now while a reader waits.
			check(t, b.SetReadDeadline(time.Now().Add(time.Hour)))
			got := read()
			check(t, b.SetReadDeadline(time.Now().Add(-1)))
			connIs(t, "moved", <-got, os.ErrDeadlineExceeded)
			// Cleared while a reader waits.
			check(t, b.SetReadDeadline(time.Now().Add(time.Hour)))
			got = read()
			check(t, b.SetReadDeadline(time.Now().Add(time.Second)), b.SetReadDeadline(time.Time{}))
			select {
			case err := <-got:
				t.Fatalf("cleared: %v", err)
			case <-time.After(1200 * time.Millisecond):
			}
			_, err = a.Write(p)
			check(t, err, <-got)
		})
	}
}

// A write deadline ends a Write that has sent a part, and the Write reports how much.
func TestConnWriteDeadline(t *testing.T) {
	a, b := connKinds[0].pair(t)
	p := make([]byte, 2<<20)
	check(t, smallBuffers(a, b))
	n := 0
	for try := 0; n == 0 && try < 5; try++ { // one may be late for its own deadline
		check(t, a.SetWriteDeadline(time.Now().Add(100*time.Millisecond)))
		var err error
		n, err = a.Write(p)
		connIs(t, "write", err, os.ErrDeadlineExceeded)
	}
	check(t, a.CloseWrite())
	got, err := io.Copy(io.Discard, b)
	check(t, err)
	if n == 0 || int64(n) != got {
		t.Fatalf("wrote %d bytes, %d arrived", n, got)
	}
}

// A deadline is moved and cleared while one writer waits for room and others wait for that writer.
func TestConnWriteDeadlineMoved(t *testing.T) {
	a, b := connKinds[0].pair(t)
	check(t, smallBuffers(a, b))
	const writers, size = 3, 2 << 20
	write := func() <-chan error {
		got := make(chan error, writers)
		for range writers {
			go func() { _, err := a.Write(make([]byte, size)); got <- err }()
		}
		connParked(t, "(*Conn).Write", 1)
		return got
	}
	check(t, a.SetWriteDeadline(time.Now().Add(time.Hour)))
	got := write()
	check(t, a.SetWriteDeadline(time.Now().Add(-1)))
	for range writers {
		connIs(t, "moved", <-got, os.ErrDeadlineExceeded)
	}

	check(t, a.SetWriteDeadline(time.Now().Add(time.Hour)))
	got = write()
	check(t, a.SetWriteDeadline(time.Now().Add(time.Second)), a.SetWriteDeadline(time.Time{}))
	select {
	case err := <-got:
		t.Fatalf("cleared: %v", err)
	case <-time.After(1200 * time.Millisecond):
	}
	go io.Copy(io.Discard, b)
	for range writers {
		check(t, <-got)
	}
}

// errCause is a context's cause.
var errCause = errors.New("the test's cause")

func TestConnAcceptContext(t *testing.T) {
	for _, k := range []connKind{connKinds[0], connKinds[2], connKinds[3]} {
		t.Run(k.name, func(t *testing.T) {
			l, addr := k.listen(t, 16)
			user := time.Now().Add(time.Hour)
			check(t, l.SetReadDeadline(user))

			ended, end := context.WithCancelCause(context.Background())
			end(errCause)
			_, _, err := l.Accept(ended)
			connIs(t, "ended before", err, errCause)

			// One that stays, among many that go.
			stays := make(chan error, 1)
			go func() {
				c, _, err := l.Accept(context.Background())
				if err == nil {
					err = c.Close()
				}
				stays <- err
			}()
			connParked(t, "(*Conn).Accept", 1)
			for range 100 {
				ctx, end := context.WithCancelCause(context.Background())
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						if _, _, err := l.Accept(ctx); !errors.Is(err, errCause) {
							t.Errorf("ended: %v", err)
						}
					})
				}
				time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
				end(errCause)
				wg.Wait()
			}
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
			defer cancel()
			_, _, err = l.Accept(ctx)
			connIs(t, "timeout", err, context.DeadlineExceeded)
			select {
			case err := <-stays:
				t.Fatal("a bystander ended: ", err)
			default:
			}
			c := connOf(t)(csock.New(k.domain, k.typ, 0))
			check(t, c.Connect(context.Background(), addr), <-stays)

			// The user's deadline is unchanged, and can be set while a context ends.
			check(t, l.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
			_, _, err = l.Accept(context.Background())
			connIs(t, "deadline", err, os.ErrDeadlineExceeded)
			ctx, cancel = context.WithCancel(context.Background())
			defer cancel()
			_, _, err = l.Accept(ctx)
			connIs(t, "deadline, with a context", err, os.ErrDeadlineExceeded)
		})
	}
}

// Contexts end while connections arrive: each connection is accepted once, and none gets lost.
func TestConnAcceptContextRace(t *testing.T) {
	l, addr := connKinds[2].listen(t, 128)
	const rounds = 2000
	var accepted int
	var wg sync.WaitGroup
	wg.Go(func() {
		for range rounds {
			s, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Connect(addr); err != nil {
				t.Error(err)
			}
			s.Close()
		}
	})
	for end := time.Now().Add(connPatience); accepted < rounds && time.Now().Before(end); {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(30))*time.Microsecond)
		c, _, err := l.Accept(ctx)
		cancel()
		switch {
		case err == nil:
			accepted++
			c.Close()
		case !errors.Is(err, context.DeadlineExceeded):
			t.Fatal(err)
		}
	}
	wg.Wait()
	if accepted != rounds {
		t.Fatalf("accepted %d of %d", accepted, rounds)
	}
}

func TestConnConnectRefused(t *testing.T) {
	for _, k := range connKinds[:4] {
		t.Run(k.name, func(t *testing.T) {
			l, addr := k.listen(t, 1)
			check(t, l.Close())
			c := connOf(t)(csock.New(k.domain, k.typ, 0))
			connIs(t, "nobody listens", c.Connect(context.Background(), addr), syscall.ECONNREFUSED)
		})
	}
}

// connFull makes a TCP listener that does not reply to further handshakes.
func connFull(t testing.TB) csock.SockAddr {
	t.Helper()
	_, addr := connKinds[0].listen(t, 0)
	fill := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	check(t, fill.Connect(context.Background(), addr))
	return addr
}

// connSynSent counts the handshakes in progress to a port, as the kernel reports them.
func connSynSent(t testing.TB, to csock.SockAddr) int {
	t.Helper()
	ap, _ := to.AddrPort()
	table, err := os.ReadFile("/proc/net/tcp")
	check(t, err)
	return strings.Count(string(table), fmt.Sprintf(" 0100007F:%04X 02 ", ap.Port()))
}

// A context that ends during the handshake undoes it: the kernel forgets the attempt, and the Conn
// can connect elsewhere.
func TestConnConnectContext(t *testing.T) {
	full := connFull(t)
	c := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	for _, how := range []string{"cancel", "deadline", "timeout"} {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		got := make(chan error, 1)
		go func() { got <- c.Connect(ctx, full) }()
		kernel.Eventually(t, "a handshake under way", func() bool { return connSynSent(t, full) == 1 })
		want := errCause
		switch how {
		case "cancel":
			cancel(errCause)
		case "deadline":
			want = os.ErrDeadlineExceeded
			check(t, c.SetWriteDeadline(time.Now()))
		case "timeout":
			want = os.ErrDeadlineExceeded
			check(t, c.SetWriteDeadline(time.Now().Add(10*time.Millisecond)))
		}
		connIs(t, how, <-got, want)
		if n := connSynSent(t, full); n != 0 {
			t.Fatalf("%s: %d handshakes go on", how, n)
		}
		check(t, c.SetWriteDeadline(time.Time{}))
	}
	l, addr := connKinds[0].listen(t, 1)
	check(t, c.Connect(context.Background(), addr))
	peer, _, err := l.Accept(context.Background())
	check(t, err)
	defer peer.Close()
	_, err = c.Write([]byte("x"))
	check(t, err)
	_, err = peer.Read(make([]byte, 1))
	check(t, err)
}

// Close during the handshake makes it return net.ErrClosed.
func TestConnConnectClose(t *testing.T) {
	full := connFull(t)
	c := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	got := make(chan error, 1)
	go func() { got <- c.Connect(context.Background(), full) }()
	connParked(t, "(*Conn).Connect", 1)
	check(t, c.Close())
	connIs(t, "connect", <-got, net.ErrClosed)
	kernel.Eventually(t, "the end of the handshake", func() bool { return connSynSent(t, full) == 0 })
}

// A connection that races with its context's end is either established or undone.
func TestConnConnectContextRace(t *testing.T) {
	l, addr := connKinds[0].listen(t, 128)
	go func() {
		for {
			c, _, err := l.Accept(context.Background())
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	stood := 0
	for range 1000 {
		c := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(200))*time.Microsecond)
		err := c.Connect(ctx, addr)
		cancel()
		var peer error
		check(t, csock.Borrow(c, func(s *csock.Socket) error { _, peer = s.PeerAddr(); return nil }))
		if err == nil {
			stood++
		} else {
			connIs(t, "connect", err, context.DeadlineExceeded)
			connIs(t, "the peer of an undone connection", peer, syscall.ENOTCONN)
		}
		check(t, c.Close())
	}
	t.Logf("%d of 1000 connections stood", stood)
}

// With a full backlog of a Unix listener, Connect succeeds when there is room, and not before.
func TestConnConnectUnixBacklog(t *testing.T) {
	for _, k := range connKinds[2:4] {
		t.Run(k.name, func(t *testing.T) {
			l, addr := k.listen(t, 0)
			fill := connOf(t)(csock.New(k.domain, k.typ, 0))
			check(t, fill.Connect(context.Background(), addr))

			c := connOf(t)(csock.New(k.domain, k.typ, 0))
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
			defer cancel()
			connIs(t, "context", c.Connect(ctx, addr), context.DeadlineExceeded)
			check(t, c.SetWriteDeadline(time.Now().Add(30*time.Millisecond)))
			connIs(t, "deadline", c.Connect(context.Background(), addr), os.ErrDeadlineExceeded)
			check(t, c.SetWriteDeadline(time.Time{}))
			got := make(chan error, 1)
			go func() { got <- c.Connect(context.Background(), addr) }()
			connParked(t, "(*Conn).Connect", 1)
			a, _, err := l.Accept(context.Background())
			check(t, err, <-got)
			defer a.Close()

			// Close wakes it, too.
			d := connOf(t)(csock.New(k.domain, k.typ, 0))
			go func() { got <- d.Connect(context.Background(), addr) }()
			connParked(t, "(*Conn).Connect", 1)
			check(t, d.Close())
			connIs(t, "closed", <-got, net.ErrClosed)
		})
	}
}

// A datagram to a Unix socket whose queue is full is sent when there is room, although no event
// reports that to the sender.
func TestConnUnixQueue(t *testing.T) {
	k := connKinds[6]
	to, other, c := k.open(t), k.open(t), k.open(t)
	addr := connAddr(t, to)
	queued := 0
	for ; ; queued++ {
		if _, err := other.SendTo([]byte("other"), addr, csock.MSG_DONTWAIT); errors.Is(err, syscall.EAGAIN) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	sends := []func() (int, error){
		func() (int, error) { return c.SendTo([]byte("mine"), addr, 0) },
		func() (int, error) { return c.Sendmsg(&csock.MsgHdr{Addr: addr, Buffers: [][]byte{[]byte("mine")}}, 0) },
	}
	for _, send := range sends {
		check(t, c.SetWriteDeadline(time.Now().Add(30*time.Millisecond)))
		_, err := send()
		connIs(t, "full", err, os.ErrDeadlineExceeded)
		check(t, c.SetWriteDeadline(time.Time{}))
		got := make(chan error, 1)
		go func() { _, err := send(); got <- err }()
		time.Sleep(20 * time.Millisecond) // several of its attempts
		_, err = to.Recv(make([]byte, 8), 0)
		check(t, err)
		select {
		case err := <-got:
			check(t, err)
		case <-time.After(connPatience):
			t.Fatal("the datagram does not go out")
		}
	}
}

// MSG_DONTWAIT waits neither for data nor for another reader.
func TestConnDontWait(t *testing.T) {
	a, b := connKinds[0].pair(t)
	got := make(chan error, 1)
	go func() { _, err := b.Read(make([]byte, 1)); got <- err }()
	connParked(t, "(*Conn).Read", 1)
	_, err := b.Recv(make([]byte, 1), csock.MSG_DONTWAIT)
	connIs(t, "nothing there", err, syscall.EAGAIN)
	_, err = b.Recv(make([]byte, 1), csock.MSG_OOB)
	connIs(t, "no urgent data", err, syscall.EINVAL)
	_, err = a.Write([]byte("x"))
	check(t, err, <-got)
}

// A reader of the error queue and a reader of data wait side by side, and neither wakes at the
// other's event.
func TestConnErrQueue(t *testing.T) {
	c := connKinds[4].open(t)
	check(t, c.Set(csock.IP_RECVERR.To(true)))
	data, queue := make(chan error, 1), make(chan csock.MsgHdr, 1)
	go func() { _, err := c.Recv(make([]byte, 8), 0); data <- err }()
	connParked(t, "(*Conn).Recv", 1)
	check(t, c.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
	_, err := c.Recvmsg(&csock.MsgHdr{}, csock.MSG_ERRQUEUE)
	connIs(t, "deadline", err, os.ErrDeadlineExceeded)
	connIs(t, "deadline of the data", <-data, os.ErrDeadlineExceeded)
	check(t, c.SetReadDeadline(time.Time{}))

	go func() {
		m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 16)}, Control: make([]byte, 256)}
		n, err := c.Recvmsg(&m, csock.MSG_ERRQUEUE)
		if err != nil {
			t.Error(err)
		}
		m.Buffers[0] = m.Buffers[0][:n]
		queue <- m
	}()
	connParked(t, "(*Conn).Recvmsg", 1)
	gone := connKinds[4].open(t)
	addr := connAddr(t, gone)
	check(t, gone.Close())
	_, err = c.SendTo([]byte("refused"), addr, 0)
	check(t, err)
	m := <-queue
	if string(m.Buffers[0]) != "refused" || !m.Flags.IsErrQueue() || m.ControlLen == 0 || m.Addr != addr {
		t.Errorf("from the error queue: %q, flags %v, %d bytes of control, to %v", m.Buffers[0], m.Flags, m.ControlLen, m.Addr)
	}

	// Close wakes the reader of the queue, and closes the duplicate.
	got := make(chan error, 1)
	go func() { _, err := c.Recvmsg(&csock.MsgHdr{}, csock.MSG_ERRQUEUE); got <- err }()
	connParked(t, "(*Conn).Recvmsg", 1)
	check(t, c.Close())
	connIs(t, "closed", <-got, net.ErrClosed)
}

// Close wakes the reader of the error queue although Close itself has to wait for a Borrow.
func TestConnErrQueueCloseDuringBorrow(t *testing.T) {
	c := connKinds[4].open(t)
	got := make(chan error, 1)
	go func() { _, err := c.Recvmsg(&csock.MsgHdr{}, csock.MSG_ERRQUEUE); got <- err }()
	connParked(t, "(*Conn).Recvmsg", 1)
	var closed sync.WaitGroup
	check(t, csock.Borrow(c, func(*csock.Socket) error {
		closed.Go(func() { c.Close() })
		select {
		case err := <-got:
			connIs(t, "closed", err, net.ErrClosed)
		case <-time.After(connPatience):
			t.Error("the reader does not wake")
		}
		_, err := c.Recvmsg(&csock.MsgHdr{}, csock.MSG_ERRQUEUE)
		connIs(t, "after Close began", err, net.ErrClosed)
		return nil
	}))
	closed.Wait()
}

// If only the error queue is ready, Go's poller refuses readers; a Conn's readers work all the
// same.
func TestConnReadersWithErrors(t *testing.T) {
	a, b := connKinds[0].pair(t)
	// SOF_TIMESTAMPING_TX_SOFTWARE | _SOFTWARE | _OPT_ID | _OPT_TSONLY: each send queues an error.
	const stamps = 1<<1 | 1<<4 | 1<<7 | 1<<11
	check(t, a.Set(csock.NewOption[int]("SO_TIMESTAMPING", csock.SO_TIMESTAMPING.Level(), csock.SO_TIMESTAMPING.Number()).To(stamps)))
	for {
		if _, err := a.Send(make([]byte, 64<<10), csock.MSG_DONTWAIT); err != nil {
			connIs(t, "full", err, syscall.EAGAIN)
			break
		}
	}
	for { // those of the segments that have been sent
		if _, err := a.Recvmsg(&csock.MsgHdr{Control: make([]byte, 512)}, csock.MSG_ERRQUEUE|csock.MSG_DONTWAIT); err != nil {
			connIs(t, "no error left", err, syscall.EAGAIN)
			break
		}
	}
	got := make(chan error, 1)
	go func() { _, err := a.Read(make([]byte, 1)); got <- err }()
	connParked(t, "(*Conn).Read", 1)
	// The peer has room for a few segments more, which does not make the socket writable.
	var ready csock.PollEvents
	for p := make([]byte, 64<<10); ready == 0; {
		_, err := b.Recv(p, 0)
		check(t, err, csock.Borrow(a, func(s *csock.Socket) (err error) {
			ready, err = s.Poll(csock.POLLIN|csock.POLLOUT, 10*time.Millisecond)
			return err
		}))
	}
	same(t, "the socket", ready, csock.POLLERR)
	select {
	case err := <-got:
		t.Fatal(err)
	case <-time.After(50 * time.Millisecond):
	}
	_, err := b.Write([]byte("x"))
	check(t, err)
	select {
	case err := <-got:
		check(t, err)
	case <-time.After(connPatience):
		t.Fatal("the reader does not wake")
	}
	check(t, a.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
	_, err = a.Read(make([]byte, 1))
	connIs(t, "deadline", err, os.ErrDeadlineExceeded)
}

func TestConnClose(t *testing.T) {
	for _, k := range connKinds {
		t.Run(k.name, func(t *testing.T) {
			a, _ := k.pair(t)
			local, remote := a.LocalAddr(), a.RemoteAddr()
			got := make(chan error, 8)
			for range 4 {
				go func() { _, err := a.Read(make([]byte, 1)); got <- err }()
				go func() { _, _, err := a.RecvFrom(make([]byte, 1), 0); got <- err }()
			}
			kernel.Eventually(t, "a parked reader", func() bool {
				buf := make([]byte, 1<<20)
				return bytes.Contains(buf[:runtime.Stack(buf, true)], []byte("[IO wait"))
			})
			check(t, a.Close())
			for range 8 {
				connIs(t, "a reader", <-got, net.ErrClosed)
			}
			connIs(t, "twice", a.Close(), net.ErrClosed)
			if got := a.LocalAddr(); got.String() != local.String() {
				t.Errorf("local address after Close: %v, want %v", got, local)
			}
			if got := a.RemoteAddr(); got.String() != remote.String() {
				t.Errorf("remote address after Close: %v, want %v", got, remote)
			}
			for name, err := range connCallAll(a) {
				connIs(t, name+" after Close", err, net.ErrClosed)
			}
		})
	}
}

// connCallAll makes each call of a Conn and returns its error.
func connCallAll(c *csock.Conn) map[string]error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	errs := map[string]error{}
	p := make([]byte, 1)
	m := csock.MsgHdr{Buffers: [][]byte{p}}
	_, errs["Read"] = c.Read(p)
	_, errs["Write"] = c.Write(p)
	_, errs["Recv"] = c.Recv(p, 0)
	_, errs["Recv, now"] = c.Recv(p, csock.MSG_DONTWAIT)
	_, errs["Send"] = c.Send(p, 0)
	_, _, errs["RecvFrom"] = c.RecvFrom(p, 0)
	_, errs["SendTo"] = c.SendTo(p, csock.SockAddr{}, 0)
	_, errs["Recvmsg"] = c.Recvmsg(&m, 0)
	_, errs["Recvmsg, error queue"] = c.Recvmsg(&m, csock.MSG_ERRQUEUE)
	_, errs["Sendmsg"] = c.Sendmsg(&m, 0)
	_, _, errs["RecvVectored"] = c.RecvVectored(m.Buffers, 0)
	_, errs["SendVectored"] = c.SendVectored(m.Buffers, 0)
	_, errs["Peek"] = c.Peek(p)
	_, errs["ReadFrom"] = c.ReadFrom(strings.NewReader("x"))
	_, errs["Sendfile"] = c.Sendfile(os.Stdin, 0, 1)
	_, _, errs["Accept"] = c.Accept(context.Background())
	_, _, errs["Accept, context"] = c.Accept(ctx)
	errs["Connect"] = c.Connect(context.Background(), csock.SockAddr{})
	errs["Connect, context"] = c.Connect(ctx, csock.SockAddr{})
	errs["SetDeadline"] = c.SetDeadline(time.Time{})
	errs["SetReadDeadline"] = c.SetReadDeadline(time.Time{})
	errs["SetWriteDeadline"] = c.SetWriteDeadline(time.Time{})
	errs["Set"] = c.Set(csock.SO_REUSEADDR.To(true))
	errs["Shutdown"] = c.Shutdown(csock.SHUT_RDWR)
	errs["CloseRead"] = c.CloseRead()
	errs["CloseWrite"] = c.CloseWrite()
	rc, err := c.SyscallConn()
	if err == nil { // as in package net, its methods return the error
		err = rc.Control(func(uintptr) {})
	}
	errs["SyscallConn"] = err
	errs["Borrow"] = csock.Borrow(c, func(*csock.Socket) error { return nil })
	_, errs["FromNet"] = csock.FromNet(c)
	errs["Close"] = c.Close()
	return errs
}

// The zero and the nil Conn refuse every call.
func TestConnZero(t *testing.T) {
	for name, err := range connCallAll(new(csock.Conn)) {
		connIs(t, name+" of the zero Conn", err, net.ErrClosed)
	}
	for name, err := range connCallAll(nil) {
		connIs(t, name+" of nil", err, os.ErrInvalid)
	}
	for _, calls := range []map[string]error{
		kindCallAll(new(csock.PacketConn), nil, nil), kindCallAll(nil, nil, nil),
		kindCallAll(nil, new(csock.UDPConn), nil), kindCallAll(nil, nil, new(csock.TCPConn)),
	} {
		for what, err := range calls {
			connIs(t, what, err, os.ErrInvalid)
		}
	}
	for what, l := range map[string]*csock.Listener{"zero Listener": new(csock.Listener), "nil Listener": nil} {
		_, err := l.Accept()
		connIs(t, what, err, os.ErrInvalid)
		_, err = l.SyscallConn()
		connIs(t, what, err, os.ErrInvalid)
		connIs(t, what, l.SetDeadline(time.Now()), os.ErrInvalid)
		connIs(t, what, l.Close(), os.ErrInvalid)
		if addr := l.Addr(); addr != nil {
			t.Errorf("%s is at %v", what, addr)
		}
	}
	if c := (*csock.Conn)(nil); c.LocalAddr() != nil || c.RemoteAddr() != nil {
		t.Error("a nil Conn has addresses")
	}
	_, err := (*csock.Conn)(nil).ZeroCopy()
	connIs(t, "ZeroCopy of a nil Conn", err, os.ErrInvalid)
	var s *csock.Socket
	_, err = s.IntoConn()
	connIs(t, "Conn of a nil Socket", err, os.ErrInvalid)
	_, err = new(csock.Socket).IntoConn()
	connIs(t, "Conn of the zero Socket", err, net.ErrClosed)
}

// Close races with every call: each call ends, and none uses a descriptor's number after it was
// closed. By then the number belongs to another of the pairs around, which would receive a wrong
// byte.
func TestConnCloseRace(t *testing.T) {
	rounds := 500
	if testing.Short() {
		rounds = 100
	}
	before := connDescriptors(t)
	var workers sync.WaitGroup
	for worker := range 4 {
		workers.Go(func() {
			for round := range rounds {
				if err := connCloseRace(fmt.Sprint("of ", worker, " in ", round)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
	kernel.Eventually(t, "all descriptors closed", func() bool { return connDescriptors(t) <= before })
}

func connCloseRace(text string) error {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	ca, err := a.IntoConn()
	if err != nil {
		return err
	}
	cb, err := b.IntoConn()
	if err != nil {
		return err
	}
	defer cb.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	read := func(c *csock.Conn) error {
		p := make([]byte, 100)
		n, err := c.Read(p)
		if err == nil && string(p[:n]) != text {
			return fmt.Errorf("read %q, want %q", p[:n], text)
		}
		return err
	}
	calls := []func() error{
		func() error { return read(ca) },
		func() error { return read(cb) },
		func() error { _, err := ca.Write([]byte(text)); return err },
		func() error { _, err := cb.Write([]byte(text)); return err },
		func() error { _, err := ca.Recv(make([]byte, 0), csock.MSG_DONTWAIT); return err },
		func() error { _, err := ca.Recvmsg(&csock.MsgHdr{}, csock.MSG_ERRQUEUE); return err },
		func() error { return ca.SetDeadline(time.Now().Add(time.Hour)) },
		func() error { _, _, err := ca.Accept(ctx); return err },
		func() error { ca.LocalAddr(); return ca.Set(csock.SO_SNDBUF.To(8192)) },
		func() error {
			return csock.Borrow(ca, func(s *csock.Socket) error { _, err := s.LocalAddr(); return err })
		},
		func() error { cancel(); return nil },
		func() error { return ca.Close() },
	}
	rand.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	errs := make(chan error, len(calls))
	for _, call := range calls {
		go func() { errs <- call() }()
	}
	var wrong error
	for range calls {
		err := <-errs
		allowed := err == nil
		for _, e := range []error{net.ErrClosed, io.EOF, context.Canceled, syscall.EPIPE, syscall.ECONNRESET, syscall.EAGAIN,
			syscall.EINVAL, syscall.EOPNOTSUPP} {
			allowed = allowed || errors.Is(err, e)
		}
		if !allowed {
			wrong = err
		}
	}
	return wrong
}

// connDescriptors counts the process's open sockets.
func connDescriptors(t testing.TB) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	check(t, err)
	n := 0
	for _, fd := range fds {
		if name, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.HasPrefix(name, "socket:") {
			n++
		}
	}
	return n
}

// An unreachable Conn closes its descriptor.
func TestConnUnreachable(t *testing.T) {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	check(t, err)
	peer := connOf(t)(b, nil)
	func() {
		_, err := a.IntoConn()
		check(t, err)
	}()
	end := make(chan error, 1)
	go func() { _, err := peer.Read(make([]byte, 1)); end <- err }()
	kernel.Eventually(t, "the unreachable Conn's end", func() bool {
		runtime.GC()
		return len(end) > 0
	})
	connIs(t, "read", <-end, io.EOF)
}

// The Socket that became a Conn is closed. One with a call in flight does not become a Conn, and
// stays usable.
func TestConnHandOver(t *testing.T) {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	check(t, err)
	defer b.Close()
	tid, got := make(chan int, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		tid <- syscall.Gettid()
		_, err := a.Recv(make([]byte, 1), 0)
		got <- err
	}()
	thread := <-tid
	kernel.Eventually(t, "a thread that waits in recv", func() bool {
		wchan, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/wchan", thread))
		return strings.Contains(string(wchan), "unix_stream")
	})
	_, err = a.IntoConn()
	connIs(t, "while it is in use", err, syscall.EBUSY)
	_, err = b.Send([]byte("x"), 0)
	check(t, err, <-got)
	if on, err := a.Nonblocking(); on || err != nil {
		t.Fatalf("still the caller's: non-blocking %v, %v", on, err)
	}
	c, err := a.IntoConn()
	check(t, err)
	defer c.Close()
	connIs(t, "the Socket", a.Close(), net.ErrClosed)
	_, err = a.IntoConn()
	connIs(t, "the Socket", err, net.ErrClosed)
	_, err = b.Send([]byte("y"), 0)
	check(t, err)
	p := make([]byte, 1)
	_, err = c.Read(p)
	check(t, err)
}

func TestConnSendfile(t *testing.T) {
	a, b := connKinds[0].pair(t)
	content := make([]byte, 3<<20)
	for i := range content {
		content[i] = byte(i * i >> 8)
	}
	path := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(path, content, 0o600))
	received := make(chan []byte, 1)
	receive := func(n int) {
		go func() {
			p := make([]byte, n)
			if _, err := io.ReadFull(b, p); err != nil {
				t.Error(err)
			}
			received <- p
		}()
	}
	open := func(offset int64) *os.File {
		f, err := os.Open(path)
		check(t, err)
		t.Cleanup(func() { f.Close() })
		_, err = f.Seek(offset, io.SeekStart)
		check(t, err)
		return f
	}
	took := func(what string, f *os.File, n int64, err error, from, to int64) {
		t.Helper()
		check(t, err)
		if got := <-received; n != to-from || !bytes.Equal(got, content[from:to]) {
			t.Fatalf("%s: sent %d bytes, want %d; content equal: %v", what, n, to-from, bytes.Equal(got, content[from:to]))
		}
		if at, err := f.Seek(0, io.SeekCurrent); at != to || err != nil {
			t.Fatalf("%s: the file is at %d, %v, want %d", what, at, err, to)
		}
	}
	size := int64(len(content))

	f := open(100)
	receive(len(content) - 100)
	n, err := a.ReadFrom(f)
	took("file", f, n, err, 100, size)

	f = open(7)
	receive(1 << 20)
	limited := &io.LimitedReader{R: f, N: 1 << 20}
	n, err = a.ReadFrom(limited)
	took("limited", f, n, err, 7, 7+1<<20)
	if limited.N != 0 {
		t.Errorf("%d left of the limit", limited.N)
	}

	f = open(size)
	n, err = a.ReadFrom(f)
	if n != 0 || err != nil {
		t.Fatalf("at the end: %d, %v", n, err)
	}

	f = open(0)
	receive(1000)
	n, err = a.ReadFrom(io.LimitReader(struct{ io.Reader }{f}, 1000))
	took("no file", f, n, err, 0, 1000)

	f = open(0)
	receive(5000)
	m, err := a.Sendfile(f, 1000, 5000)
	check(t, err)
	if got := <-received; m != 5000 || !bytes.Equal(got, content[1000:6000]) {
		t.Fatalf("Sendfile sent %d bytes", m)
	}
	if at, _ := f.Seek(0, io.SeekCurrent); at != 0 {
		t.Errorf("Sendfile moved the file to %d", at)
	}

	// Files that sendfile cannot read from, and sockets that it cannot send to.
	r, w, err := os.Pipe()
	check(t, err)
	_, err = w.Write([]byte("pipe"))
	check(t, err, w.Close())
	defer r.Close()
	receive(4)
	n, err = a.ReadFrom(r)
	if got := <-received; n != 4 || err != nil || string(got) != "pipe" {
		t.Fatalf("from a pipe: %d, %v, %q", n, err, got)
	}

	// If the peer goes away in the middle, Sendfile returns an error and the number of bytes sent
	// before.
	f = open(0)
	check(t, a.Shutdown(csock.SHUT_WR))
	if n, err := a.ReadFrom(f); n != 0 || !errors.Is(err, syscall.EPIPE) {
		t.Fatalf("after the end: %d, %v, want EPIPE", n, err)
	}
}

// Packet sockets wait on the poller like others.
func TestConnPacket(t *testing.T) {
	const protocol = 0x88b5 // left free for experiments
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "left", nil, b, "right", nil)
	open := func(ns *netns.NS, link string) *csock.PacketConn {
		s := in(t, ns, csock.AF_PACKET, csock.SOCK_DGRAM)
		var ifi *net.Interface
		var err error
		ns.Do(func() { ifi, err = net.InterfaceByName(link) })
		check(t, err)
		check(t, s.Bind(csock.PacketAddr(protocol, ifi.Index, nil)))
		c, err := s.IntoPacketConn()
		check(t, err)
		t.Cleanup(func() { c.Close() })
		check(t, c.SetDeadline(time.Now().Add(30*time.Second)))
		return c
	}
	left, right := open(a, "left"), open(b, "right")

	// Everybody on the link.
	var local csock.SockAddr
	check(t, csock.Borrow(left, func(s *csock.Socket) (err error) {
		local, err = s.LocalAddr()
		return err
	}))
	from, ok := local.Packet()
	same(t, "a packet address", ok, true)
	to := csock.PacketAddr(protocol, from.Ifindex, net.HardwareAddr{255, 255, 255, 255, 255, 255})

	receive := map[string]func(p []byte) (int, string, error){
		"RecvFrom": func(p []byte) (int, string, error) {
			n, addr, err := right.RecvFrom(p, 0)
			return n, addr.Network(), err
		},
		"ReadFrom": func(p []byte) (int, string, error) {
			n, addr, err := right.ReadFrom(p)
			if err != nil {
				return n, "", err
			}
			return n, addr.Network(), nil
		},
		"Recvmsg": func(p []byte) (int, string, error) {
			m := csock.MsgHdr{Buffers: [][]byte{p}, Control: make([]byte, 64)}
			n, err := right.Recvmsg(&m, 0)
			return n, m.Addr.Network(), err
		},
	}
	for name, f := range receive {
		for range 3 { // one that waits, one that comes after it
			type result struct {
				n       int
				network string
				err     error
			}
			got := make(chan result, 1)
			p := make([]byte, 100)
			go func() {
				n, network, err := f(p)
				got <- result{n, network, err}
			}()
			time.Sleep(time.Millisecond)
			sent(t, 46)(left.SendTo([]byte(strings.Repeat("*", 46)), to, 0))
			r := <-got
			check(t, r.err)
			if r.n != 46 || r.network != "packet" || string(p[:r.n]) != strings.Repeat("*", 46) {
				t.Errorf("%s: %d bytes, %q, from %s", name, r.n, p[:r.n], r.network)
			}
		}
	}

	// A Socket that does not know its family discovers that packet sockets refuse MSG_CMSG_CLOEXEC.
	sent(t, 46)(left.SendTo(make([]byte, 46), to, 0))
	_, err := right.Peek(make([]byte, 1)) // is there
	check(t, err)
	check(t, csock.Borrow(right, func(s *csock.Socket) error {
		sent(t, 46)(s.Recvmsg(&csock.MsgHdr{Buffers: [][]byte{make([]byte, 100)}}, 0))
		return nil
	}))

	check(t, right.SetReadDeadline(time.Now().Add(time.Millisecond)))
	_, _, err = right.RecvFrom(make([]byte, 100), 0)
	connIs(t, "RecvFrom after the deadline", err, os.ErrDeadlineExceeded)
}

// A context's end wakes a Connect next to a Write that waits, and Close then wakes the Write.
func TestConnConnectDuringWrite(t *testing.T) {
	a, b := connKinds[0].pair(t)
	written, connected := make(chan error, 1), make(chan error, 1)
	go func() {
		p := make([]byte, 1<<20)
		for {
			if _, err := a.Write(p); err != nil {
				written <- err
				return
			}
		}
	}()
	connParked(t, "(*Conn).Write", 1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { connected <- a.Connect(ctx, connAddr(t, b)) }()
	time.Sleep(10 * time.Millisecond) // it waits for the Write
	cancel()
	await := func(what string, c chan error, want error) {
		t.Helper()
		select {
		case err := <-c:
			connIs(t, what, err, want)
		case <-time.After(connPatience):
			t.Fatalf("%s does not return", what)
		}
	}
	await("Connect", connected, context.Canceled)
	select {
	case err := <-written:
		t.Fatalf("Write, when another call's context has ended: %v", err)
	case <-time.After(10 * time.Millisecond):
	}
	check(t, a.Close())
	await("Write", written, net.ErrClosed)
}

// The end of one call's context does not time out calls that begin at that moment.
func TestConnContextDuringCalls(t *testing.T) {
	l, _ := connKinds[2].listen(t, 1)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Microsecond)
				_, _, err := l.Accept(ctx)
				cancel()
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Accept: %v", err)
					return
				}
			}
		})
		wg.Go(func() {
			for p := make([]byte, 1); ; {
				select {
				case <-stop:
					return
				default:
				}
				// Calls on a listening socket return at once.
				if _, err := l.Peek(p); !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTCONN) {
					t.Errorf("Peek: %v", err)
					return
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	close(stop)
	wg.Wait()
}

// The end of a call's context does not time out calls on the raw connection, either.
func TestConnContextDuringRawConn(t *testing.T) {
	l, _ := connKinds[2].listen(t, 1)
	rc, err := l.SyscallConn()
	check(t, err)
	got := make(chan error, 1)
	read := func() { got <- rc.Read(func(uintptr) bool { return false }) }
	go read()
	connParked(t, "rawConn.Read", 1)
	for range 3 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		_, _, err = l.Accept(ctx)
		cancel()
		connIs(t, "Accept", err, context.DeadlineExceeded)
	}
	connParked(t, "rawConn.Read", 1)
	select {
	case err := <-got:
		t.Fatalf("without a deadline: %v", err)
	default:
	}
	check(t, l.SetReadDeadline(time.Now()))
	connIs(t, "deadline", <-got, os.ErrDeadlineExceeded)
	check(t, l.SetReadDeadline(time.Time{}))
	go read()
	connParked(t, "rawConn.Read", 1)
	check(t, l.Close())
	connIs(t, "Close", <-got, net.ErrClosed)
}

// No bytes of a Write come between those that ReadFrom sends of a file.
func TestConnReadFromWhole(t *testing.T) {
	a, b := connKinds[0].pair(t)
	const size = 2 << 20
	path := filepath.Join(t.TempDir(), "zeros")
	check(t, os.WriteFile(path, nil, 0o600), os.Truncate(path, size))
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()

	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		defer a.CloseWrite()
		for mark := []byte{1}; ; {
			select {
			case <-done:
				return
			default:
				if _, err := a.Write(mark); err != nil {
					t.Errorf("Write: %v", err)
					return
				}
			}
		}
	})
	wg.Go(func() {
		defer close(done)
		if n, err := a.ReadFrom(f); n != size || err != nil {
			t.Errorf("ReadFrom: %d, %v", n, err)
		}
	})
	got, err := io.ReadAll(b)
	check(t, err)
	wg.Wait()
	first, last := bytes.IndexByte(got, 0), bytes.LastIndexByte(got, 0)
	if last-first+1 != size {
		t.Errorf("the file's %d bytes are spread over %d", size, last-first+1)
	}
}

// A Conn returns its peer's address even if it is first called after the peer has reset the
// connection, however the Conn was connected.
func TestConnRemoteAddrAfterReset(t *testing.T) {
	k := connKinds[0]
	for what, open := range map[string]func(l *csock.Conn, to csock.SockAddr) *csock.Conn{
		"handed over": func(l *csock.Conn, to csock.SockAddr) *csock.Conn {
			s := k.new(t)
			check(t, s.Connect(to))
			return connOf(t)(s, nil)
		},
		"Connect": func(l *csock.Conn, to csock.SockAddr) *csock.Conn {
			c := connOf(t)(k.new(t), nil)
			check(t, c.Connect(context.Background(), to))
			return c
		},
	} {
		t.Run(what, func(t *testing.T) {
			l, to := k.listen(t, 1)
			c := open(l, to)
			peer, _, err := l.Accept(context.Background())
			check(t, err, peer.Set(csock.SO_LINGER.To(0)), peer.Close())
			_, err = c.Recv(make([]byte, 1), 0)
			connIs(t, "a connection that was reset", err, syscall.ECONNRESET)
			for _, when := range []string{"reset", "closed"} {
				if got := c.RemoteAddr(); got == nil || got.String() != to.String() {
					t.Errorf("%s: the peer is %v, want %v", when, got, to)
				}
				c.Close()
			}
		})
	}
}

// A Conn that was closed while it connected still has its own address.
func TestConnConnectCloseAddr(t *testing.T) {
	for range 2000 {
		c := connKinds[4].open(t)
		to := connAddr(t, c)
		connected := make(chan error, 1)
		go func() { connected <- c.Connect(context.Background(), to) }()
		c.Close()
		<-connected
		if c.LocalAddr() == nil {
			t.Fatal("a closed Conn has no address")
		}
	}
}
