//go:build linux && cgo

package options

import (
	"bytes"
	"net/netip"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

// The structs are those of tests/cref/option_examples.c.

func addr4(ip string) csock.SockAddr {
	return csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(ip), 0))
}

func repaired(s *csock.Socket) error { return csock.TCP_REPAIR.Set(s, csock.TCP_REPAIR_ON) }

func repairedQueue(s *csock.Socket) error {
	if err := repaired(s); err != nil {
		return err
	}
	return csock.TCP_REPAIR_QUEUE.Set(s, csock.TCP_SEND_QUEUE)
}

// repairedAt3000 makes a socket that has received up to sequence number 3000.
func repairedAt3000(s *csock.Socket) error {
	if err := repaired(s); err != nil {
		return err
	}
	return s.Set(csock.TCP_REPAIR_QUEUE.To(csock.TCP_RECV_QUEUE), csock.TCP_QUEUE_SEQ.To(3000))
}

var (
	aoKey = csock.TCPAOAdd{Addr: addr4("10.9.8.0"), Prefix: 24, Algorithm: "hmac(sha1)", SetCurrent: true, SetRNext: true,
		SndID: 7, RcvID: 9, MacLen: 12, Key: []byte("secret")}
	ring   = csock.TpacketReq3{BlockSize: 1 << 16, BlockNr: 2, FrameSize: 2048, FrameNr: 64}
	gcm128 = csock.TLSCryptoInfo{Version: csock.TLS_1_2_VERSION, Cipher: csock.TLS_CIPHER_AES_GCM_128, IV: bytes.Repeat([]byte{1}, 8),
		Key: bytes.Repeat([]byte{2}, 16), Salt: bytes.Repeat([]byte{3}, 4), RecSeq: bytes.Repeat([]byte{4}, 8)}
	packetMreqs = []any{
		csock.PacketMreq{Ifindex: 1, Type: csock.PACKET_MR_PROMISC},
		csock.PacketMreq{Ifindex: 1, Type: csock.PACKET_MR_MULTICAST, Address: []byte{1, 0, 0x5e, 1, 2, 3}},
	}
)

