//go:build linux

package tests

import (
	"bytes"
	"errors"
	"math"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
)

// highFD duplicates a descriptor to a number from 900 on, which no open(2) of other goroutines
// takes once it is free.
func highFD(t testing.TB, fd int) uintptr {
	t.Helper()
	high, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_DUPFD_CLOEXEC, 900)
	if errno != 0 {
		t.Fatal(errno)
	}
	return high
}

// rawSocket makes a socket's descriptor that csock does not know.
func rawSocket(t testing.TB) uintptr {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	check(t, err)
	defer syscall.Close(fd)
	return highFD(t, fd)
}

func TestFromFD(t *testing.T) {
	fd := rawSocket(t)
	what := kernel.What(fd)
	r, _ := pipe(t)
	high := highFD(t, int(r.Fd()))

	s, err := csock.FromFD(fd)
	check(t, err)
	same(t, "FD", s.FD(), fd)
	same(t, "the descriptor", kernel.What(s.FD()), what)
	check(t, s.Close())
	same(t, "the descriptor after Close", kernel.What(fd), "")
	same(t, "FD after Close", s.FD(), ^uintptr(0))
	if err := s.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Close again: %v", err)
	}

	// A descriptor that is no open socket stays owned by the caller.
	for _, c := range []struct {
		fd   uintptr
		want error
	}{
		{fd, syscall.EBADF}, // closed
		{high, syscall.ENOTSOCK},
		{^uintptr(0), syscall.EBADF},
		{math.MaxInt32, syscall.EBADF},
		{math.MaxInt32 + 1, syscall.EBADF},
		{math.MaxUint32, syscall.EBADF},
		{uintptr(huge) + fd, syscall.EBADF},
	} {
		s, err := csock.FromFD(c.fd)
		if s != nil || !errors.Is(err, c.want) {
			t.Errorf("FromFD(%#x): %v, %v; want %v", c.fd, s, err, c.want)
		}
	}
	runtime.GC()
	same(t, "a pipe that was refused is open", kernel.What(high) != "", true)
	check(t, syscall.Close(int(high)))
}

func TestDetach(t *testing.T) {
	s := kindOf("udp4").open(t)
	fd, what := s.FD(), kernel.What(s.FD())
	got, err := s.Detach()
	check(t, err)
	same(t, "Detach", got, fd)
	same(t, "the descriptor", kernel.What(fd), what)
	if _, err := s.Detach(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Detach again: %v", err)
	}
	if err := s.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Close after the hand-over: %v", err)
	}
	s = nil
	collect()
	same(t, "the descriptor after a collection", kernel.What(fd), what)
	back, err := csock.FromFD(fd)
	check(t, err)
	check(t, back.Close())

	// Not while a call is in flight.
	a, b := unixPair(t, csock.SOCK_STREAM)
	p := make([]byte, 8)
	var n int
	done := asleep(t, func() { n, err = a.Recv(p, 0) })
	if fd, errDetach := a.Detach(); fd != ^uintptr(0) || !errors.Is(errDetach, syscall.EBUSY) {
		t.Errorf("Detach during a call: %d, %v", fd, errDetach)
	}
	sent(t, 2)(b.Send([]byte("ok"), 0))
	<-done
	sent(t, 2)(n, err)
	sent(t, 2)(a.Send([]byte("ok"), 0))
	fd, err = a.Detach()
	check(t, err)
	check(t, syscall.Close(int(fd)))
}

// Close during a call leaves the descriptor to the call, which does not undo the Close.
func TestCloseDuringCall(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_STREAM)
	fd, what := a.FD(), kernel.What(a.FD())
	p := make([]byte, 8)
	var n int
	var err error
	done := asleep(t, func() { n, err = a.Recv(p, 0) })
	check(t, a.Close())
	same(t, "the descriptor while the call waits", kernel.What(fd), what)
	for range 3 {
		if _, err := a.Send(p, 0); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Send after Close: %v", err)
		}
		if err := a.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Close again: %v", err)
		}
		if _, err := a.Detach(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Detach after Close: %v", err)
		}
	}
	same(t, "the descriptor while the call waits", kernel.What(fd), what)
	sent(t, 2)(b.Send([]byte("ok"), 0))
	<-done
	sent(t, 2)(n, err)
	same(t, "the descriptor afterwards is closed", kernel.What(fd) != what, true)
	sent(t, 0)(b.Recv(p, 0))
}

