//go:build linux && cgo

package csock

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

// Each field of a TCPInfo is C's of the same name, and no other's.
func TestTCPInfoFields(t *testing.T) {
	sameFields(t, tcpInfoCodec, []string{"tcp_info.tcpi_", "tcp_info_62.tcpi_"}, map[string]string{
		"CAState": "ca_state", "AccECN": "accecn", "RTTVar": "rttvar", "AdvMSS": "advmss", "MinRTT": "min_rtt", "RcvRTT": "rcv_rtt",
		"SndMSS": "snd_mss", "RcvMSS": "rcv_mss", "DSACKDups": "dsack_dups", "TotalRTO": "total_rto",
		"TotalRTORecoveries": "total_rto_recoveries", "TotalRTOTime": "total_rto_time", "DeliveredCE": "delivered_ce",
		"ReceivedCE": "received_ce", "DeliveredE1Bytes": "delivered_e1_bytes", "DeliveredE0Bytes": "delivered_e0_bytes",
		"DeliveredCEBytes": "delivered_ce_bytes", "ReceivedE1Bytes": "received_e1_bytes", "ReceivedE0Bytes": "received_e0_bytes",
		"ReceivedCEBytes": "received_ce_bytes",
	})
}

// So is each of an MPTCPInfo.
func TestMPTCPInfoFields(t *testing.T) {
	sameFields(t, mptcpInfoCodec, []string{"mptcp_info.mptcpi_", "mptcp_info_65.mptcpi_"}, nil)
}

