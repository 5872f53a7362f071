//go:build linux && cgo

package tests

import (
	"net/netip"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// maxRights is SCM_MAX_FD, the most descriptors in a message.
const maxRights = 253

// pipes makes n descriptors, which are closed when the test ends.
func pipes(t testing.TB, n int) []int {
	t.Helper()
	var fds []int
	for len(fds) < n {
		var p [2]int
		check(t, syscall.Pipe2(p[:], syscall.O_CLOEXEC))
		fds = append(fds, p[:]...)
	}
	t.Cleanup(func() {
		for _, fd := range fds {
			syscall.Close(fd)
		}
	})
	return fds
}

// Ten rounds of a thousand descriptors passed and closed leave none behind.
func TestRights(t *testing.T) {
	need.Descriptors(t, 4096)
	a, b := unixPair(t, csock.SOCK_SEQPACKET)
	ours := pipes(t, 250)
	before := kernel.Descriptors(t)
	control := csock.AppendRights(nil, ours...)
	m := &csock.MsgHdr{Buffers: [][]byte{make([]byte, 1)}, Control: make([]byte, csock.ControlSpace(4*len(ours)))}
	for range 10 {
		var theirs []int
		for range 4 {
			sent(t, 1)(a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1}}, Control: control}, 0))
			sent(t, 1)(b.Recvmsg(m, 0))
			same(t, "MSG_CTRUNC", m.Flags.IsControlTruncated(), false)
			for c := range m.ControlMessages() {
				theirs, _ = c.Rights(theirs)
			}
		}
		if len(theirs) != 1000 {
			t.Fatalf("%d descriptors came", len(theirs))
		}
		for i, fd := range theirs {
			if got, want := kernel.What(uintptr(fd)), kernel.What(uintptr(ours[i%len(ours)])); got != want {
				t.Fatalf("descriptor %d is %s, want %s", i, got, want)
			}
			check(t, syscall.Close(fd))
		}
	}
	kernel.NoneLeft(t, before)
}

// A sender passes as many descriptors as a message can have, to a receiver with less room, down to
// none: those that arrived are returned, the rest is closed, and none leaks.
func TestRightsTruncated(t *testing.T) {
	need.Glibc(t) // musl's sendmsg takes no more than 1,024 bytes of control messages
	collect()     // what earlier tests have dropped: descriptors are counted
	for _, typ := range []csock.Type{csock.SOCK_STREAM, csock.SOCK_DGRAM, csock.SOCK_SEQPACKET} {
		a, b := unixPair(t, typ)
		hostile := csock.AppendRights(nil, pipes(t, maxRights)[:maxRights]...)
		before := len(kernel.Descriptors(t))
		for _, room := range []int{0, 1, csock.ControlSpace(0) - 1, csock.ControlSpace(0), csock.ControlSpace(0) + 3, csock.ControlSpace(0) + 4,
			csock.ControlSpace(0) + 7, csock.ControlSpace(4), csock.ControlSpace(40), csock.ControlSpace(4 * (maxRights - 2))} {
			sent(t, 1)(a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1}}, Control: hostile}, 0))
			m := &csock.MsgHdr{Buffers: [][]byte{make([]byte, 1)}, Control: make([]byte, room)}
			sent(t, 1)(b.Recvmsg(m, 0))
			same(t, "MSG_CTRUNC", m.Flags.IsControlTruncated(), true)
			var fds []int
			for c := range m.ControlMessages() {
				fds, _ = c.Rights(fds)
			}
			if want := max(0, room-csock.ControlSpace(0)) / 4; len(fds) != want {
				t.Errorf("%d descriptors in %d bytes, want %d", len(fds), room, want)
			}
			same(t, "open descriptors", len(kernel.Descriptors(t)), before+len(fds))
			m.CloseRights()
			same(t, "open descriptors", len(kernel.Descriptors(t)), before)
		}
	}
}

