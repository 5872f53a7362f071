//go:build linux

package rings

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gopacket/gopacket/afpacket"
	"golang.org/x/sys/unix"

	"github.com/csock/go-csock/bench/measure"
	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/netns"
)

var contenders = map[string]func(ns *netns.NS, name string) (reader, error){
	"csock":    newCsock,
	"gopacket": newGopacket,
	"c":        newC,
}

var sum byte // keeps the compiler from removing the reads

type csockReader struct{ p *ring.TPacket }

func newCsock(ns *netns.NS, name string) (reader, error) {
	s, err := packetSocket(ns, name)
	if err != nil {
		return nil, err
	}
	p, err := ring.NewTPacket(s, ring.TPacketConfig{Version: csock.TPACKET_V3, Rx: csock.TpacketReq3{
		BlockSize: blockSize, BlockNr: blocks, FrameSize: frameSize, RetireTime: retire}})
	if err != nil {
		s.Close()
		return nil, err
	}
	return csockReader{p}, nil
}

func (r csockReader) read(n int) (got int) {
	for got < n {
		r.p.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		b, err := r.p.Next(context.Background())
		if err != nil {
			return got
		}
		for f := range b.Frames() {
			sum += f.Data()[0] + byte(f.Len())
			got++
		}
		b.Release()
	}
	return got
}

func (r csockReader) close() { r.p.Close() }

type gopacketReader struct{ h *afpacket.TPacket }

func newGopacket(ns *netns.NS, name string) (r reader, err error) {
	ns.Do(func() {
		var h *afpacket.TPacket
		h, err = afpacket.NewTPacket(afpacket.OptInterface(name), afpacket.OptFrameSize(frameSize), afpacket.OptBlockSize(blockSize),
			afpacket.OptNumBlocks(blocks), afpacket.OptBlockTimeout(retire), afpacket.OptPollTimeout(200*time.Millisecond),
			afpacket.SocketRaw, afpacket.TPacketVersion3)
		r = gopacketReader{h}
	})
	return r, err
}

func (r gopacketReader) read(n int) (got int) {
	for got < n {
		data, ci, err := r.h.ZeroCopyReadPacketData()
		if err != nil {
			return got
		}
		sum += data[0] + byte(ci.Length)
		got++
	}
	return got
}

func (r gopacketReader) close() { r.h.Close() }

// A sender sends frames of one size.
type sender struct {
	p     *ring.TPacket
	frame []byte
}

func newSender(b *testing.B, ns *netns.NS, name string, size int) *sender {
	s, err := packetSocket(ns, name)
	if err != nil {
		b.Fatal(err)
	}
	p, err := ring.NewTPacket(s, ring.TPacketConfig{Version: csock.TPACKET_V3, Tx: csock.TpacketReq3{BlockSize: blockSize, BlockNr: 1, FrameSize: frameSize}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Close() })
	frame := make([]byte, size)
	copy(frame, "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x88\xb5")
	return &sender{p, frame}
}

// send sends n frames, or fewer once stop says so.
func (s *sender) send(n int, stop *atomic.Bool) error {
	for i := 1; i <= n && (stop == nil || !stop.Load()); i++ {
		buf, err := s.p.Buffer(context.Background())
		if err != nil {
			return err
		}
		if err := s.p.Queue(copy(buf, s.frame)); err != nil {
			return err
		}
		if i%64 == 0 || i == n {
			if err := s.p.Flush(context.Background()); err != nil {
				return err
			}
		}
	}
	return nil
}

// cpu returns the CPU time that a thread or the process has used.
func cpu(b *testing.B, clock int32) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(clock, &ts); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// A result is that of one contender in one round.
type result struct {
	reading float64 // ns of the reader's CPU time per frame in the ring
	process float64 // ns of all CPU time per frame sent and received
	rate    float64 // frames a second
}

