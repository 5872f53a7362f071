//go:build linux && cgo

package tests

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
	"github.com/google/go-cmp/cmp"
)

// inNS makes a socket of a kind in a namespace.
func inNS(t testing.TB, ns *netns.NS, kindName string) (s *csock.Socket) {
	t.Helper()
	k := kindOf(kindName)
	var err error
	ns.Do(func() { s, err = csock.New(k.domain, k.typ, k.protocol) })
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func ipAddr(s string) csock.SockAddr { return csock.InetAddr(netip.MustParseAddrPort(s)) }

// port returns a socket's port.
func port(t testing.TB, s *csock.Socket) uint16 {
	t.Helper()
	a, err := s.LocalAddr()
	check(t, err)
	ap, _ := a.AddrPort()
	return ap.Port()
}

// fails checks that err is the errno of the option.
func fails(t testing.TB, err error, option string, errno error) {
	t.Helper()
	if !errors.Is(err, errno) || !strings.Contains(fmt.Sprint(err), option) {
		t.Errorf("%v, want %s and %v", err, option, errno)
	}
}

func TestReusePort(t *testing.T) {
	for _, kind := range []string{"tcp4", "udp6"} {
		t.Run(kind, func(t *testing.T) {
			k := kindOf(kind)
			a, b, c := k.open(t), k.open(t), k.open(t)
			check(t, a.SetReusePort(true))
			check(t, b.SetReusePort(true))
			same(t, "SO_REUSEPORT", need.Value[bool](t)(b.ReusePort()), true)
			check(t, a.Bind(k.addr(t)))
			addr, err := a.LocalAddr()
			check(t, err)
			check(t, b.Bind(addr))
			if err := c.Bind(addr); !errors.Is(err, syscall.EADDRINUSE) {
				t.Errorf("Bind without SO_REUSEPORT: %v, want EADDRINUSE", err)
			}
		})
	}
}

func TestBindDevice(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "left", []string{"10.1.0.1/24"}, b, "right", []string{"10.1.0.2/24"})
	s, here, there := inNS(t, a, "udp4"), inNS(t, a, "udp4"), inNS(t, b, "udp4")
	check(t, s.Bind(ipAddr("0.0.0.0:0")))
	p := port(t, s)
	check(t, here.Connect(csock.InetAddr(loopbackPort(p))))
	check(t, there.Connect(ipAddr(fmt.Sprint("10.1.0.1:", p))))
	deliver := func(from *csock.Socket, want bool) {
		t.Helper()
		sent(t, 1)(from.Send([]byte("x"), 0))
		if want {
			same(t, "received", recv(t, s, 2), "x")
			return
		}
		// The port is unused: ICMP reports that to the sender.
		kernel.Eventually(t, "ECONNREFUSED", func() bool {
			_, err := from.Send([]byte("x"), 0)
			return errors.Is(err, syscall.ECONNREFUSED)
		})
	}
	deliver(here, true)
	deliver(there, true)

	check(t, s.BindDevice("left"))
	same(t, "device", need.Value[string](t)(s.Device()), "left")
	deliver(there, true)
	deliver(here, false)

	check(t, s.BindDevice(""))
	same(t, "device", need.Value[string](t)(s.Device()), "")
	deliver(here, true)

	// The loopback interface is number 1.
	check(t, s.BindDeviceByIndexV4(1))
	same(t, "index", need.Value[int](t)(s.DeviceIndexV4()), 1)
	same(t, "index", need.Value[int](t)(s.DeviceIndexV6()), 1)
	same(t, "device", need.Value[string](t)(s.Device()), "lo")
	deliver(here, true)
	deliver(there, false)
	check(t, s.BindDeviceByIndexV6(0))
	deliver(there, true)
}

// An interface's name has 15 bytes at most.
func TestBindDeviceName(t *testing.T) {
	ns := netns.New(t)
	s := inNS(t, ns, "udp4")
	name := "interface-of-15"
	ns.IP(t, "link add "+name+" type veth peer name other")
	check(t, s.BindDevice(name))
	same(t, "device", need.Value[string](t)(s.Device()), name)
	for _, name := range []string{name + "6", name + "67", "a\x00b"} {
		fails(t, s.BindDevice(name), "SO_BINDTODEVICE", syscall.EINVAL)
	}
	fails(t, s.BindDevice("none"), "SO_BINDTODEVICE", syscall.ENODEV)
	same(t, "device", need.Value[string](t)(s.Device()), name)
}

func TestRcvlowat(t *testing.T) {
	a, b := kindOf("tcp4").connected(t)
	check(t, csock.SO_RCVLOWAT.Set(b, 10))
	var n int
	var err error
	// The kernel does not wake a reader for fewer than 10 unread bytes: the first 5 do not count as
	// readable yet.
	done := asleep(t, func() { n, err = b.Recv(make([]byte, 20), 0) })
	sent(t, 5)(a.Send([]byte("01234"), 0))
	sent(t, 5)(a.Send([]byte("56789"), 0))
	<-done
	sent(t, 10)(n, err)
}

