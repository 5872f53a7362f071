//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	_ net.Conn      = (*Conn)(nil)
	_ io.ReaderFrom = (*Conn)(nil)
	_ syscall.Conn  = (*Conn)(nil)
)

// A Conn is a socket driven by Go's network poller: what has to wait parks its goroutine and no thread. It is
// a [net.Conn], an [io.ReaderFrom] and a [syscall.Conn].
//
// The methods that package net's types have answer as those do: Read and Write, the deadlines, and a *net.OpError around what went
// wrong. The methods that a [Socket] has make one successful system call, whose result and error they
// return; EINTR is retried, and where the system call answers EAGAIN they wait. How long is up to
// the read deadline for calls that receive or accept, and to the write deadline for calls that send or connect; after it
// they answer os.ErrDeadlineExceeded. A call with MSG_DONTWAIT or MSG_OOB does not wait, and answers EAGAIN.
//
// All methods may be called from many goroutines at once. Of the calls that have to wait to receive one does, and the others wait
// for it; so it is with calls that send. Calls upon the error queue (MSG_ERRQUEUE) have a place of their own. Close wakes them all, with
// [net.ErrClosed], which is what every call answers afterwards. A Conn that is lost closes when it is collected.
//
// Calls that send or receive allocate nothing, unless they fail. A context that can end costs a few small objects, ReadFrom some
// for each file, and a wait for an event that the system does not have (see Connect) a timer. Buffers live on the heap, as they
// do for package net's types: the compiler puts local arrays there.
type Conn struct {
	s    Socket          // of the descriptor, lent to it; Close waits for its calls
	file *os.File        // the descriptor's owner
	rc   syscall.RawConn // file's
	open atomic.Bool
	hot  atomic.Bool // the last call that received did not have to wait

	zones zones

	whole sync.Mutex // of a stream: held by a call that sends and may wait, so that no other such call's bytes come in between

	mu       sync.Mutex
	dirs     [2]deadline // by direction
	errQueue *Conn       // a duplicate, to wait for the error queue
	local    net.Addr    // the last that was known
	remote   net.Addr
}

// A direction of a Conn: the deadline that its calls have, and the lock that they share.
type direction int

const (
	reading direction = iota
	writing
)

// IntoConn hands the descriptor over to a Conn. The Socket is closed from then on. On an error it is not, and
// stays as it was; EBUSY tells that other calls are in flight on it. A socket that was made with SOCK_NONBLOCK saves
// a system call.
//
// Go's poller must know the kind of socket, or the error is one for which errors.Is(err, errors.ErrUnsupported)
// holds; on Windows that is always so. A Socket that the poller does not take is given a new descriptor; if the process has
// none to give, the error tells so and the Socket is closed.
func (s *Socket) IntoConn() (*Conn, error) {
	domain, typ, err := s.kind()
	if err != nil {
		return nil, err
	}
	return s.conn(domain, typ)
}

