//go:build linux && cgo

package tests

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/google/go-cmp/cmp"
)

// controlText describes a control buffer by csock's walk and accessors, in the format of
// cref.CmsgText.
func controlText(control []byte) string {
	var b strings.Builder
	for m := range csock.ControlMessages(control) {
		fmt.Fprintf(&b, "%d/%d %x: ", m.Level, m.Type, m.Data)
		messageText(&b, m)
		b.WriteByte('\n')
	}
	return b.String()
}

func messageText(b *strings.Builder, m csock.ControlMessage) {
	number := func(word string, v any, ok bool) {
		if ok {
			fmt.Fprintf(b, "%s %d", word, v)
		}
	}
	bytes := func(word string, p []byte, ok bool) {
		if ok {
			fmt.Fprintf(b, "%s %x", word, p)
		}
	}
	if fds, ok := m.Rights(nil); ok {
		b.WriteString("rights")
		for _, fd := range fds {
			fmt.Fprintf(b, " %d", fd)
		}
	}
	if fd, ok := m.PIDFD(); ok {
		number("pidfd", fd, ok)
	}
	if c, ok := m.Credentials(); ok {
		fmt.Fprintf(b, "credentials %d %d %d", c.PID, c.UID, c.GID)
	}
	if p, ok := m.Security(); ok {
		bytes("security", p, ok)
	}
	if t, ok := m.Timestamp(); ok {
		b.WriteString("timestamp" + timeText(t))
	}
	if t, ok := m.Timestamping(); ok {
		b.WriteString("timestamping" + timeText(t.Software) + timeText(t.System) + timeText(t.Hardware))
	}
	if p, ok := m.OptStats(); ok {
		bytes("stats", p, ok)
	}
	if ifindex, length, ok := m.TimestampPacketInfo(); ok {
		fmt.Fprintf(b, "tspktinfo %d %d", uint32(ifindex), uint32(length))
	}
	if v, ok := m.Mark(); ok {
		number("mark", v, ok)
	}
	if v, ok := m.Priority(); ok {
		number("priority", v, ok)
	}
	if v, ok := m.Drops(); ok {
		number("drops", v, ok)
	}
	if v, ok := m.InQueue(); ok {
		number("inq", v, ok)
	}
	if acked, ok := m.WiFiStatus(); ok {
		number("wifi", map[bool]int{true: 1}[acked], ok)
	}
	if info, ok := m.PacketInfo(); ok {
		fmt.Fprintf(b, "pktinfo %d", int32(info.Ifindex))
		if info.Dst.Is4() {
			fmt.Fprintf(b, " %x", info.Local.As4())
			fmt.Fprintf(b, " %x", info.Dst.As4())
		} else {
			fmt.Fprintf(b, " %x", info.Dst.As16())
		}
	}
	if v, ok := m.TTL(); ok {
		number("ttl", v, ok)
	}
	if v, ok := m.TOS(); ok {
		number("tos", v, ok)
	}
	if e, ok := m.ExtendedError(); ok {
		fmt.Fprintf(b, "error %d %d %d %d %d %d", uint32(e.Errno), e.Origin, e.Type, e.Code, e.Info, e.Data)
		b.WriteString(addrText(e.Offender))
	}
	if p, ok := m.IPOptions(); ok {
		bytes("ipoptions", p, ok)
	}
	if m.Is(csock.IP_ORIGDSTADDR) || m.Is(csock.IPV6_ORIGDSTADDR) {
		dst, _ := m.OriginalDst()
		b.WriteString("origdst" + addrText(dst))
	}
	if v, ok := m.Checksum(); ok {
		number("checksum", v, ok)
	}
	if v, ok := m.FragmentSize(); ok {
		number("fragsize", v, ok)
	}
	if v, ok := m.HopLimit(); ok {
		number("hops", v, ok)
	}
	if v, ok := m.TrafficClass(); ok {
		number("tclass", v, ok)
	}
	if p, ok := m.HopOptions(); ok {
		bytes("hopopts", p, ok)
	}
	if p, ok := m.DstOptions(); ok {
		bytes("dstopts", p, ok)
	}
	if p, ok := m.RoutingHeader(); ok {
		bytes("rthdr", p, ok)
	}
	if info, ok := m.PathMTU(); ok {
		number("pathmtu", info.MTU, ok)
		b.WriteString(addrText(info.Addr))
	}
	if v, ok := m.FlowInfo(); ok {
		number("flowinfo", v, ok)
	}
	if v, ok := m.SegmentSize(); ok {
		number("gro", v, ok)
	}
	if v, ok := m.TLSRecordType(); ok {
		number("tls", v, ok)
	}
	if a, ok := m.Auxdata(); ok {
		fmt.Fprintf(b, "auxdata %d %d %d %d %d %d %d", a.Status, a.Len, a.SnapLen, a.MAC, a.Net, a.VLANTCI, a.TPID)
	}
	if v, ok := m.NetlinkGroup(); ok {
		number("group", v, ok)
	}
	if v, ok := m.NetlinkNSID(); ok {
		number("nsid", v, ok)
	}
	if i, ok := m.SCTPSndRcvInfo(); ok {
		fmt.Fprintf(b, "sndrcv %d %d %d %d %d %d %d %d %d", i.Stream, i.SSN, i.Flags, i.PPID, i.Context, i.TimeToLive.Milliseconds(), i.TSN, i.CumTSN, i.AssocID)
	}
	if i, ok := m.SCTPRcvInfo(); ok {
		fmt.Fprintf(b, "rcvinfo %d %d %d %d %d %d %d %d", i.SID, i.SSN, i.Flags, i.PPID, i.TSN, i.CumTSN, i.Context, i.AssocID)
	}
	if i, ok := m.SCTPNxtInfo(); ok {
		fmt.Fprintf(b, "nxtinfo %d %d %d %d %d", i.SID, i.Flags, i.PPID, i.Length, i.AssocID)
	}
	familyMessageText(b, m)
}

