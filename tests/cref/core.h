// The socket calls in plain C, for tests that compare csock with them.

#ifndef CREF_CORE_H
#define CREF_CORE_H

#include <stdint.h>
#include <sys/types.h>

#define CREF_ADDR_MAX 128

// Addresses as a C program writes them. Each returns the length that the program would pass.
int core_inet4(const char *ip, unsigned port, uint8_t *out);
int core_inet6(const char *ip, unsigned port, uint32_t flow, uint32_t scope, uint8_t *out);
int core_unix(const char *path, size_t n, uint8_t *out);
int core_vsock(unsigned cid, unsigned port, uint8_t *out);
int core_packet(unsigned protocol, int ifindex, const uint8_t *hw, size_t n, uint8_t *out);
int core_netlink(unsigned pid, unsigned groups, uint8_t *out);

// Calls: the result or minus errno.
int core_getsockname(int fd, uint8_t *out);
int core_getpeername(int fd, uint8_t *out);
int core_bind(int fd, const uint8_t *sa, int len);
int core_connect(int fd, const uint8_t *sa, int len);
ssize_t core_sendto(int fd, const uint8_t *p, size_t n, int flags, const uint8_t *sa, int len);
ssize_t core_sendmsg(int fd, const uint8_t *p, size_t n, int flags, const uint8_t *sa, int len);
ssize_t core_recvmsg(int fd, uint8_t *p, size_t n, int *flags, uint8_t *sa, int *len);
ssize_t core_sendfile(int fd, int file, int64_t offset, size_t n);
ssize_t core_sendfile_next(int fd, int file, size_t n);
ssize_t core_discard(int fd, size_t n, int flags);
ssize_t core_splice(int from, int to, size_t n, unsigned flags);
ssize_t core_tee(int from, int to, size_t n, unsigned flags);

#endif
