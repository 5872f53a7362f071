package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// The first program of README compiles as it stands there, and prints what README says.
func TestReadmeProgram(t *testing.T) {
	goCommand := need.Build(t)
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```go\n(package main\n.*?)```\n\nIt prints `(.*?)`").FindSubmatch(readme)
	if m == nil {
		t.Fatal("README has no program, or does not say what it prints")
	}
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, m[1], 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := need.Command(t, goCommand, "run", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, want := strings.TrimSpace(string(out)), string(m[2]); got != want {
		t.Errorf("it prints %q, README says %q", got, want)
	}
}
