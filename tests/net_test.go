//go:build linux

package tests

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// netEnds are the arguments that Borrow takes: everything with a socket's descriptor.
func netEnds(t *testing.T) map[string]syscall.Conn {
	t.Helper()
	need.IPv4(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	tcp, err := net.Dial("tcp", l.Addr().String())
	check(t, err)
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(t, err)
	unix, err := net.ListenPacket("unixgram", filepath.Join(t.TempDir(), "s"))
	check(t, err)
	file, err := tcp.(*net.TCPConn).File()
	check(t, err)
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	check(t, err, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))), s.Listen(1))
	listener, err := s.IntoListener()
	check(t, err)
	conn := connKinds[4].open(t)
	t.Cleanup(func() {
		for _, c := range []io.Closer{l, tcp, udp, unix, file, listener} {
			c.Close()
		}
	})
	return map[string]syscall.Conn{
		"net.TCPListener": l.(syscall.Conn), "net.TCPConn": tcp.(syscall.Conn), "net.UDPConn": udp.(syscall.Conn),
		"net.UnixConn": unix.(syscall.Conn), "os.File": file, "Listener": listener, "Conn": conn,
	}
}

func TestNetBorrow(t *testing.T) {
	for name, c := range netEnds(t) {
		t.Run(name, func(t *testing.T) {
			var lent, clone *csock.Socket
			mine := errors.New("mine")
			err := csock.Borrow(c, func(s *csock.Socket) error {
				lent = s
				check(t, s.SetReuseAddress(true))
				var err error
				clone, err = s.TryClone()
				check(t, err)
				_, err = s.Detach()
				connIs(t, "Detach", err, syscall.EBUSY)
				_, err = s.IntoConn()
				connIs(t, "Conn", err, syscall.EBUSY)
				_, err = s.IntoNetConn()
				connIs(t, "NetConn", err, syscall.EBUSY)
				_, err = s.IntoFile()
				connIs(t, "File", err, syscall.EBUSY)
				check(t, s.Close())
				connIs(t, "Close twice", s.Close(), net.ErrClosed)
				_, err = s.LocalAddr()
				connIs(t, "after Close", err, net.ErrClosed)
				return mine
			})
			connIs(t, "Borrow", err, mine)
			_, err = lent.LocalAddr()
			connIs(t, "after Borrow", err, net.ErrClosed)
			connIs(t, "after Borrow", lent.Close(), net.ErrClosed)
			_, err = lent.Detach()
			connIs(t, "after Borrow", err, net.ErrClosed)
			if on, err := csock.Get(c, csock.SO_REUSEADDR); !on || err != nil {
				t.Errorf("the owner's descriptor after Borrow: %v, %v", on, err)
			}
			if on, err := clone.ReuseAddress(); !on || err != nil {
				t.Errorf("the clone: %v, %v", on, err)
			}
			check(t, clone.Close(), c.(io.Closer).Close())
			connIs(t, "of a closed owner", csock.Borrow(c, func(*csock.Socket) error { return nil }), net.ErrClosed)
		})
	}
	connIs(t, "nil", csock.Borrow(nil, func(*csock.Socket) error { return nil }), os.ErrInvalid)
	connIs(t, "nil", csock.Borrow(new(csock.Conn), nil), os.ErrInvalid)
	f, err := os.Open("/dev/null")
	check(t, err)
	defer f.Close()
	connIs(t, "no socket", csock.Apply(f, csock.SO_REUSEADDR.To(true)), syscall.ENOTSOCK)
	_, err = csock.FromNet(f)
	connIs(t, "no socket", err, syscall.ENOTSOCK)
	connIs(t, "nil", csock.ControlFunc()("tcp", "", nil), os.ErrInvalid)
}

// Borrow returns when the last call on its Socket has returned: the owner may close the descriptor
// then.
func TestNetBorrowInFlight(t *testing.T) {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	check(t, err)
	defer b.Close()
	f, err := a.IntoFile() // blocking
	check(t, err)
	defer f.Close()
	received, returned := make(chan error, 1), make(chan bool)
	thread, inside := make(chan int), make(chan bool)
	go func() {
		defer close(returned)
		csock.Borrow(f, func(s *csock.Socket) error {
			tid, _ := onItsThread(func() {
				_, err := s.Recv(make([]byte, 1), 0)
				received <- err
			})
			thread <- tid
			<-inside
			return nil
		})
	}()
	tid := <-thread
	kernel.Eventually(t, "a thread in the call", func() bool { return kernel.Asleep(tid) })
	close(inside)
	select {
	case <-returned:
		t.Fatal("returned while a call was in flight")
	case <-time.After(50 * time.Millisecond):
	}
	_, err = b.Send([]byte("x"), 0)
	check(t, err, <-received)
	<-returned
}

