//go:build linux

package tests

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
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

// packetSocket makes a packet socket on an interface of a namespace.
func packetSocket(t testing.TB, ns *netns.NS, dev string) (s *csock.Socket, ifindex int) {
	t.Helper()
	var err error
	ns.Do(func() {
		s, err = csock.New(csock.AF_PACKET, csock.SOCK_RAW, 0)
		if i, e := net.InterfaceByName(dev); e == nil {
			ifindex = i.Index
		}
	})
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return s, ifindex
}

func TestPacketScalars(t *testing.T) {
	ns := netns.New(t)
	for _, c := range []scalar{
		scalarOf("tcp4", csock.PACKET_AUXDATA, true, true, 1),
		scalarOf("tcp4", csock.PACKET_ORIGDEV, true, true, 1),
		scalarOf("tcp4", csock.PACKET_VERSION, csock.TPACKET_V3, csock.TPACKET_V3, 2),
		scalarOf("tcp4", csock.PACKET_RESERVE, 64, 64, 64),
		scalarOf("tcp4", csock.PACKET_LOSS, true, true, 1),
		scalarOf("tcp4", csock.PACKET_VNET_HDR, true, true, 1),
		scalarOf("tcp4", csock.PACKET_VNET_HDR_SZ, 12, 12, 12),
		scalarOf("tcp4", csock.PACKET_TIMESTAMP, csock.SOF_TIMESTAMPING_RAW_HARDWARE, csock.SOF_TIMESTAMPING_RAW_HARDWARE, 64),
		scalarOf("tcp4", csock.PACKET_TX_HAS_OFF, true, true, 1),
		scalarOf("tcp4", csock.PACKET_QDISC_BYPASS, true, true, 1),
		scalarOf("tcp4", csock.PACKET_IGNORE_OUTGOING, true, true, 1),
		scalarOf("tcp4", csock.PACKET_COPY_THRESH, 5, 5, 5),
	} {
		s, _ := packetSocket(t, ns, "lo")
		if err := s.Set(c.set); errors.Is(err, syscall.ENOPROTOOPT) {
			t.Logf("this kernel has no %s", c.name)
			continue
		} else if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got, err := c.get(s)
		if errors.Is(err, syscall.ENOPROTOOPT) {
			t.Logf("this kernel does not tell %s", c.name)
			continue
		}
		check(t, err)
		same(t, c.name, got, c.want)
		same(t, c.name+" in C", getInC(t, s, c.name), c.wantC)
	}
	s, _ := packetSocket(t, ns, "lo")
	var lens [3]int
	for v := range lens {
		var err error
		lens[v], err = csock.PACKET_HDRLEN.GetWith(s, v)
		check(t, err)
		level, number := levelOf("PACKET_HDRLEN")
		p, err := cref.TransportGet(s.FD(), level, number, native32(v))
		check(t, err)
		same(t, "PACKET_HDRLEN in C", lens[v], int(binary.NativeEndian.Uint32(p)))
	}
	n, err := csock.PACKET_HDRLEN.Get(s)
	check(t, err)
	same(t, "PACKET_HDRLEN of TPACKET_V1", n, lens[0])
	if _, err := csock.PACKET_HDRLEN.GetWith(s, 3); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("PACKET_HDRLEN of version 3: %v", err)
	}
}

func TestPacketMembership(t *testing.T) {
	ns := netns.New(t)
	ns.IP(t, "link add left type veth peer name right")
	ns.IP(t, "link set left up")
	s, ifindex := packetSocket(t, ns, "left")
	group := net.HardwareAddr{1, 0, 0x5e, 1, 2, 3}
	for _, m := range []struct {
		mreq csock.PacketMreq
		sign string
		args string
	}{
		{csock.PacketMreq{Ifindex: ifindex, Type: csock.PACKET_MR_PROMISC}, "promiscuity 1", "-d link show left"},
		{csock.PacketMreq{Ifindex: ifindex, Type: csock.PACKET_MR_ALLMULTI}, "allmulti 1", "-d link show left"},
		{csock.PacketMreq{Ifindex: ifindex, Type: csock.PACKET_MR_MULTICAST, Address: group}, "link  " + group.String(), "maddr show dev left"},
	} {
		for _, join := range []bool{true, false} {
			o := csock.PACKET_DROP_MEMBERSHIP
			if join {
				o = csock.PACKET_ADD_MEMBERSHIP
			}
			check(t, o.Set(s, m.mreq))
			if out := ns.IP(t, m.args); strings.Contains(out, m.sign) != join {
				t.Errorf("after %v %+v: %s", o, m.mreq, out)
			}
		}
	}
	if err := csock.PACKET_ADD_MEMBERSHIP.Set(s, csock.PacketMreq{Ifindex: 1 << 20}); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("joining on no interface: %v", err)
	}
}

