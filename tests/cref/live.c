#define _GNU_SOURCE // accept4
#include "live.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/ppp-ioctl.h>
#include <linux/rtnetlink.h>

#include "bpf.h"
#include "families.h"
#include "text.h"

#ifndef AF_SMC
#define AF_SMC 43
#endif

struct live {
	struct text out;
	const struct live_machine *machine;
	int fds[16], n;
	// Addresses that differ in each run, which the record has by name.
	struct {
		const char *name;
		struct sockaddr_storage addr;
		socklen_t len;
	} named[8];
	int names;
};

static ssize_t result(struct live *l, const char *what, ssize_t r)
{
	if (r < 0)
		print(&l->out, "%s: errno %d\n", what, errno);
	else
		print(&l->out, "%s: %zd\n", what, r);
	return r;
}

static int keep(struct live *l, int fd)
{
	if (fd >= 0)
		l->fds[l->n++] = fd;
	return fd;
}

// opened makes a socket whose calls do not wait long.
static int opened(struct live *l, int domain, int type, int protocol)
{
	int fd = keep(l, socket(domain, type | SOCK_CLOEXEC, protocol));
	struct timeval limit = {.tv_sec = 30};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static int bound(struct live *l, int fd, const void *addr, socklen_t len)
{
	return (int)result(l, "bind", bind(fd, addr, len));
}

static void connected(struct live *l, int fd, const void *addr, socklen_t len)
{
	result(l, "connect", connect(fd, addr, len));
}

static void set(struct live *l, int fd, int level, int number, const void *value, socklen_t len)
{
	result(l, "setsockopt", setsockopt(fd, level, number, value, len));
}

static void set_int(struct live *l, int fd, int level, int number, int value)
{
	set(l, fd, level, number, &value, sizeof(value));
}

static void get_int(struct live *l, int fd, int level, int number)
{
	int value = 0;
	socklen_t len = sizeof(value);
	if (result(l, "getsockopt", getsockopt(fd, level, number, &value, &len)) == 0)
		print(&l->out, "value: %d\n", value);
}

static void sent(struct live *l, int fd, const void *p, size_t n)
{
	result(l, "send", send(fd, p, n, MSG_NOSIGNAL));
}

static void sent_to(struct live *l, int fd, const void *p, size_t n, const void *addr, socklen_t len)
{
	result(l, "sendto", sendto(fd, p, n, 0, addr, len));
}

static void address(struct live *l, const char *what, const void *addr, socklen_t len)
{
	print(&l->out, "%s:", what);
	for (int i = 0; i < l->names; i++)
		if (l->named[i].len == len && memcmp(&l->named[i].addr, addr, len) == 0) {
			print(&l->out, " %s\n", l->named[i].name);
			return;
		}
	print_bytes(&l->out, addr, len);
	print(&l->out, "\n");
}

static void name(struct live *l, const char *name, const void *addr, socklen_t len)
{
	l->named[l->names].name = name;
	l->named[l->names].len = len;
	memcpy(&l->named[l->names++].addr, addr, len);
}

// named gives a socket's own address a name, and copies the address.
static socklen_t named(struct live *l, const char *as, int fd, void *addr)
{
	struct sockaddr_storage own = {0};
	socklen_t len = sizeof(own);
	if (getsockname(fd, (struct sockaddr *)&own, &len) < 0)
		len = 0;
	name(l, as, &own, len);
	memcpy(addr, &own, len);
	return len;
}

static void local(struct live *l, int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	memset(&addr, 0, sizeof(addr)); // which clang's analyzer sees in each byte
	if (result(l, "getsockname", getsockname(fd, (struct sockaddr *)&addr, &len)) == 0)
		address(l, "address", &addr, len);
}

static void peer(struct live *l, int fd)
{
	struct sockaddr_storage addr = {0};
	socklen_t len = sizeof(addr);
	if (result(l, "getpeername", getpeername(fd, (struct sockaddr *)&addr, &len)) == 0)
		address(l, "address", &addr, len);
}

static int accepted(struct live *l, int fd)
{
	struct sockaddr_storage addr = {0};
	socklen_t len = sizeof(addr);
	int s = keep(l, accept4(fd, (struct sockaddr *)&addr, &len, SOCK_CLOEXEC));
	if (result(l, "accept", s < 0 ? s : 0) == 0)
		address(l, "from", &addr, len);
	return s;
}

static void received(struct live *l, int fd, size_t room, void *from)
{
	uint8_t bytes[4096];
	union {
		struct cmsghdr align;
		char bytes[1024];
	} control;
	struct sockaddr_storage addr = {0};
	struct iovec v = {bytes, room};
	struct msghdr m = {.msg_name = &addr, .msg_namelen = sizeof(addr), .msg_iov = &v, .msg_iovlen = 1,
			   .msg_control = &control, .msg_controllen = sizeof(control)};
	memset(&addr, 0, sizeof(addr));
	ssize_t n = result(l, "recvmsg", recvmsg(fd, &m, 0));
	if (n < 0)
		return;
	print(&l->out, "bytes:");
	print_bytes(&l->out, bytes, (size_t)n);
	print(&l->out, "\nflags: 0x%x\n", (unsigned)m.msg_flags);
	address(l, "from", &addr, m.msg_namelen);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		print(&l->out, "control %d %d:", c->cmsg_level, c->cmsg_type);
		print_bytes(&l->out, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
		print(&l->out, "\n");
	}
	if (from != NULL)
		memcpy(from, &addr, m.msg_namelen);
}

static struct sockaddr_in loopback(unsigned port)
{
	return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

#define ADDR(v) &v, sizeof(v)

static void can_raw(struct live *l)
{
	int a = opened(l, AF_CAN, SOCK_RAW, CAN_RAW), b = opened(l, AF_CAN, SOCK_RAW, CAN_RAW);
	struct sockaddr_can bus = {.can_family = AF_CAN, .can_ifindex = 9999};
	bound(l, a, ADDR(bus));
	bus.can_ifindex = l->machine->ifindex;
	for (int i = 0; i < 2; i++) {
		set_int(l, l->fds[i], SOL_CAN_RAW, CAN_RAW_FD_FRAMES, 1);
		bound(l, l->fds[i], ADDR(bus));
	}
	local(l, b);
	peer(l, b);
	struct can_filter filter = {0x123, CAN_SFF_MASK};
	set(l, b, SOL_CAN_RAW, CAN_RAW_FILTER, &filter, sizeof(filter));
	struct can_frame other = {.can_id = 0x124}, frame = {.can_id = 0x123, .can_dlc = 3, .data = {1, 2, 3}};
	struct canfd_frame fd = {.can_id = 0x123, .len = 64, .flags = CANFD_BRS, .data = {[63] = 9}};
	sent(l, a, &other, sizeof(other));
	sent(l, a, &frame, sizeof(frame));
	sent(l, a, &fd, sizeof(fd));
	sent(l, a, &fd, 5);
	received(l, b, 100, NULL);
	received(l, b, 100, NULL);
}

static void can_isotp(struct live *l)
{
	int a = opened(l, AF_CAN, SOCK_DGRAM, CAN_ISOTP), b = opened(l, AF_CAN, SOCK_DGRAM, CAN_ISOTP);
	struct sockaddr_can addr = {.can_family = AF_CAN, .can_ifindex = l->machine->ifindex};
	addr.can_addr.tp.rx_id = 0x321, addr.can_addr.tp.tx_id = 0x123;
	sent(l, a, "early", 5);
	bound(l, a, ADDR(addr));
	addr.can_addr.tp.rx_id = 0x123, addr.can_addr.tp.tx_id = 0x321;
	bound(l, b, ADDR(addr));
	local(l, a);
	char message[1000];
	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = "0123456789"[i % 10];
	sent(l, a, message, sizeof(message));
	received(l, b, 2000, NULL);
}

static void can_j1939(struct live *l)
{
	int a = opened(l, AF_CAN, SOCK_DGRAM, CAN_J1939), b = opened(l, AF_CAN, SOCK_DGRAM, CAN_J1939);
	struct sockaddr_can addr = {.can_family = AF_CAN, .can_ifindex = l->machine->ifindex};
	addr.can_addr.j1939.name = J1939_NO_NAME;
	addr.can_addr.j1939.pgn = J1939_NO_PGN;
	addr.can_addr.j1939.addr = 0x20;
	bound(l, a, ADDR(addr));
	addr.can_addr.j1939.addr = 0x30;
	bound(l, b, ADDR(addr));
	local(l, b);
	set_int(l, a, SOL_CAN_J1939, SO_J1939_SEND_PRIO, 3);
	addr.can_addr.j1939.pgn = 0x12300;
	sent_to(l, a, "hello", 5, ADDR(addr));
	received(l, b, 100, NULL);
	addr.can_addr.j1939.addr = J1939_NO_ADDR;
	sent_to(l, a, "broadcast", 9, ADDR(addr));
}

static void can_bcm(struct live *l)
{
	int to = opened(l, AF_CAN, SOCK_RAW, CAN_RAW), bcm = opened(l, AF_CAN, SOCK_DGRAM, CAN_BCM);
	struct sockaddr_can bus = {.can_family = AF_CAN, .can_ifindex = l->machine->ifindex};
	bound(l, to, ADDR(bus));
	struct bcm_msg_head head = {.opcode = TX_SETUP, .flags = SETTIMER | STARTTIMER, .ival2.tv_usec = 10000, .can_id = 0x42, .nframes = 1};
	struct can_frame frame = {.can_id = 0x42, .can_dlc = 1, .data = {7}};
	char m[sizeof(head) + sizeof(frame)];
	memcpy(m, &head, sizeof(head));
	memcpy(m + sizeof(head), &frame, sizeof(frame));
	sent(l, bcm, &m, sizeof(m));
	connected(l, bcm, ADDR(bus));
	sent(l, bcm, &m, sizeof(m));
	received(l, to, 100, NULL);
	received(l, to, 100, NULL);
}

// algorithm binds a socket, sets its key if there is one, and accepts the socket of an operation.
static int algorithm(struct live *l, const char *type, const char *name, const char *key, size_t tag)
{
	int s = opened(l, AF_ALG, SOCK_SEQPACKET, 0);
	struct sockaddr_alg addr = {.salg_family = AF_ALG, .salg_name = "no such algorithm"};
	strcpy((char *)addr.salg_type, type);
	bound(l, s, ADDR(addr));
	memset(addr.salg_name, 0, sizeof(addr.salg_name));
	strcpy((char *)addr.salg_name, name);
	bound(l, s, ADDR(addr));
	if (key != NULL)
		set(l, s, SOL_ALG, ALG_SET_KEY, key, (socklen_t)strlen(key));
	if (tag > 0)
		set(l, s, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL, (socklen_t)tag);
	int op = keep(l, accept4(s, NULL, NULL, SOCK_CLOEXEC));
	result(l, "accept", op < 0 ? op : 0);
	return op;
}

static void encrypted(struct live *l, int op, const char *iv, unsigned assoclen, const char *text)
{
	union {
		struct cmsghdr align;
		char bytes[512];
	} control;
	memset(&control, 0, sizeof(control));
	int n = family_alg_control(&control, ALG_OP_ENCRYPT, (const uint8_t *)iv, (unsigned)strlen(iv), assoclen);
	struct iovec v = {(char *)(uintptr_t)text, strlen(text)};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = (size_t)n};
	result(l, "sendmsg", sendmsg(op, &m, 0));
}

static void alg_hash(struct live *l)
{
	int op = algorithm(l, "hash", "sha256", NULL, 0);
	sent(l, op, "abc", 3);
	received(l, op, 32, NULL);
	local(l, op);
}

static void alg_cipher(struct live *l)
{
	int op = algorithm(l, "skcipher", "cbc(aes)", "0123456789abcdef", 0);
	encrypted(l, op, "short", 0, "0123456789abcdef0123456789abcdef");
	encrypted(l, op, "fedcba9876543210", 0, "0123456789abcdef0123456789abcdef");
	received(l, op, 32, NULL);
}

static void alg_aead(struct live *l)
{
	int op = algorithm(l, "aead", "gcm(aes)", "0123456789abcdef", 16);
	encrypted(l, op, "fedcba987654", 4, "headtext to be encrypted");
	received(l, op, 24 + 16, NULL);
}

static void tipc(struct live *l)
{
	int server = opened(l, AF_TIPC, SOCK_RDM, 0), client = opened(l, AF_TIPC, SOCK_RDM, 0);
	struct sockaddr_tipc addr, own = {0};
	named(l, "client", client, &own);
	named(l, "server", server, &addr);
	memset(&addr, 0, sizeof(addr));
	addr.family = AF_TIPC;
	addr.addrtype = TIPC_SERVICE_RANGE;
	addr.scope = TIPC_NODE_SCOPE;
	addr.addr.nameseq = (struct tipc_service_range){4711, 20, 10};
	bound(l, server, ADDR(addr));
	addr.addr.nameseq = (struct tipc_service_range){4711, 10, 20};
	bound(l, server, ADDR(addr));
	memset(&addr, 0, sizeof(addr));
	addr.family = AF_TIPC;
	addr.addrtype = TIPC_SERVICE_ADDR;
	addr.addr.name.name = (struct tipc_service_addr){4711, 17};
	sent_to(l, client, "hello", 5, ADDR(addr));
	struct sockaddr_tipc from;
	received(l, server, 100, &from);
	sent_to(l, server, "reply", 5, ADDR(from));
	received(l, client, 100, NULL);

	set_int(l, client, SOL_TIPC, TIPC_DEST_DROPPABLE, 0);
	memset(&addr, 0, sizeof(addr));
	addr.family = AF_TIPC;
	addr.addrtype = TIPC_SOCKET_ADDR;
	addr.addr.id = (struct tipc_socket_addr){own.addr.id.ref + 1, own.addr.id.node};
	name(l, "gone", ADDR(addr));
	sent_to(l, client, "lost", 4, ADDR(addr));
	received(l, client, 100, NULL);

	int topology = opened(l, AF_TIPC, SOCK_SEQPACKET, 0);
	memset(&addr, 0, sizeof(addr));
	addr.family = AF_TIPC;
	addr.addrtype = TIPC_SERVICE_ADDR;
	addr.addr.name.name = (struct tipc_service_addr){TIPC_TOP_SRV, TIPC_TOP_SRV};
	connected(l, topology, ADDR(addr));
	struct sockaddr_storage server_addr;
	socklen_t len = sizeof(server_addr);
	if (result(l, "getpeername", getpeername(topology, (struct sockaddr *)&server_addr, &len)) == 0)
		name(l, "topology server", &server_addr, len);
	struct tipc_subscr ask = {.seq = {99999, 0, 100}, .timeout = 10, .filter = TIPC_SUB_SERVICE};
	sent(l, topology, &ask, sizeof(ask));
	received(l, topology, 100, NULL);
}

// A client of services that are on another node.
static void tipc_bearer(struct live *l)
{
	int client = opened(l, AF_TIPC, SOCK_RDM, 0), conn = opened(l, AF_TIPC, SOCK_SEQPACKET, 0);
	struct sockaddr_tipc own, addr = {.family = AF_TIPC, .addrtype = TIPC_SERVICE_ADDR};
	struct sockaddr_storage far;
	socklen_t len = sizeof(far);
	named(l, "client", client, &own);
	addr.addr.name.name = (struct tipc_service_addr){4799, 1};
	sent_to(l, client, "nobody", 6, ADDR(addr));
	addr.addr.name.name = (struct tipc_service_addr){4712, 1};
	sent_to(l, client, "hello", 5, ADDR(addr));
	result(l, "recvfrom", recvfrom(client, &(char[100]){0}, 100, 0, (struct sockaddr *)&far, &len));
	name(l, "far", &far, len);
	sent_to(l, client, "again", 5, ADDR(addr));
	received(l, client, 100, NULL);
	addr.addrtype = TIPC_SERVICE_RANGE;
	addr.addr.nameseq = (struct tipc_service_range){4712, 0, 9};
	sent_to(l, client, "all", 3, ADDR(addr));
	received(l, client, 100, NULL);
	sent_to(l, client, "direct", 6, &far, len);
	received(l, client, 100, NULL);

	addr.addrtype = TIPC_SERVICE_ADDR;
	addr.addr.name.name = (struct tipc_service_addr){4713, 1};
	addr.addr.name.domain = 0;
	connected(l, conn, ADDR(addr));
	len = sizeof(far);
	if (result(l, "getpeername", getpeername(conn, (struct sockaddr *)&far, &len)) == 0)
		name(l, "far connection", &far, len);
	char fragments[4000];
	memset(fragments, 'f', sizeof(fragments));
	sent(l, conn, fragments, sizeof(fragments));
	received(l, conn, 4000, NULL);
	set_int(l, conn, SOL_TIPC, TIPC_IMPORTANCE, TIPC_HIGH_IMPORTANCE);
	get_int(l, conn, SOL_TIPC, TIPC_IMPORTANCE);
	result(l, "shutdown", shutdown(conn, SHUT_RDWR));
	sent(l, conn, "late", 4);
}

static void rds(struct live *l)
{
	int a = opened(l, AF_RDS, SOCK_SEQPACKET, 0), b = opened(l, AF_RDS, SOCK_SEQPACKET, 0);
	struct sockaddr_in from = loopback(4001), to = loopback(4002);
	sent_to(l, a, "early", 5, ADDR(to));
	bound(l, a, ADDR(from));
	bound(l, b, ADDR(from));
	bound(l, b, ADDR(to));
	local(l, b);
	get_int(l, a, SOL_RDS, SO_RDS_TRANSPORT);
	sent_to(l, a, "hello", 5, ADDR(to));
	received(l, b, 100, NULL);
	sent_to(l, b, "", 0, ADDR(from));
	received(l, a, 100, NULL);
}

static void qrtr(struct live *l)
{
	int a = opened(l, AF_QIPCRTR, SOCK_DGRAM, 0), b = opened(l, AF_QIPCRTR, SOCK_DGRAM, 0);
	struct sockaddr_qrtr addr = {0};
	socklen_t len = sizeof(addr);
	result(l, "getsockname", getsockname(b, (struct sockaddr *)&addr, &len));
	addr.sq_port = 0;
	addr.sq_node++;
	bound(l, b, ADDR(addr));
	addr.sq_node--;
	bound(l, b, ADDR(addr));
	bound(l, a, ADDR(addr));
	struct sockaddr_storage own = {0}, to = {0};
	named(l, "a", a, &own);
	len = named(l, "b", b, &to);
	sent_to(l, a, "ping", 4, &to, len);
	received(l, b, 100, &own);
	sent_to(l, b, "pong", 4, &own, len);
	received(l, a, 100, NULL);
}

static void rxrpc(struct live *l)
{
	int a = opened(l, AF_RXRPC, SOCK_DGRAM, AF_INET), b = opened(l, AF_RXRPC, SOCK_DGRAM, AF_INET);
	get_int(l, a, SOL_RXRPC, RXRPC_SUPPORTED_CMSG);
	struct sockaddr_rxrpc addr;
	memset(&addr, 0, sizeof(addr));
	addr.srx_family = AF_RXRPC;
	addr.srx_service = 52;
	addr.transport_type = SOCK_DGRAM;
	addr.transport_len = sizeof(struct sockaddr_in);
	addr.transport.sin = loopback(7001);
	bound(l, a, ADDR(addr));
	bound(l, b, ADDR(addr));
	local(l, a);
}

#ifdef MCTP_NET_ANY
static void mctp(struct live *l)
{
	int server = opened(l, AF_MCTP, SOCK_DGRAM, 0), client = opened(l, AF_MCTP, SOCK_DGRAM, 0);
	struct sockaddr_mctp addr = {.smctp_family = AF_MCTP, .smctp_network = MCTP_NET_ANY, .smctp_addr = {MCTP_ADDR_ANY}, .smctp_type = 1};
	bound(l, server, ADDR(addr));
	addr.smctp_addr.s_addr = 8;
	addr.smctp_tag = MCTP_TAG_OWNER;
	sent_to(l, client, "ask", 3, ADDR(addr));
	struct sockaddr_mctp from;
	received(l, server, 100, &from);
	from.smctp_tag &= (uint8_t)~MCTP_TAG_OWNER;
	sent_to(l, server, "reply", 5, ADDR(from));
	received(l, client, 100, NULL);
	addr.smctp_addr.s_addr = 9;
	sent_to(l, client, "ask", 3, ADDR(addr));
}

int live_mctp_address(unsigned eid)
{
	struct {
		struct nlmsghdr head;
		struct ifaddrmsg addr;
		struct rtattr attr;
		uint8_t eid, pad[3];
	} m = {.head = {.nlmsg_len = sizeof(m), .nlmsg_type = RTM_NEWADDR, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
	       .addr = {.ifa_family = AF_MCTP, .ifa_index = 1}, // the loopback interface of each namespace
	       .attr = {RTA_LENGTH(1), IFA_LOCAL}, .eid = (uint8_t)eid};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[256];
	} reply;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), r = -EPROTO;
	if (fd < 0 || send(fd, &m, sizeof(m), 0) < 0)
		r = -errno;
	else if (recv(fd, &reply, sizeof(reply), 0) >= (ssize_t)NLMSG_LENGTH(sizeof(int)) && reply.head.nlmsg_type == NLMSG_ERROR)
		r = reply.error.error;
	close(fd);
	return r;
}
#else
int live_mctp_address(unsigned eid)
{
	(void)eid;
	return -EAFNOSUPPORT;
}
#endif

