// Addresses of families as C programs fill them.

#include <string.h>

#include "families.h"

#define ADDRESS(type, ...)        \
	struct type v;            \
	memset(&v, 0, sizeof(v)); \
	__VA_ARGS__;              \
	memcpy(p, &v, sizeof(v)); \
	return sizeof(v)

int family_xdp(void *p, unsigned flags, unsigned ifindex, unsigned queue, unsigned fd)
{
	ADDRESS(sockaddr_xdp, v.sxdp_family = AF_XDP, v.sxdp_flags = flags, v.sxdp_ifindex = ifindex,
		v.sxdp_queue_id = queue, v.sxdp_shared_umem_fd = fd);
}

int family_can(void *p, int ifindex)
{
	ADDRESS(sockaddr_can, v.can_family = AF_CAN, v.can_ifindex = ifindex);
}

int family_isotp(void *p, int ifindex, unsigned rx, unsigned tx)
{
	ADDRESS(sockaddr_can, v.can_family = AF_CAN, v.can_ifindex = ifindex, v.can_addr.tp.rx_id = rx,
		v.can_addr.tp.tx_id = tx);
}

int family_j1939(void *p, int ifindex, uint64_t name, unsigned pgn, unsigned addr)
{
	ADDRESS(sockaddr_can, v.can_family = AF_CAN, v.can_ifindex = ifindex, v.can_addr.j1939.name = name,
		v.can_addr.j1939.pgn = pgn, v.can_addr.j1939.addr = addr);
}

int family_alg(void *p, const char *type, unsigned feat, unsigned mask, const char *name)
{
	ADDRESS(sockaddr_alg, v.salg_family = AF_ALG, strcpy((char *)v.salg_type, type), v.salg_feat = feat,
		v.salg_mask = mask, strcpy((char *)v.salg_name, name));
}

int family_tipc(void *p, unsigned type, int scope, unsigned a, unsigned b, unsigned c)
{
	struct sockaddr_tipc v = {.family = AF_TIPC, .addrtype = type, .scope = scope};
	switch (type) {
	case TIPC_SERVICE_RANGE:
		v.addr.nameseq = (struct tipc_service_range){a, b, c};
		break;
	case TIPC_SERVICE_ADDR:
		v.addr.name.name = (struct tipc_service_addr){a, b};
		v.addr.name.domain = c;
		break;
	case TIPC_SOCKET_ADDR:
		v.addr.id = (struct tipc_socket_addr){a, b};
	}
	memcpy(p, &v, sizeof(v));
	return sizeof(v);
}

int family_qrtr(void *p, unsigned node, unsigned port)
{
	ADDRESS(sockaddr_qrtr, v.sq_family = AF_QIPCRTR, v.sq_node = node, v.sq_port = port);
}

int family_rxrpc(void *p, unsigned service, unsigned type, const void *transport, unsigned len)
{
	ADDRESS(sockaddr_rxrpc, v.srx_family = AF_RXRPC, v.srx_service = service, v.transport_type = type,
		v.transport_len = len, memcpy(&v.transport, transport, len));
}

// append adds a control message to p, which has 512 bytes, after the first at bytes.
static size_t append(void *p, size_t at, int level, int type, const void *data, size_t n)
{
	struct cmsghdr *c = (struct cmsghdr *)((char *)p + at);
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(c), data, n);
	return at + CMSG_SPACE(n);
}

int family_alg_control(void *p, unsigned op, const uint8_t *iv, unsigned n, uint32_t assoclen)
{
	union {
		struct af_alg_iv iv;
		uint8_t bytes[128];
	} v;
	memset(&v, 0, sizeof(v));
	v.iv.ivlen = n;
	memcpy(v.iv.iv, iv, n);
	size_t at = append(p, 0, SOL_ALG, ALG_SET_OP, &op, sizeof(op));
	at = append(p, at, SOL_ALG, ALG_SET_IV, &v, sizeof(struct af_alg_iv) + n);
	return (int)append(p, at, SOL_ALG, ALG_SET_AEAD_ASSOCLEN, &assoclen, sizeof(assoclen));
}

int family_rds_control(void *p, uint32_t cookie, const uint32_t *done, unsigned n)
{
	struct rds_zcopy_cookies v;
	memset(&v, 0, sizeof(v));
	v.num = n;
	memcpy(v.cookies, done, n * sizeof(*done));
	size_t at = append(p, 0, SOL_RDS, RDS_CMSG_ZCOPY_COOKIE, &cookie, sizeof(cookie));
	return (int)append(p, at, SOL_RDS, RDS_CMSG_ZCOPY_COMPLETION, &v, sizeof(v));
}
