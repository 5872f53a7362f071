//go:build cgo

package csock

import (
	"fmt"
	"math"
	"syscall"
)

func init() {
	usePlain(sctpRTOInfoCodec, func(i SCTPRTOInfo, n *struct_sctp_rtoinfo) error {
		var c clock
		n.srto_assoc_id = sctp_assoc_t(i.AssocID)
		n.srto_initial, n.srto_max, n.srto_min = c.ms(i.Initial), c.ms(i.Max), c.ms(i.Min)
		return c.err
	}, func(n *struct_sctp_rtoinfo) SCTPRTOInfo {
		return SCTPRTOInfo{SCTPAssocID(n.srto_assoc_id), ms(n.srto_initial), ms(n.srto_max),
			ms(n.srto_min)}
	})

	usePlain(sctpAssocParamsCodec, func(a SCTPAssocParams, n *struct_sctp_assocparams) error {
		var c clock
		n.sasoc_assoc_id, n.sasoc_asocmaxrxt = sctp_assoc_t(a.AssocID), __u16(a.MaxRetrans)
		n.sasoc_number_peer_destinations = __u16(a.NumberOfDestinations)
		n.sasoc_peer_rwnd, n.sasoc_local_rwnd = __u32(a.PeerRwnd), __u32(a.LocalRwnd)
		n.sasoc_cookie_life = c.ms(a.CookieLife)
		return c.err
	}, func(n *struct_sctp_assocparams) SCTPAssocParams {
		return SCTPAssocParams{
			AssocID:              SCTPAssocID(n.sasoc_assoc_id),
			MaxRetrans:           uint16(n.sasoc_asocmaxrxt),
			NumberOfDestinations: uint16(n.sasoc_number_peer_destinations),
			PeerRwnd:             uint32(n.sasoc_peer_rwnd),
			LocalRwnd:            uint32(n.sasoc_local_rwnd),
			CookieLife:           ms(n.sasoc_cookie_life),
		}
	})

	usePlain(sctpInitMsgCodec, func(i SCTPInitMsg, n *struct_sctp_initmsg) error {
		n.sinit_num_ostreams, n.sinit_max_instreams = __u16(i.NumOstreams), __u16(i.MaxInstreams)
		n.sinit_max_attempts = __u16(i.MaxAttempts)
		var c clock
		if err := putNumber(&n.sinit_max_init_timeo, "MaxInitTimeo",
			int(c.ms(i.MaxInitTimeo))); err != nil {
			return fmt.Errorf("%v: %w", i.MaxInitTimeo, syscall.EDOM)
		}
		return c.err
	}, func(n *struct_sctp_initmsg) SCTPInitMsg {
		return SCTPInitMsg{uint16(n.sinit_num_ostreams), uint16(n.sinit_max_instreams),
			uint16(n.sinit_max_attempts), ms(n.sinit_max_init_timeo)}
	})

	usePlain(sctpSetPeerPrimCodec, func(p SCTPPrim, n *struct_sctp_setpeerprim) error {
		n.sspp_assoc_id = sctp_assoc_t(p.AssocID)
		putAddr(bytesOf(n)[csock_SSPP_ADDR:], p.Addr)
		return nil
	}, func(n *struct_sctp_setpeerprim) SCTPPrim {
		return SCTPPrim{SCTPAssocID(n.sspp_assoc_id), inetSockAddr(bytesOf(n)[csock_SSPP_ADDR:])}
	})

	usePlain(sctpPrimCodec, func(p SCTPPrim, n *struct_sctp_prim) error {
		n.ssp_assoc_id = sctp_assoc_t(p.AssocID)
		putAddr(bytesOf(n)[csock_SSP_ADDR:], p.Addr)
		return nil
	}, func(n *struct_sctp_prim) SCTPPrim {
		return SCTPPrim{SCTPAssocID(n.ssp_assoc_id), inetSockAddr(bytesOf(n)[csock_SSP_ADDR:])}
	})

	usePlain(sctpAdaptationCodec, func(i uint32, n *struct_sctp_setadaptation) error {
		n.ssb_adaptation_ind = __u32(i)
		return nil
	}, func(n *struct_sctp_setadaptation) uint32 { return uint32(n.ssb_adaptation_ind) })

	usePlain(sctpPaddrParamsCodec, func(p SCTPPaddrParams, n *struct_sctp_paddrparams) error {
		var c clock
		n.spp_assoc_id, n.spp_hbinterval, n.spp_pathmaxrxt = sctp_assoc_t(p.AssocID),
			c.ms(p.HBInterval), __u16(p.PathMaxRxt)
		putAddr(bytesOf(n)[csock_SPP_ADDRESS:], p.Address)
		putAt(n, csock_SPP_PATHMTU, p.PathMTU)
		putAt(n, csock_SPP_SACKDELAY, c.ms(p.SackDelay))
		flags, err := sppFlags(p.Flags)
		if err != nil {
			return err
		}
		putAt(n, csock_SPP_FLAGS, flags)
		putAt(n, csock_SPP_IPV6_FLOWLABEL, p.IPv6Flowlabel)
		putAt(n, csock_SPP_DSCP, uint8(p.DSCP))
		return c.err
	}, func(n *struct_sctp_paddrparams) SCTPPaddrParams {
		return SCTPPaddrParams{
			AssocID:       SCTPAssocID(n.spp_assoc_id),
			Address:       inetSockAddr(bytesOf(n)[csock_SPP_ADDRESS:]),
			HBInterval:    ms(n.spp_hbinterval),
			PathMaxRxt:    uint16(n.spp_pathmaxrxt),
			PathMTU:       getAt[uint32](n, csock_SPP_PATHMTU),
			SackDelay:     ms(getAt[uint32](n, csock_SPP_SACKDELAY)),
			Flags:         SPPFlags(getAt[uint32](n, csock_SPP_FLAGS)),
			IPv6Flowlabel: getAt[uint32](n, csock_SPP_IPV6_FLOWLABEL),
			DSCP:          TrafficClass(getAt[uint8](n, csock_SPP_DSCP)),
		}
	})

	usePlain(sctpSndRcvInfoCodec, func(i SCTPSndRcvInfo, n *csock_sctp_sndrcvinfo) error {
		var c clock
		putSCTPSndRcvInfo(n, i, c.ms(i.TimeToLive))
		return c.err
	}, sctpSndRcvInfoOf)

	usePlain(sctpSndInfoCodec, func(i SCTPSndInfo, n *csock_sctp_sndinfo) error {
		putSCTPSndInfo(n, i)
		return nil
	}, func(n *csock_sctp_sndinfo) SCTPSndInfo {
		return SCTPSndInfo{uint16(n.snd_sid), SCTPFlags(n.snd_flags), uint32(n.snd_ppid),
			uint32(n.snd_context), SCTPAssocID(n.snd_assoc_id)}
	})

	usePlain(sctpAssocIDCodec, func(id SCTPAssocID, n *sctp_assoc_t) error {
		*n = sctp_assoc_t(id)
		return nil
	}, func(n *sctp_assoc_t) SCTPAssocID { return SCTPAssocID(*n) })

	usePlain(sctpEventsCodec, func(e SCTPEventSubscribe, n *struct_sctp_event_subscribe) error {
		bit := func(b bool) __u8 { return __u8(cBool(b)) }
		n.sctp_data_io_event, n.sctp_association_event = bit(e.DataIO), bit(e.Association)
		n.sctp_address_event, n.sctp_send_failure_event = bit(e.Address), bit(e.SendFailure)
		n.sctp_peer_error_event, n.sctp_shutdown_event = bit(e.PeerError), bit(e.Shutdown)
		n.sctp_partial_delivery_event, n.sctp_adaptation_layer_event = bit(e.PartialDelivery),
			bit(e.AdaptationLayer)
		n.sctp_authentication_event, n.sctp_sender_dry_event = bit(e.Authentication),
			bit(e.SenderDry)
		n.sctp_stream_reset_event, n.sctp_assoc_reset_event = bit(e.StreamReset), bit(e.AssocReset)
		n.sctp_stream_change_event, n.sctp_send_failure_event_event = bit(e.StreamChange),
			bit(e.SendFailureEvent)
		return nil
	}, func(n *struct_sctp_event_subscribe) SCTPEventSubscribe {
		return SCTPEventSubscribe{
			DataIO:           n.sctp_data_io_event != 0,
			Association:      n.sctp_association_event != 0,
			Address:          n.sctp_address_event != 0,
			SendFailure:      n.sctp_send_failure_event != 0,
			PeerError:        n.sctp_peer_error_event != 0,
			Shutdown:         n.sctp_shutdown_event != 0,
			PartialDelivery:  n.sctp_partial_delivery_event != 0,
			AdaptationLayer:  n.sctp_adaptation_layer_event != 0,
			Authentication:   n.sctp_authentication_event != 0,
			SenderDry:        n.sctp_sender_dry_event != 0,
			StreamReset:      n.sctp_stream_reset_event != 0,
			AssocReset:       n.sctp_assoc_reset_event != 0,
			StreamChange:     n.sctp_stream_change_event != 0,
			SendFailureEvent: n.sctp_send_failure_event_event != 0,
		}
	})

	usePlain(sctpEventCodec, func(e SCTPEvent, n *struct_sctp_event) error {
		n.se_assoc_id, n.se_on = sctp_assoc_t(e.AssocID), uint8_t(cBool(e.On))
		return putNumber(&n.se_type, "Type", int(e.Type))
	}, func(n *struct_sctp_event) SCTPEvent {
		return SCTPEvent{SCTPAssocID(n.se_assoc_id), SCTPNotification(n.se_type), n.se_on != 0}
	})

	usePlain(sctpAssocValueCodec, func(v SCTPAssocValue, n *struct_sctp_assoc_value) error {
		n.assoc_id, n.assoc_value = sctp_assoc_t(v.AssocID), uint32_t(v.Value)
		return nil
	}, func(n *struct_sctp_assoc_value) SCTPAssocValue {
		return SCTPAssocValue{SCTPAssocID(n.assoc_id), uint32(n.assoc_value)}
	})

	usePlain(sctpStreamValueCodec, func(v SCTPStreamValue, n *struct_sctp_stream_value) error {
		n.assoc_id, n.stream_id, n.stream_value = sctp_assoc_t(v.AssocID), uint16_t(v.Stream),
			uint16_t(v.Value)
		return nil
	}, func(n *struct_sctp_stream_value) SCTPStreamValue {
		return SCTPStreamValue{SCTPAssocID(n.assoc_id), uint16(n.stream_id), uint16(n.stream_value)}
	})

	usePlain(sctpSackInfoCodec, func(i SCTPSackInfo, n *struct_sctp_sack_info) error {
		var c clock
		n.sack_assoc_id, n.sack_delay, n.sack_freq = sctp_assoc_t(i.AssocID),
			uint32_t(c.ms(i.Delay)), uint32_t(i.Freq)
		return c.err
	}, func(n *struct_sctp_sack_info) SCTPSackInfo {
		return SCTPSackInfo{SCTPAssocID(n.sack_assoc_id), ms(n.sack_delay), uint32(n.sack_freq)}
	})

	usePlain(sctpStatusCodec, func(s SCTPStatus, n *struct_sctp_status) error {
		n.sstat_assoc_id = sctp_assoc_t(s.AssocID)
		return nil
	}, func(n *struct_sctp_status) SCTPStatus {
		return SCTPStatus{
			AssocID:            SCTPAssocID(n.sstat_assoc_id),
			State:              SCTPState(n.sstat_state),
			Rwnd:               uint32(n.sstat_rwnd),
			UnackData:          uint16(n.sstat_unackdata),
			PendData:           uint16(n.sstat_penddata),
			InStreams:          uint16(n.sstat_instrms),
			OutStreams:         uint16(n.sstat_outstrms),
			FragmentationPoint: uint32(n.sstat_fragmentation_point),
			Primary:            decodeSCTPPaddrInfo(&n.sstat_primary),
		}
	})

	usePlain(sctpPaddrInfoCodec, func(i SCTPPaddrInfo, n *struct_sctp_paddrinfo) error {
		n.spinfo_assoc_id = sctp_assoc_t(i.AssocID)
		putAddr(bytesOf(n)[csock_SPINFO_ADDRESS:], i.Address)
		return nil
	}, decodeSCTPPaddrInfo)

	usePlain(sctpAuthChunkCodec, func(chunk uint8, n *struct_sctp_authchunk) error {
		n.sauth_chunk = __u8(chunk)
		return nil
	}, func(n *struct_sctp_authchunk) uint8 { return uint8(n.sauth_chunk) })

	useTailed(sctpHMACAlgoCodec, 16,
		func(ids []SCTPHMACID, n *struct_sctp_hmacalgo) ([]__u16, error) {
			n.shmac_num_idents = __u32(len(ids))
			return convert[__u16](ids), nil
		}, func(n *struct_sctp_hmacalgo, ids []__u16) []SCTPHMACID {
			return convert[SCTPHMACID](atMost(ids, n.shmac_num_idents))
		})

	useTailed(sctpAuthKeyCodec, 0, func(k SCTPAuthKey, n *struct_sctp_authkey) ([]byte, error) {
		if len(k.Key) > math.MaxUint16 {
			return nil, fmt.Errorf("key of %d bytes: %w", len(k.Key), syscall.EINVAL)
		}
		n.sca_assoc_id, n.sca_keynumber, n.sca_keylength = sctp_assoc_t(k.AssocID), __u16(k.Number),
			__u16(len(k.Key))
		return k.Key, nil
	}, nil)

	usePlain(sctpAuthKeyIDCodec, func(k SCTPAuthKeyID, n *struct_sctp_authkeyid) error {
		n.scact_assoc_id, n.scact_keynumber = sctp_assoc_t(k.AssocID), __u16(k.Number)
		return nil
	}, func(n *struct_sctp_authkeyid) SCTPAuthKeyID {
		return SCTPAuthKeyID{SCTPAssocID(n.scact_assoc_id), uint16(n.scact_keynumber)}
	})

	useTailed(sctpAuthChunksCodec, 256,
		func(c SCTPAuthChunks, n *struct_sctp_authchunks) ([]byte, error) {
			n.gauth_assoc_id = sctp_assoc_t(c.AssocID)
			return nil, nil
		}, func(n *struct_sctp_authchunks, chunks []byte) SCTPAuthChunks {
			return SCTPAuthChunks{SCTPAssocID(n.gauth_assoc_id),
				atMost(chunks, n.gauth_number_of_chunks)}
		})

	orMore(useTailed(sctpAssocIDsCodec, 4096,
		func([]SCTPAssocID, *struct_sctp_assoc_ids) ([]sctp_assoc_t, error) {
			return nil, nil
		}, func(n *struct_sctp_assoc_ids, ids []sctp_assoc_t) []SCTPAssocID {
			return convert[SCTPAssocID](atMost(ids, n.gaids_number_of_ids))
		}), syscall.EINVAL)

	usePlain(sctpPaddrThldsCodec, func(t SCTPPaddrThlds, n *struct_sctp_paddrthlds) error {
		if t.PathCPThld != 0 {
			return fmt.Errorf("PathCPThld needs SCTP_PEER_ADDR_THLDS_V2: %w", syscall.EINVAL)
		}
		putAddr(bytesOf(&n.spt_address), t.Address)
		n.spt_assoc_id, n.spt_pathmaxrxt, n.spt_pathpfthld = sctp_assoc_t(t.AssocID),
			__u16(t.PathMaxRxt), __u16(t.PathPFThld)
		return nil
	}, func(n *struct_sctp_paddrthlds) SCTPPaddrThlds {
		return SCTPPaddrThlds{AssocID: SCTPAssocID(n.spt_assoc_id),
			Address:    inetSockAddr(bytesOf(&n.spt_address)),
			PathMaxRxt: uint16(n.spt_pathmaxrxt), PathPFThld: uint16(n.spt_pathpfthld)}
	})

	usePlain(sctpPaddrThldsV2Codec, func(t SCTPPaddrThlds, n *struct_sctp_paddrthlds_v2) error {
		putAddr(bytesOf(&n.spt_address), t.Address)
		n.spt_assoc_id, n.spt_pathmaxrxt = sctp_assoc_t(t.AssocID), __u16(t.PathMaxRxt)
		n.spt_pathpfthld, n.spt_pathcpthld = __u16(t.PathPFThld), __u16(t.PathCPThld)
		return nil
	}, func(n *struct_sctp_paddrthlds_v2) SCTPPaddrThlds {
		return SCTPPaddrThlds{SCTPAssocID(n.spt_assoc_id), inetSockAddr(bytesOf(&n.spt_address)),
			uint16(n.spt_pathmaxrxt), uint16(n.spt_pathpfthld), uint16(n.spt_pathcpthld)}
	})

	usePlain(sctpPeeloffCodec, func(p SCTPPeeloffArg, n *sctp_peeloff_arg_t) error {
		if p.Flags != 0 {
			return fmt.Errorf("flags need SCTP_SOCKOPT_PEELOFF_FLAGS: %w", syscall.EINVAL)
		}
		n.associd = sctp_assoc_t(p.AssocID)
		return nil
	}, func(n *sctp_peeloff_arg_t) SCTPPeeloffArg {
		return SCTPPeeloffArg{AssocID: SCTPAssocID(n.associd), FD: int(n.sd)}
	})

	usePlain(sctpPeeloffFlagsCodec, func(p SCTPPeeloffArg, n *sctp_peeloff_flags_arg_t) error {
		n.p_arg.associd = sctp_assoc_t(p.AssocID)
		return putNumber(&n.flags, "Flags", int(p.Flags))
	}, func(n *sctp_peeloff_flags_arg_t) SCTPPeeloffArg {
		return SCTPPeeloffArg{SCTPAssocID(n.p_arg.associd), Type(n.flags), int(n.p_arg.sd)}
	})

	orMore(useTailed(sctpGetAddrsCodec, 4096,
		func(a SCTPGetAddrs, n *struct_sctp_getaddrs) ([]byte, error) {
			n.assoc_id = sctp_assoc_t(a.AssocID)
			return nil, nil
		}, func(n *struct_sctp_getaddrs, p []byte) SCTPGetAddrs {
			a := SCTPGetAddrs{AssocID: SCTPAssocID(n.assoc_id)}
			for range n.addr_num {
				addr := inetSockAddr(p)
				if int(addr.len) < int(endOfFamily) { // none, or one that is cut
					break
				}
				a.Addrs = append(a.Addrs, addr)
				p = p[addr.len:]
			}
			return a
		}), syscall.ENOMEM)

	usePlain(sctpAssocStatsCodec, func(s SCTPAssocStats, n *struct_sctp_assoc_stats) error {
		n.sas_assoc_id = sctp_assoc_t(s.AssocID)
		return nil
	}, func(n *struct_sctp_assoc_stats) SCTPAssocStats {
		return SCTPAssocStats{
			AssocID:      SCTPAssocID(n.sas_assoc_id),
			MaxRTOAddr:   inetSockAddr(bytesOf(&n.sas_obs_rto_ipaddr)),
			MaxRTO:       uint64(n.sas_maxrto),
			ISacks:       uint64(n.sas_isacks),
			OSacks:       uint64(n.sas_osacks),
			OPackets:     uint64(n.sas_opackets),
			IPackets:     uint64(n.sas_ipackets),
			RtxChunks:    uint64(n.sas_rtxchunks),
			OutOfSeqTSNs: uint64(n.sas_outofseqtsns),
			IDupChunks:   uint64(n.sas_idupchunks),
			GapCnt:       uint64(n.sas_gapcnt),
			OUODChunks:   uint64(n.sas_ouodchunks),
			IUODChunks:   uint64(n.sas_iuodchunks),
			OODChunks:    uint64(n.sas_oodchunks),
			IODChunks:    uint64(n.sas_iodchunks),
			OCtrlChunks:  uint64(n.sas_octrlchunks),
			ICtrlChunks:  uint64(n.sas_ictrlchunks),
		}
	})

	usePlain(sctpDefaultPRInfoCodec,
		func(i SCTPDefaultPRInfo, n *struct_sctp_default_prinfo) error {
			n.pr_assoc_id, n.pr_value = sctp_assoc_t(i.AssocID), __u32(i.Value)
			return putNumber(&n.pr_policy, "Policy", int(i.Policy))
		}, func(n *struct_sctp_default_prinfo) SCTPDefaultPRInfo {
			return SCTPDefaultPRInfo{SCTPAssocID(n.pr_assoc_id), uint32(n.pr_value),
				SCTPPRPolicy(n.pr_policy)}
		})

	usePlain(sctpPRStatusCodec, func(s SCTPPRStatus, n *struct_sctp_prstatus) error {
		n.sprstat_assoc_id, n.sprstat_sid = sctp_assoc_t(s.AssocID), __u16(s.Stream)
		return putNumber(&n.sprstat_policy, "Policy", int(s.Policy))
	}, func(n *struct_sctp_prstatus) SCTPPRStatus {
		return SCTPPRStatus{SCTPAssocID(n.sprstat_assoc_id), uint16(n.sprstat_sid),
			SCTPPRPolicy(n.sprstat_policy),
			uint64(n.sprstat_abandoned_unsent), uint64(n.sprstat_abandoned_sent)}
	})

	useTailed(sctpResetStreamsCodec, 0,
		func(r SCTPResetStreams, n *struct_sctp_reset_streams) ([]uint16_t, error) {
			if len(r.Streams) > math.MaxUint16 {
				return nil, fmt.Errorf("%d streams: %w", len(r.Streams), syscall.EINVAL)
			}
			n.srs_assoc_id, n.srs_number_streams = sctp_assoc_t(r.AssocID), uint16_t(len(r.Streams))
			if err := putNumber(&n.srs_flags, "Flags", int(r.Flags)); err != nil {
				return nil, err
			}
			return convert[uint16_t](r.Streams), nil
		}, nil)

	usePlain(sctpAddStreamsCodec, func(a SCTPAddStreams, n *struct_sctp_add_streams) error {
		n.sas_assoc_id, n.sas_instrms, n.sas_outstrms = sctp_assoc_t(a.AssocID),
			uint16_t(a.InStreams), uint16_t(a.OutStreams)
		return nil
	}, func(n *struct_sctp_add_streams) SCTPAddStreams {
		return SCTPAddStreams{SCTPAssocID(n.sas_assoc_id), uint16(n.sas_instrms),
			uint16(n.sas_outstrms)}
	})

	usePlain(sctpUDPEncapsCodec, func(e SCTPUDPEncaps, n *struct_csock_sctp_udpencaps) error {
		putAddr(bytesOf(&n.sue_address), e.Address)
		n.sue_assoc_id = sctp_assoc_t(e.AssocID)
		putBE16(&n.sue_port, e.Port) // which the kernel reads in network order
		return nil
	}, func(n *struct_csock_sctp_udpencaps) SCTPUDPEncaps {
		return SCTPUDPEncaps{SCTPAssocID(n.sue_assoc_id), inetSockAddr(bytesOf(&n.sue_address)),
			getBE16(&n.sue_port)}
	})

	usePlain(sctpProbeIntervalCodec,
		func(p SCTPProbeInterval, n *struct_csock_sctp_probeinterval) error {
			var c clock
			putAddr(bytesOf(&n.spi_address), p.Address)
			n.spi_assoc_id, n.spi_interval = sctp_assoc_t(p.AssocID), c.ms(p.Interval)
			return c.err
		}, func(n *struct_csock_sctp_probeinterval) SCTPProbeInterval {
			return SCTPProbeInterval{SCTPAssocID(n.spi_assoc_id),
				inetSockAddr(bytesOf(&n.spi_address)), ms(n.spi_interval)}
		})
}

func sppFlags(f SPPFlags) (n uint32, err error) {
	err = putNumber(&n, "Flags", int(f))
	return n, err
}

func decodeSCTPPaddrInfo(n *struct_sctp_paddrinfo) SCTPPaddrInfo {
	return SCTPPaddrInfo{
		AssocID: SCTPAssocID(n.spinfo_assoc_id),
		Address: inetSockAddr(bytesOf(n)[csock_SPINFO_ADDRESS:]),
		State:   SCTPPaddrState(n.spinfo_state),
		Cwnd:    uint32(n.spinfo_cwnd),
		SRTT:    uint32(n.spinfo_srtt),
		RTO:     ms(n.spinfo_rto),
		MTU:     uint32(n.spinfo_mtu),
	}
}
