// The structs of Linux that the headers lack or are too old for, and csock's names of those that
// have a stand-in elsewhere. Only cgo_helpers.h includes it, after the platform's headers.

#ifndef CSOCK_CGO_STRUCTS_LINUX_H
#define CSOCK_CGO_STRUCTS_LINUX_H

// Structs that grow with the kernel, at their end, as the newest kernel has them. The preprocessor
// cannot ask for a member of a struct, so the headers' version decides. Headers with backports
// compile too, because the names here are csock's own.
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define csock_tcp_info tcp_info
#else
struct csock_tcp_info {
	__u8 tcpi_state, tcpi_ca_state, tcpi_retransmits, tcpi_probes, tcpi_backoff, tcpi_options;
	__u8 tcpi_snd_wscale : 4, tcpi_rcv_wscale : 4;
	__u8 tcpi_delivery_rate_app_limited : 1, tcpi_fastopen_client_fail : 2;
	__u32 tcpi_rto, tcpi_ato, tcpi_snd_mss, tcpi_rcv_mss;
	__u32 tcpi_unacked, tcpi_sacked, tcpi_lost, tcpi_retrans, tcpi_fackets;
	__u32 tcpi_last_data_sent, tcpi_last_ack_sent, tcpi_last_data_recv, tcpi_last_ack_recv;
	__u32 tcpi_pmtu, tcpi_rcv_ssthresh, tcpi_rtt, tcpi_rttvar, tcpi_snd_ssthresh, tcpi_snd_cwnd, tcpi_advmss,
		tcpi_reordering;
	__u32 tcpi_rcv_rtt, tcpi_rcv_space, tcpi_total_retrans;
	__u64 tcpi_pacing_rate, tcpi_max_pacing_rate;                 // since Linux 3.15
	__u64 tcpi_bytes_acked, tcpi_bytes_received;                  // since Linux 4.1
	__u32 tcpi_segs_out, tcpi_segs_in;                            // since Linux 4.2
	__u32 tcpi_notsent_bytes, tcpi_min_rtt;                       // since Linux 4.6
	__u32 tcpi_data_segs_in, tcpi_data_segs_out;                  // since Linux 4.6
	__u64 tcpi_delivery_rate;                                     // since Linux 4.9
	__u64 tcpi_busy_time, tcpi_rwnd_limited, tcpi_sndbuf_limited; // since Linux 4.10
	__u32 tcpi_delivered, tcpi_delivered_ce;                      // since Linux 4.18
	__u64 tcpi_bytes_sent, tcpi_bytes_retrans;                    // since Linux 4.19
	__u32 tcpi_dsack_dups, tcpi_reord_seen;                       // since Linux 4.19
	__u32 tcpi_rcv_ooopack, tcpi_snd_wnd;                         // since Linux 5.4
	__u32 tcpi_rcv_wnd, tcpi_rehash;                              // since Linux 6.2
	__u16 tcpi_total_rto, tcpi_total_rto_recoveries;              // since Linux 6.7
	__u32 tcpi_total_rto_time;                                    // since Linux 6.7
	__u32 tcpi_received_ce;                                       // since Linux 6.18
	__u32 tcpi_delivered_e1_bytes, tcpi_delivered_e0_bytes, tcpi_delivered_ce_bytes;
	__u32 tcpi_received_e1_bytes, tcpi_received_e0_bytes, tcpi_received_ce_bytes;
	__u32 tcpi_ecn_mode : 2, tcpi_accecn_opt_seen : 2, tcpi_accecn_fail_mode : 4,
		tcpi_options2 : 24; // since Linux 7.0
};
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define csock_mptcp_info mptcp_info
#else
struct csock_mptcp_info {
	__u8 mptcpi_subflows, mptcpi_add_addr_signal, mptcpi_add_addr_accepted;
	__u8 mptcpi_subflows_max, mptcpi_add_addr_signal_max, mptcpi_add_addr_accepted_max;
	__u32 mptcpi_flags, mptcpi_token;
	__u64 mptcpi_write_seq, mptcpi_snd_una, mptcpi_rcv_nxt;
	__u8 mptcpi_local_addr_used, mptcpi_local_addr_max, mptcpi_csum_enabled; // since Linux 5.14
	__u32 mptcpi_retransmits;                                                // since Linux 6.5
	__u64 mptcpi_bytes_retrans, mptcpi_bytes_sent, mptcpi_bytes_received, mptcpi_bytes_acked;
	__u8 mptcpi_subflows_total; // since Linux 6.7
	__u8 reserved[3];
	__u32 mptcpi_last_data_sent, mptcpi_last_data_recv, mptcpi_last_ack_recv; // since Linux 6.10
};
#endif
#ifdef CSOCK_HAS_MPTCP_SUBFLOWS
#define csock_mptcp_subflow_data mptcp_subflow_data
#define csock_mptcp_subflow_addrs mptcp_subflow_addrs
#else
struct csock_mptcp_subflow_data {
	__u32 size_subflow_data, num_subflows, size_kernel, size_user;
} __attribute__((aligned(8)));
struct csock_mptcp_subflow_addrs {
	union {
		__kernel_sa_family_t sa_family;
		struct sockaddr sa_local;
		struct sockaddr_in sin_local;
		struct sockaddr_in6 sin6_local;
		struct __kernel_sockaddr_storage ss_local;
	};
	union {
		struct sockaddr sa_remote;
		struct sockaddr_in sin_remote;
		struct sockaddr_in6 sin6_remote;
		struct __kernel_sockaddr_storage ss_remote;
	};
};
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define csock_mptcp_full_info mptcp_full_info
#define csock_mptcp_subflow_info mptcp_subflow_info
#else
struct csock_mptcp_subflow_info {
	__u32 id;
	struct csock_mptcp_subflow_addrs addrs;
};
struct csock_mptcp_full_info {
	__u32 size_tcpinfo_kernel, size_tcpinfo_user, size_sfinfo_kernel, size_sfinfo_user;
	__u32 num_subflows, size_arrays_user;
	__aligned_u64 subflow_info, tcp_info;
	struct csock_mptcp_info mptcp_info;
};
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#define csock_so_timestamping so_timestamping
#else
struct csock_so_timestamping {
	int flags;
	int bind_phc; // since Linux 5.14
};
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
#define csock_tcp_zerocopy_receive tcp_zerocopy_receive
#else
struct csock_tcp_zerocopy_receive {
	__u64 address;
	__u32 length, recv_skip_hint, inq;
	__s32 err;
	__u64 copybuf_address; // since Linux 5.11
	__s32 copybuf_len;
	__u32 flags;
	__u64 msg_control, msg_controllen; // since Linux 5.12
	__u32 msg_flags, reserved;
};
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define csock_xdp_umem_reg xdp_umem_reg
#else
struct csock_xdp_umem_reg {
	__u64 addr, len;
	__u32 chunk_size, headroom, flags;
	__u32 tx_metadata_len; // since Linux 6.8
};
#endif

