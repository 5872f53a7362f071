//go:build linux

package tests

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// split cuts p into n buffers of different sizes, including nil and empty ones.
func split(p []byte, n int) [][]byte {
	bufs := make([][]byte, n)
	for i := range bufs {
		switch size := min(len(p), i*i%11); {
		case i == n-1:
			bufs[i], p = p, nil
		case size == 0 && i%2 == 0:
			bufs[i] = []byte{}
		case size > 0:
			bufs[i], p = p[:size:size], p[size:]
		}
	}
	return bufs
}

func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i * i >> 3)
	}
	return p
}

// IOV_MAX of Linux, which is part of its ABI.
const iovMax = 1024

func TestVectored(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.connected(t)
			addrA, err := a.LocalAddr()
			check(t, err)
			addrB, err := b.LocalAddr()
			check(t, err)
			if k.stream() {
				addrA, addrB = csock.SockAddr{}, csock.SockAddr{}
			}
			for _, count := range []int{1, 2, 3, 7, 8, 9, 10, 16, 100, iovMax - 1, iovMax} {
				data := pattern(1000)
				room := make([]byte, 2000)
				for name, pass := range map[string]func() (int, csock.RecvFlags, csock.SockAddr){
					"SendVectored, RecvVectored": func() (int, csock.RecvFlags, csock.SockAddr) {
						sent(t, len(data))(a.SendVectored(split(data, count), 0))
						n, flags, err := b.RecvVectored(split(room, count), 0)
						check(t, err)
						return n, flags, addrA
					},
					"SendToVectored, RecvFromVectored": func() (int, csock.RecvFlags, csock.SockAddr) {
						sent(t, len(data))(a.SendToVectored(split(data, count), addrB, 0))
						n, flags, from, err := b.RecvFromVectored(split(room, count), 0)
						check(t, err)
						return n, flags, from
					},
					"Sendmsg, Recvmsg": func() (int, csock.RecvFlags, csock.SockAddr) {
						sent(t, len(data))(a.Sendmsg(&csock.MsgHdr{Addr: addrB, Buffers: split(data, count)}, 0))
						m := csock.MsgHdr{Buffers: split(room, count)}
						n, err := b.Recvmsg(&m, 0)
						check(t, err)
						return n, m.Flags, m.Addr
					},
				} {
					clear(room)
					n, flags, from := pass()
					if n != len(data) || !bytes.Equal(room[:n], data) || !bytes.Equal(room[n:], make([]byte, len(room)-n)) {
						t.Errorf("%d buffers, %s: what came is not what went", count, name)
					}
					same(t, fmt.Sprintf("%d buffers, %s, flags", count, name), flags&^csock.RecvFlags(csock.MSG_EOR), 0)
					same(t, fmt.Sprintf("%d buffers, %s, sender", count, name), from, addrA)
				}
			}

			// More buffers than the system takes are refused, and nothing is sent.
			many := make([][]byte, iovMax+1)
			many[iovMax] = []byte("x")
			for name, err := range map[string]error{
				"SendVectored":     second(a.SendVectored(many, 0)),
				"SendToVectored":   second(a.SendToVectored(many, addrB, 0)),
				"Sendmsg":          second(a.Sendmsg(&csock.MsgHdr{Buffers: many}, 0)),
				"RecvVectored":     third(b.RecvVectored(many, csock.MSG_DONTWAIT)),
				"RecvFromVectored": fourth(b.RecvFromVectored(many, csock.MSG_DONTWAIT)),
				"Recvmsg":          second(b.Recvmsg(&csock.MsgHdr{Buffers: many}, csock.MSG_DONTWAIT)),
			} {
				if !errors.Is(err, syscall.EMSGSIZE) {
					t.Errorf("%s of %d buffers: %v", name, len(many), err)
				}
			}

			// No buffers, and buffers without bytes: on a stream they send nothing, else an empty
			// message.
			for _, none := range [][][]byte{nil, {}, {nil}, {{}}, make([][]byte, 5), make([][]byte, 8), make([][]byte, 9), make([][]byte, iovMax)} {
				sent(t, 0)(a.SendVectored(none, 0))
				if k.typ != csock.SOCK_STREAM {
					n, flags, err := b.RecvVectored(none, 0)
					sent(t, 0)(n, err)
					same(t, "flags", flags.IsTruncated(), false)
				}
			}
			if _, err := b.Recv(make([]byte, 1), csock.MSG_DONTWAIT); !errors.Is(err, syscall.EAGAIN) {
				t.Errorf("something is left over: %v", err)
			}
		})
	}
}

