//go:build cgo

package csock

import (
	"math"
	"testing"
)

// Completions past 2^32 sends, out of order, twice, and of sends that there never were.
func TestPendingSends(t *testing.T) {
	p := &pendingSends{first: math.MaxUint32 - 1}
	bufs := make([][]byte, 6)
	for i := range bufs {
		bufs[i] = make([]byte, i+1)
		p.add(bufs[i], nil)
	}
	for _, step := range []struct {
		first, last uint32
		want        []int // the buffers that come back
		left        int
	}{
		{100, 200, nil, 6},
		{math.MaxUint32 - 100, math.MaxUint32 - 2, nil, 6},
		{1, 2, []int{3, 4}, 4},
		{2, 1, nil, 4},
		{math.MaxUint32, 0, []int{1, 2}, 2},
		{math.MaxUint32 - 5, 2, []int{0}, 1},
		{math.MaxUint32 - 1, 2, nil, 1},
		{0, 1 << 31, []int{5}, 0},
		{0, math.MaxUint32, nil, 0},
	} {
		free, n := p.release(step.first, step.last, nil)
		if n != len(step.want) || len(free) != n || p.left != step.left {
			t.Fatalf("release(%d, %d) returned %d sends, %d buffers, %d are left", step.first, step.last, n, len(free), p.left)
		}
		for i, want := range step.want {
			if &free[i][0] != &bufs[want][0] {
				t.Errorf("release(%d, %d) returned buffer %d, want %d", step.first, step.last, len(free[i])-1, want)
			}
		}
		keptSends.Lock()
		_, kept := keptSends.all[p]
		keptSends.Unlock()
		if kept != (p.left > 0) {
			t.Errorf("kept is %v with %d sends left", kept, p.left)
		}
	}
	if len(p.sends) != 0 || p.first != 4 {
		t.Errorf("%d sends from %d on", len(p.sends), p.first)
	}
}

// After a send that failed but may have a number, only a completion of that number settles it, and
// without one no completion counts as a send.
func TestZeroCopyUnsure(t *testing.T) {
	for _, c := range []struct {
		unsure      bool
		first, last uint32
		freed       int
		after       bool   // unsure
		next        uint32 // the number of the next send
	}{
		{true, 0, 0, 1, true, 2},
		{true, 0, 1, 2, true, 2},
		{true, 0, 2, 2, false, 3},
		{true, 2, 2, 0, false, 3},
		{false, 2, 2, 0, false, 2},
		{false, 0, 2, 2, false, 2},
	} {
		z := &ZeroCopy{s: new(Socket), sends: new(pendingSends), unsure: c.unsure}
		for range 2 {
			z.sends.add([]byte("x"), nil)
		}
		free, ok := z.Release(SockExtendedErr{Origin: SO_EE_ORIGIN_ZEROCOPY, Info: c.first, Data: c.last}, nil)
		if !ok || len(free) != c.freed || z.unsure != c.after || z.sends.next() != c.next {
			t.Errorf("%+v: %d buffers, %v; unsure %v, next %d", c, len(free), ok, z.unsure, z.sends.next())
		}
		z.Release(SockExtendedErr{Origin: SO_EE_ORIGIN_ZEROCOPY, Data: 1}, nil) // the memory
	}
}
