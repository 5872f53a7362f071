//go:build cgo

package csock

// The sending and receiving calls of a Conn.

import (
	"context"
	"os"
)

// A ContextConn is a [Conn] whose calls end no later than a context does: see [Conn.WithContext].
// It implements [io.Reader], [io.Writer], [io.ReaderFrom] and [io.WriterTo].
type ContextConn struct {
	c   *Conn
	ctx context.Context // nil: never ends
}

// WithContext returns the waiting calls of c, bounded by ctx. A call returns ctx's cause
// ([context.Cause]) if ctx ends before the call is done. The Conn stays usable. A Write that ends
// so returns the number of bytes sent. The deadlines apply as well. A context that cannot end costs
// nothing; one that can costs a few small allocations for each call that has to wait.
//
//	n, from, err := c.WithContext(ctx).RecvFrom(p, 0)
func (c *Conn) WithContext(ctx context.Context) ContextConn { return ContextConn{c, canEnd(ctx)} }

// canEnd returns ctx, or nil if ctx never ends.
func canEnd(ctx context.Context) context.Context {
	if ctx == nil || ctx.Done() == nil {
		return nil
	}
	return ctx
}

// always returns c without a context.
func (c *Conn) always() ContextConn { return ContextConn{c: c} }

func (v ContextConn) op(k kind) *op {
	o := newOp(k)
	o.ctx = v.ctx
	return o
}

func (v ContextConn) otherOp(call func(*op) error) *op {
	o := otherOp(call)
	o.ctx = v.ctx
	return o
}

// direct reports whether to try a call without the poller, which makes it as fast as a Socket's.
// The call must not be able to split another call's bytes, must be in time, and if it receives,
// must be likely to find data.
func (v ContextConn) direct(dir direction, flags MsgFlags) bool {
	c := v.c
	return flags == 0 && c != nil && (dir == reading && c.hot.Load() ||
		dir == writing && c.typ() != SOCK_STREAM) && v.inTime(dir)
}

// inTime reports whether neither the context nor the deadline is known to have ended.
func (v ContextConn) inTime(dir direction) bool {
	switch {
	case v.ctx != nil && v.ctx.Err() != nil:
		return false
	case !v.c.dirs[dir].timed.Load():
		return true
	case v.ctx != nil:
		// Only the poller knows about the deadline, and asking it can wait for another call
		// regardless of the context.
		return false
	case dir == reading: // the poller checks before it calls the function
		return v.c.rc.Read(nothing) == nil
	default:
		return v.c.rc.Write(nothing) == nil
	}
}

func nothing(uintptr) (done bool) { return true }

// Send sends p. See [Socket.Send]. With MSG_DONTWAIT it does not wait for other calls either: on a
// stream its bytes may come between those of a Write that waits.
func (c *Conn) Send(p []byte, flags MsgFlags) (int, error) { return c.always().Send(p, flags) }

// Send is [Conn.Send], bounded by the context.
func (v ContextConn) Send(p []byte, flags MsgFlags) (int, error) {
	if v.c != nil && v.c.typ() == SOCK_STREAM && flags == 0 {
		return v.sendStream(p, opSend)
	}
	if v.direct(writing, flags) {
		if n, err := v.c.s.Send(p, flags); !waits(err) {
			return n, err
		}
	}
	o := v.op(opSend)
	o.p, o.flags = p, flags
	err := v.c.run(o, writing)
	return o.end(), err
}

// sendStream sends p on a stream: as much as the kernel takes at once (opSend), or all of it
// (opWrite).
func (v ContextConn) sendStream(p []byte, k kind) (n int, err error) {
	c := v.c
	if err := c.check(); err != nil { // before the context is checked: a closed Conn returns net.ErrClosed
		return 0, err
	}
	if err := c.lockWhole(v.ctx); err != nil {
		return 0, err
	}
	defer c.whole.Unlock()
	if v.inTime(writing) {
		n, err = c.s.Send(p[:min(len(p), maxWrite)], 0)
		if err != nil && !waits(err) || err == nil && (k == opSend || n == len(p)) {
			return n, err
		}
	}
	o := v.op(k)
	o.p, o.n = p, n
	err = c.wait(o, writing)
	return o.end(), err
}

