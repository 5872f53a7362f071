//go:build linux && cgo

package tests

import (
	"net/netip"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// The files selftests_*_test.go test csock on subjects of the kernel's own network selftests. Where
// another file has a test of the subject already, the list names it.
//
//	bind_wildcard              TestBindWildcard
//	cmsg_so_mark               TestCmsgMark
//	cmsg_sender, cmsg_ip       TestCmsgTTL, TestControlUDP
//	msg_oob                    TestOutOfBandMarks, TestOutOfBand and TestSockAtMark
//	msg_zerocopy               TestZeroCopy
//	psock_tpacket              tests/ring's TestTPacketAgainstC, TestTPacketReceive, TestTPacketSend
//	reuseaddr_conflict         TestReuseaddrConflict
//	reuseaddr_ports_exhausted  TestPortsExhausted
//	reuseport_addr_any         TestReuseportAddrAny
//	reuseport_bpf              TestReusePortProgram
//	scm_pidfd                  TestControlPIDFD
//	scm_rights                 TestRightsCycles, TestRights
//	sk_so_peek_off             TestPeekOff
//	so_netns_cookie            TestNetnsCookie
//	so_rcv_listener            TestReceivedMark
//	so_txtime                  TestTxTimeSent, TestTxTimePast, TestTxTimeError
//	tcp_fastopen_backup_key    TestFastopenBackupKey
//	tcp_inq                    TestTCPInq
//	tcp_mmap                   TestTCPZerocopyReceive
//	timestamping               TestTimestamps, TestTimestampsOfSentPackets
//	tls                        TestTLSRecords
//	txring_overwrite           tests/ring's TestTPacketOverwrite
//	udpgso, udpgro             TestUDPSegmentAndGRO, TestBatchSegments
//	unix_connect               TestUnixConnect
//	xskxceiver                 tests/ring's TestXDPReceive, TestXDPSend, TestXDPBoth, TestXDPDrops, TestXDPInvalid

// inWithLimit makes a limited socket in a namespace, and closes it at the test's end.
func inWithLimit(t *testing.T, ns *netns.NS, domain csock.Domain, typ csock.Type, protocol csock.Protocol) *csock.Socket {
	t.Helper()
	var s *csock.Socket
	var err error
	ns.Do(func() { s, err = csock.New(domain, typ, protocol) })
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return limited(t, s)
}

// inet returns the address with the given text and port.
func inet(ip string, port int) csock.SockAddr {
	return csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(ip), uint16(port)))
}

// local returns a socket's own address, and its port.
func local(t *testing.T, s *csock.Socket) (csock.SockAddr, int) {
	t.Helper()
	a := need.Value[csock.SockAddr](t)(s.LocalAddr())
	ap, _ := a.AddrPort()
	return a, int(ap.Port())
}

// tcpPair returns two connected sockets of TCP on a namespace's loopback.
func tcpPair(t *testing.T, ns *netns.NS) (a, b *csock.Socket) {
	t.Helper()
	l := inWithLimit(t, ns, csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(t, l.Bind(inet("127.0.0.1", 0)), l.Listen(1))
	addr, _ := local(t, l)
	a = inWithLimit(t, ns, csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(t, a.Connect(addr))
	b, _, err := l.Accept()
	check(t, err)
	t.Cleanup(func() { b.Close() })
	return a, limited(t, b)
}

// receivedText returns what comes next on a socket.
func receivedText(t *testing.T, s *csock.Socket, flags csock.MsgFlags) string {
	t.Helper()
	p := make([]byte, 1000)
	n, err := s.Recv(p, flags)
	check(t, err)
	return string(p[:n])
}
