package tests

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Tests of transports that many kernels lack: .ci/kernel has a kernel with all of them.

// sctp makes an SCTP socket, bound to loopback addresses. It skips the test if the kernel lacks
// SCTP.
func sctp(t *testing.T, typ csock.Type, addrs ...string) *csock.Socket {
	t.Helper()
	s, err := csock.New(csock.AF_INET, typ, csock.IPPROTO_SCTP)
	need.Feature(t, "SCTP", err)
	t.Cleanup(func() { s.Close() })
	limited(t, s)
	for i, addr := range addrs {
		to := netip.AddrPortFrom(netip.MustParseAddr(addr), 0)
		if i == 0 {
			check(t, s.Bind(csock.InetAddr(to)))
			continue
		}
		local, err := s.LocalAddr()
		check(t, err)
		ap, _ := local.AddrPort()
		to = netip.AddrPortFrom(to.Addr(), ap.Port())
		check(t, csock.SCTP_SOCKOPT_BINDX_ADD.Set(s, []csock.SockAddr{csock.InetAddr(to)}))
	}
	return s
}

// An sctpMessage is the result of Recvmsg for a message.
type sctpMessage struct {
	data  string
	from  csock.SockAddr
	flags csock.RecvFlags
	info  csock.SCTPRcvInfo
	next  csock.SCTPNxtInfo
	old   csock.SCTPSndRcvInfo
}

func recvSCTP(t *testing.T, s *csock.Socket) (got sctpMessage) {
	t.Helper()
	p := make([]byte, 1<<16)
	m := csock.MsgHdr{Buffers: [][]byte{p}, Control: make([]byte, 512)}
	n, err := s.Recvmsg(&m, 0)
	check(t, err)
	got = sctpMessage{data: string(p[:n]), from: m.Addr, flags: m.Flags}
	for c := range m.ControlMessages() {
		if i, ok := c.SCTPRcvInfo(); ok {
			got.info = i
		}
		if i, ok := c.SCTPNxtInfo(); ok {
			got.next = i
		}
		if i, ok := c.SCTPSndRcvInfo(); ok {
			got.old = i
		}
	}
	return got
}

// isNotification reports whether a message is the kernel's: RecvFlags has no method for
// MSG_NOTIFICATION.
func (m sctpMessage) isNotification() bool {
	return csock.MsgFlags(m.flags)&csock.MSG_NOTIFICATION != 0
}

