// The helpers on POSIX systems: cgo_helpers.h has their contracts.

#ifndef _WIN32

#include "cgo_helpers.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/sendfile.h>
#endif

const struct sockaddr_in csock_sockaddr_in = {
	.sin_family = AF_INET,
#ifdef SIN6_LEN
	.sin_len = sizeof(struct sockaddr_in),
#endif
};
const struct sockaddr_in6 csock_sockaddr_in6 = {
	.sin6_family = AF_INET6,
#ifdef SIN6_LEN
	.sin6_len = sizeof(struct sockaddr_in6),
#endif
};
const struct sockaddr_un csock_sockaddr_un = {.sun_family = AF_UNIX};

int csock_ifindex(const uint8_t *name)
{
	unsigned int i = if_nametoindex((const char *)name);
	if (i != 0)
		return (int)i;
	if (errno == ENOENT) { // glibc could not make a socket for the call, and does not report why
		int fd = socket(AF_INET, SOCK_DGRAM | CSOCK_CLOEXEC, 0);
		if (fd < 0)
			return -errno;
		close(fd);
		return -EAGAIN; // there was none for a moment
	}
	return -errno;
}

int csock_ifname(uint32_t ifindex, uint8_t *name)
{
	char *found = if_indextoname(ifindex, (char *)name);
	return found == NULL ? -errno : (int)strlen(found);
}

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// poll(2) until ns after start, without limit if ns is negative, even if signals interrupt it.
static int poll_until(struct pollfd *p, unsigned int count, int64_t start, int64_t ns)
{
	for (;;) {
		int64_t left = ns - (now_ns() - start);
		int64_t ms = left <= 0 ? 0 : left / 1000000 + (left % 1000000 != 0);
		int n = poll(p, count, ns < 0 ? -1 : ms > INT_MAX ? INT_MAX : (int)ms);
		if (n > 0 || (n == 0 && ms == 0))
			return n;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

int csock_poll(struct pollfd *fds, unsigned int n, int64_t ns)
{
	if (ns != 0)
		return poll_until(fds, n, now_ns(), ns);
	return (int)csock_result(poll(fds, n, 0));
}

int csock_connected(csock_fd fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int n, err = 0;
	do
		n = poll(&p, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	// After poll, or it could fail in between.
	socklen_t size = sizeof(err);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
		return -errno;
	if (err != 0)
		return -err;
	// Not all events are its end: an error may be in the error queue.
	if (!(p.revents & (POLLOUT | POLLHUP)))
		return -EAGAIN;
	// Both ends have ended it already, or another call has taken the error.
	if (p.revents & (POLLHUP | POLLERR)) {
		struct sockaddr_storage sa;
		socklen_t len = sizeof(sa);
		if (getpeername(fd, (struct sockaddr *)&sa, &len) < 0 && errno == ENOTCONN)
			return -ECONNABORTED;
	}
	return 0;
}

// Waits until the connection of fd is established or has failed. A second connect(2) would not
// report that: some families refuse it on an established connection.
static int wait_connected(csock_fd fd, int64_t start, int64_t ns)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLOUT};
		int n = poll_until(&p, 1, start, ns);
		if (n <= 0)
			return n < 0 ? n : -ETIMEDOUT;
		int err = csock_connected(fd);
		if (err != -EAGAIN)
			return err;
		if (now_ns() - start >= ns)
			return -ETIMEDOUT;
		poll(NULL, 0, 1); // the event may persist: what is in the error queue
	}
}

int csock_connect_timeout(csock_fd fd, const struct sockaddr_storage *sa, socklen_t len, int64_t ns)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0)
		return -errno;
	if (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	const int64_t start = now_ns();
	int err;
	csock_connect(fd, sa, len, &err);
	// A Unix listener whose backlog is full: no event reports room.
	while (err == -EAGAIN && sa->ss_family == AF_UNIX) {
		if (now_ns() - start >= ns) {
			err = -ETIMEDOUT;
			break;
		}
		poll(NULL, 0, 1);
		csock_connect(fd, sa, len, &err);
	}
	if (err == -EINPROGRESS || err == -EINTR)
		err = wait_connected(fd, start, ns);
	if (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags) < 0 && err == 0)
		err = -errno;
	return err;
}

