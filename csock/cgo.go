//go:build cgo

// All of C that the package uses on every platform. Each name is C's own, from the platform's
// headers or the helpers. Exceptions: c_int is C's int, and csock_CLOEXEC is CSOCK_CLOEXEC, because
// a capital would export it. Only the files for one system import C as well: each such file adds a
// second to every build.

package csock

/*
#cgo noescape csock_ifindex
#cgo nocallback csock_ifindex
#cgo noescape csock_ifname
#cgo nocallback csock_ifname
#cgo noescape csock_connect_timeout
#cgo nocallback csock_connect_timeout
#cgo noescape csock_connected
#cgo nocallback csock_connected
#cgo noescape csock_poll_refuses
#cgo nocallback csock_poll_refuses
#cgo noescape csock_nonblocking
#cgo nocallback csock_nonblocking
#cgo noescape csock_set_nonblocking
#cgo nocallback csock_set_nonblocking
#cgo noescape csock_make_nonblocking
#cgo nocallback csock_make_nonblocking
#cgo noescape csock_set_cloexec
#cgo nocallback csock_set_cloexec
#cgo noescape csock_set_no_inherit
#cgo nocallback csock_set_no_inherit
#cgo noescape csock_sendfile
#cgo nocallback csock_sendfile
#cgo noescape csock_splice
#cgo nocallback csock_splice
#cgo noescape csock_tee
#cgo nocallback csock_tee
#cgo noescape csock_set_linger
#cgo nocallback csock_set_linger
#cgo noescape csock_get_linger
#cgo nocallback csock_get_linger
#cgo noescape csock_set_fprog
#cgo nocallback csock_set_fprog
#cgo noescape csock_get_fprog
#cgo nocallback csock_get_fprog
#cgo noescape csock_icmp6_filter_set
#cgo nocallback csock_icmp6_filter_set
#cgo noescape csock_icmp6_filter_passes
#cgo nocallback csock_icmp6_filter_passes
#cgo noescape csock_poll
#cgo nocallback csock_poll
#cgo noescape csock_ioctl
#cgo nocallback csock_ioctl
#cgo noescape csock_ioctl_value
#cgo nocallback csock_ioctl_value
#cgo noescape csock_ioctl_ifreq_data
#cgo nocallback csock_ioctl_ifreq_data
#cgo noescape csock_ifconf
#cgo nocallback csock_ifconf
#cgo windows LDFLAGS: -lws2_32 -lmswsock -liphlpapi
#cgo noescape csock_set_keepalive
#cgo nocallback csock_set_keepalive
#cgo noescape csock_tcp_ack_frequency
#cgo nocallback csock_tcp_ack_frequency
#cgo noescape csock_sendmmsg
#cgo nocallback csock_sendmmsg
#cgo noescape csock_recvmmsg
#cgo nocallback csock_recvmmsg
#cgo noescape csock_socket
#cgo nocallback csock_socket
#cgo noescape csock_socketpair
#cgo nocallback csock_socketpair
#cgo noescape csock_accept
#cgo nocallback csock_accept
#cgo noescape csock_dup
#cgo nocallback csock_dup
#cgo noescape csock_close
#cgo nocallback csock_close
#cgo noescape csock_bind
#cgo nocallback csock_bind
#cgo noescape csock_connect
#cgo nocallback csock_connect
#cgo noescape csock_listen
#cgo nocallback csock_listen
#cgo noescape csock_shutdown
#cgo nocallback csock_shutdown
#cgo noescape csock_getsockname
#cgo nocallback csock_getsockname
#cgo noescape csock_getpeername
#cgo nocallback csock_getpeername
#cgo noescape csock_send
#cgo nocallback csock_send
#cgo noescape csock_recv
#cgo nocallback csock_recv
#cgo noescape csock_sendto
#cgo nocallback csock_sendto
#cgo noescape csock_recvfrom
#cgo nocallback csock_recvfrom
#cgo noescape csock_sendmsg1
#cgo nocallback csock_sendmsg1
#cgo noescape csock_sendmsg8
#cgo nocallback csock_sendmsg8
#cgo noescape csock_recvmsg8
#cgo nocallback csock_recvmsg8
#cgo noescape csock_sendmsg64
#cgo nocallback csock_sendmsg64
#cgo noescape csock_recvmsg64
#cgo nocallback csock_recvmsg64
#cgo noescape csock_sendmsg_max
#cgo nocallback csock_sendmsg_max
#cgo noescape csock_recvmsg_max
#cgo nocallback csock_recvmsg_max
#cgo noescape csock_recvmsg1
#cgo nocallback csock_recvmsg1
#cgo noescape csock_set_int
#cgo nocallback csock_set_int
#cgo noescape csock_get_int
#cgo nocallback csock_get_int
#cgo noescape csock_set_u64
#cgo nocallback csock_set_u64
#cgo noescape csock_get_u64
#cgo nocallback csock_get_u64
#cgo noescape csock_set_timeval
#cgo nocallback csock_set_timeval
#cgo noescape csock_get_timeval
#cgo nocallback csock_get_timeval
#cgo noescape csock_set_bytes
#cgo nocallback csock_set_bytes
#cgo noescape csock_get_bytes
#cgo nocallback csock_get_bytes
#include "cgo_helpers.h"
*/
import "C"

