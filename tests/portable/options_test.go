package portable

import (
	"errors"
	"net"
	"net/netip"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// The options that most systems have, by the methods that socket2 has too. A subtest is one option:
// it is skipped, by name, on a system that lacks it.

// trip sets an option to each of values, in order, and gets each back. Other errors are those by
// which a system reports that it lacks the option.
func trip[T comparable](t *testing.T, what string, s *csock.Socket,
	set func(*csock.Socket, T) error, get func(*csock.Socket) (T, error), values ...T) {
	t.Helper()
	t.Run(what, func(t *testing.T) {
		t.Helper()
		for _, v := range values {
			need.Feature(t, what, set(s, v))
			got, err := get(s)
			need.Feature(t, what, err)
			need.Same(t, what, got, v)
		}
	})
}

var onOff = []bool{true, false}

func TestStreamOptions(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s := k.socket(t, csock.SOCK_STREAM)
		type S = csock.Socket
		trip(t, "Keepalive", s, (*S).SetKeepalive, (*S).Keepalive, onOff...)
		trip(t, "OutOfBandInline", s, (*S).SetOutOfBandInline, (*S).OutOfBandInline, onOff...)
		trip(t, "ReuseAddress", s, (*S).SetReuseAddress, (*S).ReuseAddress, onOff...)
		trip(t, "ReusePort", s, (*S).SetReusePort, (*S).ReusePort, onOff...)
		trip(t, "TCPNodelay", s, (*S).SetTCPNodelay, (*S).TCPNodelay, onOff...)
		trip(t, "Linger", s, (*S).SetLinger, (*S).Linger, 2*time.Second, 0)
		for _, d := range []time.Duration{2 * time.Second, 0} {
			trip(t, "ReadTimeout", s, (*S).SetReadTimeout, (*S).ReadTimeout, d)
			trip(t, "WriteTimeout", s, (*S).SetWriteTimeout, (*S).WriteTimeout, d)
		}
		t.Run("TCPKeepalive", func(t *testing.T) {
			need.OK(t, s.SetTCPKeepalive(csock.TCPKeepalive{Time: 40 * time.Second, Interval: 6 * time.Second}))
			idle, err := s.TCPKeepaliveTime()
			need.Feature(t, "TCP_KEEPIDLE", err)
			need.Same(t, "TCPKeepaliveTime", idle, 40*time.Second)
			interval, err := s.TCPKeepaliveInterval()
			need.Feature(t, "TCP_KEEPINTVL", err)
			need.Same(t, "TCPKeepaliveInterval", interval, 6*time.Second)
			need.Feature(t, "TCP_KEEPCNT", s.SetTCPKeepalive(csock.TCPKeepalive{Retries: 4}))
			need.Same(t, "TCPKeepaliveRetries", need.Value[int](t)(s.TCPKeepaliveRetries()), 4)
		})
		t.Run("TCP_MAXSEG", func(t *testing.T) {
			client, _ := k.connected(t)
			mss, err := csock.TCP_MAXSEG.Get(client)
			need.Feature(t, "TCP_MAXSEG", err)
			if mss < 500 {
				t.Errorf("TCP_MAXSEG over the loopback: %d", mss)
			}
		})
		t.Run("OriginalDst", func(t *testing.T) {
			_, server := k.connected(t)
			get := server.OriginalDstV4
			if k.domain == csock.AF_INET6 {
				get = server.OriginalDstV6
			}
			to, err := get()
			// ENOENT and EINVAL: nothing redirects connections here.
			need.Feature(t, "SO_ORIGINAL_DST", err, syscall.ENOENT, syscall.EINVAL)
			need.Same(t, "where a connection went that nothing redirects", to, need.Value[csock.SockAddr](t)(server.LocalAddr()))
		})
	})
}

// A system may round the size of a buffer up, and may count its own overhead in it.
func TestBufferSizes(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		for _, typ := range []csock.Type{csock.SOCK_STREAM, csock.SOCK_DGRAM} {
			s := k.socket(t, typ)
			for _, size := range []int{16 << 10, 64 << 10} {
				need.OK(t, s.SetRecvBufferSize(size), s.SetSendBufferSize(size))
				for what, get := range map[string]func() (int, error){"RecvBufferSize": s.RecvBufferSize, "SendBufferSize": s.SendBufferSize} {
					if got := need.Value[int](t)(get()); got < size || got > 4*size {
						t.Errorf("%v: %s is %d after %d was set", typ, what, got, size)
					}
				}
			}
		}
	})
}

