// Package docs tests the documents: names exist, code compiles, links resolve.
package docs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

const root = "../.."

// documents returns the paths and texts of all documents for readers.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		need.OK(t, err)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			need.OK(t, err)
			texts[filepath.ToSlash(path)] = string(text)
		}
	}
	if len(texts) < 5 {
		t.Fatalf("only %d documents", len(texts))
	}
	return texts
}

// eachFile calls f with the lines of each file below a directory that has one of the extensions,
// except in hidden directories and testdata.
func eachFile(t *testing.T, dir string, f func(path string, lines []string), extensions ...string) {
	t.Helper()
	need.OK(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case d.IsDir() && path != dir && (strings.HasPrefix(name, ".") || name == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !slices.Contains(extensions, filepath.Ext(name)):
			return nil
		}
		text, err := os.ReadFile(path)
		f(path, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"))
		return err
	}))
}

// names returns the exported names of a package, for any system: "New", and "Socket.Bind" for
// methods and fields.
func names(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	need.OK(t, err)
	found := map[string]bool{}
	embeds := map[string]string{} // a type and the unexported one that it embeds, whose methods it has
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		need.OK(t, err)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					name = receiver(d.Recv.List[0].Type) + "." + name
				}
				found[name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					declared(spec, found, embeds)
				}
			}
		}
	}
	for outer, inner := range embeds {
		for name := range maps.Clone(found) {
			if method, ok := strings.CutPrefix(name, inner+"."); ok {
				found[outer+"."+method] = true
			}
		}
	}
	return found
}

func declared(spec ast.Spec, found map[string]bool, embeds map[string]string) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			found[n.Name] = true
		}
	case *ast.TypeSpec:
		found[spec.Name.Name] = true
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				for _, n := range f.Names {
					found[spec.Name.Name+"."+n.Name] = true
				}
				if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 && !id.IsExported() {
					embeds[spec.Name.Name] = id.Name
				}
			}
		}
	}
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// Every name of csock in the documents exists: csock.X, and the methods of its types in the forms
// Socket.X and (*Socket).X.
func TestNames(t *testing.T) {
	known := names(t, "csock")
	kinds := []string{}
	for name := range known {
		if ast.IsExported(name) && !strings.Contains(name, ".") {
			kinds = append(kinds, name)
		}
	}
	of := `(Socket|Conn|PacketConn|Listener|SockAddr|MsgHdr|Batch|ControlMessage|SockExtendedErr|ZeroCopy|Option|Type|RecvFlags)`
	qualified := regexp.MustCompile(`\bcsock\.([A-Z]\w*)(?:\.([A-Z]\w*))?`)
	method := regexp.MustCompile("[`(*\\s]" + of + `\)?\.([A-Z]\w*)`)
	checked := 0
	for path, text := range documents(t) {
		if strings.HasSuffix(path, "CHANGELOG.md") {
			continue // it also names what existed before
		}
		for _, m := range qualified.FindAllStringSubmatch(text, -1) {
			checked++
			if !known[m[1]] {
				t.Errorf("%s: there is no csock.%s", path, m[1])
			} else if m[2] != "" && !known[m[1]+"."+m[2]] && !known["Option."+m[2]] && !known["Socket."+m[2]] {
				t.Errorf("%s: there is no csock.%s.%s", path, m[1], m[2])
			}
		}
		for _, m := range method.FindAllStringSubmatch(text, -1) {
			checked++
			if !known[m[1]+"."+m[2]] && !known["Conn."+m[2]] {
				t.Errorf("%s: %s has no %s", path, m[1], m[2])
			}
		}
	}
	if checked < 300 || len(kinds) < 500 {
		t.Errorf("only %d names were checked against %d", checked, len(kinds))
	}
}

// A block is a piece of code in a document, or in a comment.
type block struct {
	path string
	line int
	text string
}

