//go:build linux

package tests

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The structs of the transports' options. Most kernels lack some of SCTP, DCCP, TLS and TCP-AO, so
// strace plays the kernel's part: it shows the bytes that a call passes, and puts C's bytes into
// the result of another.

// A structCase is an option with a value in csock's type, to compare with C's.
type structCase struct {
	c   string // names C's value, and the option if option is empty
	opt string
	set csock.Setting
	get func(*csock.Socket) (any, error)
	// want is the value that get returns, if it differs from the one that was set.
	want any
}

func (c structCase) option() string {
	if c.opt != "" {
		return c.opt
	}
	return c.c
}

// both is a case of an option that can be set and read.
func both[T any](o csock.Option[T], v T) structCase {
	c := structCase{c: o.String(), want: v}
	if o.CanSet() {
		c.set = o.To(v)
	}
	if o.CanGet() {
		c.get = func(s *csock.Socket) (any, error) { return o.GetWith(s, v) }
	}
	return c
}

// tlsCase is a case of a cipher.
func tlsCase(name string, o csock.Option[csock.TLSCryptoInfo], cipher csock.TLSCipher) structCase {
	iv, key, salt, recSeq, _ := cipher.Size()
	fill := func(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
	c := both(o, csock.TLSCryptoInfo{Version: csock.TLS_1_3_VERSION, Cipher: cipher, IV: fill(iv, 1), Key: fill(key, 2), Salt: fill(salt, 3), RecSeq: fill(recSeq, 4)})
	c.c, c.opt = name, o.String()
	return c
}

var (
	peer4 = csock.InetAddr(netip.MustParseAddrPort("192.0.2.1:80"))
	peer6 = csock.InetAddr(netip.MustParseAddrPort("[2001:db8::1]:80"))
	anyof = csock.InetAddr(netip.MustParseAddrPort("192.0.2.1:0"))
)

var structCases = []structCase{
	both(csock.TCP_MD5SIG, csock.TCPMD5Sig{Addr: netip.MustParseAddr("192.0.2.1"), Key: []byte("key")}),
	both(csock.TCP_MD5SIG_EXT, csock.TCPMD5Sig{Addr: netip.MustParseAddr("2001:db8::"), PrefixLen: 32, Ifindex: 7, Key: []byte("key")}),
	both(csock.TCP_REPAIR_OPTIONS, []csock.TCPRepairOpt{{Code: 2, Value: 1400}, {Code: 3, Value: 0x70008}}),
	both(csock.TCP_REPAIR_WINDOW, csock.TCPRepairWindow{SndWl1: 1, SndWnd: 2, MaxWindow: 3, RcvWnd: 4, RcvWup: 5}),
	both(csock.TCP_AO_ADD_KEY, csock.TCPAOAdd{Addr: anyof, Prefix: 24, Algorithm: "hmac(sha1)", Ifindex: 7, SetCurrent: true, SetRNext: true,
		SndID: 1, RcvID: 2, MacLen: 12, KeyFlags: csock.TCP_AO_KEYF_IFINDEX, Key: []byte("key")}),
	both(csock.TCP_AO_DEL_KEY, csock.TCPAODel{Addr: anyof, Prefix: 24, Ifindex: 7, SetRNext: true, Async: true, SndID: 1, RcvID: 2, CurrentKey: 3,
		RNext: 4, KeyFlags: csock.TCP_AO_KEYF_EXCLUDE_OPT}),
	both(csock.TCP_AO_INFO, csock.TCPAOInfoOpt{SetRNext: true, Required: true, AcceptICMPs: true, CurrentKey: 1, RNext: 2, Good: 3, Bad: 4,
		KeyNotFound: 5, AORequired: 6, DroppedICMP: 7}),
	both(csock.TCP_AO_GET_KEYS, []csock.TCPAOGetsockopt{{Addr: anyof, Prefix: 24, Algorithm: "hmac(sha1)", Key: []byte("key"), IsRNext: true, SndID: 1,
		RcvID: 2, MacLen: 12, KeyFlags: 1, Ifindex: 7, Good: 3, Bad: 4}}),
	both(csock.TCP_AO_REPAIR, csock.TCPAORepair{SntISN: 1, RcvISN: 2, SndSNE: 3, RcvSNE: 4}),

	both(csock.PACKET_ADD_MEMBERSHIP, csock.PacketMreq{Ifindex: 7, Type: csock.PACKET_MR_UNICAST, Address: []byte{2, 0, 0, 0, 0, 1}}),
	both(csock.PACKET_RX_RING, csock.TpacketReq3{BlockSize: 4096, BlockNr: 2, FrameSize: 2048, FrameNr: 4, RetireTime: 60 * time.Millisecond, PrivSize: 8, Features: 1}),
	{c: "PACKET_FANOUT", set: csock.PACKET_FANOUT.To(csock.FanoutArgs{ID: 7, Mode: csock.PACKET_FANOUT_CPU, Flags: csock.PACKET_FANOUT_FLAG_DEFRAG, MaxMembers: 300})},
	{c: "PACKET_FANOUT_INT", opt: "PACKET_FANOUT", set: csock.PACKET_FANOUT.To(csock.FanoutArgs{ID: 7, Mode: csock.PACKET_FANOUT_CPU, Flags: csock.PACKET_FANOUT_FLAG_DEFRAG})},
	both(csock.PACKET_STATISTICS, csock.TpacketStatsV3{Packets: 1, Drops: 2, FreezeQCount: 3}),
	both(csock.PACKET_ROLLOVER_STATS, csock.TpacketRolloverStats{All: 1, Huge: 2, Failed: 3}),

	tlsCase("TLS_TX", csock.TLS_TX, csock.TLS_CIPHER_AES_GCM_128),
	tlsCase("TLS_RX", csock.TLS_RX, csock.TLS_CIPHER_AES_GCM_256),
	tlsCase("TLS_CIPHER_AES_CCM_128", csock.TLS_TX, csock.TLS_CIPHER_AES_CCM_128),
	tlsCase("TLS_CIPHER_CHACHA20_POLY1305", csock.TLS_TX, csock.TLS_CIPHER_CHACHA20_POLY1305),
	tlsCase("TLS_CIPHER_SM4_GCM", csock.TLS_TX, csock.TLS_CIPHER_SM4_GCM),
	tlsCase("TLS_CIPHER_SM4_CCM", csock.TLS_TX, csock.TLS_CIPHER_SM4_CCM),
	tlsCase("TLS_CIPHER_ARIA_GCM_128", csock.TLS_TX, csock.TLS_CIPHER_ARIA_GCM_128),
	tlsCase("TLS_CIPHER_ARIA_GCM_256", csock.TLS_TX, csock.TLS_CIPHER_ARIA_GCM_256),

	both(csock.SCTP_RTOINFO, csock.SCTPRTOInfo{AssocID: 9, Initial: time.Second, Max: time.Minute, Min: 200 * time.Millisecond}),
	both(csock.SCTP_ASSOCINFO, csock.SCTPAssocParams{AssocID: 9, MaxRetrans: 1, NumberOfDestinations: 2, PeerRwnd: 3, LocalRwnd: 4, CookieLife: 5 * time.Second}),
	both(csock.SCTP_INITMSG, csock.SCTPInitMsg{NumOstreams: 1, MaxInstreams: 2, MaxAttempts: 3, MaxInitTimeo: 4 * time.Millisecond}),
	both(csock.SCTP_SET_PEER_PRIMARY_ADDR, csock.SCTPPrim{AssocID: 9, Addr: peer6}),
	both(csock.SCTP_PRIMARY_ADDR, csock.SCTPPrim{AssocID: 9, Addr: peer4}),
	both(csock.SCTP_ADAPTATION_LAYER, 5),
	both(csock.SCTP_PEER_ADDR_PARAMS, csock.SCTPPaddrParams{AssocID: 9, Address: peer4, HBInterval: 30 * time.Second, PathMaxRxt: 5, PathMTU: 1400,
		SackDelay: 200 * time.Millisecond, Flags: csock.SPP_HB_ENABLE | csock.SPP_DSCP, IPv6Flowlabel: 6, DSCP: 7}),
	both(csock.SCTP_DEFAULT_SEND_PARAM, csock.SCTPSndRcvInfo{Stream: 1, SSN: 2, Flags: 1, PPID: 4, Context: 5, TimeToLive: 6 * time.Millisecond, TSN: 7, CumTSN: 8, AssocID: 9}),
	both(csock.SCTP_DEFAULT_SNDINFO, csock.SCTPSndInfo{SID: 1, Flags: 1, PPID: 4, Context: 5, AssocID: 9}),
	both(csock.SCTP_EVENTS, csock.SCTPEventSubscribe{DataIO: true, Address: true, PeerError: true, PartialDelivery: true, Authentication: true, StreamReset: true, StreamChange: true}),
	both(csock.SCTP_MAXSEG, csock.SCTPAssocValue{AssocID: 9, Value: 1400}),
	both(csock.SCTP_STATUS, csock.SCTPStatus{AssocID: 9, State: csock.SCTP_ESTABLISHED, Rwnd: 1, UnackData: 2, PendData: 3, InStreams: 4, OutStreams: 5,
		FragmentationPoint: 6, Primary: csock.SCTPPaddrInfo{AssocID: 9, Address: peer4, State: csock.SCTP_ACTIVE, Cwnd: 7, SRTT: 8,
			RTO: 9 * time.Millisecond, MTU: 10}}),
	both(csock.SCTP_GET_PEER_ADDR_INFO, csock.SCTPPaddrInfo{AssocID: 9, Address: peer6, State: csock.SCTP_PF, Cwnd: 7, SRTT: 8,
		RTO: 9 * time.Millisecond, MTU: 10}),
	both(csock.SCTP_DELAYED_SACK, csock.SCTPSackInfo{AssocID: 9, Delay: 200 * time.Millisecond, Freq: 2}),
	both(csock.SCTP_AUTH_CHUNK, 5),
	both(csock.SCTP_AUTH_ACTIVE_KEY, csock.SCTPAuthKeyID{AssocID: 9, Number: 2}),
	both(csock.SCTP_PEER_ADDR_THLDS, csock.SCTPPaddrThlds{AssocID: 9, Address: peer4, PathMaxRxt: 1, PathPFThld: 2}),
	both(csock.SCTP_PEER_ADDR_THLDS_V2, csock.SCTPPaddrThlds{AssocID: 9, Address: peer4, PathMaxRxt: 1, PathPFThld: 2, PathCPThld: 3}),
	both(csock.SCTP_SOCKOPT_PEELOFF, csock.SCTPPeeloffArg{AssocID: 9, FD: 5}),
	both(csock.SCTP_SOCKOPT_PEELOFF_FLAGS, csock.SCTPPeeloffArg{AssocID: 9, FD: 5, Flags: csock.SOCK_CLOEXEC}),
	both(csock.SCTP_GET_ASSOC_STATS, csock.SCTPAssocStats{AssocID: 9, MaxRTOAddr: peer4, MaxRTO: 1, ISacks: 2, OSacks: 3, OPackets: 4,
		IPackets: 5, RtxChunks: 6, OutOfSeqTSNs: 7, IDupChunks: 8, GapCnt: 9, OUODChunks: 10, IUODChunks: 11, OODChunks: 12, IODChunks: 13,
		OCtrlChunks: 14, ICtrlChunks: 15}),
	both(csock.SCTP_DEFAULT_PRINFO, csock.SCTPDefaultPRInfo{AssocID: 9, Value: 100, Policy: csock.SCTP_PR_SCTP_RTX}),
	both(csock.SCTP_PR_STREAM_STATUS, csock.SCTPPRStatus{AssocID: 9, Stream: 1, Policy: csock.SCTP_PR_SCTP_PRIO, AbandonedUnsent: 2, AbandonedSent: 3}),
	both(csock.SCTP_ADD_STREAMS, csock.SCTPAddStreams{AssocID: 9, InStreams: 1, OutStreams: 2}),
	both(csock.SCTP_STREAM_SCHEDULER_VALUE, csock.SCTPStreamValue{AssocID: 9, Stream: 1, Value: 2}),
	both(csock.SCTP_EVENT, csock.SCTPEvent{AssocID: 9, Type: csock.SCTP_SENDER_DRY_EVENT, On: true}),
	both(csock.SCTP_REMOTE_UDP_ENCAPS_PORT, csock.SCTPUDPEncaps{AssocID: 9, Address: peer4, Port: 9899}),
	both(csock.SCTP_PLPMTUD_PROBE_INTERVAL, csock.SCTPProbeInterval{AssocID: 9, Address: peer4, Interval: 5 * time.Second}),
	both(csock.SCTP_RESET_ASSOC, 9),
	both(csock.SCTP_HMAC_IDENT, []csock.SCTPHMACID{csock.SCTP_AUTH_HMAC_ID_SHA256, csock.SCTP_AUTH_HMAC_ID_SHA1}),
	both(csock.SCTP_AUTH_KEY, csock.SCTPAuthKey{AssocID: 9, Number: 2, Key: []byte("key")}),
	both(csock.SCTP_RESET_STREAMS, csock.SCTPResetStreams{AssocID: 9, Flags: csock.SCTP_STREAM_RESET_OUTGOING, Streams: []uint16{1, 3}}),
	both(csock.SCTP_PEER_AUTH_CHUNKS, csock.SCTPAuthChunks{AssocID: 9, Chunks: []byte{5, 6}}),
	both(csock.SCTP_GET_ASSOC_ID_LIST, []csock.SCTPAssocID{3, 9}),
	both(csock.SCTP_GET_PEER_ADDRS, csock.SCTPGetAddrs{AssocID: 9, Addrs: []csock.SockAddr{peer4, peer6}}),
	both(csock.SCTP_SOCKOPT_BINDX_ADD, []csock.SockAddr{peer4, peer6}),

	both(csock.DCCP_SOCKOPT_SERVICE, []uint32{1, 0x01020304}),
	both(csock.DCCP_SOCKOPT_CCID, []csock.DCCPCCID{csock.DCCPC_CCID3, csock.DCCPC_CCID2}),
	{c: "DCCP_SOCKOPT_TX_CCID", get: func(s *csock.Socket) (any, error) { return csock.DCCP_SOCKOPT_TX_CCID.Get(s) }, want: []csock.DCCPCCID{csock.DCCPC_CCID3}},
}

// TestTransportNumbers compares level and number of every option that C has here.
func TestTransportNumbers(t *testing.T) {
	checked := 0
	for o := range csock.Options() {
		if level, number, ok := cref.TransportOption(o.String()); ok {
			checked++
			if int(o.Level()) != level || o.Number() != number {
				t.Errorf("%v is %d at level %d, in C %d at level %d", o, o.Number(), int(o.Level()), number, level)
			}
		}
	}
	if checked < 150 {
		t.Errorf("C knows %d of the options", checked)
	}
}

const structChild = "CSOCK_TEST_STRUCT_CHILD"

// straced runs the test again as a child under strace, with arguments for strace, and returns the
// output of strace and the child.
func straced(t *testing.T, child string, args ...string) (trace, out string) {
	t.Helper()
	if strconv.IntSize > 32 { // on 32 bits .ci/cross runs the tests, and only with -short
		need.Full(t, "runs processes under strace")
	}
	need.Strace(t)
	exe, err := os.Executable()
	check(t, err)
	file := filepath.Join(t.TempDir(), "trace")
	// Without signals and exits, which would cut the lines of calls in two.
	args = append(args, "-f", "-qq", "-e", "signal=none", "-o", file, "-xx", "-X", "raw", "-s", "65536", exe, "-test.run=^"+t.Name()+"$")
	cmd := need.Command(t, "strace", args...)
	cmd.Env = append(os.Environ(), structChild+"="+child, need.NoLeakCheck)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd.Args, err, &stdout, &stderr)
	}
	text, err := os.ReadFile(file)
	check(t, err)
	return string(text), stdout.String()
}

