package portable

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

func TestStream(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		l, addr := k.bound(t, csock.SOCK_STREAM)
		need.OK(t, l.Listen(csock.SOMAXCONN))
		client := k.socket(t, csock.SOCK_STREAM)
		need.OK(t, client.ConnectTimeout(addr, soon))
		server, from, err := l.Accept()
		need.OK(t, err)
		defer server.Close()
		need.Same(t, "the peer's address from Accept", from, need.Value[csock.SockAddr](t)(client.LocalAddr()))
		need.Same(t, "PeerAddr", need.Value[csock.SockAddr](t)(client.PeerAddr()), addr)

		n, err := client.SendVectored([][]byte{[]byte("two "), nil, []byte("parts")}, 0)
		need.OK(t, err)
		need.Same(t, "sent", n, 9)
		p := make([]byte, 4)
		n, _, err = server.RecvVectored([][]byte{p[:1], p[1:]}, 0)
		need.OK(t, err)
		need.Same(t, "the first part", string(p[:n]), "two ")
		p = make([]byte, 64)
		n, err = server.Peek(p)
		need.OK(t, err)
		need.Same(t, "peeked", string(p[:n]), "parts")
		n, addrless, err := server.RecvFrom(p, 0)
		need.OK(t, err)
		need.Same(t, "received", string(p[:n]), "parts")
		need.Same(t, "the sender on a connection", addrless.Len(), 0)

		need.OK(t, client.Shutdown(csock.SHUT_WR))
		if _, err := client.Send([]byte("x"), 0); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("a send after Shutdown: %v, want EPIPE", err)
		}
		if _, err := server.Read(p); err != io.EOF {
			t.Errorf("Read at the end: %v, want io.EOF", err)
		}
		need.OK(t, server.Close())
		need.Is(t, "a closed socket", server.Close(), net.ErrClosed)
	})
}

func TestDatagrams(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, to := k.bound(t, csock.SOCK_DGRAM)
		b, from := k.bound(t, csock.SOCK_DGRAM)
		for _, message := range []string{"hello", "", "a longer one"} {
			_, err := b.SendTo([]byte(message), to, 0)
			need.OK(t, err)
			p := make([]byte, 64)
			n, got, err := a.RecvFrom(p, 0)
			need.OK(t, err)
			need.Same(t, "received", string(p[:n]), message)
			need.Same(t, "sender", got, from)
		}

		// A datagram that is longer than the buffer.
		p := make([]byte, 4)
		for range 2 {
			_, err := b.SendTo([]byte("too long"), to, 0)
			need.OK(t, err)
		}
		n, err := a.Recv(p, 0)
		need.OK(t, err)
		need.Same(t, "cut", string(p[:n]), "too ")
		m := csock.MsgHdr{Buffers: [][]byte{p[:2], p[2:3]}}
		n, err = a.Recvmsg(&m, 0)
		need.OK(t, err)
		need.Same(t, "cut by Recvmsg", string(p[:n]), "too")
		need.Same(t, "IsTruncated", m.Flags.IsTruncated(), true)
		need.Same(t, "sender by Recvmsg", m.Addr, from)

		// Connect limits and, with no address, frees again.
		need.OK(t, a.Connect(from))
		_, err = a.Send([]byte("connected"), 0)
		need.OK(t, err)
		p = make([]byte, 64)
		n, err = b.Recv(p, 0)
		need.OK(t, err)
		need.Same(t, "from a connected socket", string(p[:n]), "connected")
	})
}

