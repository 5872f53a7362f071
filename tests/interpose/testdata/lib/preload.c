// libc's socket calls, made by csock where that is possible, otherwise by libc:
//	early: before Go's runtime is up
//	forked: in a child of fork, where Go's runtime has only the thread that forked
//	nested: in a signal handler that interrupted a call, and csock's own calls
//	memory: a null pointer with a length, or a length that no memory has, which Go has no form for
//	(MSG_TRUNC of recv has one)
//	other: what csock has no form for: no message or buffer at all, or more than 1,024; a request
//	of ioctl whose memory has an unknown size; ppoll with a signal mask; splice with an offset; a
//	file, for sendfile, splice or tee, that is not open; the wait in poll of a program that handles
//	signals, because csock's Poll goes on after one
// Calls that take other descriptors too are csock's if all of theirs are sockets. Otherwise they are
// libc's, and not counted.
// If CSOCK_INTERPOSE_COUNTS names a file, the calls are counted there: for each function, in the
// order below, a uint64 for those by csock and one for each of the reasons above.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "_cgo_export.h"

#define FUNCTIONS(F)                                                                                                   \
	F(int, socket, (int domain, int type, int protocol))                                                           \
	F(int, socketpair, (int domain, int type, int protocol, int pair[2]))                                          \
	F(int, bind, (int fd, const struct sockaddr *sa, socklen_t n))                                                 \
	F(int, connect, (int fd, const struct sockaddr *sa, socklen_t n))                                              \
	F(int, listen, (int fd, int backlog))                                                                          \
	F(int, shutdown, (int fd, int how))                                                                            \
	F(int, accept, (int fd, struct sockaddr *sa, socklen_t *n))                                                    \
	F(int, accept4, (int fd, struct sockaddr *sa, socklen_t *n, int flags))                                        \
	F(int, getsockname, (int fd, struct sockaddr *sa, socklen_t *n))                                               \
	F(int, getpeername, (int fd, struct sockaddr *sa, socklen_t *n))                                               \
	F(int, getsockopt, (int fd, int level, int number, void *p, socklen_t *n))                                     \
	F(int, setsockopt, (int fd, int level, int number, const void *p, socklen_t n))                                \
	F(ssize_t, send, (int fd, const void *p, size_t n, int flags))                                                 \
	F(ssize_t, recv, (int fd, void *p, size_t n, int flags))                                                       \
	F(ssize_t, sendto, (int fd, const void *p, size_t n, int flags, const struct sockaddr *sa, socklen_t sa_n))    \
	F(ssize_t, recvfrom, (int fd, void *p, size_t n, int flags, struct sockaddr *sa, socklen_t *sa_n))             \
	F(ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags))                                               \
	F(ssize_t, recvmsg, (int fd, struct msghdr *m, int flags))                                                     \
	F(int, sendmmsg, (int fd, struct mmsghdr *m, unsigned int n, int flags))                                       \
	F(int, recvmmsg, (int fd, struct mmsghdr *m, unsigned int n, int flags, struct timespec *timeout))             \
	F(ssize_t, read, (int fd, void *p, size_t n))                                                                  \
	F(ssize_t, write, (int fd, const void *p, size_t n))                                                           \
	F(ssize_t, readv, (int fd, const struct iovec *v, int n))                                                      \
	F(ssize_t, writev, (int fd, const struct iovec *v, int n))                                                     \
	F(int, poll, (struct pollfd *fds, nfds_t n, int timeout))                                                      \
	F(int, ppoll, (struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask))            \
	F(int, ioctl, (int fd, unsigned long request, ...))                                                            \
	F(ssize_t, sendfile, (int out, int in, off_t *offset, size_t n))                                               \
	F(ssize_t, splice, (int in, off64_t *in_offset, int out, off64_t *out_offset, size_t n, unsigned int flags))   \
	F(ssize_t, tee, (int in, int out, size_t n, unsigned int flags))                                               \
	F(int, sockatmark, (int fd))

