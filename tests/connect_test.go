//go:build linux

package tests

import (
	"errors"
	"math"
	"net/netip"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// connects are the ways to connect, with a long timeout where the test is not about time.
var connects = map[string]func(*csock.Socket, csock.SockAddr) error{
	"Connect":              (*csock.Socket).Connect,
	"ConnectTimeout":       func(s *csock.Socket, to csock.SockAddr) error { return s.ConnectTimeout(to, time.Minute) },
	"ConnectTimeout, none": func(s *csock.Socket, to csock.SockAddr) error { return s.ConnectTimeout(to, 0) },
	"ConnectTimeout, no limit": func(s *csock.Socket, to csock.SockAddr) error {
		return s.ConnectTimeout(to, math.MaxInt64)
	},
}

// blocking fails the test if the socket's calls would not wait.
func blocking(t *testing.T, s *csock.Socket, want bool) {
	t.Helper()
	nonblocking, err := s.Nonblocking()
	check(t, err)
	same(t, "non-blocking", nonblocking, !want)
	same(t, "O_NONBLOCK", kernel.Flags(t, s.FD())&syscall.O_NONBLOCK != 0, !want)
}

func TestConnect(t *testing.T) {
	for how, connect := range connects {
		for _, k := range kinds {
			t.Run(how+" "+k.name, func(t *testing.T) {
				l, addr := k.bound(t)
				s := k.open(t)
				check(t, connect(s, addr))
				blocking(t, s, true)
				peer, err := s.PeerAddr()
				check(t, err)
				same(t, "PeerAddr", peer, addr)
				if k.stream() {
					// After a connect that did not wait in the kernel, the first repeated call
					// returns 0.
					connect(s, addr)
					if err := connect(s, addr); !errors.Is(err, syscall.EISCONN) {
						t.Errorf("on a connected socket: %v", err)
					}
					check(t, l.Close())
					if err := connect(k.open(t), addr); !errors.Is(err, syscall.ECONNREFUSED) {
						t.Errorf("to a listener that is gone: %v", err)
					}
					blocking(t, s, true)
				}
			})
		}
		t.Run(how+" no such path", func(t *testing.T) {
			s := kindOf("unix").open(t)
			if err := connect(s, unixAddr(t, filepath.Join(t.TempDir(), "none"))); !errors.Is(err, syscall.ENOENT) {
				t.Errorf("%v, want %v", err, syscall.ENOENT)
			}
			blocking(t, s, true)
		})
	}
	s := kindOf("tcp4").open(t)
	if err := s.ConnectTimeout(loopback4, -1); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("negative timeout: %v", err)
	}
}

// A connect on a non-blocking socket returns EINPROGRESS, and the socket is connected when it is
// writable.
func TestConnectNonblocking(t *testing.T) {
	_, addr := kindOf("tcp4").bound(t)
	s := kindOf("tcp4").open(t)
	check(t, s.SetNonblocking(true))
	if err := s.Connect(addr); !errors.Is(err, syscall.EINPROGRESS) {
		t.Fatalf("%v, want %v", err, syscall.EINPROGRESS)
	}
	kernel.Eventually(t, "a connection", func() bool { _, err := s.Send([]byte("x"), 0); return err == nil })
	pending, err := s.TakeError()
	if pending != nil || err != nil {
		t.Errorf("TakeError: %v, %v", pending, err)
	}
	// ConnectTimeout waits all the same, and leaves the socket as it was.
	s = kindOf("tcp4").open(t)
	check(t, s.SetNonblocking(true))
	check(t, s.ConnectTimeout(addr, time.Minute))
	blocking(t, s, false)
}

func TestConnectUnroutable(t *testing.T) {
	ns := netns.New(t)
	for how, connect := range connects {
		for _, name := range []string{"tcp4", "tcp6", "udp4", "udp6"} {
			k, to := kindOf(name), "192.0.2.1:9"
			if k.domain == csock.AF_INET6 {
				to = "[2001:db8::1]:9"
			}
			var s *csock.Socket
			ns.Do(func() { s = k.open(t) })
			if err := connect(s, csock.InetAddr(netip.MustParseAddrPort(to))); !errors.Is(err, syscall.ENETUNREACH) {
				t.Errorf("%s, %s: %v, want %v", how, name, err, syscall.ENETUNREACH)
			}
			blocking(t, s, true)
		}
	}
}

// blackhole returns an address from which no reply ever comes, and a function that makes sockets
// with a route to it.
func blackhole(t *testing.T) (make func() *csock.Socket, to csock.SockAddr) {
	t.Helper()
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "left", []string{"10.1.0.1/24"}, b, "right", []string{"10.1.0.2/24"})
	// The other end receives the frames, and no program there reads them.
	a.IP(t, "neigh add 10.1.0.3 lladdr 02:00:00:00:00:03 dev left")
	make = func() (s *csock.Socket) {
		a.Do(func() { s = kindOf("tcp4").open(t) })
		return s
	}
	return make, csock.InetAddr(netip.MustParseAddrPort("10.1.0.3:80"))
}

