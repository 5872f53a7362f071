//go:build linux

package examples

import (
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const tcpinfo exampletest.Example = "tcpinfo"

func TestTcpinfoCommandLine(t *testing.T) {
	need.IPv4(t)
	tcpinfo.CommandLine(t, "-n", "1000")
}

// The peer counts what it receives; where the kernel has netem, it delays and loses packets.
func TestTcpinfoInfo(t *testing.T) {
	tcpinfo.Build(t)
	here, there := netns.New(t), netns.New(t)
	netns.Link(t, here, "left", []string{"10.1.0.1/24"}, there, "right", []string{"10.1.0.2/24"})
	var sink net.Listener
	var err error
	there.Do(func() { sink, err = net.Listen("tcp", "10.1.0.2:9999") })
	need.OK(t, err)
	defer sink.Close()
	received := make(chan int64, 10)
	go func() {
		for {
			c, err := sink.Accept()
			if err != nil {
				return
			}
			n, _ := io.Copy(io.Discard, c)
			c.Close()
			received <- n
		}
	}()
	const amount = 300_000
	start := func(t *testing.T, args ...string) string {
		args = append(args, "-plain", "-i", "20ms", "-n", strconv.Itoa(amount), "10.1.0.2:9999")
		return tcpinfo.Start(t, here, args...).Succeed(t)
	}
	t.Run("bytes", func(t *testing.T) {
		out := start(t, "-congestion", "reno")
		if want := fmt.Sprintf("%d bytes acknowledged, ", amount); !strings.Contains(out, want) {
			t.Errorf("it prints\n%s\nwant %q", out, want)
		}
		if got := <-received; got != amount {
			t.Errorf("the peer received %d bytes, want %d", got, amount)
		}
	})
	t.Run("delay and loss", func(t *testing.T) {
		need.Qdisc(t, here.Do, "add dev left root netem delay 30ms loss 20%")
		text := start(t)
		sum := regexp.MustCompile(`(\d+) segments retransmitted, least round-trip time (\d+)`)
		m := sum.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("it prints\n%s", text)
		}
		if rtt, _ := strconv.Atoi(m[2]); rtt < 30 || rtt > 60 || m[1] == "0" {
			t.Errorf("with 30 ms of delay and 20%% loss: %s", m[0])
		}
		<-received
	})
}

func TestTcpinfoPlain(t *testing.T) {
	need.IPv4(t)
	live := tcpinfo.Start(t, nil, "-plain", "-i", "10ms")
	live.WaitFor(t, "delivery rate [1-9]")
	if out := live.Interrupt(t); !strings.Contains(out, "bytes acknowledged") {
		t.Errorf("after Ctrl-C no sum:\n%s", out)
	}
}

// script(1) gives it a terminal, where each picture takes the place of the last.
func TestTcpinfoTerminal(t *testing.T) {
	tcpinfo.Build(t)
	need.Tool(t, "script")
	need.IPv4(t)
	const height = 2
	p := exampletest.StartCommand(t, nil, "script", "-qefc",
		tcpinfo.Build(t)+" -i 10ms -t 1s -height "+strconv.Itoa(height), "/dev/null")
	out := p.Succeed(t)
	up := "\x1b[" + strconv.Itoa(4*(1+height)) + "A"
	if strings.Count(out, up) < 3 || !strings.Contains(out, "█") {
		t.Errorf("no pictures in the terminal: %q", out)
	}
	// The last column of the window's plot: as many eighths of the height as the value is of the
	// largest.
	plot := regexp.MustCompile(`congestion window: ([0-9.]+) segments \(scale: 0 to ([0-9.]+)\)` +
		strings.Repeat(`\x1b\[K\r?\n([ ▁▂▃▄▅▆▇█]+)`, height))
	plots := plot.FindAllStringSubmatch(out, -1)
	for _, m := range plots {
		value, err := strconv.ParseFloat(m[1], 64)
		need.OK(t, err)
		most, err := strconv.ParseFloat(m[2], 64)
		need.OK(t, err)
		eighths := 0
		for _, row := range m[3:] {
			blocks := []rune(row)
			eighths += slices.Index([]rune(" ▁▂▃▄▅▆▇█"), blocks[len(blocks)-1])
		}
		if want := int(value/most*8*height + 0.5); eighths != want {
			t.Errorf("%q: the last column has %d eighths, want %d", m[0], eighths, want)
		}
	}
	if len(plots) < 3 {
		t.Errorf("%d plots of the window in %q", len(plots), out)
	}
}

func TestTcpinfoErrors(t *testing.T) {
	need.IPv4(t)
	p := tcpinfo.Start(t, nil, "127.0.0.1:1")
	if status := p.Wait(t); status != 1 || !strings.Contains(p.Stderr.String(), "Nothing listens") {
		t.Errorf("nobody listens: exit status %d, %s", status, p.Stderr.String())
	}
	p = tcpinfo.Start(t, nil, "-congestion", "no-such-control", "-n", "1")
	if status := p.Wait(t); status != 1 || !strings.Contains(p.Stderr.String(), "TCP_CONGESTION") {
		t.Errorf("an unknown congestion control: exit status %d, %s", status, p.Stderr.String())
	}
}
