// The most frequent helpers, with the contracts of cgo_helpers.h. They are here and not in
// cgo_helpers.c so that the compiler inlines them into cgo's own wrapper. On some processors each
// return after a system call mispredicts: the kernel has overwritten the return stack buffer. That
// costs some nanoseconds a frame.
//
// Those that programs call in loops have no result, but store it in *r. cgo's wrapper of a function
// with a result asks Go's runtime where the goroutine's stack is, before and after the call. That
// costs 2 or 3% of an option.

#ifndef CSOCK_CGO_CALLS_H
#define CSOCK_CGO_CALLS_H

#include <fcntl.h>
#include <unistd.h>

// No header names it. A signal that ends Linux's recvmmsg(2) after a message leaves it to the
// socket's next call.
enum { CSOCK_ERESTARTSYS = 512 };

static inline ssize_t csock_result(ssize_t r)
{
	if (r >= 0)
		return r;
	return errno == CSOCK_ERESTARTSYS ? -EINTR : -errno;
}

// The room for an address that the kernel is offered, and the length that it has written. For an
// address that did not fit it returns the whole length. Linux returns a path that fills sun_path
// with one zero byte more than struct sockaddr_un has, at a length that no call takes.
static inline void csock_clamp(const struct sockaddr_storage *sa, socklen_t *len)
{
	if (*len > sizeof(*sa))
		*len = sizeof(*sa);
	if (CSOCK_LONG_UNIX && *len > sizeof(struct sockaddr_un) && sa->ss_family == AF_UNIX)
		*len = sizeof(struct sockaddr_un);
}

// Making sockets. raw: socket(2) and accept(2) as they are; else close-on-exec and no SIGPIPE.

// Returns fd with the flags that the kernel cannot set in the call that makes it, or minus errno
// after closing it.
static inline int csock_tamed(int fd)
{
	int err = 0;
#ifndef SOCK_CLOEXEC
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		err = -errno;
#endif
#ifdef SO_NOSIGPIPE
	int on = 1;
	if (err == 0 && setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on)) < 0)
		err = -errno;
#endif
	if (err < 0) {
		close(fd);
		return err;
	}
	return fd;
}

static inline void csock_socket(int domain, int type, int protocol, int raw, csock_fd *r)
{
	if (csock_lacks(domain) || csock_lacks(type) || csock_lacks(protocol)) {
		*r = -CSOCK_ELACKS;
		return;
	}
	*r = (int)csock_result(socket(domain, raw ? type : type | CSOCK_CLOEXEC, protocol));
	if (*r >= 0 && !raw)
		*r = csock_tamed(*r);
}

static inline int csock_pair(int domain, int type, int protocol, int raw, csock_fd *a, csock_fd *b)
{
	int pair[2];
	if (csock_lacks(domain) || csock_lacks(type) || csock_lacks(protocol))
		return -CSOCK_ELACKS;
	if (socketpair(domain, raw ? type : type | CSOCK_CLOEXEC, protocol, pair) < 0)
		return -errno;
	if (!raw) {
		int err = csock_tamed(pair[0]);
		if (err < 0) {
			close(pair[1]);
			return err;
		}
		err = csock_tamed(pair[1]);
		if (err < 0) {
			close(pair[0]);
			return err;
		}
	}
	*a = pair[0];
	*b = pair[1];
	return 0;
}

static inline void csock_socketpair(int domain, int type, int protocol, int raw, csock_fd *a, csock_fd *b, int *r)
{
	*r = csock_pair(domain, type, protocol, raw, a, b);
}

static inline int csock_accept_call(int fd, struct sockaddr *sa, socklen_t *len, int flags, int raw)
{
#ifdef SOCK_CLOEXEC
	if (!raw || flags != 0)
		return accept4(fd, sa, len, flags);
#endif
	(void)flags, (void)raw;
	return accept(fd, sa, len);
}

static inline csock_fd csock_accepted(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int flags, int raw)
{
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
	*len = sizeof(*sa);
	int r = csock_accept_call(fd, (struct sockaddr *)sa, len, flags, raw);
	if (r < 0 && errno == ECONNABORTED) {
		// If the name is requested, Linux drops a connection whose peer has none, such as AF_ALG's.
		// For IP the error keeps its usual meaning.
		struct sockaddr_storage own;
		socklen_t own_len = sizeof(own);
		if (getsockname(fd, (struct sockaddr *)&own, &own_len) == 0 &&
		    (own.ss_family == AF_INET || own.ss_family == AF_INET6))
			return -ECONNABORTED;
		*len = 0;
		r = csock_accept_call(fd, NULL, NULL, flags, raw);
	}
	if (r < 0)
		return -errno;
	csock_clamp(sa, len);
	return raw ? r : csock_tamed(r);
}

// *len is 0 if the peer's name is unavailable.
static inline void csock_accept(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int flags, int raw,
				csock_fd *r)
{
	*r = csock_accepted(fd, sa, len, flags, raw);
}

