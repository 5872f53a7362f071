//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
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
// Calls that send or receive allocate nothing, unless they fail; those that wait for an event that the system does not have (see
// Connect) allocate a timer, and a context that can end costs a few small objects. Buffers live on the heap, as they do
// for package net's types: the compiler puts local arrays there.
type Conn struct {
	s    Socket          // of the descriptor, lent to it; Close waits for its calls
	file *os.File        // the descriptor's owner
	rc   syscall.RawConn // file's
	open atomic.Bool
	hot  atomic.Bool // the last call that received did not have to wait

	domain Domain
	typ    Type

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

// Conn hands the descriptor over to a Conn. The Socket is closed from then on. On an error it is not, and
// stays as it was; EBUSY tells that other calls are in flight on it.
//
// Go's poller must know the kind of socket, or the error is one for which errors.Is(err, errors.ErrUnsupported)
// holds; on Windows that is always so.
func (s *Socket) Conn() (*Conn, error) {
	typ, err := s.Type()
	if err != nil {
		return nil, err
	}
	domain, err := s.domain()
	if err != nil {
		return nil, err
	}
	nonblocking, err := s.Nonblocking()
	if err != nil {
		return nil, err
	}
	var c *Conn
	err = s.handOver(func() error {
		if r := C.csock_set_nonblocking(s.fd, 1); r < 0 {
			return callIoctl.error(int(r))
		}
		file, back, err := newPolled(s.fd)
		if err != nil {
			if back != s.fd {
				s.lost.Stop()
				s.fd = back
				s.lost = runtime.AddCleanup(s, func(fd C.csock_fd) { C.csock_close(fd) }, back)
			}
			C.csock_set_nonblocking(s.fd, cBool(nonblocking))
			return err
		}
		c = newConn(file, s.fd, s.raw, domain, typ)
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
	if err := take(); err != nil {
		s.guard.init()
		return err
	}
	s.lost.Stop()
	return nil
}

// domain is the socket's family also on systems that have no SO_DOMAIN.
func (s *Socket) domain() (Domain, error) {
	domain, err := s.Domain()
	if errors.Is(err, errors.ErrUnsupported) {
		addr, err := s.LocalAddr()
		return addr.Domain(), err
	}
	return domain, err
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
	return nil, fd, &os.SyscallError{Syscall: "poll", Err: errors.ErrUnsupported}
}

// newConn makes the Conn of fd, which file owns.
func newConn(file *os.File, fd C.csock_fd, raw bool, domain Domain, typ Type) *Conn {
	c := &Conn{file: file, domain: domain, typ: typ}
	c.rc, _ = file.SyscallConn() // fails for a nil file only
	c.s.fd = fd
	c.s.raw = raw
	c.s.guard.lend()
	c.open.Store(true)
	return c
}

// Close closes the Conn and wakes all who wait for it. Data that has been sent goes out, as
// close(2) has it. Closing twice is net.ErrClosed.
func (c *Conn) Close() error {
	if c == nil {
		return os.ErrInvalid
	}
	// What is still to be known of a closed Conn.
	if c.open.Load() {
		c.known(&c.local, c.LocalAddr)
		c.known(&c.remote, c.RemoteAddr)
	}
	if !c.open.CompareAndSwap(true, false) {
		return c.opError("close", errClosed)
	}
	c.s.guard.recall()
	err := c.file.Close()
	c.mu.Lock()
	q := c.errQueue
	c.mu.Unlock()
	if q != nil {
		q.Close()
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return c.opError("close", callClose.error(-int(errno)))
	}
	return nil
}

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

// An op is an I/O call on its way. The functions that the poller is given are made once, and ops are kept
// for use again, so that calls allocate nothing.
type op struct {
	try  func(fd uintptr) (done bool) // attempt
	once func(fd uintptr)             // attempt, whatever comes of it
	args
}

// args are an op's arguments and results.
type args struct {
	kind  kind
	call  func(*op) error // of opOther: the system call
	s     *Socket
	ctx   context.Context // nil: one that does not end
	parks bool            // EAGAIN parks the goroutine, and does not end the call
	// No event may tell when EAGAIN is over: it is another Unix socket's backlog or queue that was full.
	silent bool
	begun  bool // of connect: the kernel is at it
	waited bool // set if the call had to wait

	p      []byte
	oob    []byte
	bufs   [][]byte
	msg    *MsgHdr
	batch  *Batch
	addr   SockAddr
	flags  MsgFlags
	file   *os.File
	off    int64
	length int

	n    int
	oobn int
	got  RecvFlags
	err  error
}

// A kind of op. Those that are called most have their system call in attempt itself: after it each return out of a
// frame is dear.
type kind uint8

const (
	opOther kind = iota
	opSend
	opWrite // opSend until all is sent
	opRecv
	opSendTo
	opRecvFrom
	opSendMsg // of p, with the control messages in oob
	opRecvMsg
)

var ops = sync.Pool{New: func() any {
	o := new(op)
	o.try = func(uintptr) bool { return o.attempt() }
	o.once = func(uintptr) { o.attempt() }
	return o
}}

func newOp(kind kind) *op {
	o := ops.Get().(*op)
	o.kind = kind
	o.parks = true
	return o
}

func otherOp(call func(*op) error) *op {
	o := newOp(opOther)
	o.call = call
	return o
}

// end gives the op back, and returns how many bytes went through.
func (o *op) end() int {
	n := o.n
	o.args = args{}
	ops.Put(o)
	return n
}

// attempt makes the system call and reports whether it has been answered. It is the RawConn, which calls it, that
// holds the descriptor meanwhile, and not the Socket's guard. Nothing is in o that could move or go away: it is on the heap, and
// reachable from run.
func (o *op) attempt() bool {
	s := o.s
	for {
		var r C.ssize_t
		var c *call
		switch o.kind {
		case opSend:
			r, c = C.csock_send(s.fd, bytesPtr(o.p), C.size_t(len(o.p)), s.sendFlags(o.flags)), &callSend
		case opWrite:
			p := o.p[o.n:min(len(o.p), o.n+maxWrite)]
			r, c = C.csock_send(s.fd, bytesPtr(p), C.size_t(len(p)), s.sendFlags(0)), &callSend
			if r >= 0 {
				if o.n += int(r); o.n < len(o.p) {
					continue
				}
				r = C.ssize_t(o.n)
			}
		case opRecv:
			r, c = C.csock_recv(s.fd, bytesPtr(o.p), C.size_t(len(o.p)), cFlags(o.flags)), &callRecv
		case opSendTo:
			r, c = C.csock_sendto(s.fd, bytesPtr(o.p), C.size_t(len(o.p)), s.sendFlags(o.flags), &o.addr.storage, o.addr.len), &callSendto
		case opRecvFrom:
			r, c = C.csock_recvfrom(s.fd, bytesPtr(o.p), C.size_t(len(o.p)), cFlags(o.flags), &o.addr.storage, &o.addr.len), &callRecvfrom
		case opSendMsg:
			r, c = C.csock_sendmsg1(s.fd, &o.addr.storage, o.addr.len, bytesPtr(o.oob), C.size_t(len(o.oob)), s.sendFlags(o.flags), bytesPtr(o.p), C.size_t(len(o.p))), &callSendmsg
		case opRecvMsg:
			var out C.struct_csock_received
			out.addr_len = C.sizeof_struct_sockaddr_storage
			out.control_len = C.size_t(len(o.oob))
			own := s.ownRecvFlags(o.flags)
			r, c = C.csock_recvmsg1(s.fd, &o.addr.storage, bytesPtr(o.oob), cFlags(o.flags)|own, &out, bytesPtr(o.p), C.size_t(len(o.p))), &callRecvmsg
			o.addr.len, o.oobn, o.got = out.addr_len, int(out.control_len), RecvFlags(out.flags&^own)
		default:
			o.err = o.call(o)
			r = -C.ssize_t(errnoOf(o.err))
			if r == 0 {
				return true
			}
		}
		switch {
		case r >= 0:
			o.n, o.err = int(r), nil
			return true
		case r == -C.EINTR:
			continue
		case c != nil:
			o.err = c.error(int(r))
		}
		if r != -C.EAGAIN || !o.parks {
			return true
		}
		o.waited = true
		return false
	}
}

// errnoOf returns the errno of a failed call, 0 for any other error.
func errnoOf(err error) syscall.Errno {
	if e, ok := err.(*os.SyscallError); ok {
		errno, _ := e.Err.(syscall.Errno)
		return errno
	}
	return 0
}

// run makes attempts until the op is answered.
func (c *Conn) run(o *op, dir direction) error {
	if err := c.check(); err != nil {
		return err
	}
	o.s = &c.s
	if o.flags != 0 {
		switch flags := RecvFlags(o.flags); {
		case flags.has(MSG_DONTWAIT), flags.has(MSG_OOB):
			if c.rc.Control(o.once) != nil {
				return errClosed
			}
			return o.err
		case flags.has(MSG_ERRQUEUE):
			q, err := c.waiter()
			if err != nil {
				return err
			}
			// An event on the error queue wakes writers too; to readers the poller may report it as a failure of its own.
			c, dir, o.s = q, writing, &q.s
		}
	}
	if o.silent {
		o.parks = false
	}
	gen := c.dirs[dir].gen.Load()
	var err error
	if dir == reading {
		err = c.rc.Read(o.try)
	} else {
		err = c.rc.Write(o.try)
	}
	if err != nil || o.silent {
		return c.rerun(o, dir, gen, err)
	}
	if dir == reading && c.hot.Load() == o.waited {
		c.hot.Store(!o.waited)
	}
	return o.err
}

// direct reports whether a call is to be tried without the poller, which makes it as quick as a Socket's: where
// there is no deadline to look at, nothing of a message that others could come between, and, of
// a call that receives, if one can hope that there is something.
func (c *Conn) direct(dir direction, flags MsgFlags) bool {
	return flags == 0 && c != nil && !c.dirs[dir].timed.Load() && (dir == reading && c.hot.Load() || dir == writing && c.typ != SOCK_STREAM)
}

// waits reports whether a direct call has yet to be answered.
func waits(err error) bool {
	if err == nil {
		return false
	}
	errno := errnoOf(err)
	return errno == syscall.EAGAIN || errno == syscall.EINTR
}

// rerun is the rest of run, for what a single wait does not do. gen and err are of the
// wait before.
func (c *Conn) rerun(o *op, dir direction, gen uint32, err error) error {
	d := &c.dirs[dir]
	for delay := minDelay; ; delay = min(2*delay, maxDelay) {
		switch {
		case err == nil:
			if !o.silent || errnoOf(o.err) != syscall.EAGAIN {
				return o.err
			}
			o.parks = true
		case !c.open.Load():
			return errClosed
		case err == os.ErrDeadlineExceeded:
			if o.ctx != nil && o.ctx.Err() != nil {
				return context.Cause(o.ctx)
			}
			if !c.interrupted(o, d, gen) {
				return err
			}
		default:
			// The poller does not serve readers while a socket has an error queue and nothing
			// else, and tells only at the next event.
			if c.rc.Control(o.once) == nil && errnoOf(o.err) != syscall.EAGAIN {
				return o.err
			}
			time.Sleep(delay)
		}

		gen = d.gen.Load()
		var alarm *interruption
		var timer *time.Timer
		if o.silent {
			alarm = &interruption{c: c, dir: dir}
			timer = time.AfterFunc(delay, alarm.begin)
		}
		if dir == reading {
			err = c.rc.Read(o.try)
		} else {
			err = c.rc.Write(o.try)
		}
		if alarm != nil {
			timer.Stop()
			alarm.end()
		}
	}
}

// How long a call waits before it tries again, where no event tells when.
const (
	minDelay = 100 * time.Microsecond
	maxDelay = 10 * time.Millisecond
)

// A deadline is that of a direction. To wake one call, a context's end or an alarm sets a deadline that is
// long past: an interruption. Calls that it was not meant for wait until the user's deadline is back, and go on.
type deadline struct {
	gen   atomic.Uint32 // changes whenever an interruption begins or ends
	timed atomic.Bool   // the user has set a deadline
	// With Conn.mu held:
	user          time.Time
	interruptions int
}

// past is a deadline that is over.
var past = time.Unix(1, 0)

// An interruption wakes a call by the poller's deadline.
type interruption struct {
	c     *Conn
	dir   direction
	begun bool
	ended bool
}

func (i *interruption) begin() {
	i.c.mu.Lock()
	defer i.c.mu.Unlock()
	if i.ended {
		return
	}
	i.begun = true
	d := &i.c.dirs[i.dir]
	d.interruptions++
	d.gen.Add(1)
	i.c.setFileDeadline(i.dir, past)
}

// end is called once the call that i was for has returned.
func (i *interruption) end() {
	i.c.mu.Lock()
	defer i.c.mu.Unlock()
	i.ended = true
	if !i.begun {
		return
	}
	d := &i.c.dirs[i.dir]
	d.interruptions--
	d.gen.Add(1)
	if d.interruptions == 0 {
		i.c.setFileDeadline(i.dir, d.user)
	}
}

// interrupted reports whether a call that began at gen was woken by interruptions, and
// then waits until they have ended, or o's own context has.
func (c *Conn) interrupted(o *op, d *deadline, gen uint32) bool {
	for waited := false; ; waited = true {
		c.mu.Lock()
		now, interruptions := d.gen.Load(), d.interruptions
		c.mu.Unlock()
		if interruptions == 0 {
			return waited || now != gen
		}
		if o.ctx != nil && o.ctx.Err() != nil {
			return true
		}
		time.Sleep(minDelay)
	}
}

// runContext is run for a call that ends at the latest when ctx does.
func (c *Conn) runContext(ctx context.Context, o *op, dir direction) error {
	if ctx == nil || ctx.Done() == nil {
		return c.run(o, dir)
	}
	if err := c.check(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	o.ctx = ctx
	i := &interruption{c: c, dir: dir}
	stop := context.AfterFunc(ctx, i.begin)
	err := c.run(o, dir)
	stop()
	i.end()
	return err
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
		c.dirs[reading].user = t
		c.dirs[reading].timed.Store(!t.IsZero())
		read = c.dirs[reading].interruptions == 0
		if c.errQueue != nil {
			c.errQueue.SetWriteDeadline(t)
		}
	}
	if write {
		c.dirs[writing].user = t
		c.dirs[writing].timed.Store(!t.IsZero())
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

func (c *Conn) setFileDeadline(dir direction, t time.Time) error {
	if dir == reading {
		return c.file.SetReadDeadline(t)
	}
	return c.file.SetWriteDeadline(t)
}

// waiter returns the Conn that waits for the error queue: a duplicate, because neither those
// who wait for data nor those who wait to send are to be in its way, or it in theirs.
func (c *Conn) waiter() (*Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.errQueue != nil {
		return c.errQueue, nil
	}
	fd := C.csock_fd(-C.EBADF)
	// If that succeeds, Close has yet to take c.mu and to see errQueue.
	if err := c.rc.Control(func(uintptr) { fd = C.csock_dup(c.s.fd) }); err != nil {
		return nil, errClosed
	}
	if fd < 0 {
		return nil, callDup.error(int(fd))
	}
	file, back, err := newPolled(fd)
	if err != nil {
		C.csock_close(back)
		return nil, err
	}
	q := newConn(file, fd, c.s.raw, c.domain, c.typ)
	q.SetWriteDeadline(c.dirs[reading].user)
	c.errQueue = q
	return q, nil
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
func (r rawConn) Read(f func(uintptr) bool) error  { return r.error(r.c.rc.Read(f)) }
func (r rawConn) Write(f func(uintptr) bool) error { return r.error(r.c.rc.Write(f)) }

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
// where the system cannot undo it, the Conn is closed. A Unix listener whose backlog is full is asked again until there is room. See
// connect(2).
func (c *Conn) Connect(ctx context.Context, addr SockAddr) error {
	o := otherOp((*op).connect)
	o.addr = addr
	o.parks = false // before the attempt has begun EAGAIN is a failure, but for Unix sockets
	o.silent = addr.isUnix()
	err := c.runContext(ctx, o, writing)
	if err != nil && o.begun && c.check() == nil {
		c.disconnect()
	}
	o.end()
	if err == nil {
		c.mu.Lock()
		c.local, c.remote = nil, netAddr(addr, c.typ)
		c.mu.Unlock()
	}
	return err
}

func (o *op) connect() error {
	if !o.begun {
		err := o.s.Connect(o.addr)
		switch errnoOf(err) {
		case syscall.EINPROGRESS, syscall.EINTR: // interrupted, it goes on all the same
			o.begun, o.parks = true, true
			return callConnect.error(-int(syscall.EAGAIN))
		}
		return err
	}
	pending, err := o.s.TakeError()
	if err != nil {
		return err
	}
	if errno, ok := pending.(syscall.Errno); ok {
		return callConnect.error(-int(errno))
	}
	// Events come before the connection stands, too.
	if _, err := o.s.PeerAddr(); errnoOf(err) == syscall.ENOTCONN {
		return callConnect.error(-int(syscall.EAGAIN))
	}
	return nil
}

// disconnect undoes an attempt to connect.
func (c *Conn) disconnect() {
	var none SockAddr // of family AF_UNSPEC
	none.len = C.sizeof_struct_sockaddr_in
	if c.s.Connect(none) != nil {
		c.Close()
		return
	}
	c.s.TakeError() // of the connection that is no more
}

// Accept takes the next connection and returns its Conn and the peer's address. When ctx ends first it
// answers ctx's cause, and at the read deadline os.ErrDeadlineExceeded; the Conn goes on as before. A connection that
// was aborted before it could be accepted is passed over. See accept(2).
func (c *Conn) Accept(ctx context.Context) (*Conn, SockAddr, error) {
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
	a := newConn(file, C.csock_fd(fd), c.s.raw, c.domain, c.typ)
	a.remote = netAddr(from, c.typ)
	return a, from, nil
}

func (o *op) accept() error {
	flags := C.int(C.CSOCK_ACCEPT_FLAGS)
	if SOCK_NONBLOCK > 0 {
		flags |= C.int(SOCK_NONBLOCK)
	}
	fd := C.csock_accept(o.s.fd, &o.addr.storage, &o.addr.len, flags, cBool(o.s.raw))
	if fd == -C.ECONNABORTED {
		fd = -C.EINTR
	}
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

// Send sends p. See [Socket.Send].
func (c *Conn) Send(p []byte, flags MsgFlags) (int, error) {
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

// Recv receives into p. See [Socket.Recv]: on a stream 0 bytes are its end.
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

// SendTo sends p to addr. See [Socket.SendTo].
func (c *Conn) SendTo(p []byte, addr SockAddr, flags MsgFlags) (int, error) {
	if c.direct(writing, flags) {
		if n, err := c.s.SendTo(p, addr, flags); !waits(err) {
			return n, err
		}
	}
	o := newOp(opSendTo)
	o.p, o.addr, o.flags = p, addr, flags
	o.silent = c.silent(&addr)
	err := c.run(o, writing)
	return o.end(), err
}

// silent tells of a call that may wait for room in the queue of another Unix socket: no event
// tells the sender that there is some, unless the two are connected.
func (c *Conn) silent(to *SockAddr) bool { return to.isUnix() && c != nil && c.typ == SOCK_DGRAM }

// RecvFrom receives into p and also returns the sender's address. See [Socket.RecvFrom].
func (c *Conn) RecvFrom(p []byte, flags MsgFlags) (int, SockAddr, error) {
	if c.direct(reading, flags) {
		if n, from, err := c.s.RecvFrom(p, flags); !waits(err) {
			return n, from, err
		}
	}
	o := newOp(opRecvFrom)
	o.p, o.flags = p, flags
	err := c.run(o, reading)
	from := o.addr
	n := o.end()
	if err != nil {
		return n, SockAddr{}, err
	}
	return n, from, nil
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

// SendToVectored sends the bytes of bufs as one message to addr. See [Socket.SendToVectored].
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
	if c.direct(writing, flags) {
		if n, err := c.s.SendBatch(b, flags); !waits(err) {
			return n, err
		}
	}
	o := otherOp((*op).sendBatch)
	o.batch, o.flags = b, flags
	o.silent = c != nil && c.domain == AF_UNIX && c.typ == SOCK_DGRAM
	err := c.run(o, writing)
	return o.end(), err
}

func (o *op) sendBatch() (err error) {
	o.n, err = o.s.SendBatch(o.batch, o.flags)
	return err
}

// RecvBatch waits for a message, receives it and those after it that are there into b, and returns how many. See
// [Socket.RecvBatch].
func (c *Conn) RecvBatch(b *Batch, flags MsgFlags) (int, error) {
	if c.direct(reading, flags) {
		if n, err := c.s.RecvBatch(b, flags); !waits(err) {
			return n, err
		}
	}
	o := otherOp((*op).recvBatch)
	o.batch, o.flags = b, flags
	err := c.run(o, reading)
	return o.end(), err
}

func (o *op) recvBatch() (err error) {
	o.n, err = o.s.RecvBatch(o.batch, o.flags)
	return err
}

// Sendfile sends up to length bytes of f from offset on. See [Socket.Sendfile].
func (c *Conn) Sendfile(f *os.File, offset int64, length int) (int, error) {
	o := otherOp((*op).sendfile)
	o.file, o.off, o.length = f, offset, length
	err := c.run(o, writing)
	return o.end(), err
}

func (o *op) sendfile() (err error) {
	o.n, err = o.s.Sendfile(o.file, o.off, o.length)
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
	if n == 0 && c.typ != SOCK_DGRAM && c.typ != SOCK_RAW {
		return 0, io.EOF
	}
	return n, nil
}

// Write sends p: on a stream all of it, with nothing of another Write in between, else as one message.
func (c *Conn) Write(p []byte) (n int, err error) {
	if c != nil && c.typ == SOCK_STREAM {
		o := newOp(opWrite)
		o.p = p
		err = c.run(o, writing)
		n = o.end()
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
// *io.LimitedReader of one, the kernel copies the data (sendfile(2)).
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
	f, _ := r.(*os.File)
	if f == nil || c.typ != SOCK_STREAM {
		return 0, nil, false
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return 0, nil, false
	}
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, nil, false
	}
	for sent < left {
		var n int
		n, err = c.Sendfile(f, start+sent, int(min(left-sent, maxWrite)))
		if err != nil && sent == 0 {
			switch errnoOf(err) {
			case syscall.EINVAL, syscall.ENOSYS, syscall.EOPNOTSUPP: // a file system or socket that cannot
				return 0, nil, false
			}
		}
		sent += int64(n)
		if err != nil || n == 0 {
			break
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

// LocalAddr returns the socket's own address, as package net has it: a *net.TCPAddr, *net.UDPAddr, *net.IPAddr or
// *net.UnixAddr; of other families a [SockAddr]. Of a closed Conn it is the last that was known.
func (c *Conn) LocalAddr() net.Addr {
	return c.netAddr(&c.local, (*Socket).LocalAddr)
}

// RemoteAddr returns the address of the peer, as LocalAddr does, nil if there is none.
func (c *Conn) RemoteAddr() net.Addr {
	return c.netAddr(&c.remote, (*Socket).PeerAddr)
}

func (c *Conn) netAddr(known *net.Addr, get func(*Socket) (SockAddr, error)) net.Addr {
	if c == nil {
		return nil
	}
	addr, err := get(&c.s)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		*known = netAddr(addr, c.typ)
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