func familyMessageText(b *strings.Builder, m csock.ControlMessage) {
	if incoming, ok := m.HCIIncoming(); ok {
		fmt.Fprintf(b, "incoming %d", map[bool]int{true: 1}[incoming])
	}
	if t, ok := m.HCITimestamp(); ok {
		b.WriteString("hcitime" + timeText(t))
	}
	if v, ok := m.BTPktStatus(); ok {
		fmt.Fprintf(b, "pktstatus %d", v)
	}
	if v, ok := m.J1939DestAddr(); ok {
		fmt.Fprintf(b, "destaddr %d", uint8(v))
	}
	if v, ok := m.J1939DestName(); ok {
		fmt.Fprintf(b, "destname %d", uint64(v))
	}
	if v, ok := m.J1939Priority(); ok {
		fmt.Fprintf(b, "prio %d", v)
	}
	if cookies, ok := m.RDSZcopyCookies(nil); ok {
		b.WriteString("cookies")
		for _, cookie := range cookies {
			fmt.Fprintf(b, " %d", cookie)
		}
	}
	if v, ok := m.RDSCongUpdate(); ok {
		fmt.Fprintf(b, "ports %d", v)
	}
	if traces, ok := m.RDSRxTraces(); ok {
		b.WriteString("traces")
		for _, trace := range traces {
			fmt.Fprintf(b, " %d %d", trace.Stage, int64(trace.Latency))
		}
	}
	if v, ok := m.RXRPCUserCallID(); ok {
		fmt.Fprintf(b, "call %d", v)
	}
	if v, ok := m.RXRPCAbort(); ok {
		fmt.Fprintf(b, "abort %d", v)
	}
	if v, ok := m.RXRPCNetError(); ok {
		fmt.Fprintf(b, "neterror %d", uint32(v))
	}
	if v, ok := m.RXRPCLocalError(); ok {
		fmt.Fprintf(b, "localerror %d", uint32(v))
	}
	if reason, length, ok := m.TIPCErrInfo(); ok {
		fmt.Fprintf(b, "errinfo %d %d", uint32(reason), uint32(length))
	}
	if p, ok := m.TIPCRetData(); ok {
		fmt.Fprintf(b, "retdata %x", p)
	}
	if r, ok := m.TIPCDestName(); ok {
		fmt.Fprintf(b, "destname %d %d %d", uint32(r.Type), r.Lower, r.Upper)
	}
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return " zero"
	}
	return fmt.Sprintf(" %d %d", t.Unix(), t.Nanosecond())
}

