//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/bench/report"
	"github.com/csock/go-csock/bench/work"
)

func TestBadFlagErrors(t *testing.T) {
	out := t.TempDir()
	for args, want := range map[string]string{
		"-run [":              "-run: error parsing regexp",
		"-run NoSuchRow":      "-list shows them all",
		"-contenders libc":    `there is no "libc", but c, csock`,
		"-rounds -1":          "must be at least 1",
		"-rounds 0":           "must be at least 1",
		"-budget -1s":         "must be positive",
		"-budget 0":           "must be positive",
		"-selftest -run x":    "does not go together",
		"SendRecv":            "-run",
		"-compare":            "two report.json files, not 0",
		"-compare a.json b":   "a.json",
		"-nosuch":             "not defined",
		"-rounds many":        "invalid value",
		"-out /dev/null/x":    "-out",
		"-quick -run size=1$": "a quick run has none",
		"-rounds 99999999999": "at most 10000",
		"-from a -run x":      "-from measures nothing: it does not go together with -run",
		"-from a -rounds 3":   "does not go together with -rounds",
		"-compare -quick a b": "-compare measures nothing: it does not go together with -quick",
		"-compare -from a":    "does not go together",
		"-list -out x":        "does not go together with -out",
		"-selftest -out x":    "does not go together with -out",

		"-contenders csock,x-sys,csock":                   `"csock" is there twice`,
		"-selftest -contenders csock":                     "does not go together",
		"-run ^Getsockopt$ -contenders x-net -out " + out: "nothing was measured",
		"-run ^Getsockopt$ -budget 1ns -out " + out:       "nothing was measured within it",
	} {
		t.Run(args, func(t *testing.T) {
			var out, errs bytes.Buffer
			err := mainErr(t.Context(), strings.Fields(args), &out, &errs)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not say %q", err, want)
			}
			if errs.Len() > 0 || out.Len() > 0 {
				t.Errorf("printed besides, although main prints the error: %q %q", out.String(), errs.String())
			}
		})
	}
}

func TestHelpNamesAll(t *testing.T) {
	var out, errs bytes.Buffer
	if err := mainErr(t.Context(), []string{"-h"}, &out, &errs); !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	for _, want := range append(append(contenderNames(), work.Ops()...), "-quick", "-run", "-contenders", "-out", "-compare", "-selftest") {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("help does not name %s", want)
		}
	}
}

func TestList(t *testing.T) {
	var out, errs bytes.Buffer
	if err := mainErr(t.Context(), []string{"-list"}, &out, &errs); err != nil {
		t.Fatal(err)
	}
	for _, r := range work.Rows() {
		if !strings.Contains(out.String(), r.Name()+"\n") {
			t.Errorf("%s is not listed", r.Name())
		}
	}
}

func TestRunWritesReport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	var out, errs bytes.Buffer
	args := []string{"-run", "^Getsockopt|SendRecv/net=unix/size=(64|1024)$", "-contenders", "c, csock,x-sys,net", "-rounds", "6", "-budget", "10s", "-seed", "1", "-out", dir}
	if err := mainErr(t.Context(), args, &out, &errs); err != nil {
		t.Fatal(err)
	}
	rep, err := report.Read(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if rep.Mode != "partial" || len(rep.Result.Rows) != 3 {
		t.Errorf("a %s report of %d rows", rep.Mode, len(rep.Result.Rows))
	}
	for _, f := range []string{"report.md", "ratio-csock.svg", "sendrecv.svg"} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			t.Error(err)
		}
	}
	if errs.Len() > 0 {
		t.Errorf("progress where there is no terminal: %q", errs.String())
	}
	again := filepath.Join(dir, "again")
	if err := mainErr(t.Context(), []string{"-from", filepath.Join(dir, "report.json"), "-out", again}, &out, &errs); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"report.md", "report.json", "sendrecv.svg"} {
		a, _ := os.ReadFile(filepath.Join(dir, f))
		b, err := os.ReadFile(filepath.Join(again, f))
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs when rewritten: %v", f, err)
		}
	}
	out.Reset()
	if err := mainErr(t.Context(), []string{"-from", filepath.Join(dir, "report.json"), "-out", "/dev/null/x"}, &out, &errs); err == nil || out.Len() > 0 {
		t.Errorf("report folder is not writable: %v, after printing %d bytes", err, out.Len())
	}
	for _, row := range rep.Result.Rows {
		for _, c := range row.Cells {
			if c.OK() && c.Iters == 0 {
				t.Errorf("%s impl=%s: the report lacks its iterations", row.Name, c.Contender)
			}
		}
	}
	if rep.Result.Seed != 1 || rep.Result.Budget != 10*time.Second {
		t.Errorf("seed %d, budget %s", rep.Result.Seed, rep.Result.Budget)
	}
	js := filepath.Join(dir, "report.json")
	if err := mainErr(t.Context(), []string{"-compare", js, js}, &out, &errs); err != nil || !strings.Contains(out.String(), "100.0%") {
		t.Errorf("%v %s", err, out.String())
	}
}

