//go:build linux

package tests

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// callZero calls a method with zero arguments and returns its last result if that is an error. A
// panic fails the test.
func callZero(t *testing.T, name string, method reflect.Value) (err error, returnsError bool) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: panic: %v", name, p)
		}
	}()
	var args []reflect.Value
	for i := range method.Type().NumIn() {
		if !method.Type().IsVariadic() || i < method.Type().NumIn()-1 {
			args = append(args, reflect.Zero(method.Type().In(i)))
		}
	}
	results := method.Call(args)
	if n := len(results); n > 0 {
		if method.Type().Out(n-1) == reflect.TypeFor[error]() {
			err, _ = results[n-1].Interface().(error)
			return err, true
		}
	}
	return nil, false
}

// Every method of a nil, a zero, a closed and a detached Socket returns the right error.
func TestNoSocket(t *testing.T) {
	closed := kindOf("udp4").open(t)
	check(t, closed.Close())
	detached := kindOf("udp4").open(t)
	fd, err := detached.Detach()
	check(t, err)
	defer syscall.Close(int(fd))

	// Wrong arguments may be reported first.
	arguments := []error{os.ErrInvalid, errors.ErrUnsupported, syscall.EINVAL, syscall.EDOM, syscall.ENAMETOOLONG, syscall.EAFNOSUPPORT}
	// Set makes no call if there are no settings.
	silent := []string{"Set"}
	for what, c := range map[string]struct {
		s    *csock.Socket
		want error
	}{
		"nil":      {nil, os.ErrInvalid},
		"zero":     {new(csock.Socket), net.ErrClosed},
		"closed":   {closed, net.ErrClosed},
		"detached": {detached, net.ErrClosed},
	} {
		v := reflect.ValueOf(c.s)
		for i := range v.NumMethod() {
			name := v.Type().Method(i).Name
			err, ok := callZero(t, what+" Socket, "+name, v.Method(i))
			if !ok || slices.Contains(silent, name) {
				continue
			}
			if !errors.Is(err, c.want) && !slices.ContainsFunc(arguments, func(e error) bool { return errors.Is(err, e) }) {
				t.Errorf("%s Socket, %s: %v, want %v", what, name, err, c.want)
			}
		}
		same(t, what+" Socket's FD", c.s.FD(), ^uintptr(0))
		if _, err := c.s.Send([]byte("x"), 0); !errors.Is(err, c.want) {
			t.Errorf("%s Socket, Send: %v, want %v", what, err, c.want)
		}
		if _, err := c.s.Sendmsg(&csock.MsgHdr{}, 0); !errors.Is(err, c.want) {
			t.Errorf("%s Socket, Sendmsg: %v, want %v", what, err, c.want)
		}
		if err := c.s.Set(csock.SO_REUSEADDR.To(true)); !errors.Is(err, c.want) {
			t.Errorf("%s Socket, Set: %v, want %v", what, err, c.want)
		}
	}
	same(t, "the Socket is still open after the hand-over", kernel.What(fd) != "", true)
}

// Every method with zero arguments on a good socket returns, with or without an error.
func TestZeroArguments(t *testing.T) {
	before := len(kernel.Descriptors(t))
	for _, k := range kinds {
		for i := range reflect.TypeFor[*csock.Socket]().NumMethod() {
			func() {
				s, err := csock.New(k.domain, k.typ|csock.SOCK_NONBLOCK, k.protocol)
				check(t, err)
				defer s.Close()
				method := reflect.ValueOf(s).Method(i)
				name := reflect.TypeOf(s).Method(i).Name
				if name == "Detach" {
					fd, err := s.Detach()
					check(t, err)
					check(t, syscall.Close(int(fd)))
					return
				}
				callZero(t, k.name+", "+name, method)
			}()
		}
	}
	kernel.Eventually(t, "what methods returned is closed or collected", func() bool {
		collect()
		return len(kernel.Descriptors(t)) <= before
	})
}