func TestDatagramOptions(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s := k.socket(t, csock.SOCK_DGRAM)
		type S = csock.Socket
		option := func(o csock.Option[bool]) {
			t.Helper()
			set := func(s *csock.Socket, on bool) error { return o.Set(s, on) }
			get := func(s *csock.Socket) (bool, error) { return o.Get(s) }
			trip(t, o.String(), s, set, get, onOff...)
		}
		trip(t, "Broadcast", s, (*S).SetBroadcast, (*S).Broadcast, onOff...)
		if runtime.GOOS == "windows" { // under Wine it cannot be turned off
			need.OK(t, csock.SO_DONTROUTE.Set(s, true))
			need.Same(t, "SO_DONTROUTE", need.Value[bool](t)(csock.SO_DONTROUTE.Get(s)), true)
		} else {
			option(csock.SO_DONTROUTE)
		}
		if k.domain == csock.AF_INET {
			trip(t, "TTLV4", s, (*S).SetTTLV4, (*S).TTLV4, 1, 64, 255)
			trip(t, "TOSV4", s, (*S).SetTOSV4, (*S).TOSV4, 0x10, 0)
			trip(t, "RecvTOSV4", s, (*S).SetRecvTOSV4, (*S).RecvTOSV4, onOff...)
			trip(t, "MulticastLoopV4", s, (*S).SetMulticastLoopV4, (*S).MulticastLoopV4, false, true)
			trip(t, "MulticastTTLV4", s, (*S).SetMulticastTTLV4, (*S).MulticastTTLV4, 0, 3, 255, 1)
			trip(t, "MulticastIfV4", s, (*S).SetMulticastIfV4, (*S).MulticastIfV4, netip.MustParseAddr("127.0.0.1"))
			option(csock.IP_RECVTTL)
			option(csock.IP_PKTINFO)
			return
		}
		trip(t, "OnlyV6", s, (*S).SetOnlyV6, (*S).OnlyV6, onOff...)
		trip(t, "UnicastHopsV6", s, (*S).SetUnicastHopsV6, (*S).UnicastHopsV6, 1, 64, 255)
		trip(t, "TclassV6", s, (*S).SetTclassV6, (*S).TclassV6, 0x10, 0)
		trip(t, "RecvTclassV6", s, (*S).SetRecvTclassV6, (*S).RecvTclassV6, onOff...)
		trip(t, "RecvHoplimitV6", s, (*S).SetRecvHoplimitV6, (*S).RecvHoplimitV6, onOff...)
		trip(t, "MulticastLoopV6", s, (*S).SetMulticastLoopV6, (*S).MulticastLoopV6, false, true)
		trip(t, "MulticastHopsV6", s, (*S).SetMulticastHopsV6, (*S).MulticastHopsV6, 0, 3, 255, 1)
		trip(t, "MulticastIfV6", s, (*S).SetMulticastIfV6, (*S).MulticastIfV6, loopbackIndex(t))
		option(csock.IPV6_RECVPKTINFO)
		option(csock.IPV6_DONTFRAG)
	})
}

// Options that more than one system has, without a method, on a socket that takes them.
func TestOptionTrips(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		stream, datagram := k.socket(t, csock.SOCK_STREAM), k.socket(t, csock.SOCK_DGRAM)
		optionTrip(t, stream, csock.TCP_FASTOPEN, 5)
		optionTrip(t, stream, csock.SO_RCVLOWAT, 3)
		index := loopbackIndex(t)
		if k.domain == csock.AF_INET {
			optionTrip(t, datagram, csock.IP_UNICAST_IF, index)
			optionTrip(t, datagram, csock.IP_MTU_DISCOVER, csock.IP_PMTUDISC_DO)
			return
		}
		optionTrip(t, datagram, csock.IPV6_UNICAST_IF, index)
		optionTrip(t, datagram, csock.IPV6_MTU_DISCOVER, csock.IPV6_PMTUDISC_DO)
		optionTrip(t, datagram, csock.IPV6_RECVRTHDR, true)
	})
}

