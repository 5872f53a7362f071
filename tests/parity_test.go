package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// socketOption matches the C name of a socket option.
var socketOption = regexp.MustCompile(`^(SO|IP|IP6T|IPV6|TCP|DCCP)_[A-Z0-9_]+$`)

// Every name of csock in the porting table exists, and each method uses the options that the table
// gives for it.
func TestSocket2Table(t *testing.T) {
	names := exported(t, "../csock")
	used := optionsUsed(t, "../csock")
	// SetNoPeercred sets nothing, and SO_PEERCRED is only in its error. The others check the kind
	// of socket where it matters.
	for method, options := range map[string]string{
		"Socket.SetNoPeercred": "SO_PEERCRED", "Socket.Read": "SO_TYPE SO_DOMAIN", "Socket.Recvmsg": "SO_DOMAIN",
		"Socket.RecvVectored": "SO_DOMAIN", "Socket.RecvFromVectored": "SO_DOMAIN", "Socket.Send": "SO_DOMAIN",
		"Socket.SendTo": "SO_DOMAIN", "Socket.SendVectored": "SO_DOMAIN", "Socket.SendToVectored": "SO_DOMAIN",
		"Socket.SendOutOfBand": "SO_DOMAIN", "Socket.Sendmsg": "SO_DOMAIN",
	} {
		for option := range strings.FieldsSeq(options) {
			delete(used[method], option)
		}
	}
	table, err := os.ReadFile("../docs/socket2.md")
	check(t, err)
	rows := 0
	for line := range strings.Lines(string(table)) {
		cells := strings.Split(line, " | ")
		if len(cells) != 4 || !strings.HasPrefix(line, "| `") {
			continue
		}
		rows++
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
			if !names[m[1]] {
				t.Errorf("csock has no %s, which stands for socket2's %s", m[1], strings.TrimPrefix(cells[0], "| "))
			}
		}
		listed := map[string]bool{}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[2], -1) {
			if socketOption.MatchString(m[1]) {
				listed[m[1]] = true
				if !names[m[1]] {
					t.Errorf("csock has no %s", m[1])
				}
			}
		}
		if m := regexp.MustCompile("^`(Socket\\.\\w+)`").FindStringSubmatch(cells[1]); m != nil {
			if diff := cmp.Diff(used[m[1]], listed, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s uses other options than the table says:\n%s", m[1], diff)
			}
		}
	}
	if rows < 200 {
		t.Errorf("the table has %d rows; it has lost some", rows)
	}
}

// optionsUsed returns, for each function and method of a package, the socket options whose names it
// contains, directly or through the methods of its own receiver that it calls, and the package's
// own variables and functions that are no options.
func optionsUsed(t *testing.T, dir string) map[string]map[string]bool {
	t.Helper()
	names := map[string]map[string]bool{}
	for _, d := range declarations(t, dir) {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				addNames(names, receiver(d)+d.Name.Name, d, d.Body)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if s, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR {
					for i, v := range s.Values {
						addNames(names, s.Names[i].Name, nil, v)
					}
				}
			}
		}
	}
	used := map[string]map[string]bool{}
	for name := range names {
		used[name] = map[string]bool{}
		seen := map[string]bool{}
		var visit func(string)
		visit = func(n string) {
			if seen[n] {
				return
			}
			seen[n] = true
			if socketOption.MatchString(n) {
				used[name][n] = true
				return
			}
			for m := range names[n] {
				visit(m)
			}
		}
		visit(name)
	}
	return used
}

// addNames adds to names[name] everything that a node refers to: Type.Name for a selector on the
// receiver of a method f.
func addNames(names map[string]map[string]bool, name string, f *ast.FuncDecl, node ast.Node) {
	if names[name] == nil {
		names[name] = map[string]bool{}
	}
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if ok && f != nil && f.Recv != nil && len(f.Recv.List[0].Names) == 1 && f.Recv.List[0].Names[0].Name == x.Name {
				names[name][receiver(f)+n.Sel.Name] = true
			}
			ast.Inspect(n.X, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					names[name][id.Name] = true
				}
				return true
			})
			return false
		case *ast.Ident:
			names[name][n.Name] = true
		}
		return true
	})
}

// exported returns the exported names of a package: Name, and Type.Name for fields and methods.
func exported(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, d := range declarations(t, dir) {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names[receiver(d)+d.Name.Name] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names[n.Name] = true
					}
				case *ast.TypeSpec:
					names[s.Name.Name] = true
					if st, ok := s.Type.(*ast.StructType); ok {
						for _, field := range st.Fields.List {
							for _, n := range field.Names {
								names[s.Name.Name+"."+n.Name] = true
							}
						}
					}
				}
			}
		}
	}
	return names
}

// receiver returns "Type." for a method of Type or *Type, and "" for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name + "."
	}
	return ""
}

// declarations returns those of the package in dir.
func declarations(t *testing.T, dir string) (all []ast.Decl) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	check(t, err)
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		check(t, err)
		all = append(all, f.Decls...)
	}
	return all
}