type (
	c_int                 = C.int
	c_long                = C.long
	c_short               = C.short
	c_uint                = C.uint
	c_ulong               = C.ulong
	csock_fd              = C.csock_fd
	csock_poll_fd         = C.csock_poll_fd
	csock_group_interface = C.csock_group_interface
	csock_ulong           = C.csock_ulong
	gid_t                 = C.gid_t
	int64_t               = C.int64_t
	pid_t                 = C.pid_t
	sa_family_t           = C.sa_family_t
	size_t                = C.size_t
	socklen_t             = C.socklen_t
	ssize_t               = C.ssize_t
	uid_t                 = C.uid_t
	uint16_t              = C.uint16_t
	uint32_t              = C.uint32_t
	uint64_t              = C.uint64_t
	uint8_t               = C.uint8_t
)

type (
	struct_cmsghdr           = C.struct_cmsghdr
	csock_auxdata            = C.csock_auxdata
	struct_csock_buffer      = C.struct_csock_buffer
	struct_csock_buffers64   = C.struct_csock_buffers64
	struct_csock_buffers8    = C.struct_csock_buffers8
	struct_csock_buffers_max = C.struct_csock_buffers_max
	csock_extended_err       = C.csock_extended_err
	csock_in_pktinfo         = C.csock_in_pktinfo
	csock_mmsghdr            = C.csock_mmsghdr
	struct_csock_received    = C.struct_csock_received
	csock_sctp_initmsg       = C.csock_sctp_initmsg
	csock_sctp_nxtinfo       = C.csock_sctp_nxtinfo
	csock_sctp_prinfo        = C.csock_sctp_prinfo
	csock_sctp_rcvinfo       = C.csock_sctp_rcvinfo
	csock_sctp_sndinfo       = C.csock_sctp_sndinfo
	csock_sctp_sndrcvinfo    = C.csock_sctp_sndrcvinfo
	struct_csock_slot        = C.struct_csock_slot
	struct_csock_ts_info     = C.struct_csock_ts_info
	csock_ts_pktinfo         = C.csock_ts_pktinfo
	csock_ucred              = C.csock_ucred
	struct_group_req         = C.struct_group_req
	struct_group_source_req  = C.struct_group_source_req
	struct_icmp6_filter      = C.struct_icmp6_filter
	struct_ifreq             = C.struct_ifreq
	struct_in6_pktinfo       = C.struct_in6_pktinfo
	struct_iovec             = C.struct_iovec
	struct_ip6_mtuinfo       = C.struct_ip6_mtuinfo
	struct_ip_mreq_source    = C.struct_ip_mreq_source
	struct_ipv6_mreq         = C.struct_ipv6_mreq
	struct_pollfd            = C.struct_pollfd
	struct_sockaddr_in       = C.struct_sockaddr_in
	struct_sockaddr_in6      = C.struct_sockaddr_in6
	struct_sockaddr_storage  = C.struct_sockaddr_storage
	struct_sockaddr_un       = C.struct_sockaddr_un
	struct_tcp_info          = C.struct_tcp_info
	struct_timespec          = C.struct_timespec
	struct_timeval           = C.struct_timeval
)

