//go:build linux

// Command bench measures csock against a pure C loop, golang.org/x/sys/unix, the standard syscall
// and net packages, golang.org/x/net and github.com/mdlayher/socket, prints a table, and writes
// report.md, report.json and plots.
//
//	go run -C bench .                      the full run, within ten minutes
//	go run -C bench . -quick               some of the rows, within a minute
//	go run -C bench . -run SendRecv/net=udp -contenders csock,x-sys,c
//	go run -C bench . -selftest            finds a known extra cost
//	go run -C bench . -compare a.json b.json
//	go run -C bench . -from report.json    rewrites an earlier run's report
//
// An interruption (Ctrl-C) ends the run and writes a report of what was measured so far.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/report"
	"github.com/csock/go-csock/bench/work"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

func main() {
	work.Child()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second interruption ends the program at once
	switch err := mainErr(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options holds the command line.
type options struct {
	quick, selftest, compare, list bool
	run, contenders, out, from     string
	rounds                         int
	budget                         time.Duration
	seed                           uint64
	given                          []string // names of the flags that were given
}

const (
	fullRounds, quickRounds = 40, 10
	fullBudget, quickBudget = 9*time.Minute + 15*time.Second, 50 * time.Second
	longestSlice            = 20 * time.Millisecond
	// mostRounds is more than any interval needs. Memory for its samples is allocated in advance.
	mostRounds = 10_000
	// stuck is more than any slice takes, with all timeouts on the way.
	stuck = 2 * time.Minute
)

func mainErr(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // main reports the error once
	fs.BoolVar(&o.quick, "quick", false, "measure some of the rows, in less than a minute")
	fs.StringVar(&o.run, "run", "", "measure only the rows whose name (see -list) matches this regular `expression`")
	fs.StringVar(&o.contenders, "contenders", "", "measure only these, a comma-separated `list`")
	fs.StringVar(&o.out, "out", "results", "`folder` for report.md, report.json and the plots; under go run -C bench, as all files, relative to bench")
	fs.IntVar(&o.rounds, "rounds", 0, fmt.Sprintf("how many rounds (default %d, with -quick %d)", fullRounds, quickRounds))
	fs.DurationVar(&o.budget, "budget", 0, fmt.Sprintf("stop after this `time` even if rounds are left (default %s, with -quick %s)", fullBudget, quickBudget))
	fs.Uint64Var(&o.seed, "seed", 0, "`seed` of the random order (default: from the clock)")
	fs.BoolVar(&o.selftest, "selftest", false, "measure a contender with a known extra cost, and report whether it was found")
	fs.BoolVar(&o.compare, "compare", false, "report how far two report.json files, given as arguments, agree")
	fs.StringVar(&o.from, "from", "", "measure nothing, but rewrite the report from this report.json `file`")
	fs.BoolVar(&o.list, "list", false, "list the rows and contenders, and measure nothing")
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stderr, "usage: go run -C bench . [flags]\n       go run -C bench . -compare a.json b.json\n\n")
		fs.SetOutput(stderr)
		fs.PrintDefaults()
		fmt.Fprintf(stderr, "\ncontenders: %s\noperations: %s\n", strings.Join(contenderNames(), ", "), strings.Join(work.Ops(), ", "))
		return err
	case err != nil:
		return fmt.Errorf("%w; -h lists the flags", err)
	}
	fs.Visit(func(f *flag.Flag) { o.given = append(o.given, f.Name) })
	if err := o.fit(); err != nil {
		return err
	}
	if o.compare {
		if fs.NArg() != 2 {
			return fmt.Errorf("-compare takes two report.json files, not %d arguments", fs.NArg())
		}
		return compare(stdout, fs.Arg(0), fs.Arg(1))
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("%q is not a flag; rows are chosen with -run, contenders with -contenders", fs.Arg(0))
	}
	if o.from != "" {
		rep, err := report.Read(o.from)
		if err != nil {
			return err
		}
		if err := writable(o.out); err != nil {
			return fmt.Errorf("-out: %w", err)
		}
		return finish(rep, o.out, stdout)
	}
	cfg, err := o.config()
	if err != nil {
		return err
	}
	if o.list {
		for _, r := range cfg.Rows {
			fmt.Fprintln(stdout, r.Name())
		}
		for _, c := range cfg.Contenders {
			fmt.Fprintf(stdout, "impl=%s: %s\n", c.Name, c.About)
		}
		return nil
	}
	if o.selftest {
		return selftest(ctx, cfg, stdout, stderr)
	}
	// Better to know now than after ten minutes that there is no place for the report.
	if err := writable(o.out); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	res, err := measureWatched(ctx, cfg, stderr)
	if err != nil {
		return err
	}
	if err := measured(res, cfg); err != nil {
		return err
	}
	mode := "full"
	switch {
	case o.run != "" || o.contenders != "":
		mode = "partial"
	case o.quick:
		mode = "quick"
	}
	rep := &report.Report{Taken: time.Now(), Mode: mode, Machine: report.ThisMachine(), Result: res}
	if err := finish(rep, o.out, stdout); err != nil {
		return err
	}
	if res.Interrupted {
		return fmt.Errorf("interrupted after %d rounds of %d: the report is of these", res.Rounds, cfg.Rounds)
	}
	return nil
}

