//go:build linux

package ring

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// Each frame sent is received whole, in order, with its length, time and sender, several times
// round the ring.
func TestTPacketReceive(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			rx := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v)})
			tx := c.left.packet(t)
			const frames = 2000
			start := time.Now()
			got := flow(t, tx, frames, func(i int) []byte { return frame(c.left, c.right, i, length(i)) })
			for i, seq := 0, uint64(0); i < frames; {
				b, err := rx.Next(noContext)
				check(t, err)
				if h := b.Header(); v == csock.TPACKET_V3 {
					if seq++; h.SeqNum() != seq {
						t.Fatalf("block %d follows %d", h.SeqNum(), seq-1)
					}
					// The first is the time at which the block was opened, and may be after
					// the frame's own.
					if h.FirstPkt().After(h.LastPkt().Add(time.Second)) || h.FirstPkt().Before(start.Add(-time.Second)) || h.LastPkt().After(time.Now()) {
						t.Errorf("block from %v to %v, now is %v", h.FirstPkt(), h.LastPkt(), time.Now())
					}
					if int(h.BlkLen()) > 1<<14 || h.OffsetToFirstPkt() == 0 {
						t.Errorf("block of %d bytes, first at %d", h.BlkLen(), h.OffsetToFirstPkt())
					}
				} else if h != nil {
					t.Error("a block of TPACKET_V2 has a header")
				}
				first := i
				for f := range b.Frames() {
					wantFrame(t, i, f.Data(), frame(c.left, c.right, i, length(i)))
					need.Same(t, "Len", f.Len(), length(i))
					if when := f.Time(); when.Before(start.Add(-time.Second)) || when.After(time.Now()) {
						t.Errorf("frame %d came at %v, now is %v", i, when, time.Now())
					}
					from, ok := f.Addr().Packet()
					if !ok || from.Ifindex != c.right.ifindex || from.Protocol != etherType || from.PacketType != csock.PACKET_HOST || from.Addr.String() != c.left.mac.String() {
						t.Errorf("frame %d is from %+v, %t", i, from, ok)
					}
					if f.Status()&ring.TP_STATUS_USER == 0 && v == csock.TPACKET_V2 {
						t.Errorf("frame %d has status %#x", i, f.Status())
					}
					if _, _, ok := f.VLAN(); ok {
						t.Errorf("frame %d has a VLAN", i)
					}
					got()
					i++
				}
				need.Same(t, "Len of the block", b.Len(), i-first)
				b.Release()
				b.Release()
			}
			stats, err := rx.Statistics()
			check(t, err)
			need.Same(t, "Packets", stats.Packets, frames)
			need.Same(t, "Drops", stats.Drops, 0)
		})
	}
}

