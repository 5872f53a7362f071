//go:build cgo

package csock

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

var (
	callRecvmmsg = call{name: "recvmmsg"}
	callSendmmsg = call{name: "sendmmsg"}
)

// A Batch holds messages that SendBatch sends and RecvBatch receives in one system call. Each has a
// payload, an address, control messages and flags. NewBatch allocates and pins their memory once,
// for any number of calls in both directions.
//
// Messages have indexes from 0. A message begins empty: no payload, no address, no control
// messages. Setters return EINVAL if the message does not exist or the value does not fit. They
// return EBUSY while a call uses the Batch, and [net.ErrClosed] after Close. Getters called during
// a call, or after Close, return unspecified values but are memory-safe. They must not run
// concurrently with SetBuffer, SetBuffers or SetControlBuffer.
//
// A Batch serves one goroutine at a time. Two concurrent calls on one Batch are safe: the second
// returns EBUSY. A message that is changed during a call may be sent, or received, as a mixture of
// old and new.
type Batch struct {
	guard   guard // open until Close; counts the call in flight, at most one
	cleanup runtime.Cleanup
	pins    *pins

	// C reaches slots, and what they point to, through the headers. The arrays stay as NewBatch
	// makes them, also after Close, so a getter that races with Close reads valid memory.
	headers  []csock_mmsghdr
	slots    []struct_csock_slot
	iovs     []struct_iovec // room.Buffers for each message, if that is more than 1
	rooms    []size_t       // the whole length of each
	payload  []byte         // the room of all messages, one after the other
	controls []byte         // the same for control messages, each aligned
	room     BatchRoom

	from, to int // calls use the messages i with from <= i < to
	// The getters return the state of the first used messages. The messages after them are empty,
	// except that they offer all their room to RecvBatch. A call therefore need not touch messages
	// that the previous call did not use.
	used int
}

// A BatchRoom is the memory that a Batch has for each message, in bytes.
type BatchRoom struct {
	Payload int // for its payload; 0 if all messages get their buffers from SetBuffer
	Control int // for its control messages; 0 if SetControlBuffer gives each message its room
	Buffers int // the number of buffers that SetBuffers may give it, up to 1,024; 0 stands for 1
}

// pins holds what must be unpinned when a Batch is closed or becomes unreachable.
type pins struct {
	own     runtime.Pinner
	user    []runtime.Pinner // by message and buffer
	control []runtime.Pinner // by message
}

func (p *pins) unpin() {
	p.own.Unpin()
	for i := range p.user {
		p.user[i].Unpin()
	}
	for i := range p.control {
		p.control[i].Unpin()
	}
}

// hold replaces the k-th of n pins by one of p, or by none if p is the Batch's own memory.
func hold(list *[]runtime.Pinner, n, k int, p []byte, own bool) {
	if *list == nil {
		*list = make([]runtime.Pinner, n)
	}
	pin := &(*list)[k]
	pin.Unpin()
	if !own && len(p) > 0 {
		pin.Pin(unsafe.SliceData(p))
	}
}

