//go:build linux && cgo

package tests

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

const maxBatch = 1024 // UIO_MAXIOV: the most that Linux sends in one call

// numbered returns a payload that differs from every other.
func numbered(i int) []byte {
	return bytes.Repeat(binary.BigEndian.AppendUint32(nil, uint32(i)), 1+i%7)
}

func TestBatchSizes(t *testing.T) {
	for _, n := range []int{1, 2, 64, maxBatch, maxBatch + 1, 3000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			from, to := batchPair(t, csock.SOCK_DGRAM)
			out := newBatch(t, n, csock.BatchRoom{Payload: 28})
			in := newBatch(t, n, csock.BatchRoom{Payload: 28})
			for i := range n {
				check(t, out.SetBytes(i, numbered(i)))
			}
			sent := make(chan error, 1)
			go func() {
				defer close(sent)
				for at := 0; at < n; {
					// A signal that comes while the call waits ends it with what it has sent.
					k, err := from.SendBatch(out, 0)
					if err == nil && (k <= 0 || k > n-at) {
						err = fmt.Errorf("sent %d of %d", k, n-at)
					}
					if err == nil {
						at += k
						err = out.SetRange(at, n)
					}
					if err != nil {
						sent <- fmt.Errorf("from %d: %w", at, err)
						return
					}
				}
			}()
			got := 0
			for got < n {
				check(t, in.SetRange(got, n))
				k, err := to.RecvBatch(in, 0)
				if errors.Is(err, syscall.EINTR) { // left by a signal that ended the call before
					continue
				}
				if k <= 0 || err != nil {
					t.Fatalf("RecvBatch after %d messages: %d, %v; SendBatch: %v", got, k, err, <-sent)
				}
				got += k
			}
			check(t, <-sent)
			for i := range n {
				if want := numbered(i); !bytes.Equal(in.Bytes(i), want) || in.N(i) != len(want) || in.Flags(i) != 0 {
					t.Fatalf("message %d is %x, N %d, flags %#x; want %x", i, in.Bytes(i), in.N(i), in.Flags(i), want)
				}
			}
		})
	}
}

// A message of a new Batch is empty, whatever its room.
func TestBatchNew(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_DGRAM)
	n, err := a.SendBatch(newBatch(t, 2, csock.BatchRoom{Payload: 10}), 0)
	batchOK(t, "SendBatch", n, err, 2)
	for range 2 {
		n, err := b.Recv(make([]byte, 10), 0)
		check(t, err)
		same(t, "bytes", n, 0)
	}
}

