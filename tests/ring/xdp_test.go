//go:build linux

package ring

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// xdp makes an AF_XDP socket on the end's only queue, in copy mode.
func (e end) xdp(t testing.TB, c ring.XDPConfig) *ring.XDP {
	t.Helper()
	c.Ifindex, c.Flags = e.ifindex, c.Flags|csock.XDP_COPY
	var x *ring.XDP
	kernel.Eventually(t, "the queue, which the kernel frees some time after a Close", func() bool {
		s := e.socket(t, csock.AF_XDP, csock.SOCK_RAW)
		var err error
		e.ns.Do(func() { x, err = ring.NewXDP(s, c) })
		if errors.Is(err, syscall.EBUSY) {
			check(t, s.Close())
			return false
		}
		check(t, err)
		return true
	})
	t.Cleanup(func() { x.Close() })
	check(t, x.SetDeadline(time.Now().Add(20*time.Second)))
	return x
}

// redirect makes the end's frames go to x.
func (e end) redirect(t testing.TB, x *ring.XDP) *ring.XSKMap {
	t.Helper()
	m, err := ring.NewXSKMap(4)
	need.Feature(t, "BPF maps", err, syscall.EPERM)
	t.Cleanup(func() { m.Close() })
	e.ns.Do(func() { err = m.Attach(e.ifindex, ring.XDP_FLAGS_SKB_MODE) })
	check(t, err)
	check(t, m.Insert(0, x))
	return m
}

var wakeups = map[string]csock.XDPFlags{"wakeup always": 0, "wakeup needed": csock.XDP_USE_NEED_WAKEUP}

// Frames are sent whole and in order, many times round the rings.
func TestXDPSend(t *testing.T) {
	c := newCable(t)
	for name, flags := range wakeups {
		t.Run(name, func(t *testing.T) {
			rx := c.right.reader(t)
			tx := c.left.xdp(t, ring.XDPConfig{Flags: flags, Tx: 64})
			const frames = 1000
			for i := range frames {
				buf, err := tx.Buffer(noContext)
				check(t, err)
				need.Same(t, "room", len(buf), 4096)
				check(t, tx.Queue(copy(buf, frame(c.left, c.right, i, length(i)))))
				if i%50 == 0 {
					check(t, tx.Flush(noContext))
				}
			}
			check(t, tx.Flush(context.Background()))
			for i := range frames {
				wantFrame(t, i, receive(t, rx), frame(c.left, c.right, i, length(i)))
			}
			stats, err := tx.Statistics()
			check(t, err)
			need.Same(t, "TxInvalidDescs", stats.TxInvalidDescs, 0)
		})
	}
}

// Frames arrive whole and in order, many times round the rings.
func TestXDPReceive(t *testing.T) {
	c := newCable(t)
	for name, flags := range wakeups {
		t.Run(name, func(t *testing.T) {
			rx := c.right.xdp(t, ring.XDPConfig{Flags: flags, Rx: 256, ChunkSize: 2048, Headroom: 64})
			m := c.right.redirect(t, rx)
			tx := c.left.packet(t)
			const frames = 2000
			got := flow(t, tx, frames, func(i int) []byte { return frame(c.left, c.right, i, length(i)) })
			for i := 0; i < frames; {
				b, err := rx.Next(noContext)
				check(t, err)
				first := i
				for d, data := range b.Frames() {
					if len(data) > 18 && data[12] != byte(etherType>>8) {
						continue // of IPv6, which joins its groups
					}
					wantFrame(t, i, data, frame(c.left, c.right, i, length(i)))
					need.Same(t, "Len", int(d.Len), length(i))
					if room := d.Addr % 2048; room < 64 {
						t.Errorf("headroom is %d", room)
					}
					got()
					i++
				}
				if b.Len() < i-first {
					t.Errorf("Len is %d", b.Len())
				}
				_, err = rx.Next(noContext)
				need.Is(t, "Next before Release", err, syscall.EBUSY)
				b.Release()
				b.Release()
			}
			stats, err := rx.Statistics()
			check(t, err)
			need.Same(t, "statistics", stats, csock.XDPStatistics{RxFillRingEmptyDescs: stats.RxFillRingEmptyDescs})
			check(t, m.Close())
		})
	}
}

