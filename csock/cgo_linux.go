//go:build cgo

// The C that the package uses only on Linux: see cgo.go.

package csock

/*
#cgo noescape csock_pipe
#cgo nocallback csock_pipe
#cgo noescape csock_pipe_read
#cgo nocallback csock_pipe_read
#cgo noescape csock_pipe_fill
#cgo nocallback csock_pipe_fill
#cgo noescape csock_pipe_drain
#cgo nocallback csock_pipe_drain
#cgo noescape csock_pipe_relay
#cgo nocallback csock_pipe_relay
#cgo noescape csock_tcp_info_bits
#cgo nocallback csock_tcp_info_bits
#cgo noescape csock_tcp_ao_add_bits
#cgo nocallback csock_tcp_ao_add_bits
#cgo noescape csock_tcp_ao_del_bits
#cgo nocallback csock_tcp_ao_del_bits
#cgo noescape csock_tcp_ao_info_put_bits
#cgo nocallback csock_tcp_ao_info_put_bits
#cgo noescape csock_tcp_ao_info_get_bits
#cgo nocallback csock_tcp_ao_info_get_bits
#cgo noescape csock_tcp_ao_key_put_bits
#cgo nocallback csock_tcp_ao_key_put_bits
#cgo noescape csock_tcp_ao_key_get_bits
#cgo nocallback csock_tcp_ao_key_get_bits
#cgo noescape csock_mptcp_full_info
#cgo nocallback csock_mptcp_full_info
#include "cgo_helpers.h"
*/
import "C"

type (
	__kernel_clockid_t = C.__kernel_clockid_t
	__kernel_long_t    = C.__kernel_long_t
	__s32              = C.__s32
	__s64              = C.__s64
	__u16              = C.__u16
	__be16             = C.__be16
	__be32             = C.__be32
	__u32              = C.__u32
	__u64              = C.__u64
	__u8               = C.__u8
	c_schar            = C.schar
	c_uchar            = C.uchar
	canid_t            = C.canid_t
	c_ushort           = C.ushort
	mifi_t             = C.mifi_t
	name_t             = C.name_t
	pgn_t              = C.pgn_t
	vifi_t             = C.vifi_t
)

