/* fetch ADDRESS PORT MILLISECONDS: connects, within a time, sends a line, and prints what comes back
 * and what TCP counted. docs/porting-from-c.md ports it to Go. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns 0, or an errno. */
static int connect_within(int fd, const struct sockaddr *addr, socklen_t len, int milliseconds)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int err, flags = fcntl(fd, F_GETFL);
	socklen_t size = sizeof(err);

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	if (connect(fd, addr, len)) {
		if (errno != EINPROGRESS)
			return errno;
		switch (poll(&p, 1, milliseconds)) {
		case -1:
			return errno;
		case 0:
			return ETIMEDOUT;
		}
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size))
			return errno;
		if (err)
			return err;
	}
	fcntl(fd, F_SETFL, flags);
	return 0;
}

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST }, *ai;
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	struct tcp_info info;
	socklen_t size = sizeof(info);
	static const char line[] = "hello\n";
	char buf[1024];
	ssize_t n;
	int fd, err, on = 1;

	if (argc != 4 || getaddrinfo(argv[1], argv[2], &hints, &ai))
		return 2;
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		return 1;
	err = connect_within(fd, ai->ai_addr, ai->ai_addrlen, atoi(argv[3]));
	freeaddrinfo(ai);
	if (err) {
		puts(err == ETIMEDOUT ? "timeout" : err == ECONNREFUSED ? "refused" : "failed");
		return 1;
	}
	if (send(fd, line, strlen(line), MSG_NOSIGNAL) < 0)
		return 1;
	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		fwrite(buf, 1, n, stdout);
	if (n < 0) {
		puts(errno == ECONNRESET ? "reset" : "failed");
		return 1;
	}
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size))
		return 1;
	printf("received %llu\n", (unsigned long long)info.tcpi_bytes_received);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
	return 0;
}