static void pppoe(struct live *l)
{
	int s = opened(l, AF_PPPOX, SOCK_STREAM, PX_PROTO_OE);
	struct sockaddr_pppox addr;
	int len = family_pppoe(&addr, 7, (const uint8_t[]){2, 0, 0, 0, 0, 1}, "none");
	connected(l, s, &addr, (socklen_t)len);
	len = family_pppoe(&addr, 7, (const uint8_t[]){2, 0, 0, 0, 0, 1}, "left");
	connected(l, s, &addr, (socklen_t)len);
	local(l, s);
	int mru = 0;
	result(l, "PPPIOCGMRU", ioctl(s, PPPIOCGMRU, &mru));
	print(&l->out, "value: %d\n", mru);
}

// The UDP socket of one end of a tunnel over loopback.
static int l2tp_udp(struct live *l, unsigned port, unsigned peer)
{
	struct sockaddr_in own = loopback(port), to = loopback(peer);
	int s = opened(l, AF_INET, SOCK_DGRAM, 0);
	bound(l, s, ADDR(own));
	connected(l, s, ADDR(to));
	return s;
}

static void l2tp_connected(struct live *l, int s, int udp, unsigned port, unsigned tunnel, unsigned session, unsigned far_tunnel,
			   unsigned far_session)
{
	struct sockaddr_pppol2tp addr = {.sa_family = AF_PPPOX, .sa_protocol = PX_PROTO_OL2TP};
	addr.pppol2tp.fd = udp;
	addr.pppol2tp.addr = loopback(port);
	addr.pppol2tp.s_tunnel = (uint16_t)tunnel, addr.pppol2tp.s_session = (uint16_t)session;
	addr.pppol2tp.d_tunnel = (uint16_t)far_tunnel, addr.pppol2tp.d_session = (uint16_t)far_session;
	connected(l, s, ADDR(addr));
}

