//go:build cgo

package csock

// #include "cgo_helpers.h"
import "C"

// Options of every socket, at level SOL_SOCKET. See socket(7).
var (
	// SO_REUSEADDR lets Bind take an address that lingers from an earlier socket.
	SO_REUSEADDR = declare(boolCodec, canBoth, "SO_REUSEADDR", C.SOL_SOCKET, C.SO_REUSEADDR)
	// SO_TYPE is the socket's type.
	SO_TYPE = declare(newIntCodec[Type]("int"), canGet, "SO_TYPE", C.SOL_SOCKET, C.SO_TYPE)
	// SO_DOMAIN is the socket's address family.
	SO_DOMAIN = declare(newIntCodec[Domain]("int"), canGet, "SO_DOMAIN", C.SOL_SOCKET, C.SO_DOMAIN)
	// SO_PROTOCOL is the socket's protocol.
	SO_PROTOCOL = declare(newIntCodec[Protocol]("int"), canGet, "SO_PROTOCOL", C.SOL_SOCKET, C.SO_PROTOCOL)
	// SO_ACCEPTCONN tells whether the socket listens.
	SO_ACCEPTCONN = declare(boolCodec, canGet, "SO_ACCEPTCONN", C.SOL_SOCKET, C.SO_ACCEPTCONN)
	// SO_ERROR is the pending error, an errno, which getting clears.
	SO_ERROR = declare(intCodec, canGet, "SO_ERROR", C.SOL_SOCKET, C.SO_ERROR)
)

// SetReuseAddress sets SO_REUSEADDR.
func (s *Socket) SetReuseAddress(on bool) error { return SO_REUSEADDR.Set(s, on) }

// ReuseAddress returns SO_REUSEADDR.
func (s *Socket) ReuseAddress() (bool, error) { return SO_REUSEADDR.Get(s) }
