#define _GNU_SOURCE
#include "c_linux.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#define TRY(x) do { if ((x) < 0) return -errno; } while (0)

// The loops below must make their calls, even if the compiler could optimize them away.
__attribute__((noinline)) void bench_cgo_empty(void) { __asm__ volatile(""); }
const char *bench_cgo_compiler(void)
{
#ifdef __clang__
	return __VERSION__;
#else
	return "gcc " __VERSION__;
#endif
}

const char *bench_cgo_libc(void)
{
#ifdef __GLIBC__
	static char version[32];
	snprintf(version, sizeof version, "glibc %s", gnu_get_libc_version());
	return version;
#else
	return "";
#endif
}

int bench_cgo_getppid(void) { return getppid(); }

int bench_cgo_getsockopt(int fd, int *value)
{
	socklen_t len = sizeof *value;
	TRY(getsockopt(fd, SOL_SOCKET, SO_PRIORITY, value, &len));
	return 0;
}

int bench_cgo_setsockopt(int fd, int value)
{
	TRY(setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &value, sizeof value));
	return 0;
}

int bench_cgo_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

int bench_cgo_socketpair(int *a, int *b)
{
	int fds[2];
	TRY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
	*a = fds[0];
	*b = fds[1];
	return 0;
}

int bench_cgo_bind(int fd, const char *addr, unsigned addrlen)
{
	TRY(bind(fd, (const struct sockaddr *)addr, addrlen));
	return 0;
}

int bench_cgo_close(int fd)
{
	TRY(close(fd));
	return 0;
}

long bench_cgo_send(int fd, const char *p, size_t n)
{
	ssize_t k = send(fd, p, n, 0);
	return k < 0 ? -errno : k;
}

long bench_cgo_recv(int fd, char *p, size_t n)
{
	ssize_t k = recv(fd, p, n, 0);
	return k < 0 ? -errno : k;
}

long bench_cgo_sendfile(int fd, int file, size_t n)
{
	off_t off = 0;
	ssize_t k = sendfile(fd, file, &off, n);
	return k < 0 ? -errno : k;
}

long bench_cgo_syscall_send(int fd, const char *p, size_t n)
{
	long k = syscall(SYS_sendto, fd, p, n, 0, NULL, 0);
	return k < 0 ? -errno : k;
}

long bench_cgo_syscall_recv(int fd, char *p, size_t n)
{
	long k = syscall(SYS_recvfrom, fd, p, n, 0, NULL, NULL);
	return k < 0 ? -errno : k;
}

void bench_cgo_getsockopt_to(int fd, int *value, int *r) { *r = bench_cgo_getsockopt(fd, value); }
void bench_cgo_setsockopt_to(int fd, int value, int *r) { *r = bench_cgo_setsockopt(fd, value); }
void bench_cgo_send_to(int fd, const char *p, size_t n, long *r) { *r = bench_cgo_send(fd, p, n); }
void bench_cgo_recv_to(int fd, char *p, size_t n, long *r) { *r = bench_cgo_recv(fd, p, n); }
void bench_cgo_syscall_send_to(int fd, const char *p, size_t n, long *r) { *r = bench_cgo_syscall_send(fd, p, n); }
void bench_cgo_syscall_recv_to(int fd, char *p, size_t n, long *r) { *r = bench_cgo_syscall_recv(fd, p, n); }

int bench_c_empty(long n)
{
	while (n-- > 0)
		bench_cgo_empty();
	return 0;
}

int bench_c_getppid(long n)
{
	while (n-- > 0)
		bench_cgo_getppid();
	return 0;
}

// at_depth makes a call that many functions below its caller; each of them returns separately.
__attribute__((noinline)) static int at_depth(int depth, char call, int fd)
{
	static char p[64];
	int rc;
	if (depth > 0)
		rc = at_depth(depth - 1, call, fd);
	else if (call == 'g')
		rc = getppid() < 0;
	else if (call == 's')
		rc = send(fd, p, sizeof p, 0) < 0 ? -errno : 0;
	else if (call == 'r')
		rc = recv(fd, p, sizeof p, 0) < 0 ? -errno : 0;
	else
		rc = 0;
	__asm__ volatile("" : "+r"(rc) : : "memory");
	return rc;
}

