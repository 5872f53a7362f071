//go:build cgo && linux

package csock_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/csock/go-csock/csock"
)

// An HTTP server. Several instances may share the port, clients may send their request in the
// handshake, and Accept returns once the request has arrived.
func ExampleListener() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close() // refused once the Listener owns the descriptor
	err = s.Set(
		csock.SO_REUSEPORT.To(true),
		csock.TCP_FASTOPEN.To(256),
		csock.TCP_DEFER_ACCEPT.To(5*time.Second),
		csock.TCP_NODELAY.To(true), // connections inherit it
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))); err != nil {
		fmt.Println(err)
		return
	}
	if err := s.Listen(128); err != nil {
		fmt.Println(err)
		return
	}
	l, err := s.IntoListener()
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello")
	})}
	defer server.Close()
	go server.Serve(l)

	resp, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(string(body))
	// Output: hello
}

// A UDP server that receives all pending datagrams in one call, with the address each was sent to.
func ExampleConn_RecvBatch() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	if err := s.Set(csock.IP_PKTINFO.To(true)); err != nil {
		fmt.Println(err)
		return
	}
	if err := s.Bind(csock.InetAddr(netip.MustParseAddrPort("0.0.0.0:0"))); err != nil {
		fmt.Println(err)
		return
	}
	c, err := s.IntoConn()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	client, err := net.Dial("udp", fmt.Sprint("127.0.0.1:", c.LocalAddr().(*net.UDPAddr).Port))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	for i := range 3 {
		fmt.Fprint(client, "datagram ", i)
	}

	b, err := csock.NewBatch(32, csock.BatchRoom{Payload: 1500, Control: 128})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	for received := 0; received < 3; {
		n, err := c.RecvBatch(b, 0) // parks the goroutine until at least one has arrived
		if err != nil {
			fmt.Println(err)
			return
		}
		for i := range n {
			for m := range csock.ControlMessages(b.Control(i)) {
				if info, ok := m.PacketInfo(); ok {
					fmt.Printf("%s to %v\n", b.Bytes(i), info.Dst)
				}
			}
		}
		received += n
	}
	// Output:
	// datagram 0 to 127.0.0.1
	// datagram 1 to 127.0.0.1
	// datagram 2 to 127.0.0.1
}

// A context ends an attempt to connect, or a wait for connections; the Conn can be used again.
func ExampleConn_Accept() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	if err := s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))); err != nil {
		fmt.Println(err)
		return
	}
	if err := s.Listen(1); err != nil {
		fmt.Println(err)
		return
	}
	l, err := s.IntoConn()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, _, err = l.Accept(ctx)
	fmt.Println(err)
	// Output: context deadline exceeded
}

// A connection on Go's poller. A context can end the attempt to connect.
func ExampleConn_Connect() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	go func() {
		c, err := l.Accept()
		check(err)
		fmt.Fprint(c, "hello")
		c.Close()
	}()

	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM|csock.SOCK_NONBLOCK, csock.IPPROTO_TCP)
	check(err)
	defer s.Close()          // refused once the Conn owns the descriptor
	check(s.SetTCPMSS(1000)) // before the connection is made
	c, err := s.IntoConn()
	check(err)
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	check(c.Connect(ctx, csock.InetAddr(l.Addr().(*net.TCPAddr).AddrPort())))

	check(c.SetReadDeadline(time.Now().Add(10 * time.Second)))
	text, err := io.ReadAll(c)
	fmt.Printf("%s %v\n", text, err)
	// Output: hello <nil>
}

// A net.PacketConn over csock, for a library. It has the methods of a net.UDPConn and of a Conn.
func ExamplePacketConn() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	check(err)
	defer s.Close()
	check(s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
	c, err := s.IntoUDPConn()
	check(err)
	defer c.Close()
	var library net.PacketConn = c

	_, err = library.WriteTo([]byte("hello"), library.LocalAddr())
	check(err)
	p := make([]byte, 64)
	n, err := c.Peek(p) // a Conn's
	check(err)
	fmt.Printf("%s\n", p[:n])
	n, from, err := c.ReadFromUDPAddrPort(p) // a net.UDPConn's
	check(err)
	fmt.Printf("%s from %v\n", p[:n], from.Addr())
	// Output:
	// hello
	// hello from 127.0.0.1
}

// A large send without copying. The buffer is returned once the kernel has finished with it.
func ExampleZeroCopy() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	go func() {
		c, err := l.Accept()
		check(err)
		io.Copy(io.Discard, c)
		c.Close()
	}()
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(err)
	defer s.Close()
	check(s.Connect(csock.InetAddr(l.Addr().(*net.TCPAddr).AddrPort())))

	z, err := csock.NewZeroCopy(s)
	check(err)
	buf := make([]byte, 100_000)
	n, err := z.Send(buf, 0)
	check(err)
	fmt.Println("sent", n, "bytes; sends pending:", z.Pending())

	// The ZeroCopy owns buf until buf is among the free buffers.
	var free [][]byte
	for z.Pending() > 0 {
		_, err := s.WaitError(-1)
		check(err)
		free, err = z.Complete(free)
		check(err)
	}
	fmt.Println("to be written to again:", &free[0][0] == &buf[0])
	// Output:
	// sent 100000 bytes; sends pending: 1
	// to be written to again: true
}
