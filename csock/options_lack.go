//go:build cgo && !linux

package csock

import (
	"errors"
	"net/netip"
)

// What options_linux.go has, where there are no such structs: the options are there, and
// answer that they are not supported.

var (
	ucredCodec           = lackCodec[Ucred]("struct ucred")
	soTimestampingCodec  = lackCodec[SoTimestamping]("struct so_timestamping")
	sockTxtimeCodec      = lackCodec[SockTxtime]("struct sock_txtime")
	meminfoCodec         = lackCodec[Meminfo]("uint32_t[SK_MEMINFO_VARS]")
	sockFprogCodec       = lackCodec[[]SockFilter]("struct sock_fprog")
	ipMsfilterCodec      = lackCodec[IPMsfilter]("struct ip_msfilter")
	groupFilterCodec     = lackCodec[GroupFilter]("struct group_filter")
	in6FlowlabelReqCodec = lackCodec[In6FlowlabelReq]("struct in6_flowlabel_req")
	vifctlCodec          = lackCodec[Vifctl]("struct vifctl")
	mfcctlCodec          = lackCodec[Mfcctl]("struct mfcctl")
	mif6ctlCodec         = lackCodec[Mif6ctl]("struct mif6ctl")
	mifCodec             = lackCodec[uint16]("mifi_t")
	mf6cctlCodec         = lackCodec[Mf6cctl]("struct mf6cctl")
)

func lackCodec[T any](kind string) *codec[T] {
	return &codec[T]{
		kind:   kind,
		shape:  shapeBytes,
		encode: func(T) (native, error) { return native{}, errors.ErrUnsupported },
		decode: func(native) (t T, err error) { return t, errors.ErrUnsupported },
	}
}

func (s *Socket) sourceFilter(netip.Addr, int, int) (GroupFilter, int, error) {
	return GroupFilter{}, 0, MCAST_MSFILTER.o.error("getsockopt", errors.ErrUnsupported)
}
