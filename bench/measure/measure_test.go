//go:build linux

package measure

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/csock/go-csock/bench/work"
)

func TestMain(m *testing.M) {
	work.Child()
	os.Exit(m.Run())
}

// A clock that only the contenders move: so tests of the method depend on no machine.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

var row = work.Row{Op: "Test"}

// takes returns a contender whose iterations take the time that cost returns.
func (c *clock) takes(name string, cost func() time.Duration) work.Contender {
	setup := func(_ work.Row, k *work.Case) error {
		k.Run = func(n int) error {
			for range n {
				c.t = c.t.Add(cost())
			}
			return nil
		}
		return nil
	}
	return work.Contender{Name: name, Setups: map[string]work.Setup{"Test": setup, "Contention": setup}}
}

func constant(d time.Duration) func() time.Duration { return func() time.Duration { return d } }

func (c *clock) config(contenders ...work.Contender) Config {
	return Config{Rows: []work.Row{row}, Contenders: contenders, Rounds: 30, Budget: time.Hour, Slice: 100 * time.Microsecond, Seed: 1, Clock: c.now}
}

func mustRun(t *testing.T, cfg Config) *Result {
	t.Helper()
	res, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func mustCell(t *testing.T, res *Result, contender string) Cell {
	t.Helper()
	c, ok := res.Rows[0].Cell(contender)
	if !ok {
		t.Fatalf("no cell of %s", contender)
	}
	return c
}

// The method tests itself: it finds a known extra cost within its interval, although the machine's
// speed drifts by half and the jitter of single iterations is far larger than the cost.
func TestKnownCostIsFound(t *testing.T) {
	c := new(clock)
	rnd := rand.New(rand.NewPCG(1, 2))
	begin := c.t
	drift := func(d time.Duration) time.Duration {
		speed := 1 + 0.5*float64(c.t.Sub(begin)%(10*time.Millisecond))/float64(10*time.Millisecond)
		return time.Duration(float64(d)*speed) + time.Duration(rnd.IntN(1000))
	}
	res := mustRun(t, c.config(
		c.takes(work.Baseline, func() time.Duration { return drift(2000) }),
		c.takes("slow", func() time.Duration { return drift(2000) + 200 }),
	))
	slow := mustCell(t, res, "slow")
	if !slow.Above.Contains(200) {
		t.Errorf("200 ns more are not within %+v", *slow.Above)
	}
	if r := slow.Ratios[work.Baseline]; r == nil || r.Lo > 1.08 || r.Hi < 1.05 {
		t.Errorf("ratio %s", r)
	}
}

func TestExactRatios(t *testing.T) {
	c := new(clock)
	res := mustRun(t, c.config(
		c.takes(work.Floor, constant(1000)), c.takes(work.Baseline, constant(2000)), c.takes("csock", constant(1500)),
	))
	cell := mustCell(t, res, "csock")
	if got := cell.Median.Center; got != 1500 {
		t.Errorf("median %v", got)
	}
	for ref, want := range map[string]float64{work.Baseline: 0.75, work.Floor: 1.5} {
		if got := *cell.Ratios[ref]; got != (Estimate{want, want, want}) {
			t.Errorf("ratio to %s: %+v, not %v", ref, got, want)
		}
	}
	if cell.Ratios["net"] != nil {
		t.Error("a ratio to a contender that did not take part")
	}
	if e, n := res.GeoMean("csock", work.Baseline, func(RowResult) bool { return true }); n != 1 || e.Center != 0.75 {
		t.Errorf("geometric mean %v over %d rows", e, n)
	}
	if res.Rounds != 30 || res.Stopped {
		t.Errorf("%d rounds, stopped: %v", res.Rounds, res.Stopped)
	}
}

// Where sides wait for each other, the time of a trip depends on how many follow one another. All
// contenders then make the same number of trips, however different their calibrations. A single
// goroutine makes as many as fit its slice.
func TestWaitingRowsHaveEqualIterations(t *testing.T) {
	const slice = 20 * time.Millisecond
	for _, test := range []struct {
		name    string
		op      string
		slow    time.Duration // of the slower contender; the quicker takes 3 µs
		a, b    int
		longest time.Duration
	}{
		{"both near", "Contention", 5 * time.Microsecond, 6666, 6666, 2 * slice},
		{"far apart", "Contention", 50 * time.Microsecond, 1600, 1600, longSlices * slice},
		{"alone", "Test", 50 * time.Microsecond, 6666, 400, slice},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := new(clock)
			var began time.Time
			var longest time.Duration
			cfg := c.config(c.takes("a", constant(3*time.Microsecond)), c.takes("b", constant(test.slow)))
			cfg.Rows, cfg.Slice, cfg.Rounds = []work.Row{{Op: test.op}}, slice, 6
			cfg.Watch = func(string) { began = c.t }
			cfg.Progress = func(_, _ int, what string) {
				if what == test.op {
					longest = max(longest, c.t.Sub(began))
				}
			}
			res := mustRun(t, cfg)
			// A slice has pieces of equal length.
			a, b := mustCell(t, res, "a").Iters, mustCell(t, res, "b").Iters
			if a != test.a/piecesOfSlice*piecesOfSlice || b != test.b/piecesOfSlice*piecesOfSlice {
				t.Errorf("%d and %d iterations, not about %d and %d", a, b, test.a, test.b)
			}
			if longest > test.longest+2*warmUp {
				t.Errorf("a slice took %s", longest)
			}
		})
	}
}

