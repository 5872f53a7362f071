//go:build linux && cgo

package tests

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
	"github.com/google/go-cmp/cmp"
)

// in makes a socket in a namespace.
func in(t testing.TB, ns *netns.NS, domain csock.Domain, typ csock.Type) *csock.Socket {
	t.Helper()
	var s *csock.Socket
	var err error
	ns.Do(func() { s, err = csock.New(domain, typ, 0) })
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// routed makes three namespaces in a row. The second half of the path between the outer ones takes
// packets of up to 1,280 bytes, the least that IPv6 allows.
func routed(t testing.TB) (a, b *netns.NS) {
	a, router, b := netns.New(t), netns.New(t), netns.New(t)
	netns.Link(t, a, "a0", []string{"10.1.0.1/24", "fd01::1/64"}, router, "r0", []string{"10.1.0.254/24", "fd01::fe/64"})
	netns.Link(t, router, "r1", []string{"10.2.0.254/24", "fd02::fe/64"}, b, "b0", []string{"10.2.0.2/24", "fd02::2/64"})
	router.Sysctl(t, "ipv4/ip_forward", "1")
	router.Sysctl(t, "ipv6/conf/all/forwarding", "1")
	router.IP(t, "link set r1 mtu 1280")
	a.IP(t, "route add default via 10.1.0.254", "route add default via fd01::fe")
	b.IP(t, "route add default via 10.2.0.254", "route add default via fd02::fe")
	return a, b
}

// queued takes a message from the error queue, and returns it decoded.
func queued(t testing.TB, s *csock.Socket) (*csock.MsgHdr, csock.SockExtendedErr) {
	t.Helper()
	waitError(t, s)
	m := received(t, s, csock.MSG_ERRQUEUE)
	if !m.Flags.IsErrQueue() {
		t.Error("the message has no MSG_ERRQUEUE")
	}
	for c := range m.ControlMessages() {
		if e, ok := c.ExtendedError(); ok {
			return m, e
		}
	}
	t.Fatalf("no error in %s", controlText(m.Control[:m.ControlLen]))
	return nil, csock.SockExtendedErr{}
}

// An ICMP port unreachable, and a fragmentation needed, from a router on the way.
func TestErrorQueueICMP(t *testing.T) {
	a, _ := routed(t)
	const portUnreachable4, portUnreachable6 = 3, 4 // the codes
	for _, test := range []struct {
		name             string
		domain           csock.Domain
		to, host, router string
		enable           []csock.Setting
		unreachable, big csock.SockExtendedErr
	}{
		{"udp4", csock.AF_INET, "10.2.0.2:9", "10.2.0.2", "10.1.0.254",
			[]csock.Setting{csock.IP_RECVERR.To(true), csock.IP_MTU_DISCOVER.To(csock.IP_PMTUDISC_PROBE)},
			csock.SockExtendedErr{Errno: syscall.ECONNREFUSED, Origin: csock.SO_EE_ORIGIN_ICMP, Type: 3, Code: portUnreachable4},
			csock.SockExtendedErr{Errno: syscall.EMSGSIZE, Origin: csock.SO_EE_ORIGIN_ICMP, Type: 3, Code: 4, Info: 1280},
		},
		{"udp6", csock.AF_INET6, "[fd02::2]:9", "fd02::2", "fd01::fe",
			[]csock.Setting{csock.IPV6_RECVERR.To(true), csock.IPV6_MTU_DISCOVER.To(csock.IPV6_PMTUDISC_PROBE)},
			csock.SockExtendedErr{Errno: syscall.ECONNREFUSED, Origin: csock.SO_EE_ORIGIN_ICMP6, Type: 1, Code: portUnreachable6},
			csock.SockExtendedErr{Errno: syscall.EMSGSIZE, Origin: csock.SO_EE_ORIGIN_ICMP6, Type: 2, Info: 1280},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := in(t, a, test.domain, csock.SOCK_DGRAM)
			check(t, s.Set(test.enable...))
			to := csock.InetAddr(netip.MustParseAddrPort(test.to))
			offender := func(ip string) csock.SockAddr {
				return csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(ip), 0))
			}

			sent(t, 5)(s.SendTo([]byte("hello"), to, 0))
			m, e := queued(t, s)
			test.unreachable.Offender = offender(test.host)
			if diff := cmp.Diff(test.unreachable, e, cmp.Comparer(sameAddr)); diff != "" {
				t.Errorf("port unreachable (-want +got):\n%s", diff)
			}
			same(t, "what was sent", string(m.Buffers[0]), "hello")
			same(t, "the address sent to", m.Addr, to)
			if !errors.Is(e, syscall.ECONNREFUSED) {
				t.Error("not ECONNREFUSED: ", e)
			}
			if _, ok := e.MTU(); ok {
				t.Error("a port unreachable has an MTU")
			}

			sent(t, 1400)(s.SendTo(make([]byte, 1400), to, 0))
			_, e = queued(t, s)
			test.big.Offender = offender(test.router)
			if diff := cmp.Diff(test.big, e, cmp.Comparer(sameAddr)); diff != "" {
				t.Errorf("too big (-want +got):\n%s", diff)
			}
			mtu, ok := e.MTU()
			same(t, "MTU", mtu, 1280)
			same(t, "ok", ok, true)

			if _, err := s.Recvmsg(&csock.MsgHdr{}, csock.MSG_ERRQUEUE); !errors.Is(err, syscall.EAGAIN) {
				t.Errorf("an empty error queue: %v", err)
			}
			s.TakeError()
			if ok, err := s.WaitError(time.Millisecond); ok || err != nil {
				t.Errorf("WaitError of an empty error queue: %v, %v", ok, err)
			}
		})
	}
}

