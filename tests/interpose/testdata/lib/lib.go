// A library to preload into a C program: libc's socket calls, each made by csock. preload.c has
// libc's names and calls the functions here, which return the call's result or minus errno.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

// #cgo CFLAGS: -D_GNU_SOURCE -Wall -Wextra -Werror -Wno-unused-parameter
// #cgo LDFLAGS: -ldl
// #include <poll.h>
// #include <stdint.h>
// #include <sys/socket.h>
// #include <time.h>
// void interpose_begin_descriptors(void);
// void interpose_is_ready(void);
import "C"

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock"
)

func main() {}

// It runs after package csock has been initialized. The runtime makes the descriptors of its poller
// at the first timer: now, so that preload.c knows them.
func init() {
	C.interpose_begin_descriptors()
	time.AfterFunc(time.Hour, func() {}).Stop()
	C.interpose_is_ready()
}

// errno returns minus the errno of an error of csock's.
func errno(err error) C.long {
	var e syscall.Errno
	switch {
	case errors.As(err, &e):
		return -C.long(e)
	case errors.Is(err, errors.ErrUnsupported):
		return -C.long(syscall.EOPNOTSUPP)
	}
	return -C.long(syscall.EINVAL)
}

func result(n int, err error) C.long {
	if err != nil {
		return errno(err)
	}
	return C.long(n)
}

// with makes a call on a descriptor, which stays the program's.
func with(fd C.int, call func(*csock.Socket) (int, error)) C.long {
	s, err := csock.FromFDRaw(uintptr(fd))
	if err != nil {
		return errno(err)
	}
	n, err := call(s)
	if _, err := s.Detach(); err != nil {
		panic(err)
	}
	return result(n, err)
}

// detached returns the descriptor of a new socket, as its number.
func detached(s *csock.Socket, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	fd, err := s.Detach()
	return int(fd), err
}

// memory is the program's memory as a slice. preload.c has checked that p is not null and the
// length is possible.
func memory[N ~uint32 | ~uint64](p unsafe.Pointer, n N) []byte {
	return unsafe.Slice((*byte)(p), int(n))
}

// addr is the address that the program passes to a call. Without a length it is none.
func addr(p unsafe.Pointer, n C.socklen_t) (csock.SockAddr, error) {
	if p == nil || n == 0 {
		return csock.SockAddr{}, nil
	}
	return csock.RawSockAddr(memory(p, n))
}

// putAddr writes an address as the kernel does: what fits, and the length of all.
func putAddr(a csock.SockAddr, p unsafe.Pointer, n *C.socklen_t) {
	native := a.Bytes()
	copy(memory(p, *n), native)
	*n = C.socklen_t(len(native))
}

//export interpose_socket
func interpose_socket(domain, typ, protocol C.int) C.long {
	return result(detached(csock.NewRaw(csock.Domain(domain), csock.Type(typ), csock.Protocol(protocol))))
}

//export interpose_socketpair
func interpose_socketpair(domain, typ, protocol C.int, pair *C.int) C.long {
	a, b, err := csock.PairRaw(csock.Domain(domain), csock.Type(typ), csock.Protocol(protocol))
	if err != nil {
		return errno(err)
	}
	for i, s := range []*csock.Socket{a, b} {
		fd, err := s.Detach()
		if err != nil {
			panic(err)
		}
		unsafe.Slice(pair, 2)[i] = C.int(fd)
	}
	return 0
}

//export interpose_bind
func interpose_bind(fd C.int, p unsafe.Pointer, n C.socklen_t) C.long {
	return withAddr(fd, p, n, (*csock.Socket).Bind)
}

//export interpose_connect
func interpose_connect(fd C.int, p unsafe.Pointer, n C.socklen_t) C.long {
	return withAddr(fd, p, n, (*csock.Socket).Connect)
}

func withAddr(fd C.int, p unsafe.Pointer, n C.socklen_t, call func(*csock.Socket, csock.SockAddr) error) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		to, err := addr(p, n)
		if err != nil {
			return 0, err
		}
		return 0, call(s, to)
	})
}

//export interpose_listen
func interpose_listen(fd, backlog C.int) C.long {
	return with(fd, func(s *csock.Socket) (int, error) { return 0, s.Listen(int(backlog)) })
}

