// The options of transports in plain C: their numbers, and one value of each struct.

#ifndef CREF_TRANSPORT_H
#define CREF_TRANSPORT_H

#include <stdint.h>

// The level and number of an option, or -1 if the headers here are too old for it.
int transport_option(const char *name, int *level, int *number);

// The option's struct with every field set, to something else each, as a C program fills it.
// Returns its length, or -1 if the headers here are too old for it.
int transport_value(const char *name, uint8_t *out);

// A struct with all bits of one field set and no others, by a name such as "tcp_info.tcpi_rtt".
// Returns its length, or -1.
int transport_field(const char *name, uint8_t *out);

// setsockopt and getsockopt of anything: 0 or minus errno.
int transport_set(int fd, int level, int number, const uint8_t *p, unsigned n);
int transport_get(int fd, int level, int number, uint8_t *p, unsigned *n);

// Whether one of the events is pending, by poll(2) without waiting.
int transport_poll(int fd, int events);

#endif