// Structs that were added whole. Where a macro came with a struct, it decides. An enumerator cannot,
// so csock's name keeps a struct of a header with backports apart.
// The kernel's has a union for the last three fields and the time of sending, at their beginning.
struct csock_xsk_tx_metadata {
	__u64 flags; // since Linux 6.8
	__u16 csum_start, csum_offset;
	__u64 launch_time; // since Linux 6.15
};
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
_Static_assert(offsetof(struct csock_xsk_tx_metadata, csum_start) ==
			       offsetof(struct xsk_tx_metadata, request.csum_start) &&
		       offsetof(struct csock_xsk_tx_metadata, csum_offset) ==
			       offsetof(struct xsk_tx_metadata, request.csum_offset) &&
		       offsetof(struct csock_xsk_tx_metadata, launch_time) ==
			       offsetof(struct xsk_tx_metadata, request.launch_time) &&
		       offsetof(struct csock_xsk_tx_metadata, csum_start) ==
			       offsetof(struct xsk_tx_metadata, completion.tx_timestamp) &&
		       sizeof(struct csock_xsk_tx_metadata) == sizeof(struct xsk_tx_metadata),
	       "struct xsk_tx_metadata is laid out as the one here");
#endif
#ifdef CSOCK_HAS_SCTP_UDPENCAPS
#define csock_sctp_udpencaps sctp_udpencaps
#else
struct csock_sctp_udpencaps {
	sctp_assoc_t sue_assoc_id;
	struct sockaddr_storage sue_address;
	uint16_t sue_port;
};
#endif
#ifdef CSOCK_HAS_MCTP
#define csock_sockaddr_mctp sockaddr_mctp
#else
struct csock_mctp_addr {
	__u8 s_addr;
};
struct csock_sockaddr_mctp {
	__kernel_sa_family_t smctp_family;
	__u16 reserved0;
	unsigned int smctp_network;
	struct csock_mctp_addr smctp_addr;
	__u8 smctp_type, smctp_tag, reserved1;
};
#endif
#ifdef CSOCK_HAS_MCTP_EXT
#define csock_sockaddr_mctp_ext sockaddr_mctp_ext
#else
struct csock_sockaddr_mctp_ext {
	struct csock_sockaddr_mctp smctp_base;
	int smctp_ifindex;
	__u8 smctp_halen, reserved[3];
	__u8 smctp_haddr[32];
};
#endif
#ifdef CSOCK_HAS_SCTP_PROBEINTERVAL
#define csock_sctp_probeinterval sctp_probeinterval
#else
struct csock_sctp_probeinterval {
	sctp_assoc_t spi_assoc_id;
	struct sockaddr_storage spi_address;
	__u32 spi_interval;
};
#endif

