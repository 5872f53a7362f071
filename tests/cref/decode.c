#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "decode.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "families.h"
#include "text.h"

#include <linux/if_packet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/unix_diag.h>
#include <linux/vm_sockets.h>

// The end of a string in memory that may have no zero byte.
#define TEXT(p, n) (int)strnlen((const char *)(p), n), (const char *)(p)

// READ copies the bytes into a variable of a type, if there are enough.
#define READ(type)         \
	struct type v;     \
	if (n < sizeof(v)) \
		return;    \
	memcpy(&v, p, sizeof(v))

static void read_unix(struct text *t, const uint8_t *p, size_t n)
{
	size_t start = offsetof(struct sockaddr_un, sun_path);
	if (n < start)
		return;
	if (n == start)
		print(t, "unnamed");
	else if (p[start] == 0)
		print(t, "abstract"), print_bytes(t, p + start + 1, n - start - 1);
	else
		print(t, "path"), print_bytes(t, p + start, strnlen((const char *)p + start, n - start));
}

static void read_packet(struct text *t, const uint8_t *p, size_t n)
{
	struct sockaddr_ll v;
	size_t start = offsetof(struct sockaddr_ll, sll_addr);
	if (n < start)
		return;
	memset(&v, 0, sizeof(v));
	memcpy(&v, p, start);
	size_t len = v.sll_halen < n - start ? v.sll_halen : n - start; // longer than the field, too
	print(t, "packet %u %d %u %u", ntohs(v.sll_protocol), v.sll_ifindex, v.sll_hatype, v.sll_pkttype);
	print_bytes(t, p + start, len);
}

static void read_in(struct text *t, const uint8_t *p, size_t n)
{
	READ(sockaddr_in);
	print(t, "in");
	print_bytes(t, &v.sin_addr, 4);
	print(t, " %u", ntohs(v.sin_port));
}

static void read_in6(struct text *t, const uint8_t *p, size_t n)
{
	READ(sockaddr_in6);
	print(t, "in6");
	print_bytes(t, &v.sin6_addr, 16);
	print(t, " %u %u %u", ntohs(v.sin6_port), ntohl(v.sin6_flowinfo), v.sin6_scope_id);
}

static void read_vsock(struct text *t, const uint8_t *p, size_t n)
{
	READ(sockaddr_vm);
	// The flags have no name in headers before Linux 5.11.
	print(t, "vsock %u %u %u", v.svm_cid, v.svm_port, p[offsetof(struct sockaddr_vm, svm_cid) + sizeof(v.svm_cid)]);
}

static void read_netlink(struct text *t, const uint8_t *p, size_t n)
{
	READ(sockaddr_nl);
	print(t, "netlink %u %u", v.nl_pid, v.nl_groups);
}

static void read_can(struct text *t, const uint8_t *p, size_t n)
{
	struct sockaddr_can v;
	size_t start = offsetof(struct sockaddr_can, can_addr);
	if (n < offsetof(struct sockaddr_can, can_ifindex) + sizeof(v.can_ifindex))
		return;
	memset(&v, 0, sizeof(v));
	memcpy(&v, p, n < sizeof(v) ? n : sizeof(v));
	print(t, "can %d", v.can_ifindex);
	if (n >= start + sizeof(v.can_addr.tp))
		print(t, " tp %u %u", v.can_addr.tp.rx_id, v.can_addr.tp.tx_id);
	if (n >= start + sizeof(v.can_addr.j1939))
		print(t, " j1939 %" PRIu64 " %u %u", (uint64_t)v.can_addr.j1939.name, v.can_addr.j1939.pgn,
		      v.can_addr.j1939.addr);
}

static void read_xdp(struct text *t, const uint8_t *p, size_t n)
{
	READ(sockaddr_xdp);
	print(t, "xdp %u %u %u %u", v.sxdp_flags, v.sxdp_ifindex, v.sxdp_queue_id, v.sxdp_shared_umem_fd);
}

static void read_alg(struct text *t, const uint8_t *p, size_t n)
{
	READ(sockaddr_alg);
	size_t start = offsetof(struct sockaddr_alg, salg_name); // the name may be longer than the field
	print(t, "alg %u %u %.*s", v.salg_feat, v.salg_mask, TEXT(v.salg_type, sizeof(v.salg_type)));
	print(t, " %.*s", TEXT(p + start, n - start));
}

static void read_tipc(struct text *t, const uint8_t *p, size_t n)
{
	READ(sockaddr_tipc);
	switch (v.addrtype) {
	case TIPC_SERVICE_RANGE:
		print(t, "tipc range %d %u %u %u", v.scope, v.addr.nameseq.type, v.addr.nameseq.lower,
		      v.addr.nameseq.upper);
		break;
	case TIPC_SERVICE_ADDR:
		print(t, "tipc service %d %u %u %u", v.scope, v.addr.name.name.type, v.addr.name.name.instance,
		      v.addr.name.domain);
		break;
	case TIPC_SOCKET_ADDR:
		print(t, "tipc socket %d %u %u", v.scope, v.addr.id.ref, v.addr.id.node);
	}
}

static void read_qrtr(struct text *t, const uint8_t *p, size_t n)
{
	READ(sockaddr_qrtr);
	print(t, "qrtr %u %u", v.sq_node, v.sq_port);
}

static void read_rxrpc(struct text *t, const uint8_t *p, size_t n)
{
	READ(sockaddr_rxrpc);
	if (v.transport_len < sizeof(sa_family_t) || v.transport_len > sizeof(v.transport))
		return;
	print(t, "rxrpc %u %u", v.srx_service, v.transport_type);
	print_bytes(t, &v.transport, v.transport_len);
}

