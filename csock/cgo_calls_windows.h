// The most frequent helpers on Winsock: cgo_calls.h has those of POSIX, and cgo_helpers.h the
// contracts.

#ifndef CSOCK_CGO_CALLS_WINDOWS_H
#define CSOCK_CGO_CALLS_WINDOWS_H

// Go's errno for a code of Winsock's or of Windows, or the code itself if Go has none for it.
int csock_errno(int code);

// Starts Winsock, once in the process's life, and returns 0 or minus errno.
int csock_start(void);

static inline int csock_failed(void)
{
	return -csock_errno(WSAGetLastError());
}

static inline int csock_result(int r)
{
	return r == SOCKET_ERROR ? csock_failed() : r;
}

// Winsock's lengths are ints.
static inline int csock_length(size_t n)
{
	return n > INT_MAX ? INT_MAX : (int)n;
}

// Winsock returns at most the room that it was given, except for recvfrom on a stream. That leaves
// the address as it is, which callers pass zeroed.
static inline void csock_clamp(const struct sockaddr_storage *sa, socklen_t *len)
{
	if (*len > (socklen_t)sizeof(*sa))
		*len = sizeof(*sa);
	if (*len < 0 || sa->ss_family == AF_UNSPEC)
		*len = 0;
}

// An invalid address of package csock has a negative length. Winsock's error for it depends on the
// call.
static inline int csock_invalid_address(socklen_t len)
{
	return len < 0;
}

// Making sockets. They can do overlapped I/O too. With raw, child processes inherit the socket
// unless the type says otherwise.

static inline csock_fd csock_made(SOCKET s)
{
	return s == INVALID_SOCKET ? csock_failed() : (csock_fd)s;
}

static inline void csock_socket(int domain, int type, int protocol, int raw, csock_fd *r)
{
	const int flags = WSA_FLAG_NO_HANDLE_INHERIT | WSA_FLAG_REGISTERED_IO;
	int err = csock_lacks(domain) || csock_lacks(type) || csock_lacks(protocol) ? -CSOCK_ELACKS : csock_start();
	if (err < 0) {
		*r = err;
		return;
	}
	DWORD all = WSA_FLAG_OVERLAPPED | (DWORD)(type & flags) | (raw ? 0 : WSA_FLAG_NO_HANDLE_INHERIT);
	*r = csock_made(WSASocketW(domain, type & ~flags, protocol, NULL, 0, all));
}

// Winsock has no such call. Two streams of IP are connected over the loopback.
void csock_socketpair(int domain, int type, int protocol, int raw, csock_fd *a, csock_fd *b, int *r);

// WSAAccept makes sockets that are inherited, and takes no flags.
static inline csock_fd csock_accepted(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int flags, int raw)
{
	if (flags != 0)
		return -CSOCK_ELACKS;
	*len = sizeof(*sa);
	SOCKET s = accept((SOCKET)fd, (struct sockaddr *)sa, len);
	if (s == INVALID_SOCKET)
		return csock_failed();
	csock_clamp(sa, len);
	if (!raw && !SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT, 0)) {
		int err = -csock_errno((int)GetLastError());
		closesocket(s);
		return err;
	}
	return (csock_fd)s;
}

static inline void csock_accept(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int flags, int raw,
				csock_fd *r)
{
	*r = csock_accepted(fd, sa, len, flags, raw);
}

csock_fd csock_dup(csock_fd fd);

static inline void csock_close(csock_fd fd, int *r)
{
	*r = csock_result(closesocket((SOCKET)fd));
}

static inline void csock_bind(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, int *r)
{
	*r = csock_invalid_address(len) ? -EINVAL : csock_result(bind((SOCKET)fd, (const struct sockaddr *)sa, len));
}

void csock_connect(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, int *r);

static inline int csock_listen(csock_fd fd, int backlog)
{
	return csock_result(listen((SOCKET)fd, backlog));
}

static inline int csock_shutdown(csock_fd fd, int how)
{
	return csock_result(shutdown((SOCKET)fd, how));
}

void csock_getsockname(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int *r);

static inline void csock_getpeername(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int *r)
{
	*len = sizeof(*sa);
	*r = csock_result(getpeername((SOCKET)fd, (struct sockaddr *)sa, len));
	if (*r == 0)
		csock_clamp(sa, len);
}

// Bytes in and out. len is 0 if there is no address to send to. Where Winsock fails because a
// datagram is longer than the buffer, or because receiving was shut down, POSIX returns what there
// is.

