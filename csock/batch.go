//go:build cgo

package csock

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"unsafe"
)

var (
	callRecvmmsg = call{name: "recvmmsg"}
	callSendmmsg = call{name: "sendmmsg"}
)

// A Batch is a number of messages that SendBatch sends and RecvBatch receives in one system call. Each
// has a payload, an address, control messages and flags. Their memory is made and pinned once, by
// NewBatch, and serves any number of calls in both directions.
//
// Messages go by index, from 0 on. A message begins empty: no payload, no address, no control messages. Methods that
// set something of it answer EINVAL if there is no such message or the value does not fit, EBUSY while a call works on
// the Batch, and [net.ErrClosed] after Close; methods that get something are then free of meaning, but
// safe. Beside SetBuffer, in another goroutine, they are not.
//
// A Batch serves one goroutine at a time. Two calls at once on one Batch do no harm, the second answers EBUSY; but a
// message that is changed while a call works on it may go out, or come in, as a mixture of both.
type Batch struct {
	guard guard // open until Close; counts the call in flight, of which there is one at most
	lost  runtime.Cleanup
	pins  *pins

	// C reaches slots, and what they point to, through the headers. The arrays stay as NewBatch
	// makes them, also after Close, so that a getter that races with it reads memory that is there.
	headers []csock_mmsghdr
	slots   []struct_csock_slot
	payload []byte // each message's own room, one after the other
	room    BatchRoom

	from, to int // the messages that calls use
	// The first used messages are as the methods tell. Those after them offer all their room to RecvBatch, and
	// are empty to everything else: so a call need not touch messages that the last one has not used.
	used int
}

// A BatchRoom is the memory that each message of a Batch has of its own, in bytes.
type BatchRoom struct {
	Payload int // for its payload; 0 if all messages get their buffers from SetBuffer
	Control int // for its control messages
}

// pins are what has to be unpinned when a Batch is closed or lost.
type pins struct {
	own  runtime.Pinner
	user []runtime.Pinner // by message
}

func (p *pins) unpin() {
	p.own.Unpin()
	for i := range p.user {
		p.user[i].Unpin()
	}
}

// NewBatch makes a Batch of n messages, each with the given room. It answers EINVAL if n is not positive or a room is
// negative, and ENOMEM if all messages together would need 2 GiB or more.
func NewBatch(n int, room BatchRoom) (*Batch, error) {
	const align = int64(unsafe.Alignof(struct_cmsghdr{}))
	if n <= 0 || room.Payload < 0 || room.Control < 0 {
		return nil, errBatchRoom
	}
	control := (int64(room.Control) + align - 1) &^ (align - 1)
	each := int64(unsafe.Sizeof(csock_mmsghdr{}) + unsafe.Sizeof(struct_csock_slot{}))
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
	controls := make([]byte, n*int(control))
	for i := range b.headers {
		h, s := &b.headers[i].msg_hdr, &b.slots[i]
		h.msg_name = unsafe.Pointer(&s.addr)
		h.msg_iov = &s.iov
		setInteger(&h.msg_iovlen, 1)
		if control > 0 {
			h.msg_control = unsafe.Pointer(&controls[i*int(control)])
		}
		s.control_room = size_t(room.Control)
		setBuffer(s, b.own(i))
		s.iov.iov_len = 0
	}
	// The pins: cgo lets C reach Go memory through Go memory only if it is pinned. The headers
	// themselves cross as an argument. unpin must come before the pins are collected, or the runtime ends the process: the
	// cleanup keeps them reachable until it has run, which is after b is lost.
	b.pins.own.Pin(unsafe.SliceData(b.slots))
	if len(b.payload) > 0 {
		b.pins.own.Pin(unsafe.SliceData(b.payload))
	}
	if len(controls) > 0 {
		b.pins.own.Pin(unsafe.SliceData(controls))
	}
	b.guard.init()
	b.lost = runtime.AddCleanup(b, (*pins).unpin, b.pins)
	return b, nil
}

// Close lets the memory go, once a call in flight has ended. Slices that Bytes, Buffer and Control have returned stay
// good. A Batch that is lost needs no Close, unless SetBuffer was given a part of an object that leads to the Batch: the
// pin keeps that object, and the object the Batch.
func (b *Batch) Close() error {
	if b == nil {
		return os.ErrInvalid
	}
	ok, last := b.guard.shut()
	if !ok {
		return errClosed
	}
	b.lost.Stop()
	if last {
		b.pins.unpin()
	}
	return nil
}

// enter begins what nothing else may do with the Batch at the same time. If it is nil, leave ends it.
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

// refused tells why the Batch cannot be used now.
func (b *Batch) refused() error {
	if !b.guard.isOpen() {
		return errClosed
	}
	return errBatchInUse
}

// String returns how many messages the Batch has, such as "batch of 64 messages".
func (b *Batch) String() string { return fmt.Sprintf("batch of %d messages", b.Count()) }

