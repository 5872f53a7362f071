//go:build cgo

package csock

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"unsafe"
)

// A ZeroCopy sends from memory that the kernel does not copy (MSG_ZEROCOPY), and owns that memory until the kernel has
// let go of it: a buffer belongs to the ZeroCopy from its Send on, and nobody writes to it, until Complete returns it.
//
// All sends of the socket with MSG_ZEROCOPY, through its clones too, go through one ZeroCopy. It pays for some 10,000
// bytes a send and more. When the socket is closed or lost while sends are pending, nobody can tell any more when the
// kernel is done with their memory, and it is kept for good: call Complete until Pending is 0 first.
// See the kernel's Documentation/networking/msg_zerocopy.rst.
//
// The methods may be called from many goroutines at once; they wait for each other.
type ZeroCopy struct {
	s      *Socket
	c      *Conn // of which s is; nil if there is none
	mu     sync.Mutex
	sends  *pendingSends
	copied int
	hdr    MsgHdr // of notifications

	// A send has failed, and may all the same have a number: that of the next. The kernel counts a datagram before it asks
	// whether it may go (EPERM of a firewall, EINVAL of UDP_SEGMENT), and is done with it at once.
	unsure bool
}

// NewZeroCopy turns SO_ZEROCOPY on and returns the owner of the memory that s will send from. It is called before s
// has sent anything with MSG_ZEROCOPY.
//
// vsock and RDS are refused, with an error for which errors.Is(err, [errors.ErrUnsupported]) holds. vsock counts each packet into
// which it cuts a send, and nobody can tell how many those are; RDS does not count, nor use the error queue: its sends have
// cookies, which come back in control messages of its own.
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
	z.hdr.Control = make([]byte, 512) // the error, and whatever else the socket's options ask for
	return z, nil
}

// ZeroCopy is [NewZeroCopy] for a Conn: its sends wait as the Conn's do. Recvmsg with MSG_ERRQUEUE waits for a message of
// the error queue, for Release.
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

// isZero tells of one that NewZeroCopy did not make.
func (z *ZeroCopy) isZero() bool { return z == nil || z.s == nil }

// Send sends p, as Socket.Send does, and keeps p until the kernel is done with it. ENOBUFS tells that the
// kernel keeps no account of more (net.core.optmem_max), or that it may have counted a datagram that failed: Complete
// first, or send without MSG_ZEROCOPY.
func (z *ZeroCopy) Send(p []byte, flags MsgFlags) (int, error) {
	return z.send(&callSend, flags, func() (int, error) {
		n, err := z.s.Send(p, flags|MSG_ZEROCOPY)
		if n > 0 {
			z.sends.add(p, nil)
		}
		return n, err
	})
}

// Sendmsg sends m, as Socket.Sendmsg does, and keeps its Buffers until the kernel is done with them. ENOBUFS is as Send
// has it.
func (z *ZeroCopy) Sendmsg(m *MsgHdr, flags MsgFlags) (int, error) {
	return z.send(&callSendmsg, flags, func() (int, error) {
		n, err := z.s.Sendmsg(m, flags|MSG_ZEROCOPY)
		if n > 0 {
			z.sends.add(m.Buffers[0], m.Buffers[1:])
		}
		return n, err
	})
}

// send makes the attempt, and on a Conn makes it again until it need not wait.
func (z *ZeroCopy) send(c *call, flags MsgFlags, attempt func() (int, error)) (int, error) {
	if z.isZero() {
		return 0, os.ErrInvalid
	}
	if z.c == nil {
		return z.try(c, attempt)
	}
	o := otherOp(func(o *op) (err error) {
		o.n, err = z.try(c, attempt)
		return err
	})
	o.flags = flags
	err := z.c.run(o, writing)
	return o.end(), err
}

func (z *ZeroCopy) try(c *call, attempt func() (int, error)) (int, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.unsure {
		return 0, c.error(-int(syscall.ENOBUFS))
	}
	n, err := attempt()
	if err != nil && !waits(err) && Type(z.s.typ) != SOCK_STREAM {
		// Where nothing is in the error queue now, there was no number.
		z.unsure, _ = z.s.WaitError(0)
	}
	return n, err
}

// Complete reads the socket's error queue, without waiting, and appends to free the buffers that the kernel is
// done with: the slices that were sent. It is for sockets whose error queue brings nothing else that matters: other
// messages are dropped. Who wants those reads the queue, and calls Release. [Socket.WaitError] waits for the next.
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
				z.unsure = false // what has a number would have been told
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

// Release appends to free the buffers that the kernel is done with by e, which the caller has read from the error
// queue, and reports whether e is about sends with MSG_ZEROCOPY.
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

// Pending returns how many sends the kernel is not known to be done with.
func (z *ZeroCopy) Pending() int {
	if z.isZero() {
		return 0
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.sends.left
}

// Copied returns how many of the sends that Complete and Release have seen done the kernel has copied after all, as it
// does on the loopback interface: where it does, sends with MSG_ZEROCOPY cost more than others.
func (z *ZeroCopy) Copied() int {
	if z.isZero() {
		return 0
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.copied
}

// pendingSends is the memory of sends that the kernel may still read. It is pinned, as cgo asks of memory that
// C keeps a pointer to, and reachable through keptSends as long as any send is pending, so that it outlives a lost
// ZeroCopy: memory used again would go out in place of what was sent.
type pendingSends struct {
	first uint32 // the number of sends[0]; the kernel numbers them from 0 on, modulo 2^32
	sends []pendingSend
	left  int // of sends, those not done
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

// next is the number of the next send.
func (p *pendingSends) next() uint32 { return p.first + uint32(len(p.sends)) }

// release appends the buffers of the sends from first to last to free, and returns how many sends those were.
func (p *pendingSends) release(first, last uint32, free [][]byte) (_ [][]byte, n int) {
	// Distances from p.first, which are right past 2^32 as well.
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