func TestPacketStatistics(t *testing.T) {
	ns := netns.New(t)
	s, ifindex := packetSocket(t, ns, "lo")
	check(t, csock.PACKET_IGNORE_OUTGOING.Set(s, true))
	check(t, s.Bind(csock.PacketAddr(3, ifindex, nil)))
	_, err := csock.PACKET_STATISTICS.Get(s)
	check(t, err)
	ns.Do(func() {
		c, e := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
		if e != nil {
			err = e
			return
		}
		defer c.Close()
		if err = c.Bind(loopback4); err != nil {
			return
		}
		addr, _ := c.LocalAddr()
		for range 3 {
			_, err = c.SendTo([]byte("x"), addr, 0)
		}
	})
	check(t, err)
	for range 3 {
		_, err := s.Recv(make([]byte, 100), 0)
		check(t, err)
	}
	stats, err := csock.PACKET_STATISTICS.Get(s)
	check(t, err)
	same(t, "statistics", stats, csock.TpacketStatsV3{Packets: 3})
	stats, err = csock.PACKET_STATISTICS.Get(s)
	check(t, err)
	same(t, "statistics, cleared", stats, csock.TpacketStatsV3{})
}

// TestPacketRing makes rings and compares them with what ss shows.
func TestPacketRing(t *testing.T) {
	ns := netns.New(t)
	s, ifindex := packetSocket(t, ns, "lo")
	page := uint32(os.Getpagesize())
	check(t, s.Set(csock.PACKET_VERSION.To(csock.TPACKET_V3),
		csock.PACKET_RX_RING.To(csock.TpacketReq3{BlockSize: page, BlockNr: 2, FrameSize: page / 2, FrameNr: 4, RetireTime: 60 * time.Millisecond, PrivSize: 8, Features: 1})))
	check(t, s.Bind(csock.PacketAddr(3, ifindex, nil)))
	need.Tool(t, "ss")
	out := ns.Run(t, "ss", "-0eH")
	for _, want := range []string{"ver:2", fmt.Sprintf("ring_rx(blk_size:%d,blk_nr:2,frm_size:%d,frm_nr:4,tmo:60,features:0x1)", page, page/2)} {
		if !strings.Contains(out, want) {
			t.Errorf("ss shows no %s:\n%s", want, out)
		}
	}
	if err := csock.PACKET_RX_RING.Set(s, csock.TpacketReq3{BlockSize: page + 1, BlockNr: 1, FrameSize: page, FrameNr: 1}); err == nil {
		t.Error("a block of no whole pages was taken")
	}
	check(t, csock.PACKET_RX_RING.Set(s, csock.TpacketReq3{}))
}

