package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// The guard of a descriptor holds in every interleaving of calls, Close and hand-overs. The code
// under test is csock's own, with atomic operations that let a scheduler choose the next step.
func TestGuardModel(t *testing.T) {
	need.Full(t, "runs a program for some seconds")
	dir := t.TempDir()
	check(t, os.CopyFS(dir, os.DirFS("testdata/guardmodel")))
	write := func(name, text string) { check(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)) }
	write("go.mod", "module guardmodel\n\ngo 1.25\n")

	text, err := os.ReadFile("../csock/guard.go")
	check(t, err)
	write("guard.go", strings.NewReplacer(
		"//go:build cgo\n", "", "package csock", "package main",
		`"sync/atomic"`, `"guardmodel/atomic"`, `"sync"`, `"guardmodel/sync"`,
	).Replace(string(text)))

	// A copy of the module that internal/mutants has made has the functions that its mutants call.
	if text, err := os.ReadFile("../csock/mutants.go"); err == nil {
		write("mutants.go", strings.Replace(string(text), "package csock", "package main", 1))
	}

	methods := "package main\n\nimport (\n\"io/fs\"\n\"os\"\n)\n\nvar _ = fs.ErrClosed\n"
	for file, names := range map[string]string{
		"../csock/socket.go": " enter refuse leave closeLast lend recall Close Detach ",
		"../csock/conn.go":   " handOver ",
	} {
		src, err := os.ReadFile(file)
		check(t, err)
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, file, src, 0)
		check(t, err)
		found := 0
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !strings.Contains(names, " "+f.Name.Name+" ") || receiver(f) != "Socket." {
				continue
			}
			found++
			methods += "\n" + string(src[fset.Position(f.Pos()).Offset:fset.Position(f.End()).Offset]) + "\n"
		}
		same(t, "methods of "+file, found, len(strings.Fields(names)))
	}
	write("methods.go", strings.ReplaceAll(methods, "csock_close(s.fd)", "s.closeFD()"))

	// -trimpath: the program is the same in every directory, so that the build cache has it.
	run := need.Command(t, need.Go(t), "run", "-trimpath", ".")
	run.Dir = dir
	run.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