static void l2tp_local(struct live *l, int s)
{
	struct sockaddr_pppol2tp addr;
	socklen_t len = sizeof(addr);
	memset(&addr, 0, sizeof(addr));
	if (result(l, "getsockname", getsockname(s, (struct sockaddr *)&addr, &len)) < 0)
		return;
	addr.pppol2tp.pid = addr.pppol2tp.fd = 0; // they differ in each run
	address(l, "address", &addr, len);
}

static void pppol2tp(struct live *l)
{
	int udp[2] = {l2tp_udp(l, 1701, 1702), l2tp_udp(l, 1702, 1701)}, tunnel[2], session[2];
	for (unsigned i = 0; i < 2; i++) {
		tunnel[i] = opened(l, AF_PPPOX, SOCK_DGRAM, PX_PROTO_OL2TP);
		session[i] = opened(l, AF_PPPOX, SOCK_DGRAM, PX_PROTO_OL2TP);
		set_int(l, session[i], SOL_PPPOL2TP, PPPOL2TP_SO_SENDSEQ, 1);
		l2tp_connected(l, session[i], udp[i], 1702 - i, 1 + i, 10 + i, 2 - i, 11 - i);
		l2tp_connected(l, tunnel[i], udp[i], 1702 - i, 1 + i, 0, 2 - i, 0);
		l2tp_connected(l, session[i], udp[i], 1702 - i, 1 + i, 10 + i, 2 - i, 11 - i);
		l2tp_local(l, session[i]);
	}
	static const struct {
		int number, value;
	} options[] = {{PPPOL2TP_SO_SENDSEQ, 1}, {PPPOL2TP_SO_RECVSEQ, 1}, {PPPOL2TP_SO_LNSMODE, 1}, {PPPOL2TP_SO_REORDERTO, 20}};
	for (int i = 0; i < 4; i++) {
		get_int(l, session[0], SOL_PPPOL2TP, options[i].number);
		set_int(l, session[0], SOL_PPPOL2TP, options[i].number, options[i].value);
		get_int(l, session[0], SOL_PPPOL2TP, options[i].number);
		set_int(l, session[1], SOL_PPPOL2TP, options[i].number, options[i].value);
	}
	sent(l, session[0], "\xc0\x21hello", 7);
	received(l, session[1], 100, NULL);
	sent(l, session[1], "\xc0\x21reply", 7);
	received(l, session[0], 100, NULL);
	int value = 0;
	result(l, "PPPIOCGMRU", ioctl(session[0], PPPIOCGMRU, &value));
	result(l, "PPPIOCGCHAN", ioctl(session[0], PPPIOCGCHAN, &value));
	l2tp_connected(l, session[0], udp[0], 1702, 1, 10, 2, 11);
}