// Borrowed Sockets outlive their owners in other goroutines, whose calls must not reach the next
// owners of the descriptors.
func TestNetBorrowRace(t *testing.T) {
	need.IPv4(t)
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	var wg sync.WaitGroup
	for range rounds {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		check(t, err)
		check(t, csock.Borrow(c, func(s *csock.Socket) error {
			wg.Go(func() {
				for {
					if err := s.SetReuseAddress(true); err != nil {
						if !errors.Is(err, net.ErrClosed) {
							t.Error(err)
						}
						return
					}
				}
			})
			return nil
		}))
		check(t, c.Close())
		next, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0) // most likely with c's number
		check(t, err)
		if on, err := next.ReuseAddress(); on || err != nil {
			t.Fatalf("a late call has reached another descriptor: %v, %v", on, err)
		}
		check(t, next.Close())
	}
	wg.Wait()
}

func TestNetControl(t *testing.T) {
	need.IPv4(t)
	control := csock.ControlFunc(csock.SO_REUSEPORT.To(true), csock.SO_RCVBUF.To(65536))
	lc := net.ListenConfig{Control: control}
	first, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	check(t, err)
	defer first.Close()
	second, err := lc.Listen(context.Background(), "tcp", first.Addr().String()) // SO_REUSEPORT alone allows it
	check(t, err, second.Close())

	d := net.Dialer{Control: csock.ControlFunc(csock.TCP_USER_TIMEOUT.To(7 * time.Second))}
	c, err := d.Dial("tcp", first.Addr().String())
	check(t, err)
	defer c.Close()
	if got, err := csock.Get(c.(*net.TCPConn), csock.TCP_USER_TIMEOUT); got != 7*time.Second || err != nil {
		t.Errorf("TCP_USER_TIMEOUT: %v, %v", got, err)
	}
	d.Control = csock.ControlFunc(csock.TCP_USER_TIMEOUT.To(-1))
	_, err = d.Dial("tcp", first.Addr().String())
	connIs(t, "a setting that cannot be made", err, syscall.EINVAL)
	if !strings.Contains(err.Error(), "TCP_USER_TIMEOUT") {
		t.Errorf("%q does not name the option", err)
	}
}

// netStreams are the ways to make a reader and writer from the Socket of a connection.
var netStreams = map[string]func(*csock.Socket) (io.ReadWriteCloser, error){
	"NetConn": func(s *csock.Socket) (io.ReadWriteCloser, error) { return s.IntoNetConn() },
	"File":    func(s *csock.Socket) (io.ReadWriteCloser, error) { return s.IntoFile() },
	"Conn":    func(s *csock.Socket) (io.ReadWriteCloser, error) { return s.IntoConn() },
	"NetConn, FromNet, Conn": func(s *csock.Socket) (io.ReadWriteCloser, error) {
		c, err := s.IntoNetConn()
		if err != nil {
			return nil, err
		}
		s, err = csock.FromNet(c.(syscall.Conn))
		if err != nil {
			return nil, err
		}
		if err := c.Close(); err != nil {
			return nil, err
		}
		return s.IntoConn()
	},
}

