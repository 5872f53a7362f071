//go:build linux

package tests

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/tests/need"
)

// Addresses and errors of sockets whose IPv6 addresses have zones are package net's, but for one
// error: package net takes an unknown zone for none.
func TestLikeNetZones(t *testing.T) {
	const child = "CSOCK_TEST_LIKE_ZONES"
	if os.Getenv(child) != "" {
		likeZones(t)
		return
	}
	ns := zoneNetwork(t)
	t.Setenv(child, "1")
	t.Setenv("GODEBUG", "multipathtcp=0") // the address of a listening socket of MPTCP has no zone
	self, args := need.Self("-test.run=^TestLikeNetZones$", "-test.timeout=1m")
	ns.Run(t, self, args...)
}

func likeZones(t *testing.T) {
	tcp := likeNet{"tcp zone", "tcp", "[fe80::1%d0]:0", true}
	udp := likeNet{"udp zone", "udp", "[fe80::1%d0]:0", false}
	ip := likeNet{"ip zone", "ip:254", "fe80::1%d0", false}
	kinds := []likeNet{tcp, udp, ip}
	likeErrors(t, kinds)
	likeListenerErrors(t, kinds)
	likeAddrs(t, kinds)
	likeUDPErrors(t, udp)
	likeIPErrors(t, ip)

	// The senders of datagrams that a socket has sent to itself, by the interface's name and by its
	// number.
	p := make([]byte, 100)
	d0, err := net.InterfaceByName("d0")
	check(t, err)
	for _, zone := range []string{"d0", fmt.Sprint(d0.Index)} {
		show := func(c likeUDP) string {
			check(t, c.SetDeadline(time.Now().Add(connPatience)))
			var said strings.Builder
			to := *c.LocalAddr().(*net.UDPAddr)
			to.Zone = zone
			send := func() {
				_, err := c.WriteTo([]byte("x"), &to)
				check(t, err)
			}
			send()
			_, addr, err := c.ReadFrom(p)
			fmt.Fprintf(&said, "ReadFrom %T %v %v\n", addr, addr, err)
			send()
			_, udpAddr, err := c.ReadFromUDP(p)
			fmt.Fprintf(&said, "ReadFromUDP %v %v\n", udpAddr, err)
			send()
			_, ap, err := c.ReadFromUDPAddrPort(p)
			fmt.Fprintf(&said, "ReadFromUDPAddrPort %v %v\n", ap, err)
			send()
			_, _, _, udpAddr, err = c.ReadMsgUDP(p, nil)
			fmt.Fprintf(&said, "ReadMsgUDP %v %v\n", udpAddr, err)
			return likePorts.ReplaceAllString(said.String(), "$1:port")
		}
		ours, theirs := udp.openUDP(t, true), udp.openUDP(t, false)
		defer ours.Close()
		defer theirs.Close()
		same(t, "both, to zone "+zone, show(ours), show(theirs))
	}

	// An unknown zone.
	c := udp.openUDP(t, true)
	defer c.Close()
	const want = "write udp [fe80::1%d0]:port->[fe80::1%none]:port: address fe80::1%none: unknown IPv6 zone"
	to := netip.MustParseAddrPort("[fe80::1%none]:9")
	_, err = c.WriteTo(p, net.UDPAddrFromAddrPort(to))
	same(t, "WriteTo", likePorts.ReplaceAllString(fmt.Sprint(err), "$1:port"), want)
	_, _, err = c.WriteMsgUDPAddrPort(p, nil, to)
	same(t, "WriteMsgUDPAddrPort", likePorts.ReplaceAllString(fmt.Sprint(err), "$1:port"), want)
}
