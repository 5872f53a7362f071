//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of every socket, at level SOL_SOCKET. See socket(7).
//
// Not here: SO_BSDCOMPAT, which does nothing since Linux 2.2; and SO_PEERNAME, which gives no more
// of an address than it is told to expect, where getpeername(2), PeerAddr, gives all.

// SO_DEBUG records debugging information in the protocol. It needs CAP_NET_ADMIN to be turned on.
var SO_DEBUG Option[bool] = declare(boolCodec, canBoth, "SO_DEBUG", sys.SOL_SOCKET, sys.SO_DEBUG)

// SO_REUSEADDR lets Bind take an address that lingers from an earlier socket.
var SO_REUSEADDR Option[bool] = declare(boolCodec, canBoth, "SO_REUSEADDR", sys.SOL_SOCKET,
	sys.SO_REUSEADDR)

// SO_TYPE is the socket's type.
var SO_TYPE Option[Type] = declare(newIntCodec[Type]("int"), canGet, "SO_TYPE", sys.SOL_SOCKET,
	sys.SO_TYPE)

// SO_ERROR is the pending error, an errno, which getting clears.
var SO_ERROR Option[int] = declare(intCodec, canGet, "SO_ERROR", sys.SOL_SOCKET, sys.SO_ERROR)

// SO_DONTROUTE sends to hosts on directly connected networks only.
var SO_DONTROUTE Option[bool] = declare(boolCodec, canBoth, "SO_DONTROUTE", sys.SOL_SOCKET,
	sys.SO_DONTROUTE)

// SO_BROADCAST lets a datagram socket send to broadcast addresses.
var SO_BROADCAST Option[bool] = declare(boolCodec, canBoth, "SO_BROADCAST", sys.SOL_SOCKET,
	sys.SO_BROADCAST)

// SO_SNDBUF is the size of the send buffer in bytes. Linux doubles what is set, and keeps it below
// sysctl net.core.wmem_max.
var SO_SNDBUF Option[int] = declare(intCodec, canBoth, "SO_SNDBUF", sys.SOL_SOCKET, sys.SO_SNDBUF)

// SO_RCVBUF is the size of the receive buffer in bytes. Linux doubles what is set, and keeps it
// below sysctl net.core.rmem_max.
var SO_RCVBUF Option[int] = declare(intCodec, canBoth, "SO_RCVBUF", sys.SOL_SOCKET, sys.SO_RCVBUF)

// SO_SNDBUFFORCE sets SO_SNDBUF beyond wmem_max. It needs CAP_NET_ADMIN.
var SO_SNDBUFFORCE Option[int] = declare(intCodec, canSet, "SO_SNDBUFFORCE", sys.SOL_SOCKET,
	sys.SO_SNDBUFFORCE)

// SO_RCVBUFFORCE sets SO_RCVBUF beyond rmem_max. It needs CAP_NET_ADMIN.
var SO_RCVBUFFORCE Option[int] = declare(intCodec, canSet, "SO_RCVBUFFORCE", sys.SOL_SOCKET,
	sys.SO_RCVBUFFORCE)

// SO_KEEPALIVE probes an idle connection. TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT say how.
var SO_KEEPALIVE Option[bool] = declare(boolCodec, canBoth, "SO_KEEPALIVE", sys.SOL_SOCKET,
	sys.SO_KEEPALIVE)

// SO_OOBINLINE leaves urgent data in its place in the stream.
var SO_OOBINLINE Option[bool] = declare(boolCodec, canBoth, "SO_OOBINLINE", sys.SOL_SOCKET,
	sys.SO_OOBINLINE)

// SO_PRIORITY is the queueing priority of what is sent. Above 6 it needs CAP_NET_ADMIN or
// CAP_NET_RAW.
var SO_PRIORITY Option[int] = declare(intCodec, canBoth, "SO_PRIORITY", sys.SOL_SOCKET, sys.SO_PRIORITY)

// SO_LINGER is how long Close waits for data that is not yet sent and acknowledged, rounded up to
// whole seconds. [LingerOff] or any negative duration does not wait; 0 on a TCP connection drops the
// data and resets it. 68 years or more, C's negative numbers, are no limit on Linux.
var SO_LINGER Option[time.Duration] = declare(lingerCodec, canBoth, "SO_LINGER", sys.SOL_SOCKET,
	sys.SO_LINGER)

// SO_LINGER_SEC is SO_LINGER where that one counts clock ticks: macOS. It is rounded up to whole
// seconds.
var SO_LINGER_SEC Option[time.Duration] = declare(lingerCodec, canBoth, "SO_LINGER_SEC",
	sys.SOL_SOCKET, sys.SO_LINGER_SEC)

// SO_REUSEPORT lets sockets of one user bind the same address, and share out what comes to it.
var SO_REUSEPORT Option[bool] = declare(boolCodec, canBoth, "SO_REUSEPORT", sys.SOL_SOCKET,
	sys.SO_REUSEPORT)

