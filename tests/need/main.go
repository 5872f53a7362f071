package need

import (
	"bytes"
	"flag"
	"fmt"
	"hash/maphash"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	waitLimit  = 3 * time.Minute // how long a test may wait at one place
	testLimit  = 5 * time.Minute // how long it may run, without subtests and programs
	watchEvery = 10 * time.Second
)

// Examples are regular expressions for the names of examples that send to 127.0.0.1 or to ::1, need
// CAP_NET_RAW, or run the program cat. An example cannot skip itself.
type Examples struct {
	IPv4, IPv6, NetRaw, Cat string
}

// Main runs the tests; TestMain calls it. It ends them when one has waited at the same place for
// three minutes, with the stack that shows the place: go test's own limit comes after ten. A test
// that tries again at changing places has five minutes, or half of a limit above ten. Main skips
// the named examples that the machine cannot run, and says so.
func Main(m *testing.M, examples ...Examples) {
	flag.Parse()
	skip := flag.Lookup("test.skip").Value
	for _, e := range examples {
		for _, n := range []struct {
			what, examples string
			has            func() error
		}{{needIPv4, e.IPv4, loopback4}, {needIPv6, e.IPv6, loopback6}, {needNetRaw, e.NetRaw, netRaw}, {"cat", e.Cat, cat}} {
			if n.examples == "" {
				continue
			}
			if err := n.has(); err != nil {
				fmt.Printf("skipped: the examples %s: need %s: %v\n", n.examples, n.what, err)
				skip.Set(strings.TrimPrefix(skip.String()+"|"+n.examples, "|"))
			}
		}
	}
	// A -v for go test is not for the go commands that tests run and whose output they read.
	own := slices.DeleteFunc(strings.Fields(os.Getenv("GOFLAGS")), func(f string) bool { return f == "-v" })
	os.Setenv("GOFLAGS", strings.Join(own, " "))
	// It must allocate nothing once tests run, since some count allocations.
	limit := testLimit
	switch d := flag.Lookup("test.timeout").Value.(flag.Getter).Get().(time.Duration); {
	case d == 0:
		limit = math.MaxInt64
	case d/2 > limit:
		limit = d / 2
	}
	w := &watcher{seed: maphash.MakeSeed(), limit: limit, all: make([]byte, 1<<20)}
	go w.watch(time.Tick(watchEvery))
	os.Exit(m.Run())
}

func cat() error {
	_, err := exec.LookPath("cat")
	return err
}

// A watcher looks at the goroutines of tests and examples.
type watcher struct {
	seed           maphash.Seed
	limit          time.Duration // for a test
	all            []byte        // the stacks
	waiting, tests counts
}

func (w *watcher) watch(tick <-chan time.Time) {
	for range tick {
		stacks := w.all[:runtime.Stack(w.all, true)]
		for len(stacks) > 0 {
			var stack []byte
			stack, stacks, _ = bytes.Cut(stacks, []byte("\n\n"))
			// The header has the goroutine's number, its state, and the duration of that.
			header, frames, _ := bytes.Cut(stack, []byte("\n"))
			if !running(frames) {
				continue
			}
			if w.waiting.add(maphash.Bytes(w.seed, frames)) > int(waitLimit/watchEvery) {
				w.end("has waited at the same place for", waitLimit, stack)
			}
			number, _, _ := bytes.Cut(header, []byte(" ["))
			// All examples have one goroutine.
			if !isExample(frames) && w.tests.add(maphash.Bytes(w.seed, number)) > int(w.limit/watchEvery) {
				w.end("has run for", w.limit, stack)
			}
		}
	}
}

func (w *watcher) end(what string, d time.Duration, stack []byte) {
	stack = bytes.Clone(stack)
	panic(fmt.Sprintf("a test %s %v:\n%s\n\nall goroutines:\n%s", what, d, stack, w.all[:runtime.Stack(w.all, true)]))
}

// counts are how often the last keys have been seen. A key that replaces another begins anew.
type counts [64]struct {
	key  uint64
	seen int
}

func (c *counts) add(key uint64) int {
	slot := &c[key%uint64(len(c))]
	if slot.key != key {
		slot.key, slot.seen = key, 0
	}
	slot.seen++
	return slot.seen
}

// running reports whether these are the frames of a test's or an example's own goroutine that waits
// neither for a subtest nor for a program, which has a limit of its own.
func running(frames []byte) bool {
	return (bytes.Contains(frames, []byte("\ntesting.tRunner(")) || isExample(frames)) &&
		!bytes.Contains(frames, []byte("testing.(*T).Run(")) &&
		!bytes.Contains(frames, []byte("os/exec.(*Cmd)."))
}

func isExample(frames []byte) bool {
	return bytes.Contains(frames, []byte("\ntesting.runExample("))
}
