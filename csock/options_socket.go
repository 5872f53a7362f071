//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of all sockets, at level SOL_SOCKET. See socket(7).
//
// SO_BSDCOMPAT is left out: it has had no effect since Linux 2.2.

// SO_DEBUG records debugging information in the protocol. Turning it on needs CAP_NET_ADMIN.
var SO_DEBUG Option[bool] = declare(boolCodec, canBoth, "SO_DEBUG", sys.SOL_SOCKET, sys.SO_DEBUG)

// SO_REUSEADDR lets Bind reuse an address that an earlier socket left in TIME_WAIT. On Windows it
// lets Bind take an address that another socket is bound to: see [SO_EXCLUSIVEADDRUSE].
var SO_REUSEADDR Option[bool] = declare(boolCodec, canBoth, "SO_REUSEADDR", sys.SOL_SOCKET,
	sys.SO_REUSEADDR)

// SO_EXCLUSIVEADDRUSE keeps other sockets from binding to the address of this one, which on Windows
// they can with SO_REUSEADDR. See Winsock's reference.
var SO_EXCLUSIVEADDRUSE Option[bool] = declare(boolCodec, canBoth, "SO_EXCLUSIVEADDRUSE",
	sys.SOL_SOCKET,
	sys.SO_EXCLUSIVEADDRUSE)

// SO_TYPE is the socket's type.
var SO_TYPE Option[Type] = declare(newIntCodec[Type]("int"), canGet, "SO_TYPE", sys.SOL_SOCKET,
	sys.SO_TYPE)

// SO_ERROR is the pending error, an errno. Get clears it.
var SO_ERROR Option[int] = declare(intCodec, canGet, "SO_ERROR", sys.SOL_SOCKET, sys.SO_ERROR)

// SO_DONTROUTE sends to hosts on directly connected networks only.
var SO_DONTROUTE Option[bool] = declare(boolCodec, canBoth, "SO_DONTROUTE", sys.SOL_SOCKET,
	sys.SO_DONTROUTE)

// SO_BROADCAST lets a datagram socket send to broadcast addresses.
var SO_BROADCAST Option[bool] = declare(boolCodec, canBoth, "SO_BROADCAST", sys.SOL_SOCKET,
	sys.SO_BROADCAST)

// SO_SNDBUF is the size of the send buffer in bytes. Linux doubles the value that is set, and
// limits it to sysctl net.core.wmem_max.
var SO_SNDBUF Option[int] = declare(intCodec, canBoth, "SO_SNDBUF", sys.SOL_SOCKET, sys.SO_SNDBUF)

// SO_RCVBUF is the size of the receive buffer in bytes. Linux doubles the value that is set, and
// limits it to sysctl net.core.rmem_max.
var SO_RCVBUF Option[int] = declare(intCodec, canBoth, "SO_RCVBUF", sys.SOL_SOCKET, sys.SO_RCVBUF)

// SO_SNDBUFFORCE sets SO_SNDBUF beyond net.core.wmem_max. It needs CAP_NET_ADMIN.
var SO_SNDBUFFORCE Option[int] = declare(intCodec, canSet, "SO_SNDBUFFORCE", sys.SOL_SOCKET,
	sys.SO_SNDBUFFORCE)

// SO_RCVBUFFORCE sets SO_RCVBUF beyond net.core.rmem_max. It needs CAP_NET_ADMIN.
var SO_RCVBUFFORCE Option[int] = declare(intCodec, canSet, "SO_RCVBUFFORCE", sys.SOL_SOCKET,
	sys.SO_RCVBUFFORCE)

// SO_KEEPALIVE probes an idle connection. TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT set when and
// how often.
var SO_KEEPALIVE Option[bool] = declare(boolCodec, canBoth, "SO_KEEPALIVE", sys.SOL_SOCKET,
	sys.SO_KEEPALIVE)

// SO_OOBINLINE leaves out-of-band data in its place in the stream.
var SO_OOBINLINE Option[bool] = declare(boolCodec, canBoth, "SO_OOBINLINE", sys.SOL_SOCKET,
	sys.SO_OOBINLINE)

// SO_PRIORITY is the queueing priority of sent packets. Priorities above 6 need CAP_NET_ADMIN or
// CAP_NET_RAW.
var SO_PRIORITY Option[int] = declare(intCodec, canBoth, "SO_PRIORITY", sys.SOL_SOCKET,
	sys.SO_PRIORITY)

// SO_LINGER is how long Close waits for unsent or unacknowledged data, rounded up to whole seconds.
// [LingerOff], or any negative duration, disables lingering. 0 on a TCP connection discards the
// data and resets the connection. On Linux, 68 years or more, which are negative numbers in C, mean
// no limit.
var SO_LINGER Option[time.Duration] = declare(lingerCodec, canBoth, "SO_LINGER", sys.SOL_SOCKET,
	sys.SO_LINGER)

// SO_LINGER_SEC is SO_LINGER on macOS, rounded up to whole seconds. SO_LINGER counts clock ticks
// there.
var SO_LINGER_SEC Option[time.Duration] = declare(lingerCodec, canBoth, "SO_LINGER_SEC",
	sys.SOL_SOCKET, sys.SO_LINGER_SEC)

// SO_REUSEPORT lets sockets of one user bind the same address and share its incoming traffic.
var SO_REUSEPORT Option[bool] = declare(boolCodec, canBoth, "SO_REUSEPORT", sys.SOL_SOCKET,
	sys.SO_REUSEPORT)

