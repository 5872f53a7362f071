//go:build cgo

package csock

// Windows: Go's poller waits for completions of overlapped I/O, and not until a socket is ready. A
// Conn's socket is non-blocking, and a goroutine of csock's own waits for it and for others in
// WSAPoll. An event costs WSAPoll time in proportion to the sockets that it waits for. The number
// of Conns that share a goroutine therefore has a limit.

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A polled owns the descriptor of a Conn, as an os.File does on other systems. It has the methods
// of a file and of its RawConn that a Conn uses, with their errors.
type polled struct {
	fd     csock_fd
	poller *socketPoller
	done   chan struct{} // closed by Close
	dirs   [2]pollSide   // indexed by direction

	mu     sync.Mutex // guards closed, calls, and the deadlines of dirs
	closed bool
	calls  int // in flight: the last one after Close closes the descriptor

	// Guarded by poller.mu.
	events c_short // that a call waits for
	index  int     // in poller.waiting, if events is not 0
}

// A pollSide is what the calls of one direction share.
type pollSide struct {
	turn     chan struct{} // holds an element while a call makes attempts; others queue
	wake     chan struct{} // holds an element if the waiting call must look again
	deadline time.Time
	timer    *time.Timer
}

// newPolled makes the owner of the non-blocking fd, and returns fd as now. If it fails, the caller
// still owns fd.
func newPolled(fd csock_fd) (p *polled, now csock_fd, err error) {
	w, err := pollers.join()
	if err != nil {
		return nil, fd, err
	}
	p = &polled{fd: fd, poller: w, done: make(chan struct{})}
	for i := range p.dirs {
		p.dirs[i].turn = make(chan struct{}, 1)
		p.dirs[i].wake = make(chan struct{}, 1)
	}
	runtime.SetFinalizer(p, (*polled).Close)
	return p, fd, nil
}

// SyscallConn returns p: it is a RawConn too.
func (p *polled) SyscallConn() (syscall.RawConn, error) { return p, nil }

// enter begins a call on the descriptor, which stays open until leave.
func (p *polled) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.calls++
	return true
}

func (p *polled) leave() {
	p.mu.Lock()
	p.calls--
	last := p.closed && p.calls == 0
	p.mu.Unlock()
	if last {
		csock_close(p.fd)
	}
}

// Close closes the descriptor once the last call in flight has ended, and wakes those that wait.
func (p *polled) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return os.ErrClosed
	}
	p.closed = true
	runtime.SetFinalizer(p, nil)
	for i := range p.dirs {
		if t := p.dirs[i].timer; t != nil {
			t.Stop()
		}
	}
	last := p.calls == 0
	p.mu.Unlock()
	pollers.leave(p.poller)
	close(p.done)
	if last {
		return callClose.result(int(csock_close(p.fd)))
	}
	return nil
}

// Control calls f with the descriptor.
func (p *polled) Control(f func(uintptr)) error {
	if !p.enter() {
		return os.ErrClosed
	}
	defer p.leave()
	f(uintptr(p.fd))
	return nil
}

// Read calls f until it returns true, each time the descriptor may be readable.
func (p *polled) Read(f func(uintptr) bool) error { return p.until(reading, f) }

// Write calls f until it returns true, each time the descriptor may be writable.
func (p *polled) Write(f func(uintptr) bool) error { return p.until(writing, f) }

func (p *polled) until(dir direction, f func(uintptr) bool) error {
	if !p.enter() {
		return os.ErrClosed
	}
	defer p.leave()
	side := &p.dirs[dir]
	select {
	case side.turn <- struct{}{}:
	case <-p.done:
		return os.ErrClosed
	}
	defer func() { <-side.turn }()
	for {
		if err := p.over(dir); err != nil {
			return err
		}
		if f(uintptr(p.fd)) {
			return nil
		}
		err := p.poller.watch(p, dir)
		if err == nil {
			select {
			case <-side.wake: // also from an earlier event: then f is called once more
			case <-p.done:
			}
		}
		p.poller.unwatch(p, pollEvents[dir])
		if err != nil {
			return err
		}
	}
}

// over returns the error with which calls end: the descriptor is closed, or the deadline has
// passed.
func (p *polled) over(dir direction) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	if d := p.dirs[dir].deadline; !d.IsZero() && !time.Now().Before(d) {
		return os.ErrDeadlineExceeded
	}
	return nil
}

// SetDeadline sets the deadlines of both directions.
func (p *polled) SetDeadline(t time.Time) error {
	if err := p.setDeadline(reading, t); err != nil {
		return err
	}
	return p.setDeadline(writing, t)
}

// SetReadDeadline sets the deadline of Read.
func (p *polled) SetReadDeadline(t time.Time) error { return p.setDeadline(reading, t) }

// SetWriteDeadline sets the deadline of Write.
func (p *polled) SetWriteDeadline(t time.Time) error { return p.setDeadline(writing, t) }

func (p *polled) setDeadline(dir direction, t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	side := &p.dirs[dir]
	side.deadline = t
	switch left := time.Until(t); {
	case t.IsZero() || left <= 0:
		if side.timer != nil {
			side.timer.Stop()
		}
	case side.timer == nil:
		side.timer = time.AfterFunc(left, side.signal)
	default:
		side.timer.Reset(left)
	}
	side.signal() // the call that waits looks at its deadline again
	return nil
}

