//go:build linux

package exampletest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// A Program is a running program.
type Program struct {
	Cmd    *exec.Cmd
	Stdout Buffer
	Stderr Buffer
	ended  chan error
}

// Start starts the program in a namespace, nil for the test's own, and kills it when the test ends.
func (e Example) Start(t testing.TB, ns *netns.NS, args ...string) *Program {
	t.Helper()
	p := new(Program)
	p.Cmd = e.command(t, args...)
	p.start(t, ns)
	return p
}

func (e Example) command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := need.Command(t, e.Build(t), args...)
	cmd.Env = append(os.Environ(), selfVariable+"=1", need.NoLeakCheck) // a test may trace it
	return cmd
}

// StartCommand starts another program, as Start does.
func StartCommand(t testing.TB, ns *netns.NS, name string, args ...string) *Program {
	t.Helper()
	p := &Program{Cmd: need.Command(t, need.Tool(t, name), args...)}
	p.start(t, ns)
	return p
}

func (p *Program) start(t testing.TB, ns *netns.NS) {
	t.Helper()
	p.Cmd.Stdout, p.Cmd.Stderr = &p.Stdout, &p.Stderr
	p.ended = make(chan error, 1)
	var err error
	if ns == nil {
		err = p.Cmd.Start()
	} else {
		ns.Do(func() { err = p.Cmd.Start() })
	}
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.ended <- p.Cmd.Wait()
	}()
	t.Cleanup(func() {
		p.Cmd.Process.Kill()
		<-done
	})
}

// printed returns all output, for the message of a failure.
func (p *Program) printed() string {
	return "standard output:\n" + p.Stdout.String() + "\nstandard error:\n" + p.Stderr.String()
}

const patience = 20 * time.Second

// WaitFor waits until standard output matches, and returns the match and its groups.
func (p *Program) WaitFor(t testing.TB, pattern string) []string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if m := re.FindStringSubmatch(p.Stdout.String()); m != nil {
			return m
		}
		if time.Now().After(end) {
			t.Fatalf("no output like %q; %s", pattern, p.printed())
		}
	}
}

// Wait waits for the end and returns the exit status.
func (p *Program) Wait(t testing.TB) int {
	t.Helper()
	select {
	case err := <-p.ended:
		p.ended <- err
		return p.Cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatalf("it does not end; %s", p.printed())
		return -1
	}
}

// Ended reports whether the program has ended.
func (p *Program) Ended() bool {
	select {
	case err := <-p.ended:
		p.ended <- err
		return true
	default:
		return false
	}
}

// Succeed waits for the end, which must be a success, and returns the output.
func (p *Program) Succeed(t testing.TB) string {
	t.Helper()
	if status := p.Wait(t); status != 0 {
		t.Fatalf("exit status %d; %s", status, p.printed())
	}
	return p.Stdout.String()
}

// Fail waits for the end, which must have an exit status. Standard error must contain the texts.
func (p *Program) Fail(t testing.TB, status int, texts ...string) {
	t.Helper()
	if got := p.Wait(t); got != status {
		t.Errorf("%v: exit status %d, want %d", p.Cmd.Args[1:], got, status)
	}
	for _, text := range texts {
		if got := p.Stderr.String(); !strings.Contains(got, text) {
			t.Errorf("%v: standard error lacks %q:\n%s", p.Cmd.Args[1:], text, got)
		}
	}
}

// Trace starts strace for the given system calls of the program, which runs in a namespace. The
// function that it returns waits until the program has ended, and returns what strace has written.
func (p *Program) Trace(t testing.TB, ns *netns.NS, calls string) (lines func() string) {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	strace := StartCommand(t, ns, "strace", "-f", "-e", "trace="+calls, "-o", trace,
		"-p", strconv.Itoa(p.Cmd.Process.Pid))
	kernel.Eventually(t, "strace attached", func() bool {
		return strings.Contains(strace.Stderr.String(), "attached")
	})
	return func() string {
		t.Helper()
		strace.Wait(t)
		text, err := os.ReadFile(trace)
		need.OK(t, err)
		return string(text)
	}
}

// Interrupt presses Ctrl-C: the program must end well.
func (p *Program) Interrupt(t testing.TB) string {
	t.Helper()
	if err := p.Cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	return p.Succeed(t)
}

// A Buffer is what a program has printed so far.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends to the buffer.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