// Shutdown of one clone wakes a call on the other, which is closed.
func TestShutdownWakesClosed(t *testing.T) {
	a, _ := unixPair(t, csock.SOCK_STREAM)
	clone, err := a.TryClone()
	check(t, err)
	defer clone.Close()
	var n int
	done := asleep(t, func() { n, err = a.Recv(make([]byte, 8), 0) })
	check(t, a.Close())
	check(t, clone.Shutdown(csock.SHUT_RD))
	<-done
	sent(t, 0)(n, err)
}

// Clones are two descriptors of one socket: they share everything else.
func TestTryClone(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_STREAM)
	clone, err := a.TryClone()
	check(t, err)
	defer clone.Close()
	same(t, "two descriptors", clone.FD() != a.FD(), true)
	same(t, "one socket", kernel.What(clone.FD()), kernel.What(a.FD()))
	check(t, a.SetNonblocking(true))
	on, err := clone.Nonblocking()
	check(t, err)
	same(t, "O_NONBLOCK is shared", on, true)
	check(t, clone.SetNonblocking(false))
	on, err = a.Nonblocking()
	check(t, err)
	same(t, "O_NONBLOCK is shared", on, false)
	check(t, clone.SetCloexec(false))
	same(t, "close-on-exec is not", kernel.Flags(t, a.FD())&syscall.O_CLOEXEC != 0, true)
	sent(t, 4)(b.Send([]byte("abcd"), 0))
	same(t, "data is shared", recv(t, a, 2)+recv(t, clone, 2), "abcd")
	check(t, a.Close())
	sent(t, 1)(clone.Send([]byte("x"), 0))
	same(t, "one goes on without the other", recv(t, b, 2), "x")
	check(t, clone.Close())
	sent(t, 0)(b.Recv(make([]byte, 1), 0))

	// The calls on a clone of a raw socket behave like those on the raw socket.
	raw, err := csock.NewRaw(csock.AF_INET, csock.SOCK_DGRAM, 0)
	check(t, err)
	defer raw.Close()
	clone, err = raw.TryClone()
	check(t, err)
	defer clone.Close()
	same(t, "a clone is close-on-exec", kernel.Flags(t, clone.FD())&syscall.O_CLOEXEC != 0, true)
}

