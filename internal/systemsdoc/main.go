//go:build cgo

// Systemsdoc writes the tables of docs/systems.md: which operation and which option is on which
// system, and how much is known of it there.
//
//	go run ./internal/systemsdoc          write docs/systems.md
//	go run ./internal/systemsdoc -check   exit with status 1 if that would change it
//	go run ./internal/systemsdoc -c macOS print C that does not compile there if a table is wrong
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	_ "embed"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/internal/derived"
)

//go:embed operations.tsv
var operationsTSV string

// A system is a column of the tables. level is what a cell says if the system has the operation.
type system struct {
	name, level string
	bsd         bool
}

var systems = []system{
	{name: "Linux", level: "tested"},
	{name: "macOS", level: "links"},
	{name: "FreeBSD", level: "compiles", bsd: true},
	{name: "NetBSD", level: "compiles", bsd: true},
	{name: "OpenBSD", level: "compiles", bsd: true},
	{name: "DragonFly", level: "written", bsd: true},
	{name: "Windows", level: "links"},
}

// everywhere names the systems of an operation that no table mentions.
const everywhere = "Linux, macOS, the BSDs, Windows"

// has reports whether a list of systems, as the tables have it, has s.
func (s system) has(list string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); item == s.name || item == "the BSDs" && s.bsd {
			return true
		}
	}
	return false
}

//go:embed wine.tsv
var wineTSV string

// underWine are the operations and options that tests/portable calls on Windows, where it runs
// under Wine.
var underWine = func() map[string]bool {
	names := map[string]bool{}
	for line := range strings.Lines(wineTSV) {
		if name := strings.Fields(line)[0]; name != "#" {
			names[name] = true
		}
	}
	return names
}()

// unseen are the operations whose code for OpenBSD is newer than the compilation there.
var unseen = []string{"Socket.SendBatch"}

// cell is what the tables say of something that the listed systems have.
func (s system) cell(name, list string) string {
	switch {
	case !s.has(list):
		return "–"
	case s.name == "Windows" && underWine[name]:
		return "tested under Wine"
	case s.name == "OpenBSD" && slices.Contains(unseen, name):
		return "written"
	}
	return s.level
}

// marker is the line of docs/systems.md after which all is made.
const marker = "<!-- Made by internal/systemsdoc from here on. Do not edit: go generate ./csock -->\n"

func main() {
	if len(os.Args) != 3 || os.Args[1] != "-c" {
		derived.Main("systemsdoc", func(root string) (map[string][]byte, error) {
			page, err := generate(root)
			return map[string][]byte{"docs/systems.md": page}, err
		})
		return
	}
	where, err := optionSystems(".")
	if err == nil {
		err = printC(os.Args[2], where)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "systemsdoc:", err)
		os.Exit(1)
	}
}

func generate(root string) ([]byte, error) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "systems.md"))
	if err != nil {
		return nil, err
	}
	prose, _, ok := bytes.Cut(page, []byte(marker))
	if !ok {
		return nil, fmt.Errorf("docs/systems.md lacks the line %q", strings.TrimSpace(marker))
	}
	where, err := optionSystems(root)
	if err != nil {
		return nil, err
	}
	operations, err := operations(root, where)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(prose)
	b.WriteString(marker)
	b.WriteString(`
## Operations by system

The words mean:

- **tested**: the tests run there, in every run of ` + "`.ci/run`" + `.
- **tested under Wine**: tests/portable runs under Wine 8, in every run of ` + "`.ci/run`" + `.
- **links**: vetted and linked for it by a cross-compiler, and never run.
- **compiles**: compiled against its headers by a cross-compiler, and never linked. What has changed
  since is named above.
- **written**: the code is there; no compiler has seen it.
- **–**: there is no such thing. The name exists all the same, and returns an error that
  ` + "`errors.ErrUnsupported`" + ` matches. The last column says why.

`)
	table(&b, []string{"csock", "socket2"}, "Why not", func(row func(where, why string, first ...string)) {
		for _, o := range operations {
			row(o.where, o.why, code(o.name), code(o.socket2))
		}
	})
	n := 0
	for o := range csock.Options() {
		if where[o.String()] == "Linux" {
			n++
		}
	}
	fmt.Fprintf(&b, `
## Options by system

These options also exist on systems other than Linux. The other %d exist on Linux alone, and are
tested there. [options.md](options.md) lists all.

`, n)
	table(&b, []string{"Option"}, "", func(row func(where, why string, first ...string)) {
		for _, name := range slices.Sorted(func(yield func(string) bool) {
			for o := range csock.Options() {
				if where[o.String()] != "Linux" && !yield(o.String()) {
					return
				}
			}
		}) {
			row(where[name], "", code(name))
		}
	})
	return b.Bytes(), nil
}

