//go:build cgo

package csock

import (
	"fmt"
	"math"
	"reflect"
	"syscall"
)

// GetBytes makes the getsockopt(2) call with p as it is: its length is the one that the kernel is told, 0 for a nil p,
// and its content is what the kernel finds in the memory. It returns the length that the kernel returned, which may be more
// than len(p) where the kernel tells how much there is. Type and access of the option do not count.
//
// It is for options whose answer depends on the length, such as one byte of IP_TOS, and for those that csock has no type
// for: NewOption[[]byte](name, level, number) makes an Option of any two numbers.
func (d declared) GetBytes(c AnySocket, p []byte) (int, error) {
	return d.o.known().getBytes(socketOf(c), p)
}

// SetBytes makes the setsockopt(2) call with p as it is, with a null pointer for a p of no bytes. Type and access of the
// option do not count.
func (d declared) SetBytes(c AnySocket, p []byte) error { return d.o.known().setBytes(socketOf(c), p) }

func (o *option) getBytes(s *Socket, p []byte) (int, error) {
	if err := o.enterBytes(s, p); err != nil {
		return 0, err
	}
	r := csock_get_bytes(s.fd, o.level, o.number, bytesPtr(p), size_t(len(p)))
	s.leave()
	if r < 0 {
		return 0, o.error("getsockopt", syscall.Errno(-r))
	}
	return int(r), nil
}

func (o *option) setBytes(s *Socket, p []byte) error {
	if err := o.enterBytes(s, p); err != nil {
		return err
	}
	r := csock_set_bytes(s.fd, o.level, o.number, bytesPtr(p), size_t(len(p)))
	s.leave()
	if r < 0 {
		return o.error("setsockopt", syscall.Errno(-r))
	}
	return nil
}

// enterBytes is enterFor for a call with p, which is longer than a socklen_t counts if it is refused.
func (o *option) enterBytes(s *Socket, p []byte) error {
	err := s.enterFor(o)
	if err == nil && int64(len(p)) > math.MaxInt32 {
		s.leave()
		err = o.refuse(fmt.Errorf("%d bytes: %w", len(p), syscall.EINVAL))
	}
	return err
}

// NewStructOption makes an option that csock has no variable for and whose native value is a T: a struct or another type
// of fixed size, such as a struct_tcp_info of the caller's own cgo. Get and GetWith offer the kernel the size of a T, and
// what it does not fill is zero, or what was in it. level and number are the platform's, name is for errors.
//
// The kernel reads and writes the memory of a T, so a T has no pointers; with one that has, Get and Set return
// [os.ErrInvalid].
func NewStructOption[T any](name string, level Level, number int) Option[T] {
	typ := reflect.TypeFor[T]()
	if hasPointers(typ) || typ.Size() > maxGetBytes {
		return lackingOption[T](name, level, number)
	}
	c := newStructCodec(typ.String(), func(t T, n *T) error {
		*n = t
		return nil
	}, func(n *T, _ int) (T, error) { return *n, nil })
	return newOption(c, canBoth, name, cInt(level), cInt(number))
}

// hasPointers reports whether values of a type hold addresses of Go memory.
func hasPointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if hasPointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.Array:
		return t.Len() > 0 && hasPointers(t.Elem())
	}
	return t.Kind() > reflect.Array // the kinds up to Array are numbers
}
