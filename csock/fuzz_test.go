//go:build linux && cgo

package csock

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/csock/go-csock/tests/cref"
)

// A memoryOption is an option whose native value is memory.
type memoryOption interface {
	AnyOption
	read(p []byte) (any, error)
	again(v any) (any, error)
	memory() *form
}

func (o Option[T]) memory() *form { return o.o.form }

// read decodes bytes as if the kernel had returned them.
func (o Option[T]) read(p []byte) (any, error) { return o.c.decode(native{mem: p}) }

// again encodes a value, and decodes the result.
func (o Option[T]) again(v any) (any, error) {
	n, err := o.c.encode(v.(T))
	if err != nil {
		return v, err
	}
	return o.c.decode(n)
}

// memoryOptions returns an option of each native form that is memory.
func memoryOptions() []memoryOption {
	var all []memoryOption
	seen := map[*form]bool{}
	for o := range Options() {
		m := o.(memoryOption)
		if f := m.memory(); f.shape == shapeBytes && m.Supported() && !seen[f] {
			seen[f] = true
			all = append(all, m)
		}
	}
	return all
}

// oneWay are options whose value is not always the same after it was set, with the reason.
var oneWay = map[string]string{
	"TLS_TX": "the kernel may return less than the keys, which are set whole",
	"TLS_RX": "as TLS_TX",
}

// For any bytes that the kernel might return, the value of an option is read without a fault, and
// one that can be set and read is the same after both.
func FuzzOptionValues(f *testing.F) {
	all := memoryOptions()
	for i, o := range all {
		f.Add(uint16(i), make([]byte, o.memory().size))
		if p, ok := cref.TransportValue(o.String()); ok {
			f.Add(uint16(i), p)
		}
	}
	f.Fuzz(func(t *testing.T, i uint16, p []byte) {
		o := all[int(i)%len(all)]
		if limit := o.memory().size; len(p) > limit {
			p = p[:limit]
		}
		p = p[:len(p):len(p)]
		v, err := o.read(p)
		if err != nil || !o.CanGet() || !o.CanSet() || oneWay[o.String()] != "" {
			return
		}
		same, err := o.again(v)
		if err == nil && !reflect.DeepEqual(v, same) {
			t.Errorf("%v of %x is\n%+v, and after it was set\n%+v", o, p, v, same)
		}
		_ = fmt.Sprint(v)
	})
}
