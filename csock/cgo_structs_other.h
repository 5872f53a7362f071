// Stand-ins for structs that only Linux has, so that the Go code compiles elsewhere. Only
// cgo_helpers.h includes it, after the platform's headers.

#ifndef CSOCK_CGO_STRUCTS_OTHER_H
#define CSOCK_CGO_STRUCTS_OTHER_H

// The payloads of control messages. No such message arrives.
typedef struct {
	pid_t pid;
	uid_t uid;
	gid_t gid;
} csock_ucred;
#ifdef IP_PKTINFO
typedef struct in_pktinfo csock_in_pktinfo;
#else
typedef struct {
	int ipi_ifindex;
	struct in_addr ipi_spec_dst, ipi_addr;
} csock_in_pktinfo;
#endif
typedef struct {
	uint32_t ee_errno;
	uint8_t ee_origin, ee_type, ee_code;
	uint32_t ee_info, ee_data;
} csock_extended_err;
typedef struct {
	uint32_t if_index, pkt_length;
} csock_ts_pktinfo;
typedef struct {
	uint32_t tp_status, tp_len, tp_snaplen;
	uint16_t tp_mac, tp_net, tp_vlan_tci, tp_vlan_tpid;
} csock_auxdata;
typedef struct {
	uint16_t sinit_num_ostreams, sinit_max_instreams, sinit_max_attempts, sinit_max_init_timeo;
} csock_sctp_initmsg;
typedef struct {
	uint16_t sinfo_stream, sinfo_ssn, sinfo_flags;
	uint32_t sinfo_ppid, sinfo_context, sinfo_timetolive, sinfo_tsn, sinfo_cumtsn;
	int32_t sinfo_assoc_id;
} csock_sctp_sndrcvinfo;
typedef struct {
	uint16_t snd_sid, snd_flags;
	uint32_t snd_ppid, snd_context;
	int32_t snd_assoc_id;
} csock_sctp_sndinfo;
typedef struct {
	uint16_t rcv_sid, rcv_ssn, rcv_flags;
	uint32_t rcv_ppid, rcv_tsn, rcv_cumtsn, rcv_context;
	int32_t rcv_assoc_id;
} csock_sctp_rcvinfo;
typedef struct {
	uint16_t nxt_sid, nxt_flags;
	uint32_t nxt_ppid, nxt_length;
	int32_t nxt_assoc_id;
} csock_sctp_nxtinfo;
typedef struct {
	uint16_t pr_policy;
	uint32_t pr_value;
} csock_sctp_prinfo;
enum { CSOCK_EE_DATA = offsetof(csock_extended_err, ee_data) };

// struct ethtool_ts_info.
struct csock_ts_info {
	uint32_t cmd, so_timestamping;
	int32_t phc_index;
	uint32_t tx_types, rx_filters;
};

#endif
