//go:build linux && cgo

package tests

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

// pieces cuts p into buffers of the given lengths. Where p is too short, the last ones are too.
func pieces(p []byte, lengths ...int) (list [][]byte) {
	for _, n := range lengths {
		n = min(n, len(p))
		list = append(list, p[:n:n])
		p = p[n:]
	}
	return list
}

// Messages of several buffers are those that C sends and receives with one.
func TestBatchScatterGather(t *testing.T) {
	shapes := [][]int{{}, {0}, {7}, {1, 2, 3}, {0, 5, 0, 9, 0}, {4, 4, 4, 4, 4, 4, 4, 4}, {30, 1}, {1, 30}}
	const most = 8
	a, b := batchPair(t, csock.SOCK_DGRAM)
	content := func(i int) []byte { return pattern(40)[i : i+i*4] }
	n := len(shapes)
	inC := func() []cref.Message {
		messages := make([]cref.Message, n)
		for i, shape := range shapes {
			for _, k := range shape {
				messages[i].Payload = append(messages[i].Payload, make([]byte, k)...)
			}
		}
		return messages
	}
	for _, flags := range []csock.MsgFlags{0, csock.MSG_TRUNC} {
		out := newBatch(t, n, csock.BatchRoom{Payload: 4, Buffers: most})
		in := newBatch(t, n, csock.BatchRoom{Payload: 4, Buffers: most})
		memory := make([][]byte, n)
		for i, shape := range shapes {
			p := content(i)
			check(t, out.SetBuffers(i, append(pieces(p, shape...), p[min(len(p), sum(shape)):])[:min(len(shape)+1, most)]))
			memory[i] = bytes.Repeat([]byte{0xaa}, sum(shape)+1)
			check(t, in.SetBuffers(i, pieces(memory[i], shape...)))
		}
		for round := range 3 {
			runtime.GC()
			k, err := a.SendBatch(out, 0)
			batchOK(t, "SendBatch", k, err, n)
			want := inC()
			k, err = cref.Recvmmsg(b.FD(), want, int(flags))
			batchOK(t, "recvmmsg", k, err, n)
			for i := range n {
				same(t, fmt.Sprint("bytes sent of message ", i), out.N(i), out.Len(i))
			}
			k, err = a.SendBatch(out, 0)
			batchOK(t, "SendBatch", k, err, n)
			k, err = b.RecvBatch(in, flags)
			batchOK(t, "RecvBatch", k, err, n)
			for i := range n {
				parts := in.AppendBuffers(nil, i)
				got := bytes.Join(parts, nil)
				if !bytes.Equal(got, want[i].Payload) || in.N(i) != want[i].N || int(in.Flags(i)) != want[i].Flags || in.Len(i) != len(got) {
					t.Fatalf("round %d, flags %v, message %d: %x, N %d, flags %v, Len %d; in C %+v",
						round, flags, i, got, in.N(i), in.Flags(i), in.Len(i), want[i])
				}
				if whole := memory[i]; !bytes.Equal(whole[:len(got)], got) || whole[len(whole)-1] != 0xaa {
					t.Fatalf("message %d is not in its buffers: %x", i, whole)
				}
				if len(parts) > 0 && len(shapes[i]) > 0 && shapes[i][0] > 0 && !bytes.Equal(in.Bytes(i), parts[0]) {
					t.Fatalf("Bytes of message %d: %x, want %x", i, in.Bytes(i), parts[0])
				}
			}
			// What came goes back as it is.
			k, err = b.SendBatch(in, 0)
			batchOK(t, "SendBatch of what came", k, err, n)
			for i := range n {
				same(t, "what came back", recv(t, a, 64), string(want[i].Payload))
			}
		}
	}
}

func sum(list []int) (n int) {
	for _, k := range list {
		n += k
	}
	return n
}