// conn is Conn of a socket whose kind is known.
func (s *Socket) conn(domain Domain, typ Type) (*Conn, error) {
	var c *Conn
	err := s.handOver(func() error {
		was := C.csock_make_nonblocking(s.fd)
		if was < 0 {
			return callFcntl.error(int(was))
		}
		file, back, err := newPolled(s.fd)
		if err != nil {
			if back != s.fd {
				s.unwatch()
				s.fd = back
				s.watch()
			}
			if back < 0 {
				return callDup.error(int(back))
			}
			C.csock_set_nonblocking(s.fd, was)
			return err
		}
		c = newConn(file, s.fd, s.raw, domain, typ)
		c.RemoteAddr() // now: once the peer has reset the connection the kernel tells it no more
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// handOver closes the Socket but not its descriptor, of which take becomes the owner. If take fails
// the Socket is open again.
func (s *Socket) handOver(take func() error) error {
	if s == nil {
		return os.ErrInvalid
	}
	if err := s.guard.give(); err != nil {
		return err
	}
	err := take()
	if err != nil && s.fd >= 0 { // a negative one is lost
		s.guard.reopen()
		return err
	}
	s.guard.given()
	s.unwatch()
	return err
}

// kind is what domain and typ are, asked for where they are not known.
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
		if errors.Is(err, errors.ErrUnsupported) { // a system that has no SO_DOMAIN
			var addr SockAddr
			addr, err = s.LocalAddr()
			domain = addr.Domain()
		}
	}
	return domain, typ, err
}

// newPolled makes the file that owns fd, which is non-blocking, and parks on Go's poller. If the
// poller does not take fd, back is a descriptor of the same socket that is still the caller's.
func newPolled(fd C.csock_fd) (file *os.File, back C.csock_fd, err error) {
	if runtime.GOOS != "windows" { // where a file's RawConn waits for nothing
		file = os.NewFile(uintptr(fd), "socket")
		if file.SetDeadline(time.Time{}) == nil {
			return file, 0, nil
		}
		// The file cannot be made to let go of its descriptor.
		fd = C.csock_dup(fd)
		file.Close()
	}
	return nil, fd, errNotPolled
}

// newConn makes the Conn of fd, which file owns.
func newConn(file *os.File, fd C.csock_fd, raw bool, domain Domain, typ Type) *Conn {
	c := &Conn{file: file}
	c.rc, _ = file.SyscallConn() // fails for a nil file only
	c.s.fd = fd
	c.s.raw = raw
	c.s.is(int32(domain), int32(typ))
	c.s.guard.lend()
	c.open.Store(true)
	return c
}

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (c *Conn) String() string { return c.socket().String() }

// Close closes the Conn and wakes all who wait for it. Data that has been sent goes out, as
// close(2) has it. Closing twice is net.ErrClosed.
func (c *Conn) Close() error {
	if c == nil {
		return os.ErrInvalid
	}
	if !c.open.CompareAndSwap(true, false) {
		return c.opError("close", errClosed)
	}
	c.known(&c.local, c.LocalAddr) // which is still to be known of a closed Conn
	c.mu.Lock()
	q := c.errQueue
	c.mu.Unlock()
	if q != nil {
		q.Close() // before what waits for those who Borrow
	}
	c.s.guard.recall()
	err := c.file.Close()
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return c.opError("close", callClose.error(-int(errno)))
	}
	return nil
}

func (c *Conn) domain() Domain { return Domain(c.s.domain) }
func (c *Conn) typ() Type      { return Type(c.s.typ) }

// check tells whether calls can be made.
func (c *Conn) check() error {
	if c == nil {
		return os.ErrInvalid
	}
	if !c.open.Load() {
		return errClosed
	}
	return nil
}

// SetDeadline sets the read and the write deadline. Zero is none. See [net.Conn].
func (c *Conn) SetDeadline(t time.Time) error { return c.setDeadline(t, true, true) }

// SetReadDeadline sets when calls that receive or accept give up, those that wait now too. Zero is
// never.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.setDeadline(t, true, false) }

// SetWriteDeadline sets when calls that send or connect give up, those that wait now too. Zero is
// never.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.setDeadline(t, false, true) }

