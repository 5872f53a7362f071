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
		advice := "Nobody receives there: start fdpass recv " + path + " first."
		if errors.Is(err, syscall.EACCES) {
			advice = "The permissions of the file, or of a directory, forbid it: see ls -l."
		}
		return program.Advise(fmt.Errorf("%s: %w", path, err), advice)
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
