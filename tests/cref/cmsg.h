#ifndef CREF_CMSG_H
#define CREF_CMSG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct text;

// The control messages that cmsg_build makes.
enum cmsg_kind {
	CREF_RIGHTS,
	CREF_CREDENTIALS,
	CREF_PKTINFO4,
	CREF_PKTINFO6,
	CREF_TTL,
	CREF_HOPLIMIT,
	CREF_TOS,
	CREF_TCLASS,
	CREF_DONTFRAG,
	CREF_FLOWINFO,
	CREF_SEGMENT,
	CREF_TXTIME,
	CREF_MARK,
	CREF_PRIORITY,
	CREF_TIMESTAMPING,
	CREF_TS_OPT_ID,
	CREF_TLS_RECORD,
	CREF_HOPOPTS,
	CREF_DSTOPTS,
	CREF_RTHDR,
	CREF_RETOPTS,
	CREF_SCTP_INIT,
	CREF_SCTP_SNDRCV,
	CREF_SCTP_SNDINFO,
	CREF_SCTP_PRINFO,
	CREF_SCTP_AUTHINFO,
	CREF_SCTP_DSTADDRV4,
	CREF_SCTP_DSTADDRV6,
};

// Makes n messages one after the other in buf, which has room bytes, and returns how many bytes it
// used. kinds has their kinds. Each takes its numbers from args, ten a message, and its addresses
// and bytes from data, 64 a message.
ssize_t cmsg_build(const int *kinds, const int64_t *args, const uint8_t *data, size_t n, uint8_t *buf, size_t room);

// Describes a control buffer as text, a line a message.
size_t cmsg_text(const uint8_t *control, size_t n, char *out, size_t room);

// Parts of cmsg_text: the messages of families, and what those have in common with others.
void print_family_message(struct text *t, int level, int type, const uint8_t *p, size_t n);
void print_error(struct text *t, const uint8_t *p, size_t n);
void print_hci_time(struct text *t, const uint8_t *p, size_t n);

ssize_t cmsg_send(int fd, const uint8_t *p, size_t n, const uint8_t *addr, size_t addr_len, const uint8_t *control,
		  size_t control_len, int flags);
ssize_t cmsg_recv(int fd, uint8_t *p, size_t n, uint8_t *control, size_t *control_len, int *flags);

#endif