// WaitError waits as long as its timeout says, even if signals arrive.
func TestWaitErrorSignals(t *testing.T) {
	const timeout = 100 * time.Millisecond
	s := kindOf("udp4").open(t)
	var ok bool
	var err error
	start := time.Now()
	n := signalled(func() { ok, err = s.WaitError(timeout) })
	if took := time.Since(start); ok || err != nil || took < timeout || n == 0 {
		t.Errorf("under %d signals: %v, %v after %v", n, ok, err, took)
	}
}

func sameAddr(a, b csock.SockAddr) bool { return a == b }

// The control message of IPV6_RECVPATHMTU.
func TestControlPathMTU(t *testing.T) {
	a, _ := routed(t)
	s := in(t, a, csock.AF_INET6, csock.SOCK_DGRAM)
	check(t, s.Set(csock.IPV6_RECVPATHMTU.To(true), csock.IPV6_DONTFRAG.To(true)))
	to := csock.InetAddr(netip.MustParseAddrPort("[fd01::fe]:9"))
	s.SendTo(make([]byte, 1600), to, 0) // more than the interface has
	m := &csock.MsgHdr{Control: make([]byte, 256)}
	if _, err := s.Recvmsg(m, csock.MSG_DONTWAIT); err != nil {
		t.Fatal(err)
	}
	agree(t, m.Control[:m.ControlLen])
	for c := range m.ControlMessages() {
		info, ok := c.PathMTU()
		if ap, _ := info.Addr.AddrPort(); !ok || info.MTU != 1500 || ap.Addr() != netip.MustParseAddr("fd01::fe") {
			t.Errorf("PathMTU is %v, %v", info, ok)
		}
	}
	same(t, "control messages", count(m), 1)
}

