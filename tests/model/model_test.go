//go:build linux

// Package model makes calls at random, from many goroutines, on sockets that others close and hand
// over meanwhile, and knows what each may return.
//
//	go test ./tests/model -args -for 1h
//	go test ./tests/model -args -seed 42
package model

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

var (
	howLong = flag.Duration("for", 0, "how long calls are made; 0: two seconds, less with -short")
	seedArg = flag.Uint64("seed", 0, "what the calls are chosen by; 0: the time")
)

const (
	workers   = 8
	links     = 12 // at a time
	callsEach = 400
)

// A link is two sockets that are connected to each other. Every message on it has its number in it.
type link struct {
	id     uint64
	stream bool
	sides  [2]*side
}

// A zeroCopy is a side that also sends without copying, over TCP. It stays the Socket or Conn that
// it began as, since all such sends of a socket go through one ZeroCopy.
type zeroCopy struct {
	*csock.ZeroCopy
	mu   sync.Mutex
	sent map[*byte]bool // the buffers that have not come back
}

// A side is one end of a link. It begins as a Socket and may become a Conn.
type side struct {
	link *link
	dir  byte
	// Set before the close of the side begins: from then on calls may return ErrClosed.
	closing atomic.Bool
	// Set after the close: from then on calls must return ErrClosed.
	closed atomic.Bool
	peer   *side

	zero *zeroCopy // or nil

	mu   sync.Mutex // excludes changes; calls do not take it
	sock atomic.Pointer[csock.Socket]
	conn atomic.Pointer[csock.Conn]
}

// An end has the calls that Socket and Conn share.
type end interface {
	Send([]byte, csock.MsgFlags) (int, error)
	Recv([]byte, csock.MsgFlags) (int, error)
	RecvFrom([]byte, csock.MsgFlags) (int, csock.SockAddr, error)
	Sendmsg(*csock.MsgHdr, csock.MsgFlags) (int, error)
	Recvmsg(*csock.MsgHdr, csock.MsgFlags) (int, error)
	SendVectored([][]byte, csock.MsgFlags) (int, error)
	RecvVectored([][]byte, csock.MsgFlags) (int, csock.RecvFlags, error)
	SendBatch(*csock.Batch, csock.MsgFlags) (int, error)
	RecvBatch(*csock.Batch, csock.MsgFlags) (int, error)
	Set(...csock.Setting) error
}

// end returns the Socket or Conn to call, and whether the side was closed before.
func (s *side) end() (end, bool) {
	closed := s.closed.Load()
	if c := s.conn.Load(); c != nil {
		return c, closed
	}
	return s.sock.Load(), closed
}

type world struct {
	t      *testing.T
	tcp    bool // there are links over TCP, without copying
	slots  [links]atomic.Pointer[link]
	next   atomic.Uint64
	calls  atomic.Int64
	moved  atomic.Int64
	wrong  atomic.Int64 // messages that were misdelivered
	failed atomic.Bool
}

func (w *world) fail(format string, args ...any) {
	w.failed.Store(true)
	w.t.Errorf(format, args...)
}

