//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

var (
	_ io.ReadWriteCloser = (*Socket)(nil)
	_ fmt.Stringer       = (*Socket)(nil)
)

// A Socket is a socket file descriptor. Its methods are the operating system's calls on it.
//
// All methods, including Close, may be called from several goroutines at once. Methods of a closed
// Socket, or of the zero Socket, return [net.ErrClosed]. Methods of a nil *Socket return
// [os.ErrInvalid].
type Socket struct {
	guard   guard
	fd      csock_fd
	raw     bool            // NewRaw or the like made it: calls add no flags of their own
	lent    bool            // the descriptor has another owner, who closes it
	cleanup runtime.Cleanup // of a Socket not in young; young.Mutex guards both
	young   int32           // its index in young.sockets plus 1, or 0

	// Known from how the socket was made, or 0.
	domain, typ int32

	isNew       bool        // New made it
	nonblocking bool        // with SOCK_NONBLOCK
	changed     atomic.Bool // it may have been connected, or changed its blocking mode, since New
	named       atomic.Bool // it may have got a local address since then

	noRights atomic.Bool // the family passes no descriptors; some families refuse MSG_CMSG_CLOEXEC
	noQuiet  atomic.Bool // the family refuses MSG_NOSIGNAL
}

// New makes a socket, as socket(2) does. The descriptor is close-on-exec from the start, and sends
// raise no SIGPIPE: calls that send add MSG_NOSIGNAL. Recvmsg on a Unix socket adds
// MSG_CMSG_CLOEXEC.
func New(domain Domain, typ Type, protocol Protocol) (*Socket, error) {
	return newSocket(domain, typ, protocol, false)
}

// NewRaw makes a socket by a plain socket(2). The descriptor is close-on-exec only if typ says so,
// and calls pass the caller's flags and no others.
func NewRaw(domain Domain, typ Type, protocol Protocol) (*Socket, error) {
	return newSocket(domain, typ, protocol, true)
}

func newSocket(domain Domain, typ Type, protocol Protocol, raw bool) (*Socket, error) {
	fd := csock_socket(cInt(domain), cInt(typ), cInt(protocol), cBool(raw))
	if fd < 0 {
		return nil, callSocket.error(int(fd))
	}
	s := own(fd, raw, int32(domain), typ.bare())
	s.isNew, s.nonblocking = true, SOCK_NONBLOCK > 0 && typ&SOCK_NONBLOCK != 0
	return s, nil
}

// fresh reports whether the socket is as New made it, except for its options and its local address.
// It then has no peer, and its blocking mode is known.
func (s *Socket) fresh() (nonblocking c_int, known bool) {
	return cBool(s.nonblocking), s.isNew && !s.changed.Load()
}

// bare returns the type without the flags that socket(2) takes with it.
func (t Type) bare() int32 {
	for _, flag := range [...]Type{SOCK_CLOEXEC, SOCK_NONBLOCK, WSA_FLAG_NO_HANDLE_INHERIT,
		WSA_FLAG_REGISTERED_IO} {
		if flag > 0 { // the platform has it
			t &^= flag
		}
	}
	return int32(t)
}

// Pair makes two sockets that are connected to each other, as socketpair(2) does. They have the
// same flags as a socket from [New]. On Windows, which lacks the call, the domain is AF_INET or
// AF_INET6 and the type SOCK_STREAM: two sockets of TCP on the loopback. Pair checks that they have
// each other.
func Pair(domain Domain, typ Type, protocol Protocol) (a, b *Socket, err error) {
	return newPair(domain, typ, protocol, false)
}

// PairRaw makes two connected sockets by a plain socketpair(2). Their flags are as [NewRaw]
// describes.
func PairRaw(domain Domain, typ Type, protocol Protocol) (a, b *Socket, err error) {
	return newPair(domain, typ, protocol, true)
}

func newPair(domain Domain, typ Type, protocol Protocol, raw bool) (a, b *Socket, err error) {
	var fdA, fdB csock_fd
	if r := csock_socketpair(cInt(domain), cInt(typ), cInt(protocol), cBool(raw),
		&fdA, &fdB); r < 0 {
		return nil, nil, callSocketpair.error(int(r))
	}
	return own(fdA, raw, int32(domain), typ.bare()), own(fdB, raw, int32(domain), typ.bare()), nil
}

