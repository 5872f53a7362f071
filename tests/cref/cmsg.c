#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "cmsg.h"
#include "text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <linux/errqueue.h>
#include <linux/if_packet.h>
#include <linux/in6.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/tls.h>
#include <linux/udp.h>
#include <linux/vm_sockets.h>

// Names that a header may be too old for, from the kernel's sources.
#ifndef SCM_SECURITY
#define SCM_SECURITY 3
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif
#ifndef SCM_TS_OPT_ID
#define SCM_TS_OPT_ID 81
#endif
#ifndef SCM_INQ
#define SCM_INQ 84
#endif
#ifndef SO_TIMESTAMP_NEW
#define SO_TIMESTAMP_OLD 29
#define SO_TIMESTAMPNS_OLD 35
#define SO_TIMESTAMPING_OLD 37
#define SO_TIMESTAMP_NEW 63
#define SO_TIMESTAMPNS_NEW 64
#define SO_TIMESTAMPING_NEW 65
#endif
#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#ifndef SOL_VSOCK
#define SOL_VSOCK 287
#endif
#ifndef VSOCK_RECVERR
#define VSOCK_RECVERR 1
#endif
#ifndef IPV6_FLOWINFO
#define IPV6_FLOWINFO 11
#endif

// The payload of one message; its level and type go into c.
static size_t payload(int kind, const int64_t *a, const uint8_t *data, struct cmsghdr *c, uint8_t *out)
{
#define KIND(l, t) (c->cmsg_level = (l), c->cmsg_type = (t))
#define VALUE(v) (memcpy(out, &(v), sizeof(v)), sizeof(v))
	int i = (int)a[0];
	uint32_t u32 = (uint32_t)a[0];
	uint16_t u16 = (uint16_t)a[0];
	uint64_t u64 = (uint64_t)a[0];
	switch (kind) {
	case CREF_RIGHTS:
		KIND(SOL_SOCKET, SCM_RIGHTS);
		for (int64_t n = 0; n < a[0]; n++) {
			int fd = (int)a[n + 1];
			memcpy(out + n * (int64_t)sizeof(fd), &fd, sizeof(fd));
		}
		return (size_t)a[0] * sizeof(int);
	case CREF_CREDENTIALS: {
		struct ucred cred = {.pid = (pid_t)a[0], .uid = (uid_t)a[1], .gid = (gid_t)a[2]};
		KIND(SOL_SOCKET, SCM_CREDENTIALS);
		return VALUE(cred);
	}
	case CREF_PKTINFO4: {
		struct in_pktinfo info = {.ipi_ifindex = i};
		KIND(IPPROTO_IP, IP_PKTINFO);
		memcpy(&info.ipi_spec_dst, data, 4);
		return VALUE(info);
	}
	case CREF_PKTINFO6: {
		struct in6_pktinfo info = {.ipi6_ifindex = (unsigned)i};
		KIND(IPPROTO_IPV6, IPV6_PKTINFO);
		memcpy(&info.ipi6_addr, data, 16);
		return VALUE(info);
	}
	case CREF_TTL:
		KIND(IPPROTO_IP, IP_TTL);
		return VALUE(i);
	case CREF_HOPLIMIT:
		KIND(IPPROTO_IPV6, IPV6_HOPLIMIT);
		return VALUE(i);
	case CREF_TOS:
		KIND(IPPROTO_IP, IP_TOS);
		return VALUE(i);
	case CREF_TCLASS:
		KIND(IPPROTO_IPV6, IPV6_TCLASS);
		return VALUE(i);
	case CREF_DONTFRAG:
		KIND(IPPROTO_IPV6, IPV6_DONTFRAG);
		return VALUE(i);
	case CREF_FLOWINFO:
		KIND(IPPROTO_IPV6, IPV6_FLOWINFO);
		u32 = htonl(u32);
		return VALUE(u32);
	case CREF_SEGMENT:
		KIND(IPPROTO_UDP, UDP_SEGMENT);
		return VALUE(u16);
	case CREF_TXTIME:
		KIND(SOL_SOCKET, SCM_TXTIME);
		return VALUE(u64);
	case CREF_MARK:
		KIND(SOL_SOCKET, SO_MARK);
		return VALUE(u32);
	case CREF_PRIORITY:
		KIND(SOL_SOCKET, SO_PRIORITY);
		return VALUE(u32);
	case CREF_TIMESTAMPING:
		KIND(SOL_SOCKET, SO_TIMESTAMPING);
		return VALUE(u32);
	case CREF_TS_OPT_ID:
		KIND(SOL_SOCKET, SCM_TS_OPT_ID);
		return VALUE(u32);
	case CREF_TLS_RECORD:
		KIND(SOL_TLS, TLS_SET_RECORD_TYPE);
		*out = (uint8_t)i;
		return 1;
	case CREF_HOPOPTS:
	case CREF_DSTOPTS:
	case CREF_RTHDR:
		KIND(IPPROTO_IPV6, kind == CREF_HOPOPTS ? IPV6_HOPOPTS : kind == CREF_DSTOPTS ? IPV6_DSTOPTS : IPV6_RTHDR);
		memcpy(out, data, (size_t)a[0]);
		return (size_t)a[0];
	case CREF_RETOPTS:
		KIND(IPPROTO_IP, IP_RETOPTS);
		memcpy(out, data, (size_t)a[0]);
		return (size_t)a[0];
	case CREF_SCTP_INIT: {
		struct sctp_initmsg v = {
			.sinit_num_ostreams = (uint16_t)a[0],
			.sinit_max_instreams = (uint16_t)a[1],
			.sinit_max_attempts = (uint16_t)a[2],
			.sinit_max_init_timeo = (uint16_t)a[3],
		};
		KIND(IPPROTO_SCTP, SCTP_INIT);
		return VALUE(v);
	}
	case CREF_SCTP_SNDRCV: {
		struct sctp_sndrcvinfo v;
		memset(&v, 0, sizeof(v));
		v.sinfo_stream = (uint16_t)a[0];
		v.sinfo_ssn = (uint16_t)a[1];
		v.sinfo_flags = (uint16_t)a[2];
		v.sinfo_ppid = (uint32_t)a[3];
		v.sinfo_context = (uint32_t)a[4];
		v.sinfo_timetolive = (uint32_t)a[5];
		v.sinfo_tsn = (uint32_t)a[6];
		v.sinfo_cumtsn = (uint32_t)a[7];
		v.sinfo_assoc_id = (sctp_assoc_t)a[8];
		KIND(IPPROTO_SCTP, SCTP_SNDRCV);
		return VALUE(v);
	}
	case CREF_SCTP_SNDINFO: {
		struct sctp_sndinfo v = {
			.snd_sid = (uint16_t)a[0],
			.snd_flags = (uint16_t)a[1],
			.snd_ppid = (uint32_t)a[2],
			.snd_context = (uint32_t)a[3],
			.snd_assoc_id = (sctp_assoc_t)a[4],
		};
		KIND(IPPROTO_SCTP, SCTP_SNDINFO);
		return VALUE(v);
	}
	case CREF_SCTP_PRINFO: {
		struct sctp_prinfo v;
		memset(&v, 0, sizeof(v));
		v.pr_policy = (uint16_t)a[0];
		v.pr_value = (uint32_t)a[1];
		KIND(IPPROTO_SCTP, SCTP_PRINFO);
		return VALUE(v);
	}
	case CREF_SCTP_AUTHINFO: {
		struct sctp_authinfo v = {.auth_keynumber = u16};
		KIND(IPPROTO_SCTP, SCTP_AUTHINFO);
		return VALUE(v);
	}
	case CREF_SCTP_DSTADDRV4: {
		struct in_addr v;
		memcpy(&v, data, sizeof(v));
		KIND(IPPROTO_SCTP, SCTP_DSTADDRV4);
		return VALUE(v);
	}
	case CREF_SCTP_DSTADDRV6: {
		struct in6_addr v;
		memcpy(&v, data, sizeof(v));
		KIND(IPPROTO_SCTP, SCTP_DSTADDRV6);
		return VALUE(v);
	}
	}
	abort();
}

