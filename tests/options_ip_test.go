//go:build linux && cgo

package tests

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// A wire shows the packets that pass an interface of a namespace.
type wire struct{ s *csock.Socket }

// newWire watches an interface. ETH_P_ALL shows sent packets too, which the loopback interface also
// receives.
func newWire(t *testing.T, ns *netns.NS, protocol csock.EtherType, ifindex int) wire {
	t.Helper()
	var s *csock.Socket
	var err error
	ns.Do(func() { s, err = csock.New(csock.AF_PACKET, csock.SOCK_DGRAM, 0) })
	need.Feature(t, "a packet socket", err, syscall.EPERM)
	t.Cleanup(func() { s.Close() })
	check(t, s.Bind(csock.PacketAddr(protocol, ifindex, nil)))
	limited(t, s)
	return wire{s}
}

// next returns the next packet for which match holds, from its IP header on.
func (w wire) next(t *testing.T, match func(p []byte) bool) []byte {
	t.Helper()
	for range 1000 {
		p := make([]byte, 2048)
		n, err := w.s.Recv(p, 0)
		check(t, err)
		if match(p[:n]) {
			return p[:n]
		}
	}
	t.Fatal("the packet has not come")
	return nil
}

// endsWith matches packets that end with some data.
func endsWith(data string) func(p []byte) bool {
	return func(p []byte) bool { return len(p) > len(data) && string(p[len(p)-len(data):]) == data }
}

func TestTTLAndTOSOnTheWire(t *testing.T) {
	ns := netns.New(t)
	w := newWire(t, ns, csock.ETH_P_IP, 1)
	s := inNS(t, ns, "udp4")
	to := ipAddr("127.0.0.1:9")
	check(t, s.SetTTLV4(77))
	const ef, ect0 = 46 << 2, 2
	check(t, s.SetTOSV4(ef|ect0))
	sent(t, 5)(s.SendTo([]byte("first"), to, 0))
	p := w.next(t, endsWith("first"))
	same(t, "TTL", p[8], 77)
	same(t, "DSCP", p[1]>>2, 46)
	same(t, "ECN", p[1]&3, ect0)

	// A stream keeps ECN to itself.
	l, c := inNS(t, ns, "tcp4"), inNS(t, ns, "tcp4")
	check(t, l.Bind(loopback4))
	check(t, l.Listen(1))
	addr, err := l.LocalAddr()
	check(t, err)
	check(t, c.Connect(addr))
	check(t, c.SetTOSV4(ef|ect0))
	same(t, "TOS of a stream", need.Value[csock.TrafficClass](t)(c.TOSV4()), ef)
	sent(t, 6)(c.Send([]byte("second"), 0))
	same(t, "TOS", w.next(t, endsWith("second"))[1], ef)

	check(t, csock.IP_OPTIONS.Set(s, []byte{1, 1, 1, 0})) // three that do nothing, and the end
	check(t, s.SetTOSV4(0))
	sent(t, 5)(s.SendTo([]byte("third"), to, 0))
	p = w.next(t, endsWith("third"))
	same(t, "header length", p[0]&15, 6)
	same(t, "IP options", string(p[20:24]), "\x01\x01\x01\x00")
	same(t, "IP_OPTIONS", string(need.Value[[]byte](t)(csock.IP_OPTIONS.Get(s))), "\x01\x01\x01\x00")
	fails(t, csock.IP_OPTIONS.Set(s, make([]byte, 41)), "IP_OPTIONS", syscall.EINVAL)
}