// SO_RCVLOWAT is how many bytes a call that receives from a stream waits for, and poll(2) too.
var SO_RCVLOWAT Option[int] = declare(intCodec, canBoth, "SO_RCVLOWAT", sys.SOL_SOCKET, sys.SO_RCVLOWAT)

// SO_SNDLOWAT is how much room in the send buffer a call that sends waits for. On Linux it is 1.
var SO_SNDLOWAT Option[int] = declare(intCodec, canGet, "SO_SNDLOWAT", sys.SOL_SOCKET, sys.SO_SNDLOWAT)

// SO_RCVTIMEO is how long calls that receive, or accept, wait before they answer EAGAIN; 0: for
// ever. Linux rounds up to a tick, which is 1 to 10 ms. Where one is set, signals end a waiting
// call with EINTR (signal(7)), and Go's runtime sends some.
var SO_RCVTIMEO Option[time.Duration] = declare(timevalCodec, canBoth, "SO_RCVTIMEO", sys.SOL_SOCKET,
	sys.SO_RCVTIMEO)

// SO_SNDTIMEO is how long calls that send wait before they answer EAGAIN, and Connect before it
// answers EINPROGRESS; 0: for ever. Signals as with SO_RCVTIMEO.
var SO_SNDTIMEO Option[time.Duration] = declare(timevalCodec, canBoth, "SO_SNDTIMEO", sys.SOL_SOCKET,
	sys.SO_SNDTIMEO)

var oldTimevalCodec = platformCodec[time.Duration]("duration (struct __kernel_old_timeval)")

// SO_RCVTIMEO_OLD is SO_RCVTIMEO with the seconds of a C long.
var SO_RCVTIMEO_OLD Option[time.Duration] = declare(oldTimevalCodec, canBoth, "SO_RCVTIMEO_OLD",
	sys.SOL_SOCKET, sys.SO_RCVTIMEO_OLD)

// SO_SNDTIMEO_OLD is SO_SNDTIMEO with the seconds of a C long.
var SO_SNDTIMEO_OLD Option[time.Duration] = declare(oldTimevalCodec, canBoth, "SO_SNDTIMEO_OLD",
	sys.SOL_SOCKET, sys.SO_SNDTIMEO_OLD)

var newTimevalCodec = platformCodec[time.Duration]("duration (struct __kernel_sock_timeval)")

// SO_RCVTIMEO_NEW is SO_RCVTIMEO with seconds of 64 bits.
var SO_RCVTIMEO_NEW Option[time.Duration] = declare(newTimevalCodec, canBoth, "SO_RCVTIMEO_NEW",
	sys.SOL_SOCKET, sys.SO_RCVTIMEO_NEW)

// SO_SNDTIMEO_NEW is SO_SNDTIMEO with seconds of 64 bits.
var SO_SNDTIMEO_NEW Option[time.Duration] = declare(newTimevalCodec, canBoth, "SO_SNDTIMEO_NEW",
	sys.SOL_SOCKET, sys.SO_SNDTIMEO_NEW)

// SO_BINDTODEVICE is the name of the interface to which the socket keeps, "" for none.
var SO_BINDTODEVICE Option[string] = declare(newStringCodec(sys.IF_NAMESIZE), canBoth,
	"SO_BINDTODEVICE", sys.SOL_SOCKET, sys.SO_BINDTODEVICE)

// SO_BINDTOIFINDEX is the index of the interface to which the socket keeps, 0 for none.
var SO_BINDTOIFINDEX Option[int] = declare(intCodec, canBoth, "SO_BINDTOIFINDEX", sys.SOL_SOCKET,
	sys.SO_BINDTOIFINDEX)

// SO_TIMESTAMP delivers the time at which a datagram came with it, in µs, as a control message.
var SO_TIMESTAMP Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMP", sys.SOL_SOCKET,
	sys.SO_TIMESTAMP)

// SO_TIMESTAMPNS delivers the time at which a datagram came with it, in ns, as a control message.
var SO_TIMESTAMPNS Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMPNS", sys.SOL_SOCKET,
	sys.SO_TIMESTAMPNS)

var soTimestampingCodec = platformCodec[SoTimestamping]("struct so_timestamping")

// SO_TIMESTAMPING chooses the timestamps that are taken and delivered as control messages. See
// timestamping.rst of the kernel's documentation.
var SO_TIMESTAMPING Option[SoTimestamping] = declare(soTimestampingCodec, canBoth,
	"SO_TIMESTAMPING", sys.SOL_SOCKET, sys.SO_TIMESTAMPING)

// SO_TIMESTAMP_OLD is SO_TIMESTAMP with the seconds of a C long.
var SO_TIMESTAMP_OLD Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMP_OLD", sys.SOL_SOCKET,
	sys.SO_TIMESTAMP_OLD)

// SO_TIMESTAMPNS_OLD is SO_TIMESTAMPNS with the seconds of a C long.
var SO_TIMESTAMPNS_OLD Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMPNS_OLD",
	sys.SOL_SOCKET, sys.SO_TIMESTAMPNS_OLD)

