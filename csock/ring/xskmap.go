//go:build cgo

package ring

/*
#cgo noescape csock_ring_xskmap
#cgo nocallback csock_ring_xskmap
#cgo noescape csock_ring_xskmap_set
#cgo nocallback csock_ring_xskmap_set
#cgo noescape csock_ring_xskmap_delete
#cgo nocallback csock_ring_xskmap_delete
#cgo noescape csock_ring_redirect
#cgo nocallback csock_ring_redirect
#cgo noescape csock_ring_attach
#cgo nocallback csock_ring_attach
#cgo noescape csock_ring_close
#cgo nocallback csock_ring_close
#include "cgo_helpers.h"
*/
import "C"

import (
	"fmt"
	"math"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
)

// An XSKMap is a BPF map of AF_XDP sockets by queue number. A program looks up the socket there to
// which it redirects a frame; Attach loads the simplest such program. See bpf(2), and the kernel's
// map_xskmap.rst.
type XSKMap struct {
	mu      sync.Mutex
	fds     []C.int // of the map, and of what Attach made; empty: closed
	cleanup runtime.Cleanup
}

// NewXSKMap makes a map for the queues from 0 to queues-1. It needs CAP_NET_ADMIN and CAP_BPF.
func NewXSKMap(queues int) (*XSKMap, error) {
	if queues <= 0 || queues > math.MaxInt32 {
		return nil, fmt.Errorf("ring: XSKMap of %d queues: %w", queues, syscall.EINVAL)
	}
	fd := C.csock_ring_xskmap(C.uint32_t(queues))
	if fd < 0 {
		return nil, sysError("bpf", int(fd))
	}
	return ownXSKMap(fd), nil
}

// XSKMapFromFD returns the XSKMap of a descriptor that another library or program made, with a
// program of its own. It takes ownership of the descriptor.
func XSKMapFromFD(fd int) (*XSKMap, error) {
	if fd < 0 || fd > math.MaxInt32 {
		return nil, fmt.Errorf("ring: XSKMap of descriptor %d: %w", fd, syscall.EBADF)
	}
	return ownXSKMap(C.int(fd)), nil
}

func ownXSKMap(fd C.int) *XSKMap {
	m := &XSKMap{}
	m.own(fd)
	return m
}

// own adds a descriptor to close.
func (m *XSKMap) own(fd C.int) {
	if len(m.fds) > 0 {
		m.cleanup.Stop()
	}
	m.fds = append(m.fds, fd)
	m.cleanup = runtime.AddCleanup(m, closeAll, m.fds)
}

func closeAll(fds []C.int) {
	for _, fd := range fds {
		C.csock_ring_close(fd)
	}
}

// XDPAttachFlags select where an XDP program runs.
type XDPAttachFlags uint32

// See ip-link(8). 0 lets the kernel choose.
const (
	XDP_FLAGS_SKB_MODE XDPAttachFlags = C.XDP_FLAGS_SKB_MODE // in the network stack, for any driver
	XDP_FLAGS_DRV_MODE XDPAttachFlags = C.XDP_FLAGS_DRV_MODE // in the driver
	XDP_FLAGS_HW_MODE  XDPAttachFlags = C.XDP_FLAGS_HW_MODE  // in the device
)

// Attach loads a program and attaches it to an interface of the calling thread's network namespace.
// The program redirects each frame to the map's socket for its queue, and passes the frame on where
// there is none. Closing the map detaches it. Attach needs Linux 5.9. It returns EBUSY if the
// interface has a program.
func (m *XSKMap) Attach(ifindex int, flags XDPAttachFlags) error {
	return m.with(func(fd C.int) error {
		if ifindex <= 0 || ifindex > math.MaxInt32 {
			return fmt.Errorf("ring: XSKMap on interface %d: %w", ifindex, syscall.EINVAL)
		}
		program := C.csock_ring_redirect(fd)
		if program < 0 {
			return sysError("bpf", int(program))
		}
		defer C.csock_ring_close(program) // the link keeps it
		link := C.csock_ring_attach(program, C.uint32_t(ifindex), C.uint32_t(flags))
		if link < 0 {
			return sysError("bpf", int(link))
		}
		m.own(link)
		return nil
	})
}

// Insert makes x the map's socket for a queue, which must be the one that x is bound to. Closing x
// removes it from the map.
func (m *XSKMap) Insert(queue uint32, x *XDP) error {
	if x == nil {
		return os.ErrInvalid
	}
	return m.with(func(fd C.int) error {
		rc, err := x.SyscallConn()
		if err != nil {
			return err
		}
		var r C.int
		if err := rc.Control(func(s uintptr) {
			r = C.csock_ring_xskmap_set(fd, C.uint32_t(queue),
				C.int(s))
		}); err != nil {
			return err
		}
		if r < 0 {
			return sysError("bpf", int(r))
		}
		return nil
	})
}

// Delete removes the socket of a queue, if there is one.
func (m *XSKMap) Delete(queue uint32) error {
	return m.with(func(fd C.int) error {
		if r := C.csock_ring_xskmap_delete(fd, C.uint32_t(queue)); r < 0 {
			return sysError("bpf", int(r))
		}
		return nil
	})
}

// with calls f with the map's descriptor, which stays open until f returns.
func (m *XSKMap) with(f func(C.int) error) error {
	if m == nil {
		return os.ErrInvalid
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.fds) == 0 {
		return net.ErrClosed
	}
	return f(m.fds[0])
}

// Close closes the map, and detaches what Attach attached. A second Close returns net.ErrClosed.
func (m *XSKMap) Close() error {
	return m.with(func(C.int) error {
		m.cleanup.Stop()
		closeAll(m.fds)
		m.fds = nil
		return nil
	})
}
