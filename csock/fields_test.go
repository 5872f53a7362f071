//go:build linux && cgo

package csock

import (
	"bytes"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/cref"
)

// Each field of a TCPInfo is C's of the same name, and no other's.
func TestTCPInfoFields(t *testing.T) {
	words := regexp.MustCompile(`[A-Z]+[0-9]*[a-z]*`)
	fields := reflect.TypeFor[TCPInfo]()
	zero, err := tcpInfoCodec.decode(native{mem: make([]byte, 512)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if !fields.Field(i).IsExported() {
			continue
		}
		// C's name has an underscore before some of the words, which Go's does not tell.
		c := map[string]string{
			"CAState": "ca_state", "AccECN": "accecn", "RTTVar": "rttvar", "AdvMSS": "advmss", "MinRTT": "min_rtt", "RcvRTT": "rcv_rtt",
			"SndMSS": "snd_mss", "RcvMSS": "rcv_mss", "DSACKDups": "dsack_dups", "TotalRTO": "total_rto",
			"TotalRTORecoveries": "total_rto_recoveries", "TotalRTOTime": "total_rto_time", "DeliveredCE": "delivered_ce",
			"ReceivedCE": "received_ce", "DeliveredE1Bytes": "delivered_e1_bytes", "DeliveredE0Bytes": "delivered_e0_bytes",
			"DeliveredCEBytes": "delivered_ce_bytes", "ReceivedE1Bytes": "received_e1_bytes", "ReceivedE0Bytes": "received_e0_bytes",
			"ReceivedCEBytes": "received_ce_bytes",
		}[name]
		if c == "" {
			c = strings.ToLower(strings.Join(words.FindAllString(name, -1), "_"))
		}
		mem, ok := cref.TransportField("tcp_info.tcpi_" + c)
		if !ok {
			mem, ok = cref.TransportField("tcp_info_62.tcpi_" + c)
		}
		if !ok {
			t.Errorf("C has no tcpi_%s, for %s", c, name)
			continue
		}
		info, err := tcpInfoCodec.decode(native{mem: mem})
		if err != nil {
			t.Fatal(err)
		}
		for j := range fields.NumField() {
			changed := fields.Field(j).IsExported() &&
				!reflect.DeepEqual(reflect.ValueOf(info).Field(j).Interface(), reflect.ValueOf(zero).Field(j).Interface())
			if changed != (i == j) {
				t.Errorf("tcpi_%s: %s is %v", c, fields.Field(j).Name, reflect.ValueOf(info).Field(j).Interface())
			}
		}
	}
}

// Each of the bits of TCP-AO's structs is C's of the same name, and no other's.
func TestTCPAOBits(t *testing.T) {
	same := func(name string, got native, err error) {
		t.Helper()
		want, ok := cref.TransportField(name)
		if err != nil || !ok || !bytes.Equal(got.mem, want) {
			t.Errorf("%s: %v\n%x, in C\n%x", name, err, got.mem, want)
		}
	}
	for name, k := range map[string]TCPAOAdd{"set_current": {SetCurrent: true}, "set_rnext": {SetRNext: true}} {
		got, err := tcpAOAddCodec.encode(k)
		same("tcp_ao_add."+name, got, err)
	}
	for name, k := range map[string]TCPAODel{"set_current": {SetCurrent: true}, "set_rnext": {SetRNext: true}, "del_async": {Async: true}} {
		got, err := tcpAODelCodec.encode(k)
		same("tcp_ao_del."+name, got, err)
	}
	for name, k := range map[string]TCPAOInfoOpt{
		"set_current": {SetCurrent: true}, "set_rnext": {SetRNext: true}, "ao_required": {Required: true},
		"set_counters": {SetCounters: true}, "accept_icmps": {AcceptICMPs: true},
	} {
		got, err := tcpAOInfoCodec.encode(k)
		same("tcp_ao_info_opt."+name, got, err)
		back, err := tcpAOInfoCodec.decode(got)
		if name == "set_counters" { // the kernel has no such answer
			k = TCPAOInfoOpt{}
		}
		if err != nil || back != k {
			t.Errorf("%s comes back as %+v, %v", name, back, err)
		}
	}
	for name, k := range map[string]TCPAOGetsockopt{"is_current": {IsCurrent: true}, "is_rnext": {IsRNext: true}, "get_all": {All: true}} {
		got, err := tcpAOKeysCodec.encode([]TCPAOGetsockopt{k})
		want, ok := cref.TransportField("tcp_ao_getsockopt." + name)
		// The number of keys is told as well.
		n := 0
		for i := range min(len(want), len(got.mem)) {
			if want[i] != got.mem[i] {
				n++
			}
		}
		if err != nil || !ok || len(want) != len(got.mem) || n != 1 {
			t.Errorf("tcp_ao_getsockopt.%s: %v\n%x, in C\n%x", name, err, got.mem, want)
		}
		back, err := tcpAOKeysCodec.decode(got)
		if name == "get_all" {
			k.All = false
		}
		if err != nil || len(back) != 1 || back[0].IsCurrent != k.IsCurrent || back[0].IsRNext != k.IsRNext {
			t.Errorf("%s comes back as %+v, %v", name, back, err)
		}
	}
}
