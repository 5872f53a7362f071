//go:build cgo

package csock

import "github.com/csock/go-csock/csock/internal/sys"

func init() {
	useStruct(ucredCodec, func(u Ucred, n *struct_ucred) error {
		n.pid, n.uid, n.gid = pid_t(u.PID), uid_t(u.UID), gid_t(u.GID)
		return nil
	},
		func(n *struct_ucred, _ int) (Ucred, error) {
			return Ucred{PID: int(n.pid), UID: uint32(n.uid), GID: uint32(n.gid)}, nil
		})

	useStruct(soTimestampingCodec, func(t SoTimestamping, n *struct_csock_so_timestamping) error {
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

	useStruct(sockTxtimeCodec, func(t SockTxtime, n *struct_sock_txtime) error {
		n.clockid, n.flags = __kernel_clockid_t(t.Clock), __u32(t.Flags)
		if int(n.clockid) != t.Clock {
			return notInt32("Clock", t.Clock)
		}
		return nil
	},
		func(n *struct_sock_txtime, _ int) (SockTxtime, error) {
			return SockTxtime{Clock: int(n.clockid), Flags: TxtimeFlags(n.flags)}, nil
		})

	useStruct(meminfoCodec, nil,
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
}
