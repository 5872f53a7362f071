//go:build linux

package tests

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/netip"
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
)

// familySocket makes a socket of a family in a namespace; nil is the test's own. It skips the test
// if the kernel lacks the family.
func familySocket(t *testing.T, ns *netns.NS, domain csock.Domain, typ csock.Type, protocol csock.Protocol) (s *csock.Socket) {
	t.Helper()
	var err error
	open := func() { s, err = csock.New(domain, typ, protocol) }
	if ns != nil {
		ns.Do(open)
	} else {
		open()
	}
	need.Feature(t, domain.String(), err)
	t.Cleanup(func() { s.Close() })
	return limited(t, s)
}

const canIfindex = 77

// canBus makes a namespace with a virtual CAN bus of a given MTU.
func canBus(t *testing.T, mtu string) *netns.NS {
	t.Helper()
	ns := netns.New(t)
	familySocket(t, ns, csock.AF_CAN, csock.SOCK_RAW, csock.CAN_RAW)
	ns.IP(t, "link add can9 index 77 mtu "+mtu+" type vcan")
	ns.IP(t, "link set can9 up")
	return ns
}

// Frames of two lengths reach a socket whose filter they match.
func TestFamilyCANRaw(t *testing.T) {
	ns := canBus(t, "72")
	from := familySocket(t, ns, csock.AF_CAN, csock.SOCK_RAW, csock.CAN_RAW)
	to := familySocket(t, ns, csock.AF_CAN, csock.SOCK_RAW, csock.CAN_RAW)
	bus := csock.CANAddr(csock.SockaddrCAN{Ifindex: canIfindex})
	for _, s := range []*csock.Socket{from, to} {
		check(t, csock.CAN_RAW_FD_FRAMES.Set(s, true), s.Bind(bus))
	}
	local, err := to.LocalAddr()
	check(t, err)
	sa, ok := local.CAN()
	same(t, "LocalAddr is of AF_CAN", ok, true)
	same(t, "LocalAddr", sa.Ifindex, canIfindex)
	check(t, csock.CAN_RAW_FILTER.Set(to, []csock.CANFilter{{ID: 0x123, Mask: csock.CAN_SFF_MASK}}))

	other, frame := csock.CANFrame{ID: 0x124}, csock.CANFrame{ID: 0x123, Len: 3, Data: [8]uint8{1, 2, 3}}
	fd := csock.CANFDFrame{ID: 0x123, Len: 64, Flags: csock.CANFD_BRS, Data: [64]uint8{63: 9}}
	for _, p := range [][]byte{other.Bytes(), frame.Bytes(), fd.Bytes()} {
		sent(t, len(p))(from.Send(p, 0))
	}
	var got csock.CANFDFrame
	n, sender, err := to.RecvFrom(got.Bytes(), 0)
	check(t, err)
	same(t, "bytes", n, int(csock.CAN_MTU))
	if !bytes.Equal(got.Bytes()[:n], frame.Bytes()) {
		t.Errorf("received %+v", got)
	}
	sa, _ = sender.CAN()
	same(t, "the sender", sa.Ifindex, canIfindex)
	n, err = to.Recv(got.Bytes(), 0)
	check(t, err)
	same(t, "bytes", n, int(csock.CANFD_MTU))
	fd.Flags |= csock.CANFD_FDF & got.Flags // newer kernels set it
	same(t, "the long frame", got, fd)
}

// A message of many frames goes through an ISO-TP channel.
func TestFamilyISOTP(t *testing.T) {
	ns := canBus(t, "16")
	a := familySocket(t, ns, csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_ISOTP)
	b := familySocket(t, ns, csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_ISOTP)
	check(t, a.Bind(csock.ISOTPAddr(csock.SockaddrISOTP{Ifindex: canIfindex, RxID: 0x321, TxID: 0x123})))
	check(t, b.Bind(csock.ISOTPAddr(csock.SockaddrISOTP{Ifindex: canIfindex, RxID: 0x123, TxID: 0x321})))
	local, err := a.LocalAddr()
	check(t, err)
	sa, ok := local.ISOTP()
	same(t, "ok", ok, true)
	same(t, "LocalAddr", sa, csock.SockaddrISOTP{Ifindex: canIfindex, RxID: 0x321, TxID: 0x123})
	message := strings.Repeat("0123456789", 100)
	sent(t, len(message))(a.Send([]byte(message), 0))
	same(t, "the message", recv(t, b, 2000), message)
}

