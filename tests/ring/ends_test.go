//go:build linux

package ring

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// anyRing is what both kinds of ring have.
type anyRing interface {
	Buffer(context.Context) ([]byte, error)
	Queue(int) error
	Flush(context.Context) error
	SetDeadline(time.Time) error
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
	Close() error
}

// rings makes one of each kind with both directions, and a function for its Next.
func (e end) rings(t *testing.T) map[string]func() (r anyRing, next func(context.Context) error) {
	kinds := map[string]func() (anyRing, func(context.Context) error){
		"XDP": func() (anyRing, func(context.Context) error) {
			x := e.xdp(t, ring.XDPConfig{Rx: 16, Tx: 16})
			return x, func(ctx context.Context) error { _, err := x.Next(ctx); return err }
		},
	}
	for name, v := range versions {
		kinds[name] = func() (anyRing, func(context.Context) error) {
			p := e.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v), Tx: txRing})
			return p, func(ctx context.Context) error { _, err := p.Next(ctx); return err }
		}
	}
	return kinds
}

// Each deadline ends the calls of its direction, with the error that package os has for it, and no
// others. After Close all calls have package net's.
func TestDeadlines(t *testing.T) {
	c := newCable(t)
	past := time.Now().Add(-time.Second)
	for name, open := range c.left.rings(t) {
		t.Run(name, func(t *testing.T) {
			r, next := open()
			exactly := func(what string, err, want error) {
				t.Helper()
				if err != want {
					t.Errorf("%s: %v, want %v", what, err, want)
				}
			}
			for range 2 { // a wait, and none
				check(t, r.SetReadDeadline(past))
				exactly("Next after its deadline", next(noContext), os.ErrDeadlineExceeded)
				check(t, r.Flush(noContext))
				check(t, r.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
				exactly("Next at its deadline", next(noContext), os.ErrDeadlineExceeded)
			}
			check(t, r.SetReadDeadline(time.Time{}))
			check(t, r.SetWriteDeadline(past))
			_, err := r.Buffer(noContext)
			exactly("Buffer after its deadline", err, os.ErrDeadlineExceeded)
			exactly("Flush after its deadline", r.Flush(noContext), os.ErrDeadlineExceeded)
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			exactly("Next, whose deadline is none", next(ctx), context.DeadlineExceeded)
			check(t, r.SetDeadline(past))
			exactly("Next after both", next(noContext), os.ErrDeadlineExceeded)
			exactly("Flush after both", r.Flush(noContext), os.ErrDeadlineExceeded)
			check(t, r.SetDeadline(time.Time{}))
			check(t, r.Flush(noContext))

			waiting := make(chan error, 1)
			go func() { waiting <- next(noContext) }()
			time.Sleep(10 * time.Millisecond)
			check(t, r.Close())
			exactly("Next at Close", <-waiting, net.ErrClosed)
			_, err = r.Buffer(noContext)
			exactly("Buffer", err, net.ErrClosed)
			exactly("Flush", r.Flush(noContext), net.ErrClosed)
			exactly("Close", r.Close(), net.ErrClosed)
			for what, set := range map[string]func(time.Time) error{
				"SetDeadline": r.SetDeadline, "SetReadDeadline": r.SetReadDeadline, "SetWriteDeadline": r.SetWriteDeadline,
			} {
				need.Is(t, what, set(past), net.ErrClosed)
			}
		})
	}
}

// Whatever has been called before Close, the mappings end with the last holder.
func TestHoldersLeave(t *testing.T) {
	c := newCable(t)
	for name, open := range c.left.rings(t) {
		t.Run(name, func(t *testing.T) {
			before := mappings(t)
			r, next := open()
			for range 3 { // the same memory
				_, err := r.Buffer(noContext)
				check(t, err)
			}
			check(t, r.Queue(60))
			need.Is(t, "Queue without Buffer", r.Queue(60), syscall.EINVAL)
			check(t, r.SetDeadline(time.Now().Add(-time.Second)))
			_, err := r.Buffer(noContext)
			need.Is(t, "Buffer", err, os.ErrDeadlineExceeded)
			need.Is(t, "Flush", r.Flush(noContext), os.ErrDeadlineExceeded)
			need.Is(t, "Next", next(noContext), os.ErrDeadlineExceeded)
			check(t, r.SetDeadline(time.Time{}))
			for range 3 {
				_, err := r.Buffer(noContext)
				check(t, err)
			}
			check(t, r.Close())
			if mappings(t) == before {
				t.Error("the memory of a buffer that is held is released")
			}
			check(t, r.Queue(60))
			need.Same(t, "mappings", mappings(t), before)
		})
	}
}

// A ring that nobody can reach is released when it is collected, and its descriptor is closed.
func TestUnreachable(t *testing.T) {
	c := newCable(t)
	descriptors, before := kernel.Descriptors(t), mappings(t)
	var made []string
	func() {
		s := c.left.packet(t)
		p, err := ring.NewTPacket(s, ring.TPacketConfig{Version: csock.TPACKET_V3, Rx: rxRing(csock.TPACKET_V3)})
		check(t, err)
		made = append(made, "TPacket")
		x := c.left.socket(t, csock.AF_XDP, csock.SOCK_RAW)
		var r *ring.XDP
		c.left.ns.Do(func() {
			r, err = ring.NewXDP(x, ring.XDPConfig{Ifindex: c.left.ifindex, Flags: csock.XDP_COPY, Tx: 16})
		})
		if err == nil {
			made = append(made, "XDP")
		} else if !errors.Is(err, syscall.EBUSY) {
			t.Error(err)
		}
		m, err := ring.NewXSKMap(1)
		if err == nil {
			made = append(made, "XSKMap")
		}
		if mappings(t) == before {
			t.Error("there are no mappings")
		}
		runtime.KeepAlive(p)
		runtime.KeepAlive(r)
		runtime.KeepAlive(m)
	}()
	kernel.Eventually(t, "mappings and descriptors to go", func() bool {
		runtime.GC()
		for fd, what := range kernel.Descriptors(t) {
			if descriptors[fd] != what {
				return false
			}
		}
		return mappings(t) == before
	})
	t.Log(made)
}

// The address space of a closed ring is used again.
func TestMemoryIsReused(t *testing.T) {
	c := newCable(t)
	once := func() {
		p := c.left.tpacket(t, ring.TPacketConfig{Version: csock.TPACKET_V2, Rx: csock.TpacketReq3{BlockSize: 1 << 20, BlockNr: 16, FrameSize: 2048}})
		check(t, p.Close())
	}
	once()
	before := kernel.Status(t, "VmSize")
	for range 20 {
		once()
	}
	if grown := kernel.Status(t, "VmSize") - before; grown > 200<<10 { // KiB; 320 MiB if none is
		t.Errorf("it grows by %d KiB", grown)
	}
}

// Frames that were received and not released stay what they are when the ring is closed and others
// are made. Memory that nobody holds is zero after Close.
func TestMemoryAfterClose(t *testing.T) {
	c := newCable(t)
	tx := c.left.packet(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			rx := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v)})
			send(t, tx, frame(c.left, c.right, 3, 100))
			b, err := rx.Next(noContext)
			check(t, err)
			var data []byte
			for f := range b.Frames() {
				data = f.Data()
			}
			check(t, rx.Close())
			wantFrame(t, 3, data, frame(c.left, c.right, 3, 100))
			b.Release()
			wantFrame(t, 3, data, make([]byte, len(data)))
			copy(data, "written") // and that is harmless
			again := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v)})
			send(t, tx, frame(c.left, c.right, 4, 100))
			b, err = again.Next(noContext)
			check(t, err)
			for f := range b.Frames() {
				wantFrame(t, 4, f.Data(), frame(c.left, c.right, 4, 100))
			}
			b.Release()
		})
	}
}