// Both directions at once, on both ends.
func TestXDPBoth(t *testing.T) {
	c := newCable(t)
	left := c.left.xdp(t, ring.XDPConfig{Rx: 64, Tx: 64})
	right := c.right.xdp(t, ring.XDPConfig{Rx: 64, Tx: 64})
	c.left.redirect(t, left)
	c.right.redirect(t, right)
	const frames = 300
	done := make(chan error)
	echo := func(x *ring.XDP, from, to end) error {
		for n := 0; n < frames; {
			b, err := x.Next(noContext)
			if err != nil {
				return err
			}
			for _, data := range b.Frames() {
				if data[12] != byte(etherType>>8) {
					continue
				}
				buf, err := x.Buffer(noContext)
				if err != nil {
					return err
				}
				copy(buf, data)
				copy(buf, to.mac)
				copy(buf[6:], from.mac)
				if err := x.Queue(len(data)); err != nil {
					return err
				}
				n++
			}
			b.Release()
			if err := x.Flush(noContext); err != nil {
				return err
			}
		}
		return nil
	}
	go func() { done <- echo(right, c.right, c.left) }()
	got := 0
	for i := range frames {
		buf, err := left.Buffer(noContext)
		check(t, err)
		check(t, left.Queue(copy(buf, frame(c.left, c.right, i, length(i)))))
		check(t, left.Flush(noContext))
		for got <= i {
			b, err := left.Next(noContext)
			check(t, err)
			for _, data := range b.Frames() {
				if data[12] == byte(etherType>>8) {
					wantFrame(t, got, data[14:], frame(c.left, c.right, got, length(got))[14:])
					got++
				}
			}
			b.Release()
		}
	}
	check(t, <-done)
}

// Frames without room are counted, and the rings continue.
func TestXDPDrops(t *testing.T) {
	c := newCable(t)
	rx := c.right.xdp(t, ring.XDPConfig{Rx: 16})
	c.right.redirect(t, rx)
	tx := c.left.packet(t)
	for i := range 50 {
		send(t, tx, frame(c.left, c.right, i, 60))
	}
	stats, err := rx.Statistics()
	check(t, err)
	if lost := stats.RxRingFull + stats.RxDropped + stats.RxFillRingEmptyDescs; lost < 50-16 {
		t.Errorf("statistics are %+v", stats)
	}
	for range 3 {
		b, err := rx.Next(noContext)
		check(t, err)
		b.Release()
		send(t, tx, frame(c.left, c.right, 99, 60))
	}
}

// A frame that no interface sends is dropped, and no other one with it.
func TestXDPInvalid(t *testing.T) {
	c := newCable(t)
	rx := c.right.reader(t)
	tx := c.left.xdp(t, ring.XDPConfig{Tx: 4})
	for i := range 12 {
		buf, err := tx.Buffer(noContext)
		check(t, err)
		p := frame(c.left, c.right, i, 60)
		if i%3 == 1 {
			p = frame(c.left, c.right, i, 4000) // beyond the MTU
		}
		check(t, tx.Queue(copy(buf, p)))
		check(t, tx.Flush(noContext))
	}
	for i := range 12 {
		if i%3 != 1 {
			need.Same(t, "frame", number(receive(t, rx)), i)
		}
	}
	buf, err := tx.Buffer(noContext)
	check(t, err)
	need.Is(t, "Queue of too much", tx.Queue(len(buf)+1), syscall.EMSGSIZE)
	need.Is(t, "Queue of less than nothing", tx.Queue(-1), syscall.EMSGSIZE)
	check(t, tx.Queue(copy(buf, frame(c.left, c.right, 12, 60))))
	need.Is(t, "Queue without Buffer", tx.Queue(1), syscall.EINVAL)
	check(t, tx.Flush(noContext))
	need.Same(t, "frame", number(receive(t, rx)), 12)
}

