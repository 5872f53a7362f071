// What ioctl.go and wait.go need of the platform beyond the constants. Included by cgo_helpers.h alone, after the
// platform's headers. A request that the platform lacks is 0 here: real ones use all other numbers.

#ifndef CSOCK_CGO_IOCTL_H
#define CSOCK_CGO_IOCTL_H

#ifndef FIONREAD
#define FIONREAD 0
#endif
#ifndef SIOCINQ
#define SIOCINQ 0
#endif
#ifndef SIOCOUTQ
#define SIOCOUTQ 0
#endif
#ifndef SIOCOUTQNSD
#define SIOCOUTQNSD 0
#endif
#ifndef SIOCATMARK
#define SIOCATMARK 0
#endif
#ifndef SIOCGSTAMP
#define SIOCGSTAMP 0
#endif
#ifndef SIOCGSTAMPNS
#define SIOCGSTAMPNS 0
#endif
#ifndef FIOSETOWN
#define FIOSETOWN 0
#endif
#ifndef SIOCSPGRP
#define SIOCSPGRP 0
#endif
#ifndef FIOGETOWN
#define FIOGETOWN 0
#endif
#ifndef SIOCGPGRP
#define SIOCGPGRP 0
#endif
#ifndef SIOCGSKNS
#define SIOCGSKNS 0
#endif
#ifndef SIOCUNIXFILE
#ifdef __linux__
#define SIOCUNIXFILE SIOCPROTOPRIVATE // <linux/un.h>, which cannot stand beside <sys/un.h>; since Linux 4.20
#else
#define SIOCUNIXFILE 0
#endif
#endif
#ifndef SIOCGIFCONF
#define SIOCGIFCONF 0
#endif
#ifndef SIOCGIFINDEX
#define SIOCGIFINDEX 0
#endif
#ifndef SIOCGIFNAME
#define SIOCGIFNAME 0
#endif
#ifndef SIOCSIFNAME
#define SIOCSIFNAME 0
#endif
#ifndef SIOCGIFFLAGS
#define SIOCGIFFLAGS 0
#endif
#ifndef SIOCSIFFLAGS
#define SIOCSIFFLAGS 0
#endif
#ifndef SIOCGIFADDR
#define SIOCGIFADDR 0
#endif
#ifndef SIOCSIFADDR
#define SIOCSIFADDR 0
#endif
#ifndef SIOCGIFDSTADDR
#define SIOCGIFDSTADDR 0
#endif
#ifndef SIOCSIFDSTADDR
#define SIOCSIFDSTADDR 0
#endif
#ifndef SIOCGIFBRDADDR
#define SIOCGIFBRDADDR 0
#endif
#ifndef SIOCSIFBRDADDR
#define SIOCSIFBRDADDR 0
#endif
#ifndef SIOCGIFNETMASK
#define SIOCGIFNETMASK 0
#endif
#ifndef SIOCSIFNETMASK
#define SIOCSIFNETMASK 0
#endif
#ifndef SIOCGIFMETRIC
#define SIOCGIFMETRIC 0
#endif
#ifndef SIOCGIFMTU
#define SIOCGIFMTU 0
#endif
#ifndef SIOCSIFMTU
#define SIOCSIFMTU 0
#endif
#ifndef SIOCGIFHWADDR
#define SIOCGIFHWADDR 0
#endif
#ifndef SIOCSIFHWADDR
#define SIOCSIFHWADDR 0
#endif
#ifndef SIOCGIFTXQLEN
#define SIOCGIFTXQLEN 0
#endif
#ifndef SIOCSIFTXQLEN
#define SIOCSIFTXQLEN 0
#endif
#ifndef SIOCGHWTSTAMP
#define SIOCGHWTSTAMP 0
#endif
#ifndef SIOCSHWTSTAMP
#define SIOCSHWTSTAMP 0
#endif
#ifndef SIOCETHTOOL
#define SIOCETHTOOL 0
#endif

// Where the union of a struct ifreq begins.
enum { CSOCK_IFREQ_VALUE = offsetof(struct ifreq, ifr_flags) };

// struct ethtool_ts_info, which other systems have not.
#ifdef __linux__
#include <linux/ethtool.h>
#define CSOCK_ETHTOOL_GET_TS_INFO ETHTOOL_GET_TS_INFO
#define csock_ts_info ethtool_ts_info
#else
#define CSOCK_ETHTOOL_GET_TS_INFO 0
struct csock_ts_info {
	uint32_t cmd, so_timestamping;
	int32_t phc_index;
	uint32_t tx_types, rx_filters;
};
#endif

#endif
