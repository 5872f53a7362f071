//go:build cgo

package csock

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A SockAddr is a socket address: the platform's sockaddr_storage, and the length of the address in
// it.
//
// SockAddrs are values: compare them with ==, use them as map keys. The zero SockAddr is no
// address, C's NULL; in calls that send it stands for the peer. A function that cannot make an
// address returns an invalid one, and every call refuses it with EINVAL: see [SockAddr.IsValid].
// See address_families(7).
type SockAddr struct {
	// Bytes of storage past len are zero, so that equal addresses are equal values.
	storage struct_sockaddr_storage
	len     socklen_t // if invalidLen, the storage is from invalidAddr
}

// invalidLen is the length of an invalid address. As an int it is negative, and the kernel refuses
// negative lengths in every call. A length that is merely too large would not do: sendmsg(2)
// shortens it.
const invalidLen = ^socklen_t(0)

// invalidAddr returns an address that every call refuses. what names the address that could not be
// made, and errno is the reason.
func invalidAddr(what string, errno syscall.Errno) (a SockAddr) {
	// Options that copy the storage without the length get a family that does not exist.
	a.storage.ss_family = ^a.storage.ss_family
	copy(a.bytes()[endOfFamily:], what+": "+errno.Error())
	a.len = invalidLen
	return a
}

// endOfFamily is where the family ends in an address. The reason why an address is invalid begins
// there.
const endOfFamily = unsafe.Offsetof(struct_sockaddr_storage{}.ss_family) +
	unsafe.Sizeof(struct_sockaddr_storage{}.ss_family)

// IsValid reports whether the address can be used. It is false for the result of a function that
// could not make an address, such as InetAddr with an unknown zone. Every call refuses an invalid
// address with EINVAL, and String returns the reason. The zero SockAddr is valid: it means no
// address.
func (a SockAddr) IsValid() bool { return a.len != invalidLen }

const (
	sizeofSockaddrStorage = sizeof_struct_sockaddr_storage
	offsetofSunPath       = unsafe.Offsetof(struct_sockaddr_un{}.sun_path)
	sizeofSunPath         = unsafe.Sizeof(struct_sockaddr_un{}.sun_path)
)

// in, in6, un and bytes view the storage as the struct of one family.
func (a *SockAddr) in() *struct_sockaddr_in   { return storageAs[struct_sockaddr_in](a) }
func (a *SockAddr) in6() *struct_sockaddr_in6 { return storageAs[struct_sockaddr_in6](a) }
func (a *SockAddr) un() *struct_sockaddr_un   { return storageAs[struct_sockaddr_un](a) }
func (a *SockAddr) bytes() *[sizeofSockaddrStorage]byte {
	return storageAs[[sizeofSockaddrStorage]byte](a)
}

// storageAs views the storage of an address as an N, the native struct of a family. It fits:
// sockaddr_storage is large and aligned enough for every one of them.
func storageAs[N any](a *SockAddr) *N { return (*N)(unsafe.Pointer(&a.storage)) }

// InetAddr returns the address of an IP address and port: a sockaddr_in for IPv4, a sockaddr_in6
// for IPv6, including IPv4-mapped addresses. A zone is an interface's name or index, and becomes
// the scope id. If ap is not valid, or this system has no such interface, the result is not valid:
// see [SockAddr.IsValid]. See ip(7), ipv6(7).
func InetAddr(ap netip.AddrPort) (a SockAddr) {
	if errno := a.setInet(ap, nil); errno != 0 {
		return invalidAddr(ap.String(), errno)
	}
	return a
}

// setInet is InetAddr into a, which must be the zero SockAddr and stays so on an error. It returns
// EINVAL for an ap that is not valid, or else the reason why the zone is unknown.
func (a *SockAddr) setInet(ap netip.AddrPort, z *zones) syscall.Errno {
	ip := ap.Addr()
	switch {
	case ip.Is4():
		sa := a.in()
		*sa = csock_sockaddr_in
		putBE16(&sa.sin_port, ap.Port())
		*ip4Bytes(&sa.sin_addr) = ip.As4()
		a.len = sizeof_struct_sockaddr_in
	case ip.Is6():
		scope, errno := z.index(ip.Zone())
		if errno != 0 {
			return errno
		}
		sa := a.in6()
		*sa = csock_sockaddr_in6
		putBE16(&sa.sin6_port, ap.Port())
		*ip6Bytes(&sa.sin6_addr) = ip.As16()
		*scopeID(sa) = scope
		a.len = sizeof_struct_sockaddr_in6
	default:
		return syscall.EINVAL
	}
	return 0
}

