package docs

import (
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// A docComment is the documentation of a name, or of a package.
type docComment struct {
	path     string
	line     int
	exported bool // go doc prints it
	group    *ast.CommentGroup
}

// docComments returns the documentation in a package's files for all systems.
func docComments(t *testing.T, dir string) (all []docComment) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	need.OK(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		need.OK(t, err)
		add := func(exported bool, groups ...*ast.CommentGroup) {
			for _, g := range groups {
				if g != nil {
					all = append(all, docComment{filepath.ToSlash(path), fset.Position(g.Pos()).Line, exported, g})
				}
			}
		}
		add(true, f.Doc)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				of := d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type))
				add(of && d.Name.IsExported(), d.Doc)
			case *ast.GenDecl:
				if d.Tok == token.IMPORT {
					continue // import "C" has the preamble there
				}
				any := false
				for _, spec := range d.Specs {
					any = addSpec(spec, add) || any
				}
				add(any, d.Doc)
			}
		}
	}
	return all
}

// addSpec adds the comments of a type, or of variables or constants, and reports whether one of the
// names is exported.
func addSpec(spec ast.Spec, add func(exported bool, groups ...*ast.CommentGroup)) (exported bool) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			exported = exported || n.IsExported()
		}
		add(exported, spec.Doc, spec.Comment)
	case *ast.TypeSpec:
		exported = spec.Name.IsExported()
		add(exported, spec.Doc, spec.Comment)
		ast.Inspect(spec.Type, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok {
				add(exported, field.Doc, field.Comment)
			}
			return true
		})
	}
	return exported
}

// codeOf returns the blocks of code in the comments that go doc prints.
func codeOf(t *testing.T, dir string) (found []block) {
	t.Helper()
	for _, c := range docComments(t, dir) {
		if !c.exported {
			continue
		}
		for _, part := range new(comment.Parser).Parse(c.group.Text()).Content {
			code, ok := part.(*comment.Code)
			if !ok {
				continue
			}
			first, _, _ := strings.Cut(code.Text, "\n")
			before, _, _ := strings.Cut(c.group.Text(), first)
			found = append(found, block{c.path, c.line + strings.Count(before, "\n"), code.Text})
		}
	}
	return found
}
