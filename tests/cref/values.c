#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "values.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "families.h"
#include "newer.h"
#include "text.h"

#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/in6.h>
#include <linux/inet_diag.h>
#include <linux/net_tstamp.h>
#include <linux/sctp.h>
#include <linux/tls.h>

// Structs as the newest headers have them.
struct so_timestamping_newer {
	int flags, bind_phc;
};
struct zerocopy_newer {
	uint64_t address;
	uint32_t length, recv_skip_hint, inq;
	int32_t err;
	uint64_t copybuf_address;
	int32_t copybuf_len;
};
struct udpencaps_newer {
	sctp_assoc_t sue_assoc_id;
	struct sockaddr_storage sue_address;
	uint16_t sue_port;
};
struct probeinterval_newer {
	sctp_assoc_t spi_assoc_id;
	struct sockaddr_storage spi_address;
	uint32_t spi_interval;
};
struct mptcp_newer {
	uint8_t subflows, add_addr_signal, add_addr_accepted, subflows_max, add_addr_signal_max, add_addr_accepted_max;
	uint32_t flags, token;
	uint64_t write_seq, snd_una, rcv_nxt;
	uint8_t local_addr_used, local_addr_max, csum_enabled;
	uint32_t retransmits;
	uint64_t bytes_retrans, bytes_sent, bytes_received, bytes_acked;
	uint8_t subflows_total, reserved[3];
	uint32_t last_data_sent, last_data_recv, last_ack_recv;
};
struct subflow_data {
	uint32_t size_subflow_data, num_subflows, size_kernel, size_user;
};
struct conninfo { // l2cap_conninfo, rfcomm_conninfo, sco_conninfo
	uint16_t hci_handle;
	uint8_t dev_class[3];
};
struct sco_mtu { // sco_options
	uint16_t mtu;
};
struct args { // fanout_args
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	uint16_t type_flags, id;
#else
	uint16_t id, type_flags;
#endif
	uint32_t max_num_members;
};
struct vcid { // can_raw_vcid_options
	uint8_t flags, tx_vcid, rx_vcid, rx_vcid_mask;
};

// N prints a number of up to 32 bits, L one whose Go type is an int, U one of 64 bits.
#define N(x) print(t, " %" PRId64, (int64_t)(x))
#define L(x) print(t, " %ld", (long)(x))
#define U(x) print(t, " %" PRIu64, (uint64_t)(x))

// A time in nanoseconds; the longest for one that does not fit.
static void span(struct text *t, uint64_t n, uint64_t unit)
{
	U(n > INT64_MAX / unit ? INT64_MAX : n * unit);
}
#define MS(x) span(t, x, 1000000)
#define US(x) span(t, x, 1000)

// An address in memory of that much room.
static void addr(struct text *t, const void *p, size_t room)
{
	struct sockaddr_storage a;
	memset(&a, 0, sizeof(a));
	memcpy(&a, p, room < sizeof(a) ? room : sizeof(a));
	size_t n = a.ss_family == AF_UNSPEC  ? 0
		   : a.ss_family == AF_INET  ? sizeof(struct sockaddr_in)
		   : a.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					     : sizeof(a);
	print_bytes(t, &a, n < room ? n : room);
}
#define ADDR(field) addr(t, (const uint8_t *)&v + offsetof(__typeof__(v), field), sizeof(v.field))
#define TEXT(p, n) print_bytes(t, p, strnlen((const char *)(p), n))

// The number of bytes at offset at, if they are those of a list of up to count elements.
static size_t listed(size_t n, size_t at, size_t each, uint32_t count)
{
	size_t there = n > at ? (n - at) / each : 0;
	return there < count ? there : count;
}

