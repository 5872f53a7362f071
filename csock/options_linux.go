//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The codecs of structs that Linux alone has; structs_other.go stands in for them elsewhere.

var (
	ucredCodec = newStructCodec("struct ucred",
		func(u Ucred, n *struct_ucred) error {
			n.pid, n.uid, n.gid = pid_t(u.PID), uid_t(u.UID), gid_t(u.GID)
			return nil
		},
		func(n *struct_ucred, _ int) (Ucred, error) {
			return Ucred{PID: int(n.pid), UID: uint32(n.uid), GID: uint32(n.gid)}, nil
		})

	soTimestampingCodec = newStructCodec("struct so_timestamping",
		func(t SoTimestamping, n *struct_csock_so_timestamping) error {
			n.flags, n.bind_phc = c_int(t.Flags), c_int(t.BindPHC)
			switch {
			case int(n.flags) != int(t.Flags):
				return notInt32("Flags", int(t.Flags))
			case int(n.bind_phc) != t.BindPHC:
				return notInt32("BindPHC", t.BindPHC)
			}
			return nil
		},
		func(n *struct_csock_so_timestamping, _ int) (SoTimestamping, error) {
			return SoTimestamping{Flags: TimestampingFlags(n.flags), BindPHC: int(n.bind_phc)}, nil
		})

	sockTxtimeCodec = newStructCodec("struct sock_txtime",
		func(t SockTxtime, n *struct_sock_txtime) error {
			n.clockid, n.flags = __kernel_clockid_t(t.Clock), __u32(t.Flags)
			if int(n.clockid) != t.Clock {
				return notInt32("Clock", t.Clock)
			}
			return nil
		},
		func(n *struct_sock_txtime, _ int) (SockTxtime, error) {
			return SockTxtime{Clock: int(n.clockid), Flags: TxtimeFlags(n.flags)}, nil
		})

	meminfoCodec = newStructCodec("uint32_t[SK_MEMINFO_VARS]",
		nil,
		func(n *[sys.SK_MEMINFO_VARS]uint32, _ int) (Meminfo, error) {
			return Meminfo{
				RmemAlloc:  n[sys.SK_MEMINFO_RMEM_ALLOC],
				Rcvbuf:     n[sys.SK_MEMINFO_RCVBUF],
				WmemAlloc:  n[sys.SK_MEMINFO_WMEM_ALLOC],
				Sndbuf:     n[sys.SK_MEMINFO_SNDBUF],
				FwdAlloc:   n[sys.SK_MEMINFO_FWD_ALLOC],
				WmemQueued: n[sys.SK_MEMINFO_WMEM_QUEUED],
				Optmem:     n[sys.SK_MEMINFO_OPTMEM],
				Backlog:    n[sys.SK_MEMINFO_BACKLOG],
				Drops:      n[sys.SK_MEMINFO_DROPS],
			}, nil
		})

	sockFprogCodec = newFprogCodec()

	ipMsfilterCodec = &codec[IPMsfilter]{
		form:   form{kind: "struct ip_msfilter", shape: shapeBytes},
		encode: encodeIPMsfilter,
		decode: func(native) (IPMsfilter, error) { return IPMsfilter{}, syscall.ENOPROTOOPT },
	}
	groupFilterCodec = byFamily(&codec[GroupFilter]{
		form:   form{kind: "struct group_filter", shape: shapeBytes},
		encode: encodeGroupFilter,
		decode: func(native) (GroupFilter, error) { return GroupFilter{}, syscall.ENOPROTOOPT },
	}, func(f GroupFilter) netip.Addr { return f.Group })

	in6FlowlabelReqCodec = newStructCodec("struct in6_flowlabel_req",
		func(r In6FlowlabelReq, n *struct_in6_flowlabel_req) error {
			expires, linger := units(r.Expires, time.Second), units(r.Linger, time.Second)
			if err := errors.Join(putNumber(&n.flr_action, "Action", int(r.Action)),
				putNumber(&n.flr_share, "Share", int(r.Share)), putNumber(&n.flr_flags, "Flags", int(r.Flags))); err != nil {
				return err
			}
			n.flr_expires, n.flr_linger = __u16(expires), __u16(linger)
			if int64(n.flr_expires) != expires || int64(n.flr_linger) != linger {
				return fmt.Errorf("%v or %v overflows 16 bits of 1s: %w", r.Expires, r.Linger, syscall.EDOM)
			}
			putBE32(&n.flr_label, r.Label)
			if !r.Dst.IsValid() {
				return nil
			}
			return putIP6(ip6Bytes(&n.flr_dst), r.Dst)
		},
		func(n *struct_in6_flowlabel_req, _ int) (In6FlowlabelReq, error) {
			return In6FlowlabelReq{
				Dst:     netip.AddrFrom16(*ip6Bytes(&n.flr_dst)),
				Label:   getBE32(&n.flr_label),
				Action:  FlowlabelAction(n.flr_action),
				Share:   FlowlabelShare(n.flr_share),
				Flags:   FlowlabelFlags(n.flr_flags),
				Expires: time.Duration(n.flr_expires) * time.Second,
				Linger:  time.Duration(n.flr_linger) * time.Second,
			}, nil
		})

	vifctlCodec = newStructCodec("struct vifctl",
		func(v Vifctl, n *struct_vifctl) error {
			n.vifc_vifi, n.vifc_threshold = vifi_t(v.Vif), c_uchar(v.Threshold)
			if err := putNumber(&n.vifc_flags, "Flags", int(v.Flags)); err != nil {
				return err
			}
			n.vifc_rate_limit = c_uint(v.RateLimit)
			if err := putInterface(ip4Bytes(&n.vifc_rmt_addr), v.RmtAddr); err != nil {
				return err
			}
			local := ip4Bytes(&n.anon0) // a union of the address and the index
			if v.Flags&VIFF_USE_IFINDEX == 0 {
				return putInterface(local, v.LclAddr)
			}
			if int(int32(v.LclIfindex)) != v.LclIfindex {
				return notInt32("LclIfindex", v.LclIfindex)
			}
			*local = nativeBytes(uint32(v.LclIfindex))
			return nil
		}, nil)

	mfcctlCodec = newStructCodec("struct mfcctl",
		func(m Mfcctl, n *struct_mfcctl) error {
			n.mfcc_parent = vifi_t(m.Parent)
			if len(m.TTLs) > len(n.mfcc_ttls) {
				return fmt.Errorf("more than %d TTLs: %w", len(n.mfcc_ttls), syscall.EINVAL)
			}
			for i, ttl := range m.TTLs {
				n.mfcc_ttls[i] = c_uchar(ttl)
			}
			if err := putInterface(ip4Bytes(&n.mfcc_origin), m.Origin); err != nil {
				return err
			}
			return putInterface(ip4Bytes(&n.mfcc_mcastgrp), m.Mcastgrp)
		}, nil)

	mif6ctlCodec = newStructCodec("struct mif6ctl",
		func(m Mif6ctl, n *struct_mif6ctl) error {
			n.mif6c_mifi, n.vifc_threshold = mifi_t(m.Mif), c_uchar(m.Threshold)
			n.vifc_rate_limit = c_uint(m.RateLimit)
			return errors.Join(putNumber(&n.mif6c_flags, "Flags", int(m.Flags)), putNumber(&n.mif6c_pifi, "Pifi", m.Pifi))
		}, nil)

	mifCodec = newStructCodec("mifi_t",
		func(m uint16, n *mifi_t) error { *n = mifi_t(m); return nil }, nil)

	mf6cctlCodec = newStructCodec("struct mf6cctl",
		func(m Mf6cctl, n *struct_mf6cctl) error {
			n.mf6cc_parent = mifi_t(m.Parent)
			bits := n.mf6cc_ifset.ifs_bits[:]
			for _, mif := range m.Ifset {
				i := int(mif) / sys.NIFBITS
				if i >= len(bits) {
					return fmt.Errorf("interface %d of %d: %w", mif, len(bits)*sys.NIFBITS, syscall.EINVAL)
				}
				bits[i] |= 1 << (mif % sys.NIFBITS)
			}
			for _, a := range []struct {
				field *struct_sockaddr_in6
				addr  netip.Addr
			}{{&n.mf6cc_origin, m.Origin}, {&n.mf6cc_mcastgrp, m.Mcastgrp}} {
				*a.field = csock_sockaddr_in6
				if a.addr.IsValid() {
					if err := putIP6(ip6Bytes(&a.field.sin6_addr), a.addr); err != nil {
						return err
					}
				}
			}
			return nil
		}, nil)
)