int csock_poll_refuses(csock_fd fd)
{
#ifdef __linux__
	struct epoll_event e = {.events = EPOLLIN};
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return -errno;
	int err = (int)csock_result(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
	close(epoll);
	return err;
#else
	(void)fd;
	return -CSOCK_ELACKS;
#endif
}

int csock_nonblocking(csock_fd fd)
{
	int flags = fcntl(fd, F_GETFL);
	return flags < 0 ? -errno : (flags & O_NONBLOCK) != 0;
}

int csock_set_nonblocking(csock_fd fd, int on)
{
	return (int)csock_result(ioctl(fd, FIONBIO, &on));
}

int csock_make_nonblocking(csock_fd fd)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0)
		return -errno;
	if (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return (flags & O_NONBLOCK) != 0;
}

int csock_set_cloexec(csock_fd fd, int on)
{
	return (int)csock_result(fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0));
}

int csock_set_no_inherit(csock_fd fd, int on)
{
	(void)fd, (void)on;
	return -CSOCK_ELACKS;
}

#ifdef __linux__
// Some calls take no MSG_NOSIGNAL. The signal is blocked on this thread around them, and consumed
// if the call has raised it. Its handler does not matter. Go's passes it on to that of a C program
// that hosts Go (-buildmode=c-shared), and by default the signal ends the program.
struct sigpipe_off {
	sigset_t before;
	int pending; // a pending signal that is not the call's: it was blocked already
};

static void sigpipe_hold(struct sigpipe_off *s)
{
	sigset_t sigpipe, pending;
	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &sigpipe, &s->before);
	s->pending = 0;
	if (sigismember(&s->before, SIGPIPE)) {
		sigpending(&pending);
		s->pending = sigismember(&pending, SIGPIPE);
	}
}

// raised: the call may have raised the signal.
static void sigpipe_release(const struct sigpipe_off *s, int raised)
{
	const struct timespec none = {0};
	sigset_t sigpipe;
	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	// If the call raised none, a signal that another process sends at that moment may be consumed
	// instead.
	if (raised && !s->pending)
		while (sigtimedwait(&sigpipe, NULL, &none) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &s->before, NULL);
}

static ssize_t sendfile_quietly(int fd, int file, off_t *offset, size_t n)
{
	struct sigpipe_off s;
	sigpipe_hold(&s);
	ssize_t r = csock_result(sendfile(fd, file, offset, n));
	// Bytes that went out before hide the EPIPE that came with the signal.
	sigpipe_release(&s, r == -EPIPE || (r >= 0 && (size_t)r < n));
	return r;
}

int csock_pipe(struct csock_pipe *p)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	p->r = fds[0];
	p->w = fds[1];
	fcntl(p->w, F_SETPIPE_SZ, CSOCK_PIPE_SIZE); // or it stays as it is: a pipe of the usual size works, too
	return 0;
}

ssize_t csock_pipe_read(struct csock_pipe *p, uint8_t *to, size_t n)
{
	ssize_t r = csock_result(read(p->r, to, n));
	if (r > 0)
		p->held -= (size_t)r;
	return r;
}
#endif

ssize_t csock_splice(csock_fd from, csock_fd to, size_t n, int flags, int raw)
{
#ifdef __linux__
	struct sigpipe_off s;
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
	if (raw)
		return csock_result(splice(from, NULL, to, NULL, n, (unsigned int)flags));
	sigpipe_hold(&s);
	ssize_t r = csock_result(splice(from, NULL, to, NULL, n, (unsigned int)flags));
	sigpipe_release(&s, r == -EPIPE || (r >= 0 && (size_t)r < n));
	return r;
#else
	(void)from, (void)to, (void)n, (void)flags, (void)raw;
	return -CSOCK_ELACKS;
#endif
}

ssize_t csock_tee(csock_fd from, csock_fd to, size_t n, int flags)
{
#ifdef __linux__
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
	return csock_result(tee(from, to, n, (unsigned int)flags));
#else
	(void)from, (void)to, (void)n, (void)flags;
	return -CSOCK_ELACKS;
#endif
}