enum function {
#define F(type, name, params) FN_##name,
	FUNCTIONS(F)
#undef F
	FN_COUNT
};

enum reason { CSOCK, EARLY, FORKED, NESTED, MEMORY, OTHER, REASONS };

#define F(type, name, params) static type(*real_##name) params;
FUNCTIONS(F)
#undef F
static int (*real_sigaction)(int, const struct sigaction *, struct sigaction *);
static int (*real_close)(int);
static int (*real_close_range)(unsigned int, unsigned int, int);

static uint64_t own_counts[FN_COUNT][REASONS];
static uint64_t (*counts)[REASONS] = own_counts;

static int ready; // set by Go's thread
static pid_t started;
static int handles_signals;
static __thread int inside __attribute__((tls_model("initial-exec")));
static __thread int errno_before __attribute__((tls_model("initial-exec")));

// The descriptors that Go's runtime has: from LOWEST up, so that the program gets the numbers that
// it gets without the library. The program cannot close them.

#define LOWEST 300
#define HIGHEST (LOWEST + 30)

static char fillers[LOWEST], of_go[HIGHEST];

void interpose_begin_descriptors(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	for (; fd >= 0 && fd < LOWEST; fd = fcntl(fd, F_DUPFD_CLOEXEC, 0))
		fillers[fd] = 1;
	if (fd >= 0)
		real_close(fd);
	for (fd = LOWEST; fd < HIGHEST; fd++)
		of_go[fd] = fcntl(fd, F_GETFD) < 0; // if it appears now
}

void interpose_is_ready(void)
{
	for (int fd = LOWEST; fd < HIGHEST; fd++)
		of_go[fd] = of_go[fd] && fcntl(fd, F_GETFD) >= 0;
	for (int fd = 0; fd < LOWEST; fd++)
		if (fillers[fd])
			real_close(fd);
	__atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
}

static int is_of_go(unsigned int fd)
{
	return fd < HIGHEST && of_go[fd] && getpid() == started;
}

int close(int fd)
{
	if (fd >= 0 && is_of_go((unsigned int)fd)) {
		errno = EBADF;
		return -1;
	}
	return real_close(fd);
}

int close_range(unsigned int first, unsigned int last, int flags)
{
	for (unsigned int fd = first; fd < HIGHEST && fd <= last && flags == 0; fd++) {
		if (!is_of_go(fd))
			continue;
		if (fd > first && real_close_range(first, fd - 1, 0) < 0)
			return -1;
		if (fd == last)
			return 0;
		first = fd + 1;
	}
	return real_close_range(first, last, flags);
}

void closefrom(int fd)
{
	close_range(fd < 0 ? 0 : (unsigned int)fd, ~0U, 0);
}

static struct sigaction sigpipe;

