//go:build linux && cgo

package tests

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// docs/porting-from-c.md's claims about C's traps are true.

func TestDissolve(t *testing.T) {
	need.IPv4(t)
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	check(t, err)
	defer s.Close()
	check(t, s.Connect(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:9"))))
	if _, err := s.PeerAddr(); err != nil {
		t.Fatal("not connected: ", err)
	}
	none, err := csock.RawSockAddr(make([]byte, 16))
	check(t, err, s.Connect(none))
	if peer, err := s.PeerAddr(); err == nil {
		t.Errorf("after connect to AF_UNSPEC the peer is %v", peer)
	}
}

func TestPaddedName(t *testing.T) {
	exact, err := csock.UnixAddr("@name")
	check(t, err)
	padded, err := csock.UnixAddr("@name" + strings.Repeat("\x00", 103))
	check(t, err)
	const sizeof = 2 + 108 // of a struct sockaddr_un
	if exact.Len() != 2+5 || padded.Len() != sizeof {
		t.Errorf("lengths %d and %d, want %d and %d", exact.Len(), padded.Len(), 2+5, sizeof)
	}
	want := append(exact.Bytes(), make([]byte, sizeof-exact.Len())...)
	if !bytes.Equal(padded.Bytes(), want) {
		t.Errorf("padded: %q, want %q", padded.Bytes(), want)
	}
}

func TestOredOptions(t *testing.T) {
	if got := csock.SO_REUSEADDR.Number() | csock.SO_REUSEPORT.Number(); got != csock.SO_REUSEPORT.Number() {
		t.Errorf("SO_REUSEADDR | SO_REUSEPORT is %d, and SO_REUSEPORT %d", got, csock.SO_REUSEPORT.Number())
	}
}