func TestPeekOff(t *testing.T) {
	for _, kind := range []string{"unix", "udp4", "tcp4"} {
		t.Run(kind, func(t *testing.T) {
			a, b := kindOf(kind).connected(t)
			same(t, "at first", need.Value[int](t)(csock.SO_PEEK_OFF.Get(b)), -1)
			err := csock.SO_PEEK_OFF.Set(b, 0)
			if kind == "tcp4" {
				need.Feature(t, "SO_PEEK_OFF of TCP, Linux 6.10", err)
			}
			check(t, err)
			sent(t, 6)(a.Send([]byte("abcdef"), 0))
			for _, want := range []string{"ab", "cd"} {
				p := make([]byte, 2)
				sent(t, 2)(b.Peek(p))
				same(t, "peeked", string(p), want)
			}
			same(t, "offset", need.Value[int](t)(csock.SO_PEEK_OFF.Get(b)), 4)
			same(t, "received", recv(t, b, 6), "abcdef")
			same(t, "offset", need.Value[int](t)(csock.SO_PEEK_OFF.Get(b)), 0)
		})
	}
}

func TestOutOfBandInline(t *testing.T) {
	a, b := kindOf("tcp4").connected(t)
	sent(t, 1)(a.SendOutOfBand([]byte("!")))
	p := make([]byte, 2)
	kernel.Eventually(t, "urgent data", func() bool {
		n, err := b.RecvOutOfBand(p)
		return err == nil && n == 1 && p[0] == '!'
	})
	check(t, b.SetOutOfBandInline(true))
	same(t, "SO_OOBINLINE", need.Value[bool](t)(b.OutOfBandInline()), true)
	sent(t, 1)(a.SendOutOfBand([]byte("?")))
	// The first urgent byte is now a part of the stream too.
	got := recv(t, b, 1)
	if got == "!" {
		got = recv(t, b, 1)
	}
	same(t, "in the stream", got, "?")
	if _, err := b.RecvOutOfBand(p); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("RecvOutOfBand: %v, want EINVAL", err)
	}
}

func TestLinger(t *testing.T) {
	a, b := kindOf("tcp4").connected(t)
	same(t, "at first", need.Value[time.Duration](t)(a.Linger()), csock.LingerOff)
	for set, want := range map[time.Duration]time.Duration{
		time.Second: time.Second, 1: time.Second, 1500 * time.Millisecond: 2 * time.Second, 0: 0,
		csock.LingerOff: csock.LingerOff, -time.Hour: csock.LingerOff,
	} {
		check(t, a.SetLinger(set))
		same(t, set.String(), need.Value[time.Duration](t)(a.Linger()), want)
	}
	fails(t, a.SetLinger(1<<32*time.Second), "SO_LINGER", syscall.EDOM)
	// The kernel reads C's -1 as many seconds.
	check(t, syscall.SetsockoptLinger(int(a.FD()), syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1, Linger: -1}))
	many := need.Value[time.Duration](t)(a.Linger())
	inC := lingerInC(t, a)
	same(t, "a linger of many seconds", many, time.Duration(uint32(inC.Linger))*time.Second)
	check(t, a.SetLinger(0))
	check(t, a.SetLinger(many))
	same(t, "what Get returned, set again", need.Value[time.Duration](t)(a.Linger()), many)
	same(t, "the same in C", lingerInC(t, a), inC)

	// An end, unless it is a reset.
	c, d := kindOf("tcp4").connected(t)
	check(t, c.Close())
	same(t, "received", recv(t, d, 1), "")
	check(t, a.SetLinger(0))
	check(t, a.Close())
	if _, err := b.Recv(make([]byte, 1), 0); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("Recv: %v, want ECONNRESET", err)
	}
}

func lingerInC(t *testing.T, s *csock.Socket) (l syscall.Linger) {
	t.Helper()
	p, err := cref.TransportGet(s.FD(), syscall.SOL_SOCKET, syscall.SO_LINGER, make([]byte, 8))
	check(t, err)
	same(t, "bytes", need.Value[int](t)(binary.Decode(p, binary.NativeEndian, &l)), 8)
	return l
}

// messages receives the control messages of one message.
func messages(t *testing.T, s *csock.Socket) []syscall.SocketControlMessage {
	t.Helper()
	m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 16)}, Control: make([]byte, 512)}
	_, err := s.Recvmsg(&m, 0)
	check(t, err)
	list, err := syscall.ParseSocketControlMessage(m.Control[:m.ControlLen])
	check(t, err)
	return list
}

func TestPasscred(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_DGRAM)
	sent(t, 1)(a.Send([]byte("x"), 0))
	same(t, "control messages", len(messages(t, b)), 0)
	check(t, b.SetPasscred(true))
	same(t, "SO_PASSCRED", need.Value[bool](t)(b.Passcred()), true)
	sent(t, 1)(a.Send([]byte("x"), 0))
	list := messages(t, b)
	same(t, "control messages", len(list), 1)
	cred, err := syscall.ParseUnixCredentials(&list[0])
	check(t, err)
	same(t, "credentials", *cred, syscall.Ucred{Pid: int32(os.Getpid()), Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid())})
}

