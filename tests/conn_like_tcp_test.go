package tests

import (
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
)

// A likeTCP is the common interface of net.TCPConn and csock.TCPConn.
type likeTCP interface {
	likeConn
	io.ReaderFrom
	io.WriterTo
	SetNoDelay(bool) error
	SetLinger(int) error
	SetKeepAlive(bool) error
	SetKeepAlivePeriod(time.Duration) error
	SetKeepAliveConfig(net.KeepAliveConfig) error
	MultipathTCP() (bool, error)
}

// likeTCPScenes returns the scenes of TCP connections: options, and copies from and to files and
// other connections.
func likeTCPScenes(t *testing.T) []likeScene {
	past := time.Unix(1, 0)
	dir := t.TempDir()
	path := filepath.Join(dir, "source")
	check(t, os.WriteFile(path, nil, 0o600), os.Truncate(path, 1<<28)) // more than the buffers hold

	var scenes []likeScene
	add := func(name string, run func(c likeTCP, peer func() net.Conn) error) {
		scenes = append(scenes, likeScene{name, func(c likeConn, peer func() net.Conn, _ func()) error {
			return run(c.(likeTCP), peer)
		}})
	}
	setters := map[string]func(c likeTCP) error{
		"SetNoDelay":                  func(c likeTCP) error { return c.SetNoDelay(true) },
		"SetLinger":                   func(c likeTCP) error { return c.SetLinger(1) },
		"SetKeepAlive":                func(c likeTCP) error { return c.SetKeepAlive(true) },
		"SetKeepAlivePeriod":          func(c likeTCP) error { return c.SetKeepAlivePeriod(time.Minute) },
		"SetKeepAlivePeriod negative": func(c likeTCP) error { return c.SetKeepAlivePeriod(-1) },
		"SetKeepAlivePeriod too long": func(c likeTCP) error { return c.SetKeepAlivePeriod(100000 * time.Hour) },
		"SetKeepAlivePeriod longest":  func(c likeTCP) error { return c.SetKeepAlivePeriod(math.MaxInt64) },
		"SetKeepAliveConfig":          func(c likeTCP) error { return c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true}) },
		"SetKeepAliveConfig Interval": func(c likeTCP) error {
			return c.SetKeepAliveConfig(net.KeepAliveConfig{Interval: math.MaxInt64})
		},
		"SetKeepAliveConfig Count": func(c likeTCP) error {
			return c.SetKeepAliveConfig(net.KeepAliveConfig{Count: math.MaxInt32})
		},
		// Whether a closed connection used it depends on the system: package net does not look.
		"MultipathTCP": func(c likeTCP) error { _, err := c.MultipathTCP(); return err },
	}
	for name, set := range setters {
		add(name, func(c likeTCP, _ func() net.Conn) error { return set(c) })
		add(name+" closed", func(c likeTCP, _ func() net.Conn) error { c.Close(); return set(c) })
	}

	readFrom := func(c likeTCP, limit int64) error {
		f, err := os.Open(path)
		check(t, err)
		defer f.Close()
		var r io.Reader = f
		if limit >= 0 {
			r = io.LimitReader(f, limit)
		}
		_, err = c.ReadFrom(r)
		return err
	}
	const patience = 100 * time.Millisecond // a call that begins later finds its deadline in the past
	fill := func(c likeTCP) {               // until no byte has room
		for none := 0; none < 3; none++ { // one may be late for its own deadline
			c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
			if n, _ := c.Write(make([]byte, 1<<20)); n > 0 {
				none = -1
			}
		}
	}
	for name, limit := range map[string]int64{"a file": -1, "part of a file": 1000, "nothing of a file": 0} {
		add("ReadFrom "+name+" closed", func(c likeTCP, _ func() net.Conn) error { c.Close(); return readFrom(c, limit) })
		add("ReadFrom "+name+" deadline", func(c likeTCP, _ func() net.Conn) error { c.SetDeadline(past); return readFrom(c, limit) })
		if limit == 0 { // which never waits
			continue
		}
		add("ReadFrom "+name+" waits", func(c likeTCP, peer func() net.Conn) error {
			defer peer().Close()
			fill(c)
			c.SetWriteDeadline(time.Now().Add(patience))
			return readFrom(c, limit)
		})
		add("ReadFrom "+name+" close while waiting", func(c likeTCP, peer func() net.Conn) error {
			defer peer().Close()
			fill(c)
			c.SetWriteDeadline(time.Time{})
			time.AfterFunc(patience, func() { c.Close() })
			return readFrom(c, limit)
		})
	}
	add("ReadFrom a file ends early", func(c likeTCP, peer func() net.Conn) error {
		defer peer().Close()
		c.SetWriteDeadline(time.Now().Add(patience))
		return readFrom(c, -1)
	})

	// A destination, and the same in csock.
	type dest struct {
		io.Writer
		close, late func()
	}
	toConn := func(c net.Conn) dest {
		return dest{c, func() { c.Close() }, func() { c.SetDeadline(past) }}
	}
	network := func(t *testing.T, k likeNet) net.Conn {
		addr, accept, stop := k.peer(t, t.TempDir())
		defer stop()
		c := k.dial(t, addr, false)
		a := accept()
		t.Cleanup(func() { c.Close(); a.Close() })
		return c
	}
	dests := map[string]func(ours bool) dest{
		"file": func(bool) dest {
			f, err := os.Create(filepath.Join(dir, "copy"))
			check(t, err)
			t.Cleanup(func() { f.Close() })
			return dest{f, func() { f.Close() }, nil}
		},
		"pipe": func(bool) dest {
			r, w, err := os.Pipe()
			check(t, err)
			t.Cleanup(func() { r.Close(); w.Close() })
			return dest{w, func() { w.Close() }, func() { w.SetDeadline(past) }}
		},
		"net.TCPConn":  func(bool) dest { return toConn(network(t, likeNets[0])) },
		"net.UnixConn": func(bool) dest { return toConn(network(t, likeNets[4])) },
		"TCPConn": func(ours bool) dest {
			c := network(t, likeNets[0])
			if !ours {
				return toConn(c)
			}
			s, err := csock.FromNet(c.(syscall.Conn))
			check(t, err)
			o, err := s.IntoTCPConn()
			check(t, err)
			t.Cleanup(func() { o.Close() })
			return toConn(o)
		},
	}
	for name, open := range dests {
		addTo := func(scene string, run func(c likeTCP, peer net.Conn, d dest) error) {
			add("WriteTo "+name+" "+scene, func(c likeTCP, peer func() net.Conn) error {
				_, ours := c.(*csock.TCPConn)
				p := peer()
				defer p.Close()
				return run(c, p, open(ours))
			})
		}
		to := func(c likeTCP, d dest) error { _, err := c.WriteTo(d.Writer); return err }
		addTo("closed", func(c likeTCP, _ net.Conn, d dest) error { c.Close(); return to(c, d) })
		addTo("deadline", func(c likeTCP, _ net.Conn, d dest) error { c.SetDeadline(past); return to(c, d) })
		addTo("reset", func(c likeTCP, p net.Conn, d dest) error {
			p.(*net.TCPConn).SetLinger(0)
			p.Close()
			return to(c, d)
		})
		addTo("that is closed", func(c likeTCP, p net.Conn, d dest) error {
			d.close()
			_, err := p.Write([]byte("x"))
			check(t, err)
			return to(c, d)
		})
		addTo("past its deadline", func(c likeTCP, p net.Conn, d dest) error {
			if d.late == nil {
				return nil
			}
			d.late()
			_, err := p.Write([]byte("x"))
			check(t, err)
			return to(c, d)
		})
	}

	// The sources that splice(2) reads, and the same in csock.
	type source struct {
		net.Conn
		peer net.Conn
	}
	from := func(k likeNet, ours bool) source {
		addr, accept, stop := k.peer(t, t.TempDir())
		defer stop()
		s := source{k.dial(t, addr, ours), accept()}
		t.Cleanup(func() { s.Close(); s.peer.Close() })
		return s
	}
	for _, k := range likeNets {
		has := false
		t.Run("ReadFrom "+k.name, func(t *testing.T) { k.need(t); has = true })
		if !has || !k.stream {
			continue
		}
		for limit, reader := range map[string]func(s source) io.Reader{
			"":          func(s source) io.Reader { return s.Conn },
			", limited": func(s source) io.Reader { return io.LimitReader(s.Conn, 10) },
		} {
			addFrom := func(scene string, run func(c likeTCP, p *net.TCPConn, s source, copied func() error) error) {
				add("ReadFrom "+k.name+limit+" "+scene, func(c likeTCP, peer func() net.Conn) error {
					_, ours := c.(*csock.TCPConn)
					p := peer().(*net.TCPConn)
					defer p.Close()
					s := from(k, ours)
					return run(c, p, s, func() error { _, err := c.ReadFrom(reader(s)); return err })
				})
			}
			send := func(s source) {
				_, err := s.peer.Write([]byte("0123456789more"))
				check(t, err)
			}
			addFrom("source closed", func(_ likeTCP, _ *net.TCPConn, s source, copied func() error) error {
				s.Close()
				return copied()
			})
			addFrom("source's deadline", func(_ likeTCP, _ *net.TCPConn, s source, copied func() error) error {
				s.SetDeadline(past)
				return copied()
			})
			addFrom("source ends", func(_ likeTCP, _ *net.TCPConn, s source, copied func() error) error {
				s.peer.Close()
				return copied()
			})
			addFrom("source reset", func(_ likeTCP, _ *net.TCPConn, s source, copied func() error) error {
				if tcp, ok := s.peer.(*net.TCPConn); ok {
					tcp.SetLinger(0)
				}
				s.peer.Close()
				return copied()
			})
			addFrom("closed", func(c likeTCP, _ *net.TCPConn, s source, copied func() error) error {
				send(s)
				c.Close()
				return copied()
			})
			addFrom("deadline", func(c likeTCP, _ *net.TCPConn, s source, copied func() error) error {
				send(s)
				c.SetDeadline(past)
				return copied()
			})
			addFrom("reset", func(c likeTCP, p *net.TCPConn, s source, copied func() error) error {
				send(s)
				p.SetLinger(0)
				p.Close()
				c.Read(make([]byte, 1)) // which waits for the reset
				return copied()
			})
		}
	}
	return scenes
}