// A one-to-many socket with two addresses: streams, protocol ids, notifications, and an association
// that becomes a socket of its own.
func TestSCTPOneToMany(t *testing.T) {
	server := sctp(t, csock.SOCK_SEQPACKET, "127.0.0.1", "127.0.0.2")
	check(t, server.Listen(1))
	check(t, server.Set(csock.SCTP_RECVRCVINFO.To(true), csock.SCTP_RECVNXTINFO.To(true), csock.SCTP_FRAGMENT_INTERLEAVE.To(1),
		csock.SCTP_EVENT.To(csock.SCTPEvent{Type: csock.SCTP_ASSOC_CHANGE, On: true})))
	to, err := server.LocalAddr()
	check(t, err)

	client := sctp(t, csock.SOCK_STREAM)
	check(t, client.Set(csock.SCTP_INITMSG.To(csock.SCTPInitMsg{NumOstreams: 5, MaxInstreams: 6}), csock.SCTP_NODELAY.To(true)))
	check(t, client.Connect(to))
	change := recvSCTP(t, server)
	if !change.isNotification() || len(change.data) < 8 {
		t.Fatalf("the first message is %+v, want a notification", change)
	}

	for i, p := range []string{"one", "second"} {
		control := csock.AppendSCTPSndInfo(nil, csock.SCTPSndInfo{SID: uint16(3 + i), PPID: 7, Context: 9})
		control = csock.AppendSCTPPRInfo(control, csock.SCTPPRInfo{Policy: csock.SCTP_PR_SCTP_TTL, Value: 10000})
		sent(t, len(p))(client.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte(p)}, Control: control}, 0))
	}
	time.Sleep(100 * time.Millisecond) // for both to be there when the first is received
	first, second := recvSCTP(t, server), recvSCTP(t, server)
	assoc := first.info.AssocID
	same(t, "first", first.data, "one")
	same(t, "second", second.data, "second")
	same(t, "stream of the first", first.info.SID, 3)
	same(t, "stream of the second", second.info.SID, 4)
	same(t, "protocol id", first.info.PPID, 7)
	same(t, "TSN", second.info.TSN, first.info.TSN+1)
	same(t, "IsEndOfRecord", first.flags.IsEndOfRecord(), true)
	same(t, "notification", first.isNotification(), false)
	same(t, "next", first.next, csock.SCTPNxtInfo{SID: 4, PPID: 7, Length: 6, AssocID: assoc, Flags: first.next.Flags})
	local, err := client.LocalAddr()
	check(t, err)
	ap, _ := local.AddrPort()
	from, _ := first.from.AddrPort()
	same(t, "the sender's port", from.Port(), ap.Port())

	// The state of the association.
	status, err := csock.SCTP_STATUS.GetWith(server, csock.SCTPStatus{AssocID: assoc})
	check(t, err)
	same(t, "state", status.State, csock.SCTP_ESTABLISHED)
	same(t, "streams to receive on", status.InStreams, 5)
	same(t, "streams to send on", status.OutStreams, 6)
	ids, err := csock.SCTP_GET_ASSOC_ID_LIST.Get(server)
	check(t, err)
	if len(ids) != 1 || ids[0] != assoc {
		t.Errorf("associations %v, want %d", ids, assoc)
	}
	peers, err := csock.SCTP_GET_PEER_ADDRS.Get(client)
	check(t, err)
	seen := map[string]bool{}
	for _, a := range peers.Addrs {
		ap, _ := a.AddrPort()
		seen[ap.Addr().String()] = true
	}
	if len(seen) != 2 || !seen["127.0.0.1"] || !seen["127.0.0.2"] {
		t.Errorf("the server's addresses are %v", peers.Addrs)
	}

	// A reply names the association, and reaches it as a socket of its own too.
	check(t, csock.SCTP_EVENTS.Set(client, csock.SCTPEventSubscribe{DataIO: true}))
	control := csock.AppendSCTPSndInfo(nil, csock.SCTPSndInfo{SID: 2, PPID: 8, AssocID: assoc})
	sent(t, 5)(server.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte("reply")}, Control: control}, 0))
	reply := recvSCTP(t, client)
	same(t, "reply", reply.data, "reply")
	same(t, "stream", reply.old.Stream, 2)
	same(t, "protocol id", reply.old.PPID, 8)

	off, err := csock.SCTP_SOCKOPT_PEELOFF_FLAGS.GetWith(server, csock.SCTPPeeloffArg{AssocID: assoc, Flags: csock.SOCK_CLOEXEC})
	check(t, err)
	peeled, err := csock.FromFD(uintptr(off.FD))
	check(t, err)
	defer peeled.Close()
	control = csock.AppendSCTPSndRcv(nil, csock.SCTPSndRcvInfo{Stream: 1, PPID: 6})
	sent(t, 6)(peeled.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte("peeled")}, Control: control}, 0))
	reply = recvSCTP(t, client)
	same(t, "reply", reply.data, "peeled")
	same(t, "stream", reply.old.Stream, 1)
	same(t, "protocol id", reply.old.PPID, 6)
	ids, err = csock.SCTP_GET_ASSOC_ID_LIST.Get(server)
	check(t, err)
	same(t, "associations that the server has left", len(ids), 0)
}

// Times in ticks of Linux's clock, whose length it does not report: only that a second is a known
// number of them.
func TestSCTPTicks(t *testing.T) {
	server, client := sctp(t, csock.SOCK_STREAM, "127.0.0.1"), sctp(t, csock.SOCK_STREAM)
	check(t, server.Listen(1))
	const least = 2
	check(t, csock.SCTP_RTOINFO.Set(client, csock.SCTPRTOInfo{Min: least * time.Second}))
	check(t, client.Connect(need.Value[csock.SockAddr](t)(server.LocalAddr())))
	need.Value[csock.SCTPAssocStats](t)(csock.SCTP_GET_ASSOC_STATS.Get(client))
	// Nothing was sent since, so that this is the least.
	stats := need.Value[csock.SCTPAssocStats](t)(csock.SCTP_GET_ASSOC_STATS.Get(client))
	if hz := stats.MaxRTO / least; !slices.Contains([]uint64{100, 250, 300, 1000}, hz) {
		t.Errorf("%d ticks in %d s", stats.MaxRTO, least)
	}
	if status := need.Value[csock.SCTPStatus](t)(csock.SCTP_STATUS.Get(client)); uint64(status.Primary.SRTT) > stats.MaxRTO {
		t.Errorf("a round trip of %d ticks, with a timeout of %d", status.Primary.SRTT, stats.MaxRTO)
	}
}

