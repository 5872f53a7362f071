//go:build cgo

package csock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"unsafe"
)

// A ZeroCopy sends from memory that the kernel does not copy (MSG_ZEROCOPY). It owns a buffer from
// its Send until Complete returns the buffer: do not write to the buffer in between.
//
// All sends of the socket with MSG_ZEROCOPY, including those of its clones, must go through one
// ZeroCopy. It pays off from about 10,000 bytes per send.
//
// Call Complete until Pending is 0 before closing the socket. If the socket is closed or becomes
// unreachable while sends are pending, nothing reports when the kernel has finished with their
// memory. That memory is never released. See the kernel's
// Documentation/networking/msg_zerocopy.rst.
//
// The methods may be called from several goroutines at once; they wait for each other.
type ZeroCopy struct {
	s      *Socket
	c      *Conn // the Conn that s belongs to, or nil
	mu     sync.Mutex
	sends  *pendingSends
	copied int
	hdr    MsgHdr // for notifications

	// A send failed, but may have used a number all the same: that of the next send. The kernel
	// counts a datagram before it refuses to send it, and finishes with it at once. Examples are
	// EPERM from a firewall and EINVAL from UDP_SEGMENT.
	unsure bool
}

// NewZeroCopy enables [SO_ZEROCOPY] and returns the owner of the memory that s will send from. Call
// it before s sends anything with MSG_ZEROCOPY.
//
// For vsock and RDS it returns an error for which errors.Is(err, [errors.ErrUnsupported]) holds.
// vsock counts each packet into which it splits a send, and their number is unknown. RDS neither
// counts nor uses the error queue: its sends have cookies, which return in RDS's own control
// messages.
func NewZeroCopy(s *Socket) (*ZeroCopy, error) {
	if domain, _, err := s.kind(); err != nil {
		return nil, err
	} else if domain == AF_VSOCK || domain == AF_RDS {
		return nil, fmt.Errorf("ZeroCopy over %v: %w", domain, errors.ErrUnsupported)
	}
	if err := SO_ZEROCOPY.Set(s, true); err != nil {
		return nil, err
	}
	z := &ZeroCopy{s: s, sends: new(pendingSends)}
	z.hdr.Control = make([]byte, 512) // the error, and everything else that the socket's options request
	return z, nil
}

// ZeroCopy is [NewZeroCopy] for a Conn: its sends wait as the Conn's do. Recvmsg with MSG_ERRQUEUE
// waits for a message of the error queue, for Release.
func (c *Conn) ZeroCopy() (*ZeroCopy, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	z, err := NewZeroCopy(&c.s)
	if err != nil {
		return nil, err
	}
	z.c = c
	return z, nil
}

// isZero reports whether z was not made by NewZeroCopy.
func (z *ZeroCopy) isZero() bool { return z == nil || z.s == nil }

// Send sends p, as Socket.Send does, and keeps p until the kernel has finished with it. ENOBUFS
// means that the kernel cannot track more sends (net.core.optmem_max), or that it may have counted
// a datagram that failed. Call Complete first, or send without MSG_ZEROCOPY.
func (z *ZeroCopy) Send(p []byte, flags MsgFlags) (int, error) {
	return z.SendContext(context.Background(), p, flags)
}

// SendContext is [ZeroCopy.Send], bounded by ctx: it returns ctx's cause if ctx ends first. Over a
// Socket, which waits by itself, ctx is checked before the call only.
func (z *ZeroCopy) SendContext(ctx context.Context, p []byte, flags MsgFlags) (int, error) {
	return z.send(ctx, &callSend, flags, func() (int, error) {
		n, err := z.s.Send(p, flags|MSG_ZEROCOPY)
		if n > 0 {
			z.sends.add(p, nil)
		}
		return n, err
	})
}

// Sendmsg sends m, as Socket.Sendmsg does, and keeps its Buffers until the kernel has finished with
// them. It returns ENOBUFS as Send does.
func (z *ZeroCopy) Sendmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	return z.SendmsgContext(context.Background(), m, flags)
}

// SendmsgContext is [ZeroCopy.Sendmsg], bounded by ctx as SendContext is.
func (z *ZeroCopy) SendmsgContext(ctx context.Context, m *MsgHdr, flags MsgFlags) (int, error) {
	return z.send(ctx, &callSendmsg, flags, func() (int, error) {
		n, err := z.s.Sendmsg(m, flags|MSG_ZEROCOPY)
		if n > 0 {
			z.sends.add(m.Buffers[0], m.Buffers[1:])
		}
		return n, err
	})
}

// send makes the attempt. On a Conn it waits and repeats the attempt while that would block.
func (z *ZeroCopy) send(
	ctx context.Context, c *call, flags MsgFlags, attempt func() (int, error),
) (int, error) {
	if z.isZero() {
		return 0, os.ErrInvalid
	}
	ctx = canEnd(ctx)
	if z.c == nil {
		if ctx != nil && ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		return z.try(c, attempt)
	}
	o := otherOp(func(o *op) (err error) {
		o.n, err = z.try(c, attempt)
		return err
	})
	o.flags, o.ctx = flags, ctx
	err := z.c.run(o, writing)
	return o.end(), err
}