// TestTransportSetBytes compares the setsockopt calls that csock and C make.
func TestTransportSetBytes(t *testing.T) {
	if os.Getenv(structChild) != "" {
		for _, c := range structCases {
			if c.set.String() == "" {
				continue
			}
			s, err := csock.NewRaw(csock.AF_INET, csock.SOCK_DGRAM, 0)
			check(t, err)
			_ = s.Set(c.set) // the kernel may refuse it
			level, number := levelOf(c.option())
			value, _ := cref.TransportValue(c.c)
			_ = cref.TransportSet(s.FD(), level, number, value)
			check(t, s.Close())
		}
		return
	}
	trace, _ := straced(t, "all", "-e", "trace=setsockopt")
	calls := regexp.MustCompile(`setsockopt\((.*?)(?: <unfinished \.\.\.>|\) *= )`).FindAllStringSubmatch(trace, -1)
	for _, c := range structCases {
		if c.set.String() == "" {
			continue
		}
		if len(calls) < 2 {
			t.Fatalf("no call for %s", c.c)
		}
		// strace decodes a ring only if the kernel accepted it: TestPacketRing covers that one.
		if c.c == "PACKET_RX_RING" {
			calls = calls[2:]
			continue
		}
		if calls[0][1] != calls[1][1] {
			t.Errorf("%s: csock %s\nC                %s", c.c, calls[0][1], calls[1][1])
		}
		calls = calls[2:]
	}
	if len(calls) > 0 {
		t.Errorf("%d calls more", len(calls))
	}
}

