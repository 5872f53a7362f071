//go:build linux

package ring

import (
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/need"
)

// Sending and receiving allocate nothing, not even in calls that wait.
func TestAllocations(t *testing.T) {
	need.ExactAllocations(t)
	c := newCable(t)
	frames, bytes := 0, 0
	for name, v := range versions {
		req := rxRing(v)
		if v == csock.TPACKET_V3 {
			req.RetireTime = time.Millisecond
		}
		rx := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: req})
		tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: txRing})
		p := frame(c.left, c.right, 0, 100)
		allocs := testing.AllocsPerRun(100, func() {
			for range 3 {
				buf, err := tx.Buffer(noContext)
				check(t, err)
				check(t, tx.Queue(copy(buf, p)))
			}
			check(t, tx.Flush(noContext))
			for n := 0; n < 3; {
				b, err := rx.Next(noContext)
				check(t, err)
				for f := range b.Frames() {
					n++
					bytes += len(f.Data()) + f.Len() + f.Time().Nanosecond() + int(f.Status())
					if _, _, ok := f.VLAN(); ok {
						frames++
					}
				}
				b.Release()
			}
		})
		need.Same(t, "allocations of "+name, allocs, 0)
	}

	x := c.right.xdp(t, ring.XDPConfig{Rx: 64, Tx: 64})
	c.right.redirect(t, x)
	tx := c.left.xdp(t, ring.XDPConfig{Tx: 64})
	p := frame(c.left, c.right, 7, 100)
	allocs := testing.AllocsPerRun(100, func() {
		for range 3 {
			buf, err := tx.Buffer(noContext)
			check(t, err)
			check(t, tx.Queue(copy(buf, p)))
		}
		check(t, tx.Flush(noContext))
		for n := 0; n < 3; {
			b, err := x.Next(noContext)
			check(t, err)
			for _, data := range b.Frames() {
				if number(data) == 7 {
					n++
				}
			}
			b.Release()
		}
	})
	need.Same(t, "allocations of AF_XDP", allocs, 0)
}