// A cell that was slow when it was first tried is not taken for slow.
func TestLeastCalibrationCounts(t *testing.T) {
	c := new(clock)
	opened := 0
	contender := c.takes("a", nil)
	contender.Setups["Test"] = func(_ work.Row, k *work.Case) error {
		cost := 2 * time.Microsecond
		if opened++; opened == 1 {
			cost = 100 * time.Microsecond
		}
		k.Run = func(n int) error {
			c.t = c.t.Add(time.Duration(n) * cost)
			return nil
		}
		return nil
	}
	if got := mustCell(t, mustRun(t, c.config(contender)), "a").Iters; got != 500 {
		t.Errorf("%d iterations of 2 µs in the shortest slice, of 1 ms", got)
	}
}

// A row whose sides wait for each other is warmed up for a time; a single goroutine for a part of
// the slice.
func TestWarmUp(t *testing.T) {
	for op, want := range map[string]time.Duration{"Contention": warmUp, "Test": time.Millisecond} {
		c := new(clock)
		var runs []time.Duration
		contender := c.takes("a", nil)
		contender.Setups[op] = func(_ work.Row, k *work.Case) error {
			runs = nil
			k.Run = func(n int) error {
				d := time.Duration(n) * 10 * time.Microsecond
				c.t, runs = c.t.Add(d), append(runs, d)
				return nil
			}
			return nil
		}
		cfg := c.config(contender)
		cfg.Rows, cfg.Slice, cfg.Rounds = []work.Row{{Op: op}}, 20*time.Millisecond, 1
		mustRun(t, cfg)
		var warm time.Duration
		for _, d := range runs[:len(runs)-piecesOfSlice] {
			warm += d
		}
		if warm != want {
			t.Errorf("%s was warmed up for %s, not %s", op, warm, want)
		}
	}
}

// The median of the differences, not the difference of the medians.
func TestDifference(t *testing.T) {
	row := RowResult{Cells: []Cell{
		{Contender: "a", Median: new(Estimate), Samples: []float64{10, 20, 60, 0}},
		{Contender: "b", Median: new(Estimate), Samples: []float64{8, 16, 20, 30}},
		{Contender: "failed", Failed: "no such protocol"},
	}}
	for _, test := range []struct {
		of, less string
		calls    int
		want     float64 // 0: none
	}{{"a", "b", 1, 4}, {"a", "b", 2, 2}, {"b", "a", 1, -4}, {"a", "", 2, 10}, {"a", "failed", 1, 0}, {"failed", "a", 1, 0}, {"a", "nobody", 1, 0}, {"", "", 0, 0}} {
		switch e := row.Difference(test.of, test.less, test.calls); {
		case e == nil && test.want == 0:
		case e == nil || e.Center != test.want:
			t.Errorf("%s less %s: %v, not %v", test.of, test.less, e, test.want)
		}
	}
}

func TestOrderIsRandomButRepeatable(t *testing.T) {
	order := func(seed uint64) (s string) {
		c := new(clock)
		note := func(name string) work.Contender {
			return c.takes(name, func() time.Duration {
				if len(s) == 0 || s[len(s)-1] != name[0] {
					s += name
				}
				return time.Microsecond
			})
		}
		cfg := c.config(note("a"), note("b"), note("d"))
		cfg.Seed = seed
		mustRun(t, cfg)
		return s
	}
	first := order(1)
	if first != order(1) {
		t.Error("the same seed gave two orders")
	}
	if first == order(2) {
		t.Error("two seeds gave the same order")
	}
}

