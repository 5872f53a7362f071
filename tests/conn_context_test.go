//go:build linux

package tests

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Each waiting call of a ContextConn ends when its context does, with the context's cause, and the
// Conn stays usable. A call whose context has ended does not begin.
func TestContextConnEnds(t *testing.T) {
	p := make([]byte, 64)
	calls := map[string]func(v csock.ContextConn) error{
		"Read":           func(v csock.ContextConn) error { _, err := v.Read(p); return err },
		"Recv":           func(v csock.ContextConn) error { _, err := v.Recv(p, 0); return err },
		"Recv, MSG_PEEK": func(v csock.ContextConn) error { _, err := v.Recv(p, csock.MSG_PEEK); return err },
		"Peek":           func(v csock.ContextConn) error { _, err := v.Peek(p); return err },
		"PeekFrom":       func(v csock.ContextConn) error { _, _, err := v.PeekFrom(p); return err },
		"PeekSender":     func(v csock.ContextConn) error { _, err := v.PeekSender(); return err },
		"RecvFrom":       func(v csock.ContextConn) error { _, _, err := v.RecvFrom(p, 0); return err },
		"Recvmsg": func(v csock.ContextConn) error {
			_, err := v.Recvmsg(&csock.MsgHdr{Buffers: [][]byte{p}}, 0)
			return err
		},
		"RecvVectored":     func(v csock.ContextConn) error { _, _, err := v.RecvVectored([][]byte{p}, 0); return err },
		"RecvFromVectored": func(v csock.ContextConn) error { _, _, _, err := v.RecvFromVectored([][]byte{p}, 0); return err },
		"RecvBatch": func(v csock.ContextConn) error {
			_, err := v.RecvBatch(newBatch(t, 2, csock.BatchRoom{Payload: 64}), 0)
			return err
		},
		"Recvmsg, MSG_ERRQUEUE": func(v csock.ContextConn) error {
			_, err := v.Recvmsg(&csock.MsgHdr{Buffers: [][]byte{p}, Control: p}, csock.MSG_ERRQUEUE)
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			a, b := connKinds[4].pair(t)
			ended, end := context.WithCancelCause(t.Context())
			time.AfterFunc(10*time.Millisecond, func() { end(errCause) })
			err := call(b.WithContext(ended))
			if opErr := errors.Unwrap(err); err != errCause && opErr != errCause {
				t.Fatalf("%v, want %v", err, errCause)
			}
			_, err = a.Send([]byte("here"), 0)
			check(t, err)
			connIs(t, "after its end", call(b.WithContext(ended)), errCause)
			n, err := b.WithContext(t.Context()).Recv(p, 0)
			check(t, err)
			same(t, "as before", string(p[:n]), "here")
			// Nor where the last call found data at once, and there is more.
			_, err = a.Send([]byte("more"), 0)
			check(t, err)
			connIs(t, "with data", call(b.WithContext(ended)), errCause)
			n, err = b.Recv(p, 0)
			check(t, err)
			same(t, "the data", string(p[:n]), "more")
			_, err = a.WithContext(ended).Send(p[:1], 0)
			connIs(t, "a datagram", err, errCause)
			if n, err := b.Recv(p, csock.MSG_DONTWAIT); err == nil {
				t.Errorf("%d bytes were sent after the end", n)
			}
		})
	}
}

// The same of the calls that receive from a stream, or move it elsewhere.
func TestContextConnStreamEnds(t *testing.T) {
	_, w := pipe(t)
	for name, call := range map[string]func(v csock.ContextConn) (int, error){
		"Read":              func(v csock.ContextConn) (int, error) { return v.Read(make([]byte, 8)) },
		"Discard":           func(v csock.ContextConn) (int, error) { return v.Discard(8, 0) },
		"SpliceTo":          func(v csock.ContextConn) (int, error) { return v.SpliceTo(w, 8, 0) },
		"WriteTo":           func(v csock.ContextConn) (int, error) { return total(v.WriteTo(io.Discard)) },
		"WriteTo a file":    func(v csock.ContextConn) (int, error) { return total(v.WriteTo(contentFile(t, nil))) },
		"io.Copy to a file": func(v csock.ContextConn) (int, error) { return total(io.Copy(contentFile(t, nil), v)) },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := connKinds[0].pair(t)
			ended, end := context.WithCancelCause(t.Context())
			time.AfterFunc(10*time.Millisecond, func() { end(errCause) })
			n, err := call(b.WithContext(ended))
			connIs(t, "while it waits", err, errCause)
			same(t, "bytes", n, 0)
			_, err = a.Send([]byte("here"), 0)
			check(t, err)
			n, err = call(b.WithContext(ended))
			connIs(t, "after its end", err, errCause)
			same(t, "bytes", n, 0)
			p := make([]byte, 64)
			n, err = b.Recv(p, 0)
			check(t, err)
			same(t, "the data", string(p[:n]), "here")
		})
	}
}

