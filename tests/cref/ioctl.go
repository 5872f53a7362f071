//go:build linux && cgo

package cref

// #include <stdlib.h>
// #include <sys/types.h>
// #include "ioctl.h"
import "C"

import "unsafe"

// Poll calls poll(2). It returns how many descriptors have events, and which.
func Poll(fds []uintptr, events []int16, ms int) (int, []int16, error) {
	list := make([]C.int, len(fds)+1)
	want, got := make([]C.short, len(fds)+1), make([]C.short, len(fds)+1)
	for i := range fds {
		list[i], want[i] = C.int(fds[i]), C.short(events[i])
	}
	n, err := coreCount(C.ssize_t(C.cref_poll(&list[0], &want[0], &got[0], C.int(len(fds)), C.int(ms))))
	revents := make([]int16, len(fds))
	for i := range revents {
		revents[i] = int16(got[i])
	}
	return n, revents, err
}

// withString calls f with s in C's memory.
func withString(s string, f func(*C.char) C.int) error {
	c := C.CString(s)
	defer C.free(unsafe.Pointer(c))
	return coreResult(int(f(c)))
}

// IoctlNumber returns the number of a request, 0 if this package has none with that name.
func IoctlNumber(name string) (number uint) {
	withString(name, func(c *C.char) C.int {
		number = uint(C.cref_ioctl_number(c))
		return 0
	})
	return number
}

// IoctlInt makes a request whose argument is an int.
func IoctlInt(fd uintptr, name string, value int) (int, error) {
	n := C.int(value)
	err := withString(name, func(c *C.char) C.int { return C.cref_ioctl_int(C.int(fd), c, &n) })
	return int(n), err
}

// IoctlIfreq makes a request about an interface, and returns the union of its struct ifreq.
func IoctlIfreq(fd uintptr, name, ifname string) (value [24]byte, err error) {
	err = withString(name, func(c *C.char) C.int {
		i := C.CString(ifname)
		defer C.free(unsafe.Pointer(i))
		return C.cref_ioctl_ifreq(C.int(fd), c, i, (*C.uint8_t)(&value[0]))
	})
	return value, err
}

// TsInfo returns an interface's so_timestamping, phc_index, tx_types and rx_filters.
func TsInfo(fd uintptr, ifname string) (info [4]int32, err error) {
	err = withString(ifname, func(c *C.char) C.int {
		return C.cref_ts_info(C.int(fd), c, (*C.int32_t)(&info[0]))
	})
	return info, err
}

// Hwtstamp gets or sets an interface's flags, tx_type and rx_filter.
func Hwtstamp(fd uintptr, ifname string, set bool, config [3]int32) ([3]int32, error) {
	s := C.int(0)
	if set {
		s = 1
	}
	err := withString(ifname, func(c *C.char) C.int {
		return C.cref_hwtstamp(C.int(fd), c, s, (*C.int32_t)(&config[0]))
	})
	return config, err
}