// levelOf returns the level and the number of an option.
func levelOf(name string) (level, number int) {
	for o := range csock.Options() {
		if o.String() == name {
			return int(o.Level()), o.Number()
		}
	}
	panic(name)
}

// TestTransportGetBytes makes strace return C's bytes from each getsockopt.
func TestTransportGetBytes(t *testing.T) {
	if name := os.Getenv(structChild); name != "" {
		for _, c := range structCases {
			if c.c != name {
				continue
			}
			s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
			check(t, err)
			got, err := c.get(s)
			check(t, err)
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty(), cmp.Comparer(sameAddr)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			fmt.Println("compared")
		}
		return
	}
	for i, c := range structCases {
		// Each is a process of its own, so -short runs only some.
		if c.get == nil || testing.Short() && i%8 != 0 {
			continue
		}
		value, ok := cref.TransportValue(c.c)
		if !ok {
			t.Errorf("C has no %s", c.c)
			continue
		}
		poke := fmt.Sprintf("inject=getsockopt:retval=0:poke_exit=@arg4=%s,@arg5=%s", hex.EncodeToString(value), hex.EncodeToString(native32(len(value))))
		_, out := straced(t, c.c, "-e", "trace=getsockopt", "-e", poke)
		if !strings.Contains(out, "compared") {
			t.Errorf("%s: %s", c.c, out)
		}
	}
}

