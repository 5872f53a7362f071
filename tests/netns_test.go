//go:build linux && cgo

package tests

import (
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/netns"
)

func TestNetns(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "left", []string{"10.1.0.1/24", "fd01::1/64"}, b, "right", []string{"10.1.0.2/24", "fd01::2/64"})
	for ns, want := range map[*netns.NS]string{a: "10.1.0.1", b: "10.1.0.2"} {
		if got := ns.IP(t, "-o addr"); !strings.Contains(got, want) {
			t.Errorf("addresses of the namespace:\n%swant %s among them", got, want)
		}
	}
	if got := a.IP(t, "route get 10.1.0.2"); !strings.Contains(got, "dev left") {
		t.Errorf("route to the other namespace: %s", got)
	}
}
