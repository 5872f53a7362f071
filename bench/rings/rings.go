//go:build linux

// Package rings measures the cost of receiving from a packet ring with csock/ring, with gopacket's
// afpacket, and in C:
//
//	go test -C bench ./rings -run '^$' -bench . -benchtime 20x
//
// In each of the 20 rounds every contender, in random order, receives the same frames over a cable
// between two network namespaces. First come frames that fill half of its ring before it reads
// them: the CPU time of the reader's thread counts. Then come as many as the sender can send in a
// while: the number received counts, and the CPU time of the whole process. The report gives
// medians over the rounds, and those of the ratios: of gopacket's value divided by csock's for CPU
// time, and of csock's divided by gopacket's for packets per second. Above 1 csock is better. The
// process has the sender too, whose time is the same for all.
package rings

/*
#include <linux/if_packet.h>
#include <poll.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>

static void *open_ring(int fd, unsigned block_size, unsigned blocks, unsigned frame_size, unsigned retire)
{
	int version = TPACKET_V3;
	struct tpacket_req3 req = {block_size, blocks, frame_size, block_size / frame_size * blocks, retire, 0, 0};
	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) || setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		return MAP_FAILED;
	return mmap(0, (size_t)block_size * blocks, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static int failed(void *mem) { return mem == MAP_FAILED; }

// read_ring reads whole blocks until it has n frames.
static int read_ring(int fd, uint8_t *mem, unsigned block_size, unsigned blocks, unsigned *at, int n, uint8_t *sum)
{
	int got = 0;
	while (got < n) {
		struct tpacket_block_desc *b = (struct tpacket_block_desc *)(mem + (size_t)*at * block_size);
		while (!(__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
			struct pollfd p = {fd, POLLIN, 0};
			if (poll(&p, 1, 200) <= 0)
				return got;
		}
		uint8_t *frame = (uint8_t *)b + b->hdr.bh1.offset_to_first_pkt;
		for (unsigned i = b->hdr.bh1.num_pkts; i > 0; i--) {
			struct tpacket3_hdr *h = (struct tpacket3_hdr *)frame;
			*sum += frame[h->tp_mac] + (uint8_t)h->tp_len;
			frame += h->tp_next_offset;
			got++;
		}
		__atomic_store_n(&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		*at = (*at + 1) % blocks;
	}
	return got;
}
*/
import "C"

import (
	"fmt"
	"net"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/netns"
)

// The ring of each contender: 32 blocks of 256 KiB, with a timeout of 5 ms.
const (
	blockSize = 1 << 18
	blocks    = 32
	frameSize = 2048
	retire    = 5 * time.Millisecond
)

// A reader is a contender. It reads n frames and touches each; if none comes for long, it returns
// with fewer.
type reader interface {
	read(n int) (got int)
	close()
}

// packetSocket returns a packet socket for all frames of an interface.
func packetSocket(ns *netns.NS, name string) (s *csock.Socket, err error) {
	ns.Do(func() {
		var i *net.Interface
		if i, err = net.InterfaceByName(name); err != nil {
			return
		}
		if s, err = csock.New(csock.AF_PACKET, csock.SOCK_RAW, 0); err != nil {
			return
		}
		err = s.Bind(csock.PacketAddr(csock.ETH_P_ALL, i.Index, nil))
	})
	return s, err
}

type cReader struct {
	s   *csock.Socket
	mem unsafe.Pointer
	at  C.uint
	sum C.uint8_t
}

func newC(ns *netns.NS, name string) (reader, error) {
	s, err := packetSocket(ns, name)
	if err != nil {
		return nil, err
	}
	r := &cReader{s: s, mem: C.open_ring(C.int(s.FD()), blockSize, blocks, frameSize, C.uint(retire/time.Millisecond))}
	if C.failed(r.mem) != 0 {
		s.Close()
		return nil, fmt.Errorf("no ring in C")
	}
	return r, nil
}

func (r *cReader) read(n int) int {
	return int(C.read_ring(C.int(r.s.FD()), (*C.uint8_t)(r.mem), blockSize, blocks, &r.at, C.int(min(n, 1<<30)), &r.sum))
}

func (r *cReader) close() {
	C.munmap(r.mem, blockSize*blocks)
	r.s.Close()
}
