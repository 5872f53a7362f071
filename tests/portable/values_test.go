package portable

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Control messages that a program makes are those that it finds.
func TestControlMessages(t *testing.T) {
	class := csock.MakeTrafficClass(46, csock.IPTOS_ECN_ECT1)
	need.Same(t, "DSCP", class.DSCP(), 46)
	need.Same(t, "ECN", class.ECN(), csock.IPTOS_ECN_ECT1)
	described(t, class.ECN())

	b := csock.AppendTTL(nil, 33)
	b = csock.AppendHopLimit(b, 44)
	b = csock.AppendTOS(b, class)
	b = csock.AppendTrafficClass(b, class)
	own := csock.NewControlType(csock.SOL_SOCKET, 0x1234)
	need.Same(t, "Level", own.Level(), csock.SOL_SOCKET)
	need.Same(t, "Number", own.Number(), 0x1234)
	need.Same(t, "Supported", own.Supported(), true)
	need.Same(t, "ControlType", own.ControlType(), own)
	described(t, own)
	described(t, csock.SOL_SOCKET)
	at := len(b)
	b = csock.AppendControl(b, own, []byte("12345"))
	need.Same(t, "ControlSpace", csock.ControlSpace(5), len(b)-at)
	b = csock.AppendControlInt(b, own, 7)

	var got []string
	for m := range csock.ControlMessages(b) {
		if ttl, ok := m.TTL(); ok {
			got = append(got, "TTL")
			need.Same(t, "TTL", ttl, 33)
		}
		if hops, ok := m.HopLimit(); ok {
			got = append(got, "hops")
			need.Same(t, "HopLimit", hops, 44)
		}
		if c, ok := m.TOS(); ok {
			got = append(got, "TOS")
			need.Same(t, "TOS", c, class)
		}
		if c, ok := m.TrafficClass(); ok {
			got = append(got, "class")
			need.Same(t, "TrafficClass", c, class)
		}
		if size, ok := m.SegmentSize(); ok {
			t.Errorf("SegmentSize finds %d", size)
		}
		need.Same(t, "Is", m.Is(own), m.ControlType() == own)
		if n, ok := m.Int(); m.Is(own) && ok {
			got = append(got, "int")
			need.Same(t, "Int", n, 7)
		} else if m.Is(own) {
			got = append(got, "bytes")
			need.Same(t, "Data", string(m.Data), "12345")
		}
		described(t, m)
	}
	want := []string{"TTL", "hops", "TOS", "class", "bytes", "int"}
	for i, name := range want {
		if i >= len(got) || got[i] != name {
			t.Fatalf("the messages are %q, want %q", got, want)
		}
	}
	m := csock.MsgHdr{Control: b}
	m.CloseRights() // none
}

// What the system lacks can be written, and sends nothing.
func TestControlUnsupported(t *testing.T) {
	if runtime.GOOS != "windows" {
		t.Skip("needs a system that lacks SCM_RIGHTS, and this is not Windows")
	}
	s, to := kinds()[0].bound(t, csock.SOCK_DGRAM)
	_, err := s.Sendmsg(&csock.MsgHdr{Addr: to, Buffers: [][]byte{{1}}, Control: csock.AppendRights(nil, 1)}, 0)
	need.Is(t, "Sendmsg with SCM_RIGHTS", err, errors.ErrUnsupported)
}

// A datagram that the system cuts into segments, and the segments of one that it has joined.
func TestSegments(t *testing.T) {
	var parts []string
	for p := range csock.Datagrams([]byte("abcdefg"), 3) {
		parts = append(parts, string(p))
	}
	if want := []string{"abc", "def", "g"}; !slices.Equal(parts, want) {
		t.Errorf("Datagrams yields %q, want %q", parts, want)
	}
	eachKind(t, func(t *testing.T, k kind) {
		s, to := k.bound(t, csock.SOCK_DGRAM)
		m := csock.MsgHdr{Addr: to, Buffers: [][]byte{[]byte("abcdefg")}, Control: csock.AppendSegmentSize(nil, 3)}
		_, err := s.Sendmsg(&m, 0)
		if runtime.GOOS != "linux" {
			need.Is(t, "Sendmsg", err, errors.ErrUnsupported)
			return
		}
		need.OK(t, err)
		p := make([]byte, 16)
		n, err := s.Recv(p, 0)
		need.OK(t, err)
		need.Same(t, "the first", string(p[:n]), "abc")
	})
}

