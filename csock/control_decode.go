//go:build cgo

package csock

import (
	"bytes"
	"net/netip"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Int returns the payload of a message of any kind that is an integer of 1, 2 or 4 bytes, as C's
// int. Unlike the methods for one kind, it cannot detect an integer that was cut because Control
// was too short: see IsControlTruncated.
func (m ControlMessage) Int() (int, bool) { return loadInt(m.Data) }

// intIf is Int for a complete message of the given kind.
func (m *ControlMessage) intIf(level, number int) (int, bool) {
	if !m.is(level, number) || csock_WHOLE_INTS != 0 && len(m.Data) != sizeof_int {
		return 0, false
	}
	return loadInt(m.Data)
}

// dataIf returns Data for a message of the given kind.
func (m *ControlMessage) dataIf(level, number int) ([]byte, bool) {
	if !m.is(level, number) {
		return nil, false
	}
	return m.Data, true
}

// Rights appends the file descriptors of an SCM_RIGHTS message to fds. The caller owns them from
// the moment that Recvmsg returns, even without calling Rights. [MsgHdr.CloseRights] closes them
// all.
func (m ControlMessage) Rights(fds []int) ([]int, bool) {
	if !m.is(sys.SOL_SOCKET, sys.SCM_RIGHTS) {
		return fds, false
	}
	for b := m.Data; len(b) >= sizeof_int; b = b[sizeof_int:] {
		fd, _ := load[c_int](b)
		fds = append(fds, int(fd))
	}
	return fds, true
}

// PIDFD returns the descriptor of an SCM_PIDFD message, which refers to the sending process. The
// caller must close it. SO_PASSPIDFD enables it. See pidfd_open(2).
func (m ControlMessage) PIDFD() (int, bool) {
	fd, ok := loadIf[c_int](&m, sys.SOL_SOCKET, sys.SCM_PIDFD)
	return int(fd), ok
}

// CloseRights closes every descriptor that came with a message: those of SCM_RIGHTS, and that of
// SCM_PIDFD. Use it if no code took the descriptors, and call it once: afterwards the numbers may
// belong to other files.
func (m *MsgHdr) CloseRights() { closeRights(m.received()) }

func closeRights(control []byte) {
	for m := range ControlMessages(control) {
		if !m.is(sys.SOL_SOCKET, sys.SCM_RIGHTS) && !m.is(sys.SOL_SOCKET, sys.SCM_PIDFD) {
			continue
		}
		for b := m.Data; len(b) >= sizeof_int; b = b[sizeof_int:] {
			if fd, _ := load[c_int](b); fd >= 0 { // of a pidfd it may be an error
				csock_close(csock_fd(fd))
			}
		}
	}
}

// Credentials returns the sender's credentials from an SCM_CREDENTIALS message. SO_PASSCRED enables
// it.
func (m ControlMessage) Credentials() (Ucred, bool) {
	v, ok := loadIf[csock_ucred](&m, sys.SOL_SOCKET, sys.SCM_CREDENTIALS)
	return Ucred{int(v.pid), uint32(v.uid), uint32(v.gid)}, ok
}

// Security returns the sender's SELinux context ([SCM_SECURITY]), without a terminating zero byte.
// SO_PASSSEC or IP_PASSSEC enables it.
func (m ControlMessage) Security() ([]byte, bool) {
	if !m.is(sys.SOL_SOCKET, sys.SCM_SECURITY) && !m.is(sys.IPPROTO_IP, sys.SCM_SECURITY) {
		return nil, false
	}
	return bytes.TrimSuffix(m.Data, []byte{0}), true
}

// PacketInfo returns the local address and interface on which a packet arrived. IP_PKTINFO or
// IPV6_RECVPKTINFO enables it ([IP_PKTINFO], [IPV6_PKTINFO]).
func (m ControlMessage) PacketInfo() (PacketInfo, bool) {
	if v, ok := loadIf[csock_in_pktinfo](&m, sys.IPPROTO_IP, sys.IP_PKTINFO); ok {
		info := PacketInfo{
			Ifindex: int(v.ipi_ifindex),
			Local:   netip.AddrFrom4([4]byte(bytesOf(&v)[csock_IPI_SPEC_DST:])),
			Dst:     netip.AddrFrom4(*ip4Bytes(&v.ipi_addr)),
		}
		if unsafe.Offsetof(v.ipi_addr) == csock_IPI_SPEC_DST && info.Dst.IsMulticast() { // one field for both
			info.Local = netip.IPv4Unspecified()
		}
		return info, true
	}
	if !m.is(sys.IPPROTO_IPV6, sys.IPV6_PKTINFO) && !m.is(sys.IPPROTO_IPV6, sys.IPV6_2292PKTINFO) ||
		len(m.Data) < sizeof_struct_in6_pktinfo {
		return PacketInfo{}, false
	}
	var v struct_in6_pktinfo
	dst := netip.AddrFrom16([16]byte(m.Data[unsafe.Offsetof(v.ipi6_addr):]))
	copy(bytesOf(&v.ipi6_ifindex),
		m.Data[unsafe.Offsetof(v.ipi6_ifindex):][:unsafe.Sizeof(v.ipi6_ifindex)])
	info := PacketInfo{Ifindex: int(v.ipi6_ifindex), Local: dst, Dst: dst}
	if dst.IsMulticast() {
		info.Local = netip.IPv6Unspecified()
	}
	return info, true
}

// TTL returns the time to live of an IPv4 packet ([IP_TTL]; IP_RECVTTL on macOS and the BSDs).
// IP_RECVTTL enables it.
func (m ControlMessage) TTL() (int, bool) { return m.intIf(sys.IPPROTO_IP, csock_CMSG_TTL) }

// HopLimit returns the hop limit of an IPv6 packet ([IPV6_HOPLIMIT]). IPV6_RECVHOPLIMIT enables it.
func (m ControlMessage) HopLimit() (int, bool) {
	if n, ok := m.intIf(sys.IPPROTO_IPV6, sys.IPV6_2292HOPLIMIT); ok {
		return n, true
	}
	return m.intIf(sys.IPPROTO_IPV6, sys.IPV6_HOPLIMIT)
}

// TOS returns the traffic class of an IPv4 packet ([IP_TOS]; IP_RECVTOS on macOS and FreeBSD).
// IP_RECVTOS enables it.
func (m ControlMessage) TOS() (TrafficClass, bool) {
	if len(m.Data) == 1 && m.is(sys.IPPROTO_IP, csock_CMSG_TOS) { // as it is received; to be sent it is an int
		return TrafficClass(m.Data[0]), true
	}
	v, ok := m.intIf(sys.IPPROTO_IP, csock_CMSG_TOS)
	return TrafficClass(v), ok
}

// TrafficClass returns the traffic class of an IPv6 packet ([IPV6_TCLASS]). IPV6_RECVTCLASS enables
// it.
func (m ControlMessage) TrafficClass() (TrafficClass, bool) {
	v, ok := m.intIf(sys.IPPROTO_IPV6, sys.IPV6_TCLASS)
	return TrafficClass(v), ok
}

// FlowInfo returns the flow label, in the low 20 bits, and the traffic class of an IPv6 packet.
// [IPV6_FLOWINFO] enables it.
func (m ControlMessage) FlowInfo() (uint32, bool) {
	b, ok := loadIf[[4]byte](&m, sys.IPPROTO_IPV6, sys.IPV6_FLOWINFO)
	return getBE32(&b), ok
}

// OriginalDst returns the address to which a packet was sent, before it was redirected
// ([IP_ORIGDSTADDR], [IPV6_ORIGDSTADDR]). IP_RECVORIGDSTADDR or IPV6_RECVORIGDSTADDR enables it.
func (m ControlMessage) OriginalDst() (SockAddr, bool) {
	if !m.is(sys.IPPROTO_IP, sys.IP_ORIGDSTADDR) && !m.is(sys.IPPROTO_IPV6, sys.IPV6_ORIGDSTADDR) {
		return SockAddr{}, false
	}
	return loadSockAddr(m.Data)
}

// loadSockAddr returns the IP address and port at the beginning of b.
func loadSockAddr(b []byte) (SockAddr, bool) {
	a := inetSockAddr(b)
	if !a.isIPv4() && !a.isIPv6() {
		return SockAddr{}, false
	}
	return a, true
}

// IPOptions returns the options in an IPv4 packet's header, in the format of RFC 791
// ([IP_RECVOPTS]), or in the form for sending them back ([IP_RETOPTS]). The options of the same
// names enable them. See ip(7).
func (m ControlMessage) IPOptions() ([]byte, bool) {
	if m.is(sys.IPPROTO_IP, sys.IP_RETOPTS) {
		return m.Data, true
	}
	return m.dataIf(sys.IPPROTO_IP, sys.IP_RECVOPTS)
}

// HopOptions returns an IPv6 packet's hop-by-hop options header ([IPV6_HOPOPTS]). IPV6_RECVHOPOPTS
// enables it. See RFC 8200, section 4.3.
func (m ControlMessage) HopOptions() ([]byte, bool) {
	return m.dataIf(sys.IPPROTO_IPV6, sys.IPV6_HOPOPTS)
}

// DstOptions returns an IPv6 packet's destination options header ([IPV6_DSTOPTS]). IPV6_RECVDSTOPTS
// enables it. There may be two, before and after a routing header. See RFC 8200, section 4.6.
func (m ControlMessage) DstOptions() ([]byte, bool) {
	return m.dataIf(sys.IPPROTO_IPV6, sys.IPV6_DSTOPTS)
}

// RoutingHeader returns an IPv6 packet's routing header ([IPV6_RTHDR]). IPV6_RECVRTHDR enables it.
// See RFC 8200, section 4.4.
func (m ControlMessage) RoutingHeader() ([]byte, bool) {
	return m.dataIf(sys.IPPROTO_IPV6, sys.IPV6_RTHDR)
}

// PathMTU returns the MTU of the path to an address ([IPV6_PATHMTU]). It arrives in a separate
// message after a packet was too large. IPV6_RECVPATHMTU enables it. See RFC 3542, section 11.3.
func (m ControlMessage) PathMTU() (IP6Mtuinfo, bool) {
	v, ok := loadIf[struct_ip6_mtuinfo](&m, sys.IPPROTO_IPV6, sys.IPV6_PATHMTU)
	if !ok {
		return IP6Mtuinfo{}, false
	}
	dst, _ := loadSockAddr(bytesOf(&v.ip6m_addr))
	return IP6Mtuinfo{dst, uint32(v.ip6m_mtu)}, true
}

// FragmentSize returns the length in bytes of the largest fragment of a packet. [IP_RECVFRAGSIZE]
// or [IPV6_RECVFRAGSIZE] enables it.
func (m ControlMessage) FragmentSize() (int, bool) {
	if n, ok := m.intIf(sys.IPPROTO_IPV6, sys.IPV6_RECVFRAGSIZE); ok {
		return n, true
	}
	return m.intIf(sys.IPPROTO_IP, sys.IP_RECVFRAGSIZE)
}

// Checksum returns the unfolded sum over a datagram that the network card or the kernel computed.
// [IP_CHECKSUM] enables it.
func (m ControlMessage) Checksum() (uint32, bool) {
	return loadIf[uint32](&m, sys.IPPROTO_IP, sys.IP_CHECKSUM)
}

// SegmentSize returns the size in bytes of the datagrams that were joined to the message received;
// the last one may be shorter. [UDP_GRO] enables it. See udp(7).
func (m ControlMessage) SegmentSize() (int, bool) { return m.intIf(sys.IPPROTO_UDP, sys.UDP_GRO) }

// Drops returns the number of packets that the socket has dropped so far, modulo 2^32.
// [SO_RXQ_OVFL] enables it.
func (m ControlMessage) Drops() (uint32, bool) {
	return loadIf[uint32](&m, sys.SOL_SOCKET, sys.SO_RXQ_OVFL)
}

// Mark returns a packet's mark ([SO_MARK]). SO_RCVMARK enables it.
func (m ControlMessage) Mark() (uint32, bool) {
	return loadIf[uint32](&m, sys.SOL_SOCKET, sys.SO_MARK)
}

// Priority returns a packet's priority ([SO_PRIORITY]). SO_RCVPRIORITY enables it.
func (m ControlMessage) Priority() (uint32, bool) {
	return loadIf[uint32](&m, sys.SOL_SOCKET, sys.SO_PRIORITY)
}

// InQueue returns the number of bytes that remain to be received from a stream ([TCP_CM_INQ],
// [SCM_INQ]). TCP_INQ or SO_INQ enables it. See tcp(7).
func (m ControlMessage) InQueue() (int, bool) {
	if n, ok := m.intIf(sys.IPPROTO_TCP, sys.TCP_CM_INQ); ok {
		return n, true
	}
	return m.intIf(sys.SOL_SOCKET, sys.SCM_INQ)
}

// TLSRecordType returns the type of the TLS record received (TLS_GET_RECORD_TYPE).
func (m ControlMessage) TLSRecordType() (uint8, bool) {
	return loadIf[uint8](&m, sys.SOL_TLS, sys.TLS_GET_RECORD_TYPE)
}

// NetlinkGroup returns the number of the multicast group of a netlink message. [NETLINK_PKTINFO]
// enables it. See netlink(7).
func (m ControlMessage) NetlinkGroup() (uint32, bool) {
	// All that a struct nl_pktinfo has.
	return loadIf[uint32](&m, sys.SOL_NETLINK, sys.NETLINK_PKTINFO)
}

// NetlinkNSID returns the id of the network namespace that a netlink message comes from.
// [NETLINK_LISTEN_ALL_NSID] enables it. Messages of the socket's own namespace have none.
func (m ControlMessage) NetlinkNSID() (int, bool) {
	return m.intIf(sys.SOL_NETLINK, sys.NETLINK_LISTEN_ALL_NSID)
}

// WiFiStatus reports whether the receiver acknowledged an 802.11 frame ([SCM_WIFI_STATUS]). It
// comes from the error queue. SO_WIFI_STATUS enables it.
func (m ControlMessage) WiFiStatus() (acked, ok bool) {
	v, ok := m.intIf(sys.SOL_SOCKET, sys.SCM_WIFI_STATUS)
	return v != 0, ok
}

// Timestamp returns a packet's time of arrival ([SCM_TIMESTAMP], [SCM_TIMESTAMPNS]). SO_TIMESTAMP
// or SO_TIMESTAMPNS enables it. See socket(7).
func (m ControlMessage) Timestamp() (time.Time, bool) {
	if m.Level != sys.SOL_SOCKET {
		return time.Time{}, false
	}
	// The system's own constants, and those of the kernel for both of its forms.
	switch t := m.Type; {
	case t == sys.SCM_TIMESTAMP, t == sys.SO_TIMESTAMP_OLD, t == sys.SO_TIMESTAMP_NEW:
		return loadTime[struct_timeval](m.Data, t == sys.SO_TIMESTAMP_NEW, time.Microsecond)
	case t == sys.SCM_TIMESTAMPNS, t == sys.SO_TIMESTAMPNS_OLD, t == sys.SO_TIMESTAMPNS_NEW:
		return loadTime[struct_timespec](m.Data, t == sys.SO_TIMESTAMPNS_NEW, time.Nanosecond)
	}
	return time.Time{}, false
}

// ScmTimestamping is a struct scm_timestamping: the three timestamps of an SCM_TIMESTAMPING
// message. One that was not taken is the zero Time.
type ScmTimestamping struct {
	Software time.Time // by the system's clock
	System   time.Time // the hardware's, converted to the system's clock; obsolete
	Hardware time.Time // by the network card's clock, which may have any epoch
}

// Timestamping returns when a packet arrived or, from the error queue, when it was sent
// ([SCM_TIMESTAMPING]). For a sent packet, [SockExtendedErr.Timestamp] of the accompanying message
// identifies the packet. SO_TIMESTAMPING enables it. See the kernel's
// Documentation/networking/timestamping.rst.
func (m ControlMessage) Timestamping() (ScmTimestamping, bool) {
	t := m.Type
	if m.Level != sys.SOL_SOCKET ||
		t != sys.SCM_TIMESTAMPING && t != sys.SO_TIMESTAMPING_OLD && t != sys.SO_TIMESTAMPING_NEW ||
		len(m.Data)%3 != 0 {
		return ScmTimestamping{}, false
	}
	n := len(m.Data) / 3
	var ts [3]time.Time
	for i := range ts {
		var ok bool
		if ts[i], ok = loadTime[struct_timespec](m.Data[i*n:(i+1)*n], t == sys.SO_TIMESTAMPING_NEW,
			time.Nanosecond); !ok {
			return ScmTimestamping{}, false
		}
	}
	return ScmTimestamping{ts[0], ts[1], ts[2]}, true
}

// loadTime returns a time from one of three layouts. The kernel's newer kinds of message have two
// int64_t; one of those cut in half may look like an older kind. Other kinds have the C library's
// struct, or two long as the kernel's older kinds. All zeros mean no time.
func loadTime[T struct_timeval | struct_timespec](
	b []byte, newer bool, unit time.Duration,
) (time.Time, bool) {
	var sec, part int64
	switch n := len(b); {
	case newer && n != 2*8:
		return time.Time{}, false
	case newer:
		v, _ := load[[2]int64](b)
		sec, part = v[0], v[1]
	case n == int(unsafe.Sizeof(*new(T))):
		v, _ := load[T](b)
		switch v := any(&v).(type) {
		case *struct_timeval:
			sec, part = int64(v.tv_sec), int64(v.tv_usec)
		case *struct_timespec:
			sec, part = int64(v.tv_sec), int64(v.tv_nsec)
		}
	case n == 2*sizeof_long:
		v, _ := load[[2]c_long](b)
		sec, part = int64(v[0]), int64(v[1])
	default:
		return time.Time{}, false
	}
	if sec == 0 && part == 0 {
		return time.Time{}, true
	}
	return time.Unix(sec, part*int64(unit)), true
}

// OptStats returns TCP's statistics at the time of a timestamp, as netlink attributes TCP_NLA_*
// ([SCM_TIMESTAMPING_OPT_STATS]). SOF_TIMESTAMPING_OPT_STATS enables it. Of a J1939 socket they are
// the session's, as J1939_NLA_*.
func (m ControlMessage) OptStats() ([]byte, bool) {
	return m.dataIf(sys.SOL_SOCKET, sys.SCM_TIMESTAMPING_OPT_STATS)
}

// TimestampPacketInfo returns the interface that received a packet, 0 if unknown, and the packet's
// length in bytes there ([SCM_TIMESTAMPING_PKTINFO]). SOF_TIMESTAMPING_OPT_PKTINFO enables it.
func (m ControlMessage) TimestampPacketInfo() (ifindex, length int, ok bool) {
	v, ok := loadIf[csock_ts_pktinfo](&m, sys.SOL_SOCKET, sys.SCM_TIMESTAMPING_PKTINFO)
	return int(v.if_index), int(v.pkt_length), ok
}
