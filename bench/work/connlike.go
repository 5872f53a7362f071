//go:build linux

package work

import (
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// Rows that only types like package net's connections have.

type (
	// An addressed endpoint knows its addresses.
	addressed interface {
		addrs() (local, remote net.Addr)
	}
	// A gatherer writes a net.Buffers and removes from it what has been written.
	gatherer interface {
		endpoint
		writev(bufs *net.Buffers) (int64, error)
	}
	// A copier has a connection for io.Copy.
	copier interface {
		endpoint
		conn() net.Conn
	}
	// A listenerOpener makes the contender's listener of a descriptor that the caller keeps.
	listenerOpener func(k *Case, fd int) (net.Listener, error)
)

// notAConn is why other contenders lack these rows.
var notAConn = map[string]string{
	"Addrs":  "only connections like package net's have a LocalAddr and a RemoteAddr",
	"Writev": "only connections like package net's take a net.Buffers: see Vectored",
	"Copy":   "only connections like package net's are a reader and a writer for io.Copy",
}

// connLike are the setups of these rows.
func connLike(setups map[string]Setup, open opener, listen listenerOpener) map[string]Setup {
	setups["Addrs"], setups["Writev"], setups["Copy"] = addrs(open, listen), writev(open), copies(open)
	return setups
}

func addrs(open opener, listen listenerOpener) Setup {
	return func(r Row, k *Case) error {
		if r.Get("net") == "listener" {
			return listenerAddr(listen, k)
		}
		a, _, err := connectedPair(k, r.Get("net"))
		if err != nil {
			return err
		}
		c, err := openAs[addressed](open, k, a, nil, nil)
		if err != nil {
			return err
		}
		k.Run = func(n int) error {
			for range n {
				if local, remote := c.addrs(); local == nil || remote == nil {
					return errWrong
				}
			}
			return nil
		}
		return nil
	}
}

func listenerAddr(listen listenerOpener, k *Case) error {
	fd, _, err := listener(k, "tcp")
	if err != nil {
		return err
	}
	l, err := listen(k, fd)
	if err != nil {
		return err
	}
	k.Run = func(n int) error {
		for range n {
			if l.Addr() == nil {
				return errWrong
			}
		}
		return nil
	}
	return nil
}

func writev(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, err := connectedPair(k, r.Get("net"))
		if err != nil {
			return err
		}
		from, to, err := openPair[gatherer](open, k, a, b, nil, nil)
		if err != nil {
			return err
		}
		bufs, size := r.Int("bufs"), r.Int("size")
		out, in := make([]byte, size), make([]byte, bufs*size)
		all := make(net.Buffers, bufs)
		k.Run = func(n int) error {
			for range n {
				for i := range all {
					all[i] = out
				}
				rest := all // the write consumes it
				sent, err := from.writev(&rest)
				if err == nil && sent != int64(len(in)) {
					err = errShort
				}
				if err != nil {
					return err
				}
				if err := recvAll(to, in); err != nil {
					return err
				}
			}
			return nil
		}
		return nil
	}
}

// copies is a relay: a goroutine runs io.Copy for as long as the case lives.
func copies(open opener) Setup {
	return func(r Row, k *Case) error {
		a, b, err := connectedPair(k, "tcp")
		if err != nil {
			return err
		}
		from, source, err := openPair[copier](open, k, a, b, nil, nil)
		if err != nil {
			return err
		}
		to, sink, err := copyTarget(r.Get("to"), open, k)
		if err != nil {
			return err
		}
		done := make(chan error, 1)
		go func() {
			_, err := io.Copy(to, source.conn())
			done <- err
		}()
		out := make([]byte, r.Int("size"))
		in := make([]byte, len(out))
		k.Run = func(n int) error {
			for range n {
				if err := sendAll(from, out); err != nil {
					return err
				}
				if _, err := io.ReadFull(sink, in); err != nil {
					select {
					case err = <-done:
					default:
					}
					return err
				}
			}
			return nil
		}
		return nil
	}
}

// copyTarget opens what io.Copy writes to, and where that arrives.
func copyTarget(to string, open opener, k *Case) (io.Writer, io.Reader, error) {
	if to == "file" {
		// A pipe: a file whose content can be awaited.
		r, w, err := os.Pipe()
		if err != nil {
			return nil, nil, err
		}
		guard(k, r)
		guard(k, w)
		if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, bufBytes); err != nil {
			return nil, nil, os.NewSyscallError("fcntl", err)
		}
		// Fd made the file blocking.
		return w, r, os.NewSyscallError("fcntl", unix.SetNonblock(int(w.Fd()), true))
	}
	c, d, err := connectedPair(k, "tcp")
	if err != nil {
		return nil, nil, err
	}
	if to == "net" {
		open = openNet
	} else if to != "conn" {
		return nil, nil, fmt.Errorf("unknown target %q", to)
	}
	target, err := openAs[copier](open, k, c, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	sink, err := openAs[copier](openNet, k, d, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	return target.conn(), sink.conn(), nil
}
