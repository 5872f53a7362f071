//go:build cgo

package ring

// #include "cgo_helpers.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock"
)

// A TPacketConfig selects the rings of a packet socket.
type TPacketConfig struct {
	Version csock.TpacketVersion // csock.TPACKET_V3 or csock.TPACKET_V2
	// Rx is the ring of PACKET_RX_RING, Tx that of PACKET_TX_RING. A ring whose BlockNr is 0 is
	// not made. A FrameNr of 0 means as many as fit. The last three fields of Tx must be 0.
	Rx, Tx csock.TpacketReq3
}

// A TPacket is a packet socket with rings that it shares with the kernel: PACKET_RX_RING and
// PACKET_TX_RING of packet(7).
//
// Next may be called concurrently, and so may Release of its blocks, in any order. Buffer, Queue
// and Flush are for one goroutine at a time. Receiving and sending are independent, and Close may
// run concurrently with everything.
type TPacket struct {
	base
	version csock.TpacketVersion

	// Receiving.
	next   sync.Mutex // held by the call that takes a block or waits for one
	blocks []Block    // by number of the block; for TPACKET_V2, of its first frame
	per    int        // frames of a block
	step   int        // bytes from frame to frame
	head   int        // number of the next
	taken  *Block     // by ready
	failed error      // of ready
	stuck  atomic.Bool
	ready  func(uintptr) bool // tryTake, bound once
	stats  totals

	tx tpacketTx
}

// NewTPacket gives s, an AF_PACKET socket, the rings of c. It transfers ownership of the descriptor
// to the TPacket and closes s; if it fails, s stays as it was. Bind s to an interface first, with
// csock.PacketAddr: sending needs one. For sizes that the kernel refuses, it returns EINVAL or
// ENOMEM. A block's size is a multiple of the page size, and a frame's of 16. FrameNr is the number
// of frames that fit in all blocks. See packet_mmap.rst of the kernel's documentation.
//
// A received frame that is longer than FrameSize allows is truncated; with TPACKET_V3, one that is
// longer than a block.
func NewTPacket(s *csock.Socket, c TPacketConfig) (*TPacket, error) {
	if s == nil {
		return nil, os.ErrInvalid
	}
	if c.Version != csock.TPACKET_V2 && c.Version != csock.TPACKET_V3 {
		return nil, fmt.Errorf("ring: TpacketVersion %d: %w", c.Version, syscall.EINVAL)
	}
	rx, err := ringSize(&c.Rx)
	if err != nil {
		return nil, fmt.Errorf("ring: Rx: %w", err)
	}
	tx, err := ringSize(&c.Tx)
	if err != nil {
		return nil, fmt.Errorf("ring: Tx: %w", err)
	}
	if rx+tx == 0 || rx > math.MaxInt-tx {
		return nil, fmt.Errorf("ring: Rx of %d bytes and Tx of %d: %w", rx, tx, syscall.EINVAL)
	}
	if err := csock.PACKET_VERSION.Set(s, c.Version); err != nil {
		return nil, err
	}
	undo := func(made ...csock.Option[csock.TpacketReq3]) {
		for _, o := range made {
			o.Set(s, csock.TpacketReq3{})
		}
	}
	if rx > 0 {
		if err := csock.PACKET_RX_RING.Set(s, c.Rx); err != nil {
			return nil, err
		}
	}
	if tx > 0 {
		if err := csock.PACKET_TX_RING.Set(s, c.Tx); err != nil {
			undo(csock.PACKET_RX_RING)
			return nil, err
		}
	}
	// One mapping holds both rings, the receive ring first.
	mem, err := mapMemory(int(s.FD()), rx+tx, 0)
	if err != nil {
		undo(csock.PACKET_RX_RING, csock.PACKET_TX_RING)
		return nil, err
	}
	t := &TPacket{version: c.Version}
	if err := t.init(s, []memory{mem}); err != nil {
		mem.release()
		undo(csock.PACKET_RX_RING, csock.PACKET_TX_RING)
		return nil, err
	}
	t.ready = t.tryTake
	t.layRx(mem, c.Rx)
	t.tx.lay(t, mem, rx, c.Tx)
	return t, nil
}

