// Windows as csock sees it: Winsock's headers, under the names that POSIX has where they differ.

#ifndef CSOCK_PLATFORM_WINDOWS_H
#define CSOCK_PLATFORM_WINDOWS_H

#include <errno.h> // first: names.in gives its names other numbers
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

// cgo reads the headers anew for each file. Without the compiler's vector intrinsics, which
// <winnt.h> includes, they are a third as long; without these parts of Windows, shorter still.
#define _X86INTRIN_H_INCLUDED
#define _IMMINTRIN_H_INCLUDED
#define WIN32_LEAN_AND_MEAN
#define NOCOMM
#define NOGDI
#define NOIME
#define NOKERNEL
#define NOMCX
#define NOMINMAX
#define NONLS
#define NOSERVICE
#define NOUSER

// Windows 10.
#ifdef _WIN32_WINNT
#undef _WIN32_WINNT
#endif
#define _WIN32_WINNT 0x0A00

// Types there, and options elsewhere.
#define IP_MSFILTER csock_windows_ip_msfilter

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <afunix.h>
#if __has_include(<hvsocket.h>)
#include <hvsocket.h>
#endif

#undef IP_MSFILTER

// Options that csock_get_int (cgo_calls_windows.h) reads from SO_PROTOCOL_INFOW. Winsock has no
// option of such a number.
enum {
	SO_DOMAIN = 0x7fff0001,
	SO_PROTOCOL,
};

// Batches are loops. A flag that only the loop of csock_recvmmsg knows.
#define CSOCK_NO_MMSG 1
#define MSG_WAITFORONE 0x10000

// What POSIX names in other ways.
#define SHUT_RD SD_RECEIVE
#define SHUT_WR SD_SEND
#define SHUT_RDWR SD_BOTH
#define IPV6_RECVPKTINFO IPV6_PKTINFO
#define IPV6_RECVHOPLIMIT IPV6_HOPLIMIT

#define ipi_spec_dst ipi_addr

typedef short sa_family_t; // of ss_family
typedef int uid_t;
typedef int gid_t;

struct iovec {
	void *iov_base;
	size_t iov_len;
};

struct msghdr {
	void *msg_name;
	socklen_t msg_namelen;
	struct iovec *msg_iov;
	size_t msg_iovlen;
	void *msg_control;
	size_t msg_controllen;
	int msg_flags;
};

// WSACMSGHDR, and its macros.
struct cmsghdr {
	size_t cmsg_len;
	int cmsg_level, cmsg_type;
};
#undef CMSG_LEN
#undef CMSG_SPACE
#define CMSG_LEN(n) WSA_CMSG_LEN(n)
#define CMSG_SPACE(n) WSA_CMSG_SPACE(n)

#define IF_NAMESIZE 256 // NDIS_IF_MAX_STRING_SIZE

// Structs that Winsock lacks. What uses them is unsupported.
struct ip6_mtuinfo {
	struct sockaddr_in6 ip6m_addr;
	uint32_t ip6m_mtu;
};
struct ifreq {
	char ifr_name[IF_NAMESIZE];
	short ifr_flags;
	void *ifr_data;
};
struct icmp6_filter {
	uint32_t icmp6_filt[8];
};

#endif
