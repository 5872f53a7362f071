//go:build linux && cgo

package ring

import (
	"testing"
	"unsafe"

	"github.com/csock/go-csock/csock"
)

// block returns a Block of a page that is in no ring, for bytes that no kernel writes.
func block(version csock.TpacketVersion) *Block {
	words := make([]uint64, 512)
	mem := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 4096)
	t := &TPacket{version: version, step: 1024, per: 4}
	t.blocks = make([]Block, 4)
	for i := range t.blocks {
		t.blocks[i] = Block{t: t, i: i, n: 1, mem: mem[1024*i:]}
	}
	return &t.blocks[0]
}

// put sets a field of a C type.
func put[T ~uint16 | ~uint32](field *T, n int) { *field = T(n) }

// frames counts a block's frames, and fails if one has data outside the block.
func frames(t *testing.T, b *Block) (n int) {
	t.Helper()
	for f := range b.Frames() {
		if data := f.Data(); len(data) > 0 {
			from := uintptr(unsafe.Pointer(&data[0])) - uintptr(unsafe.Pointer(&b.mem[0]))
			if from > uintptr(len(b.mem)) || int(from)+cap(data) > len(b.mem) {
				t.Errorf("%d bytes at %d of %d", cap(data), from, len(b.mem))
			}
		}
		n++
	}
	return n
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// A frame's data is what its header says, with no room behind it, and never outside its block.
func TestFrameCut(t *testing.T) {
	mem := make([]byte, 100)
	for _, c := range []struct {
		at, mac, n int
		ok         bool
	}{
		{0, 0, 100, true}, {0, 1, 99, true}, {40, 10, 50, true}, {0, 100, 0, true}, {10, 20, 5, true}, {0, 0, 0, true},
		{0, 0, 101, false}, {0, 1, 100, false}, {40, 11, 50, false}, {0, 101, 0, false}, {0, 60, 50, false}, {0, 0, -1, false},
		{0, 0, 1 << 30, false},
	} {
		var f Frame
		want(t, "cut", f.cut(mem, c.at, c.mac, c.n), c.ok)
		if !c.ok {
			continue
		}
		want(t, "length", len(f.Data()), c.n)
		want(t, "capacity", cap(f.Data()), c.n)
		if c.n > 0 {
			want(t, "the first byte", &f.Data()[0], &mem[c.at+c.mac])
		}
	}
}

// A TPACKET_V3 block whose numbers are not the kernel's has the frames up to the first wrong one.
func TestBlockV3Corrupt(t *testing.T) {
	b := block(csock.TPACKET_V3)
	h := b.Header()
	lay := func(packets, first int, next ...int) {
		clear(b.mem)
		put(&b.desc().offset_to_priv, 48)
		put(&h.c.num_pkts, packets)
		put(&h.c.offset_to_first_pkt, first)
		at := first
		for _, n := range next {
			p := (*Tpacket3Hdr)(unsafe.Pointer(&b.mem[at]))
			put(&p.c.tp_mac, 48)
			put(&p.c.tp_snaplen, 10)
			put(&p.c.tp_next_offset, n)
			at += n
		}
	}
	last := len(b.mem) - 48 // where the last header fits
	for _, c := range []struct {
		what           string
		packets, first int
		next           []int
		want           int
	}{
		{"three frames", 3, 64, []int{128, 128, 0}, 3},
		{"none", 0, 64, nil, 0},
		{"the first outside", 1, 4096, nil, 0},
		{"the first beyond the last place", 1, last + 1, nil, 0},
		{"an offset to outside", 3, 64, []int{128, 4096}, 2},
		{"no offset", 3, 64, []int{0}, 3},
	} {
		lay(c.packets, c.first, c.next...)
		want(t, c.what, frames(t, b), c.want)
	}

	lay(2, 64, 128, 0) // the first frame's data leaves the block
	(*Tpacket3Hdr)(unsafe.Pointer(&b.mem[64])).c.tp_snaplen = 4096
	want(t, "frames after a wrong one", frames(t, b), 0)
	lay(1, last) // the header's end is the block's
	want(t, "a frame without data in the last place", frames(t, b), 1)
	lay(3, 64, 128, 128, 0)
	n := 0
	for range b.Frames() {
		n++
		break
	}
	want(t, "frames up to a break", n, 1)

	lay(0, 96)
	want(t, "private bytes", len(b.Private()), 48)
	want(t, "room behind them", cap(b.Private()), 48)
	lay(0, 48)
	want(t, "no private bytes", len(b.Private()), 0)
	want(t, "private bytes that end before they begin", func() bool { lay(0, 47); return b.Private() == nil }(), true)
	want(t, "private bytes up to the end", func() int { lay(0, 4096); return len(b.Private()) }(), 4048)
	want(t, "private bytes beyond it", func() bool { lay(0, 4097); return b.Private() == nil }(), true)
}

// Of TPACKET_V2 likewise.
func TestBlockV2Corrupt(t *testing.T) {
	b := block(csock.TPACKET_V2)
	lay := func() {
		clear(b.mem)
		for i := range 3 {
			b.tpacket2(i).c.tp_mac, b.tpacket2(i).c.tp_snaplen = 64, 10
		}
		b.n = 3
	}
	lay()
	want(t, "frames", frames(t, b), 3)
	b.tpacket2(1).c.tp_snaplen = 4096
	want(t, "frames before a wrong one", frames(t, b), 1)
	lay()
	n := 0
	for range b.Frames() {
		n++
		break
	}
	want(t, "frames up to a break", n, 1)
	want(t, "no header", b.Header(), nil)
	want(t, "no private bytes", b.Private() == nil, true)
}

// A block is the user's if the kernel says so, whatever else it says.
func TestBlockHas(t *testing.T) {
	for name, version := range map[string]csock.TpacketVersion{"V2": csock.TPACKET_V2, "V3": csock.TPACKET_V3} {
		b := block(version)
		for status, has := range map[Status]bool{
			0: false, TP_STATUS_USER: true, TP_STATUS_LOSING: false, TP_STATUS_USER | TP_STATUS_LOSING: true,
			TP_STATUS_VLAN_VALID | TP_STATUS_VLAN_TPID_VALID: false,
		} {
			*b.status() = uint32(status)
			want(t, name, b.has(), has)
		}
	}
}

// A tag's Ethernet type is only there if the kernel says so.
func TestFrameVLAN(t *testing.T) {
	b := block(csock.TPACKET_V2)
	h := b.tpacket2(0)
	h.c.tp_vlan_tci, h.c.tp_vlan_tpid = 5, 0x88a8
	for _, c := range []struct {
		status Status
		tpid   csock.EtherType
		ok     bool
	}{
		{0, 0, false}, {TP_STATUS_USER, 0, false}, {TP_STATUS_VLAN_TPID_VALID, 0, false},
		{TP_STATUS_VLAN_VALID, 0, true}, {TP_STATUS_VLAN_VALID | TP_STATUS_USER, 0, true},
		{TP_STATUS_VLAN_VALID | TP_STATUS_VLAN_TPID_VALID, 0x88a8, true},
	} {
		*b.status() = uint32(c.status)
		tci, tpid, ok := Frame{v2: h}.VLAN()
		want(t, "ok", ok, c.ok)
		want(t, "tpid", tpid, c.tpid)
		if ok {
			want(t, "tci", tci, 5)
		}
	}
}
