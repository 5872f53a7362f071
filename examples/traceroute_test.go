//go:build linux

package examples

import (
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/netns"
)

const traceroute exampletest.Example = "traceroute"

func TestTracerouteCommandLine(t *testing.T) { traceroute.CommandLine(t, "127.0.0.1") }

// A host, two routers and a destination, each a namespace.
func TestTraceroute(t *testing.T) {
	traceroute.Build(t)
	var hosts []*netns.NS
	for range 4 {
		hosts = append(hosts, netns.New(t))
	}
	// The links: host i has .1, host i+1 has .2.
	for i, prefix := range []string{"10.1.%.", "10.2.%.", "10.3.%."} {
		v4 := strings.ReplaceAll(prefix, "%", "0")
		v6 := "fd0" + prefix[3:4] + "::"
		netns.Link(t, hosts[i], "right", []string{v4 + "1/24", v6 + "1/64"},
			hosts[i+1], "left", []string{v4 + "2/24", v6 + "2/64"})
	}
	for i, ns := range hosts {
		ns.Sysctl(t, "ipv4/ip_forward", "1")
		ns.Sysctl(t, "ipv6/conf/all/forwarding", "1")
		ns.Sysctl(t, "ipv4/icmp_ratelimit", "0")
		ns.Sysctl(t, "ipv6/icmp/ratelimit", "0")
		if i < 3 {
			ns.IP(t, "route add default via 10."+string(rune('1'+i))+".0.2",
				"route add default via fd0"+string(rune('1'+i))+"::2")
		}
		if i > 1 { // back to the first
			ns.IP(t, "route add 10.1.0.0/24 via 10."+string(rune('0'+i))+".0.1",
				"route add fd01::/64 via fd0"+string(rune('0'+i))+"::1")
		}
	}
	for _, ns := range hosts { // they resolve each other's addresses from link-local ones
		kernel.Eventually(t, "link-local addresses", func() bool {
			return ns.IP(t, "-6 addr show tentative") == ""
		})
	}
	for _, way := range [][]string{
		{"10.1.0.2", "10.2.0.2", "10.3.0.2"},
		{"fd01::2", "fd02::2", "fd03::2"},
	} {
		out := traceroute.Start(t, hosts[0], "-q", "2", way[2]).Succeed(t)
		lines := strings.Split(strings.TrimSpace(out), "\n")[1:]
		if len(lines) != 3 {
			t.Fatalf("want 3 hops:\n%s", out)
		}
		for i, line := range lines {
			router := regexp.QuoteMeta(way[i])
			want := regexp.MustCompile(`^ *\d  ` + router + `(  \d+\.\d{3} ms){2}$`)
			if !want.MatchString(line) {
				t.Errorf("hop %d: %q, want it through %s", i+1, line, way[i])
			}
		}
	}

	hosts[1].IP(t, "route add prohibit 10.8.0.0/16")
	out := traceroute.Start(t, hosts[0], "-q", "1", "10.8.0.1").Succeed(t)
	if !strings.Contains(out, "10.1.0.2") || !strings.Contains(out, " !X\n") {
		t.Errorf("where a router prohibits it:\n%s", out)
	}
	hosts[1].IP(t, "route add blackhole 10.7.0.0/16")
	p := traceroute.Start(t, hosts[0], "-q", "1", "-m", "2", "-w", "50ms", "10.7.0.1")
	if status := p.Wait(t); status != 1 || !strings.Contains(p.Stdout.String(), " 2  *\n") {
		t.Errorf("where a router is silent: exit status %d\n%s", status, p.Stdout.String())
	}
	p = traceroute.Start(t, hosts[0], "-w", "10s", "10.7.0.1")
	p.WaitFor(t, "hops at most")
	p.Interrupt(t)
}