func TestPacketFanout(t *testing.T) {
	ns := netns.New(t)
	group := csock.FanoutArgs{ID: 77, Mode: csock.PACKET_FANOUT_CBPF, Flags: csock.PACKET_FANOUT_FLAG_ROLLOVER}
	var socks [2]*csock.Socket
	for i := range socks {
		s, ifindex := packetSocket(t, ns, "lo")
		socks[i] = s
		if err := csock.PACKET_FANOUT.Set(s, group); err == nil {
			// A socket without a protocol joins once it is bound.
			t.Log("joined before Bind")
		}
		check(t, csock.PACKET_IGNORE_OUTGOING.Set(s, true))
		check(t, s.Bind(csock.PacketAddr(3, ifindex, nil)))
		if got, err := csock.PACKET_FANOUT.Get(s); err == nil && got == group {
			continue
		}
		check(t, csock.PACKET_FANOUT.Set(s, group))
	}
	got, err := csock.PACKET_FANOUT.Get(socks[0])
	check(t, err)
	same(t, "group", got, group)
	same(t, "group in C", uint32(getInC(t, socks[0], "PACKET_FANOUT")), 77|6<<16|0x1000<<16)
	if stats, err := csock.PACKET_ROLLOVER_STATS.Get(socks[0]); err != nil || stats != (csock.TpacketRolloverStats{}) {
		t.Errorf("PACKET_ROLLOVER_STATS: %+v, %v", stats, err)
	}

	// A program that always returns 1 makes the second socket receive.
	check(t, csock.PACKET_FANOUT_DATA.Set(socks[0], []csock.SockFilter{{Code: 0x06, K: 1}}))
	ns.Do(func() {
		c, e := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
		if e != nil {
			err = e
			return
		}
		defer c.Close()
		if err = c.Bind(loopback4); err != nil {
			return
		}
		addr, _ := c.LocalAddr()
		_, err = c.SendTo([]byte("x"), addr, 0)
	})
	check(t, err)
	limited(t, socks[1])
	if _, err := socks[1].Recv(make([]byte, 100), 0); err != nil {
		t.Errorf("the member that the program chose: %v", err)
	}
	if _, err := socks[0].Recv(make([]byte, 100), csock.MSG_DONTWAIT); !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("the other member: %v", err)
	}
	if err := socks[0].SetPacketFanoutEBPF(-1); !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.EBADF) {
		t.Errorf("a program by descriptor -1 in mode CBPF: %v", err)
	}
}

func TestNetlinkOptions(t *testing.T) {
	ns := netns.New(t)
	open := func() (s *csock.Socket) {
		var err error
		ns.Do(func() { s, err = csock.New(csock.AF_NETLINK, csock.SOCK_RAW, 0) })
		check(t, err)
		t.Cleanup(func() { s.Close() })
		check(t, s.Bind(csock.NetlinkAddr(0, 0))) // an unbound socket gets no notice
		return s
	}
	s := open()
	for _, o := range []csock.Option[bool]{csock.NETLINK_PKTINFO, csock.NETLINK_BROADCAST_ERROR, csock.NETLINK_NO_ENOBUFS, csock.NETLINK_CAP_ACK,
		csock.NETLINK_EXT_ACK, csock.NETLINK_GET_STRICT_CHK, csock.NETLINK_LISTEN_ALL_NSID} {
		for _, on := range []bool{true, false} {
			check(t, o.Set(s, on))
			got, err := o.Get(s)
			check(t, err)
			same(t, o.String(), got, on)
			same(t, o.String()+" in C", getInC(t, s, o.String()) != 0, on)
		}
	}

	groups := []int{1, 5, 33}
	for _, g := range groups {
		check(t, csock.NETLINK_ADD_MEMBERSHIP.Set(s, g))
	}
	got, err := csock.NETLINK_LIST_MEMBERSHIPS.Get(s)
	check(t, err)
	if diff := cmp.Diff(groups, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	level, number := levelOf("NETLINK_LIST_MEMBERSHIPS")
	p, err := cref.TransportGet(s.FD(), level, number, make([]byte, 64))
	check(t, err)
	same(t, "groups in C", fmt.Sprintf("%#x %#x", binary.NativeEndian.Uint32(p), binary.NativeEndian.Uint32(p[4:])), "0x11 0x1")

	// Group 1 is RTNLGRP_LINK: its members get a notice of a new interface.
	check(t, csock.NETLINK_DROP_MEMBERSHIP.Set(s, 5))
	ns.IP(t, "link add left type veth peer name right")
	limited(t, s)
	if n, err := s.Recv(make([]byte, 1<<16), 0); err != nil || n == 0 {
		t.Errorf("the notice of a new interface: %d bytes, %v", n, err)
	}
	none, err := csock.NETLINK_LIST_MEMBERSHIPS.Get(open())
	check(t, err)
	same(t, "number of a new socket's groups", len(none), 0)
	if err := csock.NETLINK_ADD_MEMBERSHIP.Set(s, 0); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("joining group 0: %v", err)
	}
}

