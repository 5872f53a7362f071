//go:build linux

package work

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// rawSyscall makes system calls without notifying Go's scheduler. The difference to x/sys is the
// cost of entersyscall and exitsyscall. It serves only to show that cost: a call that blocked would
// hold up the whole program.
func rawSyscall() Contender {
	return Contender{
		Name:       "raw",
		About:      "unix.RawSyscall, which does not notify the scheduler. What x/sys costs beyond it is entersyscall and exitsyscall.",
		Experiment: true,
		Setups: map[string]Setup{
			"Crossing":   rawCrossing,
			"Getsockopt": rawGetsockopt,
			"Setsockopt": rawSetsockopt,
			"SendRecv":   sendRecv(func(_ *Case, fd int, _, _ unix.Sockaddr) (any, error) { return rawSocket(fd), nil }),
		},
		Missing: make(map[string]string),
	}
}

func rawCrossing(r Row, k *Case) error {
	if r.Get("call") == "empty" {
		return missing("crosses only with a system call")
	}
	k.Run = func(n int) error {
		for range n {
			unix.RawSyscall(unix.SYS_GETPPID, 0, 0, 0)
		}
		return nil
	}
	return nil
}

func rawGetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			var value int32
			size := uint32(unsafe.Sizeof(value))
			if _, _, errno := unix.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_PRIORITY,
				uintptr(unsafe.Pointer(&value)), uintptr(unsafe.Pointer(&size)), 0); errno != 0 {
				return errno
			}
		}
		return nil
	}
	return err
}

func rawSetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			var value int32
			if _, _, errno := unix.RawSyscall6(unix.SYS_SETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_PRIORITY,
				uintptr(unsafe.Pointer(&value)), unsafe.Sizeof(value), 0); errno != 0 {
				return errno
			}
		}
		return nil
	}
	return err
}

type rawSocket int

func (s rawSocket) send(p []byte) (int, error) { return rawIO(unix.SYS_SENDTO, s, p) }
func (s rawSocket) recv(p []byte) (int, error) { return rawIO(unix.SYS_RECVFROM, s, p) }

func rawIO(trap uintptr, s rawSocket, p []byte) (int, error) {
	n, _, errno := unix.RawSyscall6(trap, uintptr(s), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