ssize_t csock_sendfile(csock_fd fd, csock_fd file, int64_t offset, size_t n, int raw, int lent)
{
	(void)lent;
#ifdef __linux__
	off_t off = (off_t)offset;
	off_t *at = offset < 0 ? NULL : &off;
	if (off != offset)
		return -EOVERFLOW;
	if (raw)
		return csock_result(sendfile(fd, file, at, n));
	return sendfile_quietly(fd, file, at, n);
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__DragonFly__)
	(void)raw; // SO_NOSIGPIPE holds for this call too
	off_t sent = (off_t)n;
	if (n == 0)
		return 0; // which would be all of the file
	off_t at = offset < 0 ? lseek(file, 0, SEEK_CUR) : offset;
	if (at < 0)
		return -errno;
#ifdef __APPLE__
	int r = sendfile(file, fd, at, &sent, NULL, 0);
#else
	int r = sendfile(file, fd, at, n, NULL, &sent, 0);
#endif
	// Interrupted, it has sent what it says.
	if (r < 0 && !(sent > 0 && (errno == EAGAIN || errno == EINTR)))
		return -errno;
	if (offset < 0)
		lseek(file, at + sent, SEEK_SET);
	return (ssize_t)sent;
#else
	(void)fd, (void)file, (void)offset, (void)n, (void)raw;
	return -CSOCK_ELACKS;
#endif
}

int csock_set_linger(csock_fd fd, int level, int name, int64_t seconds)
{
	struct linger l = {0};
	l.l_onoff = seconds >= 0;
	l.l_linger = seconds >= 0 ? (int)(uint32_t)seconds : 0;
	return (int)csock_result(setsockopt(fd, level, name, &l, sizeof(l)));
}

int csock_get_linger(csock_fd fd, int level, int name, int64_t *seconds)
{
	struct linger l = {0};
	socklen_t len = sizeof(l);
	if (getsockopt(fd, level, name, &l, &len) < 0)
		return -errno;
	*seconds = l.l_onoff ? (int64_t)(unsigned int)l.l_linger : -1; // unsigned, as the kernel has it
	return 0;
}

int csock_set_fprog(csock_fd fd, int level, int name, const uint8_t *p, size_t n)
{
#ifdef __linux__
	struct sock_fprog prog = {0};
	n /= sizeof(*prog.filter);
	prog.len = (unsigned short)n;
	prog.filter = (struct sock_filter *)p;
	if (prog.len != n)
		return -EINVAL;
	return (int)csock_result(setsockopt(fd, level, name, &prog, sizeof(prog)));
#else
	(void)fd, (void)level, (void)name, (void)p, (void)n;
	return -CSOCK_ELACKS;
#endif
}

ssize_t csock_get_fprog(csock_fd fd, int level, int name, uint8_t *p, size_t n)
{
#ifdef __linux__
	// Counted in instructions, unlike all other options.
	socklen_t len = (socklen_t)(n / sizeof(struct sock_filter));
	if (getsockopt(fd, level, name, p, &len) < 0)
		return -errno;
	return (ssize_t)(len * sizeof(struct sock_filter));
#else
	(void)fd, (void)level, (void)name, (void)p, (void)n;
	return -CSOCK_ELACKS;
#endif
}

void csock_icmp6_filter_set(struct icmp6_filter *f, int type, int pass)
{
	// The macros of <netinet/icmp6.h> may be more than an expression, with or without a semicolon
	// at their end.
	if (type < 0 && pass) {
		ICMP6_FILTER_SETPASSALL(f);
	} else if (type < 0) {
		ICMP6_FILTER_SETBLOCKALL(f);
	} else if (pass) {
		ICMP6_FILTER_SETPASS(type, f);
	} else {
		ICMP6_FILTER_SETBLOCK(type, f);
	}
}

int csock_icmp6_filter_passes(const struct icmp6_filter *f, int type)
{
	return ICMP6_FILTER_WILLPASS(type, f) != 0;
}

int csock_set_keepalive(csock_fd fd, int64_t time_ms, int64_t interval_ms)
{
	(void)fd, (void)time_ms, (void)interval_ms;
	return -CSOCK_ELACKS;
}

