// The platform as csock sees it: its headers, the names it lacks (cgo_names.h),
// and the helpers through which every system call of the package goes.

#ifndef CSOCK_CGO_HELPERS_H
#define CSOCK_CGO_HELPERS_H

// Everything the platform has, not POSIX's share of it alone.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>

#ifdef __linux__
#include <linux/version.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <linux/tcp.h> // instead of <netinet/tcp.h>, whose structs are older
#include <linux/udp.h>
#include <linux/vm_sockets.h>
#else
#include <netinet/tcp.h>
#endif

#include "cgo_names.h"

#endif