ssize_t cmsg_build(const int *kinds, const int64_t *args, const uint8_t *data, size_t n, uint8_t *buf, size_t room)
{
	memset(buf, 0, room);
	struct msghdr m = {.msg_control = buf, .msg_controllen = room};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	size_t used = 0;
	for (size_t i = 0; i < n; i++) {
		if (c == NULL)
			return -ENOSPC;
		size_t len = payload(kinds[i], args + 10 * i, data + 64 * i, c, CMSG_DATA(c));
		c->cmsg_len = CMSG_LEN(len);
		used += CMSG_SPACE(len);
		c = CMSG_NXTHDR(&m, c);
	}
	return (ssize_t)used;
}

// A sockaddr of IP as csock writes it, without a zone's name.
static void print_addr(struct text *t, const uint8_t *p, size_t n)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	sa_family_t family = AF_UNSPEC;
	if (n >= sizeof(family))
		memcpy(&family, p, sizeof(family));
	if (family == AF_INET && n >= sizeof(in)) {
		memcpy(&in, p, sizeof(in));
		print(t, " addr");
		print_bytes(t, (const uint8_t *)&in.sin_addr, 4);
		print(t, " %u", ntohs(in.sin_port));
	} else if (family == AF_INET6 && n >= sizeof(in6)) {
		memcpy(&in6, p, sizeof(in6));
		print(t, " addr");
		print_bytes(t, (const uint8_t *)&in6.sin6_addr, 16);
		print(t, " %u %u %u", ntohs(in6.sin6_port), ntohl(in6.sin6_flowinfo), in6.sin6_scope_id);
	} else {
		print(t, " none");
	}
}

