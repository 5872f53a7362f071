//go:build linux

package tests

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// The flags of a descriptor are those that New and the like promise, as the kernel reports them.
func TestDescriptorFlags(t *testing.T) {
	const (
		none     = 0
		cloexec  = syscall.O_CLOEXEC
		nonblock = syscall.O_NONBLOCK
	)
	flags := func(s *csock.Socket) int {
		t.Helper()
		defer s.Close()
		return kernel.Flags(t, s.FD()) & (cloexec | nonblock)
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			l, addr := k.bound(t)
			for _, c := range []struct {
				typ        csock.Type
				careful    int
				asItStands int
			}{
				{0, cloexec, none},
				{csock.SOCK_CLOEXEC, cloexec, cloexec},
				{csock.SOCK_NONBLOCK, cloexec | nonblock, nonblock},
				{csock.SOCK_CLOEXEC | csock.SOCK_NONBLOCK, cloexec | nonblock, cloexec | nonblock},
			} {
				s, err := csock.New(k.domain, k.typ|c.typ, k.protocol)
				check(t, err)
				same(t, "New, "+c.typ.String(), flags(s), c.careful)

				s, err = csock.NewRaw(k.domain, k.typ|c.typ, k.protocol)
				check(t, err)
				same(t, "NewRaw, "+c.typ.String(), flags(s), c.asItStands)

				if k.domain == csock.AF_UNIX {
					a, b, err := csock.Pair(k.domain, k.typ|c.typ, 0)
					check(t, err)
					same(t, "Pair, "+c.typ.String(), flags(a), c.careful)
					same(t, "Pair, "+c.typ.String(), flags(b), c.careful)

					a, b, err = csock.PairRaw(k.domain, k.typ|c.typ, 0)
					check(t, err)
					same(t, "PairRaw, "+c.typ.String(), flags(a), c.asItStands)
					same(t, "PairRaw, "+c.typ.String(), flags(b), c.asItStands)
				}
				if k.stream() {
					check(t, k.open(t).Connect(addr))
					s, _, err = l.Accept4(c.typ)
					check(t, err)
					same(t, "Accept4, "+c.typ.String(), flags(s), c.asItStands)
				}
			}
			if k.stream() {
				check(t, k.open(t).Connect(addr))
				s, _, err := l.Accept()
				check(t, err)
				same(t, "Accept", flags(s), cloexec)

				check(t, k.open(t).Connect(addr))
				s, _, err = l.AcceptRaw()
				check(t, err)
				same(t, "AcceptRaw", flags(s), none)
			}
			check(t, l.SetCloexec(false))
			same(t, "SetCloexec(false)", kernel.Flags(t, l.FD())&cloexec, 0)
			clone, err := l.TryClone()
			check(t, err)
			same(t, "TryClone", flags(clone), cloexec)
			check(t, l.SetCloexec(true))
			same(t, "SetCloexec(true)", kernel.Flags(t, l.FD())&cloexec, cloexec)
		})
	}
}

// A program that this one executes inherits the raw sockets, and no others.
func TestCloexec(t *testing.T) {
	need.Tool(t, "ls")
	careful := kindOf("tcp4").open(t)
	raw, err := csock.NewRaw(csock.AF_INET, csock.SOCK_STREAM, 0)
	check(t, err)
	defer raw.Close()
	out, err := need.Command(t, "ls", "-l", "/proc/self/fd").CombinedOutput()
	if err != nil {
		t.Fatalf("ls: %v\n%s", err, out)
	}
	same(t, "New's socket in another program", strings.Contains(string(out), kernel.What(careful.FD())), false)
	same(t, "NewRaw's socket in another program", strings.Contains(string(out), kernel.What(raw.FD())), true)
}

func TestTypeDomainProtocol(t *testing.T) {
	more := []kind{
		{"icmp", csock.AF_INET, csock.SOCK_RAW, csock.IPPROTO_ICMP},
		{"netlink", csock.AF_NETLINK, csock.SOCK_RAW, syscall.NETLINK_ROUTE},
	}
	for _, k := range append(more, kinds...) {
		t.Run(k.name, func(t *testing.T) {
			s, err := csock.New(k.domain, k.typ|csock.SOCK_NONBLOCK, k.protocol)
			need.Feature(t, "a raw socket", err, syscall.EPERM)
			defer s.Close()
			domain, err := s.Domain()
			check(t, err)
			same(t, "domain", domain, k.domain)
			typ, err := s.Type()
			check(t, err)
			same(t, "type", typ, k.typ)
			protocol, err := s.Protocol()
			check(t, err)
			same(t, "protocol", protocol, k.protocol)
			listener, err := s.IsListener()
			check(t, err)
			same(t, "listener", listener, false)
		})
	}
}

