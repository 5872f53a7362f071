//go:build linux

package tests

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
	"github.com/csock/go-csock/tests/vhci"
)

// A live is the record of a family's calls by csock, in the form of tests/cref/live.c. Its methods
// have the names of the functions there.
type live struct {
	t         *testing.T
	ns        *netns.NS // nil: the test's own
	ifindex   int
	near, far csock.BDAddr
	out       strings.Builder
	named     map[csock.SockAddr]string // addresses that differ in each run
}

// result records a call's number or errno, and reports whether it succeeded.
func (l *live) result(what string, n int, err error) bool {
	l.t.Helper()
	var errno syscall.Errno
	switch {
	case err == nil:
		fmt.Fprintf(&l.out, "%s: %d\n", what, n)
	case errors.As(err, &errno):
		fmt.Fprintf(&l.out, "%s: errno %d\n", what, int(errno))
	default:
		l.t.Errorf("%s: %v, which is no errno", what, err)
	}
	return err == nil
}

func (l *live) done(what string, err error) bool {
	l.t.Helper()
	return l.result(what, 0, err)
}

func (l *live) value(v int) { fmt.Fprintf(&l.out, "value: %d\n", v) }

func (l *live) opened(domain csock.Domain, typ csock.Type, protocol csock.Protocol) *csock.Socket {
	l.t.Helper()
	return familySocket(l.t, l.ns, domain, typ, protocol)
}

func (l *live) bound(s *csock.Socket, addr csock.SockAddr) { l.done("bind", s.Bind(addr)) }

func (l *live) connected(s *csock.Socket, addr csock.SockAddr) { l.done("connect", s.Connect(addr)) }

func (l *live) set(s *csock.Socket, settings ...csock.Setting) {
	for _, o := range settings {
		l.done("setsockopt", s.Set(o))
	}
}

// get records the value of an option that is an int in C.
func get[T any](l *live, s *csock.Socket, o csock.Option[T], number func(T) int) {
	v, err := o.Get(s)
	if l.done("getsockopt", err) {
		l.value(number(v))
	}
}

func numberOf[T ~int | ~uint32](v T) int { return int(v) }

func (l *live) sent(s *csock.Socket, p []byte) {
	n, err := s.Send(p, 0)
	l.result("send", n, err)
}

func (l *live) sentTo(s *csock.Socket, p string, addr csock.SockAddr) {
	n, err := s.SendTo([]byte(p), addr, 0)
	l.result("sendto", n, err)
}

func (l *live) address(what string, a csock.SockAddr) {
	text, ok := l.named[a]
	if !ok {
		text = hex.EncodeToString(a.Bytes())
	}
	fmt.Fprintf(&l.out, "%s: %s\n", what, text)
}

func (l *live) name(as string, s *csock.Socket) csock.SockAddr {
	l.t.Helper()
	own, err := s.LocalAddr()
	check(l.t, err)
	l.named[own] = as
	return own
}

func (l *live) local(s *csock.Socket) {
	if a, err := s.LocalAddr(); l.done("getsockname", err) {
		l.address("address", a)
	}
}

func (l *live) peer(s *csock.Socket) {
	if a, err := s.PeerAddr(); l.done("getpeername", err) {
		l.address("address", a)
	}
}

func (l *live) accepted(s *csock.Socket) *csock.Socket {
	l.t.Helper()
	c, from, err := s.Accept()
	if err != nil {
		l.t.Fatalf("accept: %v, after\n%s", err, &l.out)
	}
	l.done("accept", nil)
	l.address("from", from)
	l.t.Cleanup(func() { c.Close() })
	return limited(l.t, c)
}