int bench_c_frames(char call, int a, int b, int depth, long n)
{
	int rc = 0;
	while (rc == 0 && n-- > 0) {
		rc = at_depth(depth, call == 'u' ? 's' : call, a);
		if (rc == 0 && call == 'u')
			rc = at_depth(depth, 'r', b);
	}
	return rc;
}

int bench_c_getsockopt(int fd, long n)
{
	while (n-- > 0) {
		int value;
		socklen_t len = sizeof value;
		TRY(getsockopt(fd, SOL_SOCKET, SO_PRIORITY, &value, &len));
	}
	return 0;
}

int bench_c_setsockopt(int fd, long n)
{
	int value = 0;
	while (n-- > 0)
		TRY(setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &value, sizeof value));
	return 0;
}

int bench_c_socket(long n)
{
	while (n-- > 0) {
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		TRY(fd);
		TRY(close(fd));
	}
	return 0;
}

int bench_c_socketpair(long n)
{
	while (n-- > 0) {
		int fds[2];
		TRY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
		TRY(close(fds[0]));
		TRY(close(fds[1]));
	}
	return 0;
}

int bench_c_bind(const void *addr, unsigned addrlen, long n)
{
	while (n-- > 0) {
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		TRY(fd);
		if (bind(fd, addr, addrlen) < 0) {
			int err = errno;
			close(fd);
			return -err;
		}
		TRY(close(fd));
	}
	return 0;
}

int bench_c_accept(int listener, const void *addr, unsigned addrlen, long n)
{
	while (n-- > 0) {
		struct sockaddr_storage peer;
		socklen_t len = sizeof peer;
		int client = socket(((const struct sockaddr *)addr)->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), server;
		TRY(client);
		if (connect(client, addr, addrlen) < 0
		    || (server = accept4(listener, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC)) < 0) {
			int err = errno;
			close(client);
			return -err;
		}
		TRY(close(server));
		TRY(close(client));
	}
	return 0;
}

static int send_all(int fd, const char *p, size_t size)
{
	ssize_t k;
	do
		k = send(fd, p, size, 0);
	while (k < 0 && errno == EINTR);
	TRY(k);
	return (size_t)k == size ? 0 : -EMSGSIZE;
}

static int recv_all(int fd, char *p, size_t size)
{
	for (size_t got = 0; got < size;) {
		ssize_t k = recv(fd, p + got, size - got, 0);
		if (k < 0 && errno == EINTR)
			continue;
		TRY(k);
		if (k == 0)
			return -ECONNRESET;
		got += k;
	}
	return 0;
}

int bench_c_sendrecv(int a, int b, const char *out, char *in, size_t size, long n)
{
	while (n-- > 0) {
		int rc = send_all(a, out, size);
		if (rc == 0)
			rc = recv_all(b, in, size);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int bench_c_syscall_sendrecv(int a, int b, const char *out, char *in, size_t size, long n)
{
	while (n-- > 0) {
		long k = bench_cgo_syscall_send(a, out, size);
		for (size_t got = 0; k > 0 && got < size; got += k > 0 ? k : 0)
			k = bench_cgo_syscall_recv(b, in + got, size - got);
		if (k <= 0)
			return k < 0 ? k : -ECONNRESET;
	}
	return 0;
}

int bench_c_sendto(int a, int b, const void *addr, unsigned addrlen, const char *out, char *in, size_t size, long n)
{
	while (n-- > 0) {
		struct sockaddr_storage from;
		socklen_t fromlen = sizeof from;
		TRY(sendto(a, out, size, 0, addr, addrlen));
		ssize_t k = recvfrom(b, in, size, 0, (struct sockaddr *)&from, &fromlen);
		TRY(k);
		if ((size_t)k != size)
			return -EBADMSG;
	}
	return 0;
}

// source_and_ecn writes the two control messages of an outgoing datagram.
static size_t source_and_ecn(struct msghdr *m, const struct sockaddr *from, int ecn)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	if (from->sa_family == AF_INET6) {
		struct in6_pktinfo info = { .ipi6_addr = ((const struct sockaddr_in6 *)from)->sin6_addr };
		*c = (struct cmsghdr){ .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info) };
		memcpy(CMSG_DATA(c), &info, sizeof info);
		c = (struct cmsghdr *)((char *)c + CMSG_SPACE(sizeof info));
		*c = (struct cmsghdr){ .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_TCLASS, .cmsg_len = CMSG_LEN(sizeof ecn) };
		memcpy(CMSG_DATA(c), &ecn, sizeof ecn);
		return CMSG_SPACE(sizeof info) + CMSG_SPACE(sizeof ecn);
	}
	struct in_pktinfo info = { .ipi_spec_dst = ((const struct sockaddr_in *)from)->sin_addr };
	*c = (struct cmsghdr){ .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info) };
	memcpy(CMSG_DATA(c), &info, sizeof info);
	c = (struct cmsghdr *)((char *)c + CMSG_SPACE(sizeof info));
	*c = (struct cmsghdr){ .cmsg_level = IPPROTO_IP, .cmsg_type = IP_TOS, .cmsg_len = CMSG_LEN(sizeof ecn) };
	memcpy(CMSG_DATA(c), &ecn, sizeof ecn);
	return CMSG_SPACE(sizeof info) + CMSG_SPACE(sizeof ecn);
}