const (
	sizeof_struct_cmsghdr          = C.sizeof_struct_cmsghdr
	sizeof_csock_extended_err      = C.sizeof_csock_extended_err
	sizeof_struct_ifreq            = C.sizeof_struct_ifreq
	sizeof_struct_in6_pktinfo      = C.sizeof_struct_in6_pktinfo
	sizeof_int                     = C.sizeof_int
	sizeof_long                    = C.sizeof_long
	sizeof_struct_sockaddr         = C.sizeof_struct_sockaddr
	sizeof_struct_sockaddr_in      = C.sizeof_struct_sockaddr_in
	sizeof_struct_sockaddr_in6     = C.sizeof_struct_sockaddr_in6
	sizeof_struct_sockaddr_storage = C.sizeof_struct_sockaddr_storage
)

const (
	csock_ABSTRACT_UNIX   = C.CSOCK_ABSTRACT_UNIX
	csock_CLOEXEC         = C.CSOCK_CLOEXEC
	csock_CMSG_ALIGN      = C.CSOCK_CMSG_ALIGN
	csock_CMSG_DATA       = C.CSOCK_CMSG_DATA
	csock_CMSG_TOS        = C.CSOCK_CMSG_TOS
	csock_CMSG_TOS_CHAR   = C.CSOCK_CMSG_TOS_CHAR
	csock_CMSG_TTL        = C.CSOCK_CMSG_TTL
	csock_EE_DATA         = C.CSOCK_EE_DATA
	csock_DISCARD         = C.CSOCK_DISCARD
	csock_ELACKS          = C.CSOCK_ELACKS
	csock_GR_GROUP        = C.CSOCK_GR_GROUP
	csock_GSR_GROUP       = C.CSOCK_GSR_GROUP
	csock_GSR_SOURCE      = C.CSOCK_GSR_SOURCE
	csock_IFREQ_VALUE     = C.CSOCK_IFREQ_VALUE
	csock_IPI_SPEC_DST    = C.CSOCK_IPI_SPEC_DST
	csock_MULTICAST_CHARS = C.CSOCK_MULTICAST_CHARS
	csock_MULTICAST_TTL   = C.CSOCK_MULTICAST_TTL
	csock_RECV_FLAGS      = C.CSOCK_RECV_FLAGS
	csock_NO_FD           = C.CSOCK_NO_FD
	csock_PAIR_DOMAIN     = C.CSOCK_PAIR_DOMAIN
	csock_SCOPE_ID        = C.CSOCK_SCOPE_ID
	csock_SA_LEN          = C.CSOCK_SA_LEN
	csock_SEND_FLAGS      = C.CSOCK_SEND_FLAGS
	csock_SDL_INDEX       = C.CSOCK_SDL_INDEX
	csock_SDL_TYPE        = C.CSOCK_SDL_TYPE
	csock_SDL_NLEN        = C.CSOCK_SDL_NLEN
	csock_SDL_ALEN        = C.CSOCK_SDL_ALEN
	csock_SDL_SLEN        = C.CSOCK_SDL_SLEN
	csock_SDL_DATA        = C.CSOCK_SDL_DATA
	csock_SDL_SIZE        = C.CSOCK_SDL_SIZE
	csock_HV_VM_ID        = C.CSOCK_HV_VM_ID
	csock_HV_SERVICE_ID   = C.CSOCK_HV_SERVICE_ID
	csock_HV_SIZE         = C.CSOCK_HV_SIZE
	csock_WHOLE_INTS      = C.CSOCK_WHOLE_INTS
)