// SO_RCVLOWAT is the number of bytes that a receive on a stream, or poll(2), waits for.
var SO_RCVLOWAT Option[int] = declare(intCodec, canBoth, "SO_RCVLOWAT", sys.SOL_SOCKET,
	sys.SO_RCVLOWAT)

// SO_SNDLOWAT is the free space in the send buffer, in bytes, that a send waits for. On Linux it is
// 1.
var SO_SNDLOWAT Option[int] = declare(intCodec, canGet, "SO_SNDLOWAT", sys.SOL_SOCKET,
	sys.SO_SNDLOWAT)

// SO_RCVTIMEO is how long receive calls and Accept block before they return EAGAIN; 0 means no
// limit. Linux rounds up to a clock tick, 1 to 10 ms. With a timeout set, signals end a blocking
// call with EINTR (signal(7)), and Go's runtime sends signals.
var SO_RCVTIMEO Option[time.Duration] = declare(timevalCodec, canBoth, "SO_RCVTIMEO",
	sys.SOL_SOCKET,
	sys.SO_RCVTIMEO)

// SO_SNDTIMEO is how long send calls block before they return EAGAIN, and Connect before it returns
// EINPROGRESS; 0 means no limit. Signals act as with SO_RCVTIMEO.
var SO_SNDTIMEO Option[time.Duration] = declare(timevalCodec, canBoth, "SO_SNDTIMEO",
	sys.SOL_SOCKET,
	sys.SO_SNDTIMEO)

var oldTimevalCodec = platformCodec[time.Duration]("duration (struct __kernel_old_timeval)")

// SO_RCVTIMEO_OLD is SO_RCVTIMEO with seconds of a C long.
var SO_RCVTIMEO_OLD Option[time.Duration] = declare(oldTimevalCodec, canBoth, "SO_RCVTIMEO_OLD",
	sys.SOL_SOCKET, sys.SO_RCVTIMEO_OLD)

// SO_SNDTIMEO_OLD is SO_SNDTIMEO with seconds of a C long.
var SO_SNDTIMEO_OLD Option[time.Duration] = declare(oldTimevalCodec, canBoth, "SO_SNDTIMEO_OLD",
	sys.SOL_SOCKET, sys.SO_SNDTIMEO_OLD)

var newTimevalCodec = platformCodec[time.Duration]("duration (struct __kernel_sock_timeval)")

// SO_RCVTIMEO_NEW is SO_RCVTIMEO with seconds of 64 bits.
var SO_RCVTIMEO_NEW Option[time.Duration] = declare(newTimevalCodec, canBoth, "SO_RCVTIMEO_NEW",
	sys.SOL_SOCKET, sys.SO_RCVTIMEO_NEW)

// SO_SNDTIMEO_NEW is SO_SNDTIMEO with seconds of 64 bits.
var SO_SNDTIMEO_NEW Option[time.Duration] = declare(newTimevalCodec, canBoth, "SO_SNDTIMEO_NEW",
	sys.SOL_SOCKET, sys.SO_SNDTIMEO_NEW)

// SO_BINDTODEVICE is the name of the interface to which the socket is bound; "" means none.
var SO_BINDTODEVICE Option[string] = declare(newStringCodec(sys.IF_NAMESIZE), canBoth,
	"SO_BINDTODEVICE", sys.SOL_SOCKET, sys.SO_BINDTODEVICE)

// SO_BINDTOIFINDEX is the index of the interface to which the socket is bound; 0 means none.
var SO_BINDTOIFINDEX Option[int] = declare(intCodec, canBoth, "SO_BINDTOIFINDEX", sys.SOL_SOCKET,
	sys.SO_BINDTOIFINDEX)

// SO_TIMESTAMP delivers a datagram's time of arrival as a control message, in µs.
var SO_TIMESTAMP Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMP", sys.SOL_SOCKET,
	sys.SO_TIMESTAMP)

// SO_TIMESTAMPNS delivers a datagram's time of arrival as a control message, in ns.
var SO_TIMESTAMPNS Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMPNS", sys.SOL_SOCKET,
	sys.SO_TIMESTAMPNS)

var soTimestampingCodec = platformCodec[SoTimestamping]("struct so_timestamping")

// SO_TIMESTAMPING selects the timestamps to take and to deliver as control messages. See
// timestamping.rst of the kernel's documentation.
var SO_TIMESTAMPING Option[SoTimestamping] = declare(soTimestampingCodec, canBoth,
	"SO_TIMESTAMPING", sys.SOL_SOCKET, sys.SO_TIMESTAMPING)

// SO_TIMESTAMP_OLD is SO_TIMESTAMP with seconds of a C long.
var SO_TIMESTAMP_OLD Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMP_OLD", sys.SOL_SOCKET,
	sys.SO_TIMESTAMP_OLD)

// SO_TIMESTAMPNS_OLD is SO_TIMESTAMPNS with seconds of a C long.
var SO_TIMESTAMPNS_OLD Option[bool] = declare(boolCodec, canBoth, "SO_TIMESTAMPNS_OLD",
	sys.SOL_SOCKET, sys.SO_TIMESTAMPNS_OLD)

// SO_TIMESTAMPING_OLD is SO_TIMESTAMPING with seconds of a C long.
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