static void print_timespec(struct text *t, const uint8_t *p, size_t n, int micro, int newer)
{
	struct timeval tv;
	struct timespec ts;
	int64_t sec, part;
	if (newer) {
		memcpy(&sec, p, sizeof(sec));
		memcpy(&part, p + sizeof(sec), sizeof(part));
	} else if (micro && n == sizeof(tv)) {
		memcpy(&tv, p, n);
		sec = tv.tv_sec;
		part = tv.tv_usec;
	} else if (!micro && n == sizeof(ts)) {
		memcpy(&ts, p, n);
		sec = ts.tv_sec;
		part = ts.tv_nsec;
	} else {
		long l[2];
		memcpy(l, p, sizeof(l));
		sec = l[0];
		part = l[1];
	}
	if (sec == 0 && part == 0) {
		print(t, " zero");
		return;
	}
	// Normalised as time.Unix does it, whose zero is the year 1; sums wrap.
	part = (int64_t)((uint64_t)part * (micro ? 1000 : 1));
	sec = (int64_t)((uint64_t)sec + (uint64_t)(part / 1000000000));
	part %= 1000000000;
	if (part < 0) {
		part += 1000000000;
		sec = (int64_t)((uint64_t)sec - 1);
	}
	if (sec == -62135596800 && part == 0)
		print(t, " zero");
	else
		print(t, " %" PRId64 " %" PRId64, sec, part);
}

static int is_time(size_t n, int newer)
{
	return newer ? n == 2 * sizeof(int64_t) : n == sizeof(struct timespec) || n == 2 * sizeof(long);
}

// The value of a payload that is an int.
static int integer(const uint8_t *p, size_t n, int *v)
{
	if (n != sizeof(*v))
		return 0;
	memcpy(v, p, n);
	return 1;
}

#define INTEGER(word)                                                                                                          \
	if (integer(p, n, &i))                                                                                                 \
		print(t, word " %d", i);                                                                                       \
	break