// A frame whose buffer was filled while an earlier one was refused is sent whole.
func TestTPacketMovedWhole(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			rx := c.right.reader(t)
			tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: txRing})
			for round := range 10 {
				buf, err := tx.Buffer(noContext)
				check(t, err)
				check(t, tx.Queue(copy(buf, append(frame(c.left, c.right, 0, 18), bytes.Repeat([]byte{0xaa}, 1700)...)))) // longer than the MTU
				buf, err = tx.Buffer(noContext)
				check(t, err)
				p := append(frame(c.left, c.right, round, 1000+round), 0x55)
				n := copy(buf, p)
				need.Is(t, "Flush", tx.Flush(noContext), syscall.EMSGSIZE)
				check(t, tx.Queue(n), tx.Flush(noContext))
				wantFrame(t, round, receive(t, rx), p)
			}
		})
	}
}

// An interface that goes down ends the calls that wait for it to send, with the error.
func TestTPacketDownWhileSending(t *testing.T) {
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			for _, what := range []string{"Buffer", "Flush"} {
				t.Run(what, func(t *testing.T) {
					c := newCable(t)
					c.left.slow(t, "16kbit")
					tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: csock.TpacketReq3{BlockSize: 1 << 13, BlockNr: 2, FrameSize: 2048}})
					check(t, csock.Apply(tx, csock.SO_SNDBUF.To(4096)))
					down := make(chan struct{})
					time.AfterFunc(300*time.Millisecond, func() {
						defer close(down)
						c.left.ns.IP(t, "link set left down")
					})
					var err error
					next := 0
					if what == "Flush" { // more than the send buffer takes
						for ; next < 8; next++ {
							buf, err := tx.Buffer(noContext)
							check(t, err)
							check(t, tx.Queue(copy(buf, frame(c.left, c.right, next, 1514))))
						}
						next--
						err = tx.Flush(noContext)
					}
					for what == "Buffer" {
						var buf []byte
						if buf, err = tx.Buffer(noContext); err != nil {
							next-- // the frame for which there was no room
							break
						}
						check(t, tx.Queue(copy(buf, frame(c.left, c.right, next, 1514))))
						next++
					}
					<-down
					need.Is(t, what, err, syscall.ENETDOWN)
					// What was not sent is queued still, as it was.
					need.Qdisc(t, c.left.ns.Do, "del dev left root")
					c.left.ns.IP(t, "link set left up")
					rx := c.right.reader(t)
					kernel.Eventually(t, "the interface", func() bool {
						err := tx.Flush(noContext)
						return !errors.Is(err, syscall.ENETDOWN)
					})
					for i := -1; i != next; {
						p := receive(t, rx)
						i = number(p)
						wantFrame(t, i, p, frame(c.left, c.right, i, 1514))
					}
				})
			}
		})
	}
}