func (l *live) received(s *csock.Socket, room int) csock.SockAddr {
	m := csock.MsgHdr{Buffers: [][]byte{make([]byte, room)}, Control: make([]byte, 1024)}
	n, err := s.Recvmsg(&m, 0)
	if !l.result("recvmsg", n, err) {
		return csock.SockAddr{}
	}
	fmt.Fprintf(&l.out, "bytes: %x\nflags: 0x%x\n", m.Buffers[0][:n], int(m.Flags))
	l.address("from", m.Addr)
	for c := range m.ControlMessages() {
		fmt.Fprintf(&l.out, "control %d %d: %x\n", int(c.Level), c.Type, c.Data)
	}
	return m.Addr
}

func liveCANRaw(l *live) {
	a := l.opened(csock.AF_CAN, csock.SOCK_RAW, csock.CAN_RAW)
	b := l.opened(csock.AF_CAN, csock.SOCK_RAW, csock.CAN_RAW)
	l.bound(a, csock.CANAddr(csock.SockaddrCAN{Ifindex: 9999}))
	for _, s := range []*csock.Socket{a, b} {
		l.set(s, csock.CAN_RAW_FD_FRAMES.To(true))
		l.bound(s, csock.CANAddr(csock.SockaddrCAN{Ifindex: l.ifindex}))
	}
	l.local(b)
	l.peer(b)
	l.set(b, csock.CAN_RAW_FILTER.To([]csock.CANFilter{{ID: 0x123, Mask: csock.CAN_SFF_MASK}}))
	other, frame := csock.CANFrame{ID: 0x124}, csock.CANFrame{ID: 0x123, Len: 3, Data: [8]uint8{1, 2, 3}}
	fd := csock.CANFDFrame{ID: 0x123, Len: 64, Flags: csock.CANFD_BRS, Data: [64]uint8{63: 9}}
	for _, p := range [][]byte{other.Bytes(), frame.Bytes(), fd.Bytes(), fd.Bytes()[:5]} {
		l.sent(a, p)
	}
	l.received(b, 100)
	l.received(b, 100)
}

func liveISOTP(l *live) {
	a := l.opened(csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_ISOTP)
	b := l.opened(csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_ISOTP)
	l.sent(a, []byte("early"))
	l.bound(a, csock.ISOTPAddr(csock.SockaddrISOTP{Ifindex: l.ifindex, RxID: 0x321, TxID: 0x123}))
	l.bound(b, csock.ISOTPAddr(csock.SockaddrISOTP{Ifindex: l.ifindex, RxID: 0x123, TxID: 0x321}))
	l.local(a)
	l.sent(a, []byte(strings.Repeat("0123456789", 100)))
	l.received(b, 2000)
}

func liveJ1939(l *live) {
	a := l.opened(csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_J1939)
	b := l.opened(csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_J1939)
	sa := csock.SockaddrJ1939{Ifindex: l.ifindex, Name: csock.J1939_NO_NAME, PGN: csock.J1939_NO_PGN, Addr: 0x20}
	l.bound(a, csock.J1939Addr(sa))
	sa.Addr = 0x30
	l.bound(b, csock.J1939Addr(sa))
	l.local(b)
	l.set(a, csock.SO_J1939_SEND_PRIO.To(3))
	sa.PGN = 0x12300
	l.sentTo(a, "hello", csock.J1939Addr(sa))
	l.received(b, 100)
	sa.Addr = csock.J1939_NO_ADDR
	l.sentTo(a, "broadcast", csock.J1939Addr(sa))
}

func liveBCM(l *live) {
	to := l.opened(csock.AF_CAN, csock.SOCK_RAW, csock.CAN_RAW)
	bcm := l.opened(csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_BCM)
	bus := csock.CANAddr(csock.SockaddrCAN{Ifindex: l.ifindex})
	l.bound(to, bus)
	frame := csock.CANFrame{ID: 0x42, Len: 1, Data: [8]uint8{7}}
	p := csock.BCMMsgHead{Opcode: csock.CAN_BCM_TX_SETUP, Flags: csock.CAN_BCM_SETTIMER | csock.CAN_BCM_STARTTIMER,
		Ival2: 10 * time.Millisecond, ID: 0x42, NFrames: 1}.Append(nil)
	p = append(p, frame.Bytes()...)
	l.sent(bcm, p)
	l.connected(bcm, bus)
	l.sent(bcm, p)
	l.received(to, 100)
	l.received(to, 100)
}

