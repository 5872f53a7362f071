//go:build cgo

package csock

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A codec converts values of T to the form that setsockopt(2) takes, and back.
type codec[T any] struct {
	form
	encode  func(T) (native, error)
	decode  func(native) (T, error)
	get     func(*Socket, Option[T]) (T, error)    // implements Get, if that is more than a call with zeroed memory
	getWith func(*Socket, Option[T], T) (T, error) // implements GetWith likewise
}

// A form describes an option's native value, independent of its Go type.
type form struct {
	kind  string // the native type, for people
	plain plain
	shape shape
	size  int                 // of shapeBytes: the number of bytes to offer getsockopt(2)
	text  func(native) string // the value for people; nil if its memory may hold a key

	// Of GetWith:

	// the memory itself says how much of it is valid; the length that the kernel returns may be too
	// low
	whole bool
	// the error for too little room, if the value has no fixed size
	short syscall.Errno
	// if not 0, the length to pass: that of one element, and the distance at which the kernel
	// places them
	each int
}

// A shape is a native type with a C helper of its own.
type shape uint8

const (
	shapeInt     shape = iota // an int
	shapeUint64               // a uint64_t
	shapeTimeval              // a struct timeval
	shapeLinger               // a struct linger
	shapeFprog                // a struct sock_fprog, which points to its instructions
	shapeBytes                // any memory
)

// A native is the native form of an option's value: a number or memory. A number of shapeTimeval is
// in microseconds, and one of shapeLinger in seconds, negative for off. The memory of shapeFprog
// has the instructions.
type native struct {
	num   uint64
	mem   []byte
	level c_int // of an option at the levels of two protocols: the value's level, if it is not the option's
}

// plain names the type underlying T in a codec of shapeInt whose encode and decode only convert.
// Get and Set then convert without calling them. A call through a function pointer is a large part
// of what csock adds to a system call.
type plain uint8

const (
	notPlain plain = iota
	plainBool
	plainInt
	plainUint32
	plainUint8
)

// withText gives c its form's text.
func withText[T any](c *codec[T]) *codec[T] {
	c.text = func(v native) string {
		t, err := c.decode(v)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(t)
	}
	return c
}

// The codecs.
var (
	boolCodec = withText(&codec[bool]{
		form: form{kind: "bool", plain: plainBool},
		encode: func(b bool) (native, error) {
			if b {
				return native{num: 1}, nil
			}
			return native{}, nil
		},
		decode: func(v native) (bool, error) { return v.num != 0, nil },
	})
	intCodec    = newIntCodec[int]("int")
	uint32Codec = newUint32Codec[uint32]("uint32")
	uint64Codec = withText(&codec[uint64]{
		form:   form{kind: "uint64", shape: shapeUint64},
		encode: func(n uint64) (native, error) { return native{num: n}, nil },
		decode: func(v native) (uint64, error) { return v.num, nil },
	})
	secondsCodec      = durationCodec(time.Second)
	millisecondsCodec = durationCodec(time.Millisecond)
	microsecondsCodec = durationCodec(time.Microsecond)
	timevalCodec      = withText(&codec[time.Duration]{
		form: form{kind: "duration (struct timeval)", shape: shapeTimeval},
		encode: func(d time.Duration) (native, error) {
			if d < 0 {
				return native{}, fmt.Errorf("%v is negative: %w", d, syscall.EDOM)
			}
			return native{num: uint64(units(d, time.Microsecond))}, nil
		},
		decode: func(v native) (time.Duration, error) {
			return duration(int64(v.num), time.Microsecond), nil
		},
	})
	// ulongCodec is for an unsigned long.
	ulongCodec = newUlongCodec()
	// noneCodec is for an option that acts when it is set, whatever the value.
	noneCodec = &codec[struct{}]{
		form:   form{kind: "none"},
		encode: func(struct{}) (native, error) { return native{}, nil },
		decode: func(native) (struct{}, error) { return struct{}{}, nil },
	}
	// emptyCodec is for an option that does something when it is set, to a value of no bytes.
	emptyCodec = &codec[struct{}]{
		form:   form{kind: "none", shape: shapeBytes},
		encode: func(struct{}) (native, error) { return native{}, nil },
		decode: func(native) (struct{}, error) { return struct{}{}, nil },
	}
	// sockAddrCodec is for a sockaddr of any family. It only decodes.
	sockAddrCodec = &codec[SockAddr]{
		form: form{kind: "sockaddr", shape: shapeBytes, size: sizeofSockaddrStorage},
		encode: func(a SockAddr) (native, error) {
			if !a.IsValid() {
				return native{}, fmt.Errorf("%v: %w", a, syscall.EINVAL)
			}
			return native{mem: a.Bytes()}, nil
		},
		decode: func(v native) (SockAddr, error) {
			a, err := RawSockAddr(v.mem)
			// Netfilter does not change the length that it was offered.
			switch {
			case a.isIPv4():
				a.received(sizeof_struct_sockaddr_in)
			case a.isIPv6():
				a.received(sizeof_struct_sockaddr_in6)
			}
			return a, err
		},
	}
	stringCodec = newStringCodec(1024)
	bytesCodec  = newBytesCodec(1024)
)

