//go:build linux && cgo

package tests

import (
	"bytes"
	"errors"
	"fmt"
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
)

// on turns options on, or skips the test if the kernel lacks one.
func on(t testing.TB, s *csock.Socket, settings ...csock.Setting) {
	t.Helper()
	for _, o := range settings {
		need.Feature(t, o.String(), s.Set(o))
	}
}

// received takes the next message of s three times, with C first: all get the same bytes, and both
// read the same values.
func received(t testing.TB, s *csock.Socket, flags csock.MsgFlags) *csock.MsgHdr {
	t.Helper()
	const size, room = 70000, 1024
	var payload, control []byte
	if flags&csock.MSG_ERRQUEUE == 0 { // which cannot be peeked at
		var err error
		payload, control, _, err = cref.CmsgRecv(s.FD(), size, room, int(csock.MSG_PEEK))
		check(t, err)
	}
	m := &csock.MsgHdr{Buffers: [][]byte{make([]byte, size)}, Control: make([]byte, room)}
	n, err := s.Recvmsg(m, flags)
	check(t, err)
	m.Buffers[0] = m.Buffers[0][:n]
	if control != nil && (!bytes.Equal(payload, m.Buffers[0]) || !bytes.Equal(control, m.Control[:m.ControlLen])) {
		t.Errorf("csock received %d bytes with %x, C %d bytes with %x", n, m.Control[:m.ControlLen], len(payload), control)
	}
	if m.Flags.IsControlTruncated() {
		t.Error("MSG_CTRUNC")
	}
	agree(t, m.Control[:m.ControlLen])
	return m
}

// waitError waits for the error queue.
func waitError(t testing.TB, s *csock.Socket) {
	t.Helper()
	if ok, err := s.WaitError(20 * time.Second); !ok || err != nil {
		t.Fatalf("nothing in the error queue: %v, %v", ok, err)
	}
}