// signal wakes the call that waits, if there is one.
func (s *pollSide) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// A socketPoller waits for the sockets of some Conns. An event ends the wait for it: the call that
// it wakes starts another wait if it has to.
type socketPoller struct {
	conns int // guarded by pollers.mu

	mu      sync.Mutex
	waiting []*polled
	end     csock_fd // the other end of the socket that wakes the goroutine
	asleep  bool     // in WSAPoll, or about to be, and not woken yet
}

// pollerConns limits the Conns of a socketPoller: each holds a thread while it waits.
const pollerConns = 256

// pollers has all socketPollers. They never end: those without Conns serve later ones.
var pollers socketPollers

type socketPollers struct {
	mu  sync.Mutex
	all []*socketPoller
}

// join returns the poller for one more Conn, which calls leave when it is closed.
func (w *socketPollers) join() (*socketPoller, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.all {
		if one.conns < pollerConns {
			one.conns++
			return one, nil
		}
	}
	one, err := newSocketPoller()
	if err == nil {
		one.conns++
		w.all = append(w.all, one)
	}
	return one, err
}

func (w *socketPollers) leave(one *socketPoller) {
	w.mu.Lock()
	defer w.mu.Unlock()
	one.conns--
}

// newSocketPoller starts a goroutine.
func newSocketPoller() (*socketPoller, error) {
	w := &socketPoller{}
	var wake csock_fd
	if r := csock_socketpair(csock_PAIR_DOMAIN, cInt(SOCK_STREAM), 0, 0, &w.end, &wake); r < 0 {
		return nil, callSocketpair.error(int(r))
	}
	// With both non-blocking, neither waking nor being woken waits.
	for _, fd := range []csock_fd{w.end, wake} {
		if r := csock_set_nonblocking(fd, 1); r < 0 {
			csock_close(w.end)
			csock_close(wake)
			return nil, callIoctl.error(int(r))
		}
	}
	go w.run(wake)
	return w, nil
}

var pollEvents = [...]c_short{reading: sys.POLLIN, writing: sys.POLLOUT}

// watch makes the goroutine wait for one direction of p.
func (w *socketPoller) watch(p *polled, dir direction) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.events == 0 {
		p.index = len(w.waiting)
		w.waiting = append(w.waiting, p)
	}
	p.events |= pollEvents[dir]
	return w.wake()
}

// wake makes the goroutine look at waiting again. Called with w.mu held.
func (w *socketPoller) wake() error {
	if !w.asleep {
		return nil
	}
	w.asleep = false
	var b [1]byte
	r := csock_send(w.end, bytesPtr(b[:]), 1, 0)
	if r < 0 && r != -sys.EAGAIN { // a full queue wakes it as well
		return callSend.error(int(r))
	}
	return nil
}

// unwatch ends the wait for events of p. The goroutine may still be in WSAPoll with its descriptor:
// such a result is discarded.
func (w *socketPoller) unwatch(p *polled, events c_short) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.removeEvents(p, events)
}

// removeEvents removes events from those that p waits for. Called with w.mu held.
func (w *socketPoller) removeEvents(p *polled, events c_short) {
	if p.events == 0 {
		return
	}
	if p.events &^= events; p.events != 0 {
		return
	}
	last := len(w.waiting) - 1
	w.waiting[p.index] = w.waiting[last]
	w.waiting[p.index].index = p.index
	w.waiting[last] = nil
	w.waiting = w.waiting[:last]
}

// run waits for events and wakes the calls that they are for.
func (w *socketPoller) run(wake csock_fd) {
	var fds []struct_pollfd
	var sockets []*polled // of fds[1:]
	for {
		fds = append(fds[:0], struct_pollfd{fd: csock_poll_fd(wake), events: sys.POLLIN})
		clear(sockets)
		sockets = sockets[:0]
		w.mu.Lock()
		for _, p := range w.waiting {
			fds = append(fds, struct_pollfd{fd: csock_poll_fd(p.fd), events: p.events})
			sockets = append(sockets, p)
		}
		w.asleep = true
		w.mu.Unlock()

		r := csock_poll(unsafe.SliceData(fds), c_uint(len(fds)), -1)
		if r < 0 { // a socket was closed meanwhile, or memory is short: wake all
			time.Sleep(maxDelay)
		}
		var b [64]byte
		for csock_recv(wake, bytesPtr(b[:]), size_t(len(b)), 0) == ssize_t(len(b)) {
		}

		w.mu.Lock()
		w.asleep = false
		for i, p := range sockets {
			events := fds[i+1].revents
			if r < 0 || events&(sys.POLLERR|sys.POLLHUP|sys.POLLNVAL) != 0 {
				events = p.events // every waiting call must look
			}
			for dir, e := range pollEvents {
				if p.events&events&e != 0 {
					w.removeEvents(p, e)
					p.dirs[dir].signal()
				}
			}
		}
		w.mu.Unlock()
	}
}
