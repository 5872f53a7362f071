// The helpers through which every system call of the package goes.
//
// A helper makes the one system call that its name says, with the platform's
// own structs, and returns the result or minus errno. It keeps no state, holds on to no
// pointer after it returns, allocates nothing, and never calls back into Go.

#ifndef CSOCK_CGO_HELPERS_H
#define CSOCK_CGO_HELPERS_H

#include "internal/sys/platform.h"

#ifdef __linux__
#include "cgo_structs_linux.h"
#else
#include "cgo_structs_other.h"
#endif
#include "cgo_layout.h"

// A socket, or minus errno: an int here; an intptr_t on Windows, for a SOCKET.
#ifdef _WIN32
typedef intptr_t csock_fd;
#else
typedef int csock_fd;
#endif
#define CSOCK_BAD_FD (-1)

// The result of a helper that made no call, since the platform lacks it or one of its arguments: no
// errno of any system.
#define CSOCK_ELACKS 0x10000

// A message's buffers, by value: cgo treats pointers in an argument like arguments, which need no
// pinning.
struct csock_buffer { // a struct iovec, whose pointer cgo would check
	uint8_t *p;
	size_t n;
};
_Static_assert(sizeof(struct csock_buffer) == sizeof(struct iovec) &&
		       offsetof(struct csock_buffer, p) == offsetof(struct iovec, iov_base) &&
		       offsetof(struct csock_buffer, n) == offsetof(struct iovec, iov_len),
	       "csock_buffer is not laid out as iovec is");
struct csock_buffers8 {
	struct csock_buffer v[8];
};
struct csock_buffers64 {
	struct csock_buffer v[64];
};
#define CSOCK_BUFFERS_MAX 1024
#if defined(IOV_MAX) && IOV_MAX < CSOCK_BUFFERS_MAX
#error "CSOCK_BUFFERS_MAX is more than a call takes"
#endif
struct csock_buffers_max {
	struct csock_buffer v[CSOCK_BUFFERS_MAX];
};

// Whether IP_MULTICAST_TTL and IP_MULTICAST_LOOP are an unsigned char, as on macOS and the BSDs,
// and the default of the first.
#ifdef SIN6_LEN
enum { CSOCK_MULTICAST_CHARS = 1, CSOCK_MULTICAST_TTL = IP_DEFAULT_MULTICAST_TTL };
#else
enum { CSOCK_MULTICAST_CHARS = 0, CSOCK_MULTICAST_TTL = 1 };
#endif

// The types of struct pollfd's fd, and of struct group_req's gr_interface; an fd that poll ignores.
#ifdef _WIN32
typedef SOCKET csock_poll_fd;
typedef ULONG csock_group_interface;
#define CSOCK_NO_FD INVALID_SOCKET
#else
typedef int csock_poll_fd;
typedef uint32_t csock_group_interface;
enum { CSOCK_NO_FD = -1 };
#endif

// The type of SO_MAX_PACING_RATE. FreeBSD would take the low half of a longer one.
#ifdef __FreeBSD__
typedef uint32_t csock_ulong;
#else
typedef unsigned long csock_ulong;
#endif

// Whether IP_TOS as a control message to send is an unsigned char: FreeBSD takes nothing else.
#ifdef __FreeBSD__
enum { CSOCK_CMSG_TOS_CHAR = 1 };
#else
enum { CSOCK_CMSG_TOS_CHAR = 0 };
#endif

// The family in which csock itself makes a pair of connected streams.
#ifdef _WIN32
#define CSOCK_PAIR_DOMAIN AF_INET
#else
#define CSOCK_PAIR_DOMAIN AF_UNIX
#endif

// Whether a Unix address can be a name outside the file system.
#ifdef __linux__
#define CSOCK_ABSTRACT_UNIX 1
#else
#define CSOCK_ABSTRACT_UNIX 0
#endif

// Whether the kernel returns Unix addresses that are longer than struct sockaddr_un.
#ifdef __linux__
#define CSOCK_LONG_UNIX 1
#else
#define CSOCK_LONG_UNIX 0
#endif

