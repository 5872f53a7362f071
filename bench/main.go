//go:build linux

// Command bench measures csock against a pure C loop, golang.org/x/sys/unix, the standard syscall and net packages,
// golang.org/x/net and github.com/mdlayher/socket, prints a table, and writes report.md, report.json and plots.
//
//	go run -C bench .                      the full run, within ten minutes
//	go run -C bench . -quick               a part of the rows, within a minute
//	go run -C bench . -run SendRecv/net=udp -contenders csock,x-sys,c
//	go run -C bench . -selftest            finds a known extra cost
//	go run -C bench . -compare a.json b.json
//	go run -C bench . -from report.json    writes an earlier run's report anew
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
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
	switch err := mainErr(os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	quick, selftest, compare, list bool
	run, contenders, out, from     string
	rounds                         int
	budget                         time.Duration
	seed                           uint64
}

const (
	fullRounds, quickRounds = 40, 10
	fullBudget, quickBudget = 9*time.Minute + 15*time.Second, 50 * time.Second
	longestSlice            = 20 * time.Millisecond
	// stuck is more than any slice takes, with all timeouts on the way.
	stuck = 2 * time.Minute
)

func mainErr(args []string, stdout, stderr io.Writer) error {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprint(stderr, "usage: go run -C bench . [flags]\n       go run -C bench . -compare a.json b.json\n\n")
		fs.PrintDefaults()
		fmt.Fprintf(stderr, "\ncontenders: %s\noperations: %s\n", strings.Join(contenderNames(), ", "), strings.Join(work.Ops(), ", "))
	}
	fs.BoolVar(&o.quick, "quick", false, "measure a part of the rows, in less than a minute")
	fs.StringVar(&o.run, "run", "", "measure only the rows whose name (see -list) matches this regular `expression`")
	fs.StringVar(&o.contenders, "contenders", "", "measure only these, a comma-separated `list`")
	fs.StringVar(&o.out, "out", "results", "`folder` for report.md, report.json and the plots")
	fs.IntVar(&o.rounds, "rounds", 0, fmt.Sprintf("how many rounds (default %d, with -quick %d)", fullRounds, quickRounds))
	fs.DurationVar(&o.budget, "budget", 0, fmt.Sprintf("stop after this `time` even if rounds are left (default %s, with -quick %s)", fullBudget, quickBudget))
	fs.Uint64Var(&o.seed, "seed", 0, "`seed` of the random order (default: from the clock)")
	fs.BoolVar(&o.selftest, "selftest", false, "measure a contender with a known extra cost, and tell whether it was found")
	fs.BoolVar(&o.compare, "compare", false, "tell how far two report.json, given as arguments, agree")
	fs.StringVar(&o.from, "from", "", "measure nothing, but write the report of this report.json `file` anew")
	fs.BoolVar(&o.list, "list", false, "list the rows and contenders, and measure nothing")
	if err := fs.Parse(args); err != nil {
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
		return selftest(cfg, stdout, stderr)
	}
	// Better to know now than after ten minutes that there is no place for the report.
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	res, err := measureWatched(cfg, stderr)
	if err != nil {
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
	return finish(rep, o.out, stdout)
}

// finish prints a report and writes it to its folder.
func finish(rep *report.Report, dir string, stdout io.Writer) error {
	if err := rep.Table(stdout); err != nil {
		return err
	}
	if err := rep.Write(dir); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "\nWritten to %s, with plots and report.json beside it.\n", filepath.Join(dir, "report.md"))
	return err
}

