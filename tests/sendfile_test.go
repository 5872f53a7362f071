//go:build linux

package tests

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
)

func TestSendfile(t *testing.T) {
	data := pattern(10_000)
	path := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(path, data, 0o600))
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()
	if _, err := f.Seek(4711, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tcp4", "tcp6", "unix"} {
		t.Run(name, func(t *testing.T) {
			a, b := kindOf(name).connected(t)
			for _, c := range []struct {
				offset int64
				length int
				want   int
			}{
				{0, 10_000, 10_000},
				{0, 1, 1},
				{0, 0, 0},
				{1, 9_998, 9_998},
				{5_000, 10_000, 5_000}, // up to the end, and no further
				{9_999, 1 << 30, 1},
				{10_000, 1, 0},
				{10_000, 0, 0},
				{1 << 40, 1, 0},
			} {
				n, err := a.Sendfile(f, c.offset, c.length)
				if n != c.want || err != nil {
					t.Errorf("%d bytes from %d: %d, %v; want %d", c.length, c.offset, n, err, c.want)
				}
				got := make([]byte, n)
				if n > 0 {
					if _, err := io.ReadFull(b, got); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(got, data[c.offset:][:n]) {
						t.Errorf("%d bytes from %d: not the file's", c.length, c.offset)
					}
				}
				if _, err := b.Recv(make([]byte, 1), csock.MSG_DONTWAIT); !errors.Is(err, syscall.EAGAIN) {
					t.Errorf("%d bytes from %d: something more came: %v", c.length, c.offset, err)
				}
				at, err := f.Seek(0, io.SeekCurrent)
				check(t, err)
				same(t, "the file's own offset", at, 4711)
			}
			for _, c := range [][2]int64{{-1, 1}, {0, -1}, {math.MinInt64, 1}, {0, math.MinInt}} {
				if n, err := a.Sendfile(f, c[0], int(c[1])); n != 0 || !errors.Is(err, syscall.EINVAL) {
					t.Errorf("%d bytes from %d: %d, %v", c[1], c[0], n, err)
				}
			}
			for _, c := range []struct {
				offset int64
				length int
			}{{math.MaxInt64, 1}, {math.MaxInt64 - 1<<20, 1}, {9_999, math.MaxInt}} {
				n, err := a.Sendfile(f, c.offset, c.length)
				wantN, want := cref.Sendfile(a.FD(), f.Fd(), c.offset, c.length)
				if n != wantN || !errors.Is(err, want) {
					t.Errorf("%d bytes from %d: %d, %v; in C %d, %v", c.length, c.offset, n, err, wantN, want)
				}
			}
		})
	}
}

// A file larger than the socket's room is sent in pieces.
func TestSendfilePartial(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	data := pattern(2 << 20)
	check(t, os.WriteFile(path, data, 0o600))
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()
	check(t, os.Remove(path)) // its descriptor is enough
	for _, name := range []string{"tcp4", "unix"} {
		a, b := kindOf(name).connected(t)
		check(t, smallBuffers(a, b), a.SetNonblocking(true))
		all := make(chan []byte, 1)
		n, err := a.Sendfile(f, 0, len(data))
		if err != nil || n <= 0 || n >= len(data) {
			t.Errorf("2 MiB at once: %d, %v", n, err)
		}
		for err == nil { // whatever room the socket still finds
			var more int
			more, err = a.Sendfile(f, int64(n), len(data)-n)
			n += more
		}
		if !errors.Is(err, syscall.EAGAIN) {
			t.Errorf("into a full socket: %v", err)
		}
		go func() {
			got, _ := io.ReadAll(b)
			all <- got
		}()
		check(t, a.SetNonblocking(false))
		for n < len(data) {
			m, err := a.Sendfile(f, int64(n), len(data)-n)
			check(t, err)
			n += m
		}
		check(t, a.Shutdown(csock.SHUT_WR))
		if got := <-all; !bytes.Equal(got, data) {
			t.Errorf("%d bytes came of %d, or others", len(got), len(data))
		}
	}
}