// FromFD makes a Socket from a file descriptor and takes ownership of it: nothing else may close
// it. The descriptor's flags stay unchanged. Calls that send add MSG_NOSIGNAL, as on a Socket from
// [New].
//
// FromFD returns EBADF or ENOTSOCK if the descriptor is not an open socket. The caller then keeps
// ownership.
func FromFD(fd uintptr) (*Socket, error) { return fromFD(fd, false) }

// FromFDRaw makes a Socket from a file descriptor, as FromFD does. Its calls pass the caller's
// flags and no others, as those of a socket from [NewRaw].
func FromFDRaw(fd uintptr) (*Socket, error) { return fromFD(fd, true) }

func fromFD(fd uintptr, raw bool) (*Socket, error) {
	if fd > maxFD {
		return nil, errBadFD
	}
	typ := getInt(csock_fd(fd), SO_TYPE.o)
	if typ < 0 {
		return nil, callGetsockopt.error(int(typ))
	}
	return own(csock_fd(fd), raw, 0, int32(typ)), nil
}

const maxFD = 1<<(8*unsafe.Sizeof(csock_fd(0))-1) - 1

// own makes the Socket that closes fd, at the latest when the Socket is collected.
func own(fd csock_fd, raw bool, domain, typ int32) *Socket {
	s := &Socket{fd: fd, raw: raw}
	s.is(domain, typ)
	s.guard.init()
	s.watch()
	return s
}

// is records the family and type of a new socket, as far as they are known.
func (s *Socket) is(domain, typ int32) {
	s.domain, s.typ = domain, typ
	s.noRights.Store(domain != 0 && Domain(domain) != AF_UNIX)
}

// enter begins a call on the descriptor. If it returns nil, the caller may use s.fd and must then
// call leave.
func (s *Socket) enter() (err error) {
	if s == nil || s.guard.state.Add(1) >= 0 {
		err = s.refuse()
	}
	return
}

// refuse is the slow path of enter, kept separate so that enter is inlined.
//
//go:noinline
func (s *Socket) refuse() error {
	if s == nil {
		return os.ErrInvalid
	}
	s.leave()
	return errClosed
}

// leave ends a call. It closes the descriptor if Close left that to the last call.
func (s *Socket) leave() {
	if s.guard.leave() {
		s.closeLast()
	}
}

// closeLast is the slow path of leave, kept separate so that leave is inlined.
//
//go:noinline
func (s *Socket) closeLast() {
	if s.guard.take(s.lent) {
		csock_close(s.fd)
	}
}

// lend makes s a Socket for a descriptor that its owner closes, after recall.
func (s *Socket) lend() {
	s.lent = true
	s.guard.lend()
}

// recall closes a lent Socket and waits until no call is in flight on it.
func (s *Socket) recall() { s.guard.recall() }

// Close closes the socket, as close(2) does, once the last call in flight on it has ended. Close
// does not wait for such calls, and does not wake those that block in the kernel: call Shutdown
// first to wake them. Closing again returns net.ErrClosed.
func (s *Socket) Close() error {
	if s == nil {
		return os.ErrInvalid
	}
	ok, last := s.guard.shut()
	if !ok {
		return errClosed
	}
	s.unwatch()
	if last {
		return callClose.result(int(csock_close(s.fd)))
	}
	return nil
}

// Detach transfers ownership of the descriptor to the caller. It closes the Socket but not the
// descriptor. While other calls are in flight, Detach returns EBUSY and changes nothing.
func (s *Socket) Detach() (uintptr, error) {
	if s == nil {
		return badFD, os.ErrInvalid
	}
	if err := s.guard.beginTransfer(); err != nil {
		return badFD, err
	}
	s.guard.endTransfer()
	s.unwatch()
	return uintptr(s.fd), nil
}

// badFD stands for no descriptor, as in package os.
const badFD = ^uintptr(0)

// FD returns the descriptor's number, or ^uintptr(0) for a closed Socket. The Socket keeps
// ownership: the caller must keep the Socket reachable and open while it uses the number.
func (s *Socket) FD() uintptr {
	if s.enter() != nil {
		return badFD
	}
	defer s.leave()
	s.changed.Store(true) // the caller may change either
	return uintptr(s.fd)
}

