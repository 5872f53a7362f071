//go:build cgo

package csock

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// Native memory: how Go values get into the fields of C structs and out of them.

// bytesOf returns the memory of a native value, which the result keeps alive. Its length is the
// value's size. A caller that writes has an N without pointers, so that no write hides a pointer
// from the garbage collector.
func bytesOf[N any](n *N) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(n)), unsafe.Sizeof(*n))
}

// bytesPtr returns the pointer by which p crosses into C. It may cross because bytes hold no Go
// pointers. The caller's p keeps the memory alive.
//
// The memory does not move. The heap never moves. A goroutine's stack is copied only when the
// goroutine needs more of it, or when the garbage collector shrinks it. The runtime does not shrink
// the stack of a goroutine in a system call. A goroutine in a nocallback call is in one all the
// time.
func bytesPtr(p []byte) *uint8_t {
	return (*uint8_t)(unsafe.SliceData(p))
}

// cInt returns n as C's int, clamped to its range.
func cInt[T ~int](n T) c_int {
	return c_int(max(min(n, sys.INT_MAX), sys.INT_MIN))
}

func cBool(b bool) c_int {
	if b {
		return 1
	}
	return 0
}

// load reads a T from the start of b. ok is false if b is too short.
func load[T any](b []byte) (v T, ok bool) {
	if len(b) < int(unsafe.Sizeof(v)) {
		return v, false
	}
	copy(bytesOf(&v), b[:unsafe.Sizeof(v)])
	return v, true
}

// loadInt reads a C integer of one of three sizes.
func loadInt(b []byte) (int, bool) {
	switch len(b) {
	case 1:
		return int(b[0]), true
	case 2:
		return int(binary.NativeEndian.Uint16(b)), true
	case 4:
		return int(int32(binary.NativeEndian.Uint32(b))), true
	}
	return 0, false
}

// put copies v to an offset of b, which need not be aligned for a T.
func put[T any](b []byte, offset uintptr, v T) { copy(b[offset:][:unsafe.Sizeof(v)], bytesOf(&v)) }

// getAt and putAt copy the field of a packed struct.
func getAt[F, N any](n *N, offset int) (f F) {
	copy(bytesOf(&f), bytesOf(n)[offset:])
	return f
}

func putAt[F, N any](n *N, offset int, f F) { copy(bytesOf(n)[offset:], bytesOf(&f)) }

// element returns the i-th element of a kernel array whose elements are each bytes apart. These may
// be shorter than an N.
func element[N any](array []byte, i, each int) *N {
	return nativeOf[N](array[i*each:][:each])
}

// nativeOf returns a copy of the N that mem begins with: mem need not be aligned for an N. What mem
// lacks is zero.
func nativeOf[N any](mem []byte) *N {
	n := new(N)
	copy(bytesOf(n), mem)
	return n
}

// bytesOfAll is bytesOf for the elements of a slice.
func bytesOfAll[N any](list []N) []byte {
	size := int(unsafe.Sizeof(*new(N)))
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(list))), size*len(list))
}

// atMost returns the first n elements of a list, or all if it has fewer. The kernel counts with
// more bits than an int may have.
func atMost[T any, N ~uint32](list []T, n N) []T {
	return list[:min(uint64(len(list)), uint64(n))]
}

// moreRoom calls short with the amount of room to offer the kernel. It doubles the amount as long
// as short reports that it did not suffice.
func moreRoom(n int, short func(n int) bool) {
	for short(n) {
		n *= 2
	}
}

// cString returns the text before the first zero byte.
func cString(p []byte) string { return string(untilZero(p)) }

// untilZero returns the bytes before the first zero byte.
func untilZero(p []byte) []byte {
	p, _, _ = bytes.Cut(p, []byte{0})
	return p
}

// putIfname writes the name of an interface, and reports whether it is short enough and has no NUL.
func putIfname(field []byte, ifname string) bool {
	if len(ifname) >= len(field) || strings.IndexByte(ifname, 0) >= 0 {
		return false
	}
	copy(field, ifname)
	return true
}

// nativeBytes returns the bytes of n in native order.
func nativeBytes(n uint32) (b [4]byte) {
	binary.NativeEndian.PutUint32(b[:], n)
	return b
}

// setInteger is for fields whose type differs between systems.
func setInteger[T ~int32 | ~uint32 | ~uint64](field *T, n int) { *field = T(n) }

// swap32 converts host order to network order and back.
func swap32(n uint32) uint32 {
	var b [4]byte
	binary.NativeEndian.PutUint32(b[:], n)
	return binary.BigEndian.Uint32(b[:])
}