//export interpose_shutdown
func interpose_shutdown(fd, how C.int) C.long {
	return with(fd, func(s *csock.Socket) (int, error) { return 0, s.Shutdown(csock.Shutdown(how)) })
}

//export interpose_accept
func interpose_accept(fd C.int, p unsafe.Pointer, n *C.socklen_t) C.long {
	return accepted(fd, p, n, (*csock.Socket).AcceptRaw)
}

//export interpose_accept4
func interpose_accept4(fd C.int, p unsafe.Pointer, n *C.socklen_t, flags C.int) C.long {
	return accepted(fd, p, n, func(s *csock.Socket) (*csock.Socket, csock.SockAddr, error) {
		return s.Accept4Raw(csock.Type(flags))
	})
}

func accepted(fd C.int, p unsafe.Pointer, n *C.socklen_t, call func(*csock.Socket) (*csock.Socket, csock.SockAddr, error)) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		a, from, err := call(s)
		if err == nil && p != nil {
			putAddr(from, p, n)
		}
		return detached(a, err)
	})
}

//export interpose_getsockname
func interpose_getsockname(fd C.int, p unsafe.Pointer, n *C.socklen_t) C.long {
	return name(fd, p, n, (*csock.Socket).LocalAddr)
}

//export interpose_getpeername
func interpose_getpeername(fd C.int, p unsafe.Pointer, n *C.socklen_t) C.long {
	return name(fd, p, n, (*csock.Socket).PeerAddr)
}

func name(fd C.int, p unsafe.Pointer, n *C.socklen_t, call func(*csock.Socket) (csock.SockAddr, error)) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		a, err := call(s)
		if err == nil {
			putAddr(a, p, n)
		}
		return 0, err
	})
}

// option is an option for which csock needs no name.
func option(level, number C.int) csock.Option[[]byte] {
	return csock.NewOption[[]byte]("of the program", csock.Level(level), int(number))
}

//export interpose_getsockopt
func interpose_getsockopt(fd, level, number C.int, p unsafe.Pointer, n *C.socklen_t) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		got, err := option(level, number).GetBytes(s, memory(p, *n))
		if err == nil {
			*n = C.socklen_t(got)
		}
		return 0, err
	})
}

//export interpose_setsockopt
func interpose_setsockopt(fd, level, number C.int, p unsafe.Pointer, n C.socklen_t) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		return 0, option(level, number).SetBytes(s, memory(p, n))
	})
}

//export interpose_send
func interpose_send(fd C.int, p unsafe.Pointer, n C.size_t, flags C.int) C.long {
	return with(fd, func(s *csock.Socket) (int, error) { return s.Send(memory(p, n), csock.MsgFlags(flags)) })
}

//export interpose_recv
func interpose_recv(fd C.int, p unsafe.Pointer, n C.size_t, flags C.int) C.long {
	return with(fd, func(s *csock.Socket) (int, error) { return recv(s, p, n, flags) })
}

func recv(s *csock.Socket, p unsafe.Pointer, n C.size_t, flags C.int) (int, error) {
	if p == nil && n > 0 { // with MSG_TRUNC
		return s.Discard(int(n), csock.MsgFlags(flags))
	}
	return s.Recv(memory(p, n), csock.MsgFlags(flags))
}

//export interpose_sendto
func interpose_sendto(fd C.int, p unsafe.Pointer, n C.size_t, flags C.int, to unsafe.Pointer, toLen C.socklen_t) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		a, err := addr(to, toLen)
		if err != nil {
			return 0, err
		}
		return s.SendTo(memory(p, n), a, csock.MsgFlags(flags))
	})
}

//export interpose_recvfrom
func interpose_recvfrom(fd C.int, p unsafe.Pointer, n C.size_t, flags C.int, from unsafe.Pointer, fromLen *C.socklen_t) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		if from == nil {
			return recv(s, p, n, flags)
		}
		got, a, err := s.RecvFrom(memory(p, n), csock.MsgFlags(flags))
		if err == nil {
			putAddr(a, from, fromLen)
		}
		return got, err
	})
}

// message returns the buffers and the room for control messages of a msghdr.
func message(h *C.struct_msghdr) csock.MsgHdr {
	return csock.MsgHdr{
		Control: memory(h.msg_control, h.msg_controllen),
		Buffers: buffers(unsafe.Slice(h.msg_iov, int(h.msg_iovlen))),
	}
}