// SO_TIMESTAMPING_OLD is SO_TIMESTAMPING with the seconds of a C long.
var SO_TIMESTAMPING_OLD Option[SoTimestamping] = declare(soTimestampingCodec, canBoth,
	"SO_TIMESTAMPING_OLD", sys.SOL_SOCKET, sys.SO_TIMESTAMPING_OLD)

// SO_TIMESTAMP_NEW is SO_TIMESTAMP with seconds of 64 bits.
var SO_TIMESTAMP_NEW Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMP_NEW", sys.SOL_SOCKET,
	sys.SO_TIMESTAMP_NEW)

// SO_TIMESTAMPNS_NEW is SO_TIMESTAMPNS with seconds of 64 bits.
var SO_TIMESTAMPNS_NEW Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMPNS_NEW",
	sys.SOL_SOCKET, sys.SO_TIMESTAMPNS_NEW)

// SO_TIMESTAMPING_NEW is SO_TIMESTAMPING with seconds of 64 bits.
var SO_TIMESTAMPING_NEW Option[SoTimestamping] = declare(soTimestampingCodec, canBoth,
	"SO_TIMESTAMPING_NEW", sys.SOL_SOCKET, sys.SO_TIMESTAMPING_NEW)

// SO_ACCEPTCONN tells whether the socket listens.
var SO_ACCEPTCONN Option[bool] = declare(boolCodec, canGet, "SO_ACCEPTCONN", sys.SOL_SOCKET,
	sys.SO_ACCEPTCONN)

// SO_MARK is the mark of what is sent, for routing and packet filters. It needs CAP_NET_ADMIN, or
// since Linux 5.17 CAP_NET_RAW.
var SO_MARK Option[uint32] = declare(uint32Codec, canBoth, "SO_MARK", sys.SOL_SOCKET, sys.SO_MARK)

// SO_PROTOCOL is the socket's protocol.
var SO_PROTOCOL Option[Protocol] = declare(newIntCodec[Protocol]("int"), canGet, "SO_PROTOCOL",
	sys.SOL_SOCKET, sys.SO_PROTOCOL)

// SO_DOMAIN is the socket's address family.
var SO_DOMAIN Option[Domain] = declare(domainCodec, canGet, "SO_DOMAIN", sys.SOL_SOCKET, sys.SO_DOMAIN)

// SO_RXQ_OVFL delivers how many datagrams the socket had to drop as a control message.
var SO_RXQ_OVFL Option[bool] = declare(boolCodec, canBoth, "SO_RXQ_OVFL", sys.SOL_SOCKET,
	sys.SO_RXQ_OVFL)

// SO_PEEK_OFF is where in the receive queue MSG_PEEK reads, in bytes. Peeking moves it on,
// receiving back; -1: peek at the start, always. Unix sockets have it, UDP, and since Linux 6.10
// TCP.
var SO_PEEK_OFF Option[int] = declare(intCodec, canBoth, "SO_PEEK_OFF", sys.SOL_SOCKET, sys.SO_PEEK_OFF)

// SO_SELECT_ERR_QUEUE wakes select(2) for exceptions, and poll(2) for POLLPRI, when an error is
// queued.
var SO_SELECT_ERR_QUEUE Option[bool] = declare(boolCodec, canBoth, "SO_SELECT_ERR_QUEUE",
	sys.SOL_SOCKET, sys.SO_SELECT_ERR_QUEUE)

// SO_BUSY_POLL is how long a call that receives polls the device before it sleeps, rounded up to
// whole microseconds. To raise it needed CAP_NET_ADMIN at first.
var SO_BUSY_POLL Option[time.Duration] = declare(microsecondsCodec, canBoth, "SO_BUSY_POLL",
	sys.SOL_SOCKET, sys.SO_BUSY_POLL)

// SO_PREFER_BUSY_POLL keeps the device's interrupts off while the socket is busy polled. It needs
// CAP_NET_ADMIN.
var SO_PREFER_BUSY_POLL Option[bool] = declare(boolCodec, canBoth, "SO_PREFER_BUSY_POLL",
	sys.SOL_SOCKET, sys.SO_PREFER_BUSY_POLL)

// SO_BUSY_POLL_BUDGET is how many packets one busy poll takes at most, up to 65535. Above the
// default it needs CAP_NET_ADMIN.
var SO_BUSY_POLL_BUDGET Option[int] = declare(intCodec, canSet, "SO_BUSY_POLL_BUDGET", sys.SOL_SOCKET,
	sys.SO_BUSY_POLL_BUDGET)

// SO_MAX_PACING_RATE is how fast the socket sends at most, in bytes per second; ^uint64(0): no
// limit, for which kernels before Linux 5.0 answer 4294967295. See tc-fq(8).
var SO_MAX_PACING_RATE Option[uint64] = declare(ulongCodec, canBoth, "SO_MAX_PACING_RATE",
	sys.SOL_SOCKET, sys.SO_MAX_PACING_RATE)

