//go:build cgo

package csock

import (
	"fmt"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_MCTP: between the controllers of one machine, since Linux 5.15. See the kernel's
// Documentation/networking/mctp.rst and linux/mctp.h.

// An MCTPEID is the number of an endpoint in a network.
type MCTPEID uint8

// Special endpoints and networks.
const (
	MCTP_ADDR_NULL MCTPEID = sys.MCTP_ADDR_NULL // an endpoint without a number yet
	MCTP_ADDR_ANY  MCTPEID = sys.MCTP_ADDR_ANY  // in Bind: messages to any endpoint of this machine
	MCTP_NET_ANY   uint32  = sys.MCTP_NET_ANY   // in Bind: any network; in SendTo: the default one
)

// An MCTPTag is the tag of a message, in the lowest bits, and its flags.
type MCTPTag uint8

// See linux/mctp.h.
const (
	MCTP_TAG_MASK     MCTPTag = sys.MCTP_TAG_MASK     // the bits of the tag
	MCTP_TAG_OWNER    MCTPTag = sys.MCTP_TAG_OWNER    // a request; in SendTo, the kernel chooses its tag
	MCTP_TAG_PREALLOC MCTPTag = sys.MCTP_TAG_PREALLOC // a tag that SIOCMCTPALLOCTAG returned
)

// A SockaddrMCTP is a struct sockaddr_mctp, an endpoint and a type of messages. With HardwareAddr
// it is a struct sockaddr_mctp_ext, for sockets with MCTP_OPT_ADDR_EXT. It then holds the interface
// and the address there that the kernel would otherwise look up.
type SockaddrMCTP struct {
	Network uint32
	Addr    MCTPEID
	Type    uint8
	Tag     MCTPTag

	Ifindex      int    // only with HardwareAddr
	HardwareAddr string // its bytes; at most 32
}

var mctpAddrs = newAddrForm(AF_MCTP, func(sa SockaddrMCTP) string {
	return fmt.Sprintf("mctp:%d:%d:%d", sa.Network, sa.Addr, sa.Type)
})

// MCTPAddr returns the address of an endpoint. It is not valid where the platform has no AF_MCTP,
// or if HardwareAddr is too long.
func MCTPAddr(sa SockaddrMCTP) SockAddr { return mctpAddrs.make(sa) }

// MCTP returns the values of an AF_MCTP address.
func (a SockAddr) MCTP() (SockaddrMCTP, bool) { return mctpAddrs.read(a) }

// SOL_MCTP is the level of the options of AF_MCTP sockets.
const SOL_MCTP Level = sys.SOL_MCTP

// MCTP_OPT_ADDR_EXT makes a socket's addresses those with a HardwareAddr. To set it needs
// CAP_NET_RAW.
var MCTP_OPT_ADDR_EXT Option[bool] = declare(boolCodec, canBoth,
	"MCTP_OPT_ADDR_EXT", sys.SOL_MCTP, sys.MCTP_OPT_ADDR_EXT)

// SIOCMCTPALLOCTAG reserves a tag for requests to an endpoint. Get returns it with its flags, for
// the Tag of addresses. Since Linux 5.18.
var SIOCMCTPALLOCTAG IoctlOf[MCTPEID, MCTPTag] = IoctlOf[MCTPEID, MCTPTag]{
	r: newRequest("SIOCMCTPALLOCTAG", sys.SIOCMCTPALLOCTAG),
	get: func(s *Socket, r *request, eid MCTPEID) (MCTPTag, error) {
		return s.ioctlMCTP(r, eid, 0)
	},
}

// SIOCMCTPDROPTAG ends the reservation of a tag, by Set.
var SIOCMCTPDROPTAG IoctlOf[MCTPEID, MCTPTag] = IoctlOf[MCTPEID, MCTPTag]{
	r: newRequest("SIOCMCTPDROPTAG", sys.SIOCMCTPDROPTAG),
	set: func(s *Socket, r *request, eid MCTPEID, tag MCTPTag) error {
		_, err := s.ioctlMCTP(r, eid, tag)
		return err
	},
}

// ioctlMCTP makes a request about a tag, and returns the tag that the kernel wrote.
func (s *Socket) ioctlMCTP(r *request, eid MCTPEID, tag MCTPTag) (MCTPTag, error) {
	// struct mctp_ioc_tag_ctl, which headers before 5.18 lack.
	req := struct {
		eid   MCTPEID
		tag   MCTPTag
		flags uint16
	}{eid: eid, tag: tag}
	err := r.end(s, s.ioctl(r.number, bytesOf(&req)))
	return req.tag, err
}
