//go:build cgo

package csock

// Sockets that are lost: the garbage collector has them closed.

import (
	"runtime"
	"sync"
)

// young are the open sockets that no collection has met yet. A cleanup costs as much as a tenth of making a
// socket, and most sockets that are made and closed at once would never need it: only those that are still open
// when the next collection is over get theirs.
var young struct {
	sync.Mutex
	sockets []*Socket
	waits   bool // promote will be called
}

// watch sees to it that the Socket's descriptor gets closed if the Socket is lost.
func (s *Socket) watch() {
	young.Lock()
	defer young.Unlock()
	young.sockets = append(young.sockets, s)
	s.young = int32(len(young.sockets))
	if !young.waits {
		young.waits = true
		// What nobody refers to is collected next time.
		runtime.AddCleanup(&collected{}, func(struct{}) { promote() }, struct{}{})
	}
}

// A collected is an object that the next collection finds. It has a pointer, since small ones without are
// allocated several in one.
type collected struct{ _ *byte }

// unwatch takes watch back.
func (s *Socket) unwatch() {
	young.Lock()
	defer young.Unlock()
	if s.young == 0 {
		s.lost.Stop()
		runtime.KeepAlive(s) // or it may be lost, and its cleanup due, before that is stopped
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

// promoteSome keeps others waiting for no longer than some cleanups take.
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
		s.lost = runtime.AddCleanup(s, func(fd csock_fd) { csock_close(fd) }, s.fd)
	}
	return true
}
