//go:build cgo

package csock

import "iter"

// Datagrams cuts a payload that the kernel has made of several datagrams (UDP_GRO) into these: size bytes each, but for the last,
// which may be shorter. size is what the control message UDP_GRO says; without it, or 0, the payload is one datagram. It makes no copy
// and allocates nothing. The same cut is what the kernel makes of a payload that is sent with UDP_SEGMENT. See udp(7).
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
