//go:build linux

package ring

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/cref"
	"github.com/csock/go-csock/tests/need"
)

// Two rings on one interface get the same frames: Go reads from one what C reads from the other.
func TestTPacketAgainstC(t *testing.T) {
	c := newCable(t)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			req := rxRing(v)
			inC, inGo := c.stamped(t), c.stamped(t) // both before there is a ring, which would get their frames
			reference, err := cref.OpenRing(inC.FD(), int(v), req.BlockSize, req.BlockNr, req.FrameSize, req.RetireTime)
			check(t, err)
			defer reference.Close()
			if v == csock.TPACKET_V3 {
				req.Features = csock.TP_FT_REQ_FILL_RXHASH
			}
			rx, err := ring.NewTPacket(inGo, ring.TPacketConfig{Version: v, Rx: req})
			check(t, err)
			defer rx.Close()
			check(t, rx.SetDeadline(time.Now().Add(20*time.Second)))

			tx := c.left.packet(t)
			frames := 1500
			if testing.Short() || need.Slow {
				frames = 300
			}
			got := flow(t, tx, frames, func(i int) []byte {
				p := frame(c.left, c.right, i, length(i))
				switch {
				case i%5 == 1 && len(p) < 1500:
					p = slices.Concat(p[:12], []byte{0x81, 0, 0x20, byte(i)}, p[12:])
				case i%5 == 2:
					copy(p, "\xff\xff\xff\xff\xff\xff")
				}
				return p
			})
			for i := 0; i < frames; {
				b, err := rx.Next(noContext)
				check(t, err)
				for f := range b.Frames() {
					from, _ := f.Addr().Packet()
					ours := cref.RingFrame{Ifindex: from.Ifindex, PacketType: uint32(from.PacketType), Data: f.Data()}
					if h := f.Tpacket2(); h != nil {
						ours.Status, ours.Len, ours.Snaplen, ours.Sec, ours.Nsec = uint32(h.Status()), h.Len(), h.Snaplen(), h.Sec(), h.Nsec()
						ours.Mac, ours.Net, ours.VlanTCI, ours.VlanTPID = uint32(h.Mac()), uint32(h.Net()), uint32(h.VlanTCI()), uint32(h.VlanTPID())
					} else {
						h := f.Tpacket3()
						ours.Status, ours.Len, ours.Snaplen, ours.Sec, ours.Nsec = uint32(h.Status()), h.Len(), h.Snaplen(), h.Sec(), h.Nsec()
						ours.Mac, ours.Net, ours.VlanTCI, ours.VlanTPID = uint32(h.Mac()), uint32(h.Net()), uint32(h.VlanTCI()), uint32(h.VlanTPID())
						ours.Rxhash = h.Rxhash()
					}
					want, err := reference.Next(10 * time.Second)
					check(t, err)
					if diff := cmp.Diff(want, ours); diff != "" {
						t.Fatalf("frame %d: Go has %d, C %d (-C +Go):\n%.1000s", i, number(ours.Data), number(want.Data), diff)
					}
					got()
					i++
				}
				b.Release()
			}
		})
	}
}
