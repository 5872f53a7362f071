package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// noRow lists socket2's names without a row in docs/systems.md. They are types, whose methods have
// the rows, and names that Go has itself.
var noRow = []string{"Domain", "Type", "Protocol", "RecvFlags", "TcpKeepalive", "MsgHdr", "MsgHdrMut", "Socket", "SockAddr",
	"SockRef", "SockFilter", "CcidEndpoints", "InterfaceIndexOrAddress", "socklen_t", "sa_family_t", "MaybeUninitSlice",
	"MaybeUninitSlice::new", "MaybeUninitSlice::as_slice", "MaybeUninitSlice::as_mut_slice",
	"SockAddrStorage::zeroed", "SockAddrStorage::size_of", "SockAddrStorage::view_as"}

// The names that docs/systems.md gives to some of socket2's systems.
var systemNames = map[string]string{"linux": "Linux", "android": "Android", "macos": "macOS", "ios": "iOS", "freebsd": "FreeBSD",
	"netbsd": "NetBSD", "openbsd": "OpenBSD", "dragonfly": "DragonFly", "solaris": "Solaris", "windows": "Windows",
	"cygwin": "Cygwin", "haiku": "Haiku", "fuchsia": "Fuchsia", "aix": "AIX", "hurd": "Hurd", "nto": "QNX", "redox": "Redox",
	"wasi-p2": "WASI"}

// levels are the words for what a system has.
var levels = []string{"tested", "tested under Wine", "links", "compiles", "written"}

// docs/systems.md lists everything that socket2 has on a system, or says why csock lacks it.
func TestSystems(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/systems.md"))
	need.OK(t, err)
	prose, made, _ := strings.Cut(string(text), "<!-- Made by")
	operations, options, _ := strings.Cut(made, "## Options by system")
	columns, rows := systemsTable(t, operations, "socket2")
	optionColumns, _ := systemsTable(t, options, "Option")
	for _, name := range []string{"Linux", "macOS", "FreeBSD", "NetBSD", "OpenBSD", "DragonFly", "Windows"} {
		if !slices.Contains(columns, name) || !slices.Contains(optionColumns, name) {
			t.Errorf("docs/systems.md lacks a column for %s", name)
		}
	}

	table, err := os.ReadFile("testdata/socket2-systems.tsv")
	need.OK(t, err)
	var theirs []string
	checked := 0
	for line := range strings.Lines(string(table)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if theirs == nil {
			theirs = cells
			continue
		}
		name := cells[0]
		row := rows[strings.TrimPrefix(name, "Socket::")]
		if row == nil {
			if !slices.Contains(noRow, name) {
				t.Errorf("docs/systems.md has no row for %s", name)
			}
			continue
		}
		for i, has := range cells {
			system := systemNames[theirs[i]]
			if has != "y" || !slices.Contains(columns, system) || notWritten(prose, system) {
				continue
			}
			checked++
			if !slices.Contains(levels, row[system]) && row["Why not"] == "" {
				t.Errorf("%s: socket2 has it on %s, csock has %q there and does not say why", name, system, row[system])
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d cells of socket2's table were compared", checked)
	}
	for _, column := range theirs[1:] {
		name := systemNames[column]
		if name == "" {
			name = column
		}
		if !slices.Contains(columns, name) && !strings.Contains(prose, "**"+name+"**") {
			t.Errorf("docs/systems.md says nothing about %s, which socket2 has", name)
		}
	}
}

// The tests that run under Wine name everything that docs/systems.md calls tested there.
func TestUnderWine(t *testing.T) {
	var tests string
	for _, file := range need.Value[[]string](t)(filepath.Glob(filepath.Join(root, "tests/portable/*_test.go"))) {
		tests += string(need.Value[[]byte](t)(os.ReadFile(file)))
	}
	words := map[string]bool{}
	for _, word := range regexp.MustCompile(`\w+`).FindAllString(tests, -1) {
		words[word] = true
	}
	table, err := os.ReadFile(filepath.Join(root, "internal/systemsdoc/wine.tsv"))
	need.OK(t, err)
	for line := range strings.Lines(string(table)) {
		names := strings.Fields(line)
		if names[0] == "#" {
			continue
		}
		name := names[len(names)-1]
		if name = name[strings.LastIndex(name, ".")+1:]; !words[name] {
			t.Errorf("no test of tests/portable names %s", name)
		}
	}
}

// notWritten reports whether the page says that csock is not written for a system.
func notWritten(prose, system string) bool {
	return strings.Contains(prose, "## "+system+"\n\nNot yet.")
}

// systemsTable reads a table of the page: the names of its columns, and its rows by one of them.
func systemsTable(t *testing.T, page, by string) (columns []string, rows map[string]map[string]string) {
	t.Helper()
	rows = map[string]map[string]string{}
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "| "), " |"), " | ")
		if columns == nil {
			columns = cells
			continue
		}
		row := map[string]string{}
		for i, cell := range cells {
			if i < len(columns) {
				row[columns[i]] = strings.Trim(cell, "`")
			}
		}
		for column, cell := range row {
			if slices.Contains([]string{"csock", "socket2", "Option", "Why not"}, column) {
				continue
			}
			if cell != "–" && !slices.Contains(levels, cell) {
				t.Errorf("%s: %q is no level", line, cell)
			}
		}
		rows[row[by]] = row
	}
	if len(rows) < 50 {
		t.Errorf("the table has %d rows; it has lost some", len(rows))
	}
	return columns, rows
}