// Flags of Attach reach the kernel: it refuses two places at once.
func TestXSKMapAttachFlags(t *testing.T) {
	c := newCable(t)
	m, err := ring.NewXSKMap(1)
	need.Feature(t, "BPF maps", err, syscall.EPERM)
	defer m.Close()
	before := kernel.Descriptors(t)
	c.left.ns.Do(func() { err = m.Attach(c.left.ifindex, ring.XDP_FLAGS_SKB_MODE|ring.XDP_FLAGS_DRV_MODE) })
	need.Is(t, "Attach", err, syscall.EINVAL)
	kernel.NoneLeft(t, before) // of the program
	c.left.ns.Do(func() { err = m.Attach(c.left.ifindex, ring.XDP_FLAGS_SKB_MODE) })
	check(t, err)
	c.left.ns.Do(func() { err = m.Attach(c.left.ifindex, ring.XDP_FLAGS_SKB_MODE) })
	need.Is(t, "Attach again", err, syscall.EBUSY)
	check(t, m.Close())
	kernel.Eventually(t, "the interface to be free", func() bool {
		other, err := ring.NewXSKMap(1)
		check(t, err)
		defer other.Close()
		c.left.ns.Do(func() { err = other.Attach(c.left.ifindex, ring.XDP_FLAGS_SKB_MODE) })
		return err == nil
	})
}

// A ring is refused if either direction is, whether csock or the kernel refuses it.
func TestTPacketBadDirection(t *testing.T) {
	c := newCable(t)
	good := csock.TpacketReq3{BlockSize: 4096, BlockNr: 1, FrameSize: 2048}
	for what, bad := range map[string]csock.TpacketReq3{
		"csock's":      {BlockSize: 4096, BlockNr: 1, FrameSize: 8192},
		"the kernel's": {BlockSize: 4097, BlockNr: 1, FrameSize: 2048},
	} {
		for name, v := range versions {
			s := c.left.packet(t)
			for direction, conf := range map[string]ring.TPacketConfig{"Rx": {Version: v, Rx: bad, Tx: good}, "Tx": {Version: v, Rx: good, Tx: bad}} {
				_, err := ring.NewTPacket(s, conf)
				need.Is(t, what+" "+name+" "+direction, err, syscall.EINVAL)
			}
			p, err := ring.NewTPacket(s, ring.TPacketConfig{Version: v, Rx: good, Tx: good})
			check(t, err, p.Close())
		}
	}
}

