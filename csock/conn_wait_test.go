//go:build cgo && !windows

package csock

import (
	"context"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

// An interruption changes the generation when it begins and when it ends. A call that begins in
// between, and sees the deadline only after the end, would otherwise take it for the user's.
func TestInterruptionGenerations(t *testing.T) {
	a, b, err := Pair(AF_UNIX, SOCK_STREAM, 0)
	need.OK(t, err)
	defer b.Close()
	c, err := a.IntoConn()
	need.OK(t, err)
	defer c.Close()
	var none context.Context // of a call without one
	for _, dir := range []direction{reading, writing} {
		d := &c.dirs[dir]
		before := d.gen.Load()
		if c.interrupted(none, d, before) {
			t.Errorf("direction %d: interrupted without an interruption", dir)
		}
		i := &interruption{c: c, dir: dir}
		i.begin()
		during := d.gen.Load()
		i.end()
		for name, gen := range map[string]uint32{"before": before, "during": during} {
			if !c.interrupted(none, d, gen) {
				t.Errorf("direction %d: a call that began %s the interruption was not interrupted", dir, name)
			}
		}
		if c.interrupted(none, d, d.gen.Load()) {
			t.Errorf("direction %d: a call that began afterwards was interrupted", dir)
		}
	}
}
