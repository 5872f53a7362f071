//go:build linux

package examples

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

const fdpass exampletest.Example = "fdpass"

func TestFdpassCommandLine(t *testing.T) { fdpass.CommandLine(t, "-once", "recv", "@fdpass-full") }

func startReceiver(t *testing.T, args ...string) (*exampletest.Program, string) {
	path := filepath.Join(t.TempDir(), "s")
	p := fdpass.Start(t, nil, append(args, "recv", path)...)
	p.WaitFor(t, "MESSAGE")
	return p, path
}

func TestFdpassFiles(t *testing.T) {
	p, path := startReceiver(t, "-cat")
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"one", "two"} {
		file := filepath.Join(dir, name)
		need.OK(t, os.WriteFile(file, []byte("the contents of "+name+"\n"), 0o600))
		files = append(files, file)
	}
	sender := fdpass.Start(t, nil, append([]string{"send", path}, files...)...)
	sender.Succeed(t)
	p.WaitFor(t, "the contents of two\n")
	out := p.Interrupt(t)
	for _, file := range files {
		row := fmt.Sprintf("%8d %6d %6d  -rw------- %10d  %q %[5]q\nthe contents of %[6]s\n",
			sender.Cmd.Process.Pid, os.Geteuid(), os.Getegid(), 20, file, filepath.Base(file))
		words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
		if len(file) > 40 {
			row = strings.Replace(row, fmt.Sprintf("%q", file), fmt.Sprintf("%.40q", file), 1)
		}
		if !strings.Contains(words(out), words(row)) {
			t.Errorf("no row like\n%sin\n%s", row, out)
		}
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("it left its socket behind: %v", err)
	}
}

// socat sends no descriptors; the kernel adds its credentials.
func TestFdpassSocat(t *testing.T) {
	fdpass.Build(t)
	need.Tool(t, "socat")
	p, path := startReceiver(t, "-once")
	peer := exampletest.StartCommand(t, nil, "socat", "EXEC:echo -n hello", "UNIX-CONNECT:"+path)
	peer.Succeed(t)
	out := p.Succeed(t)
	if want := fmt.Sprintf(" %6d %6d ", os.Geteuid(), os.Getegid()); !strings.Contains(out, want) ||
		!strings.Contains(out, `"hello"`) || !strings.Contains(out, "no file") {
		t.Errorf("of socat it prints\n%s", out)
	}

	path = filepath.Join(t.TempDir(), "socat")
	server := exampletest.StartCommand(t, nil, "socat", "-u", "UNIX-LISTEN:"+path, "STDOUT")
	kernel.Eventually(t, "socat listening", func() bool {
		_, err := os.Lstat(path)
		return err == nil
	})
	fdpass.Start(t, nil, "send", path, "/dev/null").Succeed(t)
	if got := server.Succeed(t); got != "/dev/null" {
		t.Errorf("socat gets %q", got)
	}
}

func TestFdpassErrors(t *testing.T) {
	p, path := startReceiver(t)
	fdpass.Start(t, nil, "recv", path).Fail(t, 1, "Remove "+path)
	p.Interrupt(t)
	fdpass.Start(t, nil, "send", path, "/dev/null").Fail(t, 1, path)

	name := "@fdpass-" + filepath.Base(t.TempDir()) + strconv.Itoa(os.Getpid())
	p = fdpass.Start(t, nil, "recv", name)
	p.WaitFor(t, "MESSAGE")
	fdpass.Start(t, nil, "recv", name).Fail(t, 1, name, "choose another name (ss -lx lists them)")
	p.Interrupt(t)
}
