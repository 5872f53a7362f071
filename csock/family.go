//go:build cgo

package csock

import (
	"encoding/hex"
	"fmt"
	"syscall"
	"unsafe"
)

// An addrForm converts between an address of a family, as T, and its native struct. Both functions
// are nil where the platform has no such struct.
type addrForm[T any] struct {
	encode func(T) (SockAddr, bool)
	decode func(SockAddr) (T, bool)
}

// make returns the address that sa describes. The address is invalid if the platform has no such
// addresses, or if a number in sa does not fit.
func (f *addrForm[T]) make(sa T) SockAddr {
	if f.encode == nil {
		return invalidAddr(fmt.Sprintf("%T", sa), syscall.EAFNOSUPPORT)
	}
	a, ok := f.encode(sa)
	if !ok {
		return invalidAddr(fmt.Sprintf("%+v", sa), syscall.EINVAL)
	}
	return a
}

// read returns the address a as a T. ok is false if a is no such address.
func (f *addrForm[T]) read(a SockAddr) (sa T, ok bool) {
	if f.decode == nil {
		return sa, false
	}
	return f.decode(a)
}

// useAddr makes f the form of addresses that are a native N. encode and decode report whether the
// values fit.
func useAddr[T, N any](f *addrForm[T], family c_int, encode func(T) (N, bool), decode func(N) (T, bool)) {
	f.encode = func(sa T) (a SockAddr, ok bool) {
		n, ok := encode(sa)
		*makeAddr[N](&a, family) = n
		a.storage.ss_family = sa_family_t(family)
		return a, ok
	}
	f.decode = func(a SockAddr) (sa T, ok bool) {
		n := addrAs[N](&a, family)
		if n == nil {
			return sa, false
		}
		return decode(*n)
	}
}

// makeAddr makes a an address with an N as its native struct, and returns that struct for the
// caller to fill. It fits: sockaddr_storage is large and aligned enough for every one of them.
func makeAddr[N any](a *SockAddr, family c_int) *N {
	a.storage.ss_family = sa_family_t(family)
	a.len = socklen_t(unsafe.Sizeof(*new(N)))
	return (*N)(unsafe.Pointer(&a.storage))
}

// addrAs returns the native struct of an address of a family that is at least as long as an N, else
// nil.
func addrAs[N any](a *SockAddr, family c_int) *N {
	if a.storage.ss_family != sa_family_t(family) || a.len == invalidLen || a.len < socklen_t(unsafe.Sizeof(*new(N))) {
		return nil
	}
	return (*N)(unsafe.Pointer(&a.storage))
}

// familyString returns String's text for an address of one of the families in family_*.go, and ""
// for others.
func (a *SockAddr) familyString() string {
	ifname := func(index int) string { return (*zones)(nil).name(uint32(index)) }
	switch a.Domain() {
	case AF_CAN:
		// The address does not have its protocol: the part after the interface stays a number.
		if sa, ok := a.CAN(); ok {
			if union := canUnion(*a); len(union) > 0 {
				return "can:" + ifname(sa.Ifindex) + ":" + hex.EncodeToString(union)
			}
			return "can:" + ifname(sa.Ifindex)
		}
	case AF_XDP:
		if sa, ok := a.XDP(); ok {
			return fmt.Sprintf("xdp:%s:%d", ifname(sa.Ifindex), sa.QueueID)
		}
	case AF_ALG:
		if sa, ok := a.ALG(); ok {
			return "alg:" + sa.Type + ":" + sa.Name
		}
	case AF_TIPC:
		if sa, ok := a.TIPC(); ok {
			return sa.String()
		}
	case AF_QIPCRTR:
		if sa, ok := a.QRTR(); ok {
			return fmt.Sprintf("qrtr:%d:%d", sa.Node, sa.Port)
		}
	case AF_BLUETOOTH:
		return a.bluetoothString()
	case AF_MCTP:
		if sa, ok := a.MCTP(); ok {
			return fmt.Sprintf("mctp:%d:%d:%d", sa.Network, sa.Addr, sa.Type)
		}
	case AF_PPPOX:
		return a.pppoxString()
	case AF_RXRPC:
		if sa, ok := a.RXRPC(); ok {
			return fmt.Sprintf("rxrpc:%d:%v", sa.Service, sa.Transport)
		}
	}
	return ""
}
