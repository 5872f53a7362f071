//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	usePlain(tcpVegasInfoCodec, nil, func(n *struct_tcpvegas_info) TCPVegasInfo {
		return TCPVegasInfo{
			Enabled: n.tcpv_enabled != 0,
			RTTCnt:  uint32(n.tcpv_rttcnt),
			RTT:     duration(int64(n.tcpv_rtt), time.Microsecond),
			MinRTT:  duration(int64(n.tcpv_minrtt), time.Microsecond),
		}
	})

	usePlain(tcpDCTCPInfoCodec, nil, func(n *struct_tcp_dctcp_info) TCPDCTCPInfo {
		return TCPDCTCPInfo{n.dctcp_enabled != 0, uint16(n.dctcp_ce_state), uint32(n.dctcp_alpha),
			uint32(n.dctcp_ab_ecn), uint32(n.dctcp_ab_tot)}
	})

	usePlain(tcpBBRInfoCodec, nil, func(n *struct_tcp_bbr_info) TCPBBRInfo {
		return TCPBBRInfo{
			Bandwidth:  uint64(n.bbr_bw_hi)<<32 | uint64(n.bbr_bw_lo),
			MinRTT:     duration(int64(n.bbr_min_rtt), time.Microsecond),
			PacingGain: uint32(n.bbr_pacing_gain),
			CwndGain:   uint32(n.bbr_cwnd_gain),
		}
	})

	usePlain(tcpMD5SigCodec, func(m TCPMD5Sig, n *struct_tcp_md5sig) error {
		if m.PrefixLen != 0 || m.Ifindex != 0 {
			return fmt.Errorf("a prefix or an interface needs TCP_MD5SIG_EXT: %w", syscall.EINVAL)
		}
		return encodeTCPMD5Sig(m, n)
	}, nil)

	usePlain(tcpMD5SigExtCodec, func(m TCPMD5Sig, n *struct_tcp_md5sig) error {
		// Only this flag makes a prefix of no bits valid.
		if m.PrefixLen != 0 || m.Addr.Unmap().IsUnspecified() {
			n.tcpm_flags = sys.TCP_MD5SIG_FLAG_PREFIX
			n.tcpm_prefixlen = __u8(m.PrefixLen)
		}
		if m.Ifindex != 0 {
			n.tcpm_flags |= sys.TCP_MD5SIG_FLAG_IFINDEX
			if n.tcpm_ifindex = c_int(m.Ifindex); int(n.tcpm_ifindex) != m.Ifindex {
				return notInt32("Ifindex", m.Ifindex)
			}
		}
		return encodeTCPMD5Sig(m, n)
	}, nil)

	useList(tcpRepairOptionsCodec, 16, func(o TCPRepairOpt, n *struct_tcp_repair_opt) error {
		n.opt_code, n.opt_val = __u32(o.Code), __u32(o.Value)
		return nil
	}, func(n *struct_tcp_repair_opt) TCPRepairOpt {
		return TCPRepairOpt{uint32(n.opt_code), uint32(n.opt_val)}
	})

	usePlain(tcpRepairWindowCodec, func(w TCPRepairWindow, n *struct_tcp_repair_window) error {
		n.snd_wl1, n.snd_wnd, n.max_window = __u32(w.SndWl1), __u32(w.SndWnd), __u32(w.MaxWindow)
		n.rcv_wnd, n.rcv_wup = __u32(w.RcvWnd), __u32(w.RcvWup)
		return nil
	}, func(n *struct_tcp_repair_window) TCPRepairWindow {
		return TCPRepairWindow{uint32(n.snd_wl1), uint32(n.snd_wnd), uint32(n.max_window),
			uint32(n.rcv_wnd), uint32(n.rcv_wup)}
	})

	tcpCCInfoCodec.size = sizeof_union_tcp_cc_info
	tcpCCInfoCodec.encode = func(TCPCCInfo) (native, error) { return native{}, nil }
	tcpCCInfoCodec.decode = func(v native) (TCPCCInfo, error) { return v.mem, nil }

	useList(tcpFastopenKeyCodec, 2, func(k [16]byte, n *[16]byte) error {
		*n = k
		return nil
	}, func(n *[16]byte) [16]byte { return *n })

	usePlain(tcpZerocopyReceiveCodec, encodeTCPZerocopyReceive, decodeTCPZerocopyReceive)
	tcpZerocopyReceiveCodec.getWith = func(
		s *Socket, o Option[TCPZerocopyReceive], z TCPZerocopyReceive,
	) (TCPZerocopyReceive, error) {
		var p runtime.Pinner // encode writes the addresses as numbers
		defer p.Unpin()
		p.Pin(unsafe.SliceData(z.Mapping))
		p.Pin(unsafe.SliceData(z.Copybuf))
		v, err := o.c.encode(z)
		v, err = o.o.getWith(s, v, err)
		return decoded(o, v, err)
	}

	usePlain(tcpAOAddCodec, func(k TCPAOAdd, n *struct_csock_tcp_ao_add) error {
		if len(k.Algorithm) >= len(n.alg_name) || len(k.Key) > len(n.key) {
			return fmt.Errorf("algorithm of %d bytes, key of %d: %w", len(k.Algorithm), len(k.Key),
				syscall.EINVAL)
		}
		putAddr(bytesOf(&n.addr), k.Addr)
		copy(bytesOf(&n.alg_name), k.Algorithm)
		copy(bytesOf(&n.key), k.Key)
		n.ifindex = __s32(k.Ifindex)
		n.prefix, n.sndid, n.rcvid = __u8(k.Prefix), __u8(k.SndID), __u8(k.RcvID)
		n.maclen, n.keylen = __u8(k.MacLen), __u8(len(k.Key))
		csock_tcp_ao_add_bits(n, cBool(k.SetCurrent), cBool(k.SetRNext))
		return putKeyFlags(&n.keyflags, k.KeyFlags, k.Ifindex)
	}, nil)

	usePlain(tcpAODelCodec, func(k TCPAODel, n *struct_csock_tcp_ao_del) error {
		putAddr(bytesOf(&n.addr), k.Addr)
		n.ifindex = __s32(k.Ifindex)
		n.prefix, n.sndid, n.rcvid = __u8(k.Prefix), __u8(k.SndID), __u8(k.RcvID)
		n.current_key, n.rnext = __u8(k.CurrentKey), __u8(k.RNext)
		csock_tcp_ao_del_bits(n, cBool(k.SetCurrent), cBool(k.SetRNext), cBool(k.Async))
		return putKeyFlags(&n.keyflags, k.KeyFlags, k.Ifindex)
	}, nil)

	usePlain(tcpAOInfoCodec, func(i TCPAOInfoOpt, n *struct_csock_tcp_ao_info_opt) error {
		n.current_key, n.rnext = __u8(i.CurrentKey), __u8(i.RNext)
		n.pkt_good, n.pkt_bad = __u64(i.Good), __u64(i.Bad)
		n.pkt_key_not_found, n.pkt_ao_required = __u64(i.KeyNotFound), __u64(i.AORequired)
		n.pkt_dropped_icmp = __u64(i.DroppedICMP)
		csock_tcp_ao_info_put_bits(n, cBool(i.SetCurrent), cBool(i.SetRNext), cBool(i.Required),
			cBool(i.SetCounters), cBool(i.AcceptICMPs))
		return nil
	}, func(n *struct_csock_tcp_ao_info_opt) TCPAOInfoOpt {
		var current, rnext, required, icmps c_int
		csock_tcp_ao_info_get_bits(n, &current, &rnext, &required, &icmps)
		return TCPAOInfoOpt{
			SetCurrent:  current != 0,
			SetRNext:    rnext != 0,
			Required:    required != 0,
			AcceptICMPs: icmps != 0,
			CurrentKey:  uint8(n.current_key),
			RNext:       uint8(n.rnext),
			Good:        uint64(n.pkt_good),
			Bad:         uint64(n.pkt_bad),
			KeyNotFound: uint64(n.pkt_key_not_found),
			AORequired:  uint64(n.pkt_ao_required),
			DroppedICMP: uint64(n.pkt_dropped_icmp),
		}
	})

	useTCPAOKeys(tcpAOKeysCodec)

	usePlain(tcpAORepairCodec, func(r TCPAORepair, n *struct_csock_tcp_ao_repair) error {
		putBE32(&n.snt_isn, r.SntISN)
		putBE32(&n.rcv_isn, r.RcvISN)
		n.snd_sne, n.rcv_sne = __u32(r.SndSNE), __u32(r.RcvSNE)
		return nil
	}, func(n *struct_csock_tcp_ao_repair) TCPAORepair {
		return TCPAORepair{getBE32(&n.snt_isn), getBE32(&n.rcv_isn), uint32(n.snd_sne),
			uint32(n.rcv_sne)}
	})
}

