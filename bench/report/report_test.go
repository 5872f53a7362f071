//go:build linux

package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/work"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// made returns a report of all rows with made-up numbers, so that no test of a page measures.
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
				t.Errorf("no reason why %s has no %s", c.Name, op)
			}
		}
		for op, how := range c.Differs {
			if !strings.Contains(md, how.Why) {
				t.Errorf("no word on how %s differs in %s", c.Name, op)
			}
		}
	}
	checkTables(t, md)
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

// checkTables checks that all rows of a table have as many cells as its head.
func checkTables(t *testing.T, md string) {
	t.Helper()
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
}

func TestTablesWithRowsLeftOut(t *testing.T) {
	r := made()
	for i, row := range r.Result.Rows {
		for j, c := range row.Cells {
			if i%2 == 0 && row.Op != "PingPong" || j%3 == 0 || row.Name == "PingPong/net=tcp/size=64" {
				row.Cells[j] = measure.Cell{Contender: c.Contender, Failed: "no such | protocol\nhere"}
			}
		}
	}
	_, md := write(t, r)
	checkTables(t, md)
	if _, pingPong, _ := strings.Cut(md, "\n## PingPong\n"); !strings.Contains(pingPong, "| `net=tcp/size=64` | — | left out: ") {
		t.Error("no row is left out of a table of latencies")
	}
}