// ringSize completes a request, and returns how many bytes its ring has.
func ringSize(r *csock.TpacketReq3) (int, error) {
	if r.BlockNr == 0 {
		return 0, nil
	}
	if r.BlockSize == 0 || r.FrameSize == 0 || r.FrameSize > r.BlockSize {
		return 0, fmt.Errorf("frames of %d bytes in blocks of %d: %w", r.FrameSize, r.BlockSize,
			syscall.EINVAL)
	}
	fit := uint64(r.BlockSize/r.FrameSize) * uint64(r.BlockNr)
	if r.FrameNr == 0 && fit <= math.MaxUint32 {
		r.FrameNr = uint32(fit)
	}
	size := uint64(r.BlockSize) * uint64(r.BlockNr)
	if size > math.MaxInt/2 || uint64(r.FrameNr) != fit {
		return 0, fmt.Errorf("%d frames in %d blocks of %d bytes: %w", r.FrameNr, r.BlockNr,
			r.BlockSize, syscall.EINVAL)
	}
	return int(size), nil
}

// layRx makes the Blocks of the ring.
func (t *TPacket) layRx(mem memory, r csock.TpacketReq3) {
	if r.BlockNr == 0 {
		return
	}
	size := int(r.BlockSize)
	t.step = int(r.FrameSize)
	t.per = size / t.step
	if t.version == csock.TPACKET_V3 {
		t.blocks = make([]Block, r.BlockNr)
		for i := range t.blocks {
			t.blocks[i] = Block{t: t, i: i, mem: mem.bytes()[i*size:][:size:size]}
		}
		return
	}
	t.blocks = make([]Block, r.FrameNr)
	for i := range t.blocks {
		at := i / t.per * size
		t.blocks[i] = Block{t: t, i: i,
			mem: mem.bytes()[at+i%t.per*t.step : at+t.per*t.step : at+t.per*t.step]}
	}
}

// Next waits for the next block of received frames and returns it. ctx or the read deadline ends
// the wait. ctx may be nil. The caller owns the block until its Release.
//
// In a TPACKET_V3 ring, a block is ready when it is full or its RetireTime has passed. In a
// TPACKET_V2 ring, a block is the frames that have arrived, up to the end of the kernel's block. If
// there is no block, an error that is pending on the socket is returned once, such as ENETDOWN when
// its interface went down.
func (t *TPacket) Next(ctx context.Context) (*Block, error) {
	if t == nil {
		return nil, os.ErrInvalid
	}
	if err := t.enter(); err != nil {
		return nil, err
	}
	b, err := t.nextBlock(ctx)
	if err != nil {
		t.leave()
		return nil, err
	}
	return b, nil
}

// nextBlock is Next for a holder, whose hold passes to the block.
func (t *TPacket) nextBlock(ctx context.Context) (*Block, error) {
	if len(t.blocks) == 0 {
		return nil, errNoRing
	}
	t.next.Lock()
	defer t.next.Unlock()
	if err := t.reading.check(ctx); err != nil {
		return nil, err
	}
	if b := t.take(); b != nil {
		return b, nil
	}
	err := t.reading.wait(ctx, t.ready, 0)
	b, failed := t.taken, t.failed
	t.taken, t.failed = nil, nil
	if b != nil {
		return b, nil
	}
	if err == nil {
		err = failed
	}
	return nil, err
}

// errNoRing is the error of calls for a direction without a ring.
var errNoRing = fmt.Errorf("ring: there is no ring for this direction: %w", syscall.EINVAL)

