package tests

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"

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
	if got := o.String(); got != "" {
		t.Errorf("String: %q", got)
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
