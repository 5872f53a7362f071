//go:build cgo

// Package csock is the platform's own C socket API.
//
// A [Socket] is what socket(2) returns. Its methods are the calls of the C library, made through cgo
// with the platform's native structs: one method is one system call, unless it says otherwise.
// [SockAddr] is a sockaddr_storage, [MsgHdr] a msghdr, and socket options are typed variables under
// their C names:
//
//	s, err := csock.New(csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_TCP)
//	err = s.Set(csock.IPV6_V6ONLY.To(false), csock.SO_REUSEADDR.To(true))
//	err = s.Bind(csock.InetAddr(netip.MustParseAddrPort("[::]:8080")))
//	err = s.Listen(128)
//
// # Names
//
// A C constant keeps its C name and gains a Go type: [AF_INET6] is a [Domain], [SOCK_STREAM] a
// [Type], [IPPROTO_TCP] a [Protocol], [MSG_PEEK] a [MsgFlags], [SHUT_RD] a [Shutdown], and
// [SO_REUSEADDR] an [Option] of bool. An operation has the name that it has in Rust's socket2 crate, in
// Go's spelling: set_reuse_address is [Socket.SetReuseAddress]. What the platform lacks exists
// all the same and returns an error for which errors.Is(err, [errors.ErrUnsupported]) holds.
//
// # Direct calls
//
// A call on a Socket hides nothing. EINTR and EAGAIN reach the caller, a short write is a short
// write, and a call that waits in the kernel holds its thread until the kernel ends it. A
// failed call is an [*os.SyscallError] around a [syscall.Errno]. Go's runtime sends its threads
// signals. The kernel resumes a waiting call after them, except on a socket with [SO_RCVTIMEO] or
// [SO_SNDTIMEO], where the call returns EINTR. See signal(7).
//
// # Messages
//
// A [MsgHdr] goes through sendmsg(2) and recvmsg(2) with its control messages. [AppendRights] and
// its like build these, and [ControlMessages] iterates over them. A [Batch] is many messages for one
// sendmmsg(2) or recvmmsg(2).
//
// # Goroutines, and package net
//
// [Socket.IntoConn] and [Socket.IntoListener] put a socket on Go's network poller: a call that has to
// wait parks its goroutine, and deadlines and contexts end it. Options are read and set on all of them as
// on a Socket. [TCPConn], [UDPConn], [IPConn] and [UnixConn] add the methods of package net's types, which
// libraries ask for. [Borrow], [Apply] and [ControlFunc] reach the options of the sockets that package net
// made.
//
// A library that takes a *net.UDPConn and nothing else gets one by [Socket.IntoNetPacketConn]. Or leave
// it package net's, and make csock's calls on the duplicate that [FromNet] returns.
//
// # Lifetime
//
// Close may race any other call. A descriptor is closed once, after the last call in flight has
// released its number; later calls return [net.ErrClosed]. Close does not wake a call that waits in
// the kernel: call [Socket.Shutdown] first. A Socket that becomes unreachable closes when it is
// collected, as an [os.File] does.
//
// # Allocation
//
// Calls that send or receive up to 64 buffers allocate nothing. Neither do options that are a bool,
// an integer or a duration. A failing call allocates its error once per system call and errno; a
// failing option allocates every time. Options of strings and larger structs, Borrow and its
// like, and what makes a Socket or a Conn allocate.
//
// # More
//
// In the repository: examples/ has small programs for what people want of sockets; docs/options.md
// lists all options by level and by name; docs/porting-from-c.md, porting-from-xsys.md,
// porting-from-net.md and socket2.md go through what other APIs have and where it is here.
package csock

//go:generate go run ../internal/sysnames
//go:generate go run ../internal/optionsdoc
