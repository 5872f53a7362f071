//go:build linux && cgo

package ring

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/csock/go-csock/csock/ring"
	"github.com/csock/go-csock/tests/cref"
)

// For any bytes that the kernel might write, the headers of packet rings have C's values.
func FuzzRingHeaders(f *testing.F) {
	all := make([]byte, 64)
	for i := range all {
		all[i] = byte(i + 1)
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, bytes []byte) {
		mem := new([64]byte)
		copy(mem[:], bytes)
		// The headers are views of the ring's memory, as these are of mem's.
		p := unsafe.Pointer(mem)
		h2, h3, b := (*ring.Tpacket2Hdr)(p), (*ring.Tpacket3Hdr)(p), (*ring.TpacketHdrV1)(p)
		for kind, text := range map[int]string{
			2: fmt.Sprintln("tpacket2", uint32(h2.Status()), h2.Len(), h2.Snaplen(), h2.Mac(), h2.Net(), h2.Sec(), h2.Nsec(), h2.VlanTCI(), uint16(h2.VlanTPID())),
			3: fmt.Sprintln("tpacket3", h3.NextOffset(), h3.Sec(), h3.Nsec(), h3.Snaplen(), h3.Len(), uint32(h3.Status()), h3.Mac(), h3.Net(), h3.Rxhash(),
				h3.VlanTCI(), uint16(h3.VlanTPID())),
		} {
			if want := cref.RingHeader(kind, mem) + "\n"; text != want {
				t.Errorf("%x: %sin C %s", mem, text, want)
			}
		}
		var status, packets, first, length uint32
		var number, sec1, nsec1, sec2, nsec2 uint64
		want := cref.RingHeader(1, mem)
		fmt.Sscanf(want, "block %d %d %d %d %d %d %d %d %d", &status, &packets, &first, &length, &number, &sec1, &nsec1, &sec2, &nsec2)
		if uint32(b.BlockStatus()) != status || b.NumPkts() != packets || b.OffsetToFirstPkt() != first || b.BlkLen() != length || b.SeqNum() != number ||
			b.FirstPkt().Unix() != int64(sec1+nsec1/1e9) || uint64(b.FirstPkt().Nanosecond()) != nsec1%1e9 ||
			b.LastPkt().Unix() != int64(sec2+nsec2/1e9) || uint64(b.LastPkt().Nanosecond()) != nsec2%1e9 {
			t.Errorf("%x: in C %s; %d %d %d %d %d %v %v", mem, want, b.BlockStatus(), b.NumPkts(), b.OffsetToFirstPkt(), b.BlkLen(), b.SeqNum(), b.FirstPkt(), b.LastPkt())
		}
	})
}