// newIntCodec returns a codec for a Go type that stands for a C int.
func newIntCodec[T ~int](kind string) *codec[T] {
	return withText(&codec[T]{
		form: form{kind: kind, plain: plainInt},
		encode: func(n T) (native, error) {
			if int64(n) < math.MinInt32 || int64(n) > math.MaxInt32 {
				return native{}, fmt.Errorf("%d overflows an int: %w", int(n), syscall.EINVAL)
			}
			return native{num: uint64(n)}, nil
		},
		decode: func(v native) (T, error) { return T(int32(v.num)), nil },
	})
}

// newUint32Codec returns a codec for a Go type that stands for a uint32_t.
func newUint32Codec[T ~uint32](kind string) *codec[T] {
	return withText(&codec[T]{
		form:   form{kind: kind, plain: plainUint32},
		encode: func(n T) (native, error) { return native{num: uint64(n)}, nil },
		decode: func(v native) (T, error) { return T(v.num), nil },
	})
}

// newUlongCodec returns ulongCodec. An unsigned long has 32 bits in FreeBSD's only such option. The
// highest uint64 stands for the highest unsigned long, because options use it for "no limit".
func newUlongCodec() *codec[uint64] {
	c := *uint64Codec
	c.kind = "unsigned long"
	if unsafe.Sizeof(csock_ulong(0)) == 8 {
		return withText(&c)
	}
	c.shape = shapeInt
	c.encode = func(n uint64) (native, error) {
		if n > math.MaxUint32 && n != math.MaxUint64 {
			return native{}, fmt.Errorf("%d overflows an unsigned long: %w", n, syscall.EINVAL)
		}
		return native{num: n}, nil
	}
	c.decode = func(v native) (uint64, error) {
		if v.num == math.MaxUint32 {
			return math.MaxUint64, nil
		}
		return v.num, nil
	}
	return withText(&c)
}

// durationCodec returns a codec for an int that counts units of time.
func durationCodec(unit time.Duration) *codec[time.Duration] {
	return withText(&codec[time.Duration]{
		form: form{kind: "duration (int, " + strings.TrimPrefix(unit.String(), "1") + ")"},
		encode: func(d time.Duration) (native, error) {
			n := units(d, unit)
			if n < math.MinInt32 || n > math.MaxInt32 {
				return native{}, fmt.Errorf("%v overflows an int of %v: %w", d, unit, syscall.EDOM)
			}
			return native{num: uint64(n)}, nil
		},
		decode: func(v native) (time.Duration, error) {
			return duration(int64(int32(v.num)), unit), nil
		},
	})
}