func TestModel(t *testing.T) {
	seed := *seedArg
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	if *howLong == 0 {
		*howLong = 2 * time.Second
		if testing.Short() {
			*howLong /= 4
		}
	}
	need.Time(t, *howLong+30*time.Second)
	t.Logf("seed %d, for %v", seed, *howLong)
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	if !need.Sanitized { // how often Go's runtime gets SIGPROF
		runtime.SetCPUProfileRate(4000)
		defer runtime.SetCPUProfileRate(0)
	}
	settle()
	before, goroutines := descriptors(t), runtime.NumGoroutine()
	w := &world{t: t, tcp: canZeroCopy()}
	rounds := 0
	for end := time.Now().Add(*howLong); time.Now().Before(end) && !w.failed.Load(); rounds++ {
		runtime.GOMAXPROCS(1 + rounds%2)
		for i := range w.slots {
			w.slots[i].Store(w.open(rand.New(rand.NewPCG(seed, uint64(rounds*links+i)))))
		}
		var all sync.WaitGroup
		for i := range workers {
			all.Go(func() { w.work(rand.New(rand.NewPCG(seed+1, uint64(rounds*workers+i)))) })
		}
		all.Wait()
		for i := range w.slots {
			w.slots[i].Load().close()
		}
	}
	// Links that lost a race for their slot are closed when they are collected. Go 1.26 keeps the
	// cleanups that are due on a processor which GOMAXPROCS has taken away, until it is back.
	runtime.GOMAXPROCS(2)
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if settle(); descriptors(t) == before && runtime.NumGoroutine() <= goroutines {
			break
		}
	}
	if n := descriptors(t); n != before {
		t.Errorf("%d descriptors, %d before", n, before)
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines, %d before", n, goroutines)
	}
	if w.moved.Load() == 0 {
		t.Error("no message has moved")
	}
	fmt.Printf("model: %d calls in %d rounds of seed %d, %d messages, %d misdelivered\n", w.calls.Load(), rounds, seed, w.moved.Load(), w.wrong.Load())
}

// settle makes the collector close what is unreachable, and Go open its poller.
func settle() {
	r, w, _ := os.Pipe()
	r.Close()
	w.Close()
	for range 4 {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	need.OK(t, err)
	return len(entries)
}

// open makes a link.
func (w *world) open(r *rand.Rand) *link {
	if w.tcp && r.IntN(4) == 0 {
		return w.openTCP(r)
	}
	typ := []csock.Type{csock.SOCK_DGRAM, csock.SOCK_SEQPACKET, csock.SOCK_STREAM}[r.IntN(3)]
	a, b, err := csock.Pair(csock.AF_UNIX, typ, 0)
	need.OK(w.t, err)
	l := &link{id: w.next.Add(1), stream: typ == csock.SOCK_STREAM}
	for i, s := range []*csock.Socket{a, b} {
		need.OK(w.t, s.SetNonblocking(true))
		l.sides[i] = &side{link: l, dir: byte(i)}
		l.sides[i].sock.Store(s)
	}
	l.sides[0].peer, l.sides[1].peer = l.sides[1], l.sides[0]
	return l
}

// openTCP makes a link whose sides send without copying too. One in two is of Conns.
func (w *world) openTCP(r *rand.Rand) *link {
	l := &link{id: w.next.Add(1), stream: true}
	conns := r.IntN(2) == 0
	for i, s := range w.tcpPair() {
		// No port waits for the end of a connection of before.
		need.OK(w.t, s.SetNonblocking(true), csock.SO_LINGER.Set(s, 0))
		side := &side{link: l, dir: byte(i), zero: &zeroCopy{sent: map[*byte]bool{}}}
		l.sides[i] = side
		side.sock.Store(s)
		var err error
		if conns {
			c, errConn := s.IntoConn()
			need.OK(w.t, errConn)
			side.conn.Store(c)
			side.zero.ZeroCopy, err = c.ZeroCopy()
		} else {
			side.zero.ZeroCopy, err = csock.NewZeroCopy(s)
		}
		need.OK(w.t, err)
	}
	l.sides[0].peer, l.sides[1].peer = l.sides[1], l.sides[0]
	return l
}

func (w *world) tcpPair() [2]*csock.Socket {
	value := need.Value[*csock.Socket](w.t)
	l := value(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	defer l.Close()
	need.OK(w.t, l.Bind(loopback), l.Listen(1))
	a := value(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	need.OK(w.t, a.Connect(need.Value[csock.SockAddr](w.t)(l.LocalAddr())))
	b, _, err := l.Accept()
	need.OK(w.t, err)
	return [2]*csock.Socket{a, b}
}

var loopback = csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))

// canZeroCopy reports whether this machine sends over TCP without copying.
func canZeroCopy() bool {
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	if err != nil {
		return false
	}
	defer s.Close()
	if _, err := csock.NewZeroCopy(s); err != nil || s.Bind(loopback) != nil || s.Listen(1) != nil {
		return false
	}
	to, err := s.LocalAddr()
	if err != nil {
		return false
	}
	c, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	if err != nil {
		return false
	}
	defer c.Close()
	return c.Connect(to) == nil
}

// sendZero sends a buffer of its own, which comes back once.
func (w *world) sendZero(r *rand.Rand, s *side, closed bool) {
	p := s.message(r, make([]byte, 512))
	z := s.zero
	z.mu.Lock()
	z.sent[&p[0]] = true
	z.mu.Unlock()
	n, err := z.Send(p, csock.MSG_DONTWAIT)
	if n == 0 {
		z.mu.Lock()
		delete(z.sent, &p[0])
		z.mu.Unlock()
	}
	w.may(s, closed, "ZeroCopy.Send", err)
}

// complete takes back buffers, which must be those that were sent.
func (w *world) complete(s *side, closed bool) {
	free, err := s.zero.Complete(nil)
	s.zero.mu.Lock()
	defer s.zero.mu.Unlock()
	for _, p := range free {
		if !s.zero.sent[&p[0]] {
			w.fail("ZeroCopy on link %d returned a buffer that it did not have", s.link.id)
		}
		if p[0] != s.tag() || p[len(p)-1] != s.tag() {
			w.wrong.Add(1)
			w.fail("ZeroCopy on link %d returned %x", s.link.id, p)
		}
		delete(s.zero.sent, &p[0])
	}
	w.may(s, closed, "ZeroCopy.Complete", err)
}

func (l *link) close() {
	for _, s := range l.sides {
		s.close()
	}
}

// close closes the side and reports the error.
func (s *side) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing.Store(true)
	var err error
	if c := s.conn.Load(); c != nil {
		err = c.Close()
	} else {
		err = s.sock.Load().Close()
	}
	s.closed.Store(true)
	return err
}