// On a host with two addresses, a sender chooses the source address of a packet, and replies from
// the address that the request was sent to.
func TestControlPacketInfoSource(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "a0", []string{"10.1.0.1/24", "10.1.0.11/24", "fd01::1/64", "fd01::11/64"}, b, "b0", []string{"10.1.0.2/24", "fd01::2/64"})
	for _, test := range []struct {
		domain       csock.Domain
		local, other string
		any          string
		enable       csock.Setting
	}{
		{csock.AF_INET, "10.1.0.11", "10.1.0.2", "0.0.0.0", csock.IP_PKTINFO.To(true)},
		{csock.AF_INET6, "fd01::11", "fd01::2", "::", csock.IPV6_RECVPKTINFO.To(true)},
	} {
		local := netip.MustParseAddr(test.local)
		server, client := in(t, a, test.domain, csock.SOCK_DGRAM), in(t, b, test.domain, csock.SOCK_DGRAM)
		check(t, server.Set(test.enable))
		if test.domain == csock.AF_INET6 {
			check(t, csock.IPV6_V6ONLY.Set(server, true))
		}
		check(t, server.Bind(csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(test.any), 7777))))
		check(t, client.Bind(csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(test.other), 8888))))

		// Chosen.
		m := &csock.MsgHdr{
			Addr:    csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(test.other), 8888)),
			Buffers: [][]byte{{1}},
			Control: csock.AppendPacketInfo(nil, csock.PacketInfo{Local: local}),
		}
		sent(t, 1)(server.Sendmsg(m, 0))
		_, from, err := client.RecvFrom(make([]byte, 1), 0)
		check(t, err)
		same(t, "the sender", from.String(), netip.AddrPortFrom(local, 7777).String())

		// Replied.
		sent(t, 1)(client.SendTo([]byte{1}, from, 0))
		m = received(t, server, 0)
		for c := range m.ControlMessages() {
			info, ok := c.PacketInfo()
			if !ok || info.Local != local || info.Dst != local || info.Ifindex == 0 {
				t.Errorf("PacketInfo is %+v, %v", info, ok)
			}
			m.Control = csock.AppendPacketInfo(nil, info)
		}
		sent(t, 1)(server.Sendmsg(m, 0))
		_, from, err = client.RecvFrom(make([]byte, 1), 0)
		check(t, err)
		same(t, "the sender", from.String(), netip.AddrPortFrom(local, 7777).String())
	}
}

// The timestamps of sent packets are returned with the packets' numbers.
func TestTimestampsOfSentPackets(t *testing.T) {
	from := kindOf("udp4").open(t)
	_, addr := kindOf("udp4").bound(t)
	check(t, csock.SO_TIMESTAMPING.Set(from, csock.SoTimestamping{Flags: csock.SOF_TIMESTAMPING_SOFTWARE |
		csock.SOF_TIMESTAMPING_OPT_ID}))
	start := time.Now()
	// The even ones request it, and are counted.
	for i := range 10 {
		m := &csock.MsgHdr{Addr: addr, Buffers: [][]byte{{byte(i)}}}
		if i%2 == 0 {
			m.Control = csock.AppendTimestamping(nil, csock.SOF_TIMESTAMPING_TX_SOFTWARE)
		}
		sent(t, 1)(from.Sendmsg(m, 0))
	}
	var ids []uint32
	for len(ids) < 5 {
		m, e := queued(t, from)
		id, at, ok := e.Timestamp()
		if !ok || at != csock.SCM_TSTAMP_SND || e.Origin != csock.SO_EE_ORIGIN_TIMESTAMPING {
			t.Fatalf("Timestamp is %d, %d, %v of %v", id, at, ok, e)
		}
		ids = append(ids, id)
		packet := m.Buffers[0]
		same(t, "the packet's payload", packet[len(packet)-1], byte(2*id))
		stamps := 0
		for c := range m.ControlMessages() {
			if ts, ok := c.Timestamping(); ok {
				stamps++
				if ts.Software.Before(start) || ts.Software.After(time.Now()) || !ts.Hardware.IsZero() {
					t.Errorf("packet %d has %+v", id, ts)
				}
			}
		}
		same(t, "timestamps", stamps, 1)
	}
	if diff := cmp.Diff([]uint32{0, 1, 2, 3, 4}, ids); diff != "" {
		t.Errorf("packets (-want +got):\n%s", diff)
	}
}

// The id of a packet's timestamp can be chosen.
func TestTimestampID(t *testing.T) {
	from := kindOf("udp4").open(t)
	_, addr := kindOf("udp4").bound(t)
	check(t, csock.SO_TIMESTAMPING.Set(from, csock.SoTimestamping{Flags: csock.SOF_TIMESTAMPING_SOFTWARE |
		csock.SOF_TIMESTAMPING_TX_SOFTWARE | csock.SOF_TIMESTAMPING_OPT_ID}))
	_, err := from.Sendmsg(&csock.MsgHdr{Addr: addr, Buffers: [][]byte{{1}}, Control: csock.AppendTimestampID(nil, 0xcafe0001)}, 0)
	need.Feature(t, "Linux 6.13", err, syscall.EINVAL)
	_, e := queued(t, from)
	id, _, ok := e.Timestamp()
	same(t, "id", id, 0xcafe0001)
	same(t, "ok", ok, true)
}

