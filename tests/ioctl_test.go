//go:build linux

package tests

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// The requests have C's numbers.
func TestIoctlNumbers(t *testing.T) {
	type request interface {
		fmt.Stringer
		Number() uint
		Supported() bool
	}
	for _, r := range []request{
		csock.FIONREAD, csock.SIOCINQ, csock.SIOCOUTQ, csock.SIOCOUTQNSD, csock.SIOCATMARK, csock.SIOCGSTAMP,
		csock.SIOCGSTAMPNS, csock.FIOSETOWN, csock.SIOCSPGRP, csock.FIOGETOWN, csock.SIOCGPGRP, csock.SIOCGSKNS,
		csock.SIOCUNIXFILE, csock.SIOCGIFCONF, csock.SIOCGIFINDEX, csock.SIOCGIFNAME, csock.SIOCSIFNAME,
		csock.SIOCGIFFLAGS, csock.SIOCSIFFLAGS, csock.SIOCGIFADDR, csock.SIOCSIFADDR, csock.SIOCGIFDSTADDR,
		csock.SIOCSIFDSTADDR, csock.SIOCGIFBRDADDR, csock.SIOCSIFBRDADDR, csock.SIOCGIFNETMASK, csock.SIOCSIFNETMASK,
		csock.SIOCGIFMETRIC, csock.SIOCGIFMTU, csock.SIOCSIFMTU, csock.SIOCGIFHWADDR, csock.SIOCSIFHWADDR,
		csock.SIOCGIFTXQLEN, csock.SIOCSIFTXQLEN, csock.SIOCGHWTSTAMP, csock.SIOCSHWTSTAMP, csock.ETHTOOL_GET_TS_INFO,
		csock.SIOCKCMATTACH, csock.SIOCKCMUNATTACH, csock.SIOCKCMCLONE, csock.SIOCMCTPALLOCTAG, csock.SIOCMCTPDROPTAG,
		csock.PPPOEIOCSFWD, csock.PPPOEIOCDFWD, csock.PPPIOCGCHAN, csock.PPPIOCGMRU,
	} {
		same(t, r.String(), r.Number(), cref.IoctlNumber(r.String()))
		same(t, r.String()+": supported", r.Supported(), true)
	}
}

// ioctlIs checks that a request returns the value that C gets.
func ioctlIs[T ~int](t *testing.T, s *csock.Socket, i csock.Ioctl[T], want int) {
	t.Helper()
	got, err := i.Get(s)
	inC, errC := cref.IoctlInt(s.FD(), i.String(), 0)
	if int(got) != inC || !sameErrno(err, errC) {
		t.Errorf("%v: %d, %v; in C %d, %v", i, got, err, inC, errC)
	}
	if want >= 0 && int(got) != want {
		t.Errorf("%v: %d, want %d", i, got, want)
	}
}

func sameErrno(err, errC error) bool {
	if errC == nil {
		return err == nil
	}
	return errors.Is(err, errC)
}

func TestIoctlQueues(t *testing.T) {
	for _, k := range kinds {
		a, b := k.connected(t)
		ioctlIs(t, b, csock.FIONREAD, 0)
		sent(t, 5)(a.Send([]byte("hello"), 0))
		ioctlIs(t, b, csock.FIONREAD, 5)
		ioctlIs(t, b, csock.SIOCINQ, 5)
		ioctlIs(t, a, csock.SIOCOUTQ, -1)
		ioctlIs(t, a, csock.SIOCOUTQNSD, -1)
	}
	a, _ := kindOf("unix").connected(t)
	sent(t, 5)(a.Send([]byte("hello"), 0))
	if n, err := csock.SIOCOUTQ.Get(a); n < 5 || err != nil {
		t.Errorf("SIOCOUTQ: %d, %v", n, err)
	}
	// A peer that does not read leaves bytes that have not been sent.
	a, _ = kindOf("tcp4").connected(t)
	check(t, a.SetNonblocking(true))
	total := 0
	for {
		n, err := a.Send(make([]byte, 1<<20), 0)
		if err != nil {
			break
		}
		total += n
	}
	unsent, err := csock.SIOCOUTQNSD.Get(a)
	check(t, err)
	unacked, err := csock.SIOCOUTQ.Get(a)
	check(t, err)
	if unsent <= 0 || unsent > unacked || unacked > total {
		t.Errorf("of %d bytes %d are not acknowledged, %d not sent", total, unacked, unsent)
	}
}