// On its way into package net and back a socket keeps its options and the data in flight, its first
// owner is closed, and its descriptor is closed once.
func TestNetHandOver(t *testing.T) {
	need.IPv4(t)
	collect() // what earlier tests have dropped: descriptors are counted
	for name, convert := range netStreams {
		t.Run(name, func(t *testing.T) {
			before := connDescriptors(t)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			check(t, err)
			ap := l.Addr().(*net.TCPAddr).AddrPort()
			s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
			check(t, err, s.Set(csock.TCP_USER_TIMEOUT.To(11*time.Second)), s.Connect(csock.InetAddr(ap)))
			peer, err := l.Accept()
			check(t, err, l.Close())
			_, err = peer.Write([]byte("in flight"))
			check(t, err)
			_, err = s.Send([]byte("sent before"), 0)
			check(t, err)
			fd := s.FD()

			c, err := convert(s)
			check(t, err)
			_, err = s.Send(nil, 0)
			connIs(t, "the Socket", err, net.ErrClosed)
			connIs(t, "the Socket", s.Close(), net.ErrClosed)
			if _, err := s.IntoNetConn(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("once more: %v", err)
			}
			if got, err := csock.Get(c.(syscall.Conn), csock.TCP_USER_TIMEOUT); got != 11*time.Second || err != nil {
				t.Errorf("TCP_USER_TIMEOUT: %v, %v", got, err)
			}
			p := make([]byte, 9)
			_, err = io.ReadFull(c, p)
			check(t, err)
			_, err = c.Write([]byte(", sent after"))
			check(t, err)
			q := make([]byte, len("sent before, sent after"))
			_, err = io.ReadFull(peer, q)
			check(t, err)
			if string(p) != "in flight" || string(q) != "sent before, sent after" {
				t.Errorf("received %q and %q", p, q)
			}
			check(t, c.Close())

			// The next owner of the number keeps it, even after everything before has been
			// collected.
			next, err := syscall.Dup(int(fd))
			if err == nil {
				t.Errorf("descriptor %d is still open", fd)
				syscall.Close(next)
			}
			check(t, peer.Close())
			if after := connDescriptors(t); after != before {
				t.Errorf("%d sockets open before, %d after", before, after)
			}
		})
	}
}

// A socket that package net does not know stays with its owner, as it was.
func TestNetHandOverFails(t *testing.T) {
	s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, 0)
	check(t, err)
	defer s.Close()
	if c, err := s.IntoNetConn(); err == nil {
		c.Close()
		t.Fatal("package net takes netlink")
	}
	if on, err := s.Nonblocking(); on || err != nil {
		t.Errorf("non-blocking %v, %v", on, err)
	}
	_, err = s.LocalAddr()
	check(t, err)
	_, err = s.IntoNetListener()
	if err == nil {
		t.Error("a listener of a socket that does not listen")
	}
	_, err = s.IntoListener()
	if err == nil {
		t.Error("a Listener of a socket that does not listen")
	}
}

func TestNetListenerAndPacketConn(t *testing.T) {
	need.IPv4(t)
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	check(t, err, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))), s.Listen(1))
	l, err := s.IntoNetListener()
	check(t, err)
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	check(t, err, c.Close())
	c, err = l.Accept()
	check(t, err, c.Close())

	s, err = csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
	check(t, err, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
	p, err := s.IntoNetPacketConn()
	check(t, err)
	defer p.Close()
	_, err = p.WriteTo([]byte("x"), p.LocalAddr())
	check(t, err)
	_, from, err := p.ReadFrom(make([]byte, 1))
	check(t, err)
	if from.String() != p.LocalAddr().String() {
		t.Errorf("from %v, want %v", from, p.LocalAddr())
	}
}

