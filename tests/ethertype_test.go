//go:build linux && cgo

package tests

import (
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// The kernel binds the protocol that New takes, on machines of either byte order.
func TestEtherType(t *testing.T) {
	ns := netns.New(t)
	for _, e := range []csock.EtherType{csock.ETH_P_ALL, csock.ETH_P_IP, 0x88b5} {
		var s *csock.Socket
		var err error
		ns.Do(func() { s, err = csock.New(csock.AF_PACKET, csock.SOCK_RAW, e.Protocol()) })
		need.Feature(t, "a packet socket", err, syscall.EPERM)
		defer s.Close()
		addr, err := s.LocalAddr()
		check(t, err)
		ll, ok := addr.Packet()
		same(t, "is packet", ok, true)
		same(t, "the address's protocol", ll.Protocol, e)
	}
	for e, want := range map[csock.EtherType]string{csock.ETH_P_ALL: "ETH_P_ALL", csock.ETH_P_ARP: "ETH_P_ARP", 0x88b6: "0x88b6", 0: "0x0000"} {
		same(t, "String", e.String(), want)
	}
}
