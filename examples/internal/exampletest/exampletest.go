//go:build linux

// Package exampletest runs the example programs in tests.
package exampletest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const (
	selfVariable = "CSOCK_EXAMPLE"      // the test binary is to run main
	pathVariable = "CSOCK_EXAMPLE_PATH" // the test binary is to print its first argument
)

// An Example is the name of an example program: a directory next to that of the tests. The go
// command builds it the first time that a process of tests starts it, and keeps it in its build
// cache.
type Example string

// Self is the program of the package under test. The test binary is that program: started again
// with a variable in its environment, it runs main in place of the tests.
const Self Example = ""

// Main is for TestMain: it runs the program, if the package under test is one, or the tests by
// [need.Main].
func Main(m *testing.M, main func()) {
	if os.Getenv(pathVariable) != "" {
		fmt.Print(os.Args[1])
		os.Exit(0)
	}
	if main != nil && os.Getenv(selfVariable) != "" {
		main()
		os.Exit(0)
	}
	need.Main(m)
}

var built struct {
	sync.Mutex
	paths map[Example]string
}

// Build builds the program, unless it has been built, and returns its path. It skips the test under
// -short, so that a test calls it first if it begins with something else that takes time.
func (e Example) Build(t testing.TB) string {
	t.Helper()
	self, err := os.Executable()
	need.OK(t, err)
	if e == Self {
		return self
	}
	need.Full(t, "builds programs")
	tool := need.Go(t)
	need.CC(t)
	need.Time(t, need.BuildLimit)
	built.Lock()
	defer built.Unlock()
	if path := built.paths[e]; path != "" {
		return path
	}
	if built.paths == nil {
		built.paths = map[Example]string{}
		sources(t)
	}
	// Of the go command's ways to build a program, run alone keeps it in the build cache. The test
	// binary, run in its place, prints where it is.
	args := []string{"run", "-exec", "'" + self + "'"}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if slices.Contains([]string{"-race", "-asan", "-msan", "-ldflags"}, s.Key) {
				args = append(args, s.Key+"="+s.Value)
			}
		}
	}
	// The first time that a program is built, the go command runs it elsewhere.
	for range 2 {
		cmd := need.Command(t, tool, append(args, "./"+string(e))...)
		cmd.Env = append(os.Environ(), pathVariable+"=1")
		path, err := cmd.Output()
		if err != nil {
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				t.Fatalf("%v: %v\n%s", cmd, err, exit.Stderr)
			}
			t.Fatalf("%v: %v", cmd, err)
		}
		if _, err := os.Stat(string(path)); err == nil {
			built.paths[e] = string(path)
			return string(path)
		}
	}
	t.Fatalf("go run does not keep %s", e)
	return ""
}

// sources opens the directories of the sources of the programs and of csock, so that go test does
// not take the result of tests from its cache once a source has changed.
func sources(t testing.TB) {
	for _, dir := range []string{".", "../csock"} {
		need.OK(t, filepath.WalkDir(dir, func(_ string, _ fs.DirEntry, err error) error {
			return err
		}))
	}
}

// CommandLine tests what all programs share: -h, the error for a wrong flag, and that the program
// reports a failed write to standard output. args make the program print at once; nil leaves that
// test out.
func (e Example) CommandLine(t *testing.T, args ...string) {
	help := e.Start(t, nil, "-h").Succeed(t)
	if !strings.HasPrefix(help, "usage: ") || !strings.Contains(help, "Flags:") {
		t.Errorf("-h prints\n%s", help)
	}
	e.Start(t, nil, "-no-such-flag").Fail(t, 2, "-h prints the usage")
	if args == nil {
		return
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("needs /dev/full: ", err)
	}
	defer full.Close()
	cmd := e.command(t, args...)
	cmd.Stdout = full
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err = cmd.Run()
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), "no space left") {
		t.Errorf("standard output is full: %v, standard error\n%s", err, stderr.String())
	}
}

// Groups waits until an interface of a namespace has joined a multicast group.
func Groups(t testing.TB, ns *netns.NS, iface, group string) {
	t.Helper()
	kernel.Eventually(t, "member of "+group, func() bool {
		return strings.Contains(ns.IP(t, "maddr show dev "+iface), " "+group)
	})
}
