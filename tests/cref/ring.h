// Packet rings, as a C program reads them.

#ifndef CREF_RING_H
#define CREF_RING_H

#include <stddef.h>
#include <stdint.h>

struct cref_ring;

// The contents of a frame's header, and its sockaddr_ll.
struct cref_ring_frame {
	uint32_t status, len, snaplen, sec, nsec, mac, net, vlan_tci, vlan_tpid, rxhash;
	int32_t ifindex;
	uint32_t pkttype;
};

// cref_ring_open makes a ring of a packet socket, and maps it. It returns NULL, with errno set, if
// that fails.
struct cref_ring *cref_ring_open(int fd, int version, unsigned block_size, unsigned block_nr, unsigned frame_size, unsigned retire_ms);

// cref_ring_next waits for the next frame, copies it to data, and returns the length of what it
// copied, or minus errno.
int cref_ring_next(struct cref_ring *r, int timeout_ms, struct cref_ring_frame *frame, uint8_t *data, size_t size);

void cref_ring_close(struct cref_ring *r);

// cref_ring_header describes a header of 64 bytes of memory as text, and returns its length: kind 2 is
// a struct tpacket2_hdr, 3 a struct tpacket3_hdr, 1 a block's struct tpacket_hdr_v1.
int cref_ring_header(int kind, const uint8_t *p, char *out, size_t room);

#endif