func addrText(a csock.SockAddr) string {
	ap, ok := a.AddrPort()
	switch {
	case !ok:
		return " none"
	case a.IsIPv4():
		return fmt.Sprintf(" addr %x %d", ap.Addr().As4(), ap.Port())
	}
	return fmt.Sprintf(" addr %x %d %d %d", ap.Addr().As16(), ap.Port(), a.FlowInfo(), a.ScopeID())
}

// agree compares csock's reading of a control buffer with C's.
func agree(t testing.TB, control []byte) {
	t.Helper()
	got, want := controlText(control), cref.CmsgText(control)
	if got == want {
		return
	}
	// musl's CMSG_NXTHDR does not see a last message that has no payload.
	if rest, ok := strings.CutPrefix(got, want); ok && strings.Count(rest, "\n") == 1 && controlHeaderLast(control) {
		return
	}
	t.Errorf("csock and C read %x differently (-C +csock):\n%s", control, cmp.Diff(want, got))
}

// controlHeaderLast reports whether the last message is a header that ends where control does.
func controlHeaderLast(control []byte) bool {
	last := csock.ControlMessage{}
	for m := range csock.ControlMessages(control) {
		last = m
	}
	return len(last.Data) == 0
}

// controlText calls every method that reads a control message, so that the comparisons with C have
// them all.
func TestControlMethods(t *testing.T) {
	source, err := os.ReadFile("control_test.go")
	check(t, err)
	message := reflect.TypeFor[csock.ControlMessage]()
	for i := range message.NumMethod() {
		method := message.Method(i)
		results := method.Type.NumOut()
		if results < 2 || method.Type.Out(results-1).Kind() != reflect.Bool || method.Name == "Int" {
			continue // not by kind
		}
		if !strings.Contains(string(source), ":= m."+method.Name+"(") {
			t.Errorf("controlText does not call %s", method.Name)
		}
	}
}

