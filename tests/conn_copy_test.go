//go:build linux

package tests

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// randomBytes returns n bytes that compare unequal when any is out of place.
func randomBytes(n int) []byte {
	p := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(p)
	return p
}

// WriteBuffers sends what package net's writev does, for all kinds of buffers, and leaves the same
// behind.
func TestConnWriteBuffers(t *testing.T) {
	cases := map[string]func() net.Buffers{
		"none":  func() net.Buffers { return nil },
		"empty": func() net.Buffers { return make(net.Buffers, 200) },
		"one":   func() net.Buffers { return net.Buffers{[]byte("one")} },
		"some":  func() net.Buffers { return net.Buffers{nil, []byte("a"), {}, []byte("bc"), nil} },
		"empty ones, then some": func() net.Buffers {
			return append(make(net.Buffers, 130), []byte("after many that are empty"), nil)
		},
		"3,000 small": func() net.Buffers {
			var b net.Buffers
			for i := range 3000 {
				b = append(b, fmt.Appendf(nil, "%d,", i))
			}
			return b
		},
		"3,000 empty, then one": func() net.Buffers { return append(make(net.Buffers, 3000), []byte("x")) },
		"20 large": func() net.Buffers {
			content := randomBytes(20 * 70000)
			var b net.Buffers
			for range 20 {
				b, content = append(b, content[:70000]), content[70000:]
			}
			return b
		},
	}
	for name, bufs := range cases {
		for _, k := range connKinds[:3] {
			t.Run(name+" "+k.name, func(t *testing.T) {
				a, b := k.pair(t)
				check(t, a.Set(csock.SO_SNDBUF.To(4096)))
				want := bytes.Join(bufs(), nil)
				got := make(chan []byte, 1)
				go func() {
					p, _ := io.ReadAll(b)
					got <- p
				}()
				left := bufs()
				n, err := a.WriteBuffers(&left)
				check(t, err, a.CloseWrite())
				same(t, "bytes", n, int64(len(want)))
				if len(left) != 0 && len(want) > 0 {
					t.Errorf("%d buffers are left", len(left))
				}
				if !bytes.Equal(<-got, want) {
					t.Error("other bytes arrived")
				}
			})
		}
	}
	for name, bufs := range cases {
		for _, typ := range []csock.Type{csock.SOCK_STREAM, csock.SOCK_DGRAM, csock.SOCK_SEQPACKET} {
			if typ != csock.SOCK_STREAM && name == "3,000 small" {
				continue // csock sends one message or none
			}
			t.Run(fmt.Sprintf("%s %v as net", name, typ), func(t *testing.T) {
				var got [2]string
				for i, write := range []func(*csock.Socket, *net.Buffers) (int64, error){
					func(s *csock.Socket, bufs *net.Buffers) (int64, error) {
						c, err := s.IntoUnixConn()
						check(t, err)
						defer c.Close()
						return c.WriteBuffers(bufs)
					},
					func(s *csock.Socket, bufs *net.Buffers) (int64, error) {
						c, err := s.IntoNetConn()
						check(t, err)
						defer c.Close()
						return bufs.WriteTo(c)
					},
				} {
					a, b, err := csock.Pair(csock.AF_UNIX, typ, 0)
					check(t, err, a.Set(csock.SO_SNDBUF.To(4<<20)))
					t.Cleanup(func() { b.Close() })
					left := bufs()
					arrived := make(chan string, 1)
					if typ == csock.SOCK_STREAM { // the kernel may not have room for all of it
						go func() {
							p, err := io.ReadAll(b)
							arrived <- fmt.Sprintf("%x %v", sha256.Sum256(p), err)
						}()
					}
					n, err := write(a, &left)
					got[i] = fmt.Sprintf("%d %v, %d left", n, err, len(left))
					if typ == csock.SOCK_STREAM {
						got[i] += "; " + <-arrived
						continue
					}
					check(t, b.SetNonblocking(true))
					p := make([]byte, 4<<20)
					for {
						n, err := b.Recv(p, 0)
						if got[i] += fmt.Sprintf("; %d %v", n, err); n == 0 {
							break
						}
					}
				}
				same(t, "csock", got[0], got[1])
			})
		}
	}
	t.Run("datagram", func(t *testing.T) {
		a, b := connKinds[4].pair(t)
		bufs := net.Buffers{[]byte("one "), []byte("message")}
		n, err := a.WriteBuffers(&bufs)
		check(t, err)
		same(t, "bytes", n, 11)
		p := make([]byte, 64)
		m, err := b.Read(p)
		check(t, err)
		same(t, "message", string(p[:m]), "one message")
	})
	t.Run("deadline", func(t *testing.T) {
		a, b := connKinds[0].pair(t)
		check(t, smallBuffers(a, b), a.SetWriteDeadline(time.Now().Add(20*time.Millisecond)))
		bufs := net.Buffers{make([]byte, 1<<20), make([]byte, 1<<20)}
		n, err := a.WriteBuffers(&bufs)
		connIs(t, "WriteBuffers", err, os.ErrDeadlineExceeded)
		left := 0
		for _, b := range bufs {
			left += len(b)
		}
		same(t, "sent and left", n+int64(left), int64(2<<20))
		check(t, a.CloseWrite())
		m, err := io.Copy(io.Discard, b)
		check(t, err)
		same(t, "arrived", m, n)
	})
	t.Run("an empty one, then more than one call sends", func(t *testing.T) {
		big := need.AddressSpace(t, 1<<30+4096, syscall.PROT_READ)
		a, b := connKinds[2].pair(t)
		check(t, smallBuffers(a, b), a.SetWriteDeadline(time.Now().Add(20*time.Millisecond)))
		bufs := net.Buffers{nil, big}
		n, err := a.WriteBuffers(&bufs)
		connIs(t, "WriteBuffers", err, os.ErrDeadlineExceeded)
		if n == 0 || len(bufs) != 1 || n+int64(len(bufs[0])) != int64(len(big)) {
			t.Errorf("%d bytes were sent, %d buffers are left", n, len(bufs))
		}
	})
	a, _ := connKinds[0].pair(t)
	bufs := net.Buffers{[]byte("x")}
	n, err := a.ReadFrom(&bufs)
	check(t, err)
	same(t, "by ReadFrom", n, 1)
	_, err = a.WriteBuffers(nil)
	connIs(t, "nil", err, os.ErrInvalid)
	check(t, a.Close())
	bufs = net.Buffers{[]byte("x")}
	_, err = a.WriteBuffers(&bufs)
	connIs(t, "closed", err, net.ErrClosed)
	_, err = (*csock.Conn)(nil).WriteBuffers(&bufs)
	connIs(t, "nil Conn", err, os.ErrInvalid)
}

