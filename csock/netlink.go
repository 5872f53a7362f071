//go:build cgo

package csock

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"net/netip"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Netlink messages, and those of sock_diag(7), by which the kernel lists sockets. What other
// protocols' messages contain, such as routes and links, is left to libraries. See netlink(7).

type sockaddrNL struct{ pid, groups uint32 }

var netlinkAddrs = newAddrForm(AF_NETLINK, func(sa sockaddrNL) string {
	return fmt.Sprintf("netlink:%d:%#x", sa.pid, sa.groups)
})

// NetlinkAddr returns the netlink address of port pid and a bit mask of multicast groups. A pid of
// 0 is the kernel, or in Bind a port that the kernel chooses. The address is not valid if the
// platform has no AF_NETLINK: see [SockAddr.IsValid]. See netlink(7).
func NetlinkAddr(pid, groups uint32) SockAddr { return netlinkAddrs.make(sockaddrNL{pid, groups}) }

// Netlink returns the port and the multicast groups of an AF_NETLINK address.
func (a SockAddr) Netlink() (pid, groups uint32, ok bool) {
	sa, ok := netlinkAddrs.read(a)
	return sa.pid, sa.groups, ok
}

// A NetlinkType is the type of a netlink message. Those from NLMSG_MIN_TYPE on belong to the
// protocol.
type NetlinkType uint16

// See netlink(7).
const (
	NLMSG_NOOP     NetlinkType = sys.NLMSG_NOOP     // to be ignored
	NLMSG_ERROR    NetlinkType = sys.NLMSG_ERROR    // an error, or an acknowledgement: see [NetlinkError]
	NLMSG_DONE     NetlinkType = sys.NLMSG_DONE     // the end of a message of several parts
	NLMSG_OVERRUN  NetlinkType = sys.NLMSG_OVERRUN  // data was lost
	NLMSG_MIN_TYPE NetlinkType = sys.NLMSG_MIN_TYPE // the lowest type of a protocol

	SOCK_DIAG_BY_FAMILY NetlinkType = sys.SOCK_DIAG_BY_FAMILY // of NETLINK_SOCK_DIAG: list sockets
	SOCK_DESTROY        NetlinkType = sys.SOCK_DESTROY        // of NETLINK_SOCK_DIAG: close sockets of others; needs CAP_NET_ADMIN
)

// String returns the C name of n, or its number.
func (n NetlinkType) String() string { return nameOf(n, namesNetlinkType) }

// NetlinkFlags are the flags of a netlink message. The meaning of those from 0x100 on depends on
// the message: a request to get, to make or to delete, or an acknowledgement.
type NetlinkFlags uint16

// See netlink(7).
const (
	NLM_F_REQUEST       NetlinkFlags = sys.NLM_F_REQUEST       // a request; every one has it
	NLM_F_MULTI         NetlinkFlags = sys.NLM_F_MULTI         // a part of several, which NLMSG_DONE ends
	NLM_F_ACK           NetlinkFlags = sys.NLM_F_ACK           // acknowledge success, too
	NLM_F_ECHO          NetlinkFlags = sys.NLM_F_ECHO          // send the request's notifications to the sender, too
	NLM_F_DUMP_INTR     NetlinkFlags = sys.NLM_F_DUMP_INTR     // the list changed while it was sent
	NLM_F_DUMP_FILTERED NetlinkFlags = sys.NLM_F_DUMP_FILTERED // the list was filtered as requested
	NLM_F_ROOT          NetlinkFlags = sys.NLM_F_ROOT          // to get: the whole table
	NLM_F_MATCH         NetlinkFlags = sys.NLM_F_MATCH         // to get: all that match
	NLM_F_ATOMIC        NetlinkFlags = sys.NLM_F_ATOMIC        // to get: at one moment; needs CAP_NET_ADMIN
	NLM_F_DUMP          NetlinkFlags = sys.NLM_F_DUMP          // to get: a list, NLM_F_ROOT|NLM_F_MATCH
	NLM_F_REPLACE       NetlinkFlags = sys.NLM_F_REPLACE       // to make: replace what there is
	NLM_F_EXCL          NetlinkFlags = sys.NLM_F_EXCL          // to make: fail if there is one
	NLM_F_CREATE        NetlinkFlags = sys.NLM_F_CREATE        // to make: if there is none
	NLM_F_APPEND        NetlinkFlags = sys.NLM_F_APPEND        // to make: at the end of the list
	NLM_F_NONREC        NetlinkFlags = sys.NLM_F_NONREC        // to delete: without what it contains
	NLM_F_BULK          NetlinkFlags = sys.NLM_F_BULK          // to delete: several, since Linux 5.19
	NLM_F_CAPPED        NetlinkFlags = sys.NLM_F_CAPPED        // of NLMSG_ERROR: the request is not repeated whole
	NLM_F_ACK_TLVS      NetlinkFlags = sys.NLM_F_ACK_TLVS      // of NLMSG_ERROR: attributes follow
)