// Recv receives into p. See [Socket.Recv]: on a stream, 0 bytes mean its end. A Conn's calls never
// block in the kernel, so MSG_WAITALL has no effect: use [io.ReadFull] to fill a buffer.
func (c *Conn) Recv(p []byte, flags MsgFlags) (int, error) { return c.always().Recv(p, flags) }

// Recv is [Conn.Recv], bounded by the context.
func (v ContextConn) Recv(p []byte, flags MsgFlags) (int, error) {
	if v.direct(reading, flags) {
		if n, err := v.c.s.Recv(p, flags); !waits(err) {
			return n, err
		}
	}
	o := v.op(opRecv)
	o.p, o.flags = p, flags
	err := v.c.run(o, reading)
	return o.end(), err
}

// Discard discards up to n bytes of a TCP stream. See [Socket.Discard].
func (c *Conn) Discard(n int, flags MsgFlags) (int, error) { return c.always().Discard(n, flags) }

// Discard is [Conn.Discard], bounded by the context.
func (v ContextConn) Discard(n int, flags MsgFlags) (int, error) {
	o := v.otherOp((*op).discard)
	o.length, o.flags = n, flags
	err := v.c.run(o, reading)
	return o.end(), err
}

func (o *op) discard() (err error) {
	o.n, err = o.s.Discard(o.length, o.flags)
	return err
}

// SendOutOfBand sends p, with its last byte as out-of-band (urgent) data. See
// [Socket.SendOutOfBand].
func (c *Conn) SendOutOfBand(p []byte) (int, error) { return c.Send(p, MSG_OOB) }

// RecvOutOfBand receives the out-of-band byte if it has arrived, and does not wait. See
// [Socket.RecvOutOfBand].
func (c *Conn) RecvOutOfBand(p []byte) (int, error) { return c.Recv(p, MSG_OOB) }

// Peek receives into p and leaves the data in the socket. It sets [MSG_PEEK].
func (c *Conn) Peek(p []byte) (int, error) { return c.always().Peek(p) }

// Peek is [Conn.Peek], bounded by the context.
func (v ContextConn) Peek(p []byte) (int, error) { return v.Recv(p, MSG_PEEK) }

// PeekFrom receives into p, with the sender's address, and leaves the data in the socket. It sets
// [MSG_PEEK].
func (c *Conn) PeekFrom(p []byte) (int, SockAddr, error) { return c.always().PeekFrom(p) }

// PeekFrom is [Conn.PeekFrom], bounded by the context.
func (v ContextConn) PeekFrom(p []byte) (int, SockAddr, error) { return v.RecvFrom(p, MSG_PEEK) }

// PeekSender returns the sender of the next datagram, and leaves the datagram in the socket.
func (c *Conn) PeekSender() (SockAddr, error) { return c.always().PeekSender() }

// PeekSender is [Conn.PeekSender], bounded by the context.
func (v ContextConn) PeekSender() (SockAddr, error) {
	_, from, err := v.RecvFrom(nil, MSG_PEEK)
	return from, err
}

// SendTo sends p to addr, or to the peer if addr is the zero SockAddr. See [Socket.SendTo].
func (c *Conn) SendTo(p []byte, addr SockAddr, flags MsgFlags) (int, error) {
	return c.always().sendTo(p, &addr, flags)
}

// SendTo is [Conn.SendTo], bounded by the context.
func (v ContextConn) SendTo(p []byte, addr SockAddr, flags MsgFlags) (int, error) {
	return v.sendTo(p, &addr, flags)
}

