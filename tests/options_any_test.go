//go:build linux && cgo

package tests

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

// anySockets are one of each type that has options, with the type's own socket.
func anySockets(t testing.TB) map[string]csock.AnySocket {
	t.Helper()
	a, b := kindOf("tcp4").connected(t)
	conn, err := b.IntoConn()
	check(t, err)
	l := kindOf("tcp4").open(t)
	check(t, l.Bind(loopback4), l.Listen(1))
	listener, err := l.IntoListener()
	check(t, err)
	u := kindOf("udp4").open(t)
	check(t, u.Bind(loopback4))
	packets, err := u.IntoPacketConn()
	check(t, err)
	t.Cleanup(func() { conn.Close(); listener.Close(); packets.Close() })
	embedded := struct{ *csock.Conn }{conn}
	return map[string]csock.AnySocket{"Socket": a, "Conn": conn, "Listener": listener, "PacketConn": packets, "embedded": embedded}
}

// Each codec works the same on each type that has options.
func TestOptionsOfAnySocket(t *testing.T) {
	for name, c := range anySockets(t) {
		check(t, csock.SO_KEEPALIVE.Set(c, true))
		same(t, name+": a bool", need.Value[bool](t)(csock.SO_KEEPALIVE.Get(c)), true)
		check(t, csock.SO_PRIORITY.Set(c, 5))
		same(t, name+": an int", need.Value[int](t)(csock.SO_PRIORITY.Get(c)), 5)
		same(t, name+": any", need.Value[any](t)(csock.SO_PRIORITY.GetAny(c)), any(5))
		same(t, name+": with", need.Value[int](t)(csock.SO_PRIORITY.GetWith(c, 1)), 5)
		check(t, csock.IP_TOS.Set(c, csock.MakeTrafficClass(10, 0)))
		same(t, name+": a byte", need.Value[csock.TrafficClass](t)(csock.IP_TOS.Get(c)), 40)
		t.Run(name+" a uint32", func(t *testing.T) {
			need.NetAdmin(t)
			check(t, csock.SO_MARK.Set(c, 1<<31))
			same(t, "SO_MARK", need.Value[uint32](t)(csock.SO_MARK.Get(c)), 1<<31)
		})
		check(t, csock.SO_LINGER.Set(c, time.Second))
		same(t, name+": a linger", need.Value[time.Duration](t)(csock.SO_LINGER.Get(c)), time.Second)
		check(t, csock.SO_SNDTIMEO.Set(c, time.Second))
		same(t, name+": a timeval", need.Value[time.Duration](t)(csock.SO_SNDTIMEO.Get(c)), time.Second)
		check(t, csock.SO_MAX_PACING_RATE.Set(c, 1<<30))
		same(t, name+": a ulong", need.Value[uint64](t)(csock.SO_MAX_PACING_RATE.Get(c)), 1<<30)
		check(t, csock.SO_BINDTODEVICE.Set(c, ""))
		same(t, name+": a string", need.Value[string](t)(csock.SO_BINDTODEVICE.Get(c)), "")
		check(t, csock.IP_OPTIONS.Set(c, []byte{1, 1, 1, 0}))
		same(t, name+": memory", string(need.Value[[]byte](t)(csock.IP_OPTIONS.Get(c))), "\x01\x01\x01\x00")
		t.Run(name+" a program", func(t *testing.T) { // of a TCP socket, which some kernels need for it
			need.NetAdmin(t)
			check(t, csock.SO_ATTACH_FILTER.Set(c, []csock.SockFilter{{Code: 6, K: 0xffff}}))
			same(t, "SO_GET_FILTER", len(need.Value[[]csock.SockFilter](t)(csock.SO_GET_FILTER.Get(c))), 1)
		})
		own := csock.NewOption[int]("SO_PRIORITY", csock.SOL_SOCKET, syscall.SO_PRIORITY)
		check(t, own.Set(c, 6))
		same(t, name+": an option of one's own", need.Value[int](t)(own.Get(c)), 6)
		var p [4]byte
		same(t, name+": bytes", need.Value[int](t)(own.GetBytes(c, p[:])), 4)
	}
}

