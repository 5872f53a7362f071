//go:build linux

package tests

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

// The addresses of a UDP socket follow a disconnect, by whatever means.
func TestConnAddrsDisconnect(t *testing.T) {
	c := &csock.UDPConn{Conn: connKinds[4].open(t)}
	peer := connKinds[4].open(t)
	to := peer.LocalAddr()
	none := unspecified(t)
	for name, disconnect := range map[string]func(c *csock.UDPConn) error{
		"Connect": func(c *csock.UDPConn) error { return c.Connect(t.Context(), none) },
		"Borrow": func(c *csock.UDPConn) error {
			return csock.Borrow(c, func(s *csock.Socket) error { return s.Connect(none) })
		},
		"RawConn.Write": func(c *csock.UDPConn) error { return rawConnect(c, none) },
	} {
		check(t, rawConnect(c, connAddr(t, peer)))
		same(t, "connected by a RawConn's Write", c.RemoteAddr().String(), to.String())
		check(t, disconnect(c), csock.Borrow(c, func(*csock.Socket) error { return nil }))
		if c.RemoteAddr() != nil {
			t.Errorf("a peer after a disconnect by %s: %v", name, c.RemoteAddr())
		}
		if _, _, err := c.WriteMsgUDP([]byte("x"), nil, nil); err == nil || !strings.HasSuffix(err.Error(), ": missing address") {
			t.Errorf("a message to nobody: %v", err)
		}
	}
}

// rawConnect connects a Conn through its RawConn, as libraries do.
func rawConnect(c *csock.UDPConn, addr csock.SockAddr) error {
	rc, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = rc.Write(func(fd uintptr) bool { failed = cref.Connect(fd, addr.Bytes()); return true })
	return errors.Join(err, failed)
}

// The addresses of a TCP socket follow its connections too, those that fail and those of sends.
func TestConnAddrsFollowTCP(t *testing.T) {
	need.IPv4(t)
	l := kindOf("tcp4").open(t)
	check(t, l.Bind(loopback4), l.Listen(4))
	addr := need.Value[csock.SockAddr](t)(l.LocalAddr())
	refused := kindOf("tcp4").open(t)
	check(t, refused.Bind(loopback4))
	nobody := need.Value[csock.SockAddr](t)(refused.LocalAddr())
	none := unspecified(t)

	c := connOf(t)(csock.New(csock.AF_INET, csock.SOCK_STREAM, 0))
	check(t, c.Connect(t.Context(), addr))
	same(t, "connected", c.RemoteAddr().String(), addr.String())
	check(t, c.Connect(t.Context(), none))
	if c.RemoteAddr() != nil {
		t.Errorf("a peer after a disconnect: %v", c.RemoteAddr())
	}
	need.Is(t, "of a socket that does not listen", c.Connect(t.Context(), nobody), syscall.ECONNREFUSED)
	if c.RemoteAddr() != nil {
		t.Errorf("a peer after an attempt that failed: %v", c.RemoteAddr())
	}
	check(t, c.Connect(t.Context(), addr))
	for c.Connect(t.Context(), nobody) == nil { // on Linux, the first after one that had to wait
	}
	need.Is(t, "connected already", c.Connect(t.Context(), nobody), syscall.EISCONN)
	same(t, "connected all the same", c.RemoteAddr().String(), addr.String())

	s := kindOf("tcp4").open(t)
	check(t, s.Bind(csock.InetAddr(netip.MustParseAddrPort("0.0.0.0:0"))))
	c = connOf(t)(s, nil)
	port := c.LocalAddr().(*net.TCPAddr).Port
	_, err := c.SendTo([]byte("x"), addr, csock.MSG_FASTOPEN)
	need.Feature(t, "MSG_FASTOPEN", err, syscall.EOPNOTSUPP)
	same(t, "connected by a send", c.RemoteAddr().String(), addr.String())
	same(t, "local when connected", c.LocalAddr().String(), fmt.Sprint("127.0.0.1:", port))
}
