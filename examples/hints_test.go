//go:build linux

package examples

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// An error says what to do. Names that do not resolve are in the tests of package program, which
// ask no server.
func TestHints(t *testing.T) {
	need.IPv4(t)
	dir := t.TempDir()
	socket, missing := filepath.Join(dir, "s"), filepath.Join(dir, "missing")
	file := filepath.Join(dir, "file")
	need.OK(t, os.WriteFile(file, nil, 0o600))
	const available = "net.ipv4.tcp_available_congestion_control"
	for _, test := range []struct {
		program exampletest.Example
		args    []string
		status  int
		want    []string
	}{
		{fdpass, []string{"send", socket, "/dev/null"}, 1,
			[]string{socket, "start fdpass recv " + socket + " first"}},
		{fdpass, []string{"recv", filepath.Join(missing, "s")}, 1,
			[]string{filepath.Join(missing, "s"), "Make the directory " + missing + " first"}},
		{fdpass, []string{"recv", dir}, 1,
			[]string{dir, dir + " exists and is no socket: choose another path."}},
		{fdpass, []string{"recv", file}, 1,
			[]string{file, file + " exists and is no socket: choose another path."}},
		{fdpass, []string{"recv", "/proc/x"}, 1, []string{"No socket can be made in /proc: "}},
		{ping, []string{"-t", "300", "127.0.0.1"}, 2, []string{"1 to 255", "-h prints the usage"}},
		{ping, []string{"-t", "0", "127.0.0.1"}, 2, []string{"1 to 255"}},
		{ping, []string{"-net", "ip5", "127.0.0.1"}, 2, []string{"ip, ip4 and ip6"}},
		{ping, []string{"-net", "ip6", "127.0.0.1"}, 1, []string{"-net ip takes one of either"}},
		{ping, []string{"-i", "-1s", "127.0.0.1"}, 2, []string{"-i takes no negative", "-1s"}},
		{traceroute, []string{"-net", "ip5", "127.0.0.1"}, 2, []string{"ip, ip4 and ip6"}},
		{traceroute, []string{"-s", "-1", "127.0.0.1"}, 2, []string{"-s takes no negative"}},
		{tcpinfo, []string{"-n", "-1"}, 2, []string{"-n takes no negative", "-1"}},
		{udpblast, []string{"-how", "foo"}, 2, []string{`udpblast: -how takes`, `not "foo"`}},
		{udpblast, []string{"-every", "0"}, 2, []string{"a time between lines"}},
		{mdns, []string{"-i", "nosuch0"}, 1, []string{"nosuch0", "ip link lists the interfaces"}},
		{sniff, []string{"-i", "nosuch0"}, 1, []string{"nosuch0", "ip link lists the interfaces"}},
		{tcpinfo, []string{"nosuch"}, 2, []string{`want HOST:PORT, not "nosuch"`}},
		{tcpinfo, []string{"-congestion", "x"}, 1, []string{"TCP_CONGESTION", available}},
		{httpfile, []string{"-a", "127.0.0.1:0", "-congestion", "x", dir}, 1,
			[]string{"TCP_CONGESTION", available}},
		{httpfile, []string{missing}, 1, []string{missing, "Make the directory first"}},
		{httpfile, []string{"a", "b"}, 2, []string{`want one directory, not ["a" "b"]`}},
		{httpfile, []string{"-fastopen", "-1"}, 2, []string{"-fastopen takes no negative"}},
		{proxy, []string{"-mark", "4294967296"}, 2, []string{"4294967295"}},
		{proxy, []string{"-a", "localhost"}, 2, []string{"127.0.0.1:7070"}},
	} {
		t.Run(string(test.program)+" "+strings.Join(test.args, " "), func(t *testing.T) {
			test.program.Start(t, nil, test.args...).Fail(t, test.status, test.want...)
		})
	}
}

// Without privileges, ping names the sysctl that lets it do without, and a file's permissions are
// the remedy for a socket with a path.
func TestUnprivilegedHints(t *testing.T) {
	need.IPv4(t)
	ping.Build(t)
	here := netns.New(t) // whose sysctl allows no group
	unprivileged(t, here, ping, "127.0.0.1").Fail(t, 1, "sysctl net.ipv4.ping_group_range=")
	unprivileged(t, here, ping, "-raw", "127.0.0.1").Fail(t, 1, "This needs a privilege")

	dir := filepath.Join(t.TempDir(), "of another user")
	need.OK(t, os.Mkdir(dir, 0), os.Chown(dir, 1, 1))
	path := filepath.Join(dir, "s")
	unprivileged(t, nil, fdpass, "send", path, "/dev/null").Fail(t, 1, "permissions of the file")
	unprivileged(t, nil, fdpass, "recv", path).Fail(t, 1, "No socket can be made in "+dir)
}

// unprivileged starts a program without capabilities, in a namespace or, with nil, in the test's.
func unprivileged(
	t *testing.T, ns *netns.NS, program exampletest.Example, args ...string,
) *exampletest.Program {
	t.Helper()
	path := program.Build(t)
	need.Root(t) // to take the capabilities away
	none := []string{"--bounding-set=-all", "--inh-caps=-all"}
	if out, err := need.Command(t, need.Tool(t, "setpriv"), append(none, "true")...).
		CombinedOutput(); err != nil { // that of busybox has fewer flags
		t.Skipf("needs the program setpriv of util-linux: %v: %s", err, out)
	}
	return exampletest.StartCommand(t, ns, "setpriv", append(append(none, path), args...)...)
}
