//go:build linux

package peers

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// Each name of x/sys/unix in the document about it exists.
func TestXsysNames(t *testing.T) {
	text, err := os.ReadFile("../../docs/porting-from-xsys.md")
	need.OK(t, err)
	dir, err := exec.Command(need.Go(t), "list", "-f", "{{.Dir}}", "golang.org/x/sys/unix").Output()
	need.OK(t, err)
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "*.go"))
	need.OK(t, err)
	var source strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		need.OK(t, err)
		source.Write(b)
	}
	checked := 0
	for _, m := range regexp.MustCompile(`\bunix\.([A-Z]\w*)`).FindAllStringSubmatch(string(text), -1) {
		checked++
		if !regexp.MustCompile(`(?m)^(func |type |\t)` + m[1] + `\b`).MatchString(source.String()) {
			t.Errorf("x/sys/unix has no %s", m[1])
		}
	}
	if checked < 50 {
		t.Errorf("only %d names", checked)
	}
}
