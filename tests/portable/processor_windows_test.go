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
	self, err := syscall.GetCurrentProcess()
	need.OK(t, err)
	var created, exited, kernel, user syscall.Filetime
	need.OK(t, syscall.GetProcessTimes(self, &created, &exited, &kernel, &user))
	ticks := func(f syscall.Filetime) int64 { return int64(f.HighDateTime)<<32 | int64(f.LowDateTime) }
	return time.Duration(ticks(kernel)+ticks(user)) * 100
}