func TestFailuresAreKept(t *testing.T) {
	c := new(clock)
	calls := 0
	later := work.Contender{Name: "later", Setups: map[string]work.Setup{"Test": func(_ work.Row, k *work.Case) error {
		k.Run = func(int) error {
			c.t = c.t.Add(10 * time.Millisecond)
			if calls++; calls > 5 {
				return errors.New("the wire is cut")
			}
			return nil
		}
		return nil
	}}}
	never := work.Contender{Name: "never", Setups: map[string]work.Setup{"Test": func(work.Row, *work.Case) error { return errors.New("no such protocol") }}}
	cannot := work.Contender{Name: "cannot", Missing: map[string]string{"Test": "has no such call"}}
	res := mustRun(t, c.config(c.takes(work.Baseline, constant(1000)), later, never, cannot))
	if got := mustCell(t, res, "later").Failed; got != "the wire is cut" {
		t.Errorf("later: %q", got)
	}
	if got := mustCell(t, res, "never").Failed; got != "no such protocol" {
		t.Errorf("never: %q", got)
	}
	if got := mustCell(t, res, "cannot"); got.Missing != "has no such call" || got.Failed != "" {
		t.Errorf("cannot: %+v", got)
	}
	if !mustCell(t, res, work.Baseline).OK() {
		t.Error("the others' failures took the baseline along")
	}
	if res.Rows[0].Left() != "" {
		t.Error("the row was left out")
	}
	res = mustRun(t, c.config(never))
	if got := res.Rows[0].Left(); got != "no such protocol" {
		t.Errorf("left out because %q", got)
	}
}

func TestBudgetEndsTheRun(t *testing.T) {
	c := new(clock)
	cfg := c.config(c.takes(work.Baseline, constant(time.Second)))
	cfg.Budget = 20 * time.Second
	res := mustRun(t, cfg)
	if !res.Stopped || res.Rounds >= cfg.Rounds || res.Elapsed > 25*time.Second {
		t.Errorf("stopped: %v after %d rounds, %s", res.Stopped, res.Rounds, res.Elapsed)
	}
	if !mustCell(t, res, work.Baseline).OK() {
		t.Error("the values measured so far are lost")
	}
}

// Fewer than six values have no interval of 95%, and so nothing is sure.
func TestTooFewRounds(t *testing.T) {
	few, enough := Median([]float64{1, 2, 3, 4, 5}), Median([]float64{1, 2, 3, 4, 5, 6})
	if few.Bounded() || few.Center != 3 || few.Overlaps(*enough) || enough.Overlaps(*few) || few.Contains(3) {
		t.Errorf("%+v", *few)
	}
	if *enough != (Estimate{3.5, 1, 6}) {
		t.Errorf("%+v", *enough)
	}
	for _, e := range []*Estimate{few, enough} {
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var got Estimate
		if err := json.Unmarshal(b, &got); err != nil || got.Bounded() != e.Bounded() || got.String() != e.String() {
			t.Errorf("%+v became %s, and that %+v: %v", *e, b, got, err)
		}
	}
	run := func(e *Estimate) *Result {
		return &Result{Rows: []RowResult{{Name: "R", Cells: []Cell{{Contender: "a", Ratios: map[string]*Estimate{work.Baseline: e}}}}}}
	}
	if c := Compare(run(few), run(enough)); c.Pairs != 0 || c.NoRange != 1 {
		t.Errorf("%+v", c)
	}
}

// The slice's value is the median of its pieces, of four as of five.
func TestMedianOfPieces(t *testing.T) {
	c := new(clock)
	calls := 0
	cfg := c.config(work.Contender{Name: "c", Setups: map[string]work.Setup{"Test": func(_ work.Row, k *work.Case) error {
		calls = 0
		k.Run = func(n int) error {
			calls++
			c.t = c.t.Add(time.Duration(n) * time.Duration(calls) * time.Millisecond)
			return nil
		}
		return nil
	}}})
	cfg.Slice = 8 * time.Millisecond
	// The first call warms up; the four pieces take 2, 3, 4 and 5 ms.
	if got := mustCell(t, mustRun(t, cfg), "c").Median.Center; got != 3.5e6 {
		t.Errorf("%v", got)
	}
}

