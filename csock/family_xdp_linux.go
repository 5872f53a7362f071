//go:build cgo

package csock

import (
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	useAddr(xdpAddrs, sys.AF_XDP, func(sa SockaddrXDP) (n struct_sockaddr_xdp, ok bool) {
		n.sxdp_flags, n.sxdp_ifindex, n.sxdp_queue_id = __u16(sa.Flags), __u32(sa.Ifindex),
			__u32(sa.QueueID)
		n.sxdp_shared_umem_fd = __u32(sa.SharedUmemFD)
		return n, int(n.sxdp_ifindex) == sa.Ifindex && int(n.sxdp_shared_umem_fd) == sa.SharedUmemFD
	}, func(n struct_sockaddr_xdp) (SockaddrXDP, bool) {
		return SockaddrXDP{XDPFlags(n.sxdp_flags), int(n.sxdp_ifindex), uint32(n.sxdp_queue_id),
			int(n.sxdp_shared_umem_fd)}, true
	})

	usePlain(xdpMmapOffsetsCodec, nil,
		func(n *struct_xdp_mmap_offsets) XDPMmapOffsets {
			offsets := func(n *struct_xdp_ring_offset) XDPRingOffset {
				return XDPRingOffset{uint64(n.producer), uint64(n.consumer), uint64(n.desc),
					uint64(n.flags)}
			}
			return XDPMmapOffsets{offsets(&n.rx), offsets(&n.tx), offsets(&n.fr), offsets(&n.cr)}
		})

	usePlain(xdpUmemRegCodec, func(r XDPUmemReg, n *struct_csock_xdp_umem_reg) error {
		// An address as a number keeps nothing alive: the memory is outside Go's heap, as
		// XDPUmemReg requires.
		n.addr, n.len = __u64(uintptr(unsafe.Pointer(unsafe.SliceData(r.Umem)))), __u64(len(r.Umem))
		n.chunk_size, n.headroom, n.flags = __u32(r.ChunkSize), __u32(r.Headroom), __u32(r.Flags)
		n.tx_metadata_len = __u32(r.TxMetadataLen)
		return nil
	}, nil)

	usePlain(xdpStatisticsCodec, nil, func(n *struct_xdp_statistics) XDPStatistics {
		return XDPStatistics{uint64(n.rx_dropped), uint64(n.rx_invalid_descs),
			uint64(n.tx_invalid_descs),
			uint64(n.rx_ring_full), uint64(n.rx_fill_ring_empty_descs),
			uint64(n.tx_ring_empty_descs)}
	})

	usePlain(xskTxMetadataCodec, func(m XSKTxMetadata, n *struct_csock_xsk_tx_metadata) error {
		n.flags = __u64(m.Flags)
		n.csum_start, n.csum_offset = __u16(m.CsumStart), __u16(m.CsumOffset)
		n.launch_time = __u64(m.LaunchTime)
		return nil
	}, nil)
	// A completed one has the time in the place of the request.
	usePlain(xskTxCompletedCodec, nil, func(n *struct_csock_xsk_tx_metadata) xskTxCompleted {
		at, _ := load[uint64](bytesOf(n)[unsafe.Offsetof(n.csum_start):])
		return xskTxCompleted{XDPTxmdFlags(n.flags), duration(int64(at), time.Nanosecond)}
	})
}
