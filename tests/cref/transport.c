#include "transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/dccp.h>
#include <linux/if_packet.h>
#include <linux/inet_diag.h>
#include <linux/mptcp.h>
#include <linux/netlink.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/tls.h>
#include <linux/udp.h>
#include <linux/vm_sockets.h>

#include "newer.h"

// musl leaves it to the kernel, whose headers for programs lack it.
#ifndef SOL_MPTCP
#define SOL_MPTCP 284
#endif

#define IS(c_name) (strcmp(name, #c_name) == 0)

int transport_option(const char *name, int *level, int *number)
{
#define OPTION(l, c_name)                         \
	if (strcmp(name, #c_name) == 0) {         \
		*level = l, *number = c_name;     \
		return 0;                         \
	}
	OPTION(IPPROTO_TCP, TCP_NODELAY)
	OPTION(IPPROTO_TCP, TCP_MAXSEG)
	OPTION(IPPROTO_TCP, TCP_CORK)
	OPTION(IPPROTO_TCP, TCP_KEEPIDLE)
	OPTION(IPPROTO_TCP, TCP_KEEPINTVL)
	OPTION(IPPROTO_TCP, TCP_KEEPCNT)
	OPTION(IPPROTO_TCP, TCP_SYNCNT)
	OPTION(IPPROTO_TCP, TCP_LINGER2)
	OPTION(IPPROTO_TCP, TCP_DEFER_ACCEPT)
	OPTION(IPPROTO_TCP, TCP_WINDOW_CLAMP)
	OPTION(IPPROTO_TCP, TCP_INFO)
	OPTION(IPPROTO_TCP, TCP_QUICKACK)
	OPTION(IPPROTO_TCP, TCP_CONGESTION)
	OPTION(IPPROTO_TCP, TCP_MD5SIG)
	OPTION(IPPROTO_TCP, TCP_MD5SIG_EXT)
	OPTION(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS)
	OPTION(IPPROTO_TCP, TCP_THIN_DUPACK)
	OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT)
	OPTION(IPPROTO_TCP, TCP_REPAIR)
	OPTION(IPPROTO_TCP, TCP_REPAIR_QUEUE)
	OPTION(IPPROTO_TCP, TCP_QUEUE_SEQ)
	OPTION(IPPROTO_TCP, TCP_REPAIR_OPTIONS)
	OPTION(IPPROTO_TCP, TCP_REPAIR_WINDOW)
	OPTION(IPPROTO_TCP, TCP_TIMESTAMP)
	OPTION(IPPROTO_TCP, TCP_FASTOPEN)
	OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT)
	OPTION(IPPROTO_TCP, TCP_CC_INFO)
	OPTION(IPPROTO_TCP, TCP_SAVE_SYN)
	OPTION(IPPROTO_TCP, TCP_SAVED_SYN)
	OPTION(IPPROTO_TCP, TCP_FASTOPEN_CONNECT)
	OPTION(IPPROTO_TCP, TCP_ULP)
	OPTION(IPPROTO_TCP, TCP_FASTOPEN_KEY)
	OPTION(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE)
	OPTION(IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE)
	OPTION(IPPROTO_TCP, TCP_INQ)
	OPTION(IPPROTO_TCP, TCP_TX_DELAY)
#ifdef TCP_AO_ADD_KEY
	OPTION(IPPROTO_TCP, TCP_AO_ADD_KEY)
#endif
#ifdef TCP_AO_DEL_KEY
	OPTION(IPPROTO_TCP, TCP_AO_DEL_KEY)
#endif
#ifdef TCP_AO_INFO
	OPTION(IPPROTO_TCP, TCP_AO_INFO)
#endif
#ifdef TCP_AO_GET_KEYS
	OPTION(IPPROTO_TCP, TCP_AO_GET_KEYS)
#endif
#ifdef TCP_AO_REPAIR
	OPTION(IPPROTO_TCP, TCP_AO_REPAIR)
#endif
#ifdef TCP_IS_MPTCP
	OPTION(IPPROTO_TCP, TCP_IS_MPTCP)
#endif
#ifdef TCP_RTO_MAX_MS
	OPTION(IPPROTO_TCP, TCP_RTO_MAX_MS)
#endif
#ifdef TCP_RTO_MIN_US
	OPTION(IPPROTO_TCP, TCP_RTO_MIN_US)
#endif
#ifdef TCP_DELACK_MAX_US
	OPTION(IPPROTO_TCP, TCP_DELACK_MAX_US)
