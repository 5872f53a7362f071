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
	"unsafe"

	"github.com/csock/go-csock/csock"
)

// An XDPConfig sets what an AF_XDP socket is bound to and the number of frames in its memory.
type XDPConfig struct {
	Ifindex int            // the interface
	QueueID uint32         // its queue
	Flags   csock.XDPFlags // csock.XDP_COPY, XDP_ZEROCOPY, XDP_USE_NEED_WAKEUP
	// ChunkSize is the room of a frame in bytes: a power of 2 from 2,048 to the page size. 0
	// means 4,096. The kernel reserves 256 of them before a received frame, and Headroom in
	// addition.
	ChunkSize int
	Headroom  int
	// Rx and Tx are the numbers of frames that can be in flight in and out. They are powers of 2,
	// or 0 for a socket that does not receive or does not send. Each direction has as many chunks
	// of memory, a ring of descriptors, and its fill or completion ring.
	Rx, Tx int
	// TxMetadata reserves room for the requests of QueueMetadata to the driver, in each frame. It
	// is taken from the ChunkSize. It needs Linux 6.11.
	TxMetadata bool
	// UmemFlags are flags of the memory: csock.XDP_UMEM_TX_SW_CSUM. The chunks are aligned.
	UmemFlags csock.XDPUmemFlags
}

// metadataLen is the size of struct xsk_tx_metadata, as a multiple of 8, which the kernel requires.
var metadataLen = (len(csock.XSKTxMetadata{}.Append(nil)) + 7) &^ 7

// An XDP is an AF_XDP socket with its memory (umem) and rings: RX and fill, TX and completion. See
// the kernel's af_xdp.rst.
//
// Next, and Release of its batch, are for one goroutine at a time; so are Buffer, Queue and Flush.
// Receiving and sending are independent, and Close may run concurrently with everything.
type XDP struct {
	base
	umem  memory
	chunk uint64
	meta  uint64 // the room before a frame to send, for metadata
	wakes bool   // the rings report whether the kernel needs a call
	zc    bool   // the driver sends without copying or calls

	rxMu  sync.Mutex
	rx    xdpRing
	fill  xdpRing
	batch XDPBatch
	ready func(uintptr) bool // tryReceive, bound once
	rxErr error              // of tryReceive

	txMu  sync.Mutex
	tx    xdpRing
	comp  xdpRing
	free  []uint64 // chunks to send from
	full  bool     // the last of free is being filled
	room  func(uintptr) bool
	flush func(uintptr) bool
	txErr error // of room and flush
}

// An xdpRing is one of the four rings: free-running indices of producer and consumer, flags, and a
// power of 2 of descriptors.
type xdpRing struct {
	producer, consumer, flags *uint32
	desc                      unsafe.Pointer
	n                         uint32
}

// at returns descriptor i of a ring of descriptors, and addr entry i of a ring of addresses. n is a
// power of 2, so that i&(n-1) is below n, and lay has mapped n entries from desc on. The kernel
// aligns desc for them. The mapping neither moves nor goes away (see memory).
func (r *xdpRing) at(i uint32) *csock.XDPDesc {
	return (*csock.XDPDesc)(unsafe.Add(r.desc, uintptr(i&(r.n-1))*unsafe.Sizeof(csock.XDPDesc{})))
}

func (r *xdpRing) addr(i uint32) *uint64 {
	return (*uint64)(unsafe.Add(r.desc, uintptr(i&(r.n-1))*unsafe.Sizeof(uint64(0))))
}

// filled returns the number of entries that wait for the consumer. Both loads are barriers.
func (r *xdpRing) filled() uint32 {
	return min(atomic.LoadUint32(r.producer)-atomic.LoadUint32(r.consumer), r.n)
}

func (r *xdpRing) needsWakeup() bool {
	return r.flags != nil && atomic.LoadUint32(r.flags)&C.XDP_RING_NEED_WAKEUP != 0
}

// The layouts are the same.
var _ [unsafe.Sizeof(csock.XDPDesc{}) - C.sizeof_struct_xdp_desc]struct{}
var _ [C.sizeof_struct_xdp_desc - unsafe.Sizeof(csock.XDPDesc{})]struct{}

