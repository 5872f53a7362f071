//go:build cgo

package ring

// #include "cgo_helpers.h"
import "C"

import (
	"context"
	"errors"
	"math"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

// A base is what rings of both kinds have: the socket on Go's poller, the mappings, and a guard.
// The guard keeps the mappings while they are in use.
//
// The guard counts holders: calls in flight, blocks not yet released, the buffer being filled. Its
// low bits count. Its sign says that holders may enter, and owned that the mappings are still to be
// released. The last holder to leave after Close has cleared the sign releases them. So the memory
// of a holder stays mapped while it holds, and no code of this package touches memory without
// holding. Together with memory's comment on slices that outlive their holder, this shows that no
// access reaches an unmapped page.
type base struct {
	conn    *csock.Conn
	state   atomic.Int64
	mem     []memory
	cleanup runtime.Cleanup
	reading waiter
	writing waiter
}

const (
	open  = math.MinInt64 // holders may enter
	owned = 1 << 62       // the mappings exist
)

// init makes the base of a socket that has rings. It takes ownership of the descriptor and closes
// s.
func (b *base) init(s *csock.Socket, mem []memory) error {
	conn, err := s.IntoConn()
	if err != nil {
		return err
	}
	rc, err := conn.SyscallConn()
	if err != nil {
		conn.Close()
		return err
	}
	b.conn, b.mem = conn, mem
	b.reading = waiter{park: rc.Read, control: rc.Control, set: conn.SetReadDeadline}
	b.writing = waiter{park: rc.Write, control: rc.Control, set: conn.SetWriteDeadline}
	b.state.Store(open | owned)
	b.cleanup = runtime.AddCleanup(b, releaseAll, mem)
	return nil
}

func releaseAll(mem []memory) {
	for _, m := range mem {
		m.release()
	}
}

// enter makes the caller a holder, which then must leave.
func (b *base) enter() error {
	if b.state.Add(1) >= 0 {
		b.leave()
		return net.ErrClosed
	}
	return nil
}

func (b *base) leave() {
	if b.state.Add(-1) == owned {
		b.release()
	}
}

// release runs once, in the last holder.
func (b *base) release() {
	if b.state.CompareAndSwap(owned, 0) {
		b.cleanup.Stop()
		releaseAll(b.mem)
		runtime.KeepAlive(b) // otherwise the cleanup could run before it is stopped
	}
}

// Close closes the socket and wakes the calls that wait on it; they and all later calls return
// [net.ErrClosed]. The memory of the rings is released once no [Block] or buffer of it is held.
// Until then the kernel keeps the socket open. Frames that were queued and not flushed are not
// sent. A second Close returns net.ErrClosed.
func (t *TPacket) Close() error { return t.ring().close() }

// Close closes the socket and wakes the calls that wait on it; they and all later calls return
// [net.ErrClosed]. The memory of the rings is released once no [XDPBatch] or buffer of it is held.
// Until then the kernel keeps the socket open. Frames that were queued and not flushed are not
// sent. A second Close returns net.ErrClosed.
func (x *XDP) Close() error { return x.ring().close() }

func (b *base) close() error {
	if b == nil {
		return os.ErrInvalid
	}
	for {
		s := b.state.Load()
		if s >= 0 {
			return net.ErrClosed
		}
		if b.state.CompareAndSwap(s, s&^open) {
			break
		}
	}
	err := b.conn.Close()
	if b.state.Load() == owned {
		b.release()
	}
	return err
}

// SyscallConn returns the socket as a raw connection, so that csock.Borrow, csock.Apply and
// csock.Get reach its options.
func (t *TPacket) SyscallConn() (syscall.RawConn, error) { return t.ring().raw() }

// SyscallConn returns the socket as a raw connection, so that csock.Borrow, csock.Apply and
// csock.Get reach its options.
func (x *XDP) SyscallConn() (syscall.RawConn, error) { return x.ring().raw() }

func (b *base) raw() (syscall.RawConn, error) {
	if b == nil {
		return nil, os.ErrInvalid
	}
	return b.conn.SyscallConn()
}

// SetDeadline sets the read and the write deadline. See [net.Conn].
func (t *TPacket) SetDeadline(at time.Time) error { return t.ring().setDeadlines(at, true, true) }

// SetReadDeadline sets when Next times out, including a call that already waits. It then returns
// [os.ErrDeadlineExceeded]. The zero time means never.
func (t *TPacket) SetReadDeadline(at time.Time) error {
	return t.ring().setDeadlines(at, true, false)
}

// SetWriteDeadline sets when Buffer and Flush time out, including calls that already wait. They
// then return [os.ErrDeadlineExceeded]. The zero time means never.
func (t *TPacket) SetWriteDeadline(at time.Time) error {
	return t.ring().setDeadlines(at, false, true)
}

// SetDeadline sets the read and the write deadline. See [net.Conn].
func (x *XDP) SetDeadline(at time.Time) error { return x.ring().setDeadlines(at, true, true) }

// SetReadDeadline sets when Next times out, including a call that already waits. It then returns
// [os.ErrDeadlineExceeded]. The zero time means never.
func (x *XDP) SetReadDeadline(at time.Time) error { return x.ring().setDeadlines(at, true, false) }

// SetWriteDeadline sets when Buffer and Flush time out, including calls that already wait. They
// then return [os.ErrDeadlineExceeded]. The zero time means never.
func (x *XDP) SetWriteDeadline(at time.Time) error { return x.ring().setDeadlines(at, false, true) }

func (b *base) setDeadlines(at time.Time, read, write bool) error {
	if b == nil || b.conn == nil {
		return os.ErrInvalid
	}
	if read {
		if err := b.reading.setDeadline(at); err != nil {
			return err
		}
	}
	if write {
		return b.writing.setDeadline(at)
	}
	return nil
}

// ring returns t's base, nil if t is nil.
func (t *TPacket) ring() *base {
	if t == nil {
		return nil
	}
	return &t.base
}

// ring returns x's base, nil if x is nil.
func (x *XDP) ring() *base {
	if x == nil {
		return nil
	}
	return &x.base
}

// A waiter parks calls of one direction on the poller, one at a time. A deadline in the past wakes
// a call before its event: when its context ends, for an alarm, or for a released block. The call
// then restores the user's deadline.
type waiter struct {
	park    func(func(uintptr) bool) error // of the RawConn
	control func(func(uintptr)) error      // of the RawConn
	set     func(time.Time) error          // of the Conn
	timed   atomic.Bool                    // the user has set a deadline

	mu      sync.Mutex
	user    time.Time
	waiting bool
	woken   bool
	alarm   *time.Timer
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

func (w *waiter) setDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.user = t
	w.timed.Store(!t.IsZero())
	if w.woken {
		return nil
	}
	return w.set(t)
}

// wake ends the current wait, if any, so that the call checks again.
func (w *waiter) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting && !w.woken {
		w.woken = true
		w.set(past)
	}
}

