//go:build linux

package ring

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/need"
)

// The kernel sets XDP_RING_NEED_WAKEUP in a ring whose driver has to be called. A driver that
// copies, as veth's here, leaves it set in the TX ring and clear in the fill ring. So these tests
// set and clear it themselves, in a mapping of their own, and see whether package ring calls.

// flagsOf maps the flags of one of x's rings. set changes XDP_RING_NEED_WAKEUP there.
func flagsOf(t *testing.T, x *ring.XDP, page int64, ring func(csock.XDPMmapOffsets) csock.XDPRingOffset) (set func(bool)) {
	t.Helper()
	offsets, err := csock.Get(x, csock.XDP_MMAP_OFFSETS)
	check(t, err)
	at := ring(offsets).Flags
	if at == 0 {
		t.Skip("needs Linux 5.4, for flags in rings")
	}
	rc, err := x.SyscallConn()
	check(t, err)
	var mem []byte
	check(t, rc.Control(func(fd uintptr) {
		mem, err = syscall.Mmap(int(fd), page, int(at)+4, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	}), err)
	t.Cleanup(func() { syscall.Munmap(mem) })
	flags := (*uint32)(unsafe.Pointer(&mem[at]))
	return func(on bool) {
		value := atomic.LoadUint32(flags) &^ uint32(csock.XDP_RING_NEED_WAKEUP)
		if on {
			value |= uint32(csock.XDP_RING_NEED_WAKEUP)
		}
		atomic.StoreUint32(flags, value)
	}
}

// needs are the two states of XDP_RING_NEED_WAKEUP.
var needs = map[bool]string{true: "needed", false: "not needed"}

const wakeupFrames = 5

// sendsWhenNeeded sends frames while a wakeup of the TX ring is needed, and while not. mark
// surrounds the calls whose system calls count.
func sendsWhenNeeded(t *testing.T, mark func(what string, x *ring.XDP)) {
	c := newCable(t)
	for bound, flags := range wakeups {
		for need, state := range needs {
			t.Run("TX, "+bound+", "+state, func(t *testing.T) {
				peer := c.right.packet(t)
				x := c.left.xdp(t, ring.XDPConfig{Flags: flags, Tx: 64})
				set := flagsOf(t, x, csock.XDP_PGOFF_TX_RING, func(o csock.XDPMmapOffsets) csock.XDPRingOffset { return o.Tx })
				set(need)
				// The poller's first poll(2) of the socket sends too, and is behind us then.
				time.Sleep(20 * time.Millisecond)
				mark("begin "+t.Name(), x)
				for i := range wakeupFrames {
					buf, err := x.Buffer(noContext)
					check(t, err)
					check(t, x.Queue(copy(buf, frame(c.left, c.right, i, 60))))
					check(t, x.Flush(noContext))
				}
				mark("end", x)
				if !need && flags != 0 {
					ready, err := peer.Poll(csock.POLLIN, 100*time.Millisecond)
					check(t, err)
					if ready != 0 {
						t.Fatalf("%v without a wakeup", ready)
					}
					set(true)
					check(t, x.Flush(noContext)) // the flag counts at each call
				}
				for i := range wakeupFrames {
					wantFrame(t, i, receive(t, peer), frame(c.left, c.right, i, 60))
				}
			})
		}
	}
}

// receivesWhenNeeded is the same of the fill ring.
func receivesWhenNeeded(t *testing.T, mark func(what string, x *ring.XDP)) {
	c := newCable(t)
	for bound, flags := range wakeups {
		for need, state := range needs {
			t.Run("RX, "+bound+", "+state, func(t *testing.T) {
				x := c.right.xdp(t, ring.XDPConfig{Flags: flags, Rx: 64})
				c.right.redirect(t, x)
				set := flagsOf(t, x, csock.XDP_UMEM_PGOFF_FILL_RING, func(o csock.XDPMmapOffsets) csock.XDPRingOffset { return o.Fr })
				set(need)
				tx := c.left.packet(t)
				mark("begin "+t.Name(), x)
				for i := range wakeupFrames {
					send(t, tx, frame(c.left, c.right, i, 60))
					for got := false; !got; {
						b, err := x.Next(noContext)
						check(t, err)
						for _, data := range b.Frames() {
							got = got || number(data) == i
						}
						b.Release()
					}
				}
				mark("end", x)
			})
		}
	}
}

// Frames leave if and when the kernel is called: always without XDP_USE_NEED_WAKEUP, and with it
// while the TX ring says so. Frames arrive whatever the fill ring says.
func TestXDPWakeup(t *testing.T) {
	nothing := func(string, *ring.XDP) {}
	sendsWhenNeeded(t, nothing)
	receivesWhenNeeded(t, nothing)
}

const wakeupChild = "CSOCK_TEST_WAKEUP_CHILD"

// strace sees a sendto(2) for each Flush where a wakeup is needed or the socket is bound without
// XDP_USE_NEED_WAKEUP, otherwise none. It sees a recvfrom(2) for each Next where the fill ring
// needs a wakeup, otherwise none.
func TestXDPWakeupCalls(t *testing.T) {
	if os.Getenv(wakeupChild) != "" {
		mark := func(what string, x *ring.XDP) { // into the trace, by a write that fails
			rc, err := x.SyscallConn()
			check(t, err)
			check(t, rc.Control(func(fd uintptr) {
				syscall.Write(-1, fmt.Appendf(nil, "%s of %d.", strings.ReplaceAll(what, "_", " "), fd))
			}))
		}
		sendsWhenNeeded(t, mark)
		receivesWhenNeeded(t, mark)
		return
	}
	need.Full(t, "runs a process under strace")
	newCable(t) // or it skips
	path := need.Traced(t, "TestXDPWakeupCalls", wakeupChild, "-s", "200", "-e", "trace=write,sendto,recvfrom")
	trace, err := os.ReadFile(path)
	check(t, err)
	runs := regexp.MustCompile(`(?s)write\(-1, "begin TestXDPWakeupCalls/([^"]*) of (\d+)\..*?write\(-1, "end of`).FindAllStringSubmatch(string(trace), -1)
	need.Same(t, "runs", len(runs), 8)
	for _, r := range runs {
		name, fd := r[1], r[2]
		call, calls := "recvfrom", !strings.Contains(name, "not needed")
		if strings.HasPrefix(name, "TX") {
			call, calls = "sendto", calls || strings.Contains(name, "always")
		}
		n := len(regexp.MustCompile(call+`\(`+fd+`,`).FindAllString(r[0], -1))
		t.Logf("%s: %d calls of %s", name, n, call)
		// A poll(2) of Go's poller may send a frame before Flush does.
		if calls && n < wakeupFrames-1 || !calls && n > 0 {
			t.Errorf("%s: %d calls of %s for %d frames", name, n, call, wakeupFrames)
		}
	}
}
