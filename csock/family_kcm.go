//go:build cgo

package csock

import "github.com/csock/go-csock/csock/internal/sys"

// The family AF_KCM: messages over TCP connections, which a BPF program cuts. See the kernel's
// Documentation/networking/kcm.rst and linux/kcm.h.

// SOL_KCM is the level of the options of AF_KCM sockets.
const SOL_KCM Level = sys.SOL_KCM

// KCMPROTO_CONNECTED is the protocol of AF_KCM sockets, the third argument of New.
const KCMPROTO_CONNECTED Protocol = sys.KCMPROTO_CONNECTED

// KCM_RECV_DISABLE makes the socket receive no more messages; others of its multiplexor receive
// them.
var KCM_RECV_DISABLE Option[bool] = declare(boolCodec, canBoth,
	"KCM_RECV_DISABLE", sys.SOL_KCM, sys.KCM_RECV_DISABLE)