// newStringCodec returns a codec for a name of up to size bytes, including its terminating zero
// byte.
func newStringCodec(size int) *codec[string] {
	return withText(&codec[string]{
		form: form{kind: "string", shape: shapeBytes, size: size},
		encode: func(s string) (native, error) {
			if strings.IndexByte(s, 0) >= 0 {
				return native{}, fmt.Errorf("%q has a zero byte: %w", s, syscall.EINVAL)
			}
			if len(s) >= size {
				return native{}, fmt.Errorf("%q is longer than %d bytes: %w", s, size-1,
					syscall.EINVAL)
			}
			return native{mem: append([]byte(s), 0)}, nil
		},
		decode: func(v native) (string, error) { return cString(v.mem), nil },
	})
}

// newBytesCodec returns a codec for memory. Get reads up to size bytes.
func newBytesCodec(size int) *codec[[]byte] {
	return &codec[[]byte]{
		form:   form{kind: "bytes", shape: shapeBytes, size: size},
		encode: func(p []byte) (native, error) { return native{mem: p}, nil },
		decode: func(v native) ([]byte, error) { return v.mem, nil },
	}
}

// platformCodec returns a codec for a struct that only some platforms have. On those, the
// platform's file calls useStruct or one of its variants; elsewhere the option is unsupported.
func platformCodec[T any](kind string) *codec[T] {
	return &codec[T]{
		form:   form{kind: kind, shape: shapeBytes},
		encode: func(T) (native, error) { return native{}, errors.ErrUnsupported },
		decode: func(native) (t T, err error) { return t, errors.ErrUnsupported },
	}
}

// newStructCodec returns a codec for a native struct N that every platform has.
func newStructCodec[T, N any](
	kind string, encode func(T, *N) error, decode func(*N, int) (T, error),
) *codec[T] {
	return useStruct(platformCodec[T](kind), encode, decode)
}

// newPlainCodec is newStructCodec for a struct that the kernel always fills whole.
func newPlainCodec[T, N any](kind string, encode func(T, *N) error, decode func(*N) T) *codec[T] {
	return usePlain(platformCodec[T](kind), encode, decode)
}

// useStruct makes c the codec of a native struct N. decode also gets the number of N's bytes that
// the kernel filled. Without encode the struct is zero: the kernel refuses to set an option that
// can only be read. Without decode Get returns errNoGet.
//
//go:noinline
func useStruct[T, N any](
	c *codec[T], encode func(T, *N) error, decode func(*N, int) (T, error),
) *codec[T] {
	c.size = int(unsafe.Sizeof(*new(N)))
	c.encode = func(t T) (native, error) {
		n := new(N) // not a variable: its bytes live on in the result
		if encode != nil {
			if err := encode(t, n); err != nil {
				return native{}, err
			}
		}
		return native{mem: bytesOf(n)}, nil
	}
	c.decode = func(v native) (t T, err error) {
		if decode == nil {
			return t, errNoGet
		}
		return decode(nativeOf[N](v.mem), len(v.mem))
	}
	return c
}

// appendEncoded appends the native form of t to b. It returns b and an error if t has none.
func appendEncoded[T any](b []byte, c *codec[T], t T) ([]byte, error) {
	v, err := c.encode(t)
	if err != nil {
		return b, err
	}
	return append(b, v.mem...), nil
}

// usePlain is useStruct for a struct that the kernel always fills whole.
func usePlain[T, N any](c *codec[T], encode func(T, *N) error, decode func(*N) T) *codec[T] {
	if decode == nil {
		return useStruct(c, encode, nil)
	}
	return useStruct(c, encode, func(n *N, _ int) (T, error) { return decode(n), nil })
}

