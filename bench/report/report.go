//go:build linux

// Package report writes down what a run found: as a table for the terminal, as Markdown, as JSON and as plots.
package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
	"golang.org/x/sys/unix"
)

// A Report is a run, and what it ran on.
type Report struct {
	Taken   time.Time       `json:"taken"`
	Mode    string          `json:"mode"`
	Machine Machine         `json:"machine"`
	Result  *measure.Result `json:"result"`
}

// A Machine tells what a run ran on.
type Machine struct {
	CPU        string            `json:"cpu"`
	CPUs       int               `json:"cpus"`
	GOMAXPROCS int               `json:"gomaxprocs"`
	MemoryMiB  int64             `json:"memory_mib"`
	Kernel     string            `json:"kernel"`
	Go         string            `json:"go"`
	Platform   string            `json:"platform"`
	C          string            `json:"c_compiler"`
	Modules    map[string]string `json:"modules"`
}

// ThisMachine describes the machine that this process runs on.
func ThisMachine() Machine {
	m := Machine{
		CPU: cpuModel(), CPUs: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0),
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, C: work.Compiler(),
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
			panic(err) // nothing but numbers and strings
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
	for i, row := range r.Result.Rows {
		for _, known := range work.Rows() {
			if known.Name() == row.Name {
				r.Result.Rows[i].Row = known
			}
		}
	}
	return r, nil
}

// Table prints the report for a terminal.
func (r *Report) Table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "row\timpl\tmedian\tfloor (C)\tratio to x/sys\t95%\tratio to C\t95%\tallocs/op\t")
	for _, row := range r.Result.Rows {
		if why := row.Left(); why != "" {
			fmt.Fprintf(w, "%s\t—\tleft out: %s\t\t\t\t\t\t\t\n", row.Name, why)
			continue
		}
		floor := "—"
		if c, ok := row.Cell(work.Floor); ok && c.OK() {
			floor = quantity(row, c.Median.Center)
		}
		for _, c := range row.Cells {
			if !c.OK() {
				continue
			}
			x, xi := ratio(c, work.Baseline)
			f, fi := ratio(c, work.Floor)
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", row.Name, c.Contender, quantity(row, c.Median.Center), floor, x, xi, f, fi, allocs(row, c))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%s\nWhat a contender cannot do, and why, is in report.md.\n", strings.Join(r.summary(), "\n"))
	return err
}

// ratio is a cell's ratio to a reference, and its interval.
func ratio(c measure.Cell, reference string) (center, interval string) {
	e := c.Ratios[reference]
	switch {
	case c.Contender == reference:
		return "1", ""
	case e == nil:
		return "—", ""
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

// io tells the rows in which data moves between sockets in one thread: the ones that a bound on calls in Go's time is about.
func isIO(row measure.RowResult) bool {
	switch row.Op {
	case "SendRecv", "SendToRecvFrom", "SendmsgRecvmsg", "Vectored", "GSO", "Sendfile":
		return true
	}
	return false
}

func any1(measure.RowResult) bool { return true }

// summary says in a few lines what the whole run says.
func (r *Report) summary() []string {
	var lines []string
	mean := func(what, contender, reference string, in func(measure.RowResult) bool) {
		e, n := r.Result.GeoMean(contender, reference, in)
		if e == nil {
			return
		}
		lines = append(lines, fmt.Sprintf("%s: geometric mean %s of %s's time, over %d rows.", what, e, reference, n))
	}
	mean("csock, all rows", "csock", work.Baseline, any1)
	mean("csock, I/O rows", "csock", work.Baseline, isIO)
	mean("csock, I/O rows", "csock", work.Floor, isIO)
	mean("x-sys, I/O rows", work.Baseline, work.Floor, isIO)
	mean("csock-conn, all rows", "csock-conn", "net", any1)
	worst := func(contender, reference string, bound float64) {
		var above []string
		n := 0
		for _, row := range r.Result.Rows {
			c, _ := row.Cell(contender)
			e := c.Ratios[reference]
			if e == nil || row.Row.Kind == work.Memory {
				continue
			}
			n++
			if e.Lo > bound {
				above = append(above, fmt.Sprintf("%s (%.3f)", row.Name, e.Center))
			}
		}
		if n > 0 {
			text := "none"
			if len(above) > 0 {
				text = strings.Join(above, ", ")
			}
			lines = append(lines, fmt.Sprintf("Rows in which %s surely takes more than %.2f of %s's time, of %d: %s.", contender, bound, reference, n, text))
		}
	}
	worst("csock", work.Baseline, 1.05)
	worst("csock-conn", "net", 1.00)
	for _, row := range r.Result.Rows {
		if row.Op != "Batch" || row.Row.Get("batch") != "64" {
			continue
		}
		if c, ok := row.Cell("csock"); ok {
			for _, ref := range []string{work.Floor, "x-net"} {
				if e := c.Ratios[ref]; e != nil {
					lines = append(lines, fmt.Sprintf("A batch of 64, csock: %s of %s's time.", e, ref))
				}
			}
		}
	}
	var alloc []string
	for _, row := range r.Result.Rows {
		c, _ := row.Cell("csock")
		if c.OK() && c.Allocs > 0 && (isIO(row) || row.Op == "Batch" || row.Op == "Getsockopt" || row.Op == "Setsockopt") {
			alloc = append(alloc, fmt.Sprintf("%s (%v)", row.Name, c.Allocs))
		}
	}
	if len(alloc) > 0 {
		lines = append(lines, "I/O and option rows in which csock allocates: "+strings.Join(alloc, ", ")+".")
	} else {
		lines = append(lines, "csock allocates in none of the I/O and option rows.")
	}
	return lines
}
