//go:build linux

package main

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestCommandLine(t *testing.T) { exampletest.CommandLine(t, []string{}...) }

func TestEcho(t *testing.T) {
	need.IPv4(t)
	need.IPv6(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	out := exampletest.Start(t, nil).Succeed(t)
	for _, r := range rounds("") {
		if want := "hello over " + r.name; !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
		if host, _, err := net.SplitHostPort(r.local); err == nil && !net.ParseIP(host).IsLoopback() {
			t.Errorf("%s: it listens on %s", r.name, r.local)
		}
	}
	for _, want := range []string{"TCP_KEEPIDLE         30s", "IP_TTL               7", "received from 127.0.0.1:"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("it leaves behind %v, %v", left, err)
	}
}
