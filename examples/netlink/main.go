//go:build linux

// Netlink lists the network interfaces and their addresses, which it reads from the kernel over a
// netlink socket. It also prints changes as they happen.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `netlink [flags]

Netlink reads the network interfaces and their addresses from the kernel, and prints them as a
table.
With -w it then prints each change, until Ctrl-C.`

var watch = flag.Bool("w", false, "then print each change")

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	if flag.NArg() > 0 {
		return program.UsageError("want no arguments")
	}
	s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, csock.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer s.Close() // refused once the Conn owns the descriptor
	if *watch {     // before the dump, to miss no change
		for _, group := range []int{
			syscall.RTNLGRP_LINK, syscall.RTNLGRP_IPV4_IFADDR, syscall.RTNLGRP_IPV6_IFADDR,
		} {
			if err := s.Set(csock.NETLINK_ADD_MEMBERSHIP.To(group)); err != nil {
				return err
			}
		}
	}
	conn, err := s.IntoConn()
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	l := &lister{conn: conn, out: out, names: map[int32]string{}}
	fmt.Fprintf(out, "%-8s %5s %-16s %-6s %6s  %s\n",
		"EVENT", "INDEX", "NAME", "STATE", "MTU", "ADDRESS")
	for seq, typ := range []csock.NetlinkType{syscall.RTM_GETLINK, syscall.RTM_GETADDR} {
		if err := l.dump(typ, uint32(seq+1)); err != nil {
			return err
		}
	}
	if !*watch {
		return nil
	}
	for {
		if _, err := l.receive("changed", 0); errors.Is(err, syscall.ENOBUFS) {
			fmt.Fprintln(out, "the kernel discarded some changes: the receive buffer was full")
		} else if ctx.Err() != nil {
			return nil
		} else if err != nil {
			return err
		}
	}
}

type lister struct {
	conn  *csock.Conn
	out   io.Writer
	names map[int32]string // of the interfaces
	buf   [64 << 10]byte
}

// dump requests all objects of a kind, and prints them.
func (l *lister) dump(typ csock.NetlinkType, seq uint32) error {
	h := csock.NlMsghdr{Type: typ, Flags: csock.NLM_F_REQUEST | csock.NLM_F_DUMP, Seq: seq}
	m, err := h.Append(nil, make([]byte, syscall.SizeofIfInfomsg))
	if err != nil {
		return err
	}
	if _, err := l.conn.SendTo(m, csock.NetlinkAddr(0, 0), 0); err != nil {
		return err
	}
	for {
		if done, err := l.receive("has", seq); done || err != nil {
			return err
		}
	}
}

// receive prints the messages of one datagram, and reports whether the dump with number seq ends
// there.
func (l *lister) receive(event string, seq uint32) (done bool, err error) {
	n, from, err := l.conn.RecvFrom(l.buf[:], csock.MSG_TRUNC)
	if err != nil {
		return false, err
	} else if n > len(l.buf) {
		return false, fmt.Errorf("a message of %d bytes, more than the buffer", n)
	}
	if pid, _, ok := from.Netlink(); !ok || pid != 0 {
		return false, nil // from another program, not the kernel
	}
	for h, payload := range csock.NetlinkMessages(l.buf[:n]) {
		what := event
		if h.Type == syscall.RTM_DELLINK || h.Type == syscall.RTM_DELADDR {
			what = "removed"
		}
		switch h.Type {
		case csock.NLMSG_DONE:
			done = h.Seq == seq
		case csock.NLMSG_ERROR:
			err = csock.NetlinkError(payload)
		case syscall.RTM_NEWLINK, syscall.RTM_DELLINK:
			err = l.link(what, payload)
		case syscall.RTM_NEWADDR, syscall.RTM_DELADDR:
			err = l.address(what, payload)
		}
		if done || err != nil {
			return done, err
		}
	}
	return false, nil
}

// attributes returns the attributes after a struct of size bytes, by their types.
func attributes(payload []byte, size int) map[csock.NlattrType][]byte {
	values := map[csock.NlattrType][]byte{}
	for typ, value := range csock.Nlattrs(payload[min(size, len(payload)):]) {
		values[typ] = value
	}
	return values
}

// link prints a struct ifinfomsg and its attributes.
func (l *lister) link(what string, payload []byte) error {
	a := attributes(payload, syscall.SizeofIfInfomsg)
	if len(a[syscall.IFLA_MTU]) < 4 {
		return nil
	}
	index := int32(binary.NativeEndian.Uint32(payload[4:]))
	state := "down"
	if binary.NativeEndian.Uint32(payload[8:])&syscall.IFF_UP != 0 {
		state = "up"
	}
	name := string(bytes.TrimRight(a[syscall.IFLA_IFNAME], "\x00"))
	l.names[index] = name
	mtu := binary.NativeEndian.Uint32(a[syscall.IFLA_MTU])
	return l.row(what, index, name, state, fmt.Sprint(mtu),
		net.HardwareAddr(a[syscall.IFLA_ADDRESS]).String())
}

// address prints a struct ifaddrmsg and its attributes.
func (l *lister) address(what string, payload []byte) error {
	a := attributes(payload, syscall.SizeofIfAddrmsg)
	addr, ok := netip.AddrFromSlice(a[syscall.IFA_LOCAL]) // of a point-to-point link, its own end
	if !ok {
		if addr, ok = netip.AddrFromSlice(a[syscall.IFA_ADDRESS]); !ok {
			return nil
		}
	}
	index := int32(binary.NativeEndian.Uint32(payload[4:]))
	prefix := netip.PrefixFrom(addr, int(payload[1]))
	return l.row(what, index, l.names[index], "-", "-", prefix.String())
}

func (l *lister) row(what string, index int32, name, state, mtu, addr string) error {
	line := fmt.Sprintf("%-8s %5d %-16s %-6s %6s  %s", what, index, name, state, mtu, addr)
	_, err := fmt.Fprintln(l.out, strings.TrimRight(line, " "))
	return err
}