func BenchmarkReceive(b *testing.B) {
	for _, size := range []int{60, 512, 1514} {
		b.Run(fmt.Sprint("bytes=", size), func(b *testing.B) {
			left, right := netns.New(b), netns.New(b)
			netns.Link(b, left, "left", nil, right, "right", nil)
			tx := newSender(b, left, "left", size)
			results := map[string][]result{}
			for b.Loop() {
				names := slices.Sorted(maps(contenders))
				rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
				for _, name := range names {
					results[name] = append(results[name], measured(b, contenders[name], right, tx, size))
				}
			}
			b.ReportMetric(0, "ns/op")
			report(b, results)
		})
	}
}

// report logs a table of each contender's medians, and of the ratios of csock to it. A ratio is
// between values of the same round. All have their 95% confidence interval.
func report(b *testing.B, results map[string][]result) {
	columns := []struct {
		name, ratio string
		of          func(result) float64
		better      float64 // the exponent that makes a ratio above 1 good for csock
	}{
		{"reader's CPU time, ns a frame", "reading", func(r result) float64 { return r.reading }, -1},
		{"all CPU time, ns a frame", "process", func(r result) float64 { return r.process }, -1},
		{"frames a second", "per-second", func(r result) float64 { return r.rate }, 1},
	}
	text := func(e *measure.Estimate) string { return fmt.Sprintf("%.4g [%.4g, %.4g]", e.Center, e.Lo, e.Hi) }
	for _, c := range columns {
		for _, name := range slices.Sorted(maps(contenders)) {
			var values, ratios []float64
			for i, r := range results[name] {
				values = append(values, c.of(r))
				ratios = append(ratios, math.Pow(c.of(results["csock"][i])/c.of(r), c.better))
			}
			median, ratio := measure.Median(values), measure.Median(ratios)
			line := fmt.Sprintf("%s: %s %s", c.name, name, text(median))
			if name != "csock" {
				line += ", csock is " + text(ratio) + " as good"
				b.ReportMetric(ratio.Center, "csock-by-"+name+"-"+c.ratio)
			}
			b.Log(line)
		}
	}
}

func maps[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// measured takes a round of a contender. It repeats one in which the machine was too busy for the
// frames to fit the ring.
func measured(b *testing.B, open func(*netns.NS, string) (reader, error), ns *netns.NS, tx *sender, size int) (res result) {
	for range 20 {
		if res, ok := round(b, open, ns, tx, size); ok {
			return res
		}
	}
	b.Skip("the machine is too busy to compare: frames are missing in each of 20 rounds")
	return res
}

func round(b *testing.B, open func(*netns.NS, string) (reader, error), ns *netns.NS, tx *sender, size int) (res result, ok bool) {
	runtime.GC()
	r, err := open(ns, "right")
	if err != nil {
		b.Fatal(err)
	}
	defer r.close()

	// Frames that are in the ring already.
	n := blockSize * blocks / 2 / (size + 150)
	if err := tx.send(n, nil); err != nil {
		b.Fatal(err)
	}
	time.Sleep(4 * retire)
	r.read(n / 10) // to warm up
	n -= n / 10
	n -= n / 10            // a block or two that arrived when the interface came up
	runtime.LockOSThread() // the thread of the CPU time
	start := cpu(b, unix.CLOCK_THREAD_CPUTIME_ID)
	got := r.read(n)
	res.reading = float64(cpu(b, unix.CLOCK_THREAD_CPUTIME_ID)-start) / float64(got)
	runtime.UnlockOSThread()
	if got < n {
		return res, false
	}
	for r.read(1<<30) > 0 { // the rest
	}

	// Frames while they arrive.
	var stop atomic.Bool
	sent := make(chan error)
	wall := time.Now()
	start = cpu(b, unix.CLOCK_PROCESS_CPUTIME_ID)
	go func() { sent <- tx.send(1<<30, &stop) }()
	got = 0
	for time.Since(wall) < 100*time.Millisecond {
		got += r.read(1000)
	}
	took := time.Since(wall)
	stop.Store(true)
	if err := <-sent; err != nil && !errors.Is(err, syscall.ENOBUFS) {
		b.Fatal(err)
	}
	res.process = float64(cpu(b, unix.CLOCK_PROCESS_CPUTIME_ID)-start) / float64(got)
	res.rate = float64(got) / took.Seconds()
	return res, true
}
