//go:build linux && cgo

package csock

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/tests/cref"
)

// valueText describes a value as cref.ValueText does: its fields in order, without their names.
func valueText(v any, err error) string {
	if err != nil {
		return " error"
	}
	var b strings.Builder
	writeValue(&b, reflect.ValueOf(v))
	return b.String()
}

func writeValue(b *strings.Builder, v reflect.Value) {
	if v.CanInterface() {
		switch v := v.Interface().(type) {
		case SockAddr:
			fmt.Fprintf(b, " %x", v.Bytes())
			return
		case netip.Addr:
			fmt.Fprintf(b, " %x", v.AsSlice())
			return
		}
	}
	switch t := v.Type(); t.Kind() {
	case reflect.Bool:
		fmt.Fprintf(b, " %d", cBool(v.Bool()))
	case reflect.String:
		fmt.Fprintf(b, " %x", v.String())
	case reflect.Interface: // an error
		errno, _ := v.Interface().(syscall.Errno)
		fmt.Fprintf(b, " %d", int32(errno))
	case reflect.Struct:
		for i := range v.NumField() {
			if t.Field(i).Name != "filled" { // csock's own
				writeValue(b, v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			b.WriteString(" ")
			for i := range v.Len() {
				fmt.Fprintf(b, "%02x", v.Index(i).Uint())
			}
			return
		}
		if t.Kind() == reflect.Slice {
			b.WriteString(" [")
			defer b.WriteString(" ]")
		}
		for i := range v.Len() {
			writeValue(b, v.Index(i))
		}
	default:
		if v.CanInt() {
			fmt.Fprintf(b, " %d", v.Int())
		} else {
			fmt.Fprintf(b, " %d", v.Uint())
		}
	}
}

// readable returns the options whose memory Get decodes, and those that C cannot describe.
func readable() (all []memoryOption, unknown []string) {
	for _, o := range memoryOptions() {
		if !o.CanGet() {
			continue
		}
		if _, ok := cref.ValueText(o.String(), nil); ok {
			all = append(all, o)
		} else {
			unknown = append(unknown, o.String())
		}
	}
	return all, unknown
}

// C describes the values of all options but these.
func TestOptionsHaveText(t *testing.T) {
	all, unknown := readable()
	left := map[string]string{
		"MPTCP_FULL_INFO": "Get makes a call of its own, to which it passes the memory of arrays",
		"SO_PEERNAME":     "its codec is SO_ORIGINAL_DST's",
		"SO_RCVTIMEO_NEW": "where it is a struct, TestKernelTimevals has its values",
	}
	for _, name := range unknown {
		if left[name] == "" {
			t.Errorf("C does not describe %s", name)
		}
	}
	if len(all) < 70 {
		t.Errorf("only %d options", len(all))
	}
}

// sameValue compares what csock and C read of an option's bytes.
func sameValue(t *testing.T, o memoryOption, p []byte) {
	t.Helper()
	p = p[:len(p):len(p)]
	v, err := o.read(p)
	compare := func(name, got string) {
		if want, ok := cref.ValueText(name, p); !ok || got != want {
			t.Errorf("csock and C read %s of %x differently:\n%s\n%s", name, p, got, want)
		}
	}
	compare(o.String(), valueText(v, err))
	if info, ok := v.(TCPCCInfo); ok && err == nil {
		if v, ok := info.Vegas(); ok {
			compare("TCP_CC_INFO vegas", valueText(v, nil))
		}
		if v, ok := info.DCTCP(); ok {
			compare("TCP_CC_INFO dctcp", valueText(v, nil))
		}
		if v, ok := info.BBR(); ok {
			compare("TCP_CC_INFO bbr", valueText(v, nil))
		}
	}
}

// A value that is cut, whatever its bytes, is read as C reads it.
func TestOptionsCut(t *testing.T) {
	all, _ := readable()
	for _, o := range all {
		whole := make([]byte, min(max(o.memory().size, 64), 700))
		for _, fill := range []func(i int) byte{
			func(int) byte { return 0 }, func(int) byte { return 0xff }, func(i int) byte { return byte(i*37 + 1) },
			func(i int) byte { return []byte{2, 0, 1, 1}[i%4] }, func(i int) byte { return []byte{10, 0, 0, 0, 4, 0, 0, 0}[i%8] },
		} {
			for i := range whole {
				whole[i] = fill(i)
			}
			for n := 0; n <= len(whole); n += 1 + n/16 {
				sameValue(t, o, whole[:n])
			}
			for n := o.memory().size - 2; n <= o.memory().size+2; n++ {
				if n >= 0 && n <= len(whole) {
					sameValue(t, o, whole[:n])
				}
			}
		}
	}
}

// For any bytes that the kernel might return, the value that csock reads is the one that C reads.
func FuzzOptionDecode(f *testing.F) {
	all, _ := readable()
	for i, o := range all {
		f.Add(uint16(i), make([]byte, min(o.memory().size, 512)))
		if p, ok := cref.TransportValue(o.String()); ok {
			f.Add(uint16(i), p)
		}
	}
	f.Fuzz(func(t *testing.T, i uint16, p []byte) {
		o := all[int(i)%len(all)]
		sameValue(t, o, p[:min(len(p), max(o.memory().size, 64))])
	})
}
