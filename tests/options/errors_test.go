//go:build linux && cgo

package options

import (
	"errors"
	"math"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
)

// refused checks that an error names the option and is an errno.
func refused(t *testing.T, name string, err error, want syscall.Errno) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", name, err, want)
	} else if !strings.Contains(err.Error(), name) {
		t.Errorf("the error does not name %s: %v", name, err)
	}
}

// inC reads an int option in C.
func inC(t *testing.T, s *csock.Socket, name string) int32 {
	t.Helper()
	v, errno := cOptions[name].GetInt(s.FD())
	if errno != 0 {
		t.Fatalf("C: getsockopt(%s): %v", name, errno)
	}
	return v
}

// An option that the kernel lacks differs from one that the platform lacks.
func TestOptionsUnknownAndUnsupported(t *testing.T) {
	s := plainSocket(t, "tcp4")
	unknown := csock.NewOption[int]("SO_OF_ANOTHER_DAY", csock.SOL_SOCKET, 9999)
	_, err := unknown.Get(s)
	for _, err := range []error{err, unknown.Set(s, 1), s.Set(unknown.To(1))} {
		refused(t, "SO_OF_ANOTHER_DAY", err, syscall.ENOPROTOOPT)
		if errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("an option that the kernel does not know: %v is ErrUnsupported", err)
		}
	}
	_, err = csock.SO_NOSIGPIPE.Get(s)
	for _, err := range []error{err, csock.SO_NOSIGPIPE.Set(s, true), s.Set(csock.SO_NOSIGPIPE.To(true)), s.SetNosigpipe(true)} {
		if !errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOPROTOOPT) || !strings.Contains(err.Error(), "SO_NOSIGPIPE") {
			t.Errorf("an option of another system: %v", err)
		}
	}
	if !unknown.Supported() || csock.SO_NOSIGPIPE.Supported() {
		t.Errorf("Supported: unknown %v, SO_NOSIGPIPE %v", unknown.Supported(), csock.SO_NOSIGPIPE.Supported())
	}
}

// Set stops at the setting that fails, whether the kernel or csock refuses it.
func TestOptionsSetStops(t *testing.T) {
	for name, bad := range map[string]csock.Setting{
		"IP_TTL":       csock.IP_TTL.To(256),
		"SO_RCVTIMEO":  csock.SO_RCVTIMEO.To(-time.Second),
		"SO_NOSIGPIPE": csock.SO_NOSIGPIPE.To(true),
	} {
		s := plainSocket(t, "tcp4")
		err := s.Set(csock.SO_REUSEADDR.To(true), bad, csock.SO_KEEPALIVE.To(true))
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Set with a bad %s: %v", name, err)
		}
		if got := inC(t, s, "SO_REUSEADDR"); got != 1 {
			t.Errorf("bad %s: the setting before it is %d, want 1", name, got)
		}
		if got := inC(t, s, "SO_KEEPALIVE"); got != 0 {
			t.Errorf("bad %s: the setting after it is %d, want 0", name, got)
		}
	}
	if err := plainSocket(t, "tcp4").Set(csock.Setting{}); err == nil {
		t.Error("the zero Setting is no error")
	}
}