// A NlMsghdr is a struct nlmsghdr: the header of a netlink message.
type NlMsghdr struct {
	Len   int // of header and payload, in bytes; Append sets it
	Type  NetlinkType
	Flags NetlinkFlags
	Seq   uint32 // chosen by the sender, and repeated in replies
	Pid   uint32 // the sender's port; the kernel's is 0
}

var nlMsghdrCodec = platformCodec[NlMsghdr]("struct nlmsghdr")

// Append appends a message with the given payload to b, and the zeros that align what follows. It
// returns b and an error on a system without netlink, or if the length does not fit.
func (h NlMsghdr) Append(b, payload []byte) ([]byte, error) {
	h.Len = nlMsghdrCodec.size + len(payload)
	return appendNlRecord(b, nlMsghdrCodec, h, payload)
}

// NetlinkMessages iterates over the messages of a datagram that was received from a netlink socket:
// their headers, and payloads that point into b. It ends at the first message that is cut.
func NetlinkMessages(b []byte) iter.Seq2[NlMsghdr, []byte] {
	return nlRecords(nlMsghdrCodec, b, func(h NlMsghdr) int { return h.Len })
}

// NetlinkError returns the error in the payload of a message of type NLMSG_ERROR, a struct
// nlmsgerr: nil for an acknowledgement, else a [syscall.Errno].
func NetlinkError(payload []byte) error {
	if len(payload) < 4 {
		return syscall.EBADMSG
	}
	if n := int32(binary.NativeEndian.Uint32(payload)); n != 0 {
		return syscall.Errno(-n)
	}
	return nil
}

// nlRecords iterates over headers of the native form c, each with its payload. length returns the
// length that a header has, of both. It ends at the first record that is cut.
func nlRecords[H any](c *codec[H], b []byte, length func(H) int) iter.Seq2[H, []byte] {
	return func(yield func(H, []byte) bool) {
		for c.size > 0 && len(b) >= c.size {
			h, err := c.decode(native{mem: b[:c.size]})
			n := length(h)
			if err != nil || n < c.size || n > len(b) || !yield(h, b[c.size:n:n]) {
				return
			}
			b = b[min(nlAlign(n), len(b)):]
		}
	}
}

// appendNlRecord appends a header and its payload, and the zeros that align what follows. It
// returns b and the error if the header has no native form.
func appendNlRecord[H any](b []byte, c *codec[H], h H, payload []byte) ([]byte, error) {
	b, err := appendEncoded(b, c, h)
	if err != nil {
		return b, err
	}
	b = append(b, payload...)
	n := c.size + len(payload)
	return append(b, make([]byte, nlAlign(n)-n)...), nil
}

// nlAlign returns n rounded up to where the next message or attribute begins: NLMSG_ALIGN,
// NLA_ALIGN.
func nlAlign(n int) int { return (n + sys.NLA_ALIGNTO - 1) &^ (sys.NLA_ALIGNTO - 1) }

// A NlattrType is the type of an attribute, whose meaning depends on the message.
type NlattrType uint16

// Flags of a NlattrType, and the mask of what remains.
const (
	NLA_F_NESTED        NlattrType = sys.NLA_F_NESTED        // the payload is attributes
	NLA_F_NET_BYTEORDER NlattrType = sys.NLA_F_NET_BYTEORDER // the payload is in network byte order
	NLA_TYPE_MASK       NlattrType = sys.NLA_TYPE_MASK & 0xffff
)

// A nlattr is a struct nlattr: an attribute's length with its header, and type.
type nlattr struct {
	len int
	typ NlattrType
}

var nlattrCodec = platformCodec[nlattr]("struct nlattr")

// AppendNlattr appends an attribute with the given payload to b, and the zeros that align what
// follows. It returns b and EMSGSIZE for a payload longer than the 16-bit length in struct nlattr
// allows.
func AppendNlattr(b []byte, typ NlattrType, payload []byte) ([]byte, error) {
	n := nlattrCodec.size + len(payload)
	if n > math.MaxUint16 {
		return b, fmt.Errorf("csock: netlink attribute of %d bytes: %w", len(payload),
			syscall.EMSGSIZE)
	}
	return appendNlRecord(b, nlattrCodec, nlattr{n, typ}, payload)
}