#endif
	OPTION(IPPROTO_UDP, UDP_CORK)
	OPTION(IPPROTO_UDP, UDP_ENCAP)
	OPTION(IPPROTO_UDP, UDP_NO_CHECK6_TX)
	OPTION(IPPROTO_UDP, UDP_NO_CHECK6_RX)
	OPTION(IPPROTO_UDP, UDP_SEGMENT)
	OPTION(IPPROTO_UDP, UDP_GRO)
	OPTION(AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE)
	OPTION(AF_VSOCK, SO_VM_SOCKETS_BUFFER_MIN_SIZE)
	OPTION(AF_VSOCK, SO_VM_SOCKETS_BUFFER_MAX_SIZE)
	OPTION(AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT)
	OPTION(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP)
	OPTION(SOL_NETLINK, NETLINK_DROP_MEMBERSHIP)
	OPTION(SOL_NETLINK, NETLINK_PKTINFO)
	OPTION(SOL_NETLINK, NETLINK_BROADCAST_ERROR)
	OPTION(SOL_NETLINK, NETLINK_NO_ENOBUFS)
	OPTION(SOL_NETLINK, NETLINK_LISTEN_ALL_NSID)
	OPTION(SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS)
	OPTION(SOL_NETLINK, NETLINK_CAP_ACK)
	OPTION(SOL_NETLINK, NETLINK_EXT_ACK)
	OPTION(SOL_NETLINK, NETLINK_GET_STRICT_CHK)
	OPTION(SOL_PACKET, PACKET_ADD_MEMBERSHIP)
	OPTION(SOL_PACKET, PACKET_DROP_MEMBERSHIP)
	OPTION(SOL_PACKET, PACKET_RX_RING)
	OPTION(SOL_PACKET, PACKET_STATISTICS)
	OPTION(SOL_PACKET, PACKET_COPY_THRESH)
	OPTION(SOL_PACKET, PACKET_AUXDATA)
	OPTION(SOL_PACKET, PACKET_ORIGDEV)
	OPTION(SOL_PACKET, PACKET_VERSION)
	OPTION(SOL_PACKET, PACKET_HDRLEN)
	OPTION(SOL_PACKET, PACKET_RESERVE)
	OPTION(SOL_PACKET, PACKET_TX_RING)
	OPTION(SOL_PACKET, PACKET_LOSS)
	OPTION(SOL_PACKET, PACKET_VNET_HDR)
	OPTION(SOL_PACKET, PACKET_TIMESTAMP)
	OPTION(SOL_PACKET, PACKET_FANOUT)
	OPTION(SOL_PACKET, PACKET_TX_HAS_OFF)
	OPTION(SOL_PACKET, PACKET_QDISC_BYPASS)
	OPTION(SOL_PACKET, PACKET_ROLLOVER_STATS)
	OPTION(SOL_PACKET, PACKET_FANOUT_DATA)
	OPTION(SOL_PACKET, PACKET_IGNORE_OUTGOING)
#ifdef PACKET_VNET_HDR_SZ
	OPTION(SOL_PACKET, PACKET_VNET_HDR_SZ)
#endif
	OPTION(SOL_MPTCP, MPTCP_INFO)
	OPTION(SOL_MPTCP, MPTCP_TCPINFO)
	OPTION(SOL_MPTCP, MPTCP_SUBFLOW_ADDRS)
#ifdef MPTCP_FULL_INFO
	OPTION(SOL_MPTCP, MPTCP_FULL_INFO)
#endif
	OPTION(SOL_TLS, TLS_TX)
	OPTION(SOL_TLS, TLS_RX)
	OPTION(SOL_TLS, TLS_TX_ZEROCOPY_RO)
	OPTION(SOL_TLS, TLS_RX_EXPECT_NO_PAD)
#ifdef TLS_TX_MAX_PAYLOAD_LEN
	OPTION(SOL_TLS, TLS_TX_MAX_PAYLOAD_LEN)