#define UNSIGNED(word)                                                                                                         \
	if (n >= 4) {                                                                                                          \
		memcpy(&u, p, 4);                                                                                              \
		print(t, word " %u", u);                                                                                       \
	}                                                                                                                      \
	break
#define BYTES(word)                                                                                                            \
	print(t, word);                                                                                                        \
	print_bytes(t, p, n);                                                                                                  \
	break

void print_error(struct text *t, const uint8_t *p, size_t n)
{
	struct sock_extended_err e;
	if (n < sizeof(e))
		return;
	memcpy(&e, p, sizeof(e));
	print(t, "error %u %u %u %u %u %u", e.ee_errno, e.ee_origin, e.ee_type, e.ee_code, e.ee_info, e.ee_data);
	print_addr(t, p + sizeof(e), n - sizeof(e));
}

void print_hci_time(struct text *t, const uint8_t *p, size_t n)
{
	if (is_time(n, 0)) {
		print(t, "hcitime");
		print_timespec(t, p, n, 1, 0);
	}
}

static void print_message(struct text *t, int level, int type, const uint8_t *p, size_t n)
{
	int i, newer;
	uint32_t u;
	switch (level) {
	case SOL_SOCKET:
		switch (type) {
		case SCM_RIGHTS:
			print(t, "rights");
			for (size_t k = 0; k + sizeof(int) <= n; k += sizeof(int)) {
				memcpy(&i, p + k, sizeof(i));
				print(t, " %d", i);
			}
			break;
		case SCM_PIDFD:
			if (n >= sizeof(i)) {
				memcpy(&i, p, sizeof(i));
				print(t, "pidfd %d", i);
			}
			break;
		case SCM_CREDENTIALS: {
			struct ucred c;
			if (n >= sizeof(c)) {
				memcpy(&c, p, sizeof(c));
				print(t, "credentials %d %u %u", c.pid, c.uid, c.gid);
			}
			break;
		}
		case SCM_SECURITY:
			if (n > 0 && p[n - 1] == 0)
				n--;
			BYTES("security");
		case SO_TIMESTAMP_OLD:
		case SO_TIMESTAMP_NEW:
		case SO_TIMESTAMPNS_OLD:
		case SO_TIMESTAMPNS_NEW:
			newer = type == SO_TIMESTAMP_NEW || type == SO_TIMESTAMPNS_NEW;
			if (is_time(n, newer)) {
				print(t, "timestamp");
				print_timespec(t, p, n, type == SO_TIMESTAMP_OLD || type == SO_TIMESTAMP_NEW, newer);
			}
			break;
		case SO_TIMESTAMPING_OLD:
		case SO_TIMESTAMPING_NEW:
			newer = type == SO_TIMESTAMPING_NEW;
			if (n % 3 == 0 && is_time(n / 3, newer)) {
				print(t, "timestamping");
				for (size_t k = 0; k < 3; k++)
					print_timespec(t, p + k * (n / 3), n / 3, 0, newer);
			}
			break;
		case SCM_TIMESTAMPING_OPT_STATS:
			BYTES("stats");
		case SCM_TIMESTAMPING_PKTINFO: {
			struct scm_ts_pktinfo info;
			if (n >= sizeof(info)) {
				memcpy(&info, p, sizeof(info));
				print(t, "tspktinfo %u %u", info.if_index, info.pkt_length);
			}
			break;
		}
		case SO_MARK:
			UNSIGNED("mark");
		case SO_PRIORITY:
			UNSIGNED("priority");
		case SO_RXQ_OVFL:
			UNSIGNED("drops");
		case SCM_INQ:
			INTEGER("inq");
		case SCM_WIFI_STATUS:
			if (integer(p, n, &i))
				print(t, "wifi %d", i != 0);
			break;
		}
		break;
	case IPPROTO_IP:
		switch (type) {
		case IP_PKTINFO: {
			struct in_pktinfo info;
			if (n >= sizeof(info)) {
				memcpy(&info, p, sizeof(info));
				print(t, "pktinfo %d", info.ipi_ifindex);
				print_bytes(t, (const uint8_t *)&info.ipi_spec_dst, 4);
				print_bytes(t, (const uint8_t *)&info.ipi_addr, 4);
			}
			break;
		}
		case IP_TTL:
			INTEGER("ttl");
		case IP_TOS:
			if (n == 1)
				print(t, "tos %u", *p);
			else if (integer(p, n, &i))
				print(t, "tos %u", (uint8_t)i);
			break;
		case IP_RECVERR:
			print_error(t, p, n);
			break;
		case IP_RECVOPTS:
		case IP_RETOPTS:
			BYTES("ipoptions");
		case IP_ORIGDSTADDR:
			print(t, "origdst");
			print_addr(t, p, n);
			break;
		case IP_CHECKSUM:
			UNSIGNED("checksum");
		case IP_RECVFRAGSIZE:
			INTEGER("fragsize");
		case SCM_SECURITY:
			if (n > 0 && p[n - 1] == 0)
				n--;
			BYTES("security");
		}
		break;
	case IPPROTO_IPV6:
		switch (type) {
		case IPV6_PKTINFO:
		case IPV6_2292PKTINFO: {
			struct in6_pktinfo info;
			if (n >= sizeof(info)) {
				memcpy(&info, p, sizeof(info));
				print(t, "pktinfo %d", (int)info.ipi6_ifindex);
				print_bytes(t, (const uint8_t *)&info.ipi6_addr, 16);
			}
			break;
		}
		case IPV6_HOPLIMIT:
		case IPV6_2292HOPLIMIT:
			INTEGER("hops");
		case IPV6_TCLASS:
			if (integer(p, n, &i))
				print(t, "tclass %u", (uint8_t)i);
			break;
		case IPV6_HOPOPTS:
			BYTES("hopopts");
		case IPV6_DSTOPTS:
			BYTES("dstopts");
		case IPV6_RTHDR:
			BYTES("rthdr");
		case IPV6_PATHMTU: {
			struct ip6_mtuinfo info;
			if (n >= sizeof(info)) {
				memcpy(&info, p, sizeof(info));
				print(t, "pathmtu %u", info.ip6m_mtu);
				print_addr(t, (const uint8_t *)&info.ip6m_addr, sizeof(info.ip6m_addr));
			}
			break;
		}
		case IPV6_RECVERR:
			print_error(t, p, n);
			break;
		case IPV6_FLOWINFO:
			if (n >= 4) {
				memcpy(&u, p, 4);
				print(t, "flowinfo %u", ntohl(u));
			}
			break;
		case IPV6_ORIGDSTADDR:
			print(t, "origdst");
			print_addr(t, p, n);
			break;
		case IPV6_RECVFRAGSIZE:
			INTEGER("fragsize");
		}
		break;
	case IPPROTO_UDP:
		if (type == UDP_GRO && integer(p, n, &i))
			print(t, "gro %d", i);
		break;
	case IPPROTO_TCP:
		if (type == TCP_CM_INQ && integer(p, n, &i))
			print(t, "inq %d", i);
		break;
	case SOL_TLS:
		if (type == TLS_GET_RECORD_TYPE && n >= 1)
			print(t, "tls %u", *p);
		break;
	case SOL_PACKET:
		switch (type) {
		case PACKET_AUXDATA: {
			struct tpacket_auxdata a;
			if (n >= sizeof(a)) {
				memcpy(&a, p, sizeof(a));
				print(t, "auxdata %u %u %u %u %u %u %u", a.tp_status, a.tp_len, a.tp_snaplen, a.tp_mac, a.tp_net,
				      a.tp_vlan_tci, a.tp_vlan_tpid);
			}
			break;
		}
		case PACKET_TX_TIMESTAMP:
			print_error(t, p, n);
			break;
		}
		break;
	case SOL_NETLINK:
		switch (type) {
		case NETLINK_PKTINFO: {
			struct nl_pktinfo info;
			if (n >= sizeof(info)) {
				memcpy(&info, p, sizeof(info));
				print(t, "group %u", info.group);
			}
			break;
		}
		case NETLINK_LISTEN_ALL_NSID:
			INTEGER("nsid");
		}
		break;
	case SOL_VSOCK:
		if (type == VSOCK_RECVERR)
			print_error(t, p, n);
		break;
	case IPPROTO_SCTP:
		switch (type) {
		case SCTP_SNDRCV: {
			struct sctp_sndrcvinfo v;
			if (n >= sizeof(v)) {
				memcpy(&v, p, sizeof(v));
				print(t, "sndrcv %u %u %u %u %u %u %u %u %d", v.sinfo_stream, v.sinfo_ssn, v.sinfo_flags, v.sinfo_ppid,
				      v.sinfo_context, v.sinfo_timetolive, v.sinfo_tsn, v.sinfo_cumtsn, v.sinfo_assoc_id);
			}
			break;
		}
		case SCTP_RCVINFO: {
			struct sctp_rcvinfo v;
			if (n >= sizeof(v)) {
				memcpy(&v, p, sizeof(v));
				print(t, "rcvinfo %u %u %u %u %u %u %u %d", v.rcv_sid, v.rcv_ssn, v.rcv_flags, v.rcv_ppid, v.rcv_tsn,
				      v.rcv_cumtsn, v.rcv_context, v.rcv_assoc_id);
			}
			break;
		}
		case SCTP_NXTINFO: {
			struct sctp_nxtinfo v;
			if (n >= sizeof(v)) {
				memcpy(&v, p, sizeof(v));
				print(t, "nxtinfo %u %u %u %u %d", v.nxt_sid, v.nxt_flags, v.nxt_ppid, v.nxt_length, v.nxt_assoc_id);
			}
			break;
		}
		}
		break;
	}
}

