//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"

func init() {
	ucredCodec.kind = "struct sockpeercred"
	usePlain(ucredCodec, nil, func(n *C.struct_sockpeercred) Ucred {
		return Ucred{PID: int(n.pid), UID: uint32(n.uid), GID: uint32(n.gid)}
	})
}
