//go:build cgo

package csock

// How the calls of a Conn wait.

import (
	"context"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// An op is an I/O call in progress. Ops are pooled, and the functions passed to the poller are made
// once for each, so that calls allocate nothing.
type op struct {
	try  func(fd uintptr) (done bool) // makes attempts until the call is done or must wait
	once func(fd uintptr)             // is try, whatever it returns
	args
	*more
}

// args are an op's arguments and results.
type args struct {
	kind  kind
	parks bool // EAGAIN parks the goroutine instead of ending the call
	// No event may report that EAGAIN is over: another socket's backlog or queue was full.
	silent   bool
	begun    bool // a connect, or a send with MSG_FASTOPEN, has started a connection
	connects bool // a send with MSG_FASTOPEN, after which the addresses are others
	reported bool // a connect: the kernel has reported the outcome
	waited   bool // the call had to wait

	s     *Socket
	ctx   context.Context // nil: never ends
	call  func(*op) error // the system call of an opOther
	p     []byte
	flags MsgFlags
	n     int
	err   error
}

// more holds the arguments and results that only some ops have: thousands of ops may wait that need
// bytes only.
type more struct {
	oob    []byte
	bufs   [][]byte
	msg    *MsgHdr
	batch  *Batch
	addr   SockAddr
	file   uintptr // a descriptor that the caller keeps open
	off    int64
	length int
	splice SpliceFlags
	oobn   int
	got    RecvFlags
}

// A kind of op. The most frequent kinds make their system call in the attempt itself: each return
// from a stack frame after a system call is expensive.
type kind uint8

const (
	opSend  kind = iota
	opWrite      // opSend until all is sent
	opRecv
	// The kinds below have more.
	opSendTo
	opRecvFrom
	opSendMsg // sends p, with the control messages in oob
	opRecvMsg
	opOther
)

// sends reports whether the attempt itself adds the flags of a sending call.
func (k kind) sends() bool {
	return k == opSend || k == opWrite || k == opSendTo || k == opSendMsg
}

var ops = sync.Pool{New: func() any {
	o := new(op)
	o.try = o.attempt()
	o.once = func(fd uintptr) { o.try(fd) }
	return o
}}

func newOp(kind kind) *op {
	o := ops.Get().(*op)
	o.kind = kind
	o.parks = true
	if kind >= opSendTo && o.more == nil {
		o.more = new(more)
	}
	return o
}

func otherOp(call func(*op) error) *op {
	o := newOp(opOther)
	o.call = call
	return o
}

// end returns the op to the pool, and returns its number of bytes.
func (o *op) end() int {
	n := o.n
	if o.kind >= opSendTo {
		*o.more = more{}
	}
	o.args = args{}
	ops.Put(o)
	return n
}

// attempt returns the function that makes the system call and reports whether the call is done. The
// RawConn that calls it keeps the descriptor open, not the Socket's guard. Nothing in o can move or
// be freed during the call: o is on the heap, and reachable from park.
func (o *op) attempt() func(uintptr) bool {
	return func(uintptr) bool {
		s := o.s
		for try := (sendTry{}); ; {
			var r ssize_t
			var c *call
			switch o.kind {
			case opSend:
				r, c = csock_send(s.fd, bytesPtr(o.p), size_t(len(o.p)),
					s.sendFlags(o.flags, &try)), &callSend
			case opWrite:
				p := o.p[o.n:min(len(o.p), o.n+maxWrite)]
				r, c = csock_send(s.fd, bytesPtr(p), size_t(len(p)),
					s.sendFlags(0, &try)), &callSend
				if r == 0 && len(p) > 0 { // a retry would never end
					o.err = io.ErrUnexpectedEOF
					return true
				}
				if r >= 0 {
					if o.n += int(r); o.n < len(o.p) {
						continue
					}
					r = ssize_t(o.n)
				}
			case opRecv:
				r, c = csock_recv(s.fd, bytesPtr(o.p), size_t(len(o.p)), cFlags(o.flags)), &callRecv
			case opSendTo:
				r, c = csock_sendto(s.fd, bytesPtr(o.p), size_t(len(o.p)),
					s.sendFlags(o.flags, &try), &o.addr.storage, o.addr.len), &callSendto
			case opRecvFrom:
				r, c = csock_recvfrom(s.fd, bytesPtr(o.p), size_t(len(o.p)), cFlags(o.flags),
					&o.addr.storage, &o.addr.len), &callRecvfrom
			case opSendMsg:
				r, c = csock_sendmsg1(s.fd, &o.addr.storage, o.addr.len, bytesPtr(o.oob),
					size_t(len(o.oob)), s.sendFlags(o.flags, &try),
					bytesPtr(o.p), size_t(len(o.p))), &callSendmsg
			case opRecvMsg:
				var out struct_csock_received
				out.addr_len = sizeof_struct_sockaddr_storage
				out.control_len = size_t(len(o.oob))
				own := s.ownRecvFlags(o.flags)
				r, c = csock_recvmsg1(s.fd, &o.addr.storage, bytesPtr(o.oob), cFlags(o.flags)|own,
					&out, bytesPtr(o.p), size_t(len(o.p))), &callRecvmsg
				o.addr.len, o.oobn, o.got = out.addr_len, int(out.control_len),
					RecvFlags(out.flags&^own)
			default:
				o.err = o.call(o)
				r = -ssize_t(errnoOf(o.err))
				if r == 0 {
					return true
				}
			}
			switch {
			case r >= 0:
				o.n, o.err = int(r), nil
				return true
			case r == -sys.EINTR:
				continue
			case o.kind.sends() && s.refusesSendFlags(int(r), &try):
				continue
			case r == -sys.EINPROGRESS && !o.begun:
				// TCP Fast Open without a cookie or data sends nothing: the data
				// follows once the connection is established.
				o.flags &^= MSG_FASTOPEN
				o.begun = true
				continue
			case c != nil:
				o.err = c.error(int(r))
			}
			if r != -sys.EAGAIN || !o.parks {
				return true
			}
			o.waited = true
			return false
		}
	}
}

// run makes attempts until the op is done.
func (c *Conn) run(o *op, dir direction) error {
	if err := c.check(); err != nil {
		return err
	}
	o.s = &c.s
	if o.flags != 0 {
		if dir == writing && o.flags&MSG_FASTOPEN != 0 && !o.connects {
			o.connects = true
			err := c.run(o, dir) // no defer, whose frame would make the stack of each idle Conn grow
			c.forgetAddrs()
			return err
		}
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
			// An event on the error queue wakes writers too. For readers the poller may
			// report it as a failure.
			return q.wait(o, writing)
		}
	}
	if o.ended() {
		return context.Cause(o.ctx)
	}
	// A netlink socket with room again wakes no senders.
	if dir == writing && c.domain() == AF_NETLINK {
		o.silent = true
	}
	if dir == writing && c.typ() == SOCK_STREAM {
		if err := c.lockWhole(o.ctx); err != nil {
			return err
		}
		defer c.whole.Unlock()
	}
	return c.wait(o, dir)
}

