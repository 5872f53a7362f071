package docs

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/csock/go-csock/tests/need"
)

// mayBeLong matches lines that cannot be wrapped: of a table, a link, code, a directive, and in
// Go's comments those that begin with a tab.
var mayBeLong = regexp.MustCompile(`^\s*(\||\[.*\]: |//(go:|export |\t)|#cgo )`)

// Sentences are wrapped at 100 columns: comments of a line in Go, and all that documents say.
func TestColumns(t *testing.T) {
	need.OK(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		if err != nil || d.IsDir() {
			if strings.HasPrefix(name, ".") && name != "." && name != ".." || name == "testdata" {
				return filepath.SkipDir
			}
			return err
		}
		document := strings.HasSuffix(name, ".md") && name != "options.md" && name != "report.md" // which are generated
		if !document && !strings.HasSuffix(name, ".go") {
			return nil
		}
		code := false
		lines := bufio.NewScanner(bytes.NewReader(need.Value[[]byte](t)(os.ReadFile(path))))
		lines.Buffer(nil, 1<<20)
		for n := 1; lines.Scan(); n++ {
			line := strings.ReplaceAll(lines.Text(), "\t", "    ")
			if document && strings.HasPrefix(strings.TrimSpace(line), "```") {
				code = !code
			}
			prose := document && !code || !document && strings.HasPrefix(strings.TrimSpace(line), "//")
			if prose && utf8.RuneCountInString(line) > 100 && !mayBeLong.MatchString(lines.Text()) {
				t.Errorf("%s:%d has %d columns", path, n, utf8.RuneCountInString(line))
			}
		}
		return lines.Err()
	}))
}