// J1939's control messages carry the destination and the priority of a message.
func TestFamilyJ1939(t *testing.T) {
	ns := canBus(t, "16")
	a := familySocket(t, ns, csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_J1939)
	b := familySocket(t, ns, csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_J1939)
	addr := func(address csock.J1939Address, pgn csock.J1939PGN) csock.SockAddr {
		return csock.J1939Addr(csock.SockaddrJ1939{Ifindex: canIfindex, Name: csock.J1939_NO_NAME, PGN: pgn, Addr: address})
	}
	check(t, a.Bind(addr(0x20, csock.J1939_NO_PGN)), b.Bind(addr(0x30, csock.J1939_NO_PGN)))
	check(t, csock.SO_J1939_SEND_PRIO.Set(a, 3))
	sent(t, 5)(a.SendTo([]byte("hello"), addr(0x30, 0x12300), 0))
	m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 100)}, Control: make([]byte, 200)}
	n, err := b.Recvmsg(&m, 0)
	check(t, err)
	same(t, "the message", string(m.Buffers[0][:n]), "hello")
	from, _ := m.Addr.J1939()
	same(t, "the sender", from.Addr, 0x20)
	same(t, "the group", from.PGN, 0x12300)
	kinds := 0
	for c := range m.ControlMessages() {
		if v, ok := c.J1939DestAddr(); ok {
			kinds++
			same(t, "the address", v, 0x30)
		}
		if v, ok := c.J1939Priority(); ok {
			kinds++
			same(t, "the priority", v, 3)
		}
	}
	same(t, "control messages", kinds, 2)
}

// The broadcast manager sends the frames that it is configured to send.
func TestFamilyBCM(t *testing.T) {
	ns := canBus(t, "16")
	to := familySocket(t, ns, csock.AF_CAN, csock.SOCK_RAW, csock.CAN_RAW)
	bus := csock.CANAddr(csock.SockaddrCAN{Ifindex: canIfindex})
	check(t, to.Bind(bus))
	bcm := familySocket(t, ns, csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_BCM)
	check(t, bcm.Connect(bus))
	frame := csock.CANFrame{ID: 0x42, Len: 1, Data: [8]uint8{7}}
	head := csock.BCMMsgHead{Opcode: csock.CAN_BCM_TX_SETUP, Flags: csock.CAN_BCM_SETTIMER | csock.CAN_BCM_STARTTIMER,
		Ival2: 10 * time.Millisecond, ID: 0x42, NFrames: 1}
	p := append(head.Append(nil), frame.Bytes()...)
	sent(t, len(p))(bcm.Send(p, 0))
	for range 3 {
		var got csock.CANFrame
		_, err := to.Recv(got.Bytes(), 0)
		check(t, err)
		same(t, "the frame", got, frame)
	}
}

// algorithm binds a socket to an algorithm, sets its key and accepts the socket for an operation.
func algorithm(t *testing.T, typ, name string, settings ...csock.Setting) *csock.Socket {
	t.Helper()
	s := familySocket(t, nil, csock.AF_ALG, csock.SOCK_SEQPACKET, 0)
	need.Feature(t, name, s.Bind(csock.ALGAddr(csock.SockaddrALG{Type: typ, Name: name})), syscall.ENOENT)
	check(t, s.Set(settings...))
	op, _, err := s.Accept()
	check(t, err)
	t.Cleanup(func() { op.Close() })
	return op
}

func TestFamilyALGHash(t *testing.T) {
	op := algorithm(t, "hash", "sha256")
	sent(t, 3)(op.Send([]byte("abc"), 0))
	want := sha256.Sum256([]byte("abc"))
	if diff := cmp.Diff(string(want[:]), recv(t, op, 32)); diff != "" {
		t.Error(diff)
	}
}

// The kernel's AES, controlled by control messages, gives the same result as Go's.
func TestFamilyALGCipher(t *testing.T) {
	key, iv, text := []byte("0123456789abcdef"), []byte("fedcba9876543210"), bytes.Repeat([]byte("0123456789abcdef"), 2)
	block, err := aes.NewCipher(key)
	check(t, err)
	want := make([]byte, len(text))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(want, text)

	op := algorithm(t, "skcipher", "cbc(aes)", csock.ALG_SET_KEY.To(key))
	control := csock.AppendALGIV(csock.AppendALGOp(nil, csock.ALG_OP_ENCRYPT), iv)
	sent(t, len(text))(op.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{text}, Control: control}, 0))
	if diff := cmp.Diff(want, []byte(recv(t, op, len(text)))); diff != "" {
		t.Error(diff)
	}
}

