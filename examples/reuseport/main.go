//go:build linux

// Reuseport distributes the connections to one TCP port among several listeners, by a BPF program
// of its own instead of the kernel's hash.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `reuseport [flags]

Reuseport opens several listeners on one TCP port (SO_REUSEPORT). It sends each client the number
of the listener that accepted it, and prints how many connections each listener accepted. A classic
BPF program chooses the listener (SO_ATTACH_REUSEPORT_CBPF): by the last byte of the client's
address, by the CPU that received the packet, or at random. "hash" is the kernel's own choice.
Try: nc 127.0.0.1 7000`

var (
	addr   = flag.String("a", "127.0.0.1:7000", "the address to listen on")
	number = flag.Int("n", runtime.NumCPU(), "how many listeners to open")
	by     = flag.String("by", "client", "how to choose: client, cpu, random or hash")
	every  = flag.Duration("i", 2*time.Second, "the time between tables")
)

func main() { program.Run(usage, run) }

// A shard is one listener.
type shard struct {
	listener *csock.Conn
	accepted atomic.Int64
	cpu      atomic.Int64 // the one that received the last connection's packets
}

func run(ctx context.Context, out io.Writer) error {
	ap, err := netip.ParseAddrPort(*addr)
	if err != nil || flag.NArg() > 0 || *number < 1 || *number > 256 || *every == 0 {
		return program.UsageError("want an address like 127.0.0.1:7000, 1 to 256 listeners, and " +
			"a time between tables of more than 0")
	}
	choose, ok := programs(ap.Addr(), uint32(*number))[*by]
	if !ok {
		return program.UsageError("-by takes client, cpu, random or hash")
	}
	var shards []*shard
	for i := range *number {
		s, err := listen(ap)
		if err != nil {
			return err
		}
		defer s.Close() // refused once the Conn owns the descriptor
		if i == 0 && ap.Port() == 0 {
			a, err := s.LocalAddr()
			if err != nil {
				return err
			}
			ap, _ = a.AddrPort()
		}
		if i == *number-1 && choose != nil { // one program for all
			if err := s.Set(csock.SO_ATTACH_REUSEPORT_CBPF.To(choose)); err != nil {
				return err
			}
		}
		c, err := s.IntoConn()
		if err != nil {
			return err
		}
		defer c.Close()
		shards = append(shards, &shard{listener: c})
	}
	fmt.Fprintf(out, "%d listeners at %v, chosen by %s\n", *number, ap, *by)

	var wg sync.WaitGroup
	failed := make(chan error, *number)
	for i, s := range shards {
		wg.Add(1)
		go func() {
			defer wg.Done()
			failed <- s.serve(ctx, i)
		}()
	}
	ticker := time.NewTicker(*every)
	defer ticker.Stop()
	shown := int64(-1)
	for {
		select {
		case <-ctx.Done():
			wg.Wait()
			_, err := io.WriteString(out, table(shards, &shown))
			return err
		case err := <-failed:
			if ctx.Err() == nil {
				return err
			}
		case <-ticker.C:
			io.WriteString(out, table(shards, &shown))
		}
	}
}

func listen(ap netip.AddrPort) (*csock.Socket, error) {
	s, err := csock.New(csock.DomainFor(ap), csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		return nil, err
	}
	err = s.Set(csock.SO_REUSEADDR.To(true), csock.SO_REUSEPORT.To(true))
	if err == nil {
		err = s.Bind(csock.InetAddr(ap))
	}
	if err == nil {
		err = s.Listen(1024)
	}
	if err != nil {
		s.Close()
	}
	return s, err
}

// serve sends each client the number of the listener, until ctx ends.
func (s *shard) serve(ctx context.Context, number int) error {
	for {
		conn, _, err := s.listener.Accept(ctx)
		if err != nil {
			return err
		}
		s.accepted.Add(1)
		if cpu, err := csock.Get(conn, csock.SO_INCOMING_CPU); err == nil {
			s.cpu.Store(int64(cpu))
		}
		conn.SetWriteDeadline(time.Now().Add(time.Second))
		fmt.Fprintf(conn, "listener %d\n", number)
		conn.Close()
	}
}

// table returns the counts of all listeners, "" if nothing has changed.
func table(shards []*shard, shown *int64) string {
	total := int64(0)
	for _, s := range shards {
		total += s.accepted.Load()
	}
	if total == *shown {
		return ""
	}
	*shown = total
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-8s %12s %8s %9s\n", "LISTENER", "CONNECTIONS", "SHARE", "LAST CPU")
	for i, s := range shards {
		n := s.accepted.Load()
		share := 100 * float64(n) / float64(max(total, 1))
		fmt.Fprintf(&b, "%-8d %12d %7.1f%% %9d %s\n", i, n, share, s.cpu.Load(),
			strings.Repeat("█", int(40*n/max(total, 1))))
	}
	return b.String()
}

// programs returns the BPF programs. A program returns the number of a listener, in the order of
// the calls of Listen.
func programs(addr netip.Addr, n uint32) map[string][]csock.SockFilter {
	source := csock.BPFOffset(15) // the last byte of the client's address in an IPv4 header
	if addr.Is6() {
		source = 23
	}
	modulo := func(size csock.BPFCode, offset csock.BPFOffset) []csock.SockFilter {
		return []csock.SockFilter{
			csock.BPFStmt(csock.BPF_LD|size|csock.BPF_ABS, uint32(offset)),
			csock.BPFStmt(csock.BPF_ALU|csock.BPF_MOD|csock.BPF_K, n),
			csock.BPFStmt(csock.BPF_RET|csock.BPF_A, 0),
		}
	}
	return map[string][]csock.SockFilter{
		"client": modulo(csock.BPF_B, csock.SKF_NET_OFF+source),
		"cpu":    modulo(csock.BPF_W, csock.SKF_AD_OFF+csock.SKF_AD_CPU),
		"random": modulo(csock.BPF_W, csock.SKF_AD_OFF+csock.SKF_AD_RANDOM),
		"hash":   nil,
	}
}
