//go:build linux

package program

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

// A name that does not resolve has a hint. No server is asked.
func TestResolve(t *testing.T) {
	defer func(f func(context.Context, string, string) ([]netip.Addr, error)) { lookup = f }(lookup)
	none := func(_ context.Context, network, host string) ([]netip.Addr, error) {
		if host == "mapped.invalid" && network == "ip4" {
			return []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.1")}, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	lookup = none
	addr, err := Resolve(t.Context(), "ip4", "mapped.invalid")
	need.OK(t, err)
	need.Same(t, "the address", addr, netip.MustParseAddr("192.0.2.1"))
	lookup = net.DefaultResolver.LookupNetIP // which asks no server about an address
	for _, host := range []string{"fe80::1%lo", "2001:db8::1", "192.0.2.1", "::ffff:192.0.2.1"} {
		addr, err := Resolve(t.Context(), "ip", host)
		need.OK(t, err)
		need.Same(t, "the address", addr, netip.MustParseAddr(host).Unmap())
	}
	lookup = none

	_, err = Resolve(t.Context(), "ip5", "mapped.invalid")
	need.Is(t, "another network", err, UsageError(`-net takes ip, ip4 and ip6, not "ip5"`))

	_, err = Resolve(t.Context(), "ip", "nosuch.invalid")
	var out strings.Builder
	need.Same(t, "the exit status", report(&out, "ping", err), 1)
	want := "ping: lookup nosuch.invalid: no such host\nThe name does not resolve: "
	if !strings.HasPrefix(out.String(), want) {
		t.Errorf("the report is\n%swant\n%s", out.String(), want)
	}
}

// An error's own advice comes before that of its errno, and a usage error has neither.
func TestReport(t *testing.T) {
	refused := os.NewSyscallError("connect", syscall.ECONNREFUSED)
	congestion := os.NewSyscallError("setsockopt(TCP_CONGESTION)", syscall.ENOENT)
	denied := os.NewSyscallError("connect", syscall.EACCES)
	const broadcast = "This is a broadcast address, for which a socket needs the option " +
		"SO_BROADCAST, or a route prohibits it: ip route get ADDRESS shows which.\n"
	const privilege = "This needs a privilege: run the program as root, " +
		"or give it a capability by setcap(8).\n"
	for _, test := range []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"errno", refused, 1, "p: connect: connection refused\n" +
			"Nothing listens at this address: start the server first.\n"},
		{"own", fmt.Errorf("s: %w", Advise(refused, "Do it.")), 1,
			"p: s: connect: connection refused\nDo it.\n"},
		{"usage", UsageError("want one"), 2, "p: want one\np -h prints the usage.\n"},
		{"unknown", errors.New("odd"), 1, "p: odd\n"},
		{"a file", &os.PathError{Op: "open", Path: "f", Err: syscall.EACCES}, 1,
			"p: open f: permission denied\n"},
		{"congestion", &net.OpError{Op: "dial", Net: "tcp", Err: congestion}, 1,
			"p: dial tcp: setsockopt(TCP_CONGESTION): no such file or directory\n" +
				"This kernel has no such congestion control: " +
				"sysctl net.ipv4.tcp_available_congestion_control lists those that it has.\n"},
		{"broadcast", os.NewSyscallError("sendto", syscall.EACCES), 1,
			"p: sendto: permission denied\n" + broadcast},
		{"broadcast, package net", &net.OpError{Op: "dial", Net: "udp", Err: denied}, 1,
			"p: dial udp: connect: permission denied\n" + broadcast},
		{"a Unix socket", &net.OpError{Op: "dial", Net: "unix", Err: denied}, 1,
			"p: dial unix: connect: permission denied\n" + privilege},
		{"bind", os.NewSyscallError("bind", syscall.EACCES), 1,
			"p: bind: permission denied\n" + privilege},
		{"a firewall", os.NewSyscallError("sendto", syscall.EPERM), 1,
			"p: sendto: operation not permitted\n" +
				"A firewall of this host forbids it: nft list ruleset shows its rules.\n"},
		{"ICMP", csock.SockExtendedErr{Origin: csock.SO_EE_ORIGIN_ICMP, Type: 3, Code: 1,
			Errno: syscall.EHOSTUNREACH}, 1,
			"p: no route to host (SO_EE_ORIGIN_ICMP type 3, code 1)\n" +
				"The ICMP error came from that address: " +
				"traceroute HOST shows the routers on the way.\n"},
		{"size", fmt.Errorf("gso: %w", os.NewSyscallError("sendmsg", syscall.EMSGSIZE)), 1,
			"p: gso: sendmsg: message too long\n" +
				"The datagram is larger than the interface's MTU: choose a smaller -s " +
				"(ip link shows the MTU).\n"},
		{"descriptors", os.NewSyscallError("socket", syscall.EMFILE), 1,
			"p: socket: too many open files\n" +
				"The program has no descriptors left: " +
				"raise the limit of open files (ulimit -n).\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			need.Same(t, "the exit status", report(&out, "p", test.err), test.status)
			need.Same(t, "the report", out.String(), test.want)
		})
	}
}
