//go:build linux

package tests

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// getInC returns an int option as C reads it.
func getInC(t testing.TB, s *csock.Socket, name string) int {
	t.Helper()
	level, number := levelOf(name)
	p, err := cref.TransportGet(s.FD(), level, number, make([]byte, 4))
	check(t, err)
	return int(int32(binary.NativeEndian.Uint32(p)))
}

// scalar sets an option, and reads it with C and csock.
type scalar struct {
	name  string
	kind  kind
	set   csock.Setting
	get   func(*csock.Socket) (any, error)
	want  any // as csock reads it
	wantC int // as C reads it
}

func scalarOf[T any](k string, o csock.Option[T], v, want T, wantC int) scalar {
	return scalar{name: o.String(), kind: kindOf(k), set: o.To(v), get: func(s *csock.Socket) (any, error) { return o.Get(s) }, want: want, wantC: wantC}
}

// durationOf makes an option for which csock has no variable, like a user would.
func durationOf(o csock.Option[time.Duration], unit time.Duration) csock.Option[time.Duration] {
	return csock.NewDurationOption(o.String(), o.Level(), o.Number(), unit)
}

func TestTransportScalars(t *testing.T) {
	ms, us := time.Millisecond, time.Microsecond
	for _, c := range []scalar{
		scalarOf("tcp4", csock.TCP_NODELAY, true, true, 1),
		scalarOf("tcp4", csock.TCP_MAXSEG, 1000, 1000, 1000),
		scalarOf("tcp6", csock.TCP_CORK, true, true, 1),
		scalarOf("tcp4", csock.TCP_KEEPIDLE, 90*time.Second+1, 91*time.Second, 91),
		scalarOf("tcp4", csock.TCP_KEEPINTVL, time.Nanosecond, time.Second, 1),
		scalarOf("tcp4", csock.TCP_KEEPCNT, 5, 5, 5),
		scalarOf("tcp4", csock.TCP_SYNCNT, 3, 3, 3),
		scalarOf("tcp4", csock.TCP_LINGER2, 10*time.Second, 10*time.Second, 10),
		scalarOf("tcp4", csock.TCP_LINGER2, -time.Second, -time.Second, -1),
		scalarOf("tcp4", csock.TCP_DEFER_ACCEPT, 3*time.Second, 3*time.Second, 3),
		scalarOf("tcp4", csock.TCP_WINDOW_CLAMP, 65536, 65536, 65536),
		scalarOf("tcp4", csock.TCP_THIN_LINEAR_TIMEOUTS, true, true, 1),
		scalarOf("tcp4", csock.TCP_THIN_DUPACK, true, false, 0),
		scalarOf("tcp4", csock.TCP_USER_TIMEOUT, 1500*us, 2*ms, 2),
		scalarOf("tcp4", durationOf(csock.TCP_USER_TIMEOUT, ms), 1500*us, 2*ms, 2),
		scalarOf("tcp4", durationOf(csock.TCP_KEEPIDLE, time.Second), 90*time.Second, 90*time.Second, 90),
		scalarOf("tcp4", csock.TCP_FASTOPEN_CONNECT, true, true, 1),
		scalarOf("tcp4", csock.TCP_FASTOPEN_NO_COOKIE, true, true, 1),
		scalarOf("tcp4", csock.TCP_NOTSENT_LOWAT, 1<<31, 1<<31, -1<<31),
		scalarOf("tcp4", csock.TCP_SAVE_SYN, 2, 2, 2),
		scalarOf("tcp4", csock.TCP_INQ, true, true, 1),
		scalarOf("tcp4", csock.TCP_TX_DELAY, 3*us, 3*us, 3),
		scalarOf("tcp4", csock.TCP_RTO_MAX_MS, 2*time.Second, 2*time.Second, 2000),
		scalarOf("tcp4", csock.TCP_RTO_MIN_US, 8*ms, 8*ms, 8000),
		scalarOf("tcp4", csock.TCP_DELACK_MAX_US, 8*ms, 8*ms, 8000),
		scalarOf("udp4", csock.UDP_CORK, true, true, 1),
		scalarOf("udp4", csock.UDP_ENCAP, csock.UDP_ENCAP_ESPINUDP, csock.UDP_ENCAP_ESPINUDP, 2),
		scalarOf("udp6", csock.UDP_NO_CHECK6_TX, true, true, 1),
		scalarOf("udp6", csock.UDP_NO_CHECK6_RX, true, true, 1),
		scalarOf("udp6", csock.UDP_SEGMENT, 1200, 1200, 1200),
		scalarOf("udp4", csock.UDP_GRO, true, true, 1),
	} {
		s := c.kind.open(t)
		if err := s.Set(c.set); errors.Is(err, syscall.ENOPROTOOPT) {
			t.Logf("this kernel has no %s", c.name)
			continue
		} else {
			check(t, err)
		}
		got, err := c.get(s)
		check(t, err)
		same(t, c.name, got, c.want)
		same(t, c.name+" in C", getInC(t, s, c.name), c.wantC)
	}
}

