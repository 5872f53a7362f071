// The names that this platform lacks, so that Go code which uses them compiles
// everywhere. Included by cgo_helpers.h alone, after the platform's headers.

#ifndef CSOCK_CGO_NAMES_H
#define CSOCK_CGO_NAMES_H

// A name that the platform lacks is an enumerator here. Its value is negative, which no
// real constant is, and unlike every other: calls refuse it with an error
// that errors.ErrUnsupported matches, and a switch over such names compiles.
enum csock_lacks {
	CSOCK_LACKS = -0x40000000,
#ifndef AF_SYSTEM
	AF_SYSTEM,
#endif
};

// ---- Options: SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, SOL_RAW, IPPROTO_ICMPV6

// ---- Options: IPPROTO_TCP, IPPROTO_UDP, AF_UNIX, and the levels of other families

// ---- Messages

#endif
