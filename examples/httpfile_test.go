//go:build linux

package examples

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const httpfile exampletest.Example = "httpfile"

func TestHttpfileCommandLine(t *testing.T) { httpfile.CommandLine(t, "-a", "127.0.0.1:0") }

func httpFiles(t *testing.T) (dir string, contents []byte) {
	contents = make([]byte, 1<<20)
	for i := range contents {
		contents[i] = byte(rand.Uint32())
	}
	dir = t.TempDir()
	need.OK(t, os.WriteFile(filepath.Join(dir, "large"), contents, 0o644))
	return dir, contents
}

// curl gets the file, whole and in part, from two servers that share the port.
func TestHttpfileCurl(t *testing.T) {
	httpfile.Build(t)
	need.Tool(t, "curl")
	dir, contents := httpFiles(t)
	ns := netns.New(t)
	ns.Sysctl(t, "ipv4/tcp_fastopen", "3")
	const url = "http://127.0.0.1:8080/"
	one := httpfile.Start(t, ns, dir)
	two := httpfile.Start(t, ns, dir)
	one.WaitFor(t, "PATH")
	two.WaitFor(t, "PATH")

	for i := range 20 {
		got := ns.Run(t, "curl", "-sS", "--tcp-fastopen", url+"large")
		if !bytes.Equal([]byte(got), contents) {
			t.Fatalf("request %d: curl gets %d bytes, not the file", i, len(got))
		}
	}
	part := ns.Run(t, "curl", "-sS", "-r", "1000-1999", url+"large")
	if part != string(contents[1000:2000]) {
		t.Errorf("a range: curl gets %d bytes", len(part))
	}
	status := ns.Run(t, "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url+"missing")
	need.Same(t, "a missing file's status", status, "404")
	if n := netstat(t, ns, "TCPFastOpenPassive"); n == 0 {
		t.Errorf("no request came with its handshake: TCPFastOpenPassive is 0")
	}
	log := one.Interrupt(t) + two.Interrupt(t)
	for want, n := range map[string]int{
		`"/large"`: 21, "   200      1048576 ": 20, "   206         1000 ": 1, "   404 ": 1,
	} {
		if got := strings.Count(log, want); got != n {
			t.Errorf("the logs have %q %d times, want %d:\n%s", want, got, n, log)
		}
	}
	requests := []int{
		strings.Count(one.Stdout.String(), "GET"), strings.Count(two.Stdout.String(), "GET")}
	if slices.Contains(requests, 0) {
		t.Errorf("of the two servers, one got all requests: %v", requests)
	}
}

// netstat reads a counter of TcpExt in /proc/net/netstat.
func netstat(t *testing.T, ns *netns.NS, name string) int {
	lines := strings.Split(ns.ReadFile(t, "/proc/net/netstat"), "\n")
	for i, heading := range strings.Fields(lines[0]) {
		if heading == name {
			n, err := strconv.Atoi(strings.Fields(lines[1])[i])
			need.OK(t, err)
			return n
		}
	}
	t.Fatal("no counter ", name)
	return 0
}

// The kernel copies the file.
func TestHttpfileSendfile(t *testing.T) {
	httpfile.Build(t)
	need.Tool(t, "curl")
	need.Strace(t)
	dir, contents := httpFiles(t)
	ns := netns.New(t)
	server := httpfile.Start(t, ns, dir)
	server.WaitFor(t, "PATH")
	calls := server.Trace(t, ns, "sendfile,sendfile64")
	if got := ns.Run(t, "curl", "-sS", "http://127.0.0.1:8080/large"); got != string(contents) {
		t.Errorf("curl gets %d bytes, not the file", len(got))
	}
	server.Interrupt(t)
	if text := calls(); !strings.Contains(text, "sendfile") {
		t.Errorf("no sendfile among\n%s", text)
	}
}
