//go:build cgo

package csock

import (
	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	useAddr(tipcAddrs, sys.AF_TIPC, func(sa SockaddrTIPC) (n struct_sockaddr_tipc, ok bool) {
		n.addrtype, n.scope = c_uchar(sa.Type), c_schar(sa.Scope)
		union := bytesOf(&n.addr) // of three uint32
		switch sa.Type {
		case TIPC_SOCKET_ADDR:
			put(union, 0, sa.ID)
		case TIPC_SERVICE_ADDR:
			put(union, 0, [3]uint32{uint32(sa.Service.Type), sa.Service.Instance, sa.Domain})
		case TIPC_SERVICE_RANGE:
			put(union, 0, sa.Range)
		default:
			return n, false
		}
		return n, true
	}, func(n struct_sockaddr_tipc) (SockaddrTIPC, bool) {
		sa := SockaddrTIPC{Type: TIPCAddrType(n.addrtype), Scope: TIPCScope(n.scope)}
		v, _ := load[[3]uint32](bytesOf(&n.addr))
		switch sa.Type {
		case TIPC_SOCKET_ADDR:
			sa.ID = TIPCSocketAddr{v[0], v[1]}
		case TIPC_SERVICE_ADDR:
			sa.Service, sa.Domain = TIPCServiceAddr{TIPCServiceType(v[0]), v[1]}, v[2]
		case TIPC_SERVICE_RANGE:
			sa.Range = TIPCServiceRange{TIPCServiceType(v[0]), v[1], v[2]}
		default:
			return SockaddrTIPC{}, false
		}
		return sa, true
	})

	usePlain(tipcGroupReqCodec, func(r TIPCGroupReq, n *struct_tipc_group_req) error {
		n._type, n.instance, n.scope, n.flags = __u32(r.Type), __u32(r.Instance), __u32(r.Scope),
			__u32(r.Flags)
		return nil
	}, func(n *struct_tipc_group_req) TIPCGroupReq {
		return TIPCGroupReq{TIPCServiceType(n._type), uint32(n.instance), TIPCScope(n.scope),
			TIPCGroupFlags(n.flags)}
	})
}
