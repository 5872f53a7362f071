//go:build linux

package work

import (
	"time"

	"golang.org/x/sys/unix"
)

// SpinRow is the row of the self-test that has nothing but the known cost in it.
var SpinRow = Row{Op: "Spin"}

// Spinners are the self-test's contenders: x/sys as it is, and with a known cost added to each iteration. Measured like
// everything else, the difference between the two has to come out as that cost, which the first measures by itself in SpinRow.
func Spinners(extra time.Duration) []Contender {
	turns := turnsFor(extra)
	slow := func(k *Case, fd int, local, peer unix.Sockaddr) (any, error) {
		s, err := openXsys(k, fd, local, peer)
		if err != nil {
			return nil, err
		}
		return &spinSocket{s.(*xsysSocket), turns}, nil
	}
	return []Contender{
		{
			Name: Baseline,
			Setups: with(only(loops(openXsys), "SendRecv"), "Spin", func(_ Row, k *Case) error {
				k.Run = func(n int) error {
					for range n {
						spin(turns)
					}
					return nil
				}
				return nil
			}),
		},
		{
			Name:    Baseline + "+spin",
			Setups:  only(loops(slow), "SendRecv"),
			Missing: map[string]string{"Spin": "the same in both"},
		},
	}
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
