//go:build linux

package examples

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// A client of the proxy itself has no other destination, whether or not the kernel tracks it. The
// proxy never connects to itself, at no address of the host.
func TestProxyNoRule(t *testing.T) {
	proxy.Build(t)
	for _, test := range []struct {
		name  string
		args  []string
		addrs []string
	}{
		{"one address", nil, []string{"127.0.0.1:7070"}},
		{"wildcard", []string{"-a", "0.0.0.0:7070"},
			[]string{"127.0.0.1:7070", "127.0.0.2:7070", "10.3.0.1:7070"}},
		{"wildcard, tproxy", []string{"-tproxy", "-a", "0.0.0.0:7070"},
			[]string{"127.0.0.1:7070", "127.0.0.2:7070", "10.3.0.1:7070"}},
		{"wildcard, IPv6, tproxy", []string{"-tproxy", "-a", "[::]:7070"},
			[]string{"127.0.0.1:7070", "10.3.0.1:7070", "[::1]:7070", "[fd03::1]:7070"}},
	} {
		t.Run(test.name, func(t *testing.T) { noRule(t, netns.New(t), test.args, test.addrs) })
	}
	t.Run("wildcard, tracked", func(t *testing.T) {
		ns := netns.New(t)
		nft(t, ns, `table ip p {
			chain out {
				type nat hook output priority -100;
				tcp dport 80 redirect to :7070
			}
		}`)
		noRule(t, ns, []string{"-a", "0.0.0.0:7070"}, []string{"127.0.0.1:7070", "10.3.0.1:7070"})
	})
}

// noRule starts the proxy and connects to it directly, at each address.
func noRule(t *testing.T, ns *netns.NS, args, addrs []string) {
	t.Helper()
	ns.IP(t, "addr add 10.3.0.1/32 dev lo")
	if strings.Contains(addrs[len(addrs)-1], "[") {
		need.IPv6Stack(t)
		ns.IP(t, "addr add fd03::1/128 dev lo nodad")
	}
	p := proxy.Start(t, ns, args...)
	p.WaitFor(t, "END")
	// A proxy that connects to itself does so until it has no descriptors left.
	limitFiles(t, p, 48)
	for _, addr := range addrs {
		through(t, ns, addr, nil)
		p.WaitFor(t, `(?m) (-|`+regexp.QuoteMeta(addr)+`) .* is the firewall rule missing\?$`)
	}
	lines := strings.Split(strings.TrimSpace(p.Interrupt(t)), "\n")
	need.Same(t, "the connections", len(lines)-2, len(addrs))
}

// limitFiles sets the limit of a program's descriptors, 0 to what leaves none for it to open.
func limitFiles(t *testing.T, p *exampletest.Program, n int) {
	t.Helper()
	tool, pid := need.Tool(t, "prlimit"), strconv.Itoa(p.Cmd.Process.Pid)
	if n == 0 {
		for err := error(nil); err == nil; n++ { // the kernel takes the lowest that is free
			_, err = os.Lstat("/proc/" + pid + "/fd/" + strconv.Itoa(n))
		}
		n--
	}
	cmd := need.Command(t, tool, "--pid", pid, "--nofile="+strconv.Itoa(n)+":")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("prlimit: %v: %s", err, out)
	}
}

// Without descriptors the proxy says so, lets clients wait, and goes on once it has some.
func TestProxyFull(t *testing.T) {
	proxy.Build(t)
	ns := netns.New(t)
	p := proxy.Start(t, ns)
	p.WaitFor(t, "END")
	limitFiles(t, p, 0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		through(t, ns, "127.0.0.1:7070", nil)
	}()
	kernel.Eventually(t, "the advice", func() bool {
		return strings.Contains(p.Stderr.String(), "Raise the limit of open files (ulimit -n)")
	})
	limitFiles(t, p, 48)
	<-done
	p.WaitFor(t, "is the firewall rule missing")
	p.Interrupt(t)
	need.Same(t, "the errors", strings.Count(p.Stderr.String(), "too many open files"), 1)
}