// NewBatch makes a Batch of n messages, each with the given room. It returns EINVAL if n is not
// positive, a room is negative or Buffers exceeds 1,024. If all messages together would need 2 GiB
// or more, it returns ENOMEM.
func NewBatch(n int, room BatchRoom) (*Batch, error) {
	const align = int64(unsafe.Sizeof(size_t(0))) // CMSG_ALIGN's, even where struct cmsghdr needs less
	if n <= 0 || room.Payload < 0 || room.Control < 0 || room.Buffers < 0 ||
		room.Buffers > maxBuffers {
		return nil, errBatchRoom
	}
	room.Buffers = max(room.Buffers, 1)
	control := (int64(room.Control) + align - 1) &^ (align - 1)
	each := int64(unsafe.Sizeof(csock_mmsghdr{}) + unsafe.Sizeof(struct_csock_slot{}))
	if room.Buffers > 1 {
		each += int64(room.Buffers) * int64(unsafe.Sizeof(struct_iovec{})+unsafe.Sizeof(size_t(0)))
	}
	if int64(room.Payload) > math.MaxInt32 || int64(room.Control) > math.MaxInt32 ||
		int64(n) > math.MaxInt32/(each+int64(room.Payload)+control) {
		return nil, errBatchMemory
	}
	b := &Batch{
		pins:    new(pins),
		headers: make([]csock_mmsghdr, n),
		slots:   make([]struct_csock_slot, n),
		payload: make([]byte, n*room.Payload),
		room:    room,
		to:      n,
		used:    n,
	}
	if room.Buffers > 1 {
		b.iovs = make([]struct_iovec, n*room.Buffers)
		b.rooms = make([]size_t, n*room.Buffers)
	}
	b.controls = make([]byte, n*int(control))
	for i := range b.headers {
		h, s := &b.headers[i].msg_hdr, &b.slots[i]
		iov, rooms := b.buffers(i, 1)
		h.msg_name = unsafe.Pointer(&s.addr)
		h.msg_iov, s.rooms = &iov[0], &rooms[0]
		setInteger(&h.msg_iovlen, 1)
		b.setRoom(i, b.ownControl(i))
		setBuffer(&iov[0], &rooms[0], b.own(i))
		iov[0].iov_len = 0
	}
	// cgo lets C reach Go memory through Go memory only if it is pinned. The headers themselves
	// cross as an argument. unpin must run before the pins are collected, or the runtime ends the
	// process. After b has become unreachable, the cleanup keeps the pins reachable until unpin has
	// run.
	b.pins.own.Pin(unsafe.SliceData(b.slots))
	if b.iovs != nil {
		b.pins.own.Pin(unsafe.SliceData(b.iovs))
		b.pins.own.Pin(unsafe.SliceData(b.rooms))
	}
	if len(b.payload) > 0 {
		b.pins.own.Pin(unsafe.SliceData(b.payload))
	}
	if len(b.controls) > 0 {
		b.pins.own.Pin(unsafe.SliceData(b.controls))
	}
	b.guard.init()
	b.cleanup = runtime.AddCleanup(b, (*pins).unpin, b.pins)
	return b, nil
}

// Close releases the memory once a call in flight has ended. Slices from Bytes, Buffer and Control
// stay valid.
//
// An unreachable Batch needs no Close, unless memory given to SetBuffer or SetControlBuffer is part
// of an object that refers to the Batch. The pin then keeps that object alive, and the object keeps
// the Batch alive.
func (b *Batch) Close() error {
	if b == nil {
		return os.ErrInvalid
	}
	ok, last := b.guard.shut() // as Socket.Close, but with memory instead of a descriptor
	if !ok {
		return errClosed
	}
	b.cleanup.Stop()
	if last {
		b.pins.unpin()
	}
	return nil
}

// enter begins a call that needs the Batch for itself. If it returns nil, the caller must call
// leave.
func (b *Batch) enter() error {
	if b == nil {
		return os.ErrInvalid
	}
	if b.guard.enterAlone() {
		return nil
	}
	return b.refused()
}

func (b *Batch) leave() {
	if b.guard.leave() && b.guard.take(false) {
		b.pins.unpin()
	}
}

// refused returns the reason why the Batch cannot be used now.
func (b *Batch) refused() error {
	if !b.guard.isOpen() {
		return errClosed
	}
	return errBatchInUse
}

// String returns the number of messages, such as "batch of 64 messages".
func (b *Batch) String() string { return fmt.Sprintf("batch of %d messages", b.Count()) }

// Count returns the number of messages in the Batch.
func (b *Batch) Count() int {
	if b == nil {
		return 0
	}
	return len(b.headers)
}

// SetRange makes later calls use only the messages i with from <= i < to. A new Batch uses all. Use
// SetRange to send a Batch that is not full, or the rest of one that was sent in part.
func (b *Batch) SetRange(from, to int) error {
	if err := b.enter(); err != nil {
		return err
	}
	defer b.leave()
	if from < 0 || to < from || to > len(b.headers) {
		return errBatchArg
	}
	b.from, b.to = from, to
	return nil
}

// Range returns the messages i that calls use: from <= i < to.
func (b *Batch) Range() (from, to int) {
	if b == nil {
		return 0, 0
	}
	return b.from, b.to
}

