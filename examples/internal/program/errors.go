package program

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/csock/go-csock/csock"
)

// A UsageError reports a wrong command line.
type UsageError string

func (e UsageError) Error() string { return string(e) }

// An advised error has advice for the user.
type advised struct {
	error
	advice string
}

func (a advised) Unwrap() error { return a.error }

// Advise adds to an error what the user can do about it, in a sentence. Common errors need none.
func Advise(err error, advice string) error { return advised{err, advice} }

// Interface returns the network interface of a name.
func Interface(name string) (*net.Interface, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return nil, Advise(fmt.Errorf("%s: %w", name, err), "ip link lists the interfaces.")
	}
	return i, nil
}

var lookup = net.DefaultResolver.LookupNetIP // a test's own, which asks no server

// Resolve returns an address of a host. network is the value of the flag -net.
func Resolve(ctx context.Context, network, host string) (netip.Addr, error) {
	if network != "ip" && network != "ip4" && network != "ip6" {
		return netip.Addr{}, UsageError(fmt.Sprintf("-net takes ip, ip4 and ip6, not %q", network))
	}
	addrs, err := lookup(ctx, network, host)
	if err != nil {
		return netip.Addr{}, err
	}
	addr := addrs[0].Unmap()
	if literal, err := netip.ParseAddr(host); err == nil { // LookupNetIP drops the zone
		addr = addr.WithZone(literal.Zone())
	}
	return addr, nil
}

// advice returns what the user can do about an error, "" if nothing is known.
func advice(err error) string {
	var own advised
	var queued csock.SockExtendedErr
	var path *fs.PathError
	var address *net.AddrError
	var name *net.DNSError
	var call *os.SyscallError
	switch {
	case errors.As(err, &own):
		return own.advice
	case errors.As(err, &queued) && queued.Origin != csock.SO_EE_ORIGIN_LOCAL:
		return "The ICMP error came from that address: " +
			"traceroute HOST shows the routers on the way." // its errno is not about this host
	case errors.As(err, &path):
		return "" // its text names the file
	case errors.As(err, &name):
		return "The name does not resolve: check its spelling, or give an address in its place " +
			"(getent ahosts NAME looks it up too)."
	case errors.As(err, &address) && address.Err == "no suitable address found":
		return "The host has no address of this IP version: -net ip takes one of either version."
	case errors.As(err, &call) && call.Syscall == "setsockopt(TCP_CONGESTION)" &&
		errors.Is(err, syscall.ENOENT):
		return "This kernel has no such congestion control: " +
			"sysctl net.ipv4.tcp_available_congestion_control lists those that it has."
	case errors.As(err, &call) && errors.Is(err, syscall.EACCES) && !isUnix(err) &&
		(call.Syscall == "connect" || call.Syscall == "sendto"):
		return "This is a broadcast address, for which a socket needs the option SO_BROADCAST, " +
			"or a route prohibits it: ip route get ADDRESS shows which."
	case errors.As(err, &call) && errors.Is(err, syscall.EPERM) &&
		slices.Contains([]string{"sendto", "sendmsg", "sendmmsg", "write"}, call.Syscall):
		return "A firewall of this host forbids it: nft list ruleset shows its rules."
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		return "This needs a privilege: run the program as root, " +
			"or give it a capability by setcap(8)."
	case errors.Is(err, syscall.EMSGSIZE):
		return "The datagram is larger than the interface's MTU: choose a smaller -s " +
			"(ip link shows the MTU)."
	case errors.Is(err, syscall.EMFILE):
		return "The program has no descriptors left: raise the limit of open files (ulimit -n)."
	case errors.Is(err, syscall.EADDRINUSE):
		return "Another socket has this address: choose another port, " +
			"or end the program that has it (ss -lntup shows it)."
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "No interface of this host has this address: ip address lists its addresses."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Nothing listens at this address: start the server first."
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "There is no route to this address: ip route get ADDRESS shows the kernel's choice."
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EAFNOSUPPORT),
		errors.Is(err, syscall.EPROTONOSUPPORT), errors.Is(err, syscall.ENOPROTOOPT):
		return "This kernel lacks it: use a newer kernel, or load the module that has it."
	}
	return ""
}

// isUnix reports whether an error is of a Unix socket. There, EACCES is a matter of permissions.
func isUnix(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && strings.HasPrefix(op.Net, "unix")
}
