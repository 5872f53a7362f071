package portable

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// What only Windows has.

func TestPair(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		a, b, err := csock.Pair(k.domain, csock.SOCK_STREAM, 0)
		need.OK(t, err)
		defer a.Close()
		defer b.Close()
		for _, ends := range [][2]*csock.Socket{{a, b}, {b, a}} {
			_, err := ends[0].Send([]byte("through"), 0)
			need.OK(t, err)
			p := make([]byte, 16)
			n, err := ends[1].Recv(p, 0)
			need.OK(t, err)
			need.Same(t, "received", string(p[:n]), "through")
		}
		need.Same(t, "the peer", need.Value[csock.SockAddr](t)(a.PeerAddr()), need.Value[csock.SockAddr](t)(b.LocalAddr()))
	})
	_, _, err := csock.Pair(csock.AF_INET, csock.SOCK_DGRAM, 0)
	need.Is(t, "a pair of datagram sockets", err, errors.ErrUnsupported)
}

func TestExclusive(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s := k.socket(t, csock.SOCK_STREAM)
		need.OK(t, csock.SO_EXCLUSIVEADDRUSE.Set(s, true))
		need.Same(t, "SO_EXCLUSIVEADDRUSE", need.Value[bool](t)(csock.SO_EXCLUSIVEADDRUSE.Get(s)), true)
		need.OK(t, s.Bind(k.loopback))
		second := k.socket(t, csock.SOCK_STREAM)
		need.OK(t, second.SetReuseAddress(true))
		err := second.Bind(need.Value[csock.SockAddr](t)(s.LocalAddr()))
		if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.EACCES) {
			t.Errorf("Bind to the address: %v", err)
		}
	})
}

func TestHandles(t *testing.T) {
	for _, make := range []func(csock.Domain, csock.Type, csock.Protocol) (*csock.Socket, error){csock.New, csock.NewRaw} {
		s, err := make(csock.AF_INET, csock.Type.NoInherit(csock.SOCK_DGRAM).RegisteredIO(), 0)
		need.OK(t, err)
		need.OK(t, s.SetNoInherit(false), s.SetNoInherit(true), s.SetCloexec(false), s.SetCloexec(true))
		need.Same(t, "Type", need.Value[csock.Type](t)(s.Type()), csock.SOCK_DGRAM)
		_, err = s.Nonblocking()
		need.Is(t, "Nonblocking", err, errors.ErrUnsupported)
		need.OK(t, s.Close())
	}
}

func TestUDPRequests(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		s, to := k.bound(t, csock.SOCK_DGRAM)
		need.OK(t, csock.SIO_UDP_CONNRESET.Set(s, false))
		_, err := s.SendTo([]byte("12345"), to, 0)
		need.OK(t, err)
		need.Same(t, "FIONREAD", need.Value[int](t)(csock.FIONREAD.Get(s)), 5)
		lacks(t, "UDP_SEND_MSG_SIZE", csock.UDP_SEND_MSG_SIZE.Set(s, 100))
		lacks(t, "UDP_RECV_MAX_COALESCED_SIZE", csock.UDP_RECV_MAX_COALESCED_SIZE.Set(s, 1000))
		if k.domain == csock.AF_INET {
			lacks(t, "IP_ECN", csock.IP_ECN.Set(s, true))
		} else {
			lacks(t, "IPV6_ECN", csock.IPV6_ECN.Set(s, true))
		}
	})
}

func TestKeepaliveAndAcks(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, _ := k.connected(t)
		need.OK(t, client.SetTCPKeepalive(csock.TCPKeepalive{Time: 20 * time.Second}))
		need.OK(t, client.SetTCPKeepalive(csock.TCPKeepalive{Interval: 5 * time.Second}))
		lacks(t, "SIO_TCP_SET_ACK_FREQUENCY", client.SetTCPAckFrequency(4))
	})
}

func TestUnixStream(t *testing.T) {
	l, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	if errors.Is(err, syscall.EAFNOSUPPORT) {
		t.Skipf("needs AF_UNIX, which Wine lacks: %v", err)
	}
	need.OK(t, err)
	defer l.Close()
	path := t.TempDir() + `\socket`
	addr, err := csock.UnixAddr(path)
	need.OK(t, err)
	defer os.Remove(path)
	need.OK(t, l.Bind(addr), l.Listen(1))
	client, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	need.OK(t, err)
	defer client.Close()
	need.OK(t, client.Connect(addr))
	server, _, err := l.Accept()
	need.OK(t, err)
	defer server.Close()
	_, err = client.Send([]byte("unix"), 0)
	need.OK(t, err)
	p := make([]byte, 8)
	n, err := server.Recv(p, 0)
	need.OK(t, err)
	need.Same(t, "received", string(p[:n]), "unix")
}