// Count returns how many messages the Batch has.
func (b *Batch) Count() int {
	if b == nil {
		return 0
	}
	return len(b.headers)
}

// SetRange makes the next calls use messages from to to-1 alone; at first they use all. So a batch is sent that
// is not full, and the rest of one that was sent in part.
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

// Range returns the messages that calls use: from, and those after it before to.
func (b *Batch) Range() (from, to int) {
	if b == nil {
		return 0, 0
	}
	return b.from, b.to
}

// Buffer returns the whole buffer of message i, to fill it and then SetLen, or to look past Len. It
// is the Batch's own memory, or what SetBuffer was given.
func (b *Batch) Buffer(i int) []byte {
	if !b.has(i) {
		return nil
	}
	// The memory is there: iov_base and room are of one slice, which setBuffer took apart, and the slot, which is
	// memory of the Go heap, keeps it alive.
	s := &b.slots[i]
	return unsafe.Slice((*byte)(s.iov.iov_base), int(s.room))
}

// Bytes returns the payload of message i: the first Len bytes of its buffer.
func (b *Batch) Bytes(i int) []byte { return b.Buffer(i)[:b.Len(i)] }

// Len returns the length of the payload of message i: what SetLen said, or how much of the buffer RecvBatch filled.
func (b *Batch) Len(i int) int {
	if !b.isUsed(i) {
		return 0
	}
	return int(b.slots[i].iov.iov_len)
}

// SetLen makes the first n bytes of its buffer the payload of message i.
func (b *Batch) SetLen(i, n int) error {
	if err := b.change(i); err != nil {
		return err
	}
	s := &b.slots[i]
	if n < 0 || n > int(s.room) {
		return errBatchArg
	}
	s.iov.iov_len = size_t(n)
	return nil
}

// SetBytes copies p into the buffer of message i and makes it the payload.
func (b *Batch) SetBytes(i int, p []byte) error {
	if err := b.SetLen(i, len(p)); err != nil {
		return err
	}
	copy(b.Buffer(i), p)
	return nil
}

// SetBuffer makes p, without a copy, the buffer of message i, and all of it its payload. It stays the buffer
// until the next SetBuffer; nil gives the message its own memory back, with no payload. Go pins p until then, which costs more than
// copying a small payload, unless p begins where the last buffer did.
func (b *Batch) SetBuffer(i int, p []byte) error {
	if err := b.enter(); err != nil { // not change: what is pinned after Close stays pinned
		return err
	}
	defer b.leave()
	if !b.has(i) {
		return errBatchArg
	}
	b.use(i + 1)
	s := &b.slots[i]
	own := p == nil
	if own {
		p = b.own(i)
	}
	if len(p) == 0 || unsafe.Pointer(unsafe.SliceData(p)) != s.iov.iov_base {
		if b.pins.user == nil {
			b.pins.user = make([]runtime.Pinner, len(b.headers))
		}
		pin := &b.pins.user[i]
		pin.Unpin()
		if !own && len(p) > 0 {
			pin.Pin(unsafe.SliceData(p))
		}
	}
	setBuffer(s, p)
	if own {
		s.iov.iov_len = 0
	}
	return nil
}

// Addr returns whom message i is to be sent to or came from.
func (b *Batch) Addr(i int) SockAddr {
	var a SockAddr
	if b.isUsed(i) {
		a.len = socklen_t(b.headers[i].msg_hdr.msg_namelen)
		n := a.stored()
		copy(a.bytes()[:n], b.addr(i)[:n])
	}
	return a
}

// SetAddr sets whom message i is to be sent to; the zero SockAddr is the socket's peer. An address
// that is not valid is EINVAL, and SendBatch refuses the message until it has another.
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

// Control returns the control messages of message i: those to be sent, or received. Its capacity is all the room
// that the message has for them, so that they can be appended to it, and then told to SetControl.
func (b *Batch) Control(i int) []byte {
	if !b.has(i) || b.room.Control == 0 {
		return nil
	}
	n := 0
	if b.isUsed(i) {
		n = int(b.headers[i].msg_hdr.msg_controllen)
	}
	// The memory is there: NewBatch made that much for each message, and the header keeps it alive. The
	// kernel never tells a length beyond the room that make_ready has offered it.
	return unsafe.Slice((*byte)(b.headers[i].msg_hdr.msg_control), b.room.Control)[:n]
}

// SetControl copies p into the room of message i for control messages, and makes them those to be sent. A kind that the
// platform lacks is refused, as Sendmsg does.
func (b *Batch) SetControl(i int, p []byte) error {
	if err := b.change(i); err != nil {
		return err
	}
	if len(p) > b.room.Control {
		return errBatchArg
	}
	if controlLacks(p) {
		return errBatchLacking
	}
	copy(b.Control(i)[:len(p)], p)
	setInteger(&b.headers[i].msg_hdr.msg_controllen, len(p))
	return nil
}