// Addresses of all families and of none, in every call that takes one, on sockets of all families:
// the errno is C's.
func TestWrongAddresses(t *testing.T) {
	dir := t.TempDir()
	raw := func(native []byte) csock.SockAddr {
		t.Helper()
		a, err := csock.RawSockAddr(native)
		check(t, err)
		return a
	}
	addrs := map[string]csock.SockAddr{
		"zero":           {},
		"IPv4":           loopback4,
		"IPv4, port 9":   csock.InetAddr(loopbackPort(9)),
		"IPv6":           loopback6,
		"Unix":           unixAddr(t, filepath.Join(dir, "none", "none")),
		"unnamed":        unixAddr(t, ""),
		"vsock":          csock.VsockAddr(1<<32-1, 1<<32-1),
		"packet":         csock.PacketAddr(0, 1<<30, nil),
		"netlink":        csock.NetlinkAddr(1<<31, 0),
		"AF_UNSPEC":      raw(make([]byte, 2)),
		"long AF_UNSPEC": raw(make([]byte, 128)),
		"IPv4, cut":      raw(loopback4.Bytes()[:8]),
		"IPv6, cut":      raw(loopback6.Bytes()[:24]),
		"no family":      raw(bytes.Repeat([]byte{0xff}, 128)),
	}
	more := []kind{
		{"netlink", csock.AF_NETLINK, csock.SOCK_RAW, syscall.NETLINK_ROUTE},
		{"vsock", csock.AF_VSOCK, csock.SOCK_STREAM, 0},
	}
	data := []byte("x")
	calls := map[string][2]func(s *csock.Socket, a csock.SockAddr) error{
		"Bind": {
			func(s *csock.Socket, a csock.SockAddr) error { return s.Bind(a) },
			func(s *csock.Socket, a csock.SockAddr) error { return cref.Bind(s.FD(), a.Bytes()) },
		},
		"Connect": {
			func(s *csock.Socket, a csock.SockAddr) error { return s.Connect(a) },
			func(s *csock.Socket, a csock.SockAddr) error { return cref.Connect(s.FD(), a.Bytes()) },
		},
		"SendTo": {
			func(s *csock.Socket, a csock.SockAddr) error { return second(s.SendTo(data, a, 0)) },
			func(s *csock.Socket, a csock.SockAddr) error {
				return second(cref.Sendto(s.FD(), data, syscall.MSG_NOSIGNAL, a.Bytes()))
			},
		},
		"SendToVectored": {
			func(s *csock.Socket, a csock.SockAddr) error { return second(s.SendToVectored([][]byte{data}, a, 0)) },
			func(s *csock.Socket, a csock.SockAddr) error {
				return second(cref.Sendmsg(s.FD(), data, syscall.MSG_NOSIGNAL, a.Bytes()))
			},
		},
		"Sendmsg": {
			func(s *csock.Socket, a csock.SockAddr) error {
				return second(s.Sendmsg(&csock.MsgHdr{Addr: a, Buffers: [][]byte{data}}, 0))
			},
			func(s *csock.Socket, a csock.SockAddr) error {
				return second(cref.Sendmsg(s.FD(), data, syscall.MSG_NOSIGNAL, a.Bytes()))
			},
		},
	}
	for _, k := range append(more, kinds...) {
		for name, addr := range addrs {
			for call, both := range calls {
				var errs [2]error
				for i, f := range both {
					s, err := csock.New(k.domain, k.typ|csock.SOCK_NONBLOCK, k.protocol)
					if errors.Is(err, syscall.EAFNOSUPPORT) {
						break
					}
					check(t, err)
					errs[i] = f(s, addr)
					check(t, s.Close())
				}
				if what := fmt.Sprintf("%s, %s to %s", k.name, call, name); !errors.Is(errs[0], errs[1]) {
					t.Errorf("%s: %v; in C %v", what, errs[0], errs[1])
				} else if errs[0] != nil {
					var call *os.SyscallError
					if !errors.As(errs[0], &call) {
						t.Errorf("%s: %v is no *os.SyscallError", what, errs[0])
					}
				}
			}
		}
	}
}

