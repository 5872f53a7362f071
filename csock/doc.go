//go:build cgo

// Package csock is the platform's own C socket API.
//
// A [Socket] is what socket(2) returns. Its methods call the C library through cgo, with the
// platform's native structs. One method makes one system call, unless its comment says otherwise.
// [SockAddr] is a sockaddr_storage, [MsgHdr] is a msghdr, and socket options are typed variables
// under their C names:
//
//	s, err := csock.New(csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_TCP)
//	err = s.Set(csock.IPV6_V6ONLY.To(false), csock.SO_REUSEADDR.To(true))
//	err = s.Bind(csock.InetAddr(netip.MustParseAddrPort("[::]:8080")))
//	err = s.Listen(128)
//
// # Names
//
// A C constant keeps its C name and gains a Go type. [AF_INET6] is a [Domain], [SOCK_STREAM] a
// [Type], [IPPROTO_TCP] a [Protocol], [MSG_PEEK] a [MsgFlags], [SHUT_RD] a [Shutdown], and
// [SO_REUSEADDR] an [Option] of bool. A C struct keeps its name, in Go's spelling: struct tcp_info
// is [TCPInfo]. A type that is two C structs in one, or a member of a union, has a name of its own,
// such as [PacketInfo]. An operation has its name in Rust's socket2 crate, in Go's spelling:
// set_reuse_address is [Socket.SetReuseAddress]. Names that the platform lacks exist all the same.
// Using one returns an error for which errors.Is(err, [errors.ErrUnsupported]) holds.
//
// # Direct calls
//
// A call on a Socket hides nothing. EINTR and EAGAIN reach the caller, and a short write is a short
// write. A call that blocks in the kernel holds its thread until the kernel ends it. A failed call
// returns an [*os.SyscallError] around a [syscall.Errno].
//
// Go's runtime sends signals to its threads. The kernel resumes a blocked call after such a signal.
// On a socket with [SO_RCVTIMEO] or [SO_SNDTIMEO] it does not: the call returns EINTR. See
// signal(7).
//
// # Messages
//
// A [MsgHdr] carries data and control messages through sendmsg(2) and recvmsg(2). [AppendRights]
// and its siblings build control messages, and [ControlMessages] iterates over them. A [Batch] is
// many messages for one sendmmsg(2) or recvmmsg(2).
//
// # Goroutines, and package net
//
// [Socket.IntoConn] and [Socket.IntoListener] put a socket on Go's network poller: a call that has
// to wait parks its goroutine, and deadlines and contexts end it. Options are read and set on all
// of them as on a Socket. [TCPConn], [UDPConn], [IPConn] and [UnixConn] add the methods of package
// net's types, for libraries that need them. [Borrow], [Apply] and [ControlFunc] reach the options
// of sockets that package net made.
//
// For a library that accepts only a *net.UDPConn, [Socket.IntoNetPacketConn] makes one.
// Alternatively, keep package net's connection and make csock's calls on the duplicate that
// [FromNet] returns.
//
// # Lifetime
//
// Close may run concurrently with any other call. A descriptor is closed once, after the last call
// in flight has released its number; later calls return [net.ErrClosed]. Close does not wake a call
// that blocks in the kernel: call [Socket.Shutdown] first. An unreachable Socket is closed when it
// is collected, as an [os.File] is.
//
// # Allocation
//
// Calls that send or receive allocate nothing, with any number of buffers. Options that are a bool,
// an integer or a duration allocate nothing either. On a [Conn] three things make a few small
// allocations:
//   - a wait under a context that can end
//   - ReadFrom and WriteTo of a file
//   - a wait for an event that the system does not report
//
// A failing call allocates its error once per system call and errno; a failing option allocates
// every time. These allocate: options of strings and larger structs, Borrow and the functions built
// on it, and calls that make a Socket or a Conn.
//
// # More
//
// In the repository, [examples] has small programs for common uses of sockets, and [options.md]
// lists all options by level and by name. [porting-from-c.md], [porting-from-xsys.md],
// [porting-from-net.md] and [socket2.md] map other APIs to this one.
//
// [examples]: https://github.com/csock/go-csock/tree/main/examples
// [options.md]: https://github.com/csock/go-csock/blob/main/docs/options.md
// [porting-from-c.md]: https://github.com/csock/go-csock/blob/main/docs/porting-from-c.md
// [porting-from-xsys.md]: https://github.com/csock/go-csock/blob/main/docs/porting-from-xsys.md
// [porting-from-net.md]: https://github.com/csock/go-csock/blob/main/docs/porting-from-net.md
// [socket2.md]: https://github.com/csock/go-csock/blob/main/docs/socket2.md
package csock

//go:generate go run ../internal/sysnames
//go:generate go run ../internal/optionsdoc
//go:generate go run ../internal/systemsdoc
