// Echo moves bytes over every common kind of socket, server and client in one program: TCP over a
// dual-stack IPv6 listener, UDP, and Unix stream, seqpacket and abstract sockets. For each it prints what came back,
// the addresses, and what the kernel reports of the options that were set.
package main

import (
	"errors"
	"fmt"
	"log"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

// A round is one kind of socket, from server address to echoed bytes.
type round struct {
	name     string
	domain   csock.Domain
	typ      csock.Type
	protocol csock.Protocol
	local    csock.SockAddr                      // where the server binds
	dial     func(csock.SockAddr) csock.SockAddr // the client's way to the bound address; nil: that address
	server   []csock.Setting                     // before bind
	client   []csock.Setting                     // before connect
	report   []csock.AnyOption                   // options of the client to read back
}

func main() {
	log.SetFlags(0)
	dir, err := os.MkdirTemp("", "csock-echo-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	rounds := []round{
		{
			name:   "TCP, an IPv4 client at a dual-stack IPv6 listener",
			domain: csock.AF_INET6, typ: csock.SOCK_STREAM, protocol: csock.IPPROTO_TCP,
			local:  csock.InetAddr(netip.MustParseAddrPort("[::]:0")),
			dial:   onLoopback("::ffff:127.0.0.1"),
			server: []csock.Setting{csock.IPV6_V6ONLY.To(false), csock.SO_REUSEADDR.To(true)},
			client: []csock.Setting{csock.TCP_NODELAY.To(true), csock.SO_KEEPALIVE.To(true), csock.TCP_KEEPIDLE.To(30 * time.Second)},
			report: []csock.AnyOption{csock.TCP_NODELAY, csock.SO_KEEPALIVE, csock.TCP_KEEPIDLE, csock.TCP_MAXSEG, csock.TCP_CONGESTION},
		},
		{
			name:   "UDP over IPv4",
			domain: csock.AF_INET, typ: csock.SOCK_DGRAM, protocol: csock.IPPROTO_UDP,
			local:  csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0")),
			client: []csock.Setting{csock.IP_TTL.To(7), csock.SO_SNDBUF.To(64 << 10)},
			report: []csock.AnyOption{csock.IP_TTL, csock.SO_SNDBUF, csock.SO_RCVBUF, csock.IP_MTU},
		},
		{
			name:   "Unix stream, by path",
			domain: csock.AF_UNIX, typ: csock.SOCK_STREAM,
			local:  unixAddr(filepath.Join(dir, "stream")),
			report: []csock.AnyOption{csock.SO_PEERCRED, csock.SO_SNDBUF},
		},
		{
			name:   "Unix seqpacket, by path",
			domain: csock.AF_UNIX, typ: csock.SOCK_SEQPACKET,
			local:  unixAddr(filepath.Join(dir, "seqpacket")),
			report: []csock.AnyOption{csock.SO_PEERCRED},
		},
		{
			name:   "Unix stream, by a name in the abstract namespace",
			domain: csock.AF_UNIX, typ: csock.SOCK_STREAM,
			local:  unixAddr(fmt.Sprintf("@csock-echo-%d", os.Getpid())),
			report: []csock.AnyOption{csock.SO_PEERCRED},
		},
	}
	failed := false
	for _, r := range rounds {
		switch err := r.run(); {
		case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EAFNOSUPPORT), errors.Is(err, syscall.EADDRNOTAVAIL):
			fmt.Printf("%s: not on this system: %v\n\n", r.name, err)
		case err != nil:
			fmt.Printf("%s: %v\n\n", r.name, err)
			failed = true
		}
	}
	if failed {
		os.RemoveAll(dir)
		os.Exit(1)
	}
}

// run echoes one message and prints how it went.
func (r *round) run() error {
	fmt.Println(r.name)
	server, err := csock.New(r.domain, r.typ, r.protocol)
	if err != nil {
		return err
	}
	defer server.Close()
	if err := server.Set(r.server...); err != nil {
		return err
	}
	if err := server.Bind(r.local); err != nil {
		return err
	}
	addr, err := server.LocalAddr()
	if err != nil {
		return err
	}
	fmt.Printf("  server    %v\n", addr)

	served := make(chan error, 1)
	if r.typ == csock.SOCK_DGRAM {
		go func() { served <- echoDatagram(server) }()
	} else {
		if err := server.Listen(1); err != nil {
			return err
		}
		go func() { served <- echoConnection(server) }()
	}

	client, err := csock.New(r.domain, r.typ, r.protocol)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Set(r.client...); err != nil {
		return err
	}
	if r.dial != nil {
		addr = r.dial(addr)
	}
	if err := client.ConnectTimeout(addr, 5*time.Second); err != nil {
		return err
	}
	local, err := client.LocalAddr()
	if err != nil {
		return err
	}
	peer, err := client.PeerAddr()
	if err != nil {
		return err
	}
	fmt.Printf("  client    %s -> %v\n", orUnnamed(local), peer)

	sent := "hello over " + r.name
	if _, err := client.Send([]byte(sent), 0); err != nil {
		return err
	}
	buf := make([]byte, 512)
	n, err := client.Recv(buf, 0)
	if err != nil {
		return err
	}
	if err := <-served; err != nil {
		return err
	}
	if got := string(buf[:n]); got != sent {
		return fmt.Errorf("sent %q, got back %q", sent, got)
	}
	fmt.Printf("  echoed    %d bytes: %q\n", n, buf[:n])
	for _, o := range r.report {
		value, err := o.GetAny(client)
		if err != nil {
			return err
		}
		fmt.Printf("  %-20v %+v\n", o, value)
	}
	fmt.Println()
	return nil
}

// echoDatagram sends one datagram back to where it came from.
func echoDatagram(s *csock.Socket) error {
	buf := make([]byte, 512)
	n, from, err := s.RecvFrom(buf, 0)
	if err != nil {
		return err
	}
	fmt.Printf("  server    received from %v\n", from)
	_, err = s.SendTo(buf[:n], from, 0)
	return err
}

// echoConnection accepts one connection and sends back what it receives first.
func echoConnection(listener *csock.Socket) error {
	conn, from, err := listener.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	buf := make([]byte, 512)
	n, err := conn.Recv(buf, 0)
	if err != nil {
		return err
	}
	fmt.Printf("  server    accepted %s\n", orUnnamed(from))
	_, err = conn.Write(buf[:n])
	return err
}

// onLoopback returns the way to a wildcard address: the same port on a loopback address.
func onLoopback(ip string) func(csock.SockAddr) csock.SockAddr {
	return func(bound csock.SockAddr) csock.SockAddr {
		ap, _ := bound.AddrPort()
		return csock.InetAddr(netip.AddrPortFrom(netip.MustParseAddr(ip), ap.Port()))
	}
}

func unixAddr(path string) csock.SockAddr {
	addr, err := csock.UnixAddr(path)
	if err != nil {
		log.Fatal(err)
	}
	return addr
}

func orUnnamed(addr csock.SockAddr) string {
	if addr.IsUnnamed() {
		return "(unnamed)"
	}
	return addr.String()
}
