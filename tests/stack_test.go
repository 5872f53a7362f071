//go:build linux

package tests

import (
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Buffers and addresses on stacks that grow and shrink, while the collector runs all the time: the
// data and the senders are right.
func TestStacks(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	rounds := 300
	if testing.Short() || need.Slow {
		rounds = 60
	}
	var pairs [4][2]*csock.Socket
	for w, kind := range []string{"udp4", "udp6", "unixgram", "udp4"} {
		pairs[w][0], pairs[w][1] = kindOf(kind).connected(t)
	}
	stop := make(chan struct{})
	var collector sync.WaitGroup
	collector.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	defer collector.Wait()
	defer close(stop)

	var wg sync.WaitGroup
	for w, pair := range pairs {
		a, b := pair[0], pair[1]
		addrA, err := a.LocalAddr()
		check(t, err)
		addrB, err := b.LocalAddr()
		check(t, err)
		echo := make(chan struct{})
		// One end receives on a stack whose depth changes with the round. Most of the time it waits
		// in the kernel while the collector tries to move its stack.
		wg.Go(func() {
			defer close(echo)
			for i := range rounds {
				if !deep(i*7%40, func() bool { return echoOnStack(t, b, addrA, w == 3) }) {
					return
				}
			}
		})
		wg.Go(func() {
			for i := range rounds {
				if !deep(i*11%60, func() bool { return queryOnStack(t, a, addrB, byte(i), w == 3) }) {
					if err := b.Shutdown(csock.SHUT_RDWR); err != nil {
						t.Error(err)
					}
					break
				}
				if i%10 == 9 {
					runtime.GC() // which shrinks the stack
				}
			}
			<-echo
		})
	}
	wg.Wait()
}

// deep calls f under so many frames of 1 KiB each.
//
//go:noinline
func deep(frames int, f func() bool) bool {
	var frame [1024]byte
	frame[frames] = 1
	if frames == 0 {
		return f()
	}
	ok := deep(frames-1, f)
	return ok && frame[frames] == 1
}

//go:noinline
func echoOnStack(t *testing.T, s *csock.Socket, want csock.SockAddr, message bool) bool {
	var p [600]byte
	if message {
		var control [64]byte
		bufs := [2][]byte{p[:100], p[100:]}
		m := csock.MsgHdr{Buffers: bufs[:], Control: control[:]}
		n, err := s.Recvmsg(&m, 0)
		if err != nil || m.Addr != want {
			t.Errorf("Recvmsg: %v from %v, want %v", err, m.Addr, want)
			return false
		}
		m = csock.MsgHdr{Addr: m.Addr, Buffers: [][]byte{p[:n]}}
		if _, err := s.Sendmsg(&m, 0); err != nil {
			t.Error("Sendmsg: ", err)
			return false
		}
		return true
	}
	n, from, err := s.RecvFrom(p[:], 0)
	if err != nil || from != want {
		t.Errorf("RecvFrom: %v from %v, want %v", err, from, want)
		return false
	}
	if _, err := s.SendTo(p[:n], from, 0); err != nil {
		t.Error("SendTo: ", err)
		return false
	}
	return true
}

//go:noinline
func queryOnStack(t *testing.T, s *csock.Socket, to csock.SockAddr, seed byte, vectored bool) bool {
	var p, q [512]byte
	for i := range p {
		p[i] = seed + byte(i)*3
	}
	var err error
	if vectored {
		_, err = s.SendVectored([][]byte{p[:1], p[1:200], nil, p[200:]}, 0)
	} else {
		_, err = s.SendTo(p[:], to, 0)
	}
	if err != nil {
		t.Error("send: ", err)
		return false
	}
	var n int
	if vectored {
		n, _, err = s.RecvVectored([][]byte{q[:7], q[7:511], q[511:]}, 0)
	} else {
		n, err = s.Recv(q[:], 0)
	}
	if err != nil || n != len(p) || p != q {
		t.Errorf("%d bytes, %v; want the bytes sent", n, err)
		return false
	}
	return true
}

// A call that waits keeps its buffer at the address where the kernel writes, although the stack
// could shrink meanwhile.
func TestStackWhileWaiting(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	for range 10 {
		a, b := kindOf("udp4").connected(t)
		want, err := b.LocalAddr()
		check(t, err)
		var ok bool
		done := asleep(t, func() {
			deep(1000, func() bool { return true }) // a stack of more than a megabyte, of which little is in use
			var p [64]byte
			n, from, err := a.RecvFrom(p[:], 0)
			ok = err == nil && string(p[:n]) == "hello" && from == want
		})
		for range 5 {
			runtime.GC()
		}
		sent(t, 5)(b.Send([]byte("hello"), 0))
		<-done
		if !ok {
			t.Error("the bytes received differ from the bytes sent")
		}
	}
}
