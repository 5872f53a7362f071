//go:build linux

package examples

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// Ctrl-C ends a program that waits for a connection to an address that does not reply.
func TestInterruptDial(t *testing.T) {
	tcpinfo.Build(t)
	ns := netns.New(t)
	ns.IP(t, "link add left type veth peer name right",
		"addr add 10.1.0.1/24 dev left", "link set left up", "link set right up",
		"neigh add 10.1.0.2 lladdr 02:00:00:00:00:01 dev left")
	synSent := regexp.MustCompile(`(?m):[0-9A-F]{4} 02 `)
	for _, test := range []struct {
		program exampletest.Example
		args    []string
	}{
		{tcpinfo, []string{"10.1.0.2:9999"}},
		{timestamps, []string{"-tcp", "10.1.0.2:9999"}},
		{"netcat", []string{"10.1.0.2:9999"}},
	} {
		t.Run(string(test.program), func(t *testing.T) {
			p := test.program.Start(t, ns, test.args...)
			kernel.Eventually(t, "the program connecting", func() bool {
				return synSent.MatchString(ns.ReadFile(t, "/proc/net/tcp"))
			})
			p.Interrupt(t)
			if text := p.Stderr.String(); text != "" {
				t.Errorf("it prints an error: %s", text)
			}
		})
	}
}

// Ctrl-C ends fdpass while its peer does not read.
func TestInterruptSend(t *testing.T) {
	fdpass.Build(t)
	path := filepath.Join(t.TempDir(), "s")
	listener := need.Value[net.Listener](t)(net.Listen("unix", path))
	defer listener.Close()
	// More messages than a socket has room for.
	args := append([]string{"send", path}, slices.Repeat([]string{"/dev/null"}, 5000)...)
	p := fdpass.Start(t, nil, args...)
	peer := need.Value[net.Conn](t)(listener.Accept())
	defer peer.Close()
	need.Value[int](t)(io.ReadFull(peer, make([]byte, 1)))
	p.Interrupt(t)
	if text := p.Stderr.String(); text != "" {
		t.Errorf("it prints an error: %s", text)
	}
}

// Httpfile gives a download five seconds after Ctrl-C; a second one kills it at once.
func TestInterruptDownload(t *testing.T) {
	httpfile.Build(t)
	need.IPv4(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "large")
	need.OK(t, os.WriteFile(file, nil, 0o644))
	need.OK(t, os.Truncate(file, 64<<20)) // more than the sockets have room for
	start := func(t *testing.T) *exampletest.Program {
		p := httpfile.Start(t, nil, "-a", "127.0.0.1:0", dir)
		url := p.WaitFor(t, "http://[0-9.:]+/")[0]
		response := need.Value[*http.Response](t)(http.Get(url + "large")) // and reads none of it
		t.Cleanup(func() { response.Body.Close() })
		return p
	}
	t.Run("five seconds", func(t *testing.T) {
		need.Full(t, "waits five seconds")
		p := start(t)
		from := time.Now()
		p.Interrupt(t)
		if took := time.Since(from); took < 4*time.Second {
			t.Errorf("it ends after %v", took)
		}
	})
	t.Run("twice", func(t *testing.T) {
		p := start(t)
		from := time.Now()
		kernel.Eventually(t, "the program killed", func() bool {
			p.Cmd.Process.Signal(syscall.SIGINT)
			return p.Ended()
		})
		status := p.Cmd.ProcessState.Sys().(syscall.WaitStatus)
		if status.Signal() != syscall.SIGINT {
			t.Errorf("after %v it ends with %v", time.Since(from), p.Cmd.ProcessState)
		}
	})
}
