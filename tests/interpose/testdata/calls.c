// Makes generated socket calls by libc and by the library that is preloaded before it, and compares
// the results, errno and every byte of memory that a call may write: calls SEED ROUNDS. It prints
// for each difference a line
//
//	difference <kind>: <call>: C <outcome>, csock <outcome>
//
// and for each kind how many calls it has compared, and how many of them gave C itself different
// outcomes.
#define _GNU_SOURCE 1

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define FUNCTIONS(F)                                                                                                   \
	F(int, socket, (int, int, int))                                                                                \
	F(int, socketpair, (int, int, int, int[2]))                                                                    \
	F(int, bind, (int, const struct sockaddr *, socklen_t))                                                        \
	F(int, connect, (int, const struct sockaddr *, socklen_t))                                                     \
	F(int, listen, (int, int))                                                                                     \
	F(int, shutdown, (int, int))                                                                                   \
	F(int, accept, (int, struct sockaddr *, socklen_t *))                                                          \
	F(int, accept4, (int, struct sockaddr *, socklen_t *, int))                                                    \
	F(int, getsockname, (int, struct sockaddr *, socklen_t *))                                                     \
	F(int, getpeername, (int, struct sockaddr *, socklen_t *))                                                     \
	F(int, getsockopt, (int, int, int, void *, socklen_t *))                                                       \
	F(int, setsockopt, (int, int, int, const void *, socklen_t))                                                   \
	F(ssize_t, send, (int, const void *, size_t, int))                                                             \
	F(ssize_t, recv, (int, void *, size_t, int))                                                                   \
	F(ssize_t, sendto, (int, const void *, size_t, int, const struct sockaddr *, socklen_t))                       \
	F(ssize_t, recvfrom, (int, void *, size_t, int, struct sockaddr *, socklen_t *))                               \
	F(ssize_t, sendmsg, (int, const struct msghdr *, int))                                                         \
	F(ssize_t, recvmsg, (int, struct msghdr *, int))                                                               \
	F(int, sendmmsg, (int, struct mmsghdr *, unsigned int, int))                                                   \
	F(int, recvmmsg, (int, struct mmsghdr *, unsigned int, int, struct timespec *))                                \
	F(ssize_t, read, (int, void *, size_t))                                                                        \
	F(ssize_t, write, (int, const void *, size_t))                                                                 \
	F(ssize_t, readv, (int, const struct iovec *, int))                                                            \
	F(ssize_t, writev, (int, const struct iovec *, int))                                                           \
	F(int, poll, (struct pollfd *, nfds_t, int))                                                                   \
	F(int, ppoll, (struct pollfd *, nfds_t, const struct timespec *, const sigset_t *))                            \
	F(int, ioctl, (int, unsigned long, ...))                                                                       \
	F(ssize_t, sendfile, (int, int, off_t *, size_t))                                                              \
	F(ssize_t, splice, (int, off64_t *, int, off64_t *, size_t, unsigned int))                                     \
	F(ssize_t, tee, (int, int, size_t, unsigned int))                                                              \
	F(int, sockatmark, (int))

struct calls {
#define F(type, name, params) type(*name) params;
	FUNCTIONS(F)
#undef F
};

static struct calls c;	   // libc's, also for all that is not compared
static struct calls csock; // those of the library that is preloaded

#ifndef SO_PEERPIDFD // Linux 6.5
#define SO_PEERPIDFD 77
#endif

// Random numbers.

static uint64_t state;

static uint32_t random32(void)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static int below(int n)
{
	return (int)(random32() % (unsigned)n);
}

static int chance(int percent)
{
	return below(100) < percent;
}

#define ANY(list) (list)[below((int)(sizeof(list) / sizeof(*(list))))]

// Values that mean something more often than random ones.
static void generate(uint8_t *p, size_t n)
{
	static const uint32_t words[] = {0, 1, 2, 3, 4, 6, 8, 16, 64, 255, 256, 1000, 4096, 65535, 65536, 0x7fffffff, 0xffffffff,
					 0x0100007f, 0x010000e0, 0x010000ef};
	int how = below(3);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)random32();
	for (size_t i = 0; how < 2 && i + 4 <= n; i += 4) {
		uint32_t w = how == 0 && i > 0 ? 0 : ANY(words);
		memcpy(p + i, &w, 4);
	}
}

// The outcome of a trial.

struct outcome {
	long result;
	int err;
	size_t n; // of bytes: the memory afterwards
	uint8_t bytes[16384];
};

static void add(struct outcome *o, const void *p, size_t n)
{
	if (o->n + n > sizeof(o->bytes))
		abort();
	memcpy(o->bytes + o->n, p, n);
	o->n += n;
}

#define ADD(o, value) add(o, &(value), sizeof(value))

static void done(struct outcome *o, long result)
{
	o->err = result < 0 ? errno : 0;
	o->result = result;
}

static int same(const struct outcome *a, const struct outcome *b)
{
	return a->result == b->result && a->err == b->err && a->n == b->n && memcmp(a->bytes, b->bytes, a->n) == 0;
}

static void print(const struct outcome *o, const struct outcome *other)
{
	size_t from = 0;
	while (from < o->n && from < other->n && o->bytes[from] == other->bytes[from])
		from++;
	printf("%ld errno %d, %zu bytes, from %zu on ", o->result, o->err, o->n, from);
	for (size_t i = from; i < o->n && i < from + 32; i++)
		printf("%02x", o->bytes[i]);
}

// A trial makes the call that arg describes, by one of the two, on sockets of its own or on one that
// it does not change.
typedef void trial(const struct calls *by, const void *arg, struct outcome *out);

static int compared, unstable;

static void compare(const char *kind, const char *text, trial *t, const void *arg)
{
	static struct outcome first, again, other;
	int stable = 1;
	compared++;
	for (int try = 0; try < 4; try++) {
		first.n = other.n = again.n = 0;
		t(&c, arg, &first);
		t(&csock, arg, &other);
		if (same(&first, &other))
			return;
		t(&c, arg, &again);
		stable &= same(&first, &again);
	}
	if (!stable) {
		unstable++;
		return;
	}
	printf("difference %s: %s: C ", kind, text);
	print(&first, &other);
	printf(", csock ");
	print(&other, &first);
	printf("\n");
}

static void end(const char *kind)
{
	printf("%s: %d compared, %d unstable\n", kind, compared, unstable);
	fflush(stdout);
	compared = unstable = 0;
}

static char text[4096];

// csock has a range of negative numbers for the names that a platform lacks. Each arg below
// remembers whether it has one.
static int own_numbers;

static int number(int n)
{
	own_numbers |= ((uint32_t)n & 0xd0000000) == 0xc0000000;
	return n;
}

static const char *format(const char *f, ...)
{
	va_list args;
	va_start(args, f);
	int n = vsnprintf(text, sizeof(text), f, args);
	va_end(args);
	if (own_numbers && n > 0)
		snprintf(text + n, sizeof(text) - (size_t)n, ", with a number of csock's own");
	own_numbers = 0;
	return text;
}

static const char *hex(const uint8_t *p, size_t n)
{
	static char s[1025];
	if (n > 512)
		n = 512;
	for (size_t i = 0; i < n; i++)
		snprintf(s + 2 * i, 3, "%02x", p[i]);
	s[2 * n] = 0;
	return s;
}

// Sockets.

union addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_ll ll;
	struct sockaddr_nl nl;
	uint8_t bytes[160];
};

enum form { PLAIN, PAIR, LISTENS };