var (
	csock_sockaddr_in  = C.csock_sockaddr_in
	csock_sockaddr_in6 = C.csock_sockaddr_in6
	csock_sockaddr_un  = C.csock_sockaddr_un
)

// The helpers. Each is inlined where it is called, and costs what the C call costs. No parameter's
// type points to pointers: cgo would check what they point to at each call.

func csock_ifindex(name *uint8_t) c_int                  { return C.csock_ifindex(name) }
func csock_ifname(ifindex uint32_t, name *uint8_t) c_int { return C.csock_ifname(ifindex, name) }

func csock_connect_timeout(
	fd csock_fd, sa *struct_sockaddr_storage, addrLen socklen_t, ns int64_t,
) c_int {
	return C.csock_connect_timeout(fd, sa, addrLen, ns)
}

func csock_connected(fd csock_fd) c_int                 { return C.csock_connected(fd) }
func csock_poll_refuses(fd csock_fd) c_int              { return C.csock_poll_refuses(fd) }
func csock_nonblocking(fd csock_fd) c_int               { return C.csock_nonblocking(fd) }
func csock_set_nonblocking(fd csock_fd, on c_int) c_int { return C.csock_set_nonblocking(fd, on) }
func csock_make_nonblocking(fd csock_fd) c_int          { return C.csock_make_nonblocking(fd) }
func csock_set_cloexec(fd csock_fd, on c_int) c_int     { return C.csock_set_cloexec(fd, on) }
func csock_set_no_inherit(fd csock_fd, on c_int) c_int  { return C.csock_set_no_inherit(fd, on) }

func csock_sendfile(fd, file csock_fd, offset int64_t, n size_t, raw, lent c_int) ssize_t {
	return C.csock_sendfile(fd, file, offset, n, raw, lent)
}

func csock_splice(from, to csock_fd, n size_t, flags, raw c_int) ssize_t {
	return C.csock_splice(from, to, n, flags, raw)
}

func csock_tee(from, to csock_fd, n size_t, flags c_int) ssize_t {
	return C.csock_tee(from, to, n, flags)
}

func csock_set_linger(fd csock_fd, level, name c_int, seconds int64_t) c_int {
	return C.csock_set_linger(fd, level, name, seconds)
}

func csock_get_linger(fd csock_fd, level, name c_int, seconds *int64_t) c_int {
	return C.csock_get_linger(fd, level, name, seconds)
}

func csock_set_fprog(fd csock_fd, level, name c_int, p *uint8_t, n size_t) c_int {
	return C.csock_set_fprog(fd, level, name, p, n)
}

func csock_get_fprog(fd csock_fd, level, name c_int, p *uint8_t, n size_t) ssize_t {
	return C.csock_get_fprog(fd, level, name, p, n)
}

func csock_icmp6_filter_set(f *struct_icmp6_filter, typ, pass c_int) {
	C.csock_icmp6_filter_set(f, typ, pass)
}

func csock_icmp6_filter_passes(f *struct_icmp6_filter, typ c_int) c_int {
	return C.csock_icmp6_filter_passes(f, typ)
}

func csock_poll(fds *struct_pollfd, n c_uint, ns int64_t) c_int { return C.csock_poll(fds, n, ns) }

func csock_ioctl(fd csock_fd, request c_ulong, arg *uint8_t) c_int {
	return C.csock_ioctl(fd, request, arg)
}

func csock_ioctl_value(fd csock_fd, request c_ulong, arg c_long) c_int {
	return C.csock_ioctl_value(fd, request, arg)
}

func csock_ioctl_ifreq_data(fd csock_fd, request c_ulong, name, data *uint8_t) c_int {
	return C.csock_ioctl_ifreq_data(fd, request, name, data)
}