func TestSockAtMark(t *testing.T) {
	a, b := kindOf("tcp4").connected(t)
	sent(t, 1)(a.Send([]byte("x"), 0))
	sent(t, 1)(a.SendOutOfBand([]byte("!")))
	_, err := b.Poll(csock.POLLPRI, 10*time.Second)
	check(t, err)
	at, err := b.SockAtMark()
	check(t, err)
	same(t, "before the mark", at, false)
	same(t, "the byte before", recv(t, b, 9), "x")
	at, err = b.SockAtMark()
	check(t, err)
	same(t, "at the mark", at, true)
}

func TestIoctlTimestamp(t *testing.T) {
	a, b := kindOf("udp4").connected(t)
	if _, err := csock.SIOCGSTAMP.Get(b); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("before a packet: %v", err)
	}
	before := time.Now().Add(-time.Millisecond)
	sent(t, 1)(a.Send([]byte("x"), 0))
	recv(t, b, 1)
	us, err := csock.SIOCGSTAMP.Get(b)
	check(t, err)
	ns, err := csock.SIOCGSTAMPNS.Get(b)
	check(t, err)
	same(t, "microseconds of the nanoseconds", us, ns.Truncate(time.Microsecond))
	if ns.Before(before) || ns.After(time.Now()) {
		t.Errorf("the packet came at %v, between %v and now", ns, before)
	}
}

func TestIoctlOwner(t *testing.T) {
	s := kindOf("udp4").open(t)
	for i, set := range []csock.Ioctl[int]{csock.FIOSETOWN, csock.SIOCSPGRP} {
		get := []csock.Ioctl[int]{csock.FIOGETOWN, csock.SIOCGPGRP}[i]
		for _, owner := range []int{os.Getpid(), -syscall.Getpgrp(), 0} {
			check(t, set.Set(s, owner))
			ioctlIs(t, s, get, max(owner, -1))
			r, _, errno := syscall.Syscall(syscall.SYS_FCNTL, s.FD(), syscall.F_GETOWN, 0)
			if owner >= 0 && (errno != 0 || int(r) != owner) {
				t.Errorf("F_GETOWN: %d, %v; want %d", r, errno, owner)
			}
			got, err := get.Get(s)
			check(t, err)
			same(t, "owner", got, owner)
		}
		// Where an int has 32 bits, each is one of C's.
		if err := set.Set(s, math.MaxInt); strconv.IntSize == 64 && !errors.Is(err, syscall.EINVAL) {
			t.Errorf("an owner that is no int: %v", err)
		}
		if _, err := set.Get(s); !errors.Is(err, syscall.ENOTTY) {
			t.Errorf("Get of what sets: %v", err)
		}
		if err := get.Set(s, 1); !errors.Is(err, syscall.ENOTTY) {
			t.Errorf("Set of what gets: %v", err)
		}
	}
}

func TestIoctlFiles(t *testing.T) {
	ns := netns.New(t)
	s := inNS(t, ns, "udp4")
	f, err := csock.SIOCGSKNS.Get(s)
	check(t, err)
	defer f.Close()
	var want os.FileInfo
	ns.Do(func() { want, err = os.Stat("/proc/thread-self/ns/net") })
	check(t, err)
	got, err := f.Stat()
	check(t, err)
	same(t, "SIOCGSKNS is the namespace", os.SameFile(got, want), true)

	path := filepath.Join(t.TempDir(), "socket")
	s = kindOf("unix").open(t)
	if _, err := csock.SIOCUNIXFILE.Get(s); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("SIOCUNIXFILE of a socket without a file: %v", err)
	}
	check(t, s.Bind(unixAddr(t, path)))
	f, err = csock.SIOCUNIXFILE.Get(s)
	check(t, err)
	defer f.Close()
	link, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	check(t, err)
	same(t, "SIOCUNIXFILE", link, path)
}

