//go:build linux

// Package meter counts datagrams that have numbers, and prints what was sent and what has arrived.
package meter

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync/atomic"
	"syscall"
	"time"
)

// Counts are numbers of datagrams and of their bytes.
type Counts struct{ Sent, Arrived, Bytes atomic.Int64 }

// Restart begins at 0 again. Counts may be nil.
func (c *Counts) Restart() {
	if c != nil {
		c.Sent.Store(0)
		c.Arrived.Store(0)
		c.Bytes.Store(0)
	}
}

// Send counts n datagrams of a size that were sent.
func (c *Counts) Send(n, size int) {
	c.Sent.Add(int64(n))
	c.Bytes.Add(int64(n * size))
}

// Mark writes a datagram's run, and its number in the run, into its first 16 bytes.
func Mark(p []byte, run, n uint64) {
	binary.BigEndian.PutUint64(p, run)
	binary.BigEndian.PutUint64(p[8:], n)
}

// A Reader counts datagrams that arrive. From the numbers in them it computes how many were sent.
type Reader struct {
	*Counts
	run          uint64
	before, next int64 // sent in earlier runs, and in this one
}

// Read counts a datagram.
func (r *Reader) Read(p []byte) {
	r.Arrived.Add(1)
	r.Bytes.Add(int64(len(p)))
	if len(p) < 16 {
		return
	}
	if run := binary.BigEndian.Uint64(p); run != r.run {
		r.run, r.before, r.next = run, r.before+r.next, 0
	}
	r.next = max(r.next, int64(binary.BigEndian.Uint64(p[8:]))+1)
	r.Sent.Store(r.before + r.next)
}

// A point holds the counts at one time.
type point struct {
	at                   time.Time
	cpu                  time.Duration
	sent, arrived, bytes int64
}

// Watch prints a line at each interval. sent counts what was sent, and arrived, unless it is nil,
// what arrived. The function that Watch returns prints the sum.
func Watch(
	out io.Writer, name string, interval time.Duration, sent, arrived *Counts,
) (sum func()) {
	now := func() point {
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		cpu := time.Duration(u.Utime.Nano() + u.Stime.Nano())
		p := point{time.Now(), cpu, sent.Sent.Load(), 0, sent.Bytes.Load()}
		if arrived != nil {
			p.arrived = arrived.Arrived.Load()
		}
		return p
	}
	line := func(what string, a, b point) {
		seconds := b.at.Sub(a.at).Seconds()
		received, lost := "-", "-"
		if n := b.arrived - a.arrived; arrived != nil {
			received = fmt.Sprint(n)
			share := float64(max(b.sent-a.sent-n, 0)) / float64(max(b.sent-a.sent, 1))
			lost = fmt.Sprintf("%.1f%%", 100*share)
		}
		fmt.Fprintf(out, "%-6s %-4s %6.2f s %11d sent %11s arrived %7s lost "+
			"%11.0f/s %9.1f Mbit/s %5.0f%% CPU\n",
			name, what, seconds, b.sent-a.sent, received, lost, float64(b.sent-a.sent)/seconds,
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
			case <-time.After(interval):
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
		for i := 0; arrived != nil && i < 20 && arrived.Arrived.Load() < sent.Sent.Load(); i++ {
			time.Sleep(10 * time.Millisecond) // until the sink's buffer is empty
		}
		if arrived != nil {
			last.arrived = arrived.Arrived.Load()
		}
		line("sum", first, last)
	}
}