// Before the constructor that starts Go's runtime. Later dlsym could wait for the lock that the
// dynamic linker holds while it runs constructors.
__attribute__((constructor(101))) static void find(void)
{
	if (started) // a constructor made a call before
		return;
#define F(type, name, params) real_##name = (type(*) params)dlsym(RTLD_NEXT, #name);
	FUNCTIONS(F)
#undef F
	real_sigaction = (int (*)(int, const struct sigaction *, struct sigaction *))dlsym(RTLD_NEXT, "sigaction");
	real_close = (int (*)(int))dlsym(RTLD_NEXT, "close");
	real_close_range = (int (*)(unsigned int, unsigned int, int))dlsym(RTLD_NEXT, "close_range");
	real_sigaction(SIGPIPE, NULL, &sigpipe);
	started = getpid();
	const char *path = getenv("CSOCK_INTERPOSE_COUNTS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd >= 0) {
		void *p = mmap(NULL, sizeof(own_counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (p != MAP_FAILED)
			counts = p;
		close(fd);
	}
}

// After it: the program begins once Go's runtime is up, with the disposition of SIGPIPE that it had.
__attribute__((constructor)) static void wait_for_go(void)
{
	for (int i = 0; i < 10000 && !__atomic_load_n(&ready, __ATOMIC_ACQUIRE); i++)
		usleep(500);
	real_sigaction(SIGPIPE, &sigpipe, NULL);
}

static int count(enum function f, enum reason why)
{
	__atomic_add_fetch(&counts[f][why], 1, __ATOMIC_RELAXED);
	return why == CSOCK;
}

// Whether csock makes the call, which must then end with leave.
static int enter(enum function f, enum reason why)
{
	if (!started)
		find();
	if (inside)
		why = NESTED;
	else if (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE))
		why = EARLY;
	else if (getpid() != started)
		why = FORKED;
	if (!count(f, why))
		return 0;
	errno_before = errno;
	inside = 1;
	return 1;
}

static long leave(long r)
{
	inside = 0;
	errno = r < 0 ? (int)-r : errno_before;
	return r < 0 ? -1 : r;
}

// The reason against a slice of memory, if there is one.
static enum reason memory(const void *p, size_t n)
{
	uintptr_t start = (uintptr_t)p, end;
	return n > 0 && (!p || n > PTRDIFF_MAX || __builtin_add_overflow(start, n, &end)) ? MEMORY : CSOCK;
}

static enum reason both(enum reason a, enum reason b)
{
	return a != CSOCK ? a : b;
}

// The same for room whose length n points to.
static enum reason room(const void *p, const socklen_t *n)
{
	return !n || *n > INT32_MAX ? MEMORY : memory(p, *n);
}

static enum reason buffers(const struct iovec *v, size_t n)
{
	if ((n > 0 && !v) || n > 1 << 20)
		return MEMORY;
	enum reason why = CSOCK;
	for (size_t i = 0; i < n; i++)
		why = both(why, memory(v[i].iov_base, v[i].iov_len));
	return why;
}

static enum reason message(const struct msghdr *m)
{
	if (!m || m->msg_namelen > INT32_MAX) // an int to the kernel
		return MEMORY;
	return both(both(memory(m->msg_name, m->msg_namelen), memory(m->msg_control, m->msg_controllen)),
		    buffers(m->msg_iov, m->msg_iovlen));
}

// A Batch has at least one message, and at most 1,024 buffers in each.
static enum reason messages(const struct mmsghdr *m, unsigned int n)
{
	enum reason why = n == 0 || n > 1024 ? OTHER : m ? CSOCK : MEMORY;
	for (unsigned int i = 0; why == CSOCK && i < n; i++) {
		why = message(&m[i].msg_hdr);
		if (m[i].msg_hdr.msg_iovlen > 1024 || m[i].msg_hdr.msg_controllen > INT32_MAX)
			why = both(why, OTHER);
	}
	return why;
}

// readv and writev do nothing with no bytes, and have another errno for too many buffers than
// recvmsg and sendmsg, which csock calls.
static enum reason vector(const struct iovec *v, int n)
{
	if (n <= 0 || n > 1024)
		return OTHER;
	enum reason why = buffers(v, (size_t)n);
	size_t all = 0;
	for (int i = 0; why == CSOCK && i < n; i++)
		if (__builtin_add_overflow(all, v[i].iov_len, &all) || all > INT_MAX)
			return OTHER;
	return all > 0 ? why : both(why, OTHER);
}

static int is_socket(int fd)
{
	struct stat st;
	int before = errno;
	int is = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
	errno = before;
	return is;
}

// fds is not const, or gcc warns that poll reads what it is declared to write.
static int are_sockets(struct pollfd *fds, nfds_t n)
{
	if (n > 1 << 20 || (n > 0 && !fds))
		return 0;
	for (nfds_t i = 0; i < n; i++)
		if (fds[i].fd >= 0 && !is_socket(fds[i].fd))
			return 0;
	return 1;
}

// The size of a request's memory: 0 for none, -1 if it is unknown. Those that are older than the
// size in a request's number are listed.
static long request_size(unsigned long request)
{
	switch (request) {
	case FIONREAD:
	case FIONBIO:
	case FIOASYNC:
	case TIOCOUTQ:
	case FIOSETOWN:
	case SIOCSPGRP:
	case FIOGETOWN:
	case SIOCGPGRP:
	case SIOCATMARK:
	case SIOCOUTQNSD:
		return sizeof(int);
	case FIOCLEX:
	case FIONCLEX:
	case SIOCGSKNS:
		return 0;
	case 0x8906: // SIOCGSTAMP_OLD
	case 0x8907: // SIOCGSTAMPNS_OLD
		return 2 * sizeof(long);
	case SIOCGIFCONF:
		return sizeof(struct ifconf);
	case SIOCGARP:
		return sizeof(struct arpreq);
	case SIOCSIFADDR: // IPv6 has a struct of its own for these
	case SIOCSIFDSTADDR:
	case SIOCDIFADDR:
		return -1;
	}
	if ((request >= SIOCGIFNAME && request <= SIOCDIFADDR) || (request >= SIOCGIFCOUNT && request <= SIOCETHTOOL) ||
	    (request >= SIOCGIFMAP && request <= SIOCGHWTSTAMP))
		return sizeof(struct ifreq);
	return _IOC_DIR(request) != _IOC_NONE ? (long)_IOC_SIZE(request) : -1;
}

static enum reason argument(long size, const void *p)
{
	return size < 0 ? OTHER : memory(p, (size_t)size);
}

#define MAKE(name, why, args, c) (enter(FN_##name, why) ? leave(interpose_##name args) : real_##name c)

int socket(int domain, int type, int protocol)
{
	return (int)MAKE(socket, CSOCK, (domain, type, protocol), (domain, type, protocol));
}

int socketpair(int domain, int type, int protocol, int pair[2])
{
	return (int)MAKE(socketpair, memory(pair, sizeof(int[2])), (domain, type, protocol, pair),
			 (domain, type, protocol, pair));
}

int bind(int fd, const struct sockaddr *sa, socklen_t n)
{
	return (int)MAKE(bind, memory(sa, n), (fd, (void *)sa, n), (fd, sa, n));
}

int connect(int fd, const struct sockaddr *sa, socklen_t n)
{
	return (int)MAKE(connect, memory(sa, n), (fd, (void *)sa, n), (fd, sa, n));
}

int listen(int fd, int backlog)
{
	return (int)MAKE(listen, CSOCK, (fd, backlog), (fd, backlog));
}

int shutdown(int fd, int how)
{
	return (int)MAKE(shutdown, CSOCK, (fd, how), (fd, how));
}

int accept(int fd, struct sockaddr *sa, socklen_t *n)
{
	return (int)MAKE(accept, sa ? room(sa, n) : CSOCK, (fd, sa, n), (fd, sa, n));
}

int accept4(int fd, struct sockaddr *sa, socklen_t *n, int flags)
{
	return (int)MAKE(accept4, sa ? room(sa, n) : CSOCK, (fd, sa, n, flags), (fd, sa, n, flags));
}

int getsockname(int fd, struct sockaddr *sa, socklen_t *n)
{
	return (int)MAKE(getsockname, room(sa, n), (fd, sa, n), (fd, sa, n));
}

int getpeername(int fd, struct sockaddr *sa, socklen_t *n)
{
	return (int)MAKE(getpeername, room(sa, n), (fd, sa, n), (fd, sa, n));
}

int getsockopt(int fd, int level, int number, void *p, socklen_t *n)
{
	return (int)MAKE(getsockopt, room(p, n), (fd, level, number, p, n), (fd, level, number, p, n));
}

int setsockopt(int fd, int level, int number, const void *p, socklen_t n)
{
	return (int)MAKE(setsockopt, memory(p, n), (fd, level, number, (void *)p, n), (fd, level, number, p, n));
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	return MAKE(send, memory(p, n), (fd, (void *)p, n, flags), (fd, p, n, flags));
}

// The same for a call that receives. MSG_TRUNC without memory is csock's Discard.
static enum reason received(const void *p, size_t n, int flags)
{
	return !p && (flags & MSG_TRUNC) && n <= PTRDIFF_MAX ? CSOCK : memory(p, n);
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
	return MAKE(recv, received(p, n, flags), (fd, p, n, flags), (fd, p, n, flags));
}

ssize_t sendto(int fd, const void *p, size_t n, int flags, const struct sockaddr *sa, socklen_t sa_n)
{
	enum reason why = both(memory(p, n), sa ? memory(sa, sa_n) : CSOCK);
	return MAKE(sendto, why, (fd, (void *)p, n, flags, (void *)sa, sa_n), (fd, p, n, flags, sa, sa_n));
}

ssize_t recvfrom(int fd, void *p, size_t n, int flags, struct sockaddr *sa, socklen_t *sa_n)
{
	if (!sa)
		return MAKE(recvfrom, received(p, n, flags), (fd, p, n, flags, NULL, NULL), (fd, p, n, flags, NULL, sa_n));
	return MAKE(recvfrom, both(memory(p, n), room(sa, sa_n)), (fd, p, n, flags, sa, sa_n), (fd, p, n, flags, sa, sa_n));
}

// The two that programs call that were compiled with _FORTIFY_SOURCE.

ssize_t __recv_chk(int fd, void *p, size_t n, size_t room, int flags)
{
	if (n > room)
		abort();
	return recv(fd, p, n, flags);
}

ssize_t __recvfrom_chk(int fd, void *p, size_t n, size_t room, int flags, struct sockaddr *sa, socklen_t *sa_n)
{
	if (n > room)
		abort();
	return recvfrom(fd, p, n, flags, sa, sa_n);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	return MAKE(sendmsg, message(m), (fd, (void *)m, flags), (fd, m, flags));
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	return MAKE(recvmsg, message(m), (fd, m, flags), (fd, m, flags));
}

int sendmmsg(int fd, struct mmsghdr *m, unsigned int n, int flags)
{
	return (int)MAKE(sendmmsg, messages(m, n), (fd, m, n, flags), (fd, m, n, flags));
}

int recvmmsg(int fd, struct mmsghdr *m, unsigned int n, int flags, struct timespec *timeout)
{
	int invalid = timeout && (timeout->tv_sec < 0 || timeout->tv_sec > 1 << 30 || timeout->tv_nsec < 0 || timeout->tv_nsec > 999999999);
	return (int)MAKE(recvmmsg, invalid ? OTHER : messages(m, n), (fd, m, n, flags, timeout), (fd, m, n, flags, timeout));
}

ssize_t read(int fd, void *p, size_t n)
{
	if (!is_socket(fd)) {
		find();
		return real_read(fd, p, n);
	}
	// recv takes a datagram into no bytes.
	return MAKE(read, n == 0 ? OTHER : memory(p, n), (fd, p, n), (fd, p, n));
}

ssize_t __read_chk(int fd, void *p, size_t n, size_t room)
{
	if (n > room)
		abort();
	return read(fd, p, n);
}

ssize_t write(int fd, const void *p, size_t n)
{
	if (!is_socket(fd)) {
		find();
		return real_write(fd, p, n);
	}
	return MAKE(write, memory(p, n), (fd, (void *)p, n), (fd, p, n));
}

ssize_t readv(int fd, const struct iovec *v, int n)
{
	if (!is_socket(fd)) {
		find();
		return real_readv(fd, v, n);
	}
	return MAKE(readv, vector(v, n), (fd, (void *)v, n), (fd, v, n));
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	if (!is_socket(fd)) {
		find();
		return real_writev(fd, v, n);
	}
	return MAKE(writev, vector(v, n), (fd, (void *)v, n), (fd, v, n));
}

// Makes a call of poll or ppoll. ns is the timeout, negative for none. It returns 0, and sets *rest,
// if libc has to make the call, or the rest of it.
static int poll_sockets(enum function f, enum reason why, struct pollfd *fds, nfds_t n, long long ns, int *rest)
{
	int waits = why == CSOCK && ns != 0 && __atomic_load_n(&handles_signals, __ATOMIC_RELAXED);
	*rest = 1;
	if (!enter(f, why))
		return 0;
	int r = (int)leave(interpose_poll(fds, n, waits ? 0 : ns));
	*rest = waits && r == 0;
	if (*rest)
		count(f, OTHER);
	return r;
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	int rest = 1, r = 0;
	if (are_sockets(fds, n))
		r = poll_sockets(FN_poll, CSOCK, fds, n, timeout < 0 ? -1 : timeout * 1000000LL, &rest);
	find();
	return rest ? real_poll(fds, n, timeout) : r;
}

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room)
{
	if (room / sizeof(*fds) < n)
		abort();
	return poll(fds, n, timeout);
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *t, const sigset_t *mask)
{
	int rest = 1, r = 0;
	int odd = mask || (t && (t->tv_sec < 0 || t->tv_sec > 1 << 30 || t->tv_nsec < 0 || t->tv_nsec > 999999999));
	if (are_sockets(fds, n))
		r = poll_sockets(FN_ppoll, odd ? OTHER : CSOCK, fds, n, !t || odd ? -1 : t->tv_sec * 1000000000LL + t->tv_nsec, &rest);
	find();
	return rest ? real_ppoll(fds, n, t, mask) : r;
}

