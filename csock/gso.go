//go:build cgo

package csock

import "iter"

// Datagrams splits a payload that the kernel joined from several datagrams ([UDP_GRO]). Each part
// has size bytes; the last may be shorter. size is the value of the control message UDP_GRO.
// Without that message, or with 0, the payload is one datagram.
//
// Datagrams neither copies nor allocates. The kernel splits a payload sent with [UDP_SEGMENT] in
// the same way. See udp(7).
func Datagrams(payload []byte, size int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		rest := payload
		for size > 0 && len(rest) > size {
			if !yield(rest[:size:size]) {
				return
			}
			rest = rest[size:]
		}
		yield(rest)
	}
}
