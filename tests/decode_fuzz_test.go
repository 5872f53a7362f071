//go:build linux && cgo

package tests

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
)

// familyText describes an address as cref.AddrText does.
func familyText(a csock.SockAddr) string {
	var b strings.Builder
	if ap, ok := a.AddrPort(); ok {
		if a.IsIPv4() {
			fmt.Fprintf(&b, "in %x %d", ap.Addr().AsSlice(), ap.Port())
		} else {
			fmt.Fprintf(&b, "in6 %x %d %d %d", ap.Addr().AsSlice(), ap.Port(), a.FlowInfo(), a.ScopeID())
		}
	}
	if a.IsUnnamed() {
		b.WriteString("unnamed")
	}
	if name, ok := a.AbstractNamespace(); ok {
		fmt.Fprintf(&b, "abstract %x", name)
	}
	if path, ok := a.Pathname(); ok {
		fmt.Fprintf(&b, "path %x", path)
	}
	if sa, ok := a.Packet(); ok {
		fmt.Fprintf(&b, "packet %d %d %d %d %x", sa.Protocol, sa.Ifindex, sa.HardwareType, sa.PacketType, []byte(sa.Addr))
	}
	if sa, ok := a.VM(); ok {
		fmt.Fprintf(&b, "vsock %d %d %d", sa.CID, sa.Port, sa.Flags)
	}
	if pid, groups, ok := a.Netlink(); ok {
		fmt.Fprintf(&b, "netlink %d %d", pid, groups)
	}
	if sa, ok := a.CAN(); ok {
		fmt.Fprintf(&b, "can %d", sa.Ifindex)
	}
	if sa, ok := a.ISOTP(); ok {
		fmt.Fprintf(&b, " tp %d %d", sa.RxID, sa.TxID)
	}
	if sa, ok := a.J1939(); ok {
		fmt.Fprintf(&b, " j1939 %d %d %d", sa.Name, sa.PGN, sa.Addr)
	}
	if sa, ok := a.XDP(); ok {
		fmt.Fprintf(&b, "xdp %d %d %d %d", sa.Flags, uint32(sa.Ifindex), sa.QueueID, uint32(sa.SharedUmemFD))
	}
	if sa, ok := a.ALG(); ok {
		fmt.Fprintf(&b, "alg %d %d %s %s", sa.Feat, sa.Mask, sa.Type, sa.Name)
	}
	if sa, ok := a.TIPC(); ok {
		switch sa.Type {
		case csock.TIPC_SERVICE_RANGE:
			fmt.Fprintf(&b, "tipc range %d %d %d %d", sa.Scope, sa.Range.Type, sa.Range.Lower, sa.Range.Upper)
		case csock.TIPC_SERVICE_ADDR:
			fmt.Fprintf(&b, "tipc service %d %d %d %d", sa.Scope, sa.Service.Type, sa.Service.Instance, sa.Domain)
		case csock.TIPC_SOCKET_ADDR:
			fmt.Fprintf(&b, "tipc socket %d %d %d", sa.Scope, sa.ID.Ref, sa.ID.Node)
		}
	}
	if sa, ok := a.QRTR(); ok {
		fmt.Fprintf(&b, "qrtr %d %d", sa.Node, sa.Port)
	}
	if sa, ok := a.RXRPC(); ok {
		fmt.Fprintf(&b, "rxrpc %d %d %x", sa.Service, sa.TransportType, sa.Transport.Bytes())
	}
	return b.String()
}