// The headers' fields are where the kernel puts them.
func TestTPacketHeaders(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			req := rxRing(v)
			if v == csock.TPACKET_V3 {
				req.Features, req.PrivSize = csock.TP_FT_REQ_FILL_RXHASH, 100
			}
			s := c.stamped(t)
			check(t, s.Bind(csock.PacketAddr(csock.ETH_P_ALL, c.right.ifindex, nil)))
			check(t, s.AttachFilter([]csock.SockFilter{ // the EtherType that counts: all of 60 bytes
				{Code: syscall.BPF_LD | syscall.BPF_H | syscall.BPF_ABS, K: 12},
				{Code: syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, K: uint32(etherType), JF: 1},
				{Code: syscall.BPF_RET | syscall.BPF_K, K: 60},
				{Code: syscall.BPF_RET | syscall.BPF_K, K: 0},
			}))
			rx, err := ring.NewTPacket(s, ring.TPacketConfig{Version: v, Rx: req})
			check(t, err)
			defer rx.Close()
			check(t, rx.SetDeadline(time.Now().Add(10*time.Second)))
			p := frame(c.left, c.right, 1, 1000)
			tagged := slices.Concat(p[:12], []byte{0x88, 0xa8, 0x60, 0x07}, p[12:])
			send(t, c.left.packet(t), tagged)

			b, err := rx.Next(context.Background())
			check(t, err)
			defer b.Release()
			n := 0
			for f := range b.Frames() {
				n++
				wantFrame(t, 0, f.Data(), p[:60])
				need.Same(t, "Len", f.Len(), len(p))
				tci, tpid, ok := f.VLAN()
				if tci != 0x6007 || tpid != 0x88a8 || !ok {
					t.Errorf("VLAN is %#x, %#x, %t", tci, tpid, ok)
				}
				if f.Status()&(ring.TP_STATUS_VLAN_VALID|ring.TP_STATUS_VLAN_TPID_VALID|ring.TP_STATUS_TS_SOFTWARE|ring.TP_STATUS_CSUMNOTREADY) !=
					ring.TP_STATUS_VLAN_VALID|ring.TP_STATUS_VLAN_TPID_VALID|ring.TP_STATUS_TS_SOFTWARE {
					t.Errorf("status is %#x", f.Status())
				}
				h2, h3 := f.Tpacket2(), f.Tpacket3()
				if (h2 != nil) != (v == csock.TPACKET_V2) || (h3 != nil) != (v == csock.TPACKET_V3) {
					t.Fatalf("headers %v, %v", h2, h3)
				}
				type header interface {
					Status() ring.Status
					Len() uint32
					Snaplen() uint32
					Mac() uint16
					Net() uint16
					Sec() uint32
					Nsec() uint32
					VlanTCI() uint16
					VlanTPID() csock.EtherType
				}
				var h header = h2
				if h3 != nil {
					h = h3
					need.Same(t, "NextOffset", h3.NextOffset(), 0)
					if h3.Rxhash() == 0 {
						t.Error("Rxhash is 0")
					}
				}
				need.Same(t, "tp_status", h.Status(), f.Status())
				need.Same(t, "tp_len", h.Len(), 1000)
				need.Same(t, "tp_snaplen", h.Snaplen(), 60)
				need.Same(t, "tp_net", h.Net(), h.Mac()+14)
				need.Same(t, "time", time.Unix(int64(h.Sec()), int64(h.Nsec())), f.Time())
				need.Same(t, "tp_vlan_tci", h.VlanTCI(), 0x6007)
				need.Same(t, "tp_vlan_tpid", h.VlanTPID(), 0x88a8)
			}
			need.Same(t, "frames", n, 1)
			if v == csock.TPACKET_V3 {
				if n := len(b.Private()); n < 100 || n > 128 {
					t.Errorf("%d bytes are private, want 100 and padding", n)
				}
				clear(b.Private())
			} else if b.Private() != nil {
				t.Error("TPACKET_V2 has private bytes")
			}
		})
	}
}

// A block with few frames is ready when its time is over, and not before.
func TestTPacketRetire(t *testing.T) {
	c := newCable(t)
	req := rxRing(csock.TPACKET_V3)
	req.RetireTime = 200 * time.Millisecond
	rx := c.right.tpacket(t, ring.TPacketConfig{Version: csock.TPACKET_V3, Rx: req})
	tx := c.left.packet(t)
	for range 3 {
		start := time.Now()
		send(t, tx, frame(c.left, c.right, 0, 60))
		b, err := rx.Next(noContext)
		check(t, err)
		if b.Len() != 1 || b.Header().BlockStatus()&ring.TP_STATUS_BLK_TMO == 0 {
			t.Errorf("block of %d frames, status %#x", b.Len(), b.Header().BlockStatus())
		}
		// The timer began with the block, which may have been opened before.
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("it came after %v", took)
		}
		b.Release()
	}
	start := time.Now()
	for i := range 100 { // more than a block has room for
		send(t, tx, frame(c.left, c.right, i, 1500))
	}
	b, err := rx.Next(noContext)
	check(t, err)
	if took := time.Since(start); b.Header().BlockStatus()&ring.TP_STATUS_BLK_TMO != 0 && took < 100*time.Millisecond {
		t.Errorf("a full block's time was over after %v", took)
	}
	b.Release()
}