// newFprogCodec is for a struct sock_fprog, by its instructions.
func newFprogCodec() *codec[[]SockFilter] {
	c := listCodec("struct sock_fprog", sys.BPF_MAXINSNS,
		func(f SockFilter, n *struct_sock_filter) error {
			n.code, n.jt, n.jf, n.k = __u16(f.Code), __u8(f.JT), __u8(f.JF), __u32(f.K)
			return nil
		},
		func(n *struct_sock_filter) SockFilter {
			return SockFilter{Code: uint16(n.code), JT: uint8(n.jt), JF: uint8(n.jf), K: uint32(n.k)}
		})
	c.shape = shapeFprog
	return c
}

// filterMemory returns zeroed memory for a struct that ends in an array of n elements, of which its type has one.
func filterMemory[T, E any](array uintptr, n int) (*T, []byte) {
	size := int(array) + n*int(unsafe.Sizeof(*new(E)))
	words := make([]uint64, (max(size, int(unsafe.Sizeof(*new(T))))+7)/8) // aligned for any struct
	p := unsafe.Pointer(unsafe.SliceData(words))
	return (*T)(p), unsafe.Slice((*byte)(p), size)
}

func encodeIPMsfilter(f IPMsfilter) (native, error) {
	array := unsafe.Offsetof(struct_ip_msfilter{}.imsf_slist)
	n, mem := filterMemory[struct_ip_msfilter, struct_in_addr](array, len(f.Slist))
	if err := putInterface(ip4Bytes(&n.imsf_interface), f.Interface); err != nil {
		return native{}, err
	}
	if err := putIP4(ip4Bytes(&n.imsf_multiaddr), f.Multiaddr); err != nil {
		return native{}, err
	}
	if err := putNumber(&n.imsf_fmode, "Fmode", int(f.Fmode)); err != nil {
		return native{}, err
	}
	n.imsf_numsrc = uint32_t(len(f.Slist))
	slist := mem[array:]
	for i, source := range f.Slist {
		if err := putIP4((*[4]byte)(slist[i*sizeof_struct_in_addr:]), source); err != nil {
			return native{}, err
		}
	}
	return native{mem: mem}, nil
}

