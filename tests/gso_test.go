package tests

import (
	"bytes"
	"slices"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// udpOption sets an option, or skips the test if the kernel lacks it.
func udpOption(t testing.TB, s *csock.Socket, setting csock.Setting) {
	t.Helper()
	need.Feature(t, "UDP_SEGMENT and UDP_GRO", s.Set(setting))
}

// Payloads segmented by the socket's option or by each message's own, received one by one or
// joined.
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
		udpOption(t, from, csock.UDP_SEGMENT.To(100))
	}
	if joined {
		udpOption(t, to, csock.UDP_GRO.To(true))
	}
	lengths := []int{1050, 5, 999, 1000}
	sizes := []int{100, 1, 333, 1000} // of the segments of each
	out := newBatch(t, len(lengths), csock.BatchRoom{Payload: 2000, Control: csock.ControlSpace(2)})
	var want [][]byte
	for i, n := range lengths {
		p := make([]byte, n)
		for j := range p {
			p[j] = byte(i*50 + j)
		}
		check(t, out.SetBytes(i, p), out.SetAddr(i, toAddr))
		size := 100
		if !perSocket {
			size = sizes[i]
			check(t, out.SetControl(i, csock.AppendSegmentSize(out.Control(i), uint16(size))))
		}
		want = slices.AppendSeq(want, slices.Chunk(p, size))
	}
	n, err := from.SendBatch(out, 0)
	need.Feature(t, "UDP_SEGMENT on the loopback interface", err, syscall.EIO)
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
			size := 0
			for m := range csock.ControlMessages(in.Control(i)) {
				if n, ok := m.SegmentSize(); ok {
					size = n
				}
			}
			for d := range csock.Datagrams(in.Bytes(i), size) {
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
	}); allocs != 0 && !need.Slow {
		t.Errorf("Datagrams allocates %v times", allocs)
	}
}