// fit returns an error for flags that exclude each other, so that none is ignored silently.
func (o options) fit() error {
	for _, mode := range []struct {
		name, why, with string
		on              bool
	}{
		{"compare", "measures nothing", "", o.compare},
		{"from", "measures nothing", "out", o.from != ""},
		{"list", "measures nothing", "quick run contenders", o.list},
		{"selftest", "chooses its rows and contenders itself, and writes no report", "quick rounds budget seed", o.selftest},
	} {
		for _, name := range o.given {
			if mode.on && name != mode.name && !slices.Contains(strings.Fields(mode.with), name) {
				return fmt.Errorf("-%s %s: it does not go together with -%s", mode.name, mode.why, name)
			}
		}
	}
	return nil
}

// writable creates dir if necessary and reports whether files can be created in it.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".try-*")
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

// measured says why a run has nothing to report, if it has not.
func measured(res *measure.Result, cfg measure.Config) error {
	switch {
	case res.Measured():
		return nil
	case res.Interrupted:
		return errors.New("interrupted before anything was measured")
	case res.Stopped:
		return fmt.Errorf("-budget %s: nothing was measured within it", cfg.Budget)
	}
	return fmt.Errorf("nothing was measured; %s: %s", res.Rows[0].Name, res.Rows[0].Left())
}

// finish prints a report and writes it to its folder.
func finish(rep *report.Report, dir string, stdout io.Writer) error {
	if err := rep.Table(stdout); err != nil {
		return err
	}
	if err := rep.Write(dir); err != nil {
		return err
	}
	path, err := filepath.Abs(filepath.Join(dir, "report.md"))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "\nWritten to %s, with plots and report.json beside it.\n", path)
	return err
}