func buffers(iov []C.struct_iovec) [][]byte {
	bufs := make([][]byte, len(iov))
	for i, v := range iov {
		bufs[i] = memory(v.iov_base, v.iov_len)
	}
	return bufs
}

func sendmsg(s *csock.Socket, h *C.struct_msghdr, flags C.int) (int, error) {
	m := message(h)
	var err error
	if m.Addr, err = addr(h.msg_name, h.msg_namelen); err != nil {
		return 0, err
	}
	return s.Sendmsg(&m, csock.MsgFlags(flags))
}

func recvmsg(s *csock.Socket, h *C.struct_msghdr, flags C.int) (int, error) {
	m := message(h)
	n, err := s.Recvmsg(&m, csock.MsgFlags(flags))
	if err == nil {
		received(h, m.Addr, m.ControlLen, m.Flags)
	}
	return n, err
}

// received writes what a call that received has set in a msghdr.
func received(h *C.struct_msghdr, from csock.SockAddr, controlLen int, flags csock.RecvFlags) {
	if h.msg_name != nil {
		putAddr(from, h.msg_name, &h.msg_namelen)
	}
	h.msg_controllen, h.msg_flags = C.size_t(controlLen), C.int(flags)
}

//export interpose_sendmsg
func interpose_sendmsg(fd C.int, h *C.struct_msghdr, flags C.int) C.long {
	return with(fd, func(s *csock.Socket) (int, error) { return sendmsg(s, h, flags) })
}

//export interpose_recvmsg
func interpose_recvmsg(fd C.int, h *C.struct_msghdr, flags C.int) C.long {
	return with(fd, func(s *csock.Socket) (int, error) { return recvmsg(s, h, flags) })
}

// withBatch makes a call on a descriptor with a Batch for the messages.
func withBatch(fd C.int, headers *C.struct_mmsghdr, n C.uint, call func(*csock.Socket, *csock.Batch, []C.struct_mmsghdr) (int, error)) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		list := unsafe.Slice(headers, int(n))
		b, err := batch(list)
		if err != nil {
			return 0, err
		}
		defer b.Close()
		return call(s, b, list)
	})
}

// batch returns a Batch over the program's own memory.
func batch(list []C.struct_mmsghdr) (*csock.Batch, error) {
	most := 0
	for i := range list {
		most = max(most, int(list[i].msg_hdr.msg_iovlen))
	}
	b, err := csock.NewBatch(len(list), csock.BatchRoom{Buffers: most})
	for i := range list {
		m := message(&list[i].msg_hdr)
		if err == nil {
			err = b.SetBuffers(i, m.Buffers)
		}
		if err == nil {
			err = b.SetControlBuffer(i, m.Control)
		}
	}
	return b, err
}

//export interpose_sendmmsg
func interpose_sendmmsg(fd C.int, headers *C.struct_mmsghdr, n C.uint, flags C.int) C.long {
	return withBatch(fd, headers, n, func(s *csock.Socket, b *csock.Batch, list []C.struct_mmsghdr) (int, error) {
		for i := range list {
			h := &list[i].msg_hdr
			a, err := addr(h.msg_name, h.msg_namelen)
			if err == nil {
				err = b.SetAddr(i, a)
			}
			if err == nil {
				err = b.SetControl(i, memory(h.msg_control, h.msg_controllen))
			}
			if err != nil {
				return 0, err
			}
		}
		sent, err := s.SendBatch(b, csock.MsgFlags(flags))
		for i := range sent {
			list[i].msg_len = C.uint(b.N(i))
		}
		return sent, err
	})
}

//export interpose_recvmmsg
func interpose_recvmmsg(fd C.int, headers *C.struct_mmsghdr, n C.uint, flags C.int, timeout *C.struct_timespec) C.long {
	return withBatch(fd, headers, n, func(s *csock.Socket, b *csock.Batch, list []C.struct_mmsghdr) (int, error) {
		var got int
		var err error
		if timeout != nil {
			d := time.Duration(timeout.tv_sec)*time.Second + time.Duration(timeout.tv_nsec)
			got, err = s.RecvBatchTimeout(b, csock.MsgFlags(flags), d)
		} else {
			got, err = s.RecvBatch(b, csock.MsgFlags(flags))
		}
		for i := range got {
			list[i].msg_len = C.uint(b.N(i))
			received(&list[i].msg_hdr, b.Addr(i), len(b.Control(i)), b.Flags(i))
		}
		return got, err
	})
}

