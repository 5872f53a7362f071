// A library to preload that imitates a family that refuses what csock adds to calls. A send with
// MSG_NOSIGNAL fails with EINVAL, as QRTR's does. An accept that requests the peer's address drops
// the connection, as AF_ALG's does. The library prints the name of each call that it refuses. A
// SOCK_SEQPACKET socket has no SO_DOMAIN.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int refused(const char *name, int flags)
{
	if (!(flags & MSG_NOSIGNAL))
		return 0;
	if (write(STDERR_FILENO, name, strlen(name)) < 0)
		_exit(9);
	errno = EINVAL;
	return 1;
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	return refused("send\n", flags) ? -1 : NEXT(send)(fd, p, n, flags);
}

ssize_t sendto(int fd, const void *p, size_t n, int flags, const struct sockaddr *sa, socklen_t len)
{
	return refused("sendto\n", flags) ? -1 : NEXT(sendto)(fd, p, n, flags, sa, len);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	return refused("sendmsg\n", flags) ? -1 : NEXT(sendmsg)(fd, m, flags);
}

int sendmmsg(int fd, struct mmsghdr *m, unsigned int n, int flags)
{
	return refused("sendmmsg\n", flags) ? -1 : NEXT(sendmmsg)(fd, m, n, flags);
}

int accept4(int fd, struct sockaddr *sa, socklen_t *len, int flags)
{
	int r = NEXT(accept4)(fd, NULL, NULL, flags);
	if (r >= 0 && sa != NULL && len != NULL) {
		shutdown(r, SHUT_RDWR);
		close(r);
		errno = ECONNABORTED;
		return -1;
	}
	return r;
}

int getsockname(int fd, struct sockaddr *sa, socklen_t *len)
{
	(void)fd, (void)sa, (void)len;
	errno = EOPNOTSUPP;
	return -1;
}

int getsockopt(int fd, int level, int name, void *p, socklen_t *len)
{
	int r = NEXT(getsockopt)(fd, level, name, p, len);
	if (r != 0 || level != SOL_SOCKET || name != SO_DOMAIN || *len != sizeof(int))
		return r;
	int type;
	socklen_t size = sizeof(type);
	if (NEXT(getsockopt)(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type == SOCK_SEQPACKET) {
		errno = ENOPROTOOPT;
		return -1;
	}
	*(int *)p = 42; // AF_QIPCRTR
	return 0;
}
