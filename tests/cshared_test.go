//go:build linux

package tests

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// In a C program that has Go as its guest, sends to a peer that is gone are EPIPE, and neither the program's end nor
// its handler's business; but for those of a raw socket.
func TestNoSIGPIPEInCProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a Go library for C, which takes a minute of processor time")
	}
	cc := os.Getenv("CC")
	if cc == "" {
		cc = "cc"
	}
	for _, tool := range []string{cc, "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("builds a C program and a Go library: ", err)
		}
	}
	dir := t.TempDir()
	library, program := filepath.Join(dir, "lib.so"), filepath.Join(dir, "main")
	for _, build := range []*exec.Cmd{
		exec.Command("go", "build", "-buildmode=c-shared", "-o", library, "./testdata/cshared"),
		exec.Command(cc, "-Wall", "-Wextra", "-Werror", "-o", program, "testdata/cshared/main.c", "-ldl"),
	} {
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", build, err, out)
		}
	}
	for way, name := range []string{"Send", "Write", "SendVectored", "Sendfile", "Send of a raw socket"} {
		for _, disposition := range []string{"default", "handler", "pending"} {
			out, err := exec.Command(program, library, strconv.Itoa(way), disposition).CombinedOutput()
			var exit *exec.ExitError
			switch what := name + ", " + disposition; {
			case name != "Send of a raw socket":
				if err != nil || strings.TrimSpace(string(out)) != "alive" {
					t.Errorf("%s: %v\n%s", what, err, out)
				}
			case disposition == "default":
				if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGPIPE {
					t.Errorf("%s: %v\n%s\nwant the end by SIGPIPE", what, err, out)
				}
			case disposition == "handler":
				if !errors.As(err, &exit) || exit.ExitCode() != 3 {
					t.Errorf("%s: %v\n%s\nwant the handler to run", what, err, out)
				}
			}
		}
	}
}
