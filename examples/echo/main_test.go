//go:build linux

package main

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestCommandLine(t *testing.T) { exampletest.Self.CommandLine(t, []string{}...) }

// Ctrl-C at any line of the output ends the program, whatever it waits for, and leaves nothing
// behind.
func TestInterrupt(t *testing.T) {
	need.IPv4(t)
	need.IPv6(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for line, more := 1, true; more; line++ {
		ctx, cancel := context.WithCancel(t.Context())
		out := &cutter{after: line, cut: cancel}
		if err := run(ctx, out); err != nil {
			t.Errorf("interrupted after %d lines: %v", line, err)
		}
		more = ctx.Err() != nil
		cancel()
		if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) > 0 {
			t.Errorf("interrupted after %d lines, it leaves behind %v, %v", line, left, err)
		}
	}
}

// A cutter calls cut once it has been given some lines.
type cutter struct {
	mu    sync.Mutex
	after int
	cut   func()
}

func (c *cutter) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.after
	if c.after -= bytes.Count(p, []byte("\n")); c.after <= 0 && before > 0 {
		c.cut()
	}
	return len(p), nil
}

func TestEcho(t *testing.T) {
	need.IPv4(t)
	need.IPv6(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	out := exampletest.Self.Start(t, nil).Succeed(t)
	for _, r := range rounds("") {
		if want := "hello over " + r.name; !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
		host, _, err := net.SplitHostPort(r.local)
		if err == nil && !net.ParseIP(host).IsLoopback() {
			t.Errorf("%s: it listens on %s", r.name, r.local)
		}
	}
	for _, want := range []string{
		"TCP_KEEPIDLE         30s", "IP_TTL               7", "received from 127.0.0.1:",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("it leaves behind %v, %v", left, err)
	}
}
