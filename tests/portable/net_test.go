package portable

import (
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Sockets become package net's, which move bytes and close them.
func TestIntoNet(t *testing.T) {
	eachKind(t, func(t *testing.T, k kind) {
		client, server := k.connected(t)
		conn, err := client.IntoNetConn()
		fileConn(t, err)
		defer conn.Close()
		_, err = client.Send([]byte("x"), 0)
		need.Is(t, "Send on the Socket", err, net.ErrClosed)
		_, err = io.WriteString(conn, "stream")
		need.OK(t, err)
		p := make([]byte, 16)
		n, err := server.Recv(p, 0)
		need.OK(t, err)
		need.Same(t, "received", string(p[:n]), "stream")
		need.OK(t, conn.Close())
		n, err = server.Recv(p, 0)
		need.OK(t, err)
		need.Same(t, "bytes after Close", n, 0)

		listening, addr := k.bound(t, csock.SOCK_STREAM)
		need.OK(t, listening.Listen(1))
		l, err := listening.IntoNetListener()
		fileConn(t, err)
		defer l.Close()
		again := k.socket(t, csock.SOCK_STREAM)
		need.OK(t, again.Connect(addr))
		accepted, err := l.Accept()
		need.OK(t, err)
		need.OK(t, accepted.Close())

		datagrams, to := k.bound(t, csock.SOCK_DGRAM)
		packets, err := datagrams.IntoNetPacketConn()
		fileConn(t, err)
		defer packets.Close()
		_, err = k.socket(t, csock.SOCK_DGRAM).SendTo([]byte("datagram"), to, 0)
		need.OK(t, err)
		n, _, err = packets.ReadFrom(p)
		need.OK(t, err)
		need.Same(t, "received", string(p[:n]), "datagram")
		if _, is := packets.(*net.UDPConn); !is {
			t.Errorf("it is a %T", packets)
		}
	})
}

// fileConn skips the test where net.FileConn cannot work. It takes a duplicate away from the
// completion port of the original.
func fileConn(t *testing.T, err error) {
	t.Helper()
	const invalidParameter = syscall.Errno(87) // the duplicate still has its port
	if runtime.GOOS == "windows" && errors.Is(err, invalidParameter) {
		t.Skipf("needs FileReplaceCompletionInformation, which Wine lacks: %v", err)
	}
	need.OK(t, err)
}