func (c *Conn) setDeadline(t time.Time, read, write bool) error {
	if err := c.check(); err != nil {
		return c.opError("set", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if read {
		c.dirs[reading].setUser(t)
		read = c.dirs[reading].interruptions == 0
		if c.errQueue != nil {
			c.errQueue.SetWriteDeadline(t)
		}
	}
	if write {
		c.dirs[writing].setUser(t)
		write = c.dirs[writing].interruptions == 0
	}
	var err error
	switch {
	case read && write:
		err = c.file.SetDeadline(t)
	case read:
		err = c.file.SetReadDeadline(t)
	case write:
		err = c.file.SetWriteDeadline(t)
	}
	if err != nil {
		return &net.OpError{Op: "set", Err: errClosed}
	}
	return nil
}

// SyscallConn returns a raw connection, as net's types have it: its Read and Write park, and obey the
// deadlines.
func (c *Conn) SyscallConn() (syscall.RawConn, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return rawConn{c}, nil
}

// A rawConn is Conn.rc with the errors of a Conn.
type rawConn struct{ c *Conn }

func (r rawConn) Control(f func(uintptr)) error    { return r.error(r.c.rc.Control(f)) }
func (r rawConn) Read(f func(uintptr) bool) error  { return r.wait(reading, f) }
func (r rawConn) Write(f func(uintptr) bool) error { return r.wait(writing, f) }

func (r rawConn) wait(dir direction, f func(uintptr) bool) (err error) {
	for d := &r.c.dirs[dir]; ; {
		gen := d.gen.Load()
		if dir == reading {
			err = r.c.rc.Read(f)
		} else {
			err = r.c.rc.Write(f)
		}
		if err != os.ErrDeadlineExceeded || !r.c.interrupted(context.Background(), d, gen) {
			return r.error(err)
		}
	}
}

func (r rawConn) error(err error) error {
	if err != nil && !r.c.open.Load() {
		return errClosed
	}
	return err
}

// Set makes settings, as [Socket.Set] does. [Get] and [Borrow] read options.
func (c *Conn) Set(settings ...Setting) error {
	if err := c.check(); err != nil {
		return err
	}
	return c.s.Set(settings...)
}

// Shutdown ends sending, receiving or both. See shutdown(2).
func (c *Conn) Shutdown(how Shutdown) error {
	if err := c.check(); err != nil {
		return err
	}
	return c.s.Shutdown(how)
}

// CloseRead ends receiving: SHUT_RD.
func (c *Conn) CloseRead() error { return c.opError("close", c.Shutdown(SHUT_RD)) }

// CloseWrite ends sending: SHUT_WR. The peer reads the end of the stream.
func (c *Conn) CloseWrite() error { return c.opError("close", c.Shutdown(SHUT_WR)) }

// Connect connects to addr, and returns when the connection stands or failed. When ctx ends first it answers ctx's
// cause, and at the write deadline os.ErrDeadlineExceeded: the attempt is then undone, and the socket is as it was before;
// where the system cannot undo it, the Conn is closed. An attempt that is under way already is waited for. A Unix listener
// whose backlog is full is asked again until there is room. See connect(2).
func (c *Conn) Connect(ctx context.Context, addr SockAddr) error {
	o := otherOp((*op).connect)
	o.addr = addr
	o.parks = false // before the attempt has begun EAGAIN is a failure, but for Unix sockets
	o.silent = addr.isUnix()
	err := c.runContext(ctx, o, writing)
	if err != nil && o.begun && c.check() == nil && !c.disconnect() && !o.told {
		c.Close()
	}
	o.end()
	if err == nil {
		c.mu.Lock()
		c.remote = netAddr(addr, c.typ(), &c.zones)
		if c.open.Load() { // else Close asks
			c.local = nil
		}
		c.mu.Unlock()
	}
	return err
}

func (o *op) connect() error {
	if o.begun {
		pending, err := o.s.TakeError()
		if err != nil {
			return err
		}
		if errno, ok := pending.(syscall.Errno); ok {
			o.told = true
			return callConnect.error(-int(errno))
		}
	}
	// Once it has begun, the call tells how the attempt stands. There are events before it is over, and the error
	// that ended it may have gone to another call: to one that reads, say.
	err := o.s.Connect(o.addr)
	switch errno := errnoOf(err); {
	case errno == syscall.EINPROGRESS, errno == syscall.EALREADY, errno == syscall.EINTR: // interrupted, it goes on all the same
		o.begun, o.parks = true, true
		return callConnect.error(-int(syscall.EAGAIN))
	case errno == syscall.EISCONN && o.begun:
		return nil
	}
	o.told = o.begun
	return err
}

// disconnect undoes an attempt to connect, and reports whether the system can.
func (c *Conn) disconnect() bool {
	var none SockAddr // of family AF_UNSPEC
	none.len = C.sizeof_struct_sockaddr_in
	if c.s.Connect(none) != nil {
		return false
	}
	c.s.TakeError() // of the connection that is no more
	return true
}

// Accept takes the next connection and returns its Conn and the peer's address. When ctx ends first it
// answers ctx's cause, and at the read deadline os.ErrDeadlineExceeded; the Conn goes on as before. A connection that
// was aborted before it could be accepted is passed over. See accept(2).
func (c *Conn) Accept(ctx context.Context) (*Conn, SockAddr, error) {
	for {
		// Each attempt asks anew whether it is still to be made.
		a, from, err := c.accept(ctx)
		if errnoOf(err) != syscall.ECONNABORTED {
			return a, from, err
		}
	}
}

func (c *Conn) accept(ctx context.Context) (*Conn, SockAddr, error) {
	o := otherOp((*op).accept)
	err := c.runContext(ctx, o, reading)
	from := o.addr
	fd := o.end()
	if err != nil {
		return nil, SockAddr{}, err
	}
	file, back, err := newPolled(C.csock_fd(fd))
	if err != nil {
		C.csock_close(back)
		return nil, SockAddr{}, err
	}
	a := newConn(file, C.csock_fd(fd), c.s.raw, c.domain(), c.typ())
	a.remote = netAddr(from, c.typ(), &a.zones)
	return a, from, nil
}

func (o *op) accept() error {
	flags := C.int(C.CSOCK_CLOEXEC)
	if SOCK_NONBLOCK > 0 {
		flags |= C.int(SOCK_NONBLOCK)
	}
	fd := C.csock_accept(o.s.fd, &o.addr.storage, &o.addr.len, flags, cBool(o.s.raw))
	if fd < 0 {
		return callAccept.error(int(fd))
	}
	if o.s.raw || SOCK_NONBLOCK < 0 {
		if r := C.csock_set_nonblocking(fd, 1); r < 0 {
			C.csock_close(fd)
			return callIoctl.error(int(r))
		}
	}
	o.n = int(fd)
	return nil
}

// Send sends p. See [Socket.Send]. With MSG_DONTWAIT it waits for no other call either: on a stream its bytes may
// come between those of a Write that waits.
func (c *Conn) Send(p []byte, flags MsgFlags) (int, error) {
	if c != nil && c.typ() == SOCK_STREAM && flags == 0 {
		return c.sendStream(p, opSend)
	}
	if c.direct(writing, flags) {
		if n, err := c.s.Send(p, flags); !waits(err) {
			return n, err
		}
	}
	o := newOp(opSend)
	o.p, o.flags = p, flags
	err := c.run(o, writing)
	return o.end(), err
}

// sendStream sends p on a stream: what the kernel takes at once (opSend), or all of it (opWrite).
func (c *Conn) sendStream(p []byte, k kind) (n int, err error) {
	c.whole.Lock()
	defer c.whole.Unlock()
	if c.inTime(writing) {
		n, err = c.s.Send(p[:min(len(p), maxWrite)], 0)
		if err != nil && !waits(err) || err == nil && (k == opSend || n == len(p)) {
			return n, err
		}
	}
	o := newOp(k)
	o.p, o.n = p, n
	err = c.wait(o, writing)
	return o.end(), err
}

// Recv receives into p. See [Socket.Recv]: on a stream 0 bytes are its end. The kernel never waits for a Conn, so that MSG_WAITALL
// changes nothing: [io.ReadFull] fills a buffer.
func (c *Conn) Recv(p []byte, flags MsgFlags) (int, error) {
	if c.direct(reading, flags) {
		if n, err := c.s.Recv(p, flags); !waits(err) {
			return n, err
		}
	}
	o := newOp(opRecv)
	o.p, o.flags = p, flags
	err := c.run(o, reading)
	return o.end(), err
}

// SendOutOfBand sends p with its last byte as urgent data. See [Socket.SendOutOfBand].
func (c *Conn) SendOutOfBand(p []byte) (int, error) { return c.Send(p, MSG_OOB) }

// RecvOutOfBand receives the urgent byte if it is there, and does not wait. See [Socket.RecvOutOfBand].
func (c *Conn) RecvOutOfBand(p []byte) (int, error) { return c.Recv(p, MSG_OOB) }

// Peek receives into p and leaves the data in the socket (MSG_PEEK).
func (c *Conn) Peek(p []byte) (int, error) { return c.Recv(p, MSG_PEEK) }

// PeekFrom receives into p, with the sender's address, and leaves the data in the socket (MSG_PEEK).
func (c *Conn) PeekFrom(p []byte) (int, SockAddr, error) { return c.RecvFrom(p, MSG_PEEK) }

// PeekSender returns the sender of the datagram that is next, and leaves it in the socket.
func (c *Conn) PeekSender() (SockAddr, error) {
	_, from, err := c.RecvFrom(nil, MSG_PEEK)
	return from, err
}

// SendTo sends p to addr, the zero SockAddr for the peer. See [Socket.SendTo].
func (c *Conn) SendTo(p []byte, addr SockAddr, flags MsgFlags) (int, error) {
	return c.sendTo(p, &addr, flags)
}

// sendTo is SendTo without another copy of the address.
func (c *Conn) sendTo(p []byte, addr *SockAddr, flags MsgFlags) (int, error) {
	if c.direct(writing, flags) {
		if n, err := c.s.sendTo(p, addr, flags); !waits(err) {
			return n, err
		}
	}
	o := newOp(opSendTo)
	o.p, o.addr, o.flags = p, *addr, flags
	o.silent = c.silent(addr)
	err := c.run(o, writing)
	return o.end(), err
}

// silent tells of a call that may wait for room in the queue of another Unix socket: no event
// tells the sender that there is some, unless the two are connected. Of netlink sockets none does: see run.
func (c *Conn) silent(to *SockAddr) bool { return to.isUnix() && c != nil && c.typ() == SOCK_DGRAM }

// RecvFrom receives into p and also returns the sender's address. See [Socket.RecvFrom].
func (c *Conn) RecvFrom(p []byte, flags MsgFlags) (n int, from SockAddr, err error) {
	n, err = c.recvFrom(p, flags, &from)
	return
}

// recvFrom is RecvFrom into from, which is the zero SockAddr.
func (c *Conn) recvFrom(p []byte, flags MsgFlags, from *SockAddr) (int, error) {
	if c.direct(reading, flags) {
		if n, err := c.s.recvFrom(p, flags, from); !waits(err) {
			return n, err
		}
	}
	o := newOp(opRecvFrom)
	o.p, o.flags = p, flags
	err := c.run(o, reading)
	if err == nil {
		*from = o.addr
	}
	return o.end(), err
}

// Sendmsg sends a message. See [Socket.Sendmsg].
func (c *Conn) Sendmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	if c.direct(writing, flags) {
		if n, err := c.s.Sendmsg(m, flags); !waits(err) {
			return n, err
		}
	}
	o := otherOp((*op).sendmsg)
	o.msg, o.flags = m, flags
	o.silent = m != nil && c.silent(&m.Addr)
	err := c.run(o, writing)
	return o.end(), err
}

func (o *op) sendmsg() (err error) {
	o.n, err = o.s.Sendmsg(o.msg, o.flags)
	return err
}

// Recvmsg receives a message, with MSG_ERRQUEUE from the error queue. See [Socket.Recvmsg].
func (c *Conn) Recvmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	if c.direct(reading, flags) {
		if n, err := c.s.Recvmsg(m, flags); !waits(err) {
			return n, err
		}
	}
	o := otherOp((*op).recvmsg)
	o.msg, o.flags = m, flags
	err := c.run(o, reading)
	return o.end(), err
}

