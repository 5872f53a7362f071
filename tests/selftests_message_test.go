//go:build linux && cgo

package tests

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// A mark of the socket, or of one message, selects the message's route.
func TestCmsgMark(t *testing.T) {
	need.NetAdmin(t)
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "veth0", []string{"10.7.0.1/24", "fd07::1/64"}, b, "veth1", []string{"10.7.0.2/24", "fd07::2/64"})
	const mark = 1000
	for _, ip := range []string{"10.7.0.2", "fd07::2"} {
		to := inet(ip, 9)
		family := "-4"
		if to.Domain() == csock.AF_INET6 {
			family = "-6"
		}
		a.IP(t, fmt.Sprint(family, " rule add pref 1 fwmark ", mark, " prohibit"))
		s := inWithLimit(t, a, to.Domain(), csock.SOCK_DGRAM, csock.IPPROTO_UDP)
		send := func(option, message uint32) error {
			check(t, s.SetMark(option))
			m := csock.MsgHdr{Addr: to, Buffers: [][]byte{[]byte("x")}}
			if message != 0 {
				m.Control = csock.AppendMark(nil, message)
			}
			_, err := s.Sendmsg(&m, 0)
			return err
		}
		for _, c := range []struct{ option, message uint32 }{{0, 0}, {0, mark + 1}, {mark + 1, 0}, {mark, mark + 1}} {
			check(t, send(c.option, c.message))
		}
		for _, c := range []struct{ option, message uint32 }{{0, mark}, {mark, 0}, {mark + 1, mark}} {
			need.Is(t, fmt.Sprintf("%s, %+v", ip, c), send(c.option, c.message), syscall.EACCES)
		}
	}
}

// sendControl sends a message with control messages to addr, and returns it as to receives it.
func sendControl(t testing.TB, s, to *csock.Socket, addr csock.SockAddr, control []byte) *csock.MsgHdr {
	t.Helper()
	_, err := s.Sendmsg(&csock.MsgHdr{Addr: addr, Buffers: [][]byte{[]byte("x")}, Control: control}, 0)
	check(t, err)
	return received(t, to, 0)
}

// The TTL and the class of one message come before the socket's, and end with the message.
func TestCmsgTTL(t *testing.T) {
	need.IPv6(t)
	ns := netns.New(t)
	for _, ip := range []string{"127.0.0.1", "::1"} {
		to := inWithLimit(t, ns, inet(ip, 0).Domain(), csock.SOCK_DGRAM, csock.IPPROTO_UDP)
		s := inWithLimit(t, ns, inet(ip, 0).Domain(), csock.SOCK_DGRAM, csock.IPPROTO_UDP)
		check(t, to.Bind(inet(ip, 0)))
		addr, _ := local(t, to)
		v6 := addr.IsIPv6()
		if v6 {
			check(t, to.Set(csock.IPV6_RECVHOPLIMIT.To(true), csock.IPV6_RECVTCLASS.To(true)),
				s.Set(csock.IPV6_UNICAST_HOPS.To(40), csock.IPV6_TCLASS.To(0x20)))
		} else {
			check(t, to.Set(csock.IP_RECVTTL.To(true), csock.IP_RECVTOS.To(true)),
				s.Set(csock.IP_TTL.To(40), csock.IP_TOS.To(0x20)))
		}
		exchange := func(control []byte, wantTTL int, wantClass csock.TrafficClass) {
			t.Helper()
			m := sendControl(t, s, to, addr, control)
			ttl, class := -1, csock.TrafficClass(0)
			for c := range m.ControlMessages() {
				if n, ok := c.TTL(); ok {
					ttl = n
				} else if n, ok := c.HopLimit(); ok {
					ttl = n
				} else if n, ok := c.TOS(); ok {
					class = n
				} else if n, ok := c.TrafficClass(); ok {
					class = n
				}
			}
			same(t, ip+": TTL", ttl, wantTTL)
			same(t, ip+": class", class, wantClass)
		}
		exchange(nil, 40, 0x20)
		if v6 {
			exchange(csock.AppendHopLimit(nil, 7), 7, 0x20)
			exchange(csock.AppendTrafficClass(csock.AppendHopLimit(nil, 8), 0x48), 8, 0x48)
		} else {
			exchange(csock.AppendTTL(nil, 7), 7, 0x20)
			exchange(csock.AppendTOS(csock.AppendTTL(nil, 8), 0x48), 8, 0x48)
		}
		exchange(nil, 40, 0x20)
	}
}