func TestIoctlInterfaces(t *testing.T) {
	ns := netns.New(t)
	ns.IP(t, "link add v0 mtu 1400 txqueuelen 500 address 02:00:00:00:00:07 type veth peer name v1")
	ns.IP(t, "addr add 10.1.2.3/24 broadcast 10.1.2.255 dev v0")
	s := inNS(t, ns, "udp4")
	link := func() string { return ns.Run(t, "ip", "-o", "link", "show", "dev", "v0") }
	shows := func(text string) {
		t.Helper()
		if out := link() + ns.Run(t, "ip", "-o", "addr", "show", "dev", "v0"); !strings.Contains(out, text) {
			t.Errorf("ip shows no %q: %s", text, out)
		}
	}
	inC := func(name string) []byte {
		v, err := cref.IoctlIfreq(s.FD(), name, "v0")
		check(t, err)
		return v[:]
	}
	intInC := func(name string) int { return int(int32(binary.NativeEndian.Uint32(inC(name)))) }
	for _, i := range []csock.IoctlOf[string, int]{csock.SIOCGIFINDEX, csock.SIOCGIFMTU, csock.SIOCGIFTXQLEN, csock.SIOCGIFMETRIC} {
		same(t, i.String(), need.Value[int](t)(i.Get(s, "v0")), intInC(i.String()))
	}
	same(t, "MTU", need.Value[int](t)(csock.SIOCGIFMTU.Get(s, "v0")), 1400)
	same(t, "queue", need.Value[int](t)(csock.SIOCGIFTXQLEN.Get(s, "v0")), 500)
	index := need.Value[int](t)(csock.SIOCGIFINDEX.Get(s, "v0"))
	same(t, "name", need.Value[string](t)(csock.SIOCGIFNAME.Get(s, index)), "v0")
	if _, err := csock.SIOCGIFNAME.Get(s, 1<<20); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("an index without an interface: %v", err)
	}
	flags := need.Value[csock.IfFlags](t)(csock.SIOCGIFFLAGS.Get(s, "v0"))
	same(t, "flags", int(flags), int(binary.NativeEndian.Uint16(inC("SIOCGIFFLAGS"))))
	same(t, "flags", flags.String(), "IFF_BROADCAST|IFF_MULTICAST")
	addr := func(s string) csock.SockAddr { return csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(s), 0)) }
	// The address comes first: it sets a mask and a broadcast address, too.
	addresses := []struct {
		get, set csock.IoctlOf[string, csock.SockAddr]
		is, want string
	}{
		{csock.SIOCGIFADDR, csock.SIOCSIFADDR, "10.1.2.3", "10.7.0.1"},
		{csock.SIOCGIFNETMASK, csock.SIOCSIFNETMASK, "255.255.255.0", "255.255.0.0"},
		{csock.SIOCGIFBRDADDR, csock.SIOCSIFBRDADDR, "10.1.2.255", "10.7.255.254"},
	}
	for _, c := range addresses {
		got := need.Value[csock.SockAddr](t)(c.get.Get(s, "v0"))
		same(t, c.get.String(), got, addr(c.is))
		same(t, c.get.String(), string(got.Bytes()), string(inC(c.get.String())[:16]))
	}
	for _, c := range addresses {
		check(t, c.set.Set(s, "v0", addr(c.want)))
		same(t, c.get.String(), need.Value[csock.SockAddr](t)(c.get.Get(s, "v0")), addr(c.want))
		if err := c.set.Set(s, "v0", csock.SockAddr{}); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%v of no address: %v", c.set, err)
		}
	}
	shows("10.7.0.1/16 brd 10.7.255.254")
	check(t, csock.SIOCSIFDSTADDR.Set(s, "v0", addr("10.7.0.2")))
	same(t, "the peer's address", need.Value[csock.SockAddr](t)(csock.SIOCGIFDSTADDR.Get(s, "v0")), addr("10.7.0.2"))

	conf := need.Value[[]csock.Ifreq](t)(csock.SIOCGIFCONF.Get(s))
	want := []csock.Ifreq{{Name: "lo", Addr: addr("127.0.0.1")}, {Name: "v0", Addr: addr("10.7.0.1")}}
	same(t, "SIOCGIFCONF", fmt.Sprint(conf), fmt.Sprint(want))
	var more []string
	for i := range 100 {
		more = append(more, fmt.Sprintf("addr add 10.9.0.%d/32 dev lo", i+1))
	}
	ns.IP(t, more...)
	same(t, "SIOCGIFCONF of many", len(need.Value[[]csock.Ifreq](t)(csock.SIOCGIFCONF.Get(s))), 102)

	hw := need.Value[csock.IfHwaddr](t)(csock.SIOCGIFHWADDR.Get(s, "v0"))
	same(t, "hardware address", fmt.Sprint(hw), "{ARPHRD_ETHER 02:00:00:00:00:07}")
	same(t, "hardware address in C", bytes.Equal(inC("SIOCGIFHWADDR")[2:8], hw.Addr), true)
	hw.Addr[5] = 9
	check(t, csock.SIOCSIFHWADDR.Set(s, "v0", hw))
	shows("02:00:00:00:00:09")
	if err := csock.SIOCSIFHWADDR.Set(s, "v0", csock.IfHwaddr{Type: 1, Addr: make(net.HardwareAddr, 5)}); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a hardware address of 5 bytes: %v", err)
	}
	check(t, csock.SIOCSIFMTU.Set(s, "v0", 1300))
	shows("mtu 1300")
	check(t, csock.SIOCSIFTXQLEN.Set(s, "v0", 77))
	shows("qlen 77")
	check(t, csock.SIOCSIFFLAGS.Set(s, "v0", flags|csock.IFF_NOARP))
	shows("NOARP")
	check(t, csock.SIOCSIFNAME.Set(s, "v0", "v7"))
	if out := ns.Run(t, "ip", "-o", "link", "show", "dev", "v7"); !strings.Contains(out, "v7") {
		t.Errorf("ip shows no v7: %s", out)
	}
	check(t, csock.SIOCSIFNAME.Set(s, "v7", "v0"))

	for _, name := range []string{"", "nosuch", strings.Repeat("x", 15), strings.Repeat("x", 16), "v0\x00"} {
		if _, err := csock.SIOCGIFMTU.Get(s, name); !errors.Is(err, syscall.ENODEV) {
			t.Errorf("interface %q: %v", name, err)
		}
	}
	for _, err := range []error{csock.SIOCSIFMTU.Set(s, "v0", math.MaxInt), csock.SIOCSIFFLAGS.Set(s, "v0", 1<<20), csock.SIOCSIFNAME.Set(s, "v0", strings.Repeat("x", 16))} {
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("a value that does not fit: %v", err)
		}
	}

	// Timestamps.
	for _, ifname := range []string{"lo", "v0"} {
		want, errC := cref.TsInfo(s.FD(), ifname)
		info, err := csock.ETHTOOL_GET_TS_INFO.Get(s, ifname)
		got := [4]int32{int32(info.SoTimestamping), int32(info.PHCIndex), int32(info.TxTypes), int32(info.RxFilters)}
		if !sameErrno(err, errC) || err == nil && got != want {
			t.Errorf("%s: %v, %v; in C %v, %v", ifname, got, err, want, errC)
		}
		config, err := csock.SIOCGHWTSTAMP.Get(s, ifname)
		wantConfig, errC := cref.Hwtstamp(s.FD(), ifname, false, [3]int32{})
		if !sameErrno(err, errC) || err == nil && int32(config.TxType) != wantConfig[1] {
			t.Errorf("SIOCGHWTSTAMP of %s: %v, %v; in C %v, %v", ifname, config, err, wantConfig, errC)
		}
		err = csock.SIOCSHWTSTAMP.Set(s, ifname, csock.HwtstampConfig{TxType: csock.HWTSTAMP_TX_ON, RxFilter: csock.HWTSTAMP_FILTER_ALL})
		_, errC = cref.Hwtstamp(s.FD(), ifname, true, [3]int32{0, int32(csock.HWTSTAMP_TX_ON), int32(csock.HWTSTAMP_FILTER_ALL)})
		if !sameErrno(err, errC) {
			t.Errorf("SIOCSHWTSTAMP of %s: %v; in C %v", ifname, err, errC)
		}
	}
}