// Each option either has a value on some socket, or an errno, or is not there at all.
func TestOptionsSupported(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		stream, _ := k.connected(t)
		datagram, _ := k.bound(t, csock.SOCK_DGRAM)
		values, supported := 0, 0
		for o := range csock.Options() {
			var failed error
			found := false
			for _, s := range []*csock.Socket{stream, datagram} {
				_, err := o.GetAny(s)
				found = found || err == nil
				failed = errors.Join(failed, err)
			}
			if !o.Supported() {
				need.Is(t, o.String(), failed, errors.ErrUnsupported)
				need.Same(t, o.String()+" has a value", found, false)
				continue
			}
			supported++
			if found {
				values++
			}
		}
		t.Logf("%d of %d options have a value on TCP or UDP", values, supported)
		if supported < 50 || values < 20 {
			t.Errorf("the system has %d options, and %d of them have values", supported, values)
		}
	})
}

// The memory of a Batch's messages, and which of them calls use.
func TestBatchMemory(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, to := k.bound(t, csock.SOCK_DGRAM)
		b, err := csock.NewBatch(4, csock.BatchRoom{Payload: 16, Control: 64})
		need.OK(t, err)
		defer b.Close()
		need.Same(t, "Count", b.Count(), 4)
		described(t, b)
		need.OK(t, b.SetBytes(1, []byte("one")), b.SetBuffer(2, []byte("the second")), b.SetLen(2, 3))
		need.Same(t, "Len", b.Len(2), 3)
		copy(b.Buffer(1), "ONE")
		need.Same(t, "Buffer", string(b.Bytes(1)), "ONE")
		if list := b.AppendBuffers(nil, 2); len(list) != 1 || string(list[0]) != "the" {
			t.Errorf("AppendBuffers returns %q", list)
		}
		need.OK(t, b.SetAddr(1, to), b.SetAddr(2, to), b.SetControl(2, nil), b.SetRange(1, 3))
		from, past := b.Range()
		need.Same(t, "Range", [2]int{from, past}, [2]int{1, 3})
		n, err := a.SendBatch(b, 0)
		need.OK(t, err)
		need.Same(t, "sent", n, 2)
		need.Same(t, "N", b.N(2), 3)

		need.OK(t, b.SetRange(0, 1))
		for _, want := range []string{"ONE", "the"} {
			_, err = a.Poll(csock.POLLIN, soon)
			need.OK(t, err)
			n, err = a.RecvBatch(b, 0)
			need.OK(t, err)
			need.Same(t, "received", n, 1)
			need.Same(t, "Bytes", string(b.Bytes(0)), want)
			need.Same(t, "Flags", b.Flags(0).IsTruncated(), false)
			need.Same(t, "IsControlTruncated", b.Flags(0).IsControlTruncated(), false)
			b.CloseRights(0) // none
		}
	})
}

// Options by other means than a Socket's Get and Set.
func TestSettings(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s := k.socket(t, csock.SOCK_STREAM)
		need.OK(t, s.Set(csock.SO_KEEPALIVE.To(true), csock.TCP_NODELAY.To(true)))
		need.Same(t, "Set", need.Value[bool](t)(csock.SO_KEEPALIVE.Get(s)), true)
		described(t, s)
		described(t, csock.TCP_NODELAY.To(true))
		any, err := csock.TCP_NODELAY.GetAny(s)
		need.OK(t, err)
		need.Same(t, "GetAny", any, true)
		on, err := csock.TCP_NODELAY.GetWith(s, false)
		need.OK(t, err)
		need.Same(t, "GetWith", on, true)

		level, number := csock.TCP_NODELAY.Level(), csock.TCP_NODELAY.Number()
		same := csock.NewOption[bool]("SAME", level, number)
		need.OK(t, same.Set(s, false))
		need.Same(t, "an option of one's own", need.Value[bool](t)(csock.TCP_NODELAY.Get(s)), false)
		linger := csock.NewStructOption[[2]uint16]("LINGER", csock.SO_LINGER.Level(), csock.SO_LINGER.Number())
		_, err = linger.Get(s)
		if runtime.GOOS == "windows" {
			need.OK(t, err) // its struct linger has 4 bytes
		}
		hops := csock.NewDurationOption("HOPS", csock.IP_TTL.Level(), csock.IP_TTL.Number(), time.Second)
		if k.domain == csock.AF_INET6 {
			hops = csock.NewDurationOption("HOPS", csock.IPV6_UNICAST_HOPS.Level(), csock.IPV6_UNICAST_HOPS.Number(), time.Second)
		}
		need.OK(t, hops.Set(s, 33*time.Second))
		need.Same(t, "a duration of one's own", need.Value[time.Duration](t)(hops.Get(s)), 33*time.Second)

		found := false
		for o := range csock.Options() {
			found = found || o.String() == csock.TCP_NODELAY.String()
		}
		need.Same(t, "Options has TCP_NODELAY", found, true)
	})
}