func TestTransportScalarsDoNotAllocate(t *testing.T) {
	s := kindOf("tcp4").open(t)
	for name, f := range map[string]func() error{
		"SetTCPNodelay":      func() error { return s.SetTCPNodelay(true) },
		"TCPNodelay":         func() error { _, err := s.TCPNodelay(); return err },
		"SetTCPUserTimeout":  func() error { return s.SetTCPUserTimeout(time.Second) },
		"TCPUserTimeout":     func() error { _, err := s.TCPUserTimeout(); return err },
		"SetTCPNotsentLowat": func() error { return s.SetTCPNotsentLowat(1 << 16) },
		"TCPNotsentLowat":    func() error { _, err := s.TCPNotsentLowat(); return err },
		"SetTCPKeepalive":    func() error { return s.SetTCPKeepalive(csock.TCPKeepalive{Time: time.Minute, Retries: 3}) },
	} {
		if n := testing.AllocsPerRun(100, func() { check(t, f()) }); n != 0 && !need.Slow {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func TestTCPKeepalive(t *testing.T) {
	s := kindOf("tcp4").open(t)
	interval, retries := getInC(t, s, "TCP_KEEPINTVL"), getInC(t, s, "TCP_KEEPCNT")
	check(t, s.SetTCPKeepalive(csock.TCPKeepalive{Time: 90 * time.Second}))
	on, err := s.Keepalive()
	check(t, err)
	same(t, "SO_KEEPALIVE", on, true)
	same(t, "TCP_KEEPIDLE", getInC(t, s, "TCP_KEEPIDLE"), 90)
	same(t, "TCP_KEEPINTVL, untouched", getInC(t, s, "TCP_KEEPINTVL"), interval)
	same(t, "TCP_KEEPCNT, untouched", getInC(t, s, "TCP_KEEPCNT"), retries)
	check(t, s.SetTCPKeepalive(csock.TCPKeepalive{Interval: 7 * time.Second, Retries: 4}))
	d, err := s.TCPKeepaliveTime()
	check(t, err)
	same(t, "TCPKeepaliveTime", d, 90*time.Second)
	d, err = s.TCPKeepaliveInterval()
	check(t, err)
	same(t, "TCPKeepaliveInterval", d, 7*time.Second)
	n, err := s.TCPKeepaliveRetries()
	check(t, err)
	same(t, "TCPKeepaliveRetries", n, 4)
	if err := s.SetTCPKeepalive(csock.TCPKeepalive{Retries: 1000}); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("1000 retries: %v", err)
	}
	if err := s.SetTCPAckFrequency(1); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("SetTCPAckFrequency on Linux: %v", err)
	}
}

// TestTCPInfo compares TCP_INFO with what ss reads from the kernel.
func TestTCPInfo(t *testing.T) {
	client, server := kindOf("tcp4").connected(t)
	sent(t, 1000)(client.Send(make([]byte, 1000), 0))
	recv(t, server, 1000)
	sent(t, 10)(server.Send(make([]byte, 10), 0))
	recv(t, client, 10)
	info, err := csock.TCP_INFO.Get(client)
	check(t, err)
	same(t, "State", info.State, csock.TCP_ESTABLISHED)
	same(t, "State in words", info.State.String(), "TCP_ESTABLISHED")
	same(t, "CAState", info.CAState, csock.TCP_CA_Open)
	same(t, "BytesReceived", info.BytesReceived, 10)

	need.Tool(t, "ss")
	local, err := client.LocalAddr()
	check(t, err)
	ap, _ := local.AddrPort()
	out, err := need.Command(t, "ss", "-tinH", "sport", "=", fmt.Sprint(ap.Port())).CombinedOutput()
	check(t, err)
	field := func(re string) string {
		m := regexp.MustCompile(re).FindStringSubmatch(string(out))
		if m == nil {
			t.Errorf("ss has no %s:\n%s", re, out)
			return ""
		}
		return m[1]
	}
	ms := func(d time.Duration) string {
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", float64(d)/1e6), "0"), ".")
	}
	same(t, "wscale", fmt.Sprintf("%d,%d", info.SndWscale, info.RcvWscale), field(`wscale:(\S+)`))
	same(t, "rto", ms(info.RTO), field(` rto:(\S+)`))
	same(t, "rtt", ms(info.RTT)+"/"+ms(info.RTTVar), field(` rtt:(\S+)`))
	same(t, "mss", fmt.Sprint(info.SndMSS), field(` mss:(\d+)`))
	same(t, "pmtu", fmt.Sprint(info.PMTU), field(` pmtu:(\d+)`))
	same(t, "rcvmss", fmt.Sprint(info.RcvMSS), field(` rcvmss:(\d+)`))
	same(t, "advmss", fmt.Sprint(info.AdvMSS), field(` advmss:(\d+)`))
	same(t, "cwnd", fmt.Sprint(info.SndCwnd), field(` cwnd:(\d+)`))
	same(t, "bytes_sent", fmt.Sprint(info.BytesSent), field(` bytes_sent:(\d+)`))
	same(t, "bytes_acked", fmt.Sprint(info.BytesAcked), field(` bytes_acked:(\d+)`))
	same(t, "bytes_received", fmt.Sprint(info.BytesReceived), field(` bytes_received:(\d+)`))
	same(t, "segs_out", fmt.Sprint(info.SegsOut), field(` segs_out:(\d+)`))
	same(t, "segs_in", fmt.Sprint(info.SegsIn), field(` segs_in:(\d+)`))
	same(t, "data_segs_out", fmt.Sprint(info.DataSegsOut), field(` data_segs_out:(\d+)`))
	same(t, "data_segs_in", fmt.Sprint(info.DataSegsIn), field(` data_segs_in:(\d+)`))
	same(t, "delivered", fmt.Sprint(info.Delivered), field(` delivered:(\d+)`))
	same(t, "rcv_space", fmt.Sprint(info.RcvSpace), field(` rcv_space:(\d+)`))
	same(t, "rcv_ssthresh", fmt.Sprint(info.RcvSsthresh), field(` rcv_ssthresh:(\d+)`))
	same(t, "minrtt", ms(info.MinRTT), field(` minrtt:(\S+)`))
	same(t, "snd_wnd", fmt.Sprint(info.SndWnd), field(` snd_wnd:(\d+)`))

	// C reads the same length from the kernel.
	level, number := levelOf("TCP_INFO")
	p, err := cref.TransportGet(client.FD(), level, number, make([]byte, 1024))
	check(t, err)
	if info.Len() != len(p) && info.Len() < 280 {
		t.Errorf("Len %d, in C %d", info.Len(), len(p))
	}
	for _, f := range []struct {
		field any
		end   int // its offset in struct tcp_info
	}{{&info.State, 1}, {&info.RTO, 12}, {&info.TotalRetrans, 104}, {&info.SndWnd, 232}, {&info.RcvWnd, 236}, {&info.TotalRTOTime, 248}, {&info.AccECN, 280}} {
		same(t, fmt.Sprintf("Has of the field that ends at %d", f.end), info.Has(f.field), len(p) >= f.end)
	}
	var none csock.TCPInfo
	same(t, "Has of an empty result", none.Has(&none.RTT), false)
	same(t, "Has of another's field", info.Has(&none.RTT), false)
	same(t, "Has of nil", info.Has(nil), false)
	same(t, "Has of a nil pointer", info.Has((*uint32)(nil)), false)
	same(t, "Has of a value", info.Has(info.RTT), false)
}

// TestTCPInfoOfOldKernel uses strace to cut the kernel's result short, as an old kernel would.
func TestTCPInfoOfOldKernel(t *testing.T) {
	if os.Getenv(structChild) != "" {
		s := kindOf("tcp4").open(t)
		info, err := csock.TCP_INFO.Get(s)
		check(t, err)
		same(t, "Len", info.Len(), 104)
		same(t, "Has(TotalRetrans)", info.Has(&info.TotalRetrans), true)
		same(t, "Has(RTT), which is 0", info.RTT == 0 && info.Has(&info.RTT), true)
		same(t, "Has(PacingRate)", info.Has(&info.PacingRate), false)
		same(t, "Has(MinRTT)", info.Has(&info.MinRTT), false)
		fmt.Println("compared")
		return
	}
	_, out := straced(t, "old", "-e", "trace=getsockopt", "-e", "inject=getsockopt:retval=0:poke_exit=@arg5=68000000")
	if !strings.Contains(out, "compared") {
		t.Error(out)
	}
}

// accepted returns a connection of two sockets, after preparing both.
func accepted(t testing.TB, k kind, listen, connect func(*csock.Socket)) (client, server *csock.Socket) {
	t.Helper()
	l, c := k.open(t), k.open(t)
	listen(l)
	check(t, l.Bind(k.addr(t)))
	check(t, l.Listen(1))
	to, err := l.LocalAddr()
	check(t, err)
	connect(c)
	check(t, c.Connect(to))
	s, _, err := l.Accept()
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return c, s
}

func nothing(*csock.Socket) {}

func TestTCPSavedSyn(t *testing.T) {
	client, server := accepted(t, kindOf("tcp6"), func(l *csock.Socket) { check(t, csock.TCP_SAVE_SYN.Set(l, 1)) }, nothing)
	local, err := client.LocalAddr()
	check(t, err)
	ap, _ := local.AddrPort()
	syn, err := csock.TCP_SAVED_SYN.Get(server)
	check(t, err)
	if len(syn) < 60 || syn[0]>>4 != 6 || binary.BigEndian.Uint16(syn[40:]) != ap.Port() || syn[53] != 2 {
		t.Errorf("no SYN of port %d: %x", ap.Port(), syn)
	}
	syn, err = csock.TCP_SAVED_SYN.Get(server)
	check(t, err)
	same(t, "length of a second Get", len(syn), 0)
}

// A SYN may have more options of IPv6 than the first Get has room for.
func TestTCPSavedSynOfManyOptions(t *testing.T) {
	need.NetRaw(t)
	const size = 2040 // the most that the kernel takes
	header := []byte{0, size/8 - 1}
	for len(header) < size { // experimental ones (RFC 4727), to be skipped
		n := min(size-len(header)-2, 200)
		header = append(append(header, 0x1e, byte(n)), make([]byte, n)...)
	}
	ns := netns.New(t)
	ns.Sysctl(t, "ipv6/max_dst_opts_number", "100")
	ns.Sysctl(t, "ipv6/max_dst_opts_length", "4096")
	l, c := inNS(t, ns, "tcp6"), inNS(t, ns, "tcp6")
	check(t, csock.TCP_SAVE_SYN.Set(l, 1))
	at := ipAddr("[::1]:9090")
	check(t, l.Bind(at))
	check(t, l.Listen(1))
	check(t, csock.IPV6_DSTOPTS.Set(c, header))
	check(t, c.ConnectTimeout(at, 10*time.Second))
	s, _, err := l.Accept()
	check(t, err)
	defer s.Close()
	syn, err := csock.TCP_SAVED_SYN.Get(s)
	check(t, err)
	if len(syn) < 40+size+20 || !bytes.Equal(syn[42:40+size], header[2:]) {
		t.Errorf("a SYN of %d bytes, want one with %d of options: %x", len(syn), size, syn)
	}
}

func TestTCPDeferAccept(t *testing.T) {
	need.IPv4(t)
	k := kindOf("tcp4")
	l := k.open(t)
	check(t, csock.TCP_DEFER_ACCEPT.Set(l, 30*time.Second))
	check(t, l.Bind(loopback4))
	check(t, l.Listen(1))
	to, err := l.LocalAddr()
	check(t, err)
	c := k.open(t)
	check(t, c.Connect(to))
	check(t, l.SetNonblocking(true))
	if _, _, err := l.Accept(); !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("Accept of a connection without data: %v", err)
	}
	sent(t, 1)(c.Send([]byte("x"), 0))
	check(t, l.SetNonblocking(false))
	s, _, err := l.Accept()
	check(t, err)
	defer s.Close()
	same(t, "data", recv(t, s, 1), "x")
}