// A combination without such a socket is an error with the kernel's errno.
func TestNewRefused(t *testing.T) {
	for _, c := range []struct {
		name     string
		domain   csock.Domain
		typ      csock.Type
		protocol csock.Protocol
		want     error
	}{
		{"a family that Linux lacks", csock.AF_SYSTEM, csock.SOCK_DGRAM, 0, errors.ErrUnsupported},
		{"a family that nobody has", 1000, csock.SOCK_STREAM, 0, syscall.EAFNOSUPPORT},
		{"a family beyond C's int, AF_INET in its low bits", csock.AF_INET + csock.Domain(huge), csock.SOCK_STREAM, 0, syscall.EAFNOSUPPORT},
		{"a type beyond C's int", csock.AF_INET, csock.SOCK_STREAM + csock.Type(huge), 0, syscall.EINVAL},
		{"a protocol beyond C's int", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP + csock.Protocol(huge), syscall.EINVAL},
		{"no family", 0, csock.SOCK_STREAM, 0, syscall.EAFNOSUPPORT},
		{"a type that nobody has", csock.AF_INET, 15, 0, syscall.EINVAL},
		{"a protocol of another type", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_UDP, syscall.EPROTONOSUPPORT},
		{"a negative family", -1, csock.SOCK_STREAM, 0, syscall.EAFNOSUPPORT},
		{"a negative type", csock.AF_INET, -1, 0, syscall.EINVAL},
		{"a negative protocol", csock.AF_INET, csock.SOCK_STREAM, -1, syscall.EINVAL},
	} {
		for name, make := range map[string]func(csock.Domain, csock.Type, csock.Protocol) (*csock.Socket, error){
			"New": csock.New, "NewRaw": csock.NewRaw,
		} {
			s, err := make(c.domain, c.typ, c.protocol)
			if s != nil || !errors.Is(err, c.want) {
				t.Errorf("%s, %s: %v, %v; want %v", name, c.name, s, err, c.want)
			}
		}
	}
	if _, _, err := csock.Pair(csock.AF_INET, csock.SOCK_STREAM, 0); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Errorf("a pair of TCP sockets: %v, want %v", err, syscall.EOPNOTSUPP)
	}
}

// huge is 1<<32 if int has 64 bits: more than a C int holds, with no bits set in its low half. On
// 32-bit systems there is no such number, and the largest must do.
var huge = min(int64(1)<<32, int64(math.MaxInt-1000))

func TestNonblocking(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.connected(t)
			for _, on := range []bool{false, true, true, false, true} {
				check(t, a.SetNonblocking(on))
				got, err := a.Nonblocking()
				check(t, err)
				same(t, "Nonblocking", got, on)
				same(t, "O_NONBLOCK", kernel.Flags(t, a.FD())&syscall.O_NONBLOCK != 0, on)
			}
			p := make([]byte, 1)
			if n, err := a.Recv(p, 0); n != 0 || !errors.Is(err, syscall.EAGAIN) {
				t.Errorf("Recv of nothing: %d, %v", n, err)
			}
			if n, _, err := b.RecvFrom(p, csock.MSG_DONTWAIT); n != 0 || !errors.Is(err, syscall.EAGAIN) {
				t.Errorf("RecvFrom of nothing, MSG_DONTWAIT: %d, %v", n, err)
			}
			if k.name == "udp4" || k.name == "udp6" {
				return // sends never wait
			}
			p = make([]byte, 1000)
			var err error
			for err == nil {
				_, err = a.Send(p, 0)
			}
			if !errors.Is(err, syscall.EAGAIN) {
				t.Errorf("Send into a full buffer: %v", err)
			}
		})
	}
	l, _ := kindOf("tcp4").bound(t)
	check(t, l.SetNonblocking(true))
	if s, _, err := l.Accept(); s != nil || !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("Accept of nothing: %v, %v", s, err)
	}
}

