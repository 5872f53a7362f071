//go:build linux

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

// Each file has a layer, and uses run up only where docs/architecture.md says why. What the
// document names exists.
func TestLayers(t *testing.T) {
	const root = "../.."
	h, err := measure(root)
	need.OK(t, err)
	if len(h.layers) < 5 || len(h.files) < 50 || len(h.uses) < 300 {
		t.Fatalf("only %d layers, %d files and %d uses", len(h.layers), len(h.files), len(h.uses))
	}
	paths, err := filepath.Glob(filepath.Join(root, "csock", "*.go"))
	need.OK(t, err)
	paths = slices.DeleteFunc(paths, func(path string) bool { return strings.HasSuffix(path, "_test.go") })
	matched := map[string]bool{} // patterns
	for _, path := range paths {
		file := filepath.Base(path)
		i := h.layer(file)
		if i < 0 {
			t.Errorf("%s has no layer in docs/architecture.md", file)
			continue
		}
		for _, pattern := range h.layers[i].patterns {
			if ok, _ := filepath.Match(pattern, file); ok {
				matched[pattern] = true
			}
		}
	}
	for _, l := range h.layers {
		for _, pattern := range l.patterns {
			if !matched[pattern] {
				t.Errorf("no file of the layer %q is %s", l.name, pattern)
			}
		}
	}
	up := h.up()
	for _, u := range up {
		if h.reasons[u] == "" {
			t.Errorf("%v, which is in a higher layer, for %s: move what is used down, or add the use to docs/architecture.md with the reason",
				u, strings.Join(h.uses[u], ", "))
		}
	}
	for u := range h.reasons {
		if !slices.Contains(up, u) {
			t.Errorf("docs/architecture.md gives a reason why %v, which it no longer does or which does not run up", u)
		}
	}
}

// A file that uses a higher one is found, and so is a circle.
func TestUpAndCircles(t *testing.T) {
	h := &house{
		files: []string{"a.go", "b.go", "c.go", "d.go"},
		uses: map[use][]string{
			{"a.go", "b.go"}: {"B"}, {"b.go", "c.go"}: {"C"}, {"c.go", "a.go"}: {"A"}, {"c.go", "d.go"}: {"D"},
		},
		layers: []layer{{patterns: []string{"d.go"}}, {patterns: []string{"a.go"}}, {patterns: []string{"*.go"}}},
	}
	if got, want := h.up(), []use{{"a.go", "b.go"}}; !slices.Equal(got, want) {
		t.Errorf("up: %v, want %v", got, want)
	}
	circles := h.circles()
	if len(circles) != 1 || !slices.Equal(circles[0], []string{"a.go", "b.go", "c.go"}) {
		t.Errorf("circles: %v", circles)
	}
}
