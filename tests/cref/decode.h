// Bytes from the kernel as a C program reads them: addresses of every family, and netlink messages.

#ifndef CREF_DECODE_H
#define CREF_DECODE_H

#include <stddef.h>
#include <stdint.h>

// Each describes n bytes as text in out, which has that much room, and returns its length.
size_t decode_addr(const uint8_t *p, size_t n, char *out, size_t room);
size_t decode_netlink(const uint8_t *p, size_t n, char *out, size_t room);
size_t decode_bcm(const uint8_t *p, size_t n, char *out, size_t room);

#endif