func TestBatchSenders(t *testing.T) {
	t.Run("UDP", func(t *testing.T) {
		to, toAddr := batchUDP(t, "127.0.0.1")
		var from []*csock.Socket
		for i := range 20 {
			s, _ := batchUDP(t, fmt.Sprintf("127.0.%d.%d", i, i+1))
			from = append(from, s)
		}
		checkSenders(t, to, toAddr, from)
	})
	t.Run("IPv4 and IPv6", func(t *testing.T) {
		to, toAddr := batchUDP(t, "::")
		port := uint16(need.Value[netip.AddrPort](t)(addrPort(toAddr)).Port())
		v6, v6Addr := batchUDP(t, "::1")
		v4, v4Addr := batchUDP(t, "127.0.0.1")
		b := newBatch(t, 4, csock.BatchRoom{Payload: 1})
		check(t, b.SetAddr(0, csock.InetAddr(netip.AddrPortFrom(netip.IPv6Loopback(), port))))
		check(t, b.SetAddr(1, csock.InetAddr(netip.MustParseAddrPort(fmt.Sprintf("127.0.0.1:%d", port)))))
		check(t, b.SetRange(0, 1))
		n, err := v6.SendBatch(b, 0)
		batchOK(t, "SendBatch", n, err, 1)
		check(t, b.SetRange(1, 2))
		n, err = v4.SendBatch(b, 0)
		batchOK(t, "SendBatch", n, err, 1)
		check(t, b.SetRange(0, 2))
		n, err = to.RecvBatch(b, 0)
		batchOK(t, "RecvBatch", n, err, 2)
		mapped := need.Value[netip.AddrPort](t)(addrPort(v4Addr))
		mapped = netip.AddrPortFrom(netip.AddrFrom16(mapped.Addr().As16()), mapped.Port())
		if got := []csock.SockAddr{b.Addr(0), b.Addr(1)}; got[0] != v6Addr || got[1] != csock.InetAddr(mapped) {
			t.Errorf("senders are %v, want %v and %v", got, v6Addr, mapped)
		}
	})
	t.Run("Unix", func(t *testing.T) {
		// Names that get longer and shorter: a short one shows nothing of a long one.
		dir := t.TempDir()
		unix := func(name string) (*csock.Socket, csock.SockAddr) {
			s, err := csock.New(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
			s = batchSocket(t, s, err)
			check(t, s.Bind(need.Value[csock.SockAddr](t)(csock.UnixAddr(name))))
			return s, need.Value[csock.SockAddr](t)(s.LocalAddr())
		}
		to, toAddr := unix(filepath.Join(dir, "to"))
		var from []*csock.Socket
		for i := range 9 {
			s, _ := unix(filepath.Join(dir, strings.Repeat("x", 1+i*7%10)))
			from = append(from, s)
		}
		unnamed, err := csock.New(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
		from = slices.Insert(from, 4, batchSocket(t, unnamed, err))
		checkSenders(t, to, toAddr, from)
	})
}

func addrPort(a csock.SockAddr) (netip.AddrPort, error) {
	ap, ok := a.AddrPort()
	if !ok {
		return ap, fmt.Errorf("%v is no IP address", a)
	}
	return ap, nil
}

// checkSenders sends from all, forwards and backwards, and receives twice with one Batch.
func checkSenders(t *testing.T, to *csock.Socket, toAddr csock.SockAddr, from []*csock.Socket) {
	in := newBatch(t, len(from), csock.BatchRoom{Payload: 8})
	for range 2 {
		for i, s := range from {
			if _, err := s.SendTo([]byte{byte(i)}, toAddr, 0); err != nil {
				t.Fatal(err)
			}
		}
		n, err := to.RecvBatch(in, 0)
		batchOK(t, "RecvBatch", n, err, len(from))
		for i := range in.Count() {
			want := need.Value[csock.SockAddr](t)(from[in.Bytes(i)[0]].LocalAddr())
			if want.IsUnnamed() {
				want = csock.SockAddr{} // as recvfrom(2) has it
			}
			if got := in.Addr(i); got != want {
				t.Errorf("message %d came from %v (%x), want %v (%x)", i, got, got.Bytes(), want, want.Bytes())
			}
		}
		slices.Reverse(from)
	}
}

func TestBatchBadMessage(t *testing.T) {
	const n = 9
	to, toAddr := batchUDP(t, "127.0.0.1")
	from, _ := batchUDP(t, "127.0.0.1")
	for _, bad := range []int{0, 4, n - 1} {
		t.Run(fmt.Sprint(bad), func(t *testing.T) {
			out := newBatch(t, n, csock.BatchRoom{Payload: 28})
			for i := range n {
				check(t, out.SetBytes(i, numbered(i)), out.SetAddr(i, toAddr))
			}
			check(t, out.SetBuffer(bad, make([]byte, 70_000))) // more than a datagram can have
			at := 0
			if bad > 0 {
				k, err := from.SendBatch(out, 0)
				batchOK(t, "SendBatch of the messages before the bad one", k, err, bad)
				at = bad
			}
			check(t, out.SetRange(at, n))
			if k, err := from.SendBatch(out, 0); k != 0 || !errors.Is(err, syscall.EMSGSIZE) {
				t.Fatalf("SendBatch from the bad message on: %d, %v; want EMSGSIZE", k, err)
			}
			check(t, out.SetRange(bad+1, n))
			k, err := from.SendBatch(out, 0)
			batchOK(t, "SendBatch after the bad message", k, err, n-bad-1)
			in := newBatch(t, n-1, csock.BatchRoom{Payload: 28})
			k, err = to.RecvBatch(in, 0)
			batchOK(t, "RecvBatch", k, err, n-1)
			for i := range n - 1 {
				want := i
				if i >= bad {
					want++
				}
				if !bytes.Equal(in.Bytes(i), numbered(want)) {
					t.Errorf("message %d is %x, want %x", i, in.Bytes(i), numbered(want))
				}
			}
		})
	}
}

func TestBatchNonblockingFillsUp(t *testing.T) {
	const n = 500
	from, to := batchPair(t, csock.SOCK_DGRAM)
	check(t, from.SetNonblocking(true), to.SetNonblocking(true))
	out, in := newBatch(t, n, csock.BatchRoom{Payload: 28}), newBatch(t, n, csock.BatchRoom{Payload: 28})
	if k, err := to.RecvBatch(in, 0); k != 0 || !errors.Is(err, syscall.EAGAIN) {
		t.Fatalf("RecvBatch of nothing: %d, %v; want EAGAIN", k, err)
	}
	for i := range n {
		check(t, out.SetBytes(i, numbered(i)))
	}
	rounds, got := 0, 0
	for at := 0; at < n; rounds++ {
		check(t, out.SetRange(at, n))
		k, err := from.SendBatch(out, 0)
		if k <= 0 || err != nil {
			t.Fatalf("SendBatch into an empty socket: %d, %v", k, err)
		}
		at += k
		check(t, out.SetRange(at, n))
		if k, err := from.SendBatch(out, 0); at < n && (k != 0 || !errors.Is(err, syscall.EAGAIN)) {
			t.Fatalf("SendBatch into a full socket: %d, %v; want EAGAIN", k, err)
		}
		r, err := to.RecvBatch(in, 0)
		batchOK(t, "RecvBatch", r, err, k)
		for i := range r {
			if !bytes.Equal(in.Bytes(i), numbered(got)) {
				t.Fatalf("message %d is %x", got, in.Bytes(i))
			}
			got++
		}
		for i := r; i < n; i++ {
			if in.Len(i) != 0 || in.N(i) != 0 || in.Addr(i) != (csock.SockAddr{}) || in.Flags(i) != 0 {
				t.Fatalf("message %d after the %d that came is not empty", i, r)
			}
		}
	}
	if rounds < 2 {
		t.Errorf("%d messages fitted at once: the socket did not fill up", n)
	}
}

// A batch that received and then sends keeps nothing of the receiving in messages that were not
// received.
func TestBatchBothWays(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_SEQPACKET)
	batch := newBatch(t, 4, csock.BatchRoom{Payload: 16, Control: 64})
	for round := range 3 {
		check(t, batch.SetRange(0, 4))
		for i := range 4 {
			check(t, batch.SetBytes(i, numbered(i)[:4]))
		}
		n, err := a.SendBatch(batch, 0)
		batchOK(t, "SendBatch", n, err, 4)
		p := make([]byte, 64)
		for i := range 3 {
			if n, err := b.Recv(p, 0); n != 4 || !bytes.Equal(p[:n], numbered(i)[:4]) || err != nil {
				t.Fatalf("round %d: %x, %v", round, p[:n], err)
			}
		}
		n, err = b.RecvBatch(batch, csock.MSG_DONTWAIT)
		batchOK(t, "RecvBatch", n, err, 1)
		if !bytes.Equal(batch.Bytes(0), numbered(3)[:4]) || batch.Len(1) != 0 || len(batch.Control(1)) != 0 {
			t.Fatalf("round %d: received %x, and after it %x", round, batch.Bytes(0), batch.Bytes(1))
		}
		// Message 0 goes back as it came, 2 is new, 1 and 3 are empty.
		check(t, batch.SetBytes(2, []byte("new")))
		n, err = b.SendBatch(batch, 0)
		batchOK(t, "SendBatch of what came", n, err, 4)
		for i, want := range []string{string(numbered(3)[:4]), "", "new", ""} {
			if n, err := a.Recv(p, 0); string(p[:n]) != want || err != nil {
				t.Fatalf("round %d: message %d came back as %x, %v; want %x", round, i, p[:n], err, want)
			}
		}
	}
}

// csock receives what C receives, in buffers of all sizes, byte for byte, and C receives what csock
// sends.
func TestBatchAgainstC(t *testing.T) {
	t.Run("plain", func(t *testing.T) { batchAgainstC(t, false) })
	t.Run("control", func(t *testing.T) { batchAgainstC(t, true) })
}

// batchAgainstC sends every other message with a control message, if control is set.
func batchAgainstC(t *testing.T, sendControl bool) {
	from, fromAddr := batchUDP(t, "127.0.0.1")
	to, toAddr := batchUDP(t, "127.0.0.1")
	on := func(level, option int) {
		t.Helper()
		check(t, syscall.SetsockoptInt(int(to.FD()), level, option, 1))
	}
	on(syscall.IPPROTO_IP, syscall.IP_RECVTTL)
	on(syscall.IPPROTO_IP, syscall.IP_RECVTOS)
	on(syscall.IPPROTO_IP, syscall.IP_PKTINFO)
	ttl := func(n int) []byte { return csock.AppendTTL(nil, n) }
	sizes := []int{0, 1, 5, 8, 27, 28, 29, 400} // of the buffers
	controls := []int{0, 8, 40, 200}            // of the room for control messages
	n := len(sizes) * 7

	send := map[string]func(){
		"csock": func() {
			out := newBatch(t, n, csock.BatchRoom{Payload: 28, Control: csock.ControlSpace(4)})
			for i := range n {
				check(t, out.SetBytes(i, numbered(i)), out.SetAddr(i, toAddr))
				if sendControl && i%2 == 0 {
					check(t, out.SetControl(i, ttl(i+1)))
				}
			}
			k, err := from.SendBatch(out, 0)
			batchOK(t, "SendBatch", k, err, n)
			for i := range n {
				if out.N(i) != len(numbered(i)) {
					t.Errorf("sent %d bytes of message %d, want %d", out.N(i), i, len(numbered(i)))
				}
			}
		},
		"C": func() {
			messages := make([]cref.Message, n)
			for i := range n {
				messages[i] = cref.Message{Payload: numbered(i), Addr: toAddr.Bytes()}
				if sendControl && i%2 == 0 {
					messages[i].Control = ttl(i + 1)
				}
			}
			k, err := cref.Sendmmsg(from.FD(), messages, 0)
			batchOK(t, "sendmmsg", k, err, n)
		},
	}
	for _, control := range controls {
		for _, flags := range []csock.MsgFlags{0, csock.MSG_TRUNC, csock.MSG_WAITFORONE} {
			receive := map[string]func() []cref.Message{
				"csock": func() []cref.Message {
					in := newBatch(t, n, csock.BatchRoom{Control: control})
					for i := range n {
						check(t, in.SetBuffer(i, make([]byte, sizes[i%len(sizes)])))
					}
					k, err := to.RecvBatch(in, flags)
					batchOK(t, "RecvBatch", k, err, n)
					messages := make([]cref.Message, n)
					for i := range n {
						messages[i] = cref.Message{
							Payload: in.Bytes(i), Addr: in.Addr(i).Bytes(), Control: in.Control(i), Flags: int(in.Flags(i)), N: in.N(i),
						}
						if in.Addr(i) != fromAddr {
							t.Errorf("message %d came from %v, want %v", i, in.Addr(i), fromAddr)
						}
					}
					return messages
				},
				"C": func() []cref.Message {
					messages := make([]cref.Message, n)
					for i := range n {
						messages[i].Payload = make([]byte, sizes[i%len(sizes)])
						messages[i].Addr = make([]byte, 128)
						messages[i].Control = make([]byte, control)
					}
					k, err := cref.Recvmmsg(to.FD(), messages, int(flags))
					batchOK(t, "recvmmsg", k, err, n)
					return messages
				},
			}
			send["C"]()
			want := receive["C"]()
			for _, how := range [][2]string{{"C", "csock"}, {"csock", "C"}, {"csock", "csock"}} {
				send[how[0]]()
				got := receive[how[1]]()
				for i := range n {
					if g, w := fmt.Sprintf("%+v", got[i]), fmt.Sprintf("%+v", want[i]); g != w {
						t.Errorf("%s to %s, control %d, flags %#x, message %d:\n got %s\nwant %s", how[0], how[1], control, flags, i, g, w)
					}
				}
			}
		}
	}
}

func TestBatchBuffers(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_SEQPACKET)
	out, in := newBatch(t, 2, csock.BatchRoom{Payload: 4}), newBatch(t, 2, csock.BatchRoom{Payload: 4})
	arrives := func(i int, want string) {
		t.Helper()
		k, err := a.SendBatch(out, 0)
		batchOK(t, "SendBatch", k, err, 2)
		k, err = b.RecvBatch(in, 0)
		batchOK(t, "RecvBatch", k, err, 2)
		if string(in.Bytes(i)) != want {
			t.Fatalf("received %q, want %q", in.Bytes(i), want)
		}
	}
	// The Batch's own memory, filled in place.
	check(t, out.SetLen(0, copy(out.Buffer(0), "own")))
	arrives(0, "own")
	// The caller's memory, whose changes show; SetBuffer then moves to a longer piece of it.
	mine, theirs := []byte("my own memory"), make([]byte, 100)
	check(t, out.SetBuffer(0, mine[:2]), in.SetBuffer(0, theirs))
	arrives(0, "my")
	if &in.Bytes(0)[0] != &theirs[0] {
		t.Error("what came is not in the buffer that SetBuffer was given")
	}
	mine[0] = 'M'
	check(t, out.SetBuffer(0, mine))
	arrives(0, "My own memory")
	check(t, out.SetLen(0, 6))
	arrives(0, "My own")
	check(t, out.SetBuffer(0, mine[3:6]))
	arrives(0, "own")
	check(t, out.SetBuffer(0, []byte{}))
	arrives(0, "")
	// The Batch's own memory again, which no other message writes to.
	check(t, out.SetBuffer(0, nil), in.SetBuffer(0, nil))
	arrives(0, "")
	check(t, out.SetBytes(0, []byte("back")), out.SetBytes(1, []byte("next")))
	arrives(0, "back")
	arrives(1, "next")
	if got := len(out.Buffer(0)); got != 4 || cap(out.Buffer(0)) != 4 {
		t.Errorf("own buffer has %d bytes, capacity %d; want 4", got, cap(out.Buffer(0)))
	}
}

