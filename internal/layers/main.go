// Layers prints the layers of csock's files, and the uses between files that run up.
//
// docs/architecture.md declares the layers in a table, from the lowest to the highest, and in a
// second one the uses that may run up. A file uses another one if it has an identifier that the
// other declares. Each pair of files counts once. A circle is files that use each other, through
// others too.
//
//	go run ./internal/layers [directory of another checkout]
//
// A checkout without the document has no layers.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/csock/go-csock/internal/typed"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	h, err := measure(root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "layers:", err)
		os.Exit(1)
	}
	for i, l := range slices.Backward(h.layers) {
		fmt.Printf("%d %s: %s\n", i+1, l.name, strings.Join(l.files, " "))
	}
	up := h.up()
	fmt.Printf("%d files, %d uses, %d of them up\n", len(h.files), len(h.uses), len(up))
	for _, u := range up {
		fmt.Printf("up: %v, for %s\n", u, strings.Join(h.uses[u], " "))
	}
	for _, c := range h.circles() {
		fmt.Printf("circle of %d: %s\n", len(c), strings.Join(c, " "))
	}
}

// A use is a pair of files.
type use struct{ from, to string }

func (u use) String() string { return u.from + " uses " + u.to }

type layer struct {
	name     string
	patterns []string
	files    []string
}

// A house is csock's files on this system.
type house struct {
	files   []string
	uses    map[use][]string // the names that are used
	layers  []layer          // from the lowest to the highest
	reasons map[use]string   // of the uses that may run up
}

// measure reads the house of a checkout.
func measure(root string) (*house, error) {
	p, err := typed.Load(root, "./csock")
	if err != nil {
		return nil, err
	}
	h := &house{uses: map[use][]string{}, reasons: map[use]string{}}
	for _, f := range p.Files {
		if file := p.File(f.Package); file != "" {
			h.files = append(h.files, file)
		}
	}
	slices.Sort(h.files)
	for id, obj := range p.Info.Uses {
		u := use{p.File(id.Pos()), p.File(obj.Pos())}
		if obj.Pkg() == p.Package && u.from != u.to && u.from != "" && u.to != "" &&
			!slices.Contains(h.uses[u], obj.Name()) {
			h.uses[u] = append(h.uses[u], obj.Name())
			slices.Sort(h.uses[u])
		}
	}
	return h, h.read(filepath.Join(root, "docs", "architecture.md"))
}

// read reads the tables of the document: "| name | files | … |" with the lowest layer first, and
// "| from | to | reason |".
func (h *house) read(document string) error {
	text, err := os.ReadFile(document)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) != 3 {
			continue
		}
		first, files := names.FindAllString(cells[0], -1), names.FindAllString(cells[1], -1)
		switch {
		case len(first) == 1 && len(files) == 1:
			h.reasons[use{first[0], files[0]}] = strings.Trim(cells[2], "| ")
		case len(files) > 0:
			h.layers = append(h.layers, layer{name: strings.Trim(cells[0], "| "), patterns: files})
		}
	}
	for _, file := range h.files {
		if i := h.layer(file); i >= 0 {
			h.layers[i].files = append(h.layers[i].files, file)
		}
	}
	return err
}

var names = regexp.MustCompile(`[a-z0-9_*]+\.go`)

// layer returns the first layer that has a pattern for a file, or -1.
func (h *house) layer(file string) int {
	return slices.IndexFunc(h.layers, func(l layer) bool {
		return slices.ContainsFunc(l.patterns, func(pattern string) bool {
			ok, _ := path.Match(pattern, file)
			return ok
		})
	})
}

// up returns the uses from a layer to a higher one.
func (h *house) up() (up []use) {
	for u := range h.uses {
		if h.layer(u.from) < h.layer(u.to) {
			up = append(up, u)
		}
	}
	slices.SortFunc(up, func(a, b use) int { return strings.Compare(a.String(), b.String()) })
	return up
}

// circles returns the sets of files that use each other, the largest first.
func (h *house) circles() (circles [][]string) {
	reached := maps.Clone(h.uses)
	for _, through := range h.files {
		for _, from := range h.files {
			for _, to := range h.files {
				if reached[use{from, through}] != nil && reached[use{through, to}] != nil {
					reached[use{from, to}] = []string{through}
				}
			}
		}
	}
	seen := map[string]bool{}
	for _, a := range h.files {
		var circle []string
		for _, b := range h.files {
			if !seen[b] && reached[use{a, b}] != nil && reached[use{b, a}] != nil {
				circle = append(circle, b)
				seen[b] = true
			}
		}
		if len(circle) > 1 {
			circles = append(circles, circle)
		}
	}
	slices.SortStableFunc(circles, func(a, b []string) int { return len(b) - len(a) })
	return circles
}
