// A Go library for a C program, main.c. It sends on sockets whose peer is closed.
package main

import "C"

import (
	"errors"
	"net"
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
	if way == 4 || way == 10 {
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
	default:
		err = sendByConn(a, way, f)
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return C.int(errno)
	}
	return 0
}

// sendByConn is send_to_closed for the calls of a Conn that have no flag against SIGPIPE.
func sendByConn(s *csock.Socket, way C.int, f *os.File) error {
	c, err := s.IntoConn()
	if err != nil {
		return err
	}
	defer c.Close()
	switch way {
	case 5:
		_, err = c.Sendfile(f, 0, 10)
	case 6:
		_, err = c.ReadFrom(f)
	case 7:
		r, w, pipeErr := os.Pipe()
		if pipeErr != nil {
			return pipeErr
		}
		defer r.Close()
		defer w.Close()
		if _, err := w.Write([]byte("x")); err != nil {
			return err
		}
		_, err = c.SpliceFrom(r, 1, 0)
	case 8, 9, 10: // to a Conn, to package net's, and to a raw Conn
		from, to, pairErr := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
		if pairErr != nil {
			return pairErr
		}
		defer to.Close()
		if _, err := to.Send([]byte("x"), 0); err != nil {
			return err
		}
		source, connErr := from.IntoConn()
		if connErr != nil {
			return connErr
		}
		defer source.Close()
		if way != 9 {
			_, err = source.WriteTo(c)
			break
		}
		file, fileErr := c.File()
		if fileErr != nil {
			return fileErr
		}
		defer file.Close()
		target, fileErr := net.FileConn(file)
		if fileErr != nil {
			return fileErr
		}
		defer target.Close()
		_, err = source.WriteTo(target)
	}
	return err
}
