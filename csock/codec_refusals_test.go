//go:build linux && cgo

package csock

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/netip"
	"os"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/csock/go-csock/tests/need"
)

// refusal returns the error of a value's native form.
func refusal[T any](c *codec[T], v T) error {
	_, err := c.encode(v)
	return err
}

// A value that a native field cannot hold is refused, whatever the field.
func TestCodecRefusals(t *testing.T) {
	v6 := netip.IPv6Loopback()
	group4, group6 := netip.MustParseAddr("239.1.2.3"), netip.MustParseAddr("ff02::1")
	huge := math.MaxInt32
	for name, c := range map[string]struct{ got, want error }{
		"a key of SCTP":              {refusal(sctpAuthKeyCodec, SCTPAuthKey{Key: make([]byte, 1<<16)}), syscall.EINVAL},
		"streams of SCTP":            {refusal(sctpResetStreamsCodec, SCTPResetStreams{Streams: make([]uint16, 1<<16)}), syscall.EINVAL},
		"flags of streams":           {refusal(sctpResetStreamsCodec, SCTPResetStreams{Flags: 1 << 16}), syscall.EINVAL},
		"a timeout of SCTP":          {refusal(sctpInitMsgCodec, SCTPInitMsg{MaxInitTimeo: 2 * time.Minute}), syscall.EDOM},
		"flags of a path":            {refusal(sctpPaddrParamsCodec, SCTPPaddrParams{Flags: -1}), syscall.EINVAL},
		"flags of a peeled socket":   {refusal(sctpPeeloffCodec, SCTPPeeloffArg{Flags: SOCK_NONBLOCK}), syscall.EINVAL},
		"a threshold of version 2":   {refusal(sctpPaddrThldsCodec, SCTPPaddrThlds{PathCPThld: 1}), syscall.EINVAL},
		"flags of a vif":             {refusal(vifctlCodec, Vifctl{Flags: 1 << 8}), syscall.EINVAL},
		"a vif's peer of IPv6":       {refusal(vifctlCodec, Vifctl{RmtAddr: v6}), syscall.EAFNOSUPPORT},
		"TTLs of a route":            {refusal(mfcctlCodec, Mfcctl{TTLs: make([]uint8, 33)}), syscall.EINVAL},
		"interfaces of a route":      {refusal(mf6cctlCodec, Mf6cctl{Ifset: []uint16{1 << 15}}), syscall.EINVAL},
		"an origin of IPv4":          {refusal(mf6cctlCodec, Mf6cctl{Origin: netip.IPv4Unspecified()}), syscall.EAFNOSUPPORT},
		"a filter's group of IPv6":   {refusal(ipMsfilterCodec, IPMsfilter{Multiaddr: group6}), syscall.EAFNOSUPPORT},
		"a time between frames":      {refusal(canISOTPOptionsCodec, CANISOTPOptions{FrameTxtime: 5 * time.Second}), syscall.EDOM},
		"a filter's mode":            {refusal(ipMsfilterCodec, IPMsfilter{Multiaddr: group4, Fmode: -1}), syscall.EINVAL},
		"a filter's source of IPv6":  {refusal(ipMsfilterCodec, IPMsfilter{Multiaddr: group4, Slist: []netip.Addr{v6}}), syscall.EAFNOSUPPORT},
		"a group's interface":        {refusal(groupFilterCodec, GroupFilter{Interface: -1, Group: group4}), syscall.EINVAL},
		"a group's mode":             {refusal(groupFilterCodec, GroupFilter{Group: group4, Fmode: -1}), syscall.EINVAL},
		"a group's source of IPv6":   {refusal(groupFilterCodec, GroupFilter{Group: group4, Slist: []netip.Addr{v6}}), syscall.EAFNOSUPPORT},
		"an interface of IPv6":       {refusal(ipMreqSourceCodec, IPMreqSource{Interface: v6}), syscall.EAFNOSUPPORT},
		"a source of IPv6":           {refusal(ipMreqSourceCodec, IPMreqSource{Sourceaddr: v6}), syscall.EAFNOSUPPORT},
		"an index of IPv6":           {refusal(ipv6MreqCodec, IPv6Mreq{Multiaddr: group6, Interface: -1}), syscall.EINVAL},
		"an index of a group":        {refusal(groupReqCodec, GroupReq{Group: group6, Interface: -1}), syscall.EINVAL},
		"an index of a source":       {refusal(groupSourceReqCodec, GroupSourceReq{Group: group6, Interface: -1}), syscall.EINVAL},
		"a source of another family": {refusal(groupSourceReqCodec, GroupSourceReq{Group: group6, Source: netip.IPv4Unspecified()}), syscall.EAFNOSUPPORT},
		"an action on a flow label":  {refusal(in6FlowlabelReqCodec, In6FlowlabelReq{Action: 1 << 8}), syscall.EINVAL},
		"the life of a flow label":   {refusal(in6FlowlabelReqCodec, In6FlowlabelReq{Expires: 100 * time.Hour}), syscall.EDOM},
		"the version of TLS":         {refusal(tlsCryptoInfoCodec, TLSCryptoInfo{Cipher: TLS_CIPHER_AES_GCM_128, Version: 1 << 16, IV: make([]byte, 8), Key: make([]byte, 16), Salt: make([]byte, 4), RecSeq: make([]byte, 8)}), syscall.EINVAL},
		"an address that is invalid": {refusal(sockAddrCodec, InetAddr(netip.MustParseAddrPort("[fe80::1%nosuchif]:1"))), syscall.EINVAL},
		"a codec of other systems":   {refusal(platformCodec[int]("int"), 1), errors.ErrUnsupported},
		"the flags of a key":         {refusal(tcpAOAddCodec, TCPAOAdd{KeyFlags: 1 << 8}), syscall.EINVAL},
		"negative durations of SCTP": {refusal(sctpRTOInfoCodec, SCTPRTOInfo{Initial: -1}), syscall.EDOM},
		"durations of SCTP":          {refusal(sctpSackInfoCodec, SCTPSackInfo{Delay: math.MaxInt64}), syscall.EDOM},
		"more than a request takes":  {refusal(useList(&codec[[]int]{}, 1, func(int, *c_int) error { return io.EOF }, func(*c_int) int { return 0 }), []int{1}), io.EOF},
	} {
		if !errors.Is(c.got, c.want) && (c.got != nil || c.want != nil) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if strconv.IntSize > 32 {
		huge++
		for name, err := range map[string]error{
			"the index of a vif": refusal(vifctlCodec, Vifctl{Flags: VIFF_USE_IFINDEX, LclIfindex: huge}),
			"timestamping":       refusal(soTimestampingCodec, SoTimestamping{Flags: TimestampingFlags(huge)}),
			"a clock's index":    refusal(soTimestampingCodec, SoTimestamping{BindPHC: huge}),
			"a clock":            refusal(sockTxtimeCodec, SockTxtime{Clock: huge}),
			"an MD5 key's index": refusal(tcpMD5SigExtCodec, TCPMD5Sig{Addr: v6, Ifindex: huge}),
			"the index of a key": refusal(tcpAOAddCodec, TCPAOAdd{Ifindex: huge}),
			"of a listed key":    refusal(tcpAOKeysCodec, []TCPAOGetsockopt{{Ifindex: huge}}),
			"an interface":       refusal(mif6ctlCodec, Mif6ctl{Pifi: huge}),
		} {
			if !errors.Is(err, syscall.EINVAL) {
				t.Errorf("%s of 2^31: %v", name, err)
			}
		}
	}
}

// A value's native form is read as the value: of codecs that options use in one direction only.
func TestCodecBothWays(t *testing.T) {
	back := func(name string, got, want any, err error) {
		t.Helper()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s comes back as %+v, %v", name, got, err)
		}
	}
	u := Ucred{PID: 1, UID: 2, GID: 3}
	v, err := ucredCodec.encode(u)
	got, _ := ucredCodec.decode(v)
	back("a struct ucred", got, u, err)
	a := InetAddr(netip.MustParseAddrPort("192.0.2.1:7"))
	v, err = sockAddrCodec.encode(a)
	gotAddr, _ := sockAddrCodec.decode(v)
	back("an address", gotAddr, a, err)
	tls := TLSCryptoInfo{TLS_1_2_VERSION, TLS_CIPHER_AES_GCM_128, []byte("12345678"), []byte("0123456789abcdef"), []byte("salt"), []byte("sequence")}
	v, err = tlsCryptoInfoCodec.encode(tls)
	gotTLS, _ := tlsCryptoInfoCodec.decode(v)
	back("TLS's keys", gotTLS, tls, err)
	v, err = rxrpcUpgradeCodec.encode(RXRPCUpgrade{0x102, 0x304})
	n, _ := load[[2]uint16](v.mem)
	back("an upgrade", n, [2]uint16{0x102, 0x304}, err)
	v, err = j1939FilterCodec.encode([]J1939Filter{{Name: 1, NameMask: 2, PGN: 3, PGNMask: 4, Addr: 5, AddrMask: 6}})
	f := (*struct_j1939_filter)(unsafe.Pointer(unsafe.SliceData(v.mem)))
	back("a filter of J1939", [6]uint64{uint64(f.name), uint64(f.name_mask), uint64(f.pgn), uint64(f.pgn_mask), uint64(f.addr), uint64(f.addr_mask)},
		[6]uint64{1, 2, 3, 4, 5, 6}, err)
	v, err = sctpAssocStatsCodec.encode(SCTPAssocStats{AssocID: 9})
	stats, _ := sctpAssocStatsCodec.decode(v)
	back("an association", stats.AssocID, SCTPAssocID(9), err)
	v, err = in6FlowlabelReqCodec.encode(In6FlowlabelReq{Label: 0x12345, Expires: time.Second})
	label, _ := in6FlowlabelReqCodec.decode(v)
	back("a flow label without an address", label, In6FlowlabelReq{Dst: netip.IPv6Unspecified(), Label: 0x12345, Expires: time.Second}, err)
	number, err := uint32Codec.decode(native{num: 7})
	back("a number", number, uint32(7), err)
	groups, err := groupsCodec.encode([]int{1, 2})
	back("groups, which are only read", groups.mem, make([]byte, 2*unsafe.Sizeof(gid_t(0))), err)
	back("a hardware timestamp", hwtstampConfigOf(HwtstampConfig{1, 2, 3}.native()), HwtstampConfig{1, 2, 3}, nil)
	one, err := first([]int{5, 6}, io.EOF)
	back("the first of a list", one, 5, errors.Unwrap(err))
	for _, c := range []*codec[struct{}]{noneCodec, emptyCodec} {
		v, err := c.encode(struct{}{})
		nothing, _ := c.decode(v)
		back("nothing", nothing, struct{}{}, err)
	}
	info, err := tcpCCInfoCodec.encode(nil)
	back("an empty struct", info, native{}, err)

	var z struct_csock_tcp_zerocopy_receive
	if err := encodeTCPZerocopyReceive(TCPZerocopyReceive{CleanHint: true}, &z); err != nil || z.flags == 0 {
		t.Errorf("a clean mapping: %v, %v", z.flags, err)
	}
	for _, errno := range []int32{5, -5} {
		z.err = __s32(errno)
		if got := decodeTCPZerocopyReceive(&z); got.Err != syscall.EIO {
			t.Errorf("error %d is %v", errno, got.Err)
		}
	}
	for n := range sizeof_struct_csock_mptcp_subflow_data {
		whole, _ := mptcpTCPInfoCodec.encode(nil)
		if _, err := mptcpTCPInfoCodec.decode(native{mem: whole.mem[:n]}); !errors.Is(err, syscall.EPROTO) {
			t.Errorf("%d bytes of subflows: %v", n, err)
		}
	}
	var m struct_csock_mptcp_info
	m.mptcpi_retransmits, m.mptcpi_last_data_sent = 1, 2
	for _, c := range []struct {
		filled    uintptr
		rt, since uint32
	}{
		{unsafe.Offsetof(m.mptcpi_bytes_retrans), 0, 2},
		{unsafe.Offsetof(m.mptcpi_last_data_recv), 1, 0},
		{unsafe.Sizeof(m), 1, 2},
	} {
		n := m
		got, err := decodeMPTCPInfo(&n, int(c.filled))
		if err != nil || uint32(got.Retransmits) != c.rt || got.LastDataSent != time.Duration(c.since)*time.Millisecond {
			t.Errorf("%d bytes of struct mptcp_info: %+v, %v", c.filled, got, err)
		}
	}
	if _, err := tcpAOKeysCodec.decode(native{mem: make([]byte, 3)}); !errors.Is(err, syscall.EPROTO) {
		t.Errorf("a key of 3 bytes: %v", err)
	}
	if _, err := memoryOf(&form{shape: shapeUint64}, native{}); err != syscall.EINVAL {
		t.Errorf("memory of a number: %v", err)
	}
	if text := withText(&codec[int]{decode: func(native) (int, error) { return 0, io.EOF }}).text(native{}); text != "EOF" {
		t.Errorf("the text of a value that has none: %q", text)
	}
	if d := duration(math.MinInt64, time.Second); d != math.MinInt64 {
		t.Errorf("%v", d)
	}
	if n, err := zoneIndex(netip.MustParseAddr("fe80::1%lo"), 0); err != nil || n == 0 {
		t.Errorf("the zone lo: %d, %v", n, err)
	}
	if b := AppendSCTPDstAddr([]byte("x"), netip.Addr{}); string(b) != "x" {
		t.Errorf("a destination that is no address: %x", b)
	}
	dst := netip.MustParseAddrPort("[2001:db8::1]:2")
	v, err = inetDiagReqCodec.encode(InetDiagReqV2{Family: AF_INET6, ID: InetDiagSockID{Dst: dst}})
	if err != nil || !bytes.Contains(v.mem, dst.Addr().AsSlice()) {
		t.Errorf("a request about %v: %x, %v", dst, v.mem, err)
	}
	dst4 := netip.MustParseAddrPort("192.0.2.1:2")
	v, err = inetDiagReqCodec.encode(InetDiagReqV2{Family: AF_INET, ID: InetDiagSockID{Dst: dst4}})
	if err != nil || !bytes.Contains(v.mem, dst4.Addr().AsSlice()) {
		t.Errorf("a request about %v: %x, %v", dst4, v.mem, err)
	}
	other := MsgHdr{Control: AppendTOS(nil, 1)} // which has no rights to close
	other.ControlLen = len(other.Control)
	other.CloseRights()
	if b, err := appendNlRecord([]byte("x"), platformCodec[int]("int"), 1, nil); string(b) != "x" || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a record without a native form: %x, %v", b, err)
	}
	value := need.Value[[]byte](t)
	for typ := range Nlattrs(value(AppendNlattr(value(AppendNlattr(nil, 1, nil)), 2, nil))) {
		if typ != 1 {
			t.Errorf("attribute %d after the end of the loop", typ)
		}
		break
	}
}

