//go:build cgo

package csock

import (
	"fmt"
	"math"
	"reflect"
	"syscall"
)

// GetBytes calls getsockopt(2) with p: the kernel gets p's length, 0 for a nil p, and finds p's
// content in the memory. It returns the length that the kernel returned, which can exceed len(p) if
// the kernel reports the size of the whole value. It ignores the option's type and access.
//
// It is for options whose value depends on the length, such as one byte of IP_TOS. It is also for
// options for which csock has no type: NewOption[[]byte](name, level, number) returns an Option of
// any two numbers.
func (d declared) GetBytes(c AnySocket, p []byte) (int, error) {
	return d.o.known().getBytes(socketOf(c), p)
}

// SetBytes calls setsockopt(2) with p, or with a null pointer if p is empty. It ignores the
// option's type and access.
func (d declared) SetBytes(c AnySocket, p []byte) error {
	return d.o.known().setBytes(socketOf(c), p)
}

func (o *option) getBytes(s *Socket, p []byte) (int, error) {
	if err := o.enterBytes(s, p); err != nil {
		return 0, err
	}
	r := csock_get_bytes(s.fd, o.level, o.number, bytesPtr(p), size_t(len(p)))
	s.leave()
	if r < 0 {
		return 0, o.error("getsockopt", int(r))
	}
	return int(r), nil
}

func (o *option) setBytes(s *Socket, p []byte) error {
	if err := o.enterBytes(s, p); err != nil {
		return err
	}
	if o.names() {
		s.named.Store(true)
	}
	r := csock_set_bytes(s.fd, o.level, o.number, bytesPtr(p), size_t(len(p)))
	s.leave()
	if r < 0 {
		return o.error("setsockopt", int(r))
	}
	return nil
}

// enterBytes is enterFor for a call with p. It refuses a p whose length overflows a socklen_t.
func (o *option) enterBytes(s *Socket, p []byte) error {
	err := s.enterFor(o)
	if err == nil && int64(len(p)) > math.MaxInt32 {
		s.leave()
		err = o.refuse(fmt.Errorf("%d bytes: %w", len(p), syscall.EINVAL))
	}
	return err
}

// NewStructOption returns an option for which csock has no variable and whose native value is a T.
// T is a struct or another type of fixed size, such as a struct_tcp_info of the caller's own cgo.
// Get and GetWith offer the kernel the size of a T. Bytes that the kernel does not fill are zero,
// or for GetWith keep their value. level and number are the platform's. name appears in errors.
//
// The kernel reads and writes the memory of a T, so T must have no pointers; otherwise Get and Set
// return [os.ErrInvalid].
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