#endif
	OPTION(IPPROTO_SCTP, SCTP_RTOINFO)
	OPTION(IPPROTO_SCTP, SCTP_ASSOCINFO)
	OPTION(IPPROTO_SCTP, SCTP_INITMSG)
	OPTION(IPPROTO_SCTP, SCTP_NODELAY)
	OPTION(IPPROTO_SCTP, SCTP_AUTOCLOSE)
	OPTION(IPPROTO_SCTP, SCTP_SET_PEER_PRIMARY_ADDR)
	OPTION(IPPROTO_SCTP, SCTP_PRIMARY_ADDR)
	OPTION(IPPROTO_SCTP, SCTP_ADAPTATION_LAYER)
	OPTION(IPPROTO_SCTP, SCTP_DISABLE_FRAGMENTS)
	OPTION(IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS)
	OPTION(IPPROTO_SCTP, SCTP_DEFAULT_SEND_PARAM)
	OPTION(IPPROTO_SCTP, SCTP_EVENTS)
	OPTION(IPPROTO_SCTP, SCTP_I_WANT_MAPPED_V4_ADDR)
	OPTION(IPPROTO_SCTP, SCTP_MAXSEG)
	OPTION(IPPROTO_SCTP, SCTP_STATUS)
	OPTION(IPPROTO_SCTP, SCTP_GET_PEER_ADDR_INFO)
	OPTION(IPPROTO_SCTP, SCTP_DELAYED_ACK_TIME)
	OPTION(IPPROTO_SCTP, SCTP_DELAYED_ACK)
	OPTION(IPPROTO_SCTP, SCTP_DELAYED_SACK)
	OPTION(IPPROTO_SCTP, SCTP_CONTEXT)
	OPTION(IPPROTO_SCTP, SCTP_FRAGMENT_INTERLEAVE)
	OPTION(IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT)
	OPTION(IPPROTO_SCTP, SCTP_MAX_BURST)
	OPTION(IPPROTO_SCTP, SCTP_AUTH_CHUNK)
	OPTION(IPPROTO_SCTP, SCTP_HMAC_IDENT)
	OPTION(IPPROTO_SCTP, SCTP_AUTH_KEY)
	OPTION(IPPROTO_SCTP, SCTP_AUTH_ACTIVE_KEY)
	OPTION(IPPROTO_SCTP, SCTP_AUTH_DELETE_KEY)
	OPTION(IPPROTO_SCTP, SCTP_PEER_AUTH_CHUNKS)
	OPTION(IPPROTO_SCTP, SCTP_LOCAL_AUTH_CHUNKS)
	OPTION(IPPROTO_SCTP, SCTP_GET_ASSOC_NUMBER)
	OPTION(IPPROTO_SCTP, SCTP_GET_ASSOC_ID_LIST)
	OPTION(IPPROTO_SCTP, SCTP_AUTO_ASCONF)
	OPTION(IPPROTO_SCTP, SCTP_PEER_ADDR_THLDS)
	OPTION(IPPROTO_SCTP, SCTP_RECVRCVINFO)
	OPTION(IPPROTO_SCTP, SCTP_RECVNXTINFO)
	OPTION(IPPROTO_SCTP, SCTP_DEFAULT_SNDINFO)
	OPTION(IPPROTO_SCTP, SCTP_AUTH_DEACTIVATE_KEY)
	OPTION(IPPROTO_SCTP, SCTP_REUSE_PORT)
	OPTION(IPPROTO_SCTP, SCTP_PEER_ADDR_THLDS_V2)
	OPTION(IPPROTO_SCTP, SCTP_SOCKOPT_BINDX_ADD)
	OPTION(IPPROTO_SCTP, SCTP_SOCKOPT_BINDX_REM)
	OPTION(IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF)
	OPTION(IPPROTO_SCTP, SCTP_GET_PEER_ADDRS)
	OPTION(IPPROTO_SCTP, SCTP_GET_LOCAL_ADDRS)
	OPTION(IPPROTO_SCTP, SCTP_SOCKOPT_CONNECTX)
	OPTION(IPPROTO_SCTP, SCTP_GET_ASSOC_STATS)
	OPTION(IPPROTO_SCTP, SCTP_PR_SUPPORTED)
	OPTION(IPPROTO_SCTP, SCTP_DEFAULT_PRINFO)
	OPTION(IPPROTO_SCTP, SCTP_PR_ASSOC_STATUS)
	OPTION(IPPROTO_SCTP, SCTP_PR_STREAM_STATUS)
	OPTION(IPPROTO_SCTP, SCTP_RECONFIG_SUPPORTED)
	OPTION(IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET)
	OPTION(IPPROTO_SCTP, SCTP_RESET_STREAMS)
	OPTION(IPPROTO_SCTP, SCTP_RESET_ASSOC)
	OPTION(IPPROTO_SCTP, SCTP_ADD_STREAMS)
	OPTION(IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF_FLAGS)
	OPTION(IPPROTO_SCTP, SCTP_STREAM_SCHEDULER)
	OPTION(IPPROTO_SCTP, SCTP_STREAM_SCHEDULER_VALUE)
	OPTION(IPPROTO_SCTP, SCTP_INTERLEAVING_SUPPORTED)
	OPTION(IPPROTO_SCTP, SCTP_EVENT)
	OPTION(IPPROTO_SCTP, SCTP_ASCONF_SUPPORTED)
	OPTION(IPPROTO_SCTP, SCTP_AUTH_SUPPORTED)
	OPTION(IPPROTO_SCTP, SCTP_ECN_SUPPORTED)
	OPTION(IPPROTO_SCTP, SCTP_EXPOSE_POTENTIALLY_FAILED_STATE)
	OPTION(IPPROTO_SCTP, SCTP_EXPOSE_PF_STATE)
	OPTION(IPPROTO_SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT)
	OPTION(IPPROTO_SCTP, SCTP_PLPMTUD_PROBE_INTERVAL)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_SERVICE)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_GET_CUR_MPS)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_SERVER_TIMEWAIT)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_SEND_CSCOV)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_RECV_CSCOV)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_AVAILABLE_CCIDS)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_CCID)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_TX_CCID)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_RX_CCID)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_QPOLICY_ID)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_QPOLICY_TXQLEN)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_CCID_RX_INFO)
	OPTION(SOL_DCCP, DCCP_SOCKOPT_CCID_TX_INFO)
	return -1;
}

int transport_set(int fd, int level, int number, const uint8_t *p, unsigned n)
{
	return setsockopt(fd, level, number, p, n) < 0 ? -errno : 0;
}

int transport_get(int fd, int level, int number, uint8_t *p, unsigned *n)
{
	return getsockopt(fd, level, number, p, n) < 0 ? -errno : 0;
}

int transport_poll(int fd, int events)
{
	struct pollfd p = {.fd = fd, .events = (short)events};
	return poll(&p, 1, 0) == 1 && (p.revents & events) != 0;
}

static void inet4(void *out, const char *ip, unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	inet_pton(AF_INET, ip, &a.sin_addr);
	memcpy(out, &a, sizeof(a));
}

static void inet6(void *out, const char *ip, unsigned port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	inet_pton(AF_INET6, ip, &a.sin6_addr);
	memcpy(out, &a, sizeof(a));
}