// Nlattrs iterates over attributes: their types, with flags, and payloads that point into b. It
// ends at the first that is cut.
func Nlattrs(b []byte) iter.Seq2[NlattrType, []byte] {
	return func(yield func(NlattrType, []byte) bool) {
		for a, payload := range nlRecords(nlattrCodec, b, func(a nlattr) int { return a.len }) {
			if !yield(a.typ, payload) {
				return
			}
		}
	}
}

// An InetDiagSockID is a struct inet_diag_sockid: which socket of the internet protocols.
type InetDiagSockID struct {
	Src, Dst netip.AddrPort // the socket's own address and its peer's; zero values match all
	Ifindex  int            // the interface to which it is bound; 0: none
	Cookie   uint64         // as SO_COOKIE; INET_DIAG_NOCOOKIE: any
}

// INET_DIAG_NOCOOKIE in a request matches any socket: C's constant is half of it.
const INET_DIAG_NOCOOKIE uint64 = math.MaxUint64

// An InetDiagReqV2 is a struct inet_diag_req_v2: the payload of a SOCK_DIAG_BY_FAMILY request for
// sockets of the internet protocols. See sock_diag(7).
type InetDiagReqV2 struct {
	Family   Domain         // AF_INET or AF_INET6
	Protocol Protocol       // IPPROTO_TCP, IPPROTO_UDP, …
	Ext      InetDiagExt    // which attributes to send
	States   uint32         // a bit for each TCPState; UDP sockets are TCP_CLOSE or TCP_ESTABLISHED
	ID       InetDiagSockID // in a list: only sockets with these ports; else this one
}

var inetDiagReqCodec = platformCodec[InetDiagReqV2]("struct inet_diag_req_v2")

// Append appends the native struct to b. It returns b and an error on a system without it, or if
// Protocol does not fit or the addresses are not of the family.
func (r InetDiagReqV2) Append(b []byte) ([]byte, error) {
	return appendEncoded(b, inetDiagReqCodec, r)
}

// InetDiagExt is a set of attributes: the bit of INET_DIAG_X is 1<<(INET_DIAG_X-1), as
// [InetDiagExtOf] makes it.
type InetDiagExt uint8

// InetDiagExtOf returns the set of the given attributes. Those above INET_DIAG_SHUTDOWN cannot be
// requested.
func InetDiagExtOf(attributes ...NlattrType) (set InetDiagExt) {
	for _, a := range attributes {
		if a > 0 {
			set |= 1 << (a - 1)
		}
	}
	return set
}

// Attributes of an InetDiagMsg.
const (
	INET_DIAG_MEMINFO   NlattrType = sys.INET_DIAG_MEMINFO   // a struct inet_diag_meminfo
	INET_DIAG_INFO      NlattrType = sys.INET_DIAG_INFO      // of TCP: a struct tcp_info
	INET_DIAG_VEGASINFO NlattrType = sys.INET_DIAG_VEGASINFO // a struct tcpvegas_info
	INET_DIAG_CONG      NlattrType = sys.INET_DIAG_CONG      // the name of the congestion control
	INET_DIAG_TOS       NlattrType = sys.INET_DIAG_TOS       // a byte: IP_TOS
	INET_DIAG_TCLASS    NlattrType = sys.INET_DIAG_TCLASS    // a byte: IPV6_TCLASS
	INET_DIAG_SKMEMINFO NlattrType = sys.INET_DIAG_SKMEMINFO // a [Meminfo], as numbers of 32 bits
	INET_DIAG_SHUTDOWN  NlattrType = sys.INET_DIAG_SHUTDOWN  // a byte: bit 0 if receiving is shut down, bit 1 if sending
)

// An InetDiagMsg is a struct inet_diag_msg: what the kernel sends of each socket. Attributes
// follow.
type InetDiagMsg struct {
	Family  Domain
	State   TCPState
	Timer   uint8 // 0: none; 1: retransmission; 2: keepalive; 3: TIME_WAIT; 4: zero window probe
	Retrans uint8 // how often it has retransmitted
	ID      InetDiagSockID
	Expires time.Duration // until the timer expires
	RQueue  uint32        // bytes to receive; of a listener, connections to accept
	WQueue  uint32        // bytes not acknowledged; of a listener, the backlog
	UID     uint32        // the user
	Inode   uint32        // as in /proc/PID/fd; 0: no process has it open
}

var inetDiagMsgCodec = platformCodec[InetDiagMsg]("struct inet_diag_msg")