// The mark and the priority of a packet, whether the socket's or one message's, come with it once
// the receiver asks for them.
func TestReceivedMark(t *testing.T) {
	need.NetAdmin(t)
	need.IPv6(t)
	ns := netns.New(t)
	for _, c := range []struct {
		name   string
		enable csock.Option[bool]
		own    func(uint32) csock.Setting
		append func([]byte, uint32) []byte
		get    func(csock.ControlMessage) (uint32, bool)
	}{
		{"mark", csock.SO_RCVMARK, csock.SO_MARK.To, csock.AppendMark, csock.ControlMessage.Mark},
		{"priority", csock.SO_RCVPRIORITY, func(n uint32) csock.Setting { return csock.SO_PRIORITY.To(int(n)) },
			csock.AppendPriority, csock.ControlMessage.Priority},
	} {
		for _, ip := range []string{"127.0.0.1", "::1"} {
			t.Run(c.name+" to "+ip, func(t *testing.T) {
				to := inWithLimit(t, ns, inet(ip, 0).Domain(), csock.SOCK_DGRAM, csock.IPPROTO_UDP)
				check(t, to.Bind(inet(ip, 0)))
				addr, _ := local(t, to)
				s := inWithLimit(t, ns, addr.Domain(), csock.SOCK_DGRAM, csock.IPPROTO_UDP)
				exchange := func(control []byte, want ...uint32) {
					t.Helper()
					m := sendControl(t, s, to, addr, control)
					got := []uint32{}
					for m := range m.ControlMessages() {
						if n, ok := c.get(m); ok {
							got = append(got, n)
						}
					}
					if !slices.Equal(got, want) {
						t.Errorf("%s %d, want %d", c.name, got, want)
					}
				}
				need.Feature(t, c.enable.String(), c.enable.Set(to, true), syscall.ENOPROTOOPT)
				need.OK(t, c.enable.Set(to, false))
				exchange(c.append(nil, 3))
				need.OK(t, c.enable.Set(to, true))
				exchange(nil, 0)
				exchange(c.append(nil, 100), 100)
				check(t, s.Set(c.own(1<<30+5)))
				exchange(nil, 1<<30+5)
				exchange(c.append(nil, 100), 100)
				exchange(nil, 1<<30+5)
				check(t, c.enable.Set(to, false))
				exchange(c.append(nil, 100))
			})
		}
	}
}

// The last byte of a send with MSG_OOB is apart from the rest, on TCP and on Unix streams.
func TestOutOfBandMarks(t *testing.T) {
	ns := netns.New(t)
	for _, kind := range []string{"tcp", "unix"} {
		for _, inline := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, inline %v", kind, inline), func(t *testing.T) {
				a, b := tcpPair(t, ns)
				if kind == "unix" {
					var err error
					a, b, err = csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
					check(t, err)
					defer a.Close()
					defer b.Close()
				}
				check(t, csock.SO_OOBINLINE.Set(b, inline))
				_, err := b.RecvOutOfBand(make([]byte, 1))
				need.Is(t, "out of band, of nothing", err, syscall.EINVAL)
				n, err := a.SendOutOfBand([]byte("hello"))
				need.Feature(t, "MSG_OOB", err, syscall.EOPNOTSUPP)
				same(t, "sent", n, 5)
				_, err = b.Poll(csock.POLLPRI, 30*time.Second)
				check(t, err)
				_, err = a.Send([]byte(" world"), 0)
				check(t, err)
				same(t, "peeked", receivedText(t, b, csock.MSG_PEEK), "hell")
				same(t, "before the mark", need.Value[bool](t)(b.SockAtMark()), false)
				same(t, "up to the mark", receivedText(t, b, 0), "hell")
				same(t, "at the mark", need.Value[bool](t)(b.SockAtMark()), true)
				if inline {
					_, err := b.RecvOutOfBand(make([]byte, 1))
					need.Is(t, "out of band, inline", err, syscall.EINVAL)
					kernel.Eventually(t, "the rest", func() bool { return need.Value[int](t)(csock.SIOCINQ.Get(b)) == 7 })
					rest := receivedText(t, b, 0)
					for rest != "o world" && len(rest) < 7 {
						rest += receivedText(t, b, 0)
					}
					same(t, "from the mark on", rest, "o world")
					return
				}
				p := make([]byte, 2)
				n, err = b.RecvOutOfBand(p)
				check(t, err)
				same(t, "out of band", string(p[:n]), "o")
				_, err = b.RecvOutOfBand(p)
				need.Is(t, "out of band, again", err, syscall.EINVAL)
				same(t, "the rest", receivedText(t, b, 0), " world")
				same(t, "after the mark", need.Value[bool](t)(b.SockAtMark()), false)
			})
		}
	}
}

