//go:build cgo

package csock

import (
	"fmt"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_TIPC: messages between the nodes of a cluster, addressed by services. See
// linux/tipc.h and the kernel's Documentation/networking/tipc.rst.

// SOL_TIPC is the level of the options of AF_TIPC sockets.
const SOL_TIPC Level = sys.SOL_TIPC

// SockaddrTIPC is struct sockaddr_tipc. Type selects the fields after Scope that count.
type SockaddrTIPC struct {
	Type    TIPCAddrType
	Scope   TIPCScope        // of a Bind; a negative one unbinds
	ID      TIPCSocketAddr   // TIPC_SOCKET_ADDR
	Service TIPCServiceAddr  // TIPC_SERVICE_ADDR
	Domain  uint32           // TIPC_SERVICE_ADDR: the node at which to look up the service; 0: all
	Range   TIPCServiceRange // TIPC_SERVICE_RANGE
}

// TIPCSocketAddr is struct tipc_socket_addr: a socket.
type TIPCSocketAddr struct{ Ref, Node uint32 }

// TIPCServiceAddr is struct tipc_service_addr: an instance of a service.
type TIPCServiceAddr struct {
	Type     TIPCServiceType
	Instance uint32
}

// TIPCServiceRange is struct tipc_service_range: instances Lower to Upper of a service.
type TIPCServiceRange struct {
	Type         TIPCServiceType
	Lower, Upper uint32
}

// String returns the address as numbers, the node in hexadecimal: "tipc:socket:REF@NODE",
// "tipc:service:TYPE:INSTANCE", "tipc:range:TYPE:LOWER-UPPER".
func (sa SockaddrTIPC) String() string {
	switch sa.Type {
	case TIPC_SOCKET_ADDR:
		return fmt.Sprintf("tipc:socket:%d@%x", sa.ID.Ref, sa.ID.Node)
	case TIPC_SERVICE_ADDR:
		return fmt.Sprintf("tipc:service:%d:%d", sa.Service.Type, sa.Service.Instance)
	}
	return fmt.Sprintf("tipc:range:%d:%d-%d", sa.Range.Type, sa.Range.Lower, sa.Range.Upper)
}

var tipcAddrs = newAddrForm(AF_TIPC, SockaddrTIPC.String)

// TIPCAddr returns an address of a socket, a service or a range of its instances. It is not valid
// where the platform has no AF_TIPC, or if its Type is none of the three.
func TIPCAddr(sa SockaddrTIPC) SockAddr { return tipcAddrs.make(sa) }

// TIPC returns the values of an AF_TIPC address.
func (a SockAddr) TIPC() (SockaddrTIPC, bool) { return tipcAddrs.read(a) }

// A TIPCAddrType is the kind of a SockaddrTIPC.
type TIPCAddrType uint8

// See linux/tipc.h.
const (
	TIPC_SERVICE_RANGE TIPCAddrType = sys.TIPC_SERVICE_RANGE // in Bind; in SendTo: all of them
	TIPC_SERVICE_ADDR  TIPCAddrType = sys.TIPC_SERVICE_ADDR  // an instance
	TIPC_SOCKET_ADDR   TIPCAddrType = sys.TIPC_SOCKET_ADDR   // a socket
	TIPC_ADDR_MCAST    TIPCAddrType = sys.TIPC_ADDR_MCAST    // another name of TIPC_SERVICE_RANGE
	TIPC_ADDR_NAMESEQ  TIPCAddrType = sys.TIPC_ADDR_NAMESEQ  // older name of TIPC_SERVICE_RANGE
	TIPC_ADDR_NAME     TIPCAddrType = sys.TIPC_ADDR_NAME     // older name of TIPC_SERVICE_ADDR
	TIPC_ADDR_ID       TIPCAddrType = sys.TIPC_ADDR_ID       // older name of TIPC_SOCKET_ADDR
)

// String returns the C name of t, or its number.
func (t TIPCAddrType) String() string { return nameOf(t, namesTIPCAddrType) }

// A TIPCScope is the range from which a service can be reached.
type TIPCScope int8

// See linux/tipc.h.
const (
	TIPC_ZONE_SCOPE    TIPCScope = sys.TIPC_ZONE_SCOPE    // older, the same as TIPC_CLUSTER_SCOPE
	TIPC_CLUSTER_SCOPE TIPCScope = sys.TIPC_CLUSTER_SCOPE // the cluster
	TIPC_NODE_SCOPE    TIPCScope = sys.TIPC_NODE_SCOPE    // this node
)

// String returns the C name of s, or its number.
func (s TIPCScope) String() string { return nameOf(s, namesTIPCScope) }

// A TIPCServiceType is the number of a service.
type TIPCServiceType uint32

// Services of TIPC itself.
const (
	TIPC_CFG_SRV        TIPCServiceType = sys.TIPC_CFG_SRV        // configuration, older
	TIPC_NODE_STATE     TIPCServiceType = sys.TIPC_NODE_STATE     // an instance for each node that is up
	TIPC_TOP_SRV        TIPCServiceType = sys.TIPC_TOP_SRV        // the topology server, which takes TIPCSubscr
	TIPC_LINK_STATE     TIPCServiceType = sys.TIPC_LINK_STATE     // an instance for each link that is up
	TIPC_RESERVED_TYPES TIPCServiceType = sys.TIPC_RESERVED_TYPES // the lowest service type for programs
)

// TIPC_MAX_USER_MSG_SIZE is the longest message, in bytes.
const TIPC_MAX_USER_MSG_SIZE int = sys.TIPC_MAX_USER_MSG_SIZE

// TIPC_IMPORTANCE is the priority for keeping the socket's messages if there is no room for all.
var TIPC_IMPORTANCE Option[TIPCImportance] = declare(newIntCodec[TIPCImportance]("int"), canBoth,
	"TIPC_IMPORTANCE", sys.SOL_TIPC, sys.TIPC_IMPORTANCE)

// TIPC_SRC_DROPPABLE lets this node drop the socket's messages if a link has no room.
var TIPC_SRC_DROPPABLE Option[bool] = declare(boolCodec, canBoth,
	"TIPC_SRC_DROPPABLE", sys.SOL_TIPC, sys.TIPC_SRC_DROPPABLE)

// TIPC_DEST_DROPPABLE discards undeliverable messages, which are otherwise returned.
var TIPC_DEST_DROPPABLE Option[bool] = declare(boolCodec, canBoth,
	"TIPC_DEST_DROPPABLE", sys.SOL_TIPC, sys.TIPC_DEST_DROPPABLE)

// TIPC_CONN_TIMEOUT is the timeout of Connect, rounded up to whole milliseconds. The default is 8
// s.
var TIPC_CONN_TIMEOUT Option[time.Duration] = declare(millisecondsCodec, canBoth,
	"TIPC_CONN_TIMEOUT", sys.SOL_TIPC, sys.TIPC_CONN_TIMEOUT)

// TIPC_NODE_RECVQ_DEPTH is obsolete: it is always 0.
var TIPC_NODE_RECVQ_DEPTH Option[int] = declare(intCodec, canGet,
	"TIPC_NODE_RECVQ_DEPTH", sys.SOL_TIPC, sys.TIPC_NODE_RECVQ_DEPTH)

// TIPC_SOCK_RECVQ_DEPTH is the number of messages waiting to be received.
var TIPC_SOCK_RECVQ_DEPTH Option[int] = declare(intCodec, canGet,
	"TIPC_SOCK_RECVQ_DEPTH", sys.SOL_TIPC, sys.TIPC_SOCK_RECVQ_DEPTH)

// TIPC_MCAST_BROADCAST sends multicast as broadcast.
var TIPC_MCAST_BROADCAST Option[struct{}] = declare(emptyCodec, canSet,
	"TIPC_MCAST_BROADCAST", sys.SOL_TIPC, sys.TIPC_MCAST_BROADCAST)

// TIPC_MCAST_REPLICAST sends multicast to each node separately.
var TIPC_MCAST_REPLICAST Option[struct{}] = declare(emptyCodec, canSet,
	"TIPC_MCAST_REPLICAST", sys.SOL_TIPC, sys.TIPC_MCAST_REPLICAST)

// TIPC_GROUP_JOIN makes the socket a member of a group. Get returns only its Type.
var TIPC_GROUP_JOIN Option[TIPCGroupReq] = declare(tipcGroupReqCodec, canBoth,
	"TIPC_GROUP_JOIN", sys.SOL_TIPC, sys.TIPC_GROUP_JOIN)

var tipcGroupReqCodec = platformCodec[TIPCGroupReq]("struct tipc_group_req")

// TIPC_GROUP_LEAVE ends the membership.
var TIPC_GROUP_LEAVE Option[struct{}] = declare(emptyCodec, canSet,
	"TIPC_GROUP_LEAVE", sys.SOL_TIPC, sys.TIPC_GROUP_LEAVE)

// TIPC_SOCK_RECVQ_USED is the number of bytes of memory that messages waiting to be received
// occupy.
var TIPC_SOCK_RECVQ_USED Option[int] = declare(intCodec, canGet,
	"TIPC_SOCK_RECVQ_USED", sys.SOL_TIPC, sys.TIPC_SOCK_RECVQ_USED)

// TIPC_NODELAY sends small pieces of a stream at once, since Linux 5.5.
var TIPC_NODELAY Option[bool] = declare(boolCodec, canSet, "TIPC_NODELAY", sys.SOL_TIPC,
	sys.TIPC_NODELAY)

// A TIPCImportance is the priority for keeping messages.
type TIPCImportance int

// See linux/tipc.h.
const (
	TIPC_LOW_IMPORTANCE      TIPCImportance = sys.TIPC_LOW_IMPORTANCE      // the default
	TIPC_MEDIUM_IMPORTANCE   TIPCImportance = sys.TIPC_MEDIUM_IMPORTANCE   // higher
	TIPC_HIGH_IMPORTANCE     TIPCImportance = sys.TIPC_HIGH_IMPORTANCE     // higher still
	TIPC_CRITICAL_IMPORTANCE TIPCImportance = sys.TIPC_CRITICAL_IMPORTANCE // the highest
)

// String returns the C name of i, or its number.
func (i TIPCImportance) String() string { return nameOf(i, namesTIPCImportance) }

// TIPCGroupReq is struct tipc_group_req.
type TIPCGroupReq struct {
	Type     TIPCServiceType // the group
	Instance uint32          // the member
	Scope    TIPCScope
	Flags    TIPCGroupFlags
}

// TIPCGroupFlags are flags of a TIPCGroupReq.
type TIPCGroupFlags uint32

// See linux/tipc.h.
const (
	TIPC_GROUP_LOOPBACK    TIPCGroupFlags = sys.TIPC_GROUP_LOOPBACK    // receive the socket's own messages
	TIPC_GROUP_MEMBER_EVTS TIPCGroupFlags = sys.TIPC_GROUP_MEMBER_EVTS // receive an empty message when a member joins or leaves
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TIPCGroupFlags) String() string { return flagNames(f, namesTIPCGroupFlags) }

// Control messages of AF_TIPC sockets' Recvmsg.
const (
	// TIPC_ERRINFO is the reason why a message was returned, and its length, a uint32 each.
	TIPC_ERRINFO ControlType = sys.SOL_TIPC<<32 | sys.TIPC_ERRINFO
	// TIPC_RETDATA is the payload of a returned message.
	TIPC_RETDATA ControlType = sys.SOL_TIPC<<32 | sys.TIPC_RETDATA
	// TIPC_DESTNAME is the destination of a message, a service range: three uint32.
	TIPC_DESTNAME ControlType = sys.SOL_TIPC<<32 | sys.TIPC_DESTNAME
)

// TIPCErrInfo returns the reason why a message was returned, and its length (TIPC_ERRINFO).
func (m ControlMessage) TIPCErrInfo() (err TIPCError, length int, ok bool) {
	v, ok := loadIf[[2]uint32](&m, sys.SOL_TIPC, sys.TIPC_ERRINFO)
	return TIPCError(v[0]), int(v[1]), ok
}

// TIPCRetData returns the payload of a returned message (TIPC_RETDATA).
func (m ControlMessage) TIPCRetData() ([]byte, bool) {
	return m.dataIf(sys.SOL_TIPC, sys.TIPC_RETDATA)
}

// TIPCDestName returns the destination of a message, a service range (TIPC_DESTNAME).
func (m ControlMessage) TIPCDestName() (TIPCServiceRange, bool) {
	v, ok := loadIf[[3]uint32](&m, sys.SOL_TIPC, sys.TIPC_DESTNAME)
	return TIPCServiceRange{TIPCServiceType(v[0]), v[1], v[2]}, ok
}

// A TIPCError is the reason why a message was returned.
type TIPCError uint32

// See linux/tipc.h.
const (
	TIPC_OK            TIPCError = sys.TIPC_OK            // no error
	TIPC_ERR_NO_NAME   TIPCError = sys.TIPC_ERR_NO_NAME   // no such service
	TIPC_ERR_NO_PORT   TIPCError = sys.TIPC_ERR_NO_PORT   // no such socket
	TIPC_ERR_NO_NODE   TIPCError = sys.TIPC_ERR_NO_NODE   // no such node
	TIPC_ERR_OVERLOAD  TIPCError = sys.TIPC_ERR_OVERLOAD  // no room
	TIPC_CONN_SHUTDOWN TIPCError = sys.TIPC_CONN_SHUTDOWN // the connection ended
)

// String returns the C name of e, or its number.
func (e TIPCError) String() string { return nameOf(e, namesTIPCError) }

// A TIPCSubscr requests events from the topology server: struct tipc_subscr.
type TIPCSubscr struct {
	Seq       TIPCServiceRange
	Timeout   time.Duration // rounded up to whole milliseconds; TIPC_WAIT_FOREVER or longer: none
	Filter    TIPCSubFlags
	UsrHandle [8]byte // returned in each event
}

// TIPC_WAIT_FOREVER in TIPCSubscr.Timeout: no timeout.
const TIPC_WAIT_FOREVER time.Duration = tipcForever * time.Millisecond

const tipcForever = sys.TIPC_WAIT_FOREVER & (1<<32 - 1)

// tipcSubscr and tipcEvent are the structs in the kernel's layout.
type tipcSubscr struct {
	seq       TIPCServiceRange
	timeout   uint32 // milliseconds
	filter    TIPCSubFlags
	usrHandle [8]byte
}

type tipcEvent struct {
	event                  TIPCEventType
	foundLower, foundUpper uint32
	port                   TIPCSocketAddr
	s                      tipcSubscr
}

// Append appends the subscription to b. Send it to TIPC_TOP_SRV.
func (s TIPCSubscr) Append(b []byte) []byte {
	n := tipcSubscr{s.Seq, uint32(clampedMS(s.Timeout, tipcForever)), s.Filter, s.UsrHandle}
	return append(b, bytesOf(&n)...)
}

// TIPCSubFlags are flags of a TIPCSubscr.
type TIPCSubFlags uint32

// See linux/tipc.h.
const (
	TIPC_SUB_PORTS   TIPCSubFlags = sys.TIPC_SUB_PORTS   // an event for each socket that matches
	TIPC_SUB_SERVICE TIPCSubFlags = sys.TIPC_SUB_SERVICE // an event for the first that appears and the last that disappears
	TIPC_SUB_CANCEL  TIPCSubFlags = sys.TIPC_SUB_CANCEL  // end the subscription
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TIPCSubFlags) String() string { return flagNames(f, namesTIPCSubFlags) }

// A TIPCEvent is a message of the topology server, struct tipc_event.
type TIPCEvent struct {
	Event                  TIPCEventType
	FoundLower, FoundUpper uint32 // the instances
	Port                   TIPCSocketAddr
	S                      TIPCSubscr
}

// ParseTIPCEvent returns the event at the beginning of b. ok is false if b is too short.
func ParseTIPCEvent(b []byte) (e TIPCEvent, ok bool) {
	n, ok := load[tipcEvent](b)
	if !ok {
		return e, false
	}
	s := TIPCSubscr{n.s.seq, ms(n.s.timeout), n.s.filter, n.s.usrHandle}
	return TIPCEvent{n.event, n.foundLower, n.foundUpper, n.port, s}, true
}

// A TIPCEventType is the kind of an event.
type TIPCEventType uint32

// See linux/tipc.h.
const (
	TIPC_PUBLISHED      TIPCEventType = sys.TIPC_PUBLISHED      // a service appeared
	TIPC_WITHDRAWN      TIPCEventType = sys.TIPC_WITHDRAWN      // a service disappeared
	TIPC_SUBSCR_TIMEOUT TIPCEventType = sys.TIPC_SUBSCR_TIMEOUT // the subscription ended
)

// String returns the C name of t, or its number.
func (t TIPCEventType) String() string { return nameOf(t, namesTIPCEventType) }
