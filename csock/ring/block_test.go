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

// A block of TPACKET_V2 is the frames that have arrived, up to one that has not or that another
// Block holds, and to the end of the kernel's block.
func TestTake(t *testing.T) {
	const user = uint32(TP_STATUS_USER)
	for _, c := range []struct {
		what   string
		status [4]uint32
		held   int // a frame that another Block holds; 0: none
		per    int
		want   int
	}{
		{"none", [4]uint32{}, 0, 4, 0},
		{"one", [4]uint32{user}, 0, 4, 1},
		{"two", [4]uint32{user, user}, 0, 4, 2},
		{"two, a gap and one", [4]uint32{user, user, 0, user}, 0, 4, 2},
		{"all", [4]uint32{user, user, user, user}, 0, 4, 4},
		{"up to one that is held", [4]uint32{user, user, user, user}, 2, 4, 2},
		{"up to the block's end", [4]uint32{user, user, user, user}, 0, 2, 2},
	} {
		first := block(csock.TPACKET_V2)
		r := first.t
		r.per = c.per
		for i, s := range c.status {
			*r.blocks[i].status() = s
		}
		if c.held > 0 {
			r.blocks[c.held].state.Store(blockHeld)
		}
		b := r.take()
		want(t, c.what, b.Len(), c.want)
		want(t, c.what+": the next", r.head, c.want%4)
	}
}

// Sizes that make no ring are refused in words, before the kernel is asked.
func TestRingSize(t *testing.T) {
	for _, c := range []struct {
		r    csock.TpacketReq3
		size int
		text string
	}{
		{csock.TpacketReq3{}, 0, ""},
		{csock.TpacketReq3{BlockSize: 4096, BlockNr: 3, FrameSize: 4096}, 3 * 4096, ""},
		{csock.TpacketReq3{BlockSize: 4096, BlockNr: 3, FrameSize: 2048, FrameNr: 6}, 3 * 4096, ""},
		{csock.TpacketReq3{BlockSize: 4096, BlockNr: 1}, 0, "frames of 0 bytes in blocks of 4096: invalid argument"},
		{csock.TpacketReq3{BlockNr: 1, FrameSize: 16}, 0, "frames of 16 bytes in blocks of 0: invalid argument"},
		{csock.TpacketReq3{BlockNr: 1}, 0, "frames of 0 bytes in blocks of 0: invalid argument"},
		{csock.TpacketReq3{BlockSize: 4096, BlockNr: 1, FrameSize: 4097}, 0, "frames of 4097 bytes in blocks of 4096: invalid argument"},
		{csock.TpacketReq3{BlockSize: 4096, BlockNr: 3, FrameSize: 2048, FrameNr: 5}, 0, "5 frames in 3 blocks of 4096 bytes: invalid argument"},
	} {
		size, err := ringSize(&c.r)
		text := ""
		if err != nil {
			text = err.Error()
		}
		want(t, "size", size, c.size)
		want(t, "error", text, c.text)
		if err == nil && c.r.BlockNr > 0 {
			want(t, "frames", c.r.FrameNr, c.r.BlockNr*(c.r.BlockSize/c.r.FrameSize))
		}
	}
}

// A batch whose descriptors are not the kernel's has the frames up to the first wrong one.
func TestXDPBatchCorrupt(t *testing.T) {
	umem := make([]byte, 4096)
	descs := make([]csock.XDPDesc, 4)
	x := &XDP{umem: memory{unsafe.Pointer(&umem[0]), len(umem)}}
	x.rx = xdpRing{desc: unsafe.Pointer(&descs[0]), n: 4}
	b := &XDPBatch{x: x, n: 4}
	for _, c := range []struct {
		third csock.XDPDesc
		want  int
	}{
		{csock.XDPDesc{Addr: 100, Len: 10}, 4}, {csock.XDPDesc{Addr: 4086, Len: 10}, 4}, {csock.XDPDesc{Addr: 0, Len: 4096}, 4},
		{csock.XDPDesc{Addr: 4087, Len: 10}, 2}, {csock.XDPDesc{Addr: 0, Len: 4097}, 2}, {csock.XDPDesc{Addr: 1 << 63, Len: 1}, 2},
		{csock.XDPDesc{Addr: 1<<64 - 1, Len: 1}, 2},
	} {
		descs[0], descs[1], descs[3] = csock.XDPDesc{Addr: 64, Len: 60}, csock.XDPDesc{Addr: 128, Len: 60}, csock.XDPDesc{Len: 1}
		descs[2] = c.third
		n := 0
		for d, data := range b.Frames() {
			want(t, "length", len(data), int(d.Len))
			want(t, "capacity", cap(data), int(d.Len))
			want(t, "the first byte", &data[0], &umem[d.Addr])
			n++
		}
		want(t, "frames", n, c.want)
		n = 0
		for range b.Frames() {
			n++
			break
		}
		want(t, "frames up to a break", n, 1)
	}
}
