//go:build linux

// Fetch is ../c/fetch.c in Go: docs/porting-from-c.md goes through the two.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

func main() {
	to, err := netip.ParseAddrPort(os.Args[1] + ":" + os.Args[2])
	if err != nil {
		to, err = netip.ParseAddrPort("[" + os.Args[1] + "]:" + os.Args[2])
	}
	check(err)
	milliseconds, err := strconv.Atoi(os.Args[3])
	check(err)

	s, err := csock.New(csock.DomainFor(to), csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(err)
	check(s.SetTCPNodelay(true))
	c, err := s.IntoConn()
	check(err)
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(milliseconds)*time.Millisecond)
	defer cancel()
	switch err := c.Connect(ctx, csock.InetAddr(to)); {
	case errors.Is(err, context.DeadlineExceeded):
		end("timeout")
	case errors.Is(err, syscall.ECONNREFUSED):
		end("refused")
	case err != nil:
		end("failed")
	}
	_, err = c.Write([]byte("hello\n"))
	check(err)
	check(c.CloseWrite())
	_, err = io.Copy(os.Stdout, c)
	switch {
	case errors.Is(err, syscall.ECONNRESET):
		end("reset")
	case err != nil:
		end("failed")
	}
	info, err := csock.Get(c, csock.TCP_INFO)
	check(err)
	fmt.Printf("received %d\n", info.BytesReceived)
	check(c.Set(csock.SO_LINGER.To(0)))
}

func end(why string) {
	fmt.Println(why)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
