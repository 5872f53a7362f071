//go:build cgo

package csock

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sourceFiles are the Go files of the package without its tests.
func sourceFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source: %v", err)
	}
	return slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
}

// What may have a type of Go's own: counts and sizes, and special values of plain numbers. The
// numbers are hosts, networks, nodes, ports, devices, cookies and bytes, which C has as integers.
var plainConstants = regexp.MustCompile(`_(MTU|MAX|MIN|DLC|DLEN|BITS|OFFSET|MASK|SIZE|THRESHOLD|MAXINSNS|MEMWORDS|ZCOOKIES|DL|HDRLEN|MAXKEYLEN|ALIGNMENT)(_|$)|^SOMAXCONN$|` +
	`^(VMADDR_(CID|PORT)|QRTR_(NODE|PORT)|MCTP_NET|CAN_ISOTP_DEFAULT|IP_DEFAULT_MULTICAST)_|_PGOFF_|` +
	`^(HCI_DEV_NONE|CAN_TERMINATION_DISABLED|CAN_ERR_LOSTARB_UNSPEC|TIPC_WAIT_FOREVER|INET_DIAG_NOCOOKIE|IPV6_FLOWINFO_FLOWLABEL|IPV6_RTHDR_TYPE_0)$`)

// Each exported constant has a type, here and in package ring, and it is csock's own except where
// plainConstants says so.
func TestConstantsHaveTypes(t *testing.T) {
	n := 0
	ring, err := filepath.Glob("ring/*.go")
	if err != nil || len(ring) == 0 {
		t.Errorf("no source of package ring: %v", err)
	}
	for _, file := range append(sourceFiles(t), ring...) {
		for gen := range declarations(t, file) {
			if gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				spec := spec.(*ast.ValueSpec)
				for _, name := range spec.Names {
					if !name.IsExported() {
						continue
					}
					n++
					if spec.Type == nil {
						t.Errorf("%s: %s has no type", file, name.Name)
						continue
					}
					if typ, ok := spec.Type.(*ast.Ident); ok && !typ.IsExported() && !plainConstants.MatchString(name.Name) {
						t.Errorf("%s: %s is a mere %s", file, name.Name, typ.Name)
					}
				}
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d constants", n)
	}
}

// A time.Duration is not "in seconds": that reads as if a number were one. What is rounded says
// how.
func TestDurationsDocumented(t *testing.T) {
	wrong := regexp.MustCompile(`\b[Ii]n (whole )?(seconds|milliseconds|microseconds|s|ms|µs)\b`)
	rounded := regexp.MustCompile(`rounded up to\s+whole\s+(seconds|milliseconds|microseconds)`)
	codecs := []string{"secondsCodec", "millisecondsCodec", "microsecondsCodec", "lingerCodec"}
	options, fields := 0, 0
	for _, file := range sourceFiles(t) {
		for gen := range declarations(t, file) {
			for _, spec := range gen.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					if len(spec.Values) != 1 || typeName(spec.Type) != "Option[time.Duration]" {
						continue
					}
					options++
					doc := spec.Doc.Text() + gen.Doc.Text()
					if wrong.MatchString(doc) {
						t.Errorf("%s: %s: %q", file, spec.Names[0], wrong.FindString(doc))
					}
					call, _ := spec.Values[0].(*ast.CallExpr)
					if call == nil || !slices.Contains(codecs, typeName(call.Args[0])) {
						continue
					}
					if !rounded.MatchString(doc) {
						t.Errorf("%s: %s does not say to what it is rounded up", file, spec.Names[0])
					}
				case *ast.TypeSpec:
					s, ok := spec.Type.(*ast.StructType)
					if !ok {
						continue
					}
					for _, f := range s.Fields.List {
						if typeName(f.Type) != "time.Duration" {
							continue
						}
						fields++
						if doc := f.Doc.Text() + f.Comment.Text(); wrong.MatchString(doc) {
							t.Errorf("%s: a field of %s: %q", file, spec.Name, wrong.FindString(doc))
						}
					}
				}
			}
		}
	}
	if options < 15 || fields < 20 {
		t.Errorf("only %d options and %d fields are durations", options, fields)
	}
}

// typeName is a type, or an identifier, as the source has it.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		return fmt.Sprintf("%s[%s]", typeName(e.X), typeName(e.Index))
	}
	return ""
}
