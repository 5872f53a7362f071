package tests

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/csock/go-csock/csock"
)

// sameFamilyAddr compares an address with C's bytes of the same address, and the accessors' results
// for both with the values it was made of. Cut anywhere, it returns none of them.
func sameFamilyAddr[T any](t *testing.T, a csock.SockAddr, native []byte, family csock.Domain, want T, read func(csock.SockAddr) (T, bool)) {
	t.Helper()
	if diff := cmp.Diff(native, a.Bytes()); diff != "" {
		t.Errorf("%+v: C's bytes and csock's:\n%s", want, diff)
	}
	same(t, "Domain", a.Domain(), family)
	raw, err := csock.RawSockAddr(native)
	check(t, err)
	same(t, "the address of C's bytes", raw, a)
	got, ok := read(a)
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("read back: %v\n%s", ok, diff)
	}
	for n := 2; n < len(native); n++ {
		cut, err := csock.RawSockAddr(native[:n])
		check(t, err)
		if got, ok := read(cut); ok {
			t.Errorf("%d of %d bytes: %+v", n, len(native), got)
		}
	}
	if got, ok := read(csock.SockAddr{}); ok {
		t.Errorf("of no address: %+v", got)
	}
}