func TestPassrights(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_STREAM)
	need.Feature(t, "Linux 6.16", csock.SO_PASSRIGHTS.Set(b, false))
	m := csock.MsgHdr{Buffers: [][]byte{[]byte("x")}, Control: syscall.UnixRights(0)}
	if _, err := a.Sendmsg(&m, 0); !errors.Is(err, syscall.EPERM) {
		t.Errorf("descriptors to one that takes none: %v, want EPERM", err)
	}
	check(t, csock.SO_PASSRIGHTS.Set(b, true))
	sent(t, 1)(a.Sendmsg(&m, 0))
	same(t, "control messages", len(messages(t, b)), 1)
}

func TestPeer(t *testing.T) {
	a, _ := unixPair(t, csock.SOCK_STREAM)
	want := csock.Ucred{PID: os.Getpid(), UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
	same(t, "SO_PEERCRED", need.Value[csock.Ucred](t)(csock.SO_PEERCRED.Get(a)), want)

	groups, err := os.Getgroups()
	check(t, err)
	got := need.Value[[]int](t)(csock.SO_PEERGROUPS.Get(a))
	if !slices.Equal(got, groups) {
		t.Errorf("SO_PEERGROUPS: %v, want %v", got, groups)
	}

	f, err := csock.SO_PEERPIDFD.Get(a)
	need.Feature(t, "Linux 6.5", err)
	defer f.Close()
	info, err := os.ReadFile(fmt.Sprint("/proc/self/fdinfo/", f.Fd()))
	check(t, err)
	if !strings.Contains(string(info), fmt.Sprintf("\nPid:\t%d\n", os.Getpid())) {
		t.Errorf("the pidfd is of another process:\n%s", info)
	}
	same(t, "close-on-exec", kernel.Flags(t, f.Fd())&syscall.O_CLOEXEC, syscall.O_CLOEXEC)
}

// More groups than the first request of SO_PEERGROUPS has room for.
func TestPeerGroupsMany(t *testing.T) {
	need.Root(t) // for setgroups
	var want []uint32
	for i := range uint32(1000) {
		want = append(want, 5000+i)
	}
	var a, b *csock.Socket
	var err error
	onThread(func() {
		// Of this thread alone, which ends with it.
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETGROUPS, uintptr(len(want)), slicePtr(want), 0); errno != 0 {
			err = errno
			return
		}
		a, b, err = csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	})
	check(t, err)
	defer a.Close()
	defer b.Close()
	got := need.Value[[]int](t)(csock.SO_PEERGROUPS.Get(a))
	if len(got) != len(want) || got[0] != 5000 || got[999] != 5999 {
		t.Errorf("%d groups, want %d", len(got), len(want))
	}
}

func TestTimeouts(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_STREAM)
	same(t, "at first", need.Value[time.Duration](t)(a.ReadTimeout()), 0)
	check(t, a.SetReadTimeout(1)) // 1 ns is rounded up to a µs, and that to the kernel's tick
	if got := need.Value[time.Duration](t)(a.ReadTimeout()); got <= 0 || got > 20*time.Millisecond {
		t.Errorf("timeout of 1 ns: %v", got)
	}
	err := error(syscall.EINTR) // a signal, as Go's runtime sends them, ends the call (signal(7))
	for errors.Is(err, syscall.EINTR) {
		_, err = a.Recv(make([]byte, 1), 0)
	}
	if !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("Recv: %v, want EAGAIN", err)
	}
	check(t, b.SetWriteTimeout(time.Second+time.Millisecond*500))
	same(t, "write timeout", need.Value[time.Duration](t)(b.WriteTimeout()), 1500*time.Millisecond)
	same(t, "its old form", need.Value[time.Duration](t)(csock.SO_SNDTIMEO_OLD.Get(b)), 1500*time.Millisecond)
	same(t, "its new form", need.Value[time.Duration](t)(csock.SO_SNDTIMEO_NEW.Get(b)), 1500*time.Millisecond)
	fails(t, a.SetReadTimeout(-1), "SO_RCVTIMEO", syscall.EDOM)

	// Without a time.Duration in the way, a program can set more than one holds.
	for _, seconds := range []int64{1e10, 1e13, math.MaxInt64 / 1000} {
		timeval := syscall.NsecToTimeval(0)
		if !fits(&timeval.Sec, seconds) {
			continue // where time_t has 32 bits
		}
		check(t, syscall.SetsockoptTimeval(int(a.FD()), syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &timeval))
		same(t, fmt.Sprint(seconds, " s"), need.Value[time.Duration](t)(a.ReadTimeout()), math.MaxInt64)
		check(t, a.SetReadTimeout(math.MaxInt64))
		same(t, "what Get returned, set again", need.Value[time.Duration](t)(a.ReadTimeout()), math.MaxInt64)
	}
}

