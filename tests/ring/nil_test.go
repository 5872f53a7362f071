//go:build linux

package ring

import (
	"reflect"
	"testing"

	"github.com/csock/go-csock/csock/ring"
)

// No method of a ring, block or map that does not exist panics, nor of one that no function made.
func TestNil(t *testing.T) {
	for _, v := range []any{
		(*ring.TPacket)(nil), (*ring.XDP)(nil), (*ring.XSKMap)(nil), (*ring.Block)(nil), (*ring.XDPBatch)(nil),
		new(ring.TPacket), new(ring.XDP), new(ring.XSKMap), new(ring.Block), new(ring.XDPBatch), new(ring.Frame),
	} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumMethod() {
			what := typ.String() + "." + typ.Method(i).Name
			if !reflect.ValueOf(v).IsNil() {
				what += " of a zero value"
			}
			t.Run(what, func(t *testing.T) {
				defer func() {
					if r := recover(); r != nil {
						t.Errorf("it panics: %v", r)
					}
				}()
				method := reflect.ValueOf(v).Method(i)
				args := make([]reflect.Value, method.Type().NumIn())
				for j := range args {
					args[j] = reflect.Zero(method.Type().In(j))
				}
				for _, result := range method.Call(args) {
					switch err, isErr := result.Interface().(error); {
					case result.Kind() == reflect.Func: // an iterator
						yield := result.Type().In(0)
						result.Call([]reflect.Value{reflect.MakeFunc(yield, func([]reflect.Value) []reflect.Value {
							t.Error("it has elements")
							return []reflect.Value{reflect.ValueOf(false)}
						})})
					case result.Type() == reflect.TypeFor[error]() && !isErr:
						t.Errorf("no error: %v", err)
					}
				}
			})
		}
	}
}