// putKeyFlags writes the flags of a key to the native field. It refuses an interface index that did
// not fit the index's field, which the caller has filled.
func putKeyFlags(field *__u8, flags TCPAOKeyFlags, ifindex int) error {
	if int(int32(ifindex)) != ifindex {
		return notInt32("Ifindex", ifindex)
	}
	return putNumber(field, "KeyFlags", int(flags))
}

func encodeTCPMD5Sig(m TCPMD5Sig, n *struct_tcp_md5sig) error {
	if !m.Addr.IsValid() {
		return fmt.Errorf("no address: %w", syscall.EINVAL)
	}
	if len(m.Key) > len(n.tcpm_key) {
		return fmt.Errorf("key of %d bytes: %w", len(m.Key), syscall.EINVAL)
	}
	addr := InetAddr(netip.AddrPortFrom(m.Addr, 0))
	putAddr(bytesOf(&n.tcpm_addr), addr)
	copy(bytesOf(&n.tcpm_key), m.Key)
	n.tcpm_keylen = __u16(len(m.Key))
	return nil
}

// The struct holds addresses as numbers, which do not keep memory alive or in place: GetWith pins
// that memory until the kernel has returned.
func encodeTCPZerocopyReceive(z TCPZerocopyReceive, n *struct_csock_tcp_zerocopy_receive) error {
	if int64(len(z.Mapping)) > 1<<32-1 || int64(len(z.Copybuf)) > 1<<31-1 {
		return fmt.Errorf("mapping of %d bytes, buffer of %d: %w", len(z.Mapping), len(z.Copybuf),
			syscall.EINVAL)
	}
	n.address = __u64(uintptr(unsafe.Pointer(unsafe.SliceData(z.Mapping))))
	n.length = __u32(len(z.Mapping))
	n.copybuf_address = __u64(uintptr(unsafe.Pointer(unsafe.SliceData(z.Copybuf))))
	n.copybuf_len = __s32(len(z.Copybuf))
	if z.CleanHint {
		n.flags = sys.TCP_RECEIVE_ZEROCOPY_FLAG_TLB_CLEAN_HINT
	}
	return nil
}