func TestErrors(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, addr := k.bound(t, csock.SOCK_STREAM)
		// Bound and not listening, so that nobody else takes the port.
		other := k.socket(t, csock.SOCK_STREAM)
		need.Is(t, "Connect to a port without a listener", other.Connect(addr), syscall.ECONNREFUSED)
		need.Is(t, "ConnectTimeout to it", k.socket(t, csock.SOCK_STREAM).ConnectTimeout(addr, soon), syscall.ECONNREFUSED)
		need.OK(t, s.Listen(1))
		need.Is(t, "Bind to an address in use", k.socket(t, csock.SOCK_STREAM).Bind(addr), syscall.EADDRINUSE)
		need.Is(t, "a second Bind", s.Bind(k.loopback), syscall.EINVAL)

		u, _ := k.bound(t, csock.SOCK_DGRAM)
		need.OK(t, u.SetNonblocking(true))
		_, err := u.Recv(make([]byte, 8), 0)
		need.Is(t, "Recv of nothing", err, syscall.EAGAIN)
		if got := testing.AllocsPerRun(100, func() { _, err = u.Recv(nil, 0) }); got != 0 && !need.Slow {
			t.Errorf("EAGAIN costs %v allocations", got)
		}
		_, err = u.Send([]byte("x"), 0)
		if !slices.Contains([]error{syscall.EDESTADDRREQ, syscall.ENOTCONN, syscall.EINVAL}, errors.Unwrap(err)) { // the last is Wine's
			t.Errorf("Send without a peer: %v", err)
		}

		c := k.socket(t, csock.SOCK_STREAM)
		need.OK(t, c.SetNonblocking(true))
		if err := c.Connect(addr); err != nil && !errors.Is(err, syscall.EINPROGRESS) {
			t.Errorf("Connect without waiting: %v, want EINPROGRESS", err)
		}
		_, err = c.Poll(csock.POLLOUT, soon)
		need.OK(t, err)
		pending, err := c.TakeError()
		need.OK(t, err, pending)

		lacking := csock.MSG_INTERRUPT
		if runtime.GOOS == "windows" {
			lacking = csock.MSG_DONTWAIT
		}
		_, err = s.Send([]byte("x"), lacking)
		need.Is(t, "an unsupported flag", err, errors.ErrUnsupported)
	})
}

func TestKindOfSocket(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, err := csock.New(k.domain, csock.SOCK_STREAM, csock.IPPROTO_TCP)
		need.OK(t, err)
		defer s.Close()
		need.Same(t, "Domain", need.Value[csock.Domain](t)(s.Domain()), k.domain)
		need.Same(t, "Type", need.Value[csock.Type](t)(s.Type()), csock.SOCK_STREAM)
		need.Same(t, "Protocol", need.Value[csock.Protocol](t)(s.Protocol()), csock.IPPROTO_TCP)
		need.OK(t, s.Bind(k.loopback))
		need.OK(t, s.Listen(1))
		need.Same(t, "IsListener", need.Value[bool](t)(s.IsListener()), true)
	})
}

func TestClone(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.connected(t)
		clone, err := client.TryClone()
		need.OK(t, err)
		need.OK(t, client.Close())
		_, err = clone.Send([]byte("by the clone"), 0)
		need.OK(t, err)
		p := make([]byte, 64)
		n, err := server.Recv(p, 0)
		need.OK(t, err)
		need.Same(t, "received", string(p[:n]), "by the clone")
		fd, err := clone.Detach()
		need.OK(t, err)
		again, err := csock.FromFD(fd)
		need.OK(t, err)
		need.OK(t, again.Close())
		if n, err = server.Recv(p, 0); n != 0 || err != nil {
			t.Errorf("after the last Close: %d bytes, %v", n, err)
		}
	})
}

func TestPollEvents(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, to := k.bound(t, csock.SOCK_DGRAM)
		start := time.Now()
		got, err := a.Poll(csock.POLLIN, 50*time.Millisecond)
		need.OK(t, err)
		need.Same(t, "events of an empty socket", got, 0)
		if waited := time.Since(start); waited < 40*time.Millisecond {
			t.Errorf("Poll waited %v", waited)
		}
		_, err = a.SendTo([]byte("x"), to, 0)
		need.OK(t, err)
		fds := []csock.PollFD{{}, {Socket: a, Events: csock.POLLIN | csock.POLLOUT}}
		n, err := csock.Poll(fds, soon)
		need.OK(t, err)
		need.Same(t, "entries", n, 1)
		need.Same(t, "of none", fds[0].Revents, 0)
		if fds[1].Revents&csock.POLLIN == 0 || fds[1].Revents&csock.POLLOUT == 0 {
			t.Errorf("Revents %#x", fds[1].Revents)
		}
		n, err = csock.Poll(nil, time.Millisecond)
		need.OK(t, err)
		need.Same(t, "entries of no list", n, 0)
	})
}

