//go:build linux && cgo

package tests

import (
	"runtime"
	"unsafe"
)

// onThread runs f on a thread that ends with it.
func onThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // not unlocked: the goroutine's end is the thread's
		f()
	}()
	<-done
}

// slicePtr returns the address of a slice's memory, for a raw system call.
func slicePtr[T any](s []T) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(s))) }