func TestBatchRights(t *testing.T) {
	file := need.Value[*os.File](t)(os.Open(os.DevNull))
	defer file.Close()
	for _, raw := range []bool{false, true} {
		pair := csock.Pair
		if raw {
			pair = csock.PairRaw
		}
		a, b, err := pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
		a, b = batchSocket(t, a, err), batchSocket(t, b, err)
		batch := newBatch(t, 5, csock.BatchRoom{Payload: 1, Control: csock.ControlSpace(2 * 4)})
		for i := range batch.Count() {
			check(t, batch.SetControl(i, csock.AppendRights(nil, int(file.Fd()), int(file.Fd()))), batch.SetLen(i, 1))
		}
		n, err := a.SendBatch(batch, 0)
		batchOK(t, "SendBatch", n, err, 5)
		n, err = b.RecvBatch(batch, 0)
		batchOK(t, "RecvBatch", n, err, 5)
		for i := range n {
			var fds []int
			for m := range csock.ControlMessages(batch.Control(i)) {
				fds, _ = m.Rights(fds)
			}
			if len(fds) != 2 {
				t.Fatalf("message %d has descriptors %v", i, fds)
			}
			if batch.Flags(i) != 0 {
				t.Errorf("message %d has flags %#x", i, batch.Flags(i))
			}
			for _, fd := range fds {
				flags, _, _ := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
				if got := flags&syscall.FD_CLOEXEC != 0; got == raw {
					t.Errorf("raw %v: a received descriptor is close-on-exec: %v", raw, got)
				}
			}
			batch.CloseRights(i)
			for _, fd := range fds {
				if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0); errno != syscall.EBADF {
					t.Errorf("descriptor %d is open after CloseRights", fd)
				}
			}
		}
	}
}