static const struct kind {
	const char *name;
	int domain, type, protocol;
	enum form form;
} kinds[] = {
	{"tcp", AF_INET, SOCK_STREAM, 0, PLAIN},
	{"tcp6", AF_INET6, SOCK_STREAM, 0, PLAIN},
	{"connected tcp", AF_INET, SOCK_STREAM, 0, PAIR},
	{"connected tcp6", AF_INET6, SOCK_STREAM, 0, PAIR},
	{"listening tcp", AF_INET, SOCK_STREAM, 0, LISTENS},
	{"mptcp", AF_INET, SOCK_STREAM, 262, PLAIN},
	{"sctp", AF_INET, SOCK_SEQPACKET, 132, PLAIN},
	{"udp", AF_INET, SOCK_DGRAM, 0, PLAIN},
	{"udp6", AF_INET6, SOCK_DGRAM, 0, PLAIN},
	{"connected udp", AF_INET, SOCK_DGRAM, 0, PAIR},
	{"connected udp6", AF_INET6, SOCK_DGRAM, 0, PAIR},
	{"raw", AF_INET, SOCK_RAW, IPPROTO_ICMP, PLAIN},
	{"raw6", AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, PLAIN},
	{"ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP, PLAIN},
	{"unix stream", AF_UNIX, SOCK_STREAM, 0, PLAIN},
	{"unix dgram", AF_UNIX, SOCK_DGRAM, 0, PLAIN},
	{"connected unix stream", AF_UNIX, SOCK_STREAM, 0, PAIR},
	{"connected unix dgram", AF_UNIX, SOCK_DGRAM, 0, PAIR},
	{"connected unix seqpacket", AF_UNIX, SOCK_SEQPACKET, 0, PAIR},
	{"listening unix", AF_UNIX, SOCK_STREAM, 0, LISTENS},
	{"packet", AF_PACKET, SOCK_RAW, 0, PLAIN},
	{"netlink", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, PLAIN},
	{"vsock", AF_VSOCK, SOCK_STREAM, 0, PLAIN},
	{"alg", AF_ALG, SOCK_SEQPACKET, 0, PLAIN},
	{"can", AF_CAN, SOCK_RAW, 1, PLAIN},
	{"tipc", AF_TIPC, SOCK_RDM, 0, PLAIN},
	{"xdp", AF_XDP, SOCK_RAW, 0, PLAIN},
};

#define KINDS (int)(sizeof(kinds) / sizeof(*kinds))

// The address of this host, with any port, or a name of the abstract namespace.
static socklen_t local(int domain, union addr *a)
{
	static int names;
	memset(a, 0, sizeof(*a));
	a->sa.sa_family = (sa_family_t)domain;
	switch (domain) {
	case AF_INET:
		a->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(a->in);
	case AF_INET6:
		a->in6.sin6_addr = in6addr_loopback;
		return sizeof(a->in6);
	case AF_UNIX:
		return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				   (size_t)snprintf(a->un.sun_path, 32, "%cname%06d", 0, names++ % 1000000));
	}
	return 0;
}

static int must(long r, const char *what)
{
	if (r < 0) {
		perror(what);
		exit(2);
	}
	return (int)r;
}

// Returns -1 if the kernel lacks the kind. fd[0] is the socket, fd[1] its peer if there is one;
// they are non-blocking.
static int make(const struct kind *k, int fd[2])
{
	union addr a;
	socklen_t n;
	int type = k->type | SOCK_NONBLOCK;
	fd[1] = -1;
	if (k->domain == AF_UNIX && k->form == PAIR)
		return c.socketpair(AF_UNIX, type, 0, fd);
	fd[0] = c.socket(k->domain, type, k->protocol);
	if (fd[0] < 0 || k->form == PLAIN)
		return fd[0];
	n = local(k->domain, &a);
	must(c.bind(fd[0], &a.sa, n), "bind");
	if (k->form == LISTENS)
		return must(c.listen(fd[0], 8), "listen");
	n = sizeof(a);
	if (k->type == SOCK_DGRAM) {
		fd[1] = must(c.socket(k->domain, type, k->protocol), "socket");
		must(c.getsockname(fd[0], &a.sa, &n), "getsockname");
		must(c.connect(fd[1], &a.sa, n), "connect");
		n = sizeof(a);
		must(c.getsockname(fd[1], &a.sa, &n), "getsockname");
		must(c.connect(fd[0], &a.sa, n), "connect");
		return 0;
	}
	must(c.listen(fd[0], 8), "listen");
	must(c.getsockname(fd[0], &a.sa, &n), "getsockname");
	int listener = fd[0];
	fd[1] = must(c.socket(k->domain, k->type, k->protocol), "socket");
	must(c.connect(fd[1], &a.sa, n), "connect");
	must(fcntl(fd[1], F_SETFL, O_NONBLOCK), "fcntl");
	fd[0] = must(c.accept4(listener, NULL, NULL, SOCK_NONBLOCK), "accept4");
	close(listener);
	return 0;
}

static void unmake(int fd[2])
{
	close(fd[0]);
	if (fd[1] >= 0)
		close(fd[1]);
}

// Names that the kernel chooses differ from socket to socket.
static void mask(union addr *a, socklen_t n)
{
	if (n >= 4 && (a->sa.sa_family == AF_INET || a->sa.sa_family == AF_INET6))
		a->in.sin_port = 0;
	if (a->sa.sa_family == AF_UNIX && n == 8)
		memset(a->un.sun_path, 0, 6);
	if (a->sa.sa_family == AF_NETLINK)
		a->nl.nl_pid = 0;
	if (a->sa.sa_family == AF_UNIX && n == 13) // local's
		memset(a->un.sun_path, 0, 11);
}

static void add_name(struct outcome *o, int fd)
{
	union addr a;
	socklen_t n = sizeof(a);
	memset(&a, 0x55, sizeof(a));
	long r = c.getsockname(fd, &a.sa, &n);
	mask(&a, n);
	ADD(o, r);
	if (r == 0)
		ADD(o, n), ADD(o, a);
}

// getsockopt, on sockets that it does not change.

struct opt {
	int fd, level, number;
	socklen_t n;
	int how; // the content of memory
	const struct kind *kind;
	uint8_t bytes[256];
};

static uint8_t pattern(int how, size_t i)
{
	return how == 0 ? 0 : how == 1 ? 0xa5 : (uint8_t)(i * 7 + (size_t)how);
}

#define ROOM (70000 + 16)

static void try_getsockopt(const struct calls *by, const void *arg, struct outcome *o)
{
	static uint8_t p[ROOM];
	const struct opt *a = arg;
	size_t room = a->n + 16; // to find what is written past the end
	socklen_t n = a->n;
	for (size_t i = 0; i < room; i++)
		p[i] = pattern(a->how, i);
	errno = 0;
	done(o, by->getsockopt(a->fd, a->level, a->number, p, &n));
	if (o->result == 0 && a->level == SOL_SOCKET && a->number == SO_PEERPIDFD && a->n >= 4) {
		int fd;
		memcpy(&fd, p, 4);
		close(fd);
		memset(p, 0, 4);
	}
	ADD(o, n);
	// The end of long memory as a sum, which prints.
	uint32_t sum = 0;
	for (size_t i = 8192; i < room; i++)
		sum = sum * 31 + p[i];
	add(o, p, room < 8192 ? room : 8192);
	ADD(o, sum);
}

static int options_of(int fd, int level, int number)
{
	uint8_t p[256] = {0};
	socklen_t n = sizeof(p);
	if (c.getsockopt(fd, level, number, p, &n) == 0 || (errno != ENOPROTOOPT && errno != EOPNOTSUPP))
		return 1;
	n = 4;
	return c.getsockopt(fd, level, number, p, &n) == 0 || (errno != ENOPROTOOPT && errno != EOPNOTSUPP);
}