// useList makes c the codec of an array of native Ns. Get reads up to count of them.
func useList[T, N any](
	c *codec[[]T], count int, encode func(T, *N) error, decode func(*N) T,
) *codec[[]T] {
	size := int(unsafe.Sizeof(*new(N)))
	c.size = size * count
	c.encode = func(list []T) (native, error) {
		ns := make([]N, len(list))
		for i := range list {
			if encode == nil {
				break
			}
			if err := encode(list[i], &ns[i]); err != nil {
				return native{}, err
			}
		}
		return native{mem: bytesOfAll(ns)}, nil
	}
	c.decode = func(v native) ([]T, error) {
		list := make([]T, len(v.mem)/size)
		for i := range list {
			list[i] = decode(element[N](v.mem, i, size))
		}
		return list, nil
	}
	return c
}

// useTailed makes c the codec of a struct N that counts an array of Es at its end. Get reads up to
// count of them. The length that the kernel returns does not always include the N.
func useTailed[T, N, E any](
	c *codec[T], count int, encode func(T, *N) ([]E, error), decode func(*N, []E) T,
) *codec[T] {
	head, elem := int(unsafe.Sizeof(*new(N))), int(unsafe.Sizeof(*new(E)))
	c.size, c.whole, c.get = head+elem*count, true, getWithZero[T]
	c.encode = func(t T) (native, error) {
		n := new(N)
		tail, err := encode(t, n)
		if err != nil {
			return native{}, err
		}
		mem := bytesOf(n)
		for i := range tail {
			mem = append(mem, bytesOf(&tail[i])...)
		}
		return native{mem: mem}, nil
	}
	c.decode = func(v native) (t T, err error) {
		if decode == nil {
			return t, errNoGet
		}
		mem := v.mem[min(head, len(v.mem)):]
		tail := make([]E, len(mem)/elem)
		for i := range tail {
			tail[i] = *element[E](mem, i, elem)
		}
		return decode(nativeOf[N](v.mem), tail), nil
	}
	return c
}

// byFamily makes c encode for the level of the protocol of the value's group.
func byFamily[T any](c *codec[T], group func(T) netip.Addr) *codec[T] {
	encode := c.encode
	c.encode = func(t T) (native, error) {
		v, err := encode(t)
		if group(t).Is6() {
			v.level = sys.IPPROTO_IPV6
		}
		return v, err
	}
	return c
}

// orMore makes c retry with more room while the kernel returns short.
func orMore[T any](c *codec[T], short syscall.Errno) *codec[T] {
	c.short, c.get = short, getWithZero[T]
	return c
}

// getWithZero implements a codec's get by GetWith with a zero value.
func getWithZero[T any](s *Socket, o Option[T]) (T, error) {
	var zero T
	return o.GetWith(s, zero)
}

// memoryOf returns new memory for getsockopt(2): v's native form, with the form's room for the
// result.
func memoryOf(f *form, v native) ([]byte, error) {
	switch f.shape {
	case shapeInt:
		n := c_int(v.num)
		return append([]byte(nil), bytesOf(&n)...), nil
	case shapeBytes:
		p := make([]byte, max(f.size, len(v.mem)))
		copy(p, v.mem)
		return p, nil
	}
	return nil, syscall.EINVAL
}

// isFilled reports whether the kernel filled a field of value, a struct. c decodes value from
// memory, and the kernel filled that many bytes of it. field points to the field. Pointers are
// compared as pointers, so that it does not matter where value is and whether it moves.
func isFilled[T any](c *codec[T], value *T, filled int, field any) bool {
	p, v := reflect.ValueOf(field), reflect.ValueOf(value).Elem()
	if p.Kind() != reflect.Pointer {
		return false
	}
	for i := range v.NumField() {
		at := v.Field(i).Addr()
		if at.Type() != p.Type() || at.UnsafePointer() != p.UnsafePointer() {
			continue
		}
		// What the kernel would fill, all ones.
		ones, err := c.decode(native{mem: bytes.Repeat([]byte{0xff}, filled)})
		return err == nil && !reflect.ValueOf(ones).Field(i).IsZero()
	}
	return false
}

// notInt32 returns the error of a number that does not fit a field of 32 bits.
func notInt32(field string, n int) error {
	return fmt.Errorf("%s %d overflows an int: %w", field, n, syscall.EINVAL)
}
