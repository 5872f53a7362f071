//go:build unix

package main

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

// Each operation finds something, keys are unique, every entry of equivalent.tsv exists, and Go
// files with all their mutants at once parse.
func TestFind(t *testing.T) {
	root, err := filepath.Abs("../..")
	need.OK(t, err)
	srcs, all, err := find(root)
	need.OK(t, err)
	ops, keys := map[string]int{}, map[string]bool{}
	for i, m := range all {
		m.number = i + 1
		if m.op == "" || keys[m.key()] {
			t.Errorf("twice, or without an operation: %q", m.key())
		}
		keys[m.key()] = true
		ops[m.op]++
	}
	for _, op := range []string{
		"drop a flag", "flip a condition", "loosen an atomic step", "lose an error", "off by one", "remove a KeepAlive",
		"remove a Pin or an Unpin", "remove a check", "remove a condition", "remove a deferred call", "remove a step",
		"remove an atomic step", "swap arguments", "swap fields", "swap results",
	} {
		if ops[op] == 0 {
			t.Errorf("no mutant does %q", op)
		}
	}
	equivalent, err := readEquivalent("equivalent.tsv")
	need.OK(t, err)
	if key := notFound(equivalent, all); key != "" {
		t.Errorf("equivalent.tsv lists a mutant that does not exist: %q", key)
	}
	files := 0
	for path, src := range srcs {
		text := apply(src, slices.DeleteFunc(slices.Clone(all), func(m *mutant) bool { return m.file != path }))
		if strings.HasSuffix(path, ".go") {
			files++
			if _, err := parser.ParseFile(token.NewFileSet(), path, text, 0); err != nil {
				t.Error(err)
			}
		}
	}
	if files < 50 {
		t.Errorf("%d files", files)
	}
}

// With other packages alone, what equivalent.tsv lists of package csock is not missed.
func TestFindInRing(t *testing.T) {
	defer func(before []string) { packages = before }(packages)
	packages = []string{"csock/ring"}
	root, err := filepath.Abs("../..")
	need.OK(t, err)
	equivalent, err := readEquivalent("equivalent.tsv")
	need.OK(t, err)
	_, all, err := find(root)
	if err != nil || len(all) < 100 {
		t.Fatal(len(all), err)
	}
	if key := notFound(equivalent, all); key != "" {
		t.Errorf("missed: %q", key)
	}
}

// Edits nest like their nodes.
func TestApply(t *testing.T) {
	outer := &mutant{number: 1, edits: []edit{{from: 3, to: 3, text: "f(NUMBER, "}, {from: 10, to: 10, text: ")", closes: true}}}
	inner := &mutant{number: 2, edits: []edit{{from: 3, to: 3, text: "g(NUMBER, ", order: 1}, {from: 5, to: 6, text: ",", order: 1}, {from: 10, to: 10, text: "]", closes: true, order: 1}}}
	if got, want := string(apply([]byte("if a | b(c) {"), []*mutant{inner, outer})), "if f(1, g(2, a , b(c])) {"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The choice depends on the mutants' keys and the seed.
func TestChoose(t *testing.T) {
	var all []*mutant
	for _, op := range []string{"x", "y", "drop a flag"} {
		for range 500 {
			all = append(all, &mutant{file: "f", op: op, nth: len(all) + 1})
		}
	}
	first := choose(all)
	if len(first) != *count || !slices.ContainsFunc(first, func(m *mutant) bool { return m.op == "drop a flag" }) {
		t.Fatalf("%d chosen", len(first))
	}
	without := choose(all[1:]) // one less changes one at most
	same := 0
	for _, m := range without {
		if slices.Contains(first, m) {
			same++
		}
	}
	if same < len(first)-1 {
		t.Errorf("%d of %d stay", same, len(first))
	}
}
