// Package derived writes the files of this repository that are made from others, and checks that
// they are up to date.
package derived

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Main is the main function of a program that makes files: generate returns them by their paths
// below root, the directory of go.mod. With the flag -check nothing is written, and the exit status
// is 1 if a file differs.
func Main(name string, generate func(root string) (map[string][]byte, error)) {
	check := flag.Bool("check", false, "write nothing; exit 1 if a file is out of date")
	flag.Parse()
	do := Write
	if *check {
		do = Check
	}
	if err := do(generate); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Write writes the files.
func Write(generate func(root string) (map[string][]byte, error)) error {
	return each(generate, func(path string, want []byte) error { return os.WriteFile(path, want, 0o666) })
}

// Check returns an error that names the first difference, if there is one.
func Check(generate func(root string) (map[string][]byte, error)) error {
	return each(generate, func(path string, want []byte) error {
		got, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if bytes.Equal(got, want) {
			return nil
		}
		a, b := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
		i := 0
		for i < len(a) && i < len(b) && bytes.Equal(a[i], b[i]) {
			i++
		}
		return fmt.Errorf("%s is out of date at line %d: run go generate ./csock", path, i+1)
	})
}

func each(generate func(root string) (map[string][]byte, error), do func(path string, want []byte) error) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	files, err := generate(root)
	if err != nil {
		return err
	}
	var paths []string
	for path := range files {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		if err := do(filepath.Join(root, path), files[path]); err != nil {
			return err
		}
	}
	return nil
}

// moduleRoot returns the directory of go.mod, above the one in which the program runs.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("not in the module: no go.mod above")
		}
		dir = up
	}
}

// GoFiles returns the Go files below a directory, except tests, in the order of their paths.
func GoFiles(dir string) (paths []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}