// Files that cannot be sent fail as in C.
func TestSendfileOdd(t *testing.T) {
	dir := t.TempDir()
	open := func(name string, flags int) *os.File {
		t.Helper()
		f, err := os.OpenFile(name, flags, 0o600)
		check(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	r, _ := pipe(t)
	for name, f := range map[string]*os.File{
		"a pipe":               r,
		"a directory":          open(dir, os.O_RDONLY),
		"a file to write":      open(filepath.Join(dir, "w"), os.O_WRONLY|os.O_CREATE),
		"/dev/null":            open("/dev/null", os.O_RDONLY),
		"/dev/zero":            open("/dev/zero", os.O_RDONLY),
		"a file of the kernel": open("/proc/self/cmdline", os.O_RDONLY),
	} {
		a, _ := unixPair(t, csock.SOCK_STREAM)
		n, err := a.Sendfile(f, 0, 64)
		c, _ := unixPair(t, csock.SOCK_STREAM)
		wantN, want := cref.Sendfile(c.FD(), f.Fd(), 0, 64)
		if n != wantN || !errors.Is(err, want) {
			t.Errorf("%s: %d, %v; in C %d, %v", name, n, err, wantN, want)
		}
	}
	a, _ := unixPair(t, csock.SOCK_STREAM)
	if n, err := a.Sendfile(nil, 0, 1); n != 0 || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("no file: %d, %v", n, err)
	}
	closed := open("/dev/null", os.O_RDONLY)
	check(t, closed.Close())
	if n, err := a.Sendfile(closed, 0, 1); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("a closed file: %d, %v", n, err)
	}
	u, _ := kindOf("udp4").bound(t)
	if n, err := u.Sendfile(open("/proc/self/exe", os.O_RDONLY), 0, 1); n != 0 || !errors.Is(err, syscall.EDESTADDRREQ) {
		t.Errorf("to nobody: %d, %v", n, err)
	}
}

// SendfileNext sends what C's sendfile sends without an offset, and leaves the file where that
// does.
func TestSendfileNext(t *testing.T) {
	data := pattern(10_000)
	path := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(path, data, 0o600))
	open := func() *os.File {
		t.Helper()
		f, err := os.Open(path)
		check(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	inC := func(s *csock.Socket, f *os.File, n int) (sent int, err error) {
		raw, openErr := f.SyscallConn()
		check(t, openErr)
		check(t, raw.Control(func(fd uintptr) { sent, err = cref.SendfileNext(s.FD(), fd, n) }))
		return sent, err
	}
	ways := map[string]func(a *csock.Socket, f *os.File, n int) (int, error){
		"Socket": func(a *csock.Socket, f *os.File, n int) (int, error) { return a.SendfileNext(f, n) },
		"Conn": func(a *csock.Socket, f *os.File, n int) (int, error) {
			c := connOf(t)(a.TryClone())
			defer c.Close()
			return c.SendfileNext(f, n)
		},
		"C": inC,
	}
	for name, send := range ways {
		for _, kind := range []string{"tcp4", "unix"} {
			t.Run(name+" "+kind, func(t *testing.T) {
				a, b := kindOf(kind).connected(t)
				f := open()
				at := int64(0)
				for _, c := range []struct{ seek, length, want int }{
					{0, 1, 1}, {-1, 4_000, 4_000}, {-1, 0, 0}, {5_000, 10, 10}, {-1, 1 << 20, 4_990},
					{-1, 1, 0}, {20_000, 5, 0},
				} {
					if c.seek >= 0 {
						_, err := f.Seek(int64(c.seek), io.SeekStart)
						check(t, err)
						at = int64(c.seek)
					}
					sent(t, c.want)(send(a, f, c.length))
					got := make([]byte, c.want)
					if c.want > 0 {
						_, err := io.ReadFull(b, got)
						check(t, err)
						if !bytes.Equal(got, data[at:][:c.want]) {
							t.Errorf("%d bytes from %d: not the file's", c.want, at)
						}
					}
					at += int64(c.want)
					now, err := f.Seek(0, io.SeekCurrent)
					check(t, err)
					same(t, "the file's offset", now, at)
				}
				if n, err := a.SendfileNext(f, -1); n != 0 || !errors.Is(err, syscall.EINVAL) {
					t.Errorf("a negative length: %d, %v", n, err)
				}
			})
		}
	}
	// Files without an offset, as C has them.
	r, w := pipe(t)
	_, err := w.WriteString("in a pipe")
	check(t, err)
	null, err := os.Open("/dev/zero")
	check(t, err)
	defer null.Close()
	for name, f := range map[string]*os.File{"a pipe": r, "/dev/zero": null} {
		a, _ := unixPair(t, csock.SOCK_STREAM)
		n, err := a.SendfileNext(f, 4)
		wantN, want := inC(a, f, 4)
		if n != wantN || !errors.Is(err, want) {
			t.Errorf("%s: %d, %v; in C %d, %v", name, n, err, wantN, want)
		}
	}
	a, _ := unixPair(t, csock.SOCK_STREAM)
	if n, err := a.SendfileNext(nil, 1); n != 0 || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("no file: %d, %v", n, err)
	}
}