// CloseRights closes every descriptor that came with message i, as [MsgHdr.CloseRights] does.
func (b *Batch) CloseRights(i int) { closeRights(b.Control(i)) }

// Flags returns what befell message i when it was received.
func (b *Batch) Flags(i int) RecvFlags {
	if !b.isUsed(i) {
		return 0
	}
	return RecvFlags(b.headers[i].msg_hdr.msg_flags)
}

// N returns how many bytes the system counted when message i was sent or received: on a stream it may have sent fewer than
// Len, and with MSG_TRUNC it counts a datagram's whole length, also where that is more than the buffer.
func (b *Batch) N(i int) int {
	if !b.isUsed(i) {
		return 0
	}
	return int(b.headers[i].msg_len)
}

// SendBatch sends the messages of b, or of the range that SetRange chose, as sendmmsg(2) does, and returns how many were
// sent. An error is told if it befell the first of them. One that befell a later message ends the batch there and stays untold: fewer
// messages were sent than asked for, err is nil, and the error is told by the next call, whose range begins with that message; but
// an error of an earlier message that only arrives then (ECONNREFUSED, say) Linux forgets. It
// sends no more than 1,024 messages (UIO_MAXIOV) in one call.
//
// RecvBatch leaves messages as they came, with the sender as their address and their control messages: to send them back, choose
// the range, and SetControl where there are control messages that cannot be sent.
func (s *Socket) SendBatch(b *Batch, flags MsgFlags) (int, error) {
	if err := b.enter(); err != nil {
		return 0, err
	}
	defer b.leave()
	return s.sendBatch(b, flags)
}

// sendBatch is SendBatch in the midst of a call on b.
func (s *Socket) sendBatch(b *Batch, flags MsgFlags) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	b.use(b.to)
	n := csock_sendmmsg(s.fd, b.at(b.from), c_uint(b.to-b.from), s.sendFlags(flags))
	s.leave()
	if n < 0 {
		if s.refusesSendFlags(int(n)) {
			return s.sendBatch(b, flags)
		}
		return 0, callSendmmsg.error(int(n))
	}
	return int(n), nil
}

// RecvBatch receives into the messages of b, or of the range that SetRange chose, as recvmmsg(2) does, and returns how many
// were received; those after them are empty. On a blocking socket it waits for all of them, with MSG_WAITFORONE for one. An error
// is told if it came before the first message; after that it ends the batch, and Linux keeps it for the next call. Descriptors that
// come are close-on-exec, unless the socket is a raw one.
func (s *Socket) RecvBatch(b *Batch, flags MsgFlags) (int, error) {
	if err := b.enter(); err != nil {
		return 0, err
	}
	defer b.leave()
	return s.recvBatch(b, flags)
}

// recvBatch is RecvBatch in the midst of a call on b.
func (s *Socket) recvBatch(b *Batch, flags MsgFlags) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	own := s.ownRecvFlags(flags)
	b.use(b.from)
	used := min(b.used, b.to) - b.from
	n := csock_recvmmsg(s.fd, b.at(b.from), c_uint(b.to-b.from), c_uint(used), cFlags(flags), own)
	if own != 0 && s.refusesRecvFlags(int(n)) {
		n = csock_recvmmsg(s.fd, b.at(b.from), c_uint(b.to-b.from), c_uint(used), cFlags(flags), 0)
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

// at is the pointer by which the headers from message i on cross into C: as bytes, as csock_sendmmsg has it. It may cross
// because all that C reaches from there is pinned until b is closed, which a call in flight puts off.
func (b *Batch) at(i int) *uint8_t {
	return (*uint8_t)(unsafe.Pointer(unsafe.SliceData(b.headers[i:])))
}

// own returns the memory that NewBatch made for the payload of message i.
func (b *Batch) own(i int) []byte {
	return b.payload[i*b.room.Payload:][:b.room.Payload]
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

// use makes the first n messages used ones: those that are not yet become empty.
func (b *Batch) use(n int) {
	if b.used < n {
		b.empty(b.used, n)
		b.used = n
	}
}

// empty makes messages from to to-1 empty.
func (b *Batch) empty(from, to int) {
	for i := from; i < to; i++ {
		m := &b.headers[i]
		m.msg_hdr.msg_namelen = 0
		m.msg_hdr.msg_controllen = 0
		m.msg_hdr.msg_flags = 0
		m.msg_len = 0
		b.slots[i].iov.iov_len = 0
	}
}

// setBuffer makes p a message's buffer and payload.
func setBuffer(s *struct_csock_slot, p []byte) {
	s.iov.iov_base = nil
	if len(p) > 0 {
		s.iov.iov_base = unsafe.Pointer(unsafe.SliceData(p))
	}
	s.iov.iov_len = size_t(len(p))
	s.room = size_t(len(p))
}
