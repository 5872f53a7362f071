//go:build cgo

package csock

import (
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

// newAddrForm returns a form of the addresses of a family. String returns text for them.
func newAddrForm[T any](family Domain, text func(T) string) *addrForm[T] {
	f := new(addrForm[T])
	addrTexts[family] = append(addrTexts[family], func(a SockAddr) string {
		sa, ok := f.read(a)
		if !ok {
			return ""
		}
		return text(sa)
	})
	return f
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
func useAddr[T, N any](
	f *addrForm[T], family c_int, encode func(T) (N, bool), decode func(N) (T, bool),
) {
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
// caller to fill.
func makeAddr[N any](a *SockAddr, family c_int) *N {
	a.storage.ss_family = sa_family_t(family)
	a.len = socklen_t(unsafe.Sizeof(*new(N)))
	return storageAs[N](a)
}

// addrAs returns the native struct of an address of a family that is at least as long as an N, else
// nil.
func addrAs[N any](a *SockAddr, family c_int) *N {
	if a.storage.ss_family != sa_family_t(family) || a.len == invalidLen ||
		a.len < socklen_t(unsafe.Sizeof(*new(N))) {
		return nil
	}
	return storageAs[N](a)
}
