//go:build cgo

package csock

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"
)

// Every errno, even of other systems, is returned without allocation from the second time on.
func TestErrorsAreKept(t *testing.T) {
	c := call{name: "call"}
	var errnos []int
	for e := 1; e <= 200; e++ {
		errnos = append(errnos, e)
	}
	errnos = append(errnos, 1133, 4095, 10035, 10054, 11004)
	first := map[int]error{}
	for _, e := range errnos {
		first[e] = c.error(-e)
	}
	for _, e := range errnos {
		var err error
		if n := testing.AllocsPerRun(10, func() { err = c.error(-e) }); n != 0 {
			t.Errorf("errno %d: %v allocations", e, n)
		}
		var sys *os.SyscallError
		if err != first[e] || !errors.As(err, &sys) || sys.Syscall != "call" || sys.Err != syscall.Errno(e) {
			t.Errorf("errno %d: %v", e, err)
		}
	}
}

func TestErrorsConcurrently(t *testing.T) {
	c := call{name: "call"}
	var wg sync.WaitGroup
	var kept [4][100]error
	for i := range kept {
		wg.Go(func() {
			for e := range kept[i] {
				kept[i][e] = c.error(-(e + i) % 100)
			}
		})
	}
	wg.Wait()
	for i := range kept {
		for e := range kept[i] {
			if kept[i][e] != c.error(-(e+i)%100) {
				t.Fatalf("errno %d is two errors", (e+i)%100)
			}
		}
	}
}