// String returns the file descriptor, family and type, such as "fd 7 AF_INET SOCK_STREAM". It makes
// no system call and omits what is unknown without one. For a closed Socket it returns "closed
// socket".
func (s *Socket) String() string {
	if s == nil {
		return "<nil>"
	}
	if s.enter() != nil {
		return "closed socket"
	}
	text := fmt.Sprintf("fd %d", s.fd)
	s.leave()
	if s.domain != 0 {
		text += " " + Domain(s.domain).String()
	}
	if s.typ != 0 {
		text += " " + Type(s.typ).String()
	}
	return text
}

// TryClone returns a second Socket for the same open socket, as dup(2) does, close-on-exec. The two
// share everything except the descriptor: data, options and file status flags.
func (s *Socket) TryClone() (*Socket, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	s.changed.Store(true) // the clone may
	fd := csock_dup(s.fd)
	s.leave()
	if fd < 0 {
		return nil, callDup.error(int(fd))
	}
	return own(fd, s.raw, s.domain, s.typ), nil
}

// Bind gives the socket a local address. See bind(2).
func (s *Socket) Bind(addr SockAddr) error {
	if err := s.enter(); err != nil {
		return err
	}
	s.named.Store(true)
	r := csock_bind(s.fd, &addr.storage, addr.len)
	s.leave()
	return callBind.result(int(r))
}

// Connect connects the socket to addr. On a non-blocking socket it may return EINPROGRESS: once
// poll(2) reports the socket writable, TakeError returns the outcome. ConnectTimeout and
// Conn.Connect do all of that. See connect(2).
func (s *Socket) Connect(addr SockAddr) error {
	if err := s.enter(); err != nil {
		return err
	}
	s.changed.Store(true)
	r := csock_connect(s.fd, &addr.storage, addr.len)
	s.leave()
	return callConnect.result(int(r))
}

// ConnectTimeout connects the socket to addr. It returns ETIMEDOUT if the attempt has not succeeded
// after timeout. A timeout of 0 means no limit; a negative one returns EINVAL.
//
// The socket is non-blocking during the call, for concurrent calls too. ECONNABORTED means that a
// concurrent call received the attempt's error. After a timeout the attempt may continue in the
// kernel: close the socket. On Windows the socket is blocking after the call: the system does not
// say what it was before.
//
// What [Conn.Connect] says of the next Connect holds for one that had to wait.
func (s *Socket) ConnectTimeout(addr SockAddr, timeout time.Duration) error {
	if timeout == 0 {
		return s.Connect(addr)
	}
	if err := s.enter(); err != nil {
		return err
	}
	if timeout < 0 {
		s.leave()
		return refused("connect", syscall.EINVAL)
	}
	s.changed.Store(true)
	r := csock_connect_timeout(s.fd, &addr.storage, addr.len, int64_t(timeout))
	s.leave()
	return callConnect.result(int(r))
}

// SOMAXCONN is the largest backlog that the C library names. The system may allow more or less.
const SOMAXCONN int = sys.SOMAXCONN

// Listen makes the socket accept connections. Up to backlog connections may wait to be accepted.
// See listen(2).
func (s *Socket) Listen(backlog int) error {
	if err := s.enter(); err != nil {
		return err
	}
	r := csock_listen(s.fd, cInt(backlog))
	s.leave()
	return callListen.result(int(r))
}

// Accept accepts the next connection, as accept(2) does. It returns the connection's socket, with
// the flags that New sets, and the peer's address. The address is the zero SockAddr if the system
// has none, as with AF_ALG; the connection is valid all the same. Outside IP, ECONNABORTED may mean
// that too, and a second accept(2) asks for no address. This holds for all forms of Accept.
func (s *Socket) Accept() (*Socket, SockAddr, error) {
	return s.accept(csock_CLOEXEC, false)
}

// AcceptRaw accepts the next connection by a plain accept(2). The flags of its socket are as
// [NewRaw] describes.
func (s *Socket) AcceptRaw() (*Socket, SockAddr, error) {
	return s.accept(0, true)
}

// Accept4Raw accepts the next connection by a plain accept4(2). The flags are SOCK_CLOEXEC,
// SOCK_NONBLOCK, both or 0. Calls on the new socket pass the caller's flags and no others.
func (s *Socket) Accept4Raw(flags Type) (*Socket, SockAddr, error) {
	return s.accept(cInt(flags), true)
}