size_t cmsg_text(const uint8_t *control, size_t n, char *out, size_t room)
{
	// Memory of its own, which is aligned and exactly as long as needed: a sanitizer sees a read
	// past its end.
	uint8_t *copy = malloc(n + (n == 0));
	if (copy == NULL)
		abort();
	memcpy(copy, control, n);
	struct text t = {out, out + room};
	*out = 0;
	struct msghdr m = {.msg_control = copy, .msg_controllen = n};
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_len < CMSG_LEN(0))
			break;
		const uint8_t *data = CMSG_DATA(c);
		size_t len = c->cmsg_len - CMSG_LEN(0), left = (size_t)(copy + n - data);
		if (len > left)
			len = left;
		print(&t, "%d/%d", c->cmsg_level, c->cmsg_type);
		print_bytes(&t, data, len);
		print(&t, ": ");
		print_message(&t, c->cmsg_level, c->cmsg_type, data, len);
		print_family_message(&t, c->cmsg_level, c->cmsg_type, data, len);
		print(&t, "\n");
	}
	free(copy);
	return (size_t)(t.p - out);
}

ssize_t cmsg_send(int fd, const uint8_t *p, size_t n, const uint8_t *addr, size_t addr_len, const uint8_t *control,
		  size_t control_len, int flags)
{
	struct iovec iov = {(void *)p, n};
	struct msghdr m = {
		.msg_name = addr_len ? (void *)addr : NULL,
		.msg_namelen = (socklen_t)addr_len,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control_len ? (void *)control : NULL,
		.msg_controllen = control_len,
	};
	ssize_t r = sendmsg(fd, &m, flags);
	return r < 0 ? -errno : r;
}

ssize_t cmsg_recv(int fd, uint8_t *p, size_t n, uint8_t *control, size_t *control_len, int *flags)
{
	struct iovec iov = {p, n};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = *control_len};
	ssize_t r = recvmsg(fd, &m, *flags);
	if (r < 0)
		return -errno;
	*control_len = m.msg_controllen;
	*flags = m.msg_flags;
	return r;
}