// The bits of a timestamp in a frame that was sent do not make it look queued.
func TestTPacketSentTimestamps(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			rx := c.right.reader(t)
			tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: csock.TpacketReq3{BlockSize: 4096, BlockNr: 1, FrameSize: 2048}})
			flags := csock.SOF_TIMESTAMPING_TX_SOFTWARE | csock.SOF_TIMESTAMPING_SOFTWARE
			check(t, csock.Apply(tx, csock.SO_TIMESTAMPING.To(csock.SoTimestamping{Flags: flags}),
				csock.PACKET_TIMESTAMP.To(csock.SOF_TIMESTAMPING_SOFTWARE)))
			for i := range 20 { // many times round
				buf, err := tx.Buffer(noContext)
				check(t, err)
				check(t, tx.Queue(copy(buf, frame(c.left, c.right, i, 60))), tx.Flush(noContext))
				wantFrame(t, i, receive(t, rx), frame(c.left, c.right, i, 60))
			}
		})
	}
}

// Next returns the error of an interface that has disappeared. (It ends no call that waits already:
// the kernel's poll of AF_XDP does not report the error.)
func TestXDPGone(t *testing.T) {
	c := newCable(t)
	x := c.left.xdp(t, ring.XDPConfig{Rx: 16})
	c.left.ns.IP(t, "link del left")
	_, err := x.Next(noContext)
	need.Is(t, "Next", err, syscall.ENETDOWN)
}

// Sizes that csock refuses are in the error.
func TestXDPErrors(t *testing.T) {
	c := newCable(t)
	s := c.left.socket(t, csock.AF_XDP, csock.SOCK_RAW)
	for text, conf := range map[string]ring.XDPConfig{
		"ring: Rx of 3 is not a power of 2: invalid argument":                 {Rx: 3},
		"ring: ChunkSize of 2049 is not a power of 2: invalid argument":       {Rx: 4, ChunkSize: 2049},
		"ring: 4 and 8 frames of 2048 bytes, headroom 2048: invalid argument": {Rx: 4, Tx: 8, ChunkSize: 2048, Headroom: 2048},
		"ring: 0 and 0 frames of 4096 bytes, headroom 0: invalid argument":    {},
	} {
		_, err := ring.NewXDP(s, conf)
		need.Is(t, text, err, syscall.EINVAL)
		need.Same(t, "error", err.Error(), text)
	}
}

// Frames that were queued while the interface was down are sent when it is up, all and in order.
func TestTPacketQueuedWhileDown(t *testing.T) {
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			c := newCable(t)
			rx := c.right.reader(t)
			tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: csock.TpacketReq3{BlockSize: 1 << 13, BlockNr: 1, FrameSize: 2048}})
			queue := func(i int) {
				buf, err := tx.Buffer(noContext)
				check(t, err)
				check(t, tx.Queue(copy(buf, frame(c.left, c.right, i, 60+i))))
			}
			queue(0)
			check(t, tx.Flush(noContext))
			wantFrame(t, 0, receive(t, rx), frame(c.left, c.right, 0, 60))
			c.left.ns.IP(t, "link set left down")
			for i := range 4 { // the whole ring
				queue(1 + i)
			}
			need.Is(t, "Flush", tx.Flush(noContext), syscall.ENETDOWN)
			c.left.ns.IP(t, "link set left up")
			kernel.Eventually(t, "the interface", func() bool { return !errors.Is(tx.Flush(noContext), syscall.ENETDOWN) })
			for i := range 4 {
				wantFrame(t, 1+i, receive(t, rx), frame(c.left, c.right, 1+i, 61+i))
			}
		})
	}
}

// Flush does not wait for the transmission.
func TestTPacketFlushDoesNotWait(t *testing.T) {
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			c := newCable(t)
			c.left.slow(t, "1kbit") // a frame takes 12 s
			tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: txRing})
			for i := range 4 {
				buf, err := tx.Buffer(noContext)
				check(t, err)
				check(t, tx.Queue(copy(buf, frame(c.left, c.right, i, 1514))))
			}
			start := time.Now()
			check(t, tx.Flush(noContext))
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("Flush takes %v", took)
			}
		})
	}
}
