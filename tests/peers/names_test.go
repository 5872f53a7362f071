//go:build linux

package peers

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// Each name of another package in the guides for those who come from it exists.
func TestNamesOfOthers(t *testing.T) {
	goCommand := need.Go(t)
	for doc, packages := range map[string]map[string]int{ // the package's path, and the least number of names
		"porting-from-xsys.md": {"golang.org/x/sys/unix": 50},
		"porting-from-net.md": {
			"net": 20, "syscall": 1, "os": 1, "golang.org/x/sys/unix": 2,
			"golang.org/x/net/ipv4": 4, "golang.org/x/net/icmp": 1,
		},
	} {
		text, err := os.ReadFile(filepath.Join("../../docs", doc))
		need.OK(t, err)
		for pkg, least := range packages {
			source := sourceOf(t, goCommand, pkg)
			checked := 0
			for _, m := range regexp.MustCompile(`\b`+path.Base(pkg)+`\.([A-Z]\w*)`).FindAllStringSubmatch(string(text), -1) {
				checked++
				if !regexp.MustCompile(`(?m)^(func |type |var |const |\t)` + m[1] + `\b`).MatchString(source) {
					t.Errorf("%s: %s has no %s", doc, pkg, m[1])
				}
			}
			if checked < least {
				t.Errorf("%s: only %d names of %s", doc, checked, pkg)
			}
		}
	}
}

// sourceOf returns the text of a package's files.
func sourceOf(t *testing.T, goCommand, pkg string) string {
	t.Helper()
	dir, err := exec.Command(goCommand, "list", "-f", "{{.Dir}}", pkg).Output()
	need.OK(t, err)
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "*.go"))
	need.OK(t, err)
	var source strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		need.OK(t, err)
		source.Write(b)
	}
	return source.String()
}
