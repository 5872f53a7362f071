//go:build linux

package tests

import (
	"net"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
)

// A closed Conn has the local address that it had, even if nobody had asked for it: that of a Unix
// socket without a name, or the name that something has given it.
func TestConnNameless(t *testing.T) {
	credentials := csock.NewOption[bool]("by number", csock.SOL_SOCKET, csock.SO_PASSCRED.Number())
	connect := func(to csock.SockAddr) func(*csock.Conn) error {
		return func(c *csock.Conn) error { return c.Connect(t.Context(), to) }
	}
	nothing := func(*csock.Conn) error { return nil }
	for name, test := range map[string]struct {
		socket func(s *csock.Socket) error // before it becomes a Conn
		before func(c *csock.Conn) error   // before it connects
		named  bool
	}{
		"nothing":             {nil, nothing, false},
		"an option":           {nil, func(c *csock.Conn) error { return c.Set(csock.SO_SNDBUF.To(1 << 16)) }, false},
		"Bind":                {func(s *csock.Socket) error { return autobind(t, s) }, nothing, true},
		"an option of Socket": {func(s *csock.Socket) error { return s.SetPasscred(true) }, nothing, true},
		"Set":                 {nil, func(c *csock.Conn) error { return c.Set(csock.SO_PASSCRED.To(true)) }, true},
		"Option.Set":          {nil, func(c *csock.Conn) error { return csock.SO_PASSCRED.Set(c, true) }, true},
		"SetBytes":            {nil, func(c *csock.Conn) error { return csock.SO_PASSCRED.SetBytes(c, []byte{1, 0, 0, 0}) }, true},
		"an option by number": {nil, func(c *csock.Conn) error { return credentials.Set(c, true) }, true},
		"Borrow": {nil, func(c *csock.Conn) error {
			return csock.Borrow(c, func(s *csock.Socket) error { return autobind(t, s) })
		}, true},
		"RawConn": {nil, func(c *csock.Conn) error {
			rc, err := c.SyscallConn()
			check(t, err)
			return rc.Write(func(fd uintptr) bool {
				check(t, syscall.Bind(int(fd), &syscall.SockaddrUnix{}))
				return true
			})
		}, true},
		"File": {nil, func(c *csock.Conn) error {
			f, err := c.File()
			check(t, err)
			defer f.Close()
			return syscall.Bind(int(f.Fd()), &syscall.SockaddrUnix{})
		}, true},
	} {
		for _, k := range []connKind{connKinds[2], connKinds[3], connKinds[6]} {
			t.Run(name+", "+k.name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "s")
				to, err := csock.UnixAddr(path)
				check(t, err)
				l := k.new(t)
				check(t, l.Bind(to))
				defer l.Close()
				if !k.datagrams() {
					check(t, l.Listen(1))
				}
				s := k.new(t)
				if test.socket != nil {
					check(t, test.socket(s))
				}
				c := connOf(t)(s, nil)
				check(t, test.before(c), connect(to)(c), c.Close())
				addr, ok := c.LocalAddr().(*net.UnixAddr)
				if !ok || addr.Net != k.name || (addr.Name != "@") != test.named {
					t.Errorf("LocalAddr is %#v", c.LocalAddr())
				}
				if peer := c.RemoteAddr(); peer == nil || peer.String() != path {
					t.Errorf("RemoteAddr is %v", peer)
				}
			})
		}
	}
}

// autobind gives a socket an abstract name that the kernel chooses.
func autobind(t *testing.T, s *csock.Socket) error {
	t.Helper()
	unnamed, err := csock.UnixAddr("")
	check(t, err)
	return s.Bind(unnamed)
}
