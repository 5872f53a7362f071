//go:build linux && cgo

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

func output(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(args, &out); err != nil {
		t.Fatalf("sockopts %s: %v", strings.Join(args, " "), err)
	}
	return out.String()
}

func TestTable(t *testing.T) {
	out := output(t)
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
	if all := output(t, "-all"); !strings.Contains(all, "SO_ATTACH_FILTER") || !strings.Contains(all, "SO_NOSIGPIPE") {
		t.Error("-all leaves options out")
	}
}

func TestJSON(t *testing.T) {
	var answers []struct {
		Option, Level, Type string
		Value               any
	}
	need.IPv6(t)
	out := output(t, "-domain", "AF_INET6", "-type", "SOCK_DGRAM", "-connected", "-json")
	if err := json.Unmarshal([]byte(out), &answers); err != nil {
		t.Fatal(err)
	}
	values := map[string]any{}
	for _, a := range answers {
		values[a.Option] = a.Value
	}
	if values["SO_TYPE"] != "SOCK_DGRAM" || values["IPV6_MTU"] == nil {
		t.Errorf("SO_TYPE %v, IPV6_MTU %v", values["SO_TYPE"], values["IPV6_MTU"])
	}
	if _, ok := values["TCP_NODELAY"]; ok {
		t.Error("a UDP socket has TCP_NODELAY")
	}
}

func TestArguments(t *testing.T) {
	for _, args := range [][]string{{"-kind", "carrier-pigeon"}, {"-domain", "AF_PIGEON"}, {"more"}} {
		if run(args, new(bytes.Buffer)) == nil {
			t.Errorf("sockopts %v: no error", args)
		}
	}
	var out bytes.Buffer
	if err := run([]string{"-h"}, &out); !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "seqpacket") {
		t.Errorf("-h: %v\n%s", err, out.String())
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                      "0",
		2 * time.Hour:          "2h",
		75 * time.Second:       "1m15s",
		time.Minute:            "1m",
		10 * time.Minute:       "10m",
		200 * time.Millisecond: "200ms",
	} {
		if got := duration(d, ""); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
