/* echo PORT: sends UDP datagrams back, over IPv4 and IPv6, from the address that they came to. It
 * prints a line for each, and ends when one says "quit". docs/porting-from-c.md ports it to Go. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_socket(int family, int port)
{
	int on = 1;
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	if (family == AF_INET) {
		struct sockaddr_in addr;
		memset(&addr, 0, sizeof(addr));
		addr.sin_family = AF_INET;
		addr.sin_port = htons(port);
		addr.sin_addr.s_addr = htonl(INADDR_ANY);
		if (setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) ||
		    setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on)) ||
		    bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
			die("IPv4");
	} else {
		struct sockaddr_in6 addr;
		memset(&addr, 0, sizeof(addr));
		addr.sin6_family = AF_INET6;
		addr.sin6_port = htons(port);
		addr.sin6_addr = in6addr_any;
		if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) ||
		    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)) ||
		    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on)) ||
		    bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
			die("IPv6");
	}
	return fd;
}

/* Receives one datagram and sends it back; returns 1 if it says "quit". */
static int serve(int fd)
{
	union {
		struct cmsghdr align;
		char buf[256];
	} control, reply;
	char data[16], to[INET6_ADDRSTRLEN] = "?";
	struct sockaddr_storage from;
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct msghdr back = { .msg_name = &from, .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &reply };
	struct cmsghdr *c;
	int ttl = -1;
	ssize_t n = recvmsg(fd, &m, 0);
	if (n < 0)
		die("recvmsg");
	memset(&reply, 0, sizeof(reply));
	for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
		    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT)) {
			memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			inet_ntop(AF_INET, &info.ipi_addr, to, sizeof(to));
			info.ipi_spec_dst = info.ipi_addr;
			memcpy(&reply, c, CMSG_LEN(sizeof(info)));
			memcpy(CMSG_DATA(&reply.align), &info, sizeof(info));
			back.msg_controllen = CMSG_SPACE(sizeof(info));
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			inet_ntop(AF_INET6, &info.ipi6_addr, to, sizeof(to));
			memcpy(&reply, c, CMSG_LEN(sizeof(info)));
			back.msg_controllen = CMSG_SPACE(sizeof(info));
		}
	}
	printf("%zd bytes to %s, ttl %d%s\n", n, to, ttl, m.msg_flags & MSG_TRUNC ? ", truncated" : "");
	fflush(stdout);
	iov.iov_len = n;
	back.msg_namelen = m.msg_namelen;
	if (sendmsg(fd, &back, 0) < 0)
		die("sendmsg");
	return n == 4 && memcmp(data, "quit", 4) == 0;
}

int main(int argc, char **argv)
{
	struct pollfd fds[2];
	int port = argc > 1 ? atoi(argv[1]) : 0;

	fds[0].fd = open_socket(AF_INET, port);
	fds[1].fd = open_socket(AF_INET6, port);
	fds[0].events = fds[1].events = POLLIN;
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			die("poll");
		for (int i = 0; i < 2; i++)
			if (fds[i].revents && serve(fds[i].fd))
				return 0;
	}
}
