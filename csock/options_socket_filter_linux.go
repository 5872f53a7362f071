//go:build cgo

package csock

import "github.com/csock/go-csock/csock/internal/sys"

func init() {
	useList(sockFprogCodec, sys.BPF_MAXINSNS,
		func(f SockFilter, n *struct_sock_filter) error {
			n.code, n.jt, n.jf, n.k = __u16(f.Code), __u8(f.JT), __u8(f.JF), __u32(f.K)
			return nil
		},
		func(n *struct_sock_filter) SockFilter {
			return SockFilter{Code: BPFCode(n.code), JT: uint8(n.jt), JF: uint8(n.jf),
				K: uint32(n.k)}
		})
	sockFprogCodec.shape = shapeFprog // the struct points to its instructions
}