func TestVsockOptions(t *testing.T) {
	s, err := csock.New(csock.AF_VSOCK, csock.SOCK_STREAM, 0)
	need.Feature(t, "vsock", err)
	defer s.Close()
	check(t, s.Set(csock.SO_VM_SOCKETS_BUFFER_MAX_SIZE.To(1<<33), csock.SO_VM_SOCKETS_BUFFER_MIN_SIZE.To(4096), csock.SO_VM_SOCKETS_BUFFER_SIZE.To(1<<32)))
	for _, c := range []struct {
		o    csock.Option[uint64]
		want uint64
	}{{csock.SO_VM_SOCKETS_BUFFER_MAX_SIZE, 1 << 33}, {csock.SO_VM_SOCKETS_BUFFER_MIN_SIZE, 4096}, {csock.SO_VM_SOCKETS_BUFFER_SIZE, 1 << 32}} {
		got, err := c.o.Get(s)
		check(t, err)
		level, number := levelOf(c.o.String())
		p, err := cref.TransportGet(s.FD(), level, number, make([]byte, 8))
		check(t, err)
		same(t, c.o.String()+" in C", binary.NativeEndian.Uint64(p), got)
		// A transport may clamp the sizes.
		if got != c.want {
			t.Logf("%v: %d became %d", c.o, c.want, got)
		}
	}
	check(t, csock.SO_VM_SOCKETS_CONNECT_TIMEOUT.Set(s, 1500*time.Millisecond))
	d, err := csock.SO_VM_SOCKETS_CONNECT_TIMEOUT.Get(s)
	check(t, err)
	same(t, "timeout", d, 1500*time.Millisecond)
	level, number := levelOf("SO_VM_SOCKETS_CONNECT_TIMEOUT")
	p, err := cref.TransportGet(s.FD(), level, number, make([]byte, 16))
	check(t, err)
	same(t, "timeout in C", cref.Timeval(p), [2]int64{1, 500000})
	if err := csock.SO_VM_SOCKETS_CONNECT_TIMEOUT.Set(s, -1); !errors.Is(err, syscall.EDOM) {
		t.Errorf("a negative timeout: %v", err)
	}
}

func TestUDPSegmentAndGRO(t *testing.T) {
	k := kindOf("udp4")
	receiver, to := k.bound(t)
	limited(t, receiver)
	sender := k.open(t)
	check(t, csock.UDP_SEGMENT.Set(sender, 100))
	sent(t, 250)(sender.SendTo(make([]byte, 250), to, 0))
	for _, n := range []int{100, 100, 50} {
		sent(t, n)(receiver.Recv(make([]byte, 1000), 0))
	}
	check(t, csock.UDP_GRO.Set(receiver, true))
	sent(t, 250)(sender.SendTo(make([]byte, 250), to, 0))
	sent(t, 250)(receiver.Recv(make([]byte, 1000), 0))
	if err := csock.UDP_SEGMENT.Set(sender, 65536); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("segments of 65536 bytes: %v", err)
	}
	if err := csock.UDP_SEGMENT.Set(sender, -1); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("segments of -1 bytes: %v", err)
	}

	check(t, csock.UDP_SEGMENT.Set(sender, 0))
	check(t, sender.Connect(to))
	check(t, csock.UDP_CORK.Set(sender, true))
	sent(t, 1)(sender.Send([]byte("a"), 0))
	sent(t, 1)(sender.Send([]byte("b"), 0))
	check(t, csock.UDP_CORK.Set(sender, false))
	same(t, "what UDP_CORK gathered", recv(t, receiver, 2), "ab")
}

func TestUDPLite(t *testing.T) {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDPLITE)
	need.Feature(t, "UDP-Lite", err)
	defer s.Close()
	for _, c := range []struct {
		o         csock.Option[int]
		set, want int
	}{{csock.UDPLITE_SEND_CSCOV, 20, 20}, {csock.UDPLITE_SEND_CSCOV, 3, 8}, {csock.UDPLITE_RECV_CSCOV, 0, 0}, {csock.UDPLITE_RECV_CSCOV, 12, 12}} {
		check(t, c.o.Set(s, c.set))
		got, err := c.o.Get(s)
		check(t, err)
		same(t, c.o.String(), got, c.want)
		same(t, c.o.String()+" in C", getInC(t, s, c.o.String()), c.want)
	}
}

// mptcp makes an MPTCP socket in a namespace. It skips the test if the kernel lacks MPTCP.
func mptcp(t *testing.T, ns *netns.NS) (s *csock.Socket) {
	t.Helper()
	var err error
	ns.Do(func() { s, err = csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_MPTCP) })
	need.Feature(t, "MPTCP", err)
	t.Cleanup(func() { s.Close() })
	return s
}