// Received descriptors are close-on-exec, except with a raw socket. A failed Recvmsg has none to
// close.
func TestRightsCloseOnExec(t *testing.T) {
	collect() // what earlier tests have dropped: descriptors are counted
	for _, raw := range []bool{false, true} {
		pair := csock.Pair
		if raw {
			pair = csock.PairRaw
		}
		a, b, err := pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
		check(t, err)
		defer a.Close()
		defer b.Close()
		for _, control := range [][]byte{csock.AppendRights(nil, 0), cref.Cmsgs(cref.Cmsg{Kind: cref.CmsgRights, Args: []int64{1, 0}})} {
			sent(t, 1)(a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1}}, Control: control}, 0))
			m := &csock.MsgHdr{Control: make([]byte, 64)}
			_, err = b.Recvmsg(m, 0)
			check(t, err)
			same(t, "the flags", m.Flags, csock.RecvFlags(csock.MSG_TRUNC))
			for c := range m.ControlMessages() {
				fds, ok := c.Rights(nil)
				if !ok || len(fds) != 1 {
					t.Fatalf("Rights are %v, %v", fds, ok)
				}
				same(t, "O_CLOEXEC", kernel.Flags(t, uintptr(fds[0]))&syscall.O_CLOEXEC != 0, !raw)
			}
			before := len(kernel.Descriptors(t))
			if _, err := b.Recvmsg(m, csock.MSG_DONTWAIT); err == nil {
				t.Error("a message out of nowhere")
			}
			same(t, "control messages after a failure", count(m), 0)
			m.CloseRights()
			same(t, "open descriptors", len(kernel.Descriptors(t)), before)
			m.ControlLen = 64
			m.CloseRights()
			same(t, "open descriptors", len(kernel.Descriptors(t)), before-1)
		}
	}
}

// Sending and receiving a message allocates nothing.
func TestMessageAllocations(t *testing.T) {
	need.ExactAllocations(t)
	from := kindOf("udp4").open(t)
	to, addr := kindOf("udp4").bound(t)
	check(t, to.Set(csock.IP_RECVTTL.To(true), csock.IP_PKTINFO.To(true), csock.SO_TIMESTAMPNS.To(true)))
	out := &csock.MsgHdr{Addr: addr, Buffers: [][]byte{{1}, {2}}, Control: make([]byte, 0, 256)}
	in := &csock.MsgHdr{Buffers: [][]byte{make([]byte, 100)}, Control: make([]byte, 256)}
	fds := make([]int, 0, 8)
	var got csock.ControlMessage
	n := testing.AllocsPerRun(100, func() {
		out.Control = csock.AppendTTL(out.Control[:0], 9)
		out.Control = csock.AppendTOS(out.Control, 4)
		out.Control = csock.AppendPacketInfo(out.Control, csock.PacketInfo{Ifindex: 1, Local: netip.AddrFrom4([4]byte{127, 0, 0, 1})})
		out.Control = csock.AppendControl(out.Control, csock.IP_TTL, nil)[:len(out.Control)]
		if _, err := from.Sendmsg(out, 0); err != nil {
			t.Error(err)
		}
		if _, err := to.Recvmsg(in, 0); err != nil {
			t.Error(err)
		}
		for m := range in.ControlMessages() {
			if m.Is(csock.IP_TTL) || m.Is(csock.SCM_RIGHTS) || m.Is(csock.SO_TIMESTAMPNS) {
				got = m
			}
			decodeAll(m, fds)
		}
	})
	same(t, "allocations", n, 0)
	if got.Data == nil {
		t.Error("no control message was of a kind that was asked for")
	}
}

// decodeAll calls every decoder of a message.
func decodeAll(m csock.ControlMessage, fds []int) {
	m.Int()
	m.Rights(fds[:0])
	m.PIDFD()
	m.Credentials()
	m.Security()
	m.PacketInfo()
	m.TTL()
	m.HopLimit()
	m.TOS()
	m.TrafficClass()
	m.FlowInfo()
	m.OriginalDst()
	m.IPOptions()
	m.HopOptions()
	m.DstOptions()
	m.RoutingHeader()
	m.PathMTU()
	m.FragmentSize()
	m.Checksum()
	m.SegmentSize()
	m.Drops()
	m.Mark()
	m.Priority()
	m.InQueue()
	m.TLSRecordType()
	m.Auxdata()
	m.NetlinkGroup()
	m.NetlinkNSID()
	m.WiFiStatus()
	m.Timestamp()
	m.Timestamping()
	m.OptStats()
	m.TimestampPacketInfo()
	m.ExtendedError()
	m.SCTPSndRcvInfo()
	m.SCTPRcvInfo()
	m.SCTPNxtInfo()
}