func TestIPv6OnTheWire(t *testing.T) {
	ns := netns.New(t)
	ns.IP(t, "addr add fd00::7/128 dev lo nodad")
	w := newWire(t, ns, csock.ETH_P_IPV6, 1)
	s := inNS(t, ns, "udp6")
	to := netip.MustParseAddrPort("[::1]:9")
	class := func(p []byte) uint32 { return binary.BigEndian.Uint32(p) >> 20 & 0xff }
	label := func(p []byte) uint32 { return binary.BigEndian.Uint32(p) & 0xfffff }

	check(t, s.SetUnicastHopsV6(78))
	check(t, s.SetTclassV6(46<<2|1))
	same(t, "traffic class", need.Value[csock.TrafficClass](t)(s.TclassV6()), 46<<2|1)
	sent(t, 5)(s.SendTo([]byte("first"), csock.InetAddr(to), 0))
	p := w.next(t, endsWith("first"))
	same(t, "hop limit", p[7], 78)
	same(t, "traffic class", class(p), 46<<2|1)

	check(t, csock.IPV6_PKTINFO.Set(s, csock.In6Pktinfo{Ifindex: 99}))
	if _, err := s.SendTo([]byte("x"), csock.InetAddr(to), 0); err == nil {
		t.Error("SendTo by an interface that is not there: no error")
	}
	check(t, csock.IPV6_PKTINFO.Set(s, csock.In6Pktinfo{Addr: netip.MustParseAddr("fd00::7"), Ifindex: 1}))
	sent(t, 6)(s.SendTo([]byte("second"), csock.InetAddr(to), 0))
	w.next(t, endsWith("second"))

	request := csock.In6FlowlabelReq{
		Dst: to.Addr(), Action: csock.IPV6_FL_A_GET, Share: csock.IPV6_FL_S_EXCL, Flags: csock.IPV6_FL_F_CREATE,
		Expires: time.Minute, Linger: 9 * time.Second,
	}
	check(t, s.LeaseFlowLabel(&request))
	if request.Label == 0 || request.Label > 0xfffff {
		t.Errorf("label %#x", request.Label)
	}
	check(t, csock.IPV6_FLOWINFO_SEND.Set(s, true))
	sent(t, 5)(s.SendTo([]byte("third"), csock.InetAddr(to).WithFlowInfo(request.Label), 0))
	same(t, "flow label", label(w.next(t, endsWith("third"))), request.Label)
	check(t, s.Connect(csock.InetAddr(to).WithFlowInfo(request.Label)))
	lease := need.Value[csock.In6FlowlabelReq](t)(csock.IPV6_FLOWLABEL_MGR.Get(s))
	same(t, "lease", lease.Label, request.Label)
	same(t, "its destination", lease.Dst, to.Addr())
	same(t, "its linger", lease.Linger, 9*time.Second)
	request.Action = csock.IPV6_FL_A_PUT
	check(t, csock.IPV6_FLOWLABEL_MGR.Set(s, request))

	// Next header 0, of 8 bytes, all of them padding.
	padding := []byte{0, 0, 1, 4, 0, 0, 0, 0}
	check(t, csock.IPV6_DSTOPTS.Set(s, padding))
	same(t, "IPV6_DSTOPTS", string(need.Value[[]byte](t)(csock.IPV6_DSTOPTS.Get(s))), string(padding))
	sent(t, 6)(s.SendTo([]byte("fourth"), csock.InetAddr(to), 0))
	same(t, "next header", w.next(t, endsWith("fourth"))[6], 60)
	check(t, csock.IPV6_DSTOPTS.Set(s, nil))
	same(t, "length", len(need.Value[[]byte](t)(csock.IPV6_DSTOPTS.Get(s))), 0)
}

func TestFreebind(t *testing.T) {
	ns := netns.New(t)
	for _, test := range []struct {
		kind, addr string
		set        func(*csock.Socket, bool) error
		get        func(*csock.Socket) (bool, error)
	}{
		{"tcp4", "192.0.2.1:0", (*csock.Socket).SetFreebindV4, (*csock.Socket).FreebindV4},
		{"udp6", "[2001:db8::1]:0", (*csock.Socket).SetFreebindV6, (*csock.Socket).FreebindV6},
		{"tcp4", "192.0.2.1:0", (*csock.Socket).SetIPTransparentV4, (*csock.Socket).IPTransparentV4},
		{"udp6", "[2001:db8::1]:0", (*csock.Socket).SetIPTransparentV6, (*csock.Socket).IPTransparentV6},
	} {
		s := inNS(t, ns, test.kind)
		if err := s.Bind(ipAddr(test.addr)); !errors.Is(err, syscall.EADDRNOTAVAIL) {
			t.Errorf("Bind: %v, want EADDRNOTAVAIL", err)
		}
		check(t, test.set(s, true))
		same(t, "set", need.Value[bool](t)(test.get(s)), true)
		check(t, s.Bind(ipAddr(test.addr)))
	}
}

func TestOnlyV6(t *testing.T) {
	need.IPv4(t)
	for _, only := range []bool{true, false} {
		six, four := kindOf("tcp6").open(t), kindOf("tcp4").open(t)
		check(t, six.SetOnlyV6(only))
		same(t, "IPV6_V6ONLY", need.Value[bool](t)(six.OnlyV6()), only)
		check(t, six.Bind(csock.InetAddr(netipAny6)))
		check(t, six.Listen(1))
		err := four.Connect(csock.InetAddr(loopbackPort(port(t, six))))
		if got := err == nil; got == only {
			t.Errorf("IPV6_V6ONLY %v: Connect by IPv4: %v", only, err)
		}
	}
}

