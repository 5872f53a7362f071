// Netcat moves bytes between a TCP connection and the terminal. It uses only what every system has.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `netcat [-l] ADDRESS:PORT

Netcat connects to an address, sends it standard input, and prints what it receives until the peer
closes the connection. With -l it waits for one connection instead. An IPv6 address is in brackets.`

var listen = flag.Bool("l", false, "wait for a connection")

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	address, err := netip.ParseAddrPort(flag.Arg(0))
	if flag.NArg() != 1 || err != nil {
		return program.UsageError("want one address and its port")
	}
	open := connect
	if *listen {
		open = accept
	}
	conn, err := open(ctx, csock.InetAddr(address))
	if err == nil {
		err = talk(ctx, conn, os.Stdin, out)
	}
	if ctx.Err() != nil { // Ctrl-C
		return nil
	}
	return err
}

// newConn returns a TCP socket of an address's family, which waits in Go's poller.
func newConn(address csock.SockAddr, prepare func(*csock.Socket) error) (*csock.Conn, error) {
	s, err := csock.New(address.Domain(), csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		return nil, err
	}
	if err := prepare(s); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	conn, err := s.IntoConn()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return conn, nil
}

// connect returns a connection to an address.
func connect(ctx context.Context, address csock.SockAddr) (*csock.Conn, error) {
	conn, err := newConn(address, func(s *csock.Socket) error {
		return s.Set(csock.TCP_NODELAY.To(true), csock.SO_KEEPALIVE.To(true))
	})
	if err != nil {
		return nil, err
	}
	if err := conn.Connect(ctx, address); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// accept returns the first connection that arrives at an address.
func accept(ctx context.Context, address csock.SockAddr) (*csock.Conn, error) {
	listener, err := newConn(address, func(s *csock.Socket) error {
		if err := s.Bind(address); err != nil {
			return err
		}
		local, err := s.LocalAddr()
		fmt.Fprintln(os.Stderr, "listening at", local)
		return errors.Join(err, s.Listen(1))
	})
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	conn, from, err := listener.Accept(ctx)
	if err == nil {
		fmt.Fprintln(os.Stderr, "connection from", from)
	}
	return conn, err
}

// talk sends what it reads of in, and writes to out what it receives until the peer has ended.
func talk(ctx context.Context, conn *csock.Conn, in io.Reader, out io.Writer) error {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	failed := make(chan error, 1)
	go func() {
		_, err := io.Copy(conn, in)
		if err == nil {
			err = conn.CloseWrite()
		}
		if err != nil {
			failed <- err
			conn.Close()
		}
	}()
	_, err := io.Copy(out, conn)
	select {
	case sending := <-failed: // it has closed the connection
		return sending
	default:
		return err
	}
}