// Where an address has a length field, and where there is none.
#ifdef SIN6_LEN // RFC 3493's macro for a length field: macOS and the BSDs
enum { CSOCK_SA_LEN = offsetof(struct sockaddr, sa_len) };
#else
enum { CSOCK_SA_LEN = -1 };
#endif

// Where the fields of a struct sockaddr_dl are, whose data may be longer than its own field. NetBSD
// has some in a struct of their own.
#ifdef SIN6_LEN
enum {
	CSOCK_SDL_INDEX = offsetof(struct sockaddr_dl, sdl_index),
	CSOCK_SDL_TYPE = offsetof(struct sockaddr_dl, sdl_type),
	CSOCK_SDL_NLEN = offsetof(struct sockaddr_dl, sdl_nlen),
	CSOCK_SDL_ALEN = offsetof(struct sockaddr_dl, sdl_alen),
	CSOCK_SDL_SLEN = offsetof(struct sockaddr_dl, sdl_slen),
	CSOCK_SDL_DATA = offsetof(struct sockaddr_dl, sdl_data),
	CSOCK_SDL_SIZE = sizeof(struct sockaddr_dl),
};
#else
enum {
	CSOCK_SDL_INDEX,
	CSOCK_SDL_TYPE,
	CSOCK_SDL_NLEN,
	CSOCK_SDL_ALEN,
	CSOCK_SDL_SLEN,
	CSOCK_SDL_DATA,
	CSOCK_SDL_SIZE = 0,
};
#endif

// Where the fields of Windows' SOCKADDR_HV are. FreeBSD's AF_HYPERV has other addresses.
#ifdef HVSOCKET_CONNECT_TIMEOUT
enum {
	CSOCK_HV_VM_ID = offsetof(SOCKADDR_HV, VmId),
	CSOCK_HV_SERVICE_ID = offsetof(SOCKADDR_HV, ServiceId),
	CSOCK_HV_SIZE = sizeof(SOCKADDR_HV),
};
#else
enum { CSOCK_HV_VM_ID, CSOCK_HV_SERVICE_ID, CSOCK_HV_SIZE = 0 };
#endif

// Whether the payloads of the kernel's control messages are whole ints, so that a shorter one was
// cut. On other systems some are chars.
#ifdef __linux__
#define CSOCK_WHOLE_INTS 1
#else
#define CSOCK_WHOLE_INTS 0
#endif

// An address of each family with only its family (and, where there is one, its length field) filled
// in.
extern const struct sockaddr_in csock_sockaddr_in;
extern const struct sockaddr_in6 csock_sockaddr_in6;
extern const struct sockaddr_un csock_sockaddr_un;

// What recvmsg returns besides the number of bytes.
struct csock_received {
	socklen_t addr_len;
	size_t control_len;
	int flags;
};

// name has room for IF_NAMESIZE bytes.
int csock_ifindex(const uint8_t *name);
int csock_ifname(uint32_t ifindex, uint8_t *name);

// The flags that a socket made without raw adds to each call that sends or receives.
#ifdef MSG_NOSIGNAL
#define CSOCK_SEND_FLAGS MSG_NOSIGNAL
#else
#define CSOCK_SEND_FLAGS 0
#endif
#ifdef MSG_CMSG_CLOEXEC
#define CSOCK_RECV_FLAGS MSG_CMSG_CLOEXEC
#else
#define CSOCK_RECV_FLAGS 0
#endif

// The flag by which recv discards bytes of a TCP stream.
#ifdef __linux__
#define CSOCK_DISCARD MSG_TRUNC
#else
#define CSOCK_DISCARD CSOCK_LACKS
#endif

// The flags that a call that makes a socket adds to its type or flags.
#ifdef SOCK_CLOEXEC
#define CSOCK_CLOEXEC SOCK_CLOEXEC
#else
#define CSOCK_CLOEXEC 0
#endif

int csock_connect_timeout(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, int64_t ns);
int csock_connected(csock_fd fd);    // 0 once the connection is established, -EAGAIN before
int csock_poll_refuses(csock_fd fd); // the error of registering fd with the kind of poller that Go has
int csock_nonblocking(csock_fd fd);
int csock_set_nonblocking(csock_fd fd, int on);
int csock_make_nonblocking(csock_fd fd); // returns whether it was
int csock_set_cloexec(csock_fd fd, int on);
int csock_set_no_inherit(csock_fd fd, int on);