// SCTPConnectx returns the association that it has made, to a peer of two addresses.
func TestSCTPConnectx(t *testing.T) {
	server := sctp(t, csock.SOCK_STREAM, "127.0.0.1", "127.0.0.2")
	check(t, server.Listen(1))
	ap, _ := need.Value[csock.SockAddr](t)(server.LocalAddr()).AddrPort()
	var addrs []csock.SockAddr
	for _, ip := range []string{"127.0.0.1", "127.0.0.2"} {
		addrs = append(addrs, csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(ip), ap.Port())))
	}
	client := sctp(t, csock.SOCK_SEQPACKET)
	assoc, err := client.SCTPConnectx(addrs...)
	check(t, err)
	ids := need.Value[[]csock.SCTPAssocID](t)(csock.SCTP_GET_ASSOC_ID_LIST.Get(client))
	if len(ids) != 1 || ids[0] != assoc || assoc == 0 {
		t.Errorf("association %d, there are %v", assoc, ids)
	}
	same(t, "state", need.Value[csock.SCTPStatus](t)(csock.SCTP_STATUS.GetWith(client, csock.SCTPStatus{AssocID: assoc})).State, csock.SCTP_ESTABLISHED)
	if id, err := client.SCTPConnectx(addrs...); id != 0 || !errors.Is(err, syscall.EISCONN) {
		t.Errorf("a second time: %d, %v", id, err)
	}
	if _, err := client.SCTPConnectx(csock.SockAddr{}); !errors.Is(err, syscall.EAFNOSUPPORT) {
		t.Errorf("to no address: %v", err)
	}
	check(t, client.Close())
	if _, err := client.SCTPConnectx(csock.SockAddr{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("of a closed socket: %v", err)
	}
}

// An association that a message makes, to two addresses, with the parameters to propose.
func TestSCTPImplicitAssociation(t *testing.T) {
	server := sctp(t, csock.SOCK_SEQPACKET, "127.0.0.1", "127.0.0.2")
	check(t, server.Listen(1))
	const dataChunk = 0 // to be authenticated
	check(t, server.Set(csock.SCTP_RECVRCVINFO.To(true), csock.SCTP_AUTH_SUPPORTED.To(csock.SCTPAssocValue{Value: 1}), csock.SCTP_AUTH_CHUNK.To(dataChunk)))
	to, err := server.LocalAddr()
	check(t, err)
	ap, _ := to.AddrPort()

	client := sctp(t, csock.SOCK_SEQPACKET)
	check(t, csock.SCTP_AUTH_SUPPORTED.Set(client, csock.SCTPAssocValue{Value: 1}))
	control := csock.AppendSCTPInit(nil, csock.SCTPInitMsg{NumOstreams: 3, MaxInstreams: 4})
	control = csock.AppendSCTPDstAddr(control, netip.MustParseAddr("127.0.0.2"))
	control = csock.AppendSCTPSndInfo(control, csock.SCTPSndInfo{SID: 2, PPID: 5})
	m := csock.MsgHdr{Addr: csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), ap.Port())), Buffers: [][]byte{[]byte("hello")}, Control: control}
	sent(t, 5)(client.Sendmsg(&m, 0))
	got := recvSCTP(t, server)
	same(t, "data", got.data, "hello")
	same(t, "stream", got.info.SID, 2)
	same(t, "protocol id", got.info.PPID, 5)
	status, err := csock.SCTP_STATUS.GetWith(server, csock.SCTPStatus{AssocID: got.info.AssocID})
	check(t, err)
	same(t, "streams to receive on", status.InStreams, 3)
	same(t, "streams to send on", status.OutStreams, 4)

	ids, err := csock.SCTP_GET_ASSOC_ID_LIST.Get(client)
	check(t, err)
	if len(ids) != 1 {
		t.Fatalf("associations %v", ids)
	}
	// The key that exists by default, and one that does not.
	for key, want := range map[uint16]error{0: nil, 99: syscall.EINVAL} {
		control := csock.AppendSCTPAuthInfo(csock.AppendSCTPSndInfo(nil, csock.SCTPSndInfo{AssocID: ids[0]}), key)
		if _, err := client.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte("x")}, Control: control}, 0); !errors.Is(err, want) {
			t.Errorf("by key %d: %v, want %v", key, err, want)
		}
	}
}

