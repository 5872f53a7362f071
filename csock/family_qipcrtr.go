//go:build cgo

package csock

import (
	"encoding/binary"
	"fmt"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_QIPCRTR: Qualcomm's router between the processors of a device. See linux/qrtr.h.

// SockaddrQRTR is struct sockaddr_qrtr: a port of a node.
type SockaddrQRTR struct {
	Node uint32
	Port uint32 // 0 in Bind: the kernel chooses
}

var qrtrAddrs = newAddrForm(AF_QIPCRTR, func(sa SockaddrQRTR) string {
	return fmt.Sprintf("qrtr:%d:%d", sa.Node, sa.Port)
})

// QRTRAddr returns the address of a port of a node. It is not valid where the platform has no
// AF_QIPCRTR.
func QRTRAddr(sa SockaddrQRTR) SockAddr { return qrtrAddrs.make(sa) }

// QRTR returns the values of an AF_QIPCRTR address.
func (a SockAddr) QRTR() (SockaddrQRTR, bool) { return qrtrAddrs.read(a) }

// Special nodes and ports. They have no type of their own, since programs get nodes and ports as
// plain numbers from the name service.
const (
	QRTR_NODE_BCAST uint32 = sys.QRTR_NODE_BCAST // all nodes
	QRTR_PORT_CTRL  uint32 = sys.QRTR_PORT_CTRL  // the name service
)

// A QRTRPktType is the kind of a packet to or from QRTR_PORT_CTRL: the first four bytes,
// little-endian.
type QRTRPktType uint32

// See linux/qrtr.h.
const (
	QRTR_TYPE_DATA       QRTRPktType = sys.QRTR_TYPE_DATA       // data
	QRTR_TYPE_HELLO      QRTRPktType = sys.QRTR_TYPE_HELLO      // a node appeared
	QRTR_TYPE_BYE        QRTRPktType = sys.QRTR_TYPE_BYE        // a node disappeared
	QRTR_TYPE_NEW_SERVER QRTRPktType = sys.QRTR_TYPE_NEW_SERVER // a service appeared
	QRTR_TYPE_DEL_SERVER QRTRPktType = sys.QRTR_TYPE_DEL_SERVER // a service disappeared
	QRTR_TYPE_DEL_CLIENT QRTRPktType = sys.QRTR_TYPE_DEL_CLIENT // a port closed
	QRTR_TYPE_RESUME_TX  QRTRPktType = sys.QRTR_TYPE_RESUME_TX  // the receiver has room again
	QRTR_TYPE_EXIT       QRTRPktType = sys.QRTR_TYPE_EXIT       // the process ended
	QRTR_TYPE_PING       QRTRPktType = sys.QRTR_TYPE_PING       // ping
	QRTR_TYPE_NEW_LOOKUP QRTRPktType = sys.QRTR_TYPE_NEW_LOOKUP // report services
	QRTR_TYPE_DEL_LOOKUP QRTRPktType = sys.QRTR_TYPE_DEL_LOOKUP // stop that
)

// String returns the C name of t, or its number.
func (t QRTRPktType) String() string { return nameOf(t, namesQRTRPktType) }

// A QRTRCtrlPkt is struct qrtr_ctrl_pkt, the content of a packet to or from QRTR_PORT_CTRL.
type QRTRCtrlPkt struct {
	Cmd      QRTRPktType
	Service  uint32 // of the commands about services and lookups
	Instance uint32 // of the same
	Node     uint32
	Port     uint32
}

// qrtrServer reports whether packets of a kind have the fields of services; the others have those
// of clients.
func (t QRTRPktType) qrtrServer() bool {
	switch t {
	case QRTR_TYPE_BYE, QRTR_TYPE_DEL_CLIENT, QRTR_TYPE_RESUME_TX:
		return false
	}
	return true
}

// The packets have 32-bit numbers, little-endian on every system.
const qrtrCtrlPktLen = 5 * 4

// Append appends the packet to b.
func (p QRTRCtrlPkt) Append(b []byte) []byte {
	v := [qrtrCtrlPktLen / 4]uint32{uint32(p.Cmd), p.Service, p.Instance, p.Node, p.Port}
	if !p.Cmd.qrtrServer() {
		v = [qrtrCtrlPktLen / 4]uint32{uint32(p.Cmd), p.Node, p.Port}
	}
	for _, n := range v {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

// ParseQRTRCtrlPkt returns the packet at the beginning of b. ok is false if b is too short.
func ParseQRTRCtrlPkt(b []byte) (p QRTRCtrlPkt, ok bool) {
	if len(b) < qrtrCtrlPktLen {
		return p, false
	}
	at := func(i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }
	p.Cmd = QRTRPktType(at(0))
	if p.Cmd.qrtrServer() {
		p.Service, p.Instance, p.Node, p.Port = at(1), at(2), at(3), at(4)
	} else {
		p.Node, p.Port = at(1), at(2)
	}
	return p, true
}
