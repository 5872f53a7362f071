//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// packages are those whose files have mutants.
var packages = []string{"csock"}

// unchanged are files that hold only tables, where no fault can be put.
var unchanged = map[string]bool{"names_tables.go": true}

// find returns the sources of the packages' files for this system, by their paths below root, and
// all their mutants.
func find(root string) (map[string][]byte, []*mutant, error) {
	srcs := map[string][]byte{}
	var all []*mutant
	for _, pkg := range packages {
		ms, err := findGo(root, pkg, srcs)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, ms...)
		if ms, err = findC(root, pkg, srcs); err != nil {
			return nil, nil, err
		}
		all = append(all, ms...)
	}
	seen := map[string]int{}
	for _, m := range all {
		key := m.key()
		seen[key]++
		m.nth = seen[key]
	}
	return srcs, all, nil
}

func findGo(root, pkg string, srcs map[string][]byte) ([]*mutant, error) {
	type listed struct {
		GoFiles, CgoFiles, CompiledGoFiles []string
		ImportPath, Export                 string
	}
	exports := map[string]string{}
	cmd := exec.Command("go", "list", "-deps", "-export", "-compiled", "-json=GoFiles,CgoFiles,CompiledGoFiles,ImportPath,Export", "./"+pkg)
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %v", err)
	}
	var p listed // the last is pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p = listed{}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		exports[p.ImportPath] = p.Export
		if p.ImportPath == module+pkg {
			break
		}
	}

	g := &goFile{fset: token.NewFileSet(), info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}}
	var parsed, changed []*ast.File
	var paths []string
	add := func(path string, change bool) error {
		full := path
		if change {
			full = filepath.Join(root, path)
		}
		src, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(g.fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		parsed = append(parsed, f)
		if change && !unchanged[filepath.Base(path)] {
			srcs[path] = src
			changed, paths = append(changed, f), append(paths, path)
		}
		return nil
	}
	for _, name := range p.GoFiles {
		if err := add(filepath.Join(pkg, name), true); err != nil {
			return nil, err
		}
	}
	// In a package whose uses of C are all in files of their own the types are known: those files
	// are read as cgo has made them. In other packages C's names have no type, and so no mutants
	// that need one.
	own := slices.ContainsFunc(p.CgoFiles, func(name string) bool { return name == "cgo.go" })
	if own {
		for _, path := range p.CompiledGoFiles {
			if filepath.IsAbs(path) {
				if err := add(path, false); err != nil {
					return nil, err
				}
			}
		}
	} else {
		for _, name := range p.CgoFiles {
			if err := add(filepath.Join(pkg, name), true); err != nil {
				return nil, err
			}
		}
	}
	var first error
	conf := types.Config{
		FakeImportC: !own,
		Error: func(err error) {
			if first == nil {
				first = err
			}
		},
		Importer: importer.ForCompiler(g.fset, "gc", func(path string) (io.ReadCloser, error) {
			if exports[path] == "" {
				return nil, fmt.Errorf("no export data of %s", path)
			}
			return os.Open(exports[path])
		}),
	}
	conf.Check(p.ImportPath, g.fset, parsed, g.info)
	if first != nil && own {
		return nil, first
	}
	for i, f := range changed {
		g.path, g.src = paths[i], srcs[paths[i]]
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Body != nil {
					g.function(d)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR {
						g.variable(v)
					}
				}
			}
		}
	}
	return g.mutants, nil
}

const module = "github.com/csock/go-csock/"

// A goFile collects a file's mutants.
type goFile struct {
	path    string
	src     []byte
	fset    *token.FileSet
	info    *types.Info
	fn      string
	mutants []*mutant
}

func (g *goFile) at(p token.Pos) int     { return g.fset.Position(p).Offset }
func (g *goFile) text(n ast.Node) string { return string(g.src[g.at(n.Pos()):g.at(n.End())]) }
func (g *goFile) open(p token.Pos, text string) edit {
	return edit{from: g.at(p), to: g.at(p), text: text}
}
func (g *goFile) close(p token.Pos, text string) edit {
	return edit{from: g.at(p), to: g.at(p), text: text, closes: true}
}

// add records a mutant that changes node.
func (g *goFile) add(op string, node ast.Node, edits ...edit) {
	at := g.at(node.Pos())
	m := &mutant{file: g.path, fn: g.fn, op: op, text: lineOf(g.src, at), line: g.fset.Position(node.Pos()).Line, edits: edits}
	for i := range m.edits {
		m.edits[i].order = len(g.mutants)
	}
	g.mutants = append(g.mutants, m)
}