// arrived_ecn reads both control messages of an incoming datagram. -1: at least one is missing.
static int arrived_ecn(struct msghdr *m)
{
	int ecn = -1, seen = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
			ecn = *(unsigned char *)CMSG_DATA(c);
		else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS)
			memcpy(&ecn, CMSG_DATA(c), sizeof ecn);
		else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof info);
			seen = info.ipi_ifindex;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof info);
			seen = info.ipi6_ifindex;
		}
	}
	return seen ? ecn & 3 : -1;
}

int bench_c_sendmsg(int a, int b, const void *from, const void *addr, unsigned addrlen, const char *out, char *in, size_t size, int ecn, long n)
{
	while (n-- > 0) {
		char control[128] __attribute__((aligned(16)));
		struct sockaddr_storage sender;
		struct iovec iov = { (void *)out, size };
		struct msghdr m = { .msg_name = (void *)addr, .msg_namelen = addrlen, .msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control, .msg_controllen = sizeof control };
		m.msg_controllen = source_and_ecn(&m, from, ecn);
		TRY(sendmsg(a, &m, 0));

		iov.iov_base = in;
		m = (struct msghdr){ .msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control, .msg_controllen = sizeof control };
		ssize_t k = recvmsg(b, &m, 0);
		TRY(k);
		if ((size_t)k != size || arrived_ecn(&m) != ecn)
			return -EBADMSG;
	}
	return 0;
}

int bench_c_vectored(int a, int b, char *out, char *in, size_t bufs, size_t size, long n)
{
	struct iovec iout[128], iin[128];
	if (bufs > 128)
		return -EINVAL;
	while (n-- > 0) {
		// A caller from Go passes its slices each time, so the vectors are filled each time here
		// too.
		for (size_t i = 0; i < bufs; i++) {
			iout[i] = (struct iovec){ out + i * size, size };
			iin[i] = (struct iovec){ in + i * size, size };
		}
		struct msghdr m = { .msg_iov = iout, .msg_iovlen = bufs };
		TRY(sendmsg(a, &m, 0));
		m.msg_iov = iin;
		ssize_t k = recvmsg(b, &m, 0);
		TRY(k);
		if ((size_t)k != bufs * size)
			return -EBADMSG;
	}
	return 0;
}

struct batch {
	unsigned n;
	struct mmsghdr *out, *in;
	struct iovec *iov;
	struct sockaddr_storage to, *from;
	char *payload;
};

void bench_c_batch_free(void *batch)
{
	struct batch *b = batch;
	free(b->out);
	free(b->in);
	free(b->iov);
	free(b->from);
	free(b->payload);
	free(b);
}

