// A Go library for a C program, main.c. It sends on sockets whose peer is closed.
package main

import "C"

import (
	"errors"
	"os"
	"syscall"

	"github.com/csock/go-csock/csock"
)

func main() {}

// send sends in the named way on a socket whose peer is closed. It returns the errno, 0 if sending
// succeeded, or -1 if it could not be tried.
//
//export send_to_closed
func send_to_closed(way C.int) C.int {
	pair := csock.Pair
	if way == 4 {
		pair = csock.PairRaw
	}
	a, b, err := pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	if err != nil {
		return -1
	}
	defer a.Close()
	if err := b.Close(); err != nil {
		return -1
	}
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		return -1
	}
	defer f.Close()
	p := []byte("x")
	switch way {
	case 0, 4:
		_, err = a.Send(p, 0)
	case 1:
		_, err = a.Write(p)
	case 2:
		_, err = a.SendVectored([][]byte{p, p}, 0)
	case 3:
		_, err = a.Sendfile(f, 0, 10)
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return C.int(errno)
	}
	return 0
}
