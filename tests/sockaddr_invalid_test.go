package tests

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
)

// invalidAddrs are addresses that could not be made.
func invalidAddrs(t *testing.T) map[string]csock.SockAddr {
	t.Helper()
	unix, err := csock.UnixAddr(strings.Repeat("x", 109))
	if err == nil {
		t.Fatal("a path of 109 bytes is an address")
	}
	raw, err := csock.RawSockAddr([]byte{1})
	if err == nil {
		t.Fatal("one byte is an address")
	}
	return map[string]csock.SockAddr{
		"zone":   csock.InetAddr(netip.MustParseAddrPort("[fe80::1%nosuch]:7")),
		"zero":   csock.InetAddr(netip.AddrPort{}),
		"packet": csock.PacketAddr(1, 1, make(net.HardwareAddr, 200)),
		"unix":   unix,
		"raw":    raw,
	}
}

func TestInvalidAddr(t *testing.T) {
	reasons := map[string]string{
		"zone":   "[fe80::1%nosuch]:7: no such device",
		"zero":   "invalid AddrPort: invalid argument",
		"packet": "{Protocol:ETH_P_802_3 Ifindex:1 ",
		"unix":   strings.Repeat("x", 109) + ": file name",
		"raw":    "native address of 1 bytes: invalid argument",
	}
	for name, a := range invalidAddrs(t) {
		same(t, name+": IsValid", a.IsValid(), false)
		same(t, name+": Domain", a.Domain(), csock.AF_UNSPEC)
		same(t, name+": Len", a.Len(), 0)
		same(t, name+": bytes", len(a.Bytes()), 0)
		if text := a.String(); !strings.HasPrefix(text, "invalid address: "+reasons[name]) {
			t.Errorf("%s: String is %q", name, text)
		}
		if a.IsIPv4() || a.IsIPv6() || a.IsUnix() || a.IsUnnamed() {
			t.Errorf("%s is of a family", name)
		}
		if ap, ok := a.AddrPort(); ok {
			t.Errorf("%s is %v", name, ap)
		}
		same(t, name+": WithScopeID", a.WithScopeID(1), a)
		same(t, name+": WithFlowInfo", a.WithFlowInfo(1), a)
		same(t, name+": a second time", invalidAddrs(t)[name], a)
	}
	same(t, "the zero SockAddr: IsValid", csock.SockAddr{}.IsValid(), true)
	same(t, "another zone", csock.InetAddr(netip.MustParseAddrPort("[fe80::1%nosuch2]:7")) == invalidAddrs(t)["zone"], false)
}

// Every method that takes an address refuses an invalid one with EINVAL, and sends nothing.
func TestInvalidAddrRefused(t *testing.T) {
	for name, invalid := range invalidAddrs(t) {
		t.Run(name, func(t *testing.T) {
			for _, k := range kinds {
				t.Run(k.name, func(t *testing.T) {
					sa, sb := k.connected(t)
					invalidRefused(t, sa, invalid)
					ca, cb := k.connected(t)
					c, err := ca.IntoConn()
					check(t, err)
					defer c.Close()
					invalidRefused(t, c, invalid)
					checkNoData(t, sb)
					checkNoData(t, cb)
					if k.typ == csock.SOCK_DGRAM {
						pa, pb := k.connected(t)
						p, err := pa.IntoPacketConn()
						check(t, err)
						defer p.Close()
						invalidRefused(t, p, invalid)
						checkNoData(t, pb)
					}
				})
			}
		})
	}
}

// checkNoData checks that nothing has arrived.
func checkNoData(t *testing.T, s *csock.Socket) {
	t.Helper()
	if n, err := s.Recv(make([]byte, 9), csock.MSG_DONTWAIT); !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("%d bytes arrived: %v", n, err)
	}
}

