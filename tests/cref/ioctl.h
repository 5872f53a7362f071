// poll(2) and ioctl(2) in plain C.

#ifndef CREF_IOCTL_H
#define CREF_IOCTL_H

#include <stdint.h>

int cref_poll(const int *fds, const short *events, short *revents, int n, int ms);
unsigned long cref_ioctl_number(const char *name); // 0: unknown
int cref_ioctl_int(int fd, const char *name, int *value);
// A request about an interface: the 24 bytes after its name, in and out.
int cref_ioctl_ifreq(int fd, const char *name, const char *ifname, uint8_t *value);
// The timestamping information of an interface: so_timestamping, phc_index, tx_types, rx_filters.
int cref_ts_info(int fd, const char *ifname, int32_t *out);
int cref_hwtstamp(int fd, const char *ifname, int set, int32_t *config);

#endif
