package need

import (
	"bytes"
	"flag"
	"fmt"
	"hash/maphash"
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
	watchEvery = 10 * time.Second
)

// Examples are regular expressions for the names of examples that send to 127.0.0.1 or to ::1, need
// CAP_NET_RAW, or run the program cat. An example cannot skip itself.
type Examples struct {
	IPv4, IPv6, NetRaw, Cat string
}

// Main runs the tests; TestMain calls it. It ends them when one has waited at the same place for
// three minutes, with the stack that shows the place: go test's own limit comes after ten. It skips
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
	go watch(time.Tick(watchEvery), make([]byte, 1<<20), maphash.MakeSeed())
	os.Exit(m.Run())
}

func cat() error {
	_, err := exec.LookPath("cat")
	return err
}

// watch looks at the goroutines of tests.
func watch(tick <-chan time.Time, all []byte, seed maphash.Seed) {
	var last [64]struct {
		stack uint64
		seen  int
	}
	for range tick {
		stacks := all[:runtime.Stack(all, true)]
		for len(stacks) > 0 {
			var stack []byte
			stack, stacks, _ = bytes.Cut(stacks, []byte("\n\n"))
			_, frames, _ := bytes.Cut(stack, []byte("\n")) // the header has the duration
			if !isTest(frames) {
				continue
			}
			h := maphash.Bytes(seed, frames)
			slot := &last[h%uint64(len(last))]
			if slot.stack != h {
				slot.stack, slot.seen = h, 0
			}
			if slot.seen++; slot.seen > int(waitLimit/watchEvery) {
				panic(fmt.Sprintf("a test has waited for %v at the same place:\n%s\n\nall goroutines:\n%s", waitLimit, stack, all[:runtime.Stack(all, true)]))
			}
		}
	}
}

// isTest reports whether these are the frames of a test's own goroutine that waits neither for a
// subtest nor for a program, which has a limit of its own.
func isTest(frames []byte) bool {
	return bytes.Contains(frames, []byte("\ntesting.tRunner(")) &&
		!bytes.Contains(frames, []byte("testing.(*T).Run(")) &&
		!bytes.Contains(frames, []byte("os/exec.(*Cmd)."))
}
