//go:build cgo

package csock

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// Where the numbers for constants stand.
const numbersFile = "internal/sys/names.in"

type constant struct {
	name  string
	value int64
}

func constantsOf(names []name) (cs []constant) {
	for _, n := range names {
		cs = append(cs, constant{n.name, n.value})
	}
	return cs
}

// The constants of each type, as the name tables have them.
var tableConstants = map[string][]constant{
	"Domain":   constantsOf(namesDomain),
	"Type":     constantsOf(namesType),
	"Protocol": constantsOf(namesProtocol),
	"MsgFlags": constantsOf(namesMsgFlags),
	"Shutdown": constantsOf(namesShutdown),
}

func allConstants() (cs []constant) {
	for _, typ := range []string{"Domain", "Type", "Protocol", "MsgFlags", "Shutdown"} {
		cs = append(cs, tableConstants[typ]...)
	}
	return cs
}

// Each constant of constants.go is C's of the same name and has a comment.
func TestConstantsSource(t *testing.T) {
	for gen := range declarations(t, "constants.go") {
		if gen.Tok == token.VAR {
			continue
		}
		for _, spec := range gen.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if gen.Doc.Text() == "" {
					t.Errorf("type %s has no doc comment", spec.Name)
				}
			case *ast.ValueSpec:
				if _, ok := spec.Type.(*ast.Ident); !ok || len(spec.Names) != 1 || len(spec.Values) != 1 {
					t.Errorf("const %v: want one name, one type, one value", spec.Names)
					continue
				}
				name := spec.Names[0].Name
				if sel, ok := spec.Values[0].(*ast.SelectorExpr); !ok || fmt.Sprint(sel.X) != "sys" || sel.Sel.Name != name {
					t.Errorf("%s: its value is not sys.%s", name, name)
				}
				if spec.Comment.Text() == "" && spec.Doc.Text() == "" {
					t.Errorf("%s has no comment", name)
				}
				if gen.Doc.Text() == "" {
					t.Errorf("the group of %s has no doc comment", name)
				}
			}
		}
	}
}

// Each type that constants have prints their names: its String method uses its table.
func TestNamesSource(t *testing.T) {
	// These types need no table of their own. The name of an ErrorCode depends on its ErrorOrigin.
	// The names of other codes, attributes and parts of instructions depend on other fields. Only
	// three values of SCTPAssocID have names. CANID, MCTPEID, MCTPTag, TIPC's services and J1939's
	// numbers are printed as numbers. Level is checked below, as most levels have the names of
	// protocols.
	unnamed := []string{"ErrorCode", "SCTPAssocID", "CANID", "ICMPCode", "ICMPv6Code",
		"NlattrType", "NetlinkFlags", "BPFCode", "BPFOffset", "MCTPEID", "MCTPTag",
		"TIPCServiceType", "J1939PGN", "J1939Address", "J1939Name"}
	files, err := filepath.Glob("*.go")
	need.OK(t, err)
	used := map[string]bool{} // the tables
	table := regexp.MustCompile(`\bnames\w+`)
	for _, file := range sourceFiles(t) {
		text, err := os.ReadFile(file)
		need.OK(t, err)
		if file != "names_tables.go" {
			for _, name := range table.FindAllString(string(text), -1) {
				used[name] = true
			}
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for gen := range declarations(t, file) {
			for _, spec := range gen.Specs {
				spec, ok := spec.(*ast.ValueSpec)
				if !ok || gen.Tok != token.CONST {
					continue
				}
				typ, ok := spec.Type.(*ast.Ident)
				if !ok || !typ.IsExported() || slices.Contains(unnamed, typ.Name) {
					continue
				}
				constant := spec.Names[0].Name
				listed := used["names"+typ.Name]
				if typ.Name == "Level" {
					value := spec.Values[0].(*ast.SelectorExpr).Sel.Name // of SOL_TCP IPPROTO_TCP
					listed = slices.ContainsFunc(levelNames, func(l name) bool { return l.name == constant || l.name == value }) ||
						slices.Contains([]string{"SOL_ICMP"}, constant)
				}
				if !listed {
					t.Errorf("%s: no String method prints %s, a %s", file, constant, typ.Name)
				}
			}
		}
	}
}

// declarations yields the general declarations of a file of this package.
func declarations(t *testing.T, file string) iter.Seq[*ast.GenDecl] {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	need.OK(t, err)
	return func(yield func(*ast.GenDecl) bool) {
		for _, decl := range f.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && !yield(gen) {
				return
			}
		}
	}
}

