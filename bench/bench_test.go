//go:build linux

package main

import (
	"errors"
	"os"
	"testing"

	"github.com/csock/go-csock/bench/work"
)

func TestMain(m *testing.M) {
	work.Child()
	callsChild()
	os.Exit(m.Run())
}

func BenchmarkCrossing(b *testing.B)       { benchmark(b, "Crossing") }
func BenchmarkFrames(b *testing.B)         { benchmark(b, "Frames") }
func BenchmarkGetsockopt(b *testing.B)     { benchmark(b, "Getsockopt") }
func BenchmarkSetsockopt(b *testing.B)     { benchmark(b, "Setsockopt") }
func BenchmarkSocket(b *testing.B)         { benchmark(b, "Socket") }
func BenchmarkSocketpair(b *testing.B)     { benchmark(b, "Socketpair") }
func BenchmarkBind(b *testing.B)           { benchmark(b, "Bind") }
func BenchmarkAccept(b *testing.B)         { benchmark(b, "Accept") }
func BenchmarkSendRecv(b *testing.B)       { benchmark(b, "SendRecv") }
func BenchmarkDeadlines(b *testing.B)      { benchmark(b, "Deadlines") }
func BenchmarkSendToRecvFrom(b *testing.B) { benchmark(b, "SendToRecvFrom") }
func BenchmarkSendmsgRecvmsg(b *testing.B) { benchmark(b, "SendmsgRecvmsg") }
func BenchmarkVectored(b *testing.B)       { benchmark(b, "Vectored") }
func BenchmarkBatch(b *testing.B)          { benchmark(b, "Batch") }
func BenchmarkGSO(b *testing.B)            { benchmark(b, "GSO") }
func BenchmarkSendfile(b *testing.B)       { benchmark(b, "Sendfile") }
func BenchmarkWakeups(b *testing.B)        { benchmark(b, "Wakeups") }
func BenchmarkPingPong(b *testing.B)       { benchmark(b, "PingPong") }
func BenchmarkContention(b *testing.B)     { benchmark(b, "Contention") }
func BenchmarkMemory(b *testing.B)         { benchmark(b, "Memory") }

// benchmark runs an operation's rows for every contender, under names that benchstat -col /impl
// reads.
func benchmark(b *testing.B, op string) {
	for _, c := range work.Contenders() {
		for _, r := range work.Rows() {
			if r.Op != op {
				continue
			}
			// Contenders that lack the row are left out first: a benchmark that prints only
			// "skipped" is noise.
			k, err := c.Open(r)
			if errors.Is(err, work.ErrMissing) {
				continue
			}
			name := "impl=" + c.Name
			for _, p := range r.ParamNames() {
				name += "/" + p
			}
			b.Run(name, func(b *testing.B) {
				if err != nil {
					b.Skip(err)
				}
				run(b, r, c)
			})
			if err == nil {
				k.Close()
			}
		}
	}
}

func run(b *testing.B, r work.Row, c work.Contender) {
	defer r.Settle()()
	k, err := c.Open(r)
	if err != nil {
		b.Skip(err)
	}
	defer k.Close()
	k.TakeYourTime()
	if k.Measure != nil {
		var total float64
		for range b.N {
			n, err := k.Measure()
			if err != nil {
				b.Fatal(err)
			}
			total += n
		}
		unit := "B/socket"
		if r.Kind == work.Cost {
			unit = "ns/function"
		}
		b.ReportMetric(total/float64(b.N), unit)
		return
	}
	b.SetBytes(int64(r.Bytes()))
	b.ReportAllocs()
	b.ResetTimer()
	if err := k.Run(b.N); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	if r.Kind == work.Latency {
		for _, p := range work.Tail(k.Samples()) {
			b.ReportMetric(p.Value, p.Name+"-ns")
		}
	}
}