func csock_ifconf(fd csock_fd, request c_ulong, p *uint8_t, n size_t) c_int {
	return C.csock_ifconf(fd, request, p, n)
}

func csock_tcp_ack_frequency(fd csock_fd, frequency c_int) c_int {
	return C.csock_tcp_ack_frequency(fd, frequency)
}

func csock_set_keepalive(fd csock_fd, timeMs, intervalMs int64_t) c_int {
	return C.csock_set_keepalive(fd, timeMs, intervalMs)
}

func csock_sendmmsg(fd csock_fd, messages *uint8_t, n c_uint, flags c_int) (r c_int) {
	C.csock_sendmmsg(fd, messages, n, flags, &r)
	return r
}

func csock_recvmmsg(
	fd csock_fd, messages *uint8_t, n, used c_uint, flags, own c_int, ns int64_t,
) (r c_int) {
	C.csock_recvmmsg(fd, messages, n, used, flags, own, ns, &r)
	return r
}

func csock_socket(domain, typ, protocol, raw c_int) (r csock_fd) {
	C.csock_socket(domain, typ, protocol, raw, &r)
	return r
}

func csock_socketpair(domain, typ, protocol, raw c_int, a, b *csock_fd) (r c_int) {
	C.csock_socketpair(domain, typ, protocol, raw, a, b, &r)
	return r
}

func csock_accept(
	fd csock_fd, sa *struct_sockaddr_storage, addrLen *socklen_t, flags, raw c_int,
) (r csock_fd) {
	C.csock_accept(fd, sa, addrLen, flags, raw, &r)
	return r
}

func csock_dup(fd csock_fd) csock_fd { return C.csock_dup(fd) }

func csock_close(fd csock_fd) (r c_int) {
	C.csock_close(fd, &r)
	return r
}

func csock_bind(fd csock_fd, sa *struct_sockaddr_storage, addrLen socklen_t) (r c_int) {
	C.csock_bind(fd, sa, addrLen, &r)
	return r
}

func csock_connect(fd csock_fd, sa *struct_sockaddr_storage, addrLen socklen_t) (r c_int) {
	C.csock_connect(fd, sa, addrLen, &r)
	return r
}

func csock_listen(fd csock_fd, backlog c_int) c_int { return C.csock_listen(fd, backlog) }
func csock_shutdown(fd csock_fd, how c_int) c_int   { return C.csock_shutdown(fd, how) }

func csock_getsockname(fd csock_fd, sa *struct_sockaddr_storage, addrLen *socklen_t) (r c_int) {
	C.csock_getsockname(fd, sa, addrLen, &r)
	return r
}

func csock_getpeername(fd csock_fd, sa *struct_sockaddr_storage, addrLen *socklen_t) (r c_int) {
	C.csock_getpeername(fd, sa, addrLen, &r)
	return r
}

func csock_send(fd csock_fd, p *uint8_t, n size_t, flags c_int) (r ssize_t) {
	C.csock_send(fd, p, n, flags, &r)
	return r
}

func csock_recv(fd csock_fd, p *uint8_t, n size_t, flags c_int) (r ssize_t) {
	C.csock_recv(fd, p, n, flags, &r)
	return r
}

func csock_sendto(
	fd csock_fd, p *uint8_t, n size_t, flags c_int, sa *struct_sockaddr_storage, addrLen socklen_t,
) (r ssize_t) {
	C.csock_sendto(fd, p, n, flags, sa, addrLen, &r)
	return r
}

func csock_recvfrom(
	fd csock_fd, p *uint8_t, n size_t, flags c_int, sa *struct_sockaddr_storage, addrLen *socklen_t,
) (r ssize_t) {
	C.csock_recvfrom(fd, p, n, flags, sa, addrLen, &r)
	return r
}

