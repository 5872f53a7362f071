//go:build unix

package tests

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
)

// A zero Option is an error, not a panic.
func TestZeroOption(t *testing.T) {
	s, _ := unixPair(t, csock.SOCK_DGRAM)
	var o csock.Option[bool]
	if _, err := o.Get(s); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Get: %v", err)
	}
	if err := o.Set(s, true); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Set: %v", err)
	}
	if err := s.Set(o.To(true)); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("To: %v", err)
	}
	if got := o.String(); got != "" {
		t.Errorf("String: %q", got)
	}
	same(t, "Supported", o.Supported(), false)
	same(t, "CanGet or CanSet", o.CanGet() || o.CanSet(), false)
	same(t, "NativeType", o.NativeType(), "")
	same(t, "Level().String", o.Level().String(), "-1")
	same(t, "Is", csock.ControlMessage{Level: syscall.SOL_SOCKET, Type: syscall.SCM_RIGHTS}.Is(o), false)
	m := csock.MsgHdr{Control: csock.AppendControl(nil, o, nil)}
	if _, err := s.Sendmsg(&m, 0); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Sendmsg: %v", err)
	}
}

// A duration without a unit is an error too.
func TestDurationWithoutUnit(t *testing.T) {
	s, _ := unixPair(t, csock.SOCK_DGRAM)
	for _, unit := range []time.Duration{0, -time.Second} {
		o := csock.NewDurationOption("SO_SNDBUF", syscall.SOL_SOCKET, syscall.SO_SNDBUF, unit)
		if _, err := o.Get(s); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("Get in units of %v: %v", unit, err)
		}
		if err := o.Set(s, time.Hour); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("Set in units of %v: %v", unit, err)
		}
		same(t, "String", o.String(), "SO_SNDBUF")
	}
}

// Flags that do not fit C's int are refused, and not cut to fit.
func TestWideFlags(t *testing.T) {
	s, _ := unixPair(t, csock.SOCK_DGRAM)
	wide := uint64(1) << 32
	flags := csock.MsgFlags(wide) // 0 where int has 32 bits: there is nothing to cut
	if flags == 0 {
		t.Skip("an int has 32 bits")
	}
	if _, err := s.Send([]byte("x"), flags); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Send: %v", err)
	}
	if _, err := s.Recv(make([]byte, 1), flags|csock.MSG_DONTWAIT); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Recv: %v", err)
	}
	if _, err := s.SendVectored([][]byte{{1}}, flags); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("SendVectored: %v", err)
	}
	if _, _, err := s.RecvVectored([][]byte{{1}}, flags|csock.MSG_DONTWAIT); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("RecvVectored: %v", err)
	}
	batch := newBatch(t, 1, csock.BatchRoom{Payload: 8})
	for name, err := range map[string]error{
		"SendTo":    second(s.SendTo([]byte("x"), csock.SockAddr{}, flags)),
		"RecvFrom":  third(s.RecvFrom(make([]byte, 1), flags|csock.MSG_DONTWAIT)),
		"SendBatch": second(s.SendBatch(batch, flags)),
		"RecvBatch": second(s.RecvBatch(batch, flags|csock.MSG_DONTWAIT)),
	} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := s.IntoConn()
	check(t, err)
	defer c.Close()
	if _, err := c.Recv(make([]byte, 1), flags|csock.MSG_DONTWAIT); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Conn.Recv: %v", err)
	}
}

// A closed socket returns net.ErrClosed, even for a value without a native form, and for an option
// that the platform lacks.
func TestClosedBeforeValue(t *testing.T) {
	s, _ := unixPair(t, csock.SOCK_DGRAM)
	if err := csock.SO_RCVTIMEO.Set(s, -1); !errors.Is(err, syscall.EDOM) {
		t.Errorf("open: %v", err)
	}
	s.Close()
	_, lackingGet := csock.SO_NOSIGPIPE.Get(s)
	_, lackingWith := csock.SO_NOSIGPIPE.GetWith(s, true)
	_, cipher := csock.TLS_TX.GetWith(s, csock.TLSCryptoInfo{Cipher: 1})
	for what, err := range map[string]error{
		"Set": csock.SO_RCVTIMEO.Set(s, -1), "GetWith of no cipher": cipher, "Set of what Linux lacks": s.SetNosigpipe(true),
		"Get": lackingGet, "GetWith": lackingWith, "SetFIB": s.SetFIB(1), "SetNoPeercred": s.SetNoPeercred(), "SetNoInherit": s.SetNoInherit(true),
	} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %s: %v", what, err)
		}
	}
	if _, err := csock.SO_NOSIGPIPE.Get(nil); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("nil: %v", err)
	}
}

// Numbers that do not fit C's int are not cut to others.
func TestWideNumbers(t *testing.T) {
	wide := uint64(1) << 32
	more := int(wide) // 0 where int has 32 bits: there is nothing to cut
	if more == 0 {
		t.Skip("an int has 32 bits")
	}
	s, to := kindOf("udp4").bound(t)
	for name, o := range map[string]csock.Option[bool]{
		"level":  csock.NewOption[bool]("level", csock.Level(more)+csock.SOL_SOCKET, syscall.SO_REUSEADDR),
		"number": csock.NewOption[bool]("number", syscall.SOL_SOCKET, more+syscall.SO_REUSEADDR),
	} {
		if err := o.Set(s, true); err == nil {
			t.Errorf("an option with a wide %s is set", name)
		}
	}
	if err := csock.NewDurationOption("level", csock.Level(more)+csock.SOL_SOCKET, syscall.SO_SNDBUF, time.Second).Set(s, time.Hour); err == nil {
		t.Error("a duration with a wide level is set")
	}
	for _, kind := range []csock.ControlType{
		csock.NewControlType(csock.Level(more)+csock.SOL_SOCKET, syscall.SCM_RIGHTS),
		csock.NewControlType(syscall.SOL_SOCKET, more+syscall.SCM_RIGHTS),
	} {
		if kind == csock.SCM_RIGHTS {
			t.Error("a kind with wide numbers is SCM_RIGHTS")
		}
	}

	for name, info := range map[string]csock.PacketInfo{
		"IPv4": {Ifindex: more + 1, Local: netip.IPv4Unspecified()},
		"IPv6": {Ifindex: more + 1, Local: netip.IPv6Unspecified()},
	} {
		from, to := s, to
		if name == "IPv6" {
			from, to = kindOf("udp6").bound(t)
		}
		m := csock.MsgHdr{Addr: to, Buffers: [][]byte{{1}}, Control: csock.AppendPacketInfo(nil, info)}
		if _, err := from.Sendmsg(&m, 0); err == nil {
			t.Errorf("%s: sent by interface %d", name, info.Ifindex)
		}
	}
	if a := csock.PacketAddr(0, more+1, nil); a.IsValid() {
		t.Errorf("the packet address of interface %d: %v", more+1, a)
	}
	a, _ := unixPair(t, csock.SOCK_DGRAM)
	ours := csock.Ucred{PID: more + os.Getpid(), UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
	if _, err := a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1}}, Control: csock.AppendCredentials(nil, ours)}, 0); err == nil {
		t.Errorf("sent as process %d", ours.PID)
	}
}

// An option that the platform lacks is no kind of control message either.
func TestControlTypeOfLackingOption(t *testing.T) {
	for o := range csock.Options() {
		kind := csock.NewControlType(o.Level(), o.Number())
		same(t, o.String()+", supported", kind.Supported(), o.Supported())
	}
}
