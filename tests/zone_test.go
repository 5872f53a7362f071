//go:build linux

package tests

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// A UDPConn caches its peer's zone for a minute: it allocates nothing for it, and needs no
// descriptor.
func TestPacketConnZone(t *testing.T) {
	const child = "CSOCK_TEST_ZONE"
	if os.Getenv(child) != "" { // a process of its own, all of whose threads are in the namespace
		synctest.Test(t, zoneChild) // whose minutes pass at once
		return
	}
	ns := zoneNetwork(t)
	t.Setenv(child, "1")
	self, args := need.Self("-test.run=^TestPacketConnZone$", "-test.timeout=1m")
	ns.Run(t, self, args...)
}

// zoneNetwork makes a namespace in which fe80::1 is the one address of the interface d0.
func zoneNetwork(t *testing.T) *netns.NS {
	t.Helper()
	ns := netns.New(t)
	need.IPv6Stack(t)
	ns.IP(t, "link add d0 type veth peer name d1")
	for _, end := range []string{"d0", "d1"} {
		ns.IP(t, "link set "+end+" addrgenmode none") // no other address, for which the kernel would check for duplicates
		ns.IP(t, "link set "+end+" up")
	}
	ns.IP(t, "addr add fe80::1/64 dev d0 nodad")
	kernel.Eventually(t, "an interface that is up", func() bool {
		return strings.Contains(ns.IP(t, "-o link show dev d0"), " state UP ")
	})
	return ns
}

func zoneChild(t *testing.T) {
	open := func() (*csock.UDPConn, netip.AddrPort) {
		s, err := csock.New(csock.AF_INET6, csock.SOCK_DGRAM, 0)
		check(t, err)
		check(t, s.Bind(csock.InetAddr(netip.MustParseAddrPort("[fe80::1%d0]:0"))))
		addr, err := s.LocalAddr()
		check(t, err)
		c, err := s.IntoUDPConn()
		check(t, err)
		t.Cleanup(func() { c.Close() })
		ap, _ := addr.AddrPort()
		return c, ap
	}
	c, to := open()
	fresh, toFresh := open()
	p := []byte("hello")
	exchange := func() (netip.AddrPort, error) {
		if _, err := c.WriteToUDPAddrPort(p, to); err != nil {
			return netip.AddrPort{}, err
		}
		_, from, err := c.ReadFromUDPAddrPort(p)
		return from, err
	}
	comes := func(when string) {
		t.Helper()
		from, err := exchange()
		if err != nil || from != to {
			t.Errorf("%s: from %v, %v, want %v", when, from, err, to)
		}
	}
	// A busy kernel may lose what is sent just after the interface has come up. Poll's time is the
	// system's; a deadline would be the test's, which stands still in such a wait.
	delivers := func() {
		t.Helper()
		for range 50 {
			_, err := c.WriteToUDPAddrPort(p, to)
			check(t, err)
			var readable csock.PollEvents
			check(t, csock.Borrow(c, func(s *csock.Socket) (err error) {
				readable, err = s.Poll(csock.POLLIN, 200*time.Millisecond)
				return err
			}))
			if readable != 0 {
				_, _, err := c.ReadFromUDPAddrPort(p)
				check(t, err)
				return
			}
		}
		t.Fatal("nothing that was sent has arrived")
	}
	delivers()
	comes("at first")
	if n := testing.AllocsPerRun(200, func() { exchange() }); n != 0 && !need.Slow {
		t.Errorf("%v allocations", n)
	}

	// No descriptor is left.
	var limit syscall.Rlimit
	check(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	none := limit
	none.Cur = 0
	check(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none))
	comes("remembered, without descriptors")
	time.Sleep(time.Hour)
	comes("an hour later, without descriptors")
	if _, err := fresh.WriteToUDPAddrPort(p, toFresh); !errors.Is(err, syscall.EMFILE) {
		t.Errorf("a zone that cannot be looked up: %v, want %v", err, syscall.EMFILE)
	}
	check(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))

	// The interface has another name.
	ip := func(args ...string) string {
		t.Helper()
		out, err := need.Command(t, "ip", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("ip %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	for _, args := range [][]string{
		{"link", "set", "d0", "down"}, {"link", "set", "d0", "name", "e0"}, {"link", "set", "e0", "up"},
		{"addr", "add", "fe80::1/64", "dev", "e0", "nodad"},
	} {
		ip(args...)
	}
	// No sleep: it would take no time here. Datagrams sent while the interface is down get lost.
	for range 1000 {
		if strings.Contains(ip("-o", "link", "show", "dev", "e0"), " state UP ") {
			break
		}
	}
	time.Sleep(time.Hour)
	if _, err := exchange(); err == nil {
		t.Error("a name that is no more is known")
	}
	to = netip.AddrPortFrom(to.Addr().WithZone("e0"), to.Port())
	delivers()
	comes("renamed")
}