// invalidRefused calls every method of s that takes an address.
func invalidRefused(t *testing.T, s any, invalid csock.SockAddr) {
	t.Helper()
	bufs := [][]byte{[]byte("x"), []byte("y")}
	arguments := map[reflect.Type]any{
		reflect.TypeFor[csock.SockAddr]():    invalid,
		reflect.TypeFor[net.Addr]():          invalid,
		reflect.TypeFor[[]csock.SockAddr]():  []csock.SockAddr{invalid},
		reflect.TypeFor[*csock.MsgHdr]():     &csock.MsgHdr{Addr: invalid, Buffers: bufs},
		reflect.TypeFor[[]byte]():            []byte("x"),
		reflect.TypeFor[[][]byte]():          bufs,
		reflect.TypeFor[context.Context]():   context.Background(),
		reflect.TypeFor[time.Duration]():     time.Second,
		reflect.TypeFor[csock.MsgFlags]():    csock.MsgFlags(0),
		reflect.TypeFor[csock.SCTPAssocID](): csock.SCTPAssocID(0),
	}
	addresses := []reflect.Type{
		reflect.TypeFor[csock.SockAddr](), reflect.TypeFor[net.Addr](), reflect.TypeFor[[]csock.SockAddr](), reflect.TypeFor[*csock.MsgHdr](),
	}
	v := reflect.ValueOf(s)
	called := 0
	for i := range v.NumMethod() {
		method, typ := v.Type().Method(i).Name, v.Method(i).Type()
		if strings.HasPrefix(method, "Recv") {
			continue // a MsgHdr's address is a result there
		}
		var in []reflect.Value
		takes := false
		for j := range typ.NumIn() {
			for _, a := range addresses {
				takes = takes || typ.In(j) == a
			}
			if a, ok := arguments[typ.In(j)]; ok {
				in = append(in, reflect.ValueOf(a))
			} else {
				in = append(in, reflect.Zero(typ.In(j)))
			}
		}
		if !takes {
			continue
		}
		called++
		call := v.Method(i).Call
		if typ.IsVariadic() {
			call = v.Method(i).CallSlice
		}
		out := call(in)
		err, _ := out[len(out)-1].Interface().(error)
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%T.%s: %v", s, method, err)
		}
	}
	if called < 4 {
		t.Errorf("%T has %d methods that take an address", s, called)
	}
	switch s := s.(type) {
	case *csock.Socket:
		invalidBatchRefused(t, invalid, s.SendBatch)
	case *csock.Conn:
		invalidBatchRefused(t, invalid, s.SendBatch)
	}
}

func invalidBatchRefused(t *testing.T, invalid csock.SockAddr, send func(*csock.Batch, csock.MsgFlags) (int, error)) {
	t.Helper()
	b := newBatch(t, 2, csock.BatchRoom{Payload: 8})
	check(t, b.SetBytes(0, []byte("x")))
	if err := b.SetAddr(0, invalid); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("SetAddr: %v", err)
	}
	same(t, "Addr", b.Addr(0), invalid)
	if n, err := send(b, 0); n != 0 || !errors.Is(err, syscall.EINVAL) {
		t.Errorf("SendBatch: %d, %v", n, err)
	}
}

// Options whose values hold addresses refuse invalid ones.
func TestInvalidAddrInOptions(t *testing.T) {
	for name, invalid := range invalidAddrs(t) {
		for _, setting := range []csock.Setting{
			csock.TCP_AO_ADD_KEY.To(csock.TCPAOAdd{Addr: invalid, Algorithm: "hmac(sha1)", Key: []byte("k"), SndID: 1, RcvID: 1}),
			csock.TCP_AO_DEL_KEY.To(csock.TCPAODel{Addr: invalid, SndID: 1, RcvID: 1}),
			csock.SCTP_SOCKOPT_BINDX_ADD.To([]csock.SockAddr{invalid}),
			csock.SCTP_PRIMARY_ADDR.To(csock.SCTPPrim{Addr: invalid}),
		} {
			s := kindOf("tcp4").open(t)
			if strings.HasPrefix(setting.String(), "SCTP") {
				s, _ = csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_SCTP)
				if s == nil {
					continue // this kernel has no SCTP
				}
			}
			err := s.Set(setting)
			s.Close()
			if errors.Is(err, syscall.ENOPROTOOPT) {
				continue // or no TCP-AO
			}
			if !errors.Is(err, syscall.EINVAL) {
				t.Errorf("%s, %v: %v", name, setting, err)
			}
		}
	}
}
