//go:build linux

package work

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// stdSyscall is the standard library's package syscall, frozen since Go 1.4.
func stdSyscall() Contender {
	return Contender{
		Name:  "syscall",
		About: "the standard syscall package, a bare descriptor in blocking mode",
		Setups: func() map[string]Setup {
			s := only(loops(openSyscall), "SendRecv", "SendToRecvFrom", "SendmsgRecvmsg", "GSO", "Sendfile", "Wakeups", "PingPong", "Contention")
			s["Getsockopt"] = syscallGetsockopt
			s["Setsockopt"] = syscallSetsockopt
			s["Socket"] = syscallSocketClose
			s["Socketpair"] = syscallSocketpair
			s["Bind"] = syscallBind
			s["Accept"] = syscallAccept
			return s
		}(),
		Missing: map[string]string{
			"Deadlines": noDeadline,
			"Crossing":  "the same function as x/sys's",
			"Vectored":  "syscall has no vectored messages",
			"Batch":     "syscall has neither sendmmsg nor recvmmsg",
			"Memory":    "a bare descriptor, as with x/sys",
		},
		Notes: map[string]string{
			"SendRecv":       "syscall has no recv without an address, so recvfrom(2) is called with none by syscall.Syscall6",
			"SendmsgRecvmsg": "control messages are built and read with x/sys: syscall knows fewer",
			"GSO":            "control messages are built and read with x/sys: syscall knows fewer",
		},
	}
}

func syscallGetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			if _, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_PRIORITY); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func syscallSetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_PRIORITY, 0); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func syscallSocketClose(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			if err := syscall.Close(fd); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func syscallSocketpair(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			if err := syscall.Close(fds[0]); err != nil {
				return err
			}
			if err := syscall.Close(fds[1]); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func syscallBind(_ Row, k *Case) error {
	sa, err := freeUDPPort()
	addr := syscallAddr(sa)
	k.Run = func(n int) error {
		for range n {
			fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			if err := syscall.Bind(fd, addr); err != nil {
				syscall.Close(fd)
				return err
			}
			if err := syscall.Close(fd); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func syscallAccept(r Row, k *Case) error {
	l, sa, err := listener(k, r.Get("net"))
	addr, domain := syscallAddr(sa), kinds[r.Get("net")].domain
	k.Run = func(n int) error {
		for range n {
			client, err := syscall.Socket(domain, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			if err := syscall.Connect(client, addr); err != nil {
				syscall.Close(client)
				return err
			}
			server, _, err := syscall.Accept4(l, syscall.SOCK_CLOEXEC)
			if err != nil {
				syscall.Close(client)
				return err
			}
			if err := syscall.Close(server); err != nil {
				return err
			}
			if err := syscall.Close(client); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

type syscallSocket struct {
	fd    int
	local unix.Sockaddr
	peer  syscall.Sockaddr
	oob   []byte
	off   int64
	file  int // the descriptor of sendFile's file, read once
}

// syscallAddr is an address in package syscall's own type.
func syscallAddr(sa unix.Sockaddr) syscall.Sockaddr {
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return &syscall.SockaddrInet4{Port: a.Port, Addr: a.Addr}
	case *unix.SockaddrInet6:
		return &syscall.SockaddrInet6{Port: a.Port, Addr: a.Addr, ZoneId: a.ZoneId}
	case *unix.SockaddrUnix:
		return &syscall.SockaddrUnix{Name: a.Name}
	}
	return nil
}

func openSyscall(_ *Case, fd int, local, peer unix.Sockaddr) (any, error) {
	return &syscallSocket{fd: fd, local: local, peer: syscallAddr(peer), oob: make([]byte, 128)}, nil
}

func (s *syscallSocket) send(p []byte) (int, error) {
	return len(p), syscall.Sendto(s.fd, p, 0, nil)
}

func (s *syscallSocket) recv(p []byte) (int, error) {
	n, _, errno := syscall.Syscall6(syscall.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func (s *syscallSocket) sendTo(p []byte) (int, error) {
	return len(p), syscall.Sendto(s.fd, p, 0, s.peer)
}

func (s *syscallSocket) recvFrom(p []byte) (int, error) {
	n, _, err := syscall.Recvfrom(s.fd, p, 0)
	return n, err
}

func (s *syscallSocket) sendMsg(p []byte) (int, error) {
	return syscall.SendmsgN(s.fd, p, unixInfo(s.oob, s.local), s.peer, 0)
}

func (s *syscallSocket) recvMsg(p []byte) (n, bits int, err error) {
	n, oobn, _, _, err := syscall.Recvmsg(s.fd, p, s.oob, 0)
	if err != nil {
		return n, 0, err
	}
	bits, err = unixECN(s.oob[:oobn])
	return n, bits, err
}

func (s *syscallSocket) sendSegs(p []byte, seg int) (int, error) {
	return syscall.SendmsgN(s.fd, p, unixSegment(s.oob, seg), s.peer, 0)
}

func (s *syscallSocket) recvSegs(p []byte) (n, seg int, err error) {
	n, oobn, _, _, err := syscall.Recvmsg(s.fd, p, s.oob, 0)
	if err != nil {
		return n, 0, err
	}
	seg, err = unixGRO(s.oob[:oobn])
	return n, seg, err
}

func (s *syscallSocket) sendFile(f *os.File, n int) (int, error) {
	if s.file == 0 {
		s.file = int(f.Fd())
	}
	s.off = 0
	return syscall.Sendfile(s.fd, s.file, &s.off, n)
}