void *bench_c_batch_make(const void *addr, unsigned addrlen, unsigned batch, size_t size)
{
	struct batch *b = calloc(1, sizeof *b);
	if (!b || addrlen > sizeof b->to) {
		free(b);
		return NULL;
	}
	*b = (struct batch){ .n = batch, .out = calloc(batch, sizeof *b->out), .in = calloc(batch, sizeof *b->in),
		.iov = calloc(2 * batch, sizeof *b->iov), .from = calloc(batch, sizeof *b->from), .payload = calloc(2 * batch, size) };
	if (!b->out || !b->in || !b->iov || !b->from || !b->payload) {
		bench_c_batch_free(b);
		return NULL;
	}
	memcpy(&b->to, addr, addrlen);
	for (unsigned i = 0; i < batch; i++) {
		struct iovec *out = &b->iov[i], *in = &b->iov[batch + i];
		*out = (struct iovec){ b->payload + i * size, size };
		*in = (struct iovec){ b->payload + (batch + i) * size, size };
		b->out[i].msg_hdr = (struct msghdr){ .msg_name = &b->to, .msg_namelen = addrlen, .msg_iov = out, .msg_iovlen = 1 };
		b->in[i].msg_hdr = (struct msghdr){ .msg_name = &b->from[i], .msg_iov = in, .msg_iovlen = 1 };
	}
	return b;
}

int bench_c_batch_run(void *batch, int from, int to, long n)
{
	struct batch *b = batch;
	while (n-- > 0) {
		for (unsigned done = 0; done < b->n;) {
			int k = sendmmsg(from, b->out + done, b->n - done, 0);
			TRY(k);
			done += k;
		}
		for (unsigned i = 0; i < b->n; i++)
			b->in[i].msg_hdr.msg_namelen = sizeof *b->from;
		for (unsigned done = 0; done < b->n;) {
			int k = recvmmsg(to, b->in + done, b->n - done, MSG_WAITFORONE, NULL);
			TRY(k);
			done += k;
		}
	}
	return 0;
}

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

int bench_c_gso(int a, int b, const void *addr, unsigned addrlen, const char *out, char *in, size_t len, size_t seg, long n)
{
	while (n-- > 0) {
		char control[64] __attribute__((aligned(16)));
		uint16_t out_seg = seg;
		int in_seg = 0;
		struct iovec iov = { (void *)out, len };
		struct sockaddr_storage from;
		struct msghdr m = { .msg_name = (void *)addr, .msg_namelen = addrlen, .msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control, .msg_controllen = CMSG_SPACE(sizeof out_seg) };
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		*c = (struct cmsghdr){ .cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof out_seg) };
		memcpy(CMSG_DATA(c), &out_seg, sizeof out_seg);
		TRY(sendmsg(a, &m, 0));

		iov.iov_base = in;
		m = (struct msghdr){ .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control, .msg_controllen = sizeof control };
		ssize_t k = recvmsg(b, &m, 0);
		TRY(k);
		for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
			if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO)
				memcpy(&in_seg, CMSG_DATA(c), sizeof in_seg);
		// A single segment is a plain datagram, for which the kernel reports no size.
		if ((size_t)k != len || ((size_t)in_seg != seg && len > seg))
			return -EBADMSG;
	}
	return 0;
}

int bench_c_sendfile(int a, int b, int file, char *in, size_t size, long n)
{
	while (n-- > 0) {
		off_t off = 0;
		ssize_t k = sendfile(a, file, &off, size);
		TRY(k);
		if ((size_t)k != size)
			return -EMSGSIZE;
		int rc = recv_all(b, in, size);
		if (rc < 0)
			return rc;
	}
	return 0;
}

struct echo {
	pthread_t thread;
	int fd, rc;
	size_t size;
	char quit;
};

static void *echo_main(void *arg)
{
	struct echo *e = arg;
	char *p = malloc(e->size);
	e->rc = p ? 0 : -ENOMEM;
	while (e->rc == 0) {
		e->rc = recv_all(e->fd, p, e->size);
		if (e->rc == 0 && p[0] == e->quit)
			break;
		if (e->rc == 0)
			e->rc = send_all(e->fd, p, e->size);
	}
	free(p);
	return NULL;
}

void *bench_c_echo(int fd, size_t size, char quit)
{
	struct echo *e = calloc(1, sizeof *e);
	if (!e)
		return NULL;
	*e = (struct echo){ .fd = fd, .size = size, .quit = quit };
	if (pthread_create(&e->thread, NULL, echo_main, e) != 0) {
		free(e);
		return NULL;
	}
	return e;
}