// TestTransportBadValues sets values that have no native form.
func TestTransportBadValues(t *testing.T) {
	s := kindOf("tcp4").open(t)
	long := bytes.Repeat([]byte{1}, 300)
	for _, c := range []struct {
		set  csock.Setting
		want error
	}{
		{csock.TCP_CONGESTION.To("sixteen bytes!!!"), syscall.EINVAL},
		{csock.TCP_CONGESTION.To("cu\x00bic"), syscall.EINVAL},
		{csock.TCP_ULP.To(strings.Repeat("x", 16)), syscall.EINVAL},
		{csock.TCP_USER_TIMEOUT.To(1 << 62), syscall.EDOM},
		{csock.TCP_MD5SIG.To(csock.TCPMD5Sig{Key: []byte("key")}), syscall.EINVAL},
		{csock.TCP_MD5SIG.To(csock.TCPMD5Sig{Addr: netip.MustParseAddr("::1"), Key: long}), syscall.EINVAL},
		{csock.TCP_MD5SIG.To(csock.TCPMD5Sig{Addr: netip.MustParseAddr("::1"), PrefixLen: 64}), syscall.EINVAL},
		{csock.TCP_AO_ADD_KEY.To(csock.TCPAOAdd{Key: long}), syscall.EINVAL},
		{csock.TCP_AO_ADD_KEY.To(csock.TCPAOAdd{Algorithm: string(long)}), syscall.EINVAL},
		{csock.PACKET_ADD_MEMBERSHIP.To(csock.PacketMreq{Address: long}), syscall.EINVAL},
		{csock.PACKET_FANOUT.To(csock.FanoutArgs{Flags: 1}), syscall.EINVAL},
		{csock.PACKET_RX_RING.To(csock.TpacketReq3{RetireTime: -1}), syscall.EDOM},
		{csock.TLS_TX.To(csock.TLSCryptoInfo{Cipher: 1}), syscall.EINVAL},
		{csock.TLS_TX.To(csock.TLSCryptoInfo{Cipher: csock.TLS_CIPHER_AES_GCM_128, Key: long}), syscall.EINVAL},
		{csock.TLS_TX_MAX_PAYLOAD_LEN.To(65536), syscall.EINVAL},
		{csock.TLS_TX_MAX_PAYLOAD_LEN.To(-1), syscall.EINVAL},
		{csock.SCTP_RTOINFO.To(csock.SCTPRTOInfo{Max: -1}), syscall.EDOM},
		{csock.SCTP_RTOINFO.To(csock.SCTPRTOInfo{Max: 1 << 62}), syscall.EDOM},
		{csock.SCTP_SOCKOPT_BINDX_ADD.To([]csock.SockAddr{{}}), syscall.EAFNOSUPPORT},
		{csock.SCTP_PEER_ADDR_THLDS.To(csock.SCTPPaddrThlds{PathCPThld: 1}), syscall.EINVAL},
		{csock.SCTP_EVENT.To(csock.SCTPEvent{Type: 1 << 16}), syscall.EINVAL},
		{csock.SCTP_DEFAULT_PRINFO.To(csock.SCTPDefaultPRInfo{Policy: 1 << 16}), syscall.EINVAL},
		{csock.SCTP_PR_ASSOC_STATUS.To(csock.SCTPPRStatus{Policy: 1<<16 | csock.SCTP_PR_SCTP_TTL}), syscall.EINVAL},
		{csock.SCTP_SOCKOPT_PEELOFF_FLAGS.To(csock.SCTPPeeloffArg{Flags: -1}), syscall.EINVAL},
		{csock.TLS_TX.To(csock.TLSCryptoInfo{Version: 1<<16 | csock.TLS_1_3_VERSION, Cipher: csock.TLS_CIPHER_AES_GCM_128}), syscall.EINVAL},
		{csock.PACKET_ADD_MEMBERSHIP.To(csock.PacketMreq{Type: 1<<16 | csock.PACKET_MR_PROMISC}), syscall.EINVAL},
		{csock.IP_MSFILTER.To(csock.IPMsfilter{Multiaddr: netip.MustParseAddr("239.1.2.3"), Fmode: -1}), syscall.EINVAL},
		{csock.MCAST_MSFILTER.To(csock.GroupFilter{Group: netip.MustParseAddr("239.1.2.3"), Fmode: -1}), syscall.EINVAL},
		// Fields that only the kernel fills.
		{csock.TCP_CONGESTION.To("nonesuch"), syscall.ENOENT},
		{csock.TCP_ULP.To("nonesuch"), syscall.ENOENT},
		{csock.TCP_SYNCNT.To(0), syscall.EINVAL},
		{csock.TCP_SYNCNT.To(128), syscall.EINVAL},
		{csock.TCP_KEEPCNT.To(0), syscall.EINVAL},
		{csock.TCP_KEEPIDLE.To(40000 * time.Second), syscall.EINVAL},
		{csock.TCP_FASTOPEN_KEY.To([][16]byte{{}, {}, {}}), syscall.EINVAL},
		{csock.TCP_FASTOPEN_KEY.To(nil), syscall.EINVAL},
		{csock.TCP_USER_TIMEOUT.To(-time.Millisecond), syscall.EINVAL},
		{csock.TCP_SAVE_SYN.To(3), syscall.EINVAL},
	} {
		err := s.Set(c.set)
		name := regexp.MustCompile(`[A-Z][A-Z0-9_]+`).FindString(c.set.String())
		if !errors.Is(err, c.want) || name == "" || !strings.Contains(fmt.Sprint(err), name) {
			t.Errorf("%v: %v, want %v and the option's name", c.set, err, c.want)
		}
	}
	if err := csock.TCP_CONGESTION.Set(s, "fifteen bytes!!"); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("a name of 15 bytes: %v", err)
	}
}

