//go:build cgo

// Package ring receives and sends packets in memory that a socket shares with the kernel, without a copy and without a system
// call for each: the rings of packet(7) ([TPacket]: PACKET_RX_RING and PACKET_TX_RING, TPACKET_V2 and TPACKET_V3) and of AF_XDP ([XDP]). The
// sockets, addresses and options are package csock's, the structs are the kernel's own.
//
// # Receiving
//
// Next waits for frames and returns those that are there as a [Block] or an [XDPBatch]. Its Frames iterates over them, and its
// Release gives their memory back to the kernel:
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
// Statistics counts what was lost because the ring was full. A ring of TPACKET_V3 is the quickest for many packets: the kernel
// fills blocks, and wakes the reader once a block, when it is full or its RetireTime is over. One of TPACKET_V2 has each packet at once.
//
// # Sending
//
// Buffer returns the memory of the next frame, Queue queues what the caller has put there, and Flush tells the kernel, once for many
// frames.
//
// # Waiting
//
// A call that has to wait parks its goroutine on Go's network poller, and no thread. A context, a deadline or Close ends that. No call allocates, but
// for a context that can end, which costs a few small objects where the call has to wait.
//
// # Memory
//
// What Frames and Buffer give are slices of the shared memory. They are good until Release, or Queue. Close may race everything: it ends
// the calls that wait, and the memory stays mapped for as long as a block, a batch or a buffer is held. A slice that is used later than that
// is a mistake, as with a bufio.Scanner's bytes, but a memory-safe one: its addresses stay mapped to other frames, or after Close to zeros, and
// are never given to anybody else. A ring that is lost is closed when it is collected, and so is one that was closed while
// something was held for good.
//
// Other systems than Linux have no such rings: there NewTPacket, NewXDP and NewXSKMap return an error for which
// errors.Is(err, [errors.ErrUnsupported]) holds.
package ring
