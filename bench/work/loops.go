//go:build linux

package work

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// The sockets of a Go contender have those of the methods below that its API offers. The loops over
// them are shared, so that contenders differ in nothing else. A call through an interface costs
// each of them the same two nanoseconds.
type (
	sender interface {
		send(p []byte) (int, error)
	}
	receiver interface {
		recv(p []byte) (int, error)
	}
	endpoint interface {
		sender
		receiver
	}
	// A timedEndpoint has deadlines, like a net.Conn.
	timedEndpoint interface {
		endpoint
		SetReadDeadline(t time.Time) error
		SetWriteDeadline(t time.Time) error
	}
	// A toEndpoint sends to the peer that it was opened with, and decodes the address of the sender
	// of what it receives.
	toEndpoint interface {
		sendTo(p []byte) (int, error)
		recvFrom(p []byte) (int, error)
	}
	// A msgEndpoint sends with a source address and ECN bits, and receives with both.
	msgEndpoint interface {
		sendMsg(p []byte) (int, error)
		recvMsg(p []byte) (n, ecn int, err error)
	}
	vectorEndpoint interface {
		sendVec(bufs [][]byte) (int, error)
		recvVec(bufs [][]byte) (int, error)
	}
	// A batchEndpoint sends to its peer and receives with addresses. One call handles as much of a
	// batch as one system call does.
	batchEndpoint interface {
		makeBatch(n, size int) error
		sendBatch(from int) (int, error)
		recvBatch(from int) (int, error)
	}
	segmentEndpoint interface {
		sendSegs(p []byte, seg int) (int, error)
		recvSegs(p []byte) (n, seg int, err error)
	}
	fileSender interface {
		sendFile(f *os.File, n int) (int, error)
	}
)

// An opener makes a contender's socket of a descriptor, which stays owned by the caller. local and
// peer are the addresses of the two ends if the row's sockets are not connected, else nil. The case
// closes the socket.
type opener func(k *Case, fd int, local, peer unix.Sockaddr) (any, error)

// loops are the operations that all sockets of a Go contender share.
func loops(open opener) map[string]Setup {
	return map[string]Setup{
		"SendRecv":       sendRecv(open),
		"SendToRecvFrom": sendToRecvFrom(open),
		"SendmsgRecvmsg": sendmsgRecvmsg(open),
		"Vectored":       vectored(open),
		"Batch":          batch(open),
		"GSO":            gso(open),
		"Sendfile":       sendfile(open),
		"Wakeups":        sendRecv(open),
		"PingPong":       pingPong(open),
		"Contention":     contention(open),
	}
}

// only keeps the named setups.
func only(setups map[string]Setup, ops ...string) map[string]Setup {
	kept := make(map[string]Setup)
	for _, op := range ops {
		kept[op] = setups[op]
	}
	return kept
}

// with adds one setup.
func with(setups map[string]Setup, op string, s Setup) map[string]Setup {
	setups[op] = s
	return setups
}

// openAs opens a socket that has a certain set of methods.
func openAs[T any](open opener, k *Case, fd int, local, peer unix.Sockaddr) (t T, err error) {
	s, err := open(k, fd, local, peer)
	if err != nil {
		return t, err
	}
	t, ok := s.(T)
	if !ok {
		return t, fmt.Errorf("%T lacks a method of %T", s, &t)
	}
	return t, nil
}

// openPair opens both ends of a pair.
func openPair[T any](open opener, k *Case, a, b int, addrA, addrB unix.Sockaddr) (ea, eb T, err error) {
	if ea, err = openAs[T](open, k, a, addrA, addrB); err == nil {
		eb, err = openAs[T](open, k, b, addrB, addrA)
	}
	return
}

var (
	errShort = errors.New("short send")
	errWrong = errors.New("received something else than was sent")
)

// sendAll sends a message that fits the send buffer.
func sendAll(s sender, p []byte) error {
	for {
		n, err := s.send(p)
		if err == nil && n != len(p) {
			return errShort
		}
		if err == nil || !interrupted(err) {
			return err
		}
	}
}

// recvAll receives a message, which a stream may deliver in pieces.
func recvAll(r receiver, p []byte) error {
	for got := 0; got < len(p); {
		n, err := r.recv(p[got:])
		if err != nil {
			if interrupted(err) {
				continue
			}
			return err
		}
		if n == 0 {
			return io.ErrUnexpectedEOF
		}
		got += n
	}
	return nil
}

// interrupted reports whether a signal of Go's scheduler cut a call short: the kernel does not
// restart calls on sockets that have a timeout.
func interrupted(err error) bool { return errors.Is(err, unix.EINTR) }

