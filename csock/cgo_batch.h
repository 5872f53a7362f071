// Batches: the helpers over the system's sendmmsg and recvmmsg, or a loop of csock_sendmsghdr and
// csock_recvmsghdr. cgo_helpers.c and cgo_helpers_windows.c include it.

static struct csock_slot *slot(const csock_mmsghdr *m)
{
	return (struct csock_slot *)((char *)m->msg_hdr.msg_name - offsetof(struct csock_slot, addr));
}

// Offers all the room that the message has.
static void make_ready(csock_mmsghdr *m)
{
	struct csock_slot *s = slot(m);
	for (size_t k = 0; k < (size_t)m->msg_hdr.msg_iovlen; k++)
		m->msg_hdr.msg_iov[k].iov_len = s->rooms[k];
	m->msg_hdr.msg_namelen = sizeof(s->addr);
	m->msg_hdr.msg_controllen = s->control_room;
	m->msg_hdr.msg_flags = 0;
	m->msg_len = 0;
}

// Sets the lengths of the message to what was received. With MSG_TRUNC msg_len is the datagram's
// whole length.
static void take_in(csock_mmsghdr *m, int own)
{
	struct csock_slot *s = slot(m);
	size_t left = (size_t)m->msg_len; // an ssize_t on FreeBSD
	for (size_t k = 0; k < (size_t)m->msg_hdr.msg_iovlen; k++) {
		const size_t len = left < s->rooms[k] ? left : s->rooms[k];
		m->msg_hdr.msg_iov[k].iov_len = len;
		left -= len;
	}
	csock_clamp(&s->addr, &m->msg_hdr.msg_namelen);
	m->msg_hdr.msg_flags &= ~own;
}

#if !defined(CSOCK_MMSG) || defined(CSOCK_MMSG_COPIES)
// The header of a message to send, without pointers to nothing.
static struct msghdr to_send(const csock_mmsghdr *m)
{
	struct msghdr h = m->msg_hdr;
	if (h.msg_namelen == 0)
		h.msg_name = NULL;
	if (h.msg_controllen == 0)
		h.msg_control = NULL;
	return h;
}
#endif

#if defined(CSOCK_MMSG) && defined(CSOCK_MMSG_COPIES)
static int sendmmsg_copies(int fd, csock_mmsghdr *m, unsigned int n, int flags)
{
	csock_mmsghdr part[64];
	const unsigned int most = sizeof(part) / sizeof(*part);
	unsigned int sent = 0;
	while (sent < n) {
		unsigned int count = n - sent < most ? n - sent : most;
		for (unsigned int i = 0; i < count; i++)
			part[i].msg_hdr = to_send(&m[sent + i]);
		int r = (int)sendmmsg(fd, part, count, flags);
		if (r < 0)
			return sent > 0 ? (int)sent : -errno;
		for (int i = 0; i < r; i++)
			m[sent + (unsigned int)i].msg_len = part[i].msg_len;
		sent += (unsigned int)r;
		if ((unsigned int)r < count)
			break;
	}
	return (int)sent;
}
#endif

#ifndef CSOCK_MMSG
#ifndef MSG_WAITFORONE
#define MSG_WAITFORONE 0
#endif

// As the kernel does it where it has the calls: an error ends the batch, and is returned if the
// first message fails.
static int sendmmsg_loop(csock_fd fd, csock_mmsghdr *m, unsigned int n, int flags)
{
	for (unsigned int i = 0; i < n; i++) {
		struct msghdr h = to_send(&m[i]);
		ssize_t r = csock_sendmsghdr(fd, &h, flags);
		if (r < 0)
			return i > 0 ? (int)i : (int)r;
		m[i].msg_len = (unsigned int)r;
	}
	return (int)n;
}

// The time is looked at after each message, as Linux does it.
static int recvmmsg_loop(csock_fd fd, csock_mmsghdr *m, unsigned int n, int flags, int64_t ns)
{
	const int64_t start = ns < 0 ? 0 : now_ns();
	for (unsigned int i = 0; i < n; i++) {
		ssize_t r = csock_recvmsghdr(fd, &m[i].msg_hdr, flags & ~MSG_WAITFORONE);
		if (r < 0)
			return i > 0 ? (int)i : (int)r;
		m[i].msg_len = (unsigned int)r;
		if (ns >= 0 && now_ns() - start >= ns)
			return (int)i + 1;
		if (flags & MSG_WAITFORONE)
			flags |= CSOCK_DONTWAIT;
	}
	return (int)n;
}
#endif

static int send_batch(csock_fd fd, uint8_t *messages, unsigned int n, int flags)
{
	csock_mmsghdr *m = (csock_mmsghdr *)messages;
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
#ifdef CSOCK_MMSG_COPIES
	return sendmmsg_copies(fd, m, n, flags);
#elif defined(CSOCK_MMSG)
	return (int)csock_result(sendmmsg(fd, m, n, flags));
#else
	return sendmmsg_loop(fd, m, n, flags);
#endif
}

static int receive_batch(csock_fd fd, uint8_t *messages, unsigned int n, unsigned int used, int flags, int own,
			 int64_t ns)
{
	csock_mmsghdr *m = (csock_mmsghdr *)messages;
	for (unsigned int i = 0; i < used; i++) // even if the call fails: the caller then relies on it
		make_ready(&m[i]);
	if (csock_lacks(flags))
		return -CSOCK_ELACKS;
#ifdef CSOCK_MMSG
	struct timespec timeout;
	timeout.tv_sec = (time_t)(ns / 1000000000);
	timeout.tv_nsec = (long)(ns % 1000000000);
	if (ns >= 0 && timeout.tv_sec != ns / 1000000000)
		return -EDOM;
	int r = (int)csock_result(recvmmsg(fd, m, n, flags | own, ns < 0 ? NULL : &timeout));
#else
	int r = recvmmsg_loop(fd, m, n, flags | own, ns);
#endif
	for (int i = 0; i < r; i++)
		take_in(&m[i], own);
	return r;
}

void csock_sendmmsg(csock_fd fd, uint8_t *messages, unsigned int n, int flags, int *r)
{
	*r = send_batch(fd, messages, n, flags);
}

void csock_recvmmsg(csock_fd fd, uint8_t *messages, unsigned int n, unsigned int used, int flags, int own, int64_t ns,
		    int *r)
{
	*r = receive_batch(fd, messages, n, used, flags, own, ns);
}
