// Package work defines the rows, which are measured, and the contenders, which do the work.
//
// A row is one piece of work, such as sending and receiving a 64-byte UDP datagram. A contender is
// one way to reach the system calls that the row needs. Each pair of the two is defined once, here,
// and serves the testing.B functions, the runner and the test that counts system calls.
//
// The rules that make a row fair:
//
//   - One helper creates the sockets for every contender, with the same options, and each
//     contender gets their descriptors. Contenders that drive Go's network poller switch them to
//     non-blocking, since the poller requires it.
//   - All Go contenders of an I/O row share one loop and differ only in the methods that it
//     calls. The pure C loop does the same in one cgo call for all iterations.
//   - Buffers and addresses are made before the clock starts; what an API makes anew for each
//     call, it makes in the loop.
//   - Every socket has a timeout, or is closed after a time by a timer that no call looks at, so
//     that nothing hangs.
package work