func (z *ZeroCopy) try(c *call, attempt func() (int, error)) (int, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.unsure {
		return 0, refused(c.name, syscall.ENOBUFS)
	}
	n, err := attempt()
	if err != nil && !waits(err) && Type(z.s.typ) != SOCK_STREAM {
		// If the error queue is empty now, the send had no number.
		z.unsure, _ = z.s.WaitError(0)
	}
	return n, err
}

// Complete reads the socket's error queue, without waiting, and appends to free the buffers that
// the kernel has finished with: the slices that were sent. [Socket.WaitError] waits for the next
// one.
//
// Complete discards other messages in the error queue. If you need those, read the queue yourself
// and call Release.
func (z *ZeroCopy) Complete(free [][]byte) ([][]byte, error) {
	if z.isZero() {
		return free, os.ErrInvalid
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	for {
		if _, err := z.s.Recvmsg(&z.hdr, MSG_ERRQUEUE|MSG_DONTWAIT); err != nil {
			if errors.Is(err, syscall.EAGAIN) {
				err = nil
				z.unsure = false // a send that has a number would have been reported
			}
			return free, err
		}
		for m := range z.hdr.ControlMessages() {
			if e, ok := m.ExtendedError(); ok {
				free, _ = z.release(e, free)
			}
		}
	}
}

// Release appends to free the buffers that e reports the kernel has finished with, and reports
// whether e is about sends with MSG_ZEROCOPY. The caller has read e from the error queue.
func (z *ZeroCopy) Release(e SockExtendedErr, free [][]byte) ([][]byte, bool) {
	if z.isZero() {
		return free, false
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.release(e, free)
}

func (z *ZeroCopy) release(e SockExtendedErr, free [][]byte) ([][]byte, bool) {
	first, last, copied, ok := e.ZeroCopy()
	if !ok {
		return free, false
	}
	if z.unsure && z.sends.next()-first <= last-first {
		z.sends.sends = append(z.sends.sends, pendingSend{done: true})
		z.unsure = false
	}
	free, n := z.sends.release(first, last, free)
	if copied {
		z.copied += n
	}
	return free, true
}

// Pending returns the number of sends that the kernel has not reported finished.
func (z *ZeroCopy) Pending() int {
	if z.isZero() {
		return 0
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.sends.left
}

// Copied returns how many of the sends that Complete and Release saw finished were copied by the
// kernel after all, as on the loopback interface. Such sends cost more than those without
// MSG_ZEROCOPY.
func (z *ZeroCopy) Copied() int {
	if z.isZero() {
		return 0
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.copied
}

// pendingSends is the memory of sends that the kernel may still read. It is pinned, because cgo
// requires that of memory that C keeps a pointer to. It is reachable through keptSends while any
// send is pending, so that it outlives an unreachable ZeroCopy. Otherwise reused memory would be
// sent instead of the original data.
type pendingSends struct {
	first uint32 // the number of sends[0]; the kernel counts from 0, modulo 2^32
	sends []pendingSend
	left  int // the number of sends that are not done
}

type pendingSend struct {
	buf  []byte
	rest [][]byte // the buffers after the first
	pin  runtime.Pinner
	done bool
}

var keptSends = struct {
	sync.Mutex
	all map[*pendingSends]struct{}
}{all: map[*pendingSends]struct{}{}}

func (p *pendingSends) add(buf []byte, rest [][]byte) {
	if p.left == 0 {
		keptSends.Lock()
		keptSends.all[p] = struct{}{}
		keptSends.Unlock()
	}
	p.left++
	p.sends = append(p.sends, pendingSend{buf: buf, rest: slices.Clone(rest)})
	send := &p.sends[len(p.sends)-1]
	send.pin.Pin(unsafe.SliceData(buf))
	for _, b := range rest {
		send.pin.Pin(unsafe.SliceData(b))
	}
}

// next returns the number of the next send.
func (p *pendingSends) next() uint32 { return p.first + uint32(len(p.sends)) }

// release appends the buffers of the sends from first to last to free, and returns the number of
// those sends.
func (p *pendingSends) release(first, last uint32, free [][]byte) (_ [][]byte, n int) {
	// Distances from p.first, which are correct past 2^32 too.
	from := max(int(int32(first-p.first)), 0)
	to := min(int(int32(last-p.first)), len(p.sends)-1)
	for i := from; i <= to; i++ {
		if send := &p.sends[i]; !send.done {
			free = append(append(free, send.buf), send.rest...)
			send.pin.Unpin()
			*send = pendingSend{done: true}
			n++
		}
	}
	done := slices.IndexFunc(p.sends, func(s pendingSend) bool { return !s.done })
	if done < 0 {
		done = len(p.sends)
	}
	p.sends = slices.Delete(p.sends, 0, done)
	p.first += uint32(done)
	if n > 0 && p.left == n {
		keptSends.Lock()
		delete(keptSends.all, p)
		keptSends.Unlock()
	}
	p.left -= n
	return free, n
}