func TestAddrform(t *testing.T) {
	need.IPv4(t)
	l := kindOf("tcp6").open(t)
	check(t, l.SetOnlyV6(false))
	check(t, l.Bind(csock.InetAddr(netipAny6)))
	check(t, l.Listen(1))
	c := kindOf("tcp4").open(t)
	check(t, c.Connect(csock.InetAddr(loopbackPort(port(t, l)))))
	s, _, err := l.Accept()
	check(t, err)
	defer s.Close()
	same(t, "domain", need.Value[csock.Domain](t)(csock.IPV6_ADDRFORM.Get(s)), csock.AF_INET6)
	check(t, csock.IPV6_ADDRFORM.Set(s, csock.AF_INET))
	same(t, "domain", need.Value[csock.Domain](t)(s.Domain()), csock.AF_INET)
}

func TestOriginalDst(t *testing.T) {
	for _, test := range []struct {
		kind, family, host string
		get                func(*csock.Socket) (csock.SockAddr, error)
		option             string
	}{
		{"tcp4", "ip", "127.0.0.1", (*csock.Socket).OriginalDstV4, "SO_ORIGINAL_DST"},
		{"tcp6", "ip6", "[::1]", (*csock.Socket).OriginalDstV6, "IP6T_SO_ORIGINAL_DST"},
	} {
		t.Run(test.kind, func(t *testing.T) {
			need.Tool(t, "nft")
			ns := netns.New(t)
			for _, rule := range []string{
				"add table " + test.family + " nat",
				"add chain " + test.family + " nat out { type nat hook output priority -100; }",
				"add rule " + test.family + " nat out tcp dport 8080 redirect to :9090",
			} {
				ns.Run(t, "nft", rule)
			}
			l, c := inNS(t, ns, test.kind), inNS(t, ns, test.kind)
			check(t, l.Bind(ipAddr(test.host+":9090")))
			check(t, l.Listen(2))
			to := ipAddr(test.host + ":8080")
			check(t, c.Connect(to))
			s, _, err := l.Accept()
			check(t, err)
			defer s.Close()
			same(t, "original destination", need.Value[csock.SockAddr](t)(test.get(s)), to)
			direct := inNS(t, ns, test.kind)
			check(t, direct.Connect(ipAddr(test.host+":9090")))
			d, _, err := l.Accept()
			check(t, err)
			defer d.Close()
			same(t, "destination of a connection that was not redirected", need.Value[csock.SockAddr](t)(test.get(d)), ipAddr(test.host+":9090"))
			_, err = test.get(l)
			if err == nil {
				t.Error("a listener has an original destination")
			}
			fails(t, err, test.option, errors.Unwrap(err))
		})
	}
}

func TestMTU(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "left", []string{"10.1.0.1/24", "fd01::1/64"}, b, "right", []string{"10.1.0.2/24", "fd01::2/64"})
	a.IP(t, "link set left mtu 1400")

	s := inNS(t, a, "udp4")
	check(t, s.Connect(ipAddr("10.1.0.2:9")))
	same(t, "IP_MTU", need.Value[int](t)(csock.IP_MTU.Get(s)), 1400)
	check(t, csock.IP_MTU_DISCOVER.Set(s, csock.IP_PMTUDISC_DO))
	same(t, "IP_MTU_DISCOVER", need.Value[csock.PMTUDisc](t)(csock.IP_MTU_DISCOVER.Get(s)), csock.IP_PMTUDISC_DO)
	if _, err := s.Send(make([]byte, 1400-27), 0); !errors.Is(err, syscall.EMSGSIZE) {
		t.Errorf("Send of more than the MTU: %v, want EMSGSIZE", err)
	}
	check(t, csock.IP_MTU_DISCOVER.Set(s, csock.IP_PMTUDISC_DONT))
	sent(t, 2000)(s.Send(make([]byte, 2000), 0))

	s = inNS(t, a, "udp6")
	check(t, s.Connect(ipAddr("[fd01::2]:9")))
	same(t, "IPV6_MTU", need.Value[int](t)(csock.IPV6_MTU.Get(s)), 1400)
	info := need.Value[csock.IP6Mtuinfo](t)(csock.IPV6_PATHMTU.Get(s))
	same(t, "IPV6_PATHMTU", info, csock.IP6Mtuinfo{MTU: 1400})
	check(t, csock.IPV6_DONTFRAG.Set(s, true))
	if _, err := s.Send(make([]byte, 1400), 0); !errors.Is(err, syscall.EMSGSIZE) {
		t.Errorf("Send of more than the MTU: %v, want EMSGSIZE", err)
	}

	// By interface: no other route leads there.
	index := need.Value[int](t)(csock.IPV6_UNICAST_IF.Get(s))
	same(t, "IPV6_UNICAST_IF", index, 0)
	u := inNS(t, a, "udp4")
	check(t, csock.IP_UNICAST_IF.Set(u, 1))
	same(t, "IP_UNICAST_IF", need.Value[int](t)(csock.IP_UNICAST_IF.Get(u)), 1)
	fails(t, csock.IP_UNICAST_IF.Set(u, 99), "IP_UNICAST_IF", syscall.EADDRNOTAVAIL)
}