// tryTake is one attempt of the waiting call, which holds t.next.
func (t *TPacket) tryTake(fd uintptr) bool {
	if t.taken = t.take(); t.taken != nil {
		return true
	}
	// The ring has come round to a block that is still held, and no event reports its release.
	// Release reads stuck after it has changed state, and this reads state after stuck, so that
	// one of the two sees the other.
	if b := &t.blocks[t.head]; b.state.Load() != blockFree {
		t.stuck.Store(true)
		if b.state.Load() == blockFree {
			if t.taken = t.take(); t.taken != nil {
				return true
			}
		}
	}
	t.failed = pending(fd)
	return t.failed != nil
}

// take takes the next block if it is ready.
func (t *TPacket) take() *Block {
	b := &t.blocks[t.head]
	if b.state.Load() != blockFree || !b.has() {
		return nil
	}
	b.n = 1
	if t.version == csock.TPACKET_V2 {
		// Frames that another Block holds look received, too.
		for limit := t.per - t.head%t.per; b.n < limit; b.n++ {
			if o := &t.blocks[t.head+b.n]; o.state.Load() != blockFree || !o.has() {
				break
			}
		}
	}
	b.state.Store(blockHeld)
	if t.head += b.n; t.head == len(t.blocks) {
		t.head = 0
	}
	return b
}

// A Block is a run of received frames, in the memory where the kernel wrote them. The caller owns
// it until Release, even if the TPacket is closed.
type Block struct {
	t     *TPacket
	i     int    // the Block's place in t.blocks
	mem   []byte // of TPACKET_V2, up to the end of the kernel's block
	n     int    // of TPACKET_V2: how many frames
	state atomic.Int32
}

// The states of a Block.
const (
	blockFree = iota
	blockHeld
	blockReleasing
)

// has reports whether the kernel has filled the start of the Block. The load is a barrier before
// reads of the contents.
func (b *Block) has() bool {
	return atomic.LoadUint32(b.status())&C.TP_STATUS_USER != 0
}

// status returns the word in memory by which kernel and user pass the block, or its first frame, to
// each other.
func (b *Block) status() *uint32 {
	if b.t.version == csock.TPACKET_V3 {
		return (*uint32)(&b.Header().c.block_status)
	}
	return (*uint32)(&b.tpacket2(0).c.tp_status)
}

// tpacket2 returns the header of frame i, and desc that of the block. The memory is a mapping: it
// neither moves nor goes away (see memory). The header is within it: the kernel makes no ring with
// blocks or frames that are smaller than their headers. layRx gives a Block only whole ones. It is
// aligned: blocks begin at pages, and frames at multiples of 16 bytes from there.
func (b *Block) tpacket2(i int) *Tpacket2Hdr {
	return (*Tpacket2Hdr)(unsafe.Pointer(&b.mem[i*b.t.step]))
}

func (b *Block) desc() *C.struct_tpacket_block_desc {
	return (*C.struct_tpacket_block_desc)(unsafe.Pointer(&b.mem[0]))
}

// Release returns the block to the kernel. Its frames' data must not be used after that: the kernel
// writes new frames there. (Such use stays memory-safe, after Close too.) A second Release is a
// no-op.
func (b *Block) Release() {
	if b == nil || b.t == nil || !b.state.CompareAndSwap(blockHeld, blockReleasing) {
		return
	}
	t := b.t
	if t.version == csock.TPACKET_V3 {
		atomic.StoreUint32(b.status(), C.TP_STATUS_KERNEL)
	} else {
		// The first frame last: the kernel fills them in order, so that Next sees none
		// before all are returned.
		for i := b.n - 1; i >= 0; i-- {
			atomic.StoreUint32(t.blocks[b.i+i].status(), C.TP_STATUS_KERNEL)
		}
	}
	b.state.Store(blockFree)
	if t.stuck.Load() && t.stuck.CompareAndSwap(true, false) {
		t.reading.wake()
	}
	t.leave()
}

