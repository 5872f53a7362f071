// The model runs csock's own guard.go, and the methods of Socket that use it, in every order in
// which threads can take their steps. tests/guard_test.go copies those files next to this one.
package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"

	"guardmodel/sched"
	"guardmodel/sync"
)

var (
	errClosed = errors.New("closed")
	errInUse  = errors.New("in use")
)

const badFD = ^uintptr(0)

type callName struct{}

func (callName) result(int) error { return nil }

var callClose callName

// A Socket is what the methods of socket.go use of the real one.
type Socket struct {
	guard guard
	fd    int
	lent  bool

	inUse, closes   int
	taken, recalled bool
	closed, failed  int // calls of Close that returned nil, and errClosed
}

func (s *Socket) unwatch() {}

func (s *Socket) closeFD() int {
	s.check("close")
	if s.inUse > 0 {
		panic("closed while in use")
	}
	s.closes++
	return 0
}

func (s *Socket) check(what string) {
	if s.closes > 0 || s.taken || s.recalled {
		panic(fmt.Sprintf("%s: closes %d, taken %v, recalled %v", what, s.closes, s.taken, s.recalled))
	}
}

// The threads.

func (s *Socket) call() {
	if s.enter() != nil {
		return
	}
	s.inUse++
	s.check("call")
	sched.Step()
	sched.Saw(4)
	s.check("call")
	s.inUse--
	s.leave()
}

func (s *Socket) callAlone() {
	if !s.guard.enterAlone() {
		return
	}
	if s.inUse++; s.inUse != 1 {
		panic("not alone")
	}
	s.check("call")
	sched.Step()
	sched.Saw(4)
	s.inUse--
	s.leave()
}

func (s *Socket) close() {
	switch s.Close() {
	case nil:
		s.closed++
	case errClosed:
		s.failed++
	}
}

func (s *Socket) detach() {
	if _, err := s.Detach(); err == nil {
		s.take()
	}
}

func (s *Socket) take() {
	if s.inUse > 0 {
		panic("taken while in use")
	}
	s.check("take")
	s.taken = true
}

func (s *Socket) intoConn() {
	s.handOver(func() error {
		s.take()
		sched.Step()
		sched.Saw(4)
		return nil
	})
}

func (s *Socket) intoConnFails() {
	s.handOver(func() error {
		if s.inUse > 0 {
			panic("taken while in use")
		}
		sched.Step()
		sched.Saw(4)
		return errors.New("cannot")
	})
}

func (s *Socket) recallIt() {
	s.recall()
	if s.inUse > 0 {
		panic("recalled while in use")
	}
	s.recalled = true
}

func main() {
	call, alone, closeIt := (*Socket).call, (*Socket).callAlone, (*Socket).close
	detach, into, fails, recall := (*Socket).detach, (*Socket).intoConn, (*Socket).intoConnFails, (*Socket).recallIt
	type thread = func(*Socket)
	scenes, all := 0, 0
	for _, c := range []struct {
		name    string
		lent    bool
		threads []thread
	}{
		{"calls and Close", false, []thread{call, call, closeIt}},
		{"a call and two Closes", false, []thread{call, closeIt, closeIt}},
		{"two calls and two Closes", false, []thread{call, call, closeIt, closeIt}},
		{"calls, one at a time, and Close", false, []thread{alone, alone, closeIt}},
		{"a call, Detach and Close", false, []thread{call, detach, closeIt}},
		{"two Detaches and a call", false, []thread{call, detach, detach}},
		{"two calls and Detach", false, []thread{call, call, detach}},
		{"a call, a hand-over and Close", false, []thread{call, into, closeIt}},
		{"a call, a failing hand-over and Close", false, []thread{call, fails, closeIt}},
		{"two failing hand-overs and Close", false, []thread{fails, fails, closeIt}},
		{"a failing hand-over, a hand-over and Close", false, []thread{fails, into, closeIt}},
		{"a failing hand-over and two Closes", false, []thread{fails, closeIt, closeIt}},
		{"lent, calls", true, []thread{call, call, recall}},
		{"lent, a call and Close", true, []thread{call, closeIt, recall}},
		{"lent, a call and hand-over", true, []thread{call, into, recall}},
	} {
		states := sched.Explore(func() ([]func(), func() string, func()) {
			guardChanged = sync.NewCond(new(sync.Mutex))
			s := &Socket{lent: c.lent}
			if c.lent {
				s.guard.state.Set(guardOpen)
			} else {
				s.guard.state.Set(guardOpen | guardOwned)
			}
			var threads []func()
			closes := 0
			for _, t := range c.threads {
				threads = append(threads, func() { t(s) })
				if reflect.ValueOf(t).Pointer() == reflect.ValueOf(closeIt).Pointer() {
					closes++
				}
			}
			shared := func() string {
				return fmt.Sprint(s.guard.state.Value(), guardChanged.State(), s.inUse, s.closes, s.taken, s.recalled, s.closed, s.failed)
			}
			return threads, shared, func() { s.end(closes) }
		})
		fmt.Printf("%s: %d states\n", c.name, states)
		if states < 10 {
			os.Exit(1)
		}
		scenes++
		all += states
	}
	fmt.Printf("guard: %d states of %d scenes, in every interleaving\n", all, scenes)
}

// end checks the result of an order. closers is the number of threads that have called Close.
func (s *Socket) end(closers int) {
	state := s.guard.state.Value()
	shut := s.closed > 0 || s.taken || s.recalled
	switch {
	case s.closed+s.failed != closers:
		panic("a Close returned something else")
	case s.closed > 1, s.taken && s.closed > 0:
		panic("closed twice")
	case closers > 0 && !shut:
		panic("Close has failed and nothing is closed")
	case shut && state != 0, !shut && state != guardOpen|guardOwned:
		panic(fmt.Sprintf("the state is %#x at the end", uint64(state)))
	case !s.lent && s.closed == 1 && s.closes != 1, (s.lent || s.taken || s.closed == 0) && s.closes != 0:
		panic(fmt.Sprintf("%d closes of the descriptor", s.closes))
	}
}