func TestSendfile(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		content := bytes.Repeat([]byte("0123456789"), 3000)
		f, err := os.CreateTemp("", "csock-*") // Wine does not remove a t.TempDir with a file in it
		need.OK(t, err)
		defer os.Remove(f.Name())
		defer f.Close()
		_, err = f.Write(content)
		need.OK(t, err)
		client, server := k.connected(t)
		for _, c := range []struct {
			offset int64
			length int
			want   []byte
		}{
			{0, len(content), content},
			{5, 10, content[5:15]},
			{int64(len(content)) - 3, 100, content[len(content)-3:]},
			{int64(len(content)), 100, nil},
			{7, 0, nil},
		} {
			sent := 0
			for sent < len(c.want) {
				n, err := client.Sendfile(f, c.offset+int64(sent), c.length-sent)
				need.OK(t, err)
				sent += n
			}
			if len(c.want) == 0 {
				n, err := client.Sendfile(f, c.offset, c.length)
				need.OK(t, err)
				need.Same(t, "sent of nothing", n, 0)
			}
			got := make([]byte, len(c.want))
			_, err := io.ReadFull(server, got)
			need.OK(t, err)
			need.Same(t, "the bytes are the file's", bytes.Equal(got, c.want), true)
		}
		_, err = client.Sendfile(f, -1, 1)
		need.Is(t, "a negative offset", err, syscall.EINVAL)
		at, err := f.Seek(0, io.SeekCurrent)
		need.OK(t, err)
		need.Same(t, "the file's own offset", at, int64(len(content)))

		_, err = f.Seek(3, io.SeekStart)
		need.OK(t, err)
		for _, want := range []string{"345", "67"} {
			n, err := client.SendfileNext(f, len(want))
			need.OK(t, err)
			need.Same(t, "sent from the file's own offset", n, len(want))
			got := make([]byte, n)
			_, err = io.ReadFull(server, got)
			need.OK(t, err)
			need.Same(t, "bytes", string(got), want)
		}
		at, err = f.Seek(0, io.SeekCurrent)
		need.OK(t, err)
		need.Same(t, "the file's own offset", at, 8)
	})
}

func TestBatch(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, to := k.bound(t, csock.SOCK_DGRAM)
		b, from := k.bound(t, csock.SOCK_DGRAM)
		const n = 5
		out, err := csock.NewBatch(n, csock.BatchRoom{Payload: 16})
		need.OK(t, err)
		defer out.Close()
		for i := range n {
			need.OK(t, out.SetBytes(i, []byte{'0' + byte(i)}), out.SetAddr(i, to))
		}
		sent, err := b.SendBatch(out, 0)
		need.OK(t, err)
		need.Same(t, "sent", sent, n)
		_, err = a.Poll(csock.POLLIN, soon)
		need.OK(t, err)
		in, err := csock.NewBatch(2*n, csock.BatchRoom{Payload: 16})
		need.OK(t, err)
		defer in.Close()
		got := ""
		for len(got) < n {
			count, err := a.RecvBatch(in, csock.MSG_WAITFORONE)
			need.OK(t, err)
			for i := range count {
				got += string(in.Bytes(i))
				need.Same(t, "sender", in.Addr(i), from)
			}
		}
		need.Same(t, "received", got, "01234")

		wide, err := csock.NewBatch(1, csock.BatchRoom{Buffers: 3})
		need.OK(t, err)
		defer wide.Close()
		need.OK(t, wide.SetBuffers(0, [][]byte{[]byte("ab"), nil, []byte("cde")}), wide.SetAddr(0, to))
		sent, err = b.SendBatch(wide, 0)
		need.OK(t, err)
		need.Same(t, "sent", sent, 1)
		x, y := make([]byte, 4), make([]byte, 10)
		need.OK(t, wide.SetBuffers(0, [][]byte{x, y}), wide.SetControlBuffer(0, make([]byte, 40)))
		need.Same(t, "the room for control messages", cap(wide.Control(0)), 40)
		_, err = a.Poll(csock.POLLIN, soon)
		need.OK(t, err)
		count, err := a.RecvBatchTimeout(wide, 0, 0)
		need.OK(t, err)
		need.Same(t, "received", count, 1)
		need.Same(t, "Len", wide.Len(0), 5)
		need.Same(t, "sender", wide.Addr(0), from)
		need.Same(t, "the buffers", string(x)+string(y[:1]), "abcde")
		need.Same(t, "control messages", len(wide.Control(0)), 0)
	})
}