func TestInterruptedRunWritesReport(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	err := mainErr(ctx, []string{"-run", "^(Getsockopt|Socket)$", "-contenders", "c,csock,x-sys", "-rounds", "10000", "-out", dir}, &out, &errs)
	if err == nil || !strings.Contains(err.Error(), "interrupted after") {
		t.Fatal(err)
	}
	rep, err := report.Read(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !rep.Result.Interrupted || !rep.Result.Measured() {
		t.Errorf("interrupted: %v, measured: %v", rep.Result.Interrupted, rep.Result.Measured())
	}
}

func TestCompareFails(t *testing.T) {
	var files []string
	for i := range 2 {
		var rows []measure.RowResult
		for row := range 10 {
			center := 1.0 + float64(i*(row/9)) // the last of ten lies elsewhere
			e := &measure.Estimate{Center: center, Lo: center - 0.1, Hi: center + 0.1}
			rows = append(rows, measure.RowResult{Name: "Socket", Op: "Socket", Cells: []measure.Cell{
				{Contender: "csock", Median: e, Ratios: map[string]*measure.Estimate{work.Baseline: e}},
			}})
			rows[row].Name += strings.Repeat("/", row)
		}
		dir := t.TempDir()
		if err := (&report.Report{Result: &measure.Result{Rows: rows}}).Write(dir); err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.Join(dir, "report.json"))
	}
	var out, errs bytes.Buffer
	err := mainErr(t.Context(), []string{"-compare", files[0], files[1]}, &out, &errs)
	if err == nil || !strings.Contains(err.Error(), "fewer than 95%") || !strings.Contains(out.String(), "9 of 10") {
		t.Errorf("%v %s", err, out.String())
	}
}

// The self-test finds a cost only if its interval excludes zero, and fails if there is no row.
func TestFound(t *testing.T) {
	nan := math.NaN()
	spin := measure.RowResult{Name: "Spin", Cells: []measure.Cell{
		{Contender: work.Baseline, Median: new(measure.Estimate)},
		{Contender: "spin", Median: new(measure.Estimate), Above: &measure.Estimate{Center: 200, Lo: 190, Hi: 210}},
	}}
	for _, test := range []struct {
		cell measure.Cell
		want string
	}{
		{measure.Cell{Median: new(measure.Estimate), Above: &measure.Estimate{Center: 200, Lo: 150, Hi: 250}}, ""},
		{measure.Cell{Median: new(measure.Estimate), Above: &measure.Estimate{Center: 200, Lo: -500, Hi: 900}}, "1 of 1"},
		{measure.Cell{Median: new(measure.Estimate), Above: &measure.Estimate{Center: 300, Lo: 250, Hi: 350}}, "1 of 1"},
		{measure.Cell{Median: new(measure.Estimate), Above: &measure.Estimate{Center: 200, Lo: nan, Hi: nan}}, "1 of 1"},
		{measure.Cell{Failed: "no such protocol"}, "no row could be measured"},
	} {
		test.cell.Contender = "spin"
		err := found(&measure.Result{Rows: []measure.RowResult{spin, {Name: "R", Cells: []measure.Cell{test.cell}}}}, io.Discard)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%+v: %v, not %q", test.cell, err, test.want)
		}
	}
	if err := found(&measure.Result{Rows: []measure.RowResult{spin}}, io.Discard); err == nil {
		t.Error("no rows, and found")
	}
}

