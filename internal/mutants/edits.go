//go:build unix

package main

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// An edit replaces bytes from to to-1 of a file with text. NUMBER in the text is replaced by the
// mutant's number.
type edit struct {
	from, to int
	text     string
	closes   bool // the text ends what another edit of the mutant has begun
	order    int  // the number of the node that the mutant changes, in the order of visits: parents come first
}

// apply applies the edits of mutants to a file. Edits nest. Where several have the same place,
// closing ones come before opening ones. Of the opening ones a parent's comes first, of the closing
// ones a child's.
func apply(src []byte, mutants []*mutant) []byte {
	type numbered struct {
		edit
		number int
	}
	var all []numbered
	for _, m := range mutants {
		for _, e := range m.edits {
			all = append(all, numbered{e, m.number})
		}
	}
	slices.SortStableFunc(all, func(a, b numbered) int {
		switch {
		case a.from != b.from:
			return a.from - b.from
		case (a.from == a.to) != (b.from == b.to): // insertions before replacements
			if a.from == a.to {
				return -1
			}
			return 1
		case a.closes != b.closes:
			if a.closes {
				return -1
			}
			return 1
		case a.closes:
			return b.order - a.order
		}
		return a.order - b.order
	})
	var out bytes.Buffer
	at := 0
	for _, e := range all {
		if e.from > at {
			out.Write(src[at:e.from])
			at = e.from
		}
		out.WriteString(strings.ReplaceAll(e.text, "NUMBER", strconv.Itoa(e.number)))
		at = max(at, e.to)
	}
	out.Write(src[at:])
	return out.Bytes()
}
