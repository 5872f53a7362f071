//go:build linux

package tests

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Control messages without data arrive, whether the sender or the receiver has none: both
// implementations add a byte where the socket needs one.
func TestLikeNetRights(t *testing.T) {
	type unix interface {
		net.Conn
		likeUnix
	}
	// open returns two ends of a connection, or two bound sockets.
	open := func(t *testing.T, k likeNet, ours bool) (a, b unix, to *net.UnixAddr) {
		t.Helper()
		dir := t.TempDir()
		var ends [2]*net.UnixConn
		if k.isPackets() {
			for i := range ends {
				at := &net.UnixAddr{Name: filepath.Join(dir, fmt.Sprint(i)), Net: k.network}
				c, err := net.ListenUnixgram(k.network, at)
				check(t, err)
				ends[i], to = c, at
			}
		} else {
			l, err := net.ListenUnix(k.network, &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: k.network})
			check(t, err)
			defer l.Close()
			ends[0], err = net.DialUnix(k.network, nil, l.Addr().(*net.UnixAddr))
			check(t, err)
			ends[1], err = l.AcceptUnix()
			check(t, err)
		}
		var both [2]unix
		for i, c := range ends {
			both[i] = c
			if ours {
				s, err := csock.FromNet(c)
				check(t, err, c.Close())
				both[i], err = s.IntoUnixConn()
				check(t, err)
			}
			check(t, both[i].SetDeadline(time.Now().Add(connPatience)))
			t.Cleanup(func() { both[i].Close() })
		}
		return both[0], both[1], to
	}
	for _, k := range likeNets {
		if k.at != "" {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			f, err := os.Open(os.Args[0])
			check(t, err)
			defer f.Close()
			rights := syscall.UnixRights(int(f.Fd()))
			var said [2]string
			for i, ours := range []bool{true, false} {
				a, b, to := open(t, k, ours)
				for _, data := range []string{"", "x", "xyz"} {
					for _, room := range []int{0, 1, 8} {
						n, oobn, err := a.WriteMsgUnix([]byte(data), rights, to)
						said[i] += fmt.Sprintf("%q into %d: sent %d %d %v", data, room, n, oobn, err)
						p, oob := make([]byte, room), make([]byte, 64)
						n, oobn, _, _, err = b.ReadMsgUnix(p, oob)
						said[i] += fmt.Sprintf(", received %d %q %v", n, p, err)
						received := 0
						messages, err := syscall.ParseSocketControlMessage(oob[:oobn])
						check(t, err)
						for _, m := range messages {
							fds, err := syscall.ParseUnixRights(&m)
							check(t, err)
							received += len(fds)
							for _, fd := range fds {
								check(t, syscall.Close(fd))
							}
						}
						said[i] += fmt.Sprintf(", %d descriptors", received)
						if received != 1 {
							t.Errorf("%q into %d bytes, csock %v: %d descriptors", data, room, ours, received)
						}
						if left := max(len(data), 1) - max(room, 1); k.stream && left > 0 {
							_, err := b.Read(make([]byte, left))
							check(t, err)
						}
						said[i] += "\n"
					}
				}
			}
			same(t, "both", said[0], said[1])
		})
	}
}

// The byte that control messages need costs no allocation.
func TestLikeNetRightsAllocations(t *testing.T) {
	need.ExactAllocations(t)
	a, b := unixPair(t, csock.SOCK_STREAM)
	w, r := &csock.UnixConn{Conn: connOf(t)(a, nil)}, &csock.UnixConn{Conn: connOf(t)(b, nil)}
	check(t, r.SetReadDeadline(time.Now().Add(connPatience)))
	oob := csock.AppendRights(nil, int(os.Stdin.Fd()))
	room := make([]byte, 64)
	same(t, "allocations", testing.AllocsPerRun(100, func() {
		_, _, err := w.WriteMsgUnix(nil, oob, nil)
		check(t, err)
		n, _, _, _, err := r.ReadMsgUnix(nil, room[:8]) // too short for a descriptor
		check(t, err)
		same(t, "bytes", n, 1)
	}), 0)
}

// A raw packet with control messages and without data has package net's byte.
func TestLikeNetRawControl(t *testing.T) {
	for _, k := range likeRaw {
		t.Run(k.name, func(t *testing.T) {
			k.need(t)
			at := netip.MustParseAddr(k.at)
			to := &net.IPAddr{IP: at.AsSlice(), Zone: at.Zone()}
			oob := csock.AppendTTL(nil, 9)
			if k.is6() {
				oob = csock.AppendHopLimit(nil, 9)
			}
			var said [2]string
			for i, ours := range []bool{true, false} {
				c := k.openIP(t, ours)
				defer c.Close()
				check(t, c.SetDeadline(time.Now().Add(connPatience)))
				n, oobn, err := c.WriteMsgIP(nil, oob, to)
				said[i] = fmt.Sprint("sent ", n, oobn, err)
				n, _, err = c.ReadFrom(make([]byte, 100))
				said[i] += fmt.Sprint(", received ", n, err)
				_, err = c.WriteTo([]byte("packet"), to)
				check(t, err)
				n, oobn, flags, _, err := c.ReadMsgIP(nil, make([]byte, 100))
				said[i] += fmt.Sprint(", without room ", n, oobn, csock.RecvFlags(flags).IsTruncated(), err)
				c.Close()
			}
			same(t, "both", said[0], said[1])
		})
	}
}