func TestFamilyALGAEAD(t *testing.T) {
	key, iv, head, text := []byte("0123456789abcdef"), []byte("fedcba987654"), []byte("head"), []byte("text to be encrypted")
	block, err := aes.NewCipher(key)
	check(t, err)
	gcm, err := cipher.NewGCM(block)
	check(t, err)
	want := gcm.Seal(append([]byte(nil), head...), iv, text, head)

	op := algorithm(t, "aead", "gcm(aes)", csock.ALG_SET_KEY.To(key), csock.ALG_SET_AEAD_AUTHSIZE.To(16))
	control := csock.AppendALGOp(nil, csock.ALG_OP_ENCRYPT)
	control = csock.AppendALGAssocLen(csock.AppendALGIV(control, iv), uint32(len(head)))
	sent(t, len(head)+len(text))(op.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{head, text}, Control: control}, 0))
	if diff := cmp.Diff(want, []byte(recv(t, op, len(want)))); diff != "" {
		t.Error(diff)
	}
}

// A service is found by its name, an undeliverable message is returned, and the topology server
// reports.
func TestFamilyTIPC(t *testing.T) {
	ns := netns.New(t)
	server := familySocket(t, ns, csock.AF_TIPC, csock.SOCK_RDM, 0)
	client := familySocket(t, ns, csock.AF_TIPC, csock.SOCK_RDM, 0)
	check(t, server.Bind(csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_RANGE, Scope: csock.TIPC_NODE_SCOPE,
		Range: csock.TIPCServiceRange{Type: 4711, Lower: 10, Upper: 20}})))
	to := csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_ADDR, Service: csock.TIPCServiceAddr{Type: 4711, Instance: 17}})
	sent(t, 5)(client.SendTo([]byte("hello"), to, 0))
	m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 100)}, Control: make([]byte, 200)}
	n, err := server.Recvmsg(&m, 0)
	check(t, err)
	same(t, "the message", string(m.Buffers[0][:n]), "hello")
	from, ok := m.Addr.TIPC()
	same(t, "the sender, ok", ok, true)
	local, err := client.LocalAddr()
	check(t, err)
	own, _ := local.TIPC()
	same(t, "the sender", from.ID, own.ID)
	named := 0
	for c := range m.ControlMessages() {
		if r, ok := c.TIPCDestName(); ok {
			named++
			same(t, "the service", r, csock.TIPCServiceRange{Type: 4711, Lower: 17, Upper: 17})
		}
	}
	same(t, "TIPC_DESTNAME", named, 1)

	// Off, unlike a datagram socket's default: undeliverable messages are returned.
	check(t, csock.TIPC_DEST_DROPPABLE.Set(client, false))
	check(t, server.Close())
	gone := csock.SockaddrTIPC{Type: csock.TIPC_SOCKET_ADDR, ID: csock.TIPCSocketAddr{Ref: own.ID.Ref + 1, Node: own.ID.Node}}
	sent(t, 4)(client.SendTo([]byte("lost"), csock.TIPCAddr(gone), 0))
	m = csock.MsgHdr{Buffers: [][]byte{make([]byte, 100)}, Control: make([]byte, 200)}
	_, err = client.Recvmsg(&m, 0)
	check(t, err)
	returned := 0
	for c := range m.ControlMessages() {
		if e, length, ok := c.TIPCErrInfo(); ok {
			returned++
			same(t, "the error", e, csock.TIPC_ERR_NO_PORT)
			same(t, "the length", length, 4)
		}
		if data, ok := c.TIPCRetData(); ok {
			returned++
			same(t, "the message that came back", string(data), "lost")
		}
	}
	same(t, "control messages", returned, 2)

	topology := familySocket(t, ns, csock.AF_TIPC, csock.SOCK_SEQPACKET, 0)
	check(t, topology.Connect(csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_ADDR,
		Service: csock.TIPCServiceAddr{Type: csock.TIPC_TOP_SRV, Instance: uint32(csock.TIPC_TOP_SRV)}})))
	subscription := csock.TIPCSubscr{Seq: csock.TIPCServiceRange{Type: 99999, Upper: 100}, Timeout: 10 * time.Millisecond, Filter: csock.TIPC_SUB_SERVICE}
	sent(t, 28)(topology.Send(subscription.Append(nil), 0))
	p := make([]byte, 100)
	n, err = topology.Recv(p, 0)
	check(t, err)
	event, ok := csock.ParseTIPCEvent(p[:n])
	same(t, "the event is complete", ok, true)
	same(t, "the event", event.Event, csock.TIPC_SUBSCR_TIMEOUT)
	same(t, "the subscription", event.S, subscription)
}

