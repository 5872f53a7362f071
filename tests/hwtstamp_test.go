//go:build linux

package tests

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/netns"
)

// What a network card timestamps can be read and set: by csock as in C. CSOCK_TEST_CARDS names the
// cards, and .ci/kernel has some emulated.
func TestHwtstampOfCard(t *testing.T) {
	names := strings.Fields(os.Getenv("CSOCK_TEST_CARDS"))
	if len(names) == 0 {
		t.Skip("needs a network card with a clock, which CSOCK_TEST_CARDS names")
	}
	for _, name := range names {
		ns := netns.New(t)
		ns.Take(t, name)
		s := inWithLimit(t, ns, csock.AF_INET, csock.SOCK_DGRAM, 0)
		want, err := cref.TsInfo(s.FD(), name)
		check(t, err)
		info, err := csock.ETHTOOL_GET_TS_INFO.Get(s, name)
		check(t, err)
		same(t, "ETHTOOL_GET_TS_INFO", [4]int32{int32(info.SoTimestamping), int32(info.PHCIndex), int32(info.TxTypes), int32(info.RxFilters)}, want)
		const hardware = csock.SOF_TIMESTAMPING_TX_HARDWARE | csock.SOF_TIMESTAMPING_RX_HARDWARE | csock.SOF_TIMESTAMPING_RAW_HARDWARE
		if info.SoTimestamping&hardware != hardware || info.PHCIndex < 0 {
			t.Errorf("%s has no clock: %+v", name, info)
		}
		allowed, refused := 0, 0
		for tx := csock.HWTSTAMP_TX_OFF; tx <= csock.HWTSTAMP_TX_ONESTEP_P2P+1; tx++ {
			for rx := csock.HWTSTAMP_FILTER_NONE; rx <= csock.HWTSTAMP_FILTER_NTP_ALL+1; rx++ {
				config := csock.HwtstampConfig{TxType: tx, RxFilter: rx}
				native := [3]int32{0, int32(tx), int32(rx)}
				what := fmt.Sprintf("%s, %v, %v", name, tx, rx)
				_, errC := cref.Hwtstamp(s.FD(), name, true, native)
				set, errGetC := cref.Hwtstamp(s.FD(), name, false, [3]int32{})
				check(t, errGetC)
				check(t, csock.SIOCSHWTSTAMP.Set(s, name, csock.HwtstampConfig{}))
				if err := csock.SIOCSHWTSTAMP.Set(s, name, config); !sameErrno(err, errC) {
					t.Errorf("SIOCSHWTSTAMP of %s: %v; in C %v", what, err, errC)
				}
				got, err := csock.SIOCGHWTSTAMP.Get(s, name)
				check(t, err)
				if errC != nil {
					refused++
					same(t, "SIOCGHWTSTAMP after one that was refused, "+what, got, csock.HwtstampConfig{})
					continue
				}
				allowed++
				same(t, "SIOCGHWTSTAMP, "+what, [3]int32{int32(got.Flags), int32(got.TxType), int32(got.RxFilter)}, set)
				if info.Allows(config) && (got.TxType != tx || rx != 0 && got.RxFilter == 0) {
					t.Errorf("%s allows %+v, and does %+v", name, config, got)
				}
			}
		}
		if allowed < 2 || refused == 0 {
			t.Errorf("%s allowed %d and refused %d configurations", name, allowed, refused)
		}
		check(t, csock.SIOCSHWTSTAMP.Set(s, name, csock.HwtstampConfig{}))
	}
}