// lineOf returns the line of src that has the byte at, trimmed, with its tabs replaced.
func lineOf(src []byte, at int) string {
	from := bytes.LastIndexByte(src[:at], '\n') + 1
	to := len(src)
	if n := bytes.IndexByte(src[at:], '\n'); n >= 0 {
		to = at + n
	}
	return strings.ReplaceAll(strings.TrimSpace(string(src[from:to])), "\t", " ")
}

// wrap is a call around an expression.
func (g *goFile) wrap(op, call string, e ast.Expr) {
	g.add(op, e, g.open(e.Pos(), call+"(NUMBER, "), g.close(e.End(), ")"))
}

func (g *goFile) function(fn *ast.FuncDecl) {
	g.fn = fn.Name.Name
	if fn.Recv != nil {
		g.fn = "(" + strings.TrimPrefix(g.text(fn.Recv.List[0].Type), "*") + ")." + g.fn
	}
	g.body(fn.Body)
}

// variable goes through the functions in a variable's value: codecs have some.
func (g *goFile) variable(v *ast.ValueSpec) {
	g.fn = v.Names[0].Name
	for _, e := range v.Values {
		ast.Inspect(e, func(n ast.Node) bool {
			f, ok := n.(*ast.FuncLit)
			if ok {
				g.body(f.Body)
			}
			return !ok
		})
	}
}

func (g *goFile) body(b *ast.BlockStmt) {
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			g.condition(n.Cond, refuses(n.Body))
		case *ast.ForStmt:
			if n.Cond != nil {
				g.wrap("flip a condition", "mutantFlip", n.Cond)
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				if isBool(g.info.TypeOf(e)) && !g.constant(e) {
					g.condition(e, refuses(&ast.BlockStmt{List: n.Body}))
				}
			}
		case *ast.ReturnStmt:
			for _, e := range n.Results {
				if isBool(g.info.TypeOf(e)) && !g.constant(e) {
					g.wrap("flip a condition", "mutantFlip", e)
				}
			}
			g.swap("swap results", n.Results, n.Results)
		case *ast.BlockStmt:
			g.statements(n.List)
		case *ast.BinaryExpr:
			g.binary(n)
		case *ast.CallExpr:
			g.call(n)
		case *ast.CompositeLit:
			var fields, values []ast.Expr
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					fields, values = append(fields, kv.Key), append(values, kv.Value)
				}
			}
			if isStruct(g.info.TypeOf(n)) {
				g.swap("swap fields", values, fields)
			}
		case *ast.SliceExpr:
			for _, e := range []ast.Expr{n.Low, n.High} {
				if e != nil {
					g.more(e)
				}
			}
		case *ast.GenDecl:
			return false
		}
		return true
	})
}

// refuses reports whether a block only returns, breaks or continues: the condition before it is
// then a check.
func refuses(b *ast.BlockStmt) bool {
	if len(b.List) != 1 {
		return false
	}
	switch b.List[0].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	}
	return false
}

// condition handles the condition of an if or a case; check reports whether it guards against
// something.
func (g *goFile) condition(e ast.Expr, check bool) {
	if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		// One operand is replaced by its neutral value.
		for _, part := range []ast.Expr{b.X, b.Y} {
			if b.Op == token.LAND {
				g.wrap("remove a condition", "mutantTrue", part)
			} else {
				g.wrap("remove a condition", "mutantFalse", part)
			}
		}
	}
	if check {
		g.wrap("remove a check", "mutantFalse", e)
	} else {
		g.wrap("flip a condition", "mutantFlip", e)
	}
}

func (g *goFile) binary(n *ast.BinaryExpr) {
	if g.constant(n) {
		return
	}
	call := map[token.Token]string{
		token.OR: "mutantOr", token.AND_NOT: "mutantAndNot", token.AND: "mutantAnd",
	}[n.Op]
	op := "drop a flag"
	x, y := g.info.TypeOf(n.X), g.info.TypeOf(n.Y)
	switch n.Op {
	case token.LSS, token.GEQ, token.LEQ, token.GTR:
		if !isInteger(x) || !isInteger(y) {
			return
		}
		op = "off by one"
		call = map[token.Token]string{
			token.LSS: "mutantLess", token.GEQ: "!mutantLess", token.LEQ: "mutantLessEqual", token.GTR: "!mutantLessEqual",
		}[n.Op]
	case token.ADD, token.SUB:
		if isInteger(g.info.TypeOf(n)) {
			g.wrap("off by one", "mutantMore", n)
		}
		return
	}
	if call == "" {
		return
	}
	at := g.at(n.OpPos)
	g.add(op, n.Y, g.open(n.Pos(), call+"(NUMBER, "), edit{from: at, to: at + len(n.Op.String()), text: ","}, g.close(n.End(), ")"))
}