// RDS over TCP carries datagrams between two addresses of this host.
func TestFamilyRDS(t *testing.T) {
	ns := netns.New(t)
	a := familySocket(t, ns, csock.AF_RDS, csock.SOCK_SEQPACKET, 0)
	b := familySocket(t, ns, csock.AF_RDS, csock.SOCK_SEQPACKET, 0)
	if err := a.Bind(loopbackAddr(4001)); err != nil {
		need.Feature(t, "RDS over TCP", err, syscall.EADDRNOTAVAIL)
	}
	check(t, b.Bind(loopbackAddr(4002)))
	transport, err := csock.SO_RDS_TRANSPORT.Get(a)
	check(t, err)
	if transport == csock.RDS_TRANS_NONE {
		t.Errorf("the transport of a bound socket is %v", transport)
	}
	sent(t, 5)(a.SendTo([]byte("hello"), loopbackAddr(4002), 0))
	p := make([]byte, 100)
	n, from, err := b.RecvFrom(p, 0)
	check(t, err)
	same(t, "the message", string(p[:n]), "hello")
	same(t, "the sender", from, loopbackAddr(4001))
}

func loopbackAddr(port uint16) csock.SockAddr {
	return csock.InetAddr(loopbackPort(port))
}

// A packet to a port of this node is delivered.
func TestFamilyQRTR(t *testing.T) {
	a := familySocket(t, nil, csock.AF_QIPCRTR, csock.SOCK_DGRAM, 0)
	b := familySocket(t, nil, csock.AF_QIPCRTR, csock.SOCK_DGRAM, 0)
	local, err := b.LocalAddr()
	check(t, err)
	sa, ok := local.QRTR()
	same(t, "ok", ok, true)
	check(t, b.Bind(csock.QRTRAddr(csock.SockaddrQRTR{Node: sa.Node})))
	local, err = b.LocalAddr()
	check(t, err)
	sa, _ = local.QRTR()
	if sa.Port == 0 {
		t.Error("bound to no port")
	}
	sent(t, 4)(a.SendTo([]byte("ping"), local, 0))
	same(t, "the message", recv(t, b, 100), "ping")
}

// A server's address is the one that was bound.
func TestFamilyRXRPC(t *testing.T) {
	ns := netns.New(t)
	s := familySocket(t, ns, csock.AF_RXRPC, csock.SOCK_DGRAM, csock.Protocol(csock.AF_INET))
	highest, err := csock.RXRPC_SUPPORTED_CMSG.Get(s)
	check(t, err)
	if highest < csock.RXRPC_SET_CALL_TIMEOUT.Number() {
		t.Errorf("RXRPC_SUPPORTED_CMSG is %d", highest)
	}
	addr := csock.RXRPCAddr(csock.SockaddrRXRPC{Service: 52, TransportType: csock.SOCK_DGRAM, Transport: loopbackAddr(7001)})
	check(t, s.Bind(addr))
	again := familySocket(t, ns, csock.AF_RXRPC, csock.SOCK_DGRAM, csock.Protocol(csock.AF_INET))
	if err := again.Bind(addr); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("the same service twice: %v, want EADDRINUSE", err)
	}
}

