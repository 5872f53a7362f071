// A library to preload that replaces libc's socket calls, as libraries do that carry sockets past
// the kernel or through a proxy. It prints the name of each call. accept4 fails with ECONNABORTED,
// and a send of two bytes sends none.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void print(const char *name)
{
	if (write(STDERR_FILENO, name, strlen(name)) < 0)
		_exit(9);
}

#define BEFORE(type, name, params, args) \
	type name params \
	{ \
		print(#name "\n"); \
		type (*next) params = (type (*) params)dlsym(RTLD_NEXT, #name); \
		return next args; \
	}

int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	(void)fd, (void)addr, (void)len, (void)flags;
	errno = ECONNABORTED;
	return -1;
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	if (n == 2)
		return 0;
	print("send\n");
	ssize_t (*next)(int, const void *, size_t, int) = (ssize_t (*)(int, const void *, size_t, int))dlsym(RTLD_NEXT, "send");
	return next(fd, p, n, flags);
}

BEFORE(int, socketpair, (int domain, int type, int protocol, int pair[2]), (domain, type, protocol, pair))
BEFORE(ssize_t, recv, (int fd, void *p, size_t n, int flags), (fd, p, n, flags))
BEFORE(ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags))
BEFORE(ssize_t, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