// Buffer returns the whole buffer of message i, to fill it before SetLen or to read past Len. It is
// the Batch's own memory, or the memory given to SetBuffer. Of several buffers it is the first.
func (b *Batch) Buffer(i int) []byte {
	if !b.has(i) {
		return nil
	}
	iov, rooms := b.buffers(i, 1)
	return bufferOf(&iov[0], rooms[0])
}

// Bytes returns the payload of message i: the first Len bytes of its buffer. Of several buffers it
// returns what the first has of the payload; AppendBuffers returns all.
func (b *Batch) Bytes(i int) []byte {
	if !b.has(i) {
		return nil
	}
	n := 0
	if b.isUsed(i) {
		iov, _ := b.buffers(i, 1)
		n = int(iov[0].iov_len)
	}
	return b.Buffer(i)[:n]
}

// AppendBuffers appends to list the parts of the payload of message i, one for each buffer that has
// a part, and returns the extended list.
func (b *Batch) AppendBuffers(list [][]byte, i int) [][]byte {
	if !b.isUsed(i) {
		return list
	}
	iov, rooms := b.buffers(i, b.count(i))
	for k := range iov {
		if n := int(iov[k].iov_len); n > 0 {
			list = append(list, bufferOf(&iov[k], rooms[k])[:n])
		}
	}
	return list
}

// Len returns the length of the payload of message i, in all its buffers. It is the length that
// SetLen set, or the number of bytes that RecvBatch filled.
func (b *Batch) Len(i int) int {
	if !b.isUsed(i) {
		return 0
	}
	n := 0
	iov, _ := b.buffers(i, b.count(i))
	for k := range iov {
		n += int(iov[k].iov_len)
	}
	return n
}

// SetLen makes the first n bytes of the buffer of message i its payload, or of all its buffers one
// after the other.
func (b *Batch) SetLen(i, n int) error {
	if err := b.change(i); err != nil {
		return err
	}
	iov, rooms := b.buffers(i, b.count(i))
	room := size_t(0)
	for _, r := range rooms {
		room += r
	}
	if n < 0 || uint64(n) > uint64(room) {
		return errBatchArg
	}
	for k := range iov {
		iov[k].iov_len = min(size_t(n), rooms[k])
		n -= int(iov[k].iov_len)
	}
	return nil
}

// SetBytes copies p into the buffer of message i and makes it the payload. Several buffers are
// filled one after the other.
func (b *Batch) SetBytes(i int, p []byte) error {
	if err := b.SetLen(i, len(p)); err != nil {
		return err
	}
	iov, rooms := b.buffers(i, b.count(i))
	for k := range iov {
		p = p[copy(bufferOf(&iov[k], rooms[k]), p):]
	}
	return nil
}

// SetBuffer makes p the buffer of message i, without copying, and all of it the payload. p stays
// the buffer until the next SetBuffer or SetBuffers. nil restores the message's own memory, with no
// payload.
//
// Go pins p until then. Pinning costs more than copying a small payload, unless p begins where the
// previous buffer did.
func (b *Batch) SetBuffer(i int, p []byte) error {
	if p == nil {
		return b.SetBuffers(i, nil)
	}
	return b.SetBuffers(i, [][]byte{p})
}

// SetBuffers makes bufs the buffers of message i, as SetBuffer does with one: sent one after the
// other, and filled one after the other. It returns EINVAL if they are more than the Batch's
// [BatchRoom] allows. bufs itself is not kept.
func (b *Batch) SetBuffers(i int, bufs [][]byte) error {
	if err := b.enter(); err != nil { // not change: memory pinned after Close stays pinned
		return err
	}
	defer b.leave()
	if !b.has(i) || len(bufs) > b.room.Buffers {
		return errBatchArg
	}
	b.use(i + 1)
	own := bufs == nil
	var one [1][]byte
	switch {
	case own:
		one[0] = b.own(i)
		bufs = one[:]
	case len(bufs) == 0:
		bufs = one[:]
	}
	iov, rooms := b.buffers(i, max(len(bufs), b.count(i)))
	for k := range iov {
		var p []byte // which releases the buffers after those of bufs
		if k < len(bufs) {
			p = bufs[k]
		}
		if len(p) == 0 || unsafe.Pointer(unsafe.SliceData(p)) != iov[k].iov_base {
			hold(&b.pins.user, len(b.headers)*b.room.Buffers, i*b.room.Buffers+k, p, own)
		}
		setBuffer(&iov[k], &rooms[k], p)
	}
	setInteger(&b.headers[i].msg_hdr.msg_iovlen, len(bufs))
	if own {
		iov[0].iov_len = 0
	}
	return nil
}

