//go:build linux && cgo

package tests

import (
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
	"github.com/google/go-cmp/cmp"
)

// buildPort builds a program of tests/porting from C and from Go. docs/porting-from-c.md explains
// them.
func buildPort(t *testing.T, name string) map[string]string {
	t.Helper()
	cc, tool := need.CC(t), need.Build(t)
	dir := t.TempDir()
	programs := map[string]string{"C": filepath.Join(dir, "c"), "Go": filepath.Join(dir, "go")}
	cc = append(cc, "-Wall", "-Wextra", "-Werror", "-o", programs["C"], "porting/c/"+name+".c")
	for _, args := range [][]string{cc, {tool, "build", "-buildvcs=false", "-o", programs["Go"], "./porting/" + name}} {
		if out, err := need.Command(t, args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	return programs
}

// Both servers send the same replies, from the same addresses, and print the same text.
func TestPortEcho(t *testing.T) {
	ns := netns.New(t)
	ns.IP(t, "addr add fd01::1/64 dev lo nodad")
	programs := buildPort(t, "echo")
	printed := map[string]string{}
	for language, path := range programs {
		var cmd *exec.Cmd
		var stdout io.Reader
		var err error
		ns.Do(func() {
			cmd = need.Command(t, path, "7007")
			if stdout, err = cmd.StdoutPipe(); err == nil {
				err = cmd.Start()
			}
		})
		check(t, err)
		defer cmd.Process.Kill()
		ready := make([]byte, len("ready\n"))
		_, err = io.ReadFull(stdout, ready)
		check(t, err)
		for _, question := range []struct{ host, text string }{
			{"127.0.0.1", "one"}, {"127.0.0.2", "two"}, {"::1", "three"}, {"fd01::1", "four"},
			{"127.0.0.3", "more than sixteen bytes"}, {"127.0.0.1", ""}, {"::1", "quit"},
		} {
			var conn net.Conn // connected: a reply from another address would not be received
			ns.Do(func() { conn, err = net.Dial("udp", net.JoinHostPort(question.host, "7007")) })
			check(t, err)
			defer conn.Close()
			_, err = conn.Write([]byte(question.text))
			check(t, err)
			conn.SetReadDeadline(time.Now().Add(20 * time.Second))
			p := make([]byte, 100)
			n, err := conn.Read(p)
			if want := question.text[:min(len(question.text), 16)]; err != nil || string(p[:n]) != want {
				t.Errorf("%s: %q at %s: the answer is %q, %v; want %q", language, question.text, question.host, p[:n], err, want)
			}
		}
		out, err := io.ReadAll(stdout)
		check(t, err, cmd.Wait())
		printed[language] = string(out)
	}
	if diff := cmp.Diff(printed["C"], printed["Go"]); diff != "" {
		t.Errorf("what C prints, and Go (-C +Go):\n%s", diff)
	}
	if want := "16 bytes to 127.0.0.3, ttl 64, truncated\n"; !strings.Contains(printed["C"], want) {
		t.Errorf("C prints\n%s\nwant %q", printed["C"], want)
	}
}

// Both clients get the same results from the same servers.
func TestPortFetch(t *testing.T) {
	here, there := netns.New(t), netns.New(t)
	netns.Link(t, here, "left", []string{"10.1.0.1/24"}, there, "right", []string{"10.1.0.2/24"})
	var l net.Listener
	var err error
	here.Do(func() { l, err = net.Listen("tcp", ":0") })
	check(t, err)
	defer l.Close()
	go func() {
		for i := 0; ; i++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			text, _ := io.ReadAll(c)
			if i/2%2 == 0 { // each program is used with both kinds
				fmt.Fprintf(c, "you said %s", text)
			} else {
				c.(*net.TCPConn).SetLinger(0)
			}
			c.Close()
		}
	}()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	programs := buildPort(t, "fetch")
	for _, server := range []struct {
		name, host, port, milliseconds, want string
		status                               int
	}{
		{"a server", "127.0.0.1", port, "10000", "you said hello\nreceived 16\n", 0},
		{"one that resets", "127.0.0.1", port, "10000", "reset\n", 1},
		{"one over IPv6", "::1", port, "10000", "you said hello\nreceived 16\n", 0},
		{"one that resets, over IPv6", "::1", port, "10000", "reset\n", 1},
		{"no server", "127.0.0.1", "1", "10000", "refused\n", 1},
		{"no host", "10.1.0.9", "1", "100", "timeout\n", 1},
	} {
		for language, path := range programs {
			var out []byte
			var cmd *exec.Cmd
			here.Do(func() {
				cmd = need.Command(t, path, server.host, server.port, server.milliseconds)
				out, _ = cmd.Output()
			})
			if got := cmd.ProcessState.ExitCode(); string(out) != server.want || got != server.status {
				t.Errorf("%s at %s: exit status %d, %q; want %d, %q", language, server.name, got, out, server.status, server.want)
			}
		}
	}
}
