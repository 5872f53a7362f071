// Addresses of families as C programs fill them.

#include <string.h>

#include "families.h"

#define ADDRESS(type, ...)                                                                                            \
	struct type v;                                                                                                \
	memset(&v, 0, sizeof(v));                                                                                     \
	__VA_ARGS__;                                                                                                  \
	memcpy(p, &v, sizeof(v));                                                                                     \
	return sizeof(v)

int family_xdp(void *p, unsigned flags, unsigned ifindex, unsigned queue, unsigned fd)
{
	ADDRESS(sockaddr_xdp, v.sxdp_family = AF_XDP, v.sxdp_flags = flags, v.sxdp_ifindex = ifindex, v.sxdp_queue_id = queue,
		v.sxdp_shared_umem_fd = fd);
}
