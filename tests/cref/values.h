// The values of options as a C program reads them.

#ifndef CREF_VALUES_H
#define CREF_VALUES_H

#include <stddef.h>
#include <stdint.h>

// Describes the n bytes that getsockopt() has returned for an option as text in out, which has that
// much room. Returns the text's length, or -1 if it knows no such option.
long value_text(const char *name, const uint8_t *p, size_t n, char *out, size_t room);

#endif
