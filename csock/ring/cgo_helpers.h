// The platform as package ring sees it: its headers, stand-ins for the structs that it lacks, and
// helpers that make the package's system calls.
//
// A helper makes the one system call that its name says and returns its result or minus errno. It
// keeps no state, holds on to no pointer after it returns, allocates nothing, and never calls back
// into Go.

#ifndef CSOCK_RING_CGO_HELPERS_H
#define CSOCK_RING_CGO_HELPERS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

// The pages of AF_XDP's rings are at offsets beyond 2 GiB, on 32-bit systems too.
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif

#include <stddef.h>
#include <stdint.h>

#ifdef __linux__

#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>

// The offset of a sent frame's data from the start of the frame, and of the sender's address from
// the header of a received frame.
#define CSOCK_TPACKET2_DATA TPACKET_ALIGN(sizeof(struct tpacket2_hdr))
#define CSOCK_TPACKET3_DATA TPACKET_ALIGN(sizeof(struct tpacket3_hdr))

#else

// Where the structs are missing no ring can be made, so these are never read. They let the Go code
// compile.
#define TP_STATUS_KERNEL 0
#define TP_STATUS_USER 0
#define TP_STATUS_COPY 0
#define TP_STATUS_LOSING 0
#define TP_STATUS_CSUMNOTREADY 0
#define TP_STATUS_CSUM_VALID 0
#define TP_STATUS_VLAN_VALID 0
#define TP_STATUS_VLAN_TPID_VALID 0
#define TP_STATUS_BLK_TMO 0
#define TP_STATUS_SEND_REQUEST 0
#define TP_STATUS_SENDING 0
#define TP_STATUS_WRONG_FORMAT 0
#define TP_STATUS_AVAILABLE 0
#define TP_STATUS_TS_SOFTWARE 0
#define TP_STATUS_TS_RAW_HARDWARE 0
#define TP_FT_REQ_FILL_RXHASH 0
#define CSOCK_TPACKET2_DATA 0
#define CSOCK_TPACKET3_DATA 0
struct sockaddr_ll {
	uint8_t sll_addr[8];
};
struct tpacket2_hdr {
	uint32_t tp_status, tp_len, tp_snaplen;
	uint16_t tp_mac, tp_net;
	uint32_t tp_sec, tp_nsec;
	uint16_t tp_vlan_tci, tp_vlan_tpid;
};
struct tpacket_hdr_variant1 {
	uint32_t tp_rxhash, tp_vlan_tci;
	uint16_t tp_vlan_tpid;
};
struct tpacket3_hdr {
	uint32_t tp_next_offset, tp_sec, tp_nsec, tp_snaplen, tp_len, tp_status;
	uint16_t tp_mac, tp_net;
	union {
		struct tpacket_hdr_variant1 hv1;
	};
};
struct tpacket_bd_ts {
	unsigned int ts_sec;
	union {
		unsigned int ts_nsec;
	};
};
struct tpacket_hdr_v1 {
	uint32_t block_status, num_pkts, offset_to_first_pkt, blk_len;
	uint64_t seq_num;
	struct tpacket_bd_ts ts_first_pkt, ts_last_pkt;
};
union tpacket_bd_header_u {
	struct tpacket_hdr_v1 bh1;
};
struct tpacket_block_desc {
	uint32_t version, offset_to_priv;
	union tpacket_bd_header_u hdr;
};
#define XDP_RING_NEED_WAKEUP 0
#define XDP_USE_NEED_WAKEUP 0
#define XDP_PGOFF_RX_RING 0
#define XDP_PGOFF_TX_RING 0
#define XDP_UMEM_PGOFF_FILL_RING 0
#define XDP_UMEM_PGOFF_COMPLETION_RING 0
#define XDP_FLAGS_SKB_MODE 0
#define XDP_FLAGS_DRV_MODE 0
#define XDP_FLAGS_HW_MODE 0
struct xdp_desc {
	uint64_t addr;
	uint32_t len, options;
};

#endif

// The errno that a call which the platform lacks returns, negated.
#define CSOCK_RING_ELACKS EOPNOTSUPP

// csock_ring_map maps length bytes, shared, of the socket fd from offset on. If fd is -1, it maps
// private bytes that are zero. at is NULL, or an address where earlier maps gave length bytes,
// which the call then replaces.
int csock_ring_map(int fd, void *at, size_t length, int64_t offset, void **out);

// csock_ring_error returns the socket's pending error as an errno, and clears it (SO_ERROR).
int csock_ring_error(int fd);

// csock_ring_xskmap makes a BPF map of sockets, by number of queue.
int csock_ring_xskmap(uint32_t entries);

// csock_ring_xskmap_set puts a socket into a map, csock_ring_xskmap_delete removes the one that is
// there.
int csock_ring_xskmap_set(int map, uint32_t queue, int socket);
int csock_ring_xskmap_delete(int map, uint32_t queue);

// csock_ring_redirect loads a program that redirects each frame to the map's socket for its queue,
// and passes the frame on if there is none.
int csock_ring_redirect(int map);

// csock_ring_attach attaches a program to an interface until the returned descriptor is closed.
int csock_ring_attach(int program, uint32_t ifindex, uint32_t flags);

// csock_ring_close closes a descriptor that one of the three above returned.
int csock_ring_close(int fd);

#endif