// Bluetooth sockets bind without a controller, to addresses that LocalAddr returns.
func TestFamilyBluetooth(t *testing.T) {
	l2 := familySocket(t, nil, csock.AF_BLUETOOTH, csock.SOCK_SEQPACKET, csock.BTPROTO_L2CAP)
	check(t, l2.Bind(csock.L2Addr(csock.SockaddrL2{PSM: 0x1001})))
	check(t, l2.Listen(1))
	local, err := l2.LocalAddr()
	check(t, err)
	l2Addr, ok := local.L2()
	same(t, "L2CAP", ok, true)
	same(t, "L2CAP's PSM", l2Addr.PSM, 0x1001)
	again := familySocket(t, nil, csock.AF_BLUETOOTH, csock.SOCK_SEQPACKET, csock.BTPROTO_L2CAP)
	if err := again.Bind(local); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("the same PSM twice: %v, want EADDRINUSE", err)
	}

	rc := familySocket(t, nil, csock.AF_BLUETOOTH, csock.SOCK_STREAM, csock.BTPROTO_RFCOMM)
	check(t, rc.Bind(csock.RCAddr(csock.SockaddrRC{Channel: 5})))
	local, err = rc.LocalAddr()
	check(t, err)
	rcAddr, ok := local.RC()
	same(t, "RFCOMM", ok, true)
	same(t, "RFCOMM's channel", rcAddr.Channel, 5)

	sco := familySocket(t, nil, csock.AF_BLUETOOTH, csock.SOCK_SEQPACKET, csock.BTPROTO_SCO)
	check(t, sco.Bind(csock.SCOAddr(csock.SockaddrSCO{})))
	local, err = sco.LocalAddr()
	check(t, err)
	if _, ok := local.SCO(); !ok {
		t.Errorf("SCO's address is %v", local)
	}

	// A monitor sees that it itself was opened.
	hci := familySocket(t, nil, csock.AF_BLUETOOTH, csock.SOCK_RAW, csock.BTPROTO_HCI)
	check(t, hci.Bind(csock.HCIAddr(csock.SockaddrHCI{Dev: csock.HCI_DEV_NONE, Channel: csock.HCI_CHANNEL_MONITOR})))
	if note := recv(t, hci, 200); !strings.Contains(note, "Linux") {
		t.Errorf("the monitor's first message: %q", note)
	}
}

// A message to this machine's own endpoint is delivered, and the reply by its tag.
func TestFamilyMCTP(t *testing.T) {
	ns := netns.New(t)
	mctpEndpoint(t, ns)
	server := familySocket(t, ns, csock.AF_MCTP, csock.SOCK_DGRAM, 0)
	check(t, server.Bind(csock.MCTPAddr(csock.SockaddrMCTP{Addr: csock.MCTP_ADDR_ANY, Type: 1})))
	client := familySocket(t, ns, csock.AF_MCTP, csock.SOCK_DGRAM, 0)
	to := csock.SockaddrMCTP{Addr: mctpEID, Type: 1, Tag: csock.MCTP_TAG_OWNER}
	sent(t, 3)(client.SendTo([]byte("ask"), csock.MCTPAddr(to), 0))
	p := make([]byte, 100)
	n, addr, err := server.RecvFrom(p, 0)
	check(t, err)
	same(t, "the message", string(p[:n]), "ask")
	from, ok := addr.MCTP()
	same(t, "MCTP", ok, true)
	same(t, "the sender", from.Addr, mctpEID)
	same(t, "the tag's owner", from.Tag&csock.MCTP_TAG_OWNER, csock.MCTP_TAG_OWNER)
	from.Tag &^= csock.MCTP_TAG_OWNER
	sent(t, 5)(server.SendTo([]byte("reply"), csock.MCTPAddr(from), 0))
	same(t, "the reply", recv(t, client, 100), "reply")

	check(t, csock.MCTP_OPT_ADDR_EXT.Set(client, true))
	on, err := csock.MCTP_OPT_ADDR_EXT.Get(client)
	check(t, err)
	same(t, "MCTP_OPT_ADDR_EXT", on, true)
	if _, err := csock.SIOCMCTPALLOCTAG.Get(client, mctpEID); err != nil {
		t.Errorf("SIOCMCTPALLOCTAG: %v", err)
	}
}

const mctpEID = 8

// mctpEndpoint gives the loopback interface of a namespace an endpoint's address.
func mctpEndpoint(t *testing.T, ns *netns.NS) {
	t.Helper()
	familySocket(t, ns, csock.AF_MCTP, csock.SOCK_DGRAM, 0)
	var err error
	ns.Do(func() { err = cref.MCTPAddress(mctpEID) })
	check(t, err)
}

