//go:build cgo

// Optionsdoc writes docs/options.md, the list of all socket options, from the declarations in
// csock/*.go, their comments, and csock.Options.
//
//	go run ./internal/optionsdoc          write docs/options.md
//	go run ./internal/optionsdoc -check   write nothing; exit 1 if the file is out of date
//
// The list covers every system. It is made on Linux, where all levels have their names.
package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/internal/derived"
)

// systemsTSV lists, by C name, the systems of the options that not only Linux has. An option that
// is not listed exists only on Linux.
//
//go:embed systems.tsv
var systemsTSV string

func main() {
	derived.Main("optionsdoc", func(root string) (map[string][]byte, error) {
		list, err := generate(root)
		return map[string][]byte{"docs/options.md": list}, err
	})
}

// A row is one option of the list.
type row struct {
	name, level, goType, native, access, systems, source, methods, doc string
}

func generate(root string) ([]byte, error) {
	options := map[string]csock.AnyOption{}
	for o := range csock.Options() {
		options[o.String()] = o
	}
	methods, err := socket2Methods(filepath.Join(root, "docs", "socket2.md"))
	if err != nil {
		return nil, err
	}
	systems := systems()
	var levels []string
	rows := map[string][]row{}
	files, err := filepath.Glob(filepath.Join(root, "csock", "*.go"))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(files, func(a, b string) int { // options*.go first
		isOther := func(path string) int {
			if strings.HasPrefix(filepath.Base(path), "options") {
				return 0
			}
			return 1
		}
		return cmp.Or(isOther(a)-isOther(b), strings.Compare(a, b))
	})
	n := 0
	for _, file := range files {
		decls, err := declarations(file)
		if err != nil {
			return nil, err
		}
		for _, d := range decls {
			o, ok := options[d.name]
			if !ok {
				return nil, fmt.Errorf("%s declares %s, which csock.Options does not list", file, d.name)
			}
			where, ok := systems[d.name]
			if !ok {
				where = "Linux"
			}
			delete(systems, d.name)
			r := row{
				name:    d.name,
				level:   d.level,
				goType:  goType(o),
				native:  o.NativeType(),
				access:  access(o),
				systems: where,
				source:  d.source,
				methods: strings.Join(methods[d.name], ", "),
				doc:     d.doc,
			}
			if d.general && !strings.Contains(where, "Linux") {
				r.source = "" // the section's is Linux's manual page
			}
			if rows[r.level] == nil {
				levels = append(levels, r.level)
			}
			rows[r.level] = append(rows[r.level], r)
			n++
		}
	}
	if n != len(options) {
		return nil, fmt.Errorf("the files declare %d options, csock.Options lists %d", n, len(options))
	}
	slices.SortStableFunc(levels, func(a, b string) int { return rank(a) - rank(b) })
	for name := range systems {
		return nil, fmt.Errorf("systems.tsv names %s, which is not an option", name)
	}
	return write(levels, rows, n), nil
}

// rank orders the levels: those that most programs use come first.
func rank(level string) int {
	if i := slices.Index(levelOrder, level); i >= 0 {
		return i
	}
	return len(levelOrder)
}

var levelOrder = []string{"SOL_SOCKET", "IPPROTO_IP", "IPPROTO_IPV6", "IPPROTO_TCP", "IPPROTO_UDP", "IPPROTO_UDPLITE", "SOL_RAW",
	"IPPROTO_ICMPV6", "AF_VSOCK", "SOL_NETLINK", "SOL_PACKET", "SOL_MPTCP", "SOL_TLS", "IPPROTO_SCTP", "SOL_DCCP"}

