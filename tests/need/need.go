// Package need checks the requirements of a test: a tool, a privilege, an address family, a feature
// of the kernel, time. Each function skips the test, with the reason, on a machine that lacks it,
// so that `go test ./...` passes on every machine.
//
//	need.Tool(t, "ss", "strace")      // programs in PATH; it returns the path of the first
//	need.Go(t), need.CC(t)            // the go command; the C compiler that cgo uses
//	need.Root(t)                      // user id 0
//	need.NetRaw(t), need.NetAdmin(t)  // CAP_NET_RAW, CAP_NET_ADMIN in this network namespace
//	need.IPv4(t), need.IPv6(t)        // a loopback interface that is up, with 127.0.0.1 or ::1
//	need.Family(t, syscall.AF_INET6)  // the same for a domain, if it is of IP
//	need.IPv6Stack(t)                 // a kernel with IPv6, whatever addresses it has
//	need.Netns(t)                     // a network namespace of one's own (package netns calls it)
//	need.Strace(t)                    // strace, and permission to trace
//	need.Feature(t, "SCTP", err)      // err, of the call that tried it, is not "unknown here"
//	need.File(t, "/proc/net/unix")    // a file of the kernel, or of the system
//	need.Dynamic(t), need.Glibc(t)    // a program that is linked dynamically; glibc
//	need.Time(t, time.Minute)         // that long before go test's own limit
//	need.Full(t, "thousands of ...")  // no -short
//	need.Build(t)                     // permission to build programs, which takes minutes: CSOCK_TEST_BUILD
//	need.Preload(t)                   // no sanitizer, whose library has to be the first
//	need.Interface(t, "lo")           // a network interface; it returns it
//	need.Descriptors(t, 4096)         // that many descriptors (Linux)
//	need.AddressSpace(t, 1<<30, prot) // that much address space, mapped until the test's end (Linux)
//	need.Qdisc(t, ns.Do, "add ...")   // tc, and a kernel with that queueing discipline (Linux)
//	need.ExactAllocations(t)          // no race detector or sanitizer, under which calls allocate
//
// [Command] runs a program for a limited time, and [Main] ends tests that wait without an end.
//
// It also has the checks of results that all tests use: [OK], [Value], [Same] and [Is]. Package
// tests and its neighbours call OK check.
package need

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"go/version"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Slow reports whether the race detector or a sanitizer is on: loops should be short, and calls
// allocate.
const Slow = race || Sanitized

// Sanitized reports whether the address or the memory sanitizer is on.
const Sanitized = asan || msan

// OK ends the test at the first of errs that is an error.
func OK(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Value returns a function that returns the value of a call's two results, and ends the test if the
// other is an error.
func Value[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		OK(t, err)
		return v
	}
}

// Same fails the test if got is not want.
func Same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Is ends the test unless errors.Is(err, want).
func Is(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: %v, want %v", what, err, want)
	}
}

// Tool returns the path of the first of the programs named. The test is skipped if PATH lacks one.
func Tool(t testing.TB, names ...string) string {
	t.Helper()
	first := ""
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skipf("needs the program %s: %v", name, err)
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

// CC returns the C compiler that cgo uses, and its arguments: $CC, or the system's.
func CC(t testing.TB) []string {
	t.Helper()
	cc := strings.Fields(os.Getenv("CC"))
	if len(cc) == 0 {
		cc = []string{"gcc"}
		switch runtime.GOOS {
		case "darwin", "freebsd", "openbsd":
			cc = []string{"clang"}
		}
	}
	Tool(t, cc[0])
	return cc
}

// Preload skips the test under a sanitizer, whose library must be loaded before all others.
func Preload(t testing.TB) {
	t.Helper()
	if Sanitized {
		t.Skip("preloads a library, and a sanitizer's has to be the first")
	}
}

// Interface returns a network interface of the machine.
func Interface(t testing.TB, name string) *net.Interface {
	t.Helper()
	i, err := net.InterfaceByName(name)
	skipOn(t, "the interface "+name, err)
	return i
}

// Dynamic skips the test in a program that is linked statically, which loads no libraries.
func Dynamic(t testing.TB) {
	t.Helper()
	path := Value[string](t)(os.Executable())
	program := Value[*elf.File](t)(elf.Open(path))
	defer program.Close()
	for _, p := range program.Progs {
		if p.Type == elf.PT_INTERP {
			return
		}
	}
	t.Skip("needs a program that is linked dynamically")
}

// Glibc skips the test where the C compiler's library is another than glibc.
func Glibc(t testing.TB) {
	t.Helper()
	cc := CC(t)
	out, err := Command(t, cc[0], append(cc[1:], "-E", "-dM", "-include", "stdlib.h", "-x", "c", os.DevNull)...).Output()
	OK(t, err)
	if !bytes.Contains(out, []byte("__GLIBC__")) {
		t.Skip("needs glibc")
	}
}

// The requirements of tests and examples, as the reason names them.
const (
	needNetRaw = "CAP_NET_RAW"
	needIPv4   = "IPv4 on the loopback interface"
	needIPv6   = "IPv6 on the loopback interface"
)

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
	skipOn(t, needNetRaw, netRaw())
}

// NetAdmin skips the test of a process without CAP_NET_ADMIN.
func NetAdmin(t testing.TB) {
	t.Helper()
	skipOn(t, "CAP_NET_ADMIN", netAdmin())
}