// NewXDP gives s, an AF_XDP socket, memory and rings, and binds it. It transfers ownership of the
// descriptor to the XDP and closes s; if it fails, the caller still owns s and must close it. For
// numbers that the kernel refuses it returns EINVAL. EBUSY means that another socket has the queue,
// or had it a moment ago. Call NewXDP in the network namespace of the interface. To receive, a
// program must redirect frames to the socket: see [XSKMap].
func NewXDP(s *csock.Socket, c XDPConfig) (*XDP, error) {
	if s == nil {
		return nil, os.ErrInvalid
	}
	if c.ChunkSize == 0 {
		c.ChunkSize = 4096
	}
	for what, n := range map[string]int{"ChunkSize": c.ChunkSize, "Rx": c.Rx, "Tx": c.Tx} {
		if n < 0 || n > 1<<30 || n&(n-1) != 0 {
			return nil, fmt.Errorf("ring: %s of %d is not a power of 2: %w", what, n,
				syscall.EINVAL)
		}
	}
	size := uint64(c.Rx+c.Tx) * uint64(c.ChunkSize)
	if size == 0 || size > math.MaxInt/2 || c.Headroom < 0 || c.Headroom >= c.ChunkSize {
		return nil, fmt.Errorf("ring: %d and %d frames of %d bytes, headroom %d: %w", c.Rx, c.Tx,
			c.ChunkSize, c.Headroom, syscall.EINVAL)
	}
	if c.UmemFlags&csock.XDP_UMEM_UNALIGNED_CHUNK_FLAG != 0 {
		return nil, fmt.Errorf("ring: chunks that are not aligned: %w", syscall.EINVAL)
	}
	x := &XDP{chunk: uint64(c.ChunkSize), wakes: c.Flags&csock.XDP_USE_NEED_WAKEUP != 0}
	if c.TxMetadata {
		x.meta, c.UmemFlags = uint64(metadataLen), c.UmemFlags|csock.XDP_UMEM_TX_METADATA_LEN
	}
	var mem []memory
	err := x.lay(s, c, int(size), &mem)
	if err == nil {
		err = x.init(s, mem)
	}
	if err != nil {
		releaseAll(mem)
		return nil, err
	}
	return x, nil
}