// Addr returns the address to which message i will be sent, or from which it came.
func (b *Batch) Addr(i int) SockAddr {
	var a SockAddr
	if b.isUsed(i) {
		a.len = socklen_t(b.headers[i].msg_hdr.msg_namelen)
		n := a.stored()
		copy(a.bytes()[:n], b.addr(i)[:n])
	}
	return a
}

// SetAddr sets the address to which message i will be sent; the zero SockAddr is the socket's peer.
// For an address that is not valid it returns EINVAL, and SendBatch refuses the message until it
// has another.
func (b *Batch) SetAddr(i int, addr SockAddr) error {
	if err := b.change(i); err != nil {
		return err
	}
	n := addr.stored()
	copy(b.addr(i)[:n], addr.bytes()[:n])
	b.headers[i].msg_hdr.msg_namelen = addr.len
	if !addr.IsValid() {
		return errBatchAddr
	}
	return nil
}

// Control returns the control messages of message i, to be sent or as received. The slice's
// capacity is all the room that the message has for them: append to the slice, then call
// SetControl.
func (b *Batch) Control(i int) []byte {
	if !b.has(i) || b.slots[i].control_room == 0 {
		return nil
	}
	n := 0
	if b.isUsed(i) {
		n = int(b.headers[i].msg_hdr.msg_controllen)
	}
	// The memory is valid: setRoom took msg_control and control_room from one slice, and C changes
	// neither. The header, which is in Go's heap, keeps the memory alive. n never exceeds
	// control_room. It is 0, the length that SetControl copied, or, during and after a call, the
	// length that make_ready offered or the kernel returned. The kernel returns no more than that.
	h := &b.headers[i].msg_hdr
	return unsafe.Slice((*byte)(h.msg_control), int(b.slots[i].control_room))[:n]
}

// SetControl copies p into the room of message i for control messages and makes them the ones to
// send. It refuses a kind that the platform lacks, as Sendmsg does.
func (b *Batch) SetControl(i int, p []byte) error {
	if err := b.change(i); err != nil {
		return err
	}
	if uint64(len(p)) > uint64(b.slots[i].control_room) {
		return errBatchArg
	}
	if controlLacks(p) {
		return errBatchLacking
	}
	copy(b.Control(i)[:len(p)], p)
	setInteger(&b.headers[i].msg_hdr.msg_controllen, len(p))
	return nil
}

// SetControlBuffer makes p the room of message i for control messages, without copying, in place of
// the room that [BatchRoom] gives all. The message then has no control messages. p stays the room
// until the next SetControlBuffer. nil restores the message's own room.
//
// Go pins p until then, as SetBuffer pins a buffer.
func (b *Batch) SetControlBuffer(i int, p []byte) error {
	if err := b.enter(); err != nil { // not change: memory pinned after Close stays pinned
		return err
	}
	defer b.leave()
	if !b.has(i) || int64(len(p)) > math.MaxInt32 {
		return errBatchArg
	}
	b.use(i + 1)
	own := p == nil
	if own {
		p = b.ownControl(i)
	}
	h := &b.headers[i].msg_hdr
	setInteger(&h.msg_controllen, 0)
	if len(p) == 0 || unsafe.Pointer(unsafe.SliceData(p)) != h.msg_control {
		hold(&b.pins.control, len(b.headers), i, p, own)
	}
	b.setRoom(i, p)
	return nil
}

// CloseRights closes every descriptor that came with message i, as [MsgHdr.CloseRights] does.
func (b *Batch) CloseRights(i int) { closeRights(b.Control(i)) }

// Flags returns the flags that message i was received with.
func (b *Batch) Flags(i int) RecvFlags {
	if !b.isUsed(i) {
		return 0
	}
	return RecvFlags(b.headers[i].msg_hdr.msg_flags)
}