static inline void csock_send(csock_fd fd, const uint8_t *p, size_t n, int flags, ssize_t *r)
{
	*r = csock_lacks(flags) ? -CSOCK_ELACKS
				: csock_result(send((SOCKET)fd, (const char *)p, csock_length(n), flags));
}

static inline ssize_t csock_received_less(size_t room)
{
	switch (WSAGetLastError()) {
	case WSAEMSGSIZE:
		return csock_length(room);
	case WSAESHUTDOWN:
		return 0;
	}
	return csock_failed();
}

static inline void csock_recv(csock_fd fd, uint8_t *p, size_t n, int flags, ssize_t *r)
{
	*r = csock_lacks(flags) ? -CSOCK_ELACKS : recv((SOCKET)fd, (char *)p, csock_length(n), flags);
	if (*r == SOCKET_ERROR)
		*r = csock_received_less(n);
}

static inline void csock_sendto(csock_fd fd, const uint8_t *p, size_t n, int flags, const struct sockaddr_storage *sa,
				socklen_t len, ssize_t *r)
{
	const struct sockaddr *to = len ? (const struct sockaddr *)sa : NULL;
	if (csock_lacks(flags))
		*r = -CSOCK_ELACKS;
	else if (csock_invalid_address(len))
		*r = -EINVAL;
	else
		*r = csock_result(sendto((SOCKET)fd, (const char *)p, csock_length(n), flags, to, len));
}

static inline void csock_recvfrom(csock_fd fd, uint8_t *p, size_t n, int flags, struct sockaddr_storage *sa,
				  socklen_t *len, ssize_t *r)
{
	*len = sizeof(*sa);
	if (csock_lacks(flags)) {
		*r = -CSOCK_ELACKS;
		return;
	}
	*r = recvfrom((SOCKET)fd, (char *)p, csock_length(n), flags, (struct sockaddr *)sa, len);
	if (*r == SOCKET_ERROR)
		*r = csock_received_less(n);
	csock_clamp(sa, len);
}

// Messages, for cgo_messages.h.

// The call fails with EAGAIN instead of waiting.
#define CSOCK_DONTWAIT 0x20000

ssize_t csock_sendmsghdr(csock_fd fd, const struct msghdr *m, int flags);
ssize_t csock_recvmsghdr(csock_fd fd, struct msghdr *m, int flags);

// Options. An int is returned as its 32 bits, so that no value looks like an error.

static inline void csock_set_int(csock_fd fd, int level, int name, int value, int *r)
{
	*r = csock_result(setsockopt((SOCKET)fd, level, name, (const char *)&value, sizeof(value)));
}

// SO_ERROR, SO_DOMAIN and SO_PROTOCOL.
int64_t csock_get_socket_int(csock_fd fd, int name);

static inline void csock_get_int(csock_fd fd, int level, int name, int64_t *r)
{
	int value = 0, len = sizeof(value);
	if (level == SOL_SOCKET && (name == SO_ERROR || name == SO_DOMAIN || name == SO_PROTOCOL))
		*r = csock_get_socket_int(fd, name);
	else if (getsockopt((SOCKET)fd, level, name, (char *)&value, &len) == SOCKET_ERROR)
		*r = csock_failed();
	else
		*r = len == 1 ? value & 0xff : (uint32_t)value; // 1: a BOOLEAN
}

static inline int csock_set_u64(csock_fd fd, int level, int name, uint64_t value)
{
	return csock_result(setsockopt((SOCKET)fd, level, name, (const char *)&value, sizeof(value)));
}

static inline int csock_get_u64(csock_fd fd, int level, int name, uint64_t *value)
{
	int len = sizeof(*value);
	*value = 0; // little-endian: a shorter value needs no more
	return csock_result(getsockopt((SOCKET)fd, level, name, (char *)value, &len));
}

// SO_RCVTIMEO and SO_SNDTIMEO: milliseconds in a DWORD.
int csock_set_timeval(csock_fd fd, int level, int name, int64_t us);
int csock_get_timeval(csock_fd fd, int level, int name, int64_t *us);

static inline int csock_set_bytes(csock_fd fd, int level, int name, const uint8_t *p, size_t n)
{
	if (n > INT_MAX)
		return -EINVAL;
	return csock_result(setsockopt((SOCKET)fd, level, name, (const char *)p, (int)n));
}

static inline ssize_t csock_get_bytes(csock_fd fd, int level, int name, uint8_t *p, size_t n)
{
	int len = csock_length(n);
	if (getsockopt((SOCKET)fd, level, name, (char *)p, &len) == SOCKET_ERROR)
		return csock_failed();
	return len;
}

#endif