// All levels below 300 and numbers below 256, and some larger ones. An option that the socket has is
// got at every length up to 300; one that it refuses at a few, since it is refused alike at all.
static void getsockopts(const struct kind *k, int rounds)
{
	static const int levels[] = {-1, INT32_MIN, INT32_MAX, 1 << 16, (int)0x80000001, (int)0xc0000000, (int)0x90000001};
	static const int numbers[] = {-1, INT32_MIN, INT32_MAX, 1 << 16, 0x480, 0x481, 0x482, 0x483, 0x484, 0x485, 0x486, 0x10001,
				      (int)0x80000001, (int)0xc0000000, (int)0x90000001};
	static const socklen_t lengths[] = {512, 1000, 1024, 4096, 65536, 70000};
	const int all = 301 + (int)(sizeof(lengths) / sizeof(*lengths));
	int fd[2];
	if (make(k, fd) < 0)
		return;
	struct opt a = {.fd = fd[0], .kind = k};
	for (int l = 0; l < 300 + (int)(sizeof(levels) / sizeof(*levels)); l++) {
		a.level = l < 300 ? l : levels[l - 300];
		for (int i = 0; i < 256 + (int)(sizeof(numbers) / sizeof(*numbers)); i++) {
			a.number = i < 256 ? i : numbers[i - 256];
			int has = options_of(a.fd, a.level, a.number);
			for (int j = 0; j < (has ? all : rounds); j++) {
				int at = has ? j : below(all);
				a.n = at <= 300 ? (socklen_t)at : lengths[at - 301];
				a.how = below(5);
				compare("getsockopt",
					format("%s, level %d, number %d, length %u, filled with %d", k->name, number(a.level), number(a.number), a.n,
					       a.how),
					try_getsockopt, &a);
			}
		}
	}
	unmake(fd);
}

// setsockopt, each on a new socket; the value that the kernel then has belongs to the outcome.

static void try_setsockopt(const struct calls *by, const void *arg, struct outcome *o)
{
	const struct opt *a = arg;
	int fd[2];
	must(make(a->kind, fd), a->kind->name);
	done(o, by->setsockopt(fd[0], a->level, a->number, a->bytes, a->n));
	uint8_t p[256];
	memset(p, 0x55, sizeof(p));
	socklen_t n = sizeof(p);
	if ((a->level != SOL_SOCKET || a->number != SO_PEERPIDFD) && (a->level != IPPROTO_TCP || a->number != TCP_INFO)) {
		long r = c.getsockopt(fd[0], a->level, a->number, p, &n);
		ADD(o, r), ADD(o, n), ADD(o, p);
	}
	add_name(o, fd[0]);
	unmake(fd);
}

static void setsockopts(const struct kind *k, int rounds)
{
	static const int levels[] = {SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP, 132, 255, 263, 270, 271, 279, 280,
				     281, 282, 283, 284, 101, 107, 40, 0};
	int fd[2];
	if (make(k, fd) < 0)
		return;
	unmake(fd);
	for (int i = 0; i < 150 * rounds; i++) {
		struct opt a = {.kind = k, .level = ANY(levels), .number = below(chance(80) ? 80 : 256)};
		a.n = (socklen_t)(chance(50) ? 4 : below(chance(80) ? 40 : 256));
		generate(a.bytes, a.n);
		if (a.level == IPPROTO_TCP && (a.number == TCP_ULP || a.number == TCP_CONGESTION) && chance(90))
			a.n = (socklen_t)snprintf((char *)a.bytes, 16, "%s", a.number == TCP_ULP ? "tls" : "reno");
		compare("setsockopt", format("%s, level %d, number %d, %u bytes %s", k->name, a.level, a.number, a.n, hex(a.bytes, a.n)),
			try_setsockopt, &a);
	}
}

// Addresses that a program passes: bind, connect, sendto, sendmsg.

struct in {
	const struct kind *kind;
	union addr addr;
	socklen_t n;
	int call;
	int flags;
};

static void try_address(const struct calls *by, const void *arg, struct outcome *o)
{
	const struct in *a = arg;
	int fd[2];
	must(make(a->kind, fd), a->kind->name);
	union addr addr = a->addr;
	struct sockaddr *sa = &addr.sa;
	struct iovec iov = {"data", 4};
	struct msghdr m = {.msg_name = sa, .msg_namelen = a->n, .msg_iov = &iov, .msg_iovlen = 1};
	switch (a->call) {
	case 0:
		done(o, by->bind(fd[0], sa, a->n));
		break;
	case 1:
		done(o, by->connect(fd[0], sa, a->n));
		break;
	case 2:
		done(o, by->sendto(fd[0], "data", 4, a->flags, sa, a->n));
		break;
	case 3:
		done(o, by->sendmsg(fd[0], &m, a->flags));
		break;
	}
	add_name(o, fd[0]);
	uint8_t got[64];
	memset(got, 0x55, sizeof(got));
	if (fd[1] >= 0) {
		long r = c.recv(fd[1], got, sizeof(got), MSG_DONTWAIT);
		ADD(o, r), ADD(o, got);
	}
	if (a->addr.sa.sa_family == AF_UNIX && a->n > 2) {
		char path[160] = {0};
		memcpy(path, addr.un.sun_path, a->n - 2);
		if (path[0])
			unlink(path);
	}
	unmake(fd);
}

static void addresses(const struct kind *k, int rounds)
{
	static const char *names[] = {"bind", "connect", "sendto", "sendmsg"};
	int fd[2];
	if (make(k, fd) < 0)
		return;
	unmake(fd);
	for (int n = 0; n <= 136; n++) {
		for (int i = 0; i < 4 * rounds; i++) {
			struct in a = {.kind = k, .n = (socklen_t)n, .call = i % 4};
			int how = below(5);
			local(how == 0 ? AF_INET : how == 1 ? AF_UNIX : k->domain, &a.addr);
			if (how == 4)
				a.addr.sa.sa_family = (sa_family_t)below(50);
			if (a.addr.sa.sa_family == AF_UNIX) { // a name as long as the address
				memset(a.addr.un.sun_path, 'a' + below(20), sizeof(a.addr) - 2);
				if (chance(50))
					a.addr.un.sun_path[0] = 0;
			} else if (chance(60)) {
				generate(a.addr.bytes + 16, sizeof(a.addr) - 16);
				if (chance(30))
					generate(a.addr.bytes + 2, 2);
			}
			a.flags = MSG_DONTWAIT | MSG_NOSIGNAL;
			compare("addresses in", format("%s of %s, %d bytes %s", names[a.call], k->name, n, hex(a.addr.bytes, (size_t)n)),
				try_address, &a);
		}
	}
}

// Addresses that the kernel returns, into room of every length.

struct out {
	const struct kind *kind;
	socklen_t room;
	int call;
	int name; // the length of a Unix name; a path if negative
};