int transport_field(const char *name, uint8_t *out)
{
#define FIELD(type, field)                                  \
	if (strcmp(name, #type "." #field) == 0) {          \
		struct type v;                              \
		memset(&v, 0, sizeof(v));                   \
		v.field--;                                  \
		memcpy(out, &v, sizeof(v));                 \
		return sizeof(v);                           \
	}
	FIELD(tcp_info, tcpi_state)
	FIELD(tcp_info, tcpi_ca_state)
	FIELD(tcp_info, tcpi_retransmits)
	FIELD(tcp_info, tcpi_probes)
	FIELD(tcp_info, tcpi_backoff)
	FIELD(tcp_info, tcpi_options)
	FIELD(tcp_info, tcpi_snd_wscale)
	FIELD(tcp_info, tcpi_rcv_wscale)
	FIELD(tcp_info, tcpi_delivery_rate_app_limited)
	FIELD(tcp_info, tcpi_fastopen_client_fail)
	FIELD(tcp_info, tcpi_rto)
	FIELD(tcp_info, tcpi_ato)
	FIELD(tcp_info, tcpi_snd_mss)
	FIELD(tcp_info, tcpi_rcv_mss)
	FIELD(tcp_info, tcpi_unacked)
	FIELD(tcp_info, tcpi_sacked)
	FIELD(tcp_info, tcpi_lost)
	FIELD(tcp_info, tcpi_retrans)
	FIELD(tcp_info, tcpi_fackets)
	FIELD(tcp_info, tcpi_last_data_sent)
	FIELD(tcp_info, tcpi_last_ack_sent)
	FIELD(tcp_info, tcpi_last_data_recv)
	FIELD(tcp_info, tcpi_last_ack_recv)
	FIELD(tcp_info, tcpi_pmtu)
	FIELD(tcp_info, tcpi_rcv_ssthresh)
	FIELD(tcp_info, tcpi_rtt)
	FIELD(tcp_info, tcpi_rttvar)
	FIELD(tcp_info, tcpi_snd_ssthresh)
	FIELD(tcp_info, tcpi_snd_cwnd)
	FIELD(tcp_info, tcpi_advmss)
	FIELD(tcp_info, tcpi_reordering)
	FIELD(tcp_info, tcpi_rcv_rtt)
	FIELD(tcp_info, tcpi_rcv_space)
	FIELD(tcp_info, tcpi_total_retrans)
	FIELD(tcp_info, tcpi_pacing_rate)
	FIELD(tcp_info, tcpi_max_pacing_rate)
	FIELD(tcp_info, tcpi_bytes_acked)
	FIELD(tcp_info, tcpi_bytes_received)
	FIELD(tcp_info, tcpi_segs_out)
	FIELD(tcp_info, tcpi_segs_in)
	FIELD(tcp_info, tcpi_notsent_bytes)
	FIELD(tcp_info, tcpi_min_rtt)
	FIELD(tcp_info, tcpi_data_segs_in)
	FIELD(tcp_info, tcpi_data_segs_out)
	FIELD(tcp_info, tcpi_delivery_rate)
	FIELD(tcp_info, tcpi_busy_time)
	FIELD(tcp_info, tcpi_rwnd_limited)
	FIELD(tcp_info, tcpi_sndbuf_limited)
	FIELD(tcp_info, tcpi_delivered)
	FIELD(tcp_info, tcpi_delivered_ce)
	FIELD(tcp_info, tcpi_bytes_sent)
	FIELD(tcp_info, tcpi_bytes_retrans)
	FIELD(tcp_info, tcpi_dsack_dups)
	FIELD(tcp_info, tcpi_reord_seen)
	FIELD(tcp_info, tcpi_rcv_ooopack)
	FIELD(tcp_info, tcpi_snd_wnd)
	FIELD(tcp_info_62, tcpi_rcv_wnd)
	FIELD(tcp_info_62, tcpi_rehash)
	FIELD(tcp_info_62, tcpi_total_rto)
	FIELD(tcp_info_62, tcpi_total_rto_recoveries)
	FIELD(tcp_info_62, tcpi_total_rto_time)
	FIELD(tcp_info_62, tcpi_received_ce)
	FIELD(tcp_info_62, tcpi_delivered_e1_bytes)
	FIELD(tcp_info_62, tcpi_delivered_e0_bytes)
	FIELD(tcp_info_62, tcpi_delivered_ce_bytes)
	FIELD(tcp_info_62, tcpi_received_e1_bytes)
	FIELD(tcp_info_62, tcpi_received_e0_bytes)
	FIELD(tcp_info_62, tcpi_received_ce_bytes)
	FIELD(tcp_info_62, tcpi_accecn)
	FIELD(mptcp_info, mptcpi_subflows)
	FIELD(mptcp_info, mptcpi_add_addr_signal)
	FIELD(mptcp_info, mptcpi_add_addr_accepted)
	FIELD(mptcp_info, mptcpi_subflows_max)
	FIELD(mptcp_info, mptcpi_add_addr_signal_max)
	FIELD(mptcp_info, mptcpi_add_addr_accepted_max)
	FIELD(mptcp_info, mptcpi_flags)
	FIELD(mptcp_info, mptcpi_token)
	FIELD(mptcp_info, mptcpi_write_seq)
	FIELD(mptcp_info, mptcpi_snd_una)
	FIELD(mptcp_info, mptcpi_rcv_nxt)
	FIELD(mptcp_info, mptcpi_local_addr_used)
	FIELD(mptcp_info, mptcpi_local_addr_max)
	FIELD(mptcp_info, mptcpi_csum_enabled)
	FIELD(mptcp_info_65, mptcpi_retransmits)
	FIELD(mptcp_info_65, mptcpi_bytes_retrans)
	FIELD(mptcp_info_65, mptcpi_bytes_sent)
	FIELD(mptcp_info_65, mptcpi_bytes_received)
	FIELD(mptcp_info_65, mptcpi_bytes_acked)
	FIELD(mptcp_info_65, mptcpi_subflows_total)
	FIELD(mptcp_info_65, mptcpi_last_data_sent)
	FIELD(mptcp_info_65, mptcpi_last_data_recv)
	FIELD(mptcp_info_65, mptcpi_last_ack_recv)
	FIELD(tcp_ao_add, set_current)
	FIELD(tcp_ao_add, set_rnext)
	FIELD(tcp_ao_del, set_current)
	FIELD(tcp_ao_del, set_rnext)
	FIELD(tcp_ao_del, del_async)
	FIELD(tcp_ao_info_opt, set_current)
	FIELD(tcp_ao_info_opt, set_rnext)
	FIELD(tcp_ao_info_opt, ao_required)
	FIELD(tcp_ao_info_opt, set_counters)
	FIELD(tcp_ao_info_opt, accept_icmps)
	FIELD(tcp_ao_getsockopt, is_current)
	FIELD(tcp_ao_getsockopt, is_rnext)
	FIELD(tcp_ao_getsockopt, get_all)
	return -1;
}

// VALUE(option, struct) { fill v } END
#define VALUE(c_name, type) \
	if (strcmp(name, #c_name) == 0) { \
		type v;                   \
		memset(&v, 0, sizeof(v));
#define END                            \
	memcpy(out, &v, sizeof(v));    \
	return sizeof(v);              \
	}

#define TLS(c_name, info_struct, cipher)                                     \
	if (strcmp(name, #c_name) == 0) {                                    \
	struct info_struct v;                                                \
	memset(&v, 0, sizeof(v));                                            \
	v.info.version = TLS_1_3_VERSION, v.info.cipher_type = cipher;       \
	memset(v.iv, 1, sizeof(v.iv)), memset(v.key, 2, sizeof(v.key));      \
	memset(v.salt, 3, sizeof(v.salt)), memset(v.rec_seq, 4, sizeof(v.rec_seq)); \
	END

int transport_value(const char *name, uint8_t *out)
{
	VALUE(TCP_MD5SIG, struct tcp_md5sig)
	inet4(&v.tcpm_addr, "192.0.2.1", 0);
	v.tcpm_keylen = 3, memcpy(v.tcpm_key, "key", 3);
	END
	VALUE(TCP_MD5SIG_EXT, struct tcp_md5sig)
	inet6(&v.tcpm_addr, "2001:db8::", 0);
	v.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX | TCP_MD5SIG_FLAG_IFINDEX;
	v.tcpm_prefixlen = 32, v.tcpm_ifindex = 7, v.tcpm_keylen = 3, memcpy(v.tcpm_key, "key", 3);
	END
	VALUE(vegas, struct tcpvegas_info)
	v.tcpv_enabled = 1, v.tcpv_rttcnt = 2, v.tcpv_rtt = 3, v.tcpv_minrtt = 4;
	END
	VALUE(dctcp, struct tcp_dctcp_info)
	v.dctcp_enabled = 1, v.dctcp_ce_state = 2, v.dctcp_alpha = 3, v.dctcp_ab_ecn = 4, v.dctcp_ab_tot = 5;
	END
	if (IS(TCP_REPAIR_OPTIONS)) {
		struct tcp_repair_opt v[2] = {{2, 1400}, {3, 0x70008}};
		memcpy(out, v, sizeof(v));
		return sizeof(v);
	}
	VALUE(TCP_REPAIR_WINDOW, struct tcp_repair_window)
	v.snd_wl1 = 1, v.snd_wnd = 2, v.max_window = 3, v.rcv_wnd = 4, v.rcv_wup = 5;
	END
	VALUE(TCP_AO_ADD_KEY, struct tcp_ao_add)
	inet4(&v.addr, "192.0.2.1", 0);
	strcpy(v.alg_name, "hmac(sha1)");
	v.ifindex = 7, v.set_current = 1, v.set_rnext = 1, v.prefix = 24, v.sndid = 1, v.rcvid = 2, v.maclen = 12;
	v.keyflags = TCP_AO_KEYF_IFINDEX, v.keylen = 3, memcpy(v.key, "key", 3);
	END
	VALUE(TCP_AO_DEL_KEY, struct tcp_ao_del)
	inet4(&v.addr, "192.0.2.1", 0);
	v.ifindex = 7, v.set_rnext = 1, v.del_async = 1, v.prefix = 24, v.sndid = 1, v.rcvid = 2, v.current_key = 3;
	v.rnext = 4, v.keyflags = TCP_AO_KEYF_EXCLUDE_OPT;
	END
	VALUE(TCP_AO_INFO, struct tcp_ao_info_opt)
	v.set_rnext = 1, v.ao_required = 1, v.accept_icmps = 1, v.current_key = 1, v.rnext = 2;
	v.pkt_good = 3, v.pkt_bad = 4, v.pkt_key_not_found = 5, v.pkt_ao_required = 6, v.pkt_dropped_icmp = 7;
	END
	VALUE(TCP_AO_GET_KEYS, struct tcp_ao_getsockopt)
	inet4(&v.addr, "192.0.2.1", 0);
	strcpy(v.alg_name, "hmac(sha1)");
	v.keylen = 3, memcpy(v.key, "key", 3), v.nkeys = 1, v.is_rnext = 1, v.sndid = 1, v.rcvid = 2, v.prefix = 24;
	v.maclen = 12, v.keyflags = 1, v.ifindex = 7, v.pkt_good = 3, v.pkt_bad = 4;
	END
	if (IS(TCP_AO_TWO_KEYS)) {
		struct tcp_ao_getsockopt v[2];
		memset(v, 0, sizeof(v));
		inet4(&v[0].addr, "192.0.2.1", 0), inet4(&v[1].addr, "192.0.2.1", 0);
		v[0].nkeys = 2, v[0].sndid = 1, v[1].sndid = 2, v[1].is_current = 1;
		memcpy(out, v, sizeof(v));
		return sizeof(v);
	}
	VALUE(TCP_AO_REPAIR, struct tcp_ao_repair)
	v.snt_isn = htonl(1), v.rcv_isn = htonl(2), v.snd_sne = 3, v.rcv_sne = 4;
	END
	VALUE(PACKET_ADD_MEMBERSHIP, struct packet_mreq)
	v.mr_ifindex = 7, v.mr_type = PACKET_MR_UNICAST, v.mr_alen = 6, memcpy(v.mr_address, "\2\0\0\0\0\1", 6);
	END
	VALUE(PACKET_RX_RING, struct tpacket_req3)
	v.tp_block_size = 4096, v.tp_block_nr = 2, v.tp_frame_size = 2048, v.tp_frame_nr = 4, v.tp_retire_blk_tov = 60;
	v.tp_sizeof_priv = 8, v.tp_feature_req_word = TP_FT_REQ_FILL_RXHASH;
	END
	// The first half of a struct fanout_args, which is all that older kernels take.
	if (strcmp(name, "PACKET_FANOUT_INT") == 0) {
		struct fanout_args v = {.id = 7, .type_flags = PACKET_FANOUT_CPU | PACKET_FANOUT_FLAG_DEFRAG};
		memcpy(out, &v, sizeof(int));
		return sizeof(int);
	}
	VALUE(PACKET_FANOUT, struct fanout_args)
	v.id = 7, v.type_flags = PACKET_FANOUT_CPU | PACKET_FANOUT_FLAG_DEFRAG, v.max_num_members = 300;
	END
	VALUE(PACKET_STATISTICS, struct tpacket_stats_v3)
	v.tp_packets = 1, v.tp_drops = 2, v.tp_freeze_q_cnt = 3;
	END
	VALUE(PACKET_ROLLOVER_STATS, struct tpacket_rollover_stats)
	v.tp_all = 1, v.tp_huge = 2, v.tp_failed = 3;
	END
	TLS(TLS_TX, tls12_crypto_info_aes_gcm_128, TLS_CIPHER_AES_GCM_128)
	TLS(TLS_RX, tls12_crypto_info_aes_gcm_256, TLS_CIPHER_AES_GCM_256)
	TLS(TLS_CIPHER_AES_CCM_128, tls12_crypto_info_aes_ccm_128, TLS_CIPHER_AES_CCM_128)
	TLS(TLS_CIPHER_CHACHA20_POLY1305, tls12_crypto_info_chacha20_poly1305, TLS_CIPHER_CHACHA20_POLY1305)
	TLS(TLS_CIPHER_SM4_GCM, tls12_crypto_info_sm4_gcm, TLS_CIPHER_SM4_GCM)
	TLS(TLS_CIPHER_SM4_CCM, tls12_crypto_info_sm4_ccm, TLS_CIPHER_SM4_CCM)
	TLS(TLS_CIPHER_ARIA_GCM_128, tls12_crypto_info_aria_gcm_128, TLS_CIPHER_ARIA_GCM_128)
	TLS(TLS_CIPHER_ARIA_GCM_256, tls12_crypto_info_aria_gcm_256, TLS_CIPHER_ARIA_GCM_256)
	VALUE(SCTP_RTOINFO, struct sctp_rtoinfo)
	v.srto_assoc_id = 9, v.srto_initial = 1000, v.srto_max = 60000, v.srto_min = 200;
	END
	VALUE(SCTP_ASSOCINFO, struct sctp_assocparams)
	v.sasoc_assoc_id = 9, v.sasoc_asocmaxrxt = 1, v.sasoc_number_peer_destinations = 2, v.sasoc_peer_rwnd = 3;
	v.sasoc_local_rwnd = 4, v.sasoc_cookie_life = 5000;
	END
	VALUE(SCTP_INITMSG, struct sctp_initmsg)
	v.sinit_num_ostreams = 1, v.sinit_max_instreams = 2, v.sinit_max_attempts = 3, v.sinit_max_init_timeo = 4;
	END
	VALUE(SCTP_SET_PEER_PRIMARY_ADDR, struct sctp_setpeerprim)
	v.sspp_assoc_id = 9, inet6((uint8_t *)&v + offsetof(struct sctp_setpeerprim, sspp_addr), "2001:db8::1", 80);
	END
	VALUE(SCTP_PRIMARY_ADDR, struct sctp_prim)
	v.ssp_assoc_id = 9, inet4((uint8_t *)&v + offsetof(struct sctp_prim, ssp_addr), "192.0.2.1", 80);
	END
	VALUE(SCTP_ADAPTATION_LAYER, struct sctp_setadaptation)
	v.ssb_adaptation_ind = 5;
	END
	VALUE(SCTP_PEER_ADDR_PARAMS, struct sctp_paddrparams)
	v.spp_assoc_id = 9, inet4((uint8_t *)&v + offsetof(struct sctp_paddrparams, spp_address), "192.0.2.1", 80);
	v.spp_hbinterval = 30000, v.spp_pathmaxrxt = 5, v.spp_pathmtu = 1400, v.spp_sackdelay = 200;
	v.spp_flags = SPP_HB_ENABLE | SPP_DSCP, v.spp_ipv6_flowlabel = 6, v.spp_dscp = 7;
	END
	VALUE(SCTP_DEFAULT_SEND_PARAM, struct sctp_sndrcvinfo)
	v.sinfo_stream = 1, v.sinfo_ssn = 2, v.sinfo_flags = SCTP_UNORDERED, v.sinfo_ppid = 4, v.sinfo_context = 5;
	v.sinfo_timetolive = 6, v.sinfo_tsn = 7, v.sinfo_cumtsn = 8, v.sinfo_assoc_id = 9;
	END
	VALUE(SCTP_DEFAULT_SNDINFO, struct sctp_sndinfo)
	v.snd_sid = 1, v.snd_flags = SCTP_UNORDERED, v.snd_ppid = 4, v.snd_context = 5, v.snd_assoc_id = 9;
	END
	VALUE(SCTP_EVENTS, struct sctp_event_subscribe)
	v.sctp_data_io_event = v.sctp_address_event = v.sctp_peer_error_event = v.sctp_partial_delivery_event = 1;
	v.sctp_authentication_event = v.sctp_stream_reset_event = v.sctp_stream_change_event = 1;
	END
	VALUE(SCTP_MAXSEG, struct sctp_assoc_value)
	v.assoc_id = 9, v.assoc_value = 1400;
	END
	VALUE(SCTP_STATUS, struct sctp_status)
	v.sstat_assoc_id = 9, v.sstat_state = SCTP_ESTABLISHED, v.sstat_rwnd = 1, v.sstat_unackdata = 2, v.sstat_penddata = 3;
	v.sstat_instrms = 4, v.sstat_outstrms = 5, v.sstat_fragmentation_point = 6, v.sstat_primary.spinfo_assoc_id = 9;
	inet4((uint8_t *)&v.sstat_primary + offsetof(struct sctp_paddrinfo, spinfo_address), "192.0.2.1", 80);
	v.sstat_primary.spinfo_state = SCTP_ACTIVE, v.sstat_primary.spinfo_cwnd = 7, v.sstat_primary.spinfo_srtt = 8;
	v.sstat_primary.spinfo_rto = 9, v.sstat_primary.spinfo_mtu = 10;
	END
	VALUE(SCTP_GET_PEER_ADDR_INFO, struct sctp_paddrinfo)
	v.spinfo_assoc_id = 9, inet6((uint8_t *)&v + offsetof(struct sctp_paddrinfo, spinfo_address), "2001:db8::1", 80);
	v.spinfo_state = SCTP_PF, v.spinfo_cwnd = 7, v.spinfo_srtt = 8, v.spinfo_rto = 9, v.spinfo_mtu = 10;
	END
	VALUE(SCTP_DELAYED_SACK, struct sctp_sack_info)
	v.sack_assoc_id = 9, v.sack_delay = 200, v.sack_freq = 2;
	END
	VALUE(SCTP_AUTH_CHUNK, struct sctp_authchunk)
	v.sauth_chunk = 5;
	END
	VALUE(SCTP_AUTH_ACTIVE_KEY, struct sctp_authkeyid)
	v.scact_assoc_id = 9, v.scact_keynumber = 2;
	END
	VALUE(SCTP_PEER_ADDR_THLDS, struct sctp_paddrthlds)
	v.spt_assoc_id = 9, inet4(&v.spt_address, "192.0.2.1", 80), v.spt_pathmaxrxt = 1, v.spt_pathpfthld = 2;
	END
	VALUE(SCTP_PEER_ADDR_THLDS_V2, struct sctp_paddrthlds_v2)
	v.spt_assoc_id = 9, inet4(&v.spt_address, "192.0.2.1", 80), v.spt_pathmaxrxt = 1, v.spt_pathpfthld = 2;
	v.spt_pathcpthld = 3;
	END
	VALUE(SCTP_SOCKOPT_PEELOFF, sctp_peeloff_arg_t)
	v.associd = 9, v.sd = 5;
	END
	VALUE(SCTP_SOCKOPT_PEELOFF_FLAGS, sctp_peeloff_flags_arg_t)
	v.p_arg.associd = 9, v.p_arg.sd = 5, v.flags = SOCK_CLOEXEC;
	END
	VALUE(SCTP_GET_ASSOC_STATS, struct sctp_assoc_stats)
	v.sas_assoc_id = 9, inet4(&v.sas_obs_rto_ipaddr, "192.0.2.1", 80), v.sas_maxrto = 1, v.sas_isacks = 2, v.sas_osacks = 3;
	v.sas_opackets = 4, v.sas_ipackets = 5, v.sas_rtxchunks = 6, v.sas_outofseqtsns = 7, v.sas_idupchunks = 8;
	v.sas_gapcnt = 9, v.sas_ouodchunks = 10, v.sas_iuodchunks = 11, v.sas_oodchunks = 12, v.sas_iodchunks = 13;
	v.sas_octrlchunks = 14, v.sas_ictrlchunks = 15;
	END
	VALUE(SCTP_DEFAULT_PRINFO, struct sctp_default_prinfo)
	v.pr_assoc_id = 9, v.pr_value = 100, v.pr_policy = SCTP_PR_SCTP_RTX;
	END
	VALUE(SCTP_PR_STREAM_STATUS, struct sctp_prstatus)
	v.sprstat_assoc_id = 9, v.sprstat_sid = 1, v.sprstat_policy = SCTP_PR_SCTP_PRIO;
	v.sprstat_abandoned_unsent = 2, v.sprstat_abandoned_sent = 3;
	END
	VALUE(SCTP_ADD_STREAMS, struct sctp_add_streams)
	v.sas_assoc_id = 9, v.sas_instrms = 1, v.sas_outstrms = 2;
	END
	VALUE(SCTP_STREAM_SCHEDULER_VALUE, struct sctp_stream_value)
	v.assoc_id = 9, v.stream_id = 1, v.stream_value = 2;
	END
	VALUE(SCTP_EVENT, struct sctp_event)
	v.se_assoc_id = 9, v.se_type = SCTP_SENDER_DRY_EVENT, v.se_on = 1;
	END
	VALUE(SCTP_REMOTE_UDP_ENCAPS_PORT, struct sctp_udpencaps)
	v.sue_assoc_id = 9, inet4(&v.sue_address, "192.0.2.1", 80), v.sue_port = htons(9899);
	END
	VALUE(SCTP_PLPMTUD_PROBE_INTERVAL, struct sctp_probeinterval)
	v.spi_assoc_id = 9, inet4(&v.spi_address, "192.0.2.1", 80), v.spi_interval = 5000;
	END
	VALUE(SCTP_RESET_ASSOC, sctp_assoc_t)
	v = 9;
	END
	// Structs with an array at the end.
	if (IS(SCTP_HMAC_IDENT)) {
		struct sctp_hmacalgo v = {.shmac_num_idents = 2};
		const uint16_t ids[] = {SCTP_AUTH_HMAC_ID_SHA256, SCTP_AUTH_HMAC_ID_SHA1};
		memcpy(out, &v, sizeof(v)), memcpy(out + offsetof(struct sctp_hmacalgo, shmac_idents), ids, sizeof(ids));
		return offsetof(struct sctp_hmacalgo, shmac_idents) + sizeof(ids);
	}
	if (IS(SCTP_AUTH_KEY)) {
		struct sctp_authkey v = {.sca_assoc_id = 9, .sca_keynumber = 2, .sca_keylength = 3};
		memcpy(out, &v, sizeof(v)), memcpy(out + offsetof(struct sctp_authkey, sca_key), "key", 3);
		return offsetof(struct sctp_authkey, sca_key) + 3;
	}
	if (IS(SCTP_RESET_STREAMS)) {
		struct sctp_reset_streams v = {9, SCTP_STREAM_RESET_OUTGOING, 2};
		const uint16_t streams[] = {1, 3};
		memcpy(out, &v, sizeof(v)), memcpy(out + offsetof(struct sctp_reset_streams, srs_stream_list), streams, sizeof(streams));
		return offsetof(struct sctp_reset_streams, srs_stream_list) + sizeof(streams);
	}
	if (IS(SCTP_PEER_AUTH_CHUNKS)) {
		struct sctp_authchunks v = {.gauth_assoc_id = 9, .gauth_number_of_chunks = 2};
		memcpy(out, &v, sizeof(v)), memcpy(out + offsetof(struct sctp_authchunks, gauth_chunks), "\5\6", 2);
		return offsetof(struct sctp_authchunks, gauth_chunks) + 2;
	}
	if (IS(SCTP_GET_ASSOC_ID_LIST)) {
		struct sctp_assoc_ids v = {.gaids_number_of_ids = 2};
		const sctp_assoc_t ids[] = {3, 9};
		memcpy(out, &v, sizeof(v)), memcpy(out + offsetof(struct sctp_assoc_ids, gaids_assoc_id), ids, sizeof(ids));
		return offsetof(struct sctp_assoc_ids, gaids_assoc_id) + sizeof(ids);
	}
	if (IS(SCTP_GET_PEER_ADDRS) || IS(SCTP_SOCKOPT_BINDX_ADD)) {
		struct sctp_getaddrs v = {.assoc_id = 9, .addr_num = 2};
		size_t head = IS(SCTP_GET_PEER_ADDRS) ? offsetof(struct sctp_getaddrs, addrs) : 0;
		memcpy(out, &v, head), inet4(out + head, "192.0.2.1", 80);
		inet6(out + head + sizeof(struct sockaddr_in), "2001:db8::1", 80);
		return (int)(head + sizeof(struct sockaddr_in) + sizeof(struct sockaddr_in6));
	}
	if (IS(DCCP_SOCKOPT_SERVICE)) {
		const uint32_t v[] = {htonl(1), htonl(0x01020304)};
		memcpy(out, v, sizeof(v));
		return sizeof(v);
	}
	if (IS(DCCP_SOCKOPT_CCID)) {
		out[0] = DCCPC_CCID3, out[1] = DCCPC_CCID2;
		return 2;
	}
	VALUE(DCCP_SOCKOPT_TX_CCID, int)
	v = DCCPC_CCID3;
	END
	return -1;
}
