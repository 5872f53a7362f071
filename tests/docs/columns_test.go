package docs

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// mayBeLong matches lines that cannot be wrapped: of a table, a link, code, a directive, and in
// Go's comments those that begin with a tab.
var mayBeLong = regexp.MustCompile(`^\s*(\||\[.*\]: |//(go:|export |\t)|#cgo )`)

// Sentences are wrapped at 100 columns: comments of a line in Go, and all that documents say. So is
// the code of the examples, which people read.
func TestColumns(t *testing.T) {
	eachFile(t, root, func(path string, lines []string) {
		document := filepath.Ext(path) == ".md"
		if name := filepath.Base(path); name == "options.md" || name == "report.md" {
			return // they are generated
		}
		example := strings.HasPrefix(inRoot(filepath.ToSlash(path)), "examples/")
		code := false
		for i, text := range lines {
			line := strings.ReplaceAll(text, "\t", "    ")
			if document && strings.HasPrefix(strings.TrimSpace(line), "```") {
				code = !code
			}
			prose := document && !code || !document && strings.HasPrefix(strings.TrimSpace(line), "//")
			prose = prose || example && !document
			if n := utf8.RuneCountInString(line); prose && n > 100 && !mayBeLong.MatchString(text) {
				t.Errorf("%s:%d has %d columns", path, i+1, n)
			}
		}
	}, ".md", ".go")
}

// A file of the examples is short enough to be read at once.
func TestExamplesAreShort(t *testing.T) {
	checked := 0
	eachFile(t, filepath.Join(root, "examples"), func(path string, lines []string) {
		checked++
		if len(lines) >= 200 {
			t.Errorf("%s has %d lines", path, len(lines))
		}
	}, ".go")
	if checked < 30 {
		t.Errorf("only %d files", checked)
	}
}