// sendTo is SendTo without a copy of the address.
func (v ContextConn) sendTo(p []byte, addr *SockAddr, flags MsgFlags) (int, error) {
	if v.direct(writing, flags) {
		if n, err := v.c.s.sendTo(p, addr, flags); !waits(err) {
			return n, err
		}
	}
	o := v.op(opSendTo)
	o.p, o.addr, o.flags = p, *addr, flags
	o.silent = v.c.silent(addr)
	err := v.c.run(o, writing)
	return o.end(), err
}

// silent reports whether a call may wait for room in the queue of another Unix socket. No event
// wakes the sender then, unless the two are connected. See run for netlink sockets.
func (c *Conn) silent(to *SockAddr) bool {
	return to.isUnix() && c != nil && c.typ() == SOCK_DGRAM
}

// RecvFrom receives into p and returns the sender's address. See [Socket.RecvFrom].
func (c *Conn) RecvFrom(p []byte, flags MsgFlags) (n int, from SockAddr, err error) {
	n, err = c.always().recvFrom(p, flags, &from)
	return
}

// RecvFrom is [Conn.RecvFrom], bounded by the context.
func (v ContextConn) RecvFrom(p []byte, flags MsgFlags) (n int, from SockAddr, err error) {
	n, err = v.recvFrom(p, flags, &from)
	return
}

// recvFrom is RecvFrom into from, which must be the zero SockAddr.
func (v ContextConn) recvFrom(p []byte, flags MsgFlags, from *SockAddr) (int, error) {
	if v.direct(reading, flags) {
		if n, err := v.c.s.recvFrom(p, flags, from); !waits(err) {
			return n, err
		}
	}
	o := v.op(opRecvFrom)
	o.p, o.flags = p, flags
	err := v.c.run(o, reading)
	if err == nil {
		*from = o.addr
	}
	return o.end(), err
}

// Sendmsg sends a message. See [Socket.Sendmsg].
func (c *Conn) Sendmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	return c.always().Sendmsg(m, flags)
}

// Sendmsg is [Conn.Sendmsg], bounded by the context.
func (v ContextConn) Sendmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	if v.direct(writing, flags) {
		if n, err := v.c.s.Sendmsg(m, flags); !waits(err) {
			return n, err
		}
	}
	o := v.otherOp((*op).sendmsg)
	o.msg, o.flags = m, flags
	o.silent = m != nil && v.c.silent(&m.Addr)
	err := v.c.run(o, writing)
	return o.end(), err
}

func (o *op) sendmsg() (err error) {
	o.n, err = o.s.Sendmsg(o.msg, o.flags)
	return err
}

// Recvmsg receives a message; with MSG_ERRQUEUE, from the error queue. See [Socket.Recvmsg].
func (c *Conn) Recvmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	return c.always().Recvmsg(m, flags)
}

// Recvmsg is [Conn.Recvmsg], bounded by the context.
func (v ContextConn) Recvmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	if v.direct(reading, flags) {
		if n, err := v.c.s.Recvmsg(m, flags); !waits(err) {
			return n, err
		}
	}
	o := v.otherOp((*op).recvmsg)
	o.msg, o.flags = m, flags
	err := v.c.run(o, reading)
	return o.end(), err
}

func (o *op) recvmsg() (err error) {
	o.n, err = o.s.Recvmsg(o.msg, o.flags)
	return err
}

// SendVectored sends the bytes of bufs as one message. See [Socket.SendVectored].
func (c *Conn) SendVectored(bufs [][]byte, flags MsgFlags) (int, error) {
	return c.always().SendVectored(bufs, flags)
}

// SendVectored is [Conn.SendVectored], bounded by the context.
func (v ContextConn) SendVectored(bufs [][]byte, flags MsgFlags) (int, error) {
	o := v.otherOp((*op).sendVectored)
	o.bufs, o.flags = bufs, flags
	err := v.c.run(o, writing)
	return o.end(), err
}

