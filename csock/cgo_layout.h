// Where fields of the platform's structs are that Go does not see. Only cgo_helpers.h includes it,
// after the platform's headers and structs.

#ifndef CSOCK_CGO_LAYOUT_H
#define CSOCK_CGO_LAYOUT_H

// Stand-ins for the structs of RFC 3678's options where the platform lacks them, so that the Go
// code compiles.
#ifndef MCAST_JOIN_GROUP
struct group_req {
	uint32_t gr_interface;
	struct sockaddr_storage gr_group;
};
struct group_source_req {
	uint32_t gsr_interface;
	struct sockaddr_storage gsr_group, gsr_source;
};
#endif
#ifndef IP_BLOCK_SOURCE
struct ip_mreq_source {
	struct in_addr imr_multiaddr, imr_interface, imr_sourceaddr;
};
#endif

// The same for structs that macOS packs.
enum csock_group_offset {
	CSOCK_GR_GROUP = offsetof(struct group_req, gr_group),
	CSOCK_GSR_GROUP = offsetof(struct group_source_req, gsr_group),
	CSOCK_GSR_SOURCE = offsetof(struct group_source_req, gsr_source),
};

// On Windows the field is in a union, which has no fields in Go.
enum { CSOCK_SCOPE_ID = offsetof(struct sockaddr_in6, sin6_scope_id) };

// On NetBSD and Windows ipi_spec_dst is a macro for ipi_addr, which Go does not see.
enum { CSOCK_IPI_SPEC_DST = offsetof(csock_in_pktinfo, ipi_spec_dst) };

// The types of the messages that IP_RECVTTL and IP_RECVTOS request. On macOS and the BSDs they have
// those names' numbers.
#ifdef SIN6_LEN
enum { CSOCK_CMSG_TTL = IP_RECVTTL, CSOCK_CMSG_TOS = IP_RECVTOS };
#else
enum { CSOCK_CMSG_TTL = IP_TTL, CSOCK_CMSG_TOS = IP_TOS };
#endif

// The offset of a control message's payload from its header, and the alignment of headers, from the
// platform's macros. With them Go can walk control messages without a call into C.
enum {
	CSOCK_CMSG_DATA = CMSG_LEN(0),
	CSOCK_CMSG_ALIGN = CMSG_SPACE(1) - CMSG_SPACE(0),
};
_Static_assert((CSOCK_CMSG_ALIGN & (CSOCK_CMSG_ALIGN - 1)) == 0 && CSOCK_CMSG_DATA % CSOCK_CMSG_ALIGN == 0 &&
		       CMSG_SPACE(0) == CSOCK_CMSG_DATA && CMSG_SPACE(CSOCK_CMSG_ALIGN) == CMSG_SPACE(1) &&
		       CMSG_SPACE(CSOCK_CMSG_ALIGN + 1) == CSOCK_CMSG_DATA + 2 * CSOCK_CMSG_ALIGN,
	       "control messages are laid out as control.go takes them to be");

// The offset of the union in a struct ifreq.
enum { CSOCK_IFREQ_VALUE = offsetof(struct ifreq, ifr_flags) };

#endif
