//go:build unix

package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// testPackages are the packages whose tests are run.
var testPackages []string

var (
	//go:embed runtime_go.txt
	runtimeGo string
	//go:embed runtime_c.txt
	runtimeC string
)

// hitsRoom is the runtime's mutantRoom.
const hitsRoom = 1 << 16

// A work is the copy of the module and the data about it.
type work struct {
	root, dir string
	srcs      map[string][]byte
	mutants   []*mutant
	tests     []*test
}

// A test is a test of a package.
type test struct {
	pkg, name string
	took      time.Duration
}

// build copies the module, with the mutants in it, and builds the tests. It drops mutants that do
// not compile, since the types of C's names are not known where mutants are made.
func (w *work) build() error {
	err := filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(w.root, path)
		switch {
		case err != nil:
			return err
		case d.Name() == ".git":
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			return os.MkdirAll(w.at(rel), 0o777)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(w.at(rel), text, info.Mode().Perm()|0o200)
	})
	if err != nil {
		return err
	}
	if len(w.mutants) >= hitsRoom {
		return errors.New("too many mutants")
	}
	for _, pkg := range packages {
		if err := os.WriteFile(w.at(pkg, "mutants.go"), []byte(strings.Replace(runtimeGo, "PACKAGE", filepath.Base(pkg), 1)), 0o666); err != nil {
			return err
		}
		if err := os.WriteFile(w.at(pkg, "mutants.h"), []byte(runtimeC), 0o666); err != nil {
			return err
		}
	}
	for {
		if err := w.write(); err != nil {
			return err
		}
		out, err := w.compile()
		if err == nil {
			return nil
		}
		bad := w.named(out)
		if len(bad) == 0 {
			return fmt.Errorf("%v\n%s", err, out)
		}
		for _, m := range bad {
			if *verbose {
				fmt.Printf("does not compile: line %d\t%s\n", m.line, m.key())
			}
		}
		w.mutants = slices.DeleteFunc(w.mutants, func(m *mutant) bool { return slices.Contains(bad, m) })
	}
}

func (w *work) at(path ...string) string {
	return filepath.Join(append([]string{w.dir, "src"}, path...)...)
}

func (w *work) bin(pkg string) string {
	return filepath.Join(w.dir, strings.ReplaceAll(pkg, "/", "-")+".test")
}

