//go:build linux && cgo

package cref

// #include <stdlib.h>
// #include "option.h"
import "C"

import (
	"encoding/binary"
	"iter"
	"syscall"
	"unsafe"
)

// An Option is a socket option as C's headers and documentation describe it.
type Option struct {
	Name, LevelName string
	Level, Number   int
	Type            OptionType
}

// An OptionType is the type of an option's value in C.
type OptionType int

// The types. An int that counts units of time has a type for each unit.
const (
	OptionInt          OptionType = C.OPTION_INT
	OptionNetInt       OptionType = C.OPTION_NET_INT
	OptionSeconds      OptionType = C.OPTION_SECONDS
	OptionMilliseconds OptionType = C.OPTION_MILLISECONDS
	OptionMicroseconds OptionType = C.OPTION_MICROSECONDS
	OptionU64          OptionType = C.OPTION_U64
	OptionUlong        OptionType = C.OPTION_ULONG
	OptionTimeval      OptionType = C.OPTION_TIMEVAL
	OptionLinger       OptionType = C.OPTION_LINGER
	OptionText         OptionType = C.OPTION_TEXT
	OptionMemory       OptionType = C.OPTION_MEMORY
	OptionStruct       OptionType = C.OPTION_STRUCT
)

// Options are all options that Linux has for applications.
func Options() iter.Seq[Option] {
	return func(yield func(Option) bool) {
		for i := C.int(0); ; i++ {
			o := C.option_at(i)
			if o == nil || !yield(Option{
				Name:      C.GoString(o.name),
				LevelName: C.GoString(o.level_name),
				Level:     int(o.level),
				Number:    int(o.number),
				Type:      OptionType(o._type),
			}) {
				return
			}
		}
	}
}

func optionErrno(r C.int) syscall.Errno { return syscall.Errno(-r) }

// SetInt sets an option whose value is an int. Like the other setters it returns 0 or the errno.
func (o Option) SetInt(fd uintptr, v int32) syscall.Errno {
	return optionErrno(C.option_set_int(C.int(fd), C.int(o.Level), C.int(o.Number), C.int(v)))
}

// SetU64 sets an option whose value is a uint64_t.
func (o Option) SetU64(fd uintptr, v uint64) syscall.Errno {
	return optionErrno(C.option_set_u64(C.int(fd), C.int(o.Level), C.int(o.Number), C.uint64_t(v)))
}

// SetUlong sets an option whose value is an unsigned long.
func (o Option) SetUlong(fd uintptr, v uint64) syscall.Errno {
	return optionErrno(C.option_set_ulong(C.int(fd), C.int(o.Level), C.int(o.Number), C.ulong(v)))
}

// SetTimeval sets an option whose value is a struct timeval.
func (o Option) SetTimeval(fd uintptr, sec, usec int64) syscall.Errno {
	return optionErrno(C.option_set_timeval(C.int(fd), C.int(o.Level), C.int(o.Number), C.long(sec), C.long(usec)))
}

// SetLinger sets an option whose value is a struct linger.
func (o Option) SetLinger(fd uintptr, on, seconds int32) syscall.Errno {
	return optionErrno(C.option_set_linger(C.int(fd), C.int(o.Level), C.int(o.Number), C.int(on), C.int(seconds)))
}

// SetMemory sets an option whose value is bytes.
func (o Option) SetMemory(fd uintptr, p []byte) syscall.Errno {
	return optionErrno(C.option_set_memory(C.int(fd), C.int(o.Level), C.int(o.Number), unsafe.Pointer(unsafe.SliceData(p)), C.unsigned(len(p))))
}

// Get offers the kernel size bytes and returns those that it filled.
func (o Option) Get(fd uintptr, size int) ([]byte, syscall.Errno) {
	p := make([]byte, max(size, 1))
	n := C.unsigned(size)
	name := C.CString(o.Name)
	defer C.free(unsafe.Pointer(name))
	r := C.option_get(C.int(fd), name, C.int(o.Level), C.int(o.Number), unsafe.Pointer(&p[0]), &n)
	if r < 0 {
		return nil, optionErrno(r)
	}
	return p[:min(int(n), size)], 0
}

// OptionMark calls getsockopt() so that it fails and a trace of the process shows it: mark is its
// level, and phase its option.
func OptionMark(mark, phase int) {
	C.option_mark(C.int(mark), C.int(phase))
}

// SetStruct sets an option whose value is a struct to C's i'th example of it. It returns EDOM if
// there is none.
func (o Option) SetStruct(fd uintptr, i int) syscall.Errno {
	name := C.CString(o.Name)
	defer C.free(unsafe.Pointer(name))
	return optionErrno(C.option_set_struct(C.int(fd), name, C.int(i)))
}

// StructSize returns the size of the struct that getsockopt() fills, or 0 if it is no struct.
func (o Option) StructSize() int {
	name := C.CString(o.Name)
	defer C.free(unsafe.Pointer(name))
	return int(C.option_struct_size(name))
}

// GetInt gets an option whose value is an int.
func (o Option) GetInt(fd uintptr) (int32, syscall.Errno) {
	p, errno := o.Get(fd, 4)
	if errno != 0 {
		return 0, errno
	}
	return int32(binary.NativeEndian.Uint32(p)), 0
}