// more makes a bound larger by one.
func (g *goFile) more(e ast.Expr) {
	if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.ADD || b.Op == token.SUB) {
		return // the binary expression does it
	}
	if g.constant(e) {
		return
	}
	if isInteger(g.info.TypeOf(e)) {
		g.wrap("off by one", "mutantMore", e)
	}
}

func (g *goFile) call(n *ast.CallExpr) {
	if s, ok := n.Fun.(*ast.SelectorExpr); ok {
		if s.Sel.Name == "CompareAndSwap" && len(n.Args) == 2 && named(g.info.TypeOf(s.X)) == "sync/atomic.Int64" {
			g.add("loosen an atomic step", n, g.open(n.Pos(), "mutantCAS(NUMBER, &"),
				edit{from: g.at(s.X.End()), to: g.at(n.Lparen) + 1, text: ", "})
			return
		}
	}
	if n.Ellipsis == token.NoPos && !g.info.Types[n.Fun].IsType() && !g.isBuiltin(n.Fun) {
		g.swap("swap arguments", n.Args, n.Args)
	}
}

// swap exchanges each value with the next of its type. Both are evaluated twice, so it takes only
// pure ones.
func (g *goFile) swap(op string, values, names []ast.Expr) {
	for i := 0; i+1 < len(values); i++ {
		a, b := values[i], values[i+1]
		if !g.pure(a) || !g.pure(b) || g.text(a) == g.text(b) {
			continue
		}
		x, y := g.info.Types[a], g.info.Types[b]
		if x.Type == nil || y.Type == nil || !types.Identical(types.Default(x.Type), types.Default(y.Type)) || x.Value != nil && y.Value != nil && op != "swap arguments" {
			continue
		}
		if basic, ok := x.Type.(*types.Basic); ok && (basic.Kind() == types.Invalid || basic.Kind() == types.UntypedNil) {
			continue
		}
		g.add(op, names[i], g.open(a.Pos(), "mutantPick(NUMBER, "), g.close(a.End(), ", "+g.text(b)+")"),
			g.open(b.Pos(), "mutantPick(NUMBER, "), g.close(b.End(), ", "+g.text(a)+")"))
	}
}

// pure reports whether evaluating e twice has no effect, and cannot fail where one evaluation did
// not.
func (g *goFile) pure(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return g.pure(e.X)
	case *ast.ParenExpr:
		return g.pure(e.X)
	case *ast.BinaryExpr:
		return g.pure(e.X) && g.pure(e.Y)
	case *ast.CallExpr:
		if g.info.Types[e.Fun].IsType() || g.isBuiltin(e.Fun) || len(e.Args) == 1 { // helpers of one argument convert
			for _, a := range e.Args {
				if !g.pure(a) {
					return false
				}
			}
			return true
		}
	}
	return false
}

func (g *goFile) isBuiltin(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	_, ok = g.info.Uses[id].(*types.Builtin)
	return ok
}

func (g *goFile) constant(e ast.Expr) bool { return g.info.Types[e].Value != nil }

// statements handles those of a block: each may be left out.
func (g *goFile) statements(list []ast.Stmt) {
	for _, s := range list {
		op := "remove a step"
		switch s := s.(type) {
		case *ast.ExprStmt:
			switch t := g.text(s); {
			case strings.Contains(t, "KeepAlive("):
				op = "remove a KeepAlive"
			case strings.Contains(t, "npin("), strings.Contains(t, ".Pin("):
				op = "remove a Pin or an Unpin"
			case strings.Contains(t, ".Add("), strings.Contains(t, ".Store("):
				op = "remove an atomic step"
			}
			if name, ok := s.X.(*ast.CallExpr); ok && g.text(name.Fun) == "panic" {
				continue
			}
		case *ast.DeferStmt:
			op = "remove a deferred call"
			// A defer in a block does not run at the block's end, but when the function ends.
		case *ast.IncDecStmt:
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || g.text(s.Lhs[0]) == "_" {
				continue
			}
			switch s.Tok {
			case token.OR_ASSIGN, token.AND_NOT_ASSIGN, token.AND_ASSIGN:
				op = "drop a flag"
			}
		default:
			continue
		}
		g.add(op, s, g.open(s.Pos(), "if !mutant(NUMBER) { "), g.close(s.End(), " }"))
	}
}

func isBool(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

func isInteger(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

func isStruct(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// named returns the name of a type, or of the type it points to.
func named(t types.Type) string {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if t == nil {
		return ""
	}
	return types.TypeString(t, nil)
}
