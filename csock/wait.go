//go:build cgo

package csock

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// PollEvents is a set of events of poll(2): events to wait for, or events that occurred.
type PollEvents int

// See poll(2). POLLERR, POLLHUP and POLLNVAL are reported even if not requested.
const (
	POLLIN     PollEvents = sys.POLLIN     // data can be received, or a connection accepted
	POLLPRI    PollEvents = sys.POLLPRI    // an exceptional condition: TCP's out-of-band data
	POLLOUT    PollEvents = sys.POLLOUT    // there is room to send, or a connect has finished
	POLLRDHUP  PollEvents = sys.POLLRDHUP  // the peer of a stream has shut down sending (Linux, FreeBSD)
	POLLERR    PollEvents = sys.POLLERR    // an error is pending, or the error queue has a message
	POLLHUP    PollEvents = sys.POLLHUP    // the connection has ended in both directions
	POLLNVAL   PollEvents = sys.POLLNVAL   // the descriptor is not open
	POLLRDNORM PollEvents = sys.POLLRDNORM // the same as POLLIN on Linux
	POLLRDBAND PollEvents = sys.POLLRDBAND // priority data can be received
	POLLWRNORM PollEvents = sys.POLLWRNORM // the same as POLLOUT on Linux
	POLLWRBAND PollEvents = sys.POLLWRBAND // there is room to send priority data
	POLLMSG    PollEvents = sys.POLLMSG    // unused on Linux
)

// String returns the C names of the events: "POLLIN|POLLHUP".
func (e PollEvents) String() string { return flagNames(e, namesPollEvents) }

// A PollFD is an entry of Poll: a struct pollfd.
type PollFD struct {
	Socket  *Socket    // nil: the entry is ignored, like a negative descriptor in C
	Events  PollEvents // the events to wait for
	Revents PollEvents // the events that occurred, set by Poll
}

// Poll waits until one of the events occurs, and returns those that did, or none at the timeout.
// The timeout is rounded up to whole milliseconds. A negative timeout is no limit, and 0 does not
// wait. Signals do not end the wait. Close does not wake it, nor any other call in the kernel: use
// Shutdown. See poll(2).
func (s *Socket) Poll(events PollEvents, timeout time.Duration) (PollEvents, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	r := c_int(-csock_ELACKS)
	fd := struct_pollfd{fd: csock_poll_fd(s.fd)}
	if fd.events = c_short(events); PollEvents(fd.events) == events {
		r = csock_poll(&fd, 1, int64_t(timeout))
	}
	s.leave()
	if r < 0 {
		return 0, callPoll.error(int(r))
	}
	return PollEvents(fd.revents), nil
}

// PollContext is Poll without a timeout. It returns no later than when ctx ends, with ctx's cause.
// A context that can end costs two descriptors during the call.
func (s *Socket) PollContext(ctx context.Context, events PollEvents) (PollEvents, error) {
	fds := [...]PollFD{{Socket: s, Events: events}}
	if s == nil {
		return 0, os.ErrInvalid
	}
	_, err := PollContext(ctx, fds[:])
	return fds[0].Revents, err
}

// Poll waits until a requested event occurs on one of fds. It sets the Revents of all, and returns
// the number of entries with an event, or 0 at the timeout. For the timeout, see Socket.Poll. For a
// closed socket it returns [net.ErrClosed], with POLLNVAL in the socket's Revents. See poll(2).
func Poll(fds []PollFD, timeout time.Duration) (int, error) {
	return pollAll(fds, nil, timeout)
}

// PollContext is Poll without a timeout. It returns no later than when ctx ends, with ctx's cause.
// A context that can end costs two descriptors during the call. A nil context is [os.ErrInvalid];
// so is a context that cannot end if fds is empty.
func PollContext(ctx context.Context, fds []PollFD) (int, error) {
	if ctx == nil || ctx.Done() == nil && len(fds) == 0 {
		return 0, os.ErrInvalid // nothing could end the wait
	}
	if ctx.Done() == nil {
		return pollAll(fds, nil, -1)
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	wake, end, err := Pair(csock_PAIR_DOMAIN, SOCK_STREAM, 0)
	if err != nil {
		return 0, err
	}
	stop := context.AfterFunc(ctx, func() { end.Close() }) // wakes wake
	n, err := pollAll(fds, wake, -1)
	stop()
	end.Close()
	wake.Close()
	if n == 0 && err == nil {
		err = context.Cause(ctx)
	}
	return n, err
}

// pollRoom is the number of descriptors that fit on the stack.
const pollRoom = 64

// pollLists holds the lists for more descriptors.
var pollLists = sync.Pool{New: func() any { return new([]struct_pollfd) }}

// pollAll waits for fds, and for wake if it is not nil. It does not count the events of wake.
func pollAll(fds []PollFD, wake *Socket, timeout time.Duration) (int, error) {
	var room [pollRoom]struct_pollfd
	list := room[:]
	if len(fds)+1 > pollRoom {
		long := pollLists.Get().(*[]struct_pollfd)
		defer pollLists.Put(long)
		if len(*long) <= len(fds) {
			*long = make([]struct_pollfd, len(fds)+1)
		}
		list = *long
	}
	return pollList(fds, wake, timeout, list)
}

// pollList is pollAll with a list that has room for one entry more than fds.
func pollList(
	fds []PollFD, wake *Socket, timeout time.Duration, list []struct_pollfd,
) (n int, err error) {
	entered := 0
	for i := range fds {
		f := &fds[i]
		f.Revents = 0
		list[i] = struct_pollfd{fd: csock_NO_FD, events: c_short(f.Events)}
		switch {
		case err != nil:
			continue
		case PollEvents(list[i].events) != f.Events:
			err = callPoll.error(-csock_ELACKS)
			continue
		case f.Socket != nil:
			if err = f.Socket.enter(); err != nil {
				f.Revents = POLLNVAL
				continue
			}
			list[i].fd = csock_poll_fd(f.Socket.fd)
		}
		entered++
	}
	if err == nil {
		count := len(fds)
		if wake != nil {
			list[count] = struct_pollfd{fd: csock_poll_fd(wake.fd), events: sys.POLLIN}
			count++
		}
		r := csock_poll(&list[0], c_uint(count), int64_t(timeout))
		if r < 0 {
			err = callPoll.error(int(r))
		}
	}
	for i := range fds[:entered] {
		if fds[i].Socket != nil {
			fds[i].Socket.leave()
		}
		if fds[i].Revents = PollEvents(list[i].revents); err == nil && fds[i].Revents != 0 {
			n++
		}
	}
	return n, err
}
