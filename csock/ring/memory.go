//go:build cgo

package ring

/*
#cgo noescape csock_ring_map
#cgo nocallback csock_ring_map
#cgo noescape csock_ring_error
#cgo nocallback csock_ring_error
#include "cgo_helpers.h"
*/
import "C"

import (
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// A memory is a mapping.
//
// Its bytes reach the caller as slices, and a caller may hold one for longer than the ring lasts.
// The garbage collector does not track mapped memory either. So a ring's address space is never
// unmapped. Release replaces the mapping with private pages of zeros, by one mmap(2) with
// MAP_FIXED: it takes effect at once for all threads. The kernel's memory is freed. A slice that is
// still held reads zeros, and writes to pages that cost nothing until then. It cannot fault, and it
// cannot reach what another part of the process has mapped since. The next ring with a mapping of
// this size reuses the addresses. So a process that opens and closes rings does not run out of
// them.
type memory struct {
	p unsafe.Pointer // not into Go's heap
	n int
}

// spare is the address space of released mappings, by size.
var spare struct {
	sync.Mutex
	bySize map[int][]unsafe.Pointer
}

// mapMemory maps n bytes of a socket, or private ones if fd is -1.
func mapMemory(fd, n int, offset int64) (memory, error) {
	spare.Lock()
	var at unsafe.Pointer
	if s := spare.bySize[n]; len(s) > 0 {
		at, spare.bySize[n] = s[len(s)-1], s[:len(s)-1]
	}
	spare.Unlock()
	m := memory{n: n}
	if r := C.csock_ring_map(C.int(fd), at, C.size_t(n), C.int64_t(offset), &m.p); r < 0 {
		// A failed MAP_FIXED may leave a hole at at, which another mapping may then take.
		return memory{}, sysError("mmap", int(r))
	}
	return m, nil
}

// release frees the mapping and keeps its addresses.
func (m memory) release() {
	var p unsafe.Pointer
	if C.csock_ring_map(-1, m.p, C.size_t(m.n), 0, &p) < 0 {
		return // too many mappings or too little memory: this one stays
	}
	spare.Lock()
	defer spare.Unlock()
	if spare.bySize == nil {
		spare.bySize = map[int][]unsafe.Pointer{}
	}
	spare.bySize[m.n] = append(spare.bySize[m.n], m.p)
}

func (m memory) bytes() []byte { return unsafe.Slice((*byte)(m.p), m.n) }

// at returns the address of offset off, which is below m.n.
func (m memory) at(off int) unsafe.Pointer { return unsafe.Add(m.p, off) }

// sysError returns the error of a helper that returned r, which is negative.
func sysError(call string, r int) error {
	return &os.SyscallError{Syscall: call, Err: syscall.Errno(-r)}
}