// familyAddrs are addresses of every family.
func familyAddrs() []csock.SockAddr {
	unix, _ := csock.UnixAddr("@name")
	path, _ := csock.UnixAddr("/a/path")
	unnamed, _ := csock.UnixAddr("")
	return []csock.SockAddr{
		loopback4, loopback6, unix, path, unnamed, csock.VsockAddr(1, 2), csock.NetlinkAddr(1, 2),
		csock.PacketAddr(0x0800, 1, []byte{1, 2, 3, 4, 5, 6}), csock.PacketAddr(0x0800, 1, bytes.Repeat([]byte{7}, 32)),
		csock.CANAddr(csock.SockaddrCAN{Ifindex: 1}), csock.ISOTPAddr(csock.SockaddrISOTP{Ifindex: 1, RxID: 2, TxID: 3}),
		csock.J1939Addr(csock.SockaddrJ1939{Ifindex: 1, Name: 2, PGN: 3, Addr: 4}),
		csock.XDPAddr(csock.SockaddrXDP{Flags: 1, Ifindex: 2, QueueID: 3, SharedUmemFD: 4}),
		csock.ALGAddr(csock.SockaddrALG{Type: "hash", Feat: 1, Mask: 2, Name: "sha256"}),
		csock.ALGAddr(csock.SockaddrALG{Type: "hash", Name: strings.Repeat("n", 103)}),
		csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SOCKET_ADDR, ID: csock.TIPCSocketAddr{Ref: 1, Node: 2}}),
		csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_ADDR, Scope: 2, Service: csock.TIPCServiceAddr{Type: 1, Instance: 2}, Domain: 3}),
		csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_RANGE, Scope: -3, Range: csock.TIPCServiceRange{Type: 1, Lower: 2, Upper: 3}}),
		csock.QRTRAddr(csock.SockaddrQRTR{Node: 1, Port: 2}),
		csock.RXRPCAddr(csock.SockaddrRXRPC{Service: 1, TransportType: csock.SOCK_DGRAM, Transport: loopback4}),
		csock.RXRPCAddr(csock.SockaddrRXRPC{Service: 1, TransportType: csock.SOCK_DGRAM, Transport: loopback6}),
	}
}

// An address cut at any length is read as C reads it.
func TestSockAddrCut(t *testing.T) {
	for _, whole := range familyAddrs() {
		same(t, "valid", whole.IsValid(), true)
		if text := familyText(whole); text == "" {
			t.Errorf("%v is none", whole)
		}
		native := append(whole.Bytes(), used(128-whole.Len())...)
		for n := 2; n <= len(native); n++ {
			sameInC(t, native[:n])
		}
	}
}

func sameInC(t *testing.T, native []byte) {
	t.Helper()
	a, err := csock.RawSockAddr(native)
	check(t, err)
	if want, got := cref.AddrText(native), familyText(a); got != want {
		t.Errorf("the address %x is in C\n%s\nand in csock\n%s", native, want, got)
	}
}

// For any bytes of an address, csock reads what C reads and no other bytes, and the address does
// not change.
func FuzzSockAddr(f *testing.F) {
	for _, a := range familyAddrs() {
		f.Add(a.Bytes())
	}
	f.Fuzz(func(t *testing.T, native []byte) {
		a, err := csock.RawSockAddr(native)
		if err != nil {
			return
		}
		sameInC(t, native)
		if got := a.Bytes(); !bytes.Equal(got, native) || a.Len() != len(native) {
			t.Fatalf("Bytes are %x, want %x", got, native)
		}
		again, _ := csock.RawSockAddr(a.Bytes())
		if again != a {
			t.Fatalf("%x is not equal to itself", native)
		}
		_ = a.String()
		a.Domain()
		if ap, ok := a.AddrPort(); ok != (a.IsIPv4() || a.IsIPv6()) || ok && !ap.IsValid() {
			t.Fatalf("AddrPort of %x is %v, %v", native, ap, ok)
		}
		name, abstract := a.AbstractNamespace()
		file, named := a.Pathname()
		if n := a.IsUnnamed(); abstract && named || (abstract || named || n) != a.IsUnix() {
			t.Fatalf("%x is unnamed %v, %q, %q", native, n, name, file)
		}
		if a.IsIPv6() && a.WithFlowInfo(5).WithScopeID(6).WithFlowInfo(a.FlowInfo()).WithScopeID(a.ScopeID()) != a {
			t.Fatalf("%x changes", native)
		}
	})
}