// SO_ACCEPTCONN reports whether the socket is listening.
var SO_ACCEPTCONN Option[bool] = declare(boolCodec, canGet, "SO_ACCEPTCONN", sys.SOL_SOCKET,
	sys.SO_ACCEPTCONN)

// SO_MARK is the mark of sent packets, for routing and packet filters. It needs CAP_NET_ADMIN, or
// since Linux 5.17 CAP_NET_RAW.
var SO_MARK Option[uint32] = declare(uint32Codec, canBoth, "SO_MARK", sys.SOL_SOCKET, sys.SO_MARK)

// SO_PROTOCOL is the socket's protocol.
var SO_PROTOCOL Option[Protocol] = declare(newIntCodec[Protocol]("int"), canGet, "SO_PROTOCOL",
	sys.SOL_SOCKET, sys.SO_PROTOCOL)

// SO_DOMAIN is the socket's address family.
var SO_DOMAIN Option[Domain] = declare(domainCodec, canGet, "SO_DOMAIN", sys.SOL_SOCKET,
	sys.SO_DOMAIN)

// SO_RXQ_OVFL delivers the number of datagrams that the socket has dropped as a control message.
var SO_RXQ_OVFL Option[bool] = declare(boolCodec, canBoth, "SO_RXQ_OVFL", sys.SOL_SOCKET,
	sys.SO_RXQ_OVFL)

// SO_PEEK_OFF is the offset in the receive queue at which MSG_PEEK reads, in bytes; -1 means always
// at the start. Peeking moves it forward, receiving moves it back. It works on Unix sockets, UDP,
// and since Linux 6.10 TCP.
var SO_PEEK_OFF Option[int] = declare(intCodec, canBoth, "SO_PEEK_OFF", sys.SOL_SOCKET,
	sys.SO_PEEK_OFF)

// SO_SELECT_ERR_QUEUE wakes select(2) for exceptions, and poll(2) for POLLPRI, when an error is
// queued.
var SO_SELECT_ERR_QUEUE Option[bool] = declare(boolCodec, canBoth, "SO_SELECT_ERR_QUEUE",
	sys.SOL_SOCKET, sys.SO_SELECT_ERR_QUEUE)

// SO_BUSY_POLL is how long a receive polls the device before it sleeps, rounded up to whole
// microseconds. Early kernels require CAP_NET_ADMIN to raise it.
var SO_BUSY_POLL Option[time.Duration] = declare(microsecondsCodec, canBoth, "SO_BUSY_POLL",
	sys.SOL_SOCKET, sys.SO_BUSY_POLL)

// SO_PREFER_BUSY_POLL keeps the device's interrupts off while the socket is busy-polled. It needs
// CAP_NET_ADMIN.
var SO_PREFER_BUSY_POLL Option[bool] = declare(boolCodec, canBoth, "SO_PREFER_BUSY_POLL",
	sys.SOL_SOCKET, sys.SO_PREFER_BUSY_POLL)

// SO_BUSY_POLL_BUDGET is the maximum number of packets per busy poll, up to 65535. Values above the
// default need CAP_NET_ADMIN.
var SO_BUSY_POLL_BUDGET Option[int] = declare(intCodec, canSet, "SO_BUSY_POLL_BUDGET",
	sys.SOL_SOCKET,
	sys.SO_BUSY_POLL_BUDGET)

// SO_MAX_PACING_RATE is the socket's maximum sending rate in bytes per second; ^uint64(0) means no
// limit. For no limit, kernels before Linux 5.0 return 4294967295. See tc-fq(8).
var SO_MAX_PACING_RATE Option[uint64] = declare(ulongCodec, canBoth, "SO_MAX_PACING_RATE",
	sys.SOL_SOCKET, sys.SO_MAX_PACING_RATE)

// SO_INCOMING_CPU is the CPU whose packets the socket receives; Get returns the CPU of the last
// packet, or -1.
var SO_INCOMING_CPU Option[int] = declare(intCodec, canBoth, "SO_INCOMING_CPU", sys.SOL_SOCKET,
	sys.SO_INCOMING_CPU)

// SO_INCOMING_NAPI_ID is the ID of the device queue that delivered the last packet; 0 means none.
var SO_INCOMING_NAPI_ID Option[uint32] = declare(uint32Codec, canGet, "SO_INCOMING_NAPI_ID",
	sys.SOL_SOCKET, sys.SO_INCOMING_NAPI_ID)

// SO_COOKIE is the socket's unique number, which the running system never reuses.
var SO_COOKIE Option[uint64] = declare(uint64Codec, canGet, "SO_COOKIE", sys.SOL_SOCKET,
	sys.SO_COOKIE)

// SO_NETNS_COOKIE is the unique number of the socket's network namespace, which is never reused.
var SO_NETNS_COOKIE Option[uint64] = declare(uint64Codec, canGet, "SO_NETNS_COOKIE", sys.SOL_SOCKET,
	sys.SO_NETNS_COOKIE)

// SO_ZEROCOPY lets sends with MSG_ZEROCOPY use the caller's memory without copying it. See
// msg_zerocopy.rst of the kernel's documentation.
var SO_ZEROCOPY Option[bool] = declare(boolCodec, canBoth, "SO_ZEROCOPY", sys.SOL_SOCKET,
	sys.SO_ZEROCOPY)

var sockTxtimeCodec = platformCodec[SockTxtime]("struct sock_txtime")