static void try_name(const struct calls *by, const void *arg, struct outcome *o)
{
	const struct out *a = arg;
	union addr to, room;
	socklen_t n, room_n = a->room;
	int type = a->kind->type, domain = a->kind->domain, client, server, accepted = -1;
	server = must(c.socket(domain, type, 0), "socket");
	client = must(c.socket(domain, type, 0), "socket");
	n = local(domain, &to);
	must(c.bind(server, &to.sa, n), "bind");
	n = sizeof(to);
	must(c.getsockname(server, &to.sa, &n), "getsockname");
	union addr own;
	socklen_t own_n = local(domain, &own);
	if (domain == AF_UNIX) {
		int len = a->name < 0 ? -a->name : a->name;
		memset(own.un.sun_path, 'n', (size_t)len);
		if (a->name > 0)
			own.un.sun_path[0] = 0;
		own_n = (socklen_t)(2 + len);
	}
	if (domain != AF_UNIX || a->name != 0)
		must(c.bind(client, &own.sa, own_n), "bind of the client");
	if (type != SOCK_DGRAM)
		must(c.listen(server, 4), "listen");
	must(c.connect(client, &to.sa, n), "connect");
	if (type != SOCK_DGRAM && a->call > 1)
		accepted = must(c.accept(server, NULL, NULL), "accept");
	memset(&room, 0x55, sizeof(room));
	int receiver = accepted >= 0 ? accepted : server;
	uint8_t got[8] = {0};
	struct iovec iov = {got, sizeof(got)};
	struct msghdr m = {.msg_name = &room, .msg_namelen = room_n, .msg_iov = &iov, .msg_iovlen = 1};
	if (a->call >= 4)
		must(c.send(client, "data", 4, 0), "send");
	long r = 0;
	switch (a->call) {
	case 0:
		r = type == SOCK_DGRAM ? by->getsockname(client, &room.sa, &room_n) : by->accept(server, &room.sa, &room_n);
		break;
	case 1:
		r = type == SOCK_DGRAM ? by->getpeername(client, &room.sa, &room_n)
				       : by->accept4(server, &room.sa, &room_n, SOCK_CLOEXEC);
		break;
	case 2:
		r = by->getsockname(client, &room.sa, &room_n);
		break;
	case 3:
		r = by->getpeername(receiver, &room.sa, &room_n);
		break;
	case 4:
		r = by->recvfrom(receiver, got, sizeof(got), MSG_DONTWAIT, &room.sa, &room_n);
		break;
	case 5:
		r = by->recvmsg(receiver, &m, MSG_DONTWAIT);
		room_n = m.msg_namelen;
		break;
	}
	done(o, r);
	if (a->call < 2 && type != SOCK_DGRAM && r >= 0) {
		int flags = fcntl((int)r, F_GETFD) << 16 | (fcntl((int)r, F_GETFL) & O_NONBLOCK);
		ADD(o, flags);
		close((int)r);
	}
	if (domain != AF_UNIX)
		room.in.sin_port = 0;
	else if (room_n == 13)
		memset(room.un.sun_path, 0, 11); // local's
	ADD(o, room_n), ADD(o, got), ADD(o, room), ADD(o, m.msg_flags), ADD(o, m.msg_controllen);
	close(server), close(client);
	if (accepted >= 0)
		close(accepted);
	if (domain == AF_UNIX && a->name < 0) {
		char path[128] = {0};
		memcpy(path, own.un.sun_path, (size_t)-a->name);
		unlink(path);
	}
}

static void names(int rounds)
{
	static const struct kind of[] = {
		{"tcp", AF_INET, SOCK_STREAM, 0, PLAIN},
		{"tcp6", AF_INET6, SOCK_STREAM, 0, PLAIN},
		{"udp", AF_INET, SOCK_DGRAM, 0, PLAIN},
		{"udp6", AF_INET6, SOCK_DGRAM, 0, PLAIN},
		{"unix stream", AF_UNIX, SOCK_STREAM, 0, PLAIN},
		{"unix dgram", AF_UNIX, SOCK_DGRAM, 0, PLAIN},
		{"unix seqpacket", AF_UNIX, SOCK_SEQPACKET, 0, PLAIN},
	};
	static const char *calls[] = {"accept or getsockname", "accept4 or getpeername", "getsockname", "getpeername", "recvfrom", "recvmsg"};
	for (int k = 0; k < 7; k++) {
		for (int n = 0; n <= 150; n++) {
			for (int i = 0; i < 6; i++) {
				if (n > 20 && n % 8 && !chance(rounds * 6))
					continue;
				struct out a = {.kind = &of[k], .room = (socklen_t)n, .call = i};
				if (a.kind->domain == AF_UNIX)
					a.name = chance(20) ? 0 : chance(30) ? -108 : 11 == (a.name = below(217) - 108) ? 12 : a.name;
				compare("addresses out", format("%s of %s, room for %d bytes, a name of %d", calls[i], of[k].name, n, a.name),
					try_name, &a);
			}
		}
	}
}

// Messages: sendmsg with generated control messages, recvmsg into generated room.

struct message {
	const struct kind *kind;
	int by_send; // whether sendmsg is compared, or recvmsg
	int count;   // of sendmmsg and recvmmsg, or 0
	int differ;  // whether its messages differ in their room
	const struct timespec *timeout;
	int flags;
	uint8_t control[512];
	size_t control_n;
	size_t sizes[6];
	int buffers;
	size_t control_room;
	socklen_t name_room;
};

static void receive_all(int fd)
{
	static const int on = 1;
	static const int options[][2] = {{SOL_SOCKET, SO_PASSCRED},	   {IPPROTO_IP, IP_RECVTTL},	   {IPPROTO_IP, IP_RECVTOS},
					 {IPPROTO_IP, IP_PKTINFO},	   {IPPROTO_IP, IP_RECVERR},	   {IPPROTO_IPV6, IPV6_RECVPKTINFO},
					 {IPPROTO_IPV6, IPV6_RECVHOPLIMIT}, {IPPROTO_IPV6, IPV6_RECVTCLASS}};
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		c.setsockopt(fd, options[i][0], options[i][1], &on, sizeof(on));
}

// Closes the descriptors that came with a message. Their numbers are those that were free.
static void close_rights(struct msghdr *m)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level != SOL_SOCKET || (h->cmsg_type != SCM_RIGHTS && h->cmsg_type != 4))
			continue;
		for (size_t i = 0; i + sizeof(int) <= h->cmsg_len - CMSG_LEN(0); i += sizeof(int)) {
			int fd;
			memcpy(&fd, CMSG_DATA(h) + i, sizeof(fd));
			close(fd);
		}
	}
}

struct received {
	uint8_t data[6][64];
	struct iovec iov[6];
	_Alignas(16) uint8_t control[1024];
	union addr name;
	struct mmsghdr m;
};

static void prepare(struct received *r, const struct message *a, int full)
{
	memset(r, 0x55, sizeof(*r));
	memset(&r->m, 0, sizeof(r->m));
	for (int i = 0; i < 6; i++)
		r->iov[i] = (struct iovec){r->data[i], full ? 64 : a->sizes[i]};
	r->m.msg_hdr = (struct msghdr){
		.msg_name = &r->name,
		.msg_namelen = full ? 128 : a->name_room,
		.msg_iov = r->iov,
		.msg_iovlen = (size_t)(full ? 6 : a->buffers),
		.msg_control = r->control,
		.msg_controllen = full ? sizeof(r->control) : a->control_room,
		.msg_flags = 0x1234,
	};
}

static void record(struct outcome *o, struct received *r, int ok)
{
	struct msghdr *m = &r->m.msg_hdr;
	if (ok)
		close_rights(m);
	mask(&r->name, m->msg_namelen);
	add(o, r->data, sizeof(r->data)), add(o, r->control, 256), ADD(o, r->name);
	ADD(o, m->msg_namelen), ADD(o, m->msg_controllen), ADD(o, m->msg_flags), ADD(o, r->m.msg_len);
}

