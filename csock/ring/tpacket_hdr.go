//go:build cgo

package ring

// #include "cgo_helpers.h"
import "C"

import (
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock"
)

// A Status is the state of a frame or block: TP_STATUS_ bits.
type Status = csock.TpacketStatus

// See packet_mmap.rst of the kernel's documentation.
const (
	// the kernel's
	TP_STATUS_KERNEL Status = C.TP_STATUS_KERNEL
	// the user's
	TP_STATUS_USER Status = C.TP_STATUS_USER
	// the frame was truncated; Recv on the socket returns it whole (csock.PACKET_COPY_THRESH)
	TP_STATUS_COPY Status = C.TP_STATUS_COPY
	// there were drops since csock.PACKET_STATISTICS was last read
	TP_STATUS_LOSING Status = C.TP_STATUS_LOSING
	// sent by this host, and the device has yet to compute the checksum
	TP_STATUS_CSUMNOTREADY Status = C.TP_STATUS_CSUMNOTREADY
	// the checksum has been verified
	TP_STATUS_CSUM_VALID Status = C.TP_STATUS_CSUM_VALID
	// the VLAN tag is in the header, and not in the data
	TP_STATUS_VLAN_VALID Status = C.TP_STATUS_VLAN_VALID
	// so is its Ethernet type
	TP_STATUS_VLAN_TPID_VALID Status = C.TP_STATUS_VLAN_TPID_VALID
	// of a block: its time passed before it was full
	TP_STATUS_BLK_TMO Status = C.TP_STATUS_BLK_TMO
	// the time is the kernel's
	TP_STATUS_TS_SOFTWARE Status = C.TP_STATUS_TS_SOFTWARE
	// the time is the device's
	TP_STATUS_TS_RAW_HARDWARE Status = C.TP_STATUS_TS_RAW_HARDWARE

	TP_STATUS_AVAILABLE    Status = C.TP_STATUS_AVAILABLE    // of a frame to send: free
	TP_STATUS_SEND_REQUEST Status = C.TP_STATUS_SEND_REQUEST // of a frame to send: queued
	TP_STATUS_SENDING      Status = C.TP_STATUS_SENDING      // of a frame to send: the device has it
	TP_STATUS_WRONG_FORMAT Status = C.TP_STATUS_WRONG_FORMAT // of a frame to send: the kernel refuses it
)

// A Tpacket2Hdr is the header of a frame, a struct tpacket2_hdr, where the kernel wrote it.
type Tpacket2Hdr struct{ c C.struct_tpacket2_hdr }

// Status returns tp_status.
func (h *Tpacket2Hdr) Status() Status { return Status(h.c.tp_status) }

// Len returns tp_len, the length of the frame on the wire.
func (h *Tpacket2Hdr) Len() uint32 { return uint32(h.c.tp_len) }

// Snaplen returns tp_snaplen, the length of the frame in the ring.
func (h *Tpacket2Hdr) Snaplen() uint32 { return uint32(h.c.tp_snaplen) }

// Mac returns tp_mac, the offset of the frame from the header.
func (h *Tpacket2Hdr) Mac() uint16 { return uint16(h.c.tp_mac) }

// Net returns tp_net, the offset of the network header from the header.
func (h *Tpacket2Hdr) Net() uint16 { return uint16(h.c.tp_net) }

// Sec returns tp_sec, the seconds of its time.
func (h *Tpacket2Hdr) Sec() uint32 { return uint32(h.c.tp_sec) }

// Nsec returns tp_nsec, the nanoseconds of its time.
func (h *Tpacket2Hdr) Nsec() uint32 { return uint32(h.c.tp_nsec) }

// VlanTCI returns tp_vlan_tci, the VLAN's tag, if Status has TP_STATUS_VLAN_VALID.
func (h *Tpacket2Hdr) VlanTCI() uint16 { return uint16(h.c.tp_vlan_tci) }

// VlanTPID returns tp_vlan_tpid, its Ethernet type, if Status has TP_STATUS_VLAN_TPID_VALID.
func (h *Tpacket2Hdr) VlanTPID() csock.EtherType { return csock.EtherType(h.c.tp_vlan_tpid) }

// A Tpacket3Hdr is the header of a frame, a struct tpacket3_hdr, where the kernel wrote it.
type Tpacket3Hdr struct{ c C.struct_tpacket3_hdr }