func (o *op) recvmsg() (err error) {
	o.n, err = o.s.Recvmsg(o.msg, o.flags)
	return err
}

// SendVectored sends the bytes of bufs as one message. See [Socket.SendVectored].
func (c *Conn) SendVectored(bufs [][]byte, flags MsgFlags) (int, error) {
	o := otherOp((*op).sendVectored)
	o.bufs, o.flags = bufs, flags
	err := c.run(o, writing)
	return o.end(), err
}

func (o *op) sendVectored() (err error) {
	o.n, err = o.s.SendVectored(o.bufs, o.flags)
	return err
}

// RecvVectored receives one message into bufs. See [Socket.RecvVectored].
func (c *Conn) RecvVectored(bufs [][]byte, flags MsgFlags) (int, RecvFlags, error) {
	o := otherOp((*op).recvVectored)
	o.bufs, o.flags = bufs, flags
	err := c.run(o, reading)
	got := o.got
	return o.end(), got, err
}

func (o *op) recvVectored() (err error) {
	o.n, o.got, err = o.s.RecvVectored(o.bufs, o.flags)
	return err
}

// SendToVectored sends the bytes of bufs as one message to addr, the zero SockAddr for the peer. See [Socket.SendToVectored].
func (c *Conn) SendToVectored(bufs [][]byte, addr SockAddr, flags MsgFlags) (int, error) {
	o := otherOp((*op).sendToVectored)
	o.bufs, o.addr, o.flags = bufs, addr, flags
	o.silent = c.silent(&addr)
	err := c.run(o, writing)
	return o.end(), err
}

