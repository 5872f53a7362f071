//go:build linux

package tests

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// sockDiag sends a request to list sockets, and returns the payloads of the messages that come
// back.
func sockDiag(t *testing.T, flags csock.NetlinkFlags, request []byte) (payloads [][]byte, err error) {
	t.Helper()
	s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, csock.NETLINK_SOCK_DIAG)
	need.Feature(t, "NETLINK_SOCK_DIAG", err)
	defer s.Close()
	const seq = 7
	h := csock.NlMsghdr{Type: csock.SOCK_DIAG_BY_FAMILY, Flags: csock.NLM_F_REQUEST | flags, Seq: seq}
	m, err := h.Append(nil, request)
	check(t, err)
	sent(t, len(m))(s.SendTo(m, csock.NetlinkAddr(0, 0), 0))
	p := make([]byte, 1<<16)
	for {
		n, err := s.Recv(p, 0)
		check(t, err)
		for h, payload := range csock.NetlinkMessages(p[:n]) {
			switch {
			case h.Seq != seq:
				t.Fatalf("a reply to request %d", h.Seq)
			case h.Type == csock.NLMSG_DONE:
				return payloads, nil
			case h.Type == csock.NLMSG_ERROR:
				return payloads, csock.NetlinkError(payload)
			case h.Type != csock.SOCK_DIAG_BY_FAMILY:
				t.Fatalf("a message of type %v", h.Type)
			}
			payloads = append(payloads, bytes.Clone(payload))
			if flags&csock.NLM_F_DUMP == 0 {
				return payloads, nil
			}
		}
	}
}

// The kernel lists a listener as it is.
func TestInetDiag(t *testing.T) {
	need.IPv4(t)
	l := kindOf("tcp4").open(t)
	check(t, l.Bind(loopback4), l.Listen(17))
	local := need.Value[csock.SockAddr](t)(l.LocalAddr())
	at := need.Value[netip.AddrPort](t)(addrPort(local))
	cookie := need.Value[uint64](t)(csock.SO_COOKIE.Get(l))
	request := csock.InetDiagReqV2{
		Family: csock.AF_INET, Protocol: csock.IPPROTO_TCP, States: 1 << csock.TCP_LISTEN,
		Ext: csock.InetDiagExtOf(csock.INET_DIAG_CONG, csock.INET_DIAG_SKMEMINFO),
		ID:  csock.InetDiagSockID{Src: netip.AddrPortFrom(netip.Addr{}, at.Port())},
	}
	p, err := request.Append(nil)
	check(t, err)
	payloads, err := sockDiag(t, csock.NLM_F_DUMP, p)
	if errors.Is(err, syscall.ENOENT) {
		t.Skip("needs tcp_diag")
	}
	check(t, err)
	found := 0
	for _, payload := range payloads {
		m, attributes, ok := csock.ParseInetDiagMsg(payload)
		same(t, "a message is whole", ok, true)
		if m.ID.Cookie != cookie {
			continue
		}
		found++
		same(t, "family", m.Family, csock.AF_INET)
		same(t, "state", m.State, csock.TCP_LISTEN)
		same(t, "address", m.ID.Src, at)
		same(t, "backlog", m.WQueue, 17)
		same(t, "user", m.UID, uint32(syscall.Getuid()))
		var types []csock.NlattrType
		for typ, value := range csock.Nlattrs(attributes) {
			types = append(types, typ)
			switch typ {
			case csock.INET_DIAG_CONG:
				same(t, "congestion control", strings.TrimRight(string(value), "\x00"), need.Value[string](t)(csock.TCP_CONGESTION.Get(l)))
			case csock.INET_DIAG_SKMEMINFO:
				same(t, "receive buffer", binary.NativeEndian.Uint32(value[4:]), uint32(need.Value[int](t)(csock.SO_RCVBUF.Get(l))))
			}
		}
		if !slices.Contains(types, csock.INET_DIAG_CONG) || !slices.Contains(types, csock.INET_DIAG_SKMEMINFO) {
			t.Errorf("attributes %v", types)
		}
	}
	same(t, "messages about the listener", found, 1)

	// And one socket by its address and cookie; none by another cookie.
	request.ID = csock.InetDiagSockID{Src: at, Cookie: cookie}
	p = need.Value[[]byte](t)(request.Append(nil))
	payloads, err = sockDiag(t, 0, p)
	check(t, err)
	m, _, ok := csock.ParseInetDiagMsg(payloads[0])
	same(t, "the one asked for", ok && m.ID.Cookie == cookie, true)
	request.ID.Cookie++
	_, err = sockDiag(t, 0, need.Value[[]byte](t)(request.Append(nil)))
	connIs(t, "another cookie", err, syscall.ENOENT)
}