func TestTCPCork(t *testing.T) {
	client, server := kindOf("tcp4").connected(t)
	check(t, client.SetTCPCork(true))
	sent(t, 1)(client.Send([]byte("a"), 0))
	info, err := csock.TCP_INFO.Get(client)
	check(t, err)
	same(t, "bytes that TCP_CORK holds back", info.NotsentBytes, 1)
	sent(t, 1)(client.Send([]byte("b"), 0))
	check(t, client.SetTCPCork(false))
	p := make([]byte, 10)
	sent(t, 2)(server.Recv(p, 0))
}

func TestTCPNotsentLowat(t *testing.T) {
	client, _ := kindOf("tcp4").connected(t)
	check(t, client.SetNonblocking(true))
	check(t, client.SetTCPNotsentLowat(1))
	// While data waits to be sent the socket is not writable, even if there is room.
	p := make([]byte, 1<<16)
	for range 1000 {
		if _, err := client.Send(p, 0); err != nil {
			break
		}
	}
	info, err := csock.TCP_INFO.Get(client)
	check(t, err)
	if writable := cref.TransportPoll(client.FD(), pollOut); info.NotsentBytes == 0 || writable {
		t.Errorf("%d bytes are not sent, and the socket is writable: %v", info.NotsentBytes, writable)
	}
}

