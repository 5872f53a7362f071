//go:build linux

package tests

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Calls that move bytes or return addresses allocate nothing, and neither do errors such as EAGAIN.
// Addresses and the list of buffers are on the caller's stack.
func TestAllocations(t *testing.T) {
	a, b := kindOf("udp4").connected(t)
	addrB, err := b.LocalAddr()
	check(t, err)
	s, _ := unixPair(t, csock.SOCK_DGRAM)
	check(t, s.SetNonblocking(true))
	u, peer := kindOf("unixgram").connected(t)
	pathPeer, err := peer.LocalAddr()
	check(t, err)
	stream, sink := unixPair(t, csock.SOCK_STREAM)
	f, err := os.Open("/proc/self/exe")
	check(t, err)
	defer f.Close()

	tcp, tcpPeer := kindOf("tcp4").connected(t)
	pipeR, pipeW := pipe(t)
	teeR, teeW := pipe(t)

	var bufs, room [1024][]byte
	for i := range bufs {
		bufs[i], room[i] = make([]byte, 4), make([]byte, 8)
	}
	msg := csock.MsgHdr{Buffers: bufs[:3], Control: make([]byte, 0, 128)}
	got := csock.MsgHdr{Buffers: room[:8], Control: make([]byte, 128)}
	needAgain := func(err error) {
		if !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(err)
		}
	}
	type row struct {
		name string
		call func()
	}
	rows := []row{
		{"Send, Recv", func() {
			var p [64]byte
			_, err := a.Send(p[:], 0)
			check(t, err)
			_, err = b.Recv(p[:], 0)
			check(t, err)
		}},
		{"SendTo, RecvFrom", func() {
			var p [64]byte
			_, err := a.SendTo(p[:], addrB, 0)
			check(t, err)
			_, _, err = b.RecvFrom(p[:], 0)
			check(t, err)
		}},
		{"SendTo, RecvFrom of a path", func() {
			var p [64]byte
			_, err := u.SendTo(p[:], pathPeer, 0)
			check(t, err)
			_, _, err = peer.RecvFrom(p[:], 0)
			check(t, err)
		}},
		{"Write, Read", func() {
			var p [64]byte
			_, err := a.Write(p[:])
			check(t, err)
			_, err = b.Read(p[:])
			check(t, err)
		}},
		{"Read of an empty datagram", func() {
			var p [64]byte
			_, err := a.Send(nil, 0)
			check(t, err)
			_, err = b.Read(p[:])
			check(t, err)
		}},
		{"Peek, PeekFrom, PeekSender", func() {
			var p [64]byte
			_, err := a.Send(p[:], 0)
			check(t, err)
			_, err = b.Peek(p[:])
			check(t, err)
			_, _, err = b.PeekFrom(p[:])
			check(t, err)
			_, err = b.PeekSender()
			check(t, err)
			_, err = b.Recv(p[:], 0)
			check(t, err)
		}},
		{"Sendmsg, Recvmsg", func() {
			_, err := a.Sendmsg(&msg, 0)
			check(t, err)
			_, err = b.Recvmsg(&got, 0)
			check(t, err)
		}},
		{"LocalAddr, PeerAddr", func() {
			_, err := a.LocalAddr()
			check(t, err)
			_, err = a.PeerAddr()
			check(t, err)
			_, err = peer.LocalAddr()
			check(t, err)
		}},
		{"Type, Domain, Protocol, IsListener, TakeError, Nonblocking", func() {
			_, err := a.Type()
			check(t, err)
			_, err = a.Domain()
			check(t, err)
			_, err = a.Protocol()
			check(t, err)
			_, err = a.IsListener()
			check(t, err)
			_, err = a.TakeError()
			check(t, err)
			_, err = a.Nonblocking()
			check(t, err)
		}},
		{"EAGAIN", func() {
			var p [64]byte
			_, err := s.Recv(p[:], 0)
			needAgain(err)
			_, _, err = s.RecvFrom(p[:], 0)
			needAgain(err)
			_, err = s.Recvmsg(&got, 0)
			needAgain(err)
			_, _, err = s.RecvVectored(room[:8], 0)
			needAgain(err)
			_, _, _, err = s.RecvFromVectored(room[:1], 0)
			needAgain(err)
			_, err = s.PeekSender()
			needAgain(err)
			_, err = s.Read(p[:])
			needAgain(err)
		}},
		{"Sendfile", func() {
			_, err := stream.Sendfile(f, 0, 64)
			check(t, err)
			var p [64]byte
			_, err = sink.Recv(p[:], 0)
			check(t, err)
		}},
		{"SendfileNext", func() {
			_, err := stream.SendfileNext(f, 1)
			check(t, err)
			var p [1]byte
			_, err = sink.Recv(p[:], 0)
			check(t, err)
		}},
		{"Discard", func() {
			_, err := tcp.Send(bufs[0], 0)
			check(t, err)
			_, err = tcpPeer.Discard(4, 0)
			check(t, err)
		}},
		{"SpliceFrom, SpliceTo, Tee", func() {
			_, err := pipeW.Write(bufs[0])
			check(t, err)
			_, err = csock.Tee(pipeR, teeW, 4, 0)
			check(t, err)
			_, err = stream.SpliceFrom(pipeR, 4, 0)
			check(t, err)
			_, err = sink.SpliceTo(pipeW, 4, 0)
			check(t, err)
			var p [4]byte
			_, err = pipeR.Read(p[:])
			check(t, err)
			_, err = teeR.Read(p[:])
			check(t, err)
		}},
	}
	vectored := func(n int) func() {
		return func() {
			_, err := a.SendVectored(bufs[:n], 0)
			check(t, err)
			_, _, err = b.RecvVectored(room[:n], 0)
			check(t, err)
			_, err = a.SendToVectored(bufs[:n], addrB, 0)
			check(t, err)
			_, _, _, err = b.RecvFromVectored(room[:n], 0)
			check(t, err)
		}
	}
	for _, n := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 64, 65, 1024} {
		rows = append(rows, row{fmt.Sprint("vectored, ", n), vectored(n)})
	}
	for _, r := range rows {
		if n := testing.AllocsPerRun(200, r.call); n != 0 && !need.Slow && !(need.OldGo && usesFile(r.name)) {
			t.Errorf("%s: %v allocations", r.name, n)
		}
	}
}

// usesFile reports whether a row's calls use a file, which costs allocations under older Go.
func usesFile(row string) bool {
	return strings.Contains(row, "Sendfile") || strings.Contains(row, "Splice")
}
