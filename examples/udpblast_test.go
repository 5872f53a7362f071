//go:build linux

package examples

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/examples/internal/meter"
	"github.com/csock/go-csock/tests/need"
)

const udpblast exampletest.Example = "udpblast"

func TestUdpblastCommandLine(t *testing.T) {
	need.IPv4(t)
	udpblast.CommandLine(t, "-how", "net", "-t", "1ms")
}

const total = "400"

// The sink is a program in C, which counts datagrams of the right size and prints their number once
// a short one has come.
func TestUdpblastSend(t *testing.T) {
	udpblast.Build(t)
	here, there := hosts(t)
	sink := filepath.Join(t.TempDir(), "sink")
	cc := append(need.CC(t), "-Wall", "-Wextra", "-Werror", "-o", sink, "udpblast/testdata/sink.c")
	if out, err := need.Command(t, cc[0], cc[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	for _, way := range []string{"net", "one", "batch", "gso"} {
		t.Run(way, func(t *testing.T) {
			counter := exampletest.StartCommand(t, there, sink, "10.1.0.2", "9999", "1000", total)
			counter.WaitFor(t, "ready")
			args := []string{"-how", way, "-n", total, "-s", "1000", "-t", "1m", "10.1.0.2:9999"}
			out := udpblast.Start(t, here, args...).Succeed(t)
			want := regexp.MustCompile(`(?m)^` + way + ` +sum .* ` + total + ` sent +- arrived`)
			if !want.MatchString(out) {
				t.Errorf("it prints\n%s\nwant %v", out, want)
			}
			got := strings.TrimSpace(strings.TrimPrefix(counter.Succeed(t), "ready"))
			need.Same(t, "the sink's count", got, total+" in order")
		})
	}
}

// The sender is package net, and leaves some numbers out.
func TestUdpblastSink(t *testing.T) {
	udpblast.Build(t)
	here, there := hosts(t)
	for _, gro := range []string{"-gro=true", "-gro=false"} {
		sink := udpblast.Start(t, there, gro, "-sink", "10.1.0.2:9998")
		sink.WaitFor(t, "counting")
		var conn net.Conn
		var err error
		here.Do(func() { conn, err = net.Dial("udp", "10.1.0.2:9998") })
		need.OK(t, err)
		defer conn.Close()
		p := make([]byte, 500)
		for i := range 100 {
			meter.Mark(p, 7, uint64(i*2)) // every second one
			if _, err := conn.Write(p); err != nil {
				t.Fatal(err)
			}
		}
		sink.WaitFor(t, "sink +[0-9.]+ s +199 sent +100 arrived")
		want := regexp.MustCompile(`sink +sum .* 199 sent +100 arrived +49\.7% lost`)
		if out := sink.Interrupt(t); !want.MatchString(out) {
			t.Errorf("%s: it prints\n%s", gro, out)
		}
	}
}

// All ways in one run, with the sink of its own.
func TestUdpblastLoopback(t *testing.T) {
	need.IPv4(t)
	out := udpblast.Start(t, nil, "-n", "200", "-t", "1m").Succeed(t)
	for _, way := range []string{"net", "one", "batch", "gso"} {
		want := regexp.MustCompile(`(?m)^` + way + ` +sum .* 200 sent +200 arrived +0\.0% lost`)
		if !want.MatchString(out) {
			t.Errorf("%s: it prints\n%s", way, out)
		}
	}
	p := udpblast.Start(t, nil, "-t", "1m", "-every", "50ms", "-how", "batch")
	p.WaitFor(t, `batch +0\.0`)
	if out := p.Interrupt(t); !strings.Contains(out, "batch  sum") {
		t.Errorf("after Ctrl-C no sum:\n%s", out)
	}
}