func (o *op) sendVectored() (err error) {
	o.n, err = o.s.SendVectored(o.bufs, o.flags)
	return err
}

// RecvVectored receives one message into bufs. See [Socket.RecvVectored].
func (c *Conn) RecvVectored(bufs [][]byte, flags MsgFlags) (int, RecvFlags, error) {
	return c.always().RecvVectored(bufs, flags)
}

// RecvVectored is [Conn.RecvVectored], bounded by the context.
func (v ContextConn) RecvVectored(bufs [][]byte, flags MsgFlags) (int, RecvFlags, error) {
	o := v.otherOp((*op).recvVectored)
	o.bufs, o.flags = bufs, flags
	err := v.c.run(o, reading)
	got := o.got
	return o.end(), got, err
}

func (o *op) recvVectored() (err error) {
	o.n, o.got, err = o.s.RecvVectored(o.bufs, o.flags)
	return err
}

// SendToVectored sends the bytes of bufs as one message to addr, or to the peer if addr is the zero
// SockAddr. See [Socket.SendToVectored].
func (c *Conn) SendToVectored(bufs [][]byte, addr SockAddr, flags MsgFlags) (int, error) {
	return c.always().SendToVectored(bufs, addr, flags)
}

// SendToVectored is [Conn.SendToVectored], bounded by the context.
func (v ContextConn) SendToVectored(bufs [][]byte, addr SockAddr, flags MsgFlags) (int, error) {
	o := v.otherOp((*op).sendToVectored)
	o.bufs, o.addr, o.flags = bufs, addr, flags
	o.silent = v.c.silent(&addr)
	err := v.c.run(o, writing)
	return o.end(), err
}

func (o *op) sendToVectored() (err error) {
	o.n, err = o.s.SendToVectored(o.bufs, o.addr, o.flags)
	return err
}

// RecvFromVectored receives one message into bufs and returns the sender. See
// [Socket.RecvFromVectored].
func (c *Conn) RecvFromVectored(bufs [][]byte, flags MsgFlags) (int, RecvFlags, SockAddr, error) {
	return c.always().RecvFromVectored(bufs, flags)
}

// RecvFromVectored is [Conn.RecvFromVectored], bounded by the context.
func (v ContextConn) RecvFromVectored(
	bufs [][]byte, flags MsgFlags,
) (int, RecvFlags, SockAddr, error) {
	o := v.otherOp((*op).recvFromVectored)
	o.bufs, o.flags = bufs, flags
	err := v.c.run(o, reading)
	got, from := o.got, o.addr
	return o.end(), got, from, err
}

func (o *op) recvFromVectored() (err error) {
	o.n, o.got, o.addr, err = o.s.RecvFromVectored(o.bufs, o.flags)
	return err
}

// SendBatch sends the messages of b and returns the number sent. It waits until the first can be
// sent. See [Socket.SendBatch].
func (c *Conn) SendBatch(b *Batch, flags MsgFlags) (int, error) {
	return c.always().SendBatch(b, flags)
}

// SendBatch is [Conn.SendBatch], bounded by the context.
func (v ContextConn) SendBatch(b *Batch, flags MsgFlags) (int, error) {
	// RecvBatch repeats this: a function for both would make the call through a pointer.
	if err := b.enter(); err != nil {
		return 0, err
	}
	defer b.leave()
	c := v.c
	if v.direct(writing, flags) {
		if n, err := c.s.sendBatch(b, flags); !waits(err) {
			return n, err
		}
	}
	o := v.otherOp((*op).sendBatch)
	o.batch, o.flags = b, flags
	o.silent = c != nil && c.domain() == AF_UNIX && c.typ() == SOCK_DGRAM
	err := c.run(o, writing)
	return o.end(), err
}

func (o *op) sendBatch() (err error) {
	o.n, err = o.s.sendBatch(o.batch, o.flags)
	return err
}

