// Package sync is what guard.go uses of package sync, with steps of the scheduler.
package sync

import (
	"fmt"

	"guardmodel/sched"
)

type Locker interface {
	Lock()
	Unlock()
}

type Mutex struct{ locked bool }

// State is all that threads share of c.
func (c *Cond) State() string { return fmt.Sprint(c.L.(*Mutex).locked, len(c.waiting)) }

func (m *Mutex) Lock() {
	sched.Block(func() bool { return m.locked })
	sched.Saw(2)
	m.locked = true
}

func (m *Mutex) Unlock() { m.locked = false }

type Cond struct {
	L       Locker
	waiting []*bool
}

func NewCond(l Locker) *Cond { return &Cond{L: l} }

func (c *Cond) Wait() {
	woken := false
	c.waiting = append(c.waiting, &woken)
	c.L.Unlock()
	sched.Block(func() bool { return !woken })
	c.L.Lock()
}

func (c *Cond) Broadcast() {
	sched.Step()
	sched.Saw(3)
	for _, w := range c.waiting {
		*w = true
	}
	c.waiting = nil
}