// N returns the number of bytes that the system counted when message i was sent or received. On a
// stream, that may be less than the Len that was to be sent. With MSG_TRUNC it is a datagram's
// whole length, even if that exceeds the buffer.
func (b *Batch) N(i int) int {
	if !b.isUsed(i) {
		return 0
	}
	return int(b.headers[i].msg_len)
}

// SendBatch sends the messages of b, or of the range set by SetRange, as sendmmsg(2) does. It
// returns the number of messages sent, on Linux at most 1,024 (UIO_MAXIOV) per call.
//
// If the first message fails, SendBatch returns its error. If a later one fails, SendBatch returns
// the number sent so far and a nil error. The next call, with a range that begins at that message,
// reports the failure. Linux discards an error of an earlier message that arrives only then, such
// as ECONNREFUSED.
//
// RecvBatch leaves messages as they came, with the sender as their address and with their control
// messages. To send them back, set the range, and call SetControl where there are control messages
// that cannot be sent.
func (s *Socket) SendBatch(b *Batch, flags MsgFlags) (int, error) {
	if err := b.enter(); err != nil {
		return 0, err
	}
	defer b.leave()
	return s.sendBatch(b, flags)
}

// sendBatch is SendBatch for a caller that has entered b.
func (s *Socket) sendBatch(b *Batch, flags MsgFlags) (int, error) {
	for try := (sendTry{}); ; {
		if err := s.enter(); err != nil {
			return 0, err
		}
		b.use(b.to)
		n := csock_sendmmsg(s.fd, b.at(b.from), c_uint(b.to-b.from), s.sendFlags(flags, &try))
		s.leave()
		if n >= 0 {
			return int(n), nil
		}
		if !s.refusesSendFlags(int(n), &try) {
			return 0, callSendmmsg.error(int(n))
		}
	}
}

// RecvBatch receives into the messages of b, or of the range set by SetRange, as recvmmsg(2) does.
// It returns the number of messages received; the messages after them are empty. On a blocking
// socket it waits until all are filled, or with MSG_WAITFORONE until one is.
//
// RecvBatch returns an error that occurs before the first message. A later error ends the batch,
// and Linux keeps it for the next call. File descriptors received are close-on-exec, unless the
// socket is a raw one.
func (s *Socket) RecvBatch(b *Batch, flags MsgFlags) (int, error) {
	if err := b.enter(); err != nil {
		return 0, err
	}
	defer b.leave()
	return s.recvBatch(b, flags, noTimeout)
}

// RecvBatchTimeout is RecvBatch with the timeout of recvmmsg(2). A timeout of 0 ends the batch
// after its first message. A negative one returns EINVAL.
//
// A known bug of the kernel is that it looks at the clock only when a message has arrived. If no
// further message arrives, the call keeps waiting after the timeout. [SO_RCVTIMEO] or Poll bound
// the wait for a message, and so do a Conn's deadlines.
func (s *Socket) RecvBatchTimeout(b *Batch, flags MsgFlags, timeout time.Duration) (int, error) {
	if err := b.enter(); err != nil {
		return 0, err
	}
	defer b.leave()
	if timeout < 0 {
		return 0, refused("recvmmsg", syscall.EINVAL)
	}
	return s.recvBatch(b, flags, timeout)
}

// noTimeout is a timeout that never ends a batch.
const noTimeout time.Duration = -1

// recvBatch is RecvBatchTimeout for a caller that has entered b.
func (s *Socket) recvBatch(b *Batch, flags MsgFlags, timeout time.Duration) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	own := s.ownRecvFlags(flags)
	b.use(b.from)
	used := min(b.used, b.to) - b.from
	f, ns := cFlags(flags), int64_t(timeout)
	n := csock_recvmmsg(s.fd, b.at(b.from), c_uint(b.to-b.from), c_uint(used), f, own, ns)
	if own != 0 && s.refusesRecvFlags(int(n)) {
		n = csock_recvmmsg(s.fd, b.at(b.from), c_uint(b.to-b.from), c_uint(used), f, 0, ns)
	}
	s.leave()
	end := b.from + max(int(n), 0)
	if b.used > b.to {
		b.empty(end, b.to)
	} else {
		b.used = end
	}
	if n < 0 {
		return 0, callRecvmmsg.error(int(n))
	}
	return int(n), nil
}

