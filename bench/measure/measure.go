//go:build linux

// Package measure times the contenders of each row against each other, and turns the times into
// ratios.
//
// A machine's speed drifts by more than the differences to be measured. So nothing is timed for
// long and compared afterwards. A run has many short rounds. In each round every contender of every
// row has one slice, with rows and contenders in random order. A ratio is taken between two slices
// of the same row and round, which ran within some tenths of a second of each other. The report
// gives the median of these ratios with its confidence interval.
package measure

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/csock/go-csock/bench/work"
	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat"
)

// Config says what to measure and for how long.
type Config struct {
	Rows       []work.Row
	Contenders []work.Contender
	Rounds     int           // how many rounds, if the budget allows
	Budget     time.Duration // when to stop, the rounds done or not
	Slice      time.Duration // how long a slice is at most
	Seed       uint64        // of the random order

	// Clock returns the time. If it is nil, time.Now does.
	Clock func() time.Time
	// Progress is called after each slice, if not nil.
	Progress func(done, total int, what string)
	// Watch is called, if not nil, before each slice, with the slice's name.
	Watch func(what string)
}

// A Result holds the findings of a run.
type Result struct {
	Rounds  int           `json:"rounds"`
	Slice   time.Duration `json:"slice_ns"`
	Budget  time.Duration `json:"budget_ns"`
	Seed    uint64        `json:"seed"` // of the random order
	Elapsed time.Duration `json:"elapsed_ns"`
	Stopped bool          `json:"stopped"` // the budget ended before the rounds did
	// Interrupted says that the user ended it before that.
	Interrupted bool        `json:"interrupted,omitempty"`
	Rows        []RowResult `json:"rows"`
}

// A RowResult is one row's part of a Result.
type RowResult struct {
	Row   work.Row `json:"-"`
	Name  string   `json:"name"`
	Op    string   `json:"op"`
	Cells []Cell   `json:"cells"`
}

// Cell is the row's result for one contender.
func (r RowResult) Cell(contender string) (Cell, bool) {
	for _, c := range r.Cells {
		if c.Contender == contender {
			return c, true
		}
	}
	return Cell{}, false
}

// Difference estimates the time of one call of a contender: the time of an iteration by the number
// of calls in it. If less names another contender, its time is subtracted. Difference returns nil
// if either contender has no result.
func (r RowResult) Difference(of, less string, calls int) *Estimate {
	a, ok := r.Cell(of)
	if !ok || !a.OK() {
		return nil
	}
	per := func(t float64) float64 { return t / float64(calls) }
	if less == "" {
		var times []float64
		for _, t := range present(a.Samples) {
			times = append(times, per(t))
		}
		return Median(times)
	}
	b, _ := r.Cell(less)
	return Median(pairwise(a.Samples, b.Samples, func(a, b float64) float64 { return per(a - b) }))
}

// Left is why the whole row was left out, or "" if any contender did it.
func (r RowResult) Left() string {
	why := ""
	for _, c := range r.Cells {
		if c.OK() {
			return ""
		}
		if c.Failed != "" {
			why = c.Failed
		}
	}
	return cmp.Or(why, "no contender that was chosen has it")
}

// A Cell is the result of one contender in one row.
type Cell struct {
	Contender string `json:"contender"`
	// Missing says why the contender's API cannot do this row; Failed why this machine did not let
	// it.
	Missing string `json:"missing,omitempty"`
	Failed  string `json:"failed,omitempty"`
	// Differs says what its calls have in them beyond the row's.
	Differs string `json:"differs,omitempty"`

	// Iters is how many iterations a slice times.
	Iters int `json:"iters,omitempty"`
	// Median is the median of an iteration's nanoseconds, or in memory rows of bytes. In latency
	// rows it is the median of the slices' medians.
	Median *Estimate `json:"median,omitempty"`
	// Ratios are those to the contenders of References that have the row.
	Ratios map[string]*Estimate `json:"ratios,omitempty"`
	// Above is the nanoseconds above the baseline's.
	Above *Estimate `json:"above_x_sys_ns,omitempty"`
	// Allocs and AllocBytes are of one iteration.
	Allocs     float64 `json:"allocs"`
	AllocBytes float64 `json:"alloc_bytes"`
	// Tail has the latency's percentiles over the trips of all rounds, and Trips says of how many.
	Tail  []work.Percentile `json:"tail,omitempty"`
	Trips int               `json:"trips,omitempty"`
	// Samples has one value for each round, 0 where it has none.
	Samples []float64 `json:"samples,omitempty"`
}