// algorithm binds a socket, sets its options, and accepts the socket of an operation.
func (l *live) algorithm(typ, name string, settings ...csock.Setting) *csock.Socket {
	l.t.Helper()
	s := l.opened(csock.AF_ALG, csock.SOCK_SEQPACKET, 0)
	l.bound(s, csock.ALGAddr(csock.SockaddrALG{Type: typ, Name: "no such algorithm"}))
	err := s.Bind(csock.ALGAddr(csock.SockaddrALG{Type: typ, Name: name}))
	need.Feature(l.t, name, err, syscall.ENOENT)
	l.done("bind", err)
	l.set(s, settings...)
	op, _, err := s.Accept()
	check(l.t, err)
	l.done("accept", nil)
	l.t.Cleanup(func() { op.Close() })
	return op
}

func (l *live) encrypted(op *csock.Socket, iv string, assoclen uint32, text string) {
	control := csock.AppendALGIV(csock.AppendALGOp(nil, csock.ALG_OP_ENCRYPT), []byte(iv))
	m := csock.MsgHdr{Buffers: [][]byte{[]byte(text)}, Control: csock.AppendALGAssocLen(control, assoclen)}
	n, err := op.Sendmsg(&m, 0)
	l.result("sendmsg", n, err)
}

func liveALGHash(l *live) {
	op := l.algorithm("hash", "sha256")
	l.sent(op, []byte("abc"))
	l.received(op, 32)
	l.local(op)
}

func liveALGCipher(l *live) {
	op := l.algorithm("skcipher", "cbc(aes)", csock.ALG_SET_KEY.To([]byte("0123456789abcdef")))
	l.encrypted(op, "short", 0, "0123456789abcdef0123456789abcdef")
	l.encrypted(op, "fedcba9876543210", 0, "0123456789abcdef0123456789abcdef")
	l.received(op, 32)
}

func liveALGAEAD(l *live) {
	op := l.algorithm("aead", "gcm(aes)", csock.ALG_SET_KEY.To([]byte("0123456789abcdef")), csock.ALG_SET_AEAD_AUTHSIZE.To(16))
	l.encrypted(op, "fedcba987654", 4, "headtext to be encrypted")
	l.received(op, 24+16)
}

func liveTIPC(l *live) {
	server := l.opened(csock.AF_TIPC, csock.SOCK_RDM, 0)
	client := l.opened(csock.AF_TIPC, csock.SOCK_RDM, 0)
	own, _ := l.name("client", client).TIPC()
	l.name("server", server)
	for _, r := range []csock.TIPCServiceRange{{Type: 4711, Lower: 20, Upper: 10}, {Type: 4711, Lower: 10, Upper: 20}} {
		l.bound(server, csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_RANGE, Scope: csock.TIPC_NODE_SCOPE, Range: r}))
	}
	l.sentTo(client, "hello", tipcService(4711, 17))
	from := l.received(server, 100)
	l.sentTo(server, "reply", from)
	l.received(client, 100)

	l.set(client, csock.TIPC_DEST_DROPPABLE.To(false))
	gone := csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SOCKET_ADDR, ID: csock.TIPCSocketAddr{Ref: own.ID.Ref + 1, Node: own.ID.Node}})
	l.named[gone] = "gone"
	l.sentTo(client, "lost", gone)
	l.received(client, 100)

	topology := l.opened(csock.AF_TIPC, csock.SOCK_SEQPACKET, 0)
	l.connected(topology, tipcService(csock.TIPC_TOP_SRV, uint32(csock.TIPC_TOP_SRV)))
	peer, err := topology.PeerAddr()
	l.done("getpeername", err)
	l.named[peer] = "topology server"
	subscription := csock.TIPCSubscr{Seq: csock.TIPCServiceRange{Type: 99999, Upper: 100}, Timeout: 10 * time.Millisecond, Filter: csock.TIPC_SUB_SERVICE}
	l.sent(topology, subscription.Append(nil))
	l.received(topology, 100)
}

