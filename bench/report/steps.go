//go:build linux

package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
)

// A step is a part of a call's cost: the difference between two contenders of a row that differ in
// this part alone.
type step struct {
	name string
	// The experiment, by what a row's calls do: nothing, getppid or an option, a transfer of data.
	empty, optionCosts, transferCosts experiment
}

// An experiment is the time of one contender, less that of another if that is named.
type experiment struct{ of, less string }

func (e experiment) String() string {
	switch {
	case e.of == "":
		return ""
	case e.less == "":
		return "`" + e.of + "`"
	}
	return "`" + e.of + "` − `" + e.less + "`"
}

var stepsOfCall = []step{
	{"the kernel, and C's call of it", experiment{}, experiment{"c", ""}, experiment{"c-syscall", ""}},
	{"Go's own call", experiment{}, experiment{"raw", "c"}, experiment{"raw", "c-syscall"}},
	{"entersyscall, exitsyscall", experiment{}, experiment{"x-sys", "raw"}, experiment{"x-sys", "raw"}},
	{"an empty crossing", experiment{"cgo", ""}, experiment{}, experiment{}},
	{"the crossing, less x/sys", experiment{}, experiment{"cgo", "x-sys"}, experiment{"cgo-syscall", "x-sys"}},
	{"a result that C returns", experiment{}, experiment{"cgo-result", "cgo"}, experiment{"cgo-result", "cgo"}},
	{"cancellation points", experiment{}, experiment{}, experiment{"cgo", "cgo-syscall"}},
	{"the same in the C loop", experiment{}, experiment{}, experiment{"c", "c-syscall"}},
	{"csock's guard", experiment{}, experiment{"cgo-guard", "cgo"}, experiment{"cgo-guard", "cgo"}},
	{"the rest of csock", experiment{}, experiment{"csock", "cgo-guard"}, experiment{"csock", "cgo-guard"}},
	{"the poller", experiment{}, experiment{}, experiment{"cgo-poller", "cgo"}},
}

// smallMessage is the size up to which a message costs little beyond the call itself.
const smallMessage = 64

// on returns a step's experiment in a row, and the number of calls in an iteration of the row: 0 if
// the row has no steps.
func (s step) on(r work.Row) (e experiment, calls int) {
	switch {
	case r.Op == "Crossing" && r.Get("call") == "empty":
		return s.empty, 1
	case r.Op == "Crossing", r.Op == "Getsockopt", r.Op == "Setsockopt":
		return s.optionCosts, 1
	case r.Op == "SendRecv" && r.Int("size") <= smallMessage:
		return s.transferCosts, 2
	}
	return experiment{}, 0
}

// steps writes where the time of a call goes: for each step its range over the rows, then each row
// with its intervals.
func (r *Report) steps(line func(string, ...any)) {
	var rows [][]string
	optionCosts, transferCosts := make([][]float64, len(stepsOfCall)), make([][]float64, len(stepsOfCall))
	for _, row := range r.Result.Rows {
		cells, measured := []string{"`" + row.Name + "`"}, false
		for i, s := range stepsOfCall {
			e, calls := s.on(row.Row)
			d := row.Difference(e.of, e.less, calls)
			if d == nil {
				cells = append(cells, "")
				continue
			}
			measured = true
			cells = append(cells, nanosWithin(*d))
			if calls == 1 {
				optionCosts[i] = append(optionCosts[i], d.Center)
			} else {
				transferCosts[i] = append(transferCosts[i], d.Center)
			}
		}
		if measured {
			rows = append(rows, cells)
		}
	}
	if len(rows) == 0 {
		return
	}
	line("## Where the time goes\n")
	line("Nanoseconds of one call. A step is the median, over the rounds, of the difference between two contenders in the same row and round; for a send and receive, with messages of up to %d bytes, "+
		"it is the mean of the two calls. First the range of these medians over the rows, then each with its 95%% interval.\n", smallMessage)
	line("| step | getppid, options, an empty call | | send, receive | |")
	line("|---|---|--:|---|--:|")
	head := []string{"row"}
	for i, s := range stepsOfCall {
		line("| %s | %s | %s | %s | %s |", s.name, cmp.Or(s.empty, s.optionCosts), fromTo(optionCosts[i]), s.transferCosts, fromTo(transferCosts[i]))
		head = append(head, s.name)
	}
	line("")
	line("| %s |", strings.Join(head, " | "))
	line("|---%s|", strings.Repeat("|--:", len(stepsOfCall)))
	for _, cells := range rows {
		line("| %s |", strings.Join(cells, " | "))
	}
	line("")
}

func nanosWithin(e measure.Estimate) string {
	if !e.Bounded() {
		return fmt.Sprintf("%.1f", e.Center)
	}
	return fmt.Sprintf("%.1f [%.1f, %.1f]", e.Center, e.Lo, e.Hi)
}

// fromTo is the range of some values.
func fromTo(values []float64) string {
	switch len(values) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%.1f", values[0])
	}
	return fmt.Sprintf("%.1f to %.1f", slices.Min(values), slices.Max(values))
}