// at returns the pointer by which the headers from message i on cross into C: as bytes, as
// csock_sendmmsg takes them. It may cross because everything that C reaches from there is pinned.
// The Batch's own memory is pinned until Close, which takes effect after the call in flight. The
// caller's is pinned until SetBuffers or SetControlBuffer replaces it; both fail during a call. The
// headers themselves are the argument, which b keeps alive and the heap does not move.
func (b *Batch) at(i int) *uint8_t {
	return (*uint8_t)(unsafe.Pointer(unsafe.SliceData(b.headers[i:])))
}

// own returns the memory that NewBatch allocated for the payload of message i.
func (b *Batch) own(i int) []byte {
	return b.payload[i*b.room.Payload:][:b.room.Payload]
}

// ownControl returns the memory that NewBatch allocated for the control messages of message i.
func (b *Batch) ownControl(i int) []byte {
	return b.controls[i*(len(b.controls)/len(b.headers)):][:b.room.Control]
}

// count returns the number of buffers of message i.
func (b *Batch) count(i int) int { return int(b.headers[i].msg_hdr.msg_iovlen) }

// buffers returns the first n buffers of message i, and the whole length of each. n is at most
// room.Buffers.
func (b *Batch) buffers(i, n int) ([]struct_iovec, []size_t) {
	if b.iovs == nil {
		s := &b.slots[i] // which has one buffer
		return unsafe.Slice(&s.iov, 1), unsafe.Slice(&s.room, 1)
	}
	at := i * b.room.Buffers
	return b.iovs[at:][:n], b.rooms[at:][:n]
}

// bufferOf returns the whole of a buffer. The memory is valid: setBuffer took iov_base and room
// from one slice, and C changes neither. The iovec, which is in Go's heap, keeps the memory alive.
func bufferOf(iov *struct_iovec, room size_t) []byte {
	return unsafe.Slice((*byte)(iov.iov_base), int(room))
}

// addr returns the native address of message i.
func (b *Batch) addr(i int) *[sizeofSockaddrStorage]byte {
	return (*[sizeofSockaddrStorage]byte)(unsafe.Pointer(&b.slots[i].addr))
}

func (b *Batch) has(i int) bool { return b != nil && uint(i) < uint(len(b.headers)) }

func (b *Batch) isUsed(i int) bool { return b != nil && uint(i) < uint(b.used) }

// change begins a change of message i.
func (b *Batch) change(i int) error {
	if b == nil {
		return os.ErrInvalid
	}
	if !b.guard.isIdle() {
		return b.refused()
	}
	if !b.has(i) {
		return errBatchArg
	}
	b.use(i + 1)
	return nil
}

// use marks the first n messages as used. Those that were not used before become empty.
func (b *Batch) use(n int) {
	if b.used < n {
		b.empty(b.used, n)
		b.used = n
	}
}

// empty makes the messages i with from <= i < to empty.
func (b *Batch) empty(from, to int) {
	for i := from; i < to; i++ {
		m := &b.headers[i]
		m.msg_hdr.msg_namelen = 0
		m.msg_hdr.msg_controllen = 0
		m.msg_hdr.msg_flags = 0
		m.msg_len = 0
		iov, _ := b.buffers(i, b.count(i))
		for k := range iov {
			iov[k].iov_len = 0
		}
	}
}

// setRoom makes p the room of message i for control messages.
func (b *Batch) setRoom(i int, p []byte) {
	h := &b.headers[i].msg_hdr
	h.msg_control = nil
	if len(p) > 0 {
		h.msg_control = unsafe.Pointer(unsafe.SliceData(p))
	}
	b.slots[i].control_room = size_t(len(p))
}

// setBuffer makes p a buffer of a message, and all of it payload.
func setBuffer(iov *struct_iovec, room *size_t, p []byte) {
	iov.iov_base = nil
	if len(p) > 0 {
		iov.iov_base = unsafe.Pointer(unsafe.SliceData(p))
	}
	iov.iov_len = size_t(len(p))
	*room = size_t(len(p))
}