static void try_message(const struct calls *by, const void *arg, struct outcome *o)
{
	static struct received got[4];
	const struct message *a = arg;
	int fd[2];
	must(make(a->kind, fd), a->kind->name);
	receive_all(fd[1]);
	const struct calls *send_by = a->by_send ? by : &c, *recv_by = a->by_send ? &c : by;
	uint8_t data[64];
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i + 1);
	struct iovec iov[6];
	_Alignas(16) uint8_t control[512];
	memcpy(control, a->control, sizeof(control));
	for (int i = 0; i < 6; i++)
		iov[i] = (struct iovec){data, a->by_send ? a->sizes[i] : 8};
	struct mmsghdr m[3];
	memset(m, 0, sizeof(m));
	for (int i = 0; i < 3; i++)
		m[i].msg_hdr = (struct msghdr){
			.msg_iov = iov + i,
			.msg_iovlen = (size_t)(a->by_send ? a->buffers / (a->differ ? i + 1 : 1) : 3),
			.msg_control = control,
			.msg_controllen = a->differ && i > 0 ? 0 : a->control_n,
		};
	int flags = a->by_send ? a->flags | MSG_DONTWAIT | MSG_NOSIGNAL : MSG_DONTWAIT | MSG_NOSIGNAL;
	long sent = a->count ? send_by->sendmmsg(fd[0], m, (unsigned)a->count, flags) : send_by->sendmsg(fd[0], &m[0].msg_hdr, flags);
	if (a->by_send)
		done(o, sent);
	else
		ADD(o, sent);
	for (int i = 0; i < 3; i++)
		ADD(o, m[i].msg_len);
	int rounds = a->by_send ? 4 : 2;
	struct mmsghdr list[3];
	for (int i = 0; i < rounds; i++) {
		for (int j = 0; j < 3; j++)
			prepare(&got[j], a, a->by_send);
		long r;
		flags = a->by_send ? MSG_DONTWAIT : a->flags | MSG_DONTWAIT;
		errno = 0;
		if (!a->by_send && a->count) {
			for (int j = 0; j < 3; j++) {
				list[j] = got[j].m;
				if (a->differ && j > 0)
					list[j].msg_hdr.msg_controllen /= 2 + (size_t)j, list[j].msg_hdr.msg_iovlen = 1;
			}
			struct timespec timeout = a->timeout ? *a->timeout : (struct timespec){0};
			r = recv_by->recvmmsg(fd[1], list, (unsigned)a->count, flags, a->timeout ? &timeout : NULL);
			for (int j = 0; j < 3; j++) {
				got[j].m = list[j];
				record(o, &got[j], r > j);
			}
		} else {
			r = recv_by->recvmsg(fd[1], &got[0].m.msg_hdr, flags);
			record(o, &got[0], r >= 0);
		}
		if (a->by_send) {
			ADD(o, r);
		} else if (i == 0) {
			done(o, r);
		} else {
			int err = errno;
			ADD(o, r), ADD(o, err);
		}
	}
	unmake(fd);
}

static size_t controls(uint8_t *p, size_t room, int broken)
{
	static const int levels[] = {SOL_SOCKET, SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_UDP, IPPROTO_TCP, 263, 282, 279};
	static const int types[] = {SCM_RIGHTS, SCM_CREDENTIALS, 29, 37, 61, 103, IP_TTL, IP_TOS, IP_PKTINFO, IP_RETOPTS, IPV6_PKTINFO,
				    IPV6_HOPLIMIT, IPV6_TCLASS, IPV6_DONTFRAG, IPV6_HOPOPTS, IPV6_RTHDR};
	static const size_t lengths[] = {0, 1, 8, 15, 17, 19, 21, 24, 100, INT32_MAX, SIZE_MAX, SIZE_MAX - 8};
	size_t n = 0;
	memset(p, 0, room);
	for (int i = below(4); i > 0; i--) {
		size_t len = (size_t)(chance(50) ? 4 : chance(50) ? below(8) * 4 : below(40));
		if (n + CMSG_SPACE(len) > room)
			break;
		struct cmsghdr h = {CMSG_LEN(len), ANY(levels), chance(70) ? ANY(types) : below(110)};
		uint8_t *data = p + n + CMSG_LEN(0);
		memset(p + n, 0, CMSG_SPACE(len));
		generate(data, len);
		if (h.cmsg_type == SCM_RIGHTS && chance(90))
			for (size_t j = 0; j + 4 <= len; j += 4)
				memcpy(data + j, &(int){below(3)}, 4);
		if (h.cmsg_type == SCM_CREDENTIALS && len == 12 && chance(80))
			memcpy(data, &(struct ucred){getpid(), 0, 0}, 12);
		if (h.cmsg_level != SOL_SOCKET && len == 4 && chance(80))
			memcpy(data, &(int){below(70)}, 4);
		if (broken && chance(60))
			h.cmsg_len = ANY(lengths);
		if (broken && chance(5))
			h.cmsg_level = (int)random32();
		memcpy(p + n, &h, sizeof(h));
		n += CMSG_SPACE(len);
	}
	// A payload that is read as a header has levels too.
	for (size_t i = 0; i + 4 <= room && chance(99); i += 4)
		if (p[i + 3] >= 0xc0 && (p[i + 3] & 0x10) == 0)
			p[i + 3] &= 0x3f;
	for (size_t i = 0; i + 4 <= room; i += 4) {
		int word;
		memcpy(&word, p + i, 4);
		number(word);
	}
	if (broken && chance(50) && n > 0)
		n -= (size_t)below((int)n);
	if (broken && chance(20) && n + 20 < room)
		n += (size_t)below(20);
	return n;
}

static void messages(int rounds)
{
	for (int k = 0; k < KINDS; k++) {
		if (kinds[k].form != PAIR)
			continue;
		for (int i = 0; i < 400 * rounds; i++) {
			struct message a = {.kind = &kinds[k], .by_send = i % 2, .buffers = below(5)};
			int broken = a.by_send && chance(50);
			a.control_n = controls(a.control, sizeof(a.control), broken);
			a.count = chance(30) ? 1 + below(3) : 0;
			a.differ = chance(50);
			static const struct timespec timeouts[] = {{0, 0}, {5, 0}, {0, 999999999}, {0, -1}, {0, 1000000000}, {-1, 0}};
			a.timeout = chance(70) ? NULL : &ANY(timeouts);
			for (int j = 0; j < 6; j++)
				a.sizes[j] = (size_t)below(chance(80) ? 12 : 64);
			a.control_room = (size_t)below(chance(80) ? 120 : 1000);
			a.name_room = (socklen_t)below(chance(70) ? 20 : 140);
			static const int sends[] = {0, 0, 0, MSG_OOB, MSG_DONTROUTE, MSG_MORE, MSG_EOR, MSG_CONFIRM, 0x10, MSG_FASTOPEN, MSG_ZEROCOPY};
			static const int receives[] = {0, 0, 0, MSG_PEEK, MSG_TRUNC, MSG_OOB, MSG_ERRQUEUE, MSG_WAITALL, MSG_CMSG_CLOEXEC, MSG_WAITFORONE};
			a.flags = a.by_send ? ANY(sends) | ANY(sends) : ANY(receives) | ANY(receives);
			if (chance(5))
				a.flags |= (int)(1U << below(32));
			number(a.flags);
			const char *what = a.by_send ? a.count ? "sendmmsg" : "sendmsg" : a.count ? "recvmmsg" : "recvmsg";
			compare(what,
				format("%s, %d messages that %s, timeout %lld.%09ld, flags %#x, %d buffers of %zu %zu %zu %zu, room %zu for control and %u for a name, control %s",
				       kinds[k].name, a.count, a.differ ? "differ" : "are alike", a.timeout ? (long long)a.timeout->tv_sec : -9,
				       a.timeout ? a.timeout->tv_nsec : 0, (unsigned)a.flags, a.buffers, a.sizes[0], a.sizes[1], a.sizes[2], a.sizes[3],
				       a.control_room, a.name_room, hex(a.control, a.control_n)),
				try_message, &a);
		}
	}
}