// NextOffset returns tp_next_offset, the distance to the block's next header, or 0 if there is
// none.
func (h *Tpacket3Hdr) NextOffset() uint32 { return uint32(h.c.tp_next_offset) }

// Status returns tp_status.
func (h *Tpacket3Hdr) Status() Status { return Status(h.c.tp_status) }

// Len returns tp_len, the length of the frame on the wire.
func (h *Tpacket3Hdr) Len() uint32 { return uint32(h.c.tp_len) }

// Snaplen returns tp_snaplen, the length of the frame in the ring.
func (h *Tpacket3Hdr) Snaplen() uint32 { return uint32(h.c.tp_snaplen) }

// Mac returns tp_mac, the offset of the frame from the header.
func (h *Tpacket3Hdr) Mac() uint16 { return uint16(h.c.tp_mac) }

// Net returns tp_net, the offset of the network header from the header.
func (h *Tpacket3Hdr) Net() uint16 { return uint16(h.c.tp_net) }

// Sec returns tp_sec, the seconds of its time.
func (h *Tpacket3Hdr) Sec() uint32 { return uint32(h.c.tp_sec) }

// Nsec returns tp_nsec, the nanoseconds of its time.
func (h *Tpacket3Hdr) Nsec() uint32 { return uint32(h.c.tp_nsec) }

// Rxhash returns hv1.tp_rxhash, the hash of its flow, if the ring was made with
// [csock.TP_FT_REQ_FILL_RXHASH].
func (h *Tpacket3Hdr) Rxhash() uint32 { return uint32(h.variant().tp_rxhash) }

// VlanTCI returns hv1.tp_vlan_tci, the VLAN's tag, if Status has TP_STATUS_VLAN_VALID.
func (h *Tpacket3Hdr) VlanTCI() uint16 { return uint16(h.variant().tp_vlan_tci) }

// VlanTPID returns hv1.tp_vlan_tpid, its Ethernet type, if Status has TP_STATUS_VLAN_TPID_VALID.
func (h *Tpacket3Hdr) VlanTPID() csock.EtherType {
	return csock.EtherType(h.variant().tp_vlan_tpid)
}

// variant returns the header's union, which cgo has as bytes. The union has one member, and so its
// size and alignment.
func (h *Tpacket3Hdr) variant() *C.struct_tpacket_hdr_variant1 {
	return (*C.struct_tpacket_hdr_variant1)(unsafe.Pointer(&h.c.anon0))
}

// A TpacketHdrV1 is the header of a block, a struct tpacket_hdr_v1, where the kernel wrote it.
type TpacketHdrV1 struct{ c C.struct_tpacket_hdr_v1 }

// BlockStatus returns block_status. TP_STATUS_BLK_TMO and TP_STATUS_LOSING are the bits of
// interest.
func (h *TpacketHdrV1) BlockStatus() Status { return Status(h.c.block_status) }

// NumPkts returns num_pkts, the number of frames in the block.
func (h *TpacketHdrV1) NumPkts() uint32 { return uint32(h.c.num_pkts) }

// OffsetToFirstPkt returns offset_to_first_pkt, the offset of the first header from the block.
func (h *TpacketHdrV1) OffsetToFirstPkt() uint32 { return uint32(h.c.offset_to_first_pkt) }

// BlkLen returns blk_len, the number of bytes of the block in use.
func (h *TpacketHdrV1) BlkLen() uint32 { return uint32(h.c.blk_len) }

// SeqNum returns seq_num, the block's number since the ring was made.
func (h *TpacketHdrV1) SeqNum() uint64 { return uint64(h.c.seq_num) }

// FirstPkt returns ts_first_pkt, the time at which the block was opened or its first frame arrived.
func (h *TpacketHdrV1) FirstPkt() time.Time { return bdTime(&h.c.ts_first_pkt) }

// LastPkt returns ts_last_pkt, the arrival time of its last frame.
func (h *TpacketHdrV1) LastPkt() time.Time { return bdTime(&h.c.ts_last_pkt) }

// bdTime returns a time. Its union of microseconds and nanoseconds, which cgo has as bytes, is of
// two unsigned ints; the kernel writes nanoseconds.
func bdTime(ts *C.struct_tpacket_bd_ts) time.Time {
	return time.Unix(int64(ts.ts_sec), int64(*(*C.uint)(unsafe.Pointer(&ts.anon0))))
}
