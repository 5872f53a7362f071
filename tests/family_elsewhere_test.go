//go:build linux

package tests

import (
	"errors"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
)

// Addresses of families that Linux lacks are not valid.
func TestAddrsElsewhere(t *testing.T) {
	for _, a := range []csock.SockAddr{csock.HypervAddr(csock.SockaddrHV{}), csock.LinkAddr(csock.SockaddrDL{Name: "en0"})} {
		if a.IsValid() {
			t.Errorf("%v is valid", a)
		}
		if _, ok := a.Hyperv(); ok {
			t.Errorf("%v is an address of Hyper-V", a)
		}
		if _, ok := a.Link(); ok {
			t.Errorf("%v is a link-layer address", a)
		}
	}
	if _, err := csock.New(csock.AF_HYPERV, csock.SOCK_STREAM, csock.HV_PROTOCOL_RAW); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a socket of Hyper-V: %v", err)
	}
}

func TestGUID(t *testing.T) {
	const text = "a42e7cda-d03f-480c-9cc2-a4de20abb878"
	for _, s := range []string{text, "{" + text + "}", "A42E7CDA-D03F-480C-9CC2-A4DE20ABB878"} {
		g, err := csock.ParseGUID(s)
		check(t, err)
		same(t, "GUID", g.String(), text)
		same(t, "first byte", g[0], 0xa4)
	}
	for _, s := range []string{"", "-", text[1:], text + "0", "a42e7cdad03f480c9cc2a4de20abb878", "g" + text[1:], "a42e7cd-ad03f-480c-9cc2-a4de20abb878"} {
		if g, err := csock.ParseGUID(s); !errors.Is(err, syscall.EINVAL) || g != (csock.GUID{}) {
			t.Errorf("%q is %v, %v", s, g, err)
		}
	}
}