// tipcNodes makes two nodes that a bearer joins. The other one has two services, which send what
// they receive back: 4712 of messages, 4713 of connections. It returns once they are known here.
func tipcNodes(bearers ...string) func(l *live) {
	return func(l *live) {
		l.ns = netns.New(l.t)
		far := netns.New(l.t)
		familySocket(l.t, l.ns, csock.AF_TIPC, csock.SOCK_RDM, 0)
		netns.Link(l.t, l.ns, "left", []string{"192.0.2.1/24"}, far, "right", []string{"192.0.2.2/24"})
		for i, ns := range []*netns.NS{l.ns, far} {
			ns.Run(l.t, "tipc", "node", "set", "identity", fmt.Sprint("node", i))
			ns.Run(l.t, "tipc", strings.Fields("bearer enable "+bearers[i])...)
		}
		bound := func(typ csock.Type, service csock.TIPCServiceType) *csock.Socket {
			s := familySocket(l.t, far, csock.AF_TIPC, typ, 0)
			check(l.t, s.Bind(csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_RANGE, Scope: csock.TIPC_CLUSTER_SCOPE,
				Range: csock.TIPCServiceRange{Type: service, Lower: 1, Upper: 1}})))
			return s
		}
		messages, connections := bound(csock.SOCK_RDM, 4712), bound(csock.SOCK_SEQPACKET, 4713)
		check(l.t, connections.Listen(4))
		go echoMessages(messages)
		go func() {
			for {
				c, _, err := connections.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					echoMessages(c)
				}()
			}
		}()
		kernel.Eventually(l.t, "a service of the other node", func() bool {
			s := familySocket(l.t, l.ns, csock.AF_TIPC, csock.SOCK_SEQPACKET, 0)
			defer s.Close()
			return s.Connect(tipcService(4713, 1)) == nil
		})
	}
}

// echoMessages sends what a socket receives back, until it has an error or receives nothing.
func echoMessages(s *csock.Socket) {
	p := make([]byte, 1<<16)
	for {
		n, from, err := s.RecvFrom(p, 0)
		if err != nil || n == 0 {
			return
		}
		if typ, err := s.Type(); err == nil && typ == csock.SOCK_SEQPACKET {
			from = csock.SockAddr{}
		}
		if _, err := s.SendTo(p[:n], from, 0); err != nil {
			return
		}
	}
}

func tipcService(typ csock.TIPCServiceType, instance uint32) csock.SockAddr {
	return csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_ADDR, Service: csock.TIPCServiceAddr{Type: typ, Instance: instance}})
}

func liveTIPCBearer(l *live) {
	client := l.opened(csock.AF_TIPC, csock.SOCK_RDM, 0)
	conn := l.opened(csock.AF_TIPC, csock.SOCK_SEQPACKET, 0)
	l.name("client", client)
	l.sentTo(client, "nobody", tipcService(4799, 1))
	l.sentTo(client, "hello", tipcService(4712, 1))
	n, far, err := client.RecvFrom(make([]byte, 100), 0)
	l.result("recvfrom", n, err)
	l.named[far] = "far"
	l.sentTo(client, "again", tipcService(4712, 1))
	l.received(client, 100)
	l.sentTo(client, "all", csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_RANGE, Range: csock.TIPCServiceRange{Type: 4712, Upper: 9}}))
	l.received(client, 100)
	l.sentTo(client, "direct", far)
	l.received(client, 100)

	l.connected(conn, tipcService(4713, 1))
	peer, err := conn.PeerAddr()
	l.done("getpeername", err)
	l.named[peer] = "far connection"
	l.sent(conn, bytes.Repeat([]byte("f"), 4000))
	l.received(conn, 4000)
	l.set(conn, csock.TIPC_IMPORTANCE.To(csock.TIPC_HIGH_IMPORTANCE))
	get(l, conn, csock.TIPC_IMPORTANCE, numberOf)
	l.done("shutdown", conn.Shutdown(csock.SHUT_RDWR))
	l.sent(conn, []byte("late"))
}