// sameFields compares the fields that a codec decodes with those of C's structs. names has C's
// names of the fields whose Go names differ.
func sameFields[T any](t *testing.T, c *codec[T], structs []string, names map[string]string) {
	t.Helper()
	words := regexp.MustCompile(`[A-Z]+[0-9]*[a-z]*`)
	fields := reflect.TypeFor[T]()
	zero, err := c.decode(native{mem: make([]byte, 512)})
	need.OK(t, err)
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if !fields.Field(i).IsExported() {
			continue
		}
		inC := names[name]
		if inC == "" {
			inC = strings.ToLower(strings.Join(words.FindAllString(name, -1), "_"))
		}
		mem, ok := cref.TransportField(structs[0] + inC)
		if !ok {
			mem, ok = cref.TransportField(structs[1] + inC)
		}
		if !ok {
			t.Errorf("C has no %s, for %s", inC, name)
			continue
		}
		info, err := c.decode(native{mem: mem})
		need.OK(t, err)
		for j := range fields.NumField() {
			changed := fields.Field(j).IsExported() &&
				!reflect.DeepEqual(reflect.ValueOf(info).Field(j).Interface(), reflect.ValueOf(zero).Field(j).Interface())
			if changed != (i == j) {
				t.Errorf("%s: %s is %v", inC, fields.Field(j).Name, reflect.ValueOf(info).Field(j).Interface())
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
		if name == "set_counters" { // the kernel does not return it
			k = TCPAOInfoOpt{}
		}
		if err != nil || back != k {
			t.Errorf("%s comes back as %+v, %v", name, back, err)
		}
	}
	for name, k := range map[string]TCPAOGetsockopt{"is_current": {IsCurrent: true}, "is_rnext": {IsRNext: true}, "get_all": {All: true}} {
		got, err := tcpAOKeysCodec.encode([]TCPAOGetsockopt{k})
		want, ok := cref.TransportField("tcp_ao_getsockopt." + name)
		// The number of keys is there as well.
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

// The struct that GetWith passes to the kernel contains the fields of the request, above all the
// association.
func TestRequestFields(t *testing.T) {
	check := func(name string, v native, err error, back func(native) (SCTPAssocID, error)) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if id, err := back(v); err != nil || id != 9 {
			t.Errorf("%s: association %d, %v", name, id, err)
		}
	}
	v, err := sctpStatusCodec.encode(SCTPStatus{AssocID: 9})
	check("SCTP_STATUS", v, err, func(v native) (SCTPAssocID, error) { s, err := sctpStatusCodec.decode(v); return s.AssocID, err })
	v, err = sctpPeeloffCodec.encode(SCTPPeeloffArg{AssocID: 9})
	check("SCTP_SOCKOPT_PEELOFF", v, err, func(v native) (SCTPAssocID, error) { s, err := sctpPeeloffCodec.decode(v); return s.AssocID, err })
	v, err = sctpGetAddrsCodec.encode(SCTPGetAddrs{AssocID: 9})
	check("SCTP_GET_PEER_ADDRS", v, err, func(v native) (SCTPAssocID, error) { s, err := sctpGetAddrsCodec.decode(v); return s.AssocID, err })
	v, err = sctpPaddrInfoCodec.encode(SCTPPaddrInfo{AssocID: 9, Address: InetAddr(netip.MustParseAddrPort("192.0.2.1:1"))})
	check("SCTP_GET_PEER_ADDR_INFO", v, err, func(v native) (SCTPAssocID, error) { s, err := sctpPaddrInfoCodec.decode(v); return s.AssocID, err })
}

// Values at the limits of a struct's room, and values left out.
func TestCodecEdges(t *testing.T) {
	fits := func(what string, _ native, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused := func(what string, _ native, err error, texts ...string) {
		t.Helper()
		if !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.EAFNOSUPPORT) {
			t.Errorf("%s: %v", what, err)
		}
		for _, text := range texts {
			if !strings.Contains(fmt.Sprint(err), text) {
				t.Errorf("%s: %v does not say %q", what, err, text)
			}
		}
	}
	v, err := packetMreqCodec.encode(PacketMreq{Address: make([]byte, 8)})
	fits("8 bytes of a hardware address", v, err)
	v, err = packetMreqCodec.encode(PacketMreq{Address: make([]byte, 9)})
	refused("9 bytes of a hardware address", v, err)
	v, err = tcpAOAddCodec.encode(TCPAOAdd{Algorithm: strings.Repeat("x", 63), Key: make([]byte, 80)})
	fits("a whole algorithm and key of TCP-AO", v, err)
	v, err = tcpAOAddCodec.encode(TCPAOAdd{Algorithm: strings.Repeat("x", 64), Key: make([]byte, 8)})
	refused("a long algorithm", v, err, "algorithm of 64 bytes, key of 8")
	v, err = mfcctlCodec.encode(Mfcctl{Origin: netip.MustParseAddr("::1")})
	refused("an origin of IPv6", v, err)
	v, err = mfcctlCodec.encode(Mfcctl{Mcastgrp: netip.MustParseAddr("::1")})
	refused("a group of IPv6", v, err)
	v, err = vifctlCodec.encode(Vifctl{LclAddr: netip.MustParseAddr("::1"), Flags: VIFF_TUNNEL})
	refused("a local address of IPv6", v, err)
	v, err = vifctlCodec.encode(Vifctl{LclAddr: netip.MustParseAddr("::1"), Flags: VIFF_USE_IFINDEX, LclIfindex: 1})
	fits("an index in place of the address", v, err)
	v, err = in6PktinfoCodec.encode(In6Pktinfo{Ifindex: 1})
	fits("an interface and no address", v, err)
	if _, err := in6PktinfoCodec.encode(In6Pktinfo{Addr: netip.MustParseAddr("fe80::1%nosuchif")}); err == nil {
		t.Error("an address of an unknown zone is taken")
	}
	v, err = ipMsfilterCodec.encode(IPMsfilter{Interface: netip.MustParseAddr("::1"), Multiaddr: netip.MustParseAddr("239.1.2.3")})
	refused("a filter's interface of IPv6", v, err)
	if _, err := mptcpTCPInfoCodec.decode(native{mem: make([]byte, 3)}); !errors.Is(err, syscall.EPROTO) {
		t.Errorf("a value of 3 bytes about subflows: %v", err)
	}
	v, err = mf6cctlCodec.encode(Mf6cctl{Parent: 7, Origin: netip.IPv6Loopback(), Mcastgrp: netip.MustParseAddr("ff02::1")})
	fits("a route of IPv6 multicast", v, err)
	if err == nil && (*struct_mf6cctl)(unsafe.Pointer(&v.mem[0])).mf6cc_parent != 7 {
		t.Error("a route of IPv6 multicast has another parent")
	}
	v, err = tcpAOKeysCodec.encode([]TCPAOGetsockopt{{SndID: 1, RcvID: 2, Prefix: 3}})
	fits("a question for a key", v, err)
	if back, err := tcpAOKeysCodec.decode(v); err != nil || len(back) != 1 || back[0].SndID != 1 || back[0].RcvID != 2 || back[0].Prefix != 3 {
		t.Errorf("a question for a key comes back as %+v, %v", back, err)
	}
	(*struct_csock_tcp_ao_getsockopt)(unsafe.Pointer(&v.mem[0])).nkeys = 9
	if _, err := tcpAOKeysCodec.decode(v); !errors.Is(err, syscall.ENOBUFS) || !strings.Contains(fmt.Sprint(err), "9 keys, room for 1") {
		t.Errorf("more keys than there is room for: %v", err)
	}
	if whole, ok := cref.TransportValue("SCTP_GET_PEER_ADDRS"); ok {
		addrs, err := sctpGetAddrsCodec.decode(native{mem: whole[:len(whole)-28]})
		if err != nil || len(addrs.Addrs) != 1 {
			t.Errorf("two addresses, the second missing: %+v, %v", addrs, err)
		}
	}
	past := uint64(math.MaxUint32) + 1 // a variable, since an int of 32 bits does not hold it
	if mem, err := syscall.Mmap(-1, 0, int(past), syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE); err == nil {
		defer syscall.Munmap(mem)
		var n struct_csock_tcp_zerocopy_receive
		for _, c := range []struct {
			z  TCPZerocopyReceive
			ok bool
		}{
			{TCPZerocopyReceive{Mapping: mem[:past-1]}, true},
			{TCPZerocopyReceive{Mapping: mem}, false},
			{TCPZerocopyReceive{Copybuf: mem[:past/2-1]}, true},
			{TCPZerocopyReceive{Copybuf: mem[:past/2]}, false},
		} {
			if err := encodeTCPZerocopyReceive(c.z, &n); (err == nil) != c.ok {
				t.Errorf("a mapping of %d bytes and a buffer of %d: %v", len(c.z.Mapping), len(c.z.Copybuf), err)
			}
		}
	}
	v, err = tlsMaxPayloadCodec.encode(0)
	fits("a payload of 0", v, err)
	v, err = tlsMaxPayloadCodec.encode(65535)
	fits("a payload of 65535", v, err)
	v, err = tlsMaxPayloadCodec.encode(-1)
	refused("a payload of -1", v, err)
	v, err = tlsMaxPayloadCodec.encode(65536)
	refused("a payload of 65536", v, err)
	v, err = tlsCryptoInfoCodec.encode(TLSCryptoInfo{Cipher: TLS_CIPHER_AES_GCM_128, IV: make([]byte, 7)})
	refused("a short vector", v, err, "IV of 7 bytes, not 8")
	native6 := make([]byte, 32) // a struct ip6_mtuinfo
	native6[0] = byte(AF_INET6)
	mtu, err := ip6MtuinfoCodec.decode(native{mem: native6})
	if want := InetAddr(netip.MustParseAddrPort("[::]:0")); err != nil || mtu.Addr != want {
		t.Errorf("the address of a path MTU: %v, %v", mtu.Addr, err)
	}
	for _, name := range []string{"fifteen bytes!!", "sixteen bytes!!!"} {
		err := putIfName(make([]byte, 64), name)
		if (err == nil) != (len(name) < 16) {
			t.Errorf("the interface %q: %v", name, err)
		}
	}
	if err := putIfAddr(make([]byte, 64), InetAddr(netip.MustParseAddrPort("[::1]:0"))); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("an interface's address of IPv6: %v", err)
	}
}

// Errors that are no errno of a call have their text from package syscall, known or not.
func TestErrnoTexts(t *testing.T) {
	for _, errno := range []int{1, 133, 140, 512, 4095} {
		err := callSocket.error(-errno)
		if !errors.Is(err, syscall.Errno(errno)) || err.Error() != "socket: "+syscall.Errno(errno).Error() {
			t.Errorf("errno %d: %v", errno, err)
		}
	}
}
