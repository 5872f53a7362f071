//go:build linux && cgo

package options

import (
	"encoding/binary"
	"maps"
	"syscall"
	"unsafe"

	"github.com/csock/go-csock/csock"
)

func init() {
	maps.Copy(optionSockets, map[string]func() ([]*csock.Socket, error){
		"xdp": fresh(csock.AF_XDP, csock.SOCK_RAW, 0),
	})
}

// umem is memory that is not of Go's heap.
var umem = func() []byte {
	p, err := syscall.Mmap(-1, 0, 1<<16, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANONYMOUS)
	if err != nil {
		panic(err)
	}
	return p
}()

// umemInC is a struct xdp_umem_reg.
func umemInC(chunk, headroom, flags, metadata uint32) []byte {
	p := binary.NativeEndian.AppendUint64(nil, uint64(uintptr(unsafe.Pointer(&umem[0]))))
	p = binary.NativeEndian.AppendUint64(p, uint64(len(umem)))
	for _, n := range []uint32{chunk, headroom, flags, metadata} {
		p = binary.NativeEndian.AppendUint32(p, n)
	}
	return p
}

var familyPlans = map[string]plan{
	"XDP_RX_RING":              {set: []any{64}},
	"XDP_TX_RING":              {set: []any{64}},
	"XDP_UMEM_FILL_RING":       {set: []any{64}},
	"XDP_UMEM_COMPLETION_RING": {set: []any{64}},
	"XDP_MAX_TX_SKB_BUDGET": {set: []any{64},
		setUp: func(s *csock.Socket) error { return csock.XDP_TX_RING.Set(s, 64) }},
	"XDP_UMEM_REG": {
		set: []any{csock.XDPUmemReg{Umem: umem, ChunkSize: 2048, Headroom: 128}},
		inC: []any{umemInC(2048, 128, 0, 0)},
	},
}
