//go:build linux

package interpose

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

var (
	seed   = flag.Uint64("seed", 1, "the `number` from which calls are generated")
	rounds = flag.Int("rounds", 1, "how many calls: a `factor`")
)

// A difference is a kind of difference between C and csock that has a reason.
type difference struct {
	line   *regexp.Regexp
	reason string
	seen   int
}

func knownDifferences(t *testing.T) []*difference {
	t.Helper()
	var list []*difference
	for line := range strings.Lines(string(need.Value[[]byte](t)(os.ReadFile("differences.tsv")))) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		pattern, reason, ok := strings.Cut(line, "\t")
		if !ok || reason == "" {
			t.Fatalf("differences.tsv: no reason in %q", line)
		}
		list = append(list, &difference{line: regexp.MustCompile(pattern), reason: reason})
	}
	return list
}

// Generated calls have the same result, errno and bytes by csock and by libc, except for those that
// differences.tsv lists.
func TestCalls(t *testing.T) {
	lib, cc := library(t), need.CC(t)
	need.Root(t)
	dir := t.TempDir()
	program := filepath.Join(dir, "calls")
	run(t, cc[0], append(cc[1:], "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, "testdata/calls.c", "-ldl")...)
	known := knownDifferences(t)
	ns, counts := netns.New(t), newCounts(t)
	cmd := need.Command(t, "timeout", "300", program, strconv.FormatUint(*seed, 10), strconv.Itoa(*rounds))
	cmd.Dir, cmd.Env = dir, counts.env(lib)
	var out []byte
	var err error
	ns.Do(func() { out, err = cmd.CombinedOutput() })
	unknown := 0
	for line := range strings.Lines(string(out)) {
		text, ok := strings.CutPrefix(line, "difference ")
		if !ok {
			t.Logf("%s", line)
			var compared, unstable int
			_, counts, _ := strings.Cut(line, ": ")
			if n, _ := fmt.Sscanf(counts, "%d compared, %d unstable", &compared, &unstable); n == 2 && unstable*50 > compared {
				t.Error("too few of these have the same outcome each time by libc itself")
			}
			continue
		}
		if !isKnown(known, text) {
			if unknown++; unknown <= 20 {
				t.Errorf("seed %d, rounds %d: %s", *seed, *rounds, text)
			}
		}
	}
	if unknown > 20 {
		t.Errorf("and %d more", unknown-20)
	}
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	for _, d := range known {
		t.Logf("%d times: %s", d.seen, d.reason)
	}
	by, _, text := counts.read(t)
	t.Logf("seed %d: %s", *seed, text)
	for _, f := range functions {
		if by[f] == 0 {
			t.Errorf("no call of %s by csock", f)
		}
	}
}

func isKnown(known []*difference, line string) bool {
	for _, d := range known {
		if d.line.MatchString(line) {
			d.seen++
			return true
		}
	}
	return false
}