// Each message that csock can build, and the same one built by C.
func TestControlBuild(t *testing.T) {
	ip4, ip6 := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")
	options := []byte{17, 0, 1, 4, 0, 0, 0, 0}
	ref := func(kind cref.CmsgKind, args ...int64) cref.Cmsg { return cref.Cmsg{Kind: kind, Args: args} }
	data := func(kind cref.CmsgKind, data []byte, args ...int64) cref.Cmsg {
		return cref.Cmsg{Kind: kind, Args: args, Data: data}
	}
	tests := []struct {
		name  string
		build func(b []byte) []byte
		c     cref.Cmsg
	}{
		{"rights", func(b []byte) []byte { return csock.AppendRights(b, 7, 1<<30, 9) }, ref(cref.CmsgRights, 3, 7, 1<<30, 9)},
		{"no rights", func(b []byte) []byte { return csock.AppendRights(b) }, ref(cref.CmsgRights, 0)},
		{"credentials", func(b []byte) []byte {
			return csock.AppendCredentials(b, csock.Ucred{PID: 1234, UID: 1 << 31, GID: 1<<32 - 1})
		}, ref(cref.CmsgCredentials, 1234, 1<<31, 1<<32-1)},
		{"packet info 4", func(b []byte) []byte {
			return csock.AppendPacketInfo(b, csock.PacketInfo{Ifindex: 3, Local: ip4, Dst: ip6})
		}, data(cref.CmsgPktinfo4, ip4.AsSlice(), 3)},
		{"packet info 6", func(b []byte) []byte {
			return csock.AppendPacketInfo(b, csock.PacketInfo{Ifindex: 3, Local: ip6})
		}, data(cref.CmsgPktinfo6, ip6.AsSlice(), 3)},
		{"packet info of an interface", func(b []byte) []byte {
			return csock.AppendPacketInfo(b, csock.PacketInfo{Ifindex: 1})
		}, data(cref.CmsgPktinfo6, nil, 1)},
		{"ttl", func(b []byte) []byte { return csock.AppendTTL(b, 255) }, ref(cref.CmsgTTL, 255)},
		{"hop limit", func(b []byte) []byte { return csock.AppendHopLimit(b, -1) }, ref(cref.CmsgHopLimit, -1)},
		{"tos", func(b []byte) []byte {
			return csock.AppendTOS(b, csock.MakeTrafficClass(46, csock.IPTOS_ECN_ECT0))
		}, ref(cref.CmsgTOS, 0xb8|2)},
		{"traffic class", func(b []byte) []byte { return csock.AppendTrafficClass(b, 0xff) }, ref(cref.CmsgTclass, 255)},
		{"dontfrag", func(b []byte) []byte { return csock.AppendDontFrag(b, true) }, ref(cref.CmsgDontfrag, 1)},
		{"flow info", func(b []byte) []byte { return csock.AppendFlowInfo(b, 0x12345) }, ref(cref.CmsgFlowinfo, 0x12345)},
		{"segment size", func(b []byte) []byte { return csock.AppendSegmentSize(b, 1400) }, ref(cref.CmsgSegment, 1400)},
		{"tx time", func(b []byte) []byte { return csock.AppendTxtime(b, 1<<62+5) }, ref(cref.CmsgTxtime, 1<<62+5)},
		{"mark", func(b []byte) []byte { return csock.AppendMark(b, 1<<31+1) }, ref(cref.CmsgMark, 1<<31+1)},
		{"priority", func(b []byte) []byte { return csock.AppendPriority(b, 6) }, ref(cref.CmsgPriority, 6)},
		{"timestamping", func(b []byte) []byte { return csock.AppendTimestamping(b, 0x302) }, ref(cref.CmsgTimestamping, 0x302)},
		{"timestamp id", func(b []byte) []byte { return csock.AppendTimestampID(b, 1<<32-2) }, ref(cref.CmsgTsOptID, 1<<32-2)},
		{"tls", func(b []byte) []byte { return csock.AppendTLSRecordType(b, 22) }, ref(cref.CmsgTLSRecord, 22)},
		{"an int by an option", func(b []byte) []byte { return csock.AppendControlInt(b, csock.IP_TTL, 7) }, ref(cref.CmsgTTL, 7)},
		{"an int by a kind", func(b []byte) []byte { return csock.AppendControlInt(b, csock.IPV6_HOPLIMIT, -1) }, ref(cref.CmsgHopLimit, -1)},
		{"hop options", func(b []byte) []byte {
			return csock.AppendControl(b, csock.IPV6_HOPOPTS, options)
		}, data(cref.CmsgHopopts, options, int64(len(options)))},
		{"an odd payload", func(b []byte) []byte {
			return csock.AppendControl(b, csock.IP_RETOPTS, options[:5])
		}, data(cref.CmsgRetopts, options, 5)},
		{"sctp init", func(b []byte) []byte {
			return csock.AppendSCTPInit(b, csock.SCTPInitMsg{NumOstreams: 1, MaxInstreams: 2, MaxAttempts: 3, MaxInitTimeo: 4 * time.Millisecond})
		}, ref(cref.CmsgSCTPInit, 1, 2, 3, 4)},
		{"sctp sndrcv", func(b []byte) []byte {
			return csock.AppendSCTPSndRcv(b, csock.SCTPSndRcvInfo{Stream: 1, SSN: 2, Flags: 3, PPID: 4, Context: 5, TimeToLive: 6 * time.Millisecond, TSN: 7, CumTSN: 8, AssocID: 9})
		}, ref(cref.CmsgSCTPSndrcv, 1, 2, 3, 4, 5, 6, 7, 8, 9)},
		{"sctp sndinfo", func(b []byte) []byte {
			return csock.AppendSCTPSndInfo(b, csock.SCTPSndInfo{SID: 1, Flags: 2, PPID: 3, Context: 4, AssocID: -5})
		}, ref(cref.CmsgSCTPSndinfo, 1, 2, 3, 4, -5)},
		{"sctp prinfo", func(b []byte) []byte {
			return csock.AppendSCTPPRInfo(b, csock.SCTPPRInfo{Policy: 0x10, Value: 1 << 31})
		}, ref(cref.CmsgSCTPPrinfo, 0x10, 1<<31)},
		{"sctp authinfo", func(b []byte) []byte { return csock.AppendSCTPAuthInfo(b, 7) }, ref(cref.CmsgSCTPAuthinfo, 7)},
		{"sctp dstaddr 4", func(b []byte) []byte { return csock.AppendSCTPDstAddr(b, ip4) }, data(cref.CmsgSCTPDstaddrv4, ip4.AsSlice())},
		{"sctp dstaddr 6", func(b []byte) []byte { return csock.AppendSCTPDstAddr(b, ip6) }, data(cref.CmsgSCTPDstaddrv6, ip6.AsSlice())},
	}
	var all []byte
	var specs []cref.Cmsg
	for _, test := range tests {
		want := cref.Cmsgs(test.c)
		if got := test.build(nil); !cmp.Equal(got, want) {
			t.Errorf("%s: % x, C makes % x", test.name, got, want)
		}
		// Into memory that is not zero, with enough room and without.
		for _, room := range []int{0, 512} {
			b := used(room)
			if got := test.build(b[:0]); !cmp.Equal(got, want) {
				t.Errorf("%s, into used memory: % x, C makes % x", test.name, got, want)
			}
		}
		agree(t, want)
		all = test.build(all)
		specs = append(specs, test.c)
	}
	want := cref.Cmsgs(specs...)
	if !cmp.Equal(all, want) {
		t.Errorf("all in one buffer: % x, C makes % x", all, want)
	}
	agree(t, all)
	for cut := range all {
		agree(t, all[:cut])
		agree(t, append(make([]byte, 1), all[:cut]...)[1:]) // not aligned
	}
}

