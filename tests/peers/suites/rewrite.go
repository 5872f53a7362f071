package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A shim is a package over csock.
type shim struct {
	name string
	// What to call for each name of the other package.
	instead map[string]string
	uses    string // another name of that package, which keeps its import in use
}

// shims has the shim for each package that makes sockets.
var shims = map[string]shim{
	"net": {"csocknet", same("Dial", "DialTimeout", "DialTCP", "DialUDP", "DialUnix", "Dialer", "Listen", "ListenConfig",
		"ListenPacket", "ListenTCP", "ListenUDP", "ListenIP", "ListenUnix", "ListenUnixgram", "FileConn",
		"FileListener", "FilePacketConn", "TCPConn", "UDPConn", "IPConn", "UnixConn", "TCPListener", "UnixListener"), "IP"},
	"crypto/tls": {"csocknet", map[string]string{
		"Dial": "TLSDial", "DialWithDialer": "TLSDialWithDialer", "Dialer": "TLSDialer", "Listen": "TLSListen",
	}, "Config"},
	"net/http/httptest": {"csocknet", map[string]string{
		"NewServer": "HTTPTestNewServer", "NewTLSServer": "HTTPTestNewTLSServer",
		"NewUnstartedServer": "HTTPTestNewUnstartedServer",
	}, "Server"},
	"github.com/mdlayher/socket": {"csocksocket", same("Socket", "Config", "Conn"), ""},
}

func same(names ...string) map[string]string {
	m := make(map[string]string)
	for _, n := range names {
		m[n] = n
	}
	return m
}

// An edit replaces the text between two offsets.
type edit struct {
	from, to int
	text     string
}

// rewriteTree rewrites the Go files of a module to call the shims in its directory internal.
func rewriteTree(dir, module string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), "csock")) {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		return rewriteFile(path, module)
	})
}

// rewriteFile changes the text alone, and no line numbers.
func rewriteFile(path, module string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, source, parser.ParseComments)
	if err != nil {
		return err
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	imports := make(map[string]string) // the name in this file, and the path
	for _, i := range file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil || shims[p].name == "" {
			continue
		}
		name := p[strings.LastIndex(p, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		imports[name] = p
	}
	var edits []edit
	var ends strings.Builder
	imported, used := make(map[string]bool), make(map[string]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		x, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		// The parser resolves the names that the file itself declares.
		pkg, ok := x.X.(*ast.Ident)
		if !ok || pkg.Obj != nil {
			return true
		}
		shim := shims[imports[pkg.Name]]
		to, ok := shim.instead[x.Sel.Name]
		if !ok {
			return true
		}
		edits = append(edits, edit{at(pkg.Pos()), at(x.End()), shim.name + "." + to})
		if !imported[shim.name] {
			end := at(file.Name.End())
			edits = append(edits, edit{end, end, fmt.Sprintf("; import %q", module+"/internal/"+shim.name)})
			imported[shim.name] = true
		}
		if !used[pkg.Name] && shim.uses != "" {
			fmt.Fprintf(&ends, "\nvar _ %s.%s\n", pkg.Name, shim.uses)
		}
		used[pkg.Name] = true
		return true
	})
	if len(edits) == 0 {
		return nil
	}
	for _, i := range file.Imports { // all uses of these are replaced
		if p, err := strconv.Unquote(i.Path.Value); err == nil && shims[p].name != "" && shims[p].uses == "" {
			edits = append(edits, edit{at(i.Path.Pos()), at(i.Path.Pos()), "_ "})
		}
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var out bytes.Buffer
	last := 0
	for _, e := range edits {
		out.Write(source[last:e.from])
		out.WriteString(e.text)
		last = e.to
	}
	out.Write(source[last:])
	out.WriteString(ends.String())
	return os.WriteFile(path, out.Bytes(), 0o600)
}
