//go:build linux

package examples

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
)

// An error says what to do. Names that do not resolve are in the tests of package program, which
// ask no server.
func TestHints(t *testing.T) {
	need.IPv4(t)
	dir := t.TempDir()
	socket, missing := filepath.Join(dir, "s"), filepath.Join(dir, "missing")
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
		{fdpass, []string{"recv", dir}, 1, []string{dir, "Remove " + dir}},
		{ping, []string{"-t", "300", "127.0.0.1"}, 2, []string{"1 to 255", "-h prints the usage"}},
		{ping, []string{"-t", "0", "127.0.0.1"}, 2, []string{"1 to 255"}},
		{traceroute, []string{"-s", "-1", "127.0.0.1"}, 2, []string{"0 to 65000"}},
		{mdns, []string{"-i", "nosuch0"}, 1, []string{"nosuch0", "ip link lists the interfaces"}},
		{sniff, []string{"-i", "nosuch0"}, 1, []string{"nosuch0", "ip link lists the interfaces"}},
		{tcpinfo, []string{"nosuch"}, 2, []string{`want HOST:PORT, not "nosuch"`}},
		{tcpinfo, []string{"-congestion", "x"}, 1, []string{"TCP_CONGESTION", available}},
		{httpfile, []string{"-a", "127.0.0.1:0", "-congestion", "x", dir}, 1,
			[]string{"TCP_CONGESTION", available}},
		{httpfile, []string{missing}, 1, []string{missing}},
		{proxy, []string{"-mark", "4294967296"}, 2, []string{"4294967295"}},
		{proxy, []string{"-a", "localhost"}, 2, []string{"127.0.0.1:7070"}},
	} {
		t.Run(string(test.program)+" "+strings.Join(test.args, " "), func(t *testing.T) {
			test.program.Start(t, nil, test.args...).Fail(t, test.status, test.want...)
		})
	}
}

// unprivileged starts a program without capabilities.
func unprivileged(
	t *testing.T, program exampletest.Example, args ...string,
) *exampletest.Program {
	t.Helper()
	path := program.Build(t)
	need.Root(t) // to take the capabilities away
	none := []string{"--bounding-set=-all", "--inh-caps=-all", path}
	return exampletest.StartCommand(t, nil, "setpriv", append(none, args...)...)
}