func (o *op) sendToVectored() (err error) {
	o.n, err = o.s.SendToVectored(o.bufs, o.addr, o.flags)
	return err
}

// RecvFromVectored receives one message into bufs and also returns the sender. See [Socket.RecvFromVectored].
func (c *Conn) RecvFromVectored(bufs [][]byte, flags MsgFlags) (int, RecvFlags, SockAddr, error) {
	o := otherOp((*op).recvFromVectored)
	o.bufs, o.flags = bufs, flags
	err := c.run(o, reading)
	got, from := o.got, o.addr
	return o.end(), got, from, err
}

func (o *op) recvFromVectored() (err error) {
	o.n, o.got, o.addr, err = o.s.RecvFromVectored(o.bufs, o.flags)
	return err
}

// SendBatch sends the messages of b, waits until the first can go out, and returns how many did. See
// [Socket.SendBatch].
func (c *Conn) SendBatch(b *Batch, flags MsgFlags) (int, error) {
	if err := b.enter(); err != nil {
		return 0, err
	}
	defer b.leave()
	if c.direct(writing, flags) {
		if n, err := c.s.sendBatch(b, flags); !waits(err) {
			return n, err
		}
	}
	o := otherOp((*op).sendBatch)
	o.batch, o.flags = b, flags
	o.silent = c != nil && c.domain() == AF_UNIX && c.typ() == SOCK_DGRAM
	err := c.run(o, writing)
	return o.end(), err
}

