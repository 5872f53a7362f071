//go:build cgo

// Package ring receives and sends packets in memory that a socket shares with the kernel, without
// copies and without a system call for each packet. It has the rings of packet(7) ([TPacket]:
// PACKET_RX_RING and PACKET_TX_RING, TPACKET_V2 and TPACKET_V3) and of AF_XDP ([XDP]). The sockets,
// addresses and options are package csock's. The structs are the kernel's own.
//
// # Receiving
//
// Next waits for frames and returns those received so far as a [Block] or an [XDPBatch]. Its Frames
// iterates over them, and its Release returns their memory to the kernel:
//
//	for {
//		b, err := p.Next(ctx)
//		if err != nil {
//			return err
//		}
//		for f := range b.Frames() {
//			use(f.Data())
//		}
//		b.Release()
//	}
//
// Statistics counts the frames dropped because the ring was full. A TPACKET_V3 ring is the fastest
// for many packets: the kernel fills blocks, and wakes the reader once per block. It does so when
// the block is full or its RetireTime has passed. A TPACKET_V2 ring delivers each packet at once.
//
// # Sending
//
// Buffer returns the memory of the next frame, and Queue queues what the caller has written there.
// Flush makes the kernel send many frames at once.
//
// # Waiting
//
// A call that has to wait parks its goroutine on Go's network poller and not a thread. A context, a
// deadline or Close ends the wait. Calls do not allocate, with two exceptions. A context that can
// end costs a few small objects where the call has to wait, and QueueMetadata allocates one.
//
// # Memory
//
// Frames and Buffer return slices of the shared memory. They are valid until Release or Queue.
// Close may run concurrently with everything. It ends waiting calls, and the memory stays mapped
// while a block, a batch or a buffer is held. Using a slice later is a mistake, as with a
// bufio.Scanner's bytes, but memory-safe. Its addresses stay mapped to other frames, or after Close
// to zeros, and are never reused for anything else. An unreachable ring is closed when it is
// collected, which also frees a closed ring with a block or buffer that was never released.
//
// Systems other than Linux have no such rings: there NewTPacket, NewXDP and NewXSKMap return an
// error for which errors.Is(err, [errors.ErrUnsupported]) holds.
package ring
