//go:build linux

// Udpblast sends UDP datagrams as fast as it can and counts what arrives: with package net, a call
// for each, batches (sendmmsg), and large sends that the kernel cuts (UDP_SEGMENT).
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/meter"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `udpblast [flags] [ADDRESS:PORT]
       udpblast -sink ADDRESS:PORT

Udpblast sends UDP datagrams as fast as it can, in each way of -how in turn: "net" is package net,
"one" is csock with a call for each datagram, "batch" is sendmmsg, and "gso" is UDP_SEGMENT, where
the kernel cuts one send into datagrams. Without an address it sends to a sink of its own on
loopback; the CPU time is then that of both. To send to another host, start "udpblast -sink" there.`

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
	to, err := netip.ParseAddrPort(cmp.Or(flag.Arg(0), "127.0.0.1:0"))
	if err != nil || flag.NArg() > 1 || *size < 16 || *size > 65507 ||
		*batch < 1 || *batch > 1024 || *every == 0 {
		return program.UsageError("want one ADDRESS:PORT, 16 to 65507 bytes, batches of 1 to " +
			"1024, and a time between lines of more than 0")
	}
	ways := strings.Split(*how, ",")
	for _, way := range ways {
		if !slices.Contains([]string{"net", "one", "batch", "gso"}, way) {
			return program.UsageError(
				fmt.Sprintf("-how takes net, one, batch and gso, not %q", way))
		}
	}
	var arrived *meter.Counts // nil: another host counts them
	if *sinks || flag.NArg() == 0 {
		conn, err := udp(to, true)
		if err != nil {
			return err
		}
		defer conn.Close()
		to = conn.LocalAddr().(*net.UDPAddr).AddrPort()
		arrived = new(meter.Counts)
		if *sinks {
			fmt.Fprintf(out, "counting what arrives at %v\n", to)
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			defer meter.Watch(out, "sink", *every, arrived, arrived)()
			if err := receive(conn, arrived); !errors.Is(err, net.ErrClosed) {
				return err
			}
			return nil
		}
		go receive(conn, arrived)
	}
	fmt.Fprintf(out, "%d bytes to %v, for %v in each way\n", *size, to, *length)
	for _, way := range ways {
		if err := blast(ctx, out, way, to, arrived); err != nil {
			return fmt.Errorf("%s: %w", way, err)
		}
	}
	return nil
}

// blast sends in one way, for the time or the number of the flags.
func blast(
	ctx context.Context, out io.Writer, way string, to netip.AddrPort, arrived *meter.Counts,
) error {
	send, conn, err := newSender(way, to)
	if err != nil {
		return err
	}
	defer conn.Close()
	arrived.Restart()
	sent, run := new(meter.Counts), uint64(time.Now().UnixNano())
	defer meter.Watch(out, way, *every, sent, arrived)()
	end := time.Now().Add(*length)
	left := cmp.Or(*number, math.MaxInt)
	for left > 0 && time.Now().Before(end) && ctx.Err() == nil {
		n, err := send(run, uint64(sent.Sent.Load()), min(*batch, left))
		left -= n
		sent.Send(n, *size)
		if err != nil && !errors.Is(err, syscall.ENOBUFS) { // the interface's queue is full
			return err
		}
	}
	return nil
}

// udp returns a sink, bound to an address, or a socket that is connected to the address.
func udp(addr netip.AddrPort, sink bool) (*csock.Conn, error) {
	typ := csock.SOCK_DGRAM | csock.SOCK_NONBLOCK
	s, err := csock.New(csock.DomainFor(addr), typ, csock.IPPROTO_UDP)
	if err != nil {
		return nil, err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	if !sink {
		err = s.Connect(csock.InetAddr(addr))
	} else if err = s.Set(csock.SO_RCVBUF.To(4<<20), csock.UDP_GRO.To(*gro)); err == nil {
		_ = csock.SO_RCVBUFFORCE.Set(s, 4<<20) // beyond rmem_max, with CAP_NET_ADMIN
		err = s.Bind(csock.InetAddr(addr))
	}
	if err == nil {
		return s.IntoConn()
	}
	return nil, err
}

// receive counts what arrives until conn is closed.
func receive(conn *csock.Conn, c *meter.Counts) error {
	b, err := csock.NewBatch(64, csock.BatchRoom{Payload: 1 << 16, Control: csock.ControlSpace(4)})
	if err != nil {
		return err
	}
	defer b.Close()
	for r := (meter.Reader{Counts: c}); ; {
		n, err := conn.RecvBatch(b, 0)
		if err != nil {
			return err
		}
		for i := range n {
			segment := 0
			for m := range csock.ControlMessages(b.Control(i)) {
				segment, _ = m.SegmentSize()
			}
			for p := range csock.Datagrams(b.Bytes(i), segment) {
				r.Read(p)
			}
		}
	}
}