// TCP_INQ reports what is left to read, and of an ended stream 1 after the last byte.
func TestTCPInq(t *testing.T) {
	a, b := tcpPair(t, netns.New(t))
	check(t, csock.TCP_INQ.Set(b, true))
	send := func(n, all int) {
		_, err := a.Send(make([]byte, n), 0)
		check(t, err)
		kernel.Eventually(t, "the bytes", func() bool { return need.Value[int](t)(csock.SIOCINQ.Get(b)) == all })
	}
	read := func(n int) int {
		t.Helper()
		m := csock.MsgHdr{Buffers: [][]byte{make([]byte, n)}, Control: make([]byte, 64)}
		same(t, "bytes", need.Value[int](t)(b.Recvmsg(&m, 0)), n)
		for c := range m.ControlMessages() {
			if left, ok := c.InQueue(); ok {
				return left
			}
		}
		t.Fatal("no TCP_CM_INQ")
		return 0
	}
	send(100, 100)
	same(t, "after 30 of 100", read(30), 70)
	send(50, 120)
	same(t, "after 20 of 120", read(20), 100)
	same(t, "after all", read(100), 0)
	send(10, 10)
	check(t, a.Shutdown(csock.SHUT_WR))
	kernel.Eventually(t, "the end", func() bool {
		events, err := b.Poll(csock.POLLRDHUP, 0)
		return err == nil && events&csock.POLLRDHUP != 0
	})
	same(t, "after the last byte", read(10), 1)
	same(t, "the end", receivedText(t, b, 0), "")
}

