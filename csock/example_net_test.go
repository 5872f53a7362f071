//go:build cgo && linux

package csock_test

import (
	"fmt"
	"net"
	"time"

	"github.com/csock/go-csock/csock"
)

// A net.Dialer whose connections give up on a peer that has acknowledged nothing for 10 seconds. A mark for routing is
// set in the same way, by csock.SO_MARK.To(42), which needs a privilege.
func ExampleControl() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	d := net.Dialer{Control: csock.Control(csock.TCP_USER_TIMEOUT.To(10 * time.Second))}
	c, err := d.Dial("tcp", l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	fmt.Println(csock.Get(c.(*net.TCPConn), csock.TCP_USER_TIMEOUT))
	// Output: 10s <nil>
}

// What the kernel knows of a connection of package net.
func ExampleBorrow() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	err = csock.Borrow(c.(*net.TCPConn), func(s *csock.Socket) error {
		info, err := csock.TCP_INFO.Get(s)
		if err != nil {
			return err
		}
		fmt.Println(info.State)
		return s.Set(csock.TCP_NODELAY.To(false), csock.SO_SNDBUF.To(1<<20))
	})
	fmt.Println(err)
	// Output:
	// TCP_ESTABLISHED
	// <nil>
}