// SO_INCOMING_CPU is the CPU whose packets the socket is to get, or got last; -1: none.
var SO_INCOMING_CPU Option[int] = declare(intCodec, canBoth, "SO_INCOMING_CPU", sys.SOL_SOCKET,
	sys.SO_INCOMING_CPU)

// SO_INCOMING_NAPI_ID is the id of the device queue from which the last packet came, 0 if none did.
var SO_INCOMING_NAPI_ID Option[uint32] = declare(uint32Codec, canGet, "SO_INCOMING_NAPI_ID",
	sys.SOL_SOCKET, sys.SO_INCOMING_NAPI_ID)

// SO_COOKIE is the socket's number, which no other socket of this system has had.
var SO_COOKIE Option[uint64] = declare(uint64Codec, canGet, "SO_COOKIE", sys.SOL_SOCKET, sys.SO_COOKIE)

// SO_NETNS_COOKIE is the number of the socket's network namespace, which no other has had.
var SO_NETNS_COOKIE Option[uint64] = declare(uint64Codec, canGet, "SO_NETNS_COOKIE", sys.SOL_SOCKET,
	sys.SO_NETNS_COOKIE)

// SO_ZEROCOPY lets calls that send with MSG_ZEROCOPY leave the data where it is. See
// msg_zerocopy.rst of the kernel's documentation.
var SO_ZEROCOPY Option[bool] = declare(boolCodec, canBoth, "SO_ZEROCOPY", sys.SOL_SOCKET,
	sys.SO_ZEROCOPY)

var sockTxtimeCodec = platformCodec[SockTxtime]("struct sock_txtime")

// SO_TXTIME lets a control message say when a datagram is to be sent. See tc-etf(8).
var SO_TXTIME Option[SockTxtime] = declare(sockTxtimeCodec, canBoth, "SO_TXTIME", sys.SOL_SOCKET,
	sys.SO_TXTIME)

// SO_RCVMARK delivers the mark of a datagram as a control message. Since Linux 5.19.
var SO_RCVMARK Option[bool] = declare(boolCodec, canBoth, "SO_RCVMARK", sys.SOL_SOCKET, sys.SO_RCVMARK)

// SO_RCVPRIORITY delivers the priority of a datagram as a control message. Since Linux 6.14.
var SO_RCVPRIORITY Option[bool] = declare(boolCodec, canBoth, "SO_RCVPRIORITY", sys.SOL_SOCKET,
	sys.SO_RCVPRIORITY)

// SO_NO_CHECK sends UDP over IPv4 without checksums.
var SO_NO_CHECK Option[bool] = declare(boolCodec, canBoth, "SO_NO_CHECK", sys.SOL_SOCKET,
	sys.SO_NO_CHECK)

var meminfoCodec = platformCodec[Meminfo]("uint32_t[SK_MEMINFO_VARS]")

// SO_MEMINFO is what memory the socket uses.
var SO_MEMINFO Option[Meminfo] = declare(meminfoCodec, canGet, "SO_MEMINFO", sys.SOL_SOCKET,
	sys.SO_MEMINFO)

// SO_CNX_ADVICE tells routing, by 1, that the connection is in trouble, so that it finds another
// way.
var SO_CNX_ADVICE Option[int] = declare(intCodec, canSet, "SO_CNX_ADVICE", sys.SOL_SOCKET,
	sys.SO_CNX_ADVICE)

// SO_WIFI_STATUS delivers as a control message whether an 802.11 frame that was sent has been
// acknowledged.
var SO_WIFI_STATUS Option[bool] = declare(boolCodec, canBoth, "SO_WIFI_STATUS", sys.SOL_SOCKET,
	sys.SO_WIFI_STATUS)

// SO_NOFCS tells the device that the last 4 bytes of a frame that is sent are its checksum.
var SO_NOFCS Option[bool] = declare(boolCodec, canBoth, "SO_NOFCS", sys.SOL_SOCKET, sys.SO_NOFCS)

// SO_BUF_LOCK tells which buffers keep the size that they have been given: [SOCK_SNDBUF_LOCK],
// [SOCK_RCVBUF_LOCK]. Since Linux 5.15.
var SO_BUF_LOCK Option[BufLock] = declare(newUint32Codec[BufLock]("uint32"), canBoth, "SO_BUF_LOCK",
	sys.SOL_SOCKET, sys.SO_BUF_LOCK)

// SO_RESERVE_MEM is how many bytes the socket reserves of its memory cgroup. Since Linux 5.16.
var SO_RESERVE_MEM Option[int] = declare(intCodec, canBoth, "SO_RESERVE_MEM", sys.SOL_SOCKET,
	sys.SO_RESERVE_MEM)

// SO_TXREHASH chooses whether a TCP connection in trouble tries another path: 1 yes, 0 no, -1 as
// sysctl net.core.txrehash says. Since Linux 5.18.
var SO_TXREHASH Option[int] = declare(intCodec, canBoth, "SO_TXREHASH", sys.SOL_SOCKET, sys.SO_TXREHASH)

