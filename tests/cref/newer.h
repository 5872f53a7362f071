// Structs that headers may be too old for, as newer ones have them.

#ifndef CREF_NEWER_H
#define CREF_NEWER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <linux/mptcp.h>
#include <linux/tcp.h>

// As in the header of Linux 6.7 and later.
#ifndef TCP_AO_ADD_KEY
#define TCP_AO_KEYF_IFINDEX 1
#define TCP_AO_KEYF_EXCLUDE_OPT 2
#define ALIGNED __attribute__((aligned(8)))
struct tcp_ao_add {
	struct sockaddr_storage addr;
	char alg_name[64];
	int32_t ifindex;
	uint32_t set_current : 1, set_rnext : 1, reserved : 30;
	uint16_t reserved2;
	uint8_t prefix, sndid, rcvid, maclen, keyflags, keylen;
	uint8_t key[80];
} ALIGNED;
struct tcp_ao_del {
	struct sockaddr_storage addr;
	int32_t ifindex;
	uint32_t set_current : 1, set_rnext : 1, del_async : 1, reserved : 29;
	uint16_t reserved2;
	uint8_t prefix, sndid, rcvid, current_key, rnext, keyflags;
} ALIGNED;
struct tcp_ao_info_opt {
	uint32_t set_current : 1, set_rnext : 1, ao_required : 1, set_counters : 1, accept_icmps : 1, reserved : 27;
	uint16_t reserved2;
	uint8_t current_key, rnext;
	uint64_t pkt_good, pkt_bad, pkt_key_not_found, pkt_ao_required, pkt_dropped_icmp;
} ALIGNED;
struct tcp_ao_getsockopt {
	struct sockaddr_storage addr;
	char alg_name[64];
	uint8_t key[80];
	uint32_t nkeys;
	uint16_t is_current : 1, is_rnext : 1, get_all : 1, reserved : 13;
	uint8_t sndid, rcvid, prefix, maclen, keyflags, keylen;
	int32_t ifindex;
	uint64_t pkt_good, pkt_bad;
} ALIGNED;
struct tcp_ao_repair {
	uint32_t snt_isn, rcv_isn, snd_sne, rcv_sne;
} ALIGNED;
#endif

// The fields of struct tcp_info that were added since Linux 6.2.
struct tcp_info_62 {
	char before[offsetof(struct tcp_info, tcpi_snd_wnd) + sizeof(uint32_t)];
	uint32_t tcpi_rcv_wnd, tcpi_rehash;
	uint16_t tcpi_total_rto, tcpi_total_rto_recoveries;
	uint32_t tcpi_total_rto_time, tcpi_received_ce;
	uint32_t tcpi_delivered_e1_bytes, tcpi_delivered_e0_bytes, tcpi_delivered_ce_bytes;
	uint32_t tcpi_received_e1_bytes, tcpi_received_e0_bytes, tcpi_received_ce_bytes;
	uint32_t tcpi_accecn; // of several bit fields, which differ by kernel
};

// The fields of struct mptcp_info that were added since Linux 6.5.
struct mptcp_info_65 {
	char before[offsetof(struct mptcp_info, mptcpi_local_addr_used) + 4];
	uint32_t mptcpi_retransmits;
	uint64_t mptcpi_bytes_retrans, mptcpi_bytes_sent, mptcpi_bytes_received, mptcpi_bytes_acked;
	uint8_t mptcpi_subflows_total, reserved[3];
	uint32_t mptcpi_last_data_sent, mptcpi_last_data_recv, mptcpi_last_ack_recv;
};

#endif