// connectAndExchange connects client to l, which it binds to at, and makes the two ends exchange
// data, which completes MPTCP's start.
func connectAndExchange(t *testing.T, client, l *csock.Socket, at csock.SockAddr) (server *csock.Socket, to csock.SockAddr) {
	t.Helper()
	check(t, l.Bind(at))
	check(t, l.Listen(1))
	to, err := l.LocalAddr()
	check(t, err)
	check(t, client.Connect(to))
	server, _, err = l.Accept()
	check(t, err)
	t.Cleanup(func() { server.Close() })
	sent(t, 5)(client.Send([]byte("hello"), 0))
	same(t, "data", recv(t, server, 5), "hello")
	sent(t, 5)(server.Send([]byte("hello"), 0))
	same(t, "data", recv(t, client, 5), "hello")
	return server, to
}

func TestMPTCP(t *testing.T) {
	ns := netns.New(t)
	client := mptcp(t, ns)
	_, to := connectAndExchange(t, client, mptcp(t, ns), loopback4)
	local, err := client.LocalAddr()
	check(t, err)

	info, err := csock.MPTCP_INFO.Get(client)
	check(t, err)
	if info.Flags&csock.MPTCP_INFO_FLAG_FALLBACK != 0 || info.Token == 0 {
		t.Errorf("%+v", info)
	}
	if info.Has(&info.BytesSent) {
		same(t, "BytesSent", info.BytesSent, 5)
		same(t, "BytesReceived", info.BytesReceived, 5)
	}
	if info.Has(&info.SubflowsTotal) {
		same(t, "SubflowsTotal", info.SubflowsTotal, 1)
	}
	level, number := levelOf("MPTCP_INFO")
	p, err := cref.TransportGet(client.FD(), level, number, make([]byte, 1024))
	check(t, err)
	same(t, "Len in C", info.Len(), len(p))
	same(t, "Token in C", info.Token, binary.NativeEndian.Uint32(p[12:]))

	addrs, err := csock.MPTCP_SUBFLOW_ADDRS.Get(client)
	check(t, err)
	if diff := cmp.Diff([]csock.MPTCPSubflowAddrs{{Local: local, Remote: to}}, addrs, cmp.Comparer(sameAddr)); diff != "" {
		t.Fatalf("addresses (-want +got):\n%s", diff)
	}
	tcp, err := csock.MPTCP_TCPINFO.Get(client)
	check(t, err)
	if len(tcp) != 1 {
		t.Fatalf("%d subflows", len(tcp))
	}
	same(t, "State", tcp[0].State, csock.TCP_ESTABLISHED)
	if tcp[0].BytesAcked < 5 || tcp[0].Len() < 200 {
		t.Errorf("%+v", tcp[0])
	}
	full, err := csock.MPTCP_FULL_INFO.Get(client)
	need.Feature(t, "MPTCP_FULL_INFO", err)
	same(t, "Total", full.Total, 1)
	same(t, "Token", full.Info.Token, info.Token)
	same(t, "Info.Len", full.Info.Len(), info.Len())
	if strconv.IntSize == 64 { // MPTCPSubflow explains why
		same(t, "addresses", full.Subflows[0].Addrs, addrs[0])
	}
	same(t, "State", full.Subflows[0].TCP.State, csock.TCP_ESTABLISHED)
	same(t, "Len", full.Subflows[0].TCP.Len(), tcp[0].Len())

	is, err := csock.TCP_IS_MPTCP.Get(client)
	if !errors.Is(err, syscall.ENOPROTOOPT) {
		check(t, err)
		same(t, "TCP_IS_MPTCP", is, true)
	}
	if _, err := csock.MPTCP_INFO.Get(kindOf("tcp4").open(t)); err == nil {
		t.Error("MPTCP_INFO of a TCP socket is no error")
	}
}