func csock_sendmsg1(
	fd csock_fd, sa *struct_sockaddr_storage, addrLen socklen_t, control *uint8_t,
	controlLen size_t, flags c_int, p *uint8_t, n size_t,
) (r ssize_t) {
	C.csock_sendmsg1(fd, sa, addrLen, control, controlLen, flags, p, n, &r)
	return r
}

func csock_sendmsg8(
	fd csock_fd, sa *struct_sockaddr_storage, addrLen socklen_t, control *uint8_t,
	controlLen size_t, flags c_int, count size_t, b *struct_csock_buffers8,
) (r ssize_t) {
	C.csock_sendmsg8(fd, sa, addrLen, control, controlLen, flags, count, *b, &r)
	return r
}

func csock_recvmsg8(
	fd csock_fd, sa *struct_sockaddr_storage, control *uint8_t, flags c_int,
	out *struct_csock_received, count size_t, b *struct_csock_buffers8,
) (r ssize_t) {
	C.csock_recvmsg8(fd, sa, control, flags, out, count, *b, &r)
	return r
}

func csock_sendmsg64(
	fd csock_fd, sa *struct_sockaddr_storage, addrLen socklen_t, control *uint8_t,
	controlLen size_t, flags c_int, count size_t, b *struct_csock_buffers64,
) (r ssize_t) {
	C.csock_sendmsg64(fd, sa, addrLen, control, controlLen, flags, count, *b, &r)
	return r
}

func csock_recvmsg64(
	fd csock_fd, sa *struct_sockaddr_storage, control *uint8_t, flags c_int,
	out *struct_csock_received, count size_t, b *struct_csock_buffers64,
) (r ssize_t) {
	C.csock_recvmsg64(fd, sa, control, flags, out, count, *b, &r)
	return r
}

func csock_sendmsg_max(
	fd csock_fd, sa *struct_sockaddr_storage, addrLen socklen_t, control *uint8_t,
	controlLen size_t, flags c_int, count size_t, b *struct_csock_buffers_max,
) (r ssize_t) {
	C.csock_sendmsg_max(fd, sa, addrLen, control, controlLen, flags, count, *b, &r)
	return r
}

func csock_recvmsg_max(
	fd csock_fd, sa *struct_sockaddr_storage, control *uint8_t, flags c_int,
	out *struct_csock_received, count size_t, b *struct_csock_buffers_max,
) (r ssize_t) {
	C.csock_recvmsg_max(fd, sa, control, flags, out, count, *b, &r)
	return r
}

func csock_recvmsg1(
	fd csock_fd, sa *struct_sockaddr_storage, control *uint8_t, flags c_int,
	out *struct_csock_received, p *uint8_t, n size_t,
) (r ssize_t) {
	C.csock_recvmsg1(fd, sa, control, flags, out, p, n, &r)
	return r
}

func csock_set_int(fd csock_fd, level, name, value c_int) (r c_int) {
	C.csock_set_int(fd, level, name, value, &r)
	return r
}

func csock_get_int(fd csock_fd, level, name c_int) (r int64_t) {
	C.csock_get_int(fd, level, name, &r)
	return r
}

func csock_set_u64(fd csock_fd, level, name c_int, value uint64_t) c_int {
	return C.csock_set_u64(fd, level, name, value)
}

func csock_get_u64(fd csock_fd, level, name c_int, value *uint64_t) c_int {
	return C.csock_get_u64(fd, level, name, value)
}

func csock_set_timeval(fd csock_fd, level, name c_int, us int64_t) c_int {
	return C.csock_set_timeval(fd, level, name, us)
}

func csock_get_timeval(fd csock_fd, level, name c_int, us *int64_t) c_int {
	return C.csock_get_timeval(fd, level, name, us)
}

func csock_set_bytes(fd csock_fd, level, name c_int, p *uint8_t, n size_t) c_int {
	return C.csock_set_bytes(fd, level, name, p, n)
}

func csock_get_bytes(fd csock_fd, level, name c_int, p *uint8_t, n size_t) ssize_t {
	return C.csock_get_bytes(fd, level, name, p, n)
}
