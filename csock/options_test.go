//go:build cgo

package csock_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// TestOptionNames reads the source: an option's variable, its name in errors and its number must be
// the same C name.
func TestOptionNames(t *testing.T) {
	files, err := filepath.Glob("*.go")
	need.OK(t, err)
	seen := 0
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		need.OK(t, err)
		for _, d := range f.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range decl.Specs {
				spec, ok := s.(*ast.ValueSpec)
				if !ok || len(spec.Values) != 1 {
					continue
				}
				call, ok := spec.Values[0].(*ast.CallExpr)
				if !ok {
					continue
				}
				if fun, ok := call.Fun.(*ast.Ident); !ok || fun.Name != "declare" || len(call.Args) != 5 {
					continue
				}
				seen++
				variable := spec.Names[0].Name
				literal, _ := call.Args[2].(*ast.BasicLit)
				number, _ := call.Args[4].(*ast.SelectorExpr)
				if literal == nil || literal.Value != strconv.Quote(variable) {
					t.Errorf("%s: %s is not named so", file, variable)
				}
				if number == nil || number.Sel.Name != variable {
					t.Errorf("%s: %s does not have the number of that name", file, variable)
				}
				if spec.Doc == nil && decl.Doc == nil {
					t.Errorf("%s: %s is not documented", file, variable)
				}
			}
		}
	}
	if seen < 250 {
		t.Errorf("only %d options", seen)
	}
}