// The events of poll(2).
const (
	pollIn  = 1
	pollOut = 4
)

func TestTCPFastopen(t *testing.T) {
	ns := netns.New(t)
	ns.Sysctl(t, "ipv4/tcp_fastopen", "3")
	k := kindOf("tcp4")
	var l *csock.Socket
	var clients [2]*csock.Socket
	ns.Do(func() {
		l = k.open(t)
		for i := range clients {
			clients[i] = k.open(t)
		}
	})
	keys := [][16]byte{{1, 2, 3}, {4, 5, 6}}
	check(t, csock.TCP_FASTOPEN_KEY.Set(l, keys))
	got, err := csock.TCP_FASTOPEN_KEY.Get(l)
	check(t, err)
	same(t, "keys", fmt.Sprint(got), fmt.Sprint(keys))
	check(t, csock.TCP_FASTOPEN.Set(l, 5))
	same(t, "TCP_FASTOPEN in C", getInC(t, l, "TCP_FASTOPEN"), 5)
	check(t, l.Bind(loopback4))
	check(t, l.Listen(5))
	to, err := l.LocalAddr()
	check(t, err)
	// The first connection gets the cookie, the second sends data with the SYN.
	for i, c := range clients {
		check(t, csock.TCP_FASTOPEN_CONNECT.Set(c, true))
		check(t, c.Connect(to))
		sent(t, 5)(c.Send([]byte("hello"), 0))
		s, _, err := l.Accept()
		check(t, err)
		same(t, "data", recv(t, s, 5), "hello")
		info, err := csock.TCP_INFO.Get(c)
		check(t, err)
		same(t, fmt.Sprintf("connection %d sent data with the SYN", i), info.Options&csock.TCPI_OPT_SYN_DATA != 0, i == 1)
		check(t, s.Close())
	}
}