// A blocking call waits in the kernel until its event.
func TestBlocking(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.connected(t)
			var n int
			var err error
			p := make([]byte, 8)
			done := asleep(t, func() { n, err = a.Recv(p, 0) })
			sent(t, 5)(b.Send([]byte("hello"), 0))
			<-done
			if err != nil || string(p[:n]) != "hello" {
				t.Errorf("%q, %v", p[:n], err)
			}
		})
	}
	t.Run("accept", func(t *testing.T) {
		l, addr := kindOf("tcp4").bound(t)
		var s *csock.Socket
		var err error
		done := asleep(t, func() { s, _, err = l.Accept() })
		check(t, kindOf("tcp4").open(t).Connect(addr))
		<-done
		check(t, err)
		check(t, s.Close())
	})
}

// A TCP socket's addresses and states are those that the kernel, and package net as its peer,
// report.
func TestTCP(t *testing.T) {
	for _, name := range []string{"tcp4", "tcp6"} {
		t.Run(name, func(t *testing.T) {
			k := kindOf(name)
			table := strings.TrimSuffix(name, "4")

			l, addr := k.bound(t)
			listener, err := l.IsListener()
			check(t, err)
			same(t, "IsListener", listener, true)
			same(t, "state", kernel.TCPState(t, table, l.FD()), "0A")
			conn, err := net.Dial(name, addr.String())
			check(t, err)
			defer conn.Close()
			s, peer, err := l.Accept()
			check(t, err)
			defer s.Close()
			same(t, "state", kernel.TCPState(t, table, s.FD()), "01")
			same(t, "the peer", peer.String(), conn.LocalAddr().String())
			got, err := s.PeerAddr()
			check(t, err)
			same(t, "PeerAddr", got, peer)
			got, err = s.LocalAddr()
			check(t, err)
			same(t, "LocalAddr", got, addr)
			same(t, "the peer's peer", got.String(), conn.RemoteAddr().String())

			sent(t, 4)(conn.Write([]byte("ping")))
			same(t, "from package net", recv(t, s, 10), "ping")
			sent(t, 4)(s.Send([]byte("pong"), 0))
			p := make([]byte, 10)
			sent(t, 4)(conn.Read(p))
			same(t, "to package net", string(p[:4]), "pong")

			// The other way round.
			netL, err := net.Listen(name, loopbackHost(name))
			check(t, err)
			defer netL.Close()
			c := k.open(t)
			check(t, c.Connect(csock.InetAddr(netL.Addr().(*net.TCPAddr).AddrPort())))
			conn, err = netL.Accept()
			check(t, err)
			defer conn.Close()
			got, err = c.LocalAddr()
			check(t, err)
			same(t, "LocalAddr", got.String(), conn.RemoteAddr().String())
			sent(t, 4)(c.Write([]byte("ping")))
			sent(t, 4)(conn.Read(p))
			same(t, "to package net", string(p[:4]), "ping")
		})
	}
}

func loopbackHost(network string) string {
	if strings.HasSuffix(network, "6") {
		return "[::1]:0"
	}
	return "127.0.0.1:0"
}

// ss of iproute2 sees the sockets under csock's names.
func TestSS(t *testing.T) {
	need.Tool(t, "ss")
	a, b := kindOf("tcp6").connected(t)
	local, err := a.LocalAddr()
	check(t, err)
	peer, err := a.PeerAddr()
	check(t, err)
	sent(t, 3)(b.Send([]byte("abc"), 0))
	out, err := need.Command(t, "ss", "-Htn", "src", local.String(), "dst", peer.String()).CombinedOutput()
	if err != nil {
		t.Fatalf("ss: %v\n%s", err, out)
	}
	if f := strings.Fields(string(out)); len(f) < 5 || f[0] != "ESTAB" || f[1] != "3" || f[3] != local.String() || f[4] != peer.String() {
		t.Errorf("ss: %q, want ESTAB, 3 bytes to receive, %v, %v", f, local, peer)
	}
}

