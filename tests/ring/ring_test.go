//go:build linux

// Package ring tests package csock/ring on cables between network namespaces.
package ring

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// noContext is the nil context, which means no context to the calls of a ring.
var noContext context.Context

// etherType is one that is free for experiments, so that no other frames are received.
const etherType = csock.EtherType(0x88b5)

// A cable joins two namespaces. Its ends have no addresses.
type cable struct{ left, right end }

// An end is an interface.
type end struct {
	ns      *netns.NS
	name    string
	ifindex int
	mac     net.HardwareAddr
}

// newCable makes a cable that keeps frames in order. It skips the test if it cannot.
func newCable(t testing.TB) cable {
	t.Helper()
	oneCPU(t)
	return layCable(t)
}

// oneCPU keeps the process on one processor until the test ends. Frames that a thread sends from
// one processor and then from another may overtake each other, since each processor has a queue.
func oneCPU(t testing.TB) {
	t.Helper()
	var old, one [128]uint64
	affinity := func(call, tid uintptr, set *[128]uint64) {
		syscall.RawSyscall(call, tid, unsafe.Sizeof(*set), uintptr(unsafe.Pointer(set)))
	}
	all := func(set *[128]uint64) {
		tasks, err := os.ReadDir("/proc/self/task")
		check(t, err)
		for _, task := range tasks { // which new threads inherit
			tid, err := strconv.Atoi(task.Name())
			check(t, err)
			affinity(syscall.SYS_SCHED_SETAFFINITY, uintptr(tid), set)
		}
	}
	affinity(syscall.SYS_SCHED_GETAFFINITY, 0, &old)
	for i, word := range old {
		if word != 0 {
			one[i] = word & -word
			break
		}
	}
	all(&one)
	t.Cleanup(func() { all(&old) })
}

func layCable(t testing.TB) cable {
	t.Helper()
	c := cable{end{ns: netns.New(t), name: "left"}, end{ns: netns.New(t), name: "right"}}
	netns.Link(t, c.left.ns, c.left.name, nil, c.right.ns, c.right.name, nil)
	for _, e := range []*end{&c.left, &c.right} {
		e.ns.Do(func() {
			i, err := net.InterfaceByName(e.name)
			if err == nil {
				e.ifindex, e.mac = i.Index, i.HardwareAddr
			}
		})
		if e.ifindex == 0 {
			t.Fatal("no interface ", e.name)
		}
	}
	return c
}

// packet makes a packet socket that is bound to the end.
func (e end) packet(t testing.TB) *csock.Socket {
	t.Helper()
	s := e.socket(t, csock.AF_PACKET, csock.SOCK_RAW)
	check(t, s.Bind(csock.PacketAddr(etherType, e.ifindex, nil)))
	return s
}

func (e end) socket(t testing.TB, domain csock.Domain, typ csock.Type) (s *csock.Socket) {
	t.Helper()
	var err error
	e.ns.Do(func() { s, err = csock.New(domain, typ, 0) })
	need.Feature(t, domain.String(), err)
	t.Cleanup(func() { s.Close() })
	return s
}

// frame makes an Ethernet frame of n bytes from an end to the other, which carries the number i.
func frame(from, to end, i, n int) []byte {
	p := append(append([]byte{}, to.mac...), from.mac...)
	p = binary.BigEndian.AppendUint16(p, uint16(etherType))
	p = binary.BigEndian.AppendUint32(p, uint32(i))
	for len(p) < n {
		p = append(p, byte(i+len(p)))
	}
	return p
}

// number returns the number in a frame.
func number(p []byte) int {
	if len(p) < 18 {
		return -1
	}
	return int(binary.BigEndian.Uint32(p[14:]))
}

// length returns the length of frame i in tests that send all lengths.
func length(i int) int { return 18 + i*37%(1514-18+1) }

// check ends the test at the first of errs that is an error.
func check(t testing.TB, errs ...error) {
	t.Helper()
	need.OK(t, errs...)
}

// send sends one frame with an ordinary packet socket.
func send(t testing.TB, s *csock.Socket, p []byte) {
	t.Helper()
	if n, err := s.Send(p, 0); err != nil || n != len(p) {
		t.Fatalf("Send of %d bytes: %d, %v", len(p), n, err)
	}
}