func TestTCPMD5Sig(t *testing.T) {
	k := kindOf("tcp6")
	addr := netip.MustParseAddr("::1")
	key := func(text string) csock.TCPMD5Sig { return csock.TCPMD5Sig{Addr: addr, Key: []byte(text)} }
	need.IPv6(t)
	need.Feature(t, "TCP_MD5SIG", csock.TCP_MD5SIG.Set(k.open(t), key("x")))
	l := k.open(t)
	check(t, csock.TCP_MD5SIG.Set(l, key("secret")))
	check(t, l.Bind(loopback6))
	check(t, l.Listen(5))
	to, err := l.LocalAddr()
	check(t, err)

	for _, a := range []string{"::1", "::ffff:127.0.0.1"} {
		check(t, csock.TCP_MD5SIG_EXT.Set(k.open(t), csock.TCPMD5Sig{Addr: netip.MustParseAddr(a), Key: []byte("all bits count")}))
	}

	// A key for any peer.
	for _, test := range []struct {
		kind, any, peer string
		at              csock.SockAddr
	}{{"tcp4", "0.0.0.0", "127.0.0.1", loopback4}, {"tcp6", "::", "::1", loopback6}} {
		l, c := kindOf(test.kind).open(t), kindOf(test.kind).open(t)
		check(t, csock.TCP_MD5SIG_EXT.Set(l, csock.TCPMD5Sig{Addr: netip.MustParseAddr(test.any), Key: []byte("secret")}))
		check(t, l.Bind(test.at))
		check(t, l.Listen(1))
		check(t, csock.TCP_MD5SIG.Set(c, csock.TCPMD5Sig{Addr: netip.MustParseAddr(test.peer), Key: []byte("secret")}))
		if err := c.ConnectTimeout(need.Value[csock.SockAddr](t)(l.LocalAddr()), 10*time.Second); err != nil {
			t.Errorf("connecting to a listener with a key for %s: %v", test.any, err)
		}
	}

	right := k.open(t)
	check(t, csock.TCP_MD5SIG_EXT.Set(right, csock.TCPMD5Sig{Addr: addr, PrefixLen: 64, Key: []byte("secret")}))
	check(t, right.ConnectTimeout(to, 10*time.Second))

	for name, prepare := range map[string]func(*csock.Socket){
		"a wrong key": func(s *csock.Socket) { check(t, csock.TCP_MD5SIG.Set(s, key("public"))) },
		"no key":      nothing,
		"a key that was removed": func(s *csock.Socket) {
			check(t, csock.TCP_MD5SIG.Set(s, key("secret")))
			check(t, csock.TCP_MD5SIG.Set(s, key("")))
		},
	} {
		s := k.open(t)
		prepare(s)
		if err := s.ConnectTimeout(to, 100*time.Millisecond); !errors.Is(err, syscall.ETIMEDOUT) {
			t.Errorf("connecting with %s: %v", name, err)
		}
	}
}