// ParseInetDiagMsg returns what the payload of a message from the kernel contains, and the bytes of
// the attributes, for [Nlattrs].
func ParseInetDiagMsg(payload []byte) (m InetDiagMsg, attributes []byte, ok bool) {
	return parsePayload(inetDiagMsgCodec, payload)
}

// A UnixDiagReq is a struct unix_diag_req: the payload of a SOCK_DIAG_BY_FAMILY request for Unix
// sockets.
type UnixDiagReq struct {
	States uint32       // a bit for each TCPState: TCP_ESTABLISHED and TCP_LISTEN, and TCP_CLOSE
	Inode  uint32       // not in a list: which socket
	Show   UnixDiagShow // which attributes to send
	Cookie uint64       // not in a list: as SO_COOKIE, or INET_DIAG_NOCOOKIE
}

var unixDiagReqCodec = platformCodec[UnixDiagReq]("struct unix_diag_req")

// Append appends the native struct to b. It returns b and an error on a system without it.
func (r UnixDiagReq) Append(b []byte) ([]byte, error) {
	return appendEncoded(b, unixDiagReqCodec, r)
}

// UnixDiagShow is a set of attributes.
type UnixDiagShow uint32

// See sock_diag(7).
const (
	UDIAG_SHOW_NAME    UnixDiagShow = sys.UDIAG_SHOW_NAME    // UNIX_DIAG_NAME
	UDIAG_SHOW_VFS     UnixDiagShow = sys.UDIAG_SHOW_VFS     // UNIX_DIAG_VFS
	UDIAG_SHOW_PEER    UnixDiagShow = sys.UDIAG_SHOW_PEER    // UNIX_DIAG_PEER
	UDIAG_SHOW_ICONS   UnixDiagShow = sys.UDIAG_SHOW_ICONS   // UNIX_DIAG_ICONS
	UDIAG_SHOW_RQLEN   UnixDiagShow = sys.UDIAG_SHOW_RQLEN   // UNIX_DIAG_RQLEN
	UDIAG_SHOW_MEMINFO UnixDiagShow = sys.UDIAG_SHOW_MEMINFO // UNIX_DIAG_MEMINFO
	UDIAG_SHOW_UID     UnixDiagShow = sys.UDIAG_SHOW_UID     // UNIX_DIAG_UID, since Linux 5.3
)

// String returns the C names of the flags in u, as MsgFlags.String does.
func (u UnixDiagShow) String() string { return flagNames(u, namesUnixDiagShow) }

// Attributes of a UnixDiagMsg. Their numbers are those of 32 bits where no other is named.
const (
	UNIX_DIAG_NAME     NlattrType = sys.UNIX_DIAG_NAME     // the path or abstract name, without a zero byte at its end
	UNIX_DIAG_VFS      NlattrType = sys.UNIX_DIAG_VFS      // the inode and the device of the path
	UNIX_DIAG_PEER     NlattrType = sys.UNIX_DIAG_PEER     // the inode of the peer
	UNIX_DIAG_ICONS    NlattrType = sys.UNIX_DIAG_ICONS    // of a listener: the inodes of peers to accept
	UNIX_DIAG_RQLEN    NlattrType = sys.UNIX_DIAG_RQLEN    // two: as RQueue and WQueue of InetDiagMsg
	UNIX_DIAG_MEMINFO  NlattrType = sys.UNIX_DIAG_MEMINFO  // a [Meminfo]
	UNIX_DIAG_SHUTDOWN NlattrType = sys.UNIX_DIAG_SHUTDOWN // a byte, as INET_DIAG_SHUTDOWN
	UNIX_DIAG_UID      NlattrType = sys.UNIX_DIAG_UID      // the user
)

// A UnixDiagMsg is a struct unix_diag_msg: what the kernel sends of each socket. Attributes follow.
type UnixDiagMsg struct {
	Type   Type
	State  TCPState
	Inode  uint32
	Cookie uint64
}

var unixDiagMsgCodec = platformCodec[UnixDiagMsg]("struct unix_diag_msg")

// ParseUnixDiagMsg returns what the payload of a message from the kernel contains, and the bytes of
// the attributes, for [Nlattrs].
func ParseUnixDiagMsg(payload []byte) (m UnixDiagMsg, attributes []byte, ok bool) {
	return parsePayload(unixDiagMsgCodec, payload)
}

// parsePayload decodes what a payload begins with, and returns what follows it.
func parsePayload[T any](c *codec[T], payload []byte) (t T, rest []byte, ok bool) {
	if c.size == 0 || len(payload) < c.size {
		return t, nil, false
	}
	t, err := c.decode(native{mem: payload[:c.size]})
	return t, payload[min(nlAlign(c.size), len(payload)):], err == nil
}