// No option of numbers allocates, on any type.
func TestOptionsOfAnySocketAllocate(t *testing.T) {
	need.ExactAllocations(t)
	for name, c := range anySockets(t) {
		calls := func() {
			if _, err := csock.SO_PRIORITY.Get(c); err != nil {
				t.Fatal(err)
			}
			check(t, csock.IP_TOS.Set(c, 8))
			check(t, csock.SO_LINGER.Set(c, time.Second))
			var p [1]byte
			if n, err := csock.IP_TOS.GetBytes(c, p[:]); err != nil || n != 1 {
				t.Fatal(n, err)
			}
			check(t, csock.IP_TOS.SetBytes(c, p[:]))
		}
		if n := testing.AllocsPerRun(100, calls); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	conn, _ := anySockets(t)["Conn"].(*csock.Conn)
	if n := testing.AllocsPerRun(100, func() { csock.TCP_NODELAY.Set(conn, true) }); n != 0 {
		t.Errorf("a *Conn as an argument: %v allocations", n)
	}
}

// A closed, nil or zero value returns the right error, in every way to use it.
func TestOptionsOfClosed(t *testing.T) {
	useAll := func(c csock.AnySocket) []error {
		var errs []error
		add := func(_ any, err error) { errs = append(errs, err) }
		v, err := csock.SO_PRIORITY.Get(c)
		add(v, err)
		add(nil, csock.SO_PRIORITY.Set(c, 1))
		d, err := csock.SO_LINGER.Get(c)
		add(d, err)
		add(nil, csock.SO_LINGER.Set(c, 1))
		add(csock.SO_PRIORITY.GetAny(c))
		w, err := csock.SO_PRIORITY.GetWith(c, 1)
		add(w, err)
		n, err := csock.SO_PRIORITY.GetBytes(c, nil)
		add(n, err)
		add(nil, csock.SO_PRIORITY.SetBytes(c, nil))
		return errs
	}
	sockets := anySockets(t)
	for _, c := range sockets {
		c.(io.Closer).Close() // of the two that are one Conn the second is closed
	}
	for name, c := range sockets {
		for i, err := range useAll(c) {
			if !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s, closed, call %d: %v", name, i, err)
			}
		}
	}
	for name, c := range map[string]csock.AnySocket{
		"nothing": nil, "Socket": (*csock.Socket)(nil), "Conn": (*csock.Conn)(nil),
		"Listener": (*csock.Listener)(nil), "PacketConn": (*csock.PacketConn)(nil),
	} {
		for i, err := range useAll(c) {
			if !errors.Is(err, os.ErrInvalid) {
				t.Errorf("%s, nil, call %d: %v", name, i, err)
			}
		}
	}
}

// The length passed is the one that C passes: for each, C's and csock's bytes, length and errno are
// the same.
func TestOptionBytes(t *testing.T) {
	refs := map[string]cref.Option{}
	for o := range cref.Options() {
		refs[o.Name] = o
	}
	s := kindOf("tcp4").open(t)
	check(t, csock.IP_TOS.Set(s, 0x28))
	for _, o := range []csock.AnyOption{csock.IP_TOS, csock.SO_RCVBUF, csock.SO_LINGER, csock.TCP_INFO, csock.TCP_CONGESTION, csock.SO_TYPE,
		csock.IP_OPTIONS, csock.SO_COOKIE, csock.SO_PEERCRED, csock.TCP_SAVED_SYN} {
		for _, size := range []int{0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 100, 300} {
			p := make([]byte, size)
			n, err := o.GetBytes(s, p)
			want, errno := refs[o.String()].Get(s.FD(), size)
			var got syscall.Errno
			errors.As(err, &got)
			if got != errno {
				t.Errorf("%v of %d bytes: %v, in C %v", o, size, err, errno)
				continue
			}
			if err == nil && (n != len(want) || o.String() != "TCP_INFO" && string(p[:n]) != string(want)) {
				t.Errorf("%v of %d bytes: %x (%d), in C %x", o, size, p, n, want)
			}
		}
	}
	one := make([]byte, 1)
	same(t, "a byte of IP_TOS: length", need.Value[int](t)(csock.IP_TOS.GetBytes(s, one)), 1)
	same(t, "a byte of IP_TOS", one[0], 0x28)
	same(t, "none of it", need.Value[int](t)(csock.IP_TOS.GetBytes(s, nil)), 0)

	// The value set is passed as it is, valid or not.
	check(t, csock.IP_TOS.SetBytes(s, []byte{0x48}))
	same(t, "IP_TOS set by a byte", need.Value[csock.TrafficClass](t)(csock.IP_TOS.Get(s)), 0x48)
	for _, o := range []csock.AnyOption{csock.IP_TTL, csock.SO_RCVBUF, csock.SO_LINGER, csock.TCP_CONGESTION, csock.TCP_NODELAY} {
		for size := range 9 {
			p := make([]byte, size)
			if size > 0 {
				p[0] = 1
			}
			mine, theirs := kindOf("tcp4").open(t), kindOf("tcp4").open(t)
			err, errno := o.SetBytes(mine, p), refs[o.String()].SetMemory(theirs.FD(), p)
			var got syscall.Errno
			if errors.As(err, &got); got != errno {
				t.Errorf("%v set to %d bytes: %v, in C %v", o, size, err, errno)
			}
		}
	}
	fails(t, csock.SO_NOSIGPIPE.SetBytes(s, nil), "SO_NOSIGPIPE", errors.ErrUnsupported)
}

