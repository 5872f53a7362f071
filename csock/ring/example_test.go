//go:build linux

package ring_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) {
	need.Main(m, need.Examples{IPv4: "^Example", NetRaw: "^Example"})
}

// hello is an Ethernet frame of a type that is free for experiments.
const hello = "\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00" + "\x88\xb5" + "hello"

// A socket with a ring for each direction, on the loopback interface, where it receives what it
// sends.
func ExampleTPacket() {
	lo, err := net.InterfaceByName("lo")
	check(err)
	s, err := csock.New(csock.AF_PACKET, csock.SOCK_RAW, 0)
	check(err)
	defer s.Close()
	check(csock.PACKET_IGNORE_OUTGOING.Set(s, true))
	check(s.Bind(csock.PacketAddr(0x88b5, lo.Index, nil)))

	// Blocks of 256 KiB, ready when they are full, or after 10 ms.
	p, err := ring.NewTPacket(s, ring.TPacketConfig{
		Version: csock.TPACKET_V3,
		Rx:      csock.TpacketReq3{BlockSize: 1 << 18, BlockNr: 16, FrameSize: 2048, RetireTime: 10 * time.Millisecond},
		Tx:      csock.TpacketReq3{BlockSize: 1 << 18, BlockNr: 1, FrameSize: 2048},
	})
	check(err)
	defer p.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for i := range 3 {
		buf, err := p.Buffer(ctx)
		check(err)
		n := copy(buf, hello)
		n += copy(buf[n:], fmt.Sprint(" ", i))
		check(p.Queue(n))
	}
	check(p.Flush(ctx))

	for frames := 0; frames < 3; {
		b, err := p.Next(ctx)
		check(err)
		for f := range b.Frames() {
			fmt.Printf("%d bytes: %s\n", f.Len(), f.Data()[14:])
			frames++
		}
		b.Release() // the data belongs to the kernel again
	}
	stats, err := p.Statistics()
	check(err)
	fmt.Println(stats.Packets, "received,", stats.Drops, "dropped")
	// Output:
	// 21 bytes: hello 0
	// 21 bytes: hello 1
	// 21 bytes: hello 2
	// 3 received, 0 dropped
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