// A descriptor that was closed behind the Socket's back, or belongs to another file now, causes the
// kernel's error.
func TestForeignDescriptor(t *testing.T) {
	need.IPv4(t)
	r, _ := pipe(t)
	calls := func(s *csock.Socket, want error) {
		t.Helper()
		p := make([]byte, 8)
		m := csock.MsgHdr{Buffers: [][]byte{p}}
		for name, err := range map[string]error{
			"Send":           second(s.Send(p, 0)),
			"Recv":           second(s.Recv(p, 0)),
			"SendTo":         second(s.SendTo(p, loopback4, 0)),
			"RecvFrom":       third(s.RecvFrom(p, 0)),
			"SendVectored":   second(s.SendVectored(nil, 0)),
			"RecvVectored":   third(s.RecvVectored(nil, 0)),
			"Sendmsg":        second(s.Sendmsg(&m, 0)),
			"Recvmsg":        second(s.Recvmsg(&m, 0)),
			"Read":           second(s.Read(p)),
			"Write":          second(s.Write(p)),
			"Peek":           second(s.Peek(p)),
			"PeekSender":     second(s.PeekSender()),
			"Bind":           s.Bind(loopback4),
			"Connect":        s.Connect(loopback4),
			"Listen":         s.Listen(1),
			"Accept":         third(s.Accept()),
			"LocalAddr":      second(s.LocalAddr()),
			"PeerAddr":       second(s.PeerAddr()),
			"Shutdown":       s.Shutdown(csock.SHUT_RDWR),
			"Type":           second(s.Type()),
			"TakeError":      second(s.TakeError()),
			"Set":            s.Set(csock.SO_REUSEADDR.To(true)),
			"ConnectTimeout": s.ConnectTimeout(loopback4, 1),
		} {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
	}
	fd := rawSocket(t)
	s, err := csock.FromFD(fd)
	check(t, err)
	check(t, syscall.Close(int(fd)))
	calls(s, syscall.EBADF)
	if err := s.Close(); !errors.Is(err, syscall.EBADF) {
		t.Errorf("Close: %v", err)
	}

	fd = rawSocket(t)
	s, err = csock.FromFD(fd)
	check(t, err)
	check(t, syscall.Dup3(int(r.Fd()), int(fd), syscall.O_CLOEXEC))
	calls(s, syscall.ENOTSOCK)
	check(t, s.Close())
}

// Buffers of no bytes, and of more than the memory there is.
func TestOddBuffers(t *testing.T) {
	// 4 GiB of addresses whose pages do not exist yet, and as many that are not accessible; on
	// 32-bit systems as much as fits.
	size := int(min(uint64(1<<32), math.MaxInt/4))
	zeros := need.AddressSpace(t, size, syscall.PROT_READ|syscall.PROT_WRITE)
	forbidden := need.AddressSpace(t, size, syscall.PROT_NONE)

	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.connected(t)
			check(t, a.SetNonblocking(true))
			check(t, b.SetNonblocking(true))
			addrB, err := b.LocalAddr()
			check(t, err)
			for name, empty := range map[string][]byte{"nil": nil, "empty": {}, "end of another": make([]byte, 8)[8:]} {
				for call, send := range map[string]func() (int, error){
					"Send":         func() (int, error) { return a.Send(empty, 0) },
					"Write":        func() (int, error) { return a.Write(empty) },
					"SendVectored": func() (int, error) { return a.SendVectored([][]byte{empty}, 0) },
					"Sendmsg":      func() (int, error) { return a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{empty}, Control: empty}, 0) },
					"SendTo": func() (int, error) {
						if k.stream() {
							return a.Send(empty, 0)
						}
						return a.SendTo(empty, addrB, 0)
					},
				} {
					if n, err := send(); n != 0 || err != nil {
						t.Errorf("%s of %s: %d, %v", call, name, n, err)
					}
					if k.typ == csock.SOCK_STREAM {
						continue
					}
					m := csock.MsgHdr{Buffers: [][]byte{empty}, Control: empty}
					if n, err := b.Recvmsg(&m, csock.MSG_PEEK); n != 0 || err != nil || m.Flags.IsTruncated() {
						t.Errorf("Recvmsg of %s: %d, %v, %v", name, n, err, m.Flags)
					}
					if n, err := b.Recv(empty, 0); n != 0 || err != nil {
						t.Errorf("Recv into %s: %d, %v", name, n, err)
					}
				}
			}

			n, err := a.Send(zeros, 0)
			if k.typ == csock.SOCK_STREAM {
				if n <= 0 || n >= size || err != nil {
					t.Errorf("Send of %d bytes: %d, %v", size, n, err)
				}
			} else if n != 0 || !errors.Is(err, syscall.EMSGSIZE) && !errors.Is(err, syscall.ENOBUFS) && !errors.Is(err, syscall.EINVAL) {
				t.Errorf("Send of %d bytes: %d, %v", size, n, err)
			}
			a, b = k.connected(t)
			sent(t, 5)(a.Send([]byte("hello"), 0))
			sent(t, 5)(b.Recv(zeros, 0))
			same(t, "received into much", string(zeros[:6]), "hello\x00")
			clear(zeros[:5])
			sent(t, 5)(a.Send([]byte("hello"), 0))
			n, _, err = b.RecvVectored([][]byte{zeros[:2], zeros[2:]}, 0)
			sent(t, 5)(n, err)
			same(t, "received into much", string(zeros[:6]), "hello\x00")
			clear(zeros[:5])

			sent(t, 5)(a.Send([]byte("hello"), 0))
			if _, err := b.Recv(forbidden, csock.MSG_PEEK); !errors.Is(err, syscall.EFAULT) {
				t.Errorf("Recv into memory that is not there: %v", err)
			}
			if _, err := a.Send(forbidden[:100], 0); !errors.Is(err, syscall.EFAULT) {
				t.Errorf("Send from memory that is not there: %v", err)
			}
		})
	}
}