// A listener on IPv6 accepts IPv4 connections too, if it is configured to.
func TestDualStack(t *testing.T) {
	need.IPv4(t)
	v6only := csock.NewOption[bool]("IPV6_V6ONLY", syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY)
	for _, only := range []bool{false, true} {
		l := kindOf("tcp6").open(t)
		check(t, l.Set(v6only.To(only)))
		check(t, l.Bind(csock.InetAddr(netipAny6)))
		check(t, l.Listen(1))
		addr, err := l.LocalAddr()
		check(t, err)
		ap, _ := addr.AddrPort()
		_, err = net.Dial("tcp4", csock.InetAddr(loopbackPort(ap.Port())).String())
		if only {
			if !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("IPv4 to a listener of IPv6 only: %v", err)
			}
			continue
		}
		check(t, err)
		s, peer, err := l.Accept()
		check(t, err)
		defer s.Close()
		if ap, ok := peer.AddrPort(); !ok || !ap.Addr().Is4In6() || !peer.IsIPv6() {
			t.Errorf("the IPv4 peer of an IPv6 listener is %v", peer)
		}
	}
}

func TestUDP(t *testing.T) {
	for _, name := range []string{"udp4", "udp6"} {
		t.Run(name, func(t *testing.T) {
			s, addr := kindOf(name).bound(t)
			conn, err := net.Dial(name, addr.String())
			check(t, err)
			defer conn.Close()
			sent(t, 4)(conn.Write([]byte("ping")))
			p := make([]byte, 10)
			n, from, err := s.RecvFrom(p, 0)
			sent(t, 4)(n, err)
			same(t, "sender", from.String(), conn.LocalAddr().String())
			sent(t, 4)(s.SendTo([]byte("pong"), from, 0))
			sent(t, 4)(conn.Read(p))
			same(t, "to package net", string(p[:4]), "pong")

			if _, err := s.Send(p, 0); !errors.Is(err, syscall.EDESTADDRREQ) {
				t.Errorf("Send to nobody: %v", err)
			}
			if _, err := s.PeerAddr(); !errors.Is(err, syscall.ENOTCONN) {
				t.Errorf("the peer of a socket that has none: %v", err)
			}
			check(t, s.Connect(from))
			sent(t, 4)(s.Send([]byte("pang"), 0))
			sent(t, 4)(conn.Read(p))
			same(t, "to package net", string(p[:4]), "pang")

			// Empty datagrams are datagrams.
			sent(t, 0)(conn.Write(nil))
			n, from, err = s.RecvFrom(p, 0)
			sent(t, 0)(n, err)
			same(t, "sender", from.String(), conn.LocalAddr().String())

			// connect(2) to AF_UNSPEC ends the association.
			check(t, s.Connect(unspecified(t)))
			if _, err := s.PeerAddr(); !errors.Is(err, syscall.ENOTCONN) {
				t.Errorf("the peer after it was given up: %v", err)
			}
		})
	}
}

// In each call that sends to an address, the zero SockAddr means the peer.
func TestSendToPeer(t *testing.T) {
	for _, k := range kinds {
		a, b := k.connected(t)
		batch := newBatch(t, 1, csock.BatchRoom{Payload: 1})
		check(t, batch.SetLen(0, 1))
		p, none := []byte("x"), csock.SockAddr{}
		sends := map[string]func(s *csock.Socket) (int, error){
			"SendTo":         func(s *csock.Socket) (int, error) { return s.SendTo(p, none, 0) },
			"SendToVectored": func(s *csock.Socket) (int, error) { return s.SendToVectored([][]byte{p}, none, 0) },
			"Sendmsg":        func(s *csock.Socket) (int, error) { return s.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{p}}, 0) },
			"SendBatch":      func(s *csock.Socket) (int, error) { return s.SendBatch(batch, 0) },
		}
		for name, send := range sends {
			if n, err := send(a); n != 1 || err != nil {
				t.Errorf("%s: %s: %d, %v", k.name, name, n, err)
				continue
			}
			same(t, "received", len(recv(t, b, 8)), 1)
			if k.domain != csock.AF_UNIX && !k.stream() {
				if _, err := send(k.open(t)); !errors.Is(err, syscall.EDESTADDRREQ) {
					t.Errorf("%s: %s without a peer: %v", k.name, name, err)
				}
			}
		}
		c := need.Value[*csock.Conn](t)(a.IntoConn())
		sent(t, 1)(c.SendTo(p, none, 0))
		same(t, "received", len(recv(t, b, 8)), 1)
		check(t, c.Close())
	}
}

