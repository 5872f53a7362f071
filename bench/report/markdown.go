//go:build linux

package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
)

// markdown writes the report, with its plots where they belong: plots names the files by operation, "" for the overview.
func (r *Report) markdown(plots map[string][]plotFile) []byte {
	b := new(bytes.Buffer)
	line := func(format string, a ...any) { fmt.Fprintf(b, format+"\n", a...) }
	picture := func(op string) {
		for _, p := range plots[op] {
			line("![%s](%s)\n", p.title, p.file)
		}
	}
	m := r.Machine
	line("# csock: benchmark report\n")
	line("Written by `go run -C bench .`; what the numbers mean and how they are taken is told in docs/performance.md.\n")
	line("| | |")
	line("|---|---|")
	line("| taken | %s, a %s run: %d rounds of slices of %s, %s in all%s |", r.Taken.UTC().Format(time.DateTime+" UTC"), r.Mode, r.Result.Rounds,
		r.Result.Slice.Round(100*time.Microsecond), r.Result.Elapsed.Round(time.Second), stopped(r.Result))
	line("| machine | %s, %d CPUs (GOMAXPROCS %d), %.1f GiB |", m.CPU, m.CPUs, m.GOMAXPROCS, float64(m.MemoryMiB)/1024)
	line("| system | %s, %s |", m.Kernel, m.Platform)
	line("| compilers | %s; C: %s |", m.Go, m.C)
	var mods []string
	for path, version := range m.Modules {
		mods = append(mods, path+" "+version)
	}
	slices.Sort(mods)
	line("| peers | %s |\n", strings.Join(mods, ", "))

	line("## In short\n")
	for _, s := range r.summary() {
		line("- %s", s)
	}
	line("\nA ratio below 1 is faster. Each is the median, over the rounds, of the ratio of two slices of the same round; the range after it is its 95%% confidence interval.\n")
	picture("")

	line("## Contenders\n")
	line("| impl | what it is |")
	line("|---|---|")
	for _, c := range work.Contenders() {
		if r.has(c.Name) {
			about := c.About
			if c.Experiment {
				about = "Experiment: " + about
			}
			line("| %s | %s |", c.Name, cell(about))
		}
	}
	line("")

	for _, op := range work.Ops() {
		rows := slices.DeleteFunc(slices.Clone(r.Result.Rows), func(row measure.RowResult) bool { return row.Op != op })
		if len(rows) == 0 {
			continue
		}
		line("## %s\n", op)
		line("%s\n", work.Describe(op))
		picture(op)
		r.table(line, rows)
		r.notes(line, rows)
	}
	return b.Bytes()
}

func stopped(r *measure.Result) string {
	if r.Stopped {
		return " (the time was up before all rounds were done)"
	}
	return ""
}

// has reports whether a contender took part.
func (r *Report) has(contender string) bool {
	for _, row := range r.Result.Rows {
		if _, ok := row.Cell(contender); ok {
			return true
		}
	}
	return false
}

func (r *Report) table(line func(string, ...any), rows []measure.RowResult) {
	tail := rows[0].Row.Kind == work.Latency
	if tail {
		line("| row | impl | p50 | p99 | p99.9 | p50, ratio to x/sys | p50, ratio to C |")
		line("|---|---|--:|--:|--:|--:|--:|")
	} else {
		line("| row | impl | median | ratio to x/sys | ratio to C | allocs/op |")
		line("|---|---|--:|--:|--:|--:|")
	}
	for _, row := range rows {
		name := "`" + strings.TrimPrefix(strings.TrimPrefix(row.Name, row.Op), "/") + "`"
		if name == "``" {
			name = ""
		}
		if why := row.Left(); why != "" {
			line("| %s | — | left out: %s | | | |", name, cell(why))
			continue
		}
		for _, c := range row.Cells {
			impl := c.Contender
			if impl == work.Floor {
				impl += " (floor)"
			}
			if !c.OK() {
				// What no row of the table has is told once, below it.
				if c.Missing != "" && !r.missingEverywhere(rows, c.Contender) {
					line("| %s | %s | — | | | |", name, impl)
				}
				continue
			}
			ratios := spread(c, work.Baseline) + " | " + spread(c, work.Floor)
			if tail {
				line("| %s | %s | %s | %s | %s | %s |", name, impl, nanos(c.Median.Center), percentile(c, "p99"), percentile(c, "p99.9"), ratios)
			} else {
				line("| %s | %s | %s | %s | %s |", name, impl, quantity(row, c.Median.Center), ratios, allocs(row, c))
			}
		}
	}
	line("")
}

func spread(c measure.Cell, reference string) string {
	center, interval := ratio(c, reference)
	if interval != "" {
		return "**" + center + "** " + interval
	}
	return center
}

func percentile(c measure.Cell, name string) string {
	for _, p := range c.Tail {
		if p.Name == name {
			return nanos(p.Value)
		}
	}
	return "—"
}

func (r *Report) missingEverywhere(rows []measure.RowResult, contender string) bool {
	for _, row := range rows {
		if c, ok := row.Cell(contender); ok && c.Missing == "" {
			return false
		}
	}
	return true
}

// notes says below a table who is not in it, and whose calls differ. Who has the same to say is named together.
func (r *Report) notes(line func(string, ...any), rows []measure.RowResult) {
	var order []string
	who := make(map[string][]string)
	note := func(name, text string) {
		if _, ok := who[text]; !ok {
			order = append(order, text)
		}
		if !slices.Contains(who[text], name) {
			who[text] = append(who[text], name)
		}
	}
	for _, row := range rows {
		for _, c := range row.Cells {
			switch {
			case c.Missing != "" && r.missingEverywhere(rows, c.Contender):
				note(c.Contender, "—, "+c.Missing)
			case c.Missing != "":
				note(c.Contender+" in `"+row.Name+"`", "—, "+c.Missing)
			case c.Failed != "":
				note(c.Contender+" in `"+row.Name+"`", "left out on this machine: "+c.Failed)
			case c.Differs != "":
				note(c.Contender, "not the very same calls: "+c.Differs)
			}
		}
	}
	for _, text := range order {
		line("- %s: %s.", strings.Join(who[text], ", "), text)
	}
	if len(order) > 0 {
		line("")
	}
}

// cell keeps text within its cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s)
}
