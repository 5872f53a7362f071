//go:build cgo

package csock

import "github.com/csock/go-csock/csock/internal/sys"

// Filters of received packets, at level SOL_SOCKET. See socket(7), bpf(2), and filter.rst of the
// kernel's documentation.

var sockFprogCodec = platformCodec[[]SockFilter]("struct sock_fprog")

// SO_ATTACH_FILTER attaches a classic BPF program that decides which packets the socket receives,
// and how much of each. For a TCP socket recent kernels return EPERM without CAP_NET_ADMIN.
var SO_ATTACH_FILTER Option[[]SockFilter] = declare(sockFprogCodec, canSet, "SO_ATTACH_FILTER",
	sys.SOL_SOCKET, sys.SO_ATTACH_FILTER)

// SO_GET_FILTER is the program attached by SO_ATTACH_FILTER, empty if there is none.
var SO_GET_FILTER Option[[]SockFilter] = declare(sockFprogCodec, canGet, "SO_GET_FILTER",
	sys.SOL_SOCKET, sys.SO_GET_FILTER)

// SO_DETACH_FILTER removes the program; without one it returns ENOENT.
var SO_DETACH_FILTER Option[struct{}] = declare(noneCodec, canSet, "SO_DETACH_FILTER",
	sys.SOL_SOCKET,
	sys.SO_DETACH_FILTER)

// SO_LOCK_FILTER locks the program permanently: changing or removing it then returns EPERM.
var SO_LOCK_FILTER Option[bool] = declare(boolCodec, canBoth, "SO_LOCK_FILTER", sys.SOL_SOCKET,
	sys.SO_LOCK_FILTER)

// SO_ATTACH_BPF attaches an eBPF program of type BPF_PROG_TYPE_SOCKET_FILTER, by file descriptor,
// to do what SO_ATTACH_FILTER's does. The descriptor stays the caller's.
var SO_ATTACH_BPF Option[int] = declare(fdCodec, canSet, "SO_ATTACH_BPF", sys.SOL_SOCKET,
	sys.SO_ATTACH_BPF)

// SO_DETACH_BPF is another name of SO_DETACH_FILTER.
var SO_DETACH_BPF Option[struct{}] = declare(noneCodec, canSet, "SO_DETACH_BPF", sys.SOL_SOCKET,
	sys.SO_DETACH_BPF)

// SO_ATTACH_REUSEPORT_CBPF attaches a classic BPF program that chooses which of the sockets that
// share an address by SO_REUSEPORT receives a packet. Its result is the socket's index in the order
// of Bind, or for TCP of Listen.
var SO_ATTACH_REUSEPORT_CBPF Option[[]SockFilter] = declare(sockFprogCodec, canSet,
	"SO_ATTACH_REUSEPORT_CBPF", sys.SOL_SOCKET, sys.SO_ATTACH_REUSEPORT_CBPF)

// SO_ATTACH_REUSEPORT_EBPF attaches an eBPF program, by file descriptor, to do what
// SO_ATTACH_REUSEPORT_CBPF's does.
var SO_ATTACH_REUSEPORT_EBPF Option[int] = declare(fdCodec, canSet, "SO_ATTACH_REUSEPORT_EBPF",
	sys.SOL_SOCKET, sys.SO_ATTACH_REUSEPORT_EBPF)

// SO_DETACH_REUSEPORT_BPF removes the program that chooses the socket; without one it returns
// ENOENT.
var SO_DETACH_REUSEPORT_BPF Option[struct{}] = declare(noneCodec, canSet, "SO_DETACH_REUSEPORT_BPF",
	sys.SOL_SOCKET, sys.SO_DETACH_REUSEPORT_BPF)

// SO_BPF_EXTENSIONS is the highest number of the kernel's extensions to classic BPF (SKF_AD_MAX).
var SO_BPF_EXTENSIONS Option[int] = declare(intCodec, canGet, "SO_BPF_EXTENSIONS", sys.SOL_SOCKET,
	sys.SO_BPF_EXTENSIONS)

// fdCodec is for a file descriptor.
var fdCodec = newIntCodec[int]("fd")

// AttachFilter attaches a classic BPF program that filters received packets ([SO_ATTACH_FILTER]).
func (s *Socket) AttachFilter(program []SockFilter) error {
	return SO_ATTACH_FILTER.Set(s, program)
}

// DetachFilter removes the filter program ([SO_DETACH_FILTER]).
func (s *Socket) DetachFilter() error { return SO_DETACH_FILTER.Set(s, struct{}{}) }
