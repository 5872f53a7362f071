// The names of macOS's <netinet/icmp6.h> that csock uses, for a compiler that has no such header.
#ifndef _NETINET_ICMP6_H_
#define _NETINET_ICMP6_H_

#include <stdint.h>
#include <string.h>

#define ICMP6_FILTER 18

struct icmp6_filter {
	uint32_t icmp6_filt[8];
};

#define ICMP6_FILTER_SETPASSALL(f) memset(f, 0xff, sizeof(struct icmp6_filter))
#define ICMP6_FILTER_SETBLOCKALL(f) memset(f, 0, sizeof(struct icmp6_filter))
#define ICMP6_FILTER_SETPASS(t, f) (((f)->icmp6_filt[(t) >> 5]) |= (1u << ((t) & 31)))
#define ICMP6_FILTER_SETBLOCK(t, f) (((f)->icmp6_filt[(t) >> 5]) &= ~(1u << ((t) & 31)))
#define ICMP6_FILTER_WILLPASS(t, f) ((((f)->icmp6_filt[(t) >> 5]) & (1u << ((t) & 31))) != 0)

#endif