func TestConnectTimedOut(t *testing.T) {
	open, to := blackhole(t)
	for _, timeout := range []time.Duration{1, time.Microsecond, 30 * time.Millisecond, 300*time.Millisecond + 1} {
		for _, nonblocking := range []bool{false, true} {
			s := open()
			check(t, s.SetNonblocking(nonblocking))
			start := time.Now()
			err := s.ConnectTimeout(to, timeout)
			if took := time.Since(start); took < timeout {
				t.Errorf("a timeout of %v after %v", timeout, took)
			}
			if !errors.Is(err, syscall.ETIMEDOUT) {
				t.Errorf("%v: %v, want %v", timeout, err, syscall.ETIMEDOUT)
			}
			blocking(t, s, !nonblocking)
		}
	}

	// The kernel's own limit is the same error, with a timeout or without.
	t.Run("kernel", func(t *testing.T) {
		need.Full(t, "the kernel takes seconds to give up")
		limit := csock.NewOption[int]("TCP_USER_TIMEOUT", syscall.IPPROTO_TCP, 18)
		for _, how := range []string{"Connect", "ConnectTimeout"} {
			s := open()
			check(t, s.Set(limit.To(100)))
			if err := connects[how](s, to); !errors.Is(err, syscall.ETIMEDOUT) {
				t.Errorf("%s: %v, want %v", how, err, syscall.ETIMEDOUT)
			}
		}
	})

	// Signals do not shorten it.
	t.Run("signals", func(t *testing.T) {
		const timeout = 200 * time.Millisecond
		s := open()
		var err error
		start := time.Now()
		n := signalled(func() { err = s.ConnectTimeout(to, timeout) })
		if took := time.Since(start); took < timeout || !errors.Is(err, syscall.ETIMEDOUT) {
			t.Errorf("under %d signals: %v after %v", n, err, took)
		}
	})
}

// The error of a refused connection is reported once. ConnectTimeout fails even if another call has
// taken it.
func TestConnectTimeoutErrorTaken(t *testing.T) {
	need.IPv4(t)
	refused := kindOf("tcp4").open(t)
	check(t, refused.Bind(loopback4)) // and does not listen
	addr, err := refused.LocalAddr()
	check(t, err)
	taken := 0
	for range 300 {
		s := kindOf("tcp4").open(t)
		other := make(chan error, 1)
		done := make(chan struct{})
		go func() {
			for {
				pending, _ := s.TakeError()
				select {
				case <-done:
				default:
					if pending == nil {
						continue
					}
				}
				other <- pending
				return
			}
		}()
		err := s.ConnectTimeout(addr, time.Minute)
		close(done)
		want := syscall.ECONNREFUSED
		if <-other != nil {
			taken++
			want = syscall.ECONNABORTED
		}
		if !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
		check(t, s.Close())
	}
	t.Logf("the error went elsewhere in %d rounds", taken)
}

// The error queue of an earlier attempt is an event for poll(2), but no connection.
func TestConnectTimeoutErrorQueue(t *testing.T) {
	a, _ := routed(t)
	s := in(t, a, csock.AF_INET, csock.SOCK_STREAM)
	check(t, csock.IP_RECVERR.Set(s, true))
	err := s.ConnectTimeout(csock.InetAddr(netip.MustParseAddrPort("10.9.0.1:9")), time.Minute)
	if !errors.Is(err, syscall.ENETUNREACH) {
		t.Fatalf("to a network without a route: %v", err)
	}
	check(t, s.Connect(unspecified(t))) // which abandons the attempt
	s.TakeError()
	if err := s.ConnectTimeout(csock.InetAddr(netip.MustParseAddrPort("10.2.0.77:9")), 50*time.Millisecond); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("to a host that is not there: %v", err)
	}
}

// A connection between hosts is made before the timeout.
func TestConnectInTime(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "left", []string{"10.1.0.1/24", "fd01::1/64"}, b, "right", []string{"10.1.0.2/24", "fd01::2/64"})
	for name, to := range map[string]string{"tcp4": "10.1.0.2:80", "tcp6": "[fd01::2]:80"} {
		addr := csock.InetAddr(netip.MustParseAddrPort(to))
		for how, connect := range connects {
			var l, s *csock.Socket
			b.Do(func() { l = kindOf(name).open(t) })
			a.Do(func() { s = kindOf(name).open(t) })
			reuse := csock.SO_REUSEADDR.To(true)
			check(t, l.Set(reuse))
			check(t, l.Bind(addr))
			if err := connect(s, addr); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("%s, %s, refused: %v", name, how, err)
			}
			check(t, l.Listen(1))
			a.Do(func() { s = kindOf(name).open(t) })
			if err := connect(s, addr); err != nil {
				t.Errorf("%s, %s: %v", name, how, err)
			}
			blocking(t, s, true)
			c, peer, err := l.Accept()
			check(t, err)
			local, err := s.LocalAddr()
			check(t, err)
			same(t, "peer", peer, local)
			check(t, c.Close())
			check(t, l.Close())
			check(t, s.Close())
		}
	}
}

// If a Unix listener's backlog is full, ConnectTimeout waits, and times out, or connects once there
// is room.
func TestConnectUnixBacklogFull(t *testing.T) {
	for _, name := range []string{"unix", "unixpacket"} {
		t.Run(name, func(t *testing.T) {
			k := kindOf(name)
			l := k.open(t)
			addr := k.addr(t)
			check(t, l.Bind(addr))
			check(t, l.Listen(0))
			for {
				s := k.open(t)
				check(t, s.SetNonblocking(true))
				err := s.Connect(addr)
				if errors.Is(err, syscall.EAGAIN) {
					break
				}
				check(t, err)
			}
			s := k.open(t)
			start := time.Now()
			err := s.ConnectTimeout(addr, 30*time.Millisecond)
			if took := time.Since(start); !errors.Is(err, syscall.ETIMEDOUT) || took < 30*time.Millisecond {
				t.Errorf("%v after %v, want %v", err, took, syscall.ETIMEDOUT)
			}
			blocking(t, s, true)

			done := asleep(t, func() { err = s.ConnectTimeout(addr, time.Minute) })
			c, _, errAccept := l.Accept()
			check(t, errAccept)
			defer c.Close()
			<-done
			check(t, err)
			blocking(t, s, true)
			sent(t, 1)(s.Send([]byte("x"), 0))
		})
	}
}
