//go:build linux

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// An operation is a call of csock's, on sockets of its own.
type operation struct {
	name string
	conn bool // it waits: EINTR does not end it, and EAGAIN only with the deadline
	once bool // it cannot be repeated
	make func(e *env) (call, done func() error)

	silent []string // functions whose failure ends nothing
	keeps  []string // functions after whose failure a descriptor is kept for the next call
	pooled bool     // it keeps descriptors for the next call, until they are collected
	// A poll(2) of Go's poller may do its work before it, so that it makes no call. It is tried
	// again then.
	polled bool
	// Failures after which the socket cannot be used as before.
	unusable func(function string, nth int, errno syscall.Errno) bool
	// Results other than the error that csock documents.
	also func(function string, errno syscall.Errno, err error) bool
}

// tries is how often it is made, until it makes its calls.
func (o operation) tries() int {
	if o.polled {
		return 20
	}
	return 1
}

// mayContinue reports whether csock documents err, which is not the injected error, for it.
func (o operation) mayContinue(function string, nth int, errno syscall.Errno, err error) bool {
	switch {
	case o.also != nil && o.also(function, errno, err):
		return true
	case function == "close" && errno == syscall.EINTR: // the descriptor is closed all the same
		return err == nil
	case slices.Contains(o.silent, function):
		return err == nil
	case function == "poll" && errno == syscall.EINTR: // signals do not end a wait
		return err == nil
	case o.conn && errno == syscall.EINTR:
		return err == nil
	case o.conn && errno == syscall.EAGAIN:
		return err == nil || errors.Is(err, os.ErrDeadlineExceeded)
	}
	return false
}

func (o operation) mayKeep(function string) bool {
	return slices.Contains(o.keeps, function) || function == "close"
}

func (o operation) isUnusable(function string, nth int, errno syscall.Errno) bool {
	return o.unusable != nil && o.unusable(function, nth, errno)
}

// An env holds what one run of an operation has made.
type env struct {
	t    *testing.T
	made []io.Closer
	dir  string
	// The time that a Conn waits. The poller reports no event for a call that failed with an
	// injected EAGAIN.
	patience time.Duration
}

func newEnv(t *testing.T) *env { return &env{t: t, patience: 10 * time.Second} }

func (e *env) close() {
	for _, c := range e.made {
		c.Close()
	}
	if e.dir != "" {
		os.RemoveAll(e.dir)
	}
}

func (e *env) keep(c io.Closer) { e.made = append(e.made, c) }

func (e *env) pipe() (r, w *os.File) {
	r, w, err := os.Pipe()
	e.ok(err)
	e.keep(r)
	e.keep(w)
	return r, w
}

// into returns a function of a hand-over's results, which checks that s works after one that
// failed.
func (e *env) into(s *csock.Socket) func(io.Closer, error) error {
	return func(c io.Closer, err error) error {
		if err == nil {
			e.keep(c)
		} else if _, errAddr := s.LocalAddr(); errAddr != nil {
			return fmt.Errorf("the socket is not as it was: %v, after %v", errAddr, err)
		}
		return err
	}
}

func (e *env) ok(errs ...error) {
	e.t.Helper()
	need.OK(e.t, errs...)
}

func (e *env) path() string {
	if e.dir == "" {
		dir, err := os.MkdirTemp("", "faults")
		e.ok(err)
		e.dir = dir
	}
	return filepath.Join(e.dir, "s")
}

func (e *env) socket(s *csock.Socket, err error) *csock.Socket {
	e.t.Helper()
	e.ok(err)
	e.keep(s)
	return s
}

func (e *env) conn(s *csock.Socket) *csock.Conn {
	e.t.Helper()
	c, err := s.IntoConn()
	e.ok(err)
	e.keep(c)
	e.ok(c.SetDeadline(time.Now().Add(e.patience)))
	return c
}

// later gives a Conn time for the consequences of a fault.
func later(c *csock.Conn) { c.SetDeadline(time.Now().Add(10 * time.Second)) }

func (e *env) pair(typ csock.Type) (a, b *csock.Socket) {
	a, b, err := csock.Pair(csock.AF_UNIX, typ, 0)
	e.ok(err)
	e.keep(a)
	e.keep(b)
	return a, b
}

// listener returns a listening socket and its address.
func (e *env) listener(domain csock.Domain) (*csock.Socket, csock.SockAddr) {
	l := e.socket(csock.New(domain, csock.SOCK_STREAM, 0))
	e.ok(l.Bind(e.addr(domain)), l.Listen(8))
	addr, err := l.LocalAddr()
	e.ok(err)
	return l, addr
}

func (e *env) addr(domain csock.Domain) csock.SockAddr {
	if domain == csock.AF_UNIX {
		a, err := csock.UnixAddr(e.path())
		e.ok(err)
		return a
	}
	return csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))
}

