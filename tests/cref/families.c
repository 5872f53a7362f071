// Addresses of families as C programs fill them.

#include <endian.h>
#include <string.h>
#include <sys/time.h>

#include <linux/errqueue.h>
#include <linux/netlink.h>

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

// bluetooth copies an address in the order in which people write it.
static bdaddr_t bluetooth(const uint8_t *written)
{
	bdaddr_t a;
	for (int i = 0; i < 6; i++)
		a.b[i] = written[5 - i];
	return a;
}

static uint16_t little_endian(unsigned n)
{
	uint8_t b[2] = {n & 0xff, n >> 8};
	uint16_t v;
	memcpy(&v, b, sizeof(v));
	return v;
}

int family_l2(void *p, unsigned psm, const uint8_t *bdaddr, unsigned cid, unsigned type)
{
	ADDRESS(sockaddr_l2, v.l2_family = AF_BLUETOOTH, v.l2_psm = little_endian(psm), v.l2_bdaddr = bluetooth(bdaddr),
		v.l2_cid = little_endian(cid), v.l2_bdaddr_type = type);
}

int family_rc(void *p, const uint8_t *bdaddr, unsigned channel)
{
	ADDRESS(sockaddr_rc, v.rc_family = AF_BLUETOOTH, v.rc_bdaddr = bluetooth(bdaddr), v.rc_channel = channel);
}

int family_sco(void *p, const uint8_t *bdaddr)
{
	ADDRESS(sockaddr_sco, v.sco_family = AF_BLUETOOTH, v.sco_bdaddr = bluetooth(bdaddr));
}

int family_hci(void *p, unsigned dev, unsigned channel)
{
	ADDRESS(sockaddr_hci, v.hci_family = AF_BLUETOOTH, v.hci_dev = dev, v.hci_channel = channel);
}

// Without the kernel's header there is nothing to compare with: -1.
int family_mctp(void *p, unsigned network, unsigned eid, unsigned type, unsigned tag, unsigned ifindex, const void *hw, unsigned len)
{
#ifdef MCTP_NET_ANY
	struct sockaddr_mctp_ext v;
	memset(&v, 0, sizeof(v));
	v.smctp_base.smctp_family = AF_MCTP;
	v.smctp_base.smctp_network = network;
	v.smctp_base.smctp_addr.s_addr = eid;
	v.smctp_base.smctp_type = type;
	v.smctp_base.smctp_tag = tag;
	v.smctp_ifindex = ifindex;
	v.smctp_halen = len;
	memcpy(v.smctp_haddr, hw, len);
	memcpy(p, &v, sizeof(v));
	return len > 0 ? sizeof(v) : sizeof(v.smctp_base);
#else
	(void)p, (void)network, (void)eid, (void)type, (void)tag, (void)ifindex, (void)hw, (void)len;
	return -1;
#endif
}

int family_pppoe(void *p, unsigned sid, const uint8_t *remote, const char *dev)
{
	ADDRESS(sockaddr_pppox, v.sa_family = AF_PPPOX, v.sa_protocol = PX_PROTO_OE, v.sa_addr.pppoe.sid = htons(sid),
		memcpy(v.sa_addr.pppoe.remote, remote, 6), strcpy(v.sa_addr.pppoe.dev, dev));
}

int family_pptp(void *p, unsigned call, const uint8_t *ip)
{
	ADDRESS(sockaddr_pppox, v.sa_family = AF_PPPOX, v.sa_protocol = PX_PROTO_PPTP, v.sa_addr.pptp.call_id = call,
		memcpy(&v.sa_addr.pptp.sin_addr, ip, 4));
}

#define L2TP(type)                                                                                                    \
	ADDRESS(type, v.sa_family = AF_PPPOX, v.sa_protocol = PX_PROTO_OL2TP, v.pppol2tp.pid = pid, v.pppol2tp.fd = fd,  \
		memcpy(&v.pppol2tp.addr, addr, sizeof(v.pppol2tp.addr)), v.pppol2tp.s_tunnel = numbers[0],                \
		v.pppol2tp.s_session = numbers[1], v.pppol2tp.d_tunnel = numbers[2], v.pppol2tp.d_session = numbers[3])