// Frames without room are counted, the frames before them are whole, and the ring continues.
func TestTPacketDrops(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			rx := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v)})
			tx := c.left.packet(t)
			const frames = 3000
			for i := range frames {
				send(t, tx, frame(c.left, c.right, i, 1000))
			}
			stats, err := rx.Statistics()
			check(t, err)
			need.Same(t, "Packets", stats.Packets, frames)
			if stats.Drops == 0 || v == csock.TPACKET_V3 && stats.Freezes == 0 {
				t.Errorf("statistics are %+v", stats)
			}
			n, losing := 0, false
			for n < frames-int(stats.Drops) {
				b, err := rx.Next(noContext)
				check(t, err)
				for f := range b.Frames() {
					wantFrame(t, n, f.Data(), frame(c.left, c.right, n, 1000))
					losing = losing || f.Status()&ring.TP_STATUS_LOSING != 0
					n++
				}
				b.Release()
			}
			need.Same(t, "frames", n, frames-int(stats.Drops))

			for i := range 20 {
				send(t, tx, frame(c.left, c.right, i, 60))
			}
			for n := 0; n < 20; {
				b, err := rx.Next(noContext)
				check(t, err)
				for f := range b.Frames() {
					need.Same(t, "frame", number(f.Data()), n)
					n++
				}
				b.Release()
			}
			again, err := rx.Statistics()
			check(t, err)
			stats.Packets += 20
			need.Same(t, "statistics", again, stats)
		})
	}
}

// Frames report drops until the drops are read.
func TestTPacketReportsDrops(t *testing.T) {
	c := newCable(t)
	req := rxRing(csock.TPACKET_V2)
	req.BlockSize, req.BlockNr = 1<<16, 1
	rx := c.right.tpacket(t, ring.TPacketConfig{Version: csock.TPACKET_V2, Rx: req})
	tx := c.left.packet(t)
	for i := range 40 { // 32 fit
		send(t, tx, frame(c.left, c.right, i, 60))
	}
	read := func() (status ring.Status) {
		b, err := rx.Next(noContext)
		check(t, err)
		for f := range b.Frames() {
			status |= f.Status()
		}
		b.Release()
		return status
	}
	need.Same(t, "LOSING before", read()&ring.TP_STATUS_LOSING, 0)
	send(t, tx, frame(c.left, c.right, 0, 60))
	need.Same(t, "LOSING after drops", read()&ring.TP_STATUS_LOSING, ring.TP_STATUS_LOSING)
	stats, err := rx.Statistics()
	check(t, err)
	need.Same(t, "Drops", stats.Drops, 8)
	send(t, tx, frame(c.left, c.right, 0, 60))
	need.Same(t, "LOSING after Statistics", read()&ring.TP_STATUS_LOSING, 0)
}

// A frame that is too long for the ring is truncated, and with PACKET_COPY_THRESH the socket
// returns it whole.
func TestTPacketCopy(t *testing.T) {
	c := newCable(t)
	s := c.right.packet(t)
	check(t, csock.PACKET_COPY_THRESH.Set(s, 1))
	rx, err := ring.NewTPacket(s, ring.TPacketConfig{Version: csock.TPACKET_V2, Rx: csock.TpacketReq3{BlockSize: 4096, BlockNr: 2, FrameSize: 512}})
	check(t, err)
	defer rx.Close()
	check(t, rx.SetDeadline(time.Now().Add(10*time.Second)))
	p := frame(c.left, c.right, 7, 1200)
	send(t, c.left.packet(t), p)
	b, err := rx.Next(noContext)
	check(t, err)
	defer b.Release()
	for f := range b.Frames() {
		if f.Status()&ring.TP_STATUS_COPY == 0 || f.Len() != len(p) || len(f.Data()) >= 512 {
			t.Errorf("status %#x, %d of %d bytes", f.Status(), len(f.Data()), f.Len())
		}
		wantFrame(t, 7, f.Data(), p[:len(f.Data())])
	}
	check(t, csock.Borrow(rx, func(s *csock.Socket) error {
		wantFrame(t, 7, receive(t, s), p)
		return nil
	}))
}

