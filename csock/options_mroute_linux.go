//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	useStruct(vifctlCodec, func(v Vifctl, n *struct_vifctl) error {
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

	useStruct(mfcctlCodec, func(m Mfcctl, n *struct_mfcctl) error {
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

	useStruct(mif6ctlCodec, func(m Mif6ctl, n *struct_mif6ctl) error {
		n.mif6c_mifi, n.vifc_threshold = mifi_t(m.Mif), c_uchar(m.Threshold)
		n.vifc_rate_limit = c_uint(m.RateLimit)
		return errors.Join(putNumber(&n.mif6c_flags, "Flags", int(m.Flags)),
			putNumber(&n.mif6c_pifi, "Pifi", m.Pifi))
	}, nil)

	useStruct(mifCodec, func(m uint16, n *mifi_t) error { *n = mifi_t(m); return nil }, nil)

	useStruct(mf6cctlCodec, func(m Mf6cctl, n *struct_mf6cctl) error {
		n.mf6cc_parent = mifi_t(m.Parent)
		bits := n.mf6cc_ifset.ifs_bits[:]
		for _, mif := range m.Ifset {
			i := int(mif) / sys.NIFBITS
			if i >= len(bits) {
				return fmt.Errorf("interface %d of %d: %w", mif, len(bits)*sys.NIFBITS,
					syscall.EINVAL)
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
}