func TestJSONRoundTrip(t *testing.T) {
	r := made()
	dir, _ := write(t, r)
	got, err := Read(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, got, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if !bytes.Contains(r.json(), []byte(`"tail":[{"name":"p50","value":`)) {
		t.Error("a percentile's fields are not called as all others are")
	}
	if c := measure.Compare(r.Result, got.Result); c.Pairs == 0 || c.Share() != 1 {
		t.Errorf("a run does not agree with itself: %+v", c)
	}
}

func TestReadErrors(t *testing.T) {
	dir := t.TempDir()
	short := `{"result": {"rounds": 3, "rows": [{"name": "R", "cells": [{"contender": "c", "median": {"center": 1}, "samples": [1, 2]}]}]}}`
	for content, want := range map[string]string{"{}": "no rows", "[": "unexpected end", short: "R impl=c has 2 samples of 3 rounds"} {
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
		t.Error("no reason why a row was left out")
	}
	if !strings.Contains(b.String(), "geometric mean") {
		t.Error("no summary")
	}
}

// find is the row of a name.
func find(t *testing.T, r *Report, name string) *measure.RowResult {
	t.Helper()
	for i := range r.Result.Rows {
		if r.Result.Rows[i].Name == name {
			return &r.Result.Rows[i]
		}
	}
	t.Fatalf("no row %s", name)
	return nil
}

func set(row *measure.RowResult, contender string, change func(*measure.Cell)) {
	for i := range row.Cells {
		if row.Cells[i].Contender == contender {
			change(&row.Cells[i])
		}
	}
}

// A row above the limit is reported even if that is not sure, and no mean hides an operation.
func TestSummaryHidesNothing(t *testing.T) {
	r := made()
	for i := range r.Result.Rows {
		set(&r.Result.Rows[i], "csock", func(c *measure.Cell) {
			if c.Ratios != nil {
				c.Ratios[work.Baseline] = &measure.Estimate{Center: 1, Lo: 0.9, Hi: 1.1}
			}
		})
	}
	for name, e := range map[string]measure.Estimate{
		"Getsockopt": {Center: 1.2, Lo: 1.1, Hi: 1.3}, "Setsockopt": {Center: 1.2, Lo: 0.9, Hi: 1.3}, "Socket": {Center: 1.2, Lo: math.NaN(), Hi: math.NaN()},
	} {
		set(find(t, r, name), "csock", func(c *measure.Cell) { c.Ratios[work.Baseline] = &e })
	}
	_, md := write(t, r)
	for _, want := range []string{
		"csock above 1.03 of x-sys's time: 3 of ", "1 of them surely",
		"  - **`Getsockopt` 1.200 [1.100, 1.300]**\n", "  - `Setsockopt` 1.200 [0.900, 1.300]\n", "  - `Socket` 1.200 (no interval)\n",
		"\n| geometric mean | rows | csock / x-sys | csock / c | x-sys / c | csock-conn / net |\n",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	for _, op := range []string{"Getsockopt", "SendRecv", "Batch", "Contention"} {
		if !regexp.MustCompile(`(?m)^\| ` + op + ` \| \d+ \| .*\]`).MatchString(md) {
			t.Errorf("no geometric mean of %s", op)
		}
	}
	if regexp.MustCompile(`(?m)^\| Memory \| \d`).MatchString(md) {
		t.Error("a geometric mean of memory")
	}
}

func TestAllocations(t *testing.T) {
	r := made()
	set(find(t, r, "GSO/segs=64/size=1000"), "csock", func(c *measure.Cell) { c.Allocs = 0.1 }) // the runtime's
	set(find(t, r, "Socket"), "csock", func(c *measure.Cell) { c.Allocs = 1 })
	set(find(t, r, "Getsockopt"), "csock-conn", func(c *measure.Cell) { c.Allocs = 4 })
	set(find(t, r, "Deadlines/net=udp/size=64"), "net", func(c *measure.Cell) { c.Allocs = 2 })
	for contender, want := range map[string]string{
		"net":        `^net allocates in 1 of \d+ rows that send and receive: Deadlines/net=udp/size=64 \(2\); in `,
		"csock":      `^csock allocates in none of \d+ rows that send and receive; in none of 2 rows of options; in 1 of 5 rows that open sockets: Socket \(1\)\.$`,
		"csock-conn": `^csock-conn allocates in none of \d+ rows that send and receive; in 1 of 2 rows of options: Getsockopt \(4\); in `,
		"libc":       `^$`,
	} {
		if got := r.allocations(contender); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%s: %q", contender, got)
		}
	}
}

func TestPercentilesNeedTrips(t *testing.T) {
	for trips, want := range map[int][]string{99: {"—", "—"}, 100: {"2.00 µs", "—"}, 1000: {"2.00 µs", "3.00 µs"}, 0: {"2.00 µs", "3.00 µs"}} {
		c := measure.Cell{Trips: trips, Tail: []work.Percentile{{Name: "p50", Value: 1e3}, {Name: "p99", Value: 2e3}, {Name: "p99.9", Value: 3e3}}}
		if p99, p999 := percentile(c, "p99"), percentile(c, "p99.9"); p99 != want[0] || p999 != want[1] {
			t.Errorf("of %d trips: %s %s", trips, p99, p999)
		}
	}
}

// A failure of a single contender is reported in place; a failure of all, once.
func TestFailures(t *testing.T) {
	r := made()
	set(&r.Result.Rows[20], "net", func(c *measure.Cell) { *c = measure.Cell{Contender: "net", Failed: "the wire\nis cut"} })
	for i := range 10 {
		set(&r.Result.Rows[30+i], "x-sys", func(c *measure.Cell) { *c = measure.Cell{Contender: "x-sys", Failed: "ran dry"} })
	}
	var b bytes.Buffer
	if err := r.Table(&b); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^ *` + r.Result.Rows[20].Name + ` +net +— +left out: the wire is cut$`).MatchString(b.String()) {
		t.Error("a single failure is not in its place")
	}
	if n := strings.Count(b.String(), "ran dry"); n != 1 || !strings.Contains(b.String(), "left out in 10 places: ran dry: ") {
		t.Errorf("a failure of all is reported %d times", n)
	}
}

// For rows of an unknown kind, the report assumes only that their numbers are nanoseconds.
func TestOtherKind(t *testing.T) {
	r := made()
	row := work.Row{Op: "Depth", Kind: 99}
	r.Result.Rows = append(r.Result.Rows, measure.RowResult{Row: row, Name: "Depth", Op: "Depth", Cells: []measure.Cell{
		{Contender: work.Baseline, Median: &measure.Estimate{Center: 5.25, Lo: 5, Hi: 6}},
		{Contender: work.Floor, Median: &measure.Estimate{Center: 2.25, Lo: 2, Hi: 3}},
	}})
	_, md := write(t, r)
	if !strings.Contains(md, "| x-sys | 5.2 ns | — | — | — |") {
		t.Error(md[max(0, strings.Index(md, "## Depth")):])
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

// A step is the difference between two contenders of one row, reported for one call and as a range
// over rows.
func TestSteps(t *testing.T) {
	r := made() // contenders of a row are 100 ns apart, in the order of work.Contenders
	_, md := write(t, r)
	at := func(name string) int {
		return slices.IndexFunc(work.Contenders(), func(c work.Contender) bool { return c.Name == name })
	}
	guard := 100 * (at("cgo-guard") - at("cgo"))
	for _, want := range []string{
		fmt.Sprintf("| csock's guard | `cgo-guard` − `cgo` | %d.0 to %[1]d.0 | `cgo-guard` − `cgo` | %d.0 to %[2]d.0 |\n", guard, guard/2),
		fmt.Sprintf("| an empty crossing | `cgo` | %d.0 |  |  |\n", 1000+100*at("cgo")),
		fmt.Sprintf("\n| `Getsockopt` | %d.0 [", 1000+10*5),
		"\n| `SendRecv/net=unixpacket/size=64` | ",
	} {
		if !strings.Contains(md, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if strings.Contains(md, "\n| `SendRecv/net=udp/size=1024` | ") {
		t.Error("a step of large messages")
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