// Settings of package net's sockets, before and after they connect.
func TestApply(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		ap, _ := k.loopback.AddrPort()
		control := csock.ControlFunc(csock.SO_KEEPALIVE.To(true))
		listen := net.ListenConfig{KeepAlive: -1, Control: control}
		l, err := listen.Listen(t.Context(), "tcp", ap.String())
		need.OK(t, err)
		defer l.Close()
		on, err := csock.Get(l.(syscall.Conn), csock.SO_KEEPALIVE)
		need.OK(t, err)
		need.Same(t, "ControlFunc", on, true)

		dial := net.Dialer{Timeout: soon, KeepAlive: -1}
		c, err := dial.DialContext(t.Context(), "tcp", l.Addr().String())
		need.OK(t, err)
		defer c.Close()
		need.OK(t, csock.Apply(c.(syscall.Conn), csock.TCP_NODELAY.To(false)))
		on, err = csock.Get(c.(syscall.Conn), csock.TCP_NODELAY)
		need.OK(t, err)
		need.Same(t, "Apply", on, false)
	})
}

// Names of values.
func TestDescriptions(t *testing.T) {
	for _, s := range []interface{ String() string }{
		csock.MSG_PEEK | csock.MSG_OOB, csock.SHUT_WR, csock.RecvFlags(csock.MSG_TRUNC), csock.POLLIN | csock.POLLOUT,
		csock.SOCK_STREAM, csock.AF_INET, csock.IPPROTO_TCP, csock.FIONREAD,
	} {
		described(t, s)
	}
	need.Same(t, "FIONREAD", csock.FIONREAD.Supported(), true)
	need.Same(t, "Protocol", csock.ETH_P_IP.Protocol() != 0, true)
	need.Same(t, "IsErrQueue", csock.RecvFlags(0).IsErrQueue(), false)
	need.Same(t, "DomainFor", csock.DomainFor(netip.MustParseAddrPort("[::1]:1")), csock.AF_INET6)
	need.Same(t, "DomainFor", csock.DomainFor(netip.MustParseAddrPort("127.0.0.1:1")), csock.AF_INET)
	own := csock.NewIoctl[int32]("OWN", csock.FIONREAD.Number())
	need.Same(t, "NewIoctl", own.Number(), csock.FIONREAD.Number())
	described(t, own)
}

// A request of one's own, and the mark of urgent data.
func TestRequests(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.connected(t)
		_, err := client.Send([]byte("12345"), 0)
		need.OK(t, err)
		_, err = server.Poll(csock.POLLIN, soon)
		need.OK(t, err)
		own := csock.NewIoctl[int32]("OWN", csock.FIONREAD.Number())
		need.Same(t, "Supported", own.Supported(), true)
		n, err := own.Get(server)
		if !lacks(t, "NewIoctl", err) {
			need.Same(t, "FIONREAD", n, 5)
		}
		arg := make([]byte, 4)
		if _, err = server.Ioctl(csock.FIONREAD.Number(), arg); !lacks(t, "Ioctl", err) && bytes.Equal(arg, make([]byte, 4)) {
			t.Error("Ioctl writes nothing")
		}
		mark, err := server.SockAtMark()
		if !errors.Is(err, syscall.ENOTTY) { // gVisor's
			need.OK(t, err)
			need.Same(t, "SockAtMark", mark, runtime.GOOS == "windows") // there also while no byte waits
		}
		readable, err := server.WaitError(time.Millisecond)
		need.OK(t, err)
		need.Same(t, "WaitError", readable, false)
	})
}

