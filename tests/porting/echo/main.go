//go:build linux

// Echo is ../c/echo.c in Go: docs/porting-from-c.md goes through the two.
package main

import (
	"fmt"
	"log"
	"net/netip"
	"os"

	"github.com/csock/go-csock/csock"
)

func open(domain csock.Domain, port string) *csock.Conn {
	s, err := csock.New(domain, csock.SOCK_DGRAM, csock.IPPROTO_UDP)
	check(err)
	if domain == csock.AF_INET {
		check(s.Set(csock.IP_PKTINFO.To(true), csock.IP_RECVTTL.To(true)))
		check(s.Bind(csock.InetAddr(netip.MustParseAddrPort("0.0.0.0:" + port))))
	} else {
		check(s.Set(csock.IPV6_V6ONLY.To(true), csock.IPV6_RECVPKTINFO.To(true), csock.IPV6_RECVHOPLIMIT.To(true)))
		check(s.Bind(csock.InetAddr(netip.MustParseAddrPort("[::]:" + port))))
	}
	c, err := s.IntoConn()
	check(err)
	return c
}

// serve receives one datagram and sends it back, and reports whether it says "quit".
func serve(c *csock.Conn) bool {
	data := make([]byte, 16)
	m := &csock.MsgHdr{Buffers: [][]byte{data}, Control: make([]byte, 256)}
	n, err := c.Recvmsg(m, 0)
	check(err)
	var info csock.PacketInfo
	ttl := -1
	for cm := range m.ControlMessages() {
		if i, ok := cm.PacketInfo(); ok {
			info = i
		} else if t, ok := cm.TTL(); ok {
			ttl = t
		} else if t, ok := cm.HopLimit(); ok {
			ttl = t
		}
	}
	truncated := ""
	if m.Flags.IsTruncated() {
		truncated = ", truncated"
	}
	fmt.Printf("%d bytes to %v, ttl %d%s\n", n, info.Dst, ttl, truncated)
	back := &csock.MsgHdr{
		Addr: m.Addr, Buffers: [][]byte{data[:n]}, Control: csock.AppendPacketInfo(nil, info),
	}
	_, err = c.Sendmsg(back, 0)
	check(err)
	return string(data[:n]) == "quit"
}

func main() {
	conns := []*csock.Conn{open(csock.AF_INET, os.Args[1]), open(csock.AF_INET6, os.Args[1])}
	fmt.Println("ready")
	quit := make(chan bool)
	for _, c := range conns {
		go func() {
			for !serve(c) {
			}
			quit <- true
		}()
	}
	<-quit
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
