//go:build linux

package examples

import (
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const timestamps exampletest.Example = "timestamps"

func TestTimestampsCommandLine(t *testing.T) {
	need.IPv4(t)
	timestamps.CommandLine(t, "-n", "1", "-w", "10ms", "127.0.0.1:9")
}

// The stations come in order: scheduler, driver, and of TCP the acknowledgement.
func TestTimestampsStations(t *testing.T) {
	timestamps.Build(t)
	here, there := netns.New(t), netns.New(t)
	netns.Link(t, here, "left", []string{"10.1.0.1/24"}, there, "right", []string{"10.1.0.2/24"})
	var sink net.Listener
	var datagrams net.PacketConn
	var err, err2 error
	there.Do(func() {
		sink, err = net.Listen("tcp", "10.1.0.2:9999")
		datagrams, err2 = net.ListenPacket("udp", "10.1.0.2:9999")
	})
	need.OK(t, err, err2)
	defer sink.Close()
	defer datagrams.Close()
	received := make(chan int64, 1)
	go func() {
		c, err := sink.Accept()
		if err == nil {
			n, _ := io.Copy(io.Discard, c)
			received <- n
		}
	}()
	for _, test := range []struct {
		flags    []string
		stations int
	}{{nil, 2}, {[]string{"-tcp"}, 3}} {
		args := append(test.flags, "-n", "3", "-i", "1ms", "10.1.0.2:9999")
		out := timestamps.Start(t, here, args...).Succeed(t)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if len(lines) != 5 {
			t.Fatalf("want 3 packets, a heading and a mean:\n%s", out)
		}
		for _, line := range lines[1:] {
			times := regexp.MustCompile(`[0-9.]+ µs`).FindAllString(line, -1)
			if len(times) != test.stations {
				t.Errorf("%v: %d stations, want %d: %s",
					test.flags, len(times), test.stations, line)
			}
			last := 0.0
			for _, s := range times {
				now, err := strconv.ParseFloat(strings.TrimSuffix(s, " µs"), 64)
				if err != nil || now < last {
					t.Errorf("%v: out of order: %s", test.flags, line)
				}
				last = now
			}
		}
	}
	if n := <-received; n != 300 {
		t.Errorf("the peer received %d bytes, want 300", n)
	}
	for range 3 {
		p := make([]byte, 1500)
		if n, _, err := datagrams.ReadFrom(p); err != nil || n != 100 {
			t.Errorf("the peer received %d bytes, %v", n, err)
		}
	}
	// A datagram that the peer refuses has its timestamps too, and the next one is sent.
	refused := timestamps.Start(t, here, "-n", "3", "10.1.0.2:9998").Succeed(t)
	if strings.Count(refused, "µs") != 8 {
		t.Errorf("want two stations of 3 packets and their mean:\n%s", refused)
	}
	p := timestamps.Start(t, here, "-n", "100000", "10.1.0.2:9999")
	p.WaitFor(t, " 1 .*µs")
	if out := p.Interrupt(t); !strings.Contains(out, "mean") {
		t.Errorf("after Ctrl-C no mean:\n%s", out)
	}
}
