//go:build linux && cgo

package tests

import (
	"errors"
	"math"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// The messages of an RXRPC call are C's, byte for byte, and their readers read C's.
func TestRXRPCControl(t *testing.T) {
	const id, code, length = uint(1<<31 + 5), uint32(1<<31 + 6), int64(1<<40 + 7)
	for _, c := range []struct {
		timeouts csock.RXRPCCallTimeouts
		inC      []uint32
	}{
		{csock.RXRPCCallTimeouts{Hard: 1500 * time.Millisecond}, []uint32{2}},
		{csock.RXRPCCallTimeouts{}, []uint32{0}},
		{csock.RXRPCCallTimeouts{Hard: time.Second, Idle: time.Microsecond}, []uint32{1, 1}},
		{csock.RXRPCCallTimeouts{Normal: time.Second}, []uint32{0, 0, 1000}},
		{csock.RXRPCCallTimeouts{Hard: -1, Idle: -time.Hour, Normal: math.MaxInt64},
			[]uint32{math.MaxUint32, math.MaxUint32, math.MaxUint32}},
	} {
		native := cref.RXRPCControl(id, code, length, c.inC...)
		b := csock.AppendRXRPCUserCallID(nil, id)
		b = csock.AppendRXRPCAbort(b, code)
		b = csock.AppendRXRPCTxLength(b, length)
		b = csock.AppendRXRPCSetCallTimeout(b, c.timeouts)
		b = csock.AppendControlInt(b, csock.RXRPC_NET_ERROR, int32(syscall.ENETUNREACH))
		b = csock.AppendControlInt(b, csock.RXRPC_LOCAL_ERROR, int32(syscall.ENOMEM))
		if diff := cmp.Diff(native, b); diff != "" {
			t.Errorf("%+v: C's bytes and csock's:\n%s", c.timeouts, diff)
		}
	}
	read := 0
	for m := range csock.ControlMessages(cref.RXRPCControl(id, code, length, 1)) {
		if v, ok := m.RXRPCUserCallID(); ok {
			read++
			same(t, "call", v, id)
		}
		if v, ok := m.RXRPCAbort(); ok {
			read++
			same(t, "code", v, code)
		}
		if v, ok := m.RXRPCNetError(); ok {
			read++
			same(t, "error of the network", v, syscall.ENETUNREACH)
		}
		if v, ok := m.RXRPCLocalError(); ok {
			read++
			same(t, "error of this host", v, syscall.ENOMEM)
		}
	}
	same(t, "messages read", read, 4)
}

// Control messages of Bluetooth, J1939 and RDS are read as C writes them. Cut, they are not read.
func TestReceivedControl(t *testing.T) {
	read := map[string]int{}
	for m := range csock.ControlMessages(cref.ReceivedControl()) {
		cut := m
		cut.Data = m.Data[:len(m.Data)-1]
		if v, ok := m.BTPktStatus(); ok {
			read["BTPktStatus"]++
			same(t, "state", v, 3)
			_, ok := cut.BTPktStatus()
			same(t, "state of no bytes", ok, false)
		}
		if v, ok := m.HCIIncoming(); ok {
			read["HCIIncoming"]++
			same(t, "incoming", v, true)
			_, ok := cut.HCIIncoming()
			same(t, "a direction of 3 bytes", ok, false)
		}
		if v, ok := m.HCITimestamp(); ok {
			read["HCITimestamp"]++
			same(t, "time", v, time.Unix(1600000000, 123456000))
			_, ok := cut.HCITimestamp()
			same(t, "a cut time", ok, false)
		}
		if v, ok := m.J1939DestName(); ok {
			read["J1939DestName"]++
			same(t, "name", v, 0x8182838485868788)
		}
		if v, ok := m.ExtendedError(); ok {
			read["ExtendedError"]++
			want := csock.SockExtendedErr{Errno: syscall.ENOMSG, Origin: csock.SO_EE_ORIGIN_LOCAL,
				Info: uint32(csock.J1939_EE_INFO_RX_RTS), Data: 9}
			same(t, "report", v, want)
		}
		if v, ok := m.OptStats(); ok {
			for kind, payload := range csock.Nlattrs(v) {
				read["Nlattrs"]++
				same(t, "attribute", csock.J1939NLA(kind), csock.J1939_NLA_SRC_NAME)
				same(t, "its value", string(payload), "\x01\x02\x03\x04\x05\x06\x07\x08")
			}
		}
		if v, ok := m.RDSCongUpdate(); ok {
			read["RDSCongUpdate"]++
			same(t, "ports", v, 1<<63|1)
		}
		if v, ok := m.RDSRxTraces(); ok {
			read["RDSRxTraces"]++
			want := []csock.RDSRxTrace{{Stage: csock.RDS_MSG_RX_DGRAM_DELIVERED, Latency: 1234567890123},
				{Stage: csock.RDS_MSG_RX_HDR_TO_DGRAM_START, Latency: 5}}
			if diff := cmp.Diff(want, v); diff != "" {
				t.Errorf("RDSRxTraces: %s", diff)
			}
			if _, ok := cut.RDSRxTraces(); ok {
				t.Error("RDSRxTraces of a cut message")
			}
			many := append([]byte{4}, m.Data[1:]...)
			if _, ok := (csock.ControlMessage{Level: m.Level, Type: m.Type, Data: many}).RDSRxTraces(); ok {
				t.Error("RDSRxTraces of 4 stages")
			}
		}
	}
	want := map[string]int{"BTPktStatus": 1, "HCIIncoming": 1, "HCITimestamp": 1, "J1939DestName": 1,
		"ExtendedError": 1, "Nlattrs": 1, "RDSCongUpdate": 1, "RDSRxTraces": 1}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("messages read:\n%s", diff)
	}
	s := kindOf("udp4").open(t)
	stages := make([]csock.RDSMessageRxpathLatency, int(csock.RDS_MSG_RX_DGRAM_TRACE_MAX)+1)
	if err := csock.SO_RDS_MSG_RXPATH_LATENCY.Set(s, stages); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("%d stages: %v, want EINVAL", len(stages), err)
	}
}

