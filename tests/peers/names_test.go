//go:build linux

package peers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// Each name of another package in the guides for those who come from it exists.
func TestNamesOfOthers(t *testing.T) {
	goCommand := need.Go(t)
	for doc, packages := range map[string]map[string]int{ // the package's path, and the least number of names
		"porting-from-xsys.md": {"golang.org/x/sys/unix": 50},
		"porting-from-net.md": {
			"net": 20, "syscall": 1, "os": 1, "golang.org/x/sys/unix": 2,
			"golang.org/x/net/ipv4": 4, "golang.org/x/net/icmp": 1, "golang.org/x/net/bpf": 1,
		},
	} {
		text, err := os.ReadFile(filepath.Join("../../docs", doc))
		need.OK(t, err)
		for pkg, least := range packages {
			source := sourceOf(t, goCommand, pkg)
			checked := 0
			for _, m := range regexp.MustCompile(`\b`+path.Base(pkg)+`\.([A-Z]\w*)`).FindAllStringSubmatch(string(text), -1) {
				checked++
				if !regexp.MustCompile(`(?m)^(func |type |var |const |\t)` + m[1] + `\b`).MatchString(source) {
					t.Errorf("%s: %s has no %s", doc, pkg, m[1])
				}
			}
			if checked < least {
				t.Errorf("%s: only %d names of %s", doc, checked, pkg)
			}
		}
	}
}

// Each method and field that the first columns of porting-from-net.md name without its package, as
// in c.Control or SetMulticastTTL, exists in package net or x/net.
func TestMethodsOfOthers(t *testing.T) {
	goCommand := need.Go(t)
	text, err := os.ReadFile("../../docs/porting-from-net.md")
	need.OK(t, err)
	known := map[string]bool{}
	for _, pkg := range []string{"net", "syscall", "golang.org/x/net/ipv4", "golang.org/x/net/ipv6"} {
		methodsOf(t, goCommand, pkg, known)
	}
	packages := regexp.MustCompile(`\b(net|unix|csock|ipv4|icmp|bpf)\.[A-Z]\w*|"[^"]*"`)
	span := regexp.MustCompile("`[^`\n]+`")
	name := regexp.MustCompile(`\b[A-Z]\w*`)
	checked := 0
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|\n]+) \|`).FindAllStringSubmatch(string(text), -1) {
		for _, code := range span.FindAllString(row[1], -1) {
			for _, m := range name.FindAllString(packages.ReplaceAllString(code, ""), -1) {
				checked++
				if !known[m] {
					t.Errorf("neither package net nor x/net has a method or field %s, as in %s", m, code)
				}
			}
		}
	}
	if checked < 25 {
		t.Errorf("only %d names", checked)
	}
}

// methodsOf adds the methods and fields of a package's types to known.
func methodsOf(t *testing.T, goCommand, pkg string, known map[string]bool) {
	t.Helper()
	add := func(fields *ast.FieldList) {
		for _, f := range fields.List {
			for _, n := range f.Names {
				known[n.Name] = true
			}
		}
	}
	for _, path := range filesOf(t, goCommand, pkg) {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		need.OK(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				known[n.Name.Name] = known[n.Name.Name] || n.Recv != nil
				return false
			case *ast.StructType:
				add(n.Fields)
			case *ast.InterfaceType:
				add(n.Methods)
			}
			return true
		})
	}
}

// sourceOf returns the text of a package's files.
func sourceOf(t *testing.T, goCommand, pkg string) string {
	t.Helper()
	var source strings.Builder
	for _, f := range filesOf(t, goCommand, pkg) {
		b, err := os.ReadFile(f)
		need.OK(t, err)
		source.Write(b)
	}
	return source.String()
}

// filesOf returns the paths of a package's files, for all systems and without its tests.
func filesOf(t *testing.T, goCommand, pkg string) []string {
	t.Helper()
	dir, err := exec.Command(goCommand, "list", "-f", "{{.Dir}}", pkg).Output()
	need.OK(t, err)
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "*.go"))
	need.OK(t, err)
	return slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
}
