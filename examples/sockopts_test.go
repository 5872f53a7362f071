//go:build linux

package examples

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const sockopts exampletest.Example = "sockopts"

func TestSockoptsTable(t *testing.T) {
	out := sockopts.Start(t, nil).Succeed(t)
	for _, want := range []string{
		`(?m)^AF_INET SOCK_STREAM IPPROTO_TCP$`,
		`(?m)^SOL_SOCKET$`,
		`(?m)^  SO_TYPE +SOCK_STREAM +int +get$`,
		`(?m)^  SO_LINGER +off +duration \(struct linger, s\) +get, set$`,
		`(?m)^  IP_MTU +– not connected +int +get$`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no line matches %s in:\n%s", want, out)
		}
	}
	for _, line := range strings.Split(out, "\n") {
		if strings.HasSuffix(line, " ") {
			t.Errorf("a line ends with a space: %q", line)
		}
	}
	if strings.Contains(out, "SO_ATTACH_FILTER") {
		t.Error("an option that cannot be read is listed without -all")
	}
	all := sockopts.Start(t, nil, "-all").Succeed(t)
	for _, name := range []string{"SO_ATTACH_FILTER", "SO_NOSIGPIPE"} {
		if !strings.Contains(all, name) {
			t.Errorf("-all leaves %s out", name)
		}
	}
}

func TestSockoptsJSON(t *testing.T) {
	var rows []struct {
		Option, Level, Type string
		Value               any
	}
	need.IPv6(t)
	args := []string{"-domain", "AF_INET6", "-type", "SOCK_DGRAM", "-connected", "-json"}
	out := sockopts.Start(t, nil, args...).Succeed(t)
	need.OK(t, json.Unmarshal([]byte(out), &rows))
	values := map[string]any{}
	for _, a := range rows {
		values[a.Option] = a.Value
	}
	if values["SO_TYPE"] != "SOCK_DGRAM" || values["IPV6_MTU"] == nil {
		t.Errorf("SO_TYPE %v, IPV6_MTU %v", values["SO_TYPE"], values["IPV6_MTU"])
	}
	if _, ok := values["TCP_NODELAY"]; ok {
		t.Error("a UDP socket has TCP_NODELAY")
	}
}

func TestSockoptsCommandLine(t *testing.T) { sockopts.CommandLine(t, []string{}...) }

func TestSockoptsArguments(t *testing.T) {
	for _, args := range [][]string{
		{"-kind", "carrier-pigeon"}, {"-domain", "AF_PIGEON"}, {"more"},
	} {
		sockopts.Start(t, nil, args...).Fail(t, 2, "sockopts: ")
	}
	if out := sockopts.Start(t, nil, "-h").Succeed(t); !strings.Contains(out, "seqpacket") {
		t.Errorf("-h:\n%s", out)
	}
}

// The defaults of a new namespace are the kernel's.
func TestSockoptsDuration(t *testing.T) {
	sockopts.Build(t)
	ns := netns.New(t)
	ns.Sysctl(t, "ipv4/tcp_fin_timeout", "600")
	out := sockopts.Start(t, ns).Succeed(t)
	for option, want := range map[string]string{
		"SO_RCVTIMEO": "0", "TCP_KEEPIDLE": "2h", "TCP_KEEPINTVL": "1m15s", "TCP_LINGER2": "10m",
	} {
		if !regexp.MustCompile(`(?m)^  ` + option + ` +` + want + ` `).MatchString(out) {
			t.Errorf("%s is not %s in\n%s", option, want, out)
		}
	}
}
