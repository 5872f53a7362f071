//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// Rings too return the documented error, leak no descriptor and no mapping, and work afterwards.
func TestRingFaults(t *testing.T) {
	need.NetRaw(t)
	need.NetAdmin(t)
	inject(t, " of rings", ringOperations, func(function string) bool { return ofRings[function] })
}

// ringMappings counts the mappings of sockets.
func ringMappings(t *testing.T) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	need.OK(t, err)
	return strings.Count(string(maps), "socket:[")
}

// helloFrame is an Ethernet frame of a type that is free for experiments.
const helloFrame = "\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00" + "\x88\xb5" + "hello"

// waited returns another error for those that mean a lack of room, which Flush waits for.
func waited(err error) error {
	if errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.EAGAIN) {
		return fmt.Errorf("Flush returns %v", err)
	}
	return err
}

// ringOperations are the calls of package ring, on the loopback interface of a namespace.
func ringOperations(t *testing.T) (ops []operation) {
	ns := netns.New(t)
	// The kernel frees the queue of an XDP some time after its Close: another interface's is used.
	var others []int
	for i := range 16 {
		ns.IP(t, fmt.Sprintf("link add a%d up type veth peer name b%d", i, i))
		ns.IP(t, fmt.Sprintf("link set b%d up", i))
	}
	lo, uses := 0, 0
	ns.Do(func() {
		all, _ := net.Interfaces()
		for _, i := range all {
			if i.Name == "lo" {
				lo = i.Index
			} else {
				others = append(others, i.Index)
			}
		}
	})
	socket := func(e *env, domain csock.Domain) (s *csock.Socket) {
		e.t.Helper()
		var err error
		ns.Do(func() { s, err = csock.New(domain, csock.SOCK_RAW, 0) })
		return e.socket(s, err)
	}
	packet := func(e *env) *csock.Socket {
		s := socket(e, csock.AF_PACKET)
		e.ok(s.Bind(csock.PacketAddr(0x88b5, lo, nil)))
		return s
	}
	silent := []string{"getsockname", "getpeername"}
	add := func(o operation) { ops = append(ops, o) }
	request := csock.TpacketReq3{BlockSize: 4096, BlockNr: 2, FrameSize: 2048}
	sent := func(r interface {
		Buffer(context.Context) ([]byte, error)
		Queue(int) error
		Flush(context.Context) error
	}) error {
		buf, err := r.Buffer(context.Background())
		if err == nil {
			err = r.Queue(copy(buf, helloFrame))
		}
		if err == nil {
			err = r.Flush(context.Background())
		}
		return err
	}
	for name, v := range map[string]csock.TpacketVersion{"V2": csock.TPACKET_V2, "V3": csock.TPACKET_V3} {
		c := ring.TPacketConfig{Version: v, Rx: request, Tx: request}
		if v == csock.TPACKET_V3 {
			c.Rx.RetireTime = time.Millisecond
		}
		tpacket := func(e *env) *ring.TPacket {
			r, err := ring.NewTPacket(packet(e), c)
			e.ok(err)
			e.keep(r)
			e.ok(r.SetDeadline(time.Now().Add(10 * time.Second)))
			return r
		}
		add(operation{name: "NewTPacket " + name, make: func(e *env) (func() error, func() error) {
			s, before := packet(e), ringMappings(e.t)
			var r *ring.TPacket
			return func() (err error) {
				if r, err = ring.NewTPacket(s, c); err == nil {
					e.keep(r)
				} else if n := ringMappings(e.t); n != before {
					return fmt.Errorf("%d mappings, %d before, after %v", n, before, err)
				}
				return err
			}, func() error { return sent(r) }
		}, silent: silent})
		add(operation{name: "TPacket.Flush " + name, conn: true, make: func(e *env) (func() error, func() error) {
			r, s := tpacket(e), packet(e)
			queued := false
			return func() error {
				if !queued {
					buf, err := r.Buffer(context.Background())
					e.ok(err, r.Queue(copy(buf, helloFrame)))
					queued = true
				}
				return waited(r.Flush(context.Background()))
			}, func() error { return getsSoon(s, helloFrame) }
		}, also: func(function string, errno syscall.Errno, err error) bool {
			return errno == syscall.ENOBUFS && err == nil // it waits for room
		}})
		add(operation{name: "TPacket.Next " + name, conn: true, make: func(e *env) (func() error, func() error) {
			r, s := tpacket(e), packet(e)
			return func() error {
				time.AfterFunc(5*time.Millisecond, func() { syscall.Write(int(s.FD()), []byte(helloFrame)) })
				b, err := r.Next(context.Background())
				for f := range b.Frames() {
					if string(f.Data()) != helloFrame {
						err = fmt.Errorf("a frame %q", f.Data())
					}
				}
				b.Release()
				return err
			}, func() error { return nil }
		}, silent: []string{"getsockopt"}})
		add(operation{name: "TPacket.Statistics " + name, make: func(e *env) (func() error, func() error) {
			r := tpacket(e)
			return func() error { _, err := r.Statistics(); return err }, func() error { return sent(r) }
		}})
		add(operation{name: "TPacket.Close " + name, once: true, make: func(e *env) (func() error, func() error) {
			r := tpacket(e)
			return r.Close, func() error {
				if err := r.Close(); !errors.Is(err, net.ErrClosed) {
					return fmt.Errorf("again: %v", err)
				}
				return nil
			}
		}, silent: []string{"mmap", "getsockname", "getpeername"}}) // the mapping stays
	}

	newXDP := func(e *env, s *csock.Socket, ifindex int) (*ring.XDP, error) {
		x, err := ring.NewXDP(s, ring.XDPConfig{Ifindex: ifindex, Flags: csock.XDP_COPY, Rx: 16, Tx: 16})
		if err == nil {
			e.keep(x)
		}
		return x, err
	}
	xdp := func(e *env) *ring.XDP {
		for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			x, err := newXDP(e, socket(e, csock.AF_XDP), lo)
			if errors.Is(err, syscall.EBUSY) && time.Now().Before(end) {
				continue
			}
			e.ok(err)
			e.ok(x.SetDeadline(time.Now().Add(10 * time.Second)))
			return x
		}
	}
	xskmap := func(e *env) *ring.XSKMap {
		m, err := ring.NewXSKMap(1)
		e.ok(err)
		e.keep(m)
		return m
	}
	probe, err := ring.NewXSKMap(1)
	if err != nil || probe.Close() != nil {
		t.Logf("no operations of AF_XDP: %v", err)
		return ops
	}
	add(operation{name: "XDP.Flush", conn: true, polled: true, make: func(e *env) (func() error, func() error) {
		x, s := xdp(e), packet(e)
		queued := false
		return func() error {
			if !queued {
				buf, err := x.Buffer(context.Background())
				e.ok(err, x.Queue(copy(buf, helloFrame)))
				queued = true
			}
			return waited(x.Flush(context.Background()))
		}, func() error { return getsSoon(s, helloFrame) }
	}, also: func(function string, errno syscall.Errno, err error) bool {
		// It waits for room, and Send leaves out flags that a family refuses.
		return (errno == syscall.ENOBUFS || errno == syscall.EINVAL || errno == syscall.EOPNOTSUPP) && err == nil
	}})
	add(operation{name: "XDP.Statistics", make: func(e *env) (func() error, func() error) {
		x := xdp(e)
		return func() error { _, err := x.Statistics(); return err }, func() error { return sent(x) }
	}})
	// A Close whose mapping stays, as of TPacket above, would keep the queue from the next one.
	add(operation{name: "NewXDP", once: true, make: func(e *env) (func() error, func() error) {
		s, before := socket(e, csock.AF_XDP), ringMappings(e.t)
		uses++
		ifindex := others[uses%len(others)]
		var x *ring.XDP
		return func() (err error) {
			if x, err = newXDP(e, s, ifindex); err != nil {
				if n := ringMappings(e.t); n != before {
					return fmt.Errorf("%d mappings, %d before, after %v", n, before, err)
				}
			}
			return err
		}, func() error { return sent(x) }
	}, silent: silent, also: func(function string, errno syscall.Errno, err error) bool {
		return function == "getsockopt" && err == nil // the second asks for what the ring does without
	}})
	add(operation{name: "NewXSKMap", make: func(e *env) (func() error, func() error) {
		return func() error {
			m, err := ring.NewXSKMap(1)
			if err == nil {
				err = m.Close()
			}
			return err
		}, func() error { return nil }
	}, silent: []string{"close"}})
	add(operation{name: "XSKMap.Attach", make: func(e *env) (func() error, func() error) {
		m := xskmap(e)
		return func() (err error) {
			ns.Do(func() { err = m.Attach(lo, ring.XDP_FLAGS_SKB_MODE) })
			return err
		}, m.Close
	}, silent: []string{"close"}, also: func(function string, errno syscall.Errno, err error) bool {
		return errno == syscall.EAGAIN && err == nil // the program is loaded again
	}})
	add(operation{name: "XSKMap.Insert", make: func(e *env) (func() error, func() error) {
		m, x := xskmap(e), xdp(e)
		return func() error { return m.Insert(0, x) }, func() error { return m.Delete(0) }
	}})
	add(operation{name: "XSKMap.Delete", make: func(e *env) (func() error, func() error) {
		m, x := xskmap(e), xdp(e)
		e.ok(m.Insert(0, x))
		return func() error { return m.Delete(0) }, func() error { return m.Insert(0, x) }
	}})
	return ops
}