// Every value is the one that a C program gets which includes the same headers and not names.h. A
// name that the program lacks is lacked here, or has its number in names.in.
func TestConstantsInC(t *testing.T) {
	cc := need.CC(t)
	var names []string
	ours := map[string]int64{}
	for _, c := range allConstants() {
		names = append(names, c.name)
		ours[c.name] = c.value
	}
	inC := valuesInC(t, cc, names, true)

	header, err := os.ReadFile(numbersFile)
	need.OK(t, err)
	numbers := map[string]int64{}
	aliases := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^([A-Z]\w+) (\w+)`).FindAllStringSubmatch(string(header), -1) {
		if n, err := strconv.ParseInt(m[2], 0, 64); err == nil {
			numbers[m[1]] = n
		} else {
			aliases[m[1]] = m[2]
		}
	}

	var enumerators []string
	for _, c := range allConstants() {
		want, ok := inC[c.name]
		number, numbered := numbers[c.name]
		other, aliased := aliases[c.name]
		switch {
		case ok:
			if c.value != want {
				t.Errorf("%s is %d; in C it is %d", c.name, c.value, want)
			}
		case c.value < 0: // lacked
		case numbered:
			if c.value != number {
				t.Errorf("%s is %d; names.in says %d", c.name, c.value, number)
			}
		case strings.HasPrefix(c.name, "PF_"): // a protocol family has its address family's number
			if af, ok := ours["AF_"+c.name[3:]]; !ok || c.value != af {
				t.Errorf("%s is %d, and AF_%s %d", c.name, c.value, c.name[3:], af)
			}
		case aliased:
			if v, ok := inC[other]; !ok || c.value != v {
				t.Errorf("%s is %d; names.in says %s, which is %d", c.name, c.value, other, v)
			}
		default:
			enumerators = append(enumerators, c.name)
		}
	}
	if len(enumerators) > 0 {
		inC := valuesInC(t, cc, enumerators, false)
		for _, c := range allConstants() {
			if want, ok := inC[c.name]; ok && c.value != want {
				t.Errorf("%s is %d; in C it is %d", c.name, c.value, want)
			}
		}
	}
	t.Logf("%d names, %d of them in the platform's headers, %d enumerators only", len(names), len(inC), len(enumerators))
}

// The numbers in names.in are those of headers that are new enough to have the names.
func TestNumbersInHeader(t *testing.T) {
	if !linux {
		t.Skip("the numbers are for Linux")
	}
	cc := need.CC(t)
	header, err := os.ReadFile(numbersFile)
	need.OK(t, err)
	start, end := bytes.Index(header, []byte("#ifdef __linux__")), bytes.Index(header, []byte("#else"))
	if start < 0 || end < start {
		t.Fatal("no part for Linux before that for others")
	}
	want := map[string]int64{}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^([A-Z]\w+) (\d\w*)`).FindAllStringSubmatch(string(header[start:end]), -1) {
		n, err := strconv.ParseInt(m[2], 0, 64)
		need.OK(t, err)
		want[m[1]] = n
		names = append(names, m[1])
	}
	if len(names) == 0 {
		t.Fatal("no number found")
	}
	inC := valuesInC(t, cc, names, true)
	for name, v := range inC {
		if v != want[name] {
			t.Errorf("%s: names.in says %d, the platform's header %d", name, want[name], v)
		}
	}
	t.Logf("%d of %d numbers are in this platform's headers", len(inC), len(names))
}

const linux = runtime.GOOS == "linux" || runtime.GOOS == "android"

