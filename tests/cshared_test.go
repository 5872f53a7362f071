//go:build linux

package tests

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// In a C program that hosts Go, sends to a peer that is gone return EPIPE, and neither end the
// program nor reach its handler, except those of a raw socket.
func TestNoSIGPIPEInCProgram(t *testing.T) {
	goCommand, cc := need.Build(t), need.CC(t)
	dir := t.TempDir()
	library, program := filepath.Join(dir, "lib.so"), filepath.Join(dir, "main")
	for _, build := range []*exec.Cmd{
		need.Command(t, goCommand, "build", "-buildmode=c-shared", "-o", library, "./testdata/cshared"),
		need.Command(t, cc[0], append(cc[1:], "-Wall", "-Wextra", "-Werror", "-o", program, "testdata/cshared/main.c", "-ldl")...),
	} {
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", build, err, out)
		}
	}
	for way, name := range []string{"Send", "Write", "SendVectored", "Sendfile", "Send of a raw socket",
		"Sendfile of a Conn", "ReadFrom", "SpliceFrom of a Conn", "WriteTo", "WriteTo package net's",
		"WriteTo of a raw socket"} {
		for _, disposition := range []string{"default", "handler", "pending"} {
			out, err := need.Command(t, program, library, strconv.Itoa(way), disposition).CombinedOutput()
			var exit *exec.ExitError
			switch what := name + ", " + disposition; {
			case !strings.HasSuffix(name, " of a raw socket"):
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
