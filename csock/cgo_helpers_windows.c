// The helpers on Winsock: cgo_helpers.h has their contracts, cgo_helpers.c those of POSIX.

#include "cgo_helpers.h"

// Of <netioapi.h>, which includes much that does not compile without the rest of <windows.h>.
ULONG WINAPI if_nametoindex(PCSTR name);
PSTR WINAPI if_indextoname(ULONG index, PSTR name);

const struct sockaddr_in csock_sockaddr_in = {.sin_family = AF_INET};
const struct sockaddr_in6 csock_sockaddr_in6 = {.sin6_family = AF_INET6};
const struct sockaddr_un csock_sockaddr_un = {.sun_family = AF_UNIX};

int csock_errno(int code)
{
	switch (code) {
	case 0: // a call that failed has to return an error
		return EINVAL;
	case WSAEINTR:
		return EINTR;
	case WSAEBADF:
	case ERROR_INVALID_HANDLE:
		return EBADF;
	case WSAEACCES:
	case ERROR_ACCESS_DENIED:
		return EACCES;
	case WSAEFAULT:
		return EFAULT;
	case WSAEINVAL:
	case ERROR_INVALID_PARAMETER:
		return EINVAL;
	case WSAEMFILE:
		return EMFILE;
	case WSAEWOULDBLOCK:
		return EAGAIN;
	case WSAEINPROGRESS:
		return EINPROGRESS;
	case WSAEALREADY:
		return EALREADY;
	case WSAENOTSOCK:
		return ENOTSOCK;
	case WSAEDESTADDRREQ:
		return EDESTADDRREQ;
	case WSAEMSGSIZE:
		return EMSGSIZE;
	case WSAEPROTOTYPE:
		return EPROTOTYPE;
	case WSAENOPROTOOPT:
		return ENOPROTOOPT;
	case WSAEPROTONOSUPPORT:
		return EPROTONOSUPPORT;
	case WSAESOCKTNOSUPPORT:
		return ESOCKTNOSUPPORT;
	case WSAEOPNOTSUPP:
	case ERROR_NOT_SUPPORTED:
		return EOPNOTSUPP;
	case WSAEPFNOSUPPORT:
		return EPFNOSUPPORT;
	case WSAEAFNOSUPPORT:
		return EAFNOSUPPORT;
	case WSAEADDRINUSE:
		return EADDRINUSE;
	case WSAEADDRNOTAVAIL:
		return EADDRNOTAVAIL;
	case WSAENETDOWN:
		return ENETDOWN;
	case WSAENETUNREACH:
	case ERROR_NETWORK_UNREACHABLE:
		return ENETUNREACH;
	case WSAENETRESET:
		return ENETRESET;
	case WSAECONNABORTED:
	case ERROR_CONNECTION_ABORTED:
		return ECONNABORTED;
	case WSAECONNRESET:
	case ERROR_NETNAME_DELETED:
		return ECONNRESET;
	case WSAENOBUFS:
		return ENOBUFS;
	case WSA_NOT_ENOUGH_MEMORY:
		return ENOMEM;
	case WSAEISCONN:
		return EISCONN;
	case WSAENOTCONN:
		return ENOTCONN;
	case WSAESHUTDOWN: // of a call that sends; one that receives returns 0
		return EPIPE;
	case WSAETOOMANYREFS:
		return ETOOMANYREFS;
	case WSAETIMEDOUT:
		return ETIMEDOUT;
	case WSAECONNREFUSED:
	case ERROR_CONNECTION_REFUSED:
	case ERROR_PORT_UNREACHABLE:
		return ECONNREFUSED;
	case WSAELOOP:
		return ELOOP;
	case WSAENAMETOOLONG:
		return ENAMETOOLONG;
	case WSAEHOSTDOWN:
		return EHOSTDOWN;
	case WSAEHOSTUNREACH:
	case ERROR_HOST_UNREACHABLE:
		return EHOSTUNREACH;
	case WSAEUSERS:
		return EUSERS;
	}
	return code;
}