func TestBatchSetBuffers(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_SEQPACKET)
	batch := newBatch(t, 2, csock.BatchRoom{Payload: 4, Buffers: 3})
	check(t, batch.SetBytes(1, []byte("next")))
	arrives := func(want string) {
		t.Helper()
		same(t, "Len", batch.Len(0), len(want))
		n, err := a.SendBatch(batch, 0)
		batchOK(t, "SendBatch", n, err, 2)
		same(t, "message", recv(t, b, 64), want)
		same(t, "the next message", recv(t, b, 64), "next")
	}
	x, y, z := []byte("one"), []byte("two"), []byte("three")
	check(t, batch.SetBuffers(0, [][]byte{x, y, z}))
	arrives("onetwothree")
	check(t, batch.SetLen(0, 4))
	arrives("onet")
	if got := batch.AppendBuffers([][]byte{z}, 0); !slices.EqualFunc(got, []string{"three", "one", "t"}, func(p []byte, s string) bool { return string(p) == s }) {
		t.Errorf("AppendBuffers: %q", got)
	}
	check(t, batch.SetLen(0, 11))
	arrives("onetwothree")
	for _, n := range []int{-1, 12, math.MaxInt} {
		if err := batch.SetLen(0, n); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("SetLen(%d): %v", n, err)
		}
	}
	check(t, batch.SetBytes(0, []byte("1234567")))
	same(t, "the buffers", string(x)+string(y)+string(z), "123456"+"7hree")
	arrives("1234567")
	check(t, batch.SetBuffers(0, [][]byte{z, nil}))
	arrives("7hree")
	check(t, batch.SetBuffers(0, [][]byte{nil, {}, y}))
	same(t, "Bytes of an empty first buffer", string(batch.Bytes(0)), "")
	arrives("456")
	check(t, batch.SetBuffers(0, [][]byte{}))
	arrives("")
	check(t, batch.SetBuffer(0, x))
	arrives("123")
	check(t, batch.SetBuffers(0, nil))
	arrives("")
	same(t, "own memory", len(batch.Buffer(0)), 4)
	check(t, batch.SetBytes(0, []byte("own")))
	arrives("own")
	for what, err := range map[string]error{
		"too many":  batch.SetBuffers(0, [][]byte{x, y, z, x}),
		"none such": batch.SetBuffers(2, [][]byte{x}),
		"one":       newBatch(t, 1, csock.BatchRoom{}).SetBuffers(0, [][]byte{x, y}),
	} {
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("SetBuffers, %s: %v", what, err)
		}
	}
	same(t, "AppendBuffers of no message", len(batch.AppendBuffers(nil, 7)), 0)
	for _, k := range []int{-1, 1025, math.MaxInt} {
		if _, err := csock.NewBatch(1, csock.BatchRoom{Buffers: k}); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("room for %d buffers: %v", k, err)
		}
	}
	if _, err := csock.NewBatch(1<<20, csock.BatchRoom{Buffers: 1024}); !errors.Is(err, syscall.ENOMEM) {
		t.Errorf("2^30 buffers: %v", err)
	}

	// As many as a message can have.
	const most = 1024
	many := newBatch(t, 1, csock.BatchRoom{Buffers: most})
	check(t, many.SetBuffers(0, pieces(pattern(most), slices.Repeat([]int{1}, most)...)))
	n, err := a.SendBatch(many, 0)
	batchOK(t, "SendBatch", n, err, 1)
	same(t, "a message of 1,024 buffers", recv(t, b, 2*most), string(pattern(most)))

	check(t, batch.Close())
	if err := batch.SetBuffers(0, [][]byte{x}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SetBuffers after Close: %v", err)
	}
	if err := (*csock.Batch)(nil).SetBuffers(0, nil); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("SetBuffers of nil: %v", err)
	}
}

