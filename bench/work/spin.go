//go:build linux

package work

import (
	"time"

	"golang.org/x/sys/unix"
)

// SpinRow is the row of the self-test that tells what the known cost is: behind a system call, as in the other rows, since what the
// kernel leaves behind makes the spinning some nanoseconds dearer than it is by itself.
var SpinRow = Row{Op: "Spin"}

// Spinners are the self-test's contenders: x/sys with nothing added to each iteration, and with a known cost. Measured like
// everything else, the difference between the two has to come out as that cost, which SpinRow tells.
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

// spun keeps the compiler from leaving the spinning out.
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

// turnsFor finds out how many turns take about d. Of many tries the fastest counts: the others were interrupted.
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