// The control messages that UDP delivers with a datagram sent with control messages by csock and by
// C.
func TestControlUDP(t *testing.T) {
	ref := func(kind cref.CmsgKind, args ...int64) []byte { return cref.Cmsgs(cref.Cmsg{Kind: kind, Args: args}) }
	lo := func(name string) string { // the loopback interface's packet info
		if name == "udp4" {
			return "pktinfo 1 7f000001 7f000001"
		}
		return "pktinfo 1 00000000000000000000000000000001"
	}
	pad := []byte{0, 0, 1, 4, 0, 0, 0, 0} // a header of options: PadN
	tests := []struct {
		name   string
		kind   string
		enable csock.Setting
		send   []byte // by csock
		c      []byte // by C
		want   string // "%d" stands for the receiver's port
		need   func(testing.TB)
	}{
		{"ttl", "udp4", csock.IP_RECVTTL.To(true), csock.AppendTTL(nil, 33), ref(cref.CmsgTTL, 33), "ttl 33", nil},
		{"tos", "udp4", csock.IP_RECVTOS.To(true), csock.AppendTOS(nil, csock.MakeTrafficClass(46, csock.IPTOS_ECN_CE)), ref(cref.CmsgTOS, 0xbb), "tos 187", nil},
		{"pktinfo", "udp4", csock.IP_PKTINFO.To(true), nil, nil, lo("udp4"), nil},
		{"pktinfo6", "udp6", csock.IPV6_RECVPKTINFO.To(true), nil, nil, lo("udp6"), nil},
		{"hops", "udp6", csock.IPV6_RECVHOPLIMIT.To(true), csock.AppendHopLimit(nil, 44), ref(cref.CmsgHopLimit, 44), "hops 44", nil},
		{"tclass", "udp6", csock.IPV6_RECVTCLASS.To(true), csock.AppendTrafficClass(nil, csock.MakeTrafficClass(10, csock.IPTOS_ECN_ECT1)), ref(cref.CmsgTclass, 41), "tclass 41", nil},
		{"origdst", "udp4", csock.IP_RECVORIGDSTADDR.To(true), nil, nil, "origdst addr 7f000001 %d", nil},
		{"origdst6", "udp6", csock.IPV6_RECVORIGDSTADDR.To(true), nil, nil, "origdst addr 00000000000000000000000000000001 %d 0 0", nil},
		{"mark", "udp4", csock.SO_RCVMARK.To(true), csock.AppendMark(nil, 1<<31+7), ref(cref.CmsgMark, 1<<31+7), "mark 2147483655", need.NetAdmin},
		{"priority", "udp4", csock.SO_RCVPRIORITY.To(true), csock.AppendPriority(nil, 5), ref(cref.CmsgPriority, 5), "priority 5", nil},
		{"options", "udp4", csock.IP_RECVOPTS.To(true), csock.AppendControl(nil, csock.IP_RETOPTS, []byte{1, 1, 1, 0}), cref.Cmsgs(cref.Cmsg{Kind: cref.CmsgRetopts, Args: []int64{4}, Data: []byte{1, 1, 1, 0}}), "ipoptions 01010100", nil},
		{"hop options", "udp6", csock.IPV6_RECVHOPOPTS.To(true), csock.AppendControl(nil, csock.IPV6_HOPOPTS, pad), cref.Cmsgs(cref.Cmsg{Kind: cref.CmsgHopopts, Args: []int64{8}, Data: pad}), "hopopts 1100010400000000", need.NetRaw},
		{"destination options", "udp6", csock.IPV6_RECVDSTOPTS.To(true), csock.AppendControl(nil, csock.IPV6_DSTOPTS, pad), cref.Cmsgs(cref.Cmsg{Kind: cref.CmsgDstopts, Args: []int64{8}, Data: pad}), "dstopts 1100010400000000", need.NetRaw},
		{"gro", "udp4", csock.UDP_GRO.To(true), csock.AppendSegmentSize(nil, 100), ref(cref.CmsgSegment, 100), "gro 100", nil},
		{"timestamp", "udp4", csock.SO_TIMESTAMP.To(true), nil, nil, "timestamp ", nil},
		{"timestampns", "udp4", csock.SO_TIMESTAMPNS.To(true), nil, nil, "timestamp ", nil},
		{"timestamp new", "udp6", csock.SO_TIMESTAMP_NEW.To(true), nil, nil, "timestamp ", nil},
		{"timestampns new", "udp6", csock.SO_TIMESTAMPNS_NEW.To(true), nil, nil, "timestamp ", nil},
		{"timestamping", "udp4", csock.SO_TIMESTAMPING.To(csock.SoTimestamping{Flags: csock.SOF_TIMESTAMPING_SOFTWARE | csock.SOF_TIMESTAMPING_RX_SOFTWARE}), nil, nil, "timestamping ", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.need != nil {
				test.need(t)
			}
			k := kindOf(test.kind)
			from := k.open(t)
			to, addr := k.bound(t)
			on(t, to, test.enable)
			ap, _ := addr.AddrPort()
			want := test.want
			if strings.Contains(want, "%d") {
				want = fmt.Sprintf(want, ap.Port())
			}
			payload := bytes.Repeat([]byte("x"), 250)
			for _, send := range []func() (int, error){
				func() (int, error) {
					return from.Sendmsg(&csock.MsgHdr{Addr: addr, Buffers: [][]byte{payload}, Control: test.send}, 0)
				},
				func() (int, error) { return cref.CmsgSend(from.FD(), payload, addr.Bytes(), test.c, 0) },
			} {
				start := time.Now()
				sent(t, len(payload))(send())
				m := received(t, to, 0)
				// The kernel begins to make software timestamps some time after the first socket
				// has requested them.
				for test.name == "timestamping" && m.ControlLen == 0 && time.Since(start) < 20*time.Second {
					sent(t, len(payload))(send())
					m = received(t, to, 0)
				}
				if !bytes.Equal(m.Buffers[0], payload) {
					t.Errorf("payload of %d bytes", len(m.Buffers[0]))
				}
				if got := controlText(m.Control[:m.ControlLen]); !strings.Contains(got, ": "+want) {
					t.Errorf("got %q, want %q", got, want)
				}
				for c := range m.ControlMessages() {
					stamp, ok := c.Timestamp()
					if s, sok := c.Timestamping(); sok {
						stamp, ok = s.Software, true
					}
					if ok && (stamp.Before(start.Truncate(time.Microsecond)) || stamp.After(time.Now())) {
						t.Errorf("timestamp %v of a packet sent after %v", stamp, start)
					}
				}
			}
		})
	}
}