func liveRDS(l *live) {
	a := l.opened(csock.AF_RDS, csock.SOCK_SEQPACKET, 0)
	b := l.opened(csock.AF_RDS, csock.SOCK_SEQPACKET, 0)
	from, to := loopbackAddr(4001), loopbackAddr(4002)
	l.sentTo(a, "early", to)
	l.bound(a, from)
	l.bound(b, from)
	l.bound(b, to)
	l.local(b)
	get(l, a, csock.SO_RDS_TRANSPORT, numberOf)
	l.sentTo(a, "hello", to)
	l.received(b, 100)
	l.sentTo(b, "", from)
	l.received(a, 100)
}

func liveQRTR(l *live) {
	a := l.opened(csock.AF_QIPCRTR, csock.SOCK_DGRAM, 0)
	b := l.opened(csock.AF_QIPCRTR, csock.SOCK_DGRAM, 0)
	unbound, err := b.LocalAddr()
	l.done("getsockname", err)
	node, _ := unbound.QRTR()
	l.bound(b, csock.QRTRAddr(csock.SockaddrQRTR{Node: node.Node + 1}))
	l.bound(b, csock.QRTRAddr(csock.SockaddrQRTR{Node: node.Node}))
	l.bound(a, csock.QRTRAddr(csock.SockaddrQRTR{Node: node.Node}))
	l.name("a", a)
	l.sentTo(a, "ping", l.name("b", b))
	l.sentTo(b, "pong", l.received(b, 100))
	l.received(a, 100)
}

func liveRXRPC(l *live) {
	a := l.opened(csock.AF_RXRPC, csock.SOCK_DGRAM, csock.Protocol(csock.AF_INET))
	b := l.opened(csock.AF_RXRPC, csock.SOCK_DGRAM, csock.Protocol(csock.AF_INET))
	get(l, a, csock.RXRPC_SUPPORTED_CMSG, numberOf)
	addr := csock.RXRPCAddr(csock.SockaddrRXRPC{Service: 52, TransportType: csock.SOCK_DGRAM, Transport: loopbackAddr(7001)})
	l.bound(a, addr)
	l.bound(b, addr)
	l.local(a)
}

func liveMCTP(l *live) {
	server := l.opened(csock.AF_MCTP, csock.SOCK_DGRAM, 0)
	client := l.opened(csock.AF_MCTP, csock.SOCK_DGRAM, 0)
	sa := csock.SockaddrMCTP{Network: csock.MCTP_NET_ANY, Addr: csock.MCTP_ADDR_ANY, Type: 1}
	l.bound(server, csock.MCTPAddr(sa))
	sa.Addr, sa.Tag = 8, csock.MCTP_TAG_OWNER
	l.sentTo(client, "ask", csock.MCTPAddr(sa))
	from, _ := l.received(server, 100).MCTP()
	from.Tag &^= csock.MCTP_TAG_OWNER
	l.sentTo(server, "reply", csock.MCTPAddr(from))
	l.received(client, 100)
	sa.Addr = 9
	l.sentTo(client, "ask", csock.MCTPAddr(sa))
}

func livePPPoE(l *live) {
	s := l.opened(csock.AF_PPPOX, csock.SOCK_STREAM, csock.PX_PROTO_OE)
	sa := csock.SockaddrPPPoE{SID: 7, Remote: net.HardwareAddr{2, 0, 0, 0, 0, 1}, Dev: "none"}
	l.connected(s, csock.PPPoEAddr(sa))
	sa.Dev = "left"
	l.connected(s, csock.PPPoEAddr(sa))
	l.local(s)
	mru, err := csock.PPPIOCGMRU.Get(s)
	l.done("PPPIOCGMRU", err)
	l.value(mru)
}

