package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// Every constant of the list, which is what C programs use of sockets, is csock's, or the guide for
// those who port C code says why not. What it says so of is on the list.
func TestCNames(t *testing.T) {
	list, err := os.ReadFile(filepath.Join("testdata", "c-names.tsv"))
	need.OK(t, err)
	guide := documents(t)[root+"/docs/porting-from-c.md"]
	_, guide, _ = strings.Cut(guide, "\n## Names that csock does not have\n")
	guide, _, _ = strings.Cut(guide, "\n## ")
	used := map[string]bool{}
	var lacks []*regexp.Regexp
	for line := range strings.Lines(guide) {
		if cells := strings.Split(line, "|"); len(cells) == 4 {
			for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
				used[m[1]] = false
				lacks = append(lacks, regexp.MustCompile("^"+strings.ReplaceAll(m[1], "*", ".*")+"$"))
			}
		}
	}
	have, rings := names(t, "csock"), names(t, "csock/ring")
	for line := range strings.Lines(string(list)) {
		name, class, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if name == "constant" || have[name] || rings[name] {
			continue
		}
		why := false
		for _, r := range lacks {
			if r.MatchString(name) {
				why = true
				used[strings.ReplaceAll(strings.Trim(r.String(), "^$"), ".*", "*")] = true
			}
		}
		if !why {
			t.Errorf("csock lacks %s (%s), and docs/porting-from-c.md does not say why", name, class)
		}
	}
	for pattern, is := range used {
		if !is {
			t.Errorf("docs/porting-from-c.md: no name on the list is %s, or csock has it", pattern)
		}
	}
}