func TestLocalPorts(t *testing.T) {
	ns := netns.New(t)
	s := inNS(t, ns, "udp4")
	want := csock.PortRange{Low: 45001, High: 45003}
	if err := csock.IP_LOCAL_PORT_RANGE.Set(s, want); errors.Is(err, syscall.ENOPROTOOPT) {
		t.Log("no IP_LOCAL_PORT_RANGE before Linux 6.3")
	} else {
		check(t, err)
		same(t, "range", need.Value[csock.PortRange](t)(csock.IP_LOCAL_PORT_RANGE.Get(s)), want)
		check(t, s.Bind(loopback4))
		if p := port(t, s); p < want.Low || p > want.High {
			t.Errorf("port %d, want one of %v", p, want)
		}
		fails(t, csock.IP_LOCAL_PORT_RANGE.Set(s, csock.PortRange{Low: 2, High: 1}), "IP_LOCAL_PORT_RANGE", syscall.EINVAL)
	}
	c := inNS(t, ns, "tcp4")
	check(t, csock.IP_BIND_ADDRESS_NO_PORT.Set(c, true))
	check(t, c.Bind(loopback4))
	same(t, "port", port(t, c), 0)
}

// raw makes a raw socket in ns.
func raw(t *testing.T, ns *netns.NS, domain csock.Domain, protocol csock.Protocol) *csock.Socket {
	t.Helper()
	var s *csock.Socket
	var err error
	ns.Do(func() { s, err = csock.New(domain, csock.SOCK_RAW, protocol) })
	need.Feature(t, "a raw socket", err, syscall.EPERM)
	t.Cleanup(func() { s.Close() })
	limited(t, s)
	return s
}

func TestICMPFilter(t *testing.T) {
	const request, reply = 8, 0
	s := raw(t, netns.New(t), csock.AF_INET, csock.IPPROTO_ICMP)
	ping := []byte{request, 0, 0xf7, 0xff, 0, 0, 0, 0}
	types := func(n int) (list []byte) {
		sent(t, len(ping))(s.SendTo(ping, loopback4, 0))
		for range n {
			list = append(list, recv(t, s, 100)[20])
		}
		return list
	}
	same(t, "messages", fmt.Sprint(types(2)), fmt.Sprint([]byte{request, reply}))
	check(t, csock.ICMP_FILTER.Set(s, 1<<request))
	same(t, "filter", need.Value[csock.ICMPFilter](t)(csock.ICMP_FILTER.Get(s)), 1<<request)
	same(t, "messages", fmt.Sprint(types(1), types(1)), fmt.Sprint([]byte{reply}, []byte{reply}))
}

func TestICMP6Filter(t *testing.T) {
	const request, reply = 128, 129
	s := raw(t, netns.New(t), csock.AF_INET6, csock.IPPROTO_ICMPV6)
	ping := []byte{request, 0, 0, 0, 0, 0, 0, 0}
	types := func(n int) (list []byte) {
		sent(t, len(ping))(s.SendTo(ping, loopback6, 0))
		for range n {
			list = append(list, recv(t, s, 100)[0])
		}
		return list
	}
	same(t, "at first", need.Value[csock.ICMP6Filter](t)(csock.ICMP6_FILTER.Get(s)), csock.ICMP6PassAll())
	f := csock.ICMP6BlockAll().Pass(request, reply)
	check(t, csock.ICMP6_FILTER.Set(s, f))
	same(t, "filter", need.Value[csock.ICMP6Filter](t)(csock.ICMPV6_FILTER.Get(s)), f)
	same(t, "passes", f.Passes(reply) && f.Passes(request) && !f.Passes(130) && !f.Passes(0), true)
	same(t, "messages", fmt.Sprint(types(2)), fmt.Sprint([]byte{request, reply}))
	check(t, csock.ICMP6_FILTER.Set(s, f.Block(request)))
	same(t, "messages", fmt.Sprint(types(1), types(1)), fmt.Sprint([]byte{reply}, []byte{reply}))
}

