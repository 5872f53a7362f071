//go:build linux

package tests

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// No call of a Conn allocates, whether it waits or not, with a deadline or without.
func TestConnAllocs(t *testing.T) {
	a, b := connKinds[4].pair(t)
	s, t2 := connKinds[0].pair(t)
	to := connAddr(t, b)
	ap, _ := to.AddrPort()
	p, q := make([]byte, 64), make([]byte, 64)
	m := csock.MsgHdr{Buffers: [][]byte{p}, Control: make([]byte, 64)}
	out := csock.MsgHdr{Buffers: m.Buffers}
	bufs := [][]byte{p[:10], p[10:]}
	pa, pb := &csock.UDPConn{Conn: a}, &csock.UDPConn{Conn: b}
	batch := newBatch(t, 8, csock.BatchRoom{Payload: 64})
	for i := range batch.Count() {
		check(t, batch.SetLen(i, 8))
	}
	in := newBatch(t, 8, csock.BatchRoom{Payload: 64})
	path := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(path, make([]byte, 64), 0o600))
	file, err := os.Open(path)
	check(t, err)
	defer file.Close()
	pipeR, pipeW := pipe(t)
	backR, backW := pipe(t)
	type call func() error
	recv := func() error { _, err := b.Recv(q, 0); return err }
	pairs := []struct {
		name       string
		send, recv call
	}{
		{"Write, Read", func() error { _, err := a.Write(p); return err }, func() error { _, err := b.Read(q); return err }},
		{"Write, Read of a stream", func() error { _, err := s.Write(p); return err }, func() error { _, err := io.ReadFull(t2, q); return err }},
		{"Send, Recv", func() error { _, err := a.Send(p, 0); return err }, recv},
		{"Send, Peek", func() error { _, err := a.Send(p, 0); return err }, func() error { b.Peek(q); _, err := b.Recv(q, 0); return err }},
		{"SendTo, RecvFrom", func() error { _, err := a.SendTo(p, to, 0); return err }, func() error { _, _, err := b.RecvFrom(q, 0); return err }},
		{"Sendmsg, Recvmsg", func() error { _, err := a.Sendmsg(&out, 0); return err }, func() error { _, err := b.Recvmsg(&m, 0); return err }},
		{"SendVectored, RecvVectored", func() error { _, err := a.SendVectored(bufs, 0); return err }, func() error { _, _, err := b.RecvVectored(bufs, 0); return err }},
		{"SendToVectored, RecvFromVectored", func() error { _, err := a.SendToVectored(bufs, to, 0); return err }, func() error { _, _, _, err := b.RecvFromVectored(bufs, 0); return err }},
		{"SendBatch, RecvBatch", func() error { _, err := a.SendBatch(batch, 0); return err }, func() error {
			for n := 0; n < batch.Count(); {
				m, err := b.RecvBatch(in, 0)
				if err != nil {
					return err
				}
				n += m
			}
			return nil
		}},
		{"AddrPort", func() error { _, err := pa.WriteToUDPAddrPort(p, ap); return err }, func() error { _, _, err := pb.ReadFromUDPAddrPort(q); return err }},
		{"MsgUDPAddrPort", func() error { _, _, err := pa.WriteMsgUDPAddrPort(p, nil, ap); return err }, func() error { _, _, _, _, err := pb.ReadMsgUDPAddrPort(q, m.Control); return err }},
		{"Sendfile", func() error { _, err := s.Sendfile(file, 0, 64); return err }, func() error { _, err := io.ReadFull(t2, q); return err }},
		{"Write, Discard", func() error { _, err := s.Write(p); return err }, func() error {
			for n := 0; n < len(p); {
				k, err := t2.Discard(len(p)-n, 0)
				if err != nil {
					return err
				}
				n += k
			}
			return nil
		}},
		{"SpliceFrom, SpliceTo", func() error {
			if _, err := pipeW.Write(p[:1]); err != nil {
				return err
			}
			_, err := s.SpliceFrom(pipeR, 1, 0)
			return err
		}, func() error {
			if _, err := t2.SpliceTo(backW, 1, 0); err != nil {
				return err
			}
			_, err := backR.Read(q[:1])
			return err
		}},
	}
	for _, timed := range []bool{false, true} {
		for _, pair := range pairs {
			exact := !need.Slow && !(need.OldGo && usesFile(pair.name))
			name := fmt.Sprintf("%s, deadline %v", pair.name, timed)
			for _, c := range []*csock.Conn{a, b, s, t2} {
				var deadline time.Time
				if timed {
					deadline = time.Now().Add(time.Hour)
				}
				check(t, c.SetDeadline(deadline))
			}
			var failed error
			both := func() {
				if err := pair.send(); err != nil {
					failed = err
				}
				if err := pair.recv(); err != nil {
					failed = err
				}
			}
			n := testing.AllocsPerRun(200, both)
			check(t, failed)
			if n != 0 && exact {
				t.Errorf("%s: %v allocations", name, n)
			}

			// The receiver waits for the sender, which is another goroutine.
			turn, done := make(chan bool), make(chan error)
			go func() {
				for range turn {
					done <- pair.recv()
				}
			}()
			n = testing.AllocsPerRun(200, func() {
				turn <- true
				runtime.Gosched()
				if err := pair.send(); err != nil {
					failed = err
				}
				if err := <-done; err != nil {
					failed = err
				}
			})
			close(turn)
			check(t, failed)
			if n != 0 && exact {
				t.Errorf("%s, waiting: %v allocations", name, n)
			}
		}
	}
}

