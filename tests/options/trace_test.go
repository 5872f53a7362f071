//go:build linux && cgo

package options

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

// tracedEnv marks the test binary as the traced one.
const tracedEnv = "CSOCK_TEST_TRACED"

// The caller between two marks of cref.OptionMark.
const (
	traceNobody = iota
	traceCsock
	traceC
)

// tracedSteps calls f with every option and every value of its plan, -1 for none, always in the
// same order. The step's number is in the trace.
func tracedSteps(f func(step int, o csock.AnyOption, c cref.Option, p plan, i int)) {
	step := 0
	for o := range csock.Options() {
		c, ok := cOptions[o.String()]
		if !ok {
			continue
		}
		p := planOf(o, c)
		for i := range max(1, len(p.set)) {
			if len(p.set) == 0 {
				i = -1
			}
			step++
			f(step, o, c, p, i)
		}
	}
}

// TestOptionsTraced makes the calls that TestOptionsTrace compares.
func TestOptionsTraced(t *testing.T) {
	if os.Getenv(tracedEnv) == "" {
		t.Skip("TestOptionsTrace runs it under strace")
	}
	runtime.LockOSThread() // the trace distinguishes threads
	defer runtime.UnlockOSThread()
	ns := optionsNS(t)
	tracedSteps(func(step int, o csock.AnyOption, c cref.Option, p plan, i int) {
		for _, who := range []int{traceCsock, traceC} {
			s, closeAll, err := optionSocket(t, ns, p.on)
			if err != nil { // the kernel lacks the kind: any other shows the bytes
				p.on, p.setUp = "tcp4", nil
				if s, closeAll, err = optionSocket(t, ns, p.on); err != nil {
					t.Fatal(err)
				}
			}
			if p.setUp != nil {
				ns.Do(func() { err = p.setUp(s) })
				if err != nil {
					t.Errorf("%v: setUp: %v", o, err)
				}
			}
			cref.OptionMark(step, who)
			switch {
			case who == traceCsock:
				if i >= 0 {
					setAny(o, s, p.set[i])
				}
				if o.CanGet() {
					if v, err := o.GetAny(s); err == nil {
						if f, ok := v.(*os.File); ok {
							f.Close()
						}
					}
				}
			default:
				if i >= 0 {
					value := p.set[i]
					if p.inC != nil {
						value = p.inC[i]
					}
					setC(c, s.FD(), value, i)
				}
				if o.CanGet() {
					c.Get(s.FD(), resultSize(c))
				}
			}
			cref.OptionMark(step, traceNobody)
			closeAll()
		}
	})
}

// A traced is one call of the trace, as strace writes it.
type traced struct {
	call          string // "setsockopt" or "getsockopt"
	level, option int64
	rest          string // value, length and result
}

// 1234  setsockopt(7, 0x1, 0x2, [1], 4) = 0
var traceLine = regexp.MustCompile(`^(\d+)\s+([gs]etsockopt)\((-?\d+), (0x[0-9a-f]+|-?\d+), (0x[0-9a-f]+|-?\d+), (.*)$`)

// readTrace returns the calls of every step by who made them.
func readTrace(t *testing.T, path string) map[int]map[int][]traced {
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()
	steps := map[int]map[int][]traced{}
	step, who, thread := 0, traceNobody, ""
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		m := traceLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		level, err := strconv.ParseInt(m[4], 0, 64)
		check(t, err)
		option, err := strconv.ParseInt(m[5], 0, 64)
		check(t, err)
		if m[2] == "getsockopt" && m[3] == "-1" { // a mark
			step, who, thread = int(level), int(option), m[1]
			continue
		}
		if who == traceNobody || m[1] != thread {
			continue
		}
		if steps[step] == nil {
			steps[step] = map[int][]traced{}
		}
		steps[step][who] = append(steps[step][who], traced{m[2], level, option, m[6]})
	}
	check(t, lines.Err())
	return steps
}

// TestOptionsTrace compares, by strace, the bytes of every setsockopt() that csock makes with those
// of the same call in C, and its getsockopt()s by level, option and, for a number, length. That
// covers the options that this kernel lacks.
func TestOptionsTrace(t *testing.T) {
	need.Full(t, "runs a process under strace")
	path := need.Traced(t, "TestOptionsTraced", tracedEnv, "-v", "-X", "raw", "-xx", "-s", "4096", "-e", "trace=setsockopt,getsockopt")
	steps := readTrace(t, path)
	sets, gets := 0, 0
	tracedSteps(func(step int, o csock.AnyOption, c cref.Option, p plan, i int) {
		what := o.String()
		if i >= 0 {
			what = fmt.Sprintf("%v set to %v", o, p.set[i])
		}
		ours, theirs := steps[step][traceCsock], steps[step][traceC]
		for _, call := range []string{"setsockopt", "getsockopt"} {
			a, b := callsOf(ours, call), callsOf(theirs, call)
			want := call == "setsockopt" && i >= 0 || call == "getsockopt" && o.CanGet()
			if !want {
				if len(a)+len(b) > 0 {
					t.Errorf("%s: calls that were not to be: %v %v", what, a, b)
				}
				continue
			}
			if len(a) == 0 || len(b) != 1 {
				t.Errorf("%s: the trace has %d %s() of csock and %d of C", what, len(a), call, len(b))
				continue
			}
			if call == "setsockopt" {
				sets++
				if len(a) != 1 || withoutAddresses(a[0], p) != withoutAddresses(b[0], p) {
					t.Errorf("%s:\ncsock %v\nC     %v", what, a, b)
				}
				continue
			}
			gets++
			for _, a := range a { // more than one if csock repeats the call with more room
				if a.level != b[0].level || a.option != b[0].option || isNumber(c) && lengthOf(a) != lengthOf(b[0]) {
					t.Errorf("%s:\ncsock %v\nC     %v", what, a, b)
				}
			}
		}
	})
	t.Logf("compared %d setsockopt() and %d getsockopt()", sets, gets)
}

func callsOf(calls []traced, name string) []traced {
	var found []traced
	for _, c := range calls {
		if c.call == name {
			found = append(found, c)
		}
	}
	return found
}

var (
	address = regexp.MustCompile(`0x[0-9a-f]{9,}`)
	pointer = regexp.MustCompile(`(\\x[0-9a-f]{2}){8}", 16\)`)
)

// withoutAddresses returns a call without the parts that differ in any two: the address of its
// value, and the address in a struct sock_fprog, which strace does not decode at this level.
func withoutAddresses(c traced, p plan) traced {
	c.rest = address.ReplaceAllString(c.rest, "address")
	if p.points {
		c.rest = pointer.ReplaceAllString(c.rest, `pointer", 16)`)
	}
	return c
}

// isNumber reports whether C has the option's value in exactly so many bytes.
func isNumber(c cref.Option) bool {
	return c.Type != cref.OptionText && c.Type != cref.OptionMemory && c.Type != cref.OptionStruct
}

var length = regexp.MustCompile(`\[(\d+)(?: => \d+)?\]\) += `)

// lengthOf returns the room that a getsockopt() in the trace offers.
func lengthOf(c traced) string {
	if m := length.FindStringSubmatch(c.rest); m != nil {
		return m[1]
	}
	return c.rest
}