// The same of the calls that send on a stream: each byte that they count has been sent.
func TestContextConnSendEnds(t *testing.T) {
	big := make([]byte, 8<<20)
	file := contentFile(t, big)
	start := func() io.Reader {
		_, err := file.Seek(0, io.SeekStart)
		check(t, err)
		return file
	}
	batch := newBatch(t, 2, csock.BatchRoom{Payload: len(big)})
	for i := range 2 {
		check(t, batch.SetBytes(i, big))
	}
	none := csock.SockAddr{}
	for name, call := range map[string]func(v csock.ContextConn) (int, error){
		"Write":   func(v csock.ContextConn) (int, error) { return v.Write(big) },
		"Send":    func(v csock.ContextConn) (int, error) { return v.Send(big, 0) },
		"SendTo":  func(v csock.ContextConn) (int, error) { return v.SendTo(big, none, 0) },
		"Sendmsg": func(v csock.ContextConn) (int, error) { return v.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{big}}, 0) },
		"SendVectored": func(v csock.ContextConn) (int, error) {
			return v.SendVectored([][]byte{big, big}, 0)
		},
		"SendToVectored": func(v csock.ContextConn) (int, error) {
			return v.SendToVectored([][]byte{big, big}, none, 0)
		},
		"SendBatch": func(v csock.ContextConn) (sent int, err error) {
			n, err := v.SendBatch(batch, 0)
			for i := range n {
				sent += batch.N(i)
			}
			return sent, err
		},
		"Sendfile":              func(v csock.ContextConn) (int, error) { return v.Sendfile(file, 0, len(big)) },
		"SendfileNext":          func(v csock.ContextConn) (int, error) { start(); return v.SendfileNext(file, len(big)) },
		"WriteBuffers":          func(v csock.ContextConn) (int, error) { return total(v.WriteBuffers(&net.Buffers{big, big})) },
		"ReadFrom":              func(v csock.ContextConn) (int, error) { return total(v.ReadFrom(bytes.NewReader(big))) },
		"ReadFrom a file":       func(v csock.ContextConn) (int, error) { return total(v.ReadFrom(start())) },
		"ReadFrom net.Buffers":  func(v csock.ContextConn) (int, error) { return total(v.ReadFrom(&net.Buffers{big, big})) },
		"io.Copy from a reader": func(v csock.ContextConn) (int, error) { return total(io.Copy(v, bytes.NewReader(big))) },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := connKinds[0].pair(t)
			ended, end := context.WithCancelCause(t.Context())
			time.AfterFunc(20*time.Millisecond, func() { end(errCause) })
			sent := 0
			for {
				n, err := call(a.WithContext(ended))
				sent += n
				if err != nil {
					connIs(t, name, err, errCause)
					break
				}
			}
			check(t, a.CloseWrite())
			n, err := io.Copy(io.Discard, b)
			check(t, err)
			same(t, "bytes that arrived", int(n), sent)
		})
	}
}

