//go:build linux

#define _GNU_SOURCE 1

#include "batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct cref_batch {
	unsigned int n;
	struct mmsghdr *m;
	struct iovec *iov;
};

struct cref_batch *cref_batch_new(unsigned int n)
{
	struct cref_batch *b = calloc(1, sizeof(*b));
	if (b == NULL)
		return NULL;
	b->n = n;
	b->m = calloc(n + 1, sizeof(*b->m)); // one more: calloc of 0 may be NULL
	b->iov = calloc(n + 1, sizeof(*b->iov));
	if (b->m == NULL || b->iov == NULL) {
		cref_batch_free(b);
		return NULL;
	}
	return b;
}

void cref_batch_free(struct cref_batch *b)
{
	if (b->m != NULL && b->iov != NULL) {
		for (unsigned int i = 0; i < b->n; i++) {
			free(b->m[i].msg_hdr.msg_name);
			free(b->m[i].msg_hdr.msg_control);
			free(b->iov[i].iov_base);
		}
	}
	free(b->m);
	free(b->iov);
	free(b);
}

static int copied(void **to, const void *p, size_t n)
{
	if (n == 0)
		return 0;
	*to = malloc(n);
	if (*to == NULL)
		return -1;
	memcpy(*to, p, n);
	return 0;
}

int cref_batch_set(struct cref_batch *b, unsigned int i, const void *payload, size_t n, const void *addr, size_t addr_len,
		   const void *control, size_t control_len)
{
	struct msghdr *h = &b->m[i].msg_hdr;
	h->msg_iov = &b->iov[i];
	h->msg_iovlen = 1;
	h->msg_iov->iov_len = n;
	h->msg_namelen = (socklen_t)addr_len;
	h->msg_controllen = control_len;
	if (copied(&h->msg_iov->iov_base, payload, n) < 0 || copied(&h->msg_name, addr, addr_len) < 0 ||
	    copied(&h->msg_control, control, control_len) < 0)
		return -1;
	return 0;
}

int cref_batch_send(struct cref_batch *b, int fd, int flags)
{
	int r = sendmmsg(fd, b->m, b->n, flags);
	return r < 0 ? -errno : r;
}

int cref_batch_recv(struct cref_batch *b, int fd, int flags, long long ns)
{
	struct timespec t = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};
	int r = recvmmsg(fd, b->m, b->n, flags, ns < 0 ? NULL : &t);
	return r < 0 ? -errno : r;
}

unsigned int cref_batch_n(const struct cref_batch *b, unsigned int i)
{
	return b->m[i].msg_len;
}

int cref_batch_flags(const struct cref_batch *b, unsigned int i)
{
	return b->m[i].msg_hdr.msg_flags;
}

const void *cref_batch_payload(const struct cref_batch *b, unsigned int i)
{
	return b->iov[i].iov_base;
}

const void *cref_batch_addr(const struct cref_batch *b, unsigned int i)
{
	return b->m[i].msg_hdr.msg_name;
}

size_t cref_batch_addr_len(const struct cref_batch *b, unsigned int i)
{
	return b->m[i].msg_hdr.msg_namelen;
}

const void *cref_batch_control(const struct cref_batch *b, unsigned int i)
{
	return b->m[i].msg_hdr.msg_control;
}

size_t cref_batch_control_len(const struct cref_batch *b, unsigned int i)
{
	return b->m[i].msg_hdr.msg_controllen;
}