// Memory sent without a copy is returned once the receiver has it.
func TestZeroCopy(t *testing.T) {
	for _, name := range []string{"tcp4", "tcp6", "udp4"} {
		t.Run(name, func(t *testing.T) {
			a, b := kindOf(name).connected(t)
			z, err := csock.NewZeroCopy(a)
			check(t, err)
			same(t, "Pending", z.Pending(), 0)
			// Two buffers as one message, one alone, and none, which gets no number.
			bufs := [][]byte{bytes.Repeat([]byte("1"), 10000), bytes.Repeat([]byte("2"), 9000), bytes.Repeat([]byte("3"), 8000)}
			sent(t, 19000)(z.Sendmsg(&csock.MsgHdr{Buffers: bufs[:2]}, 0))
			if name != "udp4" {
				sent(t, 0)(z.Send(nil, 0))
			}
			sent(t, 8000)(z.Send(bufs[2], 0))
			same(t, "Pending", z.Pending(), 2)
			var got []byte
			p := make([]byte, 30000)
			for len(got) < 27000 {
				n, err := b.Recv(p, 0)
				check(t, err)
				got = append(got, p[:n]...)
			}
			if !bytes.Equal(got, bytes.Join(bufs, nil)) {
				t.Error("the receiver has other bytes")
			}
			var free [][]byte
			for z.Pending() > 0 {
				waitError(t, a)
				free, err = z.Complete(free)
				check(t, err)
			}
			if diff := cmp.Diff(bufs, free); diff != "" || &free[2][0] != &bufs[2][0] {
				t.Errorf("buffers (-want +got):\n%s", diff)
			}
			same(t, "Copied, as on loopback", z.Copied(), 2)
		})
	}
	t.Run("unix", func(t *testing.T) {
		a, _ := unixPair(t, csock.SOCK_STREAM)
		if _, err := csock.NewZeroCopy(a); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("NewZeroCopy of a Unix socket: %v", err)
		}
	})
}

// A datagram that the kernel refuses, but may have counted, does not make the next one look
// completed.
func TestZeroCopyFailedSend(t *testing.T) {
	payload := [][]byte{make([]byte, 9000)}
	for _, test := range []struct {
		name    string
		refused csock.MsgHdr
		queued  bool // something is in the error queue already
		sure    bool
	}{
		{"not counted", csock.MsgHdr{Addr: loopback6, Buffers: payload}, false, true},
		{"not counted, queued", csock.MsgHdr{Addr: loopback6, Buffers: payload}, true, false},
		{"counted", csock.MsgHdr{Control: csock.AppendSegmentSize(nil, 10), Buffers: payload}, false, false},
		{"counted, queued", csock.MsgHdr{Control: csock.AppendSegmentSize(nil, 10), Buffers: payload}, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, b := kindOf("udp4").connected(t)
			udpOption(t, a, csock.UDP_SEGMENT.To(30000))
			z, err := csock.NewZeroCopy(a)
			check(t, err)
			sends := 0
			send := func(p []byte) {
				sent(t, len(p))(z.Send(p, 0))
				same(t, "received", len(recv(t, b, len(p))), len(p))
				waitError(t, a)
				sends++
			}
			if test.queued {
				send(payload[0])
			}
			if n, err := z.Sendmsg(&test.refused, 0); n != 0 || err == nil || errors.Is(err, syscall.ENOBUFS) {
				t.Fatalf("Sendmsg: %d, %v", n, err)
			}
			if test.sure {
				send(payload[0])
			} else if _, err := z.Send(payload[0], 0); !errors.Is(err, syscall.ENOBUFS) {
				t.Errorf("Send before Complete: %v", err)
			}
			free, err := z.Complete(nil)
			check(t, err)
			same(t, "buffers that are free", len(free), sends)
			same(t, "Pending", z.Pending(), 0)

			// The kernel holds these bytes until the datagram is complete.
			p := bytes.Repeat([]byte("good"), 2500)
			sent(t, len(p))(z.Send(p, csock.MSG_MORE))
			free, err = z.Complete(nil)
			check(t, err)
			same(t, "buffers that are free", len(free), 0)
			same(t, "Pending", z.Pending(), 1)
			sent(t, 3)(a.Send([]byte("end"), 0))
			same(t, "the datagram is what was sent", recv(t, b, 2*len(p)) == string(p)+"end", true)
			waitError(t, a)
			free, err = z.Complete(nil)
			check(t, err)
			same(t, "buffers that are free", len(free), 1)
			same(t, "Pending", z.Pending(), 0)
		})
	}
}