// A PPPoE session is bound to an interface and a peer, and has a PPP channel.
func TestFamilyPPPoE(t *testing.T) {
	ns := netns.New(t)
	s := familySocket(t, ns, csock.AF_PPPOX, csock.SOCK_STREAM, csock.PX_PROTO_OE)
	ns.IP(t, "link add left address 02:00:00:00:00:02 type veth peer name right")
	ns.IP(t, "link set left up")
	ns.IP(t, "link set right up")
	addr := csock.PPPoEAddr(csock.SockaddrPPPoE{SID: 7, Remote: net.HardwareAddr{2, 0, 0, 0, 0, 1}, Dev: "left"})
	check(t, s.Connect(addr))
	local, err := s.LocalAddr()
	check(t, err)
	same(t, "its address", local, addr)
	check(t, csock.PPPOEIOCSFWD.Set(s, addr))
	check(t, csock.PPPOEIOCDFWD.Set(s, struct{}{}))
	if _, err := csock.PPPIOCGCHAN.Get(s); err != nil { // after which it forwards nothing
		t.Error(err)
	}
	mru, err := csock.PPPIOCGMRU.Get(s)
	check(t, err)
	if mru < 1 || mru > 1500 {
		t.Errorf("PPPIOCGMRU is %d", mru)
	}

	// Its frames are messages, whatever its type: an empty one is no end.
	c := connOf(t)(familySocket(t, ns, csock.AF_PPPOX, csock.SOCK_STREAM, csock.PX_PROTO_OE), nil)
	check(t, c.SetDeadline(time.Now().Add(connPatience)))
	check(t, c.Connect(t.Context(), csock.PPPoEAddr(csock.SockaddrPPPoE{SID: 8, Remote: net.HardwareAddr{2, 0, 0, 0, 0, 1}, Dev: "left"})))
	peer := familySocket(t, ns, csock.AF_PACKET, csock.SOCK_RAW, 0)
	right := 0
	ns.Do(func() { right = need.Interface(t, "right").Index })
	check(t, peer.Bind(csock.PacketAddr(0, right, nil)))
	for _, payload := range []string{"", "hello"} {
		frame := append([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0x64, 0x11, 0, 0, 8, 0, byte(len(payload))}, payload...)
		_, err := peer.Send(append(frame, make([]byte, 60-len(frame))...), 0)
		check(t, err)
		p := make([]byte, 100)
		n, err := c.Read(p)
		check(t, err)
		same(t, "frame", string(p[:n]), payload)
	}
}

// A TCP connection carries the messages that a BPF program finds in it, and the multiplexor's other
// sockets receive them too.
func TestFamilyKCM(t *testing.T) {
	from := familySocket(t, nil, csock.AF_KCM, csock.SOCK_DGRAM, csock.KCMPROTO_CONNECTED)
	to := familySocket(t, nil, csock.AF_KCM, csock.SOCK_DGRAM, csock.KCMPROTO_CONNECTED)
	a, b := kindOf("tcp4").connected(t)
	noProgram := csock.KCMAttach{FD: int32(a.FD()), BPFFD: -1}
	connIs(t, "SIOCKCMATTACH without a program", csock.SIOCKCMATTACH.Set(from, noProgram), syscall.EBADF)
	if err := csock.SIOCKCMUNATTACH.Set(from, int(a.FD())); err == nil {
		t.Error("SIOCKCMUNATTACH of what is not attached")
	}
	program, err := cref.BPFLength()
	need.Feature(t, "to load a BPF program", err, syscall.EPERM)
	defer program.Close()
	attach := func(s, tcp *csock.Socket) error {
		return csock.SIOCKCMATTACH.Set(s, csock.KCMAttach{FD: int32(tcp.FD()), BPFFD: int32(program.Fd())})
	}
	check(t, attach(from, a), attach(to, b))

	// A message begins with its length, which the program reads.
	const first, second = "\x00\x05hello", "\x00\x02hi"
	sent(t, len(first))(from.Send([]byte(first), 0))
	same(t, "the message", recv(t, to, 100), first)
	sent(t, len(second))(to.Send([]byte(second), 0))
	same(t, "the message the other way", recv(t, from, 100), second)
	// One message in two parts of the TCP stream.
	check(t, csock.SIOCKCMUNATTACH.Set(from, int(a.FD())))
	sent(t, 4)(a.Send([]byte(first)[:4], 0))
	sent(t, len(first)-4)(a.Send([]byte(first)[4:], 0))
	same(t, "the message in two parts", recv(t, to, 100), first)

	clone, err := csock.SIOCKCMCLONE.Get(to)
	check(t, err)
	defer clone.Close()
	same(t, "close-on-exec", kernel.Flags(t, clone.FD())&syscall.O_CLOEXEC != 0, true)
	domain, err := clone.Domain()
	check(t, err)
	same(t, "its domain", domain, csock.AF_KCM)
	check(t, csock.KCM_RECV_DISABLE.Set(to, true))
	sent(t, len(second))(a.Send([]byte(second), 0))
	same(t, "the clone's message", recv(t, limited(t, clone), 100), second)
}

