//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

// serve receives connections at a path, one after the other.
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
	if err := s.Bind(addr); err != nil {
		return bindError(path, err)
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

// bindError returns the error of Bind, with the path and what to do about it.
func bindError(path string, err error) error {
	dir := filepath.Dir(path)
	advice := "No socket can be made in " + dir + ": choose a directory that you may write to."
	file, none := os.Lstat(path)
	_, missing := os.Stat(dir)
	switch inUse := errors.Is(err, syscall.EADDRINUSE); {
	case strings.HasPrefix(path, "@"):
		advice = "The name is in use: choose another name (ss -lx lists them)."
	case inUse && none == nil && file.Mode().Type() != os.ModeSocket:
		advice = path + " exists and is no socket: choose another path."
	case inUse:
		advice = "Remove " + path + " if no other program listens there."
	case errors.Is(missing, os.ErrNotExist):
		advice = "Make the directory " + dir + " first."
	}
	return program.Advise(fmt.Errorf("%s: %w", path, err), advice)
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
