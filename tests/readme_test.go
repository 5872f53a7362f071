package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// The first program of README works as README says, in a module of its own: with the listed
// commands and this clone's path, it prints the output in README.
func TestReadmeProgram(t *testing.T) {
	tool := need.Build(t)
	readme, err := os.ReadFile("../README.md")
	need.OK(t, err)
	m := regexp.MustCompile("(?s)```go\n(package main\n.*?)```.*?```sh\n(go mod init .*?)```\n\nIt prints `(.*?)`").
		FindSubmatch(readme)
	if m == nil {
		t.Fatal("README has no program, no commands to run it, or does not say what it prints")
	}
	clone, err := filepath.Abs("..")
	need.OK(t, err)
	dir := t.TempDir()
	need.OK(t, os.WriteFile(filepath.Join(dir, "main.go"), m[1], 0o644))
	var out []byte
	for line := range strings.Lines(string(m[2])) {
		args := strings.Fields(strings.ReplaceAll(line, "/path/to/go-csock", clone))
		cmd := need.Command(t, tool, args[1:]...)
		cmd.Dir = dir
		if out, err = cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
	if got, want := strings.TrimSpace(string(out)), string(m[3]); got != want {
		t.Errorf("it prints %q, README says %q", got, want)
	}
}
