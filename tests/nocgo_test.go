package tests

import (
	"os"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// Without cgo the compiler reports in one line what is missing.
func TestWithoutCgo(t *testing.T) {
	build := need.Command(t, need.Build(t), "build", "../csock")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err == nil {
		t.Fatal("csock builds without cgo")
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if len(lines) != 1 || !strings.Contains(lines[0], "csock needs cgo: install a C compiler and build with CGO_ENABLED=1") {
		t.Errorf("go build prints\n%s\nwant one line that says that csock needs cgo", out)
	}
}