// fits sets a field to n, if it has room for it.
func fits[T int32 | int64](field *T, n int64) bool {
	*field = T(n)
	return int64(*field) == n
}

func TestBroadcast(t *testing.T) {
	need.IPv4(t)
	s := kindOf("udp4").open(t)
	to := ipAddr("127.255.255.255:9")
	if _, err := s.SendTo([]byte("x"), to, 0); !errors.Is(err, syscall.EACCES) {
		t.Errorf("SendTo: %v, want EACCES", err)
	}
	check(t, s.SetBroadcast(true))
	same(t, "SO_BROADCAST", need.Value[bool](t)(s.Broadcast()), true)
	sent(t, 1)(s.SendTo([]byte("x"), to, 0))
}

func TestMark(t *testing.T) {
	ns := netns.New(t)
	ns.IP(t, "rule add fwmark 0x80000007 unreachable pref 1") // before the table of local addresses
	ns.IP(t, "rule add from all lookup local pref 2")
	ns.IP(t, "rule del from all lookup local pref 0")
	s := inNS(t, ns, "udp4")
	to := ipAddr("127.0.0.1:9")
	sent(t, 1)(s.SendTo([]byte("x"), to, 0))
	check(t, s.SetMark(0x80000007))
	same(t, "mark", need.Value[uint32](t)(s.Mark()), 0x80000007)
	if _, err := s.SendTo([]byte("x"), to, 0); !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("SendTo with the mark: %v, want ENETUNREACH", err)
	}
}

func TestBufferSizes(t *testing.T) {
	s := kindOf("udp4").open(t)
	for _, b := range []struct {
		name string
		set  func(int) error
		get  func() (int, error)
	}{{"SO_RCVBUF", s.SetRecvBufferSize, s.RecvBufferSize}, {"SO_SNDBUF", s.SetSendBufferSize, s.SendBufferSize}} {
		check(t, b.set(8192))
		same(t, b.name, need.Value[int](t)(b.get()), 2*8192)
	}
	m := need.Value[csock.Meminfo](t)(csock.SO_MEMINFO.Get(s))
	same(t, "SO_MEMINFO", m, csock.Meminfo{Rcvbuf: 2 * 8192, Sndbuf: 2 * 8192})

	a, b := kindOf("udp4").connected(t)
	sent(t, 100)(a.Send(make([]byte, 100), 0))
	kernel.Eventually(t, "memory in the receive queue", func() bool {
		return need.Value[csock.Meminfo](t)(csock.SO_MEMINFO.Get(b)).RmemAlloc >= 100
	})
}

func TestCookies(t *testing.T) {
	a, b := kindOf("tcp4").open(t), kindOf("tcp4").open(t)
	ca, cb := need.Value[uint64](t)(a.Cookie()), need.Value[uint64](t)(b.Cookie())
	if ca == 0 || ca == cb || ca != need.Value[uint64](t)(a.Cookie()) {
		t.Errorf("cookies %d and %d", ca, cb)
	}
	n := inNS(t, netns.New(t), "tcp4")
	na, nb, nn := csock.SO_NETNS_COOKIE, csock.SO_NETNS_COOKIE, csock.SO_NETNS_COOKIE
	if x, y, z := need.Value[uint64](t)(na.Get(a)), need.Value[uint64](t)(nb.Get(b)), need.Value[uint64](t)(nn.Get(n)); x != y || x == z {
		t.Errorf("cookies of namespaces %d, %d and %d", x, y, z)
	}
}

func TestTimestamps(t *testing.T) {
	a, b := kindOf("udp4").connected(t)
	for _, o := range []csock.Option[bool]{csock.SO_TIMESTAMP, csock.SO_TIMESTAMPNS, csock.SO_TIMESTAMP_NEW, csock.SO_TIMESTAMPNS_NEW} {
		check(t, o.Set(b, true))
		sent(t, 1)(a.Send([]byte("x"), 0))
		list := messages(t, b)
		same(t, o.String()+": control messages", len(list), 1)
		same(t, o.String()+": type", int(list[0].Header.Type), o.Number())
		check(t, o.Set(b, false))
	}
	want := csock.SoTimestamping{Flags: csock.SOF_TIMESTAMPING_RX_SOFTWARE | csock.SOF_TIMESTAMPING_SOFTWARE}
	check(t, csock.SO_TIMESTAMPING.Set(b, want))
	same(t, "SO_TIMESTAMPING", need.Value[csock.SoTimestamping](t)(csock.SO_TIMESTAMPING.Get(b)), want)
	// The kernel begins to take timestamps some time after the first socket has requested them.
	kernel.Eventually(t, "a timestamp", func() bool {
		sent(t, 1)(a.Send([]byte("x"), 0))
		list := messages(t, b)
		return len(list) == 1 && int(list[0].Header.Type) == csock.SO_TIMESTAMPING.Number()
	})
}