// Packets of QRTR's name service are C's, byte for byte, both ways.
func TestQRTRCtrlPkt(t *testing.T) {
	for cmd := csock.QRTR_TYPE_DATA; cmd <= csock.QRTR_TYPE_DEL_LOOKUP; cmd++ {
		p := csock.QRTRCtrlPkt{Cmd: cmd, Service: 0x01020304, Instance: 5, Node: 1<<31 + 6, Port: 7}
		client := cmd == csock.QRTR_TYPE_BYE || cmd == csock.QRTR_TYPE_DEL_CLIENT || cmd == csock.QRTR_TYPE_RESUME_TX
		native := cref.QRTRPacket(uint32(cmd), client, p.Service, p.Instance, p.Node, p.Port)
		if client {
			p.Service, p.Instance = 0, 0
		}
		if diff := cmp.Diff(native, p.Append(nil)); diff != "" {
			t.Errorf("%v: C's bytes and csock's:\n%s", cmd, diff)
		}
		got, ok := csock.ParseQRTRCtrlPkt(native)
		if !ok || got != p {
			t.Errorf("%v: %+v, %v, want %+v", cmd, got, ok, p)
		}
		if _, ok := csock.ParseQRTRCtrlPkt(native[:len(native)-1]); ok {
			t.Errorf("%v: a cut packet is read", cmd)
		}
	}
}

// The metadata of frames of AF_XDP are C's, byte for byte.
func TestXSKTxMetadata(t *testing.T) {
	m := csock.XSKTxMetadata{Flags: csock.XDP_TXMD_FLAGS_CHECKSUM | csock.XDP_TXMD_FLAGS_LAUNCH_TIME,
		CsumStart: 34, CsumOffset: 6, LaunchTime: 1 << 40}
	if diff := cmp.Diff(cref.XSKMetadata(uint64(m.Flags), false, 34, 6, 1<<40), m.Append(nil)); diff != "" {
		t.Errorf("C's bytes and csock's:\n%s", diff)
	}
	done := cref.XSKMetadata(uint64(csock.XDP_TXMD_FLAGS_TIMESTAMP), true, 0, 0, 1<<41+1)
	at, ok := csock.XSKTxTimestamp(done)
	same(t, "sent", at, 1<<41+1)
	same(t, "is known", ok, true)
	_, ok = csock.XSKTxTimestamp(m.Append(nil))
	same(t, "is known without a request", ok, false)
	_, ok = csock.XSKTxTimestamp(done[:len(done)-1])
	same(t, "is known of cut metadata", ok, false)
}