// collect runs the collector until the cleanups of collected objects have run.
func collect() {
	for range 5 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

// An unreachable Socket closes its own descriptor, and no other.
func TestUnreachable(t *testing.T) {
	unreachable := make(map[uintptr]string)
	func() {
		for range 20 {
			s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
			check(t, err)
			unreachable[s.FD()] = kernel.What(s.FD())
		}
		a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
		check(t, err)
		unreachable[a.FD()] = kernel.What(a.FD())
		unreachable[b.FD()] = kernel.What(b.FD())
		clone, err := a.TryClone()
		check(t, err)
		unreachable[clone.FD()] = kernel.What(clone.FD())
	}()
	kernel.Eventually(t, "unreachable sockets close", func() bool {
		runtime.GC()
		for fd, what := range unreachable {
			if kernel.What(fd) == what {
				return false
			}
		}
		return true
	})

	// A closed one is not closed again, although its number belongs to another file now.
	fd := rawSocket(t)
	owned, err := csock.FromFD(fd)
	check(t, err)
	check(t, owned.Close())
	other := rawSocket(t)
	same(t, "the number is used again", other, fd)
	what := kernel.What(other)
	owned = nil
	collect()
	same(t, "another's descriptor after a collection", kernel.What(other), what)
	check(t, syscall.Close(int(other)))
}

// The same for Sockets that have survived a collection, and for those whose descriptor went
// elsewhere.
func TestUnreachableLater(t *testing.T) {
	const n = 300
	sockets := make([]*csock.Socket, n)
	fds := make([]uintptr, n)
	for i := range sockets {
		s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
		check(t, err)
		sockets[i], fds[i] = s, s.FD()
	}
	what := make([]string, n)
	for i, fd := range fds {
		what[i] = kernel.What(fd)
	}
	collect()
	for i, fd := range fds {
		same(t, "an open socket after collections", kernel.What(fd), what[i])
	}
	for i, s := range sockets {
		switch i % 3 {
		case 0:
			check(t, s.Close())
		case 1:
			fd, err := s.Detach()
			check(t, err)
			same(t, "detached", fd, fds[i])
		}
		sockets[i] = nil
	}
	others := make([]uintptr, n/3) // with the numbers of the closed ones
	for i := range others {
		others[i] = rawSocket(t)
	}
	kernel.Eventually(t, "unreachable sockets close", func() bool {
		runtime.GC()
		for i := 2; i < n; i += 3 {
			if kernel.What(fds[i]) == what[i] {
				return false
			}
		}
		return true
	})
	for _, fd := range others {
		check(t, syscall.Close(int(fd)))
	}
	for i := 1; i < n; i += 3 {
		same(t, "a detached socket", kernel.What(fds[i]), what[i])
		check(t, syscall.Close(int(fds[i])))
	}
}

// Collections race with sockets that are made, closed, transferred and dropped: each descriptor is
// closed once.
func TestUnreachableRacesCollection(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	stop := make(chan struct{})
	var collector, wg sync.WaitGroup
	collector.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	for worker := range 4 {
		wg.Go(func() {
			for i := range rounds {
				a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
				if err != nil {
					t.Error(err)
					return
				}
				if (i+worker)%7 == 0 {
					runtime.Gosched()
				}
				if i%3 != 0 { // else b is dropped
					fd, err := b.Detach()
					if err != nil {
						t.Errorf("Detach: %v", err)
					}
					if err := syscall.Close(int(fd)); err != nil {
						t.Errorf("a detached descriptor was closed: %v", err)
					}
				}
				if err := a.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}
		})
	}
	wg.Wait()
	close(stop)
	collector.Wait()
	collect() // other tests count descriptors
}

// If many goroutines close or transfer one socket, one succeeds.
func TestCloseRacesCloseAndDetach(t *testing.T) {
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	for range rounds {
		s, err := csock.New(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
		check(t, err)
		var wins atomic.Int32
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i := range 4 {
			wg.Go(func() {
				<-start
				if i%2 == 0 {
					if err := s.Close(); err == nil {
						wins.Add(1)
					} else if !errors.Is(err, net.ErrClosed) {
						t.Error("Close: ", err)
					}
				} else if fd, err := s.Detach(); err == nil {
					wins.Add(1)
					if err := syscall.Close(int(fd)); err != nil {
						t.Error("close of what Detach gave: ", err)
					}
				} else if !errors.Is(err, net.ErrClosed) {
					t.Error("Detach: ", err)
				}
			})
		}
		close(start)
		wg.Wait()
		if wins.Load() != 1 {
			t.Fatalf("%d have closed one socket", wins.Load())
		}
	}
}

// Close races with goroutines that send and receive, while others open and close descriptors as
// fast as they can, so that each free number is reused at once. A send or receive after Close would
// show at the others: their sockets check that everything they sent arrives, and nothing else.
func TestCloseRacesCalls(t *testing.T) {
	rounds, limit := 300, 30*time.Second
	if testing.Short() {
		rounds = 60
	}
	f, err := os.Open("/proc/self/exe")
	check(t, err)
	defer f.Close()
	collect()
	before := len(kernel.Descriptors(t))

	var stop atomic.Bool
	var strangers sync.WaitGroup
	var opened atomic.Int64
	for range 3 {
		strangers.Go(func() {
			for !stop.Load() {
				if err := stranger(); err != nil {
					t.Error(err)
					return
				}
				opened.Add(2)
				runtime.Gosched()
			}
		})
	}
	var ran int
	var calls atomic.Int64
	for end := time.Now().Add(limit); ran < rounds && time.Now().Before(end) && !t.Failed(); ran++ {
		raceRound(t, ran, f, &calls)
	}
	stop.Store(true)
	strangers.Wait()
	t.Logf("%d rounds, %d calls before Close, %d descriptors of others", ran, calls.Load(), opened.Load())
	if ran < rounds && !t.Failed() {
		t.Errorf("only %d rounds in %v", ran, limit)
	}
	collect()
	if after := len(kernel.Descriptors(t)); after > before {
		t.Errorf("%d descriptors before, %d after: %v", before, after, kernel.Descriptors(t))
	}
}

var (
	ours      = bytes.Repeat([]byte("csock"), 8)
	oursTwice = append(ours, ours...)
	theirs    = []byte("strangers' own bytes")
)

// stranger opens two descriptors, passes bytes through them, and closes them. It fails if the
// kernel does anything that it did not request.
func stranger() error {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	var p [256]byte
	for i, fd := range fds {
		if n, err := syscall.Write(fds[1-i], theirs); n != len(theirs) || err != nil {
			return errors.New("stranger: write: " + errString(err))
		}
		n, err := syscall.Read(fd, p[:])
		if err != nil || !bytes.Equal(p[:max(n, 0)], theirs) {
			return errors.New("stranger: read " + string(p[:max(n, 0)]) + ": " + errString(err))
		}
	}
	// Nothing more, in either direction.
	for _, fd := range fds {
		if n, err := syscall.Read(fd, p[:]); err != syscall.EAGAIN {
			return errors.New("stranger: a byte too many: " + string(p[:max(n, 0)]) + ": " + errString(err))
		}
	}
	for _, fd := range fds {
		if err := syscall.Close(fd); err != nil {
			return errors.New("stranger: close: " + errString(err))
		}
	}
	return nil
}

func errString(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

// raceRound closes a socket while 8 goroutines send and receive on it, and others make the other
// calls.
func raceRound(t *testing.T, round int, f *os.File, calls *atomic.Int64) {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	check(t, err)
	wait := csock.MSG_DONTWAIT
	if round%4 == 3 {
		wait = 0 // calls that wait in the kernel when Close is called
	}
	var wg sync.WaitGroup
	work := func(name string, call func(p []byte) (int, error)) {
		wg.Go(func() {
			p := make([]byte, 64)
			var n int64
			for {
				got, err := call(p)
				switch {
				case errors.Is(err, net.ErrClosed):
					calls.Add(n)
					return
				case err == nil:
					if name == "recv" && got > 0 && !bytes.Contains(oursTwice, p[:min(got, len(ours))]) {
						t.Errorf("received another's bytes: %q", p[:got])
					}
				case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
				default:
					t.Errorf("%s: %v", name, err)
					return
				}
				runtime.Gosched()
				n++
			}
		})
	}
	for i := range 4 {
		work("recv", func(p []byte) (int, error) {
			switch i {
			case 0:
				return a.Recv(p, wait)
			case 1:
				n, _, err := a.RecvFrom(p, wait)
				return n, err
			case 2:
				n, _, err := a.RecvVectored([][]byte{p[:5], p[5:]}, wait)
				return n, err
			}
			return a.Recvmsg(&csock.MsgHdr{Buffers: [][]byte{p}, Control: make([]byte, 64)}, wait)
		})
		work("send", func(p []byte) (int, error) {
			switch i {
			case 0:
				return a.Send(ours, wait)
			case 1:
				return a.SendVectored([][]byte{ours[:5], ours[5:]}, wait)
			case 2:
				return a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{ours}}, wait)
			}
			return a.SendVectored([][]byte{ours, nil, nil, nil, nil, nil, nil, nil, nil}, wait)
		})
	}
	work("rest", func(p []byte) (int, error) {
		if _, err := a.LocalAddr(); err != nil {
			return 0, err
		}
		clone, err := a.TryClone()
		if err != nil {
			return 0, err
		}
		if err := clone.Close(); err != nil {
			return 0, err
		}
		return a.Sendfile(f, 0, 5)
	})
	// The peer sends, and receives what arrives, until it is closed.
	var peer sync.WaitGroup
	peer.Go(func() {
		p := make([]byte, 1<<16)
		for {
			_, errSend := b.Send(ours, csock.MSG_DONTWAIT)
			_, errRecv := b.Recv(p, csock.MSG_DONTWAIT)
			if errors.Is(errSend, net.ErrClosed) || errors.Is(errRecv, net.ErrClosed) {
				return
			}
			runtime.Gosched()
		}
	})
	for range round % 8 {
		runtime.Gosched()
	}
	if err := a.Close(); err != nil {
		t.Error("Close: ", err)
	}
	if wait == 0 {
		// Close does not wake waiting calls; the peer's end does.
		check(t, b.Shutdown(csock.SHUT_RDWR))
	}
	wg.Wait()
	if err := b.Close(); err != nil {
		t.Error("Close: ", err)
	}
	peer.Wait()
}

// Close during a hand-over that fails: whatever Close returns, the Socket is closed afterwards.
func TestCloseRacesFailedHandOver(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	meanwhile := 0
	for range rounds {
		s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, 0) // which package net does not take
		check(t, err)
		fd, what := s.FD(), kernel.What(s.FD())
		closed := make(chan error)
		go func() { closed <- s.Close() }()
		_, handOver := s.IntoNetPacketConn()
		check(t, <-closed)
		if !errors.Is(handOver, net.ErrClosed) {
			meanwhile++
		}
		same(t, "FD of a closed Socket", s.FD(), ^uintptr(0))
		if kernel.What(fd) == what {
			t.Fatal("a closed socket's descriptor is open")
		}
	}
	t.Logf("Close came during or after the hand-over in %d of %d rounds", meanwhile, rounds)
}