// blocks returns the code of a language in the documents.
func blocks(t *testing.T, language string) (found []block) {
	fence := regexp.MustCompile("(?ms)^```" + language + "\n(.*?)^```$")
	for path, text := range documents(t) {
		for _, m := range fence.FindAllStringSubmatchIndex(text, -1) {
			found = append(found, block{path, 1 + strings.Count(text[:m[2]], "\n"), text[m[2]:m[3]]})
		}
	}
	return found
}

// words returns text without indentation and empty lines, to find an excerpt.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// excerpt reports whether a block is a part of one of the ported programs.
func excerpt(t *testing.T, b block, pattern string) bool {
	paths, err := filepath.Glob(filepath.Join(root, pattern))
	need.OK(t, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		need.OK(t, err)
		if strings.Contains(words(string(text)), words(b.text)) {
			return true
		}
	}
	return false
}

// Excerpts in the documents of the ported programs equal the programs.
func TestExcerpts(t *testing.T) {
	c := blocks(t, "c")
	if len(c) < 3 {
		t.Errorf("only %d blocks of C", len(c))
	}
	for _, b := range c {
		if !excerpt(t, b, "tests/porting/c/*.c") {
			t.Errorf("%s:%d: in no program of tests/porting:\n%s", b.path, b.line, b.text)
		}
	}
}

// preamble declares the variables that a block may use without declaring them.
const preamble = `
var (
	s, a, b *csock.Socket
	c, conn *csock.Conn
	m       *csock.MsgHdr
	addr    csock.SockAddr
	ctx     context.Context
	err     error
	p, buf  []byte
	n       int
	group   netip.Addr
	source  netip.Addr
	batch   *csock.Batch
	rawConn syscall.Conn
	tcp     *net.TCPConn
	udp     *net.UDPConn
	fd      int
)
`

// locals declares what else a file's blocks may use.
var locals = map[string]string{
	"csock/bpf.go":      "var r struct { Op uint16; Jt, Jf uint8; K uint32 } // x/net's bpf.RawInstruction",
	"csock/ring/doc.go": "var p *ring.TPacket; var use func([]byte)",
}

const csockPath = "github.com/csock/go-csock/csock"

var packages = []string{
	"bytes", "context", "crypto/tls", "encoding/binary", "errors", "fmt", "io", "log", "net", "net/http", "net/netip", "os",
	"os/exec", "runtime", "strings", "syscall", "time", "unsafe",
}

// Every block of Go compiles, of the documents and of csock's comments: programs as they are,
// expressions as a value, and others as the body of a function.
func TestGoBlocks(t *testing.T) {
	imports := exports(t)
	comments := append(codeOf(t, "csock"), codeOf(t, "csock/ring")...)
	if len(comments) < 4 {
		t.Errorf("only %d blocks in comments", len(comments))
	}
	checked := 0
	for _, b := range append(blocks(t, "go"), comments...) {
		if strings.HasSuffix(b.path, "CONTRIBUTING.md") || excerpt(t, b, "tests/porting/*/main.go") {
			continue // an excerpt of csock's own code, or of a program that is tested
		}
		source := b.text
		if !strings.HasPrefix(source, "package ") {
			var head strings.Builder
			head.WriteString("package p\nimport (\n")
			for _, path := range packages {
				fmt.Fprintf(&head, "%q\n", path)
			}
			fmt.Fprintf(&head, "%q\n%q\n)\n%s", csockPath, csockPath+"/ring", preamble)
			if e, err := parser.ParseExpr(source); err == nil {
				if _, call := e.(*ast.CallExpr); !call { // which is a statement
					source = "_ = " + source
				}
			}
			if strings.HasPrefix(source, "func ") || strings.HasPrefix(source, "var ") || strings.HasPrefix(source, "type ") {
				source = head.String() + source
			} else {
				source = head.String() + "func _() error {\n" + locals[inRoot(b.path)] + "\n" + anew(source) + "\nreturn nil\n}\n"
			}
		}
		checked++
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "block.go", source, 0)
		if err != nil {
			t.Errorf("%s:%d: %v\n%s", b.path, b.line, err, b.text)
			continue
		}
		config := types.Config{
			Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
				if imports[path] == "" {
					return nil, fs.ErrNotExist
				}
				return os.Open(imports[path])
			}),
			Error: func(err error) {
				var e types.Error
				if errors.As(err, &e) && !e.Soft { // a soft error: something is unused
					t.Errorf("%s:%d: %s\n%s", b.path, b.line, e.Msg, b.text)
				}
			},
		}
		config.Check("p", fset, []*ast.File{f}, nil) // which reports by Error
	}
	if checked < 10 {
		t.Errorf("only %d blocks of Go", checked)
	}
}

