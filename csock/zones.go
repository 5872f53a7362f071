//go:build cgo

package csock

import (
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// zones caches the last interface looked up by name and the last looked up by index. It keeps them
// for as long as package net caches interfaces. A lookup takes three system calls and a descriptor.
// A nil *zones caches nothing.
type zones struct {
	byName, byIndex atomic.Pointer[zone]
}

type zone struct {
	name  string // or the number of an interface without a name
	index uint32
	until time.Time
}

const zoneAge = time.Minute

func (z *zone) fresh() bool { return z != nil && time.Now().Before(z.until) }

// index returns the index of the interface with the given name or number, or 0 for no name. A name
// takes precedence, because an interface may be named "7".
func (z *zones) index(name string) (uint32, syscall.Errno) {
	if name == "" {
		return 0, 0
	}
	var last *zone
	if z != nil {
		if last = z.byName.Load(); last != nil && last.name != name {
			last = nil
		}
	}
	if last.fresh() {
		return last.index, 0
	}
	index, errno := ifindex(name)
	switch {
	case errno == 0:
	case errno != syscall.ENODEV && last != nil: // there may be no free descriptor for the lookup
		return last.index, 0
	default:
		n, err := strconv.ParseUint(name, 10, 32)
		if err != nil {
			return 0, errno
		}
		index = uint32(n)
	}
	if z != nil && (errno == 0 || errno == syscall.ENODEV) {
		z.byName.Store(&zone{name, index, time.Now().Add(zoneAge)})
	}
	return index, 0
}

// name returns the name of an interface, or its number if it has none.
func (z *zones) name(index uint32) string {
	var last *zone
	if z != nil {
		if last = z.byIndex.Load(); last != nil && last.index != index {
			last = nil
		}
	}
	if last.fresh() {
		return last.name
	}
	name, errno := ifname(index)
	switch {
	case errno == 0:
	case errno != syscall.ENODEV && last != nil:
		return last.name
	default:
		name = strconv.FormatUint(uint64(index), 10)
	}
	if z != nil && (errno == 0 || errno == syscall.ENODEV) {
		z.byIndex.Store(&zone{name, index, time.Now().Add(zoneAge)})
	}
	return name
}

// ifindex returns the index of the interface with a name, ENODEV if there is none.
func ifindex(ifname string) (uint32, syscall.Errno) {
	var name [sys.IF_NAMESIZE]byte
	if !putIfname(name[:], ifname) {
		return 0, syscall.ENODEV
	}
	index := csock_ifindex(bytesPtr(name[:]))
	if index > 0 {
		return uint32(index), 0
	}
	return 0, noInterface(-index)
}

// ifname returns the name of an interface, ENODEV if there is none.
func ifname(index uint32) (string, syscall.Errno) {
	var name [sys.IF_NAMESIZE]byte
	n := csock_ifname(uint32_t(index), bytesPtr(name[:]))
	if n > 0 {
		return string(name[:n]), 0
	}
	return "", noInterface(-n)
}

// noInterface returns errno, but ENODEV for both numbers that systems use for a missing interface.
func noInterface(errno c_int) syscall.Errno {
	if errno == sys.ENXIO {
		return syscall.ENODEV
	}
	return syscall.Errno(errno)
}

// interfaceText returns the name of an interface in the caller's network namespace, or its index if
// there is none.
func interfaceText(index int) string { return (*zones)(nil).name(uint32(index)) }