// write writes the mutated files.
func (w *work) write() error {
	for path, src := range w.srcs {
		var of []*mutant
		for _, m := range w.mutants {
			if m.file == path {
				of = append(of, m)
			}
		}
		text := apply(src, of)
		if !strings.HasSuffix(path, ".go") {
			text = append([]byte("#include \"mutants.h\"\n#line 1\n"), text...)
		}
		if err := os.WriteFile(w.at(path), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) compile() ([]byte, error) {
	commands := [][]string{{"build", "-gcflags=-e", "./csock/..."}}
	for _, pkg := range testPackages {
		commands = append(commands, []string{"test", "-vet=off", "-c", "-o", w.bin(pkg), "./" + pkg})
	}
	for _, args := range commands {
		cmd := exec.Command("go", args...)
		cmd.Dir = w.at()
		if out, err := cmd.CombinedOutput(); err != nil {
			return out, err
		}
	}
	return nil, nil
}

var errorLine = regexp.MustCompile(`(?m)([\w./-]+\.(?:go|c|h)):(\d+):`)

// named returns the mutants that a compiler's errors name by line.
func (w *work) named(out []byte) []*mutant {
	var bad []*mutant
	for _, found := range errorLine.FindAllSubmatch(out, -1) {
		line, _ := strconv.Atoi(string(found[2]))
		for _, m := range w.mutants {
			if filepath.Base(m.file) != filepath.Base(string(found[1])) || slices.Contains(bad, m) {
				continue
			}
			for _, e := range m.edits {
				if 1+bytes.Count(w.srcs[m.file][:e.from], []byte("\n")) == line {
					bad = append(bad, m)
					break
				}
			}
		}
	}
	return bad
}

// record runs each test alone, without a mutant in effect, and records the mutants it reaches. It
// leaves out tests that fail or take long.
func (w *work) record() error {
	var all []*test
	for _, pkg := range testPackages {
		cmd := exec.Command(w.bin(pkg), "-test.list", ".")
		cmd.Dir = w.at(pkg)
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%v: %w", cmd, err)
		}
		for name := range strings.FieldsSeq(string(out)) {
			if !strings.HasPrefix(name, "Benchmark") {
				all = append(all, &test{pkg: pkg, name: name})
			}
		}
	}
	reached := make([][]byte, len(all))
	ok := make([]bool, len(all))
	var failed atomic.Pointer[error]
	parallel(len(all), func(i int) {
		t := all[i]
		hits := filepath.Join(w.dir, fmt.Sprintf("hits%d", i))
		if err := os.WriteFile(hits, make([]byte, hitsRoom), 0o666); err != nil {
			failed.Store(&err)
			return
		}
		defer os.Remove(hits)
		start := time.Now()
		out, err := w.run(0, hits, *slow, t)
		t.took = time.Since(start)
		if err != nil {
			if *verbose {
				fmt.Printf("left out: %s %s: %v\n%s", t.pkg, t.name, err, out)
			}
			return
		}
		ok[i] = true
		reached[i], _ = os.ReadFile(hits)
	})
	if err := failed.Load(); err != nil {
		return *err
	}
	for i, t := range all {
		if !ok[i] {
			fmt.Printf("left out, because it fails or takes long: %s %s\n", t.pkg, t.name)
			continue
		}
		w.tests = append(w.tests, t)
		for _, m := range w.mutants {
			if reached[i][m.number] != 0 {
				m.reached = append(m.reached, t)
			}
		}
	}
	for _, m := range w.mutants {
		slices.SortStableFunc(m.reached, func(a, b *test) int { return cmp.Compare(a.took, b.took) })
	}
	return nil
}

// parallel calls f for 0 to n-1.
func parallel(n int, f func(int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range *jobs {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	all.Wait()
}

// run runs tests of one package with a mutant in effect, and returns an error if one fails or does
// not end.
func (w *work) run(number int, hits string, limit time.Duration, tests ...*test) ([]byte, error) {
	var names []string
	for _, t := range tests {
		names = append(names, t.name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.bin(tests[0].pkg), "-test.run", "^("+strings.Join(names, "|")+")$", "-test.failfast", "-test.timeout", "10m")
	cmd.Dir = w.at(tests[0].pkg)
	cmd.Env = append(os.Environ(), fmt.Sprint("CSOCK_MUTANT=", number), "CSOCK_MUTANT_HITS="+hits)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // including the processes that tests start
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return out, errTime
	}
	return out, err
}

var errTime = errors.New("does not end")

var failure = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// try runs each mutant against the tests that reach it, until one fails: fast ones first, in few
// processes.
func (w *work) try(mutants []*mutant) {
	var done atomic.Int64
	parallel(len(mutants), func(i int) {
		m := mutants[i]
		size := 8
		if m.known {
			size = 1
		}
		for rest := m.reached; len(rest) > 0 && m.killer == ""; {
			n := min(size, len(rest))
			for _, pkg := range testPackages {
				var group []*test
				limit := 10 * time.Second
				for _, t := range rest[:n] {
					if t.pkg == pkg {
						group = append(group, t)
						limit += 4 * t.took
					}
				}
				if len(group) == 0 {
					continue
				}
				out, err := w.run(m.number, "", limit, group...)
				if err == errTime { // the machine may have been busy
					out, err = w.run(m.number, "", 3*limit, group...)
				}
				if err == nil {
					continue
				}
				m.killer = err.Error()
				if f := failure.FindSubmatch(out); f != nil {
					m.killer = pkg + " " + string(f[1])
				} else if err != errTime {
					m.killer = "a crash"
				}
				break
			}
			rest = rest[n:]
			size = max(3*size, 8)
		}
		if *verbose {
			end := "SURVIVES"
			if m.killer != "" {
				end = "killed by " + m.killer
			}
			fmt.Printf("%d/%d\tline %d\t%s\t%s\n", done.Add(1), len(mutants), m.line, m.key(), end)
		}
	})
}