func write(levels []string, rows map[string][]row, n int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<!-- Made by internal/optionsdoc from csock/*.go. Do not edit: go generate ./csock -->
# Socket options

csock declares %d options. This page lists them by level, then by name. Each is a variable of its
C name in package csock: `+"`csock.%s.Get(s)`"+`, `+"`.Set(s, value)`"+`,
`+"`s.Set(csock.%s.To(value))`"+`.

- **Value** is the Go type, and **native** is what the system call passes. A duration names the unit
  that the system counts in: values are rounded up to it.
- **Access** is get, set or both.
- **Systems** are those whose headers have the name. Elsewhere the variable exists too, and returns
  an error that `+"`errors.ErrUnsupported`"+` matches. A kernel that does not know an option of its
  headers returns ENOPROTOOPT.
- **Source** is where the option is described. Options that Linux does not have are in their
  system's documentation.
- **socket2** is the method of `+"`*csock.Socket`"+` for socket2's method.

Each option has an anchor, its name in lower case: `+"`options.md#so_reuseaddr`"+`.
`+"`go doc ./csock SO_REUSEADDR`"+` prints one option.

`, n, "SO_REUSEADDR", "SO_REUSEADDR")
	for _, level := range levels {
		fmt.Fprintf(&b, "- [%s](#%s), %d\n", level, strings.ToLower(level), len(rows[level]))
	}
	b.WriteString("- [all, by name](#all-by-name)\n")
	var all []string
	for _, level := range levels {
		fmt.Fprintf(&b, "\n## %s\n\n", level)
		b.WriteString("| Option | Value | Native | Access | Systems | Source | socket2 | What it is |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n")
		for _, r := range rows[level] {
			all = append(all, r.name)
			fmt.Fprintf(&b, "| <a id=\"%s\"></a>`%s` | `%s` | %s | %s | %s | %s | %s | %s |\n",
				strings.ToLower(r.name), r.name, r.goType, cell(r.native), r.access, r.systems, r.source, r.methods, cell(r.doc))
		}
	}
	b.WriteString("\n## All, by name\n\n")
	slices.Sort(all)
	for i, name := range all {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "[`%s`](#%s)", name, strings.ToLower(name))
	}
	b.WriteString("\n")
	return b.Bytes()
}

// cell escapes text for a cell of a Markdown table.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "<", `\<`, "*", `\*`).Replace(s) }

// goType returns the type of Get's result.
func goType(o csock.AnyOption) string {
	get, _ := reflect.TypeOf(o).MethodByName("Get")
	return strings.NewReplacer("csock.", "", "struct {}", "struct{}").Replace(get.Type.Out(0).String())
}

func access(o csock.AnyOption) string {
	switch {
	case o.CanGet() && o.CanSet():
		return "both"
	case o.CanGet():
		return "get"
	}
	return "set"
}

// A declaration is an option as its file declares it.
type declaration struct {
	name, level, source, doc string
	general                  bool // the source is the section's
}

// declarations returns the options of a file: the variables made by a call whose last two arguments
// are C's names of the level and the option.
func declarations(path string) ([]declaration, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var found []declaration
	for _, d := range file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, s := range group.Specs {
			spec := s.(*ast.ValueSpec)
			if len(spec.Names) != 1 || len(spec.Values) != 1 {
				continue
			}
			name := spec.Names[0].Name
			call, ok := spec.Values[0].(*ast.CallExpr)
			if !ok || len(call.Args) < 2 || cName(call.Args[len(call.Args)-1]) != name || cName(call.Args[len(call.Args)-2]) == "" {
				continue // a request of ioctl(2) has no level
			}
			doc := plain(spec.Doc.Text())
			if spec.Doc == nil && len(group.Specs) == 1 {
				doc = plain(group.Doc.Text())
			}
			if doc == "" {
				return nil, fmt.Errorf("%s: %s has no comment", path, name)
			}
			from := source(doc, described)
			general := from == ""
			if general {
				from = source(plain(section(file, group).Text()), sources)
			}
			found = append(found, declaration{
				name:   name,
				level:  cName(call.Args[len(call.Args)-2]),
				source: from, general: general,
				doc: firstSentence(strings.TrimPrefix(doc, name+" ")),
			})
		}
	}
	return found, nil
}

// section returns the heading of an option: the last comment before it that does not belong to a
// declaration.
func section(file *ast.File, d *ast.GenDecl) (heading *ast.CommentGroup) {
	own := func(c *ast.CommentGroup) bool {
		return slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
			from := d.Pos()
			if doc := docOf(d); doc != nil {
				from = doc.Pos()
			}
			return from <= c.Pos() && c.Pos() <= d.End()
		})
	}
	for _, c := range file.Comments {
		if file.Name.End() < c.Pos() && c.Pos() < d.Pos() && !own(c) {
			heading = c
		}
	}
	return heading
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.GenDecl:
		return d.Doc
	case *ast.FuncDecl:
		return d.Doc
	}
	return nil
}

// cName returns the name in an expression sys.name, or "".
func cName(e ast.Expr) string {
	if sel, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "sys" {
			return sel.Sel.Name
		}
	}
	return ""
}

const (
	manualPage = `\b[a-z0-9_+-]+\([1-9]\)`
	document   = `\bRFC [0-9]+|\b[a-z0-9_-]+\.rst\b|\blinux/[a-z0-9_]+\.h\b`
)

var (
	sources  = regexp.MustCompile(manualPage + "|" + document)
	docLinks = regexp.MustCompile(`\[([\w.]+)\]`)
)

// described is sources without manual pages: an option's own comment may mention those of others.
var described = regexp.MustCompile(document)

// source returns the first manual page, RFC, kernel document or header that a comment names after
// "See", or else the first of these kinds.
func source(doc string, kinds *regexp.Regexp) string {
	if i := strings.LastIndex(doc, "See "); i >= 0 {
		if s := sources.FindString(doc[i:]); s != "" {
			return s
		}
	}
	return kinds.FindString(doc)
}

// plain returns a comment as one line, without the brackets of doc links.
func plain(doc string) string {
	return docLinks.ReplaceAllString(strings.Join(strings.Fields(doc), " "), "$1")
}

// firstSentence cuts a comment at the first full stop that a capital follows.
func firstSentence(doc string) string {
	for i := 0; i+2 < len(doc); i++ {
		if doc[i] == '.' && doc[i+1] == ' ' && doc[i+2] >= 'A' && doc[i+2] <= 'Z' {
			return doc[:i+1]
		}
	}
	return doc
}

// socket2Methods returns, by C name, the methods that replace socket2's, as listed in
// docs/socket2.md.
func socket2Methods(path string) (map[string][]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	methods := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 {
			continue
		}
		method, ok := strings.CutPrefix(strings.TrimSpace(cells[2]), "`Socket.")
		if !ok {
			continue
		}
		method = "`" + method
		for name := range strings.SplitSeq(cells[3], ",") {
			name = strings.Trim(name, " `")
			if name != "" && !slices.Contains(methods[name], method) {
				methods[name] = append(methods[name], method)
			}
		}
	}
	return methods, nil
}

// systems parses systemsTSV.
func systems() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(systemsTSV) {
		name, where, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if ok && !strings.HasPrefix(name, "#") {
			m[name] = where
		}
	}
	return m
}