// SO_DEVMEM_DONTNEED gives back device memory: an array of up to 128 struct dmabuf_token, two
// uint32_t each, the first token and how many. How many the kernel took back it answers by
// setsockopt(2)'s result, which Set drops. Since Linux 6.12. See devmem.rst of the kernel's
// documentation.
var SO_DEVMEM_DONTNEED Option[[]byte] = declare(bytesCodec, canSet, "SO_DEVMEM_DONTNEED",
	sys.SOL_SOCKET, sys.SO_DEVMEM_DONTNEED)

// SO_NOSIGPIPE raises no SIGPIPE. macOS and BSD have it; elsewhere calls that send add
// MSG_NOSIGNAL.
var SO_NOSIGPIPE Option[bool] = declare(boolCodec, canBoth, "SO_NOSIGPIPE", sys.SOL_SOCKET,
	sys.SO_NOSIGPIPE)

// SO_REUSEPORT_LB shares out what comes to an address, as SO_REUSEPORT does on Linux. FreeBSD has
// it.
var SO_REUSEPORT_LB Option[bool] = declare(boolCodec, canBoth, "SO_REUSEPORT_LB", sys.SOL_SOCKET,
	sys.SO_REUSEPORT_LB)

// SO_SETFIB is the number of the routing table. FreeBSD has it.
var SO_SETFIB Option[uint32] = declare(uint32Codec, canSet, "SO_SETFIB", sys.SOL_SOCKET, sys.SO_SETFIB)

// SO_USELOOPBACK returns to a routing socket what it has sent. macOS and BSD have it.
var SO_USELOOPBACK Option[bool] = declare(boolCodec, canBoth, "SO_USELOOPBACK", sys.SOL_SOCKET,
	sys.SO_USELOOPBACK)

// Options of Unix domain sockets at level SOL_SOCKET. See unix(7).

// SO_PASSCRED delivers the sender's process, user and group with each message. Netlink and
// Bluetooth have it too.
var SO_PASSCRED Option[bool] = declare(boolCodec, canBoth, "SO_PASSCRED", sys.SOL_SOCKET,
	sys.SO_PASSCRED)

var ucredCodec = platformCodec[Ucred]("struct ucred")

// SO_PEERCRED is who made the connection: the peer's process, user and group when it called
// Connect, Listen or Pair.
var SO_PEERCRED Option[Ucred] = declare(ucredCodec, canGet, "SO_PEERCRED", sys.SOL_SOCKET,
	sys.SO_PEERCRED)

// SO_PASSSEC delivers the sender's security label with each message.
var SO_PASSSEC Option[bool] = declare(boolCodec, canBoth, "SO_PASSSEC", sys.SOL_SOCKET, sys.SO_PASSSEC)

// SO_PEERSEC is the peer's security label. It needs a security module that has labels: else
// ENOPROTOOPT.
var SO_PEERSEC Option[string] = declare(stringCodec, canGet, "SO_PEERSEC", sys.SOL_SOCKET,
	sys.SO_PEERSEC)

// SO_PEERGROUPS are the supplementary groups that the peer had when it called Connect, Listen or
// Pair.
var SO_PEERGROUPS Option[[]int] = declare(groupsCodec, canGet, "SO_PEERGROUPS", sys.SOL_SOCKET,
	sys.SO_PEERGROUPS)

// SO_PASSPIDFD delivers a descriptor of the sender's process with each message. Since Linux 6.5.
var SO_PASSPIDFD Option[bool] = declare(boolCodec, canBoth, "SO_PASSPIDFD", sys.SOL_SOCKET,
	sys.SO_PASSPIDFD)

// SO_PEERPIDFD is a descriptor of the peer's process, see pidfd_open(2): each Get opens a new one,
// close-on-exec, which is the caller's to close. Of a process that is gone older kernels answer
// EINVAL, newer ones a descriptor all the same. Since Linux 6.5.
var SO_PEERPIDFD Option[*os.File] = declare(pidfdCodec, canGet, "SO_PEERPIDFD", sys.SOL_SOCKET,
	sys.SO_PEERPIDFD)

// SO_PASSRIGHTS lets messages bring descriptors, which is so from the start. Since Linux 6.16.
var SO_PASSRIGHTS Option[bool] = declare(boolCodec, canBoth, "SO_PASSRIGHTS", sys.SOL_SOCKET,
	sys.SO_PASSRIGHTS)

// SO_INQ delivers how much is left to read with each message. Since Linux 6.17.
var SO_INQ Option[bool] = declare(boolCodec, canSet, "SO_INQ", sys.SOL_SOCKET, sys.SO_INQ)

// LingerOff is SO_LINGER's value when it is off.
const LingerOff time.Duration = -1

// A BufLock is a set of SO_BUF_LOCK's flags.
type BufLock uint32

// See SO_BUF_LOCK.
const (
	SOCK_SNDBUF_LOCK BufLock = sys.SOCK_SNDBUF_LOCK & 0xffffffff // the kernel does not tune the send buffer
	SOCK_RCVBUF_LOCK BufLock = sys.SOCK_RCVBUF_LOCK & 0xffffffff // the kernel does not tune the receive buffer
)