func (e *env) tcpPair() (a, b *csock.Socket) {
	l, addr := e.listener(csock.AF_INET)
	a = e.socket(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	e.ok(a.Connect(addr))
	b, _, err := l.Accept()
	e.socket(b, err)
	return a, b
}

// gets checks that b's next message is want, and the last.
func gets(b *csock.Socket, want string) error {
	p := make([]byte, 100)
	n, err := b.Recv(p, csock.MSG_DONTWAIT)
	if err != nil || string(p[:n]) != want {
		return fmt.Errorf("received %q, %v, want %q", p[:n], err, want)
	}
	return nothing(b)
}

// nothing checks that b has no message.
func nothing(b *csock.Socket) error {
	if n, err := b.Recv(make([]byte, 100), csock.MSG_DONTWAIT); !errors.Is(err, syscall.EAGAIN) {
		return fmt.Errorf("a message of %d bytes too much, %v", n, err)
	}
	return nil
}

// works checks that bytes go from a to b.
func works(a, b *csock.Socket) func() error {
	return func() error {
		if _, err := a.Send([]byte("again"), 0); err != nil {
			return err
		}
		return getsSoon(b, "again")
	}
}

var (
	hello = []byte("hello")
	none  csock.SockAddr
)

func five(n int, err error) error {
	if err == nil && n != len(hello) {
		err = fmt.Errorf("%d bytes", n)
	}
	return err
}

// split cuts "hello" into n buffers.
func split(n int) [][]byte {
	bufs := make([][]byte, n)
	bufs[0], bufs[n-1] = hello[:2], hello[2:]
	if n == 1 {
		bufs[0] = hello
	}
	return bufs
}

// A sender has the sending calls that Sockets and Conns share.
type sender interface {
	Send([]byte, csock.MsgFlags) (int, error)
	Write([]byte) (int, error)
	SendTo([]byte, csock.SockAddr, csock.MsgFlags) (int, error)
	Sendmsg(*csock.MsgHdr, csock.MsgFlags) (int, error)
	SendVectored([][]byte, csock.MsgFlags) (int, error)
	SendToVectored([][]byte, csock.SockAddr, csock.MsgFlags) (int, error)
	SendBatch(*csock.Batch, csock.MsgFlags) (int, error)
	Sendfile(*os.File, int64, int) (int, error)
}

type receiver interface {
	Recv([]byte, csock.MsgFlags) (int, error)
	Read([]byte) (int, error)
	RecvFrom([]byte, csock.MsgFlags) (int, csock.SockAddr, error)
	Recvmsg(*csock.MsgHdr, csock.MsgFlags) (int, error)
	RecvVectored([][]byte, csock.MsgFlags) (int, csock.RecvFlags, error)
	RecvFromVectored([][]byte, csock.MsgFlags) (int, csock.RecvFlags, csock.SockAddr, error)
	RecvBatch(*csock.Batch, csock.MsgFlags) (int, error)
	PeekSender() (csock.SockAddr, error)
}

var senders = map[string]func(sender) error{
	"Send":           func(s sender) error { return five(s.Send(hello, 0)) },
	"Write":          func(s sender) error { return five(s.Write(hello)) },
	"SendTo":         func(s sender) error { return five(s.SendTo(hello, none, 0)) },
	"Sendmsg":        func(s sender) error { return five(s.Sendmsg(&csock.MsgHdr{Buffers: split(1)}, 0)) },
	"SendVectored":   func(s sender) error { return five(s.SendVectored(split(3), 0)) },
	"of 64":          func(s sender) error { return five(s.SendVectored(split(64), 0)) },
	"of 65":          func(s sender) error { return five(s.SendVectored(split(65), 0)) },
	"SendToVectored": func(s sender) error { return five(s.SendToVectored(split(2), none, 0)) },
	"SendBatch": func(s sender) error {
		b, err := csock.NewBatch(1, csock.BatchRoom{Payload: 8})
		if err != nil {
			return err
		}
		defer b.Close()
		b.SetBytes(0, hello)
		n, err := s.SendBatch(b, 0)
		if err == nil && (n != 1 || b.N(0) != len(hello)) {
			err = fmt.Errorf("%d messages, the first of %d bytes", n, b.N(0))
		}
		return err
	},
}

// arrived checks the data that a call received.
func arrived(n int, p []byte, err error) error {
	if err == nil && string(p[:n]) != string(hello) {
		err = fmt.Errorf("received %q", p[:n])
	}
	return err
}

var receivers = map[string]func(receiver) error{
	"Recv":     func(r receiver) error { p := make([]byte, 9); n, err := r.Recv(p, 0); return arrived(n, p, err) },
	"Read":     func(r receiver) error { p := make([]byte, 9); n, err := r.Read(p); return arrived(n, p, err) },
	"RecvFrom": func(r receiver) error { p := make([]byte, 9); n, _, err := r.RecvFrom(p, 0); return arrived(n, p, err) },
	"Recvmsg": func(r receiver) error {
		p := make([]byte, 9)
		m := csock.MsgHdr{Buffers: [][]byte{p}, Control: make([]byte, 64), ControlLen: 9}
		n, err := r.Recvmsg(&m, 0)
		if err != nil && (m.ControlLen != 0 || m.Flags != 0) {
			return fmt.Errorf("control messages of an earlier call beside %v", err)
		}
		return arrived(n, p, err)
	},
	"RecvVectored": func(r receiver) error {
		p := make([]byte, 9)
		n, _, err := r.RecvVectored([][]byte{p[:2], p[2:]}, 0)
		return arrived(n, p, err)
	},
	"of 64": func(r receiver) error {
		p := make([]byte, 64)
		bufs := make([][]byte, 64)
		for i := range bufs {
			bufs[i] = p[i : i+1]
		}
		n, _, err := r.RecvVectored(bufs, 0)
		return arrived(n, p, err)
	},
	"of 65": func(r receiver) error {
		p := make([]byte, 65)
		bufs := make([][]byte, 65)
		for i := range bufs {
			bufs[i] = p[i : i+1]
		}
		n, _, from, err := r.RecvFromVectored(bufs, 0)
		if err != nil && from != none {
			return fmt.Errorf("a sender beside %v", err)
		}
		return arrived(n, p, err)
	},
	"RecvBatch": func(r receiver) error {
		b, err := csock.NewBatch(2, csock.BatchRoom{Payload: 9})
		if err != nil {
			return err
		}
		defer b.Close()
		n, err := r.RecvBatch(b, csock.MSG_WAITFORONE)
		if err == nil && (n != 1 || !bytes.Equal(b.Bytes(0), hello)) {
			err = fmt.Errorf("%d messages, %q", n, b.Bytes(0))
		}
		return err
	},
}

// operations are calls of csock of every kind, each on its way through libc. Those of rings
// are in rings_test.go.
func operations(t *testing.T) (ops []operation) {
	add := func(o operation) { ops = append(ops, o) }
	simple := func(name string, f func(e *env) (call, done func() error)) { add(operation{name: name, make: f}) }

	// Making sockets.
	creates := func(name string, make func(e *env) func() (*csock.Socket, error)) {
		simple(name, func(e *env) (func() error, func() error) {
			create := make(e)
			return func() error {
				s, err := create()
				if err == nil {
					err = s.Close()
				}
				return err
			}, func() error { return nil }
		})
	}
	creates("New", func(e *env) func() (*csock.Socket, error) {
		return func() (*csock.Socket, error) { return csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0) }
	})
	creates("NewRaw", func(e *env) func() (*csock.Socket, error) {
		return func() (*csock.Socket, error) { return csock.NewRaw(csock.AF_INET, csock.SOCK_DGRAM, 0) }
	})
	creates("TryClone", func(e *env) func() (*csock.Socket, error) {
		a, _ := e.pair(csock.SOCK_DGRAM)
		return a.TryClone
	})
	simple("Pair", func(e *env) (func() error, func() error) {
		return func() error {
			a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
			if err == nil {
				err = errors.Join(a.Close(), b.Close())
			}
			return err
		}, func() error { return nil }
	})
	for _, raw := range []bool{false, true} {
		simple(fmt.Sprint("FromFD ", raw), func(e *env) (func() error, func() error) {
			fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
			e.ok(err)
			var s *csock.Socket
			e.keep(closer(func() {
				syscall.Close(fds[1])
				if s != nil {
					s.Close()
				} else {
					syscall.Close(fds[0])
				}
			}))
			return func() (err error) {
				if raw {
					s, err = csock.FromFDRaw(uintptr(fds[0]))
				} else {
					s, err = csock.FromFD(uintptr(fds[0]))
				}
				return err
			}, func() error { _, err := s.Send(hello, 0); return err }
		})
	}
	for name, accept := range map[string]func(*csock.Socket) (*csock.Socket, csock.SockAddr, error){
		"Accept":     (*csock.Socket).Accept,
		"AcceptRaw":  (*csock.Socket).AcceptRaw,
		"Accept4":    func(s *csock.Socket) (*csock.Socket, csock.SockAddr, error) { return s.Accept4(csock.SOCK_NONBLOCK) },
		"Accept4Raw": func(s *csock.Socket) (*csock.Socket, csock.SockAddr, error) { return s.Accept4Raw(csock.SOCK_CLOEXEC) },
	} {
		for _, domain := range []csock.Domain{csock.AF_INET, csock.AF_UNIX} {
			add(operation{name: fmt.Sprint(name, " ", domain), make: func(e *env) (func() error, func() error) {
				l, addr := e.listener(domain)
				c := e.socket(csock.New(domain, csock.SOCK_STREAM, 0))
				e.ok(c.Connect(addr))
				var s *csock.Socket
				return func() (err error) {
					if s, _, err = accept(l); err == nil {
						e.keep(s)
					}
					return err
				}, func() error { return works(c, s)() }
			}, also: func(function string, errno syscall.Errno, err error) bool {
				// A family that has no name for the peer reports an aborted connection: the call is
				// repeated.
				return errno == syscall.ECONNABORTED && domain == csock.AF_UNIX && err == nil
			}})
		}
	}
	// A raw Conn makes the accepted descriptor non-blocking by a call of its own.
	for _, k := range []struct {
		domain csock.Domain
		raw    bool
	}{{csock.AF_INET, false}, {csock.AF_INET, true}, {csock.AF_UNIX, false}} {
		domain := k.domain
		add(operation{name: fmt.Sprint("Conn.Accept ", domain, " raw=", k.raw), conn: true, make: func(e *env) (func() error, func() error) {
			s, addr := e.listener(domain)
			if k.raw {
				fd, err := s.Detach()
				e.ok(err)
				s = e.socket(csock.FromFDRaw(fd))
			}
			l := e.conn(s)
			c := e.socket(csock.New(domain, csock.SOCK_STREAM, 0))
			e.ok(c.Connect(addr))
			var a *csock.Conn
			return func() (err error) {
					if a, _, err = l.Accept(context.Background()); err == nil {
						e.keep(a)
					}
					later(l)
					if k.raw && err != nil { // there is no second connection to wait for
						l.SetDeadline(time.Now().Add(20 * time.Millisecond))
					}
					return err
				}, func() error {
					later(a)
					if err := five(c.Send(hello, 0)); err != nil {
						return err
					}
					p := make([]byte, 9)
					n, err := a.Read(p)
					return arrived(n, p, err)
				}
		}, silent: []string{"getsockname", "getpeername"}, also: func(function string, errno syscall.Errno, err error) bool {
			return errno == syscall.ECONNABORTED && err == nil // it takes the next
		}, unusable: func(function string, nth int, errno syscall.Errno) bool {
			return function == "ioctl" && errno != syscall.EINTR // the accepted connection is closed
		}})
		add(operation{name: fmt.Sprint("Listener.Accept ", domain), conn: true, make: func(e *env) (func() error, func() error) {
			s, addr := e.listener(domain)
			l, err := s.IntoListener()
			e.ok(err)
			e.keep(l)
			e.ok(l.SetDeadline(time.Now().Add(e.patience)))
			c := e.socket(csock.New(domain, csock.SOCK_STREAM, 0))
			e.ok(c.Connect(addr))
			return func() error {
				a, err := l.Accept()
				if err == nil {
					e.keep(a)
				}
				l.SetDeadline(time.Now().Add(10 * time.Second))
				return err
			}, func() error { return nil }
		}, silent: []string{"getsockname", "getpeername"}, also: func(function string, errno syscall.Errno, err error) bool {
			return errno == syscall.ECONNABORTED && err == nil
		}})
	}

	// Calls that change or read settings.
	query := func(name string, f func(s *csock.Socket) error) {
		simple(name, func(e *env) (func() error, func() error) {
			a, b := e.pair(csock.SOCK_DGRAM)
			return func() error { return f(a) }, works(a, b)
		})
	}
	query("LocalAddr", func(s *csock.Socket) error { _, err := s.LocalAddr(); return err })
	query("PeerAddr", func(s *csock.Socket) error { _, err := s.PeerAddr(); return err })
	query("Type", func(s *csock.Socket) error { _, err := s.Type(); return err })
	query("Domain", func(s *csock.Socket) error { _, err := s.Domain(); return err })
	query("Protocol", func(s *csock.Socket) error { _, err := s.Protocol(); return err })
	query("IsListener", func(s *csock.Socket) error { _, err := s.IsListener(); return err })
	query("TakeError", func(s *csock.Socket) error { _, err := s.TakeError(); return err })
	query("Nonblocking", func(s *csock.Socket) error { _, err := s.Nonblocking(); return err })
	query("SetNonblocking", func(s *csock.Socket) error { return s.SetNonblocking(false) })
	query("SetCloexec", func(s *csock.Socket) error { return s.SetCloexec(true) })
	query("SO_RCVTIMEO.Get", func(s *csock.Socket) error { _, err := csock.SO_RCVTIMEO.Get(s); return err })
	query("SO_RCVTIMEO.Set", func(s *csock.Socket) error { return csock.SO_RCVTIMEO.Set(s, time.Second) })
	query("SO_LINGER.Get", func(s *csock.Socket) error { _, err := csock.SO_LINGER.Get(s); return err })
	query("SO_LINGER.Set", func(s *csock.Socket) error { return csock.SO_LINGER.Set(s, time.Second) })
	query("SO_COOKIE.Get", func(s *csock.Socket) error { _, err := csock.SO_COOKIE.Get(s); return err })
	query("SO_MAX_PACING_RATE.Get", func(s *csock.Socket) error { _, err := csock.SO_MAX_PACING_RATE.Get(s); return err })
	query("SO_MAX_PACING_RATE.Set", func(s *csock.Socket) error { return csock.SO_MAX_PACING_RATE.Set(s, 1<<20) })
	query("SO_RCVBUF.Get", func(s *csock.Socket) error { _, err := csock.SO_RCVBUF.Get(s); return err })
	query("SO_RCVBUF.Set", func(s *csock.Socket) error { return csock.SO_RCVBUF.Set(s, 1<<16) })
	query("SO_PEERCRED.Get", func(s *csock.Socket) error { _, err := csock.SO_PEERCRED.Get(s); return err })
	query("SO_ATTACH_FILTER.Set", func(s *csock.Socket) error {
		return csock.SO_ATTACH_FILTER.Set(s, []csock.SockFilter{{Code: 6, K: 0xffff}}) // BPF_RET
	})
	query("SO_ATTACH_FILTER.Get", func(s *csock.Socket) error { _, err := csock.SO_GET_FILTER.Get(s); return err })
	query("Set", func(s *csock.Socket) error {
		return s.Set(csock.SO_SNDBUF.To(1<<16), csock.SO_PASSCRED.To(false), csock.SO_SNDTIMEO.To(0))
	})
	query("FIONREAD", func(s *csock.Socket) error { _, err := csock.FIONREAD.Get(s); return err })
	query("Poll", func(s *csock.Socket) error { _, err := s.Poll(csock.POLLOUT, time.Second); return err })
	query("Poll, no limit", func(s *csock.Socket) error { _, err := s.Poll(csock.POLLOUT, -1); return err })
	query("PollContext", func(s *csock.Socket) error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_, err := s.PollContext(ctx, csock.POLLOUT)
		return err
	})
	ops[len(ops)-1].silent = []string{"close"} // of the pipe that wakes it
	simple("Bind", func(e *env) (func() error, func() error) {
		s := e.socket(csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0))
		addr := e.addr(csock.AF_INET)
		return func() error { return s.Bind(addr) }, func() error { _, err := s.LocalAddr(); return err }
	})
	simple("Listen", func(e *env) (func() error, func() error) {
		s := e.socket(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
		e.ok(s.Bind(e.addr(csock.AF_INET)))
		return func() error { return s.Listen(1) }, func() error {
			on, err := s.IsListener()
			if err == nil && !on {
				err = errors.New("it does not listen")
			}
			return err
		}
	})
	simple("Shutdown", func(e *env) (func() error, func() error) {
		a, b := e.pair(csock.SOCK_STREAM)
		return func() error { return a.Shutdown(csock.SHUT_WR) }, func() error {
			_, err := b.Read(make([]byte, 1))
			if err == io.EOF {
				err = nil
			}
			return err
		}
	})
	simple("Connect", func(e *env) (func() error, func() error) {
		l, addr := e.listener(csock.AF_INET)
		s := e.socket(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
		return func() error { return s.Connect(addr) }, func() error {
			a, _, err := l.Accept()
			if err != nil {
				return err
			}
			e.keep(a)
			return works(s, a)()
		}
	})
	goesOn := []syscall.Errno{syscall.EINPROGRESS, syscall.EINTR, syscall.EALREADY} // and nothing was begun
	add(operation{name: "ConnectTimeout", make: func(e *env) (func() error, func() error) {
		l, addr := e.listener(csock.AF_INET)
		s := e.socket(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
		return func() error { return s.ConnectTimeout(addr, 50*time.Millisecond) }, func() error {
			if on, err := s.Nonblocking(); err != nil || on {
				return fmt.Errorf("non-blocking: %v, %v", on, err)
			}
			a, _, err := l.Accept()
			if err != nil {
				return err
			}
			e.keep(a)
			return works(s, a)()
		}
	}, unusable: func(function string, nth int, errno syscall.Errno) bool {
		// The last fcntl makes the socket block again.
		return slices.Contains(goesOn, errno) || function == "fcntl" && nth == 3
	}, also: func(function string, errno syscall.Errno, err error) bool {
		return function == "connect" && slices.Contains(goesOn, errno) && err != nil
	}})
	add(operation{name: "Conn.Connect", conn: true, make: func(e *env) (func() error, func() error) {
		l, addr := e.listener(csock.AF_INET)
		c := e.conn(e.socket(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)))
		return func() error {
				defer later(c)
				return c.Connect(context.Background(), addr)
			}, func() error {
				a, _, err := l.Accept()
				if err != nil {
					return err
				}
				e.keep(a)
				if err := five(c.Write(hello)); err != nil {
					return err
				}
				p := make([]byte, 9)
				n, err := a.Recv(p, 0)
				return arrived(n, p, err)
			}
	}, unusable: func(function string, nth int, errno syscall.Errno) bool {
		// A failure after connect(2) has undone an attempt that the listener has seen.
		return slices.Contains(goesOn, errno) || errno == syscall.EAGAIN || function != "connect"
	}, silent: []string{"getsockname", "getpeername"}, also: func(function string, errno syscall.Errno, err error) bool {
		return function == "connect" && slices.Contains(goesOn, errno)
	}})

	// Names of interfaces.
	simple("InetAddr of a zone", func(e *env) (func() error, func() error) {
		return func() error {
			a := csock.InetAddr(netip.MustParseAddrPort("[fe80::1%lo]:1"))
			if !a.IsValid() {
				return zoneError(a.String())
			}
			return nil
		}, func() error { return nil }
	})
	ops[len(ops)-1].also = func(function string, errno syscall.Errno, err error) bool { return err != nil }

	// Sending and receiving.
	kinds := map[string]func(e *env) (a, b *csock.Socket){
		"unixgram": func(e *env) (a, b *csock.Socket) { return e.pair(csock.SOCK_DGRAM) },
		"tcp":      (*env).tcpPair,
	}
	for kind, pair := range kinds {
		for name, send := range senders {
			if kind == "tcp" && name == "SendToVectored" {
				continue
			}
			simple(kind+" "+name, func(e *env) (func() error, func() error) {
				a, b := pair(e)
				return func() error { return send(a) }, func() error { return getsSoon(b, "hello") }
			})
			add(operation{name: kind + " Conn." + name, conn: true, make: func(e *env) (func() error, func() error) {
				a, b := pair(e)
				c := e.conn(a)
				return func() error { defer later(c); return send(c) }, func() error { return getsSoon(b, "hello") }
			}})
		}
		for name, receive := range receivers {
			simple(kind+" "+name, func(e *env) (func() error, func() error) {
				a, b := pair(e)
				e.ok(five(a.Send(hello, 0)))
				return func() error { return receive(b) }, func() error { return nothing(b) }
			})
			add(operation{name: kind + " Conn." + name, conn: true, make: func(e *env) (func() error, func() error) {
				a, b := pair(e)
				c := e.conn(b)
				e.ok(five(a.Send(hello, 0)))
				return func() error { defer later(c); return receive(c) }, func() error {
					return csock.Borrow(c, func(s *csock.Socket) error { return nothing(s) })
				}
			}})
		}
	}
	file := func(e *env) *os.File {
		f, err := os.Create(e.path())
		e.ok(err)
		e.keep(f)
		_, err = f.Write(hello)
		e.ok(err)
		return f
	}
	simple("Sendfile", func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		f := file(e)
		return func() error { return five(a.Sendfile(f, 0, 5)) }, func() error { return getsSoon(b, "hello") }
	})
	simple("SendfileNext", func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		f := file(e)
		_, err := f.Seek(0, io.SeekStart)
		e.ok(err)
		return func() error { return five(a.SendfileNext(f, 5)) }, func() error { return getsSoon(b, "hello") }
	})
	simple("Discard", func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		e.ok(five(a.Send(hello, 0)))
		return func() error { return five(b.Discard(5, 0)) }, func() error { return nothing(b) }
	})
	simple("SpliceFrom", func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		r, w, err := os.Pipe()
		e.ok(err)
		e.keep(r)
		e.keep(w)
		_, err = w.Write(hello)
		e.ok(err)
		return func() error { return five(a.SpliceFrom(r, 5, 0)) }, func() error { return getsSoon(b, "hello") }
	})
	add(operation{name: "Conn.Sendfile", conn: true, make: func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		f, c := file(e), e.conn(a)
		return func() error { defer later(c); return five(c.Sendfile(f, 0, 5)) }, func() error { return getsSoon(b, "hello") }
	}})
	add(operation{name: "Conn.ReadFrom", conn: true, make: func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		f, c := file(e), e.conn(a)
		_, err := f.Seek(0, io.SeekStart)
		e.ok(err)
		sent := int64(0)
		return func() error {
				defer later(c)
				n, err := c.ReadFrom(f)
				sent += n
				return err
			}, func() error { // an attempt has reported what it has sent, and read no more of the file
				if sent != int64(len(hello)) {
					return fmt.Errorf("%d bytes sent in all", sent)
				}
				return getsSoon(b, "hello")
			}
	}, also: func(function string, errno syscall.Errno, err error) bool {
		return errno == syscall.EINVAL && err == nil // a file that cannot is read
	}})
	// The stream ends, and only then does the call. The kernel does not splice to a file in append
	// mode: the contents of the pipe are written.
	for _, to := range []struct {
		name string
		flag int
	}{{"Conn.WriteTo", os.O_TRUNC}, {"Conn.WriteTo, appending", os.O_APPEND}} {
		add(operation{name: to.name, conn: true, once: true, pooled: true, make: func(e *env) (func() error, func() error) {
			a, b := e.tcpPair()
			f, err := os.OpenFile(e.path(), os.O_CREATE|os.O_WRONLY|to.flag, 0o600)
			e.ok(err)
			e.keep(f)
			c := e.conn(b)
			e.ok(five(a.Send(hello, 0)), a.Shutdown(csock.SHUT_WR))
			return func() error {
					e.ok(c.SetDeadline(time.Now().Add(e.patience))) // from now on: the setup takes long
					n, err := c.WriteTo(f)
					return five(int(n), err)
				}, func() error {
					got, err := os.ReadFile(f.Name())
					return arrived(len(got), got, err)
				}
		}, silent: []string{"pipe2"}, also: func(function string, errno syscall.Errno, err error) bool {
			return function == "splice" && errno == syscall.EINVAL && err == nil || // a file that cannot is copied
				function == "splice" && errno == syscall.EAGAIN && err != nil || // a regular file is never waited for
				function == "fcntl" && err == nil // the pipe keeps its size
		}})
	}

	// Handing over.
	for _, fresh := range []bool{true, false} {
		add(operation{name: fmt.Sprint("IntoConn, fresh: ", fresh), once: true, make: func(e *env) (func() error, func() error) {
			s := e.socket(csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0))
			e.ok(s.Bind(e.addr(csock.AF_INET)))
			if !fresh {
				addr, err := s.LocalAddr()
				e.ok(err, s.Connect(addr))
			}
			return func() error {
				c, err := s.IntoConn()
				if err == nil {
					e.keep(c)
					return nil
				}
				// It is as it was.
				if on, errOn := s.Nonblocking(); errOn != nil || on {
					return fmt.Errorf("non-blocking: %v, %v, after %v", on, errOn, err)
				}
				return err
			}, func() error { return nil }
		}, silent: []string{"getsockname", "getpeername"}})
	}
	// The kind of a socket is queried if it is unknown.
	foreign := func(e *env) *csock.Socket {
		fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		e.ok(err)
		s, err := csock.FromFD(uintptr(fd))
		return e.socket(s, err)
	}
	add(operation{name: "IntoConn of FromFD", once: true, make: func(e *env) (func() error, func() error) {
		s := foreign(e)
		return func() error {
			c, err := s.IntoConn()
			if err == nil {
				e.keep(c)
			}
			return err
		}, func() error { return nil }
	}, silent: []string{"getsockname", "getpeername"}})
	add(operation{name: "IntoListener of FromFD", once: true, make: func(e *env) (func() error, func() error) {
		s := foreign(e)
		return func() error {
			_, err := s.IntoListener()
			var call *os.SyscallError
			if errors.Is(err, syscall.EINVAL) && !errors.As(err, &call) { // csock's own: it does not listen
				return nil
			}
			if err == nil {
				err = errors.New("what does not listen is a listener")
			}
			return err
		}, func() error { return nil }
	}, also: func(function string, errno syscall.Errno, err error) bool { return errno == syscall.ENOPROTOOPT }})
	add(operation{name: "IntoListener", once: true, make: func(e *env) (func() error, func() error) {
		l, _ := e.listener(csock.AF_INET)
		return func() error {
			c, err := l.IntoListener()
			if err == nil {
				e.keep(c)
			}
			return err
		}, func() error { return nil }
	}, silent: []string{"getpeername"}, also: func(function string, errno syscall.Errno, err error) bool {
		// It may listen, if the system does not report that; and without its protocol it has no
		// methods of TCP's.
		return function == "getsockopt" && err == nil
	}})
	add(operation{name: "IntoNetConn", once: true, make: func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		return func() error {
			c, err := a.IntoNetConn()
			if err == nil {
				e.keep(c)
				return nil
			}
			if err := works(a, b)(); err != nil {
				return fmt.Errorf("the socket is not as it was: %w", err)
			}
			return err
		}, func() error { return nil }
	}, silent: []string{"close"}}) // of a duplicate, which package os closes too
	simple("FromNet", func(e *env) (func() error, func() error) {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		e.ok(err)
		e.keep(l)
		return func() error {
			s, err := csock.FromNet(l.(*net.TCPListener))
			if err == nil {
				err = s.Close()
			}
			return err
		}, func() error { return nil }
	})
	simple("TCPConn.SetNoDelay", func(e *env) (func() error, func() error) {
		a, _ := e.tcpPair()
		c, err := a.IntoTCPConn()
		e.ok(err)
		e.keep(c)
		return func() error {
			err := c.SetNoDelay(false)
			var call *os.SyscallError
			if errors.As(err, &call) && call.Syscall != "setsockopt" { // package net's name
				return fmt.Errorf("the call is named %s", call.Syscall)
			}
			return err
		}, func() error { _, err := c.Write(hello); return err }
	})
	simple("Conn.File", func(e *env) (func() error, func() error) {
		a, _ := e.tcpPair()
		c := e.conn(a)
		return func() error {
			f, err := c.File()
			if err == nil {
				err = f.Close()
			}
			return err
		}, func() error { return nil }
	})
	ops[len(ops)-1].silent = []string{"getsockname", "getpeername"}
	add(operation{name: "Conn.Recvmsg, MSG_ERRQUEUE", conn: true, make: func(e *env) (func() error, func() error) {
		c := e.conn(e.socket(csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)))
		e.ok(c.Set(csock.IP_RECVERR.To(true)))
		gone := e.socket(csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0))
		e.ok(gone.Bind(e.addr(csock.AF_INET)))
		addr, err := gone.LocalAddr()
		e.ok(err, gone.Close())
		_, err = c.SendTo(hello, addr, 0)
		e.ok(err)
		return func() error {
			// The dup of the wait is counted as open before, so close it with the Conn: once is
			// enough.
			_, err := c.Recvmsg(&csock.MsgHdr{Control: make([]byte, 512)}, csock.MSG_ERRQUEUE)
			return err
		}, func() error { return nil }
	}, once: true, keeps: []string{"recvmsg", "ioctl", "fcntl"}, silent: []string{"getsockname", "getpeername"}})
	simple("ZeroCopy", func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		z, err := csock.NewZeroCopy(a)
		e.ok(err)
		return func() error { return five(z.Send(hello, 0)) }, func() error { return getsSoon(b, "hello") }
	})
	simple("PairRaw", func(e *env) (func() error, func() error) {
		return func() error {
			a, b, err := csock.PairRaw(csock.AF_UNIX, csock.SOCK_STREAM, 0)
			if err == nil {
				err = errors.Join(a.Close(), b.Close())
			}
			return err
		}, func() error { return nil }
	})
	simple("SpliceTo", func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		r, w := e.pipe()
		e.ok(five(a.Send(hello, 0)))
		return func() error { return five(b.SpliceTo(w, 5, 0)) }, func() error {
			p := make([]byte, 9)
			n, err := r.Read(p)
			return arrived(n, p, err)
		}
	})
	simple("Tee", func(e *env) (func() error, func() error) {
		r, w := e.pipe()
		r2, w2 := e.pipe()
		e.ok(five(w.Write(hello)))
		return func() error { return five(csock.Tee(r, w2, 5, 0)) }, func() error {
			for _, r := range []*os.File{r, r2} {
				p := make([]byte, 9)
				n, err := r.Read(p)
				if err := arrived(n, p, err); err != nil {
					return err
				}
			}
			return nil
		}
	})
	query("WaitError", func(s *csock.Socket) error { _, err := s.WaitError(0); return err })
	query("Ioctl", func(s *csock.Socket) error { _, err := s.Ioctl(syscall.TIOCOUTQ, make([]byte, 4)); return err })
	query("GetBytes", func(s *csock.Socket) error { _, err := csock.SO_TYPE.GetBytes(s, make([]byte, 4)); return err })
	query("SetBytes", func(s *csock.Socket) error { return csock.SO_KEEPALIVE.SetBytes(s, make([]byte, 4)) })
	// It returns a descriptor.
	query("SIOCGSKNS", func(s *csock.Socket) error {
		f, err := csock.SIOCGSKNS.Get(s)
		if err == nil {
			err = f.Close()
		} else if errors.Is(err, syscall.EPERM) && os.Getuid() != 0 {
			err = nil
		}
		return err
	})
	// Memberships are of the interface lo.
	joins := func(name string, f func(s *csock.Socket) error) {
		simple(name, func(e *env) (func() error, func() error) {
			s := e.socket(csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0))
			return func() error { return f(s) }, func() error { _, err := s.LocalAddr(); return err }
		})
		// The C library's error where it finds no descriptor to ask with.
		ops[len(ops)-1].also = func(function string, errno syscall.Errno, err error) bool {
			return function == "if_nametoindex" && errno == syscall.ENOENT && errors.Is(err, syscall.EAGAIN)
		}
	}
	group, lo := netip.MustParseAddr("239.1.2.3"), csock.InterfaceName("lo")
	joins("JoinGroup", func(s *csock.Socket) error { return s.JoinGroup(group, lo) })
	joins("JoinMulticastV4", func(s *csock.Socket) error {
		return s.JoinMulticastV4(group, netip.MustParseAddr("127.0.0.1"))
	})
	joins("SourceFilter", func(s *csock.Socket) error {
		err := s.JoinGroup(group, lo)
		if err != nil && !errors.Is(err, syscall.EADDRINUSE) {
			return err
		}
		_, err = s.SourceFilter(group, lo)
		return err
	})
	for name, into := range map[string]func(*csock.Socket) (io.Closer, error){
		"IntoNetPacketConn": func(s *csock.Socket) (io.Closer, error) { return s.IntoNetPacketConn() },
		"IntoPacketConn":    func(s *csock.Socket) (io.Closer, error) { return s.IntoPacketConn() },
	} {
		add(operation{name: name, once: true, make: func(e *env) (func() error, func() error) {
			s := e.socket(csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0))
			e.ok(s.Bind(e.addr(csock.AF_INET)))
			return func() error { return e.into(s)(into(s)) }, func() error { return nil }
		}, silent: []string{"getsockname", "getpeername", "close"}})
	}
	add(operation{name: "IntoNetListener", once: true, make: func(e *env) (func() error, func() error) {
		l, _ := e.listener(csock.AF_INET)
		return func() error { return e.into(l)(l.IntoNetListener()) }, func() error { return nil }
	}, silent: []string{"close"}, also: func(function string, errno syscall.Errno, err error) bool {
		return errno == syscall.ENOPROTOOPT && err == nil // the system does not report whether it listens
	}})
	add(operation{name: "Conn.WriteBuffers", conn: true, make: func(e *env) (func() error, func() error) {
		a, b := e.tcpPair()
		c := e.conn(a)
		bufs := net.Buffers(split(3))
		return func() error {
			defer later(c)
			n, err := c.WriteBuffers(&bufs)
			return five(int(n), err)
		}, func() error { return getsSoon(b, "hello") }
	}})
	for _, to := range []bool{true, false} {
		add(operation{name: fmt.Sprint("Conn.Splice, to a pipe: ", to), conn: true, make: func(e *env) (func() error, func() error) {
			a, b := e.tcpPair()
			r, w := e.pipe()
			if to {
				c := e.conn(b)
				e.ok(five(a.Send(hello, 0)))
				return func() error { defer later(c); return five(c.SpliceTo(w, 5, 0)) }, func() error {
					p := make([]byte, 9)
					n, err := r.Read(p)
					return arrived(n, p, err)
				}
			}
			c := e.conn(a)
			e.ok(five(w.Write(hello)))
			return func() error { defer later(c); return five(c.SpliceFrom(r, 5, 0)) }, func() error { return getsSoon(b, "hello") }
		}})
	}
	add(operation{name: "Close", once: true, make: func(e *env) (func() error, func() error) {
		a, _ := e.pair(csock.SOCK_DGRAM)
		return a.Close, func() error {
			if err := a.Close(); !errors.Is(err, net.ErrClosed) {
				return fmt.Errorf("again: %v", err)
			}
			return nil
		}
	}})
	simple("String of a zone", func(e *env) (func() error, func() error) {
		lo, err := net.InterfaceByName("lo")
		e.ok(err)
		native := make([]byte, 28) // a struct sockaddr_in6
		native[0], native[8], native[9], native[23] = byte(csock.AF_INET6), 0xfe, 0x80, 1
		native[24] = byte(lo.Index)
		a, err := csock.RawSockAddr(native)
		e.ok(err)
		return func() error {
			if ap, ok := a.AddrPort(); !ok || !ap.IsValid() {
				return errors.New("no address")
			}
			return nil
		}, func() error { return nil }
	})
	ops[len(ops)-1].silent = []string{"if_indextoname"}
	return ops
}

// A zoneError is the text of an address that is not valid.
type zoneError string

func (e zoneError) Error() string { return string(e) }

// getsSoon is gets for data that may be in flight.
func getsSoon(b *csock.Socket, want string) error {
	if _, err := b.Poll(csock.POLLIN, 5*time.Second); err != nil {
		return err
	}
	return gets(b, want)
}

type closer func()

func (c closer) Close() error { c(); return nil }
