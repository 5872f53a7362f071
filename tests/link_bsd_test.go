//go:build cgo && (darwin || dragonfly || freebsd || netbsd || openbsd)

package tests

import (
	"bytes"
	"net"
	"reflect"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref/elsewhere"
)

// A link-layer address is the one that C makes.
func TestLinkAddr(t *testing.T) {
	want := csock.SockaddrDL{Ifindex: 3, Name: "en0", Addr: net.HardwareAddr{1, 2, 3, 4, 5, 6}}
	native := elsewhere.LinkAddr("en0:1.2.3.4.5.6", want.Ifindex)
	if a := csock.LinkAddr(want); !bytes.Equal(a.Bytes(), native) {
		t.Errorf("%x; in C %x", a.Bytes(), native)
	}
	c, err := csock.RawSockAddr(native)
	check(t, err)
	if got, ok := c.Link(); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("C's address is %+v, %v", got, ok)
	}
	long := csock.SockaddrDL{Ifindex: 1, Type: 6, Name: "bridge100", Addr: make(net.HardwareAddr, 20), Selector: []byte{7}}
	if got, ok := csock.LinkAddr(long).Link(); !ok || !reflect.DeepEqual(got, long) {
		t.Errorf("%+v became %+v, %v", long, got, ok)
	}
	for _, sa := range []csock.SockaddrDL{{Ifindex: 1 << 16}, {Ifindex: -1}, {Addr: make(net.HardwareAddr, 130)}} {
		if csock.LinkAddr(sa).IsValid() {
			t.Errorf("%+v is an address", sa)
		}
	}
}
