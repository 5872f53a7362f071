package csock_test

import (
	"fmt"
	"log"
	"time"

	"github.com/csock/go-csock/csock"
)

func ExampleSocket_SetTCPKeepalive() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	if err := s.SetTCPKeepalive(csock.TCPKeepalive{Time: time.Minute, Interval: 10 * time.Second}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.TCPKeepaliveTime())
	fmt.Println(s.TCPKeepaliveInterval())
	// Output:
	// 1m0s <nil>
	// 10s <nil>
}

func ExampleTCPInfo() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	info, err := csock.TCP_INFO.Get(s)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.State)
	if info.Has(&info.RcvWnd) { // since Linux 6.2
		fmt.Println("our window:", info.RcvWnd)
	}
}
