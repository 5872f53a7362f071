// The headers of the families that are tried against C, and what this system's are too old for.

#include <stdint.h>
#include <sys/socket.h>

#include <linux/version.h>
#include <linux/if_xdp.h>

#ifndef SOL_XDP
#define SOL_XDP 283
#endif
#ifndef XDP_MAX_TX_SKB_BUDGET
#define XDP_MAX_TX_SKB_BUDGET 9
#endif

// Each fills a native address and returns its length.
int family_xdp(void *p, unsigned flags, unsigned ifindex, unsigned queue, unsigned fd);
