//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"
)

func init() {
	useStruct(in6FlowlabelReqCodec, func(r In6FlowlabelReq, n *struct_in6_flowlabel_req) error {
		expires, linger := units(r.Expires, time.Second), units(r.Linger, time.Second)
		if err := errors.Join(putNumber(&n.flr_action, "Action", int(r.Action)),
			putNumber(&n.flr_share, "Share", int(r.Share)), putNumber(&n.flr_flags, "Flags",
				int(r.Flags))); err != nil {
			return err
		}
		n.flr_expires, n.flr_linger = __u16(expires), __u16(linger)
		if int64(n.flr_expires) != expires || int64(n.flr_linger) != linger {
			return fmt.Errorf("%v or %v overflows 16 bits of 1s: %w", r.Expires, r.Linger,
				syscall.EDOM)
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
				Expires: duration(int64(n.flr_expires), time.Second),
				Linger:  duration(int64(n.flr_linger), time.Second),
			}, nil
		})
}
