//go:build linux

// Fdpass passes open files from one process to another over a Unix socket, with the sender's
// credentials, which the kernel checks.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `fdpass [flags] recv SOCKET
       fdpass send SOCKET FILE...

"fdpass recv" listens on a Unix socket at the path SOCKET. It prints each file that arrives, and
the process that sent it. The receiver can read a file even if it has no permission to open it,
because it receives the open file. "fdpass send" opens files and sends them.`

var (
	cat  = flag.Bool("cat", false, "also print the contents of the files")
	once = flag.Bool("once", false, "end after the first connection")
)

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	if args := flag.Args(); len(args) == 2 && args[0] == "recv" {
		return serve(ctx, out, args[1])
	} else if len(args) > 2 && args[0] == "send" {
		return send(ctx, args[1], args[2:])
	}
	return program.UsageError("want recv and a path, or send, a path and one or more files")
}

func open(path string) (*csock.Socket, csock.SockAddr, error) {
	addr, err := csock.UnixAddr(path)
	if err != nil {
		return nil, addr, err
	}
	s, err := csock.New(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	return s, addr, err
}

// send sends each file in a message of its own: the name, the descriptor, and the sender.
func send(ctx context.Context, path string, files []string) error {
	s, addr, err := open(path)
	if err != nil {
		return err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	conn, err := s.IntoConn()
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := conn.Connect(ctx, addr); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	me := csock.Ucred{PID: os.Getpid(), UID: uint32(os.Geteuid()), GID: uint32(os.Getegid())}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		control := csock.AppendRights(nil, int(f.Fd()))
		control = csock.AppendCredentials(control, me)
		_, err = conn.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{[]byte(name)}, Control: control}, 0)
		f.Close() // not earlier: from here on the message holds the file open
		if err != nil {
			return err
		}
	}
	return nil
}

func serve(ctx context.Context, out io.Writer, path string) error {
	s, addr, err := open(path)
	if err != nil {
		return err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	// With SO_PASSCRED, which connections inherit, the kernel adds the credentials of senders that
	// do not send any.
	if err := s.Set(csock.SO_PASSCRED.To(true)); err != nil {
		return err
	}
	if err := s.Bind(addr); errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s exists: remove it if no other program listens there", path)
	} else if err != nil {
		return err
	}
	if !strings.HasPrefix(path, "@") { // an abstract name disappears with the socket
		defer os.Remove(path)
	}
	if err := s.Listen(8); err != nil {
		return err
	}
	listener, err := s.IntoConn()
	if err != nil {
		return err
	}
	defer listener.Close()
	fmt.Fprintf(out, "%8s %6s %6s  %-10s %10s  %-20s %s\n",
		"PID", "UID", "GID", "MODE", "SIZE", "MESSAGE", "FILE")
	for {
		conn, _, err := listener.Accept(ctx)
		if ctx.Err() != nil {
			return nil
		} else if err != nil {
			return err
		}
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		err = receive(conn, out)
		stop()
		conn.Close()
		if err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, "connection:", err)
		}
		if *once || ctx.Err() != nil {
			return nil
		}
	}
}

// receive prints the messages and files of a connection until its end.
func receive(conn *csock.Conn, out io.Writer) error {
	// Room for the most descriptors that Linux puts in one message, 253, and for credentials.
	m := &csock.MsgHdr{
		Buffers: [][]byte{make([]byte, 4096)},
		Control: make([]byte, csock.ControlSpace(4*253)+csock.ControlSpace(12)),
	}
	for {
		n, err := conn.Recvmsg(m, 0)
		if err != nil || n == 0 {
			return err
		}
		var who csock.Ucred
		var fds []int
		for c := range m.ControlMessages() {
			if u, ok := c.Credentials(); ok {
				who = u
			}
			fds, _ = c.Rights(fds)
		}
		message := fmt.Sprintf("%.40q", m.Buffers[0][:n])
		if len(fds) == 0 {
			fmt.Fprintf(out, "%8d %6d %6d  %-10s %10s  %-20s %s\n",
				who.PID, who.UID, who.GID, "-", "-", message, "no file")
		}
		for _, fd := range fds { // ours to close
			f := os.NewFile(uintptr(fd), "received")
			err := show(f, who, message, out)
			f.Close()
			if err != nil {
				fmt.Fprintln(os.Stderr, "file:", err)
			}
		}
		if m.Flags.IsControlTruncated() {
			fmt.Fprintln(os.Stderr, "the kernel discarded some descriptors:",
				"raise the limit of open files (ulimit -n)")
		}
	}
}

func show(f *os.File, who csock.Ucred, message string, out io.Writer) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		path = "(unknown)"
	}
	_, err = fmt.Fprintf(out, "%8d %6d %6d  %-10v %10d  %-20s %q\n",
		who.PID, who.UID, who.GID, info.Mode(), info.Size(), message, path)
	if err == nil && *cat && info.Mode().IsRegular() {
		_, err = io.Copy(out, f)
	}
	return err
}