// stream connects two sockets, both ways the bytes go, and ends them.
static void stream(struct live *l, int domain, int type, int protocol, const void *near, const void *far, socklen_t len)
{
	int server = opened(l, domain, type, protocol), client = opened(l, domain, type, protocol);
	bound(l, server, far, len);
	result(l, "listen", listen(server, 1));
	struct sockaddr_storage to, own;
	socklen_t n = named(l, "server", server, &to);
	bound(l, client, near, len);
	connected(l, client, &to, n);
	named(l, "client", client, &own);
	local(l, client);
	peer(l, client);
	int s = accepted(l, server);
	peer(l, s);
	sent(l, client, "hello", 5);
	received(l, s, 100, NULL);
	sent(l, s, "reply", 5);
	received(l, client, 100, NULL);
	get_int(l, client, SOL_SOCKET, SO_TYPE);
	get_int(l, client, SOL_SOCKET, SO_DOMAIN);
	get_int(l, client, SOL_SOCKET, SO_PROTOCOL);
	connected(l, client, &to, n);
	result(l, "shutdown", shutdown(client, SHUT_RDWR));
	if (domain != AF_BLUETOOTH || protocol != 2) // of SCO the error depends on when the end arrives
		sent(l, client, "late", 4);
}

static void smc(struct live *l)
{
	struct sockaddr_in any = loopback(0);
	stream(l, AF_SMC, SOCK_STREAM, 0, &any, &any, sizeof(any));
}

