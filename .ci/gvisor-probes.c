// What gVisor lacks, in plain C: each line is one call and its result, for the entries of
// .ci/gvisor.tsv whose test alone does not show the cause. On Linux every line says "has".
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void report(const char *what, int has, int error)
{
	printf("%-5s %s", has ? "has" : "lacks", what);
	if (!has)
		printf(": %s", error ? strerror(error) : "no error");
	printf("\n");
}

static void report_call(const char *what, int result)
{
	report(what, result == 0, errno);
}

static int bound(int type, struct sockaddr_in *addr)
{
	socklen_t size = sizeof *addr;
	int s = socket(AF_INET, type, 0), on = 1;
	if (type == SOCK_DGRAM)
		setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	if (addr->sin_family == 0) {
		addr->sin_family = AF_INET;
		addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	bind(s, (struct sockaddr *)addr, sizeof *addr);
	getsockname(s, (struct sockaddr *)addr, &size);
	return s;
}

static int begin(const struct sockaddr_in *to)
{
	int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	connect(s, (const struct sockaddr *)to, sizeof *to);
	return s;
}

static int end(int s)
{
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	return connect(s, &none, sizeof none);
}

// Handshakes with a listener whose queue is full do not end.
static void handshake(void)
{
	struct sockaddr_in addr = {0};
	struct pollfd p = {.events = POLLOUT};
	char line[512];
	unsigned port, state;
	int l = bound(SOCK_STREAM, &addr), waits = 0, seen = 0;
	listen(l, 0);
	for (int i = 0; i < 8; i++) {
		p.fd = begin(&addr);
		waits += poll(&p, 1, 200) == 0;
	}
	FILE *f = fopen("/proc/net/tcp", "r");
	while (f && fgets(line, sizeof line, f))
		seen += sscanf(line, " %*u: %*x:%*x %*x:%x %x", &port, &state) == 2 && state == 2 &&
			port == ntohs(addr.sin_port);
	printf("      %d of 8 handshakes with a full listener wait\n", waits);
	report("a handshake in /proc/net/tcp", seen > 0, 0);
	report_call("connect to AF_UNSPEC during a handshake", end(p.fd));
}

static void undo(void)
{
	struct sockaddr_in addr = {0};
	struct pollfd p = {.events = POLLOUT};
	int l = bound(SOCK_STREAM, &addr);
	listen(l, 8);
	p.fd = begin(&addr);
	poll(&p, 1, 1000);
	report_call("connect to AF_UNSPEC of a connection", end(p.fd));
}

// accept at the limit of descriptors.
static int accept_at_limit(int l)
{
	struct rlimit old, none;
	getrlimit(RLIMIT_NOFILE, &old);
	none = old;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	int got = accept(l, 0, 0) < 0 ? errno : 0;
	setrlimit(RLIMIT_NOFILE, &old);
	return got;
}

static void limit(void)
{
	struct sockaddr_in addr = {0};
	struct pollfd p = {.events = POLLIN};
	int error;
	p.fd = bound(SOCK_STREAM, &addr);
	listen(p.fd, 8);
	fcntl(p.fd, F_SETFL, O_NONBLOCK);
	error = accept_at_limit(p.fd);
	report("EMFILE of accept without a connection", error == EMFILE, error);
	begin(&addr);
	poll(&p, 1, 1000);
	error = accept_at_limit(p.fd);
	report("EMFILE of accept with a connection", error == EMFILE, error);
	report_call("the connection after that", accept(p.fd, 0, 0) < 0);
}

static void empty(void)
{
	int s[2];
	char c;
	socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
	ssize_t sent = send(s[0], "", 0, 0), got = recv(s[1], &c, 1, MSG_DONTWAIT);
	report("an empty message of a Unix datagram socket", sent == 0 && got == 0, errno);
}

static void timestamp(int option, const char *name)
{
	struct sockaddr_in addr = {0};
	struct pollfd p = {.events = POLLIN};
	char data[8], control[256];
	struct iovec iov = {data, sizeof data};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	int on = 1;
	p.fd = bound(SOCK_DGRAM, &addr);
	if (setsockopt(p.fd, SOL_SOCKET, option, &on, sizeof on) != 0) {
		report(name, 0, errno);
		return;
	}
	sendto(p.fd, "x", 1, 0, (struct sockaddr *)&addr, sizeof addr);
	poll(&p, 1, 1000);
	recvmsg(p.fd, &m, 0);
	report(name, CMSG_FIRSTHDR(&m) != 0, 0);
}

// The program chooses the second socket for every datagram.
static void reuseport(void)
{
	struct sock_filter code = {BPF_RET | BPF_K, 0, 0, 1};
	struct sock_fprog program = {1, &code};
	struct sockaddr_in addr = {0};
	char c;
	int a = bound(SOCK_DGRAM, &addr), b = bound(SOCK_DGRAM, &addr), got = 0;
	if (setsockopt(a, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) != 0) {
		report("SO_ATTACH_REUSEPORT_CBPF", 0, errno);
		return;
	}
	for (int i = 0; i < 32; i++) { // each sender has a port of its own
		int s = socket(AF_INET, SOCK_DGRAM, 0);
		struct pollfd p = {.fd = b, .events = POLLIN};
		sendto(s, "x", 1, 0, (struct sockaddr *)&addr, sizeof addr);
		poll(&p, 1, 50);
		got += recv(b, &c, 1, MSG_DONTWAIT) == 1;
		close(s);
	}
	printf("      %d of 32 datagrams are where SO_ATTACH_REUSEPORT_CBPF puts them\n", got);
	report("SO_ATTACH_REUSEPORT_CBPF", got == 32, 0);
}

int main(void)
{
	setvbuf(stdout, 0, _IONBF, 0);
	handshake();
	undo();
	limit();
	empty();
	timestamp(SO_TIMESTAMP, "SO_TIMESTAMP");
	timestamp(SO_TIMESTAMPNS, "SO_TIMESTAMPNS");
	reuseport();
}