// The same of the copies by the kernel from one Conn to another, whichever has the context. They
// wait for room, or for another call's Write, or never wait. Each byte that they count has arrived.
func TestContextConnRelayEnds(t *testing.T) {
	for name, relay := range map[string]func(ctx context.Context, c, b *csock.Conn) (int64, error){
		"WriteTo": func(ctx context.Context, c, b *csock.Conn) (int64, error) { return b.WithContext(ctx).WriteTo(c) },
		"ReadFrom": func(ctx context.Context, c, b *csock.Conn) (int64, error) {
			return c.WithContext(ctx).ReadFrom(&csock.UnixConn{Conn: b})
		},
		"to a context": func(ctx context.Context, c, b *csock.Conn) (int64, error) {
			return io.Copy(c.WithContext(ctx), b)
		},
		"with two contexts": func(ctx context.Context, c, b *csock.Conn) (int64, error) {
			other, cancel := context.WithCancel(t.Context())
			defer cancel()
			return io.Copy(c.WithContext(ctx), b.WithContext(other))
		},
	} {
		for _, scene := range []string{"no room", "another's Write", "never waits"} {
			t.Run(name+", "+scene, func(t *testing.T) {
				a, b := connKinds[2].pair(t)
				c, d := connKinds[2].pair(t)
				check(t, smallBuffers(c, d))
				arrived := make(chan int64, 1)
				read := func() {
					n, _ := io.Copy(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{d})
					arrived <- n
				}
				wrote := make(chan int, 1)
				switch scene {
				case "another's Write":
					go func() {
						n, _ := c.Write(make([]byte, 8<<20))
						wrote <- n
					}()
					connParked(t, "(*Conn).Write", 1)
				case "never waits":
					go read()
				}
				fed := make(chan struct{})
				go func() {
					defer close(fed)
					for p := make([]byte, 1<<16); ; {
						if _, err := a.Write(p); err != nil {
							return
						}
					}
				}()
				late := time.AfterFunc(connPatience, func() { c.Close() })
				defer late.Stop()
				ended, end := context.WithCancelCause(t.Context())
				time.AfterFunc(20*time.Millisecond, func() { end(errCause) })
				n, err := relay(ended, c, b)
				connIs(t, "copy", err, errCause)
				check(t, a.Close(), c.Close())
				<-fed
				if scene == "another's Write" {
					n += int64(<-wrote)
				}
				if scene != "never waits" {
					read()
				}
				same(t, "bytes that arrived", <-arrived, n)
			})
		}
		if name == "with two contexts" { // which reads, and then cannot write
			continue
		}
		t.Run(name+", after its end", func(t *testing.T) {
			a, b := connKinds[2].pair(t)
			c, _ := connKinds[2].pair(t)
			_, err := a.Write([]byte("here"))
			check(t, err)
			ended, end := context.WithCancelCause(t.Context())
			end(errCause)
			n, err := relay(ended, c, b)
			connIs(t, "copy", err, errCause)
			same(t, "bytes", n, 0)
			p := make([]byte, 8)
			m, err := b.Read(p)
			check(t, err)
			same(t, "the data", string(p[:m]), "here")
			_, err = a.Write([]byte("more"))
			check(t, err, c.Close())
			_, err = relay(ended, c, b)
			if name == "WriteTo" { // the context is the source's
				connIs(t, "closed", err, errCause)
			} else {
				connIs(t, "closed", err, net.ErrClosed)
			}
		})
	}
}

// Each method of a Conn that waits has a form with a context, of the same type.
func TestContextConnMethods(t *testing.T) {
	const state, takes = "it does not wait", "it takes a context"
	others := map[string]string{
		"Accept": takes, "Connect": takes, "WithContext": takes,
		"Close": state, "CloseRead": state, "CloseWrite": state, "File": state, "LocalAddr": state,
		"RemoteAddr": state, "Set": state, "SetDeadline": state, "SetReadBuffer": state,
		"SetReadDeadline": state, "SetWriteBuffer": state, "SetWriteDeadline": state,
		"Shutdown": state, "String": state, "SyscallConn": state,
		"RecvOutOfBand": "MSG_OOB does not wait",
		"SendOutOfBand": "MSG_OOB does not wait",
		"ZeroCopy":      "it does not wait; ZeroCopy has SendContext and SendmsgContext",
	}
	twins := reflect.TypeFor[csock.ContextConn]()
	signature := func(m reflect.Method) string {
		var s strings.Builder
		for i := 1; i < m.Type.NumIn(); i++ { // 0 is the receiver
			fmt.Fprint(&s, m.Type.In(i), " ")
		}
		for i := range m.Type.NumOut() {
			fmt.Fprint(&s, "-> ", m.Type.Out(i))
		}
		return s.String()
	}
	conn := reflect.TypeFor[*csock.Conn]()
	for i := range conn.NumMethod() {
		m := conn.Method(i)
		twin, ok := twins.MethodByName(m.Name)
		reason := others[m.Name]
		delete(others, m.Name)
		switch {
		case !ok && reason == "":
			t.Errorf("%s has no form with a context", m.Name)
		case ok && reason != "":
			t.Errorf("%s has a form with a context, but %s", m.Name, reason)
		case ok:
			same(t, m.Name, signature(twin), signature(m))
		}
	}
	if len(others) > 0 {
		t.Errorf("a Conn has no %v", others)
	}
	sends := map[string]bool{"Send": true, "Sendmsg": true}
	zero := reflect.TypeFor[*csock.ZeroCopy]()
	for i := range zero.NumMethod() {
		m := zero.Method(i)
		if twin, ok := zero.MethodByName(m.Name + "Context"); sends[m.Name] != ok {
			t.Errorf("ZeroCopy.%s: a form with a context: %v", m.Name, ok)
		} else if ok {
			same(t, m.Name, signature(twin), "context.Context "+signature(m))
		}
	}
}