static void l2cap(struct live *l)
{
	struct sockaddr_l2 near, far;
	family_l2(&near, 0, l->machine->near, 0, 0);
	family_l2(&far, 0x1001, l->machine->far, 0, 0);
	stream(l, AF_BLUETOOTH, SOCK_SEQPACKET, 0, &near, &far, sizeof(near));
}

static void rfcomm(struct live *l)
{
	struct sockaddr_rc near, far;
	family_rc(&near, l->machine->near, 0);
	family_rc(&far, l->machine->far, 9);
	stream(l, AF_BLUETOOTH, SOCK_STREAM, 3, &near, &far, sizeof(near));
}

static void sco(struct live *l)
{
	struct sockaddr_sco near, far;
	family_sco(&near, l->machine->near);
	family_sco(&far, l->machine->far);
	stream(l, AF_BLUETOOTH, SOCK_SEQPACKET, 2, &near, &far, sizeof(near));
}

// A command to a controller, and its reply. The interface is the controller.
static void hci(struct live *l)
{
	int s = opened(l, AF_BLUETOOTH, SOCK_RAW, 1);
	struct sockaddr_storage addr = {0};
	static const uint8_t command[] = {1, 0x09, 0x10, 0}; // Read BD_ADDR
	struct hci_filter filter = {.type_mask = 1 << 4, .event_mask = {1 << 14, 0}, .opcode = htole16(0x1009)};
	sent(l, s, command, sizeof(command));
	family_hci(&addr, 9999, 0);
	bound(l, s, &addr, sizeof(struct sockaddr_hci));
	family_hci(&addr, (unsigned)l->machine->ifindex, 0);
	name(l, "controller", &addr, sizeof(struct sockaddr_hci));
	bound(l, s, &addr, sizeof(struct sockaddr_hci));
	local(l, s);
	set(l, s, 0, HCI_FILTER, &filter, sizeof(filter));
	set_int(l, s, 0, HCI_DATA_DIR, 1);
	get_int(l, s, 0, HCI_DATA_DIR);
	sent(l, s, command, sizeof(command));
	received(l, s, 100, NULL);
	sent(l, s, command, 3);
}

