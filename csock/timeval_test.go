//go:build linux && cgo

package csock

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/csock/go-csock/tests/need"
)

// The two timevals of the kernel, also where the C library's is the same and Get and Set of these
// options need no codec of their own: their bytes, their limits, and on a socket.
func TestKernelTimevals(t *testing.T) {
	long := int(unsafe.Sizeof(__kernel_long_t(0)))
	for _, test := range []struct {
		option Option[time.Duration]
		codec  *codec[time.Duration]
		word   int // bytes of a number
	}{
		{SO_RCVTIMEO_OLD, usePlain(platformCodec[time.Duration]("old"), encodeOldTimeval, decodeOldTimeval), long},
		{SO_RCVTIMEO_NEW, usePlain(platformCodec[time.Duration]("new"), encodeNewTimeval, decodeNewTimeval), 8},
	} {
		timeval := func(sec, usec int64) []byte {
			if test.word == 4 {
				return binary.NativeEndian.AppendUint32(binary.NativeEndian.AppendUint32(nil, uint32(sec)), uint32(usec))
			}
			return binary.NativeEndian.AppendUint64(binary.NativeEndian.AppendUint64(nil, uint64(sec)), uint64(usec))
		}
		for _, c := range []struct {
			d         time.Duration
			sec, usec int64
			back      time.Duration
		}{
			{0, 0, 0, 0},
			{1, 0, 1, time.Microsecond}, // rounded up
			{1500 * time.Millisecond, 1, 500_000, 1500 * time.Millisecond},
			{time.Hour - 1, 3600, 0, time.Hour},
			{math.MaxInt32 * time.Second, math.MaxInt32, 0, math.MaxInt32 * time.Second},
			{math.MaxInt64, 9_223_372_036, 854_776, math.MaxInt64},
		} {
			v, err := test.codec.encode(c.d)
			if test.word == 4 && c.sec > math.MaxInt32 {
				if !errors.Is(err, syscall.EDOM) {
					t.Errorf("%v: %v in 32 bits: %v", test.option, c.d, err)
				}
				continue
			}
			if want := timeval(c.sec, c.usec); err != nil || !bytes.Equal(v.mem, want) {
				t.Errorf("%v: %v is %x, %v, want %x", test.option, c.d, v.mem, err, want)
			}
			if back, err := test.codec.decode(v); err != nil || back != c.back {
				t.Errorf("%v: %v comes back as %v, %v", test.option, c.d, back, err)
			}
		}
		if _, err := test.codec.encode(-1); !errors.Is(err, syscall.EDOM) {
			t.Errorf("%v: a negative duration: %v", test.option, err)
		}
		// More seconds, or microseconds beside them, than a time.Duration has.
		for _, c := range [][2]int64{{math.MaxInt64, 0}, {9_223_372_036, 999_999}} {
			if c[0] > math.MaxInt32 && test.word == 4 {
				continue
			}
			if d, err := test.codec.decode(native{mem: timeval(c[0], c[1])}); err != nil || d != math.MaxInt64 {
				t.Errorf("%v: %d s %d µs are %v, %v", test.option, c[0], c[1], d, err)
			}
		}

		s, err := New(AF_INET, SOCK_DGRAM, 0)
		need.OK(t, err)
		defer s.Close()
		o := otherForm(test.option, test.codec)
		need.OK(t, o.Set(s, 90*time.Minute))
		for name, o := range map[string]Option[time.Duration]{"by the codec": o, "by the option": test.option, "by C's": SO_RCVTIMEO} {
			if d, err := o.Get(s); err != nil || d != 90*time.Minute {
				t.Errorf("%v, read %s: %v, %v", test.option, name, d, err)
			}
		}
	}
}
