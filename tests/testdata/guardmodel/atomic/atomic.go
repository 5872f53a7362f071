// Package atomic is sync/atomic with a step of the scheduler before each operation.
package atomic

import "guardmodel/sched"

type Int64 struct{ v int64 }

func (x *Int64) Load() int64 {
	sched.Step()
	sched.Saw(x.v)
	return x.v
}

func (x *Int64) Store(v int64) {
	sched.Step()
	sched.Saw(0)
	x.v = v
}

func (x *Int64) Add(n int64) int64 {
	sched.Step()
	x.v += n
	sched.Saw(x.v)
	return x.v
}

func (x *Int64) CompareAndSwap(old, to int64) bool {
	sched.Step()
	if x.v != old {
		sched.Saw(0)
		return false
	}
	sched.Saw(1)
	x.v = to
	return true
}

// Value is Load without a step, for checks.
func (x *Int64) Value() int64 { return x.v }

// Set is Store without a step, for the initial state.
func (x *Int64) Set(v int64) { x.v = v }