// The kernel computes the checksums of frames whose metadata asks for it, and of no others.
func TestXDPMetadata(t *testing.T) {
	c := newCable(t)
	if !hasTxMetadata(t) {
		t.Skip("needs metadata of frames to send, of Linux 6.11")
	}
	rx := c.right.reader(t)
	x := c.left.xdp(t, ring.XDPConfig{Tx: 4, TxMetadata: true, UmemFlags: csock.XDP_UMEM_TX_SW_CSUM})
	const start, offset = 14, 6 // the sum of all after the Ethernet header, where its fourth word is
	sum := csock.XSKTxMetadata{Flags: csock.XDP_TXMD_FLAGS_CHECKSUM, CsumStart: start, CsumOffset: offset}
	for i := range 12 { // more than there are chunks
		buf, err := x.Buffer(noContext)
		check(t, err)
		need.Same(t, "room", len(buf), 4096-24)
		n := max(60, length(i))
		p := frame(c.left, c.right, i, n)
		p[start+offset], p[start+offset+1] = 0, 0
		copy(buf, p)
		if i%2 == 0 {
			check(t, x.QueueMetadata(n, sum))
			binary.BigEndian.PutUint16(p[start+offset:], checksum(p[start:]))
		} else {
			check(t, x.Queue(n))
		}
		check(t, x.Flush(noContext))
		wantFrame(t, i, receive(t, rx), p)
	}

	buf, err := x.Buffer(noContext)
	check(t, err)
	need.Is(t, "QueueMetadata of too much", x.QueueMetadata(len(buf)+1, sum), syscall.EMSGSIZE)
	check(t, x.QueueMetadata(copy(buf, frame(c.left, c.right, 7, 60)), csock.XSKTxMetadata{}))
	need.Is(t, "QueueMetadata without Buffer", x.QueueMetadata(1, sum), syscall.EINVAL)
	check(t, x.Flush(noContext))
	wantFrame(t, 7, receive(t, rx), frame(c.left, c.right, 7, 60))
	buf, err = x.Buffer(noContext)
	check(t, err)
	sum.CsumStart = 5000
	check(t, x.QueueMetadata(copy(buf, frame(c.left, c.right, 8, 60)), sum))
	need.Is(t, "Flush of a checksum outside the frame", x.Flush(noContext), syscall.EINVAL)
	check(t, x.Close())

	x = c.left.xdp(t, ring.XDPConfig{Tx: 4})
	_, err = x.Buffer(noContext)
	check(t, err)
	need.Is(t, "QueueMetadata without room for it", x.QueueMetadata(60, sum), syscall.EINVAL)
	check(t, x.Queue(60))
}

// hasTxMetadata reports whether the kernel knows metadata of frames to send.
func hasTxMetadata(t *testing.T) bool {
	t.Helper()
	s, err := csock.New(csock.AF_XDP, csock.SOCK_RAW, 0)
	need.Feature(t, "AF_XDP", err)
	defer s.Close()
	umem, err := syscall.Mmap(-1, 0, 1<<16, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANONYMOUS)
	check(t, err)
	defer syscall.Munmap(umem)
	return csock.XDP_UMEM_REG.Set(s, csock.XDPUmemReg{Umem: umem, ChunkSize: 4096, TxMetadataLen: 24,
		Flags: csock.XDP_UMEM_TX_METADATA_LEN | csock.XDP_UMEM_TX_SW_CSUM}) == nil
}

