// Coverage prints how much of csock the tests run, and checks the list of what they do not run: a
// statement of Go or line of C without a run and without a reason in docs/uncovered.tsv is printed,
// and with -strict fails; a reason for what is run is reported. .ci/coverage makes the profiles.
//
//	go run ./internal/coverage -go a.out -go b.out -lcov c.info
//
// It takes Go's coverage profiles, and what llvm-cov export -format=lcov writes of the C.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	module  = "github.com/csock/go-csock/"
	reasons = "docs/uncovered.tsv"
)

// A block is a piece of a file, and whether it was run.
type block struct {
	file      string
	line, col int // where it begins; col is 0 for a line of C
	count     int // statements
	run       bool
}

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func main() {
	var goFiles, lcovFiles list
	flag.Var(&goFiles, "go", "a coverage profile of Go; may be repeated")
	flag.Var(&lcovFiles, "lcov", "coverage of the C as lcov has it; may be repeated")
	strict := flag.Bool("strict", false, "fail if something is not run and has no reason")
	least := flag.Float64("least", 96, "fail if less than this percentage is run")
	show := flag.Bool("list", false, "print what is not run and has no reason as lines for "+reasons)
	flag.Parse()
	if err := run(goFiles, lcovFiles, *least, *show, *strict); err != nil {
		fmt.Fprintln(os.Stderr, "coverage:", err)
		os.Exit(1)
	}
}

func run(goFiles, lcovFiles []string, least float64, show, strict bool) error {
	known, err := readReasons()
	if err != nil {
		return err
	}
	bad := 0
	check := func(what string, files []string, read func(map[string]*block, string) error) error {
		blocks := map[string]*block{}
		for _, f := range files {
			if err := read(blocks, f); err != nil {
				return err
			}
		}
		percent := summary(what, blocks)
		if percent < least {
			fmt.Printf("%s: less than %g%% are run\n", what, least)
			bad++
		}
		texts := sources{}
		for _, b := range slices.SortedFunc(maps.Values(blocks), byPlace) {
			if b.run {
				continue
			}
			key, err := texts.key(b)
			if err != nil {
				return err
			}
			if known.explains(key) {
				continue
			}
			if strict {
				bad++
			}
			if show {
				fmt.Println(strings.Join(key[:], "\t") + "\tTODO")
			} else {
				fmt.Printf("not run, without a reason: %s:%d: %s: %s\n", b.file, b.line, key[1], key[2])
			}
		}
		return nil
	}
	if len(goFiles) > 0 {
		if err := check("Go", goFiles, readGo); err != nil {
			return err
		}
	}
	if len(lcovFiles) > 0 {
		if err := check("C", lcovFiles, readLcov); err != nil {
			return err
		}
	}
	for _, r := range known {
		if isC := !strings.HasSuffix(r.key[0], ".go"); !r.used && (isC && len(lcovFiles) > 0 || !isC && len(goFiles) > 0) {
			fmt.Printf("has a reason, and is run: %s\n", strings.Join(r.key[:], ": "))
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d complaints", bad)
	}
	return nil
}

func byPlace(a, b *block) int {
	if c := strings.Compare(a.file, b.file); c != 0 {
		return c
	}
	if a.line != b.line {
		return a.line - b.line
	}
	return a.col - b.col
}

// summary prints the files that are not run completely, and the total.
func summary(what string, blocks map[string]*block) float64 {
	type sum struct{ all, run int }
	var total sum
	files := map[string]sum{}
	for _, b := range blocks {
		s := files[b.file]
		s.all += b.count
		total.all += b.count
		if b.run {
			s.run += b.count
			total.run += b.count
		}
		files[b.file] = s
	}
	for _, f := range slices.Sorted(maps.Keys(files)) {
		if s := files[f]; s.run < s.all {
			fmt.Printf("%5.1f%%  %s\n", 100*float64(s.run)/float64(s.all), f)
		}
	}
	percent := 100 * float64(total.run) / float64(max(total.all, 1))
	unit := map[string]string{"Go": "statements", "C": "lines"}[what]
	fmt.Printf("coverage: %s: %.1f%% of %d %s are run\n", what, percent, total.all, unit)
	return percent
}

// readGo adds the blocks of a Go profile.
func readGo(blocks map[string]*block, path string) error {
	return eachLine(path, func(line string) error {
		place, rest, ok := strings.Cut(line, ":")
		if !ok || place == "mode" {
			return nil
		}
		var b block
		var endLine, endCol, count int
		if _, err := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d", &b.line, &b.col, &endLine, &endCol, &b.count, &count); err != nil {
			return fmt.Errorf("%s: %q: %v", path, line, err)
		}
		if b.count == 0 {
			return nil
		}
		b.file, b.run = strings.TrimPrefix(place, module), count > 0
		add(blocks, fmt.Sprint(b.file, b.line, b.col, endLine, endCol), b)
		return nil
	})
}