// inRoot returns a path without that of the repository's root.
func inRoot(path string) string { return strings.TrimPrefix(path, root+"/") }

// anew begins a scope at each line that declares variables: each item of a list of alternatives may
// declare err.
func anew(source string) string {
	var b strings.Builder
	depth := 0
	for line := range strings.Lines(source) {
		if regexp.MustCompile(`^[\w, ]+ := .*[^{(]\n$`).MatchString(line) {
			depth++
			b.WriteString("{\n")
		}
		b.WriteString(line)
	}
	return b.String() + strings.Repeat("}\n", depth)
}

// exports returns the files from which the type checker learns what packages export.
func exports(t *testing.T) map[string]string {
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,Export", csockPath, csockPath + "/ring"}, packages...)
	cmd := need.Command(t, need.Go(t), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	found := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := d.Decode(&p); err == io.EOF {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found[p.ImportPath] = p.Export
	}
}

// Every relative link leads to a file, and to a heading if it names one.
func TestLinks(t *testing.T) {
	anchors := onceEach(anchors)
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	code := regexp.MustCompile("(?ms)^```.*?^```$|`[^`\n]*`")
	checked := 0
	for path, text := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(text, "code"), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			checked++
			file, anchor, _ := strings.Cut(m[1], "#")
			target := path
			if file != "" {
				target = filepath.Join(filepath.Dir(path), file)
			}
			contents, err := os.ReadFile(target)
			if info, statErr := os.Stat(target); statErr != nil {
				t.Errorf("%s: the link %s leads nowhere", path, m[1])
			} else if anchor != "" && (err != nil || info.IsDir() || !anchors(string(contents))[anchor]) {
				t.Errorf("%s: the link %s leads to no heading", path, m[1])
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d links", checked)
	}
}

// A document that begins with a list of its sections lists all of them.
func TestContents(t *testing.T) {
	listed := regexp.MustCompile(`(?m)^- \[([^\]]+)\]\(#`)
	heading := regexp.MustCompile(`(?m)^## (.+)$`)
	checked := 0
	for path, text := range documents(t) {
		start, rest, _ := strings.Cut(text, "\n## ")
		if !listed.MatchString(start) {
			continue
		}
		for _, m := range heading.FindAllStringSubmatch("## "+rest, -1) {
			checked++
			if !strings.Contains(strings.ToLower(start), strings.ToLower("- ["+m[1]+"](#")) {
				t.Errorf("%s: the list at the beginning lacks %q", path, m[1])
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d sections", checked)
	}
}

// onceEach returns a function that calls f once for each argument.
func onceEach[K comparable, V any](f func(K) V) func(K) V {
	known := map[K]V{}
	return func(k K) V {
		v, ok := known[k]
		if !ok {
			v = f(k)
			known[k] = v
		}
		return v
	}
}

// anchors returns the anchors of a document: those that GitHub derives from its headings, and its
// own.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		id := strings.ToLower(strings.TrimSpace(m[1]))
		id = regexp.MustCompile(`[^\p{L}\p{N}_ -]`).ReplaceAllString(id, "")
		found[strings.ReplaceAll(id, " ", "-")] = true
	}
	for _, m := range regexp.MustCompile(`<a (?:id|name)="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	return found
}