// config makes a configuration of the flags, or says which of them is wrong.
func (o options) config() (measure.Config, error) {
	cfg := measure.Config{Rounds: fullRounds, Budget: fullBudget, Slice: longestSlice, Seed: o.seed}
	if o.quick {
		cfg.Rounds, cfg.Budget = quickRounds, quickBudget
	}
	if slices.Contains(o.given, "rounds") {
		if o.rounds < 1 || o.rounds > mostRounds {
			return cfg, fmt.Errorf("-rounds %d: must be at least 1, at most %d", o.rounds, mostRounds)
		}
		cfg.Rounds = o.rounds
	}
	if slices.Contains(o.given, "budget") {
		if o.budget <= 0 {
			return cfg, fmt.Errorf("-budget %s: must be positive", o.budget)
		}
		cfg.Budget = o.budget
	}
	if cfg.Seed == 0 {
		cfg.Seed = uint64(time.Now().UnixMicro()) // every reader of JSON can hold that many digits
	}
	match, err := regexp.Compile(o.run)
	if err != nil {
		return cfg, fmt.Errorf("-run: %w", err)
	}
	others := 0
	for _, r := range work.Rows() {
		switch {
		case !match.MatchString(r.Name()):
		case o.quick && !r.Quick:
			others++
		default:
			cfg.Rows = append(cfg.Rows, r)
		}
	}
	if len(cfg.Rows) == 0 && others > 0 {
		return cfg, fmt.Errorf("-run %q: a quick run has none of the %d rows that match: omit -quick, or see -quick -list", o.run, others)
	}
	if len(cfg.Rows) == 0 {
		return cfg, fmt.Errorf("-run %q: no row's name matches; -list shows them all", o.run)
	}
	if o.contenders == "" {
		cfg.Contenders = work.Contenders()
		return cfg, nil
	}
	for _, name := range strings.Split(o.contenders, ",") {
		name = strings.TrimSpace(name)
		c, ok := contender(name)
		if !ok {
			return cfg, fmt.Errorf("-contenders: there is no %q, but %s", name, strings.Join(contenderNames(), ", "))
		}
		if slices.ContainsFunc(cfg.Contenders, func(c work.Contender) bool { return c.Name == name }) {
			return cfg, fmt.Errorf("-contenders: %q is there twice", name)
		}
		cfg.Contenders = append(cfg.Contenders, c)
	}
	return cfg, nil
}

func contender(name string) (work.Contender, bool) {
	for _, c := range work.Contenders() {
		if c.Name == name {
			return c, true
		}
	}
	return work.Contender{}, false
}

func contenderNames() []string {
	var names []string
	for _, c := range work.Contenders() {
		names = append(names, c.Name)
	}
	return names
}

// measureWatched measures with progress on a terminal, and ends the program if a slice never ends.
func measureWatched(ctx context.Context, cfg measure.Config, stderr io.Writer) (*measure.Result, error) {
	var current atomic.Pointer[string]
	watchdog := time.AfterFunc(stuck, func() {
		fmt.Fprintf(stderr, "\nbench: %s did not end within %s\n", *current.Load(), stuck)
		os.Exit(1)
	})
	defer watchdog.Stop()
	cfg.Watch = func(what string) {
		current.Store(&what)
		watchdog.Reset(stuck)
	}
	if f, ok := stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		var bar *progressbar.ProgressBar
		last := 0
		cfg.Progress = func(done, total int, what string) {
			// The rounds have a bar of their own, after that of the calibration.
			if bar == nil || done < last {
				bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(stderr), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
					progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth())
			}
			last = done
			bar.Describe(what)
			bar.Set(done)
		}
		defer func() {
			if bar != nil {
				bar.Finish()
			}
		}()
	}
	return measure.Run(ctx, cfg)
}

// extra is the cost that the self-test must find.
const extra = 200 * time.Nanosecond

// selftest measures x/sys against itself with a known extra cost, and says whether the report shows
// it.
func selftest(ctx context.Context, cfg measure.Config, stdout, stderr io.Writer) error {
	cfg.Contenders = work.Spinners(extra)
	cfg.Rows = []work.Row{work.SpinRow}
	for _, r := range work.Rows() {
		if r.Op == "SendRecv" && r.Get("size") == "64" {
			cfg.Rows = append(cfg.Rows, r)
		}
	}
	cfg.Budget = min(cfg.Budget, quickBudget)
	res, err := measureWatched(ctx, cfg, stderr)
	if err != nil {
		return err
	}
	return found(res, stdout)
}