func livePPPoL2TP(l *live) {
	udp := func(port, peer uint16) *csock.Socket {
		s := l.opened(csock.AF_INET, csock.SOCK_DGRAM, 0)
		l.bound(s, loopbackAddr(port))
		l.connected(s, loopbackAddr(peer))
		return s
	}
	ends := []*csock.Socket{udp(1701, 1702), udp(1702, 1701)}
	var sessions [2]*csock.Socket
	var addrs [2]csock.SockAddr
	for i, end := range ends {
		n := uint32(i)
		sa := csock.SockaddrPPPoL2TP{FD: int(end.FD()), Addr: loopbackPort(1702 - uint16(i)), STunnel: 1 + n, DTunnel: 2 - n}
		tunnel := l.opened(csock.AF_PPPOX, csock.SOCK_DGRAM, csock.PX_PROTO_OL2TP)
		sessions[i] = l.opened(csock.AF_PPPOX, csock.SOCK_DGRAM, csock.PX_PROTO_OL2TP)
		l.set(sessions[i], csock.PPPOL2TP_SO_SENDSEQ.To(true))
		of := sa
		of.SSession, of.DSession = 10+n, 11-n
		addrs[i] = csock.PPPoL2TPAddr(of)
		l.connected(sessions[i], addrs[i])
		l.connected(tunnel, csock.PPPoL2TPAddr(sa))
		l.connected(sessions[i], addrs[i])
		if a, err := sessions[i].LocalAddr(); l.done("getsockname", err) {
			sa, ok := a.PPPoL2TP()
			same(l.t, "the kind of "+a.String(), ok, true)
			sa.PID, sa.FD = 0, 0 // they differ in each run
			l.address("address", csock.PPPoL2TPAddr(sa))
		}
	}
	set := func(get func(), setting csock.Setting) {
		get()
		l.set(sessions[0], setting)
		get()
		l.set(sessions[1], setting)
	}
	for _, o := range []csock.Option[bool]{csock.PPPOL2TP_SO_SENDSEQ, csock.PPPOL2TP_SO_RECVSEQ, csock.PPPOL2TP_SO_LNSMODE} {
		set(func() { get(l, sessions[0], o, func(on bool) int { return map[bool]int{true: 1}[on] }) }, o.To(true))
	}
	o := csock.PPPOL2TP_SO_REORDERTO
	set(func() { get(l, sessions[0], o, func(d time.Duration) int { return int(d.Milliseconds()) }) }, o.To(20*time.Millisecond))
	l.sent(sessions[0], []byte("\xc0\x21hello"))
	l.received(sessions[1], 100)
	l.sent(sessions[1], []byte("\xc0\x21reply"))
	l.received(sessions[0], 100)
	_, err := csock.PPPIOCGMRU.Get(sessions[0])
	l.done("PPPIOCGMRU", err)
	_, err = csock.PPPIOCGCHAN.Get(sessions[0])
	l.done("PPPIOCGCHAN", err)
	l.connected(sessions[0], addrs[0])
}

// stream connects two sockets, both ways the bytes go, and ends them.
func (l *live) stream(domain csock.Domain, typ csock.Type, protocol csock.Protocol, near, far csock.SockAddr) {
	server, client := l.opened(domain, typ, protocol), l.opened(domain, typ, protocol)
	l.bound(server, far)
	l.done("listen", server.Listen(1))
	to := l.name("server", server)
	l.bound(client, near)
	l.connected(client, to)
	l.name("client", client)
	l.local(client)
	l.peer(client)
	s := l.accepted(server)
	l.peer(s)
	l.sent(client, []byte("hello"))
	l.received(s, 100)
	l.sent(s, []byte("reply"))
	l.received(client, 100)
	get(l, client, csock.SO_TYPE, numberOf)
	get(l, client, csock.SO_DOMAIN, numberOf)
	get(l, client, csock.SO_PROTOCOL, numberOf)
	l.connected(client, to)
	l.done("shutdown", client.Shutdown(csock.SHUT_RDWR))
	if domain != csock.AF_BLUETOOTH || protocol != csock.BTPROTO_SCO { // of SCO the error depends on when the end arrives
		l.sent(client, []byte("late"))
	}
}