// TestTCPAOKeys makes strace imitate a kernel with two keys. The call passes the length of one key:
// the kernel places the keys at that distance, and sets the length to that of its own struct.
func TestTCPAOKeys(t *testing.T) {
	if os.Getenv(structChild) != "" {
		s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
		check(t, err)
		want := []csock.TCPAOGetsockopt{{Addr: anyof, SndID: 1}, {Addr: anyof, SndID: 2, IsCurrent: true}}
		for _, get := range []func() ([]csock.TCPAOGetsockopt, error){
			func() ([]csock.TCPAOGetsockopt, error) { return csock.TCP_AO_GET_KEYS.Get(s) },
			func() ([]csock.TCPAOGetsockopt, error) {
				return csock.TCP_AO_GET_KEYS.GetWith(s, []csock.TCPAOGetsockopt{{Addr: anyof}, {}})
			},
		} {
			got, err := get()
			check(t, err)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(sameAddr)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		}
		return
	}
	keys, _ := cref.TransportValue("TCP_AO_TWO_KEYS")
	one := len(keys) / 2
	trace, _ := straced(t, "keys", "-e", "trace=getsockopt",
		"-e", fmt.Sprintf("inject=getsockopt:retval=0:poke_exit=@arg4=%s,@arg5=%s", hex.EncodeToString(keys), hex.EncodeToString(native32(one))))
	if n := strings.Count(trace, fmt.Sprintf("[%d]) = 0", one)); n != 2 {
		t.Errorf("%d of 2 calls pass %d:\n%s", n, one, trace)
	}
}