// A message that fits only in part into a stream: N is the number of bytes sent.
func TestBatchStream(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_STREAM)
	check(t, a.SetNonblocking(true))
	const each = 1 << 20
	batch := newBatch(t, 8, csock.BatchRoom{Payload: each})
	for i := range batch.Count() {
		check(t, batch.SetLen(i, each))
	}
	n, err := a.SendBatch(batch, 0)
	if n < 1 || n == batch.Count() || err != nil {
		t.Fatalf("SendBatch: %d, %v", n, err)
	}
	sent := 0
	for i := range n {
		sent += batch.N(i)
	}
	check(t, a.Shutdown(csock.SHUT_WR))
	got, p := 0, make([]byte, each)
	for {
		k, err := b.Recv(p, 0)
		check(t, err)
		if k == 0 {
			break
		}
		got += k
	}
	if got != sent {
		t.Errorf("%d bytes came, N says that %d were sent", got, sent)
	}
}

// An ECONNREFUSED is reported by the call whose first message it hits. Linux drops one that hits a
// later message.
func TestBatchPendingError(t *testing.T) {
	gone, goneAddr := batchUDP(t, "127.0.0.1")
	s, _ := batchUDP(t, "127.0.0.1")
	check(t, s.Connect(goneAddr), gone.Close())
	batch := newBatch(t, 3, csock.BatchRoom{Payload: 1})
	for name, call := range map[string]func() (int, error){
		"SendBatch": func() (int, error) { return s.SendBatch(batch, 0) },
		"RecvBatch": func() (int, error) { return s.RecvBatch(batch, 0) },
	} {
		check(t, batch.SetRange(0, 1))
		n, err := s.SendBatch(batch, 0)
		batchOK(t, "SendBatch", n, err, 1)
		if n, err := call(); n != 0 || !errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatalf("%s: %d, %v; want ECONNREFUSED", name, n, err)
		}
		check(t, batch.SetRange(0, 3))
		n, err = s.SendBatch(batch, 0)
		batchOK(t, "SendBatch of three", n, err, 1) // the second gets the error that the first has caused
		if pending, err := s.TakeError(); pending != nil || err != nil {
			t.Fatalf("pending after it: %v, %v", pending, err)
		}
	}
}