// checksum is that of RFC 1071.
func checksum(p []byte) uint16 {
	var sum uint32
	for i, b := range p {
		sum += uint32(b) << (8 * (1 - i%2))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// Next and Buffer wait, and deadlines, contexts and Close end the wait.
func TestXDPWait(t *testing.T) {
	c := newCable(t)
	x := c.right.xdp(t, ring.XDPConfig{Rx: 16, Tx: 2, Flags: csock.XDP_USE_NEED_WAKEUP})
	m := c.right.redirect(t, x)
	drain := func() { // what IPv6 sends when an interface comes up
		for {
			check(t, x.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
			b, err := x.Next(noContext)
			if err != nil {
				need.Is(t, "Next at the deadline", err, os.ErrDeadlineExceeded)
				return
			}
			b.Release()
		}
	}
	drain()
	check(t, x.SetReadDeadline(time.Time{}))
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(30*time.Millisecond, func() { cancel(cause) })
	for {
		b, err := x.Next(ctx)
		if err != nil {
			need.Is(t, "Next of a context that ends", err, cause)
			break
		}
		b.Release()
	}

	// Without a reader, frames are returned only when they have left the receiver's queue.
	check(t, m.Delete(0))
	idle := c.left.reader(t)
	for i := range 2 {
		buf, err := x.Buffer(noContext)
		check(t, err)
		check(t, x.Queue(copy(buf, frame(c.right, c.left, i, 60))))
	}
	check(t, x.Flush(noContext))
	_, err := x.Buffer(noContext) // copied, so that its memory is returned
	check(t, err)
	check(t, x.Queue(0))
	receive(t, idle)
	receive(t, idle)

	time.AfterFunc(30*time.Millisecond, func() { x.Close() })
	for {
		b, err := x.Next(noContext)
		if err != nil {
			need.Is(t, "Next while Close", err, net.ErrClosed)
			break
		}
		b.Release()
	}
	_, err = x.Next(noContext)
	need.Is(t, "Next after Close", err, net.ErrClosed)
	_, err = x.Buffer(noContext)
	need.Is(t, "Buffer after Close", err, net.ErrClosed)
	need.Is(t, "Flush after Close", x.Flush(noContext), net.ErrClosed)
	need.Is(t, "Close twice", x.Close(), net.ErrClosed)
	need.Is(t, "Insert after Close", m.Insert(0, x), net.ErrClosed)
}

// Numbers that make no rings are errors.
func TestXDPBadSizes(t *testing.T) {
	c := newCable(t)
	good := ring.XDPConfig{Ifindex: c.right.ifindex, Flags: csock.XDP_COPY, Rx: 16, Tx: 16}
	for name, change := range map[string]func(*ring.XDPConfig){
		"nothing":            func(c *ring.XDPConfig) { c.Rx, c.Tx = 0, 0 },
		"no power":           func(c *ring.XDPConfig) { c.Rx = 17 },
		"negative":           func(c *ring.XDPConfig) { c.Tx = -1 },
		"small chunks":       func(c *ring.XDPConfig) { c.ChunkSize = 1024 },
		"large chunks":       func(c *ring.XDPConfig) { c.ChunkSize = 1 << 20 },
		"odd chunks":         func(c *ring.XDPConfig) { c.ChunkSize = 3000 },
		"a negative chunk":   func(c *ring.XDPConfig) { c.ChunkSize = -2048 },
		"headroom":           func(c *ring.XDPConfig) { c.Headroom = 4096 },
		"negative headroom":  func(c *ring.XDPConfig) { c.Headroom = -1 },
		"more than there is": func(c *ring.XDPConfig) { c.Rx, c.Tx, c.ChunkSize = 1<<30, 1<<30, 1<<30 },
		"no interface":       func(c *ring.XDPConfig) { c.Ifindex = 99999 },
		"no queue":           func(c *ring.XDPConfig) { c.QueueID = 99 },
		"chunks anywhere":    func(c *ring.XDPConfig) { c.UmemFlags = csock.XDP_UMEM_UNALIGNED_CHUNK_FLAG },
		"unknown flags":      func(c *ring.XDPConfig) { c.UmemFlags = 1 << 20 },
		"two modes":          func(c *ring.XDPConfig) { c.Flags = csock.XDP_COPY | csock.XDP_ZEROCOPY },
	} {
		conf := good
		change(&conf)
		s := c.right.socket(t, csock.AF_XDP, csock.SOCK_RAW)
		var err error
		c.right.ns.Do(func() { _, err = ring.NewXDP(s, conf) })
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		check(t, s.Close())
	}
	_, err := ring.NewXDP(nil, good)
	need.Is(t, "NewXDP of nil", err, os.ErrInvalid)
	udp := c.right.socket(t, csock.AF_INET, csock.SOCK_DGRAM)
	if _, err := ring.NewXDP(udp, good); err == nil {
		t.Error("a UDP socket has AF_XDP's rings")
	}

	rx := c.right.xdp(t, ring.XDPConfig{Rx: 16})
	_, err = rx.Buffer(noContext)
	need.Is(t, "Buffer without a ring", err, syscall.EINVAL)
	need.Is(t, "Flush without a ring", rx.Flush(noContext), syscall.EINVAL)
	check(t, rx.Close())
	tx := c.right.xdp(t, ring.XDPConfig{Tx: 16})
	_, err = tx.Next(noContext)
	need.Is(t, "Next without a ring", err, syscall.EINVAL)

	for _, n := range []int{0, -1, math.MaxInt} {
		if n == math.MaxInt32 { // a size that the kernel takes, where an int has 32 bits
			continue
		}
		_, err = ring.NewXSKMap(n)
		need.Is(t, "NewXSKMap", err, syscall.EINVAL)
	}
	_, err = ring.XSKMapFromFD(-1)
	need.Is(t, "XSKMapFromFD", err, syscall.EBADF)
	m, err := ring.NewXSKMap(1)
	check(t, err)
	need.Is(t, "Attach to no interface", m.Attach(0, 0), syscall.EINVAL)
	need.Is(t, "Insert of nil", m.Insert(0, nil), os.ErrInvalid)
	need.Is(t, "Insert beyond the map", m.Insert(1, tx), syscall.E2BIG)
	check(t, m.Close())
	need.Is(t, "Close twice", m.Close(), net.ErrClosed)
	need.Is(t, "Insert after Close", m.Insert(0, tx), net.ErrClosed)
}

// A map that another program made, with its descriptor.
func TestXSKMapFromFD(t *testing.T) {
	c := newCable(t)
	x := c.right.xdp(t, ring.XDPConfig{Rx: 16})
	before := len(kernel.Descriptors(t))
	m, err := ring.NewXSKMap(1)
	check(t, err)
	check(t, m.Insert(0, x))
	c.right.ns.Do(func() { err = m.Attach(c.right.ifindex, ring.XDP_FLAGS_SKB_MODE) })
	check(t, err)
	var other *ring.XSKMap
	for fd, what := range kernel.Descriptors(t) {
		if what == "anon_inode:bpf-map" {
			dup, err := syscall.Dup(int(fd))
			check(t, err)
			other, err = ring.XSKMapFromFD(dup)
			check(t, err)
		}
	}
	check(t, other.Delete(0))
	check(t, other.Insert(0, x))
	check(t, other.Close())
	send(t, c.left.packet(t), frame(c.left, c.right, 5, 60))
	for found := false; !found; {
		b, err := x.Next(noContext)
		check(t, err)
		for _, data := range b.Frames() {
			found = found || number(data) == 5
		}
		b.Release()
	}
	check(t, m.Close())
	c.left.packet(t)
	kernel.Eventually(t, "descriptors that are closed", func() bool { return len(kernel.Descriptors(t)) <= before+2 })
}

// Close races with a reader and a writer: nothing faults, both end with net.ErrClosed, and there is
// no mapping afterwards.
func TestXDPCloseRace(t *testing.T) {
	c := layCable(t)
	tx := c.left.packet(t)
	for round := range 20 {
		x := c.right.xdp(t, ring.XDPConfig{Rx: 64, Tx: 64})
		m := c.right.redirect(t, x)
		for i := range 50 {
			send(t, tx, frame(c.left, c.right, i, 500))
		}
		var group sync.WaitGroup
		group.Go(func() {
			for {
				b, err := x.Next(noContext)
				if err != nil {
					if !errors.Is(err, net.ErrClosed) {
						t.Error("Next: ", err)
					}
					return
				}
				for _, data := range b.Frames() {
					if len(data) == 0 {
						t.Error("empty")
					}
				}
				b.Release()
			}
		})
		group.Go(func() {
			for {
				buf, err := x.Buffer(noContext)
				if err == nil {
					err = x.Queue(copy(buf, frame(c.right, c.left, 1, 60)))
				}
				if err == nil {
					err = x.Flush(noContext)
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
		check(t, x.Close())
		group.Wait()
		check(t, m.Close())
		need.Same(t, "mappings", mappings(t), 0)
	}
}

// A batch stays valid after Close.
func TestXDPHeldAfterClose(t *testing.T) {
	c := newCable(t)
	x := c.right.xdp(t, ring.XDPConfig{Rx: 64})
	c.right.redirect(t, x)
	want := frame(c.left, c.right, 1, 1000)
	send(t, c.left.packet(t), want)
	for {
		b, err := x.Next(noContext)
		check(t, err)
		var data []byte
		for _, data = range b.Frames() {
		}
		if number(data) != 1 {
			b.Release()
			continue
		}
		check(t, x.Close())
		wantFrame(t, 1, data, want)
		need.Same(t, "mappings", mappings(t), 3)
		b.Release()
		need.Same(t, "mappings", mappings(t), 0)
		wantFrame(t, 1, data, make([]byte, 1000))
		return
	}
}
