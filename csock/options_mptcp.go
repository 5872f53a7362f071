//go:build cgo

package csock

import (
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of MPTCP sockets, at level SOL_MPTCP. On a connection that fell back to TCP they return
// EOPNOTSUPP. See linux/mptcp.h.

var mptcpInfoCodec = platformCodec[MPTCPInfo]("struct mptcp_info")

// MPTCP_INFO is the kernel's information about the connection.
var MPTCP_INFO Option[MPTCPInfo] = declare(mptcpInfoCodec, canGet, "MPTCP_INFO", sys.SOL_MPTCP,
	sys.MPTCP_INFO)

var mptcpTCPInfoCodec = platformCodec[[]TCPInfo]("struct mptcp_subflow_data, struct tcp_info[]")

// MPTCP_TCPINFO is the kernel's information about each subflow, as TCP_INFO, for up to 32.
var MPTCP_TCPINFO Option[[]TCPInfo] = declare(mptcpTCPInfoCodec, canGet, "MPTCP_TCPINFO",
	sys.SOL_MPTCP, sys.MPTCP_TCPINFO)

var mptcpSubflowAddrsCodec = platformCodec[[]MPTCPSubflowAddrs](
	"struct mptcp_subflow_data, struct mptcp_subflow_addrs[]")

// MPTCP_SUBFLOW_ADDRS holds the addresses of each subflow, for up to 32.
var MPTCP_SUBFLOW_ADDRS Option[[]MPTCPSubflowAddrs] = declare(mptcpSubflowAddrsCodec, canGet,
	"MPTCP_SUBFLOW_ADDRS", sys.SOL_MPTCP, sys.MPTCP_SUBFLOW_ADDRS)

var mptcpFullInfoCodec = platformCodec[MPTCPFullInfo]("struct mptcp_full_info")

// MPTCP_FULL_INFO is all of this information at one moment, since Linux 6.5, for up to 32 subflows.
var MPTCP_FULL_INFO Option[MPTCPFullInfo] = declare(mptcpFullInfoCodec, canGet, "MPTCP_FULL_INFO",
	sys.SOL_MPTCP, sys.MPTCP_FULL_INFO)

// MPTCPInfo is struct mptcp_info. Fields that the running kernel lacks are zero; Has distinguishes
// them.
type MPTCPInfo struct {
	Subflows           uint8 // besides the first
	AddAddrSignal      uint8 // announced addresses
	AddAddrAccepted    uint8 // announced addresses that were accepted
	SubflowsMax        uint8
	AddAddrSignalMax   uint8
	AddAddrAcceptedMax uint8
	Flags              MPTCPInfoFlags
	Token              uint32 // the connection's token, ours
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

	SubflowsTotal uint8         // including the first, since Linux 6.7
	LastDataSent  time.Duration // since data was sent, since Linux 6.10
	LastDataRecv  time.Duration // since data arrived, since Linux 6.10
	LastAckRecv   time.Duration // since an acknowledgement arrived, since Linux 6.10

	filled int
}

// MPTCPInfoFlags is the state of an MPTCP connection.
type MPTCPInfoFlags int

// The state of a connection. See <linux/mptcp.h>.
const (
	// the connection is plain TCP
	MPTCP_INFO_FLAG_FALLBACK MPTCPInfoFlags = sys.MPTCP_INFO_FLAG_FALLBACK
	// the peer's key has arrived
	MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED MPTCPInfoFlags = sys.MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f MPTCPInfoFlags) String() string { return flagNames(f, namesMPTCPInfoFlags) }

// Len returns the number of bytes of struct mptcp_info that the kernel filled.
func (i *MPTCPInfo) Len() int { return i.filled }

// Has reports whether the kernel filled a field, given by its address: info.Has(&info.BytesSent).
func (i *MPTCPInfo) Has(field any) bool {
	return isFilled(mptcpInfoCodec, i, i.filled, field)
}

// MPTCPSubflowAddrs is struct mptcp_subflow_addrs.
type MPTCPSubflowAddrs struct {
	Local, Remote SockAddr
}

// MPTCPFullInfo is struct mptcp_full_info with the arrays that it points to.
type MPTCPFullInfo struct {
	Info     MPTCPInfo
	Subflows []MPTCPSubflow
	// Total is the number of subflows. It exceeds len(Subflows) if there was no room for all.
	Total int
}

// MPTCPSubflow is struct mptcp_subflow_info and the subflow's struct tcp_info.
type MPTCPSubflow struct {
	ID uint32
	// Addrs is empty in a 32-bit program on a 64-bit kernel, which has the struct only in its own
	// form. MPTCP_SUBFLOW_ADDRS works there.
	Addrs MPTCPSubflowAddrs
	TCP   TCPInfo
}
