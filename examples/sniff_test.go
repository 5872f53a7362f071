//go:build linux

package examples

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const sniff exampletest.Example = "sniff"

func TestSniffCommandLine(t *testing.T) {
	need.NetRaw(t)
	sniff.CommandLine(t, []string{}...)
}

// hosts are two that a cable joins.
func hosts(t *testing.T) (here, there *netns.NS) {
	here, there = netns.New(t), netns.New(t)
	netns.Link(t, here, "left", []string{"10.1.0.1/24", "fd01::1/64"},
		there, "right", []string{"10.1.0.2/24", "fd01::2/64"})
	return here, there
}

// shownBytes returns the bytes of each packet in the output of sniff -x or tcpdump -x, in
// hexadecimal.
func shownBytes(out string) (found []string) {
	line := regexp.MustCompile(`^\s+(?:0x)?([0-9a-f]{4}):?  ((?:[0-9a-f]{2} ?)+)`)
	for text := range strings.Lines(out) {
		m := line.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if m[1] == "0000" {
			found = append(found, "")
		}
		found[len(found)-1] += strings.ReplaceAll(m[2], " ", "")
	}
	return found
}

// socat talks to socat. What sniff shows of that, tcpdump shows too, byte for byte, and nothing
// else.
func TestSniffBesideTcpdump(t *testing.T) {
	sniff.Build(t)
	need.Tool(t, "tcpdump", "socat")
	here, there := hosts(t)
	for _, test := range []struct {
		proto, port, expression string // what sniff and tcpdump are to show
		sockets                 string // the file of /proc/net that lists the server
		server, client          string
		summaries               []string
	}{
		{"udp", "9999", "udp port 9999",
			"udp", "UDP4-RECVFROM:9999", "UDP4:10.1.0.2:9999", []string{
				`out   UDP 10\.1\.0\.1:\d+ > 10\.1\.0\.2:9999, 34 bytes`,
				`in    UDP 10\.1\.0\.2:9999 > 10\.1\.0\.1:\d+, 34 bytes`}},
		{"udp", "0", "udp", "udp6", "UDP6-RECVFROM:9999", "UDP6:[fd01::2]:9999", []string{
			`out   UDP \[fd01::1\]:\d+ > \[fd01::2\]:9999, 54 bytes`,
			`in    UDP \[fd01::2\]:9999 > `}},
		{"tcp", "9999", "tcp port 9999",
			"tcp", "TCP4-LISTEN:9999,reuseaddr", "TCP4:10.1.0.2:9999", []string{
				`out   TCP 10\.1\.0\.1:\d+ > 10\.1\.0\.2:9999 \[S\] seq \d+ ack 0 `,
				`in    TCP .* \[SA\] seq`, ` \[FA\] `}},
		{"tcp", "9999", "tcp port 9999",
			"tcp6", "TCP6-LISTEN:9999,reuseaddr", "TCP6:[fd01::2]:9999", []string{
				`out   TCP \[fd01::1\]:\d+ > \[fd01::2\]:9999 \[S\] `, `in    TCP .* \[SA\] seq`}},
	} {
		t.Run(test.client, func(t *testing.T) {
			p := sniff.Start(t, here, "-p", test.proto, "-port", test.port, "-i", "left", "-x")
			p.WaitFor(t, "listening")
			args := []string{"-Z", "root", "--immediate-mode", "-l", "-n", "-x", "-i", "left"}
			args = append(args, strings.Fields(test.expression)...)
			dump := exampletest.StartCommand(t, here, "tcpdump", args...)
			kernel.Eventually(t, "tcpdump listening", func() bool {
				return strings.Contains(dump.Stderr.String(), "listening on")
			})
			server := exampletest.StartCommand(t, there, "socat", test.server, "PIPE")
			kernel.Eventually(t, "socat listening", func() bool {
				sockets := there.ReadFile(t, "/proc/net/"+test.sockets)
				return strings.Contains(sockets, ":270F ") // 9999
			})
			here.IP(t, "neigh flush all") // so there is ARP, which must not be shown
			here.Run(t, "socat", "-T1", "SYSTEM:echo hello; cat >/dev/null", test.client)
			server.Wait(t)
			kernel.Eventually(t, "tcpdump's packets, and each that is expected", func() bool {
				out := p.Stdout.String()
				lacks := func(re string) bool { return !regexp.MustCompile(re).MatchString(out) }
				return slices.Equal(shownBytes(out), shownBytes(dump.Stdout.String())) &&
					!slices.ContainsFunc(test.summaries, lacks)
			})
			out := p.Interrupt(t)
			dump.Interrupt(t)
			for _, want := range test.summaries {
				if !regexp.MustCompile(want).MatchString(out) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
			// Of a connection's last packets, some may still be in a block that the kernel has not
			// passed on: received, and not shown.
			n, received := len(shownBytes(out)), 0
			end := out[strings.LastIndexByte(strings.TrimSuffix(out, "\n"), '\n')+1:]
			want := fmt.Sprintf("%d packets shown, %%d received, 0 dropped\n", n)
			if _, err := fmt.Sscanf(end, want, &received); err != nil || received < n {
				t.Errorf("it ends with %q, want %q: %v", end, want, err)
			}
			if !strings.Contains(out, "hell") {
				t.Errorf("the text of the packets is missing:\n%s", out)
			}
		})
	}
}

// Without a filter there is ARP, and ICMP by the kernel. -s cuts, -n ends.
func TestSniffAll(t *testing.T) {
	sniff.Build(t)
	here, there := hosts(t)
	p := sniff.Start(t, there, "-n", "3", "-s", "24", "-x", "-promisc", "-i", "right")
	p.WaitFor(t, "listening")
	if link := there.IP(t, "-d link show dev right"); !strings.Contains(link, "promiscuity 1") {
		t.Errorf("not promiscuous: %s", link)
	}
	var conn net.Conn
	var err error
	here.Do(func() { conn, err = net.Dial("udp", "10.1.0.2:9") }) // where nobody listens
	need.OK(t, err)
	defer conn.Close()
	here.IP(t, "-6 addr flush dev left")
	there.IP(t, "-6 addr flush dev right")
	kernel.Eventually(t, "an end", func() bool {
		conn.Write(make([]byte, 100))
		return strings.Contains(p.Stdout.String(), "shown")
	})
	out := p.Succeed(t)
	got := strings.Count(out, " bytes\n")
	if got != 3 || !strings.Contains(out, "3 packets shown, ") {
		t.Errorf("%d packets, want 3:\n%s", got, out)
	}
	for _, bytes := range shownBytes(out) {
		if len(bytes) > 2*24 {
			t.Errorf("-s 24 leaves %d bytes", len(bytes)/2)
		}
	}
}

func TestSniffErrors(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-i", "no-such"}, 1, "ip link lists"},
		{[]string{"-port", "80"}, 2, "-port"},
		{[]string{"-p", "http"}, 2, "-p takes"},
		{[]string{"-promisc"}, 2, "an interface"},
	} {
		sniff.Start(t, nil, test.args...).Fail(t, test.status, test.want)
	}
}