int family_l2tp(void *p, int v3, int pid, int fd, const void *addr, unsigned len, const uint32_t *numbers)
{
	int v6 = len == sizeof(struct sockaddr_in6);
	if (v3 && v6) {
		L2TP(sockaddr_pppol2tpv3in6);
	} else if (v3) {
		L2TP(sockaddr_pppol2tpv3);
	} else if (v6) {
		L2TP(sockaddr_pppol2tpin6);
	}
	L2TP(sockaddr_pppol2tp);
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

int family_rxrpc_control(void *p, unsigned long id, uint32_t code, int64_t length, const uint32_t *timeouts, unsigned n)
{
	int net = 101, local = 12; // ENETUNREACH, ENOMEM
	size_t at = append(p, 0, SOL_RXRPC, RXRPC_USER_CALL_ID, &id, sizeof(id));
	at = append(p, at, SOL_RXRPC, RXRPC_ABORT, &code, sizeof(code));
	at = append(p, at, SOL_RXRPC, RXRPC_TX_LENGTH, &length, sizeof(length));
	at = append(p, at, SOL_RXRPC, RXRPC_SET_CALL_TIMEOUT, timeouts, n * sizeof(*timeouts));
	at = append(p, at, SOL_RXRPC, RXRPC_NET_ERROR, &net, sizeof(net));
	return (int)append(p, at, SOL_RXRPC, RXRPC_LOCAL_ERROR, &local, sizeof(local));
}

int family_received_control(void *p)
{
	uint8_t status = 3;
	int incoming = 1;
	struct timeval time = {1600000000, 123456};
	uint64_t name = 0x8182838485868788, congestion = 1ULL << 63 | 1;
	struct {
		struct nlattr head;
		uint8_t name[8];
	} stats = {{sizeof(stats), J1939_NLA_SRC_NAME_}, {1, 2, 3, 4, 5, 6, 7, 8}};
	struct sock_extended_err error;
	struct rds_cmsg_rx_trace trace;
	memset(&error, 0, sizeof(error));
	error.ee_errno = 42; // ENOMSG
	error.ee_origin = SO_EE_ORIGIN_LOCAL;
	error.ee_info = J1939_EE_RX_RTS;
	error.ee_data = 9;
	memset(&trace, 0, sizeof(trace));
	trace.rx_traces = 2;
	trace.rx_trace_pos[0] = RDS_MSG_RX_DGRAM_DELIVERED;
	trace.rx_trace_pos[1] = RDS_MSG_RX_HDR_TO_DGRAM_START;
	trace.rx_trace[0] = 1234567890123;
	trace.rx_trace[1] = 5;
	size_t at = append(p, 0, SOL_BLUETOOTH, BT_SCM_PKT_STATUS, &status, sizeof(status));
	at = append(p, at, SOL_HCI, HCI_CMSG_DIR, &incoming, sizeof(incoming));
	at = append(p, at, SOL_HCI, HCI_CMSG_TSTAMP, &time, sizeof(time));
	at = append(p, at, SOL_CAN_J1939, SCM_J1939_DEST_NAME, &name, sizeof(name));
	at = append(p, at, SOL_CAN_J1939, SCM_J1939_ERRQUEUE, &error, sizeof(error));
	at = append(p, at, SOL_SOCKET, SCM_TIMESTAMPING_OPT_STATS, &stats, sizeof(stats));
	at = append(p, at, SOL_RDS, RDS_CMSG_CONG_UPDATE, &congestion, sizeof(congestion));
	return (int)append(p, at, SOL_RDS, RDS_CMSG_RXPATH_LATENCY, &trace, sizeof(trace));
}

int family_qrtr_packet(void *p, unsigned cmd, int client, const uint32_t *v)
{
	struct qrtr_ctrl_pkt pkt;
	memset(&pkt, 0, sizeof(pkt));
	pkt.cmd = htole32(cmd);
	if (client) {
		pkt.client.node = htole32(v[2]);
		pkt.client.port = htole32(v[3]);
	} else {
		pkt.server.service = htole32(v[0]);
		pkt.server.instance = htole32(v[1]);
		pkt.server.node = htole32(v[2]);
		pkt.server.port = htole32(v[3]);
	}
	memcpy(p, &pkt, sizeof(pkt));
	return sizeof(pkt);
}

int family_xsk_metadata(void *p, uint64_t flags, int completed, unsigned start, unsigned offset, uint64_t time)
{
	struct xsk_tx_metadata v;
	memset(&v, 0, sizeof(v));
	v.flags = flags;
	if (completed) {
		v.completion.tx_timestamp = time;
	} else {
		v.request.csum_start = start;
		v.request.csum_offset = offset;
		v.request.launch_time = time;
	}
	memcpy(p, &v, sizeof(v));
	return sizeof(v);
}