static BOOL CALLBACK start(PINIT_ONCE once, PVOID result, PVOID *context)
{
	WSADATA data;
	(void)once, (void)context;
	*(int *)result = WSAStartup(MAKEWORD(2, 2), &data);
	return *(int *)result == 0;
}

int csock_start(void)
{
	static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
	int code = 0;
	return InitOnceExecuteOnce(&once, start, &code, NULL) ? 0 : -csock_errno(code);
}

// What Windows lacks.

int csock_poll_refuses(csock_fd fd)
{
	(void)fd;
	return -CSOCK_ELACKS;
}

int csock_nonblocking(csock_fd fd)
{
	(void)fd;
	return -CSOCK_ELACKS;
}

int csock_set_fprog(csock_fd fd, int level, int name, const uint8_t *p, size_t n)
{
	(void)fd, (void)level, (void)name, (void)p, (void)n;
	return -CSOCK_ELACKS;
}

ssize_t csock_get_fprog(csock_fd fd, int level, int name, uint8_t *p, size_t n)
{
	(void)fd, (void)level, (void)name, (void)p, (void)n;
	return -CSOCK_ELACKS;
}

int csock_ioctl_ifreq_data(csock_fd fd, unsigned long request, const uint8_t *name, uint8_t *data)
{
	(void)fd, (void)request, (void)name, (void)data;
	return -CSOCK_ELACKS;
}

int csock_ifconf(csock_fd fd, unsigned long request, uint8_t *p, size_t n)
{
	(void)fd, (void)request, (void)p, (void)n;
	return -CSOCK_ELACKS;
}

// A bit is set for what the filter blocks, as on Linux.
void csock_icmp6_filter_set(struct icmp6_filter *f, int type, int pass)
{
	if (type < 0)
		memset(f, pass ? 0 : 0xff, sizeof(*f));
	else if (pass)
		f->icmp6_filt[(type & 0xff) >> 5] &= ~(1U << (type & 31));
	else
		f->icmp6_filt[(type & 0xff) >> 5] |= 1U << (type & 31);
}

int csock_icmp6_filter_passes(const struct icmp6_filter *f, int type)
{
	return (f->icmp6_filt[(type & 0xff) >> 5] >> (type & 31) & 1) == 0;
}

// Interfaces.

int csock_ifindex(const uint8_t *name)
{
	int i = (int)if_nametoindex((const char *)name);
	return i > 0 ? i : -ENXIO;
}

int csock_ifname(uint32_t ifindex, uint8_t *name)
{
	char *found = if_indextoname(ifindex, (char *)name);
	return found == NULL ? -ENXIO : (int)strlen(found);
}

// Waiting.

static int64_t now_ms(void)
{
	return (int64_t)GetTickCount64();
}

int csock_poll(struct pollfd *fds, unsigned int n, int64_t ns)
{
	const int64_t start = now_ms(), limit = ns / 1000000 + (ns % 1000000 > 0);
	unsigned int open = 0;
	for (unsigned int i = 0; i < n; i++) {
		fds[i].events &= ~(POLLERR | POLLHUP | POLLNVAL); // always reported, and refused here
		open += fds[i].fd != CSOCK_NO_FD;
	}
	for (;;) {
		const int64_t left = limit - (now_ms() - start);
		const int ms = ns < 0 ? -1 : left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
		if (open == 0) { // WSAPoll refuses a list without sockets
			Sleep(ms < 0 ? INFINITE : (DWORD)ms);
		} else {
			int r = csock_result(WSAPoll(fds, n, ms));
			if (r < 0)
				return r;
			r = 0;
			for (unsigned int i = 0; i < n; i++) {
				if (fds[i].fd == CSOCK_NO_FD)
					fds[i].revents = 0;
				r += fds[i].revents != 0;
			}
			if (r > 0)
				return r;
		}
		if (ms == 0)
			return 0;
	}
}