// A value without a native form is refused before the system call.
func TestOptionsRefused(t *testing.T) {
	tcp, udp4, udp6 := plainSocket(t, "tcp4"), plainSocket(t, "udp4"), plainSocket(t, "udp6")
	v4, v6 := netip.MustParseAddr("239.1.2.3"), netip.MustParseAddr("ff12::1")
	const huge = math.MaxInt32 + 1
	for _, c := range []struct {
		name string
		err  error
		want syscall.Errno
	}{
		{"SO_RCVTIMEO", csock.SO_RCVTIMEO.Set(tcp, -1), syscall.EDOM},
		{"SO_LINGER", csock.SO_LINGER.Set(tcp, math.MaxInt64), syscall.EDOM},
		{"TCP_KEEPIDLE", csock.TCP_KEEPIDLE.Set(tcp, math.MaxInt64), syscall.EDOM},
		{"TCP_KEEPIDLE", csock.TCP_KEEPIDLE.Set(tcp, -time.Second), syscall.EINVAL}, // the kernel's errno
		{"TCP_USER_TIMEOUT", csock.TCP_USER_TIMEOUT.Set(tcp, huge*time.Millisecond), syscall.EDOM},
		{"SO_BUSY_POLL", csock.SO_BUSY_POLL.Set(tcp, huge*time.Microsecond), syscall.EDOM},
		{"TCP_CONGESTION", csock.TCP_CONGESTION.Set(tcp, strings.Repeat("x", 16)), syscall.EINVAL},
		{"TCP_CONGESTION", csock.TCP_CONGESTION.Set(tcp, "re\x00no"), syscall.EINVAL},
		{"SO_BINDTODEVICE", csock.SO_BINDTODEVICE.Set(tcp, "l\x00o"), syscall.EINVAL},
		{"IP_ADD_MEMBERSHIP", csock.IP_ADD_MEMBERSHIP.Set(udp4, csock.IPMreqn{Multiaddr: v6}), syscall.EAFNOSUPPORT},
		{"IP_MULTICAST_IF", csock.IP_MULTICAST_IF.Set(udp4, netip.IPv6Loopback()), syscall.EAFNOSUPPORT},
		{"IP_ADD_SOURCE_MEMBERSHIP", csock.IP_ADD_SOURCE_MEMBERSHIP.Set(udp4, csock.IPMreqSource{Multiaddr: v4, Sourceaddr: v6}), syscall.EAFNOSUPPORT},
		{"IPV6_JOIN_GROUP", csock.IPV6_JOIN_GROUP.Set(udp6, csock.IPv6Mreq{Multiaddr: v4}), syscall.EAFNOSUPPORT},
	} {
		refused(t, c.name, c.err, c.want)
	}
}

// A number beyond C's int is refused, and its low half is not set.
func TestOptionsRefuseWideInts(t *testing.T) {
	tcp := plainSocket(t, "tcp4")
	for _, wide := range []int64{math.MaxInt32 + 1, math.MinInt32 - 1, 1<<32 + 64} {
		n := int(wide)
		if int64(n) != wide {
			t.Skip("an int has 32 bits here")
		}
		refused(t, "SO_RCVBUF", csock.SO_RCVBUF.Set(tcp, n), syscall.EINVAL)
		refused(t, "IP_TTL", csock.IP_TTL.Set(tcp, n), syscall.EINVAL)
		// A method returns the same error, and so does a Setting.
		refused(t, "IP_TTL", tcp.SetTTLV4(n), syscall.EINVAL)
		refused(t, "IP_TTL", tcp.Set(csock.IP_TTL.To(n)), syscall.EINVAL)
	}
}

// Durations round up, so that a positive one does not become 0.
func TestOptionsRound(t *testing.T) {
	s := plainSocket(t, "tcp4")
	check(t, s.Set(csock.TCP_KEEPIDLE.To(time.Nanosecond), csock.TCP_USER_TIMEOUT.To(1500*time.Microsecond)))
	if got := inC(t, s, "TCP_KEEPIDLE"); got != 1 {
		t.Errorf("TCP_KEEPIDLE of 1 ns is %d s in C, want 1", got)
	}
	if got := inC(t, s, "TCP_USER_TIMEOUT"); got != 2 {
		t.Errorf("TCP_USER_TIMEOUT of 1.5 ms is %d ms in C, want 2", got)
	}
}

