package tests

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/csock/go-csock/csock"
)

// sameFamilyAddr is readFamilyAddr for addresses of one length. Cut anywhere, they are not read.
func sameFamilyAddr[T any](t *testing.T, a csock.SockAddr, native []byte, family csock.Domain, want T, read func(csock.SockAddr) (T, bool)) {
	t.Helper()
	readFamilyAddr(t, a, native, family, want, read)
	for n := 2; n < len(native); n++ {
		cut, err := csock.RawSockAddr(native[:n])
		check(t, err)
		if got, ok := read(cut); ok {
			t.Errorf("%d of %d bytes: %+v", n, len(native), got)
		}
	}
}

// readFamilyAddr compares an address with C's bytes of the same address, and the accessors' results
// for both with the values it was made of.
func readFamilyAddr[T any](t *testing.T, a csock.SockAddr, native []byte, family csock.Domain, want T, read func(csock.SockAddr) (T, bool)) {
	t.Helper()
	if diff := cmp.Diff(native, a.Bytes()); diff != "" {
		t.Errorf("%+v: C's bytes and csock's:\n%s", want, diff)
	}
	same(t, "Domain", a.Domain(), family)
	raw, err := csock.RawSockAddr(native)
	check(t, err)
	same(t, "the address of C's bytes", raw, a)
	got, ok := read(a)
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{}, netip.AddrPort{})); !ok || diff != "" {
		t.Errorf("read back: %v\n%s", ok, diff)
	}
	if got, ok := read(csock.SockAddr{}); ok {
		t.Errorf("of no address: %+v", got)
	}
}