// Accept4 accepts the next connection by accept4(2). The flags are SOCK_CLOEXEC, SOCK_NONBLOCK,
// both or 0. Sends on the new socket raise no SIGPIPE.
func (s *Socket) Accept4(flags Type) (*Socket, SockAddr, error) {
	return s.accept(cInt(flags), false)
}

func (s *Socket) accept(flags c_int, raw bool) (*Socket, SockAddr, error) {
	var addr SockAddr
	if err := s.enter(); err != nil {
		return nil, SockAddr{}, err
	}
	fd := csock_accept(s.fd, &addr.storage, &addr.len, flags, cBool(raw))
	s.leave()
	if fd < 0 {
		return nil, SockAddr{}, callAccept.error(int(fd))
	}
	return own(fd, raw, s.domain, s.typ), addr, nil
}

// LocalAddr returns the address to which the socket is bound. See getsockname(2).
func (s *Socket) LocalAddr() (addr SockAddr, err error) {
	if err := s.enter(); err != nil {
		return SockAddr{}, err
	}
	r := csock_getsockname(s.fd, &addr.storage, &addr.len)
	s.leave()
	if r < 0 {
		return SockAddr{}, callGetsockname.error(int(r))
	}
	return addr, nil
}

// PeerAddr returns the address to which the socket is connected. See getpeername(2).
func (s *Socket) PeerAddr() (addr SockAddr, err error) {
	if err := s.enter(); err != nil {
		return SockAddr{}, err
	}
	r := csock_getpeername(s.fd, &addr.storage, &addr.len)
	s.leave()
	if r < 0 {
		return SockAddr{}, callGetpeername.error(int(r))
	}
	return addr, nil
}

// Type returns the socket's type ([SO_TYPE]).
func (s *Socket) Type() (Type, error) { return SO_TYPE.Get(s) }

// Domain returns the socket's address family ([SO_DOMAIN]).
func (s *Socket) Domain() (Domain, error) { return SO_DOMAIN.Get(s) }

// Protocol returns the socket's protocol ([SO_PROTOCOL]).
func (s *Socket) Protocol() (Protocol, error) { return SO_PROTOCOL.Get(s) }

// IsListener reports whether Listen was called on the socket ([SO_ACCEPTCONN]).
func (s *Socket) IsListener() (bool, error) { return SO_ACCEPTCONN.Get(s) }

// TakeError returns the error that is pending on the socket, or nil, and clears it ([SO_ERROR]).
// err is the failure of TakeError itself.
func (s *Socket) TakeError() (pending, err error) {
	errno, err := SO_ERROR.Get(s)
	if err != nil || errno == 0 {
		return nil, err
	}
	return syscall.Errno(errno), nil
}

// Nonblocking reports whether calls that would block return EAGAIN instead (O_NONBLOCK of
// fcntl(2)). Windows does not say: there Nonblocking returns an error that errors.ErrUnsupported
// matches.
func (s *Socket) Nonblocking() (bool, error) {
	if err := s.enter(); err != nil {
		return false, err
	}
	r := csock_nonblocking(s.fd)
	s.leave()
	if r < 0 {
		return false, callFcntl.error(int(r))
	}
	return r != 0, nil
}

// SetNonblocking chooses whether calls that would block return EAGAIN instead (FIONBIO of
// ioctl(2)). Clones of the socket share the setting.
func (s *Socket) SetNonblocking(on bool) error {
	if err := s.enter(); err != nil {
		return err
	}
	s.changed.Store(true)
	r := csock_set_nonblocking(s.fd, cBool(on))
	s.leave()
	return callIoctl.result(int(r))
}

// SetCloexec chooses whether the descriptor closes when the process executes another program
// (FD_CLOEXEC of fcntl(2)).
func (s *Socket) SetCloexec(on bool) error {
	if err := s.enter(); err != nil {
		return err
	}
	r := csock_set_cloexec(s.fd, cBool(on))
	s.leave()
	return callFcntl.result(int(r))
}

// SetNoInherit chooses whether child processes inherit the handle (SetHandleInformation). Only
// Windows has it; elsewhere use SetCloexec.
func (s *Socket) SetNoInherit(on bool) error {
	if err := s.enter(); err != nil {
		return err
	}
	r := csock_set_no_inherit(s.fd, cBool(on))
	s.leave()
	return callSetHandleInformation.result(int(r))
}