// program keeps n bytes of the datagrams whose data begins with a letter, and nothing of others. A
// UDP socket's filter sees the UDP header, of 8 bytes, first.
func program(letter byte, n uint32) []csock.SockFilter {
	return []csock.SockFilter{
		{Code: csock.BPF_LD | csock.BPF_B | csock.BPF_ABS, K: 8},
		{Code: csock.BPF_JMP | csock.BPF_JEQ | csock.BPF_K, JF: 1, K: uint32(letter)},
		{Code: csock.BPF_RET | csock.BPF_K, K: 8 + n},
		{Code: csock.BPF_RET | csock.BPF_K, K: 0},
	}
}

func TestFilter(t *testing.T) {
	a, b := kindOf("udp4").connected(t)
	send := func(data ...string) {
		for _, d := range data {
			sent(t, len(d))(a.Send([]byte(d), 0))
		}
	}
	same(t, "length of the filter", len(need.Value[[]csock.SockFilter](t)(csock.SO_GET_FILTER.Get(b))), 0)
	p := program('y', 2)
	check(t, b.AttachFilter(p))
	if diff := cmp.Diff(p, need.Value[[]csock.SockFilter](t)(csock.SO_GET_FILTER.Get(b))); diff != "" {
		t.Errorf("SO_GET_FILTER (-set +got):\n%s", diff)
	}
	send("no", "yes", "never", "yet")
	same(t, "received", recv(t, b, 9), "ye")
	same(t, "received", recv(t, b, 9), "ye")
	check(t, b.DetachFilter())
	send("no")
	same(t, "received", recv(t, b, 9), "no")
	fails(t, b.DetachFilter(), "SO_DETACH_FILTER", syscall.ENOENT)

	fails(t, b.AttachFilter(nil), "SO_ATTACH_FILTER", syscall.EINVAL)
	fails(t, b.AttachFilter(p[:3:3][:2]), "SO_ATTACH_FILTER", syscall.EINVAL) // ends without a result
	// 65,536 and 4 more are 4 in a 16-bit field.
	long := slices.Concat(p, make([]csock.SockFilter, 1<<16))
	fails(t, b.AttachFilter(long), "SO_ATTACH_FILTER", syscall.EINVAL)
	same(t, "length of the filter", len(need.Value[[]csock.SockFilter](t)(csock.SO_GET_FILTER.Get(b))), 0)

	long = slices.Concat(slices.Repeat([]csock.SockFilter{{Code: csock.BPF_LD | csock.BPF_IMM, K: 1}}, 4092), p)
	check(t, b.AttachFilter(long))
	if !slices.Equal(long, need.Value[[]csock.SockFilter](t)(csock.SO_GET_FILTER.Get(b))) {
		t.Error("a program of 4,096 instructions came back changed")
	}
	check(t, csock.SO_LOCK_FILTER.Set(b, true))
	fails(t, b.DetachFilter(), "SO_DETACH_FILTER", syscall.EPERM)
	fails(t, b.AttachFilter(p), "SO_ATTACH_FILTER", syscall.EPERM)
	fails(t, csock.SO_LOCK_FILTER.Set(b, false), "SO_LOCK_FILTER", syscall.EPERM)
}

func TestAttachBPF(t *testing.T) {
	f, err := cref.BPFReturn(8 + 3)
	need.Feature(t, "to load an eBPF program", err, syscall.EPERM)
	defer f.Close()
	a, b := kindOf("udp4").connected(t)
	check(t, csock.SO_ATTACH_BPF.Set(b, int(f.Fd())))
	sent(t, 6)(a.Send([]byte("abcdef"), 0))
	same(t, "received", recv(t, b, 9), "abc")
	check(t, csock.SO_DETACH_BPF.Set(b, struct{}{}))
	sent(t, 6)(a.Send([]byte("abcdef"), 0))
	same(t, "received", recv(t, b, 9), "abcdef")
	fails(t, csock.SO_ATTACH_BPF.Set(b, -1), "SO_ATTACH_BPF", syscall.EBADF)
}

// sharing makes n sockets that share an address, after calling set on each.
func sharing(t testing.TB, k kind, n int, set func(s *csock.Socket, i int)) (group []*csock.Socket, addr csock.SockAddr) {
	t.Helper()
	addr = loopback4
	for i := range n {
		s := k.open(t)
		check(t, s.SetReusePort(true))
		set(s, i)
		check(t, s.Bind(addr))
		addr = need.Value[csock.SockAddr](t)(s.LocalAddr())
		group = append(group, s)
	}
	return group, addr
}