// table writes a table with a column for each system: the first columns, the systems, and the last
// if it has a name.
func table(b *bytes.Buffer, first []string, last string, rows func(row func(where, why string, first ...string))) {
	head := slices.Clone(first)
	for _, s := range systems {
		head = append(head, s.name)
	}
	if last != "" {
		head = append(head, last)
	}
	line := func(cells []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	rows(func(where, why string, first ...string) {
		cells := slices.Clone(first)
		for _, s := range systems {
			cells = append(cells, s.cell(strings.Trim(first[0], "`"), where))
		}
		if last != "" {
			cells = append(cells, why)
		}
		line(cells)
	})
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// An operation is a row of the first table.
type operation struct{ name, socket2, where, why string }

var (
	quoted = regexp.MustCompile("`([^`]+)`")
	braces = regexp.MustCompile(`^(\w+)::\{([^}]+)\}(?:, (.+))?$`)
)

// operations returns those of docs/socket2.md, then those of operations.tsv that it does not have.
func operations(root string, options map[string]string) ([]operation, error) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "socket2.md"))
	if err != nil {
		return nil, err
	}
	type known struct{ where, why string }
	named, order := map[string]known{}, []string{}
	for line := range strings.Lines(operationsTSV) {
		if cells := strings.Split(strings.TrimRight(line, "\n"), "\t"); len(cells) == 3 {
			named[cells[0]] = known{cells[1], cells[2]}
			order = append(order, cells[0])
		} else if !strings.HasPrefix(line, "#") {
			return nil, fmt.Errorf("operations.tsv: %q has not three fields", line)
		}
	}
	var found []operation
	used := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, " | ")
		if len(cells) != 4 || !strings.HasPrefix(line, "| `") {
			continue
		}
		theirs := []string{quoted.FindStringSubmatch(cells[0])[1]}
		if m := braces.FindStringSubmatch(theirs[0]); m != nil {
			theirs = strings.Split(m[1]+"::"+strings.ReplaceAll(m[2], ", ", ", "+m[1]+"::"), ", ")
			if m[3] != "" {
				theirs = append(theirs, m[3])
			}
		}
		ours := quoted.FindAllStringSubmatch(cells[1], -1)
		if len(ours) == 0 {
			continue // nothing to have: Go's own
		}
		for i, their := range theirs {
			o := operation{name: ours[0][1], socket2: their, where: everywhere}
			if len(theirs) > 1 && len(theirs) <= len(ours) {
				o.name = ours[i][1]
			}
			var all []string // where the options that it uses are
			for _, m := range quoted.FindAllStringSubmatch(cells[2], -1) {
				if _, ok := options[m[1]]; ok {
					all = append(all, options[m[1]])
				}
			}
			if len(all) > 0 {
				o.where = strings.Join(all, ", ")
				o.why = "the header lacks " + quoted.FindStringSubmatch(cells[2])[1]
			}
			if k, ok := named[o.name]; ok {
				o.where, o.why = k.where, k.why
				used[o.name] = true
			}
			if !slices.ContainsFunc(systems, func(s system) bool { return !s.has(o.where) }) {
				o.why = ""
			}
			found = append(found, o)
		}
	}
	for _, name := range order {
		if !used[name] {
			found = append(found, operation{name: name, where: named[name].where, why: named[name].why})
		}
	}
	return found, nil
}

// optionSystems returns where each option is: what optionsdoc's table says, else Linux.
func optionSystems(root string) (map[string]string, error) {
	table, err := os.ReadFile(filepath.Join(root, "internal", "optionsdoc", "systems.tsv"))
	if err != nil {
		return nil, err
	}
	where := map[string]string{}
	for o := range csock.Options() {
		where[o.String()] = "Linux"
	}
	for line := range strings.Lines(string(table)) {
		if name, list, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			where[name] = list
		}
	}
	return where, nil
}

// printC prints one static assertion for each option: the headers have its name, or lack it, as the
// table says. Package sys derives the values of lacked names from CSOCK_LACKS.
func printC(name string, where map[string]string) error {
	i := slices.IndexFunc(systems, func(s system) bool { return s.name == name })
	if i < 0 {
		return fmt.Errorf("no system is called %q", name)
	}
	fmt.Println(`#include "internal/sys/platform.h"`)
	fmt.Println(`#define LACKED(name) (((unsigned)(name) & 0xd0000000u) == (unsigned)CSOCK_LACKS)`)
	for o := range csock.Options() {
		if systems[i].has(where[o.String()]) {
			fmt.Printf("_Static_assert(!LACKED(%s), \"%s lacks %s\");\n", o, name, o)
		} else {
			fmt.Printf("_Static_assert(LACKED(%s), \"%s has %s\");\n", o, name, o)
		}
	}
	return nil
}