// A cookie of the backup key still opens a connection with data, one of a key that is gone does
// not.
func TestFastopenBackupKey(t *testing.T) {
	ns := netns.New(t)
	ns.Sysctl(t, "ipv4/tcp_fastopen", "3")
	l := inWithLimit(t, ns, csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(t, l.Bind(inet("127.0.0.1", 0)), csock.TCP_FASTOPEN.Set(l, 16), l.Listen(16))
	addr, _ := local(t, l)
	open := func(keys ...[16]byte) (inSYN bool) {
		t.Helper()
		if keys != nil {
			check(t, csock.TCP_FASTOPEN_KEY.Set(l, keys))
		}
		c := inWithLimit(t, ns, csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
		defer c.Close()
		_, err := c.SendTo([]byte("early"), addr, csock.MSG_FASTOPEN)
		check(t, err)
		s, _, err := l.Accept()
		check(t, err)
		defer s.Close()
		same(t, "data", receivedText(t, limited(t, s), 0), "early")
		info, err := csock.TCP_INFO.Get(s)
		check(t, err)
		return info.Options&csock.TCPI_OPT_SYN_DATA != 0
	}
	first, second, third := [16]byte{1}, [16]byte{2}, [16]byte{3}
	same(t, "data in the SYN, without a cookie", open(first), false)
	same(t, "with a cookie", open(), true)
	same(t, "when its key is the backup", open(second, first), true)
	same(t, "with the new key's cookie", open(second), true)
	same(t, "when its key is gone", open(third), false)
	same(t, "with the next cookie", open(), true)
}

// A Unix name in the file system is one for all network namespaces, and an abstract one is not.
func TestUnixConnect(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	dir := t.TempDir()
	for _, typ := range []csock.Type{csock.SOCK_STREAM, csock.SOCK_DGRAM, csock.SOCK_SEQPACKET} {
		for i, name := range []string{dir + "/" + typ.String(), "@csock-selftests-" + typ.String()} {
			abstract := i == 1
			t.Run(fmt.Sprintf("%v, abstract %v", typ, abstract), func(t *testing.T) {
				addr := need.Value[csock.SockAddr](t)(csock.UnixAddr(name))
				connect := func(ns *netns.NS) error { return inWithLimit(t, ns, csock.AF_UNIX, typ, 0).Connect(addr) }
				absent := error(syscall.ENOENT)
				if abstract {
					absent = syscall.ECONNREFUSED
				}
				need.Is(t, "before Bind", connect(a), absent)
				s := inWithLimit(t, a, csock.AF_UNIX, typ, 0)
				check(t, s.Bind(addr))
				if typ != csock.SOCK_DGRAM {
					need.Is(t, "before Listen", connect(a), syscall.ECONNREFUSED)
					check(t, s.Listen(8))
				}
				check(t, connect(a))
				err := connect(b)
				if abstract {
					need.Is(t, "from another namespace", err, syscall.ECONNREFUSED)
				} else {
					check(t, err)
				}
				check(t, s.Close())
				need.Is(t, "after Close", connect(a), syscall.ECONNREFUSED)
			})
		}
	}
}

// The kernel frees sockets that only their own queues hold, and what else is in these.
func TestRightsCycles(t *testing.T) {
	pass := func(through *csock.Socket, fds ...int) {
		t.Helper()
		_, err := through.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte("x")}, Control: csock.AppendRights(nil, fds...)}, 0)
		check(t, err)
	}
	pair := func() (a, b *csock.Socket) {
		t.Helper()
		a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
		check(t, err)
		return a, b
	}
	for name, make := range map[string]func(fd int) []*csock.Socket{
		"one that holds itself": func(fd int) []*csock.Socket {
			a, b := pair()
			pass(a, int(b.FD()), fd)
			return []*csock.Socket{a, b}
		},
		"both ends": func(fd int) []*csock.Socket {
			a, b := pair()
			pass(a, int(a.FD()), fd)
			pass(b, int(b.FD()))
			return []*csock.Socket{a, b}
		},
		"two pairs": func(fd int) []*csock.Socket {
			a, b := pair()
			c, d := pair()
			pass(a, int(d.FD()), fd)
			pass(c, int(b.FD()))
			return []*csock.Socket{a, b, c, d}
		},
		"a connection that nobody accepts": func(fd int) []*csock.Socket {
			l, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
			check(t, err)
			addr := need.Value[csock.SockAddr](t)(csock.UnixAddr(fmt.Sprint("@csock-selftests-cycle-", os.Getpid())))
			check(t, l.Bind(addr), l.Listen(1))
			c, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
			check(t, err, c.Connect(addr))
			pass(c, int(l.FD()), fd)
			return []*csock.Socket{l, c}
		},
	} {
		t.Run(name, func(t *testing.T) {
			end, held, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
			check(t, err)
			defer end.Close()
			cycle := make(int(held.FD()))
			check(t, held.Close())
			events, err := end.Poll(csock.POLLRDHUP, 0)
			check(t, err)
			same(t, "events while the cycle is open", events, 0)
			for _, s := range cycle {
				check(t, s.Close())
			}
			// The collection is the kernel's own, and a new socket's end asks for another.
			kernel.Eventually(t, "the end of what the cycle held", func() bool {
				a, b := pair()
				check(t, a.Close(), b.Close())
				events, err := end.Poll(csock.POLLRDHUP, 0)
				return err == nil && events&csock.POLLRDHUP != 0
			})
		})
	}
}
