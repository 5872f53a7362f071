//go:build linux

// Proxy is a transparent TCP proxy. The firewall sends it connections that were meant for others.
// It looks up their destinations, connects there, and lets the kernel copy the bytes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `proxy [flags]

Proxy is a transparent TCP proxy. The firewall sends it connections that were meant for others.
Proxy connects to the destination of each (SO_ORIGINAL_DST), copies in both directions inside the
kernel (splice), and prints a line for each connection that ends. For example

    nft add table ip p
    nft 'add chain ip p out { type nat hook output priority -100; }'
    nft 'add rule ip p out meta mark != 7 tcp dport 80 redirect to :7070'
    proxy -mark 7

sends this host's own connections to port 80 through the proxy. The mark, which needs CAP_NET_ADMIN,
distinguishes the proxy's connections from those. With -tproxy, connections come from a tproxy rule
instead; their local address is the destination (IP_TRANSPARENT).`

var (
	addr   = flag.String("a", "127.0.0.1:7070", "the address to listen on")
	mark   = flag.Uint64("mark", 0, "the mark of the proxy's own packets; 0: none")
	tproxy = flag.Bool("tproxy", false,
		"take connections from a tproxy rule, not from a redirect rule")
	wait = flag.Duration("w", 10*time.Second, "how long to wait until a destination accepts")
)

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	ap, err := netip.ParseAddrPort(*addr)
	if err != nil || flag.NArg() > 0 {
		return program.UsageError("want an address like 127.0.0.1:7070")
	}
	if *mark > math.MaxUint32 {
		return program.UsageError("a mark is at most 4294967295, 32 bits")
	}
	if err := tryMark(); err != nil {
		return err
	}
	settings := []csock.Setting{csock.SO_REUSEADDR.To(true)}
	if *tproxy && ap.Addr().Is4() {
		settings = append(settings, csock.IP_TRANSPARENT.To(true))
	} else if *tproxy {
		settings = append(settings, csock.IPV6_TRANSPARENT.To(true))
	}
	config := &net.ListenConfig{Control: csock.ControlFunc(settings...)}
	listener, err := config.Listen(ctx, "tcp", ap.String())
	if err != nil {
		return err
	}
	defer listener.Close()
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	self := listener.Addr().(*net.TCPAddr).AddrPort()
	fmt.Fprintf(out, "proxy at %v\n%-22s %-22s %12s %12s %10s  %s\n",
		self, "FROM", "TO", "UP", "DOWN", "TIME", "END")

	var wg sync.WaitGroup
	defer wg.Wait()
	var mu sync.Mutex
	for full := false; ; {
		conn, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		} else if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			if !full {
				fmt.Fprintf(os.Stderr, "proxy: %v\n%s\n", err, fullAdvice)
			}
			full = true
			time.Sleep(100 * time.Millisecond) // connections that end make room
			continue
		} else if err != nil {
			return err
		}
		full = false
		wg.Add(1)
		go func() {
			defer wg.Done()
			begun := time.Now()
			client := conn.(*net.TCPConn)
			to, up, down, err := carry(ctx, client, self)
			target, end := "-", "well"
			if to.IsValid() {
				target = to.String()
			}
			if err != nil {
				end = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintf(out, "%-22v %-22s %12d %12d %10v  %s\n", client.RemoteAddr(), target,
				up, down, time.Since(begun).Round(time.Millisecond), end)
		}()
	}
}

// tryMark reports at the start, not for each connection, that the mark is not permitted.
func tryMark() error {
	if *mark == 0 {
		return nil
	}
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	if err != nil {
		return err
	}
	defer s.Close()
	return csock.SO_MARK.Set(s, uint32(*mark))
}

var errNoRule = errors.New(
	"the connection was for the proxy itself: is the firewall rule missing?")

const fullAdvice = "Clients wait until others end. Raise the limit of open files (ulimit -n). " +
	"If the proxy's own connections come back to it, exclude them in the firewall rule (-mark)."

// carry connects to the destination of client, and copies until both directions have ended.
func carry(ctx context.Context, client *net.TCPConn, self netip.AddrPort) (
	to netip.AddrPort, up, down int64, err error) {
	defer client.Close()
	to, err = destination(client)
	if err != nil {
		return to, 0, 0, err
	}
	if isSelf(to, self) {
		return to, 0, 0, errNoRule
	}
	dialer := &net.Dialer{Timeout: *wait}
	if *mark != 0 {
		dialer.Control = csock.ControlFunc(csock.SO_MARK.To(uint32(*mark)))
	}
	conn, err := dialer.DialContext(ctx, "tcp", to.String())
	if err != nil {
		return to, 0, 0, err
	}
	server := conn.(*net.TCPConn)
	defer server.Close()
	defer context.AfterFunc(ctx, func() { client.Close(); server.Close() })()

	failed := make(chan error, 2)
	half := func(to, from *net.TCPConn, n *int64) {
		var err error
		*n, err = to.ReadFrom(from) // package net splices from one TCP connection to another
		to.CloseWrite()
		if err != nil { // the other direction has no peer left
			to.Close()
			from.Close()
		}
		failed <- err
	}
	go half(server, client, &up)
	go half(client, server, &down)
	first, second := <-failed, <-failed
	if first != nil {
		return to, up, down, first
	}
	return to, up, down, second
}

// destination returns the client's destination before the firewall changed it.
func destination(client *net.TCPConn) (to netip.AddrPort, err error) {
	local := client.LocalAddr().(*net.TCPAddr).AddrPort()
	local = netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
	if *tproxy { // which changes no address
		return local, nil
	}
	option := csock.SO_ORIGINAL_DST
	if local.Addr().Is6() {
		option = csock.IP6T_SO_ORIGINAL_DST
	}
	original, err := csock.Get(client, option)
	if errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENOPROTOOPT) {
		return to, errNoRule // the kernel tracks no connections, or not this one
	} else if err != nil {
		return to, fmt.Errorf("the original destination: %w", err)
	}
	to, _ = original.AddrPort()
	return to, nil
}