// scopeID returns the field sin6_scope_id, whose type differs between systems. The offset is C's,
// so the pointer stays within sa.
func scopeID(sa *struct_sockaddr_in6) *uint32 {
	return (*uint32)(unsafe.Add(unsafe.Pointer(sa), csock_SCOPE_ID))
}

// UnixAddr returns the address of a Unix domain socket.
//
// An empty path is the unnamed address: Bind gives the socket a name that the kernel chooses. A
// path that begins with "@" or a zero byte is a name in Linux's abstract namespace. The name is the
// rest of the path, including zero bytes. Any other path must not contain a zero byte.
//
// A path has at most as many bytes as sun_path, 108 on Linux. One that fills sun_path has no
// terminating zero byte. The address returned with an error is not valid: see [SockAddr.IsValid].
// See unix(7).
func UnixAddr(path string) (SockAddr, error) {
	var a SockAddr
	sa := a.un()
	*sa = csock_sockaddr_un
	abstract := path != "" && (path[0] == '@' || path[0] == 0)
	switch {
	case abstract && csock_ABSTRACT_UNIX == 0:
		return invalidUnixAddr(path, syscall.EOPNOTSUPP)
	case !abstract && strings.IndexByte(path, 0) >= 0:
		return invalidUnixAddr(path, syscall.EINVAL)
	case len(path) > int(sizeofSunPath):
		return invalidUnixAddr(path, syscall.ENAMETOOLONG)
	}
	name := a.bytes()[offsetofSunPath:]
	n := copy(name, path)
	switch {
	case abstract:
		name[0] = 0
	case n > 0 && n < int(sizeofSunPath):
		n++ // the zero byte that ends a path
	}
	a.len = socklen_t(int(offsetofSunPath) + n)
	if csock_SA_LEN >= 0 { // the kernel sets it, and equal addresses must be equal values
		a.bytes()[max(csock_SA_LEN, 0)] = byte(a.len)
	}
	return a, nil
}

func invalidUnixAddr(path string, errno syscall.Errno) (SockAddr, error) {
	return invalidAddr(path, errno), fmt.Errorf("csock: Unix address %q: %w", path, errno)
}

// RawSockAddr returns the address with the given native bytes: a sockaddr of any family. It must be
// at least as long as the family field, and at most as long as a sockaddr_storage; nothing else is
// checked. The address returned with an error is not valid: see [SockAddr.IsValid].
func RawSockAddr(native []byte) (SockAddr, error) {
	if len(native) < int(endOfFamily) || len(native) > sizeofSockaddrStorage {
		what := fmt.Sprintf("native address of %d bytes", len(native))
		return invalidAddr(what, syscall.EINVAL), fmt.Errorf("csock: %s: %w", what, syscall.EINVAL)
	}
	return sockAddrOf(native), nil
}

// sockAddrOf is RawSockAddr for a length that fits.
func sockAddrOf(native []byte) (a SockAddr) {
	copy(a.bytes()[:], native)
	a.len = socklen_t(len(native))
	return a
}

// Domain returns the address's family. It is AF_UNSPEC for the zero SockAddr and for an address
// that is not valid.
func (a SockAddr) Domain() Domain {
	if a.len == invalidLen {
		return AF_UNSPEC
	}
	return Domain(a.storage.ss_family)
}

// Len returns the length of the native address in bytes. It is 0 for the zero SockAddr and for an
// address that is not valid.
func (a SockAddr) Len() int { return len(a.native()) }

// Bytes returns a copy of the native address.
func (a SockAddr) Bytes() []byte { return append([]byte(nil), a.native()...) }