// An address that is as long as its family's, and yet none of that family, is not read.
func TestAddressesOfOtherForms(t *testing.T) {
	family := func(n Domain, size uintptr, set map[uintptr]byte) SockAddr {
		b := make([]byte, size)
		put(b, 0, sa_family_t(n))
		for at, v := range set {
			b[at] = v
		}
		return need.Value[SockAddr](t)(RawSockAddr(b))
	}
	if sa, ok := family(AF_TIPC, unsafe.Sizeof(struct_sockaddr_tipc{}), map[uintptr]byte{unsafe.Offsetof(struct_sockaddr_tipc{}.addrtype): 99}).TIPC(); ok {
		t.Errorf("an unknown form of TIPC: %+v", sa)
	}
	long := map[uintptr]byte{unsafe.Offsetof(struct_sockaddr_rxrpc{}.transport_len): 0xff, unsafe.Offsetof(struct_sockaddr_rxrpc{}.transport_len) + 1: 0xff}
	if sa, ok := family(AF_RXRPC, unsafe.Sizeof(struct_sockaddr_rxrpc{}), long).RXRPC(); ok {
		t.Errorf("a transport address that is too long: %+v", sa)
	}
	ext := struct_csock_sockaddr_mctp_ext{}
	if sa, ok := family(AF_MCTP, unsafe.Sizeof(ext), map[uintptr]byte{unsafe.Offsetof(ext.smctp_halen): 33}).MCTP(); ok {
		t.Errorf("a hardware address of 33 bytes: %+v", sa)
	}
	if text := family(AF_CAN, 4, nil).String(); strings.Contains(text, "can:") {
		t.Errorf("an AF_CAN address without an interface: %s", text)
	}
	other := new(addrForm[int]) // as where a platform lacks the family
	if a := other.make(1); a.IsValid() || !strings.Contains(a.String(), "int") {
		t.Errorf("an address without a native form: %v", a)
	}
	if _, ok := other.read(SockAddr{}); ok {
		t.Error("an address without a native form is read")
	}
}

