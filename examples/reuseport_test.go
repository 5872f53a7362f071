//go:build linux

package examples

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const reuseport exampletest.Example = "reuseport"

func TestReuseportCommandLine(t *testing.T) { reuseport.CommandLine(t, "-a", "127.0.0.1:0") }

// Clients from many addresses: each listener gets those that the BPF program gives it.
func TestReuseportChoice(t *testing.T) {
	reuseport.Build(t)
	ns := netns.New(t)
	var addrs []string
	for i := range 8 {
		addrs = append(addrs, fmt.Sprintf("addr add fd01::%d/64 dev lo nodad", i+1))
	}
	ns.IP(t, addrs...)
	const listeners = 3
	for _, test := range []struct {
		name, listen, client string
		flags                []string
	}{
		{"IPv4", "127.0.0.1:7000", "127.0.0.%d", nil},
		{"IPv6", "[fd01::1]:7001", "fd01::%d", nil},
		{"by the CPU", "127.0.0.1:7002", "127.0.0.%d", []string{"-by", "cpu"}},
		{"at random", "127.0.0.1:7003", "127.0.0.%d", []string{"-by", "random"}},
		{"by the kernel's hash", "127.0.0.1:7004", "127.0.0.%d", []string{"-by", "hash"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := append(test.flags, "-a", test.listen, "-n", fmt.Sprint(listeners))
			p := reuseport.Start(t, ns, args...)
			p.WaitFor(t, "listeners at")
			var got [listeners]int
			for i := range 24 {
				last := i%8 + 1
				greeting, err := greet(ns, fmt.Sprintf(test.client, last), test.listen)
				need.OK(t, err)
				var n int
				_, err = fmt.Sscanf(greeting, "listener %d\n", &n)
				if err != nil || n >= listeners {
					t.Fatalf("the greeting is %q", greeting)
				}
				got[n]++
				if test.flags == nil && n != last%listeners {
					t.Errorf("the client %d got listener %d, want %d", last, n, last%listeners)
				}
			}
			out := strings.Join(strings.Fields(p.Interrupt(t)), " ")
			for i, n := range got {
				want := fmt.Sprintf(" %d %d %.1f%% ", i, n, 100*float64(n)/24)
				if !strings.Contains(out, want) {
					t.Errorf("listener %d: no %q in %s", i, want, out)
				}
			}
		})
	}
}

func greet(ns *netns.NS, from, to string) (greeting string, err error) {
	ns.Do(func() {
		d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, e := d.Dial("tcp", to)
		if err = e; err != nil {
			return
		}
		defer conn.Close()
		b, e := io.ReadAll(conn)
		greeting, err = string(b), e
	})
	return greeting, err
}