// message returns what a side sends: on a stream every byte identifies the sender.
func (s *side) message(r *rand.Rand, p []byte) []byte {
	if s.link.stream {
		p = p[:1+r.IntN(len(p)-1)]
		for i := range p {
			p[i] = s.tag()
		}
		return p
	}
	n := 24 + r.IntN(len(p)-24)
	binary.BigEndian.PutUint64(p, s.link.id)
	p[8] = s.dir
	binary.BigEndian.PutUint32(p[12:], uint32(n))
	for i := 16; i < n; i++ {
		p[i] = byte(s.link.id) + byte(i)
	}
	return p[:n]
}

func (s *side) tag() byte { return byte(s.link.id<<1) | s.dir }

// took checks a message that side s has received.
func (w *world) took(s *side, what string, p []byte) {
	if len(p) == 0 {
		return
	}
	w.moved.Add(1)
	if s.link.stream {
		for _, b := range p {
			if b != s.peer.tag() {
				w.wrong.Add(1)
				w.fail("%s on link %d received the byte %#x, not %#x", what, s.link.id, b, s.peer.tag())
				return
			}
		}
		return
	}
	bad := len(p) < 24 || binary.BigEndian.Uint64(p) != s.link.id || p[8] != s.peer.dir || binary.BigEndian.Uint32(p[12:]) != uint32(len(p))
	for i := 16; !bad && i < len(p); i++ {
		bad = p[i] != byte(s.link.id)+byte(i)
	}
	if bad {
		w.wrong.Add(1)
		w.fail("%s on link %d received %x", what, s.link.id, p)
	}
}