func TestTCPCongestion(t *testing.T) {
	s, to := kindOf("tcp4").connected(t)
	check(t, s.SetTCPCongestion("reno"))
	level, number := levelOf("TCP_CONGESTION")
	p, err := cref.TransportGet(s.FD(), level, number, make([]byte, 64))
	check(t, err)
	same(t, "name in C", string(bytes.TrimRight(p, "\x00")), "reno")
	name, err := s.TCPCongestion()
	check(t, err)
	same(t, "name", name, "reno")
	info, err := csock.TCP_CC_INFO.Get(s)
	check(t, err)
	if _, ok := info.BBR(); ok || len(info) != 0 {
		t.Errorf("reno reports %x", info)
	}
	need.Feature(t, "bbr", s.SetTCPCongestion("bbr"), syscall.ENOENT, syscall.EPERM)
	sent(t, 1)(s.Send([]byte("x"), 0))
	recv(t, to, 1)
	info, err = csock.TCP_CC_INFO.Get(s)
	check(t, err)
	bbr, ok := info.BBR()
	level, number = levelOf("TCP_CC_INFO")
	p, err = cref.TransportGet(s.FD(), level, number, make([]byte, 64))
	check(t, err)
	want := csock.TCPBBRInfo{
		Bandwidth:  binary.LittleEndian.Uint64(p),
		MinRTT:     time.Duration(binary.NativeEndian.Uint32(p[8:])) * time.Microsecond,
		PacingGain: binary.NativeEndian.Uint32(p[12:]),
		CwndGain:   binary.NativeEndian.Uint32(p[16:]),
	}
	same(t, "what bbr reports", bbr, want)
	same(t, "whether it reports", ok, true)
	if bbr.Bandwidth == 0 {
		t.Errorf("bbr reports %+v", bbr)
	}
}

// TestTCPRepair reads a connection's state and gives it to a second socket, like checkpoint and
// restore.
func TestTCPRepair(t *testing.T) {
	ns := netns.New(t) // where no other program takes the port when it is free
	client := in(t, ns, csock.AF_INET, csock.SOCK_STREAM)
	server, _ := connectAndExchange(t, client, in(t, ns, csock.AF_INET, csock.SOCK_STREAM), loopback4)
	local, err := client.LocalAddr()
	check(t, err)
	peer, err := client.PeerAddr()
	check(t, err)
	info, err := csock.TCP_INFO.Get(client)
	check(t, err)

	check(t, csock.TCP_REPAIR.Set(client, csock.TCP_REPAIR_ON))
	var seq [2]uint32
	for i, q := range []csock.TCPQueue{csock.TCP_RECV_QUEUE, csock.TCP_SEND_QUEUE} {
		check(t, csock.TCP_REPAIR_QUEUE.Set(client, q))
		seq[i], err = csock.TCP_QUEUE_SEQ.Get(client)
		check(t, err)
	}
	window, err := csock.TCP_REPAIR_WINDOW.Get(client)
	check(t, err)
	same(t, "the peer's window", window.SndWnd, info.SndWnd)
	same(t, "RcvWup", window.RcvWup, seq[0])
	stamp, err := csock.TCP_TIMESTAMP.Get(client)
	check(t, err)
	// Since Linux 6.7 the lowest bit is the unit's.
	for _, bit := range []uint32{1, 0} {
		check(t, csock.TCP_TIMESTAMP.Set(client, stamp&^1|bit))
		info := need.Value[csock.TCPInfo](t)(csock.TCP_INFO.Get(client))
		if usec := info.Options&csock.TCPI_OPT_USEC_TS != 0; usec == (bit == 1) {
			same(t, "lowest bit of TCP_TIMESTAMP", need.Value[uint32](t)(csock.TCP_TIMESTAMP.Get(client))&1, bit)
		} else if usec {
			t.Error("microseconds after an even TCP_TIMESTAMP")
		}
	}
	check(t, client.Close()) // quietly, in repair

	again := in(t, ns, csock.AF_INET, csock.SOCK_STREAM)
	check(t, again.Set(csock.TCP_REPAIR.To(csock.TCP_REPAIR_ON), csock.SO_REUSEADDR.To(true)))
	check(t, again.Bind(local))
	for i, q := range []csock.TCPQueue{csock.TCP_RECV_QUEUE, csock.TCP_SEND_QUEUE} {
		check(t, again.Set(csock.TCP_REPAIR_QUEUE.To(q), csock.TCP_QUEUE_SEQ.To(seq[i])))
	}
	check(t, again.Connect(peer))
	check(t, again.Set(
		csock.TCP_REPAIR_OPTIONS.To([]csock.TCPRepairOpt{
			{Code: 2, Value: info.SndMSS},
			{Code: 3, Value: uint32(info.SndWscale) | uint32(info.RcvWscale)<<16},
			{Code: 4}, {Code: 8},
		}),
		csock.TCP_TIMESTAMP.To(stamp),
		csock.TCP_REPAIR_WINDOW.To(window),
		csock.TCP_REPAIR.To(csock.TCP_REPAIR_OFF),
	))
	sent(t, 6)(again.Send([]byte("second"), 0))
	same(t, "data from the restored connection", recv(t, server, 6), "second")
	sent(t, 5)(server.Send([]byte("third"), 0))
	same(t, "data to the restored connection", recv(t, again, 5), "third")
}