func TestHeaderIncluded(t *testing.T) {
	ns := netns.New(t)
	s := raw(t, ns, csock.AF_INET, csock.IPPROTO_UDP)
	same(t, "at first", need.Value[bool](t)(s.HeaderIncludedV4()), false)
	check(t, s.SetHeaderIncludedV4(true))
	same(t, "IP_HDRINCL", need.Value[bool](t)(s.HeaderIncludedV4()), true)
	to := inNS(t, ns, "udp4")
	check(t, to.Bind(loopback4))
	addr, err := to.LocalAddr()
	check(t, err)
	p := make([]byte, 20+8+1)
	p[0], p[8], p[9] = 0x45, 64, byte(csock.IPPROTO_UDP)
	copy(p[12:], []byte{127, 0, 0, 9})
	copy(p[16:], []byte{127, 0, 0, 1})
	binary.BigEndian.PutUint16(p[20:], 1234)
	binary.BigEndian.PutUint16(p[22:], port(t, to))
	binary.BigEndian.PutUint16(p[24:], 9)
	p[28] = '!'
	sent(t, len(p))(s.SendTo(p, addr, 0))
	limited(t, to)
	n, from, err := to.RecvFrom(p, 0)
	sent(t, 1)(n, err)
	same(t, "from", from, ipAddr("127.0.0.9:1234"))

	six := raw(t, ns, csock.AF_INET6, csock.IPPROTO_UDP)
	check(t, six.SetHeaderIncludedV6(true))
	same(t, "IPV6_HDRINCL", need.Value[bool](t)(six.HeaderIncludedV6()), true)
}

// The options with methods of socket2 and the control messages agree.
func TestReceivedWith(t *testing.T) {
	a4, b4 := kindOf("udp4").connected(t)
	check(t, b4.SetRecvTOSV4(true))
	same(t, "IP_RECVTOS", need.Value[bool](t)(b4.RecvTOSV4()), true)
	check(t, csock.IP_RECVTTL.Set(b4, true))
	check(t, a4.SetTOSV4(8))
	check(t, a4.SetTTLV4(9))
	sent(t, 1)(a4.Send([]byte("x"), 0))
	for _, m := range messages(t, b4) {
		switch int(m.Header.Type) {
		case csock.IP_TOS.Number():
			same(t, "TOS", m.Data[0], 8)
		case csock.IP_TTL.Number():
			same(t, "TTL", binary.NativeEndian.Uint32(m.Data), 9)
		default:
			t.Errorf("control message %v", m.Header)
		}
	}
	a6, b6 := kindOf("udp6").connected(t)
	check(t, b6.SetRecvTclassV6(true))
	check(t, b6.SetRecvHoplimitV6(true))
	same(t, "IPV6_RECVTCLASS", need.Value[bool](t)(b6.RecvTclassV6()), true)
	same(t, "IPV6_RECVHOPLIMIT", need.Value[bool](t)(b6.RecvHoplimitV6()), true)
	check(t, a6.SetTclassV6(8))
	check(t, a6.SetUnicastHopsV6(9))
	same(t, "IPV6_UNICAST_HOPS", need.Value[int](t)(a6.UnicastHopsV6()), 9)
	sent(t, 1)(a6.Send([]byte("x"), 0))
	list := messages(t, b6)
	same(t, "control messages", len(list), 2)
	for _, m := range list {
		switch int(m.Header.Type) {
		case csock.IPV6_TCLASS.Number():
			same(t, "traffic class", binary.NativeEndian.Uint32(m.Data), 8)
		default:
			same(t, "hop limit", binary.NativeEndian.Uint32(m.Data), 9)
		}
	}
}

// groupReceiver makes a UDP socket of kind in ns, with a port of its own and a timeout.
func groupReceiver(t *testing.T, ns *netns.NS, kindName string) *csock.Socket {
	t.Helper()
	s := inNS(t, ns, kindName)
	any := "0.0.0.0:0"
	if kindName == "udp6" {
		any = "[::]:0"
	}
	check(t, s.SetReuseAddress(true))
	check(t, s.Bind(ipAddr(any)))
	limited(t, s)
	return s
}

// ifindex returns the number of an interface in ns.
func ifindex(t *testing.T, ns *netns.NS, name string) (index int) {
	t.Helper()
	_, err := fmt.Sscanf(ns.IP(t, "-o link show dev "+name), "%d:", &index)
	check(t, err)
	return index
}

