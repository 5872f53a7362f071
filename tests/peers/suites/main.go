//go:build linux

// Command suites runs the tests of other modules twice: as they are, and with csock where they use
// package net. What passes over package net must pass over csock too. It exits with 1 otherwise.
//
//	go run ./suites             # without the suites and the tests that take long
//	go run ./suites -all        # all suites, with all tests
//	go run ./suites -all yamux  # one of them
//
// Each module is copied to a temporary directory and rewritten there to call package csocknet. The
// tests run in a network namespace that has only a loopback interface, which takes root.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

var (
	all     = flag.Bool("all", false, "with the tests that take long")
	keep    = flag.Bool("keep", false, "keep the temporary directories, and the output of the tests in them")
	tries   = flag.Int("tries", 3, "how often a test may be run before it has failed, over package net as over csock")
	verbose = flag.Bool("v", false, "print the output of tests that fail over csock")
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "-in-loopback" {
		fmt.Fprintln(os.Stderr, inLoopback(os.Args[2:]))
		os.Exit(1)
	}
	flag.Parse()
	if os.Geteuid() != 0 {
		fmt.Println("skipped: the suites need root, for a network namespace that has only a loopback interface")
		return
	}
	ok := true
	fmt.Println("| suite | tests | pass over net | pass over csock | sockets of csock | exceptions | seconds over each |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- |")
	var notes []string
	for _, s := range suites {
		named := slices.ContainsFunc(flag.Args(), func(a string) bool { return strings.Contains(s.module, a) })
		if !named && (flag.NArg() > 0 || s.long && !*all) {
			continue
		}
		r, err := s.run()
		if errors.Is(err, errFetch) && !*all {
			fmt.Printf("skipped: %s: %v\n", s.module, err)
			continue
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", s.module, err)
			ok = false
			continue
		}
		fmt.Println(r.row)
		notes = append(notes, r.notes...)
		ok = ok && r.ok
	}
	fmt.Println()
	for _, n := range notes {
		fmt.Println(n)
	}
	if !ok {
		os.Exit(1)
	}
}

// inLoopback runs a program in a network namespace of its own, whose only interface is a loopback.
func inLoopback(args []string) error {
	runtime.LockOSThread() // Unshare moves a thread
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		return fmt.Errorf("ip: %w %s", err, out)
	}
	return syscall.Exec(args[0], args, os.Environ())
}

type result struct {
	row   string
	notes []string
	ok    bool
}

func (s *suite) run() (*result, error) {
	work, err := os.MkdirTemp("", "csock-suite-")
	if err != nil {
		return nil, err
	}
	if *keep {
		fmt.Println(s.module, "is in", work)
	} else {
		defer os.RemoveAll(work)
	}
	dir, err := s.copy(work)
	if err != nil {
		return nil, err
	}
	env := append(os.Environ(), "GOFLAGS=-mod=mod -trimpath", "GOWORK=off", "CSOCK_SUITE_SOCKETS="+filepath.Join(work, "sockets"))
	if err := os.WriteFile(filepath.Join(work, "sockets"), nil, 0o600); err != nil {
		return nil, err
	}
	over := func(what string) (map[string]string, time.Duration, error) {
		r := &runner{s: s, dir: dir, env: env, output: filepath.Join(work, what+".json"), states: make(map[string]string)}
		start := time.Now()
		err := r.run()
		return r.states, time.Since(start), err
	}
	onNet, netTime, err := over("net")
	if err != nil {
		return nil, fmt.Errorf("over package net: %w", err)
	}
	if err := rewriteTree(dir, s.module); err != nil {
		return nil, err
	}
	onCsock, csockTime, err := over("csock")
	if err != nil {
		return nil, fmt.Errorf("over csock: %w", err)
	}
	made, err := os.Stat(filepath.Join(work, "sockets"))
	if err != nil {
		return nil, err
	}
	r := s.compare(onNet, onCsock)
	if made.Size() == 0 {
		r.ok = false
		r.notes = append(r.notes, s.module+": made no socket over csock")
	}
	r.row = fmt.Sprintf("| %s %s | %d | %d | %d | %d | %d | %.0f, %.0f |", s.module, s.version, len(onNet),
		count(onNet), count(onCsock), made.Size(), len(s.except), netTime.Seconds(), csockTime.Seconds())
	return r, nil
}

func count(states map[string]string) (n int) {
	for _, state := range states {
		if state == "pass" {
			n++
		}
	}
	return n
}