// Shutdown ends sending, receiving or both, and wakes calls that wait to do so. See shutdown(2).
func (s *Socket) Shutdown(how Shutdown) error {
	if err := s.enter(); err != nil {
		return err
	}
	r := csock_shutdown(s.fd, cInt(how))
	s.leave()
	return callShutdown.result(int(r))
}

// Send sends p to the peer. It returns the number of bytes that the kernel accepted, which on a
// stream may be less than len(p).
//
// With MSG_ZEROCOPY, in this and all other calls that send, the kernel reads the memory after the
// call: use [ZeroCopy], or memory outside Go's heap. See send(2).
func (s *Socket) Send(p []byte, flags MsgFlags) (int, error) {
	for try := (sendTry{}); ; {
		if err := s.enter(); err != nil {
			return 0, err
		}
		n := csock_send(s.fd, bytesPtr(p), size_t(len(p)), s.sendFlags(flags, &try))
		s.leave()
		if n >= 0 {
			return int(n), nil
		}
		if !s.refusesSendFlags(int(n), &try) {
			return 0, callSend.error(int(n))
		}
	}
}

// Recv receives into p and returns the number of bytes received. On a stream, 0 means its end. If a
// datagram is longer than p, the rest is discarded; with MSG_TRUNC the count is the datagram's
// whole length. See recv(2).
func (s *Socket) Recv(p []byte, flags MsgFlags) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	n := csock_recv(s.fd, bytesPtr(p), size_t(len(p)), cFlags(flags))
	s.leave()
	if n < 0 {
		return 0, callRecv.error(int(n))
	}
	return int(n), nil
}

// Discard discards up to n bytes of a TCP stream, without copying them: recv(2) with [MSG_TRUNC]
// and no buffer. It adds that flag to the others. It returns the number of bytes discarded; 0 means
// the end of the stream. A negative n returns EINVAL. See tcp(7).
//
// Linux can do it for TCP and MPTCP. On other sockets that have data it returns EFAULT, and
// discards a datagram. There, use Recv, with an empty buffer for datagrams.
func (s *Socket) Discard(n int, flags MsgFlags) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	if n < 0 {
		s.leave()
		return 0, refused("recv", syscall.EINVAL)
	}
	r := csock_recv(s.fd, nil, size_t(n), cFlags(flags)|csock_DISCARD)
	s.leave()
	if r < 0 {
		return 0, callRecv.error(int(r))
	}
	return int(r), nil
}

// SendTo sends p to addr, or to the peer if addr is the zero SockAddr. See sendto(2).
func (s *Socket) SendTo(p []byte, addr SockAddr, flags MsgFlags) (int, error) {
	return s.sendTo(p, &addr, flags)
}

// sendTo is SendTo without copying the address again.
func (s *Socket) sendTo(p []byte, addr *SockAddr, flags MsgFlags) (int, error) {
	for try := (sendTry{}); ; {
		if err := s.enter(); err != nil {
			return 0, err
		}
		n := csock_sendto(s.fd, bytesPtr(p), size_t(len(p)), s.sendFlags(flags, &try),
			&addr.storage, addr.len)
		s.leave()
		if n >= 0 {
			return int(n), nil
		}
		if !s.refusesSendFlags(int(n), &try) {
			return 0, callSendto.error(int(n))
		}
	}
}

// RecvFrom receives into p, as Recv does, and also returns the sender's address. That is the zero
// SockAddr on a TCP connection and for an unnamed Unix socket. See recvfrom(2).
func (s *Socket) RecvFrom(p []byte, flags MsgFlags) (n int, from SockAddr, err error) {
	n, err = s.recvFrom(p, flags, &from)
	return
}

// recvFrom is RecvFrom into from, which must be the zero SockAddr. After an error it is the zero
// SockAddr again.
func (s *Socket) recvFrom(p []byte, flags MsgFlags, from *SockAddr) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	n := csock_recvfrom(s.fd, bytesPtr(p), size_t(len(p)), cFlags(flags), &from.storage, &from.len)
	s.leave()
	if n < 0 {
		*from = SockAddr{}
		return 0, callRecvfrom.error(int(n))
	}
	return int(n), nil
}

// SendOutOfBand sends p with its last byte as out-of-band data ([MSG_OOB]). See tcp(7).
func (s *Socket) SendOutOfBand(p []byte) (int, error) { return s.Send(p, MSG_OOB) }