func TestUnix(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"unix", "unixpacket"} {
		for where, path := range map[string]string{"path": filepath.Join(dir, name), "abstract": "@csock " + name + t.Name()} {
			t.Run(name+" "+where, func(t *testing.T) {
				k := kindOf(name)
				l := k.open(t)
				check(t, l.Bind(unixAddr(t, path)))
				check(t, l.Listen(1))
				if fields := kernel.Net(t, "unix", 6, l.FD()); len(fields) < 8 || strings.Join(fields[7:], " ") != path {
					t.Errorf("/proc/net/unix: %q, want %q", fields, path)
				}
				conn, err := net.Dial(name, path)
				check(t, err)
				defer conn.Close()
				s, peer, err := l.Accept()
				check(t, err)
				defer s.Close()
				same(t, "unnamed peer", peer.IsUnnamed(), true)
				got, err := s.LocalAddr()
				check(t, err)
				same(t, "LocalAddr", got, unixAddr(t, path))
				sent(t, 4)(conn.Write([]byte("ping")))
				same(t, "from package net", recv(t, s, 10), "ping")
				c := k.open(t)
				check(t, c.Connect(unixAddr(t, path)))
				got, err = c.PeerAddr()
				check(t, err)
				same(t, "PeerAddr", got, unixAddr(t, path))
			})
		}
	}
	for where, path := range map[string]string{"path": filepath.Join(dir, "gram"), "abstract": "@csock " + t.Name()} {
		t.Run("unixgram "+where, func(t *testing.T) {
			conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: path})
			check(t, err)
			defer conn.Close()
			s, addr := kindOf("unixgram").bound(t)
			sent(t, 4)(s.SendTo([]byte("ping"), unixAddr(t, path), 0))
			p := make([]byte, 10)
			n, from, err := conn.ReadFromUnix(p)
			sent(t, 4)(n, err)
			same(t, "sender", from.Name, addr.String())
			sent(t, 4)(conn.WriteToUnix([]byte("pong"), from))
			n, sender, err := s.RecvFrom(p, 0)
			sent(t, 4)(n, err)
			same(t, "sender", sender, unixAddr(t, path))
		})
	}
}

// A datagram longer than the buffer is truncated and marked so; with MSG_TRUNC the count is its
// whole length. csock returns what recvmsg(2) in C returns for the same datagram.
func TestTruncation(t *testing.T) {
	for _, name := range []string{"udp4", "udp6", "unixgram", "unixpacket"} {
		t.Run(name, func(t *testing.T) {
			a, b := kindOf(name).connected(t)
			for size, cut := range map[string]bool{"abc": false, "abcd": false, "abcde": true, "abcdefghij": true} {
				again := func() {
					t.Helper()
					sent(t, len(size))(a.Send([]byte(size), 0))
				}
				p := make([]byte, 4)
				want := min(len(size), 4)

				again()
				sent(t, want)(b.Recv(p, 0))
				again()
				sent(t, len(size))(b.Recv(p, csock.MSG_TRUNC))
				same(t, "data", string(p[:want]), size[:want])
				again()
				n, _, err := b.RecvFrom(p, 0)
				sent(t, want)(n, err)
				again()
				n, from, err := b.RecvFrom(p, csock.MSG_TRUNC)
				sent(t, len(size))(n, err)
				if name != "unixpacket" {
					peer, err := b.PeerAddr()
					check(t, err)
					same(t, "sender", from, peer)
				}

				for _, flags := range []csock.MsgFlags{0, csock.MSG_TRUNC, csock.MSG_PEEK, csock.MSG_PEEK | csock.MSG_TRUNC} {
					again()
					n, got, err := b.RecvVectored([][]byte{p[:1], p[1:]}, flags|csock.MSG_PEEK)
					check(t, err)
					same(t, "truncated, "+flags.String(), got.IsTruncated(), cut)
					m := csock.MsgHdr{Buffers: [][]byte{p}}
					nMsg, err := b.Recvmsg(&m, flags|csock.MSG_PEEK)
					check(t, err)
					wantN, wantFlags, wantFrom, err := cref.Recvmsg(b.FD(), p, int(flags))
					check(t, err)
					same(t, "length, "+flags.String(), n, wantN)
					same(t, "length of Recvmsg, "+flags.String(), nMsg, wantN)
					same(t, "flags of Recvmsg, "+flags.String(), m.Flags, csock.RecvFlags(wantFlags))
					same(t, "flags, "+flags.String(), got, csock.RecvFlags(wantFlags))
					same(t, "sender of Recvmsg", string(m.Addr.Bytes()), string(wantFrom))
					if flags&csock.MSG_PEEK != 0 {
						b.Recv(p, 0)
					}
				}
				if _, err := b.Recv(p, csock.MSG_DONTWAIT); !errors.Is(err, syscall.EAGAIN) {
					t.Fatalf("a datagram is left over: %v", err)
				}
			}
			// An empty one into an empty buffer is not truncated.
			sent(t, 0)(a.Send(nil, 0))
			n, flags, err := b.RecvVectored(nil, 0)
			sent(t, 0)(n, err)
			same(t, "truncated", flags.IsTruncated(), false)
			// One with a byte is.
			sent(t, 1)(a.Send([]byte("x"), 0))
			n, flags, err = b.RecvVectored(nil, 0)
			sent(t, 0)(n, err)
			same(t, "truncated", flags.IsTruncated(), true)
		})
	}
}