// setWaiting records whether a call waits, and reports whether it was woken.
func (w *waiter) setWaiting(waiting bool) (woken bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = waiting
	if woken = w.woken; woken {
		w.woken = false
		w.set(w.user)
	}
	return woken
}

// check returns why a call must end: its context has ended or its deadline has passed.
func (w *waiter) check(ctx context.Context) error {
	if ctx != nil && ctx.Done() != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if w.timed.Load() {
		if err := w.park(func(uintptr) bool { return true }); errors.Is(err,
			os.ErrDeadlineExceeded) {
			return os.ErrDeadlineExceeded
		} else if err != nil {
			return err
		}
	}
	return nil
}

// wait calls ready until it reports true, and parks in between until an event. Where an event may
// not come, every is not 0 and limits how long it parks.
func (w *waiter) wait(ctx context.Context, ready func(fd uintptr) bool, every time.Duration) error {
	if ctx != nil && ctx.Done() != nil {
		stop := context.AfterFunc(ctx, w.wake)
		defer stop()
	}
	w.setWaiting(true)
	defer w.setWaiting(false)
	for {
		if every > 0 {
			w.ring(every)
		}
		err := w.park(ready)
		if every > 0 {
			w.alarm.Stop()
		}
		woken := w.setWaiting(true)
		if ctx != nil && err != nil && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return net.ErrClosed
		case errors.Is(err, os.ErrDeadlineExceeded):
			if !woken {
				return os.ErrDeadlineExceeded
			}
		default:
			// The poller does not serve readers of a socket that has only a pending
			// error.
			var done bool
			if err := w.control(func(fd uintptr) { done = ready(fd) }); err != nil || done {
				return err
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// ring sets the alarm. Only the waiting call uses it.
func (w *waiter) ring(after time.Duration) {
	if w.alarm == nil {
		w.alarm = time.AfterFunc(after, w.wake)
		return
	}
	w.alarm.Reset(after)
}

// pending returns the socket's pending error, such as that its interface went down.
func pending(fd uintptr) error {
	if errno := C.csock_ring_error(C.int(fd)); errno > 0 {
		return syscall.Errno(errno)
	}
	return nil
}
