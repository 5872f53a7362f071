package csock_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/csock/go-csock/csock"
)

// Features of Linux, or features that work in this way only on Linux.

func ExampleUnixAddr_abstract() {
	addr, err := csock.UnixAddr("@echo")
	if err != nil {
		log.Fatal(err)
	}
	name, ok := addr.AbstractNamespace()
	fmt.Println(addr, name, ok)
	// Output: @echo echo true
}

// With MSG_TRUNC, Recv returns a datagram's length even if the buffer is too small.
func ExampleSocket_Recv_truncated() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	if _, err := a.Send([]byte("0123456789"), 0); err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 4)
	n, err := b.Recv(buf, csock.MSG_TRUNC)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n, "bytes, of which", len(buf), "fit")
	// Output: 10 bytes, of which 4 fit
}

func ExampleSocket_Sendfile() {
	f, err := os.CreateTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	fmt.Fprint(f, "the middle of a file")

	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	n, err := a.Sendfile(f, 4, 6)
	if err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(b, buf); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf)
	// Output: middle
}

// A group joined on the loopback interface: every member receives what is sent to it there.
func ExampleSocket_JoinGroup() {
	group := netip.MustParseAddr("239.1.2.3")
	loopback := csock.InterfaceName("lo")

	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	check(err)
	defer s.Close()
	check(s.Bind(csock.InetAddr(netip.AddrPortFrom(group, 0)))) // only datagrams for the group
	check(s.JoinGroup(group, loopback))
	to, err := s.LocalAddr()
	check(err)

	sender, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	check(err)
	defer sender.Close()
	check(sender.SetMulticastIfV4N(loopback))
	_, err = sender.SendTo([]byte("to whom it may concern"), to, 0)
	check(err)

	p := make([]byte, 64)
	n, err := s.Recv(p, 0)
	check(err)
	fmt.Printf("%s\n", p[:n])
	// Output: to whom it may concern
}

// A classic BPF program that passes datagrams that begin with "a".
func ExampleSocket_AttachFilter() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
	check(err)
	defer a.Close()
	defer b.Close()
	check(b.AttachFilter([]csock.SockFilter{
		csock.BPFStmt(csock.BPF_LD|csock.BPF_B|csock.BPF_ABS, 0),          // the first byte
		csock.BPFJump(csock.BPF_JMP|csock.BPF_JEQ|csock.BPF_K, 'a', 0, 1), // if it is another, skip one
		csock.BPFStmt(csock.BPF_RET|csock.BPF_K, 1<<32-1),                 // all of it
		csock.BPFStmt(csock.BPF_RET|csock.BPF_K, 0),                       // nothing
	}))
	for _, word := range []string{"bad", "apple", "cold", "autumn"} {
		_, err := a.Send([]byte(word), 0)
		check(err)
	}
	p := make([]byte, 64)
	for {
		n, err := b.Recv(p, csock.MSG_DONTWAIT)
		if errors.Is(err, syscall.EAGAIN) {
			break
		}
		check(err)
		fmt.Printf("%s\n", p[:n])
	}
	// Output:
	// apple
	// autumn
}

// A request over netlink for all network interfaces. This prints the first.
func ExampleNetlinkAddr() {
	s, err := csock.New(csock.AF_NETLINK, csock.SOCK_RAW, csock.NETLINK_ROUTE)
	check(err)
	defer s.Close()
	kernel := csock.NetlinkAddr(0, 0)

	header := csock.NlMsghdr{
		Type: syscall.RTM_GETLINK, Flags: csock.NLM_F_REQUEST | csock.NLM_F_DUMP, Seq: 1,
	}
	const ifinfomsg = syscall.SizeofIfInfomsg
	request, err := header.Append(nil, make([]byte, ifinfomsg)) // zeros: no particular interface
	check(err)
	_, err = s.SendTo(request, kernel, 0)
	check(err)

	p := make([]byte, 32<<10)
	for done := false; !done; {
		n, from, err := s.RecvFrom(p, 0)
		check(err)
		if from != kernel {
			continue // any program may send
		}
		for h, payload := range csock.NetlinkMessages(p[:n]) {
			switch h.Type {
			case csock.NLMSG_ERROR:
				check(csock.NetlinkError(payload))
			case csock.NLMSG_DONE:
				done = true
			case syscall.RTM_NEWLINK:
				if index := binary.NativeEndian.Uint32(payload[4:]); index != 1 {
					continue
				}
				for typ, value := range csock.Nlattrs(payload[ifinfomsg:]) {
					if typ == syscall.IFLA_IFNAME {
						fmt.Printf("interface 1 is %s\n", bytes.TrimRight(value, "\x00"))
					}
				}
			}
		}
	}
	// Output: interface 1 is lo
}

// The frames of an interface, without their link-layer headers. It needs CAP_NET_RAW.
func ExamplePacketAddr() {
	lo, err := net.InterfaceByName("lo")
	check(err)
	// With protocol 0 nothing arrives before Bind. csock.ETH_P_ALL.Protocol() would receive the
	// frames of all interfaces at once.
	s, err := csock.New(csock.AF_PACKET, csock.SOCK_DGRAM, 0)
	check(err)
	defer s.Close()
	check(s.Bind(csock.PacketAddr(csock.ETH_P_ALL, lo.Index, nil)))

	p := make([]byte, 1<<16)
	for range 10 {
		n, from, err := s.RecvFrom(p, 0)
		check(err)
		frame, _ := from.Packet()
		fmt.Printf("%d bytes of protocol %v from %v\n", n, frame.Protocol, frame.Addr)
	}
}

// Names that this system lacks exist all the same, so a program compiles on every system.
func ExampleOption_Supported() {
	s, err := csock.New(csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP)
	check(err)
	defer s.Close()
	for _, o := range []csock.Option[bool]{csock.SO_REUSEPORT_LB, csock.SO_REUSEPORT} {
		err := o.Set(s, true)
		if errors.Is(err, errors.ErrUnsupported) {
			continue
		}
		check(err)
		fmt.Println("shared by", o)
		break
	}
	// Output: shared by SO_REUSEPORT
}