// may reports whether a call on a side may have failed with err.
func (w *world) may(s *side, wasClosed bool, what string, err error) {
	w.calls.Add(1)
	gone := s.closing.Load()
	switch {
	case errors.Is(err, net.ErrClosed):
		if !gone {
			w.fail("%s on link %d, which is open: %v", what, s.link.id, err)
		}
	case wasClosed:
		w.fail("%s on link %d, which is closed: %v", what, s.link.id, err)
	case err == nil, errors.Is(err, syscall.EAGAIN), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, syscall.EINTR), errors.Is(err, syscall.ENOBUFS):
	case errors.Is(err, syscall.EBUSY) && (what == "SendBatch" || what == "RecvBatch" || what == "change"):
	case errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.ENOTCONN), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, io.EOF):
		if !s.peer.closing.Load() {
			w.fail("%s on link %d, whose peer is open: %v", what, s.link.id, err)
		}
	default:
		w.fail("%s on link %d: %v", what, s.link.id, err)
	}
}

// work makes random calls.
func (w *world) work(r *rand.Rand) {
	p, q := make([]byte, 512), make([]byte, 1024)
	batch, err := csock.NewBatch(4, csock.BatchRoom{Payload: 512})
	need.OK(w.t, err)
	defer batch.Close()
	for range callsEach {
		if w.failed.Load() {
			return
		}
		slot := &w.slots[r.IntN(links)]
		l := slot.Load()
		s := l.sides[r.IntN(2)]
		e, closed := s.end()
		switch action := r.IntN(100); {
		case action < 25 && s.zero != nil:
			w.sendZero(r, s, closed)
		case action < 40 && s.zero != nil:
			w.complete(s, closed)
		case action < 60 && s.zero != nil:
			w.receive(r, s, e, closed, q, batch)
		case action < 30:
			w.send(r, s, e, closed, p, batch)
		case action < 75:
			w.receive(r, s, e, closed, q, batch)
		case action < 80:
			w.may(s, closed, "Set", e.Set(csock.SO_SNDBUF.To(1<<14+r.IntN(1<<14))))
		case action < 84 && s.zero == nil:
			w.clone(s)
		case action < 88 && s.zero == nil:
			w.intoConn(s)
		case action < 92 && s.zero == nil:
			w.detach(s)
		case action < 96: // both sides, with another link in its place
			if slot.CompareAndSwap(l, w.open(r)) {
				for _, s := range l.sides {
					w.may(s, false, "Close", s.close())
				}
			}
		case action < 98:
			if err := s.close(); err != nil && !errors.Is(err, net.ErrClosed) {
				w.fail("Close of link %d: %v", l.id, err)
			}
		default:
			if c, ok := e.(*csock.Conn); ok {
				err := c.SetDeadline(time.Now().Add(time.Duration(r.IntN(2000)) * time.Microsecond))
				w.may(s, closed, "SetDeadline", err)
			}
		}
	}
}

// A Conn waits no longer than this: flags or a context make it return.
func (w *world) send(r *rand.Rand, s *side, e end, closed bool, p []byte, batch *csock.Batch) {
	m := s.message(r, p)
	var err error
	what := "Send"
	switch r.IntN(6) {
	case 0:
		_, err = e.Send(m, csock.MSG_DONTWAIT)
	case 1:
		what = "Sendmsg"
		_, err = e.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{m}}, csock.MSG_DONTWAIT)
	case 2:
		what = "SendVectored"
		at := r.IntN(len(m))
		_, err = e.SendVectored([][]byte{m[:at], nil, m[at:]}, csock.MSG_DONTWAIT)
	case 3:
		what = "SendBatch"
		n := 1 + r.IntN(batch.Count())
		if err = batch.SetRange(0, n); err == nil {
			for i := range n {
				need.OK(w.t, batch.SetBytes(i, m))
				need.OK(w.t, batch.SetAddr(i, csock.SockAddr{}))
			}
			_, err = e.SendBatch(batch, csock.MSG_DONTWAIT)
		}
	case 4:
		if c, ok := e.(*csock.Conn); ok { // it waits, for a moment
			what = "ContextConn.Send"
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.IntN(500))*time.Microsecond)
			_, err = c.WithContext(ctx).Send(m, 0)
			cancel()
			break
		}
		fallthrough
	default:
		_, err = e.Send(m, csock.MSG_DONTWAIT)
	}
	w.may(s, closed, what, err)
}

