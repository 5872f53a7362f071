//go:build cgo

package csock

import (
	"time"
)

func init() { useStruct(tcpInfoCodec, nil, decodeTCPInfo) }

// decodeTCPInfo decodes n. The kernel filled the given number of its bytes.
func decodeTCPInfo(n *struct_csock_tcp_info, filled int) (TCPInfo, error) {
	var bits struct_csock_tcp_info_bits
	csock_tcp_info_bits(n, &bits)
	us := func(v __u32) time.Duration { return duration(int64(v), time.Microsecond) }
	us64 := func(v __u64) time.Duration {
		return duration(int64(min(v, 1<<63-1)), time.Microsecond)
	}
	return TCPInfo{
		State:                  TCPState(n.tcpi_state),
		CAState:                TCPCAState(n.tcpi_ca_state),
		Retransmits:            uint8(n.tcpi_retransmits),
		Probes:                 uint8(n.tcpi_probes),
		Backoff:                uint8(n.tcpi_backoff),
		Options:                TCPIOptions(n.tcpi_options),
		SndWscale:              uint8(bits.snd_wscale),
		RcvWscale:              uint8(bits.rcv_wscale),
		DeliveryRateAppLimited: bits.app_limited != 0,
		FastopenClientFail:     uint8(bits.fastopen_fail),
		RTO:                    us(n.tcpi_rto),
		ATO:                    us(n.tcpi_ato),
		SndMSS:                 uint32(n.tcpi_snd_mss),
		RcvMSS:                 uint32(n.tcpi_rcv_mss),
		Unacked:                uint32(n.tcpi_unacked),
		Sacked:                 uint32(n.tcpi_sacked),
		Lost:                   uint32(n.tcpi_lost),
		Retrans:                uint32(n.tcpi_retrans),
		Fackets:                uint32(n.tcpi_fackets),
		LastDataSent:           ms(n.tcpi_last_data_sent),
		LastAckSent:            ms(n.tcpi_last_ack_sent),
		LastDataRecv:           ms(n.tcpi_last_data_recv),
		LastAckRecv:            ms(n.tcpi_last_ack_recv),
		PMTU:                   uint32(n.tcpi_pmtu),
		RcvSsthresh:            uint32(n.tcpi_rcv_ssthresh),
		RTT:                    us(n.tcpi_rtt),
		RTTVar:                 us(n.tcpi_rttvar),
		SndSsthresh:            uint32(n.tcpi_snd_ssthresh),
		SndCwnd:                uint32(n.tcpi_snd_cwnd),
		AdvMSS:                 uint32(n.tcpi_advmss),
		Reordering:             uint32(n.tcpi_reordering),
		RcvRTT:                 us(n.tcpi_rcv_rtt),
		RcvSpace:               uint32(n.tcpi_rcv_space),
		TotalRetrans:           uint32(n.tcpi_total_retrans),
		PacingRate:             uint64(n.tcpi_pacing_rate),
		MaxPacingRate:          uint64(n.tcpi_max_pacing_rate),
		BytesAcked:             uint64(n.tcpi_bytes_acked),
		BytesReceived:          uint64(n.tcpi_bytes_received),
		SegsOut:                uint32(n.tcpi_segs_out),
		SegsIn:                 uint32(n.tcpi_segs_in),
		NotsentBytes:           uint32(n.tcpi_notsent_bytes),
		MinRTT:                 us(n.tcpi_min_rtt),
		DataSegsIn:             uint32(n.tcpi_data_segs_in),
		DataSegsOut:            uint32(n.tcpi_data_segs_out),
		DeliveryRate:           uint64(n.tcpi_delivery_rate),
		BusyTime:               us64(n.tcpi_busy_time),
		RwndLimited:            us64(n.tcpi_rwnd_limited),
		SndbufLimited:          us64(n.tcpi_sndbuf_limited),
		Delivered:              uint32(n.tcpi_delivered),
		DeliveredCE:            uint32(n.tcpi_delivered_ce),
		BytesSent:              uint64(n.tcpi_bytes_sent),
		BytesRetrans:           uint64(n.tcpi_bytes_retrans),
		DSACKDups:              uint32(n.tcpi_dsack_dups),
		ReordSeen:              uint32(n.tcpi_reord_seen),
		RcvOoopack:             uint32(n.tcpi_rcv_ooopack),
		SndWnd:                 uint32(n.tcpi_snd_wnd),
		RcvWnd:                 uint32(n.tcpi_rcv_wnd),
		Rehash:                 uint32(n.tcpi_rehash),
		TotalRTO:               uint16(n.tcpi_total_rto),
		TotalRTORecoveries:     uint16(n.tcpi_total_rto_recoveries),
		TotalRTOTime:           ms(n.tcpi_total_rto_time),
		ReceivedCE:             uint32(n.tcpi_received_ce),
		DeliveredE1Bytes:       uint32(n.tcpi_delivered_e1_bytes),
		DeliveredE0Bytes:       uint32(n.tcpi_delivered_e0_bytes),
		DeliveredCEBytes:       uint32(n.tcpi_delivered_ce_bytes),
		ReceivedE1Bytes:        uint32(n.tcpi_received_e1_bytes),
		ReceivedE0Bytes:        uint32(n.tcpi_received_e0_bytes),
		ReceivedCEBytes:        uint32(n.tcpi_received_ce_bytes),
		AccECN:                 uint32(bits.accecn),
		filled:                 filled,
	}, nil
}