func sendRecv(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, err := connectedPair(k, r.Get("net"))
		if err != nil {
			return err
		}
		from, err := openAs[sender](open, k, a, nil, nil)
		if err != nil {
			return err
		}
		to, err := openAs[receiver](open, k, b, nil, nil)
		if err != nil {
			return err
		}
		out, in := make([]byte, r.Int("size")), make([]byte, r.Int("size"))
		k.Run = func(n int) error {
			for range n {
				if err := sendAll(from, out); err != nil {
					return err
				}
				if err := recvAll(to, in); err != nil {
					return err
				}
			}
			return nil
		}
		return nil
	}
}

// deadlines is sendRecv as servers do it: each call has its own deadline. It is not in loops, since
// only the poller's sockets have deadlines.
func deadlines(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, err := connectedPair(k, r.Get("net"))
		if err != nil {
			return err
		}
		from, to, err := openPair[timedEndpoint](open, k, a, b, nil, nil)
		if err != nil {
			return err
		}
		out, in := make([]byte, r.Int("size")), make([]byte, r.Int("size"))
		k.Run = func(n int) error {
			for range n {
				if err := from.SetWriteDeadline(time.Now().Add(ioTimeout)); err != nil {
					return err
				}
				if err := sendAll(from, out); err != nil {
					return err
				}
				if err := to.SetReadDeadline(time.Now().Add(ioTimeout)); err != nil {
					return err
				}
				if err := recvAll(to, in); err != nil {
					return err
				}
			}
			return nil
		}
		return nil
	}
}

// noDeadline is why the other contenders lack this row.
const noDeadline = "blocking sockets have SO_RCVTIMEO and SO_SNDTIMEO, which programs do not set again for each call"

func sendToRecvFrom(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, addrA, addrB, err := boundPair(k, r.Get("net"))
		if err != nil {
			return err
		}
		from, to, err := openPair[toEndpoint](open, k, a, b, addrA, addrB)
		if err != nil {
			return err
		}
		out, in := make([]byte, r.Int("size")), make([]byte, r.Int("size"))
		k.Run = func(n int) error {
			for range n {
				if _, err := from.sendTo(out); err != nil {
					return err
				}
				if got, err := to.recvFrom(in); err != nil {
					return err
				} else if got != len(out) {
					return errWrong
				}
			}
			return nil
		}
		return nil
	}
}

// ecn is the value that messages with control messages carry: ECT(1).
const ecn = 1

// recvInfo makes the kernel report packet info and ECN bits of received datagrams.
func recvInfo(fd int, network string) error {
	if network == "udp6" {
		return enable(fd, [2]int{unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO}, [2]int{unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS})
	}
	return enable(fd, [2]int{unix.IPPROTO_IP, unix.IP_PKTINFO}, [2]int{unix.IPPROTO_IP, unix.IP_RECVTOS})
}

func sendmsgRecvmsg(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, addrA, addrB, err := boundPair(k, r.Get("net"))
		if err != nil {
			return err
		}
		if err := recvInfo(b, r.Get("net")); err != nil {
			return err
		}
		from, to, err := openPair[msgEndpoint](open, k, a, b, addrA, addrB)
		if err != nil {
			return err
		}
		out, in := make([]byte, r.Int("size")), make([]byte, r.Int("size"))
		k.Run = func(n int) error {
			for range n {
				if _, err := from.sendMsg(out); err != nil {
					return err
				}
				if got, bits, err := to.recvMsg(in); err != nil {
					return err
				} else if got != len(out) || bits != ecn {
					return errWrong
				}
			}
			return nil
		}
		return nil
	}
}

func vectored(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, err := connectedPair(k, "udp")
		if err != nil {
			return err
		}
		from, to, err := openPair[vectorEndpoint](open, k, a, b, nil, nil)
		if err != nil {
			return err
		}
		out, in := buffers(r.Int("bufs"), r.Int("size")), buffers(r.Int("bufs"), r.Int("size"))
		total := r.Bytes()
		k.Run = func(n int) error {
			for range n {
				if _, err := from.sendVec(out); err != nil {
					return err
				}
				if got, err := to.recvVec(in); err != nil {
					return err
				} else if got != total {
					return errWrong
				}
			}
			return nil
		}
		return nil
	}
}

// buffers makes n buffers that lie one after the other in memory.
func buffers(n, size int) [][]byte {
	all := make([]byte, n*size)
	bufs := make([][]byte, n)
	for i := range bufs {
		bufs[i] = all[i*size : (i+1)*size : (i+1)*size]
	}
	return bufs
}

// skbRoom is more than the kernel charges a receive buffer for a small datagram.
const skbRoom = 1280

