#ifdef __linux__

#include "ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

struct cref_ring {
	int fd, version;
	uint8_t *mem;
	struct tpacket_req3 req;
	unsigned at;   // block, or frame of version 2
	unsigned left; // frames of the block
	uint8_t *frame;
};

struct cref_ring *cref_ring_open(int fd, int version, unsigned block_size, unsigned block_nr, unsigned frame_size, unsigned retire_ms)
{
	struct cref_ring *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->fd = fd;
	r->version = version;
	r->req.tp_block_size = block_size;
	r->req.tp_block_nr = block_nr;
	r->req.tp_frame_size = frame_size;
	r->req.tp_frame_nr = block_size / frame_size * block_nr;
	r->req.tp_feature_req_word = version == TPACKET_V3 ? TP_FT_REQ_FILL_RXHASH : 0;
	r->req.tp_retire_blk_tov = retire_ms;
	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) == 0 &&
	    setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &r->req, sizeof(r->req)) == 0) {
		r->mem = mmap(NULL, (size_t)block_size * block_nr, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (r->mem != MAP_FAILED)
			return r;
	}
	free(r);
	return NULL;
}

static int wait_for(struct cref_ring *r, volatile uint32_t *status, int timeout_ms)
{
	while (!(__atomic_load_n(status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
		struct pollfd p = {.fd = r->fd, .events = POLLIN};
		int n = poll(&p, 1, timeout_ms);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -ETIMEDOUT;
	}
	return 0;
}

static int copy(uint8_t *data, size_t size, const uint8_t *from, size_t n)
{
	if (n > size)
		return -EMSGSIZE;
	memcpy(data, from, n);
	return (int)n;
}

static int next2(struct cref_ring *r, int timeout_ms, struct cref_ring_frame *f, uint8_t *data, size_t size)
{
	unsigned per = r->req.tp_block_size / r->req.tp_frame_size;
	uint8_t *at = r->mem + (size_t)(r->at / per) * r->req.tp_block_size + (size_t)(r->at % per) * r->req.tp_frame_size;
	struct tpacket2_hdr *h = (struct tpacket2_hdr *)at;
	int err = wait_for(r, &h->tp_status, timeout_ms);
	if (err)
		return err;
	struct sockaddr_ll *ll = (struct sockaddr_ll *)(at + TPACKET_ALIGN(sizeof(*h)));
	*f = (struct cref_ring_frame){h->tp_status, h->tp_len, h->tp_snaplen, h->tp_sec, h->tp_nsec, h->tp_mac, h->tp_net,
				      h->tp_vlan_tci, h->tp_vlan_tpid, 0, ll->sll_ifindex, ll->sll_pkttype};
	int n = copy(data, size, at + h->tp_mac, h->tp_snaplen);
	__atomic_store_n(&h->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	r->at = (r->at + 1) % r->req.tp_frame_nr;
	return n;
}

static int next3(struct cref_ring *r, int timeout_ms, struct cref_ring_frame *f, uint8_t *data, size_t size)
{
	struct tpacket_block_desc *b;
	for (;;) {
		b = (struct tpacket_block_desc *)(r->mem + (size_t)r->at * r->req.tp_block_size);
		if (r->left > 0)
			break;
		int err = wait_for(r, &b->hdr.bh1.block_status, timeout_ms);
		if (err)
			return err;
		r->left = b->hdr.bh1.num_pkts;
		r->frame = (uint8_t *)b + b->hdr.bh1.offset_to_first_pkt;
		if (r->left > 0)
			break;
		__atomic_store_n(&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		r->at = (r->at + 1) % r->req.tp_block_nr;
	}
	struct tpacket3_hdr *h = (struct tpacket3_hdr *)r->frame;
	struct sockaddr_ll *ll = (struct sockaddr_ll *)(r->frame + TPACKET_ALIGN(sizeof(*h)));
	*f = (struct cref_ring_frame){h->tp_status, h->tp_len, h->tp_snaplen, h->tp_sec, h->tp_nsec, h->tp_mac, h->tp_net,
				      h->hv1.tp_vlan_tci, h->hv1.tp_vlan_tpid, h->hv1.tp_rxhash, ll->sll_ifindex, ll->sll_pkttype};
	int n = copy(data, size, r->frame + h->tp_mac, h->tp_snaplen);
	r->frame += h->tp_next_offset;
	if (--r->left == 0) {
		__atomic_store_n(&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		r->at = (r->at + 1) % r->req.tp_block_nr;
	}
	return n;
}

int cref_ring_next(struct cref_ring *r, int timeout_ms, struct cref_ring_frame *frame, uint8_t *data, size_t size)
{
	return (r->version == TPACKET_V3 ? next3 : next2)(r, timeout_ms, frame, data, size);
}

void cref_ring_close(struct cref_ring *r)
{
	munmap(r->mem, (size_t)r->req.tp_block_size * r->req.tp_block_nr);
	free(r);
}

// All fields of a header in memory, in the order of the struct.
static int texts(char *out, size_t room, const char *name, const uint64_t *v, int n)
{
	int at = snprintf(out, room, "%s", name);
	for (int i = 0; i < n; i++)
		at += snprintf(out + at, room - (size_t)at, " %llu", (unsigned long long)v[i]);
	return at;
}

int cref_ring_header(int kind, const uint8_t *p, char *out, size_t room)
{
	struct tpacket2_hdr h2;
	struct tpacket3_hdr h3;
	struct tpacket_hdr_v1 b;
	switch (kind) {
	case 2:
		memcpy(&h2, p, sizeof(h2));
		return texts(out, room, "tpacket2",
			     (uint64_t[]){h2.tp_status, h2.tp_len, h2.tp_snaplen, h2.tp_mac, h2.tp_net, h2.tp_sec, h2.tp_nsec,
					  h2.tp_vlan_tci, h2.tp_vlan_tpid},
			     9);
	case 3:
		memcpy(&h3, p, sizeof(h3));
		return texts(out, room, "tpacket3",
			     (uint64_t[]){h3.tp_next_offset, h3.tp_sec, h3.tp_nsec, h3.tp_snaplen, h3.tp_len, h3.tp_status, h3.tp_mac,
					  h3.tp_net, h3.hv1.tp_rxhash, (uint16_t)h3.hv1.tp_vlan_tci, h3.hv1.tp_vlan_tpid},
			     11);
	default:
		memcpy(&b, p, sizeof(b));
		return texts(out, room, "block",
			     (uint64_t[]){b.block_status, b.num_pkts, b.offset_to_first_pkt, b.blk_len, b.seq_num,
					  b.ts_first_pkt.ts_sec, b.ts_first_pkt.ts_nsec, b.ts_last_pkt.ts_sec, b.ts_last_pkt.ts_nsec},
			     9);
	}
}

#endif