// SMC connects through TCP, and stays with it where there is no RDMA. IPPROTO_SMC is SMC as a
// protocol of AF_INET.
func TestFamilySMC(t *testing.T) {
	for _, k := range []connKind{
		{"AF_SMC", csock.AF_SMC, csock.SOCK_STREAM, 0},
		{"IPPROTO_SMC", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_SMC},
	} {
		t.Run(k.name, func(t *testing.T) {
			need.IPv4(t)
			open := func() *csock.Socket {
				s := k.new(t)
				t.Cleanup(func() { s.Close() })
				return limited(t, s)
			}
			l := open()
			check(t, l.Bind(loopbackAddr(0)), l.Listen(1))
			at, err := l.LocalAddr()
			check(t, err)
			client := open()
			check(t, client.ConnectTimeout(at, connPatience))
			server, from, err := l.Accept()
			check(t, err)
			defer server.Close()
			own, err := client.LocalAddr()
			check(t, err)
			same(t, "the client", from, own)
			// The options of a connection without RDMA are those of its TCP socket.
			protocol, err := server.Protocol()
			check(t, err)
			same(t, "the protocol", protocol, csock.IPPROTO_TCP)
			sent(t, 5)(client.Send([]byte("hello"), 0))
			same(t, "what the server received", recv(t, limited(t, server), 100), "hello")
			check(t, client.Shutdown(csock.SHUT_WR))
			same(t, "after the client's end", recv(t, server, 100), "")

			// And on the poller.
			end := time.Now().Add(connPatience)
			c, waiting := connOf(t)(open(), nil), connOf(t)(l, nil)
			check(t, c.SetDeadline(end), waiting.SetDeadline(end))
			check(t, c.Connect(t.Context(), at))
			s, _, err := waiting.Accept(t.Context())
			check(t, err, s.SetDeadline(end))
			defer s.Close()
			got := make(chan string)
			go func() {
				p := make([]byte, 100)
				n, err := s.Read(p)
				got <- string(p[:n]) + " " + fmt.Sprint(err)
			}()
			sent(t, 5)(c.Write([]byte("hello")))
			same(t, "what the Conn received", <-got, "hello <nil>")
		})
	}
}

// ICMPv6 sockets have IPV6_CHECKSUM at level SOL_RAW alone.
func TestChecksumAtRaw(t *testing.T) {
	need.NetRaw(t)
	s := familySocket(t, nil, csock.AF_INET6, csock.SOCK_RAW, csock.IPPROTO_ICMPV6)
	if err := csock.IPV6_CHECKSUM.Set(s, 2); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("at IPPROTO_IPV6: %v, want EINVAL", err)
	}
	o := csock.SOL_RAW_IPV6_CHECKSUM
	check(t, o.Set(s, 2))
	offset, err := o.Get(s)
	check(t, err)
	same(t, "the offset", offset, 2)
}