// TestNetlinkMemberships makes strace play a kernel before Linux 6.5, which for 40 groups returns
// the length of 32.
func TestNetlinkMemberships(t *testing.T) {
	if os.Getenv(structChild) != "" {
		s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, 0)
		check(t, err)
		groups, err := csock.NETLINK_LIST_MEMBERSHIPS.Get(s)
		check(t, err)
		same(t, "groups", fmt.Sprint(groups), "[1 38]")
		return
	}
	mask := hex.EncodeToString(append(native32(1), native32(1<<5)...))
	straced(t, "groups", "-e", "trace=getsockopt", "-e", "inject=getsockopt:retval=0:poke_exit=@arg4="+mask+",@arg5="+hex.EncodeToString(native32(4)))
}

// TestSCTPLocalAddrs makes strace play the kernel, whose length omits the struct before the
// addresses, with one address and many.
func TestSCTPLocalAddrs(t *testing.T) {
	need.IPv4(t)
	one := csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))
	for _, more := range []int{0, 1, 400} {
		s := sctp(t, csock.SOCK_STREAM)
		check(t, s.Bind(one))
		local, err := s.LocalAddr()
		check(t, err)
		want := []csock.SockAddr{local}
		ap, _ := local.AddrPort()
		for i := range more {
			want = append(want, csock.InetAddr(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 1, byte(i / 100), byte(1 + i%100)}), ap.Port())))
		}
		if more > 0 {
			check(t, csock.SCTP_SOCKOPT_BINDX_ADD.Set(s, want[1:]))
		}
		got, err := csock.SCTP_GET_LOCAL_ADDRS.Get(s)
		check(t, err)
		if diff := cmp.Diff(want, got.Addrs, cmp.Comparer(sameAddr)); diff != "" {
			t.Errorf("%d addresses (-want +got):\n%s", len(want), diff)
		}
	}
}