// Blocks may be released in any order, by other goroutines. The ring waits for those that are held.
func TestTPacketHeld(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			req := rxRing(v)
			req.BlockSize, req.BlockNr, req.FrameSize = 4096, 2, 2048
			if v == csock.TPACKET_V2 {
				req.BlockNr = 1
			}
			rx := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: req})
			tx := c.left.packet(t)
			next := func(want int) *ring.Block {
				t.Helper()
				b, err := rx.Next(noContext)
				check(t, err)
				for f := range b.Frames() {
					need.Same(t, "frame", number(f.Data()), want)
				}
				return b
			}
			send(t, tx, frame(c.left, c.right, 0, 1400))
			first := next(0)
			send(t, tx, frame(c.left, c.right, 1, 1400))
			second := next(1)
			second.Release()
			// The first is still held: it is not returned twice.
			check(t, rx.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
			if b, err := rx.Next(noContext); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("Next: %v, %v", b, err)
			}
			check(t, rx.SetReadDeadline(time.Now().Add(20*time.Second)))
			got := make(chan *ring.Block)
			go func() {
				b, _ := rx.Next(noContext)
				got <- b
			}()
			time.Sleep(20 * time.Millisecond)
			first.Release()
			send(t, tx, frame(c.left, c.right, 2, 1400))
			b := <-got
			if b == nil {
				t.Fatal("no block after Release")
			}
			for f := range b.Frames() {
				need.Same(t, "frame", number(f.Data()), 2)
			}
			b.Release()
		})
	}
}

// Next waits, and deadlines, contexts and Close end the wait.
func TestTPacketWait(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			rx := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v)})
			tx := c.left.packet(t)

			check(t, rx.SetReadDeadline(time.Now().Add(30*time.Millisecond)))
			_, err := rx.Next(noContext)
			need.Is(t, "Next at the deadline", err, os.ErrDeadlineExceeded)
			send(t, tx, frame(c.left, c.right, 0, 60))
			time.Sleep(30 * time.Millisecond)
			_, err = rx.Next(noContext)
			need.Is(t, "Next after the deadline", err, os.ErrDeadlineExceeded)
			_, err = rx.Next(context.Background())
			need.Is(t, "Next after the deadline", err, os.ErrDeadlineExceeded)
			check(t, rx.SetReadDeadline(time.Time{}))
			b, err := rx.Next(noContext)
			check(t, err)
			b.Release()

			cause := errors.New("enough")
			ctx, cancel := context.WithCancelCause(context.Background())
			time.AfterFunc(30*time.Millisecond, func() { cancel(cause) })
			_, err = rx.Next(ctx)
			need.Is(t, "Next of a context that ends", err, cause)
			_, err = rx.Next(ctx)
			need.Is(t, "Next of one that has ended", err, cause)

			time.AfterFunc(30*time.Millisecond, func() { tx.Send(frame(c.left, c.right, 1, 60), 0) })
			live, stop := context.WithTimeout(context.Background(), 10*time.Second)
			defer stop()
			b, err = rx.Next(live)
			check(t, err)
			b.Release()

			time.AfterFunc(30*time.Millisecond, func() { rx.Close() })
			_, err = rx.Next(live)
			need.Is(t, "Next while Close", err, net.ErrClosed)
			_, err = rx.Next(noContext)
			need.Is(t, "Next after Close", err, net.ErrClosed)
			need.Is(t, "Close twice", rx.Close(), net.ErrClosed)
			_, err = rx.Statistics()
			need.Is(t, "Statistics after Close", err, net.ErrClosed)
			need.Is(t, "SetDeadline after Close", rx.SetDeadline(time.Time{}), net.ErrClosed)
		})
	}
}

// The interface goes down, which the socket's error reports.
func TestTPacketDown(t *testing.T) {
	c := newCable(t)
	rx := c.right.tpacket(t, ring.TPacketConfig{Version: csock.TPACKET_V3, Rx: rxRing(csock.TPACKET_V3)})
	done := make(chan error)
	go func() {
		_, err := rx.Next(noContext)
		done <- err
	}()
	time.Sleep(20 * time.Millisecond)
	c.right.ns.IP(t, "link set right down")
	need.Is(t, "Next", <-done, syscall.ENETDOWN)
	c.right.ns.IP(t, "link set right up")
	tx := c.left.packet(t)
	kernel.Eventually(t, "a frame", func() bool {
		tx.Send(frame(c.left, c.right, 0, 60), 0)
		check(t, rx.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
		b, err := rx.Next(noContext)
		b.Release()
		return err == nil
	})
}

// The ring sends frames whole and in order, many times round.
func TestTPacketSend(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			rx := c.right.reader(t)
			tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: txRing})
			const frames = 1000
			for i := range frames {
				buf, err := tx.Buffer(noContext)
				check(t, err)
				check(t, tx.Queue(copy(buf, frame(c.left, c.right, i, length(i)))))
				if i%7 == 0 {
					check(t, tx.Flush(noContext))
				}
			}
			check(t, tx.Flush(context.Background()))
			for i := range frames {
				wantFrame(t, i, receive(t, rx), frame(c.left, c.right, i, length(i)))
			}
		})
	}
}