// readLcov adds the lines of an lcov file.
func readLcov(blocks map[string]*block, path string) error {
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	file := ""
	return eachLine(path, func(line string) error {
		if name, ok := strings.CutPrefix(line, "SF:"); ok {
			file = strings.TrimPrefix(name, root+"/")
		}
		data, ok := strings.CutPrefix(line, "DA:")
		if !ok {
			return nil
		}
		at, count, _ := strings.Cut(data, ",")
		n, err := strconv.Atoi(at)
		if err != nil {
			return err
		}
		add(blocks, fmt.Sprint(file, ":", n), block{file: file, line: n, count: 1, run: count != "0"})
		return nil
	})
}

// add adds a block that other tests may have run.
func add(blocks map[string]*block, key string, b block) {
	if was := blocks[key]; was != nil {
		was.run = was.run || b.run
		return
	}
	blocks[key] = &b
}

func eachLine(path string, f func(string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	s := bufio.NewScanner(file)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if err := f(s.Text()); err != nil {
			return err
		}
	}
	return s.Err()
}

// A key is a file, a function and a line's text: it stays when lines are added elsewhere.
type key [3]string

// A reason says why something is not run. Its function or text may be "*".
type reason struct {
	key  key
	text string
	used bool
}

type reasonList []*reason

func readReasons() (reasonList, error) {
	var l reasonList
	err := eachLine(reasons, func(line string) error {
		if line == "" || strings.HasPrefix(line, "#") {
			return nil
		}
		f := strings.Split(line, "\t")
		if len(f) != 4 || f[3] == "" || f[3] == "TODO" {
			return fmt.Errorf("%s: not file, function, text and reason: %q", reasons, line)
		}
		l = append(l, &reason{key: key(f[:3]), text: f[3]})
		return nil
	})
	return l, err
}

func (l reasonList) explains(k key) bool {
	found := false
	for _, r := range l {
		if r.key[0] == k[0] && (r.key[1] == "*" || r.key[1] == k[1]) && (r.key[2] == "*" || r.key[2] == k[2]) {
			r.used, found = true, true
		}
	}
	return found
}

// sources has the lines of files.
type sources map[string][]string

var (
	goFunc = regexp.MustCompile(`^func (?:\((?:\w+ )?\*?(\w+)(?:\[[^\]]*\])?\) )?(\w+)`)
	cFunc  = regexp.MustCompile(`^[A-Za-z_].*?(\w+)\(`)
)

// key returns the key of a block. Its text is that of its first statement.
func (s sources) key(b *block) (key, error) {
	lines := s[b.file]
	if lines == nil {
		text, err := os.ReadFile(b.file)
		if err != nil {
			return key{}, err
		}
		lines = strings.Split(string(text), "\n")
		s[b.file] = lines
	}
	if b.line > len(lines) {
		return key{}, fmt.Errorf("%s has no line %d", b.file, b.line)
	}
	function := ""
	for i := b.line - 1; i >= 0 && function == ""; i-- {
		if m := goFunc.FindStringSubmatch(lines[i]); m != nil && b.col > 0 {
			function = m[2]
			if m[1] != "" {
				function = "(" + m[1] + ")." + m[2]
			}
		} else if m := cFunc.FindStringSubmatch(lines[i]); m != nil && b.col == 0 && !strings.HasSuffix(lines[i], ";") {
			function = m[1]
		}
	}
	text := lines[b.line-1]
	if b.col > 0 {
		text = strings.TrimSpace(strings.TrimPrefix(text[min(b.col-1, len(text)):], "{"))
		for next := b.line; (text == "" || strings.HasPrefix(text, "//")) && next < len(lines); next++ {
			text = strings.TrimSpace(lines[next])
		}
	}
	return key{b.file, function, strings.TrimSpace(strings.ReplaceAll(text, "\t", " "))}, nil
}
