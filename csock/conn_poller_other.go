//go:build cgo && !windows

package csock

// Systems other than Windows: a Conn waits on Go's network poller, which an os.File takes to.

import (
	"os"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A polled owns the descriptor of a Conn.
type polled = os.File

// newPolled makes the file that owns the non-blocking fd and parks on Go's poller. The socket's
// descriptor may become another one, now. If the poller does not take it, the caller still owns it.
func newPolled(fd csock_fd) (file *polled, now csock_fd, err error) {
	for again := true; ; again = false {
		file = os.NewFile(uintptr(fd), "socket")
		if file.SetDeadline(time.Time{}) == nil {
			return file, fd, nil
		}
		// The file does not report the poller's error, so csock queries the system again.
		why := csock_poll_refuses(fd)
		// The file cannot release its descriptor.
		fd = csock_dup(fd)
		file.Close()
		switch {
		case why == 0 && again && fd >= 0: // a shortage may have ended in between
			continue
		case why < 0 && why != -csock_ELACKS && why != -sys.EPERM: // EPERM: the poller does not take this kind of file
			return nil, fd, callEpollCtl.error(int(why))
		}
		return nil, fd, errNotPolled
	}
}