// config makes a configuration of the flags, or says which of them is wrong.
func (o options) config() (measure.Config, error) {
	cfg := measure.Config{Rounds: fullRounds, Budget: fullBudget, Slice: longestSlice, Seed: o.seed}
	if o.quick {
		cfg.Rounds, cfg.Budget = quickRounds, quickBudget
	}
	if o.rounds < 0 {
		return cfg, fmt.Errorf("-rounds %d: must be at least 1", o.rounds)
	}
	if o.rounds > 0 {
		cfg.Rounds = o.rounds
	}
	if o.budget < 0 {
		return cfg, fmt.Errorf("-budget %s: must be positive", o.budget)
	}
	if o.budget > 0 {
		cfg.Budget = o.budget
	}
	if cfg.Seed == 0 {
		cfg.Seed = uint64(time.Now().UnixNano())
	}
	match, err := regexp.Compile(o.run)
	if err != nil {
		return cfg, fmt.Errorf("-run: %w", err)
	}
	for _, r := range work.Rows() {
		if match.MatchString(r.Name()) && (r.Quick || !o.quick) {
			cfg.Rows = append(cfg.Rows, r)
		}
	}
	if len(cfg.Rows) == 0 {
		return cfg, fmt.Errorf("-run %q: no row's name matches; -list shows them all", o.run)
	}
	if o.contenders == "" {
		cfg.Contenders = work.Contenders()
		return cfg, nil
	}
	for _, name := range strings.Split(o.contenders, ",") {
		c, ok := contender(strings.TrimSpace(name))
		if !ok {
			return cfg, fmt.Errorf("-contenders: there is no %q, but %s", name, strings.Join(contenderNames(), ", "))
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
func measureWatched(cfg measure.Config, stderr io.Writer) (*measure.Result, error) {
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
		cfg.Progress = func(done, total int, what string) {
			if bar == nil {
				bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(stderr), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
					progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth())
			}
			bar.Describe(what)
			bar.Set(done)
		}
		defer func() {
			if bar != nil {
				bar.Finish()
			}
		}()
	}
	return measure.Run(cfg)
}

// extra is the cost that the self-test has to find.
const extra = 200 * time.Nanosecond

// selftest measures x/sys against itself with a known cost added, and says whether the report would have told it.
func selftest(cfg measure.Config, stdout, stderr io.Writer) error {
	cfg.Contenders = work.Spinners(extra)
	cfg.Rows = []work.Row{work.SpinRow}
	for _, r := range work.Rows() {
		if r.Op == "SendRecv" && r.Get("size") == "64" {
			cfg.Rows = append(cfg.Rows, r)
		}
	}
	cfg.Budget = min(cfg.Budget, quickBudget)
	res, err := measureWatched(cfg, stderr)
	if err != nil {
		return err
	}
	known, _ := res.Rows[0].Cell(work.Baseline)
	if !known.OK() {
		return errors.New("selftest: the spinning could not be measured: " + known.Failed)
	}
	fmt.Fprintf(stdout, "The known cost, measured by itself: %.1f ns [%.1f, %.1f]\n", known.Median.Center, known.Median.Lo, known.Median.Hi)
	missed := 0
	for _, row := range res.Rows[1:] {
		c, _ := row.Cell(work.Contenders()[0].Name)
		for _, cell := range row.Cells {
			if cell.Contender != work.Baseline {
				c = cell
			}
		}
		if !c.OK() || c.Above == nil {
			fmt.Fprintf(stdout, "%s: left out: %s\n", row.Name, c.Failed)
			continue
		}
		verdict := "found, within its interval"
		if !c.Above.Overlaps(*known.Median) {
			verdict = "MISSED"
			missed++
		}
		fmt.Fprintf(stdout, "%s: %.1f ns more [%.1f, %.1f], ratio %s: %s\n", row.Name, c.Above.Center, c.Above.Lo, c.Above.Hi, c.Ratios[work.Baseline], verdict)
	}
	if missed > 0 {
		return fmt.Errorf("selftest: the cost was not found in %d of %d rows: is the machine busy?", missed, len(res.Rows)-1)
	}
	return nil
}

// compare tells how far two runs agree.
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
	if c.Pairs == 0 {
		return errors.New("-compare: the two have no ratio to x/sys in common")
	}
	for _, line := range c.Apart {
		fmt.Fprintln(stdout, "apart:", line)
	}
	for _, name := range c.OnlyInAB {
		fmt.Fprintln(stdout, "only in one of them:", name)
	}
	_, err = fmt.Fprintf(stdout, "%d of %d ratios to x/sys have intervals that overlap: %.1f%%\n", c.Overlap, c.Pairs, 100*c.Share())
	return err
}