// lay makes memory and rings, and binds the socket.
func (x *XDP) lay(s *csock.Socket, c XDPConfig, size int, mem *[]memory) error {
	umem, err := mapMemory(-1, size, 0)
	if err != nil {
		return err
	}
	x.umem, *mem = umem, append(*mem, umem)
	err = csock.XDP_UMEM_REG.Set(s, csock.XDPUmemReg{Umem: umem.bytes(),
		ChunkSize: uint32(c.ChunkSize), Headroom: uint32(c.Headroom), Flags: c.UmemFlags,
		TxMetadataLen: uint32(x.meta)})
	if err != nil {
		return err
	}
	var at csock.XDPMmapOffsets
	// The kernel binds no socket without a fill and a completion ring.
	rings := []struct {
		option csock.Option[int]
		ring   *xdpRing
		n      int
		offset *csock.XDPRingOffset
		page   int64
		entry  uint64
	}{
		{csock.XDP_RX_RING, &x.rx, c.Rx, &at.Rx, csock.XDP_PGOFF_RX_RING, C.sizeof_struct_xdp_desc},
		{csock.XDP_TX_RING, &x.tx, c.Tx, &at.Tx, csock.XDP_PGOFF_TX_RING, C.sizeof_struct_xdp_desc},
		{csock.XDP_UMEM_FILL_RING, &x.fill, max(c.Rx, 1), &at.Fr, csock.XDP_UMEM_PGOFF_FILL_RING,
			8},
		{csock.XDP_UMEM_COMPLETION_RING, &x.comp, max(c.Tx, 1), &at.Cr,
			csock.XDP_UMEM_PGOFF_COMPLETION_RING, 8},
	}
	for _, r := range rings {
		if r.n > 0 {
			if err := r.option.Set(s, r.n); err != nil {
				return err
			}
		}
	}
	if at, err = csock.XDP_MMAP_OFFSETS.Get(s); err != nil {
		return err
	}
	for _, r := range rings {
		if r.n == 0 {
			continue
		}
		m, err := mapMemory(int(s.FD()), int(r.offset.Desc+uint64(r.n)*r.entry), r.page)
		if err != nil {
			return err
		}
		*mem = append(*mem, m)
		*r.ring = xdpRing{
			producer: (*uint32)(m.at(int(r.offset.Producer))),
			consumer: (*uint32)(m.at(int(r.offset.Consumer))),
			desc:     m.at(int(r.offset.Desc)),
			n:        uint32(r.n),
		}
		if r.offset.Flags != 0 {
			r.ring.flags = (*uint32)(m.at(int(r.offset.Flags)))
		}
	}
	// The first chunks are for receiving, the others for sending.
	for i := range uint32(c.Rx) {
		*x.fill.addr(i) = uint64(i) * x.chunk
	}
	atomic.StoreUint32(x.fill.producer, uint32(c.Rx))
	for i := c.Tx; i > 0; i-- {
		x.free = append(x.free, uint64(c.Rx+i-1)*x.chunk)
	}
	x.batch.x = x
	x.ready, x.room, x.flush = x.tryReceive, x.tryRoom, x.tryFlush

	addr := csock.XDPAddr(csock.SockaddrXDP{Flags: c.Flags, Ifindex: c.Ifindex, QueueID: c.QueueID})
	if err := s.Bind(addr); err != nil {
		return err
	}
	options, err := csock.XDP_OPTIONS.Get(s)
	x.zc = err == nil && options&csock.XDP_OPTIONS_ZEROCOPY != 0
	return nil
}

// Next waits for received frames and returns them. ctx or the read deadline ends the wait. ctx may
// be nil. The caller owns the frames until Release; another Next before that returns EBUSY.
func (x *XDP) Next(ctx context.Context) (*XDPBatch, error) {
	if x == nil {
		return nil, os.ErrInvalid
	}
	if err := x.enter(); err != nil {
		return nil, err
	}
	if err := x.receive(ctx); err != nil {
		x.leave()
		return nil, err
	}
	return &x.batch, nil
}

var errHeld = fmt.Errorf("ring: Next before Release: %w", syscall.EBUSY)

// receive is Next for a holder, whose hold passes to the batch.
func (x *XDP) receive(ctx context.Context) error {
	x.rxMu.Lock()
	defer x.rxMu.Unlock()
	switch {
	case x.rx.n == 0:
		return errNoRing
	case x.batch.held.Load():
		return errHeld
	}
	if err := x.reading.check(ctx); err != nil {
		return err
	}
	if x.rx.filled() == 0 || x.fill.needsWakeup() {
		err := x.reading.wait(ctx, x.ready, 0)
		if err == nil {
			err, x.rxErr = x.rxErr, nil
		}
		if err != nil {
			return err
		}
	}
	x.batch.first, x.batch.n = atomic.LoadUint32(x.rx.consumer), x.rx.filled()
	x.batch.held.Store(true)
	return nil
}

// tryReceive is one attempt of Next.
func (x *XDP) tryReceive(fd uintptr) bool {
	if x.fill.needsWakeup() {
		// The driver sleeps until it learns of frames to fill. The result of the call
		// shows in what arrives.
		x.conn.Recv(nil, csock.MSG_DONTWAIT)
	}
	if x.rx.filled() > 0 {
		return true
	}
	x.rxErr = pending(fd)
	return x.rxErr != nil
}

// An XDPBatch is a run of received frames, in the memory where they were received. The caller owns
// it until Release, even if the XDP is closed.
type XDPBatch struct {
	x     *XDP
	first uint32
	n     uint32
	held  atomic.Bool
}

// Len returns the number of descriptors in the batch.
func (b *XDPBatch) Len() int {
	if b == nil {
		return 0
	}
	return int(b.n)
}

