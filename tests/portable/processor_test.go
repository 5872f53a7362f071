//go:build !windows

package portable

import (
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/tests/need"
)

// processorTime returns what this process has used.
func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var used syscall.Rusage
	need.OK(t, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