// The remains of a message in a Control that is too short are not read as a value.
func TestControlCut(t *testing.T) {
	stamping := csock.SoTimestamping{Flags: csock.SOF_TIMESTAMPING_SOFTWARE | csock.SOF_TIMESTAMPING_RX_SOFTWARE}
	for _, test := range []struct {
		kind   string
		enable csock.Setting
		send   []byte
	}{
		{"udp4", csock.IP_RECVTTL.To(true), nil},
		{"udp4", csock.IP_RECVTOS.To(true), nil},
		{"udp6", csock.IPV6_RECVHOPLIMIT.To(true), nil},
		{"udp6", csock.IPV6_RECVTCLASS.To(true), csock.AppendTrafficClass(nil, 0x2c)},
		{"udp4", csock.UDP_GRO.To(true), csock.AppendSegmentSize(nil, 400)},
		{"udp4", csock.SO_TIMESTAMP.To(true), nil},
		{"udp4", csock.SO_TIMESTAMPNS.To(true), nil},
		{"udp4", csock.SO_TIMESTAMP_NEW.To(true), nil},
		{"udp4", csock.SO_TIMESTAMPNS_NEW.To(true), nil},
		{"udp4", csock.SO_TIMESTAMPING_OLD.To(stamping), nil},
		{"udp4", csock.SO_TIMESTAMPING_NEW.To(stamping), nil},
		{"tcp4", csock.TCP_INQ.To(true), nil},
		{"unix", csock.SO_INQ.To(true), nil},
	} {
		t.Run(test.enable.String(), func(t *testing.T) {
			a, b := kindOf(test.kind).connected(t)
			on(t, b, test.enable)
			// One that waits: the kernel begins to make software timestamps after a while.
			m, payload := new(csock.MsgHdr), make([]byte, 1000)
			for start := time.Now(); count(m) == 0 && time.Since(start) < 20*time.Second; {
				sent(t, 1000)(a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{payload}, Control: test.send}, 0))
				m = &csock.MsgHdr{Buffers: [][]byte{payload[:4]}, Control: make([]byte, 256)}
				check(t, second(b.Recvmsg(m, csock.MSG_PEEK)))
				if count(m) == 0 {
					check(t, second(b.Recv(payload, 0)))
				}
			}
			same(t, "control messages", count(m), 1)
			for whole := range m.ControlMessages() {
				header := csock.ControlSpace(0)
				for n := range len(whole.Data) + 1 {
					cut := &csock.MsgHdr{Buffers: [][]byte{payload[:4]}, Control: make([]byte, header+n)}
					check(t, second(b.Recvmsg(cut, csock.MSG_PEEK)))
					for c := range cut.ControlMessages() {
						var text strings.Builder
						messageText(&text, c)
						same(t, c.String()+" is read", text.Len() > 0, n == len(whole.Data))
						same(t, "IsControlTruncated", cut.Flags.IsControlTruncated(), n < len(whole.Data))
						same(t, "length", len(c.Data), n)
					}
					same(t, "control messages", count(cut), 1)
				}
			}
		})
	}
}

// The flow label that a sender chooses equals the one that the receiver gets.
func TestControlFlowInfo(t *testing.T) {
	from := kindOf("udp6").open(t)
	to, addr := kindOf("udp6").bound(t)
	on(t, to, csock.IPV6_FLOWINFO.To(true))
	const class = 0x2c << 20
	if _, err := from.Sendmsg(&csock.MsgHdr{Addr: addr, Buffers: [][]byte{{1}}, Control: csock.AppendTrafficClass(nil, 0x2c)}, 0); err != nil {
		t.Fatal(err)
	}
	m := received(t, to, 0)
	for c := range m.ControlMessages() {
		if flow, ok := c.FlowInfo(); !ok || flow&^0xfffff != class {
			t.Errorf("FlowInfo is %#x, %v", flow, ok)
		}
	}
	same(t, "control messages", count(m), 1)
}

func count(m *csock.MsgHdr) int { return len(slices.Collect(m.ControlMessages())) }

// Datagrams that did not fit are counted.
func TestControlDrops(t *testing.T) {
	from := kindOf("udp4").open(t)
	to, addr := kindOf("udp4").bound(t)
	on(t, to, csock.SO_RXQ_OVFL.To(true), csock.SO_RCVBUF.To(1))
	big := make([]byte, 1400)
	for range 100 {
		sent(t, len(big))(from.SendTo(big, addr, 0))
	}
	check(t, to.SetNonblocking(true))
	for taken := 0; ; {
		// The count is from the time when the datagram was queued: take all that wait, and send one
		// more.
		if _, err := to.Recv(big, 0); err == nil {
			taken++
			continue
		}
		sent(t, 1)(from.SendTo(big[:1], addr, 0))
		m := received(t, to, 0)
		for c := range m.ControlMessages() {
			if drops, ok := c.Drops(); !ok || drops != uint32(100-taken) {
				t.Errorf("Drops is %d, %v, of 100 datagrams without %d taken", drops, ok, taken)
			}
		}
		same(t, "control messages", count(m), 1)
		break
	}
}

// The sender's credentials over a Unix socket.
func TestControlUnix(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_DGRAM)
	on(t, b, csock.SO_PASSCRED.To(true))
	cred := csock.Ucred{PID: syscall.Getpid(), UID: uint32(syscall.Getuid()), GID: uint32(syscall.Getgid())}
	for _, control := range [][]byte{nil, csock.AppendCredentials(nil, cred),
		cref.Cmsgs(cref.Cmsg{Kind: cref.CmsgCredentials, Args: []int64{int64(cred.PID), int64(cred.UID), int64(cred.GID)}})} {
		sent(t, 1)(a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1}}, Control: control}, 0))
		m := received(t, b, 0)
		for c := range m.ControlMessages() {
			got, ok := c.Credentials()
			same(t, "Credentials", got, cred)
			same(t, "ok", ok, true)
			same(t, "String", c.String(), "SCM_CREDENTIALS: 12 bytes")
		}
		same(t, "control messages", count(m), 1)
	}
}

