//go:build linux && cgo

package tests

import (
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

// Each message has its own room for control messages: what does not fit one is cut there as in C,
// and the others have all.
func TestBatchControlBuffers(t *testing.T) {
	from, _ := batchUDP(t, "127.0.0.1")
	to, addr := batchUDP(t, "127.0.0.1")
	check(t, from.Connect(addr), to.Set(csock.IP_RECVTTL.To(true), csock.IP_RECVTOS.To(true), csock.IP_PKTINFO.To(true)))
	rooms := []int{200, 0, 1, 15, 16, 24, 40, 41, 64, 7, 200}
	n := len(rooms)
	sendC := func() {
		messages := make([]cref.Message, n)
		for i := range n {
			messages[i].Payload = numbered(i)
			if i%3 > 0 {
				messages[i].Control = csock.AppendTTL(nil, i+1)
			}
			if i%3 > 1 {
				messages[i].Control = csock.AppendTOS(messages[i].Control, csock.TrafficClass(4*i))
			}
		}
		k, err := cref.Sendmmsg(from.FD(), messages, 0)
		batchOK(t, "sendmmsg", k, err, n)
	}
	recvC := func() []cref.Message {
		messages := make([]cref.Message, n)
		for i, room := range rooms {
			messages[i] = cref.Message{Payload: make([]byte, 64), Addr: make([]byte, 128), Control: make([]byte, room)}
		}
		k, err := cref.Recvmmsg(to.FD(), messages, 0)
		batchOK(t, "recvmmsg", k, err, n)
		return messages
	}
	compare := func(who string, got, want []cref.Message) {
		t.Helper()
		for i := range n {
			if g, w := fmt.Sprintf("%+v", got[i]), fmt.Sprintf("%+v", want[i]); g != w {
				t.Errorf("%s, message %d with room for %d bytes:\n got %s\nwant %s", who, i, rooms[i], g, w)
			}
		}
	}
	sendC()
	want := recvC()

	// The Batch's own room is small. Some messages keep it.
	in := newBatch(t, n, csock.BatchRoom{Payload: 64, Control: 24})
	memory := make([][]byte, n)
	for i, room := range rooms {
		if room != 24 {
			memory[i] = make([]byte, room+1)
			check(t, in.SetControlBuffer(i, memory[i][:room]))
		}
		same(t, "Control before", len(in.Control(i)), 0)
		same(t, "the room's capacity", cap(in.Control(i)), room)
	}
	for range 2 {
		for i := range memory {
			if clear(memory[i]); memory[i] != nil {
				memory[i][rooms[i]] = 0xaa // no message's
			}
		}
		sendC()
		runtime.GC()
		k, err := to.RecvBatch(in, 0)
		batchOK(t, "RecvBatch", k, err, n)
		got := make([]cref.Message, n)
		for i := range n {
			got[i] = cref.Message{
				Payload: in.Bytes(i), Addr: in.Addr(i).Bytes(), Control: in.Control(i), Flags: int(in.Flags(i)), N: in.N(i),
			}
			if m := memory[i]; m != nil && (m[rooms[i]] != 0xaa || string(m[:len(got[i].Control)]) != string(got[i].Control)) {
				t.Errorf("message %d is not in its room of %d bytes: %x", i, rooms[i], m)
			}
		}
		compare("received by csock", got, want)
	}

	out := newBatch(t, n, csock.BatchRoom{Payload: 64})
	for i := range n {
		check(t, out.SetBytes(i, numbered(i)))
		if i%3 == 0 {
			continue
		}
		check(t, out.SetControlBuffer(i, make([]byte, csock.ControlSpace(4)*(i%3))))
		c := csock.AppendTTL(out.Control(i), i+1)
		if i%3 > 1 {
			c = csock.AppendTOS(c, csock.TrafficClass(4*i))
		}
		check(t, out.SetControl(i, c))
		same(t, "the message is in its room", &c[0], &out.Control(i)[0])
	}
	for range 2 {
		runtime.GC()
		k, err := from.SendBatch(out, 0)
		batchOK(t, "SendBatch", k, err, n)
		compare("sent by csock", recvC(), want)
	}
}

func TestBatchSetControlBuffer(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_SEQPACKET)
	batch := newBatch(t, 3, csock.BatchRoom{Payload: 4, Control: 16})
	rights := csock.AppendRights(nil, 0, 1, 2)
	arrives := func(want int) {
		t.Helper()
		n, err := a.SendBatch(batch, 0)
		batchOK(t, "SendBatch", n, err, 3)
		for i := range 3 {
			m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 4)}, Control: make([]byte, 64)}
			need.Value[int](t)(b.Recvmsg(&m, 0))
			fds := 0
			for c := range m.ControlMessages() {
				list, _ := c.Rights(nil)
				fds = len(list)
			}
			m.CloseRights()
			same(t, fmt.Sprint("descriptors with message ", i), fds, map[bool]int{true: want}[i == 1])
		}
	}
	for i := range 3 {
		check(t, batch.SetLen(i, 1))
	}
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %v, want EINVAL", what, err)
		}
	}
	refused("more than the room", batch.SetControl(1, rights))
	check(t, batch.SetControlBuffer(1, make([]byte, len(rights))), batch.SetControl(1, rights))
	refused("more than the room", batch.SetControl(1, append(rights, 0)))
	arrives(3)
	refused("the next message's room", batch.SetControl(2, rights))
	// A new room begins empty, the same memory too.
	check(t, batch.SetControlBuffer(1, rights))
	arrives(0)
	check(t, batch.SetControl(1, batch.Control(1)[:len(rights)]))
	arrives(3)
	check(t, batch.SetControlBuffer(1, rights))
	arrives(0)
	check(t, batch.SetControlBuffer(1, []byte{}))
	same(t, "no room", cap(batch.Control(1)), 0)
	refused("no room", batch.SetControl(1, rights[:1]))
	arrives(0)
	check(t, batch.SetControlBuffer(1, nil))
	same(t, "own room", cap(batch.Control(1)), 16)
	refused("own room", batch.SetControl(1, rights))
	arrives(0)
	for _, i := range []int{math.MinInt, -1, 3, math.MaxInt} {
		refused(fmt.Sprint("message ", i), batch.SetControlBuffer(i, rights))
	}

	// The room stays across calls, and what came in it is the message's.
	check(t, batch.SetControlBuffer(1, make([]byte, 64)))
	for range 3 {
		sent(t, 1)(a.Send([]byte("x"), 0))
		need.Value[int](t)(a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{'y'}}, Control: rights}, 0))
		n, err := b.RecvBatch(batch, csock.MSG_DONTWAIT)
		batchOK(t, "RecvBatch", n, err, 2)
		same(t, "Control of messages without", len(batch.Control(0))+len(batch.Control(2)), 0)
		same(t, "Control", len(batch.Control(1)), len(rights))
		batch.CloseRights(1)
	}

	received := make(chan error)
	go func() {
		_, err := b.RecvBatch(batch, 0)
		for errors.Is(err, syscall.EBUSY) { // it ran into SetRange
			_, err = b.RecvBatch(batch, 0)
		}
		received <- err
	}()
	for batch.SetRange(0, 3) == nil { // until the call is in
		runtime.Gosched()
	}
	if err := batch.SetControlBuffer(1, nil); !errors.Is(err, syscall.EBUSY) {
		t.Errorf("while RecvBatch waits: %v, want EBUSY", err)
	}
	check(t, a.Close(), <-received, batch.Close())
	if err := batch.SetControlBuffer(1, rights); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := (*csock.Batch)(nil).SetControlBuffer(0, nil); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("of nil: %v", err)
	}
}

