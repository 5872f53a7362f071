//go:build linux && cgo

package options

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/csock"
)

// TestOptionsNames reads csock's source: every option is a variable with the C name, which is also
// in the string that it prints and in the constant that it passes, and its comment begins with that
// name.
func TestOptionsNames(t *testing.T) {
	files, err := filepath.Glob("../../csock/*.go")
	check(t, err)
	fset := token.NewFileSet()
	found := map[string]bool{}
	for _, path := range files {
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		check(t, err)
		calls := 0
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && isIdent(call.Fun, "declare") {
				calls++
			}
			return true
		})
		for _, d := range file.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.VAR {
				continue
			}
			for _, s := range group.Specs {
				spec := s.(*ast.ValueSpec)
				for i, value := range spec.Values {
					call, ok := value.(*ast.CallExpr)
					if !ok || !isIdent(call.Fun, "declare") {
						continue
					}
					calls--
					name, at := spec.Names[i].Name, fset.Position(spec.Pos())
					found[name] = true
					if len(call.Args) != 5 {
						t.Errorf("%v: %s: declare has %d arguments", at, name, len(call.Args))
						continue
					}
					if s := literal(call.Args[2]); s != name {
						t.Errorf("%v: the variable %s prints as %q", at, name, s)
					}
					if s := constant(call.Args[4]); s != name {
						t.Errorf("%v: the variable %s has the number of %q", at, name, s)
					}
					doc := spec.Doc.Text()
					if spec.Doc == nil && len(group.Specs) == 1 {
						doc = group.Doc.Text()
					}
					if !strings.HasPrefix(doc, name+" ") {
						t.Errorf("%v: the comment of %s does not begin with its name: %q", at, name, doc)
					}
				}
			}
		}
		if calls != 0 {
			t.Errorf("%s declares %d options that are no variables of their own", path, calls)
		}
	}
	n := 0
	for o := range csock.Options() {
		n++
		if !found[o.String()] {
			t.Errorf("no variable %v", o)
		}
	}
	if n != len(found) {
		t.Errorf("the source has %d options, Options lists %d", len(found), n)
	}
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	s, _ := strconv.Unquote(lit.Value)
	return s
}

// constant returns the name in sys.name.
func constant(e ast.Expr) string {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || !isIdent(sel.X, "sys") {
		return ""
	}
	return sel.Sel.Name
}