// Descriptors as they come.
func TestRaw(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s := k.socket(t, csock.SOCK_DGRAM)
		fd, err := s.Detach()
		need.OK(t, err)
		raw, err := csock.FromFDRaw(fd)
		need.OK(t, err, raw.Close())

		l, addr := k.bound(t, csock.SOCK_STREAM)
		need.OK(t, l.Listen(2))
		for _, accept := range []func(csock.Type) (*csock.Socket, csock.SockAddr, error){l.Accept4, l.Accept4Raw} {
			need.OK(t, k.socket(t, csock.SOCK_STREAM).ConnectTimeout(addr, soon))
			c, _, err := accept(0)
			need.OK(t, err, c.Close())
		}

		domain := csock.AF_UNIX
		if runtime.GOOS == "windows" {
			domain = k.domain
		}
		a, b, err := csock.PairRaw(domain, csock.SOCK_STREAM, 0)
		need.OK(t, err)
		defer a.Close()
		defer b.Close()
		_, err = a.Send([]byte("raw"), 0)
		need.OK(t, err)
		p := make([]byte, 4)
		n, err := b.Recv(p, 0)
		need.OK(t, err)
		need.Same(t, "received", string(p[:n]), "raw")
	})
}

// The groups of RFC 3678, for either protocol.
func TestGroups(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, _ := k.bound(t, csock.SOCK_DGRAM)
		on := csock.InterfaceIndex(loopbackIndex(t))
		group, source := netip.MustParseAddr("239.255.7.2"), netip.MustParseAddr("127.0.0.9")
		if k.domain == csock.AF_INET6 {
			group, source = netip.MustParseAddr("ff02::7:2"), netip.MustParseAddr("::9")
		}
		err := s.JoinGroup(group, on)
		need.Feature(t, "MCAST_JOIN_GROUP", err)
		need.OK(t, s.BlockSource(source, group, on))
		if filter, err := s.SourceFilter(group, on); !lacks(t, "MCAST_MSFILTER", err) {
			need.Same(t, "sources", len(filter.Slist), 1)
		}
		need.OK(t, s.UnblockSource(source, group, on), s.LeaveGroup(group, on))
		need.OK(t, s.JoinSourceGroup(source, group, on), s.LeaveSourceGroup(source, group, on))
		need.Is(t, "an interface by a name that none has", s.JoinGroup(group, csock.InterfaceName("no-such-interface")), syscall.ENODEV)
	})
}

// Options that have methods, and tests on Linux alone until here.
func TestMoreOptions(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, _ := k.connected(t)
		if mss, err := client.TCPMSS(); !lacks(t, "TCP_MAXSEG", err) && mss <= 0 {
			t.Errorf("TCPMSS returns %d", mss)
		}
		lacks(t, "TCP_MAXSEG", k.socket(t, csock.SOCK_STREAM).SetTCPMSS(1000))
		s, _ := k.bound(t, csock.SOCK_DGRAM)
		if k.domain == csock.AF_INET {
			lacks(t, "IP_MULTICAST_IF by an interface's index", s.SetMulticastIfV4N(csock.InterfaceIndex(loopbackIndex(t))))
		}
		raw, err := csock.New(k.domain, csock.SOCK_RAW, csock.IPPROTO_UDP)
		need.Feature(t, "raw sockets", err, syscall.EPERM, syscall.EACCES)
		defer raw.Close()
		name, set, get := "IP_HDRINCL", raw.SetHeaderIncludedV4, raw.HeaderIncludedV4
		if k.domain == csock.AF_INET6 {
			name, set, get = "IPV6_HDRINCL", raw.SetHeaderIncludedV6, raw.HeaderIncludedV6
		}
		if !lacks(t, name, set(true)) {
			need.Same(t, name, need.Value[bool](t)(get()), true)
		}
	})
}

// Calls with a context return net.ErrClosed on a closed Conn.
func TestContextClosed(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		c, _ := k.datagramConn(t)
		need.OK(t, c.Close())
		v := c.WithContext(context.Background())
		for _, receive := range receives {
			_, _, err := receive.call(v, make([]byte, 8))
			need.Is(t, receive.name, err, net.ErrClosed)
		}
		for _, send := range sends {
			_, err := send.call(v, []byte("datagram"), k.loopback)
			need.Is(t, send.name, err, net.ErrClosed)
		}
	})
}