func liveSMC(l *live) {
	l.stream(csock.AF_SMC, csock.SOCK_STREAM, 0, loopbackAddr(0), loopbackAddr(0))
}

func liveL2CAP(l *live) {
	l.stream(csock.AF_BLUETOOTH, csock.SOCK_SEQPACKET, csock.BTPROTO_L2CAP,
		csock.L2Addr(csock.SockaddrL2{BDAddr: l.near}), csock.L2Addr(csock.SockaddrL2{BDAddr: l.far, PSM: 0x1001}))
}

func liveRFCOMM(l *live) {
	l.stream(csock.AF_BLUETOOTH, csock.SOCK_STREAM, csock.BTPROTO_RFCOMM,
		csock.RCAddr(csock.SockaddrRC{BDAddr: l.near}), csock.RCAddr(csock.SockaddrRC{BDAddr: l.far, Channel: 9}))
}

func liveSCO(l *live) {
	l.stream(csock.AF_BLUETOOTH, csock.SOCK_SEQPACKET, csock.BTPROTO_SCO,
		csock.SCOAddr(csock.SockaddrSCO{BDAddr: l.near}), csock.SCOAddr(csock.SockaddrSCO{BDAddr: l.far}))
}

// liveHCI sends a command to a controller, whose number is the interface's, and receives the reply.
func liveHCI(l *live) {
	s := l.opened(csock.AF_BLUETOOTH, csock.SOCK_RAW, csock.BTPROTO_HCI)
	command := []byte{1, 0x09, 0x10, 0} // Read BD_ADDR
	l.sent(s, command)
	l.bound(s, csock.HCIAddr(csock.SockaddrHCI{Dev: 9999}))
	addr := csock.HCIAddr(csock.SockaddrHCI{Dev: uint16(l.ifindex)})
	l.named[addr] = "controller"
	l.bound(s, addr)
	l.local(s)
	opcode := binary.NativeEndian.Uint16([]byte{0x09, 0x10}) // in the order of the wire
	l.set(s, csock.HCI_FILTER.To(csock.HCIFilter{TypeMask: 1 << 4, EventMask: [2]uint32{1 << 14}, Opcode: opcode}))
	l.set(s, csock.HCI_DATA_DIR.To(true))
	get(l, s, csock.HCI_DATA_DIR, func(on bool) int { return map[bool]int{true: 1}[on] })
	l.sent(s, command)
	l.received(s, 100)
	l.sent(s, command[:3])
}

func liveKCM(l *live) {
	from := l.opened(csock.AF_KCM, csock.SOCK_DGRAM, csock.KCMPROTO_CONNECTED)
	to := l.opened(csock.AF_KCM, csock.SOCK_DGRAM, csock.KCMPROTO_CONNECTED)
	a, b := kindOf("tcp4").connected(l.t)
	attach := func(s, tcp *csock.Socket, program int) {
		l.done("SIOCKCMATTACH", csock.SIOCKCMATTACH.Set(s, csock.KCMAttach{FD: int32(tcp.FD()), BPFFD: int32(program)}))
	}
	attach(from, a, -1)
	program, err := cref.BPFLength()
	need.Feature(l.t, "bpf(2)", err, syscall.EPERM)
	defer program.Close()
	bpf := int(program.Fd())
	l.sent(from, []byte("\x00\x05early"))
	attach(from, a, bpf)
	attach(from, a, bpf)
	attach(to, b, bpf)
	l.sent(from, []byte("\x00\x05hello"))
	l.received(to, 100)
	l.sent(to, []byte("\x00\x04reply")[:6])
	l.received(from, 4)
	l.set(to, csock.KCM_RECV_DISABLE.To(true))
	get(l, to, csock.KCM_RECV_DISABLE, func(on bool) int { return map[bool]int{true: 1}[on] })
	clone, err := csock.SIOCKCMCLONE.Get(to)
	l.done("SIOCKCMCLONE", err)
	check(l.t, err)
	defer clone.Close()
	l.sent(from, []byte("\x00\x02hi"))
	l.received(limited(l.t, clone), 100)
	for range 2 {
		l.done("SIOCKCMUNATTACH", csock.SIOCKCMUNATTACH.Set(to, int(b.FD())))
	}
	l.local(to)
}