// The native value is a struct of the caller's.
func TestNewStructOption(t *testing.T) {
	type linger struct{ Onoff, Linger int32 }
	s := kindOf("tcp4").open(t)
	o := csock.NewStructOption[linger]("SO_LINGER", csock.SOL_SOCKET, syscall.SO_LINGER)
	check(t, o.Set(s, linger{1, 7}))
	same(t, "by csock", need.Value[time.Duration](t)(s.Linger()), 7*time.Second)
	same(t, "by the struct", need.Value[linger](t)(o.Get(s)), linger{1, 7})
	check(t, s.Set(o.To(linger{1, 8})))
	same(t, "with", need.Value[linger](t)(o.GetWith(s, linger{})), linger{1, 8})
	if !strings.Contains(o.NativeType(), "linger") {
		t.Errorf("NativeType: %q", o.NativeType())
	}

	// A longer struct keeps zeros where the kernel writes nothing.
	type long struct {
		linger
		_ [5]uint64
	}
	same(t, "too long", need.Value[long](t)(csock.NewStructOption[long]("SO_LINGER", csock.SOL_SOCKET, syscall.SO_LINGER).Get(s)),
		long{linger: linger{1, 8}})

	for _, o := range []csock.AnyOption{
		csock.NewStructOption[*int]("pointer", csock.SOL_SOCKET, syscall.SO_LINGER),
		csock.NewStructOption[[2]string]("string", csock.SOL_SOCKET, syscall.SO_LINGER),
		csock.NewStructOption[struct{ a [1]struct{ b any } }]("interface", csock.SOL_SOCKET, syscall.SO_LINGER),
		csock.NewStructOption[map[int]int]("map", csock.SOL_SOCKET, syscall.SO_LINGER),
		csock.NewStructOption[struct{ f func() }]("function", csock.SOL_SOCKET, syscall.SO_LINGER),
	} {
		if _, err := o.GetAny(s); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("a type with a %v: %v", o, err)
		}
	}
}

// csock's types print readable text.
func TestStrings(t *testing.T) {
	s := kindOf("tcp4").open(t)
	same(t, "Socket", fmt.Sprint(s), fmt.Sprintf("fd %d AF_INET SOCK_STREAM", s.FD()))
	sockets := anySockets(t)
	for name, c := range sockets {
		if text := fmt.Sprint(c); !strings.HasPrefix(text, "fd ") || !strings.Contains(text, "AF_INET") {
			t.Errorf("%s: %q", name, text)
		}
	}
	for name, c := range sockets {
		c.(io.Closer).Close()
		same(t, name+", closed", fmt.Sprint(c), "closed socket")
	}
	same(t, "a nil Socket", fmt.Sprint((*csock.Socket)(nil)), "<nil>")
	b, err := csock.NewBatch(3, csock.BatchRoom{})
	check(t, err)
	defer b.Close()
	same(t, "Batch", fmt.Sprint(b), "batch of 3 messages")

	for want, setting := range map[string]csock.Setting{
		"SO_KEEPALIVE=true":                 csock.SO_KEEPALIVE.To(true),
		"IP_TTL=-1":                         csock.IP_TTL.To(-1),
		"IP_TOS=184":                        csock.IP_TOS.To(0xb8),
		"TCP_KEEPIDLE=1m30s":                csock.TCP_KEEPIDLE.To(90 * time.Second),
		"SO_RCVTIMEO=1.5s":                  csock.SO_RCVTIMEO.To(1500 * time.Millisecond),
		"TCP_CONGESTION=cubic":              csock.TCP_CONGESTION.To("cubic"),
		"IP_MTU_DISCOVER=IP_PMTUDISC_PROBE": csock.IP_MTU_DISCOVER.To(csock.IP_PMTUDISC_PROBE),
		"SO_ATTACH_FILTER=(8 bytes)":        csock.SO_ATTACH_FILTER.To([]csock.SockFilter{{Code: 6}}),
		"TCP_FASTOPEN_KEY=(16 bytes)":       csock.TCP_FASTOPEN_KEY.To([][16]byte{{1}}), // a secret
		"":                                  {},
	} {
		same(t, "Setting", fmt.Sprint(setting), want)
	}
	if text := fmt.Sprint(csock.SO_RCVTIMEO.To(-1)); !strings.Contains(text, "SO_RCVTIMEO") || !strings.Contains(text, "negative") {
		t.Errorf("a Setting that cannot be made: %q", text)
	}
}

