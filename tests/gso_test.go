//go:build linux && cgo

package tests

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"syscall"
	"testing"
	"unsafe"

	"github.com/csock/go-csock/csock"
)

const udpSegment, udpGRO = 103, 104

// controlBytes is one control message, as the macros of cmsg(3) lay it out.
func controlBytes(level, typ int32, data []byte) []byte {
	c := make([]byte, syscall.CmsgSpace(len(data)))
	h := (*syscall.Cmsghdr)(unsafe.Pointer(unsafe.SliceData(c)))
	h.Level, h.Type = level, typ
	h.SetLen(syscall.CmsgLen(len(data)))
	copy(c[syscall.CmsgLen(0):], data)
	return c
}

func segmentSize(n int) []byte {
	return controlBytes(syscall.IPPROTO_UDP, udpSegment, binary.NativeEndian.AppendUint16(nil, uint16(n)))
}

// groSize returns what the kernel says of how it joined a payload.
func groSize(t testing.TB, control []byte) int {
	t.Helper()
	scms, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range scms {
		if m.Header.Level == syscall.IPPROTO_UDP && m.Header.Type == udpGRO {
			return int(binary.NativeEndian.Uint32(m.Data))
		}
	}
	return 0
}

// udpOption sets an option, or skips the test on a kernel without it.
func udpOption(t testing.TB, s *csock.Socket, option, value int) {
	t.Helper()
	err := syscall.SetsockoptInt(int(s.FD()), syscall.IPPROTO_UDP, option, value)
	if errors.Is(err, syscall.ENOPROTOOPT) {
		t.Skip("needs UDP_SEGMENT and UDP_GRO: ", err)
	}
	noError(t, err)
}

// Payloads that are segmented by the socket's option or by each message's own, received one by one or joined.
func TestBatchSegments(t *testing.T) {
	t.Run("socket", func(t *testing.T) { batchSegments(t, true, false) })
	t.Run("socket joined", func(t *testing.T) { batchSegments(t, true, true) })
	t.Run("message", func(t *testing.T) { batchSegments(t, false, false) })
	t.Run("message joined", func(t *testing.T) { batchSegments(t, false, true) })
}

func batchSegments(t *testing.T, perSocket, joined bool) {
	from, _ := batchUDP(t, "127.0.0.1")
	to, toAddr := batchUDP(t, "127.0.0.1")
	if perSocket {
		udpOption(t, from, udpSegment, 100)
	}
	if joined {
		udpOption(t, to, udpGRO, 1)
	}
	lengths := []int{1050, 5, 999, 1000}
	sizes := []int{100, 1, 333, 1000} // of the segments of each
	out := newBatch(t, len(lengths), csock.BatchRoom{Payload: 2000, Control: len(segmentSize(0))})
	var want [][]byte
	for i, n := range lengths {
		p := make([]byte, n)
		for j := range p {
			p[j] = byte(i*50 + j)
		}
		noError(t, out.SetBytes(i, p), out.SetAddr(i, toAddr))
		size := 100
		if !perSocket {
			size = sizes[i]
			noError(t, out.SetControl(i, segmentSize(size)))
		}
		want = slices.AppendSeq(want, slices.Chunk(p, size))
	}
	n, err := from.SendBatch(out, 0)
	if errors.Is(err, syscall.EIO) {
		t.Skip("needs UDP_SEGMENT on the loopback interface: ", err)
	}
	batchOK(t, "SendBatch", n, err, len(lengths))

	in := newBatch(t, len(want), csock.BatchRoom{Payload: 2000, Control: 64})
	var got [][]byte
	messages := 0
	for len(got) < len(want) {
		n, err := to.RecvBatch(in, csock.MSG_WAITFORONE)
		if err != nil {
			t.Fatalf("RecvBatch after %d of %d datagrams: %v", len(got), len(want), err)
		}
		messages += n
		for i := range n {
			for d := range csock.Datagrams(in.Bytes(i), groSize(t, in.Control(i))) {
				got = append(got, bytes.Clone(d))
			}
		}
	}
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("received\n%x\nwant\n%x", got, want)
	}
	wantMessages := len(want)
	if joined {
		wantMessages = len(lengths)
	}
	if messages != wantMessages {
		t.Errorf("%d datagrams came in %d messages, want %d", len(want), messages, wantMessages)
	}
}

func TestDatagrams(t *testing.T) {
	for _, c := range []struct {
		payload string
		size    int
		want    []string
	}{
		{"", 0, []string{""}}, {"", 3, []string{""}}, {"abc", 0, []string{"abc"}}, {"abc", -1, []string{"abc"}},
		{"abc", 3, []string{"abc"}}, {"abc", 4, []string{"abc"}}, {"abcdef", 3, []string{"abc", "def"}},
		{"abcdefg", 3, []string{"abc", "def", "g"}}, {"abc", 1, []string{"a", "b", "c"}},
	} {
		var got []string
		for d := range csock.Datagrams([]byte(c.payload), c.size) {
			got = append(got, string(d))
			_ = append(d, "overrun"...)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Datagrams(%q, %d): %q, want %q", c.payload, c.size, got, c.want)
		}
	}
	for range csock.Datagrams(make([]byte, 10), 1) {
		break
	}
	payload := make([]byte, 1000)
	if allocs := testing.AllocsPerRun(10, func() {
		n := 0
		for d := range csock.Datagrams(payload, 7) {
			n += len(d)
		}
		if n != len(payload) {
			t.Error(n)
		}
	}); allocs != 0 {
		t.Errorf("Datagrams allocates %v times", allocs)
	}
}