// Ciphers of TLS, added in Linux 5.11, 5.16 and 6.1. A header with the struct has the sizes too.
#ifndef TLS_CIPHER_CHACHA20_POLY1305_IV_SIZE
struct tls12_crypto_info_chacha20_poly1305 {
	struct tls_crypto_info info;
	unsigned char iv[12], key[32], salt[0], rec_seq[8];
};
#endif
#ifndef TLS_CIPHER_SM4_GCM_IV_SIZE
struct tls12_crypto_info_sm4_gcm {
	struct tls_crypto_info info;
	unsigned char iv[8], key[16], salt[4], rec_seq[8];
};
#endif
#ifndef TLS_CIPHER_SM4_CCM_IV_SIZE
struct tls12_crypto_info_sm4_ccm {
	struct tls_crypto_info info;
	unsigned char iv[8], key[16], salt[4], rec_seq[8];
};
#endif
#ifndef TLS_CIPHER_ARIA_GCM_128_IV_SIZE
struct tls12_crypto_info_aria_gcm_128 {
	struct tls_crypto_info info;
	unsigned char iv[8], key[16], salt[4], rec_seq[8];
};
#endif
#ifndef TLS_CIPHER_ARIA_GCM_256_IV_SIZE
struct tls12_crypto_info_aria_gcm_256 {
	struct tls_crypto_info info;
	unsigned char iv[8], key[32], salt[4], rec_seq[8];
};
#endif

