//go:build linux && cgo

package cref

// #include "ring.h"
import "C"

import (
	"syscall"
	"time"
	"unsafe"
)

// A Ring is PACKET_RX_RING of a packet socket, read by C.
type Ring struct{ r *C.struct_cref_ring }

// A RingFrame holds what C reads from a frame's header, and the frame.
type RingFrame struct {
	Status, Len, Snaplen, Sec, Nsec, Mac, Net, VlanTCI, VlanTPID, Rxhash uint32
	Ifindex                                                              int
	PacketType                                                           uint32
	Data                                                                 []byte
}

// OpenRing makes a ring. The descriptor stays owned by the caller, who keeps it open until Close.
func OpenRing(fd uintptr, version int, blockSize, blockNr, frameSize uint32, retire time.Duration) (*Ring, error) {
	r, err := C.cref_ring_open(C.int(fd), C.int(version), C.uint(blockSize), C.uint(blockNr), C.uint(frameSize), C.uint(retire.Milliseconds()))
	if r == nil {
		return nil, err
	}
	return &Ring{r}, nil
}

// Next waits for a frame. It returns ETIMEDOUT after timeout.
func (r *Ring) Next(timeout time.Duration) (RingFrame, error) {
	var f C.struct_cref_ring_frame
	data := make([]byte, 1<<16)
	n := C.cref_ring_next(r.r, C.int(timeout.Milliseconds()), &f, (*C.uint8_t)(unsafe.SliceData(data)), C.size_t(len(data)))
	if n < 0 {
		return RingFrame{}, syscall.Errno(-n)
	}
	return RingFrame{uint32(f.status), uint32(f.len), uint32(f.snaplen), uint32(f.sec), uint32(f.nsec), uint32(f.mac), uint32(f.net),
		uint32(f.vlan_tci), uint32(f.vlan_tpid), uint32(f.rxhash), int(f.ifindex), uint32(f.pkttype), data[:n]}, nil
}

// Close unmaps the ring.
func (r *Ring) Close() { C.cref_ring_close(r.r) }

// RingHeader describes a header of a packet ring in 64 bytes of memory: kind 2 is a Tpacket2Hdr, 3
// a Tpacket3Hdr, 1 a TpacketHdrV1.
func RingHeader(kind int, mem *[64]byte) string {
	var out [512]byte
	n := C.cref_ring_header(C.int(kind), (*C.uint8_t)(&mem[0]), (*C.char)(unsafe.Pointer(&out[0])), C.size_t(len(out)))
	return string(out[:n])
}
