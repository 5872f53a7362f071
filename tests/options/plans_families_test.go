//go:build linux && cgo

package options

import (
	"encoding/binary"
	"maps"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock"
)

func init() {
	maps.Copy(optionSockets, map[string]func() ([]*csock.Socket, error){
		"alg":       fresh(csock.AF_ALG, csock.SOCK_SEQPACKET, 0),
		"hci":       fresh(csock.AF_BLUETOOTH, csock.SOCK_RAW, csock.BTPROTO_HCI),
		"l2cap":     fresh(csock.AF_BLUETOOTH, csock.SOCK_SEQPACKET, csock.BTPROTO_L2CAP),
		"l2cap_le":  lowEnergy,
		"rfcomm":    fresh(csock.AF_BLUETOOTH, csock.SOCK_STREAM, csock.BTPROTO_RFCOMM),
		"sco":       fresh(csock.AF_BLUETOOTH, csock.SOCK_SEQPACKET, csock.BTPROTO_SCO),
		"mctp":      fresh(csock.AF_MCTP, csock.SOCK_DGRAM, 0),
		"pppol2tp":  fresh(csock.AF_PPPOX, csock.SOCK_DGRAM, csock.PX_PROTO_OL2TP),
		"can_raw":   fresh(csock.AF_CAN, csock.SOCK_RAW, csock.CAN_RAW),
		"can_isotp": fresh(csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_ISOTP),
		"can_j1939": fresh(csock.AF_CAN, csock.SOCK_DGRAM, csock.CAN_J1939),
		"kcm":       fresh(csock.AF_KCM, csock.SOCK_DGRAM, csock.KCMPROTO_CONNECTED),
		"rds":       fresh(csock.AF_RDS, csock.SOCK_SEQPACKET, 0),
		"rxrpc":     fresh(csock.AF_RXRPC, csock.SOCK_DGRAM, csock.Protocol(csock.AF_INET)),
		"tipc":      fresh(csock.AF_TIPC, csock.SOCK_RDM, 0),
		"xdp":       fresh(csock.AF_XDP, csock.SOCK_RAW, 0),
	})
}

// lowEnergy makes an L2CAP socket that is bound for Bluetooth Low Energy.
func lowEnergy() ([]*csock.Socket, error) {
	s, err := csock.New(csock.AF_BLUETOOTH, csock.SOCK_SEQPACKET, csock.BTPROTO_L2CAP)
	if err != nil {
		return nil, err
	}
	return []*csock.Socket{s}, s.Bind(csock.L2Addr(csock.SockaddrL2{PSM: 0x81, BDAddrType: csock.BDADDR_LE_PUBLIC}))
}

// umem is memory outside Go's heap.
var umem = func() []byte {
	p, err := syscall.Mmap(-1, 0, 1<<16, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANONYMOUS)
	if err != nil {
		panic(err)
	}
	return p
}()

// umemInC is a struct xdp_umem_reg.
func umemInC(chunk, headroom, flags, metadata uint32) []byte {
	p := binary.NativeEndian.AppendUint64(nil, uint64(uintptr(unsafe.Pointer(&umem[0]))))
	p = binary.NativeEndian.AppendUint64(p, uint64(len(umem)))
	for _, n := range []uint32{chunk, headroom, flags, metadata} {
		p = binary.NativeEndian.AppendUint32(p, n)
	}
	return p
}

// algorithm binds an AF_ALG socket, if the kernel has the family: any socket serves for a trace.
func algorithm(typ, name string) func(*csock.Socket) error {
	return func(s *csock.Socket) error {
		if d, err := s.Domain(); err != nil || d != csock.AF_ALG {
			return err
		}
		return s.Bind(csock.ALGAddr(csock.SockaddrALG{Type: typ, Name: name}))
	}
}