// RecvOutOfBand receives the out-of-band byte ([MSG_OOB]). It returns EINVAL if there is none, or
// if SO_OOBINLINE is on.
func (s *Socket) RecvOutOfBand(p []byte) (int, error) { return s.Recv(p, MSG_OOB) }

// Peek receives into p and leaves the data in the receive queue ([MSG_PEEK]).
func (s *Socket) Peek(p []byte) (int, error) { return s.Recv(p, MSG_PEEK) }

// PeekFrom receives into p, returns the sender's address, and leaves the data in the receive queue
// ([MSG_PEEK]).
func (s *Socket) PeekFrom(p []byte) (int, SockAddr, error) { return s.RecvFrom(p, MSG_PEEK) }

// PeekSender returns the sender of the next datagram and leaves it in the receive queue.
func (s *Socket) PeekSender() (SockAddr, error) {
	var p [8]byte
	_, from, err := s.RecvFrom(p[:], MSG_PEEK)
	return from, err
}

// Read implements [io.Reader]. It receives into p, as Recv does, and returns io.EOF at the end of a
// stream or of a sequence of packets.
func (s *Socket) Read(p []byte) (int, error) {
	n, err := s.Recv(p, 0)
	if n == 0 && err == nil && len(p) > 0 {
		if domain, typ, err := s.kind(); err == nil && hasConnections(domain, typ) {
			return 0, io.EOF
		}
	}
	return n, err
}

// Write implements [io.Writer]. It sends p, as Send does, and returns io.ErrShortWrite if the
// kernel accepted only a part.
func (s *Socket) Write(p []byte) (int, error) {
	n, err := s.Send(p, 0)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}

// Sendfile sends up to length bytes of f, starting at offset. It returns the number of bytes that
// the kernel accepted, 0 at the end of the file. The file's own offset is neither used nor changed.
// It returns [os.ErrClosed] if the file is closed.
//
// On Windows this is TransmitFile, which waits until all is sent, whatever the mode of the socket.
//
// Linux has no MSG_NOSIGNAL for this call. In a Go program SIGPIPE does nothing, unless the program
// asks for it (see os/signal). In a C program that hosts Go, sockets that send with that flag block
// SIGPIPE during the call, with two more system calls. See sendfile(2).
func (s *Socket) Sendfile(f *os.File, offset int64, length int) (n int, err error) {
	return withFile(f, func(fd uintptr) (int, error) {
		return s.sendfile(fd, givenOffset(offset), length)
	})
}

// SendfileNext sends up to length bytes of f, starting at the file's own offset. It advances the
// offset by the number of bytes sent, as sendfile(2) does with an offset of NULL. The file need not
// be one that can seek, where the kernel can send it.
//
// On systems other than Linux the call takes no such offset. SendfileNext then gets the file's
// offset before the call and sets it after. Other users must not move the offset during the call.
func (s *Socket) SendfileNext(f *os.File, length int) (n int, err error) {
	return withFile(f,
		func(fd uintptr) (int, error) { return s.sendfile(fd, ownOffset, length) })
}

// withFile calls a function with the descriptor of a file, which stays open during the call. If the
// file is closed, it returns [os.ErrClosed].
func withFile(f *os.File, call func(fd uintptr) (int, error)) (n int, err error) {
	file, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	if file.Control(func(fd uintptr) { n, err = call(fd) }) != nil {
		return 0, os.ErrClosed // its own error is not that, and has no other cause
	}
	return n, err
}

// Special offsets: the first selects the file's own, the second is invalid.
const (
	ownOffset = -1
	badOffset = -2
)

// givenOffset returns an offset of the caller's for sendfile.
func givenOffset(offset int64) int64 {
	if offset < 0 {
		return badOffset
	}
	return offset
}

// sendfile is Sendfile for a file's descriptor, which the caller keeps open.
func (s *Socket) sendfile(fd uintptr, offset int64, length int) (int, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	if offset < ownOffset || length < 0 {
		s.leave()
		return 0, refused("sendfile", syscall.EINVAL)
	}
	n := csock_sendfile(s.fd, csock_fd(fd), int64_t(offset), size_t(length),
		cBool(s.leavesSIGPIPE()), cBool(s.lent))
	s.leave()
	if n < 0 {
		return 0, callSendfile.error(int(n))
	}
	return int(n), nil
}