// socket, socketpair, listen, shutdown, accept4 and the flags of send and recv, with any numbers.

struct numbers {
	int call;
	const struct kind *kind;
	int n[3];
};

static void describe(struct outcome *o, int fd)
{
	int v[3] = {0}, flags = fcntl(fd, F_GETFD) << 16 | (fcntl(fd, F_GETFL) & O_NONBLOCK);
	static const int options[] = {SO_DOMAIN, SO_TYPE, SO_PROTOCOL};
	for (int i = 0; i < 3; i++)
		c.getsockopt(fd, SOL_SOCKET, options[i], &v[i], &(socklen_t){4});
	ADD(o, v), ADD(o, flags);
	close(fd);
}

static void try_numbers(const struct calls *by, const void *arg, struct outcome *o)
{
	const struct numbers *a = arg;
	int fd[2] = {-1, -1}, pair[2] = {-7, -7};
	uint8_t got[8] = {0};
	if (a->kind)
		must(make(a->kind, fd), a->kind->name);
	long r = 0;
	errno = 0;
	switch (a->call) {
	case 0:
		r = by->socket(a->n[0], a->n[1], a->n[2]);
		break;
	case 1:
		r = by->socketpair(a->n[0], a->n[1], a->n[2], pair);
		break;
	case 2:
		r = by->listen(fd[0], a->n[0]);
		break;
	case 3:
		r = by->shutdown(fd[0], a->n[0]);
		break;
	case 4:
		r = by->accept4(fd[0], NULL, NULL, a->n[0]);
		break;
	case 5:
		r = by->send(fd[0], "datadata", (size_t)below(1) + 8, a->n[0] | MSG_DONTWAIT | MSG_NOSIGNAL);
		break;
	case 6:
		if (fd[1] >= 0)
			c.send(fd[1], "datadata", 8, MSG_NOSIGNAL);
		r = by->recv(fd[0], got, sizeof(got), a->n[0] | MSG_DONTWAIT);
		break;
	case 7: // no socket
		r = by->recv(a->n[0], got, sizeof(got), 0);
		break;
	}
	done(o, r);
	if (a->call == 0 && r >= 0) {
		describe(o, (int)r);
		o->result = 0;
	}
	if (a->call == 1) {
		if (r == 0)
			describe(o, pair[0]), describe(o, pair[1]);
		else
			ADD(o, pair);
	}
	if (fd[1] >= 0) {
		long n = c.recv(fd[1], got, sizeof(got), MSG_DONTWAIT);
		ADD(o, n);
	}
	ADD(o, got);
	if (a->kind)
		unmake(fd);
}

static int any_number(void)
{
	return chance(70) ? below(12) - 2 : chance(60) ? (int)(1U << below(32)) : (int)random32();
}

static void numbers(int rounds)
{
	static const char *names[] = {"socket", "socketpair", "listen", "shutdown", "accept4", "send", "recv", "no socket"};
	for (int i = 0; i < 3000 * rounds; i++) {
		struct numbers a = {.call = i % 8};
		if (a.call < 2) {
			a.n[0] = chance(90) ? below(50) - 1 : (int)random32();
			a.n[1] = chance(90) ? below(12) | (chance(30) ? SOCK_CLOEXEC : 0) | (chance(30) ? SOCK_NONBLOCK : 0) : (int)random32();
			a.n[2] = chance(60) ? 0 : chance(90) ? below(300) - 1 : (int)random32();
		} else if (a.call < 7) {
			int fd[2];
			do {
				a.kind = &kinds[below(KINDS)];
			} while (make(a.kind, fd) < 0);
			unmake(fd);
			a.n[0] = any_number();
			if (a.call == 5)
				a.n[0] &= ~MSG_ZEROCOPY | -(a.n[0] >= 0);
		} else {
			a.n[0] = chance(50) ? below(3) : any_number() | 1 << 20;
		}
		compare("numbers", format("%s of %s, %d %d %d", names[a.call], a.kind ? a.kind->name : "none", number(a.n[0]),
				  number(a.n[1]), number(a.n[2])),
			try_numbers, &a);
	}
}

// read, write, readv and writev.

struct stream {
	const struct kind *kind;
	int call;
	size_t sizes[4], before[3]; // of the buffers, and of what the peer has sent
	int count, shut;
};

static void try_stream(const struct calls *by, const void *arg, struct outcome *o)
{
	const struct stream *a = arg;
	static uint8_t data[70000], got[4][300];
	int fd[2];
	must(make(a->kind, fd), a->kind->name);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	for (int i = 0; i < 3 && fd[1] >= 0; i++)
		if (a->before[i] > 0)
			c.send(fd[1], data + i, a->before[i] - 1, MSG_NOSIGNAL);
	if (a->shut >= 0)
		c.shutdown(fd[a->shut / 3 && fd[1] >= 0], a->shut % 3);
	memset(got, 0x55, sizeof(got));
	struct iovec v[4];
	for (int i = 0; i < 4; i++)
		v[i] = (struct iovec){a->call % 2 ? data + i : got[i], a->call % 2 || a->sizes[i] < 300 ? a->sizes[i] : 300};
	errno = 0;
	switch (a->call) {
	case 0:
		done(o, by->read(fd[0], v[0].iov_base, v[0].iov_len));
		break;
	case 1:
		done(o, by->write(fd[0], v[0].iov_base, v[0].iov_len));
		break;
	case 2:
		done(o, by->readv(fd[0], v, a->count));
		break;
	case 3:
		done(o, by->writev(fd[0], v, a->count));
		break;
	}
	ADD(o, got);
	for (int i = 0; i < 4; i++) { // what is left, and what the peer has got
		struct pollfd p = {.fd = fd[i % 2], .events = POLLIN};
		if (p.fd < 0)
			continue;
		c.poll(&p, 1, 0);
		long r = c.recv(p.fd, data, 4096, MSG_DONTWAIT | MSG_TRUNC);
		ADD(o, p.revents), ADD(o, r), add(o, data, 256);
	}
	unmake(fd);
}

static void streams(int rounds)
{
	static const char *names[] = {"read", "write", "readv", "writev"};
	for (int k = 0; k < KINDS; k++) {
		int fd[2];
		if (make(&kinds[k], fd) < 0)
			continue;
		unmake(fd);
		for (int i = 0; i < 200 * rounds; i++) {
			struct stream a = {.kind = &kinds[k], .call = i % 4, .count = below(5), .shut = chance(80) ? -1 : below(6)};
			for (int j = 0; j < 4; j++)
				a.sizes[j] = (size_t)(chance(90) ? below(40) : chance(60) ? below(2000) : below(60000));
			for (int j = 0; j < 3 && chance(80); j++)
				a.before[j] = (size_t)below(100);
			if (chance(5))
				a.count = chance(50) ? -1 : 1025;
			if (a.count > 4 && a.call < 2)
				a.count = 4;
			if (a.count == 1025) // too many, whatever they are
				a.sizes[0] = 1;
			compare("streams", format("%s of %s, sizes %zu %zu %zu %zu, count %d, before %zu %zu %zu, shutdown %d", names[a.call],
						  kinds[k].name, a.sizes[0], a.sizes[1], a.sizes[2], a.sizes[3], a.count, a.before[0],
						  a.before[1], a.before[2], a.shut),
				try_stream, &a);
		}
	}
}