// An interface's name has 15 bytes at most. Linux reads the first 15 of a longer one, and C binds
// to another interface than the named one; csock refuses it.
func TestOptionsInterfaceName(t *testing.T) {
	ns := optionsNS(t)
	fifteen := "abcdefghijklmno"
	ns.IP(t, "link add "+fifteen+" type veth peer name other")
	for _, name := range []string{fifteen, fifteen[:14], fifteen + "p", fifteen + "pq"} {
		s, closeAll, err := optionSocket(t, ns, "udp4")
		check(t, err)
		inC := cOptions["SO_BINDTODEVICE"].SetMemory(s.FD(), append([]byte(name), 0))
		closeAll()
		s, closeAll, err = optionSocket(t, ns, "udp4")
		check(t, err)
		err = csock.SO_BINDTODEVICE.Set(s, name)
		bound, errno := cOptions["SO_BINDTODEVICE"].Get(s.FD(), 16)
		got := strings.TrimRight(string(bound), "\x00")
		closeAll()
		switch {
		case errno != 0:
			t.Errorf("C: getsockopt: %v", errno)
		case len(name) > 15:
			refused(t, "SO_BINDTODEVICE", err, syscall.EINVAL)
			if inC != 0 || got != "" {
				t.Errorf("%d bytes: C %v, csock bound to %q", len(name), inC, got)
			}
		case errnoOf(err) != inC:
			t.Errorf("%q: csock %v, C %v", name, err, inC)
		case err == nil && got != name:
			t.Errorf("bound to %q, want %q", got, name)
		case name == fifteen && err != nil:
			t.Errorf("15 bytes: %v", err)
		}
	}
}

// csock returns C's errors for values at the edges.
func TestOptionsEdges(t *testing.T) {
	text := func(o csock.Option[string], c string, value string) {
		ours, theirs := plainSocket(t, "tcp4"), plainSocket(t, "tcp4")
		err, errno := o.Set(ours, value), cOptions[c].SetMemory(theirs.FD(), append([]byte(value), 0))
		if errnoOf(err) != errno || errno == 0 {
			t.Errorf("%s %q: csock %v, C %v", c, value, err, errno)
		}
	}
	text(csock.TCP_CONGESTION, "TCP_CONGESTION", "nosuch")
	text(csock.TCP_CONGESTION, "TCP_CONGESTION", "")
	text(csock.SO_BINDTODEVICE, "SO_BINDTODEVICE", "nosuch0")
	for _, c := range []struct {
		o      csock.Option[int]
		on     string
		values []int
	}{
		{csock.IP_TTL, "udp4", []int{-2, -1, 0, 1, 255, 256}},
		{csock.IP_MULTICAST_TTL, "udp4", []int{-2, -1, 0, 255, 256}},
		{csock.IP_MINTTL, "udp4", []int{-1, 0, 255, 256}},
		{csock.IPV6_UNICAST_HOPS, "udp6", []int{-2, -1, 0, 255, 256}},
		{csock.IPV6_MULTICAST_HOPS, "udp6", []int{-2, -1, 0, 255, 256}},
		{csock.SO_PRIORITY, "udp4", []int{-1, 0, 6, 7}},
		{csock.SO_RCVBUF, "udp4", []int{math.MinInt32, -1, 0, 1, math.MaxInt32}},
		{csock.TCP_KEEPCNT, "tcp4", []int{-1, 0, 1, 127, 128}},
		{csock.TCP_MAXSEG, "tcp4", []int{-1, 0, 87, 88, 32767, 32768}},
		{csock.UDP_SEGMENT, "udp4", []int{-1, 0, 65535, 65536}},
	} {
		ref := cOptions[c.o.String()]
		for _, value := range c.values {
			ours, theirs := plainSocket(t, c.on), plainSocket(t, c.on)
			err, errno := c.o.Set(ours, value), ref.SetInt(theirs.FD(), int32(value))
			if errnoOf(err) != errno {
				t.Errorf("%v %d: csock %v, C %v", c.o, value, err, errno)
				continue
			}
			if err != nil {
				refused(t, c.o.String(), err, errno)
			}
			if a, b := inC(t, ours, ref.Name), inC(t, theirs, ref.Name); a != b {
				t.Errorf("%v %d: C reads %d of csock's socket, %d of its own", c.o, value, a, b)
			}
		}
	}
}

// The rest of this file relies on the reference's GetInt.
func TestReferenceGetInt(t *testing.T) {
	s := plainSocket(t, "tcp4")
	if got := inC(t, s, "SO_TYPE"); got != syscall.SOCK_STREAM {
		t.Errorf("C: SO_TYPE %d", got)
	}
	if _, errno := (cref.Option{Level: 9999}).GetInt(s.FD()); errno == 0 {
		t.Error("C: a level that is none has an option")
	}
}
