//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// findC returns the mutants of a package's helpers in C.
func findC(root, pkg string, srcs map[string][]byte) ([]*mutant, error) {
	headers, _ := filepath.Glob(filepath.Join(root, pkg, "*.h"))
	sources, _ := filepath.Glob(filepath.Join(root, pkg, "*.c"))
	// What is for Windows alone is not built here.
	sources = slices.DeleteFunc(sources, func(path string) bool { return strings.HasSuffix(path, "_windows.c") })
	live := map[string]map[int]bool{}
	for _, source := range sources {
		if err := liveLines(source, live); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	var all []*mutant
	for _, full := range slices.Concat(headers, sources) {
		path, err := filepath.Rel(root, full)
		if err != nil {
			return nil, err
		}
		src, err := os.ReadFile(full)
		if err != nil {
			return nil, err
		}
		c := &cFile{path: path, src: src, live: live[full]}
		c.tokenize()
		c.functions()
		if len(c.mutants) > 0 {
			srcs[path] = src
			all = append(all, c.mutants...)
		}
	}
	return all, nil
}

var lineMarker = regexp.MustCompile(`^# (\d+) "([^"]*)"`)

// liveLines records, by file, the lines that the preprocessor keeps at least in part on this
// system.
func liveLines(source string, live map[string]map[int]bool) error {
	cc := os.Getenv("CC")
	if cc == "" {
		cc = "gcc"
	}
	args := append(strings.Fields(cc), "-E", source)
	out, err := exec.Command(args[0], args[1:]...).Output()
	if err != nil {
		return fmt.Errorf("%v: %w", args, err)
	}
	file, line := "", 0
	for text := range bytes.Lines(out) {
		if m := lineMarker.FindSubmatch(text); m != nil {
			file = string(m[2])
			line, _ = strconv.Atoi(string(m[1]))
			continue
		}
		if len(bytes.TrimSpace(text)) > 0 {
			if live[file] == nil {
				live[file] = map[int]bool{}
			}
			live[file][line] = true
		}
		line++
	}
	return nil
}

// A cToken is a token of C. Comments and preprocessor lines are skipped.
type cToken struct {
	text     string
	from, to int
	line     int
}

// A cFile collects the mutants of a file of C.
type cFile struct {
	path    string
	src     []byte
	live    map[int]bool
	tokens  []cToken
	fn      string
	mutants []*mutant
}

var cTokens = regexp.MustCompile(`(?s)\A(?:(\s+|//[^\n]*|/\*.*?\*/|\\\n)|([A-Za-z_]\w*)|(\.?\d[\w.]*)|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(<<=|>>=|\.\.\.|->|\+\+|--|&&|\|\||[-+*/%&|^=!<>]=|<<|>>|.))`)

func (c *cFile) tokenize() {
	line, start := 1, true
	for at := 0; at < len(c.src); {
		if start && c.src[at] == '#' {
			for at < len(c.src) && (c.src[at] != '\n' || c.src[at-1] == '\\') {
				if c.src[at] == '\n' {
					line++
				}
				at++
			}
			continue
		}
		m := cTokens.FindSubmatchIndex(c.src[at:])
		text := string(c.src[at : at+m[1]])
		if m[2] < 0 {
			c.tokens = append(c.tokens, cToken{text, at, at + m[1], line})
			start = false
		} else if strings.Contains(text, "\n") {
			start = true
		}
		line += strings.Count(text, "\n")
		at += m[1]
	}
}

// end returns the token after the bracket that closes the one at i.
func (c *cFile) end(i int) int {
	depth := 0
	for ; i < len(c.tokens); i++ {
		switch c.tokens[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

var word = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// functions goes through the file's functions.
func (c *cFile) functions() {
	for i := 0; i < len(c.tokens); i++ {
		switch t := c.tokens[i]; {
		case t.text == "{": // of a struct, an enum or an initializer
			i = c.end(i) - 1
		case t.text == "(":
			name, after := c.tokens[max(i-1, 0)].text, c.end(i)
			if after < len(c.tokens) && c.tokens[after].text == "{" && word.MatchString(name) && name != "__attribute__" {
				c.fn = name
				end := c.end(after)
				c.block(after+1, end-1)
				i = end - 1
			} else {
				i = after - 1
			}
		}
	}
}

func (c *cFile) add(op string, i int, edits ...edit) {
	t := c.tokens[i]
	if !c.live[t.line] {
		return
	}
	m := &mutant{file: c.path, fn: c.fn, op: op, text: lineOf(c.src, t.from), line: t.line, edits: edits}
	for j := range m.edits {
		m.edits[j].order = len(c.mutants)
	}
	c.mutants = append(c.mutants, m)
}

func (c *cFile) opens(i int, text string) edit {
	at := c.tokens[i].from
	return edit{from: at, to: at, text: text}
}

// closes puts text after the token before i.
func (c *cFile) closes(i int, text string) edit {
	at := c.tokens[i-1].to
	return edit{from: at, to: at, text: text, closes: true}
}

// wrap is a macro around the tokens from i to j-1.
func (c *cFile) wrap(op, macro string, i, j int) {
	c.add(op, i, c.opens(i, macro+"(NUMBER, "), c.closes(j, ")"))
}

func (c *cFile) source(i, j int) string { return string(c.src[c.tokens[i].from:c.tokens[j-1].to]) }

// block goes through the statements from token i to j-1.
func (c *cFile) block(i, j int) {
	last := -1 // the previous statement, if it is an assignment
	for i < j {
		switch t := c.tokens[i]; t.text {
		case "{", "}", "else", "do", ";":
			i, last = i+1, -1
			continue
		case "if", "while", "for":
			end := c.end(i + 1)
			c.head(t.text, i+2, end-1, end)
			i, last = end, -1
			continue
		case "switch":
			i, last = c.end(i+1), -1
			continue
		case "case", "default":
			for c.tokens[i].text != ":" {
				i++
			}
			i, last = i+1, -1
			continue
		}
		end := i
		for end < j && c.tokens[end].text != ";" {
			if b := c.tokens[end].text; b == "(" || b == "[" || b == "{" {
				end = c.end(end)
			} else {
				end++
			}
		}
		assign := c.statement(i, end)
		if assign && last >= 0 {
			c.swapFields(last, i, end)
		}
		if last = i; !assign {
			last = -1
		}
		i = end + 1
	}
}

// head handles the brackets of an if, a while or a for, from token i to j-1.
func (c *cFile) head(kind string, i, j, body int) {
	if kind == "for" {
		var parts []int
		for k := i; k < j; k++ {
			if c.tokens[k].text == ";" {
				parts = append(parts, k)
			}
		}
		if len(parts) != 2 || parts[1] == parts[0]+1 {
			return
		}
		i, j = parts[0]+1, parts[1]
		c.expression(i, j)
		return
	}
	split := []int{i}
	both := ""
	for k := i; k < j; k++ {
		switch c.tokens[k].text {
		case "(", "[":
			k = c.end(k) - 1
		case "&&", "||":
			both = c.tokens[k].text
			split = append(split, k, k+1)
		}
	}
	split = append(split, j)
	if len(split) > 2 {
		for k := 0; k < len(split); k += 2 {
			if both == "&&" {
				c.wrap("remove a condition", "MUTANT_TRUE", split[k], split[k+1])
			} else {
				c.wrap("remove a condition", "MUTANT_FALSE", split[k], split[k+1])
			}
		}
	}
	if kind == "if" && c.tokens[body].text == "return" {
		c.wrap("remove a check", "MUTANT_FALSE", i, j)
	} else {
		c.wrap("flip a condition", "MUTANT_FLIP", i, j)
	}
	c.expression(i, j)
}

// statement handles one from token i to j-1. It reports whether it is an assignment.
func (c *cFile) statement(i, j int) bool {
	if i == j {
		return false
	}
	first := c.tokens[i].text
	switch first {
	case "break", "continue", "goto", "return":
		if first == "return" && j-i == 3 && c.source(i+1, j) == "-errno" {
			c.add("lose an error", i, c.opens(i+1, "MUTANT_PICK(NUMBER, "), c.closes(j, ", 0)"))
		}
		c.expression(i, j)
		return false
	}
	assigns := -1
	depth := 0
	for k := i; k < j; k++ {
		switch c.tokens[k].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case "=", "|=", "&=", "+=", "-=", "/=":
			if depth == 0 && assigns < 0 {
				assigns = k
			}
		}
	}
	if c.declares(i, j) {
		if assigns >= 0 && c.tokens[assigns+1].text != "{" && first != "static" {
			c.expression(assigns+1, j)
		} else if assigns >= 0 && first != "static" {
			c.expression(assigns+2, j-1)
		}
		return false
	}
	if first == "(" { // (void)unused
		return false
	}
	op := "remove a step"
	if assigns >= 0 && (c.tokens[assigns].text == "|=" || c.tokens[assigns].text == "&=") {
		op = "drop a flag"
	}
	c.add(op, i, c.opens(i, "{ if (!mutant(NUMBER)) "), edit{from: c.tokens[j].to, to: c.tokens[j].to, text: " }", closes: true})
	c.expression(i, j)
	return assigns >= 0 && c.tokens[assigns].text == "="
}

// declares reports whether a statement declares something.
func (c *cFile) declares(i, j int) bool {
	switch c.tokens[i].text {
	case "const", "static", "struct", "union", "enum", "unsigned", "int", "long", "char", "short":
		return true
	}
	if !word.MatchString(c.tokens[i].text) || i+1 >= j {
		return false
	}
	if word.MatchString(c.tokens[i+1].text) {
		return true
	}
	return c.tokens[i+1].text == "*" && i+3 < j && word.MatchString(c.tokens[i+2].text) && c.tokens[i+3].text == "="
}

// expression adds the mutants between tokens i and j-1.
func (c *cFile) expression(i, j int) {
	for k := i; k < j; k++ {
		switch t := c.tokens[k].text; t {
		case "|":
			end := k + 2
			if c.tokens[k+1].text == "(" {
				end = c.end(k + 1)
			} else if end < j && c.tokens[end].text == "(" {
				end = c.end(end)
			}
			c.wrap("drop a flag", "MUTANT_DROP", k+1, end)
		case "<", ">", "<=", ">=":
			end := k + 1
			for end < j && !slices.Contains([]string{")", "&&", "||", "?", ":", ",", ";"}, c.tokens[end].text) {
				if c.tokens[end].text == "(" {
					end = c.end(end)
				} else {
					end++
				}
			}
			sign := " - "
			if t == "<" || t == ">=" {
				sign = " + "
			}
			if end == k+1 || t == "<" && c.source(k+1, end) == "0" {
				continue // an error is below 0, a success is 0
			}
			c.add("off by one", k+1, c.opens(k+1, "("), c.closes(end, sign+"mutant(NUMBER))"))
		case "?":
			from := k
			for from > i {
				if b := c.tokens[from-1].text; b == "=" || b == "," || b == "return" || b == "(" || b == ":" || b == "|" {
					break
				}
				if c.tokens[from-1].text == ")" {
					from = c.begin(from - 1)
				} else {
					from--
				}
			}
			if from < k {
				c.wrap("flip a condition", "MUTANT_FLIP", from, k)
			}
		case "sizeof":
			if end := c.end(k + 1); c.tokens[k+1].text == "(" && (end == j || c.tokens[end].text != "*") {
				c.add("off by one", k, c.opens(k, "("), c.closes(end, " - mutant(NUMBER))"))
			}
		case "(":
			if k > i && word.MatchString(c.tokens[k-1].text) && c.tokens[k-1].text != "sizeof" {
				c.swapArguments(k+1, c.end(k)-1)
			}
		}
	}
}

// begin returns the token of the bracket that the one at i closes.
func (c *cFile) begin(i int) int {
	depth := 0
	for ; i > 0; i-- {
		switch c.tokens[i].text {
		case ")", "]":
			depth++
		case "(", "[":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}

var plain = regexp.MustCompile(`^[A-Za-z_]\w*(->\w+)?$|^\d+$`)

// swapArguments exchanges each argument from token i to j-1 with the next, where both are plain.
func (c *cFile) swapArguments(i, j int) {
	if i >= j {
		return
	}
	starts := []int{i}
	for k := i; k < j; k++ {
		switch c.tokens[k].text {
		case "(", "[", "{":
			k = c.end(k) - 1
		case ",":
			starts = append(starts, k+1)
		}
	}
	starts = append(starts, j+1)
	for n := 0; n+2 < len(starts); n++ {
		a, b := c.source(starts[n], starts[n+1]-1), c.source(starts[n+1], starts[n+2]-1)
		if plain.MatchString(a) && plain.MatchString(b) && a != b && a != "NULL" && b != "NULL" {
			c.exchange("swap arguments", starts[n], starts[n+1]-1, starts[n+1], starts[n+2]-1)
		}
	}
}

// swapFields exchanges the values of two assignments in a row, at i and at k.
func (c *cFile) swapFields(i, k, end int) {
	value := func(i int) int {
		for c.tokens[i].text != "=" {
			i++
		}
		return i + 1
	}
	a, b := value(i), value(k)
	c.exchange("swap fields", a, k-1, b, end)
}

func (c *cFile) exchange(op string, a, aEnd, b, bEnd int) {
	x, y := c.source(a, aEnd), c.source(b, bEnd)
	if x == y || strings.Contains(x, "++") || strings.Contains(y, "++") || strings.Contains(x+y, "{") {
		return
	}
	// The compiler accepts either type for the other, at most with a warning; it rejects structs.
	c.add(op, a, c.opens(a, "MUTANT_PICK(NUMBER, "), c.closes(aEnd, ", "+y+")"), c.opens(b, "MUTANT_PICK(NUMBER, "), c.closes(bEnd, ", "+x+")"))
}