// used returns n bytes that are not zero.
func used(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i) | 1
	}
	return b
}

// A control buffer is filtered in place.
func TestControlFilter(t *testing.T) {
	all := csock.AppendTOS(csock.AppendSegmentSize(csock.AppendTTL(nil, 1), 2), 3)
	want := csock.AppendTOS(csock.AppendTTL(nil, 1), 3)
	got := all[:0]
	for m := range csock.ControlMessages(all) {
		if !m.Is(csock.UDP_SEGMENT) {
			got = csock.AppendControl(got, m.ControlType(), m.Data)
		}
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s, want %s", controlText(got), controlText(want))
	}
}

// A message that C has made is of the kind with C's name for it.
func TestControlType(t *testing.T) {
	for _, test := range []struct {
		c    cref.CmsgKind
		kind csock.ControlKind
		name string
	}{
		{cref.CmsgRights, csock.SCM_RIGHTS, "SCM_RIGHTS"},
		{cref.CmsgCredentials, csock.SCM_CREDENTIALS, "SCM_CREDENTIALS"},
		{cref.CmsgTTL, csock.IP_TTL, "IP_TTL"},
		{cref.CmsgHopLimit, csock.IPV6_HOPLIMIT, "IPV6_HOPLIMIT"},
		{cref.CmsgMark, csock.SO_MARK, "SO_MARK"},
		{cref.CmsgTxtime, csock.SCM_TXTIME, "SCM_TXTIME"},
		{cref.CmsgTsOptID, csock.SCM_TS_OPT_ID, "SCM_TS_OPT_ID"},
		{cref.CmsgSegment, csock.UDP_SEGMENT, "UDP_SEGMENT"},
		{cref.CmsgTLSRecord, csock.TLS_SET_RECORD_TYPE, "TLS_SET_RECORD_TYPE"},
		{cref.CmsgHopopts, csock.IPV6_HOPOPTS, "IPV6_HOPOPTS"},
		{cref.CmsgSCTPInit, csock.SCTP_INIT, "SCTP_INIT"},
		{cref.CmsgSCTPSndrcv, csock.SCTP_SNDRCV, "SCTP_SNDRCV"},
		{cref.CmsgSCTPSndinfo, csock.SCTP_SNDINFO, "SCTP_SNDINFO"},
		{cref.CmsgSCTPPrinfo, csock.SCTP_PRINFO, "SCTP_PRINFO"},
		{cref.CmsgSCTPAuthinfo, csock.SCTP_AUTHINFO, "SCTP_AUTHINFO"},
		{cref.CmsgSCTPDstaddrv4, csock.SCTP_DSTADDRV4, "SCTP_DSTADDRV4"},
		{cref.CmsgSCTPDstaddrv6, csock.SCTP_DSTADDRV6, "SCTP_DSTADDRV6"},
	} {
		messages := 0
		for m := range csock.ControlMessages(cref.Cmsgs(cref.Cmsg{Kind: test.c, Args: make([]int64, 10)})) {
			messages++
			kind := test.kind.ControlType()
			if !m.Is(test.kind) || m.ControlType() != kind || m.Is(csock.SCM_SECURITY) {
				t.Errorf("%s: C's message is of %v", test.name, m.ControlType())
			}
			if kind.Level() != m.Level || kind.Number() != m.Type || !kind.Supported() || csock.NewControlType(m.Level, m.Type) != kind {
				t.Errorf("%s is %d/%d, supported: %t; C's %d/%d", test.name, kind.Level(), kind.Number(), kind.Supported(), m.Level, m.Type)
			}
			same(t, "name", kind.String(), test.name)
			same(t, "the message in words", m.String(), fmt.Sprintf("%s: %d bytes", test.name, len(m.Data)))
		}
		same(t, test.name+": messages", messages, 1)
	}

	unknown := csock.NewControlType(1, 9999)
	same(t, "a kind without a name", unknown.String(), "SOL_SOCKET/9999")
	same(t, "its level", unknown.Level(), csock.SOL_SOCKET)
	same(t, "its number", unknown.Number(), 9999)

	// A message of another system can be built here, and is refused when it is sent.
	lacking := csock.SO_NOSIGPIPE.ControlType()
	if lacking.Supported() || lacking.Level() >= 0 && lacking.Number() >= 0 {
		t.Errorf("SO_NOSIGPIPE is %d/%d, supported: %t", lacking.Level(), lacking.Number(), lacking.Supported())
	}
	a, _ := unixPair(t, csock.SOCK_DGRAM)
	for _, control := range [][]byte{csock.AppendControl(nil, lacking, []byte("x")), csock.AppendControlInt(nil, csock.SO_NOSIGPIPE, 1)} {
		if _, err := a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte("x")}, Control: control}, 0); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("Sendmsg: %v, want ErrUnsupported", err)
		}
	}
}