// SO_TXTIME lets a control message set the time at which a datagram is sent. See tc-etf(8).
var SO_TXTIME Option[SockTxtime] = declare(sockTxtimeCodec, canBoth, "SO_TXTIME", sys.SOL_SOCKET,
	sys.SO_TXTIME)

// SO_RCVMARK delivers the mark of a datagram as a control message. Since Linux 5.19.
var SO_RCVMARK Option[bool] = declare(boolCodec, canBoth, "SO_RCVMARK", sys.SOL_SOCKET,
	sys.SO_RCVMARK)

// SO_RCVPRIORITY delivers the priority of a datagram as a control message. Since Linux 6.14.
var SO_RCVPRIORITY Option[bool] = declare(boolCodec, canBoth, "SO_RCVPRIORITY", sys.SOL_SOCKET,
	sys.SO_RCVPRIORITY)

// SO_NO_CHECK sends UDP over IPv4 without checksums.
var SO_NO_CHECK Option[bool] = declare(boolCodec, canBoth, "SO_NO_CHECK", sys.SOL_SOCKET,
	sys.SO_NO_CHECK)

var meminfoCodec = platformCodec[Meminfo]("uint32_t[SK_MEMINFO_VARS]")

// SO_MEMINFO is the memory that the socket uses.
var SO_MEMINFO Option[Meminfo] = declare(meminfoCodec, canGet, "SO_MEMINFO", sys.SOL_SOCKET,
	sys.SO_MEMINFO)

// SO_CNX_ADVICE set to 1 reports to routing that the connection has trouble, so that routing
// looks for another path.
var SO_CNX_ADVICE Option[int] = declare(intCodec, canSet, "SO_CNX_ADVICE", sys.SOL_SOCKET,
	sys.SO_CNX_ADVICE)

// SO_WIFI_STATUS delivers a control message that says whether a sent 802.11 frame was acknowledged.
var SO_WIFI_STATUS Option[bool] = declare(boolCodec, canBoth, "SO_WIFI_STATUS", sys.SOL_SOCKET,
	sys.SO_WIFI_STATUS)

// SO_NOFCS declares the last 4 bytes of a sent frame to be its checksum.
var SO_NOFCS Option[bool] = declare(boolCodec, canBoth, "SO_NOFCS", sys.SOL_SOCKET, sys.SO_NOFCS)

// SO_BUF_LOCK selects the buffers that keep the size that was set: [SOCK_SNDBUF_LOCK],
// [SOCK_RCVBUF_LOCK]. Since Linux 5.15.
var SO_BUF_LOCK Option[BufLock] = declare(newUint32Codec[BufLock]("uint32"), canBoth, "SO_BUF_LOCK",
	sys.SOL_SOCKET, sys.SO_BUF_LOCK)

// SO_RESERVE_MEM is the number of bytes that the socket reserves in its memory cgroup. Since Linux
// 5.16.
var SO_RESERVE_MEM Option[int] = declare(intCodec, canBoth, "SO_RESERVE_MEM", sys.SOL_SOCKET,
	sys.SO_RESERVE_MEM)

// SO_TXREHASH says whether a TCP connection in trouble tries another path: 1 yes, 0 no, -1 as
// sysctl net.core.txrehash says. Since Linux 5.18.
var SO_TXREHASH Option[int] = declare(intCodec, canBoth, "SO_TXREHASH", sys.SOL_SOCKET,
	sys.SO_TXREHASH)

// SO_DEVMEM_DONTNEED returns device memory: an array of up to 128 struct dmabuf_token, two uint32_t
// each, the first token and the number of tokens. The result of setsockopt(2) is the number that
// the kernel took back; Set discards it. Since Linux 6.12. See devmem.rst of the kernel's
// documentation.
var SO_DEVMEM_DONTNEED Option[[]byte] = declare(bytesCodec, canSet, "SO_DEVMEM_DONTNEED",
	sys.SOL_SOCKET, sys.SO_DEVMEM_DONTNEED)

// SO_NOSIGPIPE suppresses SIGPIPE. macOS and BSD have it; elsewhere send calls add MSG_NOSIGNAL.
var SO_NOSIGPIPE Option[bool] = declare(boolCodec, canBoth, "SO_NOSIGPIPE", sys.SOL_SOCKET,
	sys.SO_NOSIGPIPE)

// SO_REUSEPORT_LB shares an address's incoming traffic between sockets, as SO_REUSEPORT does on
// Linux. FreeBSD has it.
var SO_REUSEPORT_LB Option[bool] = declare(boolCodec, canBoth, "SO_REUSEPORT_LB", sys.SOL_SOCKET,
	sys.SO_REUSEPORT_LB)

// SO_SETFIB is the number of the routing table. FreeBSD has it.
var SO_SETFIB Option[uint32] = declare(uint32Codec, canSet, "SO_SETFIB", sys.SOL_SOCKET,
	sys.SO_SETFIB)

// SO_USELOOPBACK returns to a routing socket what it sent. macOS and BSD have it.
var SO_USELOOPBACK Option[bool] = declare(boolCodec, canBoth, "SO_USELOOPBACK", sys.SOL_SOCKET,
	sys.SO_USELOOPBACK)

// Options of Unix domain sockets at level SOL_SOCKET. See unix(7).

// SO_PASSCRED delivers the sender's process, user and group with each message. Netlink and
// Bluetooth have it too.
var SO_PASSCRED Option[bool] = declare(boolCodec, canBoth, "SO_PASSCRED", sys.SOL_SOCKET,
	sys.SO_PASSCRED)