// A TimestampingFlags is a set of SO_TIMESTAMPING's flags. See timestamping.rst of the kernel's documentation.
type TimestampingFlags int

// Flags of three kinds: a timestamp comes if one of the first kind asks for it to be taken, and one of the second for it to be
// told.
const (
	// Which timestamps are taken.
	SOF_TIMESTAMPING_RX_HARDWARE   TimestampingFlags = sys.SOF_TIMESTAMPING_RX_HARDWARE   // of received packets, by the network card
	SOF_TIMESTAMPING_RX_SOFTWARE   TimestampingFlags = sys.SOF_TIMESTAMPING_RX_SOFTWARE   // of received packets, as the driver hands them to the kernel
	SOF_TIMESTAMPING_TX_HARDWARE   TimestampingFlags = sys.SOF_TIMESTAMPING_TX_HARDWARE   // of sent packets, by the network card
	SOF_TIMESTAMPING_TX_SOFTWARE   TimestampingFlags = sys.SOF_TIMESTAMPING_TX_SOFTWARE   // of sent packets, as the driver hands them to the card
	SOF_TIMESTAMPING_TX_SCHED      TimestampingFlags = sys.SOF_TIMESTAMPING_TX_SCHED      // of sent packets, before the packet scheduler: one for each that they pass
	SOF_TIMESTAMPING_TX_ACK        TimestampingFlags = sys.SOF_TIMESTAMPING_TX_ACK        // when the peer has acknowledged all of a send; TCP alone
	SOF_TIMESTAMPING_TX_COMPLETION TimestampingFlags = sys.SOF_TIMESTAMPING_TX_COMPLETION // when the device tells that the packet is sent, since Linux 6.15

	// Which are delivered.
	SOF_TIMESTAMPING_SOFTWARE     TimestampingFlags = sys.SOF_TIMESTAMPING_SOFTWARE     // the kernel's own
	SOF_TIMESTAMPING_SYS_HARDWARE TimestampingFlags = sys.SOF_TIMESTAMPING_SYS_HARDWARE // without effect
	SOF_TIMESTAMPING_RAW_HARDWARE TimestampingFlags = sys.SOF_TIMESTAMPING_RAW_HARDWARE // the network card's

	// How.
	SOF_TIMESTAMPING_OPT_ID        TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_ID        // SockExtendedErr.Timestamp tells of which send: a count of datagrams, or of bytes
	SOF_TIMESTAMPING_OPT_ID_TCP    TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_ID_TCP    // with OPT_ID on a stream: it counts from what is written next, since Linux 6.2
	SOF_TIMESTAMPING_OPT_CMSG      TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_CMSG      // a sent IPv4 packet's timestamp brings its other control messages too: IP_PKTINFO
	SOF_TIMESTAMPING_OPT_TSONLY    TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_TSONLY    // a sent packet's timestamp comes without the packet; not with OPT_CMSG
	SOF_TIMESTAMPING_OPT_STATS     TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_STATS     // with OPT_TSONLY: SCM_TIMESTAMPING_OPT_STATS too, what TCP counts
	SOF_TIMESTAMPING_OPT_PKTINFO   TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_PKTINFO   // with a received packet's hardware timestamp its interface and length: SCM_TIMESTAMPING_PKTINFO
	SOF_TIMESTAMPING_OPT_TX_SWHW   TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_TX_SWHW   // both of TX_SOFTWARE and TX_HARDWARE, each in a message, where else the latter comes alone
	SOF_TIMESTAMPING_BIND_PHC      TimestampingFlags = sys.SOF_TIMESTAMPING_BIND_PHC      // hardware timestamps by the clock BindPHC, since Linux 5.14
	SOF_TIMESTAMPING_OPT_RX_FILTER TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_RX_FILTER // received packets: only those timestamps that RX_ flags ask for, since Linux 6.12
)

// A SoTimestamping is the value of SO_TIMESTAMPING: a struct so_timestamping.
type SoTimestamping struct {
	Flags   TimestampingFlags
	BindPHC int // with SOF_TIMESTAMPING_BIND_PHC, the index of the virtual PTP hardware clock
}

// A TxtimeFlags is a set of SO_TXTIME's flags.
type TxtimeFlags uint32

// See SO_TXTIME.
const (
	SOF_TXTIME_DEADLINE_MODE TxtimeFlags = sys.SOF_TXTIME_DEADLINE_MODE & 0xffffffff // the time is the latest, not the earliest
	SOF_TXTIME_REPORT_ERRORS TxtimeFlags = sys.SOF_TXTIME_REPORT_ERRORS & 0xffffffff // datagrams not sent are queued as errors
)

// A SockTxtime is the value of SO_TXTIME: a struct sock_txtime.
type SockTxtime struct {
	Clock int // a clockid_t of clock_gettime(2): CLOCK_TAI, which is 11, for the etf queueing discipline, CLOCK_MONOTONIC for fq
	Flags TxtimeFlags
}

