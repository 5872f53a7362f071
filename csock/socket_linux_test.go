//go:build linux && cgo

package csock

import (
	"encoding/binary"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock/internal/sys"
	"github.com/csock/go-csock/tests/need"
)

// MSG_NOSIGNAL is left out only where that changes a call's result.
func TestRefusesSendFlags(t *testing.T) {
	const invalid = -int(syscall.EINVAL)
	for _, c := range []struct {
		what          string
		domain        Domain
		first, second int // results
		retry, quiet  bool
	}{
		{"the flag is the reason", AF_RDS, invalid, 1, true, true},
		{"the flag and another reason", AF_RDS, -int(syscall.EOPNOTSUPP), -int(syscall.ENOTCONN), true, true},
		{"another reason", AF_RDS, invalid, invalid, true, false},
		{"another error", AF_RDS, -int(syscall.ENOTCONN), 0, false, false},
		{"a family that accepts it", AF_UNIX, invalid, 0, false, false},
	} {
		s := &Socket{domain: int32(c.domain)}
		var try sendTry
		s.sendFlags(0, &try)
		if retry := s.refusesSendFlags(c.first, &try); retry != c.retry {
			t.Errorf("%s: it is tried again: %t", c.what, retry)
		}
		if c.retry && c.second < 0 && s.refusesSendFlags(c.second, &try) {
			t.Errorf("%s: a third attempt", c.what)
		}
		if got := s.noQuiet.Load(); got != c.quiet {
			t.Errorf("%s: the flag is left out: %t", c.what, got)
		}
	}

	// Two calls at once: each is tried again without the flag, whatever the other has found.
	s := &Socket{domain: int32(AF_RDS)}
	var a, b sendTry
	for _, try := range []*sendTry{&a, &b} {
		if s.sendFlags(0, try)&sys.MSG_NOSIGNAL == 0 {
			t.Error("a first attempt without the flag")
		}
	}
	for _, try := range []*sendTry{&a, &b} {
		if !s.refusesSendFlags(invalid, try) {
			t.Error("one of two calls is not tried again")
		}
	}
	s.refusesSendFlags(invalid, &a) // for another reason
	if s.sendFlags(0, &b)&sys.MSG_NOSIGNAL != 0 {
		t.Error("a second attempt with the flag")
	}
	own := sendTry{}
	if s.sendFlags(MSG_NOSIGNAL, &own); s.refusesSendFlags(invalid, &own) {
		t.Error("a call with the caller's own flag is tried again")
	}
}

// Printing a Socket leaves it as it is.
func TestStringChangesNothing(t *testing.T) {
	s := need.Value[*Socket](t)(New(AF_UNIX, SOCK_STREAM, 0))
	defer s.Close()
	if text := s.String(); !strings.HasSuffix(text, " AF_UNIX SOCK_STREAM") || s.changed.Load() {
		t.Errorf("%q; its descriptor is known outside: %t", text, s.changed.Load())
	}
}

// The first three numbers of a GUID are in the order of the processor.
func TestGUIDNative(t *testing.T) {
	g := need.Value[GUID](t)(ParseGUID("01020304-0506-0708-090a-0b0c0d0e0f10"))
	n := g.native()
	if binary.NativeEndian.Uint32(n[:]) != 0x01020304 || binary.NativeEndian.Uint16(n[4:]) != 0x0506 || binary.NativeEndian.Uint16(n[6:]) != 0x0708 ||
		[8]byte(n[8:]) != [8]byte(g[8:]) || n.native() != g {
		t.Errorf("%x", n)
	}
}