var ucredCodec = platformCodec[Ucred]("struct ucred")

// SO_PEERCRED is the process, user and group of the peer when it called Connect, Listen or Pair.
var SO_PEERCRED Option[Ucred] = declare(ucredCodec, canGet, "SO_PEERCRED", sys.SOL_SOCKET,
	sys.SO_PEERCRED)

// SO_PEERNAME is the peer's address. Unlike [Socket.PeerAddr], it is also that of a TCP connection
// that is not yet established, or is closed. Get finds the address's length with several calls,
// because the kernel does not report it. GetWith makes one call, which returns as many bytes as its
// argument has, and EINVAL if the address is shorter.
var SO_PEERNAME Option[SockAddr] = declare(peernameCodec, canGet, "SO_PEERNAME", sys.SOL_SOCKET,
	sys.SO_PEERNAME)

// peernameCodec is sockAddrCodec for an address whose length the kernel does not report: it fills
// the room that it is offered.
var peernameCodec = func() *codec[SockAddr] {
	c := *sockAddrCodec
	c.size, c.get = 0, getPeername
	c.decode = func(v native) (SockAddr, error) { return RawSockAddr(v.mem) }
	return withText(&c)
}()

// getPeername searches for the greatest length that the kernel does not refuse.
func getPeername(s *Socket, o Option[SockAddr]) (SockAddr, error) {
	var mem [sizeofSockaddrStorage]byte
	fits, over := 0, len(mem)+1
	for over-fits > 1 {
		n := (fits + over) / 2
		switch _, err := o.o.getBytes(s, mem[:n]); {
		case err == nil:
			fits = n
		case errors.Is(err, syscall.EINVAL):
			over = n
		default:
			return SockAddr{}, err
		}
	}
	a, err := RawSockAddr(mem[:fits])
	return a, o.o.refused(err)
}

// SO_PASSSEC delivers the sender's security label with each message.
var SO_PASSSEC Option[bool] = declare(boolCodec, canBoth, "SO_PASSSEC", sys.SOL_SOCKET,
	sys.SO_PASSSEC)

// SO_PEERSEC is the peer's security label. Without a security module that has labels it returns
// ENOPROTOOPT.
var SO_PEERSEC Option[string] = declare(stringCodec, canGet, "SO_PEERSEC", sys.SOL_SOCKET,
	sys.SO_PEERSEC)

// SO_PEERGROUPS is the list of supplementary groups that the peer had when it called Connect,
// Listen or Pair.
var SO_PEERGROUPS Option[[]int] = declare(groupsCodec, canGet, "SO_PEERGROUPS", sys.SOL_SOCKET,
	sys.SO_PEERGROUPS)

// SO_PASSPIDFD delivers a file descriptor of the sender's process with each message. Since Linux
// 6.5.
var SO_PASSPIDFD Option[bool] = declare(boolCodec, canBoth, "SO_PASSPIDFD", sys.SOL_SOCKET,
	sys.SO_PASSPIDFD)

// SO_PEERPIDFD is a file descriptor of the peer's process, see pidfd_open(2). Each Get opens a new
// one, close-on-exec, which the caller must close. For a process that has ended, older kernels
// return EINVAL and newer ones a descriptor. Since Linux 6.5.
var SO_PEERPIDFD Option[*os.File] = declare(pidfdCodec, canGet, "SO_PEERPIDFD", sys.SOL_SOCKET,
	sys.SO_PEERPIDFD)

// SO_PASSRIGHTS lets messages carry file descriptors. On by default. Since Linux 6.16.
var SO_PASSRIGHTS Option[bool] = declare(boolCodec, canBoth, "SO_PASSRIGHTS", sys.SOL_SOCKET,
	sys.SO_PASSRIGHTS)

// SO_INQ delivers the number of bytes left to read with each message. Since Linux 6.17.
var SO_INQ Option[bool] = declare(boolCodec, canSet, "SO_INQ", sys.SOL_SOCKET, sys.SO_INQ)

// LingerOff is the value of SO_LINGER when lingering is off.
const LingerOff time.Duration = -1

// A BufLock is a set of SO_BUF_LOCK's flags.
type BufLock uint32

// The flags of [SO_BUF_LOCK].
const (
	SOCK_SNDBUF_LOCK BufLock = sys.SOCK_SNDBUF_LOCK & 0xffffffff // the kernel does not tune the send buffer
	SOCK_RCVBUF_LOCK BufLock = sys.SOCK_RCVBUF_LOCK & 0xffffffff // the kernel does not tune the receive buffer
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f BufLock) String() string { return flagNames(f, namesBufLock) }

// A TimestampingFlags is a set of SO_TIMESTAMPING's flags. See timestamping.rst of the kernel's
// documentation.
type TimestampingFlags int

