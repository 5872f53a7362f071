//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A call is a system call as errors name it. It keeps each error that it has returned, so EAGAIN
// and similar errors cost no allocation. They are few, so a linear search suffices.
type call struct {
	name string
	errs atomic.Pointer[knownError]
}

// A knownError is an error that a call has returned.
type knownError struct {
	err      error
	negative int
	next     atomic.Pointer[knownError]
}

// error turns a helper's negative result into an error.
func (c *call) error(negative int) error {
	for p := &c.errs; ; {
		known := p.Load()
		if known == nil {
			known = &knownError{err: newCallError(c.name, negative), negative: negative}
			if !p.CompareAndSwap(nil, known) {
				continue
			}
		}
		if known.negative == negative {
			return known.err
		}
		p = &known.next
	}
}

// newCallError makes the error of a call from a helper's negative result.
func newCallError(call string, negative int) error {
	if negative == -csock_ELACKS {
		return refused(call, syscall.EOPNOTSUPP)
	}
	return &os.SyscallError{Syscall: call, Err: syscall.Errno(-negative)}
}

// refused returns csock's own error for a call that it did not make. Either the platform lacks what
// the call needs, or no argument of C can have the value.
func refused(call string, err error) error { return fmt.Errorf("csock: %s: %w", call, err) }

// lacks is csock_lacks of cgo_helpers.h.
func lacks(name c_int) bool { return uint32(name)&0xd0000000 == sys.CSOCK_LACKS&0xffffffff }

// result returns nil for a helper's result of 0, or the error for a negative one.
func (c *call) result(r int) error {
	if r < 0 {
		return c.error(r)
	}
	return nil
}

// errnoOf returns the errno of a failed call, 0 for any other error.
func errnoOf(err error) syscall.Errno {
	if e, ok := err.(*os.SyscallError); ok {
		errno, _ := e.Err.(syscall.Errno)
		return errno
	}
	return 0
}

var (
	callAccept               = call{name: "accept"}
	callAccept4              = call{name: "accept4"}
	callBind                 = call{name: "bind"}
	callClose                = call{name: "close"}
	callConnect              = call{name: "connect"}
	callDup                  = call{name: "dup"}
	callEpollCtl             = call{name: "epoll_ctl"}
	callFcntl                = call{name: "fcntl"}
	callGetpeername          = call{name: "getpeername"}
	callGetsockname          = call{name: "getsockname"}
	callGetsockopt           = call{name: "getsockopt"}
	callIoctl                = call{name: "ioctl"}
	callListen               = call{name: "listen"}
	callPipe                 = call{name: "pipe2"}
	callPoll                 = call{name: "poll"}
	callRead                 = call{name: "read"}
	callRecv                 = call{name: "recv"}
	callRecvfrom             = call{name: "recvfrom"}
	callRecvmsg              = call{name: "recvmsg"}
	callSend                 = call{name: "send"}
	callSendfile             = call{name: "sendfile"}
	callSendmsg              = call{name: "sendmsg"}
	callSendto               = call{name: "sendto"}
	callSetHandleInformation = call{name: "SetHandleInformation"}
	callSetsockopt           = call{name: "setsockopt"}
	callShutdown             = call{name: "shutdown"}
	callSocket               = call{name: "socket"}
	callSocketpair           = call{name: "socketpair"}
	callSplice               = call{name: "splice"}
	callTee                  = call{name: "tee"}
	callWrite                = call{name: "write"}
	callWritev               = call{name: "writev"}
)

// errClosed is the error that every method of a closed Socket returns.
var errClosed = net.ErrClosed

// errMissingAddress is package net's error for a nil destination.
var errMissingAddress = errors.New("missing address")

// Errors of csock's own: no system call was made.
var (
	errInUse = fmt.Errorf("csock: other calls are in flight on the socket: %w",
		syscall.EBUSY)
	errBadFD        = refused("file descriptor", syscall.EBADF) // too large for C
	errNotListening = fmt.Errorf("csock: the socket does not listen: %w", syscall.EINVAL)
	errNotPolled    = fmt.Errorf("csock: Go's network poller does not support the socket: %w",
		errors.ErrUnsupported)

	// Of options and requests that have only the other direction. The errno is the kernel's for one
	// that it does not know.
	errNoGet        = fmt.Errorf("it can only be set: %w", syscall.ENOPROTOOPT)
	errNoSet        = fmt.Errorf("it can only be read: %w", syscall.ENOPROTOOPT)
	errNoGetRequest = fmt.Errorf("it can only be set: %w", syscall.ENOTTY)
	errNoSetRequest = fmt.Errorf("it can only be read: %w", syscall.ENOTTY)

	errBatchInUse   = fmt.Errorf("csock: another call uses the Batch: %w", syscall.EBUSY)
	errBatchArg     = fmt.Errorf("csock: the Batch has no such message or no room for the value: %w", syscall.EINVAL)
	errBatchRoom    = fmt.Errorf("csock: a Batch needs a message or more, and room within its limits: %w", syscall.EINVAL)
	errBatchAddr    = fmt.Errorf("csock: the address is not valid: %w", syscall.EINVAL)
	errBatchMemory  = fmt.Errorf("csock: the Batch is too large: %w", syscall.ENOMEM)
	errBatchLacking = fmt.Errorf("csock: a control message that this platform lacks: %w",
		errors.ErrUnsupported)
)