// build builds the runner for the tests that start it on an unusual machine.
func build(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("short: builds and runs the runner")
	}
	// Not under t.TempDir: another user may lack access to its parent.
	dir, err := os.MkdirTemp("", "csock-bench-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "bench")
	if out, err := exec.Command("go", "build", "-o", exe, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	return exe
}

// runOdd runs all rows briefly and returns the report. No row may hang, and the run may not fail as
// a whole.
func runOdd(t *testing.T, exe string, prepare func(*exec.Cmd), wrap ...string) *report.Report {
	t.Helper()
	out := filepath.Join(filepath.Dir(exe), "out")
	args := append(wrap, exe, "-rounds", "1", "-budget", "40s", "-run", "^(Getsockopt|Socket|Accept|SendRecv/.*size=(64|65...)|SendTo.*|Sendmsg.*|Batch/batch=1024.*|GSO.*|Sendfile.*|PingPong.*|Contention/goroutines=64.*|Memory.*)$", "-out", out)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = filepath.Dir(exe)
	if prepare != nil {
		prepare(cmd)
	}
	done := time.AfterFunc(3*time.Minute, func() { cmd.Process.Kill() })
	defer done.Stop()
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	rep, err := report.Read(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestOneCPU(t *testing.T) {
	exe := build(t)
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		t.Skip("needs taskset:", err)
	}
	rep := runOdd(t, exe, func(c *exec.Cmd) { c.Env = append(os.Environ(), "GOMAXPROCS=1") }, taskset, "-c", "0")
	if rep.Machine.GOMAXPROCS != 1 || rep.Machine.CPUs != 1 {
		t.Errorf("%d CPUs, GOMAXPROCS %d", rep.Machine.CPUs, rep.Machine.GOMAXPROCS)
	}
	for _, row := range rep.Result.Rows {
		if why := row.Left(); why != "" {
			t.Errorf("%s left out: %s", row.Name, why)
		}
	}
}

func TestUnprivileged(t *testing.T) {
	exe := build(t)
	if os.Getuid() != 0 {
		t.Skip("the other tests cover this when not run by root")
	}
	rep := runOdd(t, exe, func(c *exec.Cmd) {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		c.Env = []string{"HOME=/nonexistent", "PATH=" + os.Getenv("PATH"), "TMPDIR=" + filepath.Dir(exe)}
	})
	for _, row := range rep.Result.Rows {
		if why := row.Left(); why != "" && !strings.Contains(why, "rmem_max") {
			t.Errorf("%s left out: %s", row.Name, why)
		}
	}
}

// TestNoNetwork runs in network namespaces of its own. With loopback down, rows over IP cannot run;
// with loopback up but IPv6 disabled, rows over IPv6 cannot.
func TestNoNetwork(t *testing.T) {
	exe := build(t)
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("needs unshare:", err)
	}
	if out, err := exec.Command(unshare, "-n", "true").CombinedOutput(); err != nil {
		t.Skipf("may not make a network namespace: %v %s", err, out)
	}
	for _, odd := range []struct {
		name, setup string
		left        func(row string) bool
	}{
		{"down", "", func(row string) bool {
			return strings.Contains(row, "net=tcp") || strings.Contains(row, "net=udp") || strings.HasPrefix(row, "GSO") ||
				strings.HasPrefix(row, "Batch") || strings.HasPrefix(row, "Sendfile") || strings.HasPrefix(row, "Contention")
		}},
		{"noIPv6", "ip link set lo up && sysctl -qw net.ipv6.conf.all.disable_ipv6=1 && ", func(row string) bool { return strings.Contains(row, "udp6") }},
	} {
		t.Run(odd.name, func(t *testing.T) {
			if odd.setup != "" {
				if out, err := exec.Command(unshare, "-n", "sh", "-c", odd.setup+"true").CombinedOutput(); err != nil {
					t.Skipf("cannot set it up: %v %s", err, out)
				}
			}
			rep := runOdd(t, exe, nil, unshare, "-n", "sh", "-c", odd.setup+`exec "$@"`, "sh")
			for _, row := range rep.Result.Rows {
				why := row.Left()
				if (why != "") != odd.left(row.Name) {
					t.Errorf("%s: left out: %q", row.Name, why)
				}
			}
		})
	}
}

// The self-test on the real machine is run and read, but no time decides over a test.
func TestSelftestRuns(t *testing.T) {
	exe := build(t)
	out, err := exec.Command(exe, "-selftest", "-rounds", "6", "-budget", "10s").CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "The known cost, measured behind getppid") || !strings.Contains(string(out), "SendRecv/net=udp/size=64") {
		t.Errorf("%s", out)
	}
	t.Logf("on %d CPUs:\n%s", runtime.NumCPU(), out)
}