// Every family's calls by csock, and the same calls in C, have the same results: numbers, errno,
// bytes, flags, addresses and control messages.
func TestFamilyTwins(t *testing.T) {
	bus := func(mtu string) func(*live) {
		return func(l *live) { l.ns, l.ifindex = canBus(l.t, mtu), canIfindex }
	}
	alone := func(l *live) { l.ns = netns.New(l.t) }
	here := func(l *live) {}
	radio := func(l *live) {
		a, b := vhci.Pair(l.t)
		l.near, l.far, l.ifindex = a.Addr, b.Addr, a.Index
	}
	for _, f := range []struct {
		name    string
		machine func(*live) // makes what the family needs
		calls   func(*live)
	}{
		{"CAN_RAW", bus("72"), liveCANRaw},
		{"CAN_ISOTP", bus("16"), liveISOTP},
		{"CAN_J1939", bus("16"), liveJ1939},
		{"CAN_BCM", bus("16"), liveBCM},
		{"AF_ALG hash", here, liveALGHash},
		{"AF_ALG skcipher", here, liveALGCipher},
		{"AF_ALG aead", here, liveALGAEAD},
		{"AF_TIPC", alone, liveTIPC},
		{"AF_TIPC over Ethernet", tipcNodes("media eth device left", "media eth device right"), liveTIPCBearer},
		{"AF_TIPC over UDP", tipcNodes("media udp name udp localip 192.0.2.1 remoteip 192.0.2.2",
			"media udp name udp localip 192.0.2.2 remoteip 192.0.2.1"), liveTIPCBearer},
		{"AF_RDS", alone, liveRDS},
		{"AF_QIPCRTR", here, liveQRTR},
		{"AF_RXRPC", alone, liveRXRPC},
		{"AF_MCTP", func(l *live) { alone(l); mctpEndpoint(l.t, l.ns) }, liveMCTP},
		{"AF_PPPOX", func(l *live) {
			alone(l)
			l.ns.IP(l.t, "link add left type veth peer name right", "link set left up", "link set right up")
		}, livePPPoE},
		{"AF_PPPOX over L2TP", alone, livePPPoL2TP},
		{"AF_SMC", here, liveSMC},
		{"AF_KCM", here, liveKCM},
		{"L2CAP", radio, liveL2CAP},
		{"RFCOMM", radio, liveRFCOMM},
		{"SCO", radio, liveSCO},
		{"HCI", radio, liveHCI},
	} {
		t.Run(f.name, func(t *testing.T) {
			var byCsock, inC string
			inHeaders := true
			run := func(by string, record func(l *live)) {
				t.Run(by, func(t *testing.T) {
					l := &live{t: t, named: map[csock.SockAddr]string{}}
					f.machine(l)
					record(l)
				})
			}
			run("csock", func(l *live) {
				f.calls(l)
				byCsock = l.out.String()
			})
			if byCsock == "" { // the subtest has failed, or was skipped with its reason
				return
			}
			run("C", func(l *live) {
				calls := func() {
					inC, inHeaders = cref.Live(f.name, l.ifindex, l.near, l.far)
				}
				if l.ns != nil {
					l.ns.Do(calls)
				} else {
					calls()
				}
			})
			if !inHeaders {
				t.Skipf("needs headers that have %s", f.name)
			}
			if diff := cmp.Diff(inC, byCsock); diff != "" {
				t.Errorf("-C +csock:\n%s", diff)
			}
		})
	}
}
