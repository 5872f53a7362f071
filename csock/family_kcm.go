//go:build cgo

package csock

import (
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_KCM: messages over TCP connections, which a BPF program cuts. See the kernel's
// Documentation/networking/kcm.rst and linux/kcm.h.

// SOL_KCM is the level of the options of AF_KCM sockets.
const SOL_KCM Level = sys.SOL_KCM

// KCMPROTO_CONNECTED is the protocol of AF_KCM sockets, the third argument of New.
const KCMPROTO_CONNECTED Protocol = sys.KCMPROTO_CONNECTED

// KCM_RECV_DISABLE makes the socket receive no more messages; others of its multiplexor receive
// them.
var KCM_RECV_DISABLE Option[bool] = declare(boolCodec, canBoth,
	"KCM_RECV_DISABLE", sys.SOL_KCM, sys.KCM_RECV_DISABLE)

// A KCMAttach is a struct kcm_attach, the value of SIOCKCMATTACH.
type KCMAttach struct {
	FD    int32 // of the connected TCP socket, which stays open
	BPFFD int32 // of a BPF program that returns the length of the first message in its data
}

// SIOCKCMATTACH adds a TCP connection to the socket's multiplexor.
var SIOCKCMATTACH Ioctl[KCMAttach] = newIoctl("SIOCKCMATTACH", sys.SIOCKCMATTACH, nil,
	func(s *Socket, r *request, a KCMAttach) error {
		return r.end(s, s.ioctl(r.number, bytesOf(&a)))
	})

// SIOCKCMUNATTACH removes the TCP connection with a file descriptor from the multiplexor.
var SIOCKCMUNATTACH Ioctl[int] = newIoctl("SIOCKCMUNATTACH", sys.SIOCKCMUNATTACH, nil,
	setIntIoctl[int])

// SIOCKCMCLONE, by Get, makes another socket of the multiplexor. The caller closes it.
var SIOCKCMCLONE Ioctl[*Socket] = newIoctl("SIOCKCMCLONE", sys.SIOCKCMCLONE,
	func(s *Socket, r *request) (*Socket, error) {
		var fd c_int
		// The kernel sets no FD_CLOEXEC. No process is forked before it is set.
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		if err := r.end(s, s.ioctl(r.number, bytesOf(&fd))); err != nil {
			return nil, err
		}
		clone := own(csock_fd(fd), s.raw, int32(AF_KCM), s.typ)
		if s.raw {
			return clone, nil
		}
		if err := clone.SetCloexec(true); err != nil {
			clone.Close()
			return nil, err
		}
		return clone, nil
	}, nil)