// A flag that the platform lacks is an error, and the messages keep all their room.
func TestBatchLackingFlag(t *testing.T) {
	from, to := batchPair(t, csock.SOCK_DGRAM)
	b := newBatch(t, 2, csock.BatchRoom{Payload: 10})
	if n, err := to.RecvBatch(b, csock.MsgFlags(csock.AF_SYSTEM)); n != 0 || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("RecvBatch with a flag that Linux lacks: %d, %v", n, err)
	}
	sent(t, 5)(from.Send([]byte("hello"), 0))
	n, err := to.RecvBatch(b, csock.MSG_DONTWAIT)
	batchOK(t, "RecvBatch", n, err, 1)
	same(t, "received", string(b.Bytes(0)), "hello")
	same(t, "flags", b.Flags(0), 0)
}

func TestBatchBadUse(t *testing.T) {
	a, _ := batchPair(t, csock.SOCK_DGRAM)
	b := newBatch(t, 3, csock.BatchRoom{Payload: 10, Control: 16})
	closed := newBatch(t, 3, csock.BatchRoom{Payload: 10, Control: 16})
	check(t, closed.SetBytes(1, []byte("before")), closed.Close())
	for name, batch := range map[string]struct {
		b    *csock.Batch
		want error
	}{"nil": {nil, os.ErrInvalid}, "zero": {new(csock.Batch), net.ErrClosed}, "closed": {closed, net.ErrClosed}} {
		b := batch.b
		_, sendErr := a.SendBatch(b, 0)
		_, recvErr := a.RecvBatch(b, 0)
		for what, err := range map[string]error{
			"SendBatch": sendErr, "RecvBatch": recvErr, "Close": b.Close(), "SetRange": b.SetRange(0, 1),
			"SetLen": b.SetLen(1, 1), "SetBytes": b.SetBytes(1, nil), "SetBuffer": b.SetBuffer(1, make([]byte, 5)),
			"SetAddr": b.SetAddr(1, csock.SockAddr{}), "SetControl": b.SetControl(1, nil),
			"SetControlBuffer": b.SetControlBuffer(1, make([]byte, 5)),
		} {
			if !errors.Is(err, batch.want) {
				t.Errorf("%s of a %s Batch: %v, want %v", what, name, err, batch.want)
			}
		}
		for _, i := range []int{math.MinInt, -1, 1, 3, math.MaxInt} {
			_, _, _, _, _, _, _ = b.Buffer(i), b.Bytes(i), b.Len(i), b.Addr(i), b.Control(i), b.Flags(i), b.N(i)
		}
		b.Count()
		b.Range()
	}
	if string(closed.Bytes(1)) != "before" {
		t.Errorf("what a closed Batch held is %q", closed.Bytes(1))
	}
	for _, i := range []int{math.MinInt, -1, 3, math.MaxInt} {
		for what, err := range map[string]error{
			"SetLen": b.SetLen(i, 1), "SetBytes": b.SetBytes(i, nil), "SetBuffer": b.SetBuffer(i, make([]byte, 5)),
			"SetAddr": b.SetAddr(i, csock.SockAddr{}), "SetControl": b.SetControl(i, nil),
			"SetControlBuffer": b.SetControlBuffer(i, make([]byte, 5)),
			"SetRange to":      b.SetRange(0, i|4), "SetRange from": b.SetRange(i|4, 3),
		} {
			if !errors.Is(err, syscall.EINVAL) {
				t.Errorf("%s of message %d: %v, want EINVAL", what, i, err)
			}
		}
		if b.Buffer(i) != nil || b.Bytes(i) != nil || b.Len(i) != 0 || b.Addr(i) != (csock.SockAddr{}) || b.Control(i) != nil ||
			b.Flags(i) != 0 || b.N(i) != 0 {
			t.Errorf("there is a message %d", i)
		}
	}
	for what, err := range map[string]error{
		"SetLen(-1)": b.SetLen(0, -1), "SetLen(11)": b.SetLen(0, 11), "SetBytes": b.SetBytes(0, make([]byte, 11)),
		"SetControl": b.SetControl(0, make([]byte, 17)), "SetRange": b.SetRange(2, 1),
	} {
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %v, want EINVAL", what, err)
		}
	}
	check(t, b.SetRange(3, 3))
	if n, err := a.SendBatch(b, 0); n != 0 || err != nil {
		t.Errorf("SendBatch of no messages: %d, %v", n, err)
	}
	if n, err := a.RecvBatch(b, 0); n != 0 || err != nil {
		t.Errorf("RecvBatch of no messages: %d, %v", n, err)
	}
	for _, c := range []struct {
		n    int
		room csock.BatchRoom
		want error
	}{
		{0, csock.BatchRoom{}, syscall.EINVAL}, {-1, csock.BatchRoom{}, syscall.EINVAL},
		{1, csock.BatchRoom{Payload: -1}, syscall.EINVAL}, {1, csock.BatchRoom{Control: -1}, syscall.EINVAL},
		{math.MaxInt, csock.BatchRoom{}, syscall.ENOMEM}, {1, csock.BatchRoom{Payload: math.MaxInt}, syscall.ENOMEM},
		{1, csock.BatchRoom{Control: math.MaxInt}, syscall.ENOMEM}, {1 << 20, csock.BatchRoom{Payload: 1 << 20}, syscall.ENOMEM},
	} {
		if _, err := csock.NewBatch(c.n, c.room); !errors.Is(err, c.want) {
			t.Errorf("NewBatch(%d, %+v): %v, want %v", c.n, c.room, err, c.want)
		}
	}
	check(t, a.Close())
	if _, err := a.SendBatch(newBatch(t, 1, csock.BatchRoom{}), 0); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SendBatch on a closed Socket: %v", err)
	}
}

