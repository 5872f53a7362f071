//go:build linux

package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
)

// markdown returns the report in Markdown, with its plots in place. plots has the file of each
// operation, and of the overview under "".
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
	line("Written by `go run -C bench .`; docs/performance.md explains the numbers and how they are measured.\n")
	line("| | |")
	line("|---|---|")
	line("| taken | %s, a %s run: %d rounds of slices of %s, %s in all%s; seed %d |", r.Taken.UTC().Format(time.DateTime+" UTC"), r.Mode, r.Result.Rounds,
		r.Result.Slice.Round(100*time.Microsecond), r.Result.Elapsed.Round(time.Second), stopped(r.Result), r.Result.Seed)
	line("| machine | %s, %d CPUs (GOMAXPROCS %d), %.1f GiB |", m.CPU, m.CPUs, m.GOMAXPROCS, float64(m.MemoryMiB)/1024)
	line("| system | %s, %s |", m.Kernel, m.Platform)
	line("| compilers | %s; C: %s |", m.Go, m.C)
	line("| libc | %s |", cmp.Or(m.Libc, "reports no version"))
	line("| csock | %s |", cmp.Or(m.Csock, "not built in its repository"))
	var mods []string
	for path, version := range m.Modules {
		mods = append(mods, path+" "+version)
	}
	slices.Sort(mods)
	line("| peers | %s |\n", strings.Join(mods, ", "))

	line("## In short\n")
	for _, c := range r.summary() {
		line("- %s", c.text)
		for _, row := range c.rows {
			if row.sure {
				line("  - **`%s` %s**", row.name, row.e)
			} else {
				line("  - `%s` %s", row.name, row.e)
			}
		}
	}
	line("")
	if head, means := r.means(); len(means) > 0 {
		line("| %s |", strings.Join(head, " | "))
		line("|---|--:%s|", strings.Repeat("|---", len(head)-2))
		for _, cells := range means {
			line("| %s |", strings.Join(cells, " | "))
		}
		line("\nBehind “of” is how many rows have it, where not all have.")
	}
	line("\nA ratio below 1 is faster. Each is the median, over the rounds, of the ratio of two slices of the same round; the range after it is its 95%% confidence interval. "+
		"A row above a limit is in bold if it is so surely: its whole interval is above. I/O rows are those of %s.\n", strings.Join(ioOps, ", "))
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

	r.steps(line)

	for _, op := range r.ops() {
		rows := slices.DeleteFunc(slices.Clone(r.Result.Rows), func(row measure.RowResult) bool { return row.Op != op })
		line("## %s\n", op)
		if about := work.Describe(op); about != "" {
			line("%s\n", about)
		}
		picture(op)
		if why := rows[0].Left(); why != "" && !slices.ContainsFunc(rows, func(row measure.RowResult) bool { return row.Left() != why }) {
			line("Left out: %s.\n", oneLine(why))
			continue
		}
		r.table(line, rows)
		r.notes(line, rows)
	}
	return b.Bytes()
}

func stopped(r *measure.Result) string {
	switch {
	case r.Interrupted:
		return " (interrupted before all rounds were done)"
	case r.Stopped:
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
	head := []string{"row", "impl", "median", "ratio to x/sys", "ratio to C", "allocs/op"}
	if tail {
		head = []string{"row", "impl", "p50", "p99", "p99.9", "p50, ratio to x/sys", "p50, ratio to C"}
	}
	put := func(cells ...string) {
		cells = append(cells, make([]string, len(head)-len(cells))...)
		line("| %s |", strings.Join(cells, " | "))
	}
	put(head...)
	line("|---|---%s|", strings.Repeat("|--:", len(head)-2))
	for _, row := range rows {
		name := "`" + strings.TrimPrefix(strings.TrimPrefix(row.Name, row.Op), "/") + "`"
		if name == "``" {
			name = ""
		}
		if why := row.Left(); why != "" {
			put(name, "—", "left out: "+cell(why))
			continue
		}
		for _, c := range row.Cells {
			impl := c.Contender
			if impl == work.Floor && row.Row.Floored() {
				impl += " (floor)"
			}
			x, f := spread(c, work.Baseline), spread(c, work.Floor)
			switch {
			case !c.OK():
				// A column that is empty in every row is left out; a note below the table explains
				// it.
				if c.Missing != "" && !missingEverywhere(rows, c.Contender) {
					put(name, impl, "—")
				}
			case tail:
				put(name, impl, nanos(typical(c)), percentile(c, "p99"), percentile(c, "p99.9"), x, f)
			default:
				put(name, impl, quantity(row, c.Median.Center), x, f, allocs(row, c))
			}
		}
	}
	line("")
	if tail {
		line("The percentiles are of the trips of all rounds together; a ratio is of the medians of two slices. A percentile beyond which too few trips are is —.\n")
	}
}

func spread(c measure.Cell, reference string) string {
	center, interval := ratio(c, reference)
	if interval != "" {
		return "**" + center + "** " + interval
	}
	return center // 1, none, or one with too few rounds for an interval
}

// percentile returns a point of the tail, if there are enough trips to state it.
func percentile(c measure.Cell, name string) string {
	for _, p := range c.Tail {
		if p.Name == name && enoughTrips(c, name) {
			return nanos(p.Value)
		}
	}
	return "—"
}

// enoughTrips reports whether at least one trip lies beyond a percentile. Reports from before trips
// were counted have enough.
func enoughTrips(c measure.Cell, percentile string) bool {
	return c.Trips == 0 || c.Trips >= map[string]int{"p99": 100, "p99.9": 1000}[percentile]
}

func missingEverywhere(rows []measure.RowResult, contender string) bool {
	return everywhere(rows, contender, func(c measure.Cell) bool { return c.Missing != "" })
}

// everywhere reports whether all of a contender's cells are so.
func everywhere(rows []measure.RowResult, contender string, so func(measure.Cell) bool) bool {
	for _, row := range rows {
		if c, ok := row.Cell(contender); ok && !so(c) {
			return false
		}
	}
	return true
}

// notes lists below a table the contenders that it lacks, and those whose calls differ. Contenders
// with the same remark share a line.
func (r *Report) notes(line func(string, ...any), rows []measure.RowResult) {
	var f failures
	for _, row := range rows {
		for _, c := range row.Cells {
			in := c.Contender + " in `" + row.Name + "`"
			switch {
			case c.Missing != "" && missingEverywhere(rows, c.Contender):
				f.add("—, "+c.Missing, c.Contender)
			case c.Missing != "":
				f.add("—, "+c.Missing, in)
			case c.Failed != "" && everywhere(rows, c.Contender, func(o measure.Cell) bool { return o.Failed == c.Failed }):
				f.add("left out in this run: "+c.Failed, c.Contender)
			case c.Failed != "" && row.Left() == "": // the table reports the others
				f.add("left out in this run: "+c.Failed, in)
			case c.Differs != "":
				f.add(c.Differs, differing(rows, c, in))
			}
		}
	}
	for _, text := range f.order {
		line("- %s: %s.", strings.Join(f.who[text], ", "), oneLine(text))
	}
	if len(f.order) > 0 {
		line("")
	}
}

// differing names a contender together with the row in which its calls differ, or alone if they
// differ in all rows.
func differing(rows []measure.RowResult, c measure.Cell, in string) string {
	if everywhere(rows, c.Contender, func(o measure.Cell) bool { return o.Differs == c.Differs }) {
		return c.Contender
	}
	return in
}

// cell keeps text within its cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s)
}