// The names that names.in takes from others stand for what the kernel calls so, in its own
// include/linux/socket.h.
func TestKernelNames(t *testing.T) {
	if !linux {
		t.Skip("the names are Linux's")
	}
	for _, test := range []struct{ got, want MsgFlags }{
		{MSG_TRYHARD, 0x4},
		{MSG_PROBE, 0x10},
		{MSG_NOTIFICATION, 0x8000},
	} {
		if test.got != test.want {
			t.Errorf("%v is %#x, want %#x", test.got, int(test.got), int(test.want))
		}
	}
}

// valuesInC compiles and runs a program that prints the names and their values; if guarded, only of
// those that are macros.
func valuesInC(t *testing.T, cc []string, names []string, guarded bool) map[string]int64 {
	t.Helper()
	var src strings.Builder
	src.WriteString(`#include "internal/sys/platform.h"
#include <stdio.h>
int main(void) {
`)
	for _, name := range names {
		if guarded {
			fmt.Fprintf(&src, "#ifdef %s\n", name)
		}
		fmt.Fprintf(&src, "\tprintf(\"%%s %%lld\\n\", \"%s\", (long long)%s);\n", name, name)
		if guarded {
			src.WriteString("#endif\n")
		}
	}
	src.WriteString("\treturn 0;\n}\n")
	dir := t.TempDir()
	c, exe := filepath.Join(dir, "names.c"), filepath.Join(dir, "names.exe")
	need.OK(t, os.WriteFile(c, []byte(src.String()), 0o600))
	here, err := os.Getwd()
	need.OK(t, err)
	// The include guard of names.h is defined, so that only the platform's headers define names.
	args := append(slices.Clone(cc), "-DCSOCK_NAMES_H", "-I", here, "-o", exe, c)
	if out, err := need.Command(t, args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	out, err := need.Command(t, exe).Output()
	need.OK(t, err)
	values := map[string]int64{}
	for line := range strings.Lines(string(out)) {
		name, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		if values[name], err = strconv.ParseInt(number, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	return values
}

// Names that the platform lacks are negative, no two of them share a value, and a value ORed to one
// stays negative.
func TestConstantsLacked(t *testing.T) {
	names := map[int64]string{}
	for _, c := range allConstants() {
		if c.value >= 0 {
			continue
		}
		if other, ok := names[c.value]; ok && strings.TrimPrefix(c.name, "PF_") != strings.TrimPrefix(other, "AF_") {
			t.Errorf("%s and %s are both %d", c.name, other, c.value)
		}
		names[c.value] = c.name
		if c.value < -0x40000000 || c.value >= -0x20000000 {
			t.Errorf("%s is %#x, and lacked names are from -0x40000000", c.name, c.value)
		}
	}
	if len(names) == 0 {
		t.Error("this platform lacks nothing; MSG_INTERRUPT is Windows' and AF_NDRV is macOS'")
	}
	for _, c := range allConstants() {
		for flag, name := range names {
			if !strings.HasPrefix(name, "AF_") && !strings.HasPrefix(name, "IPPROTO_") && c.value > 0 && flag|c.value >= 0 {
				t.Errorf("%s|%s is %d: not negative", name, c.name, flag|c.value)
			}
		}
	}
}

func TestConstantsString(t *testing.T) {
	for _, test := range []struct {
		value fmt.Stringer
		want  string
	}{
		{AF_INET6, "AF_INET6"},
		{AF_UNIX, "AF_UNIX"},
		{AF_UNSPEC, "AF_UNSPEC"},
		{Domain(9999), "9999"},
		{Domain(-1), "-1"},
		{IPPROTO_IP, "IPPROTO_IP"},
		{IPPROTO_HOPOPTS, "IPPROTO_IP"},
		{IPPROTO_TCP, "IPPROTO_TCP"},
		{Protocol(9999), "9999"},
		{SHUT_RD, "SHUT_RD"},
		{SHUT_RDWR, "SHUT_RDWR"},
		{Shutdown(7), "7"},
		{Shutdown(-7), "-7"},
		{Type(0), "0"},
		{SOCK_STREAM, "SOCK_STREAM"},
		{Type(15), "15"},
		{Type(-15), "-15"},
		{SOCK_STREAM.Nonblocking(), "SOCK_STREAM|SOCK_NONBLOCK"},
		{SOCK_DGRAM.Cloexec(), "SOCK_DGRAM|SOCK_CLOEXEC"},
		{Type(0).Cloexec(), "SOCK_CLOEXEC"},
		{Type(15).Cloexec(), "15|SOCK_CLOEXEC"},
		{MsgFlags(0), "0"},
		{MSG_PEEK, "MSG_PEEK"},
		{MSG_TRUNC | MSG_PEEK | MSG_OOB, "MSG_OOB|MSG_PEEK|MSG_TRUNC"},
		{MsgFlags(-1), "-1"},
		{RecvFlags(0), "0"},
		{RecvFlags(MSG_TRUNC), "MSG_TRUNC"},
		{RecvFlags(MSG_TRUNC | MSG_CTRUNC), "MSG_CTRUNC|MSG_TRUNC"},
		{RecvFlags(-1), "-1"},
		{PMTUDisc(99), "99"},
		{BufLock(0), "0"},
		{ECN(7), "7"},
	} {
		if got := test.value.String(); got != test.want {
			t.Errorf("%T(%d): got %s, want %s", test.value, test.value, got, test.want)
		}
	}
	if !linux {
		return
	}
	if got := IPV6_PMTUDISC_DO.String(); got != "IP_PMTUDISC_DO" {
		t.Errorf("IPV6_PMTUDISC_DO is %s, not as IP_PMTUDISC_DO", got)
	}
	if got := SO_EE_ORIGIN_TXSTATUS.String(); got != "SO_EE_ORIGIN_TIMESTAMPING" {
		t.Errorf("SO_EE_ORIGIN_TXSTATUS is %s, not as SO_EE_ORIGIN_TIMESTAMPING", got)
	}
	if got := (SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE).String(); got != "SOF_TIMESTAMPING_RX_SOFTWARE|SOF_TIMESTAMPING_SOFTWARE" {
		t.Errorf("two flags are %s", got)
	}
}

// Bits without a name print as a number, after those that have one.
func TestFlagsUnknownBits(t *testing.T) {
	var known MsgFlags
	for _, n := range namesMsgFlags {
		if n.value > 0 {
			known |= MsgFlags(n.value)
		}
	}
	tested := 0
	for bit := MsgFlags(1); bit < 1<<30; bit <<= 1 {
		if known&bit != 0 {
			continue
		}
		tested++
		number := fmt.Sprintf("%#x", int(bit))
		if got, want := (MSG_PEEK | bit).String(), "MSG_PEEK|"+number; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := RecvFlags(bit).String(); got != number {
			t.Errorf("got %s, want %s", got, number)
		}
	}
	if tested == 0 {
		t.Error("no bit is without a name")
	}
}

// ownNames fails unless every constant prints its own name, or that of an earlier one with its
// value. A mask prints the names of its flags.
func ownNames[T interface {
	integer
	fmt.Stringer
}](t *testing.T, names []name) {
	t.Helper()
	for _, n := range names {
		if strings.HasSuffix(n.name, "_MASK") {
			continue
		}
		got, first := T(n.value).String(), lookup(n.value, names)
		if got != n.name && got != first && !(n.value == 0 && got == "0") { // no flags
			t.Errorf("%s prints %s; the first name of its value is %s", n.name, got, first)
		}
	}
}

// A lacked flag keeps its name when other flags are ORed to it.
func TestLackedFlagString(t *testing.T) {
	tested := 0
	for _, n := range namesMsgFlags {
		if n.value < 0 {
			tested++
			if got, want := (MsgFlags(n.value) | MSG_PEEK | MSG_OOB).String(), n.name+"|MSG_OOB|MSG_PEEK"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
	for _, n := range typeFlagNames {
		if n.value < 0 {
			tested++
			if got, want := (Type(n.value) | SOCK_STREAM).String(), "SOCK_STREAM|"+n.name; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
	if tested == 0 {
		t.Error("this platform lacks no flag; MSG_INTERRUPT is Windows' and MSG_NEEDSA is macOS'")
	}
}

func TestTypeFlags(t *testing.T) {
	for _, test := range []struct {
		method func(Type) Type
		flag   Type
	}{
		{Type.Nonblocking, SOCK_NONBLOCK},
		{Type.Cloexec, SOCK_CLOEXEC},
		{Type.NoInherit, WSA_FLAG_NO_HANDLE_INHERIT},
		{Type.RegisteredIO, WSA_FLAG_REGISTERED_IO},
	} {
		got := test.method(SOCK_DGRAM)
		if got != SOCK_DGRAM|test.flag {
			t.Errorf("got %v, want %v", got, SOCK_DGRAM|test.flag)
		}
		if (got < 0) != (test.flag < 0) {
			t.Errorf("%v is %d: negative exactly if the flag, %d, is lacked", got, got, test.flag)
		}
	}
	if got := SOCK_STREAM.Nonblocking().Cloexec(); got >= 0 && got.String() != "SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC" {
		t.Errorf("got %v", got)
	}
}

func TestDomainFor(t *testing.T) {
	for _, test := range []struct {
		addr netip.AddrPort
		want Domain
	}{
		{netip.MustParseAddrPort("127.0.0.1:80"), AF_INET},
		{netip.MustParseAddrPort("0.0.0.0:0"), AF_INET},
		{netip.MustParseAddrPort("[::1]:80"), AF_INET6},
		{netip.MustParseAddrPort("[fe80::1%eth0]:80"), AF_INET6},
		{netip.MustParseAddrPort("[::ffff:127.0.0.1]:80"), AF_INET6},
		{netip.AddrPort{}, AF_UNSPEC},
	} {
		if got := DomainFor(test.addr); got != test.want {
			t.Errorf("%v: got %v, want %v", test.addr, got, test.want)
		}
	}
}

func TestRecvFlags(t *testing.T) {
	methods := []struct {
		flag   MsgFlags
		method func(RecvFlags) bool
	}{
		{MSG_TRUNC, RecvFlags.IsTruncated},
		{MSG_CTRUNC, RecvFlags.IsControlTruncated},
		{MSG_EOR, RecvFlags.IsEndOfRecord},
		{MSG_OOB, RecvFlags.IsOutOfBand},
		{MSG_CONFIRM, RecvFlags.IsConfirm},
		{MSG_DONTROUTE, RecvFlags.IsDontRoute},
		{MSG_ERRQUEUE, RecvFlags.IsErrQueue},
	}
	for _, flags := range methods {
		for _, m := range methods {
			if got, want := m.method(RecvFlags(flags.flag)), m.flag == flags.flag && m.flag > 0; flags.flag > 0 && got != want {
				t.Errorf("%v: %v reported as %v, want %v", flags.flag, m.flag, got, want)
			}
		}
	}
	for _, m := range methods {
		if m.method(0) {
			t.Errorf("%v reported of no flags", m.flag)
		}
		if got := m.method(-1); got != (m.flag > 0) {
			t.Errorf("%v reported as %v of all bits; the flag is %d", m.flag, got, m.flag)
		}
	}
	for _, n := range namesMsgFlags {
		if n.value < 0 && RecvFlags(-1).has(MsgFlags(n.value)) {
			t.Errorf("%s is lacked, and matches", n.name)
		}
	}
}

// MSG_NOTIFICATION is the only name that received flags have otherwise.
func TestRecvFlagsString(t *testing.T) {
	if MSG_NOTIFICATION < 0 {
		t.Skip("this platform has no MSG_NOTIFICATION")
	}
	if got := RecvFlags(MSG_NOTIFICATION | MSG_EOR).String(); got != "MSG_NOTIFICATION|MSG_EOR" {
		t.Errorf("got %s", got)
	}
	if MSG_NOTIFICATION == MSG_MORE {
		if got := MSG_NOTIFICATION.String(); got != "MSG_MORE" {
			t.Errorf("got %s", got)
		}
	}
}