//export interpose_read
func interpose_read(fd C.int, p unsafe.Pointer, n C.size_t) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		got, err := s.Read(memory(p, n))
		if err == io.EOF {
			err = nil
		}
		return got, err
	})
}

//export interpose_write
func interpose_write(fd C.int, p unsafe.Pointer, n C.size_t) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		sent, err := s.Write(memory(p, n))
		if err == io.ErrShortWrite {
			err = nil
		}
		return sent, err
	})
}

//export interpose_readv
func interpose_readv(fd C.int, iov *C.struct_iovec, n C.int) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		got, _, err := s.RecvVectored(buffers(unsafe.Slice(iov, int(n))), 0)
		return got, err
	})
}

//export interpose_writev
func interpose_writev(fd C.int, iov *C.struct_iovec, n C.int) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		return s.SendVectored(buffers(unsafe.Slice(iov, int(n))), 0)
	})
}

//export interpose_poll
func interpose_poll(fds *C.struct_pollfd, n C.nfds_t, ns C.longlong) C.long {
	list := unsafe.Slice(fds, int(n))
	polled := make([]csock.PollFD, len(list))
	for i, f := range list {
		if f.fd < 0 {
			continue
		}
		s, err := csock.FromFDRaw(uintptr(f.fd))
		if err != nil {
			return errno(err)
		}
		defer s.Detach()
		polled[i] = csock.PollFD{Socket: s, Events: csock.PollEvents(f.events)}
	}
	ready, err := csock.Poll(polled, time.Duration(ns))
	if err == nil {
		for i := range list {
			list[i].revents = C.short(polled[i].Revents)
		}
	}
	return result(ready, err)
}

//export interpose_ioctl
func interpose_ioctl(fd C.int, request C.ulong, p unsafe.Pointer, size C.size_t) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		if size == 0 {
			return s.IoctlInt(uint(request), int(uintptr(p)))
		}
		return s.Ioctl(uint(request), memory(p, size))
	})
}

// withFile makes a call with the program's file or pipe, by a duplicate that is closed afterwards.
// Its number is above those that the program gets.
func withFile(fd C.int, call func(*os.File) (int, error)) (int, error) {
	dup, _, e := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_DUPFD_CLOEXEC, 400)
	if e != 0 {
		return 0, e
	}
	f := os.NewFile(dup, "of the program")
	defer f.Close()
	return call(f)
}

//export interpose_sendfile
func interpose_sendfile(fd, file C.int, offset *C.int64_t, n C.size_t) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		return withFile(file, func(f *os.File) (int, error) {
			if offset == nil {
				return s.SendfileNext(f, int(n))
			}
			sent, err := s.Sendfile(f, int64(*offset), int(n))
			*offset += C.int64_t(sent)
			return sent, err
		})
	})
}

//export interpose_splice
func interpose_splice(in, out C.int, fromSocket C.int, n C.size_t, flags C.uint) C.long {
	if fromSocket != 0 {
		return with(in, func(s *csock.Socket) (int, error) {
			return withFile(out, func(f *os.File) (int, error) {
				return s.SpliceTo(f, int(n), csock.SpliceFlags(flags))
			})
		})
	}
	return with(out, func(s *csock.Socket) (int, error) {
		return withFile(in, func(f *os.File) (int, error) {
			return s.SpliceFrom(f, int(n), csock.SpliceFlags(flags))
		})
	})
}

//export interpose_tee
func interpose_tee(in, out C.int, n C.size_t, flags C.uint) C.long {
	return result(withFile(in, func(from *os.File) (int, error) {
		return withFile(out, func(to *os.File) (int, error) {
			return csock.Tee(from, to, int(n), csock.SpliceFlags(flags))
		})
	}))
}

//export interpose_sockatmark
func interpose_sockatmark(fd C.int) C.long {
	return with(fd, func(s *csock.Socket) (int, error) {
		if at, err := s.SockAtMark(); !at {
			return 0, err
		}
		return 1, nil
	})
}