func (w *world) receive(r *rand.Rand, s *side, e end, closed bool, q []byte, batch *csock.Batch) {
	clear(q)
	var n int
	var err error
	what := "Recv"
	switch r.IntN(7) {
	case 0:
		n, err = e.Recv(q, csock.MSG_DONTWAIT)
	case 1:
		what = "RecvFrom"
		n, _, err = e.RecvFrom(q, csock.MSG_DONTWAIT)
	case 2:
		what = "Recvmsg"
		n, err = e.Recvmsg(&csock.MsgHdr{Buffers: [][]byte{q}, Control: make([]byte, 64)}, csock.MSG_DONTWAIT)
	case 3:
		what = "RecvVectored"
		n, _, err = e.RecvVectored([][]byte{q[:10], q[10:]}, csock.MSG_DONTWAIT)
	case 4:
		what = "RecvBatch"
		need.OK(w.t, batch.SetRange(0, batch.Count()))
		var count int
		count, err = e.RecvBatch(batch, csock.MSG_DONTWAIT)
		for i := range count {
			w.took(s, what, batch.Bytes(i))
		}
	case 5:
		if c, ok := e.(*csock.Conn); ok {
			what = "ContextConn.Read"
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.IntN(500))*time.Microsecond)
			n, err = c.WithContext(ctx).Read(q)
			cancel()
			break
		}
		fallthrough
	default:
		what = "Peek"
		n, err = e.Recv(q, csock.MSG_DONTWAIT|csock.MSG_PEEK)
	}
	if err == nil {
		w.took(s, what, q[:n])
	}
	w.may(s, closed, what, err)
}

// clone makes a second Socket of the side's, sends with it and closes it.
func (w *world) clone(s *side) {
	sock := s.sock.Load()
	if s.conn.Load() != nil {
		return
	}
	clone, err := sock.TryClone()
	if err == nil {
		_, errSend := clone.Send(s.message(rand.New(rand.NewPCG(s.link.id, 0)), make([]byte, 64)), csock.MSG_DONTWAIT)
		if errSend != nil && errors.Is(errSend, net.ErrClosed) {
			w.fail("a clone is closed: %v", errSend)
		}
		if err := clone.Close(); err != nil {
			w.fail("Close of a clone: %v", err)
		}
		return
	}
	if !errors.Is(err, net.ErrClosed) || !s.closing.Load() && s.conn.Load() == nil && s.sock.Load() == sock && !s.changing() {
		w.fail("TryClone on link %d: %v", s.link.id, err)
	}
}

// changing reports whether another goroutine changes the side.
func (s *side) changing() bool {
	if s.mu.TryLock() {
		s.mu.Unlock()
		return false
	}
	return true
}

// intoConn makes a Conn of the side. Meanwhile calls may find it closed, or in use.
func (w *world) intoConn(s *side) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() || s.conn.Load() != nil {
		return
	}
	was := s.closing.Swap(true)
	c, err := s.sock.Load().IntoConn()
	if err == nil {
		s.conn.Store(c)
	} else if !errors.Is(err, syscall.EBUSY) {
		w.fail("IntoConn on link %d: %v", s.link.id, err)
	}
	w.calls.Add(1)
	// Calls that loaded a Socket before it was taken find it closed even later. So closing stays
	// set after a success, also when another attempt fails.
	if err != nil {
		s.closing.Store(was)
	}
}

// detach takes the descriptor and makes another Socket of it.
func (w *world) detach(s *side) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() || s.conn.Load() != nil {
		return
	}
	was := s.closing.Swap(true)
	fd, err := s.sock.Load().Detach()
	w.calls.Add(1)
	if err != nil {
		if !errors.Is(err, syscall.EBUSY) {
			w.fail("Detach on link %d: %v", s.link.id, err)
		}
		s.closing.Store(was)
		return
	}
	again, err := csock.FromFD(fd)
	if err != nil {
		w.fail("FromFD on link %d: %v", s.link.id, err)
		return
	}
	s.sock.Store(again)
}