func (o *op) sendBatch() (err error) {
	o.n, err = o.s.sendBatch(o.batch, o.flags)
	return err
}

// RecvBatch waits for a message, receives it and those after it that are there into b, and returns how many. See
// [Socket.RecvBatch].
func (c *Conn) RecvBatch(b *Batch, flags MsgFlags) (int, error) {
	if err := b.enter(); err != nil {
		return 0, err
	}
	defer b.leave()
	if c.direct(reading, flags) {
		if n, err := c.s.recvBatch(b, flags); !waits(err) {
			return n, err
		}
	}
	o := otherOp((*op).recvBatch)
	o.batch, o.flags = b, flags
	err := c.run(o, reading)
	return o.end(), err
}

func (o *op) recvBatch() (err error) {
	o.n, err = o.s.recvBatch(o.batch, o.flags)
	return err
}

// Sendfile sends up to length bytes of f from offset on. See [Socket.Sendfile].
func (c *Conn) Sendfile(f *os.File, offset int64, length int) (n int, err error) {
	file, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	closed := file.Control(func(fd uintptr) {
		o := sendfileOp(fd, offset, length)
		err = c.run(o, writing)
		n = o.end()
	})
	if closed != nil {
		return 0, closed
	}
	return n, err
}

func sendfileOp(fd uintptr, offset int64, length int) *op {
	o := otherOp((*op).sendfile)
	o.file, o.off, o.length = fd, offset, length
	return o
}

func (o *op) sendfile() (err error) {
	o.n, err = o.s.sendfile(o.file, o.off, o.length)
	return err
}

// Read receives into p. The end of a stream, or of a sequence of packets, is io.EOF.
func (c *Conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, c.opError("read", c.check())
	}
	n, err := c.Recv(p, 0)
	if err != nil {
		return 0, c.opError("read", err)
	}
	return n, c.eof(n)
}

// eof is io.EOF if that n bytes were received is the end of a stream or of a sequence of packets.
func (c *Conn) eof(n int) error {
	if n == 0 && c.typ() != SOCK_DGRAM && c.typ() != SOCK_RAW {
		return io.EOF
	}
	return nil
}

// Write sends p: on a stream all of it, with nothing of another Write in between, else as one message.
func (c *Conn) Write(p []byte) (n int, err error) {
	if c != nil && c.typ() == SOCK_STREAM {
		n, err = c.sendStream(p, opWrite)
	} else {
		n, err = c.Send(p, 0)
	}
	if err != nil {
		return n, c.opError("write", err)
	}
	return n, nil
}