// A timestamp is delivered if one flag takes it and one of the second kind delivers it. The third
// kind says how.
const (
	// Which timestamps are taken.

	// of received packets, by the network card
	SOF_TIMESTAMPING_RX_HARDWARE TimestampingFlags = sys.SOF_TIMESTAMPING_RX_HARDWARE
	// of received packets, as the driver passes them to the kernel
	SOF_TIMESTAMPING_RX_SOFTWARE TimestampingFlags = sys.SOF_TIMESTAMPING_RX_SOFTWARE
	// of sent packets, by the network card
	SOF_TIMESTAMPING_TX_HARDWARE TimestampingFlags = sys.SOF_TIMESTAMPING_TX_HARDWARE
	// of sent packets, as the driver passes them to the card
	SOF_TIMESTAMPING_TX_SOFTWARE TimestampingFlags = sys.SOF_TIMESTAMPING_TX_SOFTWARE
	// of sent packets, before the packet scheduler: one for each scheduler that they pass
	SOF_TIMESTAMPING_TX_SCHED TimestampingFlags = sys.SOF_TIMESTAMPING_TX_SCHED
	// when the peer has acknowledged all of a send; TCP only
	SOF_TIMESTAMPING_TX_ACK TimestampingFlags = sys.SOF_TIMESTAMPING_TX_ACK
	// when the device reports that the packet is sent, since Linux 6.15
	SOF_TIMESTAMPING_TX_COMPLETION TimestampingFlags = sys.SOF_TIMESTAMPING_TX_COMPLETION

	// Which timestamps are delivered.
	SOF_TIMESTAMPING_SOFTWARE     TimestampingFlags = sys.SOF_TIMESTAMPING_SOFTWARE     // the kernel's own
	SOF_TIMESTAMPING_SYS_HARDWARE TimestampingFlags = sys.SOF_TIMESTAMPING_SYS_HARDWARE // without effect
	SOF_TIMESTAMPING_RAW_HARDWARE TimestampingFlags = sys.SOF_TIMESTAMPING_RAW_HARDWARE // the network card's

	// How they are delivered.

	// SockExtendedErr.Timestamp identifies the send: a count of datagrams, or of bytes
	SOF_TIMESTAMPING_OPT_ID TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_ID
	// with OPT_ID on a stream: counts from the next byte written, since Linux 6.2
	SOF_TIMESTAMPING_OPT_ID_TCP TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_ID_TCP
	// a sent IPv4 packet's timestamp comes with its other control messages: IP_PKTINFO
	SOF_TIMESTAMPING_OPT_CMSG TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_CMSG
	// a sent packet's timestamp comes without the packet; not with OPT_CMSG
	SOF_TIMESTAMPING_OPT_TSONLY TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_TSONLY
	// with OPT_TSONLY: adds SCM_TIMESTAMPING_OPT_STATS, TCP's counters
	SOF_TIMESTAMPING_OPT_STATS TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_STATS
	// adds the interface and length to a received packet's hardware timestamp:
	// SCM_TIMESTAMPING_PKTINFO
	SOF_TIMESTAMPING_OPT_PKTINFO TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_PKTINFO
	// delivers both TX_SOFTWARE and TX_HARDWARE, each in a message; otherwise only the latter
	SOF_TIMESTAMPING_OPT_TX_SWHW TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_TX_SWHW
	// hardware timestamps by the clock BindPHC, since Linux 5.14
	SOF_TIMESTAMPING_BIND_PHC TimestampingFlags = sys.SOF_TIMESTAMPING_BIND_PHC
	// received packets: only the timestamps that RX_ flags request, since Linux 6.12
	SOF_TIMESTAMPING_OPT_RX_FILTER TimestampingFlags = sys.SOF_TIMESTAMPING_OPT_RX_FILTER

	// the TX_ flags that a control message may have
	SOF_TIMESTAMPING_TX_RECORD_MASK TimestampingFlags = sys.SOF_TIMESTAMPING_TX_RECORD_MASK
	// the highest flag of the headers, and all of them
	SOF_TIMESTAMPING_LAST TimestampingFlags = sys.SOF_TIMESTAMPING_LAST
	SOF_TIMESTAMPING_MASK TimestampingFlags = sys.SOF_TIMESTAMPING_MASK
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TimestampingFlags) String() string { return flagNames(f, namesTimestampingFlags) }

// A SoTimestamping is the value of SO_TIMESTAMPING: a struct so_timestamping.
type SoTimestamping struct {
	Flags   TimestampingFlags
	BindPHC int // with SOF_TIMESTAMPING_BIND_PHC, the index of the virtual PTP hardware clock
}

// A TxtimeFlags is a set of SO_TXTIME's flags.
type TxtimeFlags uint32

// The flags of [SO_TXTIME].
const (
	// the time is the latest, not the earliest
	SOF_TXTIME_DEADLINE_MODE TxtimeFlags = sys.SOF_TXTIME_DEADLINE_MODE & 0xffffffff
	// datagrams that are not sent are queued as errors
	SOF_TXTIME_REPORT_ERRORS TxtimeFlags = sys.SOF_TXTIME_REPORT_ERRORS & 0xffffffff
	// the highest flag, and all of them
	SOF_TXTIME_FLAGS_LAST TxtimeFlags = sys.SOF_TXTIME_FLAGS_LAST & 0xffffffff
	SOF_TXTIME_FLAGS_MASK TxtimeFlags = sys.SOF_TXTIME_FLAGS_MASK & 0xffffffff
)

// String returns the C names of the flags in f, as MsgFlags.String does.
func (f TxtimeFlags) String() string { return flagNames(f, namesTxtimeFlags) }

// A SockTxtime is the value of SO_TXTIME: a struct sock_txtime.
type SockTxtime struct {
	Clock int // a clockid_t of clock_gettime(2): CLOCK_TAI, which is 11, for the etf queueing discipline, CLOCK_MONOTONIC for fq
	Flags TxtimeFlags
}