// netlinkText describes netlink messages as cref.NetlinkText does.
func netlinkText(p []byte) string {
	var b strings.Builder
	attributes := func(p []byte) {
		for typ, value := range csock.Nlattrs(p) {
			fmt.Fprintf(&b, " attribute %d %x", typ, value)
		}
		b.WriteString("\n")
	}
	ap := func(a netip.AddrPort) string { return fmt.Sprintf("%x %d", a.Addr().AsSlice(), a.Port()) }
	for h, payload := range csock.NetlinkMessages(p) {
		fmt.Fprintf(&b, "message %d %d %d %d %d %x\n", h.Len, uint16(h.Type), uint16(h.Flags), h.Seq, h.Pid, payload)
		var errno syscall.Errno
		if err := csock.NetlinkError(payload); err == nil || errors.As(err, &errno) && len(payload) >= 4 {
			fmt.Fprintf(&b, "error %d\n", -int32(errno))
		}
		attributes(payload)
		if m, rest, ok := csock.ParseInetDiagMsg(payload); ok {
			fmt.Fprintf(&b, "inet %d %d %d %d %s %s %d %d %d %d %d %d %d %d", m.Family, m.State, m.Timer, m.Retrans, ap(m.ID.Src), ap(m.ID.Dst),
				m.ID.Ifindex, uint32(m.ID.Cookie), m.ID.Cookie>>32, m.Expires/time.Millisecond, m.RQueue, m.WQueue, m.UID, m.Inode)
			attributes(rest)
		}
		if m, rest, ok := csock.ParseUnixDiagMsg(payload); ok {
			fmt.Fprintf(&b, "unix %d %d %d %d %d", int(m.Type), m.State, m.Inode, uint32(m.Cookie), m.Cookie>>32)
			attributes(rest)
		}
	}
	return b.String()
}

// bcmText describes the head of a broadcast manager's message as cref.BCMText does.
func bcmText(p []byte) string {
	m, _, ok := csock.ParseBCM(p)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d %d %d %d %d %d %d %d %d", m.Opcode, m.Flags, m.Count, m.Ival1/time.Second, m.Ival1%time.Second/time.Microsecond,
		m.Ival2/time.Second, m.Ival2%time.Second/time.Microsecond, m.ID, m.NFrames)
}

// netlinkSeed is a datagram of several messages: attributes, an error, sock_diag's structs.
func netlinkSeed(t testing.TB) []byte {
	attributes, err := csock.AppendNlattr(nil, csock.INET_DIAG_CONG, []byte("cubic\x00"))
	check(t, err)
	attributes, err = csock.AppendNlattr(attributes, csock.NLA_F_NESTED|7, nil)
	check(t, err)
	var b []byte
	for i, payload := range [][]byte{
		attributes, {0xff, 0xff, 0xff, 0xff, 1}, append([]byte{byte(csock.AF_INET), 1, 2, 3}, append(used(68), attributes...)...),
		append([]byte{byte(csock.AF_INET6), 1, 2, 3}, append(used(68), attributes...)...), append(used(16), attributes...), {1, 2, 3}, nil,
	} {
		b, err = csock.NlMsghdr{Type: csock.NetlinkType(i), Flags: csock.NLM_F_MULTI, Seq: 7, Pid: 9}.Append(b, payload)
		check(t, err)
	}
	return b
}

// Netlink messages cut at any length are read as C's macros walk them.
func TestNetlinkCut(t *testing.T) {
	whole := netlinkSeed(t)
	for n := range len(whole) + 1 {
		sameMessages(t, whole[:n])
	}
	same(t, "messages", strings.Count(netlinkText(whole), "message "), 7)
}

func sameMessages(t *testing.T, p []byte) {
	t.Helper()
	if diff := cmp.Diff(cref.NetlinkText(p), netlinkText(p)); diff != "" {
		t.Errorf("netlink messages %x are read differently (-C +csock):\n%s", p, diff)
	}
}

// For any bytes of a netlink socket or a broadcast manager, csock and C read the same.
func FuzzMessages(f *testing.F) {
	f.Add(netlinkSeed(f))
	f.Add(csock.BCMMsgHead{Opcode: csock.CAN_BCM_TX_SETUP, Count: 3, Ival1: time.Second, Ival2: 2 * time.Microsecond, ID: 1, NFrames: 2}.Append(nil))
	f.Fuzz(func(t *testing.T, p []byte) {
		if len(p) > 4096 {
			return
		}
		sameMessages(t, p)
		if got, want := bcmText(p), cref.BCMText(p); got != want && !bcmWide(p) {
			t.Errorf("a broadcast manager's head %x is %s, in C %s", p, got, want)
		}
	})
}

// bcmWide reports whether an interval in a head is not one that csock and C write alike: it is
// negative, has a second or more of microseconds, or is too long for a Duration.
func bcmWide(p []byte) bool {
	var op, flags, count, id, frames, s1, us1, s2, us2 int64
	fmt.Sscan(cref.BCMText(p), &op, &flags, &count, &s1, &us1, &s2, &us2, &id, &frames)
	wide := func(s, us int64) bool { return s < 0 || us < 0 || us >= 1e6 || s > int64(1<<63-1)/1e9-1 }
	return wide(s1, us1) || wide(s2, us2)
}