// IPv4 skips the test if nothing can be sent to 127.0.0.1.
func IPv4(t testing.TB) {
	t.Helper()
	skipOn(t, needIPv4, loopback4())
}

// IPv6 skips the test if nothing can be sent to ::1.
func IPv6(t testing.TB) {
	t.Helper()
	skipOn(t, needIPv6, loopback6())
}

// Family calls [IPv4] or [IPv6] if domain is AF_INET or AF_INET6.
func Family[D ~int](t testing.TB, domain D) {
	t.Helper()
	switch domain {
	case syscall.AF_INET:
		IPv4(t)
	case syscall.AF_INET6:
		IPv6(t)
	}
}

// IPv6Stack skips the test on a kernel that makes no IPv6 sockets. If the kernel makes them, a
// network namespace has IPv6 even if the machine's own interfaces do not.
func IPv6Stack(t testing.TB) {
	t.Helper()
	skipOn(t, "IPv6", ipv6Stack())
}

// NoLeakCheck is for the environment of a process under strace, where LeakSanitizer cannot work.
const NoLeakCheck = "ASAN_OPTIONS=detect_leaks=0"

// Traced runs one test of this program under strace, which gets options. It returns the path of the
// trace. In the process that is traced the environment has env. The caller skips if it skips.
func Traced(t testing.TB, test, env string, options ...string) string {
	t.Helper()
	strace := Strace(t)
	self, err := os.Executable()
	OK(t, err)
	path := filepath.Join(t.TempDir(), "trace")
	// Without signals and exits, which would cut the lines of calls in two.
	options = append([]string{"-f", "-qq", "-e", "signal=none", "-o", path}, options...)
	cmd := Command(t, strace, append(options, self, "-test.run=^"+test+"$", "-test.v")...)
	cmd.Env = append(os.Environ(), env+"=1", NoLeakCheck)
	out, err := cmd.CombinedOutput()
	switch {
	case strings.Contains(string(out), "--- SKIP"):
		t.Skipf("the traced process skipped:\n%s", out)
	case err != nil:
		t.Fatalf("the traced process: %v\n%s", err, out)
	}
	return path
}

// Strace returns the path of strace. It skips the test if strace may not trace.
func Strace(t testing.TB) string {
	t.Helper()
	path := Tool(t, "strace")
	skipOn(t, "to trace a process", strace())
	return path
}

// Netns skips the test of a process that cannot make a network namespace or configure it.
func Netns(t testing.TB) {
	t.Helper()
	Tool(t, "ip")
	skipOn(t, "a network namespace", netns())
}

// unknown are the errors by which a kernel reports that it lacks a feature.
var unknown = []error{
	errors.ErrUnsupported, // EOPNOTSUPP, ENOSYS, ENOTSUP
	syscall.ENOPROTOOPT,
	syscall.EPROTONOSUPPORT,
	syscall.ESOCKTNOSUPPORT,
	syscall.EAFNOSUPPORT,
	syscall.EPFNOSUPPORT,
}

// Feature skips the test if err means that the kernel lacks the feature, or is one of the other
// errors by which this feature is refused. The test fails on any other error.
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
		t.Skipf("needs to read a file: %v", err)
	}
	f.Close()
}

// Time skips the test if go test's limit would end it before d has passed.
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

// Full skips the test under -short; the reason says what takes long.
func Full(t testing.TB, why string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("-short: %s", why)
	}
}

// Build returns the path of the go command for a test that builds programs. That takes minutes with
// a cold build cache, so the test is skipped unless CSOCK_TEST_BUILD is set.
func Build(t testing.TB) string {
	t.Helper()
	if os.Getenv("CSOCK_TEST_BUILD") == "" {
		t.Skip("builds programs, which takes long: CSOCK_TEST_BUILD=1 has it do so")
	}
	CC(t)
	Time(t, BuildLimit)
	return Go(t)
}

// BuildLimit is how long a [Command] that may build programs runs.
const BuildLimit = 6 * time.Minute

// Command returns a command that is killed, with a log, when it has run for two minutes; the go
// command, or a shell that may run it, for six.
func Command(t testing.TB, name string, args ...string) *exec.Cmd {
	limit := 2 * time.Minute
	if base := filepath.Base(name); base == "go" || base == "sh" {
		limit = BuildLimit
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error {
		t.Logf("killed after %v: %v", limit, cmd)
		return cmd.Process.Kill()
	}
	cmd.WaitDelay = 10 * time.Second // for those that it started
	return cmd
}

// Self returns the command of the running test binary with the given arguments, for a test that
// needs a process of its own. If .ci/coverage runs the tests, the process adds its coverage.
func Self(args ...string) (name string, all []string) {
	if dir := os.Getenv("CSOCK_COVER_DIR"); dir != "" && testing.CoverMode() != "" {
		file := filepath.Join(dir, "child"+strconv.FormatInt(time.Now().UnixNano(), 10)+".out")
		args = append(args[:len(args):len(args)], "-test.coverprofile="+file)
	}
	return os.Args[0], args
}

// OldGo reports whether a Go before 1.26 has built the tests. Its package os allocates in
// SyscallConn, and its package net refuses an IPv4 address in IPv6 form where 1.26 accepts one.
var OldGo = version.Compare(runtime.Version(), "go1.26") < 0

// ExactAllocations skips a test that counts allocations if the race detector or a sanitizer makes
// calls allocate.
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