// optionTrip sets an option and reads the value again, unless this system lacks it.
func optionTrip[T comparable](t *testing.T, s *csock.Socket, o csock.Option[T], value T) {
	t.Helper()
	if !o.Supported() {
		need.Is(t, o.String(), o.Set(s, value), errors.ErrUnsupported)
		return
	}
	if err := o.Set(s, value); runtime.GOOS == "windows" && lacks(t, o.String(), err) {
		return
	} else {
		need.OK(t, err)
	}
	need.Same(t, o.String(), need.Value[T](t)(o.Get(s)), value)
}

// A value outside the range is refused, and changes nothing.
func TestOptionRanges(t *testing.T) {
	need.IPv4(t)
	s := kinds()[0].socket(t, csock.SOCK_DGRAM)
	need.OK(t, s.SetTTLV4(7))
	for _, ttl := range []int{-2, 256, 1 << 20} {
		if err := s.SetTTLV4(ttl); err == nil && runtime.GOOS != "windows" {
			t.Errorf("a TTL of %d is accepted", ttl)
		}
	}
	if runtime.GOOS != "windows" {
		need.Same(t, "the TTL", need.Value[int](t)(s.TTLV4()), 7)
	}
	err := s.SetMulticastIfV4(netip.MustParseAddr("::1"))
	need.Is(t, "an IPv6 address for an option of IPv4", err, syscall.EAFNOSUPPORT)
	err = s.JoinMulticastV4(netip.MustParseAddr("ff02::1"), netip.IPv4Unspecified())
	need.Is(t, "an IPv6 group in IPv4", err, syscall.EAFNOSUPPORT)
	if err := s.JoinMulticastV4(netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("127.0.0.1")); err == nil {
		t.Error("a group that is no multicast address is joined")
	}
	_, err = csock.TCP_NODELAY.Get(s)
	if err == nil {
		t.Error("a UDP socket has TCP_NODELAY")
	}
}

// Joining and leaving groups on the loopback interface. Leaving twice fails.
func TestMulticast(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		index := loopbackIndex(t)
		local := netip.MustParseAddr("127.0.0.1")
		group, source := netip.MustParseAddr("239.255.7.1"), netip.MustParseAddr("127.0.0.9")
		s, _ := k.bound(t, csock.SOCK_DGRAM)
		both := func(what string, join, leave func() error) {
			t.Run(what, func(t *testing.T) {
				err := join()
				if errors.Is(err, syscall.EINVAL) && runtime.GOOS == "windows" && what == "JoinMulticastV4N by index" {
					t.Skipf("needs a group on an interface by its index, which Wine lacks: %v", err)
				}
				need.Feature(t, what, err)
				need.OK(t, leave())
				if err := leave(); !errors.Is(err, syscall.EADDRNOTAVAIL) && !errors.Is(err, syscall.EINVAL) {
					t.Errorf("leaving twice: %v", err)
				}
			})
		}
		if k.domain == csock.AF_INET6 {
			group := netip.MustParseAddr("ff02::7:1")
			both("JoinMulticastV6",
				func() error { return s.JoinMulticastV6(group, index) },
				func() error { return s.LeaveMulticastV6(group, index) })
			return
		}
		both("JoinMulticastV4",
			func() error { return s.JoinMulticastV4(group, local) },
			func() error { return s.LeaveMulticastV4(group, local) })
		for by, on := range map[string]csock.InterfaceIndexOrAddress{
			"index": csock.InterfaceIndex(index), "address": csock.InterfaceAddress(local),
		} {
			both("JoinMulticastV4N by "+by,
				func() error { return s.JoinMulticastV4N(group, on) },
				func() error { return s.LeaveMulticastV4N(group, on) })
		}
		both("JoinSSMV4",
			func() error { return s.JoinSSMV4(source, group, local) },
			func() error { return s.LeaveSSMV4(source, group, local) })
	})
}

// loopbackIndex returns the index of the loopback interface.
func loopbackIndex(t *testing.T) int {
	t.Helper()
	ifs, err := net.Interfaces()
	need.OK(t, err)
	for _, i := range ifs {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Index
		}
	}
	t.Skip("needs an interface that says it is the loopback")
	return 0
}
