//go:build linux

package examples

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/dns"
	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

const mdns exampletest.Example = "mdns"

func TestMdnsCommandLine(t *testing.T) { mdns.CommandLine(t) }

// The peer is a responder over package net, in another namespace.
func TestMdnsQuery(t *testing.T) {
	mdns.Build(t)
	here, there := netns.New(t), netns.New(t)
	netns.Link(t, here, "left", []string{"10.1.0.1/24", "fd01::1/64"},
		there, "right", []string{"10.1.0.2/24", "fd01::2/64"})
	there.IP(t, "route add 224.0.0.0/4 dev right")
	// Without link-local addresses, which are the source once they are no longer tentative.
	here.IP(t, "-6 addr flush dev left scope link")
	there.IP(t, "-6 addr flush dev right scope link")
	for _, test := range []struct {
		name, group string
		flags       []string
		from        string
	}{
		{"IPv4", "224.0.0.251", nil, "10.1.0.2"},
		{"IPv6", "ff02::fb", []string{"-6"}, "fd01::2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var conn *net.UDPConn
			var err error
			there.Do(func() {
				iface, e := net.InterfaceByName("right")
				if err = e; err == nil {
					group := &net.UDPAddr{IP: net.ParseIP(test.group), Port: 5353}
					conn, err = net.ListenMulticastUDP("udp", iface, group)
				}
			})
			need.OK(t, err)
			defer conn.Close()
			asked := make(chan string, 1)
			go func() {
				p := make([]byte, 9000)
				n, from, err := conn.ReadFromUDP(p)
				if err != nil {
					return
				}
				asked <- string(p[12:n])
				if test.name == "IPv4" { // to all; the other answer goes to the one who asked
					from.IP = net.ParseIP(test.group)
				}
				conn.WriteToUDP(mdnsResponse(), from)
			}()
			args := append(test.flags, "-i", "left", "-type", "ANY", "-w", "2s", "printer.local")
			out := mdns.Start(t, here, args...).Succeed(t)
			if got, want := <-asked, "\x07printer\x05local\x00\x00\xff\x00\x01"; got != want {
				t.Errorf("the question is %q, want %q", got, want)
			}
			for _, want := range []string{
				"printer.local A 10.1.0.2 ", "printer.local AAAA fd01::2 ",
				"_ipp._tcp.local PTR printer.local ",
				"printer.local SRV printer.local:631 ", `printer.local TXT "a=\x1b" "b" `,
			} {
				i := strings.Index(out, want)
				if i < 0 {
					t.Errorf("%q is not in the answer:\n%s", want, out)
					continue
				}
				line, _, _ := strings.Cut(out[i:], "\n")
				from := strings.Contains(line, "from "+test.from)
				if !from || !strings.HasSuffix(line, " on left") {
					t.Errorf("%q, want it from %s on left", line, test.from)
				}
			}
		})
	}
	silent := mdns.Start(t, here, "-i", "left", "-w", "50ms", "nobody.local")
	silent.Fail(t, 1, "no response for nobody.local")
	waits := mdns.Start(t, here, "-i", "left", "-w", "1m", "nobody.local")
	exampletest.Groups(t, here, "left", "224.0.0.251")
	waits.Interrupt(t)
}

// mdnsResponse is a DNS message whose names point to that of the first record.
func mdnsResponse() []byte {
	m := []byte{0, 0, 0x84, 0, 0, 0, 0, 4, 0, 0, 0, 1}
	record := func(name []byte, typ byte, data []byte) {
		m = slices.Concat(m, name, []byte{0, typ, 0, 1, 0, 0, 0, 120, 0, byte(len(data))}, data)
	}
	first := []byte{0xc0, 12}
	record([]byte("\x07printer\x05local\x00"), 1, []byte{10, 1, 0, 2})
	v6 := netip.MustParseAddr("fd01::2").As16()
	record(first, 28, v6[:])
	record([]byte("\x04_ipp\x04_tcp\x05local\x00"), 12, first)
	record(first, 33, append([]byte{0, 0, 0, 0, 631 >> 8, 631 & 255}, first...))
	record(first, 16, []byte("\x03a=\x1b\x01b"))
	return m
}

// No message makes the reader fail, or read beyond its end: each cut of a good one, and pointers
// that lead nowhere or in a circle.
func TestMdnsMalformed(t *testing.T) {
	good := mdnsResponse()
	for n := range good {
		dns.Records(good[:n:n])
		for _, b := range []byte{0, 0x3f, 0x80, 0xc0, 0xff} {
			bad := slices.Clone(good)
			bad[n] = b
			dns.Records(bad)
		}
	}
	circle := append([]byte{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0}, 0xc0, 12)
	if got := dns.Records(circle); got != nil {
		t.Errorf("a circle of pointers gives %q", got)
	}
}
