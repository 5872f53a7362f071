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

static inline csock_fd csock_socket(int domain, int type, int protocol, int raw)
{
	const int flags = WSA_FLAG_NO_HANDLE_INHERIT | WSA_FLAG_REGISTERED_IO;
	if (csock_lacks(domain) || csock_lacks(type) || csock_lacks(protocol))
		return -CSOCK_ELACKS;
	int err = csock_start();
	if (err < 0)
		return err;
	DWORD all = WSA_FLAG_OVERLAPPED | (DWORD)(type & flags) | (raw ? 0 : WSA_FLAG_NO_HANDLE_INHERIT);
	return csock_made(WSASocketW(domain, type & ~flags, protocol, NULL, 0, all));
}

// Winsock has no such call. Two streams of IP are connected over the loopback.
int csock_socketpair(int domain, int type, int protocol, int raw, csock_fd *a, csock_fd *b);

// WSAAccept makes sockets that are inherited, and takes no flags.
static inline csock_fd csock_accept(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int flags, int raw)
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

csock_fd csock_dup(csock_fd fd);

static inline int csock_close(csock_fd fd)
{
	return csock_result(closesocket((SOCKET)fd));
}

static inline int csock_bind(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len)
{
	if (csock_invalid_address(len))
		return -EINVAL;
	return csock_result(bind((SOCKET)fd, (const struct sockaddr *)sa, len));
}

int csock_connect(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len);

static inline int csock_listen(csock_fd fd, int backlog)
{
	return csock_result(listen((SOCKET)fd, backlog));
}

static inline int csock_shutdown(csock_fd fd, int how)
{
	return csock_result(shutdown((SOCKET)fd, how));
}

int csock_getsockname(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len);

static inline int csock_getpeername(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len)
{
	*len = sizeof(*sa);
	if (getpeername((SOCKET)fd, (struct sockaddr *)sa, len) == SOCKET_ERROR)
		return csock_failed();
	csock_clamp(sa, len);
	return 0;
}

// Bytes in and out. len is 0 if there is no address to send to. Where Winsock fails because a
// datagram is longer than the buffer, or because receiving was shut down, POSIX returns what there
// is.

static inline ssize_t csock_send(csock_fd fd, const uint8_t *p, size_t n, int flags)
{
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
	return csock_result(send((SOCKET)fd, (const char *)p, csock_length(n), flags));
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

static inline ssize_t csock_recv(csock_fd fd, uint8_t *p, size_t n, int flags)
{
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
	int r = recv((SOCKET)fd, (char *)p, csock_length(n), flags);
	return r == SOCKET_ERROR ? csock_received_less(n) : r;
}

static inline ssize_t csock_sendto(csock_fd fd, const uint8_t *p, size_t n, int flags,
				   const struct sockaddr_storage *sa, socklen_t len)
{
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
	if (csock_invalid_address(len))
		return -EINVAL;
	return csock_result(sendto((SOCKET)fd, (const char *)p, csock_length(n), flags,
				   len ? (const struct sockaddr *)sa : NULL, len));
}

static inline ssize_t csock_recvfrom(csock_fd fd, uint8_t *p, size_t n, int flags, struct sockaddr_storage *sa,
				     socklen_t *len)
{
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
	*len = sizeof(*sa);
	ssize_t r = recvfrom((SOCKET)fd, (char *)p, csock_length(n), flags, (struct sockaddr *)sa, len);
	if (r == SOCKET_ERROR)
		r = csock_received_less(n);
	csock_clamp(sa, len);
	return r;
}

// Messages, for cgo_messages.h.

// The call fails with EAGAIN instead of waiting.
#define CSOCK_DONTWAIT 0x20000

ssize_t csock_sendmsghdr(csock_fd fd, const struct msghdr *m, int flags);
ssize_t csock_recvmsghdr(csock_fd fd, struct msghdr *m, int flags);

// Options. An int is returned as its 32 bits, so that no value looks like an error.

static inline int csock_set_int(csock_fd fd, int level, int name, int value)
{
	return csock_result(setsockopt((SOCKET)fd, level, name, (const char *)&value, sizeof(value)));
}

// SO_ERROR, SO_DOMAIN and SO_PROTOCOL.
int64_t csock_get_socket_int(csock_fd fd, int name);

static inline int64_t csock_get_int(csock_fd fd, int level, int name)
{
	if (level == SOL_SOCKET && (name == SO_ERROR || name == SO_DOMAIN || name == SO_PROTOCOL))
		return csock_get_socket_int(fd, name);
	int value = 0, len = sizeof(value);
	if (getsockopt((SOCKET)fd, level, name, (char *)&value, &len) == SOCKET_ERROR)
		return csock_failed();
	if (len == 1) // a BOOLEAN
		return value & 0xff;
	return (uint32_t)value;
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
