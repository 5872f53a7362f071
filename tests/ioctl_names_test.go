//go:build linux

package tests

import (
	"math"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// A request about a name or an index that no interface can have returns ENODEV, as one of an
// interface that does not exist does.
func TestIoctlImpossibleInterface(t *testing.T) {
	s := kindOf("unix").open(t)
	if index := math.MaxInt; index > math.MaxInt32 {
		_, err := csock.SIOCGIFNAME.Get(s, index)
		need.Is(t, "SIOCGIFNAME", err, syscall.ENODEV)
	}
	long := strings.Repeat("i", 16)
	_, err := csock.SIOCGIFINDEX.Get(s, long)
	need.Is(t, "SIOCGIFINDEX", err, syscall.ENODEV)
	_, err = csock.SIOCGHWTSTAMP.Get(s, long)
	need.Is(t, "SIOCGHWTSTAMP", err, syscall.ENODEV)
	_, err = csock.ETHTOOL_GET_TS_INFO.Get(s, long)
	need.Is(t, "ETHTOOL_GET_TS_INFO", err, syscall.ENODEV)
}