// Each method of UDPConn behaves like net.UDPConn's, on IPv4, IPv6 and both in one.
func TestNetPacketConn(t *testing.T) {
	type udpConn interface {
		net.Conn
		likeUDP
		SetReadBuffer(int) error
		SetWriteBuffer(int) error
	}
	for _, test := range []struct{ network, addr, target string }{
		{"udp4", "127.0.0.1:0", "127.0.0.1"}, {"udp6", "[::1]:0", "::1"}, {"udp", "[::]:0", "127.0.0.1"}, {"udp", "[::]:0", "::1"},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			need.IPv4(t)
			need.IPv6(t) // that of [::] is one of both
			theirs, err := net.ListenPacket(test.network, test.addr)
			check(t, err)
			domain := csock.AF_INET6
			if test.network == "udp4" {
				domain = csock.AF_INET
			}
			s, err := csock.New(domain, csock.SOCK_DGRAM, 0)
			check(t, err)
			if domain == csock.AF_INET6 {
				check(t, s.Set(csock.IPV6_V6ONLY.To(test.network == "udp6")))
			}
			check(t, s.Bind(csock.InetAddr(netip.MustParseAddrPort(test.addr))))
			ours, err := s.IntoUDPConn()
			check(t, err)

			// Each one's results of the exchange as text, without the ports.
			exchange := func(c udpConn) string {
				defer c.Close()
				var said strings.Builder
				peer, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(test.target)})
				check(t, err)
				defer peer.Close()
				to := peer.LocalAddr().(*net.UDPAddr)
				port := strconv.Itoa(c.LocalAddr().(*net.UDPAddr).Port)
				say := func(what string, args ...any) {
					line := fmt.Sprintf("%s: %#v %v %T\n", what, args, args, args[len(args)-1])
					line = strings.NewReplacer(":"+port, ":mine", ":"+strconv.Itoa(to.Port), ":peer",
						"0x"+strconv.FormatInt(int64(to.Port), 16), "peer", strconv.Itoa(to.Port), "peer").Replace(line)
					said.WriteString(line)
				}
				p, oob := make([]byte, 16), make([]byte, 64)
				n, err := c.WriteTo([]byte("WriteTo"), to)
				say("WriteTo", n, err)
				n, err = c.WriteToUDP([]byte("WriteToUDP"), to)
				say("WriteToUDP", n, err)
				n, err = c.WriteToUDPAddrPort([]byte("AddrPort"), to.AddrPort())
				say("WriteToUDPAddrPort", n, err)
				n, m, err := c.WriteMsgUDP([]byte("Msg"), nil, to)
				say("WriteMsgUDP", n, m, err)
				n, m, err = c.WriteMsgUDPAddrPort([]byte("MsgAddrPort"), nil, to.AddrPort())
				say("WriteMsgUDPAddrPort", n, m, err)
				for range 5 {
					n, from, err := peer.ReadFromUDPAddrPort(p)
					say("peer", string(p[:n]), err)
					_, err = peer.WriteToUDPAddrPort(p[:n], from)
					check(t, err)
				}
				n, from, err := c.ReadFrom(p)
				say("ReadFrom", n, err, from.String(), from.Network(), len(from.(*net.UDPAddr).IP))
				n, udp, err := c.ReadFromUDP(p)
				say("ReadFromUDP", n, err, udp.String(), len(udp.IP))
				n, ap, err := c.ReadFromUDPAddrPort(p)
				say("ReadFromUDPAddrPort", n, err, ap.String(), ap.Addr().Is4In6(), ap.Addr().Is4())
				n, m, flags, udp, err := c.ReadMsgUDP(p, oob)
				say("ReadMsgUDP", n, m, flags, err, udp.String())
				n, m, flags, ap, err = c.ReadMsgUDPAddrPort(p[:3], oob)
				say("ReadMsgUDPAddrPort", n, m, flags, err, ap.String(), ap.Addr().Is4In6())
				if n, err = c.WriteToUDP([]byte("any"), &net.UDPAddr{IP: net.IPv4zero, Port: c.LocalAddr().(*net.UDPAddr).Port}); err == nil {
					_, from, err = c.ReadFrom(p)
					say("0.0.0.0", n, err, from.String())
				}
				check(t, c.SetReadBuffer(100000), c.SetWriteBuffer(100000))
				for _, o := range []csock.Option[int]{csock.SO_RCVBUF, csock.SO_SNDBUF} {
					size, err := csock.Get(c.(syscall.Conn), o)
					say(o.String(), size, err)
				}
				_, err = c.WriteToUDPAddrPort(nil, netip.AddrPort{})
				say("no address", err != nil)
				check(t, c.SetReadDeadline(time.Now()))
				_, _, err = c.ReadFrom(p)
				say("deadline", errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, new(*net.OpError)))
				check(t, c.Close())
				_, _, err = c.ReadFrom(p)
				say("closed", errors.Is(err, net.ErrClosed), errors.As(err, new(*net.OpError)))
				return said.String()
			}
			want, got := exchange(theirs.(*net.UDPConn)), exchange(ours)
			if got != want {
				t.Errorf("ours:\n%s\nnet.UDPConn:\n%s", got, want)
			}
		})
	}
	p, err := csock.New(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
	check(t, err)
	a, err := csock.UnixAddr(filepath.Join(t.TempDir(), "s"))
	check(t, err, p.Bind(a))
	c, err := p.IntoPacketConn()
	check(t, err)
	defer c.Close()
	_, err = c.WriteTo([]byte("x"), c.LocalAddr())
	check(t, err)
	_, from, err := c.ReadFrom(make([]byte, 1))
	check(t, err)
	if from.String() != c.LocalAddr().String() || from.Network() != "unixgram" {
		t.Errorf("from %s %v", from.Network(), from)
	}
	_, err = c.WriteTo([]byte("x"), &net.UDPAddr{})
	if err == nil {
		t.Error("a UDP address is one for a Unix socket")
	}
}

