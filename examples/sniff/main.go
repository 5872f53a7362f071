//go:build linux

// Sniff prints the packets that pass an interface. The kernel filters them by a classic BPF program
// and writes them into a ring of memory that the program shares with it.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/examples/internal/packets"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `sniff [flags]

Sniff prints a line for each packet that passes an interface, and with -x its bytes from the
network header on. The kernel chooses the packets of -p and -port by a classic BPF program
(SO_ATTACH_FILTER), and writes them into memory that it shares with sniff (PACKET_RX_RING,
TPACKET_V3). Ctrl-C ends sniff. It then prints how many packets it received, and how many the
kernel dropped because the ring was full. Sniff needs CAP_NET_RAW. Try: sniff -p udp -port 53 -x`

var (
	device  = flag.String("i", "", "the interface; empty: all of them")
	proto   = flag.String("p", "", "only this protocol of IPv4 and IPv6: icmp, icmp6, tcp or udp")
	port    = flag.Uint("port", 0, "only packets from or to this port of -p tcp or -p udp; 0: any")
	count   = flag.Int("n", 0, "stop after this many packets; 0: at Ctrl-C")
	size    = flag.Uint("s", 65535, "the bytes of a packet to take")
	hex     = flag.Bool("x", false, "print the bytes")
	promisc = flag.Bool("promisc", false, "also take packets for other hosts (needs -i)")
)

func main() { program.Run(usage, run) }

func run(ctx context.Context, out io.Writer) error {
	protocol, known := packets.Protocols[*proto]
	switch {
	case flag.NArg() > 0 || *promisc && *device == "":
		return program.UsageError("want no arguments, and an interface with -promisc")
	case !known || *port > 65535 || *port > 0 && !packets.HavePorts(protocol):
		return program.UsageError(
			"-p takes icmp, icmp6, tcp and udp, and -port a port of the last two")
	case *size < 1 || *size > 1<<18:
		return program.UsageError("-s takes 1 to 262144")
	}
	taken, err := open(packets.Filter(protocol, uint32(*port), uint32(*size)))
	if err != nil {
		return err
	}
	defer taken.Close()
	fmt.Fprintln(out, "listening; Ctrl-C ends it")
	lines := bufio.NewWriter(out) // written once for each block
	shown := 0
	for err == nil && (*count == 0 || shown < *count) {
		var block *ring.Block
		if block, err = taken.Next(ctx); err != nil {
			break
		}
		for frame := range block.Frames() {
			if *count > 0 && shown == *count {
				break
			}
			show(lines, frame)
			shown++
		}
		block.Release() // from here on the kernel writes to the frames again
		err = lines.Flush()
	}
	stats, statsErr := taken.Statistics()
	fmt.Fprintf(out, "%d packets shown, %d received, %d dropped\n",
		shown, stats.Packets, stats.Drops)
	if ctx.Err() != nil { // Ctrl-C
		err = nil
	}
	return errors.Join(err, statsErr)
}

// open returns the ring. The filter is in place before the first packet: a socket of protocol 0
// receives nothing until Bind.
func open(filter []csock.SockFilter) (*ring.TPacket, error) {
	index := 0
	if *device != "" {
		i, err := program.Interface(*device)
		if err != nil {
			return nil, err
		}
		index = i.Index
	}
	// SOCK_DGRAM: frames without their link-layer headers, so that every kind of interface will do.
	s, err := csock.New(csock.AF_PACKET, csock.SOCK_DGRAM, 0)
	if err != nil {
		return nil, err
	}
	defer s.Close() // refused once the ring owns the descriptor
	if err := s.AttachFilter(filter); err != nil {
		return nil, err
	}
	if *promisc {
		member := csock.PacketMreq{Ifindex: index, Type: csock.PACKET_MR_PROMISC}
		if err := csock.PACKET_ADD_MEMBERSHIP.Set(s, member); err != nil {
			return nil, err
		}
	}
	if err := s.Bind(csock.PacketAddr(csock.ETH_P_ALL, index, nil)); err != nil {
		return nil, err
	}
	return ring.NewTPacket(s, ring.TPacketConfig{
		Version: csock.TPACKET_V3,
		Rx: csock.TpacketReq3{
			BlockSize: 1 << 20, BlockNr: 8, FrameSize: 2048, RetireTime: 50 * time.Millisecond},
	})
}

// ways are the directions that a packet can take, as seen from this host.
var ways = map[csock.PacketType]string{
	csock.PACKET_HOST: "in", csock.PACKET_OUTGOING: "out", csock.PACKET_BROADCAST: "bcast",
	csock.PACKET_MULTICAST: "mcast", csock.PACKET_OTHERHOST: "other",
}

var names = map[int]string{} // of the interfaces, by index

// show prints a packet.
func show(out io.Writer, f ring.Frame) {
	from, _ := f.Addr().Packet()
	name, ok := names[from.Ifindex]
	if !ok {
		name = fmt.Sprint("#", from.Ifindex)
		if i, err := net.InterfaceByIndex(from.Ifindex); err == nil {
			name = i.Name
		}
		names[from.Ifindex] = name
	}
	vlan := ""
	if tci, _, ok := f.VLAN(); ok {
		vlan = fmt.Sprintf(" vlan %d", tci&0xfff)
	}
	fmt.Fprintf(out, "%s %-8s %-5s %s%s, %d bytes\n", f.Time().Format("15:04:05.000000"), name,
		ways[from.PacketType], packets.Summary(from.Protocol, f.Data()), vlan, f.Len())
	if *hex {
		dump(out, f.Data())
	}
}

// dump prints bytes in hexadecimal and as text, 16 a line.
func dump(out io.Writer, p []byte) {
	for at := 0; at < len(p); at += 16 {
		line := p[at:min(at+16, len(p))]
		text := slices.Clone(line)
		for i, b := range text {
			if b < ' ' || b > '~' { // which could command the terminal
				text[i] = '.'
			}
		}
		fmt.Fprintf(out, "    %04x  %-47s  %s\n", at, fmt.Sprintf("% x", line), text)
	}
}
