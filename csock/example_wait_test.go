//go:build linux

package csock_test

import (
	"fmt"
	"log"
	"time"

	"github.com/csock/go-csock/csock"
)

// A loop over poll(2): wait until one of the sockets has something to receive.
func ExamplePoll() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	if _, err := a.Send([]byte("hello"), 0); err != nil {
		log.Fatal(err)
	}
	fds := []csock.PollFD{{Socket: a, Events: csock.POLLIN}, {Socket: b, Events: csock.POLLIN}}
	n, err := csock.Poll(fds, time.Second)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n)
	for i, f := range fds {
		if f.Revents&csock.POLLIN != 0 {
			waiting, err := csock.FIONREAD.Get(f.Socket)
			fmt.Println(i, f.Revents, waiting, err)
		}
	}
	// Output:
	// 1
	// 1 POLLIN 5 <nil>
}

// The MTU of an interface, by ioctl(2).
func ExampleIoctlOf() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	flags, err := csock.SIOCGIFFLAGS.Get(s, "lo")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(flags&csock.IFF_LOOPBACK != 0)
	// Output: true
}
