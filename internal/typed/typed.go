// Package typed reads the Go code of a package with its types, as it is built for this system.
package typed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// A Package is a package with its types.
type Package struct {
	*types.Package
	Fset  *token.FileSet
	Files []*ast.File // files that import "C" are as cgo has made them
	Info  *types.Info // Defs and Uses
}

// A listed package is what go list prints of it.
type listed struct {
	Dir, ImportPath, Export string
	CompiledGoFiles         []string
}

// list builds packages that the go command knows by patterns in dir, and those that they import. It
// returns all, an imported package before those that import it.
func list(dir string, patterns ...string) ([]listed, error) {
	args := []string{"list", "-deps", "-export", "-compiled", "-json=Dir,CompiledGoFiles,ImportPath,Export"}
	cmd := exec.Command("go", append(args, patterns...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// importerOf reads what the compiler exports of packages.
func importerOf(fset *token.FileSet, packages []listed) types.Importer {
	exports := map[string]string{}
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	})
}

// Importer returns an importer of the packages that the go command knows by patterns in dir.
func Importer(fset *token.FileSet, dir string, patterns ...string) (types.Importer, error) {
	packages, err := list(dir, patterns...)
	return importerOf(fset, packages), err
}

// Load reads the package that the go command knows as pattern in dir.
func Load(dir, pattern string) (*Package, error) {
	packages, err := list(dir, pattern)
	if err != nil {
		return nil, err
	}
	last := packages[len(packages)-1]

	p := &Package{Fset: token.NewFileSet()}
	p.Info = &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	for _, path := range last.CompiledGoFiles {
		if !filepath.IsAbs(path) {
			path = filepath.Join(last.Dir, path)
		}
		f, err := parser.ParseFile(p.Fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.Files = append(p.Files, f)
	}
	conf := types.Config{Importer: importerOf(p.Fset, packages)}
	p.Package, err = conf.Check(last.ImportPath, p.Fset, p.Files, p.Info)
	return p, err
}

// File returns the name of the file that has pos, or "" for what cgo has added.
func (p *Package) File(pos token.Pos) string {
	name := filepath.Base(p.Fset.Position(pos).Filename)
	if filepath.Ext(name) != ".go" || name == "_cgo_gotypes.go" {
		return ""
	}
	return name
}