// A read function gets memory of its own, which is exactly as long as needed: a sanitizer sees a
// read past its end.
static size_t read_copy(void (*read)(struct text *, const uint8_t *, size_t), const uint8_t *p, size_t n, char *out,
			size_t room)
{
	uint8_t *copy = malloc(n + (n == 0));
	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, p, n);
	struct text t = {out, out + room};
	*out = 0;
	read(&t, copy, n);
	free(copy);
	return (size_t)(t.p - out);
}

static void read_addr(struct text *t, const uint8_t *p, size_t n)
{
	sa_family_t family;
	if (n < sizeof(family))
		return;
	memcpy(&family, p, sizeof(family));
	switch (family) {
	case AF_UNIX:
		read_unix(t, p, n);
		break;
	case AF_INET:
		read_in(t, p, n);
		break;
	case AF_INET6:
		read_in6(t, p, n);
		break;
	case AF_PACKET:
		read_packet(t, p, n);
		break;
	case AF_NETLINK:
		read_netlink(t, p, n);
		break;
	case AF_VSOCK:
		read_vsock(t, p, n);
		break;
	case AF_CAN:
		read_can(t, p, n);
		break;
	case AF_XDP:
		read_xdp(t, p, n);
		break;
	case AF_ALG:
		read_alg(t, p, n);
		break;
	case AF_TIPC:
		read_tipc(t, p, n);
		break;
	case AF_QIPCRTR:
		read_qrtr(t, p, n);
		break;
	case AF_RXRPC:
		read_rxrpc(t, p, n);
	}
}

size_t decode_addr(const uint8_t *p, size_t n, char *out, size_t room)
{
	return read_copy(read_addr, p, n, out, room);
}

static void read_attributes(struct text *t, const uint8_t *p, size_t n)
{
	int left = (int)n;
	for (const struct rtattr *a = (const struct rtattr *)p; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		print(t, " attribute %u", a->rta_type);
		print_bytes(t, RTA_DATA(a), RTA_PAYLOAD(a));
	}
	print(t, "\n");
}

static void read_id(struct text *t, const struct inet_diag_sockid *id, unsigned family)
{
	size_t n = family == AF_INET ? 4 : 16;
	print_bytes(t, id->idiag_src, n);
	print(t, " %u", ntohs(id->idiag_sport));
	print_bytes(t, id->idiag_dst, n);
	print(t, " %u %u %u %u", ntohs(id->idiag_dport), id->idiag_if, id->idiag_cookie[0], id->idiag_cookie[1]);
}

static void read_inet_diag(struct text *t, const uint8_t *p, size_t n)
{
	READ(inet_diag_msg);
	print(t, "inet %u %u %u %u", v.idiag_family, v.idiag_state, v.idiag_timer, v.idiag_retrans);
	read_id(t, &v.id, v.idiag_family);
	print(t, " %u %u %u %u %u", v.idiag_expires, v.idiag_rqueue, v.idiag_wqueue, v.idiag_uid, v.idiag_inode);
	size_t start = NLMSG_ALIGN(sizeof(v));
	read_attributes(t, p + (start < n ? start : n), start < n ? n - start : 0);
}

static void read_unix_diag(struct text *t, const uint8_t *p, size_t n)
{
	READ(unix_diag_msg);
	print(t, "unix %u %u %u %u %u", v.udiag_type, v.udiag_state, v.udiag_ino, v.udiag_cookie[0], v.udiag_cookie[1]);
	size_t start = NLMSG_ALIGN(sizeof(v));
	read_attributes(t, p + (start < n ? start : n), start < n ? n - start : 0);
}

static void read_messages(struct text *t, const uint8_t *p, size_t n)
{
	unsigned left = (unsigned)n;
	for (const struct nlmsghdr *h = (const struct nlmsghdr *)p; NLMSG_OK(h, left);) {
		const uint8_t *data = NLMSG_DATA(h);
		size_t len = NLMSG_PAYLOAD(h, 0);
		print(t, "message %u %u %u %u %u", h->nlmsg_len, h->nlmsg_type, h->nlmsg_flags, h->nlmsg_seq,
		      h->nlmsg_pid);
		print_bytes(t, data, len);
		print(t, "\n");
		if (len >= sizeof(int)) {
			int error;
			memcpy(&error, data, sizeof(error));
			print(t, "error %d\n", error);
		}
		read_attributes(t, data, len);
		read_inet_diag(t, data, len);
		read_unix_diag(t, data, len);
		if (NLMSG_ALIGN(h->nlmsg_len) > left) // which NLMSG_NEXT does not check
			break;
		h = NLMSG_NEXT(h, left);
	}
}

size_t decode_netlink(const uint8_t *p, size_t n, char *out, size_t room)
{
	return read_copy(read_messages, p, n, out, room);
}

static void read_bcm(struct text *t, const uint8_t *p, size_t n)
{
	READ(bcm_msg_head);
	print(t, "%u %u %u %ld %ld %ld %ld %u %u", v.opcode, v.flags, v.count, (long)v.ival1.tv_sec,
	      (long)v.ival1.tv_usec, (long)v.ival2.tv_sec, (long)v.ival2.tv_usec, v.can_id, v.nframes);
}

size_t decode_bcm(const uint8_t *p, size_t n, char *out, size_t room)
{
	return read_copy(read_bcm, p, n, out, room);
}