int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *t, const sigset_t *mask, size_t room)
{
	if (room / sizeof(*fds) < n)
		abort();
	return ppoll(fds, n, t, mask);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	va_start(args, request);
	void *p = va_arg(args, void *);
	va_end(args);
	if (!is_socket(fd)) {
		find();
		return real_ioctl(fd, request, p);
	}
	long size = request_size(request);
	return (int)MAKE(ioctl, argument(size, p), (fd, request, p, (size_t)size), (fd, request, p));
}

// An os.File is open.
static enum reason file(int fd)
{
	struct stat st;
	int before = errno;
	int is = fstat(fd, &st) == 0;
	errno = before;
	return is ? CSOCK : OTHER;
}

ssize_t sendfile(int out, int in, off_t *offset, size_t n)
{
	if (!is_socket(out)) {
		find();
		return real_sendfile(out, in, offset, n);
	}
	return MAKE(sendfile, file(in), (out, in, offset, n), (out, in, offset, n));
}

ssize_t sendfile64(int out, int in, off64_t *offset, size_t n)
{
	return sendfile(out, in, offset, n);
}

// A socket has no offset, and csock moves bytes between a socket and a pipe, which has none either.
ssize_t splice(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t n, unsigned int flags)
{
	int from_socket = is_socket(in);
	if (!from_socket && !is_socket(out)) {
		find();
		return real_splice(in, in_offset, out, out_offset, n, flags);
	}
	enum reason why = in_offset || out_offset ? OTHER : both(file(in), file(out));
	why = both(why, n > PTRDIFF_MAX ? MEMORY : CSOCK);
	return MAKE(splice, why, (in, out, from_socket, n, flags), (in, in_offset, out, out_offset, n, flags));
}

ssize_t tee(int in, int out, size_t n, unsigned int flags)
{
	return MAKE(tee, n > PTRDIFF_MAX ? MEMORY : both(file(in), file(out)), (in, out, n, flags), (in, out, n, flags));
}

int sockatmark(int fd)
{
	if (!is_socket(fd)) {
		find();
		return real_sockatmark(fd);
	}
	return (int)MAKE(sockatmark, CSOCK, (fd), (fd));
}

// A handler must not run on the stack of a goroutine. Go gives each thread another for signals.

int sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction on_stack;
	if (act && act->sa_handler != SIG_DFL && act->sa_handler != SIG_IGN) {
		on_stack = *act;
		on_stack.sa_flags |= SA_ONSTACK;
		act = &on_stack;
		__atomic_store_n(&handles_signals, 1, __ATOMIC_RELAXED);
	}
	return real_sigaction(sig, act, old);
}

void (*signal(int sig, void (*handler)(int)))(int)
{
	struct sigaction act = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
	sigemptyset(&act.sa_mask);
	return sigaction(sig, &act, &old) < 0 ? SIG_ERR : old.sa_handler;
}