// A value that a case measures for itself is a time only if its row says so.
func TestOtherKinds(t *testing.T) {
	c := new(clock)
	measured := func(name string, v float64) work.Contender {
		return work.Contender{Name: name, Setups: map[string]work.Setup{"Test": func(_ work.Row, k *work.Case) error {
			k.Measure = func() (float64, error) { return v, nil }
			return nil
		}}}
	}
	cfg := c.config(measured(work.Baseline, 2), measured("csock", 3))
	cfg.Rows = []work.Row{{Op: "Test", Kind: 99}}
	res := mustRun(t, cfg)
	cell := mustCell(t, res, "csock")
	if cell.Median.Center != 3 || len(cell.Ratios) > 0 || cell.Above != nil {
		t.Errorf("%+v", cell)
	}
	if e, n := res.GeoMean("csock", work.Baseline, func(RowResult) bool { return true }); e != nil || n != 0 {
		t.Errorf("geometric mean %v over %d rows", e, n)
	}
}

func TestInterruption(t *testing.T) {
	c := new(clock)
	ctx, cancel := context.WithCancel(t.Context())
	cfg := c.config(c.takes(work.Baseline, constant(time.Microsecond)), c.takes("csock", constant(time.Microsecond)))
	cfg.Progress = func(done, _ int, what string) {
		if done == 21 && what == row.Name() {
			cancel()
		}
	}
	res, err := Run(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if !res.Interrupted || res.Rounds != 10 || !res.Measured() {
		t.Errorf("interrupted: %v after %d rounds, measured: %v", res.Interrupted, res.Rounds, res.Measured())
	}
	res, err = Run(ctx, cfg)
	if err != nil || res.Measured() || !res.Interrupted {
		t.Errorf("interrupted before it began: %+v %v", res, err)
	}
}

func TestNothingToMeasure(t *testing.T) {
	for _, cfg := range []Config{{}, {Rows: []work.Row{row}}} {
		if _, err := Run(t.Context(), cfg); err == nil {
			t.Errorf("%d rows, %d contenders: no error", len(cfg.Rows), len(cfg.Contenders))
		}
	}
}

func TestCompare(t *testing.T) {
	run := func(b Estimate) *Result {
		median := new(Estimate)
		return &Result{Rows: []RowResult{{Name: "R", Cells: []Cell{
			{Contender: work.Baseline, Median: median, Ratios: map[string]*Estimate{work.Baseline: {1, 1, 1}}},
			{Contender: "a", Median: median, Ratios: map[string]*Estimate{work.Baseline: {1, 0.9, 1.1}}},
			{Contender: "b", Median: median, Ratios: map[string]*Estimate{work.Baseline: &b}},
			{Contender: "d", Missing: "no such call"},
		}}}}
	}
	c := Compare(run(Estimate{2, 1.9, 2.1}), run(Estimate{2.3, 2.2, 2.4}))
	if c.Pairs != 2 || c.Overlap != 1 || len(c.Apart) != 1 || c.Share() != 0.5 || len(c.OnlyInA)+len(c.OnlyInB) != 0 {
		t.Errorf("%+v", c)
	}
	if c := Compare(run(Estimate{2, 1.9, 2.1}), &Result{}); c.Pairs != 0 || len(c.OnlyInA) != 3 || c.Share() != 0 {
		t.Errorf("%+v", c)
	}
	// A contender may be missing, or have failed, in one of the two only.
	few := run(Estimate{2, 1.9, 2.1})
	few.Rows[0].Cells = few.Rows[0].Cells[:2]
	failed := run(Estimate{2, 1.9, 2.1})
	failed.Rows[0].Cells[2] = Cell{Contender: "b", Failed: "no such protocol"}
	for _, other := range []*Result{few, failed} {
		c := Compare(run(Estimate{2, 1.9, 2.1}), other)
		if c.Pairs != 1 || len(c.OnlyInA) != 1 || c.OnlyInA[0] != "R impl=b" || len(c.OnlyInB) != 0 {
			t.Errorf("%+v", c)
		}
		c = Compare(other, run(Estimate{2, 1.9, 2.1}))
		if c.Pairs != 1 || len(c.OnlyInB) != 1 || c.OnlyInB[0] != "R impl=b" || len(c.OnlyInA) != 0 {
			t.Errorf("%+v", c)
		}
	}
}