// Header returns the header of a TPACKET_V3 block, nil in a ring of TPACKET_V2.
func (b *Block) Header() *TpacketHdrV1 {
	if b == nil || b.t == nil || b.t.version != csock.TPACKET_V3 {
		return nil
	}
	return (*TpacketHdrV1)(unsafe.Pointer(&b.desc().hdr)) // a union, with nothing else
}

// Private returns the PrivSize bytes of a TPACKET_V3 block that are the user's. The kernel does not
// touch them.
func (b *Block) Private() []byte {
	h := b.Header()
	if h == nil {
		return nil
	}
	from, to := int(b.desc().offset_to_priv), int(h.OffsetToFirstPkt())
	if from > to || to > len(b.mem) {
		return nil
	}
	return b.mem[from:to:to]
}

// Len returns the number of frames in the block.
func (b *Block) Len() int {
	if h := b.Header(); h != nil {
		return int(h.NumPkts())
	}
	if b == nil {
		return 0
	}
	return b.n
}

// Frames iterates over the block's frames in order of arrival. It does not allocate.
func (b *Block) Frames() iter.Seq[Frame] {
	return func(yield func(Frame) bool) { b.each(yield) } // b.each itself would be on the heap
}

func (b *Block) each(yield func(Frame) bool) {
	if b == nil || b.t == nil {
		return
	}
	if b.t.version == csock.TPACKET_V3 {
		b.each3(yield)
		return
	}
	for i := range b.n {
		h := b.tpacket2(i)
		f := Frame{v2: h}
		if !f.cut(b.mem, i*b.t.step, int(h.c.tp_mac), int(h.c.tp_snaplen)) || !yield(f) {
			return
		}
	}
}

func (b *Block) each3(yield func(Frame) bool) {
	h := b.Header()
	at := int(h.c.offset_to_first_pkt)
	for n := int(h.c.num_pkts); n > 0 && at >= 0 && at <= len(b.mem)-C.CSOCK_TPACKET3_DATA; n-- {
		h := (*Tpacket3Hdr)(unsafe.Pointer(&b.mem[at]))
		f := Frame{v3: h}
		if !f.cut(b.mem, at, int(h.c.tp_mac), int(h.c.tp_snaplen)) || !yield(f) {
			return
		}
		at += int(h.c.tp_next_offset)
	}
}

// A Frame is a received frame in a [Block]. It is valid while the block is held.
type Frame struct {
	data []byte
	v2   *Tpacket2Hdr // one of the two
	v3   *Tpacket3Hdr
}

// cut sets data to the n bytes that begin mac bytes after the header at at. It reports whether they
// are within mem. For everything that a kernel writes they are: the check keeps another process
// that shares the socket from making it reach beyond the block.
func (f *Frame) cut(mem []byte, at, mac, n int) bool {
	from := at + mac
	if n < 0 || n > len(mem) || from > len(mem)-n {
		return false
	}
	f.data = mem[from : from+n : from+n]
	return true
}

// Data returns the frame in the kernel's memory, beginning at its link-layer header, or for a
// SOCK_DGRAM socket at its network header. It is shorter than Len if the frame was truncated.
func (f Frame) Data() []byte { return f.data }

// isZero reports whether f is in no Block.
func (f Frame) isZero() bool { return f.v2 == nil && f.v3 == nil }

// Len returns the frame's length on the wire.
func (f Frame) Len() int {
	switch {
	case f.isZero():
		return 0
	case f.v3 != nil:
		return int(f.v3.c.tp_len)
	}
	return int(f.v2.c.tp_len)
}

// Status returns the frame's status bits.
func (f Frame) Status() Status {
	switch {
	case f.isZero():
		return 0
	case f.v3 != nil:
		return f.v3.Status()
	}
	return f.v2.Status()
}

// Time returns when the frame arrived. See csock.PACKET_TIMESTAMP.
func (f Frame) Time() time.Time {
	switch {
	case f.isZero():
		return time.Time{}
	case f.v3 != nil:
		return time.Unix(int64(f.v3.c.tp_sec), int64(f.v3.c.tp_nsec))
	}
	return time.Unix(int64(f.v2.c.tp_sec), int64(f.v2.c.tp_nsec))
}