func TestIoctlRaw(t *testing.T) {
	a, b := kindOf("unix").connected(t)
	sent(t, 5)(a.Send([]byte("hello"), 0))
	number := csock.FIONREAD.Number()
	for _, n := range []int{4, 100, 1 << 15} {
		p := make([]byte, n)
		r, err := b.Ioctl(number, p)
		check(t, err)
		same(t, "result", r, 0)
		same(t, "value", binary.NativeEndian.Uint32(p), 5)
	}
	// Memory that is too short is filled as far as it goes.
	p := bytes.Repeat([]byte{0xee}, 8)
	_, err := b.Ioctl(number, p[:1])
	check(t, err)
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		same(t, "one byte", string(p), "\x05\xee\xee\xee\xee\xee\xee\xee")
	}
	if _, err := b.Ioctl(number, nil); !errors.Is(err, syscall.EFAULT) {
		t.Errorf("no memory: %v", err)
	}
	if _, err := b.Ioctl(0, p); !errors.Is(err, syscall.ENOTTY) && !errors.Is(err, syscall.EINVAL) {
		t.Errorf("request 0: %v", err)
	}
	if _, err := b.IoctlInt(0, 7); !errors.Is(err, syscall.ENOTTY) && !errors.Is(err, syscall.EINVAL) {
		t.Errorf("request 0 with a number: %v", err)
	}

	type two struct{ A, B int32 }
	same(t, "an int", need.Value[int32](t)(csock.NewIoctl[int32]("FIONREAD", number).Get(b)), 5)
	same(t, "a struct", need.Value[two](t)(csock.NewIoctl[two]("FIONREAD", number).Get(b)), two{A: 5})
	own := csock.NewIoctl[[1]int32]("FIOSETOWN", csock.FIOSETOWN.Number())
	check(t, own.Set(b, [1]int32{int32(os.Getpid())}))
	same(t, "owner", need.Value[int](t)(csock.FIOGETOWN.Get(b)), os.Getpid())
	if _, err := csock.NewIoctl[struct{ P *int }]("FIONREAD", number).Get(b); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a type with a pointer: %v", err)
	}
	if _, err := (csock.Ioctl[int]{}).Get(b); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("the zero Ioctl: %v", err)
	}
	if err := (csock.IoctlOf[string, int]{}).Set(b, "lo", 1); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("the zero IoctlOf: %v", err)
	}
	check(t, b.Close())
	for name, err := range map[string]error{
		"Get": second(csock.FIONREAD.Get(b)), "Set": csock.FIOSETOWN.Set(b, 1), "Ioctl": second(b.Ioctl(number, p)),
		"IoctlInt": second(b.IoctlInt(number, 1)), "SIOCGIFMTU": second(csock.SIOCGIFMTU.Get(b, "lo")),
		"NewIoctl": second(csock.NewIoctl[int32]("FIONREAD", number).Get(b)), "SockAtMark": second(b.SockAtMark()),
	} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s of a closed socket: %v", name, err)
		}
	}
}
