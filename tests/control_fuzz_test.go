//go:build linux && cgo

package tests

import (
	"bytes"
	"testing"

	"github.com/csock/go-csock/csock"
)

// controlKinds are the kinds that csock reads.
var controlKinds = []csock.ControlKind{
	csock.SCM_RIGHTS, csock.SCM_CREDENTIALS, csock.SCM_SECURITY, csock.SCM_PIDFD, csock.SCM_TIMESTAMP, csock.SCM_TIMESTAMPNS,
	csock.SCM_TIMESTAMPING, csock.SO_TIMESTAMP_NEW, csock.SO_TIMESTAMPNS_NEW, csock.SO_TIMESTAMPING_NEW,
	csock.SCM_TIMESTAMPING_OPT_STATS, csock.SCM_TIMESTAMPING_PKTINFO, csock.SCM_INQ, csock.SCM_WIFI_STATUS, csock.SO_MARK,
	csock.SO_PRIORITY, csock.SO_RXQ_OVFL, csock.IP_PKTINFO, csock.IP_TTL, csock.IP_TOS, csock.IP_RECVERR, csock.IP_RECVOPTS,
	csock.IP_RETOPTS, csock.IP_ORIGDSTADDR, csock.IP_CHECKSUM, csock.IP_RECVFRAGSIZE, csock.IPV6_PKTINFO, csock.IPV6_HOPLIMIT,
	csock.IPV6_TCLASS, csock.IPV6_HOPOPTS, csock.IPV6_DSTOPTS, csock.IPV6_RTHDR, csock.IPV6_PATHMTU, csock.IPV6_RECVERR,
	csock.IPV6_FLOWINFO, csock.IPV6_ORIGDSTADDR, csock.IPV6_RECVFRAGSIZE, csock.IPV6_2292PKTINFO, csock.IPV6_2292HOPLIMIT,
	csock.UDP_GRO, csock.TCP_CM_INQ, csock.TLS_GET_RECORD_TYPE, csock.PACKET_AUXDATA, csock.PACKET_TX_TIMESTAMP,
	csock.NETLINK_PKTINFO, csock.NETLINK_LISTEN_ALL_NSID, csock.VSOCK_RECVERR, csock.SCTP_SNDRCV, csock.SCTP_RCVINFO,
	csock.SCTP_NXTINFO, csock.HCI_CMSG_DIR, csock.HCI_CMSG_TSTAMP, csock.BT_SCM_PKT_STATUS, csock.SCM_CAN_RAW_ERRQUEUE,
	csock.SCM_J1939_DEST_ADDR, csock.SCM_J1939_DEST_NAME, csock.SCM_J1939_PRIO, csock.SCM_J1939_ERRQUEUE,
	csock.RDS_CMSG_ZCOPY_COMPLETION, csock.RDS_CMSG_CONG_UPDATE, csock.RDS_CMSG_RXPATH_LATENCY, csock.RXRPC_USER_CALL_ID,
	csock.RXRPC_ABORT, csock.RXRPC_NET_ERROR, csock.RXRPC_LOCAL_ERROR, csock.TIPC_ERRINFO, csock.TIPC_RETDATA,
	csock.TIPC_DESTNAME, csock.NewControlType(1, 99),
}

// Every kind, with payloads of every length up to more than the longest.
func TestControlDecode(t *testing.T) {
	for _, kind := range controlKinds {
		for n := range 64 {
			payload := used(n)
			if n > 1 {
				payload[1] = 0 // so that the first two bytes can be an address family
				payload[0] = byte(csock.AF_INET) + byte(n%2)*byte(csock.AF_INET6-csock.AF_INET)
			}
			agree(t, appendKind(nil, kind, payload))
		}
	}
}

// appendKind calls AppendControl for a kind that is known only by its interface.
func appendKind(b []byte, kind csock.ControlKind, payload []byte) []byte {
	return csock.AppendControl(b, kind, payload)
}

// For any bytes in a control buffer, csock and C walk and read it the same way.
func FuzzControlMessages(f *testing.F) {
	var all []byte
	for i, kind := range controlKinds {
		one := appendKind(nil, kind, used(i))
		f.Add(one)
		if all = append(all, one...); i%8 == 7 {
			f.Add(all)
			all = nil
		}
	}
	f.Fuzz(func(t *testing.T, control []byte) {
		agree(t, control)
		agree(t, append(make([]byte, 1, 1+len(control)), control...)[1:])
		// The walk finds everything that csock appends.
		whole := csock.AppendMark(control[:len(control):len(control)], 7)
		if last := whole[len(whole)-csock.ControlSpace(4):]; !bytes.Equal(last, csock.AppendMark(nil, 7)) {
			t.Errorf("AppendMark after %x: %x", control, whole)
		}
	})
}

// For any payload of a kind of message, csock and C read it the same way.
func FuzzControlDecode(f *testing.F) {
	for i := range controlKinds {
		f.Add(uint8(i), used(i))
	}
	f.Fuzz(func(t *testing.T, kind uint8, payload []byte) {
		agree(t, appendKind(nil, controlKinds[int(kind)%len(controlKinds)], payload))
	})
}