// Programs that choose among sockets which share a port.
func TestReusePortProgram(t *testing.T) {
	need.IPv4(t)
	k := kindOf("udp4")
	group, addr := sharing(t, k, 3, func(*csock.Socket, int) {})
	from := k.open(t)
	lands := func(i int) {
		t.Helper()
		limited(t, group[i])
		sent(t, 1)(from.SendTo([]byte("x"), addr, 0))
		same(t, "received", recv(t, group[i], 2), "x")
	}
	for i := range group {
		check(t, csock.SO_ATTACH_REUSEPORT_CBPF.Set(group[0], []csock.SockFilter{{Code: csock.BPF_RET | csock.BPF_K, K: uint32(i)}}))
		lands(i)
		lands(i)
	}
	check(t, csock.SO_DETACH_REUSEPORT_BPF.Set(group[0], struct{}{}))
	fails(t, csock.SO_DETACH_REUSEPORT_BPF.Set(group[0], struct{}{}), "SO_DETACH_REUSEPORT_BPF", syscall.ENOENT)
	for i := range group {
		f, err := cref.BPFReturn(i)
		need.Feature(t, "to load an eBPF program", err, syscall.EPERM)
		defer f.Close()
		check(t, csock.SO_ATTACH_REUSEPORT_EBPF.Set(group[0], int(f.Fd())))
		lands(i)
		lands(i)
	}
}

// A value that an option cannot have is refused before the kernel sees it, with the option's name.
func TestRefused(t *testing.T) {
	s := kindOf("udp4").open(t)
	v4, v6 := netip.MustParseAddr("224.0.0.1"), netip.MustParseAddr("ff02::1")
	mapped := netip.MustParseAddr("::ffff:224.0.0.1")
	for _, test := range []struct {
		setting csock.Setting
		errno   syscall.Errno
	}{
		{csock.IP_TTL.To(int(huge)), syscall.EINVAL},
		{csock.IP_TTL.To(int(-huge)), syscall.EINVAL},
		{csock.SO_RCVTIMEO.To(-time.Second), syscall.EDOM},
		{csock.SO_LINGER.To(1 << 62), syscall.EDOM},
		{csock.SO_BUSY_POLL.To(1 << 62), syscall.EDOM},
		{csock.SO_BINDTODEVICE.To(strings.Repeat("x", 16)), syscall.EINVAL},
		{csock.IP_MULTICAST_IF.To(v6), syscall.EAFNOSUPPORT},
		{csock.IP_MULTICAST_IF.To(mapped), syscall.EAFNOSUPPORT},
		{csock.IP_MULTICAST_IF.To(netip.Addr{}), syscall.EAFNOSUPPORT},
		{csock.IP_ADD_MEMBERSHIP.To(csock.IPMreqn{Multiaddr: v6}), syscall.EAFNOSUPPORT},
		{csock.IP_ADD_MEMBERSHIP.To(csock.IPMreqn{}), syscall.EAFNOSUPPORT},
		{csock.IP_ADD_MEMBERSHIP.To(csock.IPMreqn{Multiaddr: v4, Address: v6}), syscall.EAFNOSUPPORT},
		{csock.IP_ADD_MEMBERSHIP.To(csock.IPMreqn{Multiaddr: v4, Ifindex: int(huge)}), syscall.EINVAL},
		{csock.IP_ADD_SOURCE_MEMBERSHIP.To(csock.IPMreqSource{Multiaddr: v4, Sourceaddr: v6}), syscall.EAFNOSUPPORT},
		{csock.IP_MSFILTER.To(csock.IPMsfilter{Multiaddr: v4, Slist: []netip.Addr{v6}}), syscall.EAFNOSUPPORT},
		{csock.IPV6_JOIN_GROUP.To(csock.IPv6Mreq{Multiaddr: v4}), syscall.EAFNOSUPPORT},
		{csock.IPV6_JOIN_GROUP.To(csock.IPv6Mreq{Multiaddr: v6, Interface: -1}), syscall.EINVAL},
		{csock.IPV6_JOIN_GROUP.To(csock.IPv6Mreq{Multiaddr: v6.WithZone("none")}), syscall.ENODEV},
		{csock.IPV6_PKTINFO.To(csock.In6Pktinfo{Addr: v4}), syscall.EAFNOSUPPORT},
		{csock.IPV6_FLOWLABEL_MGR.To(csock.In6FlowlabelReq{Linger: 1 << 16 * time.Second}), syscall.EDOM},
		{csock.IPV6_FLOWLABEL_MGR.To(csock.In6FlowlabelReq{Expires: -1}), syscall.EDOM},
		{csock.MCAST_JOIN_GROUP.To(csock.GroupReq{}), syscall.EAFNOSUPPORT},
		{csock.MCAST_JOIN_SOURCE_GROUP.To(csock.GroupSourceReq{Group: v4, Source: v6}), syscall.EAFNOSUPPORT},
		{csock.MCAST_MSFILTER.To(csock.GroupFilter{Group: v6, Slist: []netip.Addr{v4}}), syscall.EAFNOSUPPORT},
		{csock.SO_TIMESTAMPING.To(csock.SoTimestamping{BindPHC: int(huge)}), syscall.EINVAL},
		{csock.SO_TXTIME.To(csock.SockTxtime{Clock: int(huge)}), syscall.EINVAL},
		{csock.MRT_ADD_MFC.To(csock.Mfcctl{TTLs: make([]uint8, 33)}), syscall.EINVAL},
		{csock.MRT6_ADD_MFC.To(csock.Mf6cctl{Ifset: []uint16{256}}), syscall.EINVAL},
		{csock.SO_PEERPIDFD.To(nil), syscall.ENOPROTOOPT},
	} {
		fails(t, s.Set(test.setting), test.setting.String(), test.errno)
	}
	if _, err := csock.IP_ADD_MEMBERSHIP.Get(s); !errors.Is(err, syscall.ENOPROTOOPT) {
		t.Errorf("a getter of what can only be set: %v, want ENOPROTOOPT", err)
	}
	// The kernel refuses to set options that can only be read.
	fails(t, s.Set(csock.SO_MEMINFO.To(csock.Meminfo{})), "SO_MEMINFO", syscall.ENOPROTOOPT)
	fails(t, s.SetTTLV4(int(huge)), "IP_TTL", syscall.EINVAL)
	fails(t, s.SetReadTimeout(-1), "SO_RCVTIMEO", syscall.EDOM)
	fails(t, s.JoinMulticastV4N(v4, csock.InterfaceName("none")), "IP_ADD_MEMBERSHIP", syscall.ENODEV)
	fails(t, s.JoinGroup(v4, csock.InterfaceName("a-name-too-long-")), "MCAST_JOIN_GROUP", syscall.ENODEV)
	fails(t, s.JoinGroup(v4, csock.InterfaceAddress(netip.MustParseAddr("192.0.2.1"))), "MCAST_JOIN_GROUP", syscall.EADDRNOTAVAIL)
	fails(t, s.SetMulticastIfV4N(csock.InterfaceName("none")), "IP_MULTICAST_IF", syscall.ENODEV)
	fails(t, s.SetMulticastIfV4N(csock.InterfaceName("")), "IP_MULTICAST_IF", syscall.ENODEV)
	fails(t, s.JoinGroup(v4, csock.InterfaceName("")), "MCAST_JOIN_GROUP", syscall.ENODEV)
	check(t, s.SetMulticastIfV4N(csock.InterfaceAddress(netip.IPv6Unspecified()))) // which is no interface either
}