// No number of buffers costs an allocation.
func TestConnWriteBuffersCost(t *testing.T) {
	need.ExactAllocations(t)
	a, b := connKinds[0].pair(t)
	go io.Copy(io.Discard, b)
	p := make([]byte, 64)
	for _, count := range []int{1, 8, 64, 65, 1024} {
		all := make(net.Buffers, count)
		var bufs net.Buffers
		send := func() {
			for i := range all {
				all[i] = p
			}
			bufs = all
			if n, err := a.WriteBuffers(&bufs); n != int64(count*len(p)) || err != nil {
				t.Error(n, err)
			}
		}
		send()
		same(t, fmt.Sprint("allocations for ", count), testing.AllocsPerRun(100, send), 0)
	}
}

// Nor does a message's.
func TestConnWriteBuffersMessageCost(t *testing.T) {
	need.ExactAllocations(t)
	a, b := connKinds[4].pair(t)
	p, got := make([]byte, 8), make([]byte, 1<<14)
	for _, count := range []int{1, 8, 64, 65, 1024} {
		all := make(net.Buffers, count)
		var bufs net.Buffers
		send := func() {
			for i := range all {
				all[i] = p
			}
			all[count/2] = p[:count%2]
			bufs = all
			want := int64((count-1)*len(p) + count%2)
			if n, err := a.WriteBuffers(&bufs); n != want || err != nil {
				t.Error(n, err)
			}
			if n, err := b.Recv(got, 0); int64(n) != want || err != nil {
				t.Error(n, err)
			}
		}
		send()
		same(t, fmt.Sprint("allocations for ", count), testing.AllocsPerRun(100, send), 0)
	}
}

// One system call sends 1,024 buffers.
func TestConnWriteBuffersCalls(t *testing.T) {
	need.IPv4(t)
	const count, size = 1024, 10
	if os.Getenv(structChild) == "" {
		trace, _ := straced(t, "calls", "-e", "trace=sendmsg")
		same(t, "calls of sendmsg", strings.Count(trace, "sendmsg("), 2)
		return
	}
	a, b := connKinds[0].pair(t)
	bufs := make(net.Buffers, count+1)
	for i := range bufs {
		bufs[i] = make([]byte, size)
	}
	n, err := a.WriteBuffers(&bufs)
	check(t, err)
	same(t, "bytes", n, (count+1)*size)
	_, err = io.ReadFull(b, make([]byte, n))
	check(t, err)
}