// ended reports whether the op's context has ended.
func (o *op) ended() bool { return o.ctx != nil && o.ctx.Err() != nil }

// lockWhole locks c.whole, unless ctx ends first. It runs before the op's context may interrupt
// other calls, because the holder of c.whole may be waiting for such an interruption to end.
func (c *Conn) lockWhole(ctx context.Context) error {
	if ctx == nil {
		c.whole.Lock()
		return nil
	}
	if c.whole.TryLock() {
		return nil
	}
	locked := make(chan struct{})
	go func() {
		c.whole.Lock()
		select {
		case locked <- struct{}{}:
		case <-ctx.Done():
			c.whole.Unlock()
		}
	}()
	select {
	case <-locked:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// wait is run for an op that may wait. It returns when the op's context ends, if not before.
func (c *Conn) wait(o *op, dir direction) error {
	if o.ctx == nil {
		return c.park(o, dir)
	}
	if o.ended() {
		return context.Cause(o.ctx)
	}
	i := &interruption{c: c, dir: dir}
	stop := context.AfterFunc(o.ctx, i.begin)
	err := c.park(o, dir)
	stop()
	i.end()
	return err
}

// park makes attempts, and waits in the poller in between.
func (c *Conn) park(o *op, dir direction) error {
	o.s = &c.s
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
		return c.waitAgain(o, dir, gen, err)
	}
	if dir == reading && c.hot.Load() == o.waited {
		c.hot.Store(!o.waited)
	}
	return o.err
}

// waits reports whether a direct call must continue in the poller.
func waits(err error) bool {
	if err == nil {
		return false
	}
	errno := errnoOf(err)
	return errno == syscall.EAGAIN || errno == syscall.EINTR || errno == syscall.EINPROGRESS
}

// waitAgain continues park where a single wait is not enough. gen and err are those of the wait
// before.
func (c *Conn) waitAgain(o *op, dir direction, gen uint32, err error) error {
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
			if o.ended() {
				return context.Cause(o.ctx)
			}
			if !c.interrupted(o.ctx, d, gen) {
				return err
			}
		default:
			// While a socket has only an error queue, the poller does not serve
			// readers, and reports data only at the next event. Nothing wakes a call
			// that the poller does not serve, so that it tries again.
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

// How long a call waits before it tries again where no event wakes it.
const (
	minDelay = 100 * time.Microsecond
	maxDelay = 10 * time.Millisecond
)

// A deadline is that of one direction. To wake one call, the end of a context or an alarm sets a
// deadline in the past: an interruption. It wakes other calls too: they wait until the user's
// deadline is back, and continue.
type deadline struct {
	gen   atomic.Uint32 // changes when an interruption begins or ends
	timed atomic.Bool   // the user has set a deadline
	// With Conn.mu held:
	user          time.Time
	interruptions int
}

func (d *deadline) setUser(t time.Time) {
	d.user = t
	if timed := !t.IsZero(); d.timed.Load() != timed { // a store costs as much as a lock
		d.timed.Store(timed)
	}
}

func (c *Conn) setFileDeadline(dir direction, t time.Time) error {
	if dir == reading {
		return c.file.SetReadDeadline(t)
	}
	return c.file.SetWriteDeadline(t)
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// An interruption wakes a call with the poller's deadline.
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

// end runs once the call that i was meant for has returned.
func (i *interruption) end() {
	i.c.mu.Lock()
	defer i.c.mu.Unlock()
	i.ended = true
	if !i.begun {
		return
	}
	d := &i.c.dirs[i.dir]
	d.interruptions--
	if d.interruptions == 0 {
		i.c.setFileDeadline(i.dir, d.user)
	}
	// After that: a call that begins with the new gen must not meet the interruption's deadline.
	d.gen.Add(1)
	if d.interruptions == 0 && i.c.over != nil {
		close(i.c.over)
		i.c.over = nil
	}
}

// interrupted reports whether interruptions woke a call that began at gen. It waits until they have
// ended, or ctx, the call's own, has.
func (c *Conn) interrupted(ctx context.Context, d *deadline, gen uint32) bool {
	var done <-chan struct{}
	if ctx != nil {
		done = ctx.Done()
	}
	for waited := false; ; waited = true {
		c.mu.Lock()
		if d.interruptions == 0 {
			defer c.mu.Unlock()
			return waited || d.gen.Load() != gen
		}
		if c.over == nil {
			c.over = make(chan struct{})
		}
		over := c.over
		c.mu.Unlock()
		select {
		case <-over:
		case <-done:
			return true
		}
	}
}

// waiter returns the Conn that waits for the error queue. It is a duplicate, so that its calls and
// those that wait to receive or send data do not block each other.
func (c *Conn) waiter() (*Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// If the Conn is open, Close has yet to lock c.mu and to read errQueue.
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.errQueue != nil {
		return c.errQueue, nil
	}
	fd := csock_fd(-sys.EBADF)
	if err := c.rc.Control(func(uintptr) { fd = csock_dup(c.s.fd) }); err != nil {
		return nil, errClosed
	}
	if fd < 0 {
		return nil, callDup.error(int(fd))
	}
	file, now, err := newPolled(fd)
	if err != nil {
		csock_close(now)
		return nil, err
	}
	q := newConn(file, now, c.s.raw, c.domain(), c.typ())
	q.SetWriteDeadline(c.dirs[reading].user)
	c.errQueue = q
	return q, nil
}