func TestOptions(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s := k.socket(t, csock.SOCK_STREAM)
		flag := func(o csock.Option[bool]) {
			t.Helper()
			for _, on := range []bool{true, false} {
				need.OK(t, o.Set(s, on))
				need.Same(t, o.String(), need.Value[bool](t)(o.Get(s)), on)
			}
		}
		flag(csock.SO_REUSEADDR)
		flag(csock.SO_KEEPALIVE)
		flag(csock.SO_OOBINLINE)
		flag(csock.TCP_NODELAY)
		for _, o := range []csock.Option[time.Duration]{csock.SO_RCVTIMEO, csock.SO_SNDTIMEO} {
			need.OK(t, o.Set(s, 1500*time.Millisecond))
			need.Same(t, o.String(), need.Value[time.Duration](t)(o.Get(s)), 1500*time.Millisecond)
			need.OK(t, o.Set(s, 0))
			need.Same(t, o.String(), need.Value[time.Duration](t)(o.Get(s)), 0)
		}
		need.OK(t, s.SetLinger(3*time.Second))
		need.Same(t, "Linger", need.Value[time.Duration](t)(s.Linger()), 3*time.Second)
		need.OK(t, s.SetLinger(-1))
		if d := need.Value[time.Duration](t)(s.Linger()); d >= 0 {
			t.Errorf("Linger is off, and returns %v", d)
		}
		need.OK(t, s.SetTCPKeepalive(csock.TCPKeepalive{Time: 30 * time.Second, Interval: 5 * time.Second}))
		if k.domain == csock.AF_INET {
			need.OK(t, csock.IP_TTL.Set(s, 33))
			need.Same(t, "IP_TTL", need.Value[int](t)(csock.IP_TTL.Get(s)), 33)
		} else {
			flag(csock.IPV6_V6ONLY)
			need.OK(t, csock.IPV6_UNICAST_HOPS.Set(s, 33))
			need.Same(t, "IPV6_UNICAST_HOPS", need.Value[int](t)(csock.IPV6_UNICAST_HOPS.Get(s)), 33)
		}
		lacking := csock.SO_EXCLUSIVEADDRUSE
		if runtime.GOOS == "windows" {
			lacking = csock.SO_PASSCRED
		}
		need.Same(t, "Supported", lacking.Supported(), false)
		need.Is(t, "an option that the system lacks", lacking.Set(s, true), errors.ErrUnsupported)
	})
}

func TestRecvTimeout(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, _ := k.bound(t, csock.SOCK_DGRAM)
		need.OK(t, csock.SO_RCVTIMEO.Set(s, 50*time.Millisecond))
		err := error(syscall.EINTR) // a signal, as Go's runtime sends them, ends the call (signal(7))
		for errors.Is(err, syscall.EINTR) {
			_, err = s.Recv(make([]byte, 1), 0)
		}
		if !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.ETIMEDOUT) {
			t.Errorf("Recv with SO_RCVTIMEO: %v", err)
		}
	})
}

// A control message from the system, and one to it.
func TestPktinfo(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, to := k.bound(t, csock.SOCK_DGRAM)
		on := csock.IP_PKTINFO
		if k.domain == csock.AF_INET6 {
			on = csock.IPV6_RECVPKTINFO
		}
		need.OK(t, on.Set(s, true))
		ap, _ := to.AddrPort()
		control := csock.AppendPacketInfo(nil, csock.PacketInfo{Local: ap.Addr()})
		_, err := s.Sendmsg(&csock.MsgHdr{Addr: to, Buffers: [][]byte{[]byte("x")}, Control: control}, 0)
		need.OK(t, err)
		m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 8)}, Control: make([]byte, 256)}
		_, err = s.Recvmsg(&m, 0)
		need.OK(t, err)
		found := false
		for c := range csock.ControlMessages(m.Control[:m.ControlLen]) {
			if info, ok := c.PacketInfo(); ok {
				found = true
				need.Same(t, "Dst", info.Dst, ap.Addr())
				if info.Ifindex == 0 {
					t.Error("no interface")
				}
			}
		}
		need.Same(t, "a control message came", found, true)
	})
}

func TestOutOfBand(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.connected(t)
		_, err := client.SendOutOfBand([]byte{'!'})
		need.OK(t, err)
		p := make([]byte, 4)
		for range 100 {
			n, err := server.RecvOutOfBand(p)
			if err == nil {
				need.Same(t, "received", string(p[:n]), "!")
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Error("the byte did not come")
	})
}

func TestInterfaces(t *testing.T) {
	ifs, err := net.Interfaces()
	need.OK(t, err)
	for _, i := range ifs {
		if i.Flags&net.FlagLoopback == 0 {
			continue
		}
		a := csock.InetAddr(netip.MustParseAddrPort("[fe80::1]:1")).WithScopeID(uint32(i.Index))
		ap, ok := a.AddrPort()
		if !ok || ap.Addr().Zone() == "" {
			t.Errorf("interface %d: %v", i.Index, a)
		}
		if back := csock.InetAddr(ap); back != a {
			t.Errorf("%v is %v by its zone", a, back)
		}
	}
}