// compare fails a test that passes over package net alone. Some names of subtests have numbers that
// change from run to run: a subtest that ran on one side only does not count, but its parent does.
func (s *suite) compare(onNet, onCsock map[string]string) *result {
	r := &result{ok: true}
	for _, name := range slices.Sorted(maps.Keys(onNet)) {
		got, ran := onCsock[name]
		_, test, _ := strings.Cut(name, " ")
		counts := ran || !strings.Contains(test, "/")
		if onNet[name] == "pass" && counts && got != "pass" && s.reason(s.except, name) == "" {
			r.ok = false
			r.notes = append(r.notes, fmt.Sprintf("%s: %s passes over package net; over csock: %s", s.module, name, cmp.Or(got, "did not run")))
		}
		if onNet[name] == "fail" {
			r.notes = append(r.notes, fmt.Sprintf("%s: %s fails over package net; over csock: %s", s.module, name, cmp.Or(got, "did not run")))
		}
	}
	for _, side := range []struct {
		what         string
		ran, instead map[string]string
	}{{"package net", onNet, onCsock}, {"csock", onCsock, onNet}} {
		for _, name := range slices.Sorted(maps.Keys(side.ran)) {
			if _, both := side.instead[name]; !both && side.ran[name] == "pass" {
				r.notes = append(r.notes, fmt.Sprintf("%s: %s ran over %s alone, and passed", s.module, name, side.what))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.except)) {
		r.notes = append(r.notes, fmt.Sprintf("%s: excepted: %s: %s", s.module, name, s.except[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(s.without)) {
		r.notes = append(r.notes, fmt.Sprintf("%s: left out: %s: %s", s.module, name, s.without[name]))
	}
	return r
}

// reason returns the reason that a list has for a test or for its parent.
func (s *suite) reason(list map[string]string, name string) string {
	_, test, _ := strings.Cut(name, " ")
	for _, n := range []string{test, strings.SplitN(test, "/", 2)[0]} {
		if list[n] != "" {
			return list[n]
		}
	}
	return ""
}

var errFetch = errors.New("the module cannot be fetched")

// copy downloads the module and copies it, with csock as one of its requirements.
func (s *suite) copy(work string) (dir string, err error) {
	out, err := output(work, nil, "go", "mod", "download", "-json", s.module+"@"+s.version)
	if err != nil {
		return "", errors.Join(errFetch, err)
	}
	var m struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &m); err != nil {
		return "", err
	}
	if m.Sum != s.sum {
		return "", fmt.Errorf("%s@%s is %s, want %s", s.module, s.version, m.Sum, s.sum)
	}
	root, err := output("", nil, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/csock/go-csock")
	if err != nil {
		return "", err
	}
	own, err := output("", nil, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/csock/go-csock/tests/peers")
	if err != nil {
		return "", err
	}
	dir = filepath.Join(work, "module")
	if err := os.CopyFS(dir, os.DirFS(m.Dir)); err != nil {
		return "", err
	}
	// The module cache is read-only.
	if _, err := output(dir, nil, "chmod", "-R", "u+w", "."); err != nil {
		return "", err
	}
	for _, name := range append(s.shims, "csocknet") {
		shim := os.DirFS(filepath.Join(text(own), "suites", name))
		if err := os.CopyFS(filepath.Join(dir, "internal", name), shim); err != nil {
			return "", err
		}
	}
	_, err = output(dir, nil, "go", "mod", "edit", "-require=github.com/csock/go-csock@v0.0.0",
		"-replace=github.com/csock/go-csock="+text(root))
	return dir, err
}

func text(out []byte) string { return string(bytes.TrimSpace(out)) }

// output runs a command and returns its standard output.
func output(dir string, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%v: %w\n%s", cmd, err, exit.Stderr)
	}
	return out, err
}

// A runner runs a suite over one of the two.
type runner struct {
	s      *suite
	dir    string
	env    []string
	output string            // a file for go test's events
	states map[string]string // "pass", "fail" or "skip", by package and test
}

// run runs the tests, and those that failed again.
func (r *runner) run() error {
	var skip []string
	for name := range r.s.without {
		skip = append(skip, "^"+regexp.QuoteMeta(name)+"$")
	}
	if !*all && r.s.slow != "" {
		skip = append(skip, r.s.slow)
	}
	args := []string{}
	if len(skip) > 0 {
		args = append(args, "-skip", strings.Join(skip, "|"))
	}
	if err := r.test(append(args, r.s.packages...)...); err != nil {
		return err
	}
	for range *tries - 1 {
		again := make(map[string][]string) // by package
		for name, state := range r.states {
			pkg, test, _ := strings.Cut(name, " ")
			if state == "fail" && !strings.Contains(test, "/") && r.s.reason(r.s.except, name) == "" {
				again[pkg] = append(again[pkg], "^"+regexp.QuoteMeta(test)+"$")
			}
		}
		for pkg, tests := range again {
			if err := r.test("-run", strings.Join(tests, "|"), pkg); err != nil {
				return err
			}
		}
	}
	return nil
}

type event struct{ Action, Package, Test, Output string }

// test runs go test, and notes the states of the tests. The last state of a test holds.
func (r *runner) test(args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command("go", append([]string{"test", "-json", "-count=1", "-vet=off", "-timeout=5m", "-exec", self + " -in-loopback"}, args...)...)
	cmd.Dir, cmd.Env = r.dir, r.env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(r.output, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	if err := cmd.Start(); err != nil {
		return err
	}
	var noTest strings.Builder // output of packages: a build that fails, a panic
	failedPackages, failedTests := make(map[string]bool), make(map[string]bool)
	outputs := make(map[string]string)
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		fmt.Fprintln(log, lines.Text())
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		name := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			if e.Test == "" {
				noTest.WriteString(e.Output)
			}
			outputs[name] += e.Output
		case "pass", "fail", "skip":
			if e.Test != "" {
				r.states[name] = e.Action
			}
			if e.Action == "fail" && e.Test != "" {
				failedTests[e.Package] = true
				if *verbose {
					fmt.Fprintf(os.Stderr, "%s\n%s\n", name, outputs[name])
				}
			} else if e.Action == "fail" {
				failedPackages[e.Package] = true
			}
		}
	}
	err = errors.Join(lines.Err(), cmd.Wait())
	for pkg := range failedPackages {
		if !failedTests[pkg] {
			return fmt.Errorf("%s failed without a failed test: %w\n%s%s", pkg, err, &noTest, &stderr)
		}
	}
	if len(failedPackages) == 0 && err != nil {
		return fmt.Errorf("%w\n%s%s", err, &noTest, &stderr)
	}
	return nil
}