// An error without a system call is no os.SyscallError, and its errno is the documented one.
func TestErrorsWithoutCall(t *testing.T) {
	stream, datagram := kindOf("tcp4").open(t), kindOf("udp4").open(t)
	_, errPacket := stream.IntoPacketConn()
	_, errListener := stream.IntoListener()
	_, errNetListener := stream.IntoNetListener()
	var errDetach error
	check(t, csock.Borrow(need.Value[*os.File](t)(kindOf("udp4").open(t).IntoFile()), func(s *csock.Socket) error {
		_, errDetach = s.Detach()
		return nil
	}))
	_, _, tooMany := datagram.RecvVectored(make([][]byte, 1025), 0)
	_, errBatch := csock.NewBatch(0, csock.BatchRoom{})
	_, errLarge := csock.NewBatch(1<<30, csock.BatchRoom{Payload: 1 << 30})
	b, err := csock.NewBatch(1, csock.BatchRoom{})
	check(t, err)
	defer b.Close()
	for name, c := range map[string]struct{ err, want error }{
		"a stream as a PacketConn":     {errPacket, syscall.EPROTOTYPE},
		"IntoListener":                 {errListener, syscall.EINVAL},
		"IntoNetListener":              {errNetListener, syscall.EINVAL},
		"a lent descriptor":            {errDetach, syscall.EBUSY},
		"a Batch of nothing":           {errBatch, syscall.EINVAL},
		"a Batch that is too large":    {errLarge, syscall.ENOMEM},
		"a message that is not there":  {b.SetLen(1, 0), syscall.EINVAL},
		"a value without native form":  {csock.SO_RCVTIMEO.Set(datagram, -1), syscall.EDOM},
		"the same of a Setting":        {datagram.Set(csock.SO_RCVTIMEO.To(-1)), syscall.EDOM},
		"an option that is not there":  {csock.SO_NOSIGPIPE.Set(datagram, true), errors.ErrUnsupported},
		"a timeout of Connect":         {datagram.ConnectTimeout(csock.SockAddr{}, -1), syscall.EINVAL},
		"a descriptor out of range":    {second(csock.FromFD(math.MaxUint32)), syscall.EBADF},
		"Discard of less than nothing": {second(stream.Discard(-1, 0)), syscall.EINVAL},
		"a file's offset":              {second(stream.Sendfile(os.Stdin, -1, 1)), syscall.EINVAL},
		"a length of a file":           {second(stream.SendfileNext(os.Stdin, -1)), syscall.EINVAL},
		"too many buffers to send":     {second(datagram.SendVectored(make([][]byte, 1025), 0)), syscall.EMSGSIZE},
		"too many buffers to receive":  {tooMany, syscall.EMSGSIZE},
		"an event":                     {second(datagram.Poll(1<<20, 0)), errors.ErrUnsupported},
		"an event of several":          {second(csock.Poll([]csock.PollFD{{Socket: datagram, Events: 1 << 20}}, 0)), errors.ErrUnsupported},
		"a timeout of a Batch":         {second(datagram.RecvBatchTimeout(b, 0, -1)), syscall.EINVAL},
		"a flag of this call":          {second(datagram.Send(nil, csock.MSG_FLUSH)), errors.ErrUnsupported},
		"a family":                     {second(csock.New(csock.AF_HYPERV, csock.SOCK_STREAM, 0)), errors.ErrUnsupported},
		"bytes of a splice":            {second(stream.SpliceTo(os.Stdin, -1, 0)), syscall.EINVAL},
		"bytes of tee":                 {second(csock.Tee(os.Stdin, os.Stdin, -1, 0)), syscall.EINVAL},
		"a request of another system":  {csock.SIO_UDP_CONNRESET.Set(stream, true), errors.ErrUnsupported},
		"a request that only gets":     {csock.SIOCINQ.Set(stream, 1), syscall.ENOTTY},
		"an interface's name":          {second(csock.SIOCGIFINDEX.Get(stream, strings.Repeat("n", 16))), syscall.ENODEV},
		"the argument of a request":    {second(csock.NewIoctl[*int]("X", 1).Get(stream)), syscall.EINVAL},
	} {
		var call *os.SyscallError
		if !errors.Is(c.err, c.want) || errors.As(c.err, &call) || !strings.HasPrefix(fmt.Sprint(c.err), "csock: ") {
			t.Errorf("%s: %v, want one of csock's own for %v", name, c.err, c.want)
		}
	}
	// An error of the kernel is a system call's.
	var call *os.SyscallError
	if err := csock.IP_TTL.Set(datagram, 256); !errors.As(err, &call) || call.Syscall != "setsockopt(IP_TTL)" {
		t.Errorf("IP_TTL 256: %v", err)
	}
}
