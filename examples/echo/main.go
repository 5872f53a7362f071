// Echo moves bytes over every common kind of socket, server and client in one program.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `echo

Echo sends a few bytes to itself over each common kind of socket: TCP through a dual-stack IPv6
listener, UDP, and Unix stream, seqpacket and abstract sockets. For each it prints the addresses,
the bytes that came back, and the values of options as the kernel reports them. It listens on
loopback only.`

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	if flag.NArg() > 0 {
		return program.UsageError("want no arguments")
	}
	dir, failed := os.MkdirTemp("", "csock-echo-")
	if failed != nil {
		return failed
	}
	defer os.RemoveAll(dir)
	for _, r := range rounds(dir) {
		err := r.run(ctx, out)
		switch {
		case ctx.Err() != nil: // Ctrl-C
			return nil
		case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EAFNOSUPPORT),
			errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.ENETUNREACH),
			errors.Is(err, syscall.ENOPROTOOPT), errors.Is(err, syscall.ESOCKTNOSUPPORT):
			fmt.Fprintf(out, "%s: not on this system: %v\n\n", r.name, err)
		case err != nil:
			failed = errors.Join(failed, fmt.Errorf("%s: %w", r.name, err))
		}
	}
	return failed
}

// run echoes one message and prints the result.
func (r *round) run(ctx context.Context, out io.Writer) error {
	fmt.Fprintln(out, r.name)
	server, err := r.open(ctx, r.server)
	if err != nil {
		return err
	}
	defer server.Close()
	local, err := r.address()
	if err != nil {
		return err
	}
	if err := server.Bind(local); err != nil {
		return err
	}
	addr, err := server.LocalAddr()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  server    %v\n", addr)

	served := make(chan error, 1)
	if r.typ == csock.SOCK_DGRAM {
		go func() { served <- echoDatagram(server, out) }()
	} else if err := server.Listen(1); err != nil {
		return err
	} else {
		go func() { served <- echoConnection(server, out) }()
	}
	client, err := r.open(ctx, r.client)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.ConnectTimeout(addr, 5*time.Second); err != nil {
		return err
	}
	local, err = client.LocalAddr()
	peer, err2 := client.PeerAddr()
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	fmt.Fprintf(out, "  client    %s -> %v\n", orUnnamed(local), peer)

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
	fmt.Fprintf(out, "  echoed    %d bytes: %q\n", n, buf[:n])
	for _, o := range r.report {
		value, err := o.GetAny(client)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "  %-20v %+v\n", o, value)
	}
	_, err = fmt.Fprintln(out)
	return err
}

// open returns a socket with settings. Ctrl-C ends its calls.
func (r *round) open(ctx context.Context, settings []csock.Setting) (*csock.Socket, error) {
	s, err := csock.New(r.domain, r.typ, r.protocol)
	if err == nil {
		context.AfterFunc(ctx, func() { s.Shutdown(csock.SHUT_RDWR) })
		err = s.Set(settings...)
	}
	return s, err
}

// echoDatagram sends one datagram back to where it came from.
func echoDatagram(s *csock.Socket, out io.Writer) error {
	buf := make([]byte, 512)
	n, from, err := s.RecvFrom(buf, 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  server    received from %v\n", from)
	_, err = s.SendTo(buf[:n], from, 0)
	return err
}

// echoConnection accepts one connection and sends back the first bytes that it receives.
func echoConnection(listener *csock.Socket, out io.Writer) error {
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
	fmt.Fprintf(out, "  server    accepted %s\n", orUnnamed(from))
	_, err = conn.Write(buf[:n])
	return err
}

// address returns where the server binds.
func (r *round) address() (csock.SockAddr, error) {
	if r.domain == csock.AF_UNIX {
		return csock.UnixAddr(r.local)
	}
	ap, err := netip.ParseAddrPort(r.local)
	return csock.InetAddr(ap), err
}

func orUnnamed(addr csock.SockAddr) string { return cmp.Or(addr.String(), "(unnamed)") }