func encodeGroupFilter(f GroupFilter) (native, error) {
	n, mem, err := newGroupFilter(f.Group, f.Interface, len(f.Slist))
	if err != nil {
		return native{}, err
	}
	if err := putNumber(&n.gf_fmode, "Fmode", int(f.Fmode)); err != nil {
		return native{}, err
	}
	slist := unsafe.Slice(&n.gf_slist[0], len(f.Slist))
	for i, source := range f.Slist {
		if err := putGroup(bytesOf(&slist[i]), source, f.Group); err != nil {
			return native{}, err
		}
	}
	return native{mem: mem}, nil
}

// newGroupFilter returns a struct group_filter with room for sources, and its memory.
func newGroupFilter(group netip.Addr, iface, sources int) (*struct_group_filter, []byte, error) {
	array := unsafe.Offsetof(struct_group_filter{}.gf_slist)
	n, mem := filterMemory[struct_group_filter, struct_sockaddr_storage](array, sources)
	index, err := zoneIndex(group, iface)
	if err != nil {
		return nil, nil, err
	}
	n.gf_interface, n.gf_numsrc = uint32_t(index), uint32_t(sources)
	return n, mem, putGroup(bytesOf(&n.gf_group), group, group)
}

// sourceFilter asks for a filter with room for sources, and returns how many there are.
func (s *Socket) sourceFilter(group netip.Addr, iface, sources int) (f GroupFilter, total int, err error) {
	o := MCAST_MSFILTER.o
	n, mem, err := newGroupFilter(group, iface, sources)
	if err != nil {
		return f, 0, o.refuse(err)
	}
	v := native{mem: mem}
	if group.Is6() {
		v.level = sys.IPPROTO_IPV6
	}
	if _, err := s.query(o, v); err != nil {
		return f, 0, err
	}
	f = GroupFilter{Interface: int(n.gf_interface), Group: group, Fmode: FilterMode(n.gf_fmode)}
	total = int(n.gf_numsrc)
	for _, source := range unsafe.Slice(&n.gf_slist[0], min(sources, total)) {
		ap, _ := SockAddr{source, sizeof_struct_sockaddr_storage}.AddrPort()
		f.Slist = append(f.Slist, ap.Addr())
	}
	return f, total, nil
}
