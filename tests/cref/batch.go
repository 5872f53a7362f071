//go:build linux && cgo

package cref

// #include "batch.h"
import "C"

import (
	"fmt"
	"syscall"
	"time"
	"unsafe"
)

// A Message is a message as C's batches see it.
type Message struct {
	Payload, Addr, Control []byte
	Flags                  int
	N                      int
}

// Sendmmsg sends messages by sendmmsg(2).
func Sendmmsg(fd uintptr, messages []Message, flags int) (int, error) {
	b, err := newBatch(messages)
	if err != nil {
		return 0, err
	}
	defer C.cref_batch_free(b)
	n := C.cref_batch_send(b, C.int(fd), C.int(flags))
	if n < 0 {
		return 0, syscall.Errno(-n)
	}
	for i := range messages[:n] {
		messages[i].N = int(C.cref_batch_n(b, C.uint(i)))
	}
	return int(n), nil
}

// Recvmmsg receives with recvmmsg(2) into messages. Their slices are the room, and are cut to what
// was received.
func Recvmmsg(fd uintptr, messages []Message, flags int) (int, error) {
	return RecvmmsgTimeout(fd, messages, flags, -1)
}

// RecvmmsgTimeout is Recvmmsg with a timeout, unless that is negative.
func RecvmmsgTimeout(fd uintptr, messages []Message, flags int, timeout time.Duration) (int, error) {
	b, err := newBatch(messages)
	if err != nil {
		return 0, err
	}
	defer C.cref_batch_free(b)
	n := C.cref_batch_recv(b, C.int(fd), C.int(flags), C.longlong(timeout))
	if n < 0 {
		return 0, syscall.Errno(-n)
	}
	for i := range messages[:n] {
		m := &messages[i]
		m.N = int(C.cref_batch_n(b, C.uint(i)))
		m.Flags = int(C.cref_batch_flags(b, C.uint(i)))
		m.Payload = m.Payload[:min(m.N, len(m.Payload))]
		copy(m.Payload, C.GoBytes(unsafe.Pointer(C.cref_batch_payload(b, C.uint(i))), C.int(len(m.Payload))))
		m.Addr = C.GoBytes(unsafe.Pointer(C.cref_batch_addr(b, C.uint(i))), C.int(C.cref_batch_addr_len(b, C.uint(i))))
		m.Control = C.GoBytes(unsafe.Pointer(C.cref_batch_control(b, C.uint(i))), C.int(C.cref_batch_control_len(b, C.uint(i))))
	}
	return int(n), nil
}

func newBatch(messages []Message) (*C.struct_cref_batch, error) {
	b := C.cref_batch_new(C.uint(len(messages)))
	if b == nil {
		return nil, fmt.Errorf("no memory for %d messages", len(messages))
	}
	for i, m := range messages {
		if C.cref_batch_set(b, C.uint(i), unsafe.Pointer(unsafe.SliceData(m.Payload)), C.size_t(len(m.Payload)),
			unsafe.Pointer(unsafe.SliceData(m.Addr)), C.size_t(len(m.Addr)),
			unsafe.Pointer(unsafe.SliceData(m.Control)), C.size_t(len(m.Control))) != 0 {
			C.cref_batch_free(b)
			return nil, fmt.Errorf("no memory for message %d", i)
		}
	}
	return b, nil
}
