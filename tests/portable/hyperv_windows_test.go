package portable

import (
	"bytes"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref/elsewhere"
	"github.com/csock/go-csock/tests/need"
)

// An address of Hyper-V is C's.
func TestHypervAddr(t *testing.T) {
	want := csock.SockaddrHV{
		VMID:      need.Value[csock.GUID](t)(csock.ParseGUID("a42e7cda-d03f-480c-9cc2-a4de20abb878")),
		ServiceID: need.Value[csock.GUID](t)(csock.ParseGUID("{00000000-facb-11e6-bd58-64006a7986d3}")),
	}
	native := elsewhere.HypervAddr()
	a := csock.HypervAddr(want)
	if !bytes.Equal(a.Bytes(), native) {
		t.Errorf("%x; in C %x", a.Bytes(), native)
	}
	c, err := csock.RawSockAddr(native)
	need.OK(t, err)
	got, ok := c.Hyperv()
	if !ok || got != want {
		t.Errorf("C's address is %+v, %v", got, ok)
	}
	need.Same(t, "String", c.String(), "hyperv:a42e7cda-d03f-480c-9cc2-a4de20abb878:00000000-facb-11e6-bd58-64006a7986d3")
	cut, err := csock.RawSockAddr(native[:len(native)-1])
	need.OK(t, err)
	if got, ok := cut.Hyperv(); ok {
		t.Errorf("an address that was cut is %+v", got)
	}
}
