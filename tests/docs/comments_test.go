package docs

import (
	"go/ast"
	"go/doc"
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
				exported := false
				for _, spec := range d.Specs {
					exported = addSpec(spec, add) || exported
				}
				add(exported, d.Doc)
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

// Every link to a name in the comments of csock and of package ring leads to it, by the rules of go
// doc: fields have no links, nor have methods that an exported embedded type has.
func TestDocLinks(t *testing.T) {
	goroot, err := need.Command(t, need.Go(t), "env", "GOROOT").Output()
	need.OK(t, err)
	dirs := map[string]string{csockPath: "csock", csockPath + "/ring": "csock/ring"}
	resolves := onceEach(func(path string) func(recv, name string) bool {
		if dir, ok := dirs[path]; ok {
			return symbols(t, path, filepath.Join(root, dir))
		}
		return symbols(t, path, filepath.Join(strings.TrimSpace(string(goroot)), "src", path))
	})
	checked := 0
	for path, dir := range dirs {
		for _, c := range docComments(t, dir) {
			check := func(pkg, recv, name string) bool {
				checked++
				if !resolves(pkg)(recv, name) {
					t.Errorf("%s:%d: a link to %s of %s leads nowhere",
						c.path, c.line, strings.TrimPrefix(recv+"."+name, "."), pkg)
				}
				return true
			}
			p := comment.Parser{
				LookupPackage: func(name string) (string, bool) {
					if name == "csock" {
						return csockPath, true
					}
					return comment.DefaultLookupPackage(name)
				},
				LookupSym: func(recv, name string) bool { return check(path, recv, name) },
			}
			for _, link := range docLinks(p.Parse(c.group.Text())) {
				if link.ImportPath != "" && link.Name != "" {
					check(link.ImportPath, link.Recv, link.Name)
				}
			}
		}
	}
	if checked < 300 {
		t.Errorf("only %d links", checked)
	}
}

// symbols returns the function by which go doc finds a name of a package, from the package's files
// for all systems.
func symbols(t *testing.T, path, dir string) func(recv, name string) bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	need.OK(t, err)
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		need.OK(t, err)
		if !strings.HasSuffix(path, "_test.go") && f.Name.Name == filepath.Base(dir) {
			files = append(files, f)
		}
	}
	p, err := doc.NewFromFiles(fset, files, path)
	need.OK(t, err)
	return p.Parser().LookupSym
}

// docLinks returns the links to names in a comment.
func docLinks(d *comment.Doc) (links []*comment.DocLink) {
	var inText func([]comment.Text)
	inText = func(texts []comment.Text) {
		for _, t := range texts {
			switch t := t.(type) {
			case *comment.DocLink:
				links = append(links, t)
			case *comment.Link:
				inText(t.Text)
			}
		}
	}
	var inBlocks func([]comment.Block)
	inBlocks = func(blocks []comment.Block) {
		for _, b := range blocks {
			switch b := b.(type) {
			case *comment.Heading:
				inText(b.Text)
			case *comment.Paragraph:
				inText(b.Text)
			case *comment.List:
				for _, item := range b.Items {
					inBlocks(item.Content)
				}
			}
		}
	}
	inBlocks(d.Content)
	return links
}
