package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/csock/go-csock/tests/need"
)

const maxWords = 25

// Sentences have at most 25 words. The test holds the comments of package csock and of those below
// it, in Go and in C, without their tests. It holds the documents at the root, in docs/ and in
// examples/. Items of lists are paragraphs of their own. Tables, code, headings and generated
// documents are left out.
//
// A sentence ends at a full stop, a question mark or an exclamation mark before white space, also
// if a bracket, a quotation mark or a mark of Markdown closes there. A colon or a semicolon ends
// none. A word is what stands between white space and has a letter or a digit. A span of code is
// one word. The text of a link counts, its address does not.
func TestSentences(t *testing.T) {
	paragraphs := csockComments(t)
	comments := 0
	for _, all := range paragraphs {
		comments += len(all)
	}
	for path, text := range documents(t) {
		if filepath.Base(path) != "options.md" {
			paragraphs[path] = markdownParagraphs(text)
		}
	}
	count := 0
	for path, all := range paragraphs {
		for _, p := range all {
			for _, s := range splitSentences(p.text) {
				count++
				if n := countWords(s); n > maxWords {
					t.Errorf("%s:%d: %d words: %s", path, p.line, n, s)
				}
			}
		}
	}
	if comments < 1500 || count < 4000 {
		t.Errorf("only %d paragraphs of comments and %d sentences were checked", comments, count)
	}
}

// Where sentences end, and what a word is.
func TestWords(t *testing.T) {
	for text, want := range map[string][]int{
		"One. Two words? Three words here!":            {1, 2, 3},
		"It (e.g. this) ends here. \"And here.\" Here": {5, 2, 1},
		"**Bold.** A `code span` of 1.5 s: one more":   {1, 7},
		"A [*Conn], an io.Reader – see socket(7); no":  {7},
	} {
		var got []int
		for _, s := range splitSentences(text) {
			got = append(got, countWords(s))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q has sentences of %v words, want %v", text, got, want)
		}
	}
	for text, want := range map[string][]string{
		"One\ntwo\n\nthree":                                         {"One two", "three"},
		"- An item\n  of two lines\n- another\n\nProse":             {"An item of two lines", "another", "Prose"},
		"# Heading\n\nOf 20 it takes\n6. The rest\n\n```sh\nx\n```": {"Of 20 it takes 6. The rest"},
		"| a | table |\n|---|---|\n\n\tcode\n\n[a link](x.md)":      {"a link"},
	} {
		var got []string
		for _, p := range markdownParagraphs(text) {
			got = append(got, p.text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q has the paragraphs %q, want %q", text, got, want)
		}
	}
}

// A paragraph is prose on one line, with the number of the line where it begins.
type paragraph struct {
	line int
	text string
}

var (
	sentenceStop  = regexp.MustCompile("[.?!][)\"”'`*]*\\s+")
	abbreviations = regexp.MustCompile(`(?:^|[\s(])(?:e\.g|i\.e|cf|vs|approx)\.$`)
	codeSpan      = regexp.MustCompile("`[^`]+`")
	listItem      = regexp.MustCompile(`^\s*(?:[-*+]|\d+\.) `)
)

// splitSentences returns the sentences of a paragraph.
func splitSentences(p string) (all []string) {
	at := 0
	for _, m := range sentenceStop.FindAllStringIndex(p, -1) {
		if s := p[at:m[1]]; !abbreviations.MatchString(strings.TrimSpace(s)) {
			all = append(all, strings.TrimSpace(s))
			at = m[1]
		}
	}
	if rest := strings.TrimSpace(p[at:]); rest != "" {
		all = append(all, rest)
	}
	return all
}

// countWords returns the number of words of a sentence.
func countWords(s string) int {
	n := 0
	for word := range strings.FieldsSeq(codeSpan.ReplaceAllString(s, "code")) {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

// csockComments returns the paragraphs of the comments of package csock and those below it.
func csockComments(t *testing.T) map[string][]paragraph {
	t.Helper()
	found := map[string][]paragraph{}
	eachFile(t, filepath.Join(root, "csock"), func(path string, lines []string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		if filepath.Ext(path) != ".go" {
			found[path] = cComments(lines)
			return
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, strings.Join(lines, "\n"), parser.ParseComments|parser.SkipObjectResolution)
		need.OK(t, err)
		for _, group := range f.Comments {
			if isPreamble(f, group) {
				continue
			}
			first := fset.Position(group.Pos()).Line
			found[path] = append(found[path], proseParagraphs(strings.Split(group.Text(), "\n"), first)...)
		}
	}, ".go", ".c", ".h")
	return found
}

// cComments returns the paragraphs of C's comments that have lines of their own.
func cComments(lines []string) []paragraph {
	comments := make([]string, len(lines))
	for i, line := range lines {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "//"); ok {
			comments[i] = strings.TrimPrefix(text, " ")
		}
	}
	return proseParagraphs(comments, 1)
}

// isPreamble reports whether a comment is C, before the import of package C.
func isPreamble(f *ast.File, group *ast.CommentGroup) bool {
	for _, d := range f.Decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.IMPORT && d.Doc == group {
			return d.Specs[0].(*ast.ImportSpec).Path.Value == `"C"`
		}
	}
	return false
}

// markdownParagraphs returns the prose of a document.
func markdownParagraphs(text string) []paragraph {
	lines := strings.Split(text, "\n")
	code := false
	for i, line := range lines {
		start := strings.TrimSpace(line)
		fence := strings.HasPrefix(start, "```")
		if fence {
			code = !code
		}
		if fence || code || strings.HasPrefix(start, "|") || strings.HasPrefix(start, "#") || strings.HasPrefix(start, "<") {
			lines[i] = ""
		}
	}
	found := proseParagraphs(lines, 1)
	for i := range found {
		found[i].text = markdownLink.ReplaceAllString(found[i].text, "$1")
	}
	return found
}

// proseParagraphs returns the paragraphs of lines, with the items of lists, without indented code
// and headings. first is the number of the first line.
func proseParagraphs(lines []string, first int) (found []paragraph) {
	var p []string
	inList := false
	end := func(next int) {
		if len(p) > 0 {
			found = append(found, paragraph{next - len(p), strings.Join(p, " ")})
		}
		p = nil
	}
	for i, line := range lines {
		text := strings.TrimSpace(line)
		indented := strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "    ")
		item := listItem.FindString(line)
		if !inList && len(p) > 0 && item != "" && unicode.IsDigit(rune(text[0])) {
			item = "" // a number at the beginning of a line of prose
		}
		switch {
		case text == "":
			end(first + i)
			continue
		case item != "":
			end(first + i)
			text, inList = line[len(item):], true
		case strings.HasPrefix(line, " ") && inList: // goes on with an item
		case indented, strings.HasPrefix(line, "# "):
			end(first + i)
			continue
		default:
			inList = false
		}
		p = append(p, text)
	}
	end(first + len(lines))
	return found
}