// A Ucred is who a process is: a struct ucred. See unix(7).
type Ucred struct {
	PID int
	UID uint32
	GID uint32
}

// A Meminfo is the value of SO_MEMINFO, the counters of <linux/sock_diag.h>, in bytes but for Drops. Fields that the
// kernel does not know are zero.
type Meminfo struct {
	RmemAlloc  uint32 // SK_MEMINFO_RMEM_ALLOC: in the receive queue
	Rcvbuf     uint32 // SK_MEMINFO_RCVBUF: SO_RCVBUF
	WmemAlloc  uint32 // SK_MEMINFO_WMEM_ALLOC: in the send queue and below
	Sndbuf     uint32 // SK_MEMINFO_SNDBUF: SO_SNDBUF
	FwdAlloc   uint32 // SK_MEMINFO_FWD_ALLOC: reserved and not yet used
	WmemQueued uint32 // SK_MEMINFO_WMEM_QUEUED: in the send queue
	Optmem     uint32 // SK_MEMINFO_OPTMEM: of options and control messages
	Backlog    uint32 // SK_MEMINFO_BACKLOG: come while a call held the socket
	Drops      uint32 // SK_MEMINFO_DROPS: packets that were dropped
}

var (
	domainCodec = newIntCodec[Domain]("int")
	// pidfdCodec is for a descriptor that the kernel opens.
	pidfdCodec = &codec[*os.File]{
		form:   form{kind: "fd"},
		encode: func(*os.File) (native, error) { return native{}, syscall.ENOPROTOOPT },
		decode: func(v native) (*os.File, error) { return os.NewFile(uintptr(v.num), "pidfd"), nil },
	}
	groupsCodec = useList(platformCodec[[]int]("gid_t[]"), 64, nil, func(g *gid_t) int { return int(*g) })
)

// notInt32 is the error of a number that a field of 32 bits has no room for.
func notInt32(field string, n int) error {
	return fmt.Errorf("%s %d overflows an int: %w", field, n, syscall.EINVAL)
}

// either is the first of two options that the platform has.
func either[T any](a, b Option[T]) Option[T] {
	if a.Supported() {
		return a
	}
	return b
}

// Which option serves where systems differ.
var (
	lingerOption    = either(SO_LINGER_SEC, SO_LINGER)
	boundIfV4Option = either(SO_BINDTOIFINDEX, IP_BOUND_IF)
	boundIfV6Option = either(SO_BINDTOIFINDEX, IPV6_BOUND_IF)
)

// SetReuseAddress sets SO_REUSEADDR.
func (s *Socket) SetReuseAddress(on bool) error { return SO_REUSEADDR.Set(s, on) }

// ReuseAddress returns SO_REUSEADDR.
func (s *Socket) ReuseAddress() (bool, error) { return SO_REUSEADDR.Get(s) }

// SetBroadcast sets SO_BROADCAST.
func (s *Socket) SetBroadcast(on bool) error { return SO_BROADCAST.Set(s, on) }

// Broadcast returns SO_BROADCAST.
func (s *Socket) Broadcast() (bool, error) { return SO_BROADCAST.Get(s) }

// SetKeepalive sets SO_KEEPALIVE.
func (s *Socket) SetKeepalive(on bool) error { return SO_KEEPALIVE.Set(s, on) }

// Keepalive returns SO_KEEPALIVE.
func (s *Socket) Keepalive() (bool, error) { return SO_KEEPALIVE.Get(s) }

// SetLinger sets SO_LINGER, rounded up to whole seconds on every system. A negative duration turns it off.
func (s *Socket) SetLinger(d time.Duration) error { return lingerOption.Set(s, d) }

// Linger returns SO_LINGER, [LingerOff] if it is off.
func (s *Socket) Linger() (time.Duration, error) { return lingerOption.Get(s) }

// SetOutOfBandInline sets SO_OOBINLINE.
func (s *Socket) SetOutOfBandInline(on bool) error { return SO_OOBINLINE.Set(s, on) }

// OutOfBandInline returns SO_OOBINLINE.
func (s *Socket) OutOfBandInline() (bool, error) { return SO_OOBINLINE.Get(s) }

// SetPasscred sets SO_PASSCRED.
func (s *Socket) SetPasscred(on bool) error { return SO_PASSCRED.Set(s, on) }

// Passcred returns SO_PASSCRED.
func (s *Socket) Passcred() (bool, error) { return SO_PASSCRED.Get(s) }

// SetPriority sets SO_PRIORITY.
func (s *Socket) SetPriority(priority int) error { return SO_PRIORITY.Set(s, priority) }

// Priority returns SO_PRIORITY.
func (s *Socket) Priority() (int, error) { return SO_PRIORITY.Get(s) }

// SetRecvBufferSize sets SO_RCVBUF, in bytes.
func (s *Socket) SetRecvBufferSize(size int) error { return SO_RCVBUF.Set(s, size) }