// The result of a connection attempt after at most ms: 0, minus errno, or -EAGAIN while it is
// pending. WSAPoll does not report a failure before Windows 10 2004; select does.
static int wait_connected(csock_fd fd, int64_t ms)
{
	fd_set writable, failed;
	FD_ZERO(&writable);
	FD_ZERO(&failed);
	FD_SET((SOCKET)fd, &writable);
	FD_SET((SOCKET)fd, &failed);
	struct timeval t = {.tv_sec = (long)(ms / 1000), .tv_usec = (long)(ms % 1000 * 1000)};
	int n = csock_result(select(0, NULL, &writable, &failed, &t));
	if (n < 0)
		return n;
	int64_t err = csock_get_socket_int(fd, SO_ERROR);
	if (err != 0)
		return err < 0 ? (int)err : -(int)err;
	if (n == 0)
		return -EAGAIN;
	struct sockaddr_storage sa;
	socklen_t len;
	csock_getpeername(fd, &sa, &len, &n);
	return n == -ENOTCONN ? -ECONNABORTED : 0; // another call has taken the error
}

int csock_connected(csock_fd fd)
{
	return wait_connected(fd, 0);
}

int csock_connect_timeout(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, int64_t ns)
{
	int err = csock_set_nonblocking(fd, 1);
	if (err < 0)
		return err;
	const int64_t end = now_ms() + ns / 1000000 + (ns % 1000000 > 0);
	csock_connect(fd, sa, len, &err);
	if (err == -EINPROGRESS) {
		do {
			int64_t left = end - now_ms();
			err = wait_connected(fd, left < 0 ? 0 : left > INT_MAX ? INT_MAX : left);
		} while (err == -EAGAIN && now_ms() < end);
		if (err == -EAGAIN)
			err = -ETIMEDOUT;
	}
	int back = csock_set_nonblocking(fd, 0);
	return err < 0 ? err : back;
}

// Windows does not report the mode: a socket counts as blocking.
int csock_make_nonblocking(csock_fd fd)
{
	return csock_set_nonblocking(fd, 1);
}

int csock_set_nonblocking(csock_fd fd, int on)
{
	u_long value = on != 0;
	return csock_result(ioctlsocket((SOCKET)fd, FIONBIO, &value));
}

// Handles.

int csock_set_no_inherit(csock_fd fd, int on)
{
	if (SetHandleInformation((HANDLE)fd, HANDLE_FLAG_INHERIT, on ? 0 : HANDLE_FLAG_INHERIT))
		return 0;
	return -csock_errno((int)GetLastError());
}

int csock_set_cloexec(csock_fd fd, int on)
{
	return csock_set_no_inherit(fd, on);
}

csock_fd csock_dup(csock_fd fd)
{
	WSAPROTOCOL_INFOW info;
	if (WSADuplicateSocketW((SOCKET)fd, GetCurrentProcessId(), &info) == SOCKET_ERROR)
		return csock_failed();
	return csock_made(WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
				     WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
}

// An address of the loopback with any port.
static socklen_t loopback(int domain, struct sockaddr_storage *sa)
{
	memset(sa, 0, sizeof(*sa));
	sa->ss_family = (ADDRESS_FAMILY)domain;
	if (domain == AF_INET) {
		((struct sockaddr_in *)sa)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(struct sockaddr_in);
	}
	((struct sockaddr_in6 *)sa)->sin6_addr = in6addr_loopback;
	return sizeof(struct sockaddr_in6);
}

// Accepts connections until one is that of the socket a: others may have connected to the port.
static csock_fd accept_from(csock_fd listener, csock_fd a, int raw)
{
	struct sockaddr_storage own, peer;
	socklen_t own_len, peer_len;
	int err;
	csock_getsockname(a, &own, &own_len, &err);
	if (err < 0)
		return err;
	for (int i = 0; i < 100; i++) {
		memset(&peer, 0, sizeof(peer));
		csock_fd b = csock_accepted(listener, &peer, &peer_len, 0, raw);
		if (b < 0)
			return b;
		if (peer_len == own_len && memcmp(&peer, &own, (size_t)own_len) == 0)
			return b;
		closesocket((SOCKET)b);
	}
	return -ECONNABORTED;
}

static int loopback_pair(int domain, int type, int protocol, int raw, csock_fd *a, csock_fd *b)
{
	if (csock_lacks(domain) || csock_lacks(type) || csock_lacks(protocol))
		return -CSOCK_ELACKS;
	if ((domain != AF_INET && domain != AF_INET6) || (type & 0xf) != SOCK_STREAM)
		return -EOPNOTSUPP;
	struct sockaddr_storage sa;
	socklen_t len = loopback(domain, &sa);
	csock_fd listener, one, other = -1;
	csock_socket(domain, SOCK_STREAM, protocol, 0, &listener);
	if (listener < 0)
		return (int)listener;
	csock_socket(domain, type, protocol, raw, &one);
	int err = one < 0 ? (int)one : 0;
	if (err == 0)
		csock_set_int(listener, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1, &err);
	if (err == 0)
		csock_bind(listener, &sa, len, &err);
	if (err == 0)
		csock_getsockname(listener, &sa, &len, &err);
	if (err == 0)
		err = csock_listen(listener, 1);
	if (err == 0)
		csock_connect(one, &sa, len, &err);
	if (err == 0) {
		other = accept_from(listener, one, raw);
		err = other < 0 ? (int)other : 0;
	}
	closesocket((SOCKET)listener);
	if (err < 0) {
		if (one >= 0)
			closesocket((SOCKET)one);
		return err;
	}
	*a = one;
	*b = other;
	return 0;
}

void csock_socketpair(int domain, int type, int protocol, int raw, csock_fd *a, csock_fd *b, int *r)
{
	*r = loopback_pair(domain, type, protocol, raw, a, b);
}

static int protocol_info(csock_fd fd, WSAPROTOCOL_INFOW *info)
{
	int len = sizeof(*info);
	return csock_result(getsockopt((SOCKET)fd, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)info, &len));
}

