// As csock does, for files beyond 2 GiB on 32-bit systems.
#define _FILE_OFFSET_BITS 64

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>

int core_inet4(const char *ip, unsigned port, uint8_t *out)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	if (inet_pton(AF_INET, ip, &sa.sin_addr) != 1)
		return -EINVAL;
	memcpy(out, &sa, sizeof(sa));
	return sizeof(sa);
}

int core_inet6(const char *ip, unsigned port, uint32_t flow, uint32_t scope, uint8_t *out)
{
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port),
		.sin6_flowinfo = htonl(flow),
		.sin6_scope_id = scope,
	};
	if (inet_pton(AF_INET6, ip, &sa.sin6_addr) != 1)
		return -EINVAL;
	memcpy(out, &sa, sizeof(sa));
	return sizeof(sa);
}

int core_unix(const char *path, size_t n, uint8_t *out)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	if (n > sizeof(sa.sun_path))
		return -ENAMETOOLONG;
	memcpy(sa.sun_path, path, n);
	memcpy(out, &sa, sizeof(sa));
	if (n == 0 || path[0] == 0 || n == sizeof(sa.sun_path))
		return (int)(offsetof(struct sockaddr_un, sun_path) + n);
	return (int)(offsetof(struct sockaddr_un, sun_path) + n + 1);
}

int core_vsock(unsigned cid, unsigned port, uint8_t *out)
{
	struct sockaddr_vm sa = {.svm_family = AF_VSOCK, .svm_port = port, .svm_cid = cid};
	memcpy(out, &sa, sizeof(sa));
	return sizeof(sa);
}

int core_packet(unsigned protocol, int ifindex, const uint8_t *hw, size_t n, uint8_t *out)
{
	struct sockaddr_ll sa = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons((uint16_t)protocol),
		.sll_ifindex = ifindex,
		.sll_halen = (uint8_t)n,
	};
	if (n > sizeof(sa.sll_addr))
		return -EINVAL;
	if (n > 0) // hw may be NULL
		memcpy(sa.sll_addr, hw, n);
	memcpy(out, &sa, sizeof(sa));
	return sizeof(sa);
}

int core_netlink(unsigned pid, unsigned groups, uint8_t *out)
{
	struct sockaddr_nl sa = {.nl_family = AF_NETLINK, .nl_pid = pid, .nl_groups = groups};
	memcpy(out, &sa, sizeof(sa));
	return sizeof(sa);
}

int core_getsockname(int fd, uint8_t *out)
{
	socklen_t len = CREF_ADDR_MAX;
	return getsockname(fd, (struct sockaddr *)out, &len) < 0 ? -errno : (int)len;
}

int core_getpeername(int fd, uint8_t *out)
{
	socklen_t len = CREF_ADDR_MAX;
	return getpeername(fd, (struct sockaddr *)out, &len) < 0 ? -errno : (int)len;
}

int core_bind(int fd, const uint8_t *sa, int len)
{
	return bind(fd, (const struct sockaddr *)sa, (socklen_t)len) < 0 ? -errno : 0;
}

int core_connect(int fd, const uint8_t *sa, int len)
{
	return connect(fd, (const struct sockaddr *)sa, (socklen_t)len) < 0 ? -errno : 0;
}

ssize_t core_sendto(int fd, const uint8_t *p, size_t n, int flags, const uint8_t *sa, int len)
{
	ssize_t r = sendto(fd, p, n, flags, (const struct sockaddr *)sa, (socklen_t)len);
	return r < 0 ? -errno : r;
}

ssize_t core_sendmsg(int fd, const uint8_t *p, size_t n, int flags, const uint8_t *sa, int len)
{
	struct iovec iov = {(void *)p, n};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	if (len > 0) {
		m.msg_name = (void *)sa;
		m.msg_namelen = (socklen_t)len;
	}
	ssize_t r = sendmsg(fd, &m, flags);
	return r < 0 ? -errno : r;
}

ssize_t core_recvmsg(int fd, uint8_t *p, size_t n, int *flags, uint8_t *sa, int *len)
{
	struct iovec iov = {p, n};
	struct msghdr m = {.msg_name = sa, .msg_namelen = CREF_ADDR_MAX, .msg_iov = &iov, .msg_iovlen = 1};
	ssize_t r = recvmsg(fd, &m, *flags);
	if (r < 0)
		return -errno;
	*flags = m.msg_flags;
	*len = (int)m.msg_namelen;
	return r;
}

ssize_t core_sendfile(int fd, int file, int64_t offset, size_t n)
{
	off_t off = offset;
	ssize_t r = sendfile(fd, file, &off, n);
	return r < 0 ? -errno : r;
}

ssize_t core_sendfile_next(int fd, int file, size_t n)
{
	ssize_t r = sendfile(fd, file, NULL, n);
	return r < 0 ? -errno : r;
}

ssize_t core_discard(int fd, size_t n, int flags)
{
	ssize_t r = recv(fd, NULL, n, MSG_TRUNC | flags);
	return r < 0 ? -errno : r;
}

ssize_t core_splice(int from, int to, size_t n, unsigned flags)
{
	ssize_t r = splice(from, NULL, to, NULL, n, flags);
	return r < 0 ? -errno : r;
}

ssize_t core_tee(int from, int to, size_t n, unsigned flags)
{
	ssize_t r = tee(from, to, n, flags);
	return r < 0 ? -errno : r;
}
