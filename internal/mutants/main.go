//go:build unix

// Mutants puts small faults into csock, one at a time, and reports those that no test notices.
//
// It copies the module, writes all faults into the copy, each behind a number that an environment
// variable selects, and builds the tests once. Then it runs each test alone to see which faults it
// reaches, and each fault against the tests that reach it. A fault is killed if one of them fails,
// crashes or does not end.
//
//	go run ./internal/mutants              # all that -count selects, about an hour
//	go run ./internal/mutants -n 40        # a sample of those
//	go run ./internal/mutants -only guard.go -v
//
// equivalent.tsv lists the faults that have no effect on a program, with the reason.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A mutant is one fault.
type mutant struct {
	number int    // counted from 1, in this run
	file   string // below the module's root
	fn     string // the function that it is in
	op     string // the change
	text   string // the source line
	nth    int    // the index, from 1, among mutants of the same file, function, operation and text
	line   int

	hash    uint32
	edits   []edit
	reached []*test // the order in which they are tried
	known   bool    // the first of these is tried alone
	killer  string
}

// key identifies a mutant independently of its number and line.
func (m *mutant) key() string {
	k := fmt.Sprintf("%s\t%s\t%s\t%s", m.file, m.fn, m.op, m.text)
	if m.nth > 1 {
		k += fmt.Sprintf(" #%d", m.nth)
	}
	return k
}

var (
	seed    = flag.Int("seed", 1, "chooses the mutants that are made")
	count   = flag.Int("count", 330, "how many `mutants` are made; 0: all")
	sample  = flag.Int("n", 0, "how many of those are run; 0: all")
	only    = flag.String("only", "", "only mutants whose key contains this `text`")
	where   = flag.String("packages", "csock", "which `packages` have mutants: csock/ring is the other")
	tests   = flag.String("tests", "csock,csock/ring,tests,tests/options,tests/ring,tests/faults", "the `packages` whose tests are run")
	keys    = flag.String("keys", "", "run only the mutants that a `file` lists, as this program prints them")
	earlier = flag.String("first", "", "the `file` with an earlier run's output under -v: each mutant first meets the test that killed it then")
	jobs    = flag.Int("jobs", 2, "how many run at once")
	keep    = flag.String("dir", "", "work in this `directory`, and keep it")
	list    = flag.Bool("list", false, "list the mutants, and stop")
	verbose = flag.Bool("v", false, "print the result of each mutant")
	slow    = flag.Duration("slow", 20*time.Second, "leave out tests that take longer than this")
	atLeast = flag.Float64("least", 97, "fail if less than this percentage of the mutants that are not equivalent is killed")
)

func main() {
	flag.Parse()
	packages = strings.Split(*where, ",")
	testPackages = strings.Split(*tests, ",")
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run() error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return err
	}
	root := strings.TrimSpace(string(out))
	equivalent, err := readEquivalent(filepath.Join(root, "internal/mutants/equivalent.tsv"))
	if err != nil {
		return err
	}
	srcs, all, err := find(root)
	if err != nil {
		return err
	}
	if key := notFound(equivalent, all); key != "" {
		return fmt.Errorf("equivalent.tsv lists a mutant that does not exist: %q", key)
	}
	chosen := choose(all)
	if *list {
		for _, m := range chosen {
			fmt.Println(m.key())
		}
		fmt.Println(len(chosen), "of", len(all))
		return nil
	}
	dir := *keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "mutants"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	start := time.Now()
	w := &work{root: root, dir: dir, srcs: srcs, mutants: chosen}
	if err := w.build(); err != nil {
		return err
	}
	fmt.Printf("%d mutants of %d built in %v\n", len(w.mutants), len(all), time.Since(start).Round(time.Second))
	if err := w.record(); err != nil {
		return err
	}
	fmt.Printf("%d tests run alone after %v\n", len(w.tests), time.Since(start).Round(time.Second))
	tried := w.mutants
	if *sample > 0 && *sample < len(tried) {
		tried = slices.Clone(tried)
		slices.SortFunc(tried, func(a, b *mutant) int { return cmp.Compare(hash("sample", a), hash("sample", b)) })
		tried = tried[:*sample]
	}
	tried = slices.DeleteFunc(slices.Clone(tried), func(m *mutant) bool { return equivalent[m.key()] != "" })
	if *keys != "" {
		text, err := os.ReadFile(*keys)
		if err != nil {
			return err
		}
		tried = slices.DeleteFunc(tried, func(m *mutant) bool { return !strings.Contains(string(text), m.key()+"\n") })
	}
	if *earlier != "" {
		if err := knownFirst(tried, *earlier); err != nil {
			return err
		}
	}
	w.try(tried)
	return report(tried, len(w.mutants)-len(tried), start)
}

