//go:build linux

package tests

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
)

// Without a free descriptor the calls that make one have package net's errors.
func TestLikeNetDescriptorLimit(t *testing.T) {
	type file interface{ File() (*os.File, error) }
	for _, k := range likeNets {
		t.Run(k.name, func(t *testing.T) {
			k.need(t)
			addr, accept, stop := k.peer(t, t.TempDir())
			defer stop()
			ours, theirs := k.dial(t, addr, true), k.dial(t, addr, false)
			defer ours.Close()
			defer theirs.Close()
			accept()
			accept()
			calls := map[string][2]func() error{
				"Conn.File": {
					func() error { return second(ours.File()) },
					func() error { return second(theirs.File()) },
				},
			}
			if !k.isPackets() {
				at := k.at
				if at == "" {
					at = filepath.Join(t.TempDir(), "listener")
				}
				l, err := net.Listen(k.network, at)
				check(t, err)
				defer l.Close()
				s, err := csock.FromNet(l.(syscall.Conn))
				check(t, err)
				o, err := s.IntoListener()
				check(t, err)
				defer o.Close()
				waiting := k.dial(t, l.Addr(), false)
				defer waiting.Close()
				calls["Listener.Accept"] = [2]func() error{
					func() error { return second(o.Accept()) },
					func() error { return second(l.Accept()) },
				}
				calls["Listener.File"] = [2]func() error{
					func() error { return second(o.File()) },
					func() error { return second(l.(file).File()) },
				}
			}
			errs := make(map[string][2]error)
			kernel.AtLimit(t, 0, func() {
				for name, both := range calls {
					errs[name] = [2]error{both[0](), both[1]()}
				}
			})
			for name, both := range errs {
				if !errors.Is(both[1], syscall.EMFILE) {
					t.Errorf("%s of package net: %v", name, both[1])
				}
				same(t, name, likeError(both[0]), likeError(both[1]))
			}
		})
	}
}
