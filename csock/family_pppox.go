//go:build cgo

package csock

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_PPPOX: PPP over Ethernet, L2TP and PPTP. The kernel carries the data; the program
// negotiates the session, and connects the socket to a PPP channel. See linux/if_pppox.h.

// Protocols of AF_PPPOX sockets, the third argument of New.
const (
	PX_PROTO_OE    Protocol = sys.PX_PROTO_OE    // PPP over Ethernet
	PX_PROTO_OL2TP Protocol = sys.PX_PROTO_OL2TP // PPP over L2TP
	PX_PROTO_PPTP  Protocol = sys.PX_PROTO_PPTP  // PPP over PPTP
)

// A SockaddrPPPoE is a struct sockaddr_pppox of PX_PROTO_OE: a session over an Ethernet interface.
type SockaddrPPPoE struct {
	SID    uint16           // the session; 0 in Connect ends the socket's session
	Remote net.HardwareAddr // the access concentrator, 6 bytes
	Dev    string           // the interface
}

// A SockaddrPPTP is a struct sockaddr_pppox of PX_PROTO_PPTP: a call.
type SockaddrPPTP struct {
	CallID uint16
	Addr   netip.Addr // IPv4
}

// A SockaddrPPPoL2TP is a struct sockaddr_pppol2tp, or for L2TPv3 and IPv6 one of its siblings: a
// session in a tunnel.
type SockaddrPPPoL2TP struct {
	V3   bool           // L2TPv3, whose numbers have 32 bits; else they have 16
	PID  int            // 0: this process
	FD   int            // the descriptor of the tunnel's socket
	Addr netip.AddrPort // of the peer, IPv4 or IPv6

	STunnel, SSession uint32 // the numbers of this side
	DTunnel, DSession uint32 // the numbers of the peer
}

var (
	pppoeAddrs = newAddrForm(AF_PPPOX, func(sa SockaddrPPPoE) string {
		return fmt.Sprintf("pppoe:%s:%v:%d", sa.Dev, sa.Remote, sa.SID)
	})
	pptpAddrs = newAddrForm(AF_PPPOX, func(sa SockaddrPPTP) string {
		return fmt.Sprintf("pptp:%v:%d", sa.Addr, sa.CallID)
	})
	l2tpAddrs = newAddrForm(AF_PPPOX, func(sa SockaddrPPPoL2TP) string {
		return fmt.Sprintf("pppol2tp:%v:%d/%d:%d/%d", sa.Addr, sa.STunnel, sa.SSession, sa.DTunnel,
			sa.DSession)
	})
)

// PPPoEAddr returns the address of a PPPoE session. It is not valid where the platform has no
// AF_PPPOX, or if Remote or Dev does not fit.
func PPPoEAddr(sa SockaddrPPPoE) SockAddr { return pppoeAddrs.make(sa) }

// PPTPAddr returns the address of a PPTP call. It is not valid where the platform has no AF_PPPOX,
// or if Addr is no IPv4 address.
func PPTPAddr(sa SockaddrPPTP) SockAddr { return pptpAddrs.make(sa) }

// PPPoL2TPAddr returns the address of an L2TP session. It is not valid where the platform has no
// AF_PPPOX, without Addr, or if a number does not fit.
func PPPoL2TPAddr(sa SockaddrPPPoL2TP) SockAddr { return l2tpAddrs.make(sa) }

// PPPoE returns the values of an AF_PPPOX address of PX_PROTO_OE.
func (a SockAddr) PPPoE() (SockaddrPPPoE, bool) { return pppoeAddrs.read(a) }

// PPTP returns the values of an AF_PPPOX address of PX_PROTO_PPTP.
func (a SockAddr) PPTP() (SockaddrPPTP, bool) { return pptpAddrs.read(a) }

// PPPoL2TP returns the values of an AF_PPPOX address of PX_PROTO_OL2TP.
func (a SockAddr) PPPoL2TP() (SockaddrPPPoL2TP, bool) { return l2tpAddrs.read(a) }

// SOL_PPPOL2TP is the level of the options of PX_PROTO_OL2TP sockets.
const SOL_PPPOL2TP Level = sys.SOL_PPPOL2TP

// Options of sessions in an L2TP tunnel. They return ENOTCONN before Connect. See l2tp.rst in the
// kernel's documentation.

// PPPOL2TP_SO_RECVSEQ makes the session discard packets without sequence numbers.
var PPPOL2TP_SO_RECVSEQ Option[bool] = declare(boolCodec, canBoth,
	"PPPOL2TP_SO_RECVSEQ", sys.SOL_PPPOL2TP, sys.PPPOL2TP_SO_RECVSEQ)

// PPPOL2TP_SO_SENDSEQ makes the session send packets with sequence numbers.
var PPPOL2TP_SO_SENDSEQ Option[bool] = declare(boolCodec, canBoth,
	"PPPOL2TP_SO_SENDSEQ", sys.SOL_PPPOL2TP, sys.PPPOL2TP_SO_SENDSEQ)

// PPPOL2TP_SO_LNSMODE makes this side the one that decides about sequence numbers.
var PPPOL2TP_SO_LNSMODE Option[bool] = declare(boolCodec, canBoth,
	"PPPOL2TP_SO_LNSMODE", sys.SOL_PPPOL2TP, sys.PPPOL2TP_SO_LNSMODE)

// PPPOL2TP_SO_REORDERTO is how long the session waits for a packet that others overtook; 0: not at
// all. It is rounded up to whole milliseconds.
var PPPOL2TP_SO_REORDERTO Option[time.Duration] = declare(millisecondsCodec, canBoth,
	"PPPOL2TP_SO_REORDERTO", sys.SOL_PPPOL2TP, sys.PPPOL2TP_SO_REORDERTO)

// PPPOEIOCSFWD forwards what a session receives to another, whose address is the value. See
// linux/if_pppox.h.
var PPPOEIOCSFWD Ioctl[SockAddr] = newIoctl("PPPOEIOCSFWD", sys.PPPOEIOCSFWD, nil, setAddrIoctl)

// PPPOEIOCDFWD ends the forwarding, by Set.
var PPPOEIOCDFWD Ioctl[struct{}] = newIoctl("PPPOEIOCDFWD", sys.PPPOEIOCDFWD, nil, setNothingIoctl)

// Requests about the PPP of an AF_PPPOX socket. See linux/ppp-ioctl.h.

// PPPIOCGCHAN is the number of the connected socket's PPP channel, which PPPIOCATTCHAN attaches to
// a descriptor of /dev/ppp.
var PPPIOCGCHAN Ioctl[int] = newIoctl("PPPIOCGCHAN", sys.PPPIOCGCHAN, getIntIoctl[int], nil)

// PPPIOCGMRU is the longest PPP packet that the session receives, in bytes.
var PPPIOCGMRU Ioctl[int] = newIoctl("PPPIOCGMRU", sys.PPPIOCGMRU, getIntIoctl[int],
	setIntIoctl[int])