func TestMulticast(t *testing.T) {
	left, right := netns.New(t), netns.New(t)
	netns.Link(t, left, "left", []string{"10.1.0.1/24", "10.1.0.3/24", "fd01::1/64", "fd01::3/64"},
		right, "right", []string{"10.1.0.2/24", "fd01::2/64"})
	l, r := ifindex(t, left, "left"), ifindex(t, right, "right")
	rightAddr := netip.MustParseAddr("10.1.0.2")

	for _, family := range []struct {
		kind, group    string
		good, bad      string // sources
		multicastOn    func(s *csock.Socket) error
		join, leave    func(s *csock.Socket, group netip.Addr) error
		memberships    string
		groupInHex     string
		onlyOwn        func(s *csock.Socket) error
		getOnlyOwn     func(s *csock.Socket) (bool, error)
		joinSource     func(s *csock.Socket, source, group netip.Addr) error
		leaveSource    func(s *csock.Socket, source, group netip.Addr) error
		interfaceIndex csock.InterfaceIndexOrAddress
	}{
		{
			"udp4", "232.1.2.3", "10.1.0.1", "10.1.0.3",
			func(s *csock.Socket) error { return s.SetMulticastIfV4N(csock.InterfaceIndex(l)) },
			func(s *csock.Socket, g netip.Addr) error { return s.JoinMulticastV4(g, rightAddr) },
			func(s *csock.Socket, g netip.Addr) error { return s.LeaveMulticastV4(g, rightAddr) },
			"/proc/thread-self/net/igmp", "030201E8",
			func(s *csock.Socket) error { return s.SetMulticastAllV4(false) },
			(*csock.Socket).MulticastAllV4,
			func(s *csock.Socket, source, g netip.Addr) error { return s.JoinSSMV4(source, g, rightAddr) },
			func(s *csock.Socket, source, g netip.Addr) error { return s.LeaveSSMV4(source, g, rightAddr) },
			csock.InterfaceIndex(r),
		},
		{
			"udp6", "ff3e::1:3", "fd01::1", "fd01::3",
			func(s *csock.Socket) error { return s.SetMulticastIfV6(l) },
			func(s *csock.Socket, g netip.Addr) error { return s.JoinMulticastV6(g, r) },
			func(s *csock.Socket, g netip.Addr) error { return s.LeaveMulticastV6(g, r) },
			"/proc/thread-self/net/igmp6", "ff3e0000000000000000000000010003",
			func(s *csock.Socket) error { return s.SetMulticastAllV6(false) },
			(*csock.Socket).MulticastAllV6,
			func(s *csock.Socket, source, g netip.Addr) error {
				return s.JoinSourceGroup(source, g, csock.InterfaceIndex(r))
			},
			func(s *csock.Socket, source, g netip.Addr) error {
				return s.LeaveSourceGroup(source, g, csock.InterfaceIndex(r))
			},
			csock.InterfaceIndex(r),
		},
	} {
		t.Run(family.kind, func(t *testing.T) {
			group, good, bad := netip.MustParseAddr(family.group), netip.MustParseAddr(family.good), netip.MustParseAddr(family.bad)
			s := groupReceiver(t, right, family.kind)
			to := csock.InetAddr(netip.AddrPortFrom(group, port(t, s)))
			var senders [2]*csock.Socket
			for i, a := range []netip.Addr{good, bad} {
				c := inNS(t, left, family.kind)
				check(t, c.Bind(csock.InetAddr(netip.AddrPortFrom(a, 0))))
				check(t, family.multicastOn(c))
				senders[i] = c
			}
			fromGood := func(data string) { sent(t, len(data))(senders[0].SendTo([]byte(data), to, 0)) }
			fromBad := func(data string) { sent(t, len(data))(senders[1].SendTo([]byte(data), to, 0)) }
			gets := func(s *csock.Socket, want string) {
				t.Helper()
				same(t, "received", recv(t, s, 20), want)
			}
			// joined is the kernel's view.
			joined := func(want bool) {
				t.Helper()
				got := contains(t, right, family.memberships, family.groupInHex)
				same(t, "joined", got, want)
			}

			joined(false)
			fromGood("nobody")
			check(t, family.join(s, group))
			joined(true)
			fromGood("one")
			fromBad("two")
			gets(s, "one")
			gets(s, "two")
			on := family.interfaceIndex
			filter := need.Value[csock.GroupFilter](t)(s.SourceFilter(group, on))
			same(t, "mode", filter.Fmode, csock.MCAST_EXCLUDE)
			same(t, "sources", len(filter.Slist), 0)

			// Another socket with the port gets it as well, unless it accepts only the groups that
			// it has joined itself.
			other := inNS(t, right, family.kind)
			check(t, other.SetReuseAddress(true))
			any := "0.0.0.0"
			if family.kind == "udp6" {
				any = "::"
			}
			check(t, other.Bind(csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(any), port(t, s)))))
			limited(t, other)
			fromGood("all")
			gets(s, "all")
			gets(other, "all")
			check(t, family.onlyOwn(other))
			same(t, "MULTICAST_ALL", need.Value[bool](t)(family.getOnlyOwn(other)), false)
			fromGood("own")
			gets(s, "own")
			check(t, family.join(other, group))
			fromGood("mine")
			gets(other, "mine")
			gets(s, "mine")
			check(t, other.Close())

			check(t, s.BlockSource(bad, group, on))
			var err error
			right.Do(func() { filter, err = s.SourceFilter(group, csock.InterfaceName("right")) })
			check(t, err)
			same(t, "sources", fmt.Sprint(filter.Slist), fmt.Sprint([]netip.Addr{bad}))
			fromBad("blocked")
			fromGood("three")
			gets(s, "three")
			check(t, s.UnblockSource(bad, group, on))
			fromBad("four")
			gets(s, "four")
			check(t, family.leave(s, group))
			joined(false)

			check(t, family.joinSource(s, good, group))
			joined(true)
			fromBad("not wanted")
			fromGood("five")
			gets(s, "five")
			filter = need.Value[csock.GroupFilter](t)(s.SourceFilter(group, on))
			same(t, "mode", filter.Fmode, csock.MCAST_INCLUDE)
			same(t, "sources", fmt.Sprint(filter.Slist), fmt.Sprint([]netip.Addr{good}))
			// More sources than the first request has room for.
			var many []netip.Addr
			a := good
			for range 20 {
				a = a.Next()
				many = append(many, a)
			}
			right.Sysctl(t, "ipv4/igmp_max_msf", "64") // for IPv6 it is 64
			check(t, csock.MCAST_MSFILTER.Set(s, csock.GroupFilter{Interface: r, Group: group, Fmode: csock.MCAST_INCLUDE, Slist: many}))
			filter = need.Value[csock.GroupFilter](t)(s.SourceFilter(group, on))
			same(t, "sources", fmt.Sprint(filter.Slist), fmt.Sprint(many))
			fromGood("not wanted")
			fromBad("six") // one of the many
			gets(s, "six")
			check(t, csock.MCAST_MSFILTER.Set(s, csock.GroupFilter{Interface: r, Group: group, Fmode: csock.MCAST_INCLUDE, Slist: []netip.Addr{good}}))
			check(t, family.leaveSource(s, good, group))
			joined(false)

			check(t, s.JoinGroup(group, on))
			joined(true)
			if _, err := s.SourceFilter(group, csock.InterfaceIndex(0)); !errors.Is(err, syscall.EADDRNOTAVAIL) {
				t.Errorf("SourceFilter on no interface in particular: %v, want EADDRNOTAVAIL", err)
			}
			fails(t, s.JoinGroup(group, on), "MCAST_JOIN_GROUP", syscall.EADDRINUSE)
			check(t, s.LeaveGroup(group, on))
			joined(false)
			fails(t, s.LeaveGroup(group, on), "MCAST_LEAVE_GROUP", syscall.EADDRNOTAVAIL)
			if _, err := s.SourceFilter(group, on); !errors.Is(err, syscall.EADDRNOTAVAIL) {
				t.Errorf("SourceFilter: %v, want EADDRNOTAVAIL", err)
			}
		})
	}
}

