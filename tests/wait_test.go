//go:build linux

package tests

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

const allEvents = csock.POLLIN | csock.POLLPRI | csock.POLLOUT | csock.POLLRDHUP | csock.POLLRDNORM |
	csock.POLLRDBAND | csock.POLLWRNORM | csock.POLLWRBAND

// Sockets in many states have the events that poll(2) returns in C, one by one and all at once.
func TestPollIsC(t *testing.T) {
	var list []csock.PollFD
	var fds []uintptr
	add := func(sockets ...*csock.Socket) {
		for _, s := range sockets {
			for _, events := range []csock.PollEvents{0, csock.POLLIN, csock.POLLOUT, csock.POLLPRI, allEvents} {
				list = append(list, csock.PollFD{Socket: s, Events: events, Revents: -1})
				fds = append(fds, s.FD())
			}
		}
	}
	for _, k := range kinds {
		add(k.open(t))
		a, b := k.connected(t)
		sent(t, 1)(a.Send([]byte("x"), 0))
		add(a, b)
		a, b = k.connected(t)
		check(t, a.Shutdown(csock.SHUT_WR))
		add(a, b)
		a, b = k.connected(t)
		check(t, a.Close())
		add(b)
	}
	a, b := kindOf("tcp4").connected(t)
	sent(t, 1)(a.SendOutOfBand([]byte("!")))
	add(a, b)
	full, _ := kindOf("unix").connected(t)
	check(t, full.SetNonblocking(true))
	for {
		if _, err := full.Send(make([]byte, 1<<16), 0); err != nil {
			break
		}
	}
	add(full)
	list = append(list, csock.PollFD{Events: allEvents, Revents: -1}) // without a socket

	var events []int16
	for _, f := range list {
		events = append(events, int16(f.Events))
	}
	fds = append(fds, ^uintptr(0))
	want, revents, err := cref.Poll(fds, events, 0)
	check(t, err)
	n, err := csock.Poll(list, 0)
	check(t, err)
	same(t, "how many", n, want)
	for i, f := range list {
		same(t, f.Events.String(), f.Revents, csock.PollEvents(revents[i]))
		if f.Socket != nil {
			one, err := f.Socket.Poll(f.Events, 0)
			check(t, err)
			same(t, "one alone: "+f.Events.String(), one, f.Revents)
		}
	}
	n, err = csock.Poll(list[:3], 0)
	check(t, err)
	short, _, err := cref.Poll(fds[:3], events[:3], 0)
	check(t, err)
	same(t, "of three", n, short)
}

func TestPollTimeout(t *testing.T) {
	a, _ := unixPair(t, csock.SOCK_STREAM)
	const timeout = 30 * time.Millisecond
	var got csock.PollEvents
	var err error
	start := time.Now()
	n := signalled(func() { got, err = a.Poll(csock.POLLIN, timeout) })
	check(t, err)
	same(t, "events", got, 0)
	if d := time.Since(start); d < timeout {
		t.Errorf("waited %v of %v, with %d signals", d, timeout, n)
	}
	// Less than a millisecond is not zero.
	start = time.Now()
	got, err = a.Poll(csock.POLLIN, time.Microsecond)
	check(t, err)
	same(t, "events", got, 0)
	if d := time.Since(start); d < time.Microsecond {
		t.Errorf("waited %v", d)
	}
	for name, wake := range map[string]func(a, b *csock.Socket){
		"data":     func(_, b *csock.Socket) { b.Send([]byte("x"), 0) },
		"shutdown": func(a, _ *csock.Socket) { a.Shutdown(csock.SHUT_RD) },
	} {
		a, b := unixPair(t, csock.SOCK_STREAM)
		done := asleep(t, func() { got, err = a.Poll(csock.POLLIN, -1) })
		wake(a, b)
		<-done
		check(t, err)
		if got&csock.POLLIN == 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPollContext(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_STREAM)
	fds := []csock.PollFD{{Socket: a, Events: csock.POLLIN}, {Socket: b, Events: csock.POLLIN}}
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(20*time.Millisecond, func() { cancel(cause) })
	if n, err := csock.PollContext(ctx, fds); n != 0 || err != cause {
		t.Errorf("%d, %v", n, err)
	}
	if got, err := a.PollContext(ctx, csock.POLLOUT); got != 0 || err != cause {
		t.Errorf("ended before: %v, %v", got, err)
	}
	deadline, stop := context.WithTimeout(context.Background(), time.Millisecond)
	defer stop()
	if _, err := a.PollContext(deadline, csock.POLLIN); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("deadline: %v", err)
	}
	sent(t, 1)(b.Send([]byte("x"), 0))
	ctx, end := context.WithCancel(context.Background())
	defer end()
	n, err := csock.PollContext(ctx, fds)
	check(t, err)
	same(t, "how many", n, 1)
	same(t, "events", fds[0].Revents, csock.POLLIN)
	same(t, "events of the other", fds[1].Revents, 0)
	got, err := a.PollContext(context.Background(), csock.POLLIN)
	check(t, err)
	same(t, "without an end", got, csock.POLLIN)
}

func TestPollBadInput(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_STREAM)
	check(t, b.Close())
	fds := []csock.PollFD{{Socket: a, Events: csock.POLLOUT}, {Socket: b, Events: csock.POLLIN}, {Socket: a}}
	if n, err := csock.Poll(fds, -1); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed socket: %d, %v", n, err)
	}
	same(t, "events of the closed socket", fds[1].Revents, csock.POLLNVAL)
	if _, err := b.Poll(csock.POLLIN, -1); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed socket alone: %v", err)
	}
	if _, err := b.PollContext(context.Background(), csock.POLLIN); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed socket and a context: %v", err)
	}
	var none *csock.Socket
	if _, err := none.Poll(csock.POLLIN, -1); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("no socket: %v", err)
	}
	if _, err := none.PollContext(context.Background(), csock.POLLIN); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("no socket and a context: %v", err)
	}
	n, err := csock.Poll(nil, time.Millisecond)
	check(t, err)
	same(t, "nothing to wait for", n, 0)
	if _, err := csock.PollContext(context.Background(), nil); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("nothing to wait for, without an end: %v", err)
	}
	fds[1] = csock.PollFD{Socket: a, Events: 1 << 20}
	if n, err := csock.Poll(fds, -1); n != 0 || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("an event that is none: %d, %v", n, err)
	}
	if _, err := a.Poll(1<<20, -1); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("an event that is none, alone: %v", err)
	}
	// All have been released.
	if fd, err := a.Detach(); err != nil {
		t.Error(err)
	} else {
		check(t, syscall.Close(int(fd)))
	}
}

func TestPollAllocatesNothing(t *testing.T) {
	need.ExactAllocations(t)
	a, _ := unixPair(t, csock.SOCK_STREAM)
	fds := make([]csock.PollFD, 200)
	for i := range fds {
		fds[i] = csock.PollFD{Socket: a, Events: csock.POLLOUT}
	}
	for name, call := range map[string]func(){
		"one":   func() { a.Poll(csock.POLLOUT, -1) },
		"two":   func() { csock.Poll(fds[:2], -1) },
		"200":   func() { csock.Poll(fds, -1) },
		"error": func() { csock.Poll(fds[:1], 0) },
	} {
		if n := testing.AllocsPerRun(100, call); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
