#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "ioctl.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/ppp-ioctl.h>
#include <linux/sockios.h>

#include "families.h"

#ifndef SIOCMCTPALLOCTAG // since Linux 5.18
#define SIOCMCTPALLOCTAG (SIOCPROTOPRIVATE + 0)
#define SIOCMCTPDROPTAG (SIOCPROTOPRIVATE + 1)
#endif

int cref_poll(const int *fds, const short *events, short *revents, int n, int ms)
{
	struct pollfd *p = calloc((size_t)n + 1, sizeof(*p));
	for (int i = 0; i < n; i++) {
		p[i].fd = fds[i];
		p[i].events = events[i];
	}
	int r = poll(p, (nfds_t)n, ms);
	if (r < 0)
		r = -errno;
	for (int i = 0; i < n; i++)
		revents[i] = p[i].revents;
	free(p);
	return r;
}

#define REQUEST(name) {#name, name}
static const struct {
	const char *name;
	unsigned long number;
} requests[] = {
	REQUEST(FIONREAD), REQUEST(SIOCINQ), REQUEST(SIOCOUTQ), REQUEST(SIOCOUTQNSD), REQUEST(SIOCATMARK),
	REQUEST(SIOCGSTAMP), REQUEST(SIOCGSTAMPNS), REQUEST(FIOSETOWN), REQUEST(SIOCSPGRP), REQUEST(FIOGETOWN),
	REQUEST(SIOCGPGRP), REQUEST(SIOCGSKNS), REQUEST(SIOCGIFCONF), REQUEST(SIOCGIFINDEX), REQUEST(SIOCGIFNAME),
	REQUEST(SIOCSIFNAME), REQUEST(SIOCGIFFLAGS), REQUEST(SIOCSIFFLAGS), REQUEST(SIOCGIFADDR), REQUEST(SIOCSIFADDR),
	REQUEST(SIOCGIFDSTADDR), REQUEST(SIOCSIFDSTADDR), REQUEST(SIOCGIFBRDADDR), REQUEST(SIOCSIFBRDADDR),
	REQUEST(SIOCGIFNETMASK), REQUEST(SIOCSIFNETMASK), REQUEST(SIOCGIFMETRIC), REQUEST(SIOCGIFMTU), REQUEST(SIOCSIFMTU),
	REQUEST(SIOCGIFHWADDR), REQUEST(SIOCSIFHWADDR), REQUEST(SIOCGIFTXQLEN), REQUEST(SIOCSIFTXQLEN),
	REQUEST(SIOCGHWTSTAMP), REQUEST(SIOCSHWTSTAMP), REQUEST(SIOCETHTOOL),
	REQUEST(SIOCKCMATTACH), REQUEST(SIOCKCMUNATTACH), REQUEST(SIOCKCMCLONE), REQUEST(SIOCMCTPALLOCTAG),
	REQUEST(SIOCMCTPDROPTAG), REQUEST(PPPOEIOCSFWD), REQUEST(PPPOEIOCDFWD), REQUEST(PPPIOCGCHAN), REQUEST(PPPIOCGMRU),
	{"SIOCUNIXFILE", SIOCPROTOPRIVATE + 0}, // from <linux/un.h>, which conflicts with <sys/un.h>
};

unsigned long cref_ioctl_number(const char *name)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		if (strcmp(requests[i].name, name) == 0)
			return requests[i].number;
	return 0;
}

int cref_ioctl_int(int fd, const char *name, int *value)
{
	return ioctl(fd, cref_ioctl_number(name), value) < 0 ? -errno : 0;
}

int cref_ioctl_ifreq(int fd, const char *name, const char *ifname, uint8_t *value)
{
	struct ifreq r = {0};
	strncpy(r.ifr_name, ifname, IFNAMSIZ - 1);
	memcpy(&r.ifr_ifru, value, sizeof(r.ifr_ifru));
	if (ioctl(fd, cref_ioctl_number(name), &r) < 0)
		return -errno;
	memcpy(value, &r.ifr_ifru, sizeof(r.ifr_ifru));
	return 0;
}

static int with_data(int fd, unsigned long request, const char *ifname, void *data)
{
	struct ifreq r = {0};
	strncpy(r.ifr_name, ifname, IFNAMSIZ - 1);
	r.ifr_data = data;
	return ioctl(fd, request, &r) < 0 ? -errno : 0;
}

int cref_ts_info(int fd, const char *ifname, int32_t *out)
{
	struct ethtool_ts_info info = {.cmd = ETHTOOL_GET_TS_INFO};
	int r = with_data(fd, SIOCETHTOOL, ifname, &info);
	out[0] = (int32_t)info.so_timestamping;
	out[1] = info.phc_index;
	out[2] = (int32_t)info.tx_types;
	out[3] = (int32_t)info.rx_filters;
	return r;
}

int cref_hwtstamp(int fd, const char *ifname, int set, int32_t *config)
{
	struct hwtstamp_config c = {.flags = config[0], .tx_type = config[1], .rx_filter = config[2]};
	int r = with_data(fd, set ? SIOCSHWTSTAMP : SIOCGHWTSTAMP, ifname, &c);
	config[0] = c.flags;
	config[1] = c.tx_type;
	config[2] = c.rx_filter;
	return r;
}