// What is sent at once: no more buffers than the system takes, and no more bytes than maxWrite.
func TestNextBuffers(t *testing.T) {
	big := need.AddressSpace(t, maxWrite+1, syscall.PROT_NONE)
	one := []byte("x")
	for _, c := range []struct {
		bufs [][]byte
		n    int
		size int
	}{
		{[][]byte{big}, 1, maxWrite},
		{[][]byte{one, big}, 1, 1},
		{[][]byte{nil, {}, big}, 1, maxWrite},
		{[][]byte{nil, one, nil, big}, 3, 1},
		{[][]byte{big[:maxWrite], big}, 1, maxWrite},
		{append(make([][]byte, vectorMax), big), 1, maxWrite},
		{[][]byte{one, big[:maxWrite-1], one}, 2, maxWrite},
		{append(make([][]byte, vectorMax), one), 1, 1},
		{append(make([][]byte, vectorMax-1), one, one), vectorMax, 1},
		{make([][]byte, 2*vectorMax), 0, 0},
	} {
		size := 0
		next := nextBuffers(c.bufs)
		for _, b := range next {
			size += len(b)
		}
		if len(next) != c.n || size != c.size {
			t.Errorf("%d buffers of %d bytes, want %d of %d", len(next), size, c.n, c.size)
		}
	}
}