// Records of the kernel's TLS: data, an alert, a file, over Sockets and over Conns.
func TestTLSRecords(t *testing.T) {
	const alert, data = 21, 23
	for _, version := range []csock.TLSVersion{csock.TLS_1_2_VERSION, csock.TLS_1_3_VERSION} {
		for _, cipher := range []csock.TLSCipher{csock.TLS_CIPHER_AES_GCM_128, csock.TLS_CIPHER_AES_GCM_256, csock.TLS_CIPHER_CHACHA20_POLY1305} {
			a, b := kindOf("tcp4").connected(t)
			need.Feature(t, "TLS", csock.TCP_ULP.Set(a, "tls"), syscall.ENOENT)
			check(t, csock.TCP_ULP.Set(b, "tls"))
			limited(t, b)
			iv, key, salt, seq, ok := cipher.Size()
			same(t, "known cipher", ok, true)
			fill := func(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
			info := csock.TLSCryptoInfo{Version: version, Cipher: cipher, IV: fill(iv, 1), Key: fill(key, 2), Salt: fill(salt, 3), RecSeq: fill(seq, 0)}
			check(t, csock.TLS_TX.Set(a, info))
			check(t, csock.TLS_RX.Set(b, info))
			got, err := csock.TLS_TX.GetWith(a, csock.TLSCryptoInfo{Version: version, Cipher: cipher})
			check(t, err)
			same(t, "cipher", got.Cipher, cipher)
			if !bytes.Equal(got.Key, info.Key) || !bytes.Equal(got.Salt, info.Salt) {
				t.Errorf("TLS_TX is %x, want %x", got, info)
			}

			record := func(what string, wantData string, wantType uint8) {
				t.Helper()
				p := make([]byte, 1<<16)
				m := csock.MsgHdr{Buffers: [][]byte{p}, Control: make([]byte, 64)}
				n, err := b.Recvmsg(&m, 0)
				check(t, err)
				same(t, what, string(p[:n]), wantData)
				for c := range m.ControlMessages() {
					if typ, ok := c.TLSRecordType(); ok {
						same(t, what+": type", typ, wantType)
						return
					}
				}
				t.Errorf("%s: no type", what)
			}
			sent(t, 5)(a.Send([]byte("hello"), 0))
			record("data", "hello", data)
			sent(t, 2)(a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1, 0}}, Control: csock.AppendTLSRecordType(nil, alert)}, 0))
			record("an alert", "\x01\x00", alert)
			// Recv has no room for the type, and returns only data records.
			sent(t, 2)(a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1, 0}}, Control: csock.AppendTLSRecordType(nil, alert)}, 0))
			if _, err := b.Recv(make([]byte, 16), 0); !errors.Is(err, syscall.EIO) {
				t.Errorf("Recv of an alert: %v, want EIO", err)
			}
			record("the alert", "\x01\x00", alert)

			text := bytes.Repeat([]byte("0123456789abcdef"), 4096)
			f := contentFile(t, text)
			ca, err := a.IntoConn()
			check(t, err)
			defer ca.Close()
			cb, err := b.IntoConn()
			check(t, err)
			defer cb.Close()
			check(t, cb.SetDeadline(time.Now().Add(20*time.Second)))
			done := make(chan error, 1)
			go func() {
				n, err := ca.Sendfile(f, 0, len(text))
				for sent := n; err == nil && sent < len(text); sent += n {
					n, err = ca.Sendfile(f, int64(sent), len(text)-sent)
				}
				done <- err
			}()
			file := make([]byte, len(text))
			_, err = io.ReadFull(cb, file)
			check(t, err)
			check(t, <-done)
			if !bytes.Equal(file, text) {
				t.Error("a file arrives otherwise")
			}
		}
	}
}

// On vsock a send is counted once for each part into which the kernel cuts it, on RDS not at all.
func TestZeroCopyUncounted(t *testing.T) {
	for domain, typ := range map[csock.Domain]csock.Type{csock.AF_VSOCK: csock.SOCK_STREAM, csock.AF_RDS: csock.SOCK_SEQPACKET} {
		t.Run(domain.String(), func(t *testing.T) {
			s, err := csock.New(domain, typ, 0)
			need.Feature(t, domain.String(), err)
			defer s.Close()
			if _, err := csock.NewZeroCopy(s); !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("NewZeroCopy: %v", err)
			}
		})
	}
}