type (
	struct___kernel_old_timeval                = C.struct___kernel_old_timeval
	struct___kernel_sock_timeval               = C.struct___kernel_sock_timeval
	struct_csock_pipe                          = C.struct_csock_pipe
	struct_bcm_msg_head                        = C.struct_bcm_msg_head
	struct_bcm_timeval                         = C.struct_bcm_timeval
	struct_can_filter                          = C.struct_can_filter
	struct_can_isotp_fc_options                = C.struct_can_isotp_fc_options
	struct_can_isotp_ll_options                = C.struct_can_isotp_ll_options
	struct_can_isotp_options                   = C.struct_can_isotp_options
	struct_j1939_filter                        = C.struct_j1939_filter
	struct_csock_sockaddr_mctp                 = C.struct_csock_sockaddr_mctp
	struct_csock_sockaddr_mctp_ext             = C.struct_csock_sockaddr_mctp_ext
	struct_pppoe_addr                          = C.struct_pppoe_addr
	struct_pppol2tp_addr                       = C.struct_pppol2tp_addr
	struct_pppol2tpin6_addr                    = C.struct_pppol2tpin6_addr
	struct_pppol2tpv3_addr                     = C.struct_pppol2tpv3_addr
	struct_pppol2tpv3in6_addr                  = C.struct_pppol2tpv3in6_addr
	struct_pptp_addr                           = C.struct_pptp_addr
	struct_sockaddr_alg                        = C.struct_sockaddr_alg
	struct_sockaddr_pppox                      = C.struct_sockaddr_pppox
	struct_sockaddr_can                        = C.struct_sockaddr_can
	struct_sockaddr_qrtr                       = C.struct_sockaddr_qrtr
	struct_sockaddr_rxrpc                      = C.struct_sockaddr_rxrpc
	struct_sockaddr_ll                         = C.struct_sockaddr_ll
	struct_sockaddr_vm                         = C.struct_sockaddr_vm
	struct_sockaddr_tipc                       = C.struct_sockaddr_tipc
	struct_sockaddr_nl                         = C.struct_sockaddr_nl
	struct_nlmsghdr                            = C.struct_nlmsghdr
	struct_nlattr                              = C.struct_nlattr
	struct_inet_diag_req_v2                    = C.struct_inet_diag_req_v2
	struct_inet_diag_msg                       = C.struct_inet_diag_msg
	struct_inet_diag_sockid                    = C.struct_inet_diag_sockid
	struct_unix_diag_req                       = C.struct_unix_diag_req
	struct_unix_diag_msg                       = C.struct_unix_diag_msg
	struct_tipc_group_req                      = C.struct_tipc_group_req
	struct_csock_mptcp_full_info               = C.struct_csock_mptcp_full_info
	struct_csock_mptcp_info                    = C.struct_csock_mptcp_info
	struct_csock_mptcp_subflow_addrs           = C.struct_csock_mptcp_subflow_addrs
	struct_csock_mptcp_subflow_data            = C.struct_csock_mptcp_subflow_data
	struct_csock_mptcp_subflow_info            = C.struct_csock_mptcp_subflow_info
	struct_csock_sctp_probeinterval            = C.struct_csock_sctp_probeinterval
	struct_csock_sctp_udpencaps                = C.struct_csock_sctp_udpencaps
	struct_csock_so_timestamping               = C.struct_csock_so_timestamping
	struct_csock_tcp_info                      = C.struct_csock_tcp_info
	struct_csock_tcp_info_bits                 = C.struct_csock_tcp_info_bits
	struct_csock_tcp_zerocopy_receive          = C.struct_csock_tcp_zerocopy_receive
	struct_csock_xdp_umem_reg                  = C.struct_csock_xdp_umem_reg
	struct_fanout_args                         = C.struct_fanout_args
	struct_group_filter                        = C.struct_group_filter
	struct_in6_flowlabel_req                   = C.struct_in6_flowlabel_req
	struct_in_addr                             = C.struct_in_addr
	struct_ip_mreqn                            = C.struct_ip_mreqn
	struct_ip_msfilter                         = C.struct_ip_msfilter
	struct_mf6cctl                             = C.struct_mf6cctl
	struct_mfcctl                              = C.struct_mfcctl
	struct_mif6ctl                             = C.struct_mif6ctl
	struct_packet_mreq                         = C.struct_packet_mreq
	struct_sctp_add_streams                    = C.struct_sctp_add_streams
	struct_sctp_assoc_ids                      = C.struct_sctp_assoc_ids
	struct_sctp_assoc_stats                    = C.struct_sctp_assoc_stats
	sctp_assoc_t                               = C.sctp_assoc_t
	struct_sctp_assoc_value                    = C.struct_sctp_assoc_value
	struct_sctp_assocparams                    = C.struct_sctp_assocparams
	struct_sctp_authchunk                      = C.struct_sctp_authchunk
	struct_sctp_authchunks                     = C.struct_sctp_authchunks
	struct_sctp_authkey                        = C.struct_sctp_authkey
	struct_sctp_authkeyid                      = C.struct_sctp_authkeyid
	struct_sctp_default_prinfo                 = C.struct_sctp_default_prinfo
	struct_sctp_event                          = C.struct_sctp_event
	struct_sctp_event_subscribe                = C.struct_sctp_event_subscribe
	struct_sctp_getaddrs                       = C.struct_sctp_getaddrs
	struct_sctp_hmacalgo                       = C.struct_sctp_hmacalgo
	struct_sctp_initmsg                        = C.struct_sctp_initmsg
	struct_sctp_paddrinfo                      = C.struct_sctp_paddrinfo
	struct_sctp_paddrparams                    = C.struct_sctp_paddrparams
	struct_sctp_paddrthlds                     = C.struct_sctp_paddrthlds
	struct_sctp_paddrthlds_v2                  = C.struct_sctp_paddrthlds_v2
	sctp_peeloff_arg_t                         = C.sctp_peeloff_arg_t
	sctp_peeloff_flags_arg_t                   = C.sctp_peeloff_flags_arg_t
	struct_sctp_prim                           = C.struct_sctp_prim
	struct_sctp_prstatus                       = C.struct_sctp_prstatus
	struct_sctp_reset_streams                  = C.struct_sctp_reset_streams
	struct_sctp_rtoinfo                        = C.struct_sctp_rtoinfo
	struct_sctp_sack_info                      = C.struct_sctp_sack_info
	struct_sctp_setadaptation                  = C.struct_sctp_setadaptation
	struct_sctp_setpeerprim                    = C.struct_sctp_setpeerprim
	struct_sctp_sndinfo                        = C.struct_sctp_sndinfo
	struct_sctp_sndrcvinfo                     = C.struct_sctp_sndrcvinfo
	struct_sctp_status                         = C.struct_sctp_status
	struct_sctp_stream_value                   = C.struct_sctp_stream_value
	struct_sock_filter                         = C.struct_sock_filter
	struct_sock_txtime                         = C.struct_sock_txtime
	struct_sockaddr_xdp                        = C.struct_sockaddr_xdp
	struct_csock_tcp_ao_add                    = C.struct_csock_tcp_ao_add
	struct_csock_tcp_ao_del                    = C.struct_csock_tcp_ao_del
	struct_csock_tcp_ao_getsockopt             = C.struct_csock_tcp_ao_getsockopt
	struct_csock_tcp_ao_info_opt               = C.struct_csock_tcp_ao_info_opt
	struct_csock_tcp_ao_repair                 = C.struct_csock_tcp_ao_repair
	struct_tcp_bbr_info                        = C.struct_tcp_bbr_info
	struct_tcp_dctcp_info                      = C.struct_tcp_dctcp_info
	struct_tcp_md5sig                          = C.struct_tcp_md5sig
	struct_tcp_repair_opt                      = C.struct_tcp_repair_opt
	struct_tcp_repair_window                   = C.struct_tcp_repair_window
	struct_tcpvegas_info                       = C.struct_tcpvegas_info
	struct_tls12_crypto_info_aes_ccm_128       = C.struct_tls12_crypto_info_aes_ccm_128
	struct_tls12_crypto_info_aes_gcm_128       = C.struct_tls12_crypto_info_aes_gcm_128
	struct_tls12_crypto_info_aes_gcm_256       = C.struct_tls12_crypto_info_aes_gcm_256
	struct_tls12_crypto_info_aria_gcm_128      = C.struct_tls12_crypto_info_aria_gcm_128
	struct_tls12_crypto_info_aria_gcm_256      = C.struct_tls12_crypto_info_aria_gcm_256
	struct_tls12_crypto_info_chacha20_poly1305 = C.struct_tls12_crypto_info_chacha20_poly1305
	struct_tls12_crypto_info_sm4_ccm           = C.struct_tls12_crypto_info_sm4_ccm
	struct_tls12_crypto_info_sm4_gcm           = C.struct_tls12_crypto_info_sm4_gcm
	struct_tls_crypto_info                     = C.struct_tls_crypto_info
	struct_tpacket_req3                        = C.struct_tpacket_req3
	struct_tpacket_rollover_stats              = C.struct_tpacket_rollover_stats
	struct_tpacket_stats_v3                    = C.struct_tpacket_stats_v3
	struct_ucred                               = C.struct_ucred
	struct_vifctl                              = C.struct_vifctl
	struct_csock_xsk_tx_metadata               = C.struct_csock_xsk_tx_metadata
	struct_rds_rx_trace_so                     = C.struct_rds_rx_trace_so
	struct_rds_cmsg_rx_trace                   = C.struct_rds_cmsg_rx_trace
	struct_xdp_mmap_offsets                    = C.struct_xdp_mmap_offsets
	struct_xdp_ring_offset                     = C.struct_xdp_ring_offset
	struct_xdp_statistics                      = C.struct_xdp_statistics
)