// contains reports whether a file, as seen in ns, has some text.
func contains(t *testing.T, ns *netns.NS, file, text string) bool {
	t.Helper()
	return strings.Contains(strings.ToLower(ns.ReadFile(t, file)), strings.ToLower(text))
}

// The ways to name an IPv4 interface, and the rest of socket2's methods.
func TestMulticastV4Interfaces(t *testing.T) {
	ns, peer := netns.New(t), netns.New(t)
	netns.Link(t, ns, "left", []string{"10.1.0.1/24"}, peer, "right", []string{"10.1.0.2/24"})
	group, addr := netip.MustParseAddr("239.1.2.3"), netip.MustParseAddr("10.1.0.1")
	s := inNS(t, ns, "udp4")
	var errs []error
	// A name is looked up in the thread's namespace.
	ns.Do(func() {
		for _, on := range []csock.InterfaceIndexOrAddress{
			csock.InterfaceName("left"), csock.InterfaceAddress(addr), csock.InterfaceIndex(1),
		} {
			errs = append(errs, s.JoinMulticastV4N(group, on), s.LeaveMulticastV4N(group, on))
			errs = append(errs, s.JoinGroup(group, on), s.LeaveGroup(group, on))
			errs = append(errs, s.SetMulticastIfV4N(on))
		}
	})
	for _, err := range errs {
		check(t, err)
	}
	check(t, s.SetMulticastIfV4(addr))
	same(t, "IP_MULTICAST_IF", need.Value[netip.Addr](t)(s.MulticastIfV4()), addr)
	check(t, s.SetMulticastIfV4(netip.IPv4Unspecified()))
	same(t, "IP_MULTICAST_IF", need.Value[netip.Addr](t)(s.MulticastIfV4()), netip.IPv4Unspecified())

	w := newWire(t, ns, csock.ETH_P_ALL, ifindex(t, ns, "left"))
	check(t, s.Bind(ipAddr("0.0.0.0:0")))
	check(t, s.SetMulticastIfV4(addr))
	check(t, s.SetMulticastTTLV4(5))
	same(t, "IP_MULTICAST_TTL", need.Value[int](t)(s.MulticastTTLV4()), 5)
	to := inNS(t, peer, "udp4")
	check(t, to.Bind(ipAddr("0.0.0.0:0")))
	check(t, to.JoinMulticastV4(group, netip.MustParseAddr("10.1.0.2")))
	sent(t, 4)(s.SendTo([]byte("ping"), csock.InetAddr(netip.AddrPortFrom(group, port(t, to))), 0))
	limited(t, to)
	same(t, "received", recv(t, to, 9), "ping")
	same(t, "TTL", w.next(t, endsWith("ping"))[8], 5)

	// Whether sent packets come back to this system's sockets.
	limited(t, s)
	check(t, s.JoinMulticastV4(group, addr))
	self := csock.InetAddr(netip.AddrPortFrom(group, port(t, s)))
	same(t, "IP_MULTICAST_LOOP", need.Value[bool](t)(s.MulticastLoopV4()), true)
	sent(t, 1)(s.SendTo([]byte("1"), self, 0))
	same(t, "received", recv(t, s, 9), "1")
	check(t, s.SetMulticastLoopV4(false))
	sent(t, 1)(s.SendTo([]byte("2"), self, 0))
	check(t, s.SetMulticastLoopV4(true))
	sent(t, 1)(s.SendTo([]byte("3"), self, 0))
	same(t, "received", recv(t, s, 9), "3")

	six := inNS(t, ns, "udp6")
	check(t, six.SetMulticastHopsV6(7))
	same(t, "IPV6_MULTICAST_HOPS", need.Value[int](t)(six.MulticastHopsV6()), 7)
	check(t, six.SetMulticastLoopV6(false))
	same(t, "IPV6_MULTICAST_LOOP", need.Value[bool](t)(six.MulticastLoopV6()), false)
	check(t, six.SetMulticastIfV6(1))
	same(t, "IPV6_MULTICAST_IF", need.Value[int](t)(six.MulticastIfV6()), 1)
}