// One socket has both rings.
func TestTPacketBoth(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			left := c.left.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v), Tx: txRing})
			right := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v), Tx: txRing})
			go func() { // which sends back what it gets
				for n := 0; n < 20; {
					b, err := right.Next(noContext)
					if err != nil {
						return
					}
					for f := range b.Frames() {
						if pkt, ok := f.Addr().Packet(); ok && pkt.PacketType == csock.PACKET_OUTGOING {
							continue
						}
						buf, _ := right.Buffer(noContext)
						copy(buf, f.Data())
						copy(buf, c.left.mac)
						copy(buf[6:], c.right.mac)
						right.Queue(len(f.Data()))
						right.Flush(noContext)
						n++
					}
					b.Release()
				}
			}()
			for i := range 20 {
				buf, err := left.Buffer(noContext)
				check(t, err)
				check(t, left.Queue(copy(buf, frame(c.left, c.right, i, 100+i))))
				check(t, left.Flush(noContext))
				for back := false; !back; {
					b, err := left.Next(noContext)
					check(t, err)
					for f := range b.Frames() {
						if pkt, _ := f.Addr().Packet(); pkt.PacketType != csock.PACKET_OUTGOING {
							need.Same(t, "number", number(f.Data()), i)
							back = true
						}
					}
					b.Release()
				}
			}
		})
	}
}

// A frame that the kernel refuses is an error, once, and does not hold up others.
func TestTPacketRefused(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			rx := c.right.reader(t)
			tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: txRing})
			queue := func(i, n int) {
				t.Helper()
				buf, err := tx.Buffer(noContext)
				check(t, err)
				check(t, tx.Queue(copy(buf, frame(c.left, c.right, i, n))))
			}
			queue(0, 60)
			queue(1, 1600) // longer than the MTU
			queue(2, 60)
			buf, err := tx.Buffer(noContext) // which is being filled meanwhile
			check(t, err)
			n := copy(buf, frame(c.left, c.right, 3, 70))
			need.Is(t, "Flush", tx.Flush(noContext), syscall.EMSGSIZE)
			check(t, tx.Queue(n))
			queue(4, 80)
			check(t, tx.Flush(noContext))
			for _, want := range []int{0, 2, 3, 4} {
				need.Same(t, "frame", number(receive(t, rx)), want)
			}

			// In a full ring, at each place.
			frames := int(txRing.BlockSize / txRing.FrameSize * txRing.BlockNr)
			for bad := 0; bad < frames; bad += 9 {
				for i := range frames {
					if i == bad {
						queue(i, 1700)
					} else {
						queue(i, 60)
					}
				}
				need.Is(t, "Flush", tx.Flush(noContext), syscall.EMSGSIZE)
				check(t, tx.Flush(noContext))
				for i := range frames {
					if i != bad {
						need.Same(t, "frame", number(receive(t, rx)), i)
					}
				}
			}

			buf, err = tx.Buffer(noContext)
			check(t, err)
			need.Is(t, "Queue of too much", tx.Queue(len(buf)+1), syscall.EMSGSIZE)
			need.Is(t, "Queue of less than nothing", tx.Queue(-1), syscall.EMSGSIZE)
			check(t, tx.Queue(copy(buf, frame(c.left, c.right, 5, 60))))
			need.Is(t, "Queue without Buffer", tx.Queue(60), syscall.EINVAL)
			check(t, tx.Flush(noContext))
			need.Same(t, "frame", number(receive(t, rx)), 5)
		})
	}
}

