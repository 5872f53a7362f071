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
	"strings"
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

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	to, err := netip.ParseAddrPort(flag.Arg(0))
	if flag.NArg() != 1 || err != nil || *size < 1 || *size > 1400 || *count < 1 {
		return program.UsageError("want one address like 127.0.0.1:9, and 1 to 1400 bytes")
	}
	conn, err := connect(ctx, to)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	fmt.Fprintf(out, "%6s %12s %12s %12s  %s\n", "PACKET", "SCHED", "DRIVER", "ACK", "HARDWARE")
	sums, sent := map[csock.TimestampPoint]time.Duration{}, 0
	for i := range *count {
		called := time.Now()
		if _, err := conn.Send(make([]byte, *size), 0); ctx.Err() != nil {
			break
		} else if err != nil {
			return err
		}
		// UDP numbers datagrams. TCP numbers bytes, and names the last byte of a send.
		id := uint32(i)
		if *tcp {
			id = uint32((i+1)**size - 1)
		}
		s, err := collect(conn, id, called)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = nil // some timestamps are missing
		}
		if ctx.Err() != nil {
			break
		} else if err != nil {
			return err
		}
		hardware := ""
		if !s.hardware.IsZero() {
			hardware = s.hardware.UTC().Format("2006-01-02 15:04:05.000000000")
		}
		fmt.Fprintf(out, "%6d %s  %s\n", i, columns(s.after), hardware)
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
	_, err = fmt.Fprintf(out, "%6s %s\n", "mean", columns(sums))
	return err
}

func connect(ctx context.Context, to netip.AddrPort) (*csock.Conn, error) {
	typ, protocol := csock.SOCK_DGRAM, csock.IPPROTO_UDP
	flags := csock.SOF_TIMESTAMPING_TX_SCHED | csock.SOF_TIMESTAMPING_TX_SOFTWARE |
		csock.SOF_TIMESTAMPING_TX_HARDWARE |
		csock.SOF_TIMESTAMPING_SOFTWARE | csock.SOF_TIMESTAMPING_RAW_HARDWARE | // deliver both kinds
		csock.SOF_TIMESTAMPING_OPT_ID | csock.SOF_TIMESTAMPING_OPT_TSONLY |
		csock.SOF_TIMESTAMPING_OPT_TX_SWHW
	if *tcp {
		typ, protocol = csock.SOCK_STREAM, csock.IPPROTO_TCP
		flags |= csock.SOF_TIMESTAMPING_TX_ACK
	}
	s, err := csock.New(csock.DomainFor(to), typ, protocol)
	if err != nil {
		return nil, err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	conn, err := s.IntoConn()
	if err != nil {
		return nil, err
	}
	err = conn.Connect(ctx, csock.InetAddr(to))
	if err == nil { // bytes are counted from here on
		err = conn.Set(csock.SO_TIMESTAMPING.To(csock.SoTimestamping{Flags: flags}))
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// stamps are the times at which a packet passed the points.
type stamps struct {
	after    map[csock.TimestampPoint]time.Duration // since the call
	hardware time.Time
}

func columns(after map[csock.TimestampPoint]time.Duration) string {
	var columns []string
	for _, point := range []csock.TimestampPoint{
		csock.SCM_TSTAMP_SCHED, csock.SCM_TSTAMP_SND, csock.SCM_TSTAMP_ACK,
	} {
		text := "-"
		if d, ok := after[point]; ok {
			text = fmt.Sprintf("%.1f µs", float64(d.Nanoseconds())/1e3)
		}
		columns = append(columns, fmt.Sprintf("%12s", text))
	}
	return strings.Join(columns, " ")
}

// collect reads the error queue until it has all software timestamps of a packet.
func collect(conn *csock.Conn, id uint32, called time.Time) (stamps, error) {
	s := stamps{after: map[csock.TimestampPoint]time.Duration{}}
	conn.SetReadDeadline(time.Now().Add(*wait))
	m := &csock.MsgHdr{Control: make([]byte, 512)}
	want := 2
	if *tcp {
		want = 3
	}
	for len(s.after) < want {
		if _, err := conn.Recvmsg(m, csock.MSG_ERRQUEUE); err != nil {
			return s, err
		}
		var times csock.ScmTimestamping
		var point csock.TimestampPoint
		ours := false
		for c := range m.ControlMessages() {
			if t, ok := c.Timestamping(); ok {
				times = t
			} else if e, ok := c.ExtendedError(); ok {
				var n uint32
				n, point, ok = e.Timestamp()
				ours = ok && n == id
			}
		}
		if ours && !times.Hardware.IsZero() {
			s.hardware = times.Hardware
		}
		if ours && !times.Software.IsZero() {
			s.after[point] = times.Software.Sub(called)
		}
	}
	return s, nil
}
