// Batches of messages by the C library's own sendmmsg and recvmmsg, in C's own memory.

#ifndef CREF_BATCH_H
#define CREF_BATCH_H

#include <stddef.h>

struct cref_batch;

struct cref_batch *cref_batch_new(unsigned int n);
void cref_batch_free(struct cref_batch *b);

// Copies a message's payload, address and control messages; when receiving, their lengths are the
// room.
int cref_batch_set(struct cref_batch *b, unsigned int i, const void *payload, size_t n, const void *addr, size_t addr_len,
		   const void *control, size_t control_len);
int cref_batch_send(struct cref_batch *b, int fd, int flags);
int cref_batch_recv(struct cref_batch *b, int fd, int flags, long long ns); // negative: without a timeout

unsigned int cref_batch_n(const struct cref_batch *b, unsigned int i);
int cref_batch_flags(const struct cref_batch *b, unsigned int i);
const void *cref_batch_payload(const struct cref_batch *b, unsigned int i);
const void *cref_batch_addr(const struct cref_batch *b, unsigned int i);
size_t cref_batch_addr_len(const struct cref_batch *b, unsigned int i);
const void *cref_batch_control(const struct cref_batch *b, unsigned int i);
size_t cref_batch_control_len(const struct cref_batch *b, unsigned int i);

#endif