func TestPeek(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.connected(t)
			addr, err := a.LocalAddr()
			check(t, err)
			if k.stream() {
				addr = csock.SockAddr{} // a connection's data carries no address
			}
			sent(t, 5)(a.Send([]byte("hello"), 0))
			p := make([]byte, 10)
			for range 2 {
				sent(t, 5)(b.Peek(p))
				same(t, "Peek", string(p[:5]), "hello")
				n, from, err := b.PeekFrom(p)
				sent(t, 5)(n, err)
				same(t, "PeekFrom", string(p[:5]), "hello")
				same(t, "PeekFrom's sender", from, addr)
				from, err = b.PeekSender()
				check(t, err)
				same(t, "PeekSender", from, addr)
			}
			same(t, "after peeking", recv(t, b, 10), "hello")
			if _, err := b.Recv(p, csock.MSG_DONTWAIT); !errors.Is(err, syscall.EAGAIN) {
				t.Errorf("Recv of nothing: %v", err)
			}
		})
	}
	// An empty datagram has a sender, and the datagram stays.
	a, b := kindOf("udp4").connected(t)
	addr, err := a.LocalAddr()
	check(t, err)
	sent(t, 0)(a.Send(nil, 0))
	for range 2 {
		from, err := b.PeekSender()
		check(t, err)
		same(t, "PeekSender", from, addr)
	}
	n, from, err := b.RecvFrom(nil, 0)
	sent(t, 0)(n, err)
	same(t, "RecvFrom", from, addr)
}

// Urgent data is separate from the rest, or part of it with SO_OOBINLINE. See tcp(7).
func TestOutOfBand(t *testing.T) {
	inline := csock.NewOption[bool]("SO_OOBINLINE", syscall.SOL_SOCKET, syscall.SO_OOBINLINE)
	for _, name := range []string{"tcp4", "tcp6"} {
		t.Run(name, func(t *testing.T) {
			a, b := kindOf(name).connected(t)
			p := make([]byte, 10)
			if _, err := b.RecvOutOfBand(p); !errors.Is(err, syscall.EINVAL) {
				t.Errorf("urgent data where there is none: %v", err)
			}
			sent(t, 2)(a.Send([]byte("ab"), 0))
			sent(t, 2)(a.SendOutOfBand([]byte("c!")))
			sent(t, 2)(a.Send([]byte("de"), 0))
			var n int
			kernel.Eventually(t, "urgent data", func() bool {
				var err error
				n, err = b.RecvOutOfBand(p)
				return err == nil
			})
			same(t, "urgent", string(p[:n]), "!")
			same(t, "the rest before it", recv(t, b, 10), "abc")
			same(t, "the rest after it", recv(t, b, 10), "de")

			check(t, b.Set(inline.To(true)))
			sent(t, 2)(a.Send([]byte("ab"), 0))
			sent(t, 1)(a.SendOutOfBand([]byte("!")))
			sent(t, 2)(a.Send([]byte("de"), 0))
			if _, err := b.RecvOutOfBand(p); !errors.Is(err, syscall.EINVAL) {
				t.Errorf("urgent data while it is inline: %v", err)
			}
			// A receive stops before the mark.
			same(t, "inline, before it", recv(t, b, 10), "ab")
			same(t, "inline, from it on", recv(t, b, 10), "!de")
		})
	}
	a, b := kindOf("udp4").connected(t)
	if _, err := a.SendOutOfBand([]byte("!")); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Errorf("urgent data over UDP: %v", err)
	}
	_ = b
}