int bench_c_echo_join(void *echo)
{
	struct echo *e = echo;
	pthread_join(e->thread, NULL);
	int rc = e->rc;
	free(e);
	return rc;
}

int bench_c_pingpong(int fd, char *out, char *in, size_t size, long n, double *ns)
{
	for (long i = 0; i < n; i++) {
		struct timespec t0, t1;
		clock_gettime(CLOCK_MONOTONIC, &t0);
		int rc = send_all(fd, out, size);
		if (rc == 0)
			rc = recv_all(fd, in, size);
		if (rc < 0)
			return rc;
		clock_gettime(CLOCK_MONOTONIC, &t1);
		ns[i] = (t1.tv_sec - t0.tv_sec) * 1e9 + (t1.tv_nsec - t0.tv_nsec);
	}
	return 0;
}

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t start, done;
	pthread_t *threads;
	int a, b, workers, running, stop, rc;
	unsigned shift;  // counts runs, so that no worker takes part in one twice
	long n;
	size_t size;
};

struct member {
	struct crew *crew;
	int i;
};

static void *crew_main(void *arg)
{
	struct member m = *(struct member *)arg;
	struct crew *c = m.crew;
	char *buf = malloc(2 * c->size);
	unsigned seen = 0;
	free(arg);
	pthread_mutex_lock(&c->lock);
	for (;;) {
		while (!c->stop && c->shift == seen)
			pthread_cond_wait(&c->start, &c->lock);
		if (c->stop)
			break;
		seen = c->shift;
		long n = c->n / c->workers + (m.i < c->n % c->workers);
		pthread_mutex_unlock(&c->lock);
		int rc = buf ? bench_c_sendrecv(c->a, c->b, buf, buf + c->size, c->size, n) : -ENOMEM;
		pthread_mutex_lock(&c->lock);
		if (rc < 0)
			c->rc = rc;
		if (--c->running == 0)
			pthread_cond_signal(&c->done);
	}
	pthread_mutex_unlock(&c->lock);
	free(buf);
	return NULL;
}

void *bench_c_crew(int a, int b, size_t size, int workers)
{
	struct crew *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	*c = (struct crew){ .a = a, .b = b, .size = size, .threads = calloc(workers, sizeof(pthread_t)) };
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->start, NULL);
	pthread_cond_init(&c->done, NULL);
	for (int i = 0; i < workers; i++) {
		struct member *m = c->threads ? malloc(sizeof *m) : NULL;
		if (m)
			*m = (struct member){ c, i };
		if (!m || pthread_create(&c->threads[i], NULL, crew_main, m) != 0) {
			free(m);
			bench_c_crew_free(c);
			return NULL;
		}
		c->workers++;
	}
	return c;
}

int bench_c_crew_run(void *crew, long n)
{
	struct crew *c = crew;
	pthread_mutex_lock(&c->lock);
	c->n = n;
	c->rc = 0;
	c->running = c->workers;
	c->shift++;
	pthread_cond_broadcast(&c->start);
	while (c->running)
		pthread_cond_wait(&c->done, &c->lock);
	int rc = c->rc;
	pthread_mutex_unlock(&c->lock);
	return rc;
}

void bench_c_crew_free(void *crew)
{
	struct crew *c = crew;
	pthread_mutex_lock(&c->lock);
	c->stop = 1;
	pthread_cond_broadcast(&c->start);
	pthread_mutex_unlock(&c->lock);
	for (int i = 0; i < c->workers; i++)
		pthread_join(c->threads[i], NULL);
	free(c->threads);
	free(c);
}

static void *hold_main(void *arg)
{
	char p[64];
	while (recv(*(int *)arg, p, sizeof p, 0) < 0 && errno == EINTR)
		;
	return NULL;
}

int bench_c_hold(int sockets, int reading)
{
	int *fds = malloc(sockets * sizeof *fds); // for as long as the process lives
	if (!fds)
		return -ENOMEM;
	for (int i = 0; i < sockets; i++) {
		pthread_t thread;
		TRY(fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
		int rc = reading ? pthread_create(&thread, NULL, hold_main, &fds[i]) : 0;
		if (rc != 0)
			return -rc;
	}
	return 0;
}
