//go:build linux && cgo

package cref

// #include "bpf.h"
import "C"

import (
	"os"
	"syscall"
)

// BPFReturn loads an eBPF socket filter that returns value: how many bytes of a packet the socket
// gets, or which of the sockets that share a port gets it.
func BPFReturn(value int) (*os.File, error) { return bpfFile(C.bpf_return(C.int(value))) }

// BPFLength loads an eBPF program for AF_KCM: a message begins with the length of the rest, two
// bytes in the order of the network.
func BPFLength() (*os.File, error) { return bpfFile(C.bpf_length()) }

func bpfFile(fd C.int) (*os.File, error) {
	if fd < 0 {
		return nil, syscall.Errno(-fd)
	}
	return os.NewFile(uintptr(fd), "bpf"), nil
}