// RecvBatch waits for a message, receives it and the messages queued behind it into b, and returns
// their number. See [Socket.RecvBatch].
func (c *Conn) RecvBatch(b *Batch, flags MsgFlags) (int, error) {
	return c.always().RecvBatch(b, flags)
}

// RecvBatch is [Conn.RecvBatch], bounded by the context.
func (v ContextConn) RecvBatch(b *Batch, flags MsgFlags) (int, error) {
	if err := b.enter(); err != nil {
		return 0, err
	}
	defer b.leave()
	if v.direct(reading, flags) {
		if n, err := v.c.s.recvBatch(b, flags, noTimeout); !waits(err) {
			return n, err
		}
	}
	o := v.otherOp((*op).recvBatch)
	o.batch, o.flags = b, flags
	err := v.c.run(o, reading)
	return o.end(), err
}

func (o *op) recvBatch() (err error) {
	o.n, err = o.s.recvBatch(o.batch, o.flags, noTimeout)
	return err
}

// Sendfile sends up to length bytes of f, beginning at offset. See [Socket.Sendfile].
func (c *Conn) Sendfile(f *os.File, offset int64, length int) (n int, err error) {
	return c.always().Sendfile(f, offset, length)
}

// Sendfile is [Conn.Sendfile], bounded by the context.
func (v ContextConn) Sendfile(f *os.File, offset int64, length int) (n int, err error) {
	return v.sendfile(f, givenOffset(offset), length)
}

// SendfileNext sends up to length bytes of f from the file's own offset, and advances that. See
// [Socket.SendfileNext].
func (c *Conn) SendfileNext(f *os.File, length int) (n int, err error) {
	return c.always().SendfileNext(f, length)
}

// SendfileNext is [Conn.SendfileNext], bounded by the context.
func (v ContextConn) SendfileNext(f *os.File, length int) (n int, err error) {
	return v.sendfile(f, ownOffset, length)
}

func (v ContextConn) sendfile(f *os.File, offset int64, length int) (n int, err error) {
	return withFile(f, func(fd uintptr) (int, error) {
		o := v.sendfileOp(fd, offset, length)
		err := v.c.run(o, writing)
		return o.end(), err
	})
}

func (v ContextConn) sendfileOp(fd uintptr, offset int64, length int) *op {
	o := v.otherOp((*op).sendfile)
	o.file, o.off, o.length = fd, offset, length
	return o
}

func (o *op) sendfile() (err error) {
	o.n, err = o.s.sendfile(o.file, o.off, o.length)
	return err
}

// Read receives into p. At the end of a stream or connection it returns io.EOF.
func (c *Conn) Read(p []byte) (int, error) { return c.always().Read(p) }

// Read is [Conn.Read], bounded by the context.
func (v ContextConn) Read(p []byte) (int, error) {
	c := v.c
	if len(p) == 0 {
		return 0, c.opError("read", c.check())
	}
	n, err := v.Recv(p, 0)
	if err != nil {
		return 0, c.opError("read", callRead.renamed(err))
	}
	if n == 0 {
		return 0, c.eof(n)
	}
	return n, nil
}

// Write sends p. On a stream it sends all of it, and no other Write comes in between; otherwise it
// sends p as one message.
func (c *Conn) Write(p []byte) (n int, err error) { return c.always().Write(p) }

// Write is [Conn.Write], bounded by the context.
func (v ContextConn) Write(p []byte) (n int, err error) {
	if v.c != nil && v.c.typ() == SOCK_STREAM {
		n, err = v.sendStream(p, opWrite)
	} else {
		n, err = v.Send(p, 0)
	}
	if err != nil {
		return n, v.c.opError("write", callWrite.renamed(err))
	}
	return n, nil
}

// maxWrite is the most that one system call sends: some systems refuse a length that exceeds an
// int.
const maxWrite = 1 << 30