// Set stops at the first failure and leaves the earlier settings in place.
func TestSetMany(t *testing.T) {
	s := kindOf("udp4").open(t)
	err := s.Set(csock.SO_REUSEADDR.To(true), csock.IP_TTL.To(9), csock.SO_PRIORITY.To(int(huge)), csock.SO_KEEPALIVE.To(true))
	fails(t, err, "SO_PRIORITY", syscall.EINVAL)
	same(t, "SO_REUSEADDR", need.Value[bool](t)(s.ReuseAddress()), true)
	same(t, "IP_TTL", need.Value[int](t)(s.TTLV4()), 9)
	same(t, "SO_KEEPALIVE", need.Value[bool](t)(s.Keepalive()), false)
	err = s.Set(csock.IP_TTL.To(10), csock.IP_TTL.To(0), csock.IP_TTL.To(11))
	fails(t, err, "IP_TTL", syscall.EINVAL)
	same(t, "IP_TTL", need.Value[int](t)(s.TTLV4()), 10)
}

func TestTTLLimits(t *testing.T) {
	s4, s6 := kindOf("udp4").open(t), kindOf("udp6").open(t)
	for _, test := range []struct {
		o    csock.Option[int]
		s    *csock.Socket
		ttl  int
		want int // 0: EINVAL
	}{
		{csock.IP_TTL, s4, -1, 64}, {csock.IP_TTL, s4, 0, 0}, {csock.IP_TTL, s4, 255, 255}, {csock.IP_TTL, s4, 256, 0}, {csock.IP_TTL, s4, -2, 0},
		{csock.IPV6_UNICAST_HOPS, s6, -1, 64}, {csock.IPV6_UNICAST_HOPS, s6, 255, 255}, {csock.IPV6_UNICAST_HOPS, s6, 256, 0}, {csock.IPV6_UNICAST_HOPS, s6, -2, 0},
		{csock.IP_MULTICAST_TTL, s4, -1, 1}, {csock.IP_MULTICAST_TTL, s4, 255, 255}, {csock.IP_MULTICAST_TTL, s4, 256, 0},
		{csock.IPV6_MULTICAST_HOPS, s6, -1, 1}, {csock.IPV6_MULTICAST_HOPS, s6, 255, 255}, {csock.IPV6_MULTICAST_HOPS, s6, 256, 0},
	} {
		err := test.o.Set(test.s, test.ttl)
		if test.want == 0 {
			fails(t, err, test.o.String(), syscall.EINVAL)
			continue
		}
		check(t, err)
		same(t, fmt.Sprint(test.o, " ", test.ttl), need.Value[int](t)(test.o.Get(test.s)), test.want)
	}
}