// A nil ZeroCopy, and one that NewZeroCopy did not make.
func TestNoZeroCopy(t *testing.T) {
	for _, z := range []*csock.ZeroCopy{nil, {}} {
		_, errComplete := z.Complete(nil)
		for name, err := range map[string]error{
			"Send":     second(z.Send([]byte("x"), 0)),
			"Sendmsg":  second(z.Sendmsg(nil, 0)),
			"Complete": errComplete,
		} {
			if !errors.Is(err, os.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if free, ok := z.Release(csock.SockExtendedErr{Origin: csock.SO_EE_ORIGIN_ZEROCOPY}, nil); len(free) != 0 || ok {
			t.Errorf("Release: %v, %v", free, ok)
		}
		same(t, "Pending", z.Pending(), 0)
		same(t, "Copied", z.Copied(), 0)
	}
}

// An unreachable ZeroCopy with a pending send keeps the memory, and the runtime reports no leaked
// pin.
func TestZeroCopyUnreachable(t *testing.T) {
	func() {
		a, _ := kindOf("tcp4").connected(t)
		z, err := csock.NewZeroCopy(a)
		check(t, err)
		sent(t, 20000)(z.Send(make([]byte, 20000), 0))
	}()
	for range 5 {
		runtime.GC()
	}
}

// The time of a packet that was dropped because of it, in a struct sock_extended_err.
func TestTxTimeError(t *testing.T) {
	const when = 0x0102030405060708
	raw := binary.NativeEndian.AppendUint32(nil, uint32(syscall.EINVAL))
	raw = append(raw, byte(csock.SO_EE_ORIGIN_TXTIME), 0, byte(csock.SO_EE_CODE_TXTIME_INVALID_PARAM), 0)
	raw = binary.NativeEndian.AppendUint32(raw, when&0xffffffff)
	raw = binary.NativeEndian.AppendUint32(raw, when>>32)
	for c := range csock.ControlMessages(csock.AppendControl(nil, csock.IP_RECVERR, raw)) {
		e, _ := c.ExtendedError()
		ns, ok := e.Txtime()
		if !ok || ns != when || e.Code != csock.SO_EE_CODE_TXTIME_INVALID_PARAM {
			t.Errorf("Txtime of %v is %#x, %t", e, ns, ok)
		}
		e.Origin = csock.SO_EE_ORIGIN_TIMESTAMPING
		if ns, ok := e.Txtime(); ok || ns != 0 {
			t.Errorf("Txtime of %v is %#x, %t", e, ns, ok)
		}
	}
}

// A packet whose time is past is not sent if the queueing discipline is etf, tc-etf(8), and the
// error queue reports that time.
func TestTxTimePast(t *testing.T) {
	ns := netns.New(t)
	need.Qdisc(t, ns.Do, "add dev lo root etf clockid CLOCK_TAI")
	const clockTAI = 11
	s := in(t, ns, csock.AF_INET, csock.SOCK_DGRAM)
	check(t, s.Bind(loopback4))
	self := need.Value[csock.SockAddr](t)(s.LocalAddr())
	check(t, csock.SO_TXTIME.Set(s, csock.SockTxtime{Clock: clockTAI, Flags: csock.SOF_TXTIME_REPORT_ERRORS}))
	sent(t, 5)(s.Sendmsg(&csock.MsgHdr{Addr: self, Buffers: [][]byte{[]byte("hello")}, Control: csock.AppendTxtime(nil, 1<<40+7)}, 0))
	_, e := queued(t, s)
	dropped, ok := e.Txtime()
	same(t, "ok", ok, true)
	same(t, "the time", dropped, 1<<40+7)
	same(t, "why", e.Code, csock.SO_EE_CODE_TXTIME_INVALID_PARAM)
}