// A nil message, and one that is empty.
func TestNoMessage(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_DGRAM)
	if n, err := a.Sendmsg(nil, 0); n != 0 || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Sendmsg(nil): %d, %v", n, err)
	}
	if n, err := b.Recvmsg(nil, 0); n != 0 || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Recvmsg(nil): %d, %v", n, err)
	}
	sent(t, 0)(a.Sendmsg(&csock.MsgHdr{}, 0))
	m := csock.MsgHdr{Addr: loopback4, ControlLen: 7, Flags: -1}
	sent(t, 0)(b.Recvmsg(&m, 0))
	same(t, "sender", m.Addr.Len() == 0 || m.Addr.IsUnnamed(), true)
	same(t, "ControlLen", m.ControlLen, 0)
	same(t, "Flags", m.Flags, 0)

	// A failed receive leaves nothing of an earlier message.
	check(t, b.SetNonblocking(true))
	m = csock.MsgHdr{Addr: loopback4, ControlLen: 7, Flags: 9}
	if _, err := b.Recvmsg(&m, 0); !errors.Is(err, syscall.EAGAIN) {
		t.Fatal(err)
	}
	same(t, "sender", m.Addr, csock.SockAddr{})
	same(t, "ControlLen", m.ControlLen, 0)
	same(t, "Flags", m.Flags, 0)

	for range (*csock.MsgHdr)(nil).ControlMessages() {
		t.Error("a nil MsgHdr has a control message")
	}
	(*csock.MsgHdr)(nil).CloseRights()

	if err := a.Set(csock.Setting{}); err == nil {
		t.Error("Set of no setting succeeds")
	}
	// A flag or call that the platform lacks is reported before anything is sent.
	if _, err := a.Send([]byte("x"), csock.MsgFlags(csock.AF_SYSTEM)); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Send with a flag that Linux lacks: %v", err)
	}
	if _, err := b.Recv(make([]byte, 1), 0); !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("it was sent: %v", err)
	}
}