// A Socket that package net has refused while other goroutines used it stays usable: Close closes
// it.
func TestCallsRaceFailedHandOver(t *testing.T) {
	rounds := 200
	if testing.Short() {
		rounds = 50
	}
	for range rounds {
		s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, 0)
		check(t, err)
		fd, what := s.FD(), kernel.What(s.FD())
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						s.FD()
					}
				}
			})
		}
		for range 10 {
			if c, err := s.IntoNetPacketConn(); err == nil {
				c.Close()
				t.Fatal("package net takes netlink sockets")
			}
		}
		close(stop)
		wg.Wait()
		check(t, s.Close())
		if kernel.What(fd) == what {
			t.Fatal("a closed socket's descriptor is open")
		}
	}
}

// Calls that a hand-over refuses do not open the Socket again: it stays closed, and the descriptor
// is the Conn's alone.
func TestCallsRaceHandOver(t *testing.T) {
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	refused, busy := 0, 0
	for range rounds {
		a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
		check(t, err)
		var calls atomic.Int64 // that were refused
		var stop atomic.Bool
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				p := make([]byte, 64)
				for closed := false; !stop.Load(); runtime.Gosched() {
					n, err := a.Recv(p, csock.MSG_DONTWAIT)
					switch {
					case errors.Is(err, net.ErrClosed):
						closed = true
						calls.Add(1)
					case closed:
						t.Errorf("a call after the hand-over: %q, %v", p[:n], err)
						return
					case !errors.Is(err, syscall.EAGAIN):
						t.Errorf("a call before the hand-over: %q, %v", p[:n], err)
						return
					}
				}
			})
		}
		c, err := a.IntoConn()
		for ; errors.Is(err, syscall.EBUSY); c, err = a.IntoConn() {
			busy++
			runtime.Gosched()
		}
		check(t, err)
		// A reader beside the Conn would take some of its bytes.
		p := make([]byte, len(ours))
		for range 3 {
			sent(t, len(ours))(b.Send(ours, 0))
			sent(t, len(ours))(c.Read(p))
			same(t, "the Conn's bytes", string(p), string(ours))
		}
		check(t, c.Close())
		check(t, stranger()) // whose descriptors have the Conn's number
		stop.Store(true)
		wg.Wait()
		connIs(t, "Close of the Socket", a.Close(), net.ErrClosed)
		_, err = a.Recv(p, csock.MSG_DONTWAIT)
		connIs(t, "a call of the Socket", err, net.ErrClosed)
		same(t, "FD", a.FD(), ^uintptr(0))
		check(t, b.Close())
		refused += int(calls.Load())
		if t.Failed() {
			return
		}
	}
	t.Logf("%d rounds: %d calls were refused, %d hand-overs beside a call", rounds, refused, busy)
}