// A call that waits has the Batch to itself. Close does not wait for it, and the memory in use
// stays.
func TestBatchBusy(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_DGRAM)
	batch := newBatch(t, 2, csock.BatchRoom{Payload: 8, Control: 8})
	received := make(chan error)
	go func() {
		n, err := b.RecvBatch(batch, 0)
		for errors.Is(err, syscall.EBUSY) { // it ran into SetRange
			n, err = b.RecvBatch(batch, 0)
		}
		if n != 2 {
			err = fmt.Errorf("%d messages: %w", n, err)
		}
		received <- err
	}()
	for batch.SetRange(0, 2) == nil { // until the call is in
		runtime.Gosched()
	}
	_, sendErr := a.SendBatch(batch, 0)
	for what, err := range map[string]error{
		"SendBatch": sendErr, "SetRange": batch.SetRange(0, 1), "SetLen": batch.SetLen(0, 1), "SetBytes": batch.SetBytes(0, nil),
		"SetBuffer": batch.SetBuffer(0, make([]byte, 9)), "SetAddr": batch.SetAddr(0, csock.SockAddr{}), "SetControl": batch.SetControl(0, nil),
	} {
		if !errors.Is(err, syscall.EBUSY) {
			t.Errorf("%s while RecvBatch waits: %v, want EBUSY", what, err)
		}
	}
	check(t, batch.Close())
	runtime.GC()
	for range 2 {
		need.Value[int](t)(a.Send([]byte("after"), 0))
	}
	check(t, <-received)
	if string(batch.Bytes(0)) != "after" || string(batch.Bytes(1)) != "after" {
		t.Errorf("received %q and %q", batch.Bytes(0), batch.Bytes(1))
	}
	if _, err := b.RecvBatch(batch, 0); !errors.Is(err, net.ErrClosed) {
		t.Errorf("RecvBatch after Close: %v", err)
	}
}

