//go:build linux

package tests

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// In a process that has reached its limit of descriptors, every call that makes one returns EMFILE,
// and no data is discarded: the socket stays as it was, and the next call gets the pending data.
func TestDescriptorLimit(t *testing.T) {
	a, b := unixPair(t, csock.SOCK_DGRAM)
	l, addr := kindOf("unix").bound(t)
	check(t, l.Listen(4))
	client := kindOf("unix").open(t)
	check(t, client.Connect(addr))
	lc, addrC := connKinds[2].listen(t, 4)
	clientC := kindOf("unix").open(t)
	check(t, clientC.Connect(addrC))
	x, y := connKinds[0].pair(t)
	udp := connKinds[4].open(t)
	nl, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	defer nl.Close()
	toNet, _ := kindOf("tcp4").connected(t)
	toPacket, _ := kindOf("udp4").connected(t)
	toListener, _ := kindOf("tcp4").bound(t)
	check(t, toListener.Listen(1))
	tcp := need.Value[*csock.TCPConn](t)(kindOf("tcp4").open(t).IntoTCPConn())
	defer tcp.Close()
	kindL := kindListener(t, connKinds[2])
	peer, _ := unixPair(t, csock.SOCK_STREAM)
	pidfd, errPIDFD := csock.SO_PEERPIDFD.Get(peer)
	pidfd.Close() // of nil too
	ns, errNetns := csock.SIOCGSKNS.Get(toPacket)
	ns.Close()
	file := kindOf("unix").open(t)
	check(t, file.Bind(need.Value[csock.SockAddr](t)(csock.UnixAddr(filepath.Join(t.TempDir(), "s")))))
	of, errFile := csock.SIOCUNIXFILE.Get(file)
	of.Close()
	spliced, source := connKinds[2].pair(t)
	sent(t, 2)(source.Write([]byte("hi")))
	check(t, source.CloseWrite())
	rights, from := unixPair(t, csock.SOCK_DGRAM)
	sent(t, 1)(from.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1}}, Control: csock.AppendRights(nil, 1, 2)}, 0))
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	check(t, err)
	defer f.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = b.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1}}, Control: csock.AppendRights(nil, 1, 2)}, 0)
	check(t, err)

	// calls are made with this many descriptors left, which is the limit.
	calls := func(left int) map[string]error {
		errs := map[string]error{"Pair": third(csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0))}
		if left > 0 {
			return errs
		}
		errs["New"] = second(csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0))
		errs["NewRaw"] = second(csock.NewRaw(csock.AF_INET, csock.SOCK_DGRAM, 0))
		errs["Accept"] = third(l.Accept())
		errs["Accept4"] = third(l.Accept4(csock.SOCK_NONBLOCK))
		errs["Conn.Accept"] = third(lc.Accept(ctx))
		errs["TryClone"] = second(a.TryClone())
		errs["Conn.File"] = second(x.File())
		errs["FromNet"] = second(csock.FromNet(nl.(*net.TCPListener)))
		errs["IntoNetConn"] = second(toNet.IntoNetConn())
		errs["IntoNetPacketConn"] = second(toPacket.IntoNetPacketConn())
		errs["IntoNetListener"] = second(toListener.IntoNetListener())
		errs["TCPConn.File"] = second(tcp.File())
		errs["Listener.File"] = second(kindL.File())
		errs["PairRaw"] = third(csock.PairRaw(csock.AF_UNIX, csock.SOCK_STREAM, 0))
		errs["AcceptRaw"] = third(l.AcceptRaw())
		errs["Accept4Raw"] = third(l.Accept4Raw(0))
		errs["FromNet of a Conn"] = second(csock.FromNet(x))
		if errPIDFD == nil {
			errs["SO_PEERPIDFD"] = second(csock.SO_PEERPIDFD.Get(peer))
		}
		if errNetns == nil {
			errs["SIOCGSKNS"] = second(csock.SIOCGSKNS.Get(toPacket))
		}
		if errFile == nil {
			errs["SIOCUNIXFILE"] = second(csock.SIOCUNIXFILE.Get(file))
		}
		// These do without: an interface that cannot be looked up makes an address invalid, bytes
		// are copied where there is no pipe for splice(2), and the kernel drops rights.
		if a := csock.InetAddr(netip.MustParseAddrPort("[fe80::1%lo]:1")); a.IsValid() {
			errs["InetAddr"] = errors.New("a zone was looked up without a descriptor")
		}
		n, err := spliced.WriteTo(f)
		same(t, "bytes copied", n, 2)
		check(t, err)
		m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 8)}, Control: make([]byte, 64)}
		n1, err := rights.Recvmsg(&m, 0)
		check(t, err)
		same(t, "bytes that came with rights", n1, 1)
		same(t, "rights that the kernel dropped: truncated", m.Flags.IsControlTruncated(), true)
		errs["PollContext"] = second(a.PollContext(ctx, csock.POLLPRI))
		errs["Recvmsg, MSG_ERRQUEUE"] = second(udp.Recvmsg(&csock.MsgHdr{}, csock.MSG_ERRQUEUE))
		return errs
	}
	collect() // what other tests left unreachable
	before := kernel.Descriptors(t)
	tried := 0
	for left := range 2 {
		var errs map[string]error
		kernel.AtLimit(t, left, func() { errs = calls(left) })
		for name, err := range errs {
			connIs(t, name, err, syscall.EMFILE)
		}
		kernel.NoneLeft(t, before)
		tried += len(errs)
	}
	t.Logf("limits: %d calls that make a descriptor, at the limit of descriptors", tried)
	// The refused data is there.
	s, _, err := l.Accept()
	check(t, err, s.Close())
	c, _, err := lc.Accept(ctx)
	check(t, err, c.Close())
	m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 8)}, Control: make([]byte, 64)}
	_, err = a.Recvmsg(&m, 0)
	check(t, err)
	m.CloseRights()
	for _, s := range []*csock.Socket{toNet, toPacket} {
		sent(t, 2)(s.Send([]byte("hi"), 0))
	}
	sent(t, 2)(y.Write([]byte("hi")))
	same(t, "the listener listens", need.Value[bool](t)(toListener.IsListener()), true)
}

