// The pure C side of the benchmarks: each loop does what the Go contenders' shared loops do, n
// times, in one call from Go. All return 0, or minus errno.

#ifndef CSOCK_BENCH_C_LINUX_H
#define CSOCK_BENCH_C_LINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int bench_c_empty(long n);
int bench_c_getppid(long n);
int bench_c_frames(char call, int a, int b, int depth, long n); // call: none, getppid or udp, by its first letter
int bench_c_getsockopt(int fd, long n);
int bench_c_setsockopt(int fd, long n);
int bench_c_socket(long n);
int bench_c_socketpair(long n);
int bench_c_bind(const void *addr, unsigned addrlen, long n);
int bench_c_accept(int listener, const void *addr, unsigned addrlen, long n);
int bench_c_sendrecv(int a, int b, const char *out, char *in, size_t size, long n);
int bench_c_syscall_sendrecv(int a, int b, const char *out, char *in, size_t size, long n);
int bench_c_sendto(int a, int b, const void *addr, unsigned addrlen, const char *out, char *in, size_t size, long n);
int bench_c_sendmsg(int a, int b, const void *from, const void *addr, unsigned addrlen, const char *out, char *in, size_t size, int ecn, long n);
int bench_c_vectored(int a, int b, char *out, char *in, size_t bufs, size_t size, long n);
int bench_c_gso(int a, int b, const void *addr, unsigned addrlen, const char *out, char *in, size_t len, size_t seg, long n);
int bench_c_sendfile(int a, int b, int file, char *in, size_t size, long n);

// A batch to send and one to receive, made once.
void *bench_c_batch_make(const void *addr, unsigned addrlen, unsigned batch, size_t size);
int bench_c_batch_run(void *batch, int a, int b, long n);
void bench_c_batch_free(void *batch);

// Round trips against an echo loop in another thread. bench_c_echo starts it; a message whose first
// byte is *quit* ends it.
void *bench_c_echo(int fd, size_t size, char quit);
int bench_c_echo_join(void *echo);
int bench_c_pingpong(int fd, char *out, char *in, size_t size, long n, double *ns);

// Threads that wait for work on one pair of sockets.
void *bench_c_crew(int a, int b, size_t size, int workers);
int bench_c_crew_run(void *crew, long n);
void bench_c_crew_free(void *crew);

// Sockets that stay open; with reading set, each has a thread that reads from it.
int bench_c_hold(int sockets, int reading);

const char *bench_cgo_compiler(void);
const char *bench_cgo_libc(void);

// The smallest calls, for the contender that crosses from Go each time.
void bench_cgo_empty(void);
int bench_cgo_getppid(void);
int bench_cgo_getsockopt(int fd, int *value);
int bench_cgo_setsockopt(int fd, int value);
int bench_cgo_socket(void);
int bench_cgo_socketpair(int *a, int *b);
int bench_cgo_bind(int fd, const char *addr, unsigned addrlen);
int bench_cgo_close(int fd);
long bench_cgo_send(int fd, const char *p, size_t n);
long bench_cgo_recv(int fd, char *p, size_t n);
long bench_cgo_sendfile(int fd, int file, size_t n);
// The same calls without libc's cancellation points.
long bench_cgo_syscall_send(int fd, const char *p, size_t n);
long bench_cgo_syscall_recv(int fd, char *p, size_t n);
// Some of them as csock makes them: the result is stored in *r.
void bench_cgo_getsockopt_to(int fd, int *value, int *r);
void bench_cgo_setsockopt_to(int fd, int value, int *r);
void bench_cgo_send_to(int fd, const char *p, size_t n, long *r);
void bench_cgo_recv_to(int fd, char *p, size_t n, long *r);
void bench_cgo_syscall_send_to(int fd, const char *p, size_t n, long *r);
void bench_cgo_syscall_recv_to(int fd, char *p, size_t n, long *r);

#endif
