//go:build cgo

package csock

import (
	"os"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A MsgHdr is a message for Sendmsg and Recvmsg: the msghdr of sendmsg(2). It may be reused.
type MsgHdr struct {
	Addr       SockAddr  // the destination, the zero SockAddr for the peer; on receive, set to the sender
	Buffers    [][]byte  // the data, or room for it
	Control    []byte    // control messages to send; on receive, room for them
	ControlLen int       // on receive, set to the length of the part of Control that was filled
	Flags      RecvFlags // on receive, set to the flags that the message came with
}

// Sendmsg sends a message and returns the number of bytes that the kernel accepted. Control holds
// control messages built by the Append functions, such as [AppendPacketInfo]. See sendmsg(2).
func (s *Socket) Sendmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	if m == nil {
		return 0, os.ErrInvalid
	}
	return s.sendmsg(m.Buffers, &m.Addr, m.Control, flags)
}

// Recvmsg receives a message: its data into Buffers, its control messages into Control, and the
// sender's address into Addr. It sets ControlLen and Flags, and returns the number of bytes of
// data. After an error all three are zero. [MsgHdr.ControlMessages] iterates over the control
// messages. See recvmsg(2).
//
// The caller owns file descriptors that come with a message ([SCM_RIGHTS]) and must close them.
// They are close-on-exec unless the socket is a raw one. The kernel closes descriptors that do not
// fit into Control, which IsControlTruncated reports. Without room for one descriptor none arrive.
// [MsgHdr.CloseRights] closes those that arrived.
func (s *Socket) Recvmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	if m == nil {
		return 0, os.ErrInvalid
	}
	// After a failed call, nothing of an earlier message remains: it does not own the descriptors.
	m.ControlLen, m.Flags = 0, 0
	var out struct_csock_received
	out.addr_len = sizeof_struct_sockaddr_storage
	out.control_len = size_t(len(m.Control))
	n, err := s.recvmsg(m.Buffers, &m.Addr, m.Control, flags, &out)
	if err != nil {
		m.Addr.received(0)
		return n, err
	}
	m.Addr.received(out.addr_len)
	m.ControlLen = int(out.control_len)
	m.Flags = RecvFlags(out.flags)
	return n, nil
}

// SendVectored sends the bytes of bufs, one after the other, as one message. It returns EMSGSIZE
// for more than 1,024 buffers (IOV_MAX). See sendmsg(2).
func (s *Socket) SendVectored(bufs [][]byte, flags MsgFlags) (int, error) {
	var none SockAddr
	return s.sendmsg(bufs, &none, nil, flags)
}

// SendToVectored sends the bytes of bufs as one message to addr, or to the peer if addr is the zero
// SockAddr.
func (s *Socket) SendToVectored(bufs [][]byte, addr SockAddr, flags MsgFlags) (int, error) {
	return s.sendmsg(bufs, &addr, nil, flags)
}

// RecvVectored receives one message into bufs, filling one after the other. It returns the number
// of bytes received and the message's flags. IsTruncated reports that bufs had no room for the rest
// of a datagram. See recvmsg(2).
func (s *Socket) RecvVectored(bufs [][]byte, flags MsgFlags) (int, RecvFlags, error) {
	var none SockAddr
	var out struct_csock_received
	n, err := s.recvmsg(bufs, &none, nil, flags, &out)
	return n, RecvFlags(out.flags), err
}

// RecvFromVectored receives one message into bufs, as RecvVectored does, and also returns the
// sender.
func (s *Socket) RecvFromVectored(
	bufs [][]byte, flags MsgFlags,
) (n int, _ RecvFlags, from SockAddr, err error) {
	var out struct_csock_received
	out.addr_len = sizeof_struct_sockaddr_storage
	n, err = s.recvmsg(bufs, &from, nil, flags, &out)
	if err != nil {
		return n, 0, SockAddr{}, err
	}
	from.len = out.addr_len
	return n, RecvFlags(out.flags), from, nil
}

// The helpers take a message's buffers by value. cgo treats pointers in an argument as arguments,
// so nothing has to be pinned. An array that C reaches through a pointer would have to be. There
// are structs of three sizes because each is copied. The largest is used in separate functions,
// because their stack frames are large.

// setBuffers puts bufs into a struct's array.
func setBuffers(v []struct_csock_buffer, bufs [][]byte) {
	for i, b := range bufs {
		v[i] = struct_csock_buffer{p: bytesPtr(b), n: size_t(len(b))}
	}
}

func (s *Socket) sendmsg(
	bufs [][]byte, addr *SockAddr, control []byte, flags MsgFlags,
) (int, error) {
	for try := (sendTry{}); ; {
		n, err := s.trySendmsg(bufs, addr, control, flags, &try)
		if err != nil {
			return 0, err
		}
		if n >= 0 {
			return int(n), nil
		}
		if !s.refusesSendFlags(int(n), &try) {
			return 0, callSendmsg.error(int(n))
		}
	}
}