// native returns the native address without copying it, or nothing if the address is not valid.
func (a *SockAddr) native() []byte {
	if a.len == invalidLen {
		return nil
	}
	return a.bytes()[:a.len]
}

// stored returns how many bytes of the storage are in use.
func (a *SockAddr) stored() int { return int(min(a.len, sizeofSockaddrStorage)) }

// IsIPv4 reports whether the address is a sockaddr_in.
func (a SockAddr) IsIPv4() bool { return a.isIPv4() }

// IsIPv6 reports whether the address is a sockaddr_in6.
func (a SockAddr) IsIPv6() bool { return a.isIPv6() }

// IsUnix reports whether the address is a sockaddr_un, named or not.
func (a SockAddr) IsUnix() bool { return a.isUnix() }

// isIPv4, isIPv6 and isUnix test the family without copying the 132 bytes of a SockAddr.
func (a *SockAddr) isIPv4() bool {
	return a.storage.ss_family == sys.AF_INET && a.len >= sizeof_struct_sockaddr_in
}
func (a *SockAddr) isIPv6() bool {
	return a.storage.ss_family == sys.AF_INET6 && a.len >= sizeof_struct_sockaddr_in6
}
func (a *SockAddr) isUnix() bool {
	return a.storage.ss_family == sys.AF_UNIX && a.len >= socklen_t(offsetofSunPath)
}

// IsUnnamed reports whether the address is that of an unnamed Unix socket: one that was not bound,
// or one of a pair.
func (a SockAddr) IsUnnamed() bool {
	name, ok := a.sunPath()
	return ok && (len(name) == 0 || csock_ABSTRACT_UNIX == 0 && name[0] == 0)
}

// unixName returns the address as a net.UnixAddr names it. On Linux, package net writes "@" for a
// leading zero byte and for an empty name, and ends a name at the next zero byte.
func (a *SockAddr) unixName() string {
	name, _ := a.sunPath()
	if csock_ABSTRACT_UNIX != 0 && (len(name) == 0 || name[0] == 0) {
		if len(name) > 0 {
			name = name[1:]
		}
		return "@" + string(untilZero(name))
	}
	return cString(name)
}

// sunPath returns the used bytes of sun_path.
func (a *SockAddr) sunPath() ([]byte, bool) {
	if !a.isUnix() {
		return nil, false
	}
	return a.bytes()[offsetofSunPath:a.len], true
}

// AddrPort returns the IP address and port of an IPv4 or IPv6 address. A scope id becomes the zone:
// the name of its interface, or the number if this system has no such interface.
func (a SockAddr) AddrPort() (netip.AddrPort, bool) { return a.addrPort(nil) }

func (a *SockAddr) addrPort(z *zones) (netip.AddrPort, bool) {
	switch {
	case a.isIPv4():
		sa := a.in()
		return netip.AddrPortFrom(netip.AddrFrom4(*ip4Bytes(&sa.sin_addr)),
			getBE16(&sa.sin_port)), true
	case a.isIPv6():
		sa := a.in6()
		ip := netip.AddrFrom16(*ip6Bytes(&sa.sin6_addr))
		if id := *scopeID(sa); id != 0 {
			ip = ip.WithZone(z.name(id))
		}
		return netip.AddrPortFrom(ip, getBE16(&sa.sin6_port)), true
	}
	return netip.AddrPort{}, false
}

// FlowInfo returns the flow label and traffic class of an IPv6 address in host byte order, with the
// label in the low 20 bits. It returns 0 for other addresses. See RFC 3493, section 3.3.
func (a SockAddr) FlowInfo() uint32 {
	if !a.isIPv6() {
		return 0
	}
	return getBE32(&a.in6().sin6_flowinfo)
}

// WithFlowInfo returns an IPv6 address with its flow label and traffic class set, in host byte
// order. It returns other addresses unchanged.
func (a SockAddr) WithFlowInfo(flow uint32) SockAddr {
	if a.isIPv6() {
		putBE32(&a.in6().sin6_flowinfo, flow)
	}
	return a
}

