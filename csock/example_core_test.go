package csock_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

// A UDP socket that sends itself a datagram and reads its time to live.
func Example() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	check(err)
	defer s.Close()
	check(s.Set(csock.SO_REUSEADDR.To(true), csock.IP_RECVTTL.To(true)))
	check(s.SetTTLV4(7)) // what IP_TTL.Set does, under socket2's name
	check(s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
	me, err := s.LocalAddr()
	check(err)

	_, err = s.SendTo([]byte("hello"), me, 0)
	check(err)
	m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 64)}, Control: make([]byte, csock.ControlSpace(4))}
	n, err := s.Recvmsg(&m, 0)
	check(err)
	fmt.Printf("%q, from myself: %t\n", m.Buffers[0][:n], m.Addr == me)
	for c := range m.ControlMessages() {
		if ttl, ok := c.TTL(); ok {
			fmt.Println("time to live", ttl)
		}
	}
	// Output:
	// "hello", from myself: true
	// time to live 7
}

// check is the examples' error handling.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// A server and a client over TCP, in the order of C's calls.
func ExampleNew() {
	l, err := csock.New(csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	err = l.Set(csock.SO_REUSEADDR.To(true))
	if err == nil {
		err = l.Bind(csock.InetAddr(netip.MustParseAddrPort("[::1]:0")))
	}
	if err == nil {
		err = l.Listen(128)
	}
	if err != nil {
		log.Fatal(err)
	}
	addr, err := l.LocalAddr()
	if err != nil {
		log.Fatal(err)
	}

	c, err := csock.New(csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	if err := c.Connect(addr); err != nil {
		log.Fatal(err)
	}
	s, peer, err := l.Accept()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	local, err := c.LocalAddr()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the peer is the client:", peer == local)

	if _, err := c.Send([]byte("hello"), 0); err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 100)
	n, err := s.Recv(buf, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf[:n])
	// Output:
	// the peer is the client: true
	// hello
}

func ExamplePair() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	fmt.Fprintln(a, "one line")
	if err := a.Shutdown(csock.SHUT_WR); err != nil {
		log.Fatal(err)
	}
	all, err := io.ReadAll(b)
	fmt.Printf("%q %v\n", all, err)
	// Output: "one line\n" <nil>
}

func ExampleInetAddr() {
	v4 := csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:80"))
	fmt.Println(v4, v4.Domain(), v4.Len(), "bytes")

	v6 := csock.InetAddr(netip.MustParseAddrPort("[fe80::1%1]:80")).WithFlowInfo(0x12345)
	fmt.Println(v6.Domain(), v6.ScopeID(), v6.FlowInfo() == 0x12345)

	names := map[csock.SockAddr]string{v4: "localhost"}
	ap, _ := v4.AddrPort()
	fmt.Println(names[csock.InetAddr(ap)])
	// Output:
	// 127.0.0.1:80 AF_INET 16 bytes
	// AF_INET6 1 true
	// localhost
}

func ExampleUnixAddr() {
	file, err := csock.UnixAddr("/run/echo.sock")
	path, isPath := file.Pathname()
	fmt.Println(file, path, isPath, err)

	unnamed, err := csock.UnixAddr("")
	fmt.Println(unnamed.IsUnnamed(), err)

	_, err = csock.UnixAddr("a\x00b")
	fmt.Println(errors.Is(err, syscall.EINVAL))
	// Output:
	// /run/echo.sock /run/echo.sock true <nil>
	// true <nil>
	// true
}

func ExampleRawSockAddr() {
	addr := csock.InetAddr(netip.MustParseAddrPort("192.0.2.1:7"))
	native := addr.Bytes() // the platform's own sockaddr_in
	same, err := csock.RawSockAddr(native)
	fmt.Println(same, same == addr, err)
	// Output: 192.0.2.1:7 true <nil>
}

func ExampleSocket_RecvFrom() {
	server, addr := boundUDP()
	defer server.Close()
	client, clientAddr := boundUDP()
	defer client.Close()

	if _, err := client.SendTo([]byte("ping"), addr, 0); err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 1500)
	n, from, err := server.RecvFrom(buf, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, from the client: %v\n", buf[:n], from == clientAddr)
	// Output: ping, from the client: true
}

// boundUDP makes a UDP socket bound to a port that the kernel chooses.
func boundUDP() (*csock.Socket, csock.SockAddr) {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	if err != nil {
		log.Fatal(err)
	}
	if err := s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))); err != nil {
		log.Fatal(err)
	}
	addr, err := s.LocalAddr()
	if err != nil {
		log.Fatal(err)
	}
	return s, addr
}