// Ten thousand Conns wait at once, and each gets its own message.
func TestManyConns(t *testing.T) {
	need.Full(t, "makes thousands of Conns")
	const pairs = 5000
	need.Descriptors(t, 2*pairs+100)
	conns := make([][2]*csock.Conn, pairs)
	for i := range conns {
		a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
		check(t, err)
		conns[i] = [2]*csock.Conn{connOf(t)(a, nil), connOf(t)(b, nil)}
	}
	var all sync.WaitGroup
	var wrong atomic.Int64
	for i, pair := range conns {
		for side, c := range pair {
			all.Go(func() {
				p := make([]byte, 16)
				n, err := c.Read(p)
				if err != nil || n != 8 || binary.BigEndian.Uint64(p) != uint64(2*i+1-side) {
					wrong.Add(1)
				}
			})
		}
	}
	time.Sleep(50 * time.Millisecond) // for most of them to wait
	for i, pair := range conns {
		for side, c := range pair {
			sent(t, 8)(c.Write(binary.BigEndian.AppendUint64(nil, uint64(2*i+side))))
		}
	}
	all.Wait()
	same(t, "Conns that got another's message", wrong.Load(), 0)
	t.Logf("limits: %d Conns that wait at once", 2*pairs)
}

// 64 goroutines make and close a hundred thousand sockets. The numbers of their descriptors are
// reused all the time, and no byte reaches another socket.
func TestManySockets(t *testing.T) {
	need.Full(t, "makes many sockets")
	const sockets, workers = 100_000, 64
	before := kernel.Descriptors(t)
	var next, wrong atomic.Uint64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			p := make([]byte, 16)
			for {
				id := next.Add(2)
				if id > sockets {
					return
				}
				a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
				if err != nil {
					t.Error(err)
					return
				}
				var closed sync.WaitGroup
				_, err = a.Send(binary.BigEndian.AppendUint64(nil, id), 0)
				if err != nil {
					t.Error(err)
				}
				closed.Go(func() { a.Close() })
				n, err := b.Recv(p, csock.MSG_DONTWAIT)
				if err != nil || n != 8 || binary.BigEndian.Uint64(p) != id {
					wrong.Add(1)
				}
				b.Close()
				closed.Wait()
			}
		})
	}
	all.Wait()
	same(t, "sockets with other bytes", wrong.Load(), 0)
	kernel.NoneLeft(t, before)
	t.Logf("limits: %d sockets made and closed by %d goroutines", sockets, workers)
}

var acceptFor = flag.Duration("for", 0, "how long TestAcceptForLong accepts; 0: 20,000 connections")

// A listener that accepts for long does not grow.
//
//	go test -timeout 0 -run AcceptForLong ./tests -args -for 10m
func TestAcceptForLong(t *testing.T) {
	need.Full(t, "accepts thousands of connections")
	l, addr := connKinds[2].listen(t, 16)
	accepted := 0
	accept := func(n int) {
		for range n {
			s, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
			check(t, err, s.Connect(addr))
			a, _, err := l.Accept(t.Context())
			check(t, err)
			sent(t, 1)(s.Send([]byte{1}, 0))
			_, err = io.ReadFull(a, make([]byte, 1))
			check(t, err, a.Close(), s.Close())
		}
		accepted += n
	}
	accept(1000)
	before, start := usageOf(t), time.Now()
	for accept(20_000); time.Since(start) < *acceptFor; {
		accept(20_000)
		before.same(t, usageOf(t))
	}
	after := usageOf(t)
	before.same(t, after)
	t.Logf("limits: %d connections accepted in %v: %+d KiB of heap, %+d KiB resident", accepted, time.Since(start).Round(time.Second),
		(after.heap-before.heap)>>10, after.resident-before.resident)
}

// A usage is what the process holds.
type usage struct {
	heap        int64 // bytes
	resident    int64 // KiB: C's memory too
	descriptors int
	goroutines  int
	threads     int64
}

func usageOf(t *testing.T) usage {
	t.Helper()
	collect()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{
		int64(m.HeapAlloc), kernel.Status(t, "VmRSS"), len(kernel.Descriptors(t)), runtime.NumGoroutine(), kernel.Status(t, "Threads"),
	}
}

// same fails if the process holds more after than before. The runtime keeps threads, and pages of
// memory that it has freed.
func (u usage) same(t *testing.T, after usage) {
	t.Helper()
	if after.heap > u.heap+256<<10 || after.resident > u.resident+16<<10 || after.threads > u.threads+8 {
		t.Fatalf("the process grows: %+v, before %+v", after, u)
	}
	same(t, "descriptors", after.descriptors, u.descriptors)
	same(t, "goroutines", after.goroutines, u.goroutines)
}