const (
	sizeof_struct_csock_mptcp_subflow_data            = C.sizeof_struct_csock_mptcp_subflow_data
	sizeof_struct_csock_mptcp_subflow_info            = C.sizeof_struct_csock_mptcp_subflow_info
	sizeof_struct_csock_tcp_info                      = C.sizeof_struct_csock_tcp_info
	sizeof_struct_in_addr                             = C.sizeof_struct_in_addr
	sizeof_struct_csock_tcp_ao_getsockopt             = C.sizeof_struct_csock_tcp_ao_getsockopt
	sizeof_struct_tcp_bbr_info                        = C.sizeof_struct_tcp_bbr_info
	sizeof_struct_tcp_dctcp_info                      = C.sizeof_struct_tcp_dctcp_info
	sizeof_struct_tcpvegas_info                       = C.sizeof_struct_tcpvegas_info
	sizeof_struct_tls12_crypto_info_aes_ccm_128       = C.sizeof_struct_tls12_crypto_info_aes_ccm_128
	sizeof_struct_tls12_crypto_info_aes_gcm_128       = C.sizeof_struct_tls12_crypto_info_aes_gcm_128
	sizeof_struct_tls12_crypto_info_aes_gcm_256       = C.sizeof_struct_tls12_crypto_info_aes_gcm_256
	sizeof_struct_tls12_crypto_info_aria_gcm_128      = C.sizeof_struct_tls12_crypto_info_aria_gcm_128
	sizeof_struct_tls12_crypto_info_aria_gcm_256      = C.sizeof_struct_tls12_crypto_info_aria_gcm_256
	sizeof_struct_tls12_crypto_info_chacha20_poly1305 = C.sizeof_struct_tls12_crypto_info_chacha20_poly1305
	sizeof_struct_tls12_crypto_info_sm4_ccm           = C.sizeof_struct_tls12_crypto_info_sm4_ccm
	sizeof_struct_tls12_crypto_info_sm4_gcm           = C.sizeof_struct_tls12_crypto_info_sm4_gcm
	sizeof_struct_tls_crypto_info                     = C.sizeof_struct_tls_crypto_info
	sizeof_union_tcp_cc_info                          = C.sizeof_union_tcp_cc_info
)