// A connection of TCP over loopback.
static void tcp(struct live *l, int *a, int *b)
{
	struct sockaddr_in addr = loopback(0);
	socklen_t len = sizeof(addr);
	int s = opened(l, AF_INET, SOCK_STREAM, 0);
	*a = opened(l, AF_INET, SOCK_STREAM, 0);
	bind(s, (struct sockaddr *)&addr, len);
	listen(s, 1);
	getsockname(s, (struct sockaddr *)&addr, &len);
	connect(*a, (struct sockaddr *)&addr, len);
	*b = keep(l, accept(s, NULL, NULL));
}

static void kcm(struct live *l)
{
	int from = opened(l, AF_KCM, SOCK_DGRAM, KCMPROTO_CONNECTED), to = opened(l, AF_KCM, SOCK_DGRAM, KCMPROTO_CONNECTED), a, b;
	tcp(l, &a, &b);
	struct kcm_attach attach = {a, -1};
	result(l, "SIOCKCMATTACH", ioctl(from, SIOCKCMATTACH, &attach));
	attach.bpf_fd = keep(l, bpf_length());
	sent(l, from, "\0\5early", 7);
	result(l, "SIOCKCMATTACH", ioctl(from, SIOCKCMATTACH, &attach));
	result(l, "SIOCKCMATTACH", ioctl(from, SIOCKCMATTACH, &attach));
	attach.fd = b;
	result(l, "SIOCKCMATTACH", ioctl(to, SIOCKCMATTACH, &attach));
	sent(l, from, "\0\5hello", 7);
	received(l, to, 100, NULL);
	sent(l, to, "\0\4reply", 6);
	received(l, from, 4, NULL);
	set_int(l, to, SOL_KCM, KCM_RECV_DISABLE, 1);
	get_int(l, to, SOL_KCM, KCM_RECV_DISABLE);
	struct kcm_clone clone;
	result(l, "SIOCKCMCLONE", ioctl(to, SIOCKCMCLONE, &clone));
	keep(l, clone.fd);
	sent(l, from, "\0\2hi", 4);
	received(l, clone.fd, 100, NULL);
	struct kcm_unattach unattach = {b};
	result(l, "SIOCKCMUNATTACH", ioctl(to, SIOCKCMUNATTACH, &unattach));
	result(l, "SIOCKCMUNATTACH", ioctl(to, SIOCKCMUNATTACH, &unattach));
	local(l, to);
}