func TestShutdown(t *testing.T) {
	for _, name := range []string{"tcp4", "tcp6", "unix", "unixpacket"} {
		t.Run(name, func(t *testing.T) {
			k := kindOf(name)
			p := make([]byte, 10)

			a, b := k.connected(t)
			check(t, a.Shutdown(csock.SHUT_WR))
			sent(t, 0)(b.Recv(p, 0))
			if _, err := a.Send(p, 0); !errors.Is(err, syscall.EPIPE) {
				t.Errorf("Send after SHUT_WR: %v", err)
			}
			sent(t, 3)(b.Send([]byte("abc"), 0))
			same(t, "the other half", recv(t, a, 10), "abc")
			if strings.HasPrefix(name, "tcp") {
				table := strings.TrimSuffix(name, "4")
				kernel.Eventually(t, "FIN_WAIT2", func() bool { return kernel.TCPState(t, table, a.FD()) == "05" })
				same(t, "the peer's state (CLOSE_WAIT)", kernel.TCPState(t, table, b.FD()), "08")
			}

			a, b = k.connected(t)
			check(t, a.Shutdown(csock.SHUT_RD))
			sent(t, 0)(a.Recv(p, 0))
			sent(t, 3)(a.Send([]byte("abc"), 0))
			same(t, "the other half", recv(t, b, 10), "abc")
			if _, err := b.Send(p, 0); (err == nil) == strings.HasPrefix(name, "unix") {
				t.Errorf("Send to a peer after SHUT_RD: %v", err)
			}

			a, b = k.connected(t)
			check(t, a.Shutdown(csock.SHUT_RDWR))
			sent(t, 0)(a.Recv(p, 0))
			sent(t, 0)(b.Recv(p, 0))
			if _, err := a.Send(p, 0); !errors.Is(err, syscall.EPIPE) {
				t.Errorf("Send after SHUT_RDWR: %v", err)
			}

			if err := a.Shutdown(9); !errors.Is(err, syscall.EINVAL) {
				t.Errorf("Shutdown of an unknown direction: %v", err)
			}
			if err := k.open(t).Shutdown(csock.SHUT_RDWR); k.domain != csock.AF_UNIX && !errors.Is(err, syscall.ENOTCONN) {
				t.Errorf("Shutdown of an unconnected socket: %v", err)
			}

			// It wakes waiting calls.
			a, _ = k.connected(t)
			var n int
			var err error
			done := asleep(t, func() { n, err = a.Recv(p, 0) })
			check(t, a.Shutdown(csock.SHUT_RD))
			<-done
			sent(t, 0)(n, err)
		})
	}
}

// Read and Write are io.Reader and io.Writer.
func TestReadWrite(t *testing.T) {
	for _, name := range []string{"tcp4", "unix"} {
		t.Run(name, func(t *testing.T) {
			a, b := kindOf(name).connected(t)
			data := bytes.Repeat([]byte("0123456789"), 100_000)
			errs := make(chan error, 1)
			go func() {
				_, err := io.Copy(a, bytes.NewReader(data))
				if err == nil {
					err = a.Shutdown(csock.SHUT_WR)
				}
				errs <- err
			}()
			got, err := io.ReadAll(b)
			check(t, err)
			check(t, <-errs)
			if !bytes.Equal(got, data) {
				t.Error("what came is not what went")
			}
			sent(t, 0)(b.Read(nil))
			if n, err := b.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("at the end: %d, %v", n, err)
			}

			// A non-blocking socket accepts as much as it has room for.
			check(t, smallBuffers(b, a), b.SetNonblocking(true))
			n, err := b.Write(make([]byte, 2<<20))
			if n <= 0 || n >= 2<<20 || err != io.ErrShortWrite {
				t.Errorf("2 MiB at once: %d, %v", n, err)
			}
		})
	}
	for _, name := range []string{"udp4", "unixgram"} {
		t.Run(name, func(t *testing.T) {
			a, b := kindOf(name).connected(t)
			sent(t, 0)(a.Write(nil))
			sent(t, 0)(b.Read(make([]byte, 1)))
			sent(t, 1)(a.Write([]byte("x")))
			sent(t, 1)(b.Read(make([]byte, 2)))
		})
	}
	t.Run("unixpacket", func(t *testing.T) {
		a, b := unixPair(t, csock.SOCK_SEQPACKET)
		sent(t, 1)(a.Write([]byte("x")))
		check(t, a.Close())
		sent(t, 1)(b.Read(make([]byte, 2)))
		if n, err := b.Read(make([]byte, 2)); n != 0 || err != io.EOF {
			t.Errorf("at the end: %d, %v", n, err)
		}
	})
}

