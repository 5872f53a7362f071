//go:build cgo

package csock

import (
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of MPTCP sockets, at level SOL_MPTCP. On a connection that fell back to TCP they are
// EOPNOTSUPP. See linux/mptcp.h.

var mptcpInfoCodec = platformCodec[MPTCPInfo]("struct mptcp_info")

// MPTCP_INFO is what the kernel tells of the connection.
var MPTCP_INFO Option[MPTCPInfo] = declare(mptcpInfoCodec, canGet, "MPTCP_INFO", sys.SOL_MPTCP,
	sys.MPTCP_INFO)

var mptcpTCPInfoCodec = platformCodec[[]TCPInfo]("struct mptcp_subflow_data, struct tcp_info[]")

// MPTCP_TCPINFO is what it tells of each subflow, as TCP_INFO does, of up to 32.
var MPTCP_TCPINFO Option[[]TCPInfo] = declare(mptcpTCPInfoCodec, canGet, "MPTCP_TCPINFO",
	sys.SOL_MPTCP, sys.MPTCP_TCPINFO)

var mptcpSubflowAddrsCodec = platformCodec[[]MPTCPSubflowAddrs]("struct mptcp_subflow_data, struct mptcp_subflow_addrs[]")

// MPTCP_SUBFLOW_ADDRS is the addresses of each subflow, of up to 32.
var MPTCP_SUBFLOW_ADDRS Option[[]MPTCPSubflowAddrs] = declare(mptcpSubflowAddrsCodec, canGet,
	"MPTCP_SUBFLOW_ADDRS", sys.SOL_MPTCP, sys.MPTCP_SUBFLOW_ADDRS)

var mptcpFullInfoCodec = platformCodec[MPTCPFullInfo]("struct mptcp_full_info")

// MPTCP_FULL_INFO is all of these at one moment, since Linux 6.5, of up to 32 subflows.
var MPTCP_FULL_INFO Option[MPTCPFullInfo] = declare(mptcpFullInfoCodec, canGet, "MPTCP_FULL_INFO",
	sys.SOL_MPTCP, sys.MPTCP_FULL_INFO)

// MPTCPInfo is struct mptcp_info. Fields that the running kernel has not are zero; Has tells them from others.
type MPTCPInfo struct {
	Subflows           uint8 // besides the first
	AddAddrSignal      uint8 // addresses that were announced
	AddAddrAccepted    uint8 // announced addresses that were accepted
	SubflowsMax        uint8
	AddAddrSignalMax   uint8
	AddAddrAcceptedMax uint8
	Flags              MPTCPInfoFlags
	Token              uint32 // the connection's, ours
	WriteSeq           uint64 // sequence number after the last byte written
	SndUna             uint64 // of the oldest byte that is not acknowledged
	RcvNxt             uint64 // of the next byte expected

	LocalAddrUsed uint8 // since Linux 5.14
	LocalAddrMax  uint8 // since Linux 5.14
	CsumEnabled   bool  // since Linux 5.14

	Retransmits   uint32 // since Linux 6.5
	BytesRetrans  uint64 // since Linux 6.5
	BytesSent     uint64 // since Linux 6.5
	BytesReceived uint64 // since Linux 6.5
	BytesAcked    uint64 // since Linux 6.5

	SubflowsTotal uint8         // with the first, since Linux 6.7
	LastDataSent  time.Duration // since data was sent, since Linux 6.10
	LastDataRecv  time.Duration // since data came, since Linux 6.10
	LastAckRecv   time.Duration // since an acknowledgement came, since Linux 6.10

	filled int
}

// MPTCPInfoFlags are the state of an MPTCP connection.
type MPTCPInfoFlags int

// See <linux/mptcp.h>.
const (
	MPTCP_INFO_FLAG_FALLBACK            MPTCPInfoFlags = sys.MPTCP_INFO_FLAG_FALLBACK            // the connection is plain TCP
	MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED MPTCPInfoFlags = sys.MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED // the peer's key has come
)

// Len returns how many bytes of struct mptcp_info the kernel filled.
func (i *MPTCPInfo) Len() int { return i.filled }

// Has reports whether the kernel filled a field, given by its address: info.Has(&info.BytesSent).
func (i *MPTCPInfo) Has(field any) bool {
	return isFilled(mptcpInfoCodec, i, i.filled, field)
}

// MPTCPSubflowAddrs is struct mptcp_subflow_addrs.
type MPTCPSubflowAddrs struct {
	Local, Remote SockAddr
}

// MPTCPFullInfo is struct mptcp_full_info with what it points to.
type MPTCPFullInfo struct {
	Info     MPTCPInfo
	Subflows []MPTCPSubflow
	// Total is how many subflows there are: more than len(Subflows) if that had no room.
	Total int
}

// MPTCPSubflow is struct mptcp_subflow_info and the subflow's struct tcp_info.
type MPTCPSubflow struct {
	ID uint32
	// Addrs is not told to a program of 32 bits by a kernel of 64, which has the struct in its own form only. MPTCP_SUBFLOW_ADDRS is.
	Addrs MPTCPSubflowAddrs
	TCP   TCPInfo
}
