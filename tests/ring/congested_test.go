//go:build linux

package ring

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/need"
)

// slow makes an interface send at a rate, and keep the other frames in its queue.
func (e end) slow(t *testing.T, rate string) {
	t.Helper()
	need.Qdisc(t, e.ns.Do, "replace dev "+e.name+" root tbf rate "+rate+" burst 1600 limit 1000000")
}

// While an interface is congested, Buffer waits for a frame that was sent, and Flush for the
// socket's send buffer. All frames arrive, in order.
func TestTPacketCongested(t *testing.T) {
	c := newCable(t)
	c.left.slow(t, "8mbit")
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			for what, settings := range map[string][]csock.Setting{"ring": nil, "send buffer": {csock.SO_SNDBUF.To(4096)}} {
				t.Run(what, func(t *testing.T) {
					rx := c.right.reader(t)
					tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: csock.TpacketReq3{BlockSize: 1 << 13, BlockNr: 2, FrameSize: 2048}})
					check(t, csock.Apply(tx, settings...))
					const frames = 40
					for i := range frames {
						buf, err := tx.Buffer(noContext)
						check(t, err)
						check(t, tx.Queue(copy(buf, frame(c.left, c.right, i, 1514))))
						if what != "ring" {
							check(t, tx.Flush(t.Context()))
						}
					}
					check(t, tx.Flush(noContext))
					for i := range frames {
						wantFrame(t, i, receive(t, rx), frame(c.left, c.right, i, 1514))
					}
				})
			}
		})
	}
}

// A deadline, a context and Close end a call that waits on a congested interface.
func TestTPacketCongestedEnds(t *testing.T) {
	c := newCable(t)
	c.left.slow(t, "16kbit")
	cause := errors.New("enough")
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: csock.TpacketReq3{BlockSize: 1 << 13, BlockNr: 1, FrameSize: 2048}})
			fill := func(ctx context.Context) (err error) {
				for range 100 {
					var buf []byte
					if buf, err = tx.Buffer(ctx); err != nil {
						break
					}
					check(t, tx.Queue(copy(buf, frame(c.left, c.right, 0, 1514))))
				}
				return err
			}
			check(t, tx.SetWriteDeadline(time.Now().Add(100*time.Millisecond)))
			need.Is(t, "Buffer at the deadline", fill(noContext), os.ErrDeadlineExceeded)
			need.Is(t, "Flush after it", tx.Flush(noContext), os.ErrDeadlineExceeded)
			check(t, tx.SetWriteDeadline(time.Time{}))
			ctx, cancel := context.WithCancelCause(context.Background())
			time.AfterFunc(30*time.Millisecond, func() { cancel(cause) })
			need.Is(t, "Buffer at the context's end", fill(ctx), cause)
			need.Is(t, "Flush after it", tx.Flush(ctx), cause)
			time.AfterFunc(30*time.Millisecond, func() { tx.Close() })
			need.Is(t, "Buffer while Close", fill(noContext), net.ErrClosed)
			need.Is(t, "Flush after it", tx.Flush(noContext), net.ErrClosed)
		})
	}
}

// Each direction without a ring refuses its calls.
func TestNoRing(t *testing.T) {
	c := newCable(t)
	rx := c.right.tpacket(t, ring.TPacketConfig{Version: csock.TPACKET_V3, Rx: rxRing(csock.TPACKET_V3)})
	tx := c.left.tpacket(t, ring.TPacketConfig{Version: csock.TPACKET_V3, Tx: txRing})
	_, errNext := tx.Next(noContext)
	_, errBuffer := rx.Buffer(noContext)
	for name, err := range map[string]error{"Next": errNext, "Buffer": errBuffer, "Flush": rx.Flush(noContext), "Queue": rx.Queue(0)} {
		need.Is(t, name, err, syscall.EINVAL)
	}
	send(t, c.left.packet(t), frame(c.left, c.right, 0, 60))
	b, err := rx.Next(noContext)
	check(t, err)
	n := 0
	for f := range b.Frames() {
		if a, ok := f.Addr().Packet(); !ok || a.Ifindex != c.right.ifindex {
			t.Errorf("the address %v", f.Addr())
		}
		n++
		break // the loop's end is the iterator's
	}
	need.Same(t, "frames", n, 1)
	b.Release()
	check(t, rx.Close(), tx.Close())
	need.Is(t, "Flush", tx.Flush(noContext), net.ErrClosed)
	need.Is(t, "Close", tx.Close(), net.ErrClosed)
}