// A Ucred identifies a process, its user and its group: a struct ucred. See unix(7).
type Ucred struct {
	PID int
	UID uint32
	GID uint32
}

// A Meminfo is the value of SO_MEMINFO: the counters of <linux/sock_diag.h>, in bytes except Drops.
// Fields that the kernel lacks are zero.
type Meminfo struct {
	RmemAlloc  uint32 // SK_MEMINFO_RMEM_ALLOC: in the receive queue
	Rcvbuf     uint32 // SK_MEMINFO_RCVBUF: SO_RCVBUF
	WmemAlloc  uint32 // SK_MEMINFO_WMEM_ALLOC: in the send queue and below
	Sndbuf     uint32 // SK_MEMINFO_SNDBUF: SO_SNDBUF
	FwdAlloc   uint32 // SK_MEMINFO_FWD_ALLOC: reserved and not yet used
	WmemQueued uint32 // SK_MEMINFO_WMEM_QUEUED: in the send queue
	Optmem     uint32 // SK_MEMINFO_OPTMEM: of options and control messages
	Backlog    uint32 // SK_MEMINFO_BACKLOG: arrived while a call held the socket
	Drops      uint32 // SK_MEMINFO_DROPS: dropped packets
}

var (
	domainCodec = newIntCodec[Domain]("int")
	// lingerCodec is for a struct linger in seconds.
	lingerCodec = withText(&codec[time.Duration]{
		form: form{kind: "duration (struct linger, s)", shape: shapeLinger},
		encode: func(d time.Duration) (native, error) {
			if d < 0 {
				return native{num: math.MaxUint64}, nil
			}
			// The kernel treats the int as unsigned, and returns it so.
			n := units(d, time.Second)
			if n > math.MaxUint32 {
				return native{}, fmt.Errorf("%v overflows an unsigned int of 1s: %w", d,
					syscall.EDOM)
			}
			return native{num: uint64(n)}, nil
		},
		decode: func(v native) (time.Duration, error) {
			if int64(v.num) < 0 {
				return LingerOff, nil
			}
			return duration(int64(v.num), time.Second), nil
		},
	})
	// pidfdCodec is for a file descriptor that the kernel opens.
	pidfdCodec = &codec[*os.File]{
		form:   form{kind: "fd"},
		encode: func(*os.File) (native, error) { return native{}, errNoSet },
		decode: func(v native) (*os.File, error) {
			return os.NewFile(uintptr(v.num), "pidfd"), nil
		},
	}
	groupsCodec = useList(platformCodec[[]int]("gid_t[]"), 64, nil,
		func(g *gid_t) int { return int(*g) })
)

// either returns the first of two options that the platform has.
func either[T any](a, b Option[T]) Option[T] {
	if a.Supported() {
		return a
	}
	return b
}

// lingerOption is the option to use where systems differ.
var lingerOption = either(SO_LINGER_SEC, SO_LINGER)

// SetReuseAddress lets Bind reuse an address left in TIME_WAIT ([SO_REUSEADDR]).
func (s *Socket) SetReuseAddress(on bool) error { return SO_REUSEADDR.Set(s, on) }

// ReuseAddress reports whether Bind may reuse an address left in TIME_WAIT ([SO_REUSEADDR]).
func (s *Socket) ReuseAddress() (bool, error) { return SO_REUSEADDR.Get(s) }

// SetBroadcast lets a datagram socket send to broadcast addresses ([SO_BROADCAST]).
func (s *Socket) SetBroadcast(on bool) error { return SO_BROADCAST.Set(s, on) }

// Broadcast reports whether the socket may send to broadcast addresses ([SO_BROADCAST]).
func (s *Socket) Broadcast() (bool, error) { return SO_BROADCAST.Get(s) }

// SetKeepalive turns keepalive probes of an idle connection on or off ([SO_KEEPALIVE]).
func (s *Socket) SetKeepalive(on bool) error { return SO_KEEPALIVE.Set(s, on) }

// Keepalive reports whether the system probes an idle connection ([SO_KEEPALIVE]).
func (s *Socket) Keepalive() (bool, error) { return SO_KEEPALIVE.Get(s) }

// SetLinger sets how long Close waits for unsent data, rounded up to whole seconds on every system
// ([SO_LINGER]). A negative duration disables lingering.
func (s *Socket) SetLinger(d time.Duration) error { return lingerOption.Set(s, d) }

// Linger returns how long Close waits for unsent data ([SO_LINGER]), or [LingerOff].
func (s *Socket) Linger() (time.Duration, error) { return lingerOption.Get(s) }

// SetOutOfBandInline leaves out-of-band data in its place in the stream ([SO_OOBINLINE]).
func (s *Socket) SetOutOfBandInline(on bool) error { return SO_OOBINLINE.Set(s, on) }

// OutOfBandInline reports whether out-of-band data stays in the stream ([SO_OOBINLINE]).
func (s *Socket) OutOfBandInline() (bool, error) { return SO_OOBINLINE.Get(s) }

// SetPasscred delivers the sender's credentials with each message ([SO_PASSCRED]).
func (s *Socket) SetPasscred(on bool) error { return SO_PASSCRED.Set(s, on) }

// Passcred reports whether messages come with the sender's credentials ([SO_PASSCRED]).
func (s *Socket) Passcred() (bool, error) { return SO_PASSCRED.Get(s) }

