//go:build linux

package tests

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// If the system has no room to register a descriptor, the error is the system's, and the socket
// stays as it was.
func TestConnPollerFull(t *testing.T) {
	child := os.Getenv(structChild)
	if child == "" {
		// The poller itself makes its one call among a thread's first three.
		const refuse = "inject=epoll_ctl:when=4+:error="
		for _, errno := range []string{"ENOSPC", "ENOMEM", "EPERM"} {
			t.Run(errno, func(t *testing.T) {
				straced(t, errno, "-e", "trace=epoll_ctl", "-e", refuse+errno)
			})
		}
		// csock has no descriptor with which to ask for the reason.
		t.Run("EMFILE", func(t *testing.T) {
			straced(t, "EMFILE", "-e", "trace=epoll_ctl,epoll_create1", "-e", refuse+"ENOSPC", "-e", "inject=epoll_create1:error=EMFILE:when=2+")
		})
		return
	}
	// strace counts the calls of a thread.
	runtime.LockOSThread()
	for range 2 { // with two calls each, whose failure package os ignores
		r, w, err := os.Pipe()
		check(t, err)
		defer r.Close()
		defer w.Close()
	}
	// The first of this thread, if the poller made its own on another.
	if fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err == nil {
		defer syscall.Close(fd)
	}
	var want error = map[string]syscall.Errno{"ENOSPC": syscall.ENOSPC, "ENOMEM": syscall.ENOMEM, "EMFILE": syscall.EMFILE}[child]
	if child == "EPERM" {
		want = errors.ErrUnsupported
	}
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	check(t, err, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))), s.Listen(1))
	_, err = s.IntoConn()
	connIs(t, "IntoConn", err, want)
	if want != errors.ErrUnsupported && errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("%v says that it is not supported", err)
	}
	_, err = s.IntoListener()
	connIs(t, "IntoListener", err, want)
	on, err := s.Nonblocking()
	check(t, err)
	same(t, "non-blocking", on, false)
	_, err = s.LocalAddr()
	check(t, err, s.Close())
}

// A shortage that has ended when csock asks for the reason is none.
func TestConnPollerShortage(t *testing.T) {
	if os.Getenv(structChild) == "" {
		// Every third call of a thread fails: a Conn's first, and neither of the two that follow.
		trace, _ := straced(t, "once", "-e", "trace=epoll_ctl", "-e", "inject=epoll_ctl:when=4+3:error=ENOSPC")
		if !strings.Contains(trace, "INJECTED") {
			t.Errorf("no call failed:\n%s", trace)
		}
		return
	}
	runtime.LockOSThread() // strace counts the calls of a thread
	for range 8 {
		a, b := unixPair(t, csock.SOCK_STREAM)
		c, err := a.IntoConn()
		check(t, err)
		defer c.Close()
		sent(t, 1)(b.Send([]byte("x"), 0))
		sent(t, 1)(c.Read(make([]byte, 8)))
	}
}

// A socket whose family reports that no socket listens is a Listener all the same, if the family
// never reports one.
func TestListenerNotReported(t *testing.T) {
	for _, k := range connKinds {
		t.Run(k.name, func(t *testing.T) {
			s := k.new(t)
			defer s.Close()
			l, err := s.IntoListener()
			known := k.domain != csock.AF_VSOCK && k.typ != csock.SOCK_DCCP || k.datagrams()
			if known {
				connIs(t, "IntoListener", err, syscall.EINVAL)
			}
			if err == nil {
				l.Close()
			}
		})
	}
}

// An attempt to connect is made once, even if it has to wait: some families fail a second one.
func TestConnectOnce(t *testing.T) {
	need.IPv4(t)
	if os.Getenv(structChild) == "" {
		trace, _ := straced(t, "once", "-e", "trace=connect")
		if n := strings.Count(trace, "connect("); n != 1 || !strings.Contains(trace, "EINPROGRESS") {
			t.Errorf("%d connects, not one that has to wait:\n%s", n, trace)
		}
		return
	}
	_, addr := connKinds[0].listen(t, 1)
	c := connOf(t)(connKinds[0].new(t), nil)
	check(t, c.Connect(t.Context(), addr))
}

// A connection that has to wait is established, or fails with the reason.
func TestConnectWaits(t *testing.T) {
	for _, k := range connKinds {
		if k.datagrams() || k.domain == csock.AF_UNIX {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			l, addr := k.listen(t, 64)
			for range 20 {
				c := connOf(t)(k.new(t), nil)
				ctx, cancel := context.WithTimeout(t.Context(), connPatience)
				check(t, c.Connect(ctx, addr))
				a, _, err := l.Accept(ctx)
				cancel()
				check(t, err)
				_, err = a.Write([]byte("x"))
				check(t, err)
				_, err = c.Read(make([]byte, 1))
				check(t, err, a.Close(), c.Close())
			}
			check(t, l.Close())
			c := connOf(t)(k.new(t), nil)
			ctx, cancel := context.WithTimeout(t.Context(), connPatience)
			defer cancel()
			if err := c.Connect(ctx, addr); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("connected to nobody: %v", err)
			}
		})
	}
}

// A family that reports no address of a peer still has connections: those of AF_ALG are operations.
func TestConnAcceptNameless(t *testing.T) {
	s, err := csock.New(csock.AF_ALG, csock.SOCK_SEQPACKET, 0)
	need.Feature(t, "AF_ALG", err)
	native := make([]byte, 88) // a struct sockaddr_alg
	native[0] = byte(csock.AF_ALG)
	copy(native[2:], "hash")
	copy(native[24:], "sha256")
	addr, err := csock.RawSockAddr(native)
	check(t, err)
	need.Feature(t, "sha256 of AF_ALG", s.Bind(addr), syscall.ENOENT)
	c, err := s.IntoConn()
	check(t, err)
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), connPatience)
	defer cancel()
	op, from, err := c.Accept(ctx)
	check(t, err)
	defer op.Close()
	if from.Len() != 0 {
		t.Errorf("from %v", from)
	}
	_, err = op.Write([]byte("abc"))
	check(t, err)
	sum := make([]byte, 32)
	n, err := op.Read(sum)
	check(t, err)
	same(t, "sha256", fmt.Sprintf("%x", sum[:n]), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
}

