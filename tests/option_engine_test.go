package tests

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
)

// An Option that nobody made is an error, not a panic.
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
	if _, err := o.GetWith(s, true); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("GetWith: %v", err)
	}
	if o.String() != "" || o.Kind() != "" || o.Supported() || o.CanGet() || o.CanSet() || o.Level() >= 0 || o.Number() >= 0 {
		t.Errorf("it is %q, %q, %d at level %d (%s), supported: %t", o, o.Kind(), o.Number(), o.Level(), o.LevelName(), o.Supported())
	}
}

// Numbers that fit no int of C are those of no option, and not cut to those of another.
func TestWideNumbers(t *testing.T) {
	wide := uint64(1) << 32
	if int(wide) == 0 {
		t.Skip("an int has 32 bits")
	}
	s, _ := unixPair(t, csock.SOCK_DGRAM)
	level, number := csock.SO_REUSEADDR.Level()+int(wide), csock.SO_REUSEADDR.Number()+int(wide)
	if err := csock.NewOption[bool]("wide", level, number).Set(s, true); err == nil {
		t.Error("NewOption made an option")
	}
	if err := csock.NewDurationOption("wide", level, number, 1).Set(s, 1); err == nil {
		t.Error("NewDurationOption made an option")
	}
	if on, err := s.ReuseAddress(); on || err != nil {
		t.Errorf("SO_REUSEADDR: %t, %v", on, err)
	}
	rights := csock.ControlType(csock.SCM_RIGHTS)
	if kind := csock.NewControlType(rights.Level()+int(wide), rights.Number()+int(wide)); kind == rights {
		t.Errorf("NewControlType made %v", kind)
	}
	if a, ok := csock.PacketAddr(1, int(wide)+1, nil).Packet(); ok && a.Ifindex == 1 {
		t.Error("PacketAddr made that of interface 1")
	}
	if csock.NewControlType(-1, 1).Supported() || csock.NewControlType(1, -1).Supported() || !csock.NewControlType(1, 1).Supported() {
		t.Error("a number below 0 is supported, or one above is not")
	}
}

// A unit that is none is refused.
func TestNoUnit(t *testing.T) {
	s, _ := unixPair(t, csock.SOCK_DGRAM)
	for _, unit := range []time.Duration{0, -1} {
		o := csock.NewDurationOption("SO_RCVLOWAT", csock.SO_RCVLOWAT.Level(), csock.SO_RCVLOWAT.Number(), unit)
		if err := o.Set(s, time.Second); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Set in units of %d: %v", unit, err)
		}
		if _, err := o.Get(s); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Get in units of %d: %v", unit, err)
		}
	}
}

// Flags that fit no int of C are refused, and not cut to those that do.
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
	c, err := s.Conn()
	check(t, err)
	defer c.Close()
	if _, err := c.Recv(make([]byte, 1), flags|csock.MSG_DONTWAIT); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Conn.Recv: %v", err)
	}
}

// A closed socket says so, also to a value that has no native form.
func TestClosedBeforeValue(t *testing.T) {
	s, _ := unixPair(t, csock.SOCK_DGRAM)
	if err := csock.SO_RCVTIMEO.Set(s, -1); !errors.Is(err, syscall.EDOM) {
		t.Errorf("open: %v", err)
	}
	s.Close()
	if err := csock.SO_RCVTIMEO.Set(s, -1); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