// poll and ppoll of up to six sockets.

struct polled {
	int count, call, shut;
	const struct kind *kinds[3];
	int sent[3];
	int which[6];
	short events[6];
	int timeout; // in milliseconds
};

static void try_poll(const struct calls *by, const void *arg, struct outcome *o)
{
	const struct polled *a = arg;
	int fd[6];
	for (int i = 0; i < 3; i++) {
		must(make(a->kinds[i], fd + 2 * i), a->kinds[i]->name);
		if (a->sent[i] && fd[2 * i + 1] >= 0)
			c.send(fd[2 * i + 1], "data", 4, a->sent[i] | MSG_NOSIGNAL);
	}
	if (a->shut >= 0)
		c.shutdown(fd[a->shut % 6 / 2 * 2], a->shut / 6);
	struct pollfd p[7];
	memset(p, 0x55, sizeof(p));
	for (int i = 0; i < a->count; i++)
		p[i] = (struct pollfd){a->which[i] < 0 ? a->which[i] : fd[a->which[i]], a->events[i], 0x55};
	struct timespec t = {.tv_nsec = a->timeout * 1000000L};
	errno = 0;
	done(o, a->call ? by->ppoll(p, (nfds_t)a->count, a->timeout < 0 ? NULL : &t, NULL) : by->poll(p, (nfds_t)a->count, a->timeout));
	ADD(o, t);
	for (int i = 0; i < 7; i++)
		ADD(o, p[i].events), ADD(o, p[i].revents);
	for (int i = 0; i < 6; i += 2)
		unmake(fd + i);
}

static void polls(int rounds)
{
	for (int i = 0; i < 3000 * rounds; i++) {
		struct polled a = {.count = below(7), .call = i % 2, .shut = chance(60) ? -1 : below(18)};
		static const int sends[] = {0, MSG_DONTWAIT, MSG_DONTWAIT, MSG_OOB};
		int fd[2];
		for (int j = 0; j < 3; j++) {
			do {
				a.kinds[j] = &kinds[below(KINDS)];
			} while (make(a.kinds[j], fd) < 0);
			unmake(fd);
			a.sent[j] = ANY(sends);
		}
		for (int j = 0; j < 6; j++) {
			a.which[j] = chance(10) ? -1 - below(3) : 2 * below(3);
			a.events[j] = (short)(chance(70) ? below(64) : (int)random32());
		}
		a.timeout = chance(90) ? 0 : below(4);
		compare("polls", format("%s of %d: %s, %s, %s, sent %d %d %d, shutdown %d, which %d %d %d %d %d %d, events %#hx %#hx %#hx %#hx %#hx %#hx, "
					"timeout %d",
					a.call ? "ppoll" : "poll", a.count, a.kinds[0]->name, a.kinds[1]->name, a.kinds[2]->name, a.sent[0], a.sent[1],
					a.sent[2], a.shut, a.which[0], a.which[1], a.which[2], a.which[3], a.which[4], a.which[5], a.events[0],
					a.events[1], a.events[2], a.events[3], a.events[4], a.events[5], a.timeout),
			try_poll, &a);
	}
}

// ioctl, with requests that change at most the socket.

struct request {
	const struct kind *kind;
	unsigned long number;
	int sent, null;
	uint8_t bytes[256];
};

static void try_ioctl(const struct calls *by, const void *arg, struct outcome *o)
{
	const struct request *a = arg;
	_Alignas(16) uint8_t p[sizeof(a->bytes)];
	static uint8_t list[1024];
	int fd[2];
	must(make(a->kind, fd), a->kind->name);
	if (a->sent && fd[1] >= 0)
		c.send(fd[1], "data", 4, MSG_NOSIGNAL), c.send(fd[0], "more", 4, MSG_NOSIGNAL);
	memcpy(p, a->bytes, sizeof(p));
	memset(list, 0x55, sizeof(list));
	if (a->number == SIOCGIFCONF)
		memcpy(p, &(struct ifconf){.ifc_len = a->bytes[0] * 4, .ifc_buf = (char *)list}, sizeof(struct ifconf));
	errno = 0;
	done(o, by->ioctl(fd[0], a->number, a->null ? NULL : p));
	if (a->number == SIOCGSKNS && o->result >= 0) {
		close((int)o->result);
		o->result = 0;
	}
	int flags = fcntl(fd[0], F_GETFD) << 16 | (fcntl(fd[0], F_GETFL) & (O_NONBLOCK | O_ASYNC)), owner = fcntl(fd[0], F_GETOWN);
	ADD(o, p), ADD(o, list), ADD(o, flags), ADD(o, owner);
	unmake(fd);
}

static void ioctls(int rounds)
{
	static const unsigned long requests[] = {
		FIONREAD,	 TIOCOUTQ,	 FIONBIO,	 FIOASYNC,	 FIOCLEX,	 FIONCLEX,	 FIOSETOWN,	SIOCSPGRP,
		FIOGETOWN,	 SIOCGPGRP,	 SIOCATMARK,	 SIOCOUTQNSD,	 SIOCGSKNS,	 0x8906,	0x8907,		SIOCGIFCONF,
		SIOCGIFNAME,	 SIOCGIFFLAGS,	 SIOCGIFADDR,	 SIOCGIFDSTADDR, SIOCGIFBRDADDR, SIOCGIFNETMASK, SIOCGIFMETRIC, SIOCGIFMTU,
		SIOCGIFHWADDR,	 SIOCGIFINDEX,	 SIOCGIFTXQLEN,	 SIOCGIFMAP,	 SIOCGARP,	 0x80108906,	0x80108907,
	};
	for (int k = 0; k < KINDS; k++) {
		int fd[2];
		if (make(&kinds[k], fd) < 0)
			continue;
		unmake(fd);
		for (int i = 0; i < 150 * rounds; i++) {
			struct request a = {.kind = &kinds[k], .number = ANY(requests), .sent = chance(50), .null = chance(5)};
			generate(a.bytes, sizeof(a.bytes));
			if (a.number >= SIOCGIFNAME && a.number <= SIOCGIFMAP && chance(80)) {
				memset(a.bytes, 0, 16);
				memcpy(a.bytes, "lo", 2);
				memcpy(a.bytes + 16, &(int){below(3)}, 4);
			}
			if ((a.number == FIOSETOWN || a.number == SIOCSPGRP) && chance(80))
				memcpy(a.bytes, &(int){chance(50) ? getpid() : -below(3)}, 4);
			compare("ioctls", format("%#lx of %s%s%s, %s", a.number, kinds[k].name, a.sent ? ", sent" : "", a.null ? ", null" : "",
						 hex(a.bytes, 40)),
				try_ioctl, &a);
		}
	}
}

// sendfile, splice and tee, sockatmark, and recv without memory.

enum { SENDFILE, TO_PIPE, FROM_PIPE, TEE, AT_MARK, RECV, RECVFROM, MOVES };

enum form_of_file { FILE_, WRITE_ONLY, PIPE, CLOSED_PIPE, SOCKET, NO_FILE, FORMS };

struct move {
	const struct kind *kind;
	int call, form, before, sent, flags, own_offset, shut;
	long offset; // -2: none
	size_t n, in_file;
};

