//go:build linux

// Udpblast sends UDP datagrams as fast as it can and counts what arrives. It does so in several
// ways: package net, one call each, batches (sendmmsg), and one large send that the kernel cuts
// (UDP_SEGMENT).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `udpblast [flags] [ADDRESS:PORT]
       udpblast -sink ADDRESS:PORT

Udpblast sends UDP datagrams as fast as it can, in each way of -how in turn. It prints a line each
second, and a sum for each way. Without an address it sends to a sink of its own on loopback; the
CPU time is then that of both. To measure between two hosts, start "udpblast -sink" on the other
one. The ways: "net" is package net, "one" is csock with a call for each datagram, "batch" is
sendmmsg, and "gso" is UDP_SEGMENT, where the kernel cuts one send into datagrams.`

var (
	sinks  = flag.Bool("sink", false, "receive and count")
	how    = flag.String("how", "net,one,batch,gso", "the ways to send")
	length = flag.Duration("t", 2*time.Second, "how long to send in each way")
	number = flag.Int("n", 0, "stop each way after this many datagrams; 0: no limit")
	size   = flag.Int("s", 1200, "the bytes of data in a datagram, 16 or more")
	batch  = flag.Int("b", 64, "how many datagrams to send in a call")
	gro    = flag.Bool("gro", true, "let the kernel join received datagrams (UDP_GRO)")
	every  = flag.Duration("every", time.Second, "the time between lines")
)

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	if flag.NArg() > 1 || *size < 16 || *size > 65507 || *batch < 1 || *batch > 1024 || *every <= 0 {
		return program.UsageError("want one address, 16 to 65507 bytes, and batches of 1 to 1024")
	}
	to, err := netip.ParseAddrPort("127.0.0.1:0")
	if flag.NArg() == 1 {
		to, err = netip.ParseAddrPort(flag.Arg(0))
	}
	if err != nil {
		return program.UsageError(err.Error())
	}
	var arrived *counts // nil: another host counts them
	if *sinks || flag.NArg() == 0 {
		conn, err := listen(to)
		if err != nil {
			return err
		}
		defer conn.Close()
		to = conn.LocalAddr().(*net.UDPAddr).AddrPort()
		arrived = new(counts)
		if *sinks {
			fmt.Fprintf(out, "counting what arrives at %v\n", to)
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			defer watch(out, "sink", arrived, arrived)()
			if err := receive(conn, arrived); !errors.Is(err, net.ErrClosed) {
				return err
			}
			return nil
		}
		go receive(conn, arrived)
	}
	fmt.Fprintf(out, "%d bytes to %v, for %v in each way\n", *size, to, *length)
	for way := range strings.SplitSeq(*how, ",") {
		if err := blast(ctx, out, way, to, arrived); err != nil {
			return fmt.Errorf("%s: %w", way, err)
		}
	}
	return nil
}

// blast sends in one way, for the time or the number of the flags.
func blast(
	ctx context.Context, out io.Writer, way string, to netip.AddrPort, arrived *counts,
) error {
	send, conn, err := newSender(way, to)
	if err != nil {
		return err
	}
	defer conn.Close()
	sent := new(counts)
	if arrived != nil {
		arrived.restart()
	}
	defer watch(out, way, sent, arrived)()
	run := uint64(time.Now().UnixNano())
	for end := time.Now().Add(*length); time.Now().Before(end) && ctx.Err() == nil; {
		done, most := int(sent.sent.Load()), *batch
		if *number > 0 {
			most = min(most, *number-done)
		}
		if most <= 0 {
			break
		}
		n, err := send(run, uint64(done), most)
		sent.sent.Add(int64(n))
		sent.bytes.Add(int64(n * *size))
		if err != nil && !errors.Is(err, syscall.ENOBUFS) { // the interface's queue is full
			return err
		}
	}
	return nil
}

// counts are numbers of datagrams. The sink computes how many were sent from the numbers in those
// that arrived.
type counts struct{ sent, arrived, bytes atomic.Int64 }

func (c *counts) restart() { c.sent.Store(0); c.arrived.Store(0); c.bytes.Store(0) }

// watch prints a line each second. The function that it returns prints the sum.
func watch(out io.Writer, way string, sent, arrived *counts) (sum func()) {
	type point struct {
		at                   time.Time
		cpu                  time.Duration
		sent, arrived, bytes int64
	}
	now := func() point {
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		cpu := time.Duration(u.Utime.Nano() + u.Stime.Nano())
		p := point{time.Now(), cpu, sent.sent.Load(), 0, sent.bytes.Load()}
		if arrived != nil {
			p.arrived = arrived.arrived.Load()
		}
		return p
	}
	line := func(what string, a, b point) {
		seconds := b.at.Sub(a.at).Seconds()
		came, lost := "-", "-"
		if n := b.sent - a.sent; arrived != nil {
			came = fmt.Sprint(b.arrived - a.arrived)
			lost = fmt.Sprintf("%.1f%%", 100*float64(max(n-(b.arrived-a.arrived), 0))/float64(max(n, 1)))
		}
		fmt.Fprintf(out, "%-6s %-4s %6.2f s %11d sent %11s arrived %7s lost "+
			"%11.0f/s %9.1f Mbit/s %5.0f%% CPU\n",
			way, what, seconds, b.sent-a.sent, came, lost, float64(b.sent-a.sent)/seconds,
			float64(b.bytes-a.bytes)*8e-6/seconds, 100*(b.cpu-a.cpu).Seconds()/seconds)
	}
	first := now()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for last := first; ; {
			select {
			case <-stop:
				return
			case <-time.After(*every):
				next := now()
				line("", last, next)
				last = next
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		last := now()
		for i := 0; arrived != nil && i < 20 && arrived.arrived.Load() < sent.sent.Load(); i++ {
			time.Sleep(10 * time.Millisecond) // until the sink's buffer is empty
		}
		if arrived != nil {
			last.arrived = arrived.arrived.Load()
		}
		line("sum", first, last)
	}
}
