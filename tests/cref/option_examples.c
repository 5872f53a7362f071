// Structs of options, filled as C programs fill them. The plans of tests/options/plans_*_test.go
// have the same values in Go.

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <linux/version.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <asm/socket.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/if_packet.h>
#include <linux/in6.h>
#include <linux/mptcp.h>
#include <linux/mroute.h>
#include <linux/mroute6.h>
#include <linux/net_tstamp.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/tls.h>

#include "families.h"
#include "newer.h"
#include "option.h"

#ifndef IPV6_FLOWLABEL_MGR // hidden by some headers together with <netinet/in.h>
#define IPV6_FLOWLABEL_MGR 32
#endif

#ifndef ICMPV6_FILTER
#define ICMPV6_FILTER ICMP6_FILTER
#endif
#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#ifndef IPV6_JOIN_ANYCAST
#define IPV6_JOIN_ANYCAST 27
#define IPV6_LEAVE_ANYCAST 28
#endif

#ifndef TLS_TX_MAX_PAYLOAD_LEN
#define TLS_TX_MAX_PAYLOAD_LEN 5
#endif

// Since Linux 6.7; headers may be older.
#ifndef TCP_AO_ADD_KEY
#define TCP_AO_ADD_KEY 38
#define TCP_AO_DEL_KEY 39
#define TCP_AO_INFO 40
#define TCP_AO_REPAIR 42
#endif

static struct in_addr ip4(const char *text)
{
	struct in_addr a;
	inet_pton(AF_INET, text, &a);
	return a;
}

static struct in6_addr ip6(const char *text)
{
	struct in6_addr a;
	inet_pton(AF_INET6, text, &a);
	return a;
}

static void inet4(void *storage, const char *text)
{
	struct sockaddr_in *sa = storage;
	sa->sin_family = AF_INET;
	sa->sin_addr = ip4(text);
}

static void inet6(void *storage, const char *text)
{
	struct sockaddr_in6 *sa = storage;
	sa->sin6_family = AF_INET6;
	sa->sin6_addr = ip6(text);
}

#define GROUP "239.1.2.3"
#define SOURCE "10.9.8.1"
#define INTERFACE "127.0.0.1"
#define GROUP6 "ff12::1234"
#define SOURCE6 "fd09::1"
// Indexes of interfaces.
#define LOOPBACK 1
#define VETH0 7

// A program that drops nothing.
static struct sock_filter pass[] = {BPF_STMT(BPF_RET | BPF_K, 0xffffffff)};

#define EXAMPLE_OF(text, name, number, level, type, ...)                                                              \
	if (i == number && strcmp(option, text) == 0) {                                                               \
		type v;                                                                                               \
		memset(&v, 0, sizeof(v));                                                                             \
		__VA_ARGS__;                                                                                          \
		return option_set_memory(fd, level, name, &v, sizeof(v));                                             \
	}
#define EXAMPLE(name, ...) EXAMPLE_OF(#name, name, __VA_ARGS__)

