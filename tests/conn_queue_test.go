//go:build linux

package tests

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Calls that send as a whole wait for each other. One whose context ends while it waits for another
// sends nothing.
func TestContextConnQueue(t *testing.T) {
	a, b := connKinds[2].pair(t)
	f := need.Value[*os.File](t)(os.Create(filepath.Join(t.TempDir(), "f")))
	defer f.Close()
	sent(t, 4)(f.WriteString("file"))
	first := make([]byte, 8<<20)
	done := make(chan error, 1)
	go func() {
		_, err := a.Write(first)
		done <- err
	}()
	_, err := io.ReadFull(b, make([]byte, 1)) // it sends, and holds the rest back
	check(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = f.Seek(0, io.SeekStart)
	check(t, err)
	_, err = a.WithContext(ctx).ReadFrom(f)
	connIs(t, "ReadFrom", err, context.Canceled)
	bufs := net.Buffers{[]byte("buffers")}
	_, err = a.WithContext(ctx).WriteBuffers(&bufs)
	connIs(t, "WriteBuffers", err, context.Canceled)
	same(t, "buffers left", len(bufs), 1)
	_, err = io.ReadFull(b, first[1:])
	check(t, err, <-done)
	sent(t, 3)(a.Write([]byte("end")))
	n, err := b.Read(first[:9])
	check(t, err)
	same(t, "bytes afterwards", string(first[:n]), "end")
}

// A packet socket refuses package net's addresses of other kinds of socket.
func TestConnOtherAddr(t *testing.T) {
	need.IPv4(t)
	ip := net.IPv4(127, 0, 0, 1)
	addrs := map[string]net.Addr{
		"udp": &net.UDPAddr{IP: ip, Port: 9}, "tcp": &net.TCPAddr{IP: ip, Port: 9}, "ip": &net.IPAddr{IP: ip},
		"unix": &net.UnixAddr{Name: "@nobody", Net: "unixgram"},
	}
	for own, k := range map[string]struct {
		domain   csock.Domain
		typ      csock.Type
		protocol csock.Protocol
	}{
		"udp":  {csock.AF_INET, csock.SOCK_DGRAM, 0},
		"ip":   {csock.AF_INET, csock.SOCK_RAW, csock.IPPROTO_UDP},
		"unix": {csock.AF_UNIX, csock.SOCK_DGRAM, 0},
	} {
		t.Run(own, func(t *testing.T) {
			if k.typ == csock.SOCK_RAW {
				need.NetRaw(t)
			}
			s, err := csock.New(k.domain, k.typ, k.protocol)
			check(t, err)
			c, err := s.IntoPacketConn()
			check(t, err)
			defer c.Close()
			for kind, addr := range addrs {
				if kind != own {
					_, err := c.WriteTo(nil, addr)
					connIs(t, "to "+kind, err, syscall.EINVAL)
				}
			}
		})
	}
}
