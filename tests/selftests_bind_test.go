//go:build linux && cgo

package tests

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// Two sockets without SO_REUSEADDR have one port if, and only if, no packet is for both.
func TestBindWildcard(t *testing.T) {
	need.IPv6(t)
	ns := netns.New(t)
	type place struct {
		ip     string
		v6only bool
		v4, v6 string // the addresses whose packets come here; "*" for all
	}
	places := []place{
		{ip: "0.0.0.0", v4: "*"},
		{ip: "127.0.0.1", v4: "127.0.0.1"},
		{ip: "127.0.0.2", v4: "127.0.0.2"},
		{ip: "::", v4: "*", v6: "*"},
		{ip: "::", v6only: true, v6: "*"},
		{ip: "::1", v6: "::1"},
		{ip: "::ffff:127.0.0.1", v4: "127.0.0.1"},
	}
	conflict := func(a, b string) bool { return a != "" && b != "" && (a == b || a == "*" || b == "*") }
	for _, typ := range []csock.Type{csock.SOCK_STREAM, csock.SOCK_DGRAM} {
		open := func(p place, port int) (*csock.Socket, error) {
			addr := inet(p.ip, port)
			s := inWithLimit(t, ns, addr.Domain(), typ, 0)
			if p.v6only {
				check(t, csock.IPV6_V6ONLY.Set(s, true))
			}
			return s, s.Bind(addr)
		}
		for _, first := range places {
			for _, second := range places {
				a, err := open(first, 0)
				check(t, err)
				_, port := local(t, a)
				b, err := open(second, port)
				want := error(nil)
				if conflict(first.v4, second.v4) || conflict(first.v6, second.v6) {
					want = syscall.EADDRINUSE
				}
				if !errors.Is(err, want) {
					t.Errorf("%v: %+v after %+v: %v, want %v", typ, second, first, err, want)
				}
				check(t, a.Close(), b.Close())
			}
		}
	}
}

// With SO_REUSEADDR on both, two sockets of TCP have one address until one of them listens.
func TestReuseaddrConflict(t *testing.T) {
	ns := netns.New(t)
	open := func(reuse bool) *csock.Socket {
		s := inWithLimit(t, ns, csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
		check(t, s.SetReuseAddress(reuse))
		return s
	}
	for _, first := range []bool{false, true} {
		for _, second := range []bool{false, true} {
			for _, listens := range []bool{false, true} {
				t.Run(fmt.Sprint(first, second, listens), func(t *testing.T) {
					a, b := open(first), open(second)
					check(t, a.Bind(inet("127.0.0.1", 0)))
					addr, _ := local(t, a)
					if listens {
						check(t, a.Listen(1))
					}
					err := b.Bind(addr)
					if !first || !second || listens {
						need.Is(t, "the second Bind", err, syscall.EADDRINUSE)
						return
					}
					check(t, err, a.Listen(1))
					need.Is(t, "the second Listen", b.Listen(1), syscall.EADDRINUSE)
					c := open(true)
					need.Is(t, "a third Bind", c.Bind(addr), syscall.EADDRINUSE)
				})
			}
		}
	}
}

// When all ports are in use, a port of the kernel's choice is shared only by sockets that say so,
// and only if ip_autobind_reuse allows it.
func TestPortsExhausted(t *testing.T) {
	ns := netns.New(t)
	ns.Sysctl(t, "ipv4/ip_local_port_range", "32768 32768")
	open := func(address, port bool) *csock.Socket {
		s := inWithLimit(t, ns, csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
		check(t, s.SetReuseAddress(address), s.SetReusePort(port))
		return s
	}
	for _, autobind := range []string{"0", "1"} {
		ns.Sysctl(t, "ipv4/ip_autobind_reuse", autobind)
		for _, c := range []struct{ address, port bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
			t.Run(fmt.Sprint("autobind ", autobind, c), func(t *testing.T) {
				a, b := open(c.address, c.port), open(c.address, c.port)
				defer a.Close()
				defer b.Close()
				check(t, a.Bind(inet("127.0.0.1", 0)))
				err := b.Bind(inet("127.0.0.1", 0))
				// With SO_REUSEPORT both could listen, which nobody has asked for.
				if !c.address || c.port || autobind == "0" {
					need.Is(t, "the second Bind", err, syscall.EADDRINUSE)
					return
				}
				check(t, err, a.Listen(1))
				need.Is(t, "the second Listen", b.Listen(1), syscall.EADDRINUSE)
			})
		}
	}
}

// On a shared port, a socket bound to the packet's own address takes precedence over wildcard
// sockets.
func TestReuseportAddrAny(t *testing.T) {
	ns := netns.New(t)
	for _, typ := range []csock.Type{csock.SOCK_DGRAM, csock.SOCK_STREAM} {
		var at int
		open := func(ip string) *csock.Socket {
			s := inWithLimit(t, ns, csock.AF_INET, typ, 0)
			check(t, s.SetReusePort(true), s.SetNonblocking(true), s.Bind(inet(ip, at)))
			if _, at = local(t, s); typ == csock.SOCK_STREAM {
				check(t, s.Listen(64))
			}
			return s
		}
		others := []*csock.Socket{open("0.0.0.0"), open("0.0.0.0")}
		exact := open("127.0.0.1")
		others = append(others, open("0.0.0.0"))
		count := func(s *csock.Socket) (n int) {
			for {
				var err error
				if typ == csock.SOCK_STREAM {
					var c *csock.Socket
					if c, _, err = s.Accept(); err == nil {
						check(t, c.Close())
					}
				} else {
					_, err = s.Recv(nil, 0)
				}
				if err != nil {
					need.Is(t, "the queue's end", err, syscall.EAGAIN)
					return n
				}
				n++
			}
		}
		send := func(n int, ip string) {
			for range n {
				c := inWithLimit(t, ns, csock.AF_INET, typ, 0)
				check(t, c.Connect(inet(ip, at)))
				if typ == csock.SOCK_DGRAM {
					same(t, "sent", need.Value[int](t)(c.Send([]byte("x"), 0)), 1)
				}
			}
		}
		const n = 20
		send(n, "127.0.0.1")
		same(t, fmt.Sprint(typ, " for the exact address"), count(exact), n)
		send(n, "127.0.0.2")
		sum := 0
		for _, s := range others {
			sum += count(s)
		}
		same(t, fmt.Sprint(typ, " for another address"), sum, n)
		same(t, fmt.Sprint(typ, " of it for the exact address"), count(exact), 0)
	}
}

// The cookie of a namespace is that of all its sockets, and no other namespace's.
func TestNetnsCookie(t *testing.T) {
	seen := map[uint64]int{}
	for i := range 3 {
		ns := netns.New(t)
		for _, k := range []struct {
			domain csock.Domain
			typ    csock.Type
		}{{csock.AF_INET, csock.SOCK_STREAM}, {csock.AF_INET, csock.SOCK_DGRAM}, {csock.AF_UNIX, csock.SOCK_STREAM}} {
			cookie, err := csock.SO_NETNS_COOKIE.Get(inWithLimit(t, ns, k.domain, k.typ, 0))
			need.Feature(t, "SO_NETNS_COOKIE", err, syscall.ENOPROTOOPT)
			if at, ok := seen[cookie]; cookie == 0 || ok && at != i {
				t.Errorf("the cookie %d of namespace %d is that of %d", cookie, i, at)
			}
			seen[cookie] = i
		}
	}
	same(t, "cookies of three namespaces", len(seen), 3)
}