// found prints whether a self-test found the cost. It fails if a row did not show it, or if no row
// was measured.
func found(res *measure.Result, stdout io.Writer) error {
	spun := slowed(res.Rows[0])
	if !spun.OK() || spun.Above == nil {
		return errors.New("selftest: the spinning could not be measured: " + cmp.Or(spun.Failed, "x-sys itself has no result"))
	}
	known := *spun.Above
	fmt.Fprintf(stdout, "The known cost, measured behind getppid: %.1f ns%s\n", known.Center, within(known))
	rows, missed := 0, 0
	for _, row := range res.Rows[1:] {
		c := slowed(row)
		if !c.OK() || c.Above == nil {
			fmt.Fprintf(stdout, "%s: left out: %s\n", row.Name, cmp.Or(c.Failed, "x-sys itself has no result"))
			continue
		}
		rows++
		verdict := "found, within its interval"
		if why := mismatch(*c.Above, known); why != "" {
			verdict = "NOT FOUND: " + why
			missed++
		}
		fmt.Fprintf(stdout, "%s: %.1f ns more%s, ratio %s: %s\n", row.Name, c.Above.Center, within(*c.Above), c.Ratios[work.Baseline], verdict)
	}
	switch {
	case res.Interrupted:
		return errors.New("selftest: interrupted")
	case rows == 0:
		return errors.New("selftest: no row could be measured")
	case missed > 0:
		return fmt.Errorf("selftest: the cost was not found in %d of %d rows: are the rounds few, or the machine busy?", missed, rows)
	}
	return nil
}

// slowed returns the cell of the contender to which the cost was added.
func slowed(row measure.RowResult) measure.Cell {
	return row.Cells[slices.IndexFunc(row.Cells, func(c measure.Cell) bool { return c.Contender != work.Baseline })]
}

// mismatch returns why a difference is not the known cost, or "" if it is.
func mismatch(above, known measure.Estimate) string {
	switch {
	case !above.Bounded() || !known.Bounded():
		return "too few rounds for an interval"
	case above.Lo <= 0:
		return "its interval includes zero"
	case !above.Overlaps(known):
		return "it differs from the known cost"
	}
	return ""
}

func within(e measure.Estimate) string {
	if !e.Bounded() {
		return ""
	}
	return fmt.Sprintf(" [%.1f, %.1f]", e.Lo, e.Hi)
}

// agree is the share of ratios whose intervals must overlap for two runs to agree.
const agree = 0.95

// compare reports how far two runs agree.
func compare(stdout io.Writer, a, b string) error {
	ra, err := report.Read(a)
	if err != nil {
		return err
	}
	rb, err := report.Read(b)
	if err != nil {
		return err
	}
	c := measure.Compare(ra.Result, rb.Result)
	if c.Pairs == 0 && c.NoRange > 0 {
		return errors.New("-compare: one of the two has too few rounds for intervals")
	}
	if c.Pairs == 0 {
		return errors.New("-compare: the two have no ratio to x/sys in common")
	}
	for _, line := range c.Apart {
		fmt.Fprintln(stdout, "apart:", line)
	}
	for _, only := range []struct {
		file  string
		cells []string
	}{{a, c.OnlyInA}, {b, c.OnlyInB}} {
		for _, cell := range only.cells {
			fmt.Fprintf(stdout, "only in %s: %s\n", only.file, cell)
		}
	}
	if c.NoRange > 0 {
		fmt.Fprintf(stdout, "%d ratios have no interval, for too few rounds, and are not counted.\n", c.NoRange)
	}
	if n := len(c.OnlyInA) + len(c.OnlyInB); n > 0 {
		fmt.Fprintf(stdout, "%d results that only one of the two has are not counted: %d are only in %s, %d only in %s.\n", n, len(c.OnlyInA), a, len(c.OnlyInB), b)
	}
	fmt.Fprintf(stdout, "%d of %d ratios to x/sys that both have, with intervals, overlap: %.1f%%\n", c.Overlap, c.Pairs, 100*c.Share())
	if c.Share() < agree {
		return fmt.Errorf("-compare: the two do not agree: fewer than %.0f%% overlap", 100*agree)
	}
	return nil
}
