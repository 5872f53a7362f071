// The platform as csock sees it: its headers, and the names that they lack.

#ifndef CSOCK_PLATFORM_H
#define CSOCK_PLATFORM_H

#ifdef _WIN32
#include "platform_windows.h"
#else

// Everything that the platform has, not only POSIX's part of it.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

// RFC 3542's names, which macOS else hides or gives the numbers of RFC 2292.
#ifndef __APPLE_USE_RFC_3542
#define __APPLE_USE_RFC_3542 1
#endif

// Files beyond 2 GiB on 32-bit systems too.
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <fcntl.h>
#include <poll.h>

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netinet/in_systm.h>
#include <netinet/ip.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>

#ifdef __linux__
#ifndef __GLIBC__ // <net/if.h> has these; with glibc the kernel's header notices it
#define __UAPI_DEF_IF_IFCONF 0
#define __UAPI_DEF_IF_IFMAP 0
#define __UAPI_DEF_IF_IFNAMSIZ 0
#define __UAPI_DEF_IF_IFREQ 0
#define __UAPI_DEF_IF_NET_DEVICE_FLAGS 0
#define __UAPI_DEF_IF_NET_DEVICE_FLAGS_LOWER_UP_DORMANT_ECHO 0
#endif
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/error.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/netlink.h>
#include <linux/can/raw.h>
#include <linux/dccp.h>
#include <linux/errqueue.h>
#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/if_arp.h>
#include <linux/if_alg.h>
#include <linux/inet_diag.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/if_pppox.h>
#include <linux/in6.h>
#include <linux/kcm.h>
#if __has_include(<linux/mctp.h>) // since Linux 5.15
#include <linux/mctp.h>
#endif
#include <linux/mptcp.h>
#include <linux/mroute.h>
#include <linux/mroute6.h>
#include <linux/net_tstamp.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netlink.h>
#include <linux/ppp-ioctl.h>
#include <linux/qrtr.h>
#include <linux/rds.h>
#include <linux/rxrpc.h>
#include <linux/sctp.h>
#include <linux/sock_diag.h>
#include <linux/socket.h>
#include <linux/sockios.h>
#include <linux/tcp.h> // instead of <netinet/tcp.h>, whose structs are older
#include <linux/tipc.h>
#include <linux/tls.h>
#include <linux/udp.h>
#include <linux/unix_diag.h>
#include <linux/version.h>
#include <linux/vm_sockets.h>
#else
#include <net/if_dl.h>
#include <netinet/tcp.h>
#endif

#endif // _WIN32

// A name that the platform lacks is an enumerator in names.h. Its value is negative, unlike any
// real constant, and unique. Calls refuse it with an error that errors.ErrUnsupported matches, and
// a switch over such names compiles. If its type takes no negative number, it is a small number
// instead. That has no effect, since the platform lacks the rest of its family too. A name that is
// ORed to others has bits of CSOCK_LACKS_MASK of its own, so that both can mostly be identified.
// names.go then prints the names of both.
enum {
	CSOCK_LACKS = -0x40000000,
	CSOCK_LACKS_MASK = 0x0ff00000,
};
#define CSOCK_LACKS_FLAG(n) (CSOCK_LACKS + 0x00100000 * (n)) // n: 1 to 255
#define CSOCK_LACKS_NAME(n) (CSOCK_LACKS + (n))              // n: 1 to 0xfffff

// The structs that the headers have, each by a macro that came with it and that names.h defines if
// it is missing. A header with backports has them with any LINUX_VERSION_CODE.
#ifdef TCP_AO_MAXKEYLEN
#define CSOCK_HAS_TCP_AO 1
#endif
#ifdef MPTCP_TCPINFO
#define CSOCK_HAS_MPTCP_SUBFLOWS 1
#endif
#ifdef SCTP_REMOTE_UDP_ENCAPS_PORT
#define CSOCK_HAS_SCTP_UDPENCAPS 1
#endif
#ifdef SCTP_PLPMTUD_PROBE_INTERVAL
#define CSOCK_HAS_SCTP_PROBEINTERVAL 1
#endif
#ifdef MCTP_NET_ANY
#define CSOCK_HAS_MCTP 1
#endif
#ifdef MCTP_OPT_ADDR_EXT
#define CSOCK_HAS_MCTP_EXT 1
#endif

#include "names.h"

#endif