// TestMPTCPInfoHas uses strace to simulate kernels whose structs are shorter: the end of such a
// struct is padding, and no field.
func TestMPTCPInfoHas(t *testing.T) {
	if os.Getenv(structChild) != "" {
		s := kindOf("tcp4").open(t)
		i, err := csock.MPTCP_INFO.Get(s)
		check(t, err)
		fmt.Print("has", i.Has(&i.CsumEnabled), i.Has(&i.Retransmits), i.Has(&i.BytesRetrans), i.Has(&i.SubflowsTotal), i.Has(&i.LastDataSent), i.Has(&i.LastDataRecv))
		return
	}
	for _, k := range []struct {
		kernel string
		filled int
		want   string
	}{
		{"5.13", 40, "hasfalse false false false false false"},
		{"6.1", 48, "hastrue false false false false false"},
		{"6.5", 80, "hastrue true true false false false"},
		{"6.7", 88, "hastrue true true true false false"},
		{"6.10", 96, "hastrue true true true true true"},
	} {
		_, out := straced(t, "has", "-e", "trace=getsockopt", "-e", "inject=getsockopt:retval=0:poke_exit=@arg5="+hex.EncodeToString(native32(k.filled)))
		if !strings.Contains(out, k.want) {
			t.Errorf("Linux %s: %s, want %s", k.kernel, out, k.want)
		}
	}
}

// Each of several subflows has its own addresses and counts, however long the running kernel's
// structs are.
func TestMPTCPSubflows(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "left", []string{"10.1.0.1/24", "10.1.0.3/24"}, b, "right", []string{"10.1.0.2/24"})
	mptcp(t, a).Close() // or ip fails
	for _, ns := range []*netns.NS{a, b} {
		ns.IP(t, "mptcp limits set subflow 2 add_addr_accepted 2")
	}
	a.IP(t, "mptcp endpoint add 10.1.0.3 dev left subflow")
	client := mptcp(t, a)
	_, to := connectAndExchange(t, client, mptcp(t, b), csock.InetAddr(netip.MustParseAddrPort("10.1.0.2:7")))

	var addrs []csock.MPTCPSubflowAddrs
	kernel.Eventually(t, "a second subflow", func() bool {
		var err error
		addrs, err = csock.MPTCP_SUBFLOW_ADDRS.Get(client)
		check(t, err)
		return len(addrs) == 2
	})
	locals := map[netip.Addr]bool{}
	for _, addr := range addrs {
		same(t, "the peer", addr.Remote, to)
		local, _ := addr.Local.AddrPort()
		locals[local.Addr()] = true
	}
	same(t, "addresses", fmt.Sprint(locals), "map[10.1.0.1:true 10.1.0.3:true]")

	established := func(what string, tcp csock.TCPInfo) bool {
		if tcp.Len() < 200 || tcp.SndMSS < 500 || tcp.SndMSS > 1500 || tcp.RcvMSS > 1500 {
			t.Errorf("%s: %+v", what, tcp)
		}
		return tcp.State == csock.TCP_ESTABLISHED
	}
	kernel.Eventually(t, "both established, in MPTCP_TCPINFO", func() bool {
		tcp, err := csock.MPTCP_TCPINFO.Get(client)
		check(t, err)
		return len(tcp) == 2 && established("first", tcp[0]) && established("second", tcp[1])
	})
	full, err := csock.MPTCP_FULL_INFO.Get(client)
	need.Feature(t, "MPTCP_FULL_INFO", err)
	same(t, "Total", full.Total, 2)
	for i, f := range full.Subflows {
		if strconv.IntSize == 64 { // MPTCPSubflow explains why
			same(t, "addresses", f.Addrs, addrs[i])
		}
		if !established("in MPTCP_FULL_INFO", f.TCP) {
			t.Errorf("subflow %d: %+v", i, f.TCP)
		}
	}
}

// TestLackingTransports checks the errors of a kernel that lacks a protocol.
func TestLackingTransports(t *testing.T) {
	s := kindOf("tcp4").open(t)
	if s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_SCTP); err == nil {
		s.Close()
		t.Skip("the kernel has SCTP")
	}
	for name, f := range map[string]func() error{
		"SCTP_NODELAY":         func() error { return csock.SCTP_NODELAY.Set(s, true) },
		"SCTP_STATUS":          func() error { _, err := csock.SCTP_STATUS.Get(s); return err },
		"DCCP_SOCKOPT_SERVICE": func() error { return s.SetDCCPService(1) },
		"TLS_TX":               func() error { _, err := csock.TLS_TX.Get(s); return err },
	} {
		err := f()
		if !errors.Is(err, syscall.ENOPROTOOPT) && !errors.Is(err, syscall.EOPNOTSUPP) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
