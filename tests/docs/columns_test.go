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

// trailing is a comment behind code, which may go beyond the limit where it is aligned.
var trailing = regexp.MustCompile(`\s+// .*`)

// mayNotWrap matches code of csock that has no place for a break: aliases of C's names, texts of
// errors, and sums of C's sizes.
var mayNotWrap = regexp.MustCompile(`= C\.|"csock: |unsafe\.Offsetof`)

// Sentences are wrapped at 100 columns: comments of a line in Go, and all that documents say. So is
// the code of the examples, which people read, and csock's.
func TestColumns(t *testing.T) {
	eachFile(t, root, func(path string, lines []string) {
		document := filepath.Ext(path) == ".md"
		if name := filepath.Base(path); name == "options.md" || name == "report.md" {
			return // they are generated
		}
		example := strings.HasPrefix(inRoot(filepath.ToSlash(path)), "examples/")
		library := strings.HasPrefix(inRoot(filepath.ToSlash(path)), "csock/") &&
			!strings.HasSuffix(path, "_test.go")
		code := false
		for i, text := range lines {
			line := strings.ReplaceAll(text, "\t", "    ")
			if document && strings.HasPrefix(strings.TrimSpace(line), "```") {
				code = !code
			}
			prose := document && !code || !document && strings.HasPrefix(strings.TrimSpace(line), "//")
			prose = prose || example && !document
			if library && !document && !strings.HasPrefix(strings.TrimSpace(line), "//") {
				line, prose = trailing.ReplaceAllString(line, ""), !mayNotWrap.MatchString(line)
			}
			if n := utf8.RuneCountInString(line); prose && n > 100 && !mayBeLong.MatchString(text) {
				t.Errorf("%s:%d has %d columns", path, i+1, n)
			}
		}
	}, ".md", ".go")
}

// A program of the examples has at most 200 lines of code. Blank lines, comments and tests do not
// count. examples/README.md has the reason of the two exceptions. No file has 200 lines.
func TestExamplesAreShort(t *testing.T) {
	const most = 200
	checked, code := 0, map[string]int{}
	eachFile(t, filepath.Join(root, "examples"), func(path string, lines []string) {
		checked++
		if len(lines) >= most {
			t.Errorf("%s has %d lines", path, len(lines))
		}
		program := filepath.Base(filepath.Dir(path))
		if strings.HasSuffix(path, "_test.go") || strings.Contains(inRoot(path), "internal") {
			return
		}
		for _, line := range lines {
			line = strings.TrimSpace(line)
			if line != "" && !strings.HasPrefix(line, "//") {
				code[program]++
			}
		}
	}, ".go")
	if checked < 30 || len(code) < 15 {
		t.Errorf("only %d files of %d programs", checked, len(code))
	}
	for program, n := range code {
		if exception := program == "echo" || program == "sockopts"; n > most != exception {
			t.Errorf("%s has %d lines of code", program, n)
		}
	}
}
