//go:build linux

package main

import (
	"net"
	"net/netip"
	"slices"
)

// isSelf reports whether a connection to an address would come back to the proxy, which listens at
// self. One that listens at the unspecified address is at each address of the host.
func isSelf(to, self netip.AddrPort) bool {
	if to.Port() != self.Port() || !self.Addr().IsUnspecified() {
		return to == self
	}
	if to.Addr().IsLoopback() || to.Addr().IsUnspecified() { // all of 127.0.0.0/8 is the host's
		return true
	}
	own, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(own, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.Equal(to.Addr().AsSlice()) // which ignores the zone
	})
}
