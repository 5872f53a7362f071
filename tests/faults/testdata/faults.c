// A library to preload that stands before libc's calls and has one of them fail: the n-th call of a
// function, with an errno. A file that the test maps as well, which CSOCK_FAULTS names, says which,
// and has how often each function was called.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FUNCTIONS(X) \
	X(socket) X(socketpair) X(accept) X(accept4) X(close) X(bind) X(connect) X(listen) X(shutdown) X(getsockname) \
	X(getpeername) X(send) X(recv) X(sendto) X(recvfrom) X(sendmsg) X(recvmsg) X(sendmmsg) X(recvmmsg) X(setsockopt) \
	X(getsockopt) X(fcntl) X(ioctl) X(poll) X(epoll_create1) X(epoll_ctl) X(sendfile) X(splice) X(tee) X(pipe2) X(read) \
	X(if_nametoindex) X(if_indextoname) X(mmap) X(bpf)

enum {
#define X(name) F_##name,
	FUNCTIONS(X)
#undef X
	F_COUNT
};

// As the test has it.
struct faults {
	int function, nth, error, fired; // nth 0: none fails
	struct {
		char name[24];
		int calls;
	} functions[64];
};
static struct faults *faults;

__attribute__((constructor)) static void start(void)
{
	static const char *const names[] = {
#define X(name) #name,
		FUNCTIONS(X)
#undef X
	};
	const char *path = getenv("CSOCK_FAULTS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	faults = mmap(NULL, sizeof(*faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (faults == MAP_FAILED)
		abort();
	for (int i = 0; i < F_COUNT; i++)
		strcpy(faults->functions[i].name, names[i]);
}

static int fails(int function)
{
	if (!faults)
		return 0;
	int n = __atomic_add_fetch(&faults->functions[function].calls, 1, __ATOMIC_SEQ_CST);
	if (faults->function != function || faults->nth != n)
		return 0;
	__atomic_add_fetch(&faults->fired, 1, __ATOMIC_SEQ_CST);
	errno = faults->error;
	return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define FAILING(type, failure, name, params, args) \
	type name params { return fails(F_##name) ? failure : NEXT(name) args; }

FAILING(int, -1, socket, (int domain, int type, int protocol), (domain, type, protocol))
FAILING(int, -1, socketpair, (int domain, int type, int protocol, int fds[2]), (domain, type, protocol, fds))
FAILING(int, -1, accept, (int fd, struct sockaddr *sa, socklen_t *len), (fd, sa, len))
FAILING(int, -1, accept4, (int fd, struct sockaddr *sa, socklen_t *len, int flags), (fd, sa, len, flags))
FAILING(int, -1, bind, (int fd, const struct sockaddr *sa, socklen_t len), (fd, sa, len))
FAILING(int, -1, connect, (int fd, const struct sockaddr *sa, socklen_t len), (fd, sa, len))
FAILING(int, -1, listen, (int fd, int backlog), (fd, backlog))
FAILING(int, -1, shutdown, (int fd, int how), (fd, how))
FAILING(int, -1, getsockname, (int fd, struct sockaddr *sa, socklen_t *len), (fd, sa, len))
FAILING(int, -1, getpeername, (int fd, struct sockaddr *sa, socklen_t *len), (fd, sa, len))
FAILING(ssize_t, -1, send, (int fd, const void *p, size_t n, int flags), (fd, p, n, flags))
FAILING(ssize_t, -1, recv, (int fd, void *p, size_t n, int flags), (fd, p, n, flags))
FAILING(ssize_t, -1, sendto, (int fd, const void *p, size_t n, int flags, const struct sockaddr *sa, socklen_t len), (fd, p, n, flags, sa, len))
FAILING(ssize_t, -1, recvfrom, (int fd, void *p, size_t n, int flags, struct sockaddr *sa, socklen_t *len), (fd, p, n, flags, sa, len))
FAILING(ssize_t, -1, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags))
FAILING(ssize_t, -1, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
FAILING(int, -1, sendmmsg, (int fd, struct mmsghdr *m, unsigned int n, int flags), (fd, m, n, flags))
FAILING(int, -1, recvmmsg, (int fd, struct mmsghdr *m, unsigned int n, int flags, struct timespec *t), (fd, m, n, flags, t))
FAILING(int, -1, setsockopt, (int fd, int level, int name, const void *p, socklen_t n), (fd, level, name, p, n))
FAILING(int, -1, getsockopt, (int fd, int level, int name, void *p, socklen_t *n), (fd, level, name, p, n))
FAILING(int, -1, poll, (struct pollfd *fds, nfds_t n, int ms), (fds, n, ms))
FAILING(int, -1, epoll_create1, (int flags), (flags))
FAILING(int, -1, epoll_ctl, (int epoll, int op, int fd, struct epoll_event *e), (epoll, op, fd, e))
FAILING(ssize_t, -1, splice, (int from, off64_t *a, int to, off64_t *b, size_t n, unsigned int flags), (from, a, to, b, n, flags))
FAILING(ssize_t, -1, tee, (int from, int to, size_t n, unsigned int flags), (from, to, n, flags))
FAILING(int, -1, pipe2, (int fds[2], int flags), (fds, flags))
FAILING(ssize_t, -1, read, (int fd, void *p, size_t n), (fd, p, n))
FAILING(unsigned int, 0, if_nametoindex, (const char *name), (name))
FAILING(char *, NULL, if_indextoname, (unsigned int i, char name[IF_NAMESIZE]), (i, name))

ssize_t sendfile(int fd, int file, off_t *at, size_t n)
{
	return fails(F_sendfile) ? -1 : NEXT(sendfile)(fd, file, at, n);
}

ssize_t sendfile64(int fd, int file, off64_t *at, size_t n)
{
	return fails(F_sendfile) ? -1 : NEXT(sendfile64)(fd, file, at, n);
}

// The descriptor is gone, whatever close(2) says.
int close(int fd)
{
	int failed = fails(F_close), err = errno;
	int r = NEXT(close)(fd);
	if (!failed)
		return r;
	errno = err;
	return -1;
}

int fcntl(int fd, int cmd, ...)
{
	va_list args;
	va_start(args, cmd);
	void *arg = va_arg(args, void *);
	va_end(args);
	return fails(F_fcntl) ? -1 : NEXT(fcntl)(fd, cmd, arg);
}

int fcntl64(int fd, int cmd, ...)
{
	va_list args;
	va_start(args, cmd);
	void *arg = va_arg(args, void *);
	va_end(args);
	return fails(F_fcntl) ? -1 : NEXT(fcntl64)(fd, cmd, arg);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	va_start(args, request);
	void *arg = va_arg(args, void *);
	va_end(args);
	return fails(F_ioctl) ? -1 : NEXT(ioctl)(fd, request, arg);
}

// Go's runtime maps memory too: the rings' is a socket's, or has this flag.
static int of_ring(int flags, int fd) { return fd >= 0 || flags & MAP_NORESERVE; }

void *mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
	return of_ring(flags, fd) && fails(F_mmap) ? MAP_FAILED : NEXT(mmap)(at, n, prot, flags, fd, offset);
}

void *mmap64(void *at, size_t n, int prot, int flags, int fd, off64_t offset)
{
	return of_ring(flags, fd) && fails(F_mmap) ? MAP_FAILED : NEXT(mmap64)(at, n, prot, flags, fd, offset);
}

// Libc has no function for bpf(2).
long syscall(long number, ...)
{
	va_list args;
	va_start(args, number);
	long a[6];
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	return number == SYS_bpf && fails(F_bpf) ? -1 : NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
