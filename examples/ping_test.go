//go:build linux

package examples

import (
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const ping exampletest.Example = "ping"

func TestPingCommandLine(t *testing.T) { ping.CommandLine(t) }

// The peer is the kernel of another namespace, which counts the requests that it gets.
func TestPing(t *testing.T) {
	ping.Build(t)
	here, there := netns.New(t), netns.New(t)
	netns.Link(t, here, "left", []string{"10.1.0.1/24", "fd01::1/64"},
		there, "right", []string{"10.1.0.2/24", "fd01::2/64"})
	here.Sysctl(t, "ipv4/ping_group_range", "0 0")
	for _, test := range []struct {
		name, addr, table, counter, kind string
		flags                            []string
	}{
		{"datagram, IPv4", "10.1.0.2", "snmp", "Icmp: InEchos", "raw socket: false", nil},
		{"datagram, IPv6", "fd01::2", "snmp6", "Icmp6InEchos", "raw socket: false", nil},
		{"raw, IPv4", "10.1.0.2", "snmp", "Icmp: InEchos", "raw socket: true", []string{"-raw"}},
		{"raw, IPv6", "fd01::2", "snmp6", "Icmp6InEchos", "raw socket: true", []string{"-raw"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := counter(t, there, test.table, test.counter)
			args := append(test.flags, "-c", "3", "-i", "50ms", "-W", "5s", "-s", "57", test.addr)
			out := ping.Start(t, here, args...).Succeed(t)
			for _, want := range []string{
				test.kind, "65 bytes from " + test.addr + ": seq=2 ttl=64 time=",
				"3 sent, 3 received, 0.0% lost", "rtt min/avg/max",
			} {
				if !strings.Contains(out, want) {
					t.Errorf("it does not print %q, but\n%s", want, out)
				}
			}
			if got := counter(t, there, test.table, test.counter) - before; got != 3 {
				t.Errorf("the peer's %s: %d requests, want 3", test.counter, got)
			}
		})
	}
	t.Run("Ctrl-C", func(t *testing.T) {
		need.Tool(t, "ss")
		sockets := func() string { return here.Run(t, "ss", "-Hnwap") }
		p := ping.Start(t, here, "-raw", "-i", "10ms", "10.1.0.2")
		p.WaitFor(t, "seq=2 ")
		if out := sockets(); !strings.Contains(out, `("ping",pid=`) {
			t.Errorf("ss shows no raw socket of ping:\n%s", out)
		}
		defer func() {
			if out := sockets(); out != "" {
				t.Errorf("after ping, ss shows\n%s", out)
			}
		}()
		if out := p.Interrupt(t); !strings.Contains(out, "rtt min/avg/max") {
			t.Errorf("without statistics:\n%s", out)
		}
	})
	t.Run("an ICMP error", func(t *testing.T) {
		here.IP(t, "route add 10.9.0.0/16 via 10.1.0.2")
		there.IP(t, "route add unreachable 10.9.0.0/16")
		there.Sysctl(t, "ipv4/ip_forward", "1")
		other := ping.Start(t, here, "-raw", "-i", "1m", "10.1.0.2")
		other.WaitFor(t, "seq=0 ")
		p := ping.Start(t, here, "-c", "1", "-W", "3s", "10.9.0.1")
		const want = "SO_EE_ORIGIN_ICMP type 3, code 1) from 10.1.0.2"
		p.Fail(t, 1, "no reply: no route to host ("+want, "The ICMP error came from that address")
		if !strings.Contains(p.Stdout.String(), want) {
			t.Errorf("the output is\n%s", p.Stdout.String())
		}
		// A raw socket receives the same error.
		if out := other.Interrupt(t); strings.Contains(out, want) {
			t.Errorf("another ping prints\n%s", out)
		}
	})
	t.Run("no reply", func(t *testing.T) {
		const question = "does the host, or a firewall, discard ICMP?"
		there.Sysctl(t, "ipv4/icmp_echo_ignore_all", "1")
		ping.Start(t, here, "-c", "1", "-W", "100ms", "10.1.0.2").Fail(t, 1, question)
		here.IP(t, "route add unreachable 10.8.0.0/16", "route add prohibit 10.7.0.0/16",
			"route add broadcast 10.6.0.1 dev lo")
		for addr, want := range map[string]string{
			"10.8.0.1": "There is no route",
			"10.7.0.1": "a route prohibits it",
			"10.6.0.1": "SO_BROADCAST",
		} {
			p := ping.Start(t, here, "-c", "1", "-W", "100ms", addr)
			p.Fail(t, 1, "no reply: sendto: ", want)
			if strings.Contains(p.Stderr.String(), question) {
				t.Errorf("%s: it asks, although the call failed:\n%s", addr, &p.Stderr)
			}
		}
	})
}

// counter reads a counter of /proc/net/snmp ("Icmp: InEchos") or snmp6 ("Icmp6InEchos").
func counter(t *testing.T, ns *netns.NS, table, name string) int {
	t.Helper()
	lines := strings.Split(ns.ReadFile(t, "/proc/net/"+table), "\n")
	value := ""
	for i, line := range lines {
		f := strings.Fields(line)
		group, column, two := strings.Cut(name, " ")
		if !two && len(f) == 2 && f[0] == name {
			value = f[1]
		} else if two && len(f) > 0 && f[0] == group && value == "" {
			for j, heading := range f {
				if heading == column {
					value = strings.Fields(lines[i+1])[j]
				}
			}
		}
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatalf("no counter %s: %v", name, err)
	}
	return n
}