// maxBuffers is the most buffers that a message may have (UIO_MAXIOV).
const maxBuffers = len(struct_csock_buffers_max{}.v)

// trySendmsg makes an attempt, whose negative result is minus errno. An error is not the kernel's.
func (s *Socket) trySendmsg(
	bufs [][]byte, addr *SockAddr, control []byte, flags MsgFlags, try *sendTry,
) (n ssize_t, err error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	switch f := s.sendFlags(flags, try); {
	case controlLacks(control):
		n = -csock_ELACKS
	case len(bufs) > maxBuffers:
		s.leave()
		return 0, refused("sendmsg", syscall.EMSGSIZE)
	case len(bufs) == 1:
		b := bufs[0]
		n = csock_sendmsg1(s.fd, &addr.storage, addr.len, bytesPtr(control), size_t(len(control)),
			f, bytesPtr(b), size_t(len(b)))
	case len(bufs) <= 8:
		var b struct_csock_buffers8
		setBuffers(b.v[:], bufs)
		n = csock_sendmsg8(s.fd, &addr.storage, addr.len, bytesPtr(control), size_t(len(control)),
			f, size_t(len(bufs)), &b)
	case len(bufs) <= 64:
		var b struct_csock_buffers64
		setBuffers(b.v[:], bufs)
		n = csock_sendmsg64(s.fd, &addr.storage, addr.len, bytesPtr(control), size_t(len(control)),
			f, size_t(len(bufs)), &b)
	default:
		n = s.sendmsgMax(bufs, addr, control, f)
	}
	s.leave()
	return n, nil
}

//go:noinline
func (s *Socket) sendmsgMax(bufs [][]byte, addr *SockAddr, control []byte, flags c_int) ssize_t {
	var b struct_csock_buffers_max
	setBuffers(b.v[:], bufs)
	return csock_sendmsg_max(s.fd, &addr.storage, addr.len, bytesPtr(control), size_t(len(control)),
		flags, size_t(len(bufs)), &b)
}

func (s *Socket) recvmsg(
	bufs [][]byte, addr *SockAddr, control []byte, flags MsgFlags, out *struct_csock_received,
) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	var n ssize_t
	own := s.ownRecvFlags(flags)
	switch f := cFlags(flags) | own; {
	case len(bufs) > maxBuffers:
		s.leave()
		return 0, refused("recvmsg", syscall.EMSGSIZE)
	case len(bufs) == 1:
		b := bufs[0]
		n = csock_recvmsg1(s.fd, &addr.storage, bytesPtr(control), f, out, bytesPtr(b),
			size_t(len(b)))
	case len(bufs) <= 8:
		var b struct_csock_buffers8
		setBuffers(b.v[:], bufs)
		n = csock_recvmsg8(s.fd, &addr.storage, bytesPtr(control), f, out, size_t(len(bufs)), &b)
	case len(bufs) <= 64:
		var b struct_csock_buffers64
		setBuffers(b.v[:], bufs)
		n = csock_recvmsg64(s.fd, &addr.storage, bytesPtr(control), f, out, size_t(len(bufs)), &b)
	default:
		n = s.recvmsgMax(bufs, addr, control, f, out)
	}
	s.leave()
	if n < 0 {
		if own != 0 && s.refusesRecvFlags(int(n)) {
			return s.recvmsg(bufs, addr, control, flags, out)
		}
		return 0, callRecvmsg.error(int(n))
	}
	out.flags &^= own
	return int(n), nil
}

//go:noinline
func (s *Socket) recvmsgMax(
	bufs [][]byte, addr *SockAddr, control []byte, flags c_int, out *struct_csock_received,
) ssize_t {
	var b struct_csock_buffers_max
	setBuffers(b.v[:], bufs)
	return csock_recvmsg_max(s.fd, &addr.storage, bytesPtr(control), flags, out, size_t(len(bufs)),
		&b)
}

// ownRecvFlags returns the flags that a call that receives adds, and removes from the flags that
// the kernel returns. They make file descriptors from a Unix socket close-on-exec, unless the
// socket is raw.
func (s *Socket) ownRecvFlags(flags MsgFlags) c_int {
	if s.raw || s.noRights.Load() {
		return 0
	}
	return csock_RECV_FLAGS &^ cFlags(flags)
}

// refusesRecvFlags reports whether a call on a socket of unknown family may have failed because of
// ownRecvFlags, which packet sockets and some others refuse. If so, ownRecvFlags is 0 from then on,
// and the caller may try again.
func (s *Socket) refusesRecvFlags(negative int) bool {
	if negative != -sys.EINVAL && negative != -sys.EOPNOTSUPP {
		return false
	}
	if domain, err := SO_DOMAIN.Get(s); err != nil || domain == AF_UNIX {
		return false
	}
	s.noRights.Store(true)
	return true
}