func TestBatchCloseRaces(t *testing.T) {
	a, b := batchPair(t, csock.SOCK_DGRAM)
	check(t, a.SetNonblocking(true), b.SetNonblocking(true))
	for round := range 200 {
		batch := need.Value[*csock.Batch](t)(csock.NewBatch(8, csock.BatchRoom{Payload: 16, Control: 16}))
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				for {
					var err error
					switch i {
					case 0:
						_, err = a.SendBatch(batch, 0)
					case 1:
						_, err = b.RecvBatch(batch, 0)
					case 2:
						err = batch.SetBuffer(3, make([]byte, 20))
					case 3:
						for range round % 16 { // after more or fewer of the other calls
							runtime.Gosched()
						}
						batch.Close()
						err = batch.Close()
					}
					if errors.Is(err, net.ErrClosed) {
						return
					}
					if err != nil && !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EBUSY) {
						t.Error(err)
						return
					}
					runtime.Gosched()
				}
			})
		}
		wg.Wait()
	}
	runtime.GC()
	runtime.GC()
}

// Unclosed batches are unpinned when they are collected: the runtime, which ends a process that
// leaks a pin, finds none, and the memory is freed. Slices that a collected Batch has returned stay
// valid.
func TestBatchUnreachable(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	a, b := batchPair(t, csock.SOCK_DGRAM)
	const payload = 1 << 10
	kept := make(map[int][]byte)
	live := newBatch(t, 1, csock.BatchRoom{}) // which keeps only its last buffer alive
	for i := range 400 {
		check(t, live.SetBuffer(0, make([]byte, 1<<16)))
		batch := need.Value[*csock.Batch](t)(csock.NewBatch(4, csock.BatchRoom{Payload: payload, Control: 64}))
		for j := range 4 {
			check(t, batch.SetBytes(j, bytes.Repeat([]byte{byte(i)}, payload)))
		}
		check(t, batch.SetBuffer(1, bytes.Repeat([]byte{byte(i)}, 100)), batch.SetBuffer(2, make([]byte, 1<<16)))
		check(t, batch.SetRange(0, 2))
		n, err := a.SendBatch(batch, 0)
		batchOK(t, "SendBatch", n, err, 2)
		n, err = b.RecvBatch(batch, 0)
		batchOK(t, "RecvBatch", n, err, 2)
		if i%40 == 0 {
			kept[i] = batch.Bytes(0)
		}
		if i%7 == 0 {
			check(t, batch.Close())
		}
		if i%20 == 0 {
			runtime.GC()
		}
	}
	for i, p := range kept {
		if !bytes.Equal(p, bytes.Repeat([]byte{byte(i)}, payload)) {
			t.Errorf("the payload of unreachable batch %d is %x…", i, p[:8])
		}
	}
	// The buffers of the collected batches are 26 MB, and so are those of the live one.
	var m runtime.MemStats
	deadline := time.Now().Add(time.Minute)
	for {
		runtime.GC()
		if runtime.ReadMemStats(&m); m.HeapAlloc < 8<<20 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes of unreachable batches are still there", m.HeapAlloc)
		}
		time.Sleep(time.Millisecond)
	}
	runtime.KeepAlive(live)
}

