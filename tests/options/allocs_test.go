//go:build linux && cgo

package options

import (
	"reflect"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Numbers that pass through allocated memory of their own.
var allocating = map[string]string{
	"PACKET_HDRLEN": "the kernel reads a version there",
}

// TestOptionsAllocs gets and sets every bool, int, uint32, uint64 and duration option that this
// kernel has, as its plan says, and checks that nothing is allocated. (An error that names its
// option is allocated.)
func TestOptionsAllocs(t *testing.T) {
	need.ExactAllocations(t)
	ns := optionsNS(t)
	none := 0
	for o := range csock.Options() {
		c, ok := cOptions[o.String()]
		if !ok {
			continue
		}
		p := planOf(o, c)
		s, closeAll, err := optionSocket(t, ns, p.on)
		if err != nil {
			t.Logf("%v: %v", o, err)
			continue
		}
		if p.setUp != nil {
			ns.Do(func() { err = p.setUp(s) })
			if err != nil {
				t.Errorf("%v: setUp: %v", o, err)
			}
		}
		var allocs float64
		ok = false
		switch o := o.(type) {
		case csock.Option[bool]:
			allocs, ok = optionAllocs(s, o, p)
		case csock.Option[int]:
			allocs, ok = optionAllocs(s, o, p)
		case csock.Option[uint32]:
			allocs, ok = optionAllocs(s, o, p)
		case csock.Option[uint64]:
			allocs, ok = optionAllocs(s, o, p)
		case csock.Option[time.Duration]:
			allocs, ok = optionAllocs(s, o, p)
		}
		closeAll()
		if !ok {
			continue
		}
		if allocs == 0 {
			none++
		} else if allocating[o.String()] == "" {
			t.Errorf("%v on %s: %v allocations", o, p.on, allocs)
		}
	}
	if none < 150 {
		t.Errorf("only %d options that this kernel has", none)
	}
}

// optionAllocs counts the allocations of a Set and a Get. It returns false if one of them fails.
func optionAllocs[T any](s *csock.Socket, o csock.Option[T], p plan) (float64, bool) {
	var value T
	if len(p.set) > 0 {
		value = reflect.ValueOf(p.set[0]).Convert(reflect.TypeFor[T]()).Interface().(T)
	}
	failed := false
	allocs := testing.AllocsPerRun(10, func() {
		if o.CanSet() && o.Set(s, value) != nil {
			failed = true
		}
		if o.CanGet() {
			if _, err := o.Get(s); err != nil {
				failed = true
			}
		}
	})
	return allocs, !failed
}
