//go:build linux

package work

import (
	"encoding/binary"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// xsys is golang.org/x/sys/unix on blocking sockets: csock's first reference.
func xsys() Contender {
	return Contender{
		Name:  Baseline,
		About: "golang.org/x/sys/unix, a bare descriptor in blocking mode",
		Setups: func() map[string]Setup {
			s := only(loops(openXsys), "SendRecv", "SendToRecvFrom", "SendmsgRecvmsg", "Vectored", "GSO", "Sendfile", "Wakeups", "PingPong", "Contention")
			s["Crossing"] = xsysCrossing
			s["Getsockopt"] = xsysGetsockopt
			s["Setsockopt"] = xsysSetsockopt
			s["Socket"] = xsysSocketClose
			s["Socketpair"] = xsysSocketpair
			s["Bind"] = xsysBind
			s["Accept"] = xsysAccept
			s["Memory"] = memory(Baseline)
			return s
		}(),
		Missing: map[string]string{"Batch": "x/sys has neither sendmmsg nor recvmmsg, nor struct mmsghdr", "Deadlines": noDeadline},
		Notes: map[string]string{
			"SendRecv": "x/sys has no recv without an address, so recvfrom(2) is called with none by unix.Syscall6: less work than unix.Recvfrom",
			"Vectored": "unix.RecvmsgBuffers always decodes an address, which costs a getsockopt and two allocations; recvmsg(2) is called without one by unix.Syscall, " +
				"filling iovecs that are kept between calls. Sends with unix.SendmsgBuffers, which allocates its iovecs for each call",
			"Wakeups":    "receives as in SendRecv",
			"PingPong":   "receives as in SendRecv",
			"Contention": "receives as in SendRecv",
		},
		Differs: map[string]Extra{
			"Accept/net=tcp":          decodes,
			"SendToRecvFrom/net=udp4": decodes,
			"SendToRecvFrom/net=udp6": decodes,
			"SendmsgRecvmsg":          decodes,
			"GSO":                     decodes,
		},
	}
}

// decodes is the extra call that strace shows and x/sys's source confirms.
var decodes = Extra{map[string]int{"getsockopt": 1},
	"x/sys asks the kernel for the socket's protocol each time it decodes an IPv4 or IPv6 address, as every receive with one does"}

func xsysCrossing(r Row, k *Case) error {
	if r.Get("call") == "empty" {
		return missing("x/sys crosses only with a system call")
	}
	// unix.Getppid does not notify the scheduler; the calls that this row represents do.
	k.Run = func(n int) error {
		for range n {
			unix.Syscall(unix.SYS_GETPPID, 0, 0, 0)
		}
		return nil
	}
	return nil
}

func xsysGetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			if _, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PRIORITY); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func xsysSetsockopt(_ Row, k *Case) error {
	fd, err := newSocket(k, unix.AF_INET, unix.SOCK_DGRAM)
	k.Run = func(n int) error {
		for range n {
			if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PRIORITY, 0); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func xsysSocketClose(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			if err := unix.Close(fd); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func xsysSocketpair(_ Row, k *Case) error {
	k.Run = func(n int) error {
		for range n {
			fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			if err := unix.Close(fds[0]); err != nil {
				return err
			}
			if err := unix.Close(fds[1]); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func xsysBind(_ Row, k *Case) error {
	addr, err := freeUDPPort()
	k.Run = func(n int) error {
		for range n {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			if err := unix.Bind(fd, addr); err != nil {
				unix.Close(fd)
				return err
			}
			if err := unix.Close(fd); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

func xsysAccept(r Row, k *Case) error {
	l, addr, err := listener(k, r.Get("net"))
	domain := kinds[r.Get("net")].domain
	k.Run = func(n int) error {
		for range n {
			client, err := unix.Socket(domain, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			if err := unix.Connect(client, addr); err != nil {
				unix.Close(client)
				return err
			}
			server, _, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
			if err != nil {
				unix.Close(client)
				return err
			}
			if err := unix.Close(server); err != nil {
				return err
			}
			if err := unix.Close(client); err != nil {
				return err
			}
		}
		return nil
	}
	return err
}

type xsysSocket struct {
	fd          int
	local, peer unix.Sockaddr
	oob         []byte
	iov         []unix.Iovec
	off         int64
	file        int // the descriptor of sendFile's file, read once
}

func openXsys(_ *Case, fd int, local, peer unix.Sockaddr) (any, error) {
	return &xsysSocket{fd: fd, local: local, peer: peer, oob: make([]byte, 128)}, nil
}

func (s *xsysSocket) send(p []byte) (int, error) {
	// unix.Send does not return how much of the message was sent.
	return len(p), unix.Send(s.fd, p, 0)
}

func (s *xsysSocket) recv(p []byte) (int, error) {
	n, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func (s *xsysSocket) sendTo(p []byte) (int, error) {
	return len(p), unix.Sendto(s.fd, p, 0, s.peer)
}

func (s *xsysSocket) recvFrom(p []byte) (int, error) {
	n, _, err := unix.Recvfrom(s.fd, p, 0)
	return n, err
}

func (s *xsysSocket) sendMsg(p []byte) (int, error) {
	return unix.SendmsgN(s.fd, p, unixInfo(s.oob, s.local), s.peer, 0)
}

func (s *xsysSocket) recvMsg(p []byte) (n, bits int, err error) {
	n, oobn, _, _, err := unix.Recvmsg(s.fd, p, s.oob, 0)
	if err != nil {
		return n, 0, err
	}
	bits, err = unixECN(s.oob[:oobn])
	return n, bits, err
}

func (s *xsysSocket) sendVec(bufs [][]byte) (int, error) {
	return unix.SendmsgBuffers(s.fd, bufs, nil, nil, 0)
}

func (s *xsysSocket) recvVec(bufs [][]byte) (int, error) {
	s.iov = s.iov[:0]
	for _, b := range bufs {
		v := unix.Iovec{Base: unsafe.SliceData(b)}
		v.SetLen(len(b))
		s.iov = append(s.iov, v)
	}
	msg := unix.Msghdr{Iov: unsafe.SliceData(s.iov)}
	msg.SetIovlen(len(s.iov))
	n, _, errno := unix.Syscall(unix.SYS_RECVMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&msg)), 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func (s *xsysSocket) sendSegs(p []byte, seg int) (int, error) {
	return unix.SendmsgN(s.fd, p, unixSegment(s.oob, seg), s.peer, 0)
}

func (s *xsysSocket) recvSegs(p []byte) (n, seg int, err error) {
	n, oobn, _, _, err := unix.Recvmsg(s.fd, p, s.oob, 0)
	if err != nil {
		return n, 0, err
	}
	seg, err = unixGRO(s.oob[:oobn])
	return n, seg, err
}

func (s *xsysSocket) sendFile(f *os.File, n int) (int, error) {
	if s.file == 0 {
		s.file = int(f.Fd())
	}
	s.off = 0
	return unix.Sendfile(s.fd, s.file, &s.off, n)
}

// Control messages for contenders that have only the help of x/sys: its structs for headers, values
// by hand.

func putControl(b []byte, level, typ int32, size int) (data, rest []byte) {
	h := (*unix.Cmsghdr)(unsafe.Pointer(unsafe.SliceData(b)))
	h.Level, h.Type = level, typ
	h.SetLen(unix.CmsgLen(size))
	return b[unix.CmsgLen(0):unix.CmsgLen(size)], b[unix.CmsgSpace(size):]
}

// unixInfo builds the source address and ECN of an outgoing datagram.
func unixInfo(b []byte, from unix.Sockaddr) []byte {
	var data, rest []byte
	switch a := from.(type) {
	case *unix.SockaddrInet4:
		data, rest = putControl(b, unix.IPPROTO_IP, unix.IP_PKTINFO, unix.SizeofInet4Pktinfo)
		*(*unix.Inet4Pktinfo)(unsafe.Pointer(unsafe.SliceData(data))) = unix.Inet4Pktinfo{Spec_dst: a.Addr}
		data, rest = putControl(rest, unix.IPPROTO_IP, unix.IP_TOS, 4)
	case *unix.SockaddrInet6:
		data, rest = putControl(b, unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, unix.SizeofInet6Pktinfo)
		*(*unix.Inet6Pktinfo)(unsafe.Pointer(unsafe.SliceData(data))) = unix.Inet6Pktinfo{Addr: a.Addr}
		data, rest = putControl(rest, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, 4)
	}
	binary.NativeEndian.PutUint32(data, ecn)
	return b[:len(b)-len(rest)]
}

// unixECN reads packet info and ECN of an incoming datagram, or returns -1 if either is missing.
func unixECN(b []byte) (int, error) {
	bits, seen := -1, false
	for len(b) >= unix.CmsgLen(0) {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			return 0, err
		}
		b = rest
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_TOS:
			bits = int(data[0] & 3)
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_TCLASS:
			bits = int(binary.NativeEndian.Uint32(data) & 3)
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO:
			seen = (*unix.Inet4Pktinfo)(unsafe.Pointer(unsafe.SliceData(data))).Ifindex > 0
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO:
			seen = (*unix.Inet6Pktinfo)(unsafe.Pointer(unsafe.SliceData(data))).Ifindex > 0
		}
	}
	if !seen {
		return -1, nil
	}
	return bits, nil
}

func unixSegment(b []byte, seg int) []byte {
	data, rest := putControl(b, unix.IPPROTO_UDP, unix.UDP_SEGMENT, 2)
	binary.NativeEndian.PutUint16(data, uint16(seg))
	return b[:len(b)-len(rest)]
}

func unixGRO(b []byte) (int, error) {
	for len(b) >= unix.CmsgLen(0) {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			return 0, err
		}
		if h.Level == unix.IPPROTO_UDP && h.Type == unix.UDP_GRO {
			return int(binary.NativeEndian.Uint32(data)), nil
		}
		b = rest
	}
	return 0, nil
}
