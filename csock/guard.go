//go:build cgo

package csock

import (
	"sync/atomic"
	"time"
)

// A guard counts the calls in flight on a descriptor, so that its number is used by no
// call after it was closed, and is closed once. Entering and leaving are an atomic addition each.
//
// The zero guard is closed. The low bits count; the high ones say whether calls may
// enter, whether the descriptor is still to be closed, and whether it is being handed over. Socket.enter adds one and
// looks at the sign, in so few words that it is inlined.
type guard struct {
	state atomic.Int64
}

const (
	guardOpen  = -1 << 63 // calls may enter; the sign
	guardOwned = 1 << 62  // the descriptor is there, and ours to close
	guardGiven = 1 << 61  // it is being handed over
)

// init opens the guard of a new descriptor.
func (g *guard) init() {
	g.state.Store(guardOpen | guardOwned)
}

// leave counts a call out and reports whether it may have been the last of a guard that was
// shut: the caller then asks take.
func (g *guard) leave() bool {
	return g.state.Add(-1) == guardOwned
}

// enterAlone counts in a call beside which there may be no other, and reports whether it may go on. If not, it
// does not leave.
func (g *guard) enterAlone() bool {
	return g.state.CompareAndSwap(guardOpen|guardOwned, guardOpen|guardOwned|1)
}

// isOpen reports whether calls may enter.
func (g *guard) isOpen() bool { return g.state.Load() < 0 }

// isIdle reports whether calls may enter and none has.
func (g *guard) isIdle() bool { return g.state.Load() == guardOpen|guardOwned }

// take reports whether the caller has to close the descriptor: one caller only is told so.
func (g *guard) take() bool {
	return g.state.CompareAndSwap(guardOwned, 0)
}

// shut lets no more calls enter. ok is false if that was so already; last tells that no call
// is in flight, and the caller has to close the descriptor. It waits for a hand-over to succeed or fail.
func (g *guard) shut() (ok, last bool) {
	for {
		s := g.state.Load()
		if s >= 0 {
			if s&guardGiven != 0 {
				time.Sleep(time.Microsecond)
				continue
			}
			return false, false
		}
		if s == guardOpen|guardOwned {
			if g.state.CompareAndSwap(s, 0) {
				return true, true
			}
		} else if g.state.CompareAndSwap(s, s&^guardOpen) {
			return true, false
		}
	}
}

// give shuts the guard without closing, if no call is in flight. given or reopen ends that.
func (g *guard) give() error {
	if g.state.CompareAndSwap(guardOpen|guardOwned, guardGiven) {
		return nil
	}
	if g.state.Load() >= 0 {
		return errClosed
	}
	return errInUse
}

// given ends a hand-over that has succeeded. It adds, as reopen does, because calls that have been refused meanwhile may
// yet have to leave.
func (g *guard) given() {
	g.state.Add(-guardGiven)
}

// reopen ends a hand-over that has failed, and undoes give.
func (g *guard) reopen() {
	g.state.Add(guardOpen + guardOwned - guardGiven)
}

// lend opens the guard of a descriptor that another has to close.
func (g *guard) lend() {
	g.state.Store(guardOpen)
}

// recall shuts a lent guard, and returns once the last call in flight has left.
func (g *guard) recall() {
	g.shut()
	for d := time.Microsecond; g.state.Load() != 0; d = min(2*d, time.Millisecond) {
		time.Sleep(d)
	}
}
