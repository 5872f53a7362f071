package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// A use is how TestCommands treats a command of the documents: it runs the command as printed, or
// says why not.
const (
	asPrinted = ""
	building  = "builds programs" // run if CSOCK_TEST_BUILD is set
	check     = "a check of its own, which the documents only name: it has to exist"
)

// commands are those of the documents. A command that is not listed here fails the test, and so
// does one that no document has.
var commands = map[string]string{
	"go doc -all ./csock":                   asPrinted,
	"go doc ./csock SO_REUSEADDR":           asPrinted,
	"go doc ./csock ZeroCopy":               asPrinted,
	"go run ./internal/layers":              asPrinted,
	"go run ./examples/echo":                building,
	"go run ./examples/NAME":                building, // of each example, with -h
	"go run ./examples/sockopts -kind tcp4": building,
	`go build -ldflags '-linkmode external -extldflags "-static"' ./examples/echo`: building, // after export CC

	"go test ./...": "it would run itself",
	"go build ./... && go vet ./... && go test ./...":                  "it would run itself",
	"go mod init example.com/first":                                    "TestReadmeProgram of tests runs it",
	"go mod edit -replace github.com/csock/go-csock=/path/to/go-csock": "TestReadmeProgram of tests runs it",
	"go mod tidy":         "TestReadmeProgram of tests runs it",
	"go run .":            "TestReadmeProgram of tests runs it",
	"go generate ./csock": "it writes to the clone; .ci/run checks that it would change nothing",

	"apt-get install gcc libc6-dev": "it changes the machine; .ci/machines does it in a new Debian",

	"go test -C tests/peers ./...":                               "a module of its own, with libraries to fetch; .ci/run does it",
	"go run -C tests/peers ./suites":                             "modules to fetch, whose tests take minutes; .ci/run does it",
	"go run -C bench .":                                          "it measures for ten minutes",
	"go run -C bench . -quick":                                   "a module of its own, with libraries to fetch; .ci/run does it",
	"go run -C bench . -selftest":                                "it measures for minutes, and judges by times",
	"go run -C bench . -compare a.json b.json":                   "it is about two runs",
	"go test -C bench ./rings -run '^$' -bench . -benchtime 20x": "it measures for two minutes, in a module of its own",
	"go test -C bench -run '^$' -bench SendRecv -count 6 | go run golang.org/x/perf/cmd/benchstat@latest -col /impl -": "it measures for minutes, and fetches a program",

	".ci/run":                    check,
	".ci/run -all":               check,
	".ci/machines":               check,
	".ci/machines user":          check,
	".ci/machines noipv6 trixie": check,
	".ci/alone":                  check,
	".ci/kernel":                 check,
	".ci/kernel NAME":            check,
	".ci/checkheader":            check,
	".ci/macos":                  check,
	".ci/gvisor":                 check,
	".ci/interpose":              check,
	".ci/windows":                check,
	".ci/bsd":                    check,
	".ci/api":                    check,
	".ci/mutants":                check,
	".ci/checkers":               check,
	".ci/coverage":               check,

	"go test ./tests/portable -run TestWaiting -v -waiting 10000": "it measures; with 100 Conns it runs in every test of the package",

	"go run ./internal/layers ../before":  "a checkout that the line before makes",
	"go run ./internal/mutants":           "it takes an hour; .ci/mutants runs a sample",
	"go test ./tests/model -args -for 1h": "it takes an hour; .ci/checkers makes calls for less",

	"go test -timeout 0 -run AcceptForLong ./tests -args -for 1h": "it takes an hour; .ci/run has a minute of it",
}

// inText matches a command within a paragraph: one with arguments, or a script.
var inText = regexp.MustCompile("`((?:go\\s[a-z]+\\s|apt-get\\s|\\.ci/)[^`]+)`")

// printed returns all commands of the documents, each with its place and, in a block, the lines
// before it.
func printed(t *testing.T) (where, before map[string]string) {
	where, before = map[string]string{}, map[string]string{}
	block := regexp.MustCompile("(?ms)^ *```(\\w*)\n(.*?)^ *```$")
	for path, text := range documents(t) {
		for _, m := range block.FindAllStringSubmatch(text, -1) {
			if m[1] != "sh" {
				continue
			}
			setup := ""
			for line := range strings.Lines(m[2]) {
				line, _, _ = strings.Cut(line, "  #")
				line = strings.TrimSpace(line)
				if strings.HasPrefix(line, "export ") {
					setup += line + "\n"
					continue
				}
				where[line], before[line] = path, setup
			}
		}
		for _, m := range inText.FindAllStringSubmatch(block.ReplaceAllString(text, ""), -1) {
			where[strings.Join(strings.Fields(m[1]), " ")] = path
		}
	}
	return where, before
}

// Every command of the documents works as printed, in the repository.
func TestCommands(t *testing.T) {
	where, before := printed(t)
	for command := range commands {
		if where[command] == "" {
			t.Errorf("no document has the command %s", command)
		}
	}
	for command, path := range where {
		why, known := commands[command]
		if !known {
			t.Errorf("%s: is the command %q run, and if not, why?", path, command)
			continue
		}
		t.Run(command, func(t *testing.T) {
			switch why {
			case check:
				info, err := os.Stat(filepath.Join(root, strings.Fields(command)[0]))
				if err != nil || info.Mode()&0o111 == 0 {
					t.Errorf("%s: no such program: %v", path, err)
				}
				return
			case building:
				need.Build(t)
			case asPrinted:
				need.Full(t, "runs the go command")
				need.Go(t)
			default:
				t.Skip("not run: " + why)
			}
			if strings.Contains(before[command], "musl-gcc") {
				need.Tool(t, "musl-gcc")
				t.Cleanup(func() { os.Remove(filepath.Join(root, "echo")) })
			}
			all := []string{command}
			if strings.Contains(command, "NAME") {
				all = nil
				programs, err := filepath.Glob(filepath.Join(root, "examples", "*", "main.go"))
				need.OK(t, err)
				for _, p := range programs {
					all = append(all, strings.Replace(command, "NAME", filepath.Base(filepath.Dir(p)), 1)+" -h")
				}
				if len(all) < 10 {
					t.Errorf("only %d programs", len(all))
				}
			}
			need.Tool(t, "sh")
			for _, c := range all {
				cmd := need.Command(t, "sh", "-ec", before[command]+c)
				cmd.Dir = root
				out, err := cmd.CombinedOutput()
				if err != nil || len(out) == 0 && !strings.HasPrefix(c, "go build") {
					t.Errorf("%s: %s: %v\n%s", path, c, err, out)
				}
			}
		})
	}
}

// CI runs the scripts that the documents name: .ci/run, or a workflow.
func TestScriptsAreRun(t *testing.T) {
	run, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	need.OK(t, err)
	scripts := []string{}
	for command, why := range commands {
		if script := strings.Fields(command)[0]; why == check && script != ".ci/run" {
			scripts = append(scripts, script)
		}
	}
	slices.Sort(scripts)
	for _, script := range slices.Compact(scripts) {
		if script != ".ci/alone" && !strings.Contains(string(run), script) { // .ci/machines runs that one
			t.Errorf(".ci/run does not run %s", script)
		}
	}
}