// Neither a call that waits until it can send nor one that reads the error queue allocates.
func TestConnAllocsElsewhere(t *testing.T) {
	s, peer := connKinds[0].pair(t)
	go io.Copy(io.Discard, peer)
	big := make([]byte, 4<<20) // more than the buffers of both ends hold
	urgent := []byte{1}
	u := connKinds[4].open(t)
	check(t, csock.Borrow(u, func(s *csock.Socket) error { return s.Set(csock.IP_RECVERR.To(true)) }))
	gone := connKinds[4].open(t)
	nobody := connAddr(t, gone)
	check(t, gone.Close())
	m := csock.MsgHdr{Buffers: [][]byte{make([]byte, 64)}, Control: make([]byte, 256)}
	for name, f := range map[string]func() error{
		"Write of a stream that is full": func() error { _, err := s.Write(big); return err },
		"Send to a stream that is full": func() error {
			for rest := big; len(rest) > 0; {
				n, err := s.Send(rest, 0)
				if err != nil {
					return err
				}
				rest = rest[n:]
			}
			return nil
		},
		"SendOutOfBand": func() error { _, err := s.SendOutOfBand(urgent); return err },
		"Recvmsg from the error queue": func() error {
			if _, err := u.SendTo(urgent, nobody, 0); err != nil {
				return err
			}
			_, err := u.Recvmsg(&m, csock.MSG_ERRQUEUE)
			return err
		},
	} {
		var failed error
		n := testing.AllocsPerRun(20, func() {
			if err := f(); err != nil {
				failed = err
			}
		})
		if failed != nil {
			t.Errorf("%s: %v", name, failed)
		}
		if n != 0 && !need.Slow {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// connIdle is the number of idle Conns: both ends of half as many connections.
func connIdle() int {
	if testing.Short() {
		return 1000
	}
	return 3000
}

// TestConnIdle runs thousands of idle Conns with a goroutine each, over Conn and over package net,
// each in a process of its own, and compares their costs.
func TestConnIdle(t *testing.T) {
	if os.Getenv("CSOCK_TEST_IDLE") != "" {
		connIdleChild(t)
		return
	}
	need.Descriptors(t, uint64(connIdle())+100)
	memory := map[string]int{}
	for _, kind := range []string{"csock", "net"} {
		cmd := need.Command(t, os.Args[0], "-test.run=^TestConnIdle$", "-test.v", fmt.Sprint("-test.short=", testing.Short()))
		cmd.Env = append(os.Environ(), "CSOCK_TEST_IDLE="+kind)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", kind, err, out)
		}
		for line := range strings.Lines(string(out)) {
			var threads, bytes int
			if n, _ := fmt.Sscanf(line, "idle: %d threads, %d bytes", &threads, &bytes); n == 2 {
				t.Logf("%s: %d threads, %d bytes for each of %d idle connections", kind, threads, bytes, connIdle())
				memory[kind] = bytes
				if threads >= 50 {
					t.Errorf("%s: %d threads", kind, threads)
				}
			}
		}
	}
	if memory["csock"] == 0 || memory["net"] == 0 {
		t.Fatal("no report")
	}
	t.Logf("memory of an idle Conn: %.3f of package net's", float64(memory["csock"])/float64(memory["net"]))
	if !need.Slow && float64(memory["csock"]) > 1.25*float64(memory["net"]) {
		t.Errorf("an idle Conn takes %d bytes, package net's takes %d", memory["csock"], memory["net"])
	}
}

// connIdleChild is the process with the connections: pairs of Unix sockets, with a reader waiting
// at both ends.
func connIdleChild(t *testing.T) {
	pair := func() (a, b io.ReadWriteCloser) {
		x, y, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
		check(t, err)
		if os.Getenv("CSOCK_TEST_IDLE") == "net" {
			p, err := x.IntoNetConn()
			check(t, err)
			q, err := y.IntoNetConn()
			check(t, err)
			return p, q
		}
		p, err := x.IntoConn()
		check(t, err)
		q, err := y.IntoConn()
		check(t, err)
		return p, q
	}
	inUse := func() int {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapInuse + m.StackInuse)
	}
	conns := make([]io.ReadWriteCloser, 0, connIdle())
	got := make(chan error, connIdle())
	before := inUse()
	for range connIdle() / 2 {
		a, b := pair()
		for _, c := range []io.ReadWriteCloser{a, b} {
			conns = append(conns, c)
			go func() {
				var p [1]byte
				_, err := c.Read(p[:])
				got <- err
			}()
		}
	}
	waiting := func() int {
		n := 0
		buf := make([]byte, 8<<20)
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "[IO wait") {
				n++
			}
		}
		return n
	}
	kernel.Eventually(t, "all to wait", func() bool { return waiting() == connIdle() })
	bytes := (inUse() - before) / connIdle()
	fmt.Printf("idle: %d threads, %d bytes\n", kernel.Status(t, "Threads"), bytes)
	for _, c := range conns {
		_, err := c.Write([]byte("x"))
		check(t, err)
	}
	for range connIdle() {
		check(t, <-got)
	}
	for _, c := range conns {
		check(t, c.Close())
	}
}

