package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

var (
	testingRow      = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \|$`)
	testingNothing  = regexp.MustCompile(`(?m)^- (.+)$`)
	testName        = regexp.MustCompile(`\b(?:Test|Fuzz|Example)[A-Z][A-Za-z0-9_]*\b`)
	sentenceEnd     = regexp.MustCompile(`[.:] +`)
	markdownLink    = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)
	markdownSection = regexp.MustCompile(`(?m)^## `)
	codeBlock       = regexp.MustCompile("(?ms)^```.*?^```$")
	tableHead       = regexp.MustCompile(`(?m)^\|.*\|\n\| --- .*\n`)
	tableRow        = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \|$`)
)

// docs/testing.md has every promise of the package's documentation and of README, and every test
// that it names exists.
func TestPromises(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/testing.md"))
	need.OK(t, err)
	page := string(text)

	exist := testNames(t)
	for _, name := range testName.FindAllString(page, -1) {
		if !exist[name] {
			t.Errorf("no test is called %s", name)
		}
	}

	promises, _, _ := strings.Cut(page, "## Tests of the tests")
	var quotes []string
	for _, row := range testingRow.FindAllStringSubmatch(promises, -1) {
		if strings.HasPrefix(row[1], "---") || row[1] == "promise" {
			continue
		}
		quotes = append(quotes, row[1])
		if !testName.MatchString(row[2]) {
			t.Errorf("no test holds %q", row[1])
		}
	}
	for _, item := range testingNothing.FindAllStringSubmatch(promises, -1) {
		quotes = append(quotes, item[1])
	}

	sources := packageDoc(t) + "\n\n" + readmePromises(t)
	for _, q := range quotes {
		if !strings.Contains(oneLine(sources), q) {
			t.Errorf("neither csock's documentation nor README says %q", q)
		}
	}
	for paragraph := range strings.SplitSeq(sources, "\n\n") {
		paragraph = oneLine(paragraph)
		for _, s := range sentences(paragraph) {
			held := false
			for _, q := range quotes {
				// A quote may extend over the end of a sentence.
				if i := strings.Index(paragraph, q); i >= 0 && i < s.to && i+len(q) > s.from {
					held = true
				}
			}
			if !held {
				t.Errorf("docs/testing.md has nothing about %q", paragraph[s.from:s.to])
			}
		}
	}
}

// packageDoc returns csock's documentation up to the links at its end, without code and headings.
func packageDoc(t *testing.T) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "csock/doc.go"), nil, parser.ParseComments|parser.PackageClauseOnly)
	need.OK(t, err)
	doc, _, found := strings.Cut(f.Doc.Text(), "# More")
	if !found {
		t.Error("csock's documentation has no end")
	}
	var text []string
	for line := range strings.Lines(doc) {
		if !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "#") {
			text = append(text, strings.NewReplacer("[", "", "]", "").Replace(line))
		}
	}
	return strings.Join(text, "")
}

// readmePromises returns README's prose: all sections but the one of links, without code. Each row
// of a table is a paragraph.
func readmePromises(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	need.OK(t, err)
	sections := markdownSection.Split(codeBlock.ReplaceAllString(string(text), ""), -1)
	all := ""
	for _, s := range sections {
		heading, rest, _ := strings.Cut(s, "\n")
		if heading == "More" {
			continue
		}
		if before, _, found := strings.Cut(rest, "**Where to go:**"); found {
			rest = before + "Where to go."
		}
		rest = tableHead.ReplaceAllString(rest, "")
		all += "\n\n" + tableRow.ReplaceAllString(rest, "\n$1: $2\n")
	}
	return plain(all)
}

// plain returns Markdown without its marks.
func plain(text string) string {
	return strings.NewReplacer("`", "", "**", "", "(*Socket).", "", "\n- ", "\n\n").Replace(markdownLink.ReplaceAllString(text, "$1"))
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

type span struct{ from, to int }

// sentences returns the positions of a paragraph's sentences.
func sentences(p string) (all []span) {
	at := 0
	for _, end := range sentenceEnd.FindAllStringIndex(p, -1) {
		if next := p[end[1]:]; p[end[0]] == '.' && next != "" && strings.ToUpper(next[:1]) == next[:1] && next[0] != '(' {
			all = append(all, span{at, end[0] + 1})
			at = end[1]
		}
	}
	if at < len(p) {
		all = append(all, span{at, len(p)})
	}
	return all
}

// testNames returns the names of all tests of the repository.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	need.OK(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names[fn.Name.Name] = true
			}
		}
		return nil
	}))
	return names
}