// native32 returns a number in the memory layout of C's int.
func native32(n int) []byte {
	return binary.NativeEndian.AppendUint32(nil, uint32(n))
}

// The states of connections and associations have C's names; unknown states print as numbers.
func TestStateNames(t *testing.T) {
	for name, state := range map[string]fmt.Stringer{
		"SCTP_EMPTY": csock.SCTP_EMPTY, "SCTP_CLOSED": csock.SCTP_CLOSED, "SCTP_COOKIE_WAIT": csock.SCTP_COOKIE_WAIT,
		"SCTP_COOKIE_ECHOED": csock.SCTP_COOKIE_ECHOED, "SCTP_ESTABLISHED": csock.SCTP_ESTABLISHED,
		"SCTP_SHUTDOWN_PENDING": csock.SCTP_SHUTDOWN_PENDING, "SCTP_SHUTDOWN_SENT": csock.SCTP_SHUTDOWN_SENT,
		"SCTP_SHUTDOWN_RECEIVED": csock.SCTP_SHUTDOWN_RECEIVED, "SCTP_SHUTDOWN_ACK_SENT": csock.SCTP_SHUTDOWN_ACK_SENT,
		"TCP_ESTABLISHED": csock.TCP_ESTABLISHED, "TCP_SYN_SENT": csock.TCP_SYN_SENT, "TCP_SYN_RECV": csock.TCP_SYN_RECV,
		"TCP_FIN_WAIT1": csock.TCP_FIN_WAIT1, "TCP_FIN_WAIT2": csock.TCP_FIN_WAIT2, "TCP_TIME_WAIT": csock.TCP_TIME_WAIT,
		"TCP_CLOSE": csock.TCP_CLOSE, "TCP_CLOSE_WAIT": csock.TCP_CLOSE_WAIT, "TCP_LAST_ACK": csock.TCP_LAST_ACK,
		"TCP_LISTEN": csock.TCP_LISTEN, "TCP_CLOSING": csock.TCP_CLOSING, "TCP_NEW_SYN_RECV": csock.TCP_NEW_SYN_RECV,
		"TCP_BOUND_INACTIVE": csock.TCP_BOUND_INACTIVE,
		"TCP_CA_Open":        csock.TCP_CA_Open, "TCP_CA_Disorder": csock.TCP_CA_Disorder, "TCP_CA_CWR": csock.TCP_CA_CWR,
		"TCP_CA_Recovery": csock.TCP_CA_Recovery, "TCP_CA_Loss": csock.TCP_CA_Loss,
		"99": csock.SCTPState(99), "-1": csock.TCPState(-1), "9": csock.TCPCAState(9),
	} {
		same(t, fmt.Sprintf("%T %d", state, state), state.String(), name)
	}
}

// The kernel's view of an association, if it has SCTP.
func TestSCTPState(t *testing.T) {
	need.IPv4(t)
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_SCTP)
	need.Feature(t, "SCTP", err)
	defer s.Close()
	check(t, s.Bind(loopback4))
	check(t, s.Listen(1))
	to := need.Value[csock.SockAddr](t)(s.LocalAddr())
	c, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_SCTP)
	check(t, err)
	defer c.Close()
	check(t, c.Connect(to))
	same(t, "an association", need.Value[csock.SCTPStatus](t)(csock.SCTP_STATUS.Get(c)).State.String(), "SCTP_ESTABLISHED")
}