// flow sends frames 0 to n-1, at most 100 more than the number of calls of the returned function:
// as many as there is room for.
func flow(t *testing.T, s *csock.Socket, n int, frame func(int) []byte) (got func()) {
	ahead := make(chan struct{}, 100)
	go func() {
		for i := range n {
			select {
			case ahead <- struct{}{}:
				s.Send(frame(i), 0)
			case <-t.Context().Done():
				return
			}
		}
	}()
	return func() { <-ahead }
}

// receive reads a frame with an ordinary packet socket, within some seconds.
func receive(t testing.TB, s *csock.Socket) []byte {
	t.Helper()
	ready, err := s.Poll(csock.POLLIN, 5*time.Second)
	check(t, err)
	if ready == 0 {
		t.Fatal("no frame comes")
	}
	p := make([]byte, 1<<16)
	n, err := s.Recv(p, 0)
	check(t, err)
	return p[:n]
}

// reader makes an ordinary packet socket that holds many frames.
func (e end) reader(t testing.TB) *csock.Socket {
	t.Helper()
	s := e.packet(t)
	check(t, s.Set(csock.SO_RCVBUFFORCE.To(8<<20)))
	return s
}

// versions are the layouts of packet rings.
var versions = map[string]csock.TpacketVersion{"V2": csock.TPACKET_V2, "V3": csock.TPACKET_V3}

// rxRing returns the request for a ring with room for some hundred frames of any length. Blocks of
// TPACKET_V3 wait for 10 ms. It has more blocks than flow sends frames: on a slow machine each
// frame may arrive in a block of its own.
func rxRing(v csock.TpacketVersion) csock.TpacketReq3 {
	r := csock.TpacketReq3{BlockSize: 1 << 14, BlockNr: 128, FrameSize: 2048}
	if v == csock.TPACKET_V3 {
		r.RetireTime = 10 * time.Millisecond
	}
	return r
}

var txRing = csock.TpacketReq3{BlockSize: 1 << 15, BlockNr: 4, FrameSize: 2048}

// tpacket makes the rings of a packet socket that is bound to the end.
func (e end) tpacket(t testing.TB, c ring.TPacketConfig) *ring.TPacket {
	t.Helper()
	p, err := ring.NewTPacket(e.packet(t), c)
	check(t, err)
	t.Cleanup(func() { p.Close() })
	check(t, p.SetDeadline(time.Now().Add(20*time.Second)))
	return p
}

// stamped makes a packet socket whose frames have the kernel's arrival times, as those of all
// sockets then have. The kernel begins with that some time after the request.
func (c cable) stamped(t testing.TB) *csock.Socket {
	t.Helper()
	open := func() *csock.Socket {
		s := c.right.packet(t)
		check(t, s.Set(csock.SO_TIMESTAMPNS.To(true), csock.PACKET_TIMESTAMP.To(csock.SOF_TIMESTAMPING_SOFTWARE)))
		return s
	}
	probe, err := ring.NewTPacket(open(), ring.TPacketConfig{Version: csock.TPACKET_V2, Rx: rxRing(csock.TPACKET_V2)})
	check(t, err)
	t.Cleanup(func() { probe.Close() })
	tx := c.left.packet(t)
	kernel.Eventually(t, "frames with times", func() (stamped bool) {
		send(t, tx, frame(c.left, c.right, 0, 60))
		b, err := probe.Next(noContext)
		check(t, err)
		for f := range b.Frames() {
			stamped = f.Status()&ring.TP_STATUS_TS_SOFTWARE != 0
		}
		b.Release()
		return stamped
	})
	return open()
}

// mappings counts the socket mappings of this process: none, except those of the test itself.
func mappings(t testing.TB) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	check(t, err)
	return strings.Count(string(maps), "socket:[")
}

func wantFrame(t testing.TB, i int, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Fatalf("frame %d is %d bytes\n%x\nwant %d\n%x", i, len(got), got[:min(len(got), 64)], len(want), want[:min(len(want), 64)])
	}
}