// VLAN returns the tag that the kernel removed from the frame, and its Ethernet type, or 0 if that
// is unknown. ok is false if there was no tag.
func (f Frame) VLAN() (tci uint16, tpid csock.EtherType, ok bool) {
	status := f.Status()
	if status&TP_STATUS_VLAN_VALID == 0 {
		return 0, 0, false
	}
	if f.v3 != nil {
		tci, tpid = f.v3.VlanTCI(), f.v3.VlanTPID()
	} else {
		tci, tpid = f.v2.VlanTCI(), f.v2.VlanTPID()
	}
	if status&TP_STATUS_VLAN_TPID_VALID == 0 {
		tpid = 0
	}
	return tci, tpid, true
}

// Addr returns the sender's address, as RecvFrom on a packet socket does. Its Packet method returns
// the interface, the protocol and the kind of destination.
func (f Frame) Addr() csock.SockAddr {
	var p unsafe.Pointer
	switch {
	case f.isZero():
		return csock.SockAddr{}
	case f.v3 != nil:
		p = unsafe.Add(unsafe.Pointer(f.v3), C.CSOCK_TPACKET3_DATA)
	default:
		p = unsafe.Add(unsafe.Pointer(f.v2), C.CSOCK_TPACKET2_DATA)
	}
	// The kernel reserves this much between the header and the data.
	a, err := csock.RawSockAddr(unsafe.Slice((*byte)(p), C.sizeof_struct_sockaddr_ll))
	if err != nil {
		return csock.SockAddr{}
	}
	return a
}

// Tpacket2 returns the header of a frame in a TPACKET_V2 ring, or nil.
func (f Frame) Tpacket2() *Tpacket2Hdr { return f.v2 }

// Tpacket3 returns the header of a frame in a TPACKET_V3 ring, or nil.
func (f Frame) Tpacket3() *Tpacket3Hdr { return f.v3 }

// TPacketStats counts what a TPacket has received and dropped since it was made.
type TPacketStats struct {
	Packets uint64 // received, including dropped
	Drops   uint64 // dropped because the ring was full
	Freezes uint64 // how often a TPACKET_V3 ring was full
}

// totals sums counters that the kernel resets at each read.
type totals struct {
	sync.Mutex
	TPacketStats
}

// Statistics returns what the socket has received and dropped (PACKET_STATISTICS). The kernel
// counts in 32 bits since the last read; Statistics adds that up. TP_STATUS_LOSING in a frame
// reports drops since then.
func (t *TPacket) Statistics() (TPacketStats, error) {
	if t == nil {
		return TPacketStats{}, os.ErrInvalid
	}
	t.stats.Lock()
	defer t.stats.Unlock()
	err := csock.Borrow(t.conn, func(s *csock.Socket) error {
		now, err := csock.PACKET_STATISTICS.Get(s)
		t.stats.Packets += uint64(now.Packets)
		t.stats.Drops += uint64(now.Drops)
		t.stats.Freezes += uint64(now.FreezeQCount)
		return err
	})
	return t.stats.TPacketStats, err
}

// A tpacketTx is the sending side.
type tpacketTx struct {
	mu      sync.Mutex
	mem     memory
	start   int // of the ring in mem
	block   int // bytes
	per     int // frames of a block
	size    int // bytes of a frame
	n       int // frames
	data    int // where a frame's data begins
	status  int // where these fields are in its header
	len     int
	snaplen int
	head    int                // the next to queue
	filling int                // the one whose buffer the caller has, -1 if none
	free    func(uintptr) bool // tryBuffer, bound once
	flush   func(uintptr) bool // tryFlush, bound once
	failed  error              // of tryBuffer and tryFlush
}