// A raw IPv4 socket's ReadFrom returns what net.IPConn's does.
func TestNetPacketConnRaw(t *testing.T) {
	need.IPv4(t)
	const protocol = 253 // left free for experiments
	loopback := &net.IPAddr{IP: net.IPv4(127, 0, 0, 1)}
	theirs, err := net.ListenIP("ip4:253", loopback)
	need.Feature(t, "a raw socket", err, syscall.EPERM)
	defer theirs.Close()
	s, err := csock.New(csock.AF_INET, csock.SOCK_RAW, protocol)
	check(t, err)
	ours, err := s.IntoIPConn()
	check(t, err)
	defer ours.Close()
	for _, size := range []int{64, 24, 22, 20, 19, 10} { // of the buffer: with the header it is 25 bytes
		_, err := ours.WriteTo([]byte("hello"), loopback)
		check(t, err)
		var got [2]string
		for i, c := range []net.PacketConn{theirs, ours} {
			p := make([]byte, size)
			n, from, err := c.ReadFrom(p)
			if size < 20 { // of the header, whose checksum differs
				p = p[:0]
			}
			got[i] = fmt.Sprintf("%d %q %v %v", n, p[:min(n, len(p))], from, err)
		}
		if got[0] != got[1] {
			t.Errorf("%d bytes: %s, package net: %s", size, got[1], got[0])
		}
	}
	_, err = ours.WriteTo([]byte("hello"), loopback)
	check(t, err)
	n, _, _, _, err := ours.ReadMsgIP(make([]byte, 64), nil)
	if n != 25 || err != nil {
		t.Errorf("ReadMsgIP: %d bytes, %v, want 25 with the header", n, err)
	}
}

// The addresses of a Conn are those of package net's types.
func TestNetAddr(t *testing.T) {
	for _, k := range connKinds[:7] {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.pair(t)
			s, err := csock.FromNet(b)
			check(t, err)
			n, err := s.IntoNetConn()
			check(t, err)
			defer n.Close()
			show := func(a net.Addr) string { return fmt.Sprintf("%T %+v", a, a) }
			if got, want := show(b.LocalAddr()), show(n.LocalAddr()); got != want {
				t.Errorf("local: %s, want %s", got, want)
			}
			if got, want := show(b.RemoteAddr()), show(n.RemoteAddr()); got != want && a.LocalAddr().String() != "" {
				t.Errorf("remote: %s, want %s", got, want)
			}
		})
	}
}

// netServe serves HTTP over a Listener: / replies hello, /echo the request's body, /file a file.
func netServe(t *testing.T, file string) *csock.Listener {
	t.Helper()
	need.IPv4(t)
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	check(t, err, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))), s.Set(csock.TCP_NODELAY.To(true)), s.Listen(512))
	l, err := s.IntoListener()
	check(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) })
	server := &http.Server{Handler: mux}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error("Serve: ", err)
		}
	})
	return l
}