static const struct {
	const char *name;
	void (*run)(struct live *l);
} families[] = {
	{"CAN_RAW", can_raw}, {"CAN_ISOTP", can_isotp}, {"CAN_J1939", can_j1939}, {"CAN_BCM", can_bcm},
	{"AF_ALG hash", alg_hash}, {"AF_ALG skcipher", alg_cipher}, {"AF_ALG aead", alg_aead},
	{"AF_TIPC", tipc}, {"AF_TIPC over Ethernet", tipc_bearer}, {"AF_TIPC over UDP", tipc_bearer}, {"AF_RDS", rds}, {"AF_QIPCRTR", qrtr}, {"AF_RXRPC", rxrpc},
#ifdef MCTP_NET_ANY
	{"AF_MCTP", mctp},
#endif
	{"AF_PPPOX", pppoe}, {"AF_PPPOX over L2TP", pppol2tp}, {"AF_SMC", smc}, {"AF_KCM", kcm}, {"L2CAP", l2cap}, {"RFCOMM", rfcomm}, {"SCO", sco}, {"HCI", hci},
};

int live_run(const char *family, const struct live_machine *machine, char *out, size_t room)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (strcmp(families[i].name, family) != 0)
			continue;
		struct live l = {.out = {out, out + room}, .machine = machine};
		families[i].run(&l);
		while (l.n > 0)
			close(l.fds[--l.n]);
		return (int)(l.out.p - out);
	}
	return -1;
}
