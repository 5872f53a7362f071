//go:build cgo && !linux

package csock

import (
	"errors"
	"net/netip"
	"time"
)

// What options_linux.go has, where there are no such structs: the options are there, and
// answer that they are not supported.

var (
	ucredCodec           = lackingCodec[Ucred]("struct ucred")
	soTimestampingCodec  = lackingCodec[SoTimestamping]("struct so_timestamping")
	sockTxtimeCodec      = lackingCodec[SockTxtime]("struct sock_txtime")
	meminfoCodec         = lackingCodec[Meminfo]("uint32_t[SK_MEMINFO_VARS]")
	sockFprogCodec       = lackingCodec[[]SockFilter]("struct sock_fprog")
	ipMsfilterCodec      = lackingCodec[IPMsfilter]("struct ip_msfilter")
	groupFilterCodec     = lackingCodec[GroupFilter]("struct group_filter")
	in6FlowlabelReqCodec = lackingCodec[In6FlowlabelReq]("struct in6_flowlabel_req")
	vifctlCodec          = lackingCodec[Vifctl]("struct vifctl")
	mfcctlCodec          = lackingCodec[Mfcctl]("struct mfcctl")
	mif6ctlCodec         = lackingCodec[Mif6ctl]("struct mif6ctl")
	mifCodec             = lackingCodec[uint16]("mifi_t")
	mf6cctlCodec         = lackingCodec[Mf6cctl]("struct mf6cctl")
	oldTimevalCodec      = lackingCodec[time.Duration]("duration (struct __kernel_old_timeval)")
	newTimevalCodec      = lackingCodec[time.Duration]("duration (struct __kernel_sock_timeval)")
)

func (s *Socket) sourceFilter(netip.Addr, int, int) (GroupFilter, int, error) {
	return GroupFilter{}, 0, MCAST_MSFILTER.o.error("getsockopt", errors.ErrUnsupported)
}