// Puts n bytes into a file of a form. fd[1] is the pipe's other end.
static void make_file(const struct move *a, const uint8_t *data, int fd[2])
{
	fd[0] = fd[1] = -1;
	switch (a->form) {
	case FILE_:
	case WRITE_ONLY:
		fd[0] = must(memfd_create("file", 0), "memfd_create");
		must(write(fd[0], data, a->in_file), "write");
		must(lseek(fd[0], a->own_offset, SEEK_SET), "lseek");
		if (a->form == WRITE_ONLY) {
			char path[40];
			snprintf(path, sizeof(path), "/proc/self/fd/%d", fd[0]);
			int again = must(open(path, O_WRONLY), "open");
			close(fd[0]);
			fd[0] = again;
		}
		return;
	case PIPE:
	case CLOSED_PIPE:
		must(pipe2(fd, O_NONBLOCK), "pipe2");
		must(write(fd[1], data, a->in_file), "write");
		if (a->form == CLOSED_PIPE && a->call != TO_PIPE) {
			close(fd[1]);
			fd[1] = -1;
		}
		if (a->call == TO_PIPE) {
			int end = fd[0];
			fd[0] = fd[1], fd[1] = end;
			if (a->form == CLOSED_PIPE)
				close(end), fd[1] = -1;
		}
		return;
	case SOCKET:
		fd[0] = must(c.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), "socket");
		return;
	}
}

static void try_move(const struct calls *by, const void *arg, struct outcome *o)
{
	const struct move *a = arg;
	static uint8_t data[8192], got[8192];
	int fd[2], file[2], copy[2] = {-1, -1};
	must(make(a->kind, fd), a->kind->name);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	if (a->before > 0 && fd[1] >= 0)
		c.send(fd[1], data, (size_t)a->before - 1, MSG_NOSIGNAL | a->sent);
	if (a->before > 40 && fd[1] >= 0)
		c.send(fd[1], data + 9, 10, MSG_NOSIGNAL);
	if (a->shut >= 0)
		c.shutdown(fd[a->shut / 3 && fd[1] >= 0], a->shut % 3);
	make_file(a, data, file);
	off_t offset = a->offset;
	off64_t at = a->offset;
	errno = 0;
	switch (a->call) {
	case SENDFILE:
		done(o, by->sendfile(fd[0], file[0], a->offset == -2 ? NULL : &offset, a->n));
		break;
	case TO_PIPE:
		done(o, by->splice(fd[0], NULL, file[0], a->offset == -2 ? NULL : &at, a->n, (unsigned)a->flags));
		break;
	case FROM_PIPE:
		done(o, by->splice(file[0], a->offset == -2 ? NULL : &at, fd[0], NULL, a->n, (unsigned)a->flags));
		break;
	case TEE:
		must(pipe2(copy, O_NONBLOCK), "pipe2");
		done(o, by->tee(file[0], copy[1], a->n, (unsigned)a->flags));
		break;
	case AT_MARK:
		done(o, by->sockatmark(fd[0]));
		break;
	case RECV:
		done(o, by->recv(fd[0], NULL, a->n, a->flags));
		break;
	case RECVFROM:
		done(o, by->recvfrom(fd[0], NULL, a->n, a->flags, NULL, NULL));
		break;
	}
	ADD(o, offset), ADD(o, at);
	long own = file[0] >= 0 ? lseek(file[0], 0, SEEK_CUR) : 0;
	ADD(o, own);
	// What is left everywhere, and what has arrived.
	int ends[] = {fd[0], fd[0], fd[1], file[0], file[1], copy[0]};
	for (int i = 0; i < 6; i++) {
		memset(got, 0x55, 256);
		errno = 0;
		long r = ends[i] < 0 ? -9 : i < 3 ? c.recv(ends[i], got, sizeof(got), MSG_DONTWAIT) : c.read(ends[i], got, sizeof(got));
		int err = r < 0 ? errno : 0;
		ADD(o, r), ADD(o, err), add(o, got, 256);
	}
	for (int i = 3; i < 6; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	if (copy[1] >= 0)
		close(copy[1]);
	unmake(fd);
}

static void moves(int rounds)
{
	static const char *names[] = {"sendfile", "splice to a pipe", "splice from a pipe", "tee", "sockatmark", "recv", "recvfrom"};
	static const int flags[] = {0, MSG_TRUNC, MSG_TRUNC, MSG_TRUNC | MSG_PEEK, MSG_PEEK, MSG_TRUNC | MSG_WAITALL, MSG_TRUNC | MSG_OOB,
				    MSG_TRUNC | MSG_ERRQUEUE};
	for (int k = 0; k < KINDS; k++) {
		int fd[2];
		if (make(&kinds[k], fd) < 0)
			continue;
		unmake(fd);
		for (int i = 0; i < 50 * MOVES * rounds; i++) {
			struct move a = {.kind = &kinds[k], .call = i % MOVES, .shut = chance(80) ? -1 : below(6), .offset = -2};
			a.form = a.call == SENDFILE ? chance(70) ? FILE_ : below(FORMS) : chance(70) ? PIPE : below(FORMS);
			a.before = chance(70) ? below(100) : 0;
			a.sent = chance(20) || (a.call == AT_MARK && chance(60)) ? MSG_OOB : 0;
			a.in_file = (size_t)(chance(80) ? below(100) : below(6000));
			a.own_offset = below(50);
			if (a.call == SENDFILE ? chance(50) : chance(10))
				a.offset = chance(80) ? below(60) : chance(50) ? -1 : (long)random32() << 10;
			a.n = (size_t)(chance(10) ? 0 : chance(80) ? below(100) : below(70000));
			if (a.call >= RECV) {
				a.flags = ANY(flags);
				if (a.sent && a.before > 40) // the mark between two
					a.flags &= ~MSG_OOB;
			} else {
				a.flags = 2; // SPLICE_F_NONBLOCK: a pipe may be empty
				if (a.call <= FROM_PIPE ? chance(30) : chance(20))
					a.flags |= chance(70) ? below(16) : 1 << below(31);
				if (a.call == FROM_PIPE && a.in_file > 0 && a.form == PIPE && chance(50))
					a.flags &= ~2;
			}
			compare("moves", format("%s of %s, before %d with %#x, shutdown %d, form %d of %zu, offsets %ld and %d, %zu bytes, flags %#x",
						names[a.call], kinds[k].name, a.before, (unsigned)a.sent, a.shut, a.form, a.in_file, a.offset,
						a.own_offset, a.n, (unsigned)a.flags),
				try_move, &a);
		}
	}
}

int main(int argc, char **argv)
{
	void *libc = dlopen("libc.so.6", RTLD_NOW);
	if (argc != 3 || !libc)
		return 2;
#define F(type, name, params)                                                                                          \
	c.name = (type(*) params)dlsym(libc, #name), csock.name = name;                                                \
	if (c.name == csock.name) {                                                                                    \
		fprintf(stderr, #name " is libc's\n");                                                                 \
		return 2;                                                                                              \
	}
	FUNCTIONS(F)
#undef F
	state = strtoull(argv[1], NULL, 10) * 2 + 1;
	int rounds = atoi(argv[2]);
	for (int i = 0; i < 20; i++)
		random32();
	for (int i = 0; i < KINDS; i++)
		getsockopts(&kinds[i], rounds);
	end("getsockopt");
	for (int i = 0; i < KINDS; i++)
		setsockopts(&kinds[i], rounds);
	end("setsockopt");
	for (int i = 0; i < KINDS; i++)
		addresses(&kinds[i], rounds);
	end("addresses in");
	names(rounds);
	end("addresses out");
	messages(rounds);
	end("messages");
	numbers(rounds);
	end("numbers");
	signal(SIGPIPE, SIG_IGN);
	streams(rounds);
	end("streams");
	polls(rounds);
	end("polls");
	ioctls(rounds);
	end("ioctls");
	moves(rounds);
	end("moves");
	return 0;
}
