//go:build cgo

package csock

import (
	"sync"
	"sync/atomic"
)

// A guard counts the calls in flight on a descriptor, so that no call uses the descriptor's number
// after Close, and Close happens once. Entering and leaving are an atomic addition each.
//
// The low bits of the state count the calls that have entered and have yet to leave. Calls that
// were refused are among them for a moment, in every state. The high bits are flags:
//
//	state         open owned transfer  calls  leaves it by
//	closed         -    -       -      any    init, lend; it is the zero guard
//	open           x    x       -      any    shut, beginTransfer
//	lent           x    -       -      any    shut, recall; the descriptor's owner closes it
//	draining       -    x       -      1 up   take, after the last call has left
//	transferring   -    -       x      any    endTransfer, reopen; ownership is being transferred
//
//	step           from, to                          made by
//	init           closed, open                      the owner of a new descriptor
//	lend           closed, lent                      the lender of another's descriptor
//	shut           open without calls, closed        Close, which then closes the descriptor
//	               open with calls, draining         Close, which leaves that to the last call
//	               lent, closed                      Close, which closes nothing
//	               transferring                      waits for endTransfer or reopen
//	take           draining without calls, closed    one call that has left: it closes the
//	                                                 descriptor, or wakes recall
//	beginTransfer  open without calls, transferring  Detach and other calls that transfer ownership
//	endTransfer    transferring, closed              the same, when that succeeded
//	reopen         transferring, open                the same, when that failed
//	recall         lent or closed, draining          the lender; it waits for the last call to leave
//
// Socket.enter adds one and looks at the sign, in so few words that it is inlined.
type guard struct {
	state atomic.Int64
}

const (
	guardOpen     = -1 << 63 // calls may enter; the sign
	guardOwned    = 1 << 62  // the last call to leave has something to do
	guardTransfer = 1 << 61  // ownership is being transferred
	guardAwaited  = 1 << 60  // with guardTransfer: a goroutine waits for its end
)

// guardChanged wakes waiters for a guard's change. All guards share it, because few wait.
var guardChanged = sync.NewCond(new(sync.Mutex))

// wakeGuards wakes all waiters. Locking ensures that no waiter is between its check and its Wait.
func wakeGuards() {
	guardChanged.L.Lock()
	guardChanged.L.Unlock() //lint:ignore SA2001 see above
	guardChanged.Broadcast()
}

// init opens the guard of a new descriptor.
func (g *guard) init() {
	g.state.Store(guardOpen | guardOwned)
}

// leave counts a call out. It reports whether the call may be the last of a draining guard: the
// caller must then call take.
func (g *guard) leave() bool {
	return g.state.Add(-1) == guardOwned
}

// enterAlone counts in a call that must be the only one, and reports whether it succeeded. If not,
// the caller must not call leave.
func (g *guard) enterAlone() bool {
	return g.state.CompareAndSwap(guardOpen|guardOwned, guardOpen|guardOwned|1)
}

// isOpen reports whether calls may enter.
func (g *guard) isOpen() bool { return g.state.Load() < 0 }

// isIdle reports whether calls may enter and none has.
func (g *guard) isIdle() bool { return g.state.Load() == guardOpen|guardOwned }

// take reports whether the caller must close the descriptor; that is true for one caller only. For
// a lent guard it is true for none, and take wakes recall instead.
func (g *guard) take(lent bool) bool {
	if !g.state.CompareAndSwap(guardOwned, 0) {
		return false
	}
	if lent {
		wakeGuards()
	}
	return !lent
}

// shut lets no more calls enter. ok is false if the guard was shut already. last reports that no
// call is in flight, so the caller must close the descriptor. shut waits for a transfer of
// ownership to succeed or fail.
func (g *guard) shut() (ok, last bool) {
	for {
		s := g.state.Load()
		switch {
		case s >= 0 && s&guardTransfer != 0:
			g.awaitTransfer()
		case s >= 0:
			return false, false
		case s == guardOpen|guardOwned:
			if g.state.CompareAndSwap(s, 0) {
				return true, true
			}
		case g.state.CompareAndSwap(s, s&^guardOpen):
			return true, false
		}
	}
}

// awaitTransfer waits until a transfer of ownership has ended.
func (g *guard) awaitTransfer() {
	guardChanged.L.Lock()
	defer guardChanged.L.Unlock()
	for {
		s := g.state.Load()
		if s&guardTransfer == 0 || s < 0 {
			return
		}
		if s&guardAwaited != 0 || g.state.CompareAndSwap(s, s|guardAwaited) {
			guardChanged.Wait()
		}
	}
}

// beginTransfer begins a transfer of ownership, if no call is in flight. endTransfer or reopen ends
// it.
func (g *guard) beginTransfer() error {
	if g.state.CompareAndSwap(guardOpen|guardOwned, guardTransfer) {
		return nil
	}
	if g.state.Load() >= 0 {
		return errClosed
	}
	return errInUse
}

// endTransfer ends a transfer of ownership that succeeded.
func (g *guard) endTransfer() { g.finishTransfer(0) }

// reopen ends a transfer of ownership that failed, and undoes beginTransfer.
func (g *guard) reopen() { g.finishTransfer(guardOpen | guardOwned) }

// finishTransfer keeps the count, because refused calls may not have left yet.
func (g *guard) finishTransfer(flags int64) {
	for {
		s := g.state.Load()
		if !g.state.CompareAndSwap(s, s&^(guardTransfer|guardAwaited)|flags) {
			continue
		}
		if s&guardAwaited != 0 {
			wakeGuards()
		}
		return
	}
}

// lend opens the guard of a descriptor that its owner closes.
func (g *guard) lend() {
	g.state.Store(guardOpen)
}

// recall shuts a lent guard, and returns once the last call in flight has left.
func (g *guard) recall() {
	for {
		s := g.state.Load()
		calls := s &^ guardOpen
		if calls == 0 && g.state.CompareAndSwap(s, 0) {
			return
		}
		if calls != 0 && g.state.CompareAndSwap(s, calls|guardOwned) {
			break
		}
	}
	guardChanged.L.Lock()
	defer guardChanged.L.Unlock()
	for g.state.Load()&guardOwned != 0 {
		guardChanged.Wait()
	}
}
