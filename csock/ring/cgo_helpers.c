// The helpers; cgo_helpers.h has their contracts.

#include "cgo_helpers.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

int csock_ring_map(int fd, void *at, size_t length, int64_t offset, void **out)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED;
	if (at)
		flags |= MAP_FIXED;
	void *p = mmap(at, length, PROT_READ | PROT_WRITE, flags, fd, (off_t)offset);
	if (p == MAP_FAILED)
		return -errno;
	*out = p;
	return 0;
}

int csock_ring_error(int fd)
{
	int pending = 0;
	socklen_t len = sizeof(pending);
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &len) < 0 ? -errno : pending;
}

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	// Glibc has no function for it.
	long r = syscall(SYS_bpf, cmd, attr, sizeof(*attr));
	return r < 0 ? -errno : (int)r;
}

int csock_ring_xskmap(uint32_t entries)
{
	union bpf_attr attr;
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_XSKMAP;
	attr.key_size = sizeof(uint32_t);
	attr.value_size = sizeof(int);
	attr.max_entries = entries;
	return bpf(BPF_MAP_CREATE, &attr);
}

int csock_ring_xskmap_set(int map, uint32_t queue, int socket)
{
	union bpf_attr attr;
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)map;
	attr.key = (uint64_t)(uintptr_t)&queue;
	attr.value = (uint64_t)(uintptr_t)&socket;
	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

int csock_ring_xskmap_delete(int map, uint32_t queue)
{
	union bpf_attr attr;
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)map;
	attr.key = (uint64_t)(uintptr_t)&queue;
	return bpf(BPF_MAP_DELETE_ELEM, &attr);
}

int csock_ring_redirect(int map)
{
	// return bpf_redirect_map(map, ctx->rx_queue_index, XDP_PASS);
	const char *license = "MIT";
	// clang-format off
	struct bpf_insn code[] = {
		{.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_1,
		 .off = offsetof(struct xdp_md, rx_queue_index)},
		{.code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map},
		{.code = 0}, // the upper half of a 64-bit operand
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map},
		{.code = BPF_JMP | BPF_EXIT},
	};
	// clang-format on
	union bpf_attr attr;
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.expected_attach_type = BPF_XDP;
	attr.insns = (uint64_t)(uintptr_t)code;
	attr.insn_cnt = sizeof(code) / sizeof(code[0]);
	attr.license = (uint64_t)(uintptr_t)license;
	strcpy(attr.prog_name, "csock_redirect");
	// The kernel gives up a check of the program when a signal arrives. Go's runtime sends some.
	int program, tries = 10;
	do
		program = bpf(BPF_PROG_LOAD, &attr);
	while (program == -EAGAIN && --tries > 0);
	return program;
}

int csock_ring_attach(int program, uint32_t ifindex, uint32_t flags)
{
	union bpf_attr attr;
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (uint32_t)program;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = flags;
	return bpf(BPF_LINK_CREATE, &attr);
}

int csock_ring_close(int fd)
{
	return close(fd) < 0 ? -errno : 0;
}

#else

// Systems without AF_XDP. Each function has its own arguments to ignore.

int csock_ring_map(int fd, void *at, size_t length, int64_t offset, void **out)
{
	(void)fd, (void)at, (void)length, (void)offset, (void)out;
	return -CSOCK_RING_ELACKS;
}

int csock_ring_error(int fd)
{
	(void)fd;
	return -CSOCK_RING_ELACKS;
}

int csock_ring_xskmap(uint32_t entries)
{
	(void)entries;
	return -CSOCK_RING_ELACKS;
}

int csock_ring_xskmap_set(int map, uint32_t queue, int socket)
{
	(void)map, (void)queue, (void)socket;
	return -CSOCK_RING_ELACKS;
}

int csock_ring_xskmap_delete(int map, uint32_t queue)
{
	(void)map, (void)queue;
	return -CSOCK_RING_ELACKS;
}

int csock_ring_redirect(int map)
{
	(void)map;
	return -CSOCK_RING_ELACKS;
}

int csock_ring_attach(int program, uint32_t ifindex, uint32_t flags)
{
	(void)program, (void)ifindex, (void)flags;
	return -CSOCK_RING_ELACKS;
}

int csock_ring_close(int fd)
{
	(void)fd;
	return -CSOCK_RING_ELACKS;
}

#endif