const (
	csock_SPINFO_ADDRESS     = C.CSOCK_SPINFO_ADDRESS
	csock_SPP_ADDRESS        = C.CSOCK_SPP_ADDRESS
	csock_SPP_DSCP           = C.CSOCK_SPP_DSCP
	csock_SPP_FLAGS          = C.CSOCK_SPP_FLAGS
	csock_SPP_IPV6_FLOWLABEL = C.CSOCK_SPP_IPV6_FLOWLABEL
	csock_SPP_PATHMTU        = C.CSOCK_SPP_PATHMTU
	csock_SPP_SACKDELAY      = C.CSOCK_SPP_SACKDELAY
	csock_SSPP_ADDR          = C.CSOCK_SSPP_ADDR
	csock_SSP_ADDR           = C.CSOCK_SSP_ADDR
)

func csock_pipe(p *struct_csock_pipe) c_int { return C.csock_pipe(p) }

func csock_pipe_read(p *struct_csock_pipe, to *uint8_t, n size_t) ssize_t {
	return C.csock_pipe_read(p, to, n)
}

func csock_pipe_fill(p *struct_csock_pipe, from csock_fd) (r ssize_t) {
	C.csock_pipe_fill(p, from, &r)
	return r
}

func csock_pipe_drain(p *struct_csock_pipe, to csock_fd, raw c_int) (r ssize_t) {
	C.csock_pipe_drain(p, to, raw, &r)
	return r
}

func csock_pipe_relay(
	p *struct_csock_pipe, from, to csock_fd, raw c_int, moved *size_t,
) (r ssize_t) {
	C.csock_pipe_relay(p, from, to, raw, moved, &r)
	return r
}

func csock_tcp_info_bits(in *struct_csock_tcp_info, out *struct_csock_tcp_info_bits) {
	C.csock_tcp_info_bits(in, out)
}

func csock_tcp_ao_add_bits(out *struct_csock_tcp_ao_add, setCurrent, setRnext c_int) {
	C.csock_tcp_ao_add_bits(out, setCurrent, setRnext)
}

func csock_tcp_ao_del_bits(out *struct_csock_tcp_ao_del, setCurrent, setRnext, delAsync c_int) {
	C.csock_tcp_ao_del_bits(out, setCurrent, setRnext, delAsync)
}

func csock_tcp_ao_info_put_bits(
	out *struct_csock_tcp_ao_info_opt, setCurrent, setRnext, aoRequired, setCounters,
	acceptIcmps c_int,
) {
	C.csock_tcp_ao_info_put_bits(out, setCurrent, setRnext, aoRequired, setCounters, acceptIcmps)
}

func csock_tcp_ao_info_get_bits(
	in *struct_csock_tcp_ao_info_opt, setCurrent, setRnext, aoRequired, acceptIcmps *c_int,
) {
	C.csock_tcp_ao_info_get_bits(in, setCurrent, setRnext, aoRequired, acceptIcmps)
}

func csock_tcp_ao_key_put_bits(
	out *struct_csock_tcp_ao_getsockopt, isCurrent, isRnext, getAll c_int,
) {
	C.csock_tcp_ao_key_put_bits(out, isCurrent, isRnext, getAll)
}

func csock_tcp_ao_key_get_bits(in *struct_csock_tcp_ao_getsockopt, isCurrent, isRnext *c_int) {
	C.csock_tcp_ao_key_get_bits(in, isCurrent, isRnext)
}

func csock_mptcp_full_info(
	fd csock_fd, info *struct_csock_mptcp_full_info, subflows *struct_csock_mptcp_subflow_info,
	tcp *struct_csock_tcp_info, n uint32_t,
) c_int {
	return C.csock_mptcp_full_info(fd, info, subflows, tcp, n)
}