// The pending error of a connection that failed later is returned once.
func TestTakeError(t *testing.T) {
	s, addr := kindOf("tcp4").bound(t)
	check(t, s.Close())
	c := kindOf("tcp4").open(t)
	pending, err := c.TakeError()
	if pending != nil || err != nil {
		t.Errorf("of a new socket: %v, %v", pending, err)
	}
	check(t, c.SetNonblocking(true))
	if err := c.Connect(addr); !errors.Is(err, syscall.EINPROGRESS) {
		t.Fatalf("Connect: %v, want %v", err, syscall.EINPROGRESS)
	}
	kernel.Eventually(t, "a pending error", func() bool {
		pending, err = c.TakeError()
		check(t, err)
		return pending != nil
	})
	if !errors.Is(pending, syscall.ECONNREFUSED) {
		t.Errorf("pending: %v, want %v", pending, syscall.ECONNREFUSED)
	}
	pending, err = c.TakeError()
	if pending != nil || err != nil {
		t.Errorf("taken already: %v, %v", pending, err)
	}

	// The next call returns the ICMP error for a datagram.
	u, to := kindOf("udp4").bound(t)
	check(t, u.Close())
	c = kindOf("udp4").open(t)
	check(t, c.Connect(to))
	sent(t, 1)(c.Send([]byte("x"), 0))
	kernel.Eventually(t, "a pending error", func() bool {
		pending, err = c.TakeError()
		check(t, err)
		return pending != nil
	})
	if !errors.Is(pending, syscall.ECONNREFUSED) {
		t.Errorf("pending: %v, want %v", pending, syscall.ECONNREFUSED)
	}
}

// The kernel rounds the backlog; connections beyond it wait.
func TestListen(t *testing.T) {
	need.IPv4(t)
	for _, backlog := range []int{0, 1, 128, -1, 1 << 40 >> 20, int(^uint(0) >> 1), -int(^uint(0)>>1) - 1} {
		l := kindOf("tcp4").open(t)
		check(t, l.Bind(loopback4))
		check(t, l.Listen(backlog))
		listener, err := l.IsListener()
		check(t, err)
		same(t, "IsListener", listener, true)
		addr, err := l.LocalAddr()
		check(t, err)
		check(t, kindOf("tcp4").open(t).ConnectTimeout(addr, 30*time.Second))
	}
	if err := kindOf("udp4").open(t).Listen(1); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Errorf("Listen on UDP: %v", err)
	}
	if _, _, err := kindOf("tcp4").open(t).Accept(); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("Accept without Listen: %v", err)
	}
	l, addr := kindOf("tcp4").bound(t)
	if err := kindOf("tcp4").open(t).Bind(addr); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("Bind to an address in use: %v", err)
	}
	check(t, kindOf("tcp4").open(t).Connect(addr))
	t.Run("flags that do not exist", func(t *testing.T) {
		need.Glibc(t) // musl's accept4 ignores them
		if _, _, err := l.Accept4(1 << 20); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Accept4: %v", err)
		}
	})
}

// The sender on a connection is reported if it has a name on a Unix socket.
func TestRecvFromConnection(t *testing.T) {
	for _, name := range []string{"tcp4", "tcp6", "unix", "unixpacket"} {
		k := kindOf(name)
		client, server := k.connected(t)
		var want csock.SockAddr
		if k.domain == csock.AF_UNIX {
			var err error
			want, err = server.LocalAddr()
			check(t, err)
		}
		sent(t, 1)(server.Send([]byte("x"), 0))
		_, from, err := client.RecvFrom(make([]byte, 1), 0)
		check(t, err)
		same(t, name+", the server", from, want)
		sent(t, 1)(client.Send([]byte("x"), 0))
		_, from, err = server.RecvFrom(make([]byte, 1), 0)
		check(t, err)
		same(t, name+", the client", from, csock.SockAddr{})
	}
}