// putBE16 and putBE32 write n to a native field in network order.
func putBE16[T any](field *T, n uint16) { binary.BigEndian.PutUint16(bytesOf(field), n) }
func putBE32[T any](field *T, n uint32) { binary.BigEndian.PutUint32(bytesOf(field), n) }

// getBE16 and getBE32 return the number in a native field in network order.
func getBE16[T any](field *T) uint16 { return binary.BigEndian.Uint16(bytesOf(field)) }
func getBE32[T any](field *T) uint32 { return binary.BigEndian.Uint32(bytesOf(field)) }

// ip4Bytes and ip6Bytes view a native field as the bytes of an IP address, which is in network
// order, and on some systems a union.
func ip4Bytes[T any](p *T) *[4]byte  { return (*[4]byte)(bytesOf(p)) }
func ip6Bytes[T any](p *T) *[16]byte { return (*[16]byte)(bytesOf(p)) }

// putNumber writes n to a native field. It returns EINVAL if n does not fit.
func putNumber[N ~uint8 | ~uint16 | ~uint32](to *N, field string, n int) error {
	*to = N(n)
	if int64(*to) != int64(n) {
		return fmt.Errorf("%s %d overflows %d bits: %w", field, n, 8*unsafe.Sizeof(*to),
			syscall.EINVAL)
	}
	return nil
}

// convert returns list with its elements converted to another integer type.
func convert[To, From ~uint16 | ~int32](list []From) []To {
	var out []To
	for _, n := range list {
		out = append(out, To(n))
	}
	return out
}

// ms returns the duration that a struct stores in milliseconds.
func ms[N ~uint16 | ~uint32](n N) time.Duration { return duration(int64(n), time.Millisecond) }

// A clock converts durations to the 32-bit unsigned fields of structs and keeps the first error.
type clock struct{ err error }

func (c *clock) count(d, unit time.Duration) uint32_t {
	n := units(d, unit)
	if (n < 0 || n > 1<<32-1) && c.err == nil {
		c.err = fmt.Errorf("%v overflows a 32-bit count of %v: %w", d, unit, syscall.EDOM)
	}
	return uint32_t(n)
}

// ms is count for a field of milliseconds.
func (c *clock) ms(d time.Duration) uint32_t { return c.count(d, time.Millisecond) }

// clampedMS returns d in milliseconds, clamped to 0 to most, for appends, which return no error.
func clampedMS(d time.Duration, most int64) int64 {
	return max(0, min(units(d, time.Millisecond), most))
}

// units returns d in units, rounded away from zero: a d other than 0 does not become 0.
func units(d, unit time.Duration) int64 {
	n := int64(d / unit)
	switch {
	case d%unit > 0:
		n++
	case d%unit < 0:
		n--
	}
	return n
}

// duration returns n units, clamped to the range of time.Duration.
func duration(n int64, unit time.Duration) time.Duration {
	switch {
	case n > int64(math.MaxInt64/unit):
		return math.MaxInt64
	case n < int64(math.MinInt64/unit):
		return math.MinInt64
	}
	return time.Duration(n) * unit
}

// timevalOf returns the fields of a struct timeval, negative ones for a negative d.
func timevalOf(d time.Duration) (sec, usec int64) {
	us := units(d, time.Microsecond)
	return us / 1e6, us % 1e6
}

// timevalDuration returns the duration of a struct timeval, clamped to time.Duration's range.
func timevalDuration(sec, usec int64) time.Duration {
	d := duration(sec, time.Second)
	if sum := d + duration(usec, time.Microsecond); sum >= d {
		return sum
	}
	return math.MaxInt64
}

// putIP4 writes an IPv4 address to a native field.
func putIP4(field *[4]byte, a netip.Addr) error {
	if !a.Is4() {
		return fmt.Errorf("%v is not an IPv4 address: %w", a, syscall.EAFNOSUPPORT)
	}
	*field = a.As4()
	return nil
}

// putIP6 writes an IPv6 address to a native field.
func putIP6(field *[16]byte, a netip.Addr) error {
	if !a.Is6() {
		return fmt.Errorf("%v is not an IPv6 address: %w", a, syscall.EAFNOSUPPORT)
	}
	*field = a.As16()
	return nil
}

// putInterface writes an interface's IPv4 address to a native field. The zero Addr stands for
// 0.0.0.0.
func putInterface(field *[4]byte, a netip.Addr) error {
	if !a.IsValid() {
		return nil
	}
	return putIP4(field, a)
}