// Batches over Conn: the receiver parks until there is a message, and takes those that are there.
func TestConnBatch(t *testing.T) {
	for _, k := range connKinds[4:7] {
		t.Run(k.name, func(t *testing.T) {
			a, b := k.pair(t)
			const messages = 500
			out := newBatch(t, 16, csock.BatchRoom{Payload: 16})
			in := newBatch(t, 16, csock.BatchRoom{Payload: 16})
			received, took := make(chan error, 1), make(chan int, messages)
			go func() {
				defer close(took)
				for next := 0; next < messages; {
					n, err := b.RecvBatch(in, 0)
					took <- n
					for i := range n {
						if got, want := string(in.Bytes(i)), fmt.Sprint("message ", next); err == nil && got != want {
							err = fmt.Errorf("received %q, want %q", got, want)
						}
						next++
					}
					if err != nil {
						received <- err
						return
					}
				}
				received <- nil
			}()
			connParked(t, "(*Conn).RecvBatch", 1)
			for next, arrived := 0, 0; next < messages; {
				// UDP drops datagrams for which the receiver's buffer has no room.
				for more := true; more && next-arrived > 64; {
					var n int
					n, more = <-took
					arrived += n
				}
				count := min(out.Count(), messages-next)
				for i := range count {
					check(t, out.SetBytes(i, fmt.Append(nil, "message ", next+i)))
				}
				check(t, out.SetRange(0, count))
				n, err := a.SendBatch(out, 0)
				check(t, err)
				next += n
			}
			check(t, <-received)
			check(t, b.SetReadDeadline(time.Now()))
			_, err := b.RecvBatch(in, 0)
			connIs(t, "deadline", err, os.ErrDeadlineExceeded)
		})
	}
}

// Compares a busy Conn with package net's: the same bytes, in both directions at once, with many
// goroutines.
func TestConnFullDuplex(t *testing.T) {
	need.IPv4(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	ap := l.Addr().(*net.TCPAddr).AddrPort()
	done := make(chan error)
	const conns = 20
	for i := range conns {
		c := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
		check(t, c.Connect(context.Background(), csock.InetAddr(netip.AddrPortFrom(ap.Addr(), ap.Port()))))
		content := make([]byte, 1<<20)
		for j := range content {
			content[j] = byte(i + j>>8)
		}
		go func() {
			_, err := c.Write(content)
			if err == nil {
				err = c.CloseWrite()
			}
			done <- err
		}()
		go func() {
			got, err := io.ReadAll(c)
			if err == nil && string(got) != string(content) {
				err = fmt.Errorf("received %d bytes, which differ from the bytes sent", len(got))
			}
			done <- err
		}()
	}
	for range 2 * conns {
		check(t, <-done)
	}
}
