//go:build linux

package work

import (
	"time"

	"golang.org/x/sys/unix"
)

// SpinRow is the row in which the self-test measures the known cost. As in the other rows, the
// spinning follows a system call: its aftermath in the processor makes the spinning some
// nanoseconds slower than it is alone.
var SpinRow = Row{Op: "Spin"}

// Spinners returns the self-test's contenders: x/sys as it is, and x/sys with a known cost in each
// iteration. Measured like everything else, the difference of the two must come out as that cost,
// which SpinRow measures.
func Spinners(extra time.Duration) []Contender {
	turns := turnsFor(extra)
	return []Contender{
		{Name: Baseline, Setups: spinning(0)},
		{Name: Baseline + "+spin", Setups: spinning(turns)},
	}
}

func spinning(turns int) map[string]Setup {
	open := func(k *Case, fd int, local, peer unix.Sockaddr) (any, error) {
		s, err := openXsys(k, fd, local, peer)
		if err != nil {
			return nil, err
		}
		return &spinSocket{s.(*xsysSocket), turns}, nil
	}
	return with(only(loops(open), "SendRecv"), "Spin", func(_ Row, k *Case) error {
		k.Run = func(n int) error {
			for range n {
				spin(turns)
				unix.Getppid()
			}
			return nil
		}
		return nil
	})
}

type spinSocket struct {
	*xsysSocket
	turns int
}

func (s *spinSocket) send(p []byte) (int, error) {
	spin(s.turns)
	return s.xsysSocket.send(p)
}

// spun keeps the compiler from removing the spinning.
var spun uint64

// spin takes time and touches no memory but one word: each turn waits for the one before it.
//
//go:noinline
func spin(turns int) {
	x := spun
	for range turns {
		x = x*6364136223846793005 + 1442695040888963407
	}
	spun = x
}

// turnsFor returns the number of turns that take about d. The fastest of many tries counts: the
// others were interrupted.
func turnsFor(d time.Duration) int {
	const turns = 100_000
	best := time.Hour
	for range 50 {
		start := time.Now()
		spin(turns)
		best = min(best, time.Since(start))
	}
	return max(1, int(turns*d/best))
}