// Requests of families that this kernel may lack have their errors from a socket of another.
func TestRequestsOfOtherFamilies(t *testing.T) {
	s := need.Value[*Socket](t)(New(AF_INET, SOCK_DGRAM, 0))
	defer s.Close()
	_, errClone := SIOCKCMCLONE.Get(s)
	_, errTag := SIOCMCTPALLOCTAG.Get(s, 8)
	_, errStamp := SIOCGSTAMPNS.Get(s)
	for name, err := range map[string]error{
		"SIOCKCMATTACH":    SIOCKCMATTACH.Set(s, KCMAttach{FD: -1}),
		"SIOCKCMUNATTACH":  SIOCKCMUNATTACH.Set(s, 1),
		"SIOCKCMCLONE":     errClone,
		"SIOCMCTPALLOCTAG": errTag,
		"SIOCMCTPDROPTAG":  SIOCMCTPDROPTAG.Set(s, 8, 1),
		"SIOCGSTAMPNS":     errStamp,
		"PPPOEIOCSFWD":     PPPOEIOCSFWD.Set(s, SockAddr{}),
		"PPPOEIOCDFWD":     PPPOEIOCDFWD.Set(s, struct{}{}),
	} {
		var syscallErr *os.SyscallError
		if !errors.As(err, &syscallErr) && !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if strconv.IntSize > 32 {
		huge := math.MaxInt32
		huge++
		if err := SIOCKCMUNATTACH.Set(s, huge); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("a descriptor of 2^31: %v", err)
		}
	}
	bad := In6FlowlabelReq{Action: 1 << 8}
	if err := s.LeaseFlowLabel(&bad); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("an action that does not fit: %v", err)
	}
	if err := s.LeaseFlowLabel(&In6FlowlabelReq{}); err == nil {
		t.Error("a flow label of IPv4")
	}
	if err := s.LeaseFlowLabel(nil); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("no request: %v", err)
	}
	if err := MPTCP_FULL_INFO.o.refused(nil); err != nil {
		t.Error(err)
	}
	if _, err := MPTCP_FULL_INFO.Get(s); err == nil {
		t.Error("MPTCP_FULL_INFO of UDP")
	}
	if _, err := (Option[int]{}).GetWith(s, 1); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("GetWith of no option: %v", err)
	}
}
