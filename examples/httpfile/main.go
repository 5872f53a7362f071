//go:build linux

// Httpfile serves files over HTTP, by net/http over a listener of csock. Several httpfiles may
// share a port, clients may send a request with their handshake, and the kernel copies the files.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `httpfile [flags] [DIRECTORY]

Httpfile serves the files of DIRECTORY (the current one by default) over HTTP, and prints a line
for each request. Several httpfiles of one user may share an address (SO_REUSEPORT): the kernel
distributes the connections. A client may send its first request with its handshake
(TCP_FASTOPEN).`

var (
	addr     = flag.String("a", "127.0.0.1:8080", "the address to listen on; port 0: any free one")
	fastopen = flag.Int("fastopen", 256,
		"how many handshakes with a request may be pending; 0: none")
	congest = flag.String("congestion", "",
		"the congestion control, such as bbr; empty: the system's")
)

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	dir := "."
	if flag.NArg() > 0 {
		dir = flag.Arg(0)
	}
	ap, err := netip.ParseAddrPort(*addr)
	switch {
	case err != nil:
		return program.UsageError(fmt.Sprintf("want an address like 127.0.0.1:8080, not %q", *addr))
	case flag.NArg() > 1:
		return program.UsageError(fmt.Sprintf("want one directory, not %q", flag.Args()))
	case *fastopen > math.MaxInt32:
		return program.UsageError("-fastopen takes 0 to 2147483647")
	}
	if info, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return program.Advise(err, "Make the directory first, or give one that exists.")
	} else if err != nil {
		return err
	} else if !info.IsDir() {
		return program.UsageError(dir + " is not a directory")
	}
	listener, err := listen(ap)
	if err != nil {
		return err
	}
	defer listener.Close()
	fmt.Fprintf(out, "serving %s at http://%v/\n", dir, listener.Addr())
	fmt.Fprintf(out, "%-21s %-6s %6s %12s %10s  %s\n",
		"CLIENT", "METHOD", "STATUS", "BYTES", "TIME", "PATH")

	var mu sync.Mutex
	files := http.FileServer(http.Dir(dir))
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			begun := time.Now()
			c := &counter{ResponseWriter: w, status: http.StatusOK}
			files.ServeHTTP(c, r)
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintf(out, "%-21s %-6s %6d %12d %10v  %q\n",
				r.RemoteAddr, r.Method, c.status, c.bytes,
				time.Since(begun).Round(time.Microsecond), r.URL.Path)
		}),
	}
	stopped := make(chan error, 1)
	context.AfterFunc(ctx, func() { // waits some seconds for the requests in flight
		late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err := server.Shutdown(late)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close() // which ends those that take longer
		}
		stopped <- err
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// listen returns a listener. Its connections inherit these settings.
func listen(ap netip.AddrPort) (*csock.Listener, error) {
	s, err := csock.New(csock.DomainFor(ap), csock.SOCK_STREAM, csock.IPPROTO_TCP)
	if err != nil {
		return nil, err
	}
	defer s.Close() // refused once the Listener owns the descriptor
	settings := []csock.Setting{
		csock.SO_REUSEADDR.To(true),
		csock.SO_REUSEPORT.To(true),
		csock.SO_KEEPALIVE.To(true),
		csock.TCP_NODELAY.To(true),
		csock.TCP_DEFER_ACCEPT.To(5 * time.Second), // Accept returns once a request has arrived
	}
	if *fastopen > 0 {
		settings = append(settings, csock.TCP_FASTOPEN.To(*fastopen))
	}
	if *congest != "" {
		settings = append(settings, csock.TCP_CONGESTION.To(*congest))
	}
	if err := s.Set(settings...); err != nil {
		return nil, err
	}
	if err := s.Bind(csock.InetAddr(ap)); err != nil {
		return nil, err
	}
	if err := s.Listen(1024); err != nil {
		return nil, err
	}
	return s.IntoListener()
}

// A counter remembers the status and the length of a response.
type counter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *counter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// ReadFrom passes a file to the connection's ReadFrom, where the kernel copies it (sendfile).
// Without this method the wrapper would hide that one, and the file would pass through memory.
func (c *counter) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(c.ResponseWriter, r)
	c.bytes += n
	return n, err
}