// The data of a stream arrives whole at each kind of writer, whatever it is copied from.
func TestConnWriteTo(t *testing.T) {
	content := randomBytes(2<<20 + 123) // more than the pipe between has room for
	dir := t.TempDir()
	tcpPair := func(t *testing.T) (a, b *net.TCPConn) {
		need.IPv4(t)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		check(t, err)
		defer l.Close()
		x, err := net.Dial("tcp", l.Addr().String())
		check(t, err)
		y, err := l.Accept()
		check(t, err)
		t.Cleanup(func() { x.Close(); y.Close() })
		return x.(*net.TCPConn), y.(*net.TCPConn)
	}
	// read reads all data from the other end of a writer.
	read := func(r io.Reader) func() []byte {
		got := make(chan []byte, 1)
		go func() {
			p, _ := io.ReadAll(r)
			got <- p
		}()
		return func() []byte { return <-got }
	}
	writers := map[string]func(t *testing.T) (w io.Writer, got func() []byte){
		"file": func(t *testing.T) (io.Writer, func() []byte) {
			f, err := os.Create(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")))
			check(t, err)
			return f, func() []byte {
				check(t, f.Close())
				p, err := os.ReadFile(f.Name())
				check(t, err)
				return p
			}
		},
		"file that appends": func(t *testing.T) (io.Writer, func() []byte) {
			f, err := os.OpenFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
			check(t, err)
			return f, func() []byte {
				check(t, f.Close())
				p, err := os.ReadFile(f.Name())
				check(t, err)
				return p
			}
		},
		"Conn": func(t *testing.T) (io.Writer, func() []byte) {
			a, b := connKinds[0].pair(t)
			got := read(b)
			return a, func() []byte { a.CloseWrite(); return got() }
		},
		"UnixConn": func(t *testing.T) (io.Writer, func() []byte) {
			a, b := connKinds[2].pair(t)
			got := read(b)
			return &csock.UnixConn{Conn: a}, func() []byte { a.CloseWrite(); return got() }
		},
		"net.TCPConn": func(t *testing.T) (io.Writer, func() []byte) {
			a, b := tcpPair(t)
			got := read(b)
			return a, func() []byte { a.CloseWrite(); return got() }
		},
		"pipe": func(t *testing.T) (io.Writer, func() []byte) {
			r, w, err := os.Pipe()
			check(t, err)
			got := read(r)
			return w, func() []byte { w.Close(); defer r.Close(); return got() }
		},
		"buffer": func(*testing.T) (io.Writer, func() []byte) {
			b := new(bytes.Buffer)
			return b, b.Bytes
		},
	}
	for name, make := range writers {
		for _, k := range connKinds[:3] {
			t.Run(k.name+" to "+name, func(t *testing.T) {
				a, b := k.pair(t)
				go func() {
					a.Write(content[:100])
					time.Sleep(time.Millisecond)
					a.Write(content[100:])
					a.CloseWrite()
				}()
				w, got := make(t)
				n, err := io.Copy(w, b)
				check(t, err)
				same(t, "bytes", n, int64(len(content)))
				if !bytes.Equal(got(), content) {
					t.Error("other bytes arrived")
				}
			})
		}
	}
	t.Run("no descriptors are left", func(t *testing.T) {
		before := connDescriptors(t)
		for range 20 {
			a, b := connKinds[2].pair(t)
			_, err := a.Write([]byte("x"))
			check(t, err, a.Close())
			f, err := os.Create(filepath.Join(dir, "one"))
			check(t, err)
			_, err = io.Copy(f, b)
			check(t, err, f.Close(), b.Close())
		}
		if after := connDescriptors(t); after > before+8 { // of pipes to be reused
			t.Errorf("%d descriptors, %d before", after, before)
		}
	})
	t.Run("a writer that is gone", func(t *testing.T) {
		a, b := connKinds[0].pair(t)
		c, d := connKinds[2].pair(t)
		check(t, d.Close())
		go func() {
			for a.SetWriteDeadline(time.Now().Add(connPatience)) == nil {
				if _, err := a.Write(content[:1000]); err != nil {
					return
				}
			}
		}()
		_, err := io.Copy(c, b)
		connIs(t, "WriteTo", err, syscall.EPIPE)
		check(t, a.Close())
	})
	t.Run("deadline", func(t *testing.T) {
		_, b := connKinds[0].pair(t)
		c, _ := connKinds[0].pair(t)
		check(t, b.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
		_, err := io.Copy(c, b)
		connIs(t, "WriteTo", err, os.ErrDeadlineExceeded)
		var opErr *net.OpError
		if !errors.As(err, &opErr) || opErr.Op != "writeto" {
			t.Errorf("%v is no error of writeto", err)
		}
	})
}

// onlySplices runs the test under strace, and checks the copies that markedCopy makes: by splices,
// and no call that receives or sends.
func onlySplices(t *testing.T, copies int) {
	t.Helper()
	trace, _ := straced(t, "splice", "-e", "trace=splice,recvfrom,recvmsg,sendto,sendmsg,getpgid")
	parts := strings.Split(trace, "getpgid(")
	same(t, "copies", len(parts)/2, copies)
	for i := 1; i < len(parts); i += 2 {
		c := parts[i]
		if strings.Count(c, "splice(") < 2 || strings.Contains(c, "recv") || strings.Contains(c, "send") {
			t.Error("not by splices alone:\n", c)
		}
	}
}

func markedCopy(t *testing.T, what string, w io.Writer, r io.Reader, size int64) {
	t.Helper()
	syscall.Getpgid(0)
	n, err := io.Copy(w, r)
	syscall.Getpgid(0)
	check(t, err)
	same(t, what, n, size)
}

// echoes checks that what is written comes back, many times.
func echoes(t *testing.T, c io.ReadWriter) {
	t.Helper()
	for i := range 100 {
		p := fmt.Appendf(nil, "%03d", i)
		_, err := c.Write(p)
		check(t, err)
		got := make([]byte, len(p))
		_, err = io.ReadFull(c, got)
		check(t, err)
		same(t, "echo", string(got), string(p))
	}
}

// The kernel moves the data, to each kind of destination: strace sees splices, and no call that
// receives or writes it.
func TestConnWriteToSplices(t *testing.T) {
	need.IPv4(t)
	if os.Getenv(structChild) == "" {
		onlySplices(t, 4)
		return
	}
	const size = 1 << 16
	to := func(what string, w io.Writer) {
		a, b := connKinds[0].pair(t)
		_, err := a.Write(make([]byte, size))
		check(t, err, a.CloseWrite())
		markedCopy(t, what, w, b, size)
	}
	drain := func(r io.Reader) {
		m, err := io.Copy(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r})
		check(t, err)
		same(t, "arrived", m, size)
	}
	c, d := connKinds[0].pair(t)
	to("bytes to a Conn", c)
	check(t, c.CloseWrite())
	drain(d)

	file := contentFile(t, nil)
	to("bytes to a file", file)
	info, err := file.Stat()
	check(t, err)
	same(t, "size of the file", info.Size(), size)

	for _, k := range []string{"tcp", "unix"} {
		l := need.Value[net.Listener](t)(net.Listen(k, map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(t.TempDir(), "s")}[k]))
		defer l.Close()
		client := need.Value[net.Conn](t)(net.Dial(k, l.Addr().String()))
		defer client.Close()
		server := need.Value[net.Conn](t)(l.Accept())
		to("bytes to package net's "+k, client)
		check(t, client.Close())
		drain(server)
		check(t, server.Close())
	}
}

// A copy by the kernel allocates nothing for each piece.
func TestConnWriteToAllocs(t *testing.T) {
	need.ExactAllocations(t)
	need.IPv4(t)
	l := need.Value[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	defer l.Close()
	client := need.Value[net.Conn](t)(net.Dial("tcp", l.Addr().String()))
	server := need.Value[net.Conn](t)(l.Accept())
	r, w := pipe(t)
	c, d := connKinds[0].pair(t)
	p := make([]byte, 1000)
	for name, target := range map[string]struct {
		w io.Writer
		r io.Reader
	}{"package net's": {client, server}, "a pipe": {w, r}, "a Conn": {c, d}} {
		a, b := connKinds[0].pair(t)
		copied := make(chan error, 1)
		go func() {
			_, err := io.Copy(target.w, b)
			copied <- err
		}()
		relay := func() {
			_, err := a.Write(p)
			check(t, err)
			_, err = io.ReadFull(target.r, p)
			check(t, err)
		}
		relay()
		same(t, "allocations to "+name, testing.AllocsPerRun(100, relay), 0)
		check(t, a.Close(), <-copied)
	}
	check(t, client.Close(), server.Close())
}