// The same struct under two or more names.
#define TIMESTAMPING(name)                                                                                            \
	EXAMPLE_OF(#name, name, 0, SOL_SOCKET, struct so_timestamping, v.flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE)
#define PROGRAM(name)                                                                                                 \
	EXAMPLE_OF(#name, name, 0, SOL_SOCKET, struct sock_fprog, v.len = 1, v.filter = pass)
#define MREQ(name)                                                                                                    \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IP, struct ip_mreqn, v.imr_multiaddr = ip4(GROUP), v.imr_ifindex = LOOPBACK)          \
	EXAMPLE_OF(#name, name, 1, IPPROTO_IP, struct ip_mreqn, v.imr_multiaddr = ip4(GROUP), v.imr_address = ip4(INTERFACE))
#define MREQ_SOURCE(name)                                                                                             \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IP, struct ip_mreq_source, v.imr_multiaddr = ip4(GROUP), v.imr_interface = ip4(INTERFACE), \
		v.imr_sourceaddr = ip4(SOURCE))
#define MREQ6(name, group, index)                                                                                            \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IPV6, struct ipv6_mreq, v.ipv6mr_multiaddr = ip6(group), v.ipv6mr_interface = index)
#define GROUP_REQ(name)                                                                                               \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IP, struct group_req, v.gr_interface = LOOPBACK, inet4(&v.gr_group, GROUP))            \
	EXAMPLE_OF(#name, name, 1, IPPROTO_IPV6, struct group_req, v.gr_interface = LOOPBACK, inet6(&v.gr_group, GROUP6))
#define GROUP_SOURCE_REQ(name)                                                                                        \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IP, struct group_source_req, v.gsr_interface = LOOPBACK, inet4(&v.gsr_group, GROUP),   \
		inet4(&v.gsr_source, SOURCE))                                                                         \
	EXAMPLE_OF(#name, name, 1, IPPROTO_IPV6, struct group_source_req, v.gsr_interface = LOOPBACK, inet6(&v.gsr_group, GROUP6), \
		inet6(&v.gsr_source, SOURCE6))
#define VIF(name)                                                                                                     \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IP, struct vifctl, v.vifc_vifi = 3, v.vifc_flags = VIFF_USE_IFINDEX,                    \
		v.vifc_threshold = 1, v.vifc_lcl_ifindex = LOOPBACK)
#define MFC(name)                                                                                                     \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IP, struct mfcctl, v.mfcc_origin = ip4(SOURCE), v.mfcc_mcastgrp = ip4(GROUP),            \
		v.mfcc_parent = 0, memset(v.mfcc_ttls, 0, sizeof(v.mfcc_ttls)), v.mfcc_ttls[0] = 1, v.mfcc_ttls[1] = 255)
#define MFC_PROXY(name)                                                                                               \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IP, struct mfcctl, v.mfcc_ttls[0] = 1)
#define MFC6(name)                                                                                                    \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IPV6, struct mf6cctl, inet6(&v.mf6cc_origin, SOURCE6), inet6(&v.mf6cc_mcastgrp, "ff15::1234"), \
		v.mf6cc_parent = 0, IF_SET(1, &v.mf6cc_ifset), IF_SET(33, &v.mf6cc_ifset))
#define MFC6_PROXY(name)                                                                                              \
	EXAMPLE_OF(#name, name, 0, IPPROTO_IPV6, struct mf6cctl, inet6(&v.mf6cc_origin, "::"), inet6(&v.mf6cc_mcastgrp, "::"),      \
		IF_SET(0, &v.mf6cc_ifset))