// maxWrite is how much is sent at once: some systems refuse what does not fit an int.
const maxWrite = 1 << 30

// ReadFrom sends what r has to read, until its end. It is [io.ReaderFrom]: for an *os.File of a regular file, or an
// *io.LimitedReader of one, the kernel copies the data (sendfile(2)), with nothing of another Write in between.
func (c *Conn) ReadFrom(r io.Reader) (int64, error) {
	if err := c.check(); err != nil {
		return 0, c.opError("readfrom", err)
	}
	n, err, handled := c.sendFile(r)
	if handled {
		return n, c.opError("readfrom", err)
	}
	return io.Copy(struct{ io.Writer }{c}, r)
}

// sendFile is ReadFrom for files.
func (c *Conn) sendFile(r io.Reader) (sent int64, err error, handled bool) {
	left := int64(1<<63 - 1)
	limited, _ := r.(*io.LimitedReader)
	if limited != nil {
		r, left = limited.R, limited.N
	}
	// Not *os.File, since io.Copy hands over a type of package os that hides the file's WriteTo.
	f, ok := r.(interface {
		fs.File
		io.Seeker
		syscall.Conn
	})
	if !ok || c.typ() != SOCK_STREAM {
		return 0, nil, false
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return 0, nil, false
	}
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, nil, false
	}
	file, err := f.SyscallConn()
	if err != nil {
		return 0, nil, false
	}
	closed := file.Control(func(fd uintptr) { sent, err = c.sendFileFrom(fd, start, left) })
	if closed != nil {
		return 0, closed, true
	}
	if sent == 0 {
		switch errnoOf(err) {
		case syscall.EINVAL, syscall.ENOSYS, syscall.EOPNOTSUPP: // a file system or socket that cannot
			return 0, nil, false
		}
	}
	if limited != nil {
		limited.N -= sent
	}
	if _, seekErr := f.Seek(start+sent, io.SeekStart); err == nil {
		err = seekErr
	}
	return sent, err, true
}

// sendFileFrom sends up to left bytes of a file from start on, with nothing of another call in between.
func (c *Conn) sendFileFrom(fd uintptr, start, left int64) (sent int64, err error) {
	c.whole.Lock()
	defer c.whole.Unlock()
	for sent < left {
		o := sendfileOp(fd, start+sent, int(min(left-sent, maxWrite)))
		err = c.wait(o, writing)
		n := o.end()
		sent += int64(n)
		if err != nil || n == 0 {
			break
		}
	}
	return sent, err
}

// LocalAddr returns the socket's own address, as package net has it: a *net.TCPAddr, *net.UDPAddr, *net.IPAddr or
// *net.UnixAddr, which of an unnamed socket is empty; of other families a [SockAddr]. Of a closed Conn it is the last
// that was known.
func (c *Conn) LocalAddr() net.Addr {
	if c == nil {
		return nil
	}
	return c.netAddr(&c.local, (*Socket).LocalAddr)
}

// RemoteAddr returns the address of the peer, as LocalAddr does, nil if there is none. Of a peer that has gone it is the last
// that was known.
func (c *Conn) RemoteAddr() net.Addr {
	if c == nil {
		return nil
	}
	return c.netAddr(&c.remote, (*Socket).PeerAddr)
}

func (c *Conn) netAddr(known *net.Addr, get func(*Socket) (SockAddr, error)) net.Addr {
	addr, err := get(&c.s)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		*known = netAddr(addr, c.typ(), &c.zones)
	}
	return *known
}

// known returns an address that has been known before, or else asks for it.
func (c *Conn) known(known *net.Addr, ask func() net.Addr) net.Addr {
	c.mu.Lock()
	addr := *known
	c.mu.Unlock()
	if addr == nil {
		addr = ask()
	}
	return addr
}

// opError is err as net's types answer it.
func (c *Conn) opError(op string, err error) error {
	if err == nil || c == nil {
		return err
	}
	e := &net.OpError{Op: op, Source: c.known(&c.local, c.LocalAddr), Addr: c.known(&c.remote, c.RemoteAddr), Err: err}
	if e.Source != nil {
		e.Net = e.Source.Network()
	}
	return e
}