// A sendTry is an attempt of a call that sends.
type sendTry struct {
	own    c_int // the flags that sendFlags has added
	before int   // the result of the first attempt, if this is the second
}

// sendFlags returns the flags of a call that sends. It adds MSG_NOSIGNAL, unless the socket is raw
// or its family refuses the flag.
func (s *Socket) sendFlags(flags MsgFlags, try *sendTry) c_int {
	f := cFlags(flags)
	try.own = 0
	if !s.raw && try.before == 0 && !s.noQuiet.Load() {
		try.own = csock_SEND_FLAGS &^ f
	}
	return f | try.own
}

// goHandlesSIGPIPE reports whether the program is Go's own: SIGPIPE then does nothing, unless the
// program asks for it (os/signal). In a C program that hosts Go it may end the program.
var goHandlesSIGPIPE = sync.OnceValue(func() bool {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return false
	}
	return slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool {
		return s.Key == "-buildmode" && (s.Value == "exe" || s.Value == "pie")
	})
})

// leavesSIGPIPE reports whether calls without MSG_NOSIGNAL leave SIGPIPE as it is. Otherwise they
// block it.
func (s *Socket) leavesSIGPIPE() bool { return s.raw || goHandlesSIGPIPE() }

// refusesSendFlags reports whether an attempt may have failed because of the flag that sendFlags
// added: RDS, QRTR, AX.25 and others refuse it. If so, sendFlags no longer adds it, and the caller
// tries once more. If the second attempt has the same result, the flag was not the reason, and
// later calls have it again.
func (s *Socket) refusesSendFlags(negative int, try *sendTry) bool {
	if try.before != 0 {
		if negative == try.before {
			s.noQuiet.Store(false)
		}
		return false
	}
	if negative != -sys.EINVAL && negative != -sys.EOPNOTSUPP || try.own == 0 {
		return false
	}
	domain := Domain(s.domain)
	if domain == 0 {
		var err error
		if domain, err = SO_DOMAIN.Get(s); err != nil {
			return false
		}
	}
	switch domain {
	case AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET, AF_VSOCK, AF_BLUETOOTH, AF_CAN, AF_TIPC:
		return false // these accept the flag
	}
	try.before = negative
	s.noQuiet.Store(true)
	return true
}

// cFlags returns flags as C's int, including bit 31. A value that does not fit becomes a name that
// the platform lacks.
func cFlags(flags MsgFlags) c_int {
	if f := c_int(flags); MsgFlags(f) == flags || int64(uint32(f)) == int64(flags) {
		return f
	}
	return sys.CSOCK_LACKS
}

// kind returns the socket's domain and type, from the system where they are not known.
func (s *Socket) kind() (Domain, Type, error) {
	if s == nil {
		return 0, 0, os.ErrInvalid
	}
	domain, typ := Domain(s.domain), Type(s.typ)
	var err error
	if typ == 0 {
		typ, err = s.Type()
	}
	if err == nil && domain == 0 {
		domain, err = s.Domain()
		if errors.Is(err, errors.ErrUnsupported) { // the system has no SO_DOMAIN
			var addr SockAddr
			addr, err = s.LocalAddr()
			domain = addr.Domain()
		}
	}
	return domain, typ, err
}

// hasConnections reports whether sockets of a kind have connections that end: receiving 0 bytes
// then means the end, otherwise an empty message.
func hasConnections(domain Domain, typ Type) bool {
	switch typ {
	case SOCK_STREAM, SOCK_DCCP:
		return domain != AF_PPPOX // a session's frames, whatever the type
	case SOCK_SEQPACKET:
		// RDS's packets are in sequence, and come from any peer. An operation of AF_ALG may have an
		// empty result.
		return domain != AF_RDS && domain != AF_ALG
	}
	return false
}

// checkListens refuses a socket that does not listen, where the system reports that: some systems
// have no SO_ACCEPTCONN, and some families do not support it.
func (s *Socket) checkListens() error {
	listens, err := s.IsListener()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOPROTOOPT) {
		return nil
	}
	if listens || err != nil {
		return err
	}
	switch domain, typ, err := s.kind(); {
	case err != nil:
		return err
	case domain == AF_ALG: // accepts operations, and does not report that it listens
		return nil
	case domain == AF_INET, domain == AF_INET6, domain == AF_UNIX, !hasConnections(domain, typ):
		return errNotListening
	}
	return nil
}