// The parts of the byte that a packet carries.
func TestTrafficClass(t *testing.T) {
	for b := range 256 {
		class := csock.TrafficClass(b)
		if int(class.DSCP()) != b>>2 || int(class.ECN()) != b&3 || csock.MakeTrafficClass(class.DSCP(), class.ECN()) != class {
			t.Errorf("%#x has DSCP %d and ECN %d", b, class.DSCP(), class.ECN())
		}
	}
	// A code point has 6 bits, a congestion notification 2. Excess bits do not affect the other.
	same(t, "too much of both", csock.MakeTrafficClass(64, 4), 0)

	from := kindOf("udp4").open(t)
	to, addr := kindOf("udp4").bound(t)
	check(t, csock.IP_RECVTOS.Set(to, true))
	check(t, from.SetTOSV4(46<<2|2)) // expedited forwarding, ECT(0)
	sent(t, 1)(from.SendTo([]byte("x"), addr, 0))
	m := received(t, to, 0)
	same(t, "control messages", count(m), 1)
	for c := range m.ControlMessages() {
		class, ok := c.TOS()
		if !ok || class.DSCP() != 46 || class.ECN() != csock.IPTOS_ECN_ECT0 {
			t.Errorf("%v: DSCP %d, ECN %d", c, class.DSCP(), class.ECN())
		}
	}
}
