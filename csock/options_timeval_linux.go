//go:build cgo

package csock

import (
	"fmt"
	"syscall"
	"time"
	"unsafe"
)

// The kernel's timevals from before and after the year 2038. One of them is the C library's.
func init() {
	useTimeval(oldTimevalCodec, encodeOldTimeval, decodeOldTimeval)
	useTimeval(newTimevalCodec, encodeNewTimeval, decodeNewTimeval)
}

func encodeOldTimeval(d time.Duration, n *struct___kernel_old_timeval) error {
	sec, usec := timevalOf(d)
	n.tv_sec, n.tv_usec = __kernel_long_t(sec), __kernel_long_t(usec)
	if d < 0 || int64(n.tv_sec) != sec {
		return fmt.Errorf("%v: %w", d, syscall.EDOM)
	}
	return nil
}

func decodeOldTimeval(n *struct___kernel_old_timeval) time.Duration {
	return timevalDuration(int64(n.tv_sec), int64(n.tv_usec))
}

func encodeNewTimeval(d time.Duration, n *struct___kernel_sock_timeval) error {
	sec, usec := timevalOf(d)
	n.tv_sec, n.tv_usec = __s64(sec), __s64(usec)
	if d < 0 {
		return fmt.Errorf("%v: %w", d, syscall.EDOM)
	}
	return nil
}

func decodeNewTimeval(n *struct___kernel_sock_timeval) time.Duration {
	return timevalDuration(int64(n.tv_sec), int64(n.tv_usec))
}

// useTimeval makes c timevalCodec, which does not allocate, if N is the C library's struct timeval.
func useTimeval[N any](
	c *codec[time.Duration], encode func(time.Duration, *N) error, decode func(*N) time.Duration,
) {
	if unsafe.Sizeof(*new(N)) != unsafe.Sizeof(struct_timeval{}) {
		usePlain(c, encode, decode)
		return
	}
	kind := c.kind
	*c = *timevalCodec
	c.kind = kind
}