#define PACKET_MREQ(name)                                                                                             \
	EXAMPLE_OF(#name, name, 0, SOL_PACKET, struct packet_mreq, v.mr_ifindex = LOOPBACK, v.mr_type = PACKET_MR_PROMISC)         \
	EXAMPLE_OF(#name, name, 1, SOL_PACKET, struct packet_mreq, v.mr_ifindex = LOOPBACK, v.mr_type = PACKET_MR_MULTICAST,       \
		v.mr_alen = 6, memcpy(v.mr_address, "\1\0\136\1\2\3", 6))
#define RING(name)                                                                                                    \
	EXAMPLE_OF(#name, name, 0, SOL_PACKET, struct tpacket_req3, v.tp_block_size = 1 << 16, v.tp_block_nr = 2,                  \
		v.tp_frame_size = 2048, v.tp_frame_nr = 64)
#define TLS(name)                                                                                                     \
	EXAMPLE_OF(#name, name, 0, SOL_TLS, struct tls12_crypto_info_aes_gcm_128, v.info.version = TLS_1_2_VERSION,               \
		v.info.cipher_type = TLS_CIPHER_AES_GCM_128, memset(v.iv, 1, sizeof(v.iv)), memset(v.key, 2, sizeof(v.key)), \
		memset(v.salt, 3, sizeof(v.salt)), memset(v.rec_seq, 4, sizeof(v.rec_seq)))

// SCTP's. Every field differs from the others, so that a swapped field shows.
#define ASSOC 5
#define ASSOC_VALUE(name)                                                                                             \
	EXAMPLE_OF(#name, name, 0, IPPROTO_SCTP, struct sctp_assoc_value, v.assoc_id = ASSOC, v.assoc_value = 0x01020304)
#define SACK_INFO(name)                                                                                               \
	EXAMPLE_OF(#name, name, 0, IPPROTO_SCTP, struct sctp_sack_info, v.sack_assoc_id = ASSOC, v.sack_delay = 250, v.sack_freq = 3)
#define AUTH_KEY_ID(name)                                                                                             \
	EXAMPLE_OF(#name, name, 0, IPPROTO_SCTP, struct sctp_authkeyid, v.scact_assoc_id = ASSOC, v.scact_keynumber = 258)
#define ADDRESSES(name)                                                                                               \
	EXAMPLE_OF(#name, name, 0, IPPROTO_SCTP, struct { struct sockaddr_in a[2]; }, inet4(&v.a[0], SOURCE), inet4(&v.a[1], INTERFACE))

int option_set_struct(int fd, const char *option, int i)
{
	TIMESTAMPING(SO_TIMESTAMPING)
	TIMESTAMPING(SO_TIMESTAMPING_OLD)
	TIMESTAMPING(SO_TIMESTAMPING_NEW)
	EXAMPLE(SO_TXTIME, 0, SOL_SOCKET, struct sock_txtime, v.clockid = CLOCK_MONOTONIC, v.flags = SOF_TXTIME_REPORT_ERRORS)
	PROGRAM(SO_ATTACH_FILTER)
	PROGRAM(SO_ATTACH_REUSEPORT_CBPF)

	EXAMPLE(ICMP_FILTER, 0, SOL_RAW, struct icmp_filter, v.data = 1 << ICMP_ECHO | 1u << ICMP_TIMESTAMP)
	EXAMPLE(ICMP6_FILTER, 0, IPPROTO_ICMPV6, struct icmp6_filter, ICMP6_FILTER_SETBLOCKALL(&v);
		ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &v))
	EXAMPLE(ICMP6_FILTER, 1, IPPROTO_ICMPV6, struct icmp6_filter, ICMP6_FILTER_SETPASSALL(&v))
	EXAMPLE(ICMPV6_FILTER, 0, IPPROTO_ICMPV6, struct icmp6_filter, ICMP6_FILTER_SETBLOCKALL(&v);
		ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &v))
	EXAMPLE(ICMPV6_FILTER, 1, IPPROTO_ICMPV6, struct icmp6_filter, ICMP6_FILTER_SETPASSALL(&v))

	MREQ(IP_ADD_MEMBERSHIP)
	MREQ(IP_DROP_MEMBERSHIP)
	MREQ_SOURCE(IP_BLOCK_SOURCE)
	MREQ_SOURCE(IP_UNBLOCK_SOURCE)
	MREQ_SOURCE(IP_ADD_SOURCE_MEMBERSHIP)
	MREQ_SOURCE(IP_DROP_SOURCE_MEMBERSHIP)
	EXAMPLE(IP_MSFILTER, 0, IPPROTO_IP, struct ip_msfilter, v.imsf_multiaddr = ip4(GROUP), v.imsf_interface = ip4(INTERFACE),
		v.imsf_fmode = MCAST_INCLUDE, v.imsf_numsrc = 1, v.imsf_slist[0] = ip4(SOURCE))
	GROUP_REQ(MCAST_JOIN_GROUP)
	GROUP_REQ(MCAST_LEAVE_GROUP)
	GROUP_SOURCE_REQ(MCAST_JOIN_SOURCE_GROUP)
	GROUP_SOURCE_REQ(MCAST_LEAVE_SOURCE_GROUP)
	GROUP_SOURCE_REQ(MCAST_BLOCK_SOURCE)
	GROUP_SOURCE_REQ(MCAST_UNBLOCK_SOURCE)
	EXAMPLE(MCAST_MSFILTER, 0, IPPROTO_IP, struct group_filter, v.gf_interface = LOOPBACK, inet4(&v.gf_group, GROUP),
		v.gf_fmode = MCAST_INCLUDE, v.gf_numsrc = 1, inet4(&v.gf_slist[0], SOURCE))
	EXAMPLE(MCAST_MSFILTER, 1, IPPROTO_IPV6, struct group_filter, v.gf_interface = LOOPBACK, inet6(&v.gf_group, GROUP6),
		v.gf_fmode = MCAST_EXCLUDE, v.gf_numsrc = 1, inet6(&v.gf_slist[0], SOURCE6))
	MREQ6(IPV6_JOIN_GROUP, GROUP6, LOOPBACK)
	MREQ6(IPV6_LEAVE_GROUP, GROUP6, LOOPBACK)
	MREQ6(IPV6_ADD_MEMBERSHIP, GROUP6, LOOPBACK)
	MREQ6(IPV6_DROP_MEMBERSHIP, GROUP6, LOOPBACK)
	MREQ6(IPV6_JOIN_ANYCAST, "fd09::99", VETH0)
	MREQ6(IPV6_LEAVE_ANYCAST, "fd09::99", VETH0)
	EXAMPLE(IPV6_PKTINFO, 0, IPPROTO_IPV6, struct in6_pktinfo, v.ipi6_addr = ip6("::1"), v.ipi6_ifindex = LOOPBACK)
	EXAMPLE(IPV6_FLOWLABEL_MGR, 0, IPPROTO_IPV6, struct in6_flowlabel_req, v.flr_dst = ip6("fd09::1"), v.flr_label = htonl(0x12345),
		v.flr_action = IPV6_FL_A_GET, v.flr_share = IPV6_FL_S_ANY, v.flr_flags = IPV6_FL_F_CREATE, v.flr_expires = 10,
		v.flr_linger = 6)

	VIF(MRT_ADD_VIF)
	VIF(MRT_DEL_VIF)
	MFC(MRT_ADD_MFC)
	MFC(MRT_DEL_MFC)
	MFC_PROXY(MRT_ADD_MFC_PROXY)
	MFC_PROXY(MRT_DEL_MFC_PROXY)
	EXAMPLE(MRT6_ADD_MIF, 0, IPPROTO_IPV6, struct mif6ctl, v.mif6c_mifi = 3, v.vifc_threshold = 1, v.mif6c_pifi = LOOPBACK)
	EXAMPLE(MRT6_DEL_MIF, 0, IPPROTO_IPV6, mifi_t, v = 3)
	MFC6(MRT6_ADD_MFC)
	MFC6(MRT6_DEL_MFC)
	MFC6_PROXY(MRT6_ADD_MFC_PROXY)
	MFC6_PROXY(MRT6_DEL_MFC_PROXY)

	EXAMPLE(TCP_MD5SIG, 0, IPPROTO_TCP, struct tcp_md5sig, inet4(&v.tcpm_addr, "10.9.8.1"), v.tcpm_keylen = 6,
		memcpy(v.tcpm_key, "secret", 6))
	EXAMPLE(TCP_MD5SIG_EXT, 0, IPPROTO_TCP, struct tcp_md5sig, inet4(&v.tcpm_addr, "10.9.8.0"),
		v.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX, v.tcpm_prefixlen = 24, v.tcpm_keylen = 6, memcpy(v.tcpm_key, "secret", 6))
	EXAMPLE(TCP_REPAIR_OPTIONS, 0, IPPROTO_TCP, struct { struct tcp_repair_opt o[2]; }, v.o[0].opt_code = 2, v.o[0].opt_val = 1400,
		v.o[1].opt_code = 3, v.o[1].opt_val = 7 << 16 | 8)
	EXAMPLE(TCP_REPAIR_WINDOW, 0, IPPROTO_TCP, struct tcp_repair_window, v.snd_wl1 = 1, v.snd_wnd = 1000, v.max_window = 2000,
		v.rcv_wnd = 500, v.rcv_wup = 400)
	EXAMPLE(TCP_AO_ADD_KEY, 0, IPPROTO_TCP, struct tcp_ao_add, inet4(&v.addr, "10.9.8.0"), strcpy(v.alg_name, "hmac(sha1)"),
		v.set_current = 1, v.set_rnext = 1, v.prefix = 24, v.sndid = 7, v.rcvid = 9, v.maclen = 12, v.keylen = 6,
		memcpy(v.key, "secret", 6))
	EXAMPLE(TCP_AO_DEL_KEY, 0, IPPROTO_TCP, struct tcp_ao_del, inet4(&v.addr, "10.9.8.0"), v.prefix = 24, v.sndid = 7, v.rcvid = 9)
	EXAMPLE(TCP_AO_INFO, 0, IPPROTO_TCP, struct tcp_ao_info_opt, v.set_current = 1, v.ao_required = 1, v.set_counters = 1,
		v.accept_icmps = 1, v.current_key = 7, v.pkt_good = 1, v.pkt_bad = 2, v.pkt_key_not_found = 3, v.pkt_ao_required = 4,
		v.pkt_dropped_icmp = 5)
	EXAMPLE(TCP_AO_REPAIR, 0, IPPROTO_TCP, struct tcp_ao_repair, v.snt_isn = htonl(1), v.rcv_isn = htonl(2), v.snd_sne = 3, v.rcv_sne = 4)

	PACKET_MREQ(PACKET_ADD_MEMBERSHIP)
	PACKET_MREQ(PACKET_DROP_MEMBERSHIP)
	RING(PACKET_RX_RING)
	RING(PACKET_TX_RING)
	EXAMPLE(PACKET_FANOUT_DATA, 0, SOL_PACKET, struct sock_fprog, v.len = 1, v.filter = pass)
	EXAMPLE(PACKET_FANOUT, 0, SOL_PACKET, int, v = (int)(42U | (unsigned)(PACKET_FANOUT_LB | PACKET_FANOUT_FLAG_DEFRAG) << 16))

	TLS(TLS_TX)
	TLS(TLS_RX)
	EXAMPLE(TLS_TX_MAX_PAYLOAD_LEN, 0, SOL_TLS, uint16_t, v = 1024)

	EXAMPLE(SCTP_RTOINFO, 0, IPPROTO_SCTP, struct sctp_rtoinfo, v.srto_assoc_id = ASSOC, v.srto_initial = 3000, v.srto_max = 60000,
		v.srto_min = 1000)
	EXAMPLE(SCTP_ASSOCINFO, 0, IPPROTO_SCTP, struct sctp_assocparams, v.sasoc_assoc_id = ASSOC, v.sasoc_asocmaxrxt = 258,
		v.sasoc_number_peer_destinations = 2, v.sasoc_peer_rwnd = 3, v.sasoc_local_rwnd = 4, v.sasoc_cookie_life = 60000)
	EXAMPLE(SCTP_INITMSG, 0, IPPROTO_SCTP, struct sctp_initmsg, v.sinit_num_ostreams = 1, v.sinit_max_instreams = 2,
		v.sinit_max_attempts = 3, v.sinit_max_init_timeo = 4000)
	EXAMPLE(SCTP_SET_PEER_PRIMARY_ADDR, 0, IPPROTO_SCTP, struct sctp_setpeerprim, v.sspp_assoc_id = ASSOC, inet4(&v.sspp_addr, SOURCE))
	EXAMPLE(SCTP_PRIMARY_ADDR, 0, IPPROTO_SCTP, struct sctp_prim, v.ssp_assoc_id = ASSOC, inet4(&v.ssp_addr, SOURCE))
	EXAMPLE(SCTP_ADAPTATION_LAYER, 0, IPPROTO_SCTP, struct sctp_setadaptation, v.ssb_adaptation_ind = 0x01020304)
	EXAMPLE(SCTP_PEER_ADDR_PARAMS, 0, IPPROTO_SCTP, struct sctp_paddrparams, v.spp_assoc_id = ASSOC, inet4(&v.spp_address, SOURCE),
		v.spp_hbinterval = 30000, v.spp_pathmaxrxt = 258, v.spp_pathmtu = 1400, v.spp_sackdelay = 200,
		v.spp_flags = SPP_HB_ENABLE | SPP_PMTUD_DISABLE | SPP_DSCP, v.spp_ipv6_flowlabel = 0x12345, v.spp_dscp = 0xb8)
	EXAMPLE(SCTP_DEFAULT_SEND_PARAM, 0, IPPROTO_SCTP, struct sctp_sndrcvinfo, v.sinfo_stream = 1, v.sinfo_ssn = 2, v.sinfo_flags = 3,
		v.sinfo_ppid = 4, v.sinfo_context = 5, v.sinfo_timetolive = 6000, v.sinfo_tsn = 7, v.sinfo_cumtsn = 8, v.sinfo_assoc_id = 9)
	EXAMPLE(SCTP_EVENTS, 0, IPPROTO_SCTP, struct sctp_event_subscribe, v.sctp_data_io_event = 1, v.sctp_address_event = 1,
		v.sctp_shutdown_event = 1, v.sctp_sender_dry_event = 1)
	ASSOC_VALUE(SCTP_MAXSEG)
	SACK_INFO(SCTP_DELAYED_ACK_TIME)
	SACK_INFO(SCTP_DELAYED_ACK)
	SACK_INFO(SCTP_DELAYED_SACK)
	ASSOC_VALUE(SCTP_CONTEXT)
	ASSOC_VALUE(SCTP_MAX_BURST)
	EXAMPLE(SCTP_AUTH_CHUNK, 0, IPPROTO_SCTP, struct sctp_authchunk, v.sauth_chunk = 0xc1)
	EXAMPLE(SCTP_HMAC_IDENT, 0, IPPROTO_SCTP, struct { uint32_t n; uint16_t ids[2]; }, v.n = 2, v.ids[0] = SCTP_AUTH_HMAC_ID_SHA256,
		v.ids[1] = SCTP_AUTH_HMAC_ID_SHA1)
	EXAMPLE(SCTP_AUTH_KEY, 0, IPPROTO_SCTP, struct { sctp_assoc_t assoc; uint16_t number; uint16_t length; char key[8]; }, v.assoc = ASSOC,
		v.number = 258, v.length = 8, memcpy(v.key, "password", 8))
	AUTH_KEY_ID(SCTP_AUTH_ACTIVE_KEY)
	AUTH_KEY_ID(SCTP_AUTH_DELETE_KEY)
	AUTH_KEY_ID(SCTP_AUTH_DEACTIVATE_KEY)
	EXAMPLE(SCTP_PEER_ADDR_THLDS, 0, IPPROTO_SCTP, struct sctp_paddrthlds, v.spt_assoc_id = ASSOC, inet4(&v.spt_address, SOURCE),
		v.spt_pathmaxrxt = 5, v.spt_pathpfthld = 3)
	EXAMPLE(SCTP_PEER_ADDR_THLDS_V2, 0, IPPROTO_SCTP, struct sctp_paddrthlds_v2, v.spt_assoc_id = ASSOC, inet4(&v.spt_address, SOURCE),
		v.spt_pathmaxrxt = 5, v.spt_pathpfthld = 3, v.spt_pathcpthld = 4)
	EXAMPLE(SCTP_DEFAULT_SNDINFO, 0, IPPROTO_SCTP, struct sctp_sndinfo, v.snd_sid = 1, v.snd_flags = 2, v.snd_ppid = 3, v.snd_context = 4,
		v.snd_assoc_id = ASSOC)
	ADDRESSES(SCTP_SOCKOPT_BINDX_ADD)
	ADDRESSES(SCTP_SOCKOPT_BINDX_REM)
	ADDRESSES(SCTP_SOCKOPT_CONNECTX)
	ASSOC_VALUE(SCTP_PR_SUPPORTED)
	EXAMPLE(SCTP_DEFAULT_PRINFO, 0, IPPROTO_SCTP, struct sctp_default_prinfo, v.pr_assoc_id = ASSOC, v.pr_value = 3000,
		v.pr_policy = SCTP_PR_SCTP_TTL)
	ASSOC_VALUE(SCTP_RECONFIG_SUPPORTED)
	ASSOC_VALUE(SCTP_ENABLE_STREAM_RESET)
	EXAMPLE(SCTP_RESET_STREAMS, 0, IPPROTO_SCTP, struct { sctp_assoc_t assoc; uint16_t flags; uint16_t n; uint16_t streams[2]; }, v.assoc = ASSOC,
		v.flags = SCTP_STREAM_RESET_OUTGOING, v.n = 2, v.streams[0] = 258, v.streams[1] = 7)
	EXAMPLE(SCTP_ADD_STREAMS, 0, IPPROTO_SCTP, struct sctp_add_streams, v.sas_assoc_id = ASSOC, v.sas_instrms = 1, v.sas_outstrms = 2)
	ASSOC_VALUE(SCTP_STREAM_SCHEDULER)
	EXAMPLE(SCTP_STREAM_SCHEDULER_VALUE, 0, IPPROTO_SCTP, struct sctp_stream_value, v.assoc_id = ASSOC, v.stream_id = 1, v.stream_value = 2)
	ASSOC_VALUE(SCTP_INTERLEAVING_SUPPORTED)
	EXAMPLE(SCTP_EVENT, 0, IPPROTO_SCTP, struct sctp_event, v.se_assoc_id = ASSOC, v.se_type = SCTP_SHUTDOWN_EVENT, v.se_on = 1)
	ASSOC_VALUE(SCTP_ASCONF_SUPPORTED)
	ASSOC_VALUE(SCTP_AUTH_SUPPORTED)
	ASSOC_VALUE(SCTP_ECN_SUPPORTED)
	ASSOC_VALUE(SCTP_EXPOSE_POTENTIALLY_FAILED_STATE)
	ASSOC_VALUE(SCTP_EXPOSE_PF_STATE)
	EXAMPLE(SCTP_REMOTE_UDP_ENCAPS_PORT, 0, IPPROTO_SCTP, struct sctp_udpencaps, v.sue_assoc_id = ASSOC, inet4(&v.sue_address, SOURCE),
		v.sue_port = htons(9899))
	EXAMPLE(SCTP_PLPMTUD_PROBE_INTERVAL, 0, IPPROTO_SCTP, struct sctp_probeinterval, v.spi_assoc_id = ASSOC,
		inet4(&v.spi_address, SOURCE), v.spi_interval = 5000)
	EXAMPLE(CAN_RAW_FILTER, 0, SOL_CAN_RAW, struct can_filter, v.can_id = 0x123, v.can_mask = CAN_SFF_MASK)
	EXAMPLE(CAN_RAW_FILTER, 1, SOL_CAN_RAW, struct { struct can_filter f[2]; }, v.f[0].can_id = 0x12345678 | CAN_EFF_FLAG,
		v.f[0].can_mask = CAN_EFF_MASK, v.f[1].can_id = 0x7ff | CAN_INV_FILTER, v.f[1].can_mask = 0x700)
	EXAMPLE(CAN_RAW_XL_VCID_OPTS, 0, SOL_CAN_RAW, struct { uint8_t v[4]; }, memcpy(v.v, "\1\5\6\7", 4))
	EXAMPLE(CAN_ISOTP_OPTS, 0, SOL_CAN_ISOTP, struct can_isotp_options, v.flags = CAN_ISOTP_TX_PADDING | CAN_ISOTP_EXTEND_ADDR | CAN_ISOTP_RX_EXT_ADDR,
		v.frame_txtime = 1000, v.ext_address = 1, v.txpad_content = 2, v.rxpad_content = 3, v.rx_ext_address = 4)
	EXAMPLE(CAN_ISOTP_RECV_FC, 0, SOL_CAN_ISOTP, struct can_isotp_fc_options, v.bs = 1, v.stmin = 2, v.wftmax = 3)
	EXAMPLE(CAN_ISOTP_LL_OPTS, 0, SOL_CAN_ISOTP, struct can_isotp_ll_options, v.mtu = CANFD_MTU, v.tx_dl = 16, v.tx_flags = CANFD_BRS)
	EXAMPLE(SO_J1939_FILTER, 0, SOL_CAN_J1939, struct j1939_filter, v.name = 0x0102030405060708, v.name_mask = 0x1112131415161718,
		v.pgn = 0x20200, v.pgn_mask = 0x3ff00, v.addr = 0x21, v.addr_mask = 0xfe)
	EXAMPLE(TIPC_GROUP_JOIN, 0, SOL_TIPC, struct tipc_group_req, v.type = 4711, v.instance = 17, v.scope = TIPC_NODE_SCOPE,
		v.flags = TIPC_GROUP_LOOPBACK)
	EXAMPLE(SO_RDS_MSG_RXPATH_LATENCY, 0, SOL_RDS, struct rds_rx_trace_so, v.rx_traces = 2,
		v.rx_trace_pos[0] = RDS_MSG_RX_DGRAM_DELIVERED, v.rx_trace_pos[1] = RDS_MSG_RX_DGRAM_REASSEMBLE)
	EXAMPLE(RXRPC_UPGRADEABLE_SERVICE, 0, SOL_RXRPC, struct { uint16_t v[2]; }, v.v[0] = 258, v.v[1] = 772)
	EXAMPLE(BT_SECURITY, 0, SOL_BLUETOOTH, struct bt_security, v.level = BT_SECURITY_MEDIUM)
	EXAMPLE(BT_VOICE, 0, SOL_BLUETOOTH, struct bt_voice, v.setting = BT_VOICE_TRANSPARENT)
	EXAMPLE(BT_RCVMTU, 0, SOL_BLUETOOTH, struct { uint16_t mtu; }, v.mtu = 517)
	EXAMPLE(L2CAP_OPTIONS, 0, SOL_L2CAP, struct l2cap_options, v.omtu = 900, v.imtu = 1000, v.flush_to = 0xffff, v.fcs = 1, v.max_tx = 5, v.txwin_size = 20)
	EXAMPLE(HCI_FILTER, 0, SOL_HCI, struct hci_filter, v.type_mask = 1 << 4, v.event_mask[0] = 1 << 5, v.event_mask[1] = 1 << 30,
		v.opcode = 0x1009)
	EXAMPLE(ALG_SET_AEAD_AUTHSIZE, 0, SOL_ALG, struct { char zero[16]; }, v.zero[0] = 0) // the length is the value
	// Options without a value.
	static const struct {
		const char *name;
		int level, number;
	} empty[] = {
		{"RXRPC_EXCLUSIVE_CONNECTION", SOL_RXRPC, RXRPC_EXCLUSIVE_CONNECTION},
		{"TIPC_MCAST_BROADCAST", SOL_TIPC, TIPC_MCAST_BROADCAST},
		{"TIPC_MCAST_REPLICAST", SOL_TIPC, TIPC_MCAST_REPLICAST},
		{"TIPC_GROUP_LEAVE", SOL_TIPC, TIPC_GROUP_LEAVE},
	};
	for (unsigned n = 0; n < sizeof(empty) / sizeof(empty[0]); n++)
		if (i == 0 && strcmp(option, empty[n].name) == 0)
			return option_set_memory(fd, empty[n].level, empty[n].number, NULL, 0);
	return -EDOM;
}

// The sizes that getsockopt() fills, for options that must be offered exactly that.
int option_struct_size(const char *option)
{
#define SIZE(name, type)                                                                                              \
	if (strcmp(option, #name) == 0)                                                                               \
		return sizeof(type);
	SIZE(SO_TIMESTAMPING, struct so_timestamping)
	SIZE(SO_TXTIME, struct sock_txtime)
	SIZE(SO_PEERCRED, struct ucred)
	SIZE(SO_PEERNAME, struct sockaddr_in)
	SIZE(TCP_REPAIR_WINDOW, struct tcp_repair_window)
	SIZE(IPV6_FLOWLABEL_MGR, struct in6_flowlabel_req)
	SIZE(XDP_MMAP_OFFSETS, struct xdp_mmap_offsets)
	SIZE(XDP_STATISTICS, struct xdp_statistics)
	return 0;
}

// Some getsockopt() first read a request.
void option_request(const char *option, void *p)
{
#define REQUEST(name, type, ...)                                                                                      \
	if (strcmp(option, #name) == 0) {                                                                             \
		type *v = p;                                                                                          \
		__VA_ARGS__;                                                                                          \
	}
	REQUEST(MPTCP_TCPINFO, struct mptcp_subflow_data, v->size_subflow_data = sizeof(*v), v->size_user = sizeof(struct tcp_info))
	REQUEST(MPTCP_SUBFLOW_ADDRS, struct mptcp_subflow_data, v->size_subflow_data = sizeof(*v),
		v->size_user = sizeof(struct mptcp_subflow_addrs))
}
