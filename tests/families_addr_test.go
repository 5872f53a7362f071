//go:build linux

package tests

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
)

// The addresses of families are C's, byte for byte, even if this kernel lacks the family.
func TestFamilyAddr(t *testing.T) {
	for _, sa := range []csock.SockaddrISOTP{{}, {Ifindex: 0x1020304, RxID: 0x5060708 | csock.CAN_EFF_FLAG, TxID: 0x90a0b0c}} {
		native := cref.ISOTP(int32(sa.Ifindex), uint32(sa.RxID), uint32(sa.TxID))
		got, ok := csock.ISOTPAddr(sa).ISOTP()
		same(t, "read back", got, sa)
		same(t, "ok", ok, true)
		if diff := cmp.Diff(native, csock.ISOTPAddr(sa).Bytes()); diff != "" {
			t.Errorf("%+v: C's bytes and csock's:\n%s", sa, diff)
		}
	}
	can := csock.SockaddrCAN{Ifindex: 0x1020304}
	if diff := cmp.Diff(cref.CAN(int32(can.Ifindex)), csock.CANAddr(can).Bytes()); diff != "" {
		t.Errorf("%+v: C's bytes and csock's:\n%s", can, diff)
	}
	// The kernel cuts a raw socket's address after the interface.
	cut, err := csock.RawSockAddr(csock.CANAddr(can).Bytes()[:8])
	check(t, err)
	got, ok := cut.CAN()
	same(t, "of 8 bytes", got, can)
	same(t, "of 8 bytes, ok", ok, true)
	if sa, ok := cut.ISOTP(); ok {
		t.Errorf("8 bytes are %+v", sa)
	}
	j := csock.SockaddrJ1939{Ifindex: 0x1020304, Name: 0x0102030405060708, PGN: 0x12345, Addr: 0x67}
	sameFamilyAddr(t, csock.J1939Addr(j), cref.J1939(int32(j.Ifindex), uint64(j.Name), uint32(j.PGN), uint8(j.Addr)), csock.AF_CAN, j, csock.SockAddr.J1939)
	for _, sa := range []csock.SockaddrALG{
		{Type: "hash", Name: "sha256"},
		{Type: strings.Repeat("t", 13), Feat: 0x1020304, Mask: 0x5060708, Name: strings.Repeat("n", 63)},
	} {
		sameFamilyAddr(t, csock.ALGAddr(sa), cref.ALG(sa.Type, sa.Feat, sa.Mask, sa.Name), csock.AF_ALG, sa, csock.SockAddr.ALG)
	}
	long := csock.SockaddrALG{Type: "skcipher", Name: strings.Repeat("n", 103)}
	back, _ := csock.ALGAddr(long).ALG()
	same(t, "of a long name", back, long)
	for _, sa := range []csock.SockaddrTIPC{
		{Type: csock.TIPC_SOCKET_ADDR, ID: csock.TIPCSocketAddr{Ref: 0x1020304, Node: 0x5060708}},
		{Type: csock.TIPC_SERVICE_ADDR, Scope: csock.TIPC_CLUSTER_SCOPE, Service: csock.TIPCServiceAddr{Type: 1, Instance: 2}, Domain: 3},
		{Type: csock.TIPC_SERVICE_RANGE, Scope: -csock.TIPC_NODE_SCOPE, Range: csock.TIPCServiceRange{Type: 1, Lower: 2, Upper: 3}},
	} {
		v := [3]uint32{sa.ID.Ref + uint32(sa.Service.Type+sa.Range.Type), sa.ID.Node + sa.Service.Instance + sa.Range.Lower, sa.Domain + sa.Range.Upper}
		sameFamilyAddr(t, csock.TIPCAddr(sa), cref.TIPC(uint8(sa.Type), int8(sa.Scope), v[0], v[1], v[2]), csock.AF_TIPC, sa, csock.SockAddr.TIPC)
	}
	device := [6]byte{1, 2, 3, 4, 5, 6}
	l2 := csock.SockaddrL2{PSM: 0x1001, BDAddr: device, CID: 0x203, BDAddrType: csock.BDADDR_LE_RANDOM}
	sameFamilyAddr(t, csock.L2Addr(l2), cref.L2(l2.PSM, device, l2.CID, uint8(l2.BDAddrType)), csock.AF_BLUETOOTH, l2, csock.SockAddr.L2)
	rc := csock.SockaddrRC{BDAddr: device, Channel: 7}
	sameFamilyAddr(t, csock.RCAddr(rc), cref.RC(device, rc.Channel), csock.AF_BLUETOOTH, rc, csock.SockAddr.RC)
	sco := csock.SockaddrSCO{BDAddr: device}
	sameFamilyAddr(t, csock.SCOAddr(sco), cref.SCO(device), csock.AF_BLUETOOTH, sco, csock.SockAddr.SCO)
	hci := csock.SockaddrHCI{Dev: 0x102, Channel: csock.HCI_CHANNEL_MONITOR}
	sameFamilyAddr(t, csock.HCIAddr(hci), cref.HCI(hci.Dev, uint16(hci.Channel)), csock.AF_BLUETOOTH, hci, csock.SockAddr.HCI)
	pppoe := csock.SockaddrPPPoE{SID: 0x1234, Remote: device[:], Dev: "eth0"}
	sameFamilyAddr(t, csock.PPPoEAddr(pppoe), cref.PPPoE(pppoe.SID, device[:], pppoe.Dev), csock.AF_PPPOX, pppoe, csock.SockAddr.PPPoE)
	pptp := csock.SockaddrPPTP{CallID: 0x1234, Addr: netip.AddrFrom4([4]byte{192, 0, 2, 1})}
	sameFamilyAddr(t, csock.PPTPAddr(pptp), cref.PPTP(pptp.CallID, pptp.Addr.AsSlice()), csock.AF_PPPOX, pptp, csock.SockAddr.PPTP)
	for _, v3 := range []bool{false, true} {
		for _, peer := range []string{"192.0.2.1:1701", "[2001:db8::1]:1701"} {
			sa := csock.SockaddrPPPoL2TP{V3: v3, PID: 0x10203, FD: 0x405, Addr: netip.MustParseAddrPort(peer),
				STunnel: 0x607, SSession: 0x809, DTunnel: 0xa0b, DSession: 0xc0d}
			if v3 {
				sa.DSession = 0xe0f1011
			}
			native := cref.L2TP(v3, int32(sa.PID), int32(sa.FD), csock.InetAddr(sa.Addr).Bytes(),
				[4]uint32{sa.STunnel, sa.SSession, sa.DTunnel, sa.DSession})
			readFamilyAddr(t, csock.PPPoL2TPAddr(sa), native, csock.AF_PPPOX, sa, csock.SockAddr.PPPoL2TP)
		}
	}
	q := csock.SockaddrQRTR{Node: 0x1020304, Port: csock.QRTR_PORT_CTRL}
	sameFamilyAddr(t, csock.QRTRAddr(q), cref.QRTR(q.Node, q.Port), csock.AF_QIPCRTR, q, csock.SockAddr.QRTR)
	for ap, typ := range map[string]csock.Type{"127.0.0.1:7001": csock.SOCK_DGRAM, "[::1]:7001": csock.SOCK_DGRAM, "127.0.0.1:1": 0, "127.0.0.1:2": math.MaxUint16} {
		sa := csock.SockaddrRXRPC{Service: 52, TransportType: typ, Transport: csock.InetAddr(netip.MustParseAddrPort(ap))}
		native := cref.RXRPC(sa.Service, uint16(sa.TransportType), sa.Transport.Bytes())
		if diff := cmp.Diff(native, csock.RXRPCAddr(sa).Bytes()); diff != "" {
			t.Errorf("%+v: C's bytes and csock's:\n%s", sa, diff)
		}
		got, ok := csock.RXRPCAddr(sa).RXRPC()
		same(t, "read back, ok", ok, true)
		same(t, "read back", got, sa)
	}
	invalid := []csock.SockAddr{
		csock.ALGAddr(csock.SockaddrALG{Type: strings.Repeat("t", 14)}),
		csock.ALGAddr(csock.SockaddrALG{Type: "hash", Name: strings.Repeat("n", 104)}),
		csock.ALGAddr(csock.SockaddrALG{Type: "hash", Name: "a\x00b"}),
		csock.TIPCAddr(csock.SockaddrTIPC{}),
		csock.RXRPCAddr(csock.SockaddrRXRPC{TransportType: csock.SOCK_DGRAM}),
		csock.RXRPCAddr(csock.SockaddrRXRPC{TransportType: -1, Transport: csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:7001"))}),
		csock.RXRPCAddr(csock.SockaddrRXRPC{TransportType: 1 << 16, Transport: csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:7001"))}),
		csock.MCTPAddr(csock.SockaddrMCTP{Ifindex: 1}),
		csock.MCTPAddr(csock.SockaddrMCTP{Ifindex: 1, HardwareAddr: strings.Repeat("h", 33)}),
		csock.PPPoEAddr(csock.SockaddrPPPoE{Remote: device[:5], Dev: "eth0"}),
		csock.PPPoEAddr(csock.SockaddrPPPoE{Remote: device[:], Dev: strings.Repeat("d", 16)}),
		csock.PPTPAddr(csock.SockaddrPPTP{Addr: netip.IPv6Loopback()}),
		csock.PPPoL2TPAddr(csock.SockaddrPPPoL2TP{}),
		csock.PPPoL2TPAddr(csock.SockaddrPPPoL2TP{Addr: netip.MustParseAddrPort("192.0.2.1:1701"), DTunnel: 1 << 16}),
	}
	if past := uint64(1) << 31; past <= math.MaxInt { // not where an int has 32 bits: C's holds all of it
		invalid = append(invalid, csock.CANAddr(csock.SockaddrCAN{Ifindex: int(past)}),
			csock.ISOTPAddr(csock.SockaddrISOTP{Ifindex: int(past)}), csock.J1939Addr(csock.SockaddrJ1939{Ifindex: int(past)}))
	}
	for _, a := range invalid {
		same(t, a.String()+" is valid", a.IsValid(), false)
	}
}

// Messages to and from a broadcast manager have the kernel's layout.
func TestBCMMsgHead(t *testing.T) {
	head := csock.BCMMsgHead{Opcode: csock.CAN_BCM_TX_SETUP, Flags: csock.CAN_BCM_SETTIMER | csock.CAN_BCM_STARTTIMER, Count: 3,
		Ival1: 1500 * time.Millisecond, Ival2: 2 * time.Microsecond, ID: 0x123, NFrames: 1}
	frame := csock.CANFrame{ID: 0x123, Len: 2, Data: [8]uint8{1, 2}}
	b := append(head.Append([]byte("x")), frame.Bytes()...)
	got, frames, ok := csock.ParseBCM(b[1:])
	same(t, "ok", ok, true)
	same(t, "head", got, head)
	if diff := cmp.Diff(frame.Bytes(), frames); diff != "" {
		t.Error(diff)
	}
	if _, _, ok := csock.ParseBCM(b[1:20]); ok {
		t.Error("a head that is cut")
	}
}

// A CANID prints as can-utils print it: three digits, or eight of an extended or error frame.
func TestCANIDString(t *testing.T) {
	for id, want := range map[csock.CANID]string{
		0x1:                             "001",
		0x7ab:                           "7AB",
		0x7ab | csock.CAN_RTR_FLAG:      "7AB",
		0x7ab | csock.CAN_EFF_FLAG:      "000007AB",
		0x1fedcba9 | csock.CAN_EFF_FLAG: "1FEDCBA9",
		0x1fedcba9 | csock.CAN_EFF_FLAG | csock.CAN_RTR_FLAG: "1FEDCBA9",
		0x4 | csock.CAN_ERR_FLAG:                             "20000004",
	} {
		same(t, fmt.Sprintf("%#x", uint32(id)), id.String(), want)
	}
}

// The numbers of a TIPC message's destination are in the order of struct tipc_service_range.
func TestTIPCDestName(t *testing.T) {
	var data []byte
	for _, n := range []uint32{4711, 17, 18} {
		data = binary.NativeEndian.AppendUint32(data, n)
	}
	level, typ := csock.TIPC_DESTNAME.Level(), csock.TIPC_DESTNAME.Number()
	got, ok := csock.ControlMessage{Level: level, Type: typ, Data: data}.TIPCDestName()
	same(t, "ok", ok, true)
	same(t, "the range", got, csock.TIPCServiceRange{Type: 4711, Lower: 17, Upper: 18})
	if got, ok := (csock.ControlMessage{Level: level, Type: typ, Data: data[:11]}).TIPCDestName(); ok {
		t.Errorf("cut: %+v", got)
	}
}

// Addresses of MCTP. Older headers have no struct to compare them with.
func TestFamilyAddressMCTP(t *testing.T) {
	for _, sa := range []csock.SockaddrMCTP{
		{Network: 0x1020304, Addr: 8, Type: 1, Tag: csock.MCTP_TAG_OWNER},
		{Network: 1, Addr: 9, Type: 0x7e, Tag: 3, Ifindex: 0x5060708, HardwareAddr: "\x1d\x1e"},
	} {
		native := cref.MCTP(sa.Network, uint8(sa.Addr), sa.Type, uint8(sa.Tag), int32(sa.Ifindex), []byte(sa.HardwareAddr))
		if native == nil {
			t.Skip("needs struct sockaddr_mctp, which these headers lack")
		}
		readFamilyAddr(t, csock.MCTPAddr(sa), native, csock.AF_MCTP, sa, csock.SockAddr.MCTP)
	}
}
