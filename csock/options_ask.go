//go:build cgo

package csock

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// GetWith returns the option's value where the system is told something by the memory that it
// answers in: which association of an SCTP socket is meant, which keys are asked for, where data is to go.
// The option's documentation says which fields of in count. See getsockopt(2).
func (o Option[T]) GetWith(c AnySocket, in T) (T, error) {
	if o.c == nil {
		var zero T
		return zero, os.ErrInvalid
	}
	v, err := o.c.encode(in)
	v, err = o.o.ask(socketOf(c), v, err)
	// The memory may hold addresses of what in refers to.
	runtime.KeepAlive(in)
	if err != nil {
		var zero T
		return zero, err
	}
	t, err := o.c.decode(v)
	if err != nil {
		return t, o.o.refuse(err)
	}
	return t, nil
}

// ask makes the getsockopt(2) call of GetWith with what the question is encoded as; refused is the error of encoding it.
func (o *option) ask(s *Socket, v native, refused error) (native, error) {
	if err := s.enterFor(o); err != nil {
		return native{}, err
	}
	if refused == nil {
		v.mem, refused = memoryOf(o.form, v)
	}
	if refused != nil {
		s.leave()
		return native{}, o.refuse(refused)
	}
	r := csock_get_bytes(s.fd, o.level, o.number, bytesPtr(v.mem), size_t(cmp.Or(o.form.each, len(v.mem))))
	for r < 0 && syscall.Errno(-r) == o.form.short && len(v.mem) < maxGetBytes {
		v.mem = append(v.mem, make([]byte, len(v.mem))...)
		r = csock_get_bytes(s.fd, o.level, o.number, bytesPtr(v.mem), size_t(len(v.mem)))
	}
	s.leave()
	if r < 0 {
		return native{}, o.error("getsockopt", syscall.Errno(-r))
	}
	if !o.form.whole {
		v.mem = v.mem[:min(int(r), len(v.mem))]
	}
	if o.form.shape == shapeInt {
		var n c_int
		copy(bytesOf(&n), v.mem)
		v.num = uint64(n)
	}
	return v, nil
}

// getWithZero is a codec's get that asks by GetWith, for nothing in particular.
func getWithZero[T any](s *Socket, o Option[T]) (T, error) {
	var zero T
	return o.GetWith(s, zero)
}

// orMore is c for what may be longer than it has room for, of which the kernel then says short.
func orMore[T any](c *codec[T], short syscall.Errno) *codec[T] {
	c.short, c.get = short, getWithZero[T]
	return c
}

// memoryOf is v as getsockopt(2) finds it, in memory of its own with the form's room for the answer.
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

// bytesOf is the memory of a native value.
func bytesOf[N any](n *N) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(n)), unsafe.Sizeof(*n))
}

// plainCodec is newStructCodec for a struct that is always filled whole.
func plainCodec[T, N any](kind string, encode func(T, *N) error, decode func(*N) T) *codec[T] {
	if encode == nil {
		encode = noEncode[T, N]
	}
	return newStructCodec(kind, encode, func(n *N, _ int) (T, error) { return decode(n), nil })
}

// noEncode is for an answer that nobody sets: the system refuses the zeros.
func noEncode[T, N any](T, *N) error { return nil }

// listCodec is for an array of native Ns, up to count of them to get.
func listCodec[T, N any](kind string, count int, encode func(T, *N) error, decode func(*N) T) *codec[[]T] {
	size := int(unsafe.Sizeof(*new(N)))
	return &codec[[]T]{
		form: form{kind: kind, shape: shapeBytes, size: size * count},
		encode: func(list []T) (native, error) {
			mem := make([]byte, 0, size*len(list))
			for _, t := range list {
				n := new(N)
				if err := encode(t, n); err != nil {
					return native{}, err
				}
				mem = append(mem, bytesOf(n)...)
			}
			return native{mem: mem}, nil
		},
		decode: func(v native) ([]T, error) {
			list := make([]T, len(v.mem)/size)
			for i := range list {
				n := new(N)
				copy(bytesOf(n), v.mem[i*size:])
				list[i] = decode(n)
			}
			return list, nil
		},
	}
}

// lackingCodec is for a struct that the platform has not: its option is unsupported, and the functions are
// never called.
func lackingCodec[T any](kind string) *codec[T] {
	return &codec[T]{
		form:   form{kind: kind, shape: shapeBytes},
		encode: func(T) (native, error) { return native{}, errors.ErrUnsupported },
		decode: func(native) (t T, err error) { return t, errors.ErrUnsupported },
	}
}

// putNumber puts a number into a native field, if that has room for it.
func putNumber[N ~uint8 | ~uint16 | ~uint32](to *N, field string, n int) error {
	*to = N(n)
	if int64(*to) != int64(n) {
		return fmt.Errorf("%s %d overflows %d bits: %w", field, n, 8*unsafe.Sizeof(*to), syscall.EINVAL)
	}
	return nil
}

// A clock turns durations into the unsigned 32 bits of struct fields and keeps the first error.
type clock struct{ err error }

func (c *clock) count(d, unit time.Duration) uint32_t {
	n := units(d, unit)
	if (n < 0 || n > 1<<32-1) && c.err == nil {
		c.err = fmt.Errorf("%v is no 32-bit count of %v: %w", d, unit, syscall.EDOM)
	}
	return uint32_t(n)
}

// isFilled tells whether the system filled a field of an answer. field points into base, the answer as Go
// has it; ones is what decoding makes of ones where the system wrote and zeros elsewhere.
func isFilled[T any](base, ones *T, field any) bool {
	off, size, ok := within(base, field)
	if !ok {
		return false
	}
	for _, b := range bytesOf(ones)[off : off+size] {
		if b != 0 {
			return true
		}
	}
	return false
}

// within tells where in base a pointer to one of its fields points.
func within[T any](base *T, field any) (off, size uintptr, ok bool) {
	v := reflect.ValueOf(field)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return 0, 0, false
	}
	off, size = v.Pointer()-uintptr(unsafe.Pointer(base)), v.Type().Elem().Size()
	total := unsafe.Sizeof(*base)
	return off, size, off < total && size <= total-off
}