// Only the Batch keeps the buffers alive, and the ones that it let go are freed.
func TestBatchBuffersAlive(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_DGRAM)
	in := newBatch(t, 1, csock.BatchRoom{Buffers: 20})
	freed := make(chan bool, 1000)
	set := func(k int) {
		var bufs [][]byte
		for range k {
			p := new([64]byte)
			runtime.AddCleanup(p, func(bool) { freed <- true }, true)
			bufs = append(bufs, p[:])
		}
		check(t, in.SetBuffers(0, bufs))
	}
	set(20)
	set(3)
	deadline := time.Now().Add(time.Minute)
	for len(freed) < 20 {
		if time.Now().After(deadline) {
			t.Fatalf("%d of 20 buffers were freed", len(freed))
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	sent(t, 150)(a.Send(pattern(150), 0))
	n, err := b.RecvBatch(in, 0)
	batchOK(t, "RecvBatch", n, err, 1)
	same(t, "bytes", string(bytes.Join(in.AppendBuffers(nil, 0), nil)), string(pattern(150)))
	same(t, "buffers that were freed", len(freed), 20)
}

func TestBatchBuffersAllocations(t *testing.T) {
	const n = 8
	a, b := batchPair(t, csock.SOCK_DGRAM)
	room := csock.BatchRoom{Buffers: n}
	out, in := newBatch(t, 2, room), newBatch(t, 2, room)
	var bufs [2][][]byte
	for i := range bufs {
		bufs[i] = pieces(make([]byte, 100*n), slices.Repeat([]int{100}, n)...)
	}
	list, round := make([][]byte, 0, n), 0
	if allocs := testing.AllocsPerRun(100, func() {
		round++
		for i := range 2 {
			check(t, out.SetBuffers(i, bufs[(round+i)%2]), in.SetBuffers(i, bufs[(round+i)%2]))
		}
		k, err := a.SendBatch(out, 0)
		batchOK(t, "SendBatch", k, err, 2)
		k, err = b.RecvBatchTimeout(in, 0, time.Hour)
		batchOK(t, "RecvBatchTimeout", k, err, 2)
		if got := in.AppendBuffers(list, 1); len(got) != n {
			t.Fatal(len(got))
		}
	}); allocs != 0 && !need.Slow {
		t.Errorf("%v allocations a round", allocs)
	}
}

// RecvBatchTimeout ends where recvmmsg does: with the first message after the timeout.
func TestBatchTimeout(t *testing.T) {
	in := newBatch(t, 4, csock.BatchRoom{Payload: 8})
	ways := map[string]func(s *csock.Socket, d time.Duration) (int, error){
		"csock": func(s *csock.Socket, d time.Duration) (int, error) { return s.RecvBatchTimeout(in, 0, d) },
		"C": func(s *csock.Socket, d time.Duration) (int, error) {
			messages := make([]cref.Message, 4)
			for i := range messages {
				messages[i].Payload = make([]byte, 8)
			}
			return cref.RecvmmsgTimeout(s.FD(), messages, 0, d)
		},
	}
	for name, receive := range ways {
		t.Run(name, func(t *testing.T) {
			a, b := batchPair(t, csock.SOCK_DGRAM)
			send := func(n int) {
				for range n {
					sent(t, 1)(a.Send([]byte("x"), 0))
				}
			}
			send(3)
			n, err := receive(b, 0)
			batchOK(t, "with a timeout of 0", n, err, 1)
			send(2)
			n, err = receive(b, time.Hour)
			batchOK(t, "in time", n, err, 4)
			// The wait goes on after the timeout, until a message comes.
			send(1)
			var got int
			done := asleep(t, func() {
				for { // a signal, as Go's runtime sends them, ends the call with the first message
					if got, err = receive(b, 10*time.Millisecond); got != 1 || err != nil {
						return
					}
					b.TakeError() // ERESTARTSYS, of the receive that the signal ended
					a.Send([]byte("x"), 0)
				}
			})
			time.Sleep(20 * time.Millisecond)
			send(1)
			<-done
			batchOK(t, "after the timeout", got, err, 2)
		})
	}
	_, b := batchPair(t, csock.SOCK_DGRAM)
	for _, d := range []time.Duration{-1, math.MinInt64} {
		if n, err := b.RecvBatchTimeout(in, 0, d); n != 0 || !errors.Is(err, syscall.EINVAL) {
			t.Errorf("a timeout of %v: %d, %v", d, n, err)
		}
	}
	if n, err := b.RecvBatchTimeout(in, csock.MSG_DONTWAIT, time.Hour); n != 0 || !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("of nothing: %d, %v", n, err)
	}
	check(t, b.Close())
	if n, err := b.RecvBatchTimeout(in, 0, 0); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %d, %v", n, err)
	}
	if n, err := b.RecvBatchTimeout(nil, 0, 0); n != 0 || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("no Batch: %d, %v", n, err)
	}
}