int csock_tcp_ack_frequency(csock_fd fd, int frequency)
{
	(void)fd, (void)frequency;
	return -CSOCK_ELACKS;
}

#ifdef __linux__
void csock_tcp_info_bits(const struct csock_tcp_info *in, struct csock_tcp_info_bits *out)
{
	out->snd_wscale = in->tcpi_snd_wscale;
	out->rcv_wscale = in->tcpi_rcv_wscale;
	out->app_limited = in->tcpi_delivery_rate_app_limited;
	out->fastopen_fail = in->tcpi_fastopen_client_fail;
	// The word after this field, which kernels divide in different ways.
	memcpy(&out->accecn, &in->tcpi_received_ce_bytes + 1, sizeof(out->accecn));
}

void csock_tcp_ao_add_bits(struct csock_tcp_ao_add *out, int set_current, int set_rnext)
{
	out->set_current = set_current != 0;
	out->set_rnext = set_rnext != 0;
}

void csock_tcp_ao_del_bits(struct csock_tcp_ao_del *out, int set_current, int set_rnext, int del_async)
{
	out->set_current = set_current != 0;
	out->set_rnext = set_rnext != 0;
	out->del_async = del_async != 0;
}

void csock_tcp_ao_info_put_bits(struct csock_tcp_ao_info_opt *out, int set_current, int set_rnext, int ao_required,
				int set_counters, int accept_icmps)
{
	out->set_current = set_current != 0;
	out->set_rnext = set_rnext != 0;
	out->ao_required = ao_required != 0;
	out->set_counters = set_counters != 0;
	out->accept_icmps = accept_icmps != 0;
}

void csock_tcp_ao_info_get_bits(const struct csock_tcp_ao_info_opt *in, int *set_current, int *set_rnext,
				int *ao_required, int *accept_icmps)
{
	*set_current = in->set_current;
	*set_rnext = in->set_rnext;
	*ao_required = in->ao_required;
	*accept_icmps = in->accept_icmps;
}

void csock_tcp_ao_key_put_bits(struct csock_tcp_ao_getsockopt *out, int is_current, int is_rnext, int get_all)
{
	out->is_current = is_current != 0;
	out->is_rnext = is_rnext != 0;
	out->get_all = get_all != 0;
}

void csock_tcp_ao_key_get_bits(const struct csock_tcp_ao_getsockopt *in, int *is_current, int *is_rnext)
{
	*is_current = in->is_current;
	*is_rnext = in->is_rnext;
}

int csock_mptcp_full_info(csock_fd fd, struct csock_mptcp_full_info *info, struct csock_mptcp_subflow_info *subflows,
			  struct csock_tcp_info *tcp, uint32_t n)
{
	socklen_t len = sizeof(*info);
	info->size_tcpinfo_user = sizeof(*tcp);
	info->size_sfinfo_user = sizeof(*subflows);
	info->size_arrays_user = n;
	info->subflow_info = (uintptr_t)subflows;
	info->tcp_info = (uintptr_t)tcp;
	return getsockopt(fd, SOL_MPTCP, MPTCP_FULL_INFO, info, &len) < 0 ? -errno : (int)len;
}
#endif

int csock_ioctl(csock_fd fd, unsigned long request, uint8_t *arg)
{
	return (int)csock_result(ioctl(fd, request, arg));
}

int csock_ioctl_value(csock_fd fd, unsigned long request, long arg)
{
	return (int)csock_result(ioctl(fd, request, arg));
}

int csock_ioctl_ifreq_data(csock_fd fd, unsigned long request, const uint8_t *name, uint8_t *data)
{
	struct ifreq r = {0};
	memcpy(r.ifr_name, name, IF_NAMESIZE);
	r.ifr_data = (void *)data;
	return (int)csock_result(ioctl(fd, request, &r));
}

int csock_ifconf(csock_fd fd, unsigned long request, uint8_t *p, size_t n)
{
	struct ifconf c = {0};
	if (n > INT_MAX)
		return -EINVAL;
	c.ifc_len = (int)n;
	c.ifc_buf = (void *)p;
	return ioctl(fd, request, &c) < 0 ? -errno : c.ifc_len;
}

#include "cgo_batch.h"

#endif
