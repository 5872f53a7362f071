//go:build cgo

package csock

import (
	"fmt"
	"syscall"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The structs of the families in family_*.go; families_other.go stands in for them elsewhere.

// makeAddr returns the address whose native struct is an N, and that struct to be filled. It fits: sockaddr_storage
// is made to hold and to align every one of them.
func makeAddr[N any](a *SockAddr, family c_int) *N {
	a.storage.ss_family = sa_family_t(family)
	a.len = socklen_t(unsafe.Sizeof(*new(N)))
	return (*N)(unsafe.Pointer(&a.storage))
}

// addrAs returns the native struct of an address of a family that is at least as long as an N, else nil.
func addrAs[N any](a *SockAddr, family c_int) *N {
	if a.storage.ss_family != sa_family_t(family) || a.len < socklen_t(unsafe.Sizeof(*new(N))) {
		return nil
	}
	return (*N)(unsafe.Pointer(&a.storage))
}

func (sa SockaddrXDP) native() (a SockAddr) {
	n := makeAddr[struct_sockaddr_xdp](&a, sys.AF_XDP)
	n.sxdp_flags, n.sxdp_ifindex, n.sxdp_queue_id = __u16(sa.Flags), __u32(sa.Ifindex), __u32(sa.QueueID)
	n.sxdp_shared_umem_fd = __u32(sa.SharedUmemFD)
	if int(n.sxdp_ifindex) != sa.Ifindex || int(n.sxdp_shared_umem_fd) != sa.SharedUmemFD {
		return invalidAddr(fmt.Sprintf("%+v", sa), syscall.EINVAL)
	}
	return a
}

func (sa *SockaddrXDP) load(a *SockAddr) bool {
	n := addrAs[struct_sockaddr_xdp](a, sys.AF_XDP)
	if n == nil {
		return false
	}
	*sa = SockaddrXDP{XDPFlags(n.sxdp_flags), int(n.sxdp_ifindex), uint32(n.sxdp_queue_id), int(n.sxdp_shared_umem_fd)}
	return true
}

var (
	xdpMmapOffsetsCodec = newPlainCodec("struct xdp_mmap_offsets", nil,
		func(n *struct_xdp_mmap_offsets) XDPMmapOffsets {
			offsets := func(n *struct_xdp_ring_offset) XDPRingOffset {
				return XDPRingOffset{uint64(n.producer), uint64(n.consumer), uint64(n.desc), uint64(n.flags)}
			}
			return XDPMmapOffsets{offsets(&n.rx), offsets(&n.tx), offsets(&n.fr), offsets(&n.cr)}
		})

	xdpUmemRegCodec = newPlainCodec("struct xdp_umem_reg", func(r XDPUmemReg, n *struct_csock_xdp_umem_reg) error {
		// An address as a number keeps nothing alive: the memory is not of Go's heap, as XDPUmemReg says.
		n.addr, n.len = __u64(uintptr(unsafe.Pointer(unsafe.SliceData(r.Umem)))), __u64(len(r.Umem))
		n.chunk_size, n.headroom, n.flags = __u32(r.ChunkSize), __u32(r.Headroom), __u32(r.Flags)
		n.tx_metadata_len = __u32(r.TxMetadataLen)
		return nil
	}, nil)

	xdpStatisticsCodec = newPlainCodec("struct xdp_statistics", nil, func(n *struct_xdp_statistics) XDPStatistics {
		return XDPStatistics{uint64(n.rx_dropped), uint64(n.rx_invalid_descs), uint64(n.tx_invalid_descs),
			uint64(n.rx_ring_full), uint64(n.rx_fill_ring_empty_descs), uint64(n.tx_ring_empty_descs)}
	})
)