func batch(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, addrA, addrB, err := boundPair(k, "udp")
		if err != nil {
			return err
		}
		if err := needRoom(b, max(bufBytes, r.Int("batch")*skbRoom)); err != nil {
			return err
		}
		from, to, err := openPair[batchEndpoint](open, k, a, b, addrA, addrB)
		if err != nil {
			return err
		}
		all := r.Int("batch")
		for _, e := range []batchEndpoint{from, to} {
			if err := e.makeBatch(all, r.Int("size")); err != nil {
				return err
			}
		}
		k.Run = func(n int) error {
			for range n {
				for done := 0; done < all; {
					m, err := from.sendBatch(done)
					if err != nil {
						return err
					}
					done += m
				}
				for done := 0; done < all; {
					m, err := to.recvBatch(done)
					if err != nil {
						return err
					}
					done += m
				}
			}
			return nil
		}
		return nil
	}
}

func gso(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, addrA, addrB, err := boundPair(k, "udp")
		if err != nil {
			return err
		}
		if err := enable(b, [2]int{unix.IPPROTO_UDP, unix.UDP_GRO}); err != nil {
			return err
		}
		from, to, err := openPair[segmentEndpoint](open, k, a, b, addrA, addrB)
		if err != nil {
			return err
		}
		size := r.Int("size")
		out, in := make([]byte, r.Bytes()), make([]byte, r.Bytes())
		k.Run = func(n int) error {
			for range n {
				if _, err := from.sendSegs(out, size); err != nil {
					return err
				}
				got, seg, err := to.recvSegs(in)
				if err != nil {
					return err
				}
				// A single segment is a plain datagram, for which the kernel reports no size.
				if got != len(out) || seg != size && got > size {
					return errWrong
				}
			}
			return nil
		}
		return nil
	}
}

func sendfile(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, err := connectedPair(k, "tcp")
		if err != nil {
			return err
		}
		f, err := pageCacheFile(k, r.Int("size"))
		if err != nil {
			return err
		}
		from, err := openAs[fileSender](open, k, a, nil, nil)
		if err != nil {
			return err
		}
		to, err := openAs[receiver](open, k, b, nil, nil)
		if err != nil {
			return err
		}
		in := make([]byte, r.Int("size"))
		k.Run = func(n int) error {
			for range n {
				if sent, err := from.sendFile(f, len(in)); err != nil {
					return err
				} else if sent != len(in) {
					return errShort
				}
				if err := recvAll(to, in); err != nil {
					return err
				}
			}
			return nil
		}
		return nil
	}
}

// warmups are round trips before the first that counts, in which both sides wake up.
const warmups = 10

func pingPong(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, err := connectedPair(k, r.Get("net"))
		if err != nil {
			return err
		}
		near, far, err := openPair[endpoint](open, k, a, b, nil, nil)
		if err != nil {
			return err
		}
		size := r.Int("size")
		echo := make(chan error, 1)
		go func() { echo <- echoUntilQuit(far, size) }()
		out, in := make([]byte, size), make([]byte, size)
		k.onClose(func() {
			out[0] = quit
			if sendAll(near, out) == nil {
				<-echo
			}
		})
		trip := func() error {
			if err := sendAll(near, out); err != nil {
				return err
			}
			return recvAll(near, in)
		}
		for range warmups {
			if err := trip(); err != nil {
				return err
			}
		}
		var samples []float64
		k.Run = func(n int) error {
			for range n {
				start := time.Now()
				if err := trip(); err != nil {
					return err
				}
				samples = append(samples, float64(time.Since(start)))
			}
			return nil
		}
		k.Samples = func() []float64 {
			s := samples
			samples = nil
			return s
		}
		return nil
	}
}

// quit, as a message's first byte, ends the echo loop.
const quit = 'q'

func echoUntilQuit(e endpoint, size int) error {
	p := make([]byte, size)
	for {
		if err := recvAll(e, p); err != nil {
			return err
		}
		if p[0] == quit {
			return nil
		}
		if err := sendAll(e, p); err != nil {
			return err
		}
	}
}

func contention(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, err := connectedPair(k, "udp")
		if err != nil {
			return err
		}
		from, to, err := openPair[endpoint](open, k, a, b, nil, nil)
		if err != nil {
			return err
		}
		workers, size := r.Int("goroutines"), r.Int("size")
		work, done := make(chan int), make(chan error)
		for range workers {
			go func() {
				out, in := make([]byte, size), make([]byte, size)
				for n := range work {
					done <- func() error {
						for range n {
							if err := sendAll(from, out); err != nil {
								return err
							}
							if err := recvAll(to, in); err != nil {
								return err
							}
						}
						return nil
					}()
				}
			}()
		}
		// The workers end by themselves; there is no need to wait for a closed channel.
		k.onClose(sync.OnceFunc(func() { close(work) }))
		k.Run = func(n int) error {
			go func() {
				for i := range workers {
					work <- share(n, workers, i)
				}
			}()
			var errs []error
			for range workers {
				errs = append(errs, <-done)
			}
			return errors.Join(errs...)
		}
		return nil
	}
}

// share is the part of n for worker i of several.
func share(n, workers, i int) int {
	part := n / workers
	if i < n%workers {
		part++
	}
	return part
}
