//go:build linux

package tests

import (
	"errors"
	"math"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// maxUint32 is a variable, since as a constant it overflows the int of 32 bits.
var maxUint32 = uint32(math.MaxUint32)

// A signal makes the kernel refuse a program with EAGAIN. Attach then tries again.
func TestXSKMapAttachAgain(t *testing.T) {
	if os.Getenv(structChild) == "" {
		need.Root(t)
		m, err := ring.NewXSKMap(1)
		need.Feature(t, "BPF maps", err, syscall.EPERM)
		check(t, m.Close())
		trace, _ := straced(t, "again", "-e", "trace=bpf", "-e", "inject=bpf:error=EAGAIN:when=2..4")
		same(t, "refused programs", strings.Count(trace, "(INJECTED)"), 3)
		return
	}
	ns := netns.New(t)
	ns.Do(func() {
		m, err := ring.NewXSKMap(1) // the first call; the second loads the program
		check(t, err)
		lo, err := net.InterfaceByName("lo")
		check(t, err, m.Attach(lo.Index, ring.XDP_FLAGS_SKB_MODE), m.Close())
	})
}

func TestXDPAddr(t *testing.T) {
	for _, sa := range []csock.SockaddrXDP{
		{},
		{Flags: csock.XDP_SHARED_UMEM, Ifindex: 0x1020304, QueueID: 0x5060708, SharedUmemFD: 0x90a0b0c},
		{Flags: math.MaxUint16, Ifindex: int(maxUint32), QueueID: math.MaxUint32, SharedUmemFD: math.MaxInt32},
	} {
		native := cref.XDP(uint16(sa.Flags), uint32(sa.Ifindex), sa.QueueID, uint32(sa.SharedUmemFD))
		sameFamilyAddr(t, csock.XDPAddr(sa), native, csock.AF_XDP, sa, csock.SockAddr.XDP)
	}
	if strconv.IntSize == 32 {
		return // C's fields hold each int
	}
	for _, sa := range []csock.SockaddrXDP{{Ifindex: -1}, {SharedUmemFD: math.MaxInt}} {
		same(t, "an address that does not fit is valid", csock.XDPAddr(sa).IsValid(), false)
	}
}

// A socket with memory and rings binds to a queue, which then is taken; a second one shares both.
func TestXDPBind(t *testing.T) {
	ns := netns.New(t)
	ns.IP(t, "link add x0 index 9 type veth peer name x1")
	ns.IP(t, "link set x0 up")
	umem, err := syscall.Mmap(-1, 0, 1<<16, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANONYMOUS)
	check(t, err)
	t.Cleanup(func() { syscall.Munmap(umem) })
	open := func() (s *csock.Socket) {
		var err error
		ns.Do(func() { s, err = csock.New(csock.AF_XDP, csock.SOCK_RAW, 0) })
		need.Feature(t, "AF_XDP", err)
		t.Cleanup(func() { s.Close() })
		return s
	}
	ready := func(s *csock.Socket) {
		check(t, s.Set(csock.XDP_UMEM_REG.To(csock.XDPUmemReg{Umem: umem, ChunkSize: 2048}),
			csock.XDP_UMEM_FILL_RING.To(8), csock.XDP_UMEM_COMPLETION_RING.To(8), csock.XDP_RX_RING.To(8)))
	}
	first := open()
	ready(first)
	queue := csock.SockaddrXDP{Flags: csock.XDP_COPY, Ifindex: 9}
	check(t, first.Bind(csock.XDPAddr(queue)))
	options, err := csock.XDP_OPTIONS.Get(first)
	check(t, err)
	same(t, "XDP_OPTIONS", options, 0)
	statistics, err := csock.XDP_STATISTICS.Get(first)
	check(t, err)
	same(t, "XDP_STATISTICS", statistics, csock.XDPStatistics{})
	offsets, err := csock.XDP_MMAP_OFFSETS.Get(first)
	check(t, err)
	for _, o := range []csock.XDPRingOffset{offsets.Rx, offsets.Tx, offsets.Fr, offsets.Cr} {
		if o.Producer == o.Consumer || o.Desc <= max(o.Producer, o.Consumer) || o.Flags == 0 {
			t.Errorf("offsets %+v", o)
		}
	}

	other := open()
	ready(other)
	if err := other.Bind(csock.XDPAddr(csock.SockaddrXDP{Ifindex: 9, QueueID: 1000})); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("to a queue that the interface has not: %v, want EINVAL", err)
	}
	if err := other.Bind(csock.XDPAddr(csock.SockaddrXDP{Ifindex: 99})); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("to no interface: %v, want ENODEV", err)
	}
	if err := other.Bind(csock.XDPAddr(queue)); !errors.Is(err, syscall.EBUSY) {
		t.Errorf("to a queue that is taken: %v, want EBUSY", err)
	}
	sharing := open()
	check(t, csock.XDP_RX_RING.Set(sharing, 8))
	check(t, sharing.Bind(csock.XDPAddr(csock.SockaddrXDP{Flags: csock.XDP_SHARED_UMEM, Ifindex: 9, SharedUmemFD: int(first.FD())})))
}