// AF_UNSPEC ends a connection, as it does on POSIX. Winsock has an address of zeros for that.
static int connect_to(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len)
{
	struct sockaddr_storage none = {0};
	if (csock_invalid_address(len))
		return -EINVAL;
	if (len >= (socklen_t)sizeof(sa->ss_family) && sa->ss_family == AF_UNSPEC) {
		WSAPROTOCOL_INFOW info;
		int err = protocol_info(fd, &info);
		if (err < 0)
			return err;
		none.ss_family = (ADDRESS_FAMILY)info.iAddressFamily;
		sa = &none;
		len = info.iMinSockAddr;
	}
	int err = csock_result(connect((SOCKET)fd, (const struct sockaddr *)sa, len));
	return err == -EAGAIN ? -EINPROGRESS : err;
}

void csock_connect(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, int *r)
{
	*r = connect_to(fd, sa, len);
}

// A socket without an address has the one of zeros, as on POSIX. Winsock fails.
void csock_getsockname(csock_fd fd, struct sockaddr_storage *sa, socklen_t *len, int *r)
{
	WSAPROTOCOL_INFOW info;
	*len = sizeof(*sa);
	*r = csock_result(getsockname((SOCKET)fd, (struct sockaddr *)sa, len));
	if (*r == 0)
		csock_clamp(sa, len);
	if (*r != -EINVAL || protocol_info(fd, &info) < 0)
		return;
	memset(sa, 0, sizeof(*sa));
	sa->ss_family = (ADDRESS_FAMILY)info.iAddressFamily;
	*len = info.iAddressFamily == AF_UNIX ? (socklen_t)offsetof(struct sockaddr_un, sun_path) : info.iMinSockAddr;
	*r = 0;
}

// Files.

// Reads up to n bytes of file from offset on, without moving the file's position.
static ssize_t read_at(HANDLE file, int64_t offset, uint8_t *p, DWORD n)
{
	LARGE_INTEGER zero = {.QuadPart = 0}, was;
	OVERLAPPED at = {0};
	DWORD got = 0;
	at.Offset = (DWORD)offset;
	at.OffsetHigh = (DWORD)(offset >> 32);
	if (!SetFilePointerEx(file, zero, &was, FILE_CURRENT))
		return -csock_errno((int)GetLastError());
	int err = 0;
	if (!ReadFile(file, p, n, &got, &at) && GetLastError() != ERROR_HANDLE_EOF)
		err = -csock_errno((int)GetLastError());
	SetFilePointerEx(file, was, NULL, FILE_BEGIN);
	return err < 0 ? err : (ssize_t)got;
}