// TestTCPUserTimeout drops what a connection sends, and sees it fail in time.
func TestTCPUserTimeout(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Link(t, a, "left", []string{"10.9.0.1/24"}, b, "right", []string{"10.9.0.2/24"})
	k := kindOf("tcp4")
	var l, c *csock.Socket
	a.Do(func() { c = k.open(t) })
	b.Do(func() { l = k.open(t) })
	check(t, l.Bind(csock.InetAddr(netip.MustParseAddrPort("10.9.0.2:0"))))
	check(t, l.Listen(1))
	to, err := l.LocalAddr()
	check(t, err)
	check(t, c.Connect(to))
	check(t, c.SetTCPUserTimeout(500*time.Millisecond))
	b.IP(t, "link set right down")
	a.IP(t, "neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev left nud permanent")
	sent(t, 1)(c.Send([]byte("x"), 0))
	limited(t, c)
	if _, err := c.Recv(make([]byte, 1), 0); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("Recv on a connection whose peer is gone: %v", err)
	}
}

// TestTCPZerocopyReceive maps the data that a connection received.
func TestTCPZerocopyReceive(t *testing.T) {
	client, server := kindOf("tcp4").connected(t)
	const size = 1 << 16
	mapping, err := syscall.Mmap(int(server.FD()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	check(t, err)
	defer syscall.Munmap(mapping)
	sent(t, 9)(client.Send([]byte("too small"), 0))
	for !cref.TransportPoll(server.FD(), pollIn) {
		time.Sleep(time.Millisecond)
	}
	z, err := csock.TCP_ZEROCOPY_RECEIVE.Get(server)
	check(t, err)
	same(t, "bytes in the queue", z.Inq, 9)
	copybuf := make([]byte, 100)
	z, err = csock.TCP_ZEROCOPY_RECEIVE.GetWith(server, csock.TCPZerocopyReceive{Mapping: mapping, Copybuf: copybuf})
	check(t, err)
	if z.Mapped != 0 || z.Copied != 9 || string(copybuf[:9]) != "too small" || z.Err != nil {
		t.Errorf("%+v, copied %q", z, copybuf[:9])
	}

	// Without a mapping there is no place for a page; neither is there at the stream's end.
	const pages = 1 << 14
	sent(t, pages)(client.Send(make([]byte, pages), 0))
	for inq := 0; inq < pages; {
		inq, err = server.Peek(make([]byte, pages))
		check(t, err)
	}
	if z, err := csock.TCP_ZEROCOPY_RECEIVE.Get(server); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("with pages in the queue: %+v, %v", z, err)
	}
	recv(t, server, pages)
	check(t, client.Close())
	for {
		n, err := server.Recv(make([]byte, pages), 0)
		check(t, err)
		if n == 0 {
			break
		}
	}
	if z, err := csock.TCP_ZEROCOPY_RECEIVE.Get(server); !errors.Is(err, syscall.EIO) {
		t.Errorf("at the end: %+v, %v", z, err)
	}
}

func TestTCPIsMPTCP(t *testing.T) {
	s := kindOf("tcp4").open(t)
	is, err := csock.TCP_IS_MPTCP.Get(s)
	need.Feature(t, "TCP_IS_MPTCP", err)
	same(t, "TCP_IS_MPTCP", is, false)
}

// The states of rare congestion controls, as C fills them.
func TestTCPCCInfo(t *testing.T) {
	vegas, _ := cref.TransportValue("vegas")
	dctcp, _ := cref.TransportValue("dctcp")
	wantVegas := csock.TCPVegasInfo{Enabled: true, RTTCnt: 2, RTT: 3 * time.Microsecond, MinRTT: 4 * time.Microsecond}
	wantDCTCP := csock.TCPDCTCPInfo{Enabled: true, CEState: 2, Alpha: 3, ABECN: 4, ABTotal: 5}
	if got, ok := csock.TCPCCInfo(vegas).Vegas(); !ok || got != wantVegas {
		t.Errorf("vegas: %+v, %t, want %+v", got, ok, wantVegas)
	}
	if got, ok := csock.TCPCCInfo(dctcp).DCTCP(); !ok || got != wantDCTCP {
		t.Errorf("dctcp: %+v, %t, want %+v", got, ok, wantDCTCP)
	}
	if got, ok := csock.TCPCCInfo(vegas[:len(vegas)-1]).Vegas(); ok || got != (csock.TCPVegasInfo{}) {
		t.Errorf("vegas, cut: %+v, %t", got, ok)
	}
	if got, ok := csock.TCPCCInfo(dctcp[:len(dctcp)-1]).DCTCP(); ok || got != (csock.TCPDCTCPInfo{}) {
		t.Errorf("dctcp, cut: %+v, %t", got, ok)
	}
}

// The congestion controls themselves, if the kernel has them.
func TestTCPCCInfoKernel(t *testing.T) {
	for name, enabled := range map[string]func(csock.TCPCCInfo) (bool, bool){
		"vegas": func(i csock.TCPCCInfo) (bool, bool) { v, ok := i.Vegas(); return v.Enabled && v.MinRTT > 0, ok },
		"dctcp": func(i csock.TCPCCInfo) (bool, bool) { v, ok := i.DCTCP(); return v.Enabled && v.Alpha <= 1024, ok },
	} {
		t.Run(name, func(t *testing.T) {
			k := kindOf("tcp4")
			l, to := k.bound(t)
			c := k.open(t)
			for _, s := range []*csock.Socket{l, c} { // dctcp is only for connections that have negotiated ECN
				need.Feature(t, name, s.SetTCPCongestion(name), syscall.ENOENT, syscall.EPERM)
			}
			check(t, c.Connect(to))
			s, _, err := l.Accept()
			check(t, err)
			defer s.Close()
			sent(t, 1)(c.Send([]byte("x"), 0))
			same(t, "data", recv(t, s, 1), "x")
			info := need.Value[csock.TCPCCInfo](t)(csock.TCP_CC_INFO.Get(c))
			if on, ok := enabled(info); !on || !ok {
				t.Errorf("%s reports %x", name, []byte(info))
			}
		})
	}
}

// The peer puts no more into a segment than TCP_MAXSEG allows.
func TestTCPMSS(t *testing.T) {
	_, server := accepted(t, kindOf("tcp4"), nothing, func(c *csock.Socket) { check(t, c.SetTCPMSS(1000)) })
	// Timestamps, if they are in use, take 12 bytes of it.
	if mss := need.Value[int](t)(server.TCPMSS()); mss > 1000 || mss < 1000-40 {
		t.Errorf("the peer's TCPMSS: %d", mss)
	}
	info := need.Value[csock.TCPInfo](t)(csock.TCP_INFO.Get(server))
	if info.SndMSS > 1000 || info.SndMSS < 1000-40 {
		t.Errorf("the peer's segments have %d bytes", info.SndMSS)
	}
}

// Received data is acknowledged at once, or later, together with the next data sent.
func TestTCPQuickack(t *testing.T) {
	client, server := kindOf("tcp4").connected(t)
	// Turning it on acknowledges what was not.
	atOnce := func(on bool) (n int) {
		t.Helper()
		for range 20 {
			check(t, server.SetTCPQuickack(true))
			kernel.Eventually(t, "an acknowledgement", func() bool {
				return need.Value[csock.TCPInfo](t)(csock.TCP_INFO.Get(client)).Unacked == 0
			})
			check(t, server.SetTCPQuickack(on))
			same(t, "TCP_QUICKACK", need.Value[bool](t)(server.TCPQuickack()), on)
			sent(t, 1)(client.Send([]byte("x"), 0))
			if need.Value[csock.TCPInfo](t)(csock.TCP_INFO.Get(client)).Unacked == 0 {
				n++
			}
			same(t, "data", recv(t, server, 1), "x")
		}
		return n
	}
	// On a busy machine some of them may go either way.
	if on, off := atOnce(true), atOnce(false); on < 15 || off > 5 {
		t.Errorf("of 20 segments %d were acknowledged at once, and %d where that is off", on, off)
	}
}
