//go:build linux

package work

import "net"

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
)

// notAConn is why other contenders lack these rows.
var notAConn = map[string]string{
	"Addrs":  "only connections like package net's have a LocalAddr and a RemoteAddr",
	"Writev": "only connections like package net's take a net.Buffers: see Vectored",
}

// connLike are the setups of these rows.
func connLike(setups map[string]Setup, open opener) map[string]Setup {
	setups["Addrs"], setups["Writev"] = addrs(open), writev(open)
	return setups
}

func addrs(open opener) Setup {
	return func(r Row, k *Case) error {
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
