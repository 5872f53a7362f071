package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/internal/typed"
	"github.com/csock/go-csock/tests/need"
)

// Each public function and method of package csock has a test in tests/portable that names it, or
// testdata/unportable.tsv says why not.
func TestPortableNames(t *testing.T) {
	const csock = "github.com/csock/go-csock/csock"
	files := token.NewFileSet()
	// The tests for Windows too, in which package syscall lacks some names here.
	var parsed []*ast.File
	imported := map[string]bool{csock: true}
	for _, file := range need.Value[[]string](t)(filepath.Glob(filepath.Join(root, "tests/portable/*_test.go"))) {
		f := need.Value[*ast.File](t)(parser.ParseFile(files, file, nil, 0))
		parsed = append(parsed, f)
		for _, i := range f.Imports {
			imported[need.Value[string](t)(strconv.Unquote(i.Path.Value))] = true
		}
	}
	imports, err := typed.Importer(files, root, slices.Collect(maps.Keys(imported))...)
	need.OK(t, err)
	library, err := imports.Import(csock)
	need.OK(t, err)

	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: imports, Error: func(error) {}}
	tests, _ := config.Check("portable", files, parsed, info)
	named := map[string]bool{}
	for _, o := range info.Uses {
		if f, ok := o.(*types.Func); ok {
			named[f.Origin().FullName()] = true
		}
	}
	addImplementing(tests, library, named)

	reasons := unportable(t)
	used := map[int]bool{}
	for _, f := range publicFunctions(library) {
		name := strings.ReplaceAll(f, csock+".", "")
		why := -1
		for i, r := range reasons {
			if r.MatchString(name) {
				why = i
				break
			}
		}
		switch {
		case !named[f] && why < 0:
			t.Errorf("no test of tests/portable names %s, and testdata/unportable.tsv does not say why", name)
		case !named[f]:
			used[why] = true
		}
	}
	for i, r := range reasons {
		if !used[i] {
			t.Errorf("testdata/unportable.tsv: %s is for nothing", r)
		}
	}
}

// addImplementing adds the methods through which the interfaces of tests reach types of library.
func addImplementing(tests, library *types.Package, named map[string]bool) {
	for _, n := range tests.Scope().Names() {
		i, ok := tests.Scope().Lookup(n).Type().Underlying().(*types.Interface)
		if !ok {
			continue
		}
		for _, n := range library.Scope().Names() {
			of, ok := library.Scope().Lookup(n).(*types.TypeName)
			if !ok || !of.Exported() {
				continue
			}
			for _, typ := range []types.Type{of.Type(), types.NewPointer(of.Type())} {
				if !types.Implements(typ, i) {
					continue
				}
				for m := range i.Methods() {
					o, _, _ := types.LookupFieldOrMethod(typ, true, library, m.Name())
					if f, ok := o.(*types.Func); ok {
						named[f.Origin().FullName()] = true
					}
				}
			}
		}
	}
}

// publicFunctions returns the full names of a package's exported functions and methods.
func publicFunctions(p *types.Package) []string {
	var names []string
	for _, n := range p.Scope().Names() {
		switch o := p.Scope().Lookup(n).(type) {
		case *types.Func:
			if o.Exported() {
				names = append(names, o.FullName())
			}
		case *types.TypeName:
			if of, ok := o.Type().(*types.Named); ok && o.Exported() {
				for m := range of.Methods() {
					if m.Exported() {
						names = append(names, m.Origin().FullName())
					}
				}
			}
		}
	}
	return names
}

// unportable returns the expressions of the table.
func unportable(t *testing.T) []*regexp.Regexp {
	t.Helper()
	var list []*regexp.Regexp
	for line := range strings.Lines(string(need.Value[[]byte](t)(os.ReadFile("testdata/unportable.tsv")))) {
		if expression, why, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && why != "" && line[0] != '#' {
			list = append(list, regexp.MustCompile("^(?:"+expression+")$"))
		} else if line[0] != '#' {
			t.Errorf("testdata/unportable.tsv: %q has not two fields", line)
		}
	}
	return list
}