// Bytes in and out.
// lent: the descriptor has another owner. On Windows the call then sends what the socket takes at
// once. A negative offset is the file's own, which the call advances.
ssize_t csock_sendfile(csock_fd fd, csock_fd file, int64_t offset, size_t n, int raw, int lent);
ssize_t csock_splice(csock_fd from, csock_fd to, size_t n, int flags, int raw);
ssize_t csock_tee(csock_fd from, csock_fd to, size_t n, int flags);

// Options whose values are structs with pointers, or more than bytes. The most frequent ones are in
// cgo_calls.h.

// Seconds, as the unsigned int that the kernel makes of l_linger; negative: off.
int csock_set_linger(csock_fd fd, int level, int name, int64_t seconds);
int csock_get_linger(csock_fd fd, int level, int name, int64_t *seconds);
// p is n bytes of struct sock_filter, or room for them.
int csock_set_fprog(csock_fd fd, int level, int name, const uint8_t *p, size_t n);
ssize_t csock_get_fprog(csock_fd fd, int level, int name, uint8_t *p, size_t n);
// The ICMPv6 types that pass a filter. A negative type means all of them.
void csock_icmp6_filter_set(struct icmp6_filter *f, int type, int pass);
int csock_icmp6_filter_passes(const struct icmp6_filter *f, int type);

// poll(2) until ns nanoseconds have passed (negative: no limit), even if signals interrupt it.
int csock_poll(struct pollfd *fds, unsigned int n, int64_t ns);

// ioctl(2) with memory, with a number, and with a struct ifreq that points to data. name has
// IF_NAMESIZE bytes.
int csock_ioctl(csock_fd fd, unsigned long request, uint8_t *arg);
int csock_ioctl_value(csock_fd fd, unsigned long request, long arg);
int csock_ioctl_ifreq_data(csock_fd fd, unsigned long request, const uint8_t *name, uint8_t *data);
// SIOCGIFCONF. Returns how many of n bytes at p were filled.
int csock_ifconf(csock_fd fd, unsigned long request, uint8_t *p, size_t n);

// Whether name is a lacked one, or flags that include one: names.h gives them a sixteenth of
// the negative numbers. MSG_FASTOPEN, which Linux has, may be ORed to one.
static inline int csock_lacks(int name)
{
	return ((unsigned int)name & 0xd0000000U) == (unsigned int)CSOCK_LACKS;
}

#ifdef _WIN32
#include "cgo_calls_windows.h"
#else
#include "cgo_calls.h"
#endif
#include "cgo_messages.h"

#ifdef __linux__
// A pipe through which a copy goes, and the steps of the copy: into the empty pipe, and out of it. They
// store their results in *r, as the helpers in cgo_calls.h do.
struct csock_pipe {
	int r, w;
	size_t held;   // bytes that a fill has moved in and no drain out
	uint64_t left; // bytes that fills may still move in
};
enum { CSOCK_PIPE_SIZE = 1 << 20 };   // the most that an unprivileged process may set
int csock_pipe(struct csock_pipe *p); // non-blocking, with less room if the system allows no more
ssize_t csock_pipe_read(struct csock_pipe *p, uint8_t *to, size_t n);