func ExampleSocket_SendVectored() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	header, body := []byte("header "), []byte("body")
	if _, err := a.SendVectored([][]byte{header, body}, 0); err != nil {
		log.Fatal(err)
	}
	first, rest := make([]byte, 7), make([]byte, 100)
	n, flags, err := b.RecvVectored([][]byte{first, rest}, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q %q, truncated: %v\n", first, rest[:n-len(first)], flags.IsTruncated())
	// Output: "header " "body", truncated: false
}

func ExampleSocket_Recvmsg() {
	server, addr := boundUDP()
	defer server.Close()
	client, clientAddr := boundUDP()
	defer client.Close()

	out := csock.MsgHdr{Addr: addr, Buffers: [][]byte{[]byte("one "), []byte("message")}}
	if _, err := client.Sendmsg(&out, 0); err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 8)
	in := csock.MsgHdr{Buffers: [][]byte{buf}}
	n, err := server.Recvmsg(&in, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", buf[:n])
	fmt.Println("from the client:", in.Addr == clientAddr)
	fmt.Println("truncated:", in.Flags.IsTruncated())
	// Output:
	// "one mess"
	// from the client: true
	// truncated: true
}

func ExampleSocket_ConnectTimeout() {
	// A closed listener: its address refuses connections.
	l, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		log.Fatal(err)
	}
	if err := l.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))); err != nil {
		log.Fatal(err)
	}
	addr, err := l.LocalAddr()
	if err != nil {
		log.Fatal(err)
	}
	if err := l.Close(); err != nil {
		log.Fatal(err)
	}

	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	switch err := s.ConnectTimeout(addr, 10*time.Second); {
	case err == nil:
		fmt.Println("connected")
	case errors.Is(err, syscall.ECONNREFUSED):
		fmt.Println("refused")
	case errors.Is(err, syscall.ETIMEDOUT):
		fmt.Println("no answer")
	}
	// Output: refused
}

// On a non-blocking socket, a call that would block returns EAGAIN.
func ExampleSocket_SetNonblocking() {
	s, _ := boundUDP()
	defer s.Close()
	if err := s.SetNonblocking(true); err != nil {
		log.Fatal(err)
	}
	_, err := s.Recv(make([]byte, 1500), 0)
	fmt.Println(errors.Is(err, syscall.EAGAIN))
	var call *os.SyscallError
	fmt.Println(errors.As(err, &call), call.Syscall)
	// Output:
	// true
	// true recv
}

// Clones share one socket: data that one has read is gone for the other.
func ExampleSocket_TryClone() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	clone, err := b.TryClone()
	if err != nil {
		log.Fatal(err)
	}
	defer clone.Close()
	fmt.Fprint(a, "abcd")
	half := make([]byte, 2)
	for _, s := range []*csock.Socket{b, clone} {
		if _, err := io.ReadFull(s, half); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s\n", half)
	}
	// Output:
	// ab
	// cd
}

// Detach transfers ownership of the descriptor to other code, which closes it.
func ExampleSocket_Detach() {
	s, _ := boundUDP()
	fd, err := s.Detach()
	if err != nil {
		log.Fatal(err)
	}
	_, err = s.Send([]byte("x"), 0)
	fmt.Println(err)
	back, err := csock.FromFD(fd)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(back.FD() == fd, back.Close())
	// Output:
	// use of closed network connection
	// true <nil>
}

// An option that csock has no variable for.
func ExampleNewOption() {
	s, _ := boundUDP()
	defer s.Close()
	broadcast := csock.NewOption[bool]("SO_BROADCAST", csock.SOL_SOCKET, syscall.SO_BROADCAST)
	if err := broadcast.Set(s, true); err != nil {
		log.Fatal(err)
	}
	on, err := broadcast.Get(s)
	fmt.Println(broadcast, on, err)
	// Output: SO_BROADCAST true <nil>
}

// A connection made in the background. Once the attempt has ended, TakeError returns its outcome.
func ExampleSocket_TakeError() {
	// This address has no listener: its socket is only bound.
	bound, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(err)
	defer bound.Close()
	check(bound.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
	addr, err := bound.LocalAddr()
	check(err)

	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM|csock.SOCK_NONBLOCK, csock.IPPROTO_TCP)
	check(err)
	defer s.Close()
	err = s.Connect(addr)
	fmt.Println("under way:", errors.Is(err, syscall.EINPROGRESS))

	// The program continues here; poll(2) or epoll(7) reports when the socket is writable.
	_, err = s.WaitError(10 * time.Second)
	check(err)
	pending, err := s.TakeError()
	check(err)
	fmt.Println(pending)
	// Output:
	// under way: true
	// connection refused
}