func netProgram(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	out, err := need.Command(t, need.Tool(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return out
}

// underLoad calls f while wrk makes requests, ends it soon after, and returns its report.
func underLoad(t *testing.T, url string, f func()) string {
	t.Helper()
	cmd := need.Command(t, need.Tool(t, "wrk"), "-t2", "-c64", "-d1m", url)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	check(t, cmd.Start())
	kernel.Eventually(t, "wrk's handler of SIGINT", func() bool {
		return kernel.HasSignal(t, strconv.Itoa(cmd.Process.Pid), "SigCgt", syscall.SIGINT)
	})
	time.Sleep(200 * time.Millisecond)
	f()
	time.Sleep(20 * time.Millisecond)
	check(t, cmd.Process.Signal(os.Interrupt), cmd.Wait())
	return out.String()
}

func TestNetHTTP(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	check(t, os.WriteFile(file, content, 0o600))
	before := connDescriptors(t)
	l := netServe(t, file)
	url := "http://" + l.Addr().String()
	t.Run("curl", func(t *testing.T) {
		if got := netProgram(t, "curl", "-sS", url); string(got) != "hello" {
			t.Errorf("curl got %q", got)
		}
		if got := netProgram(t, "curl", "-sS", url+"/file"); !bytes.Equal(got, content) {
			t.Errorf("curl got %d bytes of the file", len(got))
		}
		if got := netProgram(t, "curl", "-sS", "-H", "Expect:", "--data-binary", "@"+file, url+"/echo"); !bytes.Equal(got, content) {
			t.Errorf("curl got %d bytes back", len(got))
		}
	})
	t.Run("wrk", func(t *testing.T) {
		out := underLoad(t, url, func() {})
		if strings.Contains(out, "Socket errors") || strings.Contains(out, "Non-2xx") || !strings.Contains(out, "requests in") {
			t.Errorf("wrk says:\n%s", out)
		}
		t.Log(out)
	})
	kernel.Eventually(t, "connections closed", func() bool { return connDescriptors(t) <= before+1 })
}

// The Listener closes while clients come and go: nothing is left behind.
func TestNetHTTPCloseUnderLoad(t *testing.T) {
	before := connDescriptors(t)
	t.Run("serve", func(t *testing.T) {
		l := netServe(t, "")
		underLoad(t, "http://"+l.Addr().String(), func() { check(t, l.Close()) })
	})
	kernel.Eventually(t, "all descriptors closed", func() bool { return connDescriptors(t) <= before })
}

func TestNetTLS(t *testing.T) {
	need.IPv4(t)
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	check(t, err, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))), s.Listen(16))
	l, err := s.IntoListener()
	check(t, err)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "secret") }))
	server.Listener.Close()
	server.Listener = l
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	// A client over Conn, too.
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, _, addr string) (net.Conn, error) {
		s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
		if err != nil {
			return nil, err
		}
		c, err := s.IntoConn()
		if err != nil {
			return nil, err
		}
		return c, c.Connect(ctx, csock.InetAddr(netip.MustParseAddrPort(addr)))
	}
	defer transport.CloseIdleConnections()
	for range 10 {
		resp, err := (&http.Client{Transport: transport}).Get(server.URL)
		check(t, err)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != "secret" || err != nil || resp.ProtoMajor != 2 {
			t.Fatalf("got %q, %v over %s", body, err, resp.Proto)
		}
	}
	if got := netProgram(t, "curl", "-sSk", "--tls-max", "1.3", server.URL); string(got) != "secret" {
		t.Errorf("curl got %q", got)
	}
	_, err = tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "nobody"})
	if err == nil {
		t.Error("a certificate for nobody")
	}
}

// socat talks to an echo server, also over a kind of socket for which package net has no address.
func TestNetSocat(t *testing.T) {
	for _, k := range []connKind{connKinds[0], connKinds[2], connKinds[3]} {
		t.Run(k.name, func(t *testing.T) {
			listening, addr := k.listen(t, 8)
			go func() {
				for {
					c, _, err := listening.Accept(context.Background())
					if err != nil {
						return
					}
					go func() {
						defer c.Close()
						io.Copy(c, c)
					}()
				}
			}()
			target := map[string]string{
				"tcp4":       "TCP:" + addr.String(),
				"unix":       "UNIX-CONNECT:" + addr.String(),
				"unixpacket": "UNIX-CONNECT:" + addr.String() + ",type=" + strconv.Itoa(int(csock.SOCK_SEQPACKET)),
			}[k.name]
			path := need.Tool(t, "socat")
			content := bytes.Repeat([]byte("0123456789abcdef"), 1<<14)
			if k.typ == csock.SOCK_SEQPACKET {
				content = content[:4096] // one packet
			}
			cmd := need.Command(t, path, "-t10", "-", target)
			cmd.Stdin = bytes.NewReader(content)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			got, err := cmd.Output()
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("socat got %d of %d bytes back, %v: %s", len(got), len(content), err, &stderr)
			}
		})
	}
}

// A Listener's errors are package net's: http.Server waits and continues if one is temporary.
func TestNetListenerErrors(t *testing.T) {
	need.IPv4(t)
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	check(t, err, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))), s.Listen(1))
	l, err := s.IntoListener()
	check(t, err, l.SetDeadline(time.Now()))
	_, err = l.Accept()
	if e, ok := err.(net.Error); !ok || !e.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("deadline: %v", err)
	}
	check(t, l.SetDeadline(time.Time{}))
	got := make(chan error, 1)
	go func() { _, err := l.Accept(); got <- err }()
	connParked(t, "(*Listener).Accept", 1)
	check(t, l.Close())
	err = <-got
	connIs(t, "Accept", err, net.ErrClosed)
	connIs(t, "Close", l.Close(), net.ErrClosed)
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "accept" || op.Net != "tcp" {
		t.Errorf("Accept: %#v", err)
	}
}