// Frames iterates over the descriptors and their data in order of arrival. A packet of several
// frames has csock.XDP_PKT_CONTD in all but its last. Frames does not allocate.
func (b *XDPBatch) Frames() iter.Seq2[csock.XDPDesc, []byte] {
	return func(yield func(csock.XDPDesc, []byte) bool) { b.each(yield) } // b.each itself would be on the heap
}

func (b *XDPBatch) each(yield func(csock.XDPDesc, []byte) bool) {
	if b == nil {
		return
	}
	x := b.x
	for i := range b.n {
		d := *x.rx.at(b.first + i)
		data := x.bytes(d.Addr, uint64(d.Len))
		if data == nil || !yield(d, data) {
			return
		}
	}
}

// bytes returns n bytes of the umem, or nil if they are outside it, which a kernel never causes.
func (x *XDP) bytes(addr, n uint64) []byte {
	size := uint64(x.umem.n)
	if n > size || addr > size-n {
		return nil
	}
	return x.umem.bytes()[addr : addr+n : addr+n]
}

// Release returns the frames' memory to the kernel for new frames. Their data must not be used
// after that. (Such use stays memory-safe, after Close too.) A second Release is a no-op.
func (b *XDPBatch) Release() {
	if b == nil || b.x == nil {
		return
	}
	x := b.x
	x.rxMu.Lock()
	if !b.held.Load() {
		x.rxMu.Unlock()
		return
	}
	// The fill ring has room for all chunks for receiving.
	to := atomic.LoadUint32(x.fill.producer)
	for i := range b.n {
		*x.fill.addr(to + i) = x.rx.at(b.first+i).Addr &^ (x.chunk - 1)
	}
	atomic.StoreUint32(x.fill.producer, to+b.n)
	atomic.StoreUint32(x.rx.consumer, b.first+b.n)
	b.held.Store(false)
	x.rxMu.Unlock()
	x.leave()
}

// Buffer returns memory for a frame to send; fill it and call Queue. It waits until memory is free;
// ctx or the write deadline ends the wait. ctx may be nil. If no memory is free, Buffer flushes. A
// second Buffer before Queue returns the same memory. The caller owns the memory until Queue, even
// if the XDP is closed, and must not use it after.
func (x *XDP) Buffer(ctx context.Context) ([]byte, error) {
	if x == nil {
		return nil, os.ErrInvalid
	}
	x.txMu.Lock()
	defer x.txMu.Unlock()
	if err := x.enter(); err != nil {
		return nil, err
	}
	if x.full { // holds already
		x.leave()
		return x.buffer(), nil
	}
	if err := x.makeRoom(ctx); err != nil {
		x.leave()
		return nil, err
	}
	x.full = true
	return x.buffer(), nil
}

// buffer returns the room for a frame in the chunk that is being filled.
func (x *XDP) buffer() []byte {
	return x.bytes(x.free[len(x.free)-1]+x.meta, x.chunk-x.meta)
}

// makeRoom waits until a chunk is free.
func (x *XDP) makeRoom(ctx context.Context) error {
	if x.tx.n == 0 {
		return errNoRing
	}
	if err := x.writing.check(ctx); err != nil {
		return err
	}
	if len(x.free) > 0 {
		return nil
	}
	if x.reap(); len(x.free) > 0 {
		return nil
	}
	err := x.writing.wait(ctx, x.room, txInterval)
	if err == nil {
		err, x.txErr = x.txErr, nil
	}
	return err
}

// tryRoom is one attempt of makeRoom.
func (x *XDP) tryRoom(fd uintptr) bool {
	x.tryFlush(fd)
	x.reap()
	return len(x.free) > 0 || x.txErr != nil
}

// reap takes back the chunks that were sent.
func (x *XDP) reap() {
	n := x.comp.filled()
	if n == 0 {
		return
	}
	from := atomic.LoadUint32(x.comp.consumer)
	for i := range n {
		x.free = append(x.free, *x.comp.addr(from + i)&^(x.chunk-1))
	}
	atomic.StoreUint32(x.comp.consumer, from+n)
}