// TransmitFile waits until all is sent, whatever the mode of the socket. The low bit of its event
// keeps the completion from a port to which another owner may have bound the socket.
static ssize_t transmit(csock_fd fd, HANDLE file, int64_t offset, DWORD n)
{
	OVERLAPPED at = {0};
	DWORD sent = 0, flags = 0;
	HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (event == NULL)
		return -csock_errno((int)GetLastError());
	at.Offset = (DWORD)offset;
	at.OffsetHigh = (DWORD)(offset >> 32);
	at.hEvent = (HANDLE)((uintptr_t)event | 1);
	int err = 0;
	if (!TransmitFile((SOCKET)fd, file, n, 0, &at, NULL, 0) && WSAGetLastError() != WSA_IO_PENDING)
		err = csock_failed();
	else if (!WSAGetOverlappedResult((SOCKET)fd, &at, &sent, TRUE, &flags))
		err = csock_failed();
	CloseHandle(event);
	return err < 0 ? err : (ssize_t)sent;
}

ssize_t csock_sendfile(csock_fd fd, csock_fd file, int64_t offset, size_t n, int raw, int lent)
{
	LARGE_INTEGER size, at = {0};
	if (offset < 0) {
		if (!SetFilePointerEx((HANDLE)file, at, &at, FILE_CURRENT))
			return -csock_errno((int)GetLastError());
		ssize_t sent = csock_sendfile(fd, file, at.QuadPart, n, raw, lent);
		if (sent > 0) {
			at.QuadPart += sent;
			SetFilePointerEx((HANDLE)file, at, NULL, FILE_BEGIN);
		}
		return sent;
	}
	if (!GetFileSizeEx((HANDLE)file, &size))
		return -csock_errno((int)GetLastError());
	if (offset >= size.QuadPart)
		n = 0;
	else if ((uint64_t)(size.QuadPart - offset) < n)
		n = (size_t)(size.QuadPart - offset);
	if (n == 0) // for TransmitFile that would be the whole file
		return 0;
	if (!lent)
		return transmit(fd, (HANDLE)file, offset, n > INT_MAX - 1 ? INT_MAX - 1 : (DWORD)n);
	uint8_t p[16384];
	ssize_t r = read_at((HANDLE)file, offset, p, n > sizeof(p) ? sizeof(p) : (DWORD)n);
	if (r > 0)
		csock_send(fd, p, (size_t)r, 0, &r);
	return r;
}

ssize_t csock_splice(csock_fd from, csock_fd to, size_t n, int flags, int raw)
{
	(void)from, (void)to, (void)n, (void)flags, (void)raw;
	return -CSOCK_ELACKS;
}

ssize_t csock_tee(csock_fd from, csock_fd to, size_t n, int flags)
{
	(void)from, (void)to, (void)n, (void)flags;
	return -CSOCK_ELACKS;
}

static int64_t now_ns(void)
{
	return (int64_t)GetTickCount64() * 1000000;
}

// Messages.

// On the sockets that csock makes, which are overlapped, calls without an OVERLAPPED wait as others
// do.
#define MAX_BUFFERS CSOCK_BUFFERS_MAX

static int buffers(const struct msghdr *m, WSABUF *to, size_t *room)
{
	*room = 0;
	if (m->msg_iovlen > MAX_BUFFERS)
		return -EMSGSIZE;
	for (size_t i = 0; i < m->msg_iovlen; i++) {
		to[i].len = m->msg_iov[i].iov_len > INT_MAX ? INT_MAX : (ULONG)m->msg_iov[i].iov_len;
		to[i].buf = m->msg_iov[i].iov_base;
		*room += to[i].len;
	}
	return 0;
}

// wsamsg returns m with its buffers in b.
static WSAMSG wsamsg(const struct msghdr *m, WSABUF *b)
{
	return (WSAMSG){
		.name = m->msg_name,
		.namelen = m->msg_name == NULL ? 0 : m->msg_namelen,
		.lpBuffers = b,
		.dwBufferCount = (DWORD)m->msg_iovlen,
		.Control = {.len = (ULONG)m->msg_controllen, .buf = m->msg_control},
	};
}