static void tcp_info(struct text *t, const uint8_t *p, size_t n)
{
	struct tcp_info v;
	struct tcp_info_62 w;
	memset(&v, 0, sizeof(v));
	memset(&w, 0, sizeof(w));
	memcpy(&v, p, n < sizeof(v) ? n : sizeof(v));
	memcpy(&w, p, n < sizeof(w) ? n : sizeof(w));
	L(v.tcpi_state), L(v.tcpi_ca_state), N(v.tcpi_retransmits), N(v.tcpi_probes), N(v.tcpi_backoff),
		L(v.tcpi_options);
	N(v.tcpi_snd_wscale), N(v.tcpi_rcv_wscale), N(v.tcpi_delivery_rate_app_limited), N(v.tcpi_fastopen_client_fail);
	US(v.tcpi_rto), US(v.tcpi_ato), N(v.tcpi_snd_mss), N(v.tcpi_rcv_mss), N(v.tcpi_unacked), N(v.tcpi_sacked),
		N(v.tcpi_lost);
	N(v.tcpi_retrans), N(v.tcpi_fackets), MS(v.tcpi_last_data_sent), MS(v.tcpi_last_ack_sent),
		MS(v.tcpi_last_data_recv);
	MS(v.tcpi_last_ack_recv), N(v.tcpi_pmtu), N(v.tcpi_rcv_ssthresh), US(v.tcpi_rtt), US(v.tcpi_rttvar),
		N(v.tcpi_snd_ssthresh);
	N(v.tcpi_snd_cwnd), N(v.tcpi_advmss), N(v.tcpi_reordering), US(v.tcpi_rcv_rtt), N(v.tcpi_rcv_space),
		N(v.tcpi_total_retrans);
	U(v.tcpi_pacing_rate), U(v.tcpi_max_pacing_rate), U(v.tcpi_bytes_acked), U(v.tcpi_bytes_received),
		N(v.tcpi_segs_out);
	N(v.tcpi_segs_in), N(v.tcpi_notsent_bytes), US(v.tcpi_min_rtt), N(v.tcpi_data_segs_in), N(v.tcpi_data_segs_out);
	U(v.tcpi_delivery_rate), US(v.tcpi_busy_time), US(v.tcpi_rwnd_limited), US(v.tcpi_sndbuf_limited),
		N(v.tcpi_delivered);
	N(v.tcpi_delivered_ce), U(v.tcpi_bytes_sent), U(v.tcpi_bytes_retrans), N(v.tcpi_dsack_dups),
		N(v.tcpi_reord_seen);
	N(v.tcpi_rcv_ooopack), N(v.tcpi_snd_wnd), N(w.tcpi_rcv_wnd), N(w.tcpi_rehash), N(w.tcpi_total_rto);
	N(w.tcpi_total_rto_recoveries), MS(w.tcpi_total_rto_time), N(w.tcpi_received_ce), N(w.tcpi_delivered_e1_bytes);
	N(w.tcpi_delivered_e0_bytes), N(w.tcpi_delivered_ce_bytes), N(w.tcpi_received_e1_bytes),
		N(w.tcpi_received_e0_bytes);
	N(w.tcpi_received_ce_bytes), N(w.tcpi_accecn);
}

static void paddrinfo(struct text *t, const struct sctp_paddrinfo *p)
{
	struct sctp_paddrinfo v = *p;
	N(v.spinfo_assoc_id), ADDR(spinfo_address), L(v.spinfo_state), N(v.spinfo_cwnd), N(v.spinfo_srtt),
		MS(v.spinfo_rto);
	N(v.spinfo_mtu);
}

static void ring_offset(struct text *t, struct xdp_ring_offset v)
{
	U(v.producer), U(v.consumer), U(v.desc), U(v.flags);
}

static void tls(struct text *t, const uint8_t *p, size_t n)
{
	struct tls_crypto_info info;
	memset(&info, 0, sizeof(info));
	memcpy(&info, p, n < sizeof(info) ? n : sizeof(info));
	L(info.version), L(info.cipher_type);
#define CIPHER(number, type)                                          \
	if (info.cipher_type == number && n >= sizeof(struct type)) { \
		struct type v;                                        \
		memcpy(&v, p, sizeof(v));                             \
		print_bytes(t, v.iv, sizeof(v.iv));                   \
		print_bytes(t, v.key, sizeof(v.key));                 \
		print_bytes(t, v.salt, sizeof(v.salt));               \
		print_bytes(t, v.rec_seq, sizeof(v.rec_seq));         \
		return;                                               \
	}
	CIPHER(TLS_CIPHER_AES_GCM_128, tls12_crypto_info_aes_gcm_128)
	CIPHER(TLS_CIPHER_AES_GCM_256, tls12_crypto_info_aes_gcm_256)
	CIPHER(TLS_CIPHER_AES_CCM_128, tls12_crypto_info_aes_ccm_128)
	// The others have these structs: SM4's are AES's of 128 bits, ARIA's AES's, and ChaCha20's has
	// its own lengths.
	CIPHER(55, tls12_crypto_info_aes_gcm_128)
	CIPHER(56, tls12_crypto_info_aes_ccm_128)
	CIPHER(57, tls12_crypto_info_aes_gcm_128)
	CIPHER(58, tls12_crypto_info_aes_gcm_256)
	struct chacha {
		struct tls_crypto_info info;
		uint8_t iv[12], key[32], salt[0], rec_seq[8];
	};
	CIPHER(54, chacha)
	print(t, "    ");
}