// RecvBufferSize returns SO_RCVBUF, in bytes.
func (s *Socket) RecvBufferSize() (int, error) { return SO_RCVBUF.Get(s) }

// SetSendBufferSize sets SO_SNDBUF, in bytes.
func (s *Socket) SetSendBufferSize(size int) error { return SO_SNDBUF.Set(s, size) }

// SendBufferSize returns SO_SNDBUF, in bytes.
func (s *Socket) SendBufferSize() (int, error) { return SO_SNDBUF.Get(s) }

// SetReadTimeout sets SO_RCVTIMEO; 0: none.
func (s *Socket) SetReadTimeout(d time.Duration) error { return SO_RCVTIMEO.Set(s, d) }

// ReadTimeout returns SO_RCVTIMEO; 0: none.
func (s *Socket) ReadTimeout() (time.Duration, error) { return SO_RCVTIMEO.Get(s) }

// SetWriteTimeout sets SO_SNDTIMEO; 0: none.
func (s *Socket) SetWriteTimeout(d time.Duration) error { return SO_SNDTIMEO.Set(s, d) }

// WriteTimeout returns SO_SNDTIMEO; 0: none.
func (s *Socket) WriteTimeout() (time.Duration, error) { return SO_SNDTIMEO.Get(s) }

// SetMark sets SO_MARK.
func (s *Socket) SetMark(mark uint32) error { return SO_MARK.Set(s, mark) }

// Mark returns SO_MARK.
func (s *Socket) Mark() (uint32, error) { return SO_MARK.Get(s) }

// BindDevice sets SO_BINDTODEVICE: "" unbinds.
func (s *Socket) BindDevice(name string) error { return SO_BINDTODEVICE.Set(s, name) }

// Device returns SO_BINDTODEVICE: "" if the socket is bound to no interface.
func (s *Socket) Device() (string, error) { return SO_BINDTODEVICE.Get(s) }

// BindDeviceByIndexV4 sets SO_BINDTOIFINDEX, or IP_BOUND_IF where the system has that instead: 0 unbinds.
func (s *Socket) BindDeviceByIndexV4(ifindex int) error { return boundIfV4Option.Set(s, ifindex) }

// DeviceIndexV4 returns SO_BINDTOIFINDEX, or IP_BOUND_IF where the system has that instead.
func (s *Socket) DeviceIndexV4() (int, error) { return boundIfV4Option.Get(s) }

// BindDeviceByIndexV6 sets SO_BINDTOIFINDEX, or IPV6_BOUND_IF where the system has that instead: 0 unbinds.
func (s *Socket) BindDeviceByIndexV6(ifindex int) error { return boundIfV6Option.Set(s, ifindex) }

// DeviceIndexV6 returns SO_BINDTOIFINDEX, or IPV6_BOUND_IF where the system has that instead.
func (s *Socket) DeviceIndexV6() (int, error) { return boundIfV6Option.Get(s) }

// SetCPUAffinity sets SO_INCOMING_CPU.
func (s *Socket) SetCPUAffinity(cpu int) error { return SO_INCOMING_CPU.Set(s, cpu) }

// CPUAffinity returns SO_INCOMING_CPU.
func (s *Socket) CPUAffinity() (int, error) { return SO_INCOMING_CPU.Get(s) }

// SetReusePort sets SO_REUSEPORT.
func (s *Socket) SetReusePort(on bool) error { return SO_REUSEPORT.Set(s, on) }

// ReusePort returns SO_REUSEPORT.
func (s *Socket) ReusePort() (bool, error) { return SO_REUSEPORT.Get(s) }

// SetReusePortLB sets SO_REUSEPORT_LB.
func (s *Socket) SetReusePortLB(on bool) error { return SO_REUSEPORT_LB.Set(s, on) }

// ReusePortLB returns SO_REUSEPORT_LB.
func (s *Socket) ReusePortLB() (bool, error) { return SO_REUSEPORT_LB.Get(s) }

// SetBusyPoll sets SO_BUSY_POLL.
func (s *Socket) SetBusyPoll(d time.Duration) error { return SO_BUSY_POLL.Set(s, d) }

// BusyPoll returns SO_BUSY_POLL.
func (s *Socket) BusyPoll() (time.Duration, error) { return SO_BUSY_POLL.Get(s) }

// Cookie returns SO_COOKIE.
func (s *Socket) Cookie() (uint64, error) { return SO_COOKIE.Get(s) }

// SetNosigpipe sets SO_NOSIGPIPE.
func (s *Socket) SetNosigpipe(on bool) error { return SO_NOSIGPIPE.Set(s, on) }

// SetFIB sets SO_SETFIB.
func (s *Socket) SetFIB(fib uint32) error { return SO_SETFIB.Set(s, fib) }

// SetNoPeercred lets a Unix socket connect without telling who it is, so that SO_PEERCRED has nothing. Cygwin has it;
// elsewhere it is unsupported.
func (s *Socket) SetNoPeercred() error {
	return s.set(Setting{o: SO_PEERCRED.o, err: errors.ErrUnsupported})
}