static inline csock_fd csock_dup(csock_fd fd)
{
	return (csock_fd)csock_result(fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

static inline void csock_close(csock_fd fd, int *r)
{
	// The descriptor is gone after EINTR too: trying again could close another's.
	*r = close(fd) < 0 && errno != EINTR ? -errno : 0;
}

static inline void csock_bind(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, int *r)
{
	*r = (int)csock_result(bind(fd, (const struct sockaddr *)sa, len));
}

static inline void csock_connect(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, int *r)
{
	*r = (int)csock_result(connect(fd, (const struct sockaddr *)sa, len));
}

static inline int csock_listen(csock_fd fd, int backlog)
{
	return (int)csock_result(listen(fd, backlog));
}

static inline int csock_shutdown(csock_fd fd, int how)
{
	return (int)csock_result(shutdown(fd, how));
}

static inline void csock_getsockname(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int *r)
{
	*len = sizeof(*sa);
	*r = (int)csock_result(getsockname(fd, (struct sockaddr *)sa, len));
	if (*r == 0)
		csock_clamp(sa, len);
}

static inline void csock_getpeername(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int *r)
{
	*len = sizeof(*sa);
	*r = (int)csock_result(getpeername(fd, (struct sockaddr *)sa, len));
	if (*r == 0)
		csock_clamp(sa, len);
}

// Bytes in and out. len is 0 if there is no address to send to.

static inline void csock_send(csock_fd fd, const uint8_t *p, size_t n, int flags, ssize_t *r)
{
	*r = csock_lacks(flags) ? -CSOCK_ELACKS : csock_result(send(fd, p, n, flags));
}

static inline void csock_recv(csock_fd fd, uint8_t *p, size_t n, int flags, ssize_t *r)
{
	*r = csock_lacks(flags) ? -CSOCK_ELACKS : csock_result(recv(fd, p, n, flags));
}

static inline void csock_sendto(csock_fd fd, const uint8_t *p, size_t n, int flags, const struct sockaddr_storage *sa,
				socklen_t len, ssize_t *r)
{
	const struct sockaddr *to = len ? (const struct sockaddr *)sa : NULL;
	*r = csock_lacks(flags) ? -CSOCK_ELACKS : csock_result(sendto(fd, p, n, flags, to, len));
}

static inline void csock_recvfrom(csock_fd fd, uint8_t *p, size_t n, int flags, struct sockaddr_storage *sa,
				  socklen_t *len, ssize_t *r)
{
	*len = sizeof(*sa);
	*r = csock_lacks(flags) ? -CSOCK_ELACKS : csock_result(recvfrom(fd, p, n, flags, (struct sockaddr *)sa, len));
	if (*r >= 0)
		csock_clamp(sa, len);
}

// Messages, for cgo_messages.h.

#define CSOCK_DONTWAIT MSG_DONTWAIT

static inline ssize_t csock_sendmsghdr(csock_fd fd, const struct msghdr *m, int flags)
{
	return csock_result(sendmsg(fd, m, flags));
}

static inline ssize_t csock_recvmsghdr(csock_fd fd, struct msghdr *m, int flags)
{
	return csock_result(recvmsg(fd, m, flags));
}

// Options. An int is returned as its 32 bits, so that no value looks like an error.

static inline void csock_set_int(csock_fd fd, int level, int name, int value, int *r)
{
	*r = (int)csock_result(setsockopt(fd, level, name, &value, sizeof(value)));
}

static inline void csock_get_int(csock_fd fd, int level, int name, int64_t *r)
{
	int value = 0;
	socklen_t len = sizeof(value);
	unsigned char c;
	if (getsockopt(fd, level, name, &value, &len) < 0) {
		*r = -errno;
	} else if (len == 1) { // some systems return IP options as a char
		memcpy(&c, &value, 1);
		*r = c;
	} else {
		*r = (uint32_t)value;
	}
}

static inline int csock_set_u64(csock_fd fd, int level, int name, uint64_t value)
{
	return (int)csock_result(setsockopt(fd, level, name, &value, sizeof(value)));
}

static inline int csock_get_u64(csock_fd fd, int level, int name, uint64_t *value)
{
	socklen_t len = sizeof(*value);
	if (getsockopt(fd, level, name, value, &len) < 0)
		return -errno;
	if (len == sizeof(uint32_t)) { // an unsigned long of a 32-bit system
		uint32_t half;
		memcpy(&half, value, sizeof(half));
		*value = half;
	}
	return 0;
}

static inline int csock_set_timeval(csock_fd fd, int level, int name, int64_t us)
{
	struct timeval t;
	t.tv_sec = us / 1000000;
	t.tv_usec = us % 1000000;
	if (t.tv_sec != us / 1000000)
		return -EDOM;
	return (int)csock_result(setsockopt(fd, level, name, &t, sizeof(t)));
}

static inline int csock_get_timeval(csock_fd fd, int level, int name, int64_t *us)
{
	struct timeval t = {0};
	socklen_t len = sizeof(t);
	if (getsockopt(fd, level, name, &t, &len) < 0)
		return -errno;
	const int64_t sec = t.tv_sec, most = INT64_MAX / 1000000 - 1;
	*us = (sec > most ? most : sec < -most ? -most : sec) * 1000000 + t.tv_usec;
	return 0;
}

static inline int csock_set_bytes(csock_fd fd, int level, int name, const uint8_t *p, size_t n)
{
	if (n > INT_MAX)
		return -EINVAL;
	return (int)csock_result(setsockopt(fd, level, name, p, (socklen_t)n));
}

static inline ssize_t csock_get_bytes(csock_fd fd, int level, int name, uint8_t *p, size_t n)
{
	socklen_t len = (socklen_t)(n > INT_MAX ? INT_MAX : n);
	if (getsockopt(fd, level, name, p, &len) < 0)
		return -errno;
	return len;
}

#endif