// References are the contenders that all others of a row are compared with.
var References = []string{work.Baseline, work.Floor, "net", "x-net"}

func quotient(a, b float64) float64   { return a / b }
func difference(a, b float64) float64 { return a - b }

// OK reports whether the cell has a result.
func (c Cell) OK() bool { return c.Median != nil }

// An Estimate is a median with its confidence interval. Lo and Hi are NaN if there are too few
// values for an interval. No comparison with NaN holds, so such an estimate is never surely above
// or below.
type Estimate struct {
	Center, Lo, Hi float64
}

// estimateJSON leaves lo and hi out where there is no interval, since JSON has no NaN.
type estimateJSON struct {
	Center float64  `json:"center"`
	Lo     *float64 `json:"lo,omitempty"`
	Hi     *float64 `json:"hi,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (e Estimate) MarshalJSON() ([]byte, error) {
	j := estimateJSON{Center: e.Center}
	if e.Bounded() {
		j.Lo, j.Hi = &e.Lo, &e.Hi
	}
	return json.Marshal(j)
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *Estimate) UnmarshalJSON(b []byte) error {
	var j estimateJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*e = Estimate{j.Center, math.NaN(), math.NaN()}
	if j.Lo != nil && j.Hi != nil {
		e.Lo, e.Hi = *j.Lo, *j.Hi
	}
	return nil
}

// Bounded reports whether there is an interval.
func (e Estimate) Bounded() bool { return !math.IsNaN(e.Lo) && !math.IsNaN(e.Hi) }

// Overlaps reports whether two intervals share a point.
func (e Estimate) Overlaps(o Estimate) bool { return e.Lo <= o.Hi && o.Lo <= e.Hi }

// Contains reports whether the interval has x in it.
func (e Estimate) Contains(x float64) bool { return e.Lo <= x && x <= e.Hi }

// Confidence is that of all intervals.
const Confidence = 0.95

// Median estimates the median of a sample, nil if it is empty.
func Median(values []float64) *Estimate {
	if len(values) == 0 {
		return nil
	}
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), Confidence)
	// For too few values the interval is infinite.
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) {
		s.Lo, s.Hi = math.NaN(), math.NaN()
	}
	return &Estimate{round(s.Center), round(s.Lo), round(s.Hi)}
}

// round keeps five digits: more than that is noise.
func round(x float64) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	unit := math.Pow(10, 4-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*unit) / unit
}

// A cell in the making.
type running struct {
	row       work.Row
	contender work.Contender
	perIter   []time.Duration // of each calibration
	pieces    int             // of a slice
	iters     int             // of a piece
	samples   []float64
	trips     []float64
	mallocs   []float64 // of an iteration, in each slice
	bytes     []float64
	missing   string
	failed    string
}

func (c *running) name() string { return c.row.Name() + " impl=" + c.contender.Name }
func (c *running) live() bool   { return c.missing == "" && c.failed == "" }
func (c *running) fail(err error) {
	if errors.Is(err, work.ErrMissing) {
		c.missing = err.Error()
	} else {
		c.failed = err.Error()
	}
}

// memoryRounds is enough for memory, which drifts little and takes a process to measure.
const memoryRounds = 7

// retries is how often a slice that a signal cut short is taken again.
const retries = 5

// piecesOfSlice is the number of pieces in which a slice is timed. Their median is the slice's
// value, so a piece during which something else ran on the processor does not count.
const piecesOfSlice = 5

// calibration is how long a cell's cost is measured before the first round, and calibrations is how
// often. The lowest counts: whatever else ran on the processor can only add.
const (
	calibration  = 2 * time.Millisecond
	calibrations = 3
)

// Rows whose sides wait for each other need time to reach a steady pace. The slices of their
// slowest contender may take longSlices times the usual time.
const (
	warmUp     = 5 * time.Millisecond
	longSlices = 4
)

// Run measures. When ctx ends, it finishes the current slice and returns the results so far.
func Run(ctx context.Context, cfg Config) (*Result, error) {
	if len(cfg.Rows) == 0 {
		return nil, errors.New("no rows to measure")
	}
	if len(cfg.Contenders) == 0 {
		return nil, errors.New("no contenders to measure")
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Progress == nil {
		cfg.Progress = func(int, int, string) {}
	}
	if cfg.Watch == nil {
		cfg.Watch = func(string) {}
	}
	start := cfg.Clock()
	rnd := rand.New(rand.NewPCG(cfg.Seed, cfg.Seed))
	cells := make([][]*running, len(cfg.Rows))
	var all []*running
	for i, r := range cfg.Rows {
		for _, c := range cfg.Contenders {
			cell := &running{row: r, contender: c, samples: make([]float64, cfg.Rounds)}
			cells[i] = append(cells[i], cell)
			all = append(all, cell)
		}
	}
	for i, c := range all {
		cfg.Watch(c.name())
		cfg.Progress(i, len(all), "calibrating "+c.row.Name())
		var err error
		for i := 0; i < calibrations && err == nil && ctx.Err() == nil; i++ {
			err = retried(func() error { return c.calibrate(cfg.Clock) })
		}
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			c.fail(err)
		}
	}
	live := 0
	for _, c := range all {
		if c.live() {
			live++
		}
	}
	slice := cfg.Slice
	if live > 0 {
		// Half of the budget is for slices, the rest for the work around them.
		slice = min(slice, (cfg.Budget-cfg.Clock().Sub(start))/2/time.Duration(live*cfg.Rounds))
	}
	slice = max(slice, time.Millisecond)
	for _, row := range cells {
		plan(row, slice)
	}

	res := &Result{Slice: slice, Budget: cfg.Budget, Seed: cfg.Seed}
	rows := make([]int, len(cfg.Rows))
	for i := range rows {
		rows[i] = i
	}
	done, total := 0, live*cfg.Rounds
rounds:
	for round := range cfg.Rounds {
		rnd.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		for _, i := range rows {
			order := slices.Clone(cells[i])
			rnd.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			for _, c := range order {
				if !c.live() {
					continue
				}
				if ctx.Err() != nil {
					res.Interrupted = true
					break rounds
				}
				if cfg.Clock().Sub(start) > cfg.Budget {
					res.Stopped = true
					break rounds
				}
				cfg.Watch(c.name())
				err := retried(func() error { return c.slice(round, cfg.Clock) })
				// Ctrl-C in a terminal interrupts the child processes of a memory row, too. Their
				// failure then says nothing about the row.
				if err != nil && ctx.Err() == nil {
					c.fail(err)
				}
				done++
				cfg.Progress(done, total, c.row.Name())
			}
		}
		res.Rounds = round + 1
	}
	res.Elapsed = cfg.Clock().Sub(start)
	for i, r := range cfg.Rows {
		res.Rows = append(res.Rows, summarize(r, cells[i]))
	}
	return res, nil
}

// retried does again what a signal of Go's scheduler cut short.
func retried(f func() error) error {
	err := f()
	for try := 0; errors.Is(err, syscall.EINTR) && try < retries; try++ {
		err = f()
	}
	return err
}

// plan sets the number of iterations in the slices of a row's cells. Where sides wait for each
// other, a trip takes less time the less they have slept, and that depends on how many trips follow
// one another. So all contenders of such a row make the same number of trips.
func plan(row []*running, slice time.Duration) {
	var quickest []time.Duration
	var slowest time.Duration // as it usually is
	for _, c := range row {
		if c.live() && len(c.perIter) > 0 {
			slices.Sort(c.perIter)
			quickest = append(quickest, c.perIter[0])
			slowest = max(slowest, c.perIter[len(c.perIter)/2])
		}
	}
	for _, c := range row {
		iters := c.row.MinIters()
		switch {
		case len(quickest) == 0 || len(c.perIter) == 0:
		case c.row.Alone():
			iters = max(iters, int(slice/c.perIter[0]))
		default:
			iters = max(iters, int(slice/max(slices.Min(quickest), slowest/longSlices)))
		}
		c.pieces = min(iters/c.row.MinIters(), piecesOfSlice)
		c.iters = iters / c.pieces
	}
}

// calibrate checks that the cell runs, and measures roughly what an iteration costs.
func (c *running) calibrate(clock func() time.Time) error {
	defer c.row.Settle()()
	k, err := c.contender.Open(c.row)
	if err != nil {
		return err
	}
	defer k.Close()
	if k.Measure != nil {
		return nil
	}
	for n := c.row.MinIters(); ; n *= 4 {
		start := clock()
		if err := k.Run(n); err != nil {
			return err
		}
		if d := clock().Sub(start); d >= calibration || n > 1<<20 {
			c.perIter = append(c.perIter, max(d/time.Duration(n), 1))
			return nil
		}
	}
}

// slice measures once. It opens sockets of its own: their places in memory and their ports differ
// in each round, and are thus part of the interval.
func (c *running) slice(round int, clock func() time.Time) error {
	if c.row.Kind == work.Memory && round >= memoryRounds {
		return nil
	}
	defer c.row.Settle()()
	k, err := c.contender.Open(c.row)
	if err != nil {
		return err
	}
	defer k.Close()
	if k.Measure != nil {
		c.samples[round], err = k.Measure()
		return err
	}
	runtime.GC() // no slice pays for what an earlier one left behind
	if err := c.warm(k, clock); err != nil {
		return err
	}
	if k.Samples != nil {
		k.Samples()
	}
	times := make([]float64, 0, c.pieces) // before the allocations are counted
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range c.pieces {
		start := clock()
		err = k.Run(c.iters)
		times = append(times, float64(clock().Sub(start))/float64(c.iters))
		if err != nil {
			return err
		}
	}
	runtime.ReadMemStats(&after)
	if k.Samples != nil {
		trips := k.Samples()
		c.trips = append(c.trips, trips...)
		c.samples[round] = work.Tail(trips)[0].Value
		return nil
	}
	n := float64(c.iters * c.pieces)
	c.mallocs = append(c.mallocs, float64(after.Mallocs-before.Mallocs)/n)
	c.bytes = append(c.bytes, float64(after.TotalAlloc-before.TotalAlloc)/n)
	c.samples[round] = Median(times).Center
	return nil
}

// warm runs some iterations before the clock starts. Where sides wait for each other, it runs for a
// fixed time, but for no more iterations than the slice has.
func (c *running) warm(k *work.Case, clock func() time.Time) error {
	all := c.iters * c.pieces
	n := max(all/20, c.row.MinIters()/8, 1)
	start := clock()
	for done := 0; done < all; {
		if err := k.Run(n); err != nil {
			return err
		}
		if done += n; c.row.Alone() || clock().Sub(start) >= warmUp {
			break
		}
	}
	return nil
}

func summarize(r work.Row, cells []*running) RowResult {
	res := RowResult{Row: r, Name: r.Name(), Op: r.Op}
	samples := func(contender string) []float64 {
		for _, c := range cells {
			if c.contender.Name == contender && c.live() {
				return c.samples
			}
		}
		return nil
	}
	for _, c := range cells {
		cell := Cell{Contender: c.contender.Name, Missing: c.missing, Failed: c.failed, Differs: c.contender.Remark(r)}
		if c.live() {
			if Timed(r) {
				cell.Iters = c.iters * c.pieces
			}
			cell.Median = Median(present(c.samples))
			if Timed(r) || r.Kind == work.Memory {
				cell.Ratios = make(map[string]*Estimate)
				for _, ref := range References {
					if e := Median(pairwise(c.samples, samples(ref), quotient)); e != nil {
						cell.Ratios[ref] = e
					}
				}
			}
			if Timed(r) {
				cell.Above = Median(pairwise(c.samples, samples(work.Baseline), difference))
			}
			cell.Allocs, cell.AllocBytes = allocs(c.mallocs), allocs(c.bytes)
			cell.Tail, cell.Trips = work.Tail(c.trips), len(c.trips)
			for _, s := range c.samples {
				cell.Samples = append(cell.Samples, round(s))
			}
			if cell.Median == nil {
				cell.Failed = "the run ended before its first slice"
			}
		}
		res.Cells = append(res.Cells, cell)
	}
	return res
}

// allocs returns what one iteration allocates in most slices. Some slices include allocations of
// the runtime.
func allocs(slices []float64) float64 {
	if len(slices) == 0 {
		return 0
	}
	a := Median(slices).Center
	if a < 1 {
		return math.Floor(a*10) / 10
	}
	return math.Round(a)
}

// present drops the rounds without a value.
func present(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return v == 0 })
}

// pairwise applies f to each round in which both have a value.
func pairwise(a, b []float64, f func(a, b float64) float64) []float64 {
	var out []float64
	for i := range min(len(a), len(b)) {
		if a[i] != 0 && b[i] != 0 {
			out = append(out, f(a[i], b[i]))
		}
	}
	return out
}

// GeoMean estimates the geometric mean, over all rows that both have, of a contender's ratio to
// another, and returns the number of rows. The mean is taken in each round, and the median over the
// rounds is the estimate.
func (r *Result) GeoMean(contender, reference string, in func(RowResult) bool) (*Estimate, int) {
	var rows [][]float64
	for _, row := range r.Rows {
		a, okA := row.Cell(contender)
		b, okB := row.Cell(reference)
		if okA && okB && a.OK() && b.OK() && Timed(row.Row) && in(row) {
			ratios := make([]float64, r.Rounds)
			for i := range ratios {
				if a.Samples[i] != 0 && b.Samples[i] != 0 {
					ratios[i] = a.Samples[i] / b.Samples[i]
				}
			}
			rows = append(rows, ratios)
		}
	}
	var means []float64
	for round := range r.Rounds {
		var ratios []float64
		for _, row := range rows {
			if row[round] != 0 {
				ratios = append(ratios, row[round])
			}
		}
		if len(ratios) > 0 {
			means = append(means, stat.GeometricMean(ratios, nil))
		}
	}
	return Median(means), len(rows)
}

// Timed reports whether a row's numbers are times by which contenders can be compared. Claims about
// speed leave out rows of other kinds.
func Timed(r work.Row) bool { return r.Kind == work.Time || r.Kind == work.Latency }

// Measured reports whether any contender has a result in any row.
func (r *Result) Measured() bool {
	return slices.ContainsFunc(r.Rows, func(row RowResult) bool { return slices.ContainsFunc(row.Cells, Cell.OK) })
}

// String is the estimate as a ratio is written: 0.98 [0.96, 1.01].
func (e *Estimate) String() string {
	switch {
	case e == nil:
		return "—"
	case !e.Bounded():
		return fmt.Sprintf("%.3f (no interval)", e.Center)
	}
	return fmt.Sprintf("%.3f [%.3f, %.3f]", e.Center, e.Lo, e.Hi)
}