// SetPriority sets the queueing priority of sent packets ([SO_PRIORITY]).
func (s *Socket) SetPriority(priority int) error { return SO_PRIORITY.Set(s, priority) }

// Priority returns the queueing priority of sent packets ([SO_PRIORITY]).
func (s *Socket) Priority() (int, error) { return SO_PRIORITY.Get(s) }

// SetRecvBufferSize sets the size of the receive buffer in bytes ([SO_RCVBUF]).
func (s *Socket) SetRecvBufferSize(size int) error { return SO_RCVBUF.Set(s, size) }

// RecvBufferSize returns the size of the receive buffer in bytes ([SO_RCVBUF]).
func (s *Socket) RecvBufferSize() (int, error) { return SO_RCVBUF.Get(s) }

// SetSendBufferSize sets the size of the send buffer in bytes ([SO_SNDBUF]).
func (s *Socket) SetSendBufferSize(size int) error { return SO_SNDBUF.Set(s, size) }

// SendBufferSize returns the size of the send buffer in bytes ([SO_SNDBUF]).
func (s *Socket) SendBufferSize() (int, error) { return SO_SNDBUF.Get(s) }

// SetReadTimeout sets how long a receive blocks ([SO_RCVTIMEO]). 0 disables the timeout.
func (s *Socket) SetReadTimeout(d time.Duration) error { return SO_RCVTIMEO.Set(s, d) }

// ReadTimeout returns how long a receive blocks, 0 for no timeout ([SO_RCVTIMEO]).
func (s *Socket) ReadTimeout() (time.Duration, error) { return SO_RCVTIMEO.Get(s) }

// SetWriteTimeout sets how long a send or Connect blocks ([SO_SNDTIMEO]). 0 disables the timeout.
func (s *Socket) SetWriteTimeout(d time.Duration) error { return SO_SNDTIMEO.Set(s, d) }

// WriteTimeout returns how long a send or Connect blocks, 0 for no timeout ([SO_SNDTIMEO]).
func (s *Socket) WriteTimeout() (time.Duration, error) { return SO_SNDTIMEO.Get(s) }

// SetMark sets the mark of sent packets, for routing and packet filters ([SO_MARK]).
func (s *Socket) SetMark(mark uint32) error { return SO_MARK.Set(s, mark) }

// Mark returns the mark of sent packets ([SO_MARK]).
func (s *Socket) Mark() (uint32, error) { return SO_MARK.Get(s) }

// BindDevice binds the socket to an interface by name ([SO_BINDTODEVICE]). "" unbinds it.
func (s *Socket) BindDevice(name string) error { return SO_BINDTODEVICE.Set(s, name) }

// Device returns the name of the interface to which the socket is bound, or "" ([SO_BINDTODEVICE]).
func (s *Socket) Device() (string, error) { return SO_BINDTODEVICE.Get(s) }

// SetCPUAffinity sets the CPU whose packets the socket receives ([SO_INCOMING_CPU]).
func (s *Socket) SetCPUAffinity(cpu int) error { return SO_INCOMING_CPU.Set(s, cpu) }

// CPUAffinity returns the CPU of the last packet received, or -1 ([SO_INCOMING_CPU]).
func (s *Socket) CPUAffinity() (int, error) { return SO_INCOMING_CPU.Get(s) }

// SetReusePort lets sockets of one user bind the same address ([SO_REUSEPORT]).
func (s *Socket) SetReusePort(on bool) error { return SO_REUSEPORT.Set(s, on) }

// ReusePort reports whether sockets of one user may bind the same address ([SO_REUSEPORT]).
func (s *Socket) ReusePort() (bool, error) { return SO_REUSEPORT.Get(s) }

// SetReusePortLB shares an address's incoming traffic between sockets on FreeBSD
// ([SO_REUSEPORT_LB]).
func (s *Socket) SetReusePortLB(on bool) error { return SO_REUSEPORT_LB.Set(s, on) }

// ReusePortLB reports whether sockets share an address's traffic on FreeBSD ([SO_REUSEPORT_LB]).
func (s *Socket) ReusePortLB() (bool, error) { return SO_REUSEPORT_LB.Get(s) }

// SetBusyPoll sets how long a receive polls the device, rounded up to whole microseconds
// ([SO_BUSY_POLL]).
func (s *Socket) SetBusyPoll(d time.Duration) error { return SO_BUSY_POLL.Set(s, d) }

// BusyPoll returns how long a receive polls the device before it sleeps ([SO_BUSY_POLL]).
func (s *Socket) BusyPoll() (time.Duration, error) { return SO_BUSY_POLL.Get(s) }

// Cookie returns the socket's unique number ([SO_COOKIE]).
func (s *Socket) Cookie() (uint64, error) { return SO_COOKIE.Get(s) }

// SetNosigpipe suppresses SIGPIPE on macOS and BSD ([SO_NOSIGPIPE]).
func (s *Socket) SetNosigpipe(on bool) error { return SO_NOSIGPIPE.Set(s, on) }

// SetFIB sets the number of the routing table on FreeBSD ([SO_SETFIB]).
func (s *Socket) SetFIB(fib uint32) error { return SO_SETFIB.Set(s, fib) }

// SetNoPeercred lets a Unix socket connect without its credentials, so that SO_PEERCRED has none.
// Only Cygwin has it; elsewhere it is unsupported.
func (s *Socket) SetNoPeercred() error {
	return s.set(Setting{o: SO_PEERCRED.o, err: errors.ErrUnsupported})
}
