//go:build cgo

package csock

import (
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// On Windows C's errors, Winsock's and those of Go's package syscall are different numbers. The
// helpers return Go's, which names.in gives to C: csock_errno has the table. So errors.Is works as
// on other systems, and a code that Go has no error for is itself. An index that is not 0 does not
// compile.
var zero [1]struct{}

var _ = [...]struct{}{
	zero[sys.EACCES-syscall.EACCES],
	zero[sys.EADDRINUSE-syscall.EADDRINUSE],
	zero[sys.EADDRNOTAVAIL-syscall.EADDRNOTAVAIL],
	zero[sys.EAFNOSUPPORT-syscall.EAFNOSUPPORT],
	zero[sys.EAGAIN-syscall.EAGAIN],
	zero[sys.EALREADY-syscall.EALREADY],
	zero[sys.EBADF-syscall.EBADF],
	zero[sys.EBUSY-syscall.EBUSY],
	zero[sys.ECONNABORTED-syscall.ECONNABORTED],
	zero[sys.ECONNREFUSED-syscall.ECONNREFUSED],
	zero[sys.ECONNRESET-syscall.ECONNRESET],
	zero[sys.EDESTADDRREQ-syscall.EDESTADDRREQ],
	zero[sys.EDOM-syscall.EDOM],
	zero[sys.EFAULT-syscall.EFAULT],
	zero[sys.EHOSTDOWN-syscall.EHOSTDOWN],
	zero[sys.EHOSTUNREACH-syscall.EHOSTUNREACH],
	zero[sys.EINPROGRESS-syscall.EINPROGRESS],
	zero[sys.EINTR-syscall.EINTR],
	zero[sys.EINVAL-syscall.EINVAL],
	zero[sys.EIO-syscall.EIO],
	zero[sys.EISCONN-syscall.EISCONN],
	zero[sys.ELOOP-syscall.ELOOP],
	zero[sys.EMFILE-syscall.EMFILE],
	zero[sys.EMSGSIZE-syscall.EMSGSIZE],
	zero[sys.ENAMETOOLONG-syscall.ENAMETOOLONG],
	zero[sys.ENETDOWN-syscall.ENETDOWN],
	zero[sys.ENETRESET-syscall.ENETRESET],
	zero[sys.ENETUNREACH-syscall.ENETUNREACH],
	zero[sys.ENOBUFS-syscall.ENOBUFS],
	zero[sys.ENODEV-syscall.ENODEV],
	zero[sys.ENOMEM-syscall.ENOMEM],
	zero[sys.ENOPROTOOPT-syscall.ENOPROTOOPT],
	zero[sys.ENOTCONN-syscall.ENOTCONN],
	zero[sys.ENOTEMPTY-syscall.ENOTEMPTY],
	zero[sys.ENOTSOCK-syscall.ENOTSOCK],
	zero[sys.ENXIO-syscall.ENXIO],
	zero[sys.EOPNOTSUPP-syscall.EOPNOTSUPP],
	zero[sys.EPERM-syscall.EPERM],
	zero[sys.EPFNOSUPPORT-syscall.EPFNOSUPPORT],
	zero[sys.EPIPE-syscall.EPIPE],
	zero[sys.EPROTONOSUPPORT-syscall.EPROTONOSUPPORT],
	zero[sys.EPROTOTYPE-syscall.EPROTOTYPE],
	zero[sys.ERANGE-syscall.ERANGE],
	zero[sys.ESHUTDOWN-syscall.ESHUTDOWN],
	zero[sys.ESOCKTNOSUPPORT-syscall.ESOCKTNOSUPPORT],
	zero[sys.ETIMEDOUT-syscall.ETIMEDOUT],
	zero[sys.ETOOMANYREFS-syscall.ETOOMANYREFS],
	zero[sys.EUSERS-syscall.EUSERS],
}