// SO_PEERNAME is the address that getpeername(2) returns, whatever its length.
func TestPeername(t *testing.T) {
	for _, k := range kinds {
		a, b := k.connected(t)
		for _, s := range []*csock.Socket{a, b} {
			want, errWant := s.PeerAddr()
			got, err := csock.SO_PEERNAME.Get(s)
			if !errors.Is(err, errors.Unwrap(errWant)) || errWant == nil && (err != nil || got != want) {
				t.Errorf("%v: %v, %v; PeerAddr: %v, %v", s, got, err, want, errWant)
			}
			if errWant != nil {
				continue
			}
			same(t, "GetWith", need.Value[csock.SockAddr](t)(csock.SO_PEERNAME.GetWith(s, want)), want)
			var part [3]byte
			n, err := csock.SO_PEERNAME.GetBytes(s, part[:2])
			check(t, err)
			same(t, "bytes", string(part[:n]), string(want.Bytes()[:2]))
		}
	}
	s := kindOf("tcp4").open(t)
	if _, err := csock.SO_PEERNAME.Get(s); !errors.Is(err, syscall.ENOTCONN) {
		t.Errorf("without a peer: %v, want ENOTCONN", err)
	}
}

// A call of RXRPC: the server accepts it by a number, and replies; a second one it aborts.
func TestFamilyRXRPCCall(t *testing.T) {
	ns := netns.New(t)
	open := func() *csock.Socket {
		return familySocket(t, ns, csock.AF_RXRPC, csock.SOCK_DGRAM, csock.Protocol(csock.AF_INET))
	}
	addr := func(service uint16, port uint16) csock.SockAddr {
		return csock.RXRPCAddr(csock.SockaddrRXRPC{Service: service, TransportType: csock.SOCK_DGRAM, Transport: loopbackAddr(port)})
	}
	server, client := open(), open()
	check(t, server.Bind(addr(52, 7001)), client.Bind(addr(0, 7002)))
	charge := func(id uint) {
		t.Helper()
		b := csock.AppendControl(csock.AppendRXRPCUserCallID(nil, id), csock.RXRPC_CHARGE_ACCEPT, nil)
		_, err := server.Sendmsg(&csock.MsgHdr{Control: b}, 0)
		check(t, err)
	}
	send := func(s *csock.Socket, to csock.SockAddr, control []byte, data string) {
		t.Helper()
		m := csock.MsgHdr{Addr: to, Control: control}
		if data != "" {
			m.Buffers = [][]byte{[]byte(data)}
		}
		_, err := s.Sendmsg(&m, 0)
		check(t, err)
	}
	// receive returns the data of one call until done, or until MSG_MORE is gone: the peer has sent
	// all of it.
	receive := func(s *csock.Socket, id uint, done func(m csock.ControlMessage) bool) string {
		t.Helper()
		var data []byte
		for range 20 {
			p := make([]byte, 64)
			m := csock.MsgHdr{Buffers: [][]byte{p}, Control: make([]byte, 256)}
			n, err := s.Recvmsg(&m, 0)
			check(t, err)
			data = append(data, p[:n]...)
			finished := done == nil && len(data) > 0 && m.Flags&csock.RecvFlags(csock.MSG_MORE) == 0
			for c := range m.ControlMessages() {
				if got, ok := c.RXRPCUserCallID(); ok {
					same(t, "call", got, id)
				}
				finished = finished || done != nil && done(c)
			}
			if finished {
				return string(data)
			}
		}
		t.Fatal("the call does not end")
		return ""
	}
	check(t, server.Listen(2))
	charge(101)
	charge(102)

	b := csock.AppendRXRPCUserCallID(nil, 7)
	b = csock.AppendRXRPCTxLength(b, 4)
	b = csock.AppendRXRPCSetCallTimeout(b, csock.RXRPCCallTimeouts{Hard: 10 * time.Second})
	send(client, addr(52, 7001), b, "ping")
	same(t, "the request", receive(server, 101, nil), "ping")
	send(server, csock.SockAddr{}, csock.AppendRXRPCUserCallID(nil, 101), "pong")
	same(t, "the reply", receive(client, 7, nil), "pong")
	receive(server, 101, func(m csock.ControlMessage) bool { return m.Is(csock.RXRPC_ACK) })

	send(client, addr(52, 7001), csock.AppendRXRPCUserCallID(nil, 8), "again")
	same(t, "the second request", receive(server, 102, nil), "again")
	send(server, csock.SockAddr{}, csock.AppendRXRPCAbort(csock.AppendRXRPCUserCallID(nil, 102), 4711), "")
	receive(client, 8, func(m csock.ControlMessage) bool {
		code, ok := m.RXRPCAbort()
		if ok {
			same(t, "the code", code, 4711)
		}
		return ok
	})
}
