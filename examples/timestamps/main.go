//go:build linux

// Timestamps shows where a sent packet spends its time: from the call, through the packet scheduler
// and the driver, to the network card and the peer's acknowledgement.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `timestamps [flags] ADDRESS:PORT

Timestamps sends packets over UDP, or with -tcp over TCP. It prints when each packet passed the
points where the kernel takes a timestamp (SO_TIMESTAMPING), as time since the call. SCHED is the
packet scheduler, DRIVER is the driver of the network card, and ACK, with TCP only, is the peer's
acknowledgement. HARDWARE is the card's own clock, which may count from any time. It is empty where
the card takes no timestamps, or is not configured to (hwstamp_ctl). Try: timestamps 127.0.0.1:9`

var (
	tcp   = flag.Bool("tcp", false, "send over TCP; the peer must accept a connection")
	count = flag.Int("n", 5, "how many packets to send")
	pause = flag.Duration("i", 100*time.Millisecond, "the time between packets")
	wait  = flag.Duration("w", time.Second, "how long to wait for the timestamps of a packet")
	size  = flag.Int("s", 100, "the bytes of data in a packet")
)

const flags = csock.SOF_TIMESTAMPING_TX_SCHED | csock.SOF_TIMESTAMPING_TX_SOFTWARE |
	csock.SOF_TIMESTAMPING_TX_HARDWARE | csock.SOF_TIMESTAMPING_TX_ACK | // UDP has no ACK
	csock.SOF_TIMESTAMPING_SOFTWARE | csock.SOF_TIMESTAMPING_RAW_HARDWARE | // deliver both
	csock.SOF_TIMESTAMPING_OPT_ID | csock.SOF_TIMESTAMPING_OPT_TSONLY |
	csock.SOF_TIMESTAMPING_OPT_TX_SWHW

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	to, err := netip.ParseAddrPort(flag.Arg(0))
	if flag.NArg() != 1 || err != nil || *size < 1 || *size > 1400 || *count < 1 {
		return program.UsageError("want one address like 127.0.0.1:9, and 1 to 1400 bytes")
	}
	conn, err := open(to)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := conn.Connect(ctx, csock.InetAddr(to)); err != nil {
		return err
	}
	// TCP numbers bytes from here on.
	if err := conn.Set(csock.SO_TIMESTAMPING.To(csock.SoTimestamping{Flags: flags})); err != nil {
		return err
	}

	fmt.Fprintf(out, "%6s %12s %12s %12s  %s\n", "PACKET", "SCHED", "DRIVER", "ACK", "HARDWARE")
	sums, sent := map[csock.TimestampPoint]time.Duration{}, 0
	next := func() (stamp, error) { return readStamp(conn) }
	card := cardStamps(conn)
	// UDP numbers datagrams. TCP numbers bytes, and names the last byte of a send.
	points, numbers := 2, 1
	if *tcp {
		points, numbers = 3, *size
	}
	for i := range *count {
		called, err := send(conn)
		var s stamps
		if err == nil {
			id := uint32((i+1)*numbers - 1)
			conn.SetReadDeadline(time.Now().Add(*wait))
			s, err = collect(next, id, called, points, card)
		}
		if ctx.Err() != nil {
			break
		} else if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err // and at the deadline some timestamps are missing
		}
		hardware := ""
		if !s.hardware.IsZero() {
			hardware = s.hardware.UTC().Format("2006-01-02 15:04:05.000000000")
		}
		fmt.Fprintf(out, "%6d%s  %s\n", i, columns(s.after), hardware)
		sent++
		for point, d := range s.after {
			sums[point] += d
		}
		select {
		case <-time.After(*pause):
		case <-ctx.Done():
		}
	}
	for point := range sums {
		sums[point] /= time.Duration(sent)
	}
	_, err = fmt.Fprintf(out, "%6s%s\n", "mean", columns(sums))
	return err
}

// send sends a packet, and returns when it called the kernel for that.
func send(conn *csock.Conn) (called time.Time, err error) {
	called = time.Now()
	_, err = conn.Send(make([]byte, *size), 0)
	if !*tcp && errors.Is(err, syscall.ECONNREFUSED) {
		// The peer has refused an earlier datagram, and this one was not sent.
		called = time.Now()
		_, err = conn.Send(make([]byte, *size), 0)
	}
	return called, err
}

func open(to netip.AddrPort) (*csock.Conn, error) {
	typ, protocol := csock.SOCK_DGRAM, csock.IPPROTO_UDP
	if *tcp {
		typ, protocol = csock.SOCK_STREAM, csock.IPPROTO_TCP
	}
	s, err := csock.New(csock.DomainFor(to), typ, protocol)
	if err != nil {
		return nil, err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	return s.IntoConn()
}