// A buffer is not returned before the kernel is done with the frame sent from it, which here is
// when the receiver has read it. Deadlines end the wait. (The kernel's own test of this is
// txring_overwrite.)
func TestTPacketOverwrite(t *testing.T) {
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			c := newCable(t)
			rx := c.right.reader(t)
			req := csock.TpacketReq3{BlockSize: 4096, BlockNr: 1, FrameSize: 2048}
			tx := c.left.tpacket(t, ring.TPacketConfig{Version: v, Tx: req})
			for i := range 2 {
				buf, err := tx.Buffer(noContext)
				check(t, err)
				check(t, tx.Queue(copy(buf, frame(c.left, c.right, i, 1500))))
			}
			check(t, tx.Flush(noContext))
			check(t, tx.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
			if buf, err := tx.Buffer(noContext); err == nil {
				// The kernel copied the frames: they are the receiver's own.
				clear(buf)
				copy(buf, "overwritten")
			} else {
				need.Is(t, "Buffer of what is on its way", err, os.ErrDeadlineExceeded)
			}
			for i := range 2 {
				wantFrame(t, i, receive(t, rx), frame(c.left, c.right, i, 1500))
			}
			check(t, tx.SetWriteDeadline(time.Now().Add(10*time.Second)))
			_, err := tx.Buffer(noContext)
			check(t, err)
			check(t, tx.Queue(0))
		})
	}
}

// Sizes that make no ring are errors, and the socket is as it was.
func TestTPacketBadSizes(t *testing.T) {
	c := newCable(t)
	s := c.right.packet(t)
	good := csock.TpacketReq3{BlockSize: 4096, BlockNr: 1, FrameSize: 2048}
	with := func(change func(*csock.TpacketReq3)) csock.TpacketReq3 {
		r := good
		change(&r)
		return r
	}
	for name, r := range map[string]csock.TpacketReq3{
		"no block size":        with(func(r *csock.TpacketReq3) { r.BlockSize = 0 }),
		"no frame size":        with(func(r *csock.TpacketReq3) { r.FrameSize = 0 }),
		"frame beyond block":   with(func(r *csock.TpacketReq3) { r.FrameSize = 4112 }),
		"small frame":          with(func(r *csock.TpacketReq3) { r.FrameSize = 16 }),
		"unaligned frame":      with(func(r *csock.TpacketReq3) { r.FrameSize = 2047 }),
		"unaligned block":      with(func(r *csock.TpacketReq3) { r.BlockSize = 4097 }),
		"too few frames":       with(func(r *csock.TpacketReq3) { r.FrameNr = 1 }),
		"too many frames":      with(func(r *csock.TpacketReq3) { r.FrameNr = 3 }),
		"blocks without end":   with(func(r *csock.TpacketReq3) { r.BlockNr = 1<<32 - 1; r.BlockSize = 1 << 31 }),
		"a negative time":      with(func(r *csock.TpacketReq3) { r.RetireTime = -time.Second }),
		"no room for the user": with(func(r *csock.TpacketReq3) { r.PrivSize = 1 << 20 }),
	} {
		for _, v := range versions {
			p, err := ring.NewTPacket(s, ring.TPacketConfig{Version: v, Rx: r})
			if v == csock.TPACKET_V2 && err == nil && (r.RetireTime != 0 || r.PrivSize != 0) {
				p.Close() // fields that TPACKET_V2 lacks
				s = c.right.packet(t)
				continue
			}
			if err == nil {
				t.Fatalf("%s, version %d: no error", name, v)
			}
			p, err = ring.NewTPacket(s, ring.TPacketConfig{Version: v, Rx: good, Tx: r})
			if err == nil {
				p.Close()
				s = c.right.packet(t)
				if r.RetireTime == 0 && r.PrivSize == 0 {
					t.Errorf("Tx of %s, version %d: no error", name, v)
				}
			}
		}
	}
	for _, conf := range []ring.TPacketConfig{{}, {Version: csock.TPACKET_V1, Rx: good}, {Version: 77, Rx: good}, {Version: csock.TPACKET_V3}} {
		_, err := ring.NewTPacket(s, conf)
		need.Is(t, "NewTPacket", err, syscall.EINVAL)
	}
	_, err := ring.NewTPacket(nil, ring.TPacketConfig{})
	need.Is(t, "NewTPacket of nil", err, os.ErrInvalid)
	var none *ring.TPacket
	_, err = none.Next(noContext)
	need.Is(t, "Next of nil", err, os.ErrInvalid)
	need.Is(t, "Flush of nil", none.Flush(noContext), os.ErrInvalid)

	rx, err := ring.NewTPacket(s, ring.TPacketConfig{Version: csock.TPACKET_V3, Rx: good})
	check(t, err)
	need.Is(t, "the Socket after NewTPacket", s.Close(), net.ErrClosed)
	_, err = rx.Buffer(noContext)
	need.Is(t, "Buffer without a ring", err, syscall.EINVAL)
	need.Is(t, "Flush without a ring", rx.Flush(noContext), syscall.EINVAL)
	need.Is(t, "Queue without a ring", rx.Queue(0), syscall.EINVAL)
	check(t, rx.Close())

	udp := c.right.socket(t, csock.AF_INET, csock.SOCK_DGRAM)
	if _, err := ring.NewTPacket(udp, ring.TPacketConfig{Version: csock.TPACKET_V3, Rx: good}); err == nil {
		t.Error("a UDP socket has a packet ring")
	}
	_, err = udp.LocalAddr()
	check(t, err)
}

