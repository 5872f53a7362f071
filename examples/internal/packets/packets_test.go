//go:build linux

package packets

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

// Every packet is shown, whatever is in it: each cut of each kind, and bytes that lie about what
// follows.
func TestSummary(t *testing.T) {
	v4 := func(protocol byte, payload ...byte) []byte {
		header := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 1, 0, 1, 10, 1, 0, 2}
		return append(header, payload...)
	}
	segment := make([]byte, 20)
	binary.BigEndian.PutUint16(segment, 1)
	segment[3], segment[13] = 2, 0x12
	arp := make([]byte, 28)
	arp[7], arp[17], arp[27] = 1, 7, 8
	for _, test := range []struct {
		ether csock.EtherType
		p     []byte
		want  string
	}{
		{csock.ETH_P_IP, v4(6, segment...),
			"TCP 10.1.0.1:1 > 10.1.0.2:2 [SA] seq 0 ack 0 window 0"},
		{csock.ETH_P_IP, v4(17, segment...), "UDP 10.1.0.1:1 > 10.1.0.2:2"},
		{csock.ETH_P_IP, v4(1, 8, 0), "IPPROTO_ICMP 10.1.0.1 > 10.1.0.2 type 8 code 0"},
		{csock.ETH_P_IP, v4(132), "IPPROTO_SCTP 10.1.0.1 > 10.1.0.2"},
		{csock.ETH_P_ARP, arp, "ARP who has 0.0.0.8? tell 0.0.0.7"},
		{0x88b6, nil, "0x88b6"},
	} {
		if got := Summary(test.ether, test.p); got != test.want {
			t.Errorf("%x: %q, want %q", test.p, got, test.want)
		}
		for n := range test.p {
			Summary(test.ether, test.p[:n:n])
			lie := slices.Clone(test.p)
			lie[n] = 0xff
			Summary(test.ether, lie)
			Summary(csock.ETH_P_IPV6, lie)
		}
	}
}
