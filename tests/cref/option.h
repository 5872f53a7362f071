#include <stddef.h>
#include <stdint.h>

// The type of an option's value in C.
enum {
	OPTION_INT,	     // int; also 0 and 1, a descriptor, and values that are ignored
	OPTION_NET_INT,	     // int in network order
	OPTION_SECONDS,	     // int
	OPTION_MILLISECONDS, // int
	OPTION_MICROSECONDS, // int
	OPTION_U64,	     // uint64_t
	OPTION_ULONG,	     // unsigned long
	OPTION_TIMEVAL,	     // struct timeval
	OPTION_LINGER,	     // struct linger
	OPTION_TEXT,	     // char[], ended by a zero byte
	OPTION_MEMORY,	     // bytes, with no struct of their own
	OPTION_STRUCT,	     // a struct
};

struct option {
	const char *name, *level_name;
	int level, number, type;
};

const struct option *option_at(int i);

// setsockopt(), by type. Returns 0 or minus errno.
int option_set_int(int fd, int level, int number, int value);
int option_set_u64(int fd, int level, int number, uint64_t value);
int option_set_ulong(int fd, int level, int number, unsigned long value);
int option_set_timeval(int fd, int level, int number, long sec, long usec);
int option_set_linger(int fd, int level, int number, int on, int seconds);
int option_set_memory(int fd, int level, int number, const void *p, unsigned len);

// getsockopt(): sets *len to the kernel's length. Returns 0 or minus errno. name is for options
// that read a request.
int option_get(int fd, const char *name, int level, int number, void *p, unsigned *len);

// Sets the i'th example of a struct. Returns -EDOM if there is none.
int option_set_struct(int fd, const char *option, int i);
int option_struct_size(const char *option);
void option_request(const char *option, void *p);

// A getsockopt() that fails, for a trace.
void option_mark(int mark, int phase);
