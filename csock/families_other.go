//go:build cgo && !linux

package csock

import "syscall"

// Stand-ins for what families_linux.go has: addresses that cannot be made, options that are not supported.

func (SockaddrXDP) native() SockAddr     { return lackedAddr("SockaddrXDP") }
func (*SockaddrXDP) load(*SockAddr) bool { return false }

func lackedAddr(what string) SockAddr { return invalidAddr(what, syscall.EAFNOSUPPORT) }

var (
	xdpMmapOffsetsCodec = platformCodec[XDPMmapOffsets]("struct xdp_mmap_offsets")
	xdpUmemRegCodec     = platformCodec[XDPUmemReg]("struct xdp_umem_reg")
	xdpStatisticsCodec  = platformCodec[XDPStatistics]("struct xdp_statistics")
)
