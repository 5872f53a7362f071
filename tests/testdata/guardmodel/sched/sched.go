// Package sched runs threads one at a time, in every possible order.
package sched

import "fmt"

type thread struct {
	resume  chan struct{}
	done    bool
	blocked func() bool // nil, or whether it still has to wait
	seen    uint64      // a hash of all results of its steps, which determine what it does next
}

var (
	current *thread
	yielded = make(chan struct{})
)

// Step is called before each step of a thread that others can see.
func Step() { Block(nil) }

// Block is Step before a step that has to wait while blocked reports true.
func Block(blocked func() bool) {
	t := current
	t.blocked = blocked
	Saw(-1) // it has reached this step
	yielded <- struct{}{}
	<-t.resume
}

// Saw is called with what a thread's step has found.
func Saw(value int64) { current.seen = (current.seen ^ uint64(value)) * 1099511628211 }

// Explore runs the threads that setUp returns in every order in which they can take their steps,
// and calls end after each order. Of orders that reach the same state, only one continues: shared
// returns the state that the threads share. Explore returns the number of states.
func Explore(setUp func() (threads []func(), shared func() string, end func())) (states int) {
	var choices, enabled []int // of each step, and how many there were
	met := map[string]bool{}
	for {
		enabled = enabled[:len(choices)]
		bodies, shared, end := setUp()
		threads := make([]*thread, len(bodies))
		for i, body := range bodies {
			t := &thread{resume: make(chan struct{})}
			threads[i] = t
			go func() {
				<-t.resume
				body()
				t.done = true
				yielded <- struct{}{}
			}()
		}
		for step := 0; ; step++ {
			var can []*thread
			left := 0
			for _, t := range threads {
				if t.done {
					continue
				}
				left++
				if t.blocked == nil || !t.blocked() {
					can = append(can, t)
				}
			}
			if left == 0 {
				break
			}
			if len(can) == 0 {
				panic(fmt.Sprint("deadlock after ", choices))
			}
			if step >= len(choices) {
				choices = append(choices, 0)
				state := shared()
				for _, t := range threads {
					state += fmt.Sprint(" ", t.seen, t.done, t.blocked != nil && t.blocked())
				}
				if met[state] {
					can = can[:1] // the other orders from here have been explored
				}
				met[state] = true
				enabled = append(enabled, len(can))
			}
			current = can[choices[step]]
			current.resume <- struct{}{}
			<-yielded
		}
		end()
		last := len(enabled) - 1
		for last >= 0 && choices[last]+1 == enabled[last] {
			last--
		}
		if last < 0 {
			return len(met)
		}
		choices = choices[:last+1]
		choices[last]++
	}
}
