// Package need is how a test asks for what it needs: a tool, a privilege, an address family, a
// feature of the kernel, time. Each function skips the test, with the reason, on a machine that
// lacks it, so that `go test ./...` passes on every machine.
//
//	need.Tool(t, "ss", "strace")      // programs in PATH; it returns the path of the first
//	need.Go(t), need.CC(t)            // the go command; the C compiler that cgo uses
//	need.Root(t)                      // user id 0
//	need.NetRaw(t), need.NetAdmin(t)  // CAP_NET_RAW, CAP_NET_ADMIN in this network namespace
//	need.IPv4(t), need.IPv6(t)        // a loopback interface that is up, with 127.0.0.1 or ::1
//	need.Netns(t)                     // a network namespace of one's own (package netns asks)
//	need.Feature(t, "SCTP", err)      // err, of the call that tried it, is not "unknown here"
//	need.File(t, "/proc/net/unix")    // a file of the kernel, or of the system
//	need.Time(t, time.Minute)         // that long before go test's own limit
//	need.Full(t, "builds a program")  // no -short
//	need.ExactAllocations(t)          // no race detector or sanitizer, under which calls allocate
//
// It also has what all tests do about an unexpected error: [OK] and [Value]. Package tests and its
// neighbours call OK check.
package need

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Slow reports that the race detector or a sanitizer is on: loops are to be short, and calls allocate.
const Slow = race || asan || msan

// OK ends the test at the first of errs that is an error.
func OK(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Value returns a function that returns the value of a call's two results, and ends the test if
// the other is an error.
func Value[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		OK(t, err)
		return v
	}
}

// Tool returns the path of the first of the programs named. The test is skipped if PATH lacks one.
func Tool(t testing.TB, names ...string) string {
	t.Helper()
	first := ""
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skip("needs the program ", name, ": ", err)
		}
		if first == "" {
			first = path
		}
	}
	return first
}

// Go returns the path of the go command.
func Go(t testing.TB) string {
	t.Helper()
	return Tool(t, "go")
}

// CC returns the C compiler that cgo uses, and its arguments: $CC, or gcc.
func CC(t testing.TB) []string {
	t.Helper()
	cc := strings.Fields(os.Getenv("CC"))
	if len(cc) == 0 {
		cc = []string{"gcc"}
	}
	Tool(t, cc[0])
	return cc
}

// Root skips the test for a user who is not root.
func Root(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

// NetRaw skips the test of a process without CAP_NET_RAW.
func NetRaw(t testing.TB) {
	t.Helper()
	skipOn(t, "CAP_NET_RAW", netRaw())
}

// NetAdmin skips the test of a process without CAP_NET_ADMIN.
func NetAdmin(t testing.TB) {
	t.Helper()
	skipOn(t, "CAP_NET_ADMIN", netAdmin())
}

// IPv4 skips the test where nothing can be sent to 127.0.0.1.
func IPv4(t testing.TB) {
	t.Helper()
	skipOn(t, "IPv4 on the loopback interface", loopback4())
}

// IPv6 skips the test where nothing can be sent to ::1.
func IPv6(t testing.TB) {
	t.Helper()
	skipOn(t, "IPv6 on the loopback interface", loopback6())
}

// Netns skips the test of a process that cannot make a network namespace or configure it.
func Netns(t testing.TB) {
	t.Helper()
	Tool(t, "ip")
	skipOn(t, "a network namespace", netns())
}

// unknown are the errors by which a kernel says that it does not have a thing at all.
var unknown = []error{
	errors.ErrUnsupported, // EOPNOTSUPP, ENOSYS, ENOTSUP
	syscall.ENOPROTOOPT,
	syscall.EPROTONOSUPPORT,
	syscall.ESOCKTNOSUPPORT,
	syscall.EAFNOSUPPORT,
	syscall.EPFNOSUPPORT,
}

// Feature skips the test if err says that the kernel does not have what was tried, or is one of
// the others by which this feature is refused. The test fails on any other error.
func Feature(t testing.TB, feature string, err error, others ...error) {
	t.Helper()
	for _, no := range append(others, unknown...) {
		if errors.Is(err, no) {
			t.Skipf("needs %s: %v", feature, err)
		}
	}
	OK(t, err)
}

// File skips the test if a file cannot be read.
func File(t testing.TB, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip("needs to read a file: ", err)
	}
	f.Close()
}

// Time skips the test if go test's limit would come before it has had d.
func Time(t testing.TB, d time.Duration) {
	t.Helper()
	// A benchmark has no limit.
	limited, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return
	}
	if end, ok := limited.Deadline(); ok && time.Until(end) < d {
		t.Skipf("needs %v, and go test's limit is in %v: -timeout sets it", d, time.Until(end).Round(time.Second))
	}
}

// Full skips the test under -short, for the reason given: what it takes long for.
func Full(t testing.TB, why string) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: ", why)
	}
}

// ExactAllocations skips a test of what calls allocate where the race detector or a sanitizer
// makes them allocate.
func ExactAllocations(t testing.TB) {
	t.Helper()
	if Slow {
		t.Skip("counts allocations, which -race, -asan and -msan change")
	}
}

func skipOn(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil {
		t.Skipf("needs %s: %v", what, err)
	}
}
