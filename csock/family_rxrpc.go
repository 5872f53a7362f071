//go:build cgo

package csock

import (
	"fmt"
	"math"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_RXRPC: remote procedure calls over UDP, as AFS uses them. New's third argument is
// AF_INET or AF_INET6. See the kernel's Documentation/networking/rxrpc.rst and linux/rxrpc.h.

// SOL_RXRPC is the level of the options of AF_RXRPC sockets.
const SOL_RXRPC Level = sys.SOL_RXRPC

// SockaddrRXRPC is struct sockaddr_rxrpc: a service at a UDP address.
type SockaddrRXRPC struct {
	Service       uint16   // 0 in Bind: the socket is only a client
	TransportType Type     // SOCK_DGRAM
	Transport     SockAddr // an InetAddr
}

var rxrpcAddrs = newAddrForm(AF_RXRPC, func(sa SockaddrRXRPC) string {
	return fmt.Sprintf("rxrpc:%d:%v", sa.Service, sa.Transport)
})

// RXRPCAddr returns the address of a service. It is not valid where the platform has no AF_RXRPC,
// or if Transport is no IP address.
func RXRPCAddr(sa SockaddrRXRPC) SockAddr { return rxrpcAddrs.make(sa) }

// RXRPC returns the values of an AF_RXRPC address.
func (a SockAddr) RXRPC() (SockaddrRXRPC, bool) { return rxrpcAddrs.read(a) }

// RXRPC_SECURITY_KEY is the description of a client's key. Set it before Bind.
var RXRPC_SECURITY_KEY Option[[]byte] = declare(bytesCodec, canSet,
	"RXRPC_SECURITY_KEY", sys.SOL_RXRPC, sys.RXRPC_SECURITY_KEY)

// RXRPC_SECURITY_KEYRING is the description of a server's keyring. Set it before Bind.
var RXRPC_SECURITY_KEYRING Option[[]byte] = declare(bytesCodec, canSet,
	"RXRPC_SECURITY_KEYRING", sys.SOL_RXRPC, sys.RXRPC_SECURITY_KEYRING)

// RXRPC_EXCLUSIVE_CONNECTION gives each call a connection of its own; RXRPC_EXCLUSIVE_CALL is
// newer.
var RXRPC_EXCLUSIVE_CONNECTION Option[struct{}] = declare(emptyCodec, canSet,
	"RXRPC_EXCLUSIVE_CONNECTION", sys.SOL_RXRPC, sys.RXRPC_EXCLUSIVE_CONNECTION)

// RXRPC_MIN_SECURITY_LEVEL is the lowest security of calls. Set it before Bind.
var RXRPC_MIN_SECURITY_LEVEL Option[RXRPCSecurityLevel] = declare(
	newUint32Codec[RXRPCSecurityLevel]("uint32"), canSet,
	"RXRPC_MIN_SECURITY_LEVEL", sys.SOL_RXRPC, sys.RXRPC_MIN_SECURITY_LEVEL)

// RXRPC_UPGRADEABLE_SERVICE is a service, and the newer one that its clients may request instead.
var RXRPC_UPGRADEABLE_SERVICE Option[RXRPCUpgrade] = declare(rxrpcUpgradeCodec, canSet,
	"RXRPC_UPGRADEABLE_SERVICE", sys.SOL_RXRPC, sys.RXRPC_UPGRADEABLE_SERVICE)

// RXRPC_SUPPORTED_CMSG is the highest number of a control message that the kernel knows.
var RXRPC_SUPPORTED_CMSG Option[int] = declare(intCodec, canGet,
	"RXRPC_SUPPORTED_CMSG", sys.SOL_RXRPC, sys.RXRPC_SUPPORTED_CMSG)

// RXRPCUpgrade is the value of RXRPC_UPGRADEABLE_SERVICE.
type RXRPCUpgrade struct{ From, To uint16 }

var rxrpcUpgradeCodec = newPlainCodec("uint16[2]", func(u RXRPCUpgrade, n *[2]uint16) error {
	*n = [2]uint16{u.From, u.To}
	return nil
}, nil)

// An RXRPCSecurityLevel is the protection of calls.
type RXRPCSecurityLevel uint32

// See linux/rxrpc.h.
const (
	RXRPC_SECURITY_PLAIN   RXRPCSecurityLevel = sys.RXRPC_SECURITY_PLAIN   // checksums
	RXRPC_SECURITY_AUTH    RXRPCSecurityLevel = sys.RXRPC_SECURITY_AUTH    // authentication
	RXRPC_SECURITY_ENCRYPT RXRPCSecurityLevel = sys.RXRPC_SECURITY_ENCRYPT // encryption
)

// String returns the C name of l, or its number.
func (l RXRPCSecurityLevel) String() string { return nameOf(l, namesRXRPCSecurityLevel) }

// Control messages of AF_RXRPC sockets.
const (
	// RXRPC_USER_CALL_ID is the program's own number for a call: an unsigned long.
	RXRPC_USER_CALL_ID ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_USER_CALL_ID
	// RXRPC_ABORT ends a call with a code, or reports that the peer did: a uint32.
	RXRPC_ABORT ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_ABORT
	// RXRPC_ACK reports that the end of a reply was acknowledged.
	RXRPC_ACK ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_ACK
	// RXRPC_NET_ERROR reports an error of the network: an int.
	RXRPC_NET_ERROR ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_NET_ERROR
	// RXRPC_BUSY reports that the server was busy.
	RXRPC_BUSY ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_BUSY
	// RXRPC_LOCAL_ERROR reports an error of this host: an int.
	RXRPC_LOCAL_ERROR ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_LOCAL_ERROR
	// RXRPC_NEW_CALL reports a new call to a server.
	RXRPC_NEW_CALL ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_NEW_CALL
	// RXRPC_EXCLUSIVE_CALL gives a call a connection of its own. It has no payload, as the next
	// one.
	RXRPC_EXCLUSIVE_CALL ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_EXCLUSIVE_CALL
	// RXRPC_UPGRADE_SERVICE requests the newer service.
	RXRPC_UPGRADE_SERVICE ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_UPGRADE_SERVICE
	// RXRPC_TX_LENGTH is the number of bytes that a call will send in all: an int64.
	RXRPC_TX_LENGTH ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_TX_LENGTH
	// RXRPC_SET_CALL_TIMEOUT sets a call's timeouts: one to three uint32. See RXRPCCallTimeouts.
	RXRPC_SET_CALL_TIMEOUT ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_SET_CALL_TIMEOUT
	// RXRPC_CHARGE_ACCEPT gives a future incoming call the number in RXRPC_USER_CALL_ID, since
	// Linux 5.10. It has no payload, and the message no data.
	RXRPC_CHARGE_ACCEPT ControlType = sys.SOL_RXRPC<<32 | sys.RXRPC_CHARGE_ACCEPT
)

// AppendRXRPCUserCallID appends the program's number for the call to which a message belongs
// (RXRPC_USER_CALL_ID). Every message needs one. A number that no call of the socket has begins a
// call.
func AppendRXRPCUserCallID(b []byte, id uint) []byte {
	return appendValue(b, sys.SOL_RXRPC, sys.RXRPC_USER_CALL_ID, id)
}

// AppendRXRPCAbort appends the code with which to end a call (RXRPC_ABORT). It is not 0, and the
// message has no data.
func AppendRXRPCAbort(b []byte, code uint32) []byte {
	return appendValue(b, sys.SOL_RXRPC, sys.RXRPC_ABORT, code)
}

// AppendRXRPCTxLength appends the number of bytes that a call will send in all (RXRPC_TX_LENGTH).
// It belongs to the call's first message.
func AppendRXRPCTxLength(b []byte, n int64) []byte {
	return appendValue(b, sys.SOL_RXRPC, sys.RXRPC_TX_LENGTH, n)
}

// RXRPCCallTimeouts are the timeouts of a call. 0 keeps the kernel's, unless a later field is not
// 0.
type RXRPCCallTimeouts struct {
	Hard   time.Duration // for the whole call, rounded up to whole seconds
	Idle   time.Duration // since the last packet with data, rounded up to whole milliseconds
	Normal time.Duration // since the last packet of the call, rounded up to whole milliseconds
}

// AppendRXRPCSetCallTimeout appends the timeouts of a call (RXRPC_SET_CALL_TIMEOUT). Of negative
// ones and of those that do not fit, the kernel gets the greatest number, which it refuses with
// ERANGE.
func AppendRXRPCSetCallTimeout(b []byte, t RXRPCCallTimeouts) []byte {
	v := [3]uint32{rxrpcTimeout(t.Hard, time.Second), rxrpcTimeout(t.Idle, time.Millisecond),
		rxrpcTimeout(t.Normal, time.Millisecond)}
	n := len(v)
	for n > 1 && v[n-1] == 0 {
		n--
	}
	b, payload := growControl(b, sys.SOL_RXRPC, sys.RXRPC_SET_CALL_TIMEOUT, 4*n)
	copy(payload, bytesOf(&v))
	return b
}

func rxrpcTimeout(d, unit time.Duration) uint32 {
	if n := units(d, unit); n >= 0 && n < math.MaxUint32 {
		return uint32(n)
	}
	return math.MaxUint32
}

// RXRPCUserCallID returns the program's number for the call to which a message belongs
// (RXRPC_USER_CALL_ID).
func (m ControlMessage) RXRPCUserCallID() (uint, bool) {
	return loadIf[uint](&m, sys.SOL_RXRPC, sys.RXRPC_USER_CALL_ID)
}

// RXRPCAbort returns the code with which the peer ended a call (RXRPC_ABORT).
func (m ControlMessage) RXRPCAbort() (uint32, bool) {
	return loadIf[uint32](&m, sys.SOL_RXRPC, sys.RXRPC_ABORT)
}

// RXRPCNetError returns the error of the network that ended a call (RXRPC_NET_ERROR).
func (m ControlMessage) RXRPCNetError() (syscall.Errno, bool) {
	n, ok := m.intIf(sys.SOL_RXRPC, sys.RXRPC_NET_ERROR)
	return syscall.Errno(n), ok
}

// RXRPCLocalError returns the error of this host that ended a call (RXRPC_LOCAL_ERROR).
func (m ControlMessage) RXRPCLocalError() (syscall.Errno, bool) {
	n, ok := m.intIf(sys.SOL_RXRPC, sys.RXRPC_LOCAL_ERROR)
	return syscall.Errno(n), ok
}