// joinGroup makes a TIPC socket a member of a group, which it can then leave.
func joinGroup(s *csock.Socket) error {
	if d, err := s.Domain(); err != nil || d != csock.AF_TIPC {
		return err
	}
	return csock.TIPC_GROUP_JOIN.Set(s, csock.TIPCGroupReq{Type: 4711, Instance: 17, Scope: csock.TIPC_NODE_SCOPE})
}

// short is refused for its length, since a struct is expected.
var short = []any{[]byte{1}}

var familyPlans = map[string]plan{
	"CAN_RAW_FILTER": {set: []any{
		[]csock.CANFilter{{ID: 0x123, Mask: csock.CAN_SFF_MASK}},
		[]csock.CANFilter{{ID: 0x12345678 | csock.CAN_EFF_FLAG, Mask: csock.CAN_EFF_MASK}, {ID: 0x7ff | csock.CAN_INV_FILTER, Mask: 0x700}},
	}},
	"CAN_RAW_ERR_FILTER": {set: []any{csock.CAN_ERR_BUSOFF | csock.CAN_ERR_ACK}},
	"CAN_RAW_XL_VCID_OPTS": {set: []any{csock.CANRawVCIDOptions{Flags: csock.CAN_RAW_XL_VCID_TX_SET,
		TxVCID: 5, RxVCID: 6, RxVCIDMask: 7}}},
	"CAN_ISOTP_OPTS": {set: []any{csock.CANISOTPOptions{Flags: csock.CAN_ISOTP_TX_PADDING | csock.CAN_ISOTP_EXTEND_ADDR | csock.CAN_ISOTP_RX_EXT_ADDR,
		FrameTxtime: 1000, ExtAddress: 1, TxpadContent: 2, RxpadContent: 3, RxExtAddress: 4}}},
	"CAN_ISOTP_RECV_FC":  {set: []any{csock.CANISOTPFCOptions{BS: 1, Stmin: 2, Wftmax: 3}}},
	"CAN_ISOTP_LL_OPTS":  {set: []any{csock.CANISOTPLLOptions{MTU: csock.CANFD_MTU, TxDL: 16, TxFlags: csock.CANFD_BRS}}},
	"CAN_ISOTP_TX_STMIN": {set: []any{1000 * time.Nanosecond}},
	"CAN_ISOTP_RX_STMIN": {set: []any{1000 * time.Nanosecond}},
	"SO_J1939_FILTER": {set: []any{[]csock.J1939Filter{{Name: 0x0102030405060708, NameMask: 0x1112131415161718,
		PGN: 0x20200, PGNMask: 0x3ff00, Addr: 0x21, AddrMask: 0xfe}}}},
	"SO_J1939_SEND_PRIO": {set: []any{7}},

	"BT_SECURITY":     {set: []any{csock.BTSecurity{Level: csock.BT_SECURITY_MEDIUM}}},
	"BT_DEFER_SETUP":  {on: "l2cap_le"}, // once it is bound
	"BT_FLUSHABLE":    {set: []any{true}},
	"BT_VOICE":        {on: "sco", set: []any{csock.BT_VOICE_TRANSPARENT}, setErr: syscall.EBADFD}, // without a controller
	"BT_SNDMTU":       {on: "l2cap_le", getErr: syscall.ENOTCONN},
	"BT_RCVMTU":       {on: "l2cap_le", set: []any{uint16(517)}},
	"BT_PHY":          {getErr: syscall.ENOTCONN},
	"BT_PKT_STATUS":   {on: "sco"},
	"L2CAP_OPTIONS":   {set: []any{csock.L2CAPOptions{OMTU: 900, IMTU: 1000, FlushTo: 65535 * time.Millisecond, FCS: 1, MaxTx: 5, TxwinSize: 20}}},
	"L2CAP_CONNINFO":  {getErr: syscall.ENOTCONN},
	"SCO_OPTIONS":     {on: "sco", getErr: syscall.ENOTCONN},
	"SCO_CONNINFO":    {on: "sco", getErr: syscall.ENOTCONN},
	"RFCOMM_CONNINFO": {getErr: syscall.ENOTCONN},
	"HCI_FILTER":      {set: []any{csock.HCIFilter{TypeMask: 1 << 4, EventMask: [2]uint32{1 << 5, 1 << 30}, Opcode: 0x1009}}},

	"PPPOL2TP_SO_RECVSEQ":   {setErr: syscall.ENOTCONN, getErr: syscall.ENOTCONN},
	"PPPOL2TP_SO_SENDSEQ":   {setErr: syscall.ENOTCONN, getErr: syscall.ENOTCONN},
	"PPPOL2TP_SO_LNSMODE":   {setErr: syscall.ENOTCONN, getErr: syscall.ENOTCONN},
	"PPPOL2TP_SO_REORDERTO": {setErr: syscall.ENOTCONN, getErr: syscall.ENOTCONN},

	"ALG_SET_KEY":               {set: []any{[]byte("0123456789abcdef")}, setUp: algorithm("skcipher", "cbc(aes)")},
	"ALG_SET_AEAD_AUTHSIZE":     {set: []any{16}, setUp: algorithm("aead", "gcm(aes)")},
	"ALG_SET_DRBG_ENTROPY":      {set: []any{[]byte("0123456789abcdef")}}, // not bound: ENOPROTOOPT
	"ALG_SET_KEY_BY_KEY_SERIAL": {set: []any{1}},

	"RDS_CANCEL_SENT_TO":  {set: []any{loopback4}, inC: []any{loopback4.Bytes()}, setErr: syscall.ENOTCONN},
	"RDS_GET_MR":          {set: short, setErr: syscall.EINVAL},
	"RDS_FREE_MR":         {set: short, setErr: syscall.EINVAL},
	"RDS_GET_MR_FOR_DEST": {set: short, setErr: syscall.EINVAL},
	"SO_RDS_MSG_RXPATH_LATENCY": {set: []any{[]csock.RDSMessageRxpathLatency{csock.RDS_MSG_RX_DGRAM_DELIVERED,
		csock.RDS_MSG_RX_DGRAM_REASSEMBLE}}},
	"SO_RDS_TRANSPORT": {set: []any{csock.RDS_TRANS_TCP}},

	"RXRPC_SECURITY_KEY":         {set: []any{[]byte("afs@none")}, setErr: syscall.ENOKEY},
	"RXRPC_SECURITY_KEYRING":     {set: []any{[]byte("none")}, setErr: syscall.ENOKEY},
	"RXRPC_EXCLUSIVE_CONNECTION": {set: []any{struct{}{}}},
	"RXRPC_UPGRADEABLE_SERVICE":  {set: []any{csock.RXRPCUpgrade{From: 258, To: 772}}, setErr: syscall.EISCONN},

	"TIPC_MCAST_BROADCAST": {set: []any{struct{}{}}},
	"TIPC_MCAST_REPLICAST": {set: []any{struct{}{}}},
	"TIPC_GROUP_LEAVE":     {set: []any{struct{}{}}, setUp: joinGroup},
	"TIPC_GROUP_JOIN": {set: []any{csock.TIPCGroupReq{Type: 4711, Instance: 17, Scope: csock.TIPC_NODE_SCOPE, Flags: csock.TIPC_GROUP_LOOPBACK}},
		want: []any{csock.TIPCGroupReq{Type: 4711}}},

	"XDP_RX_RING":              {set: []any{64}},
	"XDP_TX_RING":              {set: []any{64}},
	"XDP_UMEM_FILL_RING":       {set: []any{64}},
	"XDP_UMEM_COMPLETION_RING": {set: []any{64}},
	"XDP_MAX_TX_SKB_BUDGET": {set: []any{64},
		setUp: func(s *csock.Socket) error { return csock.XDP_TX_RING.Set(s, 64) }},
	"XDP_UMEM_REG": {
		set: []any{csock.XDPUmemReg{Umem: umem, ChunkSize: 2048, Headroom: 128}},
		inC: []any{umemInC(2048, 128, 0, 0)},
	},
}
