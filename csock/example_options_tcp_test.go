package csock_test

import (
	"fmt"
	"io"
	"log"
	"net"
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

// The kernel's information about a connection. Fields that an older kernel lacks are zero; Has
// reports whether it filled one.
func ExampleTCPInfo() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	check(err)
	defer client.Close()
	server, err := l.Accept()
	check(err)
	defer server.Close()
	fmt.Fprint(client, "hello")
	_, err = io.ReadFull(server, make([]byte, 5))
	check(err)

	info, err := csock.Get(server.(*net.TCPConn), csock.TCP_INFO)
	check(err)
	fmt.Println(info.State)
	if info.Has(&info.BytesReceived) { // since Linux 4.1
		fmt.Println(info.BytesReceived, "bytes have come")
	}
	// Output:
	// TCP_ESTABLISHED
	// 5 bytes have come
}