// ScopeID returns the scope id of an IPv6 address. For a link-local address that is the index of an
// interface. It returns 0 for other addresses.
func (a SockAddr) ScopeID() uint32 {
	if !a.isIPv6() {
		return 0
	}
	return *scopeID(a.in6())
}

// WithScopeID returns an IPv6 address with its scope id set. It returns other addresses unchanged.
func (a SockAddr) WithScopeID(id uint32) SockAddr {
	if a.isIPv6() {
		*scopeID(a.in6()) = id
	}
	return a
}

// Pathname returns the path of a Unix address that names a file.
func (a SockAddr) Pathname() (string, bool) {
	name, ok := a.sunPath()
	if !ok || len(name) == 0 || name[0] == 0 {
		return "", false
	}
	return cString(name), true
}

// AbstractNamespace returns the name of a Unix address in Linux's abstract namespace, without the
// leading zero byte.
func (a SockAddr) AbstractNamespace() (string, bool) {
	name, ok := a.sunPath()
	if !ok || len(name) == 0 || name[0] != 0 || csock_ABSTRACT_UNIX == 0 {
		return "", false
	}
	return string(name[1:]), true
}

// String returns the address as [netip.AddrPort] and package net write it: "127.0.0.1:80",
// "[fe80::1%eth0]:80", a path, or "@" and an abstract name. For families that package net does not
// have, it returns the family and the address's numbers. An interface appears under its name in the
// caller's network namespace, regardless of the address's namespace.
//
// The result is "" for unnamed Unix addresses and the zero SockAddr, and names the reason for an
// address that is not valid.
func (a SockAddr) String() string {
	if a.len == invalidLen {
		return "invalid address: " + cString(a.bytes()[endOfFamily:])
	}
	if ap, ok := a.addrPort(nil); ok {
		return ap.String()
	}
	if path, ok := a.Pathname(); ok {
		return path
	}
	if name, ok := a.AbstractNamespace(); ok {
		return "@" + name
	}
	if a.isUnix() || a.len == 0 {
		return ""
	}
	for _, text := range addrTexts[a.Domain()] {
		if s := text(a); s != "" {
			return s
		}
	}
	return a.Domain().String() + ":" + hex.EncodeToString(a.bytes()[:a.len])
}

// addrTexts make the texts of String for the families that have a file of their own: a function for
// each form of address. It returns "" for an address that has another form, or is too short.
var addrTexts = map[Domain][]func(SockAddr) string{}

// received ends a call that let the kernel write up to n bytes of the address. It zeroes the bytes
// from n to the address's former length.
func (a *SockAddr) received(n socklen_t) {
	if n < a.len {
		clear(a.bytes()[n:a.len])
	}
	a.len = n
}

// inetSockAddr returns the address at the start of native memory. An IPv4 or IPv6 address has its
// family's length. An address without a family becomes the zero SockAddr.
func inetSockAddr(p []byte) SockAddr {
	var a SockAddr
	copy(a.bytes()[:], p)
	n := len(p)
	switch a.storage.ss_family {
	case sys.AF_UNSPEC:
		return SockAddr{}
	case sys.AF_INET:
		n = sizeof_struct_sockaddr_in
	case sys.AF_INET6:
		n = sizeof_struct_sockaddr_in6
	}
	n = min(n, len(p), sizeofSockaddrStorage)
	clear(a.bytes()[n:])
	a.len = socklen_t(n)
	return a
}

// putAddr writes an address to native memory, followed by zeros.
func putAddr(p []byte, a SockAddr) { copy(p, a.bytes()[:]) }

// putGroup writes the address of a group, or of one of its sources, to a native field.
func putGroup(field []byte, a, group netip.Addr) error {
	sa := InetAddr(netip.AddrPortFrom(a, 0))
	if !sa.IsValid() {
		return fmt.Errorf("%v is not the address of a group or source: %w", a, syscall.EAFNOSUPPORT)
	}
	if a.Is4() != group.Is4() {
		return fmt.Errorf("%v and %v belong to different protocols: %w", a, group,
			syscall.EAFNOSUPPORT)
	}
	putAddr(field, sa)
	return nil
}
