//go:build linux

// Package report writes the findings of a run: as a table for the terminal, as Markdown, as JSON
// and as plots.
package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
	"golang.org/x/sys/unix"
)

// A Report is a run and the machine on which it ran. report.json has these fields, and in result
// those of measure.Result. Each row has its name, its op (the operation), and a cell for each
// contender. Times are in nanoseconds.
//
//   - iters is the number of iterations that a slice times; samples has the value of one
//     iteration in each round, 0 if a round has none;
//   - median, the ratios to x-sys, c, net and x-net, and above_x_sys_ns (the time above that of
//     x/sys) are estimates over the rounds: center is a median, lo and hi are its 95% interval,
//     absent if there are too few rounds;
//   - allocs and alloc_bytes are per iteration;
//   - tail has the percentiles of a latency row's trips, and trips their number;
//   - missing is why the contender's API lacks the row, failed is why this machine could not run
//     it, differs is what its calls do beyond those of the row.
type Report struct {
	Taken   time.Time       `json:"taken"`
	Mode    string          `json:"mode"`
	Machine Machine         `json:"machine"`
	Result  *measure.Result `json:"result"`
}

// A Machine describes what a run ran on.
type Machine struct {
	CPU        string            `json:"cpu"`
	CPUs       int               `json:"cpus"`
	GOMAXPROCS int               `json:"gomaxprocs"`
	MemoryMiB  int64             `json:"memory_mib"`
	Kernel     string            `json:"kernel"`
	Go         string            `json:"go"`
	Platform   string            `json:"platform"`
	C          string            `json:"c_compiler"`
	Libc       string            `json:"libc,omitempty"`
	Csock      string            `json:"csock,omitempty"` // the commit, and whether the files were changed; empty if unknown
	Modules    map[string]string `json:"modules"`
}

// ThisMachine describes the machine that this process runs on.
func ThisMachine() Machine {
	m := Machine{
		CPU: cpuModel(), CPUs: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0),
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, C: work.Compiler(), Libc: work.Libc(), Csock: commit(),
		Modules: make(map[string]string),
	}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		m.Kernel = unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
	}
	var si unix.Sysinfo_t
	if unix.Sysinfo(&si) == nil {
		m.MemoryMiB = int64(uint64(si.Totalram) * uint64(si.Unit) >> 20)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			switch d.Path {
			case "golang.org/x/sys", "golang.org/x/net", "github.com/mdlayher/socket":
				m.Modules[d.Path] = d.Version
			}
		}
	}
	return m
}

// commit asks git for the version of the folder that this file was built from: go run stamps no
// version into its binary.
func commit() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return ""
	}
	out, err := exec.Command("git", "-C", filepath.Dir(file), "describe", "--always", "--dirty", "--tags").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func cpuModel() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// Write puts report.md, report.json and the plots into a folder, which it creates.
func (r *Report) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	plots, err := r.plots(dir)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "report.md"), r.markdown(plots), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "report.json"), r.json(), 0o644)
}

// json puts each row on a line of its own, so that two reports can be compared line by line.
func (r *Report) json() []byte {
	var b strings.Builder
	line := func(v any) string {
		j, err := json.Marshal(v)
		if err != nil {
			panic(err) // it has only numbers and strings
		}
		return string(j)
	}
	res := *r.Result
	res.Rows = nil
	head := strings.TrimSuffix(line(Report{r.Taken, r.Mode, r.Machine, &res}), `"rows":null}}`)
	b.WriteString(head + "\"rows\":[\n")
	for i, row := range r.Result.Rows {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString(line(row))
	}
	b.WriteString("\n]}}\n")
	return []byte(b.String())
}

// Read reads a report.json.
func Read(path string) (*Report, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(Report)
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if r.Result == nil || len(r.Result.Rows) == 0 {
		return nil, fmt.Errorf("%s: no report of this program: it has no rows", path)
	}
	if r.Result.Rounds < 0 {
		return nil, fmt.Errorf("%s: %d rounds", path, r.Result.Rounds)
	}
	for i, row := range r.Result.Rows {
		r.Result.Rows[i].Row = rowOf(row.Name)
		for _, c := range row.Cells {
			if c.OK() && len(c.Samples) < r.Result.Rounds {
				return nil, fmt.Errorf("%s: %s impl=%s has %d samples of %d rounds", path, row.Name, c.Contender, len(c.Samples), r.Result.Rounds)
			}
		}
	}
	return r, nil
}