// SpliceFrom under a context ends too.
func TestContextConnSpliceFromEnds(t *testing.T) {
	a, _ := connKinds[0].pair(t)
	r, w := pipe(t)
	ended, end := context.WithCancelCause(t.Context())
	time.AfterFunc(20*time.Millisecond, func() { end(errCause) })
	for {
		if _, err := w.Write(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
		if _, err := a.WithContext(ended).SpliceFrom(r, 4096, 0); err != nil {
			connIs(t, "SpliceFrom", err, errCause)
			return
		}
	}
}

// A context ends AcceptContext, and the Listener stays usable.
func TestListenerAcceptContext(t *testing.T) {
	need.IPv4(t)
	for _, k := range []string{"tcp4", "unix"} {
		t.Run(k, func(t *testing.T) {
			s := kindOf(k).open(t)
			check(t, s.Bind(kindOf(k).addr(t)), s.Listen(5))
			l := need.Value[*csock.Listener](t)(s.IntoListener())
			t.Cleanup(func() { l.Close() })
			ended, end := context.WithCancelCause(t.Context())
			time.AfterFunc(10*time.Millisecond, func() { end(errCause) })
			_, err := l.AcceptContext(ended)
			connIs(t, "while it waits", err, errCause)
			var op *net.OpError
			if !errors.As(err, &op) || op.Op != "accept" {
				t.Errorf("%#v is not an OpError of accept", err)
			}
			client := need.Value[net.Conn](t)(net.Dial(l.Addr().Network(), l.Addr().String()))
			t.Cleanup(func() { client.Close() })
			_, err = l.AcceptContext(ended)
			connIs(t, "after its end", err, errCause)
			c, err := l.AcceptContext(t.Context())
			check(t, err)
			check(t, c.Close(), l.Close())
			_, err = l.AcceptContext(ended)
			connIs(t, "closed", err, net.ErrClosed)
		})
	}
}

// total makes the result of a copy an int.
func total(n int64, err error) (int, error) { return int(n), err }

// A context ends a call that waits for another call's Write, but not that Write.
func TestContextConnWhole(t *testing.T) {
	a, b := connKinds[0].pair(t)
	check(t, a.Set(csock.SO_SNDBUF.To(4096)))
	const size = 4 << 20
	wrote := make(chan error, 1)
	go func() {
		_, err := a.Write(bytes.Repeat([]byte{1}, size))
		wrote <- err
	}()
	connParked(t, "(*Conn).park", 1)
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := a.WithContext(short).Write([]byte{2})
	connIs(t, "Write", err, context.DeadlineExceeded)
	got := make([]byte, size)
	_, err = io.ReadFull(b, got)
	check(t, err, <-wrote)
	same(t, "the first Write whole", bytes.Count(got, []byte{1}), size)
	// The lock is free again.
	_, err = a.WithContext(t.Context()).Write([]byte{3})
	check(t, err)
	_, err = b.Read(got[:1])
	check(t, err)
	same(t, "the next", got[0], 3)
}

// A context that cannot end allocates nothing, and one that can allocates nothing in a call that
// need not wait.
func TestContextConnAllocs(t *testing.T) {
	need.ExactAllocations(t)
	a, b := connKinds[4].pair(t)
	to := connAddr(t, b)
	p := make([]byte, 8)
	canEnd, cancel := context.WithCancel(t.Context())
	defer cancel()
	exchange := func(ctx context.Context) func() {
		return func() {
			if _, err := a.WithContext(ctx).SendTo(p, to, 0); err != nil {
				t.Error(err)
			}
			if _, _, err := b.WithContext(ctx).RecvFrom(p, 0); err != nil {
				t.Error(err)
			}
		}
	}
	exchange(nil)()
	same(t, "allocations without an end", testing.AllocsPerRun(100, exchange(context.Background())), 0)
	exchange(canEnd)()
	same(t, "allocations with an end", testing.AllocsPerRun(100, exchange(canEnd)), 0)
}

// The exception: a call that waits under a context that can end allocates, and the same call
// without one does not.
func TestContextConnWaitAllocs(t *testing.T) {
	need.ExactAllocations(t)
	a, b := connKinds[6].pair(t)
	const calls = 50
	// For each call the peer sends a little later, so that it waits.
	waits := func(ctx context.Context) float64 {
		next, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for range next {
				time.Sleep(2 * time.Millisecond)
				a.Send([]byte("x"), 0)
			}
		}()
		v, p := b.WithContext(ctx), make([]byte, 8)
		var before, after runtime.MemStats
		var n uint64
		for range calls {
			runtime.ReadMemStats(&before)
			next <- struct{}{}
			_, err := v.Recv(p, 0)
			runtime.ReadMemStats(&after)
			check(t, err)
			n += after.Mallocs - before.Mallocs
		}
		close(next)
		<-done
		return float64(n) / calls
	}
	canEnd, cancel := context.WithCancel(t.Context())
	defer cancel()
	waits(nil) // what is made once
	without, with := waits(nil), waits(canEnd)
	t.Logf("%.1f allocations a wait, %.1f under a context that can end", without, with)
	if with < without+1 || with > without+12 {
		t.Errorf("%.1f allocations a wait under a context that can end, %.1f without", with, without)
	}
}