// An empty result of AF_ALG is no end: the plaintext of an AEAD that has authenticated nothing.
func TestConnEmptyResult(t *testing.T) {
	key, iv := make([]byte, 16), make([]byte, 12)
	block, err := aes.NewCipher(key)
	check(t, err)
	gcm, err := cipher.NewGCM(block)
	check(t, err)
	tag := gcm.Seal(nil, iv, nil, nil)
	control := csock.AppendALGAssocLen(csock.AppendALGIV(csock.AppendALGOp(nil, csock.ALG_OP_DECRYPT), iv), 0)
	for _, ofConn := range []bool{false, true} {
		op := algorithm(t, "aead", "gcm(aes)", csock.ALG_SET_KEY.To(key), csock.ALG_SET_AEAD_AUTHSIZE.To(16))
		sent(t, len(tag))(op.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{tag}, Control: control}, 0))
		var r io.Reader = op
		if ofConn {
			r = connOf(t)(op, nil)
		}
		n, err := r.Read(make([]byte, 16))
		if n != 0 || err != nil {
			t.Errorf("Conn %v: an empty plaintext: %d, %v", ofConn, n, err)
		}
	}
}

// A family that refuses each accept does not keep a processor busy.
func TestConnAcceptAborted(t *testing.T) {
	if os.Getenv(structChild) == "" {
		straced(t, "aborted", "-e", "trace=accept,accept4", "-e", "inject=accept,accept4:error=ECONNABORTED")
		return
	}
	c, _ := connKinds[0].listen(t, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var before, after syscall.Rusage
	check(t, syscall.Getrusage(syscall.RUSAGE_SELF, &before))
	_, _, err := c.Accept(ctx)
	connIs(t, "Accept", err, context.DeadlineExceeded)
	check(t, syscall.Getrusage(syscall.RUSAGE_SELF, &after))
	if used := time.Duration(after.Utime.Nano() - before.Utime.Nano()); used > 100*time.Millisecond {
		t.Errorf("300 ms of waiting took %v of processor time", used)
	}
}

// An empty message of a socket without connections is no end. TIPC delivers only one kind: a
// message of the socket's own that is returned because its destination is gone.
func TestConnEmptyMessage(t *testing.T) {
	need.IPv4(t)
	for _, k := range []connKind{
		{"udp", csock.AF_INET, csock.SOCK_DGRAM, 0},
		{"unixgram", csock.AF_UNIX, csock.SOCK_DGRAM, 0},
		{"tipc rdm", csock.AF_TIPC, csock.SOCK_RDM, 0},
		{"tipc dgram", csock.AF_TIPC, csock.SOCK_DGRAM, 0},
		{"rds", csock.AF_RDS, csock.SOCK_SEQPACKET, 0},
	} {
		t.Run(k.name, func(t *testing.T) {
			s, err := csock.New(k.domain, k.typ, 0)
			need.Feature(t, k.name, err)
			switch k.domain {
			case csock.AF_INET, csock.AF_RDS:
				check(t, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
			case csock.AF_UNIX:
				addr, err := csock.UnixAddr(filepath.Join(t.TempDir(), "s"))
				check(t, err, s.Bind(addr))
			}
			var p []byte
			to := need.Value[csock.SockAddr](t)(s.LocalAddr())
			if k.domain == csock.AF_TIPC {
				check(t, csock.TIPC_DEST_DROPPABLE.Set(s, false))
				gone, err := csock.New(k.domain, k.typ, 0)
				check(t, err)
				p, to = []byte("lost"), need.Value[csock.SockAddr](t)(gone.LocalAddr())
				check(t, gone.Close())
			}
			c, err := s.IntoPacketConn()
			check(t, err)
			defer c.Close()
			check(t, c.SetDeadline(time.Now().Add(connPatience)))
			reads := map[string]func() (int, error){
				"Read":     func() (int, error) { return c.Read(make([]byte, 8)) },
				"ReadFrom": func() (int, error) { n, _, err := c.ReadFrom(make([]byte, 8)); return n, err },
				"Socket.Read": func() (n int, err error) {
					err = csock.Borrow(c, func(s *csock.Socket) error {
						var err error
						n, err = s.Read(make([]byte, 8))
						return err
					})
					return n, err
				},
			}
			if k.name == "udp" {
				u, q := &csock.UDPConn{Conn: c.Conn}, make([]byte, 8)
				reads["ReadFromUDP"] = func() (int, error) { n, _, err := u.ReadFromUDP(q); return n, err }
				reads["ReadFromUDPAddrPort"] = func() (int, error) { n, _, err := u.ReadFromUDPAddrPort(q); return n, err }
				reads["ReadMsgUDP"] = func() (int, error) { n, _, _, _, err := u.ReadMsgUDP(q, nil); return n, err }
				reads["ReadMsgUDPAddrPort"] = func() (int, error) {
					n, _, _, _, err := u.ReadMsgUDPAddrPort(q, nil)
					return n, err
				}
			}
			for what, read := range reads {
				_, err = c.SendTo(p, to, 0)
				check(t, err)
				n, err := read()
				if n != 0 || err != nil {
					t.Errorf("%s of an empty message: %d, %v", what, n, err)
				}
			}
		})
	}
	var _ net.PacketConn = (*csock.PacketConn)(nil)
}
