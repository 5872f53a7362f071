//go:build unix

package tests

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
)

// A socket that was made non-blocking and has been made blocking again still becomes a Conn that
// waits, no matter what has changed it.
func TestIntoConnChanged(t *testing.T) {
	for how, change := range map[string]func(s *csock.Socket) error{
		"SetNonblocking": func(s *csock.Socket) error { return s.SetNonblocking(false) },
		"FD":             func(s *csock.Socket) error { return syscall.SetNonblock(int(s.FD()), false) },
		"TryClone": func(s *csock.Socket) error {
			clone, err := s.TryClone()
			if err != nil {
				return err
			}
			defer clone.Close()
			return clone.SetNonblocking(false)
		},
	} {
		t.Run(how, func(t *testing.T) {
			s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM|csock.SOCK_NONBLOCK, 0)
			check(t, err)
			check(t, s.Bind(loopback4), change(s))
			c := connOf(t)(s, nil)
			check(t, c.SetReadDeadline(time.Now().Add(time.Millisecond)))
			_, err = c.Recv(make([]byte, 1), 0)
			connIs(t, "Recv", err, os.ErrDeadlineExceeded)
		})
	}
}

// A Conn made by ConnectTimeout knows its peer even after the peer has reset the connection.
func TestIntoConnConnected(t *testing.T) {
	l, addr := connKinds[0].listen(t, 1)
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, 0)
	check(t, err, s.ConnectTimeout(addr, time.Minute))
	c := connOf(t)(s, nil)
	a, _, err := l.Accept(t.Context())
	check(t, err, a.Set(csock.SO_LINGER.To(0)), a.Close()) // which resets it
	check(t, c.SetReadDeadline(time.Now().Add(connPatience)))
	_, err = c.Recv(make([]byte, 1), 0)
	connIs(t, "Recv", err, syscall.ECONNRESET)
	if got := c.RemoteAddr(); got == nil || got.String() != addr.String() {
		t.Errorf("the peer is %v, want %v", got, addr)
	}
}
