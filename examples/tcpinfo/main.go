//go:build linux

// Tcpinfo plots what the kernel knows of a TCP connection that sends data, in the terminal: the
// round-trip time, the congestion window, the delivery rate and the retransmissions.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `tcpinfo [flags] [HOST:PORT]

Tcpinfo connects to HOST:PORT, sends zeros as fast as the connection takes them, and plots the
values of TCP_INFO. Without an address it sends to a sink of its own on loopback. If standard
output is not a terminal, or with -plain, it prints a line for each sample.`

var (
	every   = flag.Duration("i", 200*time.Millisecond, "the time between samples")
	length  = flag.Duration("t", 0, "how long to send; 0: until Ctrl-C")
	amount  = flag.Int64("n", 0, "how many bytes to send; 0: no limit")
	congest = flag.String("congestion", "", "the congestion control, such as cubic; empty: the system's")
	plain   = flag.Bool("plain", false, "print lines instead of plots")
	width   = flag.Int("width", 72, "the width of the plots in columns")
	height  = flag.Int("height", 5, "the height of each plot in lines")
)

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	if flag.NArg() > 1 || *width < 1 || *height < 1 || *every <= 0 {
		return program.UsageError("want one address, and positive sizes")
	}
	address := flag.Arg(0)
	if address == "" {
		sink, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer sink.Close()
		address = sink.Addr().String()
		go func() {
			if c, err := sink.Accept(); err == nil {
				io.Copy(io.Discard, c)
			}
		}()
	}
	dialer := &net.Dialer{}
	if *congest != "" { // before the connection is made
		dialer.Control = csock.ControlFunc(csock.TCP_CONGESTION.To(*congest))
	}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	tcp := conn.(*net.TCPConn)
	defer tcp.Close()
	if *length > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, *length)
		defer cancel()
	}
	sent := make(chan error, 1)
	go func() { sent <- send(tcp) }()
	terminal := false
	if info, err := os.Stdout.Stat(); err == nil {
		terminal = info.Mode()&os.ModeCharDevice != 0 && !*plain
	}
	s := &screen{out: out, terminal: terminal}
	for tick := time.NewTicker(*every); ; {
		var failed error
		done := false
		select {
		case <-tick.C:
		case failed = <-sent:
			done = true
		case <-ctx.Done():
			done = true
		}
		info, err := csock.Get(tcp, csock.TCP_INFO)
		if err != nil {
			return err
		}
		s.add(info)
		ended := info.State != csock.TCP_ESTABLISHED && !done
		if ended || failed != nil && !errors.Is(failed, net.ErrClosed) {
			return fmt.Errorf("the connection has ended: %v: %w", info.State,
				errors.Join(failed, io.ErrUnexpectedEOF))
		}
		if done {
			return s.sum(info)
		}
	}
}

// send sends zeros, then waits until the peer has acknowledged all of them.
func send(tcp *net.TCPConn) error {
	zeros := make([]byte, 64<<10)
	for n := int64(0); *amount == 0 || n < *amount; {
		p := zeros
		if *amount > 0 {
			p = zeros[:min(*amount-n, int64(len(zeros)))]
		}
		written, err := tcp.Write(p)
		if err != nil {
			return err
		}
		n += int64(written)
	}
	for {
		info, err := csock.Get(tcp, csock.TCP_INFO)
		if err != nil || info.Unacked == 0 && info.NotsentBytes == 0 {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// A series is one plot.
type series struct {
	title, unit string
	value       func(*csock.TCPInfo) float64
	points      []float64
}

var plots = []*series{
	{title: "round-trip time", unit: "ms",
		value: func(i *csock.TCPInfo) float64 { return i.RTT.Seconds() * 1e3 }},
	{title: "congestion window", unit: "segments",
		value: func(i *csock.TCPInfo) float64 { return float64(i.SndCwnd) }},
	{title: "delivery rate", unit: "Mbit/s",
		value: func(i *csock.TCPInfo) float64 { return float64(i.DeliveryRate) * 8e-6 }},
	{title: "retransmissions so far", unit: "segments",
		value: func(i *csock.TCPInfo) float64 { return float64(i.TotalRetrans) }},
}

type screen struct {
	out      io.Writer
	terminal bool
	lines    int // of the last picture
}

// add shows another sample: a line, or all plots, which replace the previous ones.
func (s *screen) add(info csock.TCPInfo) {
	var b strings.Builder
	if s.lines > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", s.lines) // up
	}
	for _, p := range plots {
		p.points = append(p.points, p.value(&info))
		p.points = p.points[max(len(p.points)-*width, 0):]
		if s.terminal {
			b.WriteString(strings.ReplaceAll(p.draw(), "\n", "\x1b[K\n"))
		} else {
			fmt.Fprintf(&b, "%s %.3f %s  ", p.title, p.points[len(p.points)-1], p.unit)
		}
	}
	if s.terminal {
		s.lines = strings.Count(b.String(), "\n")
	} else {
		b.WriteString("\n")
	}
	io.WriteString(s.out, b.String())
}

// draw returns the plot as lines of text, whose blocks have eight heights.
func (p *series) draw() string {
	most := slices.Max(p.points)
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %.2f %s (scale: 0 to %.2f)\n",
		p.title, p.points[len(p.points)-1], p.unit, most)
	for row := *height - 1; row >= 0; row-- {
		for _, v := range p.points {
			eighths := int(v/max(most, 1e-9)*float64(*height*8)+0.5) - row*8
			b.WriteRune([]rune(" ▁▂▃▄▅▆▇█")[max(min(eighths, 8), 0)])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// sum prints the totals. The kernel counts the acknowledged SYN as a byte.
func (s *screen) sum(i csock.TCPInfo) error {
	_, err := fmt.Fprintf(s.out,
		"%d bytes acknowledged, %d sent again, %d segments retransmitted, least round-trip time %v\n",
		max(i.BytesAcked, 1)-1, i.BytesRetrans, i.TotalRetrans, i.MinRTT)
	return err
}