// Close races with readers and writers: nothing faults, all end with net.ErrClosed, and once the
// last block is released there is no mapping.
func TestTPacketCloseRace(t *testing.T) {
	c := layCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			tx := c.left.packet(t)
			for round := range 20 {
				rx := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v), Tx: txRing})
				for i := range 50 {
					send(t, tx, frame(c.left, c.right, i, 500))
				}
				var group sync.WaitGroup
				for range 3 {
					group.Go(func() {
						for {
							b, err := rx.Next(noContext)
							if err != nil {
								if !errors.Is(err, net.ErrClosed) {
									t.Error("Next: ", err)
								}
								return
							}
							for f := range b.Frames() {
								if n := number(f.Data()); n < 0 || n >= 50 {
									t.Errorf("frame %d", n)
								}
							}
							b.Release()
						}
					})
				}
				group.Go(func() {
					for {
						buf, err := rx.Buffer(noContext)
						if err == nil {
							err = rx.Queue(copy(buf, frame(c.right, c.left, 1, 60)))
						}
						if err == nil {
							err = rx.Flush(noContext)
						}
						if err != nil {
							if !errors.Is(err, net.ErrClosed) {
								t.Error("sending: ", err)
							}
							return
						}
					}
				})
				time.Sleep(time.Duration(round) * 200 * time.Microsecond)
				check(t, rx.Close())
				group.Wait()
				need.Same(t, "mappings", mappings(t), 0)
			}
		})
	}
}

// A block and a buffer stay valid after Close, and keep the memory. Slices that outlive them read
// zeros.
func TestTPacketHeldAfterClose(t *testing.T) {
	c := newCable(t)
	v := csock.TPACKET_V3
	rx := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v), Tx: txRing})
	want := frame(c.left, c.right, 1, 1000)
	send(t, c.left.packet(t), want)
	b, err := rx.Next(noContext)
	check(t, err)
	buf, err := rx.Buffer(noContext)
	check(t, err)
	check(t, rx.Close())
	var data []byte
	for f := range b.Frames() {
		data = f.Data()
	}
	wantFrame(t, 1, data, want)
	need.Same(t, "mappings", mappings(t), 1)
	b.Release()
	need.Same(t, "mappings", mappings(t), 1)
	clear(buf)
	rx.Queue(10)
	need.Same(t, "mappings", mappings(t), 0)
	wantFrame(t, 1, data, make([]byte, 1000))
	copy(data, "this is nobody's")
	// The next ring uses the same addresses.
	again := c.right.tpacket(t, ring.TPacketConfig{Version: v, Rx: rxRing(v), Tx: txRing})
	b, err = again.Next(expired(t))
	if err == nil {
		b.Release()
		t.Error("a new ring has a block")
	}
	check(t, again.Close())
}

func expired(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}