// The addresses of each family print differently.
func TestFamilyAddrString(t *testing.T) {
	lo := need.Interface(t, "lo")
	for _, test := range []struct {
		addr csock.SockAddr
		want string
	}{
		{csock.XDPAddr(csock.SockaddrXDP{Ifindex: lo.Index, QueueID: 3}), "xdp:lo:3"},
		{csock.CANAddr(csock.SockaddrCAN{Ifindex: lo.Index}), "can:lo"},
		{csock.J1939Addr(csock.SockaddrJ1939{Ifindex: lo.Index, Addr: 1}), "can:lo:00000000000000000000000001"},
		{csock.ALGAddr(csock.SockaddrALG{Type: "hash", Name: "sha256"}), "alg:hash:sha256"},
		{csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SOCKET_ADDR, ID: csock.TIPCSocketAddr{Ref: 1, Node: 0x1001}}), "tipc:socket:1@1001"},
		{csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_ADDR, Service: csock.TIPCServiceAddr{Type: 1, Instance: 2}}), "tipc:service:1:2"},
		{csock.TIPCAddr(csock.SockaddrTIPC{Type: csock.TIPC_SERVICE_RANGE, Range: csock.TIPCServiceRange{Type: 1, Lower: 2, Upper: 3}}), "tipc:range:1:2-3"},
		{csock.QRTRAddr(csock.SockaddrQRTR{Node: 1, Port: 2}), "qrtr:1:2"},
		{csock.L2Addr(csock.SockaddrL2{PSM: 3, BDAddr: csock.BDAddr{1, 2, 3, 4, 5, 0xab}}), "l2cap:01:02:03:04:05:AB:3"},
		{csock.L2Addr(csock.SockaddrL2{CID: 4}), "l2cap:00:00:00:00:00:00:cid 4"},
		{csock.RCAddr(csock.SockaddrRC{Channel: 5}), "rfcomm:00:00:00:00:00:00:5"},
		{csock.SCOAddr(csock.SockaddrSCO{}), "sco:00:00:00:00:00:00"},
		{csock.HCIAddr(csock.SockaddrHCI{Dev: 1, Channel: csock.HCI_CHANNEL_USER}), "hci:1:1"},
		{csock.MCTPAddr(csock.SockaddrMCTP{Network: 1, Addr: 8, Type: 5}), "mctp:1:8:5"},
		{csock.PPPoEAddr(csock.SockaddrPPPoE{SID: 7, Remote: net.HardwareAddr{2, 0, 0, 0, 0, 1}, Dev: "eth0"}), "pppoe:eth0:02:00:00:00:00:01:7"},
		{csock.PPTPAddr(csock.SockaddrPPTP{CallID: 9, Addr: netip.AddrFrom4([4]byte{192, 0, 2, 1})}), "pptp:192.0.2.1:9"},
		{csock.PPPoL2TPAddr(csock.SockaddrPPPoL2TP{Addr: netip.MustParseAddrPort("192.0.2.1:1701"), STunnel: 1, SSession: 2, DTunnel: 3, DSession: 4}),
			"pppol2tp:192.0.2.1:1701:1/2:3/4"},
		{csock.RXRPCAddr(csock.SockaddrRXRPC{Service: 52, TransportType: csock.SOCK_DGRAM, Transport: loopbackAddr(7001)}), "rxrpc:52:127.0.0.1:7001"},
	} {
		same(t, "String", test.addr.String(), test.want)
	}
}

// Families that refuse the flag that csock adds to sends: the error is the one that C gets without
// the flag.
func TestRefusingFamilies(t *testing.T) {
	for _, k := range []struct {
		domain csock.Domain
		typ    csock.Type
	}{
		{csock.AF_AX25, csock.SOCK_DGRAM},
		{csock.AF_NETROM, csock.SOCK_SEQPACKET},
		{csock.AF_ROSE, csock.SOCK_SEQPACKET},
		{csock.AF_APPLETALK, csock.SOCK_DGRAM},
	} {
		t.Run(k.domain.String(), func(t *testing.T) {
			p := []byte("x")
			batch := newBatch(t, 1, csock.BatchRoom{Payload: 8})
			check(t, batch.SetBytes(0, p))
			var none csock.SockAddr
			for name, call := range map[string]func(*csock.Socket) (int, error){
				"Send":         func(s *csock.Socket) (int, error) { return s.Send(p, 0) },
				"SendTo":       func(s *csock.Socket) (int, error) { return s.SendTo(p, none, 0) },
				"Sendmsg":      func(s *csock.Socket) (int, error) { return s.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{p}}, 0) },
				"SendVectored": func(s *csock.Socket) (int, error) { return s.SendVectored([][]byte{p}, 0) },
				"SendBatch":    func(s *csock.Socket) (int, error) { return s.SendBatch(batch, 0) },
			} {
				s := familySocket(t, nil, k.domain, k.typ, 0) // each learns anew
				_, plain := cref.Sendto(s.FD(), p, 0, nil)
				_, quiet := cref.Sendto(s.FD(), p, int(csock.MSG_NOSIGNAL), nil)
				if plain == nil || sameErrno(plain, quiet) {
					t.Fatalf("in C the flag makes no difference: %v, %v", plain, quiet)
				}
				if _, err := call(s); !sameErrno(err, plain) {
					t.Errorf("%s: %v; in C %v, and with the flag %v", name, err, plain, quiet)
				}
			}
		})
	}
}