ssize_t csock_sendmsghdr(csock_fd fd, const struct msghdr *m, int flags)
{
	WSABUF b[MAX_BUFFERS];
	size_t room;
	DWORD n = 0;
	int err = buffers(m, b, &room);
	if (err < 0)
		return err;
	if (m->msg_name != NULL && csock_invalid_address(m->msg_namelen))
		return -EINVAL;
	if (m->msg_controllen == 0) { // WSASendMsg is for datagrams alone
		err = WSASendTo((SOCKET)fd, b, (DWORD)m->msg_iovlen, &n, (DWORD)flags, m->msg_name,
				m->msg_name == NULL ? 0 : m->msg_namelen, NULL, NULL);
	} else {
		// No extension pointer: Windows exports it since Vista, unlike WSARecvMsg.
		WSAMSG w = wsamsg(m, b);
		err = WSASendMsg((SOCKET)fd, &w, (DWORD)flags, &n, NULL, NULL);
	}
	return err == SOCKET_ERROR ? csock_failed() : (ssize_t)n;
}

// WSARecvMsg is only reachable through a pointer. All of Windows' own providers have the same one.
static LPFN_WSARECVMSG find_recvmsg(csock_fd fd)
{
	static void *found;
	LPFN_WSARECVMSG f = (LPFN_WSARECVMSG)__atomic_load_n(&found, __ATOMIC_RELAXED);
	if (f == NULL) {
		GUID id = WSAID_WSARECVMSG;
		DWORD n = 0;
		if (WSAIoctl((SOCKET)fd, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &f, sizeof(f), &n, NULL,
			     NULL) == SOCKET_ERROR)
			return NULL;
		__atomic_store_n(&found, (void *)f, __ATOMIC_RELAXED);
	}
	return f;
}