func decodeTCPZerocopyReceive(n *struct_csock_tcp_zerocopy_receive) TCPZerocopyReceive {
	z := TCPZerocopyReceive{
		Mapped:       uint32(n.length),
		RecvSkipHint: uint32(n.recv_skip_hint),
		Inq:          uint32(n.inq),
		Copied:       int32(n.copybuf_len),
	}
	if n.err != 0 {
		z.Err = syscall.Errno(max(n.err, -n.err))
	}
	return z
}

func useTCPAOKeys(c *codec[[]TCPAOGetsockopt]) {
	useList(c, 1, func(k TCPAOGetsockopt, n *struct_csock_tcp_ao_getsockopt) error {
		putAddr(bytesOf(&n.addr), k.Addr)
		n.ifindex = __s32(k.Ifindex)
		n.sndid, n.rcvid, n.prefix = __u8(k.SndID), __u8(k.RcvID), __u8(k.Prefix)
		csock_tcp_ao_key_put_bits(n, cBool(k.IsCurrent), cBool(k.IsRNext), cBool(k.All))
		return putKeyFlags(&n.keyflags, k.KeyFlags, k.Ifindex)
	}, func(n *struct_csock_tcp_ao_getsockopt) TCPAOGetsockopt {
		var current, rnext c_int
		csock_tcp_ao_key_get_bits(n, &current, &rnext)
		return TCPAOGetsockopt{
			Addr:      inetSockAddr(bytesOf(&n.addr)),
			Prefix:    uint8(n.prefix),
			Algorithm: cString(bytesOf(&n.alg_name)),
			Key:       append([]byte(nil), bytesOf(&n.key)[:min(int(n.keylen), len(n.key))]...),
			IsCurrent: current != 0,
			IsRNext:   rnext != 0,
			SndID:     uint8(n.sndid),
			RcvID:     uint8(n.rcvid),
			MacLen:    uint8(n.maclen),
			KeyFlags:  TCPAOKeyFlags(n.keyflags),
			Ifindex:   int(n.ifindex),
			Good:      uint64(n.pkt_good),
			Bad:       uint64(n.pkt_bad),
		}
	})
	// The first element says how many elements there is room for, and returns how many there are,
	// possibly none. The length passed is that of one element.
	c.whole, c.each = true, sizeof_struct_csock_tcp_ao_getsockopt
	nkeys := unsafe.Offsetof(struct_csock_tcp_ao_getsockopt{}.nkeys)
	encode, decode := c.encode, c.decode
	c.encode = func(keys []TCPAOGetsockopt) (native, error) {
		v, err := encode(keys)
		if err == nil && len(keys) > 0 {
			put(v.mem, nkeys, __u32(len(keys)))
		}
		return v, err
	}
	c.decode = func(v native) ([]TCPAOGetsockopt, error) {
		n, ok := load[__u32](v.mem[min(int(nkeys), len(v.mem)):])
		if !ok {
			return nil, fmt.Errorf("value of %d bytes: %w", len(v.mem), syscall.EPROTO)
		}
		keys, err := decode(v)
		if uint64(n) > uint64(len(keys)) {
			return keys, fmt.Errorf("%d keys, room for %d: %w", n, len(keys), syscall.ENOBUFS)
		}
		return keys[:n], err
	}
	c.get = func(s *Socket, o Option[[]TCPAOGetsockopt]) (keys []TCPAOGetsockopt, err error) {
		moreRoom(16, func(n int) bool {
			request := make([]TCPAOGetsockopt, n)
			request[0].All = true
			keys, err = o.GetWith(s, request)
			return errors.Is(err, syscall.ENOBUFS)
		})
		return keys, err
	}
}
