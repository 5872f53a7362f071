//go:build linux && cgo

package csock

import (
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/tests/need"
)

// A cached interface serves its own name and number only, and after its time only while the lookup
// fails for want of a descriptor.
func TestZonesCache(t *testing.T) {
	fresh, old := time.Now().Add(time.Minute), time.Now().Add(-time.Minute)
	fill := func(until time.Time) *zones {
		z := new(zones)
		z.byName.Store(&zone{"lo", 77, until})
		z.byIndex.Store(&zone{"seven", 1, until})
		return z
	}
	index := func(z *zones, name string, want uint32, wantErr syscall.Errno) {
		t.Helper()
		if n, errno := z.index(name); n != want || errno != wantErr {
			t.Errorf("%s has index %d, %v, want %d, %v", name, n, errno, want, wantErr)
		}
	}
	name := func(z *zones, index uint32, want string) {
		t.Helper()
		if got := z.name(index); got != want {
			t.Errorf("%d has the name %s, want %s", index, got, want)
		}
	}
	lo, errno := ifindex("lo")
	if errno != 0 {
		t.Skipf("needs a loopback interface: %v", errno)
	}
	const none = 1<<31 - 2
	index(fill(fresh), "lo", 77, 0)
	index(fill(fresh), "nosuchif", 0, syscall.ENODEV)
	index(fill(fresh), "2147483646", none, 0)
	index(fill(old), "lo", lo, 0)
	name(fill(fresh), 1, "seven")
	name(fill(fresh), none, "2147483646")
	if lo == 1 {
		name(fill(old), 1, "lo")
	}

	var limit syscall.Rlimit
	need.OK(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 0, Max: limit.Max}); err != nil {
		t.Fatal(err)
	}
	index(fill(old), "lo", 77, 0)
	index(fill(old), "nosuchif", 0, syscall.EMFILE)
	index(fill(old), "5", 5, 0)
	name(fill(old), 1, "seven")
	name(fill(old), 2, "2")
}