// rowOf returns the row with a name. For a row of an earlier version, the operation gives the kind.
func rowOf(name string) work.Row {
	op, params, _ := strings.Cut(name, "/")
	old := work.Row{Op: op}
	for _, known := range work.Rows() {
		if known.Name() == name {
			return known
		}
		if known.Op == op {
			old.Kind = known.Kind
		}
	}
	for p := range strings.SplitSeq(params, "/") {
		if key, value, ok := strings.Cut(p, "="); ok {
			old.Params = append(old.Params, work.Param{Key: key, Value: value})
		}
	}
	return old
}

// Table prints the report for a terminal.
func (r *Report) Table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "row\timpl\tmedian\tfloor (C)\tratio to x/sys\t95%\tratio to C\t95%\tallocs/op\t")
	failures := r.failures()
	// fail prints a reason behind the columns, where it widens none of them, unless it is printed
	// once below the table.
	fail := func(row, impl, reason string) {
		if len(failures.who[reason]) <= severalFailures {
			fmt.Fprintf(w, "%s\t%s\t—\t\t\t\t\t\t\t  left out: %s\n", row, impl, oneLine(reason))
		}
	}
	for _, row := range r.Result.Rows {
		if why := row.Left(); why != "" {
			fail(row.Name, "—", why)
			continue
		}
		floor := "—"
		if c, ok := row.Cell(work.Floor); ok && c.OK() && row.Row.Floored() {
			floor = quantity(row, typical(c))
		}
		for _, c := range row.Cells {
			if c.Failed != "" {
				fail(row.Name, c.Contender, c.Failed)
			}
			if !c.OK() {
				continue
			}
			x, xi := ratio(c, work.Baseline)
			f, fi := ratio(c, work.Floor)
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", row.Name, c.Contender, quantity(row, typical(c)), floor, x, xi, f, fi, allocs(row, c))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, reason := range failures.order {
		if who := failures.who[reason]; len(who) > severalFailures {
			fmt.Fprintf(out, "left out in %d places: %s: %s …\n", len(who), oneLine(reason), strings.Join(who[:severalFailures], ", "))
		}
	}
	fmt.Fprintln(out)
	if head, means := r.means(); len(means) > 0 {
		w = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, line := range append([][]string{head}, means...) {
			fmt.Fprintln(w, strings.Join(line, "\t"))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	for _, c := range r.summary() {
		fmt.Fprintln(out, c.text)
		for _, row := range c.rows {
			mark := "perhaps"
			if row.sure {
				mark = "surely "
			}
			fmt.Fprintf(out, "  %s %s %s\n", mark, row.name, row.e)
		}
	}
	_, err := fmt.Fprintf(out, "The order was that of -seed %d. What a contender cannot do, and why, is in report.md.\n", r.Result.Seed)
	return err
}

// severalFailures is how often a reason is printed in place; one that occurs more often is printed
// once for all.
const severalFailures = 4

// failures are the reasons why rows or single contenders were left out, and the contenders for each
// reason.
type failures struct {
	order []string
	who   map[string][]string
}

func (f *failures) add(reason, who string) {
	if f.who == nil {
		f.who = make(map[string][]string)
	}
	if _, ok := f.who[reason]; !ok {
		f.order = append(f.order, reason)
	}
	if !slices.Contains(f.who[reason], who) {
		f.who[reason] = append(f.who[reason], who)
	}
}

func (r *Report) failures() failures {
	var f failures
	for _, row := range r.Result.Rows {
		if why := row.Left(); why != "" {
			f.add(why, row.Name)
			continue
		}
		for _, c := range row.Cells {
			if c.Failed != "" {
				f.add(c.Failed, row.Name+" impl="+c.Contender)
			}
		}
	}
	return f
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// typical is the number that represents a cell: the median, in latency rows the median of all
// trips, like the other percentiles.
func typical(c measure.Cell) float64 {
	if len(c.Tail) > 0 {
		return c.Tail[0].Value
	}
	return c.Median.Center
}

// ratio is a cell's ratio to a reference, and its interval.
func ratio(c measure.Cell, reference string) (center, interval string) {
	e := c.Ratios[reference]
	switch {
	case e == nil:
		return "—", ""
	case c.Contender == reference:
		return "1", ""
	case !e.Bounded():
		return fmt.Sprintf("%.3f", e.Center), ""
	}
	return fmt.Sprintf("%.3f", e.Center), fmt.Sprintf("%.3f–%.3f", e.Lo, e.Hi)
}

func allocs(row measure.RowResult, c measure.Cell) string {
	if row.Row.Kind != work.Time {
		return "—"
	}
	return fmt.Sprint(c.Allocs)
}

// quantity writes a row's number with its unit.
func quantity(row measure.RowResult, v float64) string {
	if row.Row.Kind == work.Memory {
		if v >= 10<<10 {
			return fmt.Sprintf("%.1f KiB", v/1024)
		}
		return fmt.Sprintf("%.0f B", v)
	}
	return nanos(v)
}

func nanos(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.3g ms", v/1e6)
	case v >= 1e5:
		return fmt.Sprintf("%.0f µs", v/1e3)
	case v >= 1e4:
		return fmt.Sprintf("%.1f µs", v/1e3)
	case v >= 1e3:
		return fmt.Sprintf("%.2f µs", v/1e3)
	case v >= 100:
		return fmt.Sprintf("%.0f ns", v)
	}
	return fmt.Sprintf("%.1f ns", v)
}

// isIO reports whether a row moves data between sockets in one thread. The bound on calls in Go's
// time is about these rows.
func isIO(row measure.RowResult) bool {
	return slices.Contains(ioOps, row.Op)
}

var ioOps = []string{"SendRecv", "SendToRecvFrom", "SendmsgRecvmsg", "Vectored", "GSO", "Sendfile"}

func anyRow(measure.RowResult) bool { return true }

// withContenders narrows a choice of rows to those that all of these contenders have, so that means
// over it are comparable.
func withContenders(in func(measure.RowResult) bool, contenders ...string) func(measure.RowResult) bool {
	return func(row measure.RowResult) bool {
		for _, name := range contenders {
			if c, ok := row.Cell(name); !ok || !c.OK() {
				return false
			}
		}
		return in(row)
	}
}

// means are the geometric means of each operation, for a table with this head.
func (r *Report) means() (head []string, lines [][]string) {
	head = []string{"geometric mean", "rows", "csock / x-sys", "csock / c", "x-sys / c", "csock-conn / net"}
	for _, op := range r.ops() {
		rows := 0
		isOp := func(row measure.RowResult) bool { return row.Op == op }
		for _, row := range r.Result.Rows {
			if isOp(row) {
				rows++
			}
		}
		aboveFloor := func(row measure.RowResult) bool { return isOp(row) && row.Row.Floored() }
		line, measured := []string{op, fmt.Sprint(rows)}, false
		for _, m := range []struct {
			contender, reference string
			in                   func(measure.RowResult) bool
		}{
			{"csock", work.Baseline, isOp},
			{"csock", work.Floor, aboveFloor},
			{work.Baseline, work.Floor, aboveFloor},
			{"csock-conn", "net", isOp},
		} {
			e, n := r.Result.GeoMean(m.contender, m.reference, m.in)
			text := e.String()
			if e != nil {
				measured = true
				if n != rows {
					text += fmt.Sprintf(" of %d", n)
				}
			}
			line = append(line, text)
		}
		if measured {
			lines = append(lines, line)
		}
	}
	return head, lines
}

// ops are the operations of the run, in its order.
func (r *Report) ops() []string {
	var ops []string
	for _, row := range r.Result.Rows {
		if !slices.Contains(ops, row.Op) {
			ops = append(ops, row.Op)
		}
	}
	return ops
}

// A claim is a statement of the run, with the rows that support it.
type claim struct {
	text string
	rows []above
}

// above is a row above a limit: surely, if its whole interval is.
type above struct {
	name string
	e    *measure.Estimate
	sure bool
}

// summary says in a few claims what the whole run says.
func (r *Report) summary() []claim {
	var claims []claim
	claimf := func(format string, a ...any) { claims = append(claims, claim{text: fmt.Sprintf(format, a...)}) }
	mean := func(what, contender, reference string, in func(measure.RowResult) bool) {
		if e, n := r.Result.GeoMean(contender, reference, in); e != nil {
			claimf("%s: geometric mean %s of %s's time, over %d rows.", what, e, reference, n)
		}
	}
	if r.Result.Rounds < 6 {
		claimf("Too few rounds for an interval: nothing here is sure.")
	}
	mean("csock, all rows", "csock", work.Baseline, anyRow)
	mean("csock, I/O rows", "csock", work.Baseline, isIO)
	aboveFloor := withContenders(isIO, "csock", work.Baseline, work.Floor)
	mean("csock, I/O rows", "csock", work.Floor, aboveFloor)
	mean("x-sys, the same rows", work.Baseline, work.Floor, aboveFloor)
	mean("csock-conn, all rows", "csock-conn", "net", anyRow)
	for _, l := range []struct {
		contender, reference string
		limit                float64
	}{{"csock", work.Baseline, 1.03}, {"csock-conn", "net", 1.00}} {
		if rows, n := r.above(l.contender, l.reference, l.limit); n > 0 {
			sure := 0
			for _, row := range rows {
				if row.sure {
					sure++
				}
			}
			claims = append(claims, claim{fmt.Sprintf("%s above %.2f of %s's time: %d of %d rows, %d of them surely, with their whole interval.",
				l.contender, l.limit, l.reference, len(rows), n, sure), rows})
		}
	}
	for _, row := range r.Result.Rows {
		if row.Op != "Batch" || row.Row.Get("batch") != "64" {
			continue
		}
		if c, ok := row.Cell("csock"); ok {
			for _, ref := range []string{work.Floor, "x-net"} {
				if e := c.Ratios[ref]; e != nil {
					claimf("A batch of 64, csock: %s of %s's time.", e, ref)
				}
			}
		}
	}
	for _, contender := range []string{"csock", "csock-conn"} {
		if text := r.allocations(contender); text != "" {
			claimf("%s", text)
		}
	}
	return claims
}

// above returns the rows in which a contender takes more than limit of another's time, and the
// number of rows compared.
func (r *Report) above(contender, reference string, limit float64) (rows []above, n int) {
	for _, row := range r.Result.Rows {
		c, _ := row.Cell(contender)
		e := c.Ratios[reference]
		if e == nil || !measure.Timed(row.Row) {
			continue
		}
		n++
		if e.Center > limit {
			rows = append(rows, above{row.Name, e, e.Lo > limit})
		}
	}
	return rows, n
}

// ofRuntime is what the runtime may allocate, per iteration, in a slice of few long iterations.
const ofRuntime = 0.5

// allocations reports the rows in which a contender allocates, or "" if it took part in none.
func (r *Report) allocations(contender string) string {
	var parts []string
	for _, group := range []struct{ name, ops string }{
		{"rows that send and receive", "SendRecv Deadlines SendToRecvFrom SendmsgRecvmsg Vectored Batch GSO Sendfile Wakeups Contention"},
		{"rows of options", "Getsockopt Setsockopt"},
		{"rows that open sockets", "Socket Socketpair Bind Accept"},
	} {
		n := 0
		var rows []string
		for _, row := range r.Result.Rows {
			c, _ := row.Cell(contender)
			if !c.OK() || !slices.Contains(strings.Fields(group.ops), row.Op) {
				continue
			}
			n++
			if c.Allocs >= ofRuntime {
				rows = append(rows, fmt.Sprintf("%s (%v)", row.Name, c.Allocs))
			}
		}
		switch {
		case n == 0:
		case len(rows) == 0:
			parts = append(parts, fmt.Sprintf("none of %d %s", n, group.name))
		default:
			parts = append(parts, fmt.Sprintf("%d of %d %s: %s", len(rows), n, group.name, strings.Join(rows, ", ")))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return contender + " allocates in " + strings.Join(parts, "; in ") + "."
}
