//go:build cgo

package csock

// The garbage collector closes unreachable sockets.

import (
	"runtime"
	"sync"
)

// young holds open sockets that have not yet survived a GC cycle; they have no cleanup registered.
// A cleanup costs up to a tenth of making a socket, and most short-lived sockets would never need
// it. Sockets that are still open after the next collection get theirs then.
var young struct {
	sync.Mutex
	sockets []*Socket
	waits   bool // promote will be called
}

// watch ensures that the Socket's descriptor is closed if the Socket becomes unreachable.
func (s *Socket) watch() {
	young.Lock()
	defer young.Unlock()
	young.sockets = append(young.sockets, s)
	s.young = int32(len(young.sockets))
	if !young.waits {
		young.waits = true
		// An unreachable object is collected in the next cycle.
		runtime.AddCleanup(&collected{}, func(struct{}) { promote() }, struct{}{})
	}
}

// A collected is an object that the next collection finds. It contains a pointer, because small
// objects without pointers share allocations.
type collected struct{ _ *byte }

// unwatch undoes watch.
func (s *Socket) unwatch() {
	young.Lock()
	defer young.Unlock()
	if s.young == 0 {
		s.cleanup.Stop()
		runtime.KeepAlive(s) // or its cleanup may become due before Stop has stopped it
		return
	}
	n := len(young.sockets)
	last := young.sockets[n-1]
	young.sockets[s.young-1], last.young = last, s.young
	young.sockets[n-1] = nil
	young.sockets = young.sockets[:n-1]
	s.young = 0
}

// promote gives a cleanup to each socket that is young.
func promote() {
	for more := true; more; {
		more = promoteSome()
	}
}

// promoteSome holds the lock for no longer than some cleanups take.
func promoteSome() (more bool) {
	young.Lock()
	defer young.Unlock()
	for range 100 {
		n := len(young.sockets)
		if n == 0 {
			young.sockets, young.waits = nil, false
			return false
		}
		s := young.sockets[n-1]
		young.sockets[n-1] = nil
		young.sockets = young.sockets[:n-1]
		s.young = 0
		s.cleanup = runtime.AddCleanup(s, func(fd csock_fd) { csock_close(fd) }, s.fd)
	}
	return true
}