// TCP-AO (RFC 5925), added in Linux 6.7.
#ifdef CSOCK_HAS_TCP_AO
#define csock_tcp_ao_add tcp_ao_add
#define csock_tcp_ao_del tcp_ao_del
#define csock_tcp_ao_info_opt tcp_ao_info_opt
#define csock_tcp_ao_getsockopt tcp_ao_getsockopt
#define csock_tcp_ao_repair tcp_ao_repair
#else
struct csock_tcp_ao_add {
	struct __kernel_sockaddr_storage addr;
	char alg_name[64];
	__s32 ifindex;
	__u32 set_current : 1, set_rnext : 1, reserved : 30;
	__u16 reserved2;
	__u8 prefix, sndid, rcvid, maclen, keyflags, keylen, key[TCP_AO_MAXKEYLEN];
} __attribute__((aligned(8)));
struct csock_tcp_ao_del {
	struct __kernel_sockaddr_storage addr;
	__s32 ifindex;
	__u32 set_current : 1, set_rnext : 1, del_async : 1, reserved : 29;
	__u16 reserved2;
	__u8 prefix, sndid, rcvid, current_key, rnext, keyflags;
} __attribute__((aligned(8)));
struct csock_tcp_ao_info_opt {
	__u32 set_current : 1, set_rnext : 1, ao_required : 1, set_counters : 1, accept_icmps : 1, reserved : 27;
	__u16 reserved2;
	__u8 current_key, rnext;
	__u64 pkt_good, pkt_bad, pkt_key_not_found, pkt_ao_required, pkt_dropped_icmp;
} __attribute__((aligned(8)));
struct csock_tcp_ao_getsockopt {
	struct __kernel_sockaddr_storage addr;
	char alg_name[64];
	__u8 key[TCP_AO_MAXKEYLEN];
	__u32 nkeys;
	__u16 is_current : 1, is_rnext : 1, get_all : 1, reserved : 13;
	__u8 sndid, rcvid, prefix, maclen, keyflags, keylen;
	__s32 ifindex;
	__u64 pkt_good, pkt_bad;
} __attribute__((aligned(8)));
struct csock_tcp_ao_repair {
	__be32 snt_isn, rcv_isn;
	__u32 snd_sne, rcv_sne;
} __attribute__((aligned(8)));
#endif

// Fields of packed structs that Go does not see, since they are not aligned.
enum csock_sctp_offset {
	CSOCK_SSPP_ADDR = offsetof(struct sctp_setpeerprim, sspp_addr),
	CSOCK_SSP_ADDR = offsetof(struct sctp_prim, ssp_addr),
	CSOCK_SPINFO_ADDRESS = offsetof(struct sctp_paddrinfo, spinfo_address),
	CSOCK_SPP_ADDRESS = offsetof(struct sctp_paddrparams, spp_address),
	CSOCK_SPP_PATHMTU = offsetof(struct sctp_paddrparams, spp_pathmtu),
	CSOCK_SPP_SACKDELAY = offsetof(struct sctp_paddrparams, spp_sackdelay),
	CSOCK_SPP_FLAGS = offsetof(struct sctp_paddrparams, spp_flags),
	CSOCK_SPP_IPV6_FLOWLABEL = offsetof(struct sctp_paddrparams, spp_ipv6_flowlabel),
	CSOCK_SPP_DSCP = offsetof(struct sctp_paddrparams, spp_dscp),
};

// The payloads of control messages that only Linux has.
typedef struct ucred csock_ucred;
typedef struct in_pktinfo csock_in_pktinfo;
typedef struct sock_extended_err csock_extended_err;
typedef struct scm_ts_pktinfo csock_ts_pktinfo;
typedef struct tpacket_auxdata csock_auxdata;
typedef struct sctp_initmsg csock_sctp_initmsg;
typedef struct sctp_sndrcvinfo csock_sctp_sndrcvinfo;
typedef struct sctp_sndinfo csock_sctp_sndinfo;
typedef struct sctp_rcvinfo csock_sctp_rcvinfo;
typedef struct sctp_nxtinfo csock_sctp_nxtinfo;
typedef struct sctp_prinfo csock_sctp_prinfo;
// ee_data is in a union, which has no fields in Go. In older headers it is a plain field.
enum { CSOCK_EE_DATA = offsetof(struct sock_extended_err, ee_data) };

#define csock_ts_info ethtool_ts_info

#endif