var globalBuffer [64]byte

// Long vectors may hold memory outside Go's heap: the program's data, and mapped memory.
func TestVectoredMemory(t *testing.T) {
	mapped, err := syscall.Mmap(-1, 0, 1<<16, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	check(t, err)
	defer syscall.Munmap(mapped)
	var local [64]byte
	copy(mapped, "mapped, ")
	copy(globalBuffer[:], "global, ")
	copy(local[:], "local")
	a, b := unixPair(t, csock.SOCK_SEQPACKET)
	for _, count := range []int{3, 8, 9, 20} {
		bufs := make([][]byte, count)
		bufs[0], bufs[1], bufs[count-1] = mapped[:8], globalBuffer[:8], local[:5]
		sent(t, 21)(a.SendVectored(bufs, 0))
		in := make([][]byte, count)
		in[0], in[1], in[count-1] = mapped[100:108], globalBuffer[10:18], local[10:20]
		n, _, err := b.RecvVectored(in, 0)
		sent(t, 21)(n, err)
		same(t, "what came", string(in[0])+string(in[1])+string(in[count-1][:5]), "mapped, global, local")
	}
	// Everything pinned is unpinned: a leaked pin would be a panic of the collector.
	collect()
}

// Each pooled vector belongs to one call at a time.
func TestVectoredConcurrently(t *testing.T) {
	rounds := 500
	if testing.Short() || need.Slow {
		rounds = 100
	}
	var wg sync.WaitGroup
	for w := range 4 {
		a, b := unixPair(t, csock.SOCK_STREAM)
		wg.Go(func() {
			data := bytes.Repeat([]byte{byte('a' + w)}, 500)
			room := make([]byte, 500)
			for i := range rounds {
				if n, err := a.SendVectored(split(data, 9+i%40), 0); n != 500 || err != nil {
					t.Error(n, err)
					return
				}
				clear(room)
				if n, _, err := b.RecvVectored(split(room, 9+i%30), 0); n != 500 || err != nil || !bytes.Equal(room, data) {
					t.Errorf("%d bytes, %v, %.40q", n, err, room)
					return
				}
				if i%20 == 0 {
					runtime.GC()
				}
			}
		})
	}
	wg.Wait()
}

// A send larger than the socket's room is short, and the count is right across buffers.
func TestVectoredShort(t *testing.T) {
	for _, count := range []int{1, 8, 9, 100} {
		a, b := kindOf("tcp4").connected(t)
		check(t, smallBuffers(a, b), a.SetNonblocking(true))
		data := pattern(2 << 20)
		bufs := make([][]byte, count)
		for i := range bufs {
			bufs[i] = data[len(data)/count*i : len(data)/count*(i+1)]
		}
		n, err := a.SendVectored(bufs, 0)
		check(t, err)
		if n <= 0 || n >= len(data)/count*count {
			t.Errorf("%d buffers: %d of 2 MiB sent at once", count, n)
		}
		check(t, a.Shutdown(csock.SHUT_WR))
		got := make([]byte, n+1)
		for have := 0; ; {
			m, err := b.Recv(got[have:], 0)
			check(t, err)
			if have += m; m == 0 {
				if have != n || !bytes.Equal(got[:n], data[:n]) {
					t.Errorf("%d buffers: %d bytes came of %d", count, have, n)
				}
				break
			}
		}
	}
}

// Buffers may be parts of objects that have pointers to others.
func TestVectoredPartsOfObjects(t *testing.T) {
	type object struct {
		next *object
		data [4]byte
	}
	a, b := unixPair(t, csock.SOCK_STREAM)
	from, to := &object{next: &object{}, data: [4]byte([]byte("data"))}, &object{next: &object{}}
	for _, count := range []int{1, 2, 9, 65} {
		out, in := make([][]byte, count), make([][]byte, count)
		for i := range count {
			out[i], in[i] = from.data[:], to.data[:]
		}
		sent(t, 4*count)(a.SendVectored(out, 0))
		n, _, err := b.RecvVectored(in, 0)
		sent(t, 4*count)(n, err)
		same(t, "received", to.data, from.data)
		clear(to.data[:])
	}
}