static inline void csock_pipe_fill(struct csock_pipe *p, csock_fd from, ssize_t *r)
{
	const size_t n = p->left < CSOCK_PIPE_SIZE ? (size_t)p->left : CSOCK_PIPE_SIZE;
	*r = n == 0 ? 0 : csock_result(splice(from, NULL, p->w, NULL, n, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
	if (*r > 0) {
		p->held = (size_t)*r;
		p->left -= (uint64_t)*r;
	}
}

static inline void csock_pipe_drain(struct csock_pipe *p, csock_fd to, int raw, ssize_t *r)
{
	const int flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
	*r = raw ? csock_result(splice(p->r, NULL, to, NULL, p->held, flags))
		 : csock_splice(p->r, to, p->held, flags, raw);
	if (*r > 0)
		p->held -= (size_t)*r;
}

// Takes such steps until one fails, the source ends or there were sixteen. *r is the last one's result:
// that of a drain if the pipe holds bytes. *moved is the number of bytes that went out.
static inline void csock_pipe_relay(struct csock_pipe *p, csock_fd from, csock_fd to, int raw, size_t *moved,
				    ssize_t *r)
{
	*r = 1;
	*moved = 0;
	for (int i = 0; i < 16 && *r > 0; i++) {
		if (p->held == 0) {
			csock_pipe_fill(p, from, r);
			continue;
		}
		csock_pipe_drain(p, to, raw, r);
		if (*r > 0)
			*moved += (size_t)*r;
	}
}
#endif

// Options of transports. Go does not see the bit fields of their structs, so they are passed as
// scalars.
int csock_tcp_ack_frequency(csock_fd fd, int frequency);
int csock_set_keepalive(csock_fd fd, int64_t time_ms, int64_t interval_ms); // Windows' SIO_KEEPALIVE_VALS
#ifdef __linux__
struct csock_tcp_info_bits {
	uint8_t snd_wscale, rcv_wscale, app_limited, fastopen_fail;
	uint32_t accecn;
};
void csock_tcp_info_bits(const struct csock_tcp_info *in, struct csock_tcp_info_bits *out);
void csock_tcp_ao_add_bits(struct csock_tcp_ao_add *out, int set_current, int set_rnext);
void csock_tcp_ao_del_bits(struct csock_tcp_ao_del *out, int set_current, int set_rnext, int del_async);
void csock_tcp_ao_info_put_bits(struct csock_tcp_ao_info_opt *out, int set_current, int set_rnext, int ao_required,
				int set_counters, int accept_icmps);
void csock_tcp_ao_info_get_bits(const struct csock_tcp_ao_info_opt *in, int *set_current, int *set_rnext,
				int *ao_required, int *accept_icmps);
void csock_tcp_ao_key_put_bits(struct csock_tcp_ao_getsockopt *out, int is_current, int is_rnext, int get_all);
void csock_tcp_ao_key_get_bits(const struct csock_tcp_ao_getsockopt *in, int *is_current, int *is_rnext);
int csock_mptcp_full_info(csock_fd fd, struct csock_mptcp_full_info *info, struct csock_mptcp_subflow_info *subflows,
			  struct csock_tcp_info *tcp, uint32_t n);
#endif

// Batches.

// The platform's mmsghdr. Where there are no mmsg calls, a struct of the same name replaces it, and
// a batch is a loop of sendmsg or recvmsg. CSOCK_NO_MMSG selects that too, to test it. Headers that
// have the calls have MSG_WAITFORONE.
#if defined(MSG_WAITFORONE) && !defined(CSOCK_NO_MMSG)
#define CSOCK_MMSG 1
// Linux ignores the pointers of a message without an address or control messages; the BSDs refuse
// them. CSOCK_MMSG_COPIES may be defined on Linux too, to test that path.
#ifndef __linux__
#define CSOCK_MMSG_COPIES 1
#endif
typedef struct mmsghdr csock_mmsghdr;
#else
typedef struct {
	struct msghdr msg_hdr;
	unsigned int msg_len;
} csock_mmsghdr;
#endif

// What a message of a batch points to. msg_name always points to addr and msg_control to the
// message's room for control messages; their lengths are 0 if there is nothing. msg_iov points to
// the buffers: how much of each is to be sent or was received. That is iov, if no message of the
// batch may have more than one.
struct csock_slot {
	struct iovec iov;
	size_t room;
	size_t *rooms;       // the whole lengths of the buffers: &room for iov
	size_t control_room; // the same for control messages
	struct sockaddr_storage addr;
};

// Each takes an array of n csock_mmsghdr, and returns the number of messages sent or received. The
// array is passed as bytes, because cgo would otherwise walk all its pointers on each call. A
// receiving call first resets the first used messages; the others are fresh. own are those of flags
// that the caller did not request and must not see in msg_flags. ns is recvmmsg's timeout, negative
// for none.
void csock_sendmmsg(csock_fd fd, uint8_t *messages, unsigned int n, int flags, int *r);
void csock_recvmmsg(csock_fd fd, uint8_t *messages, unsigned int n, unsigned int used, int flags, int own, int64_t ns,
		    int *r);

#endif