func (x *tpacketTx) lay(t *TPacket, mem memory, start int, r csock.TpacketReq3) {
	x.filling = -1
	if r.BlockNr == 0 {
		return
	}
	x.mem, x.start = mem, start
	x.block, x.size, x.n = int(r.BlockSize), int(r.FrameSize), int(r.FrameNr)
	x.per = x.block / x.size
	if t.version == csock.TPACKET_V3 {
		var h C.struct_tpacket3_hdr
		x.data = C.CSOCK_TPACKET3_DATA
		x.status, x.len, x.snaplen = int(unsafe.Offsetof(h.tp_status)),
			int(unsafe.Offsetof(h.tp_len)), int(unsafe.Offsetof(h.tp_snaplen))
	} else {
		var h C.struct_tpacket2_hdr
		x.data = C.CSOCK_TPACKET2_DATA
		x.status, x.len, x.snaplen = int(unsafe.Offsetof(h.tp_status)),
			int(unsafe.Offsetof(h.tp_len)), int(unsafe.Offsetof(h.tp_snaplen))
	}
	x.free, x.flush = t.tryBuffer, t.tryFlush
}

// word returns a field of frame i's header.
func (x *tpacketTx) word(i, field int) *uint32 {
	return (*uint32)(x.mem.at(x.start + i/x.per*x.block + i%x.per*x.size + field))
}

// bytes returns the room for frame i's data.
func (x *tpacketTx) bytes(i int) []byte {
	from := x.start + i/x.per*x.block + i%x.per*x.size
	return x.mem.bytes()[from+x.data : from+x.size : from+x.size]
}

// isFree reports whether the kernel is done with frame i. It may have left bits of a timestamp.
func (x *tpacketTx) isFree(i int) bool {
	return atomic.LoadUint32(x.word(i,
		x.status))&(C.TP_STATUS_SEND_REQUEST|C.TP_STATUS_SENDING|C.TP_STATUS_WRONG_FORMAT) == 0
}

// Buffer returns the memory of the next frame to send; fill it and call Queue. It waits until the
// kernel is done with the frame sent from there; ctx or the write deadline ends the wait. ctx may
// be nil. If there is no room, Buffer flushes. A second Buffer before Queue returns the same
// memory. The caller owns the memory until Queue, even if the TPacket is closed, and must not use
// it after.
func (t *TPacket) Buffer(ctx context.Context) ([]byte, error) {
	if t == nil {
		return nil, os.ErrInvalid
	}
	x := &t.tx
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := t.enter(); err != nil {
		return nil, err
	}
	if x.filling >= 0 { // holds already
		t.leave()
		return x.bytes(x.filling), nil
	}
	err := errNoRing
	if x.n > 0 {
		err = t.writing.check(ctx)
	}
	if err == nil && !x.isFree(x.head) {
		err = t.writing.wait(ctx, x.free, txInterval)
		if err == nil {
			err, x.failed = x.failed, nil
		}
	}
	if err != nil {
		t.leave()
		return nil, err
	}
	x.filling = x.head
	return x.bytes(x.filling), nil
}

// txInterval is how long a sending call waits before it checks again. Congested devices and
// queueing disciplines do not always report when the congestion ends.
const txInterval = time.Millisecond

// tryBuffer is one attempt of Buffer.
func (t *TPacket) tryBuffer(fd uintptr) bool {
	x := &t.tx
	if x.isFree(x.head) {
		return true
	}
	// Nothing becomes free unless the queued frames are sent.
	t.tryFlush(fd)
	return x.failed != nil || x.isFree(x.head)
}