func TestMulticastRouting(t *testing.T) {
	ns, peer := netns.New(t), netns.New(t)
	netns.Link(t, ns, "left", []string{"10.1.0.1/24", "fd01::1/64"}, peer, "right", []string{"10.1.0.2/24"})
	l := ifindex(t, ns, "left")

	s := raw(t, ns, csock.AF_INET, csock.IPPROTO_IGMP)
	need.Feature(t, "a kernel that routes multicast", csock.MRT_INIT.Set(s, 1))
	same(t, "version", need.Value[int](t)(csock.MRT_VERSION.Get(s)), 0x0305)
	check(t, csock.MRT_ADD_VIF.Set(s, csock.Vifctl{Vif: 0, Threshold: 1, LclAddr: netip.MustParseAddr("10.1.0.1")}))
	check(t, csock.MRT_ADD_VIF.Set(s, csock.Vifctl{Vif: 1, Flags: csock.VIFF_USE_IFINDEX, Threshold: 1, LclIfindex: 1}))
	check(t, csock.MRT_ADD_MFC.Set(s, csock.Mfcctl{
		Origin: netip.MustParseAddr("10.1.0.2"), Mcastgrp: netip.MustParseAddr("239.1.2.3"), Parent: 0, TTLs: []uint8{0, 3},
	}))
	route := ns.IP(t, "mroute show")
	same(t, "route", fmt.Sprint(strings.Fields(route)), "[(10.1.0.2,239.1.2.3) Iif: left Oifs: lo(ttl 3) State: resolved]")
	check(t, csock.MRT_DEL_VIF.Set(s, csock.Vifctl{Vif: 1}))
	check(t, csock.MRT_FLUSH.Set(s, csock.MRT_FLUSH_MFC|csock.MRT_FLUSH_VIFS))
	same(t, "route", ns.IP(t, "mroute show"), "")
	check(t, csock.MRT_DONE.Set(s, struct{}{}))

	six := raw(t, ns, csock.AF_INET6, csock.IPPROTO_ICMPV6)
	need.Feature(t, "a kernel that routes IPv6 multicast", csock.MRT6_INIT.Set(six, 1))
	check(t, csock.MRT6_ADD_MIF.Set(six, csock.Mif6ctl{Mif: 0, Threshold: 1, Pifi: l}))
	check(t, csock.MRT6_ADD_MIF.Set(six, csock.Mif6ctl{Mif: 1, Threshold: 1, Pifi: 1}))
	check(t, csock.MRT6_ADD_MFC.Set(six, csock.Mf6cctl{
		Origin: netip.MustParseAddr("fd01::2"), Mcastgrp: netip.MustParseAddr("ff3e::1"), Parent: 0, Ifset: []uint16{1},
	}))
	same(t, "route", fmt.Sprint(strings.Fields(ns.IP(t, "-6 mroute show"))), "[(fd01::2,ff3e::1) Iif: left Oifs: lo State: resolved]")
	check(t, csock.MRT6_DEL_MIF.Set(six, 1))
	check(t, csock.MRT6_DONE.Set(six, struct{}{}))
}