// The result of a call that received n bytes into room bytes, or failed; n is room if it did not
// say.
static ssize_t received(struct msghdr *m, int r, DWORD n, size_t room)
{
	if (r != SOCKET_ERROR)
		return (ssize_t)n;
	switch (WSAGetLastError()) {
	case WSAEMSGSIZE: // the rest of the datagram, or of the control messages, is lost
		if (!(m->msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
			m->msg_flags |= MSG_TRUNC;
		return n > room ? (ssize_t)room : (ssize_t)n;
	case WSAESHUTDOWN:
		return 0;
	}
	return csock_failed();
}

ssize_t csock_recvmsghdr(csock_fd fd, struct msghdr *m, int flags)
{
	WSABUF b[MAX_BUFFERS];
	size_t room;
	DWORD n = MAXDWORD, got = (DWORD)(flags & ~CSOCK_DONTWAIT);
	const int requested = (int)got;
	LPFN_WSARECVMSG call;
	int err = buffers(m, b, &room);
	if (err < 0)
		return err;
	if (flags & CSOCK_DONTWAIT) {
		struct pollfd p = {.fd = (SOCKET)fd, .events = POLLIN};
		int ready = csock_poll(&p, 1, 0);
		if (ready <= 0)
			return ready < 0 ? ready : -EAGAIN;
	}
	if (m->msg_controllen > 0 && (call = find_recvmsg(fd)) != NULL) {
		WSAMSG w = wsamsg(m, b);
		w.dwFlags = got;
		int r = call((SOCKET)fd, &w, &n, NULL, NULL);
		int code = r == SOCKET_ERROR ? WSAGetLastError() : 0;
		if (code != WSAEOPNOTSUPP && code != WSAEINVAL) { // as it says of a stream
			m->msg_namelen = m->msg_name == NULL ? 0 : w.namelen;
			m->msg_controllen = w.Control.len;
			m->msg_flags = (int)w.dwFlags & ~requested;
			return received(m, r, n, room);
		}
	}
	INT len = m->msg_namelen;
	int r = WSARecvFrom((SOCKET)fd, b, (DWORD)m->msg_iovlen, &n, &got, m->msg_name,
			    m->msg_name == NULL ? NULL : &len, NULL, NULL);
	m->msg_namelen = m->msg_name == NULL ? 0 : len;
	m->msg_controllen = 0;
	m->msg_flags = (int)got & ~requested;
	return received(m, r, n, room);
}

#include "cgo_batch.h"

// Options.

int64_t csock_get_socket_int(csock_fd fd, int name)
{
	WSAPROTOCOL_INFOW info;
	int value = 0, len = sizeof(value);
	if (name == SO_ERROR) {
		if (getsockopt((SOCKET)fd, SOL_SOCKET, SO_ERROR, (char *)&value, &len) == SOCKET_ERROR)
			return csock_failed();
		return value == 0 ? 0 : csock_errno(value);
	}
	int err = protocol_info(fd, &info);
	if (err < 0)
		return err;
	return name == SO_DOMAIN ? info.iAddressFamily : info.iProtocol;
}

int csock_set_timeval(csock_fd fd, int level, int name, int64_t us)
{
	if (us < 0)
		return -EDOM;
	const uint64_t most = 0xffffffff, exact = (uint64_t)us / 1000 + (us % 1000 != 0);
	DWORD ms = exact > most ? (DWORD)most : (DWORD)exact;
	return csock_result(setsockopt((SOCKET)fd, level, name, (const char *)&ms, sizeof(ms)));
}

int csock_get_timeval(csock_fd fd, int level, int name, int64_t *us)
{
	DWORD ms = 0;
	int len = sizeof(ms);
	int err = csock_result(getsockopt((SOCKET)fd, level, name, (char *)&ms, &len));
	*us = (int64_t)ms * 1000;
	return err;
}

int csock_set_linger(csock_fd fd, int level, int name, int64_t seconds)
{
	struct linger l = {.l_onoff = seconds >= 0, .l_linger = seconds >= 0 ? (u_short)seconds : 0};
	if (seconds > USHRT_MAX)
		return -EDOM;
	return csock_result(setsockopt((SOCKET)fd, level, name, (const char *)&l, sizeof(l)));
}

int csock_get_linger(csock_fd fd, int level, int name, int64_t *seconds)
{
	struct linger l = {0};
	int len = sizeof(l);
	int err = csock_result(getsockopt((SOCKET)fd, level, name, (char *)&l, &len));
	*seconds = l.l_onoff ? l.l_linger : -1;
	return err;
}

int csock_tcp_ack_frequency(csock_fd fd, int frequency)
{
	UCHAR value = (UCHAR)frequency;
	DWORD n = 0;
	if (value != frequency)
		return -EINVAL;
	return csock_result(
		WSAIoctl((SOCKET)fd, SIO_TCP_SET_ACK_FREQUENCY, &value, sizeof(value), NULL, 0, &n, NULL, NULL));
}

int csock_set_keepalive(csock_fd fd, int64_t time_ms, int64_t interval_ms)
{
	DWORD n = 0;
	if (time_ms < 0 || time_ms > MAXDWORD || interval_ms < 0 || interval_ms > MAXDWORD)
		return -EINVAL;
	struct tcp_keepalive k = {.onoff = 1, .keepalivetime = (ULONG)time_ms, .keepaliveinterval = (ULONG)interval_ms};
	return csock_result(WSAIoctl((SOCKET)fd, SIO_KEEPALIVE_VALS, &k, sizeof(k), NULL, 0, &n, NULL, NULL));
}

int csock_ioctl(csock_fd fd, unsigned long request, uint8_t *arg)
{
	DWORD n = 0;
	switch ((long)request) {
	case FIONREAD:
	case SIOCATMARK:
	case FIONBIO:
		return csock_result(ioctlsocket((SOCKET)fd, (long)request, (u_long *)arg));
	case (long)SIO_UDP_CONNRESET:
		return csock_result(WSAIoctl((SOCKET)fd, (DWORD)request, arg, sizeof(BOOL), NULL, 0, &n, NULL, NULL));
	}
	return -CSOCK_ELACKS; // WSAIoctl wants to know how long the argument is
}

int csock_ioctl_value(csock_fd fd, unsigned long request, long arg)
{
	DWORD n = 0;
	return csock_result(WSAIoctl((SOCKET)fd, (DWORD)request, &arg, sizeof(arg), NULL, 0, &n, NULL, NULL));
}