// Only the Batch keeps the room alive, until it has another or is closed.
func TestBatchControlAlive(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_DGRAM)
	check(t, b.Set(csock.SO_PASSCRED.To(true)))
	in, err := csock.NewBatch(1, csock.BatchRoom{Payload: 4}) // no cleanup of t refers to it
	check(t, err)
	freed := make(chan bool, 10)
	set := func() {
		p := new([128]byte)
		runtime.AddCleanup(p, func(bool) { freed <- true }, true)
		check(t, in.SetControlBuffer(0, p[:]))
	}
	areFreed := func(n int) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); len(freed) < n; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d of %d rooms were freed", len(freed), n)
			}
			runtime.GC()
		}
	}
	set()
	set()
	areFreed(1)
	sent(t, 1)(a.Send([]byte("x"), 0))
	n, err := b.RecvBatch(in, 0)
	batchOK(t, "RecvBatch", n, err, 1)
	credentials := 0
	for c := range csock.ControlMessages(in.Control(0)) {
		if u, ok := c.Credentials(); ok {
			credentials = int(u.PID)
		}
	}
	same(t, "the sender", credentials, os.Getpid())
	same(t, "rooms that were freed", len(freed), 1)
	check(t, in.SetControlBuffer(0, nil))
	areFreed(2)
	set()
	check(t, in.Close())
	areFreed(3) // with the Batch
}

func TestBatchControlAllocations(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_DGRAM)
	check(t, b.Set(csock.SO_PASSCRED.To(true)))
	out, in := newBatch(t, 2, csock.BatchRoom{Payload: 4}), newBatch(t, 2, csock.BatchRoom{Payload: 4})
	rooms, round := [2][]byte{make([]byte, 64), make([]byte, 100)}, 0
	if allocs := testing.AllocsPerRun(100, func() {
		round++
		for i := range 2 {
			check(t, in.SetControlBuffer(i, rooms[(round+i)%2]))
		}
		k, err := a.SendBatch(out, 0)
		batchOK(t, "SendBatch", k, err, 2)
		k, err = b.RecvBatch(in, 0)
		batchOK(t, "RecvBatch", k, err, 2)
		if len(in.Control(0)) == 0 {
			t.Fatal("no control message")
		}
	}); allocs != 0 && !need.Slow {
		t.Errorf("%v allocations a round", allocs)
	}
}