func TestControlPIDFD(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_DGRAM)
	on(t, b, csock.SO_PASSPIDFD.To(true))
	sent(t, 1)(a.Send([]byte{1}, 0))
	m := &csock.MsgHdr{Control: make([]byte, csock.ControlSpace(4))}
	if _, err := b.Recvmsg(m, 0); err != nil {
		t.Fatal(err)
	}
	fd := -1
	for c := range m.ControlMessages() {
		fd, _ = c.PIDFD()
	}
	same(t, "the descriptor", kernel.What(uintptr(fd)), "anon_inode:[pidfd]")
	m.CloseRights()
	same(t, "the descriptor, closed", kernel.What(uintptr(fd)), "")
}

// The number of bytes still to be received from a stream.
func TestControlInQueue(t *testing.T) {
	for _, test := range []struct {
		kind   string
		enable csock.Setting
	}{{"tcp4", csock.TCP_INQ.To(true)}, {"unix", csock.SO_INQ.To(true)}} {
		t.Run(test.kind, func(t *testing.T) {
			a, b := kindOf(test.kind).connected(t)
			on(t, b, test.enable)
			sent(t, 100)(a.Send(make([]byte, 100), 0))
			m := &csock.MsgHdr{Buffers: [][]byte{make([]byte, 40)}, Control: make([]byte, 64)}
			sent(t, 40)(b.Recvmsg(m, 0))
			agree(t, m.Control[:m.ControlLen])
			for c := range m.ControlMessages() {
				n, ok := c.InQueue()
				same(t, "InQueue", n, 60)
				same(t, "ok", ok, true)
			}
			same(t, "control messages", count(m), 1)
		})
	}
}

// The control messages of packet and netlink sockets.
func TestControlPacketAndNetlink(t *testing.T) {
	ns := netns.New(t)
	var packet, netlink, from *csock.Socket
	ns.Do(func() {
		var errs [3]error
		packet, errs[0] = csock.New(csock.AF_PACKET, csock.SOCK_DGRAM, 0)
		netlink, errs[1] = csock.New(csock.AF_NETLINK, csock.SOCK_RAW, 0)
		from, errs[2] = csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
		if err := errors.Join(errs[:]...); err != nil {
			t.Error(err)
		}
	})
	if t.Failed() {
		return
	}
	defer packet.Close()
	defer netlink.Close()
	defer from.Close()

	on(t, packet, csock.PACKET_AUXDATA.To(true))
	check(t, packet.Bind(csock.PacketAddr(0x0800, 1, nil)))
	check(t, from.Bind(loopback4))
	addr, err := from.LocalAddr()
	check(t, err)
	for range 2 {
		sent(t, 100)(from.SendTo(make([]byte, 100), addr, 0))
	}
	// One packet each: peeking at it changes the length that the kernel reports afterwards.
	_, control, _, err := cref.CmsgRecv(packet.FD(), 200, 200, 0)
	check(t, err)
	m := &csock.MsgHdr{Buffers: [][]byte{make([]byte, 200)}, Control: make([]byte, 200)}
	sent(t, 128)(packet.Recvmsg(m, 0))
	if !bytes.Equal(m.Control[:m.ControlLen], control) {
		t.Errorf("csock received %x, C %x", m.Control[:m.ControlLen], control)
	}
	agree(t, control)
	for c := range m.ControlMessages() {
		aux, ok := c.Auxdata()
		if !ok || aux.Len != 128 || aux.SnapLen != 128 || aux.Net != aux.MAC+14 && aux.Net != aux.MAC {
			t.Errorf("TpacketAuxdata is %+v, %v", aux, ok)
		}
	}
	same(t, "control messages", count(m), 1)

	on(t, netlink, csock.NETLINK_PKTINFO.To(true))
	const link = 1 // RTNLGRP_LINK
	check(t, netlink.Bind(csock.NetlinkAddr(0, 1<<(link-1))))
	ns.IP(t, "link set lo mtu 60000")
	m = received(t, netlink, 0)
	for c := range m.ControlMessages() {
		group, ok := c.NetlinkGroup()
		same(t, "NetlinkGroup", group, link)
		same(t, "ok", ok, true)
	}
	same(t, "control messages", count(m), 1)
}