// Options of one number allocate nothing.
func TestOptionAllocations(t *testing.T) {
	none := func(name string, f func() error) {
		if err := f(); err != nil {
			return // not of this socket, or read-only
		}
		if n := testing.AllocsPerRun(20, func() { f() }); n != 0 && !need.Slow {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	for _, kind := range []string{"tcp4", "udp6"} {
		s := kindOf(kind).open(t)
		for o := range csock.Options() {
			switch o := o.(type) {
			case csock.Option[bool]:
				getAndSet(none, o, s)
			case csock.Option[int]:
				getAndSet(none, o, s)
			case csock.Option[uint32]:
				getAndSet(none, o, s)
			case csock.Option[uint64]:
				getAndSet(none, o, s)
			case csock.Option[time.Duration]:
				getAndSet(none, o, s)
			case csock.Option[csock.PortRange]:
				getAndSet(none, o, s)
			}
		}
	}
}

// getAndSet gets an option, and sets it to the value it has.
func getAndSet[T any](try func(string, func() error), o csock.Option[T], s *csock.Socket) {
	v, err := o.Get(s)
	if err != nil {
		return
	}
	try(o.String()+".Get", func() error { _, err := o.Get(s); return err })
	try(o.String()+".Set", func() error { return o.Set(s, v) })
}

// An idle connection is probed: the kernel has a timer for that, which /proc shows.
func TestKeepalive(t *testing.T) {
	const keepalive = "02"
	client, server := kindOf("tcp4").connected(t)
	for _, s := range []*csock.Socket{client, server} {
		timer := func() string {
			kind, _, _ := strings.Cut(kernel.Net(t, "tcp", 9, s.FD())[5], ":")
			return kind
		}
		kernel.Eventually(t, "no timer at first", func() bool { return timer() == "00" })
		check(t, s.SetKeepalive(true))
		same(t, "SO_KEEPALIVE", need.Value[bool](t)(s.Keepalive()), true)
		same(t, "timer", timer(), keepalive)
		check(t, s.SetKeepalive(false))
		same(t, "SO_KEEPALIVE", need.Value[bool](t)(s.Keepalive()), false)
		same(t, "timer", timer(), "00")
	}
}

// Sent packets have the socket's priority, or that of its type of service.
func TestPriority(t *testing.T) {
	from := kindOf("udp4").open(t)
	to, addr := kindOf("udp4").bound(t)
	on(t, to, csock.SO_RCVPRIORITY.To(true))
	for _, priority := range []int{5, 0} {
		check(t, from.SetPriority(priority))
		sent(t, 1)(from.SendTo([]byte("x"), addr, 0))
		m := received(t, to, 0)
		same(t, "control messages", count(m), 1)
		for c := range m.ControlMessages() {
			got, ok := c.Priority()
			if !ok || got != uint32(priority) {
				t.Errorf("%v: %d, want %d", c, got, priority)
			}
		}
	}
}

// A datagram to a shared address goes to the socket of the CPU on which it arrived.
func TestCPUAffinity(t *testing.T) {
	need.IPv4(t)
	k := kindOf("udp4")
	both, addr := sharing(t, k, 2, func(s *csock.Socket, cpu int) { check(t, s.SetCPUAffinity(cpu)) })
	from := make([]*csock.Socket, 20) // whose ports otherwise decide
	for i := range from {
		from[i] = k.open(t)
	}
	for cpu, s := range both {
		var err error
		onThread(func() {
			if err = pin(cpu); err != nil {
				return
			}
			for _, f := range from {
				if _, err = f.SendTo([]byte("x"), addr, 0); err != nil {
					return
				}
			}
		})
		need.Feature(t, "two CPUs", err, syscall.EINVAL)
		got := map[*csock.Socket]int{}
		kernel.Eventually(t, "all datagrams", func() bool {
			for _, r := range both {
				for {
					if _, err := r.Recv(make([]byte, 1), csock.MSG_DONTWAIT); err != nil {
						break
					}
					got[r]++
				}
			}
			return got[both[0]]+got[both[1]] == len(from)
		})
		same(t, fmt.Sprintf("datagrams from CPU %d at its socket", cpu), got[s], len(from))
	}
}

// pin keeps the thread on a CPU.
func pin(cpu int) error {
	mask := []uint64{1 << cpu}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, 0, 8, slicePtr(mask)); errno != 0 {
		return errno
	}
	return nil
}

// Methods for options that other systems have and Linux lacks.
func TestOtherSystems(t *testing.T) {
	a, _ := unixPair(t, csock.SOCK_STREAM)
	flags := kernel.Flags(t, a.FD())
	for name, err := range map[string]error{
		"SetNoInherit":  a.SetNoInherit(true),
		"SetNoPeercred": a.SetNoPeercred(),
	} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v, want ErrUnsupported", name, err)
		}
	}
	same(t, "the descriptor's flags", kernel.Flags(t, a.FD()), flags)
	same(t, "SO_PEERCRED", need.Value[csock.Ucred](t)(csock.SO_PEERCRED.Get(a)).PID, os.Getpid())
	check(t, a.Close())
	if err := a.SetNoInherit(true); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SetNoInherit of a closed socket: %v", err)
	}
}
