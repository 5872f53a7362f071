//go:build cgo

package csock

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// A Conn is a socket on Go's network poller: a call that has to wait parks its goroutine and not a
// thread. It implements [net.Conn], [io.ReaderFrom], [io.WriterTo] and [syscall.Conn].
//
// A Conn of a datagram socket is a net.Conn too, but not a [net.PacketConn]. A library that asserts
// net.PacketConn to recognize datagrams mistakes it for a stream, and the compiler does not see the
// mistake. Give such a library a [PacketConn] or a [UDPConn]. [TCPConn], [UDPConn], [IPConn] and
// [UnixConn] add the methods of package net's type of the same name. A library that asserts
// *net.UDPConn or *net.TCPConn needs exactly that type: [Socket.IntoNetPacketConn] and
// [Socket.IntoNetConn] make one.
//
// Methods that package net's types have behave as theirs do: Read and Write, the deadlines, and
// errors wrapped in a *net.OpError. Its Net is what [net.FileConn] gives: "tcp", and never "tcp4".
// docs/porting-from-net.md lists the few differences.
//
// Methods that a [Socket] has make one successful system call and return its result and error. They
// retry EINTR, and wait where the system call returns EAGAIN. The read deadline limits calls that
// receive or accept, and the write deadline calls that send or connect; after it they return
// os.ErrDeadlineExceeded. WithContext lets a context limit them. A call with MSG_DONTWAIT or
// MSG_OOB does not wait, and returns EAGAIN.
//
// All methods may be called concurrently. At most one receiving and one sending call wait in the
// poller at a time; further calls queue behind them. Calls on the error queue (MSG_ERRQUEUE) wait
// separately. Close wakes every waiting call with [net.ErrClosed], which later calls return too. An
// unreachable Conn is closed when it is collected.
//
// Calls that send or receive allocate nothing, unless they fail. Three things make a few small
// allocations:
//   - a wait under a context that can end
//   - ReadFrom and WriteTo of a file
//   - the timer of a wait for an event that the system does not report (see Connect)
//
// SIGPIPE during SpliceFrom, SpliceTo, ReadFrom and WriteTo is as for [Socket.Sendfile].
//
// Buffers live on the heap, as they do for package net's types: the compiler puts local arrays
// there.
type Conn struct {
	s    Socket          // lends the descriptor to calls; Close waits for them
	file *polled         // owns the descriptor
	rc   syscall.RawConn // of file
	open atomic.Bool
	hot  atomic.Bool // the last receiving call did not have to wait
	// A Unix socket that had no name. It has none as long as s.named is false.
	nameless bool

	zones zones

	// Of a stream: held by a sending call that may wait, so that its bytes stay contiguous.
	whole sync.Mutex

	mu       sync.Mutex
	dirs     [2]deadline   // indexed by direction
	over     chan struct{} // closed when a direction's last interruption ends; nil: nothing waits
	errQueue *Conn         // a duplicate, to wait for the error queue

	local, remote knownAddr
}

var (
	_ net.Conn      = (*Conn)(nil)
	_ io.ReaderFrom = (*Conn)(nil)
	_ io.WriterTo   = (*Conn)(nil)
	_ syscall.Conn  = (*Conn)(nil)
)

// A direction of a Conn: its calls share a deadline and a lock.
type direction int

const (
	reading direction = iota
	writing
)

// IntoConn transfers ownership of the descriptor to a Conn. The Socket is then closed. If IntoConn
// fails, the Socket stays open, except as noted below; EBUSY means that other calls are in flight
// on it. A socket that was made with SOCK_NONBLOCK saves a system call.
//
// Libraries take a Conn for a stream. For datagrams give them a [UDPConn], [IPConn], [UnixConn] or
// [PacketConn].
//
// If Go's poller does not support the kind of socket, errors.Is(err, errors.ErrUnsupported) holds.
// If the system cannot register the descriptor, the error is the system's: ENOSPC or ENOMEM. In
// both cases the Socket gets a new descriptor. If the process has none left, IntoConn returns that
// error and the Socket is closed. Windows needs no registration: see docs/systems.md for how a Conn
// waits.
func (s *Socket) IntoConn() (*Conn, error) {
	domain, typ, err := s.kind()
	if err != nil {
		return nil, err
	}
	return s.conn(domain, typ)
}