func TestUnixDiag(t *testing.T) {
	s := kindOf("unix").open(t)
	name := fmt.Sprint("csock-diag-", os.Getpid())
	addr := need.Value[csock.SockAddr](t)(csock.UnixAddr("@" + name))
	check(t, s.Bind(addr), s.Listen(9))
	cookie := need.Value[uint64](t)(csock.SO_COOKIE.Get(s))
	request := csock.UnixDiagReq{States: 1 << csock.TCP_LISTEN, Show: csock.UDIAG_SHOW_NAME | csock.UDIAG_SHOW_RQLEN}
	payloads, err := sockDiag(t, csock.NLM_F_DUMP, need.Value[[]byte](t)(request.Append(nil)))
	if errors.Is(err, syscall.ENOENT) {
		t.Skip("needs unix_diag")
	}
	check(t, err)
	found := 0
	for _, payload := range payloads {
		m, attributes, ok := csock.ParseUnixDiagMsg(payload)
		same(t, "a message is whole", ok, true)
		if m.Cookie != cookie {
			continue
		}
		found++
		same(t, "type", m.Type, csock.SOCK_STREAM)
		same(t, "state", m.State, csock.TCP_LISTEN)
		for typ, value := range csock.Nlattrs(attributes) {
			switch typ {
			case csock.UNIX_DIAG_NAME:
				same(t, "name", string(value), "\x00"+name)
			case csock.UNIX_DIAG_RQLEN:
				same(t, "backlog", binary.NativeEndian.Uint32(value[4:]), 9)
			}
		}
		request.Inode, request.Cookie = m.Inode, cookie
	}
	same(t, "messages about the listener", found, 1)
	payloads, err = sockDiag(t, 0, need.Value[[]byte](t)(request.Append(nil)))
	check(t, err)
	m, _, ok := csock.ParseUnixDiagMsg(payloads[0])
	same(t, "the one asked for", ok && m.Cookie == cookie, true)
}

// Messages and attributes that are cut, or whose lengths lie, end the iteration.
func TestNetlinkMessages(t *testing.T) {
	a, err := csock.AppendNlattr(nil, 1|csock.NLA_F_NESTED, []byte("abcde"))
	check(t, err)
	same(t, "an attribute's length", len(a), 12)
	a, err = csock.AppendNlattr(a, 2, nil)
	check(t, err)
	h := csock.NlMsghdr{Type: csock.NLMSG_MIN_TYPE, Flags: csock.NLM_F_MULTI, Seq: 3, Pid: 4}
	one, err := h.Append(nil, a)
	check(t, err)
	two, err := csock.NlMsghdr{Type: csock.NLMSG_DONE}.Append(one, []byte{1})
	check(t, err)
	messages := func(b []byte) (n int) {
		for h, payload := range csock.NetlinkMessages(b) {
			if n++; h.Type == csock.NLMSG_MIN_TYPE {
				h.Len = 0
				same(t, "header", h, csock.NlMsghdr{Type: csock.NLMSG_MIN_TYPE, Flags: csock.NLM_F_MULTI, Seq: 3, Pid: 4})
				var types []csock.NlattrType
				for typ, value := range csock.Nlattrs(payload) {
					if types = append(types, typ); typ&csock.NLA_TYPE_MASK == 1 {
						same(t, "value", string(value), "abcde")
					}
				}
				if !slices.Equal(types, []csock.NlattrType{1 | csock.NLA_F_NESTED, 2}) {
					t.Errorf("attributes %v", types)
				}
			}
		}
		return n
	}
	same(t, "messages", messages(two), 2)
	for n := range len(two) {
		want := 0
		if n >= len(one) {
			want = 1
		}
		if n >= len(one)+17 { // the second without the zeros at its end
			want = 2
		}
		if got := messages(two[:n]); got != want {
			t.Errorf("%d messages in the first %d bytes, want %d", got, n, want)
		}
	}
	for _, length := range []uint32{0, 1, 15, 1 << 31, math.MaxUint32} {
		lie := bytes.Clone(one)
		binary.NativeEndian.PutUint32(lie, length)
		same(t, "messages in one whose length lies", messages(lie), 0)
	}
	for _, length := range []uint16{0, 3, 13, math.MaxUint16} {
		lie := bytes.Clone(a[:12])
		binary.NativeEndian.PutUint16(lie, length)
		for range csock.Nlattrs(lie) {
			t.Errorf("an attribute of length %d in 12 bytes", length)
		}
	}
	_, err = csock.AppendNlattr(nil, 1, make([]byte, math.MaxUint16-4))
	check(t, err)
	long, err := csock.AppendNlattr(a, 1, make([]byte, math.MaxUint16-3))
	connIs(t, "too long an attribute", err, syscall.EMSGSIZE)
	same(t, "bytes before it", len(long), len(a))
	check(t, csock.NetlinkError([]byte{0, 0, 0, 0}))
	connIs(t, "an error", csock.NetlinkError(binary.NativeEndian.AppendUint32(nil, uint32(0xffffffff))), syscall.EPERM)
	connIs(t, "an error that is cut", csock.NetlinkError(nil), syscall.EBADMSG)
	for _, r := range []csock.InetDiagReqV2{
		{Family: csock.AF_INET, Protocol: 256},
		{Family: csock.AF_INET, ID: csock.InetDiagSockID{Src: netip.MustParseAddrPort("[::1]:1")}},
		{Family: csock.AF_INET6, ID: csock.InetDiagSockID{Dst: netip.MustParseAddrPort("127.0.0.1:1")}},
		{Family: csock.AF_INET, ID: csock.InetDiagSockID{Ifindex: -1}},
	} {
		if b, err := r.Append([]byte("x")); err == nil || string(b) != "x" {
			t.Errorf("%+v: %q, %v", r, b, err)
		}
	}
	if _, _, ok := csock.ParseInetDiagMsg(make([]byte, 71)); ok {
		t.Error("a message that is cut is taken")
	}
}