// Queue queues the first n bytes of the buffer that Buffer returned: a whole frame with its
// link-layer header. The kernel may send it at once; Flush ensures that it does. Queue returns
// EMSGSIZE if n exceeds the buffer, and EINVAL without a Buffer before.
func (x *XDP) Queue(n int) error { return x.queue(n, nil) }

// QueueMetadata is Queue with instructions for the driver, such as to compute a checksum, which
// precede the frame as a struct xsk_tx_metadata. It returns EINVAL without XDPConfig.TxMetadata. If
// the kernel refuses the instructions, Flush returns EINVAL, and no later frame leaves the ring.
// The result of a request for a time, XDP_TXMD_FLAGS_TIMESTAMP, cannot be read.
func (x *XDP) QueueMetadata(n int, m csock.XSKTxMetadata) error { return x.queue(n, &m) }

func (x *XDP) queue(n int, m *csock.XSKTxMetadata) error {
	if x == nil {
		return os.ErrInvalid
	}
	x.txMu.Lock()
	defer x.txMu.Unlock()
	if !x.full {
		return errNoBuffer
	}
	if n < 0 || uint64(n) > x.chunk-x.meta {
		return fmt.Errorf("ring: Queue of %d bytes, of %d: %w", n, x.chunk-x.meta,
			syscall.EMSGSIZE)
	}
	last := len(x.free) - 1
	desc := csock.XDPDesc{Addr: x.free[last] + x.meta, Len: uint32(n)}
	if m != nil {
		if x.meta == 0 {
			return fmt.Errorf("ring: metadata without room: %w", syscall.EINVAL)
		}
		m.Append(x.bytes(x.free[last], x.meta)[:0])
		desc.Options = csock.XDP_TX_METADATA
	}
	// The TX ring has room for all chunks for sending.
	to := atomic.LoadUint32(x.tx.producer)
	*x.tx.at(to) = desc
	atomic.StoreUint32(x.tx.producer, to+1)
	x.free, x.full = x.free[:last], false
	x.leave()
	return nil
}

// Flush makes the kernel send the queued frames, and waits while the kernel has no room for them.
// ctx or the write deadline ends the wait. ctx may be nil. It makes no system call where the kernel
// needs none (csock.XDP_USE_NEED_WAKEUP). It does not wait for the transmission.
func (x *XDP) Flush(ctx context.Context) error {
	if x == nil {
		return os.ErrInvalid
	}
	x.txMu.Lock()
	defer x.txMu.Unlock()
	if err := x.enter(); err != nil {
		return err
	}
	defer x.leave()
	if x.tx.n == 0 {
		return errNoRing
	}
	if err := x.writing.check(ctx); err != nil {
		return err
	}
	var err error
	if !x.tryFlush(0) {
		err = x.writing.wait(ctx, x.flush, txInterval)
	}
	if err == nil {
		err = x.txErr
	}
	x.txErr = nil
	return err
}

// tryFlush is one attempt of Flush. It reports whether the kernel has taken everything queued, will
// take it without a call, or has failed.
func (x *XDP) tryFlush(uintptr) bool {
	for {
		left := x.tx.filled()
		if left == 0 || x.wakes && !x.tx.needsWakeup() {
			return true
		}
		_, err := x.conn.Send(nil, csock.MSG_DONTWAIT)
		switch {
		case err == nil, errors.Is(err, syscall.EAGAIN), errors.Is(err,
			syscall.ENOBUFS), errors.Is(err, syscall.EBUSY):
			if x.zc {
				return true
			}
			// Each call sends a few dozen: repeat while it does.
			if x.tx.filled() == left {
				// The completion ring may be full instead.
				if x.reap(); x.tx.filled() == left {
					return false
				}
			}
		default:
			x.txErr = err
			return true
		}
	}
}

// Statistics returns what the socket has dropped since it was made (XDP_STATISTICS).
func (x *XDP) Statistics() (stats csock.XDPStatistics, err error) {
	if x == nil {
		return stats, os.ErrInvalid
	}
	err = csock.Borrow(x.conn, func(s *csock.Socket) error {
		stats, err = csock.XDP_STATISTICS.Get(s)
		return err
	})
	return stats, err
}
