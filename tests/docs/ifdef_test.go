package docs

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The files that may test for a system by its name. They are the helpers, and of package sys the
// header that chooses the system's headers, and the numbers, which are a system's, with what is
// made of them.
var mayNameSystem = []string{"cgo_helpers.c", "cgo_helpers.h", "ring/cgo_helpers.c", "ring/cgo_helpers.h",
	"internal/sys/platform.h", "internal/sys/names.in", "internal/sys/names.h"}

var systemMacro = regexp.MustCompile(`^\s*#\s*(if|ifdef|ifndef|elif)\b.*\b(__linux__|__linux|__gnu_linux__|__ANDROID__|_WIN32|_WIN64|` +
	`__MINGW32__|__MINGW64__|__CYGWIN__|__APPLE__|__MACH__|__(Free|Net|Open)BSD__|__DragonFly__|__sun|__HAIKU__|__unix__|__unix)\b`)

// C outside the helpers tests for what differs, and never for a system.
func TestIfdefOfSystem(t *testing.T) {
	base := filepath.Join(root, "csock")
	allowed := map[string]bool{}
	for _, name := range mayNameSystem {
		allowed[name] = false
	}
	files := 0
	eachFile(t, base, func(path string, lines []string) {
		files++
		name := filepath.ToSlash(strings.TrimPrefix(path, base+string(filepath.Separator)))
		for i, line := range lines {
			if !systemMacro.MatchString(line) {
				continue
			}
			if _, ok := allowed[name]; !ok {
				t.Errorf("csock/%s:%d: %s", name, i+1, strings.TrimSpace(line))
			} else {
				allowed[name] = true
			}
		}
	}, ".c", ".h", ".in", ".go")
	for name, named := range allowed {
		if !named {
			t.Errorf("csock/%s names no system any more", name)
		}
	}
	if files < 50 {
		t.Errorf("only %d files", files)
	}
}