static void get_peer_addrs(struct text *t, const uint8_t *p, size_t n)
{
	uint32_t head[2] = {0, 0}; // the association, and how many
	memcpy(head, p, n < sizeof(head) ? n : sizeof(head));
	N((int32_t)head[0]);
	print(t, " [");
	for (size_t at = sizeof(head); head[1] > 0 && at + 2 <= n; head[1]--) {
		sa_family_t family;
		memcpy(&family, p + at, sizeof(family));
		size_t room = n - at < sizeof(struct sockaddr_storage) ? n - at : sizeof(struct sockaddr_storage);
		size_t len = family == AF_INET    ? sizeof(struct sockaddr_in)
			     : family == AF_INET6 ? sizeof(struct sockaddr_in6)
						  : room;
		if (family == AF_UNSPEC)
			break;
		addr(t, p + at, room);
		at += len;
	}
	print(t, " ]");
}

long value_text(const char *name, const uint8_t *p, size_t n, char *out, size_t room)
{
	struct text text = {out, out + room}, *t = &text;
// A value that is a type, whose bytes that the kernel did not fill are zero.
#define VALUE(option, type, ...)                              \
	if (strcmp(name, #option) == 0) {                     \
		type v;                                       \
		memset(&v, 0, sizeof(v));                     \
		memcpy(&v, p, n < sizeof(v) ? n : sizeof(v)); \
		__VA_ARGS__;                                  \
		return t->p - out;                            \
	}
// A list of a type.
#define LIST(option, type, count, at, ...)                                        \
	if (strcmp(name, #option) == 0) {                                         \
		print(t, " [");                                                   \
		for (size_t i = 0; i < listed(n, at, sizeof(type), count); i++) { \
			type v;                                                   \
			memcpy(&v, p + (at) + i * sizeof(v), sizeof(v));          \
			__VA_ARGS__;                                              \
		}                                                                 \
		print(t, " ]");                                                   \
		return t->p - out;                                                \
	}
#define ALL UINT32_MAX
#define CALL(option, f)                   \
	if (strcmp(name, #option) == 0) { \
		f;                        \
		return t->p - out;        \
	}
#define BYTES(option)                     \
	if (strcmp(name, #option) == 0) { \
		print_bytes(t, p, n);     \
		return t->p - out;        \
	}

	VALUE(SO_PEERCRED, struct ucred, L(v.pid), N(v.uid), N(v.gid))
	CALL(SO_BINDTODEVICE, TEXT(p, n))
	CALL(SO_PEERSEC, TEXT(p, n))
	VALUE(SO_TIMESTAMPING, struct so_timestamping_newer, L(v.flags), L(v.bind_phc))
	VALUE(
		SO_MEMINFO, struct { uint32_t v[9]; }, for (int i = 0; i < 9; i++) N(v.v[i]))
	LIST(SO_PEERGROUPS, gid_t, ALL, 0, L(v))
	VALUE(SO_TXTIME, struct sock_txtime, L(v.clockid), N(v.flags))
	BYTES(IP_OPTIONS)
	if (strcmp(name, "SO_ORIGINAL_DST") == 0) {
		struct sockaddr_storage a;
		memset(&a, 0, sizeof(a));
		memcpy(&a, p, n < sizeof(a) ? n : sizeof(a));
		size_t len = a.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
		if (n < sizeof(a.ss_family) || n > sizeof(a))
			print(t, " error");
		else if (a.ss_family == AF_INET || a.ss_family == AF_INET6) // n is the room's length
			print_bytes(t, &a, n < len ? n : len);
		else
			print_bytes(t, &a, n);
		return t->p - out;
	}
	VALUE(IPV6_FLOWLABEL_MGR, struct in6_flowlabel_req, print_bytes(t, &v.flr_dst, 16), N(ntohl(v.flr_label)),
	      L(v.flr_action), L(v.flr_share), L(v.flr_flags), span(t, v.flr_expires, 1000000000),
	      span(t, v.flr_linger, 1000000000))
	BYTES(IPV6_HOPOPTS)
	VALUE(IPV6_PATHMTU, struct ip6_mtuinfo,
	      print_bytes(t, &v, v.ip6m_addr.sin6_family == AF_INET6 ? sizeof(v.ip6m_addr) : 0), N(v.ip6m_mtu))
	VALUE(ICMP6_FILTER, struct icmp6_filter, for (int i = 0; i < 8; i++) N(v.icmp6_filt[i]))

	CALL(TCP_INFO, tcp_info(t, p, n))
	CALL(TCP_CONGESTION, TEXT(p, n))
	CALL(TCP_ULP, TEXT(p, n))
	BYTES(TCP_CC_INFO)
	VALUE(TCP_CC_INFO vegas, struct tcpvegas_info, N(v.tcpv_enabled != 0), N(v.tcpv_rttcnt), US(v.tcpv_rtt),
	      US(v.tcpv_minrtt))
	VALUE(TCP_CC_INFO dctcp, struct tcp_dctcp_info, N(v.dctcp_enabled != 0), N(v.dctcp_ce_state), N(v.dctcp_alpha),
	      N(v.dctcp_ab_ecn), N(v.dctcp_ab_tot))
	VALUE(TCP_CC_INFO bbr, struct tcp_bbr_info, U((uint64_t)v.bbr_bw_hi << 32 | v.bbr_bw_lo), US(v.bbr_min_rtt),
	      N(v.bbr_pacing_gain), N(v.bbr_cwnd_gain))
	BYTES(TCP_SAVED_SYN)
	VALUE(TCP_REPAIR_WINDOW, struct tcp_repair_window, N(v.snd_wl1), N(v.snd_wnd), N(v.max_window), N(v.rcv_wnd),
	      N(v.rcv_wup))
	LIST(
		TCP_FASTOPEN_KEY, struct { uint8_t v[16]; }, ALL, 0, print_bytes(t, &v, 16))
	// What was passed is not returned: no memory, no hint.
	VALUE(TCP_ZEROCOPY_RECEIVE, struct zerocopy_newer, print(t, "   0"), N(v.length), N(v.recv_skip_hint), N(v.inq),
	      N((int32_t)(v.err < 0 ? 0 - (uint32_t)v.err : (uint32_t)v.err)), N(v.copybuf_len))
	VALUE(TCP_AO_INFO, struct tcp_ao_info_opt, N(v.set_current), N(v.set_rnext), N(v.ao_required), N(0),
	      N(v.accept_icmps), N(v.current_key), N(v.rnext), U(v.pkt_good), U(v.pkt_bad), U(v.pkt_key_not_found),
	      U(v.pkt_ao_required), U(v.pkt_dropped_icmp))
	if (strcmp(name, "TCP_AO_GET_KEYS") == 0) { // the first struct has the number of keys
		uint32_t keys = ALL;
		if (n >= offsetof(struct tcp_ao_getsockopt, nkeys) + sizeof(keys))
			memcpy(&keys, p + offsetof(struct tcp_ao_getsockopt, nkeys), sizeof(keys));
		if (keys > n / sizeof(struct tcp_ao_getsockopt)) {
			print(t, " error");
			return t->p - out;
		}
		n = keys * sizeof(struct tcp_ao_getsockopt);
	}
	LIST(TCP_AO_GET_KEYS, struct tcp_ao_getsockopt, ALL, 0, ADDR(addr), N(v.prefix),
	     TEXT(v.alg_name, sizeof(v.alg_name)),
	     print_bytes(t, v.key, v.keylen < sizeof(v.key) ? v.keylen : sizeof(v.key)), N(0), N(v.is_current),
	     N(v.is_rnext), N(v.sndid), N(v.rcvid), N(v.maclen), L(v.keyflags), L(v.ifindex), U(v.pkt_good),
	     U(v.pkt_bad))
	VALUE(TCP_AO_REPAIR, struct tcp_ao_repair, N(ntohl(v.snt_isn)), N(ntohl(v.rcv_isn)), N(v.snd_sne), N(v.rcv_sne))
	CALL(TLS_TX, tls(t, p, n))
	VALUE(TLS_TX_MAX_PAYLOAD_LEN, uint16_t, L(v))

	VALUE(SCTP_RTOINFO, struct sctp_rtoinfo, N(v.srto_assoc_id), MS(v.srto_initial), MS(v.srto_max), MS(v.srto_min))
	VALUE(SCTP_ASSOCINFO, struct sctp_assocparams, N(v.sasoc_assoc_id), N(v.sasoc_asocmaxrxt),
	      N(v.sasoc_number_peer_destinations), N(v.sasoc_peer_rwnd), N(v.sasoc_local_rwnd), MS(v.sasoc_cookie_life))
	VALUE(SCTP_INITMSG, struct sctp_initmsg, N(v.sinit_num_ostreams), N(v.sinit_max_instreams),
	      N(v.sinit_max_attempts), MS(v.sinit_max_init_timeo))
	VALUE(SCTP_PRIMARY_ADDR, struct sctp_prim, N(v.ssp_assoc_id), ADDR(ssp_addr))
	VALUE(SCTP_ADAPTATION_LAYER, struct sctp_setadaptation, N(v.ssb_adaptation_ind))
	VALUE(SCTP_PEER_ADDR_PARAMS, struct sctp_paddrparams, N(v.spp_assoc_id), ADDR(spp_address),
	      MS(v.spp_hbinterval), N(v.spp_pathmaxrxt), N(v.spp_pathmtu), MS(v.spp_sackdelay), L(v.spp_flags),
	      N(v.spp_ipv6_flowlabel), N(v.spp_dscp))
	VALUE(SCTP_DEFAULT_SEND_PARAM, struct sctp_sndrcvinfo, N(v.sinfo_stream), N(v.sinfo_ssn), N(v.sinfo_flags),
	      N(v.sinfo_ppid), N(v.sinfo_context), MS(v.sinfo_timetolive), N(v.sinfo_tsn), N(v.sinfo_cumtsn),
	      N(v.sinfo_assoc_id))
	VALUE(SCTP_EVENTS, struct sctp_event_subscribe, N(!!v.sctp_data_io_event), N(!!v.sctp_association_event),
	      N(!!v.sctp_address_event), N(!!v.sctp_send_failure_event), N(!!v.sctp_peer_error_event),
	      N(!!v.sctp_shutdown_event), N(!!v.sctp_partial_delivery_event), N(!!v.sctp_adaptation_layer_event),
	      N(!!v.sctp_authentication_event), N(!!v.sctp_sender_dry_event), N(!!v.sctp_stream_reset_event),
	      N(!!v.sctp_assoc_reset_event), N(!!v.sctp_stream_change_event), N(!!v.sctp_send_failure_event_event))
	VALUE(SCTP_MAXSEG, struct sctp_assoc_value, N(v.assoc_id), N(v.assoc_value))
	VALUE(SCTP_STATUS, struct sctp_status, N(v.sstat_assoc_id), L(v.sstat_state), N(v.sstat_rwnd),
	      N(v.sstat_unackdata), N(v.sstat_penddata), N(v.sstat_instrms), N(v.sstat_outstrms),
	      N(v.sstat_fragmentation_point), paddrinfo(t, &v.sstat_primary))
	VALUE(SCTP_GET_PEER_ADDR_INFO, struct sctp_paddrinfo, paddrinfo(t, &v))
	VALUE(SCTP_DELAYED_ACK, struct sctp_sack_info, N(v.sack_assoc_id), MS(v.sack_delay), N(v.sack_freq))
	uint32_t head[3] = {0, 0, 0}; // what an array's length stands in
	memcpy(head, p, n < sizeof(head) ? n : sizeof(head));
	LIST(SCTP_HMAC_IDENT, uint16_t, head[0], 4, N(v))
	VALUE(SCTP_AUTH_ACTIVE_KEY, struct sctp_authkeyid, N(v.scact_assoc_id), N(v.scact_keynumber))
	CALL(SCTP_PEER_AUTH_CHUNKS, (N((int32_t)head[0]), print_bytes(t, p + 8, listed(n, 8, 1, head[1]))))
	LIST(SCTP_GET_ASSOC_ID_LIST, int32_t, head[0], 4, N(v))
	VALUE(SCTP_PEER_ADDR_THLDS, struct sctp_paddrthlds, N(v.spt_assoc_id), ADDR(spt_address), N(v.spt_pathmaxrxt),
	      N(v.spt_pathpfthld), N(0))
	VALUE(SCTP_PEER_ADDR_THLDS_V2, struct sctp_paddrthlds_v2, N(v.spt_assoc_id), ADDR(spt_address),
	      N(v.spt_pathmaxrxt), N(v.spt_pathpfthld), N(v.spt_pathcpthld))
	VALUE(SCTP_DEFAULT_SNDINFO, struct sctp_sndinfo, N(v.snd_sid), N(v.snd_flags), N(v.snd_ppid), N(v.snd_context),
	      N(v.snd_assoc_id))
	VALUE(SCTP_SOCKOPT_PEELOFF, sctp_peeloff_arg_t, N(v.associd), N(0), L(v.sd))
	VALUE(SCTP_SOCKOPT_PEELOFF_FLAGS, sctp_peeloff_flags_arg_t, N(v.p_arg.associd), L(v.flags), L(v.p_arg.sd))
	CALL(SCTP_GET_PEER_ADDRS, get_peer_addrs(t, p, n))
	VALUE(SCTP_GET_ASSOC_STATS, struct sctp_assoc_stats, N(v.sas_assoc_id), ADDR(sas_obs_rto_ipaddr),
	      U(v.sas_maxrto), U(v.sas_isacks), U(v.sas_osacks), U(v.sas_opackets), U(v.sas_ipackets),
	      U(v.sas_rtxchunks), U(v.sas_outofseqtsns), U(v.sas_idupchunks), U(v.sas_gapcnt), U(v.sas_ouodchunks),
	      U(v.sas_iuodchunks), U(v.sas_oodchunks), U(v.sas_iodchunks), U(v.sas_octrlchunks), U(v.sas_ictrlchunks))
	VALUE(SCTP_DEFAULT_PRINFO, struct sctp_default_prinfo, N(v.pr_assoc_id), N(v.pr_value), L(v.pr_policy))
	VALUE(SCTP_PR_ASSOC_STATUS, struct sctp_prstatus, N(v.sprstat_assoc_id), N(v.sprstat_sid), L(v.sprstat_policy),
	      U(v.sprstat_abandoned_unsent), U(v.sprstat_abandoned_sent))
	VALUE(SCTP_STREAM_SCHEDULER_VALUE, struct sctp_stream_value, N(v.assoc_id), N(v.stream_id), N(v.stream_value))
	VALUE(SCTP_EVENT, struct sctp_event, N(v.se_assoc_id), L(v.se_type), N(v.se_on != 0))
	VALUE(SCTP_REMOTE_UDP_ENCAPS_PORT, struct udpencaps_newer, N(v.sue_assoc_id), ADDR(sue_address),
	      N(ntohs(v.sue_port)))
	VALUE(SCTP_PLPMTUD_PROBE_INTERVAL, struct probeinterval_newer, N(v.spi_assoc_id), ADDR(spi_address),
	      MS(v.spi_interval))

	LIST(DCCP_SOCKOPT_SERVICE, uint32_t, ALL, 0, N(ntohl(v)))
	BYTES(DCCP_SOCKOPT_AVAILABLE_CCIDS)
	if (strcmp(name, "DCCP_SOCKOPT_TX_CCID") == 0) {
		int ccid = -1;
		if (n >= sizeof(ccid))
			memcpy(&ccid, p, sizeof(ccid));
		if (ccid < 0 || ccid > 255)
			print(t, " error");
		else
			print(t, " %02x", ccid);
		return t->p - out;
	}
	if (strcmp(name, "MPTCP_INFO") == 0) {
		struct mptcp_newer v;
		memset(&v, 0, sizeof(v));
		memcpy(&v, p, n < sizeof(v) ? n : sizeof(v));
		// Older structs end in padding there.
		if (n == offsetof(struct mptcp_newer, bytes_retrans))
			v.retransmits = 0;
		if (n == offsetof(struct mptcp_newer, last_data_recv))
			v.last_data_sent = 0;
		N(v.subflows), N(v.add_addr_signal), N(v.add_addr_accepted), N(v.subflows_max),
			N(v.add_addr_signal_max);
		N(v.add_addr_accepted_max), L(v.flags), N(v.token), U(v.write_seq), U(v.snd_una), U(v.rcv_nxt),
			N(v.local_addr_used);
		N(v.local_addr_max), N(v.csum_enabled != 0), N(v.retransmits), U(v.bytes_retrans), U(v.bytes_sent),
			U(v.bytes_received);
		U(v.bytes_acked), N(v.subflows_total), MS(v.last_data_sent), MS(v.last_data_recv), MS(v.last_ack_recv);
		return t->p - out;
	}
	int addrs = strcmp(name, "MPTCP_SUBFLOW_ADDRS") == 0;
	if (addrs || strcmp(name, "MPTCP_TCPINFO") == 0) {
		struct subflow_data v;
		size_t most = addrs ? 2 * sizeof(struct sockaddr_storage) : (sizeof(struct tcp_info_62) + 7) / 8 * 8;
		memset(&v, 0, sizeof(v));
		memcpy(&v, p, n < sizeof(v) ? n : sizeof(v));
		if (n < sizeof(v) || v.size_user == 0 || v.size_user > most) {
			print(t, " error");
			return t->p - out;
		}
		print(t, " [");
		for (size_t i = 0; i < listed(n, sizeof(v), v.size_user, v.num_subflows); i++) {
			uint8_t one[512];
			memset(one, 0, sizeof(one));
			memcpy(one, p + sizeof(v) + i * v.size_user, v.size_user);
			if (addrs)
				addr(t, one, most / 2), addr(t, one + most / 2, most / 2);
			else
				tcp_info(t, one, most);
		}
		print(t, " ]");
		return t->p - out;
	}

	if (strcmp(name, "NETLINK_LIST_MEMBERSHIPS") == 0) {
		print(t, " [");
		for (size_t i = 0; i < n / 4 * 32; i++) {
			uint32_t mask;
			memcpy(&mask, p + i / 32 * 4, sizeof(mask));
			if (mask & 1u << i % 32)
				L(i + 1);
		}
		print(t, " ]");
		return t->p - out;
	}
	VALUE(PACKET_STATISTICS, struct tpacket_stats_v3, N(v.tp_packets), N(v.tp_drops), N(v.tp_freeze_q_cnt))
	VALUE(PACKET_FANOUT, struct args, N(v.id), L(v.type_flags & 0xff), L(v.type_flags & 0xff00), N(0))
	VALUE(PACKET_ROLLOVER_STATS, struct tpacket_rollover_stats, U(v.tp_all), U(v.tp_huge), U(v.tp_failed))
	VALUE(XDP_MMAP_OFFSETS, struct xdp_mmap_offsets, ring_offset(t, v.rx), ring_offset(t, v.tx),
	      ring_offset(t, v.fr), ring_offset(t, v.cr))
	VALUE(XDP_STATISTICS, struct xdp_statistics, U(v.rx_dropped), U(v.rx_invalid_descs), U(v.tx_invalid_descs),
	      U(v.rx_ring_full), U(v.rx_fill_ring_empty_descs), U(v.tx_ring_empty_descs))
	VALUE(HCI_FILTER, struct hci_filter, N(v.type_mask), N(v.event_mask[0]), N(v.event_mask[1]), N(v.opcode))
	VALUE(L2CAP_OPTIONS, struct l2cap_options, N(v.omtu), N(v.imtu), MS(v.flush_to), N(v.mode), N(v.fcs),
	      N(v.max_tx), N(v.txwin_size))
	VALUE(L2CAP_CONNINFO, struct conninfo, N(v.hci_handle), print_bytes(t, v.dev_class, 3))
	VALUE(SCO_OPTIONS, struct sco_mtu, N(v.mtu))
	VALUE(BT_SECURITY, struct bt_security, N(v.level), N(v.key_size))
	VALUE(BT_VOICE, struct bt_voice, N(v.setting))
	VALUE(BT_SNDMTU, uint16_t, N(v))
	LIST(CAN_RAW_FILTER, struct can_filter, ALL, 0, N(v.can_id), N(v.can_mask))
	VALUE(CAN_RAW_XL_VCID_OPTS, struct vcid, N(v.flags), N(v.tx_vcid), N(v.rx_vcid), N(v.rx_vcid_mask))
	VALUE(CAN_ISOTP_OPTS, struct can_isotp_options, N(v.flags), N(v.frame_txtime), N(v.ext_address),
	      N(v.txpad_content), N(v.rxpad_content), N(v.rx_ext_address))
	VALUE(CAN_ISOTP_RECV_FC, struct can_isotp_fc_options, N(v.bs), N(v.stmin), N(v.wftmax))
	VALUE(CAN_ISOTP_LL_OPTS, struct can_isotp_ll_options, L(v.mtu), L(v.tx_dl), N(v.tx_flags))
	VALUE(TIPC_GROUP_JOIN, struct tipc_group_req, N(v.type), N(v.instance), N((int8_t)v.scope), N(v.flags))
	return -1;
}