// The plans of options above the network layer, and of packet and other sockets.
var transportPlans = map[string]plan{
	"TCP_MAXSEG":           {set: []any{1000}},
	"TCP_KEEPIDLE":         {set: []any{time.Second, 32767 * time.Second}},
	"TCP_KEEPCNT":          {set: []any{1, 127}},
	"TCP_SYNCNT":           {set: []any{1, 127}},
	"TCP_LINGER2":          {set: []any{3 * time.Second, -time.Second}},
	"TCP_DEFER_ACCEPT":     {set: []any{3 * time.Second}},
	"TCP_WINDOW_CLAMP":     {set: []any{1 << 20}},
	"TCP_CONGESTION":       {set: []any{"reno"}},
	"TCP_MD5SIG":           {set: []any{csock.TCPMD5Sig{Addr: netip.MustParseAddr("10.9.8.1"), Key: []byte("secret")}}},
	"TCP_MD5SIG_EXT":       {set: []any{csock.TCPMD5Sig{Addr: netip.MustParseAddr("10.9.8.0"), PrefixLen: 24, Key: []byte("secret")}}},
	"TCP_THIN_DUPACK":      {set: []any{true}, want: []any{false}},
	"TCP_REPAIR":           {set: []any{csock.TCP_REPAIR_ON}},
	"TCP_REPAIR_QUEUE":     {set: []any{csock.TCP_RECV_QUEUE, csock.TCP_SEND_QUEUE}, setUp: repaired},
	"TCP_QUEUE_SEQ":        {set: []any{uint32(3000000000)}, setUp: repairedQueue},
	"TCP_REPAIR_OPTIONS":   {on: "tcp4 connected", setUp: repaired, set: []any{[]csock.TCPRepairOpt{{Code: 2, Value: 1400}, {Code: 3, Value: 7<<16 | 8}}}},
	"TCP_REPAIR_WINDOW":    {setUp: repairedAt3000, set: []any{csock.TCPRepairWindow{SndWl1: 1, SndWnd: 1000, MaxWindow: 2000, RcvWnd: 500, RcvWup: 400}}},
	"TCP_TIMESTAMP":        {on: "tcp4 connected", setUp: repaired, set: []any{uint32(4000000000)}, differs: true},
	"TCP_FASTOPEN":         {on: "tcp4 listening", set: []any{16}},
	"TCP_NOTSENT_LOWAT":    {set: []any{uint32(16384), uint32(4294967295)}},
	"TCP_SAVE_SYN":         {on: "tcp4 listening", set: []any{1, 2}},
	"TCP_ULP":              {on: "tcp4 connected", set: []any{"tls"}, lacks: syscall.ENOENT},
	"TCP_FASTOPEN_KEY":     {on: "tcp4 listening", set: []any{[][16]byte{[16]byte(bytes.Repeat([]byte{7}, 16))}}, inC: []any{bytes.Repeat([]byte{7}, 16)}},
	"TCP_FASTOPEN_CONNECT": {set: []any{true, false}},
	"TCP_RTO_MAX_MS":       {set: []any{time.Second, 120 * time.Second}},
	"TCP_RTO_MIN_US":       {set: []any{40 * time.Millisecond}},
	"TCP_DELACK_MAX_US":    {set: []any{40 * time.Millisecond}},
	"TCP_TX_DELAY":         {set: []any{5 * time.Millisecond}},
	"TCP_AO_ADD_KEY":       {set: []any{aoKey}},
	"TCP_AO_DEL_KEY":       {set: []any{csock.TCPAODel{Addr: aoKey.Addr, Prefix: 24, SndID: 7, RcvID: 9}}},
	"TCP_AO_INFO": {set: []any{csock.TCPAOInfoOpt{SetCurrent: true, Required: true, SetCounters: true, AcceptICMPs: true, CurrentKey: 7,
		Good: 1, Bad: 2, KeyNotFound: 3, AORequired: 4, DroppedICMP: 5}}},
	"TCP_AO_REPAIR": {set: []any{csock.TCPAORepair{SntISN: 1, RcvISN: 2, SndSNE: 3, RcvSNE: 4}}},
	"TCP_SAVED_SYN": {on: "tcp4 connected"},
	"TCP_INFO":      {on: "tcp4 connected", differs: true},

	"MPTCP_INFO":          {differs: true},
	"MPTCP_TCPINFO":       {differs: true},
	"MPTCP_SUBFLOW_ADDRS": {differs: true},
	"MPTCP_FULL_INFO":     {differs: true},

	"UDP_ENCAP":          {set: []any{csock.UDP_ENCAP_ESPINUDP}},
	"UDP_NO_CHECK6_TX":   {on: "udp6"},
	"UDP_NO_CHECK6_RX":   {on: "udp6"},
	"UDP_SEGMENT":        {set: []any{0, 1200, 65535}},
	"UDPLITE_SEND_CSCOV": {set: []any{8, 20}},
	"UDPLITE_RECV_CSCOV": {set: []any{8, 20}},

	"SO_VM_SOCKETS_CONNECT_TIMEOUT": {set: []any{1500 * time.Millisecond}},
	"SO_VM_SOCKETS_BUFFER_SIZE":     {set: []any{1 << 17}},
	"SO_VM_SOCKETS_BUFFER_MIN_SIZE": {set: []any{1 << 10}},
	"SO_VM_SOCKETS_BUFFER_MAX_SIZE": {set: []any{1 << 22}},

	"PACKET_ADD_MEMBERSHIP":  {set: packetMreqs},
	"PACKET_DROP_MEMBERSHIP": {set: packetMreqs, setErr: 0},
	"PACKET_RX_RING":         {set: []any{ring}, setUp: func(s *csock.Socket) error { return csock.PACKET_VERSION.Set(s, csock.TPACKET_V3) }},
	"PACKET_TX_RING":         {set: []any{ring}, setUp: func(s *csock.Socket) error { return csock.PACKET_VERSION.Set(s, csock.TPACKET_V3) }},
	"PACKET_VERSION":         {set: []any{csock.TPACKET_V2, csock.TPACKET_V3}},
	"PACKET_RESERVE":         {set: []any{16}},
	"PACKET_FANOUT":          {on: "packet bound", set: []any{csock.FanoutArgs{ID: 42, Mode: csock.PACKET_FANOUT_LB, Flags: csock.PACKET_FANOUT_FLAG_DEFRAG}}},
	"PACKET_ROLLOVER_STATS":  {on: "packet bound", setUp: first(csock.PACKET_FANOUT, csock.FanoutArgs{ID: 43, Mode: csock.PACKET_FANOUT_ROLLOVER})},
	"PACKET_FANOUT_DATA":     {on: "packet bound", setUp: first(csock.PACKET_FANOUT, csock.FanoutArgs{ID: 44, Mode: csock.PACKET_FANOUT_CBPF}), set: passProgram, points: true},
	"PACKET_VNET_HDR_SZ":     {set: []any{12}},

	// Without TCP_ULP the level is unknown: only the bytes of the calls can be compared.
	"TLS_TX":                 {set: []any{gcm128}, setErr: syscall.ENOPROTOOPT, getErr: syscall.EOPNOTSUPP},
	"TLS_RX":                 {set: []any{gcm128}, setErr: syscall.ENOPROTOOPT, getErr: syscall.EOPNOTSUPP},
	"TLS_TX_ZEROCOPY_RO":     {setErr: syscall.ENOPROTOOPT, getErr: syscall.EOPNOTSUPP},
	"TLS_RX_EXPECT_NO_PAD":   {setErr: syscall.ENOPROTOOPT, getErr: syscall.EOPNOTSUPP},
	"TLS_TX_MAX_PAYLOAD_LEN": {set: []any{1024}, setErr: syscall.ENOPROTOOPT, getErr: syscall.EOPNOTSUPP},
}
