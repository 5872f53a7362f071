//go:build linux

package examples

import (
	"bufio"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/netns"
)

const netlink exampletest.Example = "netlink"

func TestNetlinkCommandLine(t *testing.T) { netlink.CommandLine(t, []string{}...) }

// netlinkRows returns the rows of the table, as words, that begin with an event.
func netlinkRows(out, event string) (rows []string) {
	for s := bufio.NewScanner(strings.NewReader(out)); s.Scan(); {
		if words := strings.Fields(s.Text()); words[0] == event {
			rows = append(rows, strings.Join(words[1:], " "))
		}
	}
	return rows
}

// ip(8) says the same.
func TestNetlinkList(t *testing.T) {
	netlink.Build(t)
	ns := netns.New(t)
	ns.IP(t, "link add first type veth peer name second")
	ns.IP(t, "link set first up mtu 1400")
	ns.IP(t, "addr add 10.1.0.1/24 dev first")
	ns.IP(t, "addr add fd01::1/64 dev first nodad")

	var want []string
	for line := range strings.Lines(ns.IP(t, "-o link")) {
		// 2: first@second: <BROADCAST,UP> mtu 1400 … link/ether 00:11:22:33:44:55 brd …
		f := strings.Fields(line)
		name, _, _ := strings.Cut(strings.TrimSuffix(f[1], ":"), "@")
		state := "down"
		if strings.Contains(f[2], ",UP") {
			state = "up"
		}
		at := slices.IndexFunc(f, func(s string) bool { return strings.HasPrefix(s, "link/") })
		index := strings.TrimSuffix(f[0], ":")
		want = append(want, strings.Join([]string{index, name, state, f[4], f[at+1]}, " "))
	}
	for line := range strings.Lines(ns.IP(t, "-o addr")) {
		f := strings.Fields(line) // 2: first inet 10.1.0.1/24 …
		index := strings.TrimSuffix(f[0], ":")
		want = append(want, strings.Join([]string{index, f[1], "- -", f[3]}, " "))
	}
	got := netlinkRows(netlink.Start(t, ns).Succeed(t), "has")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("it prints\n%s\nip(8) says\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestNetlinkWatch(t *testing.T) {
	netlink.Build(t)
	ns := netns.New(t)
	p := netlink.Start(t, ns, "-w")
	p.WaitFor(t, `has +1 lo +- +- +127\.0\.0\.1/8`)
	ns.IP(t, "link add left type veth peer name right")
	p.WaitFor(t, `changed +\d+ left +down `)
	ns.IP(t, "link set left up")
	p.WaitFor(t, `changed +\d+ left +up `)
	ns.IP(t, "addr add 10.1.0.1/24 dev left")
	p.WaitFor(t, `changed +\d+ left +- +- +10\.1\.0\.1/24`)
	ns.IP(t, "addr del 10.1.0.1/24 dev left")
	p.WaitFor(t, `removed +\d+ left +- +- +10\.1\.0\.1/24`)
	ns.IP(t, "link del left")
	p.WaitFor(t, `removed +\d+ left `)
	p.Interrupt(t)
}
