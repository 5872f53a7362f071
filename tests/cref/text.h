// Text in memory of a fixed size.

#ifndef CREF_TEXT_H
#define CREF_TEXT_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

struct text {
	char *p, *end;
};

__attribute__((format(printf, 2, 3))) static inline void print(struct text *t, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(t->p, (size_t)(t->end - t->p), format, ap);
	va_end(ap);
	t->p = n < t->end - t->p ? t->p + n : t->end - 1;
}

static inline void print_bytes(struct text *t, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	print(t, " ");
	for (size_t i = 0; i < n; i++)
		print(t, "%02x", p[i]);
}

#endif