func TestBatchAllocations(t *testing.T) {
	const n = 8
	from, _ := batchUDP(t, "127.0.0.1")
	to, toAddr := batchUDP(t, "127.0.0.1")
	check(t, to.SetNonblocking(true))
	out := newBatch(t, n, csock.BatchRoom{Payload: 64, Control: 64})
	in := newBatch(t, n, csock.BatchRoom{Payload: 64, Control: 64})
	payload, user := make([]byte, 64), [2][]byte{make([]byte, 64), make([]byte, 64)}
	round, sum := 0, 0
	if allocs := testing.AllocsPerRun(100, func() {
		round++
		for i := range n {
			check(t, out.SetBytes(i, payload), out.SetAddr(i, toAddr), out.SetControl(i, nil))
		}
		check(t, out.SetBuffer(1, user[round%2]), in.SetBuffer(1, user[round%2]), out.SetRange(0, n))
		k, err := from.SendBatch(out, 0)
		batchOK(t, "SendBatch", k, err, n)
		k, err = to.RecvBatch(in, 0)
		batchOK(t, "RecvBatch", k, err, n)
		for i := range n {
			if in.Addr(i).IsIPv4() {
				sum += len(in.Bytes(i)) + len(in.Control(i)) + int(in.Flags(i)) + in.N(i)
			}
			for d := range csock.Datagrams(in.Bytes(i), 10) {
				sum += len(d)
			}
		}
		if k, err := to.RecvBatch(in, 0); k != 0 || !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(k, err)
		}
	}); allocs != 0 && !need.Slow {
		t.Errorf("%v allocations a round", allocs)
	}
}
