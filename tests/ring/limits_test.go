//go:build linux

package ring

import (
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// At the limit of descriptors an XSKMap cannot be made or attached, and no data is discarded: the
// map can be attached later.
func TestXSKMapLimit(t *testing.T) {
	c := newCable(t)
	x := c.right.xdp(t, ring.XDPConfig{Rx: 16})
	m, err := ring.NewXSKMap(1)
	need.Feature(t, "BPF maps", err, syscall.EPERM)
	defer m.Close()
	attach := func() error { return m.Attach(c.right.ifindex, ring.XDP_FLAGS_SKB_MODE) }
	atLimit := func(left int, f func() error) (err error) { // within Do, which needs descriptors
		c.right.ns.Do(func() { kernel.AtLimit(t, left, func() { err = f() }) })
		return err
	}
	before := kernel.Descriptors(t)
	need.Is(t, "NewXSKMap", atLimit(0, func() error {
		_, err := ring.NewXSKMap(1)
		return err
	}), syscall.EMFILE)
	for left := range 2 { // first the program does not get one, then its link
		need.Is(t, "Attach", atLimit(left, attach), syscall.EMFILE)
		kernel.NoneLeft(t, before)
	}
	check(t, m.Insert(0, x))
	c.right.ns.Do(func() { err = attach() })
	check(t, err)
}