// A signal that ends a batch after its first message leaves an error on the socket, for which no
// header has a name: ERESTARTSYS. The next call returns EINTR for it.
func TestErrorAfterSignal(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_DGRAM)
	sent(t, 1)(a.Send([]byte("x"), 0))
	in := newBatch(t, 2, csock.BatchRoom{Payload: 8})
	var n int
	var err error
	signalled(func() { n, err = b.RecvBatch(in, 0) })
	batchOK(t, "until the signal", n, err, 1)
	// Other batches than recvmmsg(2) leave nothing.
	if _, err := b.Recv(make([]byte, 8), csock.MSG_DONTWAIT); !errors.Is(err, syscall.EINTR) && !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("the next call: %v", err)
	}
	_, err = b.Recv(make([]byte, 8), csock.MSG_DONTWAIT)
	need.Is(t, "the call after it", err, syscall.EAGAIN)
}

// A Batch takes the addresses of families other than IP's and Unix.
func TestBatchFamilies(t *testing.T) {
	t.Run("netlink", func(t *testing.T) {
		s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, csock.NETLINK_ROUTE)
		s = batchSocket(t, s, err)
		check(t, s.Bind(csock.NetlinkAddr(0, 0)))
		batch := newBatch(t, 3, csock.BatchRoom{Payload: 1 << 10, Buffers: 2})
		for i := range batch.Count() {
			request, err := csock.NlMsghdr{
				Type: 9999, Flags: csock.NLM_F_REQUEST | csock.NLM_F_ACK, Seq: uint32(i),
			}.Append(nil, make([]byte, 16))
			check(t, err)
			check(t, batch.SetBuffers(i, pieces(request, 16, len(request))), batch.SetAddr(i, csock.NetlinkAddr(0, 0)))
		}
		n, err := s.SendBatch(batch, 0)
		batchOK(t, "SendBatch", n, err, 3)
		for i := range batch.Count() {
			check(t, batch.SetBuffers(i, nil))
		}
		n, err = s.RecvBatch(batch, 0)
		batchOK(t, "RecvBatch", n, err, 3)
		for i := range batch.Count() {
			same(t, "sender", batch.Addr(i), csock.NetlinkAddr(0, 0))
			for h, payload := range csock.NetlinkMessages(batch.Bytes(i)) {
				same(t, "type", h.Type, csock.NLMSG_ERROR)
				same(t, "sequence number", h.Seq, uint32(i))
				if err := csock.NetlinkError(payload); err == nil {
					t.Error("the kernel knows message 9999")
				}
			}
		}
	})
	t.Run("packet", func(t *testing.T) {
		need.NetRaw(t)
		need.IPv4(t)                            // the loopback interface is up
		const protocol csock.EtherType = 0x88b5 // for experiments
		lo := need.Interface(t, "lo")
		open := func() *csock.Socket {
			s, err := csock.New(csock.AF_PACKET, csock.SOCK_DGRAM, protocol.Protocol())
			s = batchSocket(t, s, err)
			check(t, s.Bind(csock.PacketAddr(protocol, lo.Index, nil)))
			return s
		}
		a, b := open(), open()
		to := csock.PacketAddr(protocol, lo.Index, make(net.HardwareAddr, 6))
		out := newBatch(t, 3, csock.BatchRoom{Buffers: 3})
		in := newBatch(t, 3, csock.BatchRoom{Payload: 64})
		for i := range out.Count() {
			check(t, out.SetBuffers(i, pieces(pattern(30)[i:], 10, 0, 9)), out.SetAddr(i, to))
		}
		n, err := a.SendBatch(out, 0)
		batchOK(t, "SendBatch", n, err, 3)
		n, err = b.RecvBatch(in, 0)
		batchOK(t, "RecvBatch", n, err, 3)
		for i := range in.Count() {
			ll, ok := in.Addr(i).Packet()
			if !ok || ll.Ifindex != lo.Index || ll.Protocol != protocol || !bytes.Equal(in.Bytes(i), pattern(30)[i:][:19]) {
				t.Errorf("message %d: %x from %+v", i, in.Bytes(i), ll)
			}
		}
	})
}
