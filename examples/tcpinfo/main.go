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
	congest = flag.String("congestion", "",
		"the congestion control, such as cubic; empty: the system's")
	plain  = flag.Bool("plain", false, "print lines instead of plots")
	width  = flag.Int("width", 72, "the width of the plots in columns")
	height = flag.Int("height", 5, "the height of each plot in lines")
)

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	if flag.NArg() > 1 || *width < 1 || *height < 1 || *every == 0 {
		return program.UsageError("want one address, and times and sizes of more than 0")
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
	} else if _, _, err := net.SplitHostPort(address); err != nil {
		return program.UsageError(fmt.Sprintf("want HOST:PORT, not %q", address))
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