// conn is IntoConn for a socket of known kind.
func (s *Socket) conn(domain Domain, typ Type) (*Conn, error) {
	var c *Conn
	err := s.handOver(func() error {
		was, known := s.fresh()
		if !known {
			if was = csock_make_nonblocking(s.fd); was < 0 {
				return callFcntl.error(int(was))
			}
		} else if was == 0 {
			if r := csock_set_nonblocking(s.fd, 1); r < 0 {
				return callIoctl.error(int(r))
			}
		}
		file, now, err := newPolled(s.fd)
		if err != nil {
			if now != s.fd {
				s.unwatch()
				s.fd = now
				s.watch()
			}
			if now < 0 {
				return callDup.error(int(now))
			}
			csock_set_nonblocking(s.fd, was)
			return err
		}
		c = newConn(file, now, s.raw, domain, typ)
		c.nameless = known && domain == AF_UNIX && !s.named.Load()
		if !known {
			c.RemoteAddr() // now: the kernel forgets the peer when it resets the connection
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// handOver closes the Socket but not its descriptor, which take takes ownership of. If take fails,
// the Socket is open again.
func (s *Socket) handOver(take func() error) error {
	if s == nil {
		return os.ErrInvalid
	}
	if err := s.guard.beginTransfer(); err != nil {
		return err
	}
	err := take()
	if err != nil && s.fd >= 0 { // a negative one: the descriptor is gone
		s.guard.reopen()
		return err
	}
	s.guard.endTransfer()
	s.unwatch()
	return err
}

// newConn makes the Conn of fd, which file owns.
func newConn(file *polled, fd csock_fd, raw bool, domain Domain, typ Type) *Conn {
	c := &Conn{file: file}
	c.rc, _ = file.SyscallConn() // fails only for a nil file
	c.s.fd = fd
	c.s.raw = raw
	c.s.is(int32(domain), int32(typ))
	c.s.lend()
	c.open.Store(true)
	return c
}

// String returns the file descriptor and the socket's family and type. See [Socket.String].
func (c *Conn) String() string { return c.socket().String() }

// Close closes the Conn and wakes every call that waits on it. Data already sent is still
// transmitted, as close(2) describes. A second Close returns net.ErrClosed.
func (c *Conn) Close() error { return c.opError("close", c.close()) }

func (c *Conn) close() error {
	if c == nil {
		return os.ErrInvalid
	}
	if !c.open.CompareAndSwap(true, false) {
		return errClosed
	}
	if !c.hasNoName() {
		c.LocalAddr() // a closed Conn still returns it
	}
	c.mu.Lock()
	q := c.errQueue
	c.mu.Unlock()
	if q != nil {
		q.Close() // first, because recall waits for calls of Borrow
	}
	c.s.recall()
	err := c.file.Close()
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return callClose.error(-int(errno))
	}
	return nil
}

func (c *Conn) domain() Domain { return Domain(c.s.domain) }
func (c *Conn) typ() Type      { return Type(c.s.typ) }

// check returns an error if the Conn is nil or closed.
func (c *Conn) check() error {
	if c == nil {
		return os.ErrInvalid
	}
	if !c.open.Load() {
		return errClosed
	}
	return nil
}

// SetDeadline sets the read and the write deadline. The zero time removes them. See [net.Conn].
func (c *Conn) SetDeadline(t time.Time) error { return c.setDeadline(t, true, true) }

// SetReadDeadline sets when calls that receive or accept time out, including calls that already
// wait. The zero time means never.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.setDeadline(t, true, false) }

// SetWriteDeadline sets when calls that send or connect time out, including calls that already
// wait. The zero time means never.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.setDeadline(t, false, true) }

func (c *Conn) setDeadline(t time.Time, read, write bool) error {
	if err := c.check(); err != nil {
		return c.ownError("set", err)
	}
	err := c.setDeadlines(t, read, write)
	if err != nil {
		return c.ownError("set", errClosed)
	}
	return nil
}

func (c *Conn) setDeadlines(t time.Time, read, write bool) error {
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
	switch {
	case read && write:
		return c.file.SetDeadline(t)
	case read:
		return c.file.SetReadDeadline(t)
	case write:
		return c.file.SetWriteDeadline(t)
	}
	return nil
}

// SyscallConn returns a raw connection. As with package net's types, its Read and Write park and
// obey the deadlines, and a closed Conn returns one too, whose methods fail.
func (c *Conn) SyscallConn() (syscall.RawConn, error) {
	switch {
	case c == nil:
		return nil, os.ErrInvalid
	case c.rc == nil: // the zero Conn
		return nil, errClosed
	}
	c.s.named.Store(true) // its functions may bind
	return rawConn{c}, nil
}

// A rawConn is Conn.rc with a Conn's errors.
type rawConn struct{ c *Conn }

func (r rawConn) Read(f func(uintptr) bool) error { return r.wait(reading, f) }

func (r rawConn) Write(f func(uintptr) bool) error {
	defer r.c.forgetAddrs() // f may connect
	return r.wait(writing, f)
}

func (r rawConn) Control(f func(uintptr)) error {
	defer r.c.forgetAddrs() // f may bind or connect
	return r.error("raw-control", r.c.rc.Control(f))
}

func (r rawConn) wait(dir direction, f func(uintptr) bool) (err error) {
	for d := &r.c.dirs[dir]; ; {
		gen := d.gen.Load()
		if dir == reading {
			err = r.c.rc.Read(f)
		} else {
			err = r.c.rc.Write(f)
		}
		if err != os.ErrDeadlineExceeded || !r.c.interrupted(context.Background(), d, gen) {
			return r.error([...]string{reading: "raw-read", writing: "raw-write"}[dir], err)
		}
	}
}

func (r rawConn) error(op string, err error) error {
	if err != nil && !r.c.open.Load() {
		err = errClosed
	}
	if op == "raw-control" {
		return r.c.ownError(op, err)
	}
	return r.c.opError(op, err)
}

// Set sets options, as [Socket.Set] does. [Get] and [Borrow] read options.
func (c *Conn) Set(settings ...Setting) error {
	if err := c.check(); err != nil {
		return err
	}
	return c.s.Set(settings...)
}

// Shutdown shuts down sending, receiving or both. See shutdown(2).
func (c *Conn) Shutdown(how Shutdown) error {
	if err := c.check(); err != nil {
		return err
	}
	return c.s.Shutdown(how)
}

// CloseRead shuts down receiving (SHUT_RD). [UDPConn] and [IPConn] lack it, as package net's types
// do, and so does [PacketConn]. [Conn.Shutdown] does the same.
func (c *Conn) CloseRead() error { return c.opError("close", c.Shutdown(SHUT_RD)) }

// CloseWrite shuts down sending (SHUT_WR). The peer reads the end of the stream. See
// [Conn.CloseRead].
func (c *Conn) CloseWrite() error { return c.opError("close", c.Shutdown(SHUT_WR)) }

// Connect connects to addr and returns when the connection is established or has failed. If ctx
// ends first, Connect returns ctx's cause; at the write deadline it returns os.ErrDeadlineExceeded.
// Either undoes the attempt, and the socket is as it was before; where the system cannot undo it,
// the Conn is closed. If an attempt is already in progress, Connect waits for it. While the backlog
// of a Unix listener is full, Connect tries again.
//
// On Linux the first Connect of a TCP socket after one that had to wait returns nil, whatever its
// address. After that they return EISCONN. See connect(2).
func (c *Conn) Connect(ctx context.Context, addr SockAddr) error {
	if err := c.check(); err != nil {
		return err
	}
	o := otherOp((*op).connect)
	o.ctx = canEnd(ctx)
	o.addr = addr
	o.parks = false // until an attempt has begun, EAGAIN is a failure, except for Unix sockets
	o.silent = addr.isUnix()
	err := c.wait(o, writing)
	if err != nil && o.begun && c.check() == nil && !c.disconnect() && !o.reported {
		c.Close()
	}
	o.end()
	c.forgetAddrs()
	switch {
	case errnoOf(err) == syscall.EISCONN: // the peer is as before
	case err != nil:
		c.noPeer(nil)
	case addr.Domain() == AF_UNSPEC:
		c.noPeer(&noAddr)
	default:
		c.remote.last.Store(boxAddr(addr, c.typ(), &c.zones))
	}
	return err
}

func (o *op) connect() error {
	if o.begun {
		// A connect(2) is made once, and SO_ERROR reports its outcome: in some families a
		// connect(2) on an established connection returns other errors.
		r := csock_connected(o.s.fd)
		o.reported = r != -sys.EAGAIN
		return callConnect.result(int(r))
	}
	err := o.s.Connect(o.addr)
	switch errno := errnoOf(err); {
	case errno == syscall.EINTR && o.addr.isUnix(): // no attempt has begun
		return err
	// An interrupted attempt continues.
	case errno == syscall.EINPROGRESS, errno == syscall.EALREADY, errno == syscall.EINTR:
		o.begun, o.parks = true, true
		return callConnect.error(-int(syscall.EAGAIN))
	}
	return err
}

// disconnect undoes a connection attempt, and reports whether the system could.
func (c *Conn) disconnect() bool {
	var none SockAddr // of family AF_UNSPEC
	none.len = sizeof_struct_sockaddr_in
	if c.s.Connect(none) != nil {
		return false
	}
	c.s.TakeError() // of the attempt undone
	return true
}

// Accept accepts the next connection and returns its Conn and the peer's address. If ctx ends
// first, Accept returns ctx's cause; at the read deadline it returns os.ErrDeadlineExceeded. The
// Conn stays usable. Accept skips a connection that was aborted before it could be accepted. See
// accept(2).
func (c *Conn) Accept(ctx context.Context) (*Conn, SockAddr, error) {
	for delay := time.Duration(0); ; delay = min(2*delay+minDelay, maxDelay) {
		// Each attempt checks the Conn and ctx again.
		a, from, err := c.accept(ctx)
		if errnoOf(err) != syscall.ECONNABORTED {
			return a, from, err
		}
		time.Sleep(delay) // a family may return that error every time
	}
}

func (c *Conn) accept(ctx context.Context) (*Conn, SockAddr, error) {
	if err := c.check(); err != nil {
		return nil, SockAddr{}, err
	}
	o := otherOp((*op).accept)
	o.ctx = canEnd(ctx)
	err := c.wait(o, reading)
	from := o.addr
	fd := o.end()
	if err != nil {
		return nil, SockAddr{}, err
	}
	file, now, err := newPolled(csock_fd(fd))
	if err != nil {
		csock_close(now)
		return nil, SockAddr{}, err
	}
	a := newConn(file, now, c.s.raw, c.domain(), c.typ())
	a.remote.set(boxAddr(from, c.typ(), &a.zones))
	if c.domain() == AF_UNIX {
		c.LocalAddr()
		if addr := c.local.now.Load(); addr != nil {
			a.local.set(addr) // the same address, see unix(7)
		}
	}
	return a, from, nil
}

func (o *op) accept() error {
	flags := c_int(csock_CLOEXEC)
	if SOCK_NONBLOCK > 0 {
		flags |= c_int(SOCK_NONBLOCK)
	}
	fd := csock_accept(o.s.fd, &o.addr.storage, &o.addr.len, flags, cBool(o.s.raw))
	if fd < 0 {
		return callAccept.error(int(fd))
	}
	if o.s.raw || SOCK_NONBLOCK < 0 {
		r := csock_set_nonblocking(fd, 1)
		for r == -sys.EINTR { // a retry here must not accept another connection
			r = csock_set_nonblocking(fd, 1)
		}
		if r < 0 {
			csock_close(fd)
			return callIoctl.error(int(r))
		}
	}
	o.n = int(fd)
	return nil
}

func (c *Conn) socket() *Socket {
	if c == nil {
		return nil
	}
	return &c.s
}