// Queue queues the first n bytes of the buffer that Buffer returned: a whole frame with its
// link-layer header. Flush sends it. Queue returns EMSGSIZE if n exceeds the buffer, and EINVAL
// without a Buffer before.
func (t *TPacket) Queue(n int) error {
	if t == nil {
		return os.ErrInvalid
	}
	x := &t.tx
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.n == 0 || x.filling < 0 {
		return errNoBuffer
	}
	if n < 0 || n > x.size-x.data {
		return fmt.Errorf("ring: Queue of %d bytes, of %d: %w", n, x.size-x.data, syscall.EMSGSIZE)
	}
	if x.filling != x.head { // removeRefused removed a frame before it
		copy(x.bytes(x.head), x.bytes(x.filling)[:n])
	}
	*x.word(x.head, x.len), *x.word(x.head, x.snaplen) = uint32(n), uint32(n)
	if t.version == csock.TPACKET_V3 {
		*x.word(x.head, int(unsafe.Offsetof(C.struct_tpacket3_hdr{}.tp_next_offset))) = 0
	}
	// The store is a barrier: the kernel reads the rest after it.
	atomic.StoreUint32(x.word(x.head, x.status), C.TP_STATUS_SEND_REQUEST)
	x.head = (x.head + 1) % x.n
	x.filling = -1
	t.leave()
	return nil
}

var errNoBuffer = fmt.Errorf("ring: Queue without Buffer: %w", syscall.EINVAL)

// Flush makes the kernel send the queued frames, and waits while the kernel has no room for them.
// ctx or the write deadline ends the wait. ctx may be nil. It does not wait for the transmission.
//
// If the kernel refuses a frame, Flush removes that frame and returns the error. EMSGSIZE means
// that the frame is longer than the interface's MTU allows, EINVAL that it is shorter than a
// link-layer header. The frames after it stay queued: call Flush again.
func (t *TPacket) Flush(ctx context.Context) error {
	if t == nil {
		return os.ErrInvalid
	}
	x := &t.tx
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := t.enter(); err != nil {
		return err
	}
	defer t.leave()
	if x.n == 0 {
		return errNoRing
	}
	if err := t.writing.check(ctx); err != nil {
		return err
	}
	if t.tryFlush(0) {
		err := x.failed
		x.failed = nil
		return err
	}
	err := t.writing.wait(ctx, x.flush, txInterval)
	if err == nil {
		err = x.failed
	}
	x.failed = nil
	return err
}

// tryFlush is one attempt of Flush. It reports whether the kernel has taken everything queued, or
// has failed.
func (t *TPacket) tryFlush(uintptr) bool {
	x := &t.tx
	last := (x.head + x.n - 1) % x.n
	for atomic.LoadUint32(x.word(last, x.status))&C.TP_STATUS_SEND_REQUEST != 0 {
		n, err := t.conn.Send(nil, csock.MSG_DONTWAIT)
		switch {
		case err == nil && n > 0:
		case err == nil, errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ENOBUFS):
			return false
		default:
			x.failed = err
			x.removeRefused()
			return true
		}
	}
	return true
}

// removeRefused removes the frame that the kernel refuses: every Flush would stop at it. The frames
// queued after it move up.
func (x *tpacketTx) removeRefused() {
	bad := -1
	for back := 1; back <= x.n && bad < 0; back++ {
		i := (x.head + x.n - back) % x.n
		switch status := atomic.LoadUint32(x.word(i, x.status)); {
		case status&C.TP_STATUS_WRONG_FORMAT != 0:
			bad = i
		case status&C.TP_STATUS_SEND_REQUEST == 0:
			return // no such frame: the error has another cause
		}
	}
	if bad < 0 {
		return
	}
	for next := (bad + 1) % x.n; next != x.head; bad, next = next, (next+1)%x.n {
		n := min(*x.word(next, x.len), uint32(x.size-x.data))
		copy(x.bytes(bad), x.bytes(next)[:n])
		*x.word(bad, x.len), *x.word(bad, x.snaplen) = n, n
		atomic.StoreUint32(x.word(bad, x.status), C.TP_STATUS_SEND_REQUEST)
	}
	atomic.StoreUint32(x.word(bad, x.status), C.TP_STATUS_AVAILABLE)
	x.head = bad
}
