//go:build linux

package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// made is a report of all rows whose numbers are made up, so that no test of a page measures.
func made() *Report {
	r := &Report{Taken: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Mode: "full", Machine: ThisMachine(), Result: &measure.Result{Rounds: 7, Slice: time.Millisecond}}
	for i, row := range work.Rows() {
		res := measure.RowResult{Row: row, Name: row.Name(), Op: row.Op}
		for j, c := range work.Contenders() {
			cell := measure.Cell{Contender: c.Name, Missing: c.Missing[row.Op], Differs: c.Remark(row)}
			if cell.Missing == "" {
				v := float64(1000 + 10*i + 100*j)
				cell.Median = &measure.Estimate{Center: v, Lo: v * 0.99, Hi: v * 1.02}
				ratio := 1 + float64(j-3)/20
				cell.Ratios = map[string]*measure.Estimate{
					work.Baseline: {Center: ratio, Lo: ratio * 0.98, Hi: ratio * 1.01},
					work.Floor:    {Center: ratio + 0.1, Lo: ratio, Hi: ratio + 0.2},
					"net":         {Center: ratio, Lo: ratio, Hi: ratio},
				}
				cell.Samples = []float64{v, v, v, v, v, v, v}
				if row.Kind == work.Latency {
					cell.Tail = work.Tail([]float64{v, 2 * v, 3 * v})
				}
			}
			res.Cells = append(res.Cells, cell)
		}
		r.Result.Rows = append(r.Result.Rows, res)
	}
	return r
}

func write(t *testing.T, r *Report) (dir, markdown string) {
	t.Helper()
	dir = t.TempDir()
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, string(b)
}

func TestMarkdownIsWhole(t *testing.T) {
	dir, md := write(t, made())
	for _, op := range work.Ops() {
		if !strings.Contains(md, "\n## "+op+"\n") || !strings.Contains(md, work.Describe(op)) {
			t.Errorf("%s has no section with its description", op)
		}
	}
	for _, c := range work.Contenders() {
		if !strings.Contains(md, "| "+c.Name+" | ") {
			t.Errorf("%s is not explained", c.Name)
		}
		for op, why := range c.Missing {
			if !regexp.MustCompile(`(?m)^- .*\b` + c.Name + `\b.*: —, ` + regexp.QuoteMeta(why)).MatchString(md) {
				t.Errorf("it is not told why %s has no %s", c.Name, op)
			}
		}
		for op, how := range c.Differs {
			if !strings.Contains(md, how.Why) {
				t.Errorf("it is not told how %s differs in %s", c.Name, op)
			}
		}
	}
	// All rows of a table have as many cells as its head.
	cells := 0
	for line := range strings.Lines(md) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if cells == 0 {
			cells = n
		} else if n != cells {
			t.Errorf("%d cells in a table of %d: %s", n-1, cells-1, line)
		}
	}
	pictures := regexp.MustCompile(`!\[([^\]]+)\]\(([^)]+)\)`).FindAllStringSubmatch(md, -1)
	if len(pictures) < 8 {
		t.Errorf("%d pictures", len(pictures))
	}
	for _, p := range pictures {
		f, err := os.Open(filepath.Join(dir, p[2]))
		if err != nil {
			t.Error(err)
			continue
		}
		for d := xml.NewDecoder(f); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%s is not XML: %v", p[2], err)
				break
			}
		}
		f.Close()
	}
}

func TestJSONComesBack(t *testing.T) {
	r := made()
	dir, _ := write(t, r)
	got, err := Read(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, got, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if c := measure.Compare(r.Result, got.Result); c.Pairs == 0 || c.Share() != 1 {
		t.Errorf("a run does not agree with itself: %+v", c)
	}
}

func TestReadExplains(t *testing.T) {
	dir := t.TempDir()
	for content, want := range map[string]string{"{}": "no rows", "[": "unexpected end"} {
		path := filepath.Join(dir, "x.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	r := made()
	r.Result.Rows[2].Cells = []measure.Cell{{Contender: "csock", Failed: "no such protocol"}}
	if err := r.Table(&b); err != nil {
		t.Fatal(err)
	}
	for _, row := range r.Result.Rows {
		if !strings.Contains(b.String(), row.Name) {
			t.Errorf("%s is not in the table", row.Name)
		}
	}
	if !strings.Contains(b.String(), "left out: no such protocol") {
		t.Error("it is not told why a row was left out")
	}
	if !strings.Contains(b.String(), "geometric mean") {
		t.Error("no summary")
	}
}

func TestQuantities(t *testing.T) {
	for v, want := range map[float64]string{5.123: "5.1 ns", 999: "999 ns", 1234: "1.23 µs", 12345: "12.3 µs", 123456: "123 µs", 3.2e6: "3.2 ms"} {
		if got := nanos(v); got != want {
			t.Errorf("%v ns is written %q, not %q", v, got, want)
		}
	}
	mem := measure.RowResult{Row: work.Row{Kind: work.Memory}}
	for v, want := range map[float64]string{169: "169 B", 20480: "20.0 KiB"} {
		if got := quantity(mem, v); got != want {
			t.Errorf("%v B is written %q, not %q", v, got, want)
		}
	}
}

// A run of one row of one contender has no plot to draw, and is a report all the same.
func TestSmallestReport(t *testing.T) {
	r := made()
	r.Result.Rows = r.Result.Rows[:1]
	r.Result.Rows[0].Cells = r.Result.Rows[0].Cells[:1]
	if _, md := write(t, r); !strings.Contains(md, "## Crossing") || strings.Contains(md, "![") {
		t.Error(md)
	}
}