// knownFirst moves the test that killed a mutant in an earlier run to the front of those that reach
// it.
func knownFirst(mutants []*mutant, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	killers := map[string]string{}
	for line := range strings.SplitSeq(string(text), "\n") {
		if f := strings.Split(line, "\t"); len(f) == 7 {
			killers[strings.Join(f[2:6], "\t")] = strings.TrimPrefix(f[6], "killed by ")
		}
	}
	for _, m := range mutants {
		at := slices.IndexFunc(m.reached, func(t *test) bool { return t.pkg+" "+t.name == killers[m.key()] })
		if at >= 0 {
			t := m.reached[at]
			m.reached = slices.Insert(slices.Delete(m.reached, at, at+1), 0, t)
			m.known = true
		}
	}
	return nil
}

// choose returns the mutants of this run, numbered. The choice depends only on their keys and the
// seed, so that a change elsewhere does not affect it.
func choose(all []*mutant) []*mutant {
	var chosen []*mutant
	for _, m := range all {
		if strings.Contains(m.key(), *only) {
			m.hash = hash("", m)
			chosen = append(chosen, m)
		}
	}
	if *count > 0 && len(chosen) > *count {
		slices.SortFunc(chosen, func(a, b *mutant) int {
			if a, b := rare[a.op], rare[b.op]; a != b {
				if a {
					return -1
				}
				return 1
			}
			return cmp.Compare(a.hash, b.hash)
		})
		chosen = chosen[:*count]
	}
	slices.SortFunc(chosen, func(a, b *mutant) int { return strings.Compare(a.key(), b.key()) })
	for i, m := range chosen {
		m.number = i + 1
	}
	return chosen
}

// rare lists the operations whose mutants are all made: a test can easily miss them.
var rare = map[string]bool{
	"loosen an atomic step": true, "remove an atomic step": true, "remove a KeepAlive": true, "remove a Pin or an Unpin": true,
	"drop a flag": true, "lose an error": true,
}

func hash(salt string, m *mutant) uint32 {
	h := fnv.New32a()
	fmt.Fprint(h, *seed, salt, m.key())
	v := h.Sum32()
	v ^= v >> 16 // FNV's last bytes alone do not mix: keys that differ only at their end would be neighbours
	v *= 0x7feb352d
	v ^= v >> 15
	v *= 0x846ca68b
	return v ^ v>>16
}

// readEquivalent reads the list of equivalent mutants: a key and a reason each.
func readEquivalent(name string) (map[string]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	keys := map[string]string{}
	for line := range strings.SplitSeq(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 5 || f[4] == "" {
			return nil, fmt.Errorf("%s: not file, function, operation, text and reason: %q", name, line)
		}
		keys[strings.Join(f[:4], "\t")] = f[4]
	}
	return keys, nil
}

// notFound returns a key that is none of all, though its package has mutants in this run.
func notFound(equivalent map[string]string, all []*mutant) string {
	for key := range equivalent {
		file, _, _ := strings.Cut(key, "\t")
		if slices.Contains(packages, path.Dir(file)) &&
			!slices.ContainsFunc(all, func(m *mutant) bool { return m.key() == key }) {
			return key
		}
	}
	return ""
}

func report(tried []*mutant, equivalent int, start time.Time) error {
	killed := 0
	byOp := map[string][2]int{}
	for _, m := range tried {
		n := byOp[m.op]
		n[1]++
		if m.killer != "" {
			killed++
			n[0]++
		}
		byOp[m.op] = n
	}
	var ops []string
	for op := range byOp {
		ops = append(ops, op)
	}
	slices.Sort(ops)
	for _, op := range ops {
		fmt.Printf("%5d of %4d killed: %s\n", byOp[op][0], byOp[op][1], op)
	}
	for _, m := range tried {
		if m.killer == "" {
			how := "survives"
			if len(m.reached) == 0 {
				how = "not reached"
			}
			fmt.Printf("%s: line %d\t%s\n", how, m.line, m.key())
		}
	}
	percent := 100 * float64(killed) / float64(max(len(tried), 1))
	fmt.Printf("mutants: %d tried, %d killed (%.1f%%), %d left out as equivalent or not in the sample; %v\n", len(tried), killed, percent, equivalent,
		time.Since(start).Round(time.Second))
	if percent < *atLeast {
		return fmt.Errorf("less than %g%% killed", *atLeast)
	}
	return nil
}
