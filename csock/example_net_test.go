//go:build cgo && linux

package csock_test

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"time"

	"github.com/csock/go-csock/csock"
)

// A net.Dialer whose connections fail once the peer has acknowledged nothing for 10 seconds. A
// mark for routing is set in the same way, by csock.SO_MARK.To(42), which needs a privilege.
func ExampleControlFunc() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	d := net.Dialer{Control: csock.ControlFunc(csock.TCP_USER_TIMEOUT.To(10 * time.Second))}
	c, err := d.Dial("tcp", l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	fmt.Println(csock.Get(c.(*net.TCPConn), csock.TCP_USER_TIMEOUT))
	// Output: 10s <nil>
}

// The kernel's information about a connection of package net.
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

// Options of a connection that package net made.
func ExampleApply() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	check(err)
	defer c.Close()
	err = csock.Apply(c.(*net.TCPConn),
		csock.TCP_USER_TIMEOUT.To(10*time.Second),
		csock.TCP_NOTSENT_LOWAT.To(16<<10),
	)
	check(err)
	fmt.Println(csock.Get(c.(*net.TCPConn), csock.TCP_NOTSENT_LOWAT))
	// Output: 16384 <nil>
}

// Get reads one option of anything that has a descriptor: here, of a listener.
func ExampleGet() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	listens, err := csock.Get(l.(*net.TCPListener), csock.SO_ACCEPTCONN)
	fmt.Println(csock.SO_ACCEPTCONN, listens, err)
	// Output: SO_ACCEPTCONN true <nil>
}

// A Socket duplicated from a connection of package net. It stays open when that is closed.
func ExampleFromNet() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	check(err)
	s, err := csock.FromNet(c.(*net.TCPConn))
	check(err)
	defer s.Close()
	check(c.Close())

	peer, err := s.PeerAddr()
	check(err)
	fmt.Println("still connected:", peer.String() == l.Addr().String())
	// Output: still connected: true
}

// A socket is prepared with options that package net lacks, then handed to package net.
func ExampleSocket_IntoNetListener() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(err)
	defer s.Close() // an error once ownership has been transferred
	check(s.Set(csock.SO_REUSEPORT.To(true), csock.IP_FREEBIND.To(true)))
	check(s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
	check(s.Listen(128))
	l, err := s.IntoNetListener()
	check(err)
	defer l.Close()

	_, err = s.LocalAddr()
	fmt.Println(err)
	fmt.Printf("%T at %v\n", l, l.Addr().(*net.TCPAddr).IP)
	// Output:
	// use of closed network connection
	// *net.TCPListener at 127.0.0.1
}

// Both ends of a pair as connections of package net, with its deadlines.
func ExampleSocket_IntoNetConn() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	check(err)
	left, err := a.IntoNetConn()
	check(err)
	defer left.Close()
	right, err := b.IntoNetConn()
	check(err)
	defer right.Close()

	fmt.Fprint(left, "hello")
	check(left.(*net.UnixConn).CloseWrite())
	check(right.SetReadDeadline(time.Now().Add(10 * time.Second)))
	text, err := io.ReadAll(right)
	fmt.Printf("%s %v\n", text, err)
	// Output: hello <nil>
}

// A net.PacketConn for a library. Its datagrams have a particular time to live.
func ExampleSocket_IntoNetPacketConn() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	check(err)
	defer s.Close()
	check(s.SetTTLV4(7))
	check(s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
	c, err := s.IntoNetPacketConn()
	check(err)
	defer c.Close()

	_, err = c.WriteTo([]byte("hello"), c.LocalAddr())
	check(err)
	p := make([]byte, 64)
	n, from, err := c.ReadFrom(p)
	check(err)
	fmt.Printf("%s, from myself: %t\n", p[:n], from.String() == c.LocalAddr().String())
	// Output: hello, from myself: true
}

// A socket as an os.File, to pass to a child process.
func ExampleSocket_IntoFile() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	check(err)
	defer a.Close()
	f, err := b.IntoFile()
	check(err)
	cat := exec.Command("cat")
	cat.Stdin, cat.Stdout = f, f // one socket for both
	check(cat.Start())
	check(f.Close())

	_, err = a.Send([]byte("hello"), 0)
	check(err)
	check(a.Shutdown(csock.SHUT_WR))
	text, err := io.ReadAll(a)
	fmt.Printf("%s %v\n", text, err)
	check(cat.Wait())
	// Output: hello <nil>
}
