// Package selftests tests csock on subjects of the kernel's own network selftests. Where another
// package has a test of the subject already, the list names it.
//
//	bind_wildcard              TestBindWildcard
//	cmsg_so_mark               TestCmsgMark
//	cmsg_sender, cmsg_ip       TestCmsgTTL, and tests' TestControlUDP
//	msg_oob                    TestOutOfBand, and tests' TestOutOfBand and TestSockAtMark
//	msg_zerocopy               tests' TestZeroCopy
//	psock_tpacket              ring's TestTPacketAgainstC, TestTPacketReceive, TestTPacketSend
//	reuseaddr_conflict         TestReuseaddrConflict
//	reuseaddr_ports_exhausted  TestPortsExhausted
//	reuseport_addr_any         TestReuseportAddrAny
//	reuseport_bpf              tests' TestReusePortProgram
//	scm_pidfd                  tests' TestControlPIDFD
//	scm_rights                 TestRightsCycles, and tests' TestRights
//	sk_so_peek_off             tests' TestPeekOff
//	so_netns_cookie            TestNetnsCookie
//	so_rcv_listener            TestReceivedMark
//	so_txtime                  tests' TestTxTimeSent, TestTxTimePast, TestTxTimeError
//	tcp_fastopen_backup_key    TestFastopenBackupKey
//	tcp_inq                    TestTCPInq
//	tcp_mmap                   tests' TestTCPZerocopyReceive
//	timestamping               tests' TestTimestamps, TestTimestampsOfSentPackets
//	tls                        tests' TestTLSRecords
//	txring_overwrite           ring's TestTPacketOverwrite
//	udpgso, udpgro             tests' TestUDPSegmentAndGRO, TestBatchSegments
//	unix_connect               TestUnixConnect
//	xskxceiver                 ring's TestXDPReceive, TestXDPSend, TestXDPBoth, TestXDPDrops, TestXDPInvalid
package selftests

import (
	"testing"

	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }
